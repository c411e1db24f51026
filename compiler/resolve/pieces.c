/*
 * Pieces of SQL as they are written, to pieces of a query: holes that are glued to identifier
 * characters become one identifier, and commas beside fragments are cut free, so that a fragment
 * that comes to nothing can take its comma along. Tables are not looked for here.
 */
#include "compiler/parse/sql_lexer.h"
#include "compiler/resolve/resolve_priv.h"
#include "compiler/sql/canon.h"

#include <string.h>

typedef struct Builder Builder;
struct Builder {
    Resolver *r;
    const Place *place;
    VEC(PdcPiece) pieces;
    bool failed;
};

/* ---- text ---- */

/** The file's bytes of a text piece. */
static const char *
source_bytes(const Resolver *r, PdcSpan at)
{
    return r->input->files[at.file]->source->text + at.start;
}

PdcPiece
text_piece(Resolver *r, PdcSpan at)
{
    const char *bytes = source_bytes(r, at);
    size_t length = at.end - at.start;
    Str canon = {0};
    sql_canon(bytes, length, &canon);
    PdcPiece piece = {
        .kind = PDC_PIECE_TEXT, .at = at, .text = arena_strndup(r->arena, bytes, length)};
    piece.canon =
        text_equal(piece.text, str_text(&canon)) ? NULL : arena_strdup(r->arena, str_text(&canon));
    str_deinit(&canon);
    return piece;
}

/** Its canon is made when it is clear what it is cut into (query.c). */
static void
add_text(Builder *b, PdcSpan at)
{
    if (at.end > at.start) {
        PdcPiece piece = {.kind = PDC_PIECE_TEXT, .at = at};
        piece.text = arena_strndup(b->r->arena, source_bytes(b->r, at), at.end - at.start);
        vec_push_in(b->r->arena, &b->pieces, piece);
    }
}

static PdcSpan
part_of(PdcSpan at, size_t start, size_t end)
{
    return (PdcSpan){at.file, at.start + (uint32_t)start, at.start + (uint32_t)end};
}

/** Whether a comma may be the last word; a text that ends in a comment has to be read for that. */
static bool
may_end_in_comma(const char *text, size_t length)
{
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\n')) {
        length--;
    }
    return length > 0 && (text[length - 1] == ',' || memchr(text, '-', length) != NULL ||
                          text[length - 1] == '/' || text[length - 1] < ' ');
}

/** Adds a text with a comma at either end as pieces of their own. */
static void
add_text_with_commas(Builder *b, PdcSpan at)
{
    const char *text = source_bytes(b->r, at);
    size_t length = at.end - at.start;
    SqlToken first = sql_lex_next_word(text, length, 0);
    SqlToken last = first;
    bool reads_on = may_end_in_comma(text, length);
    for (SqlToken token = first; token.kind != SQL_TOKEN_END && reads_on;
         token = sql_lex_next_word(text, length, token.end)) {
        last = token;
    }
    size_t start = 0;
    size_t end = length;
    bool cut_last =
        last.kind != SQL_TOKEN_END && last.start > first.start && sql_token_is(text, last, ',');
    if (first.kind != SQL_TOKEN_END && sql_token_is(text, first, ',')) {
        add_text(b, part_of(at, 0, first.start));
        add_text(b, part_of(at, first.start, first.end));
        start = first.end;
    }
    if (cut_last) {
        end = last.start;
    }
    add_text(b, part_of(at, start, end));
    if (cut_last) {
        add_text(b, part_of(at, last.start, last.end));
        add_text(b, part_of(at, last.end, length));
    }
}

/** Whether a name stands in a hole of the body: who writes `${c}` means the column by `c`. */
static bool
stands_in_hole(const AstPieces *pieces, const char *name)
{
    for (size_t i = 0; i < pieces->n; i++) {
        const AstPiece *piece = pieces->items[i];
        const AstExpr *expr = piece->node.kind == AST_SQL_HOLE ? piece->as.hole.expr : NULL;
        if (expr != NULL && expr->node.kind == AST_EXPR_NAME &&
            text_equal(expr->as.name->text, name)) {
            return true;
        }
    }
    return false;
}

