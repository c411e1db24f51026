/* The JSON of DuckDB's json_serialize_sql() to a TreeQuery: what a node is stands in its "class"
 * (expressions) or "type". */
#include "compiler/lineage/lower_priv.h"
#include "runtime/base/str.h"

#include <string.h>

static const TreeFrom *lower_from(Lower *l, uint32_t node);

static bool
type_is(const JsonDoc *doc, uint32_t node, const char *type)
{
    return json_text_is(doc, json_member(doc, node, "type"), type);
}

/* ---- select lists ---- */

/** `replace (x + 1 as x)` and `rename (a as b)`. */
static void
lower_changes(Lower *l, uint32_t star, TreeItem *item)
{
    VEC(TreeChange) changes = {0};
    uint32_t replaced = json_member(l->doc, star, "replace_list");
    uint32_t renamed = json_member(l->doc, star, "rename_list");
    if (json_is_container(l->doc, replaced)) {
        JSON_EACH(l->doc, replaced, pair)
        {
            const char *name = lower_text(l, pair, "key");
            TreeChange change = {.name = name, .to = name, .is_replace = true};
            change.expr = duckdb_expr(l, json_member(l->doc, pair, "value"));
            vec_push_in(l->arena, &changes, change);
        }
    }
    if (json_is_container(l->doc, renamed)) {
        JSON_EACH(l->doc, renamed, pair)
        {
            const char *name = lower_text(l, json_member(l->doc, pair, "key"), "column");
            TreeChange change = {.name = name, .to = lower_text(l, pair, "value")};
            vec_push_in(l->arena, &changes, change);
        }
    }
    item->changes = changes.items;
    item->n_changes = changes.n;
}

static TreeItem
lower_item(Lower *l, uint32_t node)
{
    TreeItem item = {.name = lower_text(l, node, "alias")};
    item.is_alias = item.name != NULL;
    if (duckdb_class_is(l->doc, node, "STAR") && !json_flag(l->doc, node, "columns")) {
        const char *relation = lower_text(l, node, "relation_name");
        const char **names = ARENA_NEW(l->arena, const char *);
        names[0] = relation;
        item.is_star = true;
        item.qualifier = (TreeNames){names, relation != NULL ? 1 : 0};
        /* `exclude (t.a)` leaves the a of other tables in, so what it takes away counts as there */
        item.except = lower_names(l, json_member(l->doc, node, "exclude_list"));
        lower_changes(l, node, &item);
        return item;
    }
    item.expr = duckdb_expr(l, node);
    if (duckdb_class_is(l->doc, node, "COLUMN_REF") && item.name == NULL) {
        TreeNames names = lower_names(l, json_member(l->doc, node, "column_names"));
        item.name = names.n > 0 ? names.items[names.n - 1] : NULL;
    }
    return item;
}

static void
lower_items(Lower *l, uint32_t list, TreeSelect *select)
{
    TreeItem *items = ARENA_ARRAY(l->arena, TreeItem, json_count(l->doc, list));
    if (json_is_container(l->doc, list)) {
        JSON_EACH(l->doc, list, node)
        {
            items[select->n_items++] = lower_item(l, node);
        }
    }
    select->items = items;
}

/* ---- from ---- */

static void
lower_table(Lower *l, uint32_t node, TreeFrom *from)
{
    from->kind = FROM_TABLE;
    from->catalog = lower_text(l, node, "catalog_name");
    from->schema = lower_text(l, node, "schema_name");
    from->name = lower_text(l, node, "table_name");
    from->name = from->name ? from->name : "";
}

static void
lower_subquery(Lower *l, uint32_t node, TreeFrom *from)
{
    from->kind = FROM_QUERY;
    from->sees_siblings = true;
    from->query =
        duckdb_query(l, json_member(l->doc, json_member(l->doc, node, "subquery"), "node"));
}

static void
lower_function(Lower *l, uint32_t node, TreeFrom *from)
{
    uint32_t call = json_member(l->doc, node, "function");
    from->kind = FROM_FUNCTION;
    from->name = lower_text(l, call, "function_name");
    TreeExpr *all = ARENA_NEW(l->arena, TreeExpr);
    *all = duckdb_expr(l, call);
    from->arguments = (TreeExprs){all, 1};
    from->is_single = tree_function_is_single(from->name);
    from->has_ordinality =
        json_text_is(l->doc, json_member(l->doc, node, "with_ordinality"), "WITH_ORDINALITY");
}

