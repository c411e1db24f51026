/*
 * Views that depend on relations, as statements that make them anew. The server writes the
 * statements: it knows how its names are quoted, and one query serves any number of views.
 */
#include "runtime/base/vec.h"
#include "runtime/store/postgres/pg.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>
#include <string.h>

/* ---- shared with carry.c ---- */

void
pg_append_relation(Str *sql, StoreRelation relation)
{
    Str name = {0};
    sql_qualified(&name, relation.schema, relation.name);
    sql_literal(sql, str_text(&name));
    str_deinit(&name);
}

int
pg_query_qualified(Store *store, const char *sql, StoreResult **ret_result, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_result_freep) StoreResult *before = NULL;
    int status =
        store_query(store, "select pg_catalog.current_setting('search_path')", &before, reterr);
    if (status != 0) {
        return status;
    }
    status = store_exec(store, "set search_path = ''", reterr);
    if (status != 0) {
        return status;
    }
    status = store_query(store, sql, ret_result, reterr);
    /* In a transaction that has failed this fails, too, but its rollback undoes the setting. */
    Str reset = {0};
    str_append(&reset, "select pg_catalog.set_config('search_path', ");
    sql_literal(&reset, store_result_text(before, 0, 0));
    str_append(&reset, ", false)");
    int reset_status = store_exec(store, str_text(&reset), status == 0 ? reterr : NULL);
    str_deinit(&reset);
    if (status == 0 && reset_status != 0) {
        store_result_free(*ret_result);
        *ret_result = NULL;
        return reset_status;
    }
    return status;
}

/* ---- the views ---- */

/** `with recursive replaced(oid) as (…)`, which both queries begin with. */
static void
append_replaced(Str *sql, const StoreRelation *replaced, size_t n_replaced)
{
    str_append(sql, "with recursive replaced as (select distinct to_regclass(v.name)::oid as oid "
                    "from (values ");
    for (size_t i = 0; i < n_replaced; i++) {
        str_append(sql, i == 0 ? "(" : ", (");
        pg_append_relation(sql, replaced[i]);
        str_append(sql, ")");
    }
    str_append(sql, ") v(name) where to_regclass(v.name) is not null), ");
}

/**
 * reads(parent, child): a view's rule depends on what the view reads. reach: the views that read
 * something replaced, with the length of every way to them; the longest way puts what is read
 * first.
 */
static const char REACH[] =
    "reach(oid, level) as ("
    "select c.oid, 1 from replaced x "
    "join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = x.oid and d.classid = 'pg_rewrite'::regclass "
    "join pg_rewrite r on r.oid = d.objid join pg_class c on c.oid = r.ev_class "
    "where c.relkind in ('v', 'm') and c.oid not in (select oid from replaced) "
    "union "
    "select c.oid, p.level + 1 from reach p "
    "join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = p.oid and d.classid = 'pg_rewrite'::regclass "
    "join pg_rewrite r on r.oid = d.objid join pg_class c on c.oid = r.ev_class "
    "where c.relkind in ('v', 'm') and c.oid <> p.oid and c.oid not in (select oid from replaced)), "
    "views as (select oid, max(level) as level from reach group by oid)";

/** What a grant names: `public` or a quoted role. Of an aclitem `a`. */
#define GRANTEE                                                                                    \
    "case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end"

/** Of a class `c` in a namespace `n`: the parts of `create … view`. */
static const char VIEW_PARTS[] =
    ", part as (select v.oid, v.level, c.relkind, c.relowner, c.relacl, n.nspname, n.oid as nspoid, c.relname, "
    "format('%I.%I', n.nspname, c.relname) as name, "
    "case c.relkind when 'm' then 'materialized view' else 'view' end as kind, "
    "coalesce(' with (' || (select string_agg(format('%s=%L', split_part(o, '=', 1), "
    "substr(o, strpos(o, '=') + 1)), ', ') from unnest(c.reloptions) o) || ')', '') as options, "
    "rtrim(pg_get_viewdef(c.oid), E'; \\n') as definition, "
    "case when c.relispopulated then '' else ' with no data' end as filling "
    "from views v join pg_class c on c.oid = v.oid join pg_namespace n on n.oid = c.relnamespace) ";

/** Rules of a view but its own, as `; create …`. */
static const char VIEW_RULES[] =
    "coalesce((select string_agg('; ' || regexp_replace(rtrim("
    "pg_get_ruledef(r.oid), ';'), '^CREATE RULE', 'CREATE OR REPLACE RULE'), '' order by r.rulename) "
    "from pg_rewrite r where r.ev_class = p.oid and r.rulename <> '_RETURN'), '')";

/** What `create view` by itself does not bring back, each as `; statement`, for a row `p` of part.
 */
