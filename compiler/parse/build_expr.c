/* Names, types and expressions. */
#include "compiler/parse/build.h"
#include "runtime/base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NEW(Type) ARENA_NEW(parser->arena, Type)

/* ---- names ---- */

/** The text between quotes, each doubled one once; `span` includes them. */
static char *
unquote(const Parser *parser, Span span, size_t *ret_length)
{
    const char *text = parser->source->text;
    char quote = text[span.start];
    char *out = arena_alloc(parser->arena, (size_t)(span.end - span.start));
    size_t n = 0;
    for (size_t i = span.start + 1; i + 1 < span.end; i++) {
        out[n++] = text[i];
        if (text[i] == quote) {
            i++;
        }
    }
    *ret_length = n;
    return out;
}

static AstName *
name_of_part(Parser *parser, Span span, AstNamePart part)
{
    AstName *name = NEW(AstName);
    name->node = (AstNode){AST_NAME, span};
    name->text = part.text;
    name->quoted = part.quoted;
    name->parts.items = arena_memdup(parser->arena, &part, sizeof(part)); /* mostly the only one */
    name->parts.n = name->parts.capacity = 1;
    return name;
}

AstName *
build_name(Parser *parser, Span span)
{
    AstNamePart part = {.span = span};
    const char *text = parser->source->text + span.start;
    size_t length;
    part.quoted = text[0] == '"';
    part.text = part.quoted ? unquote(parser, span, &length)
                            : text_fold(parser->arena, text, span.end - span.start);
    return name_of_part(parser, span, part);
}

AstName *
build_string_name(Parser *parser, Span span)
{
    size_t length;
    AstNamePart part = {.span = span, .quoted = true, .text = unquote(parser, span, &length)};
    return name_of_part(parser, span, part);
}

AstName *
build_hole_name(Parser *parser, Span span, AstExpr *hole)
{
    return name_of_part(parser, span, (AstNamePart){.span = span, .hole = hole});
}

AstName *
build_glue(Parser *parser, AstName *left, AstName *right)
{
    left->text = NULL;
    left->quoted = false;
    left->node.span = span_join(left->node.span, right->node.span);
    vec_push_in(parser->arena, &left->parts, right->parts.items[0]);
    return left;
}

AstQname *
build_qname(Parser *parser, Span span, AstName *stage, AstName *name)
{
    AstQname *qname = NEW(AstQname);
    *qname = (AstQname){{AST_QNAME, span}, stage, name};
    return qname;
}

AstType *
build_type(Parser *parser, Span name, AstExprs *sizes, unsigned dimensions, Span span)
{
    AstType *type = NEW(AstType);
    type->node = (AstNode){AST_TYPE, span};
    type->name = build_name(parser, name)->text;
    type->array_dimensions = dimensions;
    if (sizes != NULL) {
        type->args = *sizes;
    }
    return type;
}

AstExpr *
build_type_size(Parser *parser, Span span)
{
    AstExpr *size = build_number(parser, span);
    if (size->node.kind == AST_EXPR_INT) {
        return size;
    }
    scan_report(&parser->scanner, DIAG_TYPE_SIZE, span, NULL);
    return NULL;
}

/* ---- expressions ---- */

static AstExpr *
new_expr(Parser *parser, AstKind kind, Span span)
{
    AstExpr *expr = NEW(AstExpr);
    expr->node = (AstNode){kind, span};
    expr->depth = 1;
    return expr;
}

static void
deepen(AstExpr *expr, const AstExpr *child)
{
    if (child != NULL && child->depth >= expr->depth) {
        expr->depth = child->depth + 1;
    }
}

/** `expr`, or `child` where the tree would be too deep. */
static AstExpr *
bounded(Parser *parser, AstExpr *expr, AstExpr *child)
{
    if (expr->depth <= AST_DEPTH_LIMIT) {
        return expr;
    }
    scan_stop_too_deep(&parser->scanner, expr->node.span);
    return child;
}

AstExpr *
build_null(Parser *parser, Span span)
{
    return new_expr(parser, AST_EXPR_NULL, span);
}

AstExpr *
build_bool(Parser *parser, Span span, bool value)
{
    AstExpr *expr = new_expr(parser, AST_EXPR_BOOL, span);
    expr->as.boolean = value;
    return expr;
}

/** Digits without the underscores in between. */
static char *
plain_digits(Parser *parser, Span span)
{
    char *digits = arena_alloc(parser->arena, (size_t)(span.end - span.start) + 1);
    size_t n = 0;
    for (size_t i = span.start; i < span.end; i++) {
        if (parser->source->text[i] != '_') {
            digits[n++] = parser->source->text[i];
        }
    }
    return digits;
}

