/**
 * Flow: what a compiled flow means for one instance: which stages and tables exist, their queries
 * with values in place, and who reads whom. Made by elaborate() (elaborate.h), read-only
 * afterwards.
 *
 * A FlowQuery is literal text and relations. What depends on the columns of a table (`columns(t)`)
 * stays a LATE piece until that table exists; flow_query_render() then puts it into words.
 */
#ifndef PDC_ELABORATE_FLOW_H
#define PDC_ELABORATE_FLOW_H

#include "runtime/base/arena.h"
#include "runtime/base/map.h"
#include "runtime/elaborate/value.h"

#include <pdc/flow.h>

typedef struct Flow Flow;
typedef struct FlowStage FlowStage;
typedef struct FlowScope FlowScope;

typedef enum FlowPieceKind {
    FLOW_PIECE_TEXT,
    FLOW_PIECE_RELATION,
    FLOW_PIECE_OUTPUT,
    FLOW_PIECE_LATE
} FlowPieceKind;

typedef struct FlowPiece FlowPiece;
struct FlowPiece {
    FlowPieceKind kind;
    PdcSpan at;
    bool verbatim;    /* TEXT: the text is that of the file at `at`, byte for byte */
    const char *text; /* TEXT; OUTPUT: name of the output */
    const char *
        canon; /* TEXT: for the key; NULL: the same as text. LATE: the fragment in canonical form */
    const FlowTable *table; /* RELATION */
    const char *alias;      /* RELATION, OUTPUT: `as` this behind it, or NULL */
    const PdcPiece *late;   /* LATE: what to expand */
    const FlowScope *scope; /* LATE: where its variables are found */
};

typedef struct FlowQuery FlowQuery;
struct FlowQuery {
    const FlowStage *stage; /* where names without a stage are looked for; NULL: nowhere */
    FlowPiece *pieces;
    size_t n_pieces;
    PdcSpan at;
    bool uses_date;
    const FlowTable **inputs; /* each table that it names, once, in order of first mention */
    size_t n_inputs;
    const char *const *outline; /* PdcQuery's; none: nothing is known */
    size_t n_outline;
};

typedef struct FlowConstraint FlowConstraint;
struct FlowConstraint {
    PdcClauseKind kind; /* PRIMARY_KEY, UNIQUE, NOT_NULL, CHECK, FOREIGN_KEY */
    bool warn;
    PdcSpan at;
    const char *const *columns;
    size_t n_columns;
    const FlowQuery *condition; /* CHECK */
    const FlowTable *target;    /* FOREIGN_KEY */
    const char *const *target_columns;
    size_t n_target_columns;
};

typedef struct FlowIndex FlowIndex;
struct FlowIndex {
    PdcSpan at;
    const char *const *columns;
    size_t n_columns;
    const FlowQuery *expressions; /* instead of columns */
};

/** What happens to rows that break a promise. */
typedef enum FlowViolation {
    FLOW_VIOLATION_FAIL,
    FLOW_VIOLATION_WARN,
    FLOW_VIOLATION_REJECT
} FlowViolation;

typedef enum FlowCacheKind {
    FLOW_CACHE_NONE, /* no `cache by` */
    FLOW_CACHE_QUERY,
    FLOW_CACHE_FILE,
    FLOW_CACHE_SHELL,
    FLOW_CACHE_VALUE,
    FLOW_CACHE_ALWAYS,
    FLOW_CACHE_NEVER
} FlowCacheKind;

typedef struct FlowCache FlowCache;
struct FlowCache {
    FlowCacheKind kind;
    PdcSpan at;
    const FlowQuery *query;
    const char
        *text; /* FILE: path as written; SHELL: command; VALUE: the value in canonical form */
};

/** `meta (k 'v')`. */
typedef struct FlowMeta FlowMeta;
struct FlowMeta {
    const char *key;
    const char *value;
};

