#include "compiler/sql/facts_cache.h"

#include "runtime/base/file.h"
#include "runtime/base/map.h"
#include "runtime/base/str.h"
#include "runtime/key/hash.h"

#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT_BYTES ((size_t)1024 * 1024 * 1024)

/** Fewer queries are read in no time. */
#define WORTH_FOLDER 100

/* The file: a line that names version and digest of the rest, then entries: 32 digits and a NUL,
 * the number of bytes that follow, and the facts. Numbers have 7 bits a byte, the last one first
 * bit 0; texts have their length + 1 (0: NULL), bytes, NUL. */

typedef struct Entry Entry;
struct Entry {
    const char *bytes;
    size_t length;
    bool used;
};

struct FactsCache {
    Arena *arena;
    const char *path;
    const char *version;
    Map *entries;
    const char *asked; /* key of the last question */
    bool is_new;
};

/** Reads or writes facts, member by member, so that both directions agree. */
typedef struct Codec Codec;
struct Codec {
    Str *out; /* NULL: reads */
    const char *at;
    const char *end;
    Arena *arena; /* reading: of the lists; texts stay where they are */
    bool failed;
};

static void
code_number(Codec *c, size_t *number)
{
    if (c->out != NULL) {
        size_t rest = *number;
        for (; rest >= 0x80; rest >>= 7) {
            str_append_char(c->out, (char)(rest | 0x80));
        }
        str_append_char(c->out, (char)rest);
        return;
    }
    *number = 0;
    for (unsigned shift = 0; !c->failed; shift += 7) {
        if (c->at >= c->end || shift > 63) {
            c->failed = true;
            return;
        }
        unsigned char byte = (unsigned char)*c->at++;
        *number |= (size_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            return;
        }
    }
}

static void
code_bool(Codec *c, bool *flag)
{
    size_t number = *flag ? 1 : 0;
    code_number(c, &number);
    *flag = number != 0;
}

static void
code_text(Codec *c, const char **text)
{
    size_t length = c->out != NULL && *text != NULL ? strlen(*text) + 1 : 0;
    code_number(c, &length);
    if (c->out != NULL) {
        str_append_n(c->out, *text != NULL ? *text : "", length);
        return;
    }
    *text = NULL;
    if (length == 0) {
        return;
    }
    if (length > (size_t)(c->end - c->at) || c->at[length - 1] != '\0') {
        c->failed = true;
        return;
    }
    *text = c->at;
    c->at += length;
}

static void
code_range(Codec *c, SqlRange *range)
{
    code_number(c, &range->start);
    code_number(c, &range->end);
}

/** The list itself; each element takes at least a byte, which bounds what a damaged number can do.
 */
static void *
code_list(Codec *c, void *items, size_t *n, size_t element_bytes)
{
    code_number(c, n);
    if (c->out != NULL) {
        return items;
    }
    if (*n > (size_t)(c->end - c->at)) {
        c->failed = true;
        *n = 0;
    }
    return arena_calloc(c->arena, *n + 1, element_bytes);
}

static void
code_ranges(Codec *c, SqlRange **ranges, size_t *n)
{
    *ranges = code_list(c, *ranges, n, sizeof(SqlRange));
    for (size_t i = 0; i < *n; i++) {
        code_range(c, &(*ranges)[i]);
    }
}

static void
code_relation(Codec *c, SqlRelation *relation)
{
    code_text(c, &relation->catalog);
    code_text(c, &relation->schema);
    code_text(c, &relation->name);
    code_range(c, &relation->place);
    code_text(c, &relation->alias);
    code_number(c, &relation->alias_at);
    code_bool(c, &relation->takes_no_alias);
    code_bool(c, &relation->is_function);
    code_number(c, &relation->call_end);
    code_ranges(c, &relation->arguments, &relation->n_arguments);
    code_number(c, &relation->scope);
}

static void
code_qualifier(Codec *c, SqlQualifier *qualifier)
{
    code_text(c, &qualifier->schema);
    code_text(c, &qualifier->table);
    code_range(c, &qualifier->place);
    code_range(c, &qualifier->table_place);
    code_number(c, &qualifier->relation);
}

