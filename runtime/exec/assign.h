/**
 * Assign: which types of the engines become which types of a contract, by SQL's assignment casts.
 */
#ifndef PDC_EXEC_ASSIGN_H
#define PDC_EXEC_ASSIGN_H

#include "runtime/base/arena.h"
#include "runtime/flow/column_type.h"

typedef enum Assignment {
    ASSIGN_NEVER,  /* there is no assignment cast */
    ASSIGN_ALWAYS, /* nothing can be lost */
    ASSIGN_TESTED  /* a value may lose something */
} Assignment;

/** What becomes of values of a type, as the engine spells it, in a column of the promised type. */
Assignment assign_type(PdcColumnType promised, const char *sql_type, Arena *scratch);

/**
 * The type of the language for a type as the engine spells it.
 * @return false where it is only the nearest one: its values become another form, or may not fit
 */
bool assign_nearest(const char *sql_type, Arena *scratch, PdcColumnType *ret_type);

#endif
