/* Walks the JSON of DuckDB's json_serialize_sql(): what a node is stands in its "class"
 * (expressions) or "type". */
#include "compiler/sql/functions.h"
#include "compiler/sql/walk_priv.h"
#include "runtime/base/str.h"

#include <string.h>

typedef void (*Visitor)(Walk *walk, WalkItem item);

static const char *
text_of(Walk *walk, uint32_t node, const char *key)
{
    return json_member_string(walk->doc, node, key, walk->job->scratch);
}

/** SQL_NONE, too, for the largest number that there is, which stands for no place. */
static size_t
location_of(Walk *walk, uint32_t node)
{
    return json_offset(walk->doc, json_member(walk->doc, node, "query_location"), SQL_NONE);
}

static bool
type_is(const JsonDoc *doc, uint32_t node, const char *type)
{
    return json_text_is(doc, json_member(doc, node, "type"), type);
}

/* ---- what a query names and calls ---- */

static void
visit_relation(Walk *walk, WalkItem item)
{
    JobRelation relation = {.catalog = text_of(walk, item.node, "catalog_name"),
                            .schema = text_of(walk, item.node, "schema_name"),
                            .name = text_of(walk, item.node, "table_name"),
                            .alias = text_of(walk, item.node, "alias"),
                            .location = location_of(walk, item.node),
                            .scope = item.scope};
    if (relation.name == NULL) {
        relation.name = "";
    }
    /* `recurring.t`: all rows that a recursive CTE has so far */
    bool may_be_cte = relation.schema == NULL || text_equal(relation.schema, "recurring");
    if (!may_be_cte || !walk_is_cte(walk, item.ctes, relation.name)) {
        job_add_relation(walk->job, &relation);
    }
    walk_push_children(walk, item, item.node); /* `at (version => …)` */
}

static void
visit_table_function(Walk *walk, WalkItem item)
{
    JobRelation function = {.alias = text_of(walk, item.node, "alias"),
                            .location = location_of(walk, item.node),
                            .scope = item.scope};
    job_add_table_function(walk->job, &function);
    walk_push_children(walk, item, item.node);
}

/** Calls and window functions; operators are written as functions as well. */
static void
visit_call(Walk *walk, WalkItem item)
{
    const JsonDoc *doc = walk->doc;
    const char *name = text_of(walk, item.node, "function_name");
    size_t location = location_of(walk, item.node);
    /* brackets and braces call functions of the schema "main", which calls that people write rarely
     * name */
    bool is_syntax = !json_text_is(doc, json_member(doc, item.node, "schema"), "main");
    if (name && location != SQL_NONE && !json_flag(doc, item.node, "is_operator")) {
        job_add_function(walk->job, name, location,
                         json_count(doc, json_member(doc, item.node, "children")), is_syntax,
                         item.scope);
    }
    walk_push_children(walk, item, item.node);
}

/** A single unquoted word may be a function without brackets: DuckDB decides that only when it
 * binds. */
static void
visit_reference(Walk *walk, WalkItem item)
{
    SqlJob *job = walk->job;
    uint32_t names = json_member(walk->doc, item.node, "column_names");
    size_t location = location_of(walk, item.node);
    size_t n_names = json_count(walk->doc, names);
    job_add_reference(job, location, n_names, item.scope);
    static const char *const value_functions[] = {
        "current_date", "current_role", "current_time",   "current_timestamp",
        "current_user", "localtime",    "localtimestamp", "session_user"};
    size_t word = words_at(&job->words, location);
    for (size_t i = 0; n_names == 1 && i < ARRAY_LENGTH(value_functions); i++) {
        if (words_is(&job->words, word, value_functions[i])) {
            job_add_value_function(job, value_functions[i], location);
        }
    }
}

/** Its value may be any JSON. */
static void
visit_constant(Walk *walk, WalkItem item)
{
    (void)walk;
    (void)item;
}

/** Its type may have fields with any names. */
static void
visit_cast(Walk *walk, WalkItem item)
{
    walk_push(walk, item, json_member(walk->doc, item.node, "child"));
}

