/* SQL pieces, bodies and clauses. */
#include "compiler/parse/build.h"

#include <string.h>

#define NEW(Type) ARENA_NEW(parser->arena, Type)

/* ---- pieces ---- */

AstSql *
build_sql(Parser *parser, Span open, Span close, AstPieces *pieces)
{
    AstSql *sql = NEW(AstSql);
    Span span = {open.file, open.end, close.start};
    if (pieces->n > 0) {
        span = span_join(pieces->items[0]->node.span, pieces->items[pieces->n - 1]->node.span);
    } else {
        span.start = span.end;
    }
    sql->node = (AstNode){AST_SQL, span};
    sql->pieces = *pieces;
    return sql;
}

static bool
is_hole(const AstPiece *piece)
{
    return piece->node.kind == AST_SQL_HOLE;
}

void
build_append_piece(Parser *parser, AstPieces *pieces, AstPiece *piece)
{
    if (piece == NULL) {
        return;
    }
    const AstPiece *before = pieces->n > 0 ? pieces->items[pieces->n - 1] : NULL;
    if (is_hole(piece) && before != NULL && is_hole(before) &&
        before->node.span.end == piece->node.span.start) {
        piece->as.hole.glued_left = true;
    }
    vec_push_in(parser->arena, pieces, piece);
}

static AstPiece *
new_piece(Parser *parser, AstKind kind, Span span)
{
    AstPiece *piece = NEW(AstPiece);
    piece->node = (AstNode){kind, span};
    return piece;
}

AstPiece *
build_text_piece(Parser *parser, Span span)
{
    AstPiece *piece = new_piece(parser, AST_SQL_TEXT, span);
    piece->as.text.bytes = parser->source->text + span.start;
    piece->as.text.length = span.end - span.start;
    return piece;
}

static bool
continues_name(char c)
{
    return sql_is_identifier_byte(c) || c == '"';
}

AstPiece *
build_hole_piece(Parser *parser, Span span, AstExpr *expr)
{
    const SourceFile *source = parser->source;
    AstPiece *piece = new_piece(parser, AST_SQL_HOLE, span);
    piece->as.hole.expr = expr;
    if (span.start > 0) {
        char before = source->text[span.start - 1];
        piece->as.hole.glued_left = continues_name(before) || before == '$';
    }
    if (span.end < source->length) {
        char after = source->text[span.end];
        bool hole =
            after == '$' && span.end + 1 < source->length && source->text[span.end + 1] == '{';
        piece->as.hole.glued_right = continues_name(after) || hole;
    }
    return piece;
}

AstPiece *
build_for_piece(Parser *parser, Span span, ForHead *head, AstExpr *condition, AstJoin join,
                AstPieces *body)
{
    AstPiece *piece = new_piece(parser, AST_SQL_FOR, span);
    piece->as.repeat.vars = head->vars;
    piece->as.repeat.tuple = head->tuple;
    piece->as.repeat.list = head->list;
    piece->as.repeat.condition = condition;
    piece->as.repeat.join = join;
    piece->as.repeat.body = *body;
    return piece;
}

AstPiece *
build_if_piece(Parser *parser, Span span, AstExpr *condition, AstPieces *then_body,
               AstPieces *else_body)
{
    AstPiece *piece = new_piece(parser, AST_SQL_IF, span);
    piece->as.choice.condition = condition;
    piece->as.choice.then_body = *then_body;
    if (else_body != NULL) {
        piece->as.choice.has_else = true;
        piece->as.choice.else_body = *else_body;
    }
    return piece;
}

AstBody *
build_body(Parser *parser, AstKind kind, Span span)
{
    AstBody *body = NEW(AstBody);
    body->node = (AstNode){kind, span};
    return body;
}

AstBody *
build_sql_body(Parser *parser, AstSql *sql)
{
    AstBody *body = build_body(parser, AST_BODY_SQL, sql->node.span);
    body->as.sql = sql;
    return body;
}

/* ---- clauses ---- */

AstClause *
build_clause(Parser *parser, AstClauseKind what, Span span)
{
    AstClause *clause = NEW(AstClause);
    clause->node = (AstNode){AST_CLAUSE, span};
    clause->what = what;
    return clause;
}

