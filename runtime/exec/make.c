/* How rows are made, for each kind of body. */
#include "runtime/exec/conform.h"
#include "runtime/exec/csv/csv.h"
#include "runtime/exec/exec_priv.h"
#include "runtime/store/sql_text.h"

void
exec_append_create_empty(const Exec *exec, const ExecTarget *target, Str *sql)
{
    bool unlogged = exec->input->options.can_unlogged &&
                    (target->table->unlogged || exec->input->options.default_unlogged);
    str_append(sql, target->table->kind == PDC_VIEW ? "create view "
                    : unlogged                      ? "create unlogged table "
                                                    : "create table ");
    sql_qualified(sql, target->schema, target->name);
}

void
exec_append_create(const Exec *exec, const ExecTarget *target, Str *sql)
{
    exec_append_create_empty(exec, target, sql);
    str_append(sql, " as ");
}

static const char *
create_head(const Exec *exec, const ExecTarget *target, Arena *scratch)
{
    Str head = {0};
    exec_append_create(exec, target, &head);
    return str_take_in(&head, scratch);
}

int
exec_drop_target(const Exec *exec, const ExecTarget *target, Error *reterr)
{
    Str sql = {0};
    str_append(&sql, target->table->kind == PDC_VIEW ? "drop view " : "drop table ");
    sql_qualified(&sql, target->schema, target->name);
    int status = exec_send(exec, str_text(&sql), NULL, reterr);
    str_deinit(&sql);
    return status;
}

/** A table of a contract gets its columns cast as its rows are made. */
static bool
is_cast(const ExecTarget *target)
{
    return target->table->contract != NULL && target->table->kind == PDC_TABLE;
}

/** Sets what to select from rows that have these columns: `*` if they are as promised. */
static int
choose_list(Exec *exec, ExecTarget *target, const StoreColumn *columns, size_t n_columns,
            const char **ret_list, Arena *scratch, Error *reterr)
{
    Conformed conformed;
    if (conform_columns(exec, target, columns, n_columns, scratch, &conformed, reterr) < 0) {
        return -1;
    }
    target->is_conform = true;
    target->problems = conformed.problems;
    *ret_list = conformed.list != NULL ? conformed.list : "*";
    return 0;
}

/** The table is made of no rows first: that tells its columns. */
static int
make_cast_query(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const FlowQuery *query = target->table->body->query;
    const char *head = create_head(exec, target, scratch);
    const char *list = NULL;
    StoreColumn *columns = NULL;
    size_t n_columns = 0;
    if (exec_send_query(exec, arena_printf(scratch, "%sselect * from (", head), query,
                        "\n) as \"a row\" limit 0", NULL, scratch, reterr) < 0 ||
        store_columns(exec->store, target->schema, target->name, scratch, &columns, &n_columns,
                      reterr) != 0 ||
        exec_drop_target(exec, target, reterr) < 0 ||
        choose_list(exec, target, columns, n_columns, &list, scratch, reterr) < 0) {
        return -1;
    }
    bool is_plain = text_equal(list, "*");
    return exec_send_query(
        exec, is_plain ? head : arena_printf(scratch, "%sselect %s from (", head, list), query,
        is_plain ? "" : "\n) as \"a row\"", &target->rows, scratch, reterr);
}

static int
make_query(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    if (is_cast(target)) {
        return make_cast_query(exec, target, scratch, reterr);
    }
    int status = exec_send_query(exec, create_head(exec, target, scratch),
                                 target->table->body->query, "", &target->rows, scratch, reterr);
    if (target->table->kind == PDC_VIEW) {
        target->rows = -1;
    }
    return status;
}

/** `create table … as select * from` something. */
static int
make_select_from(Exec *exec, ExecTarget *target, const char *schema, const char *table,
                 Arena *scratch, Error *reterr)
{
    Str sql = {0};
    StoreColumn *columns = NULL;
    size_t n_columns = 0;
    const char *list = "*";
    if (is_cast(target) &&
        (store_columns(exec->store, schema, table, scratch, &columns, &n_columns, reterr) != 0 ||
         choose_list(exec, target, columns, n_columns, &list, scratch, reterr) < 0)) {
        return -1;
    }
    exec_append_create(exec, target, &sql);
    str_append_format(&sql, "select %s from ", list);
    sql_qualified(&sql, schema, table);
    int status = exec_send(exec, str_text(&sql), &target->rows, reterr);
    str_deinit(&sql);
    return status;
}

static int
make_external(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const FlowBody *body = target->table->body;
    int status = make_select_from(exec, target, body->schema, body->table, scratch, reterr);
    if (target->table->kind == PDC_VIEW) {
        target->rows = -1;
    }
    if (status < 0 && text_equal(reterr->sqlstate, "42P01")) {
        error_set_hint(reterr, "external('%s', '%s') names a table of the instance's own database",
                       body->schema, body->table);
    }
    return status;
}

/* ---- files ---- */

