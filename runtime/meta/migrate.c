/* The metadata schema: made, and brought forward. */
#include "runtime/meta/meta_priv.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>
#include <string.h>

typedef struct Migration Migration;
struct Migration {
    int format;
    bool is_index;
    const char *sql;
};

static const Migration migrations[] = {
#define MIGRATION(format, sql)       {format, false, sql},
#define MIGRATION_INDEX(format, sql) {format, true, sql},
#include "runtime/meta/migrations.def"
#undef MIGRATION
#undef MIGRATION_INDEX
};

/** Appends `sql` with the schema's quoted name for each `$S`. */
static void
append_migration(const char *sql, const char *schema, Str *out)
{
    for (const char *mark; (mark = strstr(sql, "$S")) != NULL; sql = mark + 2) {
        str_append_n(out, sql, (size_t)(mark - sql));
        sql_ident(out, schema);
    }
    str_append(out, sql);
}

static void
append_migrations(const Store *store, const MetaLayout *layout, int from, Str *sql)
{
    bool indexed = store_can(store, STORE_LASTING_INDEXES);
    for (size_t i = 0; i < ARRAY_LENGTH(migrations); i++) {
        if (migrations[i].format > from && (indexed || !migrations[i].is_index)) {
            append_migration(migrations[i].sql, layout->metadata_schema, sql);
        }
    }
    if (from == 0) {
        str_append(sql, "insert into ");
    } else {
        str_append(sql, "delete from ");
        meta_append_name(layout, "format", sql);
        str_append(sql, "; insert into ");
    }
    meta_append_name(layout, "format", sql);
    str_append_format(sql, " values (%d);", META_FORMAT);
}

/** The format that is there; 0 where there is none. */
int
meta_read_format(Store *store, const MetaLayout *layout, int *ret_format, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    Error failed = {0};
    str_append(&sql, "select cast(max(version) as text) from ");
    meta_append_name(layout, "format", &sql);
    int status = store_query(store, str_text(&sql), &result, &failed);
    str_deinit(&sql);
    *ret_format = 0;
    if (status == 0) {
        const char *version =
            store_result_rows(result) > 0 ? store_result_text(result, 0, 0) : NULL;
        *ret_format = version != NULL ? (int)strtol(version, NULL, 10) : 0;
    } else if (text_equal(failed.sqlstate, "42P01") || text_equal(failed.sqlstate, "3F000")) {
        status = 0;
    } else {
        error_move(reterr, &failed);
    }
    error_deinit(&failed);
    return status;
}

static int
schemas_exist(Store *store, const char *const *schemas, size_t n_schemas, bool *exist,
              Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    str_append(&sql, "select schema_name from information_schema.schemata");
    int status = store_query(store, str_text(&sql), &result, reterr);
    str_deinit(&sql);
    for (size_t i = 0; i < n_schemas && status == 0; i++) {
        exist[i] = false;
        for (size_t row = 0; row < store_result_rows(result); row++) {
            exist[i] = exist[i] || text_equal(store_result_text(result, row, 0), schemas[i]);
        }
    }
    return status;
}

int
meta_require_schemas(Store *store, const char *const *schemas, size_t n_schemas, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    bool *exist = ARENA_ARRAY(arena, bool, n_schemas);
    Str missing = {0};
    if (schemas_exist(store, schemas, n_schemas, exist, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < n_schemas; i++) {
        if (!exist[i]) {
            str_append(&missing, missing.length > 0 ? "\ncreate schema " : "create schema ");
            sql_ident(&missing, schemas[i]);
            str_append_char(&missing, ';');
        }
    }
    int result = 0;
    if (missing.length > 0) {
        result =
            error_set(reterr, ERROR_CONFIG,
                      "schemas are missing, and `avoid_drop_create_schema` says not to make them");
        error_set_detail(reterr, "an administrator has to run:\n%s", str_text(&missing));
    }
    str_deinit(&missing);
    return result;
}

static int
create_schemas(Store *store, const MetaLayout *layout, Error *reterr)
{
    Str sql = {0};
    str_append(&sql, "create schema if not exists ");
    sql_ident(&sql, layout->metadata_schema);
    str_append(&sql, "; create schema if not exists ");
    sql_ident(&sql, layout->hidden_schema);
    int status = store_exec(store, str_text(&sql), reterr);
    str_deinit(&sql);
    return status;
}

static int
migrate(Store *store, const MetaLayout *layout, int from, Error *reterr)
{
    Str sql = {0};
    append_migrations(store, layout, from, &sql);
    int status = store_begin(store, reterr);
    if (status == 0) {
        status = store_exec(store, str_text(&sql), reterr);
        status = status == 0 ? store_commit(store, reterr) : status;
        if (status != 0) {
            store_rollback(store);
        }
    }
    str_deinit(&sql);
    return status == 0 ? 0 : error_wrap(reterr, "making the metadata tables");
}

int
meta_check_format(int format, const MetaLayout *layout, Error *reterr)
{
    if (format <= META_FORMAT) {
        return 0;
    }
    error_set(reterr, ERROR_VERSION,
              "the metadata in schema \"%s\" has format %d, this executable knows %d",
              layout->metadata_schema, format, META_FORMAT);
    error_set_hint(reterr, "a newer pdc ran here: build the flow with that one");
    return -1;
}

int
meta_prepare(Store *store, const MetaLayout *layout, bool may_create, Error *reterr)
{
    const char *schemas[] = {layout->metadata_schema, layout->hidden_schema};
    int format = 0;
    if (meta_read_format(store, layout, &format, reterr) < 0 ||
        meta_check_format(format, layout, reterr) < 0) {
        return -1;
    }
    int status = may_create ? create_schemas(store, layout, reterr)
                            : meta_require_schemas(store, schemas, ARRAY_LENGTH(schemas), reterr);
    if (status < 0 || format == META_FORMAT) {
        return status;
    }
    return migrate(store, layout, format, reterr);
}
