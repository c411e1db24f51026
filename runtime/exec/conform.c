#include "runtime/exec/conform.h"

#include "runtime/base/suggest.h"
#include "runtime/exec/assign.h"
#include "runtime/flow/column_type.h"
#include "runtime/key/key.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>
#include <string.h>

/** One column on its way. */
typedef struct Assigned Assigned;
struct Assigned {
    const PdcPromise *promise;
    const StoreColumn *raw;
    const char *engine_type; /* of the promised one, as the engine spells it */
    Assignment assignment;
};

typedef struct Conforming Conforming;
struct Conforming {
    const Exec *exec;
    const FlowTable *table;
    Arena *scratch;
    Error *reterr;
};

static const char *
ident_text(const char *name, Arena *scratch)
{
    Str text = {0};
    sql_ident(&text, name);
    return str_take_in(&text, scratch);
}

/** `1` and as many zeros. */
static const char *
power_of_ten(int digits, Arena *scratch)
{
    Str text = {0};
    str_append_char(&text, '1');
    for (int i = 0; i < digits; i++) {
        str_append_char(&text, '0');
    }
    return str_take_in(&text, scratch);
}

/** There and back again: what comes back is what went. */
static void
append_round_trip(const Assigned *a, const char *column, Str *sql)
{
    str_append_format(sql, "try_cast(try_cast(%s as %s) as %s) = %s", column, a->engine_type,
                      a->raw->sql_type, column);
}

/** Where nothing can be tried: the range, and no digits that would be rounded away. */
static void
append_range(const Assigned *a, const char *column, Arena *scratch, Str *sql)
{
    PdcColumnType type = a->promise->type;
    if (type.kind == COLUMN_TYPE_NUMERIC) {
        const char *limit = power_of_ten(type.size - type.scale, scratch);
        str_append_format(sql, "%s > -%s and %s < %s and cast(%s as numeric) = ", column, limit,
                          column, limit, column);
        str_append_format(sql, "round(cast(%s as numeric), %d)", column, type.scale);
    } else if (type.kind == COLUMN_TYPE_INT) {
        str_append_format(sql, "%s >= -9223372036854775808 and %s < 9223372036854775808 and ",
                          column, column);
        str_append_format(sql, "%s = trunc(%s)", column, column);
    } else {
        str_append_format(sql, "cast(cast(%s as %s) as %s) = %s", column, a->engine_type,
                          a->raw->sql_type, column);
    }
}

/** The condition under which a value keeps all that it has. */
static const char *
lossless(const Conforming *c, const Assigned *a)
{
    Str sql = {0};
    PdcColumnType type = a->promise->type;
    const char *column = ident_text(a->raw->name, c->scratch);
    if (type.kind == COLUMN_TYPE_VARCHAR) {
        str_append_format(&sql, "length(cast(%s as text)) <= %d", column, type.size);
    } else if (type.kind == COLUMN_TYPE_FLOAT) {
        str_append_format(&sql, "%s between -9007199254740992 and 9007199254740992", column);
    } else if (store_can(c->exec->store, STORE_TRY_CAST)) {
        append_round_trip(a, column, &sql);
    } else {
        append_range(a, column, c->scratch, &sql);
    }
    return str_take_in(&sql, c->scratch);
}

/* ---- errors ---- */

static int
fail(const Conforming *c, PdcSpan at, const char *message)
{
    error_clear(c->reterr);
    error_set(c->reterr, ERROR_SQL, "%s", message);
    error_set_origin(c->reterr, flow_span(c->exec->input->sources, at));
    return -1;
}

static int
fail_missing(const Conforming *c, const PdcPromise *promise, const StoreColumn *columns,
             size_t n_columns)
{
    const char **names = ARENA_ARRAY(c->scratch, const char *, n_columns + 1);
    for (size_t i = 0; i < n_columns; i++) {
        names[i] = columns[i].name;
    }
    const char *near = suggest_nearest(promise->name, names, n_columns);
    fail(c, promise->at,
         arena_printf(c->scratch, "%s.%s has no column \"%s\", which contract `%s` promises",
                      c->table->stage->name, c->table->name, promise->name,
                      c->table->contract->name));
    if (near != NULL) {
        error_set_hint(c->reterr, "it has a column \"%s\"", near);
    }
    return -1;
}

static int
fail_extra(const Conforming *c, const StoreColumn *column)
{
    fail(c, c->table->at,
         arena_printf(c->scratch, "%s.%s has a column \"%s\", of which contract `%s` knows nothing",
                      c->table->stage->name, c->table->name, column->name,
                      c->table->contract->name));
    error_set_hint(c->reterr, "a contract lists all columns: leave it out, or add it there");
    return -1;
}

static int
fail_type(const Conforming *c, const Assigned *a)
{
    const PdcPromise *promise = a->promise;
    const char *type = column_type_text(promise->type, c->scratch);
    fail(c, promise->at,
         arena_printf(c->scratch, "%s.%s: column \"%s\" is %s, but contract `%s` promises %s",
                      c->table->stage->name, c->table->name, promise->name, a->raw->sql_type,
                      c->table->contract->name, type));
    error_set_hint(c->reterr, "cast it in the query: cast(%s as %s)", promise->name,
                   column_type_sql(promise->type, c->scratch));
    return -1;
}

