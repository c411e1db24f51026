/* Walks libpg_query's JSON: each node is `{"TypeName": {…}}`, fields of a fixed type stand without
 * the name. */
#include "compiler/sql/walk_priv.h"
#include "runtime/base/str.h"

#include <string.h>

typedef void (*Visitor)(Walk *walk, WalkItem item, uint32_t node);

static const char *
text_of(Walk *walk, uint32_t node, const char *key)
{
    return json_member_string(walk->doc, node, key, walk->job->scratch);
}

static size_t
location_of(Walk *walk, uint32_t node)
{
    return json_offset(walk->doc, json_member(walk->doc, node, "location"), SQL_NONE);
}

/** The text of `{"String": {"sval": …}}`. */
static const char *
string_node(Walk *walk, uint32_t node)
{
    const char *text = text_of(walk, json_member(walk->doc, node, "String"), "sval");
    return text ? text : "";
}

static uint32_t
last_of(Walk *walk, uint32_t list)
{
    uint32_t last = JSON_NONE;
    JSON_EACH(walk->doc, list, child)
    {
        last = child;
    }
    return last;
}

static const char *
alias_of(Walk *walk, uint32_t node)
{
    return text_of(walk, json_member(walk->doc, node, "alias"), "aliasname");
}

/** The word at the node's location; the whole text where it has none. */
static SqlRange
place_of(Walk *walk, uint32_t node)
{
    size_t location = location_of(walk, node);
    return location < walk->job->words.length ? job_range_at(walk->job, location)
                                              : job_whole(walk->job);
}

/* ---- what a query names and calls ---- */

static JobRelation
relation_of(Walk *walk, uint32_t node, size_t scope)
{
    const char *name = text_of(walk, node, "relname");
    return (JobRelation){.catalog = text_of(walk, node, "catalogname"),
                         .schema = text_of(walk, node, "schemaname"),
                         .name = name != NULL ? name : "",
                         .alias = alias_of(walk, node),
                         .location = location_of(walk, node),
                         .scope = scope};
}

static void
visit_relation(Walk *walk, WalkItem item, uint32_t node)
{
    JobRelation relation = relation_of(walk, node, item.scope);
    if (relation.schema != NULL || !walk_is_cte(walk, item.ctes, relation.name)) {
        job_add_relation(walk->job, &relation);
    }
}

/** `"functions": [{"List": {"items": [{"FuncCall": …}, {}]}}]`; `rows from (…)` has several. */
static void
visit_table_function(Walk *walk, WalkItem item, uint32_t node)
{
    const JsonDoc *doc = walk->doc;
    walk_push(walk, item, node);
    uint32_t list = json_member(doc, json_first(doc, json_member(doc, node, "functions")), "List");
    uint32_t first = json_first(doc, json_member(doc, list, "items"));
    uint32_t call = json_member(doc, first, "FuncCall");
    if (call == JSON_NONE && walk->job->dialect == SQL_DUCKDB) {
        walk->job->misread = true; /* `from user`: a function to PostgreSQL, a table to DuckDB */
    }
    if (call != JSON_NONE && !json_flag(doc, node, "is_rowsfrom")) {
        JobRelation function = {.alias = alias_of(walk, node),
                                .location = location_of(walk, call),
                                .scope = item.scope};
        job_add_table_function(walk->job, &function);
    }
}

static void
visit_call(Walk *walk, WalkItem item, uint32_t node)
{
    uint32_t name = last_of(walk, json_member(walk->doc, node, "funcname"));
    size_t n_arguments = json_count(walk->doc, json_member(walk->doc, node, "args"));
    job_add_function(walk->job, string_node(walk, name), location_of(walk, node), n_arguments, true,
                     item.scope);
    walk_push(walk, item, node);
}

/** To DuckDB, `user` is first of all a column. */
static void
visit_value_function(Walk *walk, WalkItem item, uint32_t node)
{
    (void)item;
    SqlJob *job = walk->job;
    size_t location = location_of(walk, node);
    size_t word = words_at(&job->words, location);
    if (job->dialect == SQL_POSTGRES || !words_is(&job->words, word, "user")) {
        job_add_value_function(job, words_name(&job->words, word, job->scratch), location);
    }
}

static void
visit_reference(Walk *walk, WalkItem item, uint32_t node)
{
    uint32_t fields = json_member(walk->doc, node, "fields");
    job_add_reference(walk->job, location_of(walk, node), json_count(walk->doc, fields),
                      item.scope);
}

static bool
is_one_of(const char *text, const char *const *words, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++) {
        if (text_equal_ignore_case(text, words[i])) {
            return true;
        }
    }
    return false;
}

