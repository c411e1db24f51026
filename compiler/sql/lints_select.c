/* Lints that look at a select as a whole: order, keys, joins. */
#include "compiler/sql/lints_priv.h"
#include "runtime/base/str.h"

#include <string.h>

/** The select around the node that is looked at; JSON_NONE where there is none. */
static uint32_t
enclosing_select(const LintScan *scan)
{
    for (size_t i = scan->open.n; i-- > 0;) {
        uint32_t node = scan->open.items[i];
        if (lint_member(scan, node, "limitOption") != JSON_NONE) {
            return node;
        }
    }
    return JSON_NONE;
}

/** The only table that a select reads, as a RangeVar, where its rows come out one by one. */
static uint32_t
only_table(const LintScan *scan, uint32_t select)
{
    uint32_t from = lint_member(scan, select, "fromClause");
    bool groups = lint_member(scan, select, "groupClause") != JSON_NONE ||
                  lint_member(scan, select, "distinctClause") != JSON_NONE;
    return json_count(scan->doc, from) == 1 && !groups
               ? lint_member(scan, json_first(scan->doc, from), "RangeVar")
               : JSON_NONE;
}

/* ---- order ---- */

/** Behind `order by 2` and `order by name` stands the item of the select list. */
static uint32_t
item_behind(const LintScan *scan, uint32_t select, uint32_t node)
{
    const JsonDoc *doc = scan->doc;
    uint32_t ordinal = lint_member(scan, lint_member(scan, node, "A_Const"), "ival");
    size_t number = json_offset(doc, lint_member(scan, ordinal, "ival"), 0);
    uint32_t fields = lint_member(scan, lint_member(scan, node, "ColumnRef"), "fields");
    const char *name = json_count(doc, fields) == 1 ? lint_last_name(scan, fields) : NULL;
    uint32_t targets = lint_member(scan, select, "targetList");
    size_t i = 0;
    if (targets == JSON_NONE) {
        return node;
    }
    JSON_EACH(doc, targets, wrapped)
    {
        uint32_t target = lint_member(scan, wrapped, "ResTarget");
        bool named = name != NULL && text_equal(lint_text(scan, target, "name"), name);
        if (++i == number || named) {
            return lint_member(scan, target, "val");
        }
    }
    return node;
}

/** Adds the columns of a list that are columns and nothing else. `select`: whose output names count
 * too, or JSON_NONE. */
static void
add_columns(const LintScan *scan, JobLint *lint, uint32_t list, uint32_t select)
{
    const JsonDoc *doc = scan->doc;
    if (list == JSON_NONE) {
        return;
    }
    JSON_EACH(doc, list, element)
    {
        uint32_t sorted = lint_member(scan, lint_member(scan, element, "SortBy"), "node");
        uint32_t node = sorted != JSON_NONE ? sorted : element;
        node = select != JSON_NONE ? item_behind(scan, select, node) : node;
        uint32_t fields = lint_member(scan, lint_member(scan, node, "ColumnRef"), "fields");
        if (fields != JSON_NONE) {
            lint_add_column(scan, lint, lint_last_name(scan, fields));
        }
    }
}

/** Does a select without groups call an aggregate? Then it has one row. */
static bool
is_single_row(const LintScan *scan, uint32_t select)
{
    static const char *const aggregates[] = {"count",    "sum",     "min",        "max",      "avg",
                                             "bool_and", "bool_or", "string_agg", "array_agg"};
    uint32_t targets = lint_member(scan, select, "targetList");
    if (lint_member(scan, select, "groupClause") != JSON_NONE || targets == JSON_NONE) {
        return false;
    }
    for (uint32_t i = targets; i < json_end(scan->doc, targets); i++) {
        bool calls =
            json_key_is(scan->doc, i, "FuncCall") && lint_member(scan, i, "over") == JSON_NONE;
        const char *name = calls ? lint_last_name(scan, lint_member(scan, i, "funcname")) : "";
        for (size_t k = 0; k < ARRAY_LENGTH(aggregates); k++) {
            if (text_equal(name, aggregates[k])) {
                return true;
            }
        }
    }
    return false;
}

