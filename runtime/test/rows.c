#include "runtime/test/rows.h"

#include "runtime/base/map.h"
#include "runtime/base/str.h"
#include "runtime/base/vec.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/** Pairs are looked for among so many rows of each side: their number is squared. */
enum { MOST_PAIRED = 1000 };

static const double FLOAT_DIGITS = 1e-6; /* of the greater one */
static const double FLOAT_ZERO = 1e-9;   /* nearer to zero than this is zero */

/* ---- cells ---- */

/** A number without what doesn't count: `+`, zeros in front and behind the point. */
static const char *
plain_number(const char *text, Str *out)
{
    bool is_negative = *text == '-';
    text += *text == '-' || *text == '+' ? 1 : 0;
    text += strspn(text, "0");
    size_t length = strlen(text);
    bool is_plain = strspn(text, "0123456789.") == length;
    if (is_plain && strchr(text, '.') != NULL) {
        while (length > 0 && text[length - 1] == '0') {
            length--;
        }
        length -= length > 0 && text[length - 1] == '.' ? 1 : 0;
    }
    str_append(out, is_negative && length > 0 ? "-" : "");
    str_append(out, length == 0 || *text == '.' ? "0" : "");
    str_append_n(out, text, length);
    return str_text(out);
}

static bool
number_equal(const char *a, const char *b)
{
    CLEANUP(str_deinit) Str x = {0};
    CLEANUP(str_deinit) Str y = {0};
    return text_equal(plain_number(a, &x), plain_number(b, &y));
}

static bool
float_equal(const char *a, const char *b)
{
    char *end_a;
    char *end_b;
    double x = strtod(a, &end_a);
    double y = strtod(b, &end_b);
    if (*end_a != '\0' || *end_b != '\0' || *a == '\0' || *b == '\0') {
        return text_equal(a, b);
    }
    if (isnan(x) || isnan(y)) {
        return isnan(x) && isnan(y);
    }
    if (isinf(x) || isinf(y)) {
        return x == y;
    }
    double size = fabs(x) > fabs(y) ? fabs(x) : fabs(y);
    return fabs(x - y) <= FLOAT_DIGITS * size || size < FLOAT_ZERO;
}

bool
rows_cell_equal(RowsCompare how, const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    switch (how) {
    case ROWS_AS_TEXT: return strcmp(a, b) == 0;
    case ROWS_AS_NUMBER: return number_equal(a, b);
    case ROWS_AS_FLOAT: return float_equal(a, b);
    }
    return false;
}

/* ---- equal rows ---- */

typedef struct Bucket Bucket;
struct Bucket {
    VEC(size_t) rows; /* of the expected ones, not found yet */
};

typedef struct Comparison Comparison;
struct Comparison {
    const RowsCompare *how;
    size_t n_columns;
    const Rows *expected;
    const Rows *found;
    Arena *arena;
};

static const char *const *
row_of(const Comparison *c, const Rows *rows, size_t i)
{
    return rows->cells + i * c->n_columns;
}

/** Rows whose keys differ are different; floats are no part of it, since nearly equal ones are
 * equal. */
static const char *
row_key(const Comparison *c, const char *const *row)
{
    Str key = {0};
    for (size_t i = 0; i < c->n_columns; i++) {
        if (row[i] == NULL) {
            str_append(&key, "n");
        } else if (c->how[i] == ROWS_AS_NUMBER) {
            Str number = {0};
            str_append_format(&key, "v%s", plain_number(row[i], &number));
            str_deinit(&number);
        } else if (c->how[i] == ROWS_AS_TEXT) {
            str_append_format(&key, "v%zu:%s", strlen(row[i]), row[i]);
        }
        str_append(&key, "\x1f");
    }
    return str_take_in(&key, c->arena);
}

static bool
row_equal(const Comparison *c, const char *const *a, const char *const *b)
{
    for (size_t i = 0; i < c->n_columns; i++) {
        if (!rows_cell_equal(c->how[i], a[i], b[i])) {
            return false;
        }
    }
    return true;
}

static Map *
sort_expected(const Comparison *c)
{
    Map *buckets = map_new(c->arena);
    for (size_t i = 0; i < c->expected->n_rows; i++) {
        const char *key = row_key(c, row_of(c, c->expected, i));
        Bucket *bucket = map_get(buckets, key);
        if (bucket == NULL) {
            bucket = ARENA_NEW(c->arena, Bucket);
            map_set(buckets, key, bucket);
        }
        vec_push_in(c->arena, &bucket->rows, i);
    }
    return buckets;
}

