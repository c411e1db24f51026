/**
 * SHA-256 and HMAC-SHA-256.
 *
 * Source: FIPS 180-4, "Secure Hash Standard" (2015), sections 4.1.2, 4.2.2, 5 and 6.2; RFC 2104,
 * "HMAC: Keyed-Hashing for Message Authentication" (1997), with SHA-256 as in RFC 4231.
 *
 * Any thread; a state belongs to one at a time, a finished key to all.
 */
#ifndef PDC_BASE_SHA256_H
#define PDC_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_BLOCK_BYTES = 64 };

typedef struct Sha256 Sha256;
struct Sha256 {
    uint32_t state[8];
    uint64_t n_bytes;
    uint8_t block[SHA256_BLOCK_BYTES]; /* its first `n_bytes` modulo its size are waiting */
};

void sha256_begin(Sha256 *sha);
/** `bytes` may be NULL where `n` is 0. */
void sha256_add(Sha256 *sha, const void *bytes, size_t n);
void sha256_end(Sha256 *sha, uint8_t ret_digest[SHA256_BYTES]);

/** Writes two lower-case hexadecimal digits a byte, and no end. */
void sha256_hex(const uint8_t *bytes, size_t n, char *ret_digits);

/** The block that RFC 2104 calls K XOR ipad, or K XOR opad: what is hashed before the message, and
 * before its digest. */
typedef struct HmacPads HmacPads;
struct HmacPads {
    uint8_t inner[SHA256_BLOCK_BYTES];
    uint8_t outer[SHA256_BLOCK_BYTES];
};

void hmac_pads(const void *key, size_t n, HmacPads *ret_pads);

/** A key whose pads are hashed already: half the work for a short message. */
typedef struct HmacKey HmacKey;
struct HmacKey {
    Sha256 inner;
    Sha256 outer;
};

void hmac_key_init(HmacKey *key, const void *bytes, size_t n);

/** A message in parts: begins with a copy of the key's state. */
void hmac_begin(const HmacKey *key, Sha256 *ret_sha);
/** Ends what hmac_begin() began. */
void hmac_end(const HmacKey *key, Sha256 *sha, uint8_t ret_digest[SHA256_BYTES]);
/** A message in one part. */
void hmac_digest(const HmacKey *key, const void *message, size_t n,
                 uint8_t ret_digest[SHA256_BYTES]);

#endif
