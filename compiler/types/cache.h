/**
 * Cache: what the engine said about queries that are right, from one check to the next.
 *
 * A key is a digest of a query and of the columns of all that it reads; its answer is the columns
 * of the result. Mistakes aren't kept: they are asked about again.
 */
#ifndef PDC_TYPES_CACHE_H
#define PDC_TYPES_CACHE_H

#include "runtime/base/arena.h"
#include "runtime/base/macros.h"
#include "runtime/store/store.h"

typedef struct TypesCache TypesCache;

/** Reads the file, if it is there and right; `path` NULL: nothing is kept. Lives in `arena`. */
TypesCache *types_cache_open(const char *path, const char *version, Arena *arena);
/** @return whether the answer is known; `*ret_columns` NULL: there are none to remember */
bool types_cache_get(TypesCache *cache, const char *key, const StoreColumn **ret_columns,
                     size_t *ret_n);
void types_cache_put(TypesCache *cache, const char *key, const StoreColumn *columns, size_t n);
/** Writes what was got or put, if anything is new. A folder that can't be written to is no error.
 */
void types_cache_save(TypesCache *cache);

#endif
