/**
 * Promise: what a table promises of its rows, tested when they are made: one scan for all clauses.
 *
 * Rows that break a promise go to `TABLE__rejected` in the stage of the table, each with what it
 * broke. That table tells of the last time that the table was made: it is written with the rows,
 * not with the publication, so it is there when the run fails, too.
 */
#ifndef PDC_EXEC_PROMISE_H
#define PDC_EXEC_PROMISE_H

#include "runtime/exec/exec.h"

/** promise_scan(): the table may not be published. */
#define PROMISE_BROKEN 1

typedef struct PromiseResult PromiseResult;
struct PromiseResult {
    const int64_t *scanned; /* as in ExecMade, in `exec->arena` */
    const ExecBroken *broken;
};

/**
 * Tests the rows of a promised table, and removes the column of problems, and under `reject` the
 * rows that are broken. `target->rows` is brought up to date.
 * @return 0; PROMISE_BROKEN with `reterr`: it was dropped, the broken rows are kept, and that
 * should be committed; < 0 with `reterr`
 */
MUST_CHECK int promise_scan(const Exec *exec, ExecTarget *target, Arena *scratch,
                            PromiseResult *ret_result, Error *reterr);

#endif
