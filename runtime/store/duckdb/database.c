/*
 * Database files of this process. DuckDB locks a file against other processes only, and two of its
 * instances on one file of one process would destroy it; so all stores that open the same file
 * share one instance, found by its path.
 */
#define _XOPEN_SOURCE 700 /* realpath() */

#include "runtime/base/file.h"
#include "runtime/base/vec.h"
#include "runtime/store/duckdb/duck.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char MEMORY[] = ":memory:";

typedef struct DuckAttached DuckAttached;
struct DuckAttached {
    const char *alias;
    const char *path; /* canonical; NULL once it is detached */
};

struct DuckDatabase {
    DuckDatabase *next;
    const DuckApi *api;
    Arena *arena;    /* holds this struct */
    const char *key; /* canonical path, or `:memory:NAME`; NULL: belongs to one store alone */
    duckdb_database handle;
    bool is_file;
    bool read_only;
    size_t n_users;
    MaskKey mask_key;
    bool has_mask_key; /* changes between statements only, so that those that run may read it */
    VEC(DuckAttached) attached;
};

/* All that are open. State of the process, as the files' locks are; guarded by the mutex. */
static pthread_mutex_t databases_mutex = PTHREAD_MUTEX_INITIALIZER;
static DuckDatabase *databases;

duckdb_database
duck_database_handle(const DuckDatabase *database)
{
    return database->handle;
}

const MaskKey *
duck_database_mask_key(const DuckDatabase *database)
{
    return database->has_mask_key ? &database->mask_key : NULL;
}

void
duck_database_set_mask_key(DuckDatabase *database, const MaskKey *key)
{
    database->has_mask_key = key != NULL;
    database->mask_key = key != NULL ? *key : (MaskKey){0};
}

/* ---- paths ---- */

/** Absolute, without symbolic links; the file itself may be missing. */
static char *
canonical_path(Arena *arena, const char *path)
{
    char *whole = realpath(path, NULL);
    char *folder = whole ? NULL : realpath(path_directory(arena, path), NULL);
    char *canonical = path_normalize(arena, path);
    if (whole) {
        canonical = arena_strdup(arena, whole);
    } else if (folder) {
        canonical = path_join(arena, folder, path_base(path));
    }
    free(whole);
    free(folder);
    return canonical;
}

/* ---- failures ---- */

typedef struct OpenHint OpenHint;
struct OpenHint {
    const char *words; /* in DuckDB's message */
    const char *hint;
};

#define DAMAGED                                                                                    \
    "the file is damaged or no DuckDB database: restore it from a backup, or delete it, so that "  \
    "the next run builds its tables anew"

#define SETTINGS "what stands behind the ? of a duckdb URL are DuckDB's settings"

static const OpenHint open_hints[] = {
    {"not a valid DuckDB", DAMAGED},
    {"orrupt", DAMAGED},
    {"Could not read enough bytes", DAMAGED},
    {"Failed to deserialize", DAMAGED},
    {"erialization", DAMAGED},
    {"version number", "the file was written by another version of DuckDB: open it with that one"},
    {"Permission denied", "DuckDB must be able to write to the file and to its folder"},
    {"Read-only file system", "DuckDB must be able to write to the file and to its folder"},
    {"Is a directory", "the URL names a folder: add the name of a file"},
    {"not recognized", SETTINGS},
    {"does not exist", "the file is made by the first run that writes to it"},
};

/** `IO Error: ` and the like say nothing here. */
static const char *
skip_error_type(const char *reason)
{
    const char *colon = strstr(reason, " Error: ");
    return colon && !memchr(reason, '\n', (size_t)(colon - reason)) ? colon + strlen(" Error: ")
                                                                    : reason;
}

/** `Could not set lock on file "…": Conflicting lock is held in PROGRAM (PID 123)…` */
static int
database_busy(const char *path, const char *reason, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *held = strstr(reason, "held in ");
    const char *pid_text = strstr(reason, "(PID ");
    long pid = pid_text ? strtol(pid_text + strlen("(PID "), NULL, 10) : 0;
    const char *program = "";
    if (held && pid_text && held < pid_text) {
        held += strlen("held in ");
        program = path_base(arena_strndup(arena, held, (size_t)(pid_text - held) - 1));
    }
    error_set(reterr, ERROR_LOCK, "the DuckDB file \"%s\" is in use by %s", path,
              duck_holder_describe(canonical_path(arena, path), pid, program, arena));
    error_set_hint(reterr, "DuckDB lets one process in at a time: wait for its end");
    return STORE_BUSY;
}

