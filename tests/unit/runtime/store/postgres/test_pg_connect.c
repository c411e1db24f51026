/* Opening and losing connections, missing databases, locks, and that no error gives a password
 * away. */
#include "runtime/base/clock.h"
#include "tests/unit/runtime/store/engines.h"

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

static const char SECRET[] = "Pl4nted-s3cret";

static bool
mentions(const Error *error, const char *word)
{
    const char *const texts[] = {error->message, error->detail, error->hint,
                                 str_text(&error->context)};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        if (texts[i] && strstr(texts[i], word)) {
            return true;
        }
    }
    return false;
}

static int
try_open(const char *url, const StoreOptions *options, Error *error)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = NULL;
    return store_open(secret_new(arena, url), options, &store, error);
}

static char *
server_with(Arena *arena, const char *user, const char *password, const char *database)
{
    return arena_printf(arena, "postgresql+psycopg2://%s:%s@%s:%s/%s", user, password,
                        getenv("PGHOST"), getenv("PGPORT"), database);
}

Test(connect, every_form_of_url_works)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *user = getenv("PGUSER");
    const char *password = getenv("PGPASSWORD");
    const char *host = getenv("PGHOST");
    const char *port = getenv("PGPORT");
    const char *const urls[] = {
        arena_printf(arena, "postgresql://%s:%s@%s:%s/postgres", user, password, host, port),
        arena_printf(arena, "postgres://%s:%s@%s:%s/postgres?sslmode=prefer&connect_timeout=3",
                     user, password, host, port),
        arena_printf(arena, "postgresql+psycopg2://%s:%s@%s:%s/postgres", user, password, host,
                     port),
        arena_printf(arena, "host=%s port=%s user=%s password='%s' dbname=postgres", host, port,
                     user, password),
        "postgresql:///postgres", /* the rest from PGHOST, PGPORT, PGUSER, PGPASSWORD */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
        CLEANUP(store_closep) Store *store = open_url(urls[i]);
        assert_query(store, "select current_database()", "postgres");
        assert_query(store, "select current_setting('application_name')", "unit test");
        assert_query(store, "select current_setting('timezone')", "UTC");
        cr_assert(strstr(store_place(store), "database \"postgres\""));
        cr_assert(strstr(store_place(store), getenv("PGPORT")));
    }
}

Test(connect, nobody_listens)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    StoreOptions options = {.create_database = true, .connect_retries = 2};
    Error error = {0};
    int64_t start = clock_monotonic_us();
    cr_assert_lt(try_open(arena_printf(arena, "postgresql://u:%s@127.0.0.1:9/shop", SECRET),
                          &options, &error),
                 0);
    cr_assert_geq(clock_monotonic_us() - start, 250 * 1000, "two retries with backoff");
    cr_assert_eq(error.code, ERROR_CONNECTION);
    cr_assert(strstr(error.message, "127.0.0.1:9") && strstr(error.message, "\"shop\""), "%s",
              error.message);
    cr_assert(strstr(error.hint, "is the server running"), "%s", error.hint);
    cr_assert_not(mentions(&error, SECRET));
    error_deinit(&error);
}

Test(connect, wrong_password_is_not_retried)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    StoreOptions options = {.create_database = true, .connect_retries = 5};
    Error error = {0};
    int64_t start = clock_monotonic_us();
    cr_assert_lt(try_open(server_with(arena, "postgres", SECRET, "postgres"), &options, &error), 0);
    cr_assert_lt(clock_monotonic_us() - start, 2 * 1000 * 1000);
    cr_assert_eq(error.code, ERROR_CONNECTION);
    cr_assert(strstr(error.message, "password authentication failed for user \"postgres\""), "%s",
              error.message);
    cr_assert(strstr(error.message, getenv("PGPORT")), "%s", error.message);
    cr_assert(strstr(error.hint, "check user and password"), "%s", error.hint);
    cr_assert_not(mentions(&error, SECRET));
    error_deinit(&error);
}

Test(connect, a_missing_database_is_created_only_if_wanted)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *const names[] = {"made", "Made%20%22up%22", "m%C3%A4de"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const char *url = postgres_url(arena, names[i]);
        StoreOptions options = {0};
        Error error = {0};
        cr_assert_lt(try_open(url, &options, &error), 0);
        cr_assert_eq(error.code, ERROR_CONNECTION);
        cr_assert(strstr(error.hint, "create_database_if_not_exists"), "%s", error.hint);
        error_deinit(&error);
        options.create_database = true;
        cr_assert_eq(try_open(url, &options, &error), 0, "%s", error.message);
        options.create_database = false;
        cr_assert_eq(try_open(url, &options, &error), 0);
    }
}

