/* Chunks of a result as rows of PostgreSQL's binary COPY format. */
#include "runtime/base/memory.h"
#include "runtime/base/str.h"
#include "runtime/store/duckdb/wire_priv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024 };

typedef struct DuckReader DuckReader;
struct DuckReader {
    StoreReader base;
    Arena *arena;
    duckdb_prepared_statement prepared;
    duckdb_result result;
    WireField *fields;
    size_t n_fields;
    Str block;
    int64_t n_rows; /* that were encoded */
};

/** One vector, or the elements of lists. */
typedef struct Cells Cells;
struct Cells {
    const DuckApi *api;
    duckdb_vector vector;
    const void *data;
    uint64_t *validity;
};

/* ---- numbers ---- */

static void
put_16(Str *out, unsigned number)
{
    str_append_char(out, (char)(number >> 8));
    str_append_char(out, (char)number);
}

static void
put_32(Str *out, uint32_t number)
{
    put_16(out, number >> 16);
    put_16(out, number & 0xFFFF);
}

static void
put_64(Str *out, uint64_t number)
{
    put_32(out, (uint32_t)(number >> 32));
    put_32(out, (uint32_t)number);
}

/** Length and content of a field of 8 bytes. */
static void
field_64(Str *out, uint64_t number)
{
    put_32(out, 8);
    put_64(out, number);
}

static void
field_32(Str *out, uint32_t number)
{
    put_32(out, 4);
    put_32(out, number);
}

/* ---- decimals ---- */

enum { MAX_DIGITS = 48, GROUP = 4 };

/** The digits of `magnitude`, most significant first, with zeros in front so that the point of
 * `scale` places stands between groups of four, and behind so that the last group is full.
 * @return how many */
static size_t
write_digits(WireMagnitude magnitude, unsigned scale, char digits[MAX_DIGITS])
{
    char reversed[MAX_DIGITS];
    size_t n = 0;
    size_t n_behind = (GROUP - scale % GROUP) % GROUP;
    for (size_t i = 0; i < n_behind; i++) {
        reversed[n++] = 0;
    }
    for (; magnitude > 0; magnitude /= 10) {
        reversed[n++] = (char)(magnitude % 10);
    }
    while (n % GROUP != 0 || n < scale + n_behind) {
        reversed[n++] = 0;
    }
    for (size_t i = 0; i < n; i++) {
        digits[i] = reversed[n - 1 - i];
    }
    return n;
}

/** numeric_send(): groups of four digits without zero groups at either end. */
static void
put_numeric(Str *out, bool is_negative, WireMagnitude magnitude, unsigned scale)
{
    char digits[MAX_DIGITS];
    size_t n_groups = write_digits(magnitude, scale, digits) / GROUP;
    int weight = (int)n_groups - (int)((scale + GROUP - 1) / GROUP) - 1;
    uint16_t groups[MAX_DIGITS / GROUP];
    size_t first = 0;
    for (size_t i = 0; i < n_groups; i++) {
        const char *d = digits + i * GROUP;
        groups[i] = (uint16_t)(d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3]);
    }
    while (first < n_groups && groups[first] == 0) {
        first++;
    }
    while (n_groups > first && groups[n_groups - 1] == 0) {
        n_groups--;
    }
    put_32(out, (uint32_t)(8 + 2 * (n_groups - first)));
    put_16(out, (unsigned)(n_groups - first));
    put_16(out, n_groups > first ? (unsigned)(weight - (int)first) & 0xFFFF : 0);
    put_16(out, is_negative ? WIRE_NEGATIVE : WIRE_POSITIVE);
    put_16(out, scale);
    for (size_t i = first; i < n_groups; i++) {
        put_16(out, groups[i]);
    }
}

static void
put_signed(Str *out, uint64_t lower, int64_t upper, unsigned scale)
{
    WireMagnitude bits = (WireMagnitude)(uint64_t)upper << 64 | lower;
    put_numeric(out, upper < 0, upper < 0 ? 0 - bits : bits, scale);
}

static void
put_decimal(Str *out, const WireField *field, const void *data, idx_t row)
{
    int64_t narrow;
    switch (field->stored) {
    case DUCKDB_TYPE_SMALLINT: narrow = ((const int16_t *)data)[row]; break;
    case DUCKDB_TYPE_INTEGER: narrow = ((const int32_t *)data)[row]; break;
    case DUCKDB_TYPE_BIGINT: narrow = ((const int64_t *)data)[row]; break;
    default: {
        const duckdb_hugeint *wide = &((const duckdb_hugeint *)data)[row];
        put_signed(out, wide->lower, wide->upper, field->scale);
        return;
    }
    }
    put_signed(out, (uint64_t)narrow, narrow < 0 ? -1 : 0, field->scale);
}

/* ---- times ---- */

static void
put_date(Str *out, int32_t days)
{
    int64_t moved = days == INT32_MAX    ? INT32_MAX
                    : days == -INT32_MAX ? INT32_MIN
                                         : (int64_t)days - WIRE_EPOCH_DAYS;
    field_32(out, (uint32_t)moved);
}

