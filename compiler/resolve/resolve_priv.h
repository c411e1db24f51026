/**
 * What the files of resolve/ share.
 */
#ifndef PDC_RESOLVE_PRIV_H
#define PDC_RESOLVE_PRIV_H

#include "compiler/resolve/model.h"
#include "compiler/sql/analyze.h"
#include "runtime/base/str.h"
#include "runtime/base/vec.h"
#include "runtime/flow/type.h"

/** A stage with all the places where it was opened. */
typedef struct StageSymbol StageSymbol;
struct StageSymbol {
    const char *name;
    VEC(const AstStage *) parts;
    Map *tables; /* plain names of tables and views, in any branch, to the AstNode that declares
                    them */
    bool has_templates; /* `revenue_${r}`: more tables than `tables` tells */
};

/** A task, or a check with parameters. */
typedef struct TaskSymbol TaskSymbol;
struct TaskSymbol {
    const AstDecl *decl; /* AstTask or AstCheck */
    const AstParams *params;
    const AstBody *body;
    const AstClauses *clauses;
    const AstNames *outputs; /* NULL: one table */
    bool is_check;
    PdcTask *made;
};

typedef struct ContractSymbol ContractSymbol;
typedef struct FunctionSymbol FunctionSymbol;
typedef struct Resolver Resolver;
struct Resolver {
    const ModelInput *input;
    Arena *arena;
    Diags *diags;
    Map *attrs;                /* name to AstAttr */
    Map *consts;               /* name to AstConst */
    Map *tasks;                /* name to TaskSymbol */
    Map *contracts;            /* name to ContractSymbol */
    Map *functions;            /* name to FunctionSymbol */
    Map *stages;               /* name to StageSymbol */
    Map *const_states;         /* name to a mark: being lowered, done, failed */
    VEC(PdcConst) made_consts; /* become unit->consts */
    Map *words; /* with input->incomplete: every word of the files, since any may be a lost
                   declaration */
    SqlAnalyzer *analyzer;
    Arena *scratch;   /* what queries say, while they are bound */
    size_t n_binding; /* queries that are being bound, one in the other */
    Map *doubts;      /* becomes Model.doubts */
    PdcFlow *unit;
    Model *model;
};

/** A name that expressions see: a parameter or a loop variable. */
typedef struct Scope Scope;
struct Scope {
    const Scope *parent;
    const char *name;
    PdcType type;   /* of a loop variable: TEXT unless it runs over columns */
    bool is_column; /* type is COLUMN */
    Span span;
};

/** The tables of a script, by name, as its statements are read one after the other. */
typedef struct Script Script;
struct Script {
    Map *created;   /* outputs */
    Map *temporary; /* known to the script alone */
};

/** Where something is lowered: what names mean there. */
typedef struct Place Place;
struct Place {
    const Scope *scope;
    SqlDialect only; /* SQL_USE_BODY: the dialect of this body, if `one_dialect` */
    bool one_dialect;
    const AstParams *params;     /* in the body of a function: what its columns are */
    const PdcContract *contract; /* of the table whose query it is: bare values take its names */
    size_t *ret_n_values; /* where not NULL: gets the columns of bare values; 0: another query */
    const StageSymbol *stage; /* NULL in a task: tables there need their stage */
    const AstPieces *bare;   /* the body of a check: its parameters stand in it without `${}` too */
    Script *script;          /* in a script: `${out.a}` is known; else NULL */
    const AstNames *outputs; /* what a script would make here; NULL: none can stand here */
};

/* ---- spans, names ---- */

PdcSpan span_lower(Resolver *r, Span span);
/** A plain name as it was declared or named; a name with holes as parts. */
bool name_lower(Resolver *r, const AstName *name, const Place *place, PdcName *ret_name);
PdcName name_plain(Resolver *r, const char *text);
bool relation_lower(Resolver *r, const AstQname *qname, const Place *place,
                    PdcRelation *ret_relation);
/** The plain names of a list of columns. */
const char *const *names_lower(Resolver *r, const AstNames *names, size_t *ret_n);
const Scope *scope_push(Resolver *r, const Scope *parent, const char *name, PdcType type,
                        Span span);
const Scope *scope_lookup(const Scope *scope, const char *name);

/* ---- expressions ---- */

/** What an expression is wanted for. */
typedef enum ExprWant {
    WANT_VALUE,
    WANT_LIST,     /* `(x)` is a list of one */
    WANT_HOLE,     /* a bare name may be a table of the stage, if there is one */
    WANT_ARGUMENT, /* a bare name that is nothing else is a table */
    WANT_COLUMN,   /* a bare name is a column's */
    WANT_INSTANCE  /* a bare name is an instance's */
} ExprWant;

/** @return NULL with a message */
const PdcExpr *expr_lower(Resolver *r, const AstExpr *expr, ExprWant want, const Place *place);
PdcExpr *expr_new(Resolver *r, PdcExprKind kind, Span span);
PdcExpr *expr_text(Resolver *r, const char *text, Span span);
/** The type that a value will have, as far as it can be told; TEXT where not. */
PdcType expr_type(Resolver *r, const PdcExpr *expr, const Scope *scope);
/** Lowers a constant before it is first used, so that unit->consts is in order. @return false after
 * a message */
