#include "runtime/report/observe.h"

#include "runtime/base/clock.h"
#include "runtime/base/memory.h"
#include "runtime/base/vec.h"
#include "runtime/report/metrics.h"
#include "runtime/report/openlineage.h"
#include "runtime/report/target.h"
#include "runtime/report/trace.h"

#include <unistd.h>

struct Observer {
    ObserveOptions options;
    LineageOptions lineage_options;
    Target log;
    Target lineage;
    JsonLine log_line;
    RunRecord *record;       /* NULL: no run has begun */
    bool has_told_beginning; /* of the run, as lineage */
    bool has_ended;          /* the run's files are written */
    VEC(Error) warnings;
    size_t n_taken; /* warnings that were handed over */
};

/* Keeps the warning for observe_take_warning(). */
static void
note(Observer *observer, int status, Error *error)
{
    if (status < 0) {
        vec_push(&observer->warnings, *error);
    }
}

static void
open_target(Observer *observer, Target *target, const char *option, const char *path)
{
    Error error = {0};
    note(observer, target_open(target, option, path, &error), &error);
}

static void
append_to(Observer *observer, Target *target, const Str *lines)
{
    Error error = {0};
    note(observer, target_append(target, lines, &error), &error);
}

static void
replace(Observer *observer, const char *option, const char *path, const Str *text)
{
    Error error = {0};
    note(observer, target_replace(option, path, text, &error), &error);
}

static bool
is_wanted(const ObserveOptions *options)
{
    return options->log || options->metrics_file != NULL || options->openlineage_file != NULL ||
           options->trace_file != NULL;
}

Observer *
observe_new(const ObserveOptions *options)
{
    if (!is_wanted(options)) {
        return NULL;
    }
    const char *name_space = options->openlineage_namespace;
    bool has_namespace = name_space != NULL && name_space[0] != '\0';
    Observer *observer = memory_alloc(sizeof(*observer));
    *observer = (Observer){.options = *options,
                           .lineage_options = {.job_namespace = has_namespace ? name_space : "pdc",
                                               .version = options->version},
                           .lineage = target_of_descriptor("--openlineage-file", -1)};
    if (observer->options.now == NULL) {
        observer->options.now = clock_now_us;
    }
    observer->log = target_of_descriptor("--log", STDERR_FILENO);
    if (options->log && options->log_file != NULL) {
        open_target(observer, &observer->log, "--log-file", options->log_file);
    }
    return observer;
}

void
observe_free(Observer *observer)
{
    if (observer == NULL) {
        return;
    }
    target_close(&observer->log);
    target_close(&observer->lineage);
    json_line_deinit(&observer->log_line);
    record_free(observer->record);
    for (size_t i = observer->n_taken; i < observer->warnings.n; i++) {
        error_deinit(&observer->warnings.items[i]);
    }
    vec_free(&observer->warnings);
    free(observer);
}

/* ---- lineage, while the run goes on ---- */

static void
tell_beginning(Observer *observer)
{
    Str lines = {0};
    if (!observer->has_told_beginning) {
        openlineage_append_start(observer->record, &observer->lineage_options, &lines);
        append_to(observer, &observer->lineage, &lines);
    }
    observer->has_told_beginning = true;
    str_deinit(&lines);
}

static void
tell_lineage(Observer *observer, const RunEvent *event, const RecordTable *table)
{
    Str lines = {0};
    if (event->kind == RUN_EVENT_START) {
        tell_beginning(observer);
    } else if (event->kind == RUN_EVENT_STEP_START && table != NULL) {
        openlineage_append_table_start(observer->record, table, &observer->lineage_options, &lines);
        append_to(observer, &observer->lineage, &lines);
    }
    str_deinit(&lines);
}

/* ---- files of a whole run ---- */

static void
write_lineage(Observer *observer)
{
    Str lines = {0};
    tell_beginning(observer);
    openlineage_append_end(observer->record, &observer->lineage_options, &lines);
    append_to(observer, &observer->lineage, &lines);
    str_deinit(&lines);
}

static void
write_metrics(Observer *observer)
{
    Str text = {0};
    metrics_append(observer->record, &text);
    replace(observer, "--metrics-file", observer->options.metrics_file, &text);
    str_deinit(&text);
}

static void
write_trace(Observer *observer)
{
    Str text = {0};
    trace_append(observer->record, observer->options.version, &text);
    replace(observer, "--trace-file", observer->options.trace_file, &text);
    str_deinit(&text);
}

static void
write_files(Observer *observer)
{
    const ObserveOptions *options = &observer->options;
    if (options->openlineage_file != NULL) {
        write_lineage(observer);
    }
    if (options->metrics_file != NULL) {
        write_metrics(observer);
    }
    if (options->trace_file != NULL) {
        write_trace(observer);
    }
    observer->has_ended = true;
}

/* ---- runs ---- */

void
observe_begin(Observer *observer, const RunSubject *subject)
{
    if (observer == NULL) {
        return;
    }
    record_free(observer->record);
    observer->record = record_new(subject, observer->options.now());
    observer->has_told_beginning = observer->has_ended = false;
    if (observer->options.openlineage_file != NULL) {
        target_close(&observer->lineage);
        open_target(observer, &observer->lineage, "--openlineage-file",
                    observer->options.openlineage_file);
    }
}

void
observe_event(Observer *observer, const RunEvent *event)
{
    if (observer == NULL || observer->record == NULL) {
        return;
    }
    const RecordTable *table = record_take(observer->record, event);
    if (observer->options.openlineage_file != NULL) {
        tell_lineage(observer, event, table);
    }
    if (event->kind == RUN_EVENT_END) {
        write_files(observer);
    }
}

void
observe_end(Observer *observer)
{
    if (observer != NULL && observer->record != NULL && !observer->has_ended) {
        record_end_early(observer->record, observer->options.now());
        write_files(observer);
    }
}

bool
observe_wants_columns(const Observer *observer)
{
    return observer != NULL && observer->options.openlineage_file != NULL;
}

/* ---- the log ---- */

bool
observe_takes_messages(const Observer *observer)
{
    return observer != NULL && observer->options.log && observer->options.log_file == NULL;
}

JsonLine *
observe_log_begin(Observer *observer, LogLevel level, const char *name, const RunEvent *event)
{
    if (observer == NULL || !observer->options.log) {
        return NULL;
    }
    log_begin(&observer->log_line, level, name,
              event != NULL ? event->at_us : observer->options.now());
    if (event == NULL || event->kind != RUN_EVENT_START) { /* START says it itself */
        log_add_run(&observer->log_line, observer->options.flow, observer->record);
    }
    return &observer->log_line;
}

void
observe_log_end(Observer *observer)
{
    json_end(&observer->log_line);
    append_to(observer, &observer->log, &observer->log_line.text);
}

/* ---- what went wrong ---- */

bool
observe_take_warning(Observer *observer, Error *ret_warning)
{
    if (observer == NULL || observer->n_taken == observer->warnings.n) {
        return false;
    }
    *ret_warning = observer->warnings.items[observer->n_taken++];
    return true;
}