Test(connect, who_may_not_create_the_database_is_told_what_to_do)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *admin = open_url(postgres_url(arena, "postgres"));
    must_exec(admin, "create role poor login password 'pw'");
    StoreOptions options = {.create_database = true};
    Error error = {0};
    cr_assert_lt(try_open(server_with(arena, "poor", "pw", "wanted"), &options, &error), 0);
    cr_assert_eq(error.code, ERROR_CONNECTION);
    cr_assert_str_eq(error.sqlstate, "42501");
    cr_assert(strstr(error.message, "\"wanted\" is missing and can't be created"), "%s",
              error.message);
    cr_assert(strstr(error.hint, "create database \"wanted\""), "%s", error.hint);
    error_deinit(&error);
    must_exec(admin, "drop role poor");
}

Test(connect, processes_that_create_the_same_database_all_get_in)
{
    enum { PROCESSES = 6 };
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *url = postgres_url(arena, "raced");
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            StoreOptions options = {.create_database = true};
            Error error = {0};
            int status = try_open(url, &options, &error);
            if (status != 0) {
                show_error(&error);
            }
            _exit(status == 0 ? 0 : 1);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;
        cr_assert_eq(waitpid(children[i], &status, 0), children[i]);
        cr_assert_eq(status, 0);
    }
}

Test(connect, secrets_stay_secret_in_every_failure)
{
    static const char *const forms[] = {
        "postgresql://user:%s@/nosuch:x",
        "postgresql://user:%s@host:99999/db",
        "postgresql://user:%s@[::1/db",
        "postgresql://user:%s",
        "postgresql://user:%s/db",
        "postgresql://user:%s@127.0.0.1:9/db?nosuch=1",
        "postgresql://user:%s@127.0.0.1:9/db?sslmode=nosuch",
        "postgresql://user:a/%s@127.0.0.1:9/db",
        "postgresql://user:a@%s@127.0.0.1:9/db",
        "postgresql://user:a?%s@127.0.0.1:9/db",
        "postgresql://user:a#%s@127.0.0.1:9/db",
        "postgresql://user:%%zz%s@127.0.0.1:9/db",
        "postgresql://127.0.0.1:9/db?password=%s",
        "postgresql://127.0.0.1:9/db?password=%s&port=x",
        "host=127.0.0.1 port=9 password='%s",
        "host=127.0.0.1 port=9 password=a %s",
        "host=127.0.0.1 port=9 password=%s nosuch=1",
        "host=127.0.0.1 port=x password=%s",
        "host 127.0.0.1 password=%s",
        "mysql://user:%s@host/db",
        "://%s",
        "%s",
        "duckdb://user:%s@host/x.db",
    };
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
        const char *gap = strstr(forms[i], "%s");
        char *url =
            arena_printf(arena, "%.*s%s%s", (int)(gap - forms[i]), forms[i], SECRET, gap + 2);
        StoreOptions options = {.create_database = true};
        Error error = {0};
        cr_assert_lt(try_open(url, &options, &error), 0, "%s", forms[i]);
        if (mentions(&error, SECRET)) {
            show_error(&error);
        }
        cr_assert_not(mentions(&error, SECRET), "%s", forms[i]);
        cr_assert(error.code == ERROR_CONFIG || error.code == ERROR_CONNECTION, "%s", forms[i]);
        error_deinit(&error);
    }
}

/* ---- losing it ---- */

static void
terminate_soon(const char *url, const char *pid)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = open_url(url);
    must_exec(store, arena_printf(arena, "select pg_sleep(0.3), pg_terminate_backend(%s)", pid));
}

Test(connect, a_connection_that_is_terminated_in_mid_statement)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *url = postgres_url(arena, "postgres");
    CLEANUP(store_closep) Store *store = open_url(url);
    const char *pid = query_text(store, "select pg_backend_pid()", arena);
    cr_assert_eq(store_begin(store, NULL), 0);
    pid_t child = fork();
    if (child == 0) {
        terminate_soon(url, pid);
        _exit(0);
    }
    Error error = {0};
    StoreResult *result = NULL;
    cr_assert_lt(store_query(store, "select pg_sleep(20)", &result, &error), 0);
    cr_assert_eq(error.code, ERROR_CONNECTION);
    cr_assert(strstr(error.message, "lost the connection to PostgreSQL at"), "%s", error.message);
    cr_assert(strstr(error.detail, "administrator"), "%s", error.detail);
    cr_assert_not(mentions(&error, getenv("PGPASSWORD")));
    cr_assert_lt(store_exec(store, "select 1", &error), 0);
    cr_assert_eq(error.code, ERROR_CONNECTION);
    cr_assert_lt(store_commit(store, &error), 0);
    cr_assert_eq(error.code, ERROR_CONNECTION);
    StoreLoad *load = NULL;
    cr_assert_lt(store_load_begin(store, NULL, "t", NULL, 0, &load, &error), 0);
    cr_assert_eq(error.code, ERROR_CONNECTION);
    store_rollback(store);
    store_cancel(store);
    error_deinit(&error);
    waitpid(child, NULL, 0);
}

