/* What to say about a token that the grammar can't use. */
#include "compiler/parse/flow_parser.h"
#include "compiler/parse/keywords.h"
#include "compiler/parse/parse_priv.h"
#include "runtime/base/str.h"
#include "runtime/base/suggest.h"

#include <string.h>

/** So many alternatives are listed; of more, nobody reads the list. */
#define LISTED 6

/** Tokens that are named together, when the one that marks them is among those expected. */
typedef struct Family Family;
struct Family {
    const char *marker;
    unsigned groups;       /* keywords of these groups belong to it, … */
    const char *names[24]; /* … and these tokens */
    const char *phrase;
};

static const Family families[] = {
    {"stage",
     KEYWORD_DECLARATION,
     {";", "the end of the file"},
     "a declaration (such as `stage`, `task`, `const`)"},
    {"exposure", KEYWORD_ITEM, {";"}, "a declaration (such as `table`, `view`, `check`)"},
    {"given", KEYWORD_STEP, {";"}, "`given` or `expect`"},
    {"sample", KEYWORD_RULE, {NULL}, "a rule (such as `limit`, `sample`, `where`)"},
    {"retries", KEYWORD_CLAUSE, {NULL}, "a clause (such as `primary key`, `tags`)"},
    {"true",
     0,
     {"true", "false", "null", "not", "a number", "a string", "(", "+", "-", "${", "a name",
      "a quoted name", "column"},
     "an expression"},
    {"a name", 0, {"a name", "a quoted name", "${"}, "a name"},
    {"%", /* an expression may go on */
     0,
     {"or", "and", "in", "not in", "is", "||", "+",  "-", "*", "/",
      "%",  "=",   "<>", "<",      "<=", ">",  ">=", ".", "(", "the rest of a name"},
     NULL},
    {"the rest of a name", 0, {"the rest of a name", "."}, NULL},
};

/** Behind `as`. */
static const Family body = {
    "exec",
    0,
    {"SQL", "exec", "c", "script", "a name", "a quoted name", "${", "column"},
    "SQL or a call"};

static const Keyword *
keyword_of(const char *name)
{
    return name != NULL ? keyword_find(name, strlen(name)) : NULL;
}

static size_t
find_name(const char *const *names, size_t n, const char *wanted)
{
    for (size_t i = 0; i < n; i++) {
        if (text_equal(names[i], wanted)) {
            return i;
        }
    }
    return n;
}

static bool
is_expected(const char *const *expected, size_t n, const char *wanted)
{
    return find_name(expected, n, wanted) < n;
}

static bool
belongs_to(const Family *family, const char *name)
{
    const Keyword *keyword = keyword_of(name);
    if (keyword != NULL && (keyword->groups & family->groups)) {
        return true;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(family->names) && family->names[i] != NULL; i++) {
        if (text_equal(name, family->names[i])) {
            return true;
        }
    }
    return false;
}

typedef VEC(const char *) Phrases;

/** Takes the family's tokens out of `expected`. @return whether they are to be named by its phrase
 */
static bool
take_family(const Family *family, const char **expected, size_t n)
{
    if (!is_expected(expected, n, family->marker)) {
        return false;
    }
    size_t n_other = 0;
    for (size_t i = 0; i < n; i++) {
        n_other += expected[i] != NULL && !belongs_to(family, expected[i]);
    }
    if (family->phrase == NULL && n_other == 0) {
        return false; /* nothing else could be named */
    }
    for (size_t i = 0; i < n; i++) {
        if (belongs_to(family, expected[i])) {
            expected[i] = NULL;
        }
    }
    return family->phrase != NULL;
}

/** Where a name may stand, words that are not reserved are expected as names only. */
static void
drop_soft_words(const char **expected, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const Keyword *keyword = keyword_of(expected[i]);
        if (keyword != NULL && !keyword->reserved) {
            expected[i] = NULL;
        }
    }
}

/** `;` in backticks, "a name" as it is. */
static const char *
quoted(Arena *arena, const char *name)
{
    bool words = text_starts_with(name, "a ") || text_starts_with(name, "the ") ||
                 text_starts_with(name, "SQL");
    return words ? name : arena_printf(arena, "`%s`", name);
}

