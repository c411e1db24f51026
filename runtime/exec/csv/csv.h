/**
 * CSV: reads data files by our own rules (docs/csv.md), the same on every engine.
 *
 * A file is read as a stream, in memory that does not grow with it (a row has to fit: see
 * `row_limit_bytes`). Types come from all rows, so loading reads the file twice: csv_infer() finds
 * the columns, csv_load() makes the table and fills it. If the file changes in between, csv_load()
 * says so.
 *
 * Errors: ERROR_IO (no such file, a folder, not readable), ERROR_CONFIG (an option that can't be),
 * ERROR_DATA (what is in the file), ERROR_UNSUPPORTED (an encoding that the system lacks). Where
 * a line is known, `origin` shows it, and the error owns that line; so don't replace an origin that
 * is set.
 *
 * Any thread; nothing is shared between calls.
 */
#ifndef PDC_EXEC_CSV_CSV_H
#define PDC_EXEC_CSV_CSV_H

#include "runtime/base/arena.h"
#include "runtime/diag/error.h"
#include "runtime/flow/column_type.h"
#include "runtime/flow/type.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Store Store; /* runtime/store/store.h */

/** How a file is written. Start with csv_options_init(); texts are not copied. */
typedef struct CsvOptions CsvOptions;
struct CsvOptions {
    const char *delimiter;  /* one character, ASCII or UTF-8; `\t` may be written for a tab */
    const char *quote;      /* one ASCII character, or "" where the file knows no quotes */
    const char *null;       /* unquoted text that means NULL, beside the empty one; or NULL */
    const char *encoding;   /* a name in encodings.def */
    bool header;            /* the first row holds the names; else they are column1, column2, … */
    size_t row_limit_bytes; /* longer rows are an error: 64 MiB */
};

typedef struct CsvColumn CsvColumn;
struct CsvColumn {
    const char *name;   /* without blanks around it, ASCII letters in lower case */
    const char *header; /* as in the file, or NULL */
    PdcType type;       /* BOOL, INT, FLOAT, DATE, TIMESTAMP or TEXT */
    bool nullable;      /* a NULL was seen */
};

/** Which content of a file was seen, by size, time and identity. */
typedef struct CsvStamp CsvStamp;
struct CsvStamp {
    int64_t size_bytes;
    int64_t modified_ns;
    uint64_t device;
    uint64_t inode;
};

typedef struct CsvSchema CsvSchema;
struct CsvSchema {
    const CsvColumn *columns; /* in the order of the file */
    size_t n_columns;
    int64_t n_rows;
    CsvStamp stamp;
};

void csv_options_init(CsvOptions *options);
/**
 * Sets one option by its name in the language; a bool is `true` or `false`, NULL stands for SQL's
 * null.
 * @return 0; < 0 with ERROR_CONFIG: unknown name (with the nearest one), or a value that can't be
 */
MUST_CHECK int csv_options_set(CsvOptions *options, const char *name, const char *value,
                               Error *reterr);
/** Are the options right, and do they go together? The functions below ask by themselves. @return
 * 0; < 0 with ERROR_CONFIG */
MUST_CHECK int csv_options_check(const CsvOptions *options, Error *reterr);
/** Both for named options in one go. @param ret_wrong  the number of the one that is wrong; `n`
 * where they don't go together */
MUST_CHECK int csv_options_check_named(const char *const *names, const char *const *values,
                                       size_t n, size_t *ret_wrong, Error *reterr);

/** The names of the columns, from the first row alone. They live in `arena`. */
MUST_CHECK int csv_header(const char *path, const CsvOptions *options, Arena *arena,
                          const char *const **ret_names, size_t *ret_n, Error *reterr);

/** Reads the whole file for its columns and their types. @param ret_schema  lives in `arena` */
MUST_CHECK int csv_infer(const char *path, const CsvOptions *options, Arena *arena,
                         CsvSchema **ret_schema, Error *reterr);

/** What the columns of a file are promised to be. */
typedef struct CsvPromise CsvPromise;
struct CsvPromise {
    const char *name;
    PdcColumnType type;
    bool nullable; /* a missing column is NULL; else it is an error */
    bool secret;   /* its values are not shown */
};

/** How a file keeps a promise. */
typedef struct CsvFit CsvFit;
struct CsvFit {
    const CsvPromise *promises;
    size_t n_promises;
    const size_t *sources; /* per promise: the column of the file; CSV_NO_COLUMN: there is none */
    const char *const *dropped; /* columns that nobody asked for */
    size_t n_dropped;
    int64_t n_misfits; /* rows with a cell that isn't of the type, or would lose something in it */
    CsvSchema schema;  /* of the file; types are not settled */
};

#define CSV_NO_COLUMN SIZE_MAX

/**
 * Reads the whole file for what does not fit. A file without header has its columns in the order of
 * the promises.
 * @param ret_fit  lives in `arena`; so must the promises
 * @return 0; < 0: as csv_infer(), ERROR_DATA also where a column is missing that can't be NULL
 */
MUST_CHECK int csv_fit(const char *path, const CsvOptions *options, const CsvPromise *promises,
                       size_t n_promises, Arena *arena, CsvFit **ret_fit, Error *reterr);

/**
 * As csv_load(), a table of the promised columns. A cell that doesn't fit is NULL there.
 * @param problems  name of one more column, of text, that says for each row what did not fit; NULL:
 * none
 */
MUST_CHECK int csv_load_fitted(const char *path, const CsvOptions *options, const CsvFit *fit,
                               const char *problems, Store *store, const char *target_schema,
                               const char *target_table, int64_t *ret_rows, Error *reterr);

/** Columns and types as text, one `"name" type` a line; equal texts mean equal tables. In `arena`.
 */
char *csv_schema_text(const CsvSchema *schema, Arena *arena);

/** All values of one column in the file's order, NULL for SQL NULL, in `arena`. An unknown `column`
 * (its letter case does not matter) is ERROR_DATA with the nearest name. */
MUST_CHECK int csv_read_column(const char *path, const char *column, const CsvOptions *options,
                               Arena *arena, const char *const **ret_values, size_t *ret_n,
                               Error *reterr);

/**
 * Makes the table and loads the file into it. Whoever wants all or nothing opens a transaction
 * before.
 * @param schema  what csv_infer() found for the same path and options
 * @return 0; < 0: as above, ERROR_DATA also where the file changed since csv_infer(), or what the
 * store says
 */
MUST_CHECK int csv_load(const char *path, const CsvOptions *options, const CsvSchema *schema,
                        Store *store, const char *target_schema, const char *target_table,
                        int64_t *ret_rows, Error *reterr);

#endif