Test(connect, a_connection_that_is_terminated_while_loading)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *url = postgres_url(arena, "postgres");
    CLEANUP(store_closep) Store *store = open_url(url);
    const char *pid = query_text(store, "select pg_backend_pid()", arena);
    must_exec(store, "create temporary table t (a text)");
    StoreLoad *load = NULL;
    cr_assert_eq(store_load_begin(store, NULL, "t", NULL, 0, &load, NULL), 0);
    terminate_soon(url, pid);
    Error error = {0};
    const char *cells[] = {"some text that is long enough to fill a block now and then"};
    int status = 0;
    for (int i = 0; i < 200000 && status == 0; i++) {
        status = store_load_row(load, cells, &error);
    }
    cr_assert_lt(status, 0);
    cr_assert_eq(error.code, ERROR_CONNECTION, "%s", error.message);
    store_load_cancel(load);
    error_deinit(&error);
}

/* ---- statements that talk to the client ---- */

Test(connect, copy_in_a_statement_is_refused_and_leaves_a_usable_store)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = open_url(postgres_url(arena, "postgres"));
    static const char *const statements[] = {"copy (select generate_series(1, 100000)) to stdout",
                                             "create temporary table c (a int); copy c from stdin"};
    for (size_t i = 0; i < ARRAY_LENGTH(statements); i++) {
        Error error = {0};
        cr_assert_lt(store_exec(store, statements[i], &error), 0);
        cr_assert_eq(error.code, ERROR_UNSUPPORTED, "%s", error.message);
        error_deinit(&error);
        must_exec(store, "select 1");
    }
    StoreResult *result = NULL;
    cr_assert_lt(store_query(store, "copy (select 1) to stdout", &result, NULL), 0);
    cr_assert_lt(store_query(store, "select 1; select 2", &result, NULL), 0, "one statement only");
    must_exec(store, "select 1");
}

static void
keep_notice(void *context, const char *text)
{
    str_append_format(context, "%s;", text);
}

Test(connect, notices_reach_who_wants_them)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = NULL;
    Str notices = {0};
    StoreOptions options = {.notice = keep_notice, .notice_context = &notices};
    cr_assert_eq(
        store_open(secret_new(arena, postgres_url(arena, "postgres")), &options, &store, NULL), 0);
    must_exec(store, "drop table if exists nosuch");
    must_exec(store, "do $$ begin raise notice 'hello'; end $$");
    cr_assert(strstr(str_text(&notices), "\"nosuch\" does not exist"), "%s", str_text(&notices));
    cr_assert(strstr(str_text(&notices), "hello;"), "%s", str_text(&notices));
    str_deinit(&notices);
}

Test(connect, read_only_writes_nothing)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = NULL;
    StoreOptions options = {.read_only = true};
    Error error = {0};
    cr_assert_eq(
        store_open(secret_new(arena, postgres_url(arena, "postgres")), &options, &store, NULL), 0);
    cr_assert_lt(store_exec(store, "create table t (a int)", &error), 0);
    cr_assert_str_eq(error.sqlstate, "25006");
    error_deinit(&error);
}

/* ---- locks ---- */

