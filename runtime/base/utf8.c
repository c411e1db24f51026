#include "runtime/base/utf8.h"

#include "runtime/base/macros.h"

#include <string.h>

typedef struct Range Range;
struct Range {
    uint32_t first;
    uint32_t last;
};

static const Range zero_width[] = {
#define ZERO_WIDTH(first, last) {first, last},
#define WIDE(first, last)
#include "runtime/base/utf8_width.def"
#undef ZERO_WIDTH
#undef WIDE
};

static const Range wide[] = {
#define ZERO_WIDTH(first, last)
#define WIDE(first, last) {first, last},
#include "runtime/base/utf8_width.def"
#undef ZERO_WIDTH
#undef WIDE
};

static bool
is_in(const Range *ranges, size_t n_ranges, uint32_t code_point)
{
    size_t low = 0;
    size_t high = n_ranges;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code_point > ranges[middle].last) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < n_ranges && code_point >= ranges[low].first;
}

/* Bytes of the character that `lead` begins, its payload bits, and the smallest code point that
 * needs so many. */
static size_t
lead_length(unsigned char lead, uint32_t *ret_bits, uint32_t *ret_smallest)
{
    static const struct {
        unsigned char mask, value;
        uint32_t smallest;
    } forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
        if ((lead & forms[i].mask) == forms[i].value) {
            *ret_bits = (uint32_t)(lead & (unsigned char)~forms[i].mask);
            *ret_smallest = forms[i].smallest;
            return i + 1;
        }
    }
    return 0;
}

size_t
utf8_decode(const char *bytes, size_t length, uint32_t *ret_code_point)
{
    uint32_t code_point;
    uint32_t smallest;
    if (length == 0) {
        return 0;
    }
    size_t n = lead_length((unsigned char)bytes[0], &code_point, &smallest);
    if (n == 0 || n > length) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if ((byte & 0xc0) != 0x80) {
            return 0;
        }
        code_point = code_point << 6 | (byte & 0x3f);
    }
    bool is_surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    if (code_point < smallest || code_point > 0x10ffff || is_surrogate) {
        return 0;
    }
    *ret_code_point = code_point;
    return n;
}

/* How many of the first bytes are ASCII, counted in eights: a fast way over most texts. */
static size_t
skip_ascii(const char *bytes, size_t length)
{
    static const uint64_t high_bits = UINT64_C(0x8080808080808080);
    size_t offset = 0;
    uint64_t eight;
    for (; length - offset >= sizeof(eight); offset += sizeof(eight)) {
        memcpy(&eight, bytes + offset, sizeof(eight));
        if ((eight & high_bits) != 0) {
            break;
        }
    }
    return offset;
}

size_t
utf8_first_invalid(const char *bytes, size_t length)
{
    size_t offset = 0;
    while (offset < length) {
        uint32_t code_point;
        if ((unsigned char)bytes[offset] < 0x80) {
            offset += skip_ascii(bytes + offset, length - offset);
            while (offset < length && (unsigned char)bytes[offset] < 0x80) {
                offset++;
            }
            continue;
        }
        size_t n = utf8_decode(bytes + offset, length - offset, &code_point);
        if (n == 0) {
            return offset;
        }
        offset += n;
    }
    return length;
}

/* Steps over one character; a byte that is no UTF-8 counts as one, shown as U+FFFD. */
static size_t
step(const char *bytes, size_t length, uint32_t *ret_code_point)
{
    size_t n = utf8_decode(bytes, length, ret_code_point);
    if (n == 0) {
        *ret_code_point = 0xfffd;
        return 1;
    }
    return n;
}

size_t
utf8_count(const char *bytes, size_t length)
{
    size_t count = 0;
    uint32_t code_point;
    for (size_t offset = 0; offset < length; count++) {
        offset += step(bytes + offset, length - offset, &code_point);
    }
    return count;
}

size_t
utf8_byte_of_character(const char *bytes, size_t length, int position)
{
    size_t at = 0;
    for (int seen = 1; at < length && seen < position; seen++) {
        at++;
        while (at < length && ((unsigned char)bytes[at] & 0xC0) == 0x80) {
            at++;
        }
    }
    return at;
}

size_t
utf8_code_point_width(uint32_t code_point)
{
    if (code_point < 0x300) {
        return code_point == 0xad ? 0 : 1; /* soft hyphen */
    }
    if (is_in(zero_width, ARRAY_LENGTH(zero_width), code_point)) {
        return 0;
    }
    return is_in(wide, ARRAY_LENGTH(wide), code_point) ? 2 : 1;
}

bool
utf8_code_point_is_unsafe(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) ||
           (code_point >= 0x202a && code_point <= 0x202e) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

size_t
utf8_width(const char *bytes, size_t length)
{
    size_t width = 0;
    uint32_t code_point;
    for (size_t offset = 0; offset < length;) {
        offset += step(bytes + offset, length - offset, &code_point);
        width += utf8_code_point_width(code_point);
    }
    return width;
}

size_t
utf8_clip(const char *bytes, size_t length, size_t limit)
{
    if (length <= limit) {
        return length;
    }
    size_t end = limit;
    while (end > 0 && limit - end < 3 && ((unsigned char)bytes[end] & 0xc0) == 0x80) {
        end--;
    }
    uint32_t code_point;
    size_t n = utf8_decode(bytes + end, length - end, &code_point);
    return n > limit - end ? end : limit;
}