bool const_require(Resolver *r, const char *name, Span user);
/** The constant text of a literal, or NULL with a message naming what it is for. */
const char *expr_literal_text(Resolver *r, const AstExpr *expr, const char *what);
/** The scope inside a loop over `list`. */
const Scope *loop_scope(Resolver *r, const AstNames *variables, const PdcExpr *list,
                        const Scope *scope, const char *const **ret_variables);

/* ---- SQL ---- */

/** Reads the argument of a call inside SQL: bytes [start, end) of `text`. @return NULL where it is
 * more than a table or a literal */
AstExpr *argument_parse(Resolver *r, const char *text, size_t start, size_t end, Span span);

typedef enum SqlUse {
    SQL_USE_QUERY,     /* a table's, a check's, a task's */
    SQL_USE_CONDITION, /* in brackets, or after `where` of a copy rule */
    SQL_USE_LIST,      /* `index (lower(a), b)` */
    SQL_USE_CACHE, /* `cache by (select …)`: tables that the flow lacks belong to the database */
    SQL_USE_STATEMENT, /* of a script */
    SQL_USE_BODY       /* of a function: `only` names the dialect */
} SqlUse;

/** What a query showed besides its tables. */
typedef struct QueryFacts QueryFacts;
struct QueryFacts {
    const char
        *volatile_function; /* first function whose result changes from run to run, or NULL */
    Span volatile_span;
};

/** Lowers an island, binds its tables. @return NULL with a message */
const PdcQuery *query_lower(Resolver *r, const AstSql *sql, SqlUse use, const Place *place,
                            QueryFacts *ret_facts);
/** Lowers an SQL expression that is the text of the literal at `span`. @return NULL with a message
 */
const PdcQuery *query_lower_literal(Resolver *r, Span span, const Place *place);
/** Lowers the statements of a script to one query, in which SCRIPT_SEPARATOR stands between them.
 * @return NULL with a message */
const PdcQuery *script_lower(Resolver *r, const AstBody *body, const Place *place,
                             QueryFacts *ret_facts);
/** Pieces without bound tables: the first half of query_lower(). */
bool pieces_lower(Resolver *r, const AstPieces *pieces, const Place *place, PdcPieces *ret_pieces);
/** A text piece for these bytes of a file, with its canonical form. */
PdcPiece text_piece(Resolver *r, PdcSpan at);
/** The end of `current_date` (or `today()`) where that begins at `offset`, behind the word or sign
 * `previous` (NULL: another one than `as` and `.`); 0: it doesn't. */
size_t today_end(const char *text, size_t length, size_t offset, const char *previous);
/* ---- declarations ---- */

/** Fills the symbol tables; duplicates are reported. */
void symbols_declare(Resolver *r);
/** Reports an unknown table; `written` is as the user wrote it. Says nothing where it may be a lost
 * declaration. */
void report_unknown_table(Resolver *r, Span span, const char *written, const StageSymbol *stage);
/** Whether a table of that plain name may exist in some instance. */
bool table_may_exist(Resolver *r, const StageSymbol *stage, const char *stage_name,
                     const char *name);
/** "did you mean …?" among the keys of a map. */
void hint_nearest(Resolver *r, const char *word, const Map *known);
/** Whether an unknown name may have been declared in what could not be read; where whole files are
 * lost, that is any name that is near none of the `known`. */
bool may_be_lost(Resolver *r, const char *name, const Map *known);

bool clauses_lower(Resolver *r, const AstClauses *clauses, const AstClauses *defaults,
                   const Place *place, PdcClauses *ret_clauses);
/** @return NULL with a message */
const PdcBody *body_lower(Resolver *r, const AstBody *body, const Place *place, bool is_view,
                          QueryFacts *ret_facts);
/* ---- contracts ---- */

void contract_declare(Resolver *r, const AstContract *contract);
/** @return NULL with a message */
ContractSymbol *contract_find(Resolver *r, const AstName *name);
/** The contract that a table names. @return NULL with a message, now or earlier */
const PdcContract *contract_require(Resolver *r, const AstName *name);
/** Reports clauses about columns that the contract lacks. */
bool contract_check_clauses(Resolver *r, const PdcContract *contract, const PdcClauses *clauses);
/** The type of a column, a function's parameter or its result. @return false with a message */
bool column_type_lower(Resolver *r, const AstType *type, PdcColumnType *ret_type);
/** Before tables. */
void contracts_lower(Resolver *r);

/* ---- functions ---- */

void function_declare(Resolver *r, const AstFunction *function);
/** @return NULL without a message where the name is none of the flow's functions */
FunctionSymbol *function_find(const Resolver *r, const char *name);
const AstFunction *function_declaration(const FunctionSymbol *symbol);
/** The body as pieces; a parameter is a piece of kind OUTPUT with its name as text. `user` is where
 * it is called. @return NULL with a message, now or earlier */
const PdcPieces *function_require(Resolver *r, FunctionSymbol *symbol, Span user,
                                  bool *ret_uses_date, QueryFacts *facts);
void functions_lower(Resolver *r);

void attrs_lower(Resolver *r);
void tasks_lower(Resolver *r);
void stages_lower(Resolver *r);
void copies_lower(Resolver *r);
void tests_lower(Resolver *r);
/** Fills Model.rules. */
void rules_lower(Resolver *r);

/** Refuses what the language has and this version has not built: by name, at its line. */
void refuse(Resolver *r, Span span, const char *what);

#endif
