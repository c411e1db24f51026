#include "runtime/copy/whole.h"

#include "runtime/copy/trial.h"
#include "runtime/exec/violation.h"

#include <inttypes.h>

/** The check of one copy. */
typedef struct Whole Whole;
struct Whole {
    CopyChoice *choice;
    Exec *exec;
    ExecMade **made;         /* by table */
    const FlowTable *blamed; /* the last copied one that was looked at */
    Arena *scratch;
};

static void
say(const Whole *w, RunEventKind kind, const char *text)
{
    run_listener_say(w->exec->listener, kind, text);
}

/* ---- where rows are now ---- */

/** Puts the place of a table's rows where queries look for it. @return whether there is one */
static bool
set_place(const Whole *w, const FlowTable *table)
{
    const ExecMade *made = w->made[table->index];
    const PlanStep *step = &w->exec->plan->steps[table->index];
    const MetaTable *row = made == NULL    ? step->decision.origin
                           : made->is_same ? step->published
                                           : made->row;
    if (row == NULL || !step->selected) {
        return false;
    }
    w->exec->steps[table->index].schema = row->schema;
    w->exec->steps[table->index].table = row->table;
    return true;
}

/* ---- references ---- */

static bool
is_given_up(const Flow *flow, const FlowTable *table, const FlowConstraint *constraint)
{
    for (size_t i = 0; i < flow->n_links; i++) {
        const FlowLink *link = &flow->links[i];
        if (link->child == table && link->is_broken && link->child_columns == constraint->columns) {
            return true;
        }
    }
    return false;
}

/** The chosen rows whose reference leads nowhere in the source itself. */
static int
count_in_source(const Whole *w, const FlowTable *table, const FlowConstraint *constraint,
                int64_t *ret_n, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyStatement statement = {0};
    Str *sql = &statement.sql;
    str_append(sql, "select count(*) from (select ");
    for (size_t i = 0; i < constraint->n_columns; i++) {
        copy_append_column(table, constraint->columns[i], &statement);
        str_append_format(sql, " as c%zu%s", i, i + 1 < constraint->n_columns ? ", " : "");
    }
    copy_append_from(w->choice, table, &statement);
    if (copy_append_chosen(w->choice, table, &statement, reterr) < 0) {
        copy_statement_deinit(&statement);
        return -1;
    }
    str_append(sql, ") as s where ");
    for (size_t i = 0; i < constraint->n_columns; i++) {
        str_append_format(sql, "s.c%zu is not null and ", i);
    }
    str_append(sql, "not exists (select 1");
    copy_append_from(w->choice, constraint->target, &statement);
    for (size_t i = 0; i < constraint->n_columns; i++) {
        str_append(sql, i == 0 ? " where " : " and ");
        copy_append_column(constraint->target, constraint->target_columns[i], &statement);
        str_append_format(sql, " = s.c%zu", i);
    }
    str_append_char(sql, ')');
    int status = copy_ask(w->choice, &statement, &result, reterr);
    *ret_n = status == 0 ? copy_number_at(result, 0, 0) : 0;
    return status;
}

static int
fail(const Whole *w, const FlowTable *table, const FlowConstraint *constraint,
     const Violations *dangling, int64_t n_in_source, Error *reterr)
{
    const char *source = w->choice->source->options.source->name;
    violation_error(w->exec, table, constraint, dangling, reterr);
    if (n_in_source == 0) {
        error_set_hint(
            reterr,
            "in instance %s all of these references have their target: a mask of one end, "
            "or a contract that rejects rows, takes it away here",
            source);
    } else {
        error_set_hint(reterr,
                       "in instance %s only %" PRId64 " of these references lack their target",
                       source, n_in_source);
    }
    return error_wrap(reterr, "checking the copy of %s.%s", table->stage->name, table->name);
}

/** They come as they are. Where the table's clause is a warning, that will be said anyway. */
static void
tell_in_source(const Whole *w, const FlowTable *table, const FlowConstraint *constraint, int64_t n)
{
    say(w, constraint->warn ? RUN_EVENT_NOTE : RUN_EVENT_WARNING,
        arena_printf(
            w->scratch,
            "%s.%s: %" PRId64 " row%s refer%s to nothing in instance %s already, along `%s`",
            table->stage->name, table->name, n, n == 1 ? "" : "s", n == 1 ? "s" : "",
            w->choice->source->options.source->name, violation_clause(constraint, w->scratch)));
    w->exec->counts.warnings += constraint->warn ? 0 : 1;
}

/** So that it isn't tested again before the publication. */
static void
note_tested(const Whole *w, const FlowTable *table, const FlowConstraint *constraint)
{
    ExecMade *made = w->made[table->index];
    int64_t *scanned = ARENA_ARRAY(w->exec->arena, int64_t, table->n_constraints + 1);
    for (size_t i = 0; i < table->n_constraints; i++) {
        scanned[i] = made->scanned != NULL ? made->scanned[i] : -1;
    }
    scanned[constraint - table->constraints] = 0;
    made->scanned = scanned;
    RunEvent event = {.kind = RUN_EVENT_CHECK,
                      .check = {.stage = table->stage->name,
                                .name = table->name,
                                .clause = violation_clause(constraint, w->scratch),
                                .warn = constraint->warn,
                                .passed = true}};
    run_listener_tell(w->exec->listener, event);
}

