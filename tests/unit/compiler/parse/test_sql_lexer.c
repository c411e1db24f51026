#include "compiler/parse/sql_lexer.h"
#include "runtime/base/macros.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char
letter_of(SqlToken token)
{
    static const char names[] = {
        [SQL_TOKEN_END] = '.',         [SQL_TOKEN_SPACE] = ' ',
        [SQL_TOKEN_COMMENT] = 'c',     [SQL_TOKEN_STRING] = 's',
        [SQL_TOKEN_IDENTIFIER] = 'i',  [SQL_TOKEN_QUOTED_IDENTIFIER] = 'q',
        [SQL_TOKEN_NUMBER] = 'n',      [SQL_TOKEN_DOLLAR_STRING] = 'd',
        [SQL_TOKEN_PARAMETER] = 'p',   [SQL_TOKEN_HOLE] = 'h',
        [SQL_TOKEN_PUNCTUATION] = ',', [SQL_TOKEN_OPERATOR] = 'o',
        [SQL_TOKEN_OTHER] = '?',
    };
    return names[token.kind];
}

/* Kinds and texts: `i:a o:<= n:1`. */
static void
lex(const char *text, char *out, size_t size)
{
    size_t length = strlen(text);
    size_t n = 0;
    SqlToken token = sql_lex_next(text, length, 0);
    out[0] = '\0';
    while (token.kind != SQL_TOKEN_END) {
        if (token.kind != SQL_TOKEN_SPACE) {
            n += (size_t)snprintf(out + n, size - n, "%s%c%s:%.*s", n > 0 ? " " : "",
                                  letter_of(token), token.unterminated ? "!" : "",
                                  (int)(token.end - token.start), text + token.start);
        }
        token = sql_lex_next(text, length, token.end);
    }
}

Test(sql_lexer, cuts_as_postgresql_does)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ""},
        {"select a1, _b from \"T \"\"x\"\"\"", "i:select i:a1 ,:, i:_b i:from q:\"T \"\"x\"\"\""},
        {"a$b$ c", "i:a$b$ i:c"},
        {"é_1", "i:é_1"},
        {"'it''s' 'a\\' b", "s:'it''s' s:'a\\' i:b"},
        {"E'it\\'s' e'\\\\' x", "s:E'it\\'s' s:e'\\\\' i:x"},
        {"E'a'\n 'b\\'c' x", "s:E'a'\n 'b\\'c' i:x"},
        {"E'a' -- c\n 'b\\'' x", "s:E'a' -- c\n 'b\\'' i:x"},
        {"E'a' 'b\\' x", "s:E'a' s:'b\\' i:x"},
        {"b'01' X'1f' n'x' U&'d\\0061' u&\"d\\0061\"",
         "s:b'01' s:X'1f' s:n'x' s:U&'d\\0061' q:u&\"d\\0061\""},
        {"be'x' u & 'x' u&x", "i:be s:'x' i:u o:& s:'x' i:u o:& i:x"},
        {"$$a'b$$ $t$ $$ $t $t$ x", "d:$$a'b$$ d:$t$ $$ $t $t$ i:x"},
        {"$1 $12a $", "p:$1 p:$12 i:a ?:$"},
        {"a$$b$$", "i:a$$b$$"},
        {"1 1.5 .5 1. 1e10 1.5E-3 1e 1_000 0xFf 0b1",
         "n:1 n:1.5 n:.5 n:1. n:1e10 n:1.5E-3 n:1 i:e n:1_000 n:0xFf n:0b1"},
        {"1..3 a.b a.1", "n:1 o:.. n:3 i:a ,:. i:b i:a n:.1"},
        {"a<=b<>c!=d", "i:a o:<= i:b o:<> i:c o:!= i:d"},
        {"a=-1 a@-1 a*+-b", "i:a o:= o:- n:1 i:a o:@- n:1 i:a o:* o:+ o:- i:b"},
        {"a->'b'->>'c' #>> '{}'", "i:a o:-> s:'b' o:->> s:'c' o:#>> s:'{}'"},
        {"a--b\n-c", "i:a c:--b o:- i:c"},
        {"a+--b", "i:a o:+ c:--b"},
        {"a*/*b*/c", "i:a o:* c:/*b*/ i:c"},
        {"/* a /* b */ c */d", "c:/* a /* b */ c */ i:d"},
        {"a::int x:=1 y=>2 [1:2] {a}",
         "i:a o::: i:int i:x o::= n:1 i:y o:=> n:2 ,:[ n:1 ,:: n:2 ,:] ,:{ i:a ,:}"},
        {"a${b}_c x_${d", "i:a h:${ i:b ,:} i:_c i:x_ h:${ i:d"},
        {"'${' $$${$$ --${\n\"${\"", "s:'${' d:$$${$$ c:--${ q:\"${\""},
        {"'a", "s!:'a"},
        {"E'a\\'", "s!:E'a\\'"},
        {"E'a'\n'b", "s!:E'a'\n'b"},
        {"\"a", "q!:\"a"},
        {"/* /* */", "c!:/* /* */"},
        {"$a$ $a", "d!:$a$ $a"},
        {"'", "s!:'"},
        {"\\ \x01", "?:\\ ?:\x01"},
    };
    char out[400];
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        lex(cases[i].text, out, sizeof(out));
        cr_expect_str_eq(out, cases[i].expected, "%s\n  gives %s\n  not   %s", cases[i].text, out,
                         cases[i].expected);
    }
}

