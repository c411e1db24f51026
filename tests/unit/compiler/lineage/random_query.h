/**
 * Random queries over three small tables of numbers: each is valid on DuckDB, gives the same rows
 * each time (what is cut off by `limit` is put in order by all columns), and meets no error.
 *
 *   t0 (a, b, c, d), t1 (a, e, f, g), t2 (k, b, x, y)
 */
#ifndef PDC_TESTS_RANDOM_QUERY_H
#define PDC_TESTS_RANDOM_QUERY_H

#include "runtime/base/arena.h"
#include "runtime/base/macros.h"
#include "runtime/base/str.h"

#include <stdint.h>
#include <string.h>

enum { N_TABLES = 3, N_TABLE_COLUMNS = 4, MAX_NAMES = 64, MAX_CTES = 8 };

static const char *const table_columns[N_TABLES][N_TABLE_COLUMNS] = {
    {"a", "b", "c", "d"}, {"a", "e", "f", "g"}, {"k", "b", "x", "y"}};

/** What may be named at a place: the columns of the relations there, and of those around. */
typedef struct Names Names;
struct Names {
    const Names *outer;
    const char *items[MAX_NAMES];
    size_t n;
};

/** A query, and the names of its columns: c0, c1, … */
typedef struct Made Made;
struct Made {
    const char *sql;
    size_t n_columns;
};

typedef struct Maker Maker;
struct Maker {
    Arena *arena;
    uint64_t state;
    unsigned n_aliases;
    const char *ctes[MAX_CTES]; /* which are seen everywhere in the query */
    size_t cte_columns[MAX_CTES];
    size_t n_ctes;
    unsigned n_outer; /* queries around this one that it may name columns of */
};

/** xorshift64*, Vigna 2016. */
static inline uint64_t
draw(Maker *m, uint64_t below)
{
    m->state ^= m->state >> 12;
    m->state ^= m->state << 25;
    m->state ^= m->state >> 27;
    return ((m->state * 0x2545F4914F6CDD1Dull) >> 33) % below;
}

static inline bool
chance(Maker *m, unsigned percent)
{
    return draw(m, 100) < percent;
}

#define PICK(m, ...)                                                                               \
    (((const char *const[]){                                                                       \
        __VA_ARGS__})[draw(m, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))])

static inline const char *make_value(Maker *m, const Names *names, int depth);
static inline const char *make_condition(Maker *m, const Names *names, int depth);
static inline Made make_query(Maker *m, const Names *outer, int depth, size_t n_columns);

static inline const char *
make_reference(Maker *m, const Names *names)
{
    while (names != NULL && (names->n == 0 || (names->outer != NULL && chance(m, 25)))) {
        names = names->outer;
    }
    return names == NULL || names->n == 0 ? arena_printf(m->arena, "%d", (int)draw(m, 4))
                                          : names->items[draw(m, names->n)];
}

/** One row of one number, whatever the tables hold. */
static inline const char *
make_scalar_query(Maker *m, const Names *names, int depth)
{
    Made inner = make_query(m, names, depth - 1, 1 + draw(m, 2));
    const char *function = PICK(m, "max(c0)", "min(c0)", "count(*)", "count(distinct c0)");
    return arena_printf(
        m->arena, "(select %s from (%s) as s%u where %s)", function, inner.sql, m->n_aliases++,
        chance(m, 50) ? "true" : arena_printf(m->arena, "c0 < %s", make_reference(m, names)));
}

static inline const char *
make_value(Maker *m, const Names *names, int depth)
{
    Arena *arena = m->arena;
    switch (depth <= 0 ? draw(m, 4) : draw(m, 10)) {
    case 0:
    case 1:
    case 2: return make_reference(m, names);
    case 3: return arena_printf(arena, "%d", (int)draw(m, 4));
    case 4:
    case 5:
        return arena_printf(arena, "(%s %s %s)", make_value(m, names, depth - 1), PICK(m, "+", "-"),
                            make_value(m, names, depth - 1));
    case 6:
        return arena_printf(arena, "case when %s then %s else %s end",
                            make_condition(m, names, depth - 1), make_value(m, names, depth - 1),
                            make_value(m, names, depth - 1));
    case 7:
        return arena_printf(arena, "coalesce(%s, %s)", make_value(m, names, depth - 1),
                            make_value(m, names, depth - 1));
    case 8:
        return chance(m, 50)
                   ? arena_printf(arena, "cast(%s as bigint)", make_value(m, names, depth - 1))
                   : arena_printf(arena, "list_sum(list_transform([1, %s], lambda z: z + %s))",
                                  make_value(m, names, depth - 1), make_reference(m, names));
    default: return make_scalar_query(m, names, depth);
    }
}

