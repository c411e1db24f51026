/* `./flow config`: each resolved setting with its origin. */

#include "runtime/base/str.h"
#include "runtime/base/url.h"
#include "runtime/config/config_priv.h"

#include <string.h>

typedef struct Show Show;
struct Show {
    Arena *arena;
    const Instance *instance;
    VEC(ConfigSetting) settings;
};

static void
add(Show *show, const char *key, const char *value, Span origin)
{
    vec_push_in(show->arena, &show->settings,
                (ConfigSetting){.key = key, .value = value, .origin = origin});
}

static const char *
scalar_shown(Arena *arena, const char *key, const ConfigNode *node)
{
    if (url_name_is_secret(key)) {
        return "***";
    }
    return config_without_secrets(arena, node->is_expanded ? node->written : node->text);
}

static void
append_list(Str *out, Arena *arena, const char *key, const ConfigNode *list)
{
    str_append_char(out, '[');
    for (size_t i = 0; i < list->n_items; i++) {
        const ConfigNode *item = list->items[i];
        str_append(out, i > 0 ? ", " : "");
        if (item->text != NULL) {
            str_append(out, scalar_shown(arena, key, item));
        } else if (item->kind == CONFIG_LIST) {
            append_list(out, arena, key, item);
        } else {
            str_append(out, "{…}");
        }
    }
    str_append_char(out, ']');
}

/** A value of any kind, down to its scalars and lists. */
static void
show_free(Show *show, const char *path, const char *key, const ConfigNode *node)
{
    if (node->kind == CONFIG_LIST) {
        Str text = {0};
        append_list(&text, show->arena, key, node);
        add(show, path, str_take_in(&text, show->arena), node->span);
    } else if (node->kind != CONFIG_MAP) {
        add(show, path, scalar_shown(show->arena, key, node), node->span);
    }
    for (size_t i = 0; i < node->n_entries; i++) {
        const ConfigEntry *entry = &node->entries[i];
        bool secret = url_name_is_secret(key);
        show_free(show, config_path_join(show->arena, path, entry->key), secret ? key : entry->key,
                  entry->value);
    }
}

/** What was worked out, where that says more than what was written; NULL: what was written is
 * shown. */
static const char *
resolved_value(const Instance *instance, const char *path)
{
    const struct {
        const char *path;
        const char *value;
    } values[] = {
        {"instance_id", instance->instance_id},
        {"table_store.args.url", instance->display_url},
        {"blob_store.args.base_path", instance->blob_path},
        {"lock_manager.args.base_path", instance->lock_path},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
        if (strcmp(values[i].path, path) == 0) {
            return values[i].value;
        }
    }
    return NULL;
}

static void
show_key(Show *show, const ConfigKey *key)
{
    const ConfigNode *node = config_node_find(show->instance->settings, key->path);
    const char *value = resolved_value(show->instance, key->path);
    const char *name = strrchr(key->path, '.') != NULL ? strrchr(key->path, '.') + 1 : key->path;
    Span origin = node != NULL ? node->span : SPAN_NONE;
    if (key->type == KEY_REFERENCE || key->type == KEY_MAP) {
        return; /* references are expanded, maps are shown by their keys */
    }
    if (value != NULL) {
        add(show, key->path, value, origin);
    } else if (node != NULL && (key->type == KEY_SECRET || key->type == KEY_URL)) {
        add(show, key->path, node->text, origin);
    } else if (node != NULL && node->text != NULL && key->type != KEY_FREE_MAP) {
        add(show, key->path, config_without_secrets(show->arena, node->text), origin);
    } else if (node != NULL) {
        show_free(show, key->path, name, node);
    } else if (key->fallback != NULL) {
        add(show, key->path, key->fallback, SPAN_NONE);
    }
}

size_t
config_settings(const Config *config, const Instance *instance, Arena *arena,
                const ConfigSetting **ret_settings)
{
    Show show = {.arena = arena, .instance = instance};
    size_t n;
    const ConfigKey *keys = config_keys(&n);
    add(&show, "instance", instance->name, SPAN_NONE);
    if (config->name != NULL && config->name->text != NULL) {
        add(&show, "name", config->name->text, config->name->span);
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(keys[i].path, "visualization") == 0) {
            const ConfigNode *visualization = config_node_get(instance->settings, "visualization");
            if (visualization != NULL) {
                show_free(&show, "visualization", "visualization", visualization);
            }
        } else if (strchr(keys[i].path, '*') == NULL) {
            show_key(&show, &keys[i]);
        }
    }
    *ret_settings = show.settings.items;
    return show.settings.n;
}

size_t
config_remarks(const Config *config, const ConfigRemark **ret_remarks)
{
    *ret_remarks = config->remarks.items;
    return config->remarks.n;
}
