/*
 * Binding: what the SQL front end finds in the samples of a query is carried back to its pieces.
 * Names of tables become relations, calls of tasks become calls, schemas in front of columns go (a
 * table is known by its alias).
 */
#include "compiler/parse/sql_lexer.h"
#include "compiler/resolve/sample.h"
#include "compiler/sql/canon.h"
#include "compiler/sql/functions.h"
#include "runtime/base/suggest.h"

#include <stdlib.h>
#include <string.h>

typedef enum MarkKind {
    MARK_CUT,     /* the text goes */
    MARK_REPLACE, /* other text takes its place */
    MARK_RELATION,
    MARK_CALL,
    MARK_FUNCTION /* the function's body with the arguments in it */
} MarkKind;

/** A call of a function of the flow. */
typedef struct FunctionCall FunctionCall;
struct FunctionCall {
    const PdcPieces *body;
    const AstParams *params;
    const PdcSpan *args;
};

/** A change to the text of the file between two bytes. */
typedef struct Mark Mark;
struct Mark {
    PdcSpan at;
    MarkKind kind;
    PdcPiece piece;           /* what takes the place; unused by MARK_CUT and MARK_FUNCTION */
    const FunctionCall *call; /* MARK_FUNCTION */
};

typedef struct Binder Binder;
struct Binder {
    Resolver *r;
    const Place *place;
    SqlUse use;
    Span whole;
    PdcQuery *query;
    QueryFacts *facts;
    VEC(Mark) marks;
    size_t n_value_columns; /* a bare `values (…)`: its number of columns */
    bool quiet; /* something is missing already: what the SQL front end says may follow from it */
    bool failed;
};

static Span
span_of(const Binder *b, PdcSpan at)
{
    return span_make(b->r->input->files[at.file]->source, at.start, at.end);
}

static void
add_mark(Binder *b, Mark mark)
{
    for (size_t i = 0; i < b->marks.n; i++) {
        if (b->marks.items[i].at.file == mark.at.file &&
            b->marks.items[i].at.start == mark.at.start) {
            return; /* an earlier sample had it too */
        }
    }
    vec_push(&b->marks, mark);
}

/* ---- tables ---- */

/** Another table of the same SELECT that would go by the same name. */
static bool
collides(const SqlFacts *facts, const SqlRelation *relation)
{
    for (size_t i = 0; i < facts->n_relations; i++) {
        const SqlRelation *other = &facts->relations[i];
        const char *visible = other->alias != NULL ? other->alias : other->name;
        if (other != relation && other->scope == relation->scope &&
            text_equal(visible, relation->name)) {
            return true;
        }
    }
    return false;
}

static const char *
alias_of(Binder *b, const SqlFacts *facts, const SqlRelation *relation)
{
    if (relation->alias != NULL || relation->takes_no_alias) {
        return NULL;
    }
    return relation->schema != NULL && collides(facts, relation)
               ? arena_printf(b->r->arena, "%s.%s", relation->schema, relation->name)
               : arena_strdup(b->r->arena, relation->name);
}

static const Scope *
table_parameter(const Binder *b, const SqlRelation *relation)
{
    const Scope *scope =
        relation->schema == NULL ? scope_lookup(b->place->scope, relation->name) : NULL;
    return scope != NULL && scope->type == PDC_TYPE_TABLE ? scope : NULL;
}

/** A table that an earlier statement of the script created for itself. */
static bool
is_temporary(const Binder *b, const char *name)
{
    return b->place->script != NULL && map_get(b->place->script->temporary, name) != NULL;
}

/** A name without a stage may be meant for a CTE. */
static void
hint_cte(Binder *b, const SqlFacts *facts, const char *name)
{
    for (size_t i = 0; i < facts->n_ctes; i++) {
        if (text_equal_ignore_case(facts->ctes[i], name)) {
            diag_hint(b->r->diags,
                      "the `%s` of a `with` can't be seen from here: one sees those "
                      "before it, and itself with `with recursive`",
                      name);
            return;
        }
    }
    const char *nearest = suggest_nearest(name, facts->ctes, facts->n_ctes);
    if (nearest != NULL) {
        diag_suggest(b->r->diags, name, nearest);
    }
}