/** `'today'::date`, `timestamp 'now'`: what is cast means the present. */
static void
visit_cast(Walk *walk, WalkItem item, uint32_t node)
{
    static const char *const days[] = {"today", "tomorrow", "yesterday"};
    static const char *const types[] = {"date", "timestamp", "timestamptz", "time", "timetz"};
    const JsonDoc *doc = walk->doc;
    walk_push(walk, item, node);
    uint32_t constant = json_member(doc, json_member(doc, node, "arg"), "A_Const");
    uint32_t names = json_member(doc, json_member(doc, node, "typeName"), "names");
    const char *text = text_of(walk, json_member(doc, constant, "sval"), "sval");
    const char *type_name = string_node(walk, last_of(walk, names));
    if (text == NULL || !is_one_of(type_name, types, ARRAY_LENGTH(types))) {
        return;
    }
    bool now = text_equal_ignore_case(text, "now");
    if (is_one_of(text, days, ARRAY_LENGTH(days)) || (now && text_equal(type_name, "date"))) {
        walk->job->uses_current_date = true;
    } else if (now) {
        job_add_value_function(walk->job, "now", location_of(walk, constant));
    }
}

static void
visit_parameter(Walk *walk, WalkItem item, uint32_t node)
{
    (void)item;
    job_refuse(walk->job, place_of(walk, node), "write a value as ${…}",
               "a query has no parameters");
}

static void
visit_change(Walk *walk, WalkItem item, uint32_t node)
{
    (void)item;
    job_refuse(walk->job, place_of(walk, json_member(walk->doc, node, "relation")),
               "statements that change something stand in `script { … }`",
               "a query can't insert, update, delete or merge");
}

/** Of `create table t (…)`. */
static void
visit_definition(Walk *walk, WalkItem item, uint32_t node)
{
    (void)item;
    job_refuse(walk->job, place_of(walk, node),
               "keys and checks are clauses of the table that the script makes",
               "a script creates columns with a name and a type, nothing more");
}

/* ---- selects ---- */

static uint32_t
body_of(Walk *walk, uint32_t cte)
{
    return json_member(walk->doc, json_member(walk->doc, cte, "ctequery"), "SelectStmt");
}

static void
push_select(Walk *walk, WalkItem item, uint32_t node, const char *recursive_cte)
{
    item.node = node;
    item.is_select = true;
    item.recursive_cte = recursive_cte;
    vec_push(&walk->stack, item);
}

/**
 * Pushes the CTEs. One sees those before it; with RECURSIVE it sees all of the clause on
 * PostgreSQL, while on DuckDB only the second half of its union sees itself (tried on 1.4: the rest
 * finds the table of that name).
 * @return what the query itself sees
 */
static const WalkCte *
push_ctes(Walk *walk, WalkItem item, uint32_t with)
{
    const JsonDoc *doc = walk->doc;
    bool recursive = json_flag(doc, with, "recursive");
    bool all_at_once = recursive && walk->job->dialect == SQL_POSTGRES;
    uint32_t ctes = json_member(doc, with, "ctes");
    const WalkCte *seen = item.ctes;
    for (int round = all_at_once ? 0 : 1; round < 2; round++) {
        JSON_EACH(doc, ctes, wrapped)
        {
            uint32_t cte = json_member(doc, wrapped, "CommonTableExpr");
            const char *name = text_of(walk, cte, "ctename");
            if (name == NULL) {
                continue;
            }
            if (round == 0) {
                seen = walk_add_cte(walk, seen, name);
                continue;
            }
            WalkItem inner = item;
            inner.ctes = seen;
            uint32_t body = body_of(walk, cte);
            if (body != JSON_NONE) {
                push_select(walk, inner, body, recursive && !all_at_once ? name : NULL);
            } else {
                walk_push(walk, inner, cte); /* no select: its visitor refuses it */
            }
            seen = all_at_once ? seen : walk_add_cte(walk, seen, name);
        }
    }
    return seen;
}

static void
refuse_locking(Walk *walk)
{
    static const char *const strengths[] = {"update", "share", "no", "key"};
    SqlJob *job = walk->job;
    for (size_t i = job->words.n; i-- > 0;) {
        for (size_t k = 0; words_is(&job->words, i, "for") && k < ARRAY_LENGTH(strengths); k++) {
            if (words_is(&job->words, i + 1, strengths[k])) {
                SqlRange place = {words_start(&job->words, i), words_end(&job->words, i + 1)};
                job_refuse(job, place, "delete it", "a query can't lock rows");
                return;
            }
        }
    }
    job_refuse(job, job_whole(job), "delete `for update`", "a query can't lock rows");
}

