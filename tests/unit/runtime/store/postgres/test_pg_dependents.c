/* Views, grants and comments of others survive the replacement of what they are about. */
#include "runtime/store/dependents.h"
#include "tests/unit/runtime/store/engines.h"

static const StoreRelation table_t = {"s", "t"};

static Store *
open_database(const char *name)
{
    return engine_open(ENGINE_POSTGRES, name);
}

/** s.t is to be replaced by hidden.t; roles are shared by all databases of the server, so they may
 * be there. */
static void
make_tables(Store *store, const char *new_columns)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    static const char *const roles[] = {"reader", "\"Odd \"\"role\"", "owner_of_views"};
    for (size_t i = 0; i < ARRAY_LENGTH(roles); i++) {
        must_exec(store, arena_printf(arena,
                                      "do $$ begin create role %s; exception when duplicate_object "
                                      "or unique_violation then null; end $$",
                                      roles[i]));
    }
    must_exec(
        store,
        "create schema s; create schema hidden; create schema trash; create schema other;"
        "grant usage on schema s, other to reader, owner_of_views; grant create on schema other to owner_of_views;"
        "create table s.t as select 1 as a, 'old'::text as b, 5 as \"C d\";"
        "grant select on s.t to owner_of_views");
    must_exec(store, arena_printf(arena, "create table hidden.t as select %s", new_columns));
}

static void
exchange(Store *store)
{
    must_exec(store,
              "grant select on hidden.t to owner_of_views; alter table s.t set schema trash; "
              "alter table hidden.t set schema s");
}

static StoreDependents *
must_capture(Store *store, const StoreRelation *replaced, size_t n, Arena *arena)
{
    StoreDependents *dependents = NULL;
    Error error = {0};
    int status = store_dependents_capture(store, replaced, n, arena, &dependents, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0);
    return dependents;
}

static void
must_restore(Store *store, const StoreDependents *dependents)
{
    Error error = {0};
    int status = store_dependents_restore(store, dependents, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0);
}

/** All that can be said about the views of schema `other`, as one text. */
static const char *
describe_views(Store *store, Arena *arena)
{
    return query_text(
        store,
        "select string_agg(concat_ws(' | ', c.relname, c.relkind, (select string_agg(x::text, ',' order by x::text) "
        "from unnest(coalesce(c.relacl, acldefault('r', c.relowner))) x), c.reloptions::text, c.relpopulated_, "
        "pg_get_userbyid(c.relowner), pg_get_viewdef(c.oid), obj_description(c.oid), "
        "(select string_agg(concat_ws(':', a.attname, format_type(a.atttypid, a.atttypmod), a.attacl::text, "
        "col_description(c.oid, a.attnum), (select pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d where d.adrelid = c.oid "
        "and d.adnum = a.attnum)), ',' order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0), "
        "(select string_agg(pg_get_indexdef(i.indexrelid), ',' order by i.indexrelid) from pg_index i where i.indrelid = c.oid), "
        "(select string_agg(pg_get_triggerdef(t.oid), ',') from pg_trigger t where t.tgrelid = c.oid), "
        "(select string_agg(pg_get_ruledef(r.oid), ',') from pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN')), "
        "E'\\n' order by c.relname) from (select *, pg_class.oid as id, relispopulated::text as relpopulated_ from pg_class) c "
        "where c.relnamespace = 'other'::regnamespace and c.relkind in ('v', 'm')",
        arena);
}

