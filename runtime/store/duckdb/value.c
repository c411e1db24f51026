/*
 * Cells as text. A vector's entry is made a duckdb_value, and DuckDB casts that to text: so every
 * type has DuckDB's own form. (The older duckdb_value_varchar() would be shorter, but crashes on
 * lists and structs.)
 */
#include "runtime/store/duckdb/duck.h"

#include <inttypes.h>

static duckdb_value make_value(const DuckApi *api, duckdb_vector vector, duckdb_logical_type type,
                               idx_t row);

static bool
is_null(const DuckApi *api, duckdb_vector vector, idx_t row)
{
    uint64_t *validity = api->vector_get_validity(vector);
    return validity && !api->validity_row_is_valid(validity, row);
}

/* ---- texts and bytes ---- */

static duckdb_value
make_from_bytes(const DuckApi *api, duckdb_vector vector, duckdb_type id, idx_t row)
{
    duckdb_string_t *entry = &((duckdb_string_t *)api->vector_get_data(vector))[row];
    const char *data = api->string_t_data(entry);
    uint32_t length = api->string_t_length(*entry);
    if (id == DUCKDB_TYPE_BLOB) {
        return api->create_blob((const uint8_t *)data, length);
    }
    if (id == DUCKDB_TYPE_BIT) {
        duckdb_bit bit = {.data = (uint8_t *)(uintptr_t)data, .size = length};
        return api->create_bit(bit);
    }
    return api->create_varchar_length(data, length);
}

/* ---- numbers that lie in several widths ---- */

static duckdb_value
make_decimal(const DuckApi *api, const void *data, duckdb_logical_type type, idx_t row)
{
    duckdb_decimal decimal = {.width = api->decimal_width(type), .scale = api->decimal_scale(type)};
    int64_t narrow = 0;
    switch (api->decimal_internal_type(type)) {
    case DUCKDB_TYPE_SMALLINT: narrow = ((const int16_t *)data)[row]; break;
    case DUCKDB_TYPE_INTEGER: narrow = ((const int32_t *)data)[row]; break;
    case DUCKDB_TYPE_BIGINT: narrow = ((const int64_t *)data)[row]; break;
    default:
        decimal.value = ((const duckdb_hugeint *)data)[row];
        return api->create_decimal(decimal);
    }
    decimal.value.lower = (uint64_t)narrow;
    decimal.value.upper = narrow < 0 ? -1 : 0;
    return api->create_decimal(decimal);
}

static duckdb_value
make_enum(const DuckApi *api, const void *data, duckdb_logical_type type, idx_t row)
{
    switch (api->enum_internal_type(type)) {
    case DUCKDB_TYPE_UTINYINT: return api->create_enum_value(type, ((const uint8_t *)data)[row]);
    case DUCKDB_TYPE_USMALLINT: return api->create_enum_value(type, ((const uint16_t *)data)[row]);
    default: return api->create_enum_value(type, ((const uint32_t *)data)[row]);
    }
}

/** A UUID lies as a number whose first bit is turned, so that it sorts. */
static duckdb_value
make_uuid(const DuckApi *api, const void *data, idx_t row)
{
    duckdb_hugeint entry = ((const duckdb_hugeint *)data)[row];
    duckdb_uhugeint uuid = {.lower = entry.lower,
                            .upper = (uint64_t)entry.upper ^ (UINT64_C(1) << 63)};
    return api->create_uuid(uuid);
}

/* ---- nested types ---- */

/** Values of entries [offset, offset + n) of a vector; some may be NULL pointers. */
static duckdb_value *
make_values(const DuckApi *api, duckdb_vector vector, duckdb_logical_type type, idx_t offset,
            idx_t n, Arena *arena)
{
    duckdb_value *values = ARENA_ARRAY(arena, duckdb_value, n);
    for (idx_t i = 0; i < n; i++) {
        values[i] = make_value(api, vector, type, offset + i);
    }
    return values;
}

static bool
all_made(const duckdb_value *values, idx_t n)
{
    for (idx_t i = 0; i < n; i++) {
        if (!values[i]) {
            return false;
        }
    }
    return true;
}

static void
destroy_values(const DuckApi *api, duckdb_value *values, idx_t n)
{
    for (idx_t i = 0; i < n; i++) {
        api->destroy_value(&values[i]);
    }
}

