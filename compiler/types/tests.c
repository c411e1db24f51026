/* What unit tests say about tables whose columns are known. */
#include "compiler/types/types_priv.h"

/** The values of a test read nothing, so the engine can be asked about them alone. */
static void
check_values(Look *look, const FlowBody *body)
{
    if (body->kind == FLOW_BODY_QUERY && body->query->n_inputs == 0) {
        look_bind(look, "", body->query, "", NULL, body->at);
    }
}

static void
check_rows(Look *look, const FlowTable *table, const PdcTestRows *rows, const FlowBody *body)
{
    Arena *arena = look->types->arena;
    const FlowTable *original = flow_find_table(look->flow, table->stage->name, table->name);
    Made *made = original != NULL ? look->tables[original->index] : NULL;
    size_t n = 0;
    if (made != NULL && made->schema != NULL) {
        look_check_names(look, original, rows->columns, rows->n_columns, rows->at);
        (void)made_columns(look->types, made, &n);
    }
    if (n > 0 && rows->n_positions > 0 && rows->n_positions != n) {
        diag_add(look->diags, DIAG_TEST_ROW_COLUMNS, flow_span(look->types->sources, body->at),
                 arena_printf(arena, "%s.%s", table->stage->name, table->name),
                 arena_printf(arena, "%zu column%s", n, n == 1 ? "" : "s"),
                 arena_printf(arena, "%zu value%s", rows->n_positions,
                              rows->n_positions == 1 ? "" : "s"));
    }
    check_values(look, body);
}

void
types_look_test(Types *types, const char *instance, const FlowTest *test, Diags *diags)
{
    const Look *known = map_get(types->looks, instance);
    if (known == NULL) {
        return;
    }
    Look look = *known;
    look.diags = diags;
    look.environment = &test->environment;
    for (size_t i = 0; i < test->flow->n_tables; i++) {
        const FlowTable *table = test->flow->tables[i];
        if (table->given != NULL && table->given->rows != NULL) {
            check_rows(&look, table, table->given->rows, table->body);
        }
    }
    for (size_t i = 0; i < test->n_expects; i++) {
        check_rows(&look, test->expects[i].table, test->expects[i].rows, test->expects[i].body);
    }
}
