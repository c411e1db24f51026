#include "runtime/transfer/transfer.h"

#include "runtime/store/sql_text.h"
#include "runtime/store/wire.h"

static void
append_item(const StoreColumn *column, const StoreWire *wire, Str *items)
{
    str_append(items, items->length > 0 ? ", " : "");
    if (wire->cast != NULL) {
        str_append(items, "cast(");
        sql_ident(items, column->name);
        str_append_format(items, " as %s) as ", wire->cast);
    }
    sql_ident(items, column->name);
}

static int
no_counterpart(const StoreColumn *column, Error *reterr)
{
    error_clear(reterr);
    error_set(reterr, ERROR_UNSUPPORTED,
              "column \"%s\" has type %s, which has no counterpart in the other database",
              column->name, column->sql_type);
    error_set_hint(reterr,
                   "give %s another type where the source makes its table: with a "
                   "contract, or a cast in its query",
                   column->name);
    return -1;
}

static int
plan_column(const Store *source, const StoreColumn *column, const Store *target, Arena *arena,
            TransferColumn *made, StoreWire *wire, Error *reterr)
{
    const char *instead = NULL;
    *made = (TransferColumn){.name = column->name};
    if (store_wire_of(source, column, arena, wire, reterr) < 0 ||
        store_type_of_wire(target, wire->type, arena, &made->type, &instead, reterr) < 0) {
        return no_counterpart(column, reterr);
    }
    wire->cast = instead != NULL ? instead : wire->cast;
    return 0;
}

int
transfer_plan(const Store *source, const char *query, const StoreColumn *columns, size_t n_columns,
              const Store *target, Arena *arena, Transfer *ret_transfer, Error *reterr)
{
    Transfer transfer = {.sql = query, .n_columns = n_columns};
    bool has_casts = false;
    Str items = {0};
    transfer.columns = ARENA_ARRAY(arena, TransferColumn, transfer.n_columns + 1);
    for (size_t i = 0; i < transfer.n_columns; i++) {
        StoreWire wire;
        if (plan_column(source, &columns[i], target, arena, &transfer.columns[i], &wire, reterr) <
            0) {
            str_deinit(&items);
            return -1;
        }
        has_casts = has_casts || wire.cast != NULL;
        append_item(&columns[i], &wire, &items);
    }
    if (has_casts) {
        transfer.sql = arena_printf(arena, "select %s from (%s\n) as r", str_text(&items), query);
    }
    str_deinit(&items);
    *ret_transfer = transfer;
    return 0;
}

void
transfer_append_columns(const Transfer *transfer, Str *sql)
{
    for (size_t i = 0; i < transfer->n_columns; i++) {
        str_append(sql, i == 0 ? "(" : ", ");
        sql_ident(sql, transfer->columns[i].name);
        str_append_format(sql, " %s", transfer->columns[i].type);
    }
    str_append(sql, ")");
}

/** Block after block, until one is empty. */
static int
move(StoreReader *reader, StoreWriter *writer, TransferProgress progress, void *user, Error *reterr)
{
    int64_t bytes = 0;
    for (;;) {
        const char *block;
        size_t length;
        if (store_read_block(reader, &block, &length, reterr) < 0) {
            return error_wrap(reterr, "reading from the source");
        }
        if (length == 0) {
            return 0;
        }
        if (store_write_block(writer, block, length, reterr) < 0) {
            return -1;
        }
        bytes += (int64_t)length;
        if (progress != NULL && !progress(user, bytes)) {
            return error_set(reterr, ERROR_INTERRUPTED, "interrupted");
        }
    }
}

int
transfer_run(const Transfer *transfer, Store *source, Store *target, const char *schema,
             const char *table, TransferProgress progress, void *user, int64_t *ret_rows,
             Error *reterr)
{
    CLEANUP(store_read_endp) StoreReader *reader = NULL;
    StoreWriter *writer = NULL;
    if (store_read_begin(source, transfer->sql, &reader, reterr) < 0 ||
        store_write_begin(target, schema, table, &writer, reterr) < 0) {
        return -1;
    }
    if (move(reader, writer, progress, user, reterr) < 0) {
        store_write_cancel(writer);
        return -1;
    }
    return store_write_end(writer, ret_rows, reterr);
}
