/**
 * Mutants: small changes to the SQL of a flow, each at its place in the file.
 *
 * In:   the AST of a file. Out: what could be changed in its queries, conditions and functions; not
 * in tests, copy blocks, indexes, nor in `cache by`.
 */
#ifndef PDC_DRIVER_MUTANTS_H
#define PDC_DRIVER_MUTANTS_H

#include "compiler/ast/ast.h"

typedef struct Mutant Mutant;
struct Mutant {
    const SourceFile *file;
    Span at;          /* what is replaced */
    const char *text; /* by this */
};

typedef struct Mutants Mutants;
struct Mutants {
    VEC(Mutant) items;
};

/** Adds those of a file, in the order of its text. Texts are in `arena`. */
void mutants_of_file(const AstFile *file, Arena *arena, Mutants *mutants);
/** The whole file with the change in it, in `arena`. */
const SourceFile *mutant_source(const Mutant *mutant, Arena *arena);

#endif
