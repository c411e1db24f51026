#include "compiler/driver/mutants.h"

#include "compiler/ast/walk.h"
#include "compiler/parse/sql_lexer.h"
#include "runtime/base/str.h"

#include <stdlib.h>
#include <string.h>

typedef struct Word Word;
struct Word {
    const char *from;
    const char *to;
};

static const Word words[] = {
#define MUTATION(from, to) {from, to},
#include "compiler/driver/mutations.def"
#undef MUTATION
};

typedef struct Finder Finder;
struct Finder {
    const SourceFile *file;
    Arena *arena;
    Mutants *mutants;
};

/** The tokens around the one that is looked at; END where there is none. */
typedef struct Window Window;
struct Window {
    const char *text; /* of the piece */
    size_t length;
    size_t offset; /* of the piece in the file */
    SqlToken before;
    SqlToken token;
    SqlToken after;
};

static void
add(const Finder *finder, const Window *w, SqlToken token, const char *text)
{
    Mutant mutant = {.file = finder->file,
                     .at = span_make(finder->file, w->offset + token.start, w->offset + token.end),
                     .text = text};
    vec_push_in(finder->arena, &finder->mutants->items, mutant);
}

static bool
is_word(const Window *w, SqlToken token, const char *word)
{
    return token.kind != SQL_TOKEN_END && sql_token_is_word(w->text, token, word);
}

/* ---- literals ---- */

/** One more: `10` becomes `11`, `0.5` becomes `1.5`. */
static void
mutate_number(const Finder *finder, const Window *w)
{
    const char *text =
        arena_strndup(finder->arena, w->text + w->token.start, w->token.end - w->token.start);
    size_t digits = strspn(text, "0123456789");
    bool is_plain = digits > 0 && digits < 18 && (text[digits] == '\0' || text[digits] == '.');
    if (is_plain) {
        add(finder, w, w->token,
            arena_printf(finder->arena, "%lld%s", strtoll(text, NULL, 10) + 1, text + digits));
    }
}

/** Another text, but not where it stands for something else: an alias, a type's literal. */
static void
mutate_string(const Finder *finder, const Window *w)
{
    static const char *const types[] = {"date", "timestamp", "time", "interval", "timestamptz"};
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        if (is_word(w, w->before, types[i])) {
            return;
        }
    }
    if (w->text[w->token.start] == '\'') {
        add(finder, w, w->token,
            arena_printf(finder->arena, "%.*s~'", (int)(w->token.end - w->token.start - 1),
                         w->text + w->token.start));
    }
}

/* ---- words ---- */

/** A join says its kind before itself. */
static bool
has_kind(const Window *w)
{
    static const char *const kinds[] = {"left", "right",   "full", "inner", "outer",     "cross",
                                        "asof", "natural", "semi", "anti",  "positional"};
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        if (is_word(w, w->before, kinds[i])) {
            return true;
        }
    }
    return false;
}

/** @return whether it is one of the words that mean something only with their neighbours */
static bool
mutate_phrase(const Finder *finder, const Window *w)
{
    if (is_word(w, w->token, "join")) {
        if (!has_kind(w)) {
            add(finder, w, w->token, "left join");
        }
        return true;
    }
    if (is_word(w, w->token, "is")) {
        if (!is_word(w, w->after, "not") && !is_word(w, w->after, "distinct")) {
            add(finder, w, w->token, "is not");
        }
        return true;
    }
    if (is_word(w, w->token, "not")) {
        add(finder, w, w->token, "");
        return true;
    }
    if (is_word(w, w->token, "union")) {
        if (is_word(w, w->after, "all")) {
            add(finder, w, w->after, "");
        } else {
            add(finder, w, w->token, "union all");
        }
        return true;
    }
    if (is_word(w, w->before, "not") || sql_token_is(w->text, w->before, '.')) {
        return true; /* `not in`: mutated at its `not`; a column's name */
    }
    bool is_outer = is_word(w, w->after, "outer");
    if (is_outer && (is_word(w, w->token, "left") || is_word(w, w->token, "right") ||
                     is_word(w, w->token, "full"))) {
        SqlToken both = w->token;
        both.end = w->after.end;
        add(finder, w, both, is_word(w, w->token, "full") ? "left" : "inner");
        return true;
    }
    return false;
}

