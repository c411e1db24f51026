/**
 * JSON: one object a line, its fields in the order in which they are added.
 *
 *     JsonLine line = {0};
 *     json_begin(&line, "plan");
 *     json_text(&line, "table", "a.u");
 *     fputs(json_end(&line), stdout);          {"event": "plan", "table": "a.u"}
 *     json_line_deinit(&line);
 *
 * Numbers are written as the engine spelt them, so that none loses digits; texts are encoded by
 * jansson, and what is no UTF-8 in them becomes U+FFFD.
 */
#ifndef PDC_REPORT_JSON_H
#define PDC_REPORT_JSON_H

#include "runtime/base/str.h"
#include "runtime/diag/diag.h"

#include <stdint.h>

typedef struct JsonLine JsonLine;
struct JsonLine {
    Str text;
    bool has_fields; /* of the object that is open, or items of the list */
};

/** Starts a line anew; `event` NULL: an object without that field. */
void json_begin(JsonLine *line, const char *event);
/** Ends the line. @return its text with a line end, owned by `line` */
const char *json_end(JsonLine *line);
void json_line_deinit(JsonLine *line);

/** A text, or null. */
void json_text(JsonLine *line, const char *key, const char *text);
/** A number as text; what isn't a number in JSON (`NaN`, `Infinity`) becomes a text; NULL null. */
void json_number(JsonLine *line, const char *key, const char *number);
void json_int(JsonLine *line, const char *key, int64_t number);
/** The same; null where it is negative, which says that it isn't known. */
void json_known_count(JsonLine *line, const char *key, int64_t number);
/** Seconds to the microsecond; null where negative. */
void json_seconds(JsonLine *line, const char *key, double seconds);
void json_bool(JsonLine *line, const char *key, bool truth);
/** Opens an object as a field; json_close() ends it. */
void json_open(JsonLine *line, const char *key);
void json_close(JsonLine *line);
/** Opens a list as a field; its items are objects, each begun by json_open_item() and ended by
 * json_close(). */
void json_open_list(JsonLine *line, const char *key);
void json_open_item(JsonLine *line);
void json_close_list(JsonLine *line);

/** `file`, `line`, `column` of a place; null where none is known. */
void json_span(JsonLine *line, Span span);
/** An error as an object, with code, message and whatever else it knows; null for NULL. */
void json_error(JsonLine *line, const char *key, const Error *error);
/** The fields of an error, into the open object. */
void json_error_fields(JsonLine *line, const Error *error);

#endif
