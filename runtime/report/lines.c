/* What people read of each event while a run goes on. */

#include "runtime/report/report_priv.h"
#include "runtime/report/words.h"

#include <string.h>

enum { VERB_COLUMNS = 9 };

/** What a step is doing, for the line of a running task. */
static const char *const verbs[] = {
    [PLAN_KEEP] = "checking",   [PLAN_BUILD] = "building",  [PLAN_COPY] = "copying",
    [PLAN_REUSE] = "taking up", [PLAN_RENAME] = "renaming", [PLAN_ALTER] = "altering",
    [PLAN_DROP] = "removing",
};
_Static_assert(ARRAY_LENGTH(verbs) == PLAN_N_ACTIONS, "an action without a verb");

static void
print(Report *report, Str *text)
{
    report_print(report, text);
    str_deinit(text);
}

void
say_start(Report *report, const RunEvent *event)
{
    const RunEventStart *start = &event->start;
    report->instance = arena_strdup(report->arena, start->instance);
    if (report->options.quiet || report->options.is_plan) {
        return;
    }
    Str text = {0};
    words_append_line(&text, start->flow);
    str_append(&text, ", instance ");
    words_append_line(&text, start->instance);
    str_append(&text, ": ");
    words_append_line(&text, start->place);
    str_append_char(&text, '\n');
    print(report, &text);
}

void
say_lock_wait(Report *report, const RunEvent *event)
{
    Str text = {0};
    str_append(&text, "waiting: ");
    words_append_line(&text, event->text != NULL ? event->text : "the instance is locked");
    if (report->live != NULL) {
        live_say(report->live, str_text(&text));
    }
    str_append_char(&text, '\n');
    print(report, &text);
}

void
say_lock_gone(Report *report, const RunEvent *event)
{
    (void)event;
    if (report->live != NULL) {
        live_say(report->live, NULL);
    }
}

void
say_plan(Report *report, const RunEvent *event)
{
    (void)report;
    (void)event; /* report_show_plan() says them all at once */
}

void
say_step_start(Report *report, const RunEvent *event)
{
    const RunEventStep *step = &event->step;
    const char *name = report_name(report, step->stage, step->table);
    if (report->live != NULL) {
        live_begin(report->live, verbs[step->action], name);
        live_count(report->live, step->number, step->of);
    } else if (report->options.verbose && !report->options.quiet) {
        Str text = {0};
        str_append_format(&text, "%s %s\n", verbs[step->action], name);
        print(report, &text);
    }
}

/* `[ 3/12] `, or as many blanks where nothing was executed. Numbers are given as steps end, so that
 * the lines count up even where several ran at a time. */
static void
append_number(Report *report, const RunEventStep *step, Str *out)
{
    Str of = {0};
    bool is_executed = step->action == PLAN_BUILD || step->action == PLAN_COPY;
    if (step->of == 0) {
        return;
    }
    str_append_format(&of, "%zu", step->of);
    if (is_executed && step->state != STEP_SKIPPED) {
        report->n_executed++;
        str_append_format(out, "[%*zu/%s] ", (int)of.length, report->n_executed, str_text(&of));
    } else {
        str_append_repeat(out, ' ', 2 * of.length + 4);
    }
    str_deinit(&of);
}

static void
append_state(Str *out, ReportStyle style, const RunEventStep *step)
{
    static const char *const colors[] = {
        [STEP_WAITING] = COLOR_DIM, [STEP_RUNNING] = COLOR_DIM,    [STEP_DONE] = COLOR_GREEN,
        [STEP_FAILED] = COLOR_RED,  [STEP_SKIPPED] = COLOR_YELLOW,
    };
    bool is_done = step->state == STEP_DONE;
    const char *word = is_done ? plan_action_done(step->action) : step_state_name(step->state);
    const char *color = is_done && step->action == PLAN_KEEP ? COLOR_DIM : colors[step->state];
    report_append_color(out, style, color, word);
    str_append_repeat(out, ' ', strlen(word) < VERB_COLUMNS ? VERB_COLUMNS - strlen(word) : 0);
    str_append_char(out, ' ');
}

static void
append_figures(Str *out, const RunEventStep *step)
{
    Str rows = {0};
    if (step->rows >= 0) {
        words_append_plural(&rows, step->rows, "row");
    }
    str_append_format(out, "  %14s  ", str_text(&rows));
    words_append_seconds(out, step->seconds);
    str_deinit(&rows);
}

