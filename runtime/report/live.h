/**
 * Live: a line per running task at the bottom of a terminal, drawn anew ten times a second by a
 * thread of its own; what is printed meanwhile goes above it.
 *
 * All functions may be called while the thread draws.
 */
#ifndef PDC_REPORT_LIVE_H
#define PDC_REPORT_LIVE_H

#include "runtime/base/macros.h"
#include "runtime/base/str.h"

#include <stdint.h>
#include <stdio.h>

typedef struct Live Live;

typedef struct LiveOptions LiveOptions;
struct LiveOptions {
    FILE *terminal;
    bool color;
    size_t width;           /* where the terminal doesn't say */
    int64_t (*clock)(void); /* monotonic microseconds */
};

/** Starts the display; it shows nothing until there is something to show. */
MUST_CHECK Live *live_new(const LiveOptions *options);
/** Takes the lines away and ends the display. NULL is fine. */
void live_free(Live *live);

/** A task begins: `verb` ("building") and what it works on. */
void live_begin(Live *live, const char *verb, const char *name);
/** The task on `name` has ended. */
void live_end(Live *live, const char *name);
/** What goes on beside tasks ("publishing 3 changes"); NULL: nothing. */
void live_say(Live *live, const char *phase);
/** How many tables have begun, of how many. */
void live_count(Live *live, size_t number, size_t of);
/** Prints text (whole lines) above the lines. @return 0 or an errno */
int live_print(Live *live, const Str *text);

/** The lines as they are now, at most `rows`, none wider than `width`. @return how many */
size_t live_compose(Live *live, size_t width, size_t rows, Str *out);

#endif
