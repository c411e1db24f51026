/**
 * Process: child processes, started without a shell.
 */
#ifndef PDC_BASE_PROCESS_H
#define PDC_BASE_PROCESS_H

#include "runtime/base/macros.h"
#include "runtime/base/str.h"

/**
 * Runs `argv[0]` (searched in $PATH) and waits for its end; stdin is /dev/null.
 * @param output      gets stdout and stderr when not NULL; else the child inherits them
 * @param ret_status  exit code; 128 + signal where a signal ended it
 * @return 0, or < 0 with errno set where the program could not be started
 */
MUST_CHECK int process_run(const char *const *argv, Str *output, int *ret_status);

/**
 * Takes the places of standard input, output and error where the caller has closed them: else the
 * next file that is opened (a database) would get their number, and messages be written into it.
 * Reading and writing there fails as before. To be called before any file is opened.
 */
void process_keep_standard_files(void);

#endif
