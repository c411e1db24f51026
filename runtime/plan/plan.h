/**
 * Plan: what a run does with each table of the flow, and why.
 *
 * In:   a Flow, what is published now (MetaSnapshot), and what is known of the world outside
 * (KeyFresh). Out:  a read-only Plan: one PlanStep a table, in an order in which inputs come first,
 * and the published tables that left the flow. Rule: a step is kept only if its key, made of the
 * content keys of its inputs, is the published one; so a kept table never reads a rebuilt one.
 *
 * Some content keys are known only once rows have been loaded. A step after such an input is not
 * `settled`: its action is what happens if other rows come, and plan_decide() is asked again when
 * they are there. Does not touch the database; any thread may read a finished Plan.
 */
#ifndef PDC_PLAN_PLAN_H
#define PDC_PLAN_PLAN_H

#include "runtime/elaborate/flow.h"
#include "runtime/flow/sources.h"
#include "runtime/key/key.h"
#include "runtime/meta/meta.h"

typedef enum PlanAction {
#define ACTION(id, name, done) PLAN_##id,
#include "runtime/plan/actions.def"
#undef ACTION
    PLAN_N_ACTIONS
} PlanAction;

/** "keep", "build" …: as in `--json`. */
const char *plan_action_name(PlanAction action);
/** "still valid", "built" …: for people. */
const char *plan_action_done(PlanAction action);

/** What happens to one table. */
typedef struct PlanDecision PlanDecision;
struct PlanDecision {
    PlanAction action;
    bool settled;            /* false: depends on rows that are not loaded yet */
    const char *key;         /* 32 hex digits; NULL while an input's content key is not known */
    const char *content_key; /* the same; NULL where only the rows will tell */
    const char *reason;      /* in words, never NULL */
    const MetaTable *origin; /* REUSE, RENAME, ALTER, KEEP: the table that exists already */
    bool is_current;         /* the rows are what the flow's query gives of its inputs' */
    const FlowTable *twin; /* REUSE without origin: the table of this run that has the same rows */
};

typedef struct PlanStep PlanStep;
struct PlanStep {
    const FlowTable *table;
    bool selected;              /* by `--select`; without one all are */
    const MetaTable *published; /* what carries this name now, or NULL */
    PlanDecision decision;
    bool forced; /* by `--force` */
};

typedef struct Plan Plan;
struct Plan {
    const Flow *flow;
    PlanStep *steps; /* one a table: steps[table->index] */
    size_t n_steps;
    const MetaTable **vanished; /* published, but no longer in the flow: removed unless renamed */
    size_t n_vanished;
    bool keeps_vanished; /* `--select`: what is not selected stays as it is */
    Map *candidates;     /* key to a list of tables that have its rows already; for plan_decide() */
};

typedef struct PlanOptions PlanOptions;
struct PlanOptions {
    KeyOptions keys;
    const char *select;    /* a selector, or NULL for all */
    const char *force;     /* a selector, or NULL for none */
    bool can_unlogged;     /* STORE_UNLOGGED */
    bool is_read_views;    /* published names are views on hidden tables */
    bool default_unlogged; /* by configuration */
};

/** What plan_build() and plan_decide() work from. All must outlive the plan. */
typedef struct PlanInput PlanInput;
struct PlanInput {
    const Flow *flow;
    const MetaLayout *layout;
    const MetaSnapshot *snapshot;
    const KeyFresh *fresh; /* one a table */
    FlowSources *sources;
    PlanOptions options;
};

/** What was decided so far, as a run goes on; made by plan_progress_new() and kept by
 * plan_settle(). */
typedef struct PlanProgress PlanProgress;
struct PlanProgress {
    PlanDecision *decisions; /* one a table */
    KeyState *keys;          /* what is known of their content */
    Map *makers;             /* "stage\x1fkey" to the table of this run that makes these rows */
};

/** Nothing is decided yet. In `arena`. */
PlanProgress *plan_progress_new(const PlanInput *input, Arena *arena);
/** Notes what was decided for a table; again, when its content key is known. */
void plan_settle(PlanProgress *progress, const FlowTable *table, const PlanDecision *decision,
                 Arena *arena);

/**
 * Builds the plan of one run. O(tables + edges).
 * @param ret_plan  in `arena`
 * @return 0, or < 0 with `reterr` filled: ERROR_SELECTOR if a selector names no table (with the
 * nearest names), ERROR_DATA where `assert_no_fresh_input` does not hold or a table that is not
 * selected isn't published
 */
MUST_CHECK int plan_build(const PlanInput *input, Arena *arena, Plan **ret_plan, Error *reterr);

/** Decides for one table, given what was decided for its inputs. In `arena`. */
PlanDecision plan_decide(const PlanInput *input, const Plan *plan, const PlanProgress *progress,
                         const FlowTable *table, Arena *arena);

/** Is what is published under this row's name still what the run before left there?
 *  @return NULL, or what happened to it, in words */
const char *plan_damage(const PlanInput *input, const MetaTable *table);
/** The definition that the flow asks for, as text. In `arena`. */
const char *plan_definition(const PlanInput *input, const FlowTable *table, Arena *arena);

/** The lines of the query that differ from the published one, or NULL: for `--explain`. */
const char *plan_changed_lines(const char *old_query, const char *new_query, Arena *arena);

#endif
