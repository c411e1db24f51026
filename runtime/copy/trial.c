#include "runtime/copy/trial.h"

#include "runtime/store/mask.h"

int
copy_ask(const CopyChoice *choice, CopyStatement *statement, StoreResult **ret_result,
         Error *reterr)
{
    const Exec *exec = choice->exec;
    const char *sql = str_text(&statement->sql);
    int status = exec_check_interrupt(exec, reterr);
    status = status < 0 ? -1 : store_query(choice->store, sql, ret_result, reterr);
    for (size_t i = 0; status < 0 && i < statement->conditions.n; i++) {
        const CopyCondition *condition = &statement->conditions.items[i];
        rendered_locate(&condition->rendered, sql, condition->start,
                        choice->source->options.sources, reterr);
    }
    copy_statement_deinit(statement);
    return status;
}

int64_t
copy_number_at(const StoreResult *result, size_t row, size_t column)
{
    const char *text = store_result_text(result, row, column);
    return text == NULL ? -1 : (int64_t)strtoll(text, NULL, 10);
}

static int
try_in_transaction(const CopySource *source, const Exec *exec, const bool *due, CopyTrialUse use,
                   void *user, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    CopyChoice *choice = NULL;
    Store *from = copy_way_store(&source->way, exec->store);
    if (store_begin_snapshot(from, reterr) != 0) {
        return -1;
    }
    int status = copy_choice_new(source, exec, due, scratch, &choice, reterr);
    status = status < 0 ? -1 : use(choice, user, reterr);
    store_rollback(from);
    store_forget_mask_key(from);
    return status;
}

int
copy_try(CopySource *source, const Exec *exec, const bool *due, CopyTrialUse use, void *user,
         Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    KeyFresh *fresh = ARENA_ARRAY(scratch, KeyFresh, source->options.flow->n_tables + 1);
    if (copy_enter(source, exec->store, reterr) < 0) {
        return -1;
    }
    int status = copy_look_inside(source, exec->store, fresh, scratch, reterr);
    if (status == 0) {
        status = try_in_transaction(source, exec, due, use, user, reterr);
    }
    copy_leave(source, exec->store);
    return status;
}
