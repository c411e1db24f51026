/* The state of an instance, read with one query: rows of several kinds, one under the other, told
 * apart by their first cell. */
#include "runtime/base/vec.h"
#include "runtime/meta/meta_priv.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>
#include <string.h>

/** Cells of a row behind the one that says its kind: the state of a table, and its columns. */
enum {
#define TABLE_COLUMN(type, field, name, since) CELL_##field,
#include "runtime/meta/table_columns.def"
#undef TABLE_COLUMN
    N_TABLE_CELLS,
    CELL_STATE = N_TABLE_CELLS,
    N_CELLS
};

#define KIND_TABLE  "t"
#define KIND_INPUT  "i"
#define KIND_OBJECT "o"
#define KIND_CHECK  "c"
#define KIND_FILE   "f"
#define KIND_DEAD   "d"
#define KIND_LAST   "l"
#define KIND_FORMAT "v"

/* ---- the query ---- */

/** Appends a branch of the union; `cells` are expressions. */
static void
append_branch(const char *kind, const char *const *cells, size_t n_cells, Str *sql)
{
    str_append(sql, sql->length > 0 ? "\nunion all select '" : "select '");
    str_append(sql, kind);
    str_append(sql, "' as c");
    for (size_t i = 0; i < N_CELLS; i++) {
        if (i < n_cells) {
            str_append_format(sql, ", cast(%s as text) as c%zu", cells[i], i);
        } else {
            str_append_format(sql, ", null as c%zu", i);
        }
    }
    str_append(sql, " from ");
}

static void
append_tables(const MetaLayout *layout, bool with_queries, int format, Str *sql)
{
    const char *cells[N_CELLS] = {
#define TABLE_COLUMN(type, field, name, since) (since) <= format ? (name) : "null",
#include "runtime/meta/table_columns.def"
#undef TABLE_COLUMN
        "state",
    };
    if (!with_queries) {
        cells[CELL_query] = cells[CELL_outline] = "null";
    }
    append_branch(KIND_TABLE, cells, N_CELLS, sql);
    meta_append_name(layout, "tables", sql);
}

/** The schemas where something is published, also those of stages that have left the flow. */
static const char *
published_schemas_sql(const MetaLayout *layout, Arena *arena)
{
    Str sql = {0};
    str_append(&sql, "select ");
    sql_literal(&sql, layout->prefix);
    str_append(&sql, " || stage || ");
    sql_literal(&sql, layout->suffix);
    str_append(&sql, " from ");
    meta_append_name(layout, "tables", &sql);
    str_append(&sql, " where state = 'published'");
    return str_take_in(&sql, arena);
}

static void
append_objects(const Store *store, const MetaLayout *layout, const MetaWanted *wanted,
               const char *further_schemas, Arena *arena, Str *sql)
{
    static const char *const cells[] = {"schema_name", "table_name", "kind", "identity", "shape"};
    const char **names = ARENA_ARRAY(arena, const char *, wanted->n_stages + 2);
    for (size_t i = 0; i < wanted->n_stages; i++) {
        names[i] = meta_stage_schema(layout, wanted->stages[i], arena);
    }
    names[wanted->n_stages] = layout->hidden_schema;
    names[wanted->n_stages + 1] = layout->metadata_schema; /* where the weights of copies are */
    StoreSchemas schemas = {names, wanted->n_stages + 2, further_schemas};
    append_branch(KIND_OBJECT, cells, ARRAY_LENGTH(cells), sql);
    str_append_format(sql, "(%s) c", store_catalog_sql(store, &schemas, arena));
}

typedef struct Branch Branch;
struct Branch {
    const char *kind;
    const char *table;
    const char *cells[6];
    const char *where;
};

static const Branch branches[] = {
    {KIND_INPUT,
     "inputs",
     {"physical", "position", "stage", "name", "content_key", "used_key"},
     ""},
    {KIND_CHECK, "checks", {"id", "key", "violations"}, ""},
    {KIND_FILE, "files", {"path", "size_bytes", "modified_ns", "checksum"}, ""},
    {KIND_DEAD, "runs", {"run"}, " where state = 'running'"},
    {KIND_LAST, "runs", {"max(run)"}, " where state = 'done'"},
    {KIND_FORMAT, "format", {"max(version)"}, ""},
};

static void
append_state_query(const Store *store, const MetaLayout *layout, const MetaWanted *wanted,
                   int format, Arena *arena, Str *sql)
{
    append_tables(layout, wanted->with_queries, format, sql);
    for (size_t i = 0; i < ARRAY_LENGTH(branches); i++) {
        size_t n_cells = 0;
        while (n_cells < ARRAY_LENGTH(branches[i].cells) && branches[i].cells[n_cells] != NULL) {
            n_cells++;
        }
        bool is_older = format < 2 && text_equal(branches[i].kind, KIND_INPUT);
        n_cells -= is_older ? 1 : 0; /* `used_key`, the last one */
        append_branch(branches[i].kind, branches[i].cells, n_cells, sql);
        meta_append_name(layout, branches[i].table, sql);
        str_append(sql, branches[i].where);
    }
    append_objects(store, layout, wanted, published_schemas_sql(layout, arena), arena, sql);
}

