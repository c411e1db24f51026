/* Masks of a copy block: those that need a key, references whose ends are masked apart, and
 * personal columns without any. */
#include "runtime/elaborate/copy_priv.h"
#include "runtime/flow/column_type.h"

enum { HASH_DIGITS = 64 };

/** Somebody who reads the configuration must see that the key is missing before a run does. */
static int
check_key(Elaboration *e, const FlowCopyRule *rule)
{
    if (!flow_copy_rule_is_keyed(rule->kind) || e->environment->has_mask_key) {
        return 0;
    }
    diag_add(e->diags, DIAG_MASK_NO_KEY, at_span(e, rule->at), rule->columns[0],
             rule->kind == PDC_COPY_MASK_HASH ? "hash" : "fake");
    return -1;
}

static bool
has_room(PdcColumnType type)
{
    return type.kind == COLUMN_TYPE_TEXT ||
           (type.kind == COLUMN_TYPE_VARCHAR && type.size >= HASH_DIGITS);
}

/** A hash is a text of so many characters: no number, no date, no short text. */
static int
check_hash(Elaboration *e, const FlowTable *table, const FlowCopyRule *rule)
{
    const PdcContract *contract = table->contract;
    for (size_t i = 0; contract != NULL && i < contract->n_columns; i++) {
        const PdcPromise *column = &contract->columns[i];
        if (!text_equal(column->name, rule->columns[0]) || has_room(column->type)) {
            continue;
        }
        diag_add(e->diags, DIAG_MASK_HASH_TYPE, at_span(e, rule->at), column->name,
                 column_type_sql(column->type, e->arena));
        diag_note(e->diags, at_span(e, column->at), "promised here");
        return -1;
    }
    return 0;
}

/** The last one counts. @return NULL: there is none */
static const FlowCopyRule *
find_mask(const FlowTable *table, const char *column)
{
    const FlowCopyRule *mask = NULL;
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        const FlowCopyRule *rule = &table->body->copy_rules[i];
        if (flow_copy_rule_changes(rule->kind) && rule->kind != PDC_COPY_BREAK &&
            text_equal(rule->columns[0], column)) {
            mask = rule;
        }
    }
    return mask;
}

/** A broken reference is null, which tells nothing. */
static bool
is_broken(const Elaboration *e, const FlowTable *table, const char *column)
{
    for (size_t i = 0; i < e->flow->n_links; i++) {
        const FlowLink *link = &e->flow->links[i];
        if (link->child == table && link->is_broken &&
            text_is_one_of(column, link->child_columns, link->n_columns)) {
            return true;
        }
    }
    return false;
}

static int
check_personal(Elaboration *e, const FlowTable *table)
{
    const PdcContract *contract = table->contract;
    int result = 0;
    for (size_t i = 0; contract != NULL && i < contract->n_columns; i++) {
        const PdcPromise *column = &contract->columns[i];
        if (!column->pii || find_mask(table, column->name) != NULL ||
            is_broken(e, table, column->name)) {
            continue;
        }
        diag_add(e->diags, DIAG_PII_UNMASKED, at_span(e, table->body->at), column->name,
                 table->stage->name, table->name);
        diag_hint(e->diags, "`%s.%s: mask %s with %s` (or `null`, or 'EXPR')", table->stage->name,
                  table->name, column->name, has_room(column->type) ? "hash` or `fake" : "fake");
        diag_note(e->diags, at_span(e, column->at), "`%s` is `pii` by this contract", column->name);
        result = -1;
    }
    return result;
}

/** What a reference holds must be what its target holds: NULL, which refers to nothing, and what an
 * expression makes of it may differ. */
static int
check_ends(Elaboration *e, const FlowLink *link, const char *child, const char *parent)
{
    const FlowCopyRule *one = find_mask(link->child, child);
    const FlowCopyRule *other = find_mask(link->parent, parent);
    bool keyed = one != NULL && flow_copy_rule_is_keyed(one->kind);
    bool other_keyed = other != NULL && flow_copy_rule_is_keyed(other->kind);
    if ((!keyed && !other_keyed) || (one != NULL && !keyed) || (other != NULL && !other_keyed) ||
        (keyed && other_keyed && one->kind == other->kind)) {
        return 0;
    }
    diag_add(e->diags, DIAG_MASKED_APART, at_span(e, keyed ? one->at : other->at),
             link->child->stage->name, link->child->name, child, link->parent->stage->name,
             link->parent->name, parent);
    diag_note(e->diags, at_span(e, link->at), "the reference");
    return -1;
}

static int
check_links(Elaboration *e)
{
    int result = 0;
    for (size_t i = 0; i < e->flow->n_links; i++) {
        const FlowLink *link = &e->flow->links[i];
        for (size_t k = 0; !link->is_broken && k < link->n_columns; k++) {
            result |= check_ends(e, link, link->child_columns[k], link->parent_columns[k]);
        }
    }
    return result;
}

int
copy_masks_check(Elaboration *e)
{
    int result = check_links(e);
    for (size_t i = 0; i < e->tables.n; i++) {
        const FlowTable *table = e->tables.items[i];
        if (!table->is_input) {
            continue;
        }
        for (size_t k = 0; k < table->body->n_copy_rules; k++) {
            const FlowCopyRule *rule = &table->body->copy_rules[k];
            result |= check_key(e, rule);
            if (rule->kind == PDC_COPY_MASK_HASH) {
                result |= check_hash(e, table, rule);
            }
        }
        if (e->environment->requires_masks) {
            result |= check_personal(e, table);
        }
    }
    return result;
}
