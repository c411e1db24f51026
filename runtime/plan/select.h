/**
 * Select: selectors of the command line, as sets of tables.
 *
 * `stage`, `stage.table`, `stage.*`, `tag:t`, `*`; `+x` adds what x needs, `x+` what needs x; a
 * comma is union. Names are written as in the language (folded, or in quotes), or as they are
 * shown.
 */
#ifndef PDC_PLAN_SELECT_H
#define PDC_PLAN_SELECT_H

#include "runtime/diag/error.h"
#include "runtime/elaborate/flow.h"

/** Reads a name as the language has it: folded, or without its quotes. @return the text behind it
 */
const char *select_read_name(const char *text, Arena *arena, const char **ret_name);

/**
 * @param ret_selected  one bool a table, in `arena`
 * @return 0, or < 0 with ERROR_SELECTOR: what names no table, and the nearest that would
 */
MUST_CHECK int select_tables(const Flow *flow, const char *selector, Arena *arena,
                             bool **ret_selected, Error *reterr);

#endif
