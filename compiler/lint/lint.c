#include "compiler/lint/lint_priv.h"
#include "runtime/base/str.h"
#include "runtime/base/vec.h"
#include "runtime/elaborate/render.h"
#include "runtime/store/sql_text.h"

/* ---- words and places ---- */

static void
append_table(void *user, const FlowTable *table, Str *sql)
{
    (void)user;
    sql_qualified(sql, table->stage->name, table->name);
}

/** Nobody asks here for the columns of a table. */
static int
columns_of(void *user, const FlowTable *table, Arena *arena, FlowColumn **ret_columns,
           size_t *ret_n, Error *reterr)
{
    (void)user;
    (void)table;
    (void)arena;
    *ret_columns = NULL;
    *ret_n = 0;
    return error_set(reterr, ERROR_UNSUPPORTED, "unknown");
}

static Span
place_of(const Linter *l, SqlRange range)
{
    FlowSources *sources = l->input->sources;
    Span first = flow_span(sources, rendered_place(&l->rendered, range.start));
    Span last = flow_span(sources, rendered_place(&l->rendered, range.end - 1));
    bool same = range.end > range.start && first.file != NULL && first.file == last.file &&
                last.end > first.start;
    return same ? span_make(first.file, first.start, last.end) : first;
}

static const FlowTable *
table_of(const Linter *l, const SqlLint *lint)
{
    const SqlRelation *relation =
        lint->relation != SQL_NONE ? &l->facts->relations[lint->relation] : NULL;
    return relation != NULL && relation->schema != NULL
               ? flow_find_table(l->input->flow, relation->schema, relation->name)
               : NULL;
}

/* ---- what clauses say ---- */

static bool
is_among(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text_equal_ignore_case(names[i], name)) {
            return true;
        }
    }
    return false;
}

static bool
is_key(const FlowConstraint *clause)
{
    return clause->kind == PDC_CLAUSE_PRIMARY_KEY || clause->kind == PDC_CLAUSE_UNIQUE;
}

static bool
is_never_null(const FlowTable *table, const char *column)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *clause = &table->constraints[i];
        bool says = clause->kind == PDC_CLAUSE_PRIMARY_KEY || clause->kind == PDC_CLAUSE_NOT_NULL;
        if (says && is_among(column, clause->columns, clause->n_columns)) {
            return true;
        }
    }
    return false;
}

/** Is null promised never to stand in this column? */
static void
say_null(const Linter *l, const SqlLint *lint)
{
    const FlowTable *table = l->table;
    if (table != NULL && is_never_null(table, lint->name)) {
        diag_add(l->diags, DIAG_PROMISE_NULL, place_of(l, lint->place), lint->name,
                 table->stage->name, table->name);
    }
}

/** The first key of the table, if the columns of none are all in the row. */
static const FlowConstraint *
missing_key(const FlowTable *table, const SqlLint *lint)
{
    const FlowConstraint *first = NULL;
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *clause = &table->constraints[i];
        size_t n = 0;
        for (size_t k = 0; is_key(clause) && k < clause->n_columns; k++) {
            n += is_among(clause->columns[k], lint->columns, lint->n_columns) ? 1 : 0;
        }
        if (is_key(clause) && n == clause->n_columns) {
            return NULL;
        }
        first = first == NULL && is_key(clause) ? clause : first;
    }
    return first;
}

/* ---- one kind each ---- */

static void
say_comparison(const Linter *l, const SqlLint *lint)
{
    Span span = place_of(l, lint->place);
    diag_add(l->diags, DIAG_NULL_COMPARE, span, lint->name);
    if (lint->instead != NULL) {
        diag_hint(l->diags, "write `%s`", lint->instead);
        diag_fix(l->diags, span, lint->instead);
    }
}

static void
say_not_in(const Linter *l, const SqlLint *lint)
{
    const FlowTable *table = table_of(l, lint);
    if (table != NULL && !is_never_null(table, lint->name)) {
        diag_add(l->diags, DIAG_NOT_IN_NULLABLE, place_of(l, lint->place), lint->name,
                 table->stage->name, table->name);
        diag_hint(l->diags,
                  "write `not exists (…)`, or add `where %s is not null`; if it never is, say so "
                  "at the table: not null (%s)",
                  lint->name, lint->name);
    }
}

