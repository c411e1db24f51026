/*
 * The queries of TPC-H and of TPC-DS, in tests/golden/lineage: NN.sql, and beside it NN.key, which
 * was written by reading the query. A key has a line `output: =copied ~computed -filtered by` for
 * each output, in the order of the query, and `| column …`, what decides about the rows. Columns
 * stand without their tables, since no two tables have one name for them; their order is free.
 *
 * Each is read for both engines, and with and without knowing the columns of the tables: without,
 * nothing that the key names may be missing.
 */
#include "lineage_text.h"
#include "runtime/base/file.h"
#include "runtime/base/macros.h"
#include "runtime/base/vec.h"

#define FOLDER PDC_SOURCE_DIR "/tests/golden/lineage/"

static char *
read_text(Arena *arena, const char *path)
{
    char *text;
    size_t length;
    cr_assert_eq(file_read(arena, path, 1 << 20, &text, &length), 0, "%s", path);
    return text;
}

/** `table column column …` lines. */
static const TestTable *
read_schema(Arena *arena, const char *folder)
{
    char *text = read_text(arena, arena_printf(arena, FOLDER "%s/schema.txt", folder));
    VEC(TestTable) tables = {0};
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        size_t length = strcspn(line, " ");
        TestTable table = {arena_strndup(arena, line, length), line + length};
        vec_push_in(arena, &tables, table);
    }
    vec_push_in(arena, &tables, (TestTable){NULL, NULL});
    return tables.items;
}

/** A line's words in order, without tables in front of columns. */
static char *
normal_line(Arena *arena, char *line)
{
    VEC(const char *) words = {0};
    size_t skip = line[0] == '|' ? 1 : strcspn(line, ":") + 1;
    char *head = arena_strndup(arena, line, skip);
    for (char *word = strtok(line + skip, " "); word != NULL; word = strtok(NULL, " ")) {
        const char *dot = strrchr(word, '.');
        bool has_sign = strchr("=~-", word[0]) != NULL;
        const char *plain =
            dot == NULL ? word : arena_printf(arena, "%.*s%s", has_sign ? 1 : 0, word, dot + 1);
        vec_push_in(arena, &words, plain);
    }
    if (words.n > 1) {
        qsort(words.items, words.n, sizeof(*words.items), text_compare_ptr);
    }
    Str out = {0};
    str_append(&out, head);
    for (size_t i = 0; i < words.n; i++) {
        bool again = i > 0 && text_equal(words.items[i], words.items[i - 1]);
        str_append_format(&out, "%s%s", again ? "" : " ", again ? "" : words.items[i]);
    }
    return str_take_in(&out, arena);
}

static char *
normal_text(Arena *arena, const char *text)
{
    Str out = {0};
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        str_append(&out, normal_line(arena, arena_strndup(arena, text, length)));
        str_append(&out, "\n");
        text += length + (text[length] == '\n' ? 1 : 0);
    }
    return str_take_in(&out, arena);
}

/** Each word of the key has to be in the same line, sure or not. */
static void
check_covers(Arena *arena, const char *path, const char *key, const char *found)
{
    char *lines[2] = {normal_text(arena, key), normal_text(arena, found)};
    char *rest[2] = {lines[0], lines[1]};
    char *wanted = strtok_r(rest[0], "\n", &rest[0]);
    char *given = strtok_r(rest[1], "\n", &rest[1]);
    for (; wanted != NULL && given != NULL;
         wanted = strtok_r(NULL, "\n", &rest[0]), given = strtok_r(NULL, "\n", &rest[1])) {
        char *have = arena_printf(arena, "%s ", given);
        for (char *word = strtok(wanted, " "); word != NULL; word = strtok(NULL, " ")) {
            bool is_there = strstr(have, arena_printf(arena, "%s ", word)) != NULL ||
                            strstr(have, arena_printf(arena, "%s? ", word)) != NULL;
            cr_expect(is_there, "%s: without the schema %s is missing in: %s", path, word, have);
        }
    }
    cr_expect(wanted == NULL && given == NULL, "%s: another number of lines:\n%s", path, found);
}

typedef struct Counts Counts;
struct Counts {
    size_t n_queries;
    size_t n_keys;
};

static void
check_query(SqlAnalyzer *analyzer, const TestTable *schema, const char *path, SqlDialect dialect,
            Counts *counts)
{
    static const TestTable nothing[] = {{NULL, NULL}};
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char *sql = read_text(arena, path);
    char *key_path = arena_printf(arena, "%.*s.key", (int)(strlen(path) - 4), path);
    LineageFacts *facts = must_trace(analyzer, arena, schema, sql, dialect);
    char *found = lineage_text(arena, facts, "\n");
    cr_expect(!facts->gave_up, "%s: given up", path);
    cr_expect_null(strchr(found, '?'), "%s: not sure:\n%s", path, found);
    cr_expect_null(strchr(found, '*'), "%s: open:\n%s", path, found);
    LineageFacts *blind = must_trace(analyzer, arena, nothing, sql, dialect);
    cr_expect(!blind->gave_up && blind->n_outputs > 0, "%s: given up", path);
    counts->n_queries++;
    if (file_exists(key_path)) {
        char *key = read_text(arena, key_path);
        cr_expect_str_eq(normal_text(arena, found), normal_text(arena, key),
                         "%s: the key says\n%sand found is\n%s", path, normal_text(arena, key),
                         normal_text(arena, found));
        check_covers(arena, path, key, lineage_text(arena, blind, "\n"));
        counts->n_keys++;
    }
}

static Counts
check_folder(const char *folder)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    const TestTable *schema = read_schema(arena, folder);
    char **paths;
    size_t n;
    Counts counts = {0};
    cr_assert_eq(file_glob(arena, arena_printf(arena, FOLDER "%s/*.sql", folder), &paths, &n), 0);
    for (size_t i = 0; i < n; i++) {
        check_query(analyzer, schema, paths[i], SQL_POSTGRES, &counts);
        check_query(analyzer, schema, paths[i], SQL_DUCKDB, &counts);
    }
    return counts;
}

Test(tpc, h)
{
    Counts counts = check_folder("tpch");
    cr_expect_eq(counts.n_queries, 2 * 22);
    cr_expect_eq(counts.n_keys, 2 * 22);
}

/** Written from memory: some have fewer repetitions than the original (of days, quarters, buckets).
 */
Test(tpc, ds)
{
    Counts counts = check_folder("tpcds");
    cr_expect_eq(counts.n_queries, 2 * 78, "%zu", counts.n_queries);
    cr_expect_eq(counts.n_keys, 2 * 25, "%zu", counts.n_keys);
}
