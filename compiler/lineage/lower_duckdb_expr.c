/* Expressions of the JSON of json_serialize_sql(): what a node is stands in its "class". */
#include "compiler/lineage/lower_priv.h"
#include "runtime/base/str.h"

typedef void (*ExprVisitor)(Lower *l, LowerExpr *e, LowerItem at);

bool
duckdb_class_is(const JsonDoc *doc, uint32_t node, const char *class)
{
    return json_text_is(doc, json_member(doc, node, "class"), class);
}

static void
visit_column(Lower *l, LowerExpr *e, LowerItem at)
{
    lower_add_column(l, e, at, lower_names(l, json_member(l->doc, at.node, "column_names")));
}

static void
visit_star(Lower *l, LowerExpr *e, LowerItem at)
{
    const char *relation = lower_text(l, at.node, "relation_name");
    const char **names = ARENA_NEW(l->arena, const char *);
    names[0] = relation;
    TreeAtom star = {
        .kind = ATOM_STAR, .filters = at.filters, .names = {names, relation != NULL ? 1 : 0}};
    vec_push_in(l->arena, &e->atoms, star);
    e->expr.has_star = true;
    lower_push_children(l, e, at, at.node, false); /* `replace (…)`, `columns(lambda …)` */
}

/** `columns(c -> …)` is a function's call when it has a table in front. */
static bool
is_columns_call(Lower *l, uint32_t node)
{
    return duckdb_class_is(l->doc, node, "FUNCTION") &&
           json_text_is(l->doc, json_member(l->doc, node, "function_name"), "columns");
}

static void
visit_subquery(Lower *l, LowerExpr *e, LowerItem at)
{
    uint32_t type = json_member(l->doc, at.node, "subquery_type");
    bool exists = json_text_is(l->doc, type, "EXISTS") || json_text_is(l->doc, type, "NOT_EXISTS");
    uint32_t query = json_member(l->doc, json_member(l->doc, at.node, "subquery"), "node");
    lower_add_query(l, e, at, exists ? ATOM_EXISTS : ATOM_QUERY, duckdb_query(l, query));
    lower_push(e, at, json_member(l->doc, at.node, "child"), false);
}

/** The names of a lambda's parameters: a column, or a row of them. */
static const LowerHidden *
lambda_parameters(Lower *l, uint32_t left, const LowerHidden *hidden)
{
    for (uint32_t i = left; left != JSON_NONE && i < json_end(l->doc, left); i++) {
        if (json_key_is(l->doc, i, "column_names")) {
            TreeNames names = lower_names(l, i);
            LowerHidden *one = ARENA_NEW(l->arena, LowerHidden);
            *one = (LowerHidden){names.n > 0 ? names.items[0] : "", hidden};
            hidden = one;
        }
    }
    return hidden;
}

/** `x -> …` is a lambda where a function takes one, and else looks into JSON: `data -> 'key'`. */
static void
push_argument(Lower *l, LowerExpr *e, LowerItem at, uint32_t node, bool lambdas)
{
    if (!lambdas || !duckdb_class_is(l->doc, node, "LAMBDA")) {
        lower_push(e, at, node, false);
        return;
    }
    LowerItem inner = at;
    inner.hidden = lambda_parameters(l, json_member(l->doc, node, "lhs"), at.hidden);
    lower_push(e, inner, json_member(l->doc, node, "expr"), false);
}

static void
visit_call(Lower *l, LowerExpr *e, LowerItem at)
{
    const JsonDoc *doc = l->doc;
    const char *name = lower_text(l, at.node, "function_name");
    bool lambdas = tree_function_takes_lambda(name);
    uint32_t children = json_member(doc, at.node, "children");
    if (is_columns_call(l, at.node)) {
        visit_star(l, e, (LowerItem){at.node, at.filters, at.hidden});
    }
    lower_note_call(e, name);
    if (children != JSON_NONE) {
        JSON_EACH(doc, children, child)
        {
            push_argument(l, e, at, child, lambdas);
        }
    }
    lower_push(e, at, json_member(doc, at.node, "filter"), true);
    lower_push(e, at, json_member(doc, at.node, "order_bys"), true);
}