static inline const char *
make_condition(Maker *m, const Names *names, int depth)
{
    Arena *arena = m->arena;
    switch (depth <= 0 ? draw(m, 3) : draw(m, 8)) {
    case 0:
    case 1:
        return chance(m, 60)
                   ? arena_printf(arena, "%s %s", make_reference(m, names),
                                  PICK(m, "<= 2", ">= 1", "<> 0", "<> 2", "<= 3"))
                   : arena_printf(arena, "%s %s %s", make_value(m, names, depth - 1),
                                  PICK(m, "=", "<=", ">=", "<>"), make_value(m, names, depth - 1));
    case 2:
        return arena_printf(arena, "%s is %snull", make_reference(m, names),
                            PICK(m, "", "not ", "not "));
    case 3:
        return arena_printf(arena, "(%s %s %s)", make_condition(m, names, depth - 1),
                            PICK(m, "and", "or"), make_condition(m, names, depth - 1));
    case 4:
        return arena_printf(arena, "%sexists (%s)", PICK(m, "", "not "),
                            make_query(m, names, depth - 1, 1 + draw(m, 2)).sql);
    case 5:
        return arena_printf(arena, "%s %sin (%s)", make_reference(m, names), PICK(m, "", "not "),
                            make_query(m, names, depth - 1, 1).sql);
    case 6:
        return arena_printf(arena, "%s between %s and 3", make_reference(m, names),
                            make_value(m, names, depth - 1));
    default:
        return arena_printf(arena, "%s > any (%s)", make_reference(m, names),
                            make_query(m, names, depth - 1, 1).sql);
    }
}

/* ---- from ---- */

/** DuckDB can't run windows and most joins in a subquery that names columns of the query around. */
static inline bool
is_restricted(Maker *m)
{
    return m->n_outer > 0 && !chance(m, 1);
}

static inline void
add_name(Names *names, const char *name)
{
    if (names->n < MAX_NAMES) {
        names->items[names->n++] = name;
    }
}

/** A table, a subquery, a CTE, or a function of what stands before it. */
static inline const char *
make_relation(Maker *m, Names *names, int depth)
{
    Arena *arena = m->arena;
    unsigned alias = m->n_aliases++;
    uint64_t kind = draw(m, depth > 0 ? 10 : 5);
    if (kind < 5 || (kind == 5 && m->n_ctes == 0)) {
        size_t table = draw(m, N_TABLES);
        bool renames = chance(m, 20);
        for (size_t i = 0; i < N_TABLE_COLUMNS; i++) {
            bool renamed = renames && i < 2;
            add_name(names, renamed
                                ? arena_printf(arena, "r%u.z%zu", alias, i)
                                : arena_printf(arena, "r%u.%s", alias, table_columns[table][i]));
        }
        return arena_printf(arena, "t%zu as r%u%s", table, alias, renames ? "(z0, z1)" : "");
    }
    if (kind == 5) {
        size_t cte = draw(m, m->n_ctes);
        for (size_t i = 0; i < m->cte_columns[cte]; i++) {
            add_name(names, arena_printf(arena, "r%u.c%zu", alias, i));
        }
        return arena_printf(arena, "%s as r%u", m->ctes[cte], alias);
    }
    if (kind == 6 && names->n > 0) {
        const char *from = make_reference(m, names);
        add_name(names, arena_printf(arena, "r%u.n", alias));
        return chance(m, 50) ? arena_printf(arena, "generate_series(1, coalesce(%s, 0)) as r%u(n)",
                                            from, alias)
                             : arena_printf(arena, "unnest([1, %s]) as r%u(n)", from, alias);
    }
    bool lateral = kind >= 8;
    size_t n = 1 + draw(m, 3);
    Made inner = make_query(m, lateral ? names : names->outer, depth - 1, n);
    for (size_t i = 0; i < n; i++) {
        add_name(names, arena_printf(arena, "r%u.c%zu", alias, i));
    }
    return arena_printf(arena, "%s(%s) as r%u", lateral ? "lateral " : "", inner.sql, alias);
}

