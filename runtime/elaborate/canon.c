#include "runtime/elaborate/elaborate_priv.h"

#include <stdio.h>

static void
append_token(Str *canon, const char *text)
{
    if (*text == '\0') {
        return;
    }
    if (canon->length > 0) {
        str_append_char(canon, ' ');
    }
    str_append(canon, text);
}

static void
append_input(Str *canon, size_t number)
{
    char text[32];
    snprintf(text, sizeof text, "\x01%zu\x02", number);
    append_token(canon, text);
}

void
flow_query_canon(const FlowQuery *query, Str *canon)
{
    for (size_t i = 0; i < query->n_pieces; i++) {
        const FlowPiece *piece = &query->pieces[i];
        switch (piece->kind) {
        case FLOW_PIECE_TEXT:
        case FLOW_PIECE_LATE:
            append_token(canon, piece->canon != NULL ? piece->canon : piece->text);
            break;
        case FLOW_PIECE_OUTPUT:
            append_token(canon, "\x03");
            str_append(canon, piece->text);
            break;
        case FLOW_PIECE_RELATION:
            for (size_t k = 0; k < query->n_inputs; k++) {
                if (query->inputs[k] == piece->table) {
                    append_input(canon, k);
                }
            }
            if (piece->alias != NULL) {
                append_token(canon, "as");
                append_token(canon, piece->alias);
            }
            break;
        }
    }
}

/* ---- fragments that wait for columns ---- */

static int canon_pieces(Elaboration *e, const PdcPieces *pieces, const FlowScope *scope,
                        size_t depth, PieceSink *sink, Str *canon);

/** Appends what is known as a value, and what is not by its structure. Loop variables that wait are
 * DEFERRED. */
static int
canon_expr(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, PieceSink *sink, Str *canon)
{
    Value value;
    if (eval(e, expr, scope, &value) < 0) {
        return -1;
    }
    if (value.kind == VALUE_TABLE) {
        append_input(canon, sink_input(e, sink, value.table));
        return 0;
    }
    if (value.kind != VALUE_DEFERRED) {
        Str text = {0};
        if (value.kind != VALUE_COLUMN && value_append_literal(&value, &text)) {
            append_token(canon, str_text(&text));
        } else if (value_append_plain(&value, &text)) {
            append_token(canon, str_text(&text));
        }
        str_deinit(&text);
        return 0;
    }
    str_append_format(canon, " {%d", (int)expr->kind);
    if (expr->text != NULL) {
        append_token(canon, expr->text);
    }
    for (size_t i = 0; i < expr->n_args; i++) {
        if (canon_expr(e, expr->args[i], scope, sink, canon) < 0) {
            return -1;
        }
    }
    str_append_char(canon, '}');
    return 0;
}

static int
canon_name(Elaboration *e, const PdcName *name, const FlowScope *scope, PieceSink *sink, Str *canon)
{
    str_append(canon, " {name");
    for (size_t i = 0; i < name->n_parts; i++) {
        const PdcNamePart *part = &name->parts[i];
        if (part->text != NULL) {
            append_token(canon, part->text);
        } else if (canon_expr(e, part->expr, scope, sink, canon) < 0) {
            return -1;
        }
    }
    str_append_char(canon, '}');
    return 0;
}

static int
canon_for(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, size_t depth,
          PieceSink *sink, Str *canon)
{
    str_append_format(canon, " {for %d", (int)piece->join);
    if (canon_expr(e, piece->expr, scope, sink, canon) < 0) {
        return -1;
    }
    Value waiting = {.kind = VALUE_DEFERRED};
    for (size_t i = 0; i < piece->n_variables; i++) {
        append_token(canon, piece->variables[i]);
        scope = scope_with(e->arena, scope, piece->variables[i], waiting);
    }
    if (piece->filter != NULL && canon_expr(e, piece->filter, scope, sink, canon) < 0) {
        return -1;
    }
    append_token(canon, ":");
    int result = canon_pieces(e, &piece->body, scope, depth, sink, canon);
    str_append_char(canon, '}');
    return result;
}

static int
canon_if(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, size_t depth,
         PieceSink *sink, Str *canon)
{
    str_append(canon, " {if");
    int result = canon_expr(e, piece->expr, scope, sink, canon);
    append_token(canon, ":");
    result |= canon_pieces(e, &piece->body, scope, depth, sink, canon);
    append_token(canon, "else:");
    result |= canon_pieces(e, &piece->otherwise, scope, depth, sink, canon);
    str_append_char(canon, '}');
    return result;
}

static int
canon_call(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, size_t depth,
           PieceSink *sink, Str *canon)
{
    const PdcTask *task = find_task(e->unit, piece->text);
    const FlowScope *inner;
    if (task == NULL || task->body == NULL) {
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
    append_token(canon, "(");
    int result = canon_pieces(e, &task->body->query->pieces, inner, depth + 1, sink, canon);
    append_token(canon, ")");
    return result;
}

static int
canon_relation(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, PieceSink *sink,
               Str *canon)
{
    const FlowTable *table = find_relation(e, &piece->relation, piece->at, scope);
    if (table == NULL) {
        return -1;
    }
    append_input(canon, sink_input(e, sink, table));
    return 0;
}

int
canon_fragment(Elaboration *e, const PdcPiece *piece, const FlowScope *scope, size_t depth,
               PieceSink *sink, Str *canon)
{
    switch (piece->kind) {
    case PDC_PIECE_TEXT:
    case PDC_PIECE_TODAY:
        append_token(canon, piece->canon != NULL ? piece->canon : piece->text);
        return 0;
    case PDC_PIECE_VALUE: return canon_expr(e, piece->expr, scope, sink, canon);
    case PDC_PIECE_IDENT: return canon_name(e, &piece->name, scope, sink, canon);
    case PDC_PIECE_RELATION: return canon_relation(e, piece, scope, sink, canon);
    case PDC_PIECE_CALL: return canon_call(e, piece, scope, depth, sink, canon);
    case PDC_PIECE_FOR: return canon_for(e, piece, scope, depth, sink, canon);
    case PDC_PIECE_IF: return canon_if(e, piece, scope, depth, sink, canon);
    case PDC_PIECE_OUTPUT: append_token(canon, piece->text); return 0;
    }
    BUG("piece of kind %d", (int)piece->kind);
}

static int
canon_pieces(Elaboration *e, const PdcPieces *pieces, const FlowScope *scope, size_t depth,
             PieceSink *sink, Str *canon)
{
    int result = 0;
    for (size_t i = 0; i < pieces->n; i++) {
        result |= canon_fragment(e, &pieces->items[i], scope, depth, sink, canon);
    }
    return result;
}
