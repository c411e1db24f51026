#include "runtime/report/json.h"
#include "runtime/report/words.h"

#include <criterion/criterion.h>
#include <math.h>

static void
check(Str *text, const char *expected)
{
    cr_expect_str_eq(str_text(text), expected);
    str_clear(text);
}

Test(words, seconds)
{
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {0, "0.000 s"},      {-1, "0.000 s"},   {0.0004, "0.000 s"},   {0.0123, "0.012 s"},
        {0.1, "0.10 s"},     {9.99, "9.99 s"},  {9.999, "10.0 s"},     {59.94, "59.9 s"},
        {59.97, "1 min"},    {61, "1 min 1 s"}, {3599, "59 min 59 s"}, {3600, "1 h"},
        {7500, "2 h 5 min"}, {86400, "1 d"},    {100000, "1 d 3 h"},   {1e300, "11574074 d 1 h"},
    };
    Str text = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        words_append_seconds(&text, cases[i].seconds);
        check(&text, cases[i].text);
    }
    words_append_seconds(&text, (double)NAN);
    check(&text, "0.000 s");
    str_deinit(&text);
}

Test(words, ages)
{
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {-5, "now"},      {0.5, "now"},  {20, "20 s"},        {60, "1 min"},
        {5399, "90 min"}, {5400, "2 h"}, {47 * 3600, "47 h"}, {10 * 86400, "10 d"},
    };
    Str text = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        words_append_age(&text, cases[i].seconds);
        check(&text, cases[i].text);
    }
    words_append_age(&text, (double)NAN);
    check(&text, "now");
    str_deinit(&text);
}

Test(words, sizes_and_counts)
{
    Str text = {0};
    words_append_bytes(&text, 0);
    check(&text, "0 B");
    words_append_bytes(&text, 1023);
    check(&text, "1023 B");
    words_append_bytes(&text, 1234);
    check(&text, "1.2 KiB");
    words_append_bytes(&text, INT64_C(50) << 30);
    check(&text, "50 GiB");
    words_append_bytes(&text, INT64_MAX);
    check(&text, "8.0 EiB");
    words_append_count(&text, 999);
    check(&text, "999");
    words_append_count(&text, -123456);
    check(&text, "-123,456");
    words_append_count(&text, INT64_MIN);
    check(&text, "-9,223,372,036,854,775,808");
    words_append_plural(&text, 1, "row");
    check(&text, "1 row");
    words_append_plural(&text, 1000, "row");
    check(&text, "1,000 rows");
    str_deinit(&text);
}

Test(words, clips_by_terminal_columns)
{
    static const struct {
        const char *line;
        size_t columns;
        const char *text;
    } cases[] = {
        {"abc", 3, "abc"},  {"abcd", 3, "ab…"}, {"abc", 1, "…"},
        {"abc", 0, ""},     {"", 0, ""},        {"世界", 4, "世界"},
        {"世界", 3, "世…"}, {"世界", 2, "…"},   {"e\xcc\x81x", 2, "e\xcc\x81x"},
    };
    Str text = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        words_append_clipped(&text, cases[i].line, cases[i].columns);
        check(&text, cases[i].text);
    }
    str_deinit(&text);
}

/* Only what RFC 8259 calls a number stands without quotes. */
Test(json, numbers)
{
    static const struct {
        const char *number;
        const char *json;
    } cases[] = {
        {"0", "0"},         {"-0", "-0"},       {"12", "12"},         {"1.50", "1.50"},
        {"1e+20", "1e+20"}, {"1E-3", "1E-3"},   {"-1.5e7", "-1.5e7"}, {"", "\"\""},
        {"-", "\"-\""},     {"01", "\"01\""},   {".5", "\".5\""},     {"1.", "\"1.\""},
        {"1e", "\"1e\""},   {"1e+", "\"1e+\""}, {"inf", "\"inf\""},   {"1 ", "\"1 \""},
        {"+1", "\"+1\""},   {"0x1", "\"0x1\""},
    };
    JsonLine line = {0};
    Str expected = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        json_begin(&line, NULL);
        json_number(&line, "n", cases[i].number);
        str_clear(&expected);
        str_append_format(&expected, "{\"n\": %s}\n", cases[i].json);
        cr_expect_str_eq(json_end(&line), str_text(&expected));
    }
    json_begin(&line, NULL);
    json_seconds(&line, "s", (double)NAN);
    json_known_count(&line, "c", -1);
    json_open(&line, "o");
    json_close(&line);
    json_open(&line, "p");
    json_bool(&line, "b", false);
    json_close(&line);
    json_error(&line, "e", NULL);
    cr_expect_str_eq(json_end(&line),
                     "{\"s\": null, \"c\": null, \"o\": {}, \"p\": {\"b\": false}, \"e\": null}\n");
    json_line_deinit(&line);
    str_deinit(&expected);
}
