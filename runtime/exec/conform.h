/**
 * Conform: from the columns that rows come with to those that the table's contract promises.
 *
 * A cast that can't lose anything is made as the rows are made. Where a value could lose something,
 * it becomes NULL if it does, and one more column of text, the problems, says so; promise.h looks
 * there. Types that have no assignment cast are an error of the table, not of rows.
 */
#ifndef PDC_EXEC_CONFORM_H
#define PDC_EXEC_CONFORM_H

#include "runtime/exec/exec.h"

typedef struct Conformed Conformed;
struct Conformed {
    const char
        *list; /* what to select: `"a", cast("b" as bigint) as "b"`; NULL: all is as promised */
    const char *casts;    /* the same as a person would write it, without what needs no cast */
    const char *problems; /* name of the column of problems, or NULL: nothing can be lost */
};

/** A name for the column of problems that no promised column has. */
const char *conform_problems_name(const PdcContract *contract);

/**
 * Compares columns with the contract of the table.
 * @return 0; < 0 with ERROR_SQL at its place: a column is missing, is too many, or has a type that
 * nothing can be assigned from
 */
MUST_CHECK int conform_columns(const Exec *exec, const ExecTarget *target,
                               const StoreColumn *columns, size_t n_columns, Arena *scratch,
                               Conformed *ret_conformed, Error *reterr);

/** Makes a table that is there already conform; `target->problems` is set where there may be some.
 * A view has to be as promised. */
MUST_CHECK int conform_made(const Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr);

#endif
