#include "runtime/base/url.h"

#include <criterion/criterion.h>
#include <string.h>

typedef struct Case Case;
struct Case {
    const char *text;
    const char *scheme, *driver, *user, *password, *host, *port, *path;
    const char *formatted; /* NULL: as `text` */
};

static const Case cases[] = {
    {"postgresql://u:p@h:5/d", "postgresql", NULL, "u", "p", "h", "5", "d", NULL},
    {"PostgreSQL+psycopg2://h", "postgresql", "psycopg2", NULL, NULL, "h", NULL, NULL,
     "postgresql+psycopg2://h"},
    {"postgresql://", "postgresql", NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    {"postgresql:///d", "postgresql", NULL, NULL, NULL, NULL, NULL, "d", NULL},
    {"postgresql://h/", "postgresql", NULL, NULL, NULL, "h", NULL, NULL, "postgresql://h"},
    {"postgresql://u@h/d", "postgresql", NULL, "u", NULL, "h", NULL, "d", NULL},
    {"postgresql://u:@h/d", "postgresql", NULL, "u", "", "h", NULL, "d", NULL},
    {"postgresql://:p@h", "postgresql", NULL, NULL, "p", "h", NULL, NULL, NULL},
    {"postgresql://u%3a:p%40%25@h/a%20b", "postgresql", NULL, "u:", "p@%", "h", NULL, "a b",
     "postgresql://u%3A:p%40%25@h/a%20b"},
    {"postgresql://u:100%@h", "postgresql", NULL, "u", "100%", "h", NULL, NULL,
     "postgresql://u:100%25@h"},
    {"postgresql://u:a%00b@h", "postgresql", NULL, "u", "a%00b", "h", NULL, NULL,
     "postgresql://u:a%2500b@h"},
    {"postgresql://u:p@q@h/d", "postgresql", NULL, "u", "p@q", "h", NULL, "d",
     "postgresql://u:p%40q@h/d"},
    {"postgresql://u:p:q@h/d", "postgresql", NULL, "u", "p:q", "h", NULL, "d",
     "postgresql://u:p%3Aq@h/d"},
    {"postgresql://u:p/q?r#s@h/d", "postgresql", NULL, "u", "p/q?r#s", "h", NULL, "d",
     "postgresql://u:p%2Fq%3Fr%23s@h/d"},
    {"postgresql://u:12#4@h/d", "postgresql", NULL, "u", "12#4", "h", NULL, "d",
     "postgresql://u:12%234@h/d"},
    {"postgresql://h:5/d@e", "postgresql", NULL, NULL, NULL, "h", "5", "d@e", NULL},
    {"postgresql://[::1]:5/d", "postgresql", NULL, NULL, NULL, "::1", "5", "d", NULL},
    {"postgresql://[::1]/d", "postgresql", NULL, NULL, NULL, "::1", NULL, "d", NULL},
    {"postgresql://a:1,b:2/d", "postgresql", NULL, NULL, NULL, "a,b", "1,2", "d", NULL},
    {"postgresql://a,b:2/d", "postgresql", NULL, NULL, NULL, "a,b", ",2", "d", NULL},
    {"postgresql://%2Fvar%2Frun/d", "postgresql", NULL, NULL, NULL, "/var/run", NULL, "d", NULL},
    {"postgresql://h:/d", "postgresql", NULL, NULL, NULL, "h", NULL, "d", "postgresql://h/d"},
    {"duckdb:///data/x.db", "duckdb", NULL, NULL, NULL, NULL, NULL, "data/x.db", NULL},
    {"duckdb:////data/x.db", "duckdb", NULL, NULL, NULL, NULL, NULL, "/data/x.db", NULL},
    {"duckdb:///a:b@c", "duckdb", NULL, NULL, NULL, NULL, NULL, "a:b@c", NULL},
    {"duckdb://", "duckdb", NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    {"duckdb:///\xc3\xa4", "duckdb", NULL, NULL, NULL, NULL, NULL, "\xc3\xa4", NULL},
    {"host=h port=5 user=u password=p dbname=d", "postgresql", NULL, "u", "p", "h", "5", "d",
     "postgresql://u:p@h:5/d"},
    {" host = h  password = 'a b\\'c\\\\' ", "postgresql", NULL, NULL, "a b'c\\", "h", NULL, NULL,
     "postgresql://:a%20b%27c%5C@h"},
    {"host=/var/run password=a\\ b", "postgresql", NULL, NULL, "a b", "/var/run", NULL, NULL,
     "postgresql://:a%20b@%2Fvar%2Frun"},
    {"password=a\\", "postgresql", NULL, NULL, "a", NULL, NULL, NULL, "postgresql://:a@"},
    {"host='' dbname=''", "postgresql", NULL, NULL, NULL, NULL, NULL, NULL, "postgresql://"},
};

static bool
same(const char *a, const char *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

Test(url, table_of_urls)
{
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const Case *c = &cases[i];
        CLEANUP(arena_freep) Arena *arena = arena_new();
        Url *url;
        const char *problem;
        cr_assert_eq(url_parse(arena, c->text, &url, &problem), 0, "%s", c->text);
        cr_expect(same(url->scheme, c->scheme), "%s: scheme %s", c->text, url->scheme);
        cr_expect(same(url->driver, c->driver), "%s: driver %s", c->text, url->driver);
        cr_expect(same(url->user, c->user), "%s: user %s", c->text, url->user);
        cr_expect(same(url->password, c->password), "%s: password %s", c->text, url->password);
        cr_expect(same(url->host, c->host), "%s: host %s", c->text, url->host);
        cr_expect(same(url->port, c->port), "%s: port %s", c->text, url->port);
        cr_expect(same(url->path, c->path), "%s: path %s", c->text, url->path);
        const char *expected = c->formatted != NULL ? c->formatted : c->text;
        cr_expect_str_eq(url_format(arena, url), expected, "%s: %s", c->text,
                         url_format(arena, url));
    }
}

Test(url, refuses_what_it_can_not_understand)
{
    static const char *const texts[] = {
        "",
        "x",
        "://h",
        "1x://h",
        "postgresql:/h",
        "postgresql://h:0/d",
        "postgresql://h:65536",
        "postgresql://h:5x",
        "postgresql://[::1",
        "postgresql://[::1]x",
        "postgresql://::1/d",
        "postgresql://h/\n",
        "host=h port",
        "host=h port=x",
        "host='h",
        "postgresql://a:1,b:x",
        "host=h port=1,70000",
        "postgresql://h:99999999999999999999",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        Url *url;
        const char *problem = NULL;
        cr_expect_lt(url_parse(arena, texts[i], &url, &problem), 0, "%s", texts[i]);
        cr_expect_not_null(problem);
    }
}

Test(url, parameters)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Url *url;
    const char *problem;
    cr_assert_eq(url_parse(arena, "postgresql://h?a=1&b=x%26y+z&&c&a=2", &url, &problem), 0);
    cr_assert_eq(url->n_parameters, 4);
    cr_assert_str_eq(url_parameter(url, "a"), "2");
    cr_assert_str_eq(url_parameter(url, "b"), "x&y z");
    cr_assert_str_eq(url_parameter(url, "c"), "");
    cr_assert_null(url_parameter(url, "d"));
    cr_assert_str_eq(url_format(arena, url), "postgresql://h?a=1&b=x%26y%20z&c=&a=2");
    cr_assert_eq(url_parse(arena, "host=h sslmode=require hostaddr=1.2.3.4", &url, &problem), 0);
    cr_assert_str_eq(url_format(arena, url), "postgresql://h?sslmode=require&hostaddr=1.2.3.4");
}

Test(url, people_do_not_see_passwords)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Url *url;
    const char *problem;
    cr_assert_eq(
        url_parse(arena, "postgresql://u:hunter2@h/d?sslpassword=hunter2&SSL-Password=hunter2&x=y",
                  &url, &problem),
        0);
    cr_assert_str_eq(url_format_safe(arena, url),
                     "postgresql://u:***@h/d?sslpassword=***&SSL-Password=***&x=y");
}

