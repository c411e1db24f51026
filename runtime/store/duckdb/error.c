/*
 * DuckDB's errors. Connections say `errors_as_json`, so an error is `{"exception_type": …,
 * "exception_message": …, "error_subtype": …, "type": …, "name": …, "position": …}`, all texts;
 * parser errors have `Parser Error: ` in front, and what comes from elsewhere is plain `Type Error:
 * message`.
 */
#include "runtime/base/suggest.h"
#include "runtime/base/utf8.h"
#include "runtime/base/vec.h"
#include "runtime/store/duckdb/duck.h"

#include <stdlib.h>
#include <string.h>

typedef struct DuckError DuckError;
struct DuckError {
    const char *exception; /* "Catalog"; none of these is NULL */
    const char *message;
    const char *subtype;  /* "MISSING_ENTRY" */
    const char *entry;    /* "Table" */
    const char *position; /* 0-based; characters in a syntax error, else bytes */
};

/* ---- the JSON: one object, all values texts ---- */

static void
append_code_point(Str *text, unsigned long code)
{
    if (code < 0x80) {
        str_append_char(text, (char)code);
    } else if (code < 0x800) {
        str_append_char(text, (char)(0xC0 | (code >> 6)));
        str_append_char(text, (char)(0x80 | (code & 0x3F)));
    } else {
        str_append_char(text, (char)(0xE0 | (code >> 12)));
        str_append_char(text, (char)(0x80 | ((code >> 6) & 0x3F)));
        str_append_char(text, (char)(0x80 | (code & 0x3F)));
    }
}

/** What stands behind a backslash. @return the text behind it */
static const char *
read_escape(const char *json, Str *text)
{
    static const char letters[] = "nrtbf";
    static const char meanings[] = "\n\r\t\b\f";
    if (*json == 'u' && strspn(json + 1, "0123456789abcdefABCDEF") >= 4) {
        char digits[5] = {json[1], json[2], json[3], json[4], '\0'};
        append_code_point(text, strtoul(digits, NULL, 16));
        return json + 5;
    }
    const char *letter = *json != '\0' ? strchr(letters, *json) : NULL;
    if (*json == '\0') {
        return json;
    }
    str_append_char(text, letter ? meanings[letter - letters] : *json);
    return json + 1;
}

/** Reads `"…"` at `json`. @return the text behind it, or NULL where there is none */
static const char *
read_string(const char *json, Arena *arena, const char **ret_text)
{
    if (*json != '"') {
        return NULL;
    }
    Str text = {0};
    json++;
    while (*json != '\0' && *json != '"') {
        if (*json == '\\') {
            json = read_escape(json + 1, &text);
        } else {
            str_append_char(&text, *json++);
        }
    }
    *ret_text = str_take_in(&text, arena);
    return *json == '"' ? json + 1 : NULL;
}

static void
set_field(DuckError *error, const char *key, const char *value)
{
    const struct {
        const char *key;
        const char **field;
    } fields[] = {
        {"exception_type", &error->exception}, {"exception_message", &error->message},
        {"error_subtype", &error->subtype},    {"type", &error->entry},
        {"position", &error->position},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        if (strcmp(key, fields[i].key) == 0) {
            *fields[i].field = value;
        }
    }
}

static void
read_object(const char *json, Arena *arena, DuckError *error)
{
    const char *key = NULL;
    const char *value = NULL;
    json++;
    while (json && *json != '\0' && *json != '}') {
        json += strspn(json, ", \n\t");
        json = read_string(json, arena, &key);
        if (json) {
            json += strspn(json, ": ");
            json = read_string(json, arena, &value);
        }
        if (json) {
            set_field(error, key, value);
        }
    }
}

/** `Type Error: message`, and perhaps ` \n\nLINE 1: …` with a caret, which other errors say by
 * position. */
static void
read_plain(const char *text, Arena *arena, DuckError *error)
{
    const char *separator = strstr(text, " Error: ");
    const char *line = strstr(text, "\n\nLINE ");
    if (separator && !memchr(text, '\n', (size_t)(separator - text))) {
        error->exception = arena_strndup(arena, text, (size_t)(separator - text));
        text = separator + strlen(" Error: ");
    }
    size_t length = line && line > text ? (size_t)(line - text) : strlen(text);
    error->message = arena_strndup(arena, text, length);
}

static DuckError
read_error(const char *text, Arena *arena)
{
    DuckError error = {.exception = "", .message = "", .subtype = "", .entry = "", .position = ""};
    const char *json = strstr(text, "{\"exception_type\"");
    if (json) {
        read_object(json, arena, &error);
    }
    if (error.message[0] == '\0') {
        read_plain(text, arena, &error);
    }
    return error;
}

/* ---- meaning ---- */

