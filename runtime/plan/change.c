#include "runtime/plan/change.h"

#include "runtime/base/str.h"
#include "runtime/base/vec.h"
#include "runtime/key/outline.h"

#include <string.h>

/* ---- outlines as the metadata has them: `kind TAB digest TAB name` a line ---- */

typedef struct Part Part;
struct Part {
    const char *digest;
    const char *name; /* "" for the rows */
};

typedef struct Parts Parts;
struct Parts {
    const char *rows;
    VEC(Part) columns;
    VEC(Part) clauses;
};

static void
take_line(const char *line, size_t length, Arena *arena, Parts *parts)
{
    const char *text = arena_strndup(arena, line, length);
    size_t kind = strcspn(text, "\t");
    const char *digest = text + kind + (text[kind] == '\t' ? 1 : 0);
    size_t end = strcspn(digest, "\t");
    Part part = {.digest = arena_strndup(arena, digest, end),
                 .name = digest[end] == '\t' ? digest + end + 1 : ""};
    if (strncmp(text, "rows\t", 5) == 0) {
        parts->rows = part.digest;
    } else if (strncmp(text, "column\t", 7) == 0) {
        vec_push_in(arena, &parts->columns, part);
    } else if (strncmp(text, "clause\t", 7) == 0) {
        vec_push_in(arena, &parts->clauses, part);
    }
}

static Parts
parse(const char *text, Arena *arena)
{
    Parts parts = {0};
    while (text != NULL && *text != '\0') {
        size_t length = strcspn(text, "\n");
        take_line(text, length, arena, &parts);
        text += length + (text[length] == '\n' ? 1 : 0);
    }
    return parts;
}

static const Part *
find_name(const Part *parts, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (text_equal_ignore_case(parts[i].name, name)) {
            return &parts[i];
        }
    }
    return NULL;
}

/* ---- what is different ---- */

/** A change in the making: words, and what it does to the columns. */
typedef struct Difference Difference;
struct Difference {
    Arena *arena;
    Str words;
    bool changes_rows;
    VEC(const char *) columns; /* in lower case: added, removed or changed */
};

static void
say(Difference *d, const char *what, const char *name, const char *verb)
{
    str_append_format(&d->words, "%s%s%s%s %s", d->words.length > 0 ? ", " : "", what,
                      *what != '\0' ? " " : "", name, verb);
}

static void
touch_column(Difference *d, const char *name)
{
    vec_push_in(d->arena, &d->columns, text_fold(d->arena, name, strlen(name)));
}

/** A column that is gone, of which a new one is the same. */
static const Part *
find_renamed(const Parts *old, const Parts *new, const Part *column)
{
    for (size_t i = 0; i < old->columns.n; i++) {
        const Part *gone = &old->columns.items[i];
        if (text_equal(gone->digest, column->digest) &&
            find_name(new->columns.items, new->columns.n, gone->name) == NULL) {
            return gone;
        }
    }
    return NULL;
}

static bool
is_renamed(const Parts *old, const Parts *new, const Part *gone)
{
    for (size_t i = 0; i < new->columns.n; i++) {
        const Part *column = &new->columns.items[i];
        if (text_equal(gone->digest, column->digest) &&
            find_name(old->columns.items, old->columns.n, column->name) == NULL) {
            return true;
        }
    }
    return false;
}

static void
compare_columns(Difference *d, const Parts *old, const Parts *new)
{
    for (size_t i = 0; i < new->columns.n; i++) {
        const Part *column = &new->columns.items[i];
        const Part *before = find_name(old->columns.items, old->columns.n, column->name);
        const Part *renamed = before == NULL ? find_renamed(old, new, column) : NULL;
        if (before != NULL && text_equal(before->digest, column->digest)) {
            continue;
        }
        touch_column(d, column->name);
        if (renamed != NULL) {
            say(d, "column", renamed->name, arena_printf(d->arena, "renamed to %s", column->name));
        } else {
            say(d, "column", column->name, before == NULL ? "added" : "changed");
        }
    }
    for (size_t i = 0; i < old->columns.n; i++) {
        const Part *gone = &old->columns.items[i];
        if (find_name(new->columns.items, new->columns.n, gone->name) == NULL) {
            touch_column(d, gone->name);
            if (!is_renamed(old, new, gone)) {
                say(d, "column", gone->name, "removed");
            }
        }
    }
}

static void
compare_clauses(Difference *d, const Parts *old, const Parts *new)
{
    for (size_t i = 0; i < new->clauses.n; i++) {
        const Part *clause = &new->clauses.items[i];
        const Part *before = find_name(old->clauses.items, old->clauses.n, clause->name);
        if (before == NULL || !text_equal(before->digest, clause->digest)) {
            say(d, "", clause->name, before == NULL ? "added" : "changed");
        }
    }
    for (size_t i = 0; i < old->clauses.n; i++) {
        const Part *clause = &old->clauses.items[i];
        if (find_name(new->clauses.items, new->clauses.n, clause->name) == NULL) {
            say(d, "", clause->name, "removed");
        }
    }
}

