/**
 * Attrs: the attributes of an instance in the types that the flow declares.
 *
 * In:   the declarations, the YAML's `attrs` map (merged, expanded), and `--attr k=v` of the
 * command line. Out:  a value for every declared attr; or messages at the YAML's lines that name
 * attr and instance.
 */
#ifndef PDC_ELABORATE_ATTRS_H
#define PDC_ELABORATE_ATTRS_H

#include "runtime/base/map.h"
#include "runtime/config/config.h"
#include "runtime/diag/diag.h"
#include "runtime/flow/sources.h"

typedef struct AttrsInput AttrsInput;
struct AttrsInput {
    const char *instance_name;    /* for messages */
    const ConfigNode *configured; /* a map, or NULL */
    const char *const *overrides; /* `name=value` */
    size_t n_overrides;
    const char *const *instances; /* those that an attr of type `instance` may name */
    size_t n_instances;           /* 0: any name may be one */
};

/**
 * @param ret_attrs  name to const Value *, in `arena`
 * @return 0, or < 0 with errors in `diags`: undeclared (with a suggestion), mistyped, missing,
 * or an instance that is not configured. A default is not held against the instances: it counts
 * only where it is used
 */
MUST_CHECK int attrs_resolve(const PdcFlow *unit, const AttrsInput *input, FlowSources *sources,
                             Arena *arena, Diags *diags, const Map **ret_attrs);

#endif