typedef enum FlowBodyKind {
    FLOW_BODY_QUERY,
    FLOW_BODY_CSV,
    FLOW_BODY_PARQUET,
    FLOW_BODY_EXTERNAL,
    FLOW_BODY_SCRIPT,
    FLOW_BODY_COPY
} FlowBodyKind;

typedef struct FlowOption FlowOption;
struct FlowOption {
    const char *name;
    const char *text; /* NULL: null */
    PdcSpan at;
};

/** How rows are chosen from the source instance's table of the same name. */
typedef struct FlowCopyRule FlowCopyRule;
struct FlowCopyRule {
    PdcCopyRuleKind kind;
    PdcSpan at;
    int64_t amount; /* LIMIT, SAMPLE_ROWS, AT_LEAST: rows; SAMPLE_BYTES: bytes; FOLLOW: how often it
                       may be followed, -1 without a bound */
    double percent; /* SAMPLE_PERCENT */
    const FlowQuery *condition; /* WHERE, CERTAIN, PLUS_WHERE; MASK_EXPR: the expression */
    const char *text; /* WINDOW: the interval; PLUS_KEYS: the file as written; MASK_EXPR: the
                         expression */
    uint32_t file;    /* PLUS_KEYS: the source file that the path is relative to */
    const char *const *columns; /* SAMPLE_PERCENT: `by`, or none; AT_LEAST, COVER_…, BREAK; WINDOW,
                                   MASK_…: one */
    size_t n_columns;
    const FlowTable **tables; /* FOLLOW; BREAK: which the key refers to, or none */
    size_t n_tables;
    bool any_of; /* FOLLOW a or b */
    bool all;    /* FOLLOW … all */
};

/** Whose rows belong together, wherever their key stands. */
typedef struct FlowEntity FlowEntity;
struct FlowEntity {
    size_t index; /* in Flow.entities */
    PdcSpan at;
    const char *const *columns;
    size_t n_columns;
    const FlowTable *home; /* the input table whose key the columns are; NULL where there is none,
                              or more than one */
    const FlowCopyRule *rules;
    size_t n_rules;
};

/** Which columns of a table hold an entity's key: as many as the entity has. */
typedef struct FlowCarrier FlowCarrier;
struct FlowCarrier {
    const FlowEntity *entity;
    const char *const *columns;
};

/** A foreign key from one copied table to another. */
typedef struct FlowLink FlowLink;
struct FlowLink {
    const FlowTable *child;
    const char *const *child_columns;
    const FlowTable *parent;
    const char *const *parent_columns;
    size_t n_columns;
    bool is_broken; /* nulled by a `break` rule */
    PdcSpan at;
};

typedef struct FlowBody FlowBody;
struct FlowBody {
    FlowBodyKind kind;
    PdcSpan at;
    const FlowQuery *query;    /* QUERY, SCRIPT */
    const char *path;          /* CSV, PARQUET: as written */
    uint32_t file;             /* the source file that the path is relative to */
    const char *schema;        /* EXTERNAL */
    const char *table;         /* EXTERNAL */
    const FlowOption *options; /* CSV */
    size_t n_options;
    const FlowCopyRule *copy_rules; /* COPY: of the table itself; else of its entities, too */
    size_t n_copy_rules;
    const FlowCarrier
        *carriers; /* COPY: the entities whose key it carries and that pick its rows */
    size_t n_carriers;
    const FlowTable **copy_needs; /* COPY: the tables whose rules and rows say which of its rows are
                                     kept, itself included */
    size_t n_copy_needs;
    const char *task;    /* name of the task that was called, or NULL */
    const char *version; /* or NULL */
};

/** A table of a test that isn't made as the flow says: it holds given rows, or none. */
typedef struct FlowGiven FlowGiven;
struct FlowGiven {
    const PdcTestRows *rows; /* NULL: an input that the test doesn't speak of, which is empty */
    const FlowTable *leader; /* what made it with others, before */
};

