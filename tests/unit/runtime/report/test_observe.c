/* What other programs get to see of a run. */

#include "runtime/elaborate/flow.h"
#include "runtime/report/report.h"
#include "runtime/report/target.h"
#include "tests/unit/runtime/report/golden.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t NOON_US = 1769860800000000; /* 2026-01-31T12:00:00Z */

static char folder[64];
static Arena *arena;
static int64_t now_us;

static int64_t
fixed_now(void)
{
    return now_us;
}

static void
enter_folder(void)
{
    strcpy(folder, "/tmp/pdc-observe.XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    arena = arena_new();
    now_us = NOON_US;
}

static void
leave_folder(void)
{
    cr_assert_eq(system(arena_printf(arena, "rm -rf '%s'", folder)), 0);
    arena_free(arena);
}

TestSuite(observe, .init = enter_folder, .fini = leave_folder);

static const char *
path_of(const char *name)
{
    return path_join(arena, folder, name);
}

static const char *
text_of(const char *name)
{
    char *text = NULL;
    size_t length;
    return file_read(arena, path_of(name), 0, &text, &length) == 0 ? text : "(no file)\n";
}

/* ---- a run ---- */

typedef struct World World;
struct World {
    Report *report;
    RunListener listener;
    FILE *messages;
    char *text;
    size_t length;
};

static void
open_world(World *world)
{
    world->messages = open_memstream(&world->text, &world->length);
    ReportOptions options = {.out = world->messages,
                             .messages = world->messages,
                             .program = "./flow",
                             .observe = {.log = true,
                                         .log_file = path_of("log"),
                                         .metrics_file = path_of("metrics"),
                                         .openlineage_file = path_of("lineage"),
                                         .trace_file = path_of("trace"),
                                         .flow = "shop",
                                         .version = "1.2.3",
                                         .now = fixed_now}};
    world->report = report_new(&options);
    world->listener = report_listener(world->report);
    cr_assert(world->listener.wants_columns);
}

/* Ends the report and compares all files with a golden one. */
static void
close_world(World *world, const char *golden)
{
    static const char *const names[] = {"log", "metrics", "lineage", "trace"};
    cr_assert_eq(report_free(world->report), 0);
    fclose(world->messages);
    free(world->text);
    Str text = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        str_append_format(&text, "---- %s\n%s", names[i], text_of(names[i]));
    }
    golden_check(golden, str_text(&text));
    str_deinit(&text);
}

/* Time goes on by 10 ms from event to event. */
static void
tell(World *world, RunEvent event)
{
    now_us += 10000;
    event.at_us = now_us;
    world->listener.handle(world->listener.user, &event);
}

static void
begin(World *world, const char *flow, const char *url)
{
    RunSubject subject = {.flow = flow,
                          .instance = "mini",
                          .place = {.url = url, .schema_prefix = "mini_", .schema_suffix = ""}};
    report_begin_run(world->report, &subject);
}

static const RunEventPlace full = {
    .url = "postgresql://elsewhere/big", .schema_prefix = "", .schema_suffix = "_f"};

static void
tell_start(World *world, const char *flow)
{
    tell(world, (RunEvent){.kind = RUN_EVENT_START,
                           .start = {.run = "20260131T120000.000000-7",
                                     .flow = flow,
                                     .instance = "mini",
                                     .place = "PostgreSQL at db:5432, database \"shop\"",
                                     .n_tables = 3,
                                     .copied_from = &full}});
}

static void
tell_plan(World *world, RunEventStep step)
{
    step.settled = true;
    tell(world, (RunEvent){.kind = RUN_EVENT_PLAN, .step = step});
}

static void
tell_step_start(World *world, RunEventStep step)
{
    step.rows = -1;
    step.state = STEP_RUNNING;
    step.columns = NULL;
    step.n_columns = 0;
    tell(world, (RunEvent){.kind = RUN_EVENT_STEP_START, .step = step});
}

static void
tell_step(World *world, RunEventStep step)
{
    tell_step_start(world, step);
    tell(world, (RunEvent){.kind = RUN_EVENT_STEP_END, .step = step});
}

static void
tell_end(World *world, RunState state, RunCounts counts, const Error *error)
{
    tell(world, (RunEvent){.kind = RUN_EVENT_END,
                           .end = {.state = state,
                                   .counts = &counts,
                                   .seconds = (double)(now_us - NOON_US) / 1e6,
                                   .error = error,
                                   .run = "20260131T120000.000000-7"}});
}

/* ---- its tables ---- */

