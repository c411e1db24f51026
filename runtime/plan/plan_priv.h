/**
 * What the files of plan/ share.
 */
#ifndef PDC_PLAN_PLAN_PRIV_H
#define PDC_PLAN_PLAN_PRIV_H

#include "runtime/base/vec.h"
#include "runtime/plan/definition.h"
#include "runtime/plan/plan.h"

/** Tables with the same key: what exists and could be taken. */
typedef struct PlanCandidates PlanCandidates;
struct PlanCandidates {
    VEC(const MetaTable *) tables;
};

#endif
