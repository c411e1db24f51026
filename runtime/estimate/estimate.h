/**
 * Estimate: totals, counts and means of a table, as they would be if nothing had been left out.
 *
 * A total is the sum of weight * value (Horvitz and Thompson 1952), a mean the ratio of two of them
 * (Hájek 1971). Its variance is sum over units of (1 - inclusion) * z^2, where z is what the unit
 * adds to the total, with its weight; for a mean z is linearised: (total of value - mean * total of
 * 1) / N. That is the unbiased estimator for independent units (Poisson sampling), and for the
 * smallest hashes of strata, given the first that is out (see copy/weigh.h). The interval is
 * Student's, with one degree of freedom less than there are units.
 *
 * Needs an open store, the flow and the instance's state; touches nothing.
 */
#ifndef PDC_ESTIMATE_ESTIMATE_H
#define PDC_ESTIMATE_ESTIMATE_H

#include "runtime/elaborate/flow.h"
#include "runtime/estimate/query.h"
#include "runtime/meta/meta.h"

/** Fewer units than that give no interval: what they have in common with the others is anybody's
 * guess. */
enum { ESTIMATE_LEAST_UNITS = 30 };

typedef struct EstimateSource EstimateSource;
struct EstimateSource {
    Store *store;
    const Flow *flow;
    const MetaLayout *layout;
    const MetaSnapshot *snapshot;
    const char *instance;
};

/** Whose weights the rows have. */
typedef struct EstimateWeights EstimateWeights;
struct EstimateWeights {
    const FlowTable *table; /* NULL: every row is there, and figures are exact */
    const char *design;     /* in the metadata schema */
    const char **keys;      /* columns that the design and the table share */
    size_t n_keys;
    const char *weight; /* columns of the design */
    const char *unit;
    const char *inclusion;
};

/**
 * Finds the weights for a table.
 * @param wanted  the copied table that was asked for; NULL: find it
 * @param ret_weights  in `arena`
 * @return 0, or < 0: ERROR_SELECTOR where it isn't clear, ERROR_DATA where there are none
 */
MUST_CHECK int estimate_find_weights(const EstimateSource *source, const FlowTable *table,
                                     const FlowTable *wanted, Arena *arena,
                                     EstimateWeights *ret_weights, Error *reterr);

/** Why a figure has no interval, or that it has one. */
typedef enum EstimateMargin {
    ESTIMATE_EXACT,    /* nothing of it is by chance */
    ESTIMATE_INTERVAL, /* low and high */
    ESTIMATE_FEW,      /* too few units */
    ESTIMATE_MIXED     /* rows hang on two samples at once */
} EstimateMargin;

typedef struct EstimateCell EstimateCell;
struct EstimateCell {
    const char *text; /* of a group, or an exact figure of the engine; NULL for SQL NULL */
    bool is_number;   /* `value` is set instead */
    double value;
    double low;
    double high;
    EstimateMargin margin;
    int64_t n_units;
};

typedef struct Estimate Estimate;
struct Estimate {
    const EstimateItem *items;
    const PdcType *types; /* of groups */
    size_t n_items;
    EstimateCell *cells; /* row by row, one an item */
    size_t n_rows;
    const char *weights_of; /* whose weights: `stage.table`; NULL: every row is there */
};

/** @return 0 or < 0: what the engine says, ERROR_DATA where rows have no weight */
MUST_CHECK int estimate_figures(const EstimateSource *source, const FlowTable *table,
                                const EstimateQuery *query, const EstimateWeights *weights,
                                Arena *arena, Estimate *ret_estimate, Error *reterr);

#endif
