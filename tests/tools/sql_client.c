/*
 * Runs SQL on a store as a user's own client would: sql_client URL SQL…; rows are printed with |
 * between the cells. Each statement is one argument; those after `--read-only` can't write.
 */
#include "runtime/base/macros.h"
#include "runtime/store/store.h"

#include <stdio.h>
#include <string.h>

static void
print_rows(const StoreResult *result)
{
    for (size_t row = 0; row < store_result_rows(result); row++) {
        for (size_t column = 0; column < store_result_columns(result); column++) {
            const char *text = store_result_text(result, row, column);
            printf("%s%s", column > 0 ? "|" : "", text != NULL ? text : "NULL");
        }
        putchar('\n');
    }
}

static int
run(const char *url, char **statements, int n_statements)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = NULL;
    StoreOptions options = {.application_name = "sql_client"};
    Error error = {0};
    int result = store_open(secret_new(arena, url), &options, &store, &error);
    for (int i = 0; i < n_statements && result == 0; i++) {
        CLEANUP(store_result_freep) StoreResult *rows = NULL;
        result = store_query(store, statements[i], &rows, &error);
        if (result == 0) {
            print_rows(rows);
        }
    }
    if (result != 0) {
        fprintf(stderr, "sql_client: %s\n", error.message != NULL ? error.message : "busy");
    }
    error_deinit(&error);
    return result == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: sql_client URL SQL…\n");
        return 2;
    }
    return run(argv[1], argv + 2, argc - 2);
}
