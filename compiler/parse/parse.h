/**
 * Parse: the text of one `.flow` file to its AST.
 *
 * A file is read to its end whatever is wrong in it: after an error the parser goes on behind the
 * next `;` or `}`, so one call reports every mistake. What had a mistake is missing in the AST.
 */
#ifndef PDC_PARSE_PARSE_H
#define PDC_PARSE_PARSE_H

#include "compiler/ast/ast.h"
#include "runtime/base/arena.h"
#include "runtime/diag/diag.h"

/**
 * Parses a file. Linear in its size. Any bytes may stand in it; a text of 2 GiB or more is refused
 * with a message.
 * @param source  must outlive the AST
 * @param arena   the AST is allocated here
 * @param diags   gets what is wrong (F00xx, F01xx)
 * @return the AST, never NULL; after errors it holds what could be read
 */
AstFile *parse_file(const SourceFile *source, Arena *arena, Diags *diags);

#endif
