#include "compiler/ast/ast.h"
#include "compiler/ast/walk.h"
#include "runtime/base/arena.h"

#include <criterion/criterion.h>
#include <string.h>

Test(ast, tables_name_all_values)
{
    for (int i = 0; i < AST_KIND_COUNT; i++) {
        cr_expect_gt(strlen(ast_kind_name((AstKind)i)), 0);
    }
    cr_expect_str_eq(ast_kind_name(AST_TABLE), "table");
    cr_expect_str_eq(ast_clause_words(AST_CLAUSE_PRIMARY_KEY), "primary key");
    cr_expect_str_eq(ast_rule_words(AST_RULE_COVER_CODE_PAIRS), "cover code pairs");
    cr_expect_str_eq(ast_operator_text(AST_OP_NOT_IN), "not in");
    cr_expect_str_eq(ast_join_text(AST_JOIN_UNION_ALL), " union all ");
}

Test(ast, clauses_know_their_places)
{
    cr_expect(ast_clause_places(AST_CLAUSE_INDEX) & AST_ON_TABLE);
    cr_expect_not(ast_clause_places(AST_CLAUSE_INDEX) & AST_ON_VIEW);
    for (int i = 0; i < AST_CLAUSE_COUNT; i++) {
        cr_expect_neq(ast_clause_places((AstClauseKind)i), 0, "%s",
                      ast_clause_words((AstClauseKind)i));
    }
}

Test(ast, find_clause_gives_the_first)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    AstClause a = {.what = AST_CLAUSE_TAGS};
    AstClause b = {.what = AST_CLAUSE_UNIQUE};
    AstClause c = {.what = AST_CLAUSE_UNIQUE};
    AstClauses clauses = {0};
    vec_push_in(arena, &clauses, &a);
    vec_push_in(arena, &clauses, &b);
    vec_push_in(arena, &clauses, &c);
    cr_expect_eq(ast_find_clause(&clauses, AST_CLAUSE_UNIQUE), &b);
    cr_expect_eq(ast_find_clause(&clauses, AST_CLAUSE_INDEX), NULL);
}

typedef struct Visits Visits;
struct Visits {
    char entered[100];
    char left[100];
};

static bool
enter(const AstNode *node, void *context)
{
    Visits *visits = context;
    strcat(strcat(visits->entered, ast_kind_name(node->kind)), " ");
    return node->kind != AST_EXPR_GROUP;
}

static void
leave(const AstNode *node, void *context)
{
    Visits *visits = context;
    strcat(strcat(visits->left, ast_kind_name(node->kind)), " ");
}

/* `(1) + - 2`: the group is entered but not what is in it. */
Test(ast, walk_goes_in_order_and_skips_where_told)
{
    AstExpr one = {.node = {AST_EXPR_INT, SPAN_NONE}};
    AstExpr group = {.node = {AST_EXPR_GROUP, SPAN_NONE}, .as.group = &one};
    AstExpr two = {.node = {AST_EXPR_INT, SPAN_NONE}};
    AstExpr minus = {.node = {AST_EXPR_UNARY, SPAN_NONE},
                     .as.op = {.op = AST_OP_NEG, .left = &two}};
    AstExpr plus = {.node = {AST_EXPR_BINARY, SPAN_NONE},
                    .as.op = {.op = AST_OP_ADD, .left = &group, .right = &minus}};
    Visits visits = {"", ""};
    ast_walk(&plus.node, &(AstVisitor){enter, leave, &visits});
    cr_expect_str_eq(visits.entered, "binary group unary int ");
    cr_expect_str_eq(visits.left, "int unary binary ");
}

Test(ast, declarations_are_told_from_other_nodes)
{
    AstNode table = {AST_TABLE, SPAN_NONE};
    AstNode rule = {AST_RULE, SPAN_NONE};
    cr_expect(ast_is_decl(&table));
    cr_expect_not(ast_is_decl(&rule));
}
