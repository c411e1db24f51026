/* Figures: one statement sums up by unit and then by group; the rest is a few multiplications. */
#include "runtime/estimate/estimate.h"
#include "runtime/store/sql_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/** Columns of the statement's result behind the groups. */
enum { CELL_MISSING, CELL_MIXED, N_CELLS };

enum { LEAST_EFFECTIVE = 5 };

/** For each figure, from there on. */
enum { SUM_VALUE, SUM_ONE, SUM_VARIANCE, SUM_SQUARES, N_UNITS, N_SUMS };

/** The statement in the making. */
typedef struct Figures Figures;
struct Figures {
    const EstimateSource *source;
    const FlowTable *table;
    const EstimateQuery *query;
    const EstimateWeights *weights;
    size_t n_groups;
    Arena *arena;
    Str sql;
};

static const EstimateItem *
item_at(const Figures *f, size_t i)
{
    return &f->query->items.items[i];
}

static bool
is_group(const Figures *f, size_t i)
{
    return item_at(f, i)->kind == ESTIMATE_GROUP;
}

/** An expression of the user; it may end with a comment. */
static void
append_expression(const char *expression, Str *sql)
{
    str_append_format(sql, "(%s\n)", expression);
}

static void
append_source(Figures *f)
{
    const char *schema = meta_stage_schema(f->source->layout, f->table->stage->name, f->arena);
    str_append(&f->sql, " from ");
    sql_qualified(&f->sql, schema, f->table->name);
    str_append(&f->sql, " as ");
    sql_ident(&f->sql, f->query->alias != NULL ? f->query->alias : f->table->name);
    if (f->query->where != NULL) {
        str_append(&f->sql, " where ");
        append_expression(f->query->where, &f->sql);
    }
}

/** `PREFIX0, PREFIX1, …` for the groups. */
static void
append_groups(Figures *f, const char *alias, const char *after)
{
    size_t n = 0;
    for (size_t i = 0; i < f->query->items.n; i++) {
        if (is_group(f, i)) {
            str_append_format(&f->sql, "%s%sg%zu", n++ > 0 ? ", " : "", alias, i);
        }
    }
    str_append(&f->sql, n > 0 ? after : "");
}

/* ---- exact figures ---- */

static void
append_exact_item(Figures *f, const EstimateItem *item)
{
    static const char *const functions[] = {[ESTIMATE_GROUP] = "",
                                            [ESTIMATE_COUNT] = "count",
                                            [ESTIMATE_SUM] = "sum",
                                            [ESTIMATE_AVG] = "avg"};
    str_append(&f->sql, functions[item->kind]);
    append_expression(item->expression != NULL ? item->expression : "*", &f->sql);
}

static void
append_exact(Figures *f)
{
    size_t n = 0;
    str_append(&f->sql, "select ");
    for (size_t i = 0; i < f->query->items.n; i++) {
        str_append(&f->sql, i > 0 ? ", " : "");
        append_exact_item(f, item_at(f, i));
        str_append_format(&f->sql, " as g%zu", i);
    }
    append_source(f);
    for (int clause = 0; clause < 2 && f->n_groups > 0; clause++) {
        n = 0;
        str_append(&f->sql, clause == 0 ? " group by " : " order by ");
        for (size_t i = 0; i < f->query->items.n; i++) {
            if (is_group(f, i)) {
                str_append_format(&f->sql, "%s%zu", n++ > 0 ? ", " : "", i + 1);
            }
        }
    }
}

/* ---- estimates ---- */

