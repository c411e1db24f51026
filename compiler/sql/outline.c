/* What a query uses of what it reads, and whether its result can have parts. */
#include "compiler/sql/functions.h"
#include "compiler/sql/outline_priv.h"

#include <string.h>

/* ---- the whole tree ---- */

static const char *
member_text(const Outliner *o, uint32_t node, const char *key)
{
    return json_member_string(o->doc, node, key, o->arena);
}

static void
note_relation(Outliner *o, const char *name)
{
    if (name != NULL) {
        map_set(o->relations, text_fold(o->arena, name, strlen(name)), o);
    }
}

/** `t as x (a, b)`: columns get other names by their place. */
static bool
renames_columns(const Outliner *o, uint32_t node)
{
    return json_member(o->doc, json_member(o->doc, node, "alias"), "colnames") != JSON_NONE;
}

/** Plain `distinct` is `[{}]`. */
static bool
is_distinct_on(const Outliner *o, uint32_t clause)
{
    return json_count(o->doc, json_first(o->doc, clause)) > 0;
}

static void
look_at_node(Outliner *o, uint32_t i)
{
    static const char *const unsteady[] = {"limitCount", "limitOffset", "RangeTableSample"};
    SqlOutline *outline = o->outline;
    if (strchr("lRAiJaCdr", json_key_initial(o->doc, i)) == NULL) {
        return; /* most nodes */
    }
    for (size_t k = 0; k < ARRAY_LENGTH(unsteady); k++) {
        o->is_steady &= !json_key_is(o->doc, i, unsteady[k]);
    }
    if (json_key_is(o->doc, i, "A_Star") || json_key_is(o->doc, i, "RangeTableSample") ||
        (json_key_is(o->doc, i, "isNatural") && o->doc->nodes[i].kind == JSON_TRUE)) {
        outline->uses_all = true;
    } else if (json_key_is(o->doc, i, "RangeVar")) {
        note_relation(o, member_text(o, i, "relname"));
        outline->uses_all |= renames_columns(o, i);
    } else if (json_key_is(o->doc, i, "JoinExpr")) {
        outline->uses_all |= renames_columns(o, i);
    } else if (json_key_is(o->doc, i, "alias")) {
        note_relation(o, member_text(o, i, "aliasname"));
    } else if (json_key_is(o->doc, i, "CommonTableExpr")) {
        note_relation(o, member_text(o, i, "ctename"));
    } else if (json_key_is(o->doc, i, "distinctClause")) {
        o->is_steady &= !is_distinct_on(o, i);
    } else if (json_key_is(o->doc, i, "recursive")) {
        o->is_steady &= o->doc->nodes[i].kind != JSON_TRUE;
    }
}

const char *
outline_last_name(const Outliner *o, uint32_t names)
{
    const char *last = NULL;
    JSON_EACH(o->doc, names, name)
    {
        last = json_member_string(o->doc, json_member(o->doc, name, "String"), "sval", o->arena);
    }
    return last;
}

/** A name that is a table's may mean its rows. */
static void
look_for_whole_rows(Outliner *o)
{
    for (uint32_t i = 0; i < o->doc->n_nodes && !o->outline->uses_all; i++) {
        if (json_key_initial(o->doc, i) == 'C' && json_key_is(o->doc, i, "ColumnRef")) {
            const char *name = outline_last_name(o, json_member(o->doc, i, "fields"));
            o->outline->uses_all =
                name == NULL ||
                map_get(o->relations, text_fold(o->arena, name, strlen(name))) != NULL;
        }
    }
}

static void
look_at_functions(Outliner *o)
{
    for (size_t i = 0; i < o->job->functions.n; i++) {
        const SqlFunction *function = &o->job->functions.items[i];
        bool is_aggregate;
        o->is_steady &=
            function->schema == NULL && sql_function_is_steady(function->name, &is_aggregate);
        o->outline->uses_all |= text_equal_ignore_case(function->name, "columns");
    }
}

/* ---- words ---- */

