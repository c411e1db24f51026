/* Keys, indexes and comments of tables: made, removed, and explained when the rows don't fit. */
#include "runtime/exec/exec.h"
#include "runtime/key/key.h"
#include "runtime/store/sql_text.h"

#include <string.h>

/** What a statement about an item needs to know. */
typedef struct Defining Defining;
struct Defining {
    const Exec *exec;
    bool is_view;
    const char *schema;
    const char *name;
    const char *physical;
    Arena *scratch;
};

static void
append_columns(const DefinitionItem *item, Str *sql)
{
    for (size_t i = 0; i < item->n_columns; i++) {
        str_append(sql, i == 0 ? "(" : ", ");
        sql_ident(sql, item->columns[i]);
    }
    str_append(sql, ")");
}

static const char *
object_name(const Defining *d, const DefinitionItem *item)
{
    return key_object_name(d->physical, item->line, store_identifier_limit(d->exec->store),
                           d->scratch);
}

static void
append_alter(const Defining *d, Str *sql)
{
    str_append(sql, "alter table ");
    sql_qualified(sql, d->schema, d->name);
    str_append_char(sql, ' ');
}

static void
append_constraint(const Defining *d, const DefinitionItem *item, const char *kind, Str *sql)
{
    append_alter(d, sql);
    str_append(sql, "add constraint ");
    sql_ident(sql, object_name(d, item));
    str_append(sql, kind);
    append_columns(item, sql);
}

static void
append_create_index(const Defining *d, const DefinitionItem *item, const char *kind, Str *sql)
{
    str_append(sql, kind);
    sql_ident(sql, object_name(d, item));
    str_append(sql, " on ");
    sql_qualified(sql, d->schema, d->name);
    str_append(sql, " ");
    if (item->n_columns > 0) {
        append_columns(item, sql);
    }
}

static void
append_comment(const Defining *d, const char *text, Str *sql)
{
    str_append(sql, d->is_view ? "comment on view " : "comment on table ");
    sql_qualified(sql, d->schema, d->name);
    str_append(sql, " is ");
    sql_literal(sql, text);
}

static int
define_expressions(const Defining *d, const DefinitionItem *item, Error *reterr)
{
    Str head = {0};
    append_create_index(d, item, "create index ", &head);
    str_append_char(&head, '(');
    int status =
        exec_send_query(d->exec, str_text(&head), item->expressions, ")", NULL, d->scratch, reterr);
    str_deinit(&head);
    return status;
}

static int
define_item(const Defining *d, const DefinitionItem *item, Error *reterr)
{
    Str sql = {0};
    switch (item->kind) {
    case DEFINITION_UNLOGGED:
        append_alter(d, &sql);
        str_append(&sql, "set unlogged");
        break;
    case DEFINITION_NOT_NULL:
        append_alter(d, &sql);
        str_append(&sql, "alter column ");
        sql_ident(&sql, item->columns[0]);
        str_append(&sql, " set not null");
        break;
    case DEFINITION_PRIMARY_KEY: append_constraint(d, item, " primary key ", &sql); break;
    case DEFINITION_UNIQUE:
        if (store_can(d->exec->store, STORE_UNIQUE_CONSTRAINTS)) {
            append_constraint(d, item, " unique ", &sql);
        } else {
            append_create_index(d, item, "create unique index ", &sql);
        }
        break;
    case DEFINITION_INDEX:
        if (item->expressions != NULL) {
            return define_expressions(d, item, reterr);
        }
        append_create_index(d, item, "create index ", &sql);
        break;
    case DEFINITION_COMMENT: append_comment(d, item->text, &sql); break;
    }
    int status = exec_send(d->exec, str_text(&sql), NULL, reterr);
    str_deinit(&sql);
    return status;
}

int
exec_define(const Exec *exec, const FlowTable *table, const Definition *items, const char *schema,
            const char *name, const char *physical, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    Defining d = {.exec = exec,
                  .is_view = table->kind == PDC_VIEW,
                  .schema = schema,
                  .name = name,
                  .physical = physical,
                  .scratch = scratch};
    for (size_t i = 0; i < items->n_items; i++) {
        const DefinitionItem *item = &items->items[i];
        if (define_item(&d, item, reterr) < 0) {
            if (reterr->origin.file == NULL && item->at.end != 0) {
                error_set_origin(reterr, flow_span(exec->input->sources, item->at));
            }
            return -1;
        }
    }
    return 0;
}

/* ---- removing ---- */

static bool
stays_not_null(const Definition *stays, const char *column)
{
    for (size_t i = 0; i < stays->n_items; i++) {
        const DefinitionItem *item = &stays->items[i];
        bool forbids = item->kind == DEFINITION_NOT_NULL || item->kind == DEFINITION_PRIMARY_KEY;
        for (size_t k = 0; forbids && k < item->n_columns; k++) {
            if (text_equal(item->columns[k], column)) {
                return true;
            }
        }
    }
    return false;
}

