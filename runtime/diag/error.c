#include "runtime/diag/error.h"

#include <stdlib.h>

void
error_deinit(Error *error)
{
    free(error->message);
    free(error->detail);
    free(error->hint);
    str_deinit(&error->context);
    arena_free(error->place);
    *error = (Error){0};
}

void
error_clear(Error *error)
{
    if (error != NULL) {
        error_deinit(error);
    }
}

static PRINTF_LIKE(1, 0) char *format_text(const char *format, va_list args)
{
    Str text = {0};
    str_append_vformat(&text, format, args);
    return str_take(&text);
}

int
error_set(Error *error, ErrorCode code, const char *format, ...)
{
    if (error == NULL) {
        return -1;
    }
    va_list args;
    va_start(args, format);
    char *message = format_text(format, args); /* before the old texts go: they may be arguments */
    va_end(args);
    error_deinit(error);
    error->code = code;
    error->message = message;
    return -1;
}

/* Replaces a text of the error; the arguments may point into what it replaces. */
static PRINTF_LIKE(2, 0) void replace_text(char **slot, const char *format, va_list args)
{
    char *text = format_text(format, args);
    free(*slot);
    *slot = text;
}

void
error_set_detail(Error *error, const char *format, ...)
{
    if (error != NULL) {
        va_list args;
        va_start(args, format);
        replace_text(&error->detail, format, args);
        va_end(args);
    }
}

void
error_set_hint(Error *error, const char *format, ...)
{
    if (error != NULL) {
        va_list args;
        va_start(args, format);
        replace_text(&error->hint, format, args);
        va_end(args);
    }
}

void
error_set_origin(Error *error, Span origin)
{
    if (error != NULL) {
        error->origin = origin;
    }
}

void
error_keep_origin(Error *error, Span origin)
{
    if (error == NULL || origin.file == NULL) {
        return;
    }
    Arena *place = arena_new();
    error->origin = (Span){source_copy(place, origin.file), origin.start, origin.end};
    arena_free(error->place);
    error->place = place;
}

int
error_wrap(Error *error, const char *format, ...)
{
    if (error == NULL) {
        return -1;
    }
    va_list args;
    va_start(args, format);
    if (error->context.length > 0) {
        str_append_char(&error->context, '\n');
    }
    str_append(&error->context, "while ");
    str_append_vformat(&error->context, format, args);
    va_end(args);
    return -1;
}

void
error_move(Error *to, Error *from)
{
    if (to == from) {
        return;
    }
    if (to == NULL) {
        error_deinit(from);
        return;
    }
    error_deinit(to);
    *to = *from;
    *from = (Error){0};
}