static void
list_expected(Arena *arena, const char **expected, size_t n, Phrases *phrases)
{
    bool any_name = is_expected(expected, n, "a name");
    if (is_expected(expected, n, "SQL") && take_family(&body, expected, n)) {
        vec_push_in(arena, phrases, body.phrase);
    }
    if (any_name) {
        drop_soft_words(expected, n);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(families); i++) {
        if (take_family(&families[i], expected, n)) {
            vec_push_in(arena, phrases, families[i].phrase);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (expected[i] != NULL) {
            vec_push_in(arena, phrases, quoted(arena, expected[i]));
        }
    }
}

/** "a, b or c" */
static const char *
join_phrases(Arena *arena, const Phrases *phrases)
{
    const char *text = phrases->n > 0 ? phrases->items[0] : "";
    for (size_t i = 1; i < phrases->n && i < LISTED; i++) {
        bool last = i + 1 == phrases->n;
        text = arena_printf(arena, "%s%s%s", text, last ? " or " : ", ", phrases->items[i]);
    }
    return phrases->n > LISTED ? arena_printf(arena, "%s, …", text) : text;
}

/** The token as the user wrote it. */
static const char *
describe(const Parser *parser, Span span, const char *got)
{
    size_t length = span.end - span.start;
    const char *text = parser->source->text + span.start;
    if (length == 0 || text_starts_with(got, "the end") || text_starts_with(got, "SQL")) {
        return got;
    }
    if (length > 30 || memchr(text, '\n', length) != NULL) {
        return text_equal(got, "a string") || text_equal(got, "a number") ? got : "this name";
    }
    return arena_printf(parser->arena, "`%s`", arena_strndup(parser->arena, text, length));
}

static const char *
folded_text(const Parser *parser, Span span)
{
    return text_fold(parser->arena, parser->source->text + span.start, span.end - span.start);
}

/** The words that begin a body; the scanner looks for them, the grammar sees any other word as a
 * call. */
static const char *const body_words[] = {"select", "with", "values", "from", "exec", "script"};

/** The keyword that was perhaps meant by the token, or by the one before it, whose place goes to
 * `*ret_span`; NULL if there is none. */
static const char *
nearest_expected(const Parser *parser, const char *got, const char **expected, size_t n,
                 Span *ret_span)
{
    const Token *last = parser->last;
    *ret_span = last[0].span;
    if (last[2].kind == TOKEN_AS && last[1].kind == TOKEN_NAME && is_expected(expected, n, "(")) {
        *ret_span = last[1].span;
        return suggest_nearest(folded_text(parser, last[1].span), body_words,
                               ARRAY_LENGTH(body_words));
    }
    if (!text_equal(got, "a name")) {
        return NULL;
    }
    const char **candidates = ARENA_ARRAY(parser->arena, const char *, n);
    size_t n_candidates = 0;
    for (size_t i = 0; i < n; i++) {
        if (keyword_of(expected[i]) != NULL) {
            candidates[n_candidates++] = expected[i];
        }
    }
    return suggest_nearest(folded_text(parser, last[0].span), candidates, n_candidates);
}

/** A declaration at the wrong level: one of a stage in the file, or one of the file in a stage. */
static bool
report_level(Parser *parser, Span span, const char *got, const char **expected, size_t n)
{
    const Keyword *keyword = keyword_of(got);
    unsigned groups = keyword != NULL ? keyword->groups : 0;
    if ((groups & KEYWORD_ITEM) && is_expected(expected, n, "stage")) {
        scan_report(&parser->scanner, DIAG_OUTSIDE_STAGE, span, keyword->text);
        return true;
    }
    if ((groups & KEYWORD_DECLARATION) && is_expected(expected, n, "exposure")) {
        scan_report(&parser->scanner, DIAG_INSIDE_BLOCK, span, keyword->text);
        Open *open = parser->scanner.open.n > 0
                         ? &parser->scanner.open.items[parser->scanner.open.n - 1]
                         : NULL;
        if (open != NULL) {
            diag_note(parser->diags, open->span, "this `{` is still open");
            open->blamed = true;
        }
        return true;
    }
    return false;
}

/** A word that is reserved, where a name may stand. */
static bool
report_reserved(Parser *parser, Span span, const char *got)
{
    const Keyword *keyword = keyword_of(got);
    if (keyword == NULL || !keyword->reserved) {
        return false;
    }
    scan_report(&parser->scanner, DIAG_RESERVED_WORD, span, keyword->text);
    diag_hint(parser->diags, "a name like this needs double quotes: \"%s\"", keyword->text);
    diag_fix(parser->diags, span, arena_printf(parser->arena, "\"%s\"", keyword->text));
    return true;
}

/** Whether the token is the first on its line, so that what is missing is missing above. */
static bool
begins_line(const Parser *parser)
{
    Span before = parser->last[1].span;
    Span span = parser->last[0].span;
    return before.file != NULL &&
           source_line_of(parser->source, before.end) < source_line_of(parser->source, span.start);
}

/** Whether the token begins what may follow a `;`: the block's end, or its next statement. */
static bool
begins_statement(const Parser *parser, const char *got, const Phrases *phrases)
{
    const Keyword *keyword = keyword_of(got);
    if (text_equal(got, "}")) {
        return true;
    }
    if (!begins_line(parser) || (keyword == NULL && !text_equal(got, "a name"))) {
        return false;
    }
    unsigned groups = tokens_block_groups(parser);
    return phrases->n == 1 || groups == 0 || (keyword != NULL && (keyword->groups & groups));
}

/** A `;` is missing: said where it belongs. */
static bool
report_semicolon(Parser *parser, const char *got, const Phrases *phrases)
{
    size_t i = find_name(phrases->items, phrases->n, "`;`");
    if (i == phrases->n || !begins_statement(parser, got, phrases)) {
        return false;
    }
    size_t end = parser->last[1].span.end;
    scan_report(&parser->scanner, DIAG_MISSING_SEMICOLON, span_make(parser->source, end, end),
                NULL);
    diag_fix(parser->diags, span_make(parser->source, end, end), ";");
    if (!text_equal(got, "}")) {
        tokens_insert_semicolon(parser);
    }
    return true;
}

/** `as insert …`, `as drop …`: statements where a query is wanted. */
static const char *
hint_of_statement(const Parser *parser)
{
    static const char *const statements[] = {"insert", "update", "delete", "merge",
                                             "create", "drop",   "alter",  "truncate"};
    static const char *const queries[] = {"pivot", "unpivot", "describe", "summarize"};
    const Token *last = parser->last;
    if (last[2].kind != TOKEN_AS || last[1].kind != TOKEN_NAME) {
        return NULL;
    }
    const char *word = folded_text(parser, last[1].span);
    if (find_name(statements, ARRAY_LENGTH(statements), word) < ARRAY_LENGTH(statements)) {
        return "a table is a query: select … . Statements stand in a task: task NAME(…) as script "
               "{ create table ${out.NAME} as …; … }";
    }
    if (find_name(queries, ARRAY_LENGTH(queries), word) < ARRAY_LENGTH(queries)) {
        return arena_printf(parser->arena, "write: from (%s …)", word);
    }
    return NULL;
}

static void
report(Parser *parser, const char *got, const char **expected, size_t n)
{
    Span span = parser->last[0].span;
    Span meant;
    bool any_name = is_expected(expected, n, "a name");
    if (any_name ? report_reserved(parser, span, got)
                 : report_level(parser, span, got, expected, n)) {
        return;
    }
    const char *near = nearest_expected(parser, got, expected, n, &meant);
    Phrases phrases = {0};
    list_expected(parser->arena, expected, n, &phrases);
    if (near == NULL && report_semicolon(parser, got, &phrases)) {
        return;
    }
    const char *what = describe(parser, span, got);
    diag_add(parser->diags, DIAG_SYNTAX, span, what, join_phrases(parser->arena, &phrases));
    if (near != NULL) {
        diag_hint(parser->diags, "did you mean `%s`?", near);
        diag_fix(parser->diags, meant, near);
    } else if (hint_of_statement(parser) != NULL) {
        diag_hint(parser->diags, "%s", hint_of_statement(parser));
    }
    scan_limit_errors(&parser->scanner, span);
}

void
syntax_report(Parser *parser, const char *got, const char **expected, size_t n)
{
    tokens_recover(parser);
    if (parser->last[0].span.start != parser->scanner.blamed && !parser->scanner.stopped) {
        report(parser, got, expected, n);
    }
}
