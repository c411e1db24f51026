/* The weights of rows that the rules of their own table choose, as SQL. A query grows from the
 * inside to the outside: the rows that the own rules choose, with unit, inclusion and weight; then
 * one layer around it for each entity and each table whose rows have a say. */
#include "runtime/copy/threshold.h"
#include "runtime/copy/weigh_priv.h"
#include "runtime/store/sql_text.h"

#include <inttypes.h>

/** One thing that has a say in whether a row is chosen, as expressions. */
typedef struct Say Say;
struct Say {
    const char *unit;
    const char *inclusion;
    const char *weight;
    const char *reason; /* NULL: it has no say in that */
};

/** @return the name that the expression has from then on */
static const char *
add_extra(Weighing *w, const char *expression)
{
    Arena *arena = w->choice->arena;
    const char *name = arena_printf(arena, "e%zu", w->extras.n);
    vec_push_in(arena, &w->extras, arena_strdup(arena, expression));
    vec_push_in(arena, &w->extra_names, name);
    return name;
}

/** All that a layer hands on to the next, but for what it changes. */
static void
append_handed_on(const Weighing *w, const char *reason, Str *sql)
{
    weighing_append_list(w, "s", w->columns.n, sql);
    for (size_t i = 0; i < w->extra_names.n; i++) {
        str_append_format(sql, ", s.%s", w->extra_names.items[i]);
    }
    str_append_format(sql, ", s.certain, s.stratum, %s as reason",
                      reason != NULL ? reason : "s.reason");
}

/* ---- the innermost query: the own rules ---- */

static int
hash_of(Weighing *w, const FlowCopyRule *rule, const char **ret_hash, Error *reterr)
{
    CopyStatement hash = {0};
    int status = copy_append_row_hash(w->choice, &w->picker, rule, &hash, reterr);
    *ret_hash = str_take_in(&hash.sql, w->choice->arena);
    return status;
}

static int
append_certain_flag(Weighing *w, CopyStatement *statement, Error *reterr)
{
    CopyStatement certain = {0};
    int status = weigh_append_certain(w->choice, &w->picker, &certain, reterr);
    if (certain.sql.length == 0) {
        str_append(&statement->sql, "0");
    } else {
        str_append_format(&statement->sql, "case when %s then 1 else 0 end",
                          str_text(&certain.sql));
    }
    str_append(&statement->sql, " as certain");
    copy_statement_deinit(&certain);
    return status;
}

static void
append_extras(const Weighing *w, Str *sql)
{
    for (size_t i = 0; i < w->extras.n; i++) {
        str_append_format(sql, "%s as %s, ", w->extras.items[i], w->extra_names.items[i]);
    }
}

/** A base: every row of the population, or those whose hash is small. */
static int
append_base_rows(Weighing *w, Error *reterr)
{
    const CopyDelta complete = {0};
    const FlowCopyRule *sample = weigh_sample_rule(&w->picker);
    const char *unit = "cast(null as bigint)";
    double percent = 100;
    CopyStatement rows = {0};
    if (sample != NULL &&
        (hash_of(w, sample, &unit, reterr) < 0 ||
         copy_sample_percent(w->choice, &w->picker, sample, &percent, reterr) < 0)) {
        return -1;
    }
    str_append(&rows.sql, "select ");
    weighing_append_source_columns(w, w->columns.n, &rows.sql);
    append_extras(w, &rows.sql);
    str_append_format(&rows.sql, "cast(null as bigint) as stratum, %d as reason, %s as unit, ",
                      (int)w->reason, unit);
    str_append_format(&rows.sql, REAL("%.17g") " as inclusion, " REAL("%.17g") " as weight, ",
                      percent / 100, percent > 0 ? 100 / percent : 0);
    int status = append_certain_flag(w, &rows, reterr);
    copy_append_from(w->choice, w->picker.table, &rows);
    status =
        status < 0 ? status : copy_append_base(w->choice, &w->picker, &complete, &rows, reterr);
    str_append(&w->sql, str_text(&rows.sql));
    copy_statement_deinit(&rows);
    return status;
}

/** The hashes of the population, as h. */
static int
append_hashes(Weighing *w, Error *reterr)
{
    const CopyDelta complete = {0};
    const char *hash;
    CopyStatement rows = {0};
    if (hash_of(w, NULL, &hash, reterr) < 0) {
        return -1;
    }
    str_append(&rows.sql, "select ");
    weighing_append_source_columns(w, w->columns.n, &rows.sql);
    append_extras(w, &rows.sql);
    str_append_format(&rows.sql, "%s as h, ", hash);
    int status = append_certain_flag(w, &rows, reterr);
    copy_append_from(w->choice, w->picker.table, &rows);
    status = status < 0 ? status
                        : copy_append_population(w->choice, &w->picker, &complete, &rows, reterr);
    copy_append_key_is_there(&w->picker, &rows);
    str_append(&w->sql, str_text(&rows.sql));
    copy_statement_deinit(&rows);
    return status;
}

