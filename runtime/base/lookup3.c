#include "runtime/base/lookup3.h"

/** The three words that are stirred. */
typedef struct State State;
struct State {
    uint32_t a;
    uint32_t b;
    uint32_t c;
};

static inline uint32_t
rotate(uint32_t word, unsigned bits)
{
    return (word << bits) | (word >> (32 - bits));
}

/** Four bytes as a little-endian number, whatever the machine; compilers make one load of it. */
static inline uint32_t
load(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static inline void
mix(State *s)
{
    s->a -= s->c, s->a ^= rotate(s->c, 4), s->c += s->b;
    s->b -= s->a, s->b ^= rotate(s->a, 6), s->a += s->c;
    s->c -= s->b, s->c ^= rotate(s->b, 8), s->b += s->a;
    s->a -= s->c, s->a ^= rotate(s->c, 16), s->c += s->b;
    s->b -= s->a, s->b ^= rotate(s->a, 19), s->a += s->c;
    s->c -= s->b, s->c ^= rotate(s->b, 4), s->b += s->a;
}

static inline uint64_t
finish(State s)
{
    s.c ^= s.b, s.c -= rotate(s.b, 14);
    s.a ^= s.c, s.a -= rotate(s.c, 11);
    s.b ^= s.a, s.b -= rotate(s.a, 25);
    s.c ^= s.b, s.c -= rotate(s.b, 16);
    s.a ^= s.c, s.a -= rotate(s.c, 4);
    s.b ^= s.a, s.b -= rotate(s.a, 14);
    s.c ^= s.b, s.c -= rotate(s.b, 24);
    return (uint64_t)s.b << 32 | s.c;
}

static inline State
begin(uint32_t length, uint64_t seed)
{
    uint32_t word = UINT32_C(0x9e3779b9) + length + UINT32_C(3923095);
    State state = {word, word, word};
    if (seed != 0) {
        state.a += (uint32_t)(seed >> 32);
        state.b += (uint32_t)seed;
        mix(&state);
    }
    return state;
}

/** The first `n` bytes, 0 to 4, of a word; those that are missing are zeros. */
static inline uint32_t
load_part(const unsigned char *bytes, size_t n)
{
    if (n >= 4) {
        return load(bytes);
    }
    uint32_t word = n > 0 ? bytes[0] : 0;
    word |= n > 1 ? (uint32_t)bytes[1] << 8 : 0;
    return word | (n > 2 ? (uint32_t)bytes[2] << 16 : 0);
}

/** The last 0 to 11 bytes. The lowest byte of the third word is left to the length. */
static inline State
add_tail(State state, const unsigned char *bytes, size_t length)
{
    state.a += load_part(bytes, length);
    if (length > 4) {
        state.b += load_part(bytes + 4, length - 4);
    }
    if (length > 8) {
        state.c += load_part(bytes + 8, length - 8) << 8;
    }
    return state;
}

uint64_t
lookup3_hash_bytes(const void *bytes, size_t length, uint64_t seed)
{
    const unsigned char *at = bytes;
    State state = begin((uint32_t)length, seed);
    for (; length >= 12; length -= 12, at += 12) {
        state.a += load(at);
        state.b += load(at + 4);
        state.c += load(at + 8);
        mix(&state);
    }
    return finish(add_tail(state, at, length));
}

uint64_t
lookup3_hash_int64(int64_t number, uint64_t seed)
{
    uint64_t bits = (uint64_t)number;
    uint32_t high = (uint32_t)(bits >> 32);
    State state = begin((uint32_t)sizeof(uint32_t), seed);
    state.a += (uint32_t)bits ^ (number >= 0 ? high : ~high);
    return finish(state);
}
