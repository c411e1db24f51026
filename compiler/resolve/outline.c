/*
 * The outline of a query (compiler/sql/outline_priv.h), carried from its sample to the bytes of the
 * file and written as lines that the executable reads.
 */
#include "compiler/resolve/bind_priv.h"

#include <string.h>

/** Longer lines don't fit a C literal; who has so many names does without an outline. */
enum { LINE_LIMIT_BYTES = 4000 };

static void
append_names(const char *const *names, size_t n, Str *line)
{
    for (size_t i = 0; i < n; i++) {
        str_append_char(line, '\t');
        str_append(line, names[i]);
    }
}

static void
append_part(const char *kind, const SqlPart *part, const Sample *sample, Str *line)
{
    str_append(line, kind);
    if (part->name != NULL) {
        str_append_format(line, "\t%s", part->name);
    }
    str_append_format(line, "\t%s\t", part->digest);
    for (size_t i = 0; i < part->n_ranges; i++) {
        PdcSpan at = sample_place(sample, part->ranges[i].start, part->ranges[i].end);
        str_append_format(line, "%s%u-%u", i > 0 ? "," : "", at.start, at.end);
    }
    append_names(part->names, part->n_names, line);
}

static void
add_line(Binder *b, Str *line)
{
    b->outline_is_lost |= line->length > LINE_LIMIT_BYTES;
    vec_push_in(b->r->arena, &b->outline, str_take_in(line, b->r->arena));
}

static void
add_parts(Binder *b, const SqlOutline *outline, const Sample *sample)
{
    Str line = {0};
    append_part("rows", &outline->rows, sample, &line);
    add_line(b, &line);
    for (size_t i = 0; i < outline->n_columns; i++) {
        append_part("column", &outline->columns[i], sample, &line);
        add_line(b, &line);
    }
    for (size_t i = 0; i < outline->n_clauses; i++) {
        str_append_format(&line, "clause\t%s\t%s", outline->clauses[i].name,
                          outline->clauses[i].digest);
        add_line(b, &line);
    }
}

void
bind_outline(Binder *b, const SqlFacts *facts, const Sample *sample)
{
    const SqlOutline *outline = &facts->outline;
    b->outline_is_lost |= b->use != SQL_USE_QUERY || !outline->exists || outline->uses_all;
    if (b->outline_is_lost) {
        return;
    }
    if (b->n_outlines++ == 0) {
        Str line = {0};
        str_append(&line, "names");
        append_names(outline->names, outline->n_names, &line);
        add_line(b, &line);
        if (outline->has_parts) {
            add_parts(b, outline, sample);
        }
    } else if (!outline->has_parts) {
        b->outline.n = 1;
    }
}

/** Values are literals; whatever else is put in may bring names that are not known here. */
static bool
is_all_written(const Binder *b, const PdcPieces *pieces)
{
    for (size_t i = 0; i < pieces->n; i++) {
        const PdcPiece *piece = &pieces->items[i];
        bool is_value = piece->kind == PDC_PIECE_VALUE && piece->expr != NULL &&
                        expr_type(b->r, piece->expr, b->place->scope) != PDC_TYPE_COLUMN;
        if (piece->kind != PDC_PIECE_TEXT && !is_value) {
            return false;
        }
    }
    return true;
}

void
end_outline(Binder *b, const PdcPieces *pieces)
{
    b->outline_is_lost |= b->failed || b->outline.n == 0 || !is_all_written(b, pieces);
    for (size_t i = 0; i < b->marks.n && !b->outline_is_lost; i++) {
        b->outline_is_lost = b->marks.items[i].kind == MARK_CALL;
        if (b->marks.items[i].kind == MARK_FUNCTION) {
            b->outline.n = 1; /* its body is written elsewhere */
        }
    }
    if (!b->outline_is_lost) {
        b->query->outline = b->outline.items;
        b->query->n_outline = b->outline.n;
    }
}
