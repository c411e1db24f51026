#include "runtime/cli/cells.h"

#include "runtime/report/words.h"

#include <string.h>

ReportCell
cell_text(const char *value)
{
    return (ReportCell){.value = value};
}

ReportCell
cell_bool(bool truth)
{
    return (ReportCell){.value = truth ? "true" : "false"};
}

/* A whole number that people read as `append` says. */
static ReportCell
number(Arena *arena, int64_t value, void (*append)(Str *out, int64_t value))
{
    if (value < 0) {
        return (ReportCell){0};
    }
    Str shown = {0};
    append(&shown, value);
    return (ReportCell){.value = arena_printf(arena, "%lld", (long long)value),
                        .shown = str_take_in(&shown, arena)};
}

ReportCell
cell_count(Arena *arena, int64_t count)
{
    return number(arena, count, words_append_count);
}

ReportCell
cell_bytes(Arena *arena, int64_t size_bytes)
{
    return number(arena, size_bytes, words_append_bytes);
}

ReportCell
cell_seconds(Arena *arena, double seconds, void (*append)(Str *out, double seconds))
{
    if (!(seconds >= 0)) {
        return (ReportCell){0};
    }
    Str shown = {0};
    append(&shown, seconds);
    return (ReportCell){.value = arena_printf(arena, "%.6f", seconds),
                        .shown = str_take_in(&shown, arena)};
}

ReportCell
cell_time(Arena *arena, const char *iso)
{
    enum { DATE_BYTES = 10, SECOND_BYTES = 19 };
    if (iso == NULL || strlen(iso) < SECOND_BYTES) {
        return cell_text(iso);
    }
    return (ReportCell){.value = iso,
                        .shown = arena_printf(arena, "%.*s %.*s", (int)DATE_BYTES, iso,
                                              (int)(SECOND_BYTES - DATE_BYTES - 1),
                                              iso + DATE_BYTES + 1)};
}
