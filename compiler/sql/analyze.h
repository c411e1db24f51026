/**
 * Analyze: what one query reads and calls, with the places of all of it in the query's text.
 *
 * In:   the text of one query, or of one expression, with nothing left to interpolate.
 * Out:  facts for the resolver, which binds the names and cuts the text into pieces; or one problem
 * with its place.
 *
 * The engine's own grammar decides what the text means. PostgreSQL: libpg_query. DuckDB:
 * libpg_query as well, since nearly all of DuckDB's SQL is PostgreSQL's and it needs no library to
 * be loaded; DuckDB's own parser for what libpg_query refuses (`from t`, `group by all`, lambdas)
 * or would misread (`asof join`).
 *
 * All places are byte offsets in the text that was given. One analyzer serves one thread;
 * libpg_query diverts the process's standard error while it parses, so no two threads may analyze
 * at once.
 */
#ifndef PDC_SQL_ANALYZE_H
#define PDC_SQL_ANALYZE_H

#include "runtime/base/arena.h"
#include "runtime/base/macros.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum SqlDialect { SQL_POSTGRES, SQL_DUCKDB } SqlDialect;

#define SQL_NONE ((size_t)-1) /* no such index or place */

/** Bytes from `start` up to, not including, `end`. */
typedef struct SqlRange SqlRange;
struct SqlRange {
    size_t start;
    size_t end;
};

/**
 * A name in a `from` (or behind `table`) that is no CTE visible there. A name with a schema never
 * is one. Names are as the language has them: folded to lower case, `"quoted"` ones kept.
 */
typedef struct SqlRelation SqlRelation;
struct SqlRelation {
    const char *catalog; /* of catalog.schema.name, else NULL */
    const char *schema;  /* or NULL */
    const char *name;
    SqlRange place; /* of the whole dotted name, as it is to be replaced */
    const char *
        alias; /* or NULL: then ` as NAME` must be put in at `alias_at` when the name is replaced */
    size_t alias_at;
    bool takes_no_alias; /* `table t`, `describe t`: none can stand there */
    bool is_function;    /* NAME(…): a table function of the engine, or a task */
    size_t call_end;     /* functions: behind the closing bracket; else place.end */
    SqlRange
        *arguments; /* functions: the texts between the commas, without white space around them */
    size_t n_arguments;
    size_t scope; /* index of the select it stands in */
};

/**
 * The prefix `schema.` (or `catalog.schema.`) of a column reference `schema.table.column` or
 * `schema.table.*`, which must go when the relation is replaced, since only its alias is left then.
 *
 * `relation` is the relation meant, the innermost one that fits, or SQL_NONE (PostgreSQL will
 * refuse the query). If that relation was written without a schema, whether it lies in this one is
 * for the resolver to see; if it does not, then on DuckDB this is no prefix but a field of a
 * struct, and stays.
 */
typedef struct SqlQualifier SqlQualifier;
struct SqlQualifier {
    const char *schema;
    const char *table;
    SqlRange place;       /* up to the table's name: deleting it leaves `table.column` */
    SqlRange table_place; /* of the table's name, which follows */
    size_t relation;
};

/** A function called anywhere, table functions included; also those without brackets
 * (current_timestamp). */
typedef struct SqlFunction SqlFunction;
struct SqlFunction {
    const char *schema; /* or NULL */
    const char *name;
    SqlRange place;      /* of the name */
    size_t call_end;     /* behind the closing bracket; SQL_NONE: no brackets follow the name */
    SqlRange *arguments; /* the texts between the commas, without white space around them */
    size_t n_arguments;
    const char *extra; /* what only calls of the engine's own functions can have: "over", "filter",
                          "distinct", "*" …; or NULL */
    size_t scope;      /* index of the select it stands in */
};

/** A reference to a column: `amount`, `o.amount`, `o.*`. A lambda's parameter looks like one. */
typedef struct SqlColumn SqlColumn;
struct SqlColumn {
    const char *first; /* its first part, as the language has names */
    size_t n_parts;
    SqlRange place; /* of the first part */
    size_t scope;   /* index of the select it stands in */
};

/** A column of the outermost select list. */
typedef struct SqlOutput SqlOutput;
struct SqlOutput {
    const char *name;  /* where it is evident: an alias or a plain column; else NULL */
    bool is_star;      /* `*`, `t.*`, `columns(…)`: any number of columns */
    const char *table; /* a plain column or `t.*` with a table: what is written before the last dot,
                          else NULL */
    const char *column; /* a plain column: its name, else NULL */
    SqlRange place;     /* of the whole item, alias included; SQL_NONE where it isn't written */
};

/** A select, or a set operation; the outermost is number 0. CTEs count as inside of what they are
 * written in. */
typedef struct SqlScope SqlScope;
struct SqlScope {
    size_t parent; /* SQL_NONE: outermost */
};

typedef enum SqlStatement { SQL_STATEMENT_SELECT, SQL_STATEMENT_VALUES } SqlStatement;

/** The table that a statement creates, fills or changes; none of the relations. */
typedef struct SqlTarget SqlTarget;
struct SqlTarget {
    const char *schema; /* or NULL */
    const char *name;   /* NULL: the text is a query */
    SqlRange place;     /* of the whole dotted name */
    bool is_created;
    bool is_temporary; /* created for the session */
};

