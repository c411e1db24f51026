#include "runtime/base/utf8.h"
#include "runtime/exec/csv/csv_priv.h"

#include <string.h>

/* Of a long line so much is shown before and behind the place. */
enum { SHOWN_BEFORE_BYTES = 400, SHOWN_BEHIND_BYTES = 800 };

static const char ELLIPSIS[] = "\xe2\x80\xa6";

static const char *
row_text(const CsvReader *reader)
{
    return reader->data + reader->start;
}

size_t
csv_place_breaks(const CsvReader *reader, size_t offset, size_t *ret_line_start)
{
    const char *text = row_text(reader);
    size_t length = reader->end - reader->start;
    size_t n_breaks = 0;
    *ret_line_start = 0;
    for (size_t i = 0; i < offset; i++) {
        bool is_lone_cr = text[i] == '\r' && !(i + 1 < length && text[i + 1] == '\n');
        if (text[i] == '\n' || is_lone_cr) {
            n_breaks++;
            *ret_line_start = i + 1;
        }
    }
    return n_breaks;
}

/* Moves an offset back to where a character begins. */
static size_t
to_character(const char *text, size_t offset)
{
    while (offset > 0 && ((unsigned char)text[offset] & 0xc0) == 0x80) {
        offset--;
    }
    return offset;
}

/* The line that holds `start`, or as much of it as is worth showing. @param ret_first  offset in
 * the row of its first byte */
static SourceFile *
make_excerpt(const CsvReader *reader, size_t start, Arena *arena, size_t *ret_first)
{
    const char *text = row_text(reader);
    size_t length = reader->end - reader->start;
    size_t line_start;
    size_t n_breaks = csv_place_breaks(reader, start, &line_start);
    size_t first = line_start;
    if (start - first > SHOWN_BEFORE_BYTES) {
        first = to_character(text, start - SHOWN_BEFORE_BYTES);
    }
    size_t last = start;
    while (last < length && text[last] != '\n' && text[last] != '\r') {
        last++;
    }
    if (last - start > SHOWN_BEHIND_BYTES) {
        last = to_character(text, start + SHOWN_BEHIND_BYTES);
    }
    char *shown = arena_printf(arena, "%s%.*s", first > line_start ? ELLIPSIS : "",
                               (int)(last - first), text + first);
    SourceFile *file = source_new(arena, reader->path, shown, strlen(shown));
    file->lines_before = reader->lines_before + n_breaks;
    file->columns_before = utf8_count(text + line_start, first - line_start);
    *ret_first = first;
    if (first > line_start) { /* the ellipsis takes a column */
        file->columns_before--;
        *ret_first -= sizeof(ELLIPSIS) - 1;
    }
    return file;
}

int
csv_place_error(const CsvReader *reader, size_t start, size_t end, Error *error)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    size_t first;
    SourceFile *file = make_excerpt(reader, start, arena, &first);
    error_keep_origin(error, span_make(file, start - first, end - first));
    return -1;
}

int
csv_place_error_at_field(const CsvReader *reader, size_t i, Error *error)
{
    const CsvField *field = &reader->fields.items[i];
    size_t quote = field->quoted ? 1 : 0;
    return csv_place_error(reader, field->start - quote, field->end + quote, error);
}

/* ---- rows with a wrong number of fields ---- */

const char *
csv_other_delimiter(const CsvReader *reader, const char *text, size_t length)
{
    static const struct {
        char c;
        const char *written;
    } others[] = {{';', ";"}, {'\t', "\\t"}, {'|', "|"}, {',', ","}};
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        bool is_ours = reader->n_delimiter == 1 && reader->delimiter[0] == others[i].c;
        if (!is_ours && memchr(text, others[i].c, length) != NULL) {
            return others[i].written;
        }
    }
    return NULL;
}

/* Does a field begin with blanks before its quote? */
static bool
has_blank_before_quote(const CsvReader *reader)
{
    for (size_t i = 0; i < reader->fields.n; i++) {
        const CsvField *field = &reader->fields.items[i];
        const char *text = row_text(reader) + field->start;
        size_t length = field->end - field->start;
        size_t blanks = 0;
        while (blanks < length && text[blanks] == ' ') {
            blanks++;
        }
        if (!field->quoted && blanks > 0 && blanks < length && text[blanks] == reader->quote) {
            return true;
        }
    }
    return false;
}

static void
hint_ragged(const CsvReader *reader, Error *error)
{
    const char *other = csv_other_delimiter(reader, row_text(reader), reader->pos - reader->start);
    if (reader->n_columns == 1 && other != NULL) {
        error_set_hint(error, "if the fields are separated by it, say delimiter => '%s'", other);
        return;
    }
    if (has_blank_before_quote(reader)) {
        error_set_hint(error, "a quote counts only directly behind the delimiter: remove the "
                              "blanks before it");
    } else if (reader->fields.n > reader->n_columns && reader->quote > 0) {
        error_set_hint(error, "a field that holds the delimiter must stand in quotes (%c)",
                       reader->quote);
    }
}

void
csv_place_ragged(CsvReader *reader)
{
    reader->n_ragged++;
    if (reader->n_ragged > 1) {
        return;
    }
    size_t n = reader->fields.n;
    size_t wanted = reader->n_columns;
    error_set(&reader->ragged, ERROR_DATA, "the row has %zu field%s, but the %s has %zu", n,
              n == 1 ? "" : "s", reader->has_header ? "header" : "first row", wanted);
    hint_ragged(reader, &reader->ragged);
    const CsvField *last = &reader->fields.items[n - 1];
    size_t row_end = last->end + (last->quoted ? 1 : 0);
    if (n < wanted) {
        csv_place_error(reader, row_end, row_end, &reader->ragged);
    } else { /* what is too much */
        const CsvField *surplus = &reader->fields.items[wanted];
        csv_place_error(reader, surplus->start - (surplus->quoted ? 1 : 0), row_end,
                        &reader->ragged);
    }
}
