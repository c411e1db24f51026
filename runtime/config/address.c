/* The engine's address: attributes file, placeholders, encoding, and the place that it stands for.
 */

#define _XOPEN_SOURCE 700 /* realpath() */

#include "runtime/base/file.h"
#include "runtime/base/str.h"
#include "runtime/base/url.h"
#include "runtime/config/config_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_ATTRS_FILE = 1 << 20 };

static const char URL_KEY[] = "table_store.args.url";
static const char ATTRS_FILE_KEY[] = "table_store.args.url_attrs_file";

/* ---- attributes file ---- */

/** Where the file is: beside the configuration, else in the working folder. */
static const char *
find_attrs_file(const Config *config, const char *path)
{
    const char *beside = config_absolute_path(config, path);
    const char *here =
        path_normalize(config->arena, path_join(config->arena, config->working_directory, path));
    return !file_exists(beside) && file_exists(here) ? here : beside;
}

static Placeholder
placeholder_of(Resolve *resolve, const ConfigEntry *entry, const char *file)
{
    Placeholder placeholder = {.name = entry->key, .file = file};
    const ConfigNode *value = entry->value;
    if (value->text != NULL && value->kind != CONFIG_NULL) {
        placeholder.value = value->text;
    } else {
        placeholder.problem =
            arena_printf(resolve->arena, "`%s` must be a text or a number, not %s", entry->key,
                         config_kind_name(value->kind));
    }
    return placeholder;
}

static const ConfigNode *
read_attrs_file(Resolve *resolve, const ConfigNode *node, const char *file, Diags *diags)
{
    char *text = NULL;
    size_t length = 0;
    if (file_read(resolve->arena, file, LARGEST_ATTRS_FILE, &text, &length) != 0) {
        int code = errno;
        const char *why = code == EFBIG ? "it is larger than 1 MiB" : strerror(code);
        diag_add(diags, DIAG_CONFIG_ATTRS_FILE, node->span, node->text, why);
        if (code == ENOENT && node->text[0] != '/') {
            diag_hint(diags, "it is looked for in %s and in the working folder",
                      resolve->config->directory);
        }
        return NULL;
    }
    const ConfigNode *root = config_read_yaml(resolve->arena, file, text, length, true, diags);
    if (root != NULL && root->kind != CONFIG_MAP) {
        diag_add(diags, DIAG_CONFIG_ATTRS_FILE, node->span, node->text,
                 "it must hold a map: one `key: value` a line");
        return NULL;
    }
    return root;
}

/** The file's values as placeholders. @return false where it can't be read (reported unless
 * lenient) */
static bool
load_attrs_file(Resolve *resolve, Placeholders *placeholders)
{
    const ConfigNode *node = config_setting(resolve, ATTRS_FILE_KEY);
    if (node == NULL || node->text == NULL) {
        return true;
    }
    if (node->is_incomplete) {
        return false;
    }
    Config *config = resolve->config;
    const char *file = find_attrs_file(config, node->text);
    ConfigNode *root = map_get(config->attrs_files, file);
    if (root == NULL) {
        CLEANUP(diags_freep) Diags *unheard = diags_new();
        Diags *diags = resolve->lenient ? unheard : resolve->diags;
        size_t errors = diags_error_count(diags);
        const ConfigNode *read = read_attrs_file(resolve, node, file, diags);
        if (read == NULL || diags_error_count(diags) > errors) {
            return false;
        }
        root = config_node_with_text(resolve->arena, read, read->text);
        map_set(config->attrs_files, file, root);
    }
    for (size_t i = 0; i < root->n_entries; i++) {
        Placeholder placeholder = placeholder_of(resolve, &root->entries[i], node->text);
        vec_push_in(resolve->arena, placeholders, placeholder);
    }
    return true;
}

/* ---- places ---- */

