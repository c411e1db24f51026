/* libpg_query's JSON to a TreeQuery: each node is `{"TypeName": {…}}`, fields of a fixed type stand
 * without the name. */
#include "compiler/lineage/lower_priv.h"
#include "runtime/base/str.h"

#include <string.h>

static const TreeFrom *lower_from(Lower *l, uint32_t node);

/* ---- select lists ---- */

/** Names that PostgreSQL gives to what has no alias, as far as others may rely on them. */
static const char *
made_up_name(Lower *l, uint32_t value)
{
    uint32_t call = json_member(l->doc, value, "FuncCall");
    uint32_t cast = json_member(l->doc, value, "TypeCast");
    if (l->dialect == SQL_DUCKDB) {
        return NULL;
    }
    if (call != JSON_NONE) {
        return postgres_function_name(l, call);
    }
    TreeNames column = lower_names(
        l, json_member(l->doc, json_member(l->doc, json_member(l->doc, cast, "arg"), "ColumnRef"),
                       "fields"));
    if (column.n > 0) {
        return column.items[column.n - 1];
    }
    return json_member(l->doc, value, "CoalesceExpr") != JSON_NONE ? "coalesce" : NULL;
}

/** `(f(x)).*`: the fields of a row. */
static bool
is_row_expansion(Lower *l, uint32_t value)
{
    uint32_t steps =
        json_member(l->doc, json_member(l->doc, value, "A_Indirection"), "indirection");
    return json_count(l->doc, steps) > lower_names(l, steps).n &&
           json_member(l->doc, json_first(l->doc, steps), "A_Star") != JSON_NONE;
}

static TreeItem
lower_item(Lower *l, uint32_t target, uint32_t windows)
{
    uint32_t value = json_member(l->doc, target, "val");
    uint32_t fields = json_member(l->doc, json_member(l->doc, value, "ColumnRef"), "fields");
    TreeNames names = lower_names(l, fields);
    TreeItem item = {.name = lower_text(l, target, "name")};
    item.is_alias = item.name != NULL;
    if (fields != JSON_NONE && names.n < json_count(l->doc, fields)) {
        item.is_star = true;
        item.qualifier = names;
        return item;
    }
    item.expr = postgres_expr(l, value, windows);
    item.expr.has_star |= is_row_expansion(l, value);
    if (item.name == NULL) {
        item.name = names.n > 0 ? names.items[names.n - 1] : made_up_name(l, value);
    }
    return item;
}

static void
lower_rows(Lower *l, uint32_t lists, TreeSelect *select)
{
    TreeExprs *rows = ARENA_ARRAY(l->arena, TreeExprs, json_count(l->doc, lists));
    JSON_EACH(l->doc, lists, wrapped)
    {
        uint32_t row = json_member(l->doc, json_member(l->doc, wrapped, "List"), "items");
        rows[select->n_rows++] = postgres_exprs(l, row, JSON_NONE);
    }
    select->rows = rows;
}

static void
lower_items(Lower *l, uint32_t targets, uint32_t windows, TreeSelect *select)
{
    TreeItem *items = ARENA_ARRAY(l->arena, TreeItem, json_count(l->doc, targets));
    if (json_is_container(l->doc, targets)) {
        JSON_EACH(l->doc, targets, wrapped)
        {
            items[select->n_items++] =
                lower_item(l, json_member(l->doc, wrapped, "ResTarget"), windows);
        }
    }
    select->items = items;
}

/* ---- from ---- */

static void
set_alias(Lower *l, uint32_t node, TreeFrom *from)
{
    uint32_t alias = json_member(l->doc, node, "alias");
    from->alias = lower_text(l, alias, "aliasname");
    from->columns = lower_names(l, json_member(l->doc, alias, "colnames"));
}

static void
lower_table(Lower *l, uint32_t node, TreeFrom *from)
{
    from->kind = FROM_TABLE;
    from->catalog = lower_text(l, node, "catalogname");
    from->schema = lower_text(l, node, "schemaname");
    from->name = lower_text(l, node, "relname");
    from->name = from->name ? from->name : "";
    set_alias(l, node, from);
}

static void
lower_subquery(Lower *l, uint32_t node, TreeFrom *from)
{
    from->kind = FROM_QUERY;
    from->sees_siblings = json_flag(l->doc, node, "lateral") || l->dialect == SQL_DUCKDB;
    from->query =
        postgres_query(l, json_member(l->doc, json_member(l->doc, node, "subquery"), "SelectStmt"));
    set_alias(l, node, from);
}

