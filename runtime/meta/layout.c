#include "runtime/meta/layout.h"

#define METADATA_NAME "flow_metadata"
#define HIDDEN_NAME   "flow_hidden"

MetaLayout
meta_layout(const char *prefix, const char *suffix, Arena *arena)
{
    MetaLayout layout = {.prefix = prefix, .suffix = suffix};
    layout.metadata_schema = meta_stage_schema(&layout, METADATA_NAME, arena);
    layout.hidden_schema = meta_stage_schema(&layout, HIDDEN_NAME, arena);
    return layout;
}

const char *
meta_stage_schema(const MetaLayout *layout, const char *stage, Arena *arena)
{
    return arena_printf(arena, "%s%s%s", layout->prefix, stage, layout->suffix);
}

const char *
meta_lock_name(const MetaLayout *layout, const char *what, Arena *arena)
{
    return arena_printf(arena, "pdc %s %s", what, layout->metadata_schema);
}
