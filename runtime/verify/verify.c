#include "runtime/verify/verify.h"

#include "runtime/exec/violation.h"
#include "runtime/key/hash.h"
#include "runtime/key/key.h"

#include <ctype.h>
#include <string.h>

/** Something to test: a clause of a table, or a check of a stage. */
typedef struct Test Test;
struct Test {
    const FlowTable *table; /* of a clause */
    const FlowConstraint *constraint;
    const FlowCheck *check; /* or a check */
    const char *clause;     /* the clause in words, or NULL */
    bool warn;
    MetaCheck result; /* id and key, then the count */
    const char *rows;
};

typedef struct Verify Verify;
struct Verify {
    Exec *exec;
    VerifyResults *results;
    Arena *scratch;
    size_t n_failed;
};

/* ---- keys ---- */

static const char *
content_of(const Verify *verify, const FlowTable *table)
{
    return verify->exec->progress->keys->content_keys[table->index];
}

static const char *
constraint_key(const Verify *verify, const Test *test)
{
    const FlowConstraint *constraint = test->constraint;
    Hash *hash = hash_begin();
    hash_text(hash, content_of(verify, test->table));
    hash_text(hash, test->clause);
    if (constraint->target != NULL) {
        hash_text(hash, content_of(verify, constraint->target));
        for (size_t i = 0; i < constraint->n_columns; i++) {
            hash_text(hash, constraint->target_columns[i]);
        }
    }
    const char *extra = hash_end_in(hash, verify->scratch);
    return key_of_query(constraint->condition, extra, verify->exec->progress->keys->content_keys,
                        verify->exec->arena);
}

/** An id that stays the same from run to run; the number tells apart clauses that read alike. */
static const char *
constraint_id(const Verify *verify, const Test *test, size_t number)
{
    return arena_printf(verify->exec->arena, "%s.%s: %s%s #%zu", test->table->stage->name,
                        test->table->name, test->warn ? "warn " : "", test->clause, number);
}

/* ---- telling ---- */

static void
tell(const Verify *verify, const Test *test, bool passed, const Error *error)
{
    const char *stage = test->table != NULL ? test->table->stage->name : test->check->stage->name;
    RunEvent event = {.kind = RUN_EVENT_CHECK,
                      .check = {.stage = stage,
                                .name = test->table != NULL ? test->table->name : test->check->name,
                                .clause = test->clause,
                                .warn = test->warn,
                                .passed = passed,
                                .violations = test->result.violations,
                                .rows = test->rows,
                                .error = error}};
    run_listener_tell(verify->exec->listener, event);
}

static void
fill_error(const Verify *verify, const Test *test, Error *error)
{
    Violations violations = {.count = test->result.violations, .rows = test->rows};
    if (test->constraint != NULL) {
        violation_error(verify->exec, test->table, test->constraint, &violations, error);
        return;
    }
    const FlowCheck *check = test->check;
    error_set(error, ERROR_DATA, "check %s.%s %s: %lld row%s", check->stage->name, check->name,
              test->warn ? "warns" : "failed", (long long)violations.count,
              violations.count == 1 ? "" : "s");
    if (violations.rows != NULL) {
        error_set_detail(error, "%s", violations.rows);
    }
    error_set_origin(error, flow_span(verify->exec->input->sources, check->at));
}

static void
judge(Verify *verify, const Test *test)
{
    int64_t allowed = test->check != NULL ? test->check->fails_above : 0;
    if (test->result.violations <= allowed) {
        tell(verify, test, true, NULL);
        return;
    }
    Error error = {0};
    fill_error(verify, test, &error);
    tell(verify, test, false, &error);
    if (test->warn) {
        verify->exec->counts.warnings++;
    } else {
        verify->exec->counts.failed++;
        verify->n_failed++;
        if (verify->exec->first_error == NULL) {
            verify->exec->first_error = arena_strdup(verify->exec->arena, error.message);
        }
    }
    error_deinit(&error);
}

