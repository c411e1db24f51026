/**
 * Whole: what must hold of a copy before it is committed: nothing refers to a row that was left
 * behind, and as many rows came as were chosen.
 *
 * What is wrong in the source already is told as a warning, with counts. It comes as it is, and the
 * clauses of the tables decide what follows from it, as they do in every instance.
 */
#ifndef PDC_COPY_WHOLE_H
#define PDC_COPY_WHOLE_H

#include "runtime/copy/choose.h"

/**
 * @param made  by table of the flow: what was copied of it, NULL where nothing was; foreign keys
 * that hold are noted there as tested
 * @param ret_failed  on failure: the copied table that it is about
 * @return 0, or < 0: ERROR_DATA where the copy lost what a row refers to, with the clause, how
 * often, and the first of these rows
 */
MUST_CHECK int copy_check_whole(CopyChoice *choice, Exec *exec, ExecMade **made,
                                const FlowTable **ret_failed, Error *reterr);

#endif
