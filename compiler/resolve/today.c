/* `current_date` as it is written in SQL: a piece of its own, so that a test can fix it. */
#include "compiler/parse/sql_lexer.h"
#include "compiler/resolve/resolve_priv.h"

size_t
today_end(const char *text, size_t length, size_t offset, const char *previous)
{
    SqlToken word = sql_lex_next(text, length, offset);
    bool is_named = previous != NULL && (text_equal(previous, "as") || text_equal(previous, "."));
    if (is_named) {
        return 0;
    }
    if (sql_token_is_word(text, word, "current_date")) {
        return word.end;
    }
    if (!sql_token_is_word(text, word, "today")) {
        return 0;
    }
    SqlToken open = sql_lex_next_word(text, length, word.end);
    SqlToken close = sql_lex_next_word(text, length, open.end);
    return sql_token_is(text, open, '(') && sql_token_is(text, close, ')') ? close.end : 0;
}
