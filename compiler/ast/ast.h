/**
 * AST: what was written in one `.flow` file, in order, with comments and documentation. Nothing is
 * resolved.
 *
 * Every node begins with an AstNode (kind, span to the byte), so an `AstTable *` may be used as an
 * `AstNode *`; each kind has one struct (kinds.def), and ast_walk() visits them all. Declarations
 * begin with an AstDecl (name, documentation). Nodes live in the arena given to parse_file() and
 * point into the SourceFile; both must outlive them. After parse_file() an AST is read-only and may
 * be read by any thread.
 *
 * Names are folded as SQL folds them: `Orders` is "orders", `"Orders"` stays. A name may have holes
 * (`revenue_${r}`); then `text` is NULL and the parts tell.
 *
 * SQL is not parsed here: an AstSql is a list of pieces (text, hole, for, if) that together cover
 * its span. Text pieces are cut so that each begins and ends outside every string, comment, quoted
 * name and dollar quote: each may be given to sql_lex_next() (compiler/parse/sql_lexer.h) by
 * itself.
 *
 * What had an error is left out of the tree (poisoned nodes are skipped), so a consumer sees whole
 * nodes only: a pointer is NULL only where its comment says so. The depth of a tree is bounded by a
 * small multiple of AST_DEPTH_LIMIT, so recursion over it is safe.
 */
#ifndef PDC_AST_AST_H
#define PDC_AST_AST_H

#include "runtime/base/vec.h"
#include "runtime/diag/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Expressions, fragments, blocks and brackets nest no deeper; the parser refuses more. */
#define AST_DEPTH_LIMIT 500

typedef enum AstKind {
#define AST_KIND(id, Struct, name) AST_##id,
#include "compiler/ast/kinds.def"
#undef AST_KIND
    AST_KIND_COUNT
} AstKind;

typedef struct AstNode AstNode;
struct AstNode {
    AstKind kind;
    Span span;
};

typedef struct AstExpr AstExpr;
typedef struct AstSql AstSql;
typedef struct AstClause AstClause;
typedef VEC(AstNode *) AstNodes;
typedef VEC(AstExpr *) AstExprs;
typedef VEC(AstClause *) AstClauses;

/* ---- names and types ---- */

typedef struct AstNamePart AstNamePart;
struct AstNamePart {
    Span span;        /* of a hole: with its `${` and `}`; of a quoted text: with its quotes */
    const char *text; /* folded unless quoted; NULL in a hole */
    bool quoted;
    AstExpr *hole; /* NULL in a text */
};

/** `orders`, `"Orders"`, `revenue_${r}`. */
typedef struct AstName AstName;
struct AstName {
    AstNode node;
    const char *text;       /* the name, folded unless quoted; NULL if it has holes */
    bool quoted;            /* the one part is quoted */
    VEC(AstNamePart) parts; /* at least one */
};
typedef VEC(AstName *) AstNames;

/** `orders`, `raw.orders`. */
typedef struct AstQname AstQname;
struct AstQname {
    AstNode node;
    AstName *stage; /* NULL: not written */
    AstName *name;
};
typedef VEC(AstQname *) AstQnames;

/** `int`, `numeric(12, 2)`, `text[]`; for parameters also `table` and `column`. */
typedef struct AstType AstType;
struct AstType {
    AstNode node;
    const char *name;          /* folded; not looked up in types.def */
    AstExprs args;             /* AST_EXPR_INT */
    unsigned array_dimensions; /* number of `[]` */
};

/* ---- expressions of the frame ---- */

typedef enum AstOperator {
#define OPERATOR(id, text) AST_OP_##id,
#include "compiler/ast/operators.def"
#undef OPERATOR
    AST_OP_COUNT
} AstOperator;

/** `name => value`, or just `value`. */
typedef struct AstArg AstArg;
struct AstArg {
    Span span;
    AstName *name; /* plain; NULL: by position */
    AstExpr *value;
};

