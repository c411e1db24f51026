/*
 * Lineage never leaves anything out: on DuckDB in memory, random queries are run, then what lineage
 * does not name is changed at random, and the result has to be the same; and for each output column
 * by itself, what it is not made of and the rows are not filtered by. Seeds are fixed;
 * PDC_PROPERTY_QUERIES=20000 tries more of them.
 */
// Rooms: runtime/store
#include "lineage_text.h"
#include "random_query.h"
#include "runtime/base/secret.h"
#include "runtime/base/vec.h"
#include "runtime/store/store.h"

#include <stdlib.h>

enum { N_ROWS = 7, N_COLUMNS = N_TABLES * N_TABLE_COLUMNS };

static const TestTable schema[] = {
    {"t0", "a b c d"}, {"t1", "a e f g"}, {"t2", "k b x y"}, {NULL, NULL}};
static const TestTable no_schema[] = {{NULL, NULL}};

/** The values of all tables; -1 is NULL. */
typedef struct Data Data;
struct Data {
    int values[N_COLUMNS][N_ROWS];
};

typedef struct Property Property;
struct Property {
    Store *store;
    SqlAnalyzer *analyzer;
    Maker maker;
    size_t n_queries;
    size_t n_refused; /* by DuckDB: an error while it runs */
    size_t n_unused;  /* columns that were changed without effect */
    size_t n_changed; /* queries whose result changes with the columns that are named */
};

static void
draw_column(Maker *m, int *values)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        values[i] = (int)draw(m, 5) - 1;
    }
}

/** All tables in one statement text. */
static void
load(Store *store, const Data *data)
{
    CLEANUP(str_deinit) Str sql = {0};
    Error error = {0};
    for (size_t t = 0; t < N_TABLES; t++) {
        str_append_format(&sql, "create or replace table t%zu as select * from (values ", t);
        for (size_t i = 0; i < N_ROWS; i++) {
            for (size_t c = 0; c < N_TABLE_COLUMNS; c++) {
                int value = data->values[t * N_TABLE_COLUMNS + c][i];
                str_append(&sql, c > 0 ? ", " : i > 0 ? ", (" : "(");
                if (value < 0) {
                    str_append(&sql, "null::int");
                } else {
                    str_append_format(&sql, "%d", value);
                }
            }
            str_append(&sql, ")");
        }
        str_append(&sql, ") as v(");
        for (size_t c = 0; c < N_TABLE_COLUMNS; c++) {
            str_append_format(&sql, "%s%s", c > 0 ? ", " : "", table_columns[t][c]);
        }
        str_append(&sql, "); ");
    }
    cr_assert_eq(store_exec(store, str_text(&sql), &error), 0, "%s", error.message);
}

/** A result as texts: all rows in order, and the values of each column in order. */
typedef struct Rows Rows;
struct Rows {
    const char *all; /* NULL: an error */
    const char *columns[N_COLUMNS];
    size_t n_columns;
};

static const char *
sorted_text(Arena *arena, const char **lines, size_t n)
{
    Str out = {0};
    if (n > 1) {
        qsort(lines, n, sizeof(*lines), text_compare_ptr);
    }
    for (size_t i = 0; i < n; i++) {
        str_append_format(&out, "%s\n", lines[i]);
    }
    return str_take_in(&out, arena);
}

static Rows
run(Property *p, Arena *arena, const char *sql)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Error error = {0};
    if (store_query(p->store, sql, &result, &error) < 0) {
        if (getenv("PDC_PROPERTY_SHOW") != NULL) {
            fprintf(stderr, "%s\n  %s\n", error.message, sql);
        }
        error_deinit(&error);
        return (Rows){NULL};
    }
    Rows rows = {.n_columns = store_result_columns(result)};
    size_t n = store_result_rows(result);
    const char **lines = ARENA_ARRAY(arena, const char *, n);
    for (size_t c = 0; c < rows.n_columns; c++) {
        for (size_t r = 0; r < n; r++) {
            const char *cell = store_result_text(result, r, c);
            lines[r] = arena_strdup(arena, cell ? cell : "null");
        }
        rows.columns[c] = sorted_text(arena, lines, n);
    }
    for (size_t r = 0; r < n; r++) {
        Str row = {0};
        for (size_t c = 0; c < rows.n_columns; c++) {
            const char *cell = store_result_text(result, r, c);
            str_append_format(&row, "|%s", cell ? cell : "null");
        }
        lines[r] = str_take_in(&row, arena);
    }
    rows.all = sorted_text(arena, lines, n);
    return rows;
}

/** Marks the columns that sources name. */
static void
mark(LineageSources sources, bool *used)
{
    for (size_t i = 0; i < sources.n; i++) {
        const LineageSource *source = &sources.items[i];
        for (size_t t = 0; t < N_TABLES; t++) {
            char name[] = {'t', (char)('0' + t), '\0'};
            for (size_t c = 0; text_equal(source->table, name) && c < N_TABLE_COLUMNS; c++) {
                used[t * N_TABLE_COLUMNS + c] |=
                    source->column == NULL || text_equal(source->column, table_columns[t][c]);
            }
        }
    }
}

