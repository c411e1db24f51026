#include "compiler/check/check.h"

#include "compiler/lint/lint.h"
#include "compiler/rules/rules.h"
#include "compiler/types/types.h"
#include "runtime/base/clock.h"
#include "runtime/base/suggest.h"
#include "runtime/elaborate/attrs.h"
#include "runtime/elaborate/elaborate.h"
#include "runtime/elaborate/test.h"

#include <stdlib.h>
#include <string.h>

/** What an instance made of the model; `flow` NULL: nothing that could be looked at further. */
typedef struct Checked Checked;
struct Checked {
    const Instance *instance;
    const Flow *flow;
    Environment environment;
};

typedef struct Checker Checker;
struct Checker {
    const Model *model;
    Config *config;
    FlowSources *sources;
    CsvOptionsCheck check_csv;
    Arena *arena;
    Diags *diags;
    const char *const *names;
    size_t n_names;
    const char *const *known; /* those that an attr may name */
    size_t n_known;
    Diags **found; /* per instance */
    Checked *checked;
    CheckSummary *summary;
    const char *cache_path;
    const char *cache_version;
    FactsCache *cache;
};

ModelEngines
check_engines(Config *config, Diags *diags)
{
    ModelEngines engines = {0};
    size_t n;
    const char *const *names = config_instance_names(config, &n);
    for (size_t i = 0; i < n; i++) {
        const Instance *instance;
        if (config_preview(config, names[i], false, diags, &instance) == 0) {
            engines.postgres |= instance->engine == CONFIG_ENGINE_POSTGRES;
            engines.duckdb |= instance->engine == CONFIG_ENGINE_DUCKDB;
        }
    }
    if (!engines.postgres && !engines.duckdb) {
        engines.duckdb = true; /* the engine that is always at hand */
    }
    return engines;
}

/* ---- one instance ---- */

/** What the environment holds is the run's business; while checking, every variable has some text.
 */
static const char *
some_environment(const char *name)
{
    const char *text = getenv(name);
    return text != NULL ? text : "x";
}

static Environment
environment_of(const Checker *c, const Instance *instance, const Map *attrs)
{
    return (Environment){
        .attrs = attrs,
        .instance_name = instance->name,
        .instance_id = instance->instance_id,
        .engine = config_engine_name(
            instance->engine == CONFIG_ENGINE_UNKNOWN ? CONFIG_ENGINE_DUCKDB : instance->engine),
        .schema_prefix = instance->schema_prefix,
        .schema_suffix = instance->schema_suffix,
        .instances = c->known,
        .n_instances = c->n_known,
        .run_date = "2000-01-01",
        .run_started = "2000-01-01 00:00:00.000000",
        .requires_masks = instance->masking == MASKING_REQUIRED,
        .has_mask_key = instance->masking_key != NULL,
        .getenv = some_environment,
        .lost = c->model->lost,
        .files_lost = c->model->files_lost,
        .check_csv = c->check_csv,
    };
}

static Checker
checker_of(const CheckInput *input, Arena *arena, Diags *diags)
{
    Checker c = {.model = input->model,
                 .config = input->config,
                 .sources = input->sources,
                 .check_csv = input->check_csv,
                 .arena = arena,
                 .diags = diags,
                 .cache_path = input->cache_path,
                 .cache_version = input->cache_version,
                 .cache = input->cache};
    c.names = config_instance_names(input->config, &c.n_names);
    c.known = config_known_names(input->config, &c.n_known);
    return c;
}

static int
resolve_attrs(const Checker *c, const Instance *instance, Diags *diags, const Map **ret_attrs)
{
    AttrsInput input = {.instance_name = instance->name,
                        .configured = instance->attrs,
                        .instances = c->known,
                        .n_instances = c->n_known};
    return attrs_resolve(c->model->unit, &input, c->sources, c->arena, diags, ret_attrs);
}

static void
check_instance(Checker *c, const char *name, Diags *diags, Checked *ret_checked)
{
    const Instance *instance;
    const Map *attrs;
    const Flow *flow;
    if (config_preview(c->config, name, false, diags, &instance) < 0) {
        return;
    }
    bool typed = resolve_attrs(c, instance, diags, &attrs) == 0;
    Environment environment = environment_of(c, instance, attrs);
    if (elaborate(c->model->unit, &environment, c->sources, c->arena, diags, &flow) < 0 || !typed) {
        return;
    }
    *ret_checked = (Checked){instance, flow, environment};
    c->summary->n_tables =
        flow->n_tables > c->summary->n_tables ? flow->n_tables : c->summary->n_tables;
    c->summary->n_checks =
        flow->n_checks > c->summary->n_checks ? flow->n_checks : c->summary->n_checks;
}

