/**
 * Run: the list of what a run is (lock, plan, execute, verify, publish), and what else the command
 * line asks of an instance: its state, its history, its rows, its lock.
 *
 *     RunRequest request = {.unit = flow, .config = config, .instance = instance, …};
 *     int status = run_execute(&request, diags, &summary, &error);
 *
 * Every function opens its own connection and ends it. What is wrong with attrs or the flow is in
 * `diags`; what is wrong with the world is in `reterr`. Results live in the caller's arena. One
 * call at a time.
 */
#ifndef PDC_RUN_RUN_H
#define PDC_RUN_RUN_H

#include "runtime/config/config.h"
#include "runtime/diag/diag.h"
#include "runtime/estimate/estimate.h"
#include "runtime/exec/event.h"
#include "runtime/flow/sources.h"

#define RUN_WAIT_FOREVER (-1)

typedef enum RunOnFailure { RUN_BY_CONFIG, RUN_FAIL_FAST, RUN_KEEP_GOING } RunOnFailure;

typedef struct RunRequest RunRequest;
struct RunRequest {
    const PdcFlow *unit;
    FlowSources *sources; /* of `unit` */
    Config *config;       /* where the source instance of a copy is looked up */
    const Instance *instance;
    const char *executable_directory; /* data files are found relative to it */
    const char *const *attrs;         /* `--attr`: name=value */
    size_t n_attrs;
    const char *select; /* a selector, or NULL */
    const char *force;  /* a selector, "*" for all, or NULL */
    const char *at;     /* `--at`: what run.started and run.date say; NULL: now */
    int64_t wait_ms;    /* for locks; RUN_WAIT_FOREVER; 0: fail at once */
    RunOnFailure on_failure;
    size_t jobs;  /* 0: by configuration */
    bool explain; /* say more in the reasons of the plan */
    RunListener listener;
};

typedef struct RunSummary RunSummary;
struct RunSummary {
    RunState state;
    RunCounts counts;
    double seconds;
    char run[64]; /* its id; "" where it didn't get that far */
};

/** Outcome of run_execute(): tables or checks failed, each was told as an event. */
#define RUN_OUTCOME_FAILED 1
/** Errors are in `diags` (attrs, elaboration). */
#define RUN_OUTCOME_DIAGS 2

/**
 * Brings the instance up to date.
 * @param ret_summary  filled whatever the outcome; the END event says the same
 * @return 0; RUN_OUTCOME_FAILED; RUN_OUTCOME_DIAGS; < 0 with `reterr`: ERROR_LOCK,
 * ERROR_CONNECTION, ERROR_INTERRUPTED, ERROR_SELECTOR, …
 */
MUST_CHECK int run_execute(const RunRequest *request, Diags *diags, RunSummary *ret_summary,
                           Error *reterr);

/** Holds the instance's attrs against the flow's. Every run does so by itself; alone it is for a
 * configuration that has other mistakes, so that all are told at once. */
void run_check_attrs(const RunRequest *request, Diags *diags);

/** `./flow plan`, `--dry-run`: tells PLAN events, then END; writes nothing and waits for no lock.
 *  @return as run_execute() */
MUST_CHECK int run_plan(const RunRequest *request, Diags *diags, RunSummary *ret_summary,
                        Error *reterr);

/** Ends the run in progress soon: cancels its statement. Async-signal-safe. */
void run_interrupt(void);

typedef struct RunStatusRow RunStatusRow;
struct RunStatusRow {
    const char *stage;
    const char *name;
    const char *kind; /* "table" or "view" */
    bool is_published;
    const char *published_at; /* UTC, ISO; NULL if it is not */
    const char *made_at;      /* when its rows were computed */
    double age_seconds;       /* since made_at */
    int64_t rows;             /* -1: not known */
    int64_t bytes;            /* -1: not known */
    bool is_valid;            /* the next run would keep it */
    PlanAction next;          /* what the next run would do … */
    const char *reason;       /* … and why */
    const char *place;        /* schema.table */
};

/** `./flow status`: tables of the flow and published ones that left it. @return as run_execute() */
MUST_CHECK int run_status(const RunRequest *request, Arena *arena, Diags *diags,
                          RunStatusRow **ret_rows, size_t *ret_n, Error *reterr);

typedef struct RunHistoryRow RunHistoryRow;
struct RunHistoryRow {
    const char *run;
    const char *flow;
    const char *instance;
    const char *user;
    const char *host;
    const char *started; /* UTC, ISO */
    const char *ended;   /* NULL while it runs or if it died */
    double seconds;      /* < 0 where not known */
    const char *state;   /* "done", "failed", "interrupted", "lost", "died", "running" */
    size_t built;
    size_t kept;
    size_t copied;
    size_t renamed;
    size_t altered;
    size_t reused;
    size_t dropped;
    size_t failed;
    const char *message; /* first error, or NULL */
};

/** `./flow history`: newest first, at most `limit` (0: all). An instance that never ran has none.
 */
MUST_CHECK int run_history(const RunRequest *request, size_t limit, Arena *arena,
                           RunHistoryRow **ret_rows, size_t *ret_n, Error *reterr);

typedef struct RunRows RunRows;
struct RunRows {
    const char **names;
    PdcType *types;
    size_t n_columns;
    const char **cells; /* row by row; NULL for SQL NULL */
    size_t n_rows;
    bool is_cut; /* there are more */
};

/**
 * `./flow show stage.table`: the first `limit` published rows (0: all), by primary key where there
 * is one, else by all columns.
 * @return as run_execute(); ERROR_SELECTOR with a suggestion if there is no such table, ERROR_DATA
 * if it is not published yet
 */
MUST_CHECK int run_show(const RunRequest *request, const char *table, size_t limit, Arena *arena,
                        Diags *diags, RunRows *ret_rows, Error *reterr);

/** What is estimated, and whose weights count: `stage.table`, or NULL to find them. */
typedef struct RunQuestion RunQuestion;
struct RunQuestion {
    const EstimateQuery *query;
    const char *weights;
};

/**
 * `./flow estimate QUERY`: figures of a published table as they would be if nothing had been left
 * out (estimate/estimate.h).
 * @return as run_execute(); ERROR_SELECTOR where there is no such table or it isn't clear what its
 * rows stand for, ERROR_DATA if it is not published yet
 */
MUST_CHECK int run_estimate(const RunRequest *request, const RunQuestion *question, Arena *arena,
                            Diags *diags, Estimate *ret_estimate, Error *reterr);

typedef struct RunCleaned RunCleaned;
struct RunCleaned {
    size_t dropped; /* tables and views */
    size_t busy;    /* still read by somebody: for the next time */
};

/** `./flow clean`: drops leftovers of dead and failed runs, and versions beyond `keep_versions`.
 * Takes the run's lock. */
MUST_CHECK int run_clean(const RunRequest *request, RunCleaned *ret_cleaned, Error *reterr);

/** `./flow unlock`: who holds the instance's lock, as a text for people; NULL where nobody does. */
MUST_CHECK int run_lock_holder(const RunRequest *request, Arena *arena, const char **ret_holder,
                               Error *reterr);

#endif