/** What is written, with all its parts. */
static const char *
written_name(const Binder *b, const SqlRelation *relation)
{
    return arena_printf(b->r->arena, "%s%s%s%s%s", relation->catalog ? relation->catalog : "",
                        relation->catalog ? "." : "", relation->schema ? relation->schema : "",
                        relation->schema ? "." : "", relation->name);
}

static void
report_unknown(Binder *b, const SqlFacts *facts, const SqlRelation *relation, PdcSpan at)
{
    b->failed = true;
    if (relation->catalog != NULL) {
        diag_add(b->r->diags, DIAG_UNKNOWN_TABLE, span_of(b, at), written_name(b, relation));
        diag_hint(b->r->diags, "a table is named stage.table; one of another database is an input: "
                               "table NAME as external('schema', 'table')");
        return;
    }
    report_unknown_table(b->r, span_of(b, at), written_name(b, relation), b->place->stage);
    if (relation->schema != NULL) {
        return;
    }
    if (map_get(b->r->tasks, relation->name) != NULL) {
        diag_hint(b->r->diags, "`%s` is a task: call it, `%s(…)`", relation->name, relation->name);
    } else {
        hint_cte(b, facts, relation->name);
    }
}

/** A table's name made of literal text: what it is bound to. */
static void
bind_plain(Binder *b, const SqlFacts *facts, const SqlRelation *relation, PdcSpan at)
{
    Mark mark = {.at = at, .kind = MARK_RELATION};
    mark.piece.at = at;
    mark.piece.alias = alias_of(b, facts, relation);
    if (table_parameter(b, relation) != NULL) {
        PdcExpr *variable = expr_new(b->r, PDC_EXPR_VARIABLE, span_of(b, at));
        variable->text = arena_strdup(b->r->arena, relation->name);
        mark.piece.kind = PDC_PIECE_VALUE;
        mark.piece.expr = variable;
        add_mark(b, mark);
        return;
    }
    if (relation->schema == NULL && is_temporary(b, relation->name)) {
        return;
    }
    bool known = relation->catalog == NULL &&
                 (relation->schema != NULL || b->place->stage != NULL) &&
                 table_may_exist(b->r, b->place->stage, relation->schema, relation->name);
    if (known && b->use == SQL_USE_CACHE) {
        diag_add(b->r->diags, DIAG_CACHE_READS_FLOW, span_of(b, at), relation->name);
        b->failed = true;
        return;
    }
    if (b->use == SQL_USE_CACHE) {
        return; /* a table of the database, as `external` brings it in */
    }
    if (!known) {
        report_unknown(b, facts, relation, at);
        return;
    }
    mark.piece.kind = PDC_PIECE_RELATION;
    if (relation->schema != NULL) {
        mark.piece.relation.stage = name_plain(b->r, arena_strdup(b->r->arena, relation->schema));
    }
    mark.piece.relation.name = name_plain(b->r, arena_strdup(b->r->arena, relation->name));
    add_mark(b, mark);
}

/** A name with holes: `clean.revenue_${r}`; the identifier piece becomes the relation. */
static void
bind_template(Binder *b, const SqlRelation *relation, const Sample *sample, size_t segment)
{
    PdcPiece *piece = sample->segments.items[segment].piece;
    size_t start = sample->segments.items[segment].start;
    if (relation->schema == NULL && b->place->stage == NULL) {
        diag_add(b->r->diags, DIAG_TABLE_WITHOUT_STAGE, span_of(b, piece->at), "…");
        b->failed = true;
        return;
    }
    piece->kind = PDC_PIECE_RELATION;
    piece->relation.name = piece->name;
    piece->name = (PdcName){0};
    piece->alias = relation->alias != NULL ? NULL : "";
    if (relation->schema != NULL) {
        piece->relation.stage = name_plain(b->r, arena_strdup(b->r->arena, relation->schema));
        add_mark(
            b, (Mark){.at = sample_place(sample, relation->place.start, start), .kind = MARK_CUT});
    }
}