/* ---- columns and types ---- */

/** One instance, by the engine that `types` has. */
static void
check_types_of(Checker *c, Types *types, size_t i)
{
    Error error = {0};
    const Checked *checked = &c->checked[i];
    long n_unknown =
        types_look(types, c->names[i], checked->flow, &checked->environment, c->found[i], &error);
    if (n_unknown < 0) {
        c->summary->names_only = true;
        c->summary->reason = arena_strdup(c->arena, error.message);
    } else if (n_unknown > (long)c->summary->n_unknown) {
        c->summary->n_unknown = (size_t)n_unknown;
    }
    error_deinit(&error);
}

/* ---- unit tests ---- */

/** The instance whose tests are looked at: the one that is taken without a word. */
static size_t
instance_of_tests(const Checker *c)
{
    CLEANUP(diags_freep) Diags *unused = diags_new();
    const char *name = config_default_instance(c->config, unused);
    size_t i = 0;
    while (name != NULL && i < c->n_names && !text_equal(c->names[i], name)) {
        i++;
    }
    return name != NULL && i < c->n_names ? i : 0;
}

/** What stands outside of the test is wrong because of it. */
static void
note_test(const Checker *c, const PdcTest *test)
{
    Span at = flow_span(c->sources, test->at);
    DiagView last = {0};
    for (size_t i = 0; diags_view(c->diags, i, &last); i++) {
    }
    if (last.span.file != at.file || last.span.start < at.start) {
        diag_note(c->diags, at, "in this test");
    }
}

/** @param types  knows the instance's columns, or NULL */
static void
check_tests(const Checker *c, Types *types)
{
    size_t number = instance_of_tests(c);
    const PdcFlow *unit = c->model->unit;
    const Checked *checked = c->n_names > 0 ? &c->checked[number] : NULL;
    for (size_t i = 0; checked != NULL && checked->flow != NULL && i < unit->n_tests; i++) {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        const FlowTest *test;
        if (elaborate_test(unit, &unit->tests[i], &checked->environment, c->sources, arena,
                           c->diags, &test) < 0) {
            note_test(c, &unit->tests[i]);
        } else if (types != NULL) {
            types_look_test(types, c->names[number], test, c->diags);
        }
    }
}

static size_t
find_instance(const Checker *c, const char *name)
{
    size_t i = 0;
    while (i < c->n_names && !text_equal(c->names[i], name)) {
        i++;
    }
    return i;
}

/* ---- what is right and seldom meant ---- */

static bool
is_doubtful(void *user, const FlowQuery *query)
{
    const Checker *c = user;
    return map_get(c->model->doubts, model_query_key(query->at, c->arena)) != NULL;
}

/** Instances say the same where they have the same queries; where none has, nothing is read. */
static void
lint(Checker *c, Types *types)
{
    bool failed = diags_error_count(c->diags) > 0 || map_count(c->model->doubts) == 0;
    bool postgres = false;
    bool duckdb = false;
    for (size_t i = 0; i < c->n_names; i++) {
        const Checked *checked = &c->checked[i];
        failed |= checked->flow == NULL || diags_error_count(c->found[i]) > 0;
        postgres |= !failed && checked->instance->engine == CONFIG_ENGINE_POSTGRES;
        duckdb |= !failed && checked->instance->engine == CONFIG_ENGINE_DUCKDB;
    }
    if (failed) {
        return;
    }
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    sql_analyzer_use_cache(analyzer, c->cache);
    for (size_t i = 0; i < c->n_names; i++) {
        bool on_postgres = c->checked[i].instance->engine == CONFIG_ENGINE_POSTGRES;
        LintInput input = {.instance = c->names[i],
                           .flow = c->checked[i].flow,
                           .environment = &c->checked[i].environment,
                           .sources = c->sources,
                           .dialect = on_postgres ? SQL_POSTGRES : SQL_DUCKDB,
                           .both_engines = postgres && duckdb,
                           .is_doubtful = is_doubtful,
                           .user = c,
                           .types = on_postgres ? NULL : types,
                           .analyzer = analyzer};
        lint_flow(&input, c->arena, c->diags);
    }
}

