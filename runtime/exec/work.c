/* What a worker does: one table, from its query to its row in the metadata, in one transaction. */
#include "runtime/base/clock.h"
#include "runtime/exec/conform.h"
#include "runtime/exec/exec_priv.h"
#include "runtime/exec/promise.h"
#include "runtime/exec/violation.h"
#include "runtime/key/hash.h"
#include "runtime/key/outline.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>
#include <string.h>

/** One table in the making. */
typedef struct Work Work;
struct Work {
    Exec *exec;
    const FlowTable *table;
    const PlanStep *plan;
    const PlanDecision *decision;
    KeyParts parts;
    Definition definition;
    ExecTarget target;
    PromiseResult promise;
    const char *content_key;
    int64_t bytes;
    int64_t started_us;
    Arena *scratch;
};

/* ---- names ---- */

static bool
is_name_taken(const Exec *exec, const char *physical)
{
    const MetaSnapshot *snapshot = exec->input->snapshot;
    for (size_t i = 0; i < snapshot->n_tables; i++) {
        if (text_equal(snapshot->tables[i]->physical, physical)) {
            return true;
        }
    }
    return meta_object(snapshot, exec->input->layout->hidden_schema, physical) != NULL;
}

/** A hidden name that nothing has; one made of the key alone where that is free. */
static const char *
choose_physical(const Work *work)
{
    size_t limit = store_identifier_limit(work->exec->store);
    const char *key = work->parts.key;
    const char *name = key_physical_name(work->table, key, NULL, limit, work->scratch);
    return !is_name_taken(work->exec, name)
               ? name
               : key_physical_name(work->table, key, work->exec->run, limit, work->scratch);
}

/* ---- content ---- */

static int
read_cell(const Exec *exec, const char *sql, Arena *arena, const char **ret_text, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    if (exec_check_interrupt(exec, reterr) < 0 ||
        store_query(exec->store, sql, &result, reterr) != 0) {
        return -1;
    }
    const char *text = store_result_rows(result) > 0 ? store_result_text(result, 0, 0) : NULL;
    *ret_text = text != NULL ? arena_strdup(arena, text) : NULL;
    return 0;
}

int
exec_content_key(const Exec *exec, const char *schema, const char *name, Arena *arena,
                 const char **ret_key, Error *reterr)
{
    StoreColumn *columns = NULL;
    size_t n_columns = 0;
    const char *digest = NULL;
    if (store_columns(exec->store, schema, name, arena, &columns, &n_columns, reterr) != 0 ||
        read_cell(exec, store_content_sql(exec->store, schema, name, arena), arena, &digest,
                  reterr) < 0) {
        return -1;
    }
    Hash *hash = hash_begin();
    hash_text(hash, KEY_FORMAT);
    hash_text(hash, digest);
    for (size_t i = 0; i < n_columns; i++) {
        hash_text(hash, columns[i].name);
        hash_text(hash, columns[i].sql_type);
    }
    *ret_key = hash_end_in(hash, arena);
    return 0;
}

/** A table that got `cutoff` after it was published has no digest there yet: if it held the same
 * rows, its content key stays, since that is what its readers have seen. */
static int
keep_content_key(Work *work, Error *reterr)
{
    const MetaTable *published = work->plan->published;
    const char *digest = NULL;
    bool has_digest = published == NULL || !text_equal(published->content_key, published->key);
    if (has_digest || plan_damage(work->exec->input, published) != NULL) {
        return 0;
    }
    if (exec_content_key(work->exec, published->schema, published->table, work->scratch, &digest,
                         reterr) < 0) {
        return -1;
    }
    if (text_equal(digest, work->content_key)) {
        work->content_key = published->content_key;
    }
    return 0;
}

