/* ./flow test: the flow's unit tests. */
#include "runtime/base/file.h"
#include "runtime/cli/commands.h"
#include "runtime/test/show.h"

#include <errno.h>
#include <string.h>

typedef struct TestReport TestReport;
struct TestReport {
    Cli *cli;
    Str junit;
};

static DiagStyle
style_of(const Cli *cli)
{
    return report_answer_style(cli->report);
}

/** Passed tests are of no interest to who wants it quiet. */
static void
tell(void *user, const TestResult *result)
{
    TestReport *report = user;
    const Options *options = report->cli->options;
    CLEANUP(str_deinit) Str text = {0};
    if (options->json) {
        test_append_json(result, &text);
    } else if (!options->quiet || result->state == TEST_FAILED) {
        test_append_text(result, style_of(report->cli), &text);
    }
    report_answer_text(report->cli->report, &text);
    if (options->junit != NULL) {
        test_append_junit(result, report->cli->flow->name, &report->junit);
    }
}

static void
tell_summary(const TestReport *report, const TestSummary *summary)
{
    const Options *options = report->cli->options;
    CLEANUP(str_deinit) Str text = {0};
    if (options->json) {
        test_append_json_summary(summary, &text);
    } else if (!options->quiet || summary->n_failed > 0) {
        test_append_summary(summary, &text);
    }
    report_answer_text(report->cli->report, &text);
}

static int
write_junit(const TestReport *report, const TestSummary *summary, Error *reterr)
{
    const char *path = report->cli->options->junit;
    CLEANUP(str_deinit) Str text = {0};
    if (path == NULL) {
        return 0;
    }
    test_append_junit_document(summary, report->cli->flow->name, str_text(&report->junit), &text);
    if (file_write_atomic(path, str_text(&text), text.length, 0666) < 0) {
        return error_set(reterr, ERROR_IO, "%s can't be written: %s", path, strerror(errno));
    }
    return 0;
}

int
command_test(Cli *cli)
{
    TestReport report = {.cli = cli};
    TestRequest request = {.run = &cli->request,
                           .patterns = cli->options->arguments,
                           .n_patterns = cli->options->n_arguments,
                           .jobs = cli->options->jobs,
                           .fail_fast = cli->options->fail_fast,
                           .timeout_ms = cli->options->timeout_ms,
                           .told = tell,
                           .user = &report};
    CLEANUP(diags_freep) Diags *diags = diags_new();
    CLEANUP(error_deinit) Error error = {0};
    TestSummary summary;
    int status = tests_run(&request, diags, &summary, &error);
    if (status == 0 || status == RUN_OUTCOME_FAILED) {
        tell_summary(&report, &summary);
        status = write_junit(&report, &summary, &error) < 0 ? -1 : status;
    }
    str_deinit(&report.junit);
    return cli_finish(cli, status, diags, &error);
}