static void
refuse_into(Walk *walk, uint32_t into)
{
    SqlJob *job = walk->job;
    uint32_t relation = json_member(walk->doc, into, "rel");
    size_t location = relation == JSON_NONE ? SQL_NONE : location_of(walk, relation);
    job_refuse(job, location < job->words.length ? job_range_at(job, location) : job_whole(job),
               "delete `into …`: the result becomes the table that is declared",
               "a query can't make a table with `select into`");
}

static void
visit_select(Walk *walk, WalkItem item, uint32_t node)
{
    const JsonDoc *doc = walk->doc;
    WalkItem inner = {.ctes = item.ctes, .scope = job_add_scope(walk->job, item.scope)};
    uint32_t with = json_member(doc, node, "withClause");
    if (with != JSON_NONE) {
        inner.ctes = push_ctes(walk, inner, with);
    }
    JSON_EACH(doc, node, child)
    {
        if (json_key_is(doc, child, "larg")) {
            push_select(walk, inner, child, NULL);
        } else if (json_key_is(doc, child, "rarg")) {
            WalkItem right = inner;
            right.ctes = item.recursive_cte ? walk_add_cte(walk, inner.ctes, item.recursive_cte)
                                            : inner.ctes;
            push_select(walk, right, child, NULL);
        } else if (json_key_is(doc, child, "intoClause")) {
            refuse_into(walk, child);
        } else if (json_key_is(doc, child, "lockingClause")) {
            refuse_locking(walk);
        } else if (child != with) {
            walk_push(walk, inner, child);
        }
    }
}

/* ---- the walk ---- */

typedef struct VisitorRow VisitorRow;
struct VisitorRow {
    const char *type;
    Visitor visit;
};

static const VisitorRow visitors[] = {
    {"ColumnRef", visit_reference},   {"FuncCall", visit_call},
    {"RangeVar", visit_relation},     {"TypeCast", visit_cast},
    {"SelectStmt", visit_select},     {"RangeFunction", visit_table_function},
    {"ParamRef", visit_parameter},    {"SQLValueFunction", visit_value_function},
    {"InsertStmt", visit_change},     {"UpdateStmt", visit_change},
    {"DeleteStmt", visit_change},     {"MergeStmt", visit_change},
    {"Constraint", visit_definition}, {"TableLikeClause", visit_definition},
};

static Visitor
visitor_of(const JsonDoc *doc, uint32_t node)
{
    char initial = json_key_initial(doc, node);
    if (initial < 'A' || initial > 'Z') {
        return NULL; /* fields are written small */
    }
    for (size_t i = 0; i < ARRAY_LENGTH(visitors); i++) {
        if (visitors[i].type[0] == initial && json_key_is(doc, node, visitors[i].type)) {
            return visitors[i].visit;
        }
    }
    return NULL;
}

static void
visit(Walk *walk, WalkItem item)
{
    if (item.is_select) {
        visit_select(walk, item, item.node);
        return;
    }
    JSON_EACH(walk->doc, item.node, child)
    {
        Visitor visitor = visitor_of(walk->doc, child);
        if (visitor) {
            item.recursive_cte = NULL;
            visitor(walk, item, child);
        } else {
            walk_push(walk, item, child);
        }
    }
}

/* ---- the outermost select list ---- */

/** `column`, `table.column`, `*`, `table.*`. */
static void
describe_reference(Walk *walk, uint32_t reference, SqlOutput *output)
{
    const char *last = NULL;
    JSON_EACH(walk->doc, json_member(walk->doc, reference, "fields"), field)
    {
        output->table = last;
        output->is_star = json_member(walk->doc, field, "A_Star") != JSON_NONE;
        last = output->is_star ? NULL : arena_strdup(walk->job->arena, string_node(walk, field));
    }
    output->column = last;
}

/** `user`, and what else PostgreSQL takes for a function without brackets. */
static bool
is_column_to_duckdb(Walk *walk, uint32_t value)
{
    return walk->job->dialect == SQL_DUCKDB &&
           json_member(walk->doc, value, "SQLValueFunction") != JSON_NONE;
}

static void
add_output(Walk *walk, uint32_t target)
{
    const JsonDoc *doc = walk->doc;
    SqlJob *job = walk->job;
    SqlOutput output = {.place = {SQL_NONE, SQL_NONE}};
    uint32_t value = json_member(doc, target, "val");
    describe_reference(walk, json_member(doc, value, "ColumnRef"), &output);
    size_t location = location_of(walk, target);
    if (is_column_to_duckdb(walk, value)) {
        output.column = words_name(&job->words, words_at(&job->words, location), job->arena);
    }
    const char *alias = text_of(walk, target, "name");
    output.name = alias ? arena_strdup(job->arena, alias) : output.column;
    if (location < job->words.length) {
        output.place = job_item_range(job, location);
    }
    vec_push(&job->outputs, output);
}

