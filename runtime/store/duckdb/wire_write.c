/* Rows of PostgreSQL's binary COPY format into the appender, a chunk at a time. Every length is
 * checked: what arrives was made elsewhere. */
#include "runtime/base/memory.h"
#include "runtime/base/str.h"
#include "runtime/base/utf8.h"
#include "runtime/store/duckdb/wire_priv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct DuckWriter DuckWriter;
struct DuckWriter {
    StoreWriter base;
    Arena *arena;
    duckdb_appender appender;
    duckdb_data_chunk chunk;
    WireField *fields;
    size_t n_fields;
    idx_t n_pending; /* rows in the chunk */
    idx_t capacity;
    int64_t n_rows; /* all so far */
};

/** What is left of a row's bytes. */
typedef struct Bytes Bytes;
struct Bytes {
    const unsigned char *at;
    size_t length;
    bool is_short; /* more was asked for than there is */
};

/** Where a value goes. */
typedef struct Slot Slot;
struct Slot {
    DuckWriter *writer;
    const WireField *field;
    duckdb_vector vector;
    void *data;
    idx_t row;
    const char *problem; /* why the value can't be taken */
};

/* ---- bytes ---- */

static uint64_t
take_number(Bytes *bytes, size_t n)
{
    uint64_t number = 0;
    if (bytes->length < n) {
        bytes->is_short = true;
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        number = number << 8 | bytes->at[i];
    }
    bytes->at += n;
    bytes->length -= n;
    return number;
}

static uint16_t
take_16(Bytes *bytes)
{
    return (uint16_t)take_number(bytes, 2);
}

static uint32_t
take_32(Bytes *bytes)
{
    return (uint32_t)take_number(bytes, 4);
}

static uint64_t
take_64(Bytes *bytes)
{
    return take_number(bytes, 8);
}

/** A field's content; `ret_null` where it has none. */
static Bytes
take_field(Bytes *bytes, bool *ret_null)
{
    uint32_t length = take_32(bytes);
    Bytes field = {.at = bytes->at};
    *ret_null = length == UINT32_MAX;
    if (*ret_null || bytes->is_short) {
        return field;
    }
    if (length > bytes->length) {
        bytes->is_short = true;
        return field;
    }
    field.length = length;
    bytes->at += length;
    bytes->length -= length;
    return field;
}

/* ---- decimals ---- */

/** Adds `digit` · 10^`power`. @return false where that has places that the type has not, or is too
 * large for it */
static bool
add_group(WireMagnitude *sum, unsigned digit, int power, WireMagnitude limit)
{
    WireMagnitude value = digit;
    for (; power < 0 && value > 0; power++) {
        if (value % 10 != 0) {
            return false;
        }
        value /= 10;
    }
    for (; power > 0 && value > 0; power--) {
        if (value > limit / 10) {
            return false;
        }
        value *= 10;
    }
    *sum += value;
    return *sum < limit;
}

static WireMagnitude
power_of_ten(unsigned n)
{
    WireMagnitude power = 1;
    while (n-- > 0) {
        power *= 10;
    }
    return power;
}

/** numeric_recv(): see put_numeric() in wire_read.c. */
static WireMagnitude
take_numeric(Slot *slot, Bytes *bytes, bool *ret_negative)
{
    unsigned n_groups = take_16(bytes);
    int weight = (int16_t)take_16(bytes);
    unsigned sign = take_16(bytes);
    WireMagnitude sum = 0;
    take_16(bytes); /* how many places are shown */
    *ret_negative = sign == WIRE_NEGATIVE;
    if (sign != WIRE_NEGATIVE && sign != WIRE_POSITIVE) {
        slot->problem = "is NaN or infinite, which DECIMAL can't hold";
        return 0;
    }
    WireMagnitude limit = power_of_ten(slot->field->width);
    for (unsigned i = 0; i < n_groups && !bytes->is_short; i++) {
        unsigned digit = take_16(bytes);
        int power = 4 * (weight - (int)i) + (int)slot->field->scale;
        if (digit >= WIRE_NUMERIC_BASE || !add_group(&sum, digit, power, limit)) {
            slot->problem = "has more digits than its DECIMAL: give the column a contract, or "
                            "cast it with a mask";
            return 0;
        }
    }
    return sum;
}

