/*
 * What is allowed and seldom meant, found in libpg_query's tree: one look at each node, with the
 * nodes that it stands in. What depends on keys, columns and types of tables is left to who knows
 * them (compiler/lint).
 */
#include "compiler/sql/lints_priv.h"
#include "runtime/base/str.h"

#include <string.h>

/** The n-th node around the one that is looked at, 0 the nearest; JSON_NONE behind the root. */
static uint32_t
around(const LintScan *scan, size_t n)
{
    return n < scan->open.n ? scan->open.items[scan->open.n - 1 - n] : JSON_NONE;
}

const char *
lint_last_name(const LintScan *scan, uint32_t names)
{
    const char *last = "";
    JSON_EACH(scan->doc, names, name)
    {
        const char *text = lint_text(scan, lint_member(scan, name, "String"), "sval");
        last = text != NULL ? text : "";
    }
    return last;
}

JobLint *
lint_add(LintScan *scan, SqlLintKind kind, SqlRange place, const char *name)
{
    SqlJob *job = scan->job;
    JobLint lint = {.lint = {.kind = kind, .place = place, .relation = SQL_NONE},
                    .table_at = SQL_NONE};
    lint.lint.name = arena_strdup(job->arena, name);
    vec_push(&job->lints, lint);
    return &job->lints.items[job->lints.n - 1];
}

/** Selects are ordered by a few columns, so the list is made anew for each. */
void
lint_add_column(const LintScan *scan, JobLint *lint, const char *name)
{
    Arena *arena = scan->job->arena;
    size_t n = lint->lint.n_columns;
    const char **columns = ARENA_ARRAY(arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        columns[i] = lint->lint.columns[i];
    }
    columns[n] = arena_strdup(arena, name);
    lint->lint.columns = columns;
    lint->lint.n_columns = n + 1;
}

/* ---- operators ---- */

static bool
is_null(const LintScan *scan, uint32_t node)
{
    return json_flag(scan->doc, lint_member(scan, node, "A_Const"), "isnull");
}

static bool
is_integer(const LintScan *scan, uint32_t node)
{
    return lint_member(scan, lint_member(scan, node, "A_Const"), "ival") != JSON_NONE;
}

/** `a = null`; the fix reaches from the operator to what is right of it. */
static void
look_at_comparison(LintScan *scan, uint32_t node, const char *operator)
{
    uint32_t right = lint_member(scan, node, "rexpr");
    if (!is_null(scan, right) && !is_null(scan, lint_member(scan, node, "lexpr"))) {
        return;
    }
    JobLint *lint = lint_add(scan, SQL_LINT_NULL_COMPARE, lint_word(scan, node), operator);
    bool equals = text_equal(operator, "=");
    if (is_null(scan, right) && (equals || text_equal(operator, "<>"))) {
        lint->lint.place.end = lint_word(scan, lint_member(scan, right, "A_Const")).end;
        lint->lint.instead = equals ? "is null" : "is not null";
    }
}

/** A pattern that says where the text begins and ends means the same on both engines. */
static bool
is_whole_pattern(const LintScan *scan, uint32_t node)
{
    uint32_t constant = lint_member(scan, lint_member(scan, node, "A_Const"), "sval");
    const char *pattern = lint_text(scan, constant, "sval");
    return pattern != NULL && pattern[0] == '^' && text_ends_with(pattern, "$") &&
           !text_ends_with(pattern, "\\$") && strchr(pattern, '|') == NULL;
}

