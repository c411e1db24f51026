/**
 * Source: a text that messages point into, and the places in it.
 *
 * A Span holds byte offsets; lines and columns are worked out only when a message is printed.
 * A SourceFile must live as long as any Span into it. It may be an excerpt of a file that is too
 * large to keep: lines and columns are those of the whole file then.
 */
#ifndef PDC_DIAG_SOURCE_H
#define PDC_DIAG_SOURCE_H

#include "runtime/base/arena.h"

#include <stddef.h>
#include <stdint.h>

typedef struct SourceFile SourceFile;
struct SourceFile {
    const char *path;    /* as shown in messages */
    const char *text;    /* NUL-terminated; may hold NULs inside */
    size_t length;       /* bytes */
    size_t *line_starts; /* byte offset of each line */
    size_t n_lines;
    size_t lines_before;   /* of an excerpt: lines of the file that come before `text` */
    size_t columns_before; /* of an excerpt: characters of its first line that come before */
};

typedef struct Span Span;
struct Span {
    const SourceFile *file; /* NULL: no place is known */
    uint32_t start;         /* byte offset of the first byte */
    uint32_t end;           /* byte offset behind the last byte; >= start */
};

#define SPAN_NONE ((Span){NULL, 0, 0})

/** A source file in `arena`; path and text are not copied. Texts of 4 GiB and more are for the
 * caller to refuse. */
SourceFile *source_new(Arena *arena, const char *path, const char *text, size_t length);
/** A copy in `arena`, path and text included. */
SourceFile *source_copy(Arena *arena, const SourceFile *file);

Span span_make(const SourceFile *file, size_t start, size_t end);
/** From the start of `first` to the end of `last`. */
Span span_join(Span first, Span last);

/** Line (from 1) of a byte offset. */
size_t source_line_of(const SourceFile *file, size_t offset);
/** Column (from 1, in characters, not bytes) of a byte offset. */
size_t source_column_of(const SourceFile *file, size_t offset);
/** Byte offset of line (from 1) and column (from 1, in characters); clipped to the text. */
size_t source_offset_of(const SourceFile *file, size_t line, size_t column);
/** The text of a line (from 1) without its end; points into the file. */
const char *source_line_text(const SourceFile *file, size_t line, size_t *ret_length);

#endif
