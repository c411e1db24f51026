/**
 * Mask: the SQL expression of what a column holds in a copy instead of its value, the same bytes on
 * every engine.
 *
 *     hash     HMAC-SHA-256, by the configured key, of the value's text (sample_hash.h has the
 * forms in which equal values are equal; text is its UTF-8), in 64 hexadecimal digits fake     a
 * value of the same type and shape, chosen by a key that is made of the configured one (fake.h):
 * text keeps the kind of each character; integers keep sign and number of digits, and stay apart;
 * decimals keep the places of their digits; dates and timestamps keep their year, and become whole
 * seconds; times become whole seconds; uuids keep version and variant
 *
 * Equal values become equal ones, NULL stays NULL. The key gets to the engine beside the SQL, never
 * in it: it is in no statement, so in no log of statements.
 */
#ifndef PDC_STORE_MASK_H
#define PDC_STORE_MASK_H

#include "runtime/store/store.h"

typedef enum StoreMask {
    STORE_MASK_HASH,
    STORE_MASK_FAKE,
    STORE_MASK_LISTED /* the hash, as text whatever its column is: for lists that are compared */
} StoreMask;

enum { MASK_KEY_BYTES = 16 /* at least */, MASK_ID_DIGITS = 16 };

/** Is it long enough not to be guessed? @param key  or NULL @return 0, or < 0 with ERROR_CONFIG,
 * which does not show it */
MUST_CHECK int store_check_mask_key(const Secret *key, Error *reterr);

/** A fingerprint by which two keys are told apart, and from which none can be worked out: the first
 * digits of an HMAC by the key. */
void store_mask_key_id(const Secret *key, char ret_digits[MASK_ID_DIGITS + 1]);

/**
 * Gives the engine the key of the masks of this transaction. PostgreSQL forgets it with the
 * transaction's end, DuckDB by store_forget_mask_key().
 * @return 0, or < 0
 */
MUST_CHECK int store_set_mask_key(Store *store, const Secret *key, Error *reterr);
void store_forget_mask_key(Store *store);

/** The type that a masked column has: its own, but a hash of what is no text is text. In `arena`.
 */
const char *store_mask_type(const Store *store, StoreMask mask, const StoreColumn *column,
                            Arena *arena);

/**
 * The expression, of store_mask_type().
 * @param alias  of the column's table, or NULL
 * @param ret_sql  in `arena`
 * @return 0, or < 0 with ERROR_UNSUPPORTED, which names the column, where its type has no such mask
 * or no room for it
 */
MUST_CHECK int store_mask_sql(const Store *store, StoreMask mask, const StoreColumn *column,
                              const char *alias, Arena *arena, char **ret_sql, Error *reterr);

#endif
