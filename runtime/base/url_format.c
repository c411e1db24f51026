#include "runtime/base/url.h"

#include <string.h>

static void
format_user(Str *out, const Url *url, bool safe)
{
    if (url->user == NULL && url->password == NULL) {
        return;
    }
    url_encode(out, url->user != NULL ? url->user : "", URL_USER);
    if (url->password != NULL) {
        str_append_char(out, ':');
        if (safe) {
            str_append(out, "***");
        } else {
            url_encode(out, url->password, URL_PASSWORD);
        }
    }
    str_append_char(out, '@');
}

static void
format_host(Str *out, Arena *arena, const char *host, size_t length)
{
    bool is_ipv6 = memchr(host, ':', length) != NULL && host[0] != '/';
    if (is_ipv6) {
        str_append_char(out, '[');
        str_append_n(out, host, length);
        str_append_char(out, ']');
    } else {
        url_encode(out, arena_strndup(arena, host, length), URL_HOST);
    }
}

/** Hosts and ports are lists of the same length, or there is one port (or none) for all. */
static void
format_hosts(Str *out, Arena *arena, const Url *url)
{
    const char *host = url->host != NULL ? url->host : "";
    const char *port = url->port != NULL ? url->port : "";
    for (;;) {
        size_t host_length = strcspn(host, ",");
        size_t port_length = strcspn(port, ",");
        format_host(out, arena, host, host_length);
        if (port_length > 0) {
            str_append_char(out, ':');
            str_append_n(out, port, port_length);
        }
        if (host[host_length] == '\0') {
            return;
        }
        str_append_char(out, ',');
        host += host_length + 1;
        port += port[port_length] == ',' ? port_length + 1 : 0;
    }
}

static void
format_query(Str *out, const Url *url, bool safe)
{
    for (size_t i = 0; i < url->n_parameters; i++) {
        const UrlParameter *parameter = &url->parameters[i];
        str_append_char(out, i == 0 ? '?' : '&');
        url_encode(out, parameter->name, URL_QUERY);
        str_append_char(out, '=');
        if (safe && url_name_is_secret(parameter->name)) {
            str_append(out, "***");
        } else {
            url_encode(out, parameter->value, URL_QUERY);
        }
    }
}

static char *
format(Arena *arena, const Url *url, bool safe)
{
    Str out = {0};
    str_append(&out, url->scheme);
    if (url->driver != NULL) {
        str_append_format(&out, "+%s", url->driver);
    }
    str_append(&out, "://");
    format_user(&out, url, safe);
    format_hosts(&out, arena, url);
    if (url->path != NULL) {
        str_append_char(&out, '/');
        url_encode(&out, url->path, URL_PATH);
    }
    format_query(&out, url, safe);
    return str_take_in(&out, arena);
}

char *
url_format(Arena *arena, const Url *url)
{
    return format(arena, url, false);
}

char *
url_format_safe(Arena *arena, const Url *url)
{
    return format(arena, url, true);
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/** Letter case does not matter, and `-` counts as `_`. */
static bool
begins_with_word(const char *text, const char *word)
{
    for (; *word != '\0'; text++, word++) {
        char c = is_letter(*text) ? (char)(*text | 0x20) : *text;
        if (*word != (c == '-' ? '_' : c)) {
            return false;
        }
    }
    return true;
}

bool
url_name_is_secret(const char *name)
{
    static const char *const words[] = {
        "password",  "passwd",      "passphrase", "passcode",   "pwd",
        "secret",    "token",       "api_key",    "apikey",     "access_key",
        "accesskey", "private_key", "privatekey", "credential", "masking_key",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        for (const char *p = name; *p != '\0'; p++) {
            if (begins_with_word(p, words[i])) {
                return true;
            }
        }
    }
    return false;
}
