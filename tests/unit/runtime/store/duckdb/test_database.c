/* Database files: who has them, what is wrong with them, sharing inside a process, attaching; cells
 * of every type. */
#include "runtime/base/file.h"
#include "tests/unit/runtime/store/engines.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int
try_open(const char *path, const StoreOptions *options, Store **ret_store, Error *error)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    return store_open(secret_new(arena, arena_printf(arena, "duckdb:///%s", path)), options,
                      ret_store, error);
}

static Store *
must_open(const char *path)
{
    Store *store = NULL;
    Error error = {0};
    int status = try_open(path, NULL, &store, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0);
    return store;
}

/** Opens what can't be opened, and looks for words in message and hint. */
static void
assert_refused(const char *path, const StoreOptions *options, const char *message, const char *hint)
{
    Store *store = NULL;
    Error error = {0};
    cr_assert_lt(try_open(path, options, &store, &error), 0, "%s", path);
    cr_assert_eq(error.code, ERROR_CONNECTION, "%s", error.message);
    cr_assert(strstr(error.message, path), "%s", error.message);
    cr_assert(strstr(error.message, message), "%s", error.message);
    cr_assert(error.hint && strstr(error.hint, hint), "%s", error.hint ? error.hint : "(no hint)");
    error_deinit(&error);
}

/* ---- the file ---- */

Test(duckdb, folders_are_made_and_data_stays)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *path = arena_printf(arena, "%s/a b/ü/x.duckdb", test_folder(arena));
    Store *store = must_open(path);
    must_exec(store, "create table t as select 1 as a");
    store_close(store);
    CLEANUP(store_closep) Store *again = must_open(path);
    assert_query(again, "select a from t", "1");
}

Test(duckdb, relative_paths_and_encoded_ones)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    cr_assert_eq(chdir(test_folder(arena)), 0);
    CLEANUP(store_closep) Store *store = must_open(".pdc/a%20b.duckdb");
    cr_assert(file_exists(".pdc/a b.duckdb"));
    cr_assert_str_eq(store_place(store), "DuckDB file \".pdc/a b.duckdb\"");
}

Test(duckdb, a_file_that_is_no_database)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *folder = test_folder(arena);
    const char *path = arena_printf(arena, "%s/x.duckdb", folder);
    cr_assert_eq(file_write_atomic(path, "hello", 5, 0644), 0);
    assert_refused(path, NULL, "not a valid DuckDB database", "damaged");
    cr_assert_eq(file_write_atomic(path, "", 0, 0644), 0);
    assert_refused(path, NULL, "not a valid DuckDB database", "damaged");
    cr_assert_not(file_exists(arena_printf(arena, "%s.holder", path)));
    assert_refused(folder, NULL, "directory", "add the name of a file");
}

Test(duckdb, a_damaged_database)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *path = arena_printf(arena, "%s/x.duckdb", test_folder(arena));
    Store *store = must_open(path);
    must_exec(store, "create table t as select range as a from range(1000); checkpoint");
    store_close(store);
    static const long places[] = {20, 4100, 8200, 12300};
    char *whole = NULL;
    size_t length = 0;
    cr_assert_eq(file_read(arena, path, 0, &whole, &length), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        char *bytes = arena_memdup(arena, whole, length);
        memset(bytes + places[i], 'X', 64);
        cr_assert_eq(file_write_atomic(path, bytes, length, 0644), 0);
        Store *damaged = NULL;
        Error error = {0};
        int status = try_open(path, NULL, &damaged, &error);
        if (status != 0) { /* not every block is read when a file is opened */
            cr_assert(strstr(error.message, path) && strstr(error.hint, "damaged"), "%s",
                      error.message);
        }
        error_deinit(&error);
        store_close(damaged);
    }
    static const size_t lengths[] = {60, 5000, 12288};
    for (size_t i = 0; i < ARRAY_LENGTH(lengths); i++) {
        cr_assert_eq(file_write_atomic(path, whole, lengths[i], 0644), 0);
        assert_refused(path, NULL, "can't open", "damaged");
    }
}

