/**
 * Columns: what a table uses of another one, as a key.
 *
 * The rows of a table and each of its columns have keys of their own, made of the parts of its
 * query (outline.h) and, for each input, of what these parts use of it. Two tables with the same
 * keys of rows and of some columns hold the same rows as far as these columns go: by induction
 * over the inputs, since a query that is asked for fewer columns, of inputs with fewer columns,
 * gives the same for those that are left. So who uses only these columns need not be made again.
 */
#ifndef PDC_KEY_COLUMNS_H
#define PDC_KEY_COLUMNS_H

#include "runtime/key/key.h"

/** The key of what `names` (in lower case: all that may be a column) can use of `input`: its
 * content key where nothing better is known, NULL where that isn't known either. */
const char *columns_used_key(KeyState *state, const FlowTable *input, const char *const *names,
                             size_t n_names);

#endif
