#include "runtime/store/fake.h"

#include "runtime/base/macros.h"
#include "runtime/base/utf8.h"

#include <string.h>

/* What F's messages begin with. No text begins with the byte 0xff, so what is made of the
 * configured key here is no hash of a value. */
static const char fake_label[] = "\xff"
                                 "pdc mask fake";

/* ---- keys and numbers ---- */

void
mask_fake_key(const Secret *secret, uint8_t ret_key[SHA256_BYTES])
{
    const char *text = secret_reveal(secret);
    HmacKey key;
    hmac_key_init(&key, text, strlen(text));
    hmac_digest(&key, fake_label, sizeof(fake_label) - 1, ret_key);
}

void
mask_key_init(MaskKey *key, const Secret *secret)
{
    const char *text = secret_reveal(secret);
    uint8_t fake[SHA256_BYTES];
    mask_fake_key(secret, fake);
    hmac_key_init(&key->hash, text, strlen(text));
    hmac_key_init(&key->fake, fake, sizeof(fake));
}

static void
write_number(uint64_t number, size_t n_bytes, uint8_t *ret_bytes)
{
    for (size_t i = n_bytes; i-- > 0; number >>= 8) {
        ret_bytes[i] = (uint8_t)number;
    }
}

static int64_t
number_of(const uint8_t digest[SHA256_BYTES])
{
    uint64_t number = 0;
    for (size_t i = 0; i < 8; i++) {
        number = number << 8 | digest[i];
    }
    return (int64_t)(number & INT64_MAX);
}

void
fake_digest(const MaskKey *key, char kind, uint32_t number, const void *message, size_t n,
            uint8_t ret_digest[SHA256_BYTES])
{
    uint8_t head[5] = {(uint8_t)kind};
    Sha256 sha;
    write_number(number, 4, head + 1);
    hmac_begin(&key->fake, &sha);
    sha256_add(&sha, head, sizeof(head));
    sha256_add(&sha, message, n);
    hmac_end(&key->fake, &sha, ret_digest);
}

int64_t
fake_number(const MaskKey *key, const char *text, size_t n)
{
    uint8_t digest[SHA256_BYTES];
    fake_digest(key, FAKE_OF_OTHERS, 0, text, n, digest);
    return number_of(digest);
}

/* ---- integers ---- */

typedef struct FakeBand FakeBand;
struct FakeBand {
    int64_t first;
    int64_t a;
    int64_t b;
};

static const FakeBand bands[] = {
#define FAKE_BAND(first, a, b) {first, a, b},
#include "runtime/store/fake_bands.def"
#undef FAKE_BAND
};

/** What a round adds to one half, by the other one. */
static int64_t
draw_round(const MaskKey *key, const FakeBand *band, uint32_t round, int64_t half)
{
    uint8_t message[16];
    uint8_t digest[SHA256_BYTES];
    write_number((uint64_t)band->first, 8, message);
    write_number((uint64_t)half, 8, message + 8);
    fake_digest(key, FAKE_OF_INTEGER, round, message, sizeof(message), digest);
    return number_of(digest);
}

static int64_t
exchange(const MaskKey *key, const FakeBand *band, int64_t number)
{
    int64_t left = (number - band->first) / band->b;
    int64_t right = (number - band->first) % band->b;
    for (uint32_t round = 0; round < FAKE_ROUNDS; round++) {
        if (round % 2 == 0) {
            left = (left + draw_round(key, band, round, right) % band->a) % band->a;
        } else {
            right = (right + draw_round(key, band, round, left) % band->b) % band->b;
        }
    }
    return band->first + left * band->b + right;
}

/** The least number of an integer type has no positive one in it, so it would have to become a
 * number that does not fit. */
static bool
is_least(int64_t number)
{
    return number == INT8_MIN || number == INT16_MIN || number == INT32_MIN || number == INT64_MIN;
}

