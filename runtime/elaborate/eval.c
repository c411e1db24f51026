#include "runtime/base/suggest.h"
#include "runtime/base/utf8.h"
#include "runtime/elaborate/elaborate_priv.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

Span
at_span(const Elaboration *e, PdcSpan at)
{
    return flow_span(e->sources, at);
}

static int
fail_type(Elaboration *e, const PdcExpr *expr, const char *wanted, const Value *value)
{
    diag_add(e->diags, DIAG_EXPR_TYPE, at_span(e, expr->at), wanted, value_kind_name(value->kind));
    return -1;
}

/* ---- leaves ---- */

static int
eval_attr(Elaboration *e, const PdcExpr *expr, Value *ret_value)
{
    const Value *value = map_get(e->environment->attrs, expr->text);
    if (value == NULL) {
        return -1; /* its own error was reported when attrs were resolved */
    }
    *ret_value = *value;
    return 0;
}

static int
eval_const(Elaboration *e, const PdcExpr *expr, Value *ret_value)
{
    const Value *known = map_get(e->constants, expr->text);
    if (known == NULL) {
        return -1; /* its own error was reported when it was worked out */
    }
    *ret_value = *known;
    return 0;
}

static int
eval_instance(Elaboration *e, const PdcExpr *expr, Value *ret_value)
{
    const Environment *environment = e->environment;
    const char *text = text_equal(expr->text, "name") ? environment->instance_name
                       : text_equal(expr->text, "id") ? environment->instance_id
                                                      : environment->engine;
    *ret_value = value_text(text);
    return 0;
}

static int
eval_env(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_value)
{
    Value name;
    if (eval(e, expr->args[0], scope, &name) < 0) {
        return -1;
    }
    if (name.kind != VALUE_TEXT) {
        return fail_type(e, expr->args[0], "text", &name);
    }
    const char *text = e->environment->getenv == NULL ? NULL : e->environment->getenv(name.text);
    bool is_utf8 = text == NULL || text[utf8_first_invalid(text, strlen(text))] == '\0';
    if (text == NULL || !is_utf8) {
        diag_add(e->diags, DIAG_ENV_MISSING, at_span(e, expr->at), name.text,
                 text == NULL ? "is not set" : "is not UTF-8");
        return -1;
    }
    *ret_value = value_text(arena_strdup(e->arena, text));
    return 0;
}

static int
eval_items(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, ValueKind kind,
           Value *ret_value)
{
    Value *items = ARENA_ARRAY(e->arena, Value, expr->n_args);
    for (size_t i = 0; i < expr->n_args; i++) {
        if (eval(e, expr->args[i], scope, &items[i]) < 0) {
            return -1;
        }
        if (items[i].kind == VALUE_DEFERRED) {
            *ret_value = items[i];
            return 0;
        }
    }
    *ret_value = (Value){.kind = kind, .items = items, .n_items = expr->n_args};
    return 0;
}

/* ---- columns ---- */

static int
eval_columns(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_value)
{
    Value table;
    if (eval(e, expr->args[0], scope, &table) < 0) {
        return -1;
    }
    if (table.kind != VALUE_TABLE) {
        return fail_type(e, expr->args[0], "a table", &table);
    }
    if (e->columns == NULL) {
        *ret_value = (Value){.kind = VALUE_DEFERRED, .table = table.table};
        return 0;
    }
    FlowColumn *columns;
    size_t n_columns;
    if (e->columns(e->columns_user, table.table, e->arena, &columns, &n_columns, e->column_error) <
        0) {
        return -1;
    }
    Value *items = ARENA_ARRAY(e->arena, Value, n_columns);
    for (size_t i = 0; i < n_columns; i++) {
        items[i] = (Value){.kind = VALUE_COLUMN, .text = columns[i].name, .type = columns[i].type};
    }
    *ret_value = (Value){.kind = VALUE_LIST, .items = items, .n_items = n_columns};
    return 0;
}