/* One line: number, what happened, name, figures or the reason why not. */
static void
append_step(Report *report, const RunEventStep *step, const char *name, Str *out)
{
    size_t columns = report->name_columns;
    append_number(report, step, out);
    append_state(out, report->messages.style, step);
    size_t start = out->length;
    str_append(out, name);
    words_pad(out, start, columns < REPORT_NAME_COLUMNS ? columns : REPORT_NAME_COLUMNS);
    if (step->state == STEP_DONE && step->action != PLAN_KEEP) {
        append_figures(out, step);
    } else if (step->state == STEP_FAILED) {
        str_append(out, "  after ");
        words_append_seconds(out, step->seconds);
    } else if (step->reason != NULL) {
        str_append(out, "  ");
        words_append_line(out, step->reason);
    }
    str_append_char(out, '\n');
}

void
say_step_end(Report *report, const RunEvent *event)
{
    const RunEventStep *step = &event->step;
    const char *name = report_name(report, step->stage, step->table);
    bool is_failed = step->state == STEP_FAILED;
    bool is_kept = step->state == STEP_DONE && step->action == PLAN_KEEP;
    if (report->live != NULL) {
        live_end(report->live, name);
    }
    if (is_failed) {
        vec_push(&report->failed, name);
    }
    if ((report->options.quiet && !is_failed) || (is_kept && !report->options.verbose)) {
        return;
    }
    Str text = {0};
    append_step(report, step, name, &text);
    if (step->error != NULL) {
        report_append_error(report, &text, DIAG_ERROR, step->error);
    }
    print(report, &text);
}

void
say_sql(Report *report, const RunEvent *event)
{
    if (!report->options.quiet && event->text != NULL) {
        Str text = {0};
        report_append_lines(&text, report->messages.style, 4, NULL, event->text);
        print(report, &text);
    }
}

void
say_note(Report *report, const RunEvent *event)
{
    if (!report->options.quiet && event->text != NULL) {
        Str text = {0};
        str_append(&text, "note: ");
        words_append_line(&text, event->text);
        str_append_char(&text, '\n');
        print(report, &text);
    }
}

void
say_warning(Report *report, const RunEvent *event)
{
    Str text = {0};
    if (event->error != NULL) {
        report_append_error(report, &text, DIAG_WARNING, event->error);
    } else if (event->text != NULL) {
        report_append_color(&text, report->messages.style, COLOR_YELLOW, "warning:");
        str_append_char(&text, ' ');
        words_append_line(&text, event->text);
        str_append_char(&text, '\n');
    }
    print(report, &text);
}

/* `failed    check clean.small: 3 rows`. */
static void
append_check(Report *report, const RunEventCheck *check, const char *name, Str *out)
{
    const char *word = check->passed ? "passed" : check->warn ? "warning" : "failed";
    const char *color = check->passed ? COLOR_GREEN : check->warn ? COLOR_YELLOW : COLOR_RED;
    report_append_color(out, report->messages.style, color, word);
    str_append_repeat(out, ' ', VERB_COLUMNS - strlen(word));
    str_append(out, check->clause == NULL ? " check " : " ");
    str_append(out, name);
    if (check->clause != NULL) {
        str_append(out, ": ");
        words_append_line(out, check->clause);
    }
    if (!check->passed) {
        str_append(out, ": ");
        words_append_plural(out, check->violations, "row");
    }
    str_append_char(out, '\n');
}

void
say_check(Report *report, const RunEvent *event)
{
    const RunEventCheck *check = &event->check;
    const char *name = report_name(report, check->stage, check->name);
    if (!check->passed && !check->warn) {
        vec_push(&report->failed, name);
    }
    if (check->passed && (!report->options.verbose || report->options.quiet)) {
        return;
    }
    Str text = {0};
    if (check->error != NULL) {
        report_append_error(report, &text, check->warn ? DIAG_WARNING : DIAG_ERROR, check->error);
    } else {
        append_check(report, check, name, &text);
    }
    if (check->rows != NULL && (check->error == NULL || check->error->detail == NULL)) {
        report_append_lines(&text, report->messages.style, 4, NULL, check->rows);
    }
    print(report, &text);
}

void
say_publish_start(Report *report, const RunEvent *event)
{
    if (report->live != NULL) {
        Str text = {0};
        str_append(&text, "publishing ");
        words_append_plural(&text, (int64_t)event->publish.n_changes, "change");
        live_say(report->live, str_text(&text));
        str_deinit(&text);
    }
}

void
say_publish_end(Report *report, const RunEvent *event)
{
    report->n_published += event->publish.n_changes;
    if (report->live != NULL) {
        live_say(report->live, NULL);
    }
    if (report->options.verbose && !report->options.quiet) {
        Str text = {0};
        str_append(&text, "published ");
        words_append_plural(&text, (int64_t)event->publish.n_changes, "change");
        str_append(&text, " in ");
        words_append_seconds(&text, event->publish.seconds);
        str_append_char(&text, '\n');
        print(report, &text);
    }
}
