#include "runtime/diag/diag.h"

#include "runtime/base/map.h"
#include "runtime/base/memory.h"
#include "runtime/base/vec.h"
#include "runtime/diag/render_priv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const DiagInfo infos[] = {
#define DIAGNOSTIC(id, code, severity, format, hint) {#id, code, severity, format, hint},
#include "runtime/diag/diagnostics.def"
#undef DIAGNOSTIC
};

typedef struct Message Message;
struct Message {
    DiagId id;
    Span span;
    size_t file_number; /* in order of first use */
    const char *text;
    const char *hint;
    DiagSeverity severity;
    VEC(DiagNote) notes;
    VEC(DiagFix) fixes;
};

struct Diags {
    Arena *arena;            /* messages and their texts */
    VEC(Message *) messages; /* in printing order */
    VEC(const SourceFile *) files;
    Map *seen;     /* what identifies a message: a second one is dropped */
    Message *last; /* NULL where the last one was dropped, so that its notes go with it */
    size_t n_by_severity[DIAG_NOTE + 1];
};

const DiagInfo *
diag_info(DiagId id)
{
    return &infos[id];
}

Diags *
diags_new(void)
{
    Diags *diags = memory_alloc(sizeof(Diags));
    diags->arena = arena_new();
    diags->seen = map_new(diags->arena);
    return diags;
}

void
diags_free(Diags *diags)
{
    if (diags != NULL) {
        vec_free(&diags->messages);
        vec_free(&diags->files);
        arena_free(diags->arena);
        free(diags);
    }
}

const char diag_end[1] = "";

/* Expands a format of diagnostics.def, which knows %s and %% only. */
static void
append_arguments(Str *text, const char *format, va_list args)
{
    const char *argument = NULL;
    for (const char *c = format; *c != '\0'; c++) {
        if (*c != '%') {
            str_append_char(text, *c);
            continue;
        }
        c++;
        if (*c == 's') {
            argument = argument == diag_end ? diag_end : va_arg(args, const char *);
            str_append(text, argument == diag_end ? "?" : argument != NULL ? argument : "");
        } else if (*c == '%') {
            str_append_char(text, '%');
        } else {
            BUG("diagnostics.def: \"%s\" holds a conversion other than %%s", format);
        }
    }
}

static size_t
file_number(Diags *diags, const SourceFile *file)
{
    for (size_t i = diags->files.n; i > 0; i--) { /* mostly it is the last one */
        if (diags->files.items[i - 1] == file) {
            return i - 1;
        }
    }
    vec_push(&diags->files, file);
    return diags->files.n - 1;
}

static int
compare_places(const Message *a, const Message *b)
{
    if (a->file_number != b->file_number) {
        return a->file_number < b->file_number ? -1 : 1;
    }
    if (a->span.start != b->span.start) {
        return a->span.start < b->span.start ? -1 : 1;
    }
    return 0;
}

/* Behind all messages of the same place, so that these stay in the order in which they came. */
static void
insert_sorted(Diags *diags, Message *message)
{
    size_t low = 0;
    size_t high = diags->messages.n;
    if (high > 0 && compare_places(diags->messages.items[high - 1], message) <= 0) {
        low = high; /* the usual case: a pass goes from top to bottom */
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_places(diags->messages.items[middle], message) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    vec_push(&diags->messages, message);
    Message **place = diags->messages.items + low;
    memmove(place + 1, place, (diags->messages.n - 1 - low) * sizeof(Message *));
    *place = message;
}

/* Takes the text over. */
static void
add_message(Diags *diags, DiagId id, Span span, Str *text)
{
    size_t file = file_number(diags, span.file);
    CLEANUP(str_deinit) Str identity = {0};
    str_append_format(&identity, "%d %zu %u %u %s", (int)id, file, span.start, span.end,
                      str_text(text));
    diags->last = NULL;
    if (map_set(diags->seen, str_text(&identity), diags) != NULL) {
        str_deinit(text);
        return;
    }
    Message *message = ARENA_NEW(diags->arena, Message);
    message->id = id;
    message->span = span;
    message->file_number = file;
    message->text = str_take_in(text, diags->arena);
    message->hint = infos[id].hint;
    message->severity = infos[id].severity;
    insert_sorted(diags, message);
    diags->n_by_severity[infos[id].severity]++;
    diags->last = message;
}

void
diag_add_until(Diags *diags, DiagId id, Span span, ...)
{
    Str text = {0};
    va_list args;
    va_start(args, span);
    append_arguments(&text, infos[id].format, args);
    va_end(args);
    add_message(diags, id, span, &text);
}

static void
add_note(Diags *diags, Span span, const char *text)
{
    vec_push_in(diags->arena, &diags->last->notes,
                (DiagNote){.span = span, .text = arena_strdup(diags->arena, text)});
}

void
diag_note(Diags *diags, Span span, const char *format, ...)
{
    if (diags->last != NULL) {
        CLEANUP(str_deinit) Str text = {0};
        va_list args;
        va_start(args, format);
        str_append_vformat(&text, format, args);
        va_end(args);
        add_note(diags, span, str_text(&text));
    }
}

void
diag_hint(Diags *diags, const char *format, ...)
{
    if (diags->last != NULL) {
        va_list args;
        va_start(args, format);
        diags->last->hint = arena_vprintf(diags->arena, format, args);
        va_end(args);
    }
}

void
diag_fix(Diags *diags, Span span, const char *replacement)
{
    if (diags->last != NULL && span.file != NULL) {
        vec_push_in(diags->arena, &diags->last->fixes,
                    (DiagFix){span, arena_strdup(diags->arena, replacement)});
    }
}

static bool
is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

/** A text that means the same wherever it is put: no blanks, no quotes. */
static bool
is_plain(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (!is_word_byte(*c) && *c != '.' && *c != '-') {
            return false;
        }
    }
    return *text != '\0';
}

