#include "runtime/meta/layout.h"

#include "runtime/base/utf8.h"

#include <string.h>

#define METADATA_NAME "flow_metadata"
#define HIDDEN_NAME   "flow_hidden"
#define DESIGN_NAME   "__design"

enum { DIGITS = 14 }; /* `__` and twelve, at the end of a physical name */

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
meta_design_name(const char *physical, size_t limit, Arena *arena)
{
    size_t length = strlen(physical);
    size_t name = length > DIGITS ? length - DIGITS : 0;
    size_t kept = utf8_clip(physical, name, limit - DIGITS - strlen(DESIGN_NAME));
    return arena_printf(arena, "%.*s" DESIGN_NAME "%s", (int)kept, physical, physical + name);
}

bool
meta_is_design(const char *name)
{
    size_t length = strlen(name);
    size_t tail = strlen(DESIGN_NAME) + DIGITS;
    return length >= tail &&
           strncmp(name + length - tail, DESIGN_NAME "__", strlen(DESIGN_NAME) + 2) == 0;
}

const char *
meta_lock_name(const MetaLayout *layout, const char *what, Arena *arena)
{
    return arena_printf(arena, "pdc %s %s", what, layout->metadata_schema);
}