static void
make_views(Store *store)
{
    must_exec(
        store,
        "create view other.plain as select t.a, t.b as \"B \"\"x\"\"\" from s.t;"
        "create view other.guarded with (security_barrier = true, check_option = 'local') as select * from s.t where a > 0;"
        "create view other.\"Über x\" as select p.a, g.b from other.plain p join other.guarded g using (a);"
        "create materialized view other.stored with (fillfactor = 70) as select a, count(*) as n from other.\"Über x\" group by a;"
        "create unique index stored_key on other.stored (a); create index on other.stored (n) where n > 0;"
        "create view other.top as select * from other.stored;"
        "create materialized view other.empty as select b from s.t with no data;"
        "grant select on other.plain to reader; grant insert, update on other.plain to \"Odd \"\"role\" with grant option;"
        "grant select (a), update (b) on other.guarded to reader; grant select on other.stored to public;"
        "comment on view other.plain is 'it''s plain'; comment on column other.plain.\"B \"\"x\"\"\" is 'quote'' \"x\"';"
        "comment on materialized view other.stored is 'kept'; comment on column other.top.n is 'count';"
        "alter view other.plain alter column a set default 7;"
        "create function other.put() returns trigger language plpgsql as 'begin return new; end';"
        "create trigger put instead of insert on other.\"Über x\" for each row execute function other.put();"
        "create rule gone as on delete to other.top do instead update s.t set a = a;"
        "revoke insert on other.top from current_user;"
        "alter view other.guarded owner to owner_of_views; alter view other.plain owner to owner_of_views;"
        "alter view other.\"Über x\" owner to owner_of_views");
}

Test(dependents, views_are_found_with_what_they_read_first)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = open_database("found");
    make_tables(store, "2 as a, 'new'::text as b, 6 as \"C d\"");
    make_views(store);
    must_exec(
        store,
        "create view other.unrelated as select 1 as x; create view trash.far as select * from other.top");
    StoreDependents *dependents = must_capture(store, &table_t, 1, arena);
    cr_assert_eq(dependents->n_views, 7);
    for (size_t i = 0; i < dependents->n_views; i++) {
        const StoreDependent *view = &dependents->views[i];
        for (size_t p = 0; p < view->n_parents; p++) {
            cr_assert_lt(view->parents[p], i);
        }
        cr_assert(view->direct || view->n_parents > 0);
        cr_assert_eq(view->materialized, view->replace_sql == NULL);
        cr_assert_str_neq(view->view.name, "unrelated");
    }
    cr_assert_str_eq(dependents->views[6].view.name, "far");
    cr_assert_str_eq(dependents->views[6].view.schema, "trash");
    cr_assert_eq(dependents->n_obstacles, 0);
    assert_query(store, "show search_path", "\"$user\", public");
    const StoreRelation nothing = {"s", "nosuch"};
    cr_assert_eq(must_capture(store, &nothing, 1, arena)->n_views, 0);
    cr_assert_eq(must_capture(store, NULL, 0, arena)->n_views, 0);
}

Test(dependents, everything_about_the_views_survives)
{
    static const char *const columns[] = {
        "2 as a, 'new'::text as b, 6 as \"C d\"",         /* the same */
        "2::bigint as a, 'new'::text as b, 6 as \"C d\"", /* a wider type: views change theirs */
        "true as more, 6 as \"C d\", 'new'::text as b, 2 as a", /* another order, one more */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(columns); i++) {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        CLEANUP(store_closep)
        Store *store = open_database(i == 0 ? "same" : i == 1 ? "wider" : "other");
        make_tables(store, columns[i]);
        make_views(store);
        const char *before = describe_views(store, arena);
        const char *plain = query_text(store, "select 'other.plain'::regclass::oid", arena);
        cr_assert_eq(store_begin(store, NULL), 0);
        StoreDependents *dependents = must_capture(store, &table_t, 1, arena);
        exchange(store);
        must_restore(store, dependents);
        cr_assert_eq(store_commit(store, NULL), 0);
        assert_query(store, "select \"B \"\"x\"\"\" from other.plain", "new");
        assert_query(store, "select b from other.\"Über x\"", "new");
        assert_query(store, "select a from other.stored",
                     i == 1 ? "2" : "1"); /* filled anew only where it is made anew */
        assert_query(store, "select a from other.top", i == 1 ? "2" : "1");
        assert_query(store,
                     "select relispopulated from pg_class where oid = 'other.empty'::regclass",
                     "false");
        cr_assert_eq(
            strcmp(plain, query_text(store, "select 'other.plain'::regclass::oid", arena)) == 0,
            i != 1, "in place where the columns allow it");
        must_exec(store, "drop table trash.t");
        if (i != 1) { /* else the types are meant to differ */
            cr_assert_str_eq(describe_views(store, arena), before);
        } else {
            must_exec(store,
                      "drop materialized view other.stored cascade; drop view other.plain cascade");
        }
    }
}

