#include "runtime/key/outline.h"

#include "runtime/base/str.h"
#include "runtime/base/vec.h"
#include "runtime/key/hash.h"

#include <stdlib.h>
#include <string.h>

/* ---- lines of fields ---- */

/** The fields of a line, in `arena`. */
static const char **
split(const char *line, Arena *arena, size_t *ret_n)
{
    VEC(const char *) fields = {0};
    for (;;) {
        size_t length = strcspn(line, "\t");
        vec_push_in(arena, &fields, arena_strndup(arena, line, length));
        if (line[length] == '\0') {
            break;
        }
        line += length + 1;
    }
    *ret_n = fields.n;
    return fields.items;
}

/** Is the byte in one of the ranges `12-40,60-75`? */
static bool
is_in(const char *ranges, uint32_t byte)
{
    while (*ranges != '\0') {
        char *end;
        unsigned long first = strtoul(ranges, &end, 10);
        unsigned long last = *end == '-' ? strtoul(end + 1, &end, 10) : first;
        if (byte >= first && byte < last) {
            return true;
        }
        ranges = *end == ',' ? end + 1 : "";
    }
    return false;
}

/** The number of an input of the query. */
static size_t
input_number(const FlowQuery *query, const FlowTable *table)
{
    size_t i = 0;
    while (i < query->n_inputs && query->inputs[i] != table) {
        i++;
    }
    return i;
}

/** The digest, and what the instance put into the ranges: values, and tables that are parameters.
 */
static const char *
part_text(const FlowQuery *query, const char *digest, const char *ranges, Arena *arena)
{
    Str text = {0};
    str_append(&text, digest);
    for (size_t i = 0; i < query->n_pieces; i++) {
        const FlowPiece *piece = &query->pieces[i];
        bool is_value = piece->kind == FLOW_PIECE_TEXT && !piece->verbatim;
        if (!is_in(ranges, piece->at.start)) {
            continue;
        }
        if (piece->kind == FLOW_PIECE_RELATION) {
            str_append_format(&text, "\x02%zu", input_number(query, piece->table));
        } else if (is_value) {
            str_append_char(&text, '\x01');
            str_append(&text, piece->text);
        }
    }
    return str_take_in(&text, arena);
}

static OutlinePart
read_part(const FlowQuery *query, const char *name, const char **fields, size_t n, Arena *arena)
{
    return (OutlinePart){.name = name,
                         .text = part_text(query, fields[0], fields[1], arena),
                         .names = fields + 2,
                         .n_names = n - 2};
}

static void
read_line(const FlowQuery *query, const char *line, Outline *outline, Arena *arena)
{
    size_t n;
    const char **fields = split(line, arena, &n);
    if (text_equal(fields[0], "names")) {
        outline->names = fields + 1;
        outline->n_names = n - 1;
    } else if (text_equal(fields[0], "rows") && n >= 3) {
        outline->rows = read_part(query, NULL, fields + 1, n - 1, arena);
        outline->has_parts = true;
    } else if (text_equal(fields[0], "column") && n >= 4) {
        outline->columns[outline->n_columns++] =
            read_part(query, fields[1], fields + 2, n - 2, arena);
    } else if (text_equal(fields[0], "clause") && n >= 3) {
        outline->clauses[outline->n_clauses++] =
            (OutlinePart){.name = fields[1], .text = fields[2]};
    }
}

/** Names of columns that only the engine will know, or that a value brings. */
static bool
has_unknown_names(const FlowQuery *query)
{
    for (size_t i = 0; i < query->n_pieces; i++) {
        const FlowPiece *piece = &query->pieces[i];
        bool is_written = piece->kind == FLOW_PIECE_RELATION ||
                          (piece->kind == FLOW_PIECE_TEXT &&
                           (piece->verbatim || strchr(piece->text, '"') == NULL));
        if (!is_written) {
            return true;
        }
    }
    return false;
}

Outline *
outline_of(const FlowTable *table, Arena *arena)
{
    const FlowQuery *query = table->body->query;
    if (table->body->kind != FLOW_BODY_QUERY || query->n_outline == 0 || has_unknown_names(query)) {
        return NULL;
    }
    Outline *outline = ARENA_NEW(arena, Outline);
    *outline = (Outline){.columns = ARENA_ARRAY(arena, OutlinePart, query->n_outline),
                         .clauses = ARENA_ARRAY(arena, OutlinePart, query->n_outline)};
    for (size_t i = 0; i < query->n_outline; i++) {
        read_line(query, query->outline[i], outline, arena);
    }
    return outline;
}

/* ---- as text ---- */

enum { DIGEST_DIGITS = 16 };

static void
append_part(const char *kind, const OutlinePart *part, Arena *arena, Str *text)
{
    str_append_format(text, "%s%s\t%.*s", text->length > 0 ? "\n" : "", kind, DIGEST_DIGITS,
                      hash_of_text(part->text, arena));
    if (part->name != NULL) {
        str_append_format(text, "\t%s", part->name);
    }
}

const char *
outline_text(const Outline *outline, Arena *arena)
{
    Str text = {0};
    if (outline == NULL || !outline->has_parts) {
        return NULL;
    }
    append_part("rows", &outline->rows, arena, &text);
    for (size_t i = 0; i < outline->n_columns; i++) {
        append_part("column", &outline->columns[i], arena, &text);
    }
    for (size_t i = 0; i < outline->n_clauses; i++) {
        append_part("clause", &outline->clauses[i], arena, &text);
    }
    return str_take_in(&text, arena);
}
