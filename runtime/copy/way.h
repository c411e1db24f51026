/**
 * Way: how the tables of one instance are reached by the connection of another: in the same
 * database, or in a DuckDB file that is attached; else by a connection of its own, from which rows
 * are streamed.
 *
 *     CopyWay way = {.from = here, .to = there, .purpose = "copy from it", …};
 *     copy_way_find(&way, arena, &why, &error);
 *     copy_way_enter(&way, store, &error);    its published tables stand still now
 *     copy_way_append_name(&way, schema, table, &sql);
 *     copy_way_leave(&way, store);
 *
 * Rule: while the way is open nothing is published there: its `publish` lock is held, shared, or
 * its file is open.
 */
#ifndef PDC_COPY_WAY_H
#define PDC_COPY_WAY_H

#include "runtime/config/config.h"
#include "runtime/exec/event.h"
#include "runtime/meta/layout.h"
#include "runtime/store/store.h"

#include <signal.h>

typedef enum CopyPath {
    COPY_SAME_DATABASE, /* another schema */
    COPY_ATTACHED,      /* another DuckDB file */
    COPY_STREAMED       /* another server, database or engine: no statement sees both */
} CopyPath;

typedef struct CopyWay CopyWay;
struct CopyWay {
    const Instance *from; /* whose connection it is */
    const Instance *to;
    const char *purpose; /* for messages: "copy from it" */
    bool can_stream;     /* COPY_STREAMED will do */
    const RunListener *listener;
    const volatile sig_atomic_t *interrupted; /* or NULL */
    int64_t wait_ms;                          /* < 0: for ever */
    CopyPath path;                            /* what copy_way_find() found */
    MetaLayout layout;                        /* of `to`; the same */
    Store *stream;                            /* COPY_STREAMED, while it is open */
};

/** An outcome, not an error: no statement sees both instances. */
#define COPY_NO_WAY 1
/** An outcome, not an error: the other instance's database is not there. */
#define COPY_NOTHING_THERE 2

/** What works, as a hint for who was told COPY_NO_WAY. */
#define COPY_WAYS                                                                                  \
    "what works: two instances in one PostgreSQL database, told apart by schema_prefix or "        \
    "schema_suffix, and two DuckDB files"

/**
 * Finds the path. Touches no database.
 * @param ret_why  with COPY_NO_WAY: why, as a clause; a constant
 * @return 0; COPY_NO_WAY; < 0 for a URL that can't be understood
 */
MUST_CHECK int copy_way_find(CopyWay *way, Arena *arena, const char **ret_why, Error *reterr);
/** Opens it, waiting for who has the file or publishes. @return 0; COPY_NOTHING_THERE; < 0 */
MUST_CHECK int copy_way_enter(CopyWay *way, Store *store, Error *reterr);
/** Closes it again; fails silently, since a lost connection has closed it, too. */
void copy_way_leave(CopyWay *way, Store *store);
/** The connection by which the other instance's tables are seen, while the way is open; `store` is
 * the one that copy_way_enter() got. */
Store *copy_way_store(const CopyWay *way, Store *store);
/** Appends the quoted name of one of its tables. */
void copy_way_append_name(const CopyWay *way, const char *schema, const char *table, Str *sql);

/** The DuckDB file of an instance; "" for other engines. */
const char *copy_file_of(const Instance *instance);

#endif
