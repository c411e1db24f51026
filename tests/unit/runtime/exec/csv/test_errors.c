#include "csv_test.h"

#include <sys/resource.h>
#include <sys/stat.h>

/** What csv_infer() says of a file of these bytes; NULL where it is fine. */
static const char *
infer_error(const TestFolder *folder, const void *bytes, size_t length, const CsvOptions *options)
{
    Error error = {0};
    CsvSchema *schema = NULL;
    const char *path = test_write(folder, "a.csv", bytes, length);
    int status = csv_infer(path, options, folder->arena, &schema, &error);
    const char *text = status < 0 ? test_error(folder, &error) : NULL;
    cr_assert(status == 0 || error.code == ERROR_DATA, "%s", text);
    error_deinit(&error);
    return text;
}

#define BYTES(literal) literal, sizeof(literal) - 1

Test(errors, show_the_place)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *expected;
    } cases[] = {
        {BYTES("a,b\n1\n"), "a.csv:2:2: error: the row has 1 field, but the header has 2\n"
                            "    2 | 1\n"
                            "      |  ^\n"},
        {BYTES("a,b\n1,2\n1,2,3,4\n1\n1\n"),
         "a.csv:3:5: error: the row has 4 fields, but the header has 2\n"
         "    3 | 1,2,3,4\n"
         "      |     ^~~\n"
         "  detail: 3 rows have a wrong number of fields; this is the first\n"
         "  hint: a field that holds the delimiter must stand in quotes (\")\n"},
        {BYTES("a\n1;2,5\n"), "a.csv:2:5: error: the row has 2 fields, but the header has 1\n"
                              "    2 | 1;2,5\n"
                              "      |     ^\n"
                              "  hint: if the fields are separated by it, say delimiter => ';'\n"},
        {BYTES("a,b\n1, \"x,y\"\n"),
         "a.csv:2:7: error: the row has 3 fields, but the header has 2\n"
         "    2 | 1, \"x,y\"\n"
         "      |       ^~\n"
         "  hint: a quote counts only directly behind the delimiter: remove the blanks before it\n"},
        {BYTES("a,b\n\"x\ny\",\"2\"\n1,\"2\n3\",\"4\",5\n"),
         "a.csv:5:4: error: the row has 4 fields, but the header has 2\n"
         "    5 | 3\",\"4\",5\n"
         "      |    ^~~~~\n"
         "  hint: a field that holds the delimiter must stand in quotes (\")\n"},
        {BYTES("a,b\n1,2\n3,\"x\n4,5\n"),
         "a.csv:3:3: error: the quote that opens here is never closed\n"
         "    3 | 3,\"x\n"
         "      |   ^\n"},
        {BYTES("a,b\n1\n3,\"x\n4,5\n"),
         "a.csv:2:2: error: the row has 1 field, but the header has 2\n"
         "    2 | 1\n"
         "      |  ^\n"
         "  detail: line 3 is wrong, too: the quote that opens here is never closed\n"},
        {BYTES("a,b\n1,\"x\"y\n"), "a.csv:2:6: error: text behind a closing quote\n"
                                   "    2 | 1,\"x\"y\n"
                                   "      |      ^\n"
                                   "  hint: a quote inside of quotes is written twice: \"\"\n"},
        {BYTES("a,b\n1,\"\nx\" ,\n"), "a.csv:3:3: error: text behind a closing quote\n"
                                      "    3 | x\" ,\n"
                                      "      |   ^\n"
                                      "  hint: a quote inside of quotes is written twice: \"\"\n"},
        {BYTES("a,b\r\r\n\xc3\xa4,M\xfcller\n"),
         "a.csv:3:4: error: the byte 0xFC is not valid utf-8\n"
         "    3 | \xc3\xa4,M\n"
         "      |    ^\n"
         "  hint: if the file is written in another encoding, say so: encoding => "
         "'windows-1252'\n"},
        {BYTES("a\n\xe2\x82"), "a.csv:2:1: error: the byte 0xE2 is not valid utf-8\n"
                               "    2 | \n"
                               "      | ^\n"
                               "  hint: if the file is written in another encoding, say so: "
                               "encoding => 'windows-1252'\n"},
        {BYTES("a\nx\0y\n"), "a.csv:2:2: error: a NUL character, which no text may hold\n"
                             "    2 | x\n"
                             "      |  ^\n"
                             "  hint: a file in UTF-16 needs encoding => 'utf-16'\n"},
        {BYTES("\xff\xfe"
               "a\0\n\0\0\xd8x\0"),
         "a.csv:2:1: error: the bytes 0x00 0xD8 are not valid utf-16\n"
         "    2 | \n"
         "      | ^\n"},
        {BYTES("\xff\xfe"
               "a\0\n\0x"),
         "a.csv:2:1: error: the byte 0x78 is not valid utf-16\n"
         "    2 | \n"
         "      | ^\n"},
        {BYTES("a,b,a\n"), "a.csv:1:5: error: the column name \"a\" stands twice\n"
                           "    1 | a,b,a\n"
                           "      |     ^\n"},
        {BYTES("a,b,\" A\"\n"), "a.csv:1:5: error: the column names \"a\" and \" A\" differ in "
                                "letter case only\n"
                                "    1 | a,b,\" A\"\n"
                                "      |     ^~~~\n"
                                "  hint: as in SQL, letter case of column names does not count\n"},
        {BYTES(",a\n0,1\n"), "a.csv:1:1: error: column 1 has no name\n"
                             "    1 | ,a\n"
                             "      | ^\n"
                             "  hint: pandas writes its index so: save with index=False\n"},
        {BYTES("a, ,b\n"), "a.csv:1:3: error: column 2 has no name\n"
                           "    1 | a, ,b\n"
                           "      |   ^\n"
                           "  hint: a delimiter at the end of the line makes a column, too\n"},
        {BYTES("a;b\n1;2\n"),
         "a.csv:1:1: error: the file has one column only, whose name holds a delimiter\n"
         "    1 | a;b\n"
         "      | ^~~\n"
         "  hint: say delimiter => ';', or put the name in quotes\n"},
        {BYTES("\na\n"), "a.csv:1:1: error: the first line is empty\n"
                         "    1 | \n"
                         "      | ^\n"},
        {BYTES(""), "error: \"a.csv\" is empty\n"
                    "  hint: a CSV file without rows has a line with the names of its columns\n"},
        {BYTES("\xef\xbb\xbf"),
         "error: \"a.csv\" is empty\n"
         "  hint: a CSV file without rows has a line with the names of its columns\n"},
        {BYTES("PK\x03\x04xyzabc"),
         "error: \"a.csv\" is not a CSV file but a zip archive or an Excel workbook\n"
         "  hint: unpack it, or export the sheet as CSV\n"},
        {BYTES("\x1f\x8b\x08"), "a.csv:1:1: error: the gzip data end too early\n"
                                "    1 | \n"
                                "      | ^\n"
                                "  hint: the file was cut off: fetch it again\n"},
    };
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *text = infer_error(&folder, cases[i].bytes, cases[i].length, &options);
        cr_assert_not_null(text, "case %zu", i);
        cr_assert_str_eq(text, cases[i].expected, "case %zu:\n%s", i, text);
    }
    test_folder_end(&folder);
}