/** `limit` has no place in the tree; the last such word before the number is it. */
static SqlRange
limit_place(const LintScan *scan, uint32_t count)
{
    static const char *const words_of_limit[] = {"limit", "fetch"};
    const SqlWords *words = &scan->job->words;
    uint32_t constant = lint_member(scan, count, "A_Const");
    for (size_t i = words_at(words, lint_location(scan, constant)); i-- > 0;) {
        for (size_t k = 0; k < ARRAY_LENGTH(words_of_limit); k++) {
            if (words_is(words, i, words_of_limit[k])) {
                return job_word_range(scan->job, i);
            }
        }
    }
    return lint_word(scan, constant);
}

void
lint_look_at_limit(LintScan *scan, uint32_t select, uint32_t count)
{
    uint32_t constant = lint_member(scan, count, "A_Const");
    uint32_t value = lint_member(scan, constant, "ival");
    bool counts =
        constant != JSON_NONE && json_offset(scan->doc, lint_member(scan, value, "ival"), 0) > 0;
    uint32_t order = lint_member(scan, select, "sortClause");
    bool reads = lint_member(scan, select, "fromClause") != JSON_NONE ||
                 lint_member(scan, select, "larg") != JSON_NONE;
    if (!counts || !reads || is_single_row(scan, select)) {
        return;
    }
    if (order == JSON_NONE) {
        lint_add(scan, SQL_LINT_LIMIT_UNORDERED, limit_place(scan, count), "limit");
        return;
    }
    uint32_t table = only_table(scan, select);
    if (table != JSON_NONE && !json_text_is(scan->doc, lint_member(scan, select, "limitOption"),
                                            "LIMIT_OPTION_WITH_TIES")) {
        JobLint *lint = lint_add(scan, SQL_LINT_LIMIT_TIES, limit_place(scan, count), "limit");
        lint->table_at = lint_location(scan, table);
        add_columns(scan, lint, order, select);
    }
}

/** The window that a name in `over` means. */
static uint32_t
window_of(const LintScan *scan, uint32_t select, uint32_t over)
{
    const char *name = lint_text(scan, over, "name");
    uint32_t windows = lint_member(scan, select, "windowClause");
    if (name == NULL || windows == JSON_NONE) {
        return over;
    }
    JSON_EACH(scan->doc, windows, wrapped)
    {
        uint32_t window = lint_member(scan, wrapped, "WindowDef");
        if (text_equal(lint_text(scan, window, "name"), name)) {
            return window;
        }
    }
    return over;
}

void
lint_look_at_window(LintScan *scan, uint32_t call, const char *name)
{
    uint32_t over = lint_member(scan, call, "over");
    uint32_t select = enclosing_select(scan);
    if (over == JSON_NONE || select == JSON_NONE) {
        return;
    }
    uint32_t window = window_of(scan, select, over);
    uint32_t order = lint_member(scan, window, "orderClause");
    if (lint_member(scan, window, "refname") != JSON_NONE) {
        return; /* made of another window, whose order it may have */
    }
    if (order == JSON_NONE) {
        lint_add(scan, SQL_LINT_WINDOW_UNORDERED, lint_word(scan, call), name);
        return;
    }
    uint32_t table = only_table(scan, select);
    if (table != JSON_NONE) {
        JobLint *lint = lint_add(scan, SQL_LINT_WINDOW_TIES, lint_word(scan, call), name);
        lint->table_at = lint_location(scan, table);
        add_columns(scan, lint, order, JSON_NONE);
        add_columns(scan, lint, lint_member(scan, window, "partitionClause"), JSON_NONE);
    }
}

