/* ./flow estimate */
#include "runtime/run/find.h"
#include "runtime/run/session.h"

static int
check_published(const RunSession *session, const FlowTable *table, Error *reterr)
{
    StoreColumn *columns = NULL;
    size_t n = 0;
    const char *schema = meta_stage_schema(&session->layout, table->stage->name, session->arena);
    if (store_columns(session->store, schema, table->name, session->arena, &columns, &n, reterr) ==
        0) {
        return 0;
    }
    run_session_explain_missing(session, table, reterr);
    return -1;
}

static int
answer(RunSession *session, const RunQuestion *question, const FlowTable *table,
       const FlowTable *wanted, Arena *arena, Estimate *ret_estimate, Error *reterr)
{
    EstimateWeights weights;
    EstimateSource source = {.store = session->store,
                             .flow = session->flow,
                             .layout = &session->layout,
                             .snapshot = session->snapshot,
                             .instance = session->request->instance->name};
    if (check_published(session, table, reterr) < 0 ||
        estimate_find_weights(&source, table, wanted, session->arena, &weights, reterr) < 0) {
        return -1;
    }
    return estimate_figures(&source, table, question->query, &weights, arena, ret_estimate, reterr);
}

int
run_estimate(const RunRequest *request, const RunQuestion *question, Arena *arena, Diags *diags,
             Estimate *ret_estimate, Error *reterr)
{
    RunSession session;
    const FlowTable *table = NULL;
    const FlowTable *wanted = NULL;
    *ret_estimate = (Estimate){0};
    run_session_init(&session, request, diags);
    int status = run_session_elaborate(&session, reterr);
    if (status == 0) {
        status =
            run_find_table(session.flow, question->query->table, session.arena, &table, reterr);
    }
    if (status == 0 && question->weights != NULL) {
        status = run_find_table(session.flow, question->weights, session.arena, &wanted, reterr);
    }
    if (status == 0) {
        status = run_session_open_to_look(&session, reterr);
    }
    if (status == 0) {
        status = run_session_load(&session, reterr);
    }
    if (status == 0) {
        status = answer(&session, question, table, wanted, arena, ret_estimate, reterr);
    }
    run_session_deinit(&session);
    return status;
}
