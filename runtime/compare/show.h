/**
 * Show: a comparison as text for people and as JSON. Both hold the same.
 */
#ifndef PDC_COMPARE_SHOW_H
#define PDC_COMPARE_SHOW_H

#include "runtime/compare/compare.h"
#include "runtime/report/report.h"

/** For people: counts, then the columns and rows that differ, then the outcome. */
void compare_show(const CompareResult *result, Arena *arena, Report *report);

/** Appends lines: a `diff_column` event a column, a `diff_row` a row of one side, and at the end
 * `diff`. */
void compare_append_json(const CompareResult *result, Str *out);

#endif
