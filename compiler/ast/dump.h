/**
 * Dump: an AST as s-expressions, for golden tests and `pdc build --dump=parse`. Same AST, same
 * bytes.
 */
#ifndef PDC_AST_DUMP_H
#define PDC_AST_DUMP_H

#include "compiler/ast/ast.h"
#include "runtime/base/str.h"

/** Appends the whole file; `with_spans` adds `@start-end` (bytes) to each node. */
void ast_dump_file(const AstFile *file, bool with_spans, Str *out);

#endif