static int
eval_column(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_value)
{
    Value name;
    if (eval(e, expr->args[0], scope, &name) < 0) {
        return -1;
    }
    if (name.kind == VALUE_TEXT) {
        name.kind = VALUE_COLUMN;
    }
    if (name.kind != VALUE_COLUMN && name.kind != VALUE_DEFERRED) {
        return fail_type(e, expr->args[0], "text", &name);
    }
    *ret_value = name;
    return 0;
}

static int
eval_field(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_value)
{
    Value column;
    if (eval(e, expr->args[0], scope, &column) < 0) {
        return -1;
    }
    if (column.kind == VALUE_DEFERRED) {
        *ret_value = column;
        return 0;
    }
    if (column.kind != VALUE_COLUMN) {
        return fail_type(e, expr->args[0], "a column", &column);
    }
    bool is_type = text_equal(expr->text, "type");
    *ret_value = is_type && column.type == NULL ? VALUE_OF_NULL
                                                : value_text(is_type ? column.type : column.text);
    return 0;
}

/* ---- operators ---- */

static int
eval_not(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_value)
{
    if (eval(e, expr->args[0], scope, ret_value) < 0) {
        return -1;
    }
    if (ret_value->kind == VALUE_BOOL) {
        ret_value->integer = !ret_value->integer;
        return 0;
    }
    return ret_value->kind == VALUE_NULL || ret_value->kind == VALUE_DEFERRED
               ? 0
               : fail_type(e, expr->args[0], "true or false", ret_value);
}

static int
eval_is_null(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_value)
{
    if (eval(e, expr->args[0], scope, ret_value) < 0) {
        return -1;
    }
    if (ret_value->kind != VALUE_DEFERRED) {
        *ret_value = value_bool(ret_value->kind == VALUE_NULL);
    }
    return 0;
}

static int
eval_negate(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_value)
{
    if (eval(e, expr->args[0], scope, ret_value) < 0) {
        return -1;
    }
    if (ret_value->kind == VALUE_FLOAT) {
        ret_value->number = -ret_value->number;
        return 0;
    }
    if (ret_value->kind == VALUE_INT && ret_value->integer != INT64_MIN) {
        ret_value->integer = -ret_value->integer;
        return 0;
    }
    return ret_value->kind == VALUE_NULL || ret_value->kind == VALUE_DEFERRED
               ? 0
               : fail_type(e, expr->args[0], "a number", ret_value);
}

/** SQL's three-valued `and` and `or`: `decisive` is the truth that settles it. */
static int
eval_logic(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, bool decisive,
           Value *ret_value)
{
    Value result = value_bool(!decisive);
    for (size_t i = 0; i < 2; i++) {
        Value side;
        if (eval(e, expr->args[i], scope, &side) < 0) {
            return -1;
        }
        if (side.kind == VALUE_BOOL && (side.integer != 0) == decisive) {
            *ret_value = side;
            return 0;
        }
        if (side.kind == VALUE_DEFERRED ||
            (side.kind == VALUE_NULL && result.kind != VALUE_DEFERRED)) {
            result = side;
        } else if (side.kind != VALUE_BOOL && side.kind != VALUE_NULL) {
            return fail_type(e, expr->args[i], "true or false", &side);
        }
    }
    *ret_value = result;
    return 0;
}

static bool
order_satisfies(PdcExprKind kind, int order)
{
    switch ((int)kind) {
    case PDC_EXPR_EQUAL: return order == 0;
    case PDC_EXPR_NOT_EQUAL: return order != 0;
    case PDC_EXPR_LESS: return order < 0;
    case PDC_EXPR_LESS_EQUAL: return order <= 0;
    case PDC_EXPR_GREATER: return order > 0;
    case PDC_EXPR_GREATER_EQUAL: return order >= 0;
    }
    BUG("%d is no comparison", (int)kind);
}

