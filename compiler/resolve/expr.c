#include "compiler/resolve/resolve_priv.h"
#include "runtime/base/suggest.h"

#include <string.h>

PdcExpr *
expr_new(Resolver *r, PdcExprKind kind, Span span)
{
    PdcExpr *made = ARENA_NEW(r->arena, PdcExpr);
    made->kind = kind;
    made->at = span_lower(r, span);
    return made;
}

PdcExpr *
expr_text(Resolver *r, const char *text, Span span)
{
    PdcExpr *made = expr_new(r, PDC_EXPR_TEXT, span);
    made->text = text;
    return made;
}

static PdcExpr *
expr_with_args(Resolver *r, PdcExprKind kind, Span span, const PdcExpr *a, const PdcExpr *b)
{
    if (a == NULL) {
        return NULL;
    }
    PdcExpr *made = expr_new(r, kind, span);
    const PdcExpr **args = ARENA_ARRAY(r->arena, const PdcExpr *, 2);
    args[0] = a;
    args[1] = b;
    made->args = args;
    made->n_args = b == NULL ? 1 : 2;
    return made;
}

/* ---- names ---- */

static const PdcExpr *
lower_table(Resolver *r, const AstExpr *expr, const AstName *stage, const AstName *name,
            const Place *place)
{
    PdcRelation *relation = ARENA_NEW(r->arena, PdcRelation);
    PdcExpr *made = expr_new(r, PDC_EXPR_TABLE, expr->node.span);
    made->relation = relation;
    if ((stage != NULL && !name_lower(r, stage, place, &relation->stage)) ||
        !name_lower(r, name, place, &relation->name)) {
        return NULL;
    }
    if (stage == NULL && place->stage == NULL) {
        diag_add(r->diags, DIAG_TABLE_WITHOUT_STAGE, expr->node.span,
                 name->text != NULL ? name->text : "…");
        return NULL;
    }
    bool is_plain = name->text != NULL && (stage == NULL || stage->text != NULL);
    const char *stage_name = stage == NULL ? NULL : stage->text;
    if (is_plain && !table_may_exist(r, place->stage, stage_name, name->text)) {
        report_unknown_table(
            r, expr->node.span,
            stage == NULL ? name->text : arena_printf(r->arena, "%s.%s", stage_name, name->text),
            place->stage);
        return NULL;
    }
    return made;
}

/** All names that an expression could mean, for a suggestion. */
static Map *
known_names(Resolver *r, const Place *place)
{
    Map *known = map_new(r->arena);
    for (const Scope *scope = place->scope; scope != NULL; scope = scope->parent) {
        map_set(known, scope->name, r);
    }
    for (size_t i = 0; i < map_count(r->consts); i++) {
        map_set(known, map_key_at(r->consts, i), r);
    }
    return known;
}

static const PdcExpr *
report_unknown_name(Resolver *r, const AstExpr *expr, const char *name, const Place *place)
{
    if (may_be_lost(r, name, known_names(r, place))) {
        return NULL; /* its declaration may be what could not be read */
    }
    diag_add(r->diags, DIAG_UNKNOWN_NAME, expr->node.span, name);
    if (map_get(r->attrs, name) != NULL) {
        diag_suggest(r->diags, name, arena_printf(r->arena, "attrs.%s", name));
    } else {
        hint_nearest(r, name, known_names(r, place));
    }
    return NULL;
}

static const PdcExpr *
lower_name(Resolver *r, const AstExpr *expr, ExprWant want, const Place *place)
{
    const AstName *name = expr->as.name;
    Span span = expr->node.span;
    const char *text = name->text;
    if (text != NULL && !name->quoted && scope_lookup(place->scope, text) != NULL) {
        PdcExpr *made = expr_new(r, PDC_EXPR_VARIABLE, span);
        made->text = text;
        return made;
    }
    if (want == WANT_COLUMN && text != NULL) {
        return expr_with_args(r, PDC_EXPR_COLUMN, span, expr_text(r, text, span), NULL);
    }
    if (text != NULL && map_get(r->consts, text) != NULL) {
        if (!const_require(r, text, span)) {
            return NULL;
        }
        PdcExpr *made = expr_new(r, PDC_EXPR_CONST, span);
        made->text = text;
        return made;
    }
    bool is_table = want == WANT_HOLE && text != NULL && place->stage != NULL &&
                    table_may_exist(r, place->stage, NULL, text);
    if (want == WANT_ARGUMENT || is_table) {
        return lower_table(r, expr, NULL, name, place);
    }
    if (want == WANT_INSTANCE && text != NULL) {
        return expr_text(r, text, span);
    }
    return report_unknown_name(r, expr, text != NULL ? text : "…", place);
}

