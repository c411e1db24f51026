/* The server's process dies without a word. By itself, since every connection of the server falls
 * with it. */
#include "tests/unit/runtime/store/engines.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

Test(crash, a_server_process_that_is_killed_is_a_lost_connection, .timeout = 60)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *url = postgres_url(arena, "postgres");
    CLEANUP(store_closep) Store *store = open_url(url);
    CLEANUP(store_closep) Store *bystander = open_url(url);
    long pid = strtol(query_text(store, "select pg_backend_pid()", arena), NULL, 10);
    pid_t child = fork();
    if (child == 0) {
        struct timespec pause = {0, 300 * 1000000L};
        nanosleep(&pause, NULL);
        _exit(kill((pid_t)pid, SIGKILL));
    }
    Error error = {0};
    cr_assert_lt(store_exec(store, "select pg_sleep(20)", &error), 0);
    int killed = -1;
    waitpid(child, &killed, 0);
    cr_assert_eq(killed, 0, "only who may kill the server can run this test");
    cr_assert_eq(error.code, ERROR_CONNECTION, "%s", error.message);
    cr_assert(strstr(error.message, "lost the connection to PostgreSQL at localhost"), "%s",
              error.message);
    cr_assert_not(strstr(error.detail, getenv("PGPASSWORD")));
    cr_assert_lt(store_exec(bystander, "select 1", &error), 0);
    cr_assert_eq(error.code, ERROR_CONNECTION, "%s", error.message);
    error_deinit(&error);

    /* A server that recovers refuses for a moment: retries get through. */
    StoreOptions options = {.connect_retries = 8};
    CLEANUP(store_closep) Store *again = NULL;
    cr_assert_eq(store_open(secret_new(arena, url), &options, &again, &error), 0, "%s",
                 error.message);
    must_exec(again, "select 1");
}
