/**
 * CSV, private: the layers that a file passes, each reading from the one before.
 *
 *     CsvInput    bytes of the file, unpacked                  input.c, unpack.c
 *     CsvText     valid UTF-8 without NUL characters           text.c
 *     CsvReader   rows, their fields, and where they stand     reader.c, place.c
 *     columns     names out of the first row                   columns.c
 *     types       what a cell could be                         cell.c, infer.c
 */
#ifndef PDC_EXEC_CSV_CSV_PRIV_H
#define PDC_EXEC_CSV_CSV_PRIV_H

#include "runtime/base/vec.h"
#include "runtime/exec/csv/csv.h"

enum { CSV_CHUNK_BYTES = 256 * 1024 };

/* ---- input ---- */

typedef struct CsvInput CsvInput;
typedef struct CsvUnpacker CsvUnpacker;

/** Opens a regular file, gzip and zstd being known by their first bytes. `path` must outlive it. */
MUST_CHECK int csv_input_open(const char *path, CsvInput **ret_input, Error *reterr);
void csv_input_free(CsvInput *input);
/** Up to `capacity` bytes; none at the end. */
MUST_CHECK int csv_input_read(CsvInput *input, char *out, size_t capacity, size_t *ret_n,
                              Error *reterr);
/** What the file is at this moment. */
MUST_CHECK int csv_input_stamp(const CsvInput *input, CsvStamp *ret_stamp, Error *reterr);
bool csv_stamp_equal(const CsvStamp *a, const CsvStamp *b);

/** One way of packing: `step` takes from `in` what it can and gives what fits. */
typedef struct CsvPacking CsvPacking;
struct CsvPacking {
    const char *name;
    bool (*recognises)(const unsigned char *head, size_t length);
    MUST_CHECK int (*open)(CsvUnpacker **ret_unpacker, Error *reterr);
    /** @param io_in, io_length  advanced by what was taken  @param ret_between  no piece is begun
     * and not ended, so the file may end here */
    MUST_CHECK int (*step)(CsvUnpacker *unpacker, const unsigned char **io_in, size_t *io_length,
                           char *out, size_t capacity, size_t *ret_n, bool *ret_between,
                           Error *reterr);
    void (*close)(CsvUnpacker *unpacker);
};

/** The packing of a file that begins so, or NULL. */
const CsvPacking *csv_packing_of(const unsigned char *head, size_t length);

/* ---- text ---- */

typedef struct CsvText CsvText;

/** Looks at the first bytes for a byte order mark. `input` must outlive it. */
MUST_CHECK int csv_text_open(CsvInput *input, const char *encoding, CsvText **ret_text,
                             Error *reterr);
void csv_text_free(CsvText *text);
/** Up to `capacity` (>= 16) bytes; none at the end. All that comes before a mistake is given first,
 * so a mistake stands behind the last byte that was given. */
MUST_CHECK int csv_text_read(CsvText *text, char *out, size_t capacity, size_t *ret_n,
                             Error *reterr);
/** Is it one of encodings.def? @return 0; < 0 with ERROR_CONFIG */
MUST_CHECK int csv_encoding_check(const char *encoding, Error *reterr);

/* ---- rows ---- */

/** A field in the row's raw text. */
typedef struct CsvField CsvField;
struct CsvField {
    size_t start; /* offsets from the start of the row, without quotes */
    size_t end;
    bool quoted;
    bool doubled; /* there are doubled quotes in it */
};

typedef struct CsvReader CsvReader;
struct CsvReader {
    const char *path;
    char delimiter[8];
    size_t n_delimiter; /* bytes */
    int quote;          /* or -1 */
    const char *null;
    size_t row_limit_bytes;
    bool stops[256]; /* bytes at which an unquoted field may end */

    CsvInput *input;
    CsvText *text;
    CsvStamp stamp; /* as it was when opened */

    char *data; /* holds at least the row at hand, raw until csv_reader_cells() */
    size_t capacity;
    size_t start; /* of the row at hand */
    size_t pos;   /* where scanning is; in the end behind the row's line break */
    size_t end;   /* of what was read */
    bool at_end;
    bool again;        /* csv_reader_again() */
    size_t open_quote; /* offset in the row of the quote that is open, or NO_QUOTE */
    size_t lines_before;
    size_t n_breaks; /* line breaks in the row at hand, its own end included */
    VEC(CsvField) fields;
    char **cells;
    size_t n_cells;

    size_t n_columns; /* 0: not known yet */
    bool has_header;
    int64_t n_ragged;
    Error ragged; /* the first row whose number of fields is wrong */
};

#define CSV_NO_QUOTE SIZE_MAX

MUST_CHECK int csv_reader_open(const char *path, const CsvOptions *options, CsvReader **ret_reader,
                               Error *reterr);
void csv_reader_free(CsvReader *reader);
DEFINE_CLEANUP(csv_reader_freep, CsvReader, csv_reader_free)

/**
 * Goes to the next row; empty lines are skipped where there is more than one column. Rows with a
 * wrong number of fields are passed over, and become an error at the end of the file, which says
 * how many there are.
 * @return 1: `fields` holds the row; 0: end; < 0
 */
MUST_CHECK int csv_reader_next(CsvReader *reader, Error *reterr);
/** The next csv_reader_next() gives the same row again; not after csv_reader_cells(). */
void csv_reader_again(CsvReader *reader);
/** The row's cells, NULL for NULL, valid until the next row. */
char **csv_reader_cells(CsvReader *reader);
/** One field without quotes, as a copy. */
char *csv_reader_copy_field(const CsvReader *reader, size_t i, Arena *arena);
/** @return 0; < 0 where the file is not what it was when `stamp` was taken */
MUST_CHECK int csv_reader_check_stamp(const CsvReader *reader, const CsvStamp *stamp,
                                      Error *reterr);
/** Says that the file was changed. @return -1 */
int csv_reader_changed(const CsvReader *reader, Error *reterr);

/** Line breaks (LF, CRLF, CR) before `offset` of the row at hand, and where the line begins. */
size_t csv_place_breaks(const CsvReader *reader, size_t offset, size_t *ret_line_start);
/** Sets the origin to a piece of the row at hand. @return -1 */
int csv_place_error(const CsvReader *reader, size_t start, size_t end, Error *error);
int csv_place_error_at_field(const CsvReader *reader, size_t i, Error *error);
/** A usual delimiter, other than the one in use, that the text holds; as written in an option; or
 * NULL. */
const char *csv_other_delimiter(const CsvReader *reader, const char *text, size_t length);
/** Notes that the row at hand has the wrong number of fields. */
void csv_place_ragged(CsvReader *reader);

/* ---- columns and types ---- */

/** The columns from the first row, types not settled; `header` of the options says what that row
 * is. */
MUST_CHECK int csv_columns_read(CsvReader *reader, Arena *arena, CsvColumn **ret_columns,
                                size_t *ret_n, Error *reterr);

/** Bits for the types of which a cell could be one: 1u << PdcType. */
#define CSV_TYPE_BIT(type) (1u << (type))
/** All types but text that the cell can have without loss; blanks around it don't count. */
unsigned csv_cell_types(const char *cell);
/** Whether the cell can be of that type without loss; blanks around it count for texts only. */
bool csv_cell_fits(const char *cell, PdcColumnType type);
/** The cell without blanks around it; cuts it in place. */
char *csv_cell_trim(char *cell);

#endif
