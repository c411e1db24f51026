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

void
report_keep_plan(Report *report, const RunEventStep *step)
{
    const char *name = report_name(report, step->stage, step->table);
    size_t columns = utf8_width(name, strlen(name));
    bool has_work = step->action != PLAN_KEEP || !step->settled;
    report->n_unsettled += step->settled ? 0 : 1;
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
                                    .reason = keep_text(report, step->reason),
                                    .detail = keep_text(report, step->detail),
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

void
report_show_plan(Report *report)
{
    bool is_answer = report->options.is_plan;
    Output *output = is_answer ? &report->out : &report->messages;
    bool is_wanted = is_answer ? !report->options.json : !report->options.quiet;
    if (report->plan.n == 0 || !is_wanted) {
        vec_clear(&report->plan);
        return;
    }
    Str text = {0};
    size_t columns = name_columns(report);
    for (size_t i = 0; i < report->plan.n; i++) {
        append_step(&report->plan.items[i], columns, output->style, &text);
    }
    if (is_answer) {
        report_print_answer(report, &text);
    } else {
        report_print(report, &text);
    }
    str_deinit(&text);
    vec_clear(&report->plan);
}
