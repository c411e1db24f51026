/**
 * What the files of emit/ share. Each function writes members of a designated initialiser, or
 * nothing where there is nothing to say.
 */
#ifndef PDC_EMIT_PRIV_H
#define PDC_EMIT_PRIV_H

#include "compiler/emit/cwriter.h"
#include "runtime/flow/pdc/flow.h"
#include "runtime/flow/sources.h"

typedef struct Emitter Emitter;
struct Emitter {
    CWriter w;
    const PdcFlow *flow;
    FlowSources *sources;
};

/** An enum value as C spells it, at its place in a table of names. */
#define NAMED(value) [value] = #value

void write_at(Emitter *e, PdcSpan at);
/** A comment with the file and line of an entry. */
void write_origin(Emitter *e, PdcSpan at, const char *what, const char *name);
void write_expr(Emitter *e, const char *member, const PdcExpr *expr);
void write_relation(Emitter *e, const char *member, const PdcRelation *relation);
/** Without braces around them. */
void write_relation_members(Emitter *e, const PdcRelation *relation);
void write_query(Emitter *e, const PdcQuery *query);
void write_body(Emitter *e, const PdcBody *body);

/** The table `copies`. */
void write_copies(Emitter *e);
/** The table `tests`. */
void write_tests(Emitter *e);

#endif
