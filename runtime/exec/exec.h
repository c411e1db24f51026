/**
 * Exec: makes the tables of a plan, hidden, one after the other.
 *
 * In:   a Plan, an open store, and functions for the kinds of bodies.
 * Out:  hidden tables, each committed together with its metadata row, so that the next run takes up
 * what this one finished; and an ExecStep beside each PlanStep, which says what publication has to
 * do. Rule: nothing that readers see is touched here. ExecSteps are written by the scheduler alone;
 * a worker gets one table at a time and gives back an ExecMade.
 */
#ifndef PDC_EXEC_EXEC_H
#define PDC_EXEC_EXEC_H

#include "runtime/elaborate/render.h"
#include "runtime/exec/event.h"
#include "runtime/plan/definition.h"
#include "runtime/plan/plan.h"
#include "runtime/store/store.h"

#include <signal.h>

typedef struct Exec Exec;

/** Rows that broke the promises of their table. */
typedef struct ExecBroken ExecBroken;
struct ExecBroken {
    int64_t count;
    const char *message;
    const char *rows; /* the first of them */
    const char *hint; /* where all are */
};

/** What a worker made of one table. */
typedef struct ExecMade ExecMade;
struct ExecMade {
    MetaTable *row;         /* its row in the metadata, with the place where it is hidden */
    bool is_same;           /* it held the very rows that are published: it was thrown away again */
    const int64_t *scanned; /* a promised table: rows that break each of its clauses now, -1 where
                               a clause was not tested; else NULL */
    const ExecBroken
        *broken; /* rows that broke promises, and were rejected or let through; or NULL */
};

/** How one table of the flow stands; beside each PlanStep. */
typedef struct ExecStep ExecStep;
struct ExecStep {
    StepState state;
    PlanDecision decision; /* the final one */
    bool is_announced;     /* STEP_START was told */
    size_t number;         /* in the order of beginning, from 1; 0: it had no work */
    const char *schema;    /* where its rows are now */
    const char *table;
    const int64_t *scanned;   /* see ExecMade */
    MetaTable *made;          /* what was made in this run, or NULL */
    const MetaTable *touched; /* loaded again with the very rows that are published: its key is
                                 brought up to date */
    MetaTable *touch_row;     /* the new row of that */
};

/** Makes the rows of one table: creates `schema`.`table` of the target. */
typedef struct ExecTarget ExecTarget;
struct ExecTarget {
    const FlowTable *table;
    const char *schema;
    const char *name;
    const char *physical; /* the same as `name` */
    int64_t rows;         /* out: -1 if not known */
    bool is_conform;      /* out: the columns are as the contract promises already */
    const char *problems; /* out: the column that tells what did not fit, or NULL (conform.h) */
    const char *design;   /* out: see MetaTable; in the exec's arena */
};

typedef int (*ExecKind)(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr);

/** Makes all tables that are copied, as one (copy/). */
typedef int (*ExecCopier)(void *user, Exec *exec, Error *reterr);

/** The columns that a given table gets. */
typedef struct ExecShape ExecShape;
struct ExecShape {
    const StoreColumn *columns;
    size_t n_columns;
};

struct Exec {
    Store *store;
    const PlanInput *input;
    const Plan *plan;
    const Environment *environment;
    const char *run;
    const char *data_directory; /* what paths of the flow are relative to */
    const RunListener *listener;
    const volatile sig_atomic_t *interrupted;
    bool fail_fast;
    bool print_sql;
    bool print_materialize;
    ExecCopier copier;
    void *copier_user;
    bool is_scratch;   /* a test: nothing is recorded, and what is made ends with the connection */
    const Map *shapes; /* of a test: "stage.table" to ExecShape, for given tables */
    Arena *arena;      /* ends with the run */

    /* made by exec_new() */
    PlanProgress *progress;
    ExecStep *steps; /* one a table */
    RunCounts counts;
    size_t n_begun;   /* steps with work that have begun */
    size_t n_planned; /* steps with work */
    const char *first_error;
};

/** Fills what exec_run() needs beside the fields that the caller set. */
void exec_init(Exec *exec);

/**
 * Makes what the plan asks for.
 * @return 0; 1 if tables failed (each was told as an event); < 0 with `reterr`: the connection was
 * lost, the run was interrupted
 */
MUST_CHECK int exec_run(Exec *exec, Error *reterr);

/* ---- for the kinds of bodies, for copy/, verify/ and publish/ ---- */

