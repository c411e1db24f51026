#include "compiler/ast/ast.h"

#include "runtime/base/macros.h"

static const char *const kind_names[] = {
#define AST_KIND(id, Struct, name) name,
#include "compiler/ast/kinds.def"
#undef AST_KIND
};

static const char *const clause_words[] = {
#define CLAUSE(id, words, places) words,
#include "compiler/ast/clauses.def"
#undef CLAUSE
};

static const unsigned clause_places[] = {
#define CLAUSE(id, words, places) places,
#include "compiler/ast/clauses.def"
#undef CLAUSE
};

static const char *const rule_words[] = {
#define COPY_RULE(id, words) words,
#include "compiler/ast/rules.def"
#undef COPY_RULE
};

static const char *const operator_texts[] = {
#define OPERATOR(id, text) text,
#include "compiler/ast/operators.def"
#undef OPERATOR
};

static const char *const join_texts[] = {
#define JOIN(id, text) text,
#include "compiler/ast/joins.def"
#undef JOIN
};

const char *
ast_kind_name(AstKind kind)
{
    return kind_names[kind];
}

const char *
ast_clause_words(AstClauseKind what)
{
    return clause_words[what];
}

unsigned
ast_clause_places(AstClauseKind what)
{
    return clause_places[what];
}

const char *
ast_rule_words(AstRuleKind what)
{
    return rule_words[what];
}

const char *
ast_operator_text(AstOperator op)
{
    return operator_texts[op];
}

const char *
ast_join_text(AstJoin join)
{
    return join_texts[join];
}

const AstClause *
ast_find_clause(const AstClauses *clauses, AstClauseKind what)
{
    for (size_t i = 0; i < clauses->n; i++) {
        if (clauses->items[i]->what == what) {
            return clauses->items[i];
        }
    }
    return NULL;
}

bool
ast_is_decl(const AstNode *node)
{
    switch (node->kind) {
    case AST_FLOW:
    case AST_ATTRS:
    case AST_ATTR:
    case AST_CONST:
    case AST_USE:
    case AST_CONTRACT:
    case AST_COLUMN:
    case AST_FUNCTION:
    case AST_TASK:
    case AST_PARAM:
    case AST_STAGE:
    case AST_COPY:
    case AST_POLICY:
    case AST_TEST:
    case AST_INPUT:
    case AST_TABLE:
    case AST_VIEW:
    case AST_HISTORY:
    case AST_CHECK:
    case AST_EXPOSURE:
    case AST_HOOK:
    case AST_IF:
    case AST_FOR: return true;
    case AST_NAME:
    case AST_QNAME:
    case AST_TYPE:
    case AST_EXPR_NULL:
    case AST_EXPR_BOOL:
    case AST_EXPR_INT:
    case AST_EXPR_NUMBER:
    case AST_EXPR_STRING:
    case AST_EXPR_NAME:
    case AST_EXPR_MEMBER:
    case AST_EXPR_CALL:
    case AST_EXPR_GROUP:
    case AST_EXPR_LIST:
    case AST_EXPR_UNARY:
    case AST_EXPR_BINARY:
    case AST_SQL:
    case AST_SQL_TEXT:
    case AST_SQL_HOLE:
    case AST_SQL_FOR:
    case AST_SQL_IF:
    case AST_BODY_SQL:
    case AST_BODY_CALL:
    case AST_BODY_EXEC:
    case AST_BODY_SCRIPT:
    case AST_BODY_C:
    case AST_COPY_LINE:
    case AST_RULE:
    case AST_SETTING:
    case AST_GIVEN:
    case AST_EXPECT:
    case AST_CLAUSE:
    case AST_KIND_COUNT: break;
    }
    return false;
}
