/*
 * The same SQL, another meaning on PostgreSQL and DuckDB. Most of it depends on types, which DuckDB
 * is asked for: `a / b` becomes `(case when pdc_type(a) then a end) / …`, and the query is bound.
 * What DuckDB does not bind in this form has no types, and gives no warning.
 */
#include "compiler/lint/lint_priv.h"
#include "runtime/base/str.h"
#include "runtime/base/vec.h"
#include "runtime/store/store.h"

#include <stdlib.h>

static bool
is_integer(const char *type)
{
    return type != NULL && (text_ends_with(type, "INT") || text_equal(type, "INTEGER"));
}

static bool
is_number(const char *type)
{
    return is_integer(type) || text_equal(type, "DECIMAL") || text_equal(type, "FLOAT") ||
           text_equal(type, "DOUBLE");
}

/** Whether the types, as far as the lint has operands, make a difference. */
static bool
differs(const SqlLint *lint, const char *const *types)
{
    switch (lint->kind) {
    case SQL_LINT_DIVISION:
        return lint->n_operands == 0 || (is_integer(types[0]) && is_integer(types[1]));
    case SQL_LINT_ROW: return text_equal(types[0], "STRUCT");
    case SQL_LINT_ROUND: return text_equal(types[0], "DOUBLE") || text_equal(types[0], "FLOAT");
    case SQL_LINT_DATE_TRUNC: return text_equal(types[0], "DATE");
    case SQL_LINT_SUM: return is_integer(types[0]);
    case SQL_LINT_AVG: return is_integer(types[0]) || text_equal(types[0], "DECIMAL");
    case SQL_LINT_LIST_OF:
        return is_number(types[0]) || text_equal(types[0], "DATE") ||
               text_equal(types[0], "BOOLEAN") || text_equal(types[0], "TIMESTAMP");
    case SQL_LINT_REGEX:
    case SQL_LINT_BARE_NUMERIC:
    case SQL_LINT_FLOAT: return true;
    default: return false;
    }
}

static void
say(const Linter *l, const SqlLint *lint, const char *const *types)
{
    static const struct {
        SqlLintKind kind;
        DiagId id;
    } rows[] = {
        {SQL_LINT_ROW, DIAG_ROW_TYPED},
        {SQL_LINT_DIVISION, DIAG_ENGINES_DIVISION},
        {SQL_LINT_ROUND, DIAG_ENGINES_ROUND},
        {SQL_LINT_REGEX, DIAG_ENGINES_REGEX},
        {SQL_LINT_BARE_NUMERIC, DIAG_ENGINES_NUMERIC},
        {SQL_LINT_FLOAT, DIAG_ENGINES_FLOAT},
        {SQL_LINT_DATE_TRUNC, DIAG_ENGINES_DATE_TRUNC},
        {SQL_LINT_SUM, DIAG_ENGINES_SUM},
        {SQL_LINT_AVG, DIAG_ENGINES_AVG},
        {SQL_LINT_LIST_OF, DIAG_ENGINES_LIST_OF},
    };
    bool promised = l->table != NULL && l->table->contract != NULL &&
                    (lint->kind == SQL_LINT_SUM || lint->kind == SQL_LINT_AVG);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        if (rows[i].kind == lint->kind && !promised && differs(lint, types)) {
            linter_say(l, lint, rows[i].id);
        }
    }
}

/* ---- types ---- */

/** An operand, with the number of the type that is asked for. */
typedef struct Probe Probe;
struct Probe {
    SqlRange range;
    size_t number;
};

static int
compare_probes(const void *a, const void *b)
{
    const Probe *x = a;
    const Probe *y = b;
    return (x->range.start > y->range.start) - (x->range.start < y->range.start);
}

/** Puts the text of an operand into a call that tells its type. */
static void
append_probe(Str *sql, const char *text, const Probe *probe)
{
    int length = (int)(probe->range.end - probe->range.start);
    const char *operand = text + probe->range.start;
    str_append_format(sql, "(case when %s((%.*s)", STORE_TYPE_OF, length, operand);
    for (size_t i = 0; i < probe->number; i++) {
        str_append(sql, ", true");
    }
    str_append_format(sql, ") then (%.*s) end)", length, operand);
}

/** The query with its operands in calls; one that stands in another is left out. */
static char *
probe_text(const Linter *l, const Rendered *rendered, Probe *probes, size_t n)
{
    Str sql = {0};
    size_t done = 0;
    qsort(probes, n, sizeof(Probe), compare_probes);
    for (size_t i = 0; i < n; i++) {
        if (probes[i].range.start >= done) {
            str_append_n(&sql, rendered->text + done, probes[i].range.start - done);
            append_probe(&sql, rendered->text, &probes[i]);
            done = probes[i].range.end;
        }
    }
    str_append(&sql, rendered->text + done);
    return str_take_in(&sql, l->arena);
}

/** Asks with all operands in one query; where that is refused, with one lint after the other. */
static void
ask(const Linter *l, const Rendered *rendered, const SqlFacts *facts, const char **types)
{
    const LintInput *input = l->input;
    Probe *probes = ARENA_ARRAY(l->arena, Probe, 2 * facts->n_lints + 1);
    size_t n = 0;
    for (size_t i = 0; i < facts->n_lints; i++) {
        for (size_t k = 0; k < facts->lints[i].n_operands; k++) {
            probes[n++] = (Probe){facts->lints[i].operands[k], 2 * i + k};
        }
    }
    if (n == 0) {
        return;
    }
    types_of_expressions(input->types, input->instance, l->query,
                         probe_text(l, rendered, probes, n), types, 2 * facts->n_lints);
    for (size_t i = 0; i < facts->n_lints; i++) {
        const SqlLint *lint = &facts->lints[i];
        bool missing = lint->n_operands > 0 && (types[2 * i] == NULL || types[2 * i][0] == '\0');
        for (size_t k = 0; k < lint->n_operands; k++) {
            probes[k] = (Probe){lint->operands[k], k};
        }
        if (missing) {
            types_of_expressions(input->types, input->instance, l->query,
                                 probe_text(l, rendered, probes, lint->n_operands), &types[2 * i],
                                 lint->n_operands);
        }
    }
}

void
linter_compare_engines(const Linter *l)
{
    const LintInput *input = l->input;
    const char **types = ARENA_ARRAY(l->arena, const char *, 2 * l->facts->n_lints + 1);
    Rendered rendered;
    SqlFacts *facts;
    SqlProblem problem;
    /* the same query with other names, so the lints are the same in the same order */
    if (input->types != NULL && types_render(input->types, input->instance, l->query, &rendered) &&
        sql_analyze(input->analyzer, rendered.text, rendered.length, input->dialect, l->arena,
                    &facts, &problem) == 0 &&
        facts->n_lints == l->facts->n_lints) {
        ask(l, &rendered, facts, types);
    }
    for (size_t i = 0; i < l->facts->n_lints; i++) {
        say(l, &l->facts->lints[i], &types[2 * i]);
    }
}
