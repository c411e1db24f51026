/**
 * What the files of lint/ share.
 */
#ifndef PDC_LINT_LINT_PRIV_H
#define PDC_LINT_LINT_PRIV_H

#include "compiler/lint/lint.h"

/** The query that is looked at. */
typedef struct Linter Linter;
struct Linter {
    const LintInput *input;
    Arena *arena;
    Diags *diags;
    const FlowTable *table; /* NULL: a check */
    const FlowQuery *query;
    Rendered rendered;
    const SqlFacts *facts; /* of the rendered text */
};

/** Does another table read this one? */
bool linter_is_read(const Linter *l, const FlowTable *table);
/** A warning at the lint's place, with its name. */
void linter_say(const Linter *l, const SqlLint *lint, DiagId id);

/* ---- engines.c ---- */

/** Says what the two engines understand differently in the query. */
void linter_compare_engines(const Linter *l);

#endif