AstClause *
build_columns_clause(Parser *parser, AstClauseKind what, Span span, AstNames *columns)
{
    AstClause *clause = build_clause(parser, what, span);
    clause->columns = *columns;
    return clause;
}

AstClause *
build_value_clause(Parser *parser, AstClauseKind what, Span span, AstExpr *value)
{
    AstClause *clause = build_clause(parser, what, span);
    clause->value = value;
    return clause;
}

/** The names, if `sql` is nothing but names with commas between; else none. */
static AstNames
names_of_sql(Parser *parser, const AstSql *sql)
{
    AstNames names = {0};
    const SourceFile *source = parser->source;
    if (sql->pieces.n != 1 || sql->pieces.items[0]->node.kind != AST_SQL_TEXT) {
        return names;
    }
    size_t end = sql->node.span.end;
    SqlToken token = sql_lex_next_word(source->text, end, sql->node.span.start);
    while (token.kind == SQL_TOKEN_IDENTIFIER || token.kind == SQL_TOKEN_QUOTED_IDENTIFIER) {
        Span span = span_make(source, token.start, token.end);
        AstName *name = build_name(parser, span);
        vec_push_in(parser->arena, &names, name);
        token = sql_lex_next_word(source->text, end, token.end);
        if (!sql_token_is(source->text, token, ',')) {
            break;
        }
        token = sql_lex_next_word(source->text, end, token.end);
    }
    return token.kind == SQL_TOKEN_END ? names : (AstNames){0};
}

AstClause *
build_sql_clause(Parser *parser, AstClauseKind what, Span span, AstSql *sql)
{
    AstClause *clause = build_clause(parser, what, span);
    clause->sql = sql;
    clause->columns = names_of_sql(parser, sql);
    if (sql->pieces.n == 0) {
        scan_report(&parser->scanner, DIAG_EMPTY_CLAUSE, span, ast_clause_words(what));
    }
    return clause;
}

AstClause *
build_references(Parser *parser, AstClauseKind what, Span span, AstNames *columns, AstQname *target,
                 AstNames *target_columns)
{
    AstClause *clause = build_clause(parser, what, span);
    clause->target = target;
    clause->target_columns = *target_columns;
    if (columns != NULL) {
        clause->columns = *columns;
    }
    return clause;
}

/** The word of `name` or `name(…)`; NULL if the expression is neither. */
static const char *
head_word(const AstExpr *expr)
{
    if (expr->node.kind == AST_EXPR_CALL) {
        expr = expr->as.call.callee;
    }
    return expr->node.kind == AST_EXPR_NAME && !expr->as.name->quoted ? expr->as.name->text : NULL;
}

typedef struct CacheWord CacheWord;
struct CacheWord {
    const char *word;
    AstKind form;
    AstCacheKind kind;
};

static const CacheWord cache_words[] = {
    {"always", AST_EXPR_NAME, AST_CACHE_ALWAYS},
    {"never", AST_EXPR_NAME, AST_CACHE_NEVER},
    {"file", AST_EXPR_CALL, AST_CACHE_FILE},
    {"shell", AST_EXPR_CALL, AST_CACHE_SHELL},
};

AstClause *
build_cache_by(Parser *parser, Span span, AstExpr *value, AstSql *sql)
{
    AstClause *clause = build_clause(parser, AST_CLAUSE_CACHE_BY, span);
    if (sql != NULL) {
        clause->cache = AST_CACHE_QUERY;
        clause->sql = sql;
        return clause;
    }
    const char *word = head_word(value);
    clause->value = value;
    for (size_t i = 0; word != NULL && i < ARRAY_LENGTH(cache_words); i++) {
        if (value->node.kind == cache_words[i].form && strcmp(word, cache_words[i].word) == 0) {
            clause->cache = cache_words[i].kind;
        }
    }
    return clause;
}

void
build_set_meta(AstClause *clause, const MetaList *metas)
{
    clause->meta.items = metas->items;
    clause->meta.n = metas->n;
    clause->meta.capacity = metas->capacity;
}

void
build_report_repeated(Parser *parser, Span word)
{
    const char *text =
        arena_strndup(parser->arena, parser->source->text + word.start, word.end - word.start);
    scan_report(&parser->scanner, DIAG_REPEATED_WORD, word, text);
}
