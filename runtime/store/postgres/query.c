/* Statements, results and their failures; transactions. */
#include "runtime/base/utf8.h"
#include "runtime/store/postgres/pg.h"

#include <stdlib.h>
#include <string.h>

/* ---- failures ---- */

typedef struct StateCode StateCode;
struct StateCode {
    const char *prefix; /* of the sqlstate */
    ErrorCode code;
};

static const StateCode state_codes[] = {
    {"08", ERROR_CONNECTION},  /* connection exceptions */
    {"57P", ERROR_CONNECTION}, /* shutdown, crash, cannot connect now, database dropped */
    {"23", ERROR_DATA},        /* a constraint */
    {"55P03", ERROR_LOCK},     /* lock_timeout, nowait */
    {"0A000", ERROR_UNSUPPORTED},
};

static ErrorCode
code_of(const PgStore *pg, const char *sqlstate)
{
    if (strcmp(sqlstate, "57014") == 0) { /* also statement_timeout, which nobody here asked for */
        return atomic_load(&pg->canceled) ? ERROR_INTERRUPTED : ERROR_SQL;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(state_codes); i++) {
        if (text_starts_with(sqlstate, state_codes[i].prefix)) {
            return state_codes[i].code;
        }
    }
    return ERROR_SQL;
}

static int
connection_lost(PgStore *pg, const char *sqlstate, const char *reason, Error *reterr)
{
    error_set(reterr, ERROR_CONNECTION, "lost the connection to %s", pg->base.place);
    error_set_detail(reterr, "%.*s", (int)strcspn(reason, "\n"), reason);
    if (reterr) {
        memcpy(reterr->sqlstate, sqlstate, sizeof(reterr->sqlstate));
    }
    return -1;
}

static void
fill_details(PgStore *pg, const PGresult *result, const char *sqlstate, Error *reterr)
{
    const Libpq *pq = pg->pq;
    const char *detail = pq->PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *context = pq->PQresultErrorField(result, PG_DIAG_CONTEXT);
    const char *hint = pq->PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    const char *position = pq->PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    if (detail || context) {
        error_set_detail(reterr, "%s%s%s", detail ? detail : "", detail && context ? "\n" : "",
                         context ? context : "");
    }
    if (hint) {
        error_set_hint(reterr, "%s", hint);
    }
    if (reterr) {
        memcpy(reterr->sqlstate, sqlstate, sizeof(reterr->sqlstate));
        reterr->sql_position = position ? atoi(position) : 0;
    }
}

/** What the server leaves unsaid where it refuses: who asked, and what can be done. */
static void
explain_refusal(PgStore *pg, const char *sqlstate, Error *reterr)
{
    static const struct {
        const char *sqlstate;
        const char *hint;
    } refusals[] = {
        {"25006",
         "only reading is allowed here: is it a standby, or is default_transaction_read_only "
         "set for this user, database or server?"},
        {"42501", "let somebody who may do so grant this right, or name another user in the URL"},
    };
    for (size_t i = 0; reterr != NULL && i < ARRAY_LENGTH(refusals); i++) {
        if (strcmp(sqlstate, refusals[i].sqlstate) != 0) {
            continue;
        }
        const char *user = pg->pq->PQuser(pg->conn);
        if (reterr->detail == NULL && user != NULL) {
            error_set_detail(reterr, "it was user \"%s\" on %s", user, pg->base.place);
        }
        if (reterr->hint == NULL) {
            error_set_hint(reterr, "%s", refusals[i].hint);
        }
    }
}

int
pg_fail(PgStore *pg, const PGresult *result, Error *reterr)
{
    const Libpq *pq = pg->pq;
    const char *sqlstate = result ? pq->PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message = result ? pq->PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (!sqlstate || strlen(sqlstate) != 5) {
        sqlstate = pq->PQstatus(pg->conn) == CONNECTION_OK ? "58000" : "08006";
    }
    if (!message) {
        message = result ? pq->PQresultErrorMessage(result) : pq->PQerrorMessage(pg->conn);
    }
    ErrorCode code = code_of(pg, sqlstate);
    if (pq->PQstatus(pg->conn) != CONNECTION_OK || code == ERROR_CONNECTION) {
        return connection_lost(pg, sqlstate, message, reterr);
    }
    error_set(reterr, code, "%s", message);
    fill_details(pg, result, sqlstate, reterr);
    explain_refusal(pg, sqlstate, reterr);
    return -1;
}

/* ---- results ---- */

/** Ends a COPY that somebody's SQL has begun: there is nobody at this end of it. */
static void
end_copy(PgStore *pg, ExecStatusType status)
{
    const Libpq *pq = pg->pq;
    if (status == PGRES_COPY_OUT) {
        char *line = NULL;
        while (pq->PQgetCopyData(pg->conn, &line, 0) > 0) {
            pq->PQfreemem(line);
        }
        return;
    }
    (void)pq->PQputCopyEnd(pg->conn, "COPY FROM STDIN has nothing to read here");
}

static int
unsupported_copy(Error *reterr)
{
    error_set(reterr, ERROR_UNSUPPORTED, "COPY to or from the client can't be used in a statement");
    error_set_hint(reterr, "files come in by csv(…) or parquet(…)");
    return -1;
}

/** @return 0, or -1 where this result is a failure (`reterr` is filled then) */
static int
check_result(PgStore *pg, PGresult *result, int64_t *rows, Error *reterr)
{
    ExecStatusType status = pg->pq->PQresultStatus(result);
    switch (status) {
    case PGRES_COMMAND_OK: *rows += strtoll(pg->pq->PQcmdTuples(result), NULL, 10); return 0;
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY: return 0;
    case PGRES_COPY_OUT:
    case PGRES_COPY_IN:
    case PGRES_COPY_BOTH: end_copy(pg, status); return unsupported_copy(reterr);
    default: return pg_fail(pg, result, reterr);
    }
}

