/* No two instances may write to the same place. Compared is what can be worked out without the
 * environment: a variable that is not set stands for itself, since it is the same for both. */

#include "runtime/config/config_priv.h"

#include <string.h>

/** Where an instance is named in the file. */
static Span
name_span(const Config *config, const char *name)
{
    const ConfigNode *flows = config_node_get(config->root, "flows");
    const char *flow = config->options.flow_name;
    const ConfigNode *maps[] = {
        config_node_get(config->root, "instances"),
        config_node_get(config_node_get(flows, "__any__"), "instances"),
        flow != NULL ? config_node_get(config_node_get(flows, flow), "instances") : NULL,
    };
    for (size_t i = 0; i < ARRAY_LENGTH(maps); i++) {
        for (size_t k = 0; maps[i] != NULL && k < maps[i]->n_entries; k++) {
            if (strcmp(maps[i]->entries[k].key, name) == 0) {
                return maps[i]->entries[k].key_span;
            }
        }
    }
    return SPAN_NONE;
}

/** An instance as far as it can be told now; nothing is reported. */
static const Resolved *
look_at(Config *config, const char *name, bool per_user)
{
    CLEANUP(diags_freep) Diags *unheard = diags_new();
    return config_resolve_instance(config, name, per_user, true, unheard);
}

static const char *
title(const Config *config, const Instance *instance)
{
    return instance->per_user ? arena_printf(config->arena, "%s of user %s", instance->name,
                                             config_user_name(config))
                              : instance->name;
}

static void
report(const Config *config, const Instance *first, const Instance *second, const Place *place,
       Diags *diags)
{
    diag_add(diags, DIAG_CONFIG_SAME_PLACE, name_span(config, second->name), title(config, first),
             title(config, second), place->shown);
    Span other = name_span(config, first->name);
    if (other.file != NULL && strcmp(first->name, second->name) != 0) {
        diag_note(diags, other, "the other one is here");
    }
}

void
config_check_places(Config *config, Diags *diags)
{
    Map *taken = map_new(config->arena);
    for (size_t i = 0; i < config->instance_names.n; i++) {
        const Resolved *resolved = look_at(config, config->instance_names.items[i], false);
        bool reported = false;
        for (size_t k = 0; k < resolved->n_places && !reported; k++) {
            Instance *owner = map_get(taken, resolved->places[k].key);
            if (owner != NULL) {
                report(config, owner, &resolved->instance, &resolved->places[k], diags);
                reported = true;
            } else {
                Instance *copy = ARENA_NEW(config->arena, Instance);
                *copy = resolved->instance;
                map_set(taken, resolved->places[k].key, copy);
            }
        }
    }
}

/** @return whether something was reported */
static bool
compare_places(const Config *config, const Resolved *other, const Resolved *resolved, Diags *diags)
{
    for (size_t i = 0; i < other->n_places; i++) {
        for (size_t k = 0; k < resolved->n_places; k++) {
            if (strcmp(other->places[i].key, resolved->places[k].key) == 0) {
                report(config, &other->instance, &resolved->instance, &resolved->places[k], diags);
                return true;
            }
        }
    }
    return false;
}

void
config_check_user_places(Config *config, const Instance *instance, Diags *diags)
{
    const Resolved *resolved = (const Resolved *)instance;
    for (size_t i = 0; i < config->instance_names.n; i++) {
        const char *name = config->instance_names.items[i];
        if (compare_places(config, look_at(config, name, false), resolved, diags) ||
            (strcmp(name, instance->name) != 0 &&
             compare_places(config, look_at(config, name, true), resolved, diags))) {
            return;
        }
    }
}
