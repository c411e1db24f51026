/* What stands below the rows: packing and encoding. */
#include "csv_test.h"

#include <zlib.h>
#include <zstd.h>

/** A text of many rows, more than one buffer full. */
static void
make_text(Str *text)
{
    str_append(text, "a,b\n");
    for (int i = 0; i < 60000; i++) {
        str_append_format(text, "%d,\"\xc3\xa4 %d\"\n", i, i * 7919 % 1000);
    }
}

static size_t
pack_gzip(const char *text, size_t length, char *out, size_t capacity)
{
    z_stream z = {0};
    cr_assert_eq(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text;
    z.avail_in = (unsigned)length;
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)capacity;
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t n = capacity - z.avail_out;
    deflateEnd(&z);
    return n;
}

static size_t
pack_zstd(const char *text, size_t length, char *out, size_t capacity)
{
    size_t n = ZSTD_compress(out, capacity, text, length, 3);
    cr_assert_not(ZSTD_isError(n));
    return n;
}

typedef size_t (*Pack)(const char *text, size_t length, char *out, size_t capacity);

static const Pack packs[] = {pack_gzip, pack_zstd};

Test(bytes, packed_files_are_told_by_their_first_bytes)
{
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    CLEANUP(str_deinit) Str text = {0};
    make_text(&text);
    size_t capacity = 2 * text.length;
    char *packed = arena_alloc(folder.arena, capacity);
    const char *path = test_write(&folder, "a.txt", text.data, text.length);
    const char *expected = test_rows(&folder, path, &options);
    for (size_t i = 0; i < ARRAY_LENGTH(packs); i++) {
        size_t n = packs[i](text.data, text.length, packed, capacity);
        path = test_write(&folder, "a.txt", packed, n);
        cr_assert(strcmp(test_rows(&folder, path, &options), expected) == 0, "packing %zu", i);
        /* several pieces, one after another */
        size_t half = text.length / 2;
        n = packs[i](text.data, half, packed, capacity);
        n += packs[i]("", 0, packed + n, capacity - n);
        n += packs[i](text.data + half, text.length - half, packed + n, capacity - n);
        path = test_write(&folder, "a.txt", packed, n);
        cr_assert(strcmp(test_rows(&folder, path, &options), expected) == 0, "packing %zu", i);
    }
    test_folder_end(&folder);
}

Test(bytes, a_packed_file_that_is_cut_off_or_damaged)
{
    static const char *const cut_off[] = {"the gzip data end too early",
                                          "the zstd data end too early"};
    static const char *const damaged[] = {"the gzip data are damaged", "the zstd data are damaged"};
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    CLEANUP(str_deinit) Str text = {0};
    make_text(&text);
    size_t capacity = 2 * text.length;
    char *packed = arena_alloc(folder.arena, capacity);
    for (size_t i = 0; i < ARRAY_LENGTH(packs); i++) {
        size_t n = packs[i](text.data, text.length, packed, capacity);
        for (size_t kept = 5; kept < n; kept += 1 + n / 37) {
            const char *path = test_write(&folder, "a", packed, kept);
            const char *rows = test_rows(&folder, path, &options);
            cr_assert_not_null(strstr(rows, cut_off[i]), "%zu of %zu: %.80s", kept, n, rows);
        }
        const char *path = test_write(&folder, "a", packed, n - 1);
        cr_assert_not_null(strstr(test_rows(&folder, path, &options), cut_off[i]));
        memset(packed + n / 2, 0xff, n - n / 2);
        path = test_write(&folder, "a", packed, n);
        const char *rows = test_rows(&folder, path, &options);
        cr_assert_not_null(strstr(rows, damaged[i]), "%.80s", rows);
        cr_assert_null(strstr(rows, "a:1:1:"), "what was read tells the line: %.80s", rows);
    }
    test_folder_end(&folder);
}

Test(bytes, behind_packed_data)
{
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    char packed[200] = {0};
    size_t n = pack_gzip("a\n1\n", 4, packed, sizeof(packed));
    memset(packed + n, 0, sizeof(packed) - n); /* zeros fill a block */
    const char *path = test_write(&folder, "a", packed, sizeof(packed));
    cr_assert_str_eq(test_rows(&folder, path, &options), "a/1/");
    memset(packed + n, 'x', sizeof(packed) - n);
    path = test_write(&folder, "a", packed, sizeof(packed));
    const char *rows = test_rows(&folder, path, &options);
    cr_assert(text_starts_with(rows, "a:3:1: error: behind the gzip data stands something else\n"),
              "%s", rows);
    test_folder_end(&folder);
}

