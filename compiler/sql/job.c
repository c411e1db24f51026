#include "compiler/sql/functions.h"
#include "compiler/sql/job_priv.h"
#include "runtime/base/str.h"

#include <string.h>

void
job_init(SqlJob *job, SqlDialect dialect, const char *text, size_t length, Arena *arena)
{
    *job = (SqlJob){.dialect = dialect, .arena = arena, .scratch = arena_new()};
    char *copy = arena_alloc(job->scratch, length + 1);
    if (length > 0) {
        memcpy(copy, text, length);
    }
    job->words = words_split(copy, length, job->scratch);
}

void
job_deinit(SqlJob *job)
{
    vec_free(&job->relations);
    vec_free(&job->references);
    vec_free(&job->functions);
    vec_free(&job->columns);
    vec_free(&job->outputs);
    vec_free(&job->scopes);
    vec_free(&job->ctes);
    vec_free(&job->lints);
    arena_free(job->scratch);
}

void
job_restart(SqlJob *job)
{
    job->relations.n = job->references.n = job->functions.n = 0;
    job->outputs.n = job->scopes.n = job->columns.n = job->lints.n = job->ctes.n = 0;
    job->statement = SQL_STATEMENT_SELECT;
    job->uses_current_date = job->misread = job->refused = false;
}

int
job_refuse(SqlJob *job, SqlRange place, const char *hint, const char *format, ...)
{
    if (!job->refused) {
        va_list args;
        va_start(args, format);
        job->refused = true;
        job->problem = (SqlProblem){.place = place,
                                    .message = arena_vprintf(job->arena, format, args),
                                    .hint = hint ? arena_strdup(job->arena, hint) : NULL};
        va_end(args);
    }
    return -1;
}

SqlRange
job_word_range(const SqlJob *job, size_t word)
{
    return (SqlRange){words_start(&job->words, word), words_end(&job->words, word)};
}

SqlRange
job_range_at(const SqlJob *job, size_t offset)
{
    size_t behind = words_at(&job->words, offset + 1);
    SqlRange range = {offset, offset};
    if (behind > 0 && words_end(&job->words, behind - 1) > offset) {
        range.end = words_end(&job->words, behind - 1);
    }
    return range;
}

SqlRange
job_whole(const SqlJob *job)
{
    return (SqlRange){0, job->words.length};
}

size_t
job_add_scope(SqlJob *job, size_t parent)
{
    vec_push(&job->scopes, (SqlScope){parent});
    return job->scopes.n - 1;
}

/** The name at a word; `U&"…"` only the engine can read, so there it is what the tree says. */
static const char *
name_at(const SqlJob *job, size_t word, const char *of_tree)
{
    const char *text = job->words.text + words_start(&job->words, word);
    bool escaped = (text[0] == 'u' || text[0] == 'U') && text[1] == '&';
    return escaped && of_tree ? arena_strdup(job->arena, of_tree)
                              : words_name(&job->words, word, job->arena);
}

static const char *
copy_or_null(const SqlJob *job, const char *text)
{
    return text ? arena_strdup(job->arena, text) : NULL;
}

/** Fills the names from the words before `end`, the last of which is the relation's own. */
static void
name_parts(const SqlJob *job, const JobRelation *given, size_t first, size_t end,
           SqlRelation *relation)
{
    size_t last = end - 1;
    relation->name = name_at(job, last, given->name);
    relation->schema = last >= first + 2 ? name_at(job, last - 2, given->schema) : NULL;
    relation->catalog = last >= first + 4 ? name_at(job, last - 4, given->catalog) : NULL;
}

/** `from t *` and `from only (t)`: an alias can't stand directly behind the name. */
static size_t
behind_inheritance(const SqlJob *job, size_t first, size_t end)
{
    const SqlWords *words = &job->words;
    bool star = end < words->n && words->items[end].kind == SQL_TOKEN_OPERATOR &&
                words->text[words->items[end].start] == '*';
    bool only = first >= 2 && words_is_char(words, first - 1, '(') &&
                words_is(words, first - 2, "only") && words_is_char(words, end, ')');
    return star || only ? end + 1 : end;
}

/** `table t`, `describe t`: no alias can stand there, nor does anything name the table again. */
static bool
takes_no_alias(const SqlWords *words, size_t first)
{
    static const char *const before[] = {"table", "describe", "desc", "summarize"};
    for (size_t i = 0; first > 0 && i < ARRAY_LENGTH(before); i++) {
        if (words_is(words, first - 1, before[i])) {
            return true;
        }
    }
    return false;
}

