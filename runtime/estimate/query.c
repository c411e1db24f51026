#include "runtime/estimate/query.h"

#include "runtime/base/str.h"

#include <ctype.h>
#include <string.h>

typedef enum TokenKind { TOKEN_WORD, TOKEN_NAME, TOKEN_OTHER, TOKEN_END } TokenKind;

/** A word, a quoted name, or anything else, with the depth of brackets that it stands in. */
typedef struct Token Token;
struct Token {
    TokenKind kind;
    const char *text;
    size_t length;
    size_t depth;
};

typedef struct Reader Reader;
struct Reader {
    Arena *arena;
    const char *sql;
    VEC(Token) tokens; /* the last is TOKEN_END */
    Error *reterr;
};

/** What lies between two tokens. */
typedef struct Part Part;
struct Part {
    size_t from;
    size_t to;
};

typedef VEC(Part) Parts;

/** Words that begin something that is not understood, wherever they stand. */
static const char *const refused[] = {
    "join",   "union", "intersect", "except", "with",   "having", "window", "distinct",
    "select", "over",  "filter",    "limit",  "offset", "order",  "into",   "using"};

static int
refuse(Reader *r, const char *what)
{
    error_set(r->reterr, ERROR_USAGE, "estimate doesn't understand %s", what);
    error_set_hint(r->reterr,
                   "what it reads: select COLUMNS, sum(…), avg(…), count(…) from stage.table "
                   "[where …] [group by COLUMNS]; for more, make a table in the flow and estimate "
                   "from that");
    return -1;
}

/* ---- tokens ---- */

static bool
is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/** Past a text in quotes, which are doubled inside; NULL where it doesn't end. */
static const char *
end_of_quoted(const char *at, bool escapes)
{
    char quote = *at;
    for (at++; *at != '\0'; at++) {
        if (escapes && *at == '\\' && at[1] != '\0') {
            at++;
        } else if (*at == quote) {
            if (at[1] != quote) {
                return at + 1;
            }
            at++;
        }
    }
    return NULL;
}

static const char *
skip_blanks(const char *at)
{
    for (;;) {
        at += strspn(at, " \t\r\n\f\v");
        if (at[0] != '-' || at[1] != '-') {
            return at;
        }
        at += strcspn(at, "\n");
    }
}

static void
push(Reader *r, TokenKind kind, const char *from, const char *to, size_t depth)
{
    Token token = {kind, from, (size_t)(to - from), depth};
    vec_push_in(r->arena, &r->tokens, token);
}

static bool
is_escape_string(const Reader *r, const char *at)
{
    const Token *last = r->tokens.n > 0 ? &r->tokens.items[r->tokens.n - 1] : NULL;
    return last != NULL && last->kind == TOKEN_WORD && last->length == 1 &&
           (last->text[0] == 'e' || last->text[0] == 'E') && last->text + 1 == at;
}

/** @return behind the token, or NULL with a message */
static const char *
read_token(Reader *r, const char *at, size_t *depth)
{
    const char *end = at + 1;
    if (*at == '\'' || *at == '"') {
        end = end_of_quoted(at, *at == '\'' && is_escape_string(r, at));
        if (end == NULL) {
            refuse(r, "a text or name whose quote doesn't end");
            return NULL;
        }
        push(r, *at == '"' ? TOKEN_NAME : TOKEN_OTHER, at, end, *depth);
        return end;
    }
    if (is_word_byte(*at)) {
        while (is_word_byte(*end)) {
            end++;
        }
        push(r, isdigit((unsigned char)*at) ? TOKEN_OTHER : TOKEN_WORD, at, end, *depth);
        return end;
    }
    bool closes = *at == ')' || *at == ']' || *at == '}';
    if (strchr("$;\\", *at) != NULL || (*at == '/' && at[1] == '*') || (closes && *depth == 0)) {
        refuse(r, arena_printf(r->arena, "`%.1s` there", at));
        return NULL;
    }
    *depth -= closes ? 1 : 0;
    push(r, TOKEN_OTHER, at, end, *depth);
    *depth += *at == '(' || *at == '[' || *at == '{' ? 1 : 0;
    return end;
}