static void
lower_columns_of_definition(Lower *l, uint32_t list, TreeFrom *from)
{
    VEC(const char *) names = {0};
    JSON_EACH(l->doc, list, wrapped)
    {
        const char *name = lower_text(l, json_member(l->doc, wrapped, "ColumnDef"), "colname");
        vec_push_in(l->arena, &names, name ? name : "");
    }
    from->columns = (TreeNames){names.items, names.n};
}

/** `f(x)`, `rows from (f(x), g(y))`, with an alias or column definitions. */
static void
lower_function(Lower *l, uint32_t node, TreeFrom *from)
{
    uint32_t functions = json_member(l->doc, node, "functions");
    uint32_t first = json_first(
        l->doc,
        json_member(l->doc, json_member(l->doc, json_first(l->doc, functions), "List"), "items"));
    uint32_t call = json_member(l->doc, first, "FuncCall");
    from->kind = FROM_FUNCTION;
    from->name = call != JSON_NONE ? postgres_function_name(l, call) : NULL;
    from->arguments = postgres_exprs(l, functions, JSON_NONE);
    from->is_single = json_count(l->doc, functions) == 1 && tree_function_is_single(from->name) &&
                      json_count(l->doc, json_member(l->doc, call, "args")) > 0;
    from->has_ordinality = json_flag(l->doc, node, "ordinality");
    set_alias(l, node, from);
    uint32_t definitions = json_member(l->doc, node, "coldeflist");
    if (definitions != JSON_NONE) {
        lower_columns_of_definition(l, definitions, from);
    }
}

static TreeJoin
join_of(Lower *l, uint32_t node)
{
    uint32_t type = json_member(l->doc, node, "jointype");
    return json_text_is(l->doc, type, "JOIN_LEFT")    ? JOIN_LEFT
           : json_text_is(l->doc, type, "JOIN_RIGHT") ? JOIN_RIGHT
           : json_text_is(l->doc, type, "JOIN_FULL")  ? JOIN_FULL
                                                      : JOIN_INNER;
}

static void
lower_join(Lower *l, uint32_t node, TreeFrom *from)
{
    from->kind = FROM_JOIN;
    from->join = join_of(l, node);
    from->is_natural = json_flag(l->doc, node, "isNatural");
    from->left = lower_from(l, json_member(l->doc, node, "larg"));
    from->right = lower_from(l, json_member(l->doc, node, "rarg"));
    from->using = lower_names(l, json_member(l->doc, node, "usingClause"));
    from->using_alias = lower_text(l, json_member(l->doc, node, "join_using_alias"), "aliasname");
    from->condition = postgres_expr(l, json_member(l->doc, node, "quals"), JSON_NONE);
    set_alias(l, node, from);
}

static void
lower_sample(Lower *l, uint32_t node, TreeFrom *from)
{
    from->kind = FROM_SAMPLE;
    from->left = lower_from(l, json_member(l->doc, node, "relation"));
    from->arguments = postgres_exprs(l, json_member(l->doc, node, "args"), JSON_NONE);
}

/** `xmltable(…)`, `json_table(…)`: what it reads, and any columns. */
static void
lower_other(Lower *l, uint32_t node, TreeFrom *from)
{
    from->kind = FROM_FUNCTION;
    TreeExpr *all = ARENA_NEW(l->arena, TreeExpr);
    *all = postgres_expr(l, node, JSON_NONE);
    from->arguments = (TreeExprs){all, 1};
    JSON_EACH(l->doc, node, child)
    {
        set_alias(l, child, from);
    }
}

typedef struct FromRow FromRow;
struct FromRow {
    const char *type;
    void (*lower)(Lower *l, uint32_t node, TreeFrom *from);
};

static const FromRow from_rows[] = {
    {"RangeVar", lower_table},         {"RangeSubselect", lower_subquery}, {"JoinExpr", lower_join},
    {"RangeFunction", lower_function}, {"RangeTableSample", lower_sample},
};

static const TreeFrom *
lower_from(Lower *l, uint32_t wrapped)
{
    TreeFrom *from = ARENA_NEW(l->arena, TreeFrom);
    if (!json_is_container(l->doc, wrapped) || !lower_enter(l)) {
        *from = (TreeFrom){.kind = FROM_FUNCTION};
        return from;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(from_rows); i++) {
        uint32_t node = json_member(l->doc, wrapped, from_rows[i].type);
        if (node != JSON_NONE) {
            from_rows[i].lower(l, node, from);
            lower_leave(l);
            return from;
        }
    }
    lower_other(l, wrapped, from);
    lower_leave(l);
    return from;
}

