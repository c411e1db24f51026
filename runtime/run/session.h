/**
 * RunSession: what every call of run/ needs, step by step: the flow of the instance, its store, its
 * state, its plan.
 *
 * A function leaves behind what it made even if it fails; run_session_deinit() ends everything.
 */
#ifndef PDC_RUN_SESSION_H
#define PDC_RUN_SESSION_H

#include "runtime/copy/copy.h"
#include "runtime/elaborate/elaborate.h"
#include "runtime/exec/fresh.h"
#include "runtime/publish/collect.h"
#include "runtime/run/run.h"

typedef struct RunSession RunSession;
struct RunSession {
    const RunRequest *request;
    Arena *arena;
    Diags *diags;
    char run[64];         /* id of the run: sortable by time */
    char started[32];     /* YYYY-MM-DD HH:MM:SS.ffffff, by the clock */
    char run_started[32]; /* what the flow is told: `--at`, or the clock */
    char run_date[16];
    const char *user;
    const char *host;
    Environment environment;
    const Flow *flow;
    MetaLayout layout;
    Store *store;
    bool wants_queries; /* of what is published, for words about what changed */
    bool is_locked;
    MetaSnapshot *snapshot;
    KeyFresh *fresh;
    FreshFiles files;
    CopySource *copy;       /* NULL: nothing is copied */
    const Instance *source; /* of the copies */
    PlanInput input;
    Plan *plan;
};

void run_session_init(RunSession *session, const RunRequest *request, Diags *diags);
void run_session_deinit(RunSession *session);

/** Attrs and environment. @return 0 or RUN_OUTCOME_DIAGS */
MUST_CHECK int run_session_prepare(RunSession *session);
/** The same, and elaboration. @return 0 or RUN_OUTCOME_DIAGS */
MUST_CHECK int run_session_elaborate(RunSession *session, Error *reterr);
/** Finds the way to the source of copies; the source must have run. @return 0, RUN_OUTCOME_DIAGS or
 * < 0 */
MUST_CHECK int run_session_find_source(RunSession *session, Error *reterr);
/** Opens the store, waiting for who has it as long as the request says. */
MUST_CHECK int run_session_open(RunSession *session, Error *reterr);
/** The same to read only; an embedded database that is not there is not made. */
MUST_CHECK int run_session_open_to_look(RunSession *session, Error *reterr);
/** Takes the run's lock, which ends with the connection. */
MUST_CHECK int run_session_lock(RunSession *session, Error *reterr);
/** Reads the state of the instance. */
MUST_CHECK int run_session_load(RunSession *session, Error *reterr);
/** Looks at files, `cache by` and the source of copies, and plans. */
MUST_CHECK int run_session_plan(RunSession *session, Error *reterr);

/** Where a table was found missing: ERROR_DATA that says what to run first; else the error stays.
 */
void run_session_explain_missing(const RunSession *session, const FlowTable *table, Error *reterr);

/** All of it for a call that only looks: nothing is made, nothing is waited for longer than it
 * must. */
MUST_CHECK int run_session_look(RunSession *session, Error *reterr);

/** The signal's mark: set by run_interrupt(). */
const volatile sig_atomic_t *run_session_interrupted(void);

#endif
