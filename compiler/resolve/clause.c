#include "compiler/resolve/resolve_priv.h"

typedef struct ClauseList ClauseList;
struct ClauseList {
    VEC(PdcClause) items;
};

static PdcClause *
add_clause(Resolver *r, ClauseList *list, PdcClauseKind kind, const AstClause *clause)
{
    PdcClause made = {
        .kind = kind, .at = span_lower(r, clause->node.span), .warn = clause->warn_only};
    made.columns = names_lower(r, &clause->columns, &made.n_columns);
    vec_push_in(r->arena, &list->items, made);
    return &list->items.items[list->items.n - 1];
}

static bool
lower_foreign_key(Resolver *r, const AstClause *clause, const Place *place, ClauseList *list)
{
    PdcClause *made = add_clause(r, list, PDC_CLAUSE_FOREIGN_KEY, clause);
    made->target_columns = names_lower(r, &clause->target_columns, &made->n_target_columns);
    const AstQname *target = clause->target;
    const char *stage = target->stage == NULL ? NULL : target->stage->text;
    if (target->name->text != NULL && (target->stage == NULL || stage != NULL) &&
        place->stage != NULL && !table_may_exist(r, place->stage, stage, target->name->text)) {
        report_unknown_table(r, target->node.span,
                             stage == NULL
                                 ? target->name->text
                                 : arena_printf(r->arena, "%s.%s", stage, target->name->text),
                             place->stage);
        return false;
    }
    made->at = span_lower(r, target->node.span);
    return relation_lower(r, clause->target, place, &made->target);
}

static bool
lower_check(Resolver *r, const AstClause *clause, const Place *place, ClauseList *list)
{
    const PdcQuery *condition = query_lower(r, clause->sql, SQL_USE_CONDITION, place, NULL);
    add_clause(r, list, PDC_CLAUSE_CHECK, clause)->query = condition;
    return condition != NULL;
}

static bool
lower_index(Resolver *r, const AstClause *clause, const Place *place, ClauseList *list)
{
    PdcClause *made = add_clause(r, list, PDC_CLAUSE_INDEX, clause);
    if (clause->columns.n > 0) {
        return true;
    }
    const PdcQuery *expressions = query_lower(r, clause->sql, SQL_USE_LIST, place, NULL);
    made->query = expressions;
    return expressions != NULL;
}

/** `file(…)`, `shell(…)`: their one argument. */
static const PdcExpr *
lower_cache_argument(Resolver *r, const AstExpr *call, const Place *place)
{
    if (call->as.call.args.n != 1) {
        diag_add(r->diags, DIAG_CALL_ARGUMENTS, call->node.span,
                 call->as.call.callee->as.name->text, "1",
                 arena_printf(r->arena, "%zu", call->as.call.args.n));
        return NULL;
    }
    return expr_lower(r, call->as.call.args.items[0].value, WANT_VALUE, place);
}

static bool
lower_cache(Resolver *r, const AstClause *clause, const Place *place, ClauseList *list)
{
    static const PdcClauseKind kinds[] = {
        [AST_CACHE_EXPR] = PDC_CLAUSE_CACHE_BY_VALUE,
        [AST_CACHE_FILE] = PDC_CLAUSE_CACHE_BY_FILE,
        [AST_CACHE_SHELL] = PDC_CLAUSE_CACHE_BY_SHELL,
        [AST_CACHE_QUERY] = PDC_CLAUSE_CACHE_BY_QUERY,
        [AST_CACHE_ALWAYS] = PDC_CLAUSE_CACHE_ALWAYS,
        [AST_CACHE_NEVER] = PDC_CLAUSE_CACHE_NEVER,
    };
    PdcClause made = {.kind = kinds[clause->cache], .at = span_lower(r, clause->node.span)};
    bool done = true;
    switch (clause->cache) {
    case AST_CACHE_EXPR:
        made.expr = expr_lower(r, clause->value, WANT_VALUE, place);
        done = made.expr != NULL;
        break;
    case AST_CACHE_FILE:
    case AST_CACHE_SHELL:
        made.expr = lower_cache_argument(r, clause->value, place);
        done = made.expr != NULL;
        break;
    case AST_CACHE_QUERY:
        made.query = query_lower(r, clause->sql, SQL_USE_CACHE, place, NULL);
        done = made.query != NULL;
        break;
    case AST_CACHE_ALWAYS:
    case AST_CACHE_NEVER: break;
    }
    vec_push_in(r->arena, &list->items, made);
    return done;
}

static bool
lower_version(Resolver *r, const AstClause *clause, ClauseList *list)
{
    const char *version = expr_literal_text(r, clause->value, "a version");
    add_clause(r, list, PDC_CLAUSE_VERSION, clause)->text = version;
    return version != NULL;
}

static bool
lower_after(Resolver *r, const AstClause *clause, const Place *place, ClauseList *list)
{
    for (size_t i = 0; i < clause->tables.n; i++) {
        const AstQname *table = clause->tables.items[i];
        PdcClause *made = add_clause(r, list, PDC_CLAUSE_AFTER, clause);
        made->at = span_lower(r, table->node.span);
        if (!relation_lower(r, table, place, &made->target)) {
            return false;
        }
    }
    return true;
}

static bool
lower_tags(Resolver *r, const AstClause *clause, ClauseList *list)
{
    for (size_t i = 0; i < clause->names.n; i++) {
        add_clause(r, list, PDC_CLAUSE_TAG, clause)->text = clause->names.items[i]->text;
    }
    return true;
}

