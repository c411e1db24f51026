/**
 * Threshold: which hashes a sample of some percent keeps.
 *
 * A row is kept if store_sample_hash_sql() of its key is at most the threshold: hash < P/100 ·
 * 2^63, as a constant that fits the column. Raising P only adds rows.
 */
#ifndef PDC_COPY_THRESHOLD_H
#define PDC_COPY_THRESHOLD_H

#include <stdint.h>

/**
 * The greatest hash that is kept, for `hash <= threshold`: -1 (none) at 0 percent, INT64_MAX (all,
 * the largest too) at 100. What is below or above, or no number, counts as 0, 100 and 0: who reads
 * the rule has said so already. The same on every machine.
 */
int64_t copy_hash_threshold(double percent);

#endif