/** The user's expressions, and the key by which weights are found. */
static void
append_rows(Figures *f)
{
    const EstimateWeights *weights = f->weights;
    str_append(&f->sql, "(select ");
    for (size_t i = 0; i < f->query->items.n; i++) {
        const EstimateItem *item = item_at(f, i);
        if (item->kind == ESTIMATE_SUM || item->kind == ESTIMATE_AVG) {
            str_append(&f->sql, "cast(");
            append_expression(item->expression, &f->sql);
            str_append_format(&f->sql, " as double precision) as y%zu, ", i);
        } else if (item->expression != NULL) {
            append_expression(item->expression, &f->sql);
            str_append_format(&f->sql, " as %s%zu, ", item->kind == ESTIMATE_GROUP ? "g" : "y", i);
        }
    }
    for (size_t i = 0; i < weights->n_keys; i++) {
        str_append(&f->sql, i > 0 ? ", " : "");
        sql_ident(&f->sql, f->query->alias != NULL ? f->query->alias : f->table->name);
        str_append_char(&f->sql, '.');
        sql_ident(&f->sql, weights->keys[i]);
        str_append_format(&f->sql, " as k%zu", i);
    }
    append_source(f);
    str_append(&f->sql, ") as q");
}

static void
append_design(Figures *f)
{
    const EstimateWeights *weights = f->weights;
    str_append(&f->sql, " left join (select ");
    for (size_t i = 0; i < weights->n_keys; i++) {
        sql_ident(&f->sql, weights->keys[i]);
        str_append_format(&f->sql, " as k%zu, ", i);
    }
    sql_ident(&f->sql, weights->weight);
    str_append(&f->sql, " as w, ");
    sql_ident(&f->sql, weights->unit);
    str_append(&f->sql, " as unit, ");
    sql_ident(&f->sql, weights->inclusion);
    str_append(&f->sql, " as p from ");
    sql_qualified(&f->sql, f->source->layout->metadata_schema, weights->design);
    str_append(&f->sql, ") as d on ");
    for (size_t i = 0; i < weights->n_keys; i++) {
        str_append_format(&f->sql, "%sd.k%zu = q.k%zu", i > 0 ? " and " : "", i, i);
    }
}

/** What a unit adds, by group: t of the values, n of the rows that have one. */
static void
append_units(Figures *f)
{
    str_append(&f->sql, "(select ");
    append_groups(f, "q.", ", ");
    str_append(
        &f->sql,
        "d.unit, max(case when d.w > 0 then d.p end) as p, sum(case when d.w is null then 1 "
        "else 0 end) as missing, sum(case when d.w > 0 and d.p is null then 1 else 0 end) as "
        "mixed, sum(d.w) as w");
    for (size_t i = 0; i < f->query->items.n; i++) {
        const EstimateItem *item = item_at(f, i);
        if (item->kind == ESTIMATE_GROUP) {
            continue;
        }
        if (item->expression == NULL) {
            str_append_format(&f->sql, ", sum(d.w) as n%zu", i);
        } else {
            str_append_format(&f->sql, ", sum(case when q.y%zu is not null then d.w end) as n%zu",
                              i, i);
        }
        str_append_format(&f->sql,
                          item->kind == ESTIMATE_COUNT ? ", cast(null as double precision) as t%zu"
                                                       : ", sum(d.w * q.y%zu) as t%zu",
                          i, i);
    }
    str_append(&f->sql, " from ");
    append_rows(f);
    append_design(f);
    str_append(&f->sql, " group by ");
    append_groups(f, "q.", ", ");
    str_append(&f->sql, "d.unit) as u");
}

static void
append_partition(Figures *f)
{
    str_append(&f->sql, f->n_groups > 0 ? "partition by " : "");
    append_groups(f, "u.", "");
}

/** What each unit adds to the figure, off its mean where the figure is one: z. */
static void
append_residuals(Figures *f)
{
    str_append(&f->sql, "(select u.*");
    for (size_t i = 0; i < f->query->items.n; i++) {
        const EstimateItem *item = item_at(f, i);
        if (item->kind == ESTIMATE_AVG) {
            str_append(&f->sql, ", u.t");
            str_append_format(&f->sql, "%zu - u.n%zu * (sum(u.t%zu) over (", i, i, i);
            append_partition(f);
            str_append_format(&f->sql, ") / nullif(sum(u.n%zu) over (", i);
            append_partition(f);
            str_append_format(&f->sql, "), 0)) as z%zu", i);
        } else if (item->kind != ESTIMATE_GROUP) {
            str_append_format(&f->sql, ", u.%c%zu as z%zu", item->kind == ESTIMATE_SUM ? 't' : 'n',
                              i, i);
        }
    }
    str_append(&f->sql, " from ");
    append_units(f);
    str_append(&f->sql, ") as u");
}

