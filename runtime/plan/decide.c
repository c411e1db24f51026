/* What happens to one table. The first rule that applies decides. */
#include "runtime/key/hash.h"
#include "runtime/plan/plan_priv.h"

#include <string.h>

/** One decision in the making. */
typedef struct Question Question;
struct Question {
    const PlanInput *input;
    const Plan *plan;
    const PlanProgress *progress;
    const FlowTable *table;
    const PlanStep *step;
    const KeyFresh *fresh;
    const MetaTable *published;
    KeyParts parts;
    Arena *arena;
};

/* ---- answers ---- */

static PlanAction
work_action(const FlowTable *table)
{
    return table->body->kind == FLOW_BODY_COPY ? PLAN_COPY : PLAN_BUILD;
}

static PlanDecision
answer_build(const Question *q, const char *reason)
{
    return (PlanDecision){.action = work_action(q->table),
                          .settled = q->parts.key != NULL,
                          .key = q->parts.key,
                          .content_key = key_content(q->table, &q->parts),
                          .reason = reason};
}

static PlanDecision
answer_existing(const Question *q, PlanAction action, const MetaTable *origin, const char *reason)
{
    return (PlanDecision){.action = action,
                          .settled = true,
                          .key = q->parts.key != NULL ? q->parts.key : origin->key,
                          .content_key = origin->content_key,
                          .reason = reason,
                          .origin = origin};
}

/* ---- what is asked ---- */

static bool
is_forced(const Question *q, const char **ret_reason)
{
    const CacheValidation *validation = &q->input->options.keys.validation;
    FlowBodyKind kind = q->table->body->kind;
    bool is_sql = kind == FLOW_BODY_QUERY || kind == FLOW_BODY_SCRIPT;
    if (q->step->forced) {
        *ret_reason = "forced";
        return true;
    }
    if (validation->mode == CACHE_FORCE_CACHE_INVALID) {
        *ret_reason = "cache_validation mode is force_cache_invalid";
        return true;
    }
    if (validation->mode == CACHE_FORCE_FRESH_INPUT && q->fresh->is_fresh) {
        *ret_reason = "cache_validation mode is force_fresh_input";
        return true;
    }
    if (validation->ignore_task_version && !is_sql && q->table->body->version != NULL) {
        *ret_reason = "ignore_task_version: it has a version and is not SQL";
        return true;
    }
    return false;
}

/** Is what comes from outside left out of the comparison? */
static bool
ignores_fresh(const Question *q)
{
    const CacheValidation *validation = &q->input->options.keys.validation;
    bool is_cache_function =
        q->table->cache.kind != FLOW_CACHE_NONE && q->table->body->kind != FLOW_BODY_COPY;
    return q->fresh->is_fresh && (validation->mode == CACHE_IGNORE_FRESH_INPUT ||
                                  (validation->disable_cache_function && is_cache_function));
}

const char *
plan_definition(const PlanInput *input, const FlowTable *table, Arena *arena)
{
    DefinitionOptions options = {.can_unlogged = input->options.can_unlogged,
                                 .default_unlogged = input->options.default_unlogged};
    Definition definition = definition_of(table, options, arena);
    return definition_text(&definition, arena);
}

static const char *
table_kind(const FlowTable *table)
{
    return table->kind == PDC_VIEW ? "view" : "table";
}

/* ---- tables that exist ---- */

static const char *
object_damage(const PlanInput *input, const char *schema, const char *name, const MetaTable *table)
{
    const MetaObject *object = meta_object(input->snapshot, schema, name);
    if (object == NULL) {
        return "published table was dropped by hand";
    }
    bool same =
        text_equal(object->shape, table->shape) && text_equal(object->identity, table->identity);
    return same ? NULL : "published table was altered by hand";
}

