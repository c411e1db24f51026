#include "runtime/base/sha256.h"

#include <string.h>

enum { ROUNDS = 64, LENGTH_BYTES = 8, INNER_PAD = 0x36, OUTER_PAD = 0x5c };

static const uint32_t first_state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t
rotate_right(uint32_t word, unsigned n)
{
    return word >> n | word << (32 - n);
}

static void
expand_schedule(const uint8_t *block, uint32_t w[ROUNDS])
{
    for (size_t t = 0; t < 16; t++) {
        const uint8_t *b = block + 4 * t;
        w[t] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    }
    for (size_t t = 16; t < ROUNDS; t++) {
        uint32_t x = w[t - 15];
        uint32_t y = w[t - 2];
        uint32_t sigma_0 = rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3;
        uint32_t sigma_1 = rotate_right(y, 17) ^ rotate_right(y, 19) ^ y >> 10;
        w[t] = sigma_1 + w[t - 7] + sigma_0 + w[t - 16];
    }
}

/** FIPS 180-4, 6.2.2: one block; the standard's a to h are v[0] to v[7]. */
static void
compress(uint32_t state[8], const uint8_t *block)
{
    uint32_t w[ROUNDS];
    uint32_t v[8];
    expand_schedule(block, w);
    memcpy(v, state, sizeof(v));
    for (size_t t = 0; t < ROUNDS; t++) {
        uint32_t sum_1 = rotate_right(v[4], 6) ^ rotate_right(v[4], 11) ^ rotate_right(v[4], 25);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t sum_0 = rotate_right(v[0], 2) ^ rotate_right(v[0], 13) ^ rotate_right(v[0], 22);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        uint32_t t1 = v[7] + sum_1 + choice + constants[t] + w[t];
        memmove(&v[1], &v[0], 7 * sizeof(v[0]));
        v[4] += t1;
        v[0] = t1 + sum_0 + majority;
    }
    for (size_t i = 0; i < 8; i++) {
        state[i] += v[i];
    }
}

void
sha256_begin(Sha256 *sha)
{
    memcpy(sha->state, first_state, sizeof(first_state));
    sha->n_bytes = 0;
}

void
sha256_add(Sha256 *sha, const void *bytes, size_t n)
{
    const uint8_t *rest = bytes;
    while (n > 0) {
        size_t waiting = (size_t)(sha->n_bytes % SHA256_BLOCK_BYTES);
        size_t room = SHA256_BLOCK_BYTES - waiting;
        size_t taken = n < room ? n : room;
        memcpy(sha->block + waiting, rest, taken);
        sha->n_bytes += taken;
        rest += taken;
        n -= taken;
        if (taken == room) {
            compress(sha->state, sha->block);
        }
    }
}

/** FIPS 180-4, 5.1.1: a bit, zeros, and the length in bits fill the last block. */
void
sha256_end(Sha256 *sha, uint8_t ret_digest[SHA256_BYTES])
{
    static const uint8_t padding[SHA256_BLOCK_BYTES] = {0x80};
    uint64_t n_bits = sha->n_bytes * 8;
    size_t waiting = (size_t)(sha->n_bytes % SHA256_BLOCK_BYTES);
    size_t end = SHA256_BLOCK_BYTES - LENGTH_BYTES;
    uint8_t length[LENGTH_BYTES];
    for (unsigned i = 0; i < LENGTH_BYTES; i++) {
        length[i] = (uint8_t)(n_bits >> (56 - 8 * i));
    }
    sha256_add(sha, padding, waiting < end ? end - waiting : SHA256_BLOCK_BYTES + end - waiting);
    sha256_add(sha, length, sizeof(length));
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        ret_digest[i] = (uint8_t)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

void
sha256_hex(const uint8_t *bytes, size_t n, char *ret_digits)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        ret_digits[2 * i] = digits[bytes[i] >> 4];
        ret_digits[2 * i + 1] = digits[bytes[i] & 15];
    }
}

/* ---- HMAC ---- */

void
hmac_pads(const void *key, size_t n, HmacPads *ret_pads)
{
    uint8_t block[SHA256_BLOCK_BYTES] = {0};
    if (n > sizeof(block)) {
        Sha256 sha;
        sha256_begin(&sha);
        sha256_add(&sha, key, n);
        sha256_end(&sha, block);
    } else if (n > 0) {
        memcpy(block, key, n);
    }
    for (size_t i = 0; i < sizeof(block); i++) {
        ret_pads->inner[i] = block[i] ^ INNER_PAD;
        ret_pads->outer[i] = block[i] ^ OUTER_PAD;
    }
}

void
hmac_key_init(HmacKey *key, const void *bytes, size_t n)
{
    HmacPads pads;
    hmac_pads(bytes, n, &pads);
    sha256_begin(&key->inner);
    sha256_add(&key->inner, pads.inner, sizeof(pads.inner));
    sha256_begin(&key->outer);
    sha256_add(&key->outer, pads.outer, sizeof(pads.outer));
}

void
hmac_begin(const HmacKey *key, Sha256 *ret_sha)
{
    *ret_sha = key->inner;
}

void
hmac_end(const HmacKey *key, Sha256 *sha, uint8_t ret_digest[SHA256_BYTES])
{
    uint8_t digest[SHA256_BYTES];
    sha256_end(sha, digest);
    *sha = key->outer;
    sha256_add(sha, digest, sizeof(digest));
    sha256_end(sha, ret_digest);
}

void
hmac_digest(const HmacKey *key, const void *message, size_t n, uint8_t ret_digest[SHA256_BYTES])
{
    Sha256 sha;
    hmac_begin(key, &sha);
    sha256_add(&sha, message, n);
    hmac_end(key, &sha, ret_digest);
}