/** The path with symbolic links followed, as far as it exists. */
static const char *
real_path(Arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    if (real != NULL) {
        const char *copy = arena_strdup(arena, real);
        free(real);
        return copy;
    }
    if (strcmp(path, "/") == 0) {
        return path;
    }
    return path_join(arena, real_path(arena, path_directory(arena, path)), path_base(path));
}

/** A part of the address as libpq takes it: a parameter counts more than the same part of the URL.
 */
static const char *
effective(const Url *url, const char *parameter, const char *part, const char *fallback)
{
    const char *value = url_parameter(url, parameter);
    value = value != NULL && *value != '\0' ? value : part;
    return value != NULL && *value != '\0' ? value : fallback;
}

static const char *
effective_host(Arena *arena, const Url *url)
{
    const char *address = effective(url, "hostaddr", NULL, "localhost");
    const char *host = effective(url, "host", url->host, address);
    host = text_fold(arena, host, strlen(host));
    bool is_here = strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0;
    return is_here ? "localhost" : host;
}

/** ` with schemas PREFIX…SUFFIX`, or nothing. */
static const char *
schemas_shown(const Resolve *resolve)
{
    const Instance *instance = resolve->instance;
    if (*instance->schema_prefix == '\0' && *instance->schema_suffix == '\0') {
        return "";
    }
    return arena_printf(resolve->arena, " with schemas `%sSTAGE%s`", instance->schema_prefix,
                        instance->schema_suffix);
}

static void
add_place(Resolve *resolve, const char *database, const char *shown, bool fold_names)
{
    const Instance *instance = resolve->instance;
    char *key = arena_printf(resolve->arena, "tables %s\n%s\n%s", database, instance->schema_prefix,
                             instance->schema_suffix);
    if (fold_names) {
        key = text_fold(resolve->arena, key, strlen(key));
    }
    config_add_place(resolve, key,
                     arena_printf(resolve->arena, "%s%s", shown, schemas_shown(resolve)));
}

/* ---- engines ---- */

static void
report_url(const Resolve *resolve, const ConfigNode *node, const char *problem)
{
    if (!resolve->lenient) {
        diag_add(resolve->diags, DIAG_CONFIG_URL, node->span, resolve->instance->name, problem);
    }
}

static void
set_url(Resolve *resolve, const Url *url)
{
    resolve->instance->url = secret_new(resolve->arena, url_format(resolve->arena, url));
    resolve->instance->display_url = url_format_safe(resolve->arena, url);
}

static void
resolve_duckdb(Resolve *resolve, const ConfigNode *node, Url *url)
{
    if (url->host != NULL || url->user != NULL || url->port != NULL) {
        report_url(resolve, node,
                   "DuckDB has no server; a path follows three slashes: duckdb:///data/x.duckdb");
        return;
    }
    if (url->path == NULL || strcmp(url->path, ":memory:") == 0) {
        report_url(resolve, node, "a database in memory would be lost after the run: name a file");
        return;
    }
    url->driver = NULL;
    url->path = config_absolute_path(resolve->config, url->path);
    set_url(resolve, url);
    const char *real = real_path(resolve->arena, url->path);
    add_place(resolve, arena_printf(resolve->arena, "duckdb %s", real),
              resolve->instance->display_url, true);
}

static void
resolve_postgres(Resolve *resolve, Url *url)
{
    url->scheme = "postgresql";
    url->driver = NULL;
    set_url(resolve, url);
    const char *host = effective_host(resolve->arena, url);
    const char *port = effective(url, "port", url->port, "5432");
    const char *user = effective(url, "user", url->user, "");
    const char *database = effective(url, "dbname", url->path, user);
    const char *service = effective(url, "service", NULL, ""); /* may name all of these */
    add_place(
        resolve,
        arena_printf(resolve->arena, "postgres %s\n%s\n%s\n%s", host, port, database, service),
        arena_printf(resolve->arena, "database `%s` on %s:%s", database, host, port), false);
}