/** Nothing but the order of the columns? */
static bool
is_reordered(const Parts *old, const Parts *new)
{
    for (size_t i = 0; i < new->columns.n &&i < old->columns.n; i++) {
        if (!text_equal_ignore_case(old->columns.items[i].name, new->columns.items[i].name)) {
            return true;
        }
    }
    return false;
}

static void
compare(Difference *d, const Parts *old, const Parts *new)
{
    d->changes_rows = !text_equal(old->rows, new->rows);
    if (d->changes_rows) {
        compare_clauses(d, old, new);
        if (d->words.length == 0) {
            say(d, "", "which rows there are", "changed");
        }
    }
    compare_columns(d, old, new);
    if (d->words.length == 0) {
        bool reordered = is_reordered(old, new);
        say(d, "", reordered ? "order of columns" : "how it is written", "changed");
    }
}

/* ---- whom it reaches ---- */

struct PlanChanges {
    const Flow *flow;
    const Outline **outlines; /* by table index */
    bool *is_outlined;
    Arena *arena;
};

PlanChanges *
plan_changes_new(const Flow *flow, Arena *arena)
{
    PlanChanges *changes = ARENA_NEW(arena, PlanChanges);
    *changes = (PlanChanges){.flow = flow,
                             .outlines = ARENA_ARRAY(arena, const Outline *, flow->n_tables + 1),
                             .is_outlined = ARENA_ARRAY(arena, bool, flow->n_tables + 1),
                             .arena = arena};
    return changes;
}

static const Outline *
outline_for(PlanChanges *changes, const FlowTable *table)
{
    size_t i = table->index;
    if (!changes->is_outlined[i]) {
        changes->outlines[i] = outline_of(table, changes->arena);
        changes->is_outlined[i] = true;
    }
    return changes->outlines[i];
}

/** What a change can do to a table. */
typedef struct Reach Reach;
struct Reach {
    bool is_reached;
    bool all;
    VEC(const char *) columns; /* in lower case */
};

static bool
names_any(const char *const *names, size_t n_names, const Reach *input)
{
    for (size_t i = 0; i < n_names; i++) {
        for (size_t k = 0; k < input->columns.n; k++) {
            if (text_equal(names[i], input->columns.items[k])) {
                return true;
            }
        }
    }
    return false;
}

static void
reach_all(Reach *reach)
{
    reach->is_reached = reach->all = true;
}

static void
reach_from(const Outline *outline, const Reach *input, Arena *arena, Reach *reach)
{
    bool is_apart = outline != NULL && outline->has_parts && !input->all;
    if (!is_apart) {
        if (input->all || outline == NULL || names_any(outline->names, outline->n_names, input)) {
            reach_all(reach);
        }
        return;
    }
    if (names_any(outline->rows.names, outline->rows.n_names, input)) {
        reach_all(reach);
        return;
    }
    for (size_t i = 0; i < outline->n_columns; i++) {
        const OutlinePart *column = &outline->columns[i];
        if (names_any(column->names, column->n_names, input)) {
            reach->is_reached = true;
            vec_push_in(arena, &reach->columns,
                        text_fold(arena, column->name, strlen(column->name)));
        }
    }
}

static const char *
column_list(const Reach *reach, Arena *arena)
{
    Str text = {0};
    for (size_t i = 0; i < reach->columns.n && !reach->all; i++) {
        str_append(&text, i > 0 ? ", " : "");
        str_append(&text, reach->columns.items[i]);
    }
    return reach->all ? NULL : str_take_in(&text, arena);
}

/** Tables come after their inputs. */
static void
follow(PlanChanges *changes, const FlowTable *table, Reach *reaches, PlanChange *change)
{
    VEC(PlanEffect) effects = {0};
    for (size_t i = table->index + 1; i < changes->flow->n_tables; i++) {
        const FlowTable *reader = changes->flow->tables[i];
        Reach *reach = &reaches[i];
        for (size_t k = 0; k < reader->n_inputs && !reach->all; k++) {
            const Reach *input = &reaches[reader->inputs[k]->index];
            if (input->is_reached) {
                reach_from(outline_for(changes, reader), input, changes->arena, reach);
            }
        }
        if (reach->is_reached) {
            PlanEffect effect = {reader->stage->name, reader->name,
                                 column_list(reach, changes->arena)};
            vec_push_in(changes->arena, &effects, effect);
        }
    }
    change->effects = effects.items;
    change->n_effects = effects.n;
}

PlanChange
plan_change_of(PlanChanges *changes, const FlowTable *table, const MetaTable *published)
{
    Arena *arena = changes->arena;
    PlanChange change = {0};
    Difference d = {.arena = arena};
    const char *text = outline_text(outline_for(changes, table), arena);
    Reach *reaches = ARENA_ARRAY(arena, Reach, changes->flow->n_tables + 1);
    Reach *own = &reaches[table->index];
    if (text == NULL || published->outline == NULL) {
        reach_all(own);
    } else {
        Parts old = parse(published->outline, arena);
        Parts new = parse(text, arena);
        compare(&d, &old, &new);
        change.words = str_take_in(&d.words, arena);
        *own = (Reach){.is_reached = true, .all = d.changes_rows};
        own->columns.items = d.columns.items;
        own->columns.n = d.columns.n;
    }
    follow(changes, table, reaches, &change);
    return change;
}