/** Two tables that share a column, merged by `using` or `natural`. */
static inline const char *
make_merged(Maker *m, Names *names)
{
    Arena *arena = m->arena;
    unsigned alias = m->n_aliases;
    m->n_aliases += 2;
    size_t other = 1 + draw(m, 2);
    const char *shared = other == 1 ? "a" : "b";
    add_name(names, shared); /* there is one `from` item then, so it is not ambiguous */
    for (size_t i = 0; i < N_TABLE_COLUMNS; i++) {
        add_name(names, arena_printf(arena, "r%u.%s", alias, table_columns[0][i]));
        add_name(names, arena_printf(arena, "r%u.%s", alias + 1, table_columns[other][i]));
    }
    if (chance(m, 30)) {
        return arena_printf(arena, "t0 as r%u natural %sjoin t%zu as r%u", alias,
                            is_restricted(m) ? "" : PICK(m, "", "left ", "full "), other,
                            alias + 1);
    }
    return arena_printf(arena, "t0 as r%u %sjoin t%zu as r%u using (%s)", alias,
                        is_restricted(m) ? "" : PICK(m, "", "left ", "right ", "full "), other,
                        alias + 1, shared);
}

static inline const char *
make_join(Maker *m, const char *left, Names *names, int depth)
{
    Arena *arena = m->arena;
    if (!is_restricted(m) && chance(m, 15)) {
        Names both = *names;
        const char *right = make_relation(m, &both, 0);
        const char *condition = make_condition(m, &both, 0);
        return arena_printf(arena, "%s %s join %s on %s", left, PICK(m, "semi", "anti"), right,
                            condition);
    }
    const char *right = make_relation(m, names, depth);
    bool correlated = strstr(right, "lateral") != NULL || strstr(right, "(n)") != NULL;
    if (correlated || chance(m, 40)) {
        return arena_printf(arena, "%s, %s", left, right);
    }
    const char *kind = is_restricted(m) ? "" : PICK(m, "", "left ", "right ", "full ");
    return arena_printf(arena, "%s %sjoin %s on %s", left, kind, right,
                        make_condition(m, names, 0));
}

static inline const char *
make_from(Maker *m, Names *names, int depth)
{
    if (chance(m, 20)) {
        return make_merged(m, names);
    }
    const char *from = make_relation(m, names, depth);
    for (uint64_t i = draw(m, 3); i > 0; i--) {
        from = make_join(m, from, names, depth - 1);
    }
    return from;
}

/* ---- selects ---- */

static inline const char *
make_aggregate(Maker *m, const Names *names, int depth)
{
    const char *call = chance(m, 20)
                           ? "count(*)"
                           : arena_printf(m->arena, "%s(%s)",
                                          PICK(m, "sum", "max", "min", "count", "count distinct"),
                                          make_value(m, names, depth - 1));
    if (text_starts_with(call, "count distinct")) {
        call = arena_printf(m->arena, "count(distinct %s", call + strlen("count distinct("));
    }
    return chance(m, 20)
               ? arena_printf(m->arena, "%s filter (where %s)", call, make_condition(m, names, 0))
               : call;
}

static inline const char *
make_window(Maker *m, const Names *names)
{
    const char *call =
        chance(m, 30) ? "rank()"
                      : arena_printf(m->arena, "%s(%s)%s", PICK(m, "sum", "max", "count"),
                                     make_reference(m, names),
                                     chance(m, 30) ? arena_printf(m->arena, " filter (where %s)",
                                                                  make_condition(m, names, 0))
                                                   : "");
    const char *partition =
        chance(m, 60) ? arena_printf(m->arena, "partition by %s ", make_reference(m, names)) : "";
    return arena_printf(m->arena, "%s over (%sorder by %s)", call, partition,
                        make_value(m, names, 0));
}

