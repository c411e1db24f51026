/*
 * Statements. Columns of the key are called k0, k1, …, the others c0, c1, … in them, whatever the
 * table calls them; `present` tells which side a row of a full join has.
 */
#include "runtime/compare/compare_priv.h"
#include "runtime/store/sql_text.h"

/* ---- parts ---- */

/** The value in the form in which it is compared. Texts are compared by their bytes: the two sides
 * may have different collations, and their order is the same everywhere. */
static void
append_form(const CompareColumn *column, const char *name, Str *sql)
{
    bool is_text = text_equal(column->cast, "text");
    str_append(sql, column->cast != NULL ? "cast(" : "");
    sql_ident(sql, name);
    if (column->cast != NULL) {
        str_append_format(sql, " as %s)%s", column->cast, is_text ? " collate \"C\"" : "");
    }
}

static void
append_columns(CompareColumn *const *columns, size_t n, char letter, bool here, Str *sql)
{
    for (size_t i = 0; i < n; i++) {
        const CompareColumn *column = columns[i];
        str_append(sql, ", ");
        append_form(column, here ? column->here->name : column->there->name, sql);
        str_append_format(sql, " as %c%zu", letter, i);
    }
}

/** Are all values that count one column, too, so that a slice of them can tell whether a row
 * differs in any? */
static bool
is_packed(const ComparePlan *plan)
{
    return plan->values.n > COMPARE_SLICE;
}

/** `, row(…) as r`: the values that count. */
static void
append_packed(const ComparePlan *plan, bool here, Str *sql)
{
    bool is_first = true;
    for (size_t i = 0; i < plan->values.n; i++) {
        const CompareColumn *column = plan->values.items[i];
        if (!column->is_by_rule) {
            str_append(sql, is_first ? ", row(" : ", ");
            append_form(column, here ? column->here->name : column->there->name, sql);
            is_first = false;
        }
    }
    str_append(sql, is_first ? ", 0 as r" : ") as r");
}

/** `select MARK as present, …` of a side. */
static void
append_select(const ComparePlan *plan, const CompareSide *side, const char *mark, bool with_values,
              Str *sql)
{
    bool here = side == &plan->here;
    str_append_format(sql, "select %s as present", mark);
    append_columns(plan->key.items, plan->key.n, 'k', here, sql);
    if (with_values) {
        append_columns(plan->values.items, plan->values.n, 'c', here, sql);
    }
    if (with_values && plan->key.n > 0 && is_packed(plan)) {
        append_packed(plan, here, sql);
    }
    str_append_format(sql, " from %s", side->name);
}

/** `a0, a1, …` */
static void
append_list(const char *prefix, size_t n, Str *sql)
{
    for (size_t i = 0; i < n; i++) {
        str_append_format(sql, "%s%s%zu", i > 0 ? ", " : "", prefix, i);
    }
}

/** ` from (here) as h KIND join (there) as t on …`. A NULL is found by comparing arrays, in which
 * NULL equals NULL: `is not distinct from` is no condition that PostgreSQL can hash. */
static void
append_join(const ComparePlan *plan, const char *kind, bool here_first, bool with_values, Str *sql)
{
    const CompareSide *first = here_first ? &plan->here : &plan->there;
    const CompareSide *second = here_first ? &plan->there : &plan->here;
    str_append(sql, " from (");
    append_select(plan, first, "true", with_values, sql);
    str_append_format(sql, ") as %s %s join (", here_first ? "h" : "t", kind);
    append_select(plan, second, "true", with_values, sql);
    str_append_format(sql, ") as %s on ", here_first ? "t" : "h");
    for (size_t i = 0; i < plan->key.n; i++) {
        str_append(sql, i > 0 ? " and " : "");
        str_append_format(
            sql, plan->has_null[i] ? "array[h.k%zu] = array[t.k%zu]" : "h.k%zu = t.k%zu", i, i);
    }
}

static void
append_differs(size_t i, Str *sql)
{
    str_append_format(sql, "h.c%zu is distinct from t.c%zu", i, i);
}

static void
append_limit(size_t limit, Str *sql)
{
    if (limit > 0) {
        str_append_format(sql, " limit %zu", limit);
    }
}

/** A value as it may be shown. */
static void
append_shown(const CompareColumn *column, const char *prefix, size_t i, Str *sql)
{
    if (column->is_hidden) {
        sql_literal(sql, COMPARE_MASKED);
    } else {
        str_append_format(sql, "%s%zu", prefix, i);
    }
}

/* ---- by key ---- */

void
compare_key_sql(const ComparePlan *plan, const CompareSide *side, Str *sql)
{
    size_t n = plan->key.n;
    str_append(sql, "select coalesce(sum(n), 0), count(*), count(*) filter (where n > 1), "
                    "coalesce(sum(n) filter (where n > 1), 0)");
    for (size_t i = 0; i < n; i++) {
        str_append_format(sql, ", coalesce(bool_or(k%zu is null), false)", i);
    }
    str_append(sql, " from (select ");
    append_list("k", n, sql);
    str_append(sql, ", count(*) as n from (");
    append_select(plan, side, "true", false, sql);
    str_append(sql, ") as s group by ");
    append_list("k", n, sql);
    str_append(sql, ") as g");
}

/** `(x or y …)`: a row of both sides differs in a column that counts. */
static void
append_changed(const ComparePlan *plan, Str *sql)
{
    bool is_first = true;
    if (is_packed(plan)) {
        str_append(sql, "h.r is distinct from t.r");
        return;
    }
    for (size_t i = 0; i < plan->values.n; i++) {
        if (!plan->values.items[i]->is_by_rule) {
            str_append(sql, is_first ? "(" : " or ");
            append_differs(i, sql);
            is_first = false;
        }
    }
    str_append(sql, is_first ? "false" : ")");
}

