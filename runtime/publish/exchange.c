/* Publication on an engine that can move relations: what stands under a published name is moved
 * into the hidden schema, what is new out of it. Views hold on to the very relation they were made
 * on, so those of others are given the new ones, and grants are carried over. */
#include "runtime/publish/publish_priv.h"
#include "runtime/store/sql_text.h"

enum { LOCK_TIMEOUT_MS = 200 }; /* well below PostgreSQL's deadlock_timeout */

typedef VEC(StoreRelation) Relations;

static const char *
kind_word(const char *kind)
{
    return text_equal(kind, "view") ? "view" : "table";
}

/** `alter KIND from set schema …; alter KIND … rename to …`, as far as they differ. Through a name
 * that nothing has. */
static void
append_move(const char *kind, StoreRelation from, StoreRelation to, Str *sql)
{
    if (!text_equal(from.name, to.name)) {
        str_append_format(sql, "alter %s ", kind_word(kind));
        sql_qualified(sql, from.schema, from.name);
        str_append(sql, " rename to ");
        sql_ident(sql, to.name);
        str_append(sql, ";\n");
    }
    if (!text_equal(from.schema, to.schema)) {
        str_append_format(sql, "alter %s ", kind_word(kind));
        sql_qualified(sql, from.schema, to.name);
        str_append(sql, " set schema ");
        sql_ident(sql, to.schema);
        str_append(sql, ";\n");
    }
}

/** The other way round: into the stage, where the hidden name is still free. */
static void
append_move_in(const char *kind, StoreRelation from, StoreRelation to, Str *sql)
{
    StoreRelation between = {.schema = to.schema, .name = from.name};
    append_move(kind, from, between, sql);
    append_move(kind, between, to, sql);
}

static StoreRelation
published_place(const Change *change)
{
    return (StoreRelation){.schema = change->schema, .name = change->name};
}

static StoreRelation
hidden_place(const Publication *publication, const char *name)
{
    return (StoreRelation){.schema = publication->input->layout->hidden_schema, .name = name};
}

/* ---- locks ---- */

static void
add_if_table(const Publication *publication, StoreRelation relation, Arena *scratch,
             Relations *relations)
{
    const MetaObject *object =
        meta_object(publication->input->snapshot, relation.schema, relation.name);
    if (object != NULL && text_equal(object->kind, "table")) {
        vec_push_in(scratch, relations, relation);
    }
}

/** Tables that readers may be reading. Views are locked by what is done to them, one by one. */
static void
list_locked(const Publication *publication, Arena *scratch, Relations *relations)
{
    for (size_t i = 0; i < publication->changes.n; i++) {
        const Change *change = &publication->changes.items[i];
        add_if_table(publication, published_place(change), scratch, relations);
        if (change->renamed != NULL) {
            StoreRelation former = {.schema = change->renamed->schema,
                                    .name = change->renamed->table};
            add_if_table(publication, former, scratch, relations);
        }
    }
    for (size_t i = 0; i < publication->altered.n; i++) {
        const MetaTable *row =
            publication->exec->plan->steps[publication->altered.items[i]->index].published;
        add_if_table(publication, (StoreRelation){.schema = row->schema, .name = row->table},
                     scratch, relations);
    }
}

/* ---- the parts of the exchange ---- */

static int
send(const Publication *publication, Str *sql, Error *reterr)
{
    int status = sql->length == 0 ? 0 : exec_send(publication->exec, str_text(sql), NULL, reterr);
    str_clear(sql);
    return status;
}

