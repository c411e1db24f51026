/**
 * A compiled flow as data: what `pdc` writes into the generated C and what the runtime reads.
 *
 * The compiler builds the same structs in memory, elaborates them for every configured instance,
 * and prints them only then: what was checked is what runs. Everything here is `const`, holds no
 * logic, and points nowhere but into itself. A PdcFlow made for another PDC_ABI is refused at
 * start.
 *
 * Expressions are trees; queries are rows of pieces: literal SQL text, values, identifiers,
 * relations (names of tables, bound by the compiler), and `${for …}`/`${if …}` fragments that hold
 * pieces themselves.
 */
#ifndef PDC_FLOW_H
#define PDC_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Changes whenever a struct below changes. */
#define PDC_ABI 5

/** A place in a `.flow` file: number of the file in PdcFlow.sources, first byte, byte behind the
 * last. */
typedef struct PdcSpan PdcSpan;
struct PdcSpan {
    uint32_t file;
    uint32_t start;
    uint32_t end;
};

typedef struct PdcExpr PdcExpr;
typedef struct PdcPiece PdcPiece;
typedef struct PdcItem PdcItem;

typedef enum PdcExprKind {
    PDC_EXPR_NULL,
    PDC_EXPR_BOOL,     /* integer: 0 or 1 */
    PDC_EXPR_INT,      /* integer */
    PDC_EXPR_FLOAT,    /* number */
    PDC_EXPR_TEXT,     /* text */
    PDC_EXPR_LIST,     /* args: its elements */
    PDC_EXPR_TUPLE,    /* args: its parts */
    PDC_EXPR_ATTR,     /* text: name of an attr */
    PDC_EXPR_CONST,    /* text: name of a constant */
    PDC_EXPR_VARIABLE, /* text: a loop variable or a parameter */
    PDC_EXPR_INSTANCE, /* text: "name", "id" or "engine" */
    PDC_EXPR_FLOW_NAME,
    PDC_EXPR_RUN_DATE, /* the run's date; puts the date into the key */
    PDC_EXPR_RUN_STARTED,
    PDC_EXPR_ENV,     /* args[0]: name of the variable */
    PDC_EXPR_COLUMNS, /* args[0]: a table; known only when that table is */
    PDC_EXPR_COLUMN,  /* args[0]: text that names a column */
    PDC_EXPR_TABLE,   /* relation: a table of the flow */
    PDC_EXPR_FIELD,   /* args[0].text, of a column: "name" or "type" */
    PDC_EXPR_NOT,
    PDC_EXPR_NEGATE,
    PDC_EXPR_IS_NULL,
    PDC_EXPR_AND, /* the rest are binary: args[0], args[1] */
    PDC_EXPR_OR,
    PDC_EXPR_EQUAL,
    PDC_EXPR_NOT_EQUAL,
    PDC_EXPR_LESS,
    PDC_EXPR_LESS_EQUAL,
    PDC_EXPR_GREATER,
    PDC_EXPR_GREATER_EQUAL,
    PDC_EXPR_IN,
    PDC_EXPR_ADD,
    PDC_EXPR_SUBTRACT,
    PDC_EXPR_MULTIPLY,
    PDC_EXPR_DIVIDE,
    PDC_EXPR_MODULO,
    PDC_EXPR_CONCAT
} PdcExprKind;

/** A name made of literal parts and values: `revenue_${r}`. Plain names have one part. */
typedef struct PdcNamePart PdcNamePart;
struct PdcNamePart {
    const char *text;    /* or NULL */
    const PdcExpr *expr; /* where text is NULL */
};

typedef struct PdcName PdcName;
struct PdcName {
    const PdcNamePart *parts; /* none: no name was given */
    size_t n_parts;
};

/** A table of the flow, as a query or an argument names it. Without a stage: one of the stage that
 * asks. */
typedef struct PdcRelation PdcRelation;
struct PdcRelation {
    PdcName stage;
    PdcName name;
};

struct PdcExpr {
    PdcExprKind kind;
    PdcSpan at;
    const char *text;
    int64_t integer;
    double number;
    const PdcExpr *const *args;
    size_t n_args;
    const PdcRelation *relation;
};

typedef enum PdcPieceKind {
    PDC_PIECE_TEXT,  /* SQL as written */
    PDC_PIECE_VALUE, /* `${expr}`: a literal; a table's name; a column's identifier; a list becomes
                        several */
    PDC_PIECE_IDENT, /* one quoted identifier, made of name parts */
    PDC_PIECE_RELATION, /* a table of the flow */
    PDC_PIECE_CALL,     /* `from spine(…)`: the query of a SQL task, in brackets */
    PDC_PIECE_FOR,
    PDC_PIECE_IF,
    PDC_PIECE_OUTPUT, /* `${out.a}` in a script: text is the name of the output */
    PDC_PIECE_TODAY   /* `current_date`, as it is written: a test fixes it */
} PdcPieceKind;

