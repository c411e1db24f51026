/* Scripts: several statements that make the outputs of a task or the tables of a declaration. */
#include "compiler/resolve/resolve_priv.h"

static void
append_statement(Resolver *r, PdcQuery *script, const PdcQuery *statement)
{
    static const PdcPiece separator = {.kind = PDC_PIECE_TEXT, .text = PDC_SCRIPT_SEPARATOR};
    VEC(PdcPiece) pieces = {0};
    for (size_t i = 0; i < script->pieces.n; i++) {
        vec_push_in(r->arena, &pieces, script->pieces.items[i]);
    }
    if (pieces.n > 0) {
        vec_push_in(r->arena, &pieces, separator);
    }
    for (size_t i = 0; i < statement->pieces.n; i++) {
        vec_push_in(r->arena, &pieces, statement->pieces.items[i]);
    }
    script->pieces = (PdcPieces){.items = pieces.items, .n = pieces.n};
    script->uses_date |= statement->uses_date;
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
            append_statement(r, lowered, statement);
        }
    }
    return done && check_created(r, body, &inside) ? lowered : NULL;
}
