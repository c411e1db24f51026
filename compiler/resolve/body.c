#include "compiler/resolve/resolve_priv.h"

#include <string.h>

/* ---- sources: csv(…), parquet(…), external(…) ---- */

typedef struct Source Source;
struct Source {
    const char *name;
    PdcBodyKind kind;
    size_t n_args;
    const char *form;           /* for messages */
    const char *const *options; /* named arguments, ends with NULL */
};

static const char *const csv_options[] = {"delimiter", "quote", "null", "header", "encoding", NULL};
static const char *const no_options[] = {NULL};

static const Source sources[] = {
    {"csv", PDC_BODY_CSV, 1, "csv('file.csv')", csv_options},
    {"parquet", PDC_BODY_PARQUET, 1, "parquet('file.parquet')", no_options},
    {"external", PDC_BODY_EXTERNAL, 2, "external('schema', 'table')", no_options},
};

static const Source *
find_source(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(sources); i++) {
        if (text_equal(sources[i].name, name)) {
            return &sources[i];
        }
    }
    return NULL;
}

static bool
check_option(Resolver *r, const Source *source, const AstArg *arg)
{
    Map *known = map_new(r->arena);
    for (const char *const *option = source->options; *option != NULL; option++) {
        if (text_equal(*option, arg->name->text)) {
            return true;
        }
        map_set(known, *option, r);
    }
    diag_add(r->diags, DIAG_UNKNOWN_OPTION, arg->name->node.span, source->name, arg->name->text);
    hint_nearest(r, arg->name->text, known);
    return false;
}

/** A named argument that stood before is reported. */
static bool
is_repeated(Resolver *r, const AstExpr *call, size_t i)
{
    const AstArg *args = call->as.call.args.items;
    for (size_t k = 0; k < i; k++) {
        if (args[k].name != NULL && text_equal(args[k].name->text, args[i].name->text)) {
            diag_add(r->diags, DIAG_REPEATED_WORD, args[i].name->node.span, args[i].name->text);
            diag_note(r->diags, args[k].name->node.span, "here");
            return true;
        }
    }
    return false;
}

/** Splits the arguments of a source into those by position and the named ones. */
static bool
lower_source_args(Resolver *r, const Source *source, const AstExpr *call, const Place *place,
                  PdcBody *body)
{
    VEC(const PdcExpr *) args = {0};
    VEC(PdcOption) options = {0};
    bool done = true;
    for (size_t i = 0; i < call->as.call.args.n; i++) {
        const AstArg *arg = &call->as.call.args.items[i];
        const PdcExpr *value = expr_lower(r, arg->value, WANT_VALUE, place);
        done &= value != NULL && (arg->name == NULL || check_option(r, source, arg));
        if (arg->name == NULL) {
            vec_push_in(r->arena, &args, value);
        } else if (is_repeated(r, call, i)) {
            done = false;
        } else {
            PdcOption option = {arg->name->text, value, span_lower(r, arg->span)};
            vec_push_in(r->arena, &options, option);
        }
    }
    if (args.n != source->n_args) {
        diag_add(r->diags, DIAG_CALL_ARGUMENTS, call->node.span, source->name,
                 arena_printf(r->arena, "%zu", source->n_args),
                 arena_printf(r->arena, "%zu", args.n));
        diag_hint(r->diags, "write %s", source->form);
        return false;
    }
    body->args = args.items;
    body->n_args = args.n;
    body->options = options.items;
    body->n_options = options.n;
    return done;
}

/* ---- tasks ---- */

static void
report_unknown_task(Resolver *r, const AstExpr *call, const char *name)
{
    Map *known = map_new(r->arena);
    for (size_t i = 0; i < map_count(r->tasks); i++) {
        map_set(known, map_key_at(r->tasks, i), r);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(sources); i++) {
        map_set(known, sources[i].name, r);
    }
    if (may_be_lost(r, name, known)) {
        return;
    }
    diag_add(r->diags, DIAG_UNKNOWN_TASK, call->as.call.callee->node.span, name);
    hint_nearest(r, name, known);
}

static PdcType
param_type(const AstParam *param)
{
    PdcType type;
    return type_parse(param->type->name, strlen(param->type->name), &type) ? type : PDC_TYPE_TEXT;
}

