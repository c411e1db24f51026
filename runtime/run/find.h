/**
 * Find: the one table that somebody named on the command line.
 */
#ifndef PDC_RUN_FIND_H
#define PDC_RUN_FIND_H

#include "runtime/diag/error.h"
#include "runtime/elaborate/flow.h"

/**
 * `stage.table`, as in the language or as it is shown; or a table's name that only one stage has.
 * @return 0, or < 0 with ERROR_SELECTOR: the nearest name, or that there is more than one
 */
MUST_CHECK int run_find_table(const Flow *flow, const char *written, Arena *arena,
                              const FlowTable **ret_table, Error *reterr);

#endif
