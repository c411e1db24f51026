/* Tables of a test that hold given rows, or none. */
#include "runtime/exec/exec_priv.h"
#include "runtime/flow/column_type.h"
#include "runtime/store/sql_text.h"

#define ROWS_NAME "pdc given rows"

/* ---- shapes ---- */

ExecShape
exec_contract_shape(const PdcContract *contract, Arena *arena)
{
    StoreColumn *columns = ARENA_ARRAY(arena, StoreColumn, contract->n_columns + 1);
    for (size_t i = 0; i < contract->n_columns; i++) {
        ColumnTypeKind kind = (ColumnTypeKind)contract->columns[i].type.kind;
        bool is_text = kind == COLUMN_TYPE_TEXT || kind == COLUMN_TYPE_VARCHAR;
        columns[i] = (StoreColumn){.name = contract->columns[i].name,
                                   .sql_type = column_type_sql(contract->columns[i].type, arena),
                                   .type = is_text ? PDC_TYPE_TEXT : PDC_TYPE_INT,
                                   .nullable = true};
    }
    return (ExecShape){.columns = columns, .n_columns = contract->n_columns};
}

static const char *
table_name(const FlowTable *table, Arena *arena)
{
    return arena_printf(arena, "%s.%s", table->stage->name, table->name);
}

/** The columns of the table that the rows are given for; NULL: nobody knows. */
static const ExecShape *
shape_of(const Exec *exec, const FlowTable *table, Arena *arena)
{
    if (table->contract != NULL) {
        ExecShape shape = exec_contract_shape(table->contract, arena);
        return arena_memdup(arena, &shape, sizeof shape);
    }
    return exec->shapes != NULL ? map_get(exec->shapes, table_name(table, arena)) : NULL;
}

static const StoreColumn *
find_column(const Exec *exec, const ExecShape *shape, const char *name)
{
    bool folds = store_can(exec->store, STORE_FOLDS_NAMES);
    for (size_t i = 0; i < shape->n_columns; i++) {
        if (store_has_column(&shape->columns[i], 1, name, folds)) {
            return &shape->columns[i];
        }
    }
    return NULL;
}

/* ---- rows as they come ---- */

static void
append_names(const PdcTestRows *rows, const ExecShape *shape, Str *sql)
{
    size_t n = rows->n_positions > 0 && shape != NULL ? shape->n_columns : rows->n_columns;
    for (size_t i = 0; i < n; i++) {
        str_append(sql, i == 0 ? " (" : ", ");
        sql_ident(sql, rows->n_positions > 0 ? shape->columns[i].name : rows->columns[i]);
    }
    str_append(sql, n > 0 ? ")" : "");
}

static int
rows_of_query(Exec *exec, const PdcTestRows *rows, const FlowBody *body, const ExecShape *shape,
              const char *head, Arena *scratch, Error *reterr)
{
    Str tail = {0};
    str_append(&tail, "\n) as \"rows\"");
    append_names(rows, shape, &tail);
    int status = exec_send_query(exec, arena_printf(scratch, "%sselect * from (", head),
                                 body->query, str_text(&tail), NULL, scratch, reterr);
    str_deinit(&tail);
    return status;
}

/** A column that is text in the table is text in the file, whatever it looks like. */
static void
keep_text(const Exec *exec, CsvSchema *schema, const ExecShape *shape, Arena *scratch)
{
    CsvColumn *columns =
        arena_memdup(scratch, schema->columns, schema->n_columns * sizeof(CsvColumn));
    for (size_t i = 0; shape != NULL && i < schema->n_columns; i++) {
        const StoreColumn *column = find_column(exec, shape, columns[i].name);
        if (column != NULL && column->type == PDC_TYPE_TEXT) {
            columns[i].type = PDC_TYPE_TEXT;
        }
    }
    schema->columns = columns;
}

static int
infer(Exec *exec, const FlowBody *body, CsvOptions *options, Arena *scratch, const char **ret_path,
      CsvSchema **ret_schema, Error *reterr)
{
    *ret_path = exec_data_path(exec->input, exec->data_directory, body->file, body->path, scratch);
    return set_csv_options(body, exec->input->sources, options, reterr) < 0
               ? -1
               : csv_infer(*ret_path, options, scratch, ret_schema, reterr);
}

static int
rows_of_csv(Exec *exec, const FlowBody *body, const ExecShape *shape, const char *schema,
            const char *name, Arena *scratch, Error *reterr)
{
    CsvOptions options;
    CsvSchema *found = NULL;
    const char *path;
    int64_t n_rows;
    if (infer(exec, body, &options, scratch, &path, &found, reterr) < 0) {
        return -1;
    }
    keep_text(exec, found, shape, scratch);
    return csv_load(path, &options, found, exec->store, schema, name, &n_rows, reterr);
}