Test(sql_lexer, words_ignore_letter_case)
{
    const char *text = "  /* x */ SeLect \"select\"";
    SqlToken token = sql_lex_next_word(text, strlen(text), 0);
    cr_expect(sql_token_is_word(text, token, "select"));
    cr_expect_not(sql_token_is_word(text, token, "selec"));
    token = sql_lex_next_word(text, strlen(text), token.end);
    cr_expect_not(sql_token_is_word(text, token, "select"));
    token = sql_lex_next_word(text, strlen(text), token.end);
    cr_expect_eq(token.kind, SQL_TOKEN_END);
}

static uint64_t
next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* Any bytes, in memory of just their size so that reading past the end is seen: tokens lie side by
 * side. */
Test(sql_lexer, tokens_cover_any_bytes)
{
    static const char alphabet[] =
        "''\"\"$$$--/**/{}()[];:.,+-<=>!@aEexXuU&b019_ \n\\\0\xc3\xa9\xff";
    uint64_t state = 1;
    for (size_t round = 0; round < 20000; round++) {
        size_t length = next_random(&state) % 40;
        char *text = malloc(length + (length == 0));
        for (size_t i = 0; i < length; i++) {
            text[i] = alphabet[next_random(&state) % (sizeof(alphabet) - 1)];
        }
        size_t at = 0;
        while (at < length) {
            SqlToken token = sql_lex_next(text, length, at);
            cr_assert_eq(token.start, at);
            cr_assert_gt(token.end, at);
            cr_assert_leq(token.end, length);
            cr_assert(!token.unterminated || token.end == length);
            at = token.end;
        }
        cr_assert_eq(sql_lex_next(text, length, length).kind, SQL_TOKEN_END);
        free(text);
    }
}

/* A token at a time over a long text, each kind of run: linear, so this ends at once. */
Test(sql_lexer, long_runs_take_linear_time, .timeout = 60)
{
    static const char *const units[] = {"+",  "$", "$a", "e'", "E'a' ", "/*",
                                        "a.", "'", "-",  "@-", "$1$"};
    enum { LENGTH = 4 << 20 };
    char *text = malloc(LENGTH);
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        for (size_t k = 0; k < LENGTH; k++) {
            text[k] = units[i][k % strlen(units[i])];
        }
        size_t at = 0;
        while (at < LENGTH) {
            at = sql_lex_next(text, LENGTH, at).end;
        }
    }
    free(text);
}