/** What stands between the repetitions of a `${for}`. */
typedef enum PdcJoin {
    PDC_JOIN_COMMA,
    PDC_JOIN_UNION_ALL,
    PDC_JOIN_UNION,
    PDC_JOIN_AND,
    PDC_JOIN_OR,
    PDC_JOIN_ADD,
    PDC_JOIN_CONCAT
} PdcJoin;

typedef struct PdcPieces PdcPieces;
struct PdcPieces {
    const PdcPiece *items;
    size_t n;
};

struct PdcPiece {
    PdcPieceKind kind;
    PdcSpan at;
    const char *text; /* TEXT, TODAY: the SQL; CALL: the task; OUTPUT: its name */
    const char
        *canon; /* TEXT: tokens without layout and comments, for the key; NULL: the same as text */
    const PdcExpr *expr;  /* VALUE: the value; FOR: the list; IF: the condition */
    PdcName name;         /* IDENT */
    PdcRelation relation; /* RELATION */
    const char *
        alias; /* RELATION, CALL, VALUE of a table: `as` this is added behind; NULL: none is needed;
                * "": the table's own name */
    const PdcExpr *const *args; /* CALL: arguments in the order of the task's parameters */
    size_t n_args;
    const char *const *variables; /* FOR: one, or several that take a tuple apart */
    size_t n_variables;
    const PdcExpr *filter; /* FOR: `if COND`, or NULL */
    PdcJoin join;          /* FOR */
    PdcPieces body;        /* FOR: the fragment; IF: then */
    PdcPieces otherwise;   /* IF: else */
};

/** A query or an SQL expression. */
typedef struct PdcQuery PdcQuery;
struct PdcQuery {
    PdcPieces pieces;
    PdcSpan at;
    bool uses_date; /* reads current_date: the date is part of the key */
    /* What it uses of what it reads, and of which parts its result is made; none: it uses all of
     * it, and is one part. Lines of fields between tabs, names in lower case unless they are
     * outputs: names NAME…                     what may be a column of what it reads rows DIGEST
     * RANGES NAME…        which rows there are; missing: it is one part column OUTPUT DIGEST RANGES
     * NAME… clause WORD DIGEST              for messages RANGES are bytes of the file of `at`:
     * 12-40,60-75. */
    const char *const *outline;
    size_t n_outline;
};

typedef struct PdcAttr PdcAttr;
struct PdcAttr {
    const char *name;
    int type; /* PdcType */
    bool is_list;
    const PdcExpr *initial; /* the default, or NULL: every instance must say */
    PdcSpan at;
    const char *doc;
};

typedef struct PdcConst PdcConst;
struct PdcConst {
    const char *name;
    const PdcExpr *value;
    PdcSpan at;
};

typedef struct PdcParam PdcParam;
struct PdcParam {
    const char *name;
    int type; /* PdcType */
    bool is_list;
    PdcSpan at;
};

/** Type of a column, by column_types.def: `numeric(12, 2)`. */
typedef struct PdcColumnType PdcColumnType;
struct PdcColumnType {
    int kind;  /* ColumnTypeKind */
    int size;  /* digits of a numeric, characters of a varchar; else 0 */
    int scale; /* digits of a numeric behind the point */
};

typedef enum PdcClauseKind {
    PDC_CLAUSE_PRIMARY_KEY, /* columns */
    PDC_CLAUSE_UNIQUE,      /* columns */
    PDC_CLAUSE_NOT_NULL,    /* columns */
    PDC_CLAUSE_CHECK,       /* query: the condition */
    PDC_CLAUSE_FOREIGN_KEY, /* columns, target, target_columns (none: the target's primary key) */
    PDC_CLAUSE_INDEX,       /* columns, or query: the list as SQL */
    PDC_CLAUSE_VERSION,     /* text */
    PDC_CLAUSE_CACHE_BY_QUERY, /* query */
    PDC_CLAUSE_CACHE_BY_FILE,  /* expr: path */
    PDC_CLAUSE_CACHE_BY_SHELL, /* expr: command */
    PDC_CLAUSE_CACHE_BY_VALUE, /* expr: any value */
    PDC_CLAUSE_CACHE_ALWAYS,
    PDC_CLAUSE_CACHE_NEVER,
    PDC_CLAUSE_AFTER, /* target */
    PDC_CLAUSE_TAG,   /* text */
    PDC_CLAUSE_ALLOW_FRESH_INPUT,
    PDC_CLAUSE_FAILS_ABOVE, /* expr: number of rows */
    PDC_CLAUSE_UNLOGGED,
    PDC_CLAUSE_CUTOFF,
    PDC_CLAUSE_VIOLATION_FAIL, /* `on violation fail`: nothing is published */
    PDC_CLAUSE_VIOLATION_WARN,
    PDC_CLAUSE_VIOLATION_REJECT,
    PDC_CLAUSE_OWNER, /* text */
    PDC_CLAUSE_META   /* columns: the key; text: its value */
} PdcClauseKind;

