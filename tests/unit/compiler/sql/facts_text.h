/**
 * Facts as text, so that a test is one line: the query and what must be found in it. Places are
 * shown as the bytes of the query that they cover, so a wrong place shows.
 *
 *   relations  `schema.name` where the place covers just these names, else `schema.name[bytes]`; `
 * as alias`; functions `name(argument|argument)`; where the alias would not go directly behind: `
 * @bytes before` functions  `name[bytes]`, or the name alone where that is what the place covers
 * (but for letter case) qualifiers `[prefix]table>index of the relation` outputs    the name or
 * `?`, `*` for stars; `=table.column` for plain copies; `[bytes]`
 */
#ifndef PDC_TESTS_SQL_FACTS_TEXT_H
#define PDC_TESTS_SQL_FACTS_TEXT_H

#include "compiler/sql/analyze.h"
#include "runtime/base/str.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static inline void
add_bytes(Str *out, const char *sql, SqlRange place)
{
    cr_assert(place.start <= place.end && place.end <= strlen(sql), "a place outside of: %s", sql);
    str_append_n(out, sql + place.start, place.end - place.start);
}

static inline void
add_separator(Str *out, size_t i)
{
    str_append(out, i > 0 ? ", " : "");
}

static inline void
add_relation(Str *out, const char *sql, const SqlRelation *relation)
{
    Str name = {0};
    Str covered = {0};
    str_append_format(&name, "%s%s%s%s%s", relation->catalog ? relation->catalog : "",
                      relation->catalog ? "." : "", relation->schema ? relation->schema : "",
                      relation->schema ? "." : "", relation->name);
    add_bytes(&covered, sql, relation->place);
    str_append(out, str_text(&name));
    if (strcmp(str_text(&name), str_text(&covered)) != 0) {
        str_append_format(out, "[%s]", str_text(&covered));
    }
    if (relation->is_function) {
        str_append(out, "(");
        for (size_t i = 0; i < relation->n_arguments; i++) {
            str_append(out, i > 0 ? "|" : "");
            add_bytes(out, sql, relation->arguments[i]);
        }
        str_append(out, ")");
        cr_assert_eq(sql[relation->call_end - 1], ')', "%s", sql);
    }
    if (relation->alias) {
        str_append_format(out, " as %s", relation->alias);
    } else if (relation->alias_at != relation->call_end) {
        str_append(out, " @");
        add_bytes(out, sql, (SqlRange){relation->call_end, relation->alias_at});
    }
    str_deinit(&name);
    str_deinit(&covered);
}

/** In an arena; the facts' lists under their letters, empty ones left out. */
static inline char *
relations_text(Arena *arena, const char *sql, const SqlFacts *facts)
{
    Str out = {0};
    for (size_t i = 0; i < facts->n_relations; i++) {
        add_separator(&out, i);
        add_relation(&out, sql, &facts->relations[i]);
    }
    return str_take_in(&out, arena);
}

static inline char *
functions_text(Arena *arena, const char *sql, const SqlFacts *facts)
{
    Str out = {0};
    for (size_t i = 0; i < facts->n_functions; i++) {
        const SqlFunction *function = &facts->functions[i];
        Str covered = {0};
        Str name = {0};
        add_separator(&out, i);
        add_bytes(&covered, sql, function->place);
        str_append_format(&name, "%s%s%s", function->schema ? function->schema : "",
                          function->schema ? "." : "", function->name);
        str_append(&out, str_text(&name));
        if (!text_equal_ignore_case(str_text(&name), str_text(&covered))) {
            str_append_format(&out, "[%s]", str_text(&covered));
        }
        str_deinit(&covered);
        str_deinit(&name);
    }
    return str_take_in(&out, arena);
}

static inline char *
qualifiers_text(Arena *arena, const char *sql, const SqlFacts *facts)
{
    Str out = {0};
    for (size_t i = 0; i < facts->n_qualifiers; i++) {
        const SqlQualifier *qualifier = &facts->qualifiers[i];
        add_separator(&out, i);
        str_append(&out, "[");
        add_bytes(&out, sql, qualifier->place);
        str_append_format(&out, "]%s", qualifier->table);
        Str covered = {0};
        add_bytes(&covered, sql, qualifier->table_place);
        if (strcmp(str_text(&covered), qualifier->table) != 0) {
            str_append_format(&out, "[%s]", str_text(&covered));
        }
        str_deinit(&covered);
        str_append(&out, ">");
        if (qualifier->relation == SQL_NONE) {
            str_append(&out, "none");
        } else {
            str_append_format(&out, "%zu", qualifier->relation);
            cr_assert_lt(qualifier->relation, facts->n_relations);
        }
    }
    return str_take_in(&out, arena);
}

static inline char *
outputs_text(Arena *arena, const char *sql, const SqlFacts *facts)
{
    Str out = {0};
    for (size_t i = 0; i < facts->n_outputs; i++) {
        const SqlOutput *output = &facts->outputs[i];
        add_separator(&out, i);
        str_append(&out, output->is_star ? "*" : output->name ? output->name : "?");
        if (output->column || output->table) {
            str_append_format(&out, "=%s%s%s", output->table ? output->table : "",
                              output->table ? "." : "", output->column ? output->column : "");
        }
        if (output->place.start != SQL_NONE) {
            str_append(&out, "[");
            add_bytes(&out, sql, output->place);
            str_append(&out, "]");
        }
    }
    return str_take_in(&out, arena);
}

/** Facts of a query that must be taken. */
static inline SqlFacts *
must_analyze(SqlAnalyzer *analyzer, Arena *arena, const char *sql, SqlDialect dialect)
{
    SqlFacts *facts = NULL;
    SqlProblem problem = {0};
    int status = sql_analyze(analyzer, sql, strlen(sql), dialect, arena, &facts, &problem);
    cr_assert_eq(status, 0, "%s (%s)\n  at %zu..%zu: %s", sql,
                 dialect == SQL_DUCKDB ? "duckdb" : "postgres", problem.place.start,
                 problem.place.end, problem.message ? problem.message : "");
    for (size_t i = 0; i < facts->n_relations; i++) {
        cr_assert_lt(facts->relations[i].scope, facts->n_scopes, "%s", sql);
    }
    return facts;
}

/** Problem of a query that must be refused: `bytes: message`. */
static inline char *
problem_text(Arena *arena, const char *sql, const SqlProblem *problem)
{
    Str out = {0};
    add_bytes(&out, sql, problem->place);
    str_append_format(&out, ": %s", problem->message);
    return str_take_in(&out, arena);
}

#endif
