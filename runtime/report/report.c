#include "runtime/base/clock.h"
#include "runtime/base/memory.h"
#include "runtime/report/report_priv.h"
#include "runtime/report/words.h"

#include <errno.h>
#include <string.h>

/** How an event is shown: a row of events.def. */
typedef struct EventInfo EventInfo;
struct EventInfo {
    const char *name;
    void (*fields)(JsonLine *line, const RunEvent *event);
    void (*say)(Report *report, const RunEvent *event);
};

static const EventInfo events[] = {
#define EVENT(id, function, name) [RUN_EVENT_##id] = {name, fields_##function, say_##function},
#include "runtime/report/events.def"
#undef EVENT
};

static void tell_warnings(Report *report);

Report *
report_new(const ReportOptions *options)
{
    Report *report = memory_alloc(sizeof(*report));
    report->options = *options;
    if (report->options.clock == NULL) {
        report->options.clock = clock_monotonic_us;
    }
    report->out = (Output){.file = options->out, .style = options->out_style};
    report->messages = (Output){.file = options->messages, .style = options->messages_style};
    report->arena = arena_new();
    report->observer = observe_new(&options->observe);
    return report;
}

int
report_free(Report *report)
{
    if (report == NULL) {
        return 0;
    }
    tell_warnings(report);
    observe_free(report->observer);
    live_free(report->live);
    output_flush(&report->out);
    output_flush(&report->messages);
    int error = report->out.error;
    json_line_deinit(&report->json);
    vec_free(&report->plan);
    vec_free(&report->rewritten);
    vec_free(&report->failed);
    arena_free(report->arena);
    free(report);
    return error == EPIPE ? 0 : error;
}

void
report_print(Report *report, const Str *text)
{
    if (observe_takes_messages(report->observer)) {
        return; /* the log says the same */
    }
    if (report->live == NULL) {
        output_write(&report->messages, text);
        output_flush(&report->messages);
    } else if (report->messages.error == 0) {
        report->messages.error = live_print(report->live, text);
    }
}

static void
end_live(Report *report)
{
    live_free(report->live);
    report->live = NULL;
}

void
report_print_answer(Report *report, const Str *text)
{
    end_live(report);
    output_write(&report->out, text);
}

void
report_append_color(Str *out, ReportStyle style, const char *color, const char *text)
{
    str_append(out, style.color ? color : "");
    str_append(out, text);
    str_append(out, style.color ? "\x1b[0m" : "");
}

void
report_append_lines(Str *out, ReportStyle style, size_t indent,
                    const char *(*color_of)(const char *line), const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        Str raw = {0};
        Str line = {0};
        str_append_n(&raw, text, length);
        words_append_line(&line, str_text(&raw));
        str_append_repeat(out, ' ', indent);
        report_append_color(out, style, color_of != NULL ? color_of(text) : COLOR_DIM,
                            str_text(&line));
        str_append_char(out, '\n');
        str_deinit(&raw);
        str_deinit(&line);
        text += length + (text[length] == '\n' ? 1 : 0);
    }
}

const char *
report_name(Report *report, const char *stage, const char *name)
{
    Str text = {0};
    words_append_line(&text, stage != NULL ? stage : "");
    str_append(&text, stage != NULL ? "." : "");
    words_append_line(&text, name != NULL ? name : "");
    return str_take_in(&text, report->arena);
}

/* Finishes the line of JSON and sends it off. */
static void
write_json(Report *report, bool flush)
{
    json_end(&report->json);
    output_write(&report->out, &report->json.text);
    if (flush) {
        output_flush(&report->out);
    }
}

/* ---- events ---- */

static void
start_live(Report *report)
{
    if (report->options.live && !report->options.quiet && report->live == NULL) {
        LiveOptions options = {
            .terminal = report->options.messages,
            .color = report->options.messages_style.color,
            .width = report->options.messages_style.width,
            .clock = report->options.clock,
        };
        report->live = live_new(&options);
    }
}

static void
log_event(Report *report, const char *name, const RunEvent *event)
{
    JsonLine *line = observe_log_begin(report->observer, log_level_of(event), name, event);
    if (line != NULL) {
        events[event->kind].fields(line, event);
        observe_log_end(report->observer);
    }
}

static void
show_event(Report *report, const RunEvent *event)
{
    const EventInfo *info = &events[event->kind];
    bool is_end = event->kind == RUN_EVENT_END;
    const char *name = is_end && report->options.is_plan ? "summary" : info->name;
    log_event(report, name, event);
    if (report->options.json) {
        json_begin(&report->json, name);
        info->fields(&report->json, event);
        write_json(report, true);
    }
    if (event->kind == RUN_EVENT_PLAN) {
        report_keep_plan(report, &event->step);
        return;
    }
    report_show_plan(report);
    if (is_end) {
        end_live(report);
    } else {
        start_live(report);
    }
    info->say(report, event);
}

/* What could not be written for other programs. */
static void
tell_warnings(Report *report)
{
    Error warning;
    while (observe_take_warning(report->observer, &warning)) {
        show_event(
            report,
            &(RunEvent){.kind = RUN_EVENT_WARNING, .at_us = clock_now_us(), .error = &warning});
        error_deinit(&warning);
    }
}

