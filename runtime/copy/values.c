/* What the columns of a copied row hold: as in the source, or what a rule makes of them there. */
#include "runtime/copy/choose_priv.h"
#include "runtime/store/mask.h"
#include "runtime/store/sql_text.h"

static bool
changes_values(const FlowTable *table)
{
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        if (flow_copy_rule_changes(table->body->copy_rules[i].kind)) {
            return true;
        }
    }
    return false;
}

bool
copy_breaks_column(const Flow *flow, const FlowTable *table, const char *column)
{
    for (size_t i = 0; i < flow->n_links; i++) {
        const FlowLink *link = &flow->links[i];
        if (link->child == table && link->is_broken &&
            text_is_one_of(column, link->child_columns, link->n_columns)) {
            return true;
        }
    }
    return false;
}

const FlowCopyRule *
copy_find_mask(const FlowTable *table, const char *column, bool folds)
{
    const FlowCopyRule *mask = NULL;
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        const FlowCopyRule *rule = &table->body->copy_rules[i];
        StoreColumn named = {.name = column};
        if (flow_copy_rule_changes(rule->kind) && rule->kind != PDC_COPY_BREAK &&
            store_has_column(&named, 1, rule->columns[0], folds)) {
            mask = rule;
        }
    }
    return mask;
}

bool
copy_masks_column(const FlowTable *table, const char *column, bool folds)
{
    return table->body->kind == FLOW_BODY_COPY && copy_find_mask(table, column, folds) != NULL;
}

/** A mask by the configuration's key, which the engine has been given (masks.c). */
static int
append_keyed(CopyChoice *choice, const FlowTable *table, const StoreColumn *column,
             const FlowCopyRule *rule, CopyStatement *statement, Error *reterr)
{
    StoreMask mask = rule->kind == PDC_COPY_MASK_HASH ? STORE_MASK_HASH : STORE_MASK_FAKE;
    char *sql = NULL;
    if (store_mask_sql(choice->store, mask, column, table->name, choice->arena, &sql, reterr) < 0) {
        error_set_origin(reterr, flow_span(choice->source->options.sources, rule->at));
        return error_wrap(reterr, "masking %s.%s", table->stage->name, table->name);
    }
    str_append(&statement->sql, sql);
    str_append(&statement->sql, " as ");
    sql_ident(&statement->sql, column->name);
    return 0;
}

static int
append_value(CopyChoice *choice, const FlowTable *table, const StoreColumn *column,
             CopyStatement *statement, Error *reterr)
{
    bool folds = store_can(choice->store, STORE_FOLDS_NAMES);
    const FlowCopyRule *mask = copy_find_mask(table, column->name, folds);
    int status = 0;
    if (mask == NULL && !copy_breaks_column(choice->graph->flow, table, column->name)) {
        copy_append_column(table, column->name, statement);
        return 0;
    }
    if (mask != NULL && flow_copy_rule_is_keyed(mask->kind)) {
        return append_keyed(choice, table, column, mask, statement, reterr);
    }
    str_append(&statement->sql, "cast(");
    if (mask != NULL && mask->kind == PDC_COPY_MASK_EXPR) {
        status = copy_append_condition(choice, mask->condition, statement, reterr);
    } else {
        str_append(&statement->sql, "null");
    }
    str_append_format(&statement->sql, " as %s) as ", column->sql_type);
    sql_ident(&statement->sql, column->name);
    return status;
}

/** A mask of a column that isn't there would leave somebody believing in it. */
static int
check_masks(CopyChoice *choice, const FlowTable *table, Error *reterr)
{
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        const FlowCopyRule *rule = &table->body->copy_rules[i];
        for (size_t k = 0; flow_copy_rule_changes(rule->kind) && k < rule->n_columns; k++) {
            if (copy_find_column(choice, table, rule->columns[k], reterr) == NULL) {
                error_set_origin(reterr, flow_span(choice->source->options.sources, rule->at));
                return -1;
            }
        }
    }
    return 0;
}

int
copy_append_values(CopyChoice *choice, const FlowTable *table, CopyStatement *statement,
                   Error *reterr)
{
    const CopyKey *key = &choice->keys[table->index];
    int status = 0;
    if (!changes_values(table)) {
        str_append(&statement->sql, "select *");
        return 0;
    }
    if (copy_look_at_shape(choice, table, reterr) < 0 || check_masks(choice, table, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < key->n_shape && status == 0; i++) {
        str_append(&statement->sql, i == 0 ? "select " : ", ");
        status = append_value(choice, table, &key->shape[i], statement, reterr);
    }
    return status;
}
