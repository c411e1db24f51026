#include "compiler/lineage/bind_priv.h"
#include "compiler/lineage/select_priv.h"
#include "runtime/base/str.h"

/* ---- expressions ---- */

static void
add_subquery(Bind *b, const Scope *scope, const TreeAtom *atom, SetBuilder *builder)
{
    Result result = bind_query(b, scope, scope ? scope->ctes : NULL, atom->query, true);
    if (atom->kind == ATOM_QUERY) {
        shape_add_to(result.shape, builder);
    }
    set_add_filters(builder, result.filters);
}

static Set
bind_atom(Bind *b, const Scope *scope, const TreeAtom *atom)
{
    SetBuilder builder = {0};
    const Shape **rows;
    size_t n_rows;
    switch (atom->kind) {
    case ATOM_COLUMN: scope_resolve(b, scope, atom->names, &builder); break;
    case ATOM_STAR:
        n_rows = scope_star(b, scope, atom->names, &rows);
        for (size_t i = 0; i < n_rows; i++) {
            shape_add_to(rows[i], &builder);
        }
        break;
    case ATOM_QUERY:
    case ATOM_EXISTS: add_subquery(b, scope, atom, &builder); break;
    }
    return set_end(b, &builder);
}

void
bind_expr(Bind *b, const Scope *scope, const TreeExpr *expr, bool filters, SetBuilder *builder)
{
    for (size_t i = 0; i < expr->n_atoms && bind_work(b, 1); i++) {
        Set set = bind_atom(b, scope, &expr->atoms[i]);
        if (filters || expr->atoms[i].filters) {
            set_add_filters(builder, set);
        } else if (expr->is_plain) {
            set_add_all(builder, set, ~0u, 0);
        } else {
            set_add_computed(builder, set);
        }
    }
}

static Set
set_of_expr(Bind *b, const Scope *scope, const TreeExpr *expr)
{
    SetBuilder builder = {0};
    bind_expr(b, scope, expr, false, &builder);
    return set_end(b, &builder);
}

static void
add_expr_filters(Bind *b, const Scope *scope, TreeExprs exprs, SetBuilder *filters)
{
    for (size_t i = 0; i < exprs.n; i++) {
        bind_expr(b, scope, &exprs.items[i], true, filters);
    }
}

/* ---- the select list ---- */

static const TreeChange *
find_change(const Bind *b, const TreeItem *star, const char *name)
{
    for (size_t i = 0; name != NULL && i < star->n_changes; i++) {
        if (star->changes[i].name != NULL && bind_same_name(b, star->changes[i].name, name)) {
            return &star->changes[i];
        }
    }
    return NULL;
}

static bool
is_left_out(const Bind *b, const TreeItem *star, const char *name)
{
    for (size_t i = 0; name != NULL && i < star->except.n; i++) {
        if (bind_same_name(b, star->except.items[i], name)) {
            return true;
        }
    }
    return false;
}

static void
add_star_column(Bind *b, const Scope *scope, const TreeItem *star, const ShapeColumn *column,
                Shape *outputs)
{
    const TreeChange *change = find_change(b, star, column->name);
    if (is_left_out(b, star, column->name)) {
        return;
    }
    if (change != NULL && change->is_replace) {
        shape_add(b, outputs, column->name, set_of_expr(b, scope, &change->expr));
    } else {
        shape_add(b, outputs, change != NULL ? change->to : column->name, column->set);
    }
}

/** Columns that nobody knows, but for those that `replace` and `rename` speak of. */
static void
add_star_open(Bind *b, const Scope *scope, const TreeItem *star, const Shape *row, size_t open,
              Shape *outputs)
{
    for (size_t i = 0; open == 0 && i < star->n_changes; i++) {
        const TreeChange *change = &star->changes[i];
        SetBuilder renamed = {0};
        if (change->is_replace) {
            shape_add(b, outputs, change->to, set_of_expr(b, scope, &change->expr));
        } else if (change->name != NULL && shape_find(b, row, change->name, &renamed) != FOUND) {
            shape_add(b, outputs, change->to, set_end(b, &renamed));
        }
        vec_free(&renamed.items);
    }
    shape_add_open(b, outputs, row->opens.items[open].table, row->opens.items[open].any);
}

static void
add_star(Bind *b, const Scope *scope, const TreeItem *star, Shape *outputs)
{
    const Shape **rows;
    size_t n_rows = scope_star(b, scope, star->qualifier, &rows);
    for (size_t i = 0; i < n_rows; i++) {
        for (size_t k = 0; k < rows[i]->columns.n && bind_work(b, 1); k++) {
            add_star_column(b, scope, star, &rows[i]->columns.items[k], outputs);
        }
        for (size_t k = 0; k < rows[i]->opens.n && bind_work(b, 1); k++) {
            add_star_open(b, scope, star, rows[i], k, outputs);
        }
    }
    if (n_rows == 0 && star->qualifier.n > 0) { /* `(column).*`: its fields */
        SetBuilder fields = {0};
        scope_resolve(b, scope, star->qualifier, &fields);
        SetBuilder computed = {0};
        set_add_computed(&computed, set_end(b, &fields));
        shape_add_open(b, outputs, BIND_NONE, set_end(b, &computed));
    }
}