/** `order by` something and all columns, so that what `limit` cuts off is no matter of chance. */
static inline const char *
make_limit(Maker *m, size_t n_columns)
{
    Str out = {0};
    str_append(&out, " order by ");
    for (size_t i = 0; i < n_columns; i++) {
        str_append_format(&out, "%s%zu%s", i > 0 ? ", " : "", i + 1, chance(m, 30) ? " desc" : "");
    }
    str_append_format(&out, " limit %d", 1 + (int)draw(m, 3));
    return str_take_in(&out, m->arena);
}

static inline const char *
make_grouped(Maker *m, const Names *names, const char *from, int depth, size_t n_columns)
{
    Str out = {0};
    Str groups = {0};
    size_t n_keys = draw(m, n_columns + 1);
    uint64_t form = draw(m, 4);
    str_append(&out, "select ");
    for (size_t i = 0; i < n_columns; i++) {
        const char *value = i < n_keys ? make_value(m, names, 0) : make_aggregate(m, names, depth);
        bool constant = value[0] >= '0' && value[0] <= '9'; /* which `group by` takes for a place */
        value = i < n_keys && constant ? arena_printf(m->arena, "(%s + 0)", value) : value;
        str_append_format(&out, "%s%s as c%zu", i > 0 ? ", " : "", value, i);
        if (i < n_keys) {
            str_append_format(&groups, "%s", i > 0 ? ", " : "");
            str_append(&groups, form == 1 ? arena_printf(m->arena, "%zu", i + 1) : value);
        }
    }
    str_append_format(&out, " from %s", from);
    if (chance(m, 50)) {
        str_append_format(&out, " where %s", make_condition(m, names, depth - 1));
    }
    if (n_keys > 0) {
        bool rolls = form == 2;
        str_append_format(
            &out, " group by %s",
            form == 3 ? "all"
                      : arena_printf(m->arena, rolls ? "rollup (%s)" : "%s", str_text(&groups)));
    }
    if (chance(m, 25)) {
        str_append_format(&out, " having %s > 1", make_aggregate(m, names, 0));
    }
    str_deinit(&groups);
    return str_take_in(&out, m->arena);
}

static inline const char *
make_plain(Maker *m, const Names *names, const char *from, int depth, size_t n_columns)
{
    Str out = {0};
    bool distinct_on = chance(m, 8);
    str_append_format(&out, "select %s",
                      distinct_on     ? "distinct on (1) "
                      : chance(m, 15) ? "distinct "
                                      : "");
    for (size_t i = 0; i < n_columns; i++) {
        const char *value = !is_restricted(m) && chance(m, 15) ? make_window(m, names)
                                                               : make_value(m, names, depth);
        value = i > 0 && chance(m, 10) ? arena_printf(m->arena, "c%d + 1", (int)i - 1) : value;
        str_append_format(&out, "%s%s as c%zu", i > 0 ? ", " : "", value, i);
    }
    str_append_format(&out, " from %s", from);
    if (chance(m, 45)) {
        str_append_format(&out, " where %s", make_condition(m, names, depth));
    }
    if (!is_restricted(m) && chance(m, 10)) {
        str_append_format(&out, " qualify rank() over (partition by %s order by %s) < 3",
                          make_reference(m, names), make_value(m, names, 0));
    }
    if (distinct_on) {
        str_append(&out, make_limit(m, n_columns));
        str_append(&out, "00"); /* all there are, in order */
    }
    return str_take_in(&out, m->arena);
}

static inline const char *
make_select(Maker *m, const Names *outer, int depth, size_t n_columns)
{
    Names names = {.outer = outer};
    const char *from = make_from(m, &names, depth - 1);
    return chance(m, 30) ? make_grouped(m, &names, from, depth, n_columns)
                         : make_plain(m, &names, from, depth, n_columns);
}

