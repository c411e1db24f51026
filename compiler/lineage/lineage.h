/**
 * Lineage: where the columns of a query's result come from.
 *
 * In:   the text of one query, and for each table that it names the columns, as far as they are
 * known. Out:  for each output column the columns of tables that it is made of, and the columns
 * that decide which rows there are.
 *
 * The engine's own parser reads the text (compiler/sql); the names in its tree are bound here, by
 * the scope rules of SQL. What can't be known (the columns of an external table, a function of the
 * user that returns rows) widens the answer to "some column of these tables", and is never an
 * error. The answer may name too much, never too little: a column that it leaves out can be changed
 * without changing the result (tests/unit/compiler/lineage/test_property.c).
 */
#ifndef PDC_LINEAGE_LINEAGE_H
#define PDC_LINEAGE_LINEAGE_H

#include "compiler/sql/analyze.h"

/** How a result depends on a column; a column may be used in several ways. */
typedef enum LineageKind {
    LINEAGE_COPIED = 1,   /* the value itself, as it is */
    LINEAGE_COMPUTED = 2, /* the value is a part of an expression or aggregate */
    LINEAGE_FILTERED = 4, /* it decides which rows there are, or which rows a value is made of */
    LINEAGE_SURE = 8      /* else: perhaps, since columns are not known */
} LineageKind;

/** A column of a table that the query reads. */
typedef struct LineageSource LineageSource;
struct LineageSource {
    const char *schema; /* as the query has it, or NULL */
    const char *table;
    const char *column; /* NULL: some columns, nobody knows which */
    unsigned kinds;     /* of LineageKind, or-ed */
};

typedef struct LineageSources LineageSources;
struct LineageSources {
    const LineageSource *items; /* in the order of their names */
    size_t n;
};

typedef struct LineageOutput LineageOutput;
struct LineageOutput {
    const char *name; /* NULL: the engine makes one up */
    bool is_open;     /* stands for any number of columns, which nobody knows */
    LineageSources sources;
};

typedef struct LineageFacts LineageFacts;
struct LineageFacts {
    const LineageOutput *outputs;
    size_t n_outputs;
    LineageSources filters; /* of all rows: where, on, using, group by, having, distinct, limit … */
    bool gave_up; /* too deep or too large: outputs are open, everything may come from everything */
};

/** What is known of a table that a query names. */
typedef struct LineageTable LineageTable;
struct LineageTable {
    const char *const *columns;
    size_t n_columns;
    bool is_known; /* these are all its columns; else nothing is known of them */
};

/** Says what is known of a table; `schema` may be NULL. Texts must live as long as the facts. */
typedef LineageTable (*LineageLookup)(void *user, const char *schema, const char *name);

typedef struct LineageQuestion LineageQuestion;
struct LineageQuestion {
    const char *text;
    size_t length;
    SqlDialect dialect;
    LineageLookup lookup;
    void *user;
    bool order_counts; /* the outermost `order by` counts, too, as in a view that others read */
};

/**
 * Analyzes one query. Not recursive in the length of expressions, bounded in everything else: what
 * goes past the bounds is given up (`gave_up`).
 * @param ret_facts   in `arena`; set on success only
 * @param ret_problem set on failure only
 * @return 0, or -1: the text is no query of the dialect
 */
MUST_CHECK int lineage_of_query(SqlAnalyzer *analyzer, const LineageQuestion *question,
                                Arena *arena, LineageFacts **ret_facts, SqlProblem *ret_problem);

#endif