typedef struct PdcClause PdcClause;
struct PdcClause {
    PdcClauseKind kind;
    PdcSpan at;
    bool warn; /* `warn` stands before it: reports only */
    const char *const *columns;
    size_t n_columns;
    PdcRelation target;
    const char *const *target_columns;
    size_t n_target_columns;
    const PdcQuery *query;
    const PdcExpr *expr;
    const char *text;
};

typedef struct PdcClauses PdcClauses;
struct PdcClauses {
    const PdcClause *items;
    size_t n;
};

typedef enum PdcBodyKind {
    PDC_BODY_QUERY,    /* query */
    PDC_BODY_TASK,     /* text: the task; args in the order of its parameters */
    PDC_BODY_CSV,      /* args[0]: path; named options */
    PDC_BODY_PARQUET,  /* args[0]: path */
    PDC_BODY_EXTERNAL, /* args: schema, table */
    PDC_BODY_SCRIPT    /* query: the statements, PDC_SCRIPT_SEPARATOR between them */
} PdcBodyKind;

/** A text piece of its own between two statements of a script. */
#define PDC_SCRIPT_SEPARATOR ";\n"

/** A named argument: `delimiter => ';'`. */
typedef struct PdcOption PdcOption;
struct PdcOption {
    const char *name;
    const PdcExpr *value;
    PdcSpan at;
};

typedef struct PdcBody PdcBody;
struct PdcBody {
    PdcBodyKind kind;
    PdcSpan at;
    const PdcQuery *query;
    const char *text;
    const PdcExpr *const *args;
    size_t n_args;
    const PdcOption *options;
    size_t n_options;
};

/** A task, or a check with parameters. */
typedef struct PdcTask PdcTask;
struct PdcTask {
    const char *name;
    const PdcParam *params;
    size_t n_params;
    const char *const *outputs; /* `returns (a, b)`; none: one table */
    size_t n_outputs;
    PdcClauses clauses;
    const PdcBody *body;
    PdcSpan at;
};

/** A column of a contract. */
typedef struct PdcPromise PdcPromise;
struct PdcPromise {
    const char *name;
    PdcColumnType type;
    bool pii;        /* its values are shown to nobody: not in messages */
    const char *doc; /* or NULL */
    PdcSpan at;
};

/** What a table promises: all its columns, and clauses. Those of the contracts that it extends are
 * among them. */
typedef struct PdcContract PdcContract;
struct PdcContract {
    const char *name;
    const PdcPromise *columns;
    size_t n_columns;
    PdcClauses clauses;
    PdcSpan at;
    const char *doc;
};

typedef enum PdcTableKind { PDC_TABLE, PDC_VIEW, PDC_CHECK, PDC_WARN } PdcTableKind;

typedef struct PdcTable PdcTable;
struct PdcTable {
    PdcTableKind kind;
    bool is_input;        /* stands in an `input` block */
    const PdcName *names; /* one, or one per output of its task */
    size_t n_names;
    const char *contract; /* its name, or NULL */
    PdcClauses clauses;   /* with the stage's defaults */
    const PdcBody *body;
    PdcSpan at;      /* the name */
    const char *doc; /* documentation comment, or NULL */
};

typedef enum PdcItemKind { PDC_ITEM_TABLE, PDC_ITEM_IF, PDC_ITEM_FOR } PdcItemKind;

typedef struct PdcItems PdcItems;
struct PdcItems {
    const PdcItem *items;
    size_t n;
};

/** What stands in a stage. */
struct PdcItem {
    PdcItemKind kind;
    PdcSpan at;
    const PdcTable *table;
    const PdcExpr *expr; /* IF: the condition; FOR: the list */
    const char *const *variables;
    size_t n_variables;
    PdcItems body;
    PdcItems otherwise;
};

typedef struct PdcStage PdcStage;
struct PdcStage {
    const char *name;
    PdcItems items;
    PdcSpan at;
    const char *doc;
};

