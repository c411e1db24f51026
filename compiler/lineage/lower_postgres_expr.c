/* Expressions of libpg_query's JSON. */
#include "compiler/lineage/lower_priv.h"
#include "runtime/base/str.h"

typedef void (*ExprVisitor)(Lower *l, LowerExpr *e, LowerItem at);

static void
visit_column(Lower *l, LowerExpr *e, LowerItem at)
{
    uint32_t fields = json_member(l->doc, at.node, "fields");
    TreeNames names = lower_names(l, fields);
    if (names.n == json_count(l->doc, fields)) {
        lower_add_column(l, e, at, names);
        return;
    }
    TreeAtom star = {.kind = ATOM_STAR, .filters = at.filters, .names = names};
    vec_push_in(l->arena, &e->atoms, star);
    e->expr.has_star = l->dialect == SQL_DUCKDB;
}

static void
visit_sublink(Lower *l, LowerExpr *e, LowerItem at)
{
    uint32_t select = json_member(l->doc, json_member(l->doc, at.node, "subselect"), "SelectStmt");
    bool exists =
        json_text_is(l->doc, json_member(l->doc, at.node, "subLinkType"), "EXISTS_SUBLINK");
    lower_add_query(l, e, at, exists ? ATOM_EXISTS : ATOM_QUERY, postgres_query(l, select));
    lower_push(e, at, json_member(l->doc, at.node, "testexpr"), false);
}

const char *
postgres_function_name(Lower *l, uint32_t call)
{
    TreeNames names = lower_names(l, json_member(l->doc, call, "funcname"));
    return names.n > 0 ? names.items[names.n - 1] : "";
}

static uint32_t
find_first(const JsonDoc *doc, uint32_t within, const char *type)
{
    for (uint32_t i = within; i < json_end(doc, within); i++) {
        if (json_key_is(doc, i, type)) {
            return i;
        }
    }
    return JSON_NONE;
}

/** The left side of the arrow that the text of an argument begins with: `x -> …`, `(x, y) -> …`.
 * To PostgreSQL's grammar it is an operator, which may stand deep in what follows. */
static uint32_t
find_parameters(Lower *l, uint32_t argument)
{
    const JsonDoc *doc = l->doc;
    uint32_t first = find_first(doc, argument, "ColumnRef");
    for (uint32_t i = argument; first != JSON_NONE && i < first; i++) {
        uint32_t left = json_member(doc, i, "lexpr");
        bool leads = left != JSON_NONE && left < first && first < json_end(doc, left);
        TreeNames names = {0};
        if (leads && json_key_is(doc, i, "A_Expr")) {
            names = lower_names(l, json_member(doc, i, "name"));
        }
        if (names.n == 1 && text_equal(names.items[0], "->")) {
            return left;
        }
    }
    return JSON_NONE;
}

/** @return the names that are parameters in an argument; `hidden` itself where it is no lambda */
static const LowerHidden *
lambda_parameters(Lower *l, uint32_t argument, const LowerHidden *hidden)
{
    uint32_t left = find_parameters(l, argument);
    for (uint32_t i = left; left != JSON_NONE && i < json_end(l->doc, left); i++) {
        if (json_key_is(l->doc, i, "ColumnRef")) {
            TreeNames parts = lower_names(l, json_member(l->doc, i, "fields"));
            LowerHidden *one = ARENA_NEW(l->arena, LowerHidden);
            *one = (LowerHidden){parts.n > 0 ? parts.items[0] : "", hidden};
            hidden = one;
        }
    }
    return hidden;
}

static void
push_arguments(Lower *l, LowerExpr *e, LowerItem at, const char *function)
{
    uint32_t arguments = json_member(l->doc, at.node, "args");
    bool lambdas =
        arguments != JSON_NONE && l->dialect == SQL_DUCKDB && tree_function_takes_lambda(function);
    if (!lambdas) {
        lower_push(e, at, arguments, false);
        return;
    }
    JSON_EACH(l->doc, arguments, argument)
    {
        LowerItem inner = at;
        inner.hidden = lambda_parameters(l, argument, at.hidden);
        lower_push(e, inner, argument, false);
    }
}

/**
 * `over (…)`, `over w`, `over (w order by x)`. A named window may be made of others of its clause:
 * those that are made of one are all taken, which is simple, and may name too much.
 */