Test(dependents, a_wider_type_keeps_grants_owner_comments_and_all)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = open_database("wider_all");
    make_tables(store, "2::bigint as a, 'new'::text as b, 6 as \"C d\"");
    make_views(store);
    must_exec(store,
              "alter default privileges in schema other grant select, delete on tables to reader");
    const char *before = describe_views(store, arena);
    cr_assert_eq(store_begin(store, NULL), 0);
    StoreDependents *dependents = must_capture(store, &table_t, 1, arena);
    exchange(store);
    must_restore(store, dependents);
    cr_assert_eq(store_commit(store, NULL), 0);
    const char *after = describe_views(store, arena);
    /* The one difference that is meant: int became bigint. */
    Str expected = {0};
    for (const char *c = before; *c != '\0';) {
        if (strncmp(c, "a:integer", 9) == 0) {
            str_append(&expected, "a:bigint");
            c += 9;
        } else {
            str_append_char(&expected, *c++);
        }
    }
    cr_assert_str_eq(after, str_text(&expected), "before\n%s\nafter\n%s", before, after);
    str_deinit(&expected);
}

Test(dependents, a_view_that_no_longer_fits_is_named_and_nothing_happens)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = open_database("unfit");
    make_tables(store, "2 as a, 6 as \"C d\"");
    make_views(store);
    const char *before = describe_views(store, arena);
    Error error = {0};
    cr_assert_eq(store_begin(store, NULL), 0);
    StoreDependents *dependents = must_capture(store, &table_t, 1, arena);
    exchange(store);
    cr_assert_lt(store_dependents_restore(store, dependents, &error), 0);
    store_rollback(store);
    cr_assert_str_eq(error.sqlstate, "42703");
    cr_assert(strstr(error.message, "b does not exist"), "%s", error.message);
    cr_assert(strstr(str_text(&error.context), "\"other\".\""), "%s", str_text(&error.context));
    error_deinit(&error);
    cr_assert_str_eq(describe_views(store, arena), before);
    assert_query(store, "show search_path", "\"$user\", public");
}

Test(dependents, our_own_views_are_replaced_too_and_not_among_them)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = open_database("own");
    make_tables(store, "2 as a, 'new'::text as b, 6 as \"C d\"");
    must_exec(
        store,
        "create view s.v as select a from s.t; create view hidden.v as select a from hidden.t;"
        "create view other.w as select a from s.v");
    const StoreRelation replaced[] = {{"s", "t"}, {"s", "v"}};
    cr_assert_eq(store_begin(store, NULL), 0);
    StoreDependents *dependents = must_capture(store, replaced, 2, arena);
    cr_assert_eq(dependents->n_views, 1);
    cr_assert_str_eq(dependents->views[0].view.name, "w");
    cr_assert(dependents->views[0].direct);
    exchange(store);
    must_exec(store, "alter view s.v set schema trash; alter view hidden.v set schema s");
    must_restore(store, dependents);
    cr_assert_eq(store_commit(store, NULL), 0);
    assert_query(store, "select a from other.w", "2");
    must_exec(store, "drop view trash.v; drop table trash.t");
}