/** A named argument that the task lacks, or that was given before. */
static void
report_argument(Resolver *r, const TaskSymbol *task, const AstArg *arg, bool given)
{
    if (given) {
        diag_add(r->diags, DIAG_REPEATED_WORD, arg->name->node.span, arg->name->text);
        return;
    }
    Map *known = map_new(r->arena);
    for (size_t i = 0; i < task->params->n; i++) {
        map_set(known, task->params->items[i]->decl.name->text, r);
    }
    diag_add(r->diags, DIAG_UNKNOWN_OPTION, arg->name->node.span, task->decl->name->text,
             arg->name->text);
    hint_nearest(r, arg->name->text, known);
}

/** Puts the arguments into the order of the parameters; named ones go to their places. */
static bool
lower_task_args(Resolver *r, const AstExpr *call, const TaskSymbol *task, const Place *place,
                PdcBody *body)
{
    size_t n = task->params->n;
    size_t next = 0;
    bool done = true;
    const PdcExpr **args = ARENA_ARRAY(r->arena, const PdcExpr *, n + 1);
    for (size_t i = 0; i < call->as.call.args.n; i++) {
        const AstArg *arg = &call->as.call.args.items[i];
        size_t k = arg->name == NULL ? next++ : 0;
        while (arg->name != NULL && k < n &&
               !text_equal(task->params->items[k]->decl.name->text, arg->name->text)) {
            k++;
        }
        if (k < n && args[k] == NULL) {
            ExprWant want = param_type(task->params->items[k]) == PDC_TYPE_COLUMN ? WANT_COLUMN
                            : task->params->items[k]->type->array_dimensions > 0  ? WANT_LIST
                                                                                  : WANT_ARGUMENT;
            args[k] = expr_lower(r, arg->value, want, place);
            done &= args[k] != NULL;
        } else if (arg->name != NULL) {
            report_argument(r, task, arg, k < n);
            return false;
        }
    }
    size_t given = call->as.call.args.n;
    if (given != n) {
        diag_add(r->diags, DIAG_CALL_ARGUMENTS, call->node.span, task->decl->name->text,
                 arena_printf(r->arena, "%zu", n), arena_printf(r->arena, "%zu", given));
        diag_note(r->diags, task->decl->name->node.span, "declared here");
        return false;
    }
    body->args = args;
    body->n_args = n;
    return done;
}

static const PdcBody *
lower_call(Resolver *r, const AstExpr *call, const Place *place, PdcBody *body)
{
    const AstExpr *callee = call->as.call.callee;
    const AstName *callee_name =
        callee->node.kind == AST_EXPR_NAME ? callee->as.name : callee->as.member.member;
    const char *name = callee_name->text != NULL ? callee_name->text : "…";
    const Source *source = callee->node.kind == AST_EXPR_NAME ? find_source(name) : NULL;
    if (source != NULL) {
        body->kind = source->kind;
        return lower_source_args(r, source, call, place, body) ? body : NULL;
    }
    const TaskSymbol *task = map_get(r->tasks, name);
    if (task == NULL) {
        report_unknown_task(r, call, name);
        return NULL;
    }
    body->kind = PDC_BODY_TASK;
    body->text = task->decl->name->text;
    return lower_task_args(r, call, task, place, body) ? body : NULL;
}

const PdcBody *
body_lower(Resolver *r, const AstBody *body, const Place *place, bool is_view,
           QueryFacts *ret_facts)
{
    PdcBody *made = ARENA_NEW(r->arena, PdcBody);
    made->at = span_lower(r, body->node.span);
    switch ((int)body->node.kind) {
    case AST_BODY_SQL:
        made->kind = PDC_BODY_QUERY;
        made->query = query_lower(r, body->as.sql, SQL_USE_QUERY, place, ret_facts);
        return made->query == NULL ? NULL : made;
    case AST_BODY_CALL:
        made = (PdcBody *)(uintptr_t)lower_call(r, body->as.call, place, made);
        if (made != NULL && is_view && made->kind == PDC_BODY_CSV) {
            diag_add(r->diags, DIAG_VIEW_OF_FILE, body->node.span);
            return NULL;
        }
        return made;
    case AST_BODY_SCRIPT:
        made->kind = PDC_BODY_SCRIPT;
        made->query = script_lower(r, body, place, ret_facts);
        return made->query == NULL ? NULL : made;
    case AST_BODY_EXEC: refuse(r, body->node.span, "`exec`"); return NULL;
    case AST_BODY_C: refuse(r, body->node.span, "`c` task bodies"); return NULL;
    }
    BUG("body of kind %s", ast_kind_name(body->node.kind));
}