/* ---- testing ---- */

/** Words that make a query say something else though its rows are the same. */
static const char *const volatile_words[] = {"now",
                                             "current_timestamp",
                                             "current_time",
                                             "localtime",
                                             "localtimestamp",
                                             "clock_timestamp",
                                             "statement_timestamp",
                                             "transaction_timestamp",
                                             "get_current_timestamp",
                                             "age",
                                             "today",
                                             "random"};

static bool
has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *found = strstr(text, word); found != NULL; found = strstr(found + 1, word)) {
        bool starts = found == text || (!isalnum((unsigned char)found[-1]) && found[-1] != '_');
        bool ends = !isalnum((unsigned char)found[length]) && found[length] != '_';
        if (starts && ends) {
            return true;
        }
    }
    return false;
}

/** May it end otherwise on the same rows? Rather too often: then it is just tested again. */
static bool
is_volatile(const FlowQuery *query, Arena *scratch)
{
    Str canon = {0};
    if (query == NULL) {
        return false;
    }
    flow_query_canon(query, &canon);
    const char *text = text_fold(scratch, str_text(&canon), canon.length);
    bool found = false;
    for (size_t i = 0; i < ARRAY_LENGTH(volatile_words); i++) {
        found = found || has_word(text, volatile_words[i]);
    }
    str_deinit(&canon);
    return found;
}

/** The same test on the same rows, of the run before. */
static bool
is_known(Verify *verify, Test *test)
{
    const MetaCheck *known = map_get(verify->exec->input->snapshot->checks, test->result.id);
    const FlowQuery *query = test->check != NULL ? test->check->query : test->constraint->condition;
    if (known == NULL || !text_equal(known->key, test->result.key) ||
        is_volatile(query, verify->scratch)) {
        return false;
    }
    test->result.violations = known->violations;
    if (test->warn && known->violations > 0) {
        judge(verify, test);
    }
    return true;
}

static int
count_check(Verify *verify, Test *test, Violations *ret_violations, Error *reterr)
{
    Rendered rendered;
    const FlowCheck *check = test->check;
    if (exec_render(verify->exec, check->query, verify->scratch, &rendered, reterr) < 0) {
        return -1;
    }
    int status =
        violation_count(verify->exec, rendered.text, verify->scratch, ret_violations, reterr);
    if (status < 0) {
        const char *sql = arena_printf(verify->scratch, VIOLATION_COUNT_HEAD "%s", rendered.text);
        rendered_locate(&rendered, sql, strlen(VIOLATION_COUNT_HEAD), verify->exec->input->sources,
                        reterr);
    }
    return status;
}

static int
count_constraint(Verify *verify, Test *test, Violations *ret_violations, Error *reterr)
{
    const char *query = NULL;
    if (violation_query(verify->exec, test->table, test->constraint, verify->scratch, &query,
                        reterr) < 0) {
        return -1;
    }
    return violation_count(verify->exec, query, verify->scratch, ret_violations, reterr);
}

/** The rows that break a clause, as they were counted when they were made in this run; < 0: they
 * were not. */
static int64_t
scanned_count(const Verify *verify, const Test *test)
{
    const FlowTable *table = test->table;
    const int64_t *scanned = table != NULL ? verify->exec->steps[table->index].scanned : NULL;
    return scanned != NULL ? scanned[test->constraint - table->constraints] : -1;
}

/** A test that can't be made (its SQL is wrong) has failed. */
static int
fail_test(Verify *verify, const Test *test, Error *error, Error *reterr)
{
    PdcSpan at = test->check != NULL ? test->check->at : test->constraint->at;
    if (error->code == ERROR_CONNECTION || error->code == ERROR_INTERRUPTED) {
        error_move(reterr, error);
        return -1;
    }
    if (error->origin.file == NULL) {
        error_set_origin(error, flow_span(verify->exec->input->sources, at));
    }
    tell(verify, test, false, error);
    verify->exec->counts.failed++;
    verify->n_failed++;
    if (verify->exec->first_error == NULL) {
        verify->exec->first_error = arena_strdup(verify->exec->arena, error->message);
    }
    return 0;
}

