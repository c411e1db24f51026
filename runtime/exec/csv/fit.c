/* A file whose columns are promised: which cells keep the promise, and a table of those that do. */
#include "runtime/base/suggest.h"
#include "runtime/base/utf8.h"
#include "runtime/exec/csv/csv_priv.h"
#include "runtime/store/sql_text.h"
#include "runtime/store/store.h"

#include <string.h>

/* ---- columns ---- */

static size_t
find_promise(const CsvFit *fit, const char *name)
{
    for (size_t i = 0; i < fit->n_promises; i++) {
        if (text_equal(fit->promises[i].name, name) ||
            text_equal_ignore_case(fit->promises[i].name, name)) {
            return i;
        }
    }
    return CSV_NO_COLUMN;
}

static int
report_missing(const CsvReader *reader, const CsvFit *fit, const CsvPromise *promise, Arena *arena,
               Error *reterr)
{
    const CsvSchema *schema = &fit->schema;
    const char **names = ARENA_ARRAY(arena, const char *, schema->n_columns);
    for (size_t i = 0; i < schema->n_columns; i++) {
        names[i] = schema->columns[i].name;
    }
    const char *near = suggest_nearest(promise->name, names, schema->n_columns);
    error_set(reterr, ERROR_DATA, "the file has no column \"%s\", which can't be null",
              promise->name);
    if (near != NULL) {
        error_set_hint(reterr, "there is a column \"%s\"", near);
    }
    return reader->has_header ? csv_place_error(reader, 0, 0, reterr) : -1;
}

/** Without a header the columns stand in the order of the promises. */
static int
match_columns(const CsvReader *reader, CsvFit *fit, Arena *arena, Error *reterr)
{
    size_t n = fit->schema.n_columns;
    size_t *sources = ARENA_ARRAY(arena, size_t, fit->n_promises);
    const char **dropped = ARENA_ARRAY(arena, const char *, n);
    for (size_t i = 0; i < fit->n_promises; i++) {
        sources[i] = CSV_NO_COLUMN;
    }
    for (size_t i = 0; i < n; i++) {
        size_t promise = reader->has_header    ? find_promise(fit, fit->schema.columns[i].name)
                         : i < fit->n_promises ? i
                                               : CSV_NO_COLUMN;
        if (promise == CSV_NO_COLUMN) {
            dropped[fit->n_dropped++] = fit->schema.columns[i].name;
        } else {
            sources[promise] = i;
        }
    }
    fit->sources = sources;
    fit->dropped = dropped;
    for (size_t i = 0; i < fit->n_promises; i++) {
        if (sources[i] == CSV_NO_COLUMN && !fit->promises[i].nullable) {
            return report_missing(reader, fit, &fit->promises[i], arena, reterr);
        }
    }
    return 0;
}

/* ---- rows ---- */

static const char *
cell_of(char *const *cells, const CsvFit *fit, size_t promise)
{
    size_t source = fit->sources[promise];
    return source == CSV_NO_COLUMN ? NULL : cells[source];
}

static bool
fits(const char *cell, const CsvPromise *promise)
{
    return cell == NULL || csv_cell_fits(cell, promise->type);
}

static int
look_at_rows(CsvReader *reader, CsvFit *fit, Error *reterr)
{
    int status;
    for (fit->schema.n_rows = 0; (status = csv_reader_next(reader, reterr)) > 0;
         fit->schema.n_rows++) {
        char **cells = csv_reader_cells(reader);
        bool all_fit = true;
        for (size_t i = 0; i < fit->n_promises && all_fit; i++) {
            all_fit = fits(cell_of(cells, fit, i), &fit->promises[i]);
        }
        fit->n_misfits += all_fit ? 0 : 1;
    }
    return status;
}

int
csv_fit(const char *path, const CsvOptions *options, const CsvPromise *promises, size_t n_promises,
        Arena *arena, CsvFit **ret_fit, Error *reterr)
{
    CLEANUP(csv_reader_freep) CsvReader *reader = NULL;
    CsvColumn *columns = NULL;
    CsvFit *fit = ARENA_NEW(arena, CsvFit);
    fit->promises = promises;
    fit->n_promises = n_promises;
    if (csv_reader_open(path, options, &reader, reterr) != 0 ||
        csv_columns_read(reader, arena, &columns, &fit->schema.n_columns, reterr) != 0) {
        return -1;
    }
    fit->schema.columns = columns;
    if (match_columns(reader, fit, arena, reterr) != 0 || look_at_rows(reader, fit, reterr) != 0 ||
        csv_reader_check_stamp(reader, &reader->stamp, reterr) != 0) {
        return -1;
    }
    fit->schema.stamp = reader->stamp;
    *ret_fit = fit;
    return 0;
}

/* ---- the table ---- */

