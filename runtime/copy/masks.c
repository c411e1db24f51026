/*
 * Masks: the key that the engine is given, and lists of keys that are personal.
 *
 * A list stands in a temporary table, and that may come to lie on a disk. Where a column of it is
 * masked in the copy, the list holds keyed hashes instead of values, and so do the columns that are
 * compared with it, along all references.
 */
#define _DEFAULT_SOURCE /* getentropy() */

#include "runtime/base/sha256.h"
#include "runtime/copy/choose_priv.h"
#include "runtime/store/mask.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { RANDOM_BYTES = 32 };

/** Stands for a column that is hidden, until its expression is known. */
static const char unknown[] = "";

/* ---- which columns are hidden ---- */

static const char *
name_of(const CopyChoice *choice, const FlowTable *table, const char *column)
{
    return arena_printf(choice->arena, "%zu %s", table->index, column);
}

static bool
is_hidden(const CopyChoice *choice, const FlowTable *table, const char *column)
{
    return map_get(choice->hidden, name_of(choice, table, column)) != NULL;
}

/** @return whether it was not */
static bool
hide(CopyChoice *choice, const FlowTable *table, const char *column)
{
    if (is_hidden(choice, table, column)) {
        return false;
    }
    map_set(choice->hidden, name_of(choice, table, column), (void *)(uintptr_t)unknown);
    return true;
}

/** The masked columns among those that lists hold. */
static void
hide_masked(CopyChoice *choice, const FlowTable *table)
{
    const CopyKey *key = &choice->keys[table->index];
    bool folds = store_can(choice->store, STORE_FOLDS_NAMES);
    for (size_t i = 0; i < key->columns.n; i++) {
        if (copy_find_mask(table, key->columns.items[i], folds) != NULL) {
            hide(choice, table, key->columns.items[i]);
        }
    }
}

/** Both ends of a reference are compared with each other. @return whether one was not hidden yet */
static bool
hide_both(CopyChoice *choice, const FlowTable *a, const char *column_a, const FlowTable *b,
          const char *column_b)
{
    bool hidden = is_hidden(choice, a, column_a) || is_hidden(choice, b, column_b);
    bool first = hidden && hide(choice, a, column_a);
    bool second = hidden && hide(choice, b, column_b);
    return first || second;
}

static bool
hide_along_links(CopyChoice *choice)
{
    const Flow *flow = choice->graph->flow;
    bool more = false;
    for (size_t i = 0; i < flow->n_links; i++) {
        const FlowLink *link = &flow->links[i];
        for (size_t k = 0; k < link->n_columns; k++) {
            more |= hide_both(choice, link->child, link->child_columns[k], link->parent,
                              link->parent_columns[k]);
        }
    }
    return more;
}

/** What carries an entity's key is compared with its home. */
static bool
hide_along_carriers(CopyChoice *choice, const FlowTable *table)
{
    bool more = false;
    for (size_t i = 0; i < table->body->n_carriers; i++) {
        const FlowCarrier *carrier = &table->body->carriers[i];
        const FlowEntity *entity = carrier->entity;
        for (size_t k = 0; entity->home != NULL && k < entity->n_columns; k++) {
            more |= hide_both(choice, table, carrier->columns[k], entity->home, entity->columns[k]);
        }
    }
    return more;
}

static void
hide_related(CopyChoice *choice)
{
    const Flow *flow = choice->graph->flow;
    for (bool more = true; more;) {
        more = hide_along_links(choice);
        for (size_t i = 0; i < flow->n_tables; i++) {
            more |= hide_along_carriers(choice, flow->tables[i]);
        }
    }
}

/* ---- how ---- */

static int
set_expression(CopyChoice *choice, const FlowTable *table, const char *column, Error *reterr)
{
    char *sql = NULL;
    const StoreColumn *there = copy_find_column(choice, table, column, reterr);
    if (there == NULL) {
        return -1;
    }
    if (store_mask_sql(choice->store, STORE_MASK_LISTED, there, table->name, choice->arena, &sql,
                       reterr) < 0) {
        error_set_origin(reterr, flow_span(choice->source->options.sources, table->body->at));
        return error_wrap(reterr, "listing keys of %s.%s, which are masked", table->stage->name,
                          table->name);
    }
    map_set(choice->hidden, name_of(choice, table, column), sql);
    return 0;
}

static int
set_expressions(CopyChoice *choice, const FlowTable *table, const char *const *columns, size_t n,
                Error *reterr)
{
    for (size_t i = 0; i < n; i++) {
        if (is_hidden(choice, table, columns[i]) &&
            set_expression(choice, table, columns[i], reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

int
copy_hide_keys(CopyChoice *choice, Error *reterr)
{
    const Flow *flow = choice->graph->flow;
    choice->hidden = map_new(choice->arena);
    for (size_t i = 0; i < flow->n_tables; i++) {
        hide_masked(choice, flow->tables[i]);
    }
    hide_related(choice);
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        const FlowBody *body = table->body;
        const CopyKey *key = &choice->keys[i];
        if (set_expressions(choice, table, key->columns.items, key->columns.n, reterr) < 0) {
            return -1;
        }
        for (size_t k = 0; k < body->n_carriers; k++) {
            if (set_expressions(choice, table, body->carriers[k].columns,
                                body->carriers[k].entity->n_columns, reterr) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

void
copy_append_listed_value(const CopyChoice *choice, const FlowTable *table, const char *column,
                         CopyStatement *statement)
{
    const char *sql = map_get(choice->hidden, name_of(choice, table, column));
    if (sql == NULL) {
        copy_append_column(table, column, statement);
    } else {
        str_append(&statement->sql, sql);
    }
}

/* ---- the key ---- */

static bool
is_any_keyed(const CopyChoice *choice)
{
    const Flow *flow = choice->graph->flow;
    for (size_t i = 0; i < flow->n_tables; i++) {
        if (copy_masks_by_key(flow->tables[i])) {
            return true;
        }
    }
    return false;
}

/** Lists need a key as well, and it need not outlive them. */
static int
make_key(Arena *arena, const Secret **ret_key, Error *reterr)
{
    uint8_t bytes[RANDOM_BYTES];
    char digits[2 * RANDOM_BYTES + 1] = {0};
    if (getentropy(bytes, sizeof(bytes)) < 0) {
        return error_set(reterr, ERROR_IO, "the system has no random bytes: %s", strerror(errno));
    }
    sha256_hex(bytes, sizeof(bytes), digits);
    *ret_key = secret_new(arena, digits);
    return 0;
}

int
copy_give_key(CopyChoice *choice, Error *reterr)
{
    const Secret *key = choice->source->options.target->masking_key;
    bool is_keyed = is_any_keyed(choice);
    if (!is_keyed && map_count(choice->hidden) == 0) {
        return 0;
    }
    if (!is_keyed && make_key(choice->arena, &key, reterr) < 0) {
        return -1;
    }
    return store_set_mask_key(choice->store, key, reterr) == 0
               ? 0
               : error_wrap(reterr, "giving the engine the key of the masks");
}
