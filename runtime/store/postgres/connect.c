/* Opening: parameters out of the URL, tries with backoff, the missing database, the session's
 * settings. */
#include "runtime/base/clock.h"
#include "runtime/base/memory.h"
#include "runtime/base/utf8.h"
#include "runtime/base/vec.h"
#include "runtime/store/postgres/pg.h"
#include "runtime/store/sql_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    OLDEST_SERVER = 120000,
    CONNECT_TIMEOUT_S = 10,
    BACKOFF_FIRST_MS = 100,
    BACKOFF_LAST_MS = 2000,
    /* A try that took longer met silence, not a refusal: the next would be no faster. */
    REFUSAL_LIMIT_US = 5 * 1000 * 1000,
    CREATE_TRIES = 20,
    APPLICATION_NAME_BYTES = 63
};

/* ---- parameters ---- */

typedef struct PgTarget PgTarget;
struct PgTarget {
    const Libpq *pq;
    Arena *arena;
    VEC(const char *) keywords; /* both end with NULL */
    VEC(const char *) values;
    size_t database_at; /* index of the value of dbname */
    const char *database;
    const char *user;
    const char *place;
};

static void
add_parameter(PgTarget *target, const char *keyword, const char *value)
{
    if (value) {
        vec_push_in(target->arena, &target->keywords, keyword);
        vec_push_in(target->arena, &target->values, value);
    }
}

static const char *
given_or_environment(const char *given, const char *variable, const char *otherwise)
{
    if (given && given[0] != '\0') {
        return given;
    }
    const char *value = getenv(variable);
    return value && value[0] != '\0' ? value : otherwise;
}

static char *
describe_place(const Url *url, const char *database, Arena *arena)
{
    const char *host = given_or_environment(url->host, "PGHOST", "the local socket");
    const char *port = given_or_environment(url->port, "PGPORT", "5432");
    if (!url->host && url_parameter(url, "hostaddr")) {
        host = url_parameter(url, "hostaddr");
    }
    const char *separator = strchr(host, ':') ? "]:" : ":";
    return arena_printf(arena, "PostgreSQL at %s%s%s%s, database \"%s\"",
                        separator[0] == ']' ? "[" : "", host, separator, port, database);
}

static void
fill_target(PgTarget *target, const Url *url, const StoreOptions *options)
{
    Arena *arena = target->arena;
    target->user = given_or_environment(url->user, "PGUSER", NULL);
    target->database = given_or_environment(url->path, "PGDATABASE", target->user);
    target->place =
        describe_place(url, target->database ? target->database : "(of the login name)", arena);
    if (options->application_name) {
        const char *name = options->application_name;
        size_t kept = utf8_clip(name, strlen(name), APPLICATION_NAME_BYTES);
        add_parameter(target, "application_name", arena_strndup(arena, name, kept));
    }
    if (!getenv("PGCONNECT_TIMEOUT")) {
        add_parameter(target, "connect_timeout", arena_printf(arena, "%d", CONNECT_TIMEOUT_S));
    }
    add_parameter(target, "host", url->host);
    add_parameter(target, "port", url->port);
    add_parameter(target, "user", url->user);
    add_parameter(target, "password", url->password);
    for (size_t i = 0; i < url->n_parameters; i++) {
        add_parameter(target, url->parameters[i].name, url->parameters[i].value);
    }
    add_parameter(target, "client_encoding", "UTF8");
    target->database_at = target->values.n;
    add_parameter(target, "dbname", target->database ? target->database : "");
    vec_push_in(arena, &target->keywords, NULL);
    vec_push_in(arena, &target->values, NULL);
}

/* ---- failures ---- */

/** Why there is no connection. */
typedef enum Refusal {
    REFUSAL_PARAMETERS, /* libpq does not understand what it was given */
    REFUSAL_SILENCE,    /* nobody listens, or nothing comes back */
    REFUSAL_NOT_READY,  /* the server starts, stops or recovers */
    REFUSAL_PASSWORD,
    REFUSAL_OTHER /* the server answers, and says no */
} Refusal;

/**
 * libpq gives no SQLSTATE for a connection that was refused, and its text is in the server's
 * language; so PQping has the last word. English texts save that further try, which with a wrong
 * password counts as one more offence.
 */
