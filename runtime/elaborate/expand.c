#include "runtime/elaborate/elaborate_priv.h"

#include <string.h>

size_t
sink_input(Elaboration *e, PieceSink *sink, const FlowTable *table)
{
    for (size_t i = 0; i < sink->inputs.n; i++) {
        if (sink->inputs.items[i] == table) {
            return i;
        }
    }
    vec_push_in(e->arena, &sink->inputs, table);
    return sink->inputs.n - 1;
}

static void
push(Elaboration *e, PieceSink *sink, FlowPiece piece)
{
    vec_push_in(e->arena, &sink->pieces, piece);
}

static void
push_text(Elaboration *e, PieceSink *sink, PdcSpan at, const char *text)
{
    push(e, sink, (FlowPiece){.kind = FLOW_PIECE_TEXT, .at = at, .text = text});
}

static void
push_relation(Elaboration *e, PieceSink *sink, PdcSpan at, const FlowTable *table,
              const char *alias)
{
    sink_input(e, sink, table);
    push(e, sink,
         (FlowPiece){.kind = FLOW_PIECE_RELATION,
                     .at = at,
                     .table = table,
                     .alias = alias != NULL && *alias == '\0' ? table->name : alias});
}

static int
push_late(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, size_t depth,
          PieceSink *sink)
{
    Str canon = {0};
    int result = canon_fragment(e, piece, scope, depth, sink, &canon);
    push(e, sink,
         (FlowPiece){.kind = FLOW_PIECE_LATE,
                     .at = piece->at,
                     .canon = str_take_in(&canon, e->arena),
                     .late = piece,
                     .scope = scope});
    return result;
}

/* ---- values and names ---- */

/** Identifiers are quoted here and not by the store: both engines spell them the same way. */
static void
append_identifier(const char *name, Str *sql)
{
    str_append_char(sql, '"');
    for (; *name != '\0'; name++) {
        if (*name == '"') {
            str_append_char(sql, '"');
        }
        str_append_char(sql, *name);
    }
    str_append_char(sql, '"');
}

static bool
append_value(const Value *value, Str *sql)
{
    if (value->kind == VALUE_COLUMN) {
        append_identifier(value->text, sql);
        return true;
    }
    if (value->kind != VALUE_LIST || value->n_items == 0 || value->items[0].kind != VALUE_COLUMN) {
        return value_append_literal(value, sql);
    }
    for (size_t i = 0; i < value->n_items; i++) {
        str_append(sql, i > 0 ? ", " : "");
        if (!append_value(&value->items[i], sql)) {
            return false;
        }
    }
    return true;
}

static int
expand_value(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, size_t depth,
             PieceSink *sink)
{
    Value value;
    if (eval(e, piece->expr, scope, &value) < 0) {
        return -1;
    }
    if (value.kind == VALUE_DEFERRED) {
        return push_late(e, piece, scope, depth, sink);
    }
    if (value.kind == VALUE_TABLE) {
        push_relation(e, sink, piece->at, value.table, piece->alias);
        return 0;
    }
    Str sql = {0};
    if (!append_value(&value, &sql)) {
        str_deinit(&sql);
        diag_add(e->diags, DIAG_EXPR_TYPE, at_span(e, piece->at), "a value",
                 value_kind_name(value.kind));
        return -1;
    }
    push_text(e, sink, piece->at, str_take_in(&sql, e->arena));
    return 0;
}

static int
expand_identifier(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, size_t depth,
                  PieceSink *sink)
{
    const char *name;
    if (eval_name(e, &piece->name, piece->at, scope, &name) < 0) {
        return -1;
    }
    if (name == NULL) {
        return push_late(e, piece, scope, depth, sink);
    }
    Str sql = {0};
    append_identifier(name, &sql);
    push_text(e, sink, piece->at, str_take_in(&sql, e->arena));
    return 0;
}

static int
expand_relation(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, PieceSink *sink)
{
    const FlowTable *table = find_relation(e, &piece->relation, piece->at, scope);
    if (table == NULL) {
        return -1;
    }
    push_relation(e, sink, piece->at, table, piece->alias);
    return 0;
}

static int
expand_call(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, size_t depth,
            PieceSink *sink)
{
    const PdcTask *task = find_task(e->unit, piece->text);
    const FlowScope *inner;
    if (task == NULL || task->body == NULL || task->body->query == NULL) {
        return -1; /* a task with an error of its own */
    }
    if (depth >= MAX_CALL_DEPTH) {
        diag_add(e->diags, DIAG_TASK_RECURSION, at_span(e, piece->at), piece->text);
        return -1;
    }
    if (bind_arguments(e, task, piece->args, piece->n_args, piece->at, scope, &inner) < 0) {
        return -1;
    }
    sink->uses_date |= task->body->query->uses_date;
    push_text(e, sink, piece->at, "(");
    if (expand_pieces(e, &task->body->query->pieces, inner, depth + 1, sink) < 0) {
        return -1;
    }
    Str close = {0};
    str_append(&close, "\n)"); /* the body may end in a line comment */
    if (piece->alias != NULL) {
        str_append(&close, " as ");
        append_identifier(*piece->alias == '\0' ? piece->text : piece->alias, &close);
    }
    push_text(e, sink, piece->at, str_take_in(&close, e->arena));
    return 0;
}