Test(url, names_of_secrets)
{
    static const char *const secret[] = {"password", "DB_PASSWORD", "sslpassword", "api-key",
                                         "ApiKey",   "masking_key", "x_token_y",   "aws_secret"};
    static const char *const plain[] = {"",     "passfile", "user",   "key",
                                        "host", "tok",      "monkey", "pass_word"};
    for (size_t i = 0; i < ARRAY_LENGTH(secret); i++) {
        cr_expect(url_name_is_secret(secret[i]), "%s", secret[i]);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(plain); i++) {
        cr_expect_not(url_name_is_secret(plain[i]), "%s", plain[i]);
    }
}

/* Every byte survives the way into each part and back. */
Test(url, round_trip_of_all_bytes)
{
    char bytes[256] = {0};
    for (int i = 0; i < 255 - 0x20; i++) {
        bytes[i] = (char)(i + 0x20 + (i + 0x20 >= 0x7f)); /* without control characters */
    }
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Url url = {
        .scheme = "postgresql", .user = bytes, .password = bytes, .host = "h", .path = bytes};
    UrlParameter parameter = {.name = bytes, .value = bytes};
    url.parameters = &parameter;
    url.n_parameters = 1;
    Url *again;
    const char *problem;
    cr_assert_eq(url_parse(arena, url_format(arena, &url), &again, &problem), 0);
    cr_assert_str_eq(again->user, bytes);
    cr_assert_str_eq(again->password, bytes);
    cr_assert_str_eq(again->path, bytes);
    cr_assert_str_eq(again->parameters[0].name, bytes);
    cr_assert_str_eq(again->parameters[0].value, bytes);
    for (UrlPart part = URL_USER; part <= URL_QUERY; part++) {
        Str text = {0};
        url_encode(&text, bytes, part);
        cr_assert(url_is_encoded(str_text(&text), part));
        cr_assert_str_eq(url_decode(arena, str_text(&text), text.length), bytes);
        str_deinit(&text);
    }
}
