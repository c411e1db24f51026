/**
 * Vec: a typed growable array on the heap or in an arena.
 *
 *     VEC(int) numbers = {0};
 *     vec_push(&numbers, 7);
 *     for (size_t i = 0; i < numbers.n; i++) use(numbers.items[i]);
 *     vec_free(&numbers);
 *
 * With an arena, use vec_push_in(arena, &v, x); such a vector is never freed by hand and outgrown
 * storage stays in the arena until its end.
 */
#ifndef PDC_BASE_VEC_H
#define PDC_BASE_VEC_H

#include "runtime/base/arena.h"

#include <stdlib.h>

#define VEC(Type)                                                                                  \
    struct {                                                                                       \
        Type *items;                                                                               \
        size_t n;                                                                                  \
        size_t capacity;                                                                           \
    }

/** Grows `items` so that `n + 1` elements fit; aborts when memory or the size type ends. */
void *vec_grow_heap(void *items, size_t *capacity, size_t n, size_t element_bytes);
void *vec_grow_arena(Arena *arena, void *items, size_t *capacity, size_t n, size_t element_bytes);

#define vec_push(vec, ...)                                                                         \
    do {                                                                                           \
        if ((vec)->n >= (vec)->capacity) {                                                         \
            (vec)->items =                                                                         \
                vec_grow_heap((vec)->items, &(vec)->capacity, (vec)->n, sizeof(*(vec)->items));    \
        }                                                                                          \
        (vec)->items[(vec)->n++] = (__VA_ARGS__);                                                  \
    } while (0)

#define vec_push_in(arena, vec, ...)                                                               \
    do {                                                                                           \
        if ((vec)->n >= (vec)->capacity) {                                                         \
            (vec)->items = vec_grow_arena((arena), (vec)->items, &(vec)->capacity, (vec)->n,       \
                                          sizeof(*(vec)->items));                                  \
        }                                                                                          \
        (vec)->items[(vec)->n++] = (__VA_ARGS__);                                                  \
    } while (0)

#define vec_free(vec)                                                                              \
    do {                                                                                           \
        free((vec)->items);                                                                        \
        (vec)->items = NULL;                                                                       \
        (vec)->n = (vec)->capacity = 0;                                                            \
    } while (0)

#define vec_clear(vec) ((void)((vec)->n = 0))

#endif