static void
append_sums(Figures *f, size_t i)
{
    str_append_format(&f->sql,
                      ", sum(u.t%zu), sum(u.n%zu), sum((1 - u.p) * u.z%zu * u.z%zu), "
                      "sum((1 - u.p) * (1 - u.p) * u.z%zu * u.z%zu * u.z%zu * u.z%zu), "
                      "sum(case when u.p < 1 and u.n%zu > 0 then 1 else 0 end)",
                      i, i, i, i, i, i, i, i, i);
}

static void
append_estimates(Figures *f)
{
    str_append(&f->sql, "select ");
    append_groups(f, "u.", ", ");
    str_append(&f->sql, "sum(u.missing), sum(u.mixed)");
    for (size_t i = 0; i < f->query->items.n; i++) {
        if (!is_group(f, i)) {
            append_sums(f, i);
        }
    }
    str_append(&f->sql, " from ");
    append_residuals(f);
    if (f->n_groups > 0) { /* a group without any weight is one of which the sample knows nothing */
        str_append(&f->sql, " group by ");
        append_groups(f, "u.", "");
        str_append(&f->sql, " having sum(u.w) > 0 or sum(u.missing) > 0 order by ");
        append_groups(f, "u.", "");
    }
}

/* ---- from sums to figures ---- */

/** Student's 0.975 quantile, to better than 1 % from 4 degrees of freedom on (Cornish and Fisher
 * 1938). */
static double
student(double degrees)
{
    const double z = 1.959963984540054;
    double z3 = z * z * z;
    return z + (z3 + z) / (4 * degrees) +
           (5 * z3 * z * z + 16 * z3 + 3 * z) / (96 * degrees * degrees);
}

static double
number_at(const StoreResult *result, size_t row, size_t column)
{
    const char *text = store_result_text(result, row, column);
    return text != NULL ? strtod(text, NULL) : 0;
}

/** How many units of equal part would give as uncertain a variance (Satterthwaite 1946): fewer than
 * there are where a few large ones make most of it. */
static double
effective_units(double variance, double squares)
{
    double units = squares > 0 ? variance * variance / squares : 1;
    return units > LEAST_EFFECTIVE ? units : LEAST_EFFECTIVE;
}

static void
set_margin(const StoreResult *result, size_t row, size_t at, bool mixed, EstimateCell *cell)
{
    double variance = number_at(result, row, at + SUM_VARIANCE);
    double one = number_at(result, row, at + SUM_ONE);
    cell->margin = mixed                                  ? ESTIMATE_MIXED
                   : cell->n_units == 0 && one > 0        ? ESTIMATE_EXACT
                   : cell->n_units < ESTIMATE_LEAST_UNITS ? ESTIMATE_FEW
                                                          : ESTIMATE_INTERVAL;
    if (cell->margin == ESTIMATE_INTERVAL) {
        double units = effective_units(variance, number_at(result, row, at + SUM_SQUARES));
        double half = student(units - 1) * sqrt(variance);
        cell->low = cell->value - half;
        cell->high = cell->value + half;
    }
}

/** @param at  the column of the first of its sums */
static EstimateCell
figure(const StoreResult *result, size_t row, size_t at, EstimateKind kind, bool mixed)
{
    double value = number_at(result, row, at + SUM_VALUE);
    double one = number_at(result, row, at + SUM_ONE);
    EstimateCell cell = {.n_units = (int64_t)number_at(result, row, at + N_UNITS)};
    cell.is_number = kind == ESTIMATE_COUNT || one > 0; /* of no rows there is no sum */
    cell.value = kind == ESTIMATE_COUNT             ? one
                 : kind == ESTIMATE_SUM || one == 0 ? value
                                                    : value / one;
    set_margin(result, row, at, mixed, &cell);
    if (kind == ESTIMATE_AVG && one > 0 && cell.margin == ESTIMATE_INTERVAL) {
        cell.low = cell.value - (cell.value - cell.low) / one; /* what was summed is N times it */
        cell.high = cell.value + (cell.high - cell.value) / one;
    }
    return cell;
}

