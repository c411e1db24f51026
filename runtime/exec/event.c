#include "runtime/exec/event.h"

#include "runtime/base/clock.h"

const char *
run_state_name(RunState state)
{
    static const char *const names[] = {[RUN_RUNNING] = "running",
                                        [RUN_DONE] = "done",
                                        [RUN_FAILED] = "failed",
                                        [RUN_INTERRUPTED] = "interrupted",
                                        [RUN_LOST] = "lost"};
    return names[state];
}

const char *
step_state_name(StepState state)
{
    static const char *const names[] = {[STEP_WAITING] = "waiting",
                                        [STEP_RUNNING] = "running",
                                        [STEP_DONE] = "done",
                                        [STEP_FAILED] = "failed",
                                        [STEP_SKIPPED] = "skipped"};
    return names[state];
}

void
run_listener_tell(const RunListener *listener, RunEvent event)
{
    if (listener->handle != NULL) {
        event.at_us = clock_now_us();
        listener->handle(listener->user, &event);
    }
}

void
run_listener_say(const RunListener *listener, RunEventKind kind, const char *text)
{
    run_listener_tell(listener, (RunEvent){.kind = kind, .text = text});
}
