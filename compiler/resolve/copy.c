#include "compiler/resolve/resolve_priv.h"

/** What a rule becomes; a kind that has no row is not built. */
typedef struct RuleForm RuleForm;
struct RuleForm {
    bool built;
    PdcCopyRuleKind kind;
};

static const RuleForm rule_forms[AST_RULE_COUNT] = {
    [AST_RULE_ALL] = {true, PDC_COPY_ALL},
    [AST_RULE_NONE] = {true, PDC_COPY_NONE},
    [AST_RULE_LIMIT] = {true, PDC_COPY_LIMIT},
    [AST_RULE_WHERE] = {true, PDC_COPY_WHERE},
    [AST_RULE_SAMPLE_PERCENT] = {true, PDC_COPY_SAMPLE_PERCENT},
    [AST_RULE_SAMPLE_ROWS] = {true, PDC_COPY_SAMPLE_ROWS},
    [AST_RULE_SAMPLE_BYTES] = {true, PDC_COPY_SAMPLE_BYTES},
    [AST_RULE_AT_LEAST] = {true, PDC_COPY_AT_LEAST},
    [AST_RULE_CERTAIN] = {true, PDC_COPY_CERTAIN},
    [AST_RULE_WINDOW] = {true, PDC_COPY_WINDOW},
    [AST_RULE_FOLLOW] = {true, PDC_COPY_FOLLOW},
    [AST_RULE_COVER_VALUES] = {true, PDC_COPY_COVER_VALUES},
    [AST_RULE_COVER_PAIRS] = {true, PDC_COPY_COVER_PAIRS},
    [AST_RULE_COVER_BOUNDS] = {true, PDC_COPY_COVER_BOUNDS},
    [AST_RULE_PLUS_WHERE] = {true, PDC_COPY_PLUS_WHERE},
    [AST_RULE_PLUS_KEYS] = {true, PDC_COPY_PLUS_KEYS},
    [AST_RULE_MASK] = {true, PDC_COPY_MASK_NULL}, /* or another one of `mask_kinds` */
    [AST_RULE_BREAK] = {true, PDC_COPY_BREAK},
};

static const PdcCopyRuleKind mask_kinds[] = {
    [AST_MASK_HASH] = PDC_COPY_MASK_HASH,
    [AST_MASK_NULL] = PDC_COPY_MASK_NULL,
    [AST_MASK_FAKE] = PDC_COPY_MASK_FAKE,
    [AST_MASK_EXPR] = PDC_COPY_MASK_EXPR,
};

/** A table that a line or rule speaks of: named with its stage, since a copy block stands in none.
 */
static bool
table_lower(Resolver *r, const AstQname *table, Span span, const Place *place, PdcRelation *made)
{
    const char *name = table->name->text;
    const char *stage = table->stage == NULL ? NULL : table->stage->text;
    if (stage == NULL || name == NULL) {
        diag_add(r->diags, DIAG_TABLE_WITHOUT_STAGE, span, name != NULL ? name : "…");
        return false;
    }
    if (!table_may_exist(r, NULL, stage, name)) {
        report_unknown_table(r, span, arena_printf(r->arena, "%s.%s", stage, name), NULL);
        return false;
    }
    return relation_lower(r, table, place, made);
}

static bool
lower_tables(Resolver *r, const AstRule *rule, const Place *place, PdcCopyRule *made)
{
    PdcRelation *tables = ARENA_ARRAY(r->arena, PdcRelation, rule->tables.n);
    bool done = true;
    for (size_t i = 0; i < rule->tables.n; i++) {
        done &= table_lower(r, rule->tables.items[i], rule->tables.items[i]->node.span, place,
                            &tables[i]);
    }
    made->tables = tables;
    made->n_tables = rule->tables.n;
    return done;
}

/** The SQL of a rule: a condition, or the text of `mask c with 'expr'`. */
static bool
lower_sql(Resolver *r, const AstRule *rule, const Place *place, PdcCopyRule *made)
{
    if (rule->condition != NULL) {
        made->query = query_lower(r, rule->condition, SQL_USE_CONDITION, place, NULL);
        return made->query != NULL;
    }
    if (made->kind == PDC_COPY_MASK_EXPR) {
        made->query = query_lower_literal(r, rule->text->node.span, place);
        return made->query != NULL;
    }
    return true;
}

static bool
lower_rule(Resolver *r, const AstRule *rule, const Place *place, PdcCopyRule *made)
{
    if (!rule_forms[rule->what].built) {
        refuse(r, rule->node.span,
               arena_printf(r->arena, "copy rule `%s`", ast_rule_words(rule->what)));
        return false;
    }
    const AstExpr *expr = rule->text != NULL ? rule->text : rule->amount;
    *made = (PdcCopyRule){.kind = rule->what == AST_RULE_MASK ? mask_kinds[rule->mask]
                                                              : rule_forms[rule->what].kind,
                          .at = span_lower(r, rule->node.span),
                          .unit_bytes = (uint64_t)rule->unit_bytes,
                          .any_of = rule->any_of,
                          .all = rule->all};
    made->columns = names_lower(r, &rule->columns, &made->n_columns);
    made->expr = expr == NULL ? NULL : expr_lower(r, expr, WANT_VALUE, place);
    bool done = expr == NULL || made->expr != NULL;
    done &= lower_tables(r, rule, place, made);
    return lower_sql(r, rule, place, made) && done;
}

static bool
lower_target(Resolver *r, const AstCopyLine *line, const Place *place, PdcCopyLine *made)
{
    switch (line->target) {
    case AST_COPY_REST: return true;
    case AST_COPY_ENTITY:
        made->entity = names_lower(r, &line->entity, &made->n_entity);
        return true;
    case AST_COPY_TABLE: return table_lower(r, line->table, line->target_span, place, &made->table);
    }
    BUG("copy line of kind %d", (int)line->target);
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
