/**
 * UTF-8: validation (RFC 3629: no surrogates, no overlong forms) and the width that text takes on a
 * terminal.
 */
#ifndef PDC_BASE_UTF8_H
#define PDC_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Decodes one code point. @return bytes used (1 to 4), or 0 where the bytes are not valid UTF-8 */
size_t utf8_decode(const char *bytes, size_t length, uint32_t *ret_code_point);
/** Offset of the first byte that is not valid UTF-8, or `length` if all is. */
size_t utf8_first_invalid(const char *bytes, size_t length);
/** Code points in the first `length` bytes (an invalid byte counts as one). */
size_t utf8_count(const char *bytes, size_t length);
/** The byte at which character number `position` begins, counted from 1 as engines do; at most
 * `length`. */
size_t utf8_byte_of_character(const char *bytes, size_t length, int position);
/** Terminal columns of one code point: 0, 1 or 2 (control characters count as 1). */
size_t utf8_code_point_width(uint32_t code_point);
/** Must this character not reach a terminal as it is? Controls, and those that change the direction
 * of writing (with which a line can be made to look like another). */
bool utf8_code_point_is_unsafe(uint32_t code_point);
/** Terminal columns of the first `length` bytes: 0 for combining marks, 2 for wide East Asian and
 * emoji. */
size_t utf8_width(const char *bytes, size_t length);
/** Longest prefix of at most `limit` bytes that does not cut a character. */
size_t utf8_clip(const char *bytes, size_t length, size_t limit);

#endif
