#include "compiler/parse/scan.h"

#include "compiler/parse/flow_parser.h"
#include "compiler/parse/keywords.h"

#include <string.h>

/** So many errors in one file mean that it is no `.flow` file. */
#define ERROR_LIMIT 200

/* ---- state ---- */

void
scan_init(Scanner *scanner, const SourceFile *source, Arena *arena, Diags *diags, AstFile *file)
{
    *scanner = (Scanner){
        .source = source,
        .arena = arena,
        .diags = diags,
        .file = file,
        .at_statement_start = true,
        .blamed = SIZE_MAX,
        .syntax_error = SIZE_MAX,
        .first_error = diags_error_count(diags),
    };
}

void
scan_deinit(Scanner *scanner)
{
    vec_free(&scanner->open);
    vec_free(&scanner->queue);
}

Span
scan_span(const Scanner *scanner, size_t start, size_t end)
{
    return span_make(scanner->source, start, end);
}

ScanMode
scan_mode(const Scanner *scanner)
{
    if (scanner->body_next) {
        return SCAN_BODY;
    }
    if (scanner->name_rest_next) {
        return SCAN_NAME_REST;
    }
    return scanner->open.n > 0 ? scanner->open.items[scanner->open.n - 1].mode : SCAN_FRAME;
}

bool
scan_take(Scanner *scanner, Token *ret_token)
{
    if (scanner->queue_taken == scanner->queue.n) {
        return false;
    }
    *ret_token = scanner->queue.items[scanner->queue_taken++];
    if (scanner->queue_taken == scanner->queue.n) {
        vec_clear(&scanner->queue);
        scanner->queue_taken = 0;
    }
    return true;
}

void
scan_push(Scanner *scanner, int kind, size_t start, size_t end)
{
    if (scanner->at_statement_start) {
        scanner->statement = kind;
    }
    if (scanner->junk) {
        scanner->blamed = start;
        scanner->junk = false;
    }
    scanner->script_next = false;
    scanner->at_statement_start =
        kind == TOKEN_SEMICOLON || kind == TOKEN_LEFT_CURLY || kind == TOKEN_RIGHT_CURLY;
    scanner->previous = kind;
    vec_push(&scanner->queue, (Token){kind, scan_span(scanner, start, end)});
}

void
scan_stop(Scanner *scanner)
{
    scanner->stopped = true;
    scanner->at = scanner->source->length;
    vec_clear(&scanner->queue);
    scanner->queue_taken = 0;
    vec_push(&scanner->queue, (Token){TOKEN_END, scan_span(scanner, scanner->at, scanner->at)});
}

void
scan_limit_errors(Scanner *scanner, Span span)
{
    if (diags_error_count(scanner->diags) - scanner->first_error >= ERROR_LIMIT) {
        diag_add(scanner->diags, DIAG_TOO_MANY_ERRORS, span);
        scan_stop(scanner);
    }
}

void
scan_report(Scanner *scanner, DiagId id, Span span, const char *argument)
{
    if (!scanner->stopped) {
        diag_add(scanner->diags, id, span, argument);
        scan_limit_errors(scanner, span);
    }
}

void
scan_stop_too_deep(Scanner *scanner, Span span)
{
    scan_report(scanner, DIAG_NESTED_TOO_DEEP, span, NULL);
    scan_stop(scanner);
}

/* ---- what is open ---- */

Open *
scan_top(Scanner *scanner)
{
    return scanner->open.n > 0 ? &scanner->open.items[scanner->open.n - 1] : NULL;
}

void
scan_open(Scanner *scanner, OpenKind kind, ScanMode mode, size_t start, size_t end)
{
    Span span = scan_span(scanner, start, end);
    if (scanner->open.n >= AST_DEPTH_LIMIT) {
        scan_stop_too_deep(scanner, span);
        return;
    }
    vec_push(&scanner->open, (Open){kind, mode, false, scanner->statement, false, span});
}

void
scan_close(Scanner *scanner)
{
    if (scanner->open.n > 0) {
        scanner->open.n--;
    }
}

void
scan_blame_open(Scanner *scanner, const Open *open, size_t place)
{
    const char *what = arena_strndup(scanner->arena, scanner->source->text + open->span.start,
                                     open->span.end - open->span.start);
    scanner->blamed = place;
    if (open->blamed) {
        return;
    }
    if (scanner->syntax_error == SIZE_MAX || open->span.start > scanner->syntax_error) {
        scan_report(scanner, DIAG_UNCLOSED_BRACKET, open->span, what);
    }
}