/** Changes all columns that are, or are not, marked. @return how many */
static size_t
change(Property *p, const Data *data, const bool *used, bool marked)
{
    Data changed = *data;
    size_t n = 0;
    for (size_t i = 0; i < N_COLUMNS; i++) {
        if (used[i] == marked) {
            draw_column(&p->maker, changed.values[i]);
            n++;
        }
    }
    load(p->store, &changed);
    return n;
}

/** Changes what isn't marked; the result, or one column of it, must stay. */
static void
check_unused(Property *p, Arena *arena, const Data *data, const char *sql, const char *before,
             size_t column, const bool *used, const char *lineage)
{
    size_t n = change(p, data, used, false);
    if (n == 0) {
        return;
    }
    Rows rows = run(p, arena, sql);
    const char *after = column < N_COLUMNS && rows.all ? rows.columns[column] : rows.all;
    cr_expect(after != NULL && text_equal(before, after),
              "column %zu of this changes with columns that lineage does not name:\n%s\n%s", column,
              sql, lineage);
    p->n_unused += n;
}

static void
mark_all(const LineageFacts *facts, bool *used)
{
    mark(facts->filters, used);
    for (size_t i = 0; i < facts->n_outputs; i++) {
        mark(facts->outputs[i].sources, used);
    }
}

/** All outputs together, and each alone. */
static void
check_facts(Property *p, Arena *arena, const Data *data, const char *sql, const Rows *before,
            const LineageFacts *facts)
{
    bool all[N_COLUMNS] = {false};
    char *lineage = lineage_text(arena, facts, "\n");
    mark_all(facts, all);
    check_unused(p, arena, data, sql, before->all, N_COLUMNS, all, lineage);
    for (size_t i = 0; facts->n_outputs > 1 && i < facts->n_outputs; i++) {
        bool one[N_COLUMNS] = {false};
        mark(facts->filters, one);
        mark(facts->outputs[i].sources, one);
        check_unused(p, arena, data, sql, before->columns[i], i, one, lineage);
    }
}

/** Does anything that is named matter? */
static void
count_effect(Property *p, Arena *arena, const Data *data, const char *sql, const Rows *before,
             const LineageFacts *facts)
{
    bool all[N_COLUMNS] = {false};
    bool differs = false;
    mark_all(facts, all);
    for (int round = 0; round < 4 && !differs; round++) {
        change(p, data, all, true);
        Rows rows = run(p, arena, sql);
        differs = rows.all == NULL || !text_equal(before->all, rows.all);
    }
    p->n_changed += differs ? 1 : 0;
}

static void
check_one(Property *p, uint64_t seed)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    p->maker = (Maker){.arena = arena, .state = (seed + 1) * 0x9E3779B97F4A7C15ull};
    Data data;
    Made made = make_statement(&p->maker, 1 + draw(&p->maker, 4));
    for (size_t i = 0; i < N_COLUMNS; i++) {
        draw_column(&p->maker, data.values[i]);
    }
    load(p->store, &data);
    p->n_queries++;
    Rows before = run(p, arena, made.sql);
    if (before.all == NULL) {
        p->n_refused++;
        return;
    }
    LineageFacts *facts = must_trace(p->analyzer, arena, schema, made.sql, SQL_DUCKDB);
    cr_assert(!facts->gave_up && facts->n_outputs == before.n_columns, "%s", made.sql);
    check_facts(p, arena, &data, made.sql, &before, facts);
    count_effect(p, arena, &data, made.sql, &before, facts);
    LineageFacts *blind = must_trace(p->analyzer, arena, no_schema, made.sql, SQL_DUCKDB);
    bool all[N_COLUMNS] = {false};
    mark_all(blind, all);
    check_unused(p, arena, &data, made.sql, before.all, N_COLUMNS, all, "without the schema");
}

static size_t
wanted_queries(void)
{
    const char *text = getenv("PDC_PROPERTY_QUERIES");
    return text != NULL ? strtoul(text, NULL, 10) : 300;
}

Test(property, what_is_not_named_does_not_matter, .timeout = 3000)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = NULL;
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    StoreOptions options = {.application_name = "test"};
    Error error = {0};
    cr_assert_eq(store_open(secret_new(arena, "duckdb:///:memory:"), &options, &store, &error), 0,
                 "%s", error.message);
    cr_assert_eq(store_exec(store, "set threads = 1", &error), 0);
    Property p = {.store = store, .analyzer = analyzer};
    for (size_t i = 0; i < wanted_queries(); i++) {
        check_one(&p, i);
    }
    printf("%zu queries, %zu refused, %zu columns changed without effect, %zu with one\n",
           p.n_queries, p.n_refused, p.n_unused, p.n_changed);
    cr_expect(10 * p.n_refused < p.n_queries, "%zu of %zu refused", p.n_refused, p.n_queries);
    cr_expect(p.n_unused > 4 * p.n_queries, "%zu columns", p.n_unused);
    cr_expect(2 * p.n_changed > p.n_queries, "%zu queries change", p.n_changed);
}
