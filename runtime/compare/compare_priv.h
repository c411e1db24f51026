/**
 * What the files of compare/ share.
 */
#ifndef PDC_COMPARE_COMPARE_PRIV_H
#define PDC_COMPARE_COMPARE_PRIV_H

#include "runtime/base/vec.h"
#include "runtime/compare/compare.h"
#include "runtime/elaborate/flow.h"

/** How a value that nobody is to see is shown. */
#define COMPARE_MASKED "(masked)"

/** One of the two tables. */
typedef struct CompareSide CompareSide;
struct CompareSide {
    const char *instance;
    const char *name; /* of the table, quoted, as SQL */
    const StoreColumn *columns;
    size_t n_columns;
};

/** What is compared, and how: all that a statement is made of. */
typedef struct ComparePlan ComparePlan;
struct ComparePlan {
    CompareSide here;
    CompareSide there;
    CompareColumn *columns; /* those of the result */
    size_t n_columns;
    VEC(CompareColumn *) key;    /* empty: whole rows */
    VEC(CompareColumn *) values; /* the others that are compared */
    bool *has_null;              /* one a column of the key: is it NULL on both sides? */
};

/* ---- columns.c: which columns are compared, and how ---- */

/** What a rule or contract of either instance says of a column. `user` is the caller's. */
typedef struct CompareRules CompareRules;
struct CompareRules {
    bool (*is_hidden)(const void *user, const char *column);
    bool (*is_by_rule)(const void *user, const char *column);
    const void *user;
};

/** Pairs the columns of both sides by name; fills `plan->columns`. `plan->here` and `there` are
 * filled. */
void compare_pair_columns(ComparePlan *plan, const Store *store, const CompareRules *rules,
                          Arena *arena);
/**
 * Makes columns the key. Without names there is none.
 * @return 0, or < 0: ERROR_USAGE for one that is none, ERROR_DATA for one that only one side has,
 * or has in another type
 */
MUST_CHECK int compare_set_key(ComparePlan *plan, const char *const *names, size_t n, Arena *arena,
                               Error *reterr);
/** Names with commas between them; one that has a comma or a quote in it stands in quotes.
 *  @return 0, or < 0 with ERROR_USAGE */
MUST_CHECK int compare_read_key(const char *text, Arena *arena, const char *const **ret_names,
                                size_t *ret_n, Error *reterr);
/** The rest that can be compared is. @return 0, or < 0 with ERROR_DATA if that is nothing */
MUST_CHECK int compare_set_values(ComparePlan *plan, Arena *arena, Error *reterr);

/* ---- sql.c: statements ---- */

/** So many values are counted at a time. PostgreSQL joins rows of 1,664 columns at most, those of
 * both sides together. */
enum { COMPARE_SLICE = 500 };

/** One row: rows, values of the key, values that several rows have, those rows; then for each
 * column of the key whether it is NULL somewhere. */
void compare_key_sql(const ComparePlan *plan, const CompareSide *side, Str *sql);
/** One row: rows only here, only there, in both, in both with a difference; then in how many rows
 * each of COMPARE_SLICE values from number `first` on differs. */
void compare_count_sql(const ComparePlan *plan, size_t first, Str *sql);
/** Keys of rows that only one side has, in their order; `limit` 0: all. */
void compare_single_sql(const ComparePlan *plan, bool here, size_t limit, Str *sql);
/**
 * Rows in which one of `columns` differs: the key, then for each of them whether it differs, its
 * value here, its value there.
 */
void compare_changed_sql(const ComparePlan *plan, CompareColumn *const *columns, size_t n,
                         size_t limit, Str *sql);
/** Whole rows. One row: rows here, there, only here, only there, in both. */
void compare_whole_count_sql(const ComparePlan *plan, Str *sql);
/** Whole rows of which one side has more: the values, then how many copies here and there. */
void compare_whole_single_sql(const ComparePlan *plan, bool here, size_t limit, Str *sql);

/* ---- read.c: what the statements say ---- */

/** Counts, and looks for examples. @param result  columns, `shown` and counts are filled */
MUST_CHECK int compare_read(ComparePlan *plan, Store *store, size_t limit, Arena *arena,
                            CompareResult *result, Error *reterr);

#endif
