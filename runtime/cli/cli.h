/**
 * Cli: one call of the executable: configuration is found, read and resolved for an instance, and a
 * RunRequest says what is wanted.
 *
 * Everything lives in the arena of the call.
 */
#ifndef PDC_CLI_CLI_H
#define PDC_CLI_CLI_H

#include "runtime/cli/options.h"
#include "runtime/report/report.h"
#include "runtime/run/run.h"

#include <pdc/flow.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CONFIG = 3 };

/** Of `diff`, as diff and cmp have it: 1 says that something differs, so what failed can't be 1. */
enum { EXIT_DIFFERENT = 1, EXIT_TROUBLE = 2 };

typedef struct Cli Cli;
struct Cli {
    const PdcFlow *flow;
    const Options *options;
    Arena *arena;
    Report *report;
    Config *config;
    const Instance *instance;
    RunRequest request;
};

/**
 * Resolves the instance and fills `cli->request`; flow, options, arena and report are set by
 * the caller. What is wrong is reported.
 * @return an exit code: EXIT_DONE, EXIT_CONFIG
 */
MUST_CHECK int cli_open(Cli *cli);

/** Reports an error and gives its exit code. */
int cli_fail(Cli *cli, const Error *error);
/**
 * The exit code of what a run_…() function returned; messages are reported.
 * @param diags  what it collected, or NULL
 */
int cli_finish(Cli *cli, int status, const Diags *diags, const Error *error);

#endif
