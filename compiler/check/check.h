/**
 * Check: a model held against every configured instance. What the executable will work out for the
 * instance that it runs, elaborate() works out here for all of them.
 *
 * In:   a Model (complete or not) and the configuration.
 * Out:  messages; a name that resolves in some instances only says in which it does not.
 */
#ifndef PDC_CHECK_CHECK_H
#define PDC_CHECK_CHECK_H

#include "compiler/resolve/model.h"
#include "runtime/config/config.h"
#include "runtime/flow/sources.h"

/** Figures for the line that `pdc check` ends with. */
typedef struct CheckSummary CheckSummary;
struct CheckSummary {
    size_t n_instances;
    size_t n_tables; /* of the instance that has most */
    size_t n_checks;
};

/** Elaborates the model for each instance of `config` whose own settings are right; those of others
 * are reported. */
void check_instances(const Model *model, Config *config, FlowSources *sources, Arena *arena,
                     Diags *diags, CheckSummary *ret_summary);

/** The engines of all configured instances: those for which SQL must be right. */
ModelEngines check_engines(Config *config, Diags *diags);

#endif
