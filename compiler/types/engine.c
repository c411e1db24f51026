/* The empty database: opened when it is first needed, filled as it is read. */
#include "compiler/types/types_priv.h"
#include "runtime/key/hash.h"
#include "runtime/store/sql_text.h"

#include <string.h>

/** What is made on a server is gone with its transaction. */
int
types_open(Types *types)
{
    if (types->store != NULL || types->missing.code != ERROR_NONE) {
        return types->store != NULL ? 0 : -1;
    }
    const Secret *url =
        types->url != NULL ? types->url : secret_new(types->arena, "duckdb:///:memory:");
    StoreOptions options = {.application_name = "pdc check"};
    if (store_open(url, &options, &types->store, &types->missing) != 0) {
        return -1;
    }
    bool is_server = types->url != NULL;
    bool failed = is_server && store_begin(types->store, &types->missing) < 0;
    /* nothing runs, so there is nothing to plan well or in parallel (measured: half the time) */
    const char *set_up = is_server ? "create schema pdc_types"
                                   : "create schema pdc_types; set threads = 1; "
                                     "pragma disable_optimizer";
    if (failed || store_exec(types->store, set_up, &types->missing) < 0) {
        store_close(types->store);
        types->store = NULL;
        return -1;
    }
    return 0;
}

int
types_exec(Types *types, const char *sql, Error *reterr)
{
    bool is_server = types->url != NULL;
    if (types_open(types) < 0 ||
        (is_server && store_exec(types->store, "savepoint pdc_types", reterr) < 0)) {
        return -1;
    }
    int status = store_exec(types->store, sql, reterr);
    if (status < 0 && is_server) {
        Error lost = {0}; /* says what the first one said */
        if (store_exec(types->store, "rollback to savepoint pdc_types", &lost) < 0) {
            error_deinit(&lost);
        }
    }
    return status;
}

Made *
made_new(Types *types, const char *instance, const FlowTable *table)
{
    Made *made = ARENA_NEW(types->arena, Made);
    made->schema = arena_printf(types->arena, "pdc_types %s %s", instance, table->stage->name);
    made->name = table->name;
    vec_push(&types->owned, made);
    return made;
}

static int
require_schema(Types *types, const char *schema, Error *reterr)
{
    if (map_get(types->schemas, schema) != NULL) {
        return 0;
    }
    Str sql = {0};
    str_append(&sql, "create schema ");
    sql_ident(&sql, schema);
    int status = types_exec(types, str_text(&sql), reterr);
    str_deinit(&sql);
    if (status == 0) {
        map_set(types->schemas, schema, types);
    }
    return status;
}

int
made_require_schema(Types *types, Made *made)
{
    return require_schema(types, made->schema, &made->error);
}

/** Sends `create table PLACE` and `rest`; `*ret_sql`, in the arena, is what was sent. */
static int
create(Types *types, Made *made, const char *rest, const char **ret_sql)
{
    Str sql = {0};
    str_append(&sql, "create table ");
    sql_qualified(&sql, made->schema, made->name);
    str_append(&sql, rest);
    *ret_sql = str_take_in(&sql, types->arena);
    bool failed = require_schema(types, made->schema, &made->error) < 0 ||
                  types_exec(types, *ret_sql, &made->error) < 0;
    made->is_there = !failed;
    return failed ? -1 : 0;
}

int
made_create(Types *types, Made *made, const char *rest)
{
    const char *sql;
    return create(types, made, rest, &sql);
}

/** The table itself is made when somebody reads it. @return as store_query_columns() */
static int
ask_columns(Types *types, Made *made, const Rendered *rendered)
{
    StoreColumn *columns;
    if (types_open(types) < 0) {
        return -1;
    }
    int status = store_query_columns(types->store, rendered->text, types->arena, &columns,
                                     &made->n_columns, &made->error);
    if (status == 0) {
        made->columns = columns;
    } else if (status < 0) {
        rendered_locate(rendered, rendered->text, 0, types->sources, &made->error);
    }
    return status;
}

int
made_create_as(Types *types, Made *made, const Rendered *rendered)
{
    int asked = ask_columns(types, made, rendered);
    if (asked != STORE_UNKNOWN) {
        return asked;
    }
    static const char tail[] = "\nwith no data";
    const char *rest = arena_printf(types->arena, " as %s%s", rendered->text, tail);
    const char *sql;
    int status = create(types, made, rest, &sql);
    if (status < 0) {
        size_t prefix = strlen(sql) - strlen(tail) - rendered->length;
        rendered_locate(rendered, sql, prefix, types->sources, &made->error);
    }
    return status;
}

int
made_require(Types *types, Made *made)
{
    if (made->is_there || types_open(types) < 0) {
        return made->is_there ? 0 : -1;
    }
    Str rest = {0};
    size_t n = made->csv != NULL ? made->csv->n_columns : made->n_columns;
    for (size_t i = 0; i < n; i++) {
        str_append(&rest, i == 0 ? " (" : ", ");
        sql_ident(&rest, made->csv != NULL ? made->csv->columns[i].name : made->columns[i].name);
        str_append_format(&rest, " %s",
                          made->csv != NULL
                              ? store_type_name(types->store, made->csv->columns[i].type)
                              : made->columns[i].sql_type);
    }
    str_append(&rest, ")");
    int status = made_create(types, made, str_text(&rest));
    str_deinit(&rest);
    return status;
}

const StoreColumn *
made_columns(Types *types, Made *made, size_t *ret_n)
{
    Error error = {0};
    StoreColumn *columns;
    if (made->columns == NULL && made_require(types, made) == 0 &&
        store_columns(types->store, made->schema, made->name, types->arena, &columns,
                      &made->n_columns, &error) == 0) {
        made->columns = columns;
    }
    error_deinit(&error);
    *ret_n = made->columns != NULL ? made->n_columns : 0;
    return made->columns;
}

const char *
made_signature(Types *types, Made *made)
{
    if (made->signature == NULL && made->csv != NULL) {
        made->signature = hash_of_text(csv_schema_text(made->csv, types->arena), types->arena);
    }
    if (made->signature == NULL) {
        size_t n;
        const StoreColumn *columns = made_columns(types, made, &n);
        Hash *hash = hash_begin();
        for (size_t i = 0; i < n; i++) {
            hash_text(hash, columns[i].name);
            hash_text(hash, columns[i].sql_type);
        }
        made->signature = hash_end_in(hash, types->arena);
    }
    return made->signature;
}