/** `partition by the stratum order by hash, key`. */
static void
append_ranking(Weighing *w, const FlowCopyRule *rule, Str *sql)
{
    for (size_t i = 0; i < rule->n_columns; i++) {
        str_append_format(sql, "%sp.c%zu", i == 0 ? "partition by " : ", ",
                          weighing_add_column(w, rule->columns[i]));
    }
    str_append(sql, " order by p.h, ");
    weighing_append_list(w, "p", w->picker.key->n_key, sql);
}

/** Each row's place in its strata, and the hash that is the first one out. */
static void
append_places(Weighing *w, Str *sql)
{
    size_t n = 0;
    for (size_t i = 0; i < w->picker.n_rules; i++) {
        const FlowCopyRule *rule = &w->picker.rules[i];
        if (rule->kind != PDC_COPY_AT_LEAST) {
            continue;
        }
        str_append_format(sql, ", row_number() over (");
        append_ranking(w, rule, sql);
        str_append_format(sql, ") as n%zu, nth_value(p.h, %" PRId64 ") over (", n,
                          rule->amount + 1);
        append_ranking(w, rule, sql);
        str_append_format(
            sql, " rows between unbounded preceding and unbounded following) as first_out%zu", n);
        if (n++ == 0) {
            str_append(sql, ", first_value(p.h) over (");
            append_ranking(w, rule, sql);
            str_append(sql, ") as stratum");
        }
    }
}

/** Rows are in by the sample's bound, or as one of the first of a stratum: whichever bound is the
 * higher one is the probability. */
static void
append_bounds(const Weighing *w, double percent, Str *inclusion, Str *chosen)
{
    size_t n = 0;
    str_append_format(inclusion, "greatest(" REAL("%.17g"), percent / 100);
    str_append_format(chosen, "q.h <= %" PRId64, copy_hash_threshold(percent));
    for (size_t i = 0; i < w->picker.n_rules; i++) {
        const FlowCopyRule *rule = &w->picker.rules[i];
        if (rule->kind == PDC_COPY_AT_LEAST) {
            str_append_format(
                inclusion,
                ", coalesce(" REAL("q.first_out%zu") " / " REAL("9223372036854775808") ", 1)", n);
            str_append_format(chosen, " or q.n%zu <= %" PRId64, n++, rule->amount);
        }
    }
    str_append_char(inclusion, ')');
}

/** A stratum's rows of the smallest hashes, beside those of the sample. */
static int
append_strata_rows(Weighing *w, Error *reterr)
{
    const FlowCopyRule *sample = weigh_sample_rule(&w->picker);
    double percent = 0;
    Str places = {0};
    Str inclusion = {0};
    Str chosen = {0};
    if (sample != NULL &&
        copy_sample_percent(w->choice, &w->picker, sample, &percent, reterr) < 0) {
        return -1;
    }
    append_places(w, &places); /* adds columns, so it comes first */
    append_bounds(w, percent, &inclusion, &chosen);
    str_append(&w->sql, "select ");
    weighing_append_list(w, "t", w->columns.n, &w->sql);
    for (size_t i = 0; i < w->extra_names.n; i++) {
        str_append_format(&w->sql, ", t.%s", w->extra_names.items[i]);
    }
    str_append_format(&w->sql,
                      ", t.certain, t.stratum, case when t.h <= %" PRId64
                      " then %d else %d end as reason, t.h as unit, t.inclusion, "
                      "1 / t.inclusion as weight from (select q.*, %s as inclusion from (select "
                      "p.*%s from (",
                      copy_hash_threshold(percent), (int)w->reason, (int)COPY_REASON_STRATUM,
                      str_text(&inclusion), str_text(&places));
    int status = append_hashes(w, reterr);
    str_append_format(&w->sql, ") as p) as q where %s) as t", str_text(&chosen));
    str_deinit(&places);
    str_deinit(&inclusion);
    str_deinit(&chosen);
    return status;
}

/* ---- layers ---- */

static void
append_joint(const Say *say, Str *sql)
{
    str_append_format(
        sql,
        ", case when s.inclusion = 1 then %s when %s = 1 or s.unit = %s then s.unit end as unit, "
        "case when s.inclusion = 1 then %s when %s = 1 then s.inclusion when s.unit = %s then "
        "least(s.inclusion, %s) end as inclusion, s.weight * %s * case when s.inclusion < 1 and %s "
        "< 1 and s.unit = %s then greatest(s.inclusion, %s) else 1 end as weight",
        say->unit, say->inclusion, say->unit, say->inclusion, say->inclusion, say->unit,
        say->inclusion, say->weight, say->inclusion, say->unit, say->inclusion);
}

