/* Fakes keep the shape of what they replace. */
#include "runtime/base/macros.h"
#include "runtime/base/utf8.h"
#include "runtime/store/fake.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static MaskKey
key_of(const char *text)
{
    Arena *arena = arena_new();
    MaskKey key;
    mask_key_init(&key, secret_new(arena, text));
    arena_free(arena);
    return key;
}

static int
n_digits(int64_t number)
{
    char text[24];
    return snprintf(text, sizeof(text), "%" PRId64, number < 0 ? -number : number);
}

/** All numbers of a range: none twice. */
static void
expect_apart(const MaskKey *key, int64_t first, int64_t last)
{
    bool *seen = calloc((size_t)last + 1, sizeof(bool));
    for (int64_t number = first; number <= last; number++) {
        int64_t faked = fake_integer(key, number);
        cr_assert(faked >= first && faked <= last, "%" PRId64 " became %" PRId64, number, faked);
        cr_assert_not(seen[faked], "%" PRId64 " comes twice", faked);
        seen[faked] = true;
    }
    free(seen);
}

Test(fake, integers_stay_apart)
{
    MaskKey key = key_of("one");
    expect_apart(&key, 1, 9);
    expect_apart(&key, 10, 99);
    expect_apart(&key, 100, 127);
    expect_apart(&key, 128, 255);
    expect_apart(&key, 256, 999);
    expect_apart(&key, 1000, 9999);
    expect_apart(&key, 10000, 32767);
    expect_apart(&key, 32768, 65535);
    expect_apart(&key, 65536, 99999);
}

Test(fake, integers_keep_sign_digits_and_type)
{
    static const int64_t limits[] = {INT8_MAX,  UINT8_MAX,  INT16_MAX, UINT16_MAX,
                                     INT32_MAX, UINT32_MAX, INT64_MAX};
    MaskKey key = key_of("one");
    cr_assert_eq(fake_integer(&key, 0), 0);
    cr_assert_eq(fake_integer(&key, INT64_MIN), INT64_MIN);
    for (int64_t number = INT64_MAX; number > 0; number = number / 3 * 2) {
        int64_t faked = fake_integer(&key, number);
        cr_assert_eq(n_digits(faked), n_digits(number), "%" PRId64, number);
        cr_assert_eq(fake_integer(&key, -number), -faked);
        for (size_t i = 0; i < ARRAY_LENGTH(limits); i++) {
            cr_assert_eq(number <= limits[i] || n_digits(number) < n_digits(limits[i]),
                         faked <= limits[i] || n_digits(faked) < n_digits(limits[i]));
        }
    }
}

static const char *
faked(const MaskKey *key, const char *text, Str *made)
{
    str_clear(made);
    fake_text(key, text, strlen(text), made);
    return str_text(made);
}

Test(fake, texts_keep_the_kind_of_each_character)
{
    static const char text[] = "Ann.Smith+7@example.org (030) 12-34";
    MaskKey key = key_of("one");
    CLEANUP(str_deinit) Str made = {0};
    faked(&key, text, &made);
    cr_assert_eq(made.length, strlen(text));
    for (size_t i = 0; i < made.length; i++) {
        char a = text[i];
        char b = made.data[i];
        cr_assert_eq(a >= 'a' && a <= 'z', b >= 'a' && b <= 'z');
        cr_assert_eq(a >= 'A' && a <= 'Z', b >= 'A' && b <= 'Z');
        cr_assert_eq(a >= '0' && a <= '9', b >= '0' && b <= '9');
        cr_assert(strchr(".+@ ()-", a) == NULL || a == b);
    }
    cr_assert_str_neq(made.data, text);
}

Test(fake, texts_depend_on_the_whole_value_and_on_the_key)
{
    MaskKey one = key_of("one");
    MaskKey two = key_of("two");
    CLEANUP(str_deinit) Str a = {0};
    CLEANUP(str_deinit) Str b = {0};
    cr_assert_str_eq(faked(&one, "aaaaaaaaaaaaaaaa", &a), faked(&one, "aaaaaaaaaaaaaaaa", &b));
    cr_assert_str_neq(a.data, faked(&two, "aaaaaaaaaaaaaaaa", &b));
    faked(&one, "aaaaaaaaaaaaaaaab", &b);
    cr_assert_neq(strncmp(a.data, b.data, 16), 0);
    cr_assert_str_eq(faked(&one, "", &a), "");
}

/** No letter of another script than English comes out as it was, but by chance. */
Test(fake, letters_of_all_scripts_change)
{
    static const char *const texts[] = {"ÄÖÜäöüßéèñÀÉÎÕŠžŁłőű",
                                        "ΑΒΓΔαβγδάέήώ",
                                        "АБВГДабвгдёЁіЄ",
                                        "אבגדהוזחט",
                                        "ابتثجحخدذ",
                                        "日本語東京都港区六本木",
                                        "ひらがなカタカナ",
                                        "홍길동서울특별시",
                                        "อกขคฆงจ",
                                        "अआइईउऊकखग",
                                        "ԱԲԳաբգ",
                                        "ნინოქართული",
                                        "নামবাংলা",
                                        "Nguyễn Thị Ánh"};
    MaskKey key = key_of("one");
    CLEANUP(str_deinit) Str made = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        size_t n = 0;
        size_t same = 0;
        faked(&key, texts[i], &made);
        for (size_t at = 0, to = 0; at < strlen(texts[i]); n++) {
            uint32_t before = 0;
            uint32_t after = 0;
            at += utf8_decode(texts[i] + at, strlen(texts[i]) - at, &before);
            to += utf8_decode(made.data + to, made.length - to, &after);
            same += before == after ? 1 : 0;
        }
        cr_assert_eq(utf8_count(made.data, made.length), n);
        cr_assert_leq(same, n / 4 + 1, "%s became %s", texts[i], made.data);
    }
}

Test(fake, decimals_keep_their_places)
{
    static const char *const texts[] = {"0", "0.5", "-12.345", "1200", "-0.05", "NaN"};
    MaskKey key = key_of("one");
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        CLEANUP(str_deinit) Str made = {0};
        fake_decimal(&key, texts[i], strlen(texts[i]), &made);
        const char *text = str_text(&made);
        size_t first = texts[i][0] == '-' ? 1 : 0;
        cr_assert_eq(made.length, strlen(texts[i]));
        cr_assert_eq(strspn(text, "-0123456789.NaN"), made.length);
        cr_assert_eq(texts[i][first] == '0', text[first] == '0', "%s became %s", texts[i], text);
        cr_assert(text_equal(strchr(texts[i], '.') ? "." : NULL, strchr(text, '.') ? "." : NULL));
    }
}