static int
check_reference(const Whole *w, const FlowTable *table, const FlowConstraint *constraint,
                Error *reterr)
{
    const char *query = NULL;
    Violations dangling;
    int64_t n_in_source = 0;
    if (violation_query(w->exec, table, constraint, w->scratch, &query, reterr) < 0 ||
        violation_count(w->exec, query, w->scratch, &dangling, reterr) < 0) {
        return -1;
    }
    if (dangling.count == 0) {
        if (w->made[table->index] != NULL) {
            note_tested(w, table, constraint);
        }
        return 0;
    }
    if (count_in_source(w, table, constraint, &n_in_source, reterr) < 0) {
        return -1;
    }
    if (n_in_source > 0) {
        tell_in_source(w, table, constraint, n_in_source);
    }
    return n_in_source >= dangling.count || constraint->warn
               ? 0
               : fail(w, table, constraint, &dangling, n_in_source, reterr);
}

/** Along the foreign keys of which one end was copied now. */
static int
check_references(Whole *w, const FlowTable *table, Error *reterr)
{
    const Flow *flow = w->choice->graph->flow;
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *constraint = &table->constraints[i];
        const FlowTable *target = constraint->target;
        if (constraint->kind != PDC_CLAUSE_FOREIGN_KEY || target->body->kind != FLOW_BODY_COPY ||
            is_given_up(flow, table, constraint) ||
            (w->made[table->index] == NULL && w->made[target->index] == NULL)) {
            continue;
        }
        w->blamed = w->made[table->index] != NULL ? table : target;
        if (set_place(w, table) && set_place(w, target) &&
            check_reference(w, table, constraint, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- keys ---- */

/** Does the table promise that the column is never null? Then no scan has to tell. */
static bool
is_promised(const FlowTable *table, const char *column)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *constraint = &table->constraints[i];
        bool forbids =
            constraint->kind == PDC_CLAUSE_PRIMARY_KEY || constraint->kind == PDC_CLAUSE_NOT_NULL;
        if (forbids && !constraint->warn &&
            text_is_one_of(column, constraint->columns, constraint->n_columns)) {
            return true;
        }
    }
    return false;
}

/** `where a is null or b is null`, of the key. @return the columns in words; NULL: none may be null
 */
static const char *
append_may_be_null(const Whole *w, const FlowTable *table, CopyStatement *statement)
{
    const CopyKey *key = &w->choice->keys[table->index];
    Str columns = {0};
    for (size_t i = 0; i < key->n_key; i++) {
        const char *column = key->columns.items[i];
        if (!is_promised(table, column)) {
            str_append(&statement->sql, columns.length == 0 ? " where " : " or ");
            copy_append_column(table, column, statement);
            str_append(&statement->sql, " is null");
            str_append_format(&columns, "%s%s", columns.length == 0 ? "" : ", ", column);
        }
    }
    return columns.length == 0 ? NULL : str_take_in(&columns, w->scratch);
}

/** Rows that lists can't hold, since they have no key. */
static int
tell_nameless(const Whole *w, const FlowTable *table, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyStatement statement = {0};
    str_append(&statement.sql, "select count(*)");
    copy_append_from(w->choice, table, &statement);
    const char *columns = append_may_be_null(w, table, &statement);
    if (columns == NULL) {
        copy_statement_deinit(&statement);
        return 0;
    }
    if (copy_ask(w->choice, &statement, &result, reterr) < 0) {
        return -1;
    }
    int64_t n = copy_number_at(result, 0, 0);
    if (n > 0) {
        say(w, RUN_EVENT_WARNING,
            arena_printf(w->scratch,
                         "%s.%s: %" PRId64
                         " row%s of instance %s can't be chosen, since the key (%s) "
                         "is null there",
                         table->stage->name, table->name, n, n == 1 ? "" : "s",
                         w->choice->source->options.source->name, columns));
        w->exec->counts.warnings++;
    }
    return 0;
}

/** As many rows came as stand in the lists. What a contract rejects is told by itself. */
static int
compare_rows(const Whole *w, const FlowTable *table, Error *reterr)
{
    const ExecMade *made = w->made[table->index];
    CopyPreview chosen = {0};
    if (copy_count_rows(w->choice, table, &chosen, reterr) < 0) {
        return -1;
    }
    if (made->row->rows >= 0 && made->broken == NULL && made->row->rows != chosen.rows) {
        say(w, RUN_EVENT_WARNING,
            arena_printf(w->scratch,
                         "%s.%s: %" PRId64 " rows were copied where %" PRId64
                         " keys were chosen: are keys of instance %s there more than once?",
                         table->stage->name, table->name, made->row->rows, chosen.rows,
                         w->choice->source->options.source->name));
        w->exec->counts.warnings++;
    }
    return 0;
}

/** Where no list was made, the rules stood in the statement that copied: there is nothing to
 * compare. */
static int
check_rows(const Whole *w, const FlowTable *table, Error *reterr)
{
    const CopyDelta complete = {0};
    if (copy_rows_of(w->choice, table, true, &complete).n_nodes == 0) {
        return 0;
    }
    return tell_nameless(w, table, reterr) < 0 ? -1 : compare_rows(w, table, reterr);
}

int
copy_check_whole(CopyChoice *choice, Exec *exec, ExecMade **made, const FlowTable **ret_failed,
                 Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    Whole w = {.choice = choice, .exec = exec, .made = made, .scratch = scratch};
    const Flow *flow = choice->graph->flow;
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        w.blamed = made[i] != NULL ? table : w.blamed;
        if (table->body->kind != FLOW_BODY_COPY) {
            continue;
        }
        if ((made[i] != NULL && check_rows(&w, table, reterr) < 0) ||
            check_references(&w, table, reterr) < 0) {
            *ret_failed = w.blamed;
            return -1;
        }
    }
    return 0;
}