/** The parameter of a check that a word of its SQL names, or NULL. */
static const Scope *
bare_parameter(const Builder *b, const char *text, size_t length, SqlToken before, SqlToken token)
{
    if (token.kind != SQL_TOKEN_IDENTIFIER || sql_token_is(text, before, '.') ||
        sql_token_is_word(text, before, "as")) {
        return NULL;
    }
    SqlToken after = sql_lex_next_word(text, length, token.end);
    const char *name = text_fold(b->r->arena, text + token.start, token.end - token.start);
    const Scope *scope = scope_lookup(b->place->scope, name);
    bool is_value = scope != NULL && scope->type != PDC_TYPE_TABLE &&
                    !sql_token_is(text, after, '.') && !sql_token_is(text, after, '(');
    return is_value && !stands_in_hole(b->place->bare, name) ? scope : NULL;
}

/** In a check, `c > highest` means its parameters. */
static void
add_text_with_parameters(Builder *b, PdcSpan at)
{
    const char *text = source_bytes(b->r, at);
    size_t length = at.end - at.start;
    size_t done = 0;
    SqlToken before = {0};
    for (SqlToken token = sql_lex_next_word(text, length, 0); token.kind != SQL_TOKEN_END;
         token = sql_lex_next_word(text, length, token.end)) {
        const Scope *parameter = bare_parameter(b, text, length, before, token);
        if (parameter != NULL) {
            PdcSpan place = part_of(at, token.start, token.end);
            PdcExpr *variable =
                expr_new(b->r, PDC_EXPR_VARIABLE,
                         span_make(b->r->input->files[at.file]->source, place.start, place.end));
            variable->text = parameter->name;
            add_text(b, part_of(at, done, token.start));
            vec_push_in(b->r->arena, &b->pieces,
                        (PdcPiece){.kind = PDC_PIECE_VALUE, .at = place, .expr = variable});
            done = token.end;
        }
        before = token;
    }
    add_text(b, part_of(at, done, length));
}

static void
lower_text(Builder *b, PdcSpan at)
{
    if (at.end > at.start && b->place->bare != NULL) {
        add_text_with_parameters(b, at);
    } else if (at.end > at.start) {
        add_text_with_commas(b, at);
    }
}

/* ---- holes ---- */

/** A part of an identifier: text of the file, folded, or without its quotes. */
static PdcNamePart
part_from_text(Builder *b, const char *text, size_t length)
{
    if (length < 2 || text[0] != '"') {
        return (PdcNamePart){.text = text_fold(b->r->arena, text, length)};
    }
    Str inner = {0};
    for (size_t i = 1; i + 1 < length; i++) {
        str_append_char(&inner, text[i]);
        i += text[i] == '"'; /* doubled */
    }
    return (PdcNamePart){.text = str_take_in(&inner, b->r->arena)};
}

/** How many bytes at the end of `text` are glued to a hole that follows. */
static size_t
glued_before(const char *text, size_t length)
{
    SqlToken last = {0};
    for (SqlToken token = sql_lex_next(text, length, 0); token.kind != SQL_TOKEN_END;
         token = sql_lex_next(text, length, token.end)) {
        last = token;
    }
    if (last.kind == SQL_TOKEN_QUOTED_IDENTIFIER) {
        return last.end - last.start;
    }
    size_t start = length;
    while (start > last.start && sql_is_identifier_byte(text[start - 1])) {
        start--;
    }
    return length - start;
}

static size_t
glued_after(const char *text, size_t length)
{
    SqlToken first = sql_lex_next(text, length, 0);
    if (first.kind == SQL_TOKEN_QUOTED_IDENTIFIER) {
        return first.end;
    }
    size_t end = 0;
    while (end < length && sql_is_identifier_byte(text[end])) {
        end++;
    }
    return end;
}

