#include "runtime/config/keys.h"

#include "runtime/base/str.h"
#include "runtime/base/suggest.h"
#include "runtime/config/config_priv.h"

#include <string.h>

static const ConfigKey keys[] = {
#define CONFIG_KEY(path, type, fallback, remark) {path, KEY_##type, fallback, remark},
#include "runtime/config/config_keys.def"
};

static const ConfigWord words[] = {
#define CONFIG_WORD(type, word, value, problem) {KEY_##type, word, value, problem},
#include "runtime/config/config_keys.def"
};

const ConfigKey *
config_keys(size_t *ret_n)
{
    *ret_n = ARRAY_LENGTH(keys);
    return keys;
}

/** Does `path` fit the row's path, in which `*` is any one name? */
static bool
path_fits(const char *row, const char *path)
{
    for (;;) {
        size_t row_length = strcspn(row, ".");
        size_t length = strcspn(path, ".");
        bool any = row_length == 1 && *row == '*';
        if (!any && (length != row_length || strncmp(row, path, length) != 0)) {
            return false;
        }
        if (row[row_length] == '\0' || path[length] == '\0') {
            return row[row_length] == path[length];
        }
        row += row_length + 1;
        path += length + 1;
    }
}

const ConfigKey *
config_key_find(const char *path)
{
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        if (path_fits(keys[i].path, path)) {
            return &keys[i];
        }
    }
    return NULL;
}

/* ---- words ---- */

static const char PYTHON_MODULE[] = "pydiverse.pipedag.";

static bool
is_class_type(ConfigKeyType type)
{
    return type == KEY_TABLE_CLASS || type == KEY_BLOB_CLASS || type == KEY_LOCK_CLASS ||
           type == KEY_ORCHESTRATION_CLASS;
}

const ConfigWord *
config_word_find(ConfigKeyType type, const char *text)
{
    if (is_class_type(type) && text_starts_with(text, PYTHON_MODULE)) {
        text = strrchr(text, '.') + 1;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        bool same = is_class_type(type) ? strcmp(words[i].word, text) == 0
                                        : text_equal_ignore_case(words[i].word, text);
        if (words[i].type == type && same) {
            return &words[i];
        }
    }
    return NULL;
}

void
config_word_hint(ConfigKeyType type, const char *text, Diags *diags)
{
    const char *usable[ARRAY_LENGTH(words)];
    size_t n = 0;
    CLEANUP(str_deinit) Str list = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (words[i].type == type && words[i].problem == NULL) {
            str_append_format(&list, "%s`%s`", n > 0 ? ", " : "", words[i].word);
            usable[n++] = words[i].word;
        }
    }
    const char *name =
        is_class_type(type) && strchr(text, '.') != NULL ? strrchr(text, '.') + 1 : text;
    const char *nearest = suggest_nearest(name, usable, n);
    if (nearest != NULL && strcmp(nearest, name) != 0) {
        diag_hint(diags, "did you mean `%s`? Known: %s", nearest, str_text(&list));
        diag_fix_word(diags, text, nearest);
    } else if (is_class_type(type)) {
        diag_hint(diags, "Python classes of your own can't be loaded; known: %s", str_text(&list));
    } else {
        diag_hint(diags, "known: %s", str_text(&list));
    }
}

/* ---- values ---- */

static const char *
type_name(ConfigKeyType type)
{
    switch (type) {
    case KEY_MAP:
    case KEY_FREE_MAP: return "a map";
    case KEY_ANY: return "a value";
    case KEY_TEXTS: return "a list of texts";
    case KEY_BOOL: return "true or false";
    case KEY_COUNT: return "a whole number from 1 up";
    case KEY_TEXT:
    case KEY_TEMPLATE:
    case KEY_PATH:
    case KEY_URL:
    case KEY_SECRET:
    case KEY_REFERENCE:
    case KEY_TECHNIQUE:
    case KEY_COMMIT:
    case KEY_CACHE_MODE:
    case KEY_MASKING:
    case KEY_TABLE_CLASS:
    case KEY_BLOB_CLASS:
    case KEY_LOCK_CLASS:
    case KEY_ORCHESTRATION_CLASS: return "a text";
    }
    return "a value";
}