Test(duckdb, reading_only_makes_no_file_and_writes_nothing)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *path = arena_printf(arena, "%s/sub/x.duckdb", test_folder(arena));
    StoreOptions options = {.read_only = true};
    assert_refused(path, &options, "does not exist", "made by the first run");
    cr_assert_not(file_exists(path));
    Store *writer = must_open(path);
    must_exec(writer, "create table t as select 1 as a");
    store_close(writer);
    CLEANUP(store_closep) Store *reader = NULL;
    Error error = {0};
    cr_assert_eq(try_open(path, &options, &reader, NULL), 0);
    assert_query(reader, "select a from t", "1");
    cr_assert_lt(store_exec(reader, "insert into t values (2)", &error), 0);
    cr_assert(strstr(error.message, "read-only"), "%s", error.message);
    error_deinit(&error);
    cr_assert_not(file_exists(arena_printf(arena, "%s.holder", path)));
    Store *second = NULL;
    cr_assert_lt(try_open(path, NULL, &second, &error), 0,
                 "a writer can't join readers of the same process");
    cr_assert_eq(error.code, ERROR_UNSUPPORTED, "%s", error.message);
    error_deinit(&error);
}

/* Root may write everywhere, so this is tried as somebody else. */
static int
as_nobody(const char *path, const char *words)
{
    pid_t child = fork();
    if (child == 0) {
        Store *loads_the_library = must_open(":memory:");
        if (getuid() == 0 && setuid(65534) != 0) {
            _exit(2);
        }
        Store *store = NULL;
        Error error = {0};
        int status = try_open(path, NULL, &store, &error);
        bool right = status < 0 && error.code == ERROR_CONNECTION && strstr(error.message, path) &&
                     strstr(error.message, words) && error.hint;
        if (!right) {
            show_error(&error);
        }
        store_close(loads_the_library);
        _exit(right ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

Test(duckdb, files_and_folders_without_the_right_to_write)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *folder = test_folder(arena);
    const char *path = arena_printf(arena, "%s/x.duckdb", folder);
    store_close(must_open(path));
    cr_assert_eq(chmod(path, 0444), 0);
    cr_assert_eq(chmod(folder, 0777), 0);
    cr_assert_eq(as_nobody(path, "x.duckdb\": Permission denied"), 0);
    cr_assert_eq(chmod(path, 0666), 0);
    cr_assert_eq(chmod(folder, 0555), 0);
    cr_assert_eq(as_nobody(path, "Permission denied"), 0);
    cr_assert_eq(as_nobody(arena_printf(arena, "%s/sub/new.duckdb", folder), "Permission denied"),
                 0);
    chmod(folder, 0755);
}

/* ---- two processes ---- */

/** Starts a process that has `path` open until it gets a byte; returns when it has it. */
static pid_t
start_holder(const char *path, int *ret_end)
{
    int ready[2];
    int end[2];
    cr_assert(pipe(ready) == 0 && pipe(end) == 0);
    pid_t child = fork();
    if (child == 0) {
        char byte = 0;
        StoreOptions options = {.application_name = "flow shop"};
        Store *store = NULL;
        Error error = {0};
        close(end[1]);
        if (try_open(path, &options, &store, &error) != 0) {
            show_error(&error);
            _exit(1);
        }
        if (write(ready[1], "r", 1) == 1 && read(end[0], &byte, 1) == 1) {
            store_close(store);
        }
        _exit(0);
    }
    char byte = 0;
    close(end[0]);
    close(ready[1]);
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    *ret_end = end[1];
    return child;
}

Test(duckdb, a_second_process_learns_who_has_the_file)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *path = arena_printf(arena, "%s/x.duckdb", test_folder(arena));
    const char *note = arena_printf(arena, "%s.holder", path);
    int end = -1;
    pid_t holder = start_holder(path, &end);
    Store *store = NULL;
    Error error = {0};
    cr_assert(file_exists(note));
    cr_assert_eq(try_open(path, NULL, &store, &error), STORE_BUSY);
    cr_assert_eq(error.code, ERROR_LOCK);
    cr_assert(strstr(error.message, path), "%s", error.message);
    cr_assert(strstr(error.message, "flow shop, user "), "%s", error.message);
    cr_assert(strstr(error.message, arena_printf(arena, "process %d, since 20", (int)holder)), "%s",
              error.message);
    StoreOptions reading = {.read_only = true};
    cr_assert_eq(try_open(path, &reading, &store, &error), STORE_BUSY);

    /* A note about another process is not believed. */
    cr_assert_eq(file_write_atomic(note, "pid 1\napplication liar\n", 23, 0644), 0);
    cr_assert_eq(try_open(path, NULL, &store, &error), STORE_BUSY);
    cr_assert_not(strstr(error.message, "liar"), "%s", error.message);
    cr_assert(strstr(error.message, arena_printf(arena, "process %d", (int)holder)), "%s",
              error.message);
    cr_assert_eq(file_write_atomic(note, "\n\npid", 5, 0644), 0);
    cr_assert_eq(try_open(path, NULL, &store, &error), STORE_BUSY);
    error_deinit(&error);

    cr_assert_eq(write(end, "e", 1), 1);
    waitpid(holder, NULL, 0);
    cr_assert_not(file_exists(note));
    CLEANUP(store_closep) Store *later = must_open(path);
    must_exec(later, "select 1");
}

Test(duckdb, a_holder_that_is_killed_leaves_no_lock)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *path = arena_printf(arena, "%s/x.duckdb", test_folder(arena));
    int end = -1;
    pid_t holder = start_holder(path, &end);
    cr_assert_eq(kill(holder, SIGKILL), 0);
    waitpid(holder, NULL, 0);
    CLEANUP(store_closep) Store *store = must_open(path);
    must_exec(store, "create table t as select 1 as a");
}

