/* Publication on an engine that can't move tables: published names are views, which are replaced.
 * Views find what they read by its name, so nobody's views have to be looked after. */
#include "runtime/publish/publish_priv.h"
#include "runtime/store/sql_text.h"

static void
append_drop(const char *kind, const char *schema, const char *name, Str *sql)
{
    str_append(sql, text_equal(kind, "view") ? "drop view " : "drop table ");
    sql_qualified(sql, schema, name);
    str_append(sql, ";\n");
}

/** Out of the way: what left the flow, what has another name now, and a table that somebody put in
 * a view's place. */
static void
append_removals(const Publication *publication, Arena *scratch, Str *sql)
{
    const MetaLayout *layout = publication->input->layout;
    for (size_t i = publication->changes.n; i-- > 0;) {
        const Change *change = &publication->changes.items[i];
        if (change->stands != NULL &&
            (change->row == NULL || !text_equal(change->stands->kind, "view"))) {
            append_drop(change->stands->kind, change->schema, change->name, sql);
        }
        if (change->renamed != NULL) {
            append_drop("view", meta_stage_schema(layout, change->renamed->stage, scratch),
                        change->renamed->name, sql);
        }
    }
}

int
publish_by_replacement(const Publication *publication, Arena *scratch, Error *reterr)
{
    Str sql = {0};
    int status = 0;
    publish_append_drop_drafts(publication, &sql);
    append_removals(publication, scratch, &sql);
    for (size_t i = 0; i < publication->changes.n && status == 0; i++) {
        const Change *change = &publication->changes.items[i];
        const char *create = "";
        if (change->row != NULL) {
            status =
                sql.length > 0 ? exec_send(publication->exec, str_text(&sql), NULL, reterr) : 0;
            str_clear(&sql);
            status = status < 0
                         ? status
                         : publish_view_sql(publication, change, "create or replace view ",
                                            change->schema, change->name, scratch, &create, reterr);
            str_append(&sql, create);
            str_append(&sql, ";\n");
        }
    }
    if (status == 0 && sql.length > 0) {
        status = exec_send(publication->exec, str_text(&sql), NULL, reterr);
    }
    str_deinit(&sql);
    return status < 0 ? status : publish_alter(publication, reterr);
}