int
set_csv_options(const FlowBody *body, FlowSources *sources, CsvOptions *options, Error *reterr)
{
    csv_options_init(options);
    for (size_t i = 0; i < body->n_options; i++) {
        const FlowOption *option = &body->options[i];
        if (csv_options_set(options, option->name, option->text, reterr) < 0) {
            error_set_origin(reterr, flow_span(sources, option->at));
            return -1;
        }
    }
    return 0;
}

/** Of which columns a null breaks a promise that has consequences. */
static bool
is_nullable(const FlowTable *table, const char *column)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *constraint = &table->constraints[i];
        bool forbids =
            constraint->kind == PDC_CLAUSE_NOT_NULL || constraint->kind == PDC_CLAUSE_PRIMARY_KEY;
        for (size_t k = 0; forbids && k < constraint->n_columns; k++) {
            if (text_equal(constraint->columns[k], column)) {
                return false;
            }
        }
    }
    return true;
}

static void
note_dropped(const Exec *exec, const FlowTable *table, const CsvFit *fit)
{
    Str note = {0};
    if (fit->n_dropped == 0) {
        return;
    }
    str_append_format(&note, "%s.%s: column%s ", table->stage->name, table->name,
                      fit->n_dropped == 1 ? "" : "s");
    for (size_t i = 0; i < fit->n_dropped; i++) {
        str_append_format(&note, "%s\"%s\"", i > 0 ? ", " : "", fit->dropped[i]);
    }
    str_append_format(&note, " of the file dropped: contract `%s` knows nothing of %s",
                      table->contract->name, fit->n_dropped == 1 ? "it" : "them");
    run_listener_say(exec->listener, RUN_EVENT_NOTE, str_text(&note));
    str_deinit(&note);
}

/** By name, with the types of the contract. */
static int
make_promised_csv(Exec *exec, ExecTarget *target, const char *path, const CsvOptions *options,
                  Arena *scratch, Error *reterr)
{
    const FlowTable *table = target->table;
    const PdcContract *contract = table->contract;
    CsvPromise *promises = ARENA_ARRAY(scratch, CsvPromise, contract->n_columns + 1);
    CsvFit *fit = NULL;
    for (size_t i = 0; i < contract->n_columns; i++) {
        const PdcPromise *column = &contract->columns[i];
        promises[i] = (CsvPromise){.name = column->name,
                                   .type = column->type,
                                   .nullable = is_nullable(table, column->name),
                                   .secret = column->pii};
    }
    if (csv_fit(path, options, promises, contract->n_columns, scratch, &fit, reterr) < 0) {
        return -1;
    }
    note_dropped(exec, table, fit);
    target->is_conform = true;
    target->problems = fit->n_misfits > 0 ? conform_problems_name(contract) : NULL;
    return csv_load_fitted(path, options, fit, target->problems, exec->store, target->schema,
                           target->name, &target->rows, reterr);
}

static int
make_csv(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const FlowBody *body = target->table->body;
    const char *path =
        exec_data_path(exec->input, exec->data_directory, body->file, body->path, scratch);
    CsvOptions options;
    CsvSchema *schema = NULL;
    if (set_csv_options(body, exec->input->sources, &options, reterr) < 0) {
        return -1;
    }
    if (target->table->contract != NULL) {
        return make_promised_csv(exec, target, path, &options, scratch, reterr);
    }
    if (csv_infer(path, &options, scratch, &schema, reterr) < 0) {
        return -1;
    }
    return csv_load(path, &options, schema, exec->store, target->schema, target->name,
                    &target->rows, reterr);
}

static int
make_parquet(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const FlowBody *body = target->table->body;
    const char *path =
        exec_data_path(exec->input, exec->data_directory, body->file, body->path, scratch);
    if (!store_can(exec->store, STORE_READ_PARQUET)) {
        error_set(reterr, ERROR_UNSUPPORTED, "parquet(…) can't be read into %s yet",
                  store_place(exec->store));
        error_set_hint(reterr, "it can on DuckDB; here csv(…) works");
        return -1;
    }
    Str sql = {0};
    exec_append_create(exec, target, &sql);
    str_append(&sql, "select * from read_parquet(");
    sql_literal(&sql, path);
    str_append(&sql, ")");
    int status = exec_send(exec, str_text(&sql), &target->rows, reterr);
    str_deinit(&sql);
    return status;
}

/* ---- rows that are there already ---- */

int
make_from_published(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const MetaTable *published = exec->plan->steps[target->table->index].published;
    return make_select_from(exec, target, published->schema, published->table, scratch, reterr);
}

int
make_from_twin(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const FlowTable *twin = exec->steps[target->table->index].decision.twin;
    const ExecStep *step = &exec->steps[twin->index];
    return make_select_from(exec, target, step->schema, step->table, scratch, reterr);
}

ExecKind
exec_kind_of(FlowBodyKind kind)
{
    static const ExecKind kinds[FLOW_BODY_COPY + 1] = {
#define TASK(body, make) [FLOW_BODY_##body] = make,
#include "runtime/exec/tasks.def"
#undef TASK
    };
    return kinds[kind];
}
