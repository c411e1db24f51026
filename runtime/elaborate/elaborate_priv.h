/**
 * What the files of elaborate/ share: the state of one elaboration, scopes, evaluation, expansion.
 */
#ifndef PDC_ELABORATE_PRIV_H
#define PDC_ELABORATE_PRIV_H

#include "runtime/base/vec.h"
#include "runtime/elaborate/elaborate.h"
#include "runtime/elaborate/render.h"

/** Tasks that call each other deeper than this call themselves. */
#define MAX_CALL_DEPTH 64
/** Rows of a loop, tables of a flow: past this the input is wrong, not large. */
#define MAX_EXPANSIONS 1000000

/** A variable and its value; the innermost is first. */
struct FlowScope {
    const FlowScope *parent;
    const char *name;
    Value value;
};

/** Gives the columns of a table that exists already. */
typedef int (*ColumnsFunction)(void *user, const FlowTable *table, Arena *arena,
                               FlowColumn **ret_columns, size_t *ret_n, Error *reterr);

/** What evaluation needs; also while a run puts LATE pieces into words. */
typedef struct Elaboration Elaboration;
struct Elaboration {
    const PdcFlow *unit;
    const Environment *environment;
    FlowSources *sources;
    Arena *arena;
    Diags *diags;
    Flow *flow;
    Map *constants;          /* name to Value * */
    VEC(FlowTable *) tables; /* become Flow.tables */
    VEC(FlowCheck *) checks; /* become Flow.checks */
    size_t n_expansions;
    const FlowStage *stage;  /* where unqualified tables are looked up */
    ColumnsFunction columns; /* NULL while elaborating: columns(t) is deferred */
    void *columns_user;
    Error *column_error; /* what `columns` met */
    const PdcCopy *copy; /* the copy block in force, or NULL */
    bool is_test;        /* nothing is copied */
};

/** A scope with one more variable. */
const FlowScope *scope_with(Arena *arena, const FlowScope *parent, const char *name, Value value);
/** The value of a variable, or NULL. */
const Value *scope_find(const FlowScope *scope, const char *name);

/** Evaluates. @return 0, or < 0 with a message in `diags` */
MUST_CHECK int eval(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_value);
/** Evaluates a condition; NULL counts as false. `*ret_deferred` when it depends on columns. */
MUST_CHECK int eval_condition(Elaboration *e, const PdcExpr *expr, const FlowScope *scope,
                              bool *ret_truth, bool *ret_deferred);
/** Evaluates a name template. @return 0; < 0; `*ret_name` is NULL where it depends on columns */
MUST_CHECK int eval_name(Elaboration *e, const PdcName *name, PdcSpan at, const FlowScope *scope,
                         const char **ret_name);
/** Evaluates a list to loop over: a list, or the columns of a table. */
MUST_CHECK int eval_list(Elaboration *e, const PdcExpr *expr, const FlowScope *scope,
                         Value *ret_list);
/** Binds loop variables to one element. @return NULL with a message where a tuple has another
 * length */
const FlowScope *bind_variables(Elaboration *e, const char *const *names, size_t n_names,
                                const Value *element, PdcSpan at, const FlowScope *scope);
/** The table that a relation names. @return NULL with a message */
const FlowTable *find_relation(Elaboration *e, const PdcRelation *relation, PdcSpan at,
                               const FlowScope *scope);
/** Finds a task of the unit, or NULL. */
const PdcTask *find_task(const PdcFlow *unit, const char *name);
/** Binds a task's parameters to arguments. @return NULL with a message */
int bind_arguments(Elaboration *e, const PdcTask *task, const PdcExpr *const *args, size_t n_args,
                   PdcSpan at, const FlowScope *scope, const FlowScope **ret_scope);

/** Where expanded pieces go: the growing row of a FlowQuery, and the tables that it names. */
typedef struct PieceSink PieceSink;
struct PieceSink {
    VEC(FlowPiece) pieces;
    VEC(const FlowTable *) inputs;
    bool uses_date;
};

/** The number of `table` among the inputs; it is added when it is new. */
size_t sink_input(Elaboration *e, PieceSink *sink, const FlowTable *table);

/** Expands pieces; what depends on columns stays LATE unless `e->columns` is there. */
MUST_CHECK int expand_pieces(Elaboration *e, const PdcPieces *pieces, const FlowScope *scope,
                             size_t depth, PieceSink *sink);
/** Takes pieces of a FlowQuery over, expanding what is LATE: the columns are known now. */
MUST_CHECK int expand_late(Elaboration *e, const FlowQuery *query, PieceSink *sink);
/** Expands a query and collects the tables that it names. `*ret_query` is in the arena. */
MUST_CHECK int expand_query(Elaboration *e, const PdcQuery *query, const FlowScope *scope,
                            const FlowQuery **ret_query);

/**
 * Appends a fragment in canonical form, with the values that are known put in and tables as the
 * numbers of inputs. On the way everything in the fragment is looked up, so that what is wrong in
 * it is found before its columns are.
 */
MUST_CHECK int canon_fragment(Elaboration *e, const PdcPiece *piece, const FlowScope *scope,
                              size_t depth, PieceSink *sink, Str *canon);

/** A declaration that made its tables or check, and waits for its names to be bound. */
typedef struct Pending Pending;
struct Pending {
    const PdcTable *declaration;
    const FlowScope *scope;
    FlowStage *stage;
    FlowTable **tables; /* one per name; NULL for a check */
    FlowCheck *check;
};

typedef struct PendingList PendingList;
struct PendingList {
    VEC(Pending) items;
};

/** Works out what stands in a stage: makes its tables and checks, unbound, and lists them in
 * `pending`. */
MUST_CHECK int elaborate_stage(Elaboration *e, const PdcStage *declaration, FlowStage *stage,
                               PendingList *pending);
/** Works out the constants of the unit. */
MUST_CHECK int elaborate_constants(Elaboration *e);
/** Works out all but the order of the tables and what copying is; `e` has unit, environment,
 * sources, arena and diags. */
MUST_CHECK int elaborate_unit(Elaboration *e);
/** Binds the body of rows of a test. */
MUST_CHECK int bind_rows(Elaboration *e, const PdcTestRows *rows, FlowBody *body);
/** Binds what a declaration names: its body, its clauses. */
MUST_CHECK int bind_pending(Elaboration *e, const Pending *pending);
/** Fills in what a foreign key leaves out: the primary key of its target. After all declarations
 * are bound. */
MUST_CHECK int bind_foreign_keys(Elaboration *e);
/** Works out which copy block is in force, and makes the input tables copied ones. */
MUST_CHECK int bind_copy(Elaboration *e);
/** Gives them their rules; after bind_foreign_keys(). */
MUST_CHECK int bind_copy_rules(Elaboration *e);
/** Works out what decides which rows of theirs are kept; after sort_tables(). */
MUST_CHECK int bind_copy_graph(Elaboration *e);
/** Sorts the tables so that inputs come first; a cycle is an error that prints it. */
MUST_CHECK int sort_tables(Elaboration *e);

/** Names that the engine can't tell apart, and names longer than it keeps. */
MUST_CHECK int check_engine_names(Elaboration *e);

Span at_span(const Elaboration *e, PdcSpan at);

/** Adds the nearest configured instance to the last message. */
void hint_instance(Diags *diags, const char *name, const char *const *names, size_t n);

#endif
