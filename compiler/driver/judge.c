/*
 * Which warnings are said: `--deny` and `--allow`, and comments `-- pdc: allow W0401`.
 *
 * A comment behind something holds for its line; one that stands alone holds for what begins in the
 * next line that says something, a declaration or a query as a whole.
 */
#include "compiler/ast/walk.h"
#include "compiler/driver/driver.h"
#include "compiler/parse/sql_lexer.h"
#include "runtime/base/suggest.h"

#include <string.h>

bool
driver_is_code(const char *code, bool warnings_only, const char **ret_nearest)
{
    const char *codes[DIAG_COUNT];
    size_t n = 0;
    for (int id = 0; id < DIAG_COUNT; id++) {
        const DiagInfo *info = diag_info((DiagId)id);
        if (warnings_only && info->severity != DIAG_WARNING) {
            continue;
        }
        if (text_equal_ignore_case(info->code, code)) {
            return true;
        }
        codes[n++] = info->code;
    }
    *ret_nearest = suggest_nearest(code, codes, n);
    return false;
}

/** Where a comment allows a warning. */
typedef struct Allowance Allowance;
struct Allowance {
    const char *code;
    Span span;
};

typedef struct Judge Judge;
struct Judge {
    Compilation *c;
    VEC(Allowance) allowances;
};

static const char DIRECTIVE[] = "pdc: allow";

/** Behind the words of the directive; NULL: the comment is none. */
static const char *
directive_codes(const SourceFile *source, SqlToken comment)
{
    const char *text = source->text + comment.start;
    const char *at = text + 2;
    if (text[0] != '-') {
        return NULL;
    }
    at += strspn(at, " \t");
    size_t n = sizeof(DIRECTIVE) - 1;
    bool is_directive = (size_t)(at - text) + n <= comment.end - comment.start &&
                        strncmp(at, DIRECTIVE, n) == 0 && !sql_is_identifier_byte(at[n]);
    return is_directive ? at + n : NULL;
}

/** A letter and four digits. */
static bool
is_code_shape(const char *text, size_t length)
{
    return length == 5 &&
           ((text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z')) &&
           strspn(text + 1, "0123456789") >= 4;
}

static void
take_code(Judge *judge, const SourceFile *source, const char *text, size_t length, Span holds_for)
{
    Compilation *c = judge->c;
    const char *code = arena_strndup(c->arena, text, length);
    const char *nearest = NULL;
    if (driver_is_code(code, true, &nearest)) {
        vec_push(&judge->allowances, (Allowance){code, holds_for});
        return;
    }
    size_t start = (size_t)(text - source->text);
    diag_add(c->diags, DIAG_ALLOW_UNKNOWN, span_make(source, start, start + length), code);
    if (nearest != NULL) {
        diag_suggest(c->diags, code, nearest);
    }
}

/** Codes, parted by commas or blanks; the first other word begins the reason. */
static void
take_codes(Judge *judge, const SourceFile *source, SqlToken comment, const char *at, Span holds_for)
{
    const char *end = source->text + comment.end;
    size_t n = 0;
    while (at < end) {
        at += strspn(at, " \t,\r");
        size_t length = 0;
        while (at + length < end && sql_is_identifier_byte(at[length])) {
            length++;
        }
        if (!is_code_shape(at, length)) {
            break;
        }
        take_code(judge, source, at, length, holds_for);
        at += length;
        n++;
    }
    if (n == 0) {
        diag_add(judge->c->diags, DIAG_ALLOW_UNKNOWN, span_make(source, comment.start, comment.end),
                 "");
    }
}

/* ---- what a comment holds for ---- */

typedef struct Finder Finder;
struct Finder {
    size_t start;
    size_t end;
};

static bool
find_node(const AstNode *node, void *context)
{
    Finder *finder = context;
    if (node->span.start == finder->start && node->span.end > finder->end) {
        finder->end = node->span.end;
    }
    return node->span.start <= finder->start && node->span.end > finder->start;
}

static size_t
line_start(const SourceFile *source, size_t offset)
{
    while (offset > 0 && source->text[offset - 1] != '\n') {
        offset--;
    }
    return offset;
}

static size_t
line_end(const SourceFile *source, size_t offset)
{
    while (offset < source->length && source->text[offset] != '\n') {
        offset++;
    }
    return offset;
}

static Span
holds_for(const AstFile *file, SqlToken comment)
{
    const SourceFile *source = file->source;
    size_t start = line_start(source, comment.start);
    size_t blanks = strspn(source->text + start, " \t");
    if (start + blanks != comment.start) {
        return span_make(source, start, comment.end);
    }
    SqlToken word = sql_lex_next_word(source->text, source->length, comment.end);
    Finder finder = {word.start, line_end(source, word.start)};
    ast_walk_file(file, &(AstVisitor){.enter = find_node, .context = &finder});
    return span_make(source, finder.start, finder.end);
}

static void
read_comments(Judge *judge, const AstFile *file)
{
    const SourceFile *source = file->source;
    if (strstr(source->text, DIRECTIVE) == NULL) {
        return;
    }
    SqlToken token = sql_lex_next(source->text, source->length, 0);
    for (; token.kind != SQL_TOKEN_END;
         token = sql_lex_next(source->text, source->length, token.end)) {
        const char *codes = token.kind == SQL_TOKEN_COMMENT ? directive_codes(source, token) : NULL;
        if (codes != NULL) {
            take_codes(judge, source, token, codes, holds_for(file, token));
        }
    }
}

/* ---- the verdict ---- */

static bool
is_allowed(const Judge *judge, const DiagView *view)
{
    for (size_t i = 0; i < judge->allowances.n; i++) {
        const Allowance *allowance = &judge->allowances.items[i];
        if (allowance->span.file == view->span.file && view->span.start >= allowance->span.start &&
            view->span.start <= allowance->span.end &&
            text_equal_ignore_case(allowance->code, view->info->code)) {
            return true;
        }
    }
    return false;
}

/** What the author of the file allows counts most, then an option that names the code, then one
 * that names all; the last of each. */
static DiagVerdict
judge_warning(void *user, const DiagView *view)
{
    const Judge *judge = user;
    const DriverOptions *options = judge->c->options;
    DiagVerdict verdict = DIAG_KEEP;
    bool by_code = false;
    if (is_allowed(judge, view)) {
        return DIAG_DROP;
    }
    for (size_t i = 0; i < options->rules.n; i++) {
        const LintRule *rule = &options->rules.items[i];
        bool is_code = text_equal_ignore_case(rule->what, view->info->code);
        if (is_code || (!by_code && text_equal(rule->what, "warnings"))) {
            verdict = rule->verdict;
            by_code = is_code;
        }
    }
    bool is_silent = options->quiet && !options->json && verdict == DIAG_KEEP;
    return is_silent ? DIAG_DROP : verdict; /* `--quiet`: nothing but errors */
}

void
pass_judge(Compilation *c)
{
    Judge judge = {.c = c};
    for (size_t i = 0; i < c->files.n; i++) {
        read_comments(&judge, c->files.items[i]);
    }
    diags_judge(c->diags, judge_warning, &judge);
    vec_free(&judge.allowances);
}
