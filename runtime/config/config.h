/**
 * Config: `pipedag.yaml` to instances, each value with the place where it was written.
 *
 * In:   a configuration file (or none: the built-in instances full, midi and mini on DuckDB), the
 * environment, and the name of the flow. Out:  a Config, from which an Instance is resolved by
 * name: merged, expanded, checked. Rule: every mistake of the file is reported at once, at its
 * line; no message, no SourceFile and no setting that is shown holds a password (`Instance.url` and
 * `Instance.masking_key` are Secrets).
 *
 *     if (config_load(arena, &options, diags, &config) == 0) {
 *         name = config_default_instance(config, diags);
 *         if (name != NULL && config_resolve(config, name, false, diags, &instance) == 0) …
 *     }
 *
 * Everything lives in the arena that was given to config_load(). One thread at a time while
 * resolving; a finished Instance may be read by any.
 */
#ifndef PDC_CONFIG_CONFIG_H
#define PDC_CONFIG_CONFIG_H

#include "runtime/base/arena.h"
#include "runtime/base/macros.h"
#include "runtime/base/secret.h"
#include "runtime/diag/diag.h"
#include "runtime/diag/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- values ---- */

typedef enum ConfigKind {
    CONFIG_NULL,
    CONFIG_BOOL,
    CONFIG_INT,
    CONFIG_FLOAT,
    CONFIG_TEXT,
    CONFIG_DATE,      /* unquoted 2026-01-31; `text` is as written */
    CONFIG_TIMESTAMP, /* unquoted 2026-01-31 12:00:00; `text` is as written */
    CONFIG_LIST,
    CONFIG_MAP
} ConfigKind;

typedef struct ConfigNode ConfigNode;
typedef struct ConfigEntry ConfigEntry;

/** One value of the YAML tree: immutable, with its place. */
struct ConfigNode {
    ConfigKind kind;
    bool is_plain;    /* a scalar written without quotes */
    bool is_default;  /* from the built-in configuration: nobody wrote it */
    bool is_shared;   /* an alias refers to it */
    bool is_expanded; /* an environment variable is part of `text`; don't show it, show `written` */
    bool is_incomplete;  /* one is missing, so a placeholder is still there (only where that is no
                            error) */
    Span span;           /* where it was written; SPAN_NONE where nobody wrote it */
    const char *text;    /* scalars: the text, without quotes, expanded; else NULL */
    const char *written; /* scalars: the same before expansion */
    bool boolean;        /* CONFIG_BOOL */
    int64_t integer;     /* CONFIG_INT */
    double number;       /* CONFIG_FLOAT, and CONFIG_INT as a float */
    const ConfigNode *const *items; /* CONFIG_LIST */
    size_t n_items;
    const ConfigEntry *entries; /* CONFIG_MAP, in the order of the file */
    size_t n_entries;
};

struct ConfigEntry {
    const char *key;
    Span key_span;
    const ConfigNode *value;
};

/** The value of `key` in a map; NULL if `map` is NULL, no map, or lacks it. */
const ConfigNode *config_node_get(const ConfigNode *map, const char *key);
/** "text", "bool", "list" …: for messages. */
const char *config_kind_name(ConfigKind kind);
/**
 * The same scalar read anew as if its text had been written without quotes: what the typed check of
 * an attr does with a text that came from the environment (`"{$LIMIT}"`). Other nodes come back as
 * they are.
 */
const ConfigNode *config_node_as_plain(Arena *arena, const ConfigNode *node);

/* ---- instances ---- */

typedef enum ConfigEngine {
    CONFIG_ENGINE_UNKNOWN, /* config_preview() only: the URL can't be worked out here, or names an
                              engine we lack */
    CONFIG_ENGINE_DUCKDB,
    CONFIG_ENGINE_POSTGRES
} ConfigEngine;

/** "duckdb", "postgres", or "unknown": as store_engine_name() says it. */
const char *config_engine_name(ConfigEngine engine);

typedef enum ConfigTechnique {
    TECHNIQUE_AUTO,
    TECHNIQUE_SCHEMA_SWAP,
    TECHNIQUE_READ_VIEWS
} ConfigTechnique;

typedef enum ConfigCommit { COMMIT_RUN, COMMIT_STAGE } ConfigCommit;

typedef enum CacheMode {
    CACHE_NORMAL,
    CACHE_ASSERT_NO_FRESH_INPUT,
    CACHE_IGNORE_FRESH_INPUT,
    CACHE_FORCE_FRESH_INPUT,
    CACHE_FORCE_CACHE_INVALID
} CacheMode;

typedef struct CacheValidation CacheValidation;
struct CacheValidation {
    CacheMode mode;
    bool disable_cache_function;
    bool ignore_task_version;
};

typedef enum ConfigLock { LOCK_BY_ENGINE, LOCK_DATABASE, LOCK_FILE, LOCK_NONE } ConfigLock;

typedef enum ConfigOrchestration {
    ORCHESTRATION_UNSET,
    ORCHESTRATION_SEQUENTIAL,
    ORCHESTRATION_DASK
} ConfigOrchestration;

typedef enum ConfigMasking { MASKING_OPTIONAL, MASKING_REQUIRED } ConfigMasking;

