#include "runtime/elaborate/value.h"

#include "runtime/base/clock.h"
#include "runtime/base/vec.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Value
value_bool(bool truth)
{
    return (Value){.kind = VALUE_BOOL, .integer = truth};
}

Value
value_int(int64_t integer)
{
    return (Value){.kind = VALUE_INT, .integer = integer};
}

Value
value_float(double number)
{
    return (Value){.kind = VALUE_FLOAT, .number = number};
}

Value
value_text(const char *text)
{
    return (Value){.kind = VALUE_TEXT, .text = text};
}

const char *
value_kind_name(ValueKind kind)
{
    static const char *const names[] = {
        [VALUE_NULL] = "null",
        [VALUE_BOOL] = "bool",
        [VALUE_INT] = "int",
        [VALUE_FLOAT] = "float",
        [VALUE_TEXT] = "text",
        [VALUE_DATE] = "date",
        [VALUE_TIMESTAMP] = "timestamp",
        [VALUE_LIST] = "list",
        [VALUE_TUPLE] = "tuple",
        [VALUE_TABLE] = "table",
        [VALUE_COLUMN] = "column",
        [VALUE_DEFERRED] = "value that depends on columns",
    };
    return names[kind];
}

const char *
value_describe(const Value *value, Arena *arena)
{
    Str text = {0};
    str_append(&text, value_kind_name(value->kind));
    if (value->kind == VALUE_TEXT || value->kind == VALUE_INT || value->kind == VALUE_FLOAT) {
        str_append_char(&text, ' ');
        (void)value_append_literal(value, &text);
    }
    return str_take_in(&text, arena);
}

/** The shortest decimal form that reads back as the same double. */
static void
append_double(double number, Str *text)
{
    char digits[40];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (strtod(digits, NULL) == number) {
            break;
        }
    }
    str_append(text, digits);
    if (strpbrk(digits, ".en") == NULL) {
        str_append(text, ".0"); /* stays a float when it is read again */
    }
}

bool
value_append_plain(const Value *value, Str *text)
{
    switch (value->kind) {
    case VALUE_BOOL: str_append(text, value->integer ? "true" : "false"); return true;
    case VALUE_INT: str_append_format(text, "%" PRId64, value->integer); return true;
    case VALUE_FLOAT: append_double(value->number, text); return true;
    case VALUE_TEXT:
    case VALUE_DATE:
    case VALUE_TIMESTAMP:
    case VALUE_COLUMN: str_append(text, value->text); return true;
    case VALUE_NULL:
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_TABLE:
    case VALUE_DEFERRED: return false;
    }
    return false;
}

static void
append_quoted(const char *text, Str *sql)
{
    str_append_char(sql, '\'');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\'') {
            str_append_char(sql, '\'');
        }
        str_append_char(sql, *c);
    }
    str_append_char(sql, '\'');
}

static void
append_float_literal(double number, Str *sql)
{
    if (isnan(number)) {
        str_append(sql, "cast('NaN' as double precision)");
    } else if (isinf(number)) {
        str_append(sql, number > 0 ? "cast('Infinity' as double precision)"
                                   : "cast('-Infinity' as double precision)");
    } else if (signbit(number)) {
        str_append_char(sql, '('); /* brackets, so that `a-${x}` never makes a comment */
        append_double(number, sql);
        str_append_char(sql, ')');
    } else {
        append_double(number, sql);
    }
}

static bool
append_list_literal(const Value *value, Str *sql)
{
    if (value->n_items == 0) {
        str_append(sql, "null"); /* `x in (null)` is never true, as of an empty list */
        return true;
    }
    for (size_t i = 0; i < value->n_items; i++) {
        if (i > 0) {
            str_append(sql, ", ");
        }
        if (!value_append_literal(&value->items[i], sql)) {
            return false;
        }
    }
    return true;
}

