/* How rows are made, for each kind of body. */
#include "runtime/exec/csv/csv.h"
#include "runtime/exec/exec_priv.h"
#include "runtime/store/sql_text.h"

void
exec_append_create(const Exec *exec, const ExecTarget *target, Str *sql)
{
    bool unlogged = exec->input->options.can_unlogged &&
                    (target->table->unlogged || exec->input->options.default_unlogged);
    str_append(sql, target->table->kind == PDC_VIEW ? "create view "
                    : unlogged                      ? "create unlogged table "
                                                    : "create table ");
    sql_qualified(sql, target->schema, target->name);
    str_append(sql, " as ");
}

static const char *
create_head(const Exec *exec, const ExecTarget *target, Arena *scratch)
{
    Str head = {0};
    exec_append_create(exec, target, &head);
    return str_take_in(&head, scratch);
}

static int
make_query(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
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
                 Error *reterr)
{
    Str sql = {0};
    exec_append_create(exec, target, &sql);
    str_append(&sql, "select * from ");
    sql_qualified(&sql, schema, table);
    int status = exec_send(exec, str_text(&sql), &target->rows, reterr);
    str_deinit(&sql);
    return status;
}

static int
make_external(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const FlowBody *body = target->table->body;
    (void)scratch;
    int status = make_select_from(exec, target, body->schema, body->table, reterr);
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

static int
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

static int
make_csv(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const FlowBody *body = target->table->body;
    const char *path =
        exec_data_path(exec->input, exec->data_directory, body->file, body->path, scratch);
    CsvOptions options;
    CsvSchema *schema = NULL;
    if (set_csv_options(body, exec->input->sources, &options, reterr) < 0 ||
        csv_infer(path, &options, scratch, &schema, reterr) < 0) {
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
    (void)scratch;
    return make_select_from(exec, target, published->schema, published->table, reterr);
}

int
make_from_twin(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const FlowTable *twin = exec->steps[target->table->index].decision.twin;
    const ExecStep *step = &exec->steps[twin->index];
    (void)scratch;
    return make_select_from(exec, target, step->schema, step->table, reterr);
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