static duckdb_value
make_list(const DuckApi *api, duckdb_vector vector, duckdb_logical_type type, idx_t row,
          bool is_array)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    idx_t length = is_array ? api->array_type_array_size(type) : 0;
    duckdb_list_entry entry = {.offset = row * length, .length = length};
    if (!is_array) {
        entry = ((duckdb_list_entry *)api->vector_get_data(vector))[row];
    }
    duckdb_vector child =
        is_array ? api->array_vector_get_child(vector) : api->list_vector_get_child(vector);
    duckdb_logical_type child_type =
        is_array ? api->array_type_child_type(type) : api->list_type_child_type(type);
    duckdb_value *values = make_values(api, child, child_type, entry.offset, entry.length, arena);
    duckdb_value list = NULL;
    if (all_made(values, entry.length)) {
        list = is_array ? api->create_array_value(child_type, values, entry.length)
                        : api->create_list_value(child_type, values, entry.length);
    }
    destroy_values(api, values, entry.length);
    api->destroy_logical_type(&child_type);
    return list;
}

static duckdb_value
make_struct(const DuckApi *api, duckdb_vector vector, duckdb_logical_type type, idx_t row)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    idx_t n = api->struct_type_child_count(type);
    duckdb_value *values = ARENA_ARRAY(arena, duckdb_value, n);
    for (idx_t i = 0; i < n; i++) {
        duckdb_logical_type child = api->struct_type_child_type(type, i);
        values[i] = make_value(api, api->struct_vector_get_child(vector, i), child, row);
        api->destroy_logical_type(&child);
    }
    duckdb_value made = all_made(values, n) ? api->create_struct_value(type, values) : NULL;
    destroy_values(api, values, n);
    return made;
}

/** A map is a list of structs of key and value. */
static duckdb_value
make_map(const DuckApi *api, duckdb_vector vector, duckdb_logical_type type, idx_t row)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    duckdb_list_entry entry = ((duckdb_list_entry *)api->vector_get_data(vector))[row];
    duckdb_vector pairs = api->list_vector_get_child(vector);
    duckdb_logical_type pair_type = api->vector_get_column_type(pairs);
    duckdb_value *parts[2] = {NULL, NULL};
    bool whole = true;
    for (idx_t i = 0; i < 2; i++) {
        duckdb_logical_type part_type = api->struct_type_child_type(pair_type, i);
        parts[i] = make_values(api, api->struct_vector_get_child(pairs, i), part_type, entry.offset,
                               entry.length, arena);
        whole = whole && all_made(parts[i], entry.length);
        api->destroy_logical_type(&part_type);
    }
    duckdb_value map = whole ? api->create_map_value(type, parts[0], parts[1], entry.length) : NULL;
    destroy_values(api, parts[0], entry.length);
    destroy_values(api, parts[1], entry.length);
    api->destroy_logical_type(&pair_type);
    return map;
}

/** A union is a struct whose first member says which of the others counts. */
static duckdb_value
make_union(const DuckApi *api, duckdb_vector vector, duckdb_logical_type type, idx_t row)
{
    duckdb_vector tags = api->struct_vector_get_child(vector, 0);
    uint8_t tag = ((uint8_t *)api->vector_get_data(tags))[row];
    if (tag >= api->union_type_member_count(type)) {
        return NULL;
    }
    duckdb_logical_type member_type = api->union_type_member_type(type, tag);
    duckdb_value member =
        make_value(api, api->struct_vector_get_child(vector, (idx_t)tag + 1), member_type, row);
    duckdb_value made = member ? api->create_union_value(type, tag, member) : NULL;
    api->destroy_value(&member);
    api->destroy_logical_type(&member_type);
    return made;
}

/* ---- one cell ---- */