static int
rows_of_parquet(Exec *exec, const FlowBody *body, const char *head, const char *tail,
                Arena *scratch, Error *reterr)
{
    Str sql = {0};
    if (!store_can(exec->store, STORE_READ_PARQUET)) {
        return error_set(reterr, ERROR_UNSUPPORTED, "parquet(…) can't be read into %s",
                         store_place(exec->store));
    }
    str_append_format(&sql, "%sselect * from read_parquet(", head);
    sql_literal(&sql,
                exec_data_path(exec->input, exec->data_directory, body->file, body->path, scratch));
    str_append_format(&sql, ")%s", tail);
    int status = exec_send(exec, str_text(&sql), NULL, reterr);
    str_deinit(&sql);
    return status;
}

static const char *
create_head(const char *schema, const char *name, Arena *scratch)
{
    Str head = {0};
    str_append(&head, "create table ");
    sql_qualified(&head, schema, name);
    str_append(&head, " as ");
    return str_take_in(&head, scratch);
}

/** As many columns as names. */
static int
check_count(Exec *exec, const PdcTestRows *rows, const ExecShape *shape, const char *schema,
            const char *name, Arena *scratch, Error *reterr)
{
    StoreColumn *columns;
    size_t n_columns;
    size_t n = rows->n_positions > 0 && shape != NULL ? shape->n_columns : rows->n_columns;
    if (n == 0 || rows->body->kind == PDC_BODY_CSV || rows->body->kind == PDC_BODY_PARQUET) {
        return 0;
    }
    if (store_columns(exec->store, schema, name, scratch, &columns, &n_columns, reterr) != 0) {
        return -1;
    }
    return n == n_columns
               ? 0
               : error_set(reterr, ERROR_DATA,
                           "%zu columns are named, and the rows have %zu values", n, n_columns);
}

int
exec_make_rows(Exec *exec, const PdcTestRows *rows, const FlowBody *body, const ExecShape *shape,
               const char *schema, const char *name, Arena *scratch, Error *reterr)
{
    const char *head = create_head(schema, name, scratch);
    int status = body->kind == FLOW_BODY_CSV
                     ? rows_of_csv(exec, body, shape, schema, name, scratch, reterr)
                 : body->kind == FLOW_BODY_PARQUET
                     ? rows_of_parquet(exec, body, head, "", scratch, reterr)
                     : rows_of_query(exec, rows, body, shape, head, scratch, reterr);
    if (status == 0) {
        status = check_count(exec, rows, shape, schema, name, scratch, reterr);
    }
    if (status < 0 && reterr->origin.file == NULL) {
        error_set_origin(reterr, flow_span(exec->input->sources, body->at));
    }
    return status;
}

/* ---- given rows ---- */

/** What to select from the rows: the table's columns, each with its type; those that were not given
 * are NULL. */
static void
append_list(const Exec *exec, const ExecShape *shape, const StoreColumn *columns, size_t n_columns,
            Str *sql)
{
    for (size_t i = 0; i < shape->n_columns; i++) {
        const StoreColumn *wanted = &shape->columns[i];
        const char *source = NULL;
        for (size_t k = 0; k < n_columns && source == NULL; k++) {
            source = find_column(exec, shape, columns[k].name) == wanted ? columns[k].name : NULL;
        }
        str_append(sql, i > 0 ? ", cast(" : "cast(");
        if (source != NULL) {
            sql_ident(sql, source);
        } else {
            str_append(sql, "null");
        }
        str_append_format(sql, " as %s) as ", wanted->sql_type);
        sql_ident(sql, wanted->name);
    }
}

static bool
is_named(const PdcTestRows *rows, const char *name)
{
    return rows->n_columns == 0 || text_is_one_of(name, rows->columns, rows->n_columns);
}

/** Every column of the rows has to be one of the table; of a file only those that are named count.
 */
static int
check_columns(const Exec *exec, const FlowTable *table, const ExecShape *shape,
              StoreColumn *columns, size_t *n_columns, Arena *scratch, Error *reterr)
{
    size_t n = 0;
    for (size_t i = 0; i < *n_columns; i++) {
        if (!is_named(table->given->rows, columns[i].name)) {
            continue;
        }
        if (shape != NULL && find_column(exec, shape, columns[i].name) == NULL) {
            const char *nearest =
                store_nearest_column(shape->columns, shape->n_columns, columns[i].name, scratch);
            error_set(reterr, ERROR_DATA, "%s has no column \"%s\"", table_name(table, scratch),
                      columns[i].name);
            if (nearest != NULL) {
                error_set_hint(reterr, "did you mean \"%s\"?", nearest);
            }
            return -1;
        }
        columns[n++] = columns[i];
    }
    *n_columns = n;
    return 0;
}