/* ---- one process ---- */

Test(duckdb, stores_of_a_process_share_a_file)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *folder = test_folder(arena);
    const char *path = arena_printf(arena, "%s/x.duckdb", folder);
    const char *detour = arena_printf(arena, "%s/./link.duckdb", folder);
    Store *one = must_open(path);
    cr_assert_eq(symlink(path, arena_printf(arena, "%s/link.duckdb", folder)), 0);
    CLEANUP(store_closep) Store *two = must_open(detour);
    must_exec(one, "create table t as select 1 as a");
    assert_query(two, "select a from t", "1");
    store_close(one);
    cr_assert(file_exists(arena_printf(arena, "%s.holder", path)));
    must_exec(two, "insert into t values (2)");
}

Test(duckdb, databases_in_memory)
{
    CLEANUP(store_closep) Store *one = must_open(":memory:");
    CLEANUP(store_closep) Store *two = must_open(":memory:");
    CLEANUP(store_closep) Store *named = must_open(":memory:shared");
    CLEANUP(store_closep) Store *same = must_open(":memory:shared");
    Error error = {0};
    must_exec(one, "create table t as select 1 as a");
    cr_assert_lt(store_exec(two, "select * from t", &error), 0);
    error_deinit(&error);
    must_exec(named, "create table t as select 2 as a");
    assert_query(same, "select a from t", "2");
    cr_assert_str_eq(store_place(one), "DuckDB in memory");
}

Test(duckdb, writers_that_collide_get_the_state_of_a_conflict)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *path = arena_printf(arena, "%s/x.duckdb", test_folder(arena));
    CLEANUP(store_closep) Store *one = must_open(path);
    CLEANUP(store_closep) Store *two = must_open(path);
    Error error = {0};
    must_exec(one, "create table t as select 1 as a");
    cr_assert_eq(store_begin(one, NULL), 0);
    cr_assert_eq(store_begin(two, NULL), 0);
    must_exec(one, "update t set a = 2");
    cr_assert_lt(store_exec(two, "update t set a = 3", &error), 0);
    cr_assert_str_eq(error.sqlstate, "40001", "%s", error.message);
    error_deinit(&error);
    store_rollback(two);
    cr_assert_eq(store_commit(one, NULL), 0);
    assert_query(two, "select a from t", "2");
}

Test(duckdb, settings_in_the_url)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = must_open(":memory:?threads=2&memory_limit=512MB");
    assert_query(store, "select current_setting('threads')", "2");
    assert_query(store, "select current_setting('TimeZone')", "UTC");
    assert_query(store, "select current_setting('autoload_known_extensions')", "false");
    Store *wrong = NULL;
    Error error = {0};
    cr_assert_lt(try_open(":memory:?thread=2", NULL, &wrong, &error), 0);
    cr_assert_eq(error.code, ERROR_CONFIG);
    cr_assert(strstr(error.message, "not recognized: thread"), "%s", error.message);
    cr_assert_lt(try_open(":memory:?threads=x", NULL, &wrong, &error), 0);
    cr_assert_eq(error.code, ERROR_CONFIG);
    cr_assert(strstr(error.message, "\"threads\" can't be \"x\""), "%s", error.message);
    error_deinit(&error);
}

