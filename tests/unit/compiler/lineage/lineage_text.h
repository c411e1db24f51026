/**
 * Lineage as text, so that a test is one line.
 *
 *   output: =t.a ~t.b -t.c    copied, computed, filtered by; `?` behind: perhaps; `t.*`: some
 * column | t.d t.e                 what decides about the rows
 *
 * Outputs are parted by `; `; `_` is a name that the engine makes up, `*` stands for columns that
 * nobody knows.
 */
#ifndef PDC_TESTS_LINEAGE_TEXT_H
#define PDC_TESTS_LINEAGE_TEXT_H

#include "compiler/lineage/lineage.h"
#include "runtime/base/str.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/** Tables and their columns: `{"t", "a b c"}`, ended by a row of NULL. */
typedef struct TestTable TestTable;
struct TestTable {
    const char *name;
    const char *columns;
};

typedef struct TestSchema TestSchema;
struct TestSchema {
    const TestTable *tables;
    Arena *arena;
};

static inline LineageTable
split_columns(Arena *arena, const char *text)
{
    const char **columns = ARENA_ARRAY(arena, const char *, strlen(text) + 1);
    size_t n = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        if (length > 0) {
            columns[n++] = arena_strndup(arena, text, length);
        }
        text += length + (text[length] != '\0' ? 1 : 0);
    }
    return (LineageTable){columns, n, true};
}

/** Tables that aren't in the schema have columns that nobody knows. */
static inline LineageTable
lookup_test_table(void *user, const char *schema, const char *name)
{
    const TestSchema *known = user;
    (void)schema;
    for (size_t i = 0; known->tables[i].name != NULL; i++) {
        if (text_equal_ignore_case(known->tables[i].name, name)) {
            return split_columns(known->arena, known->tables[i].columns);
        }
    }
    return (LineageTable){0};
}

static inline void
add_source(Str *out, const LineageSource *source, const char *sign)
{
    str_append_format(out, " %s%s%s%s.%s%s", sign, source->schema ? source->schema : "",
                      source->schema ? "." : "", source->table,
                      source->column ? source->column : "*",
                      source->kinds & LINEAGE_SURE ? "" : "?");
}

static inline void
add_sources(Str *out, LineageSources sources, bool signs)
{
    static const struct {
        unsigned kind;
        const char *sign;
    } kinds[] = {{LINEAGE_COPIED, "="}, {LINEAGE_COMPUTED, "~"}, {LINEAGE_FILTERED, "-"}};
    for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
        for (size_t i = 0; i < sources.n; i++) {
            unsigned wanted = signs ? kinds[k].kind : LINEAGE_FILTERED;
            if ((signs || k == 0) && (sources.items[i].kinds & wanted)) {
                add_source(out, &sources.items[i], signs ? kinds[k].sign : "");
            }
        }
    }
}

static inline char *
lineage_text(Arena *arena, const LineageFacts *facts, const char *separator)
{
    Str out = {0};
    for (size_t i = 0; i < facts->n_outputs; i++) {
        const LineageOutput *output = &facts->outputs[i];
        str_append(&out, i > 0 ? separator : "");
        str_append_format(&out, "%s:", output->is_open ? "*" : output->name ? output->name : "_");
        add_sources(&out, output->sources, true);
    }
    str_append_format(&out, "%s|", separator[0] == '\n' ? "\n" : " ");
    add_sources(&out, facts->filters, false);
    return str_take_in(&out, arena);
}

static inline LineageFacts *
must_trace(SqlAnalyzer *analyzer, Arena *arena, const TestTable *tables, const char *sql,
           SqlDialect dialect)
{
    TestSchema schema = {tables, arena};
    LineageQuestion question = {.text = sql,
                                .length = strlen(sql),
                                .dialect = dialect,
                                .lookup = lookup_test_table,
                                .user = &schema};
    LineageFacts *facts = NULL;
    SqlProblem problem = {0};
    int status = lineage_of_query(analyzer, &question, arena, &facts, &problem);
    cr_assert_eq(status, 0, "%s\n  at %zu: %s", sql, problem.place.start,
                 problem.message ? problem.message : "");
    return facts;
}

#endif
