/* The help texts, made of the tables. */

#include "runtime/cli/options_priv.h"

#include <string.h>

/* Appends `text` with the executable's name in place of "./flow". */
static void
append_named(Str *out, const char *text, const char *program)
{
    static const char name[] = "./flow";
    const char *found;
    while ((found = strstr(text, name)) != NULL) {
        str_append_n(out, text, (size_t)(found - text));
        str_append(out, program);
        text = found + sizeof(name) - 1;
    }
    str_append(out, text);
}

/* `  -j, --jobs N`. */
static void
append_option_name(Str *out, const OptionInfo *option)
{
    if (option->letter != 0) {
        str_append_format(out, "  -%c, --%s", option->letter, option->name);
    } else {
        str_append_format(out, "      --%s", option->name);
    }
    if (option->value != NULL) {
        str_append_format(out, " %s", option->value);
    }
}

static void
append_options(Str *out, uint32_t commands)
{
    enum { NAME_COLUMNS = 26 };
    str_append(out, "\noptions\n");
    for (size_t i = 0; i < cli_n_options; i++) {
        const OptionInfo *option = &cli_options[i];
        if ((option->commands & commands) == 0 || option->help == NULL) {
            continue;
        }
        Str name = {0};
        append_option_name(&name, option);
        str_append_format(out, "%-*s %s\n", NAME_COLUMNS, str_text(&name), option->help);
        str_deinit(&name);
    }
}

static void
append_commands(Str *out)
{
    Str later = {0};
    str_append(out, "\ncommands\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const SubcommandInfo *info = &cli_subcommands[i];
        if (!info->is_built) {
            str_append_format(&later, "%s%s", later.length > 0 ? ", " : "", info->name);
            continue;
        }
        Str name = {0};
        str_append_format(&name, "%s %s", info->name, info->arguments);
        str_append_format(out, "  %-15s %s\n", str_text(&name), info->summary);
        str_deinit(&name);
    }
    str_append_format(out, "not built yet: %s\n", str_text(&later));
    str_deinit(&later);
}

static void
append_overview(const char *flow_name, const char *program, Str *out)
{
    str_append_format(out,
                      "The flow %s: builds its tables, publishes them, shows them.\n\n"
                      "usage: %s [run] [options]\n"
                      "       %s COMMAND [options]\n",
                      flow_name, program, program);
    append_commands(out);
    append_options(out, 1u << COMMAND_RUN);
    str_append_format(out,
                      "\n%s COMMAND --help says more, with an example.\n"
                      "exit codes: 0 done; 1 a task or check failed; 2 usage; 3 configuration; "
                      "4 lock or connection; 130 interrupted\n",
                      program);
}

void
help_append(SubcommandId topic, const char *flow_name, const char *program, Str *out)
{
    if (topic == COMMAND_COUNT) {
        append_overview(flow_name, program, out);
        return;
    }
    const SubcommandInfo *info = &cli_subcommands[topic];
    str_append_format(out, "%s: %s\n", info->name, info->summary);
    if (!info->is_built) {
        str_append(out, "It is not built yet.\n");
        return;
    }
    str_append_format(out, "\nusage: %s %s%s%s [options]\n\n", program, info->name,
                      info->arguments[0] != '\0' ? " " : "", info->arguments);
    append_named(out, info->text, program);
    str_append(out, "\n\nexample: ");
    append_named(out, info->example, program);
    str_append_char(out, '\n');
    append_options(out, 1u << topic);
}