/* ---- comments, quotes ---- */

void
scan_keep_comment(Scanner *scanner, SqlToken token, bool in_sql)
{
    const char *text = scanner->source->text + token.start;
    AstComment comment = {
        .span = scan_span(scanner, token.start, token.end),
        .is_doc = token.end - token.start >= 4 && memcmp(text, "--- ", 4) == 0,
        .in_sql = in_sql,
    };
    vec_push_in(scanner->arena, &scanner->file->comments, comment);
    if (text[0] == '-') {
        scanner->line_comment_end = token.end;
    }
}

static DiagId
unterminated_id(SqlTokenKind kind)
{
    switch (kind) {
    case SQL_TOKEN_COMMENT: return DIAG_UNTERMINATED_COMMENT;
    case SQL_TOKEN_QUOTED_IDENTIFIER: return DIAG_UNTERMINATED_QUOTED_NAME;
    case SQL_TOKEN_DOLLAR_STRING: return DIAG_UNTERMINATED_DOLLAR_QUOTE;
    case SQL_TOKEN_STRING:
    case SQL_TOKEN_END:
    case SQL_TOKEN_SPACE:
    case SQL_TOKEN_IDENTIFIER:
    case SQL_TOKEN_NUMBER:
    case SQL_TOKEN_PARAMETER:
    case SQL_TOKEN_OPERATOR:
    case SQL_TOKEN_PUNCTUATION:
    case SQL_TOKEN_HOLE:
    case SQL_TOKEN_OTHER: break;
    }
    return DIAG_UNTERMINATED_STRING;
}

/** Length of what opens a quote: `'`, `E'`, `$tag$`, slash and star. */
static size_t
opening_length(const char *text, SqlTokenKind kind)
{
    size_t n = 1;
    if (kind == SQL_TOKEN_COMMENT) {
        return 2;
    }
    if (kind == SQL_TOKEN_DOLLAR_STRING) {
        while (text[n] != '$') {
            n++;
        }
        return n + 1;
    }
    while (text[n - 1] != '\'' && text[n - 1] != '"') {
        n++;
    }
    return n;
}

bool
scan_check_terminated(Scanner *scanner, SqlToken token)
{
    if (!token.unterminated) {
        return true;
    }
    size_t length = opening_length(scanner->source->text + token.start, token.kind);
    scan_report(scanner, unterminated_id(token.kind),
                scan_span(scanner, token.start, token.start + length), NULL);
    if (token.kind == SQL_TOKEN_COMMENT || token.kind == SQL_TOKEN_DOLLAR_STRING) {
        scanner->unterminated = true;
        scanner->blamed = scanner->source->length;
    }
    return false;
}

void
scan_check_quoted_name(Scanner *scanner, SqlToken token)
{
    const char *text = scanner->source->text;
    for (size_t i = token.start; i + 1 < token.end; i++) {
        if (text[i] == '$' && text[i + 1] == '{') {
            scan_report(scanner, DIAG_HOLE_IN_QUOTED_NAME, scan_span(scanner, i, i + 2), NULL);
            return;
        }
    }
}

void
scan_comment(Scanner *scanner)
{
    SqlToken token = scan_peek(scanner, scanner->start);
    scan_check_terminated(scanner, token);
    scan_keep_comment(scanner, token, false);
    scanner->at = token.end;
}

bool
scan_hole_follows(const Scanner *scanner, size_t offset)
{
    const char *text = scanner->source->text;
    return scanner->source->length - offset >= 2 && text[offset] == '$' && text[offset + 1] == '{';
}

/** A name's part was read: where a hole follows directly, the name goes on. */
static void
glue_hole(Scanner *scanner)
{
    if (scan_hole_follows(scanner, scanner->at)) {
        scan_push(scanner, TOKEN_GLUE, scanner->at, scanner->at);
    }
}

void
scan_quoted(Scanner *scanner)
{
    SqlToken token = scan_settle_quote(scanner, scan_peek(scanner, scanner->start));
    scanner->at = token.end;
    if (!scan_check_terminated(scanner, token)) {
        scan_blame_quote(scanner, token);
        return;
    }
    bool is_name = token.kind == SQL_TOKEN_QUOTED_IDENTIFIER;
    if (is_name && token.end - token.start == 2) {
        scan_report(scanner, DIAG_EMPTY_QUOTED_NAME, scan_span(scanner, token.start, token.end),
                    NULL);
    }
    if (is_name) {
        scan_check_quoted_name(scanner, token);
    }
    scan_push(scanner, is_name ? TOKEN_QUOTED_NAME : TOKEN_STRING, token.start, token.end);
    if (is_name) {
        glue_hole(scanner);
    }
}