bool
value_append_literal(const Value *value, Str *sql)
{
    switch (value->kind) {
    case VALUE_NULL: str_append(sql, "null"); return true;
    case VALUE_BOOL: str_append(sql, value->integer ? "true" : "false"); return true;
    case VALUE_INT:
        str_append_format(sql, value->integer < 0 ? "(%" PRId64 ")" : "%" PRId64, value->integer);
        return true;
    case VALUE_FLOAT: append_float_literal(value->number, sql); return true;
    case VALUE_TEXT: append_quoted(value->text, sql); return true;
    case VALUE_DATE:
        str_append(sql, "date ");
        append_quoted(value->text, sql);
        return true;
    case VALUE_TIMESTAMP:
        str_append(sql, "timestamp ");
        append_quoted(value->text, sql);
        return true;
    case VALUE_LIST: return append_list_literal(value, sql);
    case VALUE_TUPLE: {
        str_append_char(sql, '(');
        bool done = append_list_literal(value, sql);
        str_append_char(sql, ')');
        return done;
    }
    case VALUE_TABLE:
    case VALUE_COLUMN:
    case VALUE_DEFERRED: return false;
    }
    return false;
}

/** Brings a date or timestamp into the one form that values have. */
static bool
convert_time(Value *value, ValueKind kind, Arena *arena)
{
    int64_t epoch_us;
    if ((value->kind != VALUE_TEXT && value->kind != VALUE_DATE &&
         value->kind != VALUE_TIMESTAMP) ||
        clock_parse_utc(value->text, &epoch_us) != 0) {
        return false;
    }
    const int64_t day_us = INT64_C(86400000000);
    if (kind == VALUE_DATE && epoch_us % day_us != 0) {
        return false; /* a time of day would be lost */
    }
    char text[32];
    clock_format_utc(epoch_us, text, sizeof text);
    text[kind == VALUE_DATE ? 10 : 26] = '\0'; /* without the zone */
    text[10] = kind == VALUE_DATE ? '\0' : ' ';
    *value = (Value){.kind = kind, .text = arena_strdup(arena, text)};
    return true;
}

static bool
convert_scalar(Value *value, PdcType type, Arena *arena)
{
    switch (type) {
    case PDC_TYPE_BOOL: return value->kind == VALUE_BOOL;
    case PDC_TYPE_INT: return value->kind == VALUE_INT;
    case PDC_TYPE_FLOAT:
        if (value->kind == VALUE_INT) {
            *value = value_float((double)value->integer);
        }
        return value->kind == VALUE_FLOAT;
    case PDC_TYPE_TEXT:
    case PDC_TYPE_INSTANCE: return value->kind == VALUE_TEXT;
    case PDC_TYPE_DATE: return convert_time(value, VALUE_DATE, arena);
    case PDC_TYPE_TIMESTAMP: return convert_time(value, VALUE_TIMESTAMP, arena);
    case PDC_TYPE_TABLE: return value->kind == VALUE_TABLE;
    case PDC_TYPE_COLUMN: return value->kind == VALUE_COLUMN;
    }
    return false;
}

static bool
convert_list(Value *value, PdcType type, Arena *arena)
{
    if (value->kind != VALUE_LIST) {
        return false;
    }
    Value *items = ARENA_ARRAY(arena, Value, value->n_items);
    for (size_t i = 0; i < value->n_items; i++) {
        items[i] = value->items[i];
        if (items[i].kind != VALUE_NULL && !convert_scalar(&items[i], type, arena)) {
            return false;
        }
    }
    value->items = items;
    return true;
}

bool
value_convert(Value *value, PdcType type, bool is_list, Arena *arena)
{
    if (value->kind == VALUE_NULL || value->kind == VALUE_DEFERRED) {
        return true;
    }
    return is_list ? convert_list(value, type, arena) : convert_scalar(value, type, arena);
}