typedef struct Instance Instance;
struct Instance {
    const char *name;        /* as configured: full */
    const char *instance_id; /* what isolates it; per user: full_alice */
    bool per_user;

    ConfigEngine engine;
    const Secret *url; /* canonical: duckdb:////absolute/path, postgresql://…; NULL only from
                          config_preview() */
    const char *display_url;   /* the same without password, for logs and reports */
    const char *schema_prefix; /* "" if none */
    const char *schema_suffix;

    ConfigTechnique technique;
    ConfigCommit commit;
    size_t keep_versions;
    bool fail_fast;
    size_t jobs;     /* 0: by engine */
    size_t max_jobs; /* caps `jobs`, also the engine's own choice; 0: no cap */
    CacheValidation cache_validation;

    bool create_database;
    bool avoid_create_schema; /* avoid_drop_create_schema */
    bool print_materialize;
    bool print_sql;
    const ConfigNode *materialization_details;   /* map of label to options, or NULL */
    const char *default_materialization_details; /* a label, or NULL */
    bool strict_materialization_details;

    const char *blob_path; /* absolute folder of this instance's blobs; NULL: no blob store */
    ConfigLock lock;
    const char *lock_path; /* LOCK_FILE: absolute folder */
    ConfigOrchestration orchestration;
    const char *kroki_url;           /* NULL: disabled */
    const ConfigNode *visualization; /* or NULL */

    ConfigMasking masking;
    const Secret *masking_key; /* or NULL */

    const ConfigNode *attrs;    /* always a map; environment variables are filled in */
    const ConfigNode *settings; /* the merged map that all of the above was read from */
};

/* ---- loading ---- */

typedef struct ConfigOptions ConfigOptions;
struct ConfigOptions {
    const char *path;                         /* --config: a file or folder; NULL: look for it */
    const char *flow_name;                    /* chooses `flows.NAME`; NULL: only `flows.__any__` */
    const char *working_directory;            /* where to look first; NULL: the process's */
    const char *(*get_env)(const char *name); /* NULL: getenv() */
    const char *user_name; /* of per-user instances and {username}; NULL: the login name */
};

typedef struct Config Config;

/**
 * Finds and reads the configuration, and checks all of it that does not depend on which instance
 * runs: keys, types, enums, references, merge clashes, and that no two instances share a place.
 * Needs no environment variable and no attributes file.
 * @param ret_config  in `arena`; also set where there were errors, as long as the file is a YAML
 * map, so that config_resolve() can add what it finds; NULL otherwise
 * @return 0, or < 0 with errors in `diags`
 */
MUST_CHECK int config_load(Arena *arena, const ConfigOptions *options, Diags *diags,
                           Config **ret_config);

/** The file that was read, as it was found; NULL: built-in configuration. */
const char *config_path(const Config *config);
/** What relative paths of the configuration are relative to: the file's folder, or the working
 * folder. */
const char *config_directory(const Config *config);
/** The configured instances in the order of the file; `__any__` only if there is no other. */
const char *const *config_instance_names(const Config *config, size_t *ret_n);
/** Those that another instance may name: the same; none where `strict_instance_lookup: false` makes
 * an instance of every name. */
const char *const *config_known_names(const Config *config, size_t *ret_n);

/** $PIPEDAG_INSTANCE, else `full`, else the only one. @return NULL with an error where that does
 * not decide */
const char *config_default_instance(Config *config, Diags *diags);

/**
 * Resolves an instance for a run: environment and attributes file are read, everything is checked.
 * @param per_user  make `instance_id` the user's own (`per_user_template`)
 * @return 0, or < 0 with errors in `diags` (unknown instance: the known ones, nearest first)
 */
MUST_CHECK int config_resolve(Config *config, const char *instance_name, bool per_user,
                              Diags *diags, const Instance **ret_instance);

/**
 * Resolves an instance as far as the compiler needs it: attrs must resolve, but what is missing for
 * the URL (an environment variable, the attributes file) or is not supported is no error: then
 * `url` is NULL, and `engine` is CONFIG_ENGINE_UNKNOWN if the URL's text alone does not tell it.
 */
MUST_CHECK int config_preview(Config *config, const char *instance_name, bool per_user,
                              Diags *diags, const Instance **ret_instance);

/* ---- showing ---- */

typedef struct ConfigSetting ConfigSetting;
struct ConfigSetting {
    const char *key; /* table_store.args.url */
    const char
        *value;  /* as shown: secrets are `***`, environment variables in attrs stay {$NAME} */
    Span origin; /* where it was written; SPAN_NONE: a default */
};

/** All resolved settings of an instance, defaults included, in the order of the manual, in `arena`.
 */
size_t config_settings(const Config *config, const Instance *instance, Arena *arena,
                       const ConfigSetting **ret_settings);

typedef struct ConfigRemark ConfigRemark;
struct ConfigRemark {
    Span span;
    const char *text; /* "`auto_table` belongs to Python dataframes: nothing to do here" */
};

/** What is accepted but has nothing to do here; shown with `--verbose`. */
size_t config_remarks(const Config *config, const ConfigRemark **ret_remarks);

#endif