/** `raw.t *` and, behind `only`, `(raw.t)` give way as a whole: an alias can't stand inside. */
static PdcSpan
written_place(const SqlRelation *relation, const Sample *sample)
{
    const char *text = str_text(&sample->text);
    size_t start = relation->place.start;
    if (relation->alias_at > relation->place.end && text[relation->alias_at - 1] == ')') {
        while (start > 0 && text[start] != '(') {
            start--;
        }
    }
    size_t end = relation->alias == NULL ? relation->alias_at : relation->place.end;
    return sample_place(sample, end > relation->place.end ? start : relation->place.start, end);
}

static void
bind_relation(Binder *b, const SqlFacts *facts, const SqlRelation *relation, const Sample *sample)
{
    size_t first = sample_segment_at(sample, relation->place.start);
    size_t last = sample_segment_at(sample, relation->place.end - 1);
    PdcPiece *piece = sample->segments.items[last].piece;
    bool whole = sample_segment_end(sample, last) == relation->place.end;
    if (first == last && piece->kind == PDC_PIECE_TEXT) {
        bind_plain(b, facts, relation, written_place(relation, sample));
    } else if (first == last && piece->kind == PDC_PIECE_VALUE && whole) {
        bool is_variable = piece->expr != NULL && piece->expr->kind == PDC_EXPR_VARIABLE;
        piece->alias = relation->alias != NULL ? NULL : is_variable ? piece->expr->text : "";
    } else if (first == last && piece->kind == PDC_PIECE_OUTPUT && whole) {
        piece->alias = relation->alias != NULL ? NULL : piece->text;
    } else if (piece->kind == PDC_PIECE_IDENT && whole && last - first <= 1) {
        bind_template(b, relation, sample, last);
    } else {
        diag_add(b->r->diags, DIAG_NAME_PARTS,
                 span_of(b, sample_place(sample, relation->place.start, relation->place.end)));
        b->failed = true;
    }
}

/** A statement of a script creates and changes the script's own tables, no others. */
static void
bind_target(Binder *b, const SqlTarget *target, const Sample *sample)
{
    Script *script = b->place->script;
    size_t segment = sample_segment_at(sample, target->place.start);
    const PdcPiece *piece = sample->segments.items[segment].piece;
    bool is_output = piece->kind == PDC_PIECE_OUTPUT;
    bool is_named = piece->kind == PDC_PIECE_TEXT && target->schema == NULL;
    if (is_output && target->is_temporary) {
        diag_add(b->r->diags, DIAG_OUTPUT_TEMPORARY, span_of(b, piece->at), piece->text);
        b->failed = true;
    } else if (is_output && target->is_created) {
        map_set(script->created, piece->text, script);
    } else if (is_named && target->is_temporary) {
        map_set(script->temporary, arena_strdup(b->r->arena, target->name), script);
    } else if (!is_output && !(is_named && is_temporary(b, target->name))) {
        diag_add(b->r->diags, DIAG_SCRIPT_TARGET,
                 span_of(b, sample_place(sample, target->place.start, target->place.end)),
                 target->is_created ? "create" : "change");
        b->failed = true;
    }
}

/** Whether the schema of a column reference is the stage of the table that it means. */
static bool
names_stage(const Binder *b, const SqlQualifier *qualifier, const SqlRelation *relation)
{
    const char *stage = relation->schema != NULL  ? relation->schema
                        : b->place->stage != NULL ? b->place->stage->name
                                                  : NULL;
    return relation->alias == NULL && text_equal(stage, qualifier->schema) &&
           map_get(b->r->stages, stage) != NULL;
}

/** `raw.orders.amount`: the table is known as `orders`, or, where that is not unique, as
 * `"raw.orders"`. */