/* ---- members: attrs.x, instance.name, stage.table, c.name ---- */

typedef struct BuiltinMember BuiltinMember;
struct BuiltinMember {
    const char *object;
    const char *member;
    PdcExprKind kind;
};

static const BuiltinMember builtin_members[] = {
    {"instance", "name", PDC_EXPR_INSTANCE},   {"instance", "id", PDC_EXPR_INSTANCE},
    {"instance", "engine", PDC_EXPR_INSTANCE}, {"flow", "name", PDC_EXPR_FLOW_NAME},
    {"run", "date", PDC_EXPR_RUN_DATE},        {"run", "started", PDC_EXPR_RUN_STARTED},
};

static const PdcExpr *
lower_attr(Resolver *r, const AstExpr *expr, const char *name)
{
    if (map_get(r->attrs, name) == NULL) {
        if (may_be_lost(r, name, r->attrs)) {
            return NULL;
        }
        diag_add(r->diags, DIAG_UNKNOWN_ATTR, expr->node.span, name);
        hint_nearest(r, name, r->attrs);
        return NULL;
    }
    PdcExpr *made = expr_new(r, PDC_EXPR_ATTR, expr->node.span);
    made->text = name;
    return made;
}

/** @return whether `object` is a built-in; then `*ret` is the expression, or NULL after a message
 */
static bool
lower_builtin(Resolver *r, const AstExpr *expr, const char *object, const char *member,
              const PdcExpr **ret)
{
    bool known = false;
    Map *members = map_new(r->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(builtin_members); i++) {
        const BuiltinMember *row = &builtin_members[i];
        if (!text_equal(row->object, object)) {
            continue;
        }
        known = true;
        map_set(members, row->member, r);
        if (text_equal(row->member, member)) {
            PdcExpr *made = expr_new(r, row->kind, expr->node.span);
            made->text = row->member;
            *ret = made;
            return true;
        }
    }
    if (known) {
        diag_add(r->diags, DIAG_UNKNOWN_MEMBER, expr->node.span, object, member);
        hint_nearest(r, member, members);
        *ret = NULL;
    }
    return known;
}

static const PdcExpr *
lower_field(Resolver *r, const AstExpr *expr, const AstExpr *object, const char *member,
            const Place *place)
{
    if (!text_equal(member, "name") && !text_equal(member, "type")) {
        diag_add(r->diags, DIAG_UNKNOWN_MEMBER, expr->node.span, "a column", member);
        diag_hint(r->diags, "a column has `.name` and `.type`");
        return NULL;
    }
    PdcExpr *made = expr_with_args(r, PDC_EXPR_FIELD, expr->node.span,
                                   expr_lower(r, object, WANT_VALUE, place), NULL);
    if (made != NULL) {
        made->text = member;
    }
    return made;
}

static const PdcExpr *
lower_member(Resolver *r, const AstExpr *expr, ExprWant want, const Place *place)
{
    const AstExpr *object = expr->as.member.object;
    const AstName *member = expr->as.member.member;
    const PdcExpr *builtin;
    if (object->node.kind != AST_EXPR_NAME) {
        return lower_field(r, expr, object, member->text, place);
    }
    const char *text = object->as.name->text;
    if (text != NULL && member->text != NULL && !object->as.name->quoted) {
        if (scope_lookup(place->scope, text) != NULL) {
            return lower_field(r, expr, object, member->text, place);
        }
        if (text_equal(text, "attrs")) {
            return lower_attr(r, expr, member->text);
        }
        if (text_equal(text, "batch")) {
            refuse(r, expr->node.span, "`batch` of incremental tables");
            return NULL;
        }
        if (lower_builtin(r, expr, text, member->text, &builtin)) {
            return builtin;
        }
    }
    if (want == WANT_ARGUMENT || (text != NULL && map_get(r->stages, text) != NULL)) {
        return lower_table(r, expr, object->as.name, member, place);
    }
    return report_unknown_name(r, expr, text != NULL ? text : "…", place);
}