/** Rules are about the flow as the first instance has it. */
static void
try_rules(Checker *c, Types *types)
{
    const Model *model = c->model;
    if (model->n_rules == 0 || c->n_names == 0 || c->checked[0].flow == NULL) {
        return;
    }
    bool on_duckdb = c->checked[0].instance->engine == CONFIG_ENGINE_DUCKDB;
    RulesInput input = {.rules = model->rules,
                        .n_rules = model->n_rules,
                        .instance = c->names[0],
                        .flow = c->checked[0].flow,
                        .sources = c->sources,
                        .types = on_duckdb ? types : NULL};
    Error error = {0};
    if (rules_try(&input, c->arena, c->diags, &error) < 0) {
        c->summary->names_only = true;
        c->summary->reason = arena_strdup(c->arena, error.message);
    }
    error_deinit(&error);
}

/** The instances on DuckDB; those that copy come after those that they copy from. */
static void
check_types(Checker *c, Types *types)
{
    for (int copies = 0; copies <= 1; copies++) {
        for (size_t i = 0; i < c->n_names; i++) {
            const Checked *checked = &c->checked[i];
            if (checked->flow == NULL || (checked->flow->copy_source != NULL) != copies) {
                continue;
            }
            if (checked->instance->engine == CONFIG_ENGINE_DUCKDB) {
                check_types_of(c, types, i);
            } else {
                c->summary->names_only = true;
            }
        }
    }
    check_tests(c, types);
}

/** Is it one, and on another engine than DuckDB? An unknown name is reported. */
static bool
is_on_server(const Checker *c, const char *name, Diags *diags)
{
    size_t i = find_instance(c, name);
    if (i < c->n_names) {
        return c->checked[i].flow != NULL &&
               c->checked[i].instance->engine == CONFIG_ENGINE_POSTGRES;
    }
    diag_add(diags, DIAG_CONFIG_UNKNOWN_INSTANCE, SPAN_NONE, name);
    const char *nearest = suggest_nearest(name, c->names, c->n_names);
    if (nearest != NULL) {
        diag_hint(diags, "did you mean `%s`?", nearest);
    }
    return false;
}

/** One instance, on its own server. */
static void
check_on_server(Checker *c, const char *name)
{
    size_t i = find_instance(c, name);
    const Checked *checked = i < c->n_names ? &c->checked[i] : NULL;
    const Instance *instance;
    if (checked == NULL || checked->flow == NULL) {
        return;
    }
    if (config_resolve(c->config, name, false, c->diags, &instance) < 0) {
        return;
    }
    CLEANUP(types_freep) Types *types = types_new(c->sources, instance->url, NULL, NULL);
    const FlowCopySource *source = checked->flow->copy_source;
    size_t from = source != NULL ? find_instance(c, source->instance) : c->n_names;
    if (from < c->n_names && from != i && c->checked[from].flow != NULL) {
        check_types_of(c, types, from);
    }
    check_types_of(c, types, i);
    check_tests(c, types);
}

int
check_elaborate(const CheckInput *input, const char *name, Arena *arena, Diags *diags,
                CheckedInstance *ret_checked)
{
    const Instance *instance;
    const Map *attrs;
    Checker c = checker_of(input, arena, diags);
    if (config_preview(input->config, name, false, diags, &instance) < 0 ||
        resolve_attrs(&c, instance, diags, &attrs) < 0) {
        return -1;
    }
    ret_checked->environment = environment_of(&c, instance, attrs);
    return elaborate(input->model->unit, &ret_checked->environment, input->sources, arena, diags,
                     &ret_checked->flow);
}