static void
visit_parameter(Walk *walk, WalkItem item)
{
    (void)item;
    job_refuse(walk->job, job_whole(walk->job), "write a value as ${…}",
               "a query has no parameters (`?`, `$name`)");
}

/** `describe t` and `summarize t` have a query inside, `show tables` has not. */
static void
visit_show(Walk *walk, WalkItem item)
{
    uint32_t query = json_member(walk->doc, item.node, "query");
    if (!json_is_container(walk->doc, query)) {
        job_refuse(walk->job, job_whole(walk->job), "`columns(t)` lists the columns of a table",
                   "a query can't read the engine's catalogue (`show …`)");
        return;
    }
    walk_push(walk, item, query);
}

/* ---- queries ---- */

/** Pushes the CTEs, each with those before it in sight. @return what the query itself sees */
static const WalkCte *
push_ctes(Walk *walk, WalkItem item)
{
    const JsonDoc *doc = walk->doc;
    const WalkCte *seen = item.ctes;
    JSON_EACH(doc, json_member(doc, json_member(doc, item.node, "cte_map"), "map"), cte)
    {
        WalkItem inner = item;
        inner.ctes = seen;
        walk_push(walk, inner, json_member(doc, cte, "value"));
        const char *name = text_of(walk, cte, "key");
        seen = walk_add_cte(walk, seen, name ? name : "");
    }
    return seen;
}

static void
visit_query(Walk *walk, WalkItem item)
{
    const JsonDoc *doc = walk->doc;
    item.scope = job_add_scope(walk->job, item.scope);
    WalkItem inner = item;
    inner.ctes = push_ctes(walk, item);
    const char *recursive =
        type_is(doc, item.node, "RECURSIVE_CTE_NODE") ? text_of(walk, item.node, "cte_name") : NULL;
    /* a CTE_NODE is one more copy of a CTE around its child, which has them all in its map */
    bool copy = type_is(doc, item.node, "CTE_NODE");
    JSON_EACH(doc, item.node, child)
    {
        if (json_key_is(doc, child, "cte_map") || (copy && json_key_is(doc, child, "query"))) {
            continue;
        }
        WalkItem half = inner;
        if (recursive && json_key_is(doc, child, "right")) {
            half.ctes = walk_add_cte(walk, inner.ctes, recursive);
        }
        walk_push(walk, half, child);
    }
}

/* ---- the walk ---- */

typedef struct VisitorRow VisitorRow;
struct VisitorRow {
    const char *type;
    Visitor visit;
};

static const VisitorRow visitors[] = {
    {"COLUMN_REF", visit_reference},
    {"CONSTANT", visit_constant},
    {"FUNCTION", visit_call},
    {"WINDOW", visit_call},
    {"CAST", visit_cast},
    {"PARAMETER", visit_parameter},
    {"BASE_TABLE", visit_relation},
    {"TABLE_FUNCTION", visit_table_function},
    {"SHOW_REF", visit_show},
    {"SELECT_NODE", visit_query},
    {"SET_OPERATION_NODE", visit_query},
    {"RECURSIVE_CTE_NODE", visit_query},
    {"CTE_NODE", visit_query},
};

static void
visit(Walk *walk, WalkItem item)
{
    const JsonDoc *doc = walk->doc;
    uint32_t type = json_member(doc, item.node, "class");
    type = type != JSON_NONE ? type : json_member(doc, item.node, "type");
    for (size_t i = 0; type != JSON_NONE && i < ARRAY_LENGTH(visitors); i++) {
        if (json_text_is(doc, type, visitors[i].type)) {
            visitors[i].visit(walk, item);
            return;
        }
    }
    walk_push_children(walk, item, item.node);
}

/* ---- the outermost select list ---- */

