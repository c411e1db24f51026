#include "runtime/publish/collect.h"

#include "runtime/base/vec.h"
#include "runtime/store/dependents.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 100, LOCK_TIMEOUT_MS = 100 };

/** Something hidden that goes. */
typedef struct Leftover Leftover;
struct Leftover {
    const char *physical; /* its row in the metadata, or NULL */
    const char *schema;   /* where `name` is */
    const char *name;     /* NULL if only the row is left */
    const char *kind;
    const char *made_at;
    const char *design; /* its weights, in the metadata schema, if nothing else needs them; or NULL
                         */
};

typedef VEC(Leftover) Leftovers;

/* ---- what goes ---- */

/** Later versions of the same table that are old, too. */
static size_t
newer_versions(const MetaSnapshot *snapshot, const MetaTable *table)
{
    size_t n = 0;
    for (size_t i = 0; i < snapshot->n_tables; i++) {
        const MetaTable *other = snapshot->tables[i];
        n += other != table && other->state == META_OLD && text_equal(other->stage, table->stage) &&
                     text_equal(other->name, table->name) && other->published_at != NULL &&
                     table->published_at != NULL &&
                     strcmp(other->published_at, table->published_at) > 0
                 ? 1
                 : 0;
    }
    return n;
}

static bool
is_leftover(const MetaSnapshot *snapshot, const MetaTable *table, const CollectOptions *options)
{
    switch (table->state) {
    case META_PUBLISHED: return false;
    case META_FINISHED: return !options->keep_finished;
    case META_OLD:
        return options->keep_versions == 0 ||
               newer_versions(snapshot, table) >= options->keep_versions;
    }
    return false;
}

/** The table with the weights of its rows, unless other tables have the same. */
static const char *
own_design(const MetaSnapshot *snapshot, const MetaLayout *layout, const MetaTable *table)
{
    for (size_t i = 0; i < snapshot->n_tables; i++) {
        const MetaTable *other = snapshot->tables[i];
        if (other != table && text_equal(other->design, table->design)) {
            return NULL;
        }
    }
    return table->design != NULL &&
                   meta_object(snapshot, layout->metadata_schema, table->design) != NULL
               ? table->design
               : NULL;
}

static void
add_rows(const MetaSnapshot *snapshot, const MetaLayout *layout, const CollectOptions *options,
         Arena *arena, Leftovers *leftovers)
{
    for (size_t i = 0; i < snapshot->n_tables; i++) {
        const MetaTable *table = snapshot->tables[i];
        if (!is_leftover(snapshot, table, options)) {
            continue;
        }
        const MetaObject *object = meta_object(snapshot, layout->hidden_schema, table->table);
        vec_push_in(arena, leftovers,
                    (Leftover){.physical = table->physical,
                               .name = object != NULL ? object->name : NULL,
                               .kind = object != NULL ? object->kind : NULL,
                               .made_at = table->made_at,
                               .schema = layout->hidden_schema,
                               .design = own_design(snapshot, layout, table)});
    }
}

/** Objects in the hidden schema that no row speaks of: the schema is ours alone. And weights of
 * tables that are gone. */
static void
add_strays(const MetaSnapshot *snapshot, const MetaLayout *layout, Arena *arena,
           Leftovers *leftovers)
{
    Map *known = map_new(arena);
    Map *designs = map_new(arena);
    for (size_t i = 0; i < snapshot->n_tables; i++) {
        MetaTable *table = snapshot->tables[i];
        if (text_equal(table->schema, layout->hidden_schema)) {
            map_set(known, table->table, table);
        }
        if (table->design != NULL) {
            map_set(designs, table->design, table);
        }
    }
    for (size_t i = 0; i < map_count(snapshot->objects); i++) {
        const MetaObject *object = map_value_at(snapshot->objects, i);
        bool is_hidden =
            text_equal(object->schema, layout->hidden_schema) && !text_equal(object->kind, "other");
        bool is_design = text_equal(object->schema, layout->metadata_schema) &&
                         text_equal(object->kind, "table") && meta_is_design(object->name);
        if ((is_hidden && map_get(known, object->name) == NULL) ||
            (is_design && map_get(designs, object->name) == NULL)) {
            vec_push_in(arena, leftovers,
                        (Leftover){.name = object->name,
                                   .kind = object->kind,
                                   .made_at = "",
                                   .schema = object->schema});
        }
    }
}

