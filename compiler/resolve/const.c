#include "compiler/resolve/resolve_priv.h"
#include "runtime/base/file.h"

static const char state_open[] = "open";
static const char state_done[] = "done";
static const char state_failed[] = "failed";

static void
set_state(Resolver *r, const char *name, const char *state)
{
    map_set(r->const_states, name, (void *)(uintptr_t)state);
}

static void
add_const(Resolver *r, const AstConst *declared, const PdcExpr *value)
{
    PdcConst made = {.name = declared->decl.name->text,
                     .value = value,
                     .at = span_lower(r, declared->decl.name->node.span)};
    vec_push_in(r->arena, &r->made_consts, made);
    r->unit->consts = r->made_consts.items;
    r->unit->n_consts = r->made_consts.n;
}

/** The folder of the file in which `span` stands. */
static const char *
folder_of(Resolver *r, Span span)
{
    return path_directory(r->arena, span.file->path);
}

/** `csv('keys.csv', 'key')`: the values of a column, read now. */
static const PdcExpr *
read_csv(Resolver *r, const AstExpr *call)
{
    Error error = {0};
    const char *const *values;
    size_t n_values;
    if (call->as.call.args.n != 2) {
        diag_add(r->diags, DIAG_CALL_ARGUMENTS, call->node.span, "csv", "2 (file, column)",
                 arena_printf(r->arena, "%zu", call->as.call.args.n));
        return NULL;
    }
    const char *path =
        expr_literal_text(r, call->as.call.args.items[0].value, "the path of a CSV file");
    const char *column =
        expr_literal_text(r, call->as.call.args.items[1].value, "the name of a column");
    if (path == NULL || column == NULL) {
        return NULL;
    }
    path = path_join(r->arena, folder_of(r, call->node.span), path);
    if (r->input->reader.csv_column(path, column, r->arena, &values, &n_values, &error) < 0) {
        diag_add(r->diags, DIAG_CONST_CSV, call->node.span, error.message);
        error_deinit(&error);
        return NULL;
    }
    PdcExpr *list = expr_new(r, PDC_EXPR_LIST, call->node.span);
    const PdcExpr **items = ARENA_ARRAY(r->arena, const PdcExpr *, n_values);
    for (size_t i = 0; i < n_values; i++) {
        items[i] = values[i] == NULL ? expr_new(r, PDC_EXPR_NULL, call->node.span)
                                     : expr_text(r, values[i], call->node.span);
    }
    list->args = items;
    list->n_args = n_values;
    return list;
}

static bool
is_csv_call(const AstExpr *expr)
{
    return expr->node.kind == AST_EXPR_CALL && expr->as.call.callee->node.kind == AST_EXPR_NAME &&
           text_equal(expr->as.call.callee->as.name->text, "csv");
}

bool
const_require(Resolver *r, const char *name, Span user)
{
    const AstConst *declared = map_get(r->consts, name);
    const char *state = map_get(r->const_states, name);
    if (state == state_open) {
        diag_add(r->diags, DIAG_CONST_CYCLE, user, name);
        return false;
    }
    if (state == NULL) {
        Place nowhere = {0};
        set_state(r, name, state_open);
        const PdcExpr *value = is_csv_call(declared->value)
                                   ? read_csv(r, declared->value)
                                   : expr_lower(r, declared->value, WANT_VALUE, &nowhere);
        set_state(r, name, value != NULL ? state_done : state_failed);
        if (value != NULL) {
            add_const(r, declared, value);
        }
    }
    return map_get(r->const_states, name) == state_done;
}
