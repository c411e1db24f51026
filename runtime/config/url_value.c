/* What a value must look like where it is put into a URL's text. Where that is, the literal text
 * around it tells: names of placeholders hold none of the characters that divide a URL. */

#include "runtime/base/url.h"
#include "runtime/config/config_priv.h"

#include <string.h>

typedef enum UrlSpot {
    SPOT_RAW,         /* the URL itself, its scheme, whole parameters: taken as it is */
    SPOT_USER,        /* with a password behind it */
    SPOT_CREDENTIALS, /* all before the `@`: user, or user:password */
    SPOT_PASSWORD,
    SPOT_HOST,
    SPOT_PATH,
    SPOT_QUERY,       /* value of a parameter */
    SPOT_VALUE,       /* of key=value */
    SPOT_QUOTED_VALUE /* of key='…' */
} UrlSpot;

static const char *
first_of(const char *text, const char *set)
{
    return text + strcspn(text, set);
}

/** The last `@` in [text, end), or NULL. */
static const char *
last_at(const char *text, const char *end)
{
    while (end > text && end[-1] != '@') {
        end--;
    }
    return end > text ? end - 1 : NULL;
}

/** Is there a `=` between `spot` and the nearest of `set` before it? */
static bool
is_behind_equals(const char *text, const char *spot, const char *set)
{
    while (spot > text && strchr(set, spot[-1]) == NULL) {
        spot--;
        if (*spot == '=') {
            return true;
        }
    }
    return false;
}

static UrlSpot
spot_in_key_values(const char *text, const char *spot)
{
    bool quoted = false;
    for (const char *c = text; c < spot; c++) {
        if (*c == '\\' && c + 1 < spot) {
            c++;
        } else if (*c == '\'') {
            quoted = !quoted;
        }
    }
    if (quoted) {
        return SPOT_QUOTED_VALUE;
    }
    return is_behind_equals(text, spot, " \t\r\n") ? SPOT_VALUE : SPOT_RAW;
}

static UrlSpot
find_spot(const char *text, const char *spot)
{
    const char *rest = strstr(text, "://");
    if (rest == NULL) {
        return url_is_key_value(text) ? spot_in_key_values(text, spot) : SPOT_RAW;
    }
    rest += strlen("://");
    if (spot < rest) {
        return SPOT_RAW;
    }
    const char *host_end = first_of(rest, "/?");
    const char *at = last_at(rest, host_end);
    if (at != NULL && spot < at) {
        const char *colon = first_of(rest, ":");
        return colon > at ? SPOT_CREDENTIALS : spot < colon ? SPOT_USER : SPOT_PASSWORD;
    }
    if (spot < host_end) {
        return SPOT_HOST;
    }
    if (spot < first_of(host_end, "?")) {
        return SPOT_PATH;
    }
    return is_behind_equals(text, spot, "?&") ? SPOT_QUERY : SPOT_RAW;
}

/** A value that is encoded already stays as it is: that is how such passwords are kept today. */
static void
append_encoded(Str *out, const char *value, UrlPart part)
{
    if (url_is_encoded(value, part)) {
        str_append(out, value);
    } else {
        url_encode(out, value, part);
    }
}

static void
append_credentials(Str *out, const char *value)
{
    size_t user = strcspn(value, ":");
    CLEANUP(str_deinit) Str name = {0};
    str_append_n(&name, value, user);
    append_encoded(out, str_text(&name), URL_USER);
    if (value[user] == ':') {
        str_append_char(out, ':');
        append_encoded(out, value + user + 1, URL_PASSWORD);
    }
}

/** Hosts stay as they are (`[::1]`, `a:1,b:2`), but a folder, which holds a Unix socket, has
 * slashes. */
static void
append_host(Str *out, const char *value)
{
    if (*value == '/') {
        append_encoded(out, value, URL_HOST);
    } else {
        str_append(out, value);
    }
}

static void
append_key_value(Str *out, const char *value, bool quoted)
{
    if (*value == '\0' && !quoted) {
        str_append(out, "''");
    }
    for (; *value != '\0'; value++) {
        if (strchr(quoted ? "\\'" : "\\' \t", *value) != NULL) {
            str_append_char(out, '\\');
        }
        str_append_char(out, *value);
    }
}

void
config_append_url_value(Str *out, const char *text, size_t offset, const char *value)
{
    switch (find_spot(text, text + offset)) {
    case SPOT_RAW: str_append(out, value); break;
    case SPOT_USER: append_encoded(out, value, URL_USER); break;
    case SPOT_CREDENTIALS: append_credentials(out, value); break;
    case SPOT_PASSWORD: append_encoded(out, value, URL_PASSWORD); break;
    case SPOT_HOST: append_host(out, value); break;
    case SPOT_PATH: append_encoded(out, value, URL_PATH); break;
    case SPOT_QUERY: append_encoded(out, value, URL_QUERY); break;
    case SPOT_VALUE: append_key_value(out, value, false); break;
    case SPOT_QUOTED_VALUE: append_key_value(out, value, true); break;
    }
}
