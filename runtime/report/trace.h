/**
 * Trace: a run as spans, in the JSON of OpenTelemetry's protocol (OTLP, ExportTraceServiceRequest):
 * one trace a run, a span for the run, one for each table that was worked on, one for publishing.
 *
 * Ids are those of ids.h; times come from the wall clock.
 */
#ifndef PDC_REPORT_TRACE_H
#define PDC_REPORT_TRACE_H

#include "runtime/base/str.h"
#include "runtime/report/record.h"

/** Appends the request as one line.
 * @param version  of the pdc that built the flow */
void trace_append(const RunRecord *record, const char *version, Str *out);

#endif