/** Numbers and dates are texts, too, where a text is asked for: `instance_id: 2026`. */
static bool
is_texty(const ConfigNode *node)
{
    return node->kind == CONFIG_TEXT || node->kind == CONFIG_INT || node->kind == CONFIG_FLOAT ||
           node->kind == CONFIG_DATE || node->kind == CONFIG_TIMESTAMP;
}

static bool
are_texts(const ConfigNode *node)
{
    for (size_t i = 0; i < node->n_items; i++) {
        if (!is_texty(node->items[i])) {
            return false;
        }
    }
    return node->kind == CONFIG_LIST || is_texty(node);
}

static bool
has_type(ConfigKeyType type, const ConfigNode *node)
{
    switch (type) {
    case KEY_MAP:
    case KEY_FREE_MAP: return node->kind == CONFIG_MAP;
    case KEY_ANY: return true;
    case KEY_TEXTS: return are_texts(node);
    case KEY_BOOL: return node->kind == CONFIG_BOOL;
    case KEY_COUNT:
        return node->kind == CONFIG_INT && node->integer >= 1 && node->integer <= 1000000;
    case KEY_TEXT:
    case KEY_TEMPLATE:
    case KEY_PATH:
    case KEY_URL:
    case KEY_SECRET:
    case KEY_REFERENCE:
    case KEY_TECHNIQUE:
    case KEY_COMMIT:
    case KEY_CACHE_MODE:
    case KEY_MASKING:
    case KEY_TABLE_CLASS:
    case KEY_BLOB_CLASS:
    case KEY_LOCK_CLASS:
    case KEY_ORCHESTRATION_CLASS: return is_texty(node);
    }
    return false;
}

static bool
is_number_type(ConfigKeyType type)
{
    return type == KEY_BOOL || type == KEY_COUNT;
}

static void
report_type(const ConfigKey *key, const char *path, const ConfigNode *node, Diags *diags)
{
    bool is_count = key->type == KEY_COUNT && node->kind == CONFIG_INT;
    diag_add(diags, DIAG_CONFIG_TYPE, node->span, path, type_name(key->type),
             is_count ? node->text : config_kind_name(node->kind));
    if (node->kind == CONFIG_MAP && node->span.file != NULL &&
        node->span.file->text[node->span.start] == '{') {
        diag_hint(diags, "put a text that begins with `{` in quotes");
    } else if (node->kind == CONFIG_TEXT && is_number_type(key->type) && !node->is_plain) {
        diag_hint(diags, "remove the quotes if it is meant as one");
    } else if (node->kind == CONFIG_BOOL && !is_number_type(key->type)) {
        diag_hint(diags, "YAML reads yes, no, on and off as bools: put it in quotes");
    }
}

static bool
word_accepted(const ConfigKey *key, const char *path, const ConfigNode *node, Diags *diags)
{
    bool has_words = key->type >= KEY_TECHNIQUE;
    if (!has_words || config_word_find(key->type, node->text) != NULL) {
        return true;
    }
    diag_add(diags, DIAG_CONFIG_WORD, node->span, path, node->written);
    config_word_hint(key->type, node->text, diags);
    return false;
}

bool
config_key_accepts(const ConfigKey *key, const char *path, const ConfigNode *node, Diags *diags)
{
    bool waits =
        node->kind == CONFIG_TEXT && !node->is_expanded && strstr(node->text, "{$") != NULL;
    if (node->kind == CONFIG_NULL ||
        (waits && (is_number_type(key->type) || key->type >= KEY_TECHNIQUE))) {
        return true;
    }
    if (!has_type(key->type, node)) {
        report_type(key, path, node, diags);
        return false;
    }
    return word_accepted(key, path, node, diags);
}