static void
bind_qualifier(Binder *b, const SqlFacts *facts, const SqlQualifier *qualifier,
               const Sample *sample)
{
    const SqlRelation *relation =
        qualifier->relation == SQL_NONE ? NULL : &facts->relations[qualifier->relation];
    SqlToken name =
        sql_lex_next_word(str_text(&sample->text), sample->text.length, qualifier->place.end);
    bool one_piece = sample_segment_at(sample, qualifier->place.start) ==
                     sample_segment_at(sample, name.end - 1);
    if (relation == NULL || !one_piece || !names_stage(b, qualifier, relation)) {
        return;
    }
    if (relation->schema == NULL || !collides(facts, relation)) {
        PdcSpan at = sample_place(sample, qualifier->place.start, qualifier->place.end);
        add_mark(b, (Mark){.at = at, .kind = MARK_CUT});
        return;
    }
    Mark mark = {.at = sample_place(sample, qualifier->place.start, name.end),
                 .kind = MARK_REPLACE};
    mark.piece = (PdcPiece){
        .kind = PDC_PIECE_TEXT,
        .at = mark.at,
        .text = arena_printf(b->r->arena, "\"%s.%s\"", relation->schema, relation->name)};
    add_mark(b, mark);
}

/* ---- functions and tasks ---- */

/** An argument in SQL: a hole, a table, a number, a text, true, false, null. */
static const PdcExpr *
lower_argument(Binder *b, const Sample *sample, size_t start, size_t end)
{
    const char *text = str_text(&sample->text);
    SqlToken token = sql_lex_next_word(text, end, start);
    size_t segment = sample_segment_at(sample, token.start);
    PdcPiece *piece = sample->segments.items[segment].piece;
    Span span = span_of(b, sample_place(sample, token.start, end));
    if (piece->kind == PDC_PIECE_VALUE) {
        return piece->expr;
    }
    AstExpr *parsed = argument_parse(b->r, text, start, end, span);
    if (parsed == NULL) {
        diag_add(b->r->diags, DIAG_CALL_ARGUMENT_FORM, span);
        return NULL;
    }
    return expr_lower(b->r, parsed, WANT_ARGUMENT, b->place);
}

static bool
check_call(Binder *b, const SqlRelation *relation, const TaskSymbol *task, Span span)
{
    bool done = true;
    if (relation->n_arguments != task->params->n) {
        diag_add(b->r->diags, DIAG_CALL_ARGUMENTS, span, relation->name,
                 arena_printf(b->r->arena, "%zu", task->params->n),
                 arena_printf(b->r->arena, "%zu", relation->n_arguments));
        diag_note(b->r->diags, task->decl->name->node.span, "declared here");
        done = false;
    }
    if (task->body->node.kind != AST_BODY_SQL) {
        diag_add(b->r->diags, DIAG_CALL_NOT_SQL, span, relation->name);
        done = false;
    }
    return done;
}

static void
bind_call(Binder *b, const SqlRelation *relation, const Sample *sample, const TaskSymbol *task)
{
    PdcSpan at = sample_place(sample, relation->place.start, relation->call_end);
    const PdcExpr **args = ARENA_ARRAY(b->r->arena, const PdcExpr *, relation->n_arguments);
    b->failed |= !check_call(b, relation, task, span_of(b, at));
    for (size_t i = 0; i < relation->n_arguments; i++) {
        args[i] =
            lower_argument(b, sample, relation->arguments[i].start, relation->arguments[i].end);
        b->failed |= args[i] == NULL;
    }
    Mark mark = {.at = at, .kind = MARK_CALL};
    mark.piece = (PdcPiece){.kind = PDC_PIECE_CALL,
                            .at = at,
                            .text = task->decl->name->text,
                            .alias = relation->alias != NULL ? NULL : "",
                            .args = args,
                            .n_args = relation->n_arguments};
    add_mark(b, mark);
}

static void
report_extra(Binder *b, const char *name, const char *extra, Span span)
{
    diag_add(b->r->diags, DIAG_FUNCTION_EXTRA, span, name, extra);
    b->failed = true;
}

static void
bind_function(Binder *b, const SqlRelation *relation, const Sample *sample)
{
    const TaskSymbol *task = relation->schema == NULL ? map_get(b->r->tasks, relation->name) : NULL;
    if (task != NULL) {
        bind_call(b, relation, sample, task);
    } else if (relation->schema == NULL && function_find(b->r, relation->name) != NULL) {
        report_extra(b, relation->name, "from",
                     span_of(b, sample_place(sample, relation->place.start, relation->call_end)));
    }
}

