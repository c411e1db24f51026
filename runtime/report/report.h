/**
 * Report: what a run tells and what a command answers, as text for people and as JSON for programs,
 * by the same walk.
 *
 * In:   RunEvents, diagnostics, errors, tables of rows.
 * Out:  progress, messages and the summary go to `messages` (stderr); what was asked for goes to
 * `out` (stdout), as text, or with `json` as one object a line (docs/command-line.md lists them).
 * On a terminal (`live`) a line per running task stands below, drawn anew by a thread of its own.
 *
 * A Report is used by one thread. Output to a closed pipe is dropped; report_free() tells what else
 * went wrong.
 */
#ifndef PDC_REPORT_REPORT_H
#define PDC_REPORT_REPORT_H

#include "runtime/base/str.h"
#include "runtime/diag/diag.h"
#include "runtime/exec/event.h"
#include "runtime/report/observe.h"

#include <stdint.h>
#include <stdio.h>

typedef struct Report Report;

typedef struct ReportStyle ReportStyle;
struct ReportStyle {
    bool color;
    size_t width; /* of the terminal, in columns; 0: it is none */
};

typedef struct ReportOptions ReportOptions;
struct ReportOptions {
    FILE *out;
    FILE *messages;
    ReportStyle out_style;
    ReportStyle messages_style;
    bool json;
    bool quiet;             /* no progress, no summary unless something failed */
    bool verbose;           /* also kept tables, passed checks, notes */
    bool explain;           /* also why each table is valid or not */
    bool is_plan;           /* the events are those of a plan, and the plan is the answer */
    bool live;              /* `messages` is a terminal that can be drawn on */
    const char *program;    /* "./flow": for what to do next */
    int64_t (*clock)(void); /* monotonic microseconds; NULL: the machine's */
    ObserveOptions observe; /* for other programs */
};

/** A new report, owned by the caller. Texts in `options` must outlive it. */
MUST_CHECK Report *report_new(const ReportOptions *options);
/** Ends the live display, flushes, frees. NULL is fine.
 *  @return 0, or the errno of what could not be written (not EPIPE: who reads no further wants no
 * more) */
int report_free(Report *report);

/** Hands a run's events to `report`. */
RunListener report_listener(Report *report);
/** A run begins that other programs may see (observe.h); a plan is none. Events follow. */
void report_begin_run(Report *report, const RunSubject *subject);
/** It has ended, with the event that says so or without. */
void report_end_run(Report *report);
/** Has the event at the run's end told what ended it? Then the caller's Error is the same one. */
bool report_has_told_error(const Report *report);

/** Diagnostics: to people as diags_render() shows them, with `json` also as `diagnostic` events. */
void report_diags(Report *report, const Diags *diags);
/** What ended a command: in the same look, with `json` also as an `error` event. */
void report_error(Report *report, const Error *error);
/** A line for people, on `messages`; not shown with `quiet`. */
void report_say(Report *report, const char *format, ...) PRINTF_LIKE(2, 3);

typedef enum ReportKind { REPORT_TEXT, REPORT_NUMBER, REPORT_BOOL } ReportKind;

typedef struct ReportColumn ReportColumn;
struct ReportColumn {
    const char *key;   /* field of the JSON object; NULL: for people only */
    const char *title; /* above the column; NULL: for programs only */
    ReportKind kind;   /* in JSON; numbers stand to the right */
};

typedef struct ReportCell ReportCell;
struct ReportCell {
    const char *value; /* NULL: null */
    const char *shown; /* to people instead of the value; NULL: the value */
};

typedef struct ReportTable ReportTable;
struct ReportTable {
    const char *event; /* of each row; NULL: the rows are objects without that field */
    const ReportColumn *columns;
    size_t n_columns;
    const ReportCell *cells; /* row by row */
    size_t n_rows;
    const char *null_text; /* how people see null */
    const char *footer;    /* a line below the table, or NULL */
};

/** The answer of a command, on `out`: a table with aligned columns, or an object a row. */
void report_table(Report *report, const ReportTable *table);
/** How messages look on `out`. */
DiagStyle report_answer_style(const Report *report);
/** Text on `out`, as it is. */
void report_answer_text(Report *report, const Str *text);
/** The same where people get a sentence instead of a table. */
void report_answer(Report *report, const ReportTable *table, const char *sentence);

#endif
