#include "csv_test.h"

typedef struct Case Case;
struct Case {
    const char *text;
    const char *expected;
};

static void
check(const Case *cases, size_t n, const CsvOptions *options)
{
    TestFolder folder = test_folder_new();
    for (size_t i = 0; i < n; i++) {
        const char *path = test_write(&folder, "a.csv", cases[i].text, strlen(cases[i].text));
        const char *rows = test_rows(&folder, path, options);
        cr_assert_str_eq(rows, cases[i].expected, "case %zu: %s\n%s", i, cases[i].text, rows);
    }
    test_folder_end(&folder);
}

#define CHECK(cases, options) check((cases), sizeof(cases) / sizeof((cases)[0]), (options))

Test(rows, fields_and_line_ends)
{
    static const Case cases[] = {
        {"", ""},
        {"a", "a/"},
        {"a,b\n1,2\n", "a|b/1|2/"},
        {"a,b\n1,2", "a|b/1|2/"},
        {"a,b\r\n1,2\r\n", "a|b/1|2/"},
        {"a,b\r1,2\r", "a|b/1|2/"},
        {"a,b\r1,2\n3,4\r\n", "a|b/1|2/3|4/"},
        {"a,b\n,\n", "a|b/~|~/"},
        {"a,b\n1,", "a|b/1|~/"},
        {"a,b\n\n1,2\n\r\n\r\n", "a|b/1|2/"}, /* empty lines between rows */
        {"a\n\n1\n", "a/~/1/"},               /* of one column they are rows */
        {"a\n1\n\n", "a/1/~/"},
        {"a, b\n 1 ,2\t\n", "a| b/ 1 |2\t/"}, /* blanks belong to the text */
        {"\xef\xbb\xbf"
         "a\n\xc3\xa4\n",
         "a/\xc3\xa4/"},
        {"\xef\xbb\xbf", ""},
    };
    CsvOptions options;
    csv_options_init(&options);
    CHECK(cases, &options);
}

Test(rows, quotes)
{
    static const Case cases[] = {
        {"\"a\",\"b\"\n\"1\",2\n", "a|b/1|2/"},
        {"a,b\n\"x,y\",\"x\ny\"\n1,2", "a|b/x,y|x\ny/1|2/"},
        {"a,b\n\"\",\n", "a|b/|~/"}, /* empty text, NULL */
        {"a\n\"\"\n", "a//"},
        {"a\n\"\"", "a//"},
        {"a\n\"\"\"\"\n\"x\"\"y\"\"\"\n", "a/\"/x\"y\"/"},
        {"a,b\n5\" pipe,x\"\"y\n", "a|b/5\" pipe|x\"\"y/"}, /* in mid field a quote is text */
        {"a\n \"x\"\n", "a/ \"x\"/"},
        {"a,b\n\"1\r\n2\",\"\r\"\r\n3,4", "a|b/1\r\n2|\r/3|4/"},
        {"\"a\nb\",c\n1,2\n", "a\nb|c/1|2/"},
    };
    CsvOptions options;
    csv_options_init(&options);
    CHECK(cases, &options);
}

Test(rows, options)
{
    static const struct {
        CsvOptions set; /* what differs from the defaults */
        Case test;
    } cases[] = {
        {{.delimiter = ";", .quote = "'"}, {"a;b\n1,5;'x;''y'\n", "a|b/1,5|x;'y/"}},
        {{.delimiter = "\\t"}, {"a\tb\n1\t\n", "a|b/1|~/"}},
        {{.delimiter = "\t"}, {"a\tb\n\"x\ty\"\t2", "a|b/x\ty|2/"}},
        {{.delimiter = " "}, {"a b\n1  \n", "the row"}},
        {{.delimiter = "\xc2\xa7"}, /* its first byte begins other characters, too */
         {"a\xc2\xa7"
          "b\n\xc2\xa9\xc2\xa7\"x\xc2\xa7\"\n",
          "a|b/\xc2\xa9|x\xc2\xa7/"}},
        {{.delimiter = "\xf0\x9f\x90\x98"}, {"a\xf0\x9f\x90\x98\n1\xf0\x9f\x90\x98", "a|~/1|~/"}},
        {{.quote = ""}, {"a,b\n\"x,y\"\n", "a|b/\"x|y\"/"}},
        {{.null = "NA"}, {"a,b\nNA,\"NA\"\n,NA \n", "a|b/~|NA/~|NA /"}},
        {{.null = ""}, {"a,b\n\"\",\n", "a|b/|~/"}},
    };
    TestFolder folder = test_folder_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CsvOptions options;
        csv_options_init(&options);
        options.delimiter = cases[i].set.delimiter ? cases[i].set.delimiter : options.delimiter;
        options.quote = cases[i].set.quote ? cases[i].set.quote : options.quote;
        options.null = cases[i].set.null;
        const Case *test = &cases[i].test;
        const char *path = test_write(&folder, "a.csv", test->text, strlen(test->text));
        const char *rows = test_rows(&folder, path, &options);
        if (text_equal(test->expected, "the row")) {
            cr_assert_not_null(strstr(rows, "the row has 3 fields"), "%s", rows);
        } else {
            cr_assert_str_eq(rows, test->expected, "case %zu: %s", i, rows);
        }
    }
    test_folder_end(&folder);
}

/* The buffer ends at every place of a row once: what is read in small and in large pieces is the
 * same. */
Test(rows, any_place_may_be_the_end_of_the_buffer)
{
    static const char row[] = "\xc3\xa4,\"x\"\"\r\ny\",\xe2\x82\xac\r\n";
    enum { ROWS = 20000 };
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    for (size_t shift = 1; shift <= sizeof(row); shift++) {
        CLEANUP(str_deinit) Str text = {0};
        CLEANUP(str_deinit) Str expected = {0};
        str_append_repeat(&text, 'a', shift);
        str_append(&text, ",b,c\r\n");
        str_append_repeat(&expected, 'a', shift);
        str_append(&expected, "|b|c/");
        for (size_t i = 0; i < ROWS; i++) {
            str_append(&text, row);
            str_append(&expected, "\xc3\xa4|x\"\r\ny|\xe2\x82\xac/");
        }
        const char *path = test_write(&folder, "a.csv", text.data, text.length);
        const char *rows = test_rows(&folder, path, &options);
        cr_assert(strcmp(rows, expected.data) == 0, "shift %zu", shift);
    }
    test_folder_end(&folder);
}

Test(rows, a_row_may_be_as_long_as_the_limit)
{
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    CLEANUP(str_deinit) Str text = {0};
    str_append(&text, "a,b\n1,");
    str_append_repeat(&text, 'x', 8 << 20);
    str_append(&text, "\n2,y\n");
    const char *path = test_write(&folder, "a.csv", text.data, text.length);
    const char *rows = test_rows(&folder, path, &options);
    cr_assert_eq(strlen(rows), text.length);
    cr_assert_str_eq(rows + strlen(rows) - 6, "x/2|y/");
    test_folder_end(&folder);
}
