/**
 * What the grammar, the builders and the messages of this folder share.
 */
#ifndef PDC_PARSE_PARSE_PRIV_H
#define PDC_PARSE_PARSE_PRIV_H

#include "compiler/ast/ast.h"
#include "compiler/parse/scan.h"
#include "runtime/base/arena.h"
#include "runtime/diag/diag.h"

/** State of one parse_file(). */
typedef struct Parser Parser;
struct Parser {
    const SourceFile *source;
    Arena *arena;
    Diags *diags;
    AstFile *file;

    Scanner scanner;
    void *flex;           /* yyscan_t */
    VEC(AstDecl *) decls; /* all that were built, inner ones first */

    /* What tokens.c knows of the tokens that it gave to the grammar. */
    Token ahead; /* read already, when `has_ahead` */
    bool has_ahead;
    bool at_statement_start;
    bool in_freshness;    /* `warn after` is meant as two words of that clause */
    int statement;        /* kind of the first token of the statement */
    VEC(unsigned) blocks; /* for each open `{`: groups of the keywords that may begin a statement */
    size_t hole_depth;
    size_t skip_to_hole; /* after an error in a hole: drop all up to the end of that one; 0: no */
    bool drop_block;     /* the `{` read last begins a block of which nothing is known */
    bool recovering;     /* after an error, up to the end of the statement */
    Token
        last[3]; /* given to the grammar: the look-ahead, the one before it, the one before that */
    Token again[2]; /* to be given next, the last one first: a `;` that was missing, and what came
                       instead */
    size_t n_again;
};

/** The next token for the grammar: with words joined that belong together, and misspelt ones put
 * right. */
int tokens_next(Parser *parser, Token *ret_token);
void tokens_init(Parser *parser);
void tokens_deinit(Parser *parser);
/** Groups of the keywords that may begin a statement in the block around; 0: any name may. */
unsigned tokens_block_groups(const Parser *parser);
/** Tells that a syntax error was found at the token that was given last. */
void tokens_recover(Parser *parser);
/** After tokens_recover(): a `;` was missing before the token, so what it begins is to be read. */
void tokens_insert_semicolon(Parser *parser);

/**
 * Makes the message about the token that was given last, which the grammar can't use, and prepares
 * to go on.
 * @param got       name of the token's kind in flow.y
 * @param expected  names of the kinds that could stand there; NULLs are skipped
 */
void syntax_report(Parser *parser, const char *got, const char **expected, size_t n);

/** Gives each declaration the documentation that stands above or behind it. */
void docs_attach(const Parser *parser);

#endif