static void
look_at_operator(LintScan *scan, uint32_t node)
{
    static const char *const comparisons[] = {"=", "<>", "<", ">", "<=", ">="};
    const char *operator= lint_last_name(scan, lint_member(scan, node, "name"));
    uint32_t left = lint_member(scan, node, "lexpr");
    uint32_t right = lint_member(scan, node, "rexpr");
    for (size_t i = 0; i < ARRAY_LENGTH(comparisons); i++) {
        if (text_equal(operator, comparisons[i])) {
            look_at_comparison(scan, node, operator);
        }
    }
    if (text_equal(operator, "/")) {
        JobLint *lint = lint_add(scan, SQL_LINT_DIVISION, lint_word(scan, node), operator);
        if (!is_integer(scan, left) || !is_integer(scan, right)) {
            lint_take_operands(scan, lint);
        }
    } else if ((text_equal(operator, "~") || text_equal(operator, "!~")) && left != JSON_NONE &&
               !is_whole_pattern(scan, right)) {
        lint_add(scan, SQL_LINT_REGEX, lint_word(scan, node), operator);
    }
}

static void
look_at_expression(LintScan *scan, uint32_t node)
{
    uint32_t kind = lint_member(scan, node, "kind");
    if (json_text_is(scan->doc, kind, "AEXPR_OP")) {
        look_at_operator(scan, node);
        return;
    }
    uint32_t items =
        lint_member(scan, lint_member(scan, lint_member(scan, node, "rexpr"), "List"), "items");
    bool is_not_in = json_text_is(scan->doc, kind, "AEXPR_IN") &&
                     text_equal(lint_last_name(scan, lint_member(scan, node, "name")), "<>");
    if (is_not_in && items != JSON_NONE) {
        JSON_EACH(scan->doc, items, item)
        {
            if (is_null(scan, item)) {
                lint_add(scan, SQL_LINT_NOT_IN_NULL,
                         lint_word(scan, lint_member(scan, item, "A_Const")), "");
            }
        }
    }
}

/** `not (a in (select …))`, which is also the tree of `a not in (select …)`. */
static void
look_at_not(LintScan *scan, uint32_t node)
{
    const JsonDoc *doc = scan->doc;
    if (!json_text_is(doc, lint_member(scan, node, "boolop"), "NOT_EXPR")) {
        return;
    }
    uint32_t link = lint_member(scan, json_first(doc, lint_member(scan, node, "args")), "SubLink");
    bool is_in = json_text_is(doc, lint_member(scan, link, "subLinkType"), "ANY_SUBLINK") &&
                 lint_member(scan, link, "operName") == JSON_NONE;
    if (is_in) {
        lint_look_at_not_in(scan,
                            lint_member(scan, lint_member(scan, link, "subselect"), "SelectStmt"));
    }
}

/* ---- types ---- */

static void
look_at_type(LintScan *scan, uint32_t node)
{
    SqlJob *job = scan->job;
    const char *type = lint_last_name(scan, lint_member(scan, node, "names"));
    size_t word = words_at(&job->words, lint_location(scan, node));
    if (words_is_char(&job->words, word + 1, '(')) {
        return;
    }
    if (text_equal(type, "numeric")) {
        lint_add(scan, SQL_LINT_BARE_NUMERIC, job_word_range(job, word),
                 words_name(&job->words, word, job->scratch));
    } else if (text_equal(type, "float8") && words_is(&job->words, word, "float")) {
        lint_add(scan, SQL_LINT_FLOAT, job_word_range(job, word), "float");
    }
}

/* ---- functions ---- */

/** Does the value of the call stand by itself in a select list? */
static bool
is_column(const LintScan *scan)
{
    return json_key_is(scan->doc, around(scan, 0), "val") &&
           json_key_is(scan->doc, around(scan, 1), "ResTarget");
}

/** `null as a`, `cast(null as int) as a` in the select list of the whole query. */
static void
look_at_null(LintScan *scan, uint32_t target)
{
    uint32_t value = lint_member(scan, target, "val");
    uint32_t cast = lint_member(scan, value, "TypeCast");
    uint32_t constant = cast != JSON_NONE ? lint_member(scan, cast, "arg") : value;
    const char *name = lint_text(scan, target, "name");
    size_t i = 0;
    while (i < scan->open.n && lint_member(scan, scan->open.items[i], "limitOption") == JSON_NONE) {
        i++;
    }
    /* select, list, element */
    bool is_outermost = scan->open.n == i + 3;
    if (name != NULL && is_outermost && is_null(scan, constant)) {
        lint_add(scan, SQL_LINT_NULL_COLUMN,
                 lint_word(scan, lint_member(scan, constant, "A_Const")), name);
    }
}

