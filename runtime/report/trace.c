#include "runtime/report/trace.h"

#include "runtime/report/ids.h"
#include "runtime/report/json.h"

#include <stdio.h>

/* Enumerations are numbers in OTLP's JSON. */
enum { SPAN_KIND_INTERNAL = 1, STATUS_CODE_ERROR = 2 };

/* ---- attributes ---- */

static void
add_text(JsonLine *line, const char *key, const char *text)
{
    if (text == NULL) {
        return;
    }
    json_open_item(line);
    json_text(line, "key", key);
    json_open(line, "value");
    json_text(line, "stringValue", text);
    json_close(line);
    json_close(line);
}

/* 64-bit numbers are texts in OTLP's JSON. */
static void
add_big(JsonLine *line, const char *key, int64_t number)
{
    char digits[24];
    snprintf(digits, sizeof(digits), "%lld", (long long)number);
    json_text(line, key, digits);
}

/* A negative number is one that isn't known. */
static void
add_count(JsonLine *line, const char *key, int64_t number)
{
    if (number < 0) {
        return;
    }
    json_open_item(line);
    json_text(line, "key", key);
    json_open(line, "value");
    add_big(line, "intValue", number);
    json_close(line);
    json_close(line);
}

static void
add_name(JsonLine *line, const RecordName *name)
{
    add_text(line, "pdc.stage", name->stage);
    add_text(line, "pdc.table", name->name);
}

/* ---- spans ---- */

static void
add_nanoseconds(JsonLine *line, const char *key, int64_t at_us)
{
    char digits[32];
    snprintf(digits, sizeof(digits), "%lld000", (long long)at_us);
    json_text(line, key, digits);
}

/* A span up to its times; `parent` NULL: the root. */
static void
begin_span(JsonLine *line, const RunRecord *record, const char *name, const char *id,
           const char *parent, int64_t started_us, int64_t ended_us)
{
    char trace[ID_TRACE_DIGITS + 1];
    id_trace(record, trace);
    json_open_item(line);
    json_text(line, "traceId", trace);
    json_text(line, "spanId", id);
    if (parent != NULL) {
        json_text(line, "parentSpanId", parent);
    }
    json_text(line, "name", name);
    json_int(line, "kind", SPAN_KIND_INTERNAL);
    add_nanoseconds(line, "startTimeUnixNano", started_us);
    add_nanoseconds(line, "endTimeUnixNano", ended_us > started_us ? ended_us : started_us);
}

/* The end of a span; `problem` NULL: it went well. */
static void
end_span(JsonLine *line, bool has_failed, const char *problem)
{
    json_open(line, "status");
    if (has_failed) {
        json_int(line, "code", STATUS_CODE_ERROR);
        json_text(line, "message", problem != NULL ? problem : "");
    }
    json_close(line);
    json_close(line);
}

static void
add_check(JsonLine *line, const RecordCheck *check)
{
    json_open_item(line);
    add_nanoseconds(line, "timeUnixNano", check->at_us);
    json_text(line, "name", check->warn ? "check warned" : "check failed");
    json_open_list(line, "attributes");
    add_name(line, &check->name);
    add_text(line, "pdc.clause", check->clause);
    add_count(line, "pdc.violations", check->violations);
    json_close_list(line);
    json_close(line);
}

static void
add_run_attributes(JsonLine *line, const RunRecord *record)
{
    const RunCounts *counts = &record->counts;
    add_text(line, "pdc.state", run_state_name(record->state));
    add_count(line, "pdc.tables.built", (int64_t)counts->actions[PLAN_BUILD]);
    add_count(line, "pdc.tables.kept", (int64_t)counts->actions[PLAN_KEEP]);
    add_count(line, "pdc.tables.copied", (int64_t)counts->actions[PLAN_COPY]);
    add_count(line, "pdc.tables.failed", (int64_t)counts->failed);
    add_count(line, "pdc.tables.skipped", (int64_t)counts->skipped);
}

