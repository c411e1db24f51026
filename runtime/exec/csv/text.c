#include "runtime/base/memory.h"
#include "runtime/base/suggest.h"
#include "runtime/base/utf8.h"
#include "runtime/exec/csv/csv_priv.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_BYTES = 4 }; /* the longest byte order mark, and the longest character */

typedef struct Encoding Encoding;
struct Encoding {
    const char *name;
    const char *iconv_name;
    size_t unit_bytes;
};

static const Encoding encodings[] = {
#define CSV_ENCODING(name, iconv_name, unit_bytes) {name, iconv_name, unit_bytes},
#include "runtime/exec/csv/encodings.def"
#undef CSV_ENCODING
};

static const char *const encoding_names[] = {
#define CSV_ENCODING(name, iconv_name, unit_bytes) name,
#include "runtime/exec/csv/encodings.def"
#undef CSV_ENCODING
};

/* Byte order marks, the longer ones first where one begins like another. */
static const struct {
    const char *bytes;
    size_t length;
    Encoding encoding;
} marks[] = {
    {"\xef\xbb\xbf", 3, {"utf-8", "UTF-8", 1}},     {"\xff\xfe\0\0", 4, {"utf-32", "UTF-32LE", 4}},
    {"\0\0\xfe\xff", 4, {"utf-32", "UTF-32BE", 4}}, {"\xff\xfe", 2, {"utf-16", "UTF-16LE", 2}},
    {"\xfe\xff", 2, {"utf-16", "UTF-16BE", 2}},
};

typedef enum Mistake { MISTAKE_NONE, MISTAKE_BYTES, MISTAKE_NUL } Mistake;

struct CsvText {
    CsvInput *input;
    const char *encoding; /* for messages */
    size_t unit_bytes;
    bool converts; /* by `converter`; else it is UTF-8 already */
    iconv_t converter;
    char held[HELD_BYTES]; /* UTF-8: bytes that were read and not given */
    size_t n_held;
    char *raw; /* else: what was read and is not converted */
    size_t raw_start;
    size_t raw_end;
    bool at_end;
    Mistake mistake; /* what stands behind the last byte given */
    unsigned char wrong[HELD_BYTES];
    size_t n_wrong;
};

/* ---- which encoding ---- */

/* Equal but for letter case and `_` for `-`. */
static bool
encoding_is(const char *name, const char *known)
{
    for (; *name != '\0' && *known != '\0'; name++, known++) {
        char c = *name == '_' ? '-' : *name;
        if (c >= 'A' && c <= 'Z') {
            c = (char)(c + ('a' - 'A'));
        }
        if (c != *known) {
            return false;
        }
    }
    return *name == *known;
}

static const Encoding *
find_encoding(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(encodings); i++) {
        if (encoding_is(name, encodings[i].name)) {
            return &encodings[i];
        }
    }
    return NULL;
}

int
csv_encoding_check(const char *encoding, Error *reterr)
{
    if (find_encoding(encoding) != NULL) {
        return 0;
    }
    const char *near = suggest_nearest(encoding, encoding_names, ARRAY_LENGTH(encoding_names));
    error_set(reterr, ERROR_CONFIG, "csv() does not know the encoding '%s'", encoding);
    if (near != NULL) {
        error_set_hint(reterr, "did you mean '%s'?", near);
    } else {
        error_set_hint(reterr, "it knows utf-8, latin1, latin9, windows-1252 and utf-16");
    }
    return -1;
}

/* A mark at the start of the file wins over the option where both can be meant. */
static int
settle_encoding(CsvText *text, const Encoding *wanted, Encoding *ret_encoding, Error *reterr)
{
    *ret_encoding = *wanted;
    for (size_t i = 0; i < ARRAY_LENGTH(marks); i++) {
        if (text->n_held < marks[i].length ||
            memcmp(text->held, marks[i].bytes, marks[i].length) != 0) {
            continue;
        }
        if (wanted->unit_bytes == 1 && !text_equal(wanted->iconv_name, "UTF-8")) {
            error_set(reterr, ERROR_DATA, "the file begins with the mark of %s, but is read as %s",
                      marks[i].encoding.name, wanted->name);
            error_set_hint(reterr, "leave encoding out");
            return -1;
        }
        *ret_encoding = marks[i].encoding;
        text->n_held -= marks[i].length;
        memmove(text->held, text->held + marks[i].length, text->n_held);
        return 0;
    }
    if (text_equal(wanted->iconv_name, "UTF-16")) {
        bool is_big = text->n_held > 1 && text->held[0] == '\0';
        ret_encoding->iconv_name = is_big ? "UTF-16BE" : "UTF-16LE";
    }
    return 0;
}