Test(dependents, who_may_not_touch_a_view_gets_its_name)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *name = arena_printf(arena, "foreign_%d", (int)getpid());
    CLEANUP(store_closep) Store *admin = open_url(postgres_url(arena, name));
    must_exec(admin,
              "drop role if exists builder; create role builder login password 'pw' createdb;"
              "create schema s authorization builder; create schema other");
    const char *url = arena_printf(arena, "postgresql://builder:pw@%s:%s/%s", getenv("PGHOST"),
                                   getenv("PGPORT"), name);
    CLEANUP(store_closep) Store *builder = open_url(url);
    must_exec(builder, "create table s.t as select 1 as a");
    must_exec(admin, "create view other.v as select a from s.t");
    Error error = {0};
    cr_assert_eq(store_begin(builder, NULL), 0);
    StoreDependents *dependents = must_capture(builder, &table_t, 1, arena);
    cr_assert_eq(dependents->n_views, 1);
    cr_assert_str_eq(dependents->views[0].owner, "postgres");
    must_exec(builder, "alter table s.t rename to old; create table s.t as select 2 as a");
    cr_assert_lt(store_dependents_restore(builder, dependents, &error), 0);
    cr_assert_str_eq(error.sqlstate, "42501", "%s", error.message);
    cr_assert(strstr(str_text(&error.context), "\"other\".\"v\" of postgres"), "%s",
              str_text(&error.context));
    error_deinit(&error);
    store_rollback(builder);
}

Test(dependents, what_else_holds_on_to_a_table_is_told)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = open_database("obstacles");
    make_tables(store, "2 as a, 'new'::text as b, 6 as \"C d\"");
    must_exec(
        store,
        "alter table s.t add primary key (a); alter table s.t add check (a > 0);"
        "alter table s.t add column g int generated always as (a * 2) stored;"
        "create table other.child (a int references s.t);"
        "create table other.rows (r s.t, l s.t[]);"
        "create function other.f() returns bigint language sql begin atomic select count(*) from s.t; end;"
        "create view other.fine as select t from s.t;"
        "create rule log as on insert to other.child do also update s.t set b = b;"
        "create policy p on s.t using (a > 0);"
        "create table other.heir () inherits (s.t)");
    StoreDependents *dependents = must_capture(store, &table_t, 1, arena);
    cr_assert_eq(dependents->n_views, 1);
    static const char *const expected[] = {
        "child_a_fkey",       "column r of table other.rows",  "column l of table other.rows",
        "function other.f()", "rule log on table other.child", "table other.heir"};
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
        bool found = false;
        for (size_t o = 0; o < dependents->n_obstacles; o++) {
            found = found || strstr(dependents->obstacles[o].what, expected[i]);
            cr_assert_str_eq(dependents->obstacles[o].relation.name, "t");
        }
        cr_assert(found, "%s", expected[i]);
    }
    for (size_t o = 0;
         o < dependents->n_obstacles && dependents->n_obstacles != ARRAY_LENGTH(expected); o++) {
        fprintf(stderr, "obstacle: %s\n", dependents->obstacles[o].what);
    }
    cr_assert_eq(dependents->n_obstacles, ARRAY_LENGTH(expected));
}

Test(dependents, many_ways_to_a_view_take_no_time, .timeout = 60)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = open_database("diamonds");
    make_tables(store, "2 as a, 'new'::text as b, 6 as \"C d\"");
    must_exec(store, "create view other.v0 as select a from s.t");
    for (int i = 1; i <= 60; i += 3) {
        must_exec(
            store,
            arena_printf(
                arena,
                "create view other.v%d as select a from other.v%d;"
                "create view other.v%d as select a from other.v%d;"
                "create view other.v%d as select a from other.v%d union all select a from other.v%d",
                i, i - 1, i + 1, i - 1, i + 2, i, i + 1));
    }
    StoreDependents *dependents = must_capture(store, &table_t, 1, arena);
    cr_assert_eq(dependents->n_views, 61);
    cr_assert_str_eq(dependents->views[60].view.name, "v60");
}

