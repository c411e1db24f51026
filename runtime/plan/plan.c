#include "runtime/plan/plan.h"

#include "runtime/base/str.h"
#include "runtime/plan/plan_priv.h"
#include "runtime/plan/select.h"

#include <string.h>

typedef struct ActionName ActionName;
struct ActionName {
    const char *name;
    const char *done;
};

static const ActionName action_names[] = {
#define ACTION(id, name, done) {name, done},
#include "runtime/plan/actions.def"
#undef ACTION
};

const char *
plan_action_name(PlanAction action)
{
    return action_names[action].name;
}

const char *
plan_action_done(PlanAction action)
{
    return action_names[action].done;
}

/* ---- what exists ---- */

static void
add_candidate(Map *map, const MetaTable *table, Arena *arena)
{
    PlanCandidates *list = map_get(map, table->key);
    if (list == NULL) {
        list = ARENA_NEW(arena, PlanCandidates);
        map_set(map, table->key, list);
    }
    vec_push_in(arena, &list->tables, table);
}

/** Sorts out the published tables that left the flow, and lists all tables by their keys. */
static void
index_tables(const PlanInput *input, Plan *plan, Arena *arena)
{
    const MetaSnapshot *snapshot = input->snapshot;
    plan->candidates = map_new(arena);
    plan->vanished = ARENA_ARRAY(arena, const MetaTable *, snapshot->n_tables + 1);
    for (size_t i = 0; i < snapshot->n_tables; i++) {
        const MetaTable *table = snapshot->tables[i];
        add_candidate(plan->candidates, table, arena);
        if (table->state == META_PUBLISHED &&
            flow_find_table(input->flow, table->stage, table->name) == NULL) {
            plan->vanished[plan->n_vanished++] = table;
        }
    }
}

static int
make_steps(const PlanInput *input, Plan *plan, Arena *arena, Error *reterr)
{
    const Flow *flow = input->flow;
    bool *selected = NULL;
    bool *forced = NULL;
    if (input->options.select != NULL &&
        select_tables(flow, input->options.select, arena, &selected, reterr) < 0) {
        return -1;
    }
    if (input->options.force != NULL &&
        select_tables(flow, input->options.force, arena, &forced, reterr) < 0) {
        return -1;
    }
    plan->n_steps = flow->n_tables;
    plan->steps = ARENA_ARRAY(arena, PlanStep, flow->n_tables + 1);
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        plan->steps[i] = (PlanStep){
            .table = table,
            .selected = selected == NULL || selected[i],
            .forced = forced != NULL && forced[i],
            .published = meta_published(input->snapshot, table->stage->name, table->name)};
    }
    return 0;
}

/* ---- what must hold ---- */

/** What a selected table reads and is not selected itself must be there. */
static int
check_selection(const PlanInput *input, const Plan *plan, Error *reterr)
{
    for (size_t i = 0; i < plan->n_steps; i++) {
        const FlowTable *table = plan->steps[i].table;
        for (size_t k = 0; plan->steps[i].selected && k < table->n_inputs; k++) {
            const FlowTable *read = table->inputs[k];
            const PlanStep *step = &plan->steps[read->index];
            const char *damage = step->published != NULL ? plan_damage(input, step->published)
                                                         : "it is not published yet";
            if (!step->selected && damage != NULL) {
                error_set(reterr, ERROR_DATA, "%s.%s reads %s.%s, which is not selected, and %s",
                          table->stage->name, table->name, read->stage->name, read->name, damage);
                error_set_origin(reterr, flow_span(input->sources, table->at));
                error_set_hint(reterr, "`--select +%s.%s` selects what it needs, too",
                               table->stage->name, table->name);
                return -1;
            }
        }
    }
    return 0;
}

