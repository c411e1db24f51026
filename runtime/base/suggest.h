/**
 * Suggest: the known word that is nearest to one that is not known, for "did you mean …?".
 * Distance: restricted Damerau-Levenshtein (optimal string alignment), letter case weighs half.
 */
#ifndef PDC_BASE_SUGGEST_H
#define PDC_BASE_SUGGEST_H

#include <stddef.h>

/** The nearest of `candidates`, or NULL if none is near enough to be worth a suggestion. */
const char *suggest_nearest(const char *word, const char *const *candidates, size_t n_candidates);

#endif