/* ---- attaching ---- */

static int
try_attach(Store *store, const char *path, const char *alias, Error *error)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    return store_attach(store, secret_new(arena, arena_printf(arena, "duckdb:///%s", path)), alias,
                        error);
}

Test(duckdb, another_file_is_attached_read_only)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *folder = test_folder(arena);
    const char *full = arena_printf(arena, "%s/full it's.duckdb", folder);
    Store *source = must_open(full);
    must_exec(source, "create schema s; create table s.t as select 1 as a");
    CLEANUP(store_closep) Store *target = must_open(arena_printf(arena, "%s/mini.duckdb", folder));
    Error error = {0};
    cr_assert_lt(try_attach(target, full, "src \"x\"", &error), 0, "it is open in this process");
    cr_assert_eq(error.code, ERROR_UNSUPPORTED, "%s", error.message);
    store_close(source);
    cr_assert_eq(try_attach(target, full, "src \"x\"", &error), 0, "%s", error.message);
    must_exec(target, "create table t as select * from \"src \"\"x\"\"\".s.t");
    cr_assert_lt(store_exec(target, "insert into \"src \"\"x\"\"\".s.t values (2)", &error), 0);
    Store *again = NULL;
    cr_assert_lt(try_open(full, NULL, &again, &error), 0, "it is attached in this process");
    cr_assert_eq(error.code, ERROR_UNSUPPORTED, "%s", error.message);
    cr_assert_eq(store_detach(target, "src \"x\"", NULL), 0);
    cr_assert_lt(store_detach(target, "src \"x\"", &error), 0);
    CLEANUP(store_closep) Store *after = must_open(full);
    assert_query(after, "select count(*) from s.t", "1");
    error_deinit(&error);
}

Test(duckdb, attaching_what_is_missing_busy_or_another_engine)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *folder = test_folder(arena);
    const char *path = arena_printf(arena, "%s/full.duckdb", folder);
    CLEANUP(store_closep) Store *target = must_open(arena_printf(arena, "%s/mini.duckdb", folder));
    Error error = {0};
    cr_assert_lt(try_attach(target, path, "src", &error), 0);
    cr_assert_eq(error.code, ERROR_CONNECTION);
    cr_assert(strstr(error.message, path), "%s", error.message);
    int end = -1;
    pid_t holder = start_holder(path, &end);
    cr_assert_eq(try_attach(target, path, "src", &error), STORE_BUSY, "%s", error.message);
    cr_assert(strstr(error.message, "flow shop"), "%s", error.message);
    cr_assert_eq(write(end, "e", 1), 1);
    waitpid(holder, NULL, 0);
    cr_assert_eq(try_attach(target, path, "src", &error), 0);
    Secret *postgres = secret_new(arena, "postgresql://u:planted@h/d");
    cr_assert_lt(store_attach(target, postgres, "pg", &error), 0);
    cr_assert_eq(error.code, ERROR_UNSUPPORTED);
    cr_assert_not(strstr(error.message, "planted"));
    error_deinit(&error);
}

/* ---- cells ---- */

