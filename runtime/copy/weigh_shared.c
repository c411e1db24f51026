/* Parents that no rule picks are counted through their children (generalised weight share). */
#include "runtime/copy/weigh_priv.h"
#include "runtime/store/sql_text.h"

/** The links along which a table is counted. */
static int
list_children(Weighing *w, Group *children, Error *reterr)
{
    const Flow *flow = w->choice->graph->flow;
    for (size_t i = 0; i < flow->n_links; i++) {
        const FlowLink *link = &flow->links[i];
        if (link->parent != w->picker.table || link->child == link->parent || link->is_broken ||
            w->choice->weights->tables[link->child->index].is_open) {
            continue;
        }
        if (weigh_table(w->choice, link->child, reterr) < 0) {
            return -1;
        }
        vec_push_in(w->choice->arena, &children->links, link);
    }
    return 0;
}

/** Joins rows of the parent, as p, with those of a relation, as f. */
static void
append_parent_join(const Weighing *w, const FlowLink *link, const char *relation,
                   const char *prefix, Str *sql)
{
    CopyStatement from = {0};
    copy_append_from(w->choice, w->picker.table, &from);
    str_append(sql, " from (select ");
    weighing_append_source_columns(w, w->picker.key->columns.n, sql);
    str_append_format(sql, "0 as ignored%s) as p join %s as f on ", str_text(&from.sql), relation);
    for (size_t i = 0; i < link->n_columns; i++) {
        size_t there = prefix[0] == 'k' ? i
                                        : weighing_list_column(&w->choice->keys[link->child->index],
                                                               link->child_columns[i]);
        str_append_format(sql, "%sf.%s%zu = p.c%zu", i > 0 ? " and " : "", prefix, there,
                          weighing_list_column(w->picker.key, link->parent_columns[i]));
    }
    copy_statement_deinit(&from);
}

/** What the chosen children give: weight by parent and unit. */
static void
append_given(const Weighing *w, const Group *children, Str *sql)
{
    str_append(sql, "select ");
    weighing_append_list(w, "g", w->picker.key->columns.n, sql);
    str_append(sql, ", g.unit, g.inclusion, sum(g.weight) as weight from (");
    for (size_t i = 0; i < children->links.n; i++) {
        const FlowLink *link = children->links.items[i];
        str_append(sql, i > 0 ? " union all select " : "select ");
        weighing_append_list(w, "p", w->picker.key->columns.n, sql);
        str_append(sql, ", f.unit, f.inclusion, f.weight");
        append_parent_join(w, link, weighing_weights_of(w, link->child), "c", sql);
        str_append(sql, " where f.weight > 0");
    }
    str_append(sql, ") as g group by ");
    weighing_append_list(w, "g", w->picker.key->columns.n, sql);
    str_append(sql, ", g.unit, g.inclusion");
}

/** How many children that are stood for each parent has. */
static int
append_children(Weighing *w, const Group *children, Str *sql, Error *reterr)
{
    str_append(sql, "select ");
    weighing_append_list(w, "h", w->picker.key->n_key, sql);
    str_append(sql, ", sum(h.n) as n from (");
    for (size_t i = 0; i < children->links.n; i++) {
        const FlowLink *link = children->links.items[i];
        CopyStatement from = {0};
        Str frame = {0};
        Str relation = {0};
        int status = weigh_append_frame(w->choice, link->child, &frame, reterr);
        copy_append_from(w->choice, link->child, &from);
        str_append(&relation, "(select ");
        for (size_t k = 0; k < link->n_columns; k++) {
            CopyStatement value = {0};
            copy_append_listed_value(w->choice, link->child, link->child_columns[k], &value);
            str_append(&relation, str_text(&value.sql));
            copy_statement_deinit(&value);
            str_append_format(&relation, " as k%zu, ", k);
        }
        str_append_format(&relation, "count(*) as n%s%s%s group by ", str_text(&from.sql),
                          frame.length > 0 ? " where " : "", str_text(&frame));
        for (size_t k = 0; k < link->n_columns; k++) {
            str_append(&relation, k > 0 ? ", " : "");
            weigh_append_columns(link->child, &link->child_columns[k], 1, &relation);
        }
        str_append_char(&relation, ')');
        str_append(sql, i > 0 ? " union all select " : "select ");
        weighing_append_list(w, "p", w->picker.key->n_key, sql);
        str_append(sql, ", f.n");
        append_parent_join(w, link, str_text(&relation), "k", sql);
        copy_statement_deinit(&from);
        str_deinit(&frame);
        str_deinit(&relation);
        if (status < 0) {
            return -1;
        }
    }
    str_append(sql, ") as h group by ");
    weighing_append_list(w, "h", w->picker.key->n_key, sql);
    return 0;
}

/** Generalised weight share. */
int
weighing_insert_shared(Weighing *w, Error *reterr)
{
    Group children = {0};
    Str insert = {0};
    if (list_children(w, &children, reterr) < 0) {
        return -1;
    }
    if (children.links.n == 0) {
        return 0;
    }
    weighing_begin_insert(w, "s", &insert);
    str_append(&insert, ", s.unit, s.inclusion, s.weight / t.n, null, ");
    str_append_format(&insert, "%d from (", (int)WEIGH_REASON_SHARED);
    append_given(w, &children, &insert);
    str_append(&insert, ") as s join (");
    int status = append_children(w, &children, &insert, reterr);
    str_append(&insert, ") as t on ");
    weighing_append_same_row(w, "s", "t", &insert);
    str_append(&insert, " where not exists (select 1 from ");
    sql_ident(&insert, w->name);
    str_append(&insert, " as o where ");
    weighing_append_same_row(w, "o", "s", &insert);
    str_append_char(&insert, ')');
    status = status < 0 ? status : weighing_send(w, str_text(&insert), reterr);
    str_deinit(&insert);
    return status;
}