/** Members of a window that decide which rows a value is made of. */
static const char *const window_filters[] = {"partitions", "orders",   "filter_expr",
                                             "start_expr", "end_expr", "arg_orders"};
static const char *const window_values[] = {"children", "offset_expr", "default_expr"};

static void
visit_window(Lower *l, LowerExpr *e, LowerItem at)
{
    for (size_t i = 0; i < ARRAY_LENGTH(window_values); i++) {
        lower_push(e, at, json_member(l->doc, at.node, window_values[i]), false);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(window_filters); i++) {
        lower_push(e, at, json_member(l->doc, at.node, window_filters[i]), true);
    }
}

/** Its value may be any JSON. */
static void
visit_constant(Lower *l, LowerExpr *e, LowerItem at)
{
    (void)l;
    (void)e;
    (void)at;
}

/** Its type may have fields with any names. */
static void
visit_cast(Lower *l, LowerExpr *e, LowerItem at)
{
    lower_push(e, at, json_member(l->doc, at.node, "child"), false);
}

typedef struct ExprVisitorRow ExprVisitorRow;
struct ExprVisitorRow {
    const char *class;
    ExprVisitor visit;
};

static const ExprVisitorRow expr_visitors[] = {
    {"COLUMN_REF", visit_column}, {"STAR", visit_star},     {"SUBQUERY", visit_subquery},
    {"FUNCTION", visit_call},     {"WINDOW", visit_window}, {"CONSTANT", visit_constant},
    {"CAST", visit_cast},
};

static void
visit_expr(Lower *l, LowerExpr *e, LowerItem at)
{
    uint32_t class = json_member(l->doc, at.node, "class");
    for (size_t i = 0; class != JSON_NONE && i < ARRAY_LENGTH(expr_visitors); i++) {
        if (json_text_is(l->doc, class, expr_visitors[i].class)) {
            expr_visitors[i].visit(l, e, at);
            return;
        }
    }
    lower_push_children(l, e, at, at.node, false);
}

static bool
is_plain(const JsonDoc *doc, uint32_t node)
{
    return duckdb_class_is(doc, node, "COLUMN_REF") ||
           json_text_is(doc, json_member(doc, node, "subquery_type"), "SCALAR");
}

/** `order by 2`. */
static size_t
ordinal_of(const JsonDoc *doc, uint32_t node)
{
    uint32_t value = json_member(doc, node, "value");
    bool constant = duckdb_class_is(doc, node, "CONSTANT");
    return constant ? json_offset(doc, json_member(doc, value, "value"), 0) : 0;
}

TreeExpr
duckdb_expr(Lower *l, uint32_t node)
{
    LowerExpr e = {.windows = JSON_NONE};
    if (node == JSON_NONE || !json_is_container(l->doc, node)) {
        return e.expr;
    }
    e.expr.is_plain = is_plain(l->doc, node);
    e.expr.ordinal = ordinal_of(l->doc, node);
    lower_push(&e, (LowerItem){0}, node, false);
    while (e.stack.n > 0) {
        LowerItem item = e.stack.items[--e.stack.n];
        if (json_is_container(l->doc, item.node)) {
            visit_expr(l, &e, item);
        }
    }
    return lower_end(&e);
}

TreeExprs
duckdb_exprs(Lower *l, uint32_t array)
{
    size_t n = 0;
    TreeExpr *items = ARENA_ARRAY(l->arena, TreeExpr, json_count(l->doc, array));
    if (json_is_container(l->doc, array)) {
        JSON_EACH(l->doc, array, element)
        {
            uint32_t sorted = json_member(l->doc, element, "expression");
            items[n++] = duckdb_expr(l, sorted != JSON_NONE ? sorted : element);
        }
    }
    return (TreeExprs){items, n};
}
