#include "runtime/exec/promise.h"

#include "runtime/exec/conform.h"
#include "runtime/exec/violation.h"
#include "runtime/key/key.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>

typedef struct Scan Scan;
struct Scan {
    const Exec *exec;
    ExecTarget *target;
    const FlowTable *table;
    const char *place;        /* the table's name in SQL */
    const char *rejected;     /* that of the table of broken rows */
    const char *stage_schema; /* where that stands */
    const char **conditions;  /* per clause: rows that break it; NULL: it is not scanned */
    int64_t *counts;          /* per clause: how many; -1: not scanned */
    int64_t n_problems;       /* rows with a value that did not fit */
    Arena *scratch;
    Error *reterr;
};

/* ---- conditions ---- */

/** A value that did not fit is NULL now, but that is not what is wrong with it. */
static void
append_null(const Scan *scan, const FlowConstraint *constraint, Str *sql)
{
    str_append_char(sql, '(');
    violation_append_columns(constraint, " or ", " is null", sql);
    str_append_char(sql, ')');
    if (scan->target->problems != NULL) {
        str_append(sql, " and ");
        sql_ident(sql, scan->target->problems);
        str_append(sql, " is null");
    }
}

/** Rows whose key stands more than once. */
static void
append_repeated(const Scan *scan, const FlowConstraint *constraint, Str *sql)
{
    str_append_char(sql, '(');
    violation_append_columns(constraint, ", ", "", sql);
    str_append(sql, ") in (select ");
    violation_append_columns(constraint, ", ", "", sql);
    str_append_format(sql, " from %s where ", scan->place);
    violation_append_columns(constraint, " and ", " is not null", sql);
    str_append(sql, " group by ");
    violation_append_columns(constraint, ", ", "", sql);
    str_append(sql, " having count(*) > 1)");
}

static int
append_condition(const Scan *scan, const FlowConstraint *constraint, Str *sql)
{
    Rendered rendered;
    switch (constraint->kind) {
    case PDC_CLAUSE_NOT_NULL: append_null(scan, constraint, sql); return 0;
    case PDC_CLAUSE_UNIQUE: append_repeated(scan, constraint, sql); return 0;
    case PDC_CLAUSE_PRIMARY_KEY:
        append_null(scan, constraint, sql);
        str_append(sql, " or ");
        append_repeated(scan, constraint, sql);
        return 0;
    case PDC_CLAUSE_CHECK:
        if (exec_render(scan->exec, constraint->condition, scan->scratch, &rendered, scan->reterr) <
            0) {
            return -1;
        }
        str_append_format(sql, "not (%s\n)", rendered.text);
        return 0;
    default: BUG("clause of kind %d is not scanned", (int)constraint->kind);
    }
}