static int
measure(Work *work, Error *reterr)
{
    const Exec *exec = work->exec;
    const ExecTarget *target = &work->target;
    const char *bytes = NULL;
    work->bytes = -1;
    work->content_key = key_content(work->table, &work->parts);
    if (exec->is_scratch) { /* nobody asks again */
        work->content_key = work->parts.key;
        return 0;
    }
    if (work->content_key == NULL &&
        exec_content_key(exec, target->schema, target->name, work->scratch, &work->content_key,
                         reterr) < 0) {
        return -1;
    }
    if (work->table->cutoff && keep_content_key(work, reterr) < 0) {
        return -1;
    }
    if (work->table->kind == PDC_VIEW) {
        return 0;
    }
    const char *sql = store_size_sql(exec->store, target->schema, target->name, work->scratch);
    if (read_cell(exec, sql, work->scratch, &bytes, reterr) < 0) {
        return -1;
    }
    work->bytes = bytes != NULL ? strtoll(bytes, NULL, 10) : -1;
    return 0;
}

/** The rows that are published already, in a table that needs no replacing. */
static bool
is_same(const Work *work)
{
    const MetaTable *published = work->plan->published;
    return published != NULL && !work->plan->forced && work->decision->twin == NULL &&
           work->decision->action != PLAN_ALTER &&
           text_equal(work->content_key, published->content_key) &&
           key_content(work->table, &work->parts) == NULL &&
           text_equal(published->kind, work->table->kind == PDC_VIEW ? "view" : "table") &&
           text_equal(published->definition, definition_text(&work->definition, work->scratch)) &&
           plan_damage(work->exec->input, published) == NULL;
}

/* ---- the row ---- */

static MetaInput *
row_inputs(const KeyParts *parts, Arena *arena)
{
    MetaInput *inputs = ARENA_ARRAY(arena, MetaInput, parts->n_inputs + 1);
    for (size_t i = 0; i < parts->n_inputs; i++) {
        inputs[i] = (MetaInput){.stage = parts->inputs[i]->stage->name,
                                .name = parts->inputs[i]->name,
                                .content_key = parts->input_contents[i]};
        if (!text_equal(parts->input_keys[i], parts->input_contents[i])) {
            inputs[i].used_key = parts->input_keys[i];
        }
    }
    return inputs;
}

static const char *
keep(const Work *work, const char *text)
{
    return text != NULL ? arena_strdup(work->exec->arena, text) : NULL;
}

static const char *
now_text(Arena *arena)
{
    char text[32];
    clock_format_utc(clock_now_us(), text, sizeof text);
    text[10] = ' ';
    return arena_strndup(arena, text, strlen(text) - 1);
}

static const char *
query_text(const Work *work)
{
    const FlowQuery *query = work->table->body->query;
    return query == NULL ? NULL
                         : exec_query_text(work->exec->plan->flow, work->exec->environment,
                                           work->exec->input->sources, query, exec_columns,
                                           work->exec, work->exec->arena);
}

/** The twin's rows are this table's, and so are their weights. */
static const char *
design_of_twin(const Work *work)
{
    const FlowTable *twin = work->decision->twin;
    const ExecStep *step = &work->exec->steps[twin->index];
    const MetaTable *row =
        step->made != NULL ? step->made
        : step->decision.action == PLAN_REUSE || step->decision.action == PLAN_RENAME
            ? step->decision.origin
            : work->exec->plan->steps[twin->index].published;
    return row != NULL ? row->design : NULL;
}

static MetaTable *
row_of(const Work *work)
{
    Arena *arena = work->exec->arena;
    MetaTable *row = ARENA_NEW(arena, MetaTable);
    const KeyParts *parts = &work->parts;
    *row = (MetaTable){.physical = work->target.physical,
                       .stage = work->table->stage->name,
                       .name = work->table->name,
                       .kind = work->table->kind == PDC_VIEW ? "view" : "table",
                       .state = META_FINISHED,
                       .key = keep(work, parts->key),
                       .content_key = keep(work, work->content_key),
                       .code_key = keep(work, parts->code),
                       .body_key = keep(work, parts->body),
                       .version = parts->version,
                       .fresh = keep(work, parts->fresh),
                       .run_date = parts->date,
                       .definition = definition_text(&work->definition, arena),
                       .query = query_text(work),
                       .outline = outline_text(outline_of(work->table, arena), arena),
                       .schema = work->target.schema,
                       .table = work->target.name,
                       .rows = work->target.rows,
                       .bytes = work->bytes,
                       .seconds = (double)(clock_monotonic_us() - work->started_us) / 1e6,
                       .run = work->exec->run,
                       .reason = keep(work, work->decision->reason),
                       .made_at = now_text(arena),
                       .inputs = row_inputs(parts, arena),
                       .n_inputs = parts->n_inputs,
                       .design = work->target.design};
    if (work->decision->action == PLAN_ALTER) { /* the same rows in another table */
        const MetaTable *origin = work->decision->origin;
        row->content_key = origin->content_key;
        row->query = origin->query;
        row->outline = origin->outline;
        row->made_at = origin->made_at;
        row->seconds = origin->seconds;
        row->design = origin->design;
    } else if (work->decision->twin != NULL) {
        row->design = design_of_twin(work);
    }
    for (size_t i = 0; i < row->n_inputs; i++) {
        row->inputs[i].content_key = keep(work, row->inputs[i].content_key);
        row->inputs[i].used_key = keep(work, row->inputs[i].used_key);
    }
    return row;
}

