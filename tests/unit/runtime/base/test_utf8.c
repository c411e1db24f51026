#include "runtime/base/utf8.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *bytes;
    size_t length; /* of the first character; 0: not valid */
    uint32_t code_point;
} forms[] = {
    {"a", 1, 'a'},
    {"\x7f", 1, 0x7f},
    {"\xc2\x80", 2, 0x80},
    {"\xdf\xbf", 2, 0x7ff},
    {"\xe0\xa0\x80", 3, 0x800},
    {"\xef\xbf\xbf", 3, 0xffff},
    {"\xf0\x90\x80\x80", 4, 0x10000},
    {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
    {"\x80", 0, 0},     /* a continuation alone */
    {"\xc0\x80", 0, 0}, /* overlong */
    {"\xc1\xbf", 0, 0},
    {"\xe0\x9f\xbf", 0, 0},
    {"\xf0\x8f\xbf\xbf", 0, 0},
    {"\xed\xa0\x80", 0, 0},     /* surrogate */
    {"\xf4\x90\x80\x80", 0, 0}, /* behind the last code point */
    {"\xf8\x88\x80\x80\x80", 0, 0},
    {"\xff", 0, 0},
    {"\xc3", 0, 0}, /* cut off */
    {"\xe4\xb8", 0, 0},
    {"\xe4\xb8"
     "a",
     0, 0},
};

Test(utf8, decodes_rfc_3629)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        uint32_t code_point = 0;
        size_t length = strlen(forms[i].bytes);
        cr_assert_eq(utf8_decode(forms[i].bytes, length, &code_point), forms[i].length, "%zu", i);
        cr_assert_eq(code_point, forms[i].code_point, "%zu", i);
        cr_assert_eq(utf8_first_invalid(forms[i].bytes, length) == length, forms[i].length > 0,
                     "%zu", i);
    }
    uint32_t unused;
    cr_assert_eq(utf8_decode("", 0, &unused), 0);
}

Test(utf8, every_code_point_round_trips)
{
    for (uint32_t c = 0x80; c <= 0x10ffff; c++) {
        char bytes[4];
        size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        uint32_t rest = c;
        for (size_t i = n - 1; i > 0; i--) {
            bytes[i] = (char)(0x80 | (rest & 0x3f));
            rest >>= 6;
        }
        bytes[0] = (char)((0xf00u >> n & 0xff) | rest);
        uint32_t code_point = 0;
        size_t decoded = utf8_decode(bytes, n, &code_point);
        cr_assert_eq(decoded, c >= 0xd800 && c <= 0xdfff ? 0 : n, "%x", c);
        cr_assert(decoded == 0 || code_point == c, "%x", c);
    }
}

Test(utf8, finds_the_first_invalid_byte)
{
    cr_assert_eq(utf8_first_invalid("", 0), 0);
    cr_assert_eq(utf8_first_invalid("abc\xc3\xa4\xff", 6), 5);
    cr_assert_eq(utf8_first_invalid("a\0b", 3), 3);
    for (size_t at = 0; at < 40; at++) { /* bytes are looked at in eights */
        char text[40];
        memset(text, 'a', sizeof(text));
        text[at] = '\x80';
        cr_assert_eq(utf8_first_invalid(text, sizeof(text)), at);
        cr_assert_eq(utf8_first_invalid(text, at), at);
    }
}

Test(utf8, finds_characters_by_their_number)
{
    static const char text[] = "a\xc3\xa4\xe4\xb8\xad"
                               "b";
    static const size_t starts[] = {0, 0, 1, 3, 6, 7, 7};
    for (int position = 0; position < 7; position++) {
        cr_expect_eq(utf8_byte_of_character(text, strlen(text), position), starts[position], "%d",
                     position);
    }
    cr_expect_eq(utf8_byte_of_character(text, 2, 3), 2);
    cr_expect_eq(utf8_byte_of_character("", 0, 5), 0);
}

Test(utf8, counts_and_measures)
{
    static const struct {
        const char *text;
        size_t count, width;
    } cases[] = {
        {"", 0, 0},
        {"abc", 3, 3},
        {"\xc3\xa4", 1, 1},
        {"e\xcc\x81", 2, 1},                /* combining acute */
        {"\xe4\xb8\xad\xe6\x96\x87", 2, 4}, /* two ideographs */
        {"\xf0\x9f\x98\x80", 1, 2},         /* emoji */
        {"\xef\xbc\xa1", 1, 2},             /* full-width A */
        {"\xe2\x80\x8b", 1, 0},             /* zero-width space */
        {"\xea\xb0\x80", 1, 2},             /* Hangul syllable */
        {"\xff\xfe", 2, 2},
        {"\xd0\x96", 1, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t length = strlen(cases[i].text);
        cr_assert_eq(utf8_count(cases[i].text, length), cases[i].count, "%zu", i);
        cr_assert_eq(utf8_width(cases[i].text, length), cases[i].width, "%zu", i);
    }
}

Test(utf8, width_table_is_sorted)
{
    static const struct {
        uint32_t first, last;
    } zero[] = {
#define ZERO_WIDTH(first, last) {first, last},
#define WIDE(first, last)
#include "runtime/base/utf8_width.def"
#undef ZERO_WIDTH
#undef WIDE
    };
    for (size_t i = 0; i < sizeof(zero) / sizeof(zero[0]); i++) {
        cr_assert_leq(zero[i].first, zero[i].last);
        cr_assert(i == 0 || zero[i - 1].last < zero[i].first);
        cr_assert_eq(utf8_code_point_width(zero[i].first), 0);
        cr_assert_eq(utf8_code_point_width(zero[i].last), 0);
    }
}

Test(utf8, clips_between_characters)
{
    static const struct {
        const char *text;
        size_t limit, expected;
    } cases[] = {
        {"abc", 5, 3},
        {"abc", 2, 2},
        {"abc", 0, 0},
        {"a\xc3\xa4", 2, 1},
        {"a\xc3\xa4", 3, 3},
        {"\xf0\x9f\x98\x80", 3, 0},
        {"\x80\x80\x80\x80\x80", 4, 4}, /* nothing to keep whole */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cr_assert_eq(utf8_clip(cases[i].text, strlen(cases[i].text), cases[i].limit),
                     cases[i].expected, "%zu", i);
    }
}

Test(utf8, knows_what_disturbs_a_terminal)
{
    static const uint32_t unsafe[] = {0, 0x1b, 0x7f, 0x9b, 0x202e, 0x2066};
    static const uint32_t safe[] = {' ', 'a', 0xe4, 0x2026, 0x1f600};
    for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++) {
        cr_assert(utf8_code_point_is_unsafe(unsafe[i]), "%zu", i);
    }
    for (size_t i = 0; i < sizeof(safe) / sizeof(safe[0]); i++) {
        cr_assert_not(utf8_code_point_is_unsafe(safe[i]), "%zu", i);
    }
}
