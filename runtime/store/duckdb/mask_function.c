/*
 * The functions that mask, of DuckDB: what mask.h and fake.h say, for chunks of rows. NULL gives
 * NULL. Their key lies with the database in memory; without it they fail, whoever calls them.
 */
#include "runtime/base/vec.h"
#include "runtime/store/duckdb/duck.h"

/** One call: a chunk of rows. */
typedef struct MaskCall MaskCall;
struct MaskCall {
    const DuckApi *api;
    const MaskKey *key;
    idx_t n_rows;
    duckdb_vector values;
    duckdb_vector output;
};

/** @return whether there is a key */
static bool
begin(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output, MaskCall *ret_call)
{
    const DuckApi *api = duck_library(NULL); /* loaded: it is what calls us */
    const DuckDatabase *database = api->scalar_function_get_extra_info(info);
    *ret_call = (MaskCall){.api = api,
                           .key = duck_database_mask_key(database),
                           .n_rows = api->data_chunk_get_size(input),
                           .values = api->data_chunk_get_vector(input, 0),
                           .output = output};
    if (ret_call->key == NULL) {
        api->scalar_function_set_error(info, "masks have their key only while a copy is made");
    }
    return ret_call->key != NULL;
}

/** Entries of NULL rows hold anything, and aren't looked at. @return whether there is a value */
static bool
has_value(const MaskCall *call, idx_t row)
{
    uint64_t *valid = call->api->vector_get_validity(call->values);
    if (!valid || call->api->validity_row_is_valid(valid, row)) {
        return true;
    }
    call->api->vector_ensure_validity_writable(call->output);
    call->api->validity_set_row_invalid(call->api->vector_get_validity(call->output), row);
    return false;
}

static const char *
text_at(const MaskCall *call, idx_t row, size_t *ret_length)
{
    duckdb_string_t *texts = call->api->vector_get_data(call->values);
    *ret_length = call->api->string_t_length(texts[row]);
    return call->api->string_t_data(&texts[row]);
}

/** What is made of a text: appended to `made`. */
typedef void (*MakeText)(const MaskKey *key, const char *text, size_t n, Str *made);

static void
make_texts(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output, MakeText make)
{
    MaskCall call;
    CLEANUP(str_deinit) Str made = {0};
    if (!begin(info, input, output, &call)) {
        return;
    }
    for (idx_t row = 0; row < call.n_rows; row++) {
        if (has_value(&call, row)) {
            size_t length;
            const char *text = text_at(&call, row, &length);
            str_clear(&made);
            make(call.key, text, length, &made);
            call.api->vector_assign_string_element_len(output, row, str_text(&made), made.length);
        }
    }
}

static void
append_digits(const uint8_t digest[SHA256_BYTES], Str *made)
{
    char digits[2 * SHA256_BYTES];
    sha256_hex(digest, SHA256_BYTES, digits);
    str_append_n(made, digits, sizeof(digits));
}

static void
make_hash(const MaskKey *key, const char *text, size_t n, Str *made)
{
    uint8_t digest[SHA256_BYTES];
    hmac_digest(&key->hash, text, n, digest);
    append_digits(digest, made);
}

static void
make_hex(const MaskKey *key, const char *text, size_t n, Str *made)
{
    uint8_t digest[SHA256_BYTES];
    fake_digest(key, FAKE_OF_OTHERS, 0, text, n, digest);
    append_digits(digest, made);
}

/* ---- what DuckDB calls ---- */

static void
hash_texts(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    make_texts(info, input, output, make_hash);
}

static void
fake_texts(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    make_texts(info, input, output, fake_text);
}

static void
fake_decimals(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    make_texts(info, input, output, fake_decimal);
}

static void
draw_hex(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    make_texts(info, input, output, make_hex);
}

static void
hash_floats(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    MaskCall call;
    CLEANUP(str_deinit) Str made = {0};
    if (!begin(info, input, output, &call)) {
        return;
    }
    const double *numbers = call.api->vector_get_data(call.values);
    for (idx_t row = 0; row < call.n_rows; row++) {
        if (has_value(&call, row)) {
            char bits[16];
            duck_write_float_bits(numbers[row], bits);
            str_clear(&made);
            make_hash(call.key, bits, sizeof(bits), &made);
            call.api->vector_assign_string_element_len(output, row, str_text(&made), made.length);
        }
    }
}