Test(lock, one_holds_it_and_the_other_learns_who)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *holder = open_url(postgres_url(arena, "postgres"));
    CLEANUP(store_closep) Store *other = open_url(postgres_url(arena, "postgres"));
    const char *name = "instance 'full' ä";
    char *text = NULL;
    Error error = {0};
    cr_assert_eq(store_lock_holder(other, name, arena, &text, NULL), 0);
    cr_assert_null(text);
    cr_assert_eq(store_lock(holder, name, STORE_LOCK_EXCLUSIVE, 0, NULL), 0);
    cr_assert_eq(store_lock(other, name, STORE_LOCK_SHARED, 0, &error), STORE_BUSY);
    cr_assert_eq(error.code, ERROR_LOCK);
    cr_assert(strstr(error.message, "unit test, user postgres, from "), "%s", error.message);
    cr_assert(strstr(error.message, ", since 2"), "%s", error.message);
    cr_assert_eq(store_lock(other, "another", STORE_LOCK_EXCLUSIVE, 0, NULL), 0);
    int64_t start = clock_monotonic_us();
    cr_assert_eq(store_lock(other, name, STORE_LOCK_EXCLUSIVE, 300, &error), STORE_BUSY);
    int64_t waited = clock_monotonic_us() - start;
    cr_assert(waited > 250 * 1000 && waited < 5 * 1000 * 1000, "waited %lld us", (long long)waited);
    cr_assert_eq(store_lock_holder(other, name, arena, &text, NULL), 0);
    cr_assert(strstr(text, "unit test"), "%s", text);
    assert_query(other, "select current_setting('lock_timeout')", "0");
    cr_assert_eq(store_unlock(holder, name, STORE_LOCK_EXCLUSIVE, NULL), 0);
    cr_assert_eq(store_lock(other, name, STORE_LOCK_EXCLUSIVE, 300, NULL), 0);
    cr_assert_lt(store_unlock(holder, name, STORE_LOCK_EXCLUSIVE, &error), 0);
    error_deinit(&error);
}

Test(lock, readers_share_and_a_lock_dies_with_its_holder)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Store *one = open_url(postgres_url(arena, "postgres"));
    CLEANUP(store_closep) Store *two = open_url(postgres_url(arena, "postgres"));
    CLEANUP(store_closep) Store *writer = open_url(postgres_url(arena, "postgres"));
    cr_assert_eq(store_lock(one, "shared", STORE_LOCK_SHARED, 0, NULL), 0);
    cr_assert_eq(store_lock(two, "shared", STORE_LOCK_SHARED, 0, NULL), 0);
    cr_assert_eq(store_lock(writer, "shared", STORE_LOCK_EXCLUSIVE, 0, NULL), STORE_BUSY);
    cr_assert_eq(store_unlock(two, "shared", STORE_LOCK_SHARED, NULL), 0);
    store_close(one);
    cr_assert_eq(store_lock(writer, "shared", STORE_LOCK_EXCLUSIVE, 5000, NULL), 0);
}

static void *
cancel_soon(void *store)
{
    struct timespec pause = {0, 300 * 1000000L};
    nanosleep(&pause, NULL);
    store_cancel(store);
    return NULL;
}

Test(lock, waiting_can_be_canceled, .timeout = 60)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *holder = open_url(postgres_url(arena, "postgres"));
    CLEANUP(store_closep) Store *waiter = open_url(postgres_url(arena, "postgres"));
    pthread_t thread;
    Error error = {0};
    cr_assert_eq(store_lock(holder, "waited for", STORE_LOCK_EXCLUSIVE, 0, NULL), 0);
    cr_assert_eq(pthread_create(&thread, NULL, cancel_soon, waiter), 0);
    cr_assert_lt(store_lock(waiter, "waited for", STORE_LOCK_EXCLUSIVE, -1, &error), 0);
    cr_assert_eq(error.code, ERROR_INTERRUPTED);
    pthread_join(thread, NULL);
    error_deinit(&error);
    must_exec(waiter, "select 1");
}

static void *
lock_first(void *store)
{
    Error ignored = {0};
    int status = store_lock(store, "first", STORE_LOCK_EXCLUSIVE, -1, &ignored);
    error_deinit(&ignored);
    if (status != 0 && store_unlock(store, "second", STORE_LOCK_EXCLUSIVE, NULL) != 0) {
        return NULL; /* the other one waits in vain, and the test's time runs out */
    }
    return status == 0 ? store : NULL;
}

Test(lock, two_that_wait_for_each_other_end, .timeout = 60)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *one = open_url(postgres_url(arena, "postgres"));
    CLEANUP(store_closep) Store *two = open_url(postgres_url(arena, "postgres"));
    pthread_t thread;
    void *got_first = NULL;
    Error error = {0};
    cr_assert_eq(store_lock(one, "first", STORE_LOCK_EXCLUSIVE, 0, NULL), 0);
    cr_assert_eq(store_lock(two, "second", STORE_LOCK_EXCLUSIVE, 0, NULL), 0);
    cr_assert_eq(pthread_create(&thread, NULL, lock_first, two), 0);
    int status = store_lock(one, "second", STORE_LOCK_EXCLUSIVE, -1, &error);
    if (status != 0) {
        cr_assert_str_eq(error.sqlstate, "40P01", "%s", error.message);
        cr_assert_eq(store_unlock(one, "first", STORE_LOCK_EXCLUSIVE, NULL), 0);
    }
    pthread_join(thread, &got_first);
    cr_assert((status == 0) != (got_first != NULL), "one of them was given up");
    error_deinit(&error);
}
