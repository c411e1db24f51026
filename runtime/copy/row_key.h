/**
 * RowKey: the key of one row, as somebody types it.
 */
#ifndef PDC_COPY_ROW_KEY_H
#define PDC_COPY_ROW_KEY_H

#include "runtime/copy/choose_priv.h"

/**
 * Reads the values of a key, as copy_explain() describes them, and has the engine read each as the
 * type of its column.
 * @param ret_values  one a column of the key, in the choice's arena
 * @return 0, or < 0: ERROR_USAGE where the table has no key, where there are more or fewer values,
 * or where one isn't of the column's type
 */
MUST_CHECK int copy_read_key(CopyChoice *choice, const FlowTable *table, const char *text,
                             const char ***ret_values, Error *reterr);

#endif
