/* Tests at work: a few threads, each with a database of its own. */
#include "runtime/base/clock.h"
#include "runtime/base/suggest.h"
#include "runtime/test/test_priv.h"

#include <errno.h>
#include <fnmatch.h>
#include <time.h>
#include <unistd.h>

/** How often it is looked whether a test takes too long. */
enum { LOOK_MS = 50, MOST_JOBS = 64 };

typedef struct Pool Pool;

typedef struct Worker Worker;
struct Worker {
    Pool *pool;
    pthread_t thread;
    Scratch scratch;
    Arena *arena; /* of `sources` */
    FlowSources *sources;
    Map *shapes;       /* in `arena` */
    TestCase *running; /* NULL: none; guarded by the pool's mutex, as is what follows */
    int64_t since_us;
};

/** A test that was asked for, and what came of it. */
typedef struct Slot Slot;
struct Slot {
    const PdcTest *test;
    Arena *arena;
    TestResult result;
    bool is_done;
    bool is_skipped;
};

struct Pool {
    const TestRequest *request;
    const Environment *environment;
    Slot *slots;
    size_t n_slots;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t next; /* slot to begin */
    bool has_failed;
    Worker *workers;
    size_t n_workers;
};

/* ---- which tests ---- */

static bool
is_wanted(const TestRequest *request, size_t number, bool *fitted)
{
    const char *name = request->run->unit->tests[number].name;
    bool found = request->n_patterns == 0;
    if (request->wanted != NULL && !request->wanted[number]) {
        return false;
    }
    for (size_t i = 0; i < request->n_patterns; i++) {
        if (text_equal(request->patterns[i], name) || fnmatch(request->patterns[i], name, 0) == 0) {
            fitted[i] = found = true;
        }
    }
    return found;
}

static int
fail_pattern(const TestRequest *request, const char *pattern, Arena *arena, Error *reterr)
{
    const PdcFlow *unit = request->run->unit;
    const char **names = ARENA_ARRAY(arena, const char *, unit->n_tests + 1);
    for (size_t i = 0; i < unit->n_tests; i++) {
        names[i] = unit->tests[i].name;
    }
    const char *nearest = suggest_nearest(pattern, names, unit->n_tests);
    error_set(reterr, ERROR_USAGE, "no test is called `%s`", pattern);
    if (nearest != NULL) {
        error_set_hint(reterr, "did you mean `%s`?", nearest);
    } else {
        error_set_hint(reterr, "`*` stands for anything: './flow test 'orders*''");
    }
    return -1;
}

static int
choose(Pool *pool, Arena *arena, Error *reterr)
{
    const TestRequest *request = pool->request;
    const PdcFlow *unit = request->run->unit;
    bool *fitted = ARENA_ARRAY(arena, bool, request->n_patterns + 1);
    pool->slots = ARENA_ARRAY(arena, Slot, unit->n_tests + 1);
    for (size_t i = 0; i < unit->n_tests; i++) {
        if (is_wanted(request, i, fitted)) {
            pool->slots[pool->n_slots++].test = &unit->tests[i];
        }
    }
    for (size_t i = 0; i < request->n_patterns; i++) {
        if (!fitted[i]) {
            return fail_pattern(request, request->patterns[i], arena, reterr);
        }
    }
    return 0;
}

/* ---- workers ---- */

/** The next test to begin, or NULL. */
static Slot *
take_slot(Pool *pool)
{
    Slot *slot = NULL;
    pthread_mutex_lock(&pool->mutex);
    if (pool->next < pool->n_slots) {
        slot = &pool->slots[pool->next++];
        slot->is_skipped = pool->request->fail_fast && pool->has_failed;
    }
    pthread_mutex_unlock(&pool->mutex);
    return slot;
}

static void
set_running(Worker *worker, TestCase *test_case)
{
    pthread_mutex_lock(&worker->pool->mutex);
    worker->running = test_case;
    worker->since_us = clock_monotonic_us();
    pthread_mutex_unlock(&worker->pool->mutex);
}

static void
end_slot(Pool *pool, Slot *slot)
{
    pthread_mutex_lock(&pool->mutex);
    slot->is_done = true;
    pool->has_failed |= !slot->is_skipped && slot->result.state == TEST_FAILED;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
}

