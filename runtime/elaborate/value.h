/**
 * Value: what an expression of the frame is worth: of attrs, constants, parameters, loop variables.
 *
 * Values are immutable and live in the arena of the elaboration. A value that depends on the
 * columns of a table that is not built yet is VALUE_DEFERRED; what holds it is worked out when the
 * table is there.
 */
#ifndef PDC_ELABORATE_VALUE_H
#define PDC_ELABORATE_VALUE_H

#include "runtime/base/arena.h"
#include "runtime/base/str.h"
#include "runtime/flow/type.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct FlowTable FlowTable;

typedef enum ValueKind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_FLOAT,
    VALUE_TEXT,
    VALUE_DATE,      /* text: YYYY-MM-DD */
    VALUE_TIMESTAMP, /* text: YYYY-MM-DD HH:MM:SS[.ffffff] */
    VALUE_LIST,
    VALUE_TUPLE,
    VALUE_TABLE,
    VALUE_COLUMN, /* text: its name; type: the engine's name of its type, or NULL */
    VALUE_DEFERRED
} ValueKind;

typedef struct Value Value;
struct Value {
    ValueKind kind;
    int64_t integer; /* BOOL, INT */
    double number;
    const char *text;
    const char *type;
    const Value *items; /* LIST, TUPLE */
    size_t n_items;
    const FlowTable *table;
};

#define VALUE_OF_NULL ((Value){.kind = VALUE_NULL})

Value value_bool(bool truth);
Value value_int(int64_t integer);
Value value_float(double number);
Value value_text(const char *text);

/** "an int", "the text 'x'" …: for messages, in `arena`. */
const char *value_describe(const Value *value, Arena *arena);
/** "int", "text", "list" …: for messages. */
const char *value_kind_name(ValueKind kind);

/** Appends the value as plain text, as it becomes part of a name. @return false if it has no such
 * form */
bool value_append_plain(const Value *value, Str *text);

/** Appends an SQL literal that both engines read alike; lists become `a, b`. @return false for
 * tables and columns, which are not literals, and for what is deferred */
bool value_append_literal(const Value *value, Str *sql);

/**
 * Checks that `value` is of `type` and brings it into that form: an int for a float, a text that is
 * a date for a date. @return false if it is of another type
 */
bool value_convert(Value *value, PdcType type, bool is_list, Arena *arena);

/** Reads a value of `type` from text, as on the command line (`--attr k=v`); lists are `a,b`.
 * @return false if it isn't one */
bool value_parse(const char *text, PdcType type, bool is_list, Arena *arena, Value *ret_value);

/** Three-way order of two scalars of comparable kinds. @return false where they can't be compared
 */
bool value_compare(const Value *a, const Value *b, int *ret_order);

#endif