struct AstExpr {
    AstNode node; /* AST_EXPR_… */
    unsigned depth;
    union {
        bool boolean;         /* EXPR_BOOL */
        int64_t integer;      /* EXPR_INT: fits int64 */
        struct {              /* EXPR_NUMBER: 1.5, 1e3, integers past int64 */
            const char *text; /* as written */
            double value;
        } number;
        struct {              /* EXPR_STRING */
            const char *text; /* decoded, NUL-terminated (holds no NUL) */
            size_t length;
        } string;
        AstName *name;       /* EXPR_NAME: attr, constant, parameter, table, …; may have holes */
        struct {             /* EXPR_MEMBER: attrs.x, stage_1.dfB, c.name, std.checks */
            AstExpr *object; /* EXPR_NAME or EXPR_MEMBER */
            AstName *member; /* after the dot any word may stand */
        } member;
        struct {             /* EXPR_CALL: columns(t), csv('f', delimiter => ';'), std.spine(a) */
            AstExpr *callee; /* EXPR_NAME or EXPR_MEMBER */
            VEC(AstArg) args;
        } call;
        AstExpr *group; /* EXPR_GROUP: `(x)`; where a list is wanted, a list of one */
        AstExprs list;  /* EXPR_LIST: `()`, `(a,)`, `(a, b)`: a list or a tuple */
        struct {        /* EXPR_UNARY (NOT, NEG, POS, IS_NULL, IS_NOT_NULL), EXPR_BINARY */
            AstOperator op;
            Span op_span;
            AstExpr *left;  /* the only one in EXPR_UNARY */
            AstExpr *right; /* NULL in EXPR_UNARY */
        } op;
    } as;
};

/* ---- SQL ---- */

/** How the repetitions of a `${for}` are joined. */
typedef enum AstJoin {
#define JOIN(id, text) AST_JOIN_##id,
#include "compiler/ast/joins.def"
#undef JOIN
    AST_JOIN_COUNT
} AstJoin;

typedef struct AstPiece AstPiece;
typedef VEC(AstPiece *) AstPieces;

struct AstPiece {
    AstNode node; /* AST_SQL_…; the span of all but text includes `${` and `}` */
    union {
        struct {
            const char *bytes; /* into the source text; not NUL-terminated */
            size_t length;
        } text;
        struct {
            AstExpr *expr;
            bool glued_left; /* an identifier character, quoted name or hole directly before `${` */
            bool glued_right; /* … directly after `}` */
        } hole;
        struct {
            AstNames vars; /* plain; more than one: `for (a, b)` */
            bool tuple;    /* brackets were written */
            AstExpr *list;
            AstExpr *condition; /* NULL: none */
            AstJoin join;
            AstPieces body;
        } repeat; /* SQL_FOR */
        struct {
            AstExpr *condition;
            AstPieces then_body;
            bool has_else;
            AstPieces else_body;
        } choice; /* SQL_IF */
    } as;
};

/** A query, an SQL expression or condition, or one statement of a script; without brackets around
 * and `;`. */
struct AstSql {
    AstNode node; /* without white space at its ends; begins or ends with a comment where the text
                     does */
    AstPieces pieces;
};
typedef VEC(AstSql *) AstSqls;

/* ---- bodies ---- */

/** What stands after `as`. */
typedef struct AstBody AstBody;
struct AstBody {
    AstNode node; /* AST_BODY_… */
    union {
        AstSql *sql;   /* BODY_SQL: a query */
        AstExpr *call; /* BODY_CALL: EXPR_CALL; `external(…)`, `csv(…)`, a task, a check */
        struct {
            AstExpr *command; /* EXPR_STRING */
            AstName *format;  /* plain; NULL: not written */
        } exec;
        AstSqls script;  /* BODY_SCRIPT: its statements, empty ones left out */
        AstExpr *c_file; /* BODY_C: EXPR_STRING */
    } as;
};

/* ---- clauses ---- */

typedef enum AstPlace {
    AST_ON_TABLE = 1 << 0,
    AST_ON_VIEW = 1 << 1,
    AST_ON_HISTORY = 1 << 2,
    AST_ON_STAGE = 1 << 3,
    AST_ON_TASK = 1 << 4,
    AST_ON_CHECK = 1 << 5,
    AST_ON_EXPOSURE = 1 << 6,
    AST_ON_CONTRACT = 1 << 7,
    AST_ON_COLUMN = 1 << 8,
    AST_ON_ANY = (1 << 7) - 1, /* all but contracts and their columns */
    AST_ONCE = 1 << 9
} AstPlace;

typedef enum AstClauseKind {
#define CLAUSE(id, words, places) AST_CLAUSE_##id,
#include "compiler/ast/clauses.def"
#undef CLAUSE
    AST_CLAUSE_COUNT
} AstClauseKind;

