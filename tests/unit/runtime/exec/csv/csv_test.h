/**
 * CSV tests: a file made from bytes, its rows as one text, and an error as people see it.
 */
#ifndef PDC_TESTS_CSV_TEST_H
#define PDC_TESTS_CSV_TEST_H

#include "runtime/diag/diag.h"
#include "runtime/exec/csv/csv_priv.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** A folder for one test; test_folder_end() removes it with the files that are in it. */
typedef struct TestFolder TestFolder;
struct TestFolder {
    Arena *arena;
    const char *path;
};

static inline TestFolder
test_folder_new(void)
{
    TestFolder folder = {.arena = arena_new()};
    const char *base = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
    char *path = arena_printf(folder.arena, "%s/pdc-csv-XXXXXX", base);
    cr_assert_not_null(mkdtemp(path));
    folder.path = path;
    return folder;
}

static inline void
test_folder_end(TestFolder *folder)
{
    char *command = arena_printf(folder->arena, "rm -rf '%s'", folder->path);
    cr_assert_eq(system(command), 0);
    arena_free(folder->arena);
}

/** Writes (over) a file of the folder. @return its path */
static inline const char *
test_write(const TestFolder *folder, const char *name, const void *bytes, size_t length)
{
    char *path = arena_printf(folder->arena, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(bytes, 1, length, file), length);
    cr_assert_eq(fclose(file), 0);
    return path;
}

/** Runs a shell command in the folder. */
static inline void
test_shell(const TestFolder *folder, const char *command)
{
    char *line = arena_printf(folder->arena, "cd '%s' && %s", folder->path, command);
    cr_assert_eq(system(line), 0, "%s", command);
}

/** The error as it is printed, with the folder's path cut out. In the folder's arena. */
static inline const char *
test_error(const TestFolder *folder, const Error *error)
{
    Str out = {0};
    error_render(error, (DiagStyle){0}, &out);
    char *text = str_take_in(&out, folder->arena);
    size_t cut = strlen(folder->path) + 1;
    for (char *at; (at = strstr(text, folder->path)) != NULL;) {
        memmove(at, at + cut, strlen(at + cut) + 1);
    }
    return text;
}

/** All rows, the header included: cells joined by `|`, NULL as `~`, rows ended by `/`. Of an error
 * its text. */
static inline const char *
test_rows(const TestFolder *folder, const char *path, const CsvOptions *options)
{
    Str out = {0};
    Error error = {0};
    CsvReader *reader = NULL;
    int status = csv_reader_open(path, options, &reader, &error);
    status = status == 0 ? csv_reader_next(reader, &error) : status;
    for (; status > 0; status = csv_reader_next(reader, &error)) {
        reader->n_columns = reader->fields.n;
        char **cells = csv_reader_cells(reader);
        for (size_t i = 0; i < reader->fields.n; i++) {
            str_append_format(&out, "%s%s", i > 0 ? "|" : "", cells[i] != NULL ? cells[i] : "~");
        }
        str_append_char(&out, '/');
    }
    csv_reader_free(reader);
    if (status < 0) {
        str_clear(&out);
        str_append(&out, test_error(folder, &error));
    }
    error_deinit(&error);
    return str_take_in(&out, folder->arena);
}

#endif