static int
fail_operands(Elaboration *e, const PdcExpr *expr, const Value *a, const Value *b)
{
    diag_add(e->diags, DIAG_EXPR_OPERANDS, at_span(e, expr->at), value_kind_name(a->kind),
             value_kind_name(b->kind));
    return -1;
}

static int
eval_comparison(Elaboration *e, const PdcExpr *expr, const Value *a, const Value *b,
                Value *ret_value)
{
    int order;
    if (!value_compare(a, b, &order)) {
        return fail_operands(e, expr, a, b);
    }
    *ret_value = value_bool(order_satisfies(expr->kind, order));
    return 0;
}

static int
eval_in(Elaboration *e, const PdcExpr *expr, const Value *a, const Value *list, Value *ret_value)
{
    if (list->kind != VALUE_LIST && list->kind != VALUE_TUPLE) {
        return fail_type(e, expr->args[1], "a list", list);
    }
    bool found = false;
    for (size_t i = 0; i < list->n_items && !found; i++) {
        int order;
        if (list->items[i].kind == VALUE_NULL) {
            continue;
        }
        if (!value_compare(a, &list->items[i], &order)) {
            return fail_operands(e, expr, a, &list->items[i]);
        }
        found = order == 0;
    }
    *ret_value = value_bool(found);
    return 0;
}

/** @return false on overflow or division by zero */
static bool
int_arithmetic(PdcExprKind kind, int64_t a, int64_t b, int64_t *ret)
{
    switch ((int)kind) {
    case PDC_EXPR_ADD: return !__builtin_add_overflow(a, b, ret);
    case PDC_EXPR_SUBTRACT: return !__builtin_sub_overflow(a, b, ret);
    case PDC_EXPR_MULTIPLY: return !__builtin_mul_overflow(a, b, ret);
    }
    if (b == 0 || (a == INT64_MIN && b == -1)) {
        return false;
    }
    *ret = kind == PDC_EXPR_DIVIDE ? a / b : a % b;
    return true;
}

static double
float_arithmetic(PdcExprKind kind, double a, double b)
{
    switch ((int)kind) {
    case PDC_EXPR_ADD: return a + b;
    case PDC_EXPR_SUBTRACT: return a - b;
    case PDC_EXPR_MULTIPLY: return a * b;
    case PDC_EXPR_DIVIDE: return a / b;
    }
    return fmod(a, b);
}

static bool
is_number(const Value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_FLOAT;
}

static double
as_double(const Value *value)
{
    return value->kind == VALUE_INT ? (double)value->integer : value->number;
}

static int
eval_arithmetic(Elaboration *e, const PdcExpr *expr, const Value *a, const Value *b,
                Value *ret_value)
{
    if (!is_number(a) || !is_number(b)) {
        return fail_operands(e, expr, a, b);
    }
    bool divides = expr->kind == PDC_EXPR_DIVIDE || expr->kind == PDC_EXPR_MODULO;
    int64_t integer = 0;
    bool fits = a->kind != VALUE_INT || b->kind != VALUE_INT ||
                int_arithmetic(expr->kind, a->integer, b->integer, &integer);
    if (!fits || (divides && as_double(b) == 0)) {
        diag_add(e->diags, DIAG_EXPR_ARITHMETIC, at_span(e, expr->at),
                 divides && as_double(b) == 0 ? "division by zero"
                                              : "the result does not fit into an int");
        return -1;
    }
    *ret_value = a->kind == VALUE_INT && b->kind == VALUE_INT
                     ? value_int(integer)
                     : value_float(float_arithmetic(expr->kind, as_double(a), as_double(b)));
    return 0;
}

