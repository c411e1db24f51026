/**
 * Wire: rows in bulk from one store to another, as bytes that both understand.
 *
 * The bytes are rows of PostgreSQL's binary COPY format (manual, "COPY", "Binary Format"), without
 * its head and end: a count of fields (16 bits), and for each its length (32 bits, -1: NULL) and
 * content, as the type's send function writes it; all numbers big-endian. Between two PostgreSQL
 * databases nothing is looked at; DuckDB encodes chunks and decodes into the appender. What travels
 * is never held as a whole: a block at a time.
 *
 * The type that a column travels as is called as PostgreSQL spells it.
 */
#ifndef PDC_STORE_WIRE_H
#define PDC_STORE_WIRE_H

#include "runtime/store/store.h"

typedef struct StoreReader StoreReader;
typedef struct StoreWriter StoreWriter;

/** How a column travels. */
typedef struct StoreWire StoreWire;
struct StoreWire {
    const char *type; /* PostgreSQL's: "numeric(12,2)", "text[]" */
    const char *cast; /* what it must be cast to before, in the source's words; NULL: nothing */
};

/**
 * How a column of this store travels. In `arena`.
 * @return 0; < 0 with ERROR_UNSUPPORTED: its type has no counterpart elsewhere; the error names the
 * type, not the column
 */
MUST_CHECK int store_wire_of(const Store *store, const StoreColumn *column, Arena *arena,
                             StoreWire *ret_wire, Error *reterr);
/**
 * The type that a column has here which would arrive as `wire`; in `arena`.
 * @param ret_instead  a type that it must be cast to before it leaves; NULL: none
 * @return as above
 */
MUST_CHECK int store_type_of_wire(const Store *store, const char *wire, Arena *arena,
                                  const char **ret_type, const char **ret_instead, Error *reterr);

/** Sends a query whose columns have types as store_wire_of() left them. While a reader is open its
 * store serves nothing else. */
MUST_CHECK int store_read_begin(Store *store, const char *sql, StoreReader **ret_reader,
                                Error *reterr);
/** The next block: whole rows, some 100 KB; length 0 behind the last. Lives until the next call. */
MUST_CHECK int store_read_block(StoreReader *reader, const char **ret_bytes, size_t *ret_length,
                                Error *reterr);
/** Ends it and frees it, read to the end or not; NULL is fine. */
void store_read_end(StoreReader *reader);
DEFINE_CLEANUP(store_read_endp, StoreReader, store_read_end)

/**
 * Rows for a table whose columns have the types of store_type_of_wire(), in the same order. While a
 * writer is open its store serves nothing else. Errors name row and column: ERROR_DATA for what the
 * type here can't hold.
 */
MUST_CHECK int store_write_begin(Store *store, const char *schema, const char *table,
                                 StoreWriter **ret_writer, Error *reterr);
/** Whole rows. */
MUST_CHECK int store_write_block(StoreWriter *writer, const char *bytes, size_t length,
                                 Error *reterr);
/** Ends it and frees it, whatever the outcome. */
MUST_CHECK int store_write_end(StoreWriter *writer, int64_t *ret_rows, Error *reterr);
/** Gives it up and frees it; the rows so far are the open transaction's to roll back. NULL is fine.
 */
void store_write_cancel(StoreWriter *writer);

#endif