static const FlowStage raw = {.name = "raw"};
static const FlowStage clean = {.name = "clean"};
static const FlowBody query = {.kind = FLOW_BODY_QUERY};
static const FlowBody external = {
    .kind = FLOW_BODY_EXTERNAL, .schema = "crm", .table = "customers"};
static const FlowTable idle = {.stage = &raw, .name = "idle", .body = &query};
static const FlowTable orders = {.stage = &raw, .name = "orders", .body = &query};
static const FlowTable customers = {.stage = &raw, .name = "customers", .body = &external};
static const FlowBody copied = {.kind = FLOW_BODY_COPY};
static const FlowTable regions = {.stage = &raw, .name = "regions", .body = &copied};
static const FlowTable *net_inputs[] = {&orders, &customers, &idle};
static const FlowTable net = {
    .stage = &clean, .name = "net", .body = &query, .inputs = net_inputs, .n_inputs = 3};
static const RunEventColumn columns[] = {{"order_id", "integer"}, {"größe", "numeric(10,2)"}};

static RunEventStep
step_of(const FlowTable *table)
{
    return (RunEventStep){.stage = table->stage->name,
                          .table = table->name,
                          .action = PLAN_BUILD,
                          .reason = "its query changed",
                          .state = STEP_DONE,
                          .rows = -1,
                          .of = 3,
                          .of_flow = table};
}

static void
tell_plans(World *world)
{
    RunEventStep kept = step_of(&idle);
    kept.action = PLAN_KEEP;
    kept.reason = "still valid";
    kept.rows = 40;
    kept.seconds = 1.5;
    tell_plan(world, kept);
    tell_plan(world, step_of(&orders));
    tell_plan(world, step_of(&customers));
    tell_plan(world, step_of(&net));
    tell_plan(world, (RunEventStep){.stage = "raw",
                                    .table = "gone",
                                    .action = PLAN_DROP,
                                    .reason = "it left the flow"});
}

Test(observe, good_run)
{
    World world;
    RunEventStep file = step_of(&orders);
    RunEventStep outside = step_of(&customers);
    RunEventStep made = step_of(&net);
    RunEventStep copy = step_of(&regions);
    copy.action = PLAN_COPY;
    copy.rows = 7;
    file.file = "/data/orders.csv";
    file.rows = 1234567;
    file.seconds = 0.0075;
    file.columns = columns;
    file.n_columns = 2;
    outside.action = PLAN_REUSE;
    outside.rows = 3;
    made.rows = 0;
    made.seconds = 0.01;
    open_world(&world);
    begin(&world, "shop", "postgresql://alice:***@db:5433/shop");
    tell(&world, (RunEvent){.kind = RUN_EVENT_LOCK_WAIT, .text = "it is in use by bob"});
    tell(&world, (RunEvent){.kind = RUN_EVENT_LOCK_GONE});
    tell_start(&world, "shop");
    tell_plans(&world);
    tell_step(&world, copy);
    tell_step(&world, file);
    tell(&world, (RunEvent){.kind = RUN_EVENT_STEP_END, .step = outside});
    tell_step(&world, made);
    tell(&world, (RunEvent){.kind = RUN_EVENT_CHECK,
                            .check = {.stage = "clean",
                                      .name = "net",
                                      .clause = "primary key (order_id)",
                                      .passed = true}});
    tell(&world,
         (RunEvent){.kind = RUN_EVENT_CHECK,
                    .check = {.stage = "clean", .name = "few", .warn = true, .violations = 2}});
    tell(&world, (RunEvent){.kind = RUN_EVENT_PUBLISH_START, .publish = {.n_changes = 4}});
    tell(&world,
         (RunEvent){.kind = RUN_EVENT_PUBLISH_END, .publish = {.n_changes = 4, .seconds = 0.01}});
    tell_end(&world, RUN_DONE,
             (RunCounts){.actions = {[PLAN_BUILD] = 2,
                                     [PLAN_COPY] = 1,
                                     [PLAN_REUSE] = 1,
                                     [PLAN_KEEP] = 1,
                                     [PLAN_DROP] = 1},
                         .warnings = 1},
             NULL);
    report_end_run(world.report);
    close_world(&world, "report/golden/observe_run.txt");
}

/* One table was made, one fails, one waits for it in vain; names and messages are as bad as can be.
 */