AstExpr *
build_number(Parser *parser, Span span)
{
    char *digits = plain_digits(parser, span);
    errno = 0;
    long long integer = strtoll(digits, NULL, 10);
    if (strspn(digits, "0123456789") == strlen(digits) && errno == 0) {
        AstExpr *expr = new_expr(parser, AST_EXPR_INT, span);
        expr->as.integer = integer;
        return expr;
    }
    AstExpr *expr = new_expr(parser, AST_EXPR_NUMBER, span);
    expr->as.number.text = digits;
    expr->as.number.value = strtod(digits, NULL);
    return expr;
}

AstExpr *
build_string(Parser *parser, Span span)
{
    AstExpr *expr = new_expr(parser, AST_EXPR_STRING, span);
    expr->as.string.text = unquote(parser, span, &expr->as.string.length);
    return expr;
}

AstExpr *
build_ref(Parser *parser, AstName *name)
{
    AstExpr *expr = new_expr(parser, AST_EXPR_NAME, name->node.span);
    AstExpr *deepest = NULL;
    for (size_t i = 0; i < name->parts.n; i++) {
        AstExpr *hole = name->parts.items[i].hole;
        deepest =
            hole != NULL && (deepest == NULL || hole->depth > deepest->depth) ? hole : deepest;
    }
    deepen(expr, deepest);
    expr->as.name = name;
    return bounded(parser, expr, deepest);
}

AstExpr *
build_member(Parser *parser, AstExpr *object, AstName *member)
{
    AstExpr *expr =
        new_expr(parser, AST_EXPR_MEMBER, span_join(object->node.span, member->node.span));
    expr->as.member.object = object;
    expr->as.member.member = member;
    deepen(expr, object);
    for (size_t i = 0; i < member->parts.n; i++) {
        deepen(expr, member->parts.items[i].hole);
    }
    return bounded(parser, expr, object);
}

AstExpr *
build_call(Parser *parser, Span span, AstExpr *callee, ArgList *args)
{
    AstExpr *expr = new_expr(parser, AST_EXPR_CALL, span);
    expr->as.call.callee = callee;
    deepen(expr, callee);
    for (size_t i = 0; i < args->n; i++) {
        const AstName *name = args->items[i].name;
        deepen(expr, args->items[i].value);
        if (name != NULL && name->text == NULL) {
            scan_report(&parser->scanner, DIAG_HOLE_IN_ARGUMENT_NAME, name->node.span, NULL);
            args->items[i].name = NULL;
        }
        vec_push_in(parser->arena, &expr->as.call.args, args->items[i]);
    }
    if (expr->depth > AST_DEPTH_LIMIT) {
        expr->as.call.args.n = 0; /* a call stays one, so that a body may hold it */
        expr->depth = callee->depth + 1;
        scan_stop_too_deep(&parser->scanner, span);
    }
    return expr;
}

AstExpr *
build_group(Parser *parser, Span span, AstExpr *inner)
{
    AstExpr *expr = new_expr(parser, AST_EXPR_GROUP, span);
    expr->as.group = inner;
    deepen(expr, inner);
    return bounded(parser, expr, inner);
}

AstExpr *
build_list(Parser *parser, Span span, AstExpr *first, AstExprs *rest)
{
    AstExpr *expr = new_expr(parser, AST_EXPR_LIST, span);
    if (first != NULL) {
        vec_push_in(parser->arena, &expr->as.list, first);
        deepen(expr, first);
    }
    for (size_t i = 0; rest != NULL && i < rest->n; i++) {
        vec_push_in(parser->arena, &expr->as.list, rest->items[i]);
        deepen(expr, rest->items[i]);
    }
    return bounded(parser, expr, first);
}

AstExpr *
build_unary(Parser *parser, AstOperator op, Span op_span, AstExpr *operand, Span span)
{
    AstExpr *expr = new_expr(parser, AST_EXPR_UNARY, span);
    expr->as.op.op = op;
    expr->as.op.op_span = op_span;
    expr->as.op.left = operand;
    deepen(expr, operand);
    return bounded(parser, expr, operand);
}

AstExpr *
build_binary(Parser *parser, AstOperator op, Span op_span, AstExpr *left, AstExpr *right)
{
    AstExpr *expr = new_expr(parser, AST_EXPR_BINARY, span_join(left->node.span, right->node.span));
    expr->as.op.op = op;
    expr->as.op.op_span = op_span;
    expr->as.op.left = left;
    expr->as.op.right = right;
    deepen(expr, left);
    deepen(expr, right);
    return bounded(parser, expr, left);
}

const AstExpr *
build_ungroup(const AstExpr *expr)
{
    while (expr->node.kind == AST_EXPR_GROUP) {
        expr = expr->as.group;
    }
    return expr;
}
