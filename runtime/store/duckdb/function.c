/*
 * Functions that DuckDB is given. `pdc_hash(value, seed)` is PostgreSQL's hash (base/lookup3.h), of
 * bigint, varchar and double; NULL where one of its arguments is. They are made once per open
 * database, in its memory: nothing of them gets into a file.
 */
#include "runtime/base/lookup3.h"
#include "runtime/store/duckdb/duck.h"

#include <math.h>
#include <string.h>

/** One call: a chunk of rows. */
typedef struct HashCall HashCall;
struct HashCall {
    idx_t n_rows;
    const void *values;
    const int64_t *seeds;
    const uint64_t *valid; /* a bit a row, or NULL: all are */
    int64_t *hashes;
};

/**
 * Entries of rows that are NULL hold anything (those of a dictionary vector were never written), so
 * they are not to be looked at; DuckDB leaves that, and making the result NULL, to the function.
 */
static const uint64_t *
join_validity(const DuckApi *api, const HashCall *call, duckdb_vector values, duckdb_vector seeds,
              duckdb_vector output)
{
    const uint64_t *values_valid = api->vector_get_validity(values);
    const uint64_t *seeds_valid = api->vector_get_validity(seeds);
    if (!values_valid && !seeds_valid) {
        return NULL;
    }
    api->vector_ensure_validity_writable(output);
    uint64_t *valid = api->vector_get_validity(output);
    for (idx_t word = 0; word < (call->n_rows + 63) / 64; word++) {
        valid[word] = (values_valid ? values_valid[word] : UINT64_MAX) &
                      (seeds_valid ? seeds_valid[word] : UINT64_MAX);
    }
    return valid;
}

static HashCall
call_of(duckdb_data_chunk input, duckdb_vector output)
{
    const DuckApi *api = duck_library(NULL); /* loaded: it is what calls us */
    duckdb_vector values = api->data_chunk_get_vector(input, 0);
    duckdb_vector seeds = api->data_chunk_get_vector(input, 1);
    HashCall call = {
        .n_rows = api->data_chunk_get_size(input),
        .values = api->vector_get_data(values),
        .seeds = api->vector_get_data(seeds),
        .hashes = api->vector_get_data(output),
    };
    call.valid = join_validity(api, &call, values, seeds, output);
    return call;
}

static inline bool
is_valid(const HashCall *call, idx_t row)
{
    return !call->valid || (call->valid[row / 64] >> (row % 64) & 1) != 0;
}

static void
hash_integers(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    (void)info;
    HashCall call = call_of(input, output);
    const int64_t *numbers = call.values;
    for (idx_t row = 0; row < call.n_rows; row++) {
        if (is_valid(&call, row)) {
            call.hashes[row] = (int64_t)lookup3_hash_int64(numbers[row], (uint64_t)call.seeds[row]);
        }
    }
}

static void
hash_texts(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    (void)info;
    HashCall call = call_of(input, output);
    const duckdb_string_t *texts = call.values;
    for (idx_t row = 0; row < call.n_rows; row++) {
        if (is_valid(&call, row)) {
            const duckdb_string_t *text = &texts[row];
            uint32_t length = text->value.inlined.length;
            const char *bytes = length <= sizeof(text->value.inlined.inlined)
                                    ? text->value.inlined.inlined
                                    : text->value.pointer.ptr;
            call.hashes[row] =
                (int64_t)lookup3_hash_bytes(bytes, length, (uint64_t)call.seeds[row]);
        }
    }
}

void
duck_write_float_bits(double number, char ret_digits[16])
{
    static const char digits[] = "0123456789abcdef";
    uint64_t bits = UINT64_C(0x7ff8000000000000); /* NaN */
    if (!isnan(number)) {
        number += 0.0; /* -0.0 becomes 0.0 */
        memcpy(&bits, &number, sizeof(bits));
    }
    for (unsigned i = 0; i < 16; i++) {
        ret_digits[i] = digits[bits >> (60 - 4 * i) & 15];
    }
}

static void
hash_floats(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    (void)info;
    HashCall call = call_of(input, output);
    const double *numbers = call.values;
    for (idx_t row = 0; row < call.n_rows; row++) {
        if (is_valid(&call, row)) {
            char text[16];
            duck_write_float_bits(numbers[row], text);
            call.hashes[row] =
                (int64_t)lookup3_hash_bytes(text, sizeof(text), (uint64_t)call.seeds[row]);
        }
    }
}

static const struct {
    duckdb_type type;
    duckdb_scalar_function_t function;
} hashes[] = {
    {DUCKDB_TYPE_BIGINT, hash_integers},
    {DUCKDB_TYPE_VARCHAR, hash_texts},
    {DUCKDB_TYPE_DOUBLE, hash_floats},
};

/** `NAME(type, bigint) → bigint`. */
static duckdb_state
add_hash(const DuckApi *api, duckdb_scalar_function_set set, const char *name, size_t i)
{
    duckdb_logical_type value = api->create_logical_type(hashes[i].type);
    duckdb_logical_type number = api->create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_scalar_function function = api->create_scalar_function();
    api->scalar_function_set_name(function, name);
    api->scalar_function_add_parameter(function, value);
    api->scalar_function_add_parameter(function, number);
    api->scalar_function_set_return_type(function, number);
    api->scalar_function_set_function(function, hashes[i].function);
    duckdb_state state = api->add_scalar_function_to_set(set, function);
    api->destroy_scalar_function(&function);
    api->destroy_logical_type(&number);
    api->destroy_logical_type(&value);
    return state;
}

int
duck_register_functions(const DuckApi *api, duckdb_database database, Error *reterr)
{
    duckdb_connection conn = NULL;
    duckdb_state state = api->connect(database, &conn);
    duckdb_scalar_function_set set = api->create_scalar_function_set(DUCK_HASH);
    for (size_t i = 0; i < ARRAY_LENGTH(hashes) && state == DuckDBSuccess; i++) {
        state = add_hash(api, set, DUCK_HASH, i);
    }
    if (state == DuckDBSuccess) {
        state = api->register_scalar_function_set(conn, set);
    }
    api->destroy_scalar_function_set(&set);
    if (conn) {
        api->disconnect(&conn);
    }
    return state == DuckDBSuccess ? 0
                                  : error_set(reterr, ERROR_CONNECTION,
                                              "DuckDB can't be given the function " DUCK_HASH);
}
