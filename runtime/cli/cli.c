#include "runtime/cli/cli.h"

#include "runtime/base/file.h"

#include <unistd.h>

static const int exit_codes[] = {
#define EXIT_CODE(error, code) [ERROR_##error] = code,
#include "runtime/cli/exit_codes.def"
#undef EXIT_CODE
};

/* What is accepted but does nothing here: for those who ask. */
static void
say_remarks(Cli *cli)
{
    const ConfigRemark *remarks;
    size_t n = config_remarks(cli->config, &remarks);
    for (size_t i = 0; cli->options->verbose && i < n; i++) {
        Span span = remarks[i].span;
        if (span.file == NULL) {
            report_say(cli->report, "note: %s", remarks[i].text);
        } else {
            report_say(cli->report, "%s:%zu: note: %s", span.file->path,
                       source_line_of(span.file, span.start), remarks[i].text);
        }
    }
}

static int
resolve_instance(Cli *cli, Diags *diags)
{
    const Options *options = cli->options;
    ConfigOptions wanted = {.path = options->config, .flow_name = cli->flow->name};
    int status = config_load(cli->arena, &wanted, diags, &cli->config);
    if (cli->config == NULL) {
        return -1;
    }
    const char *name =
        options->instance != NULL ? options->instance : config_default_instance(cli->config, diags);
    if (name == NULL) {
        return -1;
    }
    if (config_resolve(cli->config, name, false, diags, &cli->instance) < 0) {
        cli->instance = NULL;
        status = -1;
    }
    return status;
}

/* The folder of the executable, from which data files are found. */
static const char *
executable_directory(Arena *arena)
{
    enum { PATH_BYTES = 4096 };
    char path[PATH_BYTES];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
    if (length <= 0 || (size_t)length >= sizeof(path)) {
        return ".";
    }
    return path_directory(arena, arena_strndup(arena, path, (size_t)length));
}

static void
fill_request(Cli *cli)
{
    const Options *options = cli->options;
    cli->request = (RunRequest){
        .unit = cli->flow,
        .sources = flow_sources_new(cli->flow, cli->arena),
        .config = cli->config,
        .instance = cli->instance,
        .executable_directory = executable_directory(cli->arena),
        .attrs = options->attrs.texts.items,
        .n_attrs = options->attrs.texts.n,
        .select = options->select,
        .force = options->force,
        .at = options->at,
        .wait_ms = options->wait_ms < 0 ? RUN_WAIT_FOREVER : options->wait_ms,
        .on_failure = options->fail_fast    ? RUN_FAIL_FAST
                      : options->keep_going ? RUN_KEEP_GOING
                                            : RUN_BY_CONFIG,
        .jobs = options->jobs,
        .explain = options->explain,
        .listener = report_listener(cli->report),
    };
}

/* The attrs of an instance that has other mistakes as well. */
static void
check_attrs(Cli *cli, Diags *diags)
{
    CLEANUP(diags_freep) Diags *told = diags_new();
    const char *name = cli->options->instance;
    if (cli->config != NULL && name == NULL) {
        name = config_default_instance(cli->config, told);
    }
    if (cli->config == NULL || name == NULL ||
        config_preview(cli->config, name, false, told, &cli->instance) < 0) {
        return;
    }
    fill_request(cli);
    run_check_attrs(&cli->request, diags);
}

int
cli_open(Cli *cli)
{
    CLEANUP(diags_freep) Diags *diags = diags_new();
    int status = resolve_instance(cli, diags);
    if (status < 0) {
        check_attrs(cli, diags);
    }
    report_diags(cli->report, diags);
    if (status < 0) {
        return EXIT_CONFIG;
    }
    say_remarks(cli);
    fill_request(cli);
    return EXIT_DONE;
}

int
cli_fail(Cli *cli, const Error *error)
{
    report_error(cli->report, error);
    return exit_codes[error->code];
}

int
cli_finish(Cli *cli, int status, const Diags *diags, const Error *error)
{
    if (diags != NULL) {
        report_diags(cli->report, diags);
    }
    if (status < 0 && report_has_told_error(cli->report)) {
        return exit_codes[error->code];
    }
    if (status < 0) {
        return cli_fail(cli, error);
    }
    return status == RUN_OUTCOME_DIAGS    ? EXIT_CONFIG
           : status == RUN_OUTCOME_FAILED ? EXIT_FAILED
                                          : EXIT_DONE;
}
