#include "compiler/ast/walk.h"

/** Visits a node that may be missing. */
static void
walk(const void *node, const AstVisitor *visitor)
{
    if (node != NULL) {
        ast_walk(node, visitor);
    }
}

#define WALK_EACH(list, visitor)                                                                   \
    do {                                                                                           \
        for (size_t each = 0; each < (list).n; each++) {                                           \
            walk((list).items[each], (visitor));                                                   \
        }                                                                                          \
    } while (0)

/* ---- names, expressions, SQL ---- */

static void
walk_name(const AstName *name, const AstVisitor *visitor)
{
    for (size_t i = 0; i < name->parts.n; i++) {
        walk(name->parts.items[i].hole, visitor);
    }
}

static void
walk_call(const AstExpr *expr, const AstVisitor *visitor)
{
    walk(expr->as.call.callee, visitor);
    for (size_t i = 0; i < expr->as.call.args.n; i++) {
        walk(expr->as.call.args.items[i].name, visitor);
        walk(expr->as.call.args.items[i].value, visitor);
    }
}

static void
walk_piece(const AstPiece *piece, const AstVisitor *visitor)
{
    if (piece->node.kind == AST_SQL_HOLE) {
        walk(piece->as.hole.expr, visitor);
    } else if (piece->node.kind == AST_SQL_FOR) {
        WALK_EACH(piece->as.repeat.vars, visitor);
        walk(piece->as.repeat.list, visitor);
        walk(piece->as.repeat.condition, visitor);
        WALK_EACH(piece->as.repeat.body, visitor);
    } else if (piece->node.kind == AST_SQL_IF) {
        walk(piece->as.choice.condition, visitor);
        WALK_EACH(piece->as.choice.then_body, visitor);
        WALK_EACH(piece->as.choice.else_body, visitor);
    }
}

/* ---- clauses ---- */

static void
walk_clause(const AstClause *clause, const AstVisitor *visitor)
{
    if (clause->sql == NULL) { /* else the names are those of the text */
        WALK_EACH(clause->columns, visitor);
    }
    walk(clause->sql, visitor);
    walk(clause->target, visitor);
    WALK_EACH(clause->target_columns, visitor);
    WALK_EACH(clause->tables, visitor);
    walk(clause->value, visitor);
    WALK_EACH(clause->names, visitor);
    for (size_t i = 0; i < clause->meta.n; i++) {
        walk(clause->meta.items[i].key, visitor);
        walk(clause->meta.items[i].value, visitor);
    }
    walk(clause->lookback, visitor);
    walk(clause->batch, visitor);
    walk(clause->warn_after, visitor);
    walk(clause->fail_after, visitor);
    walk(clause->by, visitor);
}

/* ---- declarations ---- */

static void
walk_contract(const AstContract *contract, const AstVisitor *visitor)
{
    walk(contract->decl.name, visitor);
    walk(contract->extends, visitor);
    WALK_EACH(contract->columns, visitor);
    WALK_EACH(contract->clauses, visitor);
}

static void
walk_function(const AstFunction *function, const AstVisitor *visitor)
{
    walk(function->decl.name, visitor);
    WALK_EACH(function->params, visitor);
    walk(function->returns, visitor);
    for (size_t i = 0; i < function->variants.n; i++) {
        walk(function->variants.items[i].engine, visitor);
        walk(function->variants.items[i].sql, visitor);
    }
}

static void
walk_task(const AstTask *task, const AstVisitor *visitor)
{
    walk(task->decl.name, visitor);
    WALK_EACH(task->params, visitor);
    WALK_EACH(task->outputs, visitor);
    WALK_EACH(task->clauses, visitor);
    walk(task->body, visitor);
}

static void
walk_table(const AstTable *table, const AstVisitor *visitor)
{
    WALK_EACH(table->names, visitor);
    walk(table->contract, visitor);
    WALK_EACH(table->clauses, visitor);
    walk(table->body, visitor);
}

static void
walk_view(const AstView *view, const AstVisitor *visitor)
{
    walk(view->decl.name, visitor);
    walk(view->contract, visitor);
    WALK_EACH(view->clauses, visitor);
    walk(view->body, visitor);
}

