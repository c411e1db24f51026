#include "runtime/exec/violation.h"

#include "runtime/base/utf8.h"
#include "runtime/store/sql_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_ROWS = 5, SHOWN_BYTES = 40 };

/* ---- words ---- */

const char *
violation_clause(const FlowConstraint *constraint, Arena *arena)
{
    Str words = {0};
    str_append(&words, flow_clause_word(constraint->kind));
    for (size_t i = 0; i < constraint->n_columns; i++) {
        str_append(&words, i == 0 ? " (" : ", ");
        str_append(&words, constraint->columns[i]);
    }
    str_append(&words, constraint->n_columns > 0 ? ")" : "");
    if (constraint->target != NULL) {
        str_append_format(&words, " references %s.%s", constraint->target->stage->name,
                          constraint->target->name);
    }
    return str_take_in(&words, arena);
}

/* ---- queries ---- */

static void
append_place(const Exec *exec, const FlowTable *table, Str *sql)
{
    const ExecStep *step = &exec->steps[table->index];
    sql_qualified(sql, step->schema, step->table);
}

void
violation_append_columns(const FlowConstraint *constraint, const char *separator, const char *tail,
                         Str *sql)
{
    for (size_t i = 0; i < constraint->n_columns; i++) {
        str_append(sql, i > 0 ? separator : "");
        sql_ident(sql, constraint->columns[i]);
        str_append(sql, tail);
    }
}

static void
append_duplicates(const Exec *exec, const FlowTable *table, const FlowConstraint *constraint,
                  Str *sql)
{
    str_append(sql, "select ");
    violation_append_columns(constraint, ", ", "", sql);
    str_append(sql, ", count(*) as \"rows\" from ");
    append_place(exec, table, sql);
    str_append(sql, " where ");
    violation_append_columns(constraint, " and ", " is not null", sql);
    str_append(sql, " group by ");
    violation_append_columns(constraint, ", ", "", sql);
    str_append(sql, " having count(*) > 1");
}

static void
append_nulls(const Exec *exec, const FlowTable *table, const FlowConstraint *constraint, Str *sql)
{
    str_append(sql, "select * from ");
    append_place(exec, table, sql);
    str_append(sql, " where ");
    violation_append_columns(constraint, " or ", " is null", sql);
}

/** Key columns that are null, and keys that stand more than once. */
static void
append_broken_key(const Exec *exec, const FlowTable *table, const FlowConstraint *constraint,
                  Str *sql)
{
    append_duplicates(exec, table, constraint, sql);
    str_append(sql, " union all select ");
    violation_append_columns(constraint, ", ", "", sql);
    str_append(sql, ", 1 from ");
    append_place(exec, table, sql);
    str_append(sql, " where ");
    violation_append_columns(constraint, " or ", " is null", sql);
}

static void
append_dangling(const Exec *exec, const FlowTable *table, const FlowConstraint *constraint,
                Str *sql)
{
    str_append(sql, "select * from ");
    append_place(exec, table, sql);
    str_append(sql, " as \"a row\" where ");
    violation_append_columns(constraint, " and ", " is not null", sql);
    str_append(sql, " and not exists (select 1 from ");
    append_place(exec, constraint->target, sql);
    str_append(sql, " as \"its target\" where ");
    for (size_t i = 0; i < constraint->n_columns; i++) {
        str_append(sql, i > 0 ? " and \"its target\"." : "\"its target\".");
        sql_ident(sql, constraint->target_columns[i]);
        str_append(sql, " = \"a row\".");
        sql_ident(sql, constraint->columns[i]);
    }
    str_append(sql, ")");
}

static int
append_condition(const Exec *exec, const FlowTable *table, const FlowConstraint *constraint,
                 Arena *arena, Str *sql, Error *reterr)
{
    Rendered rendered;
    if (exec_render(exec, constraint->condition, arena, &rendered, reterr) < 0) {
        return -1;
    }
    str_append(sql, "select * from ");
    append_place(exec, table, sql);
    str_append(sql, " as ");
    sql_ident(sql, table->name);
    str_append(sql, " where not (");
    str_append(sql, rendered.text);
    str_append(sql, "\n)");
    return 0;
}

