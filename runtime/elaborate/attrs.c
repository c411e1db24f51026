#include "runtime/elaborate/attrs.h"

#include "runtime/base/suggest.h"
#include "runtime/elaborate/elaborate_priv.h"

#include <string.h>

typedef struct Resolver Resolver;
struct Resolver {
    const PdcFlow *unit;
    const AttrsInput *input;
    FlowSources *sources;
    Arena *arena;
    Diags *diags;
    Map *attrs;
};

static const PdcAttr *
find_attr(const PdcFlow *unit, const char *name)
{
    for (size_t i = 0; i < unit->n_attrs; i++) {
        if (text_equal(unit->attrs[i].name, name)) {
            return &unit->attrs[i];
        }
    }
    return NULL;
}

static void
report_undeclared(Resolver *r, const char *name, Span span)
{
    VEC(const char *) known = {0};
    diag_add(r->diags, DIAG_ATTR_UNDECLARED, span, name, r->input->instance_name);
    for (size_t i = 0; i < r->unit->n_attrs; i++) {
        vec_push(&known, r->unit->attrs[i].name);
    }
    const char *nearest = suggest_nearest(name, known.items, known.n);
    if (nearest != NULL) {
        diag_suggest(r->diags, name, nearest);
    } else {
        diag_hint(r->diags, "declare it in the flow: attrs { %s …; }", name);
    }
    vec_free(&known);
}

static const char *
declared_type(Resolver *r, const PdcAttr *attr)
{
    return arena_printf(r->arena, "%s%s", type_name((PdcType)attr->type),
                        attr->is_list ? "[]" : "");
}

static void
report_mistyped(Resolver *r, const PdcAttr *attr, Span span, const char *found)
{
    diag_add(r->diags, DIAG_ATTR_TYPE, span, attr->name, declared_type(r, attr),
             r->input->instance_name, found);
    diag_note(r->diags, flow_span(r->sources, attr->at), "declared here");
}

/* ---- from the YAML ---- */

static Value value_of_node(Arena *arena, const ConfigNode *node);

static Value
list_of_node(Arena *arena, const ConfigNode *node)
{
    Value *items = ARENA_ARRAY(arena, Value, node->n_items);
    for (size_t i = 0; i < node->n_items; i++) {
        items[i] = value_of_node(arena, node->items[i]);
    }
    return (Value){.kind = VALUE_LIST, .items = items, .n_items = node->n_items};
}

static Value
value_of_node(Arena *arena, const ConfigNode *node)
{
    if (node->kind == CONFIG_TEXT && node->is_expanded) {
        node = config_node_as_plain(arena, node); /* the environment knows only text */
    }
    switch (node->kind) {
    case CONFIG_BOOL: return value_bool(node->boolean);
    case CONFIG_INT: return value_int(node->integer);
    case CONFIG_FLOAT: return value_float(node->number);
    case CONFIG_TEXT: return value_text(node->text);
    case CONFIG_DATE: return (Value){.kind = VALUE_DATE, .text = node->text};
    case CONFIG_TIMESTAMP: return (Value){.kind = VALUE_TIMESTAMP, .text = node->text};
    case CONFIG_LIST: return list_of_node(arena, node);
    case CONFIG_NULL:
    case CONFIG_MAP: return VALUE_OF_NULL;
    }
    return VALUE_OF_NULL;
}

static void
set_attr(Resolver *r, const char *name, Value value)
{
    map_set(r->attrs, name, arena_memdup(r->arena, &value, sizeof value));
}

/** An attr of type `instance` must name one. */
static int
check_instance(Resolver *r, const PdcAttr *attr, const Value *value, Span span)
{
    const AttrsInput *input = r->input;
    if (attr->type != PDC_TYPE_INSTANCE || input->n_instances == 0) {
        return 0;
    }
    int result = 0;
    for (size_t i = 0; value->kind == VALUE_LIST && i < value->n_items; i++) {
        result |= check_instance(r, attr, &value->items[i], span);
    }
    if (value->kind == VALUE_TEXT &&
        !text_is_one_of(value->text, input->instances, input->n_instances)) {
        diag_add(r->diags, DIAG_ATTR_INSTANCE, span, attr->name, value->text);
        hint_instance(r->diags, value->text, input->instances, input->n_instances);
        result = -1;
    }
    return result;
}

