/**
 * Sources: the `.flow` files of a compiled flow as SourceFiles, so that a place in a PdcFlow can be
 * shown.
 *
 * The compiler has the files open and hands them in; the executable puts one together from its
 * embedded lines when a message first needs it.
 */
#ifndef PDC_FLOW_SOURCES_H
#define PDC_FLOW_SOURCES_H

#include "runtime/base/arena.h"
#include "runtime/diag/source.h"

#include <pdc/flow.h>

typedef struct FlowSources FlowSources;

/** Sources over the embedded lines of `unit`; lives in `arena`. */
FlowSources *flow_sources_new(const PdcFlow *unit, Arena *arena);
/** Sources over files that are open; `files` is not copied and must outlive the result. */
FlowSources *flow_sources_from_files(const SourceFile *const *files, size_t n_files, Arena *arena);

/** The place as a Span; SPAN_NONE for a span that is all zero. */
Span flow_span(FlowSources *sources, PdcSpan at);

#endif