static void
push_window(Lower *l, LowerExpr *e, LowerItem at, uint32_t over)
{
    const JsonDoc *doc = l->doc;
    lower_push_children(l, e, at, over, true);
    const char *name = lower_text(l, over, "name");
    name = name ? name : lower_text(l, over, "refname");
    if (name == NULL || e->windows == JSON_NONE) {
        return;
    }
    JSON_EACH(doc, e->windows, wrapped)
    {
        uint32_t window = json_member(doc, wrapped, "WindowDef");
        if (text_equal(lower_text(l, window, "name"), name) ||
            json_member(doc, window, "refname") != JSON_NONE) {
            lower_push_children(l, e, at, window, true);
        }
    }
}

static void
visit_call(Lower *l, LowerExpr *e, LowerItem at)
{
    const JsonDoc *doc = l->doc;
    const char *name = postgres_function_name(l, at.node);
    lower_note_call(e, name);
    if (l->dialect == SQL_DUCKDB && text_equal(name, "columns")) {
        vec_push_in(l->arena, &e->atoms, (TreeAtom){.kind = ATOM_STAR, .filters = at.filters});
        e->expr.has_star = true;
    }
    push_arguments(l, e, at, name);
    /* `percentile_cont(…) within group (order by x)` is made of x */
    lower_push(e, at, json_member(doc, at.node, "agg_order"),
               !json_flag(doc, at.node, "agg_within_group"));
    lower_push(e, at, json_member(doc, at.node, "agg_filter"), true);
    push_window(l, e, at, json_member(doc, at.node, "over"));
}

typedef struct ExprVisitorRow ExprVisitorRow;
struct ExprVisitorRow {
    const char *type;
    ExprVisitor visit;
};

static const ExprVisitorRow expr_visitors[] = {
    {"ColumnRef", visit_column},
    {"SubLink", visit_sublink},
    {"FuncCall", visit_call},
};

static ExprVisitor
visitor_of(const JsonDoc *doc, uint32_t node)
{
    for (size_t i = 0; i < ARRAY_LENGTH(expr_visitors); i++) {
        if (json_key_is(doc, node, expr_visitors[i].type)) {
            return expr_visitors[i].visit;
        }
    }
    return NULL;
}

static bool
is_plain(const JsonDoc *doc, uint32_t node)
{
    uint32_t link = json_member(doc, node, "SubLink");
    return json_member(doc, node, "ColumnRef") != JSON_NONE ||
           json_text_is(doc, json_member(doc, link, "subLinkType"), "EXPR_SUBLINK");
}

/** `order by 2`. */
static size_t
ordinal_of(const JsonDoc *doc, uint32_t node)
{
    uint32_t constant = json_member(doc, node, "A_Const");
    return json_offset(doc, json_member(doc, json_member(doc, constant, "ival"), "ival"), 0);
}

TreeExpr
postgres_expr(Lower *l, uint32_t node, uint32_t windows)
{
    LowerExpr e = {.windows = windows};
    if (node == JSON_NONE) {
        return e.expr;
    }
    e.expr.is_plain = is_plain(l->doc, node);
    e.expr.ordinal = ordinal_of(l->doc, node);
    lower_push(&e, (LowerItem){0}, node, false);
    while (e.stack.n > 0) {
        LowerItem item = e.stack.items[--e.stack.n];
        ExprVisitor visit = visitor_of(l->doc, item.node);
        if (visit != NULL) {
            visit(l, &e, item);
        } else {
            lower_push_children(l, &e, item, item.node, false);
        }
    }
    return lower_end(&e);
}

TreeExprs
postgres_exprs(Lower *l, uint32_t array, uint32_t windows)
{
    size_t n = 0;
    TreeExpr *items = ARENA_ARRAY(l->arena, TreeExpr, json_count(l->doc, array));
    if (json_is_container(l->doc, array)) {
        JSON_EACH(l->doc, array, element)
        {
            uint32_t sort = json_member(l->doc, json_member(l->doc, element, "SortBy"), "node");
            items[n++] = postgres_expr(l, sort != JSON_NONE ? sort : element, windows);
        }
    }
    return (TreeExprs){items, n};
}
