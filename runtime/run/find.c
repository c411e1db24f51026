#include "runtime/run/find.h"

#include "runtime/base/suggest.h"
#include "runtime/base/vec.h"
#include "runtime/plan/select.h"

static int
unknown_table(const Flow *flow, const char *written, Arena *arena, Error *reterr)
{
    VEC(const char *) names = {0};
    for (size_t i = 0; i < flow->n_tables; i++) {
        vec_push_in(
            arena, &names,
            arena_printf(arena, "%s.%s", flow->tables[i]->stage->name, flow->tables[i]->name));
    }
    const char *nearest = suggest_nearest(written, names.items, names.n);
    error_set(reterr, ERROR_SELECTOR, "the flow has no table `%s`", written);
    if (flow_find_stage(flow, written) != NULL) {
        error_set_hint(reterr, "it is a stage: write %s.TABLE", written);
    } else if (nearest != NULL) {
        error_set_hint(reterr, "did you mean `%s`?", nearest);
    }
    return -1;
}

/** A name as it is shown: `stage.table`, without quotes. */
static const FlowTable *
find_shown(const Flow *flow, const char *written, Arena *arena)
{
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        if (text_equal(written, arena_printf(arena, "%s.%s", table->stage->name, table->name))) {
            return table;
        }
    }
    return NULL;
}

int
run_find_table(const Flow *flow, const char *written, Arena *arena, const FlowTable **ret_table,
               Error *reterr)
{
    const char *first;
    const char *second = NULL;
    const char *rest = select_read_name(written, arena, &first);
    if (*rest == '.') {
        rest = select_read_name(rest + 1, arena, &second);
    }
    *ret_table = second != NULL && *rest == '\0' ? flow_find_table(flow, first, second) : NULL;
    *ret_table = *ret_table == NULL ? find_shown(flow, written, arena) : *ret_table;
    for (size_t i = 0; second == NULL && i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        if (text_equal(table->name, first)) {
            if (*ret_table != NULL) {
                return error_set(reterr, ERROR_SELECTOR,
                                 "more than one stage has a table `%s`: write stage.table",
                                 written);
            }
            *ret_table = table;
        }
    }
    return *ret_table == NULL ? unknown_table(flow, written, arena, reterr) : 0;
}
