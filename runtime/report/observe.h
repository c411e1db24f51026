/**
 * Observe: lets other programs see a run: log collectors, Prometheus, OpenLineage, tracing.
 *
 * In:   RunEvents, messages. Out: files, each of them asked for by an option.
 * A file that can't be written neither stops nor fails a run: it becomes a warning, which
 * observe_take_warning() hands over. Files for a whole run are written when it ends, however it
 * ends.
 */
#ifndef PDC_REPORT_OBSERVE_H
#define PDC_REPORT_OBSERVE_H

#include "runtime/exec/event.h"
#include "runtime/report/json.h"
#include "runtime/report/log.h"
#include "runtime/report/record.h"

#include <stdbool.h>

typedef struct Observer Observer;

typedef struct ObserveOptions ObserveOptions;
struct ObserveOptions {
    bool log;             /* to `log_file`, else to standard error, which then has nothing else */
    const char *log_file; /* appended to; NULL: none, as of the other files */
    const char *metrics_file;          /* replaced */
    const char *openlineage_file;      /* appended to */
    const char *openlineage_namespace; /* of its jobs; NULL: "pdc" */
    const char *trace_file;            /* replaced */
    const char *flow;                  /* its name */
    const char *version;               /* of the pdc that built it */
    int64_t (*now)(void);              /* microseconds of the wall clock; NULL: the machine's */
};

/** An observer, or NULL where nothing is asked for. Texts in `options` must outlive it. */
MUST_CHECK Observer *observe_new(const ObserveOptions *options);
/** Writes what is left and ends it. All functions take NULL for one that observes nothing. */
void observe_free(Observer *observer);

/** A run begins. */
void observe_begin(Observer *observer, const RunSubject *subject);
/** What happened in it. */
void observe_event(Observer *observer, const RunEvent *event);
/** It has ended, also if no event said so. */
void observe_end(Observer *observer);

/** Does it need the columns of what is made? */
bool observe_wants_columns(const Observer *observer);
/** Has standard error nothing but log lines? */
bool observe_takes_messages(const Observer *observer);
/** Begins a line of the log; the caller adds fields.
 * @param event  that it is of; NULL: a message of this moment
 * @return NULL if there is no log */
JsonLine *observe_log_begin(Observer *observer, LogLevel level, const char *name,
                            const RunEvent *event);
void observe_log_end(Observer *observer);

/** Moves the oldest warning into `ret_warning`. @return false if there is none */
bool observe_take_warning(Observer *observer, Error *ret_warning);

#endif
