#include "compiler/lineage/bind_priv.h"
#include "runtime/base/str.h"

static void
add_relation(Bind *b, Scope *scope, const char *schema, const char *name, const Shape *shape)
{
    vec_push_in(b->arena, &scope->relations, (ScopeRelation){schema, name, shape});
}

static void
add_top(Bind *b, Scope *scope, const Shape *shape)
{
    vec_push_in(b->arena, &scope->tops, shape);
}

/** Nothing is there where lineage was given up on the way. */
static const Shape *
take_top(Bind *b, Scope *scope)
{
    return scope->tops.n > 0 ? scope->tops.items[--scope->tops.n] : shape_new(b);
}

/* ---- tables, queries, functions ---- */

static void
bind_from_table(Bind *b, Scope *scope, const TreeFrom *from, SetBuilder *filters)
{
    /* DuckDB's `recurring.t`: all rows that a recursive CTE has so far */
    bool may_be_cte = from->schema == NULL ||
                      (b->question->dialect == SQL_DUCKDB && text_equal(from->schema, "recurring"));
    const Result *cte = may_be_cte ? bind_cte(b, scope->ctes, from->name) : NULL;
    const Shape *shape;
    if (cte != NULL) {
        set_add_filters(filters, cte->filters);
        shape = cte->shape;
    } else {
        shape = shape_of_table(b, bind_table(b, from->schema, from->name));
    }
    shape = shape_rename(b, shape, from->columns);
    add_top(b, scope, shape);
    add_relation(b, scope, from->alias || cte != NULL ? NULL : from->schema,
                 from->alias ? from->alias : from->name, shape);
}

static void
bind_from_query(Bind *b, Scope *scope, const TreeFrom *from, SetBuilder *filters)
{
    const Scope *outside = from->sees_siblings ? scope : scope->parent;
    if (from->query == NULL) {
        b->gave_up = true;
        return;
    }
    Result result = bind_query(b, outside, scope->ctes, from->query, true);
    set_add_filters(filters, result.filters);
    const Shape *shape = shape_rename(b, result.shape, from->columns);
    add_top(b, scope, shape);
    add_relation(b, scope, NULL, from->alias, shape);
}

/** The columns of a function: those that are named for it, or one, or nobody knows. */
static const Shape *
shape_of_function(Bind *b, const TreeFrom *from, Set made_of)
{
    Shape *shape = shape_new(b);
    const char *name = from->alias ? from->alias : from->name;
    bool is_nothing = name == NULL && made_of.n == 0 && from->is_single;
    for (size_t i = 0; i < from->columns.n && bind_work(b, 1); i++) {
        shape_add(b, shape, from->columns.items[i], made_of);
    }
    if (from->is_single && !is_nothing && from->columns.n == 0) {
        shape_add(b, shape, name, made_of);
        if (from->alias != NULL && from->name != NULL) { /* DuckDB: by the function's name, too */
            shape_add(b, shape, NULL, made_of);
        }
    }
    if (from->has_ordinality) {
        shape_add(b, shape, "ordinality", made_of);
    }
    if (!from->is_single && from->columns.n == 0) {
        shape_add_open(b, shape, BIND_NONE, made_of);
    }
    return shape;
}

static Set
bind_arguments(Bind *b, const Scope *scope, TreeExprs arguments)
{
    SetBuilder values = {0};
    for (size_t i = 0; i < arguments.n; i++) {
        bind_expr(b, scope, &arguments.items[i], false, &values);
    }
    SetBuilder computed = {0};
    set_add_computed(&computed, set_end(b, &values));
    return set_end(b, &computed);
}

static void
bind_from_function(Bind *b, Scope *scope, const TreeFrom *from, SetBuilder *filters)
{
    Set made_of = bind_arguments(b, scope, from->arguments);
    set_add_filters(filters, made_of); /* how many rows there are */
    const Shape *shape = shape_of_function(b, from, made_of);
    add_top(b, scope, shape);
    add_relation(b, scope, NULL, from->alias ? from->alias : from->name, shape);
}

/** What is under a pivot is hidden, and every column may come from each of its columns. */
static void
bind_from_rows(Bind *b, Scope *scope, const TreeFrom *from, SetBuilder *filters)
{
    size_t n_relations = scope->relations.n;
    bind_from(b, scope, from->left, filters);
    scope->relations.n = n_relations;
    SetBuilder values = {0};
    shape_add_to(take_top(b, scope), &values);
    Set all = set_end(b, &values);
    set_add_filters(filters, all);
    SetBuilder computed = {0};
    set_add_computed(&computed, all);
    Shape *shape = shape_new(b);
    shape_add_open(b, shape, BIND_NONE, set_end(b, &computed));
    const Shape *named = shape_rename(b, shape, from->columns);
    add_top(b, scope, named);
    add_relation(b, scope, NULL, from->alias, named);
}

static void
bind_from_sample(Bind *b, Scope *scope, const TreeFrom *from, SetBuilder *filters)
{
    bind_from(b, scope, from->left, filters);
    set_add_filters(filters, bind_arguments(b, scope, from->arguments));
}

/* ---- joins ---- */

