/**
 * Log: a run as one JSON object a line, for programs that collect logs. Every line says when, how
 * bad, and which run of which flow and instance; the rest are the fields of `--json`.
 */
#ifndef PDC_REPORT_LOG_H
#define PDC_REPORT_LOG_H

#include "runtime/exec/event.h"
#include "runtime/report/json.h"
#include "runtime/report/record.h"

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR } LogLevel;

/** How bad an event is. */
LogLevel log_level_of(const RunEvent *event);
/** Begins the line of an event of that name; the caller adds its fields.
 */
void log_begin(JsonLine *line, LogLevel level, const char *name, int64_t at_us);
/** Adds which run it is of, for fields that don't say so themselves.
 * @param flow    the flow's name
 * @param record  NULL while no run has begun */
void log_add_run(JsonLine *line, const char *flow, const RunRecord *record);

#endif