/* ---- calls ---- */

typedef struct BuiltinCall BuiltinCall;
struct BuiltinCall {
    const char *name;
    PdcExprKind kind;
    ExprWant want;
};

static const BuiltinCall builtin_calls[] = {
    {"columns", PDC_EXPR_COLUMNS, WANT_ARGUMENT},
    {"column", PDC_EXPR_COLUMN, WANT_VALUE},
    {"env", PDC_EXPR_ENV, WANT_VALUE},
};

static const PdcExpr *
report_unknown_function(Resolver *r, const AstExpr *expr, const char *name)
{
    Map *known = map_new(r->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(builtin_calls); i++) {
        map_set(known, builtin_calls[i].name, r);
    }
    diag_add(r->diags, DIAG_UNKNOWN_FUNCTION, expr->node.span, name);
    hint_nearest(r, name, known);
    return NULL;
}

static const PdcExpr *
lower_call(Resolver *r, const AstExpr *expr, const Place *place)
{
    const AstExpr *callee = expr->as.call.callee;
    const char *name = callee->node.kind == AST_EXPR_NAME ? callee->as.name->text : NULL;
    if (text_equal(name, "csv")) {
        diag_add(r->diags, DIAG_CSV_HERE, expr->node.span);
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(builtin_calls); i++) {
        const BuiltinCall *builtin = &builtin_calls[i];
        if (!text_equal(name, builtin->name)) {
            continue;
        }
        if (expr->as.call.args.n != 1) {
            diag_add(r->diags, DIAG_CALL_ARGUMENTS, expr->node.span, name, "1",
                     arena_printf(r->arena, "%zu", expr->as.call.args.n));
            return NULL;
        }
        const PdcExpr *arg = expr_lower(r, expr->as.call.args.items[0].value, builtin->want, place);
        return expr_with_args(r, builtin->kind, expr->node.span, arg, NULL);
    }
    return report_unknown_function(r, expr, name != NULL ? name : "…");
}

/* ---- lists and operators ---- */

static const PdcExpr *
lower_list(Resolver *r, const AstExpr *expr, const AstExprs *items, PdcExprKind kind,
           const Place *place)
{
    PdcExpr *made = expr_new(r, kind, expr->node.span);
    const PdcExpr **args = ARENA_ARRAY(r->arena, const PdcExpr *, items->n);
    for (size_t i = 0; i < items->n; i++) {
        const AstExpr *item = items->items[i];
        args[i] = item->node.kind == AST_EXPR_LIST
                      ? lower_list(r, item, &item->as.list, PDC_EXPR_TUPLE, place)
                      : expr_lower(r, item, WANT_VALUE, place);
        if (args[i] == NULL) {
            return NULL;
        }
    }
    made->args = args;
    made->n_args = items->n;
    return made;
}

static const PdcExpr *
lower_group(Resolver *r, const AstExpr *expr, ExprWant want, const Place *place)
{
    const PdcExpr *inner =
        expr_lower(r, expr->as.group, want == WANT_LIST ? WANT_VALUE : want, place);
    bool is_list =
        inner != NULL && (inner->kind == PDC_EXPR_LIST || inner->kind == PDC_EXPR_COLUMNS);
    return want == WANT_LIST && !is_list
               ? expr_with_args(r, PDC_EXPR_LIST, expr->node.span, inner, NULL)
               : inner;
}

