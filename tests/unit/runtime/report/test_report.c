#include "runtime/report/report.h"
#include "tests/unit/runtime/report/golden.h"

#include <criterion/criterion.h>
#include <errno.h>

/* A report whose streams are memory. */
typedef struct World World;
struct World {
    Report *report;
    RunListener listener;
    FILE *out;
    FILE *messages;
    char *out_text;
    char *messages_text;
    size_t out_length;
    size_t messages_length;
};

static void
open_world(World *world, ReportOptions options)
{
    world->out = open_memstream(&world->out_text, &world->out_length);
    world->messages = open_memstream(&world->messages_text, &world->messages_length);
    options.out = world->out;
    options.messages = world->messages;
    options.program = "./flow";
    world->report = report_new(&options);
    world->listener = report_listener(world->report);
}

/* Ends the report and compares what it wrote with a golden file. */
static void
close_world(World *world, const char *golden)
{
    cr_assert_eq(report_free(world->report), 0);
    fclose(world->out);
    fclose(world->messages);
    Str text = {0};
    str_append_format(&text, "---- stdout\n%s---- stderr\n%s", world->out_text,
                      world->messages_text);
    golden_check(golden, str_text(&text));
    str_deinit(&text);
    free(world->out_text);
    free(world->messages_text);
}

static void
tell(World *world, RunEvent event)
{
    event.at_us = 1769860800000000; /* 2026-01-31T12:00:00Z */
    world->listener.handle(world->listener.user, &event);
}

static void
tell_start(World *world)
{
    tell(world, (RunEvent){.kind = RUN_EVENT_START,
                           .start = {.run = "20260131T120000-7",
                                     .flow = "shop",
                                     .instance = "mini",
                                     .place = "PostgreSQL at db:5432, database \"shop\"",
                                     .n_tables = 4}});
}

static void
tell_plan(World *world, const char *table, PlanAction action, bool settled, const char *reason,
          const char *detail)
{
    tell(world, (RunEvent){.kind = RUN_EVENT_PLAN,
                           .step = {.stage = "clean",
                                    .table = table,
                                    .action = action,
                                    .settled = settled,
                                    .reason = reason,
                                    .detail = detail,
                                    .rows = -1}});
}

static void
tell_step(World *world, RunEventStep step)
{
    step.stage = "clean";
    step.of = 12;
    RunEvent event = {.step = step};
    if (step.number > 0) {
        event.kind = RUN_EVENT_STEP_START;
        tell(world, event);
    }
    event.kind = RUN_EVENT_STEP_END;
    tell(world, event);
}

static void
tell_end(World *world, RunState state, RunCounts counts, const Error *error)
{
    tell(world,
         (RunEvent){.kind = RUN_EVENT_END,
                    .end = {.state = state, .counts = &counts, .seconds = 83.4, .error = error}});
}

static void
tell_plans(World *world)
{
    tell_plan(world, "customers", PLAN_COPY, true, "its rows in full changed", NULL);
    tell_plan(world, "orders", PLAN_BUILD, true, "its query changed",
              "-  where a > 1\n+  where a > 2");
    tell_plan(world, "revenue_of_the_year", PLAN_BUILD, false, "it reads clean.orders", NULL);
    tell_plan(world, "idle", PLAN_KEEP, true, "still valid", NULL);
    tell_plan(world, "gone", PLAN_DROP, true, "it left the flow", NULL);
}

/* A run in which everything happens that can go well. */
static void
tell_good_run(World *world)
{
    tell(world, (RunEvent){.kind = RUN_EVENT_LOCK_WAIT, .text = "the instance is in use by alice"});
    tell(world, (RunEvent){.kind = RUN_EVENT_LOCK_GONE});
    tell_start(world);
    tell_plans(world);
    tell(world, (RunEvent){.kind = RUN_EVENT_SQL, .text = "create table x as\nselect 1\n"});
    tell(world,
         (RunEvent){.kind = RUN_EVENT_NOTE, .text = "customers.csv: column \"x\" is dropped"});
    tell_step(world, (RunEventStep){.table = "customers",
                                    .action = PLAN_COPY,
                                    .reason = "its rows in full changed",
                                    .state = STEP_DONE,
                                    .rows = 1,
                                    .seconds = 0.012,
                                    .number = 1});
    tell_step(world, (RunEventStep){.table = "orders",
                                    .action = PLAN_BUILD,
                                    .reason = "its query changed",
                                    .state = STEP_DONE,
                                    .rows = 1234567,
                                    .seconds = 12.34,
                                    .number = 2});
    tell_step(world, (RunEventStep){.table = "revenue_of_the_year",
                                    .action = PLAN_KEEP,
                                    .reason = "clean.orders has the same rows as before",
                                    .state = STEP_DONE,
                                    .rows = -1});
    tell(world, (RunEvent){.kind = RUN_EVENT_CHECK,
                           .check = {.stage = "clean",
                                     .name = "orders",
                                     .clause = "primary key (id)",
                                     .passed = true}});
    tell(world, (RunEvent){.kind = RUN_EVENT_CHECK,
                           .check = {.stage = "clean",
                                     .name = "few",
                                     .warn = true,
                                     .violations = 2,
                                     .rows = "id=1\nid=2"}});
    tell(world, (RunEvent){.kind = RUN_EVENT_WARNING, .text = "the server is slow"});
    tell(world, (RunEvent){.kind = RUN_EVENT_PUBLISH_START, .publish = {.n_changes = 3}});
    tell(world,
         (RunEvent){.kind = RUN_EVENT_PUBLISH_END, .publish = {.n_changes = 3, .seconds = 0.004}});
    tell_end(world, RUN_DONE,
             (RunCounts){
                 .actions = {[PLAN_BUILD] = 1, [PLAN_COPY] = 1, [PLAN_KEEP] = 2, [PLAN_DROP] = 1},
                 .warnings = 1},
             NULL);
}