Test(duckdb, cells_of_every_type)
{
    static const struct {
        const char *expression;
        const char *text;
    } cases[] = {
        {"(-128)::tinyint", "-128"},
        {"255::utinyint", "255"},
        {"65535::usmallint", "65535"},
        {"4294967295::uinteger", "4294967295"},
        {"18446744073709551615::ubigint", "18446744073709551615"},
        {"'-170141183460469231731687303715884105728'::hugeint",
         "-170141183460469231731687303715884105728"},
        {"'340282366920938463463374607431768211455'::uhugeint",
         "340282366920938463463374607431768211455"},
        {"1.5::float", "1.5"},
        {"'nan'::double", "nan"},
        {"'-inf'::double", "-inf"},
        {"'-1.5'::decimal(4, 1)", "-1.5"},
        {"'-1.25'::decimal(9, 2)", "-1.25"},
        {"'-0.01'::decimal(18, 2)", "-0.01"},
        {"'-12345678901234567890.01'::decimal(38, 2)", "-12345678901234567890.01"},
        {"'12:00:00.25'::time", "12:00:00.25"},
        {"'12:00:00+02'::timetz", "12:00:00+02"},
        {"'2024-01-01 00:00:01'::timestamp_s", "2024-01-01 00:00:01"},
        {"'2024-01-01 00:00:00.001'::timestamp_ms", "2024-01-01 00:00:00.001"},
        {"'2024-01-01 00:00:00.123456789'::timestamp_ns", "2024-01-01 00:00:00.123456789"},
        {"'infinity'::timestamp", "infinity"},
        {"interval '1 month 3 days 2 hours'", "1 month 3 days 02:00:00"},
        {"'\\xAA\\x00b'::blob", "\\xAA\\x00b"},
        {"'0101'::bit", "0101"},
        {"'b'::enum('a', 'b')", "b"},
        {"'00000000-0000-0000-0000-000000000001'::uuid", "00000000-0000-0000-0000-000000000001"},
        {"'ffffffff-0000-0000-0000-000000000001'::uuid", "ffffffff-0000-0000-0000-000000000001"},
        {"[1, null, 3]", "[1, NULL, 3]"},
        {"[]", "[]"},
        {"[['a'], [], null]", "[[a], [], NULL]"},
        {"array_value(1.5, 2)::float[2]", "[1.5, 2.0]"},
        {"{'a': 1, 'b': [{'c': 'x'}], 'd': null}", "{'a': 1, 'b': [{'c': x}], 'd': NULL}"},
        {"map {'k': [1], 'l': null}", "{k=[1], l=NULL}"},
        {"map {}", "{}"},
        {"union_value(num := 3)", "3"},
        {"null", NULL},
        {"null::int[]", NULL},
        {"'[1]'::json", "[1]"},
        {"''::varchar", ""},
        {"repeat('ä', 20)", "ääääääääääääääääääää"},
    };
    CLEANUP(store_closep) Store *store = must_open(":memory:");
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const char *sql = arena_printf(arena, "select %s as x", cases[i].expression);
        CLEANUP(store_result_freep) StoreResult *result = must_query(store, sql);
        cr_assert(text_equal(store_result_text(result, 0, 0), cases[i].text), "%s: %s",
                  cases[i].expression, store_result_text(result, 0, 0));
        /* The same behind another row, out of a table, where vectors have other forms. */
        sql = arena_printf(
            arena,
            "create or replace table c as select 1 as n, %s as x union all select 2, %s "
            "union all select 3, null",
            cases[i].expression, cases[i].expression);
        must_exec(store, sql);
        CLEANUP(store_result_freep)
        StoreResult *stored = must_query(store, "select x from c order by n desc");
        cr_assert_null(store_result_text(stored, 0, 0));
        cr_assert(text_equal(store_result_text(stored, 2, 0), cases[i].text), "%s: %s",
                  cases[i].expression, store_result_text(stored, 2, 0));
    }
}

Test(duckdb, a_type_without_text_is_an_error)
{
    CLEANUP(store_closep) Store *store = must_open(":memory:");
    Error error = {0};
    StoreResult *result = NULL;
    cr_assert_lt(
        store_query(store, "select '123456789012345678901234567890'::bignum as x", &result, &error),
        0);
    cr_assert_eq(error.code, ERROR_UNSUPPORTED, "%s", error.message);
    cr_assert(strstr(error.hint, "cast"), "%s", error.hint);
    error_deinit(&error);
    must_exec(store, "select 1");
}

/* ---- the library ---- */

Test(duckdb, a_library_that_is_not_there_says_how_to_get_it)
{
    cr_assert_eq(setenv("PDC_DUCKDB_LIB", "/nosuch/libduckdb.so", 1), 0);
    Store *store = NULL;
    Error error = {0};
    cr_assert_lt(try_open(":memory:", NULL, &store, &error), 0);
    cr_assert_eq(error.code, ERROR_CONNECTION);
    cr_assert_str_eq(error.message, "libduckdb can't be loaded");
    cr_assert(strstr(error.detail, "/nosuch/libduckdb.so"), "%s", error.detail);
    cr_assert(strstr(error.hint, "PDC_DUCKDB_LIB"), "%s", error.hint);
    cr_assert_eq(setenv("PDC_DUCKDB_LIB", "libc.so.6", 1), 0);
    cr_assert_lt(try_open(":memory:", NULL, &store, &error), 0);
    cr_assert(strstr(error.message, "it lacks duckdb_"), "%s", error.message);
    error_deinit(&error);
    cr_assert_eq(unsetenv("PDC_DUCKDB_LIB"), 0);
    store_close(must_open(":memory:"));
}
