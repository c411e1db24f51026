#include "runtime/store/dependents.h"

#include "runtime/store/sql_text.h"
#include "runtime/store/store_priv.h"

#include <string.h>

/* `cannot change name / data type of view column`, `cannot drop columns from view` */
static const char COLUMNS_CHANGED[] = "42P16";

int
store_dependents_capture(Store *store, const StoreRelation *replaced, size_t n_replaced,
                         Arena *arena, StoreDependents **ret_dependents, Error *reterr)
{
    if (!store->engine->dependents || n_replaced == 0) {
        *ret_dependents = ARENA_NEW(arena, StoreDependents);
        return 0;
    }
    return store->engine->dependents(store, replaced, n_replaced, arena, ret_dependents, reterr);
}

int
store_carry_capture(Store *store, const StoreReplacement *replacements, size_t n, Arena *arena,
                    StoreCarried **ret_carried, size_t *ret_n, Error *reterr)
{
    if (!store->engine->carry || n == 0) {
        *ret_carried = NULL;
        *ret_n = 0;
        return 0;
    }
    return store->engine->carry(store, replacements, n, arena, ret_carried, ret_n, reterr);
}

int
store_relation_users(Store *store, const StoreRelation *relations, size_t n, Arena *arena,
                     char **ret_users, Error *reterr)
{
    if (!store->engine->relation_users || n == 0) {
        *ret_users = NULL;
        return 0;
    }
    return store->engine->relation_users(store, relations, n, arena, ret_users, reterr);
}

/* ---- restoring ---- */

static int
run_for(Store *store, const StoreDependent *dependent, const char *sql, Error *reterr)
{
    int status = store_exec(store, sql, reterr);
    if (status != 0) {
        Str name = {0};
        sql_qualified(&name, dependent->view.schema, dependent->view.name);
        error_wrap(reterr, "making %s %s of %s anew, which reads a table that is replaced",
                   dependent->materialized ? "materialized view" : "view", str_text(&name),
                   dependent->owner);
        str_deinit(&name);
    }
    return status;
}

/**
 * Replaces a view in place.
 * @return 0; > 0 where its columns are no longer what they were; < 0
 */
static int
replace_view(Store *store, const StoreDependent *dependent, Error *reterr)
{
    Error failure = {0};
    int status = store_exec(store, "savepoint pdc_view", reterr);
    if (status != 0) {
        return status;
    }
    status = run_for(store, dependent, dependent->replace_sql, &failure);
    if (status != 0 && strcmp(failure.sqlstate, COLUMNS_CHANGED) == 0) {
        status = store_exec(store, "rollback to savepoint pdc_view", reterr) == 0 ? 1 : -1;
    } else if (status != 0) {
        error_move(reterr, &failure);
    }
    error_deinit(&failure);
    if (status < 0) {
        return status;
    }
    return store_exec(store, "release savepoint pdc_view", reterr) == 0 ? status : -1;
}

static bool
reads_one_of(const StoreDependent *dependent, const bool *marked)
{
    for (size_t i = 0; i < dependent->n_parents; i++) {
        if (marked[dependent->parents[i]]) {
            return true;
        }
    }
    return false;
}

/** Replaces in place what can be, and marks the rest. What a replaced view is read by needs
 * nothing. */
static int
replace_views(Store *store, const StoreDependents *dependents, bool *remake, Error *reterr)
{
    for (size_t i = 0; i < dependents->n_views; i++) {
        const StoreDependent *dependent = &dependents->views[i];
        bool touched = dependent->direct || reads_one_of(dependent, remake);
        remake[i] = reads_one_of(dependent, remake) || (touched && dependent->materialized);
        if (touched && !remake[i]) {
            int status = replace_view(store, dependent, reterr);
            if (status < 0) {
                return status;
            }
            remake[i] = status > 0;
        }
    }
    return 0;
}

int
store_dependents_restore(Store *store, const StoreDependents *dependents, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    bool *remake = ARENA_ARRAY(arena, bool, dependents->n_views);
    int status = replace_views(store, dependents, remake, reterr);
    for (size_t i = dependents->n_views; i > 0 && status == 0; i--) {
        if (remake[i - 1]) {
            status = run_for(store, &dependents->views[i - 1], dependents->views[i - 1].drop_sql,
                             reterr);
        }
    }
    for (size_t i = 0; i < dependents->n_views && status == 0; i++) {
        if (remake[i]) {
            status = run_for(store, &dependents->views[i], dependents->views[i].create_sql, reterr);
        }
    }
    return status;
}

int
store_lock_relations(Store *store, const StoreRelation *relations, size_t n, StoreLockMode mode,
                     int64_t timeout_ms, Error *reterr)
{
    if (!store->engine->lock_relations) {
        return 0;
    }
    return store->engine->lock_relations(store, relations, n, mode, timeout_ms, reterr);
}
