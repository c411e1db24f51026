#include "runtime/base/utf8.h"
#include "runtime/diag/diag.h"

#include <string.h>

static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

void
diag_append_json(Str *out, const char *text)
{
    if (text == NULL) {
        str_append(out, "null");
        return;
    }
    size_t length = strlen(text);
    str_append_char(out, '"');
    for (size_t i = 0; i < length;) {
        uint32_t code_point;
        size_t n = utf8_decode(text + i, length - i, &code_point);
        if (n == 0) {
            str_append(out, REPLACEMENT);
            i++;
        } else if (code_point < 0x20 || code_point == 0x7f) {
            str_append_format(out, "\\u%04x", (unsigned)code_point);
            i += n;
        } else {
            str_append(out, code_point == '"' || code_point == '\\' ? "\\" : "");
            str_append_n(out, text + i, n);
            i += n;
        }
    }
    str_append_char(out, '"');
}

static void
append_text(Str *out, const char *key, const char *text)
{
    str_append_format(out, ", \"%s\": ", key);
    diag_append_json(out, text);
}

static void
append_number(Str *out, const char *key, bool known, size_t number)
{
    if (known) {
        str_append_format(out, ", \"%s\": %zu", key, number);
    } else {
        str_append_format(out, ", \"%s\": null", key);
    }
}

/** Bytes count from the beginning of the file; where only an excerpt is known they are null. */
static void
append_span(Str *out, Span span)
{
    const SourceFile *file = span.file;
    bool known = file != NULL;
    bool whole = known && file->lines_before == 0 && file->columns_before == 0;
    append_text(out, "file", known ? file->path : NULL);
    append_number(out, "line", known, known ? source_line_of(file, span.start) : 0);
    append_number(out, "column", known, known ? source_column_of(file, span.start) : 0);
    append_number(out, "end_line", known, known ? source_line_of(file, span.end) : 0);
    append_number(out, "end_column", known, known ? source_column_of(file, span.end) : 0);
    append_number(out, "start", whole, span.start);
    append_number(out, "end", whole, span.end);
}

static void
append_message(Str *out, const DiagView *view)
{
    str_append(out, "{\"event\": \"diagnostic\"");
    append_text(out, "severity", view->severity == DIAG_ERROR ? "error" : "warning");
    append_text(out, "code", view->info->code);
    append_text(out, "message", view->message);
    append_text(out, "hint", view->hint);
    append_span(out, view->span);
    str_append(out, ", \"notes\": [");
    for (size_t i = 0; i < view->n_notes; i++) {
        str_append(out, i > 0 ? ", {\"message\": " : "{\"message\": ");
        diag_append_json(out, view->notes[i].text);
        append_span(out, view->notes[i].span);
        str_append_char(out, '}');
    }
    str_append(out, "], \"fixes\": [");
    for (size_t i = 0; i < view->n_fixes; i++) {
        str_append(out, i > 0 ? ", {\"replacement\": " : "{\"replacement\": ");
        diag_append_json(out, view->fixes[i].replacement);
        append_span(out, view->fixes[i].span);
        str_append_char(out, '}');
    }
    str_append(out, "]}\n");
}

void
diags_render_json(const Diags *diags, Str *out)
{
    DiagView view;
    for (size_t i = 0; diags_view(diags, i, &view); i++) {
        append_message(out, &view);
    }
}
