/* The same in what DuckDB's json_serialize_sql() gave: order and null, which any query can have. */
#include "compiler/sql/lints_priv.h"
#include "runtime/base/str.h"

static bool
text_is(const LintScan *scan, uint32_t node, const char *key, const char *text)
{
    return json_text_is(scan->doc, lint_member(scan, node, key), text);
}

static SqlRange
place_of(const LintScan *scan, uint32_t node)
{
    size_t location = json_offset(scan->doc, lint_member(scan, node, "query_location"), SQL_NONE);
    return location < scan->job->words.length ? job_range_at(scan->job, location)
                                              : job_whole(scan->job);
}

static bool
is_null(const LintScan *scan, uint32_t node)
{
    return text_is(scan, node, "class", "CONSTANT") &&
           json_flag(scan->doc, lint_member(scan, node, "value"), "is_null");
}

static void
look_at_comparison(LintScan *scan, uint32_t node)
{
    static const char *const comparisons[][2] = {
        {"COMPARE_EQUAL", "="},
        {"COMPARE_NOTEQUAL", "<>"},
        {"COMPARE_LESSTHAN", "<"},
        {"COMPARE_GREATERTHAN", ">"},
        {"COMPARE_LESSTHANOREQUALTO", "<="},
        {"COMPARE_GREATERTHANOREQUALTO", ">="},
    };
    uint32_t right = lint_member(scan, node, "right");
    if (!is_null(scan, right) && !is_null(scan, lint_member(scan, node, "left"))) {
        return;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(comparisons); i++) {
        if (text_is(scan, node, "type", comparisons[i][0])) {
            JobLint *lint =
                lint_add(scan, SQL_LINT_NULL_COMPARE, place_of(scan, node), comparisons[i][1]);
            bool fixes = i < 2 && is_null(scan, right);
            lint->lint.instead = fixes ? (i == 0 ? "is null" : "is not null") : NULL;
            lint->lint.place.end = fixes ? place_of(scan, right).end : lint->lint.place.end;
        }
    }
}

/* ---- order ---- */

/** The only table of the select around the node, where its rows come out one by one. */
static uint32_t
only_table(const LintScan *scan)
{
    for (size_t i = scan->open.n; i-- > 0;) {
        uint32_t select = scan->open.items[i];
        if (text_is(scan, select, "type", "SELECT_NODE")) {
            uint32_t from = lint_member(scan, select, "from_table");
            bool groups = json_count(scan->doc, lint_member(scan, select, "group_expressions")) > 0;
            return !groups && text_is(scan, from, "type", "BASE_TABLE") ? from : JSON_NONE;
        }
    }
    return JSON_NONE;
}

static void
add_columns(const LintScan *scan, JobLint *lint, uint32_t list, const char *member)
{
    JSON_EACH(scan->doc, list, element)
    {
        uint32_t node = member != NULL ? lint_member(scan, element, member) : element;
        const char *last = NULL;
        if (text_is(scan, node, "class", "COLUMN_REF")) {
            JSON_EACH(scan->doc, lint_member(scan, node, "column_names"), name)
            {
                last = json_string(scan->doc, name, scan->job->scratch);
            }
        }
        if (last != NULL) {
            lint_add_column(scan, lint, last);
        }
    }
}

static void
look_at_window(LintScan *scan, uint32_t node)
{
    static const char *const functions[] = {"row_number",  "ntile",      "lag",      "lead",
                                            "first_value", "last_value", "nth_value"};
    const char *name = lint_text(scan, node, "function_name");
    uint32_t orders = lint_member(scan, node, "orders");
    size_t i = 0;
    while (i < ARRAY_LENGTH(functions) && !text_equal(name, functions[i])) {
        i++;
    }
    if (i == ARRAY_LENGTH(functions)) {
        return;
    }
    if (json_count(scan->doc, orders) == 0) {
        lint_add(scan, SQL_LINT_WINDOW_UNORDERED, place_of(scan, node), name);
        return;
    }
    uint32_t table = only_table(scan);
    if (table != JSON_NONE) {
        JobLint *lint = lint_add(scan, SQL_LINT_WINDOW_TIES, place_of(scan, node), name);
        lint->table_at = place_of(scan, table).start;
        add_columns(scan, lint, orders, "expression");
        add_columns(scan, lint, lint_member(scan, node, "partitions"), NULL);
    }
}

static void
look_at_call(LintScan *scan, uint32_t node)
{
    static const char *const functions[] = {"string_agg", "array_agg", "list", "group_concat",
                                            "listagg"};
    const char *name = lint_text(scan, node, "function_name");
    uint32_t orders = lint_member(scan, lint_member(scan, node, "order_bys"), "orders");
    for (size_t i = 0; i < ARRAY_LENGTH(functions); i++) {
        if (text_equal(name, functions[i]) && json_count(scan->doc, orders) == 0) {
            lint_add(scan, SQL_LINT_LIST_UNORDERED, place_of(scan, node), name);
        }
    }
}

/** `limit` in a query whose modifiers have no order. */
static void
look_at_limit(LintScan *scan, uint32_t node)
{
    const SqlWords *words = &scan->job->words;
    uint32_t modifiers = scan->open.items[scan->open.n - 1];
    uint32_t limit = lint_member(scan, node, "limit");
    if (!json_is_container(scan->doc, limit)) {
        return;
    }
    JSON_EACH(scan->doc, modifiers, modifier)
    {
        if (text_is(scan, modifier, "type", "ORDER_MODIFIER")) {
            return;
        }
    }
    size_t word = words_at(words, place_of(scan, limit).start);
    if (word > 0 && words_is(words, word - 1, "limit")) {
        lint_add(scan, SQL_LINT_LIMIT_UNORDERED, job_word_range(scan->job, word - 1), "limit");
    }
}

typedef struct LookRow LookRow;
struct LookRow {
    const char *key;
    const char *value;
    void (*look)(LintScan *scan, uint32_t node);
};

static const LookRow looks[] = {
    {"class", "COMPARISON", look_at_comparison},
    {"class", "WINDOW", look_at_window},
    {"class", "FUNCTION", look_at_call},
    {"type", "LIMIT_MODIFIER", look_at_limit},
};

static void
look_at_node(LintScan *scan, uint32_t node)
{
    for (size_t i = 0; i < ARRAY_LENGTH(looks); i++) {
        if (text_is(scan, node, looks[i].key, looks[i].value)) {
            looks[i].look(scan, node);
        }
    }
}

void
lint_duckdb_tree(SqlJob *job, const JsonDoc *doc)
{
    lint_scan(job, doc, look_at_node);
}