static TreeJoin
join_of(Lower *l, uint32_t node)
{
    uint32_t type = json_member(l->doc, node, "join_type");
    return json_text_is(l->doc, type, "LEFT")                                         ? JOIN_LEFT
           : json_text_is(l->doc, type, "RIGHT")                                      ? JOIN_RIGHT
           : json_text_is(l->doc, type, "OUTER")                                      ? JOIN_FULL
           : json_text_is(l->doc, type, "SEMI") || json_text_is(l->doc, type, "ANTI") ? JOIN_SEMI
                                                                                      : JOIN_INNER;
}

static void
lower_join(Lower *l, uint32_t node, TreeFrom *from)
{
    from->kind = FROM_JOIN;
    from->join = join_of(l, node);
    from->is_natural = json_text_is(l->doc, json_member(l->doc, node, "ref_type"), "NATURAL");
    from->left = lower_from(l, json_member(l->doc, node, "left"));
    from->right = lower_from(l, json_member(l->doc, node, "right"));
    from->using = lower_names(l, json_member(l->doc, node, "using_columns"));
    from->condition = duckdb_expr(l, json_member(l->doc, node, "condition"));
}

/** `pivot`, `unpivot`: any columns, made of all columns of what it reads. */
static void
lower_pivot(Lower *l, uint32_t node, TreeFrom *from)
{
    from->kind = FROM_ROWS;
    from->left = lower_from(l, json_member(l->doc, node, "source"));
}

/** `describe`, `summarize`. */
static void
lower_show(Lower *l, uint32_t node, TreeFrom *from)
{
    TreeFrom *inner = ARENA_NEW(l->arena, TreeFrom);
    *inner = (TreeFrom){.kind = FROM_QUERY, .sees_siblings = true};
    inner->query = duckdb_query(l, json_member(l->doc, node, "query"));
    from->kind = FROM_ROWS;
    from->left = inner;
}

/** `values (…)`: a select of its own. */
static void
lower_values(Lower *l, uint32_t node, TreeFrom *from)
{
    uint32_t lists = json_member(l->doc, node, "values");
    TreeSelect *select = ARENA_NEW(l->arena, TreeSelect);
    TreeExprs *rows = ARENA_ARRAY(l->arena, TreeExprs, json_count(l->doc, lists));
    if (json_is_container(l->doc, lists)) {
        JSON_EACH(l->doc, lists, row)
        {
            rows[select->n_rows++] = duckdb_exprs(l, row);
        }
    }
    select->rows = rows;
    TreeBranch *branch = ARENA_NEW(l->arena, TreeBranch);
    *branch = (TreeBranch){.select = select};
    TreeQuery *query = ARENA_NEW(l->arena, TreeQuery);
    *query = (TreeQuery){.branches = branch, .n_branches = 1};
    *from = (TreeFrom){.kind = FROM_QUERY, .query = query, .sees_siblings = true};
}

static void
lower_nothing(Lower *l, uint32_t node, TreeFrom *from)
{
    (void)l;
    (void)node;
    *from = (TreeFrom){.kind = FROM_FUNCTION, .is_single = true};
}

/** Something new: what it reads, and any columns. */
static void
lower_other(Lower *l, uint32_t node, TreeFrom *from)
{
    TreeExpr *all = ARENA_NEW(l->arena, TreeExpr);
    *all = duckdb_expr(l, node);
    *from = (TreeFrom){.kind = FROM_FUNCTION, .arguments = {all, 1}};
}

typedef struct FromRow FromRow;
struct FromRow {
    const char *type;
    void (*lower)(Lower *l, uint32_t node, TreeFrom *from);
};

static const FromRow from_rows[] = {
    {"BASE_TABLE", lower_table},   {"SUBQUERY", lower_subquery},
    {"JOIN", lower_join},          {"TABLE_FUNCTION", lower_function},
    {"PIVOT", lower_pivot},        {"SHOW_REF", lower_show},
    {"EMPTY", lower_nothing},      {"EXPRESSION_LIST", lower_values},
    {"EMPTY_FROM", lower_nothing},
};

static const TreeFrom *
lower_from(Lower *l, uint32_t node)
{
    TreeFrom *from = ARENA_NEW(l->arena, TreeFrom);
    if (!json_is_container(l->doc, node) || !lower_enter(l)) {
        lower_nothing(l, node, from);
        return from;
    }
    void (*lower)(Lower *, uint32_t, TreeFrom *) = lower_other;
    for (size_t i = 0; i < ARRAY_LENGTH(from_rows); i++) {
        if (type_is(l->doc, node, from_rows[i].type)) {
            lower = from_rows[i].lower;
        }
    }
    lower(l, node, from);
    from->alias = lower_text(l, node, "alias");
    from->columns = lower_names(l, json_member(l->doc, node, "column_name_alias"));
    lower_leave(l);
    return from;
}