static Refusal
why_refused(const PgTarget *target, PGconn *conn, bool quick)
{
    const char *text = target->pq->PQerrorMessage(conn);
    if (!quick) {
        return REFUSAL_SILENCE;
    }
    if (strstr(text, "the database system is ")) {
        return REFUSAL_NOT_READY;
    }
    if (strstr(text, "authentication failed")) {
        return REFUSAL_PASSWORD;
    }
    if (strstr(text, "FATAL:")) {
        return REFUSAL_OTHER;
    }
    switch (target->pq->PQpingParams(target->keywords.items, target->values.items, 0)) {
    case PQPING_OK: break;
    case PQPING_REJECT: return REFUSAL_NOT_READY;
    case PQPING_NO_RESPONSE: return REFUSAL_SILENCE;
    case PQPING_NO_ATTEMPT: return REFUSAL_PARAMETERS;
    }
    return REFUSAL_OTHER;
}

/** What libpq says, without `connection to server at …, port … failed: FATAL:  ` and line end. */
static char *
short_reason(const char *text, Arena *arena)
{
    static const char *const prefixes[] = {" failed: ", "FATAL:  "};
    const char *start = text;
    const char *end = text + strcspn(text, "\n");
    for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
        const char *found = strstr(start, prefixes[i]);
        if (found && found < end) {
            start = found + strlen(prefixes[i]);
        }
    }
    return arena_strndup(arena, start, (size_t)(end - start));
}

/** In English: of a refused connection libpq gives no SQLSTATE. */
static bool
lacks_database(const char *reason)
{
    return strstr(reason, "database \"") && strstr(reason, "does not exist");
}

static const char *
refusal_hint(Refusal refusal, const char *reason)
{
    switch (refusal) {
    case REFUSAL_PARAMETERS: return "correct the parameters in the database's URL";
    case REFUSAL_SILENCE: return "is the server running, and are host and port in the URL right?";
    case REFUSAL_NOT_READY: return "the server is starting up or shutting down: try again";
    case REFUSAL_PASSWORD:
        return "check user and password in the URL, and the server's pg_hba.conf";
    case REFUSAL_OTHER: break;
    }
    if (lacks_database(reason)) {
        return "create the database, or set create_database_if_not_exists: true";
    }
    return "the server answers: check user, password and database in the URL, and its pg_hba.conf";
}

static int
connect_failed(const PgTarget *target, PGconn *conn, Refusal refusal, Error *reterr)
{
    const char *text = target->pq->PQerrorMessage(conn);
    const char *reason = short_reason(text, target->arena);
    error_set(reterr, refusal == REFUSAL_PARAMETERS ? ERROR_CONFIG : ERROR_CONNECTION,
              "can't connect to %s: %s", target->place, reason);
    error_set_detail(reterr, "%.*s", (int)strcspn(text, "\n"), text);
    error_set_hint(reterr, "%s", refusal_hint(refusal, reason));
    if (reterr != NULL && refusal == REFUSAL_OTHER && lacks_database(reason)) {
        memcpy(reterr->sqlstate, "3D000", sizeof "3D000");
    }
    return -1;
}

/* ---- connecting ---- */

static void
sleep_ms(int milliseconds)
{
    struct timespec pause = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};
    nanosleep(&pause, NULL);
}

/** @return a connection, good or bad, to be ended by the caller; `ret_us` is how long it took */
static PGconn *
connect_once(const PgTarget *target, int64_t *ret_us)
{
    int64_t start = clock_monotonic_us();
    PGconn *conn = target->pq->PQconnectdbParams(target->keywords.items, target->values.items, 0);
    *ret_us = clock_monotonic_us() - start;
    if (!conn) {
        memory_exhausted(0);
    }
    return conn;
}

/** Tries again while the server refuses for a moment. @return 0, or < 0 with `ret_refusal` */
static int
connect_with_retries(const PgTarget *target, int retries, PGconn **ret_conn, Refusal *ret_refusal,
                     Error *reterr)
{
    int pause_ms = BACKOFF_FIRST_MS;
    for (;;) {
        int64_t took_us = 0;
        PGconn *conn = connect_once(target, &took_us);
        if (target->pq->PQstatus(conn) == CONNECTION_OK) {
            *ret_conn = conn;
            return 0;
        }
        bool quick = took_us < REFUSAL_LIMIT_US;
        *ret_refusal = why_refused(target, conn, quick);
        bool for_a_moment = *ret_refusal == REFUSAL_NOT_READY || *ret_refusal == REFUSAL_SILENCE;
        if (retries-- <= 0 || !for_a_moment || !quick) {
            connect_failed(target, conn, *ret_refusal, reterr);
            target->pq->PQfinish(conn);
            return -1;
        }
        target->pq->PQfinish(conn);
        sleep_ms(pause_ms);
        pause_ms = pause_ms * 2 < BACKOFF_LAST_MS ? pause_ms * 2 : BACKOFF_LAST_MS;
    }
}