static int
make_conditions(Scan *scan)
{
    size_t n = scan->table->n_constraints;
    scan->conditions = ARENA_ARRAY(scan->scratch, const char *, n + 1);
    scan->counts = ARENA_ARRAY(scan->exec->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        const FlowConstraint *constraint = &scan->table->constraints[i];
        scan->counts[i] = -1;
        if (!flow_constraint_is_scanned(scan->table, constraint)) {
            continue;
        }
        Str sql = {0};
        int status = append_condition(scan, constraint, &sql);
        scan->conditions[i] = str_take_in(&sql, scan->scratch);
        if (status < 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- the scan ---- */

static bool
is_key(const FlowConstraint *constraint)
{
    return constraint->kind == PDC_CLAUSE_PRIMARY_KEY || constraint->kind == PDC_CLAUSE_UNIQUE;
}

/** For a key: how many rows it has too many, and rows without it. */
static void
append_key_count(const FlowConstraint *constraint, Str *sql)
{
    str_append(sql, "count(*) filter (where ");
    violation_append_columns(constraint, " and ", " is not null", sql);
    str_append(sql, constraint->n_columns > 1 ? ") - count(distinct (" : ") - count(distinct ");
    violation_append_columns(constraint, ", ", "", sql);
    str_append(sql, constraint->n_columns > 1 ? ")) filter (where " : ") filter (where ");
    violation_append_columns(constraint, " and ", " is not null", sql);
    str_append_char(sql, ')');
}

static void
append_count(const Scan *scan, size_t i, Str *sql)
{
    const FlowConstraint *constraint = &scan->table->constraints[i];
    str_append(sql, ", ");
    if (!is_key(constraint)) {
        str_append_format(sql, "count(*) filter (where %s)", scan->conditions[i]);
        return;
    }
    append_key_count(constraint, sql);
    if (constraint->kind == PDC_CLAUSE_PRIMARY_KEY) {
        str_append(sql, " + count(*) filter (where ");
        append_null(scan, constraint, sql);
        str_append_char(sql, ')');
    }
}

static int
query(const Scan *scan, const char *sql, StoreResult **ret_result)
{
    if (scan->exec->print_sql) {
        run_listener_say(scan->exec->listener, RUN_EVENT_SQL, sql);
    }
    int status = exec_check_interrupt(scan->exec, scan->reterr);
    return status < 0 ? status : store_query(scan->exec->store, sql, ret_result, scan->reterr);
}

static int64_t
number_at(const StoreResult *result, size_t column)
{
    const char *text = store_result_text(result, 0, column);
    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

static void
append_from(const Scan *scan, Str *sql)
{
    str_append_format(sql, " from %s as ", scan->place);
    sql_ident(sql, scan->table->name);
}

/** An error in a clause's condition gets the place of the clause: the first whose condition alone
 * fails can't be told from here, so that of the first check. */
static int
fail_scan(const Scan *scan)
{
    for (size_t i = 0; i < scan->table->n_constraints && scan->reterr->origin.file == NULL; i++) {
        const FlowConstraint *constraint = &scan->table->constraints[i];
        if (scan->conditions[i] != NULL && constraint->kind == PDC_CLAUSE_CHECK) {
            error_set_origin(scan->reterr, flow_span(scan->exec->input->sources, constraint->at));
        }
    }
    return -1;
}

static int
count_all(Scan *scan)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    str_append(&sql, "select count(*), ");
    if (scan->target->problems != NULL) {
        str_append(&sql, "count(");
        sql_ident(&sql, scan->target->problems);
        str_append_char(&sql, ')');
    } else {
        str_append_char(&sql, '0');
    }
    for (size_t i = 0; i < scan->table->n_constraints; i++) {
        if (scan->conditions[i] != NULL) {
            append_count(scan, i, &sql);
        }
    }
    append_from(scan, &sql);
    int status = query(scan, str_text(&sql), &result);
    str_deinit(&sql);
    if (status != 0) {
        return fail_scan(scan);
    }
    size_t column = 2;
    scan->target->rows = number_at(result, 0);
    scan->n_problems = number_at(result, 1);
    for (size_t i = 0; i < scan->table->n_constraints; i++) {
        if (scan->conditions[i] != NULL) {
            scan->counts[i] = number_at(result, column++);
        }
    }
    return 0;
}

static bool
is_broken(const Scan *scan)
{
    bool broken = scan->n_problems > 0;
    for (size_t i = 0; i < scan->table->n_constraints; i++) {
        broken = broken || scan->counts[i] > 0;
    }
    return broken;
}

/* ---- the broken rows ---- */

/** Any of what is broken; what is not needs no second look. */
static const char *
any_condition(const Scan *scan)
{
    Str sql = {0};
    if (scan->n_problems > 0) {
        sql_ident(&sql, scan->target->problems);
        str_append(&sql, " is not null");
    }
    for (size_t i = 0; i < scan->table->n_constraints; i++) {
        if (scan->counts[i] > 0) {
            str_append_format(&sql, "%s(%s)", sql.length > 0 ? " or " : "", scan->conditions[i]);
        }
    }
    return str_take_in(&sql, scan->scratch);
}

/** The columns without that of the problems. */
static int
list_columns(const Scan *scan, StoreColumn **ret_columns, size_t *ret_n)
{
    StoreColumn *columns = NULL;
    size_t n = 0;
    if (store_columns(scan->exec->store, scan->target->schema, scan->target->name, scan->scratch,
                      &columns, &n, scan->reterr) != 0) {
        return -1;
    }
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        if (!text_equal(columns[i].name, scan->target->problems)) {
            columns[(*ret_n)++] = columns[i];
        }
    }
    *ret_columns = columns;
    return 0;
}

static const char *
column_list(const StoreColumn *columns, size_t n, Arena *scratch)
{
    Str list = {0};
    for (size_t i = 0; i < n; i++) {
        str_append(&list, i > 0 ? ", " : "");
        sql_ident(&list, columns[i].name);
    }
    return str_take_in(&list, scratch);
}

/** What a row broke, in words. */
static void
append_reasons(const Scan *scan, Str *sql)
{
    str_append(sql, ", concat_ws('; '");
    if (scan->n_problems > 0) {
        str_append(sql, ", ");
        sql_ident(sql, scan->target->problems);
    }
    for (size_t i = 0; i < scan->table->n_constraints; i++) {
        if (scan->counts[i] > 0) {
            str_append_format(sql, ", case when %s then ", scan->conditions[i]);
            sql_literal(sql, violation_clause(&scan->table->constraints[i], scan->scratch));
            str_append(sql, " end");
        }
    }
    str_append(sql, ") as ");
    sql_ident(sql, conform_problems_name(scan->table->contract));
}

static bool
is_there(const Scan *scan)
{
    return meta_object(scan->exec->input->snapshot, scan->stage_schema,
                       flow_rejected_name(scan->table, scan->scratch)) != NULL;
}

static int
require_schema(const Scan *scan)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    str_append(&sql, "select 1 from information_schema.schemata where schema_name = ");
    sql_literal(&sql, scan->stage_schema);
    int status = query(scan, str_text(&sql), &result);
    if (status == 0 && store_result_rows(result) == 0) {
        str_clear(&sql);
        str_append(&sql, "create schema ");
        sql_ident(&sql, scan->stage_schema);
        status = exec_send(scan->exec, str_text(&sql), NULL, scan->reterr);
    }
    str_deinit(&sql);
    return status;
}

static int
drop_rejected(const Scan *scan)
{
    if (!is_there(scan)) {
        return 0;
    }
    const char *sql = arena_printf(scan->scratch, "drop table if exists %s", scan->rejected);
    return exec_send(scan->exec, sql, NULL, scan->reterr);
}

static int
keep_rejected(const Scan *scan, const char *columns, const char *any)
{
    if (require_schema(scan) < 0 || drop_rejected(scan) < 0) {
        return -1;
    }
    Str sql = {0};
    str_append_format(&sql, "create table %s as select %s", scan->rejected, columns);
    append_reasons(scan, &sql);
    append_from(scan, &sql);
    str_append_format(&sql, " where %s", any);
    int status = exec_send(scan->exec, str_text(&sql), NULL, scan->reterr);
    str_deinit(&sql);
    return status;
}

/* ---- in words ---- */

/** The rows as they may be shown. */
static const char *
shown_query(const Scan *scan, const StoreColumn *columns, size_t n)
{
    Str sql = {0};
    str_append(&sql, "select ");
    for (size_t i = 0; i < n; i++) {
        if (flow_is_pii(scan->table->contract, columns[i].name)) {
            str_append(&sql, "case when ");
            sql_ident(&sql, columns[i].name);
            str_append(&sql, " is not null then '…' end as ");
        }
        sql_ident(&sql, columns[i].name);
        str_append(&sql, ", ");
    }
    sql_ident(&sql, conform_problems_name(scan->table->contract));
    str_append_format(&sql, " from %s", scan->rejected);
    return str_take_in(&sql, scan->scratch);
}

static const char *
broken_clauses(const Scan *scan)
{
    Str words = {0};
    if (scan->n_problems > 0) {
        str_append(&words, "types");
    }
    for (size_t i = 0; i < scan->table->n_constraints; i++) {
        if (scan->counts[i] > 0) {
            str_append_format(&words, "%s%s", words.length > 0 ? ", " : "",
                              violation_clause(&scan->table->constraints[i], scan->scratch));
        }
    }
    return str_take_in(&words, scan->scratch);
}

static const char *
message(const Scan *scan, int64_t count)
{
    static const char *const ends[] = {
        [FLOW_VIOLATION_FAIL] = "",
        [FLOW_VIOLATION_WARN] = "; they stay",
        [FLOW_VIOLATION_REJECT] = "; they were rejected",
    };
    const FlowTable *table = scan->table;
    const char *whose = table->contract != NULL
                            ? arena_printf(scan->scratch, "contract `%s`", table->contract->name)
                            : "its clauses";
    return arena_printf(scan->exec->arena, "%s.%s: %lld of %lld row%s %s %s (%s)%s",
                        table->stage->name, table->name, (long long)count,
                        (long long)scan->target->rows, scan->target->rows == 1 ? "" : "s",
                        count == 1 ? "breaks" : "break", whose, broken_clauses(scan),
                        ends[table->violation]);
}

static int
tell(const Scan *scan, const StoreColumn *columns, size_t n, ExecBroken *ret_broken)
{
    Violations violations;
    const char *shown = shown_query(scan, columns, n);
    if (violation_count(scan->exec, shown, scan->exec->arena, &violations, scan->reterr) < 0) {
        return -1;
    }
    *ret_broken = (ExecBroken){
        .count = violations.count,
        .rows = violations.rows,
        .message = message(scan, violations.count),
        .hint = arena_printf(scan->exec->arena, "all of them are in %s.%s", scan->stage_schema,
                             flow_rejected_name(scan->table, scan->scratch))};
    return 0;
}

/* ---- what follows ---- */

static int
send(const Scan *scan, const char *sql)
{
    return exec_send(scan->exec, sql, NULL, scan->reterr);
}

static int
drop_problems(const Scan *scan)
{
    if (scan->target->problems == NULL) {
        return 0;
    }
    Str sql = {0};
    str_append_format(&sql, "alter table %s drop column ", scan->place);
    sql_ident(&sql, scan->target->problems);
    int status = send(scan, str_text(&sql));
    str_deinit(&sql);
    return status;
}

/** Makes the table anew from the rows that are right: not all engines can add keys to a table of
 * which rows were deleted in the same transaction. */
static int
keep_right_rows(const Scan *scan, const char *columns, const char *any)
{
    const Exec *exec = scan->exec;
    size_t limit = store_identifier_limit(exec->store);
    ExecTarget right = *scan->target;
    right.name = key_object_name(scan->target->physical, "right", limit, scan->scratch);
    Str sql = {0};
    exec_append_create(exec, &right, &sql);
    str_append_format(&sql, "select %s", columns);
    append_from(scan, &sql);
    str_append_format(&sql, " where (%s) is not true", any);
    int status = send(scan, str_text(&sql));
    str_clear(&sql);
    str_append_format(&sql, "drop table %s;\nalter table ", scan->place);
    sql_qualified(&sql, right.schema, right.name);
    str_append(&sql, " rename to ");
    sql_ident(&sql, scan->target->name);
    status = status == 0 ? send(scan, str_text(&sql)) : status;
    str_deinit(&sql);
    return status;
}

static PdcSpan
place_of(const Scan *scan)
{
    const FlowConstraint *only = NULL;
    size_t n_broken = scan->n_problems > 0 ? 1 : 0;
    for (size_t i = 0; i < scan->table->n_constraints; i++) {
        if (scan->counts[i] > 0) {
            only = &scan->table->constraints[i];
            n_broken++;
        }
    }
    return only != NULL && n_broken == 1 ? only->at : scan->table->at;
}

static int
fail(const Scan *scan, const ExecBroken *broken)
{
    if (send(scan, arena_printf(scan->scratch, "drop table %s", scan->place)) < 0) {
        return -1;
    }
    error_clear(scan->reterr);
    error_set(scan->reterr, ERROR_DATA, "%s", broken->message);
    error_set_detail(scan->reterr, "%s", broken->rows != NULL ? broken->rows : "");
    error_set_hint(scan->reterr, "%s", broken->hint);
    error_set_origin(scan->reterr, flow_span(scan->exec->input->sources, place_of(scan)));
    return PROMISE_BROKEN;
}

/** The rows of keys that stand twice are counted in the table of broken rows alone, so what verify
 * remembers of them is at least one. */
static int
act(Scan *scan, ExecBroken *broken)
{
    StoreColumn *columns = NULL;
    size_t n = 0;
    const char *any = any_condition(scan);
    if (list_columns(scan, &columns, &n) < 0) {
        return -1;
    }
    const char *list = column_list(columns, n, scan->scratch);
    if (keep_rejected(scan, list, any) < 0 || tell(scan, columns, n, broken) < 0) {
        return -1;
    }
    switch (scan->table->violation) {
    case FLOW_VIOLATION_FAIL: return fail(scan, broken);
    case FLOW_VIOLATION_WARN: return drop_problems(scan);
    case FLOW_VIOLATION_REJECT:
        scan->target->rows -= broken->count;
        for (size_t i = 0; i < scan->table->n_constraints; i++) {
            scan->counts[i] = scan->counts[i] > 0 ? 0 : scan->counts[i];
        }
        return keep_right_rows(scan, list, any);
    }
    return 0;
}

int
promise_scan(const Exec *exec, ExecTarget *target, Arena *scratch, PromiseResult *ret_result,
             Error *reterr)
{
    const FlowTable *table = target->table;
    Str place = {0};
    Str rejected = {0};
    *ret_result = (PromiseResult){0};
    if (!table->is_promised || table->kind == PDC_VIEW) {
        return 0;
    }
    Scan scan = {.exec = exec,
                 .target = target,
                 .table = table,
                 .stage_schema =
                     meta_stage_schema(exec->input->layout, table->stage->name, scratch),
                 .scratch = scratch,
                 .reterr = reterr};
    sql_qualified(&place, target->schema, target->name);
    sql_qualified(&rejected, scan.stage_schema, flow_rejected_name(table, scratch));
    scan.place = str_take_in(&place, scratch);
    scan.rejected = str_take_in(&rejected, scratch);
    if (make_conditions(&scan) < 0 || count_all(&scan) < 0) {
        return -1;
    }
    ret_result->scanned = scan.counts;
    if (!is_broken(&scan)) {
        return drop_rejected(&scan) < 0 ? -1 : drop_problems(&scan);
    }
    ExecBroken *broken = ARENA_NEW(exec->arena, ExecBroken);
    ret_result->broken = broken;
    return act(&scan, broken);
}
