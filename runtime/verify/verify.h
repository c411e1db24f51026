/**
 * Verify: what must hold before anything is visible: the clauses that the engine doesn't hold
 * itself (foreign keys, `check`, all clauses of views, all that stand behind `warn`), and the
 * checks of the stages. Everything is tested on the state that would be published.
 *
 * What was tested before on the same rows is not tested again: the metadata knows by the content
 * keys.
 */
#ifndef PDC_VERIFY_VERIFY_H
#define PDC_VERIFY_VERIFY_H

#include "runtime/base/vec.h"
#include "runtime/exec/exec.h"

/** Results to be remembered with the publication. */
typedef VEC(MetaCheck) VerifyResults;

/**
 * @param results  in `exec->arena`
 * @return 0; 1 if something does not hold (each was told as an event); < 0 with `reterr`
 */
MUST_CHECK int verify_run(Exec *exec, VerifyResults *results, Error *reterr);

#endif
