#include "runtime/base/map.h"
#include "runtime/base/suggest.h"
#include "runtime/exec/csv/csv_priv.h"

#include <string.h>

/* ---- the first row ---- */

/* Goes to the first row, which says how many columns there are. */
static int
first_row(CsvReader *reader, Error *reterr)
{
    int status = csv_reader_next(reader, reterr);
    if (status < 0) {
        return status;
    }
    if (status == 0) {
        error_set(reterr, ERROR_DATA, "\"%s\" is empty", reader->path);
        error_set_hint(reterr, "a CSV file without rows has a line with the names of its columns");
        return -1;
    }
    const CsvField *first = reader->fields.items;
    if (reader->fields.n == 1 && !first->quoted && first->start == first->end) {
        error_set(reterr, ERROR_DATA, "the first line is empty");
        return csv_place_error(reader, 0, 0, reterr);
    }
    reader->n_columns = reader->fields.n;
    return 0;
}

static int
no_name(const CsvReader *reader, size_t i, Error *reterr)
{
    error_set(reterr, ERROR_DATA, "column %zu has no name", i + 1);
    error_set_hint(reterr, "%s",
                   i == 0 ? "pandas writes its index so: save with index=False"
                          : "a delimiter at the end of the line makes a column, too");
    return csv_place_error_at_field(reader, i, reterr);
}

static int
same_name(const CsvReader *reader, size_t i, const char *header, const char *earlier, Error *reterr)
{
    if (text_equal(header, earlier)) {
        error_set(reterr, ERROR_DATA, "the column name \"%s\" stands twice", header);
    } else {
        error_set(reterr, ERROR_DATA,
                  "the column names \"%s\" and \"%s\" differ in letter case only", earlier, header);
        error_set_hint(reterr, "as in SQL, letter case of column names does not count");
    }
    return csv_place_error_at_field(reader, i, reterr);
}

/* A single name such as `a;b` is a wrong delimiter in all likelihood. Without this the file would
 * be read as a table of one column. */
static int
check_delimiter(const CsvReader *reader, Error *reterr)
{
    const CsvField *only = reader->fields.items;
    const char *name = reader->data + reader->start + only->start;
    const char *other = csv_other_delimiter(reader, name, only->end - only->start);
    if (reader->n_columns > 1 || only->quoted || other == NULL) {
        return 0;
    }
    error_set(reterr, ERROR_DATA, "the file has one column only, whose name holds a delimiter");
    error_set_hint(reterr, "say delimiter => '%s', or put the name in quotes", other);
    return csv_place_error_at_field(reader, 0, reterr);
}

static int
read_names(const CsvReader *reader, Arena *arena, CsvColumn *columns, Error *reterr)
{
    Map *seen = map_new(arena);
    if (check_delimiter(reader, reterr) != 0) {
        return -1;
    }
    for (size_t i = 0; i < reader->n_columns; i++) {
        char *header = csv_reader_copy_field(reader, i, arena);
        columns[i].header = header;
        const char *trimmed = csv_cell_trim(arena_strdup(arena, header));
        columns[i].name = text_fold(arena, trimmed, strlen(trimmed));
        if (columns[i].name[0] == '\0') {
            return no_name(reader, i, reterr);
        }
        const char *earlier = map_set(seen, columns[i].name, header);
        if (earlier != NULL) {
            return same_name(reader, i, header, earlier, reterr);
        }
    }
    return 0;
}

int
csv_columns_read(CsvReader *reader, Arena *arena, CsvColumn **ret_columns, size_t *ret_n,
                 Error *reterr)
{
    int status = first_row(reader, reterr);
    if (status != 0) {
        return status;
    }
    CsvColumn *columns = ARENA_ARRAY(arena, CsvColumn, reader->n_columns);
    for (size_t i = 0; i < reader->n_columns; i++) {
        columns[i].type = PDC_TYPE_TEXT;
    }
    if (reader->has_header) {
        status = read_names(reader, arena, columns, reterr);
    } else {
        for (size_t i = 0; i < reader->n_columns; i++) {
            columns[i].name = arena_printf(arena, "column%zu", i + 1);
        }
        csv_reader_again(reader);
    }
    *ret_columns = columns;
    *ret_n = reader->n_columns;
    return status;
}

/* ---- names, and the values of one column ---- */

int
csv_header(const char *path, const CsvOptions *options, Arena *arena, const char *const **ret_names,
           size_t *ret_n, Error *reterr)
{
    CLEANUP(csv_reader_freep) CsvReader *reader = NULL;
    CsvColumn *columns = NULL;
    size_t n = 0;
    if (csv_reader_open(path, options, &reader, reterr) != 0 ||
        csv_columns_read(reader, arena, &columns, &n, reterr) != 0) {
        return -1;
    }
    const char **names = ARENA_ARRAY(arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        names[i] = columns[i].name;
    }
    *ret_names = names;
    *ret_n = n;
    return 0;
}

static int
find_column(const char *path, const char *wanted, const CsvColumn *columns, size_t n,
            size_t *ret_index, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *folded = text_fold(arena, wanted, strlen(wanted));
    const char **names = ARENA_ARRAY(arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        names[i] = columns[i].name;
        if (text_equal(folded, names[i])) {
            *ret_index = i;
            return 0;
        }
    }
    error_set(reterr, ERROR_DATA, "\"%s\" has no column \"%s\"", path, wanted);
    const char *near = suggest_nearest(folded, names, n);
    if (near != NULL) {
        error_set_hint(reterr, "did you mean \"%s\"?", near);
    }
    return -1;
}

int
csv_read_column(const char *path, const char *column, const CsvOptions *options, Arena *arena,
                const char *const **ret_values, size_t *ret_n, Error *reterr)
{
    CLEANUP(csv_reader_freep) CsvReader *reader = NULL;
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    CsvColumn *columns = NULL;
    size_t n = 0;
    size_t index = 0;
    if (csv_reader_open(path, options, &reader, reterr) != 0 ||
        csv_columns_read(reader, scratch, &columns, &n, reterr) != 0 ||
        find_column(path, column, columns, n, &index, reterr) != 0) {
        return -1;
    }
    VEC(const char *) values = {0};
    int status;
    while ((status = csv_reader_next(reader, reterr)) > 0) {
        const char *cell = csv_reader_cells(reader)[index];
        vec_push_in(arena, &values, cell != NULL ? arena_strdup(arena, cell) : NULL);
    }
    *ret_values = values.items;
    *ret_n = values.n;
    return status;
}
