/* ./flow diff: how a table differs from that of another instance. */
#include "runtime/cli/commands.h"
#include "runtime/cli/interrupt.h"
#include "runtime/compare/show.h"

enum { SHOWN_EXAMPLES = 5 };

static void
tell(Cli *cli, const CompareResult *result)
{
    CLEANUP(str_deinit) Str text = {0};
    if (cli->options->json) {
        compare_append_json(result, &text);
        report_answer_text(cli->report, &text);
    } else {
        compare_show(result, cli->arena, cli->report);
    }
}

static int
exit_code_of(const Cli *cli, const CompareResult *result)
{
    switch (compare_outcome(result)) {
    case COMPARE_EQUAL: return EXIT_DONE;
    case COMPARE_SUBSET: return cli->options->subset ? EXIT_DONE : EXIT_DIFFERENT;
    case COMPARE_DIFFERENT: return EXIT_DIFFERENT;
    }
    return EXIT_DIFFERENT;
}

int
command_diff(Cli *cli)
{
    const Options *options = cli->options;
    CompareRequest request = {.run = &cli->request,
                              .against = options->against,
                              .table = options->argument,
                              .key = options->key,
                              .limit =
                                  options->limit >= 0 ? (size_t)options->limit : SHOWN_EXAMPLES};
    CLEANUP(diags_freep) Diags *diags = diags_new();
    CLEANUP(error_deinit) Error error = {0};
    CompareResult result;
    interrupt_set_running(true); /* a server would go on with the statement of who is gone */
    int status = compare_tables(&request, cli->arena, diags, &result, &error);
    interrupt_set_running(false);
    int exit_code = cli_finish(cli, status, diags, &error);
    if (exit_code == EXIT_FAILED) {
        return EXIT_TROUBLE;
    }
    if (exit_code != EXIT_DONE) {
        return exit_code;
    }
    tell(cli, &result);
    return exit_code_of(cli, &result);
}
