/* Scripts: statements that make several tables in one transaction. */
#include "runtime/exec/exec_priv.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>
#include <string.h>

/** What `${out.NAME}` means while the script runs. */
typedef struct Outputs Outputs;
struct Outputs {
    Exec *exec;
    ExecTarget *const *targets;
    size_t n;
};

static void
append_table(void *user, const FlowTable *table, Str *sql)
{
    const Outputs *outputs = user;
    exec_append_place(outputs->exec, table, sql);
}

static void
append_output(void *user, const char *name, Str *sql)
{
    const Outputs *outputs = user;
    for (size_t i = 0; i < outputs->n; i++) {
        const ExecTarget *target = outputs->targets[i];
        if (text_equal(target->table->output, name)) {
            sql_qualified(sql, target->schema, target->name);
            return;
        }
    }
    BUG("output %s has no table", name);
}

static int
columns_of(void *user, const FlowTable *table, Arena *arena, FlowColumn **ret_columns,
           size_t *ret_n, Error *reterr)
{
    const Outputs *outputs = user;
    return exec_columns(outputs->exec, table, arena, ret_columns, ret_n, reterr);
}

/** One statement after the other, so that a run can be stopped between them and a fault finds its
 * place. */
static int
send_statements(const Exec *exec, const Rendered *rendered, Arena *scratch, Error *reterr)
{
    for (size_t start = 0; start < rendered->length;) {
        size_t end = rendered_statement_end(rendered, start);
        const char *statement = arena_strndup(scratch, rendered->text + start, end - start);
        if (strspn(statement, " \t\r\n") == end - start) { /* an `${if}` that came to nothing */
            start = end + strlen(PDC_SCRIPT_SEPARATOR);
            continue;
        }
        if (exec->print_materialize && !exec->print_sql) {
            run_listener_say(exec->listener, RUN_EVENT_SQL, statement);
        }
        if (exec_send(exec, statement, NULL, reterr) < 0) {
            rendered_locate_statement(rendered, start, exec->input->sources, reterr);
            return -1;
        }
        start = end + strlen(PDC_SCRIPT_SEPARATOR);
    }
    return 0;
}

/** The name of a table without its schema and its quotes, which engines set where they are needed.
 */
static const char *
bare_name(const char *quoted, Arena *arena)
{
    Str name = {0};
    const char *dot = strchr(quoted, '.');
    for (const char *c = dot != NULL ? dot + 1 : quoted; *c != '\0'; c++) {
        if (*c != '"') {
            str_append_char(&name, *c);
        }
    }
    return str_take_in(&name, arena);
}

/** The temporary tables that there are; where all tables of a test are some, those before it. */
static int
list_temporary_tables(const Exec *exec, Arena *scratch, Map *names, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    if (!exec->is_scratch) {
        return 0;
    }
    if (store_query(exec->store, store_temporary_sql(exec->store, scratch), &result, reterr) != 0) {
        return -1;
    }
    for (size_t i = 0; i < store_result_rows(result); i++) {
        map_set(names, bare_name(store_result_text(result, i, 0), scratch), names);
    }
    return 0;
}

static void
list_outputs(const Outputs *outputs, Map *names)
{
    for (size_t i = 0; i < outputs->n; i++) {
        map_set(names, outputs->targets[i]->name, names);
    }
}

/** Temporary tables belong to the connection, on which another script may want the same names.
 * @param kept  those that are none of the script's */
static int
drop_temporary_tables(const Exec *exec, Arena *scratch, const Map *kept, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    if (store_query(exec->store, store_temporary_sql(exec->store, scratch), &result, reterr) != 0) {
        return -1;
    }
    for (size_t i = 0; i < store_result_rows(result); i++) {
        if (map_get(kept, bare_name(store_result_text(result, i, 0), scratch)) != NULL) {
            continue;
        }
        Str sql = {0};
        str_append(&sql, "drop table ");
        str_append(&sql, store_result_text(result, i, 0));
        int status = exec_send(exec, str_text(&sql), NULL, reterr);
        str_deinit(&sql);
        if (status < 0) {
            return -1;
        }
    }
    return 0;
}

static int
fail_missing(const ExecTarget *target, Error *reterr)
{
    error_deinit(reterr);
    error_set(reterr, ERROR_DATA, "the script did not create its output `%s`",
              target->table->output);
    error_set_hint(reterr, "create table ${out.%s} as select …;", target->table->output);
    return -1;
}

static int
count_rows(const Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    StoreColumn *columns = NULL;
    size_t n_columns = 0;
    if (store_columns(exec->store, target->schema, target->name, scratch, &columns, &n_columns,
                      reterr) != 0) {
        bool missing = text_equal(reterr->sqlstate, "42P01");
        return missing ? fail_missing(target, reterr) : -1;
    }
    Str sql = {0};
    str_append(&sql, "select count(*) from ");
    sql_qualified(&sql, target->schema, target->name);
    int status = store_query(exec->store, str_text(&sql), &result, reterr);
    str_deinit(&sql);
    if (status == 0) {
        target->rows = strtoll(store_result_text(result, 0, 0), NULL, 10);
    }
    return status;
}

int
exec_run_script(Exec *exec, ExecTarget *const *targets, size_t n, Arena *scratch, Error *reterr)
{
    Outputs outputs = {.exec = exec, .targets = targets, .n = n};
    RenderContext context = {.flow = exec->plan->flow,
                             .environment = exec->environment,
                             .sources = exec->input->sources,
                             .append_table = append_table,
                             .append_output = append_output,
                             .columns = columns_of,
                             .user = &outputs};
    Rendered rendered;
    Map *kept = map_new(scratch);
    list_outputs(&outputs, kept);
    if (list_temporary_tables(exec, scratch, kept, reterr) < 0 ||
        flow_query_render(targets[0]->table->body->query, &context, scratch, &rendered, reterr) <
            0 ||
        send_statements(exec, &rendered, scratch, reterr) < 0 ||
        drop_temporary_tables(exec, scratch, kept, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        if (count_rows(exec, targets[i], scratch, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}
