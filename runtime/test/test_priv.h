/**
 * What the files of test/ share.
 */
#ifndef PDC_TEST_PRIV_H
#define PDC_TEST_PRIV_H

#include "runtime/base/vec.h"
#include "runtime/elaborate/test.h"
#include "runtime/exec/exec.h"
#include "runtime/run/session.h"
#include "runtime/test/test.h"

#include <pthread.h>

/** A database of one worker, empty between tests. */
typedef struct Scratch Scratch;
struct Scratch {
    const Instance *instance;
    const char *flow_name;
    Store *store;
    const char *schema; /* where everything is made */
    Arena *arena;
    pthread_mutex_t mutex; /* held to close the store, and to cancel what it does */
};

void scratch_init(Scratch *scratch, const Instance *instance, const char *flow_name);
/** Asks the engine to stop; any thread. */
void scratch_cancel(Scratch *scratch);

/** Makes it ready for a test, opening it where it isn't. @return 0, or < 0: the store says why */
MUST_CHECK int scratch_ready(Scratch *scratch, Error *reterr);
/** Takes away what the test made. */
void scratch_clear(Scratch *scratch);
void scratch_deinit(Scratch *scratch);

/** One test under way. */
typedef struct TestCase TestCase;
struct TestCase {
    const TestRequest *request;
    const PdcTest *test;
    const Environment *environment; /* of the instance */
    FlowSources *sources;
    Scratch *scratch;
    Arena *arena; /* ends with its result */
    Map *shapes;  /* of the worker: columns of given tables with the instance's own attrs */
    Arena *shapes_arena;
    volatile sig_atomic_t stopped;
};

/** Runs it. Fills `ret_result`, in the case's arena. */
void test_case_run(TestCase *test_case, TestResult *ret_result);
/** Ends what the result holds beside its arena. */
void test_result_deinit(TestResult *result);

#endif
