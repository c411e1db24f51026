#include "csv_test.h"

enum {
    BOOL = 1 << PDC_TYPE_BOOL,
    INT = 1 << PDC_TYPE_INT,
    FLOAT = 1 << PDC_TYPE_FLOAT,
    DATE = 1 << PDC_TYPE_DATE,
    TIMESTAMP = 1 << PDC_TYPE_TIMESTAMP,
    NUMBER = INT | FLOAT,
    DAY = DATE | TIMESTAMP
};

Test(infer, what_a_cell_can_be)
{
    static const struct {
        const char *cell;
        unsigned types; /* beside text */
    } cases[] = {
        {"", 0},
        {" ", 0},
        /* bool */
        {"true", BOOL},
        {"FALSE", BOOL},
        {"True", BOOL},
        {" false\t", BOOL},
        {"t", 0},
        {"yes", 0},
        {"truee", 0},
        {"tru", 0},
        {"fals\xc3\xa9", 0},
        /* whole numbers */
        {"0", NUMBER},
        {"7", NUMBER},
        {"-7", NUMBER},
        {"-0", NUMBER},
        {" 42 ", NUMBER},
        {"007", 0},
        {"00", 0},
        {"-01", 0},
        {"+7", 0},
        {"+4930123", 0},
        {"1,000", 0},
        {"1 000", 0},
        {"1_000", 0},
        {"0x10", 0},
        {"-", 0},
        {"--1", 0},
        {"1-", 0},
        {"\xd9\xa3", 0},
        {"9007199254740992", NUMBER}, /* 2^53: the largest that a double holds exactly */
        {"9007199254740993", INT},
        {"-9007199254740993", INT},
        {"9223372036854775807", INT},
        {"9223372036854775808", 0},
        {"-9223372036854775808", INT},
        {"-9223372036854775809", 0},
        {"9999999999999999999", 0},
        {"18446744073709551616", 0},
        {"123456789012345678901234567890", 0},
        /* decimals */
        {"1.5", FLOAT},
        {"-0.5", FLOAT},
        {".5", FLOAT},
        {"-.5", FLOAT},
        {"0.0", FLOAT},
        {"1e5", FLOAT},
        {"1.5E-3", FLOAT},
        {"2e+10", FLOAT},
        {"-.5e1", FLOAT},
        {"5.", 0},
        {".", 0},
        {"-.", 0},
        {"e5", 0},
        {".e5", 0},
        {"1e", 0},
        {"1e+", 0},
        {"1e5.5", 0},
        {"1.2.3", 0},
        {"1.5 ", FLOAT},
        {"1,5", 0},
        {"01.5", 0},
        {"+1.5", 0},
        {"nan", 0},
        {"NaN", 0},
        {"inf", 0},
        {"-inf", 0},
        {"Infinity", 0},
        {"1.5f", 0},
        {"0.1234567890123456789", FLOAT},
        {"1e307", FLOAT},
        {"9.99e307", FLOAT},
        {"1e308", 0},
        {"1e400", 0},
        {"1e-307", FLOAT},
        {"1e-308", 0},
        {"0e999", FLOAT},
        {"0.000e-999", FLOAT},
        {"1e99999999999999999999", 0},
        {"0.001e310", FLOAT},
        {"123456789012345678901234567890.5", FLOAT},
        /* days and times */
        {"2024-02-29", DAY},
        {"2023-02-29", 0},
        {"1900-02-29", 0},
        {"2000-02-29", DAY},
        {"0001-01-01", DAY},
        {"0000-01-01", 0},
        {"9999-12-31", DAY},
        {"2024-13-01", 0},
        {"2024-00-10", 0},
        {"2024-01-00", 0},
        {"2024-04-31", 0},
        {"2024-1-1", 0},
        {"24-01-01", 0},
        {"2024/01/01", 0},
        {"20240101", NUMBER},
        {"01.02.2024", 0},
        {" 2024-01-01", DAY},
        {"10000-01-01", 0},
        {"2024-01-01x", 0},
        {"2024-01-01 10:00", TIMESTAMP},
        {"2024-01-01T10:00", TIMESTAMP},
        {"2024-01-01 23:59:59", TIMESTAMP},
        {"2024-01-01 10:00:00.1", TIMESTAMP},
        {"2024-01-01T10:00:00.123456", TIMESTAMP},
        {"2024-01-01 10:00:00.1234567", 0},
        {"2024-01-01 24:00", 0},
        {"2024-01-01 10:60", 0},
        {"2024-01-01 10:00:60", 0},
        {"2024-01-01 10:00:00.", 0},
        {"2024-01-01 10", 0},
        {"2024-01-01 ", DAY},
        {"2024-01-01 1:00", 0},
        {"2024-01-01t10:00", 0},
        {"2024-01-01  10:00", 0},
        {"2024-01-01 10:00:00Z", 0},
        {"2024-01-01 10:00:00+02", 0},
        {"2024-02-30 10:00", 0},
        {"10:00", 0},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        unsigned types = csv_cell_types(cases[i].cell);
        cr_assert_eq(types, cases[i].types, "\"%s\": %x", cases[i].cell, types);
    }
}