/* ---- columns ---- */

const char *
conform_problems_name(const PdcContract *contract)
{
    static const char *const names[] = {"violation", "violation_", "pdc violation"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        bool taken = false;
        for (size_t k = 0; contract != NULL && k < contract->n_columns; k++) {
            taken = taken || text_equal_ignore_case(contract->columns[k].name, names[i]);
        }
        if (!taken) {
            return names[i];
        }
    }
    return "pdc violation of a contract";
}

/** How the engine spells the promised types: it is asked. */
static int
ask_types(const Conforming *c, const ExecTarget *target, StoreColumn **ret_columns)
{
    const PdcContract *contract = c->table->contract;
    size_t limit = store_identifier_limit(c->exec->store);
    const char *probe = key_object_name(target->physical, "contract", limit, c->scratch);
    size_t n = 0;
    Str sql = {0};
    str_append(&sql, "create table ");
    sql_qualified(&sql, target->schema, probe);
    for (size_t i = 0; i < contract->n_columns; i++) {
        str_append(&sql, i == 0 ? " (" : ", ");
        sql_ident(&sql, contract->columns[i].name);
        str_append_char(&sql, ' ');
        str_append(&sql, column_type_sql(contract->columns[i].type, c->scratch));
    }
    str_append_char(&sql, ')');
    int status = exec_send(c->exec, str_text(&sql), NULL, c->reterr);
    if (status == 0) {
        status = store_columns(c->exec->store, target->schema, probe, c->scratch, ret_columns, &n,
                               c->reterr);
    }
    str_clear(&sql);
    str_append(&sql, "drop table ");
    sql_qualified(&sql, target->schema, probe);
    status = status == 0 ? exec_send(c->exec, str_text(&sql), NULL, c->reterr) : status;
    str_deinit(&sql);
    return status;
}

static bool
same_name(const Conforming *c, const char *a, const char *b)
{
    return text_equal(a, b) ||
           (store_can(c->exec->store, STORE_FOLDS_NAMES) && text_equal_ignore_case(a, b));
}

static Assignment
assignment_of(const Conforming *c, const Assigned *a)
{
    PdcColumnType type = a->promise->type;
    bool holds_length = type.kind != COLUMN_TYPE_VARCHAR || strchr(a->engine_type, '(') != NULL;
    return text_equal(a->raw->sql_type, a->engine_type) && holds_length
               ? ASSIGN_ALWAYS
               : assign_type(type, a->raw->sql_type, c->scratch);
}

/** In the order in which the rows have them. */
static int
assign(const Conforming *c, const StoreColumn *columns, size_t n_columns,
       const StoreColumn *promised, Assigned *ret_assigned)
{
    const PdcContract *contract = c->table->contract;
    size_t n_found = 0;
    for (size_t i = 0; i < contract->n_columns; i++) {
        size_t k = 0;
        while (k < n_columns && !same_name(c, columns[k].name, contract->columns[i].name)) {
            k++;
        }
        if (k == n_columns) {
            return fail_missing(c, &contract->columns[i], columns, n_columns);
        }
        Assigned assigned = {&contract->columns[i], &columns[k], promised[i].sql_type,
                             ASSIGN_NEVER};
        assigned.assignment = assignment_of(c, &assigned);
        ret_assigned[k] = assigned;
        n_found++;
    }
    for (size_t k = 0; k < n_columns && n_found < n_columns; k++) {
        if (ret_assigned[k].promise == NULL) {
            return fail_extra(c, &columns[k]);
        }
    }
    for (size_t k = 0; k < n_columns; k++) {
        if (ret_assigned[k].assignment == ASSIGN_NEVER) {
            return fail_type(c, &ret_assigned[k]);
        }
    }
    return 0;
}

/* ---- what to select ---- */

static void
append_column(const Conforming *c, const Assigned *a, Str *list)
{
    const char *column = ident_text(a->raw->name, c->scratch);
    const char *cast = arena_printf(c->scratch, "cast(%s as %s)", column, a->engine_type);
    bool exact = text_equal(a->raw->sql_type, a->engine_type);
    str_append(list, list->length > 0 ? ", " : "");
    if (a->assignment == ASSIGN_TESTED) {
        str_append_format(list, "case when %s then %s end", lossless(c, a), exact ? column : cast);
    } else {
        str_append(list, exact ? column : cast);
    }
    str_append(list, " as ");
    sql_ident(list, a->promise->name);
}

/** `amount: "1.234" is no numeric(12, 2)` */
static void
append_problem(const Conforming *c, const Assigned *a, Str *list)
{
    enum { SHOWN_CHARACTERS = 40 };
    const char *column = ident_text(a->raw->name, c->scratch);
    str_append_format(list, ", case when %s is not null and not coalesce(%s, false) then ", column,
                      lossless(c, a));
    sql_literal(list, arena_printf(c->scratch, a->promise->pii ? "%s: the value" : "%s: \"",
                                   a->promise->name));
    if (!a->promise->pii) {
        str_append_format(list, " || left(cast(%s as text), %d) || '\"'", column, SHOWN_CHARACTERS);
    }
    str_append(list, " || ");
    sql_literal(list, arena_printf(c->scratch, " is no %s",
                                   column_type_text(a->promise->type, c->scratch)));
    str_append(list, " end");
}

