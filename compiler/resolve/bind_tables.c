/* Names of tables in a query: what they are bound to. */
#include "compiler/parse/sql_lexer.h"
#include "compiler/resolve/bind_priv.h"
#include "runtime/base/suggest.h"

Span
bind_span(const Binder *b, PdcSpan at)
{
    return span_make(b->r->input->files[at.file]->source, at.start, at.end);
}

void
bind_mark(Binder *b, Mark mark)
{
    for (size_t i = 0; i < b->marks.n; i++) {
        if (b->marks.items[i].at.file == mark.at.file &&
            b->marks.items[i].at.start == mark.at.start) {
            return; /* an earlier sample had it too */
        }
    }
    vec_push(&b->marks, mark);
}

/** Another table of the same SELECT that would go by the same name. */
static bool
collides(const SqlFacts *facts, const SqlRelation *relation)
{
    for (size_t i = 0; i < facts->n_relations; i++) {
        const SqlRelation *other = &facts->relations[i];
        const char *visible = other->alias != NULL ? other->alias : other->name;
        if (other != relation && other->scope == relation->scope &&
            text_equal(visible, relation->name)) {
            return true;
        }
    }
    return false;
}

static const char *
alias_of(Binder *b, const SqlFacts *facts, const SqlRelation *relation)
{
    if (relation->alias != NULL || relation->takes_no_alias) {
        return NULL;
    }
    return relation->schema != NULL && collides(facts, relation)
               ? arena_printf(b->r->arena, "%s.%s", relation->schema, relation->name)
               : arena_strdup(b->r->arena, relation->name);
}

static const Scope *
table_parameter(const Binder *b, const SqlRelation *relation)
{
    const Scope *scope =
        relation->schema == NULL ? scope_lookup(b->place->scope, relation->name) : NULL;
    return scope != NULL && scope->type == PDC_TYPE_TABLE ? scope : NULL;
}

/** A table that an earlier statement of the script created for itself. */
static bool
is_temporary(const Binder *b, const char *name)
{
    return b->place->script != NULL && map_get(b->place->script->temporary, name) != NULL;
}

/** A name without a stage may be meant for a CTE. */
static void
hint_cte(Binder *b, const SqlFacts *facts, const char *name)
{
    for (size_t i = 0; i < facts->n_ctes; i++) {
        if (text_equal_ignore_case(facts->ctes[i], name)) {
            diag_hint(b->r->diags,
                      "the `%s` of a `with` can't be seen from here: one sees those "
                      "before it, and itself with `with recursive`",
                      name);
            return;
        }
    }
    const char *nearest = suggest_nearest(name, facts->ctes, facts->n_ctes);
    if (nearest != NULL) {
        diag_suggest(b->r->diags, name, nearest);
    }
}

/** What is written, with all its parts. */
static const char *
written_name(const Binder *b, const SqlRelation *relation)
{
    return arena_printf(b->r->arena, "%s%s%s%s%s", relation->catalog ? relation->catalog : "",
                        relation->catalog ? "." : "", relation->schema ? relation->schema : "",
                        relation->schema ? "." : "", relation->name);
}

static void
report_unknown(Binder *b, const SqlFacts *facts, const SqlRelation *relation, PdcSpan at)
{
    b->failed = true;
    if (relation->catalog != NULL) {
        diag_add(b->r->diags, DIAG_UNKNOWN_TABLE, bind_span(b, at), written_name(b, relation));
        diag_hint(b->r->diags, "a table is named stage.table; one of another database is an input: "
                               "table NAME as external('schema', 'table')");
        return;
    }
    report_unknown_table(b->r, bind_span(b, at), written_name(b, relation), b->place->stage);
    if (relation->schema != NULL) {
        return;
    }
    if (map_get(b->r->tasks, relation->name) != NULL) {
        diag_hint(b->r->diags, "`%s` is a task: call it, `%s(…)`", relation->name, relation->name);
    } else {
        hint_cte(b, facts, relation->name);
    }
}

