/**
 * Render: a FlowQuery as SQL text for the engine, and in canonical form for the key.
 *
 * The names that tables have at this moment (hidden, published, of another instance) are the
 * caller's to know. Every byte of the text remembers where in the `.flow` it came from, so that an
 * engine's message finds its line.
 */
#ifndef PDC_ELABORATE_RENDER_H
#define PDC_ELABORATE_RENDER_H

#include "runtime/base/str.h"
#include "runtime/diag/diag.h"
#include "runtime/elaborate/elaborate.h"
#include "runtime/elaborate/flow.h"

typedef struct FlowColumn FlowColumn;
struct FlowColumn {
    const char *name;
    const char *type; /* as the engine spells it */
};

typedef struct RenderContext RenderContext;
struct RenderContext {
    const Flow *flow;
    const Environment *environment;
    FlowSources *sources;
    /** Appends the quoted name that `table` has now. */
    void (*append_table)(void *user, const FlowTable *table, Str *sql);
    /** Appends the quoted name of a task's output that is being built; NULL where there are no
     * scripts. */
    void (*append_output)(void *user, const char *output, Str *sql);
    /** Gives the columns of a table that exists; may be NULL where nothing is LATE. @return 0 or <
     * 0 with `reterr` */
    int (*columns)(void *user, const FlowTable *table, Arena *arena, FlowColumn **ret_columns,
                   size_t *ret_n, Error *reterr);
    void *user;
};

typedef struct RenderSegment RenderSegment;
struct RenderSegment {
    size_t start; /* byte in the text */
    PdcSpan at;
    bool verbatim; /* bytes of the text are bytes of the file */
};

typedef struct Rendered Rendered;
struct Rendered {
    const char *text;
    size_t length;
    const RenderSegment *segments;
    size_t n_segments;
};

/**
 * Puts the query into words. @param ret_rendered  in `arena`
 * @return 0, or < 0 with `reterr` (with its place)
 */
MUST_CHECK int flow_query_render(const FlowQuery *query, const RenderContext *context, Arena *arena,
                                 Rendered *ret_rendered, Error *reterr);

/** The place in the `.flow` of byte `offset` of the rendered text. */
PdcSpan rendered_place(const Rendered *rendered, size_t offset);

/** Gives `error` its place: `prefix_bytes` is what stood before the rendered text in the statement
 * that was sent. */
void rendered_locate(const Rendered *rendered, const char *statement, size_t prefix_bytes,
                     FlowSources *sources, Error *error);

/** Of a script: the end of the statement that begins at `start`; the next one begins behind
 * PDC_SCRIPT_SEPARATOR. */
size_t rendered_statement_end(const Rendered *rendered, size_t start);

/** As rendered_locate(), where the statement at `start` was sent by itself;
 * an error without a position gets the place where it begins. */
void rendered_locate_statement(const Rendered *rendered, size_t start, FlowSources *sources,
                               Error *error);

/**
 * Appends the canonical form: no layout, no comments, each relation as `\x01N\x02`, N being the
 * number of the input in FlowQuery.inputs, so that names of tables don't count.
 */
void flow_query_canon(const FlowQuery *query, Str *canon);

#endif