static void
put_timestamp(Str *out, int64_t us)
{
    int64_t moved = us == INT64_MAX ? INT64_MAX : us == -INT64_MAX ? INT64_MIN : us - WIRE_EPOCH_US;
    field_64(out, (uint64_t)moved);
}

/** PostgreSQL counts the seconds west of Greenwich. */
static void
put_time_tz(Str *out, uint64_t bits)
{
    int32_t offset = WIRE_MAX_OFFSET_S - (int32_t)(bits & ((1U << WIRE_OFFSET_BITS) - 1));
    put_32(out, 12);
    put_64(out, bits >> WIRE_OFFSET_BITS);
    put_32(out, (uint32_t)-offset);
}

static void
put_interval(Str *out, const duckdb_interval *interval)
{
    put_32(out, 16);
    put_64(out, (uint64_t)interval->micros);
    put_32(out, (uint32_t)interval->days);
    put_32(out, (uint32_t)interval->months);
}

/* ---- fields ---- */

static Cells
cells_of(const DuckApi *api, duckdb_vector vector)
{
    return (Cells){api, vector, api->vector_get_data(vector), api->vector_get_validity(vector)};
}

static bool
is_null(const Cells *cells, idx_t row)
{
    return cells->validity != NULL && !cells->api->validity_row_is_valid(cells->validity, row);
}

/** PostgreSQL's text has no NUL. */
static int
put_text(const DuckReader *reader, const WireField *field, const Cells *cells, idx_t row, Str *out,
         Error *reterr)
{
    duckdb_string_t *text = &((duckdb_string_t *)(uintptr_t)cells->data)[row];
    const char *bytes = cells->api->string_t_data(text);
    uint32_t length = cells->api->string_t_length(*text);
    if (field->id == DUCKDB_TYPE_VARCHAR && memchr(bytes, '\0', length) != NULL) {
        store_load_error(reterr, (uint64_t)reader->n_rows + 1, field->name,
                         "holds a NUL character, which text can't have there", bytes);
        return -1;
    }
    put_32(out, length);
    str_append_n(out, bytes, length);
    return 0;
}

static int put_list(const DuckReader *reader, const WireField *field, const Cells *cells, idx_t row,
                    Str *out, Error *reterr);

static int
put_field(const DuckReader *reader, const WireField *field, const Cells *cells, idx_t row, Str *out,
          Error *reterr)
{
    const void *data = cells->data;
    if (is_null(cells, row)) {
        put_32(out, UINT32_MAX);
        return 0;
    }
    switch (field->id) {
    case DUCKDB_TYPE_BOOLEAN:
        put_32(out, 1);
        str_append_char(out, ((const bool *)data)[row] ? 1 : 0);
        return 0;
    case DUCKDB_TYPE_SMALLINT:
        put_32(out, 2);
        put_16(out, (uint16_t)((const int16_t *)data)[row]);
        return 0;
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_FLOAT: field_32(out, ((const uint32_t *)data)[row]); return 0;
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_TIME: field_64(out, ((const uint64_t *)data)[row]); return 0;
    case DUCKDB_TYPE_DECIMAL: put_decimal(out, field, data, row); return 0;
    case DUCKDB_TYPE_HUGEINT: {
        const duckdb_hugeint *wide = &((const duckdb_hugeint *)data)[row];
        put_signed(out, wide->lower, wide->upper, 0);
        return 0;
    }
    case DUCKDB_TYPE_UHUGEINT: {
        const duckdb_uhugeint *wide = &((const duckdb_uhugeint *)data)[row];
        put_numeric(out, false, (WireMagnitude)wide->upper << 64 | wide->lower, 0);
        return 0;
    }
    case DUCKDB_TYPE_UUID: { /* kept with its first bit turned, so that it sorts as a number */
        const duckdb_hugeint *wide = &((const duckdb_hugeint *)data)[row];
        put_32(out, 16);
        put_64(out, (uint64_t)wide->upper ^ (UINT64_C(1) << 63));
        put_64(out, wide->lower);
        return 0;
    }
    case DUCKDB_TYPE_DATE: put_date(out, ((const int32_t *)data)[row]); return 0;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ: put_timestamp(out, ((const int64_t *)data)[row]); return 0;
    case DUCKDB_TYPE_TIME_TZ: put_time_tz(out, ((const uint64_t *)data)[row]); return 0;
    case DUCKDB_TYPE_INTERVAL: put_interval(out, &((const duckdb_interval *)data)[row]); return 0;
    case DUCKDB_TYPE_LIST: return put_list(reader, field, cells, row, out, reterr);
    default: return put_text(reader, field, cells, row, out, reterr);
    }
}

/** array_send(): number of dimensions, whether there are NULLs, the elements' type, length and
 * lower bound of each dimension, the elements. */