/** Grants, comments and owner of what stands there go over to what comes. */
static int
carry(const Publication *publication, const StoreReplacement *replacements, size_t n,
      Arena *scratch, Str *sql, Error *reterr)
{
    StoreCarried *carried = NULL;
    size_t n_carried = 0;
    if (n > 0 && store_carry_capture(publication->exec->store, replacements, n, scratch, &carried,
                                     &n_carried, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < n_carried; i++) {
        str_append(sql, carried[i].sql);
        str_append(sql, ";\n");
    }
    return 0;
}

/** Is it a table that lies hidden and is moved as it is? */
static bool
moves_table(const Change *change)
{
    return change->row != NULL && change->view_name == NULL && change->renamed == NULL;
}

static int
carry_tables(const Publication *publication, Arena *scratch, Str *sql, Error *reterr)
{
    VEC(StoreReplacement) replacements = {0};
    for (size_t i = 0; i < publication->changes.n; i++) {
        const Change *change = &publication->changes.items[i];
        if (moves_table(change) && change->stands != NULL) {
            StoreReplacement replacement = {
                .from = published_place(change),
                .to = {.schema = change->row->schema, .name = change->row->table}};
            vec_push_in(scratch, &replacements, replacement);
        }
    }
    return carry(publication, replacements.items, replacements.n, scratch, sql, reterr);
}

static void
append_move_out(const Publication *publication, const Change *change, Str *sql)
{
    if (change->stands != NULL) {
        append_move(change->stands->kind, published_place(change),
                    hidden_place(publication, change->trash), sql);
    }
}

/** What had another name before: a table, or under read_views the view on it. */
static void
append_rename(const Publication *publication, const Change *change, Arena *scratch, Str *sql)
{
    const MetaLayout *layout = publication->input->layout;
    StoreRelation former = {.schema = meta_stage_schema(layout, change->renamed->stage, scratch),
                            .name = change->renamed->name};
    const char *kind = publication->is_read_views ? "view" : "table";
    StoreRelation between = {.schema = former.schema, .name = change->renamed->physical};
    append_move(kind, former, between, sql);
    append_move_in(kind, between, published_place(change), sql);
}

/** Tables: out with the old, in with the new. */
static int
exchange_tables(const Publication *publication, Arena *scratch, Str *sql, Error *reterr)
{
    for (size_t i = 0; i < publication->changes.n; i++) {
        const Change *change = &publication->changes.items[i];
        if (change->view_name == NULL && change->renamed == NULL) {
            append_move_out(publication, change, sql);
        }
    }
    for (size_t i = 0; i < publication->changes.n; i++) {
        const Change *change = &publication->changes.items[i];
        if (change->renamed != NULL) {
            append_rename(publication, change, scratch, sql);
        } else if (moves_table(change)) {
            StoreRelation from = {.schema = change->row->schema, .name = change->row->table};
            append_move_in("table", from, published_place(change), sql);
        }
    }
    return send(publication, sql, reterr);
}

/** Views: made hidden, given what the old one had, exchanged. In the order of the flow, so that
 * each finds what it reads in its place. */
static int
exchange_view(const Publication *publication, const Change *change, Arena *scratch, Str *sql,
              Error *reterr)
{
    StoreRelation hidden = hidden_place(publication, change->view_name);
    StoreReplacement replacement = {.from = published_place(change), .to = hidden};
    const char *create = NULL;
    if (publish_view_sql(publication, change, "create view ", hidden.schema, hidden.name, scratch,
                         &create, reterr) < 0) {
        return -1;
    }
    str_append(sql, create);
    if (send(publication, sql, reterr) < 0 ||
        (change->stands != NULL && carry(publication, &replacement, 1, scratch, sql, reterr) < 0)) {
        return -1;
    }
    append_move_out(publication, change, sql);
    append_move_in("view", hidden, published_place(change), sql);
    return send(publication, sql, reterr);
}

static int
exchange_views(const Publication *publication, Arena *scratch, Str *sql, Error *reterr)
{
    for (size_t i = 0; i < publication->changes.n; i++) {
        const Change *change = &publication->changes.items[i];
        if (change->view_name != NULL && change->renamed == NULL &&
            exchange_view(publication, change, scratch, sql, reterr) < 0) {
            return error_wrap(reterr, "making view %s.%s", change->table->stage->name,
                              change->table->name);
        }
    }
    return 0;
}

/** Views that were moved away; what reads them has been given the new ones. The last made go first.
 */
static void
append_drop_old_views(const Publication *publication, Str *sql)
{
    for (size_t i = publication->changes.n; i-- > 0;) {
        const Change *change = &publication->changes.items[i];
        if (change->stands != NULL && change->trash != NULL &&
            text_equal(change->stands->kind, "view")) {
            str_append(sql, "drop view ");
            sql_qualified(sql, publication->input->layout->hidden_schema, change->trash);
            str_append(sql, ";\n");
        }
    }
}

/** Everything whose place is taken by something else, or by nothing. */
static void
list_replaced(const Publication *publication, Arena *scratch, Relations *replaced)
{
    for (size_t i = 0; i < publication->changes.n; i++) {
        if (publication->changes.items[i].stands != NULL) {
            vec_push_in(scratch, replaced, published_place(&publication->changes.items[i]));
        }
    }
}

/** What holds on to an old table other than a view: it would go on holding the old one. */
static int
check_obstacles(const StoreDependents *dependents, Error *reterr)
{
    if (dependents->n_obstacles == 0) {
        return 0;
    }
    Str list = {0};
    for (size_t i = 0; i < dependents->n_obstacles; i++) {
        const StoreObstacle *obstacle = &dependents->obstacles[i];
        str_append_format(&list, "%s%s holds %s.%s", i > 0 ? "\n" : "", obstacle->what,
                          obstacle->relation.schema, obstacle->relation.name);
    }
    error_set(reterr, ERROR_SQL,
              "published tables can't be replaced: something other than a view depends on them");
    error_set_detail(reterr, "%s", str_text(&list));
    error_set_hint(reterr,
                   "drop it and make it again after the run, or put it on a table of its own");
    str_deinit(&list);
    return -1;
}

static int
exchange(const Publication *publication, Arena *scratch, Str *sql, Error *reterr)
{
    Relations replaced = {0};
    StoreDependents *dependents = NULL;
    list_replaced(publication, scratch, &replaced);
    if (store_dependents_capture(publication->exec->store, replaced.items, replaced.n, scratch,
                                 &dependents, reterr) < 0 ||
        check_obstacles(dependents, reterr) < 0) {
        return -1;
    }
    publish_append_drop_drafts(publication, sql);
    if (carry_tables(publication, scratch, sql, reterr) < 0 ||
        exchange_tables(publication, scratch, sql, reterr) < 0 ||
        exchange_views(publication, scratch, sql, reterr) < 0 ||
        publish_alter(publication, reterr) < 0 ||
        store_dependents_restore(publication->exec->store, dependents, reterr) < 0) {
        return -1;
    }
    append_drop_old_views(publication, sql);
    return send(publication, sql, reterr);
}

int
publish_by_exchange(const Publication *publication, Arena *scratch, Error *reterr)
{
    Relations locked = {0};
    Str sql = {0};
    list_locked(publication, scratch, &locked);
    int status = store_lock_relations(publication->exec->store, locked.items, locked.n,
                                      STORE_LOCK_EXCLUSIVE, LOCK_TIMEOUT_MS, reterr);
    if (status == 0) {
        status = exchange(publication, scratch, &sql, reterr);
    }
    str_deinit(&sql);
    if (status < 0 && text_equal(reterr->sqlstate, "53200")) {
        error_set_hint(
            reterr,
            "one run exchanges %zu tables, each with its keys: raise max_locks_per_transaction of "
            "the server, or publish in several runs with `--select`",
            publication->changes.n);
    }
    return status < 0 && text_equal(reterr->sqlstate, "55P03") ? STORE_BUSY : status;
}
