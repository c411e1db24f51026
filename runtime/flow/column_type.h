/**
 * Column type: the types of the language that a column can have, with their sizes, from
 * column_types.def: `int`, `numeric(12, 2)`, `varchar(20)`.
 *
 * Any thread; all texts are constant unless an arena is given.
 */
#ifndef PDC_FLOW_COLUMN_TYPE_H
#define PDC_FLOW_COLUMN_TYPE_H

#include "runtime/base/arena.h"
#include "runtime/flow/type.h"

#include <pdc/flow.h>

typedef enum ColumnTypeKind {
#define COLUMN_TYPE(id, language, value, least, most, sql) COLUMN_TYPE_##id,
#include "runtime/flow/column_types.def"
#undef COLUMN_TYPE
    COLUMN_TYPE_COUNT
} ColumnTypeKind;

/** Digits of a numeric; DuckDB has no more. */
#define COLUMN_TYPE_DIGITS_MAX 38
/** Characters of a varchar; PostgreSQL has no more. */
#define COLUMN_TYPE_LENGTH_MAX 10485760

/** The language's word: "numeric". */
const char *column_type_name(ColumnTypeKind kind);
/** @return false if `name` is no type that a column can have */
bool column_type_parse(const char *name, ColumnTypeKind *ret_kind);
/** How many sizes may stand behind it in brackets. */
size_t column_type_least_args(ColumnTypeKind kind);
size_t column_type_most_args(ColumnTypeKind kind);
/** What is to be said of sizes in brackets: "takes one size: varchar(20)". */
const char *column_type_sizes(ColumnTypeKind kind);
/** What is wrong with these sizes, or NULL. */
const char *column_type_problem(ColumnTypeKind kind, int64_t size, int64_t scale);
/** All of them, for messages: "bool, int, … or timestamp". In `arena`. */
const char *column_type_list(Arena *arena);
/** The type of its values, for attrs and CSV files. */
PdcType column_type_value(ColumnTypeKind kind);

/** `numeric(12, 2)`, as the language writes it. In `arena`. */
const char *column_type_text(PdcColumnType type, Arena *arena);
/** `double precision`, as SQL writes it, on every engine. In `arena`. */
const char *column_type_sql(PdcColumnType type, Arena *arena);

#endif