Test(errors, without_a_header_the_first_row_counts)
{
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    options.header = false;
    const char *text = infer_error(&folder, BYTES("1,2\n3\n"), &options);
    cr_assert_not_null(strstr(text, "the row has 1 field, but the first row has 2"), "%s", text);
    test_folder_end(&folder);
}

Test(errors, an_encoding_that_can_not_be)
{
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    options.encoding = "windows-1252";
    const char *text = infer_error(&folder, BYTES("a\nx\x81\n"), &options);
    cr_assert_str_eq(text,
                     "a.csv:2:2: error: the byte 0x81 is not valid windows-1252\n"
                     "    2 | x\n"
                     "      |  ^\n",
                     "%s", text);
    text = infer_error(&folder,
                       BYTES("\xef\xbb\xbf"
                             "a\n"),
                       &options);
    cr_assert_not_null(strstr(text, "begins with the mark of utf-8, but is read as windows-1252"),
                       "%s", text);
    test_folder_end(&folder);
}

Test(errors, a_long_line_is_cut_around_the_place)
{
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    CLEANUP(str_deinit) Str bytes = {0};
    str_append(&bytes, "a\n");
    str_append_repeat(&bytes, 'x', 100000);
    str_append(&bytes, "\xc3\xa4,");
    str_append_repeat(&bytes, 'y', 100000);
    const char *text = infer_error(&folder, bytes.data, bytes.length, &options);
    cr_assert(text_starts_with(text, "a.csv:2:100003: error: the row has 2 fields"), "%s", text);
    cr_assert_not_null(strstr(text, "xx\xc3\xa4,yy"), "%s", text);
    cr_assert_leq(strlen(text), 1000);
    test_folder_end(&folder);
}