/** A table's name made of literal text: what it is bound to. */
static void
bind_plain(Binder *b, const SqlFacts *facts, const SqlRelation *relation, PdcSpan at)
{
    Mark mark = {.at = at, .kind = MARK_RELATION};
    mark.piece.at = at;
    mark.piece.alias = alias_of(b, facts, relation);
    if (table_parameter(b, relation) != NULL) {
        PdcExpr *variable = expr_new(b->r, PDC_EXPR_VARIABLE, bind_span(b, at));
        variable->text = arena_strdup(b->r->arena, relation->name);
        mark.piece.kind = PDC_PIECE_VALUE;
        mark.piece.expr = variable;
        bind_mark(b, mark);
        return;
    }
    if (relation->schema == NULL && is_temporary(b, relation->name)) {
        return;
    }
    bool known = relation->catalog == NULL &&
                 (relation->schema != NULL || b->place->stage != NULL) &&
                 table_may_exist(b->r, b->place->stage, relation->schema, relation->name);
    if (known && b->use == SQL_USE_CACHE) {
        diag_add(b->r->diags, DIAG_CACHE_READS_FLOW, bind_span(b, at), relation->name);
        b->failed = true;
        return;
    }
    if (b->use == SQL_USE_CACHE) {
        return; /* a table of the database, as `external` brings it in */
    }
    if (!known) {
        report_unknown(b, facts, relation, at);
        return;
    }
    mark.piece.kind = PDC_PIECE_RELATION;
    if (relation->schema != NULL) {
        mark.piece.relation.stage = name_plain(b->r, arena_strdup(b->r->arena, relation->schema));
    }
    mark.piece.relation.name = name_plain(b->r, arena_strdup(b->r->arena, relation->name));
    bind_mark(b, mark);
}

/** A name with holes: `clean.revenue_${r}`; the identifier piece becomes the relation. */
static void
bind_template(Binder *b, const SqlRelation *relation, const Sample *sample, size_t segment)
{
    PdcPiece *piece = sample->segments.items[segment].piece;
    size_t start = sample->segments.items[segment].start;
    if (relation->schema == NULL && b->place->stage == NULL) {
        diag_add(b->r->diags, DIAG_TABLE_WITHOUT_STAGE, bind_span(b, piece->at), "…");
        b->failed = true;
        return;
    }
    piece->kind = PDC_PIECE_RELATION;
    piece->relation.name = piece->name;
    piece->name = (PdcName){0};
    piece->alias = relation->alias != NULL ? NULL : "";
    if (relation->schema != NULL) {
        piece->relation.stage = name_plain(b->r, arena_strdup(b->r->arena, relation->schema));
        bind_mark(
            b, (Mark){.at = sample_place(sample, relation->place.start, start), .kind = MARK_CUT});
    }
}

/** `raw.t *` and, behind `only`, `(raw.t)` give way as a whole: an alias can't stand inside. */
static PdcSpan
written_place(const SqlRelation *relation, const Sample *sample)
{
    const char *text = str_text(&sample->text);
    size_t start = relation->place.start;
    if (relation->alias_at > relation->place.end && text[relation->alias_at - 1] == ')') {
        while (start > 0 && text[start] != '(') {
            start--;
        }
    }
    size_t end = relation->alias == NULL ? relation->alias_at : relation->place.end;
    return sample_place(sample, end > relation->place.end ? start : relation->place.start, end);
}

