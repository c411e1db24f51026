/**
 * SQL lexer: cuts SQL text into tokens by the rules of PostgreSQL's scan.l, which DuckDB shares. It
 * knows no grammar and no keyword, keeps nothing between calls, and any bytes may be given to it:
 * tokens lie side by side and cover the text. Fingerprints are made from them, so what is one token
 * there is one token here.
 *
 * In addition `${` outside strings, comments and quotes is a token: an island's hole begins.
 *
 * Strings are taken as with `standard_conforming_strings = on`.
 */
#ifndef PDC_PARSE_SQL_LEXER_H
#define PDC_PARSE_SQL_LEXER_H

#include <stdbool.h>
#include <stddef.h>

typedef enum SqlTokenKind {
    SQL_TOKEN_END,
    SQL_TOKEN_SPACE,
    SQL_TOKEN_COMMENT, /* line comment without its newline; block comment, nested ones included */
    SQL_TOKEN_IDENTIFIER,        /* or keyword; bytes of 0x80 and above are letters */
    SQL_TOKEN_QUOTED_IDENTIFIER, /* "…", U&"…" */
    SQL_TOKEN_STRING,            /* '…', and with a prefix E B X N U& */
    SQL_TOKEN_DOLLAR_STRING,     /* $$…$$, $tag$…$tag$ */
    SQL_TOKEN_NUMBER,
    SQL_TOKEN_PARAMETER,   /* $1 */
    SQL_TOKEN_OPERATOR,    /* a run by PostgreSQL's rules: `<=`, `->>`, `||`, `=>`; also `::`, `:=`,
                              `..` */
    SQL_TOKEN_PUNCTUATION, /* one of ( ) [ ] { } , ; : . */
    SQL_TOKEN_HOLE,        /* ${ */
    SQL_TOKEN_OTHER        /* a byte that begins no token */
} SqlTokenKind;

typedef struct SqlToken SqlToken;
struct SqlToken {
    SqlTokenKind kind;
    bool unterminated; /* a string, comment or quote that runs to the end of the text */
    size_t start;      /* byte offset in the text */
    size_t end;        /* > start, but for SQL_TOKEN_END */
};

/**
 * The token that begins at `offset`, which is where another one ended, or 0. Reads all of a text in
 * linear time. The text need not end with a NUL.
 */
SqlToken sql_lex_next(const char *text, size_t length, size_t offset);

/** As sql_lex_next(), but skips white space and comments. */
SqlToken sql_lex_next_word(const char *text, size_t length, size_t offset);

/** Whether the token is this character; for punctuation. */
bool sql_token_is(const char *text, SqlToken token, char c);

/** Whether the token is an unquoted identifier or keyword that equals `word` (lower case) but for
 * letter case. */
bool sql_token_is_word(const char *text, SqlToken token, const char *word);

/** Whether the byte can stand inside an unquoted identifier (the dollar sign excepted). */
bool sql_is_identifier_byte(char c);

#endif