/* ---- the work ---- */

static int
finish(const Work *work, ExecMade *ret_made, Error *reterr)
{
    *ret_made = (ExecMade){.row = row_of(work),
                           .is_same = is_same(work),
                           .scanned = work->promise.scanned,
                           .broken = work->promise.broken};
    if (ret_made->is_same) {
        return exec_drop_target(work->exec, &work->target, reterr);
    }
    if (work->exec->is_scratch) {
        return 0;
    }
    Str sql = {0};
    meta_insert_table(work->exec->input->layout, ret_made->row, &sql);
    int status = store_exec(work->exec->store, str_text(&sql), reterr);
    str_deinit(&sql);
    return status;
}

static int
fail_at(const Work *work, Error *reterr)
{
    if (reterr->origin.file == NULL) {
        error_set_origin(reterr, flow_span(work->exec->input->sources, work->table->body->at));
    }
    return error_wrap(reterr, "making %s.%s", work->table->stage->name, work->table->name);
}

/** Where the engine would speak of a broken key only at the commit, the rows are asked before. */
static int
check_keys(const Work *work, Error *reterr)
{
    ExecStep *step = &work->exec->steps[work->table->index];
    if (store_can(work->exec->store, STORE_IMMEDIATE_KEYS) || work->table->kind == PDC_VIEW ||
        work->promise.scanned != NULL) {
        return 0;
    }
    step->schema = work->target.schema; /* where violation_query() looks */
    step->table = work->target.name;
    for (size_t i = 0; i < work->table->n_constraints; i++) {
        const FlowConstraint *constraint = &work->table->constraints[i];
        bool is_key =
            constraint->kind == PDC_CLAUSE_PRIMARY_KEY || constraint->kind == PDC_CLAUSE_UNIQUE;
        const char *query;
        Violations violations;
        if (!is_key || constraint->warn) {
            continue;
        }
        if (violation_query(work->exec, work->table, constraint, work->scratch, &query, reterr) <
                0 ||
            violation_count(work->exec, query, work->scratch, &violations, reterr) < 0) {
            return -1;
        }
        if (violations.count > 0) {
            return violation_error(work->exec, work->table, constraint, &violations, reterr);
        }
    }
    return 0;
}

static void
begin_work(Work *work, Exec *exec, const FlowTable *table, Arena *scratch)
{
    const PlanInput *input = exec->input;
    DefinitionOptions options = {.can_unlogged = input->options.can_unlogged,
                                 .default_unlogged = input->options.default_unlogged};
    *work = (Work){.exec = exec,
                   .table = table,
                   .plan = &exec->plan->steps[table->index],
                   .decision = &exec->steps[table->index].decision,
                   .parts = key_parts(exec->progress->keys, table,
                                      exec->plan->steps[table->index].published, scratch),
                   .definition = definition_of(table, options, scratch),
                   .started_us = clock_monotonic_us(),
                   .scratch = scratch};
    work->target = (ExecTarget){.table = table, .schema = input->layout->hidden_schema, .rows = -1};
    work->target.physical = keep(work, choose_physical(work));
    work->target.name = work->target.physical;
}

/** Are the rows what was promised? @return as promise_scan() */
static int
test_work(Work *work, Error *reterr)
{
    ExecTarget *target = &work->target;
    if (conform_made(work->exec, target, work->scratch, reterr) < 0 ||
        exec_check_columns(work->exec, work->table, target->schema, target->name, reterr) < 0) {
        return -1;
    }
    return promise_scan(work->exec, target, work->scratch, &work->promise, reterr);
}

