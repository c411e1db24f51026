/**
 * Weigh: how many rows of the source each row of a copy stands for.
 *
 * A row's weight is 1 over the probability with which the hash chose it (Horvitz and Thompson
 * 1952). What the hash chooses are units: the keys of an entity, or of the table itself. Rows of
 * one unit come and go together, so a row remembers its unit and with which probability that was
 * included; then the variance of a total is the sum over units of (1 - inclusion) * (weighted
 * total)^2.
 *
 * - `sample P percent` includes a unit with P/100 (Poisson sampling: units are independent).
 * - `at least N per (…)` keeps the N smallest hashes of a stratum. Given the hashes of the others,
 * a row is in if its own lies under the (N+1)-th smallest, and that is its probability (bottom-k
 *   sampling with rank conditioning: Cohen and Kaplan 2007; priority sampling: Duffield, Lund and
 *   Thorup 2007). Estimates of two units are then uncorrelated, so the same variance holds.
 * - A row that follows others has its weight from theirs. Where it is reached along several keys,
 *   each gives its share (generalised weight share: Lavallée 1995); where several tables must
 * agree, probabilities are multiplied, and a row with two units has no `inclusion`.
 * - A table of which no rule picks rows is counted through its children: a parent of L children
 *   has a share of 1/L of the weight of each that was chosen.
 * - What closure, `cover` and `plus` bring weighs nothing, and `certain` rows weigh 1.
 *
 * In:   a CopyChoice. Out: for each table asked for a temporary table of its kept rows and their
 * weights, beside the lists; a row that is counted through several units stands there once for
 * each.
 */
#ifndef PDC_COPY_WEIGH_H
#define PDC_COPY_WEIGH_H

#include "runtime/copy/choose_priv.h"

/** Where weights come from that aren't those of the lists. */
enum {
    WEIGH_REASON_SAMPLED = COPY_REASON_CLOSURE + 1, /* by the hash, of the table or of an entity */
    WEIGH_REASON_SHARED                             /* through its children */
};

/** The weights of one table or entity. */
typedef struct CopyWeighing CopyWeighing;
struct CopyWeighing {
    const char *name; /* of the temporary table; NULL: not made */
    bool is_open;     /* it is being made: what hangs on it in a circle has no weight from it */
};

struct CopyWeights {
    CopyWeighing *tables;   /* by table */
    CopyWeighing *entities; /* by entity */
};

/** Does it weigh something at all: is each row 1, and no list needed to say so? */
bool weigh_is_whole(const FlowTable *table);
/** Can the rows of a table be told apart, so that weights can be found again in the copy? */
bool weigh_has_key(const CopyChoice *choice, const FlowTable *table);
/** Are rows chosen by the picker's own rules, and not only by who refers to them? */
bool weigh_has_own(const CopyPicker *picker);
/** Does the picker's `at least` say which rows are in, together with its sample? */
bool weigh_uses_strata(const CopyPicker *picker);
/** The `sample` rule, or NULL. */
const FlowCopyRule *weigh_sample_rule(const CopyPicker *picker);

/** Makes the weights of a table, and of those that they hang on. Each is made once. */
MUST_CHECK int weigh_table(CopyChoice *choice, const FlowTable *table, Error *reterr);
/** Drops what was made. */
MUST_CHECK int weigh_end(CopyChoice *choice, Error *reterr);

/** Appends `(a, b)`, or `a` where it is one, of the columns of `table`. */
void weigh_append_columns(const FlowTable *table, const char *const *columns, size_t n, Str *sql);
/**
 * Appends which rows of the source the weighted rows of the table stand for: a condition on
 * `table`, in brackets; nothing where it is every row (frame.c).
 */
MUST_CHECK int weigh_append_frame(CopyChoice *choice, const FlowTable *table, Str *sql,
                                  Error *reterr);
/** Appends `certain` conditions of the picker, in brackets and without nulls; nothing where there
 * are none. */
MUST_CHECK int weigh_append_certain(CopyChoice *choice, const CopyPicker *picker,
                                    CopyStatement *statement, Error *reterr);

/**
 * The SELECT of a copied table's side table, in the choice's arena: the key as it stands in the
 * copy, then weight, stratum, reason, unit, inclusion (design.c). Makes the weights.
 */
MUST_CHECK int weigh_select_design(CopyChoice *choice, const FlowTable *table, const char **ret_sql,
                                   Error *reterr);

#endif
