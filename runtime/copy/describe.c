/* Rules in words, for the metadata. */
#include "runtime/copy/choose.h"
#include "runtime/store/sql_text.h"

#include <inttypes.h>

static void
append_columns(Str *text, const char *before, const char *const *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        str_append_format(text, "%s%s", i == 0 ? before : ", ", columns[i]);
    }
    str_append(text, n > 0 ? ")" : "");
}

static void
append_tables(Str *text, const FlowCopyRule *rule)
{
    for (size_t i = 0; i < rule->n_tables; i++) {
        str_append_format(text, "%s%s.%s",
                          i == 0         ? " "
                          : rule->any_of ? " or "
                                         : " and ",
                          rule->tables[i]->stage->name, rule->tables[i]->name);
    }
}

static void
append_condition(Str *text, const char *words, const FlowCopyRule *rule)
{
    str_append(text, words);
    flow_query_canon(rule->condition, text);
}

static void
append_follow(Str *text, const FlowCopyRule *rule)
{
    str_append(text, "follow");
    append_tables(text, rule);
    if (rule->amount >= 0) {
        str_append_format(text, " up %" PRId64, rule->amount);
    }
    str_append(text, rule->all ? " all" : "");
}

static void
append_rule(Str *text, const FlowCopyRule *rule)
{
    switch (rule->kind) {
    case PDC_COPY_ALL: str_append(text, "all"); return;
    case PDC_COPY_NONE: str_append(text, "none"); return;
    case PDC_COPY_LIMIT: str_append_format(text, "limit %" PRId64, rule->amount); return;
    case PDC_COPY_WHERE: append_condition(text, "where ", rule); return;
    case PDC_COPY_SAMPLE_PERCENT:
        str_append_format(text, "sample %.17g percent", rule->percent);
        append_columns(text, " by (", rule->columns, rule->n_columns);
        return;
    case PDC_COPY_SAMPLE_ROWS:
        str_append_format(text, "sample to %" PRId64 " rows", rule->amount);
        return;
    case PDC_COPY_SAMPLE_BYTES:
        str_append_format(text, "sample to %" PRId64 " B", rule->amount);
        return;
    case PDC_COPY_AT_LEAST:
        str_append_format(text, "at least %" PRId64, rule->amount);
        append_columns(text, " per (", rule->columns, rule->n_columns);
        return;
    case PDC_COPY_CERTAIN: append_condition(text, "certain where ", rule); return;
    case PDC_COPY_WINDOW:
        str_append_format(text, "window %s last ", rule->columns[0]);
        sql_literal(text, rule->text);
        return;
    case PDC_COPY_FOLLOW: append_follow(text, rule); return;
    case PDC_COPY_COVER_VALUES:
        append_columns(text, "cover of (", rule->columns, rule->n_columns);
        return;
    case PDC_COPY_COVER_PAIRS:
        append_columns(text, "cover pairs of (", rule->columns, rule->n_columns);
        return;
    case PDC_COPY_COVER_BOUNDS:
        append_columns(text, "cover bounds of (", rule->columns, rule->n_columns);
        return;
    case PDC_COPY_PLUS_WHERE: append_condition(text, "plus where ", rule); return;
    case PDC_COPY_PLUS_KEYS:
        str_append(text, "plus keys from ");
        sql_literal(text, rule->text);
        return;
    case PDC_COPY_MASK_HASH: str_append_format(text, "mask %s with hash", rule->columns[0]); return;
    case PDC_COPY_MASK_NULL: str_append_format(text, "mask %s with null", rule->columns[0]); return;
    case PDC_COPY_MASK_FAKE: str_append_format(text, "mask %s with fake", rule->columns[0]); return;
    case PDC_COPY_MASK_EXPR:
        str_append_format(text, "mask %s with ", rule->columns[0]);
        sql_literal(text, rule->text);
        return;
    case PDC_COPY_BREAK:
        str_append(text, "break");
        append_tables(text, rule);
        append_columns(text, " (", rule->columns, rule->n_columns);
        return;
    }
    BUG("copy rule of kind %d", (int)rule->kind);
}

const char *
copy_rule_text(const FlowCopyRule *rule, Arena *arena)
{
    Str text = {0};
    append_rule(&text, rule);
    return str_take_in(&text, arena);
}

const char *
copy_entity_text(const FlowEntity *entity, Arena *arena)
{
    Str text = {0};
    append_columns(&text, "entity (", entity->columns, entity->n_columns);
    return str_take_in(&text, arena);
}

const char *
copy_rules_text(const FlowTable *table, Arena *arena)
{
    const FlowBody *body = table->body;
    Str text = {0};
    for (size_t i = 0; i < body->n_copy_rules; i++) {
        str_append(&text, i > 0 ? ", " : "");
        append_rule(&text, &body->copy_rules[i]);
    }
    for (size_t i = 0; i < body->n_carriers; i++) {
        const FlowEntity *entity = body->carriers[i].entity;
        append_columns(&text, text.length > 0 ? ", entity (" : "entity (", entity->columns,
                       entity->n_columns);
        for (size_t k = 0; k < entity->n_rules; k++) {
            str_append(&text, k > 0 ? ", " : ": ");
            append_rule(&text, &entity->rules[k]);
        }
    }
    return str_take_in(&text, arena);
}
