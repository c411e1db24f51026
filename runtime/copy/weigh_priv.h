/**
 * What the files that weigh share: the weights of one table in the making.
 */
#ifndef PDC_COPY_WEIGH_PRIV_H
#define PDC_COPY_WEIGH_PRIV_H

#include "runtime/copy/weigh.h"

#define REAL(text) "cast(" text " as double precision)"

/** The weights of one table or entity in the making. */
typedef struct Weighing Weighing;
struct Weighing {
    CopyChoice *choice;
    CopyPicker picker;
    const char *name;          /* of the temporary table */
    VEC(const char *) columns; /* of the source's table, as c0, c1, …; first those of the list */
    VEC(const char *) extras;  /* further columns of the innermost query: `expression as name` */
    VEC(const char *) extra_names;
    CopyReason reason; /* of a row that is chosen */
    Str sql;           /* the query so far */
};

/** Tables of which one is enough, and the keys to them. */
typedef struct Group Group;
struct Group {
    VEC(const FlowLink *) links;
    const char *n_links; /* how many of them lead a row somewhere; NULL: there is only one */
};

/* ---- weigh.c ---- */

/** Does the picker follow rows of other tables than its own? */
bool weighing_follows_others(const CopyPicker *picker);
/** Is every row of the population chosen, so that what follows such rows is, too? */
bool weighing_is_certain(const CopyPicker *picker);
/** The number of the column among those that queries hand on; it is added where it is missing. */
size_t weighing_add_column(Weighing *w, const char *name);
/** Appends `c0, c1, …, r` with the alias before each. */
void weighing_append_list(const Weighing *w, const char *alias, size_t n, Str *sql);
/** Appends whether it is the same row in both: by key, or by the engine's name of it. */
void weighing_append_same_row(const Weighing *w, const char *a, const char *b, Str *sql);
/** Appends columns of the source's table as c0, c1, …, r, as lists hold them, and a comma. */
void weighing_append_source_columns(const Weighing *w, size_t n, Str *sql);
/** The number of a column in a list of keys. */
size_t weighing_list_column(const CopyKey *key, const char *name);
/** Appends `insert into weights select columns of the list`. */
void weighing_begin_insert(const Weighing *w, const char *alias, Str *sql);
/** The name in quotes, in `arena`. */
const char *weighing_quoted(const char *name, Arena *arena);
/** The weights of another table, as a relation: of a whole table each row weighs 1. NULL where they
 * aren't made yet. */
const char *weighing_weights_of(const Weighing *w, const FlowTable *table);
MUST_CHECK int weighing_send(Weighing *w, const char *sql, Error *reterr);
/** Makes the weights of an entity's keys, once. */
MUST_CHECK int weigh_entity(CopyChoice *choice, const FlowEntity *entity, Error *reterr);

/* ---- weigh_own.c, weigh_shared.c ---- */

/** Adds the rows that the table's own rules choose. */
MUST_CHECK int weighing_insert_own(Weighing *w, Error *reterr);
/** Adds the rows that are counted through their children. */
MUST_CHECK int weighing_insert_shared(Weighing *w, Error *reterr);

#endif
