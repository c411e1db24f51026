/**
 * Fresh: what is known of the world outside before a run: checksums of files, values of `cache by`.
 */
#ifndef PDC_EXEC_FRESH_H
#define PDC_EXEC_FRESH_H

#include "runtime/base/vec.h"
#include "runtime/elaborate/render.h"
#include "runtime/key/key.h"
#include "runtime/store/store.h"

typedef struct FreshInput FreshInput;
struct FreshInput {
    const Flow *flow;
    const MetaLayout *layout;
    const MetaSnapshot *snapshot;
    const Environment *environment;
    FlowSources *sources;
    const char *data_directory;
    CacheValidation validation;
    Store *store;
};

/** Files that were read through, to be remembered. */
typedef VEC(MetaFile) FreshFiles;

/**
 * Looks at everything outside, but for the sources of copies.
 * @param ret_fresh  one a table, in `arena`
 * @return 0, or < 0 with `reterr`, at the place in the `.flow`
 */
MUST_CHECK int fresh_look(const FreshInput *input, Arena *arena, KeyFresh **ret_fresh,
                          FreshFiles *files, Error *reterr);

#endif
