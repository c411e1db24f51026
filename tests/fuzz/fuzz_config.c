/* Any text as pipedag.yaml: it is read or refused with a message; what is read resolves or says why
 * not. The text is given as the attributes file, too. */
// Rooms: runtime/config
#include "runtime/base/file.h"
#include "runtime/config/config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

static const char *
get_env(const char *name)
{
    return strcmp(name, "SET") == 0    ? "a@:/?#%{name}"
           : strcmp(name, "FILE") == 0 ? "pipedag.yaml"
                                       : NULL;
}

static void
resolve_all(Config *config, Arena *arena, Diags *diags)
{
    size_t n;
    const char *const *names = config_instance_names(config, &n);
    for (size_t i = 0; i < n && i < 4; i++) {
        const Instance *instance = NULL;
        const ConfigSetting *settings;
        if (config_resolve(config, names[i], i % 2 == 1, diags, &instance) == 0 &&
            config_settings(config, instance, arena, &settings) == 0) {
            BUG("an instance without settings");
        }
        if (config_preview(config, names[i], false, diags, &instance) == 0 &&
            instance->attrs == NULL) {
            BUG("an instance without attrs");
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    char folder[] = "/tmp/pdc-fuzz-config-XXXXXX";
    if (mkdtemp(folder) == NULL) {
        return 0;
    }
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(diags_freep) Diags *diags = diags_new();
    const char *path = path_join(arena, folder, "pipedag.yaml");
    Config *config = NULL;
    ConfigOptions options = {
        .flow_name = "f", .working_directory = folder, .get_env = get_env, .user_name = "u"};
    if (file_write_atomic(path, (const char *)data, size_bytes, 0600) == 0) {
        if (config_load(arena, &options, diags, &config) != 0 && diags_error_count(diags) == 0) {
            BUG("refused without a word");
        }
        if (config != NULL) {
            resolve_all(config, arena, diags);
        }
    }
    unlink(path);
    rmdir(folder);
    return 0;
}