static int
create_table(const CsvFit *fit, const char *problems, Store *store, const char *target_schema,
             const char *target_table, Error *reterr)
{
    CLEANUP(str_deinit) Str sql = {0};
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    str_append(&sql, "create table ");
    sql_qualified(&sql, target_schema, target_table);
    for (size_t i = 0; i < fit->n_promises; i++) {
        str_append(&sql, i == 0 ? " (" : ", ");
        sql_ident(&sql, fit->promises[i].name);
        str_append_char(&sql, ' ');
        str_append(&sql, column_type_sql(fit->promises[i].type, scratch));
    }
    if (problems != NULL) {
        str_append(&sql, ", ");
        sql_ident(&sql, problems);
        str_append(&sql, " text");
    }
    str_append(&sql, ")");
    return store_exec(store, str_text(&sql), reterr);
}

/** `birth_year: "19x4" is no int` */
static void
append_problem(const CsvPromise *promise, const char *cell, Arena *scratch, Str *problems)
{
    enum { SHOWN_BYTES = 40 };
    size_t length = strlen(cell);
    size_t kept = utf8_clip(cell, length, SHOWN_BYTES);
    str_append(problems, problems->length > 0 ? "; " : "");
    str_append_format(problems, "%s: ", promise->name);
    if (promise->secret) {
        str_append(problems, "the value");
    } else {
        str_append_format(problems, "\"%.*s%s\"", (int)kept, cell, kept < length ? "…" : "");
    }
    str_append_format(problems, " is no %s", column_type_text(promise->type, scratch));
}

/** A row as it goes to the engine; what does not fit is NULL and told in `problems`. */
static void
take_row(char *const *cells, const CsvFit *fit, const char **out, Str *problems)
{
    str_clear(problems);
    for (size_t i = 0; i < fit->n_promises; i++) {
        const CsvPromise *promise = &fit->promises[i];
        const char *cell = cell_of(cells, fit, i);
        out[i] = cell;
        if (!fits(cell, promise)) {
            CLEANUP(arena_freep) Arena *scratch = arena_new();
            append_problem(promise, cell, scratch, problems);
            out[i] = NULL;
        } else if (cell != NULL &&
                   column_type_value((ColumnTypeKind)promise->type.kind) != PDC_TYPE_TEXT) {
            out[i] = csv_cell_trim((char *)(uintptr_t)cell);
        }
    }
    out[fit->n_promises] = problems->length > 0 ? str_text(problems) : NULL;
}

static int
load_rows(CsvReader *reader, const CsvFit *fit, StoreLoad *load, int64_t *ret_rows, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(str_deinit) Str problems = {0};
    const char **row = ARENA_ARRAY(arena, const char *, fit->n_promises + 1);
    int status;
    for (*ret_rows = 0; (status = csv_reader_next(reader, reterr)) > 0; (*ret_rows)++) {
        take_row(csv_reader_cells(reader), fit, row, &problems);
        if (store_load_row(load, row, reterr) != 0) {
            return -1;
        }
    }
    return status;
}

static int
load(CsvReader *reader, const CsvFit *fit, const char *problems, Store *store,
     const char *target_schema, const char *target_table, int64_t *ret_rows, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    StoreColumn *columns = ARENA_ARRAY(arena, StoreColumn, fit->n_promises + 1);
    StoreLoad *rows = NULL;
    for (size_t i = 0; i < fit->n_promises; i++) {
        columns[i].name = fit->promises[i].name;
    }
    columns[fit->n_promises].name = problems;
    if (store_load_begin(store, target_schema, target_table, columns,
                         fit->n_promises + (problems != NULL ? 1 : 0), &rows, reterr) != 0) {
        return -1;
    }
    if (load_rows(reader, fit, rows, ret_rows, reterr) != 0) {
        store_load_cancel(rows);
        return -1;
    }
    return store_load_end(rows, reterr);
}

/* Is the file still the one that the fit was made from? */
static int
check_unchanged(CsvReader *reader, const CsvFit *fit, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CsvColumn *columns = NULL;
    size_t n = 0;
    if (csv_reader_check_stamp(reader, &fit->schema.stamp, reterr) != 0 ||
        csv_columns_read(reader, arena, &columns, &n, reterr) != 0) {
        return -1;
    }
    return n == fit->schema.n_columns ? 0 : csv_reader_changed(reader, reterr);
}

int
csv_load_fitted(const char *path, const CsvOptions *options, const CsvFit *fit,
                const char *problems, Store *store, const char *target_schema,
                const char *target_table, int64_t *ret_rows, Error *reterr)
{
    CLEANUP(csv_reader_freep) CsvReader *reader = NULL;
    int64_t n_rows = 0;
    if (csv_reader_open(path, options, &reader, reterr) != 0 ||
        check_unchanged(reader, fit, reterr) != 0) {
        return -1;
    }
    if (create_table(fit, problems, store, target_schema, target_table, reterr) != 0) {
        return error_wrap(reterr, "making the table for \"%s\"", path);
    }
    int status = load(reader, fit, problems, store, target_schema, target_table, &n_rows, reterr);
    if (csv_reader_check_stamp(reader, &fit->schema.stamp, NULL) != 0 ||
        (status == 0 && n_rows != fit->schema.n_rows)) {
        return csv_reader_changed(reader, reterr); /* explains whatever else went wrong */
    }
    if (status != 0) {
        return error_wrap(reterr, "loading \"%s\"", path);
    }
    *ret_rows = n_rows;
    return 0;
}