static int
eval_concat(Elaboration *e, const PdcExpr *expr, const Value *a, const Value *b, Value *ret_value)
{
    if (a->kind == VALUE_LIST && b->kind == VALUE_LIST) {
        Value *items = ARENA_ARRAY(e->arena, Value, a->n_items + b->n_items);
        for (size_t i = 0; i < a->n_items + b->n_items; i++) {
            items[i] = i < a->n_items ? a->items[i] : b->items[i - a->n_items];
        }
        *ret_value =
            (Value){.kind = VALUE_LIST, .items = items, .n_items = a->n_items + b->n_items};
        return 0;
    }
    Str text = {0};
    if (!value_append_plain(a, &text) || !value_append_plain(b, &text)) {
        str_deinit(&text);
        return fail_operands(e, expr, a, b);
    }
    *ret_value = value_text(str_take_in(&text, e->arena));
    return 0;
}

static int
eval_binary(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_value)
{
    Value a, b;
    if (eval(e, expr->args[0], scope, &a) < 0 || eval(e, expr->args[1], scope, &b) < 0) {
        return -1;
    }
    if (a.kind == VALUE_DEFERRED || b.kind == VALUE_DEFERRED) {
        *ret_value = a.kind == VALUE_DEFERRED ? a : b;
        return 0;
    }
    if (a.kind == VALUE_NULL || b.kind == VALUE_NULL) {
        *ret_value = VALUE_OF_NULL;
        return 0;
    }
    switch ((int)expr->kind) {
    case PDC_EXPR_IN: return eval_in(e, expr, &a, &b, ret_value);
    case PDC_EXPR_CONCAT: return eval_concat(e, expr, &a, &b, ret_value);
    case PDC_EXPR_ADD:
    case PDC_EXPR_SUBTRACT:
    case PDC_EXPR_MULTIPLY:
    case PDC_EXPR_DIVIDE:
    case PDC_EXPR_MODULO: return eval_arithmetic(e, expr, &a, &b, ret_value);
    }
    return eval_comparison(e, expr, &a, &b, ret_value);
}

/* ---- all kinds ---- */

static int
eval_variable(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_value)
{
    const Value *value = scope_find(scope, expr->text);
    if (value == NULL) {
        diag_add(e->diags, DIAG_UNKNOWN_NAME, at_span(e, expr->at), expr->text);
        return -1;
    }
    *ret_value = *value;
    return 0;
}

static int
eval_table(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_value)
{
    const FlowTable *table = find_relation(e, expr->relation, expr->at, scope);
    if (table == NULL) {
        return -1;
    }
    *ret_value = (Value){.kind = VALUE_TABLE, .table = table};
    return 0;
}

int
eval(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_value)
{
    switch (expr->kind) {
    case PDC_EXPR_NULL: *ret_value = VALUE_OF_NULL; return 0;
    case PDC_EXPR_BOOL: *ret_value = value_bool(expr->integer != 0); return 0;
    case PDC_EXPR_INT: *ret_value = value_int(expr->integer); return 0;
    case PDC_EXPR_FLOAT: *ret_value = value_float(expr->number); return 0;
    case PDC_EXPR_TEXT: *ret_value = value_text(expr->text); return 0;
    case PDC_EXPR_LIST: return eval_items(e, expr, scope, VALUE_LIST, ret_value);
    case PDC_EXPR_TUPLE: return eval_items(e, expr, scope, VALUE_TUPLE, ret_value);
    case PDC_EXPR_ATTR: return eval_attr(e, expr, ret_value);
    case PDC_EXPR_CONST: return eval_const(e, expr, ret_value);
    case PDC_EXPR_VARIABLE: return eval_variable(e, expr, scope, ret_value);
    case PDC_EXPR_INSTANCE: return eval_instance(e, expr, ret_value);
    case PDC_EXPR_FLOW_NAME: *ret_value = value_text(e->unit->name); return 0;
    case PDC_EXPR_RUN_DATE:
        *ret_value = (Value){.kind = VALUE_DATE, .text = e->environment->run_date};
        return 0;
    case PDC_EXPR_RUN_STARTED:
        *ret_value = (Value){.kind = VALUE_TIMESTAMP, .text = e->environment->run_started};
        return 0;
    case PDC_EXPR_ENV: return eval_env(e, expr, scope, ret_value);
    case PDC_EXPR_COLUMNS: return eval_columns(e, expr, scope, ret_value);
    case PDC_EXPR_COLUMN: return eval_column(e, expr, scope, ret_value);
    case PDC_EXPR_TABLE: return eval_table(e, expr, scope, ret_value);
    case PDC_EXPR_FIELD: return eval_field(e, expr, scope, ret_value);
    case PDC_EXPR_NOT: return eval_not(e, expr, scope, ret_value);
    case PDC_EXPR_NEGATE: return eval_negate(e, expr, scope, ret_value);
    case PDC_EXPR_IS_NULL: return eval_is_null(e, expr, scope, ret_value);
    case PDC_EXPR_AND:
    case PDC_EXPR_OR: return eval_logic(e, expr, scope, expr->kind == PDC_EXPR_OR, ret_value);
    case PDC_EXPR_EQUAL:
    case PDC_EXPR_NOT_EQUAL:
    case PDC_EXPR_LESS:
    case PDC_EXPR_LESS_EQUAL:
    case PDC_EXPR_GREATER:
    case PDC_EXPR_GREATER_EQUAL:
    case PDC_EXPR_IN:
    case PDC_EXPR_ADD:
    case PDC_EXPR_SUBTRACT:
    case PDC_EXPR_MULTIPLY:
    case PDC_EXPR_DIVIDE:
    case PDC_EXPR_MODULO:
    case PDC_EXPR_CONCAT: return eval_binary(e, expr, scope, ret_value);
    }
    BUG("expression of kind %d", (int)expr->kind);
}

