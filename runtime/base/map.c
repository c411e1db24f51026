#include "runtime/base/map.h"

#include "runtime/base/vec.h"

#include <stdint.h>
#include <string.h>

/* Entries in the order of insertion, and a table of slots (linear probing, a power of two, at most
 * half full) that holds entry numbers from 1; 0 is a free slot. Nothing is ever removed. */

typedef struct Entry Entry;
struct Entry {
    uint64_t hash;
    const char *key;
    void *value;
};

struct Map {
    Arena *arena;
    VEC(Entry) entries;
    size_t *slots;
    size_t n_slots;
};

enum { FIRST_SLOTS = 16 };

/* FNV-1a, 64 bit (Fowler, Noll, Vo). */
static uint64_t
hash_text(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const char *c = text; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    }
    return hash ^ (hash >> 32); /* the low bits choose the slot */
}

Map *
map_new(Arena *arena)
{
    Map *map = ARENA_NEW(arena, Map);
    map->arena = arena;
    return map;
}

/* The slot of `key`, or the free one where it belongs. */
static size_t
map_slot(const Map *map, const char *key, uint64_t hash)
{
    size_t slot = (size_t)hash & (map->n_slots - 1);
    while (map->slots[slot] != 0) {
        const Entry *entry = &map->entries.items[map->slots[slot] - 1];
        if (entry->hash == hash && strcmp(entry->key, key) == 0) {
            break;
        }
        slot = (slot + 1) & (map->n_slots - 1);
    }
    return slot;
}

static void
map_grow(Map *map)
{
    map->n_slots = map->n_slots == 0 ? FIRST_SLOTS : map->n_slots * 2;
    map->slots = ARENA_ARRAY(map->arena, size_t, map->n_slots);
    for (size_t i = 0; i < map->entries.n; i++) {
        const Entry *entry = &map->entries.items[i];
        map->slots[map_slot(map, entry->key, entry->hash)] = i + 1;
    }
}

void *
map_set(Map *map, const char *key, void *value)
{
    if (value == NULL) {
        BUG("a map holds no NULL, but \"%s\" is to be set to it", key);
    }
    if (map->entries.n * 2 >= map->n_slots) {
        map_grow(map);
    }
    uint64_t hash = hash_text(key);
    size_t slot = map_slot(map, key, hash);
    if (map->slots[slot] != 0) {
        Entry *entry = &map->entries.items[map->slots[slot] - 1];
        void *before = entry->value;
        entry->value = value;
        return before;
    }
    vec_push_in(map->arena, &map->entries,
                (Entry){.hash = hash, .key = arena_strdup(map->arena, key), .value = value});
    map->slots[slot] = map->entries.n;
    return NULL;
}

void *
map_get(const Map *map, const char *key)
{
    if (map->n_slots == 0) {
        return NULL;
    }
    size_t slot = map_slot(map, key, hash_text(key));
    return map->slots[slot] != 0 ? map->entries.items[map->slots[slot] - 1].value : NULL;
}

size_t
map_count(const Map *map)
{
    return map->entries.n;
}

static const Entry *
map_entry_at(const Map *map, size_t i)
{
    if (i >= map->entries.n) {
        BUG("entry %zu of a map with %zu entries", i, map->entries.n);
    }
    return &map->entries.items[i];
}

const char *
map_key_at(const Map *map, size_t i)
{
    return map_entry_at(map, i)->key;
}

void *
map_value_at(const Map *map, size_t i)
{
    return map_entry_at(map, i)->value;
}