static bool
parse_number(const char *text, PdcType type, Value *ret_value)
{
    char *end;
    bool is_decimal = text[strspn(text, "+-.0123456789eE")] == '\0'; /* strtod() takes 0x1p3, too */
    bool is_special = type == PDC_TYPE_FLOAT && text[strspn(text, "+-nafityNAFITY")] == '\0';
    if (!is_decimal && !is_special) {
        return false; /* also blanks */
    }
    errno = 0;
    if (type == PDC_TYPE_INT) {
        *ret_value = value_int(strtoll(text, &end, 10));
    } else {
        *ret_value = value_float(strtod(text, &end));
    }
    return end != text && *end == '\0' && errno == 0;
}

static bool
parse_scalar(const char *text, PdcType type, Arena *arena, Value *ret_value)
{
    switch (type) {
    case PDC_TYPE_BOOL:
        *ret_value = value_bool(text_equal(text, "true"));
        return text_equal(text, "true") || text_equal(text, "false");
    case PDC_TYPE_INT:
    case PDC_TYPE_FLOAT: return parse_number(text, type, ret_value);
    case PDC_TYPE_TEXT:
    case PDC_TYPE_INSTANCE:
    case PDC_TYPE_DATE:
    case PDC_TYPE_TIMESTAMP:
        *ret_value = value_text(arena_strdup(arena, text));
        return convert_scalar(ret_value, type, arena);
    case PDC_TYPE_TABLE:
    case PDC_TYPE_COLUMN: return false;
    }
    return false;
}

bool
value_parse(const char *text, PdcType type, bool is_list, Arena *arena, Value *ret_value)
{
    if (!is_list) {
        return parse_scalar(text, type, arena, ret_value);
    }
    VEC(Value) items = {0};
    for (const char *start = text; *text != '\0';) {
        size_t length = strcspn(start, ",");
        Value item;
        if (!parse_scalar(arena_strndup(arena, start, length), type, arena, &item)) {
            return false;
        }
        vec_push_in(arena, &items, item);
        if (start[length] == '\0') {
            break;
        }
        start += length + 1;
    }
    *ret_value = (Value){.kind = VALUE_LIST, .items = items.items, .n_items = items.n};
    return true;
}

static bool
is_number(const Value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_FLOAT;
}

static bool
is_textual(const Value *value)
{
    return value->kind == VALUE_TEXT || value->kind == VALUE_DATE ||
           value->kind == VALUE_TIMESTAMP || value->kind == VALUE_COLUMN;
}

static int
order_of(bool less, bool greater)
{
    return (int)greater - (int)less;
}

static bool
compare_items(const Value *a, const Value *b, int *ret_order)
{
    for (size_t i = 0; i < a->n_items && i < b->n_items; i++) {
        if (!value_compare(&a->items[i], &b->items[i], ret_order)) {
            return false;
        }
        if (*ret_order != 0) {
            return true;
        }
    }
    *ret_order = order_of(a->n_items<b->n_items, a->n_items> b->n_items);
    return true;
}

bool
value_compare(const Value *a, const Value *b, int *ret_order)
{
    if (a->kind == VALUE_INT && b->kind == VALUE_INT) {
        *ret_order = order_of(a->integer<b->integer, a->integer> b->integer);
    } else if (is_number(a) && is_number(b)) {
        double x = a->kind == VALUE_INT ? (double)a->integer : a->number;
        double y = b->kind == VALUE_INT ? (double)b->integer : b->number;
        *ret_order = order_of(x<y, x> y);
    } else if (a->kind == VALUE_BOOL && b->kind == VALUE_BOOL) {
        *ret_order = order_of(a->integer<b->integer, a->integer> b->integer);
    } else if (is_textual(a) && is_textual(b)) {
        int order = strcmp(a->text, b->text);
        *ret_order = order_of(order<0, order> 0);
    } else if (a->kind == b->kind && (a->kind == VALUE_LIST || a->kind == VALUE_TUPLE)) {
        return compare_items(a, b, ret_order);
    } else {
        return false;
    }
    return true;
}