/** `euros(cents)`: the function's body takes its place. */
static void
bind_scalar(Binder *b, const SqlFunction *function, const Sample *sample, FunctionSymbol *symbol)
{
    const AstFunction *declared = function_declaration(symbol);
    PdcSpan at = sample_place(sample, function->place.start, function->call_end);
    if (function->extra != NULL) {
        report_extra(b, function->name, function->extra, span_of(b, at));
        return;
    }
    if (function->n_arguments != declared->params.n) {
        diag_add(b->r->diags, DIAG_CALL_ARGUMENTS, span_of(b, at), function->name,
                 arena_printf(b->r->arena, "%zu", declared->params.n),
                 arena_printf(b->r->arena, "%zu", function->n_arguments));
        diag_note(b->r->diags, declared->decl.name->node.span, "declared here");
        b->failed = true;
        return;
    }
    FunctionCall *call = ARENA_NEW(b->r->arena, FunctionCall);
    PdcSpan *args = ARENA_ARRAY(b->r->arena, PdcSpan, function->n_arguments + 1);
    for (size_t i = 0; i < function->n_arguments; i++) {
        args[i] = sample_place(sample, function->arguments[i].start, function->arguments[i].end);
    }
    call->params = &declared->params;
    call->args = args;
    call->body = function_require(b->r, symbol, span_of(b, at), &b->query->uses_date, b->facts);
    if (call->body == NULL) {
        b->failed = true;
        return;
    }
    add_mark(b, (Mark){.at = at, .kind = MARK_FUNCTION, .call = call});
}

/** In the body of a function each column is a parameter. */
static void
bind_parameters(Binder *b, const SqlFacts *facts, const Sample *sample)
{
    const AstParams *params = b->place->params;
    Map *known = map_new(b->r->arena);
    for (size_t i = 0; i < params->n; i++) {
        map_set(known, params->items[i]->decl.name->text, b->r);
    }
    for (size_t i = 0; i < facts->n_columns; i++) {
        const SqlColumn *column = &facts->columns[i];
        PdcSpan at = sample_place(sample, column->place.start, column->place.end);
        if (column->n_parts > 1 || map_get(known, column->first) == NULL) {
            diag_add(b->r->diags, DIAG_NOT_A_PARAMETER, span_of(b, at), column->first);
            if (column->n_parts == 1) {
                hint_nearest(b->r, column->first, known);
            }
            b->failed = true;
            continue;
        }
        Mark mark = {.at = at, .kind = MARK_REPLACE};
        mark.piece = (PdcPiece){.kind = PDC_PIECE_OUTPUT, .at = at};
        mark.piece.text = arena_strdup(b->r->arena, column->first);
        add_mark(b, mark);
    }
}

/** Functions that read files and databases, and those whose result changes from run to run. */
static void
look_at_functions(Binder *b, const SqlFacts *facts, const Sample *sample)
{
    for (size_t i = 0; i < facts->n_functions; i++) {
        const SqlFunction *function = &facts->functions[i];
        FunctionSymbol *own = function->schema == NULL && function->call_end != SQL_NONE
                                  ? function_find(b->r, function->name)
                                  : NULL;
        if (own != NULL) {
            bind_scalar(b, function, sample, own);
            continue;
        }
        Span span = span_of(b, sample_place(sample, function->place.start, function->place.end));
        const char *instead = sql_function_reads_outside(function->name);
        if (instead != NULL && b->use != SQL_USE_CACHE) {
            diag_add(b->r->diags, DIAG_READS_OUTSIDE, span, function->name);
            diag_hint(b->r->diags, "%s", instead);
            b->failed = true;
        }
        if (sql_function_is_volatile(function->name) && b->facts->volatile_function == NULL) {
            b->facts->volatile_function = arena_strdup(b->r->arena, function->name);
            b->facts->volatile_span = span;
        }
    }
    b->query->uses_date |= facts->uses_current_date;
}

/* ---- one sample ---- */

static void
report_problem(Binder *b, const Sample *sample, const SqlProblem *problem, SqlDialect dialect)
{
    Span span = sample->segments.n == 0
                    ? b->whole
                    : span_of(b, sample_place(sample, problem->place.start, problem->place.end));
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
                     span_of(b, sample_place(sample, place.start, place.end)));
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
    look_at_functions(b, facts, sample);
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