/** Names are those of the first select of a set operation. */
static void
add_outputs(Walk *walk, uint32_t select)
{
    const JsonDoc *doc = walk->doc;
    while (json_member(doc, select, "larg") != JSON_NONE) {
        select = json_member(doc, select, "larg");
    }
    uint32_t values = json_member(doc, select, "valuesLists");
    if (values != JSON_NONE) {
        walk->job->statement = SQL_STATEMENT_VALUES;
        uint32_t row = json_member(doc, json_member(doc, json_first(doc, values), "List"), "items");
        JSON_EACH(doc, row, value)
        {
            vec_push(&walk->job->outputs, (SqlOutput){.place = {SQL_NONE, SQL_NONE}});
        }
    }
    JSON_EACH(doc, json_member(doc, select, "targetList"), wrapped)
    {
        add_output(walk, json_member(doc, wrapped, "ResTarget"));
    }
}

/* ---- statements of a script ---- */

/** A statement that creates or changes a table. */
typedef struct Change Change;
struct Change {
    const char *type;
    const char *target; /* the member that names the table */
    bool creates;
};

static const Change changes[] = {
    {"CreateTableAsStmt", "into", true}, {"CreateStmt", "relation", true},
    {"InsertStmt", "relation", false},   {"UpdateStmt", "relation", false},
    {"DeleteStmt", "relation", false},   {"MergeStmt", "relation", false},
};

static const Change *
change_of(const JsonDoc *doc, uint32_t statement, uint32_t *ret_node)
{
    for (size_t i = 0; i < ARRAY_LENGTH(changes); i++) {
        *ret_node = json_member(doc, statement, changes[i].type);
        if (*ret_node != JSON_NONE) {
            return &changes[i];
        }
    }
    return NULL;
}

static int
refuse_statement(SqlJob *job, const JsonDoc *doc, uint32_t statement)
{
    bool is_query = json_member(doc, statement, "SelectStmt") != JSON_NONE;
    return job_refuse(job, job_word_range(job, 0),
                      is_query ? "make a table of its rows: create table ${out.NAME} as select …"
                               : "it can create tables, insert, update, delete and merge",
                      is_query ? "a query alone changes nothing" : "a script can't do this");
}

static int
walk_statement(Walk *walk, uint32_t statement)
{
    const JsonDoc *doc = walk->doc;
    SqlJob *job = walk->job;
    uint32_t node;
    const Change *change = change_of(doc, statement, &node);
    const char *object = change != NULL ? text_of(walk, node, "objtype") : NULL;
    if (change == NULL || (object != NULL && !text_equal(object, "OBJECT_TABLE"))) {
        return refuse_statement(job, doc, statement);
    }
    uint32_t named = json_member(doc, node, change->target);
    uint32_t target = text_equal(change->target, "into") ? json_member(doc, named, "rel") : named;
    JobRelation relation = relation_of(walk, target, SQL_NONE);
    bool is_temporary = text_equal(text_of(walk, target, "relpersistence"), "t");
    job_set_target(job, &relation, change->creates, change->creates && is_temporary);
    WalkItem item = {.scope = job_add_scope(job, SQL_NONE)};
    uint32_t with = json_member(doc, node, "withClause");
    item.ctes = with != JSON_NONE ? push_ctes(walk, item, with) : NULL;
    JSON_EACH(doc, node, child)
    {
        if (child != with && child != named) {
            walk_push(walk, item, child);
        }
    }
    return walk_run(walk, visit);
}

int
walk_postgres_tree(SqlJob *job, const JsonDoc *doc)
{
    Walk walk = {.job = job, .doc = doc};
    uint32_t statements = json_member(doc, JSON_ROOT, "stmts");
    uint32_t statement = json_member(doc, json_first(doc, statements), "stmt");
    if (job->takes_statement && json_count(doc, statements) == 1) {
        return walk_statement(&walk, statement);
    }
    uint32_t select = json_member(doc, statement, "SelectStmt");
    if (select == JSON_NONE || json_count(doc, statements) != 1) {
        return job_refuse(job, job->words.n > 0 ? job_word_range(job, 0) : job_whole(job),
                          "statements that change something stand in `script { … }`",
                          job->words.n > 0 ? "only a query can stand here" : "a query is missing");
    }
    add_outputs(&walk, select);
    WalkItem root = {.node = select, .scope = SQL_NONE, .is_select = true};
    vec_push(&walk.stack, root);
    return walk_run(&walk, visit);
}
