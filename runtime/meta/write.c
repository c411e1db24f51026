/* What is written into the metadata, as SQL. */
#include "runtime/meta/meta_priv.h"
#include "runtime/store/sql_text.h"

void
meta_append_name(const MetaLayout *layout, const char *table, Str *sql)
{
    sql_qualified(sql, layout->metadata_schema, table);
}

void
meta_append_number(int64_t number, Str *sql)
{
    if (number < 0) {
        str_append(sql, "null");
    } else {
        str_append_format(sql, "%lld", (long long)number);
    }
}

void
meta_append_time(const char *time, Str *sql)
{
    str_append(sql, "cast(");
    sql_literal(sql, time);
    str_append(sql, " as timestamp)");
}

const char *
meta_state_name(MetaState state)
{
    static const char *const names[] = {
        [META_FINISHED] = "finished", [META_PUBLISHED] = "published", [META_OLD] = "old"};
    return names[state];
}

static void
append_text(const char *text, Str *sql)
{
    sql_literal(sql, text);
}

/** `, 'text'` behind a first value. */
static void
append_next_text(const char *text, Str *sql)
{
    str_append(sql, ", ");
    append_text(text, sql);
}

/* ---- runs ---- */

typedef struct RunCount RunCount;
struct RunCount {
    const char *name;
    int64_t count;
};

enum { N_RUN_COUNTS = 8 };

static void
run_counts(const MetaRun *run, RunCount counts[N_RUN_COUNTS])
{
    counts[0] = (RunCount){"built", run->built};
    counts[1] = (RunCount){"kept", run->kept};
    counts[2] = (RunCount){"copied", run->copied};
    counts[3] = (RunCount){"renamed", run->renamed};
    counts[4] = (RunCount){"altered", run->altered};
    counts[5] = (RunCount){"reused", run->reused};
    counts[6] = (RunCount){"dropped", run->dropped};
    counts[7] = (RunCount){"failed", run->failed};
}

void
meta_insert_run(const MetaLayout *layout, const MetaRun *run, Str *sql)
{
    RunCount counts[N_RUN_COUNTS];
    run_counts(run, counts);
    str_append(sql, "insert into ");
    meta_append_name(layout, "runs", sql);
    str_append(sql, " (run, flow, instance, user_name, host, state, message, started, ended");
    for (size_t i = 0; i < N_RUN_COUNTS; i++) {
        str_append_format(sql, ", %s", counts[i].name);
    }
    str_append(sql, ") values (");
    append_text(run->run, sql);
    append_next_text(run->flow, sql);
    append_next_text(run->instance, sql);
    append_next_text(run->user, sql);
    append_next_text(run->host, sql);
    append_next_text(run->state, sql);
    append_next_text(run->message, sql);
    str_append(sql, ", ");
    meta_append_time(run->started, sql);
    str_append(sql, ", ");
    meta_append_time(run->ended, sql);
    for (size_t i = 0; i < N_RUN_COUNTS; i++) {
        str_append_format(sql, ", %lld", (long long)counts[i].count);
    }
    str_append(sql, ");\n");
}

void
meta_update_run(const MetaLayout *layout, const MetaRun *run, Str *sql)
{
    RunCount counts[N_RUN_COUNTS];
    run_counts(run, counts);
    str_append(sql, "update ");
    meta_append_name(layout, "runs", sql);
    str_append(sql, " set state = ");
    append_text(run->state, sql);
    str_append(sql, ", message = ");
    append_text(run->message, sql);
    str_append(sql, ", ended = ");
    meta_append_time(run->ended, sql);
    for (size_t i = 0; i < N_RUN_COUNTS; i++) {
        str_append_format(sql, ", %s = %lld", counts[i].name, (long long)counts[i].count);
    }
    str_append(sql, " where run = ");
    append_text(run->run, sql);
    str_append(sql, ";\n");
}