static void
handle_event(void *user, const RunEvent *event)
{
    Report *report = user;
    observe_event(report->observer, event);
    tell_warnings(report); /* before the end: the event at the end is the last */
    show_event(report, event);
}

void
report_begin_run(Report *report, const RunSubject *subject)
{
    observe_begin(report->observer, subject);
    tell_warnings(report);
}

void
report_end_run(Report *report)
{
    observe_end(report->observer);
    tell_warnings(report);
}

RunListener
report_listener(Report *report)
{
    return (RunListener){.handle = handle_event,
                         .user = report,
                         .wants_columns = observe_wants_columns(report->observer)};
}

bool
report_has_told_error(const Report *report)
{
    return report->has_told_error;
}

/* ---- messages ---- */

static DiagStyle
diag_style(const Report *report)
{
    ReportStyle style = report->messages.style;
    return (DiagStyle){.color = style.color, .width = style.width};
}

void
report_append_error(const Report *report, Str *out, DiagSeverity severity, const Error *error)
{
    error_render_as(error, severity, diag_style(report), out);
}

static const char *
severity_name(DiagSeverity severity)
{
    switch (severity) {
    case DIAG_ERROR: return "error";
    case DIAG_WARNING: return "warning";
    case DIAG_NOTE: return "note";
    }
    BUG("severity %d does not exist", (int)severity);
}

static LogLevel
severity_level(DiagSeverity severity)
{
    return severity == DIAG_ERROR ? LOG_ERROR : severity == DIAG_WARNING ? LOG_WARNING : LOG_INFO;
}

static void
add_diag(JsonLine *line, const DiagView *view)
{
    json_text(line, "severity", severity_name(view->info->severity));
    json_text(line, "code", view->info->code);
    json_text(line, "message", view->message);
    json_text(line, "hint", view->hint);
    json_span(line, view->span);
}

static void
log_diags(Report *report, const Diags *diags)
{
    DiagView view;
    for (size_t i = 0; diags_view(diags, i, &view); i++) {
        JsonLine *line = observe_log_begin(report->observer, severity_level(view.info->severity),
                                           "diagnostic", NULL);
        if (line == NULL) {
            return;
        }
        add_diag(line, &view);
        observe_log_end(report->observer);
    }
}

void
report_diags(Report *report, const Diags *diags)
{
    log_diags(report, diags);
    DiagView view;
    for (size_t i = 0; report->options.json && diags_view(diags, i, &view); i++) {
        json_begin(&report->json, "diagnostic");
        add_diag(&report->json, &view);
        write_json(report, true);
    }
    Str text = {0};
    diags_render(diags, diag_style(report), &text);
    report_print(report, &text);
    str_deinit(&text);
}

static void
log_error(Report *report, const Error *error)
{
    JsonLine *line = observe_log_begin(report->observer, LOG_ERROR, "error", NULL);
    if (line != NULL) {
        json_error_fields(line, error);
        observe_log_end(report->observer);
    }
}

void
report_error(Report *report, const Error *error)
{
    log_error(report, error);
    if (report->options.json) {
        json_begin(&report->json, "error");
        json_error_fields(&report->json, error);
        write_json(report, true);
    }
    Str text = {0};
    report_append_error(report, &text, DIAG_ERROR, error);
    report_print(report, &text);
    str_deinit(&text);
}

void
report_say(Report *report, const char *format, ...)
{
    if (report->options.quiet) {
        return;
    }
    Str text = {0};
    va_list args;
    va_start(args, format);
    str_append_vformat(&text, format, args);
    va_end(args);
    str_append_char(&text, '\n');
    report_print(report, &text);
    str_deinit(&text);
}

/* ---- answers ---- */

static void
add_cell(JsonLine *line, const ReportColumn *column, const char *value)
{
    switch (column->kind) {
    case REPORT_TEXT: json_text(line, column->key, value); return;
    case REPORT_NUMBER: json_number(line, column->key, value); return;
    case REPORT_BOOL:
        if (value == NULL) {
            json_text(line, column->key, NULL);
        } else {
            json_bool(line, column->key, text_equal(value, "true"));
        }
        return;
    }
}

static void
write_rows(Report *report, const ReportTable *table)
{
    for (size_t row = 0; row < table->n_rows; row++) {
        json_begin(&report->json, table->event);
        for (size_t i = 0; i < table->n_columns; i++) {
            if (table->columns[i].key != NULL) {
                add_cell(&report->json, &table->columns[i],
                         table->cells[row * table->n_columns + i].value);
            }
        }
        write_json(report, false);
    }
}

void
report_table(Report *report, const ReportTable *table)
{
    if (report->options.json) {
        write_rows(report, table);
        return;
    }
    Str text = {0};
    table_render(table, report->out.style, &text);
    report_print_answer(report, &text);
    str_deinit(&text);
}

DiagStyle
report_answer_style(const Report *report)
{
    return (DiagStyle){.color = report->out.style.color, .width = report->out.style.width};
}

void
report_answer_text(Report *report, const Str *text)
{
    report_print_answer(report, text);
}

void
report_answer(Report *report, const ReportTable *table, const char *sentence)
{
    if (report->options.json) {
        write_rows(report, table);
        return;
    }
    Str text = {0};
    words_append_line(&text, sentence);
    str_append_char(&text, '\n');
    report_print_answer(report, &text);
    str_deinit(&text);
}
