#include "compiler/sql/statement_priv.h"

#include <string.h>

/** Where the reading of a head stands. */
typedef struct Head Head;
struct Head {
    const SqlWords *words;
    size_t at; /* the next word */
};

static bool
take(Head *head, const char *word)
{
    bool taken = words_is(head->words, head->at, word);
    head->at += taken ? 1 : 0;
    return taken;
}

static void
take_or_more(Head *head)
{
    if (take(head, "or")) {
        head->at++; /* replace, ignore */
    }
}

/** `(a, b)`, but not a query in brackets. */
static void
take_columns(Head *head)
{
    static const char *const queries[] = {"select", "with", "values", "from", "table"};
    bool is_query = false;
    for (size_t i = 0; i < ARRAY_LENGTH(queries); i++) {
        is_query |= words_is(head->words, head->at + 1, queries[i]);
    }
    if (words_is_char(head->words, head->at, '(') && !is_query) {
        head->at = words_skip(head->words, head->at);
    }
}

/** @return index of the target's first word; WORDS_NONE: another form */
static size_t
read_create(Head *head, bool *ret_temporary)
{
    take_or_more(head);
    *ret_temporary = take(head, "temp") || take(head, "temporary");
    if (!take(head, "table")) {
        return WORDS_NONE;
    }
    if (take(head, "if")) {
        head->at += 2; /* not exists */
    }
    size_t name = head->at;
    head->at = words_dotted_end(head->words, name);
    take_columns(head);
    return take(head, "as") && head->at > name + 1 ? name : WORDS_NONE;
}

static size_t
read_insert(Head *head)
{
    take_or_more(head);
    if (!take(head, "into")) {
        return WORDS_NONE;
    }
    size_t name = head->at;
    head->at = words_dotted_end(head->words, name);
    bool named = head->at > name;
    if (take(head, "by")) {
        head->at++; /* name, position */
    }
    take_columns(head);
    return named ? name : WORDS_NONE;
}

static void
set_target(SqlJob *job, size_t first, bool is_created, bool is_temporary)
{
    const SqlWords *words = &job->words;
    size_t end = words_dotted_end(words, first);
    size_t n_parts = (end - first + 1) / 2;
    JobRelation relation = {.name = words_name(words, end - 1, job->scratch),
                            .location = words_start(words, first),
                            .scope = SQL_NONE};
    if (n_parts > 1) {
        relation.schema = words_name(words, end - 3, job->scratch);
    }
    if (n_parts > 2) {
        relation.catalog = words_name(words, end - 5, job->scratch);
    }
    job_set_target(job, &relation, is_created, is_temporary);
}

bool
statement_cut_query(SqlJob *job)
{
    Head head = {.words = &job->words};
    bool is_temporary = false;
    bool is_created = take(&head, "create");
    size_t name = is_created              ? read_create(&head, &is_temporary)
                  : take(&head, "insert") ? read_insert(&head)
                                          : WORDS_NONE;
    if (name == WORDS_NONE || head.at >= job->words.n) {
        return false;
    }
    set_target(job, name, is_created, is_temporary);
    size_t length = job->words.length;
    size_t start = words_start(&job->words, head.at);
    char *query = arena_strndup(job->scratch, job->words.text, length);
    memset(query, ' ', start);
    job->words = words_split(query, length, job->scratch);
    return !job->refused;
}
