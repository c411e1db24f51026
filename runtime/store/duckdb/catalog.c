/* What there is: columns of a table, and the catalogue as a subquery. */
#include "runtime/store/duckdb/duck.h"
#include "runtime/store/sql_text.h"

static void
append_columns_sql(Str *sql, const char *schema, const char *table)
{
    /* duckdb_columns() would go through the columns of all tables */
    str_append(sql, "select column_name, column_type, \"null\" = 'YES' from (describe ");
    if (schema && schema[0] != '\0') {
        sql_qualified(sql, schema, table);
    } else {
        sql_ident(sql, table);
    }
    str_append(sql, ")");
}

/** `ENUM('a', 'b')`, but no list of them. */
static bool
is_enum(const char *sql_type)
{
    return text_starts_with(sql_type, "ENUM(") && text_ends_with(sql_type, ")");
}

int
duck_columns(Store *store, const char *schema, const char *table, Arena *arena,
             StoreColumn **ret_columns, size_t *ret_n, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    append_columns_sql(&sql, schema, table);
    int status = store_query(store, str_text(&sql), &result, reterr);
    str_deinit(&sql);
    if (status != 0) {
        return status;
    }
    size_t n = store_result_rows(result);
    if (n == 0) {
        return store_missing_table(schema, table, reterr);
    }
    StoreColumn *columns = ARENA_ARRAY(arena, StoreColumn, n);
    for (size_t i = 0; i < n; i++) {
        columns[i].name = arena_strdup(arena, store_result_text(result, i, 0));
        columns[i].sql_type = arena_strdup(arena, store_result_text(result, i, 1));
        columns[i].type = duck_type_named(columns[i].sql_type);
        columns[i].nullable = text_equal(store_result_text(result, i, 2), "true");
        columns[i].base_type = is_enum(columns[i].sql_type) ? "VARCHAR" : NULL;
    }
    *ret_columns = columns;
    *ret_n = n;
    return 0;
}

void
duck_catalog_sql(const StoreSchemas *schemas, Str *sql)
{
    str_append(
        sql, "select c.schema_name, c.table_name, "
             "case when v.view_name is null then 'table' else 'view' end as kind, '' as identity, "
             "md5(string_agg(c.column_name || ' ' || c.data_type || ' ' || (not c.is_nullable), "
             "chr(10) order by c.column_index)) as shape "
             "from duckdb_columns() c left join duckdb_views() v "
             "on v.database_name = c.database_name and v.schema_name = c.schema_name "
             "and v.view_name = c.table_name "
             "where c.database_name = current_database() and c.schema_name in (");
    store_append_schema_list(sql, schemas);
    str_append(sql, ") group by c.schema_name, c.table_name, v.view_name");
}

/** A row as a whole is its alias; a blank in it keeps it apart from any column. */
void
duck_content_sql(const char *schema, const char *table, Str *sql)
{
    str_append(sql, "select cast(count(*) as varchar) || ' ' || "
                    "coalesce(cast(sum(cast(hash(\"a row\") as hugeint)) as varchar), '0') from ");
    sql_qualified(sql, schema, table);
    str_append(sql, " as \"a row\"");
}

/** It can't be had without a look at every segment. */
void
duck_size_sql(const char *schema, const char *table, Str *sql)
{
    (void)schema;
    (void)table;
    str_append(sql, "select cast(null as varchar)");
}

void
duck_temporary_sql(Str *sql)
{
    str_append(sql, "select 'temp.main.\"' || replace(table_name, '\"', '\"\"') || '\"'"
                    " from duckdb_tables() where temporary and not internal order by table_name");
}
