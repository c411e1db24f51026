/**
 * CWriter: the one file that prints C. Everything that is data becomes designated initialisers,
 * indented, one member a line where it is long. Same calls, same bytes.
 */
#ifndef PDC_EMIT_CWRITER_H
#define PDC_EMIT_CWRITER_H

#include "runtime/base/str.h"
#include "runtime/base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct CWriter CWriter;
struct CWriter {
    Str out;
    int indent;
    VEC(size_t) open; /* where the blocks that are open begin in `out` */
};

void cwriter_deinit(CWriter *w);

/** A line of its own at the present indentation; the format is ours, never the user's text. */
void cwriter_line(CWriter *w, const char *format, ...) PRINTF_LIKE(2, 3);
/** A line, and what follows is indented until cwriter_close() with the line that ends it. A block
 * that fits into one line becomes one. */
void cwriter_open(CWriter *w, const char *format, ...) PRINTF_LIKE(2, 3);
void cwriter_close(CWriter *w, const char *end);
/** A comment line; the end of a comment inside `text` is defused. */
void cwriter_comment(CWriter *w, const char *text);
/** `.member = "text",`, a line of source a line of C; nothing for NULL. */
void cwriter_text(CWriter *w, const char *member, const char *text);
/** A string as an element of a list, with its comma. */
void cwriter_element(CWriter *w, const char *text);
/** A list of strings: `.member = (const char *const[]){"a", "b"},` and its count; nothing where it
 * is empty. */
void cwriter_texts(CWriter *w, const char *member, const char *const *texts, size_t n);
/** `.member = true,` where it is true. */
void cwriter_flag(CWriter *w, const char *member, bool flag);
/** A C identifier out of names: other characters become `_`. */
void cwriter_identifier(Str *out, const char *name);

#endif