static const char VIEW_EXTRAS[] =
    /* indexes of a materialized view */
    "|| coalesce((select string_agg('; ' || pg_get_indexdef(i.indexrelid), '' order by i.indexrelid) "
    "from pg_index i where i.indrelid = p.oid), '') "
    /* instead-of triggers */
    "|| coalesce((select string_agg('; ' || pg_get_triggerdef(t.oid), '' order by t.tgname) "
    "from pg_trigger t where t.tgrelid = p.oid and not t.tgisinternal), '') "
    /* column defaults, for inserts into the view */
    "|| coalesce((select string_agg(format('; alter view %s alter column %I set default %s', p.name, "
    "a.attname, pg_get_expr(d.adbin, d.adrelid)), '' order by a.attnum) from pg_attrdef d "
    "join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = p.oid), '') "
    /* comments */
    "|| coalesce((select string_agg(case d.objsubid when 0 then format('; comment on %s %s is %L', p.kind, "
    "p.name, d.description) else format('; comment on column %s.%I is %L', p.name, a.attname, d.description) end, "
    "'' order by d.objsubid) from pg_description d left join pg_attribute a on a.attrelid = p.oid and a.attnum = d.objsubid "
    "where d.objoid = p.oid and d.classoid = 'pg_class'::regclass), '') "
    /* what default privileges give to others than us, who make the view */
    "|| coalesce((select string_agg(distinct format('; revoke all on %s from %s', p.name, " GRANTEE
    "), '') from pg_default_acl da, aclexplode(da.defaclacl) a where da.defaclobjtype = 'r' "
    "and da.defaclnamespace in (0, p.nspoid) and pg_get_userbyid(da.defaclrole) = current_user "
    "and a.grantee <> da.defaclrole), '') "
    /* what the owner, as whom we count until the end, has taken from itself */
    "|| coalesce((select string_agg(format('; revoke %s on %s from current_user', a.privilege_type, p.name), '') "
    "from aclexplode(acldefault('r', p.relowner)) a where p.relacl is not null and not exists (select from "
    "aclexplode(p.relacl) b where b.grantee = a.grantee and b.privilege_type = a.privilege_type)), '') "
    /* grants on the view, then on columns */
    "|| coalesce((select string_agg(format('; grant %s on %s to %s%s', a.privilege_type, p.name, " GRANTEE
    ", case when a.is_grantable then ' with grant option' else '' end), '') "
    "from aclexplode(p.relacl) a where a.grantee <> p.relowner), '') "
    "|| coalesce((select string_agg(format('; grant %s (%I) on %s to %s%s', a.privilege_type, t.attname, "
    "p.name, " GRANTEE
    ", case when a.is_grantable then ' with grant option' else '' end), '' order by t.attnum) "
    "from pg_attribute t, aclexplode(t.attacl) a where t.attrelid = p.oid and t.attnum > 0 "
    "and not t.attisdropped and a.grantee <> p.relowner), '') "
    "|| case when pg_get_userbyid(p.relowner) <> current_user then format("
    "'; alter %s %s owner to %I', p.kind, p.name, pg_get_userbyid(p.relowner)) else '' end";

enum {
    COLUMN_OID,
    COLUMN_SCHEMA,
    COLUMN_NAME,
    COLUMN_OWNER,
    COLUMN_MATERIALIZED,
    COLUMN_DIRECT,
    COLUMN_PARENTS,
    COLUMN_REPLACE,
    COLUMN_DROP,
    COLUMN_CREATE
};

static void
append_views_sql(Str *sql, const StoreRelation *replaced, size_t n_replaced)
{
    append_replaced(sql, replaced, n_replaced);
    str_append(sql, REACH);
    str_append(sql, VIEW_PARTS);
    str_append(
        sql,
        "select p.oid, p.nspname, p.relname, pg_get_userbyid(p.relowner), p.relkind = 'm', "
        "exists (select from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid "
        "where r.ev_class = p.oid and d.refclassid = 'pg_class'::regclass and d.refobjid in (select oid from replaced)), "
        "(select string_agg(distinct d.refobjid::text, ' ') from pg_rewrite r "
        "join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid where r.ev_class = p.oid "
        "and d.refclassid = 'pg_class'::regclass and d.refobjid <> p.oid and d.refobjid in (select oid from views)), "
        "case p.relkind when 'v' then format('create or replace view %s%s as %s', p.name, p.options, "
        "p.definition) || ");
    str_append(sql, VIEW_RULES);
    str_append(
        sql,
        " end, format('drop %s %s', p.kind, p.name), "
        "format('create %s %s%s as %s%s', p.kind, p.name, p.options, p.definition, p.filling) || ");
    str_append(sql, VIEW_RULES);
    str_append(sql, VIEW_EXTRAS);
    str_append(sql, " from part p order by p.level, p.nspname, p.relname");
}

/** Indices of the views whose oids `text` lists; they all come earlier. */
static void
take_parents(const StoreResult *result, size_t row, Arena *arena, StoreDependent *view)
{
    const char *text = store_result_text(result, row, COLUMN_PARENTS);
    VEC(size_t) parents = {0};
    for (char *end = NULL; text && *text != '\0'; text = end + (*end == ' ')) {
        unsigned long oid = strtoul(text, &end, 10);
        for (size_t i = 0; i < row; i++) {
            if (strtoul(store_result_text(result, i, COLUMN_OID), NULL, 10) == oid) {
                vec_push_in(arena, &parents, i);
            }
        }
    }
    view->parents = parents.items;
    view->n_parents = parents.n;
}