static int
run_test(Verify *verify, Test *test, Error *reterr)
{
    Violations violations = {0};
    Error error = {0};
    int64_t scanned = scanned_count(verify, test);
    if (scanned >= 0) { /* told when the rows were made */
        test->result.violations = scanned;
        vec_push_in(verify->exec->arena, verify->results, test->result);
        return 0;
    }
    if (is_known(verify, test)) {
        return 0;
    }
    int status = test->check != NULL ? count_check(verify, test, &violations, &error)
                                     : count_constraint(verify, test, &violations, &error);
    if (status < 0) {
        status = fail_test(verify, test, &error, reterr);
        error_deinit(&error);
        return status;
    }
    test->result.violations = violations.count;
    test->rows = violations.rows;
    vec_push_in(verify->exec->arena, verify->results, test->result);
    judge(verify, test);
    return 0;
}

/* ---- what is to be tested ---- */

static bool
is_there(const Verify *verify, const FlowTable *table)
{
    const ExecStep *step = &verify->exec->steps[table->index];
    return step->state == STEP_DONE && step->table != NULL;
}

/** The engine holds keys of tables itself. */
static bool
needs_test(const FlowTable *table, const FlowConstraint *constraint)
{
    return table->kind == PDC_VIEW || constraint->warn || constraint->kind == PDC_CLAUSE_CHECK ||
           constraint->kind == PDC_CLAUSE_FOREIGN_KEY;
}

static int
verify_table(Verify *verify, const FlowTable *table, Error *reterr)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *constraint = &table->constraints[i];
        bool target_is_there = constraint->target == NULL || is_there(verify, constraint->target);
        if (!needs_test(table, constraint) || !is_there(verify, table) || !target_is_there) {
            continue;
        }
        Test test = {.table = table,
                     .constraint = constraint,
                     .warn = constraint->warn,
                     .clause = violation_clause(constraint, verify->exec->arena)};
        test.result.id = constraint_id(verify, &test, i);
        test.result.key = constraint_key(verify, &test);
        if (run_test(verify, &test, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
verify_check(Verify *verify, const FlowCheck *check, Error *reterr)
{
    for (size_t i = 0; i < check->query->n_inputs; i++) {
        if (!is_there(verify, check->query->inputs[i])) {
            return 0; /* not selected, and not published either */
        }
    }
    const Exec *exec = verify->exec;
    const char *extra = check->query->uses_date ? exec->environment->run_date : NULL;
    Test test = {.check = check, .warn = check->warn};
    test.result.id = arena_printf(exec->arena, "%s.%s: %s", check->stage->name, check->name,
                                  check->warn ? "warn" : "check");
    test.result.key =
        key_of_query(check->query, extra, exec->progress->keys->content_keys, exec->arena);
    return run_test(verify, &test, reterr);
}

int
verify_run(Exec *exec, VerifyResults *results, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    Verify verify = {.exec = exec, .results = results, .scratch = scratch};
    const Flow *flow = exec->plan->flow;
    for (size_t i = 0; i < flow->n_tables; i++) {
        if (verify_table(&verify, flow->tables[i], reterr) < 0) {
            return error_wrap(reterr, "verifying %s.%s", flow->tables[i]->stage->name,
                              flow->tables[i]->name);
        }
    }
    for (size_t i = 0; i < flow->n_checks; i++) {
        if (verify_check(&verify, flow->checks[i], reterr) < 0) {
            return error_wrap(reterr, "verifying check %s.%s", flow->checks[i]->stage->name,
                              flow->checks[i]->name);
        }
    }
    return verify.n_failed > 0 ? 1 : 0;
}
