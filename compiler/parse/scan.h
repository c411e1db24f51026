/**
 * Scan: the actions of flow.l. They cut a text into tokens of the grammar, and SQL islands into
 * their pieces.
 *
 * A token is a kind and a place; texts are made from the place when a node is built. Whatever
 * stands in the file, the tokens of islands, holes and scripts come out balanced: where a closing
 * one is missing, a message is made, the closing token is put in, and a syntax error at that place
 * is not reported a second time (`blamed`).
 *
 * What is open is kept on one stack: brackets of the frame and of SQL, holes, fragments, islands.
 * The entry on top says how text is read (`ScanMode`). The stack is bounded by AST_DEPTH_LIMIT.
 */
#ifndef PDC_PARSE_SCAN_H
#define PDC_PARSE_SCAN_H

#include "compiler/ast/ast.h"
#include "compiler/parse/sql_lexer.h"
#include "runtime/base/arena.h"
#include "runtime/diag/diag.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct Token Token;
struct Token {
    int kind; /* TOKEN_… of flow_parser.h; TOKEN_END (0) for good at the end */
    Span span;
};

typedef enum ScanMode {
    SCAN_FRAME,
    SCAN_BODY,       /* behind `as`: SQL or frame? */
    SCAN_NAME_REST,  /* directly behind the hole of a name: more of it */
    SCAN_EXPRESSION, /* the frame's words inside `${ }` */
    SCAN_SCRIPT,     /* between the statements of a script */
    SCAN_SQL
} ScanMode;

typedef enum OpenKind {
    OPEN_ROUND,
    OPEN_SQUARE,
    OPEN_CURLY,
    OPEN_HOLE,       /* `${` */
    OPEN_FRAGMENT,   /* behind the `:` of a hole */
    OPEN_QUERY,      /* ends at `;` */
    OPEN_BRACKETED,  /* ends at its `)` */
    OPEN_CONDITION,  /* ends at `,` or `;` */
    OPEN_EXPRESSION, /* of a function: ends at `;` or `on ENGINE as` */
    OPEN_SCRIPT,     /* `{` of a script */
    OPEN_STATEMENT   /* of a script */
} OpenKind;

/** Something that waits for its end. */
typedef struct Open Open;
struct Open {
    OpenKind kind;
    ScanMode mode; /* how text is read inside */
    bool choice;   /* HOLE, FRAGMENT: of `${if`, so that an `else:` may come */
    int statement; /* CURLY: kind of the first token of what it is the block of */
    bool blamed;   /* that it isn't closed was said already */
    Span span;     /* of the opening token */
};

typedef struct Scanner Scanner;
struct Scanner {
    const SourceFile *source;
    Arena *arena;
    Diags *diags;
    AstFile *file; /* gets the comments */

    size_t start; /* of the match of flow.l */
    size_t at;    /* where reading goes on */

    VEC(Open) open;
    bool body_next;      /* `as` was read */
    bool name_rest_next; /* the hole of a name was closed, and more follows directly */
    bool script_next;    /* `script` was read where a script may stand */

    size_t text_start;       /* of the text piece that is being read */
    size_t line_comment_end; /* behind the last `-- …` */

    int previous;  /* kind of the token before */
    int statement; /* kind of the first token of the statement */
    bool at_statement_start;

    VEC(Token) queue; /* tokens made and not yet taken */
    size_t queue_taken;

    size_t blamed;       /* a token at this offset has had its message */
    bool junk;           /* a character without meaning was skipped: what follows it is blamed */
    size_t syntax_error; /* where the statement had one, else SIZE_MAX: brackets before it are not
                            blamed */
    size_t first_error;  /* errors that `diags` had before this file */
    bool unterminated;   /* a comment or dollar quote swallowed the rest: reported */
    bool has_suspects;   /* a string swallowed the end of a statement */
    bool cuts_quotes;    /* such strings end with their line */
    bool stopped;        /* gave up: the rest is not read and nothing more is reported */
};

void scan_init(Scanner *scanner, const SourceFile *source, Arena *arena, Diags *diags,
               AstFile *file);
void scan_deinit(Scanner *scanner);

/** How the next text is to be read. */
ScanMode scan_mode(const Scanner *scanner);
/** Takes the next finished token. @return whether there was one */
bool scan_take(Scanner *scanner, Token *ret_token);
/** Stops reading: what follows is the end of the file. */
void scan_stop(Scanner *scanner);
/** Reports that something nests too deeply at `span`, and stops. */
void scan_stop_too_deep(Scanner *scanner, Span span);
/** Stops after very many errors. */
void scan_limit_errors(Scanner *scanner, Span span);
/** Reports a message that takes one text, or none (NULL); stops after very many. */
void scan_report(Scanner *scanner, DiagId id, Span span, const char *argument);

/* Actions; the match is [start, at), and they may move `at`. */
void scan_word(Scanner *scanner);
void scan_name_rest(Scanner *scanner);
void scan_token(Scanner *scanner, int kind);
void scan_bracket(Scanner *scanner, int kind);
void scan_colon(Scanner *scanner);
void scan_semicolon(Scanner *scanner);
void scan_hole(Scanner *scanner);
void scan_comment(Scanner *scanner);
void scan_quoted(Scanner *scanner);
void scan_junk(Scanner *scanner);
void scan_body(Scanner *scanner);
void scan_script(Scanner *scanner);
void scan_sql(Scanner *scanner);
void scan_end(Scanner *scanner);

/* What scan.c, scan_brackets.c and scan_sql.c share. */
Span scan_span(const Scanner *scanner, size_t start, size_t end);
void scan_push(Scanner *scanner, int kind, size_t start, size_t end);
Open *scan_top(Scanner *scanner);
void scan_open(Scanner *scanner, OpenKind kind, ScanMode mode, size_t start, size_t end);
void scan_close(Scanner *scanner);
void scan_keep_comment(Scanner *scanner, SqlToken token, bool in_sql);
bool scan_check_terminated(Scanner *scanner, SqlToken token);
void scan_check_quoted_name(Scanner *scanner, SqlToken token);
void scan_close_hole(Scanner *scanner, size_t start, size_t end);
void scan_blame_open(Scanner *scanner, const Open *open, size_t place);
void scan_open_island(Scanner *scanner, OpenKind kind, size_t start, size_t end);
void scan_close_island(Scanner *scanner, size_t text_end, size_t start, size_t end);
size_t scan_flush_text(Scanner *scanner, size_t end);
void scan_begin_text(Scanner *scanner);
/** Whether `${` stands at the offset. */
bool scan_hole_follows(const Scanner *scanner, size_t offset);
/** Whether a query may begin with the token: select, with, values, from. */
bool scan_begins_query(int kind);
SqlToken scan_peek(const Scanner *scanner, size_t offset);
/** Where a quote that never ends is taken to end; other tokens come back as they are. */
SqlToken scan_settle_quote(Scanner *scanner, SqlToken token);
/** The statement around a quote that never ends has had its message: it is dropped. */
void scan_blame_quote(Scanner *scanner, SqlToken token);

#endif