static void
say_ties(const Linter *l, const SqlLint *lint)
{
    const FlowTable *table = table_of(l, lint);
    const FlowConstraint *key = table != NULL ? missing_key(table, lint) : NULL;
    if (key == NULL) {
        return;
    }
    Str missing = {0};
    for (size_t i = 0; i < key->n_columns; i++) {
        if (!is_among(key->columns[i], lint->columns, lint->n_columns)) {
            str_append_format(&missing, "%s%s", missing.length > 0 ? ", " : "", key->columns[i]);
        }
    }
    diag_add(l->diags, DIAG_TIES, place_of(l, lint->place), lint->name);
    diag_hint(l->diags, "end its `order by` with the key: %s", str_text(&missing));
    str_deinit(&missing);
}

/** Only where somebody reads the table, and neither side promises its columns. */
static void
say_star(const Linter *l, const SqlLint *lint)
{
    const FlowTable *source = table_of(l, lint);
    const FlowTable *table = l->table;
    if (source != NULL && table != NULL && source->contract == NULL && table->contract == NULL &&
        linter_is_read(l, table)) {
        diag_add(l->diags, DIAG_STAR_READ, place_of(l, lint->place), table->stage->name,
                 table->name);
        diag_hint(l->diags, "name the columns, so that one more in `%s.%s` changes nothing",
                  source->stage->name, source->name);
    }
}

static void
say_plain(const Linter *l, const SqlLint *lint, DiagId id)
{
    diag_add(l->diags, id, place_of(l, lint->place), lint->name);
}

/** @return false for those that need types, or matter on two engines only */
static bool
say(const Linter *l, const SqlLint *lint)
{
    switch (lint->kind) {
    case SQL_LINT_NULL_COMPARE: say_comparison(l, lint); return true;
    case SQL_LINT_NOT_IN_NULL: say_plain(l, lint, DIAG_NOT_IN_NULL); return true;
    case SQL_LINT_NOT_IN_COLUMN: say_not_in(l, lint); return true;
    case SQL_LINT_CROSS_JOIN: say_plain(l, lint, DIAG_CROSS_JOIN); return true;
    case SQL_LINT_LIMIT_UNORDERED: say_plain(l, lint, DIAG_LIMIT_UNORDERED); return true;
    case SQL_LINT_WINDOW_UNORDERED: say_plain(l, lint, DIAG_WINDOW_UNORDERED); return true;
    case SQL_LINT_LIST_UNORDERED: say_plain(l, lint, DIAG_LIST_UNORDERED); return true;
    case SQL_LINT_LIMIT_TIES:
    case SQL_LINT_WINDOW_TIES: say_ties(l, lint); return true;
    case SQL_LINT_NULL_COLUMN: say_null(l, lint); return true;
    case SQL_LINT_STAR: say_star(l, lint); return true;
    default: return false;
    }
}

/* ---- a flow ---- */

bool
linter_is_read(const Linter *l, const FlowTable *table)
{
    const Flow *flow = l->input->flow;
    for (size_t i = 0; i < flow->n_tables; i++) {
        for (size_t k = 0; k < flow->tables[i]->n_inputs; k++) {
            if (flow->tables[i]->inputs[k] == table) {
                return true;
            }
        }
    }
    return false;
}

void
linter_say(const Linter *l, const SqlLint *lint, DiagId id)
{
    say_plain(l, lint, id);
}

static void
look_at_query(Linter *l, const FlowTable *table, const FlowQuery *query)
{
    const LintInput *input = l->input;
    RenderContext context = {.flow = input->flow,
                             .environment = input->environment,
                             .sources = input->sources,
                             .append_table = append_table,
                             .columns = columns_of};
    SqlProblem problem;
    Error error = {0};
    SqlFacts *facts;
    if (!input->is_doubtful(input->user, query) ||
        flow_query_render(query, &context, l->arena, &l->rendered, &error) < 0 ||
        sql_analyze(input->analyzer, l->rendered.text, l->rendered.length, input->dialect, l->arena,
                    &facts, &problem) < 0) {
        error_deinit(&error);
        return;
    }
    l->table = table;
    l->query = query;
    l->facts = facts;
    bool of_engines = false;
    for (size_t i = 0; i < facts->n_lints; i++) {
        of_engines |= !say(l, &facts->lints[i]);
    }
    if (of_engines && input->both_engines) {
        linter_compare_engines(l);
    }
}

void
lint_flow(const LintInput *input, Arena *arena, Diags *diags)
{
    Linter l = {.input = input, .arena = arena, .diags = diags};
    for (size_t i = 0; i < input->flow->n_tables; i++) {
        const FlowTable *table = input->flow->tables[i];
        if (table->body->kind == FLOW_BODY_QUERY) {
            look_at_query(&l, table, table->body->query);
        }
    }
    for (size_t i = 0; i < input->flow->n_checks; i++) {
        look_at_query(&l, NULL, input->flow->checks[i]->query);
    }
}