/* ---- fragments ---- */

static const char *
join_text(PdcJoin join)
{
    static const char *const texts[] = {
        [PDC_JOIN_COMMA] = ", ",      [PDC_JOIN_UNION_ALL] = " union all ",
        [PDC_JOIN_UNION] = " union ", [PDC_JOIN_AND] = " and ",
        [PDC_JOIN_OR] = " or ",       [PDC_JOIN_ADD] = " + ",
        [PDC_JOIN_CONCAT] = " || ",
    };
    return texts[join];
}

/** What no repetition at all is worth: the neutral element, where there is one. */
static const char *
neutral_text(PdcJoin join)
{
    static const char *const texts[] = {
        [PDC_JOIN_COMMA] = "",    [PDC_JOIN_UNION_ALL] = "", [PDC_JOIN_UNION] = "",
        [PDC_JOIN_AND] = "true",  [PDC_JOIN_OR] = "false",   [PDC_JOIN_ADD] = "0",
        [PDC_JOIN_CONCAT] = "''",
    };
    return texts[join];
}

static const char *
piece_canon(const FlowPiece *piece)
{
    return piece->canon != NULL ? piece->canon : piece->text;
}

static bool
is_comma(const FlowPiece *piece)
{
    return piece->kind == FLOW_PIECE_TEXT && text_equal(piece_canon(piece), ",");
}

static bool
is_blank(const FlowPiece *piece)
{
    return piece->kind == FLOW_PIECE_TEXT && *piece_canon(piece) == '\0';
}

/** The compiler cuts a comma beside a fragment into a piece of its own. */
static bool
text_is_comma(const PdcPiece *piece)
{
    return piece->kind == PDC_PIECE_TEXT &&
           text_equal(piece->canon != NULL ? piece->canon : piece->text, ",");
}

static bool
text_is_blank(const PdcPiece *piece)
{
    return piece->kind == PDC_PIECE_TEXT &&
           *(piece->canon != NULL ? piece->canon : piece->text) == '\0';
}

/** Whether the fragment brings its own comma at one end; then its neighbours keep theirs. */
static bool
has_own_comma(const PdcPieces *body)
{
    size_t first = 0;
    size_t last = body->n;
    while (first < last && text_is_blank(&body->items[first])) {
        first++;
    }
    while (last > first && text_is_blank(&body->items[last - 1])) {
        last--;
    }
    return last > first &&
           (text_is_comma(&body->items[first]) || text_is_comma(&body->items[last - 1]));
}

/** Takes the comma away that stood before a fragment which came to nothing. @return whether there
 * was one */
static bool
swallow_comma_before(PieceSink *sink)
{
    for (size_t i = sink->pieces.n; i > 0; i--) {
        FlowPiece *piece = &sink->pieces.items[i - 1];
        if (is_comma(piece)) {
            piece->text = piece->canon = "";
            piece->verbatim = false;
            return true;
        }
        if (!is_blank(piece)) {
            return false;
        }
    }
    return false;
}

static int
expand_for(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, size_t depth,
           PieceSink *sink, bool *ret_empty)
{
    Value list;
    if (eval_list(e, piece->expr, scope, &list) < 0) {
        return -1;
    }
    size_t n_done = 0;
    for (size_t i = 0; i < list.n_items; i++) {
        const FlowScope *inner = bind_variables(e, piece->variables, piece->n_variables,
                                                &list.items[i], piece->at, scope);
        bool wanted = true;
        bool deferred = false;
        if (inner == NULL || (piece->filter != NULL &&
                              eval_condition(e, piece->filter, inner, &wanted, &deferred) < 0)) {
            return -1;
        }
        if (!wanted) {
            continue;
        }
        if (n_done++ > 0) {
            push_text(e, sink, piece->at, join_text(piece->join));
        }
        if (expand_pieces(e, &piece->body, inner, depth, sink) < 0) {
            return -1;
        }
    }
    if (n_done == 0) {
        push_text(e, sink, piece->at, neutral_text(piece->join));
    }
    *ret_empty = n_done == 0 && piece->join == PDC_JOIN_COMMA && !has_own_comma(&piece->body);
    return 0;
}

static int
expand_if(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, size_t depth,
          PieceSink *sink, bool *ret_empty)
{
    bool truth;
    bool deferred;
    if (eval_condition(e, piece->expr, scope, &truth, &deferred) < 0) {
        return -1;
    }
    const PdcPieces *chosen = truth ? &piece->body : &piece->otherwise;
    *ret_empty = !truth && piece->otherwise.n == 0 && !has_own_comma(&piece->body);
    return expand_pieces(e, chosen, scope, depth, sink);
}