Test(dependents, an_engine_whose_views_bind_by_name_needs_none_of_it)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = engine_open(ENGINE_DUCKDB, "by_name");
    cr_assert_not(store_can(store, STORE_BIND_VIEWS));
    must_exec(
        store,
        "create schema s; create table s.t as select 1 as a; create view v as select a from s.t");
    StoreDependents *dependents = must_capture(store, &table_t, 1, arena);
    cr_assert_eq(dependents->n_views + dependents->n_obstacles, 0);
    must_exec(store, "create or replace table s.t as select 2 as a");
    must_restore(store, dependents);
    assert_query(store, "select a from v", "2");
    const StoreReplacement replacement = {{"s", "t"}, {"s", "t"}};
    StoreCarried *carried = NULL;
    size_t n = 9;
    cr_assert_eq(store_carry_capture(store, &replacement, 1, arena, &carried, &n, NULL), 0);
    cr_assert_eq(n, 0);
}

/* ---- carrying ---- */

static const char *
describe_table(Store *store, const char *name, Arena *arena)
{
    return query_text(
        store,
        arena_printf(
            arena,
            "select concat_ws(' | ', (select string_agg(x::text, ',' order by x::text) from unnest(coalesce(c.relacl, "
            "acldefault('r', c.relowner))) x), "
            "c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner), obj_description(c.oid), "
            "(select string_agg(concat_ws(':', a.attname, a.attacl::text, col_description(c.oid, a.attnum)), ',' "
            "order by a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0), "
            "(select string_agg(concat_ws(':', p.polname, p.polcmd, p.polpermissive, p.polroles::text, "
            "pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), ',' order by p.polname) "
            "from pg_policy p where p.polrelid = c.oid)) from pg_class c where c.oid = '%s'::regclass",
            name),
        arena);
}

static void
carry(Store *store, const StoreReplacement *replacements, size_t n_replacements)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    StoreCarried *carried = NULL;
    size_t n = 0;
    Error error = {0};
    int status =
        store_carry_capture(store, replacements, n_replacements, arena, &carried, &n, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0);
    for (size_t i = 0; i < n; i++) {
        cr_assert_lt(carried[i].replacement, n_replacements);
        must_exec(store, carried[i].sql);
    }
}

Test(carry, grants_comments_policies_and_owner)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = open_database("carry");
    make_tables(store, "5 as \"C d\", 1 as a, 'old'::text as b");
    must_exec(
        store,
        "grant insert, select on s.t to reader with grant option; grant all on s.t to \"Odd \"\"role\";"
        "grant select on s.t to public; revoke delete on s.t from current_user; grant update (\"C d\"), select (a) on s.t to reader;"
        "comment on table s.t is 'it''s t'; comment on column s.t.\"C d\" is 'c \"d\"';"
        "create policy \"Only mine\" on s.t as restrictive for select to reader, \"Odd \"\"role\" using (b = current_user);"
        "create policy all_of_it on s.t with check (a > (select 0));"
        "alter table s.t enable row level security; alter table s.t force row level security;"
        "alter table s.t owner to owner_of_views");
    const char *before = describe_table(store, "s.t", arena);
    const StoreReplacement replacements[] = {{{"s", "nosuch"}, {"hidden", "t"}},
                                             {{"s", "t"}, {"hidden", "t"}}};
    carry(store, replacements, 2);
    const char *after = describe_table(store, "hidden.t", arena);
    cr_assert_str_eq(after, before, "before\n%s\nafter\n%s", before, after);
    assert_query(store, "show search_path", "\"$user\", public");
}

Test(carry, what_default_privileges_gave_is_taken_back)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = open_database("carry_defaults");
    make_tables(store, "1 as a");
    must_exec(
        store,
        "drop table hidden.t; alter default privileges in schema hidden grant select, delete on tables to reader;"
        "create table hidden.t as select 1 as a, 'x' as b; grant delete on s.t to reader;"
        "revoke all on s.t from owner_of_views");
    const StoreReplacement replacement = {{"s", "t"}, {"hidden", "t"}};
    carry(store, &replacement, 1);
    assert_query(
        store,
        "select has_table_privilege('reader', 'hidden.t', 'select')::text || has_table_privilege('reader', "
        "'hidden.t', 'delete')::text",
        "falsetrue");
}

