#include "runtime/base/map.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <signal.h>
#include <stdio.h>

Test(map, an_empty_one_has_nothing)
{
    Arena *arena = arena_new();
    Map *map = map_new(arena);
    cr_assert_null(map_get(map, "a"));
    cr_assert_null(map_get(map, ""));
    cr_assert_eq(map_count(map), 0);
    arena_free(arena);
}

Test(map, keeps_order_and_replaces)
{
    Arena *arena = arena_new();
    Map *map = map_new(arena);
    int one, two, three;
    char key[] = "b";
    cr_assert_null(map_set(map, key, &one));
    key[0] = 'x'; /* the map has a copy */
    cr_assert_null(map_set(map, "a", &two));
    cr_assert_eq(map_set(map, "b", &three), &one);
    cr_assert_null(map_set(map, "", &one));
    cr_assert_eq(map_get(map, "b"), &three);
    cr_assert_eq(map_get(map, ""), &one);
    cr_assert_null(map_get(map, "x"));
    cr_assert_eq(map_count(map), 3);
    cr_assert_str_eq(map_key_at(map, 0), "b");
    cr_assert_eq(map_value_at(map, 0), &three);
    cr_assert_str_eq(map_key_at(map, 1), "a");
    arena_free(arena);
}

Test(map, holds_many)
{
    Arena *arena = arena_new();
    Map *map = map_new(arena);
    for (int i = 0; i < 20000; i++) {
        char *key = arena_printf(arena, "stage.table_%d", i);
        cr_assert_null(map_set(map, key, key));
    }
    for (int i = 0; i < 20000; i++) {
        char key[40];
        snprintf(key, sizeof(key), "stage.table_%d", i);
        cr_assert_str_eq(map_get(map, key), key);
        cr_assert_str_eq(map_key_at(map, (size_t)i), key);
    }
    cr_assert_null(map_get(map, "stage.table_20000"));
    arena_free(arena);
}

Test(map, refuses_null, .signal = SIGABRT)
{
    cr_redirect_stderr();
    map_set(map_new(arena_new()), "a", NULL);
}

Test(map, refuses_an_entry_past_the_end, .signal = SIGABRT)
{
    cr_redirect_stderr();
    (void)map_key_at(map_new(arena_new()), 0);
}