typedef enum AstCacheKind {
    AST_CACHE_EXPR,  /* `value`: any other expression */
    AST_CACHE_FILE,  /* `value`: the call file(…) */
    AST_CACHE_SHELL, /* `value`: the call shell(…) */
    AST_CACHE_QUERY, /* `sql` */
    AST_CACHE_ALWAYS,
    AST_CACHE_NEVER
} AstCacheKind;

typedef enum AstViolation {
    AST_VIOLATION_FAIL,
    AST_VIOLATION_WARN,
    AST_VIOLATION_REJECT
} AstViolation;

typedef enum AstIncrementalMode {
    AST_INCREMENTAL_BY,    /* columns (1), lookback, batch */
    AST_INCREMENTAL_MERGE, /* columns: the key */
    AST_INCREMENTAL_APPEND
} AstIncrementalMode;

/** `k 'v'` in `meta ( … )`. */
typedef struct AstMeta AstMeta;
struct AstMeta {
    AstName *key;
    AstExpr *value;
};

/** One clause. Which members count is said by `what`; the others are zero. */
struct AstClause {
    AstNode node;
    AstClauseKind what;
    bool
        warn_only; /* `warn` before PRIMARY_KEY, UNIQUE, NOT_NULL, CHECK, FOREIGN_KEY, REFERENCES */
    bool enforced; /* `enforced` after one of them */

    /* Names of columns may have holes. PRIMARY_KEY, UNIQUE, NOT_NULL, FOREIGN_KEY, KEY,
     * INCREMENTAL; UPDATED_AT (1). INDEX and a HISTORY's CHECK where plain names stand in the
     * brackets. Empty on a contract's column: that column. */
    AstNames columns;
    AstSql
        *sql; /* CHECK, INDEX: what stands in the brackets, always; CACHE_BY with AST_CACHE_QUERY */
    AstQname *target;        /* FOREIGN_KEY, REFERENCES */
    AstNames target_columns; /* may be empty: its primary key */
    AstQnames tables;        /* AFTER, READS */
    AstExpr *value;          /* VERSION, RETRIES, TIMEOUT, OWNER, FAILS_ABOVE, URL, CACHE_BY */
    AstNames names;          /* TAGS (a string counts as a quoted name), GRANT: roles */
    VEC(AstMeta) meta;       /* META */
    AstCacheKind cache;      /* CACHE_BY */
    AstViolation violation;  /* ON_VIOLATION */
    AstIncrementalMode mode; /* INCREMENTAL */
    AstExpr *lookback;       /* INCREMENTAL; NULL: not written */
    AstExpr *batch;          /* INCREMENTAL; NULL: not written */
    AstExpr *warn_after;     /* FRESHNESS; NULL: not written */
    AstExpr *fail_after;     /* FRESHNESS; NULL: not written */
    AstName *by;             /* FRESHNESS; NULL: not written */
};

/* ---- declarations ---- */

/** Head of all declarations. */
typedef struct AstDecl AstDecl;
struct AstDecl {
    AstNode node;
    AstName *name;   /* NULL: this kind has none */
    const char *doc; /* text of the `--- ` lines above or behind, joined by newlines; NULL: none */
};
typedef VEC(AstDecl *) AstDecls;

/** `flow NAME;` */
typedef struct AstFlow AstFlow;
struct AstFlow {
    AstDecl decl;
};

/** `name type [default v];` in `attrs`. */
typedef struct AstAttr AstAttr;
struct AstAttr {
    AstDecl decl;
    AstType *type;
    AstExpr *value; /* NULL: no default */
};
typedef VEC(AstAttr *) AstAttrList;

typedef struct AstAttrs AstAttrs;
struct AstAttrs {
    AstDecl decl; /* no name */
    AstAttrList attrs;
};

typedef struct AstConst AstConst;
struct AstConst {
    AstDecl decl;
    AstExpr *value;
};

/** `use std.x;` or `use 'glob';` */
typedef struct AstUse AstUse;
struct AstUse {
    AstDecl decl;    /* no name */
    AstNames module; /* std, checks; empty if `path` is set */
    AstExpr *path;   /* EXPR_STRING, or NULL */
};

/** A column of a contract. */
typedef struct AstColumn AstColumn;
struct AstColumn {
    AstDecl decl;
    AstType *type;
    AstClauses clauses;
};
typedef VEC(AstColumn *) AstColumns;