struct FlowTable {
    size_t index; /* in Flow.tables */
    const FlowStage *stage;
    const char *name;
    PdcTableKind kind; /* PDC_TABLE or PDC_VIEW */
    bool is_input;
    bool allow_fresh_input;
    bool unlogged;
    bool cutoff; /* its content key is a digest of its rows */
    PdcSpan at;
    const char *doc;
    const FlowBody *body;   /* of a given one: where its rows come from; of an empty one: what would
                               make it */
    const FlowGiven *given; /* in a test; else NULL */
    const PdcContract *contract; /* or NULL */
    bool is_promised; /* it has a contract or `on violation`: its rows are scanned when made */
    FlowViolation violation; /* of a promised one */
    const FlowTable *leader; /* of the outputs of one task the first, which does the work for all;
                                itself if alone */
    const char *output;      /* name of the task's output, or NULL */
    FlowCache cache;
    FlowConstraint *constraints;
    size_t n_constraints;
    const FlowIndex *indexes;
    size_t n_indexes;
    const char *const *tags;
    size_t n_tags;
    const char *owner;    /* or NULL */
    const FlowMeta *meta; /* each key once */
    size_t n_meta;
    const FlowTable **inputs; /* whose data it reads, each once */
    size_t n_inputs;
    const FlowTable **after; /* what must be built before, without data */
    size_t n_after;
};

/** `check` and `warn` of a stage: any row is a violation. */
typedef struct FlowCheck FlowCheck;
struct FlowCheck {
    const FlowStage *stage;
    const char *name;
    bool warn;
    int64_t fails_above;
    PdcSpan at;
    const FlowQuery *query;
};

struct FlowStage {
    const char *name;
    PdcSpan at;
    Map *tables;     /* name to FlowTable */
    bool is_partial; /* while elaborating: some of its tables could not be worked out */
};

/** Where copied tables come from. */
typedef struct FlowCopySource FlowCopySource;
struct FlowCopySource {
    const char *instance;
    bool per_user;
    PdcSpan at;
};

struct Flow {
    const char *name;
    const PdcFlow *unit;
    FlowStage **stages;
    size_t n_stages;
    FlowTable **tables; /* in an order in which inputs come first */
    size_t n_tables;
    FlowCheck **checks;
    size_t n_checks;
    const FlowCopySource *copy_source; /* NULL: nothing is copied */
    const FlowEntity **entities;
    size_t n_entities;
    FlowLink *links; /* between copied tables */
    size_t n_links;
    Map *constants; /* name to const Value * */
};

/** The stage, or NULL. */
FlowStage *flow_find_stage(const Flow *flow, const char *name);
/** What a constraint is called: "primary key". */
const char *flow_clause_word(PdcClauseKind kind);
/** The table, or NULL. */
FlowTable *flow_find_table(const Flow *flow, const char *stage, const char *name);
/** The name, in the table's stage, of the table with the rows that broke its promises. */
const char *flow_rejected_name(const FlowTable *table, Arena *arena);
/** The columns of the primary key, or NULL. */
const FlowConstraint *flow_primary_key(const FlowTable *table);
/** Does the contract, which may be NULL, say that the column's values are shown to nobody? */
bool flow_is_pii(const PdcContract *contract, const char *column);
/** Does the rule add rows to those that the others pick? */
bool flow_copy_rule_adds(PdcCopyRuleKind kind);
/** Does the rule change values, and pick no row? */
bool flow_copy_rule_changes(PdcCopyRuleKind kind);
/** Does the rule need the configuration's `masking_key`? */
bool flow_copy_rule_is_keyed(PdcCopyRuleKind kind);
/** Is every row picked, so that nothing can be missing? */
bool flow_copies_all(const FlowTable *table);
/** Whether a clause is tested on the rows as they are made: it speaks of the table's own rows, and
 * something follows from it. */
bool flow_constraint_is_scanned(const FlowTable *table, const FlowConstraint *constraint);

#endif