static bool
lower_owner(Resolver *r, const AstClause *clause, ClauseList *list)
{
    const char *owner = expr_literal_text(r, clause->value, "an owner");
    add_clause(r, list, PDC_CLAUSE_OWNER, clause)->text = owner;
    return owner != NULL;
}

static bool
lower_meta(Resolver *r, const AstClause *clause, ClauseList *list)
{
    bool done = true;
    for (size_t i = 0; i < clause->meta.n; i++) {
        const AstMeta *meta = &clause->meta.items[i];
        const char **key = ARENA_ARRAY(r->arena, const char *, 1);
        PdcClause *made = add_clause(r, list, PDC_CLAUSE_META, clause);
        key[0] = meta->key->text;
        made->columns = key;
        made->n_columns = 1;
        made->text = expr_literal_text(r, meta->value, "a value of `meta`");
        done &= made->text != NULL;
    }
    return done;
}

static bool
lower_fails_above(Resolver *r, const AstClause *clause, const Place *place, ClauseList *list)
{
    const PdcExpr *rows = expr_lower(r, clause->value, WANT_VALUE, place);
    add_clause(r, list, PDC_CLAUSE_FAILS_ABOVE, clause)->expr = rows;
    return rows != NULL;
}

static PdcClauseKind
violation_kind(const AstClause *clause)
{
    static const PdcClauseKind kinds[] = {
        [AST_VIOLATION_FAIL] = PDC_CLAUSE_VIOLATION_FAIL,
        [AST_VIOLATION_WARN] = PDC_CLAUSE_VIOLATION_WARN,
        [AST_VIOLATION_REJECT] = PDC_CLAUSE_VIOLATION_REJECT,
    };
    return kinds[clause->violation];
}

static bool
refuse_clause(Resolver *r, const AstClause *clause)
{
    refuse(r, clause->node.span,
           arena_printf(r->arena, "clause `%s`", ast_clause_words(clause->what)));
    return false;
}

static bool
lower_clause(Resolver *r, const AstClause *clause, const Place *place, ClauseList *list)
{
    if (clause->enforced) {
        refuse(r, clause->node.span, "`enforced`");
        return false;
    }
    switch (clause->what) {
    case AST_CLAUSE_PRIMARY_KEY: add_clause(r, list, PDC_CLAUSE_PRIMARY_KEY, clause); return true;
    case AST_CLAUSE_UNIQUE: add_clause(r, list, PDC_CLAUSE_UNIQUE, clause); return true;
    case AST_CLAUSE_NOT_NULL: add_clause(r, list, PDC_CLAUSE_NOT_NULL, clause); return true;
    case AST_CLAUSE_CHECK: return lower_check(r, clause, place, list);
    case AST_CLAUSE_FOREIGN_KEY: return lower_foreign_key(r, clause, place, list);
    case AST_CLAUSE_INDEX: return lower_index(r, clause, place, list);
    case AST_CLAUSE_VERSION: return lower_version(r, clause, list);
    case AST_CLAUSE_CACHE_BY: return lower_cache(r, clause, place, list);
    case AST_CLAUSE_AFTER: return lower_after(r, clause, place, list);
    case AST_CLAUSE_TAGS: return lower_tags(r, clause, list);
    case AST_CLAUSE_OWNER: return lower_owner(r, clause, list);
    case AST_CLAUSE_META: return lower_meta(r, clause, list);
    case AST_CLAUSE_ON_VIOLATION: add_clause(r, list, violation_kind(clause), clause); return true;
    case AST_CLAUSE_ALLOW_FRESH_INPUT:
        add_clause(r, list, PDC_CLAUSE_ALLOW_FRESH_INPUT, clause);
        return true;
    case AST_CLAUSE_UNLOGGED: add_clause(r, list, PDC_CLAUSE_UNLOGGED, clause); return true;
    case AST_CLAUSE_CUTOFF: add_clause(r, list, PDC_CLAUSE_CUTOFF, clause); return true;
    case AST_CLAUSE_FAILS_ABOVE: return lower_fails_above(r, clause, place, list);
    case AST_CLAUSE_NULLABLE:
    case AST_CLAUSE_REFERENCES:
    case AST_CLAUSE_PII:
    case AST_CLAUSE_INCREMENTAL:
    case AST_CLAUSE_RETRIES:
    case AST_CLAUSE_TIMEOUT:
    case AST_CLAUSE_GRANT:
    case AST_CLAUSE_FRESHNESS:
    case AST_CLAUSE_KEY:
    case AST_CLAUSE_UPDATED_AT:
    case AST_CLAUSE_CLOSE_MISSING:
    case AST_CLAUSE_READS:
    case AST_CLAUSE_URL: return refuse_clause(r, clause);
    case AST_CLAUSE_COUNT: break;
    }
    BUG("clause of kind %d", (int)clause->what);
}

bool
clauses_lower(Resolver *r, const AstClauses *clauses, const AstClauses *defaults,
              const Place *place, PdcClauses *ret_clauses)
{
    ClauseList list = {0};
    bool done = true;
    for (size_t i = 0; defaults != NULL && i < defaults->n; i++) {
        done &= lower_clause(r, defaults->items[i], place, &list);
    }
    for (size_t i = 0; i < clauses->n; i++) {
        done &= lower_clause(r, clauses->items[i], place, &list);
    }
    *ret_clauses = (PdcClauses){.items = list.items.items, .n = list.items.n};
    return done;
}
