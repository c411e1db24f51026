#include "runtime/cli/session.h"

#include "runtime/base/file.h"

#include <unistd.h>

static const int exit_codes[] = {
#define EXIT_CODE(error, code) [ERROR_##error] = code,
#include "runtime/cli/exit_codes.def"
#undef EXIT_CODE
};

/* What is accepted but does nothing here: for those who ask. */
static void
say_remarks(Session *session)
{
    const ConfigRemark *remarks;
    size_t n = config_remarks(session->config, &remarks);
    for (size_t i = 0; session->options->verbose && i < n; i++) {
        Span span = remarks[i].span;
        if (span.file == NULL) {
            report_say(session->report, "note: %s", remarks[i].text);
        } else {
            report_say(session->report, "%s:%zu: note: %s", span.file->path,
                       source_line_of(span.file, span.start), remarks[i].text);
        }
    }
}

static int
resolve_instance(Session *session, Diags *diags)
{
    const Options *options = session->options;
    ConfigOptions wanted = {.path = options->config, .flow_name = session->flow->name};
    int status = config_load(session->arena, &wanted, diags, &session->config);
    if (session->config == NULL) {
        return -1;
    }
    const char *name = options->instance != NULL ? options->instance
                                                 : config_default_instance(session->config, diags);
    if (name == NULL ||
        config_resolve(session->config, name, false, diags, &session->instance) < 0) {
        return -1;
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
fill_request(Session *session)
{
    const Options *options = session->options;
    session->request = (RunRequest){
        .unit = session->flow,
        .sources = flow_sources_new(session->flow, session->arena),
        .config = session->config,
        .instance = session->instance,
        .executable_directory = executable_directory(session->arena),
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
        .listener = report_listener(session->report),
    };
}

int
session_open(Session *session)
{
    CLEANUP(diags_freep) Diags *diags = diags_new();
    int status = resolve_instance(session, diags);
    report_diags(session->report, diags);
    if (status < 0) {
        return EXIT_CONFIG;
    }
    say_remarks(session);
    fill_request(session);
    return EXIT_DONE;
}

int
session_fail(Session *session, const Error *error)
{
    report_error(session->report, error);
    return exit_codes[error->code];
}

int
session_finish(Session *session, int status, const Diags *diags, const Error *error)
{
    if (diags != NULL) {
        report_diags(session->report, diags);
    }
    if (status < 0 && report_has_told_error(session->report)) {
        return exit_codes[error->code];
    }
    if (status < 0) {
        return session_fail(session, error);
    }
    return status == RUN_OUTCOME_DIAGS    ? EXIT_CONFIG
           : status == RUN_OUTCOME_FAILED ? EXIT_FAILED
                                          : EXIT_DONE;
}
