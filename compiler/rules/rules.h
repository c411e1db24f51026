/**
 * Rules: what a team demands of its flow, as queries over what the flow is.
 *
 * In:   the flow of one instance, the rules of the model. Out: a message for each row that a rule
 * gives, at the table that the row names. The flow is put into tables of the schema `model`
 * (resolve/model_relations.def) of a DuckDB in memory, which is opened only where there are rules.
 */
#ifndef PDC_RULES_RULES_H
#define PDC_RULES_RULES_H

#include "compiler/resolve/model.h"
#include "compiler/types/types.h"

typedef struct RulesInput RulesInput;
struct RulesInput {
    const ModelRule *rules;
    size_t n_rules;
    const char *instance;
    const Flow *flow;
    FlowSources *sources;
    Types *types; /* knows the columns of this instance's tables; NULL: nobody does */
};

/**
 * Tries all rules. A rule that DuckDB refuses is an error at its place.
 * @param reterr  why DuckDB can't be asked
 * @return 0, or < 0 with `reterr`
 */
MUST_CHECK int rules_try(const RulesInput *input, Arena *arena, Diags *diags, Error *reterr);

#endif