/** Views before tables, later before earlier: what reads something goes first. */
static int
compare_leftovers(const void *a, const void *b)
{
    const Leftover *first = a;
    const Leftover *second = b;
    bool first_is_view = text_equal(first->kind, "view");
    bool second_is_view = text_equal(second->kind, "view");
    if (first_is_view != second_is_view) {
        return first_is_view ? -1 : 1;
    }
    return strcmp(second->made_at, first->made_at);
}

static void
list_leftovers(const MetaSnapshot *snapshot, const MetaLayout *layout,
               const CollectOptions *options, Arena *arena, Leftovers *leftovers)
{
    if (!snapshot->exists) {
        return;
    }
    add_rows(snapshot, layout, options, arena, leftovers);
    add_strays(snapshot, layout, arena, leftovers);
    if (leftovers->n > 1) {
        qsort(leftovers->items, leftovers->n, sizeof(Leftover), compare_leftovers);
    }
}

bool
collect_is_due(const MetaSnapshot *snapshot, const MetaLayout *layout,
               const CollectOptions *options)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Leftovers leftovers = {0};
    list_leftovers(snapshot, layout, options, arena, &leftovers);
    return leftovers.n > 0;
}

/* ---- dropping ---- */

static void
append_drop(const MetaLayout *layout, const Leftover *leftover, Str *sql)
{
    if (leftover->name != NULL) {
        str_append(sql, text_equal(leftover->kind, "view") ? "drop view " : "drop table ");
        sql_qualified(sql, leftover->schema, leftover->name);
        str_append(sql, ";\n");
    }
    if (leftover->design != NULL) {
        str_append(sql, "drop table ");
        sql_qualified(sql, layout->metadata_schema, leftover->design);
        str_append(sql, ";\n");
    }
    if (leftover->physical != NULL) {
        meta_delete_table(layout, leftover->physical, sql);
    }
}

static int
drop_some(Store *store, const MetaLayout *layout, const Leftover *leftovers, size_t n,
          Error *reterr)
{
    Str sql = {0};
    for (size_t i = 0; i < n; i++) {
        append_drop(layout, &leftovers[i], &sql);
    }
    int status = store_begin(store, reterr);
    if (status == 0) {
        status =
            store_lock_relations(store, NULL, 0, STORE_LOCK_EXCLUSIVE, LOCK_TIMEOUT_MS, reterr);
        status = status == 0 ? store_exec(store, str_text(&sql), reterr) : status;
        status = status == 0 ? store_commit(store, reterr) : status;
        if (status != 0) {
            store_rollback(store);
        }
    }
    str_deinit(&sql);
    return status;
}

/** One by one, where a batch failed: what is in use stays. */
static int
drop_each(Store *store, const MetaLayout *layout, const Leftover *leftovers, size_t n,
          Collected *collected, Error *reterr)
{
    for (size_t i = 0; i < n; i++) {
        error_clear(reterr);
        if (drop_some(store, layout, &leftovers[i], 1, reterr) == 0) {
            collected->dropped++;
        } else if (reterr->code == ERROR_CONNECTION || reterr->code == ERROR_INTERRUPTED) {
            return -1;
        } else {
            collected->busy++;
        }
    }
    error_clear(reterr);
    return 0;
}

int
collect_run(Store *store, const MetaSnapshot *snapshot, const MetaLayout *layout,
            const CollectOptions *options, Collected *ret_collected, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Leftovers leftovers = {0};
    *ret_collected = (Collected){0};
    list_leftovers(snapshot, layout, options, arena, &leftovers);
    for (size_t i = 0; i < leftovers.n; i += BATCH) {
        size_t n = leftovers.n - i < BATCH ? leftovers.n - i : BATCH;
        if (drop_some(store, layout, &leftovers.items[i], n, reterr) == 0) {
            ret_collected->dropped += n;
        } else if (reterr->code == ERROR_CONNECTION || reterr->code == ERROR_INTERRUPTED) {
            return -1;
        } else if (drop_each(store, layout, &leftovers.items[i], n, ret_collected, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}
