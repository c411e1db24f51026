/* Bulk load: COPY … FROM STDIN in its text format, sent in blocks. */
#include "runtime/base/memory.h"
#include "runtime/base/utf8.h"
#include "runtime/store/postgres/pg.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 256 * 1024, REASON_BYTES = 300 };

typedef struct PgLoad PgLoad;
struct PgLoad {
    StoreLoad base;
    size_t n_columns;
    Str block; /* rows that were not sent yet */
};

static PgStore *
store_of(PgLoad *load)
{
    return pg_store(load->base.store);
}

static void
free_load(PgLoad *load)
{
    str_deinit(&load->block);
    free(load);
}

int
pg_load_begin(Store *store, const char *schema, const char *table, const StoreColumn *columns,
              size_t n_columns, StoreLoad **ret_load, Error *reterr)
{
    PgStore *pg = pg_store(store);
    Str sql = {0};
    str_append(&sql, "copy ");
    sql_qualified(&sql, schema, table);
    for (size_t i = 0; i < n_columns; i++) {
        str_append(&sql, i == 0 ? " (" : ", ");
        sql_ident(&sql, columns[i].name);
    }
    str_append(&sql, n_columns > 0 ? ") from stdin" : " from stdin");
    atomic_store(&pg->canceled, false);
    PGresult *result = pg->pq->PQexec(pg->conn, str_text(&sql));
    str_deinit(&sql);
    if (pg->pq->PQresultStatus(result) != PGRES_COPY_IN) {
        int status = pg_fail(pg, result, reterr);
        pg->pq->PQclear(result);
        return status;
    }
    PgLoad *load = memory_alloc(sizeof(*load));
    load->base.store = store;
    load->n_columns = (size_t)pg->pq->PQnfields(result);
    pg->pq->PQclear(result);
    *ret_load = &load->base;
    return 0;
}

static int
send_block(PgLoad *load, Error *reterr)
{
    PgStore *pg = store_of(load);
    if (load->block.length == 0) {
        return 0;
    }
    if (atomic_load(&pg->canceled)) {
        return store_interrupted(reterr);
    }
    int sent = pg->pq->PQputCopyData(pg->conn, load->block.data, (int)load->block.length);
    str_clear(&load->block);
    return sent == 1 ? 0 : pg_fail(pg, NULL, reterr);
}

static char
escape_of(char c)
{
    switch (c) {
    case '\t': return 't';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\\': return '\\';
    default: return '\0';
    }
}

static void
append_cell(Str *block, const char *cell)
{
    if (!cell) {
        str_append(block, "\\N");
        return;
    }
    for (;;) {
        size_t plain = strcspn(cell, "\t\n\r\\");
        str_append_n(block, cell, plain);
        cell += plain;
        if (*cell == '\0') {
            return;
        }
        str_append_char(block, '\\');
        str_append_char(block, escape_of(*cell++));
    }
}

int
pg_load_row(StoreLoad *base, const char *const *cells, Error *reterr)
{
    PgLoad *load = (PgLoad *)base;
    for (size_t i = 0; i < load->n_columns; i++) {
        if (i > 0) {
            str_append_char(&load->block, '\t');
        }
        append_cell(&load->block, cells[i]);
    }
    str_append_char(&load->block, '\n');
    return load->block.length < BLOCK_BYTES ? 0 : send_block(load, reterr);
}

/**
 * Says row and column in front of the message. The server puts them into the context, as `COPY t,
 * line 3, column a: "x"`; each row is one line. In a server of another language the context stays
 * the detail.
 */
void
pg_name_cell(Error *error)
{
    const char *context = error->detail ? strstr(error->detail, "COPY ") : NULL;
    const char *line = context ? strstr(context, ", line ") : NULL;
    if (!line || (error->code != ERROR_DATA && !text_starts_with(error->sqlstate, "22"))) {
        return;
    }
    Str text = {0};
    line += strlen(", line ");
    str_append_format(&text, "row %.*s", (int)strspn(line, "0123456789"), line);
    const char *column = strstr(line, ", column ");
    const char *column_end = column ? strchr(column, ':') : NULL;
    if (column_end) {
        column += strlen(", column ");
        str_append_format(&text, ", column \"%.*s\"", (int)(column_end - column), column);
    }
    size_t length = strlen(error->message);
    size_t kept = utf8_clip(error->message, length, REASON_BYTES);
    char sqlstate[sizeof(error->sqlstate)];
    memcpy(sqlstate, error->sqlstate, sizeof(sqlstate));
    error_set(error, ERROR_DATA, "%s: %.*s%s", str_text(&text), (int)kept, error->message,
              kept < length ? "…" : "");
    memcpy(error->sqlstate, sqlstate, sizeof(sqlstate));
    str_deinit(&text);
}

int
pg_load_end(StoreLoad *base, Error *reterr)
{
    PgLoad *load = (PgLoad *)base;
    PgStore *pg = store_of(load);
    Error failure = {0};
    int64_t rows = 0;
    int status = send_block(load, &failure);
    if (status == 0 && pg->pq->PQputCopyEnd(pg->conn, NULL) != 1) {
        status = pg_fail(pg, NULL, &failure);
    }
    if (pg_finish_results(pg, &rows, status == 0 ? &failure : NULL) != 0) {
        status = -1;
    }
    if (status != 0) {
        pg_name_cell(&failure);
        error_move(reterr, &failure);
    }
    error_deinit(&failure);
    free_load(load);
    return status;
}

void
pg_load_cancel(StoreLoad *base)
{
    PgLoad *load = (PgLoad *)base;
    PgStore *pg = store_of(load);
    int64_t rows = 0;
    (void)pg->pq->PQputCopyEnd(pg->conn, "the load was given up");
    (void)pg_finish_results(pg, &rows, NULL);
    free_load(load);
}