int
violation_query(const Exec *exec, const FlowTable *table, const FlowConstraint *constraint,
                Arena *arena, const char **ret_query, Error *reterr)
{
    Str sql = {0};
    int status = 0;
    switch (constraint->kind) {
    case PDC_CLAUSE_PRIMARY_KEY: append_broken_key(exec, table, constraint, &sql); break;
    case PDC_CLAUSE_UNIQUE: append_duplicates(exec, table, constraint, &sql); break;
    case PDC_CLAUSE_NOT_NULL: append_nulls(exec, table, constraint, &sql); break;
    case PDC_CLAUSE_FOREIGN_KEY: append_dangling(exec, table, constraint, &sql); break;
    case PDC_CLAUSE_CHECK:
        status = append_condition(exec, table, constraint, arena, &sql, reterr);
        break;
    default: BUG("clause of kind %d is no constraint", (int)constraint->kind);
    }
    *ret_query = str_take_in(&sql, arena);
    return status;
}

/* ---- rows ---- */

static void
append_cell(const char *text, Str *rows)
{
    if (text == NULL) {
        str_append(rows, "NULL");
        return;
    }
    size_t length = strlen(text);
    size_t kept = utf8_clip(text, length, SHOWN_BYTES);
    str_append_n(rows, text, kept);
    str_append(rows, kept < length ? "…" : "");
}

static const char *
rows_in_words(const StoreResult *result, Arena *arena)
{
    Str rows = {0};
    for (size_t row = 0; row < store_result_rows(result); row++) {
        str_append(&rows, row > 0 ? "\n" : "");
        for (size_t column = 0; column < store_result_columns(result); column++) {
            str_append(&rows, column > 0 ? ", " : "");
            str_append(&rows, store_result_name(result, column));
            str_append(&rows, " = ");
            append_cell(store_result_text(result, row, column), &rows);
        }
    }
    return str_take_in(&rows, arena);
}

static int
run_query(const Exec *exec, const char *head, const char *query, const char *tail,
          StoreResult **ret_result, Error *reterr)
{
    Str sql = {0};
    str_append(&sql, head);
    str_append(&sql, query);
    str_append(&sql, tail);
    if (exec->print_sql) {
        run_listener_say(exec->listener, RUN_EVENT_SQL, str_text(&sql));
    }
    int status = exec_check_interrupt(exec, reterr);
    status = status < 0 ? status : store_query(exec->store, str_text(&sql), ret_result, reterr);
    str_deinit(&sql);
    return status;
}

int
violation_count(const Exec *exec, const char *query, Arena *arena, Violations *ret_violations,
                Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *count = NULL;
    CLEANUP(store_result_freep) StoreResult *rows = NULL;
    *ret_violations = (Violations){0};
    if (run_query(exec, VIOLATION_COUNT_HEAD, query, "\n) v", &count, reterr) != 0) {
        return -1;
    }
    ret_violations->count = strtoll(store_result_text(count, 0, 0), NULL, 10);
    if (ret_violations->count == 0) {
        return 0;
    }
    char tail[32];
    snprintf(tail, sizeof tail, "\n) v limit %d", SHOWN_ROWS);
    if (run_query(exec, "select * from (", query, tail, &rows, reterr) != 0) {
        return -1;
    }
    ret_violations->rows = rows_in_words(rows, arena);
    return 0;
}

/* ---- the message ---- */

int
violation_error(const Exec *exec, const FlowTable *table, const FlowConstraint *constraint,
                const Violations *violations, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    bool is_key =
        constraint->kind == PDC_CLAUSE_PRIMARY_KEY || constraint->kind == PDC_CLAUSE_UNIQUE;
    const char *what = is_key ? (violations->count == 1 ? "value breaks" : "values break")
                              : (violations->count == 1 ? "row breaks" : "rows break");
    error_clear(reterr);
    error_set(reterr, ERROR_DATA, "%s.%s: %lld %s `%s`", table->stage->name, table->name,
              (long long)violations->count, what, violation_clause(constraint, scratch));
    if (violations->rows != NULL) {
        error_set_detail(reterr, "%s%s", violations->rows,
                         violations->count > SHOWN_ROWS ? "\n…" : "");
    }
    error_set_origin(reterr, flow_span(exec->input->sources, constraint->at));
    return -1;
}
