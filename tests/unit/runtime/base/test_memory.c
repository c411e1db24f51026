#include "runtime/base/arena.h"
#include "runtime/base/memory.h"
#include "runtime/base/secret.h"
#include "runtime/base/vec.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(arena, memory_is_zeroed_aligned_and_apart)
{
    Arena *arena = arena_new();
    unsigned char *before = NULL;
    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *memory = arena_alloc(arena, size);
        cr_assert_eq((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            cr_assert_eq(memory[i], 0);
        }
        memset(memory, 0xff, size);
        cr_assert_neq(memory, before);
        before = memory;
    }
    arena_free(arena);
}

Test(arena, big_blocks_and_counts)
{
    Arena *arena = arena_new();
    char *small = arena_alloc(arena, 10);
    char *big = arena_alloc(arena, 5 * 1024 * 1024);
    char *after = arena_alloc(arena, 10);
    memset(big, 1, 5 * 1024 * 1024);
    cr_assert_eq(after[0], 0);
    cr_assert_eq(small[9], 0);
    cr_assert_eq(arena_used_bytes(arena), 5 * 1024 * 1024 + 20);
    arena_clear(arena);
    cr_assert_eq(arena_used_bytes(arena), 0);
    cr_assert_str_eq(arena_strdup(arena, "again"), "again");
    arena_free(arena);
    arena_free(NULL);
}

Test(arena, copies)
{
    Arena *arena = arena_new();
    cr_assert_str_eq(arena_strdup(arena, ""), "");
    cr_assert_str_eq(arena_strndup(arena, "abcdef", 3), "abc");
    cr_assert_str_eq(arena_strndup(arena, NULL, 0), "");
    cr_assert_str_eq(arena_printf(arena, "%d-%s", 7, "x"), "7-x");
    cr_assert_arr_eq(arena_memdup(arena, "a\0b", 3), "a\0b", 3);
    cr_assert_not_null(arena_memdup(arena, NULL, 0));
    cr_assert_not_null(ARENA_ARRAY(arena, int, 0));
    arena_free(arena);
}

static void
cleaned_up(void)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(arena_freep) Arena *handed_over = arena_new();
    arena_alloc(arena, 100);
    Arena *taken = TAKE(handed_over);
    cr_assert_null(handed_over);
    arena_free(taken);
}

Test(arena, ends_with_its_scope)
{
    cleaned_up(); /* a leak would be seen by the sanitizer */
}

Test(arena, a_product_that_overflows_is_refused, .signal = SIGABRT)
{
    cr_redirect_stderr();
    arena_calloc(arena_new(), SIZE_MAX / 2, 3);
}

Test(memory, an_impossible_size_ends_the_process, .signal = SIGABRT)
{
    cr_redirect_stderr();
    memory_exhausted(memory_alloc(1) != NULL ? SIZE_MAX : 0);
}

Test(memory, resize_keeps_the_start)
{
    char *memory = memory_alloc(4);
    cr_assert_arr_eq(memory, "\0\0\0\0", 4);
    memcpy(memory, "abc", 4);
    memory = memory_resize(memory, 4000);
    cr_assert_str_eq(memory, "abc");
    free(memory);
    free(memory_alloc(0));
}

Test(bug, aborts_with_the_place, .signal = SIGABRT)
{
    cr_redirect_stderr();
    BUG("x is %d", 7);
}

Test(vec, grows_on_the_heap_and_in_an_arena)
{
    Arena *arena = arena_new();
    VEC(size_t) heap = {0};
    VEC(size_t) inside = {0};
    for (size_t i = 0; i < 1000; i++) {
        vec_push(&heap, i * 3);
        vec_push_in(arena, &inside, i * 5);
    }
    for (size_t i = 0; i < 1000; i++) {
        cr_assert_eq(heap.items[i], i * 3);
        cr_assert_eq(inside.items[i], i * 5);
    }
    vec_clear(&heap);
    cr_assert_eq(heap.n, 0);
    vec_push(&heap, 9);
    cr_assert_eq(heap.items[0], 9);
    vec_free(&heap);
    cr_assert_null(heap.items);
    arena_free(arena);
}

Test(vec, a_size_that_overflows_is_refused, .signal = SIGABRT)
{
    cr_redirect_stderr();
    size_t capacity = SIZE_MAX / 4;
    void *items = vec_grow_heap(NULL, &capacity, capacity, 16);
    free(items);
}

Test(secret, keeps_a_copy)
{
    Arena *arena = arena_new();
    char text[] = "pass";
    Secret *secret = secret_new(arena, text);
    memset(text, 'x', 4);
    cr_assert_str_eq(secret_reveal(secret), "pass");
    arena_free(arena);
}
