/**
 * Meta: what the store remembers about an instance, in a schema of its own beside the stages: runs,
 * tables, what they were made from, checks, copies. docs/metadata.md describes the columns for
 * those who query it.
 *
 * Reading:  meta_load() asks the database once for all that a planner needs, the catalogue
 * included. Writing:  functions append SQL to a Str, so that the caller decides which transaction
 * it is part of. Rule:     a row of `tables` is committed with the table that it describes, and
 * changes its state in the transaction that moves the table; so metadata and tables never disagree,
 * whenever a process dies.
 */
#ifndef PDC_META_META_H
#define PDC_META_META_H

#include "runtime/base/map.h"
#include "runtime/base/str.h"
#include "runtime/meta/layout.h"
#include "runtime/store/store.h"

/** The format of the metadata tables that this code writes (see migrations.def). */
enum { META_FORMAT = 3 };

typedef enum MetaState {
    META_FINISHED, /* built and hidden; its run has not published (yet) */
    META_PUBLISHED,
    META_OLD /* was published; hidden again */
} MetaState;

/** From what a table was made: the content key that an input had. */
typedef struct MetaInput MetaInput;
struct MetaInput {
    const char *stage;
    const char *name;
    const char *content_key;
    const char *used_key; /* of what is used of it; NULL: all of it, or an older pdc noted it */
};

/** What the catalogue says about a table or view. */
typedef struct MetaObject MetaObject;
struct MetaObject {
    const char *schema;
    const char *name;
    const char *kind;     /* "table", "view", "other" */
    const char *identity; /* changes when it is made anew; "" if the engine has nothing stable */
    const char *shape;    /* digest of its columns */
};

/** A table (or view) that exists: one row of `tables`. */
typedef struct MetaTable MetaTable;
struct MetaTable {
    const char *physical; /* its name in the hidden schema, unique for ever */
    const char *stage;
    const char *name;
    const char *kind; /* "table" or "view" */
    MetaState state;
    const char *key;         /* 32 hex digits */
    const char *content_key; /* 32 hex digits */
    const char *code_key;    /* the key without what comes from outside */
    const char *body_key;    /* of the query alone */
    const char *version;     /* of its task, or NULL */
    const char *fresh;       /* what was known of the world outside, or NULL */
    const char *run_date;    /* if it reads the date, or NULL */
    const char *definition;  /* keys, indexes, comment: see exec/definition.h */
    const char *outline;     /* digests of the parts of its query, or NULL; only where asked for */
    const char *query;  /* the query, with plain names; or NULL, also if it was not asked for */
    const char *schema; /* where the table is now */
    const char *table;
    const char *identity; /* of what is published */
    const char *shape;
    int64_t rows;  /* -1: not known */
    int64_t bytes; /* -1: not known */
    double seconds;
    const char *run; /* that built it */
    const char *reason;
    const char *made_at;      /* YYYY-MM-DD HH:MM:SS.ffffff, UTC */
    const char *published_at; /* the same, or NULL */
    const char *design; /* of a copy: the table of the metadata schema that holds the weights of
                           its rows; or NULL */
    MetaInput *inputs;  /* in the order of the query */
    size_t n_inputs;
};

/** How a check, or a constraint that is tested by query, last ended. */
typedef struct MetaCheck MetaCheck;
struct MetaCheck {
    const char *id;  /* what was tested, in words: `stage.name: check (a > 0)` */
    const char *key; /* of the rows and the condition */
    int64_t violations;
};

/** A file whose content was looked at. */
typedef struct MetaFile MetaFile;
struct MetaFile {
    const char *path;
    int64_t size_bytes;
    int64_t modified_ns;
    const char *checksum;
};

typedef struct MetaSnapshot MetaSnapshot;
struct MetaSnapshot {
    bool exists; /* false: nothing was ever run here */
    Arena *arena;
    MetaTable **tables; /* all states */
    size_t n_tables;
    Map *published;       /* "stage\x1fname" to MetaTable */
    Map *objects;         /* "schema\x1fname" to MetaObject */
    Map *checks;          /* id to MetaCheck */
    Map *files;           /* path to MetaFile */
    const char **running; /* runs that have no end: dead ones, for who holds the lock */
    size_t n_running;
    const char *last_run; /* the run that published last, or NULL */
};

