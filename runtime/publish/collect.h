/**
 * Collect: drops what lies hidden and nobody needs: versions beyond those that are kept, tables of
 * runs that died or failed, drafts.
 *
 * In batches, each in a transaction of its own with the rows of the metadata, so that no number of
 * tables is too large. What somebody still reads is left for the next time.
 */
#ifndef PDC_PUBLISH_COLLECT_H
#define PDC_PUBLISH_COLLECT_H

#include "runtime/meta/meta.h"

typedef struct CollectOptions CollectOptions;
struct CollectOptions {
    size_t keep_versions; /* earlier versions of a table that stay; 0 where they can't be published
                             again */
    bool keep_finished;   /* what a run finished and did not publish stays, for the next one to take
                             up */
};

typedef struct Collected Collected;
struct Collected {
    size_t dropped;
    size_t busy;
};

/** Is there anything to do? Asks nobody. */
bool collect_is_due(const MetaSnapshot *snapshot, const MetaLayout *layout,
                    const CollectOptions *options);
/** @return 0, or < 0 where the connection is lost */
MUST_CHECK int collect_run(Store *store, const MetaSnapshot *snapshot, const MetaLayout *layout,
                           const CollectOptions *options, Collected *ret_collected, Error *reterr);

#endif
