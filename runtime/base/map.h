/**
 * Map: text to pointer, insertion order kept. Keys are copied into the map's arena.
 * Not for use by several threads while one of them writes.
 */
#ifndef PDC_BASE_MAP_H
#define PDC_BASE_MAP_H

#include "runtime/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct Map Map;

/** A new map that lives in `arena`. */
Map *map_new(Arena *arena);

/** Sets `key` to `value` (not NULL). @return the value that it had before, or NULL */
void *map_set(Map *map, const char *key, void *value);
/** The value of `key`, or NULL. */
void *map_get(const Map *map, const char *key);
size_t map_count(const Map *map);
/** Key and value number `i` (< map_count) in the order of first insertion. */
const char *map_key_at(const Map *map, size_t i);
void *map_value_at(const Map *map, size_t i);

#endif
