#include "compiler/resolve/resolve_priv.h"
#include "runtime/base/suggest.h"

#include <string.h>

PdcSpan
span_lower(Resolver *r, Span span)
{
    for (size_t i = 0; i < r->input->n_files; i++) {
        if (r->input->files[i]->source == span.file) {
            return (PdcSpan){.file = (uint32_t)i, .start = span.start, .end = span.end};
        }
    }
    return (PdcSpan){0};
}

const Scope *
scope_push(Resolver *r, const Scope *parent, const char *name, PdcType type, Span span)
{
    Scope *scope = ARENA_NEW(r->arena, Scope);
    *scope = (Scope){.parent = parent,
                     .name = name,
                     .type = type,
                     .is_column = type == PDC_TYPE_COLUMN,
                     .span = span};
    return scope;
}

const Scope *
scope_lookup(const Scope *scope, const char *name)
{
    while (scope != NULL && !text_equal(scope->name, name)) {
        scope = scope->parent;
    }
    return scope;
}

PdcName
name_plain(Resolver *r, const char *text)
{
    PdcNamePart *part = ARENA_NEW(r->arena, PdcNamePart);
    part->text = text;
    return (PdcName){.parts = part, .n_parts = 1};
}

bool
name_lower(Resolver *r, const AstName *name, const Place *place, PdcName *ret_name)
{
    if (name->text != NULL) {
        *ret_name = name_plain(r, name->text);
        return true;
    }
    PdcNamePart *parts = ARENA_ARRAY(r->arena, PdcNamePart, name->parts.n);
    for (size_t i = 0; i < name->parts.n; i++) {
        const AstNamePart *part = &name->parts.items[i];
        parts[i].text = part->text;
        if (part->hole != NULL &&
            (parts[i].expr = expr_lower(r, part->hole, WANT_VALUE, place)) == NULL) {
            return false;
        }
    }
    *ret_name = (PdcName){.parts = parts, .n_parts = name->parts.n};
    return true;
}

bool
relation_lower(Resolver *r, const AstQname *qname, const Place *place, PdcRelation *ret_relation)
{
    *ret_relation = (PdcRelation){0};
    return (qname->stage == NULL || name_lower(r, qname->stage, place, &ret_relation->stage)) &&
           name_lower(r, qname->name, place, &ret_relation->name);
}

const char *const *
names_lower(Resolver *r, const AstNames *names, size_t *ret_n)
{
    const char **texts = ARENA_ARRAY(r->arena, const char *, names->n);
    for (size_t i = 0; i < names->n; i++) {
        texts[i] = names->items[i]->text;
        if (texts[i] == NULL) {
            refuse(r, names->items[i]->node.span, "a column's name with `${…}` in a clause");
            texts[i] = "";
        }
    }
    *ret_n = names->n;
    return texts;
}

/* ---- suggestions ---- */

static const char *
nearest_known(const char *word, const Map *known)
{
    VEC(const char *) candidates = {0};
    for (size_t i = 0; i < map_count(known); i++) {
        vec_push(&candidates, map_key_at(known, i));
    }
    const char *nearest = suggest_nearest(word, candidates.items, candidates.n);
    vec_free(&candidates);
    return nearest;
}

void
hint_nearest(Resolver *r, const char *word, const Map *known)
{
    const char *nearest = nearest_known(word, known);
    if (nearest != NULL) {
        diag_suggest(r->diags, word, nearest);
    }
}

/** Whether a word stands as a name in files that could not be read whole. */
static bool
word_is_lost(const Resolver *r, const char *word)
{
    return r->words != NULL && map_get(r->words, word) != NULL;
}

bool
may_be_lost(Resolver *r, const char *name, const Map *known)
{
    return word_is_lost(r, name) || (r->input->files_lost && nearest_known(name, known) == NULL);
}

/** The names that could have been meant: of the same stage bare, of all others with their stage. */
static Map *
known_tables(Resolver *r, const StageSymbol *here, bool qualified)
{
    Map *known = map_new(r->arena);
    for (size_t i = 0; i < map_count(r->stages); i++) {
        const StageSymbol *stage = map_value_at(r->stages, i);
        for (size_t k = 0; k < map_count(stage->tables); k++) {
            const char *name = map_key_at(stage->tables, k);
            bool bare = stage == here && !qualified;
            map_set(known, bare ? name : arena_printf(r->arena, "%s.%s", stage->name, name), r);
        }
    }
    return known;
}

bool
table_may_exist(Resolver *r, const StageSymbol *stage, const char *stage_name, const char *name)
{
    const StageSymbol *asked = stage_name == NULL ? stage : map_get(r->stages, stage_name);
    if (asked != NULL && (asked->has_templates || map_get(asked->tables, name) != NULL)) {
        return true;
    }
    if (!r->input->incomplete || (asked == NULL && stage_name == NULL)) {
        return false;
    }
    const char *written =
        stage_name == NULL ? name : arena_printf(r->arena, "%s.%s", stage_name, name);
    const Map *known = known_tables(r, stage, stage_name != NULL);
    return word_is_lost(r, asked == NULL ? stage_name : name) || may_be_lost(r, written, known);
}

/** `raw.orders` for a bare `orders` that another stage has. */
static bool
hint_other_stage(Resolver *r, const char *name)
{
    for (size_t i = 0; i < map_count(r->stages); i++) {
        const StageSymbol *stage = map_value_at(r->stages, i);
        if (map_get(stage->tables, name) != NULL) {
            diag_suggest(r->diags, name, arena_printf(r->arena, "%s.%s", stage->name, name));
            return true;
        }
    }
    return false;
}

void
report_unknown_table(Resolver *r, Span span, const char *written, const StageSymbol *stage)
{
    bool qualified = strchr(written, '.') != NULL;
    diag_add(r->diags, DIAG_UNKNOWN_TABLE, span, written);
    if (text_starts_with(written, "information_schema.") ||
        text_starts_with(written, "pg_catalog.")) {
        diag_hint(r->diags,
                  "the engine's catalogue is no data of the flow; `columns(t)` lists the "
                  "columns of a table, external('schema', 'table') reads one from outside");
        return;
    }
    if (qualified || !hint_other_stage(r, written)) {
        hint_nearest(r, written, known_tables(r, stage, qualified));
    }
}

void
refuse(Resolver *r, Span span, const char *what)
{
    diag_add(r->diags, DIAG_NOT_BUILT, span, what);
}