const char *
plan_damage(const PlanInput *input, const MetaTable *table)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    const char *stage_schema = meta_stage_schema(input->layout, table->stage, scratch);
    bool is_apart =
        !text_equal(table->schema, stage_schema); /* read_views: a view on a hidden table */
    const char *damage = object_damage(input, table->schema, table->table, table);
    if (damage == NULL && is_apart) {
        const MetaObject *view = meta_object(input->snapshot, stage_schema, table->name);
        damage = view == NULL                      ? "published view was dropped by hand"
                 : !text_equal(view->kind, "view") ? "published view was replaced by hand"
                                                   : NULL;
    }
    return damage;
}

/** Can the rows of a hidden table be published as they are? */
static bool
is_usable(const Question *q, const MetaTable *candidate)
{
    const MetaObject *object = meta_object(q->input->snapshot, candidate->schema, candidate->table);
    return text_equal(candidate->kind, table_kind(q->table)) && object != NULL &&
           text_equal(object->kind, candidate->kind) &&
           text_equal(candidate->stage, q->table->stage->name) &&
           text_equal(candidate->name, q->table->name) &&
           text_equal(candidate->definition, plan_definition(q->input, q->table, q->arena));
}

static const PlanCandidates *
candidates(const Question *q)
{
    return q->parts.key != NULL ? map_get(q->plan->candidates, q->parts.key) : NULL;
}

/** A hidden table with this key: finished by a run that failed, or an earlier version. */
static const MetaTable *
find_hidden(const Question *q)
{
    const PlanCandidates *found = candidates(q);
    for (size_t i = 0; found != NULL && i < found->tables.n; i++) {
        const MetaTable *candidate = found->tables.items[i];
        if (candidate->state != META_PUBLISHED && is_usable(q, candidate)) {
            return candidate;
        }
    }
    return NULL;
}

static bool
is_vanished(const Plan *plan, const MetaTable *table)
{
    for (size_t i = 0; i < plan->n_vanished; i++) {
        if (plan->vanished[i] == table) {
            return true;
        }
    }
    return false;
}

/** Has a table before this one taken it? */
static bool
is_taken(const Question *q, const MetaTable *candidate)
{
    for (size_t i = 0; i < q->table->index; i++) {
        const PlanDecision *decision = &q->progress->decisions[i];
        if (decision->action == PLAN_RENAME && decision->origin == candidate) {
            return true;
        }
    }
    return false;
}

/** A published table that left the flow and has this key and these indexes: this one under its
 * former name. */
static const MetaTable *
find_renamed(const Question *q)
{
    const PlanCandidates *found = q->table->kind == PDC_TABLE ? candidates(q) : NULL;
    const char *definition = plan_definition(q->input, q->table, q->arena);
    for (size_t i = 0; found != NULL && i < found->tables.n; i++) {
        const MetaTable *candidate = found->tables.items[i];
        if (candidate->state == META_PUBLISHED && text_equal(candidate->kind, "table") &&
            is_vanished(q->plan, candidate) && !is_taken(q, candidate) &&
            text_equal(candidate->definition, definition) &&
            plan_damage(q->input, candidate) == NULL) {
            return candidate;
        }
    }
    return NULL;
}

static const char *
maker_key(const FlowTable *table, const char *key, Arena *arena)
{
    return arena_printf(arena, "%s\x1f%s", table->stage->name, key);
}

/** A table of the same stage, before this one, that this run makes of the same query and inputs. */
static const FlowTable *
find_twin(const Question *q)
{
    if (q->table->kind != PDC_TABLE || q->table->body->kind != FLOW_BODY_QUERY ||
        q->parts.key == NULL) {
        return NULL;
    }
    const FlowTable *twin =
        map_get(q->progress->makers, maker_key(q->table, q->parts.key, q->arena));
    return twin != NULL && twin->index < q->table->index ? twin : NULL;
}

/* ---- rules ---- */

