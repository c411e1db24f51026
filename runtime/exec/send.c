/* Statements on their way to the engine: told, put into words, and located when they fail. */
#include "runtime/exec/exec.h"
#include "runtime/store/sql_text.h"

#include <string.h>

int
exec_check_interrupt(const Exec *exec, Error *reterr)
{
    if (exec->interrupted != NULL && *exec->interrupted != 0) {
        return error_set(reterr, ERROR_INTERRUPTED, "interrupted");
    }
    return 0;
}

int
exec_send(const Exec *exec, const char *sql, int64_t *ret_rows, Error *reterr)
{
    return exec_send_to(exec, exec->store, sql, ret_rows, reterr);
}

int
exec_send_to(const Exec *exec, Store *store, const char *sql, int64_t *ret_rows, Error *reterr)
{
    int64_t rows = -1;
    if (exec_check_interrupt(exec, reterr) < 0) {
        return -1;
    }
    if (exec->print_sql) {
        run_listener_say(exec->listener, RUN_EVENT_SQL, sql);
    }
    return store_exec_rows(store, sql, ret_rows != NULL ? ret_rows : &rows, reterr);
}

/* ---- names of the moment ---- */

void
exec_append_place(const Exec *exec, const FlowTable *table, Str *sql)
{
    const ExecStep *step = &exec->steps[table->index];
    if (step->table == NULL) {
        BUG("%s.%s is read before it is there", table->stage->name, table->name);
    }
    sql_qualified(sql, step->schema, step->table);
}

static void
append_place(void *user, const FlowTable *table, Str *sql)
{
    exec_append_place(user, table, sql);
}

int
exec_columns(void *user, const FlowTable *table, Arena *arena, FlowColumn **ret_columns,
             size_t *ret_n, Error *reterr)
{
    const Exec *exec = user;
    const ExecStep *step = &exec->steps[table->index];
    StoreColumn *columns = NULL;
    if (store_columns(exec->store, step->schema, step->table, arena, &columns, ret_n, reterr) !=
        0) {
        return -1;
    }
    *ret_columns = ARENA_ARRAY(arena, FlowColumn, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++) {
        (*ret_columns)[i] = (FlowColumn){.name = columns[i].name, .type = columns[i].sql_type};
    }
    return 0;
}

int
exec_render(const Exec *exec, const FlowQuery *query, Arena *arena, Rendered *ret_rendered,
            Error *reterr)
{
    RenderContext context = {.flow = exec->plan->flow,
                             .environment = exec->environment,
                             .sources = exec->input->sources,
                             .append_table = append_place,
                             .columns = exec_columns,
                             .user = (void *)(uintptr_t)exec};
    return flow_query_render(query, &context, arena, ret_rendered, reterr);
}

int
exec_send_query(const Exec *exec, const char *head, const FlowQuery *query, const char *tail,
                int64_t *ret_rows, Arena *arena, Error *reterr)
{
    Rendered rendered;
    if (exec_render(exec, query, arena, &rendered, reterr) < 0) {
        return -1;
    }
    if (exec->print_materialize && !exec->print_sql) {
        run_listener_say(exec->listener, RUN_EVENT_SQL, rendered.text);
    }
    const char *sql = arena_printf(arena, "%s%s%s", head, rendered.text, tail);
    int status = exec_send(exec, sql, ret_rows, reterr);
    if (status < 0) {
        rendered_locate(&rendered, sql, strlen(head), exec->input->sources, reterr);
    }
    return status;
}

static void
append_plain_name(void *user, const FlowTable *table, Str *sql)
{
    (void)user;
    str_append_format(sql, "%s.%s", table->stage->name, table->name);
}

static void
append_output_name(void *user, const char *output, Str *sql)
{
    (void)user;
    str_append_format(sql, "${out.%s}", output);
}

const char *
exec_query_text(const Flow *flow, const Environment *environment, FlowSources *sources,
                const FlowQuery *query,
                int (*columns)(void *user, const FlowTable *table, Arena *arena,
                               FlowColumn **ret_columns, size_t *ret_n, Error *reterr),
                void *user, Arena *arena)
{
    RenderContext context = {.flow = flow,
                             .environment = environment,
                             .sources = sources,
                             .append_table = append_plain_name,
                             .append_output = append_output_name,
                             .columns = columns,
                             .user = user};
    Error ignored = {0};
    Rendered rendered = {0};
    bool failed = flow_query_render(query, &context, arena, &rendered, &ignored) < 0;
    error_deinit(&ignored);
    return failed ? NULL : rendered.text;
}