static const char *
sqlstate_of(const DuckError *error)
{
    static const struct {
        const char *exception;
        const char *subtype;
        const char *entry;
        const char *words;
        const char *sqlstate;
    } rows[] = {
#define DUCK_ERROR(exception, subtype, entry, words, sqlstate)                                     \
    {exception, subtype, entry, words, sqlstate},
#include "runtime/store/duckdb/errors.def"
#undef DUCK_ERROR
    };
    size_t i = 0;
    while (i + 1 < ARRAY_LENGTH(rows) &&
           !((rows[i].exception[0] == '\0' || strcmp(rows[i].exception, error->exception) == 0) &&
             (rows[i].subtype[0] == '\0' || strcmp(rows[i].subtype, error->subtype) == 0) &&
             (rows[i].entry[0] == '\0' || strcmp(rows[i].entry, error->entry) == 0) &&
             strstr(error->message, rows[i].words))) {
        i++;
    }
    return rows[i].sqlstate;
}

static ErrorCode
code_of(const DuckStore *duck, const char *sqlstate)
{
    if (strcmp(sqlstate, "57014") == 0) {
        return atomic_load(&duck->canceled) ? ERROR_INTERRUPTED : ERROR_SQL;
    }
    if (strcmp(sqlstate, "0A000") == 0) {
        return ERROR_UNSUPPORTED;
    }
    if (text_starts_with(sqlstate, "23")) {
        return ERROR_DATA;
    }
    return text_starts_with(sqlstate, "08") || text_starts_with(sqlstate, "57P") ? ERROR_CONNECTION
                                                                                 : ERROR_SQL;
}

/** 1-based character of `sql`, or 0. */
static int
position_of(const DuckError *error, const char *sql)
{
    size_t length = sql ? strlen(sql) : 0;
    unsigned long position = strtoul(error->position, NULL, 10);
    if (error->position[0] == '\0' || length == 0 || position > length) {
        return 0;
    }
    if (strcmp(error->subtype, "SYNTAX_ERROR") == 0) {
        return (int)position + 1;
    }
    return (int)utf8_count(sql, position) + 1;
}

/** What stands between the next two double quotes. @return the text behind them, or NULL */
static const char *
next_quoted(const char *text, Arena *arena, const char **ret_name)
{
    const char *open = strchr(text, '"');
    const char *close = open != NULL ? strchr(open + 1, '"') : NULL;
    if (close == NULL) {
        return NULL;
    }
    *ret_name = arena_strndup(arena, open + 1, (size_t)(close - open - 1));
    return close + 1;
}

/** `Candidate bindings: "amount", "id"`: the one that the unknown column, which the message names
 * last, may have meant. */
static void
hint_candidate(const char *candidates, Arena *arena, Error *reterr)
{
    VEC(const char *) names = {0};
    const char *name;
    const char *wanted = NULL;
    for (const char *at = reterr->message; (at = next_quoted(at, arena, &name)) != NULL;) {
        wanted = strrchr(name, '.') != NULL ? strrchr(name, '.') + 1 : name;
    }
    for (const char *at = candidates; (at = next_quoted(at, arena, &name)) != NULL;) {
        vec_push(&names, name);
    }
    const char *nearest =
        wanted != NULL && names.n > 0 ? suggest_nearest(wanted, names.items, names.n) : NULL;
    if (nearest != NULL && reterr->hint == NULL) {
        error_set_hint(reterr, "did you mean \"%s\"?", nearest);
    }
    vec_free(&names);
}

/** First line without what ends a sentence is the message; `Did you mean …?` the hint; the rest is
 * detail, of which a long list keeps its beginning. */
static void
fill_texts(ErrorCode code, const char *text, Arena *arena, Error *reterr)
{
    enum { LINES = 8 };
    Str detail = {0};
    size_t n_lines = 0;
    size_t first = strcspn(text, "\n");
    size_t kept = first;
    while (kept > 0 && strchr(".! ", text[kept - 1])) {
        kept--;
    }
    error_set(reterr, code, "%.*s", (int)kept, text);
    for (const char *line = text + first; *line != '\0'; line += strcspn(line, "\n")) {
        line += strspn(line, "\n");
        size_t length = strcspn(line, "\n");
        if (text_starts_with(line, "Did you mean")) {
            error_set_hint(reterr, "did%.*s", (int)length - 3, line + 3);
        } else if (length > 0 && n_lines++ == LINES) {
            str_append(&detail, "\n…");
        } else if (length > 0 && n_lines <= LINES) {
            str_append_format(&detail, "%s%.*s", detail.length > 0 ? "\n" : "", (int)length, line);
        }
    }
    if (detail.length > 0) {
        error_set_detail(reterr, "%s", str_text(&detail) + strspn(str_text(&detail), " "));
    }
    if (text_starts_with(str_text(&detail), "Candidate bindings")) {
        hint_candidate(str_text(&detail), arena, reterr);
    }
    str_deinit(&detail);
}

int
duck_fail(DuckStore *duck, const char *sql, const char *text, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    DuckError error = read_error(text ? text : "DuckDB gave no reason", arena);
    const char *sqlstate = sqlstate_of(&error);
    if (!reterr) {
        return -1;
    }
    fill_texts(code_of(duck, sqlstate), error.message, arena, reterr);
    memcpy(reterr->sqlstate, sqlstate, sizeof(reterr->sqlstate));
    reterr->sql_position = position_of(&error, sql);
    if (strcmp(error.exception, "FATAL") == 0) {
        error_set_hint(reterr, "DuckDB gave %s up after an error inside: start again",
                       duck->base.place);
    }
    return -1;
}
