/* Parts of the statements that choose rows. */
#include "runtime/copy/choose_priv.h"
#include "runtime/copy/threshold.h"
#include "runtime/store/sample_hash.h"
#include "runtime/store/sql_text.h"

#include <inttypes.h>

/* Samples of all instances nest, so the seed belongs to the language. */
enum { COPY_SEED = 0 };

void
copy_statement_deinit(CopyStatement *statement)
{
    str_deinit(&statement->sql);
}

int
copy_exec(const CopyChoice *choice, const char *sql, Error *reterr)
{
    return exec_send_to(choice->exec, choice->store, sql, NULL, reterr);
}

int
copy_send(CopyChoice *choice, CopyStatement *statement, int64_t *ret_rows, Error *reterr)
{
    const char *sql = str_text(&statement->sql);
    int status = exec_send_to(choice->exec, choice->store, sql, ret_rows, reterr);
    for (size_t i = 0; status < 0 && i < statement->conditions.n; i++) {
        const CopyCondition *condition = &statement->conditions.items[i];
        rendered_locate(&condition->rendered, sql, condition->start,
                        choice->source->options.sources, reterr);
    }
    return status;
}

void
copy_and(CopyStatement *statement)
{
    str_append(&statement->sql, statement->has_where ? " and " : " where ");
    statement->has_where = true;
}

void
copy_append_from(const CopyChoice *choice, const FlowTable *table, CopyStatement *statement)
{
    const CopyTable *there = &choice->source->tables[table->index];
    str_append(&statement->sql, " from ");
    copy_append_name(choice->source, there->schema, there->table, &statement->sql);
    str_append(&statement->sql, " as ");
    sql_ident(&statement->sql, table->name);
}

void
copy_append_column(const FlowTable *table, const char *column, CopyStatement *statement)
{
    sql_ident(&statement->sql, table->name);
    str_append_char(&statement->sql, '.');
    sql_ident(&statement->sql, column);
}

static void
append_source_name(void *user, const FlowTable *table, Str *sql)
{
    const CopySource *source = user;
    const CopyTable *there = &source->tables[table->index];
    copy_append_name(source, there->schema, there->table, sql);
}

int
copy_append_condition(CopyChoice *choice, const FlowQuery *query, CopyStatement *statement,
                      Error *reterr)
{
    const CopyOptions *options = &choice->source->options;
    RenderContext context = {.flow = options->flow,
                             .environment = options->environment,
                             .sources = options->sources,
                             .append_table = append_source_name,
                             .user = (void *)(uintptr_t)choice->source};
    CopyCondition condition = {0};
    if (flow_query_render(query, &context, choice->arena, &condition.rendered, reterr) < 0) {
        return -1;
    }
    str_append_char(&statement->sql, '(');
    condition.start = statement->sql.length;
    str_append(&statement->sql, condition.rendered.text);
    str_append(&statement->sql, "\n)"); /* it may end with a comment */
    vec_push_in(choice->arena, &statement->conditions, condition);
    return 0;
}

void
copy_append_key(const FlowTable *table, const CopyKey *key, CopyStatement *statement)
{
    for (size_t i = 0; i < key->n_key; i++) {
        str_append(&statement->sql, i > 0 ? ", " : "");
        copy_append_column(table, key->columns.items[i], statement);
    }
    if (key->row_id != NULL) {
        sql_ident(&statement->sql, table->name);
        str_append_format(&statement->sql, ".%s", key->row_id);
    }
}

/* ---- columns ---- */

int
copy_look_at_shape(CopyChoice *choice, const FlowTable *table, Error *reterr)
{
    CopyKey *key = &choice->keys[table->index];
    CopyStatement statement = {0};
    if (key->shape != NULL) {
        return 0;
    }
    str_append(&statement.sql, "create temporary table \"pdc shape\" as select *");
    copy_append_from(choice, table, &statement);
    str_append(&statement.sql, " limit 0");
    int status = copy_send(choice, &statement, NULL, reterr);
    copy_statement_deinit(&statement);
    if (status < 0 || store_columns(choice->store, NULL, "pdc shape", choice->arena, &key->shape,
                                    &key->n_shape, reterr) != 0) {
        return -1;
    }
    return copy_exec(choice, "drop table \"pdc shape\"", reterr);
}

static int
no_column(const CopyChoice *choice, const FlowTable *table, const char *column, Error *reterr)
{
    const CopyKey *key = &choice->keys[table->index];
    const char *nearest = store_nearest_column(key->shape, key->n_shape, column, choice->arena);
    error_set(reterr, ERROR_DATA, "%s.%s has no column \"%s\" in instance %s", table->stage->name,
              table->name, column, choice->source->options.source->name);
    if (nearest != NULL) {
        error_set_hint(reterr, "did you mean \"%s\"?", nearest);
    }
    error_set_origin(reterr, flow_span(choice->source->options.sources, table->body->at));
    return -1;
}

