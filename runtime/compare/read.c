/* What the statements say: counts first, then examples where there is something to show. */
#include "runtime/compare/compare_priv.h"

#include <inttypes.h>
#include <stdlib.h>

/* Of the rows with differences so many are looked at, for an example of as many columns as can be;
 * for the columns that none of them shows another statement follows. PostgreSQL selects 1,664
 * columns at most. */
enum { LOOKED_AT_ROWS = 20, LOOKED_AT_COLUMNS = 300 };

typedef struct Reading Reading;
struct Reading {
    ComparePlan *plan;
    Store *store;
    size_t limit;
    Arena *arena;
    CompareResult *result;
    Error *reterr;
};

static int
query(const Reading *r, Str *sql, StoreResult **ret_result)
{
    int status = store_query(r->store, str_text(sql), ret_result, r->reterr);
    str_deinit(sql);
    return status < 0 ? -1 : 0;
}

static int64_t
number_at(const StoreResult *result, size_t row, size_t column)
{
    const char *text = store_result_text(result, row, column);
    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

static bool
bool_at(const StoreResult *result, size_t row, size_t column)
{
    return text_equal(store_result_text(result, row, column), "true");
}

static const char *
text_at(const Reading *r, const StoreResult *result, size_t row, size_t column)
{
    const char *text = store_result_text(result, row, column);
    return text != NULL ? arena_strdup(r->arena, text) : NULL;
}

static const char *const *
texts_at(const Reading *r, const StoreResult *result, size_t row, size_t n)
{
    const char **texts = ARENA_ARRAY(r->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        texts[i] = text_at(r, result, row, i);
    }
    return texts;
}

/* ---- the key ---- */

static int
not_unique(const Reading *r, const CompareSide *side, int64_t values, int64_t rows)
{
    CLEANUP(str_deinit) Str key = {0};
    for (size_t i = 0; i < r->plan->key.n; i++) {
        str_append_format(&key, "%s%s", i > 0 ? ", " : "", r->plan->key.items[i]->name);
    }
    error_set(r->reterr, ERROR_DATA,
              "(%s) is no key of %s in instance %s: %" PRId64 " of its values stand%s for %" PRId64
              " rows",
              str_text(&key), r->result->table, side->instance, values, values == 1 ? "s" : "",
              rows);
    error_set_hint(r->reterr, "name columns that tell its rows apart: --key a,b");
    return -1;
}

/** Is the key one? And where is it NULL? */
static int
read_key(const Reading *r, const CompareSide *side, int64_t *ret_rows, bool *has_null)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    enum { ROWS, VALUES, REPEATED_VALUES, REPEATED_ROWS, FIRST_NULL };
    Str sql = {0};
    compare_key_sql(r->plan, side, &sql);
    if (query(r, &sql, &result) < 0) {
        return -1;
    }
    *ret_rows = number_at(result, 0, ROWS);
    for (size_t i = 0; i < r->plan->key.n; i++) {
        has_null[i] = bool_at(result, 0, FIRST_NULL + i);
    }
    int64_t repeated = number_at(result, 0, REPEATED_VALUES);
    return repeated == 0 ? 0 : not_unique(r, side, repeated, number_at(result, 0, REPEATED_ROWS));
}

static int
read_keys(const Reading *r)
{
    size_t n = r->plan->key.n;
    CompareCounts *counts = &r->result->counts;
    bool *there = ARENA_ARRAY(r->arena, bool, n + 1);
    if (read_key(r, &r->plan->here, &counts->here, r->plan->has_null) < 0 ||
        read_key(r, &r->plan->there, &counts->there, there) < 0) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        r->plan->has_null[i] = r->plan->has_null[i] && there[i];
    }
    return 0;
}

/* ---- counts ---- */

static int
count_slice(const Reading *r, size_t first)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    enum { ONLY_HERE, ONLY_THERE, BOTH, CHANGED, FIRST_VALUE };
    CompareCounts *counts = &r->result->counts;
    Str sql = {0};
    compare_count_sql(r->plan, first, &sql);
    if (query(r, &sql, &result) < 0) {
        return -1;
    }
    counts->only_here = number_at(result, 0, ONLY_HERE);
    counts->only_there = number_at(result, 0, ONLY_THERE);
    counts->changed = number_at(result, 0, CHANGED);
    counts->equal = number_at(result, 0, BOTH) - counts->changed;
    for (size_t i = FIRST_VALUE; i < store_result_columns(result); i++) {
        r->plan->values.items[first + i - FIRST_VALUE]->differ = number_at(result, 0, i);
    }
    return 0;
}

