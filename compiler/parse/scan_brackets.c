/* Brackets and holes of the frame, and where bodies, scripts and the file end. */
#include "compiler/parse/flow_parser.h"
#include "compiler/parse/keywords.h"
#include "compiler/parse/scan.h"

/* ---- brackets, holes ---- */

/** Drops the brackets on top that miss their end at `place`; the innermost one gets a message. */
static void
drop_brackets(Scanner *scanner, size_t place, bool curly_too)
{
    const Open *top = scan_top(scanner);
    bool blamed = false;
    while (top != NULL && (top->kind == OPEN_ROUND || top->kind == OPEN_SQUARE ||
                           (curly_too && top->kind == OPEN_CURLY))) {
        if (!blamed) {
            scan_blame_open(scanner, top, place);
            blamed = true;
        }
        scan_close(scanner);
        top = scan_top(scanner);
    }
}

static void
open_bracket(Scanner *scanner, int kind)
{
    OpenKind open = kind == TOKEN_LEFT_ROUND    ? OPEN_ROUND
                    : kind == TOKEN_LEFT_SQUARE ? OPEN_SQUARE
                                                : OPEN_CURLY;
    ScanMode mode = scan_mode(scanner);
    if (open == OPEN_CURLY && mode == SCAN_FRAME) {
        drop_brackets(scanner, scanner->start, false);
    }
    if (open == OPEN_CURLY && scanner->script_next && mode == SCAN_FRAME) {
        scan_push(scanner, TOKEN_SCRIPT_OPEN, scanner->start, scanner->at);
        scan_open(scanner, OPEN_SCRIPT, SCAN_SCRIPT, scanner->start, scanner->at);
        return;
    }
    scan_push(scanner, kind, scanner->start, scanner->at);
    scan_open(scanner, open, mode, scanner->start, scanner->at);
}

void
scan_close_hole(Scanner *scanner, size_t start, size_t end)
{
    const Open *top = scan_top(scanner);
    if (top != NULL && top->kind == OPEN_FRAGMENT) {
        scan_flush_text(scanner, start);
        scan_close(scanner);
    }
    scan_push(scanner, TOKEN_HOLE_CLOSE, start, end);
    scan_close(scanner);
    scanner->at = end;
    scanner->text_start = end;
    ScanMode mode = scan_mode(scanner);
    if ((mode == SCAN_FRAME || mode == SCAN_EXPRESSION) && end > start &&
        end < scanner->source->length) {
        char next = scanner->source->text[end];
        if (sql_is_identifier_byte(next) || next == '"' || scan_hole_follows(scanner, end)) {
            scan_push(scanner, TOKEN_GLUE, end, end);
            scanner->name_rest_next = sql_is_identifier_byte(next);
        }
    }
}

/** `}` closes what was opened last by `{` or `${`; round and square brackets in between miss their
 * end. */
static void
close_curly(Scanner *scanner)
{
    drop_brackets(scanner, scanner->start, false);
    const Open *top = scan_top(scanner);
    if (top != NULL && top->kind == OPEN_HOLE) {
        scan_close_hole(scanner, scanner->start, scanner->at);
        return;
    }
    scan_push(scanner, TOKEN_RIGHT_CURLY, scanner->start, scanner->at);
    if (top != NULL && top->kind == OPEN_CURLY) {
        scan_close(scanner);
    }
}

void
scan_bracket(Scanner *scanner, int kind)
{
    const Open *top = scan_top(scanner);
    if (kind == TOKEN_LEFT_ROUND || kind == TOKEN_LEFT_SQUARE || kind == TOKEN_LEFT_CURLY) {
        open_bracket(scanner, kind);
    } else if (kind == TOKEN_RIGHT_CURLY) {
        close_curly(scanner);
    } else {
        scan_push(scanner, kind, scanner->start, scanner->at);
        OpenKind wanted = kind == TOKEN_RIGHT_ROUND ? OPEN_ROUND : OPEN_SQUARE;
        if (top != NULL && top->kind == wanted) {
            scan_close(scanner);
        }
    }
}

void
scan_hole(Scanner *scanner)
{
    scan_push(scanner, TOKEN_HOLE_OPEN, scanner->start, scanner->at);
    scan_open(scanner, OPEN_HOLE, SCAN_EXPRESSION, scanner->start, scanner->at);
}