static int
put_list(const DuckReader *reader, const WireField *field, const Cells *cells, idx_t row, Str *out,
         Error *reterr)
{
    const duckdb_list_entry *entry = &((const duckdb_list_entry *)cells->data)[row];
    Cells elements = cells_of(cells->api, cells->api->list_vector_get_child(cells->vector));
    size_t start = out->length;
    bool has_null = false;
    for (idx_t i = 0; i < entry->length; i++) {
        has_null = has_null || is_null(&elements, entry->offset + i);
    }
    put_32(out, 0); /* the length, which is known at the end */
    put_32(out, entry->length > 0 ? 1 : 0);
    put_32(out, has_null ? 1 : 0);
    put_32(out, wire_element_oid(field->child));
    if (entry->length > 0) {
        put_32(out, (uint32_t)entry->length);
        put_32(out, 1);
    }
    for (idx_t i = 0; i < entry->length; i++) {
        if (put_field(reader, field->child, &elements, entry->offset + i, out, reterr) < 0) {
            return -1;
        }
    }
    Str length = {0};
    put_32(&length, (uint32_t)(out->length - start - 4));
    memcpy(out->data + start, length.data, 4);
    str_deinit(&length);
    return 0;
}

/* ---- rows ---- */

static int
put_chunk(DuckReader *reader, duckdb_data_chunk chunk, Error *reterr)
{
    const DuckApi *api = duck_store(reader->base.store)->api;
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    Cells *cells = ARENA_ARRAY(scratch, Cells, reader->n_fields + 1);
    idx_t n_rows = api->data_chunk_get_size(chunk);
    for (size_t i = 0; i < reader->n_fields; i++) {
        cells[i] = cells_of(api, api->data_chunk_get_vector(chunk, i));
    }
    for (idx_t row = 0; row < n_rows; row++) {
        put_16(&reader->block, (unsigned)reader->n_fields);
        for (size_t i = 0; i < reader->n_fields; i++) {
            if (put_field(reader, &reader->fields[i], &cells[i], row, &reader->block, reterr) < 0) {
                return -1;
            }
        }
        reader->n_rows++;
    }
    return 0;
}

int
duck_read_block(StoreReader *base, const char **ret_bytes, size_t *ret_length, Error *reterr)
{
    DuckReader *reader = (DuckReader *)base;
    DuckStore *duck = duck_store(base->store);
    int status = 0;
    str_clear(&reader->block);
    while (status == 0 && reader->block.length < BLOCK_BYTES) {
        if (atomic_load(&duck->canceled)) {
            return store_interrupted(reterr);
        }
        duckdb_data_chunk chunk = duck->api->fetch_chunk(reader->result);
        if (chunk == NULL) {
            const char *message = duck->api->result_error(&reader->result);
            status = message != NULL ? duck_fail(duck, NULL, message, reterr) : 0;
            break;
        }
        status = put_chunk(reader, chunk, reterr);
        duck->api->destroy_data_chunk(&chunk);
    }
    *ret_bytes = str_text(&reader->block);
    *ret_length = reader->block.length;
    return status;
}

static int
take_fields(DuckReader *reader, Error *reterr)
{
    const DuckApi *api = duck_store(reader->base.store)->api;
    reader->n_fields = api->column_count(&reader->result);
    reader->fields = ARENA_ARRAY(reader->arena, WireField, reader->n_fields + 1);
    for (size_t i = 0; i < reader->n_fields; i++) {
        duckdb_logical_type type = api->column_logical_type(&reader->result, i);
        const char *name = arena_strdup(reader->arena, api->column_name(&reader->result, i));
        int status = wire_field_of(api, type, name, reader->arena, &reader->fields[i]);
        api->destroy_logical_type(&type);
        if (status < 0) {
            return error_set(reterr, ERROR_UNSUPPORTED,
                             "column %s has a type that can't leave the database", name);
        }
    }
    return 0;
}

int
duck_read_begin(Store *store, const char *sql, StoreReader **ret_reader, Error *reterr)
{
    DuckStore *duck = duck_store(store);
    DuckReader *reader = memory_alloc(sizeof *reader);
    *reader = (DuckReader){.base.store = store, .arena = arena_new()};
    atomic_store(&duck->canceled, false);
    int status = 0;
    if (duck->api->prepare(duck->conn, sql, &reader->prepared) != DuckDBSuccess) {
        status = duck_fail(duck, sql, duck->api->prepare_error(reader->prepared), reterr);
    } else if (duck->api->execute_prepared_streaming(reader->prepared, &reader->result) !=
               DuckDBSuccess) {
        status = duck_fail(duck, sql, duck->api->result_error(&reader->result), reterr);
    } else {
        status = take_fields(reader, reterr);
    }
    if (status < 0) {
        duck_read_end(&reader->base);
        return status;
    }
    *ret_reader = &reader->base;
    return 0;
}

void
duck_read_end(StoreReader *base)
{
    DuckReader *reader = (DuckReader *)base;
    const DuckApi *api = duck_store(base->store)->api;
    api->destroy_result(&reader->result);
    api->destroy_prepare(&reader->prepared);
    str_deinit(&reader->block);
    arena_free(reader->arena);
    free(reader);
}