Test(report, good_run)
{
    static const struct {
        const char *golden;
        ReportOptions options;
    } cases[] = {
        {"report/golden/run.txt", {0}},
        {"report/golden/run_verbose.txt", {.verbose = true}},
        {"report/golden/run_quiet.txt", {.quiet = true}},
        {"report/golden/run_explain.txt", {.explain = true}},
        {"report/golden/run_color.txt", {.explain = true, .messages_style = {.color = true}}},
        {"report/golden/run_json.txt", {.json = true}},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        World world;
        open_world(&world, cases[i].options);
        tell_good_run(&world);
        close_world(&world, cases[i].golden);
    }
}

/* A table fails at its place in the .flow, another waits for it in vain, and a check finds rows. */
static void
tell_bad_run(World *world)
{
    Arena *arena = arena_new();
    Error failure = {0};
    Error violation = {0};
    const char *text = "stage clean {\n  table orders as select 1/0;\n}\n";
    const SourceFile *file = source_new(arena, "shop.flow", text, strlen(text));
    (void)error_set(&failure, ERROR_SQL, "division by zero");
    memcpy(failure.sqlstate, "22012", 6);
    error_set_origin(&failure, span_make(file, 39, 42));
    (void)error_wrap(&failure, "building clean.orders");
    (void)error_set(&violation, ERROR_DATA, "3 rows of clean.customers violate check small");
    tell_start(world);
    tell_plans(world);
    tell_step(world, (RunEventStep){.table = "orders",
                                    .action = PLAN_BUILD,
                                    .reason = "its query changed",
                                    .state = STEP_FAILED,
                                    .rows = -1,
                                    .seconds = 0.5,
                                    .error = &failure,
                                    .number = 1});
    tell_step(world, (RunEventStep){.table = "revenue_of_the_year",
                                    .action = PLAN_BUILD,
                                    .reason = "clean.orders failed",
                                    .state = STEP_SKIPPED,
                                    .rows = -1});
    tell(world, (RunEvent){.kind = RUN_EVENT_CHECK,
                           .check = {.stage = "clean",
                                     .name = "small",
                                     .violations = 3,
                                     .rows = "id=7\nid=8\nid=9",
                                     .error = &violation}});
    tell_end(world, RUN_FAILED,
             (RunCounts){.actions = {[PLAN_BUILD] = 0, [PLAN_COPY] = 1, [PLAN_KEEP] = 1},
                         .failed = 2,
                         .skipped = 1},
             NULL);
    error_deinit(&failure);
    error_deinit(&violation);
    arena_free(arena);
}

Test(report, failed_run)
{
    static const struct {
        const char *golden;
        ReportOptions options;
    } cases[] = {
        {"report/golden/failed.txt", {0}},
        {"report/golden/failed_quiet.txt", {.quiet = true}},
        {"report/golden/failed_json.txt", {.json = true, .quiet = true}},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        World world;
        open_world(&world, cases[i].options);
        tell_bad_run(&world);
        close_world(&world, cases[i].golden);
    }
}

Test(report, run_that_is_ended_from_outside)
{
    World world;
    Error error = {0};
    (void)error_set(&error, ERROR_INTERRUPTED, "interrupted");
    open_world(&world, (ReportOptions){0});
    tell_start(&world);
    cr_assert_not(report_has_told_error(world.report));
    tell_end(&world, RUN_INTERRUPTED, (RunCounts){.actions = {[PLAN_BUILD] = 2}}, &error);
    cr_assert(report_has_told_error(world.report));
    close_world(&world, "report/golden/interrupted.txt");
    error_deinit(&error);
}

