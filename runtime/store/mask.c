#include "runtime/store/mask.h"

#include "runtime/store/fake.h"
#include "runtime/store/sql_text.h"
#include "runtime/store/store_priv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HASH_DIGITS = 2 * SHA256_BYTES };

/* ---- the key ---- */

int
store_check_mask_key(const Secret *key, Error *reterr)
{
    size_t n = key != NULL ? strlen(secret_reveal(key)) : 0;
    if (n >= MASK_KEY_BYTES) {
        return 0;
    }
    if (n == 0) {
        error_set(reterr, ERROR_CONFIG, "there is no `masking_key`");
    } else {
        error_set(reterr, ERROR_CONFIG,
                  "`masking_key` has %zu bytes: so short a key can be found by trying", n);
    }
    error_set_hint(reterr, "take at least %d; `openssl rand -hex 32` makes a good one",
                   MASK_KEY_BYTES);
    return -1;
}

void
store_mask_key_id(const Secret *key, char ret_digits[MASK_ID_DIGITS + 1])
{
    /* No text begins with the byte 0xff, so that no hash of a value is the fingerprint. */
    static const char label[] = "\xff"
                                "pdc mask key id";
    const char *text = secret_reveal(key);
    uint8_t digest[SHA256_BYTES];
    HmacKey hmac;
    hmac_key_init(&hmac, text, strlen(text));
    hmac_digest(&hmac, label, sizeof(label) - 1, digest);
    sha256_hex(digest, MASK_ID_DIGITS / 2, ret_digits);
    ret_digits[MASK_ID_DIGITS] = '\0';
}

int
store_set_mask_key(Store *store, const Secret *key, Error *reterr)
{
    if (!store->engine->set_mask_key) {
        return error_set(reterr, ERROR_UNSUPPORTED, "columns can't be masked in %s", store->place);
    }
    return store->engine->set_mask_key(store, key, reterr);
}

void
store_forget_mask_key(Store *store)
{
    if (store->engine->forget_mask_key) {
        store->engine->forget_mask_key(store);
    }
}

/* ---- types ---- */

static const char *const mask_words[] = {
    [STORE_MASK_HASH] = "hash", [STORE_MASK_FAKE] = "fake", [STORE_MASK_LISTED] = "hash"};

static const char *
type_for_people(const StoreColumn *column)
{
    return column->sql_type ? column->sql_type : store_key_type(column);
}

int
store_mask_refuse(StoreMask mask, const StoreColumn *column, Error *reterr)
{
    error_set(reterr, ERROR_UNSUPPORTED, "column \"%s\" of type %s can't be masked with %s",
              column->name, type_for_people(column), mask_words[mask]);
    error_set_hint(reterr,
                   mask != STORE_MASK_FAKE
                       ? "mask it with null, or with an expression: 'EXPR'"
                       : "what can be faked are texts, integers, decimals, dates, times and uuids; "
                         "mask it with null, with hash, or with an expression: 'EXPR'");
    return -1;
}

int
store_find_mask_type(StoreMask mask, const StoreColumn *column, const StoreKeyType *types,
                     size_t n_types, const StoreKeyType **ret_type, Error *reterr)
{
    Error ignored = {0};
    int status = store_find_key_type(column, types, n_types, ret_type, &ignored);
    error_deinit(&ignored);
    return status == 0 ? 0 : store_mask_refuse(mask, column, reterr);
}

static bool
is_text_type(const StoreColumn *column)
{
    static const char *const names[] = {
        "text", "character varying", "varchar", "character", "char", "bpchar"};
    const char *type = column->sql_type ? column->sql_type : "";
    size_t length = strcspn(type, "(");
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        if (strlen(names[i]) == length && strncasecmp(names[i], type, length) == 0) {
            return true;
        }
    }
    return false;
}

const char *
store_mask_type(const Store *store, StoreMask mask, const StoreColumn *column, Arena *arena)
{
    bool is_own = mask == STORE_MASK_FAKE || (mask == STORE_MASK_HASH && is_text_type(column));
    return arena_strdup(arena, is_own ? column->sql_type : store_type_name(store, PDC_TYPE_TEXT));
}

/** Cut off, hashes would be others than those of the same values elsewhere. */
static int
check_room(StoreMask mask, const StoreColumn *column, Error *reterr)
{
    const char *open = strchr(column->sql_type, '(');
    long room = open ? strtol(open + 1, NULL, 10) : 0;
    if (mask != STORE_MASK_HASH || !is_text_type(column) || !open || room >= HASH_DIGITS) {
        return 0;
    }
    error_set(reterr, ERROR_UNSUPPORTED,
              "column \"%s\" of type %s has no room for a hash, which takes %d characters",
              column->name, column->sql_type, HASH_DIGITS);
    error_set_hint(reterr, "make the column wider, or mask it with fake, with null, or with an "
                           "expression: 'EXPR'");
    return -1;
}

int
store_mask_sql(const Store *store, StoreMask mask, const StoreColumn *column, const char *alias,
               Arena *arena, char **ret_sql, Error *reterr)
{
    Str name = {0};
    Str sql = {0};
    if (check_room(mask, column, reterr) != 0) {
        return -1;
    }
    if (!store->engine->mask_sql) {
        return store_mask_refuse(mask, column, reterr);
    }
    sql_qualified(&name, alias, column->name);
    const char *value = str_take_in(&name, arena);
    str_append(&sql, "cast(");
    if (store->engine->mask_sql(store, mask, column, value, &sql, reterr) != 0) {
        str_deinit(&sql);
        return -1;
    }
    str_append(&sql, " as ");
    str_append(&sql, store_mask_type(store, mask, column, arena));
    str_append_char(&sql, ')');
    *ret_sql = str_take_in(&sql, arena);
    return 0;
}

void
store_append_pattern_of_two(Str *sql, const char *pattern, const char *value, const char *number)
{
    for (const char *hole; (hole = strpbrk(pattern, "$#")); pattern = hole + 1) {
        str_append_n(sql, pattern, (size_t)(hole - pattern));
        str_append(sql, *hole == '$' ? value : number);
    }
    str_append(sql, pattern);
}