Test(bytes, other_files_are_named)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *what;
    } cases[] = {
        {"BZh91AY&SY..", 12, "compressed with bzip2"},
        {"\xfd"
         "7zXZ\0..",
         8, "compressed with xz"},
        {"PAR1\x15\x04", 6, "a Parquet file"},
        {"\xd0\xcf\x11\xe0", 4, "an Excel workbook"},
    };
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const char *path = test_write(&folder, "a", cases[i].bytes, cases[i].length);
        cr_assert_not_null(strstr(test_rows(&folder, path, &options), cases[i].what), "case %zu",
                           i);
    }
    test_folder_end(&folder);
}

Test(bytes, encodings)
{
    static const struct {
        const char *encoding;
        const char *bytes;
        size_t length;
        const char *expected;
    } cases[] = {
        {"latin1", "\xe4\n\x80\n", 4, "\xc3\xa4/\xc2\x80/"},
        {"LATIN9", "\xe4\n\xa4\n", 4, "\xc3\xa4/\xe2\x82\xac/"},
        {"Windows_1252", "\xe4\n\x80\n", 4, "\xc3\xa4/\xe2\x82\xac/"},
        {"utf-16le", "\xe4\0\n\0\xac\x20", 6, "\xc3\xa4/\xe2\x82\xac/"},
        {"utf-16be", "\0\xe4\0\n\x20\xac", 6, "\xc3\xa4/\xe2\x82\xac/"},
        {"utf-16", "a\0\n\0\xac\x20", 6, "a/\xe2\x82\xac/"}, /* told by the first character */
        {"utf-16", "\0a\0\n\x20\xac", 6, "a/\xe2\x82\xac/"},
        {"utf-16", "\xff\xfe\xe4\0\n\0\xac\x20", 8, "\xc3\xa4/\xe2\x82\xac/"},
        {"utf-8", "\xff\xfe\xe4\0\n\0\xac\x20", 8, "\xc3\xa4/\xe2\x82\xac/"}, /* by the mark */
        {"utf-8", "\xfe\xff\0\xe4\0\n\x20\xac", 8, "\xc3\xa4/\xe2\x82\xac/"},
        {"utf-8", "\xff\xfe\0\0a\0\0\0\n\0\0\0", 12, "a/"},
        {"utf-8", "\xff\xfe\x3d\xd8\x18\xdc", 6, "\xf0\x9f\x90\x98/"}, /* a surrogate pair */
    };
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        options.encoding = cases[i].encoding;
        const char *path = test_write(&folder, "a", cases[i].bytes, cases[i].length);
        const char *rows = test_rows(&folder, path, &options);
        cr_assert_str_eq(rows, cases[i].expected, "case %zu: %s", i, rows);
    }
    test_folder_end(&folder);
}

/* More than one buffer full of characters that take 2, 3 and 4 bytes. */
Test(bytes, a_long_file_in_utf_16)
{
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    CLEANUP(str_deinit) Str text = {0};
    str_append(&text, "a\n");
    for (int i = 0; i < 60000; i++) {
        str_append(&text, i % 3 == 0   ? "\xc3\xa4\n"
                          : i % 3 == 1 ? "\xe2\x82\xac\n"
                                       : "\xf0\x9f\x90\x98\n");
    }
    const char *path = test_write(&folder, "a.csv", text.data, text.length);
    const char *expected = test_rows(&folder, path, &options);
    test_shell(&folder, "iconv -f UTF-8 -t UTF-16 a.csv > b.csv && gzip -c b.csv > c.csv");
    path = arena_printf(folder.arena, "%s/b.csv", folder.path);
    cr_assert(strcmp(test_rows(&folder, path, &options), expected) == 0);
    path = arena_printf(folder.arena, "%s/c.csv", folder.path);
    cr_assert(strcmp(test_rows(&folder, path, &options), expected) == 0);
    test_folder_end(&folder);
}