/** Where `word` stands in the span, as diag_suggest() says; SPAN_NONE: it doesn't. */
static Span
find_word(Span span, const char *word)
{
    if (span.file == NULL || span.end > span.file->length || span.end < span.start) {
        return SPAN_NONE;
    }
    size_t n = strlen(word);
    size_t length = span.end - span.start;
    const char *text = span.file->text + span.start;
    if (length >= n + 2 && (text[0] == '\'' || text[0] == '"') && text[n + 1] == text[0] &&
        strncmp(text + 1, word, n) == 0) {
        return span_make(span.file, span.start + 1, span.start + 1 + n);
    }
    if (length >= n && strncasecmp(text, word, n) == 0 && (length == n || !is_word_byte(text[n]))) {
        return span_make(span.file, span.start, span.start + n);
    }
    if (length > n && text[length - n - 1] == '.' && strncasecmp(text + length - n, word, n) == 0) {
        return span_make(span.file, span.end - n, span.end);
    }
    return SPAN_NONE;
}

void
diag_fix_word(Diags *diags, const char *word, const char *nearest)
{
    if (diags->last != NULL && is_plain(word) && is_plain(nearest)) {
        diag_fix(diags, find_word(diags->last->span, word), nearest);
    }
}

void
diag_suggest(Diags *diags, const char *word, const char *nearest)
{
    diag_hint(diags, "did you mean `%s`?", nearest);
    diag_fix_word(diags, word, nearest);
}

void
diag_add_error(Diags *diags, const Error *error)
{
    Str text = {0};
    str_append(&text, error->message != NULL ? error->message : "unknown error");
    if (error->sqlstate[0] != '\0') {
        str_append_format(&text, " (SQLSTATE %s)", error->sqlstate);
    }
    Span origin = error->origin;
    if (error->place != NULL && origin.file != NULL) { /* a file that ends with the error */
        origin.file = source_copy(diags->arena, origin.file);
    }
    add_message(diags, DIAG_ENGINE_ERROR, origin, &text);
    if (diags->last == NULL) {
        return;
    }
    if (error->detail != NULL) {
        add_note(diags, SPAN_NONE, error->detail);
    }
    if (error->context.length > 0) {
        add_note(diags, SPAN_NONE, str_text(&error->context));
    }
    if (error->hint != NULL) {
        diags->last->hint = arena_strdup(diags->arena, error->hint);
    }
}

bool
diag_add_from(Diags *diags, const Diags *from, size_t i)
{
    const Message *message = from->messages.items[i];
    Str text = {0};
    str_append(&text, message->text);
    add_message(diags, message->id, message->span, &text);
    if (diags->last == NULL) {
        return false;
    }
    diags->last->hint = message->hint == NULL ? NULL : arena_strdup(diags->arena, message->hint);
    for (size_t k = 0; k < message->notes.n; k++) {
        add_note(diags, message->notes.items[k].span, message->notes.items[k].text);
    }
    for (size_t k = 0; k < message->fixes.n; k++) {
        diag_fix(diags, message->fixes.items[k].span, message->fixes.items[k].replacement);
    }
    return true;
}