/* ---- from marks to pieces ---- */

static int
compare_marks(const void *a, const void *b)
{
    const Mark *x = a;
    const Mark *y = b;
    return (x->at.start > y->at.start) - (x->at.start < y->at.start);
}

static size_t
first_mark(const Binder *b, uint32_t start)
{
    size_t i = 0;
    while (i < b->marks.n && b->marks.items[i].at.start < start) {
        i++;
    }
    return i;
}

/** The growing row that takes the place of a row of pieces. */
typedef struct Rewriter Rewriter;
struct Rewriter {
    Binder *b;
    const PdcPieces *row; /* what is rewritten */
    size_t next_mark;
    VEC(PdcPiece) pieces;
};

static PdcPieces rewrite(Binder *b, const PdcPieces *pieces, uint32_t start, uint32_t end);

static void
push(Rewriter *w, PdcPiece piece)
{
    vec_push_in(w->b->r->arena, &w->pieces, piece);
}

/** Ends of tokens cut a long text into pieces that a C literal can hold; one giant token stays
 * whole. */
#define PIECE_BYTES 3000

static PdcSpan
part_of(PdcSpan at, size_t start, size_t end)
{
    return (PdcSpan){at.file, at.start + (uint32_t)start, at.start + (uint32_t)end};
}

static void
push_plain(Rewriter *w, PdcSpan at, size_t start, size_t end)
{
    if (start < end) {
        push(w, text_piece(w->b->r, part_of(at, start, end)));
    }
}

static void
push_text(Rewriter *w, PdcSpan at)
{
    const char *text = w->b->r->input->files[at.file]->source->text + at.start;
    size_t length = at.end - at.start;
    const char *previous = NULL;
    size_t start = 0;
    bool is_whole = length <= PIECE_BYTES && !w->b->query->uses_date;
    for (size_t end = 0; end < length && !is_whole;) {
        SqlToken token = sql_lex_next(text, length, end);
        size_t today = w->b->query->uses_date ? today_end(text, length, end, previous) : 0;
        if (today > 0 || (token.end - start > PIECE_BYTES && end > start)) {
            push_plain(w, at, start, end);
            start = end;
        }
        if (today > 0) {
            PdcPiece piece = text_piece(w->b->r, part_of(at, end, today));
            piece.kind = PDC_PIECE_TODAY;
            push(w, piece);
            start = token.end = today;
        }
        if (token.kind != SQL_TOKEN_SPACE && token.kind != SQL_TOKEN_COMMENT) {
            previous = sql_token_is_word(text, token, "as") ? "as"
                       : sql_token_is(text, token, '.')     ? "."
                                                            : NULL;
        }
        end = token.end;
    }
    push_plain(w, at, start, length);
}

static void
push_all(Rewriter *w, const PdcPieces *pieces)
{
    for (size_t i = 0; i < pieces->n; i++) {
        push(w, pieces->items[i]);
    }
}

/** The body of a function; its parameters become the arguments, each in brackets. What stands in an
 * argument is not looked at again, so names of a parameter and of a column never meet. */
static void
substitute(Rewriter *w, const PdcPieces *body, const FunctionCall *call, const PdcPieces *args)
{
    for (size_t i = 0; i < body->n; i++) {
        PdcPiece piece = body->items[i];
        if (piece.kind == PDC_PIECE_OUTPUT) {
            size_t k = 0;
            while (!text_equal(call->params->items[k]->decl.name->text, piece.text)) {
                k++;
            }
            push(w, (PdcPiece){.kind = PDC_PIECE_TEXT, .text = "("});
            push_all(w, &args[k]);
            push(w, (PdcPiece){.kind = PDC_PIECE_TEXT, .text = ")"});
            continue;
        }
        Rewriter then = {.b = w->b};
        Rewriter otherwise = {.b = w->b};
        substitute(&then, &piece.body, call, args);
        substitute(&otherwise, &piece.otherwise, call, args);
        piece.body = (PdcPieces){.items = then.pieces.items, .n = then.pieces.n};
        piece.otherwise = (PdcPieces){.items = otherwise.pieces.items, .n = otherwise.pieces.n};
        push(w, piece);
    }
}