/** Reads results to their end; the last that holds rows goes to `ret_last` if that is asked for. */
static int
read_results(PgStore *pg, int64_t *ret_rows, PGresult **ret_last, Error *reterr)
{
    const Libpq *pq = pg->pq;
    int status = 0;
    *ret_rows = 0;
    for (PGresult *result; (result = pq->PQgetResult(pg->conn));) {
        /* Only the first failure counts: what follows it is its consequence. */
        if (check_result(pg, result, ret_rows, status == 0 ? reterr : NULL) != 0) {
            status = -1;
        }
        if (ret_last && pq->PQresultStatus(result) == PGRES_TUPLES_OK) {
            pq->PQclear(*ret_last);
            *ret_last = result;
        } else {
            pq->PQclear(result);
        }
        if (pq->PQstatus(pg->conn) != CONNECTION_OK && status == 0) {
            status = pg_fail(pg, NULL, reterr);
        }
    }
    return status;
}

int
pg_finish_results(PgStore *pg, int64_t *ret_rows, Error *reterr)
{
    return read_results(pg, ret_rows, NULL, reterr);
}

int
pg_exec(Store *store, const char *sql, int64_t *ret_rows, Error *reterr)
{
    PgStore *pg = pg_store(store);
    atomic_store(&pg->canceled, false);
    if (!pg->pq->PQsendQuery(pg->conn, sql)) {
        return pg_fail(pg, NULL, reterr);
    }
    return read_results(pg, ret_rows, NULL, reterr);
}

PdcType
pg_type_of(unsigned oid)
{
    static const struct {
        unsigned oid;
        PdcType type;
    } types[] = {
#define PG_TYPE(oid, name, type) {oid, PDC_TYPE_##type},
#include "runtime/store/postgres/types.def"
#undef PG_TYPE
    };
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        if (types[i].oid == oid) {
            return types[i].type;
        }
    }
    return PDC_TYPE_TEXT;
}

static void
clear_result(void *owner)
{
    Error ignored = {0};
    const Libpq *pq = pg_library(&ignored); /* it is loaded: there is a result */
    error_deinit(&ignored);
    pq->PQclear(owner);
}

static const char *
cell_text(const Libpq *pq, const PGresult *rows, int row, int column, PdcType type)
{
    if (pq->PQgetisnull(rows, row, column)) {
        return NULL;
    }
    const char *text = pq->PQgetvalue(rows, row, column);
    if (type == PDC_TYPE_BOOL) {
        return text[0] == 't' ? "true" : "false";
    }
    return text;
}

/** Makes `result` show the rows of `rows`, which it owns from now on. */
static void
take_rows(const Libpq *pq, PGresult *rows, StoreResult *result)
{
    result->owner = rows;
    result->release = clear_result;
    store_result_size(result, (size_t)pq->PQntuples(rows), (size_t)pq->PQnfields(rows));
    for (size_t c = 0; c < result->n_columns; c++) {
        result->columns[c].name = pq->PQfname(rows, (int)c);
        result->columns[c].type = pg_type_of(pq->PQftype(rows, (int)c));
    }
    for (size_t i = 0; i < result->n_rows * result->n_columns; i++) {
        size_t column = i % result->n_columns;
        result->cells[i] = cell_text(pq, rows, (int)(i / result->n_columns), (int)column,
                                     result->columns[column].type);
    }
}

int
pg_query(Store *store, const char *sql, StoreResult *result, Error *reterr)
{
    PgStore *pg = pg_store(store);
    int64_t written = 0;
    PGresult *rows = NULL;
    atomic_store(&pg->canceled, false);
    /* The extended protocol takes one statement only: text that was let through by mistake can't
     * add another. */
    if (!pg->pq->PQsendQueryParams(pg->conn, sql, 0, NULL, NULL, NULL, NULL, 0)) {
        return pg_fail(pg, NULL, reterr);
    }
    int status = read_results(pg, &written, &rows, reterr);
    if (status == 0 && rows) {
        take_rows(pg->pq, rows, result);
    } else {
        pg->pq->PQclear(rows);
    }
    return status;
}

/* ---- transactions ---- */

int
pg_begin(Store *store, bool snapshot, Error *reterr)
{
    int64_t rows = 0;
    return pg_exec(store, snapshot ? "begin isolation level repeatable read read write" : "begin",
                   &rows, reterr);
}

int
pg_commit(Store *store, Error *reterr)
{
    PgStore *pg = pg_store(store);
    atomic_store(&pg->canceled, false);
    PGresult *result = pg->pq->PQexec(pg->conn, "commit");
    int status = 0;
    if (pg->pq->PQresultStatus(result) != PGRES_COMMAND_OK) {
        status = pg_fail(pg, result, reterr);
    } else if (strcmp(pg->pq->PQcmdStatus(result), "ROLLBACK") == 0) {
        error_set(reterr, ERROR_SQL,
                  "nothing was committed: an earlier statement of the transaction "
                  "had failed");
        status = -1;
    }
    pg->pq->PQclear(result);
    return status;
}

void
pg_rollback(Store *store)
{
    PgStore *pg = pg_store(store);
    PGTransactionStatusType state = pg->pq->PQtransactionStatus(pg->conn);
    if (state == PQTRANS_INTRANS || state == PQTRANS_INERROR) {
        pg->pq->PQclear(pg->pq->PQexec(pg->conn, "rollback"));
    }
}
