#include "compiler/lineage/select_priv.h"
#include "runtime/base/str.h"

/** Rounds in which a recursive CTE comes to rest: each adds at least a column or kind somewhere. */
enum { MAX_ROUNDS = 1000 };

/* ---- set operations ---- */

/** What a branch of a set operation gives. */
static const Shape *
bind_branch(Bind *b, const Scope *parent, const BindCte *ctes, const TreeBranch *branch,
            SetBuilder *filters)
{
    Result result = {.shape = NULL};
    BoundSelect select = {.outputs = NULL};
    if (branch->select != NULL) {
        select_bind(b, parent, ctes, branch->select, &select, filters);
        result.shape = select.outputs;
    } else if (branch->query != NULL) {
        result = bind_query(b, parent, ctes, branch->query, true);
        set_add_filters(filters, result.filters);
    } else {
        b->gave_up = true;
        result.shape = shape_new(b);
    }
    if (branch->compares) {
        SetBuilder all = {0};
        shape_add_to(result.shape, &all);
        set_add_filters(filters, set_end(b, &all));
    }
    return result.shape;
}

static Set
set_of_both(Bind *b, Set one, Set other, bool unsure)
{
    SetBuilder both = {0};
    set_add_all(&both, one, ~0u, 0);
    if (unsure) {
        set_add_unsure(&both, other);
    } else {
        set_add_all(&both, other, ~0u, 0);
    }
    return set_end(b, &both);
}

static Set
set_of_row(Bind *b, const Shape *row)
{
    SetBuilder all = {0};
    shape_add_to(row, &all);
    return set_end(b, &all);
}

/** Column by column; where a row is open nobody knows which meet: each column with all. */
static Shape *
unite_by_place(Bind *b, const Shape *left, const Shape *right)
{
    Shape *united = shape_new(b);
    bool known = left->opens.n == 0 && right->opens.n == 0;
    Set all = known ? (Set){0} : set_of_row(b, right);
    for (size_t i = 0; i < left->columns.n && bind_work(b, 1); i++) {
        Set other = known && i < right->columns.n ? right->columns.items[i].set : all;
        const ShapeColumn *column = &left->columns.items[i];
        shape_add(b, united, column->name, set_of_both(b, column->set, other, !known));
    }
    for (size_t i = 0; i < left->opens.n; i++) {
        shape_add_open(b, united, left->opens.items[i].table, left->opens.items[i].any);
    }
    if (left->opens.n > 0) {
        SetBuilder unsure = {0};
        set_add_unsure(&unsure, all);
        shape_add_open(b, united, BIND_NONE, set_end(b, &unsure));
    }
    return united;
}

/** DuckDB's `union by name`. */
static Shape *
unite_by_name(Bind *b, const Shape *left, const Shape *right)
{
    Shape *united = shape_new(b);
    for (size_t i = 0; i < left->columns.n && bind_work(b, 1); i++) {
        const ShapeColumn *column = &left->columns.items[i];
        SetBuilder other = {0};
        if (column->name != NULL) {
            (void)shape_find(b, right, column->name, &other);
        }
        shape_add(b, united, column->name, set_of_both(b, column->set, set_end(b, &other), false));
    }
    for (size_t i = 0; i < right->columns.n && bind_work(b, 1); i++) {
        const ShapeColumn *column = &right->columns.items[i];
        SetBuilder here = {0};
        if (column->name == NULL || !shape_find_named(b, left, column->name, &here)) {
            shape_add(b, united, column->name, column->set);
        }
        vec_free(&here.items);
    }
    Shape opens = {.opens = {left->opens.items, left->opens.n, left->opens.n}};
    shape_add_all(b, united, &opens);
    opens = (Shape){.opens = {right->opens.items, right->opens.n, right->opens.n}};
    shape_add_all(b, united, &opens);
    return united;
}

/**
 * On DuckDB the first half of a recursive CTE does not see it: there its name is that of a table.
 * @return what the half sees
 */
static const BindCte *
hide_itself(Bind *b, const BindCte *ctes, const TreeQuery *query)
{
    const BindCte *own = b->question->dialect == SQL_DUCKDB ? ctes : NULL;
    while (own != NULL && (own->cte == NULL || own->cte->query != query)) {
        own = own->next;
    }
    if (own == NULL) {
        return ctes;
    }
    BindCte *cover = ARENA_NEW(b->arena, BindCte);
    *cover = (BindCte){.hides = own, .next = ctes};
    return cover;
}

static const Shape *
bind_branches(Bind *b, const Scope *parent, const BindCte *ctes, const TreeQuery *query,
              size_t n_branches, SetBuilder *filters)
{
    const Shape *shape = NULL;
    for (size_t i = 0; i < n_branches && bind_work(b, 1); i++) {
        const TreeBranch *branch = &query->branches[i];
        const BindCte *seen = i == 0 ? hide_itself(b, ctes, query) : ctes;
        const Shape *row = bind_branch(b, parent, seen, branch, filters);
        if (shape == NULL) {
            shape = row;
        } else if (!branch->is_hidden) {
            shape = branch->by_name ? unite_by_name(b, shape, row) : unite_by_place(b, shape, row);
        }
    }
    return shape != NULL ? shape : shape_new(b);
}

/* ---- CTEs ---- */