Test(observe, hostile_texts)
{
    static const FlowStage odd = {.name = "o\"d\\d"};
    static const FlowTable made = {.stage = &odd, .name = "ge\nmacht", .body = &query};
    static const FlowTable *inputs[] = {&made};
    static const FlowTable broken = {
        .stage = &odd, .name = "\xff{\"ä\x1b[2J", .body = &query, .inputs = inputs, .n_inputs = 1};
    World world;
    Error error = {0};
    RunEventStep failed = step_of(&broken);
    RunEventStep skipped = step_of(&net);
    (void)error_set(&error, ERROR_SQL, "bad \x1b[2J \xff \"text\"\nsecond \\ line");
    failed.state = STEP_FAILED;
    failed.seconds = 0.5;
    failed.error = &error;
    skipped.state = STEP_SKIPPED;
    open_world(&world);
    begin(&world, "sh\"op\n\xfe", "duckdb:////data/mini.duckdb");
    tell_start(&world, "sh\"op\n\xfe");
    tell_step(&world, step_of(&made));
    tell_step(&world, failed);
    tell(&world, (RunEvent){.kind = RUN_EVENT_STEP_END, .step = skipped});
    tell(&world, (RunEvent){.kind = RUN_EVENT_CHECK,
                            .check = {.stage = "o\"d\\d",
                                      .name = "\xff",
                                      .violations = 3,
                                      .rows = "id=\"7\"\nid=\xff"}});
    tell(&world, (RunEvent){.kind = RUN_EVENT_NOTE, .text = "\x9b\x1b[A"});
    tell_end(&world, RUN_FAILED,
             (RunCounts){.actions = {[PLAN_BUILD] = 1}, .failed = 1, .skipped = 1}, NULL);
    close_world(&world, "report/golden/observe_hostile.txt");
    error_deinit(&error);
}

/* It is stopped while a table is made: the table's span ends with the run. */
Test(observe, interrupted_run)
{
    World world;
    Error error = {0};
    (void)error_set(&error, ERROR_INTERRUPTED, "interrupted");
    open_world(&world);
    begin(&world, "shop", "postgresql:///");
    tell_start(&world, "shop");
    tell_step_start(&world, step_of(&orders));
    tell_end(&world, RUN_INTERRUPTED, (RunCounts){0}, &error);
    report_end_run(world.report);
    close_world(&world, "report/golden/observe_interrupted.txt");
    error_deinit(&error);
}

/* It never gets its lock: it has an id, but no START. */
Test(observe, run_that_could_not_begin)
{
    World world;
    Error error = {0};
    (void)error_set(&error, ERROR_LOCK, "the lock is held by alice");
    open_world(&world);
    begin(&world, "shop", NULL);
    tell_end(&world, RUN_LOST, (RunCounts){0}, &error);
    report_error(world.report, &error);
    close_world(&world, "report/golden/observe_no_lock.txt");
    error_deinit(&error);
}

/* Its attrs are wrong: no event comes at all. */
Test(observe, run_without_events)
{
    World world;
    open_world(&world);
    begin(&world, "shop", "duckdb:////data/mini.duckdb");
    now_us += 20000;
    report_end_run(world.report);
    close_world(&world, "report/golden/observe_no_events.txt");
}

/* A plan is no run: nothing but the log. */
Test(observe, plan)
{
    World world;
    open_world(&world);
    tell_plans(&world);
    tell_end(&world, RUN_DONE, (RunCounts){0}, NULL);
    report_end_run(world.report);
    close_world(&world, "report/golden/observe_plan.txt");
}

/* ---- files that can't be written ---- */