/** Whether what was lowered so far ends in `as` or `.`, after which a name must follow. */
static bool
name_follows(const Builder *b)
{
    for (size_t i = b->pieces.n; i > 0; i--) {
        const PdcPiece *piece = &b->pieces.items[i - 1];
        if (piece->kind != PDC_PIECE_TEXT) {
            return false;
        }
        CLEANUP(str_deinit) Str canon = {0};
        sql_canon(piece->text, strlen(piece->text), &canon);
        const char *text = str_text(&canon);
        if (canon.length > 0) {
            return text_equal(text, "as") || text_ends_with(text, " as") ||
                   text[canon.length - 1] == '.';
        }
    }
    return false;
}

/** Takes the glued end of the last text away and makes it the first part of a name. */
static void
take_glued_text(Builder *b, PdcNamePart *part, PdcSpan *at)
{
    PdcPiece *last = &b->pieces.items[b->pieces.n - 1];
    PdcSpan whole = last->at;
    size_t length = whole.end - whole.start;
    size_t glued = glued_before(last->text, length);
    *part = part_from_text(b, last->text + length - glued, glued);
    at->start = whole.end - (uint32_t)glued;
    b->pieces.n--;
    add_text(b, part_of(whole, 0, length - glued));
}

/** A row of holes and texts without a gap: one identifier. @return the number of pieces it took */
static size_t
lower_identifier(Builder *b, AstPiece *const *pieces, size_t n, PdcSpan *ret_rest)
{
    VEC(PdcNamePart) parts = {0};
    PdcPiece made = {.kind = PDC_PIECE_IDENT, .at = span_lower(b->r, pieces[0]->node.span)};
    PdcNamePart before;
    bool has_text = b->pieces.n > 0 && b->pieces.items[b->pieces.n - 1].kind == PDC_PIECE_TEXT;
    size_t i = 0;
    *ret_rest = (PdcSpan){0};
    if (pieces[0]->as.hole.glued_left && has_text) {
        take_glued_text(b, &before, &made.at);
        vec_push_in(b->r->arena, &parts, before);
    }
    for (bool glued = true; glued && i < n; i++) {
        const AstPiece *piece = pieces[i];
        PdcSpan at = span_lower(b->r, piece->node.span);
        if (piece->node.kind == AST_SQL_HOLE) {
            PdcNamePart part = {.expr =
                                    expr_lower(b->r, piece->as.hole.expr, WANT_VALUE, b->place)};
            b->failed |= part.expr == NULL;
            vec_push_in(b->r->arena, &parts, part);
            glued = piece->as.hole.glued_right;
            made.at.end = at.end;
            continue;
        }
        if (piece->node.kind != AST_SQL_TEXT) {
            break;
        }
        size_t length = at.end - at.start;
        size_t taken = glued_after(source_bytes(b->r, at), length);
        vec_push_in(b->r->arena, &parts, part_from_text(b, source_bytes(b->r, at), taken));
        made.at.end = at.start + (uint32_t)taken;
        *ret_rest = part_of(at, taken, length);
        glued = taken == length && i + 1 < n && pieces[i + 1]->node.kind == AST_SQL_HOLE;
    }
    made.name = (PdcName){.parts = parts.items, .n_parts = parts.n};
    vec_push_in(b->r->arena, &b->pieces, made);
    return i;
}

static bool
is_output(const Builder *b, const AstExpr *expr)
{
    return b->place->script != NULL && expr->node.kind == AST_EXPR_MEMBER &&
           expr->as.member.object->node.kind == AST_EXPR_NAME &&
           text_equal(expr->as.member.object->as.name->text, "out");
}

static void
lower_output(Builder *b, const AstExpr *expr)
{
    const char *name = expr->as.member.member->text;
    bool known = false;
    for (size_t i = 0; b->place->outputs != NULL && i < b->place->outputs->n; i++) {
        known |= text_equal(b->place->outputs->items[i]->text, name);
    }
    if (!known) {
        diag_add(b->r->diags, DIAG_UNKNOWN_OUTPUT, expr->node.span, name != NULL ? name : "…");
        b->failed = true;
        return;
    }
    PdcPiece made = {
        .kind = PDC_PIECE_OUTPUT, .at = span_lower(b->r, expr->node.span), .text = name};
    vec_push_in(b->r->arena, &b->pieces, made);
}

