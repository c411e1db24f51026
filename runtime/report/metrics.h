/**
 * Metrics: a run as a text file for Prometheus, in the exposition format that the node exporter's
 * textfile collector reads (version 0.0.4).
 *
 * In:   the record of a run that has ended. Out: gauges, labelled with flow and instance, those of
 * a table with stage and table, too. What isn't known has no sample.
 */
#ifndef PDC_REPORT_METRICS_H
#define PDC_REPORT_METRICS_H

#include "runtime/base/str.h"
#include "runtime/report/record.h"

/** Appends the file's text. */
void metrics_append(const RunRecord *record, Str *out);

#endif
