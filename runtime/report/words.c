#include "runtime/report/words.h"

#include "runtime/base/utf8.h"

#include <string.h>

static const double MINUTE = 60;
static const double HOUR = 3600;
static const double DAY = 86400;

/* `3 min 20 s`; a second part of nothing is left out. */
static void
append_two(Str *out, double seconds, double unit, const char *name, double part,
           const char *part_name)
{
    int64_t whole = (int64_t)(seconds / unit);
    int64_t rest = (int64_t)((seconds - (double)whole * unit) / part);
    str_append_format(out, "%lld %s", (long long)whole, name);
    if (rest > 0) {
        str_append_format(out, " %lld %s", (long long)rest, part_name);
    }
}

void
words_append_seconds(Str *out, double seconds)
{
    if (!(seconds > 0)) { /* NaN too */
        seconds = 0;
    }
    if (seconds < 0.0995) {
        str_append_format(out, "%.3f s", seconds);
    } else if (seconds < 9.995) {
        str_append_format(out, "%.2f s", seconds);
    } else if (seconds < 59.95) {
        str_append_format(out, "%.1f s", seconds);
    } else if (seconds < HOUR) {
        append_two(out, seconds + 0.05, MINUTE, "min", 1, "s");
    } else if (seconds < DAY) {
        append_two(out, seconds, HOUR, "h", MINUTE, "min");
    } else {
        append_two(out, seconds < 1e12 ? seconds : 1e12, DAY, "d", HOUR, "h");
    }
}

void
words_append_age(Str *out, double seconds)
{
    static const struct {
        double below;
        double unit;
        const char *name;
    } steps[] = {{60, 1, "s"}, {90 * 60, 60, "min"}, {48 * 3600, 3600, "h"}, {1e15, 86400, "d"}};
    if (!(seconds >= 1)) {
        str_append(out, "now");
        return;
    }
    size_t i = 0;
    while (i + 1 < ARRAY_LENGTH(steps) && seconds >= steps[i].below) {
        i++;
    }
    str_append_format(out, "%.0f %s", seconds / steps[i].unit, steps[i].name);
}

void
words_append_bytes(Str *out, int64_t size_bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double size = (double)size_bytes;
    size_t unit = 0;
    while (size >= 1023.5 && unit + 1 < ARRAY_LENGTH(units)) {
        size /= 1024;
        unit++;
    }
    str_append_format(out, unit > 0 && size < 9.95 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

void
words_append_count(Str *out, int64_t count)
{
    char digits[32];
    Str text = {0};
    str_append_format(&text, "%lld", (long long)count);
    size_t length = text.length < sizeof(digits) ? text.length : sizeof(digits) - 1;
    memcpy(digits, str_text(&text), length);
    str_deinit(&text);
    for (size_t i = 0; i < length; i++) {
        bool is_group = i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-';
        str_append(out, is_group ? "," : "");
        str_append_char(out, digits[i]);
    }
}

void
words_append_plural(Str *out, int64_t count, const char *noun)
{
    words_append_count(out, count);
    str_append_format(out, " %s%s", noun, count == 1 ? "" : "s");
}

void
words_append_utf8(Str *out, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length;) {
        uint32_t code_point;
        size_t n = utf8_decode(text + i, length - i, &code_point);
        str_append_n(out, n > 0 ? text + i : "\xef\xbf\xbd", n > 0 ? n : 3);
        i += n > 0 ? n : 1;
    }
}

/* Appends the character at `bytes` as it can be shown. @return the bytes that it takes */
static size_t
append_character(Str *out, const char *bytes, size_t length)
{
    uint32_t code_point;
    size_t n = utf8_decode(bytes, length, &code_point);
    if (n > 0 && !utf8_code_point_is_unsafe(code_point)) {
        str_append_n(out, bytes, n);
    } else if (bytes[0] == '\n') {
        str_append(out, "↵");
    } else if (bytes[0] == '\t') {
        str_append(out, "→");
    } else if (bytes[0] != '\r') {
        str_append(out, "\xef\xbf\xbd");
    }
    return n > 0 ? n : 1;
}

void
words_append_line(Str *out, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length;) {
        i += append_character(out, text + i, length - i);
    }
}

void
words_append_clipped(Str *out, const char *line, size_t columns)
{
    size_t length = strlen(line);
    if (utf8_width(line, length) <= columns) {
        str_append_n(out, line, length);
        return;
    }
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        uint32_t code_point;
        size_t n = utf8_decode(line + i, length - i, &code_point);
        size_t width = n > 0 ? utf8_code_point_width(code_point) : 1;
        if (used + width + 1 > columns) {
            break;
        }
        n = n > 0 ? n : 1;
        str_append_n(out, line + i, n);
        used += width;
        i += n;
    }
    str_append(out, columns > 0 ? "…" : "");
}

void
words_pad(Str *out, size_t start, size_t columns)
{
    size_t used = utf8_width(str_text(out) + start, out->length - start);
    str_append_repeat(out, ' ', used < columns ? columns - used : 0);
}