static void
walk_check(const AstCheck *check, const AstVisitor *visitor)
{
    walk(check->decl.name, visitor);
    WALK_EACH(check->params, visitor);
    WALK_EACH(check->clauses, visitor);
    walk(check->body, visitor);
}

static void
walk_stage(const AstStage *stage, const AstVisitor *visitor)
{
    walk(stage->decl.name, visitor);
    WALK_EACH(stage->clauses, visitor);
    WALK_EACH(stage->items, visitor);
}

static void
walk_history(const AstHistory *history, const AstVisitor *visitor)
{
    walk(history->decl.name, visitor);
    walk(history->of, visitor);
    WALK_EACH(history->clauses, visitor);
}

static void
walk_if(const AstIf *choice, const AstVisitor *visitor)
{
    walk(choice->condition, visitor);
    WALK_EACH(choice->then_items, visitor);
    WALK_EACH(choice->else_items, visitor);
}

static void
walk_for(const AstFor *loop, const AstVisitor *visitor)
{
    WALK_EACH(loop->vars, visitor);
    walk(loop->list, visitor);
    WALK_EACH(loop->items, visitor);
}

static void
walk_copy(const AstCopy *copy, const AstVisitor *visitor)
{
    walk(copy->source, visitor);
    walk(copy->per_user, visitor);
    walk(copy->when, visitor);
    WALK_EACH(copy->lines, visitor);
}

static void
walk_copy_line(const AstCopyLine *line, const AstVisitor *visitor)
{
    walk(line->table, visitor);
    WALK_EACH(line->entity, visitor);
    WALK_EACH(line->rules, visitor);
}

static void
walk_rule(const AstRule *rule, const AstVisitor *visitor)
{
    walk(rule->amount, visitor);
    walk(rule->condition, visitor);
    WALK_EACH(rule->tables, visitor);
    WALK_EACH(rule->columns, visitor);
    walk(rule->text, visitor);
}

static void
walk_policy(const AstPolicy *policy, const AstVisitor *visitor)
{
    walk(policy->title, visitor);
    walk(policy->body, visitor);
}

static void
walk_test(const AstTest *test, const AstVisitor *visitor)
{
    walk(test->title, visitor);
    WALK_EACH(test->settings, visitor);
    walk(test->at, visitor);
    WALK_EACH(test->givens, visitor);
    WALK_EACH(test->expects, visitor);
}

static void
walk_named(const AstDecl *decl, const void *type, const void *value, const AstVisitor *visitor)
{
    walk(decl->name, visitor);
    walk(type, visitor);
    walk(value, visitor);
}

/* ---- all kinds ---- */

#define AS(Type) ((const Type *)(const void *)node)