/* ---- a database that is missing ---- */

typedef enum DatabaseState { DATABASE_THERE, DATABASE_MISSING, DATABASE_UNKNOWN } DatabaseState;

static DatabaseState
find_database(const Libpq *pq, PGconn *conn, const char *name)
{
    Str sql = {0};
    str_append(&sql, "select 1 from pg_catalog.pg_database where datname = ");
    sql_literal(&sql, name);
    PGresult *result = pq->PQexec(conn, str_text(&sql));
    DatabaseState state = DATABASE_UNKNOWN;
    if (pq->PQresultStatus(result) == PGRES_TUPLES_OK) {
        state = pq->PQntuples(result) > 0 ? DATABASE_THERE : DATABASE_MISSING;
    }
    pq->PQclear(result);
    str_deinit(&sql);
    return state;
}

/** One `create database`. @return its sqlstate, "" where it is done, in `sqlstate` of 6 bytes */
static void
try_create(const PgTarget *target, PGconn *conn, char *sqlstate, Error *reterr)
{
    const Libpq *pq = target->pq;
    Str sql = {0};
    str_append(&sql, "create database ");
    sql_ident(&sql, target->database);
    PGresult *result = pq->PQexec(conn, str_text(&sql));
    sqlstate[0] = '\0';
    if (pq->PQresultStatus(result) != PGRES_COMMAND_OK) {
        const char *state = pq->PQresultErrorField(result, PG_DIAG_SQLSTATE);
        const char *message = pq->PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        memcpy(sqlstate, state && strlen(state) == 5 ? state : "08006", 6);
        error_set(reterr, ERROR_CONNECTION,
                  "the database \"%s\" is missing and can't be created: %s", target->database,
                  message ? message : "the connection was lost");
        error_set_hint(reterr, "let somebody who may do so run: %s", str_text(&sql));
        memcpy(reterr->sqlstate, sqlstate, sizeof(reterr->sqlstate));
    }
    pq->PQclear(result);
    str_deinit(&sql);
}

/** Creates the database; another process may do so at the same time. */
static int
create_database(const PgTarget *target, PGconn *conn, Error *reterr)
{
    Error failure = {0};
    char sqlstate[6];
    for (int tries = 0; tries < CREATE_TRIES; tries++) {
        try_create(target, conn, sqlstate, &failure);
        bool done = sqlstate[0] == '\0' || strcmp(sqlstate, "42P04") == 0; /* duplicate_database */
        bool raced = strcmp(sqlstate, "23505") == 0;  /* its row came in between */
        bool in_use = strcmp(sqlstate, "55006") == 0; /* somebody else uses the template */
        if (done ||
            (raced && find_database(target->pq, conn, target->database) == DATABASE_THERE)) {
            error_deinit(&failure);
            return 0;
        }
        if (!raced && !in_use) {
            break;
        }
        sleep_ms(BACKOFF_FIRST_MS);
    }
    error_move(reterr, &failure);
    return -1;
}

/**
 * Asks the maintenance databases whether the database is missing, and creates it then.
 * @return 0: it is there now; 1: nobody knows; < 0: it is missing and can't be
 * created
 */
static int
ensure_database(PgTarget *target, Error *reterr)
{
    static const char *const maintenance[] = {"postgres", "template1"};
    DatabaseState state = DATABASE_UNKNOWN;
    int status = 1;
    for (size_t i = 0; i < ARRAY_LENGTH(maintenance) && state == DATABASE_UNKNOWN; i++) {
        int64_t took_us = 0;
        target->values.items[target->database_at] = maintenance[i];
        PGconn *conn = connect_once(target, &took_us);
        if (target->pq->PQstatus(conn) == CONNECTION_OK) {
            state = find_database(target->pq, conn, target->database);
            status = state == DATABASE_THERE ? 0 : status; /* another process was faster */
        }
        if (state == DATABASE_MISSING) {
            status = create_database(target, conn, reterr);
        }
        target->pq->PQfinish(conn);
    }
    target->values.items[target->database_at] = target->database;
    return status;
}

