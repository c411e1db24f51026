/*
 * `pdc test --mutations`: how many small changes to the SQL do the tests notice?
 *
 * Nothing is compiled to C: each mutant is parsed and bound in this process, and the tests whose
 * tables it changes are run, until the first that fails.
 */
#include "compiler/driver/driver.h"
#include "compiler/driver/mutants.h"
#include "runtime/base/clock.h"
#include "runtime/base/file.h"
#include "runtime/elaborate/test.h"
#include "runtime/report/json.h"
#include "runtime/test/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum Fate {
    FATE_KILLED,   /* a test failed */
    FATE_SURVIVED, /* none did */
    FATE_UNTESTED, /* no test reads it */
    FATE_INVALID   /* it is no SQL, or none that the engine takes: no mutant */
} Fate;

static const char *const fates[] = {"killed", "SURVIVED", "UNTESTED", "invalid"};
static const char *const fate_names[] = {"killed", "survived", "untested", "invalid"};

/** A flow as it is, or changed, ready to be tested. */
typedef struct Candidate Candidate;
struct Candidate {
    Compilation compilation;
    CheckedInstance checked;
    const char **canons; /* one a test: what decides how it ends; NULL: it means nothing */
};

typedef struct Mutation Mutation;
struct Mutation {
    const DriverOptions *options;
    Candidate original;
    const Instance *instance;
    Mutants mutants;
    size_t counts[ARRAY_LENGTH(fates)];
    int64_t timeout_ms;
    bool broken; /* told: a test fails without any change */
};

/** Of the test that is running: what came of it. */
typedef struct Outcome Outcome;
struct Outcome {
    char name[200]; /* of the first that failed */
    bool failed;
    bool refused; /* the engine did not take the SQL */
    double slowest_seconds;
    const Mutation *told; /* failures are shown; or NULL */
};

/* ---- candidates ---- */

/** Reads and binds; `replaced` NULL: as it is. @return false: there are errors */
static bool
candidate_init(Candidate *candidate, const DriverOptions *options, const SourceFile *replaced)
{
    Compilation *c = &candidate->compilation;
    compilation_init(c, options);
    c->replaced = replaced;
    if (!compilation_run(c, "resolve") || c->model->unit->name == NULL ||
        !compilation_elaborate(c, &candidate->checked) || diags_error_count(c->diags) > 0) {
        return false;
    }
    const PdcFlow *unit = c->model->unit;
    candidate->canons = ARENA_ARRAY(c->arena, const char *, unit->n_tests + 1);
    for (size_t i = 0; i < unit->n_tests; i++) {
        CLEANUP(diags_freep) Diags *diags = diags_new();
        const FlowTest *test;
        Str canon = {0};
        if (elaborate_test(unit, &unit->tests[i], &candidate->checked.environment, c->flow_sources,
                           c->arena, diags, &test) == 0) {
            flow_test_canon(test, &canon);
        }
        candidate->canons[i] = str_take_in(&canon, c->arena);
    }
    return true;
}

/* ---- running tests ---- */

/** The engine doesn't understand it (class 42), or a literal became none of its type. */
static bool
is_refused(const TestFailure *failure)
{
    const Error *error =
        failure->kind == TEST_ERROR || failure->kind == TEST_ANOTHER_ERROR ? failure->error : NULL;
    return error != NULL &&
           (strncmp(error->sqlstate, "42", 2) == 0 || text_equal(error->sqlstate, "22007") ||
            text_equal(error->sqlstate, "22P02") || text_equal(error->sqlstate, "22018"));
}

static void
hear(void *user, const TestResult *result)
{
    Outcome *outcome = user;
    if (result->seconds > outcome->slowest_seconds) {
        outcome->slowest_seconds = result->seconds;
    }
    if (result->state == TEST_PASSED || outcome->failed) {
        return;
    }
    outcome->failed = true;
    outcome->refused = result->n_failures > 0 && is_refused(&result->failures[0]);
    snprintf(outcome->name, sizeof outcome->name, "%s", result->name);
    if (outcome->told != NULL) {
        CLEANUP(str_deinit) Str text = {0};
        test_append_text(result, (DiagStyle){.color = outcome->told->options->color}, &text);
        fputs(str_text(&text), stderr);
    }
}

