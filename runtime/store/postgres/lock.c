/* Advisory locks of the session. Their number is a digest that the server makes of the name. */
#include "runtime/store/postgres/pg.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>
#include <string.h>

static const char LOCK_TIMED_OUT[] = "55P03";

static void
append_number(Str *sql, const char *name)
{
    str_append(sql, "pg_catalog.hashtextextended(");
    sql_literal(sql, name);
    str_append(sql, ", 0)");
}

/** `select pg_VERB…(number)` */
static void
append_call(Str *sql, const char *verb, StoreLockMode mode, const char *name)
{
    str_append_format(sql, "select pg_catalog.pg_%s%s(", verb,
                      mode == STORE_LOCK_SHARED ? "_shared" : "");
    append_number(sql, name);
    str_append(sql, ")");
}

/** Runs a function that returns a bool. */
static int
query_bool(Store *store, const char *sql, bool *ret_truth, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    int status = store_query(store, sql, &result, reterr);
    if (status == 0) {
        *ret_truth = text_equal(store_result_text(result, 0, 0), "true");
    }
    return status;
}

/* ---- who holds it ---- */

/** The sessions that hold the lock, strongest first. What another role's session does not show is
 * NULL. */
static void
append_holder_sql(Str *sql, const char *name)
{
    str_append(
        sql, "select a.application_name, a.usename, coalesce(a.client_hostname, "
             "pg_catalog.host(a.client_addr)), l.pid, "
             "pg_catalog.to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS') "
             "from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid "
             "where l.locktype = 'advisory' and l.granted and l.objsubid = 1 "
             "and l.database = (select d.oid from pg_catalog.pg_database d "
             "where d.datname = pg_catalog.current_database()) "
             "and (l.classid::bigint << 32) | l.objid::bigint = ");
    append_number(sql, name);
    str_append(sql, " and l.pid <> pg_catalog.pg_backend_pid() "
                    "order by l.mode <> 'ExclusiveLock', a.backend_start limit 1");
}

char *
pg_describe_session(const StoreResult *result, size_t row, Arena *arena)
{
    static const char *const forms[] = {"%s", "user %s", "from %s", "process %s", "since %s UTC"};
    Str text = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
        const char *part = store_result_text(result, row, i);
        if (part && part[0] != '\0') {
            const char *value = strstr(forms[i], "%s");
            str_append_format(&text, "%s%.*s%s%s", text.length > 0 ? ", " : "",
                              (int)(value - forms[i]), forms[i], part, value + 2);
        }
    }
    return str_take_in(&text, arena);
}

int
pg_lock_holder(Store *store, const char *name, Arena *arena, char **ret_holder, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    append_holder_sql(&sql, name);
    int status = store_query(store, str_text(&sql), &result, reterr);
    str_deinit(&sql);
    if (status == 0) {
        *ret_holder = store_result_rows(result) > 0 ? pg_describe_session(result, 0, arena) : NULL;
    }
    return status;
}

static int
busy(Store *store, const char *name, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char *holder = NULL;
    int status = pg_lock_holder(store, name, arena, &holder, reterr);
    if (status != 0) {
        return status;
    }
    error_set(reterr, ERROR_LOCK, "the lock \"%s\" is held by %s", name,
              holder ? holder : "somebody who let it go a moment ago");
    return STORE_BUSY;
}

/* ---- taking and letting go ---- */

/**
 * Waits in the server, where a circle of waiting sessions is found and broken. Both statements are
 * one transaction, so that the timeout ends with it; the lock itself belongs to the session.
 */
static int
wait_for_lock(Store *store, const char *name, StoreLockMode mode, int64_t wait_ms, Error *reterr)
{
    int64_t rows = 0;
    int64_t timeout_ms = wait_ms < 0 ? 0 : wait_ms < INT32_MAX ? wait_ms : INT32_MAX;
    Error failure = {0};
    Str sql = {0};
    str_append_format(&sql, "set local lock_timeout = %lld; ", (long long)timeout_ms);
    append_call(&sql, "advisory_lock", mode, name);
    int status = pg_exec(store, str_text(&sql), &rows, &failure);
    str_deinit(&sql);
    if (status != 0 && strcmp(failure.sqlstate, LOCK_TIMED_OUT) == 0) {
        status = busy(store, name, reterr);
    } else if (status != 0) {
        error_move(reterr, &failure);
    }
    error_deinit(&failure);
    return status;
}

int
pg_lock(Store *store, const char *name, StoreLockMode mode, int64_t wait_ms, Error *reterr)
{
    if (wait_ms != 0) {
        return wait_for_lock(store, name, mode, wait_ms, reterr);
    }
    bool taken = false;
    Str sql = {0};
    append_call(&sql, "try_advisory_lock", mode, name);
    int status = query_bool(store, str_text(&sql), &taken, reterr);
    str_deinit(&sql);
    if (status == 0 && !taken) {
        status = busy(store, name, reterr);
    }
    return status;
}

int
pg_unlock(Store *store, const char *name, StoreLockMode mode, Error *reterr)
{
    bool held = false;
    Str sql = {0};
    append_call(&sql, "advisory_unlock", mode, name);
    int status = query_bool(store, str_text(&sql), &held, reterr);
    str_deinit(&sql);
    if (status == 0 && !held) {
        return error_set(reterr, ERROR_LOCK, "the lock \"%s\" was not held", name);
    }
    return status;
}

/* ---- tables ---- */

int
pg_lock_relations(Store *store, const StoreRelation *relations, size_t n, StoreLockMode mode,
                  int64_t timeout_ms, Error *reterr)
{
    Str sql = {0};
    str_append_format(&sql, "set local lock_timeout = %lld;\n", (long long)timeout_ms);
    for (size_t i = 0; i < n; i++) {
        str_append(&sql, i == 0 ? "lock table " : ", ");
        sql_qualified(&sql, relations[i].schema, relations[i].name);
    }
    if (n > 0) {
        str_append(&sql, mode == STORE_LOCK_SHARED ? " in access share mode"
                                                   : " in access exclusive mode");
    }
    Error failure = {0};
    int status = store_exec(store, str_text(&sql), &failure);
    str_deinit(&sql);
    bool is_busy = status < 0 && text_equal(failure.sqlstate, LOCK_TIMED_OUT);
    error_move(reterr, &failure);
    return is_busy ? STORE_BUSY : status;
}