/** Takes the expected row that equals this one. @return its number; SIZE_MAX: there is none */
static size_t
take_equal(const Comparison *c, const Map *buckets, const char *const *row)
{
    Bucket *bucket = map_get(buckets, row_key(c, row));
    for (size_t i = 0; bucket != NULL && i < bucket->rows.n; i++) {
        size_t number = bucket->rows.items[i];
        if (row_equal(c, row_of(c, c->expected, number), row)) {
            memmove(&bucket->rows.items[i], &bucket->rows.items[i + 1],
                    (bucket->rows.n - i - 1) * sizeof(size_t));
            bucket->rows.n--;
            return number;
        }
    }
    return SIZE_MAX;
}

/* ---- rows that are nearly equal ---- */

typedef struct Pair Pair;
struct Pair {
    size_t n_equal;
    size_t missing;
    size_t unexpected;
};

static int
compare_pairs(const void *a, const void *b)
{
    const Pair *x = a;
    const Pair *y = b;
    if (x->n_equal != y->n_equal) {
        return x->n_equal < y->n_equal ? 1 : -1;
    }
    if (x->missing != y->missing) {
        return x->missing < y->missing ? -1 : 1;
    }
    return (x->unexpected > y->unexpected) - (x->unexpected < y->unexpected);
}

static size_t
count_equal(const Comparison *c, const char *const *a, const char *const *b)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_columns; i++) {
        n += a[i] != NULL && rows_cell_equal(c->how[i], a[i], b[i]) ? 1 : 0;
    }
    return n;
}

typedef VEC(const char *const *) RowList;

/** The pairs with most equal columns first; each row is in one at most. Paired rows leave their
 * lists as NULL. */
static void
add_pairs(const Comparison *c, RowList *missing, RowList *unexpected, RowsDiff *diff)
{
    VEC(Pair) pairs = {0};
    size_t n_missing = missing->n < MOST_PAIRED ? missing->n : MOST_PAIRED;
    size_t n_unexpected = unexpected->n < MOST_PAIRED ? unexpected->n : MOST_PAIRED;
    for (size_t i = 0; i < n_missing; i++) {
        for (size_t k = 0; k < n_unexpected; k++) {
            size_t n = count_equal(c, missing->items[i], unexpected->items[k]);
            if (n > 0) {
                vec_push(&pairs, ((Pair){n, i, k}));
            }
        }
    }
    if (pairs.n > 0) {
        qsort(pairs.items, pairs.n, sizeof(Pair), compare_pairs);
    }
    for (size_t i = 0; i < pairs.n; i++) {
        const Pair *pair = &pairs.items[i];
        if (missing->items[pair->missing] != NULL && unexpected->items[pair->unexpected] != NULL) {
            diff->changes[diff->n_changes++] =
                (RowsChange){missing->items[pair->missing], unexpected->items[pair->unexpected]};
            missing->items[pair->missing] = unexpected->items[pair->unexpected] = NULL;
        }
    }
    diff->n_changed = diff->n_changes;
    vec_free(&pairs);
}

RowsDiff
rows_diff(const RowsCompare *how, size_t n_columns, const Rows *expected, const Rows *found,
          Arena *arena)
{
    Comparison c = {how, n_columns, expected, found, arena};
    RowList missing = {0};
    RowList unexpected = {0};
    bool *is_found = ARENA_ARRAY(arena, bool, expected->n_rows + 1);
    Map *buckets = sort_expected(&c);
    for (size_t i = 0; i < found->n_rows; i++) {
        size_t number = take_equal(&c, buckets, row_of(&c, found, i));
        if (number == SIZE_MAX) {
            vec_push_in(arena, &unexpected, row_of(&c, found, i));
        } else {
            is_found[number] = true;
        }
    }
    for (size_t i = 0; i < expected->n_rows; i++) {
        if (!is_found[i]) {
            vec_push_in(arena, &missing, row_of(&c, expected, i));
        }
    }
    RowsDiff diff = {.changes = ARENA_ARRAY(arena, RowsChange, missing.n + unexpected.n + 1)};
    add_pairs(&c, &missing, &unexpected, &diff);
    for (size_t i = 0; i < missing.n; i++) {
        if (missing.items[i] != NULL) {
            diff.changes[diff.n_changes++] = (RowsChange){.expected = missing.items[i]};
            diff.n_missing++;
        }
    }
    for (size_t i = 0; i < unexpected.n; i++) {
        if (unexpected.items[i] != NULL) {
            diff.changes[diff.n_changes++] = (RowsChange){.found = unexpected.items[i]};
            diff.n_unexpected++;
        }
    }
    return diff;
}
