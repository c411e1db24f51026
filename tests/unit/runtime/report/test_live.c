#include "runtime/report/live.h"
#include "runtime/report/report.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now_us;

static int64_t
fixed_clock(void)
{
    return now_us;
}

static Live *
new_live(FILE *terminal)
{
    now_us = 0;
    return live_new(&(LiveOptions){.terminal = terminal, .width = 40, .clock = fixed_clock});
}

static void
check(Live *live, size_t width, size_t rows, const char *expected)
{
    Str out = {0};
    live_compose(live, width, rows, &out);
    cr_expect_str_eq(str_text(&out), expected, "%s", str_text(&out));
    str_deinit(&out);
}

Test(live, a_line_per_running_task)
{
    FILE *terminal = fopen("/dev/null", "w");
    Live *live = new_live(terminal);
    check(live, 80, 24, "");
    live_begin(live, "building", "clean.orders");
    now_us = 1500000;
    live_begin(live, "copying", "raw.customers");
    live_count(live, 2, 12);
    now_us = 62000000;
    check(live, 80, 24,
          "  building  clean.orders  1 min 2 s\n"
          "  copying   raw.customers  1 min\n"
          "  2 of 12 tables, 1 min 2 s\n");
    check(live, 20, 24,
          "  building  clean.…\n"
          "  copying   raw.cu…\n"
          "  2 of 12 tables, …\n");
    check(live, 80, 4,
          "  building  clean.orders  1 min 2 s\n"
          "  and 1 more; 2 of 12 tables, 1 min 2 s\n");
    check(live, 1, 1, "");
    live_end(live, "clean.orders");
    live_end(live, "unknown");
    live_say(live, "publishing 2 changes");
    check(live, 80, 24, "  copying   raw.customers  1 min\n  publishing 2 changes, 1 min 2 s\n");
    live_free(live);
    fclose(terminal);
}

/* What is printed stands above the lines, which are taken away and drawn again, by the thread as
 * well. */
Test(live, draws_below_what_is_printed)
{
    char *text = NULL;
    size_t length;
    FILE *terminal = open_memstream(&text, &length);
    Live *live = new_live(terminal);
    Str line = {0};
    str_append(&line, "before\n");
    cr_assert_eq(live_print(live, &line), 0);
    live_begin(live, "building", "a.b");
    nanosleep(&(struct timespec){.tv_nsec = 350000000}, NULL);
    str_clear(&line);
    str_append(&line, "above\n");
    cr_assert_eq(live_print(live, &line), 0);
    live_end(live, "a.b");
    live_free(live);
    fclose(terminal);
    cr_assert_eq(strncmp(text, "before\n  building  a.b  0.000 s\n  0.000 s\n", 42), 0, "%s", text);
    cr_assert_not_null(strstr(text, "\x1b[2A\r\x1b[Jabove\n  building  a.b  0.000 s\n"));
    cr_assert_str_eq(text + length - 8, "\x1b[2A\r\x1b[J", "the lines are gone at the end");
    str_deinit(&line);
    free(text);
}

Test(live, says_why_it_could_not_print)
{
    FILE *full = fopen("/dev/full", "w");
    Live *live = new_live(full);
    Str line = {0};
    str_append(&line, "x\n");
    cr_assert_eq(live_print(live, &line), ENOSPC);
    str_deinit(&line);
    live_free(live);
    live_free(NULL);
    fclose(full);
}

/* A whole run on a terminal leaves plain lines behind, and no live ones. */
Test(live, belongs_to_a_report)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    Report *report = report_new(&(ReportOptions){.out = stream, .messages = stream, .live = true});
    RunListener listener = report_listener(report);
    RunCounts counts = {.actions = {[PLAN_BUILD] = 1}};
    RunEvent events[] = {
        {.kind = RUN_EVENT_LOCK_WAIT, .text = "in use by bob"},
        {.kind = RUN_EVENT_LOCK_GONE},
        {.kind = RUN_EVENT_START, .start = {"r", "shop", "full", "here", 1}},
        {.kind = RUN_EVENT_STEP_START, .step = {.stage = "a", .table = "b", .number = 1, .of = 1}},
        {.kind = RUN_EVENT_STEP_END,
         .step = {.stage = "a",
                  .table = "b",
                  .action = PLAN_BUILD,
                  .state = STEP_DONE,
                  .rows = 2,
                  .number = 1,
                  .of = 1}},
        {.kind = RUN_EVENT_PUBLISH_START, .publish = {.n_changes = 1}},
        {.kind = RUN_EVENT_PUBLISH_END, .publish = {.n_changes = 1}},
        {.kind = RUN_EVENT_END, .end = {.state = RUN_DONE, .counts = &counts}},
    };
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        listener.handle(listener.user, &events[i]);
    }
    cr_assert_eq(report_free(report), 0);
    fclose(stream);
    cr_assert_not_null(strstr(text, "shop, instance full: here\n"));
    cr_assert_not_null(strstr(text, "[1/1] built     a.b          2 rows  0.000 s\n"), "%s", text);
    cr_assert_not_null(strstr(text, "done: 1 built (0.000 s)\n"));
    free(text);
}

/* What was asked for may go to the same terminal: the lines are taken away before. */
Test(live, gives_way_to_answers)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    Report *report = report_new(&(ReportOptions){.out = stream, .messages = stream, .live = true});
    RunListener listener = report_listener(report);
    listener.handle(listener.user, &(RunEvent){.kind = RUN_EVENT_LOCK_WAIT, .text = "in use"});
    nanosleep(&(struct timespec){.tv_nsec = 250000000}, NULL);
    listener.handle(listener.user, &(RunEvent){.kind = RUN_EVENT_LOCK_GONE});
    report_answer(report, &(ReportTable){0}, "42");
    cr_assert_eq(report_free(report), 0);
    fclose(stream);
    cr_assert_not_null(strstr(text, "  waiting: in use, "), "%s", text);
    cr_assert(text_ends_with(text, "\x1b[1A\r\x1b[J42\n"), "%s", text);
    free(text);
}
