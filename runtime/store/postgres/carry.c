/* What belongs to a relation beside its columns, as statements for the one that replaces it; and
 * who uses relations. */
#include "runtime/store/postgres/pg.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>
#include <string.h>

/** rel: pairs of relations that both exist, with what is needed of both. `tname` is how statements
 * name the new one. */
static void
append_pairs(Str *sql, const StoreReplacement *replacements, size_t n)
{
    str_append(sql, "with pair as (select v.i, to_regclass(v.f)::oid as f, "
                    "to_regclass(v.t)::oid as t from (values ");
    for (size_t i = 0; i < n; i++) {
        str_append_format(sql, "%s(%zu, ", i == 0 ? "" : ", ", i);
        pg_append_relation(sql, replacements[i].from);
        str_append(sql, ", ");
        pg_append_relation(sql, replacements[i].to);
        str_append(sql, ")");
    }
    str_append(
        sql,
        ") v(i, f, t)), rel as (select p.i, p.f, p.t, f.relowner as fowner, t.relowner as towner, "
        "coalesce(f.relacl, acldefault('r', f.relowner)) as facl, "
        "coalesce(t.relacl, acldefault('r', t.relowner)) as tacl, "
        "f.relrowsecurity, f.relforcerowsecurity, format('%I.%I', n.nspname, t.relname) as tname, "
        "case t.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' "
        "else 'table' end as kind "
        "from pair p join pg_class f on f.oid = p.f join pg_class t on t.oid = p.t "
        "join pg_namespace n on n.oid = t.relnamespace), "
        /* columns of the same name on both sides */
        "col as (select r.*, fa.attname, fa.attnum as fnum, ta.attnum as tnum, fa.attacl as fcolacl from rel r "
        "join pg_attribute fa on fa.attrelid = r.f and fa.attnum > 0 and not fa.attisdropped "
        "join pg_attribute ta on ta.attrelid = r.t and ta.attnum > 0 and not ta.attisdropped "
        "and ta.attname = fa.attname) ");
}

#define ROLE "case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end"
#define QUOTED_ROLE                                                                                \
    "case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid("                        \
    "a.grantee)) end"
#define GRANT_OPTION "case when bool_or(a.is_grantable) then ' with grant option' else '' end"

/** Rows (pair, StoreCarryKind, role, statement, order); the number in front is the kind. */
static const char CARRIED[] =
    "select r.i, 0 as kind, " ROLE " as role, "
    "format('revoke %s on %s from %s', a.privilege_type, r.tname, " QUOTED_ROLE
    ") as sql, 0 as place "
    "from rel r, aclexplode(r.tacl) a where not exists (select from aclexplode(r.facl) b "
    "where b.grantee = case a.grantee when r.towner then r.fowner else a.grantee end "
    "and b.privilege_type = a.privilege_type) "

    "union all select r.i, 1, " ROLE
    ", format('grant %s on %s to %s%s', a.privilege_type, r.tname, " QUOTED_ROLE ", " GRANT_OPTION
    "), 0 from rel r, aclexplode(r.facl) a where a.grantee <> r.fowner "
    "group by r.i, r.tname, a.grantee, a.privilege_type "

    "union all select c.i, 1, " ROLE
    ", format('grant %s (%I) on %s to %s%s', a.privilege_type, c.attname, "
    "c.tname, " QUOTED_ROLE ", " GRANT_OPTION "), c.fnum from col c, aclexplode(c.fcolacl) a "
    "where a.grantee <> c.fowner group by c.i, c.tname, c.attname, c.fnum, a.grantee, a.privilege_type "

    "union all select r.i, 2, null, format('comment on %s %s is %L', r.kind, r.tname, d.description), 0 "
    "from rel r join pg_description d on d.objoid = r.f and d.classoid = 'pg_class'::regclass and d.objsubid = 0 "
    "where obj_description(r.t, 'pg_class') is null "

    "union all select c.i, 2, null, format('comment on column %s.%I is %L', c.tname, c.attname, d.description), "
    "c.fnum from col c join pg_description d on d.objoid = c.f and d.classoid = 'pg_class'::regclass "
    "and d.objsubid = c.fnum where col_description(c.t, c.tnum) is null "

    "union all select r.i, 3, null, format('create policy %I on %s as %s for %s to %s%s%s', p.polname, r.tname, "
    "case when p.polpermissive then 'permissive' else 'restrictive' end, "
    "case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end, "
    "(select string_agg(case m when 0 then 'public' else quote_ident(pg_get_userbyid(m)) end, "
    "', ') from unnest(p.polroles) m), "
    "coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', ''), "
    "coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')), 0 "
    "from rel r join pg_policy p on p.polrelid = r.f "

    "union all select r.i, 3, null, format('alter table %s %s row level security', r.tname, "
    "case s.place when 1 then 'enable' else 'force' end), s.place from rel r, (values (1), (2)) s(place) "
    "where case s.place when 1 then r.relrowsecurity else r.relforcerowsecurity end "

    "union all select r.i, 4, pg_get_userbyid(r.fowner)::text, format('alter %s %s owner to %I', r.kind, "
    "r.tname, pg_get_userbyid(r.fowner)), 0 from rel r where r.fowner <> r.towner "

    "order by 1, 2, 5, 4";