int
eval_condition(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, bool *ret_truth,
               bool *ret_deferred)
{
    Value value;
    if (eval(e, expr, scope, &value) < 0) {
        return -1;
    }
    *ret_deferred = value.kind == VALUE_DEFERRED;
    if (value.kind != VALUE_BOOL && value.kind != VALUE_NULL && !*ret_deferred) {
        return fail_type(e, expr, "true or false", &value);
    }
    *ret_truth = value.kind == VALUE_BOOL && value.integer != 0;
    return 0;
}

int
eval_name(Elaboration *e, const PdcName *name, PdcSpan at, const FlowScope *scope,
          const char **ret_name)
{
    if (name->n_parts == 1 && name->parts[0].text != NULL) {
        *ret_name = name->parts[0].text;
        return 0;
    }
    Str text = {0};
    int result = 0;
    bool deferred = false;
    for (size_t i = 0; i < name->n_parts && result == 0 && !deferred; i++) {
        const PdcNamePart *part = &name->parts[i];
        Value value;
        if (part->text != NULL) {
            str_append(&text, part->text);
        } else if (eval(e, part->expr, scope, &value) < 0) {
            result = -1;
        } else if (value.kind == VALUE_DEFERRED) {
            deferred = true;
        } else if (!value_append_plain(&value, &text)) {
            result = fail_type(e, part->expr, "text or a number", &value);
        }
    }
    if (result == 0 && !deferred && text.length == 0) {
        diag_add(e->diags, DIAG_EMPTY_NAME, at_span(e, at));
        result = -1;
    }
    *ret_name = deferred || result < 0 ? NULL : arena_strdup(e->arena, str_text(&text));
    str_deinit(&text);
    return result;
}

int
eval_list(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, Value *ret_list)
{
    if (eval(e, expr, scope, ret_list) < 0) {
        return -1;
    }
    if (ret_list->kind == VALUE_TUPLE) {
        ret_list->kind = VALUE_LIST;
    }
    if (ret_list->kind != VALUE_LIST && ret_list->kind != VALUE_DEFERRED) {
        return fail_type(e, expr, "a list", ret_list);
    }
    e->n_expansions += ret_list->n_items;
    if (e->n_expansions > MAX_EXPANSIONS) {
        diag_add(e->diags, DIAG_TOO_LARGE, at_span(e, expr->at));
        return -1;
    }
    return 0;
}