void
meta_bury_runs(const MetaLayout *layout, const char *const *runs, size_t n_runs, Str *sql)
{
    for (size_t i = 0; i < n_runs; i++) {
        str_append(sql, "update ");
        meta_append_name(layout, "runs", sql);
        str_append(sql, " set state = 'died' where state = 'running' and run = ");
        append_text(runs[i], sql);
        str_append(sql, ";\n");
    }
}

/* ---- tables ---- */

static void
append_TEXT(const char *value, Str *sql)
{
    append_text(value, sql);
}

static void
append_LONG(const char *value, Str *sql)
{
    append_text(value, sql);
}

static void
append_NUMBER(int64_t value, Str *sql)
{
    meta_append_number(value, sql);
}

static void
append_REAL(double value, Str *sql)
{
    str_append_format(sql, "%.6f", value);
}

static void
append_TIME(const char *value, Str *sql)
{
    meta_append_time(value, sql);
}

static void
insert_inputs(const MetaLayout *layout, const MetaTable *table, Str *sql)
{
    for (size_t i = 0; i < table->n_inputs; i++) {
        const MetaInput *input = &table->inputs[i];
        str_append(sql, i == 0 ? "insert into " : ", ");
        if (i == 0) {
            meta_append_name(layout, "inputs", sql);
            str_append(sql, " (physical, position, stage, name, content_key, used_key) values ");
        }
        str_append_char(sql, '(');
        append_text(table->physical, sql);
        str_append_format(sql, ", %zu", i);
        append_next_text(input->stage, sql);
        append_next_text(input->name, sql);
        append_next_text(input->content_key, sql);
        append_next_text(input->used_key, sql);
        str_append_char(sql, ')');
    }
    str_append(sql, table->n_inputs > 0 ? ";\n" : "");
}

void
meta_insert_table(const MetaLayout *layout, const MetaTable *table, Str *sql)
{
    str_append(sql, "insert into ");
    meta_append_name(layout, "tables", sql);
    str_append(sql, " (state");
#define TABLE_COLUMN(type, field, name, since) str_append(sql, ", " name);
#include "runtime/meta/table_columns.def"
#undef TABLE_COLUMN
    str_append(sql, ") values (");
    append_text(meta_state_name(table->state), sql);
#define TABLE_COLUMN(type, field, name, since)                                                     \
    str_append(sql, ", ");                                                                         \
    append_##type(table->field, sql);
#include "runtime/meta/table_columns.def"
#undef TABLE_COLUMN
    str_append(sql, ");\n");
    insert_inputs(layout, table, sql);
}

static void
append_where_physical(const char *physical, Str *sql)
{
    str_append(sql, " where physical = ");
    append_text(physical, sql);
    str_append(sql, ";\n");
}

static void
delete_inputs(const MetaLayout *layout, const char *physical, Str *sql)
{
    str_append(sql, "delete from ");
    meta_append_name(layout, "inputs", sql);
    append_where_physical(physical, sql);
}

void
meta_delete_table(const MetaLayout *layout, const char *physical, Str *sql)
{
    str_append(sql, "delete from ");
    meta_append_name(layout, "tables", sql);
    append_where_physical(physical, sql);
    delete_inputs(layout, physical, sql);
}

void
meta_move_table(const MetaLayout *layout, const char *physical, MetaState state, const char *schema,
                const char *table, const char *published_at, Str *sql)
{
    str_append(sql, "update ");
    meta_append_name(layout, "tables", sql);
    str_append(sql, " set state = ");
    append_text(meta_state_name(state), sql);
    str_append(sql, ", schema_name = ");
    append_text(schema, sql);
    str_append(sql, ", table_name = ");
    append_text(table, sql);
    if (published_at != NULL) {
        str_append(sql, ", published_at = ");
        meta_append_time(published_at, sql);
    }
    append_where_physical(physical, sql);
}

/* Whether an update leaves the value as it is: one that was not loaded. */

static bool
is_left_TEXT(const char *value)
{
    (void)value;
    return false;
}

static bool
is_left_LONG(const char *value)
{
    return value == NULL;
}

static bool
is_left_NUMBER(int64_t value)
{
    (void)value;
    return false;
}

