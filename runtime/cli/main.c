/**
 * The executable's entry: `return pdc_main(&flow, argc, argv);` is all that generated code does.
 *
 * options → configuration → instance → subcommand → exit code.
 */
#include "runtime/base/process.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/interrupt.h"
#include "runtime/cli/terminal.h"

#include <pdc/flow.h>
#include <stdlib.h>
#include <string.h>

/** What each subcommand does; NULL: pdc_main() has done it already, or it is not built yet. */
static Command *const commands[COMMAND_COUNT] = {
    [COMMAND_RUN] = command_run,           [COMMAND_PLAN] = command_plan,
    [COMMAND_SHOW] = command_show,         [COMMAND_STATUS] = command_status,
    [COMMAND_HISTORY] = command_history,   [COMMAND_CONFIG] = command_config,
    [COMMAND_TEST] = command_test,         [COMMAND_CLEAN] = command_clean,
    [COMMAND_UNLOCK] = command_unlock,     [COMMAND_DIFF] = command_diff,
    [COMMAND_ESTIMATE] = command_estimate, [COMMAND_COPY] = command_copy,
};

static const char *
program_name(int argc, char **argv)
{
    return argc > 0 && argv[0][0] != '\0' ? argv[0] : "./flow";
}

static const char *
get_environment(const char *name)
{
    return getenv(name);
}

static Report *
open_report(const PdcFlow *flow, const Options *options, const char *program)
{
    bool is_log = options->log != LOG_FORMAT_NONE || options->log_file != NULL;
    bool log_alone = is_log && options->log_file == NULL;
    ReportOptions wanted = {
        .out = stdout,
        .messages = stderr,
        .out_style = terminal_style(stdout, options->color),
        .messages_style = terminal_style(stderr, options->color),
        .json = options->json,
        .quiet = options->quiet,
        .verbose = options->verbose,
        .explain = options->explain,
        .is_plan = options->command == COMMAND_PLAN || options->dry_run,
        .live = !log_alone && terminal_is_live(stdout, stderr, options->json),
        .program = program,
        .observe = {.log = is_log,
                    .log_file = options->log_file,
                    .metrics_file = options->metrics_file,
                    .openlineage_file = options->openlineage_file,
                    .openlineage_namespace = getenv("OPENLINEAGE_NAMESPACE"),
                    .trace_file = options->trace_file,
                    .flow = flow->name,
                    .version = flow->pdc_version},
    };
    return report_new(&wanted);
}

/* Ends the report. @return the exit code, which a full disk behind standard output changes */
static int
close_report(Report *report, SubcommandId command, int exit_code)
{
    int error = report_free(report);
    if (error != 0) {
        fprintf(stderr, "error: standard output: %s\n", strerror(error));
        return command == COMMAND_DIFF  ? EXIT_TROUBLE
               : exit_code == EXIT_DONE ? EXIT_FAILED
                                        : exit_code;
    }
    return exit_code;
}

static int
print_text(const char *text)
{
    bool failed = fputs(text, stdout) < 0 || fflush(stdout) != 0;
    return failed ? EXIT_FAILED : EXIT_DONE;
}

static int
print_version(const PdcFlow *flow)
{
    Str text = {0};
    str_append_format(&text, "%s, built by pdc %s\n", flow->name, flow->pdc_version);
    int exit_code = print_text(str_text(&text));
    str_deinit(&text);
    return exit_code;
}

static int
print_help(const PdcFlow *flow, const Options *options, const char *program)
{
    Str text = {0};
    help_append(options->help_topic, flow->name, program, &text);
    int exit_code = print_text(str_text(&text));
    str_deinit(&text);
    return exit_code;
}

/* An executable whose tables have another layout than this runtime reads. */
static int
refuse_abi(uint32_t abi)
{
    fprintf(stderr,
            "error: this flow was compiled for version %u of the runtime, but is linked with "
            "version %u\n  hint: build it again: pdc build\n",
            (unsigned)abi, (unsigned)PDC_ABI);
    return EXIT_CONFIG;
}

static int
run_command(Cli *cli)
{
    interrupt_install();
    int exit_code = cli_open(cli);
    return exit_code != EXIT_DONE ? exit_code : commands[cli->options->command](cli);
}

static int
run_options(const PdcFlow *flow, int argc, char **argv, Arena *arena)
{
    Options options;
    Error error = {0};
    const char *program = program_name(argc, argv);
    int status = options_parse(argc, argv, arena, &options, &error);
    if (status == 0 && options.help) {
        return print_help(flow, &options, program);
    }
    if (status == 0 && options.version) {
        return print_version(flow);
    }
    if (status == 0) {
        status = options_add_environment(&options, get_environment, &error);
    }
    Cli cli = {.flow = flow, .options = &options, .arena = arena};
    cli.report = open_report(flow, &options, program);
    int exit_code = status < 0 ? cli_fail(&cli, &error) : run_command(&cli);
    error_deinit(&error);
    return close_report(cli.report, options.command, exit_code);
}

int
pdc_main(const PdcFlow *flow, int argc, char **argv)
{
    process_keep_standard_files();
    if (flow->abi != PDC_ABI) {
        return refuse_abi(flow->abi);
    }
    Arena *arena = arena_new();
    int exit_code = run_options(flow, argc, argv, arena);
    arena_free(arena);
    return exit_code;
}
