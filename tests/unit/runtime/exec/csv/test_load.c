#include "csv_test.h"
#include "fake_store.h"

#include <sys/stat.h>

/** csv_infer() and csv_load() of a file with the given store. */
static int
load_file(const TestFolder *folder, const char *path, FakeStore *fake, int64_t *ret_rows,
          Error *reterr)
{
    CsvOptions options;
    csv_options_init(&options);
    CsvSchema *schema = NULL;
    cr_assert_eq(csv_infer(path, &options, folder->arena, &schema, NULL), 0);
    return csv_load(path, &options, schema, &fake->store, "s", "T\"x", ret_rows, reterr);
}

static const char *
write_text(const TestFolder *folder, const char *text)
{
    return test_write(folder, "a.csv", text, strlen(text));
}

Test(load, makes_the_table_and_fills_it)
{
    TestFolder folder = test_folder_new();
    FakeStore fake = fake_store();
    int64_t n_rows = 0;
    const char *path =
        write_text(&folder, "Id, a b ,t\n 1,x , 2024-01-01\n2,\" y\",\n\"3 \",\"\",\n");
    cr_assert_eq(load_file(&folder, path, &fake, &n_rows, NULL), 0);
    cr_assert_eq(n_rows, 3);
    cr_assert_str_eq(str_text(&fake.statements),
                     "create table \"s\".\"T\"\"x\" (\"id\" int, \"a b\" text, \"t\" date);\n"
                     "load s.T\"x;\n");
    /* blanks are cut from what is no text */
    cr_assert_str_eq(str_text(&fake.rows), "1|x |2024-01-01/2| y|~/3||~/");
    fake_store_end(&fake);
    test_folder_end(&folder);
}

Test(load, a_file_without_rows)
{
    TestFolder folder = test_folder_new();
    FakeStore fake = fake_store();
    int64_t n_rows = -1;
    cr_assert_eq(load_file(&folder, write_text(&folder, "a,b"), &fake, &n_rows, NULL), 0);
    cr_assert_eq(n_rows, 0);
    cr_assert_str_eq(str_text(&fake.rows), "");
    fake_store_end(&fake);
    test_folder_end(&folder);
}

Test(load, a_name_that_is_too_long_for_the_engine)
{
    TestFolder folder = test_folder_new();
    FakeStore fake = fake_store();
    int64_t n_rows = 0;
    Error error = {0};
    CLEANUP(str_deinit) Str text = {0};
    str_append_repeat(&text, 'a', 64);
    str_append(&text, "\n1\n");
    cr_assert_lt(load_file(&folder, write_text(&folder, str_text(&text)), &fake, &n_rows, &error),
                 0);
    cr_assert(text_ends_with(error.message, "aaa…\" has 64 bytes, but fake takes 63"), "%s",
              error.message);
    cr_assert_not_null(error.origin.file);
    cr_assert_str_eq(str_text(&fake.statements), "");
    error_deinit(&error);
    fake_store_end(&fake);
    test_folder_end(&folder);
}

Test(load, what_the_store_refuses_is_passed_on)
{
    TestFolder folder = test_folder_new();
    FakeStore fake = fake_store();
    int64_t n_rows = 0;
    Error error = {0};
    fake.fail_at = 2;
    cr_assert_lt(load_file(&folder, write_text(&folder, "a\n1\n2\n"), &fake, &n_rows, &error), 0);
    cr_assert_str_eq(test_error(&folder, &error), "error: row 2 is refused\n"
                                                  "  while loading \"a.csv\"\n");
    error_deinit(&error);
    fake_store_end(&fake);
    test_folder_end(&folder);
}

/* ---- a file that changes ---- */

static void
check_changed(int status, const Error *error)
{
    cr_assert_lt(status, 0);
    cr_assert_eq(error->code, ERROR_DATA);
    cr_assert_not_null(strstr(error->message, "was changed while it was read"), "%s",
                       error->message);
}

static const char *const before = "a,b\n1,2\n3,4\n";

Test(load, a_file_that_changed_since_its_types_were_inferred)
{
    static const char *const after[] = {
        "a,b\n1,2\n", "a,b\n1,2\n3,x\n", "a,b\n1,2\n3\n", "a\n1\n", "", "a,b\n1,2\n3,4\n5,6\n"};
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    for (size_t i = 0; i < ARRAY_LENGTH(after); i++) {
        FakeStore fake = fake_store();
        Error error = {0};
        CsvSchema *schema = NULL;
        int64_t n_rows = 0;
        const char *path = write_text(&folder, before);
        cr_assert_eq(csv_infer(path, &options, folder.arena, &schema, NULL), 0);
        static const struct timespec past[2] = {{1000, 0}, {1000, 0}};
        write_text(&folder, after[i]);
        cr_assert_eq(utimensat(AT_FDCWD, path, past, 0), 0); /* clocks of file systems are coarse */
        int status = csv_load(path, &options, schema, &fake.store, "s", "t", &n_rows, &error);
        check_changed(status, &error);
        cr_assert_str_eq(str_text(&fake.statements), "", "nothing was made");
        error_deinit(&error);
        fake_store_end(&fake);
    }
    test_folder_end(&folder);
}

typedef struct Change Change;
struct Change {
    const char *path;
    const char *text;
};

static void
change_file(void *context)
{
    const Change *change = context;
    FILE *file = fopen(change->path, "ab");
    fputs(change->text, file);
    fclose(file);
}

Test(load, a_file_that_changes_while_it_is_loaded)
{
    static const char *const more[] = {"5,6\n", "x\n", "\xff"};
    TestFolder folder = test_folder_new();
    for (size_t i = 0; i < ARRAY_LENGTH(more); i++) {
        FakeStore fake = fake_store();
        Error error = {0};
        int64_t n_rows = 0;
        Change change = {write_text(&folder, before), more[i]};
        fake.at_first_row = change_file;
        fake.context = &change;
        int status = load_file(&folder, change.path, &fake, &n_rows, &error);
        check_changed(status, &error);
        error_deinit(&error);
        fake_store_end(&fake);
    }
    test_folder_end(&folder);
}

/* A file that is replaced by another is read on as it was: both passes see the same. */
static void
replace_file(void *context)
{
    const Change *change = context;
    cr_assert_eq(unlink(change->path), 0);
    change_file(context);
}

Test(load, a_file_that_is_replaced_while_it_is_loaded)
{
    TestFolder folder = test_folder_new();
    FakeStore fake = fake_store();
    int64_t n_rows = 0;
    Change change = {write_text(&folder, before), "x"};
    fake.at_first_row = replace_file;
    fake.context = &change;
    cr_assert_eq(load_file(&folder, change.path, &fake, &n_rows, NULL), 0);
    cr_assert_str_eq(str_text(&fake.rows), "1|2/3|4/");
    fake_store_end(&fake);
    test_folder_end(&folder);
}
