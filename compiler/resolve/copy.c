#include "compiler/resolve/resolve_priv.h"

static bool
lower_rule(Resolver *r, const AstRule *rule, const Place *place, PdcCopyRule *made)
{
    made->at = span_lower(r, rule->node.span);
    switch (rule->what) {
    case AST_RULE_ALL: made->kind = PDC_COPY_ALL; return true;
    case AST_RULE_NONE: made->kind = PDC_COPY_NONE; return true;
    case AST_RULE_LIMIT:
        made->kind = PDC_COPY_LIMIT;
        made->expr = expr_lower(r, rule->amount, WANT_VALUE, place);
        return made->expr != NULL;
    case AST_RULE_WHERE:
        made->kind = PDC_COPY_WHERE;
        made->query = query_lower(r, rule->condition, SQL_USE_CONDITION, place, NULL);
        return made->query != NULL;
    case AST_RULE_SAMPLE_PERCENT:
    case AST_RULE_SAMPLE_ROWS:
    case AST_RULE_SAMPLE_BYTES:
    case AST_RULE_AT_LEAST:
    case AST_RULE_CERTAIN:
    case AST_RULE_WINDOW:
    case AST_RULE_FOLLOW:
    case AST_RULE_COVER_VALUES:
    case AST_RULE_COVER_PAIRS:
    case AST_RULE_COVER_BOUNDS:
    case AST_RULE_COVER_CODE:
    case AST_RULE_COVER_CODE_PAIRS:
    case AST_RULE_PLUS_WHERE:
    case AST_RULE_PLUS_KEYS:
    case AST_RULE_MASK:
    case AST_RULE_BREAK:
        refuse(r, rule->node.span,
               arena_printf(r->arena, "copy rule `%s`", ast_rule_words(rule->what)));
        return false;
    case AST_RULE_COUNT: break;
    }
    BUG("copy rule of kind %d", (int)rule->what);
}

/** The table that a line speaks of: named with its stage, since a copy block stands in none. */
static bool
lower_target(Resolver *r, const AstCopyLine *line, const Place *place, PdcCopyLine *made)
{
    if (line->target == AST_COPY_ENTITY) {
        refuse(r, line->target_span, "`entity`");
        return false;
    }
    if (line->target == AST_COPY_REST) {
        return true;
    }
    const AstQname *table = line->table;
    const char *name = table->name->text;
    const char *stage = table->stage == NULL ? NULL : table->stage->text;
    if (stage == NULL || name == NULL) {
        diag_add(r->diags, DIAG_TABLE_WITHOUT_STAGE, line->target_span, name != NULL ? name : "…");
        return false;
    }
    if (!table_may_exist(r, NULL, stage, name)) {
        report_unknown_table(r, line->target_span, arena_printf(r->arena, "%s.%s", stage, name),
                             NULL);
        return false;
    }
    return relation_lower(r, table, place, &made->table);
}

static bool
lower_line(Resolver *r, const AstCopyLine *line, PdcCopyLine *made)
{
    const char *stage =
        line->table != NULL && line->table->stage != NULL ? line->table->stage->text : NULL;
    Place place = {.stage = stage == NULL ? NULL : map_get(r->stages, stage)};
    PdcCopyRule *rules = ARENA_ARRAY(r->arena, PdcCopyRule, line->rules.n);
    bool done = lower_target(r, line, &place, made);
    for (size_t i = 0; i < line->rules.n; i++) {
        done &= lower_rule(r, line->rules.items[i], &place, &rules[i]);
    }
    made->at = span_lower(r, line->target_span);
    made->rules = rules;
    made->n_rules = line->rules.n;
    return done;
}

/** Two lines for one table, or two for the rest, would leave open which one counts. */
static void
check_lines(Resolver *r, const AstCopy *copy)
{
    Map *seen = map_new(r->arena);
    for (size_t i = 0; i < copy->lines.n; i++) {
        const AstCopyLine *line = copy->lines.items[i];
        const SourceFile *file = line->target_span.file;
        const char *target = line->target == AST_COPY_REST
                                 ? "*"
                                 : arena_strndup(r->arena, file->text + line->target_span.start,
                                                 line->target_span.end - line->target_span.start);
        const AstCopyLine *earlier = map_get(seen, target);
        if (earlier != NULL) {
            diag_add(r->diags, DIAG_COPY_LINE_TWICE, line->target_span, target);
            diag_note(r->diags, earlier->target_span, "the first one");
        } else {
            map_set(seen, target, (void *)(uintptr_t)line);
        }
    }
}

static bool
lower_copy(Resolver *r, const AstCopy *copy, PdcCopy *made)
{
    Place nowhere = {0};
    PdcCopyLine *lines = ARENA_ARRAY(r->arena, PdcCopyLine, copy->lines.n);
    bool done = true;
    made->at = span_lower(r, copy->source->node.span);
    made->source = expr_lower(r, copy->source, WANT_INSTANCE, &nowhere);
    made->condition = expr_lower(r, copy->when, WANT_VALUE, &nowhere);
    if (copy->per_user != NULL) {
        made->per_user = expr_lower(r, copy->per_user, WANT_VALUE, &nowhere);
        done = made->per_user != NULL;
    }
    check_lines(r, copy);
    for (size_t i = 0; i < copy->lines.n; i++) {
        done &= lower_line(r, copy->lines.items[i], &lines[i]);
    }
    made->lines = lines;
    made->n_lines = copy->lines.n;
    return done && made->source != NULL && made->condition != NULL;
}

void
copies_lower(Resolver *r)
{
    VEC(PdcCopy) copies = {0};
    for (size_t i = 0; i < r->input->n_files; i++) {
        const AstFile *file = r->input->files[i];
        for (size_t k = 0; k < file->decls.n; k++) {
            PdcCopy made = {0};
            if (file->decls.items[k]->node.kind == AST_COPY &&
                lower_copy(r, (const AstCopy *)file->decls.items[k], &made)) {
                vec_push_in(r->arena, &copies, made);
            }
        }
    }
    r->unit->copies = copies.items;
    r->unit->n_copies = copies.n;
}