static void
bind_item(Bind *b, BoundSelect *select, const TreeItem *item, SetBuilder *filters)
{
    if (item->is_star) {
        add_star(b, &select->scope, item, select->outputs);
        return;
    }
    Set set = set_of_expr(b, &select->scope, &item->expr);
    if (item->expr.has_star) {
        shape_add_open(b, select->outputs, BIND_NONE, set);
    } else {
        shape_add(b, select->outputs, item->name, set);
    }
    if (item->expr.returns_rows) {
        set_add_filters(filters, set);
    }
    if (item->name != NULL) { /* which `group by`, `order by`, on DuckDB all clauses may name */
        shape_add(b, select->aliases, item->name, set);
    }
}

/* ---- clauses ---- */

/** `group by 2`, `order by name`: an output column. */
static bool
add_output(Bind *b, const BoundSelect *select, const TreeExpr *expr, SetBuilder *filters)
{
    SetBuilder builder = {0};
    bool found = false;
    if (expr->ordinal > 0) {
        found = true;
        if (select->outputs->opens.n > 0 || expr->ordinal > select->outputs->columns.n) {
            shape_add_to(select->outputs, &builder); /* nobody knows which that is */
        } else {
            set_add_all(&builder, select->outputs->columns.items[expr->ordinal - 1].set, ~0u, 0);
        }
    } else if (expr->is_plain && expr->atoms[0].kind == ATOM_COLUMN &&
               expr->atoms[0].names.n == 1) {
        found = shape_find_named(b, select->outputs, expr->atoms[0].names.items[0], &builder);
    }
    set_add_filters(filters, set_end(b, &builder));
    return found;
}

void
select_add_order(Bind *b, const BoundSelect *select, TreeExprs exprs, SetBuilder *filters)
{
    for (size_t i = 0; i < exprs.n; i++) {
        if (!add_output(b, select, &exprs.items[i], filters)) {
            bind_expr(b, &select->scope, &exprs.items[i], true, filters);
        }
    }
}

static void
add_groups(Bind *b, const BoundSelect *select, const TreeSelect *tree, SetBuilder *filters)
{
    for (size_t i = 0; i < tree->groups.n; i++) {
        const TreeExpr *expr = &tree->groups.items[i];
        if (expr->ordinal == 0 || !add_output(b, select, expr, filters)) {
            bind_expr(b, &select->scope, expr, true, filters);
        }
    }
    for (size_t i = 0; tree->groups_all && i < tree->n_items; i++) {
        const TreeItem *item = &tree->items[i];
        if (item->is_star) {
            Shape *row = shape_new(b);
            SetBuilder all = {0};
            add_star(b, &select->scope, item, row);
            shape_add_to(row, &all);
            set_add_filters(filters, set_end(b, &all));
        } else if (!item->expr.is_aggregate) {
            bind_expr(b, &select->scope, &item->expr, true, filters);
        }
    }
}

static void
add_all_outputs(Bind *b, const BoundSelect *select, SetBuilder *filters)
{
    SetBuilder all = {0};
    shape_add_to(select->outputs, &all);
    set_add_filters(filters, set_end(b, &all));
}

void
select_add_all(Bind *b, const BoundSelect *select, SetBuilder *filters)
{
    add_all_outputs(b, select, filters);
}

/** `values`: columns are what stands in the same place of each row. */
static void
bind_rows(Bind *b, BoundSelect *select, const TreeSelect *tree)
{
    bool duckdb = b->question->dialect == SQL_DUCKDB;
    size_t n = tree->n_rows > 0 ? tree->rows[0].n : 0;
    for (size_t i = 0; i < n && bind_work(b, 1); i++) {
        SetBuilder builder = {0};
        for (size_t k = 0; k < tree->n_rows && bind_work(b, 1); k++) {
            if (i < tree->rows[k].n) {
                bind_expr(b, &select->scope, &tree->rows[k].items[i], false, &builder);
            }
        }
        const char *name = duckdb ? arena_printf(b->arena, "col%zu", i)
                                  : arena_printf(b->arena, "column%zu", i + 1);
        shape_add(b, select->outputs, name, set_end(b, &builder));
    }
}

void
select_bind(Bind *b, const Scope *parent, const BindCte *ctes, const TreeSelect *tree,
            BoundSelect *select, SetBuilder *filters)
{
    *select = (BoundSelect){.scope = {.parent = parent, .ctes = ctes},
                            .outputs = shape_new(b),
                            .aliases = shape_new(b)};
    if (tree->rows != NULL) {
        bind_rows(b, select, tree);
        return;
    }
    for (size_t i = 0; i < tree->n_from && bind_work(b, 1); i++) {
        bind_from(b, &select->scope, tree->from[i], filters);
    }
    bool duckdb = b->question->dialect == SQL_DUCKDB;
    select->scope.aliases = duckdb ? select->aliases : NULL;
    for (size_t i = 0; i < tree->n_items && bind_work(b, 1); i++) {
        bind_item(b, select, &tree->items[i], filters);
    }
    add_expr_filters(b, &select->scope, tree->filters, filters);
    select->scope.aliases = select->aliases;
    add_groups(b, select, tree, filters);
    if (tree->is_distinct) {
        add_all_outputs(b, select, filters);
    }
    select_add_order(b, select, tree->distinct_on, filters);
}
