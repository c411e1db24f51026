/* Between scanner and grammar: what needs to see two tokens, or to know that an error was met. */
#include "compiler/parse/flow_parser.h"
#include "compiler/parse/flow_scanner.h"
#include "compiler/parse/keywords.h"
#include "compiler/parse/parse_priv.h"

int flow_scan_token(Token *ret_token, yyscan_t yyscanner);

void
tokens_init(Parser *parser)
{
    parser->at_statement_start = true;
    vec_push(&parser->blocks, KEYWORD_DECLARATION);
}

void
tokens_deinit(Parser *parser)
{
    vec_free(&parser->blocks);
}

/* ---- reading ---- */

static Token
take(Parser *parser)
{
    Token token;
    if (parser->n_again > 0) {
        return parser->again[--parser->n_again];
    }
    if (parser->has_ahead) {
        parser->has_ahead = false;
        return parser->ahead;
    }
    if (!flow_scan_token(&token, parser->flex)) {
        size_t end = parser->source->length;
        token = (Token){TOKEN_END, span_make(parser->source, end, end)};
    }
    return token;
}

/** Joins `first` and the token behind it where that is a `second`. */
static Token
join_if(Parser *parser, Token first, int second, int joined)
{
    Token next = take(parser);
    if (next.kind == second) {
        return (Token){joined, span_join(first.span, next.span)};
    }
    parser->ahead = next;
    parser->has_ahead = true;
    return first;
}

/** A token; `not in` and the `warn after` of `freshness` are one each, so that one of look-ahead
 * suffices. */
static Token
take_joined(Parser *parser)
{
    Token token = take(parser);
    if (token.kind == TOKEN_NOT) {
        return join_if(parser, token, TOKEN_IN, TOKEN_NOT_IN);
    }
    if (token.kind == TOKEN_WARN && parser->in_freshness) {
        return join_if(parser, token, TOKEN_AFTER, TOKEN_WARN_AFTER);
    }
    return token;
}

/* ---- blocks and statements ---- */

unsigned
tokens_block_groups(const Parser *parser)
{
    return parser->blocks.items[parser->blocks.n - 1];
}

/** The keywords that begin a statement in the block of a declaration that begins with `statement`.
 */
static unsigned
groups_inside(int statement)
{
    switch (statement) {
    case TOKEN_STAGE:
    case TOKEN_INPUT:
    case TOKEN_IF:
    case TOKEN_ELSE:
    case TOKEN_FOR: return KEYWORD_ITEM;
    case TOKEN_TEST: return KEYWORD_STEP;
    default: return 0;
    }
}

static const char *
token_text(const Parser *parser, Span span)
{
    return text_fold(parser->arena, parser->source->text + span.start, span.end - span.start);
}

/** A word that can't begin a statement here, but looks much like one that can, is taken for that
 * one. */
static void
correct_spelling(Parser *parser, Token *token)
{
    if (token->kind != TOKEN_NAME || tokens_block_groups(parser) == 0 || parser->scanner.stopped) {
        return;
    }
    const char *word = token_text(parser, token->span);
    const Keyword *keyword = keyword_nearest(word, tokens_block_groups(parser));
    if (keyword != NULL) {
        scan_report(&parser->scanner, DIAG_MISSPELT_WORD, token->span, word);
        diag_suggest(parser->diags, word, keyword->text);
        token->kind = keyword->token;
        parser->scanner.statement = keyword->token; /* it reads what follows by that */
    }
}

