/**
 * What the files of meta/ share: names and cells in SQL.
 */
#ifndef PDC_META_META_PRIV_H
#define PDC_META_META_PRIV_H

#include "runtime/meta/meta.h"

/** Appends `"schema"."table"` of a metadata table. */
void meta_append_name(const MetaLayout *layout, const char *table, Str *sql);
/** Appends a number; negative ones, which mean "not known", as NULL. */
void meta_append_number(int64_t number, Str *sql);
/** Appends `cast('…' as timestamp)`. */
void meta_append_time(const char *time, Str *sql);

/** The format that is there; 0 where there is none. */
MUST_CHECK int meta_read_format(Store *store, const MetaLayout *layout, int *ret_format,
                                Error *reterr);
/** ERROR_VERSION for one that this code doesn't know. */
MUST_CHECK int meta_check_format(int format, const MetaLayout *layout, Error *reterr);

/** "finished", "published", "old". */
const char *meta_state_name(MetaState state);

#endif