static void
code_function(Codec *c, SqlFunction *function)
{
    code_text(c, &function->schema);
    code_text(c, &function->name);
    code_range(c, &function->place);
    code_number(c, &function->call_end);
    code_ranges(c, &function->arguments, &function->n_arguments);
    code_text(c, &function->extra);
    code_number(c, &function->scope);
}

static void
code_column(Codec *c, SqlColumn *column)
{
    code_text(c, &column->first);
    code_number(c, &column->n_parts);
    code_range(c, &column->place);
    code_number(c, &column->scope);
}

static void
code_output(Codec *c, SqlOutput *output)
{
    code_text(c, &output->name);
    code_bool(c, &output->is_star);
    code_text(c, &output->table);
    code_text(c, &output->column);
    code_range(c, &output->place);
}

static void
code_texts(Codec *c, const char ***texts, size_t *n)
{
    *texts = code_list(c, *texts, n, sizeof(const char *));
    for (size_t i = 0; i < *n; i++) {
        code_text(c, &(*texts)[i]);
        c->failed |= (*texts)[i] == NULL;
    }
}

static void
code_lint(Codec *c, SqlLint *lint)
{
    size_t kind = (size_t)lint->kind;
    code_number(c, &kind);
    c->failed |= kind >= SQL_LINT_COUNT;
    lint->kind = (SqlLintKind)kind;
    code_range(c, &lint->place);
    code_text(c, &lint->name);
    code_text(c, &lint->instead);
    code_number(c, &lint->relation);
    code_texts(c, &lint->columns, &lint->n_columns);
    code_number(c, &lint->n_operands);
    c->failed |= lint->n_operands > ARRAY_LENGTH(lint->operands);
    for (size_t i = 0; !c->failed && i < lint->n_operands; i++) {
        code_range(c, &lint->operands[i]);
    }
}

static void
code_target(Codec *c, SqlFacts *facts)
{
    size_t statement = (size_t)facts->statement;
    code_number(c, &statement);
    facts->statement = (SqlStatement)statement;
    code_text(c, &facts->target.schema);
    code_text(c, &facts->target.name);
    code_range(c, &facts->target.place);
    code_bool(c, &facts->target.is_created);
    code_bool(c, &facts->target.is_temporary);
    code_bool(c, &facts->uses_current_date);
    code_bool(c, &facts->read_by_duckdb);
}

