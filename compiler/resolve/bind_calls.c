/* Calls in a query: tasks and functions of the flow, and functions of the engine. */
#include "compiler/parse/sql_lexer.h"
#include "compiler/resolve/bind_priv.h"
#include "compiler/sql/functions.h"

/** An argument in SQL: a hole, a table, a number, a text, true, false, null. */
static const PdcExpr *
lower_argument(Binder *b, const Sample *sample, size_t start, size_t end)
{
    const char *text = str_text(&sample->text);
    SqlToken token = sql_lex_next_word(text, end, start);
    size_t segment = sample_segment_at(sample, token.start);
    PdcPiece *piece = sample->segments.items[segment].piece;
    Span span = bind_span(b, sample_place(sample, token.start, end));
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
    b->failed |= !check_call(b, relation, task, bind_span(b, at));
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
    bind_mark(b, mark);
}

static void
report_extra(Binder *b, const char *name, const char *extra, Span span)
{
    diag_add(b->r->diags, DIAG_FUNCTION_EXTRA, span, name, extra);
    b->failed = true;
}

void
bind_function(Binder *b, const SqlRelation *relation, const Sample *sample)
{
    const TaskSymbol *task = relation->schema == NULL ? map_get(b->r->tasks, relation->name) : NULL;
    if (task != NULL) {
        bind_call(b, relation, sample, task);
    } else if (relation->schema == NULL && function_find(b->r, relation->name) != NULL) {
        report_extra(b, relation->name, "from",
                     bind_span(b, sample_place(sample, relation->place.start, relation->call_end)));
    }
}

/** `euros(cents)`: the function's body takes its place. */
static void
bind_scalar(Binder *b, const SqlFunction *function, const Sample *sample, FunctionSymbol *symbol)
{
    const AstFunction *declared = function_declaration(symbol);
    PdcSpan at = sample_place(sample, function->place.start, function->call_end);
    if (function->extra != NULL) {
        report_extra(b, function->name, function->extra, bind_span(b, at));
        return;
    }
    if (function->n_arguments != declared->params.n) {
        diag_add(b->r->diags, DIAG_CALL_ARGUMENTS, bind_span(b, at), function->name,
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
    call->body = function_require(b->r, symbol, bind_span(b, at), &b->query->uses_date, b->facts);
    if (call->body == NULL) {
        b->failed = true;
        return;
    }
    bind_mark(b, (Mark){.at = at, .kind = MARK_FUNCTION, .call = call});
}

/** In the body of a function each column is a parameter. */
void
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
            diag_add(b->r->diags, DIAG_NOT_A_PARAMETER, bind_span(b, at), column->first);
            if (column->n_parts == 1) {
                hint_nearest(b->r, column->first, known);
            }
            b->failed = true;
            continue;
        }
        Mark mark = {.at = at, .kind = MARK_REPLACE};
        mark.piece = (PdcPiece){.kind = PDC_PIECE_OUTPUT, .at = at};
        mark.piece.text = arena_strdup(b->r->arena, column->first);
        bind_mark(b, mark);
    }
}

/** Functions that read files and databases, and those whose result changes from run to run. */
void
bind_functions(Binder *b, const SqlFacts *facts, const Sample *sample)
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
        Span span = bind_span(b, sample_place(sample, function->place.start, function->place.end));
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