bool
lint_reads_sorted(const LintScan *scan)
{
    uint32_t from = lint_member(scan, enclosing_select(scan), "fromClause");
    if (from == JSON_NONE) {
        return true; /* nothing is read that could come in another order */
    }
    JSON_EACH(scan->doc, from, item)
    {
        uint32_t query = lint_member(
            scan, lint_member(scan, lint_member(scan, item, "RangeSubselect"), "subquery"),
            "SelectStmt");
        if (lint_member(scan, query, "sortClause") != JSON_NONE) {
            return true;
        }
    }
    return false;
}

/* ---- not in ---- */

/** Says the `where` of a select, at its top, that the column is not null? */
static bool
excludes_null(const LintScan *scan, uint32_t select, const char *column)
{
    uint32_t where = lint_member(scan, select, "whereClause");
    for (uint32_t i = where; where != JSON_NONE && i < json_end(scan->doc, where); i++) {
        uint32_t fields = lint_member(
            scan, lint_member(scan, lint_member(scan, i, "arg"), "ColumnRef"), "fields");
        if (json_key_is(scan->doc, i, "NullTest") &&
            json_text_is(scan->doc, lint_member(scan, i, "nulltesttype"), "IS_NOT_NULL") &&
            text_equal(lint_last_name(scan, fields), column)) {
            return true;
        }
    }
    return false;
}

void
lint_look_at_not_in(LintScan *scan, uint32_t select)
{
    uint32_t targets = lint_member(scan, select, "targetList");
    uint32_t from = lint_member(scan, select, "fromClause");
    uint32_t target =
        lint_member(scan, lint_member(scan, json_first(scan->doc, targets), "ResTarget"), "val");
    uint32_t reference = lint_member(scan, target, "ColumnRef");
    uint32_t table = lint_member(scan, json_first(scan->doc, from), "RangeVar");
    bool is_plain = json_count(scan->doc, targets) == 1 && json_count(scan->doc, from) == 1;
    const char *column = lint_last_name(scan, lint_member(scan, reference, "fields"));
    if (!is_plain || reference == JSON_NONE || table == JSON_NONE || column[0] == '\0' ||
        excludes_null(scan, select, column)) {
        return;
    }
    JobLint *lint = lint_add(scan, SQL_LINT_NOT_IN_COLUMN, lint_word(scan, reference), column);
    lint->table_at = lint_location(scan, table);
}

/* ---- joins ---- */

/** What stands between the commas of a `from`. */
typedef struct Side Side;
struct Side {
    uint32_t node;
    SqlRange place;
    const char *name;
    bool counts; /* else it is fine without a condition */
    size_t group;
};

typedef struct Sides Sides;
struct Sides {
    VEC(Side) items;
};

/** Is there a table with this name in the text there, so no CTE? */
static bool
is_table_at(const SqlJob *job, size_t location)
{
    for (size_t i = 0; i < job->relations.n; i++) {
        if (job->relations.items[i].place.start == location) {
            return true;
        }
    }
    return false;
}

/** Does the join or table go by this name? */
static bool
goes_by(const LintScan *scan, uint32_t node, const char *name)
{
    for (uint32_t i = node; i < json_end(scan->doc, node); i++) {
        const char *alias = lint_text(scan, lint_member(scan, i, "alias"), "aliasname");
        const char *own = alias == NULL ? lint_text(scan, i, "relname") : alias;
        if (own != NULL && text_equal_ignore_case(own, name)) {
            return true;
        }
    }
    return false;
}