/* ---- its rows ---- */

typedef struct Loader Loader;
struct Loader {
    const StoreResult *result;
    MetaSnapshot *snapshot;
    Arena *arena;
    Map *by_physical;
    VEC(MetaTable *) tables;
    VEC(const char *) running;
    int format;
};

static const char *
cell(const Loader *loader, size_t row, size_t i)
{
    const char *text = store_result_text(loader->result, row, i + 1);
    return text != NULL ? arena_strdup(loader->arena, text) : NULL;
}

static const char *
read_TEXT(const char *text)
{
    return text;
}

static const char *
read_LONG(const char *text)
{
    return text;
}

static int64_t
read_NUMBER(const char *text)
{
    return text != NULL ? strtoll(text, NULL, 10) : -1;
}

static double
read_REAL(const char *text)
{
    return text != NULL ? strtod(text, NULL) : 0;
}

static const char *
read_TIME(const char *text)
{
    return text;
}

static MetaState
read_state(const char *text)
{
    return text_equal(text, "published") ? META_PUBLISHED
           : text_equal(text, "old")     ? META_OLD
                                         : META_FINISHED;
}

static const char *
pair_key(const char *first, const char *second, Arena *arena)
{
    return arena_printf(arena, "%s\x1f%s", first, second);
}

static void
take_table(Loader *loader, size_t row)
{
    MetaTable *table = ARENA_NEW(loader->arena, MetaTable);
#define TABLE_COLUMN(type, field, name, since)                                                     \
    table->field = read_##type(cell(loader, row, CELL_##field));
#include "runtime/meta/table_columns.def"
#undef TABLE_COLUMN
    table->state = read_state(cell(loader, row, CELL_STATE));
    vec_push_in(loader->arena, &loader->tables, table);
    map_set(loader->by_physical, table->physical, table);
    if (table->state == META_PUBLISHED) {
        map_set(loader->snapshot->published, pair_key(table->stage, table->name, loader->arena),
                table);
    }
}

static void
take_object(Loader *loader, size_t row)
{
    MetaObject *object = ARENA_NEW(loader->arena, MetaObject);
    *object = (MetaObject){.schema = cell(loader, row, 0),
                           .name = cell(loader, row, 1),
                           .kind = cell(loader, row, 2),
                           .identity = cell(loader, row, 3),
                           .shape = cell(loader, row, 4)};
    object->identity = object->identity != NULL ? object->identity : "";
    object->shape = object->shape != NULL ? object->shape : "";
    map_set(loader->snapshot->objects, pair_key(object->schema, object->name, loader->arena),
            object);
}

static void
take_check(Loader *loader, size_t row)
{
    MetaCheck *check = ARENA_NEW(loader->arena, MetaCheck);
    *check = (MetaCheck){.id = cell(loader, row, 0),
                         .key = cell(loader, row, 1),
                         .violations = read_NUMBER(cell(loader, row, 2))};
    map_set(loader->snapshot->checks, check->id, check);
}

static void
take_file(Loader *loader, size_t row)
{
    MetaFile *file = ARENA_NEW(loader->arena, MetaFile);
    *file = (MetaFile){.path = cell(loader, row, 0),
                       .size_bytes = read_NUMBER(cell(loader, row, 1)),
                       .modified_ns = read_NUMBER(cell(loader, row, 2)),
                       .checksum = cell(loader, row, 3)};
    map_set(loader->snapshot->files, file->path, file);
}

static void
take_dead(Loader *loader, size_t row)
{
    vec_push_in(loader->arena, &loader->running, cell(loader, row, 0));
}

static void
take_last(Loader *loader, size_t row)
{
    loader->snapshot->last_run = cell(loader, row, 0);
}

static void
take_format(Loader *loader, size_t row)
{
    loader->format = (int)read_NUMBER(cell(loader, row, 0));
}

typedef struct Taker Taker;
struct Taker {
    const char *kind;
    void (*take)(Loader *loader, size_t row);
};

static const Taker takers[] = {
    {KIND_TABLE, take_table},   {KIND_OBJECT, take_object}, {KIND_CHECK, take_check},
    {KIND_FILE, take_file},     {KIND_DEAD, take_dead},     {KIND_LAST, take_last},
    {KIND_FORMAT, take_format},
};

static void
take_rows(Loader *loader)
{
    for (size_t row = 0; row < store_result_rows(loader->result); row++) {
        const char *kind = store_result_text(loader->result, row, 0);
        for (size_t i = 0; i < ARRAY_LENGTH(takers); i++) {
            if (text_equal(kind, takers[i].kind)) {
                takers[i].take(loader, row);
            }
        }
    }
}

