/**
 * Layout: where the things of one instance are: its stages' schemas, its hidden tables, its
 * metadata.
 */
#ifndef PDC_META_LAYOUT_H
#define PDC_META_LAYOUT_H

#include "runtime/base/arena.h"

#include <stdbool.h>

typedef struct MetaLayout MetaLayout;
struct MetaLayout {
    const char *prefix; /* of every schema of the instance */
    const char *suffix;
    const char *metadata_schema;
    const char
        *hidden_schema; /* tables that nobody sees: under construction, earlier versions, trash */
};

/** The layout of an instance; `prefix` and `suffix` must outlive it. */
MetaLayout meta_layout(const char *prefix, const char *suffix, Arena *arena);
/** The schema that readers of the stage see. */
const char *meta_stage_schema(const MetaLayout *layout, const char *stage, Arena *arena);

/** The name, in the metadata schema, of the table with the weights of a copy's rows:
 * `orders__design__` and the digits of its physical name, clipped to `limit` bytes. */
const char *meta_design_name(const char *physical, size_t limit, Arena *arena);
/** Is it such a name? */
bool meta_is_design(const char *name);

/** The name of a lock of the instance: "run" for the whole of a run, "publish" for the publication
 * alone. */
const char *meta_lock_name(const MetaLayout *layout, const char *what, Arena *arena);

#endif
