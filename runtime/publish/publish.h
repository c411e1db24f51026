/**
 * Publish: hidden to visible, in one transaction for all tables of a run.
 *
 * In:   an Exec whose steps are done and verified.
 * Out:  readers see the new state, whole; the metadata says so; what is no longer visible lies in
 * the hidden schema, where publish_collect() drops it. Rule: tables that did not change are not
 * touched. Readers see the old run or the new one, never a mixture, never a missing table; if
 * anything fails, nothing happened.
 *
 * Two techniques: relations are exchanged by moving them (exchange.c, where the engine can:
 * STORE_MOVE_TABLES), or published names are views that are replaced (replace.c). What is moved may
 * itself be a view: `read_views` on an engine that can move things.
 *
 * All moves are one transaction, so their number is bounded by the engine's memory for locks (about
 * 6,000 tables on PostgreSQL at its defaults; past that the error says which setting to raise).
 * Renaming the schema of a stage instead, when most of it changes, will lift that bound.
 */
#ifndef PDC_PUBLISH_PUBLISH_H
#define PDC_PUBLISH_PUBLISH_H

#include "runtime/exec/exec.h"
#include "runtime/exec/fresh.h"
#include "runtime/store/dependents.h"

typedef struct PublishOptions PublishOptions;
struct PublishOptions {
    bool may_create_schemas;
    int64_t wait_ms; /* for those who use what is exchanged; < 0: for ever */
};

typedef struct Publication Publication;

/** Works out all that one transaction changes. In `exec->arena`. */
Publication *publication_new(Exec *exec);
/** Changes of names and tables; 0: only the metadata, or nothing. */
size_t publication_changes(const Publication *publication);
/** Tables that left the flow and go. */
size_t publication_drops(const Publication *publication);

/**
 * Runs the transaction. `end` is appended to it: the run's own row, results of checks.
 * @param ret_unknown  true if the connection was lost while the commit was under way: nobody knows,
 * ask the metadata
 * @return 0 or < 0; ERROR_LOCK if others use the tables for too long
 */
MUST_CHECK int publication_run(Publication *publication, const PublishOptions *options,
                               const char *end, bool *ret_unknown, Error *reterr);

#endif
