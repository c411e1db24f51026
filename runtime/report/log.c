#include "runtime/report/log.h"

#include "runtime/base/clock.h"

static const char *const level_names[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARNING] = "warning",
    [LOG_ERROR] = "error",
};

static LogLevel
level_of_step(const RunEventStep *step)
{
    return step->state == STEP_FAILED    ? LOG_ERROR
           : step->state == STEP_SKIPPED ? LOG_WARNING
                                         : LOG_INFO;
}

static LogLevel
level_of_check(const RunEventCheck *check)
{
    return check->passed ? LOG_DEBUG : check->warn ? LOG_WARNING : LOG_ERROR;
}

LogLevel
log_level_of(const RunEvent *event)
{
    switch (event->kind) {
    case RUN_EVENT_SQL: return LOG_DEBUG;
    case RUN_EVENT_PLAN: return event->step.action == PLAN_KEEP ? LOG_DEBUG : LOG_INFO;
    case RUN_EVENT_WARNING: return LOG_WARNING;
    case RUN_EVENT_STEP_END: return level_of_step(&event->step);
    case RUN_EVENT_CHECK: return level_of_check(&event->check);
    case RUN_EVENT_END: return event->end.state == RUN_DONE ? LOG_INFO : LOG_ERROR;
    case RUN_EVENT_START:
    case RUN_EVENT_LOCK_WAIT:
    case RUN_EVENT_LOCK_GONE:
    case RUN_EVENT_STEP_START:
    case RUN_EVENT_NOTE:
    case RUN_EVENT_PUBLISH_START:
    case RUN_EVENT_PUBLISH_END: return LOG_INFO;
    }
    return LOG_INFO;
}

void
log_begin(JsonLine *line, LogLevel level, const char *name, int64_t at_us)
{
    char at[32];
    clock_format_utc(at_us, at, sizeof(at));
    json_begin(line, NULL);
    json_text(line, "time", at);
    json_text(line, "level", level_names[level]);
    json_text(line, "event", name);
}

void
log_add_run(JsonLine *line, const char *flow, const RunRecord *record)
{
    json_text(line, "run", record != NULL ? record->run : NULL);
    json_text(line, "flow", flow);
    json_text(line, "instance", record != NULL ? record->subject.instance : NULL);
}
