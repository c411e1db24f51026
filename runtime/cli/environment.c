/* What the environment says where the command line doesn't: for settings that belong to a machine
 * rather than to a call. */

#include "runtime/base/str.h"
#include "runtime/cli/options.h"

#include <stddef.h>

/** Files that a run writes for other programs. */
static const struct {
    const char *name;
    size_t offset; /* of the path in Options */
} files[] = {
    {"PDC_LOG_FILE", offsetof(Options, log_file)},
    {"PDC_METRICS_FILE", offsetof(Options, metrics_file)},
    {"PDC_OPENLINEAGE_FILE", offsetof(Options, openlineage_file)},
    {"PDC_TRACE_FILE", offsetof(Options, trace_file)},
};

/* The value, or NULL where it is empty, too. */
static const char *
value_of(const char *name, const char *(*get_env)(const char *name))
{
    const char *value = get_env(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

int
options_add_environment(Options *options, const char *(*get_env)(const char *name), Error *reterr)
{
    if (options->command != COMMAND_RUN) {
        return 0;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        const char **path = (const char **)((char *)options + files[i].offset);
        if (*path == NULL) {
            *path = value_of(files[i].name, get_env);
        }
    }
    const char *log = value_of("PDC_LOG", get_env);
    if (options->log != LOG_FORMAT_NONE || log == NULL) {
        return 0;
    }
    if (!text_equal(log, "json")) {
        return error_set(reterr, ERROR_USAGE, "`PDC_LOG=%s`: wanted is json", log);
    }
    options->log = LOG_FORMAT_JSON;
    return 0;
}