static void
follow_statements(Parser *parser, Token *token)
{
    if (parser->at_statement_start) {
        correct_spelling(parser, token);
        parser->statement = token->kind;
        parser->in_freshness = false;
    }
    parser->at_statement_start = false;
    switch (token->kind) {
    case TOKEN_LEFT_CURLY:
        vec_push(&parser->blocks, groups_inside(parser->statement));
        parser->at_statement_start = true;
        break;
    case TOKEN_RIGHT_CURLY:
        if (parser->blocks.n > 1) {
            parser->blocks.n--;
        }
        parser->at_statement_start = true;
        break;
    case TOKEN_SEMICOLON:
    case TOKEN_SCRIPT_CLOSE: parser->at_statement_start = true; break;
    case TOKEN_FRESHNESS: parser->in_freshness = true; break;
    case TOKEN_HOLE_OPEN: parser->hole_depth++; break;
    case TOKEN_HOLE_CLOSE: parser->hole_depth--; break;
    default: break; /* tokens of the grammar, not an enum of ours */
    }
    if (parser->at_statement_start) {
        parser->recovering = false;
        parser->scanner.syntax_error = SIZE_MAX;
    }
}

/* ---- recovery ---- */

static bool recovers_in_block(const Parser *parser);

void
tokens_recover(Parser *parser)
{
    Token token = parser->last[0];
    parser->recovering = !parser->at_statement_start;
    if (parser->recovering) {
        parser->scanner.syntax_error = token.span.start;
    }
    if (token.kind == TOKEN_LEFT_CURLY) {
        unsigned inside = parser->blocks.items[--parser->blocks.n];
        parser->drop_block = !recovers_in_block(parser);
        if (!parser->drop_block) {
            vec_push(&parser->blocks, inside);
        }
    }
    size_t depth = parser->hole_depth - (token.kind == TOKEN_HOLE_OPEN ? 1 : 0);
    parser->skip_to_hole = token.kind == TOKEN_HOLE_CLOSE ? 0 : depth;
}

void
tokens_insert_semicolon(Parser *parser)
{
    Token token = parser->last[0];
    size_t end = parser->last[1].span.end;
    parser->again[0] = token;
    parser->again[1] = (Token){TOKEN_SEMICOLON, span_make(parser->source, end, end)};
    parser->n_again = 2;
}

static bool
ends_skipping(const Parser *parser, const Token *token)
{
    return token->kind == TOKEN_END ||
           (token->kind == TOKEN_HOLE_CLOSE && parser->hole_depth < parser->skip_to_hole);
}

/** Whether the grammar goes on with the block of such a statement after an error in its head. */
static bool
recovers_in_block(const Parser *parser)
{
    unsigned groups = tokens_block_groups(parser);
    switch (parser->statement) {
    case TOKEN_STAGE:
    case TOKEN_COPY:
    case TOKEN_TEST: return groups == KEYWORD_DECLARATION;
    case TOKEN_INPUT:
    case TOKEN_IF:
    case TOKEN_FOR: return groups == KEYWORD_ITEM;
    default: return false;
    }
}

/** Drops a block of which nothing is known, and whose `{` was read; a `;` stands for it. */
static void
drop_block(Parser *parser, Token *token)
{
    size_t depth = 1;
    parser->drop_block = false;
    do {
        *token = take(parser);
        depth += token->kind == TOKEN_LEFT_CURLY ? 1 : 0;
        depth -= token->kind == TOKEN_RIGHT_CURLY ? 1 : 0;
    } while (depth > 0 && token->kind != TOKEN_END);
    if (token->kind != TOKEN_END) {
        token->kind = TOKEN_SEMICOLON;
    }
}

int
tokens_next(Parser *parser, Token *ret_token)
{
    do {
        if (!parser->drop_block) {
            *ret_token = take_joined(parser);
        }
        if (parser->drop_block || (ret_token->kind == TOKEN_LEFT_CURLY && parser->recovering &&
                                   !recovers_in_block(parser))) {
            drop_block(parser, ret_token);
        }
        follow_statements(parser, ret_token);
    } while (parser->skip_to_hole > 0 && !ends_skipping(parser, ret_token));
    parser->skip_to_hole = 0;
    parser->last[2] = parser->last[1];
    parser->last[1] = parser->last[0];
    parser->last[0] = *ret_token;
    return ret_token->kind;
}
