#include "compiler/sql/guard_priv.h"
#include "runtime/base/utf8.h"

#include <string.h>

enum {
    TEXT_LIMIT_BYTES = 64 * 1024 * 1024,
    WORDS_LIMIT = 2 * 1000 * 1000, /* bounds the parser's stack: see postgres_parser.c */
    NAME_LIMIT_BYTES = 63,         /* libpg_query cuts longer names; DuckDB does not */
    CTE_LIMIT = 500,
    NESTED_WITH_COST_LIMIT = 100 * 1000
};

static int
guard_bytes(SqlJob *job)
{
    const SqlWords *words = &job->words;
    if (words->length > TEXT_LIMIT_BYTES || words->n > WORDS_LIMIT) {
        return job_refuse(job, job_whole(job), "build it from several tables",
                          "a query of more than 64 MiB or two million words is too long");
    }
    const char *nul = memchr(words->text, '\0', words->length);
    if (nul) {
        size_t at = (size_t)(nul - words->text);
        return job_refuse(job, (SqlRange){at, at + 1}, "delete it",
                          "a NUL byte can't stand in SQL");
    }
    size_t bad = utf8_first_invalid(words->text, words->length);
    if (bad < words->length) {
        return job_refuse(job, (SqlRange){bad, bad + 1}, "save the file as UTF-8",
                          "this byte is not UTF-8");
    }
    return 0;
}

/** Spaces that only look like some: DuckDB reads them as such, PostgreSQL as letters. */
static bool
is_odd_space(uint32_t c)
{
    return c == 0xA0 || (c >= 0x2000 && c <= 0x200D) || c == 0x202F || c == 0x205F || c == 0x2060 ||
           c == 0x3000 || c == 0xFEFF;
}

/** Quotes that word processors make of ' and "; NUL: none. */
static char
plain_quote(uint32_t c)
{
    return c >= 0x2018 && c <= 0x201B ? '\'' : c >= 0x201C && c <= 0x201F ? '"' : '\0';
}

static int
guard_letters(SqlJob *job, const SqlToken *token)
{
    const char *text = job->words.text;
    for (size_t at = token->start; at < token->end;) {
        if ((unsigned char)text[at] < 0x80) {
            at++;
            continue;
        }
        uint32_t c = 0;
        size_t length = utf8_decode(text + at, token->end - at, &c);
        if (is_odd_space(c)) {
            return job_refuse(job, (SqlRange){at, at + length}, "write a plain space",
                              "this is a special space (U+%04X), which engines read differently",
                              (unsigned)c);
        }
        if (plain_quote(c) != '\0') {
            return job_refuse(job, (SqlRange){at, at + length},
                              arena_printf(job->scratch, "write a plain %c", plain_quote(c)),
                              "this is a typographic quote, which means nothing in SQL");
        }
        at += length > 0 ? length : 1;
    }
    return 0;
}

/** What comes from other places: names in backticks, templates. */
static int
guard_foreign(SqlJob *job, size_t i)
{
    const SqlWords *words = &job->words;
    const char *text = words->text + words_start(words, i);
    size_t next = words_start(words, i + 1);
    bool glued = next == words_end(words, i) && next < words->length;
    if (words->items[i].kind == SQL_TOKEN_OPERATOR && text[0] == '`') {
        return job_refuse(job, job_word_range(job, i),
                          "a name that needs quotes has double ones: \"name\"",
                          "a backtick means nothing in SQL");
    }
    if (glued && text[0] == '{' && (text[1] == '{' || text[1] == '%')) {
        SqlRange place = {words_start(words, i), words_start(words, i) + 2};
        return job_refuse(job, place,
                          text[1] == '{'
                              ? "name a table as it is, `stage.table`; values stand in ${…}"
                              : "write ${if COND: … else: …} or ${for x in LIST: …}",
                          "this is no template: `%.2s` means nothing here", text);
    }
    return 0;
}

static int
guard_word(SqlJob *job, size_t i)
{
    const SqlToken *token = &job->words.items[i];
    if (token->unterminated) {
        return job_refuse(job, (SqlRange){token->start, token->end}, "close it",
                          "this %s has no end",
                          token->kind == SQL_TOKEN_QUOTED_IDENTIFIER ? "quoted name" : "string");
    }
    if (token->kind == SQL_TOKEN_IDENTIFIER && guard_letters(job, token) < 0) {
        return -1;
    }
    if (guard_foreign(job, i) < 0) {
        return -1;
    }
    if (token->kind == SQL_TOKEN_PARAMETER) {
        return job_refuse(job, job_word_range(job, i), "write a value as ${…}",
                          "a query has no parameters");
    }
    if (words_is_char(&job->words, i, ';')) {
        size_t first = i + 1 < job->words.n ? i + 1 : i;
        return job_refuse(job, (SqlRange){words_start(&job->words, first), job->words.length},
                          "for several statements write `script { …; …; }`",
                          "only one query can stand here");
    }
    return 0;
}