/** The names that both sides of a natural join have, as far as that is known. */
static TreeNames
common_names(Bind *b, const Shape *left, const Shape *right)
{
    VEC(const char *) names = {0};
    for (size_t i = 0; i < left->columns.n && bind_work(b, 1); i++) {
        SetBuilder unused = {0};
        const char *name = left->columns.items[i].name;
        if (name != NULL && shape_find_named(b, right, name, &unused)) {
            vec_push_in(b->arena, &names, name);
        }
        vec_free(&unused.items);
    }
    return (TreeNames){names.items, names.n};
}

static bool
has_name(const Bind *b, TreeNames names, const char *name)
{
    for (size_t i = 0; name != NULL && i < names.n; i++) {
        if (bind_same_name(b, names.items[i], name)) {
            return true;
        }
    }
    return false;
}

/** The value of a merged column: of the left side, of the right side of a right join, of both of a
 * full one. */
static Set
merged_column(Bind *b, TreeJoin join, Set left, Set right)
{
    SetBuilder value = {0};
    if (join == JOIN_FULL) {
        set_add_computed(&value, left);
        set_add_computed(&value, right);
    } else {
        set_add_all(&value, join == JOIN_RIGHT ? right : left, ~0u, 0);
    }
    return set_end(b, &value);
}

static void
add_rest(Bind *b, Shape *shape, const Shape *side, TreeNames merged)
{
    for (size_t i = 0; i < side->columns.n && bind_work(b, 1); i++) {
        if (!has_name(b, merged, side->columns.items[i].name)) {
            shape_add(b, shape, side->columns.items[i].name, side->columns.items[i].set);
        }
    }
    for (size_t i = 0; i < side->opens.n; i++) {
        shape_add_open(b, shape, side->opens.items[i].table, side->opens.items[i].any);
    }
}

static Set
column_of(Bind *b, const Shape *shape, const char *name)
{
    SetBuilder builder = {0};
    (void)shape_find(b, shape, name, &builder);
    return set_end(b, &builder);
}

/** Merges the columns of `using`; they decide which rows meet. */
static const Shape *
merge_sides(Bind *b, const TreeFrom *from, const Shape *left, const Shape *right, TreeNames using,
            SetBuilder *filters)
{
    Shape *shape = shape_new(b);
    Shape *merged = shape_new(b);
    for (size_t i = 0; i < using.n && bind_work(b, 1); i++) {
        Set left_set = column_of(b, left, using.items[i]);
        Set right_set = column_of(b, right, using.items[i]);
        set_add_filters(filters, left_set);
        set_add_filters(filters, right_set);
        shape_add(b, merged, using.items[i], merged_column(b, from->join, left_set, right_set));
    }
    shape_add_all(b, shape, merged);
    add_rest(b, shape, left, using);
    if (from->join != JOIN_SEMI) {
        add_rest(b, shape, right, using);
    }
    return shape;
}

/** Which columns a natural join merges isn't known where a side is open: any of them. */
static void
add_natural_filters(const Shape *left, const Shape *right, Bind *b, SetBuilder *filters)
{
    if (left->opens.n == 0 && right->opens.n == 0) {
        return;
    }
    SetBuilder all = {0};
    shape_add_to(left, &all);
    shape_add_to(right, &all);
    SetBuilder unsure = {0};
    set_add_unsure(&unsure, set_end(b, &all));
    set_add_filters(filters, set_end(b, &unsure));
}

static void
bind_from_join(Bind *b, Scope *scope, const TreeFrom *from, SetBuilder *filters)
{
    size_t n_relations = scope->relations.n;
    bind_from(b, scope, from->left, filters);
    size_t n_left = scope->relations.n;
    bind_from(b, scope, from->right, filters);
    bind_expr(b, scope, &from->condition, true, filters);
    const Shape *right = take_top(b, scope);
    const Shape *left = take_top(b, scope);
    TreeNames using = from->is_natural ? common_names(b, left, right) : from->using;
    if (from->is_natural) {
        add_natural_filters(left, right, b, filters);
    }
    const Shape *shape = merge_sides(b, from, left, right, using, filters);
    if (from->join == JOIN_SEMI) {
        scope->relations.n = n_left;
    }
    if (from->alias != NULL) { /* `(a join b) as j` hides a and b */
        scope->relations.n = n_relations;
        shape = shape_rename(b, shape, from->columns);
        add_relation(b, scope, NULL, from->alias, shape);
    }
    if (from->using_alias != NULL) {
        add_relation(b, scope, NULL, from->using_alias, shape);
    }
    add_top(b, scope, shape);
}

void
bind_from(Bind *b, Scope *scope, const TreeFrom *from, SetBuilder *filters)
{
    if (!bind_work(b, 1)) {
        return;
    }
    switch (from->kind) {
    case FROM_TABLE: bind_from_table(b, scope, from, filters); break;
    case FROM_QUERY: bind_from_query(b, scope, from, filters); break;
    case FROM_FUNCTION: bind_from_function(b, scope, from, filters); break;
    case FROM_JOIN: bind_from_join(b, scope, from, filters); break;
    case FROM_ROWS: bind_from_rows(b, scope, from, filters); break;
    case FROM_SAMPLE: bind_from_sample(b, scope, from, filters); break;
    }
}
