/**
 * Target: a file for another program to read, which must never hurt a run: a pipe is waited for a
 * second at most, and what can't be written is told once, as an Error; then all more is dropped.
 *
 * A file is either appended to, a whole line at a time (so several runs may share it, and one that
 * is killed leaves whole lines), or replaced at once.
 */
#ifndef PDC_REPORT_TARGET_H
#define PDC_REPORT_TARGET_H

#include "runtime/base/str.h"
#include "runtime/diag/error.h"

typedef struct Target Target;
struct Target {
    const char *option; /* "--log-file": whose value `path` is, for messages */
    const char *path;
    int fd;
    bool has_failed;
};

/** A target on a descriptor of the caller's, which is not closed. */
Target target_of_descriptor(const char *option, int fd);
/** Opens a file to append to; it is made where it is missing. A pipe that nobody reads is an error.
 * Texts must outlive the target.
 * @return 0, or < 0 with ERROR_IO; the target is one that drops everything then */
MUST_CHECK int target_open(Target *target, const char *option, const char *path, Error *reterr);
/** Appends whole lines. @return 0, or < 0 with ERROR_IO; then, and only then, it was the first
 * failure, and everything more is dropped */
MUST_CHECK int target_append(Target *target, const Str *lines, Error *reterr);
/** Closes what target_open() opened. */
void target_close(Target *target);

/** Replaces a file by `text` at once, so that nobody reads half of it. What is there and no regular
 * file is left alone. @return 0, or < 0 with ERROR_IO */
MUST_CHECK int target_replace(const char *option, const char *path, const Str *text, Error *reterr);

#endif