static int
take_configured(Resolver *r, const ConfigEntry *entry)
{
    const PdcAttr *attr = find_attr(r->unit, entry->key);
    if (attr == NULL) {
        if (entry->value->is_default) {
            return 0; /* offered by the built-in configuration, not asked for by this flow */
        }
        report_undeclared(r, entry->key, entry->key_span);
        return -1;
    }
    bool wants_text = attr->type == PDC_TYPE_TEXT || attr->type == PDC_TYPE_INSTANCE;
    bool keep_text = wants_text && !attr->is_list && entry->value->kind == CONFIG_TEXT;
    Value value =
        keep_text ? value_text(entry->value->text) : value_of_node(r->arena, entry->value);
    if (entry->value->kind == CONFIG_MAP ||
        !value_convert(&value, (PdcType)attr->type, attr->is_list, r->arena)) {
        report_mistyped(r, attr, entry->value->span, config_kind_name(entry->value->kind));
        return -1;
    }
    if (!entry->value->is_default && check_instance(r, attr, &value, entry->value->span) < 0) {
        return -1;
    }
    set_attr(r, attr->name, value);
    return 0;
}

/* ---- from the command line ---- */

static int
take_override(Resolver *r, const char *override)
{
    const char *equals = strchr(override, '=');
    size_t length = equals == NULL ? strlen(override) : (size_t)(equals - override);
    const char *name = arena_strndup(r->arena, override, length);
    const PdcAttr *attr = find_attr(r->unit, name);
    Value value;
    if (attr == NULL) {
        report_undeclared(r, name, SPAN_NONE);
        return -1;
    }
    if (equals == NULL ||
        !value_parse(equals + 1, (PdcType)attr->type, attr->is_list, r->arena, &value)) {
        report_mistyped(r, attr, SPAN_NONE, arena_printf(r->arena, "`--attr %s`", override));
        return -1;
    }
    if (check_instance(r, attr, &value, SPAN_NONE) < 0) {
        return -1;
    }
    set_attr(r, attr->name, value);
    return 0;
}

/* ---- defaults ---- */

static int
take_default(Resolver *r, const PdcAttr *attr)
{
    if (attr->initial == NULL) {
        diag_add(r->diags, DIAG_ATTR_MISSING, flow_span(r->sources, attr->at), attr->name,
                 r->input->instance_name);
        return -1;
    }
    Environment environment = {.attrs = r->attrs};
    Elaboration e = {.unit = r->unit,
                     .environment = &environment,
                     .sources = r->sources,
                     .arena = r->arena,
                     .diags = r->diags,
                     .constants = map_new(r->arena)};
    Value value;
    if (eval(&e, attr->initial, NULL, &value) < 0) {
        return -1;
    }
    if (!value_convert(&value, (PdcType)attr->type, attr->is_list, r->arena)) {
        diag_add(r->diags, DIAG_ATTR_DEFAULT, flow_span(r->sources, attr->initial->at), attr->name,
                 declared_type(r, attr), value_describe(&value, r->arena));
        return -1;
    }
    set_attr(r, attr->name, value);
    return 0;
}

int
attrs_resolve(const PdcFlow *unit, const AttrsInput *input, FlowSources *sources, Arena *arena,
              Diags *diags, const Map **ret_attrs)
{
    Resolver r = {unit, input, sources, arena, diags, map_new(arena)};
    int result = 0;
    size_t n_entries = input->configured == NULL ? 0 : input->configured->n_entries;
    Map *failed = map_new(arena); /* a wrong attr isn't a missing one */
    for (size_t i = 0; i < n_entries; i++) {
        if (take_configured(&r, &input->configured->entries[i]) < 0) {
            map_set(failed, input->configured->entries[i].key, &r);
            result = -1;
        }
    }
    for (size_t i = 0; i < input->n_overrides; i++) {
        result |= take_override(&r, input->overrides[i]);
    }
    for (size_t i = 0; i < unit->n_attrs; i++) {
        const char *name = unit->attrs[i].name;
        if (map_get(r.attrs, name) == NULL && map_get(failed, name) == NULL) {
            result |= take_default(&r, &unit->attrs[i]);
        }
    }
    *ret_attrs = r.attrs;
    return result == 0 ? 0 : -1;
}