/** Whether a fragment depends on columns that are not known yet. */
static int
fragment_is_late(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, bool *ret_late)
{
    Value value;
    if (e->columns != NULL) {
        *ret_late = false;
        return 0;
    }
    if (eval(e, piece->expr, scope, &value) < 0) {
        return -1;
    }
    *ret_late = value.kind == VALUE_DEFERRED;
    if (*ret_late || piece->filter == NULL || value.kind != VALUE_LIST || value.n_items == 0) {
        return 0;
    }
    const FlowScope *inner =
        bind_variables(e, piece->variables, piece->n_variables, &value.items[0], piece->at, scope);
    bool truth;
    return inner == NULL ? -1 : eval_condition(e, piece->filter, inner, &truth, ret_late);
}

static int
expand_fragment(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, size_t depth,
                PieceSink *sink, bool *ret_swallow)
{
    bool late;
    bool empty = false;
    if (fragment_is_late(e, piece, scope, &late) < 0) {
        return -1;
    }
    if (late) {
        return push_late(e, piece, scope, depth, sink);
    }
    int result = piece->kind == PDC_PIECE_FOR ? expand_for(e, piece, scope, depth, sink, &empty)
                                              : expand_if(e, piece, scope, depth, sink, &empty);
    *ret_swallow = empty && !swallow_comma_before(sink);
    return result;
}

/* ---- rows of pieces ---- */

static void
expand_text(Elaboration *e, const PdcPiece *piece, PieceSink *sink)
{
    push(e, sink,
         (FlowPiece){.kind = FLOW_PIECE_TEXT,
                     .at = piece->at,
                     .verbatim = piece->at.end > piece->at.start,
                     .text = piece->text,
                     .canon = piece->canon});
}

/** `current_date` is the engine's business, unless a test says which day it is. */
static void
expand_today(Elaboration *e, const PdcPiece *piece, PieceSink *sink)
{
    if (e->environment->fixes_date) {
        push_text(e, sink, piece->at,
                  arena_printf(e->arena, "date '%s'", e->environment->run_date));
    } else {
        expand_text(e, piece, sink);
    }
}

static int
expand_piece(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, size_t depth,
             PieceSink *sink, bool *ret_swallow)
{
    switch (piece->kind) {
    case PDC_PIECE_TEXT: expand_text(e, piece, sink); return 0;
    case PDC_PIECE_TODAY: expand_today(e, piece, sink); return 0;
    case PDC_PIECE_VALUE: return expand_value(e, piece, scope, depth, sink);
    case PDC_PIECE_IDENT: return expand_identifier(e, piece, scope, depth, sink);
    case PDC_PIECE_RELATION: return expand_relation(e, piece, scope, sink);
    case PDC_PIECE_CALL: return expand_call(e, piece, scope, depth, sink);
    case PDC_PIECE_FOR:
    case PDC_PIECE_IF: return expand_fragment(e, piece, scope, depth, sink, ret_swallow);
    case PDC_PIECE_OUTPUT:
        push(e, sink,
             (FlowPiece){.kind = FLOW_PIECE_OUTPUT,
                         .at = piece->at,
                         .text = piece->text,
                         .alias = piece->alias});
        return 0;
    }
    BUG("piece of kind %d", (int)piece->kind);
}

int
expand_pieces(Elaboration *e, const PdcPieces *pieces, const FlowScope *scope, size_t depth,
              PieceSink *sink)
{
    bool swallow = false; /* the comma that comes next belongs to a fragment that came to nothing */
    int result = 0;
    for (size_t i = 0; i < pieces->n; i++) {
        const PdcPiece *piece = &pieces->items[i];
        if (swallow && text_is_comma(piece)) {
            swallow = false;
            continue;
        }
        if (swallow && !text_is_blank(piece)) {
            swallow = false;
        }
        if (expand_piece(e, piece, scope, depth, sink, &swallow) < 0) {
            result = -1; /* go on: one look reports all that is wrong */
        }
    }
    return result;
}

int
expand_late(Elaboration *e, const FlowQuery *query, PieceSink *sink)
{
    bool swallow = false;
    for (size_t i = 0; i < query->n_pieces; i++) {
        const FlowPiece *piece = &query->pieces[i];
        if (piece->kind == FLOW_PIECE_LATE) {
            if (expand_piece(e, piece->late, piece->scope, 0, sink, &swallow) < 0) {
                return -1;
            }
            continue;
        }
        bool skip = swallow && is_comma(piece);
        swallow = swallow && is_blank(piece);
        if (!skip) {
            push(e, sink, *piece);
        }
    }
    return 0;
}

int
expand_query(Elaboration *e, const PdcQuery *query, const FlowScope *scope,
             const FlowQuery **ret_query)
{
    PieceSink sink = {0};
    if (expand_pieces(e, &query->pieces, scope, 0, &sink) < 0) {
        return -1;
    }
    FlowQuery *made = ARENA_NEW(e->arena, FlowQuery);
    made->pieces = sink.pieces.items;
    made->n_pieces = sink.pieces.n;
    made->at = query->at;
    made->stage = e->stage;
    made->uses_date = query->uses_date || sink.uses_date;
    made->inputs = sink.inputs.items;
    made->n_inputs = sink.inputs.n;
    made->outline = query->outline;
    made->n_outline = query->n_outline;
    *ret_query = made;
    return 0;
}
