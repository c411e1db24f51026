#include "runtime/base/utf8.h"
#include "runtime/diag/render_priv.h"

#include <string.h>

enum { DEFAULT_WIDTH = 120, LEAST_WIDTH = 40, TAB_COLUMNS = 4, GUTTER_DIGITS = 5 };

static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */
static const char ELLIPSIS[] = "\xe2\x80\xa6";    /* U+2026 */

static const char BOLD[] = "\x1b[1m";
static const char CARET_COLOR[] = "\x1b[1;32m";
static const char HINT_COLOR[] = "\x1b[1;36m";
static const char RESET[] = "\x1b[0m";

static const struct {
    const char *word;
    const char *color;
} severities[] = {
    [DIAG_ERROR] = {"error", "\x1b[1;31m"},
    [DIAG_WARNING] = {"warning", "\x1b[1;35m"},
    [DIAG_NOTE] = {"note", "\x1b[1;36m"},
};

static void
color(Str *out, DiagStyle style, const char *sequence)
{
    if (style.color) {
        str_append(out, sequence);
    }
}

/* Appends the character at `bytes` in a form that can be shown. @return the bytes that it takes */
static size_t
append_char(Str *out, const char *bytes, size_t length, size_t *ret_columns)
{
    uint32_t code_point;
    size_t n = utf8_decode(bytes, length, &code_point);
    if (n == 0 || utf8_code_point_is_unsafe(code_point)) {
        str_append(out, REPLACEMENT);
        *ret_columns = 1;
        return n > 0 ? n : 1;
    }
    str_append_n(out, bytes, n);
    *ret_columns = utf8_code_point_width(code_point);
    return n;
}

/* Text of a message; its further lines are indented. */
static void
append_text(Str *out, const char *text, size_t indent)
{
    size_t length = strlen(text);
    size_t columns;
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == ' ')) {
        length--;
    }
    for (size_t i = 0; i < length;) {
        if (text[i] == '\n') {
            str_append_char(out, '\n');
            str_append_repeat(out, ' ', indent);
            i++;
        } else if (text[i] == '\t' || text[i] == '\r') {
            str_append_char(out, ' ');
            i++;
        } else {
            i += append_char(out, text + i, length - i, &columns);
        }
    }
}

/* A piece of a source line, as it is shown, and which of its columns are marked. */
typedef struct Window Window;
struct Window {
    const char *line;
    size_t length;
    size_t columns; /* that may be used */
    Str text;
    size_t at;     /* first byte of the line that is not in `text` yet */
    size_t column; /* columns of `text` */
    bool is_cut;   /* ends with an ellipsis */
    size_t mark_column;
    size_t mark_columns; /* at least 1 */
};

/* Columns that the character at `bytes` takes when it is shown at `column`. */
static size_t
append_cell(Str *out, const char *bytes, size_t length, size_t column, size_t *ret_columns)
{
    if (bytes[0] == '\t') {
        *ret_columns = TAB_COLUMNS - column % TAB_COLUMNS;
        str_append_repeat(out, ' ', *ret_columns);
        return 1;
    }
    return append_char(out, bytes, length, ret_columns);
}

/* First byte from which a line is shown, so that the mark at `mark` is seen with something before
 * it. Goes back from the mark until `columns` are used up. */
static size_t
window_start(const char *line, size_t mark, size_t columns)
{
    size_t start = mark;
    size_t used = 0;
    while (start > 0) {
        size_t before = start - 1;
        while (before > 0 && start - before < 4 && ((unsigned char)line[before] & 0xc0) == 0x80) {
            before--;
        }
        used += line[before] == '\t' ? TAB_COLUMNS : utf8_width(line + before, start - before);
        if (used > columns || start - before > 4) {
            return start;
        }
        start = before;
    }
    return 0;
}

/* Whether the first `n` bytes of a line fit into `columns` (a tab counts in full). */
static bool
fits(const char *line, size_t n, size_t columns)
{
    return window_start(line, n, columns) == 0;
}

