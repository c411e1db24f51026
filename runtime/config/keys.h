/**
 * Keys: what may stand in pipedag.yaml, as the tables of config_keys.def.
 */
#ifndef PDC_CONFIG_KEYS_H
#define PDC_CONFIG_KEYS_H

#include "runtime/config/config.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum ConfigKeyType {
    KEY_MAP,       /* its keys are rows of the table */
    KEY_FREE_MAP,  /* a map of anything */
    KEY_ANY,       /* anything */
    KEY_TEXT,      /* environment variables are filled in, as in every text */
    KEY_TEMPLATE,  /* {username}, {instance_id} and {name}, too */
    KEY_PATH,      /* a template that names a file or folder */
    KEY_URL,       /* a template whose values are percent-encoded */
    KEY_SECRET,    /* a text that is never shown */
    KEY_REFERENCE, /* the name of a block elsewhere in the file */
    KEY_TEXTS,     /* a text or a list of texts */
    KEY_BOOL,
    KEY_COUNT, /* a whole number from 1 up */
    /* words of config_keys.def, letter case free */
    KEY_TECHNIQUE,
    KEY_COMMIT,
    KEY_CACHE_MODE,
    KEY_MASKING,
    /* Python classes of config_keys.def, with or without module path */
    KEY_TABLE_CLASS,
    KEY_BLOB_CLASS,
    KEY_LOCK_CLASS,
    KEY_ORCHESTRATION_CLASS
} ConfigKeyType;

typedef struct ConfigKey ConfigKey;
struct ConfigKey {
    const char *path; /* table_store.args.url; `*` stands for any name */
    ConfigKeyType type;
    const char *fallback; /* the default as YAML text, or NULL */
    const char *remark;   /* or NULL */
};

typedef struct ConfigWord ConfigWord;
struct ConfigWord {
    ConfigKeyType type;
    const char *word;
    int value;
    const char *problem; /* why it can't be used and what can; NULL: it can */
};

/** All rows of CONFIG_KEY. */
const ConfigKey *config_keys(size_t *ret_n);
/** The row of `path`, or NULL; `path` is that of an instance, its names where the row has `*`. */
const ConfigKey *config_key_find(const char *path);

/** The word that `text` is, in the sense of `type`; NULL if there is none. */
const ConfigWord *config_word_find(ConfigKeyType type, const char *text);
/** Names the nearest word, or all usable ones, as the hint of the message that was added last. */
void config_word_hint(ConfigKeyType type, const char *text, Diags *diags);

/**
 * Is `node` a value that `key` may have? Reports what is wrong: type, range, word.
 * Texts with environment variables that are not filled in yet pass; a null always does.
 */
bool config_key_accepts(const ConfigKey *key, const char *path, const ConfigNode *node,
                        Diags *diags);

/**
 * Checks all keys below a section, whatever instance uses it, and collects remarks.
 * @param path  the section's place among an instance's keys: "" for an instance, "table_store" for
 * a connection
 * @param where the section's name for messages: "instances.full"
 */
void config_keys_check(Config *config, const ConfigNode *section, const char *path,
                       const char *where, Diags *diags);

/** Top level and names of sections: `instances`, `flows` and so on; calls config_keys_check() for
 * each section. */
void config_check_file(Config *config, Diags *diags);

#endif
