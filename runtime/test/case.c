/* One test: its tables are made and tested as in a run, then compared. */
#include "runtime/base/clock.h"
#include "runtime/meta/meta.h"
#include "runtime/store/sql_text.h"
#include "runtime/test/test_priv.h"
#include "runtime/verify/verify.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

/** What is needed beside an Exec to run one. */
typedef struct Making Making;
struct Making {
    TestCase *test_case;
    const FlowTest *test;
    MetaLayout layout;
    MetaSnapshot snapshot;
    PlanInput input;
    Plan *plan;
    RunListener listener;
    Exec exec;
    bool listens;        /* errors of steps and checks are kept */
    VEC(Error *) errors; /* of tables and checks; they belong to the result afterwards */
};

typedef struct Failures Failures;
struct Failures {
    VEC(TestFailure) items;
};

static Error *
keep_error(const TestCase *test_case, const Error *error)
{
    Error *kept = ARENA_NEW(test_case->arena, Error);
    error_set(kept, error->code, "%s", error->message);
    if (error->detail != NULL) {
        error_set_detail(kept, "%s", error->detail);
    }
    if (error->hint != NULL) {
        error_set_hint(kept, "%s", error->hint);
    }
    memcpy(kept->sqlstate, error->sqlstate, sizeof kept->sqlstate);
    if (error->origin.file != NULL) {
        error_keep_origin(kept, error->origin);
    }
    str_append(&kept->context, str_text(&error->context));
    return kept;
}

/* ---- making tables ---- */

static void
listen(void *user, const RunEvent *event)
{
    Making *making = user;
    const Error *error =
        event->kind == RUN_EVENT_STEP_END ? event->step.error
        : event->kind == RUN_EVENT_CHECK && !event->check.passed && !event->check.warn
            ? event->check.error
            : NULL;
    if (making->listens && error != NULL) {
        vec_push_in(making->test_case->arena, &making->errors,
                    keep_error(making->test_case, error));
    }
}

static void
prepare(Making *making, const Flow *flow)
{
    const TestCase *test_case = making->test_case;
    Arena *arena = test_case->arena;
    const RunRequest *run = test_case->request->run;
    const char *schema = test_case->scratch->schema;
    making->layout = (MetaLayout){
        .prefix = "", .suffix = "", .metadata_schema = schema, .hidden_schema = schema};
    making->snapshot = (MetaSnapshot){.arena = arena,
                                      .published = map_new(arena),
                                      .objects = map_new(arena),
                                      .checks = map_new(arena),
                                      .files = map_new(arena)};
    making->input =
        (PlanInput){.flow = flow,
                    .layout = &making->layout,
                    .snapshot = &making->snapshot,
                    .fresh = ARENA_ARRAY(arena, KeyFresh, flow->n_tables + 1),
                    .sources = test_case->sources,
                    .options = {.keys = {.engine = store_engine_name(test_case->scratch->store),
                                         .run_date = making->test->environment.run_date,
                                         .run = "test"}}};
    making->listener = (RunListener){.handle = listen, .user = making};
    making->exec = (Exec){.store = test_case->scratch->store,
                          .input = &making->input,
                          .environment = &making->test->environment,
                          .run = "test",
                          .data_directory = run->executable_directory,
                          .listener = &making->listener,
                          .interrupted = &test_case->stopped,
                          .is_scratch = true,
                          .arena = arena};
}

/** Makes the tables of a flow. @return 0; 1: some failed; < 0 with `reterr` */
static int
make_tables(Making *making, const Flow *flow, const Map *shapes, Error *reterr)
{
    prepare(making, flow);
    making->exec.shapes = shapes;
    if (plan_build(&making->input, making->test_case->arena, &making->plan, reterr) < 0) {
        return -1;
    }
    making->exec.plan = making->plan;
    exec_init(&making->exec);
    return exec_run(&making->exec, reterr);
}

static const char *
shape_name(const FlowTable *table, Arena *arena)
{
    return arena_printf(arena, "%s.%s", table->stage->name, table->name);
}

