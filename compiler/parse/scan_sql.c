/* SQL islands: where they end, and their cut into text and holes. */
#include "compiler/parse/flow_parser.h"
#include "compiler/parse/scan.h"

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

/** A text piece up to `end`, without the white space there; a line comment keeps its newline.
 * @return its end */
size_t
scan_flush_text(Scanner *scanner, size_t end)
{
    size_t trimmed = end;
    while (trimmed > scanner->text_start && is_space(scanner->source->text[trimmed - 1])) {
        trimmed--;
    }
    if (trimmed <= scanner->line_comment_end && scanner->line_comment_end < end) {
        trimmed = scanner->line_comment_end + 1;
    }
    if (trimmed > scanner->text_start) {
        scan_push(scanner, TOKEN_SQL_TEXT, scanner->text_start, trimmed);
    }
    scanner->text_start = end;
    return trimmed;
}

/** Text begins behind the white space that comes next. */
void
scan_begin_text(Scanner *scanner)
{
    while (scanner->at < scanner->source->length && is_space(scanner->source->text[scanner->at])) {
        scanner->at++;
    }
    scanner->text_start = scanner->at;
}

void
scan_open_island(Scanner *scanner, OpenKind kind, size_t start, size_t end)
{
    scan_push(scanner, TOKEN_SQL_OPEN, start, end);
    scan_open(scanner, kind, SCAN_SQL, start, end);
    if (!scanner->stopped) {
        scanner->at = end;
        scan_begin_text(scanner);
    }
}

/** [start, end): what closes it; empty where that belongs to the frame. */
void
scan_close_island(Scanner *scanner, size_t text_end, size_t start, size_t end)
{
    size_t trimmed = scan_flush_text(scanner, text_end);
    if (start == end) {
        start = end = trimmed;
    }
    scan_push(scanner, TOKEN_SQL_CLOSE, start, end);
    scan_close(scanner);
}

/* ---- brackets ---- */

static bool
is_bracket(OpenKind kind)
{
    return kind == OPEN_ROUND || kind == OPEN_SQUARE || kind == OPEN_CURLY;
}

/** The entry that `c` closes: a bracket of this text, or what holds this text; NULL if there is
 * none. */
static const Open *
find_opener(const Scanner *scanner, char c)
{
    OpenKind wanted = c == ')' ? OPEN_ROUND : c == ']' ? OPEN_SQUARE : OPEN_CURLY;
    OpenKind holder = c == ')' ? OPEN_BRACKETED : OPEN_FRAGMENT;
    for (size_t i = scanner->open.n; i > 0; i--) {
        const Open *open = &scanner->open.items[i - 1];
        if (open->kind == wanted || (open->kind == holder && c != ']')) {
            return open;
        }
        if (!is_bracket(open->kind)) {
            return c == '}' && open->kind != OPEN_BRACKETED ? open : NULL;
        }
    }
    return NULL;
}

/** Drops the brackets above `keep`; the innermost one gets a message. */
static void
drop_brackets_above(Scanner *scanner, const Open *keep, size_t place)
{
    if (scan_top(scanner) != keep) {
        scan_blame_open(scanner, scan_top(scanner), place);
    }
    while (!scanner->stopped && scan_top(scanner) != keep) {
        scan_close(scanner);
    }
}

static void
close_bracket(Scanner *scanner, SqlToken token)
{
    char c = scanner->source->text[token.start];
    const Open *opener = find_opener(scanner, c);
    if (opener == NULL) {
        scan_report(scanner, DIAG_UNOPENED_BRACKET, scan_span(scanner, token.start, token.end),
                    c == ')'   ? ")"
                    : c == ']' ? "]"
                               : "}");
        return;
    }
    drop_brackets_above(scanner, opener, token.start);
    if (scanner->stopped) {
        return;
    }
    if (is_bracket(opener->kind)) {
        scan_close(scanner);
    } else if (opener->kind == OPEN_BRACKETED) {
        scan_close_island(scanner, token.start, token.start, token.end);
    } else if (opener->kind == OPEN_FRAGMENT) {
        scan_close_hole(scanner, token.start, token.end);
    } else { /* `}` of the block around */
        scan_close_island(scanner, token.start, token.start, token.start);
        scanner->at = token.start;
    }
}

/* ---- separators ---- */

/** What holds the brackets that are open in this text. */
static const Open *
find_holder(const Scanner *scanner)
{
    size_t i = scanner->open.n;
    while (i > 0 && is_bracket(scanner->open.items[i - 1].kind)) {
        i--;
    }
    return i > 0 ? &scanner->open.items[i - 1] : NULL;
}

static bool
in_script(const Scanner *scanner)
{
    for (size_t i = 0; i < scanner->open.n; i++) {
        if (scanner->open.items[i].kind == OPEN_SCRIPT) {
            return true;
        }
    }
    return false;
}