static int
read_tokens(Reader *r, size_t length)
{
    const char *end = r->sql + length;
    size_t depth = 0;
    const char *at = skip_blanks(r->sql);
    while (at < end) {
        at = read_token(r, at, &depth);
        if (at == NULL) {
            return -1;
        }
        at = skip_blanks(at);
    }
    if (depth > 0) {
        return refuse(r, "a bracket that isn't closed");
    }
    push(r, TOKEN_END, end, end, 0);
    return 0;
}

static bool
is_word(const Reader *r, size_t i, const char *word)
{
    const Token *token = &r->tokens.items[i];
    if (token->kind != TOKEN_WORD || token->length != strlen(word)) {
        return false;
    }
    for (size_t k = 0; k < token->length; k++) {
        if (tolower((unsigned char)token->text[k]) != word[k]) {
            return false;
        }
    }
    return true;
}

static bool
is_symbol(const Reader *r, size_t i, char symbol)
{
    const Token *token = &r->tokens.items[i];
    return token->kind == TOKEN_OTHER && token->length == 1 && token->text[0] == symbol;
}

static int
refuse_words(Reader *r, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        for (size_t k = 0; k < ARRAY_LENGTH(refused); k++) {
            if (is_word(r, i, refused[k])) {
                return refuse(r, arena_printf(r->arena, "`%s`", refused[k]));
            }
        }
    }
    return 0;
}

/** The next place at or behind `from` where the word stands outside of brackets; else the end. */
static size_t
find_word(const Reader *r, size_t from, const char *word)
{
    size_t i = from;
    while (r->tokens.items[i].kind != TOKEN_END &&
           !(r->tokens.items[i].depth == 0 && is_word(r, i, word))) {
        i++;
    }
    return i;
}

/** The text of a part, as written. */
static const char *
text_of(const Reader *r, Part part)
{
    if (part.from >= part.to) {
        return "";
    }
    const Token *first = &r->tokens.items[part.from];
    const Token *last = &r->tokens.items[part.to - 1];
    return arena_strndup(r->arena, first->text, (size_t)(last->text + last->length - first->text));
}

/** The same with one blank between words, and words in lower case: by which texts are compared. */
static const char *
canon_of(const Reader *r, Part part)
{
    Str text = {0};
    for (size_t i = part.from; i < part.to; i++) {
        const Token *token = &r->tokens.items[i];
        str_append(&text, i > part.from ? " " : "");
        for (size_t k = 0; k < token->length; k++) {
            char c = token->text[k];
            str_append_char(&text, token->kind == TOKEN_WORD ? (char)tolower((unsigned char)c) : c);
        }
    }
    return str_take_in(&text, r->arena);
}

/** Cuts at commas outside of brackets. */
static void
split(const Reader *r, Part whole, Parts *parts)
{
    Part part = {whole.from, whole.from};
    for (size_t i = whole.from; i < whole.to; i++) {
        if (is_symbol(r, i, ',') && r->tokens.items[i].depth == 0) {
            part.to = i;
            vec_push_in(r->arena, parts, part);
            part.from = i + 1;
        }
    }
    part.to = whole.to;
    vec_push_in(r->arena, parts, part);
}

/* ---- columns of the answer ---- */

static const char *
name_of(const Reader *r, size_t i)
{
    const Token *token = &r->tokens.items[i];
    Str name = {0};
    if (token->kind == TOKEN_WORD) {
        return arena_strndup(r->arena, token->text, token->length);
    }
    for (size_t k = 1; k + 1 < token->length; k++) {
        str_append_char(&name, token->text[k]);
        k += token->text[k] == '"' ? 1 : 0;
    }
    return str_take_in(&name, r->arena);
}

static bool
is_name(const Reader *r, size_t i)
{
    return r->tokens.items[i].kind == TOKEN_WORD || r->tokens.items[i].kind == TOKEN_NAME;
}

/** Words that may follow a bracket, and name nothing. */
static bool
ends_expression(const Reader *r, size_t i)
{
    return is_word(r, i, "end") || is_word(r, i, "isnull") || is_word(r, i, "notnull");
}