/** ERROR_INTERRUPTED if the user asked for the end. */
MUST_CHECK int exec_check_interrupt(const Exec *exec, Error *reterr);
/** Sends statements; tells them first where `print_sql` asks for it. */
MUST_CHECK int exec_send(const Exec *exec, const char *sql, int64_t *ret_rows, Error *reterr);
/** The same to another store than the target's. */
MUST_CHECK int exec_send_to(const Exec *exec, Store *store, const char *sql, int64_t *ret_rows,
                            Error *reterr);
/** `append_table` of a RenderContext: where the table's rows are at this moment. */
void exec_append_place(const Exec *exec, const FlowTable *table, Str *sql);
/** Puts a query into words with the names that tables have at this moment. */
MUST_CHECK int exec_render(const Exec *exec, const FlowQuery *query, Arena *arena,
                           Rendered *ret_rendered, Error *reterr);
/** The query with `stage.table` for each name, as it is remembered to show later what changed. In
 * `arena`; NULL if it can't be put into words. `columns` as in RenderContext. */
const char *exec_query_text(const Flow *flow, const Environment *environment, FlowSources *sources,
                            const FlowQuery *query,
                            int (*columns)(void *user, const FlowTable *table, Arena *arena,
                                           FlowColumn **ret_columns, size_t *ret_n, Error *reterr),
                            void *user, Arena *arena);
/** `columns` for it: those of the tables of this run. */
int exec_columns(void *exec, const FlowTable *table, Arena *arena, FlowColumn **ret_columns,
                 size_t *ret_n, Error *reterr);
/** Sends `head` + query + `tail`; an error of the engine gets its place in the `.flow`. */
MUST_CHECK int exec_send_query(const Exec *exec, const char *head, const FlowQuery *query,
                               const char *tail, int64_t *ret_rows, Arena *arena, Error *reterr);
/** Appends `create [unlogged] table "schema"."name" as `. */
void exec_append_create(const Exec *exec, const ExecTarget *target, Str *sql);
/** The same without ` as `: its columns are to follow. */
void exec_append_create_empty(const Exec *exec, const ExecTarget *target, Str *sql);
/** The step's table begins: STEP_START. */
void exec_begin_step(Exec *exec, const FlowTable *table);
/** It ended; `made` NULL if it was there already or failed. STEP_END. */
void exec_end_step(Exec *exec, const FlowTable *table, StepState state, const ExecMade *made,
                   double seconds, const Error *error);
/** Makes one table in the open transaction, with keys, indexes and its row in the metadata. @return
 * 0; PROMISE_BROKEN (promise.h); < 0 */
MUST_CHECK int exec_make(Exec *exec, const FlowTable *table, ExecKind kind, Arena *scratch,
                         ExecMade *ret_made, Error *reterr);

/** Makes a table of rows that a test gives or expects, in the columns that they come with.
 * @param shape  tells the columns of values without names, and which columns of a file are text; or
 * NULL
 * @return 0; < 0 with ERROR_DATA where there are more or fewer columns than names */
MUST_CHECK int exec_make_rows(Exec *exec, const PdcTestRows *rows, const FlowBody *body,
                              const ExecShape *shape, const char *schema, const char *name,
                              Arena *scratch, Error *reterr);
/** The columns that a contract promises. */
ExecShape exec_contract_shape(const PdcContract *contract, Arena *arena);

/** Adds items to a table; the first that fails is explained. */
MUST_CHECK int exec_define(const Exec *exec, const FlowTable *table, const Definition *items,
                           const char *schema, const char *name, const char *physical,
                           Error *reterr);
/** Appends the statement that removes an item. */
void exec_append_undefine(const Exec *exec, const DefinitionItem *item, const Definition *stays,
                          bool is_view, const char *schema, const char *name, const char *physical,
                          Str *sql);
/** Can the change be made without making the table again? */
bool exec_can_alter(const Exec *exec, const Definition *old_items, const Definition *new_items);
/** ERROR_SQL with place and suggestion if a clause of the table names a column that it lacks. */
MUST_CHECK int exec_check_columns(const Exec *exec, const FlowTable *table, const char *schema,
                                  const char *name, Error *reterr);

/** A digest of rows and columns of what is there, in `arena`. */
MUST_CHECK int exec_content_key(const Exec *exec, const char *schema, const char *name,
                                Arena *arena, const char **ret_key, Error *reterr);

/** Where a file is that the flow names in source file `file`, in `arena`. */
const char *exec_data_file(FlowSources *sources, const PdcFlow *unit, const char *data_directory,
                           uint32_t file, const char *path, Arena *arena);
/** Where the run's data file is, in `arena`. */
const char *exec_data_path(const PlanInput *input, const char *data_directory, uint32_t file,
                           const char *path, Arena *arena);

#endif
