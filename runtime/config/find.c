/* Where the configuration file is. */

#include "runtime/base/file.h"
#include "runtime/base/str.h"
#include "runtime/config/config_priv.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static const char *const file_names[] = {"pipedag.yaml", "pipedag.yml"};

const char *
config_get_env(const Config *config, const char *name)
{
    return config->options.get_env != NULL ? config->options.get_env(name) : getenv(name);
}

const char *
config_user_name(const Config *config)
{
    static const char *const variables[] = {"LOGNAME", "USER", "LNAME", "USERNAME"};
    if (config->options.user_name != NULL) {
        return config->options.user_name;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(variables); i++) {
        const char *name = config_get_env(config, variables[i]);
        if (name != NULL && *name != '\0') {
            return name;
        }
    }
    const struct passwd *entry = getpwuid(getuid());
    return entry != NULL ? arena_strdup(config->arena, entry->pw_name) : "user";
}

static bool
is_file(const char *path)
{
    return file_exists(path) && !file_is_directory(path);
}

/** Whether anything has this name, even what can't be read: a link that leads nowhere must not look
 * like no configuration. */
static bool
is_there(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

/** The file in a folder, or NULL. */
static const char *
in_folder(Config *config, const char *folder)
{
    for (size_t i = 0; i < ARRAY_LENGTH(file_names); i++) {
        const char *path = path_join(config->arena, folder, file_names[i]);
        if (is_there(path)) {
            return path;
        }
    }
    return NULL;
}

/** What `path`, a file or folder that somebody named, stands for; NULL if it is neither. */
static const char *
named(Config *config, const char *path)
{
    const char *absolute = path_join(config->arena, config->working_directory, path);
    return is_file(absolute) ? absolute : in_folder(config, absolute);
}

static const char *
home_directory(const Config *config)
{
    const char *home = config_get_env(config, "HOME");
    return home != NULL && *home != '\0' ? home : NULL;
}

static const char *
expand_home(const Config *config, const char *path)
{
    const char *home = home_directory(config);
    if (path[0] != '~' || home == NULL || (path[1] != '/' && path[1] != '\0')) {
        return path;
    }
    return arena_printf(config->arena, "%s%s", home, path + 1);
}

/** This folder, its parents, home. */
static const char *
search(Config *config)
{
    const char *folder = config->working_directory;
    for (;;) {
        const char *path = in_folder(config, folder);
        if (path != NULL) {
            return path;
        }
        if (strcmp(folder, "/") == 0) {
            break;
        }
        folder = path_directory(config->arena, folder);
    }
    const char *home = home_directory(config);
    return home != NULL ? in_folder(config, home) : NULL;
}

/** The path as people want to read it: short if it is below the working folder. */
static const char *
shown_path(const Config *config, const char *path)
{
    size_t length = strlen(config->working_directory);
    bool below = text_starts_with(path, config->working_directory) && path[length] == '/';
    return below ? path + length + 1 : path;
}

int
config_find(Config *config, Diags *diags)
{
    const char *asked = config->options.path;
    const char *variable = config_get_env(config, "PIPEDAG_CONFIG");
    const char *start = config->options.working_directory;
    config->working_directory = path_normalize(config->arena, start != NULL ? start : ".");
    config->directory = config->working_directory;
    if (asked == NULL && variable != NULL && *variable != '\0') {
        asked = expand_home(config, variable);
    }
    const char *path = asked != NULL ? named(config, asked) : search(config);
    if (path != NULL) {
        config->file = path_normalize(config->arena, path);
        config->path = shown_path(config, config->file);
        config->directory = path_directory(config->arena, config->file);
        return 0;
    }
    if (asked == NULL) {
        return 1;
    }
    diag_add(diags, DIAG_CONFIG_NOT_FOUND, SPAN_NONE, asked);
    if (config->options.path == NULL) {
        diag_hint(diags, "$PIPEDAG_CONFIG names it: correct or unset that variable");
    }
    return -1;
}