typedef struct AstContract AstContract;
struct AstContract {
    AstDecl decl;
    AstName *extends; /* NULL: none */
    AstColumns columns;
    AstClauses clauses; /* those in the list that stand by themselves, then `on violation` */
};

typedef struct AstParam AstParam;
struct AstParam {
    AstDecl decl; /* no doc */
    AstType *type;
};
typedef VEC(AstParam *) AstParams;

/** `on postgres as EXPR`; the first one of a function may be for all engines. */
typedef struct AstVariant AstVariant;
struct AstVariant {
    Span span;
    AstName *engine; /* NULL: for any engine that has no own one */
    AstSql *sql;     /* an SQL expression */
};

typedef struct AstFunction AstFunction;
struct AstFunction {
    AstDecl decl;
    AstParams params;
    AstType *returns;         /* NULL: not written */
    VEC(AstVariant) variants; /* at least one */
};

typedef enum AstReturns { AST_RETURNS_TABLE, AST_RETURNS_TABLES, AST_RETURNS_BLOB } AstReturns;

typedef struct AstTask AstTask;
struct AstTask {
    AstDecl decl;
    AstParams params;
    AstReturns returns; /* TABLE also where nothing is written */
    AstNames outputs;   /* TABLES: the names in brackets */
    AstClauses clauses;
    AstBody *body;
};

typedef struct AstStage AstStage;
struct AstStage {
    AstDecl decl;
    AstClauses clauses;
    AstDecls items; /* INPUT TABLE VIEW HISTORY CHECK EXPOSURE HOOK IF FOR */
};

/** `input { … }` */
typedef struct AstInput AstInput;
struct AstInput {
    AstDecl decl;   /* no name */
    AstDecls items; /* TABLE VIEW HISTORY IF FOR */
};

/** `table A[, B] [of CONTRACT] clauses as BODY;` */
typedef struct AstTable AstTable;
struct AstTable {
    AstDecl decl;      /* its name is names.items[0] */
    AstNames names;    /* more than one: the outputs of a task, in order */
    AstName *contract; /* NULL: none */
    AstClauses clauses;
    AstBody *body;
};

typedef struct AstView AstView;
struct AstView {
    AstDecl decl;
    AstName *contract; /* NULL: none */
    AstClauses clauses;
    AstBody *body; /* SQL or CALL */
};

/** `history NAME of T key (c) …;` */
typedef struct AstHistory AstHistory;
struct AstHistory {
    AstDecl decl;
    AstQname *of;
    AstClauses clauses;
};

/** `check NAME as SQL | CALL;`, `warn NAME as …;`, and in the file `check NAME(params) as SQL;`. */
typedef struct AstCheck AstCheck;
struct AstCheck {
    AstDecl decl;
    bool warn_only;
    bool has_params; /* a data test with parameters, of the file */
    AstParams params;
    AstClauses clauses;
    AstBody *body;
};

typedef struct AstExposure AstExposure;
struct AstExposure {
    AstDecl decl;
    AstClauses clauses;
};

/** `setup script { … }`, `after publish script { … }` */
typedef struct AstHook AstHook;
struct AstHook {
    AstDecl decl; /* no name */
    bool after_publish;
    AstBody *body; /* SCRIPT */
};

typedef struct AstIf AstIf;
struct AstIf {
    AstDecl decl; /* no name */
    AstExpr *condition;
    AstDecls then_items;
    bool has_else;
    AstDecls else_items; /* `else if` is one item, an AstIf */
};

typedef struct AstFor AstFor;
struct AstFor {
    AstDecl decl;  /* no name */
    AstNames vars; /* plain */
    bool tuple;    /* `for (a, b)` */
    AstExpr *list;
    AstDecls items;
};

/* ---- copy ---- */

typedef enum AstRuleKind {
#define COPY_RULE(id, words) AST_RULE_##id,
#include "compiler/ast/rules.def"
#undef COPY_RULE
    AST_RULE_COUNT
} AstRuleKind;

typedef enum AstMaskKind { AST_MASK_HASH, AST_MASK_NULL, AST_MASK_FAKE, AST_MASK_EXPR } AstMaskKind;

