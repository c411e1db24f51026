/**
 * Render: the one look of a message: place, severity, text, the source line with the span
 * underlined.
 *
 *     shop.flow:12:5: error[F0301]: unknown table "raw.order"
 *        12 |     from raw.order
 *           |          ^~~~~~~~~
 *     shop.flow:3:9: note: the stage is declared here
 *         3 |   stage raw {
 *           |         ^~~
 *       hint: did you mean "raw.orders"?
 *
 * What comes from outside can't disturb the terminal: control characters, bytes that are no UTF-8
 * and characters that turn the direction of writing are shown as U+FFFD. Tabs become spaces. A line
 * that is wider than the style allows is cut around the span, with `…` where something is left out.
 * Private to runtime/diag/.
 */
#ifndef PDC_DIAG_RENDER_PRIV_H
#define PDC_DIAG_RENDER_PRIV_H

#include "runtime/diag/diag.h"

/** `place: error[code]: text` and the source line. `code` may be "" (left out). */
void render_message(Str *out, DiagStyle style, DiagSeverity severity, const char *code, Span span,
                    const char *text);
/** A further line `  label: text` below a message; with an empty label `  text`. */
void render_extra(Str *out, DiagStyle style, const char *label, const char *text);

#endif
