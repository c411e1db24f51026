/**
 * Terminal: what standard output and standard error can show.
 */
#ifndef PDC_CLI_TERMINAL_H
#define PDC_CLI_TERMINAL_H

#include "runtime/cli/options.h"
#include "runtime/report/report.h"

/** Colours and width of a stream: `auto` colours a terminal, unless $NO_COLOR or TERM=dumb says
 * otherwise. */
ReportStyle terminal_style(FILE *stream, ColorWhen color);
/** Can lines be drawn on `messages`, without JSON on `out` getting in between? */
bool terminal_is_live(FILE *out, FILE *messages, bool json);

#endif