const StoreColumn *
copy_find_column(CopyChoice *choice, const FlowTable *table, const char *name, Error *reterr)
{
    const CopyKey *key = &choice->keys[table->index];
    bool folds = store_can(choice->store, STORE_FOLDS_NAMES);
    if (copy_look_at_shape(choice, table, reterr) < 0) {
        return NULL;
    }
    for (size_t i = 0; i < key->n_shape; i++) {
        if (store_has_column(&key->shape[i], 1, name, folds)) {
            return &key->shape[i];
        }
    }
    no_column(choice, table, name, reterr);
    return NULL;
}

/* ---- the hash ---- */

int
copy_append_hash(CopyChoice *choice, const FlowTable *table, const char *const *columns, size_t n,
                 const CopyTypes *types, CopyStatement *statement, Error *reterr)
{
    StoreColumn *hashed = ARENA_ARRAY(choice->arena, StoreColumn, n);
    char *sql = NULL;
    for (size_t i = 0; i < n; i++) {
        const StoreColumn *own = copy_find_column(choice, table, columns[i], reterr);
        const StoreColumn *key =
            own == NULL || types == NULL
                ? own
                : copy_find_column(choice, types->table, types->columns[i], reterr);
        if (key == NULL) {
            return -1;
        }
        hashed[i] = *key;
        hashed[i].name = own->name;
    }
    if (store_sample_hash_sql(choice->store, hashed, n, table->name, COPY_SEED, choice->arena, &sql,
                              reterr) < 0) {
        error_set_origin(reterr, flow_span(choice->source->options.sources, table->body->at));
        return error_wrap(reterr, "sampling %s.%s", table->stage->name, table->name);
    }
    str_append(&statement->sql, sql);
    return 0;
}

void
copy_append_below(double percent, CopyStatement *statement)
{
    str_append_format(&statement->sql, " <= %" PRId64, copy_hash_threshold(percent));
}

/* ---- lists ---- */

static size_t
list_column(const CopyKey *key, const char *name)
{
    for (size_t i = 0; i < key->columns.n; i++) {
        if (text_equal(key->columns.items[i], name)) {
            return i;
        }
    }
    BUG("column %s is not listed", name);
}

/** The lists one after the other, as `l`. */
static void
append_lists(const CopyChoice *choice, const CopyRows *rows, CopyStatement *statement)
{
    for (size_t i = 0; i < rows->n_nodes; i++) {
        str_append(&statement->sql, i > 0 ? " union all select * from " : "(select * from ");
        sql_ident(&statement->sql, choice->lists[rows->nodes[i]].name);
        if (rows->round >= 0) {
            str_append_format(&statement->sql, " where round = %" PRId64, rows->round);
        }
    }
    str_append(&statement->sql, ") as l");
}

void
copy_append_listed(const CopyChoice *choice, const FlowTable *table, const char *const *columns,
                   const char *const *key_columns, size_t n, const CopyRows *rows,
                   CopyStatement *statement)
{
    Str *sql = &statement->sql;
    if (rows->n_nodes == 0) {
        str_append(sql, "false");
        return;
    }
    if (n == 1) { /* a semi-join that every planner knows */
        copy_append_listed_value(choice, table, columns[0], statement);
        str_append_format(sql, " in (select l.c%zu from ", list_column(rows->key, key_columns[0]));
        append_lists(choice, rows, statement);
        str_append_char(sql, ')');
        return;
    }
    str_append(sql, "exists (select 1 from ");
    append_lists(choice, rows, statement);
    for (size_t i = 0; i < n; i++) {
        str_append_format(sql, " %s l.c%zu = ", i == 0 ? "where" : "and",
                          list_column(rows->key, key_columns[i]));
        copy_append_listed_value(choice, table, columns[i], statement);
    }
    str_append_char(sql, ')');
}

void
copy_append_row_listed(const CopyChoice *choice, const FlowTable *table, const CopyRows *rows,
                       CopyStatement *statement)
{
    const CopyKey *key = rows->key;
    if (key->row_id == NULL) {
        copy_append_listed(choice, table, key->columns.items, key->columns.items, key->n_key, rows,
                           statement);
        return;
    }
    copy_append_key(table, key, statement);
    str_append(&statement->sql, " in (select l.r from ");
    append_lists(choice, rows, statement);
    str_append_char(&statement->sql, ')');
}

void
copy_append_row_not_listed(const CopyChoice *choice, const FlowTable *table, const CopyRows *rows,
                           CopyStatement *statement)
{
    const CopyKey *key = rows->key;
    str_append(&statement->sql, "not exists (select 1 from ");
    append_lists(choice, rows, statement);
    for (size_t i = 0; i < key->n_key; i++) {
        str_append_format(&statement->sql, " %s l.c%zu = ", i == 0 ? "where" : "and", i);
        copy_append_listed_value(choice, table, key->columns.items[i], statement);
    }
    if (key->row_id != NULL) {
        str_append(&statement->sql, " where l.r = ");
        copy_append_key(table, key, statement);
    }
    str_append_char(&statement->sql, ')');
}
