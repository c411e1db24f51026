#include "compiler/emit/cwriter.h"

#include <string.h>

/** C promises string literals of so many characters (C11 5.2.4.1), NUL included. */
#define LITERAL_LIMIT 4095
/** Longest line that a folded block may make, in bytes. */
#define LINE_LENGTH 110

void
cwriter_deinit(CWriter *w)
{
    str_deinit(&w->out);
    vec_free(&w->open);
}

static void
begin_line(CWriter *w)
{
    str_append_repeat(&w->out, ' ', (size_t)w->indent * 4);
}

void
cwriter_line(CWriter *w, const char *format, ...)
{
    va_list args;
    begin_line(w);
    va_start(args, format);
    str_append_vformat(&w->out, format, args);
    va_end(args);
    str_append_char(&w->out, '\n');
}

void
cwriter_open(CWriter *w, const char *format, ...)
{
    va_list args;
    vec_push(&w->open, w->out.length);
    begin_line(w);
    va_start(args, format);
    str_append_vformat(&w->out, format, args);
    va_end(args);
    str_append_char(&w->out, '\n');
    w->indent++;
}

/** The block from `start` on in one line: line breaks and indentation become one blank, or none at
 * its ends. */
static void
join_lines(const char *block, Str *line)
{
    for (const char *c = block; *c != '\0'; c++) {
        if (*c != '\n') {
            str_append_char(line, *c);
            continue;
        }
        const char *next = c + 1 + strspn(c + 1, " ");
        bool opened = line->length > 0 && str_text(line)[line->length - 1] == '{';
        bool closes = *next == '}';
        if (closes && !opened && str_text(line)[line->length - 1] == ',') {
            str_truncate(line, line->length - 1);
        }
        str_append(line, opened || closes || *next == '\0' ? "" : " ");
        c = next - 1;
    }
}

/** Makes the block that was closed last one line, if it fits; comments and texts of several lines
 * don't. */
static void
fold_block(CWriter *w)
{
    size_t start = w->open.items[--w->open.n];
    CLEANUP(str_deinit) Str line = {0};
    const char *block = str_text(&w->out) + start;
    if (w->out.length - start > 10 * LINE_LENGTH || strstr(block, "/*") != NULL ||
        strstr(block, "\"\n") != NULL) {
        return;
    }
    size_t indent = strspn(block, " ");
    str_append_n(&line, block, indent);
    join_lines(block + indent, &line);
    if (line.length <= LINE_LENGTH && strchr(str_text(&line), '\n') == NULL) {
        str_truncate(&w->out, start);
        str_append(&w->out, str_text(&line));
        str_append_char(&w->out, '\n');
    }
}

void
cwriter_close(CWriter *w, const char *end)
{
    w->indent--;
    cwriter_line(w, "%s", end);
    fold_block(w);
}

void
cwriter_comment(CWriter *w, const char *text)
{
    begin_line(w);
    str_append(&w->out, "/* ");
    for (const char *c = text; *c != '\0'; c++) {
        bool ends = c[0] == '*' && c[1] == '/';
        str_append_char(&w->out, *c == '\n' || *c == '\r' ? ' ' : *c);
        str_append(&w->out, ends || (c[0] == '/' && c[1] == '*') ? " " : "");
    }
    str_append(&w->out, " */\n");
}

/** One character of a literal. `previous` keeps `??` apart, which begins a trigraph under -std=c11.
 */
static void
append_character(Str *out, char c, char previous)
{
    switch (c) {
    case '\n': str_append(out, "\\n"); return;
    case '\t': str_append(out, "\\t"); return;
    case '"': str_append(out, "\\\""); return;
    case '\\': str_append(out, "\\\\"); return;
    case '?': str_append(out, previous == '?' ? "\\?" : "?"); return;
    }
    if ((unsigned char)c < 0x20 || c == 0x7f) {
        str_append_format(
            out, "\\%03o",
            (unsigned)(unsigned char)c); /* three digits: the next one isn't part of it */
    } else {
        str_append_char(out, c);
    }
}

/** A literal, each line of the text on a line of its own. */
static void
append_literal(CWriter *w, const char *text)
{
    bool many_lines = strchr(text, '\n') != NULL && strchr(text, '\n')[1] != '\0';
    char previous = '\0';
    if (many_lines) {
        str_append_char(&w->out, '\n');
        str_append_repeat(&w->out, ' ', (size_t)(w->indent + 1) * 4);
    }
    str_append_char(&w->out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        append_character(&w->out, *c, previous);
        previous = *c;
        if (*c == '\n' && c[1] != '\0') {
            str_append(&w->out, "\"\n");
            str_append_repeat(&w->out, ' ', (size_t)(w->indent + 1) * 4);
            str_append_char(&w->out, '"');
        }
    }
    str_append_char(&w->out, '"');
}

/** Longer than a literal may be: the characters one by one. */
static void
append_characters(CWriter *w, const char *text)
{
    str_append(&w->out, "(const char[]){");
    for (size_t i = 0; text[i] != '\0'; i++) {
        str_append(&w->out, i % 24 == 0 ? "\n" : " ");
        str_append_format(&w->out, "%d,", (int)text[i]);
    }
    str_append(&w->out, " 0}");
}

static void
append_string(CWriter *w, const char *text)
{
    if (strlen(text) >= LITERAL_LIMIT) {
        append_characters(w, text);
    } else {
        append_literal(w, text);
    }
}

void
cwriter_text(CWriter *w, const char *member, const char *text)
{
    if (text == NULL) {
        return;
    }
    begin_line(w);
    str_append_format(&w->out, ".%s = ", member);
    append_string(w, text);
    str_append(&w->out, ",\n");
}

void
cwriter_element(CWriter *w, const char *text)
{
    begin_line(w);
    append_string(w, text);
    str_append(&w->out, ",\n");
}

void
cwriter_texts(CWriter *w, const char *member, const char *const *texts, size_t n)
{
    if (n == 0) {
        return;
    }
    begin_line(w);
    str_append_format(&w->out, ".%s = (const char *const[]){", member);
    for (size_t i = 0; i < n; i++) {
        str_append(&w->out, i > 0 ? ", " : "");
        append_string(w, texts[i]);
    }
    str_append_format(&w->out, "}, .n_%s = %zu,\n", member, n);
}

void
cwriter_flag(CWriter *w, const char *member, bool flag)
{
    if (flag) {
        cwriter_line(w, ".%s = true,", member);
    }
}

void
cwriter_identifier(Str *out, const char *name)
{
    for (; *name != '\0'; name++) {
        bool plain = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
                     (*name >= '0' && *name <= '9');
        str_append_char(out, plain ? *name : '_');
    }
}