static bool
is_left_REAL(double value)
{
    (void)value;
    return false;
}

static bool
is_left_TIME(const char *value)
{
    (void)value;
    return false;
}

void
meta_update_table(const MetaLayout *layout, const MetaTable *table, Str *sql)
{
    str_append(sql, "update ");
    meta_append_name(layout, "tables", sql);
    const char *separator = " set ";
#define TABLE_COLUMN(type, field, name, since)                                                     \
    if (!is_left_##type(table->field)) {                                                           \
        str_append(sql, separator);                                                                \
        str_append(sql, name " = ");                                                               \
        append_##type(table->field, sql);                                                          \
        separator = ", ";                                                                          \
    }
#include "runtime/meta/table_columns.def"
#undef TABLE_COLUMN
    append_where_physical(table->physical, sql);
    delete_inputs(layout, table->physical, sql);
    insert_inputs(layout, table, sql);
}

void
meta_note_identities(const Store *store, const MetaLayout *layout, const char *const *schemas,
                     size_t n_schemas, Arena *arena, Str *sql)
{
    str_append(sql, "update ");
    meta_append_name(layout, "tables", sql);
    str_append(sql, " set identity = c.identity, shape = c.shape from (");
    str_append(sql, store_catalog_sql(store, &(StoreSchemas){schemas, n_schemas, NULL}, arena));
    str_append(sql, ") c where ");
    const char *tables = "tables"; /* `update s.tables` is known as `tables` on both engines */
    str_append_format(sql, "%s.state = 'published' and %s.schema_name = c.schema_name ", tables,
                      tables);
    str_append_format(
        sql,
        "and %s.table_name = c.table_name and (coalesce(%s.identity, '') <> c.identity "
        "or coalesce(%s.shape, '') <> c.shape);\n",
        tables, tables, tables);
}

/* ---- checks, files, copies ---- */

void
meta_record_check(const MetaLayout *layout, const MetaCheck *check, const char *run,
                  const char *now, Str *sql)
{
    str_append(sql, "delete from ");
    meta_append_name(layout, "checks", sql);
    str_append(sql, " where id = ");
    append_text(check->id, sql);
    str_append(sql, ";\ninsert into ");
    meta_append_name(layout, "checks", sql);
    str_append(sql, " (id, key, violations, run, checked_at) values (");
    append_text(check->id, sql);
    append_next_text(check->key, sql);
    str_append(sql, ", ");
    meta_append_number(check->violations, sql);
    append_next_text(run, sql);
    str_append(sql, ", ");
    meta_append_time(now, sql);
    str_append(sql, ");\n");
}

void
meta_record_file(const MetaLayout *layout, const MetaFile *file, Str *sql)
{
    str_append(sql, "delete from ");
    meta_append_name(layout, "files", sql);
    str_append(sql, " where path = ");
    append_text(file->path, sql);
    str_append(sql, ";\ninsert into ");
    meta_append_name(layout, "files", sql);
    str_append(sql, " (path, size_bytes, modified_ns, checksum) values (");
    append_text(file->path, sql);
    str_append_format(sql, ", %lld, %lld", (long long)file->size_bytes,
                      (long long)file->modified_ns);
    append_next_text(file->checksum, sql);
    str_append(sql, ");\n");
}

void
meta_record_copy(const MetaLayout *layout, const MetaCopy *copy, Str *sql)
{
    str_append(sql, "insert into ");
    meta_append_name(layout, "copies", sql);
    str_append(sql, " (run, stage, name, source_instance, source_run, source_content_key, rules, "
                    "row_count) values (");
    append_text(copy->run, sql);
    append_next_text(copy->stage, sql);
    append_next_text(copy->name, sql);
    append_next_text(copy->source_instance, sql);
    append_next_text(copy->source_run, sql);
    append_next_text(copy->source_content_key, sql);
    append_next_text(copy->rules, sql);
    str_append(sql, ", ");
    meta_append_number(copy->rows, sql);
    str_append(sql, ");\n");
}
