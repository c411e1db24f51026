/* How a run ended: what ran, what was still valid, how long, and what to do next. */

#include "runtime/report/report_priv.h"
#include "runtime/report/words.h"

enum { MOST_FAILED_NAMES = 10 };

/** The order in which actions are counted; what was still valid comes last. */
static const PlanAction order[] = {PLAN_BUILD, PLAN_COPY, PLAN_REUSE, PLAN_RENAME,
                                   PLAN_ALTER, PLAN_DROP, PLAN_KEEP};
_Static_assert(ARRAY_LENGTH(order) == PLAN_N_ACTIONS, "an action that is not counted");

static void
append_count(Str *out, size_t count, const char *before, const char *words)
{
    if (count > 0) {
        str_append(out, out->length > 0 ? ", " : "");
        words_append_count(out, (int64_t)count);
        str_append_format(out, " %s%s", before, words);
    }
}

static size_t
work_of(const RunCounts *counts)
{
    size_t work = 0;
    for (size_t i = 0; i < PLAN_N_ACTIONS; i++) {
        work += i != PLAN_KEEP ? counts->actions[i] : 0;
    }
    return work;
}

/* `1 failed, 3 built, 1 copied, 5 still valid`; of a plan: `3 to build, 5 still valid`. */
static void
append_counts(Str *out, const RunCounts *counts, bool is_plan)
{
    Str text = {0};
    append_count(&text, counts->failed, "", "failed");
    append_count(&text, counts->skipped, "", "not run");
    for (size_t i = 0; i < ARRAY_LENGTH(order); i++) {
        bool is_to_do = is_plan && order[i] != PLAN_KEEP;
        append_count(&text, counts->actions[order[i]], is_to_do ? "to " : "",
                     is_to_do ? plan_action_name(order[i]) : plan_action_done(order[i]));
    }
    append_count(&text, counts->warnings, "", counts->warnings == 1 ? "warning" : "warnings");
    str_append(out, str_text(&text));
    str_deinit(&text);
}

static void
append_nothing_to_do(Str *out, const RunCounts *counts)
{
    size_t kept = counts->actions[PLAN_KEEP];
    if (kept == 0) {
        str_append(out, "nothing to do: there are no tables");
    } else if (kept == 1) {
        str_append(out, "nothing to do: the table is still valid");
    } else {
        str_append(out, "nothing to do: all ");
        words_append_count(out, (int64_t)kept);
        str_append(out, " tables are still valid");
    }
}

static void
append_took(Str *out, double seconds)
{
    str_append(out, " (");
    words_append_seconds(out, seconds);
    str_append(out, ")\n");
}

static void
append_done(const Report *report, const RunEventEnd *end, Str *out)
{
    ReportStyle style = report->messages.style;
    if (work_of(end->counts) == 0) {
        append_nothing_to_do(out, end->counts);
    } else {
        report_append_color(out, style, COLOR_GREEN, "done:");
        str_append_char(out, ' ');
        append_counts(out, end->counts, false);
    }
    append_took(out, end->seconds);
}

static void
append_failed_names(const Report *report, Str *out)
{
    size_t n = report->failed.n;
    for (size_t i = 0; i < n && i < MOST_FAILED_NAMES; i++) {
        str_append(out, i == 0 ? "  failed: " : ", ");
        str_append(out, report->failed.items[i]);
    }
    if (n > MOST_FAILED_NAMES) {
        str_append_format(out, " and %zu more", n - MOST_FAILED_NAMES);
    }
    str_append(out, n > 0 ? "\n" : "");
}

/* What the user can count on, and what to type. */
static void
append_next(const Report *report, const RunEventEnd *end, Str *out)
{
    bool has_mistake = report->failed.n > 0;
    str_append(out, "  next: ");
    str_append(out, has_mistake ? "correct what is reported above, then run " : "run ");
    str_append(out, report->options.program != NULL ? report->options.program : "./flow");
    if (report->instance != NULL) {
        str_append(out, " --instance ");
        words_append_line(out, report->instance);
    }
    str_append(out,
               work_of(end->counts) > 0 ? " again: what is finished is taken up\n" : " again\n");
}

/* Does it help to say what to do next? Not where an error has said so itself, or where the run
 * could not even begin. */
static bool
needs_advice(const Report *report, const RunEventEnd *end)
{
    bool is_advised = end->error != NULL && end->error->hint != NULL;
    return !is_advised && (report->failed.n > 0 || end->state != RUN_FAILED);
}

static void
append_not_done(const Report *report, const RunEventEnd *end, Str *out)
{
    Str counts = {0};
    append_counts(&counts, end->counts, false);
    report_append_color(out, report->messages.style, COLOR_RED, run_state_name(end->state));
    str_append_format(out, ": %s%s", str_text(&counts), counts.length > 0 ? "; " : "");
    if (report->n_published == 0) {
        str_append(out, "nothing was published");
    } else {
        words_append_plural(out, (int64_t)report->n_published, "change");
        str_append(out, " had been published");
    }
    append_took(out, end->seconds);
    append_failed_names(report, out);
    if (needs_advice(report, end)) {
        append_next(report, end, out);
    }
    str_deinit(&counts);
}

static void
append_planned(const Report *report, const RunEventEnd *end, Str *out)
{
    if (work_of(end->counts) == 0) {
        append_nothing_to_do(out, end->counts);
    } else {
        append_counts(out, end->counts, true);
    }
    str_append(out, report->n_unsettled > 0 ? "; ? only if other rows come in\n" : "\n");
}

static void
say_planned(Report *report, const RunEventEnd *end)
{
    if (end->state != RUN_DONE || report->options.json) {
        return;
    }
    Str text = {0};
    append_planned(report, end, &text);
    report_print_answer(report, &text);
    str_deinit(&text);
}

/* A run that could not even begin (no lock, no connection) is explained by its error alone. */
static bool
has_begun(const Report *report, const RunEventEnd *end)
{
    return report->instance != NULL || end->error == NULL;
}

void
say_end(Report *report, const RunEvent *event)
{
    const RunEventEnd *end = &event->end;
    Str text = {0};
    if (end->error != NULL) {
        report_append_error(report, &text, DIAG_ERROR, end->error);
        report->has_told_error = true;
    }
    if (report->options.is_plan) {
        say_planned(report, end);
    } else if (end->state == RUN_DONE && !report->options.quiet) {
        append_done(report, end, &text);
    } else if (end->state != RUN_DONE && has_begun(report, end)) {
        append_not_done(report, end, &text);
    }
    report_print(report, &text);
    str_deinit(&text);
}
