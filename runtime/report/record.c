#include "runtime/report/record.h"

#include "runtime/base/memory.h"
#include "runtime/elaborate/flow.h"

#include <math.h>

static const char *
copy(RunRecord *record, const char *text)
{
    return text != NULL ? arena_strdup(record->arena, text) : NULL;
}

static RunEventPlace
copy_place(RunRecord *record, const RunEventPlace *place)
{
    return (RunEventPlace){.url = copy(record, place->url),
                           .schema_prefix = copy(record, place->schema_prefix),
                           .schema_suffix = copy(record, place->schema_suffix)};
}

RunRecord *
record_new(const RunSubject *subject, int64_t now_us)
{
    RunRecord *record = memory_alloc(sizeof(*record));
    *record = (RunRecord){.arena = arena_new(), .started_us = now_us};
    record->tables_by_name = map_new(record->arena);
    record->subject = (RunSubject){.flow = copy(record, subject->flow),
                                   .instance = copy(record, subject->instance),
                                   .place = copy_place(record, &subject->place)};
    return record;
}

void
record_free(RunRecord *record)
{
    if (record != NULL) {
        arena_free(record->arena);
        free(record);
    }
}

static const char *
key_of(Arena *arena, const RecordName *name)
{
    return arena_printf(arena, "%s\x1f%s", name->stage != NULL ? name->stage : "", name->name);
}

const RecordTable *
record_find(const RunRecord *record, const RecordName *name)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    return map_get(record->tables_by_name, key_of(scratch, name));
}

static void
take_start(RunRecord *record, const RunEventStart *start)
{
    record->run = copy(record, start->run);
    if (start->copied_from != NULL) {
        record->source = copy_place(record, start->copied_from);
    }
}

/* The table of a step; it is made where it was not planned. */
static RecordTable *
table_of(RunRecord *record, const RunEventStep *step)
{
    RecordName name = {step->stage, step->table};
    const char *key = key_of(record->arena, &name);
    RecordTable *table = map_get(record->tables_by_name, key);
    if (table == NULL) {
        table = ARENA_NEW(record->arena, RecordTable);
        *table = (RecordTable){.name = {copy(record, step->stage), copy(record, step->table)},
                               .rows = -1,
                               .seconds = -1};
        map_set(record->tables_by_name, key, table);
        vec_push_in(record->arena, &record->tables, table);
    }
    table->action = step->action;
    table->reason = copy(record, step->reason);
    return table;
}

/* Whose rows it reads. */
static void
take_inputs(RunRecord *record, RecordTable *table, const RunEventStep *step)
{
    const FlowTable *of = step->of_flow;
    table->file = copy(record, step->file);
    if (of == NULL) {
        return;
    }
    table->inputs = ARENA_ARRAY(record->arena, RecordName, of->n_inputs + 1);
    table->n_inputs = of->n_inputs;
    for (size_t i = 0; i < of->n_inputs; i++) {
        table->inputs[i] = (RecordName){copy(record, of->inputs[i]->stage->name),
                                        copy(record, of->inputs[i]->name)};
    }
    table->is_copied = of->body != NULL && of->body->kind == FLOW_BODY_COPY;
    if (of->body != NULL && of->body->kind == FLOW_BODY_EXTERNAL) {
        table->external =
            (RecordName){copy(record, of->body->schema), copy(record, of->body->table)};
    }
}

static void
take_columns(RunRecord *record, RecordTable *table, const RunEventStep *step)
{
    table->columns = ARENA_ARRAY(record->arena, RunEventColumn, step->n_columns + 1);
    table->n_columns = step->n_columns;
    for (size_t i = 0; i < step->n_columns; i++) {
        table->columns[i] = (RunEventColumn){copy(record, step->columns[i].name),
                                             copy(record, step->columns[i].type)};
    }
}

static RecordTable *
take_plan(RunRecord *record, const RunEventStep *step)
{
    if (step->action == PLAN_DROP) {
        return NULL; /* it is no table of the flow any more */
    }
    RecordTable *table = table_of(record, step);
    if (step->action == PLAN_KEEP) {
        table->rows = step->rows;
        table->seconds = step->rows >= 0 ? step->seconds : -1;
    }
    return table;
}

static RecordTable *
take_step_start(RunRecord *record, const RunEvent *event)
{
    RecordTable *table = table_of(record, &event->step);
    table->state = STEP_RUNNING;
    table->started_us = event->at_us;
    take_inputs(record, table, &event->step);
    return table;
}

static RecordTable *
take_step_end(RunRecord *record, const RunEvent *event)
{
    const RunEventStep *step = &event->step;
    RecordTable *table = table_of(record, step);
    if (table->started_us == 0) {
        take_inputs(record, table, step);
    }
    bool was_made = table->started_us > 0 && step->state == STEP_DONE;
    table->state = step->state;
    table->rows = step->rows;
    table->seconds = was_made ? step->seconds : table->seconds;
    /* Tables that are made as one are told of together at the end; each knows how long it took. */
    table->ended_us = table->started_us > 0 && step->seconds > 0
                          ? table->started_us + llround(step->seconds * 1e6)
                          : event->at_us;
    table->error = step->error != NULL ? copy(record, step->error->message) : NULL;
    if (record->error == NULL) {
        record->error = table->error;
    }
    take_columns(record, table, step);
    return table;
}

static void
take_check(RunRecord *record, const RunEvent *event)
{
    const RunEventCheck *check = &event->check;
    if (check->passed) {
        return;
    }
    RecordCheck found = {.name = {copy(record, check->stage), copy(record, check->name)},
                         .clause = copy(record, check->clause),
                         .warn = check->warn,
                         .violations = check->violations,
                         .at_us = event->at_us};
    vec_push_in(record->arena, &record->checks, found);
    if (!check->warn && record->error == NULL && check->error != NULL) {
        record->error = copy(record, check->error->message);
    }
}

static void
take_end(RunRecord *record, const RunEvent *event)
{
    const RunEventEnd *end = &event->end;
    record->run = end->run != NULL ? copy(record, end->run) : record->run;
    record->state = end->state;
    record->counts = *end->counts;
    record->seconds = end->seconds;
    record->ended_us = event->at_us;
    if (end->error != NULL) {
        record->error = copy(record, end->error->message);
    }
}

const RecordTable *
record_take(RunRecord *record, const RunEvent *event)
{
    switch (event->kind) {
    case RUN_EVENT_START: take_start(record, &event->start); return NULL;
    case RUN_EVENT_PLAN: return take_plan(record, &event->step);
    case RUN_EVENT_STEP_START: return take_step_start(record, event);
    case RUN_EVENT_STEP_END: return take_step_end(record, event);
    case RUN_EVENT_CHECK: take_check(record, event); return NULL;
    case RUN_EVENT_PUBLISH_START:
        record->publish_started_us = event->at_us;
        record->n_published = event->publish.n_changes;
        return NULL;
    case RUN_EVENT_PUBLISH_END: record->publish_ended_us = event->at_us; return NULL;
    case RUN_EVENT_END: take_end(record, event); return NULL;
    case RUN_EVENT_LOCK_WAIT:
    case RUN_EVENT_LOCK_GONE:
    case RUN_EVENT_SQL:
    case RUN_EVENT_NOTE:
    case RUN_EVENT_WARNING: return NULL;
    }
    return NULL;
}

void
record_end_early(RunRecord *record, int64_t now_us)
{
    record->state = RUN_FAILED;
    record->ended_us = now_us;
    record->seconds = (double)(now_us - record->started_us) / 1e6;
    record->error = "the flow or its attrs don't fit the instance";
}