/* ---- unknown keys ---- */

/** Last part of a row's path if the row is a child of `path`; NULL otherwise. */
static const char *
child_name(const ConfigKey *key, Arena *arena, const char *path)
{
    const char *dot = strrchr(key->path, '.');
    const char *parent =
        dot != NULL ? arena_strndup(arena, key->path, (size_t)(dot - key->path)) : "";
    if (*path == '\0' ? *parent != '\0' : (*parent == '\0' || !path_fits(parent, path))) {
        return NULL;
    }
    return dot != NULL ? dot + 1 : key->path;
}

/** The one key of this name that stands somewhere else, where no `*` leads to; NULL if there is
 * none, or several. */
static const ConfigKey *
key_elsewhere(const char *name)
{
    const ConfigKey *found = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        const char *dot = strrchr(keys[i].path, '.');
        if (dot == NULL || strchr(keys[i].path, '*') != NULL || strcmp(dot + 1, name) != 0) {
            continue;
        }
        if (found != NULL) {
            return NULL;
        }
        found = &keys[i];
    }
    return found;
}

static void
report_unknown(Config *config, const ConfigEntry *entry, const char *path, const char *where,
               Diags *diags)
{
    const char *candidates[ARRAY_LENGTH(keys)];
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        const char *name = child_name(&keys[i], config->arena, path);
        if (name != NULL) {
            candidates[n++] = name;
        }
    }
    diag_add(diags, DIAG_CONFIG_UNKNOWN_KEY, entry->key_span, entry->key, where);
    const char *nearest = suggest_nearest(entry->key, candidates, n);
    const ConfigKey *elsewhere = key_elsewhere(entry->key);
    if (nearest != NULL) {
        diag_suggest(diags, entry->key, nearest);
    } else if (elsewhere != NULL) {
        diag_hint(diags, "its place is `%s`", elsewhere->path);
    } else if (*path == '\0') {
        diag_hint(diags, "values of your own for the flow go under `attrs`");
    }
}

/* ---- sections ---- */

static void
add_remark(Config *config, const ConfigKey *key, const ConfigEntry *entry)
{
    if (key->remark != NULL && entry->value->kind != CONFIG_NULL) {
        const char *text =
            arena_printf(config->arena, "`%s` %s: nothing to do here", entry->key, key->remark);
        vec_push_in(config->arena, &config->remarks,
                    (ConfigRemark){.span = entry->key_span, .text = text});
    }
}

/** The arguments of a class that we lack are its own affair. */
static bool
is_foreign_class(const ConfigNode *section, const char *path)
{
    const ConfigNode *name = config_node_get(section, "class");
    const ConfigKey *key = config_key_find(path);
    if (name == NULL || key == NULL || !is_class_type(key->type) || name->text == NULL) {
        return false;
    }
    const ConfigWord *word = config_word_find(key->type, name->text);
    return word != NULL && word->problem != NULL;
}

void
config_keys_check(Config *config, const ConfigNode *section, const char *path, const char *where,
                  Diags *diags)
{
    bool foreign = is_foreign_class(section, arena_printf(config->arena, "%s.class", path));
    for (size_t i = 0; i < section->n_entries; i++) {
        const ConfigEntry *entry = &section->entries[i];
        const char *key_path = config_path_join(config->arena, path, entry->key);
        const char *key_where = config_path_join(config->arena, where, entry->key);
        const ConfigKey *key = strchr(entry->key, '.') == NULL ? config_key_find(key_path) : NULL;
        if (key == NULL) {
            report_unknown(config, entry, path, where, diags);
            continue;
        }
        add_remark(config, key, entry);
        bool is_args = foreign && strcmp(entry->key, "args") == 0;
        if (config_key_accepts(key, key_path, entry->value, diags) && key->type == KEY_MAP &&
            !is_args) {
            config_keys_check(config, entry->value, key_path, key_where, diags);
        }
    }
}