static void
lower_value(Builder *b, const AstPiece *piece)
{
    if (is_output(b, piece->as.hole.expr)) {
        lower_output(b, piece->as.hole.expr);
        return;
    }
    PdcPiece made = {.kind = PDC_PIECE_VALUE,
                     .at = span_lower(b->r, piece->node.span),
                     .expr = expr_lower(b->r, piece->as.hole.expr, WANT_HOLE, b->place)};
    b->failed |= made.expr == NULL;
    vec_push_in(b->r->arena, &b->pieces, made);
}

/* ---- fragments ---- */

static PdcPieces
lower_body(Builder *b, const AstPieces *pieces, const Place *place)
{
    PdcPieces lowered = {0};
    b->failed |= !pieces_lower(b->r, pieces, place, &lowered);
    return lowered;
}

static void
lower_for(Builder *b, const AstPiece *piece)
{
    static const PdcJoin joins[AST_JOIN_COUNT] = {
        [AST_JOIN_COMMA] = PDC_JOIN_COMMA,   [AST_JOIN_UNION_ALL] = PDC_JOIN_UNION_ALL,
        [AST_JOIN_UNION] = PDC_JOIN_UNION,   [AST_JOIN_AND] = PDC_JOIN_AND,
        [AST_JOIN_OR] = PDC_JOIN_OR,         [AST_JOIN_ADD] = PDC_JOIN_ADD,
        [AST_JOIN_CONCAT] = PDC_JOIN_CONCAT,
    };
    PdcPiece made = {.kind = PDC_PIECE_FOR,
                     .at = span_lower(b->r, piece->node.span),
                     .n_variables = piece->as.repeat.vars.n,
                     .join = joins[piece->as.repeat.join]};
    made.expr = expr_lower(b->r, piece->as.repeat.list, WANT_LIST, b->place);
    if (made.expr == NULL) {
        b->failed = true;
        return;
    }
    Place inside = *b->place;
    inside.scope =
        loop_scope(b->r, &piece->as.repeat.vars, made.expr, b->place->scope, &made.variables);
    if (piece->as.repeat.condition != NULL) {
        made.filter = expr_lower(b->r, piece->as.repeat.condition, WANT_VALUE, &inside);
        b->failed |= made.filter == NULL;
    }
    made.body = lower_body(b, &piece->as.repeat.body, &inside);
    vec_push_in(b->r->arena, &b->pieces, made);
}

static void
lower_if(Builder *b, const AstPiece *piece)
{
    PdcPiece made = {.kind = PDC_PIECE_IF, .at = span_lower(b->r, piece->node.span)};
    made.expr = expr_lower(b->r, piece->as.choice.condition, WANT_VALUE, b->place);
    b->failed |= made.expr == NULL;
    made.body = lower_body(b, &piece->as.choice.then_body, b->place);
    made.otherwise = lower_body(b, &piece->as.choice.else_body, b->place);
    vec_push_in(b->r->arena, &b->pieces, made);
}

/* ---- rows ---- */

static size_t
lower_one(Builder *b, AstPiece *const *pieces, size_t n)
{
    const AstPiece *piece = pieces[0];
    PdcSpan rest;
    switch ((int)piece->node.kind) {
    case AST_SQL_TEXT: lower_text(b, span_lower(b->r, piece->node.span)); return 1;
    case AST_SQL_FOR: lower_for(b, piece); return 1;
    case AST_SQL_IF: lower_if(b, piece); return 1;
    }
    bool glued = piece->as.hole.glued_left || piece->as.hole.glued_right;
    if (!glued && (is_output(b, piece->as.hole.expr) || !name_follows(b))) {
        lower_value(b, piece);
        return 1;
    }
    size_t taken = lower_identifier(b, pieces, n, &rest);
    lower_text(b, rest);
    return taken;
}

bool
pieces_lower(Resolver *r, const AstPieces *pieces, const Place *place, PdcPieces *ret_pieces)
{
    Builder b = {.r = r, .place = place};
    for (size_t i = 0; i < pieces->n;) {
        i += lower_one(&b, pieces->items + i, pieces->n - i);
    }
    *ret_pieces = (PdcPieces){.items = b.pieces.items, .n = b.pieces.n};
    return !b.failed;
}