/** `select o from orders o`: where `o` has no such column, it is the whole row. */
static void
look_at_target(LintScan *scan, uint32_t node)
{
    const SqlJob *job = scan->job;
    look_at_null(scan, node);
    uint32_t reference = lint_member(scan, lint_member(scan, node, "val"), "ColumnRef");
    uint32_t fields = lint_member(scan, reference, "fields");
    const char *name = json_count(scan->doc, fields) == 1 ? lint_last_name(scan, fields) : "";
    for (size_t i = 0; name[0] != '\0' && i < job->relations.n; i++) {
        const SqlRelation *relation = &job->relations.items[i];
        const char *visible = relation->alias != NULL ? relation->alias : relation->name;
        if (!relation->is_function && text_equal(visible, name)) {
            JobLint *lint = lint_add(scan, SQL_LINT_ROW, lint_word(scan, reference), name);
            lint->lint.operands[lint->lint.n_operands++] = lint->lint.place;
            return;
        }
    }
}

/** Is the call an argument of a function for which order doesn't count? */
static bool
is_sorted_outside(const LintScan *scan)
{
    static const char *const sorters[] = {"list_sort",   "array_sort",         "list_reverse_sort",
                                          "cardinality", "array_reverse_sort", "array_length",
                                          "len",         "list_unique"};
    uint32_t call = around(scan, 2); /* the element, the array, the call */
    const char *name = json_key_is(scan->doc, call, "FuncCall")
                           ? lint_last_name(scan, lint_member(scan, call, "funcname"))
                           : "";
    for (size_t i = 0; i < ARRAY_LENGTH(sorters); i++) {
        if (text_equal(name, sorters[i])) {
            return true;
        }
    }
    return false;
}

static void
look_at_list(LintScan *scan, uint32_t node, const char *name)
{
    bool ordered = lint_member(scan, node, "agg_order") != JSON_NONE ||
                   lint_member(scan, node, "over") != JSON_NONE || is_sorted_outside(scan) ||
                   lint_reads_sorted(scan);
    if (!ordered) {
        lint_add(scan, SQL_LINT_LIST_UNORDERED, lint_word(scan, node), name);
    }
    if (text_equal(name, "string_agg")) {
        lint_take_argument(scan, lint_add(scan, SQL_LINT_LIST_OF, lint_word(scan, node), name), 0);
    }
}

static void
look_at_round(LintScan *scan, uint32_t node, const char *name)
{
    if (json_count(scan->doc, lint_member(scan, node, "args")) == 1) {
        lint_take_argument(scan, lint_add(scan, SQL_LINT_ROUND, lint_word(scan, node), name), 0);
    }
}

static void
look_at_date_trunc(LintScan *scan, uint32_t node, const char *name)
{
    if (json_key_is(scan->doc, around(scan, 0), "arg")) {
        return; /* of a cast: what it gives is said */
    }
    lint_take_argument(scan, lint_add(scan, SQL_LINT_DATE_TRUNC, lint_word(scan, node), name), 1);
}

static void
look_at_sum(LintScan *scan, uint32_t node, const char *name)
{
    if (is_column(scan)) {
        SqlLintKind kind = text_equal(name, "sum") ? SQL_LINT_SUM : SQL_LINT_AVG;
        lint_take_argument(scan, lint_add(scan, kind, lint_word(scan, node), name), 0);
    }
}

typedef struct FunctionRow FunctionRow;
struct FunctionRow {
    const char *name;
    void (*look)(LintScan *scan, uint32_t node, const char *name);
};