/* ---- selects ---- */

/** `distinct` is `[{}]`, `distinct on (…)` the list. */
static void
lower_distinct(Lower *l, uint32_t select, TreeSelect *to)
{
    uint32_t clause = json_member(l->doc, select, "distinctClause");
    uint32_t first = clause == JSON_NONE ? JSON_NONE : json_first(l->doc, clause);
    to->is_distinct = first != JSON_NONE && json_count(l->doc, first) == 0;
    if (first != JSON_NONE && !to->is_distinct) {
        to->distinct_on = postgres_exprs(l, clause, json_member(l->doc, select, "windowClause"));
    }
}

static const TreeSelect *
lower_select(Lower *l, uint32_t node)
{
    const JsonDoc *doc = l->doc;
    TreeSelect *select = ARENA_NEW(l->arena, TreeSelect);
    uint32_t values = json_member(doc, node, "valuesLists");
    if (values != JSON_NONE) {
        lower_rows(l, values, select);
        return select;
    }
    uint32_t windows = json_member(doc, node, "windowClause");
    lower_items(l, json_member(doc, node, "targetList"), windows, select);
    VEC(const TreeFrom *) from = {0};
    uint32_t list = json_member(doc, node, "fromClause");
    if (list != JSON_NONE) {
        JSON_EACH(doc, list, wrapped)
        {
            vec_push_in(l->arena, &from, lower_from(l, wrapped));
        }
    }
    select->from = from.items;
    select->n_from = from.n;
    TreeExpr *filters = ARENA_ARRAY(l->arena, TreeExpr, 2);
    filters[0] = postgres_expr(l, json_member(doc, node, "whereClause"), windows);
    filters[1] = postgres_expr(l, json_member(doc, node, "havingClause"), windows);
    select->filters = (TreeExprs){filters, 2};
    select->groups = postgres_exprs(l, json_member(doc, node, "groupClause"), windows);
    lower_distinct(l, node, select);
    return select;
}

/* ---- set operations ---- */

typedef struct Side Side;
struct Side {
    uint32_t node;
    bool compares;
    bool is_hidden;
};

static bool
has_own_clauses(const JsonDoc *doc, uint32_t node)
{
    static const char *const clauses[] = {"withClause", "sortClause", "limitCount", "limitOffset"};
    for (size_t i = 0; i < ARRAY_LENGTH(clauses); i++) {
        if (json_member(doc, node, clauses[i]) != JSON_NONE) {
            return true;
        }
    }
    return false;
}

static TreeBranch
lower_branch(Lower *l, Side side)
{
    TreeBranch branch = {.compares = side.compares, .is_hidden = side.is_hidden};
    if (has_own_clauses(l->doc, side.node)) {
        branch.query = postgres_query(l, side.node);
    } else {
        branch.select = lower_select(l, side.node);
    }
    return branch;
}

/** Flattens the set operations of a query, without recursion, from left to right. */
static void
lower_branches(Lower *l, uint32_t root, TreeQuery *query)
{
    const JsonDoc *doc = l->doc;
    VEC(Side) stack = {0};
    VEC(TreeBranch) branches = {0};
    vec_push(&stack, (Side){.node = root});
    while (stack.n > 0 && !l->too_deep) {
        Side side = stack.items[--stack.n];
        uint32_t left = json_member(doc, side.node, "larg");
        if (left == JSON_NONE || (side.node != root && has_own_clauses(doc, side.node))) {
            TreeBranch branch = {.compares = side.compares, .is_hidden = side.is_hidden};
            if (side.node == root) {
                branch.select = lower_select(l, root);
            } else {
                branch = lower_branch(l, side);
            }
            vec_push_in(l->arena, &branches, branch);
            continue;
        }
        bool is_union = json_text_is(doc, json_member(doc, side.node, "op"), "SETOP_UNION");
        bool compares = side.compares || !is_union || !json_flag(doc, side.node, "all");
        bool hidden = side.is_hidden || !is_union;
        vec_push(&stack, (Side){json_member(doc, side.node, "rarg"), compares, hidden});
        vec_push(&stack, (Side){left, compares, side.is_hidden});
    }
    vec_free(&stack);
    query->branches = branches.items;
    query->n_branches = branches.n;
}

