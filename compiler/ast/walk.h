/**
 * Walk: visits every node of an AST in the order of the text.
 */
#ifndef PDC_AST_WALK_H
#define PDC_AST_WALK_H

#include "compiler/ast/ast.h"

#include <stdbool.h>

typedef struct AstVisitor AstVisitor;
struct AstVisitor {
    /** Called before the children; false skips them (and `leave`). */
    bool (*enter)(const AstNode *node, void *context);
    /** Called after the children; may be NULL. */
    void (*leave)(const AstNode *node, void *context);
    void *context;
};

/** Visits `node` and all that is below it: declarations, clauses, names, expressions, pieces. */
void ast_walk(const AstNode *node, const AstVisitor *visitor);
/** Visits every declaration of the file. */
void ast_walk_file(const AstFile *file, const AstVisitor *visitor);

#endif