static int
run_tests(const Mutation *m, const Candidate *candidate, const bool *wanted, Outcome *outcome,
          Error *reterr)
{
    const Compilation *c = &candidate->compilation;
    CLEANUP(diags_freep) Diags *diags = diags_new();
    const char *folder = path_directory(c->arena, path_normalize(c->arena, c->output));
    RunRequest run = {.unit = c->model->unit,
                      .sources = c->flow_sources,
                      .config = m->original.compilation.config,
                      .instance = m->instance,
                      .executable_directory = folder};
    TestSummary summary;
    TestRequest request = {.run = &run,
                           .wanted = wanted,
                           .jobs =
                               m->options->jobs != NULL ? strtoul(m->options->jobs, NULL, 10) : 0,
                           .fail_fast = outcome->told == NULL,
                           .timeout_ms = m->timeout_ms,
                           .told = hear,
                           .user = outcome};
    return tests_run(&request, diags, &summary, reterr);
}

/** The original passes its tests, or nothing can be said. */
static int
run_original(Mutation *m, Error *reterr)
{
    Outcome outcome = {.told = m};
    int status = run_tests(m, &m->original, NULL, &outcome, reterr);
    if (status > 0) {
        fprintf(stderr, "pdc: the tests have to pass before the SQL is changed\n");
        m->broken = true;
    }
    m->timeout_ms = 2000 + (int64_t)(outcome.slowest_seconds * 10000);
    return status;
}

/* ---- one mutant ---- */

/** Which tests the change concerns. @return how many */
static size_t
choose_tests(const Mutation *m, const Candidate *mutant, bool *wanted)
{
    const PdcFlow *unit = mutant->compilation.model->unit;
    size_t n = 0;
    for (size_t i = 0; i < unit->n_tests; i++) {
        wanted[i] = !text_equal(mutant->canons[i], m->original.canons[i]);
        n += wanted[i] ? 1 : 0;
    }
    return n;
}

static int
judge(Mutation *m, const Mutant *change, Fate *ret_fate, Outcome *outcome, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Candidate mutant = {0};
    int status = 0;
    *ret_fate = FATE_INVALID;
    if (candidate_init(&mutant, m->options, mutant_source(change, arena)) &&
        mutant.compilation.model->unit->n_tests == m->original.compilation.model->unit->n_tests) {
        bool *wanted = ARENA_ARRAY(arena, bool, mutant.compilation.model->unit->n_tests + 1);
        if (choose_tests(m, &mutant, wanted) == 0) {
            *ret_fate = FATE_UNTESTED;
        } else {
            status = run_tests(m, &mutant, wanted, outcome, reterr);
            *ret_fate = outcome->refused  ? FATE_INVALID
                        : outcome->failed ? FATE_KILLED
                                          : FATE_SURVIVED;
        }
    }
    compilation_deinit(&mutant.compilation);
    return status < 0 ? -1 : 0;
}

/* ---- telling ---- */

static const char *
original_text(const Mutant *mutant, Arena *arena)
{
    return arena_strndup(arena, mutant->file->text + mutant->at.start,
                         mutant->at.end - mutant->at.start);
}

static void
tell_json(const Mutant *mutant, Fate fate, const Outcome *outcome, Arena *arena)
{
    JsonLine line = {0};
    json_begin(&line, "mutant");
    json_text(&line, "state", fate_names[fate]);
    json_text(&line, "from", original_text(mutant, arena));
    json_text(&line, "to", mutant->text);
    json_span(&line, mutant->at);
    json_text(&line, "test", fate == FATE_KILLED ? outcome->name : NULL);
    fputs(json_end(&line), stdout);
    json_line_deinit(&line);
}

