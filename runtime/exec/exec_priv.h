/**
 * What the files of exec/ share.
 */
#ifndef PDC_EXEC_EXEC_PRIV_H
#define PDC_EXEC_EXEC_PRIV_H

#include "runtime/exec/csv/csv.h"
#include "runtime/exec/exec.h"

/** The function that makes the rows of this body; NULL for copies and scripts. */
ExecKind exec_kind_of(FlowBodyKind kind);

/** Makes the rows of one table, or of all outputs of a script, in a transaction of their own. What
 * a worker does. @param ret_made  one for each table */
MUST_CHECK int exec_work(Exec *exec, const FlowTable *const *tables, size_t n, ExecMade *ret_made,
                         Error *reterr);

/** Runs a script, which creates all `n` targets and counts their rows. */
MUST_CHECK int exec_run_script(Exec *exec, ExecTarget *const *targets, size_t n, Arena *scratch,
                               Error *reterr);

/** Drops what was made of a target. */
MUST_CHECK int exec_drop_target(const Exec *exec, const ExecTarget *target, Error *reterr);

/** For alterations that can't be made in place: the rows of the published table. */
int make_from_published(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr);
/** For a table with the same query and inputs as another one of this run. */
int make_from_twin(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr);

/** In a test: given rows, or none. */
int make_given(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr);
/** What the flow says about how a file is written. */
MUST_CHECK int set_csv_options(const FlowBody *body, FlowSources *sources, CsvOptions *options,
                               Error *reterr);

#endif