/** Takes `as NAME` off the end, and a name behind a bracket. */
static const char *
take_name(const Reader *r, Part *part)
{
    size_t n = part->to - part->from;
    if (n > 2 && is_word(r, part->to - 2, "as") && is_name(r, part->to - 1)) {
        part->to -= 2;
        return name_of(r, part->to + 1);
    }
    if (n > 1 && is_name(r, part->to - 1) && is_symbol(r, part->to - 2, ')') &&
        !ends_expression(r, part->to - 1)) {
        part->to -= 1;
        return name_of(r, part->to);
    }
    return NULL;
}

/** The name of a column that is one, `c` or `t.c`; else its text. */
static const char *
column_name(const Reader *r, Part part)
{
    size_t n = part.to - part.from;
    bool is_column =
        (n == 1 || (n == 3 && is_name(r, part.from) && is_symbol(r, part.from + 1, '.'))) &&
        is_name(r, part.to - 1);
    return is_column ? name_of(r, part.to - 1) : text_of(r, part);
}

static EstimateKind
kind_of_word(const Reader *r, size_t i)
{
    return is_word(r, i, "count") ? ESTIMATE_COUNT
           : is_word(r, i, "sum") ? ESTIMATE_SUM
           : is_word(r, i, "avg") ? ESTIMATE_AVG
                                  : ESTIMATE_GROUP;
}

/** `sum(…)` and nothing else: the bracket that opens behind the word closes at the end. */
static bool
is_aggregate(const Reader *r, Part part)
{
    if (part.to - part.from < 3 || kind_of_word(r, part.from) == ESTIMATE_GROUP ||
        !is_symbol(r, part.from + 1, '(')) {
        return false;
    }
    for (size_t i = part.from + 2; i + 1 < part.to; i++) {
        if (is_symbol(r, i, ')') && r->tokens.items[i].depth == r->tokens.items[part.from].depth) {
            return false;
        }
    }
    return is_symbol(r, part.to - 1, ')');
}

/** An aggregate inside of an expression would be computed, not estimated. */
static int
refuse_aggregates(Reader *r, Part part)
{
    static const char *const names[] = {"sum",     "avg",        "count",    "min",
                                        "max",     "stddev",     "variance", "median",
                                        "bool_or", "string_agg", "bool_and", "array_agg"};
    for (size_t i = part.from; i + 1 < part.to; i++) {
        for (size_t k = 0; k < ARRAY_LENGTH(names); k++) {
            if (is_word(r, i, names[k]) && is_symbol(r, i + 1, '(')) {
                return refuse(r, arena_printf(r->arena,
                                              "%s(…) there: a column is sum(…), avg(…) or count(…) "
                                              "alone, or one by which rows are grouped",
                                              names[k]));
            }
        }
    }
    return 0;
}

static int
read_aggregate(Reader *r, Part part, EstimateItem *item)
{
    Part inner = {part.from + 2, part.to - 1};
    item->kind = kind_of_word(r, part.from);
    if (refuse_aggregates(r, inner) < 0) {
        return -1;
    }
    bool star = inner.to - inner.from == 1 && is_symbol(r, inner.from, '*');
    if (inner.from == inner.to || (star && item->kind != ESTIMATE_COUNT)) {
        return refuse(r, arena_printf(r->arena, "`%s`", text_of(r, part)));
    }
    for (size_t i = inner.from; i < inner.to; i++) {
        if (is_symbol(r, i, ',') &&
            r->tokens.items[i].depth == r->tokens.items[part.from].depth + 1) {
            return refuse(r, arena_printf(r->arena, "`%s`: one argument", text_of(r, part)));
        }
    }
    item->expression = star ? NULL : text_of(r, inner);
    return 0;
}

static int
read_item(Reader *r, Part part, EstimateItem *item, Part *ret_expression)
{
    const char *name = take_name(r, &part);
    *item = (EstimateItem){0};
    *ret_expression = part;
    if (part.from == part.to) {
        return refuse(r, "an empty column");
    }
    if (is_aggregate(r, part)) {
        item->name = name != NULL ? name : text_of(r, part);
        return read_aggregate(r, part, item);
    }
    item->kind = ESTIMATE_GROUP;
    item->expression = text_of(r, part);
    item->name = name != NULL ? name : column_name(r, part);
    return refuse_aggregates(r, part);
}

/* ---- group by ---- */