/** What a planner asks for. */
typedef struct MetaWanted MetaWanted;
struct MetaWanted {
    const char *const
        *stages; /* names of the flow's stages; the catalogue of their schemas is read too */
    size_t n_stages;
    bool with_queries; /* MetaTable.query, too */
};

/**
 * Reads the state of an instance with one query.
 * @return 0 (also where nothing was ever run); < 0: ERROR_VERSION if a newer pdc made it, or what
 * the store says
 */
MUST_CHECK int meta_load(Store *store, const MetaLayout *layout, const MetaWanted *wanted,
                         Arena *arena, MetaSnapshot **ret_snapshot, Error *reterr);

/** What carries the name now, or NULL. */
const MetaTable *meta_published(const MetaSnapshot *snapshot, const char *stage, const char *name);
/** What the catalogue has there, or NULL. */
const MetaObject *meta_object(const MetaSnapshot *snapshot, const char *schema, const char *name);

/** Makes the metadata and hidden schema, or brings them to META_FORMAT; no-op where they are.
 *  @param create_schemas  false: they must be there (ERROR_CONFIG with the statements for an
 * administrator) */
MUST_CHECK int meta_prepare(Store *store, const MetaLayout *layout, bool create_schemas,
                            Error *reterr);

/** ERROR_CONFIG with the statements for an administrator if one of the schemas is missing. */
MUST_CHECK int meta_require_schemas(Store *store, const char *const *schemas, size_t n_schemas,
                                    Error *reterr);

/* ---- writing: SQL that is appended ---- */

typedef struct MetaRun MetaRun;
struct MetaRun {
    const char *run; /* id: sortable by time */
    const char *flow;
    const char *instance;
    const char *user;
    const char *host;
    const char *started; /* YYYY-MM-DD HH:MM:SS.ffffff */
    const char *ended;
    const char *state;
    int64_t built, kept, copied, renamed, altered, reused, dropped, failed;
    const char *message; /* or NULL */
};

void meta_insert_run(const MetaLayout *layout, const MetaRun *run, Str *sql);
void meta_update_run(const MetaLayout *layout, const MetaRun *run, Str *sql);
/** Runs that have no end though nobody holds the lock: "died". */
void meta_bury_runs(const MetaLayout *layout, const char *const *runs, size_t n_runs, Str *sql);

void meta_insert_table(const MetaLayout *layout, const MetaTable *table, Str *sql);
void meta_delete_table(const MetaLayout *layout, const char *physical, Str *sql);
/** Sets state and place of a table. `published_at` NULL: stays. */
void meta_move_table(const MetaLayout *layout, const char *physical, MetaState state,
                     const char *schema, const char *table, const char *published_at, Str *sql);
/** The same rows under another key, name or definition: all columns but those of meta_move_table()
 * are set. */
void meta_update_table(const MetaLayout *layout, const MetaTable *table, Str *sql);
/** Notes identity and shape of everything that is published, as the catalogue has it at the end of
 * a transaction. */
void meta_note_identities(const Store *store, const MetaLayout *layout, const char *const *schemas,
                          size_t n_schemas, Arena *arena, Str *sql);

void meta_record_check(const MetaLayout *layout, const MetaCheck *check, const char *run,
                       const char *now, Str *sql);
void meta_record_file(const MetaLayout *layout, const MetaFile *file, Str *sql);

typedef struct MetaCopy MetaCopy;
struct MetaCopy {
    const char *run;
    const char *stage;
    const char *name;
    const char *source_instance;
    const char *source_run;
    const char *source_content_key;
    const char *rules;
    int64_t rows;
};
void meta_record_copy(const MetaLayout *layout, const MetaCopy *copy, Str *sql);

/** Has the run's end been committed? For a commit whose answer was lost. */
MUST_CHECK int meta_run_state(Store *store, const MetaLayout *layout, const char *run, Arena *arena,
                              const char **ret_state, Error *reterr);
/** Runs, newest first; none where nothing was ever run. */
MUST_CHECK int meta_history(Store *store, const MetaLayout *layout, size_t limit, Arena *arena,
                            MetaRun **ret_runs, size_t *ret_n, Error *reterr);

#endif
