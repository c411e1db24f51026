/**
 * Type: the types of the language as an enum, from types.def, and their names.
 *
 * Any thread; all texts are constant.
 */
#ifndef PDC_FLOW_TYPE_H
#define PDC_FLOW_TYPE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum PdcType {
#define TYPE(id, language, postgres, duckdb, json) PDC_TYPE_##id,
#include "runtime/flow/types.def"
#undef TYPE
    PDC_TYPE_INSTANCE, /* an attr that names another instance; TEXT as a value */
    PDC_TYPE_TABLE,    /* a parameter that is a table */
    PDC_TYPE_COLUMN    /* a parameter or loop variable that is a column */
} PdcType;

/** How `--json` shows a value. */
typedef enum TypeJson { TYPE_JSON_BOOL, TYPE_JSON_NUMBER, TYPE_JSON_TEXT } TypeJson;

/** The language's word: "int", "timestamp", "instance", "column". */
const char *type_name(PdcType type);

/**
 * Reads a type of the language, letter case free. Knows `instance`, `table` and `column`, too;
 * where those may stand is for the caller to say. @return false if `name` (its first `length`
 * bytes) is none
 */
bool type_parse(const char *name, size_t length, PdcType *ret_type);

/** What the engines call it; INSTANCE, TABLE and COLUMN are text there. */
const char *type_postgres_name(PdcType type);
const char *type_duckdb_name(PdcType type);

TypeJson type_json(PdcType type);

#endif
