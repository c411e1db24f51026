/**
 * Words: figures and foreign text as people read them on one line of a terminal.
 *
 * All functions append; nothing here depends on the locale.
 */
#ifndef PDC_REPORT_WORDS_H
#define PDC_REPORT_WORDS_H

#include "runtime/base/str.h"

#include <stdint.h>

/** `0.004 s`, `12.3 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
void words_append_seconds(Str *out, double seconds);
/** `now`, `20 s`, `3 min`, `5 h`, `12 d`: how long ago, roughly. */
void words_append_age(Str *out, double seconds);
/** `312 B`, `1.2 KiB`, `45 MiB`. */
void words_append_bytes(Str *out, int64_t size_bytes);
/** `1,234,567`. */
void words_append_count(Str *out, int64_t count);
/** `1 row`, `1,234 rows`. */
void words_append_plural(Str *out, int64_t count, const char *noun);

/** Text as valid UTF-8: what is none becomes U+FFFD. */
void words_append_utf8(Str *out, const char *text);
/** Text as one line that can't disturb the terminal: a line end is shown as `↵`, a tab as `→`, what
 * is unsafe or no UTF-8 as U+FFFD. */
void words_append_line(Str *out, const char *text);
/** The first `columns` terminal columns of such a line; where something is left out the last one is
 * `…`. */
void words_append_clipped(Str *out, const char *line, size_t columns);
/** Blanks until what was appended since byte `start` takes `columns`. */
void words_pad(Str *out, size_t start, size_t columns);

#endif