void
compare_count_sql(const ComparePlan *plan, size_t first, Str *sql)
{
    static const char both[] = "h.present is not null and t.present is not null";
    str_append_format(sql,
                      "select count(*) filter (where t.present is null), "
                      "count(*) filter (where h.present is null), count(*) filter (where %s), "
                      "count(*) filter (where %s and ",
                      both, both);
    append_changed(plan, sql);
    str_append(sql, ")");
    for (size_t i = first; i < plan->values.n && i - first < COMPARE_SLICE; i++) {
        str_append_format(sql, ", count(*) filter (where %s and ", both);
        append_differs(i, sql);
        str_append(sql, ")");
    }
    append_join(plan, "full", true, true, sql);
}

/** `select k0, k1, …` of what is found, as it may be shown. */
static void
begin_found(const ComparePlan *plan, Str *sql)
{
    for (size_t i = 0; i < plan->key.n; i++) {
        str_append(sql, i == 0 ? "select " : ", ");
        append_shown(plan->key.items[i], "k", i, sql);
    }
}

/** The first of what is found, which `offset 0` has planned as if all of it were wanted: for a few
 * rows PostgreSQL would compare each row here with each row there, and find them too late. */
static void
end_found(const ComparePlan *plan, size_t limit, Str *sql)
{
    str_append(sql, " offset 0) as f order by ");
    append_list("k", plan->key.n, sql);
    append_limit(limit, sql);
}

/** `select SIDE.k0 as k0, …` */
static void
append_found_key(const ComparePlan *plan, char side, Str *sql)
{
    for (size_t i = 0; i < plan->key.n; i++) {
        str_append_format(sql, "%s%c.k%zu as k%zu", i == 0 ? "select " : ", ", side, i, i);
    }
}

void
compare_single_sql(const ComparePlan *plan, bool here, size_t limit, Str *sql)
{
    begin_found(plan, sql);
    str_append(sql, " from (");
    append_found_key(plan, here ? 'h' : 't', sql);
    append_join(plan, "left", here, false, sql);
    str_append_format(sql, " where %s.present is null", here ? "t" : "h");
    end_found(plan, limit, sql);
}

static size_t
index_of(const ComparePlan *plan, const CompareColumn *column)
{
    for (size_t i = 0; i < plan->values.n; i++) {
        if (plan->values.items[i] == column) {
            return i;
        }
    }
    BUG("column %s is not compared", column->name);
}

/** `, DIFFERS as d0, h.c7 as h0, t.c7 as t0, …` */
static void
append_found_values(const ComparePlan *plan, CompareColumn *const *columns, size_t n, Str *sql)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = index_of(plan, columns[i]);
        str_append(sql, ", ");
        append_differs(at, sql);
        str_append_format(sql, " as d%zu", i);
        if (!columns[i]->is_hidden) {
            str_append_format(sql, ", h.c%zu as h%zu, t.c%zu as t%zu", at, i, at, i);
        }
    }
}

void
compare_changed_sql(const ComparePlan *plan, CompareColumn *const *columns, size_t n, size_t limit,
                    Str *sql)
{
    begin_found(plan, sql);
    for (size_t i = 0; i < n; i++) {
        str_append_format(sql, ", d%zu, ", i);
        append_shown(columns[i], "h", i, sql);
        str_append(sql, ", ");
        append_shown(columns[i], "t", i, sql);
    }
    str_append(sql, " from (");
    append_found_key(plan, 'h', sql);
    append_found_values(plan, columns, n, sql);
    append_join(plan, "inner", true, true, sql);
    for (size_t i = 0; i < n; i++) {
        str_append(sql, i == 0 ? " where " : " or ");
        append_differs(index_of(plan, columns[i]), sql);
    }
    end_found(plan, limit, sql);
}

/* ---- whole rows ---- */

/** ` from (select c0, …, copies here as h, copies there as t …) as g` */
static void
append_groups(const ComparePlan *plan, Str *sql)
{
    size_t n = plan->values.n;
    str_append(sql, " from (select ");
    append_list("c", n, sql);
    str_append(sql, ", count(*) filter (where present) as h, "
                    "count(*) filter (where not present) as t from (");
    append_select(plan, &plan->here, "true", true, sql);
    str_append(sql, " union all ");
    append_select(plan, &plan->there, "false", true, sql);
    str_append(sql, ") as u group by ");
    append_list("c", n, sql);
    str_append(sql, ") as g");
}

void
compare_whole_count_sql(const ComparePlan *plan, Str *sql)
{
    str_append(sql, "select coalesce(sum(h), 0), coalesce(sum(t), 0), "
                    "coalesce(sum(h - t) filter (where h > t), 0), "
                    "coalesce(sum(t - h) filter (where t > h), 0), "
                    "coalesce(sum(least(h, t)), 0)");
    append_groups(plan, sql);
}

void
compare_whole_single_sql(const ComparePlan *plan, bool here, size_t limit, Str *sql)
{
    str_append(sql, "select ");
    for (size_t i = 0; i < plan->values.n; i++) {
        append_shown(plan->values.items[i], "c", i, sql);
        str_append(sql, ", ");
    }
    str_append(sql, "h, t");
    append_groups(plan, sql);
    str_append_format(sql, " where %s order by ", here ? "h > t" : "t > h");
    append_list("c", plan->values.n, sql);
    append_limit(limit, sql);
}
