/**
 * The tables of the command line, shared by the parser and the help texts.
 */
#ifndef PDC_CLI_OPTIONS_PRIV_H
#define PDC_CLI_OPTIONS_PRIV_H

#include "runtime/cli/options.h"

typedef struct OptionInfo OptionInfo;
typedef struct Parse Parse;

struct OptionInfo {
    const char *name;
    char letter;       /* 0: none */
    const char *value; /* how help names it; NULL: takes none; in brackets: may be left out */
    int (*take)(Parse *parse, const OptionInfo *option, const char *value, void *field);
    size_t offset;     /* of the field in Options */
    uint32_t commands; /* bits 1 << SubcommandId */
    const char *help;  /* NULL: not shown */
};

typedef struct SubcommandInfo SubcommandInfo;
struct SubcommandInfo {
    const char *name;
    const char *arguments;
    bool is_built;
    const char *summary;
    const char *text;
    const char *example;
};

extern const OptionInfo cli_options[];
extern const size_t cli_n_options;
extern const SubcommandInfo cli_subcommands[COMMAND_COUNT];

#endif
