/*
 * Arguments of a task that is called inside SQL, `from spine(orders, 7)`: they stand in SQL text,
 * and so they are few: a table, a number, a text, true, false, null (a hole is lowered by itself).
 */
#include "compiler/parse/sql_lexer.h"
#include "compiler/resolve/resolve_priv.h"

#include <stdlib.h>
#include <string.h>

typedef struct Reader Reader;
struct Reader {
    Resolver *r;
    const char *text;
    size_t end;
    SqlToken token;
    Span span;
};

static void
advance(Reader *reader)
{
    reader->token = sql_lex_next_word(reader->text, reader->end, reader->token.end);
}

static AstExpr *
new_expr(Reader *reader, AstKind kind)
{
    AstExpr *expr = ARENA_NEW(reader->r->arena, AstExpr);
    expr->node = (AstNode){.kind = kind, .span = reader->span};
    return expr;
}

/** Text between quotes, doubled quotes made single. */
static char *
unquote(Reader *reader, char quote)
{
    Str inner = {0};
    for (size_t i = reader->token.start + 1; i + 1 < reader->token.end; i++) {
        str_append_char(&inner, reader->text[i]);
        i += reader->text[i] == quote;
    }
    return str_take_in(&inner, reader->r->arena);
}

static AstName *
read_name(Reader *reader)
{
    AstName *name = ARENA_NEW(reader->r->arena, AstName);
    SqlToken token = reader->token;
    name->node = (AstNode){.kind = AST_NAME, .span = reader->span};
    name->quoted = token.kind == SQL_TOKEN_QUOTED_IDENTIFIER;
    name->text = name->quoted ? unquote(reader, '"')
                              : text_fold(reader->r->arena, reader->text + token.start,
                                          token.end - token.start);
    AstNamePart part = {.span = reader->span, .text = name->text, .quoted = name->quoted};
    vec_push_in(reader->r->arena, &name->parts, part);
    advance(reader);
    return name;
}

static AstExpr *
read_name_expr(Reader *reader)
{
    AstExpr *expr = new_expr(reader, AST_EXPR_NAME);
    expr->as.name = read_name(reader);
    if (!sql_token_is(reader->text, reader->token, '.')) {
        return expr;
    }
    advance(reader);
    if (reader->token.kind != SQL_TOKEN_IDENTIFIER &&
        reader->token.kind != SQL_TOKEN_QUOTED_IDENTIFIER) {
        return NULL;
    }
    AstExpr *member = new_expr(reader, AST_EXPR_MEMBER);
    member->as.member.object = expr;
    member->as.member.member = read_name(reader);
    return member;
}

static AstExpr *
read_word(Reader *reader)
{
    bool is_true = sql_token_is_word(reader->text, reader->token, "true");
    if (is_true || sql_token_is_word(reader->text, reader->token, "false")) {
        AstExpr *expr = new_expr(reader, AST_EXPR_BOOL);
        expr->as.boolean = is_true;
        advance(reader);
        return expr;
    }
    if (sql_token_is_word(reader->text, reader->token, "null")) {
        advance(reader);
        return new_expr(reader, AST_EXPR_NULL);
    }
    return read_name_expr(reader);
}

static AstExpr *
read_number(Reader *reader, bool negative)
{
    const char *digits = arena_strndup(reader->r->arena, reader->text + reader->token.start,
                                       reader->token.end - reader->token.start);
    char *rest;
    double value = strtod(digits, &rest);
    if (*rest != '\0') {
        return NULL;
    }
    bool is_int = strspn(digits, "0123456789") == strlen(digits) && value < 1e15;
    AstExpr *expr = new_expr(reader, is_int ? AST_EXPR_INT : AST_EXPR_NUMBER);
    if (is_int) {
        expr->as.integer = negative ? -(int64_t)value : (int64_t)value;
    } else {
        expr->as.number.text = digits;
        expr->as.number.value = negative ? -value : value;
    }
    advance(reader);
    return expr;
}

static AstExpr *
read_argument(Reader *reader)
{
    bool negative = reader->token.kind == SQL_TOKEN_OPERATOR &&
                    reader->token.end - reader->token.start == 1 &&
                    reader->text[reader->token.start] == '-';
    if (negative) {
        advance(reader);
    }
    switch ((int)reader->token.kind) {
    case SQL_TOKEN_NUMBER: return read_number(reader, negative);
    case SQL_TOKEN_STRING: {
        AstExpr *expr =
            reader->text[reader->token.start] == '\'' ? new_expr(reader, AST_EXPR_STRING) : NULL;
        if (expr != NULL) {
            expr->as.string.text = unquote(reader, '\'');
            expr->as.string.length = strlen(expr->as.string.text);
            advance(reader);
        }
        return expr;
    }
    case SQL_TOKEN_QUOTED_IDENTIFIER: return read_name_expr(reader);
    case SQL_TOKEN_IDENTIFIER: return read_word(reader);
    }
    return NULL;
}

AstExpr *
argument_parse(Resolver *r, const char *text, size_t start, size_t end, Span span)
{
    Reader reader = {.r = r,
                     .text = text,
                     .end = end,
                     .token = sql_lex_next_word(text, end, start),
                     .span = span};
    AstExpr *expr = read_argument(&reader);
    return reader.token.kind == SQL_TOKEN_END ? expr : NULL;
}