#define CODE_LIST(c, facts, list, code)                                                            \
    do {                                                                                           \
        (facts)->list = code_list((c), (facts)->list, &(facts)->n_##list, sizeof(*(facts)->list)); \
        for (size_t i = 0; i < (facts)->n_##list; i++) {                                           \
            code((c), &(facts)->list[i]);                                                          \
        }                                                                                          \
    } while (0)

static void
code_scope(Codec *c, SqlScope *scope)
{
    code_number(c, &scope->parent);
}

static void
code_part(Codec *c, SqlPart *part)
{
    code_text(c, &part->name);
    code_text(c, &part->digest);
    c->failed |= part->digest == NULL;
    code_ranges(c, &part->ranges, &part->n_ranges);
    code_texts(c, &part->names, &part->n_names);
}

static void
code_outline(Codec *c, SqlOutline *outline)
{
    code_bool(c, &outline->exists);
    code_bool(c, &outline->uses_all);
    code_bool(c, &outline->has_parts);
    code_texts(c, &outline->names, &outline->n_names);
    if (outline->has_parts) {
        code_part(c, &outline->rows);
        CODE_LIST(c, outline, columns, code_part);
        CODE_LIST(c, outline, clauses, code_part);
    }
}

static void
code_facts(Codec *c, SqlFacts *facts)
{
    code_target(c, facts);
    CODE_LIST(c, facts, relations, code_relation);
    CODE_LIST(c, facts, qualifiers, code_qualifier);
    CODE_LIST(c, facts, functions, code_function);
    CODE_LIST(c, facts, columns, code_column);
    CODE_LIST(c, facts, outputs, code_output);
    CODE_LIST(c, facts, scopes, code_scope);
    CODE_LIST(c, facts, ctes, code_text);
    CODE_LIST(c, facts, lints, code_lint);
    code_outline(c, &facts->outline);
}

/* ---- is it what it should be? ---- */

static bool
is_within(SqlRange range, size_t length)
{
    return range.start <= range.end && range.end <= length;
}

static bool
are_within(const SqlRange *ranges, size_t n, size_t length)
{
    bool good = true;
    for (size_t i = 0; i < n; i++) {
        good = good && is_within(ranges[i], length);
    }
    return good;
}

static bool
is_index(size_t i, size_t n)
{
    return i == SQL_NONE || i < n;
}

static bool
are_names_sound(const SqlFacts *facts, size_t length)
{
    bool good = facts->target.name == NULL || is_within(facts->target.place, length);
    for (size_t i = 0; i < facts->n_relations; i++) {
        const SqlRelation *relation = &facts->relations[i];
        good = good && relation->name != NULL && relation->scope < facts->n_scopes &&
               is_within(relation->place, length) && relation->alias_at <= length &&
               relation->call_end <= length &&
               are_within(relation->arguments, relation->n_arguments, length);
    }
    for (size_t i = 0; i < facts->n_functions; i++) {
        const SqlFunction *function = &facts->functions[i];
        good = good && function->name != NULL && is_within(function->place, length) &&
               is_index(function->call_end, length + 1) &&
               are_within(function->arguments, function->n_arguments, length);
    }
    for (size_t i = 0; i < facts->n_ctes; i++) {
        good = good && facts->ctes[i] != NULL;
    }
    return good;
}

static bool
is_outline_sound(const SqlOutline *outline, size_t length)
{
    bool good = are_within(outline->rows.ranges, outline->rows.n_ranges, length);
    for (size_t i = 0; i < outline->n_columns; i++) {
        good = good && outline->columns[i].name != NULL &&
               are_within(outline->columns[i].ranges, outline->columns[i].n_ranges, length);
    }
    for (size_t i = 0; i < outline->n_clauses; i++) {
        good = good && outline->clauses[i].name != NULL;
    }
    return good;
}

/** A file that somebody made up may say anything, and all of it is used as an index or a place. */
static bool
is_sound(const SqlFacts *facts, size_t length)
{
    bool good = are_names_sound(facts, length) && is_outline_sound(&facts->outline, length);
    for (size_t i = 0; i < facts->n_qualifiers; i++) {
        const SqlQualifier *qualifier = &facts->qualifiers[i];
        good = good && qualifier->schema != NULL && qualifier->table != NULL &&
               is_index(qualifier->relation, facts->n_relations) &&
               is_within(qualifier->place, length) && is_within(qualifier->table_place, length);
    }
    for (size_t i = 0; i < facts->n_columns; i++) {
        good =
            good && facts->columns[i].first != NULL && is_within(facts->columns[i].place, length);
    }
    for (size_t i = 0; i < facts->n_scopes; i++) {
        good = good && is_index(facts->scopes[i].parent, facts->n_scopes);
    }
    for (size_t i = 0; i < facts->n_lints; i++) {
        const SqlLint *lint = &facts->lints[i];
        good = good && lint->name != NULL && is_index(lint->relation, facts->n_relations) &&
               is_within(lint->place, length) &&
               are_within(lint->operands, lint->n_operands, length);
        for (size_t k = 0; k < lint->n_columns; k++) {
            good = good && lint->columns[k] != NULL;
        }
    }
    return good;
}

/* ---- the file ---- */

static char *
head_of(const FactsCache *cache, const char *bytes, size_t length)
{
    Hash *hash = hash_begin();
    hash_bytes(hash, bytes, length);
    return arena_printf(cache->arena, "pdc sql 2, %s, %s\n", cache->version,
                        hash_end_in(hash, cache->arena));
}

static void
read_entries(FactsCache *cache, const char *bytes, size_t length)
{
    Codec c = {.at = bytes, .end = bytes + length, .arena = cache->arena};
    while (!c.failed && (size_t)(c.end - c.at) > HASH_DIGITS + 1) {
        const char *key = c.at;
        Entry *entry = ARENA_NEW(cache->arena, Entry);
        *entry = (Entry){0};
        c.at += HASH_DIGITS + 1;
        code_number(&c, &entry->length);
        entry->bytes = c.at;
        if (c.failed || key[HASH_DIGITS] != '\0' || entry->length > (size_t)(c.end - c.at)) {
            return;
        }
        c.at += entry->length;
        map_set(cache->entries, key, entry);
    }
}

FactsCache *
facts_cache_open(const char *path, const char *version)
{
    Arena *arena = arena_new();
    FactsCache *cache = ARENA_NEW(arena, FactsCache);
    char *text;
    size_t length;
    *cache = (FactsCache){.arena = arena, .entries = map_new(arena)};
    cache->path = arena_strdup(arena, path);
    cache->version = arena_strdup(arena, version);
    if (file_read(arena, path, FILE_LIMIT_BYTES, &text, &length) < 0) {
        return cache;
    }
    const char *line_end = memchr(text, '\n', length);
    size_t head_length = line_end != NULL ? (size_t)(line_end - text) + 1 : length;
    const char *head = head_of(cache, text + head_length, length - head_length);
    if (strlen(head) == head_length && memcmp(head, text, head_length) == 0) {
        read_entries(cache, text + head_length, length - head_length);
    }
    return cache;
}

static void
save(const FactsCache *cache)
{
    CLEANUP(str_deinit) Str text = {0};
    Codec c = {.out = &text};
    str_append(&text, head_of(cache, "", 0)); /* as long as the right one, which comes last */
    size_t head_length = text.length;
    for (size_t i = 0; i < map_count(cache->entries); i++) {
        Entry *entry = map_value_at(cache->entries, i);
        if (entry->used) {
            str_append_n(&text, map_key_at(cache->entries, i), HASH_DIGITS + 1);
            code_number(&c, &entry->length);
            str_append_n(&text, entry->bytes, entry->length);
        }
    }
    memcpy(text.data, head_of(cache, text.data + head_length, text.length - head_length),
           head_length);
    file_write_cache(cache->path, text.data, text.length,
                     map_count(cache->entries) >= WORTH_FOLDER);
}

void
facts_cache_close(FactsCache *cache)
{
    if (cache == NULL) {
        return;
    }
    if (cache->is_new) {
        save(cache);
    }
    arena_free(cache->arena);
}

SqlFacts *
facts_cache_get(FactsCache *cache, const char *text, size_t length, unsigned mode, Arena *arena)
{
    Hash *hash = hash_begin();
    hash_number(hash, mode);
    hash_bytes(hash, text, length);
    cache->asked = hash_end_in(hash, cache->arena);
    Entry *entry = map_get(cache->entries, cache->asked);
    if (entry == NULL) {
        return NULL;
    }
    SqlFacts *facts = ARENA_NEW(arena, SqlFacts);
    *facts = (SqlFacts){0};
    Codec c = {.at = entry->bytes, .end = entry->bytes + entry->length, .arena = arena};
    code_facts(&c, facts);
    entry->used = !c.failed && is_sound(facts, length);
    return entry->used ? facts : NULL;
}

void
facts_cache_put(FactsCache *cache, const SqlFacts *facts)
{
    Str bytes = {0};
    Codec c = {.out = &bytes};
    SqlFacts copy = *facts;
    code_facts(&c, &copy);
    Entry *entry = ARENA_NEW(cache->arena, Entry);
    *entry = (Entry){.length = bytes.length, .used = true};
    entry->bytes = arena_memdup(cache->arena, str_text(&bytes), bytes.length);
    str_deinit(&bytes);
    map_set(cache->entries, cache->asked, entry);
    cache->is_new = true;
}