/* ---- selects ---- */

static uint32_t
find_modifier(const JsonDoc *doc, uint32_t node, const char *type)
{
    uint32_t modifiers = json_member(doc, node, "modifiers");
    if (json_is_container(doc, modifiers)) {
        JSON_EACH(doc, modifiers, modifier)
        {
            if (type_is(doc, modifier, type)) {
                return modifier;
            }
        }
    }
    return JSON_NONE;
}

static const TreeSelect *
lower_select(Lower *l, uint32_t node)
{
    const JsonDoc *doc = l->doc;
    TreeSelect *select = ARENA_NEW(l->arena, TreeSelect);
    const TreeFrom **from = ARENA_NEW(l->arena, const TreeFrom *);
    from[0] = lower_from(l, json_member(doc, node, "from_table"));
    select->from = from;
    select->n_from = 1;
    lower_items(l, json_member(doc, node, "select_list"), select);
    static const char *const clauses[] = {"where_clause", "having", "qualify"};
    TreeExpr *filters = ARENA_ARRAY(l->arena, TreeExpr, ARRAY_LENGTH(clauses));
    for (size_t i = 0; i < ARRAY_LENGTH(clauses); i++) {
        filters[i] = duckdb_expr(l, json_member(doc, node, clauses[i]));
    }
    select->filters = (TreeExprs){filters, ARRAY_LENGTH(clauses)};
    select->groups = duckdb_exprs(l, json_member(doc, node, "group_expressions"));
    select->groups_all =
        json_text_is(doc, json_member(doc, node, "aggregate_handling"), "FORCE_AGGREGATES");
    uint32_t distinct = find_modifier(doc, node, "DISTINCT_MODIFIER");
    uint32_t on = json_member(doc, distinct, "distinct_on_targets");
    select->distinct_on = duckdb_exprs(l, on);
    select->is_distinct = distinct != JSON_NONE && select->distinct_on.n == 0;
    return select;
}

/* ---- set operations ---- */

typedef struct Side Side;
struct Side {
    uint32_t node;
    bool compares;
    bool is_hidden;
    bool by_name;
};

static bool
is_set_operation(const JsonDoc *doc, uint32_t node)
{
    return type_is(doc, node, "SET_OPERATION_NODE") || type_is(doc, node, "RECURSIVE_CTE_NODE");
}

/** A CTE_NODE is one more copy of a CTE around its child, which has them all in its map. */
static uint32_t
skip_copies(const JsonDoc *doc, uint32_t node)
{
    while (type_is(doc, node, "CTE_NODE")) {
        node = json_member(doc, node, "child");
    }
    return node;
}

static bool
has_own_clauses(const JsonDoc *doc, uint32_t node)
{
    uint32_t ctes = json_member(doc, json_member(doc, node, "cte_map"), "map");
    return json_count(doc, ctes) > 0 || find_modifier(doc, node, "ORDER_MODIFIER") != JSON_NONE ||
           find_modifier(doc, node, "LIMIT_MODIFIER") != JSON_NONE ||
           find_modifier(doc, node, "LIMIT_PERCENT_MODIFIER") != JSON_NONE ||
           (is_set_operation(doc, node) &&
            find_modifier(doc, node, "DISTINCT_MODIFIER") != JSON_NONE);
}

/** The operands: left and right, or (newer versions) a list of children. */
static void
push_operands(Lower *l, Side side, Side *ret_left, Side *ret_right)
{
    const JsonDoc *doc = l->doc;
    uint32_t type = json_member(doc, side.node, "setop_type");
    bool by_name = json_text_is(doc, type, "UNION_BY_NAME");
    bool is_union = by_name || type == JSON_NONE || json_text_is(doc, type, "UNION");
    uint32_t all = json_member(doc, side.node, "setop_all");
    all = all != JSON_NONE ? all : json_member(doc, side.node, "union_all");
    bool keeps_all = all == JSON_NONE || doc->nodes[all].kind == JSON_TRUE;
    bool compares = side.compares || !is_union || !keeps_all;
    *ret_left = (Side){skip_copies(doc, json_member(doc, side.node, "left")), compares,
                       side.is_hidden, side.by_name || by_name};
    *ret_right = (Side){skip_copies(doc, json_member(doc, side.node, "right")), compares,
                        side.is_hidden || !is_union, side.by_name || by_name};
}

