/* Functions that DuckDB is given. */
#include "runtime/base/lookup3.h"
#include "tests/unit/runtime/store/engines.h"

#include <inttypes.h>
#include <pthread.h>

static const char hash_of_one[] = "select pdc_hash(cast(1 as bigint), cast(7 as bigint))";

static Store *
open_file(const char *path, bool read_only)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    StoreOptions options = {.read_only = read_only};
    Store *store = NULL;
    Error error = {0};
    int status = store_open(secret_new(arena, arena_printf(arena, "duckdb:///%s", path)), &options,
                            &store, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0);
    return store;
}

Test(duckdb_function, every_database_has_the_hash_and_no_file_keeps_it)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *path = arena_printf(arena, "%s/x.duckdb", test_folder(arena));
    const char *expected = arena_printf(arena, "%" PRId64, (int64_t)lookup3_hash_int64(1, 7));
    for (int i = 0; i < 4; i++) {
        CLEANUP(store_closep) Store *store = open_file(path, i >= 2);
        CLEANUP(store_closep) Store *second = open_file(path, i >= 2); /* of the same database */
        assert_query(store, hash_of_one, expected);
        assert_query(second, hash_of_one, expected);
        assert_query(store,
                     "select count(*) from duckdb_functions() where function_name = 'pdc_hash' "
                     "and database_name = 'x'",
                     "0");
    }
    CLEANUP(store_closep) Store *memory = open_url("duckdb:///:memory:");
    assert_query(memory, hash_of_one, expected);
}

Test(duckdb_function, the_hash_has_a_type_for_each_form)
{
    CLEANUP(store_closep) Store *store = open_url("duckdb:///:memory:");
    assert_query(store,
                 "select string_agg(parameter_types[1] || ' ' || parameter_types[2] || ' ' || "
                 "return_type, ', ' order by parameter_types[1]) from duckdb_functions() "
                 "where function_name = 'pdc_hash'",
                 "BIGINT BIGINT BIGINT, DOUBLE BIGINT BIGINT, VARCHAR BIGINT BIGINT");
    CLEANUP(arena_freep) Arena *arena = arena_new();
    /* DuckDB's texts may hold a NUL, which ends nothing */
    assert_query(store, "select pdc_hash('a' || chr(0) || 'b', cast(7 as bigint))",
                 arena_printf(arena, "%" PRId64, (int64_t)lookup3_hash_bytes("a\0b", 3, 7)));
}

static void *
hash_many(void *context)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = open_url(context);
    const char *sum = query_text(store,
                                 "select sum(pdc_hash(cast(g as varchar), g) & 4294967295) "
                                 "from range(300000) t (g)",
                                 arena);
    return strdup(sum);
}

Test(duckdb_function, the_hash_is_computed_by_several_threads)
{
    char url[] = "duckdb:///:memory:shared";
    CLEANUP(store_closep) Store *store = open_url(url);
    pthread_t threads[4];
    char *sums[4];
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, hash_many, url), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        void *sum = NULL;
        cr_assert_eq(pthread_join(threads[i], &sum), 0);
        sums[i] = sum;
    }
    uint64_t expected = 0;
    for (uint64_t g = 0; g < 300000; g++) {
        char text[32];
        int length = snprintf(text, sizeof(text), "%" PRIu64, g);
        expected += lookup3_hash_bytes(text, (size_t)length, g) & UINT32_MAX;
    }
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(strtoull(sums[i], NULL, 10), expected, "%s", sums[i]);
        free(sums[i]);
    }
}
