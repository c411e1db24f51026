#include "compiler/check/check.h"

#include "runtime/base/clock.h"
#include "runtime/base/suggest.h"
#include "runtime/elaborate/attrs.h"
#include "runtime/elaborate/elaborate.h"

#include <stdlib.h>
#include <string.h>

typedef struct Checker Checker;
struct Checker {
    const Model *model;
    Config *config;
    FlowSources *sources;
    Arena *arena;
    Diags *diags;
    const char *const *names;
    size_t n_names;
    Diags **found; /* per instance */
    CheckSummary *summary;
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
environment_of(const Instance *instance, const Map *attrs)
{
    return (Environment){
        .attrs = attrs,
        .instance_name = instance->name,
        .instance_id = instance->instance_id,
        .engine = config_engine_name(
            instance->engine == CONFIG_ENGINE_UNKNOWN ? CONFIG_ENGINE_DUCKDB : instance->engine),
        .run_date = "2000-01-01",
        .run_started = "2000-01-01 00:00:00.000000",
        .getenv = some_environment,
    };
}

static bool
is_instance(const Checker *c, const char *name)
{
    for (size_t i = 0; i < c->n_names; i++) {
        if (text_equal(c->names[i], name)) {
            return true;
        }
    }
    return false;
}

/** An attr of type `instance` must name one. */
static void
check_instance_attrs(const Checker *c, const Instance *instance, const Map *attrs, Diags *diags)
{
    const PdcFlow *unit = c->model->unit;
    for (size_t i = 0; i < unit->n_attrs; i++) {
        const PdcAttr *attr = &unit->attrs[i];
        const Value *value = attr->type == PDC_TYPE_INSTANCE ? map_get(attrs, attr->name) : NULL;
        if (value == NULL || value->kind != VALUE_TEXT || is_instance(c, value->text)) {
            continue;
        }
        const ConfigNode *written = config_node_get(instance->attrs, attr->name);
        if (written == NULL || written->is_default) {
            continue; /* a default counts only where it is used: the copy block says so then */
        }
        diag_add(diags, DIAG_ATTR_INSTANCE, written->span, attr->name, value->text);
        const char *nearest = suggest_nearest(value->text, c->names, c->n_names);
        if (nearest != NULL) {
            diag_hint(diags, "did you mean `%s`?", nearest);
        }
    }
}

/** The source of copies must be a configured instance. */
static void
check_copy_source(const Checker *c, const Flow *flow, Diags *diags)
{
    const FlowCopySource *source = flow->copy_source;
    if (source != NULL && !is_instance(c, source->instance)) {
        diag_add(diags, DIAG_COPY_SOURCE, flow_span(c->sources, source->at), source->instance);
        const char *nearest = suggest_nearest(source->instance, c->names, c->n_names);
        if (nearest != NULL) {
            diag_hint(diags, "did you mean `%s`?", nearest);
        }
    }
}

static void
check_instance(Checker *c, const char *name, Diags *diags)
{
    const Instance *instance;
    const Map *attrs;
    const Flow *flow;
    if (config_preview(c->config, name, false, diags, &instance) < 0) {
        return;
    }
    AttrsInput input = {.instance_name = name, .configured = instance->attrs};
    bool typed = attrs_resolve(c->model->unit, &input, c->sources, c->arena, diags, &attrs) == 0;
    check_instance_attrs(c, instance, attrs, diags);
    Environment environment = environment_of(instance, attrs);
    if (elaborate(c->model->unit, &environment, c->sources, c->arena, diags, &flow) < 0 || !typed) {
        return;
    }
    check_copy_source(c, flow, diags);
    c->summary->n_tables =
        flow->n_tables > c->summary->n_tables ? flow->n_tables : c->summary->n_tables;
    c->summary->n_checks =
        flow->n_checks > c->summary->n_checks ? flow->n_checks : c->summary->n_checks;
}

/* ---- all of them ---- */

static bool
has_message(const Diags *diags, const DiagView *message)
{
    DiagView view;
    for (size_t i = 0; diags_view(diags, i, &view); i++) {
        if (view.info == message->info && view.span.file == message->span.file &&
            view.span.start == message->span.start && text_equal(view.message, message->message)) {
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
        n_with == c->n_names
            ? NULL
            : arena_printf(c->arena, "%s %s", n_with == 1 ? "in instance" : "in instances",
                           str_text(&names));
    str_deinit(&names);
    return text;
}

static void
merge_messages(const Checker *c)
{
    for (size_t i = 0; i < c->n_names; i++) {
        DiagView view;
        for (size_t k = 0; diags_view(c->found[i], k, &view); k++) {
            const char *where = instances_with(c, &view);
            if (diag_add_from(c->diags, c->found[i], k) && where != NULL) {
                diag_note(c->diags, SPAN_NONE, "%s", where);
            }
        }
    }
}

void
check_instances(const Model *model, Config *config, FlowSources *sources, Arena *arena,
                Diags *diags, CheckSummary *ret_summary)
{
    Checker c = {
        .model = model, .config = config, .sources = sources, .arena = arena, .diags = diags};
    *ret_summary = (CheckSummary){0};
    c.summary = ret_summary;
    c.names = config_instance_names(config, &c.n_names);
    c.found = ARENA_ARRAY(arena, Diags *, c.n_names);
    for (size_t i = 0; i < c.n_names; i++) {
        c.found[i] = diags_new();
        check_instance(&c, c.names[i], c.found[i]);
    }
    merge_messages(&c);
    for (size_t i = 0; i < c.n_names; i++) {
        diags_free(c.found[i]);
    }
    ret_summary->n_instances = c.n_names;
}