static ExecShape *
copy_shape(const StoreColumn *columns, size_t n_columns, Arena *arena)
{
    ExecShape *shape = ARENA_NEW(arena, ExecShape);
    StoreColumn *copies = ARENA_ARRAY(arena, StoreColumn, n_columns + 1);
    for (size_t i = 0; i < n_columns; i++) {
        copies[i] = (StoreColumn){.name = arena_strdup(arena, columns[i].name),
                                  .sql_type = arena_strdup(arena, columns[i].sql_type),
                                  .type = columns[i].type,
                                  .nullable = true};
    }
    *shape = (ExecShape){.columns = copies, .n_columns = n_columns};
    return shape;
}

/** Are the columns of all given tables known from another test? */
static bool
knows_shapes(const TestCase *test_case, const Flow *flow)
{
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        if (table->given != NULL && table->given->rows != NULL && table->contract == NULL &&
            map_get(test_case->shapes, shape_name(table, test_case->arena)) == NULL) {
            return false;
        }
    }
    return true;
}

/** Makes the tables of empty inputs and looks at their columns; those that can't be made have none.
 */
static int
make_shapes(Making *making, Map *shapes, Arena *arena, Error *reterr)
{
    TestCase *test_case = making->test_case;
    CLEANUP(diags_freep) Diags *diags = diags_new(); /* what is wrong was said of the test */
    const Flow *flow;
    if (elaborate_shapes(test_case->request->run->unit, making->test, test_case->sources,
                         test_case->arena, diags, &flow) < 0 ||
        flow->n_tables == 0) {
        return 0;
    }
    making->listens = false;
    if (make_tables(making, flow, NULL, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < flow->n_tables; i++) {
        const ExecStep *step = &making->exec.steps[i];
        StoreColumn *columns;
        size_t n_columns;
        if (step->state != STEP_DONE || step->table == NULL) {
            continue;
        }
        if (store_columns(making->exec.store, step->schema, step->table, test_case->arena, &columns,
                          &n_columns, reterr) != 0) {
            return -1;
        }
        map_set(shapes, shape_name(flow->tables[i], test_case->arena),
                copy_shape(columns, n_columns, arena));
    }
    scratch_clear(test_case->scratch);
    return scratch_ready(test_case->scratch, reterr);
}

/** The columns that given tables have in the flow; with the instance's attrs they are the same in
 * all tests. */
static int
find_shapes(Making *making, const Map **ret_shapes, Error *reterr)
{
    TestCase *test_case = making->test_case;
    bool is_own = test_case->test->n_settings > 0;
    Map *shapes = is_own ? map_new(test_case->arena) : test_case->shapes;
    *ret_shapes = shapes;
    if (!is_own && knows_shapes(test_case, making->test->flow)) {
        return 0;
    }
    return make_shapes(making, shapes, is_own ? test_case->arena : test_case->shapes_arena, reterr);
}

/* ---- comparing ---- */

static RowsCompare
compare_as(const StoreColumn *column)
{
    static const char *const floats[] = {"real", "float", "float4", "float8", "double"};
    static const char *const numbers[] = {"smallint",  "integer",  "bigint",  "numeric",
                                          "decimal",   "tinyint",  "hugeint", "utinyint",
                                          "usmallint", "uinteger", "ubigint", "uhugeint"};
    char word[32] = "";
    size_t n = strspn(column->sql_type, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ48");
    bool is_array = strchr(column->sql_type, '[') != NULL;
    for (size_t i = 0; i < n && i + 1 < sizeof word; i++) {
        word[i] = (char)(column->sql_type[i] >= 'A' && column->sql_type[i] <= 'Z'
                             ? column->sql_type[i] - 'A' + 'a'
                             : column->sql_type[i]);
    }
    return is_array                                               ? ROWS_AS_TEXT
           : text_is_one_of(word, floats, ARRAY_LENGTH(floats))   ? ROWS_AS_FLOAT
           : text_is_one_of(word, numbers, ARRAY_LENGTH(numbers)) ? ROWS_AS_NUMBER
                                                                  : ROWS_AS_TEXT;
}

/** One `expect` at work. */
typedef struct Expecting Expecting;
struct Expecting {
    Making *making;
    const FlowExpect *expect;
    const char
        *rows; /* name of the table of the expected rows: what was left of another is no matter */
    StoreColumn *columns; /* of the table */
    size_t n_columns;
    StoreColumn *expected; /* of the rows that are compared, in their order */
    size_t n_expected;
    const StoreColumn **compared; /* one of `columns` for each of `expected` */
};

static int
fail_column(const Expecting *x, const char *name, Error *reterr)
{
    Arena *arena = x->making->test_case->arena;
    const FlowTable *table = x->expect->table;
    const char *nearest = store_nearest_column(x->columns, x->n_columns, name, arena);
    error_set(reterr, ERROR_DATA, "%s.%s has no column \"%s\"", table->stage->name, table->name,
              name);
    if (nearest != NULL) {
        error_set_hint(reterr, "did you mean \"%s\"?", nearest);
    }
    error_set_origin(reterr, flow_span(x->making->test_case->sources, x->expect->rows->at));
    return -1;
}

/** Which column of the table each expected one is; of a file only those that are named count. */
static int
match_columns(Expecting *x, Error *reterr)
{
    const PdcTestRows *rows = x->expect->rows;
    Arena *arena = x->making->test_case->arena;
    bool folds = store_can(x->making->exec.store, STORE_FOLDS_NAMES);
    size_t n = 0;
    x->compared = ARENA_ARRAY(arena, const StoreColumn *, x->n_expected + 1);
    for (size_t i = 0; i < x->n_expected; i++) {
        const char *name = x->expected[i].name;
        if (rows->n_columns > 0 && !text_is_one_of(name, rows->columns, rows->n_columns)) {
            continue;
        }
        const StoreColumn *column = NULL;
        for (size_t k = 0; k < x->n_columns && column == NULL; k++) {
            column = store_has_column(&x->columns[k], 1, name, folds) ? &x->columns[k] : NULL;
        }
        if (column == NULL) {
            return fail_column(x, name, reterr);
        }
        x->expected[n] = x->expected[i];
        x->compared[n++] = column;
    }
    x->n_expected = n;
    return 0;
}

static int
query_rows(const Expecting *x, const char *sql, Rows *ret_rows, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Arena *arena = x->making->test_case->arena;
    if (store_query(x->making->exec.store, sql, &result, reterr) != 0) {
        return -1;
    }
    size_t n_rows = store_result_rows(result);
    const char **cells = ARENA_ARRAY(arena, const char *, n_rows * x->n_expected + 1);
    for (size_t i = 0; i < n_rows; i++) {
        for (size_t k = 0; k < x->n_expected; k++) {
            const char *text = store_result_text(result, i, k);
            cells[i * x->n_expected + k] = text != NULL ? arena_strdup(arena, text) : NULL;
        }
    }
    *ret_rows = (Rows){cells, n_rows};
    return 0;
}

/** `select "a", "b" from` the table, or the expected rows, in the types that the table has: a
 * number stays as it is, so that the cast loses no digit that was expected. */
static const char *
select_sql(const Expecting *x, bool is_expected)
{
    Str sql = {0};
    for (size_t i = 0; i < x->n_expected; i++) {
        const StoreColumn *column = x->compared[i];
        bool is_cast = is_expected && compare_as(column) == ROWS_AS_TEXT;
        str_append(&sql, i == 0 ? "select " : ", ");
        str_append(&sql, is_cast ? "cast(" : "");
        sql_ident(&sql, is_expected ? x->expected[i].name : column->name);
        if (is_cast) {
            str_append_format(&sql, " as %s)",
                              column->type == PDC_TYPE_TEXT && column->base_type == NULL &&
                                      strchr(column->sql_type, '(') != NULL
                                  ? "varchar"
                                  : column->sql_type);
        }
    }
    str_append(&sql, " from ");
    if (is_expected) {
        sql_qualified(&sql, x->making->test_case->scratch->schema, x->rows);
    } else {
        exec_append_place(&x->making->exec, x->expect->table, &sql);
    }
    return str_take_in(&sql, x->making->test_case->arena);
}

static void
add_difference(const Expecting *x, const RowsCompare *how, const RowsDiff *diff,
               const Rows *expected, const Rows *found, Failures *failures)
{
    const TestCase *test_case = x->making->test_case;
    const FlowTable *table = x->expect->table;
    const char **names = ARENA_ARRAY(test_case->arena, const char *, x->n_expected + 1);
    for (size_t i = 0; i < x->n_expected; i++) {
        names[i] = x->compared[i]->name;
    }
    TestFailure failure = {
        .kind = TEST_ROWS_DIFFER,
        .at = flow_span(test_case->sources, x->expect->rows->at),
        .table = arena_printf(test_case->arena, "%s.%s", table->stage->name, table->name),
        .columns = names,
        .n_columns = x->n_expected,
        .how = how,
        .diff = *diff,
        .n_expected = expected->n_rows,
        .n_found = found->n_rows};
    vec_push_in(test_case->arena, &failures->items, failure);
}

static int
compare(Making *making, size_t number, Failures *failures, Error *reterr)
{
    const FlowExpect *expect = &making->test->expects[number];
    TestCase *test_case = making->test_case;
    Arena *arena = test_case->arena;
    Expecting x = {.making = making,
                   .expect = expect,
                   .rows = arena_printf(arena, "pdc expected rows %zu", number + 1)};
    const char *schema = test_case->scratch->schema;
    const ExecStep *step = &making->exec.steps[expect->table->index];
    if (step->state != STEP_DONE || step->table == NULL) {
        return 0; /* why it isn't there was told */
    }
    if (store_columns(making->exec.store, step->schema, step->table, arena, &x.columns,
                      &x.n_columns, reterr) != 0) {
        return -1;
    }
    ExecShape shape = {.columns = x.columns, .n_columns = x.n_columns};
    if (exec_make_rows(&making->exec, expect->rows, expect->body, &shape, schema, x.rows, arena,
                       reterr) < 0 ||
        store_columns(making->exec.store, schema, x.rows, arena, &x.expected, &x.n_expected,
                      reterr) != 0 ||
        match_columns(&x, reterr) < 0) {
        return -1;
    }
    Rows expected;
    Rows found;
    if (query_rows(&x, select_sql(&x, true), &expected, reterr) < 0 ||
        query_rows(&x, select_sql(&x, false), &found, reterr) < 0) {
        return -1;
    }
    RowsCompare *how = ARENA_ARRAY(arena, RowsCompare, x.n_expected + 1);
    for (size_t i = 0; i < x.n_expected; i++) {
        how[i] = compare_as(x.compared[i]);
    }
    RowsDiff diff = rows_diff(how, x.n_expected, &expected, &found, arena);
    if (diff.n_changes > 0) {
        add_difference(&x, how, &diff, &expected, &found, failures);
    }
    return 0;
}

/* ---- errors ---- */

static void
add_error(const TestCase *test_case, TestFailureKind kind, Error *error, Failures *failures)
{
    TestFailure failure = {
        .kind = kind, .at = flow_span(test_case->sources, test_case->test->at), .error = error};
    vec_push_in(test_case->arena, &failures->items, failure);
}

/** The pattern is looked for in the message and in what stands below it, line by line. */
static bool
fits(const char *pattern, const Error *error)
{
    regex_t compiled;
    CLEANUP(str_deinit) Str text = {0};
    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE) != 0) {
        return false; /* the compiler has tried it */
    }
    str_append_format(&text, "%s\n%s\n%s", error->message,
                      error->detail != NULL ? error->detail : "", str_text(&error->context));
    bool found = regexec(&compiled, str_text(&text), 0, NULL, 0) == 0;
    regfree(&compiled);
    return found;
}

