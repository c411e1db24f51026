#include "runtime/base/url.h"

#include "runtime/base/vec.h"

#include <string.h>

typedef VEC(UrlParameter) UrlParameters;

static const char NO_SCHEME[] = "it is neither `scheme://…` nor `key=value`";
static const char BAD_PORT[] = "the port is not a number from 1 to 65535";
static const char BAD_BRACKET[] =
    "an address in brackets has no end, or something other than a port behind it";
static const char BARE_IPV6[] = "an IPv6 address must stand in brackets: [::1]";
static const char CONTROL_CHARACTER[] = "it holds a control character";
static const char BAD_KEY_VALUE[] = "a `key=value` pair is broken: write key=value or key='va lue'";

/* ---- characters ---- */

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int
hex_value(char c)
{
    if (is_digit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

/** Value of the `%XX` at `text`, or -1. */
static int
percent_value(const char *text, const char *end)
{
    if (end - text < 3 || text[0] != '%') {
        return -1;
    }
    int high = hex_value(text[1]);
    int low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static const char *
extra_safe(UrlPart part)
{
    switch (part) {
    case URL_USER:
    case URL_PASSWORD:
    case URL_HOST: return "";
    case URL_PATH: return "/:@!$'()*+,;=&";
    case URL_QUERY: return "/:,@";
    }
    return "";
}

/** Bytes of UTF-8 stay readable: no reader of URLs gives them a meaning. */
static bool
is_safe(char c, UrlPart part)
{
    if (is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80) {
        return true;
    }
    return c != '\0' && (strchr("-._~", c) != NULL || strchr(extra_safe(part), c) != NULL);
}

void
url_encode(Str *out, const char *text, UrlPart part)
{
    for (; *text != '\0'; text++) {
        if (is_safe(*text, part)) {
            str_append_char(out, *text);
        } else {
            str_append_format(out, "%%%02X", (unsigned)(unsigned char)*text);
        }
    }
}

bool
url_is_encoded(const char *text, UrlPart part)
{
    const char *end = text + strlen(text);
    for (; text < end; text++) {
        if (percent_value(text, end) >= 0) {
            text += 2;
        } else if (!is_safe(*text, part)) {
            return false;
        }
    }
    return true;
}

static char *
decode(Arena *arena, const char *text, size_t length, bool plus_is_space)
{
    char *decoded = arena_alloc(arena, length + 1);
    const char *end = text + length;
    size_t n = 0;
    for (; text < end; text++) {
        int byte = percent_value(text, end);
        if (byte > 0) {
            decoded[n++] = (char)byte;
            text += 2;
        } else {
            decoded[n++] = *text == '+' && plus_is_space ? ' ' : *text;
        }
    }
    return decoded;
}

char *
url_decode(Arena *arena, const char *text, size_t length)
{
    return decode(arena, text, length, false);
}

/* ---- scheme://… ---- */

/** First of `set` in [text, end), or `end`. */
static const char *
find_any(const char *text, const char *end, const char *set)
{
    while (text < end && strchr(set, *text) == NULL) {
        text++;
    }
    return text;
}

static const char *
find_last(const char *text, const char *end, char c)
{
    for (const char *p = end; p > text; p--) {
        if (p[-1] == c) {
            return p - 1;
        }
    }
    return NULL;
}

/** Is the text a port, or a list of them? An empty one is: `host:`. */
static bool
is_port_like(const char *text, const char *end)
{
    for (; text < end; text++) {
        if (!is_digit(*text) && *text != ',') {
            return false;
        }
    }
    return true;
}

static bool
port_in_range(const char *text, const char *end)
{
    long value = 0;
    for (; text < end; text++) {
        if (!is_digit(*text) || value > 65535) {
            return false;
        }
        value = value * 10 + (*text - '0');
    }
    return value >= 1 && value <= 65535;
}

/**
 * The `@` that ends user and password, or NULL. Normally the last one before the path. A password
 * with an unencoded
 * `/` or `?` has none there; then what stands behind the first colon is no port, and the next `@`
 * ends it (as SQLAlchemy reads it).
 */
static const char *
find_at(const char *text, const char *end)
{
    const char *authority_end = find_any(text, end, "/?");
    const char *at = find_last(text, authority_end, '@');
    if (at != NULL) {
        return at;
    }
    const char *colon = find_any(text, authority_end, ":");
    if (colon == authority_end || *text == '[' || is_port_like(colon + 1, authority_end)) {
        return NULL;
    }
    at = find_any(authority_end, end, "@");
    return at == end ? NULL : at;
}

static void
parse_user(Arena *arena, const char *text, const char *at, Url *url)
{
    const char *colon = find_any(text, at, ":");
    url->user = colon == text ? NULL : url_decode(arena, text, (size_t)(colon - text));
    if (colon < at) {
        url->password = url_decode(arena, colon + 1, (size_t)(at - colon - 1));
    }
}

/** One `host[:port]` of the list. @return NULL, or the problem */
static const char *
parse_one_host(Arena *arena, const char *text, const char *end, Str *hosts, Str *ports)
{
    const char *host = text;
    const char *host_end = find_any(text, end, ":");
    const char *port = host_end;
    if (text < end && *text == '[') {
        host = text + 1;
        host_end = find_any(text, end, "]");
        port = host_end + 1;
        if (host_end == end || (port < end && *port != ':')) {
            return BAD_BRACKET;
        }
    }
    if (port < end && find_any(port + 1, end, ":") < end) {
        return BARE_IPV6;
    }
    str_append(hosts, url_decode(arena, host, (size_t)(host_end - host)));
    if (port + 1 < end) {
        if (!port_in_range(port + 1, end)) {
            return BAD_PORT;
        }
        str_append_n(ports, port + 1, (size_t)(end - port - 1));
    }
    return NULL;
}

static const char *
parse_hosts(Arena *arena, const char *text, const char *end, Url *url)
{
    Str hosts = {0};
    Str ports = {0};
    const char *problem = NULL;
    while (problem == NULL) {
        const char *comma = find_any(text, end, ",");
        problem = parse_one_host(arena, text, comma, &hosts, &ports);
        if (comma == end) {
            break;
        }
        str_append_char(&hosts, ',');
        str_append_char(&ports, ',');
        text = comma + 1;
    }
    bool any_port = strspn(str_text(&ports), ",") < ports.length;
    url->host = hosts.length > 0 ? arena_strdup(arena, str_text(&hosts)) : NULL;
    url->port = any_port ? arena_strdup(arena, str_text(&ports)) : NULL;
    str_deinit(&hosts);
    str_deinit(&ports);
    return problem;
}

static void
parse_query(Arena *arena, const char *text, const char *end, UrlParameters *parameters)
{
    while (text < end) {
        const char *next = find_any(text, end, "&");
        const char *equals = find_any(text, next, "=");
        if (next > text) {
            UrlParameter parameter = {.name = decode(arena, text, (size_t)(equals - text), true),
                                      .value = ""};
            if (equals < next) {
                parameter.value = decode(arena, equals + 1, (size_t)(next - equals - 1), true);
            }
            vec_push_in(arena, parameters, parameter);
        }
        text = next < end ? next + 1 : end;
    }
}

/** Length of the scheme (driver included) in front of `://`, or 0. */
static size_t
scheme_length(const char *text)
{
    size_t n = 0;
    while (is_letter(text[n]) ||
           (n > 0 && (is_digit(text[n]) || (text[n] != '\0' && strchr("+_.-", text[n]))))) {
        n++;
    }
    return strncmp(text + n, "://", 3) == 0 ? n : 0;
}

static void
parse_scheme(Arena *arena, const char *text, size_t length, Url *url)
{
    char *scheme = text_fold(arena, text, length);
    char *plus = strchr(scheme, '+');
    if (plus != NULL) {
        *plus = '\0';
        url->driver = plus[1] != '\0' ? plus + 1 : NULL;
    }
    url->scheme = scheme;
}

static const char *
parse_uri(Arena *arena, const char *text, Url *url, UrlParameters *parameters)
{
    size_t length = scheme_length(text);
    parse_scheme(arena, text, length, url);
    const char *rest = text + length + strlen("://");
    const char *end = rest + strlen(rest);
    const char *at = find_at(rest, end);
    if (at != NULL) {
        parse_user(arena, rest, at, url);
        rest = at + 1;
    }
    const char *hosts_end = find_any(rest, end, "/?");
    const char *query = find_any(hosts_end, end, "?");
    if (hosts_end + 1 < query) {
        url->path = url_decode(arena, hosts_end + 1, (size_t)(query - hosts_end - 1));
    }
    if (query < end) {
        parse_query(arena, query + 1, end, parameters);
    }
    return parse_hosts(arena, rest, hosts_end, url);
}

/* ---- key=value ---- */

static const char *
skip_spaces(const char *text)
{
    return text + strspn(text, " \t\r\n\f\v");
}

static size_t
key_length(const char *text)
{
    size_t n = 0;
    while (is_letter(text[n]) || text[n] == '_' || (n > 0 && is_digit(text[n]))) {
        n++;
    }
    return n;
}

bool
url_is_key_value(const char *text)
{
    text = skip_spaces(text);
    size_t n = key_length(text);
    return n > 0 && *skip_spaces(text + n) == '=';
}

/** Reads a value, plain or quoted, with `\` before any character. @return the text behind it, NULL
 * if it is broken */
static const char *
read_value(const char *text, Str *value)
{
    bool quoted = *text == '\'';
    text += quoted;
    while (*text != '\0' && (quoted ? *text != '\'' : strchr(" \t\r\n\f\v", *text) == NULL)) {
        text += *text == '\\';
        if (*text != '\0') { /* libpq drops a backslash that nothing follows */
            str_append_char(value, *text++);
        }
    }
    if (quoted && *text != '\'') {
        return NULL;
    }
    return text + quoted;
}

static void
set_key_value(Arena *arena, const char *key, const char *value, Url *url, UrlParameters *parameters)
{
    const struct {
        const char *key;
        const char **field;
    } fields[] = {
        {"user", &url->user}, {"password", &url->password}, {"host", &url->host},
        {"port", &url->port}, {"dbname", &url->path},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        if (strcmp(key, fields[i].key) == 0) {
            *fields[i].field = *value != '\0' ? value : NULL;
            return;
        }
    }
    UrlParameter parameter = {.name = key, .value = value};
    vec_push_in(arena, parameters, parameter);
}

static const char *
check_ports(const char *ports)
{
    while (ports != NULL && *ports != '\0') {
        const char *end = ports + strcspn(ports, ",");
        if (end > ports && !port_in_range(ports, end)) {
            return BAD_PORT;
        }
        ports = *end == ',' ? end + 1 : end;
    }
    return NULL;
}

static const char *
parse_key_value(Arena *arena, const char *text, Url *url, UrlParameters *parameters)
{
    url->scheme = "postgresql";
    for (text = skip_spaces(text); *text != '\0'; text = skip_spaces(text)) {
        size_t n = key_length(text);
        const char *equals = skip_spaces(text + n);
        if (n == 0 || *equals != '=') {
            return BAD_KEY_VALUE;
        }
        const char *key = arena_strndup(arena, text, n);
        Str value = {0};
        text = read_value(skip_spaces(equals + 1), &value);
        set_key_value(arena, key, str_take_in(&value, arena), url, parameters);
        if (text == NULL) {
            return BAD_KEY_VALUE;
        }
    }
    return check_ports(url->port);
}

/* ---- both ---- */

static bool
has_control_character(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            return true;
        }
    }
    return false;
}

int
url_parse(Arena *arena, const char *text, Url **ret_url, const char **ret_problem)
{
    Url *url = ARENA_NEW(arena, Url);
    UrlParameters parameters = {0};
    if (has_control_character(text)) {
        *ret_problem = CONTROL_CHARACTER;
    } else if (scheme_length(text) > 0) {
        *ret_problem = parse_uri(arena, text, url, &parameters);
    } else if (url_is_key_value(text)) {
        *ret_problem = parse_key_value(arena, text, url, &parameters);
    } else {
        *ret_problem = NO_SCHEME;
    }
    if (*ret_problem != NULL) {
        return -1;
    }
    url->parameters = parameters.items;
    url->n_parameters = parameters.n;
    *ret_url = url;
    return 0;
}

const char *
url_parameter(const Url *url, const char *name)
{
    for (size_t i = url->n_parameters; i > 0; i--) {
        if (strcmp(url->parameters[i - 1].name, name) == 0) {
            return url->parameters[i - 1].value;
        }
    }
    return NULL;
}
