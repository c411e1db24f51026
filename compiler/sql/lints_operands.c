/*
 * Operands: what stands beside an operator. libpg_query says where expressions begin and not where
 * they end, so it is read off the words. What has another form than the common ones (names, calls,
 * numbers, brackets, casts) is given up.
 */
#include "compiler/sql/lints_priv.h"

static bool
is_operator(const SqlWords *words, size_t i, char c)
{
    return i < words->n && words->items[i].kind == SQL_TOKEN_OPERATOR &&
           words->items[i].end == words->items[i].start + 1 &&
           words->text[words->items[i].start] == c;
}

static bool
is_factor(const SqlWords *words, size_t i)
{
    return is_operator(words, i, '*') || is_operator(words, i, '/') || is_operator(words, i, '%');
}

static bool
is_cast(const SqlWords *words, size_t i)
{
    return words_start(words, i) + 2 == words_end(words, i) &&
           words->text[words_start(words, i)] == ':' &&
           words->text[words_start(words, i) + 1] == ':';
}

/** Words that end or begin something else than a value. */
static bool
is_keyword(const SqlWords *words, size_t i)
{
    static const char *const keywords[] = {
        "case",   "when",     "then", "else",    "end",   "and",    "or",       "not",   "in",
        "is",     "interval", "date", "between", "like",  "over",   "from",     "where", "filter",
        "select", "as",       "by",   "on",      "using", "within", "timestamp"};
    for (size_t k = 0; k < ARRAY_LENGTH(keywords); k++) {
        if (words_is(words, i, keywords[k])) {
            return true;
        }
    }
    return false;
}

static bool
is_value(const SqlWords *words, size_t i)
{
    return i < words->n && ((words_is_name(words, i) && !is_keyword(words, i)) ||
                            words_is_string(words, i) || words->items[i].kind == SQL_TOKEN_NUMBER);
}

/** The first word of the value that ends with word `i`; WORDS_NONE: it has another form. */
static size_t
value_first(const SqlWords *words, size_t i)
{
    if (words_is_char(words, i, ')') && words->mate[i] != WORDS_NONE) {
        i = words->mate[i];
        if (i == 0 || !words_is_name(words, i - 1) || is_keyword(words, i - 1)) {
            return i > 0 && is_keyword(words, i - 1) && !words_is(words, i - 1, "select") &&
                           !words_is(words, i - 1, "by") && !words_is(words, i - 1, "where")
                       ? WORDS_NONE
                       : i;
        }
        i--;
    } else if (!is_value(words, i)) {
        return WORDS_NONE;
    }
    while (i >= 2 && words_is_char(words, i - 1, '.') && words_is_name(words, i - 2)) {
        i -= 2;
    }
    /* `x::numeric` */
    return i >= 2 && is_cast(words, i - 1) ? value_first(words, i - 2) : i;
}

/** Index behind the value that begins with word `i`; WORDS_NONE: it has another form. */
static size_t
value_end(const SqlWords *words, size_t i)
{
    size_t end;
    if (words_is_char(words, i, '(')) {
        end = words_skip(words, i);
    } else if (is_value(words, i)) {
        end = words_is_name(words, i) ? words_dotted_end(words, i) : i + 1;
        end = words_is_char(words, end, '(') ? words_skip(words, end) : end;
    } else {
        return WORDS_NONE;
    }
    while (end < words->n && is_cast(words, end) && words_is_name(words, end + 1)) {
        end += 2;
        end = words_is_char(words, end, '(') ? words_skip(words, end) : end;
    }
    bool goes_on = words_is(words, end, "over") || words_is(words, end, "filter") ||
                   words_is(words, end, "within") || words_is_char(words, end, '[');
    return goes_on ? WORDS_NONE : end;
}

/** `a * b / c` is `(a * b) / c`. */
static size_t
product_first(const SqlWords *words, size_t i)
{
    size_t first = value_first(words, i);
    while (first != WORDS_NONE && first >= 2 && is_factor(words, first - 1)) {
        first = value_first(words, first - 2);
    }
    return first;
}

void
lint_take_operands(LintScan *scan, JobLint *lint)
{
    const SqlWords *words = &scan->job->words;
    size_t slash = words_at(words, lint->lint.place.start);
    size_t first = slash > 0 ? product_first(words, slash - 1) : WORDS_NONE;
    size_t end = value_end(words, slash + 1);
    if (first == WORDS_NONE || end == WORDS_NONE) {
        scan->job->lints.n--;
        return;
    }
    lint->lint.operands[0] = (SqlRange){words_start(words, first), words_end(words, slash - 1)};
    lint->lint.operands[1] = (SqlRange){words_start(words, slash + 1), words_end(words, end - 1)};
    lint->lint.n_operands = 2;
}

void
lint_take_argument(LintScan *scan, JobLint *lint, size_t i)
{
    const SqlJob *job = scan->job;
    for (size_t k = 0; k < job->functions.n; k++) {
        const SqlFunction *function = &job->functions.items[k];
        if (function->place.start == lint->lint.place.start && i < function->n_arguments) {
            lint->lint.operands[0] = function->arguments[i];
            lint->lint.n_operands = 1;
            return;
        }
    }
    scan->job->lints.n--;
}