static void
judge_pattern(const Making *making, const PdcTestError *wanted, Failures *failures)
{
    const TestCase *test_case = making->test_case;
    for (size_t i = 0; i < making->errors.n; i++) {
        if (fits(wanted->pattern, making->errors.items[i])) {
            return;
        }
    }
    TestFailure failure = {
        .kind = making->errors.n > 0 ? TEST_ANOTHER_ERROR : TEST_NO_ERROR,
        .at = flow_span(test_case->sources, wanted->at),
        .pattern = wanted->pattern,
        .error = making->errors.n > 0 ? keep_error(test_case, making->errors.items[0]) : NULL};
    vec_push_in(test_case->arena, &failures->items, failure);
}

static void
judge_errors(Making *making, Failures *failures)
{
    const PdcTest *test = making->test_case->test;
    for (size_t i = 0; i < test->n_errors; i++) {
        judge_pattern(making, &test->errors[i], failures);
    }
    for (size_t i = 0; i < making->errors.n; i++) {
        if (test->n_errors == 0) {
            add_error(making->test_case, TEST_ERROR, making->errors.items[i], failures);
        } else {
            error_deinit(making->errors.items[i]);
        }
    }
}

/** It took too long: what the engine said when it was stopped is of no interest. */
static void
fail_stopped(Making *making, Failures *failures)
{
    Error *error = ARENA_NEW(making->test_case->arena, Error);
    for (size_t i = 0; i < making->errors.n; i++) {
        error_deinit(making->errors.items[i]);
    }
    for (size_t i = 0; i < failures->items.n; i++) {
        if (failures->items.items[i].error != NULL) {
            error_deinit(failures->items.items[i].error);
        }
    }
    failures->items.n = 0;
    error_set(error, ERROR_DATA, "stopped after %g s",
              (double)making->test_case->request->timeout_ms / 1000);
    error_set_hint(error, "--timeout says how long a test may take");
    error_set_origin(error, flow_span(making->test_case->sources, making->test_case->test->at));
    add_error(making->test_case, TEST_ERROR, error, failures);
}

