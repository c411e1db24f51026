/**
 * Events: what a run tells while it goes on. Reports (lines, JSON, progress) are made of nothing
 * else.
 *
 * Events come one at a time, from the thread that called run_execute(); all texts live until the
 * handler returns.
 */
#ifndef PDC_EXEC_EVENT_H
#define PDC_EXEC_EVENT_H

#include "runtime/diag/error.h"
#include "runtime/plan/change.h"
#include "runtime/plan/plan.h"

#include <stdint.h>

typedef enum RunEventKind {
    RUN_EVENT_START,     /* start: the run has its lock and a name */
    RUN_EVENT_LOCK_WAIT, /* text: for whom it waits; `table` NULL */
    RUN_EVENT_LOCK_GONE, /* the wait is over */
    RUN_EVENT_PLAN, /* step: what will happen to one table; once a table, then the vanished ones */
    RUN_EVENT_STEP_START, /* step: its task begins */
    RUN_EVENT_STEP_END,   /* step: how it ended; also for tables that were kept after all */
    RUN_EVENT_SQL, /* text: a statement that is sent (`print_sql`), or a query (`print_materialize`)
                    */
    RUN_EVENT_NOTE,          /* text: worth knowing (a note of the engine, of a CSV file) */
    RUN_EVENT_WARNING,       /* text; or error, where it has a place */
    RUN_EVENT_CHECK,         /* check: a check, warn or constraint was tested */
    RUN_EVENT_PUBLISH_START, /* publish */
    RUN_EVENT_PUBLISH_END,   /* publish */
    RUN_EVENT_END            /* end: the last event */
} RunEventKind;

typedef enum StepState {
    STEP_WAITING,
    STEP_RUNNING,
    STEP_DONE,
    STEP_FAILED,
    STEP_SKIPPED /* what it needs failed, or the run stopped before it */
} StepState;

typedef enum RunState {
    RUN_RUNNING,
    RUN_DONE,
    RUN_FAILED, /* a table or check failed; nothing was published */
    RUN_INTERRUPTED,
    RUN_LOST /* lock or connection lost; nothing was published */
} RunState;

/** "running", "done", "failed", "interrupted", "lost"; of dead runs the metadata says "died". */
const char *run_state_name(RunState state);
/** "done", "failed", "skipped" … */
const char *step_state_name(StepState state);

typedef struct RunCounts RunCounts;
struct RunCounts {
    size_t
        actions[PLAN_N_ACTIONS]; /* tables by what was done, counts[PLAN_BUILD] being executions */
    size_t failed;
    size_t skipped;
    size_t warnings; /* of checks and constraints */
};

/** Where an instance keeps its tables. */
typedef struct RunEventPlace RunEventPlace;
struct RunEventPlace {
    const char *url;           /* of the database, without password */
    const char *schema_prefix; /* of the schemas of stages; "" if none */
    const char *schema_suffix;
};

typedef struct RunEventStart RunEventStart;
struct RunEventStart {
    const char *run; /* its id */
    const char *flow;
    const char *instance;
    const char *place; /* "PostgreSQL at db:5432, database "shop"" */
    size_t n_tables;
    const RunEventPlace *copied_from; /* the instance that tables are copied from, or NULL */
};

/** A column of a table that was made. */
typedef struct RunEventColumn RunEventColumn;
struct RunEventColumn {
    const char *name;
    const char *type; /* as the engine spells it */
};

typedef struct RunEventStep RunEventStep;
struct RunEventStep {
    const char *stage;
    const char *table;
    PlanAction action;
    bool settled; /* PLAN: false if it depends on rows that are not loaded yet */
    const char *reason;
    const char *detail;       /* `--explain`: changed lines, or NULL */
    const PlanChange *change; /* PLAN: of a query that changed; or NULL */
    bool is_rewritten;        /* PLAN: of KEEP: the query is another text, with the same meaning */
    StepState state;          /* STEP_END */
    int64_t rows;             /* STEP_END, PLAN of KEEP; -1 if not known */
    double seconds;           /* STEP_END; PLAN of KEEP: when its rows were made */
    const Error *error;       /* STEP_END of a failed step */
    size_t number; /* STEP_START, STEP_END: how many steps with work have begun, this included … */
    size_t of; /* … of how many that are planned; may shrink when inputs bring the same rows */
    const FlowTable *of_flow;      /* STEP_START, STEP_END: the table itself, with its inputs */
    const char *file;              /* STEP_START: the data file that is read, or NULL */
    const RunEventColumn *columns; /* STEP_END of what was made, for listeners that want them */
    size_t n_columns;
};

typedef struct RunEventCheck RunEventCheck;
struct RunEventCheck {
    const char *stage;
    const char *name;   /* of the check, or of the table */
    const char *clause; /* "primary key (a)" …, or NULL for a check of the stage */
    bool warn;
    bool passed;
    int64_t violations;
    const char *rows;   /* the first of them, as lines of text, or NULL */
    const Error *error; /* of a failed one: message with its place */
};

typedef struct RunEventPublish RunEventPublish;
struct RunEventPublish {
    size_t n_changes;
    double seconds; /* END */
};

typedef struct RunEventEnd RunEventEnd;
struct RunEventEnd {
    RunState state;
    const RunCounts *counts;
    double seconds;
    const Error *error; /* what ended the run, beside failed steps and checks; or NULL */
    const char *run;    /* its id, also where START was never told; NULL of a plan */
};

typedef struct RunEvent RunEvent;
struct RunEvent {
    RunEventKind kind;
    int64_t at_us;      /* wall clock, UTC */
    const char *text;   /* LOCK_WAIT, SQL, NOTE, WARNING */
    const Error *error; /* WARNING: instead of `text`, where it has a place; else NULL */
    union {
        RunEventStart start;
        RunEventStep step;
        RunEventCheck check;
        RunEventPublish publish;
        RunEventEnd end;
    };
};

/** Who hears the events; `handle` may be NULL. */
typedef struct RunListener RunListener;
struct RunListener {
    void (*handle)(void *user, const RunEvent *event);
    void *user;
    bool wants_columns; /* of tables that were made; asking for them costs a query each */
};

void run_listener_tell(const RunListener *listener, RunEvent event);
/** A text event: SQL, NOTE, WARNING, LOCK_WAIT. */
void run_listener_say(const RunListener *listener, RunEventKind kind, const char *text);

#endif
