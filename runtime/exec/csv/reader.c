#include "runtime/base/memory.h"
#include "runtime/exec/csv/csv_priv.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_READ_BYTES = 64 * 1024, BYTES_PER_MIB = 1024 * 1024 };

/* ---- opening ---- */

static void
set_characters(CsvReader *reader, const CsvOptions *options)
{
    const char *delimiter = text_equal(options->delimiter, "\\t") ? "\t" : options->delimiter;
    reader->n_delimiter = strlen(delimiter);
    memcpy(reader->delimiter, delimiter, reader->n_delimiter);
    reader->quote = options->quote[0] != '\0' ? (unsigned char)options->quote[0] : -1;
    reader->stops[(unsigned char)delimiter[0]] = true;
    reader->stops['\n'] = true;
    reader->stops['\r'] = true;
}

/* What is wrong with the content stands behind all that was read. */
static int
place_data_error(const CsvReader *reader, Error *reterr)
{
    if (reterr != NULL && reterr->code == ERROR_DATA) {
        size_t at = reader->end - reader->start;
        return csv_place_error(reader, at, at, reterr);
    }
    return -1;
}

int
csv_reader_open(const char *path, const CsvOptions *options, CsvReader **ret_reader, Error *reterr)
{
    int status = csv_options_check(options, reterr);
    if (status != 0) {
        return status;
    }
    CLEANUP(csv_reader_freep) CsvReader *reader = memory_alloc(sizeof(CsvReader));
    reader->path = path;
    reader->null = options->null;
    reader->row_limit_bytes = options->row_limit_bytes;
    reader->has_header = options->header;
    set_characters(reader, options);
    if (csv_input_open(path, &reader->input, reterr) != 0 ||
        csv_input_stamp(reader->input, &reader->stamp, reterr) != 0) {
        return -1;
    }
    reader->capacity = 2 * LEAST_READ_BYTES;
    reader->data = memory_alloc(reader->capacity + 1);
    if (csv_text_open(reader->input, options->encoding, &reader->text, reterr) != 0) {
        return place_data_error(reader, reterr);
    }
    *ret_reader = TAKE(reader);
    return 0;
}

void
csv_reader_free(CsvReader *reader)
{
    if (reader != NULL) {
        csv_text_free(reader->text);
        csv_input_free(reader->input);
        error_deinit(&reader->ragged);
        vec_free(&reader->fields);
        free(reader->cells);
        free(reader->data);
        free(reader);
    }
}

int
csv_reader_check_stamp(const CsvReader *reader, const CsvStamp *stamp, Error *reterr)
{
    CsvStamp now;
    int status = csv_input_stamp(reader->input, &now, reterr);
    if (status == 0 && !csv_stamp_equal(&now, stamp)) {
        return csv_reader_changed(reader, reterr);
    }
    return status;
}

int
csv_reader_changed(const CsvReader *reader, Error *reterr)
{
    error_set(reterr, ERROR_DATA, "\"%s\" was changed while it was read", reader->path);
    error_set_hint(reterr, "run again when whoever writes the file is done");
    return -1;
}

/* ---- the buffer ---- */

static int
row_too_long(const CsvReader *reader, Error *reterr)
{
    bool in_quotes = reader->open_quote != CSV_NO_QUOTE;
    size_t start = in_quotes ? reader->open_quote : 0;
    size_t limit = reader->row_limit_bytes;
    bool is_mib = limit % BYTES_PER_MIB == 0;
    error_set(reterr, ERROR_DATA, "the row is longer than %zu %s",
              is_mib ? limit / BYTES_PER_MIB : limit, is_mib ? "MiB" : "bytes");
    if (in_quotes) {
        error_set_hint(reterr, "the quote that opens here may never be closed");
    } else {
        error_set_hint(reterr, "rows must end with a line break (LF, CRLF or CR)");
    }
    return csv_place_error(reader, start, start, reterr);
}

/* Moves the row at hand to the front of the buffer, and makes room behind what was read. */
static void
make_room(CsvReader *reader)
{
    size_t kept = reader->end - reader->start;
    memmove(reader->data, reader->data + reader->start, kept);
    reader->pos -= reader->start;
    reader->start = 0;
    reader->end = kept;
    if (reader->capacity - kept < LEAST_READ_BYTES) {
        reader->capacity *= 2;
        reader->data = memory_resize(reader->data, reader->capacity + 1);
    }
}

/* Reads on. @return 1, 0 at the end, < 0 */
static int
read_more(CsvReader *reader, Error *reterr)
{
    size_t n = 0;
    if (reader->at_end) {
        return 0;
    }
    if (reader->end - reader->start > reader->row_limit_bytes) {
        return row_too_long(reader, reterr);
    }
    make_room(reader);
    if (csv_text_read(reader->text, reader->data + reader->end, reader->capacity - reader->end, &n,
                      reterr) != 0) {
        return place_data_error(reader, reterr);
    }
    reader->end += n;
    reader->at_end = n == 0;
    return n > 0 ? 1 : 0;
}