static void *
work(void *context)
{
    Worker *worker = context;
    Pool *pool = worker->pool;
    for (Slot *slot; (slot = take_slot(pool)) != NULL;) {
        slot->arena = arena_new();
        TestCase test_case = {.request = pool->request,
                              .test = slot->test,
                              .environment = pool->environment,
                              .sources = worker->sources,
                              .scratch = &worker->scratch,
                              .shapes = worker->shapes,
                              .shapes_arena = worker->arena,
                              .arena = slot->arena};
        if (!slot->is_skipped) {
            set_running(worker, &test_case);
            test_case_run(&test_case, &slot->result);
            set_running(worker, NULL);
        }
        end_slot(pool, slot);
    }
    return NULL;
}

/** With the mutex held: those that take too long are stopped. */
static void
stop_late_ones(const Pool *pool)
{
    int64_t limit_us = pool->request->timeout_ms * 1000;
    int64_t now_us = clock_monotonic_us();
    for (size_t i = 0; limit_us > 0 && i < pool->n_workers; i++) {
        Worker *worker = &pool->workers[i];
        if (worker->running != NULL && now_us - worker->since_us > limit_us) {
            worker->running->stopped = 1;
            scratch_cancel(&worker->scratch);
        }
    }
}

static void
wait_for(Pool *pool, const Slot *slot)
{
    pthread_mutex_lock(&pool->mutex);
    while (!slot->is_done) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += LOOK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        if (pthread_cond_timedwait(&pool->changed, &pool->mutex, &until) == ETIMEDOUT) {
            stop_late_ones(pool);
        }
    }
    pthread_mutex_unlock(&pool->mutex);
}

static void
tell(Pool *pool, Slot *slot, TestSummary *summary)
{
    if (!slot->is_skipped) {
        summary->n_tests++;
        summary->n_failed += slot->result.state == TEST_FAILED ? 1 : 0;
        if (pool->request->told != NULL) {
            pool->request->told(pool->request->user, &slot->result);
        }
    }
    test_result_deinit(&slot->result);
    arena_free(slot->arena);
}

static size_t
number_of_workers(const Pool *pool)
{
    long n_cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = pool->request->jobs > 0 ? pool->request->jobs : n_cores > 0 ? (size_t)n_cores : 1;
    n = n < MOST_JOBS ? n : MOST_JOBS;
    return n < pool->n_slots ? n : pool->n_slots;
}

static int
run_pool(Pool *pool, Arena *arena, TestSummary *summary, Error *reterr)
{
    const RunRequest *run = pool->request->run;
    size_t n = number_of_workers(pool);
    pool->workers = ARENA_ARRAY(arena, Worker, n + 1);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->changed, NULL);
    pthread_mutex_lock(&pool->mutex); /* nobody looks at workers that aren't there yet */
    for (size_t i = 0; i < n; i++) {
        Worker *worker = &pool->workers[i];
        *worker = (Worker){.pool = pool, .arena = arena_new()};
        worker->sources = flow_sources_new(run->unit, worker->arena);
        worker->shapes = map_new(worker->arena);
        scratch_init(&worker->scratch, run->instance, run->unit->name);
        if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
            scratch_deinit(&worker->scratch);
            arena_free(worker->arena);
            break;
        }
        pool->n_workers++;
    }
    pthread_mutex_unlock(&pool->mutex);
    int status = n > 0 && pool->n_workers == 0
                     ? error_set(reterr, ERROR_IO, "no thread could be started")
                     : 0;
    for (size_t i = 0; status == 0 && i < pool->n_slots; i++) {
        wait_for(pool, &pool->slots[i]);
        tell(pool, &pool->slots[i], summary);
    }
    for (size_t i = 0; i < pool->n_workers; i++) {
        pthread_join(pool->workers[i].thread, NULL);
        scratch_deinit(&pool->workers[i].scratch);
        arena_free(pool->workers[i].arena);
    }
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    return status;
}

int
tests_run(const TestRequest *request, Diags *diags, TestSummary *ret_summary, Error *reterr)
{
    RunSession session;
    Pool pool = {.request = request};
    int64_t since_us = clock_monotonic_us();
    *ret_summary = (TestSummary){0};
    run_session_init(&session, request->run, diags);
    int status = run_session_prepare(&session);
    if (status == 0) {
        pool.environment = &session.environment;
        status = choose(&pool, session.arena, reterr);
    }
    if (status == 0) {
        status = run_pool(&pool, session.arena, ret_summary, reterr);
    }
    run_session_deinit(&session);
    ret_summary->n_others = request->run->unit->n_tests - ret_summary->n_tests;
    ret_summary->seconds = (double)(clock_monotonic_us() - since_us) / 1e6;
    return status == 0 && ret_summary->n_failed > 0 ? RUN_OUTCOME_FAILED : status;
}
