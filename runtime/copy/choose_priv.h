/**
 * What the files that choose rows share.
 */
#ifndef PDC_COPY_CHOOSE_PRIV_H
#define PDC_COPY_CHOOSE_PRIV_H

#include "runtime/base/map.h"
#include "runtime/base/vec.h"
#include "runtime/copy/choose.h"
#include "runtime/elaborate/copy_graph.h"

/** A statement in the making, and the conditions of the user in it. */
typedef struct CopyCondition CopyCondition;
struct CopyCondition {
    Rendered rendered;
    size_t start; /* byte in the statement */
};

typedef struct CopyStatement CopyStatement;
struct CopyStatement {
    Str sql;
    VEC(CopyCondition) conditions; /* in the choice's arena */
    bool has_where;
};

/** The rows of a node of the graph. */
typedef struct CopyList CopyList;
struct CopyList {
    bool is_needed; /* it decides rows of a table that is due */
    bool is_listed; /* its keys stand in the temporary table `name` */
    const char *name;
};

/** The columns of a table that stand in its lists as c0, c1, …; the first `n_key` of them tell its
 * rows apart. */
typedef struct CopyKey CopyKey;
struct CopyKey {
    VEC(const char *) columns;
    size_t n_key;
    const char *row_id; /* instead of a key, which it lacks: the engine's name of a row; as column r
                         */
    StoreColumn *shape; /* all columns of the table; NULL: not looked at yet */
    size_t n_shape;
};

/** By whose rules rows of a table are picked: the table's own, or an entity's. */
typedef struct CopyPicker CopyPicker;
struct CopyPicker {
    const FlowTable *table;
    const FlowEntity *entity; /* or NULL */
    const FlowCopyRule *rules;
    size_t n_rules;
    const FlowCarrier *carriers;
    size_t n_carriers;
    CopyKey *key;
    size_t node;
};

typedef struct CopyWeights CopyWeights;

struct CopyChoice {
    const CopySource *source;
    const Exec *exec;
    Store *store; /* sees the source's tables; the target's, or the source's own */
    const CopyGraph *graph;
    Arena *arena;
    CopyList *lists;      /* by node */
    CopyKey *keys;        /* by table */
    CopyKey *entity_keys; /* by entity */
    Map *hidden;          /* columns that stand in no list as they are, to what stands there */
    double *percents;     /* by table, of `sample to …`; < 0: not worked out yet */
    double *entity_percents;
    CopyWeights *weights; /* weigh.h; NULL: none were asked for yet */
};

/** What is read of the lists of one table. */
typedef struct CopyRows CopyRows;
struct CopyRows {
    const CopyKey *key;
    size_t nodes[2]; /* those that are listed */
    size_t n_nodes;
    int64_t round; /* what this round of a cycle added; < 0: all */
};

/** What is new: while a cycle's lists grow, what its last round added to them; before that what
 * comes from other lists. */
typedef struct CopyDelta CopyDelta;
struct CopyDelta {
    const CopyComponent *cycle; /* NULL: all lists are read as they are */
    int64_t round;              /* < 0: the cycle's lists are about to be begun */
};

/** The picked rows of a table, or the kept ones: in a cycle those that matter in this round. */
CopyRows copy_rows_of(const CopyChoice *choice, const FlowTable *table, bool kept,
                      const CopyDelta *delta);
CopyPicker copy_picker_of_table(CopyChoice *choice, const FlowTable *table);
CopyPicker copy_picker_of_entity(CopyChoice *choice, const FlowEntity *entity);

/** Is the node in the cycle? */
bool copy_in_cycle(const CopyChoice *choice, const CopyDelta *delta, size_t node);
/** Does the picker choose rows by itself, beside those that are added? */
bool copy_picker_has_base(const CopyPicker *picker);
/** A rule of that kind, or NULL. */
const FlowCopyRule *copy_picker_rule(const CopyPicker *picker, PdcCopyRuleKind kind);

/** Appends which rows of the source's table are kept; `from` stands before, and no `where` yet. */
MUST_CHECK int copy_append_chosen(CopyChoice *choice, const FlowTable *table,
                                  CopyStatement *statement, Error *reterr);

/* ---- sql.c: parts of statements ---- */

void copy_statement_deinit(CopyStatement *statement);
/** Sends one that has no conditions. */
MUST_CHECK int copy_exec(const CopyChoice *choice, const char *sql, Error *reterr);
/** Sends the statement; an error gets its place in the `.flow`. */
MUST_CHECK int copy_send(CopyChoice *choice, CopyStatement *statement, int64_t *ret_rows,
                         Error *reterr);
/** `where` or `and`. */
void copy_and(CopyStatement *statement);
/** Appends `"source schema"."table" as "table"`. */
void copy_append_from(const CopyChoice *choice, const FlowTable *table, CopyStatement *statement);
/** Appends `"table"."column"`. */
void copy_append_column(const FlowTable *table, const char *column, CopyStatement *statement);
/** Appends the user's condition in brackets. */
MUST_CHECK int copy_append_condition(CopyChoice *choice, const FlowQuery *query,
                                     CopyStatement *statement, Error *reterr);
