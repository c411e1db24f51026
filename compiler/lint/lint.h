/**
 * Lint: warnings about queries that are right and seldom meant: rows that differ from run to run,
 * conditions that are never true, SQL that means something else on the other engine.
 *
 * In:   the flow of one instance, and the queries that compiler/sql found something in. Out:
 * messages at places of the `.flow`. What depends on keys is decided by the clauses of the tables,
 * what depends on types by the engine; where they aren't known, nothing is said.
 */
#ifndef PDC_LINT_LINT_H
#define PDC_LINT_LINT_H

#include "compiler/sql/analyze.h"
#include "compiler/types/types.h"
#include "runtime/diag/diag.h"

typedef struct LintInput LintInput;
struct LintInput {
    const char *instance;
    const Flow *flow;
    const Environment *environment;
    FlowSources *sources;
    SqlDialect dialect;
    bool both_engines; /* the flow must be right on both */
    /** Is it one of the queries that need a look? */
    bool (*is_doubtful)(void *user, const FlowQuery *query);
    void *user;
    Types *types; /* knows the types of this instance's tables; NULL: nobody does */
    SqlAnalyzer *analyzer;
};

/** Looks at all tables, views and checks of the instance. */
void lint_flow(const LintInput *input, Arena *arena, Diags *diags);

#endif
