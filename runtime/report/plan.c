/* The plan for people: what will happen to each table, and why. */

#include "runtime/base/utf8.h"
#include "runtime/report/report_priv.h"
#include "runtime/report/words.h"

#include <string.h>

enum { ACTION_COLUMNS = 7 };

static const char *const colors[] = {
    [PLAN_KEEP] = COLOR_DIM,    [PLAN_BUILD] = COLOR_GREEN,   [PLAN_COPY] = COLOR_GREEN,
    [PLAN_REUSE] = COLOR_GREEN, [PLAN_RENAME] = COLOR_YELLOW, [PLAN_ALTER] = COLOR_YELLOW,
    [PLAN_DROP] = COLOR_RED,
};
_Static_assert(ARRAY_LENGTH(colors) == PLAN_N_ACTIONS, "an action without a colour");

static const char *
keep_text(Report *report, const char *text)
{
    return text != NULL ? arena_strdup(report->arena, text) : NULL;
}

/** More are counted, not named. */
enum { NAMES_TOLD = 6 };

/** `query changed: column tax added`. */
static const char *
reason_of(Report *report, const RunEventStep *step)
{
    const char *words = step->change != NULL ? step->change->words : NULL;
    return words == NULL ? keep_text(report, step->reason)
                         : arena_printf(report->arena, "%s: %s", step->reason, words);
}

/** `can change marts.total (total), marts.all`. */
static const char *
effect_of(Report *report, const RunEventStep *step)
{
    const PlanChange *change = step->change;
    if (change == NULL || change->n_effects == 0) {
        return NULL;
    }
    Str text = {0};
    for (size_t i = 0; i < change->n_effects && i < NAMES_TOLD; i++) {
        const PlanEffect *effect = &change->effects[i];
        str_append(&text, i == 0 ? "can change " : ", ");
        str_append(&text, report_name(report, effect->stage, effect->table));
        if (effect->columns != NULL) {
            str_append_format(&text, " (%s)", effect->columns);
        }
    }
    if (change->n_effects > NAMES_TOLD) {
        str_append_format(&text, " and %zu more", change->n_effects - NAMES_TOLD);
    }
    return str_take_in(&text, report->arena);
}

void
report_keep_plan(Report *report, const RunEventStep *step)
{
    const char *name = report_name(report, step->stage, step->table);
    size_t columns = utf8_width(name, strlen(name));
    bool has_work = step->action != PLAN_KEEP || !step->settled;
    report->n_unsettled += step->settled ? 0 : 1;
    if (step->is_rewritten) {
        vec_push(&report->rewritten, name);
    }
    if (has_work && columns > report->name_columns) {
        report->name_columns = columns;
    }
    bool is_wanted = report->options.explain || (report->options.is_plan && has_work) ||
                     (report->options.is_plan && report->options.verbose);
    if (is_wanted) {
        vec_push(&report->plan, (PlannedStep){
                                    .name = name,
                                    .action = step->action,
                                    .settled = step->settled,
                                    .reason = reason_of(report, step),
                                    .detail = keep_text(report, step->detail),
                                    .effect = effect_of(report, step),
                                });
    }
}

/* Removed and added lines of a query. */
static const char *
color_of_detail(const char *line)
{
    return line[0] == '-' ? COLOR_RED : line[0] == '+' ? COLOR_GREEN : COLOR_DIM;
}

/* `build   clean.orders  its query changed`; with `?` behind the action while rows are to decide.
 */
static void
append_step(const PlannedStep *step, size_t columns, ReportStyle style, Str *out)
{
    Str action = {0};
    str_append(&action, plan_action_name(step->action));
    str_append(&action, step->settled ? "" : "?");
    size_t length = action.length;
    report_append_color(out, style, colors[step->action], str_text(&action));
    str_append_repeat(out, ' ', length < ACTION_COLUMNS ? ACTION_COLUMNS - length : 0);
    str_append_char(out, ' ');
    size_t start = out->length;
    str_append(out, step->name);
    words_pad(out, start, columns);
    str_append(out, "  ");
    words_append_line(out, step->reason != NULL ? step->reason : "");
    str_append_char(out, '\n');
    if (step->effect != NULL) {
        report_append_lines(out, style, ACTION_COLUMNS + 4, NULL, step->effect);
    }
    if (step->detail != NULL) {
        report_append_lines(out, style, ACTION_COLUMNS + 4, color_of_detail, step->detail);
    }
    str_deinit(&action);
}

/* The longest name, as far as names are lined up. */
static size_t
name_columns(const Report *report)
{
    size_t most = 0;
    for (size_t i = 0; i < report->plan.n; i++) {
        const char *name = report->plan.items[i].name;
        size_t columns = utf8_width(name, strlen(name));
        most = columns > most ? columns : most;
    }
    return most < REPORT_NAME_COLUMNS ? most : REPORT_NAME_COLUMNS;
}

/** Where every line is shown, it says so itself. */
static void
append_rewritten(Report *report, Str *out)
{
    size_t n = report->rewritten.n;
    bool is_shown = report->options.explain || report->options.verbose;
    for (size_t i = 0; i < n && i < NAMES_TOLD && !is_shown; i++) {
        str_append(out, i == 0 ? "written differently, with the same result: " : ", ");
        str_append(out, report->rewritten.items[i]);
    }
    if (n > NAMES_TOLD && !is_shown) {
        str_append_format(out, " and %zu more", n - NAMES_TOLD);
    }
    str_append(out, n > 0 && !is_shown ? "\n" : "");
    vec_clear(&report->rewritten);
}

void
report_show_plan(Report *report)
{
    bool is_answer = report->options.is_plan;
    Output *output = is_answer ? &report->out : &report->messages;
    bool is_wanted = is_answer ? !report->options.json : !report->options.quiet;
    if (report->plan.n + report->rewritten.n == 0 || !is_wanted) {
        vec_clear(&report->plan);
        return;
    }
    Str text = {0};
    size_t columns = name_columns(report);
    for (size_t i = 0; i < report->plan.n; i++) {
        append_step(&report->plan.items[i], columns, output->style, &text);
    }
    append_rewritten(report, &text);
    if (is_answer) {
        report_print_answer(report, &text);
    } else {
        report_print(report, &text);
    }
    str_deinit(&text);
    vec_clear(&report->plan);
}