int
duck_open_failed(const char *path, const char *reason, Error *reterr)
{
    reason = skip_error_type(reason ? reason : "no reason was given");
    if (strstr(reason, "Could not set lock")) {
        return database_busy(path, reason, reterr);
    }
    bool bad_setting = strstr(reason, "not recognized") != NULL;
    error_set(reterr, bad_setting ? ERROR_CONFIG : ERROR_CONNECTION,
              "can't open the DuckDB file \"%s\": %.*s", path, (int)strcspn(reason, "\n"), reason);
    for (size_t i = 0; i < ARRAY_LENGTH(open_hints); i++) {
        if (strstr(reason, open_hints[i].words)) {
            error_set_hint(reterr, "%s", open_hints[i].hint);
            break;
        }
    }
    return -1;
}

/* ---- opening ---- */

static int
set_option(const DuckApi *api, duckdb_config config, const char *name, const char *value,
           Error *reterr)
{
    if (api->set_config(config, name, value) == DuckDBSuccess) {
        return 0;
    }
    error_set(reterr, ERROR_CONFIG, "DuckDB's setting \"%s\" can't be \"%s\"", name, value);
    error_set_hint(reterr, SETTINGS);
    return -1;
}

/** Ours first, so that the URL may say otherwise. */
static int
set_options(const DuckApi *api, duckdb_config config, const Url *url, bool read_only, Error *reterr)
{
    const UrlParameter ours[] = {
        {"preserve_identifier_case", "false"}, /* unquoted names fold to lower case */
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
        {"access_mode", read_only ? "READ_ONLY" : "AUTOMATIC"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(ours); i++) {
        if (set_option(api, config, ours[i].name, ours[i].value, reterr) != 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < url->n_parameters; i++) {
        const UrlParameter *parameter = &url->parameters[i];
        if (set_option(api, config, parameter->name, parameter->value, reterr) != 0) {
            return -1;
        }
    }
    return 0;
}

/** What DuckDB would find out only at the first write. */
static int
check_writable(const char *path, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *folder = path_directory(arena, path);
    const char *refused = NULL;
    if (file_exists(path) && access(path, R_OK | W_OK) != 0) {
        refused = path;
    } else if (file_exists(folder) && access(folder, W_OK | X_OK) != 0) {
        refused = folder;
    }
    if (!refused) {
        return 0;
    }
    error_set(reterr, ERROR_CONNECTION, "can't open the DuckDB file \"%s\" for writing: \"%s\": %s",
              path, refused, strerror(errno));
    error_set_hint(reterr, "DuckDB must be able to write to the file and to its folder");
    return -1;
}

static int
prepare_folder(const char *path, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *folder = path_directory(arena, path);
    if (file_make_directories(folder, 0777) != 0) {
        error_set(reterr, ERROR_CONNECTION, "can't make the folder of the DuckDB file \"%s\": %s",
                  path, strerror(errno));
        error_set_hint(reterr, "make the folder \"%s\", or correct the path in the URL", folder);
        return -1;
    }
    return check_writable(path, reterr);
}

static int
open_handle(DuckDatabase *database, const char *path, const Url *url, Error *reterr)
{
    const DuckApi *api = database->api;
    duckdb_config config = NULL;
    char *reason = NULL;
    if (api->create_config(&config) != DuckDBSuccess) {
        return error_set(reterr, ERROR_CONNECTION, "DuckDB can't be configured");
    }
    int status = set_options(api, config, url, database->read_only, reterr);
    if (status == 0 && api->open_ext(path, &database->handle, config, &reason) != DuckDBSuccess) {
        database->handle = NULL;
        status = duck_open_failed(path, reason, reterr);
    }
    if (status == 0 && (duck_register_functions(api, database->handle, reterr) != 0 ||
                        duck_register_masks(api, database, reterr) != 0)) {
        api->close(&database->handle);
        status = -1;
    }
    api->free(reason);
    api->destroy_config(&config);
    return status;
}

static DuckDatabase *
database_new(const DuckApi *api, const char *key, const char *path, bool read_only)
{
    Arena *arena = arena_new();
    DuckDatabase *database = ARENA_NEW(arena, DuckDatabase);
    database->api = api;
    database->arena = arena;
    database->key = key ? arena_strdup(arena, key) : NULL;
    database->is_file = !text_starts_with(path, MEMORY);
    database->read_only = read_only;
    database->n_users = 1;
    return database;
}

/** Opens a database that this process has not open yet, and lists it. Under the mutex. */
static int
open_new(const DuckApi *api, const char *key, const char *path, const Url *url,
         const StoreOptions *options, DuckDatabase **ret_database, Error *reterr)
{
    DuckDatabase *database = database_new(api, key, path, options->read_only);
    int status = open_handle(database, database->is_file ? path : MEMORY, url, reterr);
    if (status != 0) {
        arena_free(database->arena);
        return status;
    }
    if (database->is_file && !options->read_only) {
        duck_holder_write(key, options->application_name);
    }
    database->next = databases;
    databases = database;
    *ret_database = database;
    return 0;
}

static bool
has_attached(const DuckDatabase *database, const char *key)
{
    for (size_t i = 0; i < database->attached.n; i++) {
        if (text_equal(database->attached.items[i].path, key) && key) {
            return true;
        }
    }
    return false;
}

/** Finds an open database by key. Under the mutex. @return 0, with NULL where there is none */
static int
find_open(const char *key, bool read_only, DuckDatabase **ret_database, Error *reterr)
{
    DuckDatabase *found = NULL;
    for (DuckDatabase *d = databases; d && key; d = d->next) {
        if (has_attached(d, key)) {
            return error_set(
                reterr, ERROR_UNSUPPORTED,
                "the DuckDB file \"%s\" is attached to another database of this process", key);
        }
        if (text_equal(d->key, key)) {
            found = d;
        }
    }
    if (found && found->read_only && !read_only) {
        return error_set(reterr, ERROR_UNSUPPORTED,
                         "the DuckDB file \"%s\" is open for reading only in this process", key);
    }
    *ret_database = found;
    return 0;
}

/** Under the mutex. */
static int
open_shared(const DuckApi *api, const char *path, const Url *url, const StoreOptions *options,
            DuckDatabase **ret_database, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    bool is_file = !text_starts_with(path, MEMORY);
    int status = is_file && !options->read_only ? prepare_folder(path, reterr) : 0;
    if (status != 0) {
        return status;
    }
    const char *key = is_file ? canonical_path(arena, path) : path;
    if (strcmp(path, MEMORY) == 0) {
        key = NULL; /* nobody else's */
    }
    DuckDatabase *shared = NULL;
    status = find_open(key, options->read_only, &shared, reterr);
    if (status != 0) {
        return status;
    }
    if (shared) {
        shared->n_users++;
        *ret_database = shared;
        return 0;
    }
    return open_new(api, key, path, url, options, ret_database, reterr);
}

int
duck_database_open(const DuckApi *api, const char *path, const Url *url,
                   const StoreOptions *options, DuckDatabase **ret_database, Error *reterr)
{
    pthread_mutex_lock(&databases_mutex);
    int status = open_shared(api, path, url, options, ret_database, reterr);
    pthread_mutex_unlock(&databases_mutex);
    return status;
}

void
duck_database_close(DuckDatabase *database)
{
    if (!database) {
        return;
    }
    pthread_mutex_lock(&databases_mutex);
    if (--database->n_users == 0) {
        DuckDatabase **link = &databases;
        while (*link != database) {
            link = &(*link)->next;
        }
        *link = database->next;
        if (database->is_file && !database->read_only) {
            duck_holder_remove(database->key); /* while the file is still ours */
        }
        database->api->close(&database->handle);
        arena_free(database->arena);
    }
    pthread_mutex_unlock(&databases_mutex);
}

/* ---- attached files ---- */

int
duck_database_note_attach(DuckDatabase *database, const char *path, const char *alias,
                          Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *key = canonical_path(arena, path);
    bool open_here = false;
    pthread_mutex_lock(&databases_mutex);
    for (const DuckDatabase *d = databases; d; d = d->next) {
        open_here = open_here || text_equal(d->key, key) || (d != database && has_attached(d, key));
    }
    if (!open_here) {
        DuckAttached attached = {.alias = arena_strdup(database->arena, alias),
                                 .path = arena_strdup(database->arena, key)};
        vec_push_in(database->arena, &database->attached, attached);
    }
    pthread_mutex_unlock(&databases_mutex);
    if (open_here) {
        error_set(reterr, ERROR_UNSUPPORTED,
                  "the DuckDB file \"%s\" is open in this process and can't be attached", path);
        return -1;
    }
    return 0;
}

void
duck_database_note_detach(DuckDatabase *database, const char *alias)
{
    pthread_mutex_lock(&databases_mutex);
    for (size_t i = 0; i < database->attached.n; i++) {
        DuckAttached *attached = &database->attached.items[i];
        if (attached->path && text_equal(attached->alias, alias)) {
            attached->path = NULL;
            break;
        }
    }
    pthread_mutex_unlock(&databases_mutex);
}