static const char *
origin_in_words(const Question *q, const MetaTable *origin)
{
    return origin->state == META_FINISHED
               ? arena_printf(q->arena, "finished by run %s, which published nothing", origin->run)
               : arena_printf(q->arena, "an earlier version, made by run %s, is valid again",
                              origin->run);
}

/** It has to come from somewhere: from what exists under other names, or it is made. */
static PlanDecision
make_anew(const Question *q, const char *reason)
{
    const MetaTable *origin = find_hidden(q);
    if (origin != NULL) {
        return answer_existing(q, PLAN_REUSE, origin, origin_in_words(q, origin));
    }
    origin = q->published == NULL ? find_renamed(q) : NULL;
    if (origin != NULL) {
        return answer_existing(q, PLAN_RENAME, origin,
                               arena_printf(q->arena, "it was %s.%s", origin->stage, origin->name));
    }
    const FlowTable *twin = find_twin(q);
    PlanDecision decision = answer_build(q, reason);
    if (twin != NULL) {
        decision.action = PLAN_REUSE;
        decision.twin = twin;
        decision.reason =
            arena_printf(q->arena, "same query and inputs as %s.%s", twin->stage->name, twin->name);
    }
    return decision;
}

/** A view is bound to names: one of its inputs having another, it is made anew. */
static const FlowTable *
renamed_input(const Question *q)
{
    for (size_t i = 0; q->table->kind == PDC_VIEW && i < q->table->n_inputs; i++) {
        if (q->progress->decisions[q->table->inputs[i]->index].action == PLAN_RENAME) {
            return q->table->inputs[i];
        }
    }
    return NULL;
}

/** The first input that has another content than the published table was made of. */
static const FlowTable *
other_input(const Question *q)
{
    for (size_t i = 0; i < q->parts.n_inputs && i < q->published->n_inputs; i++) {
        if (!text_equal(q->parts.input_contents[i], q->published->inputs[i].content_key)) {
            return q->parts.inputs[i];
        }
    }
    return NULL;
}

static PlanDecision
keep_or_alter(const Question *q)
{
    const char *definition = plan_definition(q->input, q->table, q->arena);
    const FlowTable *renamed = renamed_input(q);
    if (renamed != NULL) {
        return answer_build(q, arena_printf(q->arena, "input %s.%s was renamed",
                                            renamed->stage->name, renamed->name));
    }
    if (!text_equal(definition, q->published->definition)) {
        return answer_existing(q, PLAN_ALTER, q->published,
                               definition_change(q->published->definition, definition, q->arena));
    }
    const FlowTable *other = other_input(q);
    if (other != NULL) {
        return answer_existing(q, PLAN_KEEP, q->published,
                               arena_printf(q->arena, "what it uses of %s.%s is the same as before",
                                            other->stage->name, other->name));
    }
    return answer_existing(q, PLAN_KEEP, q->published,
                           ignores_fresh(q) ? "inputs stay as they are" : "still valid");
}

/** The first input whose rows will be other ones, or may be. */
static const char *
waits_for(const Question *q)
{
    for (size_t i = 0; i < q->table->n_inputs; i++) {
        const FlowTable *input = q->table->inputs[i];
        if (q->progress->keys->content_keys[input->index] == NULL) {
            return arena_printf(q->arena, "input %s.%s is made again", input->stage->name,
                                input->name);
        }
    }
    return "its inputs are made again";
}

static const char *
first_reason(const Question *q)
{
    return !q->input->snapshot->exists || q->input->snapshot->last_run == NULL
               ? "first run"
               : "not published yet";
}