static void
walk_children(const AstNode *node, const AstVisitor *visitor)
{
    switch (node->kind) {
    case AST_NAME: walk_name(AS(AstName), visitor); break;
    case AST_QNAME:
        walk(AS(AstQname)->stage, visitor);
        walk(AS(AstQname)->name, visitor);
        break;
    case AST_TYPE: WALK_EACH(AS(AstType)->args, visitor); break;
    case AST_EXPR_NULL:
    case AST_EXPR_BOOL:
    case AST_EXPR_INT:
    case AST_EXPR_NUMBER:
    case AST_EXPR_STRING: break;
    case AST_EXPR_NAME: walk(AS(AstExpr)->as.name, visitor); break;
    case AST_EXPR_MEMBER:
        walk(AS(AstExpr)->as.member.object, visitor);
        walk(AS(AstExpr)->as.member.member, visitor);
        break;
    case AST_EXPR_CALL: walk_call(AS(AstExpr), visitor); break;
    case AST_EXPR_GROUP: walk(AS(AstExpr)->as.group, visitor); break;
    case AST_EXPR_LIST: WALK_EACH(AS(AstExpr)->as.list, visitor); break;
    case AST_EXPR_UNARY:
    case AST_EXPR_BINARY:
        walk(AS(AstExpr)->as.op.left, visitor);
        walk(AS(AstExpr)->as.op.right, visitor);
        break;
    case AST_SQL: WALK_EACH(AS(AstSql)->pieces, visitor); break;
    case AST_SQL_TEXT:
    case AST_SQL_HOLE:
    case AST_SQL_FOR:
    case AST_SQL_IF: walk_piece(AS(AstPiece), visitor); break;
    case AST_BODY_SQL: walk(AS(AstBody)->as.sql, visitor); break;
    case AST_BODY_CALL: walk(AS(AstBody)->as.call, visitor); break;
    case AST_BODY_EXEC:
        walk(AS(AstBody)->as.exec.command, visitor);
        walk(AS(AstBody)->as.exec.format, visitor);
        break;
    case AST_BODY_SCRIPT: WALK_EACH(AS(AstBody)->as.script, visitor); break;
    case AST_BODY_C: walk(AS(AstBody)->as.c_file, visitor); break;
    case AST_FLOW: walk(AS(AstFlow)->decl.name, visitor); break;
    case AST_ATTRS: WALK_EACH(AS(AstAttrs)->attrs, visitor); break;
    case AST_ATTR:
        walk_named(&AS(AstAttr)->decl, AS(AstAttr)->type, AS(AstAttr)->value, visitor);
        break;
    case AST_CONST: walk_named(&AS(AstConst)->decl, NULL, AS(AstConst)->value, visitor); break;
    case AST_USE:
        WALK_EACH(AS(AstUse)->module, visitor);
        walk(AS(AstUse)->path, visitor);
        break;
    case AST_CONTRACT: walk_contract(AS(AstContract), visitor); break;
    case AST_COLUMN:
        walk_named(&AS(AstColumn)->decl, AS(AstColumn)->type, NULL, visitor);
        WALK_EACH(AS(AstColumn)->clauses, visitor);
        break;
    case AST_FUNCTION: walk_function(AS(AstFunction), visitor); break;
    case AST_TASK: walk_task(AS(AstTask), visitor); break;
    case AST_PARAM: walk_named(&AS(AstParam)->decl, AS(AstParam)->type, NULL, visitor); break;
    case AST_STAGE: walk_stage(AS(AstStage), visitor); break;
    case AST_COPY: walk_copy(AS(AstCopy), visitor); break;
    case AST_COPY_LINE: walk_copy_line(AS(AstCopyLine), visitor); break;
    case AST_RULE: walk_rule(AS(AstRule), visitor); break;
    case AST_POLICY: walk_policy(AS(AstPolicy), visitor); break;
    case AST_TEST: walk_test(AS(AstTest), visitor); break;
    case AST_SETTING:
        walk(AS(AstSetting)->name, visitor);
        walk(AS(AstSetting)->value, visitor);
        break;
    case AST_GIVEN:
        walk(AS(AstGiven)->table, visitor);
        WALK_EACH(AS(AstGiven)->columns, visitor);
        walk(AS(AstGiven)->body, visitor);
        break;
    case AST_EXPECT:
        walk(AS(AstExpect)->error, visitor);
        walk(AS(AstExpect)->table, visitor);
        WALK_EACH(AS(AstExpect)->columns, visitor);
        walk(AS(AstExpect)->body, visitor);
        break;
    case AST_INPUT: WALK_EACH(AS(AstInput)->items, visitor); break;
    case AST_TABLE: walk_table(AS(AstTable), visitor); break;
    case AST_VIEW: walk_view(AS(AstView), visitor); break;
    case AST_HISTORY: walk_history(AS(AstHistory), visitor); break;
    case AST_CHECK: walk_check(AS(AstCheck), visitor); break;
    case AST_EXPOSURE:
        walk(AS(AstExposure)->decl.name, visitor);
        WALK_EACH(AS(AstExposure)->clauses, visitor);
        break;
    case AST_HOOK: walk(AS(AstHook)->body, visitor); break;
    case AST_IF: walk_if(AS(AstIf), visitor); break;
    case AST_FOR: walk_for(AS(AstFor), visitor); break;
    case AST_CLAUSE: walk_clause(AS(AstClause), visitor); break;
    case AST_KIND_COUNT: break;
    }
}

void
ast_walk(const AstNode *node, const AstVisitor *visitor)
{
    if (!visitor->enter(node, visitor->context)) {
        return;
    }
    walk_children(node, visitor);
    if (visitor->leave != NULL) {
        visitor->leave(node, visitor->context);
    }
}

void
ast_walk_file(const AstFile *file, const AstVisitor *visitor)
{
    WALK_EACH(file->decls, visitor);
}
