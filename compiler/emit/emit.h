/**
 * Emit: a PdcFlow to C. The generated file holds static const tables, a comment with file and line
 * at each entry, and a main() of one line. Same flow, same bytes. It compiles without a warning
 * under the project's own flags.
 */
#ifndef PDC_EMIT_EMIT_H
#define PDC_EMIT_EMIT_H

#include "runtime/base/str.h"
#include "runtime/flow/sources.h"

#include <pdc/flow.h>

/** Appends the C file of `flow` to `out`. @param sources  for the comments that say where an entry
 * comes from */
void emit_flow(const PdcFlow *flow, FlowSources *sources, Str *out);

#endif
