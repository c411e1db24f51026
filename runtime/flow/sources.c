#include "runtime/flow/sources.h"

#include "runtime/base/str.h"

#include <string.h>

struct FlowSources {
    Arena *arena;
    const PdcFlow *unit;
    const SourceFile **files; /* NULL where not put together yet */
    size_t n_files;
};

FlowSources *
flow_sources_new(const PdcFlow *unit, Arena *arena)
{
    FlowSources *sources = ARENA_NEW(arena, FlowSources);
    sources->arena = arena;
    sources->unit = unit;
    sources->n_files = unit->n_sources;
    sources->files = ARENA_ARRAY(arena, const SourceFile *, unit->n_sources);
    return sources;
}

FlowSources *
flow_sources_from_files(const SourceFile *const *files, size_t n_files, Arena *arena)
{
    FlowSources *sources = ARENA_NEW(arena, FlowSources);
    sources->arena = arena;
    sources->n_files = n_files;
    sources->files = arena_memdup(arena, files, n_files * sizeof(*files));
    return sources;
}

static const SourceFile *
join_lines(const PdcSource *source, Arena *arena)
{
    Str text = {0};
    for (size_t i = 0; i < source->n_lines; i++) {
        str_append(&text, source->lines[i]);
    }
    size_t length = text.length;
    return source_new(arena, source->path, str_take_in(&text, arena), length);
}

Span
flow_span(FlowSources *sources, PdcSpan at)
{
    if (at.end == 0 || at.file >= sources->n_files) {
        return SPAN_NONE;
    }
    if (sources->files[at.file] == NULL) {
        sources->files[at.file] = join_lines(&sources->unit->sources[at.file], sources->arena);
    }
    return span_make(sources->files[at.file], at.start, at.end);
}