/** What stands where a new table would be, and was not made by us, is somebody's. */
static int
check_ways(const PlanInput *input, const Plan *plan, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    for (size_t i = 0; i < plan->n_steps; i++) {
        const PlanStep *step = &plan->steps[i];
        const FlowTable *table = step->table;
        const char *schema = meta_stage_schema(input->layout, table->stage->name, scratch);
        const MetaObject *object = meta_object(input->snapshot, schema, table->name);
        if (step->selected && step->published == NULL && object != NULL) {
            error_set(reterr, ERROR_DATA,
                      "%s \"%s\".\"%s\" was not made by this flow, and would be replaced by %s.%s",
                      text_equal(object->kind, "view") ? "view" : "table", schema, table->name,
                      table->stage->name, table->name);
            error_set_origin(reterr, flow_span(input->sources, table->at));
            error_set_hint(reterr,
                           "drop or rename it, or give the instance a schema_prefix of its own");
            return -1;
        }
    }
    return 0;
}

/** `assert_no_fresh_input`: a stable pipeline fails before it loads anything anew. */
static int
check_no_fresh_input(const PlanInput *input, const Plan *plan, Error *reterr)
{
    Str list = {0};
    const FlowTable *first = NULL;
    for (size_t i = 0; i < plan->n_steps; i++) {
        const PlanStep *step = &plan->steps[i];
        const FlowTable *table = step->table;
        bool is_work = step->decision.action == PLAN_BUILD || step->decision.action == PLAN_COPY;
        if (is_work && table->is_input && input->fresh[i].is_fresh && !table->allow_fresh_input) {
            first = first != NULL ? first : table;
            str_append_format(&list, "%s%s.%s: %s", list.length > 0 ? "\n" : "", table->stage->name,
                              table->name, step->decision.reason);
        }
    }
    if (first == NULL) {
        return 0;
    }
    error_set(reterr, ERROR_DATA,
              "inputs would be loaded anew, and cache_validation mode is assert_no_fresh_input");
    error_set_detail(reterr, "%s", str_text(&list));
    error_set_hint(
        reterr,
        "`allow fresh input` exempts a table; one run with mode `normal` brings the inputs up to date");
    error_set_origin(reterr, flow_span(input->sources, first->at));
    str_deinit(&list);
    return -1;
}

int
plan_build(const PlanInput *input, Arena *arena, Plan **ret_plan, Error *reterr)
{
    Plan *plan = ARENA_NEW(arena, Plan);
    plan->flow = input->flow;
    index_tables(input, plan, arena);
    if (make_steps(input, plan, arena, reterr) < 0 || check_selection(input, plan, reterr) < 0 ||
        check_ways(input, plan, reterr) < 0) {
        return -1;
    }
    PlanProgress *progress = plan_progress_new(input, arena);
    for (size_t i = 0; i < plan->n_steps; i++) {
        const FlowTable *table = plan->steps[i].table;
        plan->steps[i].decision = plan_decide(input, plan, progress, table, arena);
        plan_settle(progress, table, &plan->steps[i].decision, arena);
    }
    plan->keeps_vanished = input->options.select != NULL;
    if (input->options.keys.validation.mode == CACHE_ASSERT_NO_FRESH_INPUT &&
        check_no_fresh_input(input, plan, reterr) < 0) {
        return -1;
    }
    *ret_plan = plan;
    return 0;
}

/* ---- changed lines ---- */

static bool
has_line(const char *text, const char *line, size_t length)
{
    while (*text != '\0') {
        size_t other = strcspn(text, "\n");
        if (other == length && strncmp(text, line, length) == 0) {
            return true;
        }
        text += other + (text[other] == '\n' ? 1 : 0);
    }
    return false;
}

static void
append_missing_lines(const char *text, const char *other, char sign, Str *out)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        if (!has_line(other, text, length)) {
            str_append_char(out, sign);
            str_append_char(out, ' ');
            str_append_n(out, text, length);
            str_append_char(out, '\n');
        }
        text += length + (text[length] == '\n' ? 1 : 0);
    }
}

const char *
plan_changed_lines(const char *old_query, const char *new_query, Arena *arena)
{
    Str lines = {0};
    append_missing_lines(old_query, new_query, '-', &lines);
    append_missing_lines(new_query, old_query, '+', &lines);
    if (lines.length == 0) {
        str_deinit(&lines);
        return NULL;
    }
    str_truncate(&lines, lines.length - 1);
    return str_take_in(&lines, arena);
}