/** A star over a query that has more columns than are wanted, or the same. */
static inline const char *
make_starred(Maker *m, const Names *outer, int depth, size_t n_columns)
{
    const char *changed = chance(m, 50) ? " replace (c0 + 1 as c0)" : "";
    bool more = chance(m, 50);
    Made inner = make_query(m, outer, depth - 1, n_columns + (more ? 1 : 0));
    return arena_printf(m->arena, "select *%s%s from (%s) as s%u%s",
                        more ? arena_printf(m->arena, " exclude (c%zu)", n_columns) : "", changed,
                        inner.sql, m->n_aliases++, chance(m, 30) ? " where c0 > 1" : "");
}

static inline const char *
make_operation(Maker *m, const Names *outer, int depth, size_t n_columns)
{
    const char *operator= PICK(m, "union all", "union", "intersect", "except", "except all",
                               "intersect all", "union all by name", "union by name");
    const char *left = make_query(m, outer, depth - 1, n_columns).sql;
    const char *right = make_query(m, outer, depth - 1, n_columns).sql;
    return arena_printf(m->arena, "(%s) %s (%s)", left, operator, right);
}

/** Counts up from what it begins with, so it ends. */
static inline const char *
make_recursive(Maker *m, const Names *outer, int depth, size_t n_columns)
{
    Str out = {0};
    unsigned alias = m->n_aliases++;
    const char *start = make_query(m, outer, depth - 1, n_columns + 1).sql;
    str_append_format(&out, "with recursive w%u as (select * from (%s) as s%u %s select c0 + 1",
                      alias, start, m->n_aliases++, PICK(m, "union all", "union"));
    for (size_t i = 1; i <= n_columns; i++) {
        str_append_format(&out, ", c%d", (int)(1 + draw(m, n_columns)));
    }
    str_append_format(&out, " from w%u where c0 < 3) select ", alias);
    for (size_t i = 0; i < n_columns; i++) {
        str_append_format(&out, "%sc%zu as c%zu", i > 0 ? ", " : "", i + 1, i);
    }
    str_append_format(&out, " from w%u", alias);
    return str_take_in(&out, m->arena);
}

static inline Made
make_query(Maker *m, const Names *outer, int depth, size_t n_columns)
{
    const char *sql;
    m->n_outer += outer != NULL ? 1 : 0;
    uint64_t kind = depth > 0 ? draw(m, 20) : 0;
    if (kind < 14) {
        sql = make_select(m, outer, depth, n_columns);
    } else if (kind < 16) {
        sql = make_starred(m, outer, depth, n_columns);
    } else if (kind < 19) {
        sql = make_operation(m, outer, depth, n_columns);
    } else {
        sql = make_recursive(m, outer, depth, n_columns);
    }
    if (chance(m, 10)) {
        sql = arena_printf(m->arena, "select * from (%s) as s%u%s", sql, m->n_aliases++,
                           make_limit(m, n_columns));
    }
    m->n_outer -= outer != NULL ? 1 : 0;
    return (Made){sql, n_columns};
}

/** A whole query with its CTEs. */
static inline Made
make_statement(Maker *m, size_t n_columns)
{
    Str out = {0};
    m->n_ctes = 0;
    uint64_t n = draw(m, 3);
    for (uint64_t i = 0; i < n; i++) {
        size_t width = 1 + draw(m, 3);
        const char *body = make_query(m, NULL, 1, width).sql;
        const char *name = arena_printf(m->arena, "q%d", (int)i);
        str_append_format(&out, "%s%s as %s(%s)", i == 0 ? "with " : ", ", name,
                          PICK(m, "", "", "materialized "), body);
        m->ctes[m->n_ctes] = name;
        m->cte_columns[m->n_ctes++] = width;
    }
    str_append(&out, n > 0 ? " " : "");
    const char *body = make_query(m, NULL, 2, n_columns).sql;
    bool wrapped = n > 0 && text_starts_with(body, "with");
    str_append_format(&out, "%s%s%s", wrapped ? "select * from (" : "", body,
                      wrapped ? ") as s" : "");
    m->n_ctes = 0;
    return (Made){str_take_in(&out, m->arena), n_columns};
}

#endif