static void
add_run(JsonLine *line, const RunRecord *record, const char *id)
{
    begin_span(line, record, "run", id, NULL, record->started_us, record->ended_us);
    json_open_list(line, "attributes");
    add_run_attributes(line, record);
    json_close_list(line);
    json_open_list(line, "events");
    for (size_t i = 0; i < record->checks.n; i++) {
        add_check(line, &record->checks.items[i]);
    }
    json_close_list(line);
    end_span(line, record->state != RUN_DONE, record->error);
}

/* `build clean.orders`. A table that had not ended when the run did was stopped with it. */
static void
add_table(JsonLine *line, const RunRecord *record, const RecordTable *table, const char *parent)
{
    char id[ID_SPAN_DIGITS + 1];
    Str name = {0};
    bool has_ended = table->ended_us > 0;
    id_span(record, "table", &table->name, id);
    str_append_format(&name, "%s %s.%s", plan_action_name(table->action), table->name.stage,
                      table->name.name);
    begin_span(line, record, str_text(&name), id, parent, table->started_us,
               has_ended ? table->ended_us : record->ended_us);
    json_open_list(line, "attributes");
    add_name(line, &table->name);
    add_text(line, "pdc.action", plan_action_name(table->action));
    add_text(line, "pdc.reason", table->reason);
    add_text(line, "pdc.state",
             has_ended ? step_state_name(table->state) : run_state_name(record->state));
    add_count(line, "pdc.rows", table->rows);
    json_close_list(line);
    end_span(line, table->state != STEP_DONE, has_ended ? table->error : record->error);
    str_deinit(&name);
}

static void
add_publication(JsonLine *line, const RunRecord *record, const char *parent)
{
    char id[ID_SPAN_DIGITS + 1];
    bool is_done = record->publish_ended_us > 0;
    id_span(record, "publish", NULL, id);
    begin_span(line, record, "publish", id, parent, record->publish_started_us,
               is_done ? record->publish_ended_us : record->ended_us);
    json_open_list(line, "attributes");
    add_count(line, "pdc.changes", (int64_t)record->n_published);
    json_close_list(line);
    end_span(line, !is_done, record->error);
}

static void
add_spans(JsonLine *line, const RunRecord *record)
{
    char root[ID_SPAN_DIGITS + 1];
    id_span(record, "run", NULL, root);
    add_run(line, record, root);
    for (size_t i = 0; i < record->tables.n; i++) {
        if (record->tables.items[i]->started_us > 0) {
            add_table(line, record, record->tables.items[i], root);
        }
    }
    if (record->publish_started_us > 0) {
        add_publication(line, record, root);
    }
}

/* ---- the request ---- */

static void
add_resource(JsonLine *line, const RunRecord *record)
{
    json_open(line, "resource");
    json_open_list(line, "attributes");
    add_text(line, "service.name", record->subject.flow);
    add_text(line, "deployment.environment.name", record->subject.instance);
    add_text(line, "pdc.run", record->run);
    json_close_list(line);
    json_close(line);
}

static void
add_scope(JsonLine *line, const char *version)
{
    json_open(line, "scope");
    json_text(line, "name", "pdc");
    json_text(line, "version", version);
    json_close(line);
}

void
trace_append(const RunRecord *record, const char *version, Str *out)
{
    JsonLine line = {0};
    json_begin(&line, NULL);
    json_open_list(&line, "resourceSpans");
    json_open_item(&line);
    add_resource(&line, record);
    json_open_list(&line, "scopeSpans");
    json_open_item(&line);
    add_scope(&line, version);
    json_open_list(&line, "spans");
    add_spans(&line, record);
    json_close_list(&line);
    json_close(&line);
    json_close_list(&line);
    json_close(&line);
    json_close_list(&line);
    str_append(out, json_end(&line));
    json_line_deinit(&line);
}
