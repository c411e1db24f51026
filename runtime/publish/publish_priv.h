/**
 * What the files of publish/ share: the changes of one publication.
 */
#ifndef PDC_PUBLISH_PUBLISH_PRIV_H
#define PDC_PUBLISH_PUBLISH_PRIV_H

#include "runtime/base/vec.h"
#include "runtime/publish/publish.h"

/** A published name gets other rows, or is given up. */
typedef struct Change Change;
struct Change {
    const FlowTable *table; /* NULL: it left the flow */
    const char *schema;     /* the stage's */
    const char *name;
    const MetaTable *row;     /* what is published from now on; NULL: nothing */
    const MetaTable *old;     /* what was published under this name, by our metadata; or NULL */
    const MetaObject *stands; /* what stands there by the catalogue, or NULL */
    const MetaTable *renamed; /* `row` was published under this other name */
    const char *trash;        /* a hidden name for what stands there */
    const char
        *view_name; /* a hidden name for the view in the making; NULL where a table is moved */
};

struct Publication {
    Exec *exec;
    const PlanInput *input;
    const char *now; /* YYYY-MM-DD HH:MM:SS.ffffff */
    bool is_read_views;
    VEC(Change)
    changes; /* tables first, then views, each in the order of the flow; then what is given up */
    VEC(const FlowTable *) altered;
    VEC(const FlowTable *) touched;
    VEC(const char *) schemas; /* of all stages */
    size_t n_drops;
    Arena *arena;
};

/** Is the flow's object, or what stands for it in the stage, a view? */
bool change_is_view(const Publication *publication, const Change *change);
/** The statement that makes the published view, with published names in its text. In `scratch`. */
MUST_CHECK int publish_view_sql(const Publication *publication, const Change *change,
                                const char *head, const char *schema, const char *name,
                                Arena *scratch, const char **ret_sql, Error *reterr);
/** Alters keys, indexes and comments in place. */
MUST_CHECK int publish_alter(const Publication *publication, Error *reterr);
/** Appends the drops of hidden views that were only made to be verified. */
void publish_append_drop_drafts(const Publication *publication, Str *sql);
/** Appends what the metadata says from now on. */
void publish_append_metadata(const Publication *publication, Arena *scratch, Str *sql);

/** By moving relations. @return 0, STORE_BUSY (roll back and try again) or < 0 */
MUST_CHECK int publish_by_exchange(const Publication *publication, Arena *scratch, Error *reterr);
/** By replacing views. */
MUST_CHECK int publish_by_replacement(const Publication *publication, Arena *scratch,
                                      Error *reterr);

#endif