/** A comment without end is behind all words. */
static int
guard_last_comment(SqlJob *job)
{
    const SqlWords *words = &job->words;
    size_t at = words->n > 0 ? words_end(words, words->n - 1) : 0;
    while (at < words->length) {
        SqlToken token = sql_lex_next(words->text, words->length, at);
        if (token.unterminated) {
            return job_refuse(job, (SqlRange){token.start, token.end}, "close it with */",
                              "this comment has no end");
        }
        at = token.end;
    }
    return 0;
}

int
guard_text(SqlJob *job)
{
    if (guard_bytes(job) < 0) {
        return -1;
    }
    for (size_t i = 0; i < job->words.n; i++) {
        if (guard_word(job, i) < 0) {
            return -1;
        }
    }
    return guard_last_comment(job);
}

static bool
begins_query(const SqlWords *words)
{
    return words_is(words, 0, "select") || words_is(words, 0, "with") ||
           words_is(words, 0, "from") || words_is(words, 0, "table") ||
           (words_is(words, 0, "values") && words_is_char(words, 1, '('));
}

int
guard_expression(SqlJob *job)
{
    const SqlWords *words = &job->words;
    if (words->n == 0) {
        return job_refuse(job, job_whole(job), NULL, "an expression is missing");
    }
    if (begins_query(words)) {
        return job_refuse(job, job_whole(job), "write the query in brackets",
                          "a query as an expression stands in brackets");
    }
    for (size_t i = 0; i < words->n; i++) {
        const char *c = words->text + words_start(words, i);
        if (words->items[i].kind == SQL_TOKEN_PUNCTUATION && strchr("()[]{}", *c) != NULL &&
            words->mate[i] == WORDS_NONE) {
            return job_refuse(job, job_word_range(job, i), NULL, "this bracket has no other half");
        }
    }
    for (size_t i = 0; i < words->n; i = words_skip(words, i)) {
        if (words_is_char(words, i, ',')) {
            return job_refuse(job, job_word_range(job, i), "write several conditions with `and`",
                              "only one expression can stand here");
        }
    }
    return 0;
}

bool
guard_misread(const SqlJob *job)
{
    static const char *const misread[] = {
#define SQL_MISREAD(word) word,
#include "compiler/sql/misread.def"
#undef SQL_MISREAD
    };
    for (size_t i = 0; i < job->words.n; i++) {
        const SqlToken *token = &job->words.items[i];
        if (words_is_name(&job->words, i) && token->end - token->start > NAME_LIMIT_BYTES) {
            return true;
        }
        char initial = (char)(job->words.text[token->start] | 0x20); /* as a small letter */
        for (size_t k = 0; k < ARRAY_LENGTH(misread); k++) {
            if (misread[k][0] == initial && words_is(&job->words, i, misread[k])) {
                return true;
            }
        }
    }
    return false;
}

/** Is word `i` the `as` of `NAME as (…)`, `NAME as [not] materialized (…)`? */
static bool
is_cte(const SqlWords *words, size_t i)
{
    if (!words_is(words, i, "as")) {
        return false;
    }
    i += words_is(words, i + 1, "not") ? 2 : 1;
    return words_is_char(words, i, '(') ||
           (words_is(words, i, "materialized") && words_is_char(words, i + 1, '('));
}

/** A WITH inside of a CTE triples time and memory (measured on 1.4): each word costs 3 to the power
 * of its depth. */
static double
nested_with_cost(const SqlWords *words)
{
    VEC(size_t) ends = {0}; /* of the bracketed queries around us that have a WITH */
    double cost = 0;
    double each = 1;
    for (size_t i = 0; i < words->n; i++) {
        while (ends.n > 0 && i >= ends.items[ends.n - 1]) {
            ends.n--;
            each /= 3;
        }
        if (words_is_char(words, i, '(') && words_is(words, i + 1, "with") &&
            words->mate[i] != WORDS_NONE && ends.n < 100) {
            vec_push(&ends, words->mate[i]);
            each *= 3;
        }
        cost += ends.n > 0 ? each : 0;
    }
    vec_free(&ends);
    return cost;
}

int
guard_duckdb_cost(SqlJob *job)
{
    size_t n_ctes = 0;
    for (size_t i = 0; i < job->words.n; i++) {
        n_ctes += is_cte(&job->words, i) ? 1 : 0;
        if (n_ctes > CTE_LIMIT) {
            return job_refuse(job, job_word_range(job, i), "make tables or views of some",
                              "DuckDB can't read more than %d CTEs in one query", (int)CTE_LIMIT);
        }
    }
    if (nested_with_cost(&job->words) > NESTED_WITH_COST_LIMIT) {
        return job_refuse(job, job_whole(job), "write the CTEs one after the other in one WITH",
                          "DuckDB can't read a WITH that is nested so deeply");
    }
    return 0;
}
