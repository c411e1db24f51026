/**
 * Outline: which parts of a query's result can change without the others.
 *
 * A table that another one is made of may get a further column, or another expression in one, while
 * the rows and the other columns stay what they were; who reads only those need not be made again.
 * So a query is cut into the items of its select list and the rest, which says what rows there are.
 *
 * What is found is right or missing, never wrong:
 *
 * - What a query may use of what it reads is every name in it, whatever it refers to. Where columns
 *   are used without their names (`*`, whole rows, natural joins, renaming by position) it uses
 * all.
 * - A query has parts only if each column is settled by its expression and the rows that it reads:
 *   no `distinct`, no set operation but `union all`, no `limit`, and no function that could give
 *   another value, or several, for the same arguments (steady.def).
 * - A part that names an output of the query may mean it; then it counts that output as its own
 *   part. So does what is grouped by the number of a column.
 */
#ifndef PDC_SQL_OUTLINE_PRIV_H
#define PDC_SQL_OUTLINE_PRIV_H

#include "compiler/sql/job_priv.h"
#include "compiler/sql/json.h"
#include "runtime/base/map.h"
#include "runtime/base/str.h"

/** Puts the outline of libpg_query's tree, which was walked, into the job. Linear but for outputs
 * that name each other. */
void outline_postgres_tree(SqlJob *job, const JsonDoc *doc);

/** An item of the select list: of each branch of a `union all` one. */
typedef struct OutlineItem OutlineItem;
struct OutlineItem {
    size_t first; /* words, alias included */
    size_t end;
    size_t expression_end; /* without alias */
};

/** What a part names: all, and of these what stands without a table in front, so that it may be an
 * output of the query itself. */
typedef struct OutlineNames OutlineNames;
struct OutlineNames {
    Map *all;
    Map *free;
};

/** An output column in the making. */
typedef struct OutlineOutput OutlineOutput;
struct OutlineOutput {
    const char *name;
    bool is_plain; /* nothing but `name`: that means the same wherever it stands in the query */
    VEC(OutlineItem) items;
    Str canon;
    OutlineNames names;
    size_t stamp; /* of the part that took it last: see Needs */
};

typedef struct Outliner Outliner;
struct Outliner {
    SqlJob *job;
    const JsonDoc *doc;
    Arena *arena; /* ends with the job */
    SqlOutline *outline;
    Map *relations;       /* names that a `from` or `with` gives to rows */
    VEC(uint32_t) leaves; /* the selects of a `union all` */
    VEC(OutlineOutput) outputs;
    Map *by_name;           /* what isn't plain, by its name in lower case */
    VEC(OutlineItem) lists; /* per leaf: from the first item to the last */
    bool is_steady;
    size_t n_stamps;
};

/* ---- outline.c ---- */

/** The last of a row of `{"String": …}`; NULL behind a star. */
const char *outline_last_name(const Outliner *o, uint32_t names);
OutlineNames outline_names_new(const Outliner *o);
/** Adds a word, if it may be a column. */
void outline_add_word(const Outliner *o, size_t i, const OutlineNames *names);

/* ---- outline_parts.c ---- */

/** Cuts the query, which has nothing in it that stands against parts, if its select lists allow. */
void outline_make_parts(Outliner *o, uint32_t select);

#endif