/** Those that nobody noticed are shown with their line. */
static void
tell(const Mutation *m, const Mutant *mutant, Fate fate, const Outcome *outcome)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *from = original_text(mutant, arena);
    const char *change = *mutant->text != '\0'
                             ? arena_printf(arena, "`%s` became `%s`", from, mutant->text)
                             : arena_printf(arena, "`%s` was left out", from);
    if (m->options->json) {
        tell_json(mutant, fate, outcome, arena);
    } else if (fate == FATE_KILLED && !m->options->quiet) {
        printf("%s    %s:%zu:%zu: %s  (%s)\n", fates[fate], mutant->file->path,
               source_line_of(mutant->file, mutant->at.start),
               source_column_of(mutant->file, mutant->at.start), change, outcome->name);
    } else if (fate == FATE_SURVIVED || fate == FATE_UNTESTED) {
        CLEANUP(error_deinit) Error error = {0};
        CLEANUP(str_deinit) Str text = {0};
        error_set(&error, ERROR_DATA, "%s, and %s", change,
                  fate == FATE_UNTESTED ? "no test reads it" : "no test failed");
        error_set_origin(&error, mutant->at);
        error_render_as(&error, DIAG_WARNING, (DiagStyle){.color = m->options->color}, &text);
        printf("%s  %s", fates[fate], str_text(&text));
    }
    fflush(stdout);
}

static void
tell_summary(const Mutation *m, double seconds)
{
    size_t n = m->counts[FATE_KILLED] + m->counts[FATE_SURVIVED] + m->counts[FATE_UNTESTED];
    double rate = n > 0 ? 100.0 * (double)m->counts[FATE_KILLED] / (double)n : 100.0;
    if (m->options->json) {
        JsonLine line = {0};
        CLEANUP(str_deinit) Str number = {0};
        str_append_format(&number, "%.1f", rate);
        json_begin(&line, "mutations");
        json_int(&line, "mutants", (int64_t)n);
        for (size_t i = 0; i < ARRAY_LENGTH(fates); i++) {
            json_int(&line, fate_names[i], (int64_t)m->counts[i]);
        }
        json_number(&line, "percent", str_text(&number));
        json_seconds(&line, "seconds", seconds);
        fputs(json_end(&line), stdout);
        json_line_deinit(&line);
        return;
    }
    printf(
        "%zu of %zu mutants killed (%.1f %%), %zu survived, %zu untested; no SQL: %zu (%.1f s)\n",
        m->counts[FATE_KILLED], n, rate, m->counts[FATE_SURVIVED], m->counts[FATE_UNTESTED],
        m->counts[FATE_INVALID], seconds);
}

/* ---- all of them ---- */

/** Modules of pdc have tests of their own. */
static bool
is_users(const Compilation *c, const AstFile *file)
{
    const char *prefix = driver_prefix(c->arena);
    return prefix == NULL ||
           !text_starts_with(file->source->path, arena_printf(c->arena, "%s/share/", prefix));
}

static int
mutate(Mutation *m, Error *reterr)
{
    Compilation *c = &m->original.compilation;
    const char *name = m->options->instance != NULL ? m->options->instance
                                                    : config_default_instance(c->config, c->diags);
    int64_t since_us = clock_monotonic_us();
    if (name == NULL || config_resolve(c->config, name, false, c->diags, &m->instance) < 0) {
        return 1;
    }
    int status = run_original(m, reterr);
    for (size_t i = 0; status == 0 && i < c->files.n; i++) {
        if (is_users(c, c->files.items[i])) {
            mutants_of_file(c->files.items[i], c->arena, &m->mutants);
        }
    }
    for (size_t i = 0; status == 0 && i < m->mutants.items.n; i++) {
        Outcome outcome = {0};
        Fate fate;
        status = judge(m, &m->mutants.items.items[i], &fate, &outcome, reterr);
        if (status == 0) {
            m->counts[fate]++;
            tell(m, &m->mutants.items.items[i], fate, &outcome);
        }
    }
    if (status == 0) {
        tell_summary(m, (double)(clock_monotonic_us() - since_us) / 1e6);
    }
    return status;
}

int
driver_mutate(const DriverOptions *options)
{
    Mutation m = {.options = options};
    CLEANUP(error_deinit) Error error = {0};
    bool done = candidate_init(&m.original, options, NULL);
    int status = done ? mutate(&m, &error) : 0;
    compilation_report(&m.original.compilation);
    if (status < 0) {
        CLEANUP(str_deinit) Str text = {0};
        error_render(&error, (DiagStyle){.color = options->color}, &text);
        fputs(str_text(&text), stderr);
    }
    compilation_deinit(&m.original.compilation);
    return status == 0 && done ? EXIT_DONE : m.broken || status < 0 ? EXIT_FAILED : EXIT_INPUT;
}
