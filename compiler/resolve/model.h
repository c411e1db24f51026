/**
 * Model: the declarations of all files of a flow with their names bound, as the PdcFlow that will
 * be emitted.
 *
 * In:   the ASTs of the main file and of all that it uses.
 * Out:  a Model: symbol tables, and `unit`, the flow as data. Each query is a row of pieces in
 * which every table's name is a relation. Rule: what is wrong in a declaration is reported and the
 * declaration is left without body (a table keeps its name, so that others can still name it); the
 * rest goes on, so one call reports everything.
 *
 * SQL is understood by compiler/sql: each query is put together once per branch of its fragments,
 * with stand-ins for values, and what is found there is carried back to the pieces.
 */
#ifndef PDC_RESOLVE_MODEL_H
#define PDC_RESOLVE_MODEL_H

#include "compiler/ast/ast.h"
#include "compiler/sql/facts_cache.h"
#include "runtime/base/arena.h"
#include "runtime/base/map.h"
#include "runtime/diag/diag.h"

#include <pdc/flow.h>

/** The engines for which queries must be right. */
typedef struct ModelEngines ModelEngines;
struct ModelEngines {
    bool postgres;
    bool duckdb;
};

/** Looks values up that the language reads while compiling: `const k = csv('f', 'column')`. */
typedef struct ModelReader ModelReader;
struct ModelReader {
    /** Reads a column of a CSV file as text. @return 0 or < 0 with `reterr` */
    int (*csv_column)(const char *path, const char *column, Arena *arena,
                      const char *const **ret_values, size_t *ret_n, Error *reterr);
};

typedef struct ModelInput ModelInput;
struct ModelInput {
    const AstFile *const *files; /* the main file first; they must outlive the model */
    size_t n_files;
    const char *const *directories; /* per file: its folder relative to the executable's */
    ModelEngines engines;
    ModelReader reader;
    FactsCache *cache; /* of what queries say; must outlive the model; NULL: none */
    bool incomplete;   /* files had errors: what is not there may be what could not be read */
    bool files_lost;   /* whole files could not be found or read */
};

/** A rule of the team: each row of its query is a table that breaks it. */
typedef struct ModelRule ModelRule;
struct ModelRule {
    const char *title;
    Span span; /* of the title */
    bool warn_only;
    const char *sql; /* the text of `sql_span`; reads the relations of model_relations.def only */
    Span sql_span;
};

typedef struct Model Model;
struct Model {
    PdcFlow *unit;
    const ModelRule *rules;
    size_t n_rules;
    const Map *doubts; /* queries that need a second look (model_query_key()): what they say is
                          allowed and seldom meant, or something else on another engine */
    const Map *lost;   /* words that may be names of lost declarations; NULL: nothing was lost */
    bool files_lost;   /* any name may be one */
};

/**
 * Binds everything. Always makes a model, which is complete only if `diags` has no error
 * afterwards.
 * @param arena  where the model lives; it also points into the ASTs
 */
Model *model_resolve(const ModelInput *input, Arena *arena, Diags *diags);

/** What stands for a query in Model.doubts, by its place; in `arena`. */
const char *model_query_key(PdcSpan at, Arena *arena);

#endif
