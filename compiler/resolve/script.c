/* Scripts: several statements that make the outputs of a task or the tables of a declaration. */
#include "compiler/resolve/resolve_priv.h"

typedef VEC(PdcPiece) PieceRow;

static void
append_statement(Resolver *r, PieceRow *row, const PdcPieces *statement)
{
    static const PdcPiece separator = {.kind = PDC_PIECE_TEXT, .text = PDC_SCRIPT_SEPARATOR};
    if (row->n > 0) {
        vec_push_in(r->arena, row, separator);
    }
    for (size_t i = 0; i < statement->n; i++) {
        vec_push_in(r->arena, row, statement->items[i]);
    }
}

/** Each output is created by some statement, if only in one branch of an `${if}`. */
static bool
check_created(Resolver *r, const AstBody *body, const Place *place)
{
    bool all = true;
    for (size_t i = 0; i < place->outputs->n; i++) {
        const AstName *output = place->outputs->items[i];
        if (output->text != NULL && map_get(place->script->created, output->text) == NULL) {
            diag_add(r->diags, DIAG_OUTPUT_NOT_CREATED, body->node.span, output->text);
            diag_hint(r->diags, "create table ${out.%s} as select …;", output->text);
            diag_note(r->diags, output->node.span, "it is named here");
            all = false;
        }
    }
    return all;
}

const PdcQuery *
script_lower(Resolver *r, const AstBody *body, const Place *place, QueryFacts *ret_facts)
{
    PdcQuery *lowered = ARENA_NEW(r->arena, PdcQuery);
    Script script = {.created = map_new(r->arena), .temporary = map_new(r->arena)};
    Place inside = *place;
    PieceRow row = {0};
    bool done = true;
    if (place->outputs == NULL) {
        if (!diags_has_error_within(r->diags, body->node.span)) {
            diag_add(r->diags, DIAG_SCRIPT_HERE, body->node.span);
        }
        return NULL;
    }
    inside.script = &script;
    lowered->at = span_lower(r, body->node.span);
    for (size_t i = 0; i < body->as.script.n; i++) {
        const PdcQuery *statement =
            query_lower(r, body->as.script.items[i], SQL_USE_STATEMENT, &inside, ret_facts);
        done &= statement != NULL;
        if (statement != NULL) {
            append_statement(r, &row, &statement->pieces);
            lowered->uses_date |= statement->uses_date;
        }
    }
    lowered->pieces = (PdcPieces){.items = row.items, .n = row.n};
    return done && check_created(r, body, &inside) ? lowered : NULL;
}
