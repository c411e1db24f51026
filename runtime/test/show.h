/**
 * Show: results of tests as text for people, as JSON and as JUnit XML. All three hold the same.
 */
#ifndef PDC_TEST_SHOW_H
#define PDC_TEST_SHOW_H

#include "runtime/base/str.h"
#include "runtime/diag/diag.h"
#include "runtime/test/test.h"

/** Of a difference no more rows are shown to people; the rest is counted. */
#define TEST_SHOWN_ROWS 20

/** Appends a line, and what failed below it. */
void test_append_text(const TestResult *result, DiagStyle style, Str *out);
/** "3 tests passed, 1 failed (0.12 s)". */
void test_append_summary(const TestSummary *summary, Str *out);

/** Appends lines: a `test` event, then for each failure a `test_failure` event with its
 * `test_row`s. */
void test_append_json(const TestResult *result, Str *out);
/** A `tests` event: the last line. */
void test_append_json_summary(const TestSummary *summary, Str *out);

/** Appends a `testcase` element. */
void test_append_junit(const TestResult *result, const char *flow, Str *out);
/** The document around the elements. */
void test_append_junit_document(const TestSummary *summary, const char *flow, const char *cases,
                                Str *out);

#endif
