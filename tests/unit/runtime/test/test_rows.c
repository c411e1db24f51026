#include "runtime/base/macros.h"
#include "runtime/base/str.h"
#include "runtime/test/rows.h"

#include <criterion/criterion.h>

typedef struct CellCase CellCase;
struct CellCase {
    RowsCompare how;
    const char *a;
    const char *b;
    bool equal;
};

Test(rows, cells)
{
    static const CellCase cases[] = {
        {ROWS_AS_TEXT, "a", "a", true},
        {ROWS_AS_TEXT, "a", "A", false},
        {ROWS_AS_TEXT, "5", "5.0", false},
        {ROWS_AS_TEXT, NULL, NULL, true},
        {ROWS_AS_TEXT, NULL, "", false},
        {ROWS_AS_NUMBER, "5", "5.00", true},
        {ROWS_AS_NUMBER, "-0.50", "-.5", true},
        {ROWS_AS_NUMBER, "-0", "0.0", true},
        {ROWS_AS_NUMBER, "100", "1", false},
        {ROWS_AS_NUMBER, "5.001", "5.00", false},
        {ROWS_AS_NUMBER, "12345678901234567890", "12345678901234567891", false},
        {ROWS_AS_NUMBER, "NaN", "NaN", true},
        {ROWS_AS_NUMBER, "x", "5", false},
        {ROWS_AS_FLOAT, "0.3", "0.30000000000000004", true},
        {ROWS_AS_FLOAT, "1000000", "1000000.5", true},
        {ROWS_AS_FLOAT, "1000000", "1000002", false},
        {ROWS_AS_FLOAT, "1", "1.00001", false},
        {ROWS_AS_FLOAT, "0", "5.5e-17", true},
        {ROWS_AS_FLOAT, "-1", "1", false},
        {ROWS_AS_FLOAT, "NaN", "nan", true},
        {ROWS_AS_FLOAT, "Infinity", "inf", true},
        {ROWS_AS_FLOAT, "inf", "-inf", false},
        {ROWS_AS_FLOAT, "", "0", false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const CellCase *c = &cases[i];
        cr_expect_eq(rows_cell_equal(c->how, c->a, c->b), c->equal, "case %zu", i);
        cr_expect_eq(rows_cell_equal(c->how, c->b, c->a), c->equal, "case %zu, turned", i);
    }
}

static const RowsCompare how[] = {ROWS_AS_NUMBER, ROWS_AS_TEXT, ROWS_AS_FLOAT};

static RowsDiff
diff(const char *const *expected, size_t n_expected, const char *const *found, size_t n_found,
     Arena *arena)
{
    return rows_diff(how, 3, &(Rows){expected, n_expected}, &(Rows){found, n_found}, arena);
}

Test(rows, order_does_not_matter_and_number_does)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *a[] = {"1", "x", "1.5", "2", NULL, "0.1", "2", NULL, "0.1"};
    const char *b[] = {"2.0", NULL, "0.10000000001", "1", "x", "1.5", "2", NULL, "0.1"};
    cr_expect_eq(diff(a, 3, b, 3, arena).n_changes, 0);
    RowsDiff once = diff(a, 3, b, 2, arena);
    cr_expect_eq(once.n_changes, 1);
    cr_expect_eq(once.n_missing, 1);
    cr_expect_str_eq(once.changes[0].expected[0], "2");
    RowsDiff more = diff(a, 0, b, 3, arena);
    cr_expect_eq(more.n_unexpected, 3);
}

Test(rows, changed_rows_are_paired_by_equal_columns)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *a[] = {"1", "x", "1", "2", "y", "2", "9", "q", "9"};
    const char *b[] = {"2", "x", "7", "1", "x", "5", "8", "r", NULL};
    RowsDiff changed = diff(a, 3, b, 3, arena);
    cr_expect_eq(changed.n_changed, 2);
    cr_expect_eq(changed.n_missing, 1);
    cr_expect_eq(changed.n_unexpected, 1);
    cr_expect_str_eq(changed.changes[0].expected[0], "1"); /* two equal columns go first */
    cr_expect_str_eq(changed.changes[0].found[2], "5");
    cr_expect_str_eq(changed.changes[1].expected[1], "y");
    cr_expect_str_eq(changed.changes[1].found[1], "x");
    cr_expect_str_eq(changed.changes[2].expected[1], "q");
    cr_expect_null(changed.changes[2].found);
    cr_expect_str_eq(changed.changes[3].found[1], "r");
}

Test(rows, nulls_pair_nothing_and_texts_are_kept_apart)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *a[] = {"1", NULL, NULL, "1", "a\x1fvb", "1"};
    const char *b[] = {"2", NULL, NULL, "1", "a", "1"};
    RowsDiff apart = diff(a, 2, b, 2, arena);
    cr_expect_eq(apart.n_changed, 1);
    cr_expect_eq(apart.n_missing, 1);
    cr_expect_eq(apart.n_unexpected, 1);
}