static void
set_decimal(Slot *slot, Bytes *bytes)
{
    bool is_negative;
    WireMagnitude magnitude = take_numeric(slot, bytes, &is_negative);
    WireMagnitude value = is_negative ? 0 - magnitude : magnitude;
    switch (slot->field->stored) {
    case DUCKDB_TYPE_SMALLINT: ((int16_t *)slot->data)[slot->row] = (int16_t)value; break;
    case DUCKDB_TYPE_INTEGER: ((int32_t *)slot->data)[slot->row] = (int32_t)value; break;
    case DUCKDB_TYPE_BIGINT: ((int64_t *)slot->data)[slot->row] = (int64_t)value; break;
    default:
        ((duckdb_hugeint *)slot->data)[slot->row] =
            (duckdb_hugeint){.lower = (uint64_t)value, .upper = (int64_t)(value >> 64)};
    }
}

/* ---- times ---- */

static void
set_date(Slot *slot, Bytes *bytes)
{
    int32_t days = (int32_t)take_32(bytes);
    int64_t moved = days == INT32_MAX   ? INT32_MAX
                    : days == INT32_MIN ? -INT32_MAX
                                        : (int64_t)days + WIRE_EPOCH_DAYS;
    ((int32_t *)slot->data)[slot->row] = (int32_t)moved;
}

/** DuckDB's years end some decades before PostgreSQL's. */
static void
set_timestamp(Slot *slot, Bytes *bytes)
{
    int64_t us = (int64_t)take_64(bytes);
    bool is_infinite = us == INT64_MAX || us == INT64_MIN;
    if (!is_infinite && us >= INT64_MAX - WIRE_EPOCH_US) {
        slot->problem = "is later than TIMESTAMP can say";
        return;
    }
    ((int64_t *)slot->data)[slot->row] = us == INT64_MAX   ? INT64_MAX
                                         : us == INT64_MIN ? -INT64_MAX
                                                           : us + WIRE_EPOCH_US;
}

static void
set_time_tz(Slot *slot, Bytes *bytes)
{
    uint64_t us = take_64(bytes);
    int32_t offset = -(int32_t)take_32(bytes);
    ((uint64_t *)slot->data)[slot->row] =
        us << WIRE_OFFSET_BITS | (uint64_t)(WIRE_MAX_OFFSET_S - offset);
}

static void
set_interval(Slot *slot, Bytes *bytes)
{
    duckdb_interval interval = {.micros = (int64_t)take_64(bytes)};
    interval.days = (int32_t)take_32(bytes);
    interval.months = (int32_t)take_32(bytes);
    ((duckdb_interval *)slot->data)[slot->row] = interval;
}

/* ---- fields ---- */

static void
set_uuid(Slot *slot, Bytes *bytes)
{
    duckdb_hugeint wide = {.upper = (int64_t)(take_64(bytes) ^ (UINT64_C(1) << 63))};
    wide.lower = take_64(bytes);
    ((duckdb_hugeint *)slot->data)[slot->row] = wide;
}

/** In a database without an encoding, text may be any bytes. */
static void
set_text(Slot *slot, Bytes *bytes)
{
    const DuckApi *api = duck_store(slot->writer->base.store)->api;
    const char *text = (const char *)bytes->at;
    bool is_text = slot->field->id == DUCKDB_TYPE_VARCHAR;
    if (is_text && utf8_first_invalid(text, bytes->length) < bytes->length) {
        slot->problem = "is not UTF-8";
        return;
    }
    api->vector_assign_string_element_len(slot->vector, slot->row, text, bytes->length);
    bytes->length = 0;
}

static void set_list(Slot *slot, Bytes *bytes);