/** The first place that anything in the item has. Location 0 stands for a `*` that nobody wrote. */
static size_t
first_location(const JsonDoc *doc, uint32_t node)
{
    size_t first = SQL_NONE;
    for (uint32_t i = node; i < json_end(doc, node); i++) {
        if (json_key_is(doc, i, "query_location")) {
            size_t location = json_offset(doc, i, SQL_NONE);
            first = location != 0 && location < first ? location : first;
        }
    }
    return first;
}

/** Is there a quoted identifier in the text that says just this? Then its letter case was meant. */
static bool
is_quoted_somewhere(const SqlJob *job, const char *name)
{
    for (size_t i = 0; i < job->words.n; i++) {
        if (job->words.items[i].kind == SQL_TOKEN_QUOTED_IDENTIFIER &&
            text_equal(words_name(&job->words, i, job->scratch), name)) {
            return true;
        }
    }
    return false;
}

/** DuckDB keeps names as they are written; the language folds those without quotes. */
static const char *
fold_name(SqlJob *job, const char *name)
{
    if (name == NULL) {
        return NULL;
    }
    char *folded = text_fold(job->arena, name, strlen(name));
    bool kept = !text_equal(folded, name) && is_quoted_somewhere(job, name);
    return kept ? arena_strdup(job->arena, name) : folded;
}

static void
add_output(Walk *walk, uint32_t item)
{
    const JsonDoc *doc = walk->doc;
    SqlJob *job = walk->job;
    SqlOutput output = {.place = {SQL_NONE, SQL_NONE}};
    uint32_t class = json_member(doc, item, "class");
    output.is_star = json_text_is(doc, class, "STAR");
    if (json_text_is(doc, class, "COLUMN_REF")) {
        JSON_EACH(doc, json_member(doc, item, "column_names"), name)
        {
            output.table = output.column;
            output.column = fold_name(job, json_string(doc, name, job->scratch));
        }
    } else if (output.is_star) {
        output.table = fold_name(job, text_of(walk, item, "relation_name"));
    }
    const char *alias = fold_name(job, text_of(walk, item, "alias"));
    output.name = alias ? alias : output.column;
    size_t location = first_location(doc, item);
    if (location < job->words.length) {
        output.place = job_item_range(job, location);
    }
    vec_push(&job->outputs, output);
}

static void
add_outputs(Walk *walk, uint32_t query)
{
    const JsonDoc *doc = walk->doc;
    for (;;) {
        uint32_t inner =
            json_member(doc, query, type_is(doc, query, "CTE_NODE") ? "child" : "left");
        uint32_t first = json_first(doc, json_member(doc, query, "children"));
        inner = json_is_container(doc, inner) ? inner : first;
        if (!json_is_container(doc, inner)) {
            break;
        }
        query = inner;
    }
    uint32_t from = json_member(doc, query, "from_table");
    if (type_is(doc, from, "EXPRESSION_LIST")) {
        walk->job->statement = SQL_STATEMENT_VALUES;
        JSON_EACH(doc, json_first(doc, json_member(doc, from, "values")), value)
        {
            vec_push(&walk->job->outputs, (SqlOutput){.place = {SQL_NONE, SQL_NONE}});
        }
        return;
    }
    JSON_EACH(doc, json_member(doc, query, "select_list"), item)
    {
        add_output(walk, item);
    }
}

int
walk_duckdb_tree(SqlJob *job, const JsonDoc *doc)
{
    Walk walk = {.job = job, .doc = doc};
    job->read_by_duckdb = true;
    uint32_t statements = json_member(doc, JSON_ROOT, "statements");
    uint32_t query = json_member(doc, json_first(doc, statements), "node");
    if (json_count(doc, statements) != 1 || !json_is_container(doc, query)) {
        return job_refuse(job, job_whole(job), NULL, "a query is missing");
    }
    if (type_is(doc, json_member(doc, query, "from_table"), "SHOW_REF")) {
        return job_refuse(job, job_word_range(job, 0), "write `from (summarize …)`",
                          "only a query can stand here");
    }
    add_outputs(&walk, query);
    vec_push(&walk.stack, ((WalkItem){.node = query, .scope = SQL_NONE}));
    return walk_run(&walk, visit);
}