/* ---- queries ---- */

static void
add_name(Lower *l, TreeNames *names, const char *name)
{
    const char **items = ARENA_ARRAY(l->arena, const char *, names->n + 1);
    for (size_t i = 0; i < names->n; i++) {
        items[i] = names->items[i];
    }
    items[names->n] = name;
    *names = (TreeNames){items, names->n + (name != NULL ? 1 : 0)};
}

/** Columns as expressions, for `search … by a, b` and `cycle a, b`. */
static TreeExpr
columns_expr(Lower *l, TreeNames names)
{
    LowerExpr e = {0};
    for (size_t i = 0; i < names.n; i++) {
        TreeNames one = {names.items + i, 1};
        lower_add_column(l, &e, (LowerItem){0}, one);
    }
    return lower_end(&e);
}

static void
lower_search_and_cycle(Lower *l, uint32_t node, TreeCte *cte)
{
    uint32_t search = json_member(l->doc, node, "search_clause");
    uint32_t cycle = json_member(l->doc, node, "cycle_clause");
    add_name(l, &cte->extra_columns, lower_text(l, search, "search_seq_column"));
    add_name(l, &cte->extra_columns, lower_text(l, cycle, "cycle_mark_column"));
    add_name(l, &cte->extra_columns, lower_text(l, cycle, "cycle_path_column"));
    TreeExpr *extra = ARENA_ARRAY(l->arena, TreeExpr, 2);
    extra[0] = columns_expr(l, lower_names(l, json_member(l->doc, search, "search_col_list")));
    extra[1] = columns_expr(l, lower_names(l, json_member(l->doc, cycle, "cycle_col_list")));
    cte->extra = (TreeExprs){extra, search == JSON_NONE && cycle == JSON_NONE ? 0 : 2};
}

static void
lower_ctes(Lower *l, uint32_t with, TreeQuery *query)
{
    uint32_t list = json_member(l->doc, with, "ctes");
    VEC(TreeCte) ctes = {0};
    if (list == JSON_NONE) {
        return;
    }
    JSON_EACH(l->doc, list, wrapped)
    {
        uint32_t node = json_member(l->doc, wrapped, "CommonTableExpr");
        TreeCte cte = {.name = lower_text(l, node, "ctename"),
                       .columns = lower_names(l, json_member(l->doc, node, "aliascolnames"))};
        uint32_t body = json_member(l->doc, json_member(l->doc, node, "ctequery"), "SelectStmt");
        cte.query = postgres_query(l, body);
        lower_search_and_cycle(l, node, &cte);
        if (cte.name != NULL && cte.query != NULL) {
            vec_push_in(l->arena, &ctes, cte);
        }
    }
    query->ctes = ctes.items;
    query->n_ctes = ctes.n;
    query->is_recursive = json_flag(l->doc, with, "recursive");
    query->ctes_see_all = query->is_recursive && l->dialect == SQL_POSTGRES;
}

const TreeQuery *
postgres_query(Lower *l, uint32_t node)
{
    if (!json_is_container(l->doc, node) || !lower_enter(l)) {
        return NULL;
    }
    const JsonDoc *doc = l->doc;
    TreeQuery *query = ARENA_NEW(l->arena, TreeQuery);
    uint32_t windows = json_member(doc, node, "windowClause");
    lower_ctes(l, json_member(doc, node, "withClause"), query);
    lower_branches(l, node, query);
    query->order = postgres_exprs(l, json_member(doc, node, "sortClause"), windows);
    TreeExpr *limits = ARENA_ARRAY(l->arena, TreeExpr, 2);
    uint32_t count = json_member(doc, node, "limitCount");
    uint32_t offset = json_member(doc, node, "limitOffset");
    limits[0] = postgres_expr(l, count, JSON_NONE);
    limits[1] = postgres_expr(l, offset, JSON_NONE);
    query->limits = (TreeExprs){limits, 2};
    query->is_limited = count != JSON_NONE || offset != JSON_NONE;
    lower_leave(l);
    return l->too_deep ? NULL : query;
}

const TreeQuery *
tree_from_postgres(const SqlTree *tree, SqlDialect dialect, Arena *arena)
{
    Lower l = {.doc = &tree->doc, .arena = arena, .dialect = dialect};
    return postgres_query(&l, tree->query);
}