static void
set_field(Slot *slot, Bytes *bytes)
{
    void *data = slot->data;
    switch (slot->field->id) {
    case DUCKDB_TYPE_BOOLEAN: ((bool *)data)[slot->row] = take_number(bytes, 1) != 0; break;
    case DUCKDB_TYPE_SMALLINT: ((uint16_t *)data)[slot->row] = take_16(bytes); break;
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_FLOAT: ((uint32_t *)data)[slot->row] = take_32(bytes); break;
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_TIME: ((uint64_t *)data)[slot->row] = take_64(bytes); break;
    case DUCKDB_TYPE_DECIMAL: set_decimal(slot, bytes); break;
    case DUCKDB_TYPE_UUID: set_uuid(slot, bytes); break;
    case DUCKDB_TYPE_DATE: set_date(slot, bytes); break;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ: set_timestamp(slot, bytes); break;
    case DUCKDB_TYPE_TIME_TZ: set_time_tz(slot, bytes); break;
    case DUCKDB_TYPE_INTERVAL: set_interval(slot, bytes); break;
    case DUCKDB_TYPE_LIST: set_list(slot, bytes); break;
    default: set_text(slot, bytes);
    }
    if (slot->problem == NULL && (bytes->is_short || bytes->length > 0)) {
        slot->problem = "has not the length of its type";
    }
}

static void
set_null(const DuckApi *api, duckdb_vector vector, idx_t row)
{
    api->vector_ensure_validity_writable(vector);
    api->validity_set_row_invalid(api->vector_get_validity(vector), row);
}

/** array_recv(): see put_list() in wire_read.c. The elements of all lists of a chunk lie in one
 * vector. */
static void
set_list(Slot *slot, Bytes *bytes)
{
    const DuckApi *api = duck_store(slot->writer->base.store)->api;
    uint32_t n_dimensions = take_32(bytes);
    take_32(bytes); /* whether there are NULLs */
    take_32(bytes); /* the elements' type */
    uint32_t n = n_dimensions == 1 ? take_32(bytes) : 0;
    idx_t start = api->list_vector_get_size(slot->vector);
    if (n_dimensions > 1 || n > bytes->length) {
        slot->problem = "has more than one dimension";
        return;
    }
    if (n_dimensions == 1) {
        take_32(bytes); /* the first index */
    }
    (void)api->list_vector_reserve(slot->vector, start + n);
    (void)api->list_vector_set_size(slot->vector, start + n);
    Slot element = {.writer = slot->writer, .field = slot->field->child};
    element.vector = api->list_vector_get_child(slot->vector);
    element.data = api->vector_get_data(element.vector);
    for (element.row = start; element.row < start + n && slot->problem == NULL; element.row++) {
        bool is_null;
        Bytes content = take_field(bytes, &is_null);
        if (is_null || bytes->is_short) {
            set_null(api, element.vector, element.row);
        } else {
            set_field(&element, &content);
            slot->problem = element.problem;
        }
    }
    ((duckdb_list_entry *)slot->data)[slot->row] =
        (duckdb_list_entry){.offset = start, .length = n};
}

/* ---- rows ---- */

static int
appender_failed(DuckWriter *writer, Error *reterr)
{
    DuckStore *duck = duck_store(writer->base.store);
    duckdb_error_data data = duck->api->appender_error_data(writer->appender);
    int status = duck_fail(duck, NULL, duck->api->error_data_message(data), reterr);
    duck->api->destroy_error_data(&data);
    return status;
}

static int
append_chunk(DuckWriter *writer, Error *reterr)
{
    const DuckStore *duck = duck_store(writer->base.store);
    if (writer->n_pending == 0) {
        return 0;
    }
    if (atomic_load(&duck->canceled)) {
        return store_interrupted(reterr);
    }
    duck->api->data_chunk_set_size(writer->chunk, writer->n_pending);
    if (duck->api->append_data_chunk(writer->appender, writer->chunk) != DuckDBSuccess) {
        return appender_failed(writer, reterr);
    }
    writer->n_pending = 0;
    duck->api->data_chunk_reset(writer->chunk);
    return 0;
}

static int
field_failed(const DuckWriter *writer, const WireField *field, const char *problem, Error *reterr)
{
    return error_set(reterr, ERROR_DATA, "row %" PRId64 ", column \"%s\": the value %s",
                     writer->n_rows + 1, field->name, problem);
}