void
job_add_relation(SqlJob *job, const JobRelation *given)
{
    const SqlWords *words = &job->words;
    size_t first = words_at(words, given->location);
    if (words_is_string(words, first)) {
        job_refuse(
            job, job_word_range(job, first),
            "declare the file in an `input` block, `table NAME as csv('PATH');`, and read that table",
            "a query can't read a file by itself");
        return;
    }
    size_t n_parts = given->catalog ? 3 : given->schema ? 2 : 1;
    size_t end = first + 2 * n_parts - 1;
    if (words_start(words, first) != given->location || end > words_dotted_end(words, first)) {
        job_refuse(job, job_range_at(job, given->location < words->length ? given->location : 0),
                   "write it as schema.name", "can't tell where the name \"%s\" stands",
                   given->name);
        return;
    }
    SqlRelation relation = {.scope = given->scope, .alias = copy_or_null(job, given->alias)};
    name_parts(job, given, first, end, &relation);
    relation.takes_no_alias = takes_no_alias(words, first);
    relation.place = (SqlRange){given->location, words_end(words, end - 1)};
    relation.call_end = relation.place.end;
    relation.alias_at = words_end(words, behind_inheritance(job, first, end) - 1);
    vec_push(&job->relations, relation);
}

void
job_set_target(SqlJob *job, const JobRelation *given, bool is_created, bool is_temporary)
{
    size_t n = job->relations.n;
    job_add_relation(job, given);
    if (job->relations.n > n) {
        const SqlRelation *relation = &job->relations.items[--job->relations.n];
        job->target = (SqlTarget){.schema = relation->schema,
                                  .name = relation->name,
                                  .place = relation->place,
                                  .is_created = is_created,
                                  .is_temporary = is_temporary};
    }
}

/** Cuts what stands between two brackets at its commas. @return the texts, in the facts' arena */
static SqlRange *
split_arguments(SqlJob *job, size_t open, size_t close, size_t *ret_n)
{
    VEC(SqlRange) arguments = {0};
    for (size_t i = open + 1; i < close;) {
        SqlRange range = {words_start(&job->words, i), 0};
        while (i < close && !words_is_char(&job->words, i, ',')) {
            i = words_skip(&job->words, i);
            range.end = words_end(&job->words, i - 1);
        }
        range.end = range.end > range.start ? range.end : range.start;
        vec_push(&arguments, range);
        i++;
    }
    SqlRange *kept = ARENA_ARRAY(job->arena, SqlRange, arguments.n + 1);
    if (arguments.n > 0) {
        memcpy(kept, arguments.items, arguments.n * sizeof(SqlRange));
    }
    *ret_n = arguments.n;
    vec_free(&arguments);
    return kept;
}

void
job_add_table_function(SqlJob *job, const JobRelation *given)
{
    const SqlWords *words = &job->words;
    size_t first = words_at(words, given->location);
    size_t open = words_dotted_end(words, first);
    if (words_start(words, first) != given->location || !words_is_char(words, open, '(') ||
        words->mate[open] == WORDS_NONE) {
        return; /* `from current_date` and the like: no name that a flow could have */
    }
    size_t close = words->mate[open];
    SqlRelation relation = {
        .scope = given->scope, .alias = copy_or_null(job, given->alias), .is_function = true};
    name_parts(job, given, first, open, &relation);
    relation.place = (SqlRange){given->location, words_end(words, open - 1)};
    relation.call_end = words_end(words, close);
    bool ordinality =
        words_is(words, close + 1, "with") && words_is(words, close + 2, "ordinality");
    relation.alias_at = words_end(words, ordinality ? close + 2 : close);
    relation.arguments = split_arguments(job, open, close, &relation.n_arguments);
    vec_push(&job->relations, relation);
}

/** What stands in or behind the brackets of a call that an expression put in its place can't have.
 */
static const char *
extra_of_call(const SqlWords *words, size_t open, size_t close)
{
    static const char *const inside[] = {"distinct", "all", "variadic"};
    static const char *const behind[] = {"over", "filter", "within"};
    for (size_t i = 0; i < ARRAY_LENGTH(inside); i++) {
        if (words_is(words, open + 1, inside[i]) && open + 2 < close) {
            return inside[i];
        }
    }
    for (size_t i = 0; i < ARRAY_LENGTH(behind); i++) {
        if (words_is(words, close + 1, behind[i]) &&
            (words_is_char(words, close + 2, '(') || words_is(words, close + 2, "group") ||
             words_is_name(words, close + 2))) {
            return behind[i];
        }
    }
    for (size_t i = open + 1; i < close; i = words_skip(words, i)) {
        if (words_is(words, i, "order") && words_is(words, i + 1, "by")) {
            return "order by";
        }
    }
    bool star = open + 2 == close && words->items[open + 1].kind == SQL_TOKEN_OPERATOR &&
                words->text[words_start(words, open + 1)] == '*';
    return star ? "*" : NULL;
}

/** The brackets behind the name, if there are any. */
static void
add_arguments(SqlJob *job, size_t open, SqlFunction *function)
{
    const SqlWords *words = &job->words;
    function->call_end = SQL_NONE;
    if (!words_is_char(words, open, '(') || words->mate[open] == WORDS_NONE) {
        return;
    }
    size_t close = words->mate[open];
    function->call_end = words_end(words, close);
    function->arguments = split_arguments(job, open, close, &function->n_arguments);
    function->extra = extra_of_call(words, open, close);
}

