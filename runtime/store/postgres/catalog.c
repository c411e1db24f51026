/* What there is: columns of a table, and the catalogue as a subquery. */
#include "runtime/store/postgres/pg.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>

/** A table without columns gives one row of NULLs, a missing one none. Domains stand on domains:
 * their base is the last one's. */
static void
append_columns_sql(Str *sql, const char *schema, const char *table)
{
    Str name = {0};
    sql_qualified(&name, schema, table);
    str_append(
        sql, "select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.atttypid, "
             "not a.attnotnull, case t.typtype when 'e' then 'text' when 'd' then "
             "(with recursive b as (select t.typtype, t.typbasetype as oid, t.typtypmod union all "
             "select d.typtype, d.typbasetype, case when b.typtypmod >= 0 then b.typtypmod "
             "else d.typtypmod end from b join pg_catalog.pg_type d on d.oid = b.oid "
             "where d.typtype = 'd') select case d.typtype when 'e' then 'text' else "
             "pg_catalog.format_type(b.oid, b.typtypmod) end from b "
             "join pg_catalog.pg_type d on d.oid = b.oid and d.typtype <> 'd') end "
             "from pg_catalog.pg_class c left join pg_catalog.pg_attribute a "
             "on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped "
             "left join pg_catalog.pg_type t on t.oid = a.atttypid "
             "where c.oid = pg_catalog.to_regclass(");
    sql_literal(sql, str_text(&name));
    str_append(sql, ") order by a.attnum");
    str_deinit(&name);
}

static void
take_columns(const StoreResult *result, Arena *arena, StoreColumn **ret_columns, size_t *ret_n)
{
    size_t n = store_result_text(result, 0, 0) ? store_result_rows(result) : 0;
    StoreColumn *columns = ARENA_ARRAY(arena, StoreColumn, n);
    for (size_t i = 0; i < n; i++) {
        columns[i].name = arena_strdup(arena, store_result_text(result, i, 0));
        columns[i].sql_type = arena_strdup(arena, store_result_text(result, i, 1));
        columns[i].type = pg_type_of((unsigned)strtoul(store_result_text(result, i, 2), NULL, 10));
        columns[i].nullable = text_equal(store_result_text(result, i, 3), "true");
        const char *base = store_result_text(result, i, 4);
        columns[i].base_type = base ? arena_strdup(arena, base) : NULL;
    }
    *ret_columns = columns;
    *ret_n = n;
}

int
pg_columns(Store *store, const char *schema, const char *table, Arena *arena,
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
    if (store_result_rows(result) == 0) {
        return store_missing_table(schema, table, reterr);
    }
    take_columns(result, arena, ret_columns, ret_n);
    return 0;
}

void
pg_catalog_sql(const StoreSchemas *schemas, Str *sql)
{
    str_append(
        sql, "select n.nspname::text as schema_name, c.relname::text as table_name, "
             "case c.relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view' "
             "else 'other' end as kind, c.oid::text as identity, "
             "(select pg_catalog.md5(pg_catalog.string_agg(a.attname || ' ' || "
             "pg_catalog.format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull, E'\\n' "
             "order by a.attnum)) from pg_catalog.pg_attribute a where a.attrelid = c.oid "
             "and a.attnum > 0 and not a.attisdropped) as shape "
             "from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
             "where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and n.nspname in (");
    store_append_schema_list(sql, schemas);
    str_append(sql, ")");
}

/** A row as a whole is its alias; a blank in it keeps it apart from any column. */
void
pg_content_sql(const char *schema, const char *table, Str *sql)
{
    str_append(sql, "select pg_catalog.count(*)::text || ' ' || coalesce(pg_catalog.sum("
                    "pg_catalog.hashtextextended(\"a row\"::text, 0)::numeric)::text, '0') from ");
    sql_qualified(sql, schema, table);
    str_append(sql, " as \"a row\"");
}

void
pg_size_sql(const char *schema, const char *table, Str *sql)
{
    Str name = {0};
    sql_qualified(&name, schema, table);
    str_append(sql, "select pg_catalog.pg_total_relation_size(");
    sql_literal(sql, str_text(&name));
    str_append(sql, "::regclass)::text");
    str_deinit(&name);
}

void
pg_temporary_sql(Str *sql)
{
    str_append(sql, "select 'pg_temp.' || pg_catalog.quote_ident(relname::text)"
                    " from pg_catalog.pg_class"
                    " where relnamespace = pg_catalog.pg_my_temp_schema() and relkind in ('r', 'p')"
                    " order by relname");
}