/** PostgreSQL leaves the columns of a primary key `not null` when the key goes. */
static void
append_drop_not_null(const Defining *d, const DefinitionItem *item, const Definition *stays,
                     Str *sql)
{
    for (size_t i = 0; i < item->n_columns; i++) {
        if (!stays_not_null(stays, item->columns[i])) {
            append_alter(d, sql);
            str_append(sql, "alter column ");
            sql_ident(sql, item->columns[i]);
            str_append(sql, " drop not null;\n");
        }
    }
}

static void
append_drop_constraint(const Defining *d, const DefinitionItem *item, Str *sql)
{
    append_alter(d, sql);
    str_append(sql, "drop constraint ");
    sql_ident(sql, object_name(d, item));
    str_append(sql, ";\n");
}

static void
append_drop_index(const Defining *d, const DefinitionItem *item, Str *sql)
{
    str_append(sql, "drop index ");
    sql_qualified(sql, d->schema, object_name(d, item));
    str_append(sql, ";\n");
}

void
exec_append_undefine(const Exec *exec, const DefinitionItem *item, const Definition *stays,
                     bool is_view, const char *schema, const char *name, const char *physical,
                     Str *sql)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    Defining d = {.exec = exec,
                  .is_view = is_view,
                  .schema = schema,
                  .name = name,
                  .physical = physical,
                  .scratch = scratch};
    switch (item->kind) {
    case DEFINITION_UNLOGGED:
        append_alter(&d, sql);
        str_append(sql, "set logged;\n");
        break;
    case DEFINITION_NOT_NULL: append_drop_not_null(&d, item, stays, sql); break;
    case DEFINITION_PRIMARY_KEY:
        append_drop_constraint(&d, item, sql);
        append_drop_not_null(&d, item, stays, sql);
        break;
    case DEFINITION_UNIQUE:
        if (store_can(exec->store, STORE_UNIQUE_CONSTRAINTS)) {
            append_drop_constraint(&d, item, sql);
        } else {
            append_drop_index(&d, item, sql);
        }
        break;
    case DEFINITION_INDEX: append_drop_index(&d, item, sql); break;
    case DEFINITION_COMMENT:
        append_comment(&d, NULL, sql);
        str_append(sql, ";\n");
        break;
    }
}

static bool
is_index(const DefinitionItem *item)
{
    return item->kind == DEFINITION_PRIMARY_KEY || item->kind == DEFINITION_UNIQUE ||
           item->kind == DEFINITION_INDEX;
}

/** Without STORE_DROP_KEYS_IN_PLACE a table with an index can't be altered but for more indexes and
 * its comment. */
bool
exec_can_alter(const Exec *exec, const Definition *old_items, const Definition *new_items)
{
    if (store_can(exec->store, STORE_DROP_KEYS_IN_PLACE)) {
        return true;
    }
    bool had_index = false;
    for (size_t i = 0; i < old_items->n_items; i++) {
        const DefinitionItem *item = &old_items->items[i];
        had_index = had_index || is_index(item);
        if (!definition_has(new_items, item->line) && item->kind != DEFINITION_COMMENT &&
            item->kind != DEFINITION_INDEX) {
            return false;
        }
    }
    for (size_t i = 0; i < new_items->n_items; i++) {
        const DefinitionItem *item = &new_items->items[i];
        bool alters = item->kind == DEFINITION_NOT_NULL || item->kind == DEFINITION_PRIMARY_KEY;
        if (alters && had_index && !definition_has(old_items, item->line)) {
            return false;
        }
    }
    return true;
}

/* ---- columns that are not there ---- */

static int
check_names(const Exec *exec, const FlowTable *table, const StoreColumn *columns, size_t n_columns,
            const char *const *names, size_t n_names, PdcSpan at, Arena *scratch, Error *reterr)
{
    bool folds = store_can(exec->store, STORE_FOLDS_NAMES);
    for (size_t i = 0; i < n_names; i++) {
        if (store_has_column(columns, n_columns, names[i], folds)) {
            continue;
        }
        const char *nearest = store_nearest_column(columns, n_columns, names[i], scratch);
        error_clear(reterr);
        error_set(reterr, ERROR_SQL, "%s.%s has no column \"%s\"", table->stage->name, table->name,
                  names[i]);
        error_set_origin(reterr, flow_span(exec->input->sources, at));
        if (nearest != NULL) {
            error_set_hint(reterr, "did you mean \"%s\"?", nearest);
        }
        return -1;
    }
    return 0;
}

int
exec_check_columns(const Exec *exec, const FlowTable *table, const char *schema, const char *name,
                   Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    StoreColumn *columns = NULL;
    size_t n_columns = 0;
    if (table->n_constraints + table->n_indexes == 0) {
        return 0;
    }
    if (store_columns(exec->store, schema, name, scratch, &columns, &n_columns, reterr) != 0) {
        return -1;
    }
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *constraint = &table->constraints[i];
        if (check_names(exec, table, columns, n_columns, constraint->columns, constraint->n_columns,
                        constraint->at, scratch, reterr) < 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < table->n_indexes; i++) {
        const FlowIndex *index = &table->indexes[i];
        if (check_names(exec, table, columns, n_columns, index->columns, index->n_columns,
                        index->at, scratch, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}