/** `left` and `right` are functions, too; `sum` may be a column. */
static bool
stands_right(const Window *w, const Word *word)
{
    static const char *const functions[] = {"sum", "avg", "min", "max", "upper", "lower"};
    static const char *const joins[] = {"left", "right", "full", "inner"};
    bool opens = sql_token_is(w->text, w->after, '(');
    if (text_is_one_of(word->from, functions, ARRAY_LENGTH(functions))) {
        return opens;
    }
    return !text_is_one_of(word->from, joins, ARRAY_LENGTH(joins)) || is_word(w, w->after, "join");
}

static void
mutate_word(const Finder *finder, const Window *w)
{
    size_t length = w->token.end - w->token.start;
    if (w->token.kind == SQL_TOKEN_IDENTIFIER && mutate_phrase(finder, w)) {
        return;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        bool same = w->token.kind == SQL_TOKEN_IDENTIFIER
                        ? sql_token_is_word(w->text, w->token, words[i].from)
                        : strlen(words[i].from) == length &&
                              strncmp(w->text + w->token.start, words[i].from, length) == 0;
        if (same && stands_right(w, &words[i])) {
            add(finder, w, w->token, words[i].to);
        }
    }
}

static void
mutate_text(const Finder *finder, const AstPiece *piece)
{
    Window w = {.text = piece->as.text.bytes,
                .length = piece->as.text.length,
                .offset = piece->node.span.start};
    w.before = (SqlToken){.kind = SQL_TOKEN_END};
    w.token = sql_lex_next_word(w.text, w.length, 0);
    for (; w.token.kind != SQL_TOKEN_END; w.before = w.token, w.token = w.after) {
        w.after = sql_lex_next_word(w.text, w.length, w.token.end);
        switch ((int)w.token.kind) {
        case SQL_TOKEN_NUMBER: mutate_number(finder, &w); break;
        case SQL_TOKEN_STRING: mutate_string(finder, &w); break;
        case SQL_TOKEN_IDENTIFIER:
        case SQL_TOKEN_OPERATOR: mutate_word(finder, &w); break;
        }
    }
}

static bool
enter(const AstNode *node, void *context)
{
    const Finder *finder = context;
    if (node->kind == AST_TEST || node->kind == AST_COPY) {
        return false;
    }
    if (node->kind == AST_CLAUSE) {
        AstClauseKind what = ((const AstClause *)node)->what;
        return what != AST_CLAUSE_CACHE_BY && what != AST_CLAUSE_INDEX;
    }
    if (node->kind == AST_SQL_TEXT) {
        mutate_text(finder, (const AstPiece *)node);
    }
    return true;
}

static int
compare_places(const void *a, const void *b)
{
    const Mutant *x = a;
    const Mutant *y = b;
    return (x->at.start > y->at.start) - (x->at.start < y->at.start);
}

void
mutants_of_file(const AstFile *file, Arena *arena, Mutants *mutants)
{
    size_t first = mutants->items.n;
    Finder finder = {.file = file->source, .arena = arena, .mutants = mutants};
    ast_walk_file(file, &(AstVisitor){.enter = enter, .context = &finder});
    if (mutants->items.n > first) {
        qsort(mutants->items.items + first, mutants->items.n - first, sizeof(Mutant),
              compare_places);
    }
}

const SourceFile *
mutant_source(const Mutant *mutant, Arena *arena)
{
    const SourceFile *file = mutant->file;
    Str text = {0};
    str_append_n(&text, file->text, mutant->at.start);
    str_append(&text, mutant->text);
    str_append_n(&text, file->text + mutant->at.end, file->length - mutant->at.end);
    size_t length = text.length;
    return source_new(arena, file->path, str_take_in(&text, arena), length);
}
