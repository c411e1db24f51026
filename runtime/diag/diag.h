/**
 * Diag: what is wrong with the user's input, collected and printed sorted, with place, caret, hint
 * and notes.
 *
 * Every message is a row of diagnostics.def: code, severity, format, hint. Codes are stable and
 * documented in docs/errors.md. The same collector and the same look serve `.flow` files, YAML and
 * engine errors.
 */
#ifndef PDC_DIAG_DIAG_H
#define PDC_DIAG_DIAG_H

#include "runtime/base/str.h"
#include "runtime/diag/error.h"
#include "runtime/diag/source.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum DiagSeverity { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE } DiagSeverity;

typedef enum DiagId {
#define DIAGNOSTIC(id, code, severity, format, hint) DIAG_##id,
#include "runtime/diag/diagnostics.def"
#undef DIAGNOSTIC
    DIAG_COUNT
} DiagId;

typedef struct DiagInfo DiagInfo;
struct DiagInfo {
    const char *name; /* UNKNOWN_TABLE */
    const char *code; /* F0301 */
    DiagSeverity severity;
    const char *format; /* printf format, string arguments only */
    const char *hint;   /* fixed hint, or NULL */
};

/** The row of diagnostics.def. */
const DiagInfo *diag_info(DiagId id);

typedef struct Diags Diags;

/** A new, empty collector. */
MUST_CHECK Diags *diags_new(void);
void diags_free(Diags *diags);
DEFINE_CLEANUP(diags_freep, Diags, diags_free)

/**
 * Adds a message at `span`: `diag_add(diags, id, span, …)`. The further arguments are those of the
 * row's format: `const char *` for each %s, nothing else; one that is missing is shown as `?`. A
 * message with the same id, place and text as an earlier one is dropped.
 */
#define diag_add(diags, id, ...) diag_add_until((diags), (id), __VA_ARGS__, diag_end)
void diag_add_until(Diags *diags, DiagId id, Span span, ...);
extern const char diag_end[1]; /* ends the arguments, so that a missing one is noticed */
/** Adds a related place ("first declared here") to the message that was added last. */
void diag_note(Diags *diags, Span span, const char *format, ...) PRINTF_LIKE(3, 4);
/** Sets or replaces the hint of the message that was added last ("did you mean …?"). */
void diag_hint(Diags *diags, const char *format, ...) PRINTF_LIKE(2, 3);
/** Adds a fix-it to the message that was added last: with `replacement` in the place of `span`
 * (empty: put in there) what is wrong is most likely right. */
void diag_fix(Diags *diags, Span span, const char *replacement);
/**
 * Sets the hint "did you mean `nearest`?" of the message that was added last, and the fix-it that
 * goes with it, if `word` stands in the message's place: as the whole of it, between quotes, at its
 * beginning, or behind a dot at its end.
 */
void diag_suggest(Diags *diags, const char *word, const char *nearest);
/** The fix-it of diag_suggest() without the hint. */
void diag_fix_word(Diags *diags, const char *word, const char *nearest);
/** Takes an Error over as a message of its own (id ENGINE_ERROR), with detail, hint and origin. */
void diag_add_error(Diags *diags, const Error *error);

/**
 * Takes message number `i` of another collector over, with hint and notes.
 * @return false where this collector has it already; then notes added next go nowhere
 */
bool diag_add_from(Diags *diags, const Diags *from, size_t i);

/** Whether an error lies inside `span`: what is wrong there was said, and the rest may follow from
 * it. */
bool diags_has_error_within(const Diags *diags, Span span);
size_t diags_error_count(const Diags *diags);
size_t diags_warning_count(const Diags *diags);

typedef struct DiagStyle DiagStyle;
struct DiagStyle {
    bool color;        /* ANSI colours */
    size_t width;      /* terminal columns; longer source lines are cut around the caret. 0: 120 */
    size_t max_errors; /* print no more than so many errors; 0: all */
};

/** Prints all messages, sorted by file (in order of first use), line and column, into `out`. */
void diags_render(const Diags *diags, DiagStyle style, Str *out);
/** Prints one error in the same look: place, line, caret, detail, hint, context. */
void error_render(const Error *error, DiagStyle style, Str *out);
/** The same for what is only worth a warning. */
void error_render_as(const Error *error, DiagSeverity severity, DiagStyle style, Str *out);

/** A related place, or without one a further line. */
typedef struct DiagNote DiagNote;
struct DiagNote {
    Span span; /* SPAN_NONE: none */
    const char *text;
};

typedef struct DiagFix DiagFix;
struct DiagFix {
    Span span;
    const char *replacement;
};

typedef struct DiagView DiagView;
struct DiagView {
    const DiagInfo *info;
    DiagSeverity severity; /* the row's, unless diags_judge() said otherwise */
    Span span;
    const char *message; /* formatted, owned by the collector */
    const char *hint;    /* or NULL */
    const DiagNote *notes;
    size_t n_notes;
    const DiagFix *fixes; /* each by itself makes it right */
    size_t n_fixes;
};
/** Message number `i` (< errors + warnings) in printing order, for `--json` and tests. */
bool diags_view(const Diags *diags, size_t i, DiagView *ret_view);

typedef enum DiagVerdict { DIAG_KEEP, DIAG_DROP, DIAG_DENY } DiagVerdict;
/** Asks about every warning: it stays, goes, or becomes an error. */
void diags_judge(Diags *diags, DiagVerdict (*judge)(void *user, const DiagView *view), void *user);

/**
 * Appends all messages as JSON, one object a line, in printing order. docs/diagnostics.md is the
 * schema.
 */
void diags_render_json(const Diags *diags, Str *out);
/** Appends a text as a JSON string; bytes that are no UTF-8 become U+FFFD. NULL becomes null. */
void diag_append_json(Str *out, const char *text);

#endif
