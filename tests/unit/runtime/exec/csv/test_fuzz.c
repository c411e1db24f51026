/* Random tables that must come back as they were written, and files damaged at random, which must
 * give rows or a clear error. Seeds are fixed; PDC_FUZZ_CASES sets how many are tried. */
#define _XOPEN_SOURCE 700 /* strptime() */
#include "csv_test.h"
#include "fake_store.h"
#include "runtime/base/file.h"
#include "runtime/base/utf8.h"

#include <errno.h>
#include <time.h>

static uint64_t state;

static unsigned
below(unsigned limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 11) % limit);
}

static unsigned
count_cases(unsigned otherwise)
{
    const char *text = getenv("PDC_FUZZ_CASES");
    return text != NULL ? (unsigned)atoi(text) : otherwise;
}

/* ---- what is written comes back ---- */

static const char *const delimiters[] = {",", ";", "\\t", "|", "\xc2\xa7"};
static const char *const breaks[] = {"\n", "\r\n", "\r"};

/* NULL stands for NULL. */
static const char *
random_cell(Arena *arena)
{
    static const char *const parts[] = {"a",  "1",   ",",  ";",    "\t",       "|",
                                        "\"", "\n",  "\r", "\r\n", "\xc2\xa7", "\xe2\x82\xac",
                                        " ",  "\"\""};
    if (below(8) == 0) {
        return NULL;
    }
    CLEANUP(str_deinit) Str cell = {0};
    for (unsigned n = below(6); n > 0; n--) {
        str_append(&cell, parts[below(ARRAY_LENGTH(parts))]);
    }
    return arena_strdup(arena, str_text(&cell));
}

static void
write_cell(Str *out, const char *cell, const char *delimiter)
{
    if (cell == NULL) {
        return;
    }
    bool needs_quotes = cell[0] == '\0' || cell[0] == '"' || strpbrk(cell, "\r\n") != NULL ||
                        strstr(cell, delimiter) != NULL;
    if (!needs_quotes && below(3) > 0) {
        str_append(out, cell);
        return;
    }
    str_append_char(out, '"');
    for (const char *c = cell; *c != '\0'; c++) {
        str_append_repeat(out, *c, *c == '"' ? 2 : 1);
    }
    str_append_char(out, '"');
}

Test(fuzz, random_tables_come_back)
{
    state = 20240229;
    for (unsigned i = count_cases(3000); i > 0; i--) {
        TestFolder folder = {.arena = arena_new(), .path = "/nowhere"};
        CLEANUP(str_deinit) Str text = {0};
        CLEANUP(str_deinit) Str expected = {0};
        CsvOptions options;
        csv_options_init(&options);
        options.header = false;
        options.delimiter = delimiters[below(ARRAY_LENGTH(delimiters))];
        const char *delimiter = text_equal(options.delimiter, "\\t") ? "\t" : options.delimiter;
        const char *line_break = breaks[below(ARRAY_LENGTH(breaks))];
        unsigned n_columns = 2 + below(4); /* two: an empty line is no row */
        for (unsigned n_rows = 1 + below(6); n_rows > 0; n_rows--) {
            for (unsigned column = 0; column < n_columns; column++) {
                const char *cell = random_cell(folder.arena);
                str_append(&text, column > 0 ? delimiter : "");
                write_cell(&text, cell, delimiter);
                str_append_format(&expected, "%s%s", column > 0 ? "|" : "",
                                  cell != NULL ? cell : "~");
            }
            str_append(&text, n_rows > 1 || below(2) > 0 ? line_break : "");
            str_append_char(&expected, '/');
        }
        char path[] = "/tmp/pdc-csv-XXXXXX";
        int fd = mkstemp(path);
        cr_assert_eq(write(fd, text.data, text.length), (ssize_t)text.length);
        close(fd);
        const char *rows = test_rows(&folder, path, &options);
        cr_assert(strcmp(rows, expected.data) == 0, "file:\n%s\nexpected:\n%s\nfound:\n%s",
                  text.data, expected.data, rows);
        unlink(path);
        arena_free(folder.arena);
    }
}

/* ---- damaged files ---- */

#define SEED(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static const struct {
    const char *text;
    size_t length;
} seeds[] = {
    SEED(
        "id,name,amount,day,at,ok\n1,\"M\xc3\xbcller, A.\",1.50,2024-02-29,2024-02-29 10:00:00,true\n"
        "2,\"say \"\"hi\"\"\",-3,1999-12-31,2024-02-29T23:59:59.123456,FALSE\n3,,,,,\n"),
    SEED("a;b\r\n1;\"x\r\ny\"\r\n\r\n;\"\"\r\n"),
    SEED("\xef\xbb\xbfk\tv\r1\t9223372036854775807\r-9223372036854775808\t.5e-10\r"),
    SEED("\xff\xfe"
         "a\0,\0b\0\n\0"
         "1\0,\0\xe4\0\n\0"),
    SEED("x\n1\n\n2\n"),
};

/* A copy of a seed in which a few bytes were changed, removed, doubled or put in. */
static void
mutate(Str *text)
{
    static const char spice[] = "\",;\n\r\t\\ 0-9eE.+:T\xc3\xff\xe2\x80\x01";
    size_t which = below(ARRAY_LENGTH(seeds));
    str_append_n(text, seeds[which].text, seeds[which].length);
    for (unsigned n = below(8); n > 0 && text->length > 0; n--) {
        size_t at = below((unsigned)text->length);
        char byte = below(4) == 0 ? (char)below(256) : spice[below(sizeof(spice))];
        switch (below(5)) {
        case 0: text->data[at] = byte; break;
        case 1: str_truncate(text, at); break;
        case 2: {
            char *rest = strndup(text->data + at, text->length - at);
            str_append(text, rest);
            free(rest);
            break;
        }
        case 3:
            str_append_char(text, byte);
            memmove(text->data + at + 1, text->data + at, text->length - at - 1);
            text->data[at] = byte;
            break;
        default:
            memmove(text->data + at, text->data + at + 1, text->length - at - 1);
            str_truncate(text, text->length - 1);
            break;
        }
    }
}