/** One rule. Which members count is said by `what`; the others are zero. */
typedef struct AstRule AstRule;
struct AstRule {
    AstNode node;
    AstRuleKind what;
    AstExpr *amount;   /* LIMIT, SAMPLE_PERCENT, SAMPLE_ROWS, SAMPLE_BYTES, AT_LEAST; WINDOW: the
                          interval; FOLLOW: `up N` or NULL */
    double unit_bytes; /* SAMPLE_BYTES: bytes of one unit (GB: 1e9) */
    AstSql *condition; /* WHERE, CERTAIN, PLUS_WHERE */
    AstNames columns;  /* AT_LEAST, COVER_…, BREAK; WINDOW, MASK (1); SAMPLE_PERCENT: `by`, may be
                          empty */
    AstQnames tables;  /* FOLLOW; BREAK: the table referred to, may be empty */
    bool any_of;       /* FOLLOW a or b (else: a and b) */
    bool all;          /* FOLLOW … all */
    AstMaskKind mask;  /* MASK */
    AstExpr *text;     /* EXPR_STRING: MASK with an SQL expression; PLUS_KEYS: the file */
};
typedef VEC(AstRule *) AstRules;

typedef enum AstCopyTarget { AST_COPY_TABLE, AST_COPY_ENTITY, AST_COPY_REST } AstCopyTarget;

/** `what: rule, rule;` */
typedef struct AstCopyLine AstCopyLine;
struct AstCopyLine {
    AstNode node;
    Span target_span;
    AstCopyTarget target;
    AstQname *table; /* TABLE */
    AstNames entity; /* ENTITY */
    AstRules rules;
};

typedef struct AstCopy AstCopy;
struct AstCopy {
    AstDecl decl; /* no name */
    AstExpr *source;
    AstExpr *per_user; /* NULL: not written */
    AstExpr *when;
    VEC(AstCopyLine *) lines;
};

/* ---- tests ---- */

/** `attr = v` */
typedef struct AstSetting AstSetting;
struct AstSetting {
    AstNode node;
    AstName *name;
    AstExpr *value;
};

/** `given TABLE [(columns)] QUERY;` */
typedef struct AstGiven AstGiven;
struct AstGiven {
    AstNode node;
    AstQname *table;
    AstNames columns; /* may be empty: all, in order */
    AstBody *body;    /* SQL or CALL */
};

/** `expect TABLE [(columns)] QUERY;` or `expect error 'pattern';` */
typedef struct AstExpect AstExpect;
struct AstExpect {
    AstNode node;
    AstExpr *error; /* EXPR_STRING; then the others are not set. NULL: a table is compared */
    AstQname *table;
    AstNames columns;
    AstBody *body;
};

typedef struct AstTest AstTest;
struct AstTest {
    AstDecl decl;   /* no name */
    AstExpr *title; /* EXPR_STRING */
    VEC(AstSetting *) settings;
    AstExpr *at; /* NULL: not written */
    VEC(AstGiven *) givens;
    VEC(AstExpect *) expects;
};

/** `rule 'title' [warn] as QUERY;`: each row is a table that breaks it. */
typedef struct AstPolicy AstPolicy;
struct AstPolicy {
    AstDecl decl;   /* no name */
    AstExpr *title; /* EXPR_STRING */
    bool warn_only;
    AstBody *body;
};

/* ---- the file ---- */

typedef struct AstComment AstComment;
struct AstComment {
    Span span;   /* from its dashes or its opening slash to its end, without the newline */
    bool is_doc; /* `--- ` */
    bool in_sql; /* also part of a text piece */
};

typedef struct AstFile AstFile;
struct AstFile {
    const SourceFile *source;
    AstDecls decls; /* FLOW ATTRS CONST USE CONTRACT FUNCTION TASK CHECK (with params) STAGE COPY
                       TEST POLICY */
    VEC(AstComment) comments; /* in order */
};

/* ---- helpers ---- */

/** The kind's word in dumps: "table". */
const char *ast_kind_name(AstKind kind);
/** `primary key` */
const char *ast_clause_words(AstClauseKind what);
/** AST_ON_… bits of the places where a clause may stand, and AST_ONCE. */
unsigned ast_clause_places(AstClauseKind what);
/** `sample percent` */
const char *ast_rule_words(AstRuleKind what);
/** `not in` */
const char *ast_operator_text(AstOperator op);
/** The SQL text that joins the repetitions, with the blanks around it: ` union all `. */
const char *ast_join_text(AstJoin join);

/** The clause of kind `what` that was written first, or NULL. */
const AstClause *ast_find_clause(const AstClauses *clauses, AstClauseKind what);

/** Whether the node is a declaration, that is, begins with an AstDecl. */
bool ast_is_decl(const AstNode *node);

#endif