/** The query so far becomes the inner one of `head … tail`. */
static void
wrap(Weighing *w, const Say *say, const char *tail)
{
    Str outer = {0};
    str_append(&outer, "select ");
    append_handed_on(w, say->reason, &outer);
    append_joint(say, &outer);
    str_append_format(&outer, " from (%s) as s%s", str_text(&w->sql), tail);
    str_clear(&w->sql);
    str_append(&w->sql, str_text(&outer));
    str_deinit(&outer);
}

/** ` join weights as f on …`. */
static void
append_join(Weighing *w, const char *weights, const CopyKey *key, const char *const *columns,
            const char *const *key_columns, size_t n, Str *sql)
{
    str_append(sql, " join ");
    str_append(sql, weights);
    str_append(sql, " as f on ");
    for (size_t i = 0; i < n; i++) {
        str_append_format(sql, "%sf.c%zu = s.c%zu", i > 0 ? " and " : "",
                          weighing_list_column(key, key_columns[i]),
                          weighing_add_column(w, columns[i]));
    }
}

/* ---- entities ---- */

/** Before the innermost query is written: what it has to hand on. */
static int
prepare_carriers(Weighing *w, Error *reterr)
{
    for (size_t i = 0; i < w->picker.n_carriers; i++) {
        const FlowCarrier *carrier = &w->picker.carriers[i];
        const FlowEntity *entity = carrier->entity;
        CopyTypes types = {entity->home, entity->columns};
        CopyStatement hash = {0};
        if (copy_entity_is_listed(entity)) {
            for (size_t k = 0; k < entity->n_columns; k++) {
                weighing_add_column(w, carrier->columns[k]);
            }
            if (weigh_entity(w->choice, entity, reterr) < 0) {
                return -1;
            }
            continue;
        }
        int status =
            copy_append_hash(w->choice, w->picker.table, carrier->columns, entity->n_columns,
                             entity->home != NULL ? &types : NULL, &hash, reterr);
        add_extra(w, str_text(&hash.sql));
        copy_statement_deinit(&hash);
        if (status < 0) {
            return -1;
        }
    }
    return 0;
}

static void
wrap_carrier(Weighing *w, const FlowCarrier *carrier, size_t *next_extra)
{
    const FlowEntity *entity = carrier->entity;
    Arena *arena = w->choice->arena;
    if (!copy_entity_is_listed(entity)) {
        double percent = entity->rules[0].percent;
        Say say = {arena_printf(arena, "s.%s", w->extra_names.items[(*next_extra)++]),
                   arena_printf(arena, REAL("%.17g"), percent / 100),
                   arena_printf(arena, REAL("%.17g"), percent > 0 ? 100 / percent : 0), NULL};
        wrap(w, &say, "");
        return;
    }
    const char *reason =
        arena_printf(arena, "case when f.reason in (%d, %d) then f.reason else s.reason end",
                     (int)COPY_REASON_CERTAIN, (int)COPY_REASON_STRATUM);
    Say say = {"f.unit", "f.inclusion", "f.weight", reason};
    Str tail = {0};
    append_join(w, weighing_quoted(w->choice->weights->entities[entity->index].name, arena),
                &w->choice->entity_keys[entity->index], carrier->columns, entity->columns,
                entity->n_columns, &tail);
    wrap(w, &say, str_text(&tail));
    str_deinit(&tail);
}

/* ---- follow ---- */

typedef VEC(Group) Groups;

static void
add_links(const Weighing *w, const FlowTable *parent, Group *group)
{
    const Flow *flow = w->choice->graph->flow;
    for (size_t i = 0; i < flow->n_links; i++) {
        const FlowLink *link = &flow->links[i];
        if (link->child == w->picker.table && link->parent == parent) {
            vec_push_in(w->choice->arena, &group->links, link);
        }
    }
}

static void
list_groups(const Weighing *w, Groups *groups)
{
    for (size_t i = 0; i < w->picker.n_rules; i++) {
        const FlowCopyRule *rule = &w->picker.rules[i];
        Group group = {0};
        for (size_t k = 0; rule->kind == PDC_COPY_FOLLOW && k < rule->n_tables; k++) {
            if (rule->tables[k] == w->picker.table) {
                continue;
            }
            add_links(w, rule->tables[k], &group);
            if (!rule->any_of) {
                vec_push_in(w->choice->arena, groups, group);
                group = (Group){0};
            }
        }
        if (group.links.n > 0) {
            vec_push_in(w->choice->arena, groups, group);
        }
    }
}