static const char *
text_at(const Figures *f, const StoreResult *result, size_t row, size_t column)
{
    const char *text = store_result_text(result, row, column);
    return text != NULL ? arena_strdup(f->arena, text) : NULL;
}

static void
take_row(const Figures *f, const StoreResult *result, size_t row, EstimateCell *cells)
{
    bool mixed = number_at(result, row, f->n_groups + CELL_MIXED) > 0;
    size_t at = f->n_groups + N_CELLS;
    size_t group = 0;
    for (size_t i = 0; i < f->query->items.n; i++) {
        if (is_group(f, i)) {
            cells[i] = (EstimateCell){.text = text_at(f, result, row, group++)};
        } else {
            cells[i] = figure(result, row, at, item_at(f, i)->kind, mixed);
            at += N_SUMS;
        }
    }
}

static int
check_missing(const Figures *f, const StoreResult *result, Error *reterr)
{
    double missing = 0;
    for (size_t row = 0; row < store_result_rows(result); row++) {
        missing += number_at(result, row, f->n_groups + CELL_MISSING);
    }
    if (missing == 0) {
        return 0;
    }
    error_set(reterr, ERROR_DATA, "%.0f rows of %s.%s are none that the weights of %s.%s speak of",
              missing, f->table->stage->name, f->table->name, f->weights->table->stage->name,
              f->weights->table->name);
    error_set_hint(reterr, "their key is null, or another one than that of the copied rows; "
                           "--where can leave them out");
    return -1;
}

/** The types of the groups, in the order of the items. */
static void
take_types(const Figures *f, const StoreResult *result, bool exact, PdcType *types)
{
    size_t group = 0;
    for (size_t i = 0; i < f->query->items.n; i++) {
        types[i] = exact            ? store_result_type(result, i)
                   : is_group(f, i) ? store_result_type(result, group++)
                                    : PDC_TYPE_FLOAT;
    }
}

int
estimate_figures(const EstimateSource *source, const FlowTable *table, const EstimateQuery *query,
                 const EstimateWeights *weights, Arena *arena, Estimate *ret_estimate,
                 Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    bool exact = weights->table == NULL;
    size_t n = query->items.n;
    Figures f = {
        .source = source, .table = table, .query = query, .weights = weights, .arena = arena};
    for (size_t i = 0; i < n; i++) {
        f.n_groups += is_group(&f, i) ? 1 : 0;
    }
    if (exact) {
        append_exact(&f);
    } else {
        append_estimates(&f);
    }
    int status = store_query(source->store, str_text(&f.sql), &result, reterr) == 0 ? 0 : -1;
    str_deinit(&f.sql);
    if (status < 0 || (!exact && check_missing(&f, result, reterr) < 0)) {
        return -1;
    }
    PdcType *types = ARENA_ARRAY(arena, PdcType, n + 1);
    size_t n_rows = store_result_rows(result);
    EstimateCell *cells = ARENA_ARRAY(arena, EstimateCell, n_rows * n + 1);
    take_types(&f, result, exact, types);
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t i = 0; exact && i < n; i++) {
            cells[row * n + i] = (EstimateCell){.text = text_at(&f, result, row, i)};
        }
        if (!exact) {
            take_row(&f, result, row, &cells[row * n]);
        }
    }
    *ret_estimate =
        (Estimate){.items = query->items.items,
                   .types = types,
                   .n_items = n,
                   .cells = cells,
                   .n_rows = n_rows,
                   .weights_of = exact ? NULL
                                       : arena_printf(arena, "%s.%s", weights->table->stage->name,
                                                      weights->table->name)};
    return 0;
}