/* Makes sure that the byte at `pos` is there. @return 1, 0 at the end, < 0 */
static inline int
need_byte(CsvReader *reader, Error *reterr)
{
    return reader->pos < reader->end ? 1 : read_more(reader, reterr);
}

/* ---- fields ---- */

/* @return 1 at a delimiter, 0 elsewhere, < 0 */
static int
at_delimiter(CsvReader *reader, Error *reterr)
{
    while (reader->end - reader->pos < reader->n_delimiter) {
        int status = read_more(reader, reterr);
        if (status <= 0) {
            return status;
        }
    }
    return memcmp(reader->data + reader->pos, reader->delimiter, reader->n_delimiter) == 0;
}

static bool
at_line_break(const CsvReader *reader)
{
    char c = reader->data[reader->pos];
    return c == '\n' || c == '\r';
}

/* Goes to the end of an unquoted field. @return 1, 0 where the file ends with it, < 0 */
static int
scan_plain(CsvReader *reader, Error *reterr)
{
    for (;;) {
        const char *c = reader->data + reader->pos;
        const char *end = reader->data + reader->end;
        while (c < end && !reader->stops[(unsigned char)*c]) {
            c++;
        }
        reader->pos = (size_t)(c - reader->data);
        int status = need_byte(reader, reterr);
        if (status <= 0) {
            return status;
        }
        if (c == end) {
            continue;
        }
        if (at_line_break(reader)) {
            return 1;
        }
        status = at_delimiter(reader, reterr);
        if (status != 0) {
            return status;
        }
        reader->pos++; /* the first byte of a long delimiter, but not the rest */
    }
}

/* Goes to the next quote. @return 1, or < 0 where there is none */
static int
find_quote(CsvReader *reader, bool *io_has_breaks, Error *reterr)
{
    for (;;) {
        const char *from = reader->data + reader->pos;
        size_t length = reader->end - reader->pos;
        const char *quote = memchr(from, reader->quote, length);
        size_t before = quote != NULL ? (size_t)(quote - from) : length;
        *io_has_breaks = *io_has_breaks || memchr(from, '\n', before) != NULL ||
                         memchr(from, '\r', before) != NULL;
        reader->pos += before;
        if (quote != NULL) {
            return 1;
        }
        int status = read_more(reader, reterr);
        if (status == 0) {
            error_set(reterr, ERROR_DATA, "the quote that opens here is never closed");
            size_t start = reader->open_quote;
            return csv_place_error(reader, start, start + 1, reterr);
        }
        if (status < 0) {
            return status;
        }
    }
}

static int
text_behind_quote(const CsvReader *reader, Error *reterr)
{
    error_set(reterr, ERROR_DATA, "text behind a closing quote");
    error_set_hint(reterr, "a quote inside of quotes is written twice: %c%c", reader->quote,
                   reader->quote);
    size_t at = reader->pos - reader->start;
    return csv_place_error(reader, at, at + 1, reterr);
}

/* A field that begins with a quote at `pos`. @return 1, 0 where the file ends with it, < 0 */
static int
scan_quoted(CsvReader *reader, CsvField *field, bool *io_has_breaks, Error *reterr)
{
    reader->open_quote = reader->pos - reader->start;
    field->quoted = true;
    field->start = reader->open_quote + 1;
    reader->pos++;
    int status;
    while ((status = find_quote(reader, io_has_breaks, reterr)) > 0) {
        field->end = reader->pos - reader->start;
        reader->pos++;
        status = need_byte(reader, reterr);
        if (status <= 0 || reader->data[reader->pos] != reader->quote) {
            break;
        }
        field->doubled = true;
        reader->pos++;
    }
    reader->open_quote = CSV_NO_QUOTE;
    if (status <= 0 || at_line_break(reader)) {
        return status;
    }
    status = at_delimiter(reader, reterr);
    return status == 0 ? text_behind_quote(reader, reterr) : status;
}

/* Steps over LF, CRLF or CR. @return >= 0, or < 0 */
static int
scan_line_break(CsvReader *reader, Error *reterr)
{
    bool is_cr = reader->data[reader->pos++] == '\r';
    int status = is_cr ? need_byte(reader, reterr) : 0;
    if (status > 0 && reader->data[reader->pos] == '\n') {
        reader->pos++;
    }
    return status;
}

