/* Rows in bulk: COPY in its binary format, both ways. What PostgreSQL sends it takes, so nothing is
 * looked at. */
#include "runtime/base/memory.h"
#include "runtime/store/postgres/pg.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024, HEAD_BYTES = 19, END_BYTES = 2 };

static const char HEAD[HEAD_BYTES] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";

/** A type travels as what it stands on: the other database knows neither the domain nor the enum.
 */
int
pg_wire_of(const StoreColumn *column, Arena *arena, StoreWire *ret_wire, Error *reterr)
{
    const char *type = column->base_type != NULL ? column->base_type : column->sql_type;
    if (strchr(type, '.') != NULL) {
        return store_no_counterpart(type, reterr); /* in a schema of its own */
    }
    ret_wire->type = arena_strdup(arena, type);
    return 0;
}

int
pg_type_of_wire(const char *wire, Arena *arena, const char **ret_type, const char **ret_instead,
                Error *reterr)
{
    (void)ret_instead, (void)reterr;
    *ret_type = arena_strdup(arena, wire);
    return 0;
}

/* ---- reading ---- */

typedef struct PgReader PgReader;
struct PgReader {
    StoreReader base;
    Str block;
    bool has_begun;
    bool has_ended;
};

static int
begin_copy(PgStore *pg, const char *sql, ExecStatusType wanted, Error *reterr)
{
    atomic_store(&pg->canceled, false);
    PGresult *result = pg->pq->PQexec(pg->conn, sql);
    int status = 0;
    if (pg->pq->PQresultStatus(result) != wanted) {
        status = pg_fail(pg, result, reterr);
    }
    pg->pq->PQclear(result);
    return status;
}

int
pg_read_begin(Store *store, const char *query, StoreReader **ret_reader, Error *reterr)
{
    Str sql = {0};
    str_append_format(&sql, "copy (%s) to stdout (format binary)", query);
    int status = begin_copy(pg_store(store), str_text(&sql), PGRES_COPY_OUT, reterr);
    str_deinit(&sql);
    if (status == 0) {
        PgReader *reader = memory_alloc(sizeof *reader);
        *reader = (PgReader){.base.store = store};
        *ret_reader = &reader->base;
    }
    return status;
}

/** A message is a row; the head comes with the first, and the end alone. */
static int
take_message(PgReader *reader, const char *bytes, size_t length, Error *reterr)
{
    if (!reader->has_begun) {
        reader->has_begun = true;
        if (length < HEAD_BYTES || memcmp(bytes, HEAD, HEAD_BYTES) != 0) {
            return error_set(reterr, ERROR_CONNECTION, "the server sent another format than asked");
        }
        bytes += HEAD_BYTES;
        length -= HEAD_BYTES;
    }
    bool is_end = length == END_BYTES && (unsigned char)bytes[0] == 0xFF;
    str_append_n(&reader->block, bytes, is_end ? 0 : length);
    return 0;
}

int
pg_read_block(StoreReader *base, const char **ret_bytes, size_t *ret_length, Error *reterr)
{
    PgReader *reader = (PgReader *)base;
    PgStore *pg = pg_store(base->store);
    int status = 0;
    str_clear(&reader->block);
    while (status == 0 && !reader->has_ended && reader->block.length < BLOCK_BYTES) {
        char *message = NULL;
        int length = pg->pq->PQgetCopyData(pg->conn, &message, 0);
        if (length > 0) {
            status = take_message(reader, message, (size_t)length, reterr);
        } else {
            int64_t rows;
            reader->has_ended = true;
            status =
                length == -1 ? pg_finish_results(pg, &rows, reterr) : pg_fail(pg, NULL, reterr);
        }
        pg->pq->PQfreemem(message);
    }
    *ret_bytes = str_text(&reader->block);
    *ret_length = reader->block.length;
    return status;
}

void
pg_read_end(StoreReader *base)
{
    PgReader *reader = (PgReader *)base;
    PgStore *pg = pg_store(base->store);
    if (!reader->has_ended) { /* the server has to be told, or it would send all the rest */
        int64_t rows;
        char *message = NULL;
        pg_cancel(base->store);
        while (pg->pq->PQgetCopyData(pg->conn, &message, 0) > 0) {
            pg->pq->PQfreemem(message);
        }
        (void)pg_finish_results(pg, &rows, NULL);
    }
    str_deinit(&reader->block);
    free(reader);
}

/* ---- writing ---- */

int
pg_write_begin(Store *store, const char *schema, const char *table, StoreWriter **ret_writer,
               Error *reterr)
{
    PgStore *pg = pg_store(store);
    Str sql = {0};
    str_append(&sql, "copy ");
    sql_qualified(&sql, schema, table);
    str_append(&sql, " from stdin (format binary)");
    int status = begin_copy(pg, str_text(&sql), PGRES_COPY_IN, reterr);
    str_deinit(&sql);
    if (status != 0) {
        return status;
    }
    StoreWriter *writer = memory_alloc(sizeof *writer);
    writer->store = store;
    *ret_writer = writer;
    return pg_write_block(writer, HEAD, HEAD_BYTES, reterr);
}

int
pg_write_block(StoreWriter *writer, const char *bytes, size_t length, Error *reterr)
{
    PgStore *pg = pg_store(writer->store);
    if (atomic_load(&pg->canceled)) {
        return store_interrupted(reterr);
    }
    return pg->pq->PQputCopyData(pg->conn, bytes, (int)length) == 1 ? 0 : pg_fail(pg, NULL, reterr);
}

int
pg_write_end(StoreWriter *writer, int64_t *ret_rows, Error *reterr)
{
    PgStore *pg = pg_store(writer->store);
    Error failure = {0};
    int status = pg_write_block(writer, "\377\377", END_BYTES, &failure);
    if (status == 0 && pg->pq->PQputCopyEnd(pg->conn, NULL) != 1) {
        status = pg_fail(pg, NULL, &failure);
    }
    *ret_rows = 0;
    if (pg_finish_results(pg, ret_rows, status == 0 ? &failure : NULL) != 0) {
        status = -1;
    }
    if (status != 0) {
        pg_name_cell(&failure);
        error_move(reterr, &failure);
    }
    error_deinit(&failure);
    free(writer);
    return status;
}

void
pg_write_cancel(StoreWriter *writer)
{
    PgStore *pg = pg_store(writer->store);
    int64_t rows = 0;
    (void)pg->pq->PQputCopyEnd(pg->conn, "the copy was given up");
    (void)pg_finish_results(pg, &rows, NULL);
    free(writer);
}
