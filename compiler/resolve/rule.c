/* Rules of a team: queries over what the flow is. */
#include "compiler/resolve/resolve_priv.h"
#include "compiler/sql/functions.h"
#include "runtime/base/suggest.h"

#include <string.h>

static const char *const relations[] = {
#define MODEL_RELATION(name, columns) "model." name,
#include "compiler/resolve/model_relations.def"
#undef MODEL_RELATION
};

static Span
span_within(Span whole, SqlRange place)
{
    return span_make(whole.file, whole.start + place.start, whole.start + place.end);
}

/** @return whether it may be read */
static bool
check_relation(Resolver *r, Span whole, const SqlRelation *relation)
{
    const char *written = relation->schema == NULL
                              ? relation->name
                              : arena_printf(r->arena, "%s.%s", relation->schema, relation->name);
    for (size_t i = 0; i < ARRAY_LENGTH(relations); i++) {
        if (relation->is_function ||
            (relation->catalog == NULL && text_equal(written, relations[i]))) {
            return true;
        }
    }
    diag_add(r->diags, DIAG_RULE_READS, span_within(whole, relation->place), written);
    const char *nearest = suggest_nearest(written, relations, ARRAY_LENGTH(relations));
    if (nearest != NULL) {
        diag_suggest(r->diags, written, nearest);
    }
    return false;
}

static bool
check_functions(Resolver *r, Span whole, const SqlFacts *facts)
{
    bool good = true;
    for (size_t i = 0; i < facts->n_functions; i++) {
        const char *instead = sql_function_reads_outside(facts->functions[i].name);
        if (instead != NULL) {
            diag_add(r->diags, DIAG_READS_OUTSIDE, span_within(whole, facts->functions[i].place),
                     facts->functions[i].name);
            diag_hint(r->diags, "%s", instead);
            good = false;
        }
    }
    return good;
}

/** @return false with messages */
static bool
lower_rule(Resolver *r, const AstPolicy *policy, ModelRule *ret_rule)
{
    if (policy->body == NULL) {
        return false; /* said so */
    }
    if (policy->body->node.kind != AST_BODY_SQL) {
        diag_add(r->diags, DIAG_SQL, policy->body->node.span,
                 "a rule is a query over what the flow is");
        return false;
    }
    const AstSql *sql = policy->body->as.sql;
    Span whole = sql->node.span;
    *ret_rule = (ModelRule){.title = policy->title->as.string.text,
                            .span = policy->title->node.span,
                            .warn_only = policy->warn_only,
                            .sql_span = whole};
    ret_rule->sql =
        arena_strndup(r->arena, whole.file->text + whole.start, whole.end - whole.start);
    SqlFacts *facts;
    SqlProblem problem;
    if (sql->pieces.n != 1 || strstr(ret_rule->sql, "${") != NULL) {
        diag_add(r->diags, DIAG_RULE_HOLE, whole, NULL);
        return false;
    }
    if (sql_analyze(r->analyzer, ret_rule->sql, strlen(ret_rule->sql), SQL_DUCKDB, r->arena, &facts,
                    &problem) < 0) {
        diag_add(r->diags, DIAG_SQL, span_within(whole, problem.place), problem.message);
        if (problem.hint != NULL) {
            diag_hint(r->diags, "%s", problem.hint);
        }
        return false;
    }
    bool good = check_functions(r, whole, facts);
    for (size_t i = 0; i < facts->n_relations; i++) {
        good = check_relation(r, whole, &facts->relations[i]) && good;
    }
    return good;
}

void
rules_lower(Resolver *r)
{
    VEC(ModelRule) rules = {0};
    for (size_t i = 0; i < r->input->n_files; i++) {
        const AstFile *file = r->input->files[i];
        for (size_t k = 0; k < file->decls.n; k++) {
            ModelRule rule;
            if (file->decls.items[k]->node.kind == AST_POLICY &&
                lower_rule(r, (const AstPolicy *)file->decls.items[k], &rule)) {
                vec_push_in(r->arena, &rules, rule);
            }
        }
    }
    r->model->rules = rules.items;
    r->model->n_rules = rules.n;
}
