/**
 * Layout: where the things of one instance are: its stages' schemas, its hidden tables, its
 * metadata.
 */
#ifndef PDC_META_LAYOUT_H
#define PDC_META_LAYOUT_H

#include "runtime/base/arena.h"

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

/** The name of a lock of the instance: "run" for the whole of a run, "publish" for the publication
 * alone. */
const char *meta_lock_name(const MetaLayout *layout, const char *what, Arena *arena);

#endif