/** Inputs come in any order: their cell 1 says which place they have. */
static void
take_inputs(Loader *loader)
{
    size_t n_rows = store_result_rows(loader->result);
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t row = 0; row < n_rows; row++) {
            MetaTable *table = NULL;
            if (text_equal(store_result_text(loader->result, row, 0), KIND_INPUT)) {
                table = map_get(loader->by_physical, store_result_text(loader->result, row, 1));
            }
            if (table == NULL) {
                continue;
            }
            if (pass == 0) {
                table->n_inputs++;
                continue;
            }
            if (table->inputs == NULL) {
                table->inputs = ARENA_ARRAY(loader->arena, MetaInput, table->n_inputs);
            }
            int64_t position = read_NUMBER(cell(loader, row, 1));
            if (position >= 0 && (size_t)position < table->n_inputs) {
                table->inputs[position] = (MetaInput){.stage = cell(loader, row, 2),
                                                      .name = cell(loader, row, 3),
                                                      .content_key = cell(loader, row, 4),
                                                      .used_key = cell(loader, row, 5)};
            }
        }
    }
}

/** A gap in the positions (somebody wrote into our tables) leaves an input without a name: it
 * counts as none. */
static void
drop_torn_inputs(Loader *loader)
{
    for (size_t i = 0; i < loader->tables.n; i++) {
        MetaTable *table = loader->tables.items[i];
        for (size_t k = 0; k < table->n_inputs; k++) {
            if (table->inputs[k].name == NULL || table->inputs[k].stage == NULL ||
                table->inputs[k].content_key == NULL) {
                table->n_inputs = 0;
            }
        }
    }
}

static MetaSnapshot *
snapshot_new(Arena *arena)
{
    MetaSnapshot *snapshot = ARENA_NEW(arena, MetaSnapshot);
    snapshot->arena = arena;
    snapshot->published = map_new(arena);
    snapshot->objects = map_new(arena);
    snapshot->checks = map_new(arena);
    snapshot->files = map_new(arena);
    return snapshot;
}

static int
take_result(Loader *loader, const MetaLayout *layout, Error *reterr)
{
    take_rows(loader);
    take_inputs(loader);
    drop_torn_inputs(loader);
    loader->snapshot->tables = loader->tables.items;
    loader->snapshot->n_tables = loader->tables.n;
    loader->snapshot->running = loader->running.items;
    loader->snapshot->n_running = loader->running.n;
    return meta_check_format(loader->format, layout, reterr);
}

/** The query could not be answered: nothing was ever run, or another pdc made other tables.
 * @return 0, also with an older format, which can be read */
static int
explain_failure(Store *store, const MetaLayout *layout, Error *failed, int *ret_format,
                Error *reterr)
{
    int format = 0;
    *ret_format = 0;
    bool is_missing =
        text_equal(failed->sqlstate, "42P01") || text_equal(failed->sqlstate, "3F000");
    bool is_other = text_equal(failed->sqlstate, "42703") || failed->code == ERROR_SQL;
    if ((!is_missing && !is_other) || meta_read_format(store, layout, &format, reterr) < 0) {
        error_move(reterr, failed);
        return -1;
    }
    if (format < META_FORMAT) {
        *ret_format = format;
        return 0;
    }
    if (meta_check_format(format, layout, reterr) < 0) {
        return -1;
    }
    error_move(reterr, failed);
    return error_wrap(reterr, "reading the metadata in schema \"%s\"", layout->metadata_schema);
}

/** @param ret_format  the format that was found: META_FORMAT where it could be read, 0: none */
static int
load_with(Store *store, const MetaLayout *layout, const char *sql, Loader *loader, int *ret_format,
          Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Error failed = {0};
    *ret_format = META_FORMAT;
    if (store_query(store, sql, &result, &failed) != 0) {
        int status = explain_failure(store, layout, &failed, ret_format, reterr);
        error_deinit(&failed);
        return status;
    }
    loader->result = result;
    return take_result(loader, layout, reterr);
}

int
meta_load(Store *store, const MetaLayout *layout, const MetaWanted *wanted, Arena *arena,
          MetaSnapshot **ret_snapshot, Error *reterr)
{
    Loader loader = {
        .snapshot = snapshot_new(arena), .arena = arena, .by_physical = map_new(arena)};
    Str sql = {0};
    int format;
    append_state_query(store, layout, wanted, META_FORMAT, arena, &sql);
    int status = load_with(store, layout, str_text(&sql), &loader, &format, reterr);
    loader.snapshot->exists = format > 0;
    if (status == 0 && format < META_FORMAT) {
        /* of a first run, what stands in its way is still of interest */
        str_clear(&sql);
        if (format > 0) {
            append_state_query(store, layout, wanted, format, arena, &sql);
        } else {
            append_objects(store, layout, wanted, NULL, arena, &sql);
        }
        status = load_with(store, layout, str_text(&sql), &loader, &format, reterr);
    }
    str_deinit(&sql);
    *ret_snapshot = loader.snapshot;
    return status;
}

const MetaTable *
meta_published(const MetaSnapshot *snapshot, const char *stage, const char *name)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    return map_get(snapshot->published, pair_key(stage, name, scratch));
}

const MetaObject *
meta_object(const MetaSnapshot *snapshot, const char *schema, const char *name)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    return map_get(snapshot->objects, pair_key(schema, name, scratch));
}
