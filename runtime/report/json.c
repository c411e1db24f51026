#include "runtime/report/json.h"

#include "runtime/base/memory.h"
#include "runtime/base/utf8.h"
#include "runtime/report/words.h"

#include <jansson.h>
#include <string.h>

/** "sql", "connection" …: what `code` says. */
static const char *const code_names[] = {
    [ERROR_NONE] = "none",         [ERROR_IO] = "io",
    [ERROR_SQL] = "sql",           [ERROR_CONNECTION] = "connection",
    [ERROR_LOCK] = "lock",         [ERROR_CONFIG] = "config",
    [ERROR_USAGE] = "usage",       [ERROR_DATA] = "data",
    [ERROR_SELECTOR] = "selector", [ERROR_INTERRUPTED] = "interrupted",
    [ERROR_VERSION] = "version",   [ERROR_UNSUPPORTED] = "unsupported",
};

static int
append_dump(const char *bytes, size_t length, void *data)
{
    Str *out = data;
    str_append_n(out, bytes, length);
    return 0;
}

static void
append_valid(Str *out, const char *text, size_t length)
{
    json_t *string = json_stringn_nocheck(text, length);
    if (string == NULL || json_dump_callback(string, append_dump, out, JSON_ENCODE_ANY) != 0) {
        memory_exhausted(length); /* valid UTF-8 has no other way to fail */
    }
    json_decref(string);
}

/* The text as a JSON string. */
static void
append_string(Str *out, const char *text)
{
    size_t length = strlen(text);
    if (utf8_first_invalid(text, length) == length) {
        append_valid(out, text, length);
        return;
    }
    Str repaired = {0};
    words_append_utf8(&repaired, text);
    append_valid(out, str_text(&repaired), repaired.length);
    str_deinit(&repaired);
}

static void
append_key(JsonLine *line, const char *key)
{
    str_append(&line->text, line->has_fields ? ", " : "");
    append_string(&line->text, key);
    str_append(&line->text, ": ");
    line->has_fields = true;
}

void
json_begin(JsonLine *line, const char *event)
{
    str_clear(&line->text);
    str_append_char(&line->text, '{');
    line->has_fields = false;
    if (event != NULL) {
        json_text(line, "event", event);
    }
}

const char *
json_end(JsonLine *line)
{
    str_append(&line->text, "}\n");
    return str_text(&line->text);
}

void
json_line_deinit(JsonLine *line)
{
    str_deinit(&line->text);
}

void
json_text(JsonLine *line, const char *key, const char *text)
{
    append_key(line, key);
    if (text == NULL) {
        str_append(&line->text, "null");
    } else {
        append_string(&line->text, text);
    }
}

static const char *
skip_digits(const char *text)
{
    return text + strspn(text, "0123456789");
}

/* Is the text a number by RFC 8259, section 6? */
static bool
is_json_number(const char *text)
{
    const char *at = text + (text[0] == '-' ? 1 : 0);
    const char *end = at[0] == '0' ? at + 1 : skip_digits(at);
    if (end == at) {
        return false;
    }
    if (end[0] == '.') {
        at = end + 1;
        end = skip_digits(at);
        if (end == at) {
            return false;
        }
    }
    if (end[0] == 'e' || end[0] == 'E') {
        at = end + (end[1] == '+' || end[1] == '-' ? 2 : 1);
        end = skip_digits(at);
        if (end == at) {
            return false;
        }
    }
    return end[0] == '\0';
}

void
json_number(JsonLine *line, const char *key, const char *number)
{
    if (number == NULL || !is_json_number(number)) {
        json_text(line, key, number);
        return;
    }
    append_key(line, key);
    str_append(&line->text, number);
}

void
json_int(JsonLine *line, const char *key, int64_t number)
{
    append_key(line, key);
    str_append_format(&line->text, "%lld", (long long)number);
}

void
json_known_count(JsonLine *line, const char *key, int64_t number)
{
    if (number < 0) {
        json_text(line, key, NULL);
    } else {
        json_int(line, key, number);
    }
}

void
json_seconds(JsonLine *line, const char *key, double seconds)
{
    if (!(seconds >= 0) || seconds > 1e12) {
        json_text(line, key, NULL);
        return;
    }
    append_key(line, key);
    str_append_format(&line->text, "%.6f", seconds);
}

void
json_bool(JsonLine *line, const char *key, bool truth)
{
    append_key(line, key);
    str_append(&line->text, truth ? "true" : "false");
}

void
json_open(JsonLine *line, const char *key)
{
    append_key(line, key);
    str_append_char(&line->text, '{');
    line->has_fields = false;
}

void
json_close(JsonLine *line)
{
    str_append_char(&line->text, '}');
    line->has_fields = true;
}

void
json_open_list(JsonLine *line, const char *key)
{
    append_key(line, key);
    str_append_char(&line->text, '[');
    line->has_fields = false;
}

void
json_open_item(JsonLine *line)
{
    str_append(&line->text, line->has_fields ? ", {" : "{");
    line->has_fields = false;
}

void
json_close_list(JsonLine *line)
{
    str_append_char(&line->text, ']');
    line->has_fields = true;
}

void
json_span(JsonLine *line, Span span)
{
    bool is_known = span.file != NULL;
    json_text(line, "file", is_known ? span.file->path : NULL);
    json_known_count(line, "line", is_known ? (int64_t)source_line_of(span.file, span.start) : -1);
    json_known_count(line, "column",
                     is_known ? (int64_t)source_column_of(span.file, span.start) : -1);
}

void
json_error_fields(JsonLine *line, const Error *error)
{
    json_text(line, "code", code_names[error->code]);
    json_text(line, "message", error->message != NULL ? error->message : "");
    json_text(line, "detail", error->detail);
    json_text(line, "hint", error->hint);
    json_text(line, "sqlstate", error->sqlstate[0] != '\0' ? error->sqlstate : NULL);
    json_text(line, "context", error->context.length > 0 ? str_text(&error->context) : NULL);
    json_span(line, error->origin);
}

void
json_error(JsonLine *line, const char *key, const Error *error)
{
    if (error == NULL) {
        json_text(line, key, NULL);
        return;
    }
    json_open(line, key);
    json_error_fields(line, error);
    json_close(line);
}
