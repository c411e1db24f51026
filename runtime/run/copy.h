/**
 * What the command line asks about copies: what one would bring, and why it brings a row. Nothing
 * is written that stays, and no lock of a run is waited for. Results live in the caller's arena.
 */
#ifndef PDC_RUN_COPY_H
#define PDC_RUN_COPY_H

#include "runtime/copy/explain.h"
#include "runtime/copy/preview.h"
#include "runtime/run/run.h"

/** A copied table. */
typedef struct RunCopyRow RunCopyRow;
struct RunCopyRow {
    const char *stage;
    const char *name;
    PlanAction action;
    bool settled;
    const char *reason;
    const char *rules;   /* in words */
    bool is_counted;     /* its rows are to be copied */
    CopyPreview preview; /* where it isn't counted, `rows` and `bytes` are those of what is there;
                            -1 if not known */
};

typedef struct RunCopyPlan RunCopyPlan;
struct RunCopyPlan {
    const char *source; /* instance; NULL: nothing is copied */
    RunCopyRow *rows;
    size_t n;
};

/** `./flow copy --plan`. @return as run_execute() */
MUST_CHECK int run_copy_plan(const RunRequest *request, Arena *arena, Diags *diags,
                             RunCopyPlan *ret_plan, Error *reterr);

typedef struct RunExplained RunExplained;
struct RunExplained {
    const char *table;
    const char *source; /* instance */
    bool is_due;        /* the table is to be copied again, so that what is published may differ */
    const char *reason; /* why it is */
    CopyExplanation found; /* why the row comes, or doesn't */
};

/**
 * `./flow copy --explain-row`.
 * @param key  the parts of the row's key, as copy_explain() reads them
 * @return as run_execute(); ERROR_SELECTOR for an unknown table, ERROR_USAGE for one that isn't
 * copied or a key that doesn't fit, ERROR_DATA where the source has no such row
 */
MUST_CHECK int run_copy_explain(const RunRequest *request, const char *table, const char *key,
                                Arena *arena, Diags *diags, RunExplained *ret_explained,
                                Error *reterr);

#endif
