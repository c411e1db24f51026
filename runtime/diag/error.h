/**
 * Error: what went wrong in the world (a server, a file, a lock), passed up through return codes.
 *
 * Functions that can fail return 0 (done), > 0 (an outcome that they document, not an error) or < 0
 * (failed, and `reterr` is filled). An Error owns its texts; start with `Error err = {0}` and end
 * with error_deinit().
 */
#ifndef PDC_DIAG_ERROR_H
#define PDC_DIAG_ERROR_H

#include "runtime/base/macros.h"
#include "runtime/base/str.h"
#include "runtime/diag/source.h"

#include <stdbool.h>

typedef enum ErrorCode {
    ERROR_NONE = 0,
    ERROR_IO,         /* a file or folder */
    ERROR_SQL,        /* the engine refused or failed a statement */
    ERROR_CONNECTION, /* no server, wrong password, connection lost */
    ERROR_LOCK,       /* somebody else holds the lock */
    ERROR_CONFIG,     /* configuration, attrs */
    ERROR_USAGE,      /* command line */
    ERROR_DATA,       /* a data file, a check, a constraint */
    ERROR_SELECTOR,   /* a selector names no table */
    ERROR_INTERRUPTED,
    ERROR_VERSION,    /* ABI or metadata made by a newer pdc */
    ERROR_UNSUPPORTED /* not built yet, or not on this engine */
} ErrorCode;

typedef struct Error Error;
struct Error {
    ErrorCode code;
    char sqlstate[6]; /* "" where there is none */
    char *message;    /* one sentence, no full stop, no secret */
    char *detail;     /* or NULL */
    char *hint;       /* what to do, or NULL */
    Span origin;      /* where in the .flow, YAML or CSV; SPAN_NONE if unknown */
    int sql_position; /* 1-based character in the SQL text that was sent; 0: unknown */
    Str context;      /* lines "while …", innermost first */
    Arena *place;     /* what error_keep_origin() copied, or NULL */
};

void error_deinit(Error *error);
void error_clear(Error *error);

/** Fills `error` (which may be NULL: then nothing is kept). @return -1, so that `return
 * error_set(…)` reads well */
int error_set(Error *error, ErrorCode code, const char *format, ...) PRINTF_LIKE(3, 4);
void error_set_detail(Error *error, const char *format, ...) PRINTF_LIKE(2, 3);
void error_set_hint(Error *error, const char *format, ...) PRINTF_LIKE(2, 3);
void error_set_origin(Error *error, Span origin);
/** The same, but the error keeps a copy of the source file (an excerpt, better), which may end
 * before the error does. */
void error_keep_origin(Error *error, Span origin);
/** Adds a line "while …" (the word is added here). @return -1 */
int error_wrap(Error *error, const char *format, ...) PRINTF_LIKE(2, 3);
/** Moves `from` into `to` and empties `from`. */
void error_move(Error *to, Error *from);

#endif
