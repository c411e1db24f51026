/**
 * URL: takes the address of a database apart and puts it together again.
 *
 * Understands `scheme[+driver]://[user[:password]@][host][:port][/path][?name=value&…]` and libpq's
 * `key=value key='va lue'`. Parts are kept decoded; url_format() encodes what needs it, so a parsed
 * URL prints as one that every reader understands.
 *
 * Lenient where people are: a password may hold `/`, `?`, `#`, `:` and `@` unencoded if it is still
 * clear where it ends, and a `%` without two hex digits stands for itself.
 */
#ifndef PDC_BASE_URL_H
#define PDC_BASE_URL_H

#include "runtime/base/arena.h"
#include "runtime/base/macros.h"
#include "runtime/base/str.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct UrlParameter UrlParameter;
struct UrlParameter {
    const char *name;
    const char *value;
};

typedef struct Url Url;
struct Url {
    const char *scheme;   /* lower case, without driver: "postgresql"; that, too, for key=value */
    const char *driver;   /* "psycopg2" of postgresql+psycopg2, or NULL */
    const char *user;     /* NULL: not given. All parts are decoded */
    const char *password; /* NULL: not given */
    const char *host;     /* NULL: not given; IPv6 without brackets; several as `a,b`; a folder is a
                             Unix socket */
    const char *port;     /* digits (several as `1,2`), or NULL */
    const char *path; /* behind the first slash: the database's name, or a relative path (`/abs` of
                         `:////abs`); NULL: not given */
    const UrlParameter *parameters; /* in the order of the text */
    size_t n_parameters;
};

typedef enum UrlPart { URL_USER, URL_PASSWORD, URL_HOST, URL_PATH, URL_QUERY } UrlPart;

/**
 * Parses `text`.
 * @param ret_problem  on failure a sentence that holds nothing of the text (it may be secret)
 * @return 0, or -1
 */
MUST_CHECK int url_parse(Arena *arena, const char *text, Url **ret_url, const char **ret_problem);
/** Does the text look like libpq's `key=value` form? */
bool url_is_key_value(const char *text);

/** The value of a query parameter (the last one of that name), or NULL. */
const char *url_parameter(const Url *url, const char *name);

/** The URL as text with all that is in it, password included. */
char *url_format(Arena *arena, const Url *url);
/** The URL for people: password, and parameters that hold secrets, are `***`. */
char *url_format_safe(Arena *arena, const Url *url);

/** Appends `text` with each byte encoded that could be misread in `part`. */
void url_encode(Str *out, const char *text, UrlPart part);
/** Decodes `%XX`; a `%` without two hex digits, and `%00`, stay as they are. */
char *url_decode(Arena *arena, const char *text, size_t length);
/** Is the text something that url_encode() could have made for `part`: nothing left to encode but
 * `%XX`? */
bool url_is_encoded(const char *text, UrlPart part);

/** Does a key of this name usually hold a secret (password, token, …)? */
bool url_name_is_secret(const char *name);

#endif
