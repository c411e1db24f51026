/**
 * What only the files of this folder share: the tree under construction, the loaded file, one
 * resolution.
 *
 * The way of a file: find.c -> yaml.c (+ scalar.c, redact.c) -> file_check.c (+ keys.c) ->
 * sections.c (references, merging)
 * -> resolve.c (+ expand.c, url_value.c, address.c) -> place.c; show.c prints.
 */
#ifndef PDC_CONFIG_CONFIG_PRIV_H
#define PDC_CONFIG_CONFIG_PRIV_H

#include "runtime/base/map.h"
#include "runtime/base/url.h"
#include "runtime/base/vec.h"
#include "runtime/config/config.h"
#include "runtime/config/keys.h"

struct Config {
    Arena *arena;
    ConfigOptions options;
    const char *working_directory;
    const char *file;      /* absolute; NULL: built in */
    const char *path;      /* as it is shown */
    const char *directory; /* of the file; absolute */
    const ConfigNode *root;
    const ConfigNode *name; /* the value of `name`, or NULL */
    bool strict_lookup;
    bool is_damaged; /* a part of the file could not be read: what is missing may be there */
    VEC(const char *) instance_names;
    Map *merged;      /* instance name to the map of all its sections */
    Map *attrs_files; /* path to AttrsFile */
    VEC(ConfigRemark) remarks;
};

/* ---- nodes (node.c) ---- */

typedef VEC(ConfigEntry) ConfigEntries;

/** Follows a dotted path down maps; NULL where it ends. */
const ConfigNode *config_node_find(const ConfigNode *map, const char *path);
/** A map in `arena` that takes the entries over. */
ConfigNode *config_node_new_map(Arena *arena, Span span, const ConfigEntries *entries);
/** A copy of a scalar with another text. */
ConfigNode *config_node_with_text(Arena *arena, const ConfigNode *node, const char *text);
/** The place of `length` bytes at `offset` of a scalar's text, or the whole scalar's where that
 * can't be told. */
Span config_node_part(const ConfigNode *node, size_t offset, size_t length);
/** "prefix.name", or "name" if the prefix is empty. */
const char *config_path_join(Arena *arena, const char *prefix, const char *name);
bool config_node_equal(const ConfigNode *a, const ConfigNode *b);
/** A map without its nulls, at any depth of maps. */
const ConfigNode *config_node_strip(Arena *arena, const ConfigNode *node);

/* ---- reading (yaml.c, scalar.c, redact.c) ---- */

/**
 * Reads one YAML document. The SourceFile of its spans has every secret blotted out.
 * @param texts_only  scalars stay texts and all of them are secret: an attributes file
 * @return NULL if there is no tree at all; mistakes that leave one are in `diags`, too
 */
const ConfigNode *config_read_yaml(Arena *arena, const char *path, const char *text, size_t length,
                                   bool texts_only, Diags *diags);

/** Sets kind and value of a plain scalar as YAML 1.1 readers in Python do. @return NULL, or what is
 * wrong with it */
const char *config_scalar_resolve(Arena *arena, ConfigNode *scalar);

/** Blots out what looks like a secret in a text that may not even be YAML; lengths stay. */
void config_redact(char *text, size_t length);
/** A copy of one value's text for people: passwords in it are blotted out. */
const char *config_without_secrets(Arena *arena, const char *text);
/** Blots out everything behind the first colon of each line. */
void config_redact_values(char *text, size_t length);
/** Blots out a range. */
void config_redact_range(char *text, size_t start, size_t end);

/* ---- finding (find.c) ---- */

/** @return 1: there is none; 0: `config->path` and `config->directory` are set; < 0: reported */
int config_find(Config *config, Diags *diags);
const char *config_get_env(const Config *config, const char *name);
/** The user's name, or "user" where the system knows none. */
const char *config_user_name(const Config *config);

/* ---- sections (sections.c) ---- */

/** Expands the references of every section and merges them for every instance. */
void config_build_sections(Config *config, Diags *diags);
/** The merged map of an instance, unknown ones included (`__any__` serves); nulls are removed. */
const ConfigNode *config_merge_instance(Config *config, const char *name, Diags *diags);

/* ---- expansion (expand.c) ---- */

typedef struct Placeholder Placeholder;
struct Placeholder {
    const char *name;
    const char *value; /* NULL: `problem` says why it has none */
    const char *problem;
    const char *file; /* attributes file that it is from, or NULL */
};

typedef VEC(Placeholder) Placeholders;

typedef enum ExpandMode {
    EXPAND_ENV,      /* only {$NAME} means something; {{$NAME}} is a literal {$NAME} */
    EXPAND_TEMPLATE, /* {$NAME} and {name}; {{ and }} are literal braces */
    EXPAND_URL       /* a template whose values are encoded as their place asks for */
} ExpandMode;

typedef struct Expander Expander;
struct Expander {
    const Config *config;
    Diags *diags;
    const Placeholders *placeholders; /* the first one of a name counts */
    bool lenient;  /* what is missing stays as written, and nothing is reported */
    bool failed;   /* out: something was missing */
    bool used_env; /* out: an environment variable is part of the result */
};

/** Fills the placeholders of a text, in one scan: what a value holds is not looked at again. */
const char *config_expand(Expander *expander, const ConfigNode *node, ExpandMode mode);

/** Appends `value` as it must stand at `offset` of a URL's text: encoded, quoted, or as it is
 * (url_value.c). */
void config_append_url_value(Str *out, const char *text, size_t offset, const char *value);

/* ---- resolution (resolve.c, address.c) ---- */

/* Somewhere an instance writes to. */
typedef struct Place Place;
struct Place {
    const char *key;   /* equal for equal places */
    const char *shown; /* no secrets */
};

typedef struct Resolved Resolved;
struct Resolved {
    Instance instance; /* first: an Instance of ours is a Resolved */
    Place places[2];   /* tables, blobs */
    size_t n_places;
};

typedef struct Resolve Resolve;
struct Resolve {
    Config *config;
    Arena *arena;
    Diags *diags;
    bool lenient;              /* config_preview() */
    Placeholders placeholders; /* username, instance_id, name */
    Instance *instance;
    Resolved *resolved;
    const ConfigNode *settings; /* merged and expanded, all but the URL */
};

/** Resolves as far as it goes; what is wrong is in `diags`. */
Resolved *config_resolve_instance(Config *config, const char *name, bool per_user, bool lenient,
                                  Diags *diags);
/** Fills engine, url and display_url from the settings of the table store, and adds the place of
 * the tables. */
void config_resolve_address(Resolve *resolve);
/** A value of `resolve->settings` that its key may have, in its right kind; NULL: unset, or
 * reported. */
const ConfigNode *config_setting(Resolve *resolve, const char *key);
/** The same as text, or the key's default, which may be NULL. */
const char *config_setting_text(Resolve *resolve, const char *key);
void config_add_place(Resolve *resolve, const char *key, const char *shown);
/** `path` against the folder of the file, normalised. */
const char *config_absolute_path(const Config *config, const char *path);

/* ---- places (place.c) ---- */

/** Reports any two instances that share a place. */
void config_check_places(Config *config, Diags *diags);
/** Reports if a per-user instance shares a place with an instance that is not, or with another's
 * per-user one. */
void config_check_user_places(Config *config, const Instance *instance, Diags *diags);

#endif
