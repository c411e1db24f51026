#include "runtime/copy/explain.h"

#include "runtime/copy/row_key.h"
#include "runtime/copy/threshold.h"
#include "runtime/copy/trial.h"
#include "runtime/store/sql_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define ASKED "pdc asked" /* the rows of one rule, or of one reason */

/** A row of the source, by the values of some of its columns. */
typedef struct Row Row;
struct Row {
    const FlowTable *table;
    const char *const *columns;
    const char *const *values;
    size_t n;
};

typedef struct Explain Explain;
struct Explain {
    const char *written; /* the key */
    Row row;
    Arena *arena; /* of what is told */
    CopyChoice *choice;
    CopyExplanation *told;
    VEC(CopyAnswer) answers;
};

static const CopyDelta complete = {0};

/* ---- words ---- */

static void
answer(Explain *x, const char *before, const char *rule, bool holds, const char *why)
{
    CopyAnswer one = {.rule = arena_printf(x->arena, "%s%s", before, rule),
                      .holds = holds,
                      .why = arena_strdup(x->arena, why)};
    vec_push_in(x->arena, &x->answers, one);
}

/** What nobody is to see in the copy isn't told of other rows either. */
static bool
is_hidden(const FlowTable *table, const char *column)
{
    return copy_masks_column(table, column, true) || flow_is_pii(table->contract, column);
}

/** `order_id = 1, pos = 2`. */
static const char *
in_words(const Row *row, bool hides, Arena *arena)
{
    Str text = {0};
    for (size_t i = 0; i < row->n; i++) {
        bool hidden = hides && row->values[i] != NULL && is_hidden(row->table, row->columns[i]);
        str_append_format(&text, "%s%s = %s", i > 0 ? ", " : "", row->columns[i],
                          hidden                   ? "…"
                          : row->values[i] != NULL ? row->values[i]
                                                   : "NULL");
    }
    return str_take_in(&text, arena);
}

static const char *
columns_in_words(const char *const *columns, size_t n, Arena *arena)
{
    Str text = {0};
    for (size_t i = 0; i < n; i++) {
        str_append_format(&text, "%s%s", i == 0 ? "(" : ", ", columns[i]);
    }
    str_append_char(&text, ')');
    return str_take_in(&text, arena);
}

static const char *
table_in_words(const FlowTable *table, Arena *arena)
{
    return arena_printf(arena, "%s.%s", table->stage->name, table->name);
}

/** The condition as it is written, on one line. */
static const char *
condition_in_words(const Explain *x, const FlowQuery *query)
{
    const CopyOptions *options = &x->choice->source->options;
    Arena *arena = x->choice->arena;
    const char *text = exec_query_text(options->flow, options->environment, options->sources, query,
                                       NULL, NULL, arena);
    Str line = {0};
    for (size_t i = 0; text != NULL && text[i] != '\0'; i++) {
        bool is_blank = strchr(" \t\r\n", text[i]) != NULL;
        if (!is_blank && line.length > 0 && strchr(" \t\r\n", text[i - 1]) != NULL) {
            str_append_char(&line, ' ');
        }
        str_append_n(&line, &text[i], is_blank ? 0 : 1);
    }
    return str_take_in(&line, arena);
}

static const char *
rule_in_words(const Explain *x, const FlowCopyRule *rule)
{
    Arena *arena = x->choice->arena;
    switch (rule->kind) {
    case PDC_COPY_WHERE:
        return arena_printf(arena, "where %s", condition_in_words(x, rule->condition));
    case PDC_COPY_CERTAIN:
        return arena_printf(arena, "certain where %s", condition_in_words(x, rule->condition));
    case PDC_COPY_PLUS_WHERE:
        return arena_printf(arena, "plus where %s", condition_in_words(x, rule->condition));
    default: /* no condition stands in it */ return copy_rule_text(rule, arena);
    }
}

/* ---- asking the source ---- */

static void
append_equals(const char *value, CopyStatement *statement)
{
    str_append(&statement->sql, value == NULL ? " is null" : " = ");
    if (value != NULL) {
        sql_literal(&statement->sql, value); /* the engine reads it as the column's type */
    }
}

static void
append_row_is(const Row *row, CopyStatement *statement)
{
    for (size_t i = 0; i < row->n; i++) {
        copy_and(statement);
        copy_append_column(row->table, row->columns[i], statement);
        append_equals(row->values[i], statement);
    }
}

