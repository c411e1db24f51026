/**
 * What a plan says, as events.
 */
#ifndef PDC_RUN_REPORT_PLAN_H
#define PDC_RUN_REPORT_PLAN_H

#include "runtime/run/session.h"

/** Tells RUN_EVENT_PLAN for each table of the flow, then for those that left it. */
void run_tell_plan(RunSession *session);

#endif