/** Adds the columns that `search` and `cycle` make. */
static void
add_extra(Bind *b, const TreeCte *cte, Result *result)
{
    BoundSelect select = {.outputs = shape_new(b)};
    if (cte->extra.n == 0) {
        return;
    }
    SetBuilder made_of = {0};
    vec_push_in(b->arena, &select.scope.tops, result->shape);
    for (size_t i = 0; i < cte->extra.n; i++) {
        bind_expr(b, &select.scope, &cte->extra.items[i], false, &made_of);
    }
    SetBuilder computed = {0};
    SetBuilder filters = {0};
    set_add_computed(&computed, set_end(b, &made_of));
    Set set = set_end(b, &computed);
    set_add_filters(&filters, result->filters);
    set_add_filters(&filters, set);
    result->filters = set_end(b, &filters);
    Shape *shape = shape_new(b);
    shape_add_all(b, shape, result->shape);
    for (size_t i = 0; i < cte->extra_columns.n; i++) {
        shape_add(b, shape, cte->extra_columns.items[i], set);
    }
    result->shape = shape;
}

static Result
bind_cte_once(Bind *b, BindCte *cte)
{
    Result result = bind_query(b, cte->scope, cte->sees, cte->cte->query, true);
    const Shape *renamed = shape_rename(b, result.shape, cte->cte->columns);
    Shape *shape = shape_new(b);
    shape_add_all(b, shape, renamed);
    result.shape = shape;
    add_extra(b, cte->cte, &result);
    return result;
}

/** What a recursive CTE gives before its first round: the row of its first branch. */
static Result
bind_cte_start(Bind *b, const BindCte *cte)
{
    SetBuilder filters = {0};
    const TreeQuery *query = cte->cte->query;
    const BindCte *ctes = bind_ctes(b, cte->scope, cte->sees, query);
    const Shape *first = bind_branches(b, cte->scope, ctes, query, 1, &filters);
    Shape *shape = shape_new(b);
    shape_add_all(b, shape, shape_rename(b, first, cte->cte->columns));
    return (Result){shape, set_end(b, &filters)};
}

/** Binds a CTE; one that reads itself in rounds, until nothing is added any more. */
static void
bind_cte_now(Bind *b, BindCte *cte)
{
    cte->is_open = true;
    cte->result = (Result){.shape = shape_new(b)};
    if (cte->sees_itself) {
        cte->result = bind_cte_start(b, cte);
    }
    for (int round = 0; bind_work(b, 1); round++) {
        cte->was_read = false;
        Result result = bind_cte_once(b, cte);
        bool rests = shape_equal(result.shape, cte->result.shape) &&
                     set_equal(result.filters, cte->result.filters);
        cte->result = result;
        if (rests || !cte->was_read) {
            break;
        }
        b->gave_up |= round >= MAX_ROUNDS;
    }
    cte->is_open = false;
    cte->is_done = true;
}

const Result *
bind_cte(Bind *b, const BindCte *ctes, const char *name)
{
    for (; ctes != NULL; ctes = ctes->next) {
        if (ctes->cte == NULL) {
            ctes = bind_same_name(b, ctes->hides->cte->name, name) ? ctes->hides : ctes;
        } else if (bind_same_name(b, ctes->cte->name, name)) {
            BindCte *cte = (BindCte *)(uintptr_t)ctes; /* bound when it is first read */
            cte->was_read = true;
            if (!cte->is_done && !cte->is_open) {
                bind_cte_now(b, cte);
            }
            return &cte->result;
        }
    }
    return NULL;
}

const BindCte *
bind_ctes(Bind *b, const Scope *scope, const BindCte *ctes, const TreeQuery *query)
{
    BindCte *made = ARENA_ARRAY(b->arena, BindCte, query->n_ctes);
    const BindCte *seen = ctes;
    for (size_t i = 0; i < query->n_ctes; i++) {
        made[i] = (BindCte){.cte = &query->ctes[i], .next = seen, .scope = scope};
        made[i].sees_itself = query->is_recursive && query->ctes[i].query->n_branches > 1;
        made[i].sees = made[i].sees_itself ? &made[i] : seen;
        seen = &made[i];
    }
    for (size_t i = 0; i < query->n_ctes && query->ctes_see_all; i++) {
        made[i].sees = seen;
    }
    for (size_t i = 0; i < query->n_ctes && bind_work(b, 1); i++) {
        if (!made[i].is_done) {
            bind_cte_now(b, &made[i]);
        }
    }
    return seen;
}

/* ---- queries ---- */

static Set
bind_limits(Bind *b, const Scope *parent, const BindCte *ctes, const TreeQuery *query)
{
    Scope scope = {.parent = parent, .ctes = ctes};
    SetBuilder limits = {0};
    for (size_t i = 0; i < query->limits.n; i++) {
        bind_expr(b, &scope, &query->limits.items[i], true, &limits);
    }
    return set_end(b, &limits);
}

static bool
has_distinct_on(const TreeQuery *query)
{
    const TreeSelect *select = query->branches[0].select;
    return query->n_branches == 1 && select != NULL && select->distinct_on.n > 0;
}

Result
bind_query(Bind *b, const Scope *parent, const BindCte *ctes, const TreeQuery *query,
           bool order_counts)
{
    if (query == NULL || !bind_work(b, 1)) {
        b->gave_up = true;
        return (Result){.shape = shape_new(b)};
    }
    SetBuilder filters = {0};
    ctes = bind_ctes(b, parent, ctes, query);
    set_add_filters(&filters, bind_limits(b, parent, ctes, query));
    BoundSelect select = {.scope = {.parent = parent, .ctes = ctes}};
    if (query->n_branches == 1 && query->branches[0].select != NULL) {
        select_bind(b, parent, ctes, query->branches[0].select, &select, &filters);
    } else {
        const Shape *shape = bind_branches(b, parent, ctes, query, query->n_branches, &filters);
        select.outputs = shape_new(b);
        shape_add_all(b, select.outputs, shape);
    }
    if (order_counts || query->is_limited || has_distinct_on(query)) {
        select_add_order(b, &select, query->order, &filters);
        if (query->orders_all) {
            select_add_all(b, &select, &filters);
        }
    }
    return (Result){select.outputs, set_end(b, &filters)};
}