/** The engine that the text's scheme names; reports one that is unknown or not supported. */
static ConfigEngine
find_engine(const Resolve *resolve, const ConfigNode *node, const char *text)
{
    const char *scheme = url_is_key_value(text)
                             ? "postgresql"
                             : arena_strndup(resolve->arena, text, strcspn(text, "+:"));
    const ConfigWord *word = config_word_find(KEY_URL, scheme);
    if (word != NULL && word->problem == NULL) {
        return (ConfigEngine)word->value;
    }
    if (resolve->lenient) {
        return CONFIG_ENGINE_UNKNOWN;
    }
    if (word != NULL) {
        diag_add(resolve->diags, DIAG_CONFIG_UNSUPPORTED, node->span, resolve->instance->name,
                 word->word);
        diag_hint(resolve->diags, "%s", word->problem);
    } else {
        report_url(resolve, node, "its scheme is not one of the known engines'");
        config_word_hint(KEY_URL, strstr(text, "://") != NULL ? scheme : "", resolve->diags);
    }
    return CONFIG_ENGINE_UNKNOWN;
}

/** What can't be parsed yet (`{port}` is still in it) is at least equal to itself. */
static void
add_unknown_place(Resolve *resolve, const char *text)
{
    const char *attrs_file = config_setting_text(resolve, ATTRS_FILE_KEY);
    const char *key =
        arena_printf(resolve->arena, "%s\n%s", text, attrs_file != NULL ? attrs_file : "");
    add_place(resolve, key, "at the same URL", false);
}

/** @param complete  nothing is missing in the text */
static void
use_url(Resolve *resolve, const ConfigNode *node, const char *text, bool complete)
{
    Url *url = NULL;
    const char *problem = NULL;
    ConfigEngine engine = find_engine(resolve, node, text);
    resolve->instance->engine = engine;
    if (!complete || engine == CONFIG_ENGINE_UNKNOWN) {
        if (!complete) {
            add_unknown_place(resolve, text);
        }
        return;
    }
    if (url_parse(resolve->arena, text, &url, &problem) != 0) {
        report_url(resolve, node, problem);
    } else if (engine == CONFIG_ENGINE_DUCKDB) {
        resolve_duckdb(resolve, node, url);
    } else {
        resolve_postgres(resolve, url);
    }
}

void
config_resolve_address(Resolve *resolve)
{
    const ConfigNode *node = config_setting(resolve, URL_KEY);
    if (node == NULL || node->text == NULL) {
        const ConfigNode *store = config_node_find(resolve->settings, "table_store");
        bool is_lost = resolve->config->is_damaged || resolve->lenient;
        if (!is_lost && config_node_find(resolve->settings, URL_KEY) == NULL) {
            diag_add(resolve->diags, DIAG_CONFIG_MISSING, store != NULL ? store->span : SPAN_NONE,
                     resolve->instance->name, URL_KEY);
            diag_hint(resolve->diags, "for example url: \"duckdb:///.pdc/{instance_id}.duckdb\"");
        }
        return;
    }
    const char *scheme_end = strstr(node->text, "://");
    bool says_scheme = scheme_end != NULL && scheme_end < node->text + strcspn(node->text, "{");
    if (says_scheme && find_engine(resolve, node, node->text) == CONFIG_ENGINE_UNKNOWN) {
        return; /* what else is missing for it matters to nobody */
    }
    Placeholders placeholders = {0};
    bool loaded = load_attrs_file(resolve, &placeholders);
    for (size_t i = 0; i < resolve->placeholders.n; i++) {
        vec_push_in(resolve->arena, &placeholders, resolve->placeholders.items[i]);
    }
    Expander expander = {
        .config = resolve->config,
        .diags = resolve->diags,
        .placeholders = &placeholders,
        .lenient =
            resolve->lenient || !loaded, /* what the file would say is not missing, it is unread */
    };
    const char *text = config_expand(&expander, node, EXPAND_URL);
    if (!expander.failed || resolve->lenient) {
        use_url(resolve, node, text, !expander.failed);
    }
}