/* ---- the test ---- */

static int
make_and_verify(Making *making, Error *reterr)
{
    const Map *shapes;
    CLEANUP(error_deinit) Error error = {0};
    VerifyResults results = {0};
    if (find_shapes(making, &shapes, reterr) < 0) {
        return -1;
    }
    making->listens = true;
    if (make_tables(making, making->test->flow, shapes, reterr) < 0) {
        return -1;
    }
    return verify_run(&making->exec, &results, reterr) < 0 ? -1 : 0;
}

static void
run_test(TestCase *test_case, const FlowTest *test, Failures *failures)
{
    Making making = {.test_case = test_case, .test = test};
    CLEANUP(error_deinit) Error error = {0};
    int status = scratch_ready(test_case->scratch, &error);
    if (status == 0) {
        status = make_and_verify(&making, &error);
    }
    for (size_t i = 0; i < test->n_expects && status == 0; i++) {
        status = compare(&making, i, failures, &error);
        if (status < 0 && error.code != ERROR_CONNECTION && error.code != ERROR_INTERRUPTED) {
            if (error.origin.file == NULL) {
                error_set_origin(&error,
                                 flow_span(test_case->sources, test->expects[i].rows->body->at));
            }
            add_error(test_case, TEST_ERROR, keep_error(test_case, &error), failures);
            error_clear(&error);
            status = 0;
        }
    }
    if (test_case->stopped != 0) {
        fail_stopped(&making, failures);
        return;
    }
    judge_errors(&making, failures);
    if (status < 0) {
        add_error(test_case, TEST_ERROR, keep_error(test_case, &error), failures);
    }
}

