/**
 * Session: from the command line to an instance: configuration is found, read and resolved, and a
 * RunRequest says what is wanted.
 *
 * Everything lives in the session's arena, until session_close().
 */
#ifndef PDC_CLI_SESSION_H
#define PDC_CLI_SESSION_H

#include "runtime/cli/options.h"
#include "runtime/report/report.h"
#include "runtime/run/run.h"

#include <pdc/flow.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CONFIG = 3 };

typedef struct Session Session;
struct Session {
    const PdcFlow *flow;
    const Options *options;
    Arena *arena;
    Report *report;
    Config *config;
    const Instance *instance;
    RunRequest request;
};

/**
 * Resolves the instance and fills `session->request`; flow, options, arena and report are set by
 * the caller. What is wrong is reported.
 * @return an exit code: EXIT_DONE, EXIT_CONFIG
 */
MUST_CHECK int session_open(Session *session);

/** Reports an error and gives its exit code. */
int session_fail(Session *session, const Error *error);
/**
 * The exit code of what a run_…() function returned; messages are reported.
 * @param diags  what it collected, or NULL
 */
int session_finish(Session *session, int status, const Diags *diags, const Error *error);

#endif