/** In a hole: the head of `for` or `if` ends here, and its fragment begins. */
void
scan_colon(Scanner *scanner)
{
    scan_push(scanner, TOKEN_COLON, scanner->start, scanner->at);
    const Open *top = scan_top(scanner);
    if (top != NULL && top->kind == OPEN_HOLE) {
        bool choice = top->choice;
        scan_open(scanner, OPEN_FRAGMENT, SCAN_SQL, scanner->start, scanner->at);
        if (!scanner->stopped) {
            scan_top(scanner)->choice = choice;
            scan_begin_text(scanner);
        }
    }
}

/** Ends a statement of the frame; in a hole it says that the hole's end is missing. */
void
scan_semicolon(Scanner *scanner)
{
    bool in_hole = scan_mode(scanner) == SCAN_EXPRESSION;
    drop_brackets(scanner, scanner->start, in_hole);
    const Open *top = scan_top(scanner);
    if (in_hole && top != NULL && top->kind == OPEN_HOLE) {
        scan_blame_open(scanner, top, scanner->start);
        scan_close_hole(scanner, scanner->start, scanner->start);
        return; /* the semicolon is read again, outside the hole */
    }
    scan_push(scanner, TOKEN_SEMICOLON, scanner->start, scanner->at);
}

/* ---- bodies, scripts, the end ---- */

void
scan_body(Scanner *scanner)
{
    const char *text = scanner->source->text;
    scanner->at = scanner->start;
    scanner->body_next = false;
    SqlToken token = scan_peek(scanner, scanner->start);
    if (scanner->statement == TOKEN_FUNCTION) {
        scan_open_island(scanner, OPEN_EXPRESSION, token.start, token.start);
        return;
    }
    const Keyword *keyword = token.kind == SQL_TOKEN_IDENTIFIER
                                 ? keyword_find(text + token.start, token.end - token.start)
                                 : NULL;
    if (sql_token_is(text, token, '(') || (keyword != NULL && scan_begins_query(keyword->token))) {
        scan_open_island(scanner, OPEN_QUERY, token.start, token.start);
    }
}

/** Between statements: `;` and `}`, or the first character of a statement. */
void
scan_script(Scanner *scanner)
{
    switch (scanner->source->text[scanner->start]) {
    case ';': return;
    case '}':
        scan_push(scanner, TOKEN_SCRIPT_CLOSE, scanner->start, scanner->at);
        scanner->at_statement_start = true;
        scan_close(scanner);
        return;
    default: scan_open_island(scanner, OPEN_STATEMENT, scanner->start, scanner->start); return;
    }
}

/** Whether the user sees what this entry waits for as a bracket. */
static bool
is_visible(OpenKind kind)
{
    switch (kind) {
    case OPEN_ROUND:
    case OPEN_SQUARE:
    case OPEN_CURLY:
    case OPEN_HOLE:
    case OPEN_BRACKETED:
    case OPEN_SCRIPT: return true;
    case OPEN_FRAGMENT:
    case OPEN_QUERY:
    case OPEN_CONDITION:
    case OPEN_EXPRESSION:
    case OPEN_STATEMENT: break;
    }
    return false;
}

static void
close_at_end(Scanner *scanner, size_t end)
{
    switch (scan_top(scanner)->kind) {
    case OPEN_ROUND:
    case OPEN_SQUARE: scan_close(scanner); break;
    case OPEN_CURLY:
        if (scan_mode(scanner) == SCAN_FRAME) {
            scan_push(scanner, TOKEN_RIGHT_CURLY, end, end);
        }
        scan_close(scanner);
        break;
    case OPEN_FRAGMENT:
    case OPEN_HOLE: scan_close_hole(scanner, end, end); break;
    case OPEN_SCRIPT:
        scan_push(scanner, TOKEN_SCRIPT_CLOSE, end, end);
        scan_close(scanner);
        break;
    case OPEN_QUERY:
    case OPEN_BRACKETED:
    case OPEN_CONDITION:
    case OPEN_EXPRESSION:
    case OPEN_STATEMENT: scan_close_island(scanner, end, end, end); break;
    }
}

void
scan_end(Scanner *scanner)
{
    size_t end = scanner->source->length;
    for (size_t i = scanner->open.n; i > 0 && !scanner->unterminated; i--) {
        if (is_visible(scanner->open.items[i - 1].kind)) {
            scan_blame_open(scanner, &scanner->open.items[i - 1], end);
            break;
        }
    }
    while (!scanner->stopped && scanner->open.n > 0) {
        close_at_end(scanner, end);
    }
    if (!scanner->stopped) {
        scan_push(scanner, TOKEN_END, end, end);
    }
}
