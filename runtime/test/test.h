/**
 * Test: runs the unit tests of a flow, each on an empty scratch database.
 *
 *     TestRequest request = {.run = &run, .told = tell, …};
 *     int status = tests_run(&request, diags, &summary, &error);
 *
 * In:   a RunRequest (flow, instance, attrs), which tests, how many at a time.
 * Out:  a TestResult for each, in the order of the files; nothing anywhere else.
 * Rule: an instance on DuckDB gets a database in memory a test, one on a server the temporary
 * schema of a connection of its own, which ends with it: so nothing is left behind, even by a
 * process that is killed. Tables are made by exec/ and tested by verify/, as in a run.
 */
#ifndef PDC_TEST_TEST_H
#define PDC_TEST_TEST_H

#include "runtime/run/run.h"
#include "runtime/test/rows.h"

typedef enum TestState { TEST_PASSED, TEST_FAILED } TestState;

typedef enum TestFailureKind {
    TEST_ROWS_DIFFER,  /* columns, diff */
    TEST_ERROR,        /* error: it could not be made */
    TEST_MESSAGES,     /* messages: it means nothing with its attrs */
    TEST_NO_ERROR,     /* pattern: an error was expected, and none came */
    TEST_ANOTHER_ERROR /* pattern, error: one that the pattern doesn't fit */
} TestFailureKind;

typedef struct TestFailure TestFailure;
struct TestFailure {
    TestFailureKind kind;
    Span at;           /* of the `expect` */
    const char *table; /* stage.table, or NULL */
    const char *const *columns;
    size_t n_columns;
    const RowsCompare *how; /* one a column */
    RowsDiff diff;
    size_t n_expected;
    size_t n_found;
    const char *pattern;
    Error *error;
    const Diags *messages;
};

typedef struct TestResult TestResult;
struct TestResult {
    const char *name;
    TestState state;
    Span at;
    double seconds;
    const TestFailure *failures;
    size_t n_failures;
};

typedef struct TestSummary TestSummary;
struct TestSummary {
    size_t n_tests; /* that were run */
    size_t n_failed;
    size_t n_others; /* that no pattern names */
    double seconds;
};

typedef struct TestRequest TestRequest;
struct TestRequest {
    const RunRequest *run;
    const char *const *patterns; /* names, in which `*` and `?` stand for anything; none: all */
    size_t n_patterns;
    const bool *wanted; /* one a test of the flow; NULL: by patterns */
    size_t jobs;        /* at a time; 0: as many as there are cores */
    bool fail_fast;     /* begin no test after the first that failed */
    int64_t timeout_ms; /* of one test; 0: none */
    void (*told)(void *user, const TestResult *result); /* in the caller's thread; the result lives
                                                           until it returns. May be NULL */
    void *user;
};

/**
 * Runs the tests.
 * @return 0; RUN_OUTCOME_FAILED: a test failed; RUN_OUTCOME_DIAGS: the instance's attrs are wrong;
 * < 0 with `reterr`: ERROR_USAGE where a pattern fits no test, or what the store says
 */
MUST_CHECK int tests_run(const TestRequest *request, Diags *diags, TestSummary *ret_summary,
                         Error *reterr);

#endif