typedef enum PdcCopyRuleKind {
    PDC_COPY_ALL,
    PDC_COPY_NONE,
    PDC_COPY_LIMIT,
    PDC_COPY_WHERE,
    PDC_COPY_SAMPLE_PERCENT,
    PDC_COPY_SAMPLE_ROWS,
    PDC_COPY_SAMPLE_BYTES,
    PDC_COPY_AT_LEAST,
    PDC_COPY_CERTAIN,
    PDC_COPY_WINDOW,
    PDC_COPY_FOLLOW,
    PDC_COPY_COVER_VALUES,
    PDC_COPY_COVER_PAIRS,
    PDC_COPY_COVER_BOUNDS,
    PDC_COPY_PLUS_WHERE,
    PDC_COPY_PLUS_KEYS,
    PDC_COPY_MASK_HASH,
    PDC_COPY_MASK_NULL,
    PDC_COPY_MASK_FAKE,
    PDC_COPY_MASK_EXPR,
    PDC_COPY_BREAK
} PdcCopyRuleKind;

typedef struct PdcCopyRule PdcCopyRule;
struct PdcCopyRule {
    PdcCopyRuleKind kind;
    PdcSpan at;
    const PdcExpr *expr; /* LIMIT, SAMPLE_…, AT_LEAST: how many; WINDOW: the interval; FOLLOW: `up
                            N`, or NULL; PLUS_KEYS: the file; MASK_EXPR: the expression's text */
    uint64_t unit_bytes; /* SAMPLE_BYTES: bytes of one */
    const PdcQuery *query;      /* WHERE, CERTAIN, PLUS_WHERE, MASK_EXPR */
    const char *const *columns; /* SAMPLE_PERCENT: `by`; AT_LEAST, COVER_…, BREAK; WINDOW, MASK_…:
                                   one */
    size_t n_columns;
    const PdcRelation *tables; /* FOLLOW; BREAK: which the key refers to */
    size_t n_tables;
    bool any_of; /* FOLLOW a or b */
    bool all;    /* FOLLOW … all */
};

/** One line of a copy block: rules for a table, for all that carry the key of an entity, or
 * (neither is there) for all whose rows no other line picks. */
typedef struct PdcCopyLine PdcCopyLine;
struct PdcCopyLine {
    PdcRelation table;
    const char *const *entity;
    size_t n_entity;
    const PdcCopyRule *rules;
    size_t n_rules;
    PdcSpan at;
};

typedef struct PdcCopy PdcCopy;
struct PdcCopy {
    const PdcExpr *source;    /* name of an instance */
    const PdcExpr *per_user;  /* or NULL */
    const PdcExpr *condition; /* or NULL: always */
    const PdcCopyLine *lines;
    size_t n_lines;
    PdcSpan at;
};

/** `with (attr = v)` of a test. */
typedef struct PdcSetting PdcSetting;
struct PdcSetting {
    const char *name;
    const PdcExpr *value;
    PdcSpan at;
};

/** Rows of a test, and the table that they belong to: `given` puts them in its place, `expect`
 * compares them. */
typedef struct PdcTestRows PdcTestRows;
struct PdcTestRows {
    PdcRelation table;
    const char *const *columns; /* none: those of the rows */
    size_t n_columns;
    size_t n_positions;  /* of bare values without columns, which are those of the table in order:
                            how  many; else 0 */
    const PdcBody *body; /* QUERY, CSV, PARQUET, EXTERNAL or TASK */
    PdcSpan at;
};

/** `expect error 'pattern'`. */
typedef struct PdcTestError PdcTestError;
struct PdcTestError {
    const char *pattern; /* POSIX extended regular expression */
    PdcSpan at;
};

typedef struct PdcTest PdcTest;
struct PdcTest {
    const char *name;
    const PdcSetting *settings;
    size_t n_settings;
    const char *moment; /* `at`: what run.started and run.date say, or NULL */
    const PdcTestRows *givens;
    size_t n_givens;
    const PdcTestRows *expects;
    size_t n_expects;
    const PdcTestError *errors;
    size_t n_errors;
    PdcSpan at; /* the name */
};

/** A `.flow` file as it was compiled, so that messages can show its lines wherever the executable
 * runs. */
typedef struct PdcSource PdcSource;
struct PdcSource {
    const char *path;         /* as shown, relative to where the flow was built */
    const char *directory;    /* its folder relative to the executable's, for files that it names */
    const char *const *lines; /* each with its line end */
    size_t n_lines;
};

typedef struct PdcFlow PdcFlow;
struct PdcFlow {
    uint32_t abi;
    const char *pdc_version;
    const char *name;
    const PdcSource *sources;
    size_t n_sources;
    const PdcAttr *attrs;
    size_t n_attrs;
    const PdcConst *consts;
    size_t n_consts;
    const PdcContract *contracts;
    size_t n_contracts;
    const PdcTask *tasks;
    size_t n_tasks;
    const PdcStage *stages;
    size_t n_stages;
    const PdcCopy *copies;
    size_t n_copies;
    const PdcTest *tests;
    size_t n_tests;
};

/** The runtime's entry: the generated main() is `return pdc_main(&flow, argc, argv);`. */
int pdc_main(const PdcFlow *flow, int argc, char **argv);

#endif
