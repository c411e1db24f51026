/* What one publication changes: worked out before the transaction begins. */
#include "runtime/base/clock.h"
#include "runtime/key/key.h"
#include "runtime/publish/publish_priv.h"
#include "runtime/store/sql_text.h"

#include <string.h>

static bool
is_flow_view(const Change *change)
{
    const MetaTable *row = change->row != NULL ? change->row : change->old;
    return text_equal(row->kind, "view");
}

bool
change_is_view(const Publication *publication, const Change *change)
{
    return publication->is_read_views || is_flow_view(change);
}

static const char *
now_text(Arena *arena)
{
    char text[32];
    clock_format_utc(clock_now_us(), text, sizeof text);
    text[10] = ' ';
    return arena_strndup(arena, text, strlen(text) - 1);
}

/** Names in the hidden schema that nothing else has. */
static void
name_change(const Publication *publication, Change *change)
{
    size_t limit = store_identifier_limit(publication->exec->store);
    const char *run = publication->exec->run;
    bool moves_table = change->old != NULL && text_equal(change->old->schema, change->schema) &&
                       text_equal(change->old->kind, "table");
    if (change->stands != NULL) {
        const char *physical = change->old != NULL ? change->old->physical : change->name;
        bool is_its_own = moves_table && text_equal(change->stands->kind, "table");
        change->trash =
            is_its_own ? physical
                       : key_object_name(physical, arena_printf(publication->arena, "was %s", run),
                                         limit, publication->arena);
    }
    if (change->row != NULL && change_is_view(publication, change)) {
        change->view_name =
            key_object_name(change->row->physical, arena_printf(publication->arena, "new %s", run),
                            limit, publication->arena);
    }
}

static void
add_change(Publication *publication, Change change)
{
    const MetaSnapshot *snapshot = publication->input->snapshot;
    change.stands = meta_object(snapshot, change.schema, change.name);
    name_change(publication, &change);
    vec_push_in(publication->arena, &publication->changes, change);
}

static void
add_step(Publication *publication, const FlowTable *table)
{
    const ExecStep *step = &publication->exec->steps[table->index];
    const MetaTable *published = publication->exec->plan->steps[table->index].published;
    Change change = {.table = table,
                     .schema = meta_stage_schema(publication->input->layout, table->stage->name,
                                                 publication->arena),
                     .name = table->name,
                     .old = published,
                     .row = step->made};
    if (step->decision.action == PLAN_RENAME) {
        change.row = change.renamed = step->decision.origin;
    } else if (step->decision.action == PLAN_REUSE && step->made == NULL) {
        change.row = step->decision.origin;
    }
    if (change.row != NULL) {
        add_change(publication, change);
    } else if (step->touched != NULL) {
        vec_push_in(publication->arena, &publication->touched, table);
    } else if (step->decision.action == PLAN_ALTER) {
        vec_push_in(publication->arena, &publication->altered, table);
    }
}

static bool
is_renamed(const Publication *publication, const MetaTable *table)
{
    for (size_t i = 0; i < publication->changes.n; i++) {
        if (publication->changes.items[i].renamed == table) {
            return true;
        }
    }
    return false;
}

static void
add_drops(Publication *publication)
{
    const Plan *plan = publication->exec->plan;
    for (size_t i = 0; i < plan->n_vanished && !plan->keeps_vanished; i++) {
        const MetaTable *old = plan->vanished[i];
        if (is_renamed(publication, old)) {
            continue;
        }
        add_change(publication,
                   (Change){.schema = meta_stage_schema(publication->input->layout, old->stage,
                                                        publication->arena),
                            .name = old->name,
                            .old = old});
        publication->n_drops++;
    }
}

static void
add_schemas(Publication *publication)
{
    const Flow *flow = publication->exec->plan->flow;
    for (size_t i = 0; i < flow->n_stages; i++) {
        vec_push_in(publication->arena, &publication->schemas,
                    meta_stage_schema(publication->input->layout, flow->stages[i]->name,
                                      publication->arena));
    }
}