static TreeBranch
lower_branch(Lower *l, Side side, bool is_root)
{
    TreeBranch branch = {
        .compares = side.compares, .is_hidden = side.is_hidden, .by_name = side.by_name};
    if (!is_root && has_own_clauses(l->doc, side.node)) {
        branch.query = duckdb_query(l, side.node);
    } else {
        branch.select = lower_select(l, side.node);
    }
    return branch;
}

static void
lower_branches(Lower *l, uint32_t root, TreeQuery *query)
{
    const JsonDoc *doc = l->doc;
    VEC(Side) stack = {0};
    VEC(TreeBranch) branches = {0};
    bool distinct =
        is_set_operation(doc, root) && find_modifier(doc, root, "DISTINCT_MODIFIER") != JSON_NONE;
    vec_push(&stack, (Side){.node = root, .compares = distinct});
    while (stack.n > 0 && !l->too_deep) {
        Side side = stack.items[--stack.n];
        bool is_root = side.node == root;
        if (is_set_operation(doc, side.node) && (is_root || !has_own_clauses(doc, side.node))) {
            Side left;
            Side right;
            push_operands(l, side, &left, &right);
            vec_push(&stack, right);
            vec_push(&stack, left);
        } else {
            vec_push_in(l->arena, &branches, lower_branch(l, side, is_root));
        }
    }
    vec_free(&stack);
    query->branches = branches.items;
    query->n_branches = branches.n;
}

/* ---- queries ---- */

static void
lower_ctes(Lower *l, uint32_t node, TreeQuery *query)
{
    uint32_t map = json_member(l->doc, json_member(l->doc, node, "cte_map"), "map");
    VEC(TreeCte) ctes = {0};
    if (!json_is_container(l->doc, map)) {
        return;
    }
    JSON_EACH(l->doc, map, pair)
    {
        uint32_t value = json_member(l->doc, pair, "value");
        uint32_t body = json_member(l->doc, json_member(l->doc, value, "query"), "node");
        TreeCte cte = {.name = lower_text(l, pair, "key"),
                       .columns = lower_names(l, json_member(l->doc, value, "aliases")),
                       .extra = duckdb_exprs(l, json_member(l->doc, value, "key_targets"))};
        query->is_recursive |= type_is(l->doc, body, "RECURSIVE_CTE_NODE");
        cte.query = duckdb_query(l, body);
        if (cte.name != NULL && cte.query != NULL) {
            vec_push_in(l->arena, &ctes, cte);
        }
    }
    query->ctes = ctes.items;
    query->n_ctes = ctes.n;
}

static bool
orders_all(const JsonDoc *doc, uint32_t orders)
{
    uint32_t first = json_first(doc, orders);
    return first != JSON_NONE &&
           duckdb_class_is(doc, json_member(doc, first, "expression"), "STAR");
}

static void
lower_modifiers(Lower *l, uint32_t node, TreeQuery *query)
{
    const JsonDoc *doc = l->doc;
    uint32_t orders = json_member(doc, find_modifier(doc, node, "ORDER_MODIFIER"), "orders");
    query->orders_all = orders != JSON_NONE && orders_all(doc, orders);
    query->order = duckdb_exprs(l, query->orders_all ? JSON_NONE : orders);
    uint32_t limit = find_modifier(doc, node, "LIMIT_MODIFIER");
    limit = limit != JSON_NONE ? limit : find_modifier(doc, node, "LIMIT_PERCENT_MODIFIER");
    TreeExpr *limits = ARENA_ARRAY(l->arena, TreeExpr, 2);
    limits[0] = duckdb_expr(l, json_member(doc, limit, "limit"));
    limits[1] = duckdb_expr(l, json_member(doc, limit, "offset"));
    query->limits = (TreeExprs){limits, 2};
    query->is_limited = limit != JSON_NONE;
}

const TreeQuery *
duckdb_query(Lower *l, uint32_t node)
{
    node = skip_copies(l->doc, node);
    if (!json_is_container(l->doc, node) || !lower_enter(l)) {
        return NULL;
    }
    TreeQuery *query = ARENA_NEW(l->arena, TreeQuery);
    lower_ctes(l, node, query);
    lower_branches(l, node, query);
    lower_modifiers(l, node, query);
    lower_leave(l);
    return l->too_deep ? NULL : query;
}

const TreeQuery *
tree_from_duckdb(const SqlTree *tree, Arena *arena)
{
    Lower l = {.doc = &tree->doc, .arena = arena, .dialect = SQL_DUCKDB};
    return duckdb_query(&l, tree->query);
}
