#include "compiler/types/cache.h"

#include "runtime/base/file.h"
#include "runtime/base/map.h"
#include "runtime/base/str.h"

#include <stdlib.h>
#include <string.h>

/** Fewer queries are asked about in no time. */
#define WORTH_FOLDER     100
#define FILE_LIMIT_BYTES ((size_t)256 * 1024 * 1024)

/** Lines: `KEY N`, and N lines `NAME<tab>TYPE`. */
typedef struct Answer Answer;
struct Answer {
    StoreColumn *columns;
    size_t n_columns;
    bool used;
};

struct TypesCache {
    Arena *arena;
    const char *path;
    const char *head; /* first line of the file */
    Map *answers;
    bool is_new; /* something was put */
};

/** Cuts the text at its next line break. @return the line, or NULL at the end */
static char *
next_line(char **text)
{
    char *line = *text;
    char *end = strchr(line, '\n');
    if (end == NULL) {
        return NULL;
    }
    *end = '\0';
    *text = end + 1;
    return line;
}

/** @return false where the file is not as it was written */
static bool
read_answer(TypesCache *cache, char *line, char **text)
{
    char *count = strchr(line, ' ');
    Answer *answer = ARENA_NEW(cache->arena, Answer);
    if (count == NULL) {
        return false;
    }
    *count = '\0';
    answer->n_columns = strtoul(count + 1, NULL, 10);
    if (answer->n_columns > strlen(*text)) {
        return false;
    }
    answer->columns = ARENA_ARRAY(cache->arena, StoreColumn, answer->n_columns + 1);
    for (size_t i = 0; i < answer->n_columns; i++) {
        char *name = next_line(text);
        char *tab = name != NULL ? strchr(name, '\t') : NULL;
        if (tab == NULL) {
            return false;
        }
        *tab = '\0';
        answer->columns[i] = (StoreColumn){.name = name, .sql_type = tab + 1, .nullable = true};
    }
    map_set(cache->answers, line, answer);
    return true;
}

TypesCache *
types_cache_open(const char *path, const char *version, Arena *arena)
{
    TypesCache *cache = ARENA_NEW(arena, TypesCache);
    char *text;
    size_t length;
    *cache = (TypesCache){.arena = arena, .path = path, .answers = map_new(arena)};
    cache->head = arena_printf(arena, "pdc types 1, %s", version);
    if (path == NULL || file_read(arena, path, FILE_LIMIT_BYTES, &text, &length) < 0) {
        return cache;
    }
    char *line = next_line(&text);
    if (!text_equal(line, cache->head)) {
        return cache;
    }
    while ((line = next_line(&text)) != NULL && read_answer(cache, line, &text)) {
    }
    return cache;
}

bool
types_cache_get(TypesCache *cache, const char *key, const StoreColumn **ret_columns, size_t *ret_n)
{
    Answer *answer = map_get(cache->answers, key);
    if (answer == NULL) {
        return false;
    }
    answer->used = true;
    *ret_columns = answer->columns;
    *ret_n = answer->n_columns;
    return true;
}

void
types_cache_put(TypesCache *cache, const char *key, const StoreColumn *columns, size_t n)
{
    Answer *answer = ARENA_NEW(cache->arena, Answer);
    *answer = (Answer){.n_columns = n, .used = true};
    answer->columns = ARENA_ARRAY(cache->arena, StoreColumn, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (strpbrk(columns[i].name, "\t\n") != NULL ||
            strpbrk(columns[i].sql_type, "\n") != NULL) {
            return; /* can't be written in a line */
        }
        answer->columns[i] = columns[i];
    }
    map_set(cache->answers, arena_strdup(cache->arena, key), answer);
    cache->is_new = true;
}

void
types_cache_save(TypesCache *cache)
{
    if (cache->path == NULL || !cache->is_new) {
        return;
    }
    Str text = {0};
    str_append_format(&text, "%s\n", cache->head);
    for (size_t i = 0; i < map_count(cache->answers); i++) {
        const Answer *answer = map_value_at(cache->answers, i);
        if (!answer->used) {
            continue;
        }
        str_append_format(&text, "%s %zu\n", map_key_at(cache->answers, i), answer->n_columns);
        for (size_t k = 0; k < answer->n_columns; k++) {
            str_append_format(&text, "%s\t%s\n", answer->columns[k].name,
                              answer->columns[k].sql_type);
        }
    }
    file_write_cache(cache->path, str_text(&text), text.length,
                     map_count(cache->answers) >= WORTH_FOLDER);
    str_deinit(&text);
}
