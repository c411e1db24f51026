/**
 * Bind: what the SQL front end finds in the samples of a query becomes marks, changes to the text
 * of the file; rewriting applies them to the pieces. What the files of this share.
 */
#ifndef PDC_RESOLVE_BIND_PRIV_H
#define PDC_RESOLVE_BIND_PRIV_H

#include "compiler/resolve/sample.h"

typedef enum MarkKind {
    MARK_CUT,     /* the text goes */
    MARK_REPLACE, /* other text takes its place */
    MARK_RELATION,
    MARK_CALL,
    MARK_FUNCTION /* the function's body with the arguments in it */
} MarkKind;

/** A call of a function of the flow. */
typedef struct FunctionCall FunctionCall;
struct FunctionCall {
    const PdcPieces *body;
    const AstParams *params;
    const PdcSpan *args;
};

/** A change to the text of the file between two bytes. */
typedef struct Mark Mark;
struct Mark {
    PdcSpan at;
    MarkKind kind;
    PdcPiece piece;           /* what takes the place; unused by MARK_CUT and MARK_FUNCTION */
    const FunctionCall *call; /* MARK_FUNCTION */
};

typedef struct Binder Binder;
struct Binder {
    Resolver *r;
    const Place *place;
    SqlUse use;
    Span whole;
    PdcQuery *query;
    QueryFacts *facts;
    VEC(Mark) marks;
    VEC(const char *) outline; /* PdcQuery.outline, if it is not lost */
    size_t n_outlines;         /* how many readings of the text were looked at */
    bool outline_is_lost;
    size_t n_value_columns; /* a bare `values (…)`: its number of columns */
    bool quiet; /* something is missing already: what the SQL front end says may follow from it */
    bool failed;
};

/** The place of a piece of the file, for messages. */
Span bind_span(const Binder *b, PdcSpan at);
/** One that begins where another does was in an earlier sample. */
void bind_mark(Binder *b, Mark mark);

/* ---- bind_tables.c ---- */

void bind_relation(Binder *b, const SqlFacts *facts, const SqlRelation *relation,
                   const Sample *sample);
/** A statement of a script creates and changes the script's own tables, no others. */
void bind_target(Binder *b, const SqlTarget *target, const Sample *sample);
/** `raw.orders.amount`: the schema goes, where it is a stage. */
void bind_qualifier(Binder *b, const SqlFacts *facts, const SqlQualifier *qualifier,
                    const Sample *sample);

/* ---- bind_calls.c ---- */

/** A function in a `from`: a task of the flow, or the engine's own. */
void bind_function(Binder *b, const SqlRelation *relation, const Sample *sample);
/** Functions of the flow; those that read files or whose result changes are reported or noted. */
void bind_functions(Binder *b, const SqlFacts *facts, const Sample *sample);
/** In the body of a function each column is a parameter. */
void bind_parameters(Binder *b, const SqlFacts *facts, const Sample *sample);

/* ---- outline.c ---- */

/** Takes the outline of what one engine's grammar found in a sample. */
void bind_outline(Binder *b, const SqlFacts *facts, const Sample *sample);
/** Puts it into the query, if it holds for all that the pieces can become. */
void end_outline(Binder *b, const PdcPieces *pieces);

/* ---- rewrite.c ---- */

/** In the order of the file, before rewriting. */
void sort_marks(Binder *b);
/** The pieces between two bytes of the file, with their marks applied. */
PdcPieces rewrite(Binder *b, const PdcPieces *pieces, uint32_t start, uint32_t end);
/** `values (1, 2)` alone: the engines call its columns differently, so they get names here. */
PdcPieces name_value_columns(Binder *b, PdcPieces pieces);

#endif