/** @return a value that the caller destroys; NULL for a type that can't be made here */
static duckdb_value
make_value(const DuckApi *api, duckdb_vector vector, duckdb_logical_type type, idx_t row)
{
    if (is_null(api, vector, row)) {
        return api->create_null_value();
    }
    const void *data = api->vector_get_data(vector);
    duckdb_type id = api->get_type_id(type);
#define FIXED(c_type, create) return api->create(((const c_type *)data)[row])
    switch (id) {
    case DUCKDB_TYPE_BOOLEAN: FIXED(bool, create_bool);
    case DUCKDB_TYPE_TINYINT: FIXED(int8_t, create_int8);
    case DUCKDB_TYPE_SMALLINT: FIXED(int16_t, create_int16);
    case DUCKDB_TYPE_INTEGER: FIXED(int32_t, create_int32);
    case DUCKDB_TYPE_BIGINT: FIXED(int64_t, create_int64);
    case DUCKDB_TYPE_UTINYINT: FIXED(uint8_t, create_uint8);
    case DUCKDB_TYPE_USMALLINT: FIXED(uint16_t, create_uint16);
    case DUCKDB_TYPE_UINTEGER: FIXED(uint32_t, create_uint32);
    case DUCKDB_TYPE_UBIGINT: FIXED(uint64_t, create_uint64);
    case DUCKDB_TYPE_HUGEINT: FIXED(duckdb_hugeint, create_hugeint);
    case DUCKDB_TYPE_UHUGEINT: FIXED(duckdb_uhugeint, create_uhugeint);
    case DUCKDB_TYPE_FLOAT: FIXED(float, create_float);
    case DUCKDB_TYPE_DOUBLE: FIXED(double, create_double);
    case DUCKDB_TYPE_DATE: FIXED(duckdb_date, create_date);
    case DUCKDB_TYPE_TIME: FIXED(duckdb_time, create_time);
    case DUCKDB_TYPE_TIME_NS: FIXED(duckdb_time_ns, create_time_ns);
    case DUCKDB_TYPE_TIME_TZ: FIXED(duckdb_time_tz, create_time_tz_value);
    case DUCKDB_TYPE_TIMESTAMP: FIXED(duckdb_timestamp, create_timestamp);
    case DUCKDB_TYPE_TIMESTAMP_TZ: FIXED(duckdb_timestamp, create_timestamp_tz);
    case DUCKDB_TYPE_TIMESTAMP_S: FIXED(duckdb_timestamp_s, create_timestamp_s);
    case DUCKDB_TYPE_TIMESTAMP_MS: FIXED(duckdb_timestamp_ms, create_timestamp_ms);
    case DUCKDB_TYPE_TIMESTAMP_NS: FIXED(duckdb_timestamp_ns, create_timestamp_ns);
    case DUCKDB_TYPE_INTERVAL: FIXED(duckdb_interval, create_interval);
    case DUCKDB_TYPE_DECIMAL: return make_decimal(api, data, type, row);
    case DUCKDB_TYPE_ENUM: return make_enum(api, data, type, row);
    case DUCKDB_TYPE_UUID: return make_uuid(api, data, row);
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_BLOB:
    case DUCKDB_TYPE_BIT: return make_from_bytes(api, vector, id, row);
    case DUCKDB_TYPE_LIST: return make_list(api, vector, type, row, false);
    case DUCKDB_TYPE_ARRAY: return make_list(api, vector, type, row, true);
    case DUCKDB_TYPE_STRUCT: return make_struct(api, vector, type, row);
    case DUCKDB_TYPE_MAP: return make_map(api, vector, type, row);
    case DUCKDB_TYPE_UNION: return make_union(api, vector, type, row);
    case DUCKDB_TYPE_SQLNULL: return api->create_null_value();
    default: return NULL;
    }
#undef FIXED
}

static int
text_of_value(const DuckApi *api, duckdb_vector vector, duckdb_logical_type type, idx_t row,
              Arena *arena, const char **ret_text, Error *reterr)
{
    duckdb_value value = make_value(api, vector, type, row);
    char *text = value ? api->get_varchar(value) : NULL;
    if (text) {
        *ret_text = arena_strdup(arena, text);
    }
    int status = text ? 0 : -1;
    api->free(text);
    api->destroy_value(&value);
    if (status != 0) {
        error_set(reterr, ERROR_UNSUPPORTED, "DuckDB's type number %d can't be shown",
                  (int)api->get_type_id(type));
        error_set_hint(reterr, "cast the column to varchar");
    }
    return status;
}

int
duck_cell_text(const DuckApi *api, duckdb_vector vector, duckdb_logical_type type, idx_t row,
               Arena *arena, const char **ret_text, Error *reterr)
{
    *ret_text = NULL;
    if (is_null(api, vector, row)) {
        return 0;
    }
    const void *data = api->vector_get_data(vector);
    switch (api->get_type_id(type)) { /* short ways for what is frequent */
    case DUCKDB_TYPE_VARCHAR: {
        duckdb_string_t *entry = &((duckdb_string_t *)api->vector_get_data(vector))[row];
        *ret_text = arena_strndup(arena, api->string_t_data(entry), api->string_t_length(*entry));
        return 0;
    }
    case DUCKDB_TYPE_BIGINT:
        *ret_text = arena_printf(arena, "%" PRId64, ((const int64_t *)data)[row]);
        return 0;
    case DUCKDB_TYPE_SQLNULL: return 0;
    default: return text_of_value(api, vector, type, row, arena, ret_text, reterr);
    }
}