static int
connect_or_create(PgTarget *target, const StoreOptions *options, PGconn **ret_conn, Error *reterr)
{
    Refusal refusal = REFUSAL_OTHER;
    int status = connect_with_retries(target, options->connect_retries, ret_conn, &refusal, reterr);
    if (status == 0 || !options->create_database || !target->database || refusal != REFUSAL_OTHER) {
        return status;
    }
    Error failure = {0};
    int ensured = ensure_database(target, &failure);
    if (ensured < 0) {
        error_move(reterr, &failure);
    } else if (ensured == 0) {
        error_clear(reterr);
        status = connect_with_retries(target, options->connect_retries, ret_conn, &refusal, reterr);
    }
    error_deinit(&failure);
    return status;
}

/* ---- the session ---- */

static void
receive_notice(void *context, const PGresult *result)
{
    PgStore *pg = context;
    const char *text = pg->pq->PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (pg->notice && text) {
        pg->notice(pg->notice_context, text);
    }
}

/** Settings that a role or database may have changed and that our SQL and its results rely on. */
static int
set_up_session(PgStore *pg, const StoreOptions *options, Error *reterr)
{
    if (pg->pq->PQserverVersion(pg->conn) < OLDEST_SERVER) {
        int version = pg->pq->PQserverVersion(pg->conn);
        error_set(reterr, ERROR_UNSUPPORTED, "%s is version %d; pdc needs 12 or later",
                  pg->base.place, version / 10000);
        return -1;
    }
    int64_t rows = 0;
    if (options->read_only &&
        pg_exec(&pg->base, "set default_transaction_read_only = on", &rows, reterr) != 0) {
        return -1;
    }
    return pg_exec(&pg->base,
                   "set standard_conforming_strings = on; set datestyle = 'ISO, YMD'; "
                   "set intervalstyle = postgres; set timezone = 'UTC'; set bytea_output = hex; "
                   "set extra_float_digits = 1",
                   &rows, reterr);
}

static PgStore *
new_store(const Libpq *pq, Arena *arena, const StoreOptions *options)
{
    PgStore *pg = ARENA_NEW(arena, PgStore);
    pg->base.engine = &store_engine_postgres;
    pg->base.arena = arena;
    pg->base.capabilities =
        STORE_CAPABILITY(STORE_TRANSACTIONS) | STORE_CAPABILITY(STORE_MOVE_TABLES) |
        STORE_CAPABILITY(STORE_DROP_KEYS_IN_PLACE) | STORE_CAPABILITY(STORE_UNLOGGED) |
        STORE_CAPABILITY(STORE_GRANTS) | STORE_CAPABILITY(STORE_SERVER) |
        STORE_CAPABILITY(STORE_UNIQUE_CONSTRAINTS) | STORE_CAPABILITY(STORE_BIND_VIEWS) |
        STORE_CAPABILITY(STORE_LASTING_INDEXES) | STORE_CAPABILITY(STORE_IMMEDIATE_KEYS);
    pg->pq = pq;
    pg->notice = options->notice;
    pg->notice_context = options->notice_context;
    return pg;
}

int
pg_open(const Url *url, const StoreOptions *options, Store **ret_store, Error *reterr)
{
    const Libpq *pq = pg_library(reterr);
    if (!pq) {
        return -1;
    }
    Arena *arena = arena_new();
    PgStore *pg = new_store(pq, arena, options);
    CLEANUP(store_closep) Store *store = &pg->base;
    CLEANUP(arena_freep) Arena *scratch = arena_new(); /* holds the password, and goes */
    PgTarget target = {.pq = pq, .arena = scratch};
    fill_target(&target, url, options);
    store->place = arena_strdup(arena, target.place);
    int status = connect_or_create(&target, options, &pg->conn, reterr);
    if (status == 0) {
        pq->PQsetNoticeReceiver(pg->conn, receive_notice, pg);
        pg->cancel = pq->PQgetCancel(pg->conn);
        status = set_up_session(pg, options, reterr);
    }
    if (status == 0) {
        *ret_store = TAKE(store);
    }
    return status;
}

void
pg_close(Store *store)
{
    PgStore *pg = pg_store(store);
    if (pg->cancel) {
        pg->pq->PQfreeCancel(pg->cancel);
    }
    if (pg->conn) {
        pg->pq->PQfinish(pg->conn);
    }
}

void
pg_cancel(Store *store)
{
    PgStore *pg = pg_store(store);
    char reason[256];
    atomic_store(&pg->canceled, true);
    if (pg->cancel) {
        int saved_errno = errno;
        (void)pg->pq->PQcancel(pg->cancel, reason, (int)sizeof(reason));
        errno = saved_errno;
    }
}
