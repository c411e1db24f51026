/* Keys, indexes and comments, altered in place. */
#include "runtime/publish/publish_priv.h"
#include "runtime/store/sql_text.h"

/** Removes what went. */
static int
undefine(const Publication *publication, const FlowTable *table, const MetaTable *row,
         const Definition *old_items, const Definition *new_items, Error *reterr)
{
    Str sql = {0};
    for (size_t i = old_items->n_items; i-- > 0;) {
        if (!definition_has(new_items, old_items->items[i].line)) {
            exec_append_undefine(publication->exec, &old_items->items[i], new_items,
                                 table->kind == PDC_VIEW, row->schema, row->table, row->physical,
                                 &sql);
        }
    }
    int status = sql.length == 0 ? 0 : exec_send(publication->exec, str_text(&sql), NULL, reterr);
    str_deinit(&sql);
    return status;
}

static Definition
added_items(const Definition *old_items, const Definition *new_items, Arena *arena)
{
    Definition added = {.items = ARENA_ARRAY(arena, DefinitionItem, new_items->n_items + 1)};
    for (size_t i = 0; i < new_items->n_items; i++) {
        if (!definition_has(old_items, new_items->items[i].line)) {
            added.items[added.n_items++] = new_items->items[i];
        }
    }
    return added;
}

/** Under read_views the comment stands on the published view as well. */
static int
comment_view(const Publication *publication, const FlowTable *table, const MetaTable *row,
             Arena *scratch, Error *reterr)
{
    const char *schema = meta_stage_schema(publication->input->layout, table->stage->name, scratch);
    if (text_equal(schema, row->schema)) {
        return 0;
    }
    Str sql = {0};
    str_append(&sql, "comment on view ");
    sql_qualified(&sql, schema, table->name);
    str_append(&sql, " is ");
    sql_literal(&sql, table->doc != NULL && table->doc[0] != '\0' ? table->doc : NULL);
    int status = exec_send(publication->exec, str_text(&sql), NULL, reterr);
    str_deinit(&sql);
    return status;
}

static int
alter_table(const Publication *publication, const FlowTable *table, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    const PlanOptions *plan = &publication->input->options;
    const MetaTable *row = publication->exec->plan->steps[table->index].published;
    DefinitionOptions options = {.can_unlogged = plan->can_unlogged,
                                 .default_unlogged = plan->default_unlogged};
    Definition old_items = definition_parse(row->definition, scratch);
    Definition new_items = definition_of(table, options, scratch);
    Definition added = added_items(&old_items, &new_items, scratch);
    if (exec_check_columns(publication->exec, table, row->schema, row->table, reterr) < 0 ||
        undefine(publication, table, row, &old_items, &new_items, reterr) < 0 ||
        exec_define(publication->exec, table, &added, row->schema, row->table, row->physical,
                    reterr) < 0) {
        return -1;
    }
    return comment_view(publication, table, row, scratch, reterr);
}

int
publish_alter(const Publication *publication, Error *reterr)
{
    for (size_t i = 0; i < publication->altered.n; i++) {
        const FlowTable *table = publication->altered.items[i];
        if (alter_table(publication, table, reterr) < 0) {
            return error_wrap(reterr, "altering %s.%s", table->stage->name, table->name);
        }
    }
    return 0;
}
