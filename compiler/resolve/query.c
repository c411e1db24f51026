/*
 * Binding: what the SQL front end finds in the samples of a query is carried back to its pieces.
 * Names of tables become relations, calls of tasks become calls, schemas in front of columns go (a
 * table is known by its alias).
 */
#include "compiler/parse/sql_lexer.h"
#include "compiler/resolve/bind_priv.h"

#include <string.h>

/* ---- one sample ---- */

static void
report_problem(Binder *b, const Sample *sample, const SqlProblem *problem, SqlDialect dialect)
{
    Span span = sample->segments.n == 0
                    ? b->whole
                    : bind_span(b, sample_place(sample, problem->place.start, problem->place.end));
    b->failed = true;
    if (b->quiet || diags_has_error_within(b->r->diags, b->whole)) {
        return;
    }
    bool both = b->r->input->engines.postgres && b->r->input->engines.duckdb;
    diag_add(b->r->diags, DIAG_SQL, span, problem->message);
    if (problem->hint != NULL) {
        diag_hint(b->r->diags, "%s", problem->hint);
    } else if (both) {
        diag_hint(b->r->diags, "this is how %s reads it",
                  dialect == SQL_POSTGRES ? "PostgreSQL" : "DuckDB");
    }
}

static int
analyze(Binder *b, const char *text, size_t length, SqlDialect dialect, SqlFacts **ret_facts,
        SqlProblem *problem)
{
    int (*read)(SqlAnalyzer *, const char *, size_t, SqlDialect, Arena *, SqlFacts **,
                SqlProblem *) = b->use == SQL_USE_CONDITION || b->use == SQL_USE_BODY
                                    ? sql_analyze_expression
                                : b->use == SQL_USE_STATEMENT ? sql_analyze_statement
                                                              : sql_analyze;
    return read(b->r->analyzer, text, length, dialect, b->r->scratch, ret_facts, problem);
}

/** Is there anything in the query that needs a second look, where its tables are known? */
static bool
is_doubtful(const Binder *b, const SqlFacts *facts)
{
    static const bool of_engines[] = {
#define SQL_LINT(id, engines) engines,
#include "compiler/sql/lints.def"
#undef SQL_LINT
    };
    const ModelEngines engines = b->r->input->engines;
    for (size_t i = 0; i < facts->n_lints; i++) {
        if (!of_engines[facts->lints[i].kind] || (engines.postgres && engines.duckdb)) {
            return true;
        }
    }
    for (size_t i = 0; i < facts->n_functions; i++) {
        if (function_find(b->r, facts->functions[i].name) != NULL) {
            return true; /* whose body will be a part of it */
        }
    }
    return false;
}

static void
use_facts(Binder *b, const SqlFacts *facts, const Sample *sample)
{
    if (is_doubtful(b, facts)) {
        map_set(b->r->doubts, model_query_key(b->query->at, b->r->arena), b->r->doubts);
    }
    for (size_t i = 0; i < facts->n_relations; i++) {
        if (b->use == SQL_USE_BODY && !facts->relations[i].is_function) {
            const SqlRange place = facts->relations[i].place;
            diag_add(b->r->diags, DIAG_FUNCTION_READS,
                     bind_span(b, sample_place(sample, place.start, place.end)));
            b->failed = true;
        } else if (facts->relations[i].is_function) {
            bind_function(b, &facts->relations[i], sample);
        } else {
            bind_relation(b, facts, &facts->relations[i], sample);
        }
    }
    for (size_t i = 0; i < facts->n_qualifiers; i++) {
        bind_qualifier(b, facts, &facts->qualifiers[i], sample);
    }
    bind_functions(b, facts, sample);
    if (b->use == SQL_USE_BODY && !b->failed) {
        bind_parameters(b, facts, sample);
    }
    if (facts->target.name != NULL) {
        bind_target(b, &facts->target, sample);
    }
    if (facts->statement == SQL_STATEMENT_VALUES) {
        b->n_value_columns = facts->n_outputs;
    }
}

/** Reads a sample as each engine of the configuration does; what they find is the same but for what
 * one refuses. */