typedef enum SqlLintKind {
#define SQL_LINT(id, engines) SQL_LINT_##id,
#include "compiler/sql/lints.def"
#undef SQL_LINT
    SQL_LINT_COUNT
} SqlLintKind;

/** What is allowed and seldom meant; whether it matters may depend on the tables. */
typedef struct SqlLint SqlLint;
struct SqlLint {
    SqlLintKind kind;
    SqlRange place;
    const char *name;     /* of the function, operator, type, table or column; "" where none is */
    const char *instead;  /* what would be right in this place, or NULL */
    size_t relation;      /* the only table of its select, or SQL_NONE */
    const char **columns; /* …_TIES: of that table */
    size_t n_columns;
    SqlRange operands[2];
    size_t n_operands;
};

/** A part of a query that can change by itself; see outline_priv.h. */
typedef struct SqlPart SqlPart;
struct SqlPart {
    const char *name; /* of a column as the language has names, or of a clause; of the rows: NULL */
    const char *digest; /* of what is written, layout aside */
    SqlRange *ranges;   /* where it is written */
    size_t n_ranges;
    const char **names; /* in lower case: what may be a column in it */
    size_t n_names;
};

/** What a query uses of what it reads, and which parts its result has. */
typedef struct SqlOutline SqlOutline;
struct SqlOutline {
    bool exists;   /* libpg_query has read the text, as a query */
    bool uses_all; /* `*`, whole rows: all columns of what it reads count */
    bool has_parts;
    const char **names; /* in lower case: every word that may be a column */
    size_t n_names;
    SqlPart rows;     /* which rows there are, and how often */
    SqlPart *columns; /* one an output column, in order */
    size_t n_columns;
    SqlPart *clauses; /* what `rows` is made of, for messages: no ranges, no names */
    size_t n_clauses;
};

/** All lists are in the order of the text. */
typedef struct SqlFacts SqlFacts;
struct SqlFacts {
    SqlStatement statement;
    SqlTarget target;
    SqlRelation *relations;
    size_t n_relations;
    SqlQualifier *qualifiers;
    size_t n_qualifiers;
    SqlFunction *functions;
    size_t n_functions;
    SqlColumn *columns; /* a plain `*` is none */
    size_t n_columns;
    SqlOutput *outputs; /* of an expression: none */
    size_t n_outputs;
    SqlScope *scopes;
    size_t n_scopes;
    const char **ctes; /* their names, wherever they can be seen; some twice */
    size_t n_ctes;
    SqlLint *lints; /* of queries; DuckDB's own parser gives some kinds only */
    size_t n_lints;
    SqlOutline outline;
    bool uses_current_date; /* current_date, today(), 'today'::date, age(x): the date belongs into
                               the key */
    bool read_by_duckdb;    /* DuckDB's own parser was asked */
};

/** Why a text can't be taken. */
typedef struct SqlProblem SqlProblem;
struct SqlProblem {
    SqlRange place;      /* clipped to the text; may be empty at its end */
    const char *message; /* a sentence without full stop */
    const char *hint;    /* what to do, or NULL */
};

typedef struct SqlAnalyzer SqlAnalyzer;
typedef struct FactsCache FactsCache; /* facts_cache.h */

/** A new analyzer, owned by the caller. libduckdb is loaded when a text first needs it. */
MUST_CHECK SqlAnalyzer *sql_analyzer_new(void);
/** NULL is fine. */
void sql_analyzer_free(SqlAnalyzer *analyzer);
DEFINE_CLEANUP(sql_analyzer_freep, SqlAnalyzer, sql_analyzer_free)
/** Has the sql_analyze…() look there first; NULL: they don't. The facts that they give then point
 * into the cache. */
void sql_analyzer_use_cache(SqlAnalyzer *analyzer, FactsCache *cache);

/**
 * Analyzes one query: `select`, `with`, `values`, `table`, on DuckDB `from`, in brackets or not,
 * without `;`. Statements that change something, `select into`, `for update` and parameters ($1)
 * are problems.
 * @param text        any bytes; need not end with a NUL
 * @param arena       facts and problem are allocated here; they do not point into `text`
 * @param ret_facts   set on success only
 * @param ret_problem set on failure only
 * @return 0, or -1: the user's text can't be taken
 */
MUST_CHECK int sql_analyze(SqlAnalyzer *analyzer, const char *text, size_t length,
                           SqlDialect dialect, Arena *arena, SqlFacts **ret_facts,
                           SqlProblem *ret_problem);

/** As sql_analyze(), for one expression: a condition of `check` or `where`, a function's body. */
MUST_CHECK int sql_analyze_expression(SqlAnalyzer *analyzer, const char *text, size_t length,
                                      SqlDialect dialect, Arena *arena, SqlFacts **ret_facts,
                                      SqlProblem *ret_problem);

/**
 * As sql_analyze(), for one statement of a script: `create [temporary] table`, `insert`, `update`,
 * `delete`, `merge`. What follows `create table … as` and `insert into …` may be a query that only
 * DuckDB reads; the rest is PostgreSQL's SQL on both engines.
 */
MUST_CHECK int sql_analyze_statement(SqlAnalyzer *analyzer, const char *text, size_t length,
                                     SqlDialect dialect, Arena *arena, SqlFacts **ret_facts,
                                     SqlProblem *ret_problem);

#endif