int64_t
fake_integer(const MaskKey *key, int64_t number)
{
    if (number == 0 || is_least(number)) {
        return number;
    }
    int64_t positive = number < 0 ? -number : number;
    size_t i = ARRAY_LENGTH(bands) - 1;
    while (bands[i].first > positive) {
        i--;
    }
    int64_t faked = exchange(key, &bands[i], positive);
    return number < 0 ? -faked : faked;
}

/* ---- texts ---- */

typedef enum FakeKind { FAKE_STAYS, FAKE_LETTERS, FAKE_CASES, FAKE_BLOCKS } FakeKind;

typedef struct FakeRange FakeRange;
struct FakeRange {
    uint32_t end;
    FakeKind kind;
    uint32_t first;
    uint32_t count;
};

static const FakeRange ranges[] = {
#define FAKE_STAY(end)                 {end, FAKE_STAYS, 0, 0},
#define FAKE_LETTER(end, first, count) {end, FAKE_LETTERS, first, count},
#define FAKE_PAIRS(end, first, count)  {end, FAKE_CASES, first, count},
#define FAKE_BLOCK(end)                {end, FAKE_BLOCKS, 0, 128},
#include "runtime/store/fake_letters.def"
#undef FAKE_STAY
#undef FAKE_LETTER
#undef FAKE_PAIRS
#undef FAKE_BLOCK
};

static uint32_t
fake_character(uint32_t code_point, uint32_t drawn)
{
    size_t i = 0;
    while (ranges[i].end <= code_point) {
        i++;
    }
    const FakeRange *range = &ranges[i];
    switch (range->kind) {
    case FAKE_STAYS: break;
    case FAKE_LETTERS: return range->first + drawn % range->count;
    case FAKE_CASES:
        return range->first + (code_point - range->first) % 2 + drawn % range->count * 2;
    case FAKE_BLOCKS: return code_point - code_point % 128 + drawn % 128;
    }
    return code_point;
}

static void
append_utf8(Str *str, uint32_t c)
{
    if (c < 0x80) {
        str_append_char(str, (char)c);
        return;
    }
    unsigned n = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3; /* bytes after the first */
    static const unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
    str_append_char(str, (char)(leads[n] | c >> (6 * n)));
    while (n-- > 0) {
        str_append_char(str, (char)(0x80 | (c >> (6 * n) & 0x3F)));
    }
}

/** The numbers that draw the characters of a text, one after the other. */
typedef struct Draws Draws;
struct Draws {
    const MaskKey *key;
    const char *text;
    size_t n;
    uint32_t place;
    uint8_t digest[SHA256_BYTES];
};

static uint32_t
draw_next(Draws *draws)
{
    size_t at = draws->place % FAKE_CHARACTERS;
    if (at == 0) {
        fake_digest(draws->key, FAKE_OF_TEXT, draws->place / FAKE_CHARACTERS, draws->text, draws->n,
                    draws->digest);
    }
    draws->place++;
    return (uint32_t)draws->digest[2 * at] << 8 | draws->digest[2 * at + 1];
}

void
fake_text(const MaskKey *key, const char *text, size_t n, Str *ret_text)
{
    Draws draws = {.key = key, .text = text, .n = n};
    for (size_t at = 0; at < n;) {
        uint32_t code_point;
        size_t length = utf8_decode(text + at, n - at, &code_point);
        if (length == 0) { /* an engine lets no such text in; were there one, nothing of it stays */
            code_point = '?';
            length = 1;
        }
        append_utf8(ret_text, fake_character(code_point, draw_next(&draws)));
        at += length;
    }
}

void
fake_decimal(const MaskKey *key, const char *text, size_t n, Str *ret_text)
{
    Draws draws = {.key = key, .text = text, .n = n};
    size_t first = n > 0 && text[0] == '-' ? 1 : 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t drawn = draw_next(&draws);
        char c = text[i];
        if (i == first && c >= '1' && c <= '9') {
            c = (char)('1' + drawn % 9);
        } else if (i != first && c >= '0' && c <= '9') {
            c = (char)('0' + drawn % 10);
        }
        str_append_char(ret_text, c);
    }
}