Test(observe, targets_that_fail)
{
    static const struct {
        const char *path;
        const char *message;
    } cases[] = {
        {"/nowhere/at/all", "can't write /nowhere/at/all: No such file or directory"},
        {"/", "can't write /: Is a directory"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        Target target;
        Error error = {0};
        Str line = {0};
        str_append(&line, "x\n");
        cr_assert_lt(target_open(&target, "--log-file", cases[i].path, &error), 0);
        cr_expect_str_eq(error.message, cases[i].message, "%s", error.message);
        cr_expect_str_eq(error.hint, "the run goes on; --log-file names the file");
        cr_expect_eq(target_append(&target, &line, NULL), 0, "what failed once is dropped");
        target_close(&target);
        error_deinit(&error);
        str_deinit(&line);
    }
}

/* A pipe is neither waited for nor read from by ourselves. */
Test(observe, pipe_without_a_reader)
{
    Target target;
    Error error = {0};
    cr_assert_eq(mkfifo(path_of("pipe"), 0600), 0);
    cr_assert_lt(target_open(&target, "--log-file", path_of("pipe"), &error), 0);
    cr_expect(text_ends_with(error.message, "/pipe: nobody reads the pipe"), "%s", error.message);
    target_close(&target);
    error_deinit(&error);
}

/* Its reader gets all of it; one that has gone to sleep is left behind. */
Test(observe, pipe_with_a_reader)
{
    enum { MOST_LINES = 100 };
    char read_bytes[16];
    Target target;
    Error error = {0};
    Str lines = {0};
    int failures = 0;
    cr_assert_eq(mkfifo(path_of("pipe"), 0600), 0);
    int reader = open(path_of("pipe"), O_RDONLY | O_NONBLOCK);
    cr_assert_eq(target_open(&target, "--log-file", path_of("pipe"), &error), 0);
    str_append(&lines, "a line\n");
    cr_assert_eq(target_append(&target, &lines, &error), 0);
    cr_expect_eq(read(reader, read_bytes, sizeof(read_bytes)), 7);
    str_append_repeat(&lines, 'x', 10000);
    for (size_t i = 0; i < MOST_LINES; i++) {
        failures += target_append(&target, &lines, &error) < 0 ? 1 : 0;
    }
    cr_expect_eq(failures, 1, "it is told once");
    cr_expect(text_ends_with(error.message, "/pipe: its reader is too slow"), "%s", error.message);
    target_close(&target);
    close(reader);
    error_deinit(&error);
    str_deinit(&lines);
}

Test(observe, full_disk)
{
    Target target;
    Error error = {0};
    Str line = {0};
    str_append(&line, "x\n");
    cr_assert_eq(target_open(&target, "--log-file", "/dev/full", &error), 0);
    cr_assert_lt(target_append(&target, &line, &error), 0);
    cr_expect_str_eq(error.message, "can't write /dev/full: No space left on device");
    cr_expect_eq(target_append(&target, &line, NULL), 0);
    target_close(&target);
    error_deinit(&error);
    str_deinit(&line);
}

/* A line that was cut off stays alone. */
Test(observe, line_that_was_cut_off)
{
    Target target;
    Str line = {0};
    str_append(&line, "whole\n");
    cr_assert_eq(file_write_atomic(path_of("log"), "ha", 2, 0600), 0);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(target_open(&target, "--log-file", path_of("log"), NULL), 0);
        cr_assert_eq(target_append(&target, &line, NULL), 0);
        target_close(&target);
    }
    cr_expect_str_eq(text_of("log"), "ha\nwhole\nwhole\n");
    str_deinit(&line);
}

/* What is no file is not replaced by one. */
Test(observe, replaced_files)
{
    Error error = {0};
    Str text = {0};
    struct stat status;
    str_append(&text, "new\n");
    cr_assert_eq(file_write_atomic(path_of("m"), "old\n", 4, 0600), 0);
    cr_assert_eq(target_replace("--metrics-file", path_of("m"), &text, &error), 0);
    cr_expect_str_eq(text_of("m"), "new\n");
    cr_assert_eq(mkfifo(path_of("pipe"), 0600), 0);
    cr_assert_lt(target_replace("--metrics-file", path_of("pipe"), &text, &error), 0);
    cr_expect(text_ends_with(error.message, "/pipe: it is no regular file"));
    cr_assert_eq(stat(path_of("pipe"), &status), 0);
    cr_expect(S_ISFIFO(status.st_mode));
    error_deinit(&error);
    str_deinit(&text);
}

/* Each is told once, before the event at the end, and the run's events are all there. */
Test(observe, warnings)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    FILE *messages = fopen("/dev/null", "w");
    RunCounts counts = {0};
    Report *report = report_new(&(ReportOptions){.out = out,
                                                 .messages = messages,
                                                 .json = true,
                                                 .observe = {.log = true,
                                                             .log_file = "/nowhere/log",
                                                             .metrics_file = "/nowhere/metrics",
                                                             .openlineage_file = "/dev/full",
                                                             .trace_file = "/nowhere/trace",
                                                             .flow = "shop",
                                                             .version = "1",
                                                             .now = fixed_now}});
    RunListener listener = report_listener(report);
    report_begin_run(report, &(RunSubject){.flow = "shop", .instance = "mini"});
    listener.handle(listener.user, &(RunEvent){.kind = RUN_EVENT_END,
                                               .at_us = NOON_US,
                                               .end = {.state = RUN_DONE, .counts = &counts}});
    cr_assert_eq(report_free(report), 0);
    fclose(out);
    fclose(messages);
    golden_check("report/golden/observe_warnings.txt", text);
    free(text);
}
