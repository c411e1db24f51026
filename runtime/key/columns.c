#include "runtime/key/columns.h"

#include "runtime/base/map.h"
#include "runtime/base/vec.h"
#include "runtime/flow/column_type.h"
#include "runtime/key/hash.h"
#include "runtime/key/outline.h"

#include <string.h>

struct KeyColumns {
    const char *rows;
    const Outline *outline; /* NULL: the table is one part */
    const char **keys;      /* one a column of the outline */
    Map *by_name;           /* in lower case, to a place in `numbers` */
    size_t *numbers;
};

static const KeyColumns one_part;

/* ---- what is used ---- */

/** Adds the columns that are named, in the order in which the reader names them: that of the table
 * doesn't count. */
static void
hash_named(const KeyColumns *columns, const char *const *names, size_t n_names, Hash *hash)
{
    for (size_t i = 0; i < n_names; i++) {
        const size_t *number = map_get(columns->by_name, names[i]);
        if (number != NULL) {
            hash_text(hash, columns->outline->columns[*number].name);
            hash_text(hash, columns->keys[*number]);
        }
    }
}

/** All inputs that `columns` are wanted of are worked out. */
static const char *
used_key(const KeyState *state, const FlowTable *input, const char *const *names, size_t n_names,
         Arena *arena)
{
    const KeyColumns *columns = state->columns[input->index];
    if (columns == NULL || columns->outline == NULL) {
        return state->content_keys[input->index];
    }
    Hash *hash = hash_begin();
    hash_text(hash, "used");
    hash_text(hash, columns->rows);
    hash_named(columns, names, n_names, hash);
    return hash_end_in(hash, arena);
}

/* ---- the keys of one table ---- */

static void
hash_inputs(const KeyState *state, const FlowTable *table, const OutlinePart *part, Arena *arena,
            Hash *hash)
{
    const FlowQuery *query = table->body->query;
    hash_text(hash, part->text);
    for (size_t i = 0; i < query->n_inputs; i++) {
        hash_text(hash, used_key(state, query->inputs[i], part->names, part->n_names, arena));
    }
}

static const char *
rows_key(const KeyState *state, const FlowTable *table, const Outline *outline, Arena *arena)
{
    const FlowQuery *query = table->body->query;
    const KeyFresh *fresh = &state->fresh[table->index];
    Hash *hash = hash_begin();
    hash_text(hash, "rows");
    hash_text(hash, KEY_FORMAT);
    hash_text(hash, state->options->engine);
    hash_text(hash, table->body->version);
    hash_text(hash, query->uses_date ? state->options->run_date : NULL);
    hash_text(hash, fresh->is_always ? state->options->run : fresh->value);
    hash_inputs(state, table, &outline->rows, arena, hash);
    return hash_end_in(hash, arena);
}

/** The type that the contract gives the column, or NULL. */
static const char *
promised_type(const FlowTable *table, const char *column, Arena *arena)
{
    const PdcContract *contract = table->contract;
    for (size_t i = 0; contract != NULL && i < contract->n_columns; i++) {
        if (text_equal_ignore_case(contract->columns[i].name, column)) {
            return column_type_text(contract->columns[i].type, arena);
        }
    }
    return NULL;
}

static const char *
column_key(const KeyState *state, const FlowTable *table, const OutlinePart *part, Arena *arena)
{
    Hash *hash = hash_begin();
    hash_text(hash, "column");
    hash_text(hash, promised_type(table, part->name, arena));
    hash_inputs(state, table, part, arena, hash);
    return hash_end_in(hash, arena);
}

/** Are its rows what its query gives? Rows that break a promise may be missing. */
static bool
is_plain_query(const FlowTable *table)
{
    bool rejects = table->is_promised && table->violation == FLOW_VIOLATION_REJECT;
    return table->body->kind == FLOW_BODY_QUERY && table->given == NULL && !rejects;
}

static const KeyColumns *
make_columns(const KeyState *state, const FlowTable *table)
{
    Arena *arena = state->arena;
    const Outline *outline = is_plain_query(table) ? outline_of(table, arena) : NULL;
    if (outline == NULL || !outline->has_parts) {
        return &one_part;
    }
    KeyColumns *columns = ARENA_NEW(arena, KeyColumns);
    *columns = (KeyColumns){.rows = rows_key(state, table, outline, arena),
                            .outline = outline,
                            .keys = ARENA_ARRAY(arena, const char *, outline->n_columns + 1),
                            .by_name = map_new(arena),
                            .numbers = ARENA_ARRAY(arena, size_t, outline->n_columns + 1)};
    for (size_t i = 0; i < outline->n_columns; i++) {
        columns->keys[i] = column_key(state, table, &outline->columns[i], arena);
        columns->numbers[i] = i;
        const char *name = outline->columns[i].name;
        map_set(columns->by_name, text_fold(arena, name, strlen(name)), &columns->numbers[i]);
    }
    return columns;
}

/** Works out the columns of a table after those of its inputs; a stack instead of recursion, since
 * flows are as deep as the user likes. */
static void
work_out(KeyState *state, const FlowTable *table)
{
    VEC(const FlowTable *) open = {0};
    vec_push(&open, table);
    while (open.n > 0) {
        const FlowTable *top = open.items[open.n - 1];
        size_t n_before = open.n;
        bool is_wanted = state->is_current[top->index] && state->columns[top->index] == NULL;
        for (size_t i = 0; is_wanted && i < top->n_inputs; i++) {
            size_t input = top->inputs[i]->index;
            if (state->is_current[input] && state->columns[input] == NULL) {
                vec_push(&open, top->inputs[i]);
            }
        }
        if (open.n == n_before) {
            if (is_wanted) {
                state->columns[top->index] = make_columns(state, top);
            }
            open.n--;
        }
    }
    vec_free(&open);
}

const char *
columns_used_key(KeyState *state, const FlowTable *input, const char *const *names, size_t n_names)
{
    work_out(state, input);
    return used_key(state, input, names, n_names, state->arena);
}