/* Rows over the limit: the memory that is used stays bounded. */
Test(errors, rows_over_the_limit)
{
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    options.row_limit_bytes = 1 << 20;
    CLEANUP(str_deinit) Str bytes = {0};
    str_append(&bytes, "a\n1\n");
    str_append_repeat(&bytes, 'x', 3 << 20);
    const char *text = infer_error(&folder, bytes.data, bytes.length, &options);
    cr_assert(text_starts_with(text, "a.csv:3:1: error: the row is longer than 1 MiB\n"), "%s",
              text);
    cr_assert_not_null(strstr(text, "hint: rows must end with a line break"), "%s", text);
    str_clear(&bytes);
    str_append(&bytes, "a,b\n1,2\n3,\"4\n");
    for (size_t i = 0; i < 400000; i++) {
        str_append(&bytes, "5,\n6,7\n");
    }
    text = infer_error(&folder, bytes.data, bytes.length, &options);
    cr_assert(text_starts_with(text, "a.csv:3:3: error: the row is longer than 1 MiB\n"), "%s",
              text);
    cr_assert_not_null(strstr(text, "hint: the quote that opens here may never be closed"), "%s",
                       text);
    test_folder_end(&folder);
}

Test(errors, a_single_line_of_100_mb)
{
    enum { MIB = 1 << 20 };
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    char *path = arena_printf(folder.arena, "%s/a.csv", folder.path);
    FILE *file = fopen(path, "wb");
    CLEANUP(str_deinit) Str piece = {0};
    str_append_repeat(&piece, 'x', MIB);
    for (size_t i = 0; i < 100; i++) {
        cr_assert_eq(fwrite(piece.data, 1, MIB, file), MIB);
    }
    fclose(file);
    Error error = {0};
    CsvSchema *schema = NULL;
    cr_assert_lt(csv_infer(path, &options, folder.arena, &schema, &error), 0);
    cr_assert_str_eq(error.message, "the row is longer than 64 MiB");
    error_deinit(&error);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    cr_assert_lt(usage.ru_maxrss, 600L * 1024, "%ld KiB",
                 usage.ru_maxrss); /* with the sanitizer's */
    test_folder_end(&folder);
}

static const char *
open_error(const TestFolder *folder, const char *name)
{
    CsvOptions options;
    csv_options_init(&options);
    Error error = {0};
    CsvSchema *schema = NULL;
    const char *path = arena_printf(folder->arena, "%s/%s", folder->path, name);
    cr_assert_lt(csv_infer(path, &options, folder->arena, &schema, &error), 0);
    cr_assert_eq(error.code, ERROR_IO);
    const char *text = test_error(folder, &error);
    error_deinit(&error);
    return text;
}

Test(errors, files_that_can_not_be_opened)
{
    TestFolder folder = test_folder_new();
    test_write(&folder, "orders.csv", "a\n", 2);
    test_shell(&folder, "mkdir folder.csv && mkfifo pipe.csv");
    cr_assert_str_eq(open_error(&folder, "order.csv"),
                     "error: can't read \"order.csv\": No such file or directory\n"
                     "  hint: did you mean \"orders.csv\"?\n");
    cr_assert_str_eq(open_error(&folder, "none/x.csv"),
                     "error: can't read \"none/x.csv\": No such file or directory\n"
                     "  hint: there is no folder \"none\"\n");
    cr_assert_str_eq(open_error(&folder, "folder.csv"),
                     "error: \"folder.csv\" is a folder, not a CSV file\n");
    cr_assert_not_null(strstr(open_error(&folder, "pipe.csv"), "is not a regular file"));
    if (geteuid() != 0) { /* root reads everything */
        test_shell(&folder, "chmod 0 orders.csv");
        cr_assert_not_null(strstr(open_error(&folder, "orders.csv"), "Permission denied"));
    }
    test_folder_end(&folder);
}

