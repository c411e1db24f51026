/**
 * A configuration for a test: YAML text, an environment, a folder of its own.
 */
#ifndef PDC_TEST_CONFIG_WORLD_H
#define PDC_TEST_CONFIG_WORLD_H

#include "runtime/base/file.h"
#include "runtime/base/str.h"
#include "runtime/config/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct World World;
struct World {
    Arena *arena;
    Diags *diags;
    Config *config;
    const Instance *instance;
    char folder[64];
    Str rendered; /* the messages, as printed */
};

/* NAME=value lines that the test has set; nothing of the real environment is seen. */
static const char *const *world_environment;

static inline const char *
world_get_env(const char *name)
{
    size_t length = strlen(name);
    for (const char *const *line = world_environment; line != NULL && *line != NULL; line++) {
        if (strncmp(*line, name, length) == 0 && (*line)[length] == '=') {
            return *line + length + 1;
        }
    }
    return NULL;
}

static inline void
world_init(World *world)
{
    *world = (World){.arena = arena_new(), .diags = diags_new()};
    snprintf(world->folder, sizeof(world->folder), "/tmp/pdc-config-XXXXXX");
    cr_assert_not_null(mkdtemp(world->folder));
}

static inline void
world_write(World *world, const char *name, const char *text, size_t length)
{
    const char *path = path_join(world->arena, world->folder, name);
    cr_assert_eq(file_make_directories(path_directory(world->arena, path), 0755), 0);
    cr_assert_eq(file_write_atomic(path, text, length, 0644), 0);
}

static inline void
world_deinit(World *world)
{
    const char *command = arena_printf(world->arena, "rm -rf '%s'", world->folder);
    cr_assert_eq(system(command), 0);
    str_deinit(&world->rendered);
    diags_free(world->diags);
    arena_free(world->arena);
}

static inline ConfigOptions
world_options(const World *world, const char *flow)
{
    return (ConfigOptions){.flow_name = flow,
                           .working_directory = world->folder,
                           .get_env = world_get_env,
                           .user_name = "alice"};
}

static inline const char *
world_render(World *world)
{
    str_clear(&world->rendered);
    diags_render(world->diags, (DiagStyle){.width = 500}, &world->rendered);
    return str_text(&world->rendered);
}

/** Loads the folder's pipedag.yaml and (unless `name` is NULL) resolves an instance. @return
 * whether all went well */
static inline bool
world_resolve(World *world, const char *flow, const char *name, bool per_user)
{
    ConfigOptions options = world_options(world, flow);
    bool ok = config_load(world->arena, &options, world->diags, &world->config) == 0;
    if (world->config != NULL && name != NULL) {
        ok &= config_resolve(world->config, name, per_user, world->diags, &world->instance) == 0;
    }
    return ok;
}

/** The same with `yaml` as the file. */
static inline bool
world_load(World *world, const char *yaml, const char *flow, const char *name)
{
    world_init(world);
    world_write(world, "pipedag.yaml", yaml, strlen(yaml));
    return world_resolve(world, flow, name, false);
}

/** A resolved setting as `./flow config` shows it, or NULL. */
static inline const char *
world_setting(World *world, const char *key)
{
    const ConfigSetting *settings;
    size_t n = config_settings(world->config, world->instance, world->arena, &settings);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(settings[i].key, key) == 0) {
            return settings[i].value;
        }
    }
    return NULL;
}

/** Is there a message of this code on this line (0: anywhere), with `text` in it or its hint? */
static inline bool
world_has(const World *world, const char *code, size_t line, const char *text)
{
    DiagView view;
    for (size_t i = 0; diags_view(world->diags, i, &view); i++) {
        size_t at = view.span.file != NULL ? source_line_of(view.span.file, view.span.start) : 0;
        bool worded = strstr(view.message, text) != NULL ||
                      (view.hint != NULL && strstr(view.hint, text) != NULL);
        if (strcmp(view.info->code, code) == 0 && (line == 0 || line == at) && worded) {
            return true;
        }
    }
    return false;
}

#endif