Publication *
publication_new(Exec *exec)
{
    Publication *publication = ARENA_NEW(exec->arena, Publication);
    publication->exec = exec;
    publication->input = exec->input;
    publication->arena = exec->arena;
    publication->is_read_views = exec->input->options.is_read_views;
    publication->now = now_text(exec->arena);
    const Flow *flow = exec->plan->flow;
    for (int pass = 0; pass < 2; pass++) { /* views are made of tables that are in their places */
        for (size_t i = 0; i < flow->n_tables; i++) {
            if ((flow->tables[i]->kind == PDC_VIEW) == (pass == 1)) {
                add_step(publication, flow->tables[i]);
            }
        }
    }
    add_drops(publication);
    add_schemas(publication);
    return publication;
}

size_t
publication_changes(const Publication *publication)
{
    return publication->changes.n + publication->altered.n;
}

size_t
publication_drops(const Publication *publication)
{
    return publication->n_drops;
}

/* ---- the text of a published view ---- */

typedef struct Naming Naming;
struct Naming {
    const Publication *publication;
    Arena *scratch;
};

static void
append_published(void *user, const FlowTable *table, Str *sql)
{
    const Naming *naming = user;
    const MetaLayout *layout = naming->publication->input->layout;
    sql_qualified(sql, meta_stage_schema(layout, table->stage->name, naming->scratch), table->name);
}

static int
columns_of(void *user, const FlowTable *table, Arena *arena, FlowColumn **ret_columns,
           size_t *ret_n, Error *reterr)
{
    const Naming *naming = user;
    const MetaLayout *layout = naming->publication->input->layout;
    StoreColumn *columns = NULL;
    if (store_columns(naming->publication->exec->store,
                      meta_stage_schema(layout, table->stage->name, arena), table->name, arena,
                      &columns, ret_n, reterr) != 0) {
        return -1;
    }
    *ret_columns = ARENA_ARRAY(arena, FlowColumn, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++) {
        (*ret_columns)[i] = (FlowColumn){.name = columns[i].name, .type = columns[i].sql_type};
    }
    return 0;
}

static int
append_flow_query(const Publication *publication, const FlowTable *table, Arena *scratch, Str *sql,
                  Error *reterr)
{
    const FlowBody *body = table->body;
    if (body->query == NULL) {
        str_append(sql, "select * from ");
        sql_qualified(sql, body->schema, body->table);
        return 0;
    }
    Naming naming = {.publication = publication, .scratch = scratch};
    RenderContext context = {.flow = publication->exec->plan->flow,
                             .environment = publication->exec->environment,
                             .sources = publication->input->sources,
                             .append_table = append_published,
                             .columns = columns_of,
                             .user = &naming};
    Rendered rendered;
    if (flow_query_render(body->query, &context, scratch, &rendered, reterr) < 0) {
        return -1;
    }
    str_append(sql, rendered.text);
    return 0;
}

int
publish_view_sql(const Publication *publication, const Change *change, const char *head,
                 const char *schema, const char *name, Arena *scratch, const char **ret_sql,
                 Error *reterr)
{
    Str sql = {0};
    int status = 0;
    str_append(&sql, head);
    sql_qualified(&sql, schema, name);
    str_append(&sql, " as ");
    if (is_flow_view(change)) {
        status = append_flow_query(publication, change->table, scratch, &sql, reterr);
    } else {
        str_append(&sql, "select * from ");
        sql_qualified(&sql, change->row->schema, change->row->table);
    }
    if (change->table->doc != NULL && change->table->doc[0] != '\0') {
        str_append(&sql, ";\ncomment on view ");
        sql_qualified(&sql, schema, name);
        str_append(&sql, " is ");
        sql_literal(&sql, change->table->doc);
    }
    *ret_sql = str_take_in(&sql, scratch);
    return status;
}

/** A view of the flow was made hidden, so that checks could read it; the published one is made of
 * published names. */
void
publish_append_drop_drafts(const Publication *publication, Str *sql)
{
    for (size_t i = publication->changes.n; i-- > 0;) {
        const Change *change = &publication->changes.items[i];
        if (change->row != NULL && is_flow_view(change) &&
            text_equal(change->row->schema, publication->input->layout->hidden_schema)) {
            str_append(sql, "drop view ");
            sql_qualified(sql, change->row->schema, change->row->table);
            str_append(sql, ";\n");
        }
    }
}