Test(infer, columns)
{
    static const struct {
        const char *text;
        const char *schema; /* and `?` behind the type of a column with NULLs */
    } cases[] = {
        {"a\n", "\"a\" text\n"},
        {"a,b\n,\n,\n", "\"a\" text?\n\"b\" text?\n"},
        {"a\n1\n2\n", "\"a\" int\n"},
        {"a,x\n1,x\n,x\n2,x\n", "\"a\" int?\n\"x\" text\n"},
        {"a\n\"1\"\n2\n", "\"a\" int\n"}, /* quotes don't make a text of a number */
        {"a\n1\n\"\"\n", "\"a\" text\n"}, /* but an empty text is no number */
        {"a\n1\n2.5\n", "\"a\" float\n"},
        {"a\n1\n9007199254740993\n", "\"a\" int\n"},
        {"a\n1.5\n9007199254740993\n", "\"a\" text\n"}, /* would lose digits */
        {"a\n1\n99999999999999999999\n", "\"a\" text\n"},
        {"a\n1\n007\n", "\"a\" text\n"},
        {"a\ntrue\nFALSE\n", "\"a\" bool\n"},
        {"a\ntrue\n1\n", "\"a\" text\n"},
        {"a\n2024-01-01\n", "\"a\" date\n"},
        {"a\n2024-01-01\n2024-01-01 10:00\n", "\"a\" timestamp\n"},
        {"a\n2024-01-01\n1\n", "\"a\" text\n"},
        {"a\n2024-01-01\n2024-02-30\n", "\"a\" text\n"},
        {"Customer ID,\"A\"\"b\",\xc3\x84\n1,2,3\n",
         "\"customer id\" int\n\"a\"\"b\" int\n\"\xc3\x84\" int\n"},
        {"\"a;b\"\n1\n", "\"a;b\" int\n"},
        {" a ,\tb\n1,2\n", "\"a\" int\n\"b\" int\n"},
    };
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const char *path = test_write(&folder, "a.csv", cases[i].text, strlen(cases[i].text));
        CsvSchema *schema = NULL;
        cr_assert_eq(csv_infer(path, &options, folder.arena, &schema, NULL), 0, "case %zu", i);
        const char *expected = cases[i].schema;
        const char *found = csv_schema_text(schema, folder.arena);
        for (size_t column = 0; *expected != '\0' || *found != '\0'; expected++) {
            if (*expected == '?') {
                cr_assert(schema->columns[column].nullable, "case %zu", i);
                continue;
            }
            cr_assert_eq(*expected, *found, "case %zu: %s", i,
                         csv_schema_text(schema, folder.arena));
            if (*found++ == '\n') {
                cr_assert_eq(schema->columns[column].nullable, expected[-1] == '?', "case %zu", i);
                column++;
            }
        }
    }
    test_folder_end(&folder);
}

Test(infer, without_a_header_columns_are_numbered)
{
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    options.header = false;
    const char *path = test_write(&folder, "a.csv", "x,1\ny,2\n", 8);
    CsvSchema *schema = NULL;
    cr_assert_eq(csv_infer(path, &options, folder.arena, &schema, NULL), 0);
    cr_assert_str_eq(csv_schema_text(schema, folder.arena), "\"column1\" text\n\"column2\" int\n");
    cr_assert_eq(schema->n_rows, 2);
    cr_assert_null(schema->columns[0].header);
    test_folder_end(&folder);
}

Test(infer, many_columns)
{
    enum { COLUMNS = 20000 };
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    CLEANUP(str_deinit) Str text = {0};
    for (int row = 0; row < 3; row++) {
        for (int i = 0; i < COLUMNS; i++) {
            str_append_format(&text, "%s%s%d", i > 0 ? "," : "", row == 0 ? "c" : "", i);
        }
        str_append_char(&text, '\n');
    }
    const char *path = test_write(&folder, "a.csv", text.data, text.length);
    CsvSchema *schema = NULL;
    cr_assert_eq(csv_infer(path, &options, folder.arena, &schema, NULL), 0);
    cr_assert_eq(schema->n_columns, COLUMNS);
    cr_assert_eq(schema->columns[COLUMNS - 1].type, PDC_TYPE_INT);
    test_folder_end(&folder);
}

Test(header, names_only)
{
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    const char *path =
        test_write(&folder, "a.csv", "A,\"b c\"\n1\n", 10); /* the ragged row is not seen */
    const char *const *names = NULL;
    size_t n = 0;
    cr_assert_eq(csv_header(path, &options, folder.arena, &names, &n, NULL), 0);
    cr_assert_eq(n, 2);
    cr_assert_str_eq(names[0], "a");
    cr_assert_str_eq(names[1], "b c");
    options.header = false;
    cr_assert_eq(csv_header(path, &options, folder.arena, &names, &n, NULL), 0);
    cr_assert_str_eq(names[1], "column2");
    test_folder_end(&folder);
}

Test(column, values)
{
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    Error error = {0};
    const char *path = test_write(&folder, "a.csv", "key,n\nx,1\n,2\n\"\",3\n", 18);
    const char *const *values = NULL;
    size_t n = 0;
    cr_assert_eq(csv_read_column(path, "KEY", &options, folder.arena, &values, &n, &error), 0);
    cr_assert_eq(n, 3);
    cr_assert_str_eq(values[0], "x");
    cr_assert_null(values[1]);
    cr_assert_str_eq(values[2], "");
    cr_assert_lt(csv_read_column(path, "kez", &options, folder.arena, &values, &n, &error), 0);
    cr_assert_str_eq(test_error(&folder, &error), "error: \"a.csv\" has no column \"kez\"\n"
                                                  "  hint: did you mean \"key\"?\n");
    error_clear(&error);
    path = test_write(&folder, "a.csv", "key,n\nx\n", 8);
    cr_assert_lt(csv_read_column(path, "key", &options, folder.arena, &values, &n, &error), 0);
    cr_assert_not_null(error.origin.file);
    error_deinit(&error);
    test_folder_end(&folder);
}
