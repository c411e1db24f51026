#include "runtime/report/openlineage.h"

#include "runtime/base/clock.h"
#include "runtime/base/file.h"
#include "runtime/base/url.h"
#include "runtime/report/ids.h"
#include "runtime/report/json.h"

#include <string.h>

#define SCHEMA_URL    "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
#define FACET_URL     "https://openlineage.io/spec/facets/"
#define POSTGRES_PORT "5432"

/** A facet of the standard: its field, and where its form is written down. */
typedef struct Facet Facet;
struct Facet {
    const char *key;
    const char *schema;
};

static const Facet facet_parent = {"parent",
                                   FACET_URL "1-2-0/ParentRunFacet.json#/$defs/ParentRunFacet"};
static const Facet facet_error = {"errorMessage", FACET_URL
                                  "1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet"};
static const Facet facet_job_type = {"jobType",
                                     FACET_URL "2-0-4/JobTypeJobFacet.json#/$defs/JobTypeJobFacet"};
static const Facet facet_schema = {"schema", FACET_URL
                                   "1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"};
static const Facet facet_statistics = {"outputStatistics", FACET_URL
                                       "1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/"
                                       "OutputStatisticsOutputDatasetFacet"};

/** One event while it is put together. */
typedef struct Event Event;
struct Event {
    JsonLine line;
    const RunRecord *record;
    const LineageOptions *options;
    Arena *arena;
    const char *type;
    int64_t at_us;
    const RecordTable *table; /* NULL: of the run */
    const char *error;        /* or NULL */
};

static const char *
producer(const Event *event)
{
    return arena_printf(event->arena, "urn:pdc:%s", event->options->version);
}

static void
open_facet(Event *event, Facet facet)
{
    json_open(&event->line, facet.key);
    json_text(&event->line, "_producer", producer(event));
    json_text(&event->line, "_schemaURL", facet.schema);
}

/* ---- names ---- */

static const char *
job_name(const Event *event, const RecordTable *table)
{
    const RunSubject *subject = &event->record->subject;
    if (table == NULL) {
        return arena_printf(event->arena, "%s.%s", subject->flow, subject->instance);
    }
    return arena_printf(event->arena, "%s.%s.%s.%s", subject->flow, subject->instance,
                        table->name.stage, table->name.name);
}

/** Where datasets are, and what their names begin with. */
typedef struct Place Place;
struct Place {
    const char *name_space;
    const char *database;
};

static Place
place_of_server(const Url *url, Arena *arena)
{
    /* a folder is a socket of this machine */
    bool has_host = url->host != NULL && url->host[0] != '/' && url->host[0] != '\0';
    return (Place){
        .name_space = arena_printf(arena, "postgres://%s:%s", has_host ? url->host : "localhost",
                                   url->port != NULL ? url->port : POSTGRES_PORT),
        .database = url->path != NULL   ? url->path
                    : url->user != NULL ? url->user
                                        : "postgres",
    };
}

/* The engine calls the database as the file is called, up to the first full stop. */
static Place
place_of_file(const Url *url, Arena *arena)
{
    const char *path = url->path != NULL ? url->path : "";
    const char *base = path_base(path);
    return (Place){.name_space = arena_printf(arena, "duckdb://%s", path),
                   .database = arena_strndup(arena, base, strcspn(base, "."))};
}

static Place
place_of(const Event *event, const RunEventPlace *at)
{
    Url *url = NULL;
    const char *problem;
    if (at->url == NULL || url_parse(event->arena, at->url, &url, &problem) < 0) {
        return (Place){.name_space = "unknown", .database = "unknown"};
    }
    return text_equal(url->scheme, "duckdb") ? place_of_file(url, event->arena)
                                             : place_of_server(url, event->arena);
}

/* ---- datasets ---- */

static void
add_schema(Event *event, const RecordTable *table)
{
    JsonLine *line = &event->line;
    open_facet(event, facet_schema);
    json_open_list(line, "fields");
    for (size_t i = 0; i < table->n_columns; i++) {
        json_open_item(line);
        json_text(line, "name", table->columns[i].name);
        json_text(line, "type", table->columns[i].type);
        json_close(line);
    }
    json_close_list(line);
    json_close(line);
}

/* A dataset with what is known of its columns; `table` may be NULL. It stays open. */
static void
begin_dataset(Event *event, const char *name_space, const char *name, const RecordTable *table)
{
    JsonLine *line = &event->line;
    json_open_item(line);
    json_text(line, "namespace", name_space);
    json_text(line, "name", name);
    json_open(line, "facets");
    if (table != NULL && table->n_columns > 0) {
        add_schema(event, table);
    }
    json_close(line);
}

static void
begin_table(Event *event, const RunEventPlace *at, const RecordName *name, const RecordTable *known)
{
    Place place = place_of(event, at);
    const char *full = arena_printf(event->arena, "%s.%s%s%s.%s", place.database, at->schema_prefix,
                                    name->stage, at->schema_suffix, name->name);
    begin_dataset(event, place.name_space, full, known);
}

/* A table that no flow of ours made. */
static void
add_external(Event *event, const RecordName *name)
{
    Place place = place_of(event, &event->record->subject.place);
    const char *full =
        name->stage != NULL
            ? arena_printf(event->arena, "%s.%s.%s", place.database, name->stage, name->name)
            : arena_printf(event->arena, "%s.%s", place.database, name->name);
    begin_dataset(event, place.name_space, full, NULL);
    json_close(&event->line);
}

