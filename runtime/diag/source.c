#include "runtime/diag/source.h"

#include "runtime/base/utf8.h"
#include "runtime/base/vec.h"

#include <string.h>

SourceFile *
source_new(Arena *arena, const char *path, const char *text, size_t length)
{
    VEC(size_t) starts = {0};
    const char *end = text + length;
    vec_push_in(arena, &starts, 0);
    for (const char *c = text; c < end; c++) {
        c = memchr(c, '\n', (size_t)(end - c));
        if (c == NULL) {
            break;
        }
        vec_push_in(arena, &starts, (size_t)(c - text) + 1);
    }
    SourceFile *file = ARENA_NEW(arena, SourceFile);
    *file = (SourceFile){
        .path = path,
        .text = text,
        .length = length,
        .line_starts = starts.items,
        .n_lines = starts.n,
    };
    return file;
}

static size_t
clip(const SourceFile *file, size_t offset)
{
    return offset < file->length ? offset : file->length;
}

SourceFile *
source_copy(Arena *arena, const SourceFile *file)
{
    SourceFile *copy = source_new(arena, arena_strdup(arena, file->path),
                                  arena_strndup(arena, file->text, file->length), file->length);
    copy->lines_before = file->lines_before;
    copy->columns_before = file->columns_before;
    return copy;
}

Span
span_make(const SourceFile *file, size_t start, size_t end)
{
    if (file == NULL) {
        return SPAN_NONE;
    }
    start = clip(file, start);
    end = clip(file, end);
    return (Span){file, (uint32_t)start, (uint32_t)(end > start ? end : start)};
}

Span
span_join(Span first, Span last)
{
    if (first.file != last.file || first.file == NULL) {
        return first.file != NULL ? first : last;
    }
    return span_make(first.file, first.start, last.end);
}

/* Index in `line_starts` of the line that holds `offset`. */
static size_t
line_index(const SourceFile *file, size_t offset)
{
    size_t low = 0; /* the line that holds `offset` is in [low, high) */
    size_t high = file->n_lines;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (file->line_starts[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

size_t
source_line_of(const SourceFile *file, size_t offset)
{
    return file->lines_before + line_index(file, offset) + 1;
}

size_t
source_column_of(const SourceFile *file, size_t offset)
{
    size_t index = line_index(file, offset);
    size_t start = file->line_starts[index];
    size_t before = index == 0 ? file->columns_before : 0;
    return before + utf8_count(file->text + start, clip(file, offset) - start) + 1;
}

const char *
source_line_text(const SourceFile *file, size_t line, size_t *ret_length)
{
    if (line <= file->lines_before || line > file->lines_before + file->n_lines) {
        *ret_length = 0;
        return "";
    }
    size_t index = line - file->lines_before - 1;
    size_t start = file->line_starts[index];
    size_t end = index + 1 < file->n_lines ? file->line_starts[index + 1] - 1 : file->length;
    if (end > start && file->text[end - 1] == '\r') {
        end--;
    }
    *ret_length = end - start;
    return file->text + start;
}

size_t
source_offset_of(const SourceFile *file, size_t line, size_t column)
{
    if (line <= file->lines_before) {
        return 0;
    }
    if (line > file->lines_before + file->n_lines) {
        return file->length;
    }
    size_t before = line == file->lines_before + 1 ? file->columns_before : 0;
    size_t length;
    const char *text = source_line_text(file, line, &length);
    size_t offset = 0;
    for (size_t i = before + 1; i < column && offset < length; i++) {
        uint32_t code_point;
        size_t n = utf8_decode(text + offset, length - offset, &code_point);
        offset += n > 0 ? n : 1;
    }
    return (size_t)(text - file->text) + offset;
}