static int
start_converter(CsvText *text, const Encoding *encoding, Error *reterr)
{
    text->encoding = encoding->name;
    text->unit_bytes = encoding->unit_bytes;
    if (text_equal(encoding->iconv_name, "UTF-8")) {
        return 0;
    }
    text->converter = iconv_open("UTF-8", encoding->iconv_name);
    if (text->converter == (iconv_t)-1) { /* NOLINT: how iconv says it */
        return error_set(reterr, ERROR_UNSUPPORTED, "this system can't read the encoding %s",
                         encoding->name);
    }
    text->converts = true;
    text->raw = memory_alloc(CSV_CHUNK_BYTES);
    memcpy(text->raw, text->held, text->n_held);
    text->raw_end = text->n_held;
    text->n_held = 0;
    return 0;
}

static int
hold_first_bytes(CsvText *text, Error *reterr)
{
    while (!text->at_end && text->n_held < HELD_BYTES) {
        size_t n = 0;
        if (csv_input_read(text->input, text->held + text->n_held, HELD_BYTES - text->n_held, &n,
                           reterr) != 0) {
            return -1;
        }
        text->n_held += n;
        text->at_end = n == 0;
    }
    return 0;
}

void
csv_text_free(CsvText *text)
{
    if (text != NULL) {
        if (text->converts) {
            iconv_close(text->converter);
        }
        free(text->raw);
        free(text);
    }
}
DEFINE_CLEANUP(csv_text_freep, CsvText, csv_text_free)

int
csv_text_open(CsvInput *input, const char *encoding, CsvText **ret_text, Error *reterr)
{
    CLEANUP(csv_text_freep) CsvText *text = memory_alloc(sizeof(CsvText));
    const Encoding *wanted = find_encoding(encoding);
    Encoding found;
    text->input = input;
    if (wanted == NULL) {
        return csv_encoding_check(encoding, reterr);
    }
    if (hold_first_bytes(text, reterr) != 0 || settle_encoding(text, wanted, &found, reterr) != 0 ||
        start_converter(text, &found, reterr) != 0) {
        return -1;
    }
    *ret_text = TAKE(text);
    return 0;
}

/* ---- mistakes ---- */

static void
note_wrong_bytes(CsvText *text, const char *bytes, size_t length)
{
    text->mistake = MISTAKE_BYTES;
    text->n_wrong = length < HELD_BYTES ? length : HELD_BYTES;
    memcpy(text->wrong, bytes, text->n_wrong);
}

static int
wrong_bytes(const CsvText *text, Error *reterr)
{
    CLEANUP(str_deinit) Str bytes = {0};
    for (size_t i = 0; i < text->n_wrong; i++) {
        str_append_format(&bytes, " 0x%02X", text->wrong[i]);
    }
    error_set(reterr, ERROR_DATA, "the byte%s%s %s not valid %s", text->n_wrong == 1 ? "" : "s",
              str_text(&bytes), text->n_wrong == 1 ? "is" : "are", text->encoding);
    if (!text->converts) {
        error_set_hint(reterr, "if the file is written in another encoding, say so: "
                               "encoding => 'windows-1252'");
    }
    return -1;
}

static int
mistake_error(const CsvText *text, Error *reterr)
{
    if (text->mistake == MISTAKE_BYTES) {
        return wrong_bytes(text, reterr);
    }
    error_set(reterr, ERROR_DATA, "a NUL character, which no text may hold");
    if (!text->converts) {
        error_set_hint(reterr, "a file in UTF-16 needs encoding => 'utf-16'");
    }
    return -1;
}

/* Cuts what was read at the first NUL character. */
static size_t
cut_at_nul(CsvText *text, const char *out, size_t length)
{
    const char *nul = memchr(out, '\0', length);
    if (nul == NULL) {
        return length;
    }
    text->mistake = MISTAKE_NUL;
    return (size_t)(nul - out);
}