/** `;` ends an island, whatever is still open in it; in a fragment of a script it is text. */
static void
end_at_semicolon(Scanner *scanner, SqlToken token)
{
    const Open *holder = find_holder(scanner);
    drop_brackets_above(scanner, holder, token.start);
    if (scanner->stopped || (holder->kind == OPEN_FRAGMENT && in_script(scanner))) {
        return;
    }
    scanner->at = token.start; /* to be read again by whoever is around */
    if (holder->kind == OPEN_FRAGMENT) {
        scan_blame_open(scanner, holder - 1, token.start);
        scan_close_hole(scanner, token.start, token.start);
        return;
    }
    if (holder->kind == OPEN_BRACKETED) {
        scan_blame_open(scanner, holder, token.start);
    }
    scan_close_island(scanner, token.start, token.start, token.start);
}

static void
read_punctuation(Scanner *scanner, SqlToken token)
{
    char c = scanner->source->text[token.start];
    scanner->at = token.end;
    switch (c) {
    case '(':
    case '[':
    case '{':
        scan_open(scanner,
                  c == '('   ? OPEN_ROUND
                  : c == '[' ? OPEN_SQUARE
                             : OPEN_CURLY,
                  SCAN_SQL, token.start, token.end);
        break;
    case ')':
    case ']':
    case '}': close_bracket(scanner, token); break;
    case ';': end_at_semicolon(scanner, token); break;
    case ',':
        if (scan_top(scanner)->kind == OPEN_CONDITION) {
            scan_close_island(scanner, token.start, token.start, token.start);
            scanner->at = token.start;
        }
        break;
    default: break; /* any other character is text */
    }
}

/* ---- words ---- */

/** `else:` of a hole. A lone `:` begins nothing in SQL, so `else` of a `case` is not meant. */
static void
read_else(Scanner *scanner, SqlToken token)
{
    const SourceFile *source = scanner->source;
    SqlToken next = sql_lex_next_word(source->text, source->length, token.end);
    if (!sql_token_is(source->text, next, ':')) {
        return;
    }
    scan_flush_text(scanner, token.start);
    scan_push(scanner, TOKEN_ELSE_COLON, token.start, next.end);
    scan_top(scanner)->choice = false; /* a second one is text */
    scanner->at = next.end;
    scan_begin_text(scanner);
}

/** `on ENGINE as` ends the expression of a function. */
static void
read_on(Scanner *scanner, SqlToken token)
{
    const SourceFile *source = scanner->source;
    SqlToken engine = sql_lex_next_word(source->text, source->length, token.end);
    SqlToken as = sql_lex_next_word(source->text, source->length, engine.end);
    if (engine.kind == SQL_TOKEN_IDENTIFIER && sql_token_is_word(source->text, as, "as")) {
        scan_close_island(scanner, token.start, token.start, token.start);
        scanner->at = token.start;
    }
}

static void
read_word(Scanner *scanner, SqlToken token)
{
    const Open *top = scan_top(scanner);
    const char *text = scanner->source->text;
    scanner->at = token.end;
    if (top->kind == OPEN_FRAGMENT && top->choice && sql_token_is_word(text, token, "else")) {
        read_else(scanner, token);
    } else if (top->kind == OPEN_EXPRESSION && sql_token_is_word(text, token, "on")) {
        read_on(scanner, token);
    }
}

static void
read_hole(Scanner *scanner, SqlToken token)
{
    if (token.start > scanner->text_start) {
        scan_push(scanner, TOKEN_SQL_TEXT, scanner->text_start, token.start);
    }
    scan_push(scanner, TOKEN_HOLE_OPEN, token.start, token.end);
    scan_open(scanner, OPEN_HOLE, SCAN_EXPRESSION, token.start, token.end);
}

static void
read_sql_token(Scanner *scanner, SqlToken token)
{
    token = scan_settle_quote(scanner, token);
    scanner->at = token.end;
    if (!scan_check_terminated(scanner, token) && !scanner->unterminated) {
        scan_flush_text(scanner, token.start);
        scan_blame_quote(scanner, token);
        scan_begin_text(scanner);
        return;
    }
    switch (token.kind) {
    case SQL_TOKEN_COMMENT: scan_keep_comment(scanner, token, true); break;
    case SQL_TOKEN_QUOTED_IDENTIFIER: scan_check_quoted_name(scanner, token); break;
    case SQL_TOKEN_HOLE: read_hole(scanner, token); break;
    case SQL_TOKEN_PUNCTUATION: read_punctuation(scanner, token); break;
    case SQL_TOKEN_IDENTIFIER: read_word(scanner, token); break;
    case SQL_TOKEN_END:
    case SQL_TOKEN_SPACE:
    case SQL_TOKEN_STRING:
    case SQL_TOKEN_DOLLAR_STRING:
    case SQL_TOKEN_NUMBER:
    case SQL_TOKEN_PARAMETER:
    case SQL_TOKEN_OPERATOR:
    case SQL_TOKEN_OTHER: break;
    }
}

/** Reads on until a token of the grammar is made, or the text ends. */
void
scan_sql(Scanner *scanner)
{
    scanner->at = scanner->start;
    while (scanner->queue.n == 0 && scanner->at < scanner->source->length) {
        read_sql_token(scanner, scan_peek(scanner, scanner->at));
    }
}