/* Finds the fields of the row that begins at `start`. @return 1, < 0 */
static int
scan_row(CsvReader *reader, Error *reterr)
{
    bool has_breaks = false;
    int status;
    vec_clear(&reader->fields);
    for (;;) {
        CsvField field = {.start = reader->pos - reader->start};
        status = need_byte(reader, reterr);
        if (status > 0 && (unsigned char)reader->data[reader->pos] == reader->quote) {
            status = scan_quoted(reader, &field, &has_breaks, reterr);
        } else if (status >= 0) {
            status = scan_plain(reader, reterr);
            field.end = reader->pos - reader->start;
        }
        if (status < 0) {
            return status;
        }
        vec_push(&reader->fields, field);
        if (status == 0 || at_line_break(reader)) {
            break;
        }
        reader->pos += reader->n_delimiter;
    }
    if (status > 0 && scan_line_break(reader, reterr) < 0) {
        return -1;
    }
    size_t line_start;
    reader->n_breaks = has_breaks
                           ? csv_place_breaks(reader, reader->pos - reader->start, &line_start)
                           : (size_t)status;
    return 1;
}

/* ---- rows ---- */

static bool
is_empty_line(const CsvReader *reader)
{
    const CsvField *first = reader->fields.items;
    return reader->fields.n == 1 && !first->quoted && first->start == first->end;
}

/* At the end, or at an error that ends the reading: were there rows of a wrong length? */
static int
finish_ragged(CsvReader *reader, int status, Error *reterr)
{
    long long n = (long long)reader->n_ragged;
    if (n == 0 || (status < 0 && reterr != NULL && reterr->code == ERROR_IO)) {
        return status;
    }
    if (n > 1) {
        error_set_detail(&reader->ragged,
                         "%s%lld rows have a wrong number of fields; this is the first",
                         status < 0 ? "at least " : "", n);
    }
    if (status < 0 && reterr != NULL && reterr->origin.file != NULL) {
        Span later = reterr->origin;
        error_set_detail(&reader->ragged, "%s%sline %zu is wrong, too: %s",
                         n > 1 ? reader->ragged.detail : "", n > 1 ? "; " : "",
                         source_line_of(later.file, later.start), reterr->message);
    }
    error_move(reterr, &reader->ragged);
    return -1;
}

void
csv_reader_again(CsvReader *reader)
{
    reader->again = true;
}

static int
next_row(CsvReader *reader, Error *reterr)
{
    for (;;) {
        reader->start = reader->pos;
        reader->lines_before += reader->n_breaks;
        reader->n_breaks = 0;
        reader->open_quote = CSV_NO_QUOTE;
        int status = need_byte(reader, reterr);
        if (status > 0) {
            status = scan_row(reader, reterr);
        }
        if (status <= 0) {
            return finish_ragged(reader, status, reterr);
        }
        if (reader->n_columns == 0 || reader->fields.n == reader->n_columns) {
            return 1;
        }
        if (!is_empty_line(reader)) {
            csv_place_ragged(reader);
        }
    }
}

int
csv_reader_next(CsvReader *reader, Error *reterr)
{
    if (reader->again) {
        reader->again = false;
        return 1;
    }
    return next_row(reader, reterr);
}

/* ---- cells ---- */

/* Makes one quote of each two. @return the new length */
static size_t
undouble(char *text, size_t length, char quote)
{
    size_t to = 0;
    for (size_t from = 0; from < length; from++) {
        text[to++] = text[from];
        if (text[from] == quote) {
            from++;
        }
    }
    return to;
}

static bool
is_null(const CsvReader *reader, const CsvField *field, const char *cell)
{
    return !field->quoted && (cell[0] == '\0' || (reader->null && strcmp(cell, reader->null) == 0));
}

char **
csv_reader_cells(CsvReader *reader)
{
    size_t n = reader->fields.n;
    if (n > reader->n_cells) {
        reader->cells = memory_resize(reader->cells, n * sizeof(reader->cells[0]));
        reader->n_cells = n;
    }
    for (size_t i = 0; i < n; i++) {
        const CsvField *field = &reader->fields.items[i];
        char *cell = reader->data + reader->start + field->start;
        size_t length = field->end - field->start;
        if (field->doubled) {
            length = undouble(cell, length, (char)reader->quote);
        }
        cell[length] = '\0';
        reader->cells[i] = is_null(reader, field, cell) ? NULL : cell;
    }
    return reader->cells;
}

char *
csv_reader_copy_field(const CsvReader *reader, size_t i, Arena *arena)
{
    const CsvField *field = &reader->fields.items[i];
    char *copy = arena_strndup(arena, reader->data + reader->start + field->start,
                               field->end - field->start);
    if (field->doubled) {
        copy[undouble(copy, strlen(copy), (char)reader->quote)] = '\0';
    }
    return copy;
}