/* ---- UTF-8: given as it is ---- */

/* Bytes of the character that begins with `lead`, 1 for what begins none. */
static size_t
character_bytes(unsigned char lead)
{
    return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
}

/* Is this the beginning of a character whose rest has not been read? */
static bool
is_cut_off(const CsvText *text, const char *bytes, size_t length)
{
    if (text->at_end || length >= character_bytes((unsigned char)bytes[0])) {
        return false;
    }
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)bytes[i] & 0xc0) != 0x80) {
            return false;
        }
    }
    return true;
}

/* What may be given of the bytes in `out`; a character that is not complete is held back. */
static size_t
check_utf8(CsvText *text, const char *out, size_t length)
{
    size_t valid = utf8_first_invalid(out, length);
    size_t given = cut_at_nul(text, out, valid);
    if (given < valid || valid == length) {
        return given;
    }
    if (is_cut_off(text, out + valid, length - valid)) {
        text->n_held = length - valid;
        memcpy(text->held, out + valid, text->n_held);
    } else {
        note_wrong_bytes(text, out + valid, 1);
    }
    return given;
}

static int
read_utf8(CsvText *text, char *out, size_t capacity, size_t *ret_n, Error *reterr)
{
    do {
        size_t length = text->n_held;
        memcpy(out, text->held, length);
        text->n_held = 0;
        bool is_whole = length > 0 && utf8_first_invalid(out, length) == length;
        if (!text->at_end && !is_whole) { /* whole: the first bytes, before anything can fail */
            size_t n = 0;
            if (csv_input_read(text->input, out + length, capacity - length, &n, reterr) != 0) {
                return -1;
            }
            length += n;
            text->at_end = n == 0;
        }
        *ret_n = check_utf8(text, out, length);
    } while (*ret_n == 0 && text->mistake == MISTAKE_NONE && !text->at_end);
    return 0;
}

/* ---- other encodings: converted ---- */

static int
fill_raw(CsvText *text, Error *reterr)
{
    size_t n = 0;
    memmove(text->raw, text->raw + text->raw_start, text->raw_end - text->raw_start);
    text->raw_end -= text->raw_start;
    text->raw_start = 0;
    if (csv_input_read(text->input, text->raw + text->raw_end, CSV_CHUNK_BYTES - text->raw_end, &n,
                       reterr) != 0) {
        return -1;
    }
    text->raw_end += n;
    text->at_end = n == 0;
    return 0;
}

/* @return false where more bytes must be read before there is anything to give */
static bool
convert(CsvText *text, char *out, size_t capacity, size_t *ret_n)
{
    char *in = text->raw + text->raw_start;
    size_t in_left = text->raw_end - text->raw_start;
    char *to = out;
    size_t to_left = capacity;
    size_t status = iconv(text->converter, &in, &in_left, &to, &to_left);
    int reason = errno;
    text->raw_start = text->raw_end - in_left;
    *ret_n = cut_at_nul(text, out, capacity - to_left);
    if (text->mistake == MISTAKE_NONE && status == (size_t)-1 &&
        (reason == EILSEQ || (reason == EINVAL && text->at_end))) {
        note_wrong_bytes(text, in, in_left < text->unit_bytes ? in_left : text->unit_bytes);
    }
    return *ret_n > 0 || text->mistake != MISTAKE_NONE;
}

static int
read_converted(CsvText *text, char *out, size_t capacity, size_t *ret_n, Error *reterr)
{
    while (!convert(text, out, capacity, ret_n)) {
        if (text->at_end) {
            return 0;
        }
        if (fill_raw(text, reterr) != 0) {
            return -1;
        }
    }
    return 0;
}

int
csv_text_read(CsvText *text, char *out, size_t capacity, size_t *ret_n, Error *reterr)
{
    *ret_n = 0;
    if (text->mistake != MISTAKE_NONE) {
        return mistake_error(text, reterr);
    }
    int status = text->converts ? read_converted(text, out, capacity, ret_n, reterr)
                                : read_utf8(text, out, capacity, ret_n, reterr);
    if (status == 0 && *ret_n == 0 && text->mistake != MISTAKE_NONE) {
        return mistake_error(text, reterr);
    }
    return status;
}
