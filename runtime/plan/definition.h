/**
 * Definition: what a table has beside its rows: keys, indexes, a comment. No part of the key; where
 * it alone changed, the table is altered in place.
 *
 * As text it is a line an item, so that an old definition from the metadata and a new one from the
 * flow can be compared line by line. What is only tested by query (`check`, foreign keys, `warn`,
 * all clauses of views) is no part of it.
 */
#ifndef PDC_PLAN_DEFINITION_H
#define PDC_PLAN_DEFINITION_H

#include "runtime/elaborate/flow.h"

/** In the order in which they are made: DuckDB alters no column that an index is over. */
typedef enum DefinitionKind {
    DEFINITION_UNLOGGED,
    DEFINITION_NOT_NULL,
    DEFINITION_PRIMARY_KEY,
    DEFINITION_UNIQUE,
    DEFINITION_INDEX,
    DEFINITION_COMMENT
} DefinitionKind;

typedef struct DefinitionItem DefinitionItem;
struct DefinitionItem {
    DefinitionKind kind;
    const char *line;           /* the item as text: equal lines are equal items */
    const char *const *columns; /* NOT_NULL (one), PRIMARY_KEY, UNIQUE, INDEX */
    size_t n_columns;
    const char *text;             /* COMMENT; INDEX over expressions: their canonical form */
    const FlowQuery *expressions; /* INDEX of the flow; NULL if read from text */
    PdcSpan at;                   /* in the flow; zero if read from text */
};

typedef struct Definition Definition;
struct Definition {
    DefinitionItem *items;
    size_t n_items;
};

typedef struct DefinitionOptions DefinitionOptions;
struct DefinitionOptions {
    bool can_unlogged;     /* the engine knows unlogged tables */
    bool default_unlogged; /* tables are unlogged unless they say otherwise */
};

/** The definition of a table of the flow, in `arena`. */
Definition definition_of(const FlowTable *table, DefinitionOptions options, Arena *arena);
/** The definition as text, in `arena`; "" where there is nothing. */
const char *definition_text(const Definition *definition, Arena *arena);
/** Reads a text of definition_text(); lines that are not understood are left out. */
Definition definition_parse(const char *text, Arena *arena);
/** Is there an item of this line? */
bool definition_has(const Definition *definition, const char *line);

/** The change in words: "primary key (a) added, index (b) removed". */
const char *definition_change(const char *old_text, const char *new_text, Arena *arena);

#endif