static void
fake_integers(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    MaskCall call;
    if (!begin(info, input, output, &call)) {
        return;
    }
    const int64_t *numbers = call.api->vector_get_data(call.values);
    int64_t *faked = call.api->vector_get_data(output);
    for (idx_t row = 0; row < call.n_rows; row++) {
        if (has_value(&call, row)) {
            faked[row] = fake_integer(call.key, numbers[row]);
        }
    }
}

static void
draw_numbers(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    MaskCall call;
    if (!begin(info, input, output, &call)) {
        return;
    }
    int64_t *drawn = call.api->vector_get_data(output);
    for (idx_t row = 0; row < call.n_rows; row++) {
        if (has_value(&call, row)) {
            size_t length;
            const char *text = text_at(&call, row, &length);
            drawn[row] = fake_number(call.key, text, length);
        }
    }
}

/* ---- registration ---- */

typedef struct MaskFunction MaskFunction;
struct MaskFunction {
    const char *name;
    duckdb_type from;
    duckdb_type to;
    duckdb_scalar_function_t function;
};

/* Those of one name stand together. */
static const MaskFunction functions[] = {
    {DUCK_MASK_HASH, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR, hash_texts},
    {DUCK_MASK_HASH, DUCKDB_TYPE_DOUBLE, DUCKDB_TYPE_VARCHAR, hash_floats},
    {DUCK_FAKE, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR, fake_texts},
    {DUCK_FAKE, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_BIGINT, fake_integers},
    {DUCK_FAKE_DECIMAL, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR, fake_decimals},
    {DUCK_FAKE_NUMBER, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_BIGINT, draw_numbers},
    {DUCK_FAKE_HEX, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR, draw_hex},
};

static duckdb_state
add_function(const DuckApi *api, DuckDatabase *database, duckdb_scalar_function_set set,
             const MaskFunction *wanted)
{
    duckdb_logical_type from = api->create_logical_type(wanted->from);
    duckdb_logical_type to = api->create_logical_type(wanted->to);
    duckdb_scalar_function function = api->create_scalar_function();
    api->scalar_function_set_name(function, wanted->name);
    api->scalar_function_add_parameter(function, from);
    api->scalar_function_set_return_type(function, to);
    api->scalar_function_set_extra_info(function, database, NULL);
    api->scalar_function_set_function(function, wanted->function);
    duckdb_state state = api->add_scalar_function_to_set(set, function);
    api->destroy_scalar_function(&function);
    api->destroy_logical_type(&to);
    api->destroy_logical_type(&from);
    return state;
}

/** Registers the functions of one name. @return the number of them, or 0 */
static size_t
add_name(const DuckApi *api, DuckDatabase *database, duckdb_connection conn, size_t first)
{
    const char *name = functions[first].name;
    duckdb_scalar_function_set set = api->create_scalar_function_set(name);
    duckdb_state state = DuckDBSuccess;
    size_t n = 0;
    while (state == DuckDBSuccess && first + n < ARRAY_LENGTH(functions) &&
           text_equal(functions[first + n].name, name)) {
        state = add_function(api, database, set, &functions[first + n]);
        n++;
    }
    if (state == DuckDBSuccess) {
        state = api->register_scalar_function_set(conn, set);
    }
    api->destroy_scalar_function_set(&set);
    return state == DuckDBSuccess ? n : 0;
}

int
duck_register_masks(const DuckApi *api, DuckDatabase *database, Error *reterr)
{
    duckdb_connection conn = NULL;
    size_t n = api->connect(duck_database_handle(database), &conn) == DuckDBSuccess ? 1 : 0;
    for (size_t i = 0; n > 0 && i < ARRAY_LENGTH(functions); i += n) {
        n = add_name(api, database, conn, i);
    }
    if (conn) {
        api->disconnect(&conn);
    }
    return n > 0 ? 0
                 : error_set(reterr, ERROR_CONNECTION,
                             "DuckDB can't be given the functions of masks");
}