void
bind_relation(Binder *b, const SqlFacts *facts, const SqlRelation *relation, const Sample *sample)
{
    size_t first = sample_segment_at(sample, relation->place.start);
    size_t last = sample_segment_at(sample, relation->place.end - 1);
    PdcPiece *piece = sample->segments.items[last].piece;
    bool whole = sample_segment_end(sample, last) == relation->place.end;
    if (first == last && piece->kind == PDC_PIECE_TEXT) {
        bind_plain(b, facts, relation, written_place(relation, sample));
    } else if (first == last && piece->kind == PDC_PIECE_VALUE && whole) {
        bool is_variable = piece->expr != NULL && piece->expr->kind == PDC_EXPR_VARIABLE;
        piece->alias = relation->alias != NULL ? NULL : is_variable ? piece->expr->text : "";
    } else if (first == last && piece->kind == PDC_PIECE_OUTPUT && whole) {
        piece->alias = relation->alias != NULL ? NULL : piece->text;
    } else if (piece->kind == PDC_PIECE_IDENT && whole && last - first <= 1) {
        bind_template(b, relation, sample, last);
    } else {
        diag_add(b->r->diags, DIAG_NAME_PARTS,
                 bind_span(b, sample_place(sample, relation->place.start, relation->place.end)));
        b->failed = true;
    }
}

/** A statement of a script creates and changes the script's own tables, no others. */
void
bind_target(Binder *b, const SqlTarget *target, const Sample *sample)
{
    Script *script = b->place->script;
    size_t segment = sample_segment_at(sample, target->place.start);
    const PdcPiece *piece = sample->segments.items[segment].piece;
    bool is_output = piece->kind == PDC_PIECE_OUTPUT;
    bool is_named = piece->kind == PDC_PIECE_TEXT && target->schema == NULL;
    if (is_output && target->is_temporary) {
        diag_add(b->r->diags, DIAG_OUTPUT_TEMPORARY, bind_span(b, piece->at), piece->text);
        b->failed = true;
    } else if (is_output && target->is_created) {
        map_set(script->created, piece->text, script);
    } else if (is_named && target->is_temporary) {
        map_set(script->temporary, arena_strdup(b->r->arena, target->name), script);
    } else if (!is_output && !(is_named && is_temporary(b, target->name))) {
        diag_add(b->r->diags, DIAG_SCRIPT_TARGET,
                 bind_span(b, sample_place(sample, target->place.start, target->place.end)),
                 target->is_created ? "create" : "change");
        b->failed = true;
    }
}

/** Whether the schema of a column reference is the stage of the table that it means. */
static bool
names_stage(const Binder *b, const SqlQualifier *qualifier, const SqlRelation *relation)
{
    const char *stage = relation->schema != NULL  ? relation->schema
                        : b->place->stage != NULL ? b->place->stage->name
                                                  : NULL;
    return relation->alias == NULL && text_equal(stage, qualifier->schema) &&
           map_get(b->r->stages, stage) != NULL;
}

/** `raw.orders.amount`: the table is known as `orders`, or, where that is not unique, as
 * `"raw.orders"`. */
void
bind_qualifier(Binder *b, const SqlFacts *facts, const SqlQualifier *qualifier,
               const Sample *sample)
{
    const SqlRelation *relation =
        qualifier->relation == SQL_NONE ? NULL : &facts->relations[qualifier->relation];
    SqlToken name =
        sql_lex_next_word(str_text(&sample->text), sample->text.length, qualifier->place.end);
    bool one_piece = sample_segment_at(sample, qualifier->place.start) ==
                     sample_segment_at(sample, name.end - 1);
    if (relation == NULL || !one_piece || !names_stage(b, qualifier, relation)) {
        return;
    }
    if (relation->schema == NULL || !collides(facts, relation)) {
        PdcSpan at = sample_place(sample, qualifier->place.start, qualifier->place.end);
        bind_mark(b, (Mark){.at = at, .kind = MARK_CUT});
        return;
    }
    Mark mark = {.at = sample_place(sample, qualifier->place.start, name.end),
                 .kind = MARK_REPLACE};
    mark.piece = (PdcPiece){
        .kind = PDC_PIECE_TEXT,
        .at = mark.at,
        .text = arena_printf(b->r->arena, "\"%s.%s\"", relation->schema, relation->name)};
    bind_mark(b, mark);
}