static Side
side_of(const LintScan *scan, uint32_t item)
{
    uint32_t table = lint_member(scan, item, "RangeVar");
    uint32_t subquery = lint_member(scan, item, "RangeSubselect");
    uint32_t select = lint_member(scan, lint_member(scan, subquery, "subquery"), "SelectStmt");
    Side side = {.node = item, .name = ""};
    if (table != JSON_NONE) {
        const char *alias = lint_text(scan, lint_member(scan, table, "alias"), "aliasname");
        side.name = alias != NULL ? alias : lint_text(scan, table, "relname");
        side.place = lint_word(scan, table);
        side.counts = is_table_at(scan->job, lint_location(scan, table));
    } else if (subquery != JSON_NONE) {
        const char *alias = lint_text(scan, lint_member(scan, subquery, "alias"), "aliasname");
        side.name = alias != NULL ? alias : "";
        side.counts = alias != NULL && !json_flag(scan->doc, subquery, "lateral") &&
                      lint_member(scan, select, "valuesLists") == JSON_NONE &&
                      lint_member(scan, select, "fromClause") != JSON_NONE &&
                      !is_single_row(scan, select);
    }
    return side;
}

static void
unite(Sides *sides, size_t from, size_t to)
{
    for (size_t i = 0; i < sides->items.n; i++) {
        if (sides->items.items[i].group == from) {
            sides->items.items[i].group = to;
        }
    }
}

/** What one condition speaks of belongs together; where it doesn't say whose column it means, it
 * may be any. */
static void
take_condition(const LintScan *scan, Sides *sides, uint32_t condition)
{
    const JsonDoc *doc = scan->doc;
    size_t n_columns = 0;
    bool is_open = false;
    size_t group = SQL_NONE;
    for (uint32_t i = condition; i < json_end(doc, condition); i++) {
        uint32_t fields =
            json_key_is(doc, i, "ColumnRef") ? lint_member(scan, i, "fields") : JSON_NONE;
        if (fields == JSON_NONE) {
            continue;
        }
        n_columns++;
        is_open |= json_count(doc, fields) == 1;
        JSON_EACH(doc, fields, field)
        {
            const char *name = lint_text(scan, lint_member(scan, field, "String"), "sval");
            for (size_t k = 0; name != NULL && json_count(doc, fields) > 1 && k < sides->items.n;
                 k++) {
                if (goes_by(scan, sides->items.items[k].node, name)) {
                    group = group == SQL_NONE ? sides->items.items[k].group : group;
                    unite(sides, sides->items.items[k].group, group);
                }
            }
        }
    }
    for (size_t k = 0; is_open && n_columns > 1 && k < sides->items.n; k++) {
        unite(sides, sides->items.items[k].group, 0);
    }
}

/** The conditions that all must hold. */
static void
take_conditions(const LintScan *scan, Sides *sides, uint32_t where)
{
    VEC(uint32_t) stack = {0};
    vec_push(&stack, where);
    while (stack.n > 0) {
        uint32_t node = stack.items[--stack.n];
        uint32_t both = lint_member(scan, node, "BoolExpr");
        if (!json_text_is(scan->doc, lint_member(scan, both, "boolop"), "AND_EXPR")) {
            take_condition(scan, sides, node);
            continue;
        }
        JSON_EACH(scan->doc, lint_member(scan, both, "args"), argument)
        {
            vec_push(&stack, argument);
        }
    }
    vec_free(&stack);
}

void
lint_look_at_joins(LintScan *scan, uint32_t select, uint32_t from)
{
    Sides sides = {0};
    JSON_EACH(scan->doc, from, item)
    {
        Side side = side_of(scan, item);
        side.group = sides.items.n;
        vec_push(&sides.items, side);
    }
    uint32_t where = lint_member(scan, select, "whereClause");
    if (where != JSON_NONE) {
        take_conditions(scan, &sides, where);
    }
    const Side *first = NULL;
    for (size_t i = 0; i < sides.items.n; i++) {
        const Side *side = &sides.items.items[i];
        if (first != NULL && side->counts && side->group != first->group) {
            SqlRange place = side->place.end > 0 ? side->place : first->place;
            lint_add(scan, SQL_LINT_CROSS_JOIN, place, side->name);
            break;
        }
        first = first == NULL && side->counts ? side : first;
    }
    vec_free(&sides.items);
}