static bool
is_number_of(const Reader *r, Part part, size_t number)
{
    return part.to - part.from == 1 &&
           text_equal(text_of(r, part), arena_printf(r->arena, "%zu", number));
}

/** Is the column one of those by which rows are grouped: by number, text or name? */
static bool
is_grouped(const Reader *r, const EstimateQuery *query, size_t item, Part expression, Part group)
{
    return is_number_of(r, group, item + 1) ||
           text_equal(canon_of(r, expression), canon_of(r, group)) ||
           (group.to - group.from == 1 && is_name(r, group.from) &&
            text_equal(query->items.items[item].name, name_of(r, group.from)));
}

static int
check_groups(Reader *r, const EstimateQuery *query, const Parts *expressions, const Parts *groups)
{
    for (size_t g = 0; g < groups->n; g++) {
        bool found = false;
        for (size_t i = 0; i < query->items.n; i++) {
            found |= query->items.items[i].kind == ESTIMATE_GROUP &&
                     is_grouped(r, query, i, expressions->items[i], groups->items[g]);
        }
        if (!found) {
            return refuse(r, arena_printf(r->arena, "`group by %s`: it is none of the columns",
                                          text_of(r, groups->items[g])));
        }
    }
    for (size_t i = 0; i < query->items.n; i++) {
        bool found = query->items.items[i].kind != ESTIMATE_GROUP;
        for (size_t g = 0; g < groups->n; g++) {
            found |= is_grouped(r, query, i, expressions->items[i], groups->items[g]);
        }
        if (!found) {
            return refuse(r, arena_printf(r->arena,
                                          "the column `%s`, which is neither sum, avg or count nor "
                                          "behind `group by`",
                                          text_of(r, expressions->items[i])));
        }
    }
    return 0;
}

/* ---- the whole ---- */

static int
read_items(Reader *r, Part columns, Part group_by, EstimateQuery *query)
{
    Parts parts = {0};
    Parts groups = {0};
    Parts expressions = {0};
    bool has_figure = false;
    split(r, columns, &parts);
    for (size_t i = 0; i < parts.n; i++) {
        EstimateItem item;
        Part expression;
        if (read_item(r, parts.items[i], &item, &expression) < 0) {
            return -1;
        }
        has_figure |= item.kind != ESTIMATE_GROUP;
        vec_push_in(r->arena, &query->items, item);
        vec_push_in(r->arena, &expressions, expression);
    }
    if (!has_figure) {
        return refuse(r, "a query without sum, avg or count: there is nothing to estimate");
    }
    if (group_by.from < group_by.to) {
        split(r, group_by, &groups);
    }
    return check_groups(r, query, &expressions, &groups);
}

/** `name`, `name.name`, and `as NAME` behind it. */
static int
read_table(Reader *r, Part part, EstimateQuery *query)
{
    size_t i = part.from;
    if (i >= part.to || !is_name(r, i)) {
        return refuse(r, "a `from` that isn't the name of a table");
    }
    size_t end = i + 1;
    if (end + 1 < part.to && is_symbol(r, end, '.') && is_name(r, end + 1)) {
        end += 2;
    }
    query->table = text_of(r, (Part){i, end});
    end += end < part.to && is_word(r, end, "as") ? 1 : 0;
    if (end < part.to && is_name(r, end)) {
        query->alias = name_of(r, end++);
    }
    return end < part.to
               ? refuse(r, arena_printf(r->arena, "`from %s`: one table", text_of(r, part)))
               : 0;
}

bool
estimate_is_sql(const char *text)
{
    static const char word[] = "select";
    text = skip_blanks(text);
    for (size_t i = 0; word[i] != '\0'; i++) {
        if (tolower((unsigned char)text[i]) != word[i]) {
            return false;
        }
    }
    return !is_word_byte(text[strlen(word)]) && text[strlen(word)] != '.';
}

/** Length without blanks and one `;` at the end. */
static size_t
trimmed_length(const char *text)
{
    size_t length = strlen(text);
    for (int pass = 0; pass < 2; pass++) {
        while (length > 0 && isspace((unsigned char)text[length - 1])) {
            length--;
        }
        length -= pass == 0 && length > 0 && text[length - 1] == ';' ? 1 : 0;
    }
    return length;
}

