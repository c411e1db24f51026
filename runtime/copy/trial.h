/**
 * Trial: the lists of a choice, made only to be asked, in a transaction that is rolled back.
 *
 * In:   a source, and the tables whose rows are asked for. Out: whatever `use` finds out.
 * Rule: nothing stays, on either side; the source's `publish` lock is held, shared, as a copy holds
 * it, so what is found out is true of one state of the source.
 */
#ifndef PDC_COPY_TRIAL_H
#define PDC_COPY_TRIAL_H

#include "runtime/copy/choose_priv.h"
#include "runtime/copy/preview.h"

typedef int (*CopyTrialUse)(CopyChoice *choice, void *user, Error *reterr);

/**
 * Lists what the tables in `due` need, and calls `use` while the lists are there.
 * @param due  by table of the flow
 * @return 0, or < 0 as copy_choice_new() and `use` say; ERROR_LOCK if the source is in use for too
 * long
 */
MUST_CHECK int copy_try(CopySource *source, const Exec *exec, const bool *due, CopyTrialUse use,
                        void *user, Error *reterr);

/** Sends a statement whose rows are wanted, and ends it; an error gets its place in the `.flow`. It
 * is told to nobody: values that are personal may stand in it. */
MUST_CHECK int copy_ask(const CopyChoice *choice, CopyStatement *statement,
                        StoreResult **ret_result, Error *reterr);
/** A cell of its result that is a number; -1 for NULL. */
int64_t copy_number_at(const StoreResult *result, size_t row, size_t column);
/** Counts the rows of a table that was due, and by what they come. @param preview  `rows` and
 * `shares` are added to */
MUST_CHECK int copy_count_rows(CopyChoice *choice, const FlowTable *table, CopyPreview *preview,
                               Error *reterr);
/** What a list's reason counts as: rows that are picked because they follow others count with
 * those. */
CopyShare copy_share_of(const CopyPicker *picker, CopyReason reason);

#endif