static const FunctionRow functions[] = {
    {"row_number", lint_look_at_window},
    {"ntile", lint_look_at_window},
    {"lag", lint_look_at_window},
    {"lead", lint_look_at_window},
    {"first_value", lint_look_at_window},
    {"last_value", lint_look_at_window},
    {"nth_value", lint_look_at_window},
    {"string_agg", look_at_list},
    {"array_agg", look_at_list},
    {"json_agg", look_at_list},
    {"jsonb_agg", look_at_list},
    {"list", look_at_list},
    {"group_concat", look_at_list},
    {"listagg", look_at_list},
    {"round", look_at_round},
    {"date_trunc", look_at_date_trunc},
    {"sum", look_at_sum},
    {"avg", look_at_sum},
};

static void
look_at_call(LintScan *scan, uint32_t node)
{
    const char *name = lint_last_name(scan, lint_member(scan, node, "funcname"));
    for (size_t i = 0; i < ARRAY_LENGTH(functions); i++) {
        if (text_equal(name, functions[i].name)) {
            functions[i].look(scan, node, functions[i].name);
            return;
        }
    }
}

/* ---- the scan ---- */

typedef struct LookRow LookRow;
struct LookRow {
    const char *key;
    void (*look)(LintScan *scan, uint32_t node);
};

static void
look_at_limit(LintScan *scan, uint32_t node)
{
    bool in_exists = json_key_is(scan->doc, around(scan, 1), "subselect") &&
                     json_text_is(scan->doc, lint_member(scan, around(scan, 2), "subLinkType"),
                                  "EXISTS_SUBLINK");
    if (!in_exists) {
        lint_look_at_limit(scan, around(scan, 0), node);
    }
}

static void
look_at_from(LintScan *scan, uint32_t node)
{
    if (json_count(scan->doc, node) > 1) {
        lint_look_at_joins(scan, around(scan, 0), node);
    }
}

static const LookRow looks[] = {
    {"A_Expr", look_at_expression}, {"BoolExpr", look_at_not},     {"FuncCall", look_at_call},
    {"typeName", look_at_type},     {"limitCount", look_at_limit}, {"fromClause", look_at_from},
    {"ResTarget", look_at_target},
};

/** The stars of the outermost select list, each with the tables that it may mean. */
static void
look_at_stars(LintScan *scan)
{
    SqlJob *job = scan->job;
    for (size_t i = 0; i < job->outputs.n; i++) {
        const SqlOutput *output = &job->outputs.items[i];
        for (size_t k = 0; output->is_star && k < job->relations.n; k++) {
            const SqlRelation *relation = &job->relations.items[k];
            const char *visible = relation->alias != NULL ? relation->alias : relation->name;
            bool meant = output->table == NULL || text_equal_ignore_case(output->table, visible);
            if (relation->scope == 0 && !relation->is_function && meant) {
                lint_add(scan, SQL_LINT_STAR, output->place, relation->name)->table_at =
                    relation->place.start;
            }
        }
    }
}

/** A node of libpg_query's tree: what it is stands in its key. */
static void
look_at_node(LintScan *scan, uint32_t node)
{
    char initial = json_key_initial(scan->doc, node);
    for (size_t i = 0; i < ARRAY_LENGTH(looks); i++) {
        if (looks[i].key[0] == initial && json_key_is(scan->doc, node, looks[i].key)) {
            looks[i].look(scan, node);
            return;
        }
    }
}

void
lint_scan(SqlJob *job, const JsonDoc *doc, void (*look)(LintScan *scan, uint32_t node))
{
    LintScan scan = {.job = job, .doc = doc};
    for (uint32_t node = 0; node < doc->n_nodes; node++) {
        while (scan.open.n > 0 && json_end(doc, around(&scan, 0)) <= node) {
            scan.open.n--;
        }
        look(&scan, node);
        if (json_is_container(doc, node)) {
            vec_push(&scan.open, node);
        }
    }
    vec_free(&scan.open);
    look_at_stars(&scan);
}

void
lint_postgres_tree(SqlJob *job, const JsonDoc *doc)
{
    lint_scan(job, doc, look_at_node);
}
