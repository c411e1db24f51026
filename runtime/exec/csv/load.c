#include "runtime/base/utf8.h"
#include "runtime/exec/csv/csv_priv.h"
#include "runtime/store/sql_text.h"
#include "runtime/store/store.h"

#include <string.h>

/* ---- the table ---- */

/* Takes the engine all names? The header is the row at hand. */
static int
check_names(const CsvReader *reader, const CsvSchema *schema, const Store *store, Error *reterr)
{
    enum { SHOWN_BYTES = 40 };
    size_t limit = store_identifier_limit(store);
    for (size_t i = 0; i < schema->n_columns; i++) {
        const char *name = schema->columns[i].name;
        size_t length = strlen(name);
        if (limit > 0 && length > limit) {
            error_set(reterr, ERROR_DATA,
                      "the column name \"%.*s…\" has %zu bytes, but %s takes %zu",
                      (int)utf8_clip(name, length, SHOWN_BYTES), name, length,
                      store_engine_name(store), limit);
            return csv_place_error_at_field(reader, i, reterr);
        }
    }
    return 0;
}

static int
create_table(const CsvSchema *schema, Store *store, const char *target_schema,
             const char *target_table, Error *reterr)
{
    CLEANUP(str_deinit) Str sql = {0};
    str_append(&sql, "create table ");
    sql_qualified(&sql, target_schema, target_table);
    for (size_t i = 0; i < schema->n_columns; i++) {
        str_append(&sql, i == 0 ? " (" : ", ");
        sql_ident(&sql, schema->columns[i].name);
        str_append_format(&sql, " %s", store_type_name(store, schema->columns[i].type));
    }
    str_append(&sql, ")");
    return store_exec(store, str_text(&sql), reterr);
}

/* ---- the rows ---- */

static int
load_rows(CsvReader *reader, const CsvSchema *schema, StoreLoad *load, int64_t *ret_rows,
          Error *reterr)
{
    int status;
    for (*ret_rows = 0; (status = csv_reader_next(reader, reterr)) > 0; (*ret_rows)++) {
        char **cells = csv_reader_cells(reader);
        for (size_t i = 0; i < schema->n_columns; i++) {
            if (cells[i] != NULL && schema->columns[i].type != PDC_TYPE_TEXT) {
                cells[i] = csv_cell_trim(cells[i]);
            }
        }
        if (store_load_row(load, (const char *const *)cells, reterr) != 0) {
            return -1;
        }
    }
    return status;
}

static int
load(CsvReader *reader, const CsvSchema *schema, Store *store, const char *target_schema,
     const char *target_table, int64_t *ret_rows, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    StoreColumn *columns = ARENA_ARRAY(arena, StoreColumn, schema->n_columns);
    StoreLoad *rows = NULL;
    for (size_t i = 0; i < schema->n_columns; i++) {
        columns[i].name = schema->columns[i].name;
        columns[i].type = schema->columns[i].type;
        columns[i].sql_type = store_type_name(store, schema->columns[i].type);
        columns[i].nullable = true;
    }
    if (store_load_begin(store, target_schema, target_table, columns, schema->n_columns, &rows,
                         reterr) != 0) {
        return -1;
    }
    if (load_rows(reader, schema, rows, ret_rows, reterr) != 0) {
        store_load_cancel(rows);
        return -1;
    }
    return store_load_end(rows, reterr);
}

/* Is the file still the one that the schema was made from? */
static int
check_unchanged(CsvReader *reader, const CsvSchema *schema, Arena *arena, Error *reterr)
{
    CsvColumn *columns = NULL;
    size_t n = 0;
    if (csv_reader_check_stamp(reader, &schema->stamp, reterr) != 0 ||
        csv_columns_read(reader, arena, &columns, &n, reterr) != 0) {
        return -1;
    }
    return n == schema->n_columns ? 0 : csv_reader_changed(reader, reterr);
}

int
csv_load(const char *path, const CsvOptions *options, const CsvSchema *schema, Store *store,
         const char *target_schema, const char *target_table, int64_t *ret_rows, Error *reterr)
{
    CLEANUP(csv_reader_freep) CsvReader *reader = NULL;
    CLEANUP(arena_freep) Arena *arena = arena_new();
    int64_t n_rows = 0;
    if (csv_reader_open(path, options, &reader, reterr) != 0 ||
        check_unchanged(reader, schema, arena, reterr) != 0 ||
        check_names(reader, schema, store, reterr) != 0) {
        return -1;
    }
    if (create_table(schema, store, target_schema, target_table, reterr) != 0) {
        return error_wrap(reterr, "making the table for \"%s\"", path);
    }
    int status = load(reader, schema, store, target_schema, target_table, &n_rows, reterr);
    if (csv_reader_check_stamp(reader, &schema->stamp, NULL) != 0 ||
        (status == 0 && n_rows != schema->n_rows)) {
        return csv_reader_changed(reader, reterr); /* explains whatever else went wrong */
    }
    if (status != 0) {
        return error_wrap(reterr, "loading \"%s\"", path);
    }
    *ret_rows = n_rows;
    return 0;
}