static const PdcExprKind operator_kinds[AST_OP_COUNT] = {
    [AST_OP_OR] = PDC_EXPR_OR,
    [AST_OP_AND] = PDC_EXPR_AND,
    [AST_OP_NOT] = PDC_EXPR_NOT,
    [AST_OP_EQ] = PDC_EXPR_EQUAL,
    [AST_OP_NE] = PDC_EXPR_NOT_EQUAL,
    [AST_OP_LT] = PDC_EXPR_LESS,
    [AST_OP_LE] = PDC_EXPR_LESS_EQUAL,
    [AST_OP_GT] = PDC_EXPR_GREATER,
    [AST_OP_GE] = PDC_EXPR_GREATER_EQUAL,
    [AST_OP_IN] = PDC_EXPR_IN,
    [AST_OP_NOT_IN] = PDC_EXPR_IN,
    [AST_OP_IS_NULL] = PDC_EXPR_IS_NULL,
    [AST_OP_IS_NOT_NULL] = PDC_EXPR_IS_NULL,
    [AST_OP_CONCAT] = PDC_EXPR_CONCAT,
    [AST_OP_ADD] = PDC_EXPR_ADD,
    [AST_OP_SUB] = PDC_EXPR_SUBTRACT,
    [AST_OP_MUL] = PDC_EXPR_MULTIPLY,
    [AST_OP_DIV] = PDC_EXPR_DIVIDE,
    [AST_OP_MOD] = PDC_EXPR_MODULO,
    [AST_OP_NEG] = PDC_EXPR_NEGATE,
};

static const PdcExpr *
lower_operator(Resolver *r, const AstExpr *expr, const Place *place)
{
    AstOperator op = expr->as.op.op;
    Span span = expr->node.span;
    const PdcExpr *left = expr_lower(r, expr->as.op.left, WANT_VALUE, place);
    if (expr->node.kind == AST_EXPR_UNARY) {
        if (op == AST_OP_POS || left == NULL) {
            return left;
        }
        const PdcExpr *made = expr_with_args(r, operator_kinds[op], span, left, NULL);
        return op == AST_OP_IS_NOT_NULL ? expr_with_args(r, PDC_EXPR_NOT, span, made, NULL) : made;
    }
    bool is_in = op == AST_OP_IN || op == AST_OP_NOT_IN;
    const PdcExpr *right = expr_lower(r, expr->as.op.right, is_in ? WANT_LIST : WANT_VALUE, place);
    if (left == NULL || right == NULL) {
        return NULL;
    }
    const PdcExpr *made = expr_with_args(r, operator_kinds[op], span, left, right);
    return op == AST_OP_NOT_IN ? expr_with_args(r, PDC_EXPR_NOT, span, made, NULL) : made;
}

static const PdcExpr *
lower_number(Resolver *r, const AstExpr *expr)
{
    PdcExpr *made = expr_new(r, PDC_EXPR_FLOAT, expr->node.span);
    made->number = expr->as.number.value;
    return made;
}

const PdcExpr *
expr_lower(Resolver *r, const AstExpr *expr, ExprWant want, const Place *place)
{
    PdcExpr *made;
    switch ((int)expr->node.kind) {
    case AST_EXPR_NULL: return expr_new(r, PDC_EXPR_NULL, expr->node.span);
    case AST_EXPR_BOOL:
        made = expr_new(r, PDC_EXPR_BOOL, expr->node.span);
        made->integer = expr->as.boolean;
        return made;
    case AST_EXPR_INT:
        made = expr_new(r, PDC_EXPR_INT, expr->node.span);
        made->integer = expr->as.integer;
        return made;
    case AST_EXPR_NUMBER: return lower_number(r, expr);
    case AST_EXPR_STRING: return expr_text(r, expr->as.string.text, expr->node.span);
    case AST_EXPR_NAME: return lower_name(r, expr, want, place);
    case AST_EXPR_MEMBER: return lower_member(r, expr, want, place);
    case AST_EXPR_CALL: return lower_call(r, expr, place);
    case AST_EXPR_GROUP: return lower_group(r, expr, want, place);
    case AST_EXPR_LIST: return lower_list(r, expr, &expr->as.list, PDC_EXPR_LIST, place);
    case AST_EXPR_UNARY:
    case AST_EXPR_BINARY: return lower_operator(r, expr, place);
    }
    BUG("expression of kind %s", ast_kind_name(expr->node.kind));
}

/* ---- types, as far as they can be told ---- */

static PdcType
type_of_declared(const AstType *type)
{
    PdcType known;
    return type_parse(type->name, strlen(type->name), &known) ? known : PDC_TYPE_TEXT;
}

static PdcType
type_of_const(Resolver *r, const char *name)
{
    for (size_t i = 0; i < r->unit->n_consts; i++) {
        if (text_equal(r->unit->consts[i].name, name)) {
            return expr_type(r, r->unit->consts[i].value, NULL);
        }
    }
    return PDC_TYPE_TEXT;
}

