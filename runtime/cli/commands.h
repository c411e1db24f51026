/**
 * Commands: what each subcommand does with an instance. Each is one call of runtime/run and one
 * answer through runtime/report.
 */
#ifndef PDC_CLI_COMMANDS_H
#define PDC_CLI_COMMANDS_H

#include "runtime/cli/cli.h"

/** @return an exit code */
typedef int Command(Cli *cli);

Command command_run;
Command command_plan;
Command command_show;
Command command_status;
Command command_history;
Command command_config;
Command command_test;
Command command_diff;
Command command_copy;
Command command_clean;
Command command_unlock;
Command command_estimate;

#endif