/** How many parents that are stood for a row has. What hangs on itself in a circle is none. */
static int
count_links(Weighing *w, Group *group, Error *reterr)
{
    Str count = {0};
    str_append_char(&count, '0');
    for (size_t i = 0; i < group->links.n; i++) {
        const FlowLink *link = group->links.items[i];
        CopyStatement from = {0};
        Str frame = {0};
        if (weighing_weights_of(w, link->parent) == NULL) {
            continue;
        }
        int status = weigh_append_frame(w->choice, link->parent, &frame, reterr);
        copy_append_from(w->choice, link->parent, &from);
        str_append(&count, " + case when ");
        weigh_append_columns(link->child, link->child_columns, link->n_columns, &count);
        str_append(&count, " in (select ");
        for (size_t k = 0; k < link->n_columns; k++) {
            str_append(&count, k > 0 ? ", " : "");
            weigh_append_columns(link->parent, &link->parent_columns[k], 1, &count);
        }
        str_append_format(&count, "%s%s%s) then 1 else 0 end", str_text(&from.sql),
                          frame.length > 0 ? " where " : "", str_text(&frame));
        copy_statement_deinit(&from);
        str_deinit(&frame);
        if (status < 0) {
            str_deinit(&count);
            return -1;
        }
    }
    group->n_links = add_extra(w, str_text(&count));
    str_deinit(&count);
    return 0;
}

static int
prepare_groups(Weighing *w, Groups *groups, Error *reterr)
{
    for (size_t i = 0; i < groups->n; i++) {
        Group *group = &groups->items[i];
        for (size_t k = 0; k < group->links.n; k++) {
            const FlowLink *link = group->links.items[k];
            for (size_t c = 0; c < link->n_columns; c++) {
                weighing_add_column(w, link->child_columns[c]);
            }
            if (weigh_table(w->choice, link->parent, reterr) < 0) {
                return -1;
            }
        }
        if (group->links.n > 1 && count_links(w, group, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

/** Each parent gives its share. What hangs on itself in a circle gives none. A parent that lies
 * outside of its frame (a `certain` one) isn't counted, and gives all. */
static void
wrap_group(Weighing *w, const Group *group)
{
    const char *share =
        group->n_links == NULL
            ? "f.weight"
            : arena_printf(w->choice->arena, "(f.weight / greatest(s.%s, 1))", group->n_links);
    Say say = {"f.unit", "f.inclusion", share, NULL};
    Str inner = w->sql;
    Str all = {0};
    size_t n = 0;
    w->sql = (Str){0};
    str_append_format(&all, "with s as (%s) ", str_text(&inner));
    for (size_t i = 0; i < group->links.n; i++) {
        const FlowLink *link = group->links.items[i];
        const char *weights = weighing_weights_of(w, link->parent);
        if (weights == NULL) {
            continue;
        }
        str_append(&all, n++ > 0 ? " union all select " : "select ");
        append_handed_on(w, NULL, &all);
        append_joint(&say, &all);
        str_append(&all, " from s");
        append_join(w, weights, &w->choice->keys[link->parent->index], link->child_columns,
                    link->parent_columns, link->n_columns, &all);
        str_append(&all, " where f.weight > 0");
    }
    if (n == 0) {
        str_append(&all, "select ");
        append_handed_on(w, NULL, &all);
        str_append(&all, ", s.unit, s.inclusion, s.weight from s where false");
    }
    str_append(&w->sql, str_text(&all));
    str_deinit(&all);
    str_deinit(&inner);
}

/* ---- the rows ---- */

/** Rows that the table's own rules choose. */
int
weighing_insert_own(Weighing *w, Error *reterr)
{
    Groups groups = {0};
    size_t next_extra = 0;
    list_groups(w, &groups);
    w->reason = weighing_is_certain(&w->picker) ? COPY_REASON_PICKED
                : groups.n > 0                  ? COPY_REASON_FOLLOWED
                                                : (CopyReason)WEIGH_REASON_SAMPLED;
    if (prepare_carriers(w, reterr) < 0 || prepare_groups(w, &groups, reterr) < 0) {
        return -1;
    }
    int status =
        weigh_uses_strata(&w->picker) ? append_strata_rows(w, reterr) : append_base_rows(w, reterr);
    for (size_t i = 0; i < w->picker.n_carriers; i++) {
        wrap_carrier(w, &w->picker.carriers[i], &next_extra);
    }
    for (size_t i = 0; i < groups.n; i++) {
        wrap_group(w, &groups.items[i]);
    }
    Str insert = {0};
    weighing_begin_insert(w, "s", &insert);
    str_append_format(&insert,
                      ", s.unit, s.inclusion, s.weight, s.stratum, s.reason from (%s) as s where "
                      "s.weight > 0 and s.certain = 0",
                      str_text(&w->sql));
    status = status < 0 ? status : weighing_send(w, str_text(&insert), reterr);
    str_deinit(&insert);
    return status;
}