static PdcType
type_of_arithmetic(Resolver *r, const PdcExpr *expr, const Scope *scope)
{
    for (size_t i = 0; i < expr->n_args; i++) {
        if (expr_type(r, expr->args[i], scope) == PDC_TYPE_FLOAT) {
            return PDC_TYPE_FLOAT;
        }
    }
    return PDC_TYPE_INT;
}

PdcType
expr_type(Resolver *r, const PdcExpr *expr, const Scope *scope)
{
    const Scope *variable;
    const AstAttr *attr;
    switch ((int)expr->kind) {
    case PDC_EXPR_INT: return PDC_TYPE_INT;
    case PDC_EXPR_FLOAT: return PDC_TYPE_FLOAT;
    case PDC_EXPR_LIST:
    case PDC_EXPR_TUPLE:
        return expr->n_args == 0 ? PDC_TYPE_TEXT : expr_type(r, expr->args[0], scope);
    case PDC_EXPR_ATTR:
        attr = map_get(r->attrs, expr->text);
        return attr == NULL ? PDC_TYPE_TEXT : type_of_declared(attr->type);
    case PDC_EXPR_CONST: return type_of_const(r, expr->text);
    case PDC_EXPR_VARIABLE:
        variable = scope_lookup(scope, expr->text);
        return variable == NULL ? PDC_TYPE_TEXT : variable->type;
    case PDC_EXPR_RUN_DATE: return PDC_TYPE_DATE;
    case PDC_EXPR_RUN_STARTED: return PDC_TYPE_TIMESTAMP;
    case PDC_EXPR_COLUMNS:
    case PDC_EXPR_COLUMN: return PDC_TYPE_COLUMN;
    case PDC_EXPR_TABLE: return PDC_TYPE_TABLE;
    case PDC_EXPR_NEGATE:
    case PDC_EXPR_ADD:
    case PDC_EXPR_SUBTRACT:
    case PDC_EXPR_MULTIPLY:
    case PDC_EXPR_DIVIDE:
    case PDC_EXPR_MODULO: return type_of_arithmetic(r, expr, scope);
    case PDC_EXPR_TEXT:
    case PDC_EXPR_NULL:
    case PDC_EXPR_INSTANCE:
    case PDC_EXPR_FLOW_NAME:
    case PDC_EXPR_ENV:
    case PDC_EXPR_FIELD:
    case PDC_EXPR_CONCAT: return PDC_TYPE_TEXT;
    }
    return PDC_TYPE_BOOL;
}

const char *
expr_literal_text(Resolver *r, const AstExpr *expr, const char *what)
{
    if (expr->node.kind == AST_EXPR_STRING) {
        return expr->as.string.text;
    }
    if (expr->node.kind == AST_EXPR_INT) {
        return arena_printf(r->arena, "%lld", (long long)expr->as.integer);
    }
    if (expr->node.kind == AST_EXPR_NUMBER) {
        return expr->as.number.text;
    }
    diag_add(r->diags, DIAG_NOT_LITERAL, expr->node.span, what);
    return NULL;
}

/** The type of part `i` of the elements of a list of tuples, or of its elements. */
static PdcType
element_type(Resolver *r, const PdcExpr *list, size_t i, size_t n_variables, const Scope *scope)
{
    if (list->kind == PDC_EXPR_CONST) {
        for (size_t k = 0; k < r->unit->n_consts; k++) {
            if (text_equal(r->unit->consts[k].name, list->text)) {
                return element_type(r, r->unit->consts[k].value, i, n_variables, NULL);
            }
        }
    }
    if (n_variables == 1 || list->n_args == 0 || list->args[0]->n_args <= i) {
        return expr_type(r, list, scope);
    }
    return expr_type(r, list->args[0]->args[i], scope);
}

const Scope *
loop_scope(Resolver *r, const AstNames *variables, const PdcExpr *list, const Scope *scope,
           const char *const **ret_variables)
{
    const Scope *inner = scope;
    size_t n;
    *ret_variables = names_lower(r, variables, &n);
    for (size_t i = 0; i < n; i++) {
        inner = scope_push(r, inner, variables->items[i]->text, element_type(r, list, i, n, scope),
                           variables->items[i]->node.span);
    }
    return inner;
}