/* An opinion on each cell that is not ours: can libc read it as the type that was inferred? */
static void
look(void *context, size_t column, const char *cell)
{
    const CsvSchema *schema = context;
    char *end = NULL;
    struct tm tm;
    if (cell == NULL) {
        return;
    }
    size_t length = strlen(cell);
    cr_assert_eq(utf8_first_invalid(cell, length), length);
    errno = 0;
    switch (schema->columns[column].type) {
    case PDC_TYPE_INT: (void)strtoll(cell, &end, 10); break;
    case PDC_TYPE_FLOAT: (void)strtod(cell, &end); break;
    case PDC_TYPE_DATE: end = strptime(cell, "%Y-%m-%d", &tm); break;
    case PDC_TYPE_TIMESTAMP:
        end = strptime(cell, "%Y-%m-%d", &tm);
        cr_assert(end != NULL && (*end == '\0' || *end == ' ' || *end == 'T'), "\"%s\"", cell);
        return;
    case PDC_TYPE_BOOL:
        cr_assert(text_equal_ignore_case(cell, "true") || text_equal_ignore_case(cell, "false"));
        return;
    default: return;
    }
    cr_assert(errno == 0 && length > 0 && end == cell + length, "\"%s\" as %s", cell,
              type_name(schema->columns[column].type));
}

static void
try_file(const char *path, const CsvOptions *options, unsigned *io_good)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CsvSchema *schema = NULL;
    Error error = {0};
    if (csv_infer(path, options, arena, &schema, &error) != 0) {
        CLEANUP(str_deinit) Str out = {0};
        cr_assert(error.code == ERROR_DATA && error.message[0] != '\0');
        error_render(&error, (DiagStyle){0}, &out);
        cr_assert_eq(utf8_first_invalid(str_text(&out), out.length), out.length);
        error_deinit(&error);
        return;
    }
    FakeStore fake = fake_store();
    int64_t n_rows = -1;
    StoreEngine engine = fake_engine;
    engine.identifier_limit = 0;
    fake.store.engine = &engine;
    fake.keeps_rows = false;
    fake.look = look;
    fake.context = schema;
    cr_assert_eq(csv_load(path, options, schema, &fake.store, "s", "t", &n_rows, &error), 0, "%s",
                 error.message);
    cr_assert_eq(n_rows, schema->n_rows);
    cr_assert_eq(fake.n_rows, n_rows);
    fake_store_end(&fake);
    (*io_good)++;
}

Test(fuzz, damaged_files_give_rows_or_an_error)
{
    state = 77;
    unsigned n_good = 0;
    unsigned n = count_cases(6000);
    char path[] = "/tmp/pdc-csv-XXXXXX";
    close(mkstemp(path));
    for (unsigned i = 0; i < n; i++) {
        CLEANUP(str_deinit) Str text = {0};
        CsvOptions options;
        csv_options_init(&options);
        options.delimiter = delimiters[below(ARRAY_LENGTH(delimiters))];
        options.header = below(3) > 0;
        options.null = below(2) > 0 ? "1" : NULL;
        options.quote = below(6) == 0 ? "" : options.quote;
        options.encoding = below(10) == 0 ? "windows-1252" : below(10) == 0 ? "utf-16" : "utf-8";
        mutate(&text);
        FILE *file = fopen(path, "wb");
        fwrite(str_text(&text), 1, text.length, file);
        fclose(file);
        try_file(path, &options, &n_good);
    }
    unlink(path);
    cr_assert(n_good > n / 10 && n_good < n - n / 10, "%u of %u could be read", n_good, n);
}

/* Damage to packed bytes. */
Test(fuzz, damaged_packed_files_give_rows_or_an_error)
{
    static const char *const packers[] = {"gzip -c", "zstd -q -c --check"};
    state = 4711;
    TestFolder folder = test_folder_new();
    CLEANUP(str_deinit) Str text = {0};
    str_append(&text, "a,b\n");
    for (int i = 0; i < 500; i++) {
        str_append_format(&text, "%d,%u\n", i, below(1000000));
    }
    test_write(&folder, "a.csv", text.data, text.length);
    for (size_t packer = 0; packer < ARRAY_LENGTH(packers); packer++) {
        char *packed = NULL;
        size_t length = 0;
        unsigned n_good = 0;
        test_shell(&folder, arena_printf(folder.arena, "%s a.csv > packed", packers[packer]));
        char *path = arena_printf(folder.arena, "%s/packed", folder.path);
        cr_assert_eq(file_read(folder.arena, path, 0, &packed, &length), 0);
        unsigned n = count_cases(1000);
        for (unsigned i = 0; i < n; i++) {
            CsvOptions options;
            csv_options_init(&options);
            char *damaged = arena_memdup(folder.arena, packed, length);
            for (unsigned times = 1 + below(3); times > 0; times--) {
                damaged[below((unsigned)length)] = (char)below(256);
            }
            size_t kept = below(3) == 0 ? below((unsigned)length) : length;
            test_write(&folder, "packed", damaged, kept);
            try_file(path, &options, &n_good);
        }
        cr_assert_lt(n_good, n / 4);
    }
    test_folder_end(&folder);
}