Test(carry, comments_of_ones_own_win_and_missing_columns_are_passed_over)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = open_database("carry_comments");
    make_tables(store, "1 as a");
    must_exec(
        store,
        "comment on table s.t is 'old'; comment on column s.t.a is 'old a'; comment on column s.t.b is 'old b';"
        "grant select (b) on s.t to reader; comment on table hidden.t is 'new'");
    const StoreReplacement replacement = {{"s", "t"}, {"hidden", "t"}};
    carry(store, &replacement, 1);
    assert_query(store, "select obj_description('hidden.t'::regclass)", "new");
    assert_query(store, "select col_description('hidden.t'::regclass, 1)", "old a");
    must_exec(
        store,
        "create view s.v as select 1 as x; create view hidden.v as select 1 as x;"
        "comment on view s.v is 'of a view'; grant select on s.v to reader; alter view s.v owner to owner_of_views");
    const StoreReplacement view = {{"s", "v"}, {"hidden", "v"}};
    carry(store, &view, 1);
    assert_query(store, "select obj_description('hidden.v'::regclass)", "of a view");
}

/* ---- users ---- */

Test(users, who_reads_a_table_is_told)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *url = engine_url(arena, ENGINE_POSTGRES, "users");
    CLEANUP(store_closep) Store *reader = open_url(url);
    CLEANUP(store_closep) Store *store = open_url(url);
    make_tables(store, "1 as a");
    char *users = NULL;
    cr_assert_eq(store_relation_users(store, &table_t, 1, arena, &users, NULL), 0);
    cr_assert_null(users);
    cr_assert_eq(store_begin(reader, NULL), 0);
    must_exec(reader, "select * from s.t");
    const StoreRelation both[] = {{"s", "t"}, {"s", "nosuch"}};
    cr_assert_eq(store_relation_users(store, both, 2, arena, &users, NULL), 0);
    cr_assert(strstr(users, "unit test, user postgres, from ") && !strchr(users, '\n'), "%s",
              users);
    Error error = {0};
    cr_assert_lt(
        store_exec(store, "set lock_timeout = 50; alter table s.t set schema trash", &error), 0);
    cr_assert_eq(error.code, ERROR_LOCK);
    cr_assert_str_eq(error.sqlstate, "55P03");
    error_deinit(&error);
}

Test(users, tables_are_locked_for_a_transaction_or_busy)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *url = engine_url(arena, ENGINE_POSTGRES, "locked");
    CLEANUP(store_closep) Store *reader = open_url(url);
    CLEANUP(store_closep) Store *store = open_url(url);
    make_tables(store, "1 as a");
    cr_assert_eq(store_begin(reader, NULL), 0);
    must_exec(reader, "select * from s.t");
    Error error = {0};
    cr_assert_eq(store_begin(store, NULL), 0);
    cr_assert_eq(store_lock_relations(store, &table_t, 1, STORE_LOCK_SHARED, 50, NULL), 0);
    cr_assert_eq(store_lock_relations(store, &table_t, 1, STORE_LOCK_EXCLUSIVE, 50, &error),
                 STORE_BUSY);
    cr_assert_eq(error.code, ERROR_LOCK);
    error_deinit(&error);
    store_rollback(store);
    store_rollback(reader);
    cr_assert_eq(store_begin(store, NULL), 0);
    cr_assert_eq(store_lock_relations(store, &table_t, 1, STORE_LOCK_EXCLUSIVE, 50, NULL), 0);
    const StoreRelation missing = {"s", "nosuch"};
    cr_assert_lt(store_lock_relations(store, &missing, 1, STORE_LOCK_SHARED, 50, NULL), 0);
    store_rollback(store);
}
