/**
 * Key: when is a table still valid?
 *
 * A table's key is made of its parts: the canonical query, keys of what it uses of its inputs, the
 * version of its task, what is known of the world outside (files, `cache by`, the source of a
 * copy), the date if it reads it, the engine and the format of keys. The parts are kept in the
 * metadata, so that key_difference() can say in words what changed. Names of tables and schemas are
 * no part of it.
 */
#ifndef PDC_KEY_KEY_H
#define PDC_KEY_KEY_H

#include "runtime/config/config.h"
#include "runtime/elaborate/flow.h"
#include "runtime/meta/meta.h"

/** Changes whenever the same table would get another key. */
#define KEY_FORMAT "pdc-key-1"

typedef struct KeyOptions KeyOptions;
struct KeyOptions {
    const char *engine;
    const char *run_date;
    const char *run; /* puts what is due on each run out of date */
    CacheValidation validation;
};

/** What is known of the world outside about one table. */
typedef struct KeyFresh KeyFresh;
struct KeyFresh {
    bool is_fresh;     /* it has one: a file, external(…), a copy, `cache by` */
    bool is_always;    /* it is due on each run */
    const char *value; /* what is compared; NULL: it was not looked at */
    const char *what;  /* for reasons: "file data.csv", "the value of `cache by`" */
};

typedef struct KeyColumns KeyColumns;

/**
 * What is known of the tables that others read, by table index; it grows as a run goes on.
 * One thread at a time.
 */
typedef struct KeyState KeyState;
struct KeyState {
    const KeyOptions *options;
    const KeyFresh *fresh;
    const char **content_keys;  /* NULL: not known yet */
    bool *is_current;           /* the content is what the flow's query gives of these contents */
    const KeyColumns **columns; /* worked out when first asked for: columns.c */
    Arena *arena;
};

typedef struct KeyParts KeyParts;
struct KeyParts {
    const char *body;    /* digest of the query or of a source's arguments */
    const char *version; /* or NULL */
    const char *date;    /* or NULL */
    const char *fresh;   /* or NULL */
    const FlowTable *const *inputs;
    const char **input_contents; /* content keys of the inputs */
    const char **input_keys;     /* keys of what the table uses of them */
    size_t n_inputs;
    const char *code; /* key of all but `fresh`; NULL if an input's content key is not known */
    const char *key;  /* the table's key; NULL as above */
};

/** Nothing is known yet. In `arena`; the rest must outlive it. */
KeyState *key_state_new(const Flow *flow, const KeyOptions *options, const KeyFresh *fresh,
                        Arena *arena);

/**
 * An input counts with what the table's query uses of it: the rows, and the columns that it names
 * (columns.c). What the published table was made of stays as it was noted then, so that nothing is
 * made again because it would be noted differently now.
 * @param published  what carries the table's name, or NULL
 */
KeyParts key_parts(KeyState *state, const FlowTable *table, const MetaTable *published,
                   Arena *arena);

/** The content key that follows from the key alone; NULL if only the rows will tell. */
const char *key_content(const FlowTable *table, const KeyParts *parts);

/** What key_difference() says of another query. */
#define KEY_QUERY_CHANGED "query changed"

/** The first part that differs, in words ("query changed", "input raw.orders changed"); in `arena`.
 */
const char *key_difference(const FlowTable *table, const KeyParts *parts, const KeyFresh *fresh,
                           const MetaTable *published, Arena *arena);

/** Key of a check (or a constraint tested by query): its condition and the rows that it reads. */
const char *key_of_query(const FlowQuery *query, const char *extra, const char *const *content_keys,
                         Arena *arena);

/**
 * The name in the hidden schema: `<name>__<12 hex digits>`, clipped to `limit` bytes.
 * @param salt  NULL, or a text that makes it another one
 */
const char *key_physical_name(const FlowTable *table, const char *key, const char *salt,
                              size_t limit, Arena *arena);
/** A name for a key or index that nothing else in any schema has. */
const char *key_object_name(const char *physical, const char *item, size_t limit, Arena *arena);

#endif