static bool
has_null(const Row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        if (row->values[i] == NULL) {
            return true;
        }
    }
    return false;
}

/** Ends the statement. @param ret_any  whether it gives a row */
static int
ask_any(const Explain *x, CopyStatement *statement, bool *ret_any, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    int status = copy_ask(x->choice, statement, &result, reterr);
    *ret_any = status == 0 && store_result_rows(result) > 0;
    return status;
}

/** Other columns of the row. @param ret_other  its values in the choice's arena; `n` 0 where there
 * is no such row */
static int
read_columns(const Explain *x, const Row *row, const char *const *columns, size_t n, Row *ret_other,
             Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyStatement statement = {0};
    const char **values = ARENA_ARRAY(x->choice->arena, const char *, n + 1);
    *ret_other = (Row){.table = row->table, .columns = columns, .values = values};
    for (size_t i = 0; i < n; i++) {
        str_append(&statement.sql, i == 0 ? "select " : ", ");
        copy_append_column(row->table, columns[i], &statement);
    }
    copy_append_from(x->choice, row->table, &statement);
    append_row_is(row, &statement);
    str_append(&statement.sql, " limit 1");
    if (copy_ask(x->choice, &statement, &result, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; store_result_rows(result) > 0 && i < n; i++) {
        const char *text = store_result_text(result, 0, i);
        values[i] = text == NULL ? NULL : arena_strdup(x->choice->arena, text);
        ret_other->n = n;
    }
    return 0;
}

/** Is the row among those that the picker's rules choose, not counting those that add? */
static int
is_in_base(const Explain *x, const Row *row, const CopyPicker *picker, bool *ret_is, Error *reterr)
{
    CopyStatement statement = {0};
    str_append(&statement.sql, "select 1 from (select ");
    for (size_t i = 0; i < row->n; i++) {
        str_append(&statement.sql, i > 0 ? ", " : "");
        copy_append_column(row->table, row->columns[i], &statement);
        str_append_format(&statement.sql, " as c%zu", i);
    }
    copy_append_from(x->choice, row->table, &statement);
    if (copy_append_base(x->choice, picker, &complete, &statement, reterr) < 0) {
        copy_statement_deinit(&statement);
        return -1;
    }
    str_append(&statement.sql, ") as s");
    for (size_t i = 0; i < row->n; i++) {
        str_append_format(&statement.sql, " %s s.c%zu", i == 0 ? "where" : "and", i);
        append_equals(row->values[i], &statement);
    }
    return ask_any(x, &statement, ret_is, reterr);
}

static int
is_listed(const Explain *x, const Row *row, const CopyRows *rows, bool *ret_is, Error *reterr)
{
    CopyStatement statement = {0};
    str_append(&statement.sql, "select 1");
    copy_append_from(x->choice, row->table, &statement);
    append_row_is(row, &statement);
    copy_and(&statement);
    copy_append_row_listed(x->choice, row->table, rows, &statement);
    return ask_any(x, &statement, ret_is, reterr);
}

/* ---- a list of what one rule brings, or one reason brought ---- */

static int
create_asked(const Explain *x, size_t node, const char *tail, Error *reterr)
{
    CLEANUP(str_deinit) Str sql = {0};
    str_append(&sql, "create temporary table \"" ASKED "\" as select * from ");
    sql_ident(&sql, x->choice->lists[node].name);
    str_append(&sql, tail);
    return copy_exec(x->choice, str_text(&sql), reterr);
}

/** The list stands in for that of the node. Drops it. */
static int
is_in_asked(const Explain *x, const Row *row, const CopyPicker *picker, bool *ret_is, Error *reterr)
{
    CopyRows rows = {.key = picker->key, .nodes = {picker->node}, .n_nodes = 1, .round = -1};
    int status = is_listed(x, row, &rows, ret_is, reterr);
    return status < 0 ? -1 : copy_exec(x->choice, "drop table \"" ASKED "\"", reterr);
}

/** Does a rule that adds rows add this one? The rule is applied as a copy would, to an empty list.
 */
static int
is_added(const Explain *x, const Row *row, const CopyPicker *picker, const FlowCopyRule *rule,
         bool *ret_is, Error *reterr)
{
    CopyList *list = &x->choice->lists[picker->node];
    const char *name = list->name;
    *ret_is = false;
    if (create_asked(x, picker->node, " limit 0", reterr) < 0) {
        return -1;
    }
    list->name = ASKED;
    int status = copy_add_rows_of(x->choice, picker, rule, reterr);
    status = status < 0 ? -1 : is_in_asked(x, row, picker, ret_is, reterr);
    list->name = name;
    return status;
}

static int
is_listed_for(const Explain *x, const Row *row, const CopyPicker *picker, CopyReason reason,
              bool *ret_is, Error *reterr)
{
    CopyList *list = &x->choice->lists[picker->node];
    const char *name = list->name;
    const char *tail = arena_printf(x->choice->arena, " where reason = %d", (int)reason);
    if (create_asked(x, picker->node, tail, reterr) < 0) {
        return -1;
    }
    list->name = ASKED;
    int status = is_in_asked(x, row, picker, ret_is, reterr);
    list->name = name;
    return status;
}

/* ---- other rows ---- */

/** A row of a table that holds `values` in `columns`, of those in `rows` (NULL: of all): the first
 * by its key. @param ret_words  in words, or NULL where there is none */
static int
find_other(const Explain *x, const Row *wanted, const CopyRows *rows, const char **ret_words,
           Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyStatement statement = {0};
    const FlowTable *table = wanted->table;
    const CopyKey *key = &x->choice->keys[table->index];
    *ret_words = NULL;
    str_append(&statement.sql, "select ");
    copy_append_key(table, key, &statement);
    copy_append_from(x->choice, table, &statement);
    append_row_is(wanted, &statement);
    if (rows != NULL) {
        copy_and(&statement);
        copy_append_row_listed(x->choice, table, rows, &statement);
    }
    str_append(&statement.sql, " order by ");
    copy_append_key(table, key, &statement);
    str_append(&statement.sql, " limit 1");
    if (copy_ask(x->choice, &statement, &result, reterr) < 0) {
        return -1;
    }
    const char **values = ARENA_ARRAY(x->choice->arena, const char *, key->n_key + 1);
    for (size_t i = 0; i < key->n_key && store_result_rows(result) > 0; i++) {
        values[i] = store_result_text(result, 0, i);
    }
    Row found = {table, key->columns.items, values, key->n_key};
    if (store_result_rows(result) > 0) {
        *ret_words = key->n_key == 0 ? "a row without a key" : in_words(&found, true, x->arena);
    }
    return 0;
}

static int
count_others(const Explain *x, const Row *wanted, int64_t *ret_n, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyStatement statement = {0};
    str_append(&statement.sql, "select count(*)");
    copy_append_from(x->choice, wanted->table, &statement);
    append_row_is(wanted, &statement);
    int status = copy_ask(x->choice, &statement, &result, reterr);
    *ret_n = status == 0 ? copy_number_at(result, 0, 0) : 0;
    return status;
}

/* ---- samples ---- */

/** A percentage with as many digits as it takes to see on which side of another it lies. */
static const char *
percent_in_words(double percent, double threshold, bool is_below, Arena *arena)
{
    enum { FEWEST_DIGITS = 2, MOST_DIGITS = 9 };
    const char *text = "";
    for (int digits = FEWEST_DIGITS; digits <= MOST_DIGITS; digits++) {
        text = arena_printf(arena, "%.*f", digits, percent);
        if ((strtod(text, NULL) < threshold) == is_below) {
            break;
        }
    }
    return text;
}

/** Where the hash of the columns lies, against a percentage. */
static int
answer_hash(Explain *x, const Row *row, const CopyTypes *types, double percent, const char *before,
            const char *rule, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyStatement statement = {0};
    const char *what = in_words(row, true, x->choice->arena);
    str_append(&statement.sql, "select ");
    if (copy_append_hash(x->choice, row->table, row->columns, row->n, types, &statement, reterr) <
        0) {
        copy_statement_deinit(&statement);
        return -1;
    }
    copy_append_from(x->choice, row->table, &statement);
    append_row_is(row, &statement);
    str_append(&statement.sql, " limit 1");
    if (copy_ask(x->choice, &statement, &result, reterr) < 0) {
        return -1;
    }
    int64_t hash = store_result_rows(result) > 0 ? copy_number_at(result, 0, 0) : -1;
    bool holds = hash >= 0 && hash <= copy_hash_threshold(percent);
    if (hash < 0) {
        answer(x, before, rule, false,
               arena_printf(x->arena, "%s, and no sample picks what is null", what));
        return 0;
    }
    answer(x, before, rule, holds,
           arena_printf(
               x->arena, "the hash of %s is at %s %%, %s %.10g %%", what,
               percent_in_words(100 * ldexp((double)hash, -63), percent, holds, x->choice->arena),
               holds ? "below" : "and what is kept lies below", percent));
    return 0;
}

static int
answer_sample(Explain *x, const Row *row, const CopyPicker *picker, const FlowCopyRule *rule,
              const char *before, Error *reterr)
{
    bool by = rule->kind == PDC_COPY_SAMPLE_PERCENT && rule->n_columns > 0;
    const char *words = rule_in_words(x, rule);
    double percent;
    Row hashed = *row;
    if (by && read_columns(x, row, rule->columns, rule->n_columns, &hashed, reterr) < 0) {
        return -1;
    }
    if (copy_sample_percent(x->choice, picker, rule, &percent, reterr) < 0) {
        return -1;
    }
    return answer_hash(x, &hashed, NULL, percent, before, words, reterr);
}

/* ---- follow ---- */

/** A parent's side of an answer to `follow`. */
static int
answer_parent(Explain *x, const Row *row, const CopyEdge *edge, const char *before, Error *reterr)
{
    const FlowLink *link = edge->link;
    Row own;
    Arena *arena = x->choice->arena;
    const char *found = NULL;
    const char *any = NULL;
    CopyRows rows = copy_rows_of(x->choice, link->parent, edge->rule->all, &complete);
    const char *words = rule_in_words(x, edge->rule);
    const char *parent = table_in_words(link->parent, arena);
    if (read_columns(x, row, link->child_columns, link->n_columns, &own, reterr) < 0) {
        return -1;
    }
    if (has_null(&own)) {
        answer(x, before, words, false,
               arena_printf(arena, "it refers to no row of %s: %s", parent,
                            in_words(&own, true, arena)));
        return 0;
    }
    Row wanted = {link->parent, link->parent_columns, own.values, own.n};
    if (find_other(x, &wanted, &rows, &found, reterr) < 0 ||
        find_other(x, &wanted, NULL, &any, reterr) < 0) {
        return -1;
    }
    const char *kept = edge->rule->all ? "kept" : "picked";
    if (found != NULL) {
        answer(x, before, words, true,
               arena_printf(arena, "it refers to %s %s, which is %s", parent, found, kept));
    } else if (any != NULL) {
        answer(x, before, words, false,
               arena_printf(arena, "it refers to %s %s, which is not %s", parent, any, kept));
    } else {
        answer(x, before, words, false,
               arena_printf(arena, "it refers to a row that %s lacks: %s", parent,
                            in_words(&own, true, arena)));
    }
    return 0;
}

/** Rows of the same table are followed in steps, and their number may be bounded. */
static int
answer_own_steps(Explain *x, const Row *row, const CopyPicker *picker, const FlowCopyRule *rule,
                 const char *before, Error *reterr)
{
    bool is_followed;
    if (rule->amount < 0) {
        return 0;
    }
    if (is_listed_for(x, row, picker, COPY_REASON_FOLLOWED, &is_followed, reterr) < 0) {
        return -1;
    }
    CopyAnswer *last = &x->answers.items[x->answers.n - 1];
    if (last->holds && !is_followed) {
        answer(x, before, rule_in_words(x, rule), false,
               arena_printf(x->arena, "it isn't reached in %" PRId64 " steps", rule->amount));
    }
    return 0;
}

static int
answer_follow(Explain *x, const Row *row, const CopyPicker *picker, const FlowCopyRule *rule,
              const char *before, Error *reterr)
{
    const CopyGraph *graph = x->choice->graph;
    size_t node = picker->node;
    for (size_t i = graph->first_arriving[node]; i < graph->first_arriving[node + 1]; i++) {
        const CopyEdge *edge = &graph->edges[graph->arriving[i]];
        if (edge->kind != COPY_EDGE_FOLLOW || edge->rule != rule) {
            continue;
        }
        if (answer_parent(x, row, edge, before, reterr) < 0 ||
            (edge->link->parent == picker->table &&
             answer_own_steps(x, row, picker, rule, before, reterr) < 0)) {
            return -1;
        }
    }
    return 0;
}

/* ---- rules ---- */

/** What a rule that choses among rows is asked by itself. */
static int
answer_alone(Explain *x, const Row *row, const CopyPicker *picker, const FlowCopyRule *rule,
             const char *before, Error *reterr)
{
    CopyPicker alone = *picker;
    bool holds;
    alone.rules = rule;
    alone.n_rules = 1;
    alone.n_carriers = 0;
    if (is_in_base(x, row, &alone, &holds, reterr) < 0) {
        return -1;
    }
    answer(
        x, before, rule_in_words(x, rule), holds,
        rule->kind == PDC_COPY_WINDOW
            ? (holds ? "it lies within that time of the newest row" : "it is older, or has no time")
            : (holds ? "that is true of it" : "that is not true of it"));
    return 0;
}

static int
answer_limit(Explain *x, const Row *row, const CopyPicker *picker, const FlowCopyRule *rule,
             const char *before, Error *reterr)
{
    bool holds;
    if (is_in_base(x, row, picker, &holds, reterr) < 0) {
        return -1;
    }
    answer(x, before, rule_in_words(x, rule), holds,
           holds ? "it is one of the first rows that the other rules leave"
                 : "it is none of the first rows that the other rules leave");
    return 0;
}

static int
answer_added(Explain *x, const Row *row, const CopyPicker *picker, const FlowCopyRule *rule,
             const char *before, const char *const *why, Error *reterr)
{
    bool holds;
    if (is_added(x, row, picker, rule, &holds, reterr) < 0) {
        return -1;
    }
    answer(x, before, rule_in_words(x, rule), holds, holds ? why[0] : why[1]);
    return 0;
}

/** Each column by itself, so that it is seen for which one the row stands. */
static int
answer_cover(Explain *x, const Row *row, const CopyPicker *picker, const FlowCopyRule *rule,
             const char *before, Error *reterr)
{
    static const char *const why[] = {"it stands for a value, or is an extreme one",
                                      "other rows stand for its values"};
    for (size_t i = 0; i < rule->n_columns; i++) {
        FlowCopyRule one = *rule;
        one.columns = &rule->columns[i];
        one.n_columns = 1;
        if (answer_added(x, row, picker, &one, before, why, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
answer_rule(Explain *x, const Row *row, const CopyPicker *picker, const FlowCopyRule *rule,
            const char *before, Error *reterr)
{
    static const char *const true_of_it[] = {"that is true of it", "that is not true of it"};
    static const char *const in_file[] = {"its key stands in the file",
                                          "its key doesn't stand in the file"};
    static const char *const in_stratum[] = {
        "it is one of the rows of smallest hash that has its values there",
        "enough rows that have its values there have a smaller hash"};
    static const char *const pairs[] = {"it stands for a pair of values",
                                        "other rows stand for its pairs of values"};
    switch (rule->kind) {
    case PDC_COPY_ALL: answer(x, before, "all", true, "every row is picked"); return 0;
    case PDC_COPY_NONE: answer(x, before, "none", false, "no row is picked by itself"); return 0;
    case PDC_COPY_LIMIT: return answer_limit(x, row, picker, rule, before, reterr);
    case PDC_COPY_WHERE:
    case PDC_COPY_WINDOW: return answer_alone(x, row, picker, rule, before, reterr);
    case PDC_COPY_SAMPLE_PERCENT:
    case PDC_COPY_SAMPLE_ROWS:
    case PDC_COPY_SAMPLE_BYTES: return answer_sample(x, row, picker, rule, before, reterr);
    case PDC_COPY_FOLLOW: return answer_follow(x, row, picker, rule, before, reterr);
    case PDC_COPY_AT_LEAST: return answer_added(x, row, picker, rule, before, in_stratum, reterr);
    case PDC_COPY_CERTAIN:
    case PDC_COPY_PLUS_WHERE: return answer_added(x, row, picker, rule, before, true_of_it, reterr);
    case PDC_COPY_PLUS_KEYS: return answer_added(x, row, picker, rule, before, in_file, reterr);
    case PDC_COPY_COVER_VALUES:
    case PDC_COPY_COVER_BOUNDS: return answer_cover(x, row, picker, rule, before, reterr);
    case PDC_COPY_COVER_PAIRS: return answer_added(x, row, picker, rule, before, pairs, reterr);
    case PDC_COPY_MASK_HASH:
    case PDC_COPY_MASK_NULL:
    case PDC_COPY_MASK_FAKE:
    case PDC_COPY_MASK_EXPR:
    case PDC_COPY_BREAK: return 0; /* of values */
    }
    BUG("copy rule of kind %d", (int)rule->kind);
}

static int
answer_rules(Explain *x, const Row *row, const CopyPicker *picker, const char *before,
             Error *reterr)
{
    for (size_t i = 0; i < picker->n_rules; i++) {
        if (answer_rule(x, row, picker, &picker->rules[i], before, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- entities ---- */

/** An entity with rules of its own: they are asked of the row whose key it is. */
static int
answer_entity_rules(Explain *x, const FlowEntity *entity, const Row *own, const char *words,
                    Error *reterr)
{
    CopyPicker picker = copy_picker_of_entity(x->choice, entity);
    Row home = {entity->home, entity->columns, own->values, own->n};
    const char *found = NULL;
    const char *before = arena_printf(x->choice->arena, "%s: ", words);
    if (entity->home == NULL || has_null(own)) {
        return 0;
    }
    if (find_other(x, &home, NULL, &found, reterr) < 0) {
        return -1;
    }
    return found == NULL ? 0 : answer_rules(x, &home, &picker, before, reterr);
}

static int
answer_carrier(Explain *x, const CopyPicker *picker, const FlowCarrier *carrier, Error *reterr)
{
    const FlowEntity *entity = carrier->entity;
    Arena *arena = x->choice->arena;
    CopyPicker alone = {.table = picker->table,
                        .carriers = carrier,
                        .n_carriers = 1,
                        .key = picker->key,
                        .node = picker->node};
    CopyTypes types = {entity->home, entity->columns};
    const char *words = copy_entity_text(entity, arena);
    Row own;
    bool holds;
    if (read_columns(x, &x->row, carrier->columns, entity->n_columns, &own, reterr) < 0) {
        return -1;
    }
    if (!copy_entity_is_listed(entity)) {
        return answer_hash(x, &own, entity->home != NULL ? &types : NULL, entity->rules[0].percent,
                           arena_printf(arena, "%s: ", words), rule_in_words(x, &entity->rules[0]),
                           reterr);
    }
    if (is_in_base(x, &x->row, &alone, &holds, reterr) < 0) {
        return -1;
    }
    answer(x, "", words, holds,
           arena_printf(arena, "%s is %s of the chosen keys", in_words(&own, true, arena),
                        holds ? "one" : "none"));
    return answer_entity_rules(x, entity, &own, words, reterr);
}

/* ---- closure ---- */

static int
answer_closure(Explain *x, const CopyEdge *edge, Error *reterr)
{
    const FlowLink *link = edge->link;
    Arena *arena = x->choice->arena;
    CopyRows rows = copy_rows_of(x->choice, link->child, true, &complete);
    const char *child = table_in_words(link->child, arena);
    const char *rule = arena_printf(arena, "closed over %s %s", child,
                                    columns_in_words(link->child_columns, link->n_columns, arena));
    const char *found = NULL;
    int64_t n = 0;
    Row own;
    if (read_columns(x, &x->row, link->parent_columns, link->n_columns, &own, reterr) < 0) {
        return -1;
    }
    Row wanted = {link->child, link->child_columns, own.values, own.n};
    if (!has_null(&own) && (find_other(x, &wanted, &rows, &found, reterr) < 0 ||
                            count_others(x, &wanted, &n, reterr) < 0)) {
        return -1;
    }
    if (found != NULL) {
        answer(x, "", rule, true,
               arena_printf(arena, "%s %s is kept, and refers to it", child, found));
    } else {
        answer(x, "", rule, false,
               n == 0
                   ? arena_printf(arena, "no row of %s refers to it", child)
                   : arena_printf(arena, "%" PRId64 " row%s of %s refer%s to it, none of them kept",
                                  n, n == 1 ? "" : "s", child, n == 1 ? "s" : ""));
    }
    return 0;
}

static int
answer_closures(Explain *x, Error *reterr)
{
    const CopyGraph *graph = x->choice->graph;
    size_t node = copy_kept_node(x->row.table);
    for (size_t i = graph->first_arriving[node]; i < graph->first_arriving[node + 1]; i++) {
        const CopyEdge *edge = &graph->edges[graph->arriving[i]];
        if (edge->kind == COPY_EDGE_CLOSURE && answer_closure(x, edge, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- the verdict ---- */

/** By what a row got into the list of picked ones. */
static int
find_reason(Explain *x, const CopyPicker *picker, Error *reterr)
{
    static const CopyReason reasons[] = {COPY_REASON_PICKED,  COPY_REASON_FOLLOWED,
                                         COPY_REASON_STRATUM, COPY_REASON_COVER,
                                         COPY_REASON_CERTAIN, COPY_REASON_PLUS};
    for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++) {
        bool is_it = false;
        if (is_listed_for(x, &x->row, picker, reasons[i], &is_it, reterr) < 0) {
            return -1;
        }
        if (is_it) {
            x->told->by = copy_share_words(copy_share_of(picker, reasons[i]));
            return 0;
        }
    }
    x->told->by = copy_share_words(COPY_SHARE_CLOSURE);
    return 0;
}

static int
judge(Explain *x, const CopyPicker *picker, Error *reterr)
{
    CopyRows rows = copy_rows_of(x->choice, x->row.table, true, &complete);
    if (rows.n_nodes == 0) {
        if (is_in_base(x, &x->row, picker, &x->told->is_kept, reterr) < 0) {
            return -1;
        }
        x->told->by =
            x->told->is_kept ? copy_share_words(copy_share_of(picker, COPY_REASON_PICKED)) : NULL;
        return 0;
    }
    if (is_listed(x, &x->row, &rows, &x->told->is_kept, reterr) < 0) {
        return -1;
    }
    return x->told->is_kept ? find_reason(x, picker, reterr) : 0;
}

static int
explain_row(CopyChoice *choice, void *user, Error *reterr)
{
    Explain *x = user;
    CopyPicker picker = copy_picker_of_table(choice, x->row.table);
    x->choice = choice;
    if (judge(x, &picker, reterr) < 0 || answer_rules(x, &x->row, &picker, "", reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < picker.n_carriers; i++) {
        if (answer_carrier(x, &picker, &picker.carriers[i], reterr) < 0) {
            return -1;
        }
    }
    return answer_closures(x, reterr);
}

/* ---- the row ---- */

/** As the source spells its key, or an error where it isn't there. */
static int
find_row(CopyChoice *choice, void *user, Error *reterr)
{
    Explain *x = user;
    const CopyKey *key = &choice->keys[x->row.table->index];
    const char **values = NULL;
    Row there;
    x->choice = choice;
    if (copy_read_key(choice, x->row.table, x->written, &values, reterr) < 0) {
        return -1;
    }
    Row written = {x->row.table, key->columns.items, values, key->n_key};
    if (read_columns(x, &written, written.columns, written.n, &there, reterr) < 0) {
        return -1;
    }
    if (there.n == 0) {
        return error_set(reterr, ERROR_DATA, "instance %s has no row of %s with %s",
                         choice->source->options.source->name,
                         table_in_words(x->row.table, choice->arena),
                         in_words(&written, false, choice->arena));
    }
    const char **columns = ARENA_ARRAY(x->arena, const char *, there.n);
    values = ARENA_ARRAY(x->arena, const char *, there.n);
    for (size_t i = 0; i < there.n; i++) {
        columns[i] = arena_strdup(x->arena, there.columns[i]);
        values[i] = arena_strdup(x->arena, there.values[i]);
    }
    x->row.columns = columns;
    x->row.values = values;
    x->row.n = there.n;
    x->told->key = in_words(&x->row, false, x->arena);
    return 0;
}

int
copy_explain(CopySource *source, const Exec *exec, const FlowTable *table, const char *key,
             Arena *arena, CopyExplanation *ret_explanation, Error *reterr)
{
    const Flow *flow = source->options.flow;
    bool *due = ARENA_ARRAY(arena, bool, flow->n_tables + 1);
    Explain x = {.written = key, .row = {.table = table}, .arena = arena, .told = ret_explanation};
    *ret_explanation = (CopyExplanation){0};
    if (copy_try(source, exec, due, find_row, &x, reterr) < 0) {
        return -1;
    }
    due[table->index] = true;
    if (copy_try(source, exec, due, explain_row, &x, reterr) < 0) {
        return error_wrap(reterr, "explaining a row of %s.%s", table->stage->name, table->name);
    }
    ret_explanation->answers = x.answers.items;
    ret_explanation->n = x.answers.n;
    return 0;
}
