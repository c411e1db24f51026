#include "runtime/store/wire.h"

#include "runtime/store/store_priv.h"

int
store_wire_of(const Store *store, const StoreColumn *column, Arena *arena, StoreWire *ret_wire,
              Error *reterr)
{
    *ret_wire = (StoreWire){0};
    return store->engine->wire_of(column, arena, ret_wire, reterr);
}

int
store_type_of_wire(const Store *store, const char *wire, Arena *arena, const char **ret_type,
                   const char **ret_instead, Error *reterr)
{
    *ret_instead = NULL;
    return store->engine->type_of_wire(wire, arena, ret_type, ret_instead, reterr);
}

int
store_read_begin(Store *store, const char *sql, StoreReader **ret_reader, Error *reterr)
{
    return store->engine->read_begin(store, sql, ret_reader, reterr);
}

int
store_read_block(StoreReader *reader, const char **ret_bytes, size_t *ret_length, Error *reterr)
{
    return reader->store->engine->read_block(reader, ret_bytes, ret_length, reterr);
}

void
store_read_end(StoreReader *reader)
{
    if (reader != NULL) {
        reader->store->engine->read_end(reader);
    }
}

int
store_write_begin(Store *store, const char *schema, const char *table, StoreWriter **ret_writer,
                  Error *reterr)
{
    return store->engine->write_begin(store, schema, table, ret_writer, reterr);
}

int
store_write_block(StoreWriter *writer, const char *bytes, size_t length, Error *reterr)
{
    return writer->store->engine->write_block(writer, bytes, length, reterr);
}

int
store_write_end(StoreWriter *writer, int64_t *ret_rows, Error *reterr)
{
    return writer->store->engine->write_end(writer, ret_rows, reterr);
}

void
store_write_cancel(StoreWriter *writer)
{
    if (writer != NULL) {
        writer->store->engine->write_cancel(writer);
    }
}

int
store_no_counterpart(const char *type, Error *reterr)
{
    return error_set(reterr, ERROR_UNSUPPORTED, "type %s has no counterpart in the other database",
                     type);
}