Test(errors, options)
{
    static const struct {
        const char *name;
        const char *value;
        const char *message;
        const char *hint;
    } cases[] = {
        {"delimeter", ";", "csv() has no argument \"delimeter\"", "did you mean \"delimiter\"?"},
        {"zzz", ";", "csv() has no argument \"zzz\"",
         "it has delimiter, quote, null, header and encoding"},
        {"delimiter", ";;", "delimiter of csv() must be one character, not ';;'",
         "for a tab write '\\t'"},
        {"delimiter", "", "delimiter of csv() must be one character, not ''",
         "for a tab write '\\t'"},
        {"delimiter", "\n", "delimiter of csv() must be one character, not '\n'",
         "for a tab write '\\t'"},
        {"delimiter", "\xff", "delimiter of csv() must be one character, not '\xff'",
         "for a tab write '\\t'"},
        {"delimiter", NULL, "delimiter of csv() must be a text, not null", NULL},
        {"quote", "\xc2\xa7", "quote of csv() must be one ASCII character, not '\xc2\xa7'",
         "for a file without quotes write ''"},
        {"header", "yes", "header of csv() must be true or false, not yes", NULL},
        {"header", NULL, "header of csv() must be true or false, not null", NULL},
        {"encoding", "latin-2", "csv() does not know the encoding 'latin-2'",
         "did you mean 'latin1'?"},
        {"encoding", "utf-7", "csv() does not know the encoding 'utf-7'", "did you mean 'utf-8'?"},
        {"encoding", "klingon", "csv() does not know the encoding 'klingon'",
         "it knows utf-8, latin1, latin9, windows-1252 and utf-16"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Error error = {0};
        CsvOptions options;
        csv_options_init(&options);
        cr_assert_lt(csv_options_set(&options, cases[i].name, cases[i].value, &error), 0,
                     "case %zu", i);
        cr_assert_eq(error.code, ERROR_CONFIG);
        cr_assert_str_eq(error.message, cases[i].message, "%s", error.message);
        cr_assert(text_equal(error.hint, cases[i].hint), "case %zu: %s", i, error.hint);
        error_deinit(&error);
    }
}

Test(errors, delimiter_and_quote_must_differ)
{
    CsvOptions options;
    csv_options_init(&options);
    Error error = {0};
    cr_assert_eq(csv_options_set(&options, "delimiter", "\"", &error), 0, "quote may follow");
    cr_assert_lt(csv_options_check(&options, &error), 0);
    cr_assert_str_eq(error.message, "delimiter and quote of csv() are the same: '\"'");
    cr_assert_eq(csv_options_set(&options, "quote", "'", &error), 0);
    cr_assert_eq(csv_options_check(&options, &error), 0);
    options.delimiter = "\\t";
    options.quote = "\t";
    cr_assert_lt(csv_options_check(&options, &error), 0);
    error_deinit(&error);
}

Test(errors, options_that_can_be)
{
    CsvOptions options;
    csv_options_init(&options);
    cr_assert_eq(csv_options_set(&options, "delimiter", "\\t", NULL), 0);
    cr_assert_eq(csv_options_set(&options, "header", "false", NULL), 0);
    cr_assert_eq(csv_options_set(&options, "null", "NA", NULL), 0);
    cr_assert_eq(csv_options_set(&options, "null", NULL, NULL), 0);
    cr_assert_eq(csv_options_set(&options, "encoding", "UTF_16", NULL), 0);
    cr_assert_eq(csv_options_set(&options, "quote", "", NULL), 0);
    cr_assert_not(options.header);
    cr_assert_null(options.null);
    cr_assert_str_eq(options.quote, "");
}
