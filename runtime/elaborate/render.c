#include "runtime/elaborate/render.h"

#include "runtime/base/utf8.h"
#include "runtime/elaborate/elaborate_priv.h"

#include <string.h>

typedef struct Renderer Renderer;
struct Renderer {
    const RenderContext *context;
    Arena *arena;
    Str text;
    VEC(RenderSegment) segments;
};

static void
append_alias(const char *alias, Str *sql)
{
    str_append(sql, " as \"");
    for (; *alias != '\0'; alias++) {
        str_append_n(sql, "\"\"", *alias == '"' ? 2 : 0);
        str_append_n(sql, alias, *alias == '"' ? 0 : 1);
    }
    str_append_char(sql, '"');
}

static void
render_piece(Renderer *r, const FlowPiece *piece)
{
    const RenderContext *context = r->context;
    RenderSegment segment = {.start = r->text.length, .at = piece->at, .verbatim = piece->verbatim};
    vec_push_in(r->arena, &r->segments, segment);
    switch (piece->kind) {
    case FLOW_PIECE_TEXT: str_append(&r->text, piece->text); break;
    case FLOW_PIECE_RELATION:
        context->append_table(context->user, piece->table, &r->text);
        if (piece->alias != NULL) {
            append_alias(piece->alias, &r->text);
        }
        break;
    case FLOW_PIECE_OUTPUT:
        if (context->append_output == NULL) {
            BUG("an output where no script runs");
        }
        context->append_output(context->user, piece->text, &r->text);
        if (piece->alias != NULL) {
            append_alias(piece->alias, &r->text);
        }
        break;
    case FLOW_PIECE_LATE: BUG("a late piece was not expanded");
    }
}

static bool
has_late_piece(const FlowQuery *query)
{
    for (size_t i = 0; i < query->n_pieces; i++) {
        if (query->pieces[i].kind == FLOW_PIECE_LATE) {
            return true;
        }
    }
    return false;
}

/** The first message as an Error: while a run is under way there is no collector. */
static int
error_from_diags(const Diags *diags, Error *reterr)
{
    DiagView view;
    if (diags_view(diags, 0, &view)) {
        error_set(reterr, ERROR_CONFIG, "%s", view.message);
        error_set_origin(reterr, view.span);
        if (view.hint != NULL) {
            error_set_hint(reterr, "%s", view.hint);
        }
    }
    return -1;
}

static int
expand_now(const FlowQuery *query, const RenderContext *context, Arena *arena, PieceSink *sink,
           Error *reterr)
{
    CLEANUP(diags_freep) Diags *diags = diags_new();
    Elaboration e = {
        .unit = context->flow->unit,
        .environment = context->environment,
        .sources = context->sources,
        .arena = arena,
        .diags = diags,
        .flow = (Flow *)(uintptr_t)context->flow, /* only looked up in */
        .stage = query->stage,
        .constants = context->flow->constants,
        .columns = context->columns,
        .columns_user = context->user,
        .column_error = reterr,
    };
    if (expand_late(&e, query, sink) < 0) {
        return diags_error_count(diags) > 0 ? error_from_diags(diags, reterr) : -1;
    }
    return 0;
}

int
flow_query_render(const FlowQuery *query, const RenderContext *context, Arena *arena,
                  Rendered *ret_rendered, Error *reterr)
{
    PieceSink sink = {.pieces = {.items = query->pieces, .n = query->n_pieces}};
    if (has_late_piece(query)) {
        sink = (PieceSink){0};
        if (expand_now(query, context, arena, &sink, reterr) < 0) {
            return -1;
        }
    }
    Renderer r = {.context = context, .arena = arena};
    for (size_t i = 0; i < sink.pieces.n; i++) {
        render_piece(&r, &sink.pieces.items[i]);
    }
    size_t length = r.text.length;
    *ret_rendered = (Rendered){.text = str_take_in(&r.text, arena),
                               .length = length,
                               .segments = r.segments.items,
                               .n_segments = r.segments.n};
    return 0;
}

PdcSpan
rendered_place(const Rendered *rendered, size_t offset)
{
    size_t low = 0;
    size_t high = rendered->n_segments;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (rendered->segments[middle].start <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    if (rendered->n_segments == 0 || rendered->segments[low].start > offset) {
        return (PdcSpan){0};
    }
    const RenderSegment *segment = &rendered->segments[low];
    PdcSpan place = segment->at;
    if (segment->verbatim) {
        size_t inside = offset - segment->start;
        place.start = inside < place.end - place.start ? place.start + (uint32_t)inside : place.end;
        place.end = place.start < place.end ? place.start + 1 : place.end;
    }
    return place;
}

size_t
rendered_statement_end(const Rendered *rendered, size_t start)
{
    size_t length = strlen(PDC_SCRIPT_SEPARATOR);
    for (size_t i = 0; i < rendered->n_segments; i++) {
        const RenderSegment *segment = &rendered->segments[i];
        bool is_separator =
            segment->start >= start && !segment->verbatim &&
            strncmp(rendered->text + segment->start, PDC_SCRIPT_SEPARATOR, length) == 0;
        if (is_separator) {
            return segment->start;
        }
    }
    return rendered->length;
}

void
rendered_locate_statement(const Rendered *rendered, size_t start, FlowSources *sources,
                          Error *error)
{
    if (error->origin.file == NULL) {
        const char *statement = rendered->text + start;
        size_t inside =
            error->sql_position > 0
                ? utf8_byte_of_character(statement, strlen(statement), error->sql_position)
                : strspn(statement, " \t\r\n");
        error_set_origin(error, flow_span(sources, rendered_place(rendered, start + inside)));
    }
}

void
rendered_locate(const Rendered *rendered, const char *statement, size_t prefix_bytes,
                FlowSources *sources, Error *error)
{
    if (error->origin.file != NULL || error->sql_position <= 0) {
        return;
    }
    size_t offset = utf8_byte_of_character(statement, strlen(statement), error->sql_position);
    if (offset < prefix_bytes || offset - prefix_bytes > rendered->length) {
        return; /* in what we put around it: no place of the user's */
    }
    error_set_origin(error, flow_span(sources, rendered_place(rendered, offset - prefix_bytes)));
}
