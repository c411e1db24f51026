/**
 * Facts cache: what was found in a text is kept in a file for the next time, since parsing is what
 * most of the compiler's time goes into.
 *
 * An entry is found by a digest of the text and of how it was read. Only texts that were right are
 * kept, so what is wrong is said each time. The file is a copy of what can be worked out again: one
 * that can't be read, was written by another version, or was damaged is empty. Entries that were
 * not asked for are gone with the next save.
 */
#ifndef PDC_SQL_FACTS_CACHE_H
#define PDC_SQL_FACTS_CACHE_H

#include "compiler/sql/analyze.h"

/** Opens it, owned by the caller.
 * @param path     see file_write_cache()
 * @param version  of pdc */
MUST_CHECK FactsCache *facts_cache_open(const char *path, const char *version);
/** Writes it, if anything was put, and ends it. What can't be written is not kept. NULL is fine. */
void facts_cache_close(FactsCache *cache);
DEFINE_CLEANUP(facts_cache_closep, FactsCache, facts_cache_close)

/** @param mode  how the text is read: dialect and kind
 * @return the facts, in `arena`, their texts in the cache, or NULL */
SqlFacts *facts_cache_get(FactsCache *cache, const char *text, size_t length, unsigned mode,
                          Arena *arena);
/** Keeps the facts of the text that was asked for last. */
void facts_cache_put(FactsCache *cache, const SqlFacts *facts);

#endif
