/**
 * Unit tests: the small flow that one test makes.
 *
 * In:   a PdcFlow, one of its tests, the environment of the instance.
 * Out:  a FlowTest: the tables that the test needs (what it expects, and what that depends on,
 * stopped at what is given), with the test's attrs and time. Given tables hold their rows, inputs
 * that the test doesn't speak of are empty; neither has clauses. Nothing is copied.
 */
#ifndef PDC_ELABORATE_TEST_H
#define PDC_ELABORATE_TEST_H

#include "runtime/elaborate/elaborate.h"

/** Rows that are expected. */
typedef struct FlowExpect FlowExpect;
struct FlowExpect {
    const PdcTestRows *rows;
    const FlowTable *table;
    const FlowBody *body; /* QUERY, CSV or PARQUET */
};

typedef struct FlowTest FlowTest;
struct FlowTest {
    const PdcTest *declared;
    Environment environment; /* with the attrs and the time of the test */
    const Flow *flow;        /* checks only where an error is expected */
    const FlowExpect *expects;
    size_t n_expects;
};

/**
 * Works one test out. @param ret_test  in `arena`
 * @return 0, or < 0 with messages in `diags`
 */
MUST_CHECK int elaborate_test(const PdcFlow *unit, const PdcTest *test,
                              const Environment *environment, FlowSources *sources, Arena *arena,
                              Diags *diags, const FlowTest **ret_test);

/**
 * Works out the tables, made of empty inputs, whose columns are those of given tables without a
 * contract.
 * @param ret_shapes  no tables where none is needed
 * @return as elaborate_test()
 */
MUST_CHECK int elaborate_shapes(const PdcFlow *unit, const FlowTest *test, FlowSources *sources,
                                Arena *arena, Diags *diags, const Flow **ret_shapes);

/** Appends all that decides what the tables of a test hold, in canonical form: two tests with equal
 * texts end alike. */
void flow_test_canon(const FlowTest *test, Str *canon);

#endif
