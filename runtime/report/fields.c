/* The fields of each event in JSON; docs/command-line.md is their reference. */

#include "runtime/base/clock.h"
#include "runtime/report/report_priv.h"

/** How often each action was done, as `run` and history say it. */
static const char *const count_names[] = {
    [PLAN_KEEP] = "kept",    [PLAN_BUILD] = "built",    [PLAN_COPY] = "copied",
    [PLAN_REUSE] = "reused", [PLAN_RENAME] = "renamed", [PLAN_ALTER] = "altered",
    [PLAN_DROP] = "dropped",
};
_Static_assert(ARRAY_LENGTH(count_names) == PLAN_N_ACTIONS, "an action without a name in JSON");

static void
add_table(JsonLine *line, const char *stage, const char *name)
{
    Str text = {0};
    str_append(&text, stage != NULL ? stage : "");
    str_append(&text, stage != NULL ? "." : "");
    str_append(&text, name != NULL ? name : "");
    json_text(line, "table", str_text(&text));
    str_deinit(&text);
}

void
fields_start(JsonLine *line, const RunEvent *event)
{
    char at[32];
    clock_format_utc(event->at_us, at, sizeof(at));
    json_text(line, "run", event->start.run);
    json_text(line, "flow", event->start.flow);
    json_text(line, "instance", event->start.instance);
    json_text(line, "place", event->start.place);
    json_int(line, "tables", (int64_t)event->start.n_tables);
    json_text(line, "at", at);
}

void
fields_lock_wait(JsonLine *line, const RunEvent *event)
{
    json_text(line, "state", "waiting");
    json_text(line, "reason", event->text);
}

void
fields_lock_gone(JsonLine *line, const RunEvent *event)
{
    (void)event;
    json_text(line, "state", "taken");
}

/** `"change": {"what": …, "can_change": {"marts.total": "total, n", "marts.top": null}}`. */
static void
add_change(JsonLine *line, const PlanChange *change)
{
    if (change == NULL) {
        json_text(line, "change", NULL);
        return;
    }
    json_open(line, "change");
    json_text(line, "what", change->words);
    json_open(line, "can_change");
    for (size_t i = 0; i < change->n_effects; i++) {
        const PlanEffect *effect = &change->effects[i];
        Str name = {0};
        str_append_format(&name, "%s.%s", effect->stage, effect->table);
        json_text(line, str_text(&name), effect->columns);
        str_deinit(&name);
    }
    json_close(line);
    json_close(line);
}

void
fields_plan(JsonLine *line, const RunEvent *event)
{
    add_table(line, event->step.stage, event->step.table);
    json_text(line, "action", plan_action_name(event->step.action));
    json_text(line, "reason", event->step.reason);
    json_bool(line, "settled", event->step.settled);
    json_text(line, "detail", event->step.detail);
    json_bool(line, "rewritten", event->step.is_rewritten);
    add_change(line, event->step.change);
}

void
fields_step_start(JsonLine *line, const RunEvent *event)
{
    add_table(line, event->step.stage, event->step.table);
    json_text(line, "state", step_state_name(STEP_RUNNING));
    json_text(line, "action", plan_action_name(event->step.action));
    json_int(line, "number", (int64_t)event->step.number);
    json_int(line, "of", (int64_t)event->step.of);
}

void
fields_step_end(JsonLine *line, const RunEvent *event)
{
    add_table(line, event->step.stage, event->step.table);
    json_text(line, "state", step_state_name(event->step.state));
    json_text(line, "action", plan_action_name(event->step.action));
    json_text(line, "reason", event->step.reason);
    json_known_count(line, "rows", event->step.rows);
    json_seconds(line, "seconds", event->step.seconds);
    json_known_count(line, "number", event->step.number > 0 ? (int64_t)event->step.number : -1);
    json_int(line, "of", (int64_t)event->step.of);
    json_error(line, "error", event->step.error);
}

void
fields_sql(JsonLine *line, const RunEvent *event)
{
    json_text(line, "text", event->text);
}

void
fields_note(JsonLine *line, const RunEvent *event)
{
    json_text(line, "text", event->text);
}

void
fields_warning(JsonLine *line, const RunEvent *event)
{
    json_text(line, "text",
              event->text != NULL    ? event->text
              : event->error != NULL ? event->error->message
                                     : NULL);
    json_error(line, "error", event->error);
}

void
fields_check(JsonLine *line, const RunEvent *event)
{
    json_text(line, "stage", event->check.stage);
    json_text(line, "name", event->check.name);
    json_text(line, "clause", event->check.clause);
    json_bool(line, "warn", event->check.warn);
    json_bool(line, "passed", event->check.passed);
    json_int(line, "violations", event->check.violations);
    json_text(line, "rows", event->check.rows);
    json_error(line, "error", event->check.error);
}

void
fields_publish_start(JsonLine *line, const RunEvent *event)
{
    json_text(line, "state", "running");
    json_int(line, "changes", (int64_t)event->publish.n_changes);
}

void
fields_publish_end(JsonLine *line, const RunEvent *event)
{
    json_text(line, "state", "done");
    json_int(line, "changes", (int64_t)event->publish.n_changes);
    json_seconds(line, "seconds", event->publish.seconds);
}

void
fields_end(JsonLine *line, const RunEvent *event)
{
    const RunCounts *counts = event->end.counts;
    json_text(line, "state", run_state_name(event->end.state));
    for (size_t i = 0; i < PLAN_N_ACTIONS; i++) {
        json_int(line, count_names[i], (int64_t)counts->actions[i]);
    }
    json_int(line, "failed", (int64_t)counts->failed);
    json_int(line, "skipped", (int64_t)counts->skipped);
    json_int(line, "warnings", (int64_t)counts->warnings);
    json_seconds(line, "seconds", event->end.seconds);
    json_error(line, "error", event->end.error);
}
