#include "runtime/elaborate/elaborate_priv.h"

const FlowScope *
scope_with(Arena *arena, const FlowScope *parent, const char *name, Value value)
{
    FlowScope *scope = ARENA_NEW(arena, FlowScope);
    scope->parent = parent;
    scope->name = name;
    scope->value = value;
    return scope;
}

const Value *
scope_find(const FlowScope *scope, const char *name)
{
    for (; scope != NULL; scope = scope->parent) {
        if (text_equal(scope->name, name)) {
            return &scope->value;
        }
    }
    return NULL;
}

const FlowScope *
bind_variables(Elaboration *e, const char *const *names, size_t n_names, const Value *element,
               PdcSpan at, const FlowScope *scope)
{
    if (n_names == 1) {
        return scope_with(e->arena, scope, names[0], *element);
    }
    if ((element->kind != VALUE_TUPLE && element->kind != VALUE_LIST) ||
        element->n_items != n_names) {
        diag_add(e->diags, DIAG_LOOP_TUPLE, at_span(e, at), arena_printf(e->arena, "%zu", n_names),
                 element->kind == VALUE_TUPLE || element->kind == VALUE_LIST
                     ? arena_printf(e->arena, "%zu values", element->n_items)
                     : arena_printf(e->arena, "a single %s", value_kind_name(element->kind)));
        return NULL;
    }
    for (size_t i = 0; i < n_names; i++) {
        scope = scope_with(e->arena, scope, names[i], element->items[i]);
    }
    return scope;
}

const PdcTask *
find_task(const PdcFlow *unit, const char *name)
{
    for (size_t i = 0; i < unit->n_tasks; i++) {
        if (text_equal(unit->tasks[i].name, name)) {
            return &unit->tasks[i];
        }
    }
    return NULL;
}

static const char *
param_type(Elaboration *e, const PdcParam *param)
{
    return arena_printf(e->arena, "%s%s", type_name((PdcType)param->type),
                        param->is_list ? "[]" : "");
}

int
bind_arguments(Elaboration *e, const PdcTask *task, const PdcExpr *const *args, size_t n_args,
               PdcSpan at, const FlowScope *scope, const FlowScope **ret_scope)
{
    if (n_args != task->n_params) {
        BUG("task %s has %zu parameters and is called with %zu", task->name, task->n_params,
            n_args);
    }
    const FlowScope *inner = NULL; /* a task sees its parameters, not its caller's variables */
    int result = 0;
    for (size_t i = 0; i < n_args; i++) {
        const PdcParam *param = &task->params[i];
        Value value;
        if (eval(e, args[i], scope, &value) < 0) {
            result = -1;
            continue;
        }
        if (!value_convert(&value, (PdcType)param->type, param->is_list, e->arena)) {
            diag_add(e->diags, DIAG_ARGUMENT_TYPE, at_span(e, args[i]->at.end ? args[i]->at : at),
                     param->name, task->name, param_type(e, param),
                     value_describe(&value, e->arena));
            result = -1;
            continue;
        }
        inner = scope_with(e->arena, inner, param->name, value);
    }
    *ret_scope = inner;
    return result;
}
