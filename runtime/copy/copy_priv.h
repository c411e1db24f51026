/**
 * What the files of copy/ share.
 */
#ifndef PDC_COPY_COPY_PRIV_H
#define PDC_COPY_COPY_PRIV_H

#include "runtime/copy/copy.h"
#include "runtime/copy/way.h"

/** A table that the source has published. */
typedef struct CopyTable CopyTable;
struct CopyTable {
    const char *content_key;
    const char *schema;
    const char *table;
    const char *run;
};

struct CopySource {
    CopyOptions options;
    CopyWay way;       /* to the source */
    CopyTable *tables; /* one a table of the flow; content_key NULL where the source has none */
    Arena *arena;
};

/** Appends the quoted name of a table of the source. */
void copy_append_name(const CopySource *source, const char *schema, const char *table, Str *sql);
/** Is a column of the table masked by the configuration's key? */
bool copy_masks_by_key(const FlowTable *table);
/** Opens the way to the source: its lock, or its file. @return 0 or < 0 */
MUST_CHECK int copy_enter(CopySource *source, Store *store, Error *reterr);
/** Closes it again; fails silently, since a lost connection has closed it, too. */
void copy_leave(CopySource *source, Store *store);
/** copy_source_look(), when the way is open. */
MUST_CHECK int copy_look_inside(CopySource *source, Store *store, KeyFresh *fresh, Arena *arena,
                                Error *reterr);

#endif