static void
add_messages(const TestCase *test_case, const Diags *diags, Failures *failures)
{
    TestFailure failure = {.kind = TEST_MESSAGES,
                           .at = flow_span(test_case->sources, test_case->test->at),
                           .messages = diags};
    vec_push_in(test_case->arena, &failures->items, failure);
}

void
test_case_run(TestCase *test_case, TestResult *ret_result)
{
    const RunRequest *run = test_case->request->run;
    const FlowTest *test;
    Failures failures = {0};
    Diags *diags = diags_new();
    int64_t since_us = clock_monotonic_us();
    if (elaborate_test(run->unit, test_case->test, test_case->environment, test_case->sources,
                       test_case->arena, diags, &test) < 0) {
        add_messages(test_case, diags, &failures);
        diags = NULL;
    } else {
        run_test(test_case, test, &failures);
        scratch_clear(test_case->scratch);
    }
    diags_free(diags);
    *ret_result = (TestResult){.name = test_case->test->name,
                               .state = failures.items.n > 0 ? TEST_FAILED : TEST_PASSED,
                               .at = flow_span(test_case->sources, test_case->test->at),
                               .seconds = (double)(clock_monotonic_us() - since_us) / 1e6,
                               .failures = failures.items.items,
                               .n_failures = failures.items.n};
}

void
test_result_deinit(TestResult *result)
{
    for (size_t i = 0; i < result->n_failures; i++) {
        if (result->failures[i].error != NULL) {
            error_deinit(result->failures[i].error);
        }
        diags_free((Diags *)(uintptr_t)result->failures[i].messages);
    }
}
