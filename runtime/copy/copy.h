/**
 * Copy: brings the input tables of another instance into this one, by the rules of the `copy`
 * block.
 *
 * In:   the source instance's published state and the flow's rules.
 * Out:  hidden tables of the same names, made as one, of one state of the source.
 * Rule: whether a copy is due is decided without touching data: its key is the source table's
 * content key and the rules. The source is read under its `publish` lock, shared, so a copy waits
 * for a publication, not for a whole run; it holds no lock afterwards, whatever happens.
 *
 * Paths: within one database, from one DuckDB file to another, and else by streaming what the
 * source selects (runtime/transfer).
 */
#ifndef PDC_COPY_COPY_H
#define PDC_COPY_COPY_H

#include "runtime/config/config.h"
#include "runtime/exec/exec.h"

typedef struct CopySource CopySource;

typedef struct CopyOptions CopyOptions;
struct CopyOptions {
    const Flow *flow;
    const Environment *environment;
    FlowSources *sources;
    const Instance *source;
    const Instance *target;
    const RunListener *listener;
    const volatile sig_atomic_t *interrupted;
    const char *data_directory; /* what paths of the flow are relative to */
    int64_t wait_ms;            /* < 0: for ever */
};

/**
 * Is there a way from the source to the target? Touches no database.
 * @param ret_source  in `arena`
 * @return 0, or < 0 with ERROR_UNSUPPORTED for a path that is not built
 */
MUST_CHECK int copy_source_new(const CopyOptions *options, Arena *arena, CopySource **ret_source,
                               Error *reterr);

/**
 * Before the target's database is made: looks at the source by a connection of its own.
 * @return 0, or < 0: ERROR_DATA if the source was never run
 */
MUST_CHECK int copy_source_check(CopySource *source, Error *reterr);

/**
 * Reads what the source has published; fills `fresh` of the tables that are copied.
 * @return 0, or < 0: ERROR_DATA if the source lacks one of them, ERROR_LOCK if it is in use for too
 * long
 */
MUST_CHECK int copy_source_look(CopySource *source, Store *store, KeyFresh *fresh, Arena *arena,
                                Error *reterr);

/** ExecCopier: makes all tables that are due. `user` is a CopyJob. */
typedef struct CopyJob CopyJob;
struct CopyJob {
    CopySource *source;
    KeyFresh *fresh;           /* of the PlanInput; brought up to date under the lock */
    struct CopyChoice *choice; /* while tables are made */
};
MUST_CHECK int copy_tables(void *user, Exec *exec, Error *reterr);

/** Appends what is remembered of the copies of this run. */
void copy_append_records(const CopySource *source, const Exec *exec, Str *sql);

/** Does a rule of the copied table say what the column holds? `folds`: letter case doesn't count.
 */
bool copy_masks_column(const FlowTable *table, const char *column, bool folds);
/** Is the column of a copied table part of a reference that a rule gives up? It is null there. */
bool copy_breaks_column(const Flow *flow, const FlowTable *table, const char *column);

/** The rules of a table as they are remembered: as written, with their values. In `arena`. */
const char *copy_rules_text(const FlowTable *table, Arena *arena);
/** One of them. In `arena`. */
const char *copy_rule_text(const FlowCopyRule *rule, Arena *arena);
/** `entity (customer_id)`. In `arena`. */
const char *copy_entity_text(const FlowEntity *entity, Arena *arena);

#endif