/* Takes the line up to byte `end` into the window, as far as there is room. */
static void
window_extend(Window *window, size_t end)
{
    while (window->at < end && !window->is_cut) {
        size_t cell;
        size_t shown = window->text.length;
        size_t n = append_cell(&window->text, window->line + window->at,
                               window->length - window->at, window->column, &cell);
        bool is_last = window->at + n >= window->length;
        if (window->column + cell > (is_last ? window->columns : window->columns - 1)) {
            str_truncate(&window->text, shown);
            str_append(&window->text, ELLIPSIS);
            window->is_cut = true;
            return;
        }
        window->column += cell;
        window->at += n;
    }
}

/* Shows as much of the line as there is room for, the mark [mark, mark_end) in sight. */
static void
window_fill(Window *window, size_t mark, size_t mark_end)
{
    if (!fits(window->line, mark_end, window->columns - 2)) {
        window->at = window_start(window->line, mark, window->columns / 3);
    }
    if (window->at > 0) {
        str_append(&window->text, ELLIPSIS);
        window->column = 1;
    }
    window_extend(window, mark);
    window->mark_column = window->column;
    window_extend(window, mark_end);
    window->mark_columns = window->column - window->mark_column;
    if (window->mark_columns == 0) {
        window->mark_columns = 1;
    }
    window_extend(window, window->length);
}

/* Columns of the line number, and of the blanks that stand for it in the line below. */
static int
gutter_digits(size_t line)
{
    int digits = 1;
    for (size_t rest = line; rest >= 10; rest /= 10) {
        digits++;
    }
    return digits > GUTTER_DIGITS ? digits : GUTTER_DIGITS;
}

/* The line of the source, and the mark below it. */
static void
append_window(Str *out, DiagStyle style, const Window *window, size_t line, int digits)
{
    color(out, style, BOLD);
    str_append_format(out, "%*zu | ", digits, line);
    color(out, style, RESET);
    str_append_n(out, str_text(&window->text), window->text.length);
    color(out, style, BOLD);
    str_append_format(out, "\n%*s | ", digits, "");
    color(out, style, RESET);
    str_append_repeat(out, ' ', window->mark_column);
    color(out, style, CARET_COLOR);
    str_append_char(out, '^');
    str_append_repeat(out, '~', window->mark_columns - 1);
    color(out, style, RESET);
    str_append_char(out, '\n');
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The span's first line, its part of the span marked. */
static void
append_excerpt(Str *out, DiagStyle style, Span span)
{
    Window window = {0};
    size_t line = source_line_of(span.file, span.start);
    int digits = gutter_digits(line);
    size_t width = style.width == 0 ? DEFAULT_WIDTH : style.width;
    window.line = source_line_text(span.file, line, &window.length);
    window.columns = (width < LEAST_WIDTH ? LEAST_WIDTH : width) - (size_t)digits - 3;
    size_t start = span.start - (size_t)(window.line - span.file->text);
    size_t end = start + (span.end - span.start);
    while (end > window.length && window.length > start &&
           is_blank(window.line[window.length - 1])) {
        window.length--; /* where the span goes on in the next line, blanks at the end are not
                            marked */
    }
    start = start < window.length ? start : window.length;
    end = end < window.length ? end : window.length;
    window_fill(&window, start, end);
    append_window(out, style, &window, line, digits);
    str_deinit(&window.text);
}

void
render_message(Str *out, DiagStyle style, DiagSeverity severity, const char *code, Span span,
               const char *text)
{
    if (span.file != NULL) {
        color(out, style, BOLD);
        append_text(out, span.file->path, 0);
        str_append_format(out, ":%zu:%zu: ", source_line_of(span.file, span.start),
                          source_column_of(span.file, span.start));
        color(out, style, RESET);
    }
    color(out, style, severities[severity].color);
    str_append(out, severities[severity].word);
    if (code[0] != '\0') {
        str_append_format(out, "[%s]", code);
    }
    str_append_char(out, ':');
    color(out, style, RESET);
    str_append_char(out, ' ');
    append_text(out, text, 4);
    str_append_char(out, '\n');
    if (span.file != NULL) {
        append_excerpt(out, style, span);
    }
}

void
render_extra(Str *out, DiagStyle style, const char *label, const char *text)
{
    str_append(out, "  ");
    if (label[0] != '\0') {
        color(out, style, HINT_COLOR);
        str_append(out, label);
        str_append_char(out, ':');
        color(out, style, RESET);
        str_append_char(out, ' ');
    }
    append_text(out, text, 4);
    str_append_char(out, '\n');
}
