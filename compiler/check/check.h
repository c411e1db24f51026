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
#include "compiler/types/types.h"
#include "runtime/config/config.h"
#include "runtime/elaborate/elaborate.h"
#include "runtime/flow/sources.h"

/** Figures for the line that `pdc check` ends with. */
typedef struct CheckSummary CheckSummary;
struct CheckSummary {
    size_t n_instances;
    size_t n_tables; /* of the instance that has most */
    size_t n_checks;
    bool names_only;    /* in some instance no engine was asked for columns and types */
    const char *reason; /* why it could not be asked, or NULL */
    size_t n_unknown;   /* tables whose columns are unknown, of the instance that has most */
};

typedef struct CheckInput CheckInput;
struct CheckInput {
    const Model *model;
    Config *config;
    FlowSources *sources;
    CsvOptionsCheck check_csv; /* knows the arguments of csv(); may be NULL */
    FactsCache *cache;         /* of what queries say; NULL: none */
    const char *cache_path;    /* keeps what the engine said for the next check; NULL: nowhere */
    const char *cache_version;
    bool names_only;      /* don't ask the engine for columns and types */
    const char *instance; /* ask this instance's own server; NULL: none */
};

/** Elaborates the model for each instance of `config` whose own settings are right; those of others
 * are reported. */
void check_instances(const CheckInput *input, Arena *arena, Diags *diags,
                     CheckSummary *ret_summary);

/** The flow as one instance has it. */
typedef struct CheckedInstance CheckedInstance;
struct CheckedInstance {
    const Flow *flow;
    Environment environment; /* in which it was worked out */
};

/** Works out what the flow is in one instance. @return 0, or < 0 with messages */
MUST_CHECK int check_elaborate(const CheckInput *input, const char *name, Arena *arena,
                               Diags *diags, CheckedInstance *ret_checked);

/**
 * Works one instance out, and has its engine look at all tables: DuckDB in memory, or the
 * instance's own server.
 * @param ret_types  owned by the caller, end it with types_free() before `arena`
 * @return 0, or < 0 with messages
 */
MUST_CHECK int check_columns(const CheckInput *input, const char *name, Arena *arena, Diags *diags,
                             CheckedInstance *ret_checked, Types **ret_types);

/** The engines of all configured instances: those for which SQL must be right. */
ModelEngines check_engines(Config *config, Diags *diags);

#endif
