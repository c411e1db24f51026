/**
 * Cells: values of a table for programs, with the words that people read instead.
 */
#ifndef PDC_CLI_CELLS_H
#define PDC_CLI_CELLS_H

#include "runtime/base/arena.h"
#include "runtime/report/report.h"

/** A text; NULL is null. */
ReportCell cell_text(const char *value);
ReportCell cell_bool(bool truth);
/* Figures: less than nothing is not known, and so null. */
ReportCell cell_count(Arena *arena, int64_t count);
ReportCell cell_bytes(Arena *arena, int64_t size_bytes);
/** `append` puts it into words: words_append_seconds() or words_append_age(). */
ReportCell cell_seconds(Arena *arena, double seconds, void (*append)(Str *out, double seconds));
/** A time as ISO 8601 in UTC; people see it to the second. */
ReportCell cell_time(Arena *arena, const char *iso);

#endif