/** Appends a list of the columns of the key. */
void copy_append_key(const FlowTable *table, const CopyKey *key, CopyStatement *statement);
/** The columns of the source's table; asked for once. */
MUST_CHECK int copy_look_at_shape(CopyChoice *choice, const FlowTable *table, Error *reterr);
/** A column of it, or NULL with a message. */
const StoreColumn *copy_find_column(CopyChoice *choice, const FlowTable *table, const char *name,
                                    Error *reterr);
/** The last rule that masks the column, or NULL. @param folds  letter case of names doesn't count
 */
const FlowCopyRule *copy_find_mask(const FlowTable *table, const char *column, bool folds);
/** Appends `select` and the columns, with what masks and given up references make of them. */
MUST_CHECK int copy_append_values(CopyChoice *choice, const FlowTable *table,
                                  CopyStatement *statement, Error *reterr);
/** Whose key it is that columns hold: it is hashed in the types that it has there. */
typedef struct CopyTypes CopyTypes;
struct CopyTypes {
    const FlowTable *table;
    const char *const *columns;
};

/** Appends the hash of the columns. @param types  NULL: they are a key themselves */
MUST_CHECK int copy_append_hash(CopyChoice *choice, const FlowTable *table,
                                const char *const *columns, size_t n, const CopyTypes *types,
                                CopyStatement *statement, Error *reterr);
/** Appends ` <= N`: holds for so many of all hashes. */
void copy_append_below(double percent, CopyStatement *statement);
/** Appends whether columns of `table` stand among the rows, there as `key_columns`. */
void copy_append_listed(const CopyChoice *choice, const FlowTable *table,
                        const char *const *columns, const char *const *key_columns, size_t n,
                        const CopyRows *rows, CopyStatement *statement);
/** Appends whether the row of `table` stands among the rows. */
void copy_append_row_listed(const CopyChoice *choice, const FlowTable *table, const CopyRows *rows,
                            CopyStatement *statement);
/** The opposite, as an anti-join. */
void copy_append_row_not_listed(const CopyChoice *choice, const FlowTable *table,
                                const CopyRows *rows, CopyStatement *statement);

/* ---- masks.c: what is personal ---- */

/** Finds the columns of lists whose values are personal. */
MUST_CHECK int copy_hide_keys(CopyChoice *choice, Error *reterr);
/** Gives the engine the key of the masks, if there are any; it keeps it until the transaction ends,
 * or store_forget_mask_key(). */
MUST_CHECK int copy_give_key(CopyChoice *choice, Error *reterr);
/** Appends what lists hold of a column: its value, or a hash of it. */
void copy_append_listed_value(const CopyChoice *choice, const FlowTable *table, const char *column,
                              CopyStatement *statement);

/* ---- rules.c: what rules say ---- */

/** Appends that a row lies in the window. */
void copy_append_window(const CopyChoice *choice, const CopyPicker *picker,
                        const FlowCopyRule *rule, CopyStatement *statement);
/** Appends the hash by which the rule (NULL: any that speaks of rows) chooses. */
MUST_CHECK int copy_append_row_hash(CopyChoice *choice, const CopyPicker *picker,
                                    const FlowCopyRule *rule, CopyStatement *statement,
                                    Error *reterr);
/** Of a `sample` rule; worked out where a size is given. */
MUST_CHECK int copy_sample_percent(CopyChoice *choice, const CopyPicker *picker,
                                   const FlowCopyRule *rule, double *ret_percent, Error *reterr);
/** Appends that no column of the key is null. */
void copy_append_key_is_there(const CopyPicker *picker, CopyStatement *statement);
/** Appends the rules that say among which rows is chosen. */
MUST_CHECK int copy_append_population(CopyChoice *choice, const CopyPicker *picker,
                                      const CopyDelta *delta, CopyStatement *statement,
                                      Error *reterr);
/** Appends those, and which of these rows are picked; with `order by` and `limit` at the end. */
MUST_CHECK int copy_append_base(CopyChoice *choice, const CopyPicker *picker,
                                const CopyDelta *delta, CopyStatement *statement, Error *reterr);
/** Adds to a list the rows that rules add to it. */
MUST_CHECK int copy_add_rows(CopyChoice *choice, const CopyPicker *picker, Error *reterr);
/** The same of one rule, which may be none of the picker's; nothing for one that adds no rows. */
MUST_CHECK int copy_add_rows_of(CopyChoice *choice, const CopyPicker *picker,
                                const FlowCopyRule *rule, Error *reterr);
/** Begins `insert into list select key, round, reason from table`. */
void copy_begin_insert(const CopyChoice *choice, const CopyPicker *picker, size_t node,
                       int64_t round, CopyReason reason, CopyStatement *statement);
/** Ends it: rows that stand in the list are not added again. */
MUST_CHECK int copy_end_insert(CopyChoice *choice, const CopyPicker *picker, size_t node,
                               CopyStatement *statement, int64_t *ret_rows, Error *reterr);

#endif