static void
push_call(Rewriter *w, const FunctionCall *call)
{
    PdcPieces *args = ARENA_ARRAY(w->b->r->arena, PdcPieces, call->params->n + 1);
    for (size_t i = 0; i < call->params->n; i++) {
        args[i] = rewrite(w->b, w->row, call->args[i].start, call->args[i].end);
    }
    substitute(w, call->body, call, args);
}

/** Applies the marks that begin in a text. @return the byte of the file up to which all is done */
static uint32_t
rewrite_text(Rewriter *w, PdcSpan at)
{
    const Binder *b = w->b;
    uint32_t done = at.start;
    for (; w->next_mark < b->marks.n && b->marks.items[w->next_mark].at.start < at.end;
         w->next_mark++) {
        const Mark *mark = &b->marks.items[w->next_mark];
        if (mark->at.file != at.file || mark->at.start < done) {
            continue;
        }
        push_text(w, (PdcSpan){at.file, done, mark->at.start});
        if (mark->kind == MARK_FUNCTION) {
            push_call(w, mark->call);
        } else if (mark->kind != MARK_CUT) {
            push(w, mark->piece);
        }
        done = mark->at.end;
    }
    if (done < at.end) {
        push_text(w, (PdcSpan){at.file, done, at.end});
        done = at.end;
    }
    return done;
}

/** The pieces between two bytes of the file, with their marks applied. */
static PdcPieces
rewrite(Binder *b, const PdcPieces *pieces, uint32_t start, uint32_t end)
{
    Rewriter w = {.b = b, .row = pieces};
    uint32_t done = start; /* a call may reach over several pieces */
    for (size_t i = 0; i < pieces->n; i++) {
        PdcPiece piece = pieces->items[i];
        if (piece.at.end <= done || piece.at.start >= end) {
            continue;
        }
        if (piece.kind == PDC_PIECE_TEXT) {
            piece.at.start = piece.at.start < done ? done : piece.at.start;
            piece.at.end = piece.at.end > end ? end : piece.at.end;
            w.next_mark = first_mark(b, piece.at.start);
            done = rewrite_text(&w, piece.at);
            continue;
        }
        piece.body = rewrite(b, &piece.body, 0, UINT32_MAX);
        piece.otherwise = rewrite(b, &piece.otherwise, 0, UINT32_MAX);
        push(&w, piece);
    }
    return (PdcPieces){.items = w.pieces.items, .n = w.pieces.n};
}

/** Name of a column of bare values, in SQL: that of the contract, or PostgreSQL's. */
static void
append_value_column(const Binder *b, size_t i, Str *names)
{
    const PdcContract *contract = b->place->contract;
    if (contract == NULL || contract->n_columns != b->n_value_columns) {
        str_append_format(names, "column%zu", i + 1);
        return;
    }
    str_append_char(names, '"');
    for (const char *c = contract->columns[i].name; *c != '\0'; c++) {
        str_append(names, *c == '"' ? "\"" : "");
        str_append_char(names, *c);
    }
    str_append_char(names, '"');
}

/** `values (1, 2)` alone: the engines call its columns differently, so they get names here. */
static PdcPieces
name_value_columns(Binder *b, PdcPieces pieces)
{
    Rewriter w = {.b = b};
    Str names = {0};
    push(&w, (PdcPiece){.kind = PDC_PIECE_TEXT, .text = "select * from ("});
    for (size_t i = 0; i < pieces.n; i++) {
        push(&w, pieces.items[i]);
    }
    for (size_t i = 0; i < b->n_value_columns; i++) {
        str_append(&names, i > 0 ? ", " : "");
        append_value_column(b, i, &names);
    }
    push(&w,
         (PdcPiece){.kind = PDC_PIECE_TEXT,
                    .text = arena_printf(b->r->arena, "\n) as \"values\" (%s)", str_text(&names))});
    str_deinit(&names);
    return (PdcPieces){.items = w.pieces.items, .n = w.pieces.n};
}

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
    if (b.marks.n > 0) {
        qsort(b.marks.items, b.marks.n, sizeof(Mark), compare_marks);
    }
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