/** As a person would write it. */
static const char *
cast_list(const Conforming *c, const Assigned *assigned, size_t n)
{
    Str list = {0};
    for (size_t i = 0; i < n; i++) {
        const Assigned *a = &assigned[i];
        if (!text_equal(a->raw->sql_type, a->engine_type)) {
            str_append_format(&list, "%scast(%s as %s) as %s", list.length > 0 ? ", " : "",
                              a->raw->name, column_type_sql(a->promise->type, c->scratch),
                              a->promise->name);
        }
    }
    return str_take_in(&list, c->scratch);
}

static void
make_list(const Conforming *c, const Assigned *assigned, size_t n, Conformed *ret_conformed)
{
    Str list = {0};
    Str problems = {0};
    bool exact = true;
    for (size_t i = 0; i < n; i++) {
        const Assigned *a = &assigned[i];
        exact =
            exact && a->assignment == ASSIGN_ALWAYS && text_equal(a->raw->sql_type, a->engine_type);
        append_column(c, a, &list);
        if (a->assignment == ASSIGN_TESTED) {
            append_problem(c, a, &problems);
        }
    }
    *ret_conformed = (Conformed){0};
    if (problems.length > 0) {
        ret_conformed->problems = conform_problems_name(c->table->contract);
        str_append_format(&list, ", nullif(concat_ws('; '%s), '') as ", str_text(&problems));
        sql_ident(&list, ret_conformed->problems);
    }
    ret_conformed->casts = cast_list(c, assigned, n);
    ret_conformed->list = exact ? NULL : arena_strdup(c->scratch, str_text(&list));
    str_deinit(&list);
    str_deinit(&problems);
}

int
conform_columns(const Exec *exec, const ExecTarget *target, const StoreColumn *columns,
                size_t n_columns, Arena *scratch, Conformed *ret_conformed, Error *reterr)
{
    Conforming c = {.exec = exec, .table = target->table, .scratch = scratch, .reterr = reterr};
    StoreColumn *promised = NULL;
    Assigned *assigned = ARENA_ARRAY(scratch, Assigned, n_columns + 1);
    if (ask_types(&c, target, &promised) != 0 ||
        assign(&c, columns, n_columns, promised, assigned) != 0) {
        return -1;
    }
    make_list(&c, assigned, n_columns, ret_conformed);
    return 0;
}

/* ---- tables that are there ---- */

/** Makes the table anew from itself. */
static int
remake(const Exec *exec, ExecTarget *target, const Conformed *conformed, Arena *scratch,
       Error *reterr)
{
    size_t limit = store_identifier_limit(exec->store);
    const char *raw = key_object_name(target->physical, "raw", limit, scratch);
    Str sql = {0};
    str_append(&sql, "alter table ");
    sql_qualified(&sql, target->schema, target->name);
    str_append(&sql, " rename to ");
    sql_ident(&sql, raw);
    str_append(&sql, ";\n");
    exec_append_create(exec, target, &sql);
    str_append_format(&sql, "select %s from ", conformed->list);
    sql_qualified(&sql, target->schema, raw);
    str_append(&sql, ";\ndrop table ");
    sql_qualified(&sql, target->schema, raw);
    int status = exec_send(exec, str_text(&sql), NULL, reterr);
    str_deinit(&sql);
    return status;
}

/** A view is published with its own query, so nothing is cast for it. */
static int
fail_view(const Exec *exec, const ExecTarget *target, const Conformed *conformed, Error *reterr)
{
    const FlowTable *table = target->table;
    error_set(reterr, ERROR_SQL, "view %s.%s has other types than contract `%s` promises",
              table->stage->name, table->name, table->contract->name);
    error_set_hint(reterr, "cast them in the query: select %s", conformed->casts);
    error_set_origin(reterr, flow_span(exec->input->sources, table->at));
    return -1;
}

int
conform_made(const Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const FlowTable *table = target->table;
    StoreColumn *columns = NULL;
    size_t n_columns = 0;
    Conformed conformed;
    if (table->contract == NULL || target->is_conform) {
        return 0;
    }
    if (store_columns(exec->store, target->schema, target->name, scratch, &columns, &n_columns,
                      reterr) != 0 ||
        conform_columns(exec, target, columns, n_columns, scratch, &conformed, reterr) != 0) {
        return -1;
    }
    if (conformed.list == NULL || (table->kind == PDC_VIEW && conformed.casts[0] == '\0')) {
        return 0;
    }
    if (table->kind == PDC_VIEW) {
        return fail_view(exec, target, &conformed, reterr);
    }
    target->problems = conformed.problems;
    return remake(exec, target, &conformed, scratch, reterr);
}
