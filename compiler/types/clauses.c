/* What clauses and checks say about tables whose columns are known. */
#include "compiler/types/types_priv.h"
#include "runtime/store/sql_text.h"

#include <string.h>

/** The view's number is no part of the cache's key. */
static int
bind(Types *types, const Rendered *rendered, const char *head, const char *tail, Error *reterr)
{
    /* columns of one name, or without any, are fine in a subquery and in no view */
    const char *begin =
        arena_printf(types->arena, "create view pdc_types.bound_%zu as select 1 as x from (%s",
                     ++types->n_bound, head);
    const char *sql = arena_printf(types->arena, "%s%s%s\n) as bound", begin, rendered->text, tail);
    int status = types_exec(types, sql, reterr);
    if (status < 0) {
        rendered_locate(rendered, sql, strlen(begin), types->sources, reterr);
    }
    return status;
}

void
look_bind(Look *look, const char *head, const FlowQuery *query, const char *tail, Made *own,
          PdcSpan at)
{
    Types *types = look->types;
    Rendered rendered;
    Error error = {0};
    const StoreColumn *none;
    size_t n;
    if (!look_knows(look, query->inputs, query->n_inputs) ||
        look_render(look, query, &rendered) < 0) {
        return;
    }
    const char *key =
        look_key(look, arena_printf(types->arena, "%s%s%s", head, rendered.text, tail), query, own);
    if (types_cache_get(types->cache, key, &none, &n) ||
        look_require(look, query->inputs, query->n_inputs) < 0 ||
        (own != NULL && made_require(types, own) < 0)) {
        return;
    }
    if (bind(types, &rendered, head, tail, &error) == 0) {
        types_cache_put(types->cache, key, NULL, 0);
    } else {
        look_report(look, &error, at);
    }
    error_deinit(&error);
}

/** The engine is opened for its letter case only where a name is not there as it is written. */
static bool
has_column(Types *types, const StoreColumn *columns, size_t n, const char *name)
{
    return store_has_column(columns, n, name, false) ||
           (types_open(types) == 0 &&
            store_has_column(columns, n, name, store_can(types->store, STORE_FOLDS_NAMES)));
}

void
look_check_names(Look *look, const FlowTable *table, const char *const *names, size_t n_names,
                 PdcSpan at)
{
    size_t n;
    Arena *arena = look->types->arena;
    if (n_names == 0) {
        return; /* nor is the engine asked for columns */
    }
    const StoreColumn *columns = made_columns(look->types, look->tables[table->index], &n);
    for (size_t i = 0; n > 0 && i < n_names; i++) {
        if (has_column(look->types, columns, n, names[i])) {
            continue;
        }
        diag_add(look->diags, DIAG_NO_COLUMN, flow_span(look->types->sources, at),
                 arena_printf(arena, "%s.%s", table->stage->name, table->name), names[i]);
        const char *nearest = store_nearest_column(columns, n, names[i], arena);
        if (nearest != NULL) {
            diag_hint(look->diags, "did you mean `%s`?", nearest);
        }
    }
}

void
clauses_look(Look *look, const FlowTable *table)
{
    Made *made = look->tables[table->index];
    Str from = {0};
    str_append(&from, "\nfrom ");
    sql_qualified(&from, made->schema, made->name);
    const char *tail = str_take_in(&from, look->types->arena);
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *clause = &table->constraints[i];
        const FlowTable *target = clause->target;
        look_check_names(look, table, clause->columns, clause->n_columns, clause->at);
        if (clause->condition != NULL) {
            look_bind(look, "select (", clause->condition,
                      arena_printf(look->types->arena, "\n) is null%s", tail), made, clause->at);
        }
        if (target != NULL && look->tables[target->index] != NULL &&
            look->tables[target->index]->schema != NULL) {
            look_check_names(look, target, clause->target_columns, clause->n_target_columns,
                             clause->at);
        }
    }
    for (size_t i = 0; i < table->n_indexes; i++) {
        const FlowIndex *index = &table->indexes[i];
        look_check_names(look, table, index->columns, index->n_columns, index->at);
        if (index->expressions != NULL) {
            look_bind(look, "select ", index->expressions, tail, made, index->at);
        }
    }
}
