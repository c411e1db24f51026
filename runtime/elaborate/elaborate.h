/**
 * Elaborate: the one piece of code that says what a flow is for given attrs. The compiler uses it
 * for every configured instance, the executable for the one that it runs.
 *
 * In:   a PdcFlow and an Environment (attrs in their types, instance, time).
 * Out:  a Flow, acyclic, every relation bound; or messages at the places in the `.flow` files.
 * Rule: same input, same Flow. Reads no file, no clock and no database.
 */
#ifndef PDC_ELABORATE_ELABORATE_H
#define PDC_ELABORATE_ELABORATE_H

#include "runtime/base/arena.h"
#include "runtime/base/map.h"
#include "runtime/diag/diag.h"
#include "runtime/diag/error.h"
#include "runtime/elaborate/flow.h"
#include "runtime/flow/sources.h"

/** Are these named arguments of csv() right? A value is NULL for SQL's null. `*ret_wrong` is the
 * one that isn't. */
typedef int (*CsvOptionsCheck)(const char *const *names, const char *const *values, size_t n,
                               size_t *ret_wrong, Error *reterr);

typedef struct Environment Environment;
struct Environment {
    const Map *attrs; /* name to const Value *: every attr that the flow declares */
    const char *instance_name;
    const char *instance_id;
    const char *engine;        /* "duckdb" or "postgres" */
    const char *schema_prefix; /* around the names of stages; NULL: nothing */
    const char *schema_suffix;
    const char *const *instances; /* those that there are */
    size_t n_instances;           /* 0: any name may be one */
    const char *run_date;         /* YYYY-MM-DD */
    const char *run_started;      /* YYYY-MM-DD HH:MM:SS.ffffff */
    bool requires_masks;          /* of what is personal, in a copy */
    bool has_mask_key;
    bool fixes_date;                         /* `current_date` means `run_date` */
    const char *(*getenv)(const char *name); /* NULL: every env() is an error */
    const Map *lost;                         /* names that are not reported where they are unknown,
                                                since their declaration could not be read; or NULL */
    bool files_lost;                         /* any name may be such a one */
    CsvOptionsCheck check_csv;               /* NULL: the arguments of csv() are not checked */
};

/**
 * Works out the Flow. What it reports says in which instance a name does not resolve.
 * @param ret_flow  in `arena`, which must outlive it, as must `unit`
 * @return 0, or < 0 with at least one error in `diags`
 */
MUST_CHECK int elaborate(const PdcFlow *unit, const Environment *environment, FlowSources *sources,
                         Arena *arena, Diags *diags, const Flow **ret_flow);

#endif