/** From the rows as they came to the table. */
static int
fit_rows(Exec *exec, ExecTarget *target, const ExecShape *shape, Arena *scratch, Error *reterr)
{
    StoreColumn *columns;
    size_t n_columns;
    if (store_columns(exec->store, target->schema, ROWS_NAME, scratch, &columns, &n_columns,
                      reterr) != 0 ||
        check_columns(exec, target->table, shape, columns, &n_columns, scratch, reterr) < 0) {
        return -1;
    }
    Str sql = {0};
    ExecShape own = {.columns = columns, .n_columns = n_columns};
    str_append_format(&sql, "%sselect ", create_head(target->schema, target->name, scratch));
    append_list(exec, shape != NULL ? shape : &own, columns, n_columns, &sql);
    str_append(&sql, " from ");
    sql_qualified(&sql, target->schema, ROWS_NAME);
    int status = exec_send(exec, str_text(&sql), &target->rows, reterr);
    str_clear(&sql);
    str_append(&sql, "drop table ");
    sql_qualified(&sql, target->schema, ROWS_NAME);
    if (status == 0) {
        status = exec_send(exec, str_text(&sql), NULL, reterr);
    }
    str_deinit(&sql);
    return status;
}

/* ---- no rows ---- */

static int
create_empty(Exec *exec, const ExecTarget *target, const ExecShape *shape, Error *reterr)
{
    Str sql = {0};
    str_append(&sql, "create table ");
    sql_qualified(&sql, target->schema, target->name);
    for (size_t i = 0; i < shape->n_columns; i++) {
        str_append(&sql, i == 0 ? " (" : ", ");
        sql_ident(&sql, shape->columns[i].name);
        str_append_format(&sql, " %s", shape->columns[i].sql_type);
    }
    str_append(&sql, ")");
    int status = exec_send(exec, str_text(&sql), NULL, reterr);
    str_deinit(&sql);
    return status;
}

static int
empty_csv(Exec *exec, const ExecTarget *target, Arena *scratch, Error *reterr)
{
    CsvOptions options;
    CsvSchema *found = NULL;
    const char *path;
    if (infer(exec, target->table->body, &options, scratch, &path, &found, reterr) < 0) {
        return -1;
    }
    StoreColumn *columns = ARENA_ARRAY(scratch, StoreColumn, found->n_columns + 1);
    for (size_t i = 0; i < found->n_columns; i++) {
        columns[i] =
            (StoreColumn){.name = found->columns[i].name,
                          .sql_type = store_type_name(exec->store, found->columns[i].type)};
    }
    return create_empty(exec, target, &(ExecShape){columns, found->n_columns}, reterr);
}

/** An input that the test doesn't speak of. */
static int
make_empty(Exec *exec, ExecTarget *target, const ExecShape *shape, Arena *scratch, Error *reterr)
{
    const FlowTable *table = target->table;
    const char *head = create_head(target->schema, target->name, scratch);
    int status = -1;
    target->rows = 0;
    if (shape != NULL) {
        return create_empty(exec, target, shape, reterr);
    }
    switch (table->body->kind) {
    case FLOW_BODY_QUERY:
        return exec_send_query(exec, arena_printf(scratch, "%sselect * from (", head),
                               table->body->query, "\n) as \"rows\" limit 0", NULL, scratch,
                               reterr);
    case FLOW_BODY_CSV: status = empty_csv(exec, target, scratch, reterr); break;
    case FLOW_BODY_PARQUET:
        status = rows_of_parquet(exec, table->body, head, " limit 0", scratch, reterr);
        break;
    case FLOW_BODY_EXTERNAL:
    case FLOW_BODY_SCRIPT:
    case FLOW_BODY_COPY: error_set(reterr, ERROR_DATA, "it is made by another system"); break;
    }
    if (status < 0) {
        CLEANUP(error_deinit) Error reason = {0};
        error_move(&reason, reterr);
        error_set(reterr, ERROR_DATA, "%s is read, and its columns aren't known: %s",
                  table_name(table, scratch), reason.message);
        error_set_hint(reterr, "give it: given %s (…) values (…);", table_name(table, scratch));
        error_set_origin(reterr, flow_span(exec->input->sources, table->at));
    }
    return status;
}

int
make_given(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const FlowTable *table = target->table;
    const PdcTestRows *rows = table->given->rows;
    const ExecShape *shape = shape_of(exec, table, scratch);
    target->is_conform = true;
    if (rows == NULL) {
        return make_empty(exec, target, shape, scratch, reterr);
    }
    if (exec_make_rows(exec, rows, table->body, shape, target->schema, ROWS_NAME, scratch, reterr) <
        0) {
        return -1;
    }
    int status = fit_rows(exec, target, shape, scratch, reterr);
    if (status < 0 && reterr->origin.file == NULL) {
        error_set_origin(reterr, flow_span(exec->input->sources, rows->at));
    }
    return status;
}