static void
add_table_inputs(Event *event, const RecordTable *table)
{
    const RunRecord *record = event->record;
    for (size_t i = 0; i < table->n_inputs; i++) {
        begin_table(event, &record->subject.place, &table->inputs[i],
                    record_find(record, &table->inputs[i]));
        json_close(&event->line);
    }
    if (table->is_copied && record->source.url != NULL) {
        begin_table(event, &record->source, &table->name, NULL);
        json_close(&event->line);
    }
    if (table->file != NULL) {
        begin_dataset(event, "file", table->file, NULL);
        json_close(&event->line);
    }
    if (table->external.name != NULL) {
        add_external(event, &table->external);
    }
}

static void
add_inputs(Event *event)
{
    json_open_list(&event->line, "inputs");
    if (event->table != NULL) {
        add_table_inputs(event, event->table);
    }
    json_close_list(&event->line);
}

static void
add_statistics(Event *event, int64_t rows)
{
    json_open(&event->line, "outputFacets");
    if (rows >= 0) {
        open_facet(event, facet_statistics);
        json_int(&event->line, "rowCount", rows);
        json_close(&event->line);
    }
    json_close(&event->line);
}

static void
add_outputs(Event *event)
{
    json_open_list(&event->line, "outputs");
    if (event->table != NULL) {
        begin_table(event, &event->record->subject.place, &event->table->name, event->table);
        add_statistics(event, event->table->rows);
        json_close(&event->line);
    }
    json_close_list(&event->line);
}

/* ---- run and job ---- */

static void
add_parent(Event *event)
{
    char id[ID_UUID_LENGTH + 1];
    JsonLine *line = &event->line;
    id_uuid(event->record, NULL, id);
    open_facet(event, facet_parent);
    json_open(line, "run");
    json_text(line, "runId", id);
    json_close(line);
    json_open(line, "job");
    json_text(line, "namespace", event->options->job_namespace);
    json_text(line, "name", job_name(event, NULL));
    json_close(line);
    json_close(line);
}

static void
add_run(Event *event)
{
    char id[ID_UUID_LENGTH + 1];
    JsonLine *line = &event->line;
    id_uuid(event->record, event->table != NULL ? &event->table->name : NULL, id);
    json_open(line, "run");
    json_text(line, "runId", id);
    json_open(line, "facets");
    if (event->table != NULL) {
        add_parent(event);
    }
    if (event->error != NULL) {
        open_facet(event, facet_error);
        json_text(line, "message", event->error);
        json_text(line, "programmingLanguage", "SQL");
        json_close(line);
    }
    json_close(line);
    json_close(line);
}

static void
add_job(Event *event)
{
    JsonLine *line = &event->line;
    json_open(line, "job");
    json_text(line, "namespace", event->options->job_namespace);
    json_text(line, "name", job_name(event, event->table));
    json_open(line, "facets");
    open_facet(event, facet_job_type);
    json_text(line, "processingType", "BATCH");
    json_text(line, "integration", "PDC");
    json_text(line, "jobType", event->table != NULL ? "TABLE" : "FLOW");
    json_close(line);
    json_close(line);
    json_close(line);
}

static void
append(Event event, Str *out)
{
    char at[32];
    clock_format_utc(event.at_us, at, sizeof(at));
    event.arena = arena_new();
    json_begin(&event.line, NULL);
    json_text(&event.line, "eventType", event.type);
    json_text(&event.line, "eventTime", at);
    add_run(&event);
    add_job(&event);
    add_inputs(&event);
    add_outputs(&event);
    json_text(&event.line, "producer", producer(&event));
    json_text(&event.line, "schemaURL", SCHEMA_URL);
    str_append(out, json_end(&event.line));
    json_line_deinit(&event.line);
    arena_free(event.arena);
}

/* ---- events ---- */

void
openlineage_append_start(const RunRecord *record, const LineageOptions *options, Str *out)
{
    append(
        (Event){.record = record, .options = options, .type = "START", .at_us = record->started_us},
        out);
}

static void
append_table_start(const RunRecord *record, const RecordTable *table, const LineageOptions *options,
                   int64_t at_us, Str *out)
{
    append(
        (Event){
            .record = record, .options = options, .type = "START", .at_us = at_us, .table = table},
        out);
}

void
openlineage_append_table_start(const RunRecord *record, const RecordTable *table,
                               const LineageOptions *options, Str *out)
{
    append_table_start(record, table, options, table->started_us, out);
}

static void
append_table_end(const RunRecord *record, const RecordTable *table, const LineageOptions *options,
                 Str *out)
{
    bool is_published = record->state == RUN_DONE && table->state == STEP_DONE;
    append((Event){.record = record,
                   .options = options,
                   .type = is_published                  ? "COMPLETE"
                           : table->state == STEP_FAILED ? "FAIL"
                                                         : "ABORT",
                   .at_us = table->ended_us > 0 ? table->ended_us : record->ended_us,
                   .table = table,
                   .error = table->error},
           out);
}

/* Rows of a run that published nothing are taken up without work; now they are seen. */
static bool
is_taken_up(const RecordTable *table)
{
    return table->started_us == 0 && table->state == STEP_DONE &&
           (table->action == PLAN_REUSE || table->action == PLAN_RENAME);
}

void
openlineage_append_end(const RunRecord *record, const LineageOptions *options, Str *out)
{
    for (size_t i = 0; i < record->tables.n; i++) {
        const RecordTable *table = record->tables.items[i];
        if (is_taken_up(table)) {
            append_table_start(record, table, options, table->ended_us, out);
        }
        if (is_taken_up(table) || table->started_us > 0) {
            append_table_end(record, table, options, out);
        }
    }
    append((Event){.record = record,
                   .options = options,
                   .type = record->state == RUN_DONE          ? "COMPLETE"
                           : record->state == RUN_INTERRUPTED ? "ABORT"
                                                              : "FAIL",
                   .at_us = record->ended_us,
                   .error = record->state == RUN_DONE ? NULL : record->error},
           out);
}
