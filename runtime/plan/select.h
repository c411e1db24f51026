/**
 * Select: selectors of the command line, as sets of tables.
 *
 * `stage`, `stage.table`, `stage.*`, `tag:t`, `*`; `+x` adds what x needs, `x+` what needs x; a
 * comma is union.
 */
#ifndef PDC_PLAN_SELECT_H
#define PDC_PLAN_SELECT_H

#include "runtime/diag/error.h"
#include "runtime/elaborate/flow.h"

/**
 * @param ret_selected  one bool a table, in `arena`
 * @return 0, or < 0 with ERROR_SELECTOR: what names no table, and the nearest that would
 */
MUST_CHECK int select_tables(const Flow *flow, const char *selector, Arena *arena,
                             bool **ret_selected, Error *reterr);

#endif