static PlanDecision
decide_alone(const Question *q)
{
    const char *reason = NULL;
    if (!q->step->selected) {
        PlanDecision kept = {
            .action = PLAN_KEEP, .settled = true, .reason = "not selected", .origin = q->published};
        kept.key = q->published != NULL ? q->published->key : NULL;
        kept.content_key = q->published != NULL ? q->published->content_key : NULL;
        return kept;
    }
    if (is_forced(q, &reason)) {
        return answer_build(q, reason);
    }
    if (q->published == NULL) {
        return make_anew(q, first_reason(q));
    }
    const char *damage = plan_damage(q->input, q->published);
    if (damage != NULL) {
        return make_anew(q, damage);
    }
    if (q->parts.key == NULL) {
        return answer_build(q, waits_for(q));
    }
    bool same = ignores_fresh(q) ? text_equal(q->parts.code, q->published->code_key)
                                 : text_equal(q->parts.key, q->published->key);
    if (same && text_equal(q->published->kind, table_kind(q->table))) {
        return keep_or_alter(q);
    }
    return make_anew(q, key_difference(q->table, &q->parts, q->fresh, q->published, q->arena));
}

static PlanDecision
decide_member(const PlanInput *input, const Plan *plan, const PlanProgress *progress,
              const FlowTable *table, Arena *arena)
{
    Question q = {.input = input,
                  .plan = plan,
                  .progress = progress,
                  .table = table,
                  .step = &plan->steps[table->index],
                  .fresh = &input->fresh[table->index],
                  .published = plan->steps[table->index].published,
                  .arena = arena};
    q.parts = key_parts(progress->keys, table, q.published, arena);
    PlanDecision decision = decide_alone(&q);
    const char *content_key = q.parts.key != NULL ? key_content(table, &q.parts) : NULL;
    decision.is_current = content_key != NULL && text_equal(content_key, decision.content_key);
    return decision;
}

/** Outputs of one task are made together: if one is due, all are. */
static const FlowTable *
due_companion(const PlanInput *input, const Plan *plan, const PlanProgress *progress,
              const FlowTable *table, Arena *arena)
{
    for (size_t i = 0; i < plan->flow->n_tables; i++) {
        const FlowTable *other = plan->flow->tables[i];
        if (other == table || other->leader != table->leader) {
            continue;
        }
        PlanDecision decision = decide_member(input, plan, progress, other, arena);
        if (decision.action == PLAN_BUILD) {
            return other;
        }
    }
    return NULL;
}

PlanDecision
plan_decide(const PlanInput *input, const Plan *plan, const PlanProgress *progress,
            const FlowTable *table, Arena *arena)
{
    PlanDecision decision = decide_member(input, plan, progress, table, arena);
    if (table->body->kind != FLOW_BODY_SCRIPT || decision.action == PLAN_BUILD ||
        !plan->steps[table->index].selected) {
        return decision;
    }
    const FlowTable *due = due_companion(input, plan, progress, table, arena);
    if (due != NULL) {
        decision.action = PLAN_BUILD;
        decision.origin = NULL;
        decision.reason =
            arena_printf(arena, "made together with %s.%s", due->stage->name, due->name);
    }
    return decision;
}

/* ---- progress ---- */

PlanProgress *
plan_progress_new(const PlanInput *input, Arena *arena)
{
    PlanProgress *progress = ARENA_NEW(arena, PlanProgress);
    progress->decisions = ARENA_ARRAY(arena, PlanDecision, input->flow->n_tables + 1);
    progress->keys = key_state_new(input->flow, &input->options.keys, input->fresh, arena);
    progress->makers = map_new(arena);
    return progress;
}

void
plan_settle(PlanProgress *progress, const FlowTable *table, const PlanDecision *decision,
            Arena *arena)
{
    progress->decisions[table->index] = *decision;
    progress->keys->content_keys[table->index] = decision->content_key;
    progress->keys->is_current[table->index] = decision->is_current;
    progress->keys->columns[table->index] = NULL;
    if (decision->action == PLAN_BUILD && decision->key != NULL) {
        const char *key = maker_key(table, decision->key, arena);
        if (map_get(progress->makers, key) == NULL) {
            map_set(progress->makers, key, (void *)(uintptr_t)table);
        }
    }
}
