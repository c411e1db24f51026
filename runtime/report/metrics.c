#include "runtime/report/metrics.h"

#include "runtime/report/words.h"

/** What became of tables, as the label `outcome` says it. */
static const char *const outcomes[] = {
    [PLAN_KEEP] = "kept",    [PLAN_BUILD] = "built",    [PLAN_COPY] = "copied",
    [PLAN_REUSE] = "reused", [PLAN_RENAME] = "renamed", [PLAN_ALTER] = "altered",
    [PLAN_DROP] = "dropped",
};
_Static_assert(ARRAY_LENGTH(outcomes) == PLAN_N_ACTIONS, "an action without an outcome");

/** The end of a run's states. */
static const RunState end_states[] = {RUN_DONE, RUN_FAILED, RUN_INTERRUPTED, RUN_LOST};

/* A value of a label: `\`, `"` and line ends are escaped, what is no UTF-8 would spoil the file. */
static void
append_label(Str *out, const char *name, const char *value)
{
    Str valid = {0};
    words_append_utf8(&valid, value != NULL ? value : "");
    str_append_format(out, "%s=\"", name);
    for (const char *c = str_text(&valid); *c != '\0'; c++) {
        if (*c == '\n') {
            str_append(out, "\\n");
        } else {
            str_append(out, *c == '\\' || *c == '"' ? "\\" : "");
            str_append_char(out, *c);
        }
    }
    str_append_char(out, '"');
    str_deinit(&valid);
}

static void
begin_family(Str *out, const char *name, const char *help)
{
    str_append_format(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* A sample up to its labels, which stay open. */
static void
begin_sample(Str *out, const RunRecord *record, const char *name)
{
    str_append_format(out, "%s{", name);
    append_label(out, "flow", record->subject.flow);
    str_append_char(out, ',');
    append_label(out, "instance", record->subject.instance);
}

static void
end_count(Str *out, int64_t count)
{
    str_append_format(out, "} %lld\n", (long long)count);
}

static void
end_real(Str *out, double number)
{
    str_append_format(out, "} %.6f\n", number);
}

static void
append_seconds(Str *out, const RunRecord *record, const char *name, const char *help,
               double seconds)
{
    begin_family(out, name, help);
    begin_sample(out, record, name);
    end_real(out, seconds);
}

static void
append_count(Str *out, const RunRecord *record, const char *name, const char *help, int64_t count)
{
    begin_family(out, name, help);
    begin_sample(out, record, name);
    end_count(out, count);
}

static void
append_labelled(Str *out, const RunRecord *record, const char *metric, const char *label,
                const char *value, int64_t count)
{
    begin_sample(out, record, metric);
    str_append_char(out, ',');
    append_label(out, label, value);
    end_count(out, count);
}

static void
append_state(Str *out, const RunRecord *record)
{
    static const char name[] = "pdc_run_state";
    begin_family(out, name, "How the last run ended: 1 for its state, 0 for the others.");
    for (size_t i = 0; i < ARRAY_LENGTH(end_states); i++) {
        append_labelled(out, record, name, "state", run_state_name(end_states[i]),
                        record->state == end_states[i]);
    }
}

static void
append_tables(Str *out, const RunRecord *record)
{
    static const char name[] = "pdc_run_tables";
    const RunCounts *counts = &record->counts;
    begin_family(out, name, "Tables by what the last run did with them.");
    for (size_t i = 0; i < PLAN_N_ACTIONS; i++) {
        append_labelled(out, record, name, "outcome", outcomes[i], (int64_t)counts->actions[i]);
    }
    append_labelled(out, record, name, "outcome", "failed", (int64_t)counts->failed);
    append_labelled(out, record, name, "outcome", "skipped", (int64_t)counts->skipped);
}

static void
append_run(Str *out, const RunRecord *record)
{
    append_count(out, record, "pdc_run_success",
                 "Did the last run reach its end and publish? 1 or 0.", record->state == RUN_DONE);
    append_state(out, record);
    append_seconds(out, record, "pdc_run_start_timestamp_seconds",
                   "When the last run began, in seconds since 1970.",
                   (double)record->started_us / 1e6);
    append_seconds(out, record, "pdc_run_end_timestamp_seconds",
                   "When the last run ended, in seconds since 1970.",
                   (double)record->ended_us / 1e6);
    append_seconds(out, record, "pdc_run_duration_seconds", "How long the last run took.",
                   record->seconds);
    append_tables(out, record);
    append_count(out, record, "pdc_run_warnings",
                 "Checks and constraints that found rows and only warn.",
                 (int64_t)record->counts.warnings);
}

/* ---- tables ---- */

static void
begin_table(Str *out, const RunRecord *record, const RecordTable *table, const char *metric)
{
    begin_sample(out, record, metric);
    str_append_char(out, ',');
    append_label(out, "stage", table->name.stage);
    str_append_char(out, ',');
    append_label(out, "table", table->name.name);
}

static void
append_rows(Str *out, const RunRecord *record)
{
    static const char name[] = "pdc_table_rows";
    begin_family(out, name, "Rows of the table.");
    for (size_t i = 0; i < record->tables.n; i++) {
        const RecordTable *table = record->tables.items[i];
        if (table->rows >= 0) {
            begin_table(out, record, table, name);
            end_count(out, table->rows);
        }
    }
}

static void
append_durations(Str *out, const RunRecord *record)
{
    static const char name[] = "pdc_table_duration_seconds";
    begin_family(out, name,
                 "How long it took to make the table's rows, in the run that made them.");
    for (size_t i = 0; i < record->tables.n; i++) {
        const RecordTable *table = record->tables.items[i];
        if (table->seconds >= 0) {
            begin_table(out, record, table, name);
            end_real(out, table->seconds);
        }
    }
}

static void
append_failed(Str *out, const RunRecord *record)
{
    static const char name[] = "pdc_table_failed";
    begin_family(out, name, "Did the table fail in the last run, or was it skipped? 1 or 0.");
    for (size_t i = 0; i < record->tables.n; i++) {
        const RecordTable *table = record->tables.items[i];
        begin_table(out, record, table, name);
        end_count(out, table->state == STEP_FAILED || table->state == STEP_SKIPPED);
    }
}

void
metrics_append(const RunRecord *record, Str *out)
{
    append_run(out, record);
    if (record->tables.n > 0) {
        append_rows(out, record);
        append_durations(out, record);
        append_failed(out, record);
    }
}