/** Words that no column can have for a name, unquoted. */
static bool
is_reserved(const SqlWords *words, size_t i)
{
    static const char *const reserved[] = {
        "select", "from",  "where", "and",   "or",   "as",   "on",     "join", "left", "inner",
        "case",   "when",  "then",  "else",  "end",  "not",  "null",   "is",   "in",   "with",
        "group",  "order", "all",   "union", "true", "desc", "having", "asc",  "false"};
    char initial = words->text[words_start(words, i)];
    for (size_t k = 0; k < ARRAY_LENGTH(reserved); k++) {
        if ((initial | 0x20) == reserved[k][0] && words_is(words, i, reserved[k])) {
            return true;
        }
    }
    return false;
}

/** Columns that every table has. */
static bool
is_hidden_column(const char *name)
{
    static const char *const hidden[] = {"ctid", "xmin", "xmax",     "cmin",
                                         "cmax", "oid",  "tableoid", "rowid"};
    for (size_t i = 0; i < ARRAY_LENGTH(hidden); i++) {
        if (text_equal(name, hidden[i])) {
            return true;
        }
    }
    return false;
}

/** `U&"…"`, which only the engine can read, and what would tear a line of the outline. */
static bool
is_odd_name(const SqlWords *words, size_t i)
{
    const char *text = words->text + words_start(words, i);
    return ((text[0] == 'u' || text[0] == 'U') && text[1] == '&') ||
           memchr(text, '\t', words_end(words, i) - words_start(words, i)) != NULL ||
           memchr(text, '\n', words_end(words, i) - words_start(words, i)) != NULL;
}

OutlineNames
outline_names_new(const Outliner *o)
{
    return (OutlineNames){map_new(o->arena), map_new(o->arena)};
}

void
outline_add_word(const Outliner *o, size_t i, const OutlineNames *names)
{
    const SqlWords *words = &o->job->words;
    if (words_is_name(words, i) && !is_reserved(words, i)) {
        const char *written = words_name(words, i, o->arena);
        const char *name = text_fold(o->arena, written, strlen(written));
        map_set(names->all, name, names->all);
        if (i == 0 || !words_is_char(words, i - 1, '.')) {
            map_set(names->free, name, names->free);
        }
    }
}

static void
look_at_words(Outliner *o)
{
    const SqlWords *words = &o->job->words;
    OutlineNames found = outline_names_new(o);
    const Map *names = found.all;
    for (size_t i = 0; i < words->n; i++) {
        outline_add_word(o, i, &found);
        if (words_is_name(words, i)) {
            o->outline->uses_all |= is_odd_name(words, i);
            /* of rows that are equal in the order of a window, any may come first */
            o->is_steady &= !words_is(words, i, "rows") && !words_is(words, i, "groups");
        }
    }
    o->outline->n_names = map_count(names);
    o->outline->names = ARENA_ARRAY(o->job->arena, const char *, map_count(names) + 1);
    for (size_t i = 0; i < map_count(names); i++) {
        o->outline->names[i] = arena_strdup(o->job->arena, map_key_at(names, i));
        o->outline->uses_all |= is_hidden_column(map_key_at(names, i));
    }
}

/* ---- all of it ---- */

void
outline_postgres_tree(SqlJob *job, const JsonDoc *doc)
{
    Outliner o = {.job = job,
                  .doc = doc,
                  .arena = job->scratch,
                  .outline = &job->outline,
                  .relations = map_new(job->scratch),
                  .is_steady = true};
    uint32_t statement = json_first(doc, json_member(doc, JSON_ROOT, "stmts"));
    uint32_t select = json_member(doc, json_member(doc, statement, "stmt"), "SelectStmt");
    if (select == JSON_NONE) {
        return;
    }
    job->outline.exists = true;
    for (uint32_t i = 0; i < doc->n_nodes; i++) {
        look_at_node(&o, i);
    }
    look_for_whole_rows(&o);
    look_at_functions(&o);
    look_at_words(&o);
    if (o.is_steady && !job->outline.uses_all) {
        outline_make_parts(&o, select);
    }
}