void
job_add_function(SqlJob *job, const char *name, size_t location, size_t n_arguments, bool is_syntax,
                 size_t scope)
{
    const SqlWords *words = &job->words;
    size_t first = words_at(words, location);
    size_t end = words_dotted_end(words, first);
    size_t last = end > first ? end - 1 : first;
    bool written = words_name_is(words, last, name, job->scratch);
    if (words_start(words, first) != location || (!written && !is_syntax)) {
        return;
    }
    SqlFunction function = {.name = arena_strdup(job->arena, name), .scope = scope};
    add_arguments(job, written ? last + 1 : job->words.n, &function);
    function.place =
        written ? (SqlRange){location, words_end(words, last)} : job_word_range(job, first);
    if (written && last >= first + 2) {
        function.schema = words_name(words, last - 2, job->arena);
    }
    job->uses_current_date |= sql_function_uses_date(name, n_arguments);
    vec_push(&job->functions, function);
}

void
job_add_value_function(SqlJob *job, const char *name, size_t location)
{
    if (sql_function_uses_date(name, 0)) {
        job->uses_current_date = true;
        return;
    }
    SqlFunction function = {.name = arena_strdup(job->arena, name),
                            .place = job_range_at(job, location),
                            .call_end = SQL_NONE};
    vec_push(&job->functions, function);
}

void
job_add_reference(SqlJob *job, size_t location, size_t n_parts, size_t scope)
{
    size_t word = words_at(&job->words, location);
    if (words_start(&job->words, word) == location && words_is_name(&job->words, word)) {
        vec_push(&job->columns, ((SqlColumn){.first = words_name(&job->words, word, job->arena),
                                             .n_parts = n_parts,
                                             .place = job_word_range(job, word),
                                             .scope = scope}));
    }
    bool found = words_start(&job->words, word) == location &&
                 words_dotted_end(&job->words, word) >= word + 2 * (n_parts - 1) - 1;
    if (n_parts >= 3 && found) {
        vec_push(&job->references, (JobReference){word, n_parts, scope});
    }
}

/* ---- the select list ---- */

/** Words that end a select list; behind `as` or a dot they are names. */
static bool
ends_list(const SqlWords *words, size_t i)
{
    static const char *const clauses[] = {
        "from",  "into", "where",     "group",  "having", "window", "order", "limit",
        "fetch", "for",  "intersect", "offset", "except", "union",  "using", "qualify"};
    bool name = i > 0 && (words_is(words, i - 1, "as") || words_is_char(words, i - 1, '.'));
    bool part = (words_is(words, i, "from") && i > 0 && words_is(words, i - 1, "distinct")) ||
                (words_is(words, i, "group") && i > 0 && words_is(words, i - 1, "within"));
    for (size_t k = 0; !name && !part && k < ARRAY_LENGTH(clauses); k++) {
        if (words_is(words, i, clauses[k])) {
            return true;
        }
    }
    return false;
}

static bool
is_select(const SqlWords *words, size_t i)
{
    return words_is(words, i, "select") && !(i > 0 && words_is_char(words, i - 1, '.'));
}

/** Behind `select`, and `all`, `distinct`, `distinct on (…)` where they follow. */
static size_t
skip_quantifier(const SqlWords *words, size_t i)
{
    if (words_is(words, i, "all")) {
        return i + 1;
    }
    if (words_is(words, i, "distinct")) {
        i++;
        return words_is(words, i, "on") && words_is_char(words, i + 1, '(')
                   ? words_skip(words, i + 1)
                   : i;
    }
    return i;
}

/** The first word of the item that the word `i` is in: back over closed brackets and out of open
 * ones. */
static size_t
item_first(const SqlWords *words, size_t i)
{
    while (i > 0) {
        size_t before = i - 1;
        if (words_is_char(words, before, ',')) {
            return i;
        }
        if (is_select(words, before)) {
            return skip_quantifier(words, i);
        }
        bool closed = words->mate[before] != WORDS_NONE && words->mate[before] < before;
        i = closed ? words->mate[before] : before;
    }
    return i;
}

SqlRange
job_item_range(const SqlJob *job, size_t location)
{
    const SqlWords *words = &job->words;
    size_t first = item_first(words, words_at(words, location));
    size_t i = first;
    while (i < words->n && !words_is_char(words, i, ',') && !words_is_char(words, i, ')') &&
           !(i > first && ends_list(words, i))) {
        i = words_skip(words, i);
    }
    if (i == first) {
        return (SqlRange){SQL_NONE, SQL_NONE};
    }
    return (SqlRange){words_start(words, first), words_end(words, i - 1)};
}
