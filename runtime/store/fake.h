/**
 * Fake: values of the same shape in place of personal ones, chosen by a key; private to
 * runtime/store/.
 *
 * This is the definition. An engine either calls it, or says the same in SQL out of the same tables
 * (fake_letters.def, fake_bands.def); both give the same bytes.
 *
 * All is drawn from F(kind, number, message) = HMAC-SHA-256(key, kind ‖ number as 4 bytes ‖
 * message), numbers with the high byte first:
 *
 *     text     the character at place i (from 0) is drawn by the bytes 2(i mod 16) and the next
 *              of F('T', i / 16, text), a number of 16 bits
 *     integer  a Feistel network of FAKE_ROUNDS rounds (Luby and Rackoff 1988) over a × b numbers,
 *              as FF1 of NIST SP 800-38G has it, with additions: no two positive numbers become
 *              one
 *     others   F('N', 0, canonical text): as a number its first 8 bytes, without the sign bit
 */
#ifndef PDC_STORE_FAKE_H
#define PDC_STORE_FAKE_H

#include "runtime/base/secret.h"
#include "runtime/base/sha256.h"
#include "runtime/base/str.h"

enum { FAKE_ROUNDS = 8, FAKE_CHARACTERS = SHA256_BYTES / 2 /* that one digest draws */ };

/** What F's first byte is. */
enum { FAKE_OF_TEXT = 'T', FAKE_OF_INTEGER = 'I', FAKE_OF_OTHERS = 'N' };

/** The keys that are made of the one of the configuration. */
typedef struct MaskKey MaskKey;
struct MaskKey {
    HmacKey hash; /* the configured key itself: `openssl dgst -hmac` gives the same */
    HmacKey fake;
};

void mask_key_init(MaskKey *key, const Secret *secret);
/** The bytes of the key of fakes, which is made of the configured one. */
void mask_fake_key(const Secret *secret, uint8_t ret_key[SHA256_BYTES]);

/** F(). */
void fake_digest(const MaskKey *key, char kind, uint32_t number, const void *message, size_t n,
                 uint8_t ret_digest[SHA256_BYTES]);
/** F('N', 0, text) as a number. */
int64_t fake_number(const MaskKey *key, const char *text, size_t n);
/** Another number of as many digits with the same sign; 0 and the least number of an integer type
 * (-128, …) stay. */
int64_t fake_integer(const MaskKey *key, int64_t number);
/** Replaces letters and digits of a valid UTF-8 text. @param ret_text  appended to */
void fake_text(const MaskKey *key, const char *text, size_t n, Str *ret_text);
/** The same of a decimal number as sample_hash.h writes it: digits alone, and the first is 0 only
 * if it was. */
void fake_decimal(const MaskKey *key, const char *text, size_t n, Str *ret_text);

#endif
