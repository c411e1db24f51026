/* Messages print the line that they are about, so the text that they print from must not hold a
 * secret. What is blotted out keeps its bytes and its characters: places in the text stay right. */

#include "runtime/base/url.h"
#include "runtime/base/utf8.h"
#include "runtime/config/config_priv.h"

#include <string.h>

/** A harmless character of `length` bytes. */
static const char *
blot(size_t length)
{
    static const char *const blots[] = {"*", "*", "\xc2\xb7", "\xe2\x80\xa2", "\xf0\x9d\x9f\xb6"};
    return blots[length];
}

/** The next `{placeholder}` or `{$NAME}` in [text, end), which is no secret: its length, or 0. */
static size_t
placeholder_length(const char *text, const char *end)
{
    const char *c = text;
    if (c == end || *c++ != '{') {
        return 0;
    }
    c += c < end && *c == '$';
    const char *name = c;
    while (c < end &&
           (*c == '_' || (*c >= '0' && *c <= '9') || ((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z'))) {
        c++;
    }
    return c > name && c < end && *c == '}' ? (size_t)(c + 1 - text) : 0;
}

void
config_redact_range(char *text, size_t start, size_t end)
{
    while (start < end) {
        size_t keep = placeholder_length(text + start, text + end);
        if (keep > 0) {
            start += keep;
            continue;
        }
        uint32_t code_point;
        size_t n = utf8_decode(text + start, end - start, &code_point);
        n = n > 0 ? n : 1;
        if ((unsigned char)text[start] > ' ') {
            memcpy(text + start, blot(n), n);
        }
        start += n;
    }
}

static size_t
line_end(const char *text, size_t length, size_t at)
{
    const char *end = memchr(text + at, '\n', length - at);
    return end != NULL ? (size_t)(end - text) : length;
}

static size_t
line_start(const char *text, size_t at)
{
    while (at > 0 && text[at - 1] != '\n') {
        at--;
    }
    return at;
}

static bool
is_name_character(char c)
{
    return c == '_' || c == '-' || (c >= '0' && c <= '9') ||
           ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/** `://user:PASSWORD@`: from the first colon to the last `@` of the line. */
static void
redact_url(char *text, size_t length, size_t at)
{
    size_t end = line_end(text, length, at);
    while (end > at && text[end - 1] != '@') {
        end--;
    }
    char *colon = memchr(text + at, ':', end - at);
    if (colon != NULL) {
        config_redact_range(text, (size_t)(colon - text) + 1, end - 1);
    }
}

static size_t
skip_blanks(const char *text, size_t length, size_t at)
{
    while (at < length && (text[at] == ' ' || text[at] == '\t')) {
        at++;
    }
    return at;
}

/** Behind the line at `at`, the end of those that stand deeper than `indent` (or are empty). */
static size_t
block_end(const char *text, size_t length, size_t at, size_t indent)
{
    size_t end = line_end(text, length, at);
    while (end < length) {
        size_t next = skip_blanks(text, length, end + 1);
        size_t next_end = line_end(text, length, end + 1);
        if (next < next_end && text[next] != '\r' && next - (end + 1) <= indent) {
            break;
        }
        end = next_end;
    }
    return end;
}

/** End of the text in quotes that begins at `at`, or of the input. */
static size_t
quoted_end(const char *text, size_t length, size_t at)
{
    char quote = text[at++];
    while (at < length && text[at] != quote) {
        at += text[at] == '\\' && quote == '"' && at + 1 < length ? 2 : 1;
    }
    return at;
}

/** End of libpq's value: the next blank without a backslash before it; of a quoted one that of the
 * line. */
static size_t
parameter_end(const char *text, size_t length, size_t at)
{
    size_t end = line_end(text, length, at);
    if (text[at] == '\'' || text[at] == '"') {
        return end;
    }
    for (size_t i = at; i < end; i++) {
        if ((text[i] == ' ' || text[i] == '&') && text[i - 1] != '\\') {
            return i;
        }
    }
    return end;
}

/** The value behind `password:` or `password=`; `at` is behind the sign. Rather too much than too
 * little. */
static void
redact_value(char *text, size_t length, size_t at, char sign, size_t indent)
{
    at = skip_blanks(text, length, at);
    if (at == length) {
        return;
    }
    bool quoted = text[at] == '"' || text[at] == '\'';
    size_t end = sign == '=' ? parameter_end(text, length, at)
                 : quoted    ? quoted_end(text, length, at)
                             : block_end(text, length, at, indent);
    at += quoted;
    if (end > at) {
        config_redact_range(text, at, end);
    }
}

/** Redacts behind the name [start, end) if it is one that stands for a secret. */
static void
redact_named(char *text, size_t length, size_t start, size_t end)
{
    char name[256];
    if (end - start <
        sizeof(name)) { /* no sane name is longer: to be safe it counts as a secret's */
        memcpy(name, text + start, end - start);
        name[end - start] = '\0';
        if (!url_name_is_secret(name)) {
            return;
        }
    }
    size_t sign = end;
    sign += sign < length && (text[sign] == '"' || text[sign] == '\'');
    sign = skip_blanks(text, length, sign);
    if (sign < length && (text[sign] == ':' || text[sign] == '=')) {
        size_t line = line_start(text, start);
        redact_value(text, length, sign + 1, text[sign], skip_blanks(text, length, line) - line);
    }
}

void
config_redact(char *text, size_t length)
{
    size_t url_line_end = 0; /* one look at a line is enough, and keeps this linear */
    for (size_t at = 0; at < length;) {
        if (at >= url_line_end && length - at > 3 && memcmp(text + at, "://", 3) == 0) {
            redact_url(text, length, at + 3);
            url_line_end = line_end(text, length, at);
            at += 3;
        } else if (is_name_character(text[at])) {
            size_t end = at;
            while (end < length && is_name_character(text[end])) {
                end++;
            }
            redact_named(text, length, at, end);
            at = end;
        } else {
            at++;
        }
    }
}

const char *
config_without_secrets(Arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    config_redact(copy, strlen(copy));
    return copy;
}

void
config_redact_values(char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t end = line_end(text, length, at);
        char *colon = memchr(text + at, ':', end - at);
        size_t start = colon != NULL ? (size_t)(colon - text) + 1 : at;
        config_redact_range(text, start, end);
        at = end + 1;
    }
}