/* ---- words ---- */

SqlToken
scan_peek(const Scanner *scanner, size_t offset)
{
    return sql_lex_next(scanner->source->text, scanner->source->length, offset);
}

/** Moves `at` over white space and comments, which are kept. @return the token that follows */
static SqlToken
skip_space(Scanner *scanner)
{
    SqlToken token = scan_peek(scanner, scanner->at);
    while (!token.unterminated &&
           (token.kind == SQL_TOKEN_SPACE || token.kind == SQL_TOKEN_COMMENT)) {
        if (token.kind == SQL_TOKEN_COMMENT) {
            scan_keep_comment(scanner, token, false);
        }
        scanner->at = token.end;
        token = scan_peek(scanner, scanner->at);
    }
    return token;
}

/** `check (`, `index (`, `cache by (`: an island in brackets. */
static void
open_bracketed(Scanner *scanner)
{
    SqlToken next = skip_space(scanner);
    if (sql_token_is(scanner->source->text, next, '(')) {
        scan_open_island(scanner, OPEN_BRACKETED, next.start, next.end);
    }
}

/** What the words of the frame do to what follows them. */
static void
expect_island(Scanner *scanner, int kind, int before)
{
    switch (kind) {
    case TOKEN_AS: scanner->body_next = true; break;
    case TOKEN_SCRIPT:
        scanner->script_next =
            before == TOKEN_AS || before == TOKEN_SETUP || before == TOKEN_PUBLISH;
        break;
    case TOKEN_WHERE: scan_open_island(scanner, OPEN_CONDITION, scanner->at, scanner->at); break;
    case TOKEN_CHECK:
    case TOKEN_INDEX: open_bracketed(scanner); break;
    case TOKEN_BY:
        if (before == TOKEN_CACHE) {
            open_bracketed(scanner);
        }
        break;
    default: break; /* tokens of the grammar, not an enum of ours */
    }
}

bool
scan_begins_query(int kind)
{
    return kind == TOKEN_SELECT || kind == TOKEN_WITH || kind == TOKEN_VALUES || kind == TOKEN_FROM;
}

/** In `given` or `expect` of a test, outside brackets. */
static bool
in_test_step(const Scanner *scanner)
{
    const Open *top = scanner->open.n > 0 ? &scanner->open.items[scanner->open.n - 1] : NULL;
    return (scanner->statement == TOKEN_GIVEN || scanner->statement == TOKEN_EXPECT) &&
           top != NULL && top->kind == OPEN_CURLY && top->statement == TOKEN_TEST;
}

void
scan_word(Scanner *scanner)
{
    int before = scanner->previous;
    const Keyword *keyword =
        keyword_find(scanner->source->text + scanner->start, scanner->at - scanner->start);
    if (keyword == NULL || before == TOKEN_DOT || scan_hole_follows(scanner, scanner->at)) {
        scan_push(scanner, TOKEN_NAME, scanner->start, scanner->at);
        glue_hole(scanner);
        return;
    }
    bool frame = scan_mode(scanner) == SCAN_FRAME;
    if (frame && scan_begins_query(keyword->token) && in_test_step(scanner)) {
        scan_open_island(scanner, OPEN_QUERY, scanner->start, scanner->start);
        return;
    }
    scan_push(scanner, keyword->token, scanner->start, scanner->at);
    if (frame) {
        expect_island(scanner, keyword->token, before);
    } else if (before == TOKEN_HOLE_OPEN && scan_top(scanner) != NULL) {
        scan_top(scanner)->choice = keyword->token == TOKEN_IF;
    }
}

void
scan_name_rest(Scanner *scanner)
{
    scanner->name_rest_next = false;
    scan_push(scanner, TOKEN_NAME, scanner->start, scanner->at);
    glue_hole(scanner);
}

void
scan_token(Scanner *scanner, int kind)
{
    scan_push(scanner, kind, scanner->start, scanner->at);
}

void
scan_junk(Scanner *scanner)
{
    size_t length = scanner->at - scanner->start;
    const char *text = arena_strndup(scanner->arena, scanner->source->text + scanner->start,
                                     length < 20 ? length : 20);
    scanner->junk = true;
    scan_report(scanner, DIAG_UNEXPECTED_CHARACTER, scan_span(scanner, scanner->start, scanner->at),
                text);
}
