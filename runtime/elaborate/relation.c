#include "runtime/base/suggest.h"
#include "runtime/elaborate/elaborate_priv.h"

#include <string.h>

FlowStage *
flow_find_stage(const Flow *flow, const char *name)
{
    for (size_t i = 0; i < flow->n_stages; i++) {
        if (text_equal(flow->stages[i]->name, name)) {
            return flow->stages[i];
        }
    }
    return NULL;
}

const char *
flow_clause_word(PdcClauseKind kind)
{
    switch (kind) {
    case PDC_CLAUSE_PRIMARY_KEY: return "primary key";
    case PDC_CLAUSE_UNIQUE: return "unique";
    case PDC_CLAUSE_NOT_NULL: return "not null";
    case PDC_CLAUSE_FOREIGN_KEY: return "foreign key";
    case PDC_CLAUSE_CHECK: return "check";
    default: /* other clauses are no constraints */ return "clause";
    }
}

FlowTable *
flow_find_table(const Flow *flow, const char *stage_name, const char *name)
{
    const FlowStage *stage = flow_find_stage(flow, stage_name);
    return stage == NULL ? NULL : map_get(stage->tables, name);
}

/** "did you mean …?" among the tables of the same stage by their names and all tables by
 * `stage.table`. */
static void
suggest_table(Elaboration *e, const FlowStage *stage, const char *written, bool qualified)
{
    VEC(const char *) candidates = {0};
    for (size_t i = 0; i < e->flow->n_stages; i++) {
        const FlowStage *candidate = e->flow->stages[i];
        for (size_t k = 0; k < map_count(candidate->tables); k++) {
            const char *name = map_key_at(candidate->tables, k);
            bool local = candidate == stage && !qualified;
            vec_push(&candidates,
                     local ? name : arena_printf(e->arena, "%s.%s", candidate->name, name));
        }
    }
    const char *nearest = suggest_nearest(written, candidates.items, candidates.n);
    for (size_t i = 0; nearest == NULL && !qualified && i < candidates.n; i++) {
        const char *dot =
            strrchr(candidates.items[i], '.'); /* the right name, the stage is missing */
        nearest = dot != NULL && text_equal(dot + 1, written) ? candidates.items[i] : NULL;
    }
    if (nearest != NULL) {
        diag_suggest(e->diags, written, nearest);
    }
    vec_free(&candidates);
}

static void
suggest_stage(Elaboration *e, const char *written)
{
    VEC(const char *) candidates = {0};
    for (size_t i = 0; i < e->flow->n_stages; i++) {
        vec_push(&candidates, e->flow->stages[i]->name);
    }
    const char *nearest = suggest_nearest(written, candidates.items, candidates.n);
    if (nearest != NULL) {
        diag_suggest(e->diags, written, nearest);
    }
    vec_free(&candidates);
}

static bool
is_lost(const Elaboration *e, const char *name)
{
    const Environment *environment = e->environment;
    return environment->files_lost ||
           (environment->lost != NULL && map_get(environment->lost, name) != NULL);
}

/** The stage that a relation names, or the one that asks. */
static const FlowStage *
relation_stage(Elaboration *e, const PdcRelation *relation, PdcSpan at, const FlowScope *scope,
               const char **ret_name)
{
    *ret_name = NULL;
    if (relation->stage.n_parts == 0) {
        return e->stage;
    }
    if (eval_name(e, &relation->stage, at, scope, ret_name) < 0) {
        return NULL;
    }
    const FlowStage *stage = *ret_name == NULL ? NULL : flow_find_stage(e->flow, *ret_name);
    if (*ret_name == NULL) {
        diag_add(e->diags, DIAG_DEFERRED_NAME, at_span(e, at));
    } else if (stage == NULL && !is_lost(e, *ret_name)) {
        diag_add(e->diags, DIAG_UNKNOWN_STAGE, at_span(e, at), *ret_name);
        suggest_stage(e, *ret_name);
    }
    return stage;
}

const FlowTable *
find_relation(Elaboration *e, const PdcRelation *relation, PdcSpan at, const FlowScope *scope)
{
    const char *stage_name;
    const char *name;
    const FlowStage *stage = relation_stage(e, relation, at, scope, &stage_name);
    if (stage == NULL || eval_name(e, &relation->name, at, scope, &name) < 0) {
        return NULL;
    }
    if (name == NULL) {
        diag_add(e->diags, DIAG_DEFERRED_NAME, at_span(e, at));
        return NULL;
    }
    const FlowTable *table = map_get(stage->tables, name);
    if (table == NULL && !stage->is_partial && !is_lost(e, name)) {
        const char *written =
            stage_name == NULL ? name : arena_printf(e->arena, "%s.%s", stage_name, name);
        diag_add(e->diags, DIAG_UNKNOWN_TABLE, at_span(e, at), written);
        suggest_table(e, stage, written, stage_name != NULL);
    }
    return table;
}