int
pg_carry(Store *store, const StoreReplacement *replacements, size_t n, Arena *arena,
         StoreCarried **ret_carried, size_t *ret_n, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    append_pairs(&sql, replacements, n);
    str_append(&sql, CARRIED);
    int status = pg_query_qualified(store, str_text(&sql), &result, reterr);
    str_deinit(&sql);
    if (status != 0) {
        return status;
    }
    size_t n_carried = store_result_rows(result);
    StoreCarried *carried = ARENA_ARRAY(arena, StoreCarried, n_carried);
    for (size_t i = 0; i < n_carried; i++) {
        const char *role = store_result_text(result, i, 2);
        carried[i].replacement = strtoul(store_result_text(result, i, 0), NULL, 10);
        carried[i].kind = (StoreCarryKind)strtoul(store_result_text(result, i, 1), NULL, 10);
        carried[i].role = role ? arena_strdup(arena, role) : NULL;
        carried[i].sql = arena_strdup(arena, store_result_text(result, i, 3));
    }
    *ret_carried = carried;
    *ret_n = n_carried;
    return 0;
}

/* ---- who uses them ---- */

static void
append_users_sql(Str *sql, const StoreRelation *relations, size_t n)
{
    str_append(
        sql, "select distinct a.application_name, a.usename, coalesce(a.client_hostname, "
             "pg_catalog.host(a.client_addr)), l.pid, "
             "pg_catalog.to_char(coalesce(a.xact_start, a.backend_start), 'YYYY-MM-DD HH24:MI:SS') "
             "from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid "
             "where l.locktype = 'relation' and l.granted and l.pid <> pg_catalog.pg_backend_pid() "
             "and l.database = (select d.oid from pg_catalog.pg_database d "
             "where d.datname = pg_catalog.current_database()) and l.relation in (");
    for (size_t i = 0; i < n; i++) {
        str_append(sql, i == 0 ? "pg_catalog.to_regclass(" : ", pg_catalog.to_regclass(");
        pg_append_relation(sql, relations[i]);
        str_append(sql, ")");
    }
    str_append(sql, ") order by 5, 4");
}

int
pg_relation_users(Store *store, const StoreRelation *relations, size_t n, Arena *arena,
                  char **ret_users, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    append_users_sql(&sql, relations, n);
    int status = store_query(store, str_text(&sql), &result, reterr);
    str_deinit(&sql);
    if (status != 0) {
        return status;
    }
    Str users = {0};
    for (size_t i = 0; i < store_result_rows(result); i++) {
        str_append(&users, i == 0 ? "" : "\n");
        str_append(&users, pg_describe_session(result, i, arena));
    }
    *ret_users = users.length > 0 ? str_take_in(&users, arena) : NULL;
    str_deinit(&users);
    return 0;
}
