/**
 * What the files of runtime/report share.
 *
 * events.def lists the events and report.c walks them; fields.c knows their JSON, lines.c their
 * text, plan.c and summary.c what is said before and after; live.c draws the running tasks below.
 */
#ifndef PDC_REPORT_REPORT_PRIV_H
#define PDC_REPORT_REPORT_PRIV_H

#include "runtime/base/arena.h"
#include "runtime/base/vec.h"
#include "runtime/report/json.h"
#include "runtime/report/live.h"
#include "runtime/report/report.h"

/** Where text goes; after an error everything more is dropped. */
typedef struct Output Output;
struct Output {
    FILE *file;
    ReportStyle style;
    int error; /* errno of the first failure, or 0 */
};

void output_write(Output *output, const Str *text);
void output_flush(Output *output);

#define COLOR_BOLD   "\x1b[1m"
#define COLOR_DIM    "\x1b[2m"
#define COLOR_RED    "\x1b[31m"
#define COLOR_GREEN  "\x1b[32m"
#define COLOR_YELLOW "\x1b[33m"

/** Appends `text` (safe to show) in a colour where the style has any. */
void report_append_color(Str *out, ReportStyle style, const char *color, const char *text);

/** Appends the lines of foreign text, each indented and in the colour that `color_of` gives it
 * (NULL: dim). */
void report_append_lines(Str *out, ReportStyle style, size_t indent,
                         const char *(*color_of)(const char *line), const char *text);

/** Names are lined up as far as they are no longer than this. */
enum { REPORT_NAME_COLUMNS = 48 };

/** A step that was planned and not shown yet. */
typedef struct PlannedStep PlannedStep;
struct PlannedStep {
    const char *name; /* stage.table */
    PlanAction action;
    bool settled;
    const char *reason;
    const char *detail; /* or NULL */
    const char *effect; /* which other columns it can change, or NULL */
};

struct Report {
    ReportOptions options;
    Output out;
    Output messages;
    JsonLine json;
    Arena *arena;
    Live *live;           /* NULL: none */
    Observer *observer;   /* NULL: none */
    const char *instance; /* of START; NULL before it */
    bool has_told_error;
    size_t n_executed;   /* tables that were built or copied, or failed */
    size_t n_unsettled;  /* planned steps that rows may yet make needless */
    size_t n_published;  /* changes that readers see already */
    size_t name_columns; /* of the longest name among the tables with work */
    VEC(PlannedStep) plan;
    VEC(const char *) rewritten; /* names of tables whose query is written differently */
    VEC(const char *) failed;    /* names of tables and checks */
};

#define EVENT(id, function, name)                                                                  \
    void fields_##function(JsonLine *line, const RunEvent *event);                                 \
    void say_##function(Report *report, const RunEvent *event);
#include "runtime/report/events.def"
#undef EVENT

/** A text for people, on `messages`, above the live lines. */
void report_print(Report *report, const Str *text);
/** An error in the look of diagnostics. */
void report_append_error(const Report *report, Str *out, DiagSeverity severity, const Error *error);
/** Text that was asked for, on `out`; ends the live display, which may be on the same terminal. */
void report_print_answer(Report *report, const Str *text);
/** `stage.table` as it can be shown, in the report's arena. */
const char *report_name(Report *report, const char *stage, const char *name);
/** Keeps a PLAN event until report_show_plan(). */
void report_keep_plan(Report *report, const RunEventStep *step);
/** Shows the steps that were kept, if they are wanted. */
void report_show_plan(Report *report);

/** The table as text with aligned columns. */
void table_render(const ReportTable *table, ReportStyle style, Str *out);

#endif
