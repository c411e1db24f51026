/**
 * Dependents: what others have built upon relations that are about to be replaced, and what was
 * granted and said about these, so that both survive.
 *
 * A PostgreSQL view holds on to the very table that it was made on, wherever that is moved
 * (STORE_BIND_VIEWS). So publication, in one transaction,
 *   1. captures the dependents, while the names still mean the old relations;
 *   2. runs what store_carry_capture() gives, then its own grants, on the new relations;
 *   3. exchanges old and new;
 *   4. restores the dependents: the same definitions now find the new relations.
 * On an engine whose views bind by name all lists are empty, and step 4 does nothing.
 *
 * All that is captured lives in the caller's arena. Statements are ready to run, names in them are
 * qualified.
 */
#ifndef PDC_STORE_DEPENDENTS_H
#define PDC_STORE_DEPENDENTS_H

#include "runtime/store/store.h"

/** A table or view. */
typedef struct StoreRelation StoreRelation;
struct StoreRelation {
    const char *schema;
    const char *name;
};

/** A view that reads a replaced relation, by itself or through other views. */
typedef struct StoreDependent StoreDependent;
struct StoreDependent {
    StoreRelation view;
    const char *owner;
    bool materialized;
    bool direct;           /* reads a replaced relation itself */
    const size_t *parents; /* the dependents that it reads: smaller indices */
    size_t n_parents;
    const char *replace_sql; /* gives it its definition anew in place, where the columns stay what
                                they are; NULL if it is materialized. Owner, grants, comments and
                                what reads it are not touched */
    const char *drop_sql;
    const char *create_sql; /* makes it anew with options, indexes, triggers, rules, defaults,
                               comments, grants, owner */
};

/** Something other than a view that holds on to a replaced relation, so that the old one can't be
 * dropped. */
typedef struct StoreObstacle StoreObstacle;
struct StoreObstacle {
    StoreRelation relation;
    const char
        *what; /* "constraint c on table x.y", "function x.f(integer)": in the engine's words */
};

typedef struct StoreDependents StoreDependents;
struct StoreDependents {
    const StoreDependent
        *views; /* what is read comes first: create in this order, drop in the reverse */
    size_t n_views;
    const StoreObstacle *obstacles;
    size_t n_obstacles;
};

/**
 * Captures the views of anybody that depend on `replaced` (tables and views; those that don't exist
 * are passed over). Views that are themselves in `replaced` are not among them.
 */
MUST_CHECK int store_dependents_capture(Store *store, const StoreRelation *replaced,
                                        size_t n_replaced, Arena *arena,
                                        StoreDependents **ret_dependents, Error *reterr);

/**
 * Gives the captured views the relations that now have the names, in the open transaction: each in
 * place where its columns allow it, else it is dropped and made anew together with what reads it.
 * Materialized views are made (and filled) anew.
 * @return 0; < 0 with the engine's error, which names the column, in the context of the view: roll
 * back then
 */
MUST_CHECK int store_dependents_restore(Store *store, const StoreDependents *dependents,
                                        Error *reterr);

typedef enum StoreCarryKind {
    STORE_CARRY_REVOKE, /* what the new relation has by default, but the old one has not */
    STORE_CARRY_GRANT,  /* of the relation or of a column */
    STORE_CARRY_COMMENT,
    STORE_CARRY_ROW_SECURITY,
    STORE_CARRY_OWNER
} StoreCarryKind;

/** A relation and what takes its place. */
typedef struct StoreReplacement StoreReplacement;
struct StoreReplacement {
    StoreRelation from; /* may be missing: nothing is carried then */
    StoreRelation to;   /* exists already, under the name that the statements shall use */
};

/** A statement that brings `to` nearer to what `from` was. */
typedef struct StoreCarried StoreCarried;
struct StoreCarried {
    size_t replacement; /* index */
    StoreCarryKind kind;
    const char *role; /* grantee (unquoted; "public" for all) or owner, else NULL */
    const char *sql;
};

/**
 * Captures grants, comments, row level security and owner. Columns that `to` lacks are passed over,
 * and comments where `to` has one. Run the statements in their order, before grants of one's own
 * (they would count as default ones).
 */
MUST_CHECK int store_carry_capture(Store *store, const StoreReplacement *replacements, size_t n,
                                   Arena *arena, StoreCarried **ret_carried, size_t *ret_n,
                                   Error *reterr);

/**
 * Locks tables against everybody (or, shared, against their replacement) until the open transaction
 * ends. What later statements of the transaction lock has to wait no longer than `timeout_ms`,
 * either. Where there is nothing to lock, nothing happens.
 * @return 0; STORE_BUSY where somebody uses one of them: the transaction has to be rolled back then
 */
MUST_CHECK int store_lock_relations(Store *store, const StoreRelation *relations, size_t n,
                                    StoreLockMode mode, int64_t timeout_ms, Error *reterr);

/**
 * Who uses the relations now, for the message when a lock can't be had: application, user, host,
 * since when, one line each. In `arena`; NULL where nobody does.
 */
MUST_CHECK int store_relation_users(Store *store, const StoreRelation *relations, size_t n,
                                    Arena *arena, char **ret_users, Error *reterr);

#endif
