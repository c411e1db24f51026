/*
 * What an engine makes of names: PostgreSQL cuts them off, DuckDB takes `A` for `a`. Either way two
 * tables could become one, so both are errors.
 */
#include "runtime/base/str.h"
#include "runtime/base/suggest.h"
#include "runtime/elaborate/elaborate_priv.h"

#include <string.h>

typedef struct EngineNames EngineNames;
struct EngineNames {
    const char *engine;
    const char *title;
    size_t longest_bytes; /* 0: no limit */
    bool folds;           /* letter case does not count, not even between quotes */
};

static const EngineNames engine_names[] = {
    {"duckdb", "DuckDB", 0, true},
    {"postgres", "PostgreSQL", 63, false},
};

static const EngineNames *
find_engine(const char *engine)
{
    for (size_t i = 0; engine != NULL && i < ARRAY_LENGTH(engine_names); i++) {
        if (text_equal(engine_names[i].engine, engine)) {
            return &engine_names[i];
        }
    }
    return NULL;
}

static int
check_length(Elaboration *e, const EngineNames *engine, const char *name, PdcSpan at)
{
    size_t length = strlen(name);
    if (engine->longest_bytes == 0 || length <= engine->longest_bytes) {
        return 0;
    }
    diag_add(e->diags, DIAG_NAME_TOO_LONG, at_span(e, at), name,
             arena_printf(e->arena, "%zu", length), engine->title,
             arena_printf(e->arena, "%zu", engine->longest_bytes));
    return -1;
}

/** @param seen  folded name to the PdcSpan where it stands; NULL: letter case counts */
static int
check_letter_case(Elaboration *e, const EngineNames *engine, Map *seen, const char *name,
                  const PdcSpan *at)
{
    const PdcSpan *earlier = engine->folds ? map_set(seen, text_fold(e->arena, name, strlen(name)),
                                                     arena_memdup(e->arena, at, sizeof *at))
                                           : NULL;
    if (earlier == NULL) {
        return 0;
    }
    diag_add(e->diags, DIAG_NAME_LETTER_CASE, at_span(e, *at), name, engine->title);
    diag_note(e->diags, at_span(e, *earlier), "the other one");
    return -1;
}

static int
check_stage(Elaboration *e, const EngineNames *engine, const FlowStage *stage, Map *stages)
{
    const Environment *environment = e->environment;
    const char *prefix = environment->schema_prefix != NULL ? environment->schema_prefix : "";
    const char *suffix = environment->schema_suffix != NULL ? environment->schema_suffix : "";
    const char *schema = arena_printf(e->arena, "%s%s%s", prefix, stage->name, suffix);
    Map *tables = map_new(e->arena);
    int result = check_length(e, engine, schema, stage->at) |
                 check_letter_case(e, engine, stages, stage->name, &stage->at);
    for (size_t i = 0; i < map_count(stage->tables); i++) {
        const FlowTable *table = map_value_at(stage->tables, i);
        result |= check_length(e, engine, table->name, table->at) |
                  check_letter_case(e, engine, tables, table->name, &table->at);
    }
    return result;
}

int
check_engine_names(Elaboration *e)
{
    const EngineNames *engine = find_engine(e->environment->engine);
    Map *stages = map_new(e->arena);
    int result = 0;
    for (size_t i = 0; engine != NULL && i < e->flow->n_stages; i++) {
        result |= check_stage(e, engine, e->flow->stages[i], stages);
    }
    return result;
}

void
hint_instance(Diags *diags, const char *name, const char *const *names, size_t n)
{
    const char *nearest = suggest_nearest(name, names, n);
    if (nearest != NULL) {
        diag_hint(diags, "did you mean `%s`?", nearest);
    }
}