static bool
use_text(Binder *b, const Sample *sample, const char *text)
{
    const ModelEngines engines = b->r->input->engines;
    bool bound = false;
    for (int dialect = SQL_POSTGRES; dialect <= SQL_DUCKDB; dialect++) {
        SqlFacts *facts;
        SqlProblem problem = {0};
        bool skips = b->place->one_dialect && b->place->only != (SqlDialect)dialect;
        if (skips || (dialect == SQL_POSTGRES ? !engines.postgres : !engines.duckdb)) {
            continue;
        }
        if (analyze(b, text, sample->text.length, (SqlDialect)dialect, &facts, &problem) < 0) {
            report_problem(b, sample, &problem, (SqlDialect)dialect);
            return false;
        }
        if (!bound) {
            use_facts(b, facts, sample);
        }
        bind_outline(b, facts, sample);
        bound = true;
    }
    return true;
}

/** A fragment of a script may hold several statements, or none where its condition is false. Each
 * is read where it stands, with white space for the others. */
static bool
use_statements(Binder *b, const Sample *sample)
{
    const char *text = str_text(&sample->text);
    size_t length = sample->text.length;
    SqlToken token = sql_lex_next_word(text, length, 0);
    while (token.kind != SQL_TOKEN_END) {
        size_t start = token.start;
        while (token.kind != SQL_TOKEN_END && !sql_token_is(text, token, ';')) {
            token = sql_lex_next_word(text, length, token.end);
        }
        char *alone = arena_strndup(b->r->arena, text, length);
        memset(alone, ' ', start);
        memset(alone + token.start, ' ', length - token.start);
        if (token.start > start && !use_text(b, sample, alone)) {
            return false;
        }
        token = sql_lex_next_word(text, length, token.end);
    }
    return true;
}

static bool
use_sample(void *user, Sample *sample)
{
    Binder *b = user;
    if (b->use == SQL_USE_STATEMENT) {
        use_statements(b, sample);
    } else {
        use_text(b, sample, str_text(&sample->text));
    }
    return true;
}

/* ---- the query ---- */

/** Binds the tables in pieces. @return false with a message, or if `quiet` because of an earlier
 * one */
static bool
bind_pieces(Resolver *r, PdcPieces *pieces, SqlUse use, Span whole, const Place *place, bool quiet,
            PdcQuery *query, QueryFacts *ret_facts)
{
    Binder b = {.r = r,
                .place = place,
                .use = use,
                .whole = whole,
                .query = query,
                .facts = ret_facts,
                .quiet = quiet};
    r->n_binding++; /* the body of a function is bound when its first call is */
    sample_each(r, pieces, place->scope, use == SQL_USE_LIST ? "select " : "", use_sample, &b);
    if (--r->n_binding == 0) {
        arena_clear(r->scratch);
    }
    sort_marks(&b);
    end_outline(&b, pieces);
    query->pieces = rewrite(&b, pieces, 0, UINT32_MAX);
    if (place->ret_n_values != NULL) {
        *place->ret_n_values = b.n_value_columns;
    }
    if (b.n_value_columns > 0 && use == SQL_USE_QUERY) {
        query->pieces = name_value_columns(&b, query->pieces);
    }
    vec_free(&b.marks);
    return !b.failed;
}

const PdcQuery *
query_lower(Resolver *r, const AstSql *sql, SqlUse use, const Place *place, QueryFacts *ret_facts)
{
    PdcPieces pieces;
    QueryFacts unused = {0};
    PdcQuery *query = ARENA_NEW(r->arena, PdcQuery);
    query->at = span_lower(r, sql->node.span);
    bool lowered = pieces_lower(r, &sql->pieces, place, &pieces);
    bool bound = bind_pieces(r, &pieces, use, sql->node.span, place, !lowered || sql->pieces.n == 0,
                             query, ret_facts != NULL ? ret_facts : &unused);
    return lowered && bound ? query : NULL;
}

const PdcQuery *
query_lower_literal(Resolver *r, Span span, const Place *place)
{
    QueryFacts unused = {0};
    PdcQuery *query = ARENA_NEW(r->arena, PdcQuery);
    VEC(PdcPiece) pieces = {0};
    const char *text = span.file->text;
    uint32_t start = span.start + 1;
    query->at = span_lower(r, span);
    for (uint32_t end = start; end < span.end; end++) {
        if (text[end] == '\'') { /* the last one, or the first of two that stand for one */
            bool is_last = end + 1 == span.end;
            PdcSpan at = {query->at.file, start, is_last ? end : end + 1};
            if (at.end > at.start) {
                vec_push_in(r->arena, &pieces, text_piece(r, at));
            }
            end++;
            start = end + 1;
        }
    }
    PdcPieces row = {pieces.items, pieces.n};
    return bind_pieces(r, &row, SQL_USE_CONDITION, span, place, pieces.n == 0, query, &unused)
               ? query
               : NULL;
}