/** Also where the key is all there is. */
static int
count_by_key(const Reading *r)
{
    size_t first = 0;
    do {
        if (count_slice(r, first) < 0) {
            return -1;
        }
        first += COMPARE_SLICE;
    } while (first < r->plan->values.n);
    return 0;
}

static int
count_whole(const Reading *r)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    enum { HERE, THERE, ONLY_HERE, ONLY_THERE, EQUAL };
    Str sql = {0};
    compare_whole_count_sql(r->plan, &sql);
    if (query(r, &sql, &result) < 0) {
        return -1;
    }
    r->result->counts = (CompareCounts){.here = number_at(result, 0, HERE),
                                        .there = number_at(result, 0, THERE),
                                        .only_here = number_at(result, 0, ONLY_HERE),
                                        .only_there = number_at(result, 0, ONLY_THERE),
                                        .equal = number_at(result, 0, EQUAL)};
    return 0;
}

/* ---- rows of one side ---- */

static void
take_single(const Reading *r, const StoreResult *result, bool here, CompareRows *rows)
{
    size_t n = store_result_rows(result);
    size_t n_cells = r->result->n_shown;
    rows->is_cut = r->limit > 0 && n > r->limit;
    rows->n_rows = rows->is_cut ? r->limit : n;
    CompareRow *taken = ARENA_ARRAY(r->arena, CompareRow, n + 1);
    for (size_t i = 0; i < rows->n_rows; i++) {
        bool counted = !r->result->is_by_key;
        taken[i] = (CompareRow){.cells = texts_at(r, result, i, n_cells),
                                .here = counted ? number_at(result, i, n_cells) : here,
                                .there = counted ? number_at(result, i, n_cells + 1) : !here};
    }
    rows->rows = taken;
}

/** One row more than is shown tells whether there are more. */
static int
read_single(const Reading *r, bool here, int64_t count, CompareRows *rows)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    size_t limit = r->limit > 0 ? r->limit + 1 : 0;
    Str sql = {0};
    if (count == 0) {
        return 0;
    }
    if (r->result->is_by_key) {
        compare_single_sql(r->plan, here, limit, &sql);
    } else {
        compare_whole_single_sql(r->plan, here, limit, &sql);
    }
    if (query(r, &sql, &result) < 0) {
        return -1;
    }
    take_single(r, result, here, rows);
    return 0;
}

/* ---- examples of columns ---- */

typedef VEC(CompareColumn *) ColumnList;

static void
list_without_example(const Reading *r, ColumnList *list)
{
    vec_clear(list);
    for (size_t i = 0; i < r->plan->values.n && list->n < LOOKED_AT_COLUMNS; i++) {
        CompareColumn *column = r->plan->values.items[i];
        if (column->differ > 0 && column->example == NULL) {
            vec_push_in(r->arena, list, column);
        }
    }
}

static void
take_example(const Reading *r, const StoreResult *result, size_t row, size_t first,
             CompareColumn *column)
{
    CompareExample *example = ARENA_NEW(r->arena, CompareExample);
    *example = (CompareExample){.key = texts_at(r, result, row, r->plan->key.n),
                                .here = text_at(r, result, row, first + 1),
                                .there = text_at(r, result, row, first + 2)};
    column->example = example;
}

static int
read_some_examples(const Reading *r, const ColumnList *list)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    compare_changed_sql(r->plan, list->items, list->n, LOOKED_AT_ROWS, &sql);
    if (query(r, &sql, &result) < 0) {
        return -1;
    }
    if (store_result_rows(result) == 0) {
        BUG("rows that were counted are gone");
    }
    for (size_t row = 0; row < store_result_rows(result); row++) {
        for (size_t i = 0; i < list->n; i++) {
            size_t first = r->plan->key.n + 3 * i;
            if (list->items[i]->example == NULL && bool_at(result, row, first)) {
                take_example(r, result, row, first, list->items[i]);
            }
        }
    }
    return 0;
}

static int
read_examples(const Reading *r)
{
    ColumnList list = {0};
    for (list_without_example(r, &list); list.n > 0; list_without_example(r, &list)) {
        if (read_some_examples(r, &list) < 0) {
            return -1;
        }
    }
    return 0;
}

int
compare_read(ComparePlan *plan, Store *store, size_t limit, Arena *arena, CompareResult *result,
             Error *reterr)
{
    Reading r = {plan, store, limit, arena, result, reterr};
    int status = result->is_by_key ? read_keys(&r) : count_whole(&r);
    if (status == 0 && result->is_by_key) {
        status = count_by_key(&r);
    }
    if (status < 0 || read_single(&r, true, result->counts.only_here, &result->only_here) < 0 ||
        read_single(&r, false, result->counts.only_there, &result->only_there) < 0) {
        return -1;
    }
    return result->is_by_key ? read_examples(&r) : 0;
}
