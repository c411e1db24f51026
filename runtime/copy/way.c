#include "runtime/copy/way.h"

#include "runtime/base/clock.h"
#include "runtime/base/file.h"
#include "runtime/base/url.h"
#include "runtime/store/sql_text.h"

#include <string.h>
#include <time.h>

#define ATTACHED "pdc copy source"

/* Two instances on DuckDB that copy from each other each hold their own file and want the other's:
 * one has to give up. */
enum { POLL_MS = 100, LONGEST_FILE_WAIT_MS = 60000 };

/* ---- finding it ---- */

static const char *
or_default(const char *text, const char *otherwise)
{
    return text != NULL && text[0] != '\0' ? text : otherwise;
}

static bool
is_same_server(const Url *a, const Url *b)
{
    return text_equal(or_default(a->host, "localhost"), or_default(b->host, "localhost")) &&
           text_equal(or_default(a->port, "5432"), or_default(b->port, "5432")) &&
           text_equal(or_default(a->path, ""), or_default(b->path, ""));
}

static int
stream_or_not(CopyWay *way)
{
    way->path = COPY_STREAMED;
    return way->can_stream ? 0 : COPY_NO_WAY;
}

int
copy_way_find(CopyWay *way, Arena *arena, const char **ret_why, Error *reterr)
{
    Url *to = NULL;
    Url *from = NULL;
    const char *problem = NULL;
    way->layout = meta_layout(way->to->schema_prefix, way->to->schema_suffix, arena);
    way->path = COPY_SAME_DATABASE;
    if (way->to->engine != way->from->engine) {
        *ret_why = "they are on different engines";
        return stream_or_not(way);
    }
    if (way->to->engine == CONFIG_ENGINE_DUCKDB) {
        bool same = text_equal(way->to->display_url, way->from->display_url);
        way->path = same ? COPY_SAME_DATABASE : COPY_ATTACHED;
        return 0;
    }
    if (url_parse(arena, way->to->display_url, &to, &problem) < 0 ||
        url_parse(arena, way->from->display_url, &from, &problem) < 0) {
        return error_set(reterr, ERROR_CONFIG, "the database's URL can't be understood: %s",
                         problem);
    }
    if (!is_same_server(to, from)) {
        *ret_why = "they are in different databases";
        return stream_or_not(way);
    }
    return 0;
}

const char *
copy_file_of(const Instance *instance)
{
    const char *prefix = "duckdb:///"; /* the URL for people holds no password */
    return text_starts_with(instance->display_url, prefix) ? instance->display_url + strlen(prefix)
                                                           : "";
}

/* ---- going it ---- */

static bool
is_interrupted(const CopyWay *way)
{
    return way->interrupted != NULL && *way->interrupted != 0;
}

/** Once, without waiting. */
static int
try_to_open(CopyWay *way, Store *store, Error *reterr)
{
    StoreOptions options = {.read_only = true, .application_name = "pdc"};
    return way->path == COPY_ATTACHED ? store_attach(store, way->to->url, ATTACHED, reterr)
                                      : store_open(way->to->url, &options, &way->stream, reterr);
}

/** Attaches or opens the file, waiting for whoever has it. */
static int
open_way(CopyWay *way, Store *store, Error *reterr)
{
    int64_t started_us = clock_monotonic_us();
    int64_t limit_ms = way->wait_ms < 0 || way->wait_ms > LONGEST_FILE_WAIT_MS
                           ? LONGEST_FILE_WAIT_MS
                           : way->wait_ms;
    bool told = false;
    for (;;) {
        error_clear(reterr);
        int status = try_to_open(way, store, reterr);
        if (status != STORE_BUSY) {
            return status;
        }
        if (is_interrupted(way)) {
            error_clear(reterr);
            return error_set(reterr, ERROR_INTERRUPTED, "interrupted");
        }
        if (clock_monotonic_us() - started_us >= limit_ms * 1000) {
            return error_wrap(reterr, "waiting for instance %s, to %s", way->to->name,
                              way->purpose);
        }
        if (!told) {
            run_listener_say(way->listener, RUN_EVENT_LOCK_WAIT, reterr->message);
            told = true;
        }
        struct timespec pause = {.tv_nsec = (long)POLL_MS * 1000000};
        nanosleep(&pause, NULL);
    }
}

static int
take_lock(const CopyWay *way, Store *store, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    const char *lock = meta_lock_name(&way->layout, "publish", scratch);
    int status = store_lock(store, lock, STORE_LOCK_SHARED, way->wait_ms, reterr);
    if (status == STORE_BUSY) {
        reterr->code = ERROR_LOCK;
    }
    return status == 0 ? 0
                       : error_wrap(reterr, "waiting for the publication of instance %s, to %s",
                                    way->to->name, way->purpose);
}

int
copy_way_enter(CopyWay *way, Store *store, Error *reterr)
{
    bool is_file = way->to->engine == CONFIG_ENGINE_DUCKDB && way->path != COPY_SAME_DATABASE;
    if (is_file && !file_exists(copy_file_of(way->to))) {
        return COPY_NOTHING_THERE;
    }
    if (way->path != COPY_SAME_DATABASE && open_way(way, store, reterr) != 0) {
        bool is_missing = text_equal(reterr->sqlstate, "3D000"); /* no such database */
        return is_missing ? COPY_NOTHING_THERE : -1;
    }
    if (is_file || take_lock(way, copy_way_store(way, store), reterr) == 0) {
        return 0;
    }
    copy_way_leave(way, store);
    return -1;
}

Store *
copy_way_store(const CopyWay *way, Store *store)
{
    return way->path == COPY_STREAMED ? way->stream : store;
}

void
copy_way_leave(CopyWay *way, Store *store)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    Error ignored = {0};
    if (way->path == COPY_STREAMED) { /* its lock goes with it */
        store_close(way->stream);
        way->stream = NULL;
        return;
    }
    int status = way->path == COPY_ATTACHED
                     ? store_detach(store, ATTACHED, &ignored)
                     : store_unlock(store, meta_lock_name(&way->layout, "publish", scratch),
                                    STORE_LOCK_SHARED, &ignored);
    (void)status;
    error_deinit(&ignored);
}

void
copy_way_append_name(const CopyWay *way, const char *schema, const char *table, Str *sql)
{
    if (way->path == COPY_ATTACHED) {
        sql_ident(sql, ATTACHED);
        str_append_char(sql, '.');
    }
    sql_qualified(sql, schema, table);
}