int
estimate_query_read(const char *text, Arena *arena, EstimateQuery *ret_query, Error *reterr)
{
    Reader r = {.arena = arena, .reterr = reterr};
    r.sql = arena_strndup(arena, text, trimmed_length(text));
    *ret_query = (EstimateQuery){0};
    if (read_tokens(&r, strlen(r.sql)) < 0) {
        return -1;
    }
    size_t end = r.tokens.n - 1;
    if (!is_word(&r, 0, "select")) {
        return refuse(&r, "a query that doesn't begin with `select`");
    }
    size_t from = find_word(&r, 1, "from");
    size_t group = find_word(&r, from, "group");
    size_t where = find_word(&r, from, "where");
    where = where < group ? where : group;
    if (refuse_words(&r, 1, end) < 0) {
        return -1;
    }
    if (from == end) {
        return refuse(&r, "a query without `from`");
    }
    if (group < end && !is_word(&r, group + 1, "by")) {
        return refuse(&r, "`group` without `by`");
    }
    if (where + 1 < group) {
        ret_query->where = text_of(&r, (Part){where + 1, group});
    } else if (where < group) {
        return refuse(&r, "`where` without a condition");
    }
    if (read_table(&r, (Part){from + 1, where}, ret_query) < 0) {
        return -1;
    }
    return read_items(&r, (Part){1, from}, (Part){group < end ? group + 2 : end, end}, ret_query);
}

/* ---- the same in words ---- */

/** An expression may be anything that ends where it ends. */
static int
check_expression(const char *text, const char *option, Arena *arena, Parts *ret_parts, Reader *r,
                 Error *reterr)
{
    *r = (Reader){.arena = arena, .sql = text, .reterr = reterr};
    if (read_tokens(r, strlen(text)) < 0 || refuse_words(r, 0, r->tokens.n - 1) < 0) {
        return error_wrap(reterr, "reading %s '%s'", option, text);
    }
    if (r->tokens.n == 1) {
        return error_set(reterr, ERROR_USAGE, "%s needs a value", option);
    }
    split(r, (Part){0, r->tokens.n - 1}, ret_parts);
    return 0;
}

static int
add_items(EstimateKind kind, const char *option, const char *function, const char *const *texts,
          size_t n, Arena *arena, EstimateQuery *query, Error *reterr)
{
    for (size_t i = 0; i < n; i++) {
        Reader r;
        Parts parts = {0};
        if (check_expression(texts[i], option, arena, &parts, &r, reterr) < 0) {
            return -1;
        }
        for (size_t k = 0; k < parts.n; k++) {
            const char *text = text_of(&r, parts.items[k]);
            EstimateItem item = {.kind = kind, .expression = text, .name = text};
            if (refuse_aggregates(&r, parts.items[k]) < 0) {
                return -1;
            }
            if (text[0] == '\0') {
                return error_set(reterr, ERROR_USAGE, "%s '%s' has an empty part", option,
                                 texts[i]);
            }
            if (kind != ESTIMATE_GROUP) {
                item.name = arena_printf(arena, "%s(%s)", function, text);
            }
            vec_push_in(arena, &query->items, item);
        }
    }
    return 0;
}

int
estimate_query_of_words(const EstimateWords *words, Arena *arena, EstimateQuery *ret_query,
                        Error *reterr)
{
    Reader r;
    Parts parts = {0};
    *ret_query = (EstimateQuery){.table = words->table, .where = words->where};
    if (words->where != NULL &&
        check_expression(words->where, "--where", arena, &parts, &r, reterr) < 0) {
        return -1;
    }
    if (add_items(ESTIMATE_GROUP, "--by", "", words->by, words->n_by, arena, ret_query, reterr) <
            0 ||
        add_items(ESTIMATE_SUM, "--sum", "sum", words->sums, words->n_sums, arena, ret_query,
                  reterr) < 0 ||
        add_items(ESTIMATE_AVG, "--avg", "avg", words->avgs, words->n_avgs, arena, ret_query,
                  reterr) < 0) {
        return -1;
    }
    if (words->count || (words->n_sums == 0 && words->n_avgs == 0)) {
        EstimateItem item = {.kind = ESTIMATE_COUNT, .name = "count(*)"};
        vec_push_in(arena, &ret_query->items, item);
    }
    return 0;
}