static StoreDependent
take_view(const StoreResult *result, size_t row, Arena *arena)
{
    const char *replace_sql = store_result_text(result, row, COLUMN_REPLACE);
    StoreDependent view = {
        .view = {.schema = arena_strdup(arena, store_result_text(result, row, COLUMN_SCHEMA)),
                 .name = arena_strdup(arena, store_result_text(result, row, COLUMN_NAME))},
        .owner = arena_strdup(arena, store_result_text(result, row, COLUMN_OWNER)),
        .materialized = text_equal(store_result_text(result, row, COLUMN_MATERIALIZED), "true"),
        .direct = text_equal(store_result_text(result, row, COLUMN_DIRECT), "true"),
        .replace_sql = replace_sql ? arena_strdup(arena, replace_sql) : NULL,
        .drop_sql = arena_strdup(arena, store_result_text(result, row, COLUMN_DROP)),
        .create_sql = arena_strdup(arena, store_result_text(result, row, COLUMN_CREATE)),
    };
    take_parents(result, row, arena, &view);
    return view;
}

static int
capture_views(Store *store, const StoreRelation *replaced, size_t n_replaced, Arena *arena,
              StoreDependents *dependents, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    append_views_sql(&sql, replaced, n_replaced);
    int status = pg_query_qualified(store, str_text(&sql), &result, reterr);
    str_deinit(&sql);
    if (status != 0) {
        return status;
    }
    size_t n = store_result_rows(result);
    StoreDependent *views = ARENA_ARRAY(arena, StoreDependent, n);
    for (size_t i = 0; i < n; i++) {
        views[i] = take_view(result, i, arena);
    }
    dependents->views = views;
    dependents->n_views = n;
    return 0;
}

/* ---- what else holds on to them ---- */

/**
 * Dependencies of the normal kind on a replaced relation or its row type, but for views that are
 * captured and for what belongs to replaced relations themselves (constraints, defaults, rules,
 * policies).
 */
static const char OBSTACLES[] =
    ", target as (select x.oid, 'pg_class'::regclass as class, x.oid as relation from replaced x "
    "union all select t.oid, 'pg_type'::regclass, x.oid from replaced x join pg_type t on t.typrelid = x.oid "
    "union all select t.typarray, 'pg_type'::regclass, x.oid from replaced x join pg_type t on t.typrelid = x.oid) "
    "select distinct n.nspname, c.relname, pg_describe_object(d.classid, d.objid, d.objsubid) "
    "from target g join pg_depend d on d.refclassid = g.class and d.refobjid = g.oid "
    "join pg_class c on c.oid = g.relation join pg_namespace n on n.oid = c.relnamespace "
    "left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid "
    "left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid "
    "left join pg_attrdef f on d.classid = 'pg_attrdef'::regclass and f.oid = d.objid "
    "left join pg_policy p on d.classid = 'pg_policy'::regclass and p.oid = d.objid "
    "left join pg_trigger t on d.classid = 'pg_trigger'::regclass and t.oid = d.objid "
    "where d.deptype = 'n' "
    "and coalesce(r.ev_class, k.conrelid, f.adrelid, p.polrelid, t.tgrelid, "
    "case when d.classid = 'pg_class'::regclass then d.objid end, 0) not in "
    "(select oid from replaced union all select oid from views) order by 1, 2, 3";

static int
capture_obstacles(Store *store, const StoreRelation *replaced, size_t n_replaced, Arena *arena,
                  StoreDependents *dependents, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    append_replaced(&sql, replaced, n_replaced);
    str_append(&sql, REACH);
    str_append(&sql, OBSTACLES);
    int status = pg_query_qualified(store, str_text(&sql), &result, reterr);
    str_deinit(&sql);
    if (status != 0) {
        return status;
    }
    size_t n = store_result_rows(result);
    StoreObstacle *obstacles = ARENA_ARRAY(arena, StoreObstacle, n);
    for (size_t i = 0; i < n; i++) {
        obstacles[i].relation.schema = arena_strdup(arena, store_result_text(result, i, 0));
        obstacles[i].relation.name = arena_strdup(arena, store_result_text(result, i, 1));
        obstacles[i].what = arena_strdup(arena, store_result_text(result, i, 2));
    }
    dependents->obstacles = obstacles;
    dependents->n_obstacles = n;
    return 0;
}

int
pg_dependents(Store *store, const StoreRelation *replaced, size_t n_replaced, Arena *arena,
              StoreDependents **ret_dependents, Error *reterr)
{
    StoreDependents *dependents = ARENA_NEW(arena, StoreDependents);
    int status = capture_views(store, replaced, n_replaced, arena, dependents, reterr);
    if (status == 0) {
        status = capture_obstacles(store, replaced, n_replaced, arena, dependents, reterr);
    }
    if (status == 0) {
        *ret_dependents = dependents;
    }
    return status;
}