int
check_columns(const CheckInput *input, const char *name, Arena *arena, Diags *diags,
              CheckedInstance *ret_checked, Types **ret_types)
{
    const Instance *instance;
    CheckedInstance source;
    Error error = {0};
    if (check_elaborate(input, name, arena, diags, ret_checked) < 0 ||
        config_resolve(input->config, name, false, diags, &instance) < 0) {
        return -1;
    }
    bool on_server = instance->engine == CONFIG_ENGINE_POSTGRES;
    CLEANUP(types_freep)
    Types *types = types_new(input->sources, on_server ? instance->url : NULL,
                             on_server ? NULL : input->cache_path, input->cache_version);
    const FlowCopySource *copied = ret_checked->flow->copy_source;
    long status = 0;
    if (copied != NULL) {
        status = check_elaborate(input, copied->instance, arena, diags, &source) < 0
                     ? -1
                     : types_look(types, copied->instance, source.flow, &source.environment, diags,
                                  &error);
    }
    if (status >= 0) {
        status =
            types_look(types, name, ret_checked->flow, &ret_checked->environment, diags, &error);
    }
    if (status < 0 && error.code != ERROR_NONE) {
        diag_add_error(diags, &error);
    }
    error_deinit(&error);
    *ret_types = TAKE(types);
    return status < 0 || diags_error_count(diags) > 0 ? -1 : 0;
}

/* ---- all of them ---- */

/** Of messages about an attr, each names its instance; at the same place they are the same mistake.
 */
static bool
names_instance(const DiagView *message)
{
    static const char *const codes[] = {"F0510", "F0511", "F0512"};
    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++) {
        if (text_equal(message->info->code, codes[i])) {
            return message->span.file != NULL;
        }
    }
    return false;
}

static bool
has_message(const Diags *diags, const DiagView *message)
{
    DiagView view;
    for (size_t i = 0; diags_view(diags, i, &view); i++) {
        if (view.info == message->info && view.span.file == message->span.file &&
            view.span.start == message->span.start &&
            (names_instance(message) || text_equal(view.message, message->message))) {
            return true;
        }
    }
    return false;
}

/** Names the instances that have a message, where others do not. */
static const char *
instances_with(const Checker *c, const DiagView *message)
{
    Str names = {0};
    size_t n_with = 0;
    for (size_t i = 0; i < c->n_names; i++) {
        if (has_message(c->found[i], message)) {
            str_append_format(&names, "%s`%s`", n_with > 0 ? ", " : "", c->names[i]);
            n_with++;
        }
    }
    const char *text =
        n_with == c->n_names && (n_with == 1 || !names_instance(message))
            ? NULL
            : arena_printf(c->arena, "%s %s", n_with == 1 ? "in instance" : "in instances",
                           str_text(&names));
    str_deinit(&names);
    return text;
}

/** Whether an instance before number `i` has the message. */
static bool
was_told(const Checker *c, size_t i, const DiagView *message)
{
    for (size_t k = 0; k < i; k++) {
        if (has_message(c->found[k], message)) {
            return true;
        }
    }
    return false;
}

static void
merge_messages(const Checker *c)
{
    for (size_t i = 0; i < c->n_names; i++) {
        DiagView view;
        for (size_t k = 0; diags_view(c->found[i], k, &view); k++) {
            const char *where = instances_with(c, &view);
            if (names_instance(&view) && was_told(c, i, &view)) {
                continue;
            }
            if (diag_add_from(c->diags, c->found[i], k) && where != NULL) {
                diag_note(c->diags, SPAN_NONE, "%s", where);
            }
        }
    }
}

void
check_instances(const CheckInput *input, Arena *arena, Diags *diags, CheckSummary *ret_summary)
{
    Checker c = checker_of(input, arena, diags);
    *ret_summary = (CheckSummary){.names_only = input->names_only};
    c.summary = ret_summary;
    c.found = ARENA_ARRAY(arena, Diags *, c.n_names);
    c.checked = ARENA_ARRAY(arena, Checked, c.n_names);
    for (size_t i = 0; i < c.n_names; i++) {
        c.found[i] = diags_new();
        check_instance(&c, c.names[i], c.found[i], &c.checked[i]);
    }
    bool is_server = input->instance != NULL && is_on_server(&c, input->instance, diags);
    bool asks_duckdb = !is_server && !input->names_only && diags_error_count(diags) == 0;
    CLEANUP(types_freep)
    Types *types = asks_duckdb ? types_new(c.sources, NULL, c.cache_path, c.cache_version) : NULL;
    if (is_server) {
        check_on_server(&c, input->instance);
    } else if (asks_duckdb) {
        check_types(&c, types);
    } else if (diags_error_count(diags) == 0) {
        check_tests(&c, NULL);
    }
    lint(&c, types);
    try_rules(&c, types);
    merge_messages(&c);
    for (size_t i = 0; i < c.n_names; i++) {
        diags_free(c.found[i]);
    }
    ret_summary->n_instances = c.n_names;
}
