/**
 * Rows: two sets of rows as texts, and how they differ.
 *
 * Rows are compared as a multiset: their order doesn't matter, how often a row occurs does. Numbers
 * are compared by value (`5.0` is `5`), of which floats by their first 6 digits, everything else as
 * text. NULL equals NULL.
 */
#ifndef PDC_TEST_ROWS_H
#define PDC_TEST_ROWS_H

#include "runtime/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum RowsCompare {
    ROWS_AS_TEXT,
    ROWS_AS_NUMBER, /* exact */
    ROWS_AS_FLOAT   /* to 6 digits */
} RowsCompare;

/** Rows of one set, row by row; NULL: SQL's null. */
typedef struct Rows Rows;
struct Rows {
    const char *const *cells;
    size_t n_rows;
};

/** A row that is expected and not found (`found` NULL), found and not expected (`expected` NULL),
 * or a pair that is nearly the same. */
typedef struct RowsChange RowsChange;
struct RowsChange {
    const char *const *expected;
    const char *const *found;
};

typedef struct RowsDiff RowsDiff;
struct RowsDiff {
    RowsChange *changes; /* changed ones first, then missing, then unexpected ones */
    size_t n_changes;
    size_t n_changed;
    size_t n_missing;
    size_t n_unexpected;
};

/** Whether two cells are equal. */
bool rows_cell_equal(RowsCompare how, const char *a, const char *b);

/**
 * Compares. Rows that have no counterpart are paired so that as many columns as possible are equal,
 * and at least one is; past some thousand of them they are left single.
 * @param how  one a column
 * @return in `arena`; no changes: the sets are equal
 */
RowsDiff rows_diff(const RowsCompare *how, size_t n_columns, const Rows *expected,
                   const Rows *found, Arena *arena);

#endif