/* A run that didn't get its lock: the error says it all. */
Test(report, run_that_could_not_begin)
{
    World world;
    Error error = {0};
    (void)error_set(&error, ERROR_LOCK, "the lock is held by alice");
    open_world(&world, (ReportOptions){0});
    tell_end(&world, RUN_LOST, (RunCounts){0}, &error);
    close_world(&world, "report/golden/no_lock.txt");
    error_deinit(&error);
}

/* An error that says what to do is not followed by other advice. */
Test(report, run_without_a_source)
{
    World world;
    Error error = {0};
    (void)error_set(&error, ERROR_DATA, "instance full has no published stage_1");
    error_set_hint(&error, "run ./flow --instance full first");
    open_world(&world, (ReportOptions){0});
    tell_start(&world);
    tell_end(&world, RUN_FAILED, (RunCounts){0}, &error);
    close_world(&world, "report/golden/no_source.txt");
    error_deinit(&error);
}

Test(report, nothing_to_do)
{
    static const size_t kept[] = {0, 1, 1234};
    World world;
    open_world(&world, (ReportOptions){0});
    for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
        tell_plan(&world, "idle", PLAN_KEEP, true, "still valid", NULL);
        tell_end(&world, RUN_DONE, (RunCounts){.actions = {[PLAN_KEEP] = kept[i]}}, NULL);
    }
    close_world(&world, "report/golden/nothing.txt");
}

Test(report, plan)
{
    static const struct {
        const char *golden;
        ReportOptions options;
    } cases[] = {
        {"report/golden/plan.txt", {.is_plan = true}},
        {"report/golden/plan_verbose.txt", {.is_plan = true, .verbose = true}},
        {"report/golden/plan_json.txt", {.is_plan = true, .json = true}},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        World world;
        open_world(&world, cases[i].options);
        tell_start(&world);
        tell_plans(&world);
        tell_end(
            &world, RUN_DONE,
            (RunCounts){
                .actions = {[PLAN_BUILD] = 2, [PLAN_COPY] = 1, [PLAN_KEEP] = 1, [PLAN_DROP] = 1}},
            NULL);
        close_world(&world, cases[i].golden);
    }
}

/* Names and texts from outside can't disturb the terminal, nor the JSON. */
Test(report, hostile_texts)
{
    World world;
    Error error = {0};
    (void)error_set(&error, ERROR_SQL, "bad \x1b[2J \xff text\nsecond line");
    open_world(&world, (ReportOptions){.json = true});
    tell_plan(&world, "a\x1b[31m\n\"b\"", PLAN_BUILD, true, "\xff\xfe", "-\x1b]0;x\x07\n+\t1");
    tell_step(&world, (RunEventStep){.table = "a\x1b[31m\n\"b\"",
                                     .action = PLAN_BUILD,
                                     .state = STEP_FAILED,
                                     .rows = -1,
                                     .error = &error,
                                     .number = 1});
    tell(&world, (RunEvent){.kind = RUN_EVENT_WARNING, .error = &error});
    tell(&world, (RunEvent){.kind = RUN_EVENT_NOTE, .text = "\x9b\x1b[A"});
    report_error(world.report, &error);
    close_world(&world, "report/golden/hostile.txt");
    error_deinit(&error);
}

Test(report, diagnostics)
{
    Arena *arena = arena_new();
    Diags *diags = diags_new();
    const char *text = "instances:\n  full:\n    instanze_id: full\n";
    const SourceFile *file = source_new(arena, "pipedag.yaml", text, strlen(text));
    World world;
    open_world(&world, (ReportOptions){.json = true});
    diag_add(diags, DIAG_CONFIG_UNKNOWN_KEY, span_make(file, 23, 34), "instanze_id",
             "instances.full");
    diag_hint(diags, "did you mean `instance_id`?");
    diag_add(diags, DIAG_CONFIG_NOT_FOUND, SPAN_NONE, "/tmp/x");
    report_diags(world.report, diags);
    close_world(&world, "report/golden/diagnostics.txt");
    diags_free(diags);
    arena_free(arena);
}

/* What is printed to a closed pipe is dropped; a full disk is told. */
Test(report, output_that_fails)
{
    FILE *full = fopen("/dev/full", "w");
    FILE *messages = fopen("/dev/null", "w");
    Report *report = report_new(&(ReportOptions){.out = full, .messages = messages, .json = true});
    RunListener listener = report_listener(report);
    listener.handle(listener.user, &(RunEvent){.kind = RUN_EVENT_NOTE, .text = "x"});
    listener.handle(listener.user, &(RunEvent){.kind = RUN_EVENT_NOTE, .text = "y"});
    cr_assert_eq(report_free(report), ENOSPC);
    fclose(full);
    fclose(messages);
    cr_assert_eq(report_free(NULL), 0);
}