bool
diags_has_error_within(const Diags *diags, Span span)
{
    for (size_t i = 0; i < diags->messages.n; i++) {
        const Message *message = diags->messages.items[i];
        if (message->span.file == span.file && message->span.start >= span.start &&
            message->span.end <= span.end && message->severity == DIAG_ERROR) {
            return true;
        }
    }
    return false;
}

size_t
diags_error_count(const Diags *diags)
{
    return diags->n_by_severity[DIAG_ERROR];
}

size_t
diags_warning_count(const Diags *diags)
{
    return diags->n_by_severity[DIAG_WARNING];
}

static void
render(const Message *message, DiagStyle style, Str *out)
{
    const DiagInfo *info = diag_info(message->id);
    render_message(out, style, message->severity, info->code, message->span, message->text);
    for (size_t i = 0; i < message->notes.n; i++) {
        const DiagNote *note = &message->notes.items[i];
        if (note->span.file != NULL) {
            render_message(out, style, DIAG_NOTE, "", note->span, note->text);
        } else {
            render_extra(out, style, "note", note->text);
        }
    }
    if (message->hint != NULL) {
        render_extra(out, style, "hint", message->hint);
    }
}

void
diags_render(const Diags *diags, DiagStyle style, Str *out)
{
    size_t n_errors = 0;
    size_t n_errors_shown = 0;
    for (size_t i = 0; i < diags->messages.n; i++) {
        const Message *message = diags->messages.items[i];
        if (message->severity == DIAG_ERROR) {
            n_errors++;
            if (style.max_errors > 0 && n_errors > style.max_errors) {
                continue;
            }
            n_errors_shown++;
        }
        render(message, style, out);
    }
    if (n_errors > n_errors_shown) {
        size_t n = n_errors - n_errors_shown;
        str_append_format(out, "%zu more error%s not shown\n", n, n == 1 ? " is" : "s are");
    }
}

void
error_render(const Error *error, DiagStyle style, Str *out)
{
    error_render_as(error, DIAG_ERROR, style, out);
}

void
error_render_as(const Error *error, DiagSeverity severity, DiagStyle style, Str *out)
{
    const char *message = error->message != NULL ? error->message : "unknown error";
    render_message(out, style, severity, error->sqlstate, error->origin, message);
    if (error->detail != NULL) {
        render_extra(out, style, "detail", error->detail);
    }
    if (error->hint != NULL) {
        render_extra(out, style, "hint", error->hint);
    }
    for (const char *line = str_text(&error->context); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        CLEANUP(str_deinit) Str text = {0};
        str_append_n(&text, line, length);
        render_extra(out, style, "", str_text(&text));
        line += length + (line[length] == '\n' ? 1 : 0);
    }
}

bool
diags_view(const Diags *diags, size_t i, DiagView *ret_view)
{
    if (i >= diags->messages.n) {
        return false;
    }
    const Message *message = diags->messages.items[i];
    *ret_view = (DiagView){
        .info = diag_info(message->id),
        .severity = message->severity,
        .span = message->span,
        .message = message->text,
        .hint = message->hint,
        .notes = message->notes.items,
        .n_notes = message->notes.n,
        .fixes = message->fixes.items,
        .n_fixes = message->fixes.n,
    };
    return true;
}

void
diags_judge(Diags *diags, DiagVerdict (*judge)(void *user, const DiagView *view), void *user)
{
    size_t kept = 0;
    for (size_t i = 0; i < diags->messages.n; i++) {
        Message *message = diags->messages.items[i];
        DiagView view;
        DiagVerdict verdict = DIAG_KEEP;
        if (message->severity == DIAG_WARNING && diags_view(diags, i, &view)) {
            verdict = judge(user, &view);
        }
        if (verdict != DIAG_KEEP) {
            diags->n_by_severity[DIAG_WARNING]--;
        }
        if (verdict == DIAG_DROP) {
            continue;
        }
        if (verdict == DIAG_DENY) {
            message->severity = DIAG_ERROR;
            diags->n_by_severity[DIAG_ERROR]++;
        }
        diags->messages.items[kept++] = message;
    }
    diags->messages.n = kept;
    diags->last = NULL;
}