/** What follows when the rows are there, and right. */
static int
end_work(Work *work, ExecMade *ret_made, Error *reterr)
{
    const ExecTarget *target = &work->target;
    bool failed = check_keys(work, reterr) < 0 ||
                  exec_define(work->exec, work->table, &work->definition, target->schema,
                              target->name, target->physical, reterr) < 0 ||
                  measure(work, reterr) < 0 || finish(work, ret_made, reterr) < 0;
    return failed ? -1 : 0;
}

int
exec_make(Exec *exec, const FlowTable *table, ExecKind kind, Arena *scratch, ExecMade *ret_made,
          Error *reterr)
{
    Work work;
    begin_work(&work, exec, table, scratch);
    int status = kind(exec, &work.target, scratch, reterr) < 0 ? -1 : test_work(&work, reterr);
    status = status == 0 ? end_work(&work, ret_made, reterr) : status;
    if (status != 0) {
        fail_at(&work, reterr);
    }
    return status;
}

/** One output breaks its promises: the others go, too; the broken rows are kept. @return as
 * promise_scan() */
static int
drop_outputs(Work *works, size_t n, size_t broken, Error *reterr)
{
    for (size_t i = 0; i < n; i++) {
        if (i != broken && exec_drop_target(works[i].exec, &works[i].target, reterr) < 0) {
            return -1;
        }
    }
    return PROMISE_BROKEN;
}

/** All outputs of a script. */
static int
make_outputs(Exec *exec, const FlowTable *const *tables, size_t n, Arena *scratch,
             ExecMade *ret_made, Error *reterr)
{
    Work *works = ARENA_ARRAY(scratch, Work, n);
    ExecTarget **targets = ARENA_ARRAY(scratch, ExecTarget *, n);
    for (size_t i = 0; i < n; i++) {
        begin_work(&works[i], exec, tables[i], scratch);
        targets[i] = &works[i].target;
    }
    if (exec_run_script(exec, targets, n, scratch, reterr) < 0) {
        return fail_at(&works[0], reterr);
    }
    for (size_t i = 0; i < n; i++) {
        Error error = {0};
        int status = test_work(&works[i], &error);
        if (status == PROMISE_BROKEN) {
            status = drop_outputs(works, n, i, reterr);
        }
        if (status != 0) {
            error_move(reterr, &error);
            fail_at(&works[i], reterr);
            return status;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (end_work(&works[i], &ret_made[i], reterr) < 0) {
            return fail_at(&works[i], reterr);
        }
    }
    return 0;
}

static int
make_tables(Exec *exec, const FlowTable *const *tables, size_t n, Arena *scratch,
            ExecMade *ret_made, Error *reterr)
{
    const FlowTable *table = tables[0];
    PlanAction action = exec->steps[table->index].decision.action;
    if (action == PLAN_BUILD && table->body->kind == FLOW_BODY_SCRIPT && table->given == NULL) {
        return make_outputs(exec, tables, n, scratch, ret_made, reterr);
    }
    ExecKind kind = table->given != NULL   ? make_given
                    : action == PLAN_ALTER ? make_from_published
                    : action == PLAN_REUSE ? make_from_twin
                                           : exec_kind_of(table->body->kind);
    if (kind == NULL) {
        BUG("%s.%s is not for a worker", table->stage->name, table->name);
    }
    return exec_make(exec, table, kind, scratch, ret_made, reterr);
}

int
exec_work(Exec *exec, const FlowTable *const *tables, size_t n, ExecMade *ret_made, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    Error ignored = {0};
    int status = store_begin(exec->store, reterr);
    if (status == 0) {
        status = make_tables(exec, tables, n, scratch, ret_made, reterr);
        status = status == 0 ? store_commit(exec->store, reterr) : status;
    }
    if (status == PROMISE_BROKEN) { /* the rows that broke it stay for people to look at */
        status = store_commit(exec->store, &ignored) == 0 ? 0 : -1;
        error_deinit(&ignored);
        if (status == 0) {
            return -1;
        }
    }
    if (status != 0) {
        store_rollback(exec->store);
    }
    return status;
}