static int
take_row(DuckWriter *writer, Bytes *bytes, Error *reterr)
{
    const DuckApi *api = duck_store(writer->base.store)->api;
    unsigned n = take_16(bytes);
    if (n != writer->n_fields) {
        return error_set(reterr, ERROR_DATA, "a row has %u fields, its table %zu columns", n,
                         writer->n_fields);
    }
    for (size_t i = 0; i < writer->n_fields; i++) {
        bool is_null;
        Bytes content = take_field(bytes, &is_null);
        Slot slot = {.writer = writer,
                     .field = &writer->fields[i],
                     .vector = api->data_chunk_get_vector(writer->chunk, i),
                     .row = writer->n_pending};
        slot.data = api->vector_get_data(slot.vector);
        if (bytes->is_short) {
            return error_set(reterr, ERROR_DATA, "a row is cut off");
        }
        if (is_null) {
            set_null(api, slot.vector, slot.row);
        } else {
            set_field(&slot, &content);
        }
        if (slot.problem != NULL) {
            return field_failed(writer, slot.field, slot.problem, reterr);
        }
    }
    writer->n_rows++;
    writer->n_pending++;
    return writer->n_pending < writer->capacity ? 0 : append_chunk(writer, reterr);
}

int
duck_write_block(StoreWriter *base, const char *bytes, size_t length, Error *reterr)
{
    DuckWriter *writer = (DuckWriter *)base;
    Bytes rest = {.at = (const unsigned char *)bytes, .length = length};
    int status = 0;
    while (status == 0 && rest.length > 0) {
        status = take_row(writer, &rest, reterr);
    }
    return status;
}

/* ---- begin and end ---- */

static void
free_writer(DuckWriter *writer)
{
    const DuckApi *api = duck_store(writer->base.store)->api;
    api->destroy_data_chunk(&writer->chunk);
    (void)api->appender_destroy(&writer->appender);
    arena_free(writer->arena);
    free(writer);
}

/** Fields and a chunk of the table's types. */
static int
make_chunk(DuckWriter *writer, const StoreColumn *columns, Error *reterr)
{
    const DuckApi *api = duck_store(writer->base.store)->api;
    size_t n = writer->n_fields;
    duckdb_logical_type *types = ARENA_ARRAY(writer->arena, duckdb_logical_type, n + 1);
    int status = 0;
    writer->fields = ARENA_ARRAY(writer->arena, WireField, n + 1);
    for (size_t i = 0; i < n; i++) {
        types[i] = api->appender_column_type(writer->appender, i);
        if (wire_field_of(api, types[i], columns[i].name, writer->arena, &writer->fields[i]) < 0) {
            status = store_no_counterpart(columns[i].sql_type, reterr);
        }
    }
    writer->chunk = api->create_data_chunk(types, n);
    writer->capacity = api->vector_size();
    for (size_t i = 0; i < n; i++) {
        api->destroy_logical_type(&types[i]);
    }
    return status;
}

int
duck_write_begin(Store *store, const char *schema, const char *table, StoreWriter **ret_writer,
                 Error *reterr)
{
    DuckStore *duck = duck_store(store);
    StoreColumn *columns = NULL;
    DuckWriter *writer = memory_alloc(sizeof *writer);
    *writer = (DuckWriter){.base.store = store, .arena = arena_new()};
    atomic_store(&duck->canceled, false);
    int status =
        duck_columns(store, schema, table, writer->arena, &columns, &writer->n_fields, reterr);
    if (status == 0 &&
        duck->api->appender_create(duck->conn, schema, table, &writer->appender) != DuckDBSuccess) {
        status = appender_failed(writer, reterr);
    }
    status = status == 0 ? make_chunk(writer, columns, reterr) : status;
    if (status != 0) {
        free_writer(writer);
        return status;
    }
    *ret_writer = &writer->base;
    return 0;
}

int
duck_write_end(StoreWriter *base, int64_t *ret_rows, Error *reterr)
{
    DuckWriter *writer = (DuckWriter *)base;
    const DuckApi *api = duck_store(base->store)->api;
    int status = append_chunk(writer, reterr);
    if (status == 0 && api->appender_close(writer->appender) != DuckDBSuccess) {
        status = appender_failed(writer, reterr);
    }
    *ret_rows = writer->n_rows;
    free_writer(writer);
    return status;
}

void
duck_write_cancel(StoreWriter *base)
{
    free_writer((DuckWriter *)base);
}
