#include "runtime/report/observe.h"

#include "runtime/base/clock.h"
#include "runtime/base/memory.h"
#include "runtime/base/vec.h"
#include "runtime/report/target.h"

#include <unistd.h>

struct Observer {
    ObserveOptions options;
    Target log;
    JsonLine log_line;
    RunRecord *record; /* NULL: no run has begun */
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
open_log(Observer *observer)
{
    Error error = {0};
    if (observer->options.log_file == NULL) {
        observer->log = target_of_descriptor("--log", STDERR_FILENO);
        return;
    }
    note(observer, target_open(&observer->log, "--log-file", observer->options.log_file, &error),
         &error);
}

Observer *
observe_new(const ObserveOptions *options)
{
    if (!options->log) {
        return NULL;
    }
    Observer *observer = memory_alloc(sizeof(*observer));
    *observer = (Observer){.options = *options};
    if (observer->options.now == NULL) {
        observer->options.now = clock_now_us;
    }
    if (options->log) {
        open_log(observer);
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
    json_line_deinit(&observer->log_line);
    record_free(observer->record);
    for (size_t i = observer->n_taken; i < observer->warnings.n; i++) {
        error_deinit(&observer->warnings.items[i]);
    }
    vec_free(&observer->warnings);
    free(observer);
}

/* ---- runs ---- */

void
observe_begin(Observer *observer, const RunSubject *subject)
{
    if (observer != NULL) {
        record_free(observer->record);
        observer->record = record_new(subject, observer->options.now());
    }
}

void
observe_event(Observer *observer, const RunEvent *event)
{
    if (observer != NULL && observer->record != NULL) {
        (void)record_take(observer->record, event);
    }
}

void
observe_end(Observer *observer)
{
    if (observer != NULL && observer->record != NULL && observer->record->state == RUN_RUNNING) {
        record_end_early(observer->record, observer->options.now());
    }
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
    Error error = {0};
    json_end(&observer->log_line);
    note(observer, target_append(&observer->log, &observer->log_line.text, &error), &error);
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
