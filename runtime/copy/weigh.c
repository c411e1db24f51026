/* The weights of the rows of a copy, as SQL. A query grows from the inside to the outside: the rows
 * that the own rules choose, with unit, inclusion and weight; then one layer around it for each
 * entity and each table whose rows have a say. */
#include "runtime/copy/weigh.h"

#include "runtime/copy/threshold.h"
#include "runtime/store/sql_text.h"

#include <inttypes.h>

#define REAL(text) "cast(" text " as double precision)"

/** The weights of one table or entity in the making. */
typedef struct Weighing Weighing;
struct Weighing {
    CopyChoice *choice;
    CopyPicker picker;
    const char *name;          /* of the temporary table */
    VEC(const char *) columns; /* of the source's table, as c0, c1, …; first those of the list */
    VEC(const char *) extras;  /* further columns of the innermost query: `expression as name` */
    VEC(const char *) extra_names;
    CopyReason reason; /* of a row that is chosen */
    Str sql;           /* the query so far */
};

/** One thing that has a say in whether a row is chosen, as expressions. */
typedef struct Say Say;
struct Say {
    const char *unit;
    const char *inclusion;
    const char *weight;
    const char *reason; /* NULL: it has no say in that */
};

/* ---- what rules say ---- */

bool
weigh_is_whole(const FlowTable *table)
{
    return flow_copies_all(table);
}

bool
weigh_has_key(const CopyChoice *choice, const FlowTable *table)
{
    return choice->keys[table->index].n_key > 0;
}

const FlowCopyRule *
weigh_sample_rule(const CopyPicker *picker)
{
    for (size_t i = 0; i < picker->n_rules; i++) {
        switch (picker->rules[i].kind) {
        case PDC_COPY_SAMPLE_PERCENT:
        case PDC_COPY_SAMPLE_ROWS:
        case PDC_COPY_SAMPLE_BYTES: return &picker->rules[i];
        default: break;
        }
    }
    return NULL;
}

static bool
has_base(const CopyPicker *picker)
{
    return copy_picker_has_base(picker) && copy_picker_rule(picker, PDC_COPY_NONE) == NULL;
}

/** Rows that `at least` adds beside another choice (an entity's keys, the first N, hashes of other
 * columns) have no probability that is known: these weigh nothing, and the others stand for all. */
bool
weigh_uses_strata(const CopyPicker *picker)
{
    const FlowCopyRule *sample = weigh_sample_rule(picker);
    return copy_picker_rule(picker, PDC_COPY_AT_LEAST) != NULL && picker->n_carriers == 0 &&
           (sample != NULL ? sample->n_columns == 0 : !has_base(picker));
}

bool
weigh_has_own(const CopyPicker *picker)
{
    return has_base(picker) || weigh_uses_strata(picker);
}

static bool
follows_others(const CopyPicker *picker)
{
    for (size_t i = 0; i < picker->n_rules; i++) {
        const FlowCopyRule *rule = &picker->rules[i];
        for (size_t k = 0; rule->kind == PDC_COPY_FOLLOW && k < rule->n_tables; k++) {
            if (rule->tables[k] != picker->table) {
                return true;
            }
        }
    }
    return false;
}

/** Is every row of the population chosen, so that what follows such rows is, too? */
static bool
is_certain(const CopyPicker *picker)
{
    return weigh_has_own(picker) && weigh_sample_rule(picker) == NULL &&
           !weigh_uses_strata(picker) && picker->n_carriers == 0 && !follows_others(picker);
}

/* ---- names ---- */

static size_t
add_column(Weighing *w, const char *name)
{
    for (size_t i = 0; i < w->columns.n; i++) {
        if (text_equal(w->columns.items[i], name)) {
            return i;
        }
    }
    vec_push_in(w->choice->arena, &w->columns, name);
    return w->columns.n - 1;
}

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

/** `c0, c1, …, r` with the alias before each. */
static void
append_list(const Weighing *w, const char *alias, size_t n, Str *sql)
{
    for (size_t i = 0; i < n; i++) {
        str_append_format(sql, "%s%s.c%zu", i > 0 ? ", " : "", alias, i);
    }
    if (w->picker.key->row_id != NULL) {
        str_append_format(sql, "%s%s.r", n > 0 ? ", " : "", alias);
    }
}

/** All that a layer hands on to the next, but for what it changes. */
static void
append_handed_on(const Weighing *w, const char *reason, Str *sql)
{
    append_list(w, "s", w->columns.n, sql);
    for (size_t i = 0; i < w->extra_names.n; i++) {
        str_append_format(sql, ", s.%s", w->extra_names.items[i]);
    }
    str_append_format(sql, ", s.certain, s.stratum, %s as reason",
                      reason != NULL ? reason : "s.reason");
}

/** The same row in both: by key, or by the engine's name of it. */
static void
append_same_row(const Weighing *w, const char *a, const char *b, Str *sql)
{
    const CopyKey *key = w->picker.key;
    for (size_t i = 0; i < key->n_key; i++) {
        str_append_format(sql, "%s%s.c%zu = %s.c%zu", i > 0 ? " and " : "", a, i, b, i);
    }
    if (key->row_id != NULL) {
        str_append_format(sql, "%s.r = %s.r", a, b);
    }
}

/** Columns of the source's table as c0, c1, …, r; as lists hold them. */
static void
append_source_columns(const Weighing *w, size_t n, Str *sql)
{
    CopyStatement part = {0};
    for (size_t i = 0; i < n; i++) {
        copy_append_listed_value(w->choice, w->picker.table, w->columns.items[i], &part);
        str_append_format(&part.sql, " as c%zu, ", i);
    }
    if (w->picker.key->row_id != NULL) {
        copy_append_key(w->picker.table, w->picker.key, &part);
        str_append(&part.sql, " as r, ");
    }
    str_append(sql, str_text(&part.sql));
    copy_statement_deinit(&part);
}

static int
send(Weighing *w, const char *sql, Error *reterr)
{
    CopyStatement statement = {0};
    str_append(&statement.sql, sql);
    int status = copy_send(w->choice, &statement, NULL, reterr);
    copy_statement_deinit(&statement);
    return status;
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
    append_source_columns(w, w->columns.n, &rows.sql);
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
    append_source_columns(w, w->columns.n, &rows.sql);
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
                          add_column(w, rule->columns[i]));
    }
    str_append(sql, " order by p.h, ");
    append_list(w, "p", w->picker.key->n_key, sql);
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
    append_list(w, "t", w->columns.n, &w->sql);
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

static size_t
list_column(const CopyKey *key, const char *name)
{
    for (size_t i = 0; i < key->columns.n; i++) {
        if (text_equal(key->columns.items[i], name)) {
            return i;
        }
    }
    BUG("column %s is not listed", name);
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
                          list_column(key, key_columns[i]), add_column(w, columns[i]));
    }
}

static const char *
quoted(const char *name, Arena *arena)
{
    Str text = {0};
    sql_ident(&text, name);
    return str_take_in(&text, arena);
}

/* ---- entities ---- */

static int weigh_entity(CopyChoice *choice, const FlowEntity *entity, Error *reterr);

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
                add_column(w, carrier->columns[k]);
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
    append_join(w, quoted(w->choice->weights->entities[entity->index].name, arena),
                &w->choice->entity_keys[entity->index], carrier->columns, entity->columns,
                entity->n_columns, &tail);
    wrap(w, &say, str_text(&tail));
    str_deinit(&tail);
}

/* ---- follow ---- */

/** Tables of which one is enough, and the keys to them. */
typedef struct Group Group;
struct Group {
    VEC(const FlowLink *) links;
    const char *n_links; /* how many of them lead a row somewhere; NULL: there is only one */
};

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

/** How many parents that are stood for a row has. */
static int
count_links(Weighing *w, Group *group, Error *reterr)
{
    Str count = {0};
    for (size_t i = 0; i < group->links.n; i++) {
        const FlowLink *link = group->links.items[i];
        CopyStatement from = {0};
        Str frame = {0};
        int status = weigh_append_frame(w->choice, link->parent, &frame, reterr);
        copy_append_from(w->choice, link->parent, &from);
        str_append(&count, i > 0 ? " + case when " : "case when ");
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
                add_column(w, link->child_columns[c]);
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

/** The weights of a parent, as a relation: of a whole table each row weighs 1. */
static const char *
weights_of(const Weighing *w, const FlowTable *table)
{
    const CopyKey *key = &w->choice->keys[table->index];
    CopyStatement whole = {0};
    if (!weigh_is_whole(table)) {
        const char *name = w->choice->weights->tables[table->index].name;
        return name != NULL ? quoted(name, w->choice->arena) : NULL;
    }
    str_append(&whole.sql, "(select ");
    for (size_t i = 0; i < key->columns.n; i++) {
        copy_append_listed_value(w->choice, table, key->columns.items[i], &whole);
        str_append_format(&whole.sql, " as c%zu, ", i);
    }
    str_append(&whole.sql,
               "cast(null as bigint) as unit, " REAL("1") " as inclusion, " REAL("1") " as weight");
    copy_append_from(w->choice, table, &whole);
    str_append_char(&whole.sql, ')');
    return str_take_in(&whole.sql, w->choice->arena);
}

/** Each parent gives its share. What hangs on itself in a circle gives none. */
static void
wrap_group(Weighing *w, const Group *group)
{
    const char *share = group->n_links == NULL
                            ? "f.weight"
                            : arena_printf(w->choice->arena, "(f.weight / s.%s)", group->n_links);
    Say say = {"f.unit", "f.inclusion", share, NULL};
    Str inner = w->sql;
    Str all = {0};
    size_t n = 0;
    w->sql = (Str){0};
    str_append_format(&all, "with s as (%s) ", str_text(&inner));
    for (size_t i = 0; i < group->links.n; i++) {
        const FlowLink *link = group->links.items[i];
        const char *weights = weights_of(w, link->parent);
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

/* ---- the table ---- */

static int
create_weights(Weighing *w, Error *reterr)
{
    CopyStatement create = {0};
    str_append(&create.sql, "create temporary table ");
    sql_ident(&create.sql, w->name);
    str_append(&create.sql, " as select ");
    append_source_columns(w, w->picker.key->columns.n, &create.sql);
    str_append(&create.sql, "cast(0 as bigint) as unit, " REAL("0") " as inclusion, " REAL(
                                "0") " as weight, cast(0 as bigint) as stratum, "
                                     "cast(0 as integer) as reason");
    copy_append_from(w->choice, w->picker.table, &create);
    str_append(&create.sql, " limit 0");
    int status = send(w, str_text(&create.sql), reterr);
    copy_statement_deinit(&create);
    return status;
}

static void
begin_insert(const Weighing *w, const char *alias, Str *sql)
{
    str_append(sql, "insert into ");
    sql_ident(sql, w->name);
    str_append(sql, " select ");
    append_list(w, alias, w->picker.key->columns.n, sql);
}

static int
insert_certain(Weighing *w, Error *reterr)
{
    CopyStatement insert = {0};
    if (copy_picker_rule(&w->picker, PDC_COPY_CERTAIN) == NULL) {
        return 0;
    }
    str_append(&insert.sql, "insert into ");
    sql_ident(&insert.sql, w->name);
    str_append(&insert.sql, " select ");
    append_source_columns(w, w->picker.key->columns.n, &insert.sql);
    str_append_format(&insert.sql, "null, 1, 1, null, %d", (int)COPY_REASON_CERTAIN);
    copy_append_from(w->choice, w->picker.table, &insert);
    copy_and(&insert);
    str_append_char(&insert.sql, '(');
    int status = weigh_append_certain(w->choice, &w->picker, &insert, reterr);
    str_append_char(&insert.sql, ')');
    copy_append_key_is_there(&w->picker, &insert);
    status = status < 0 ? status : send(w, str_text(&insert.sql), reterr);
    copy_statement_deinit(&insert);
    return status;
}

/** Rows that the table's own rules choose. */
static int
insert_own(Weighing *w, Error *reterr)
{
    Groups groups = {0};
    size_t next_extra = 0;
    list_groups(w, &groups);
    w->reason = is_certain(&w->picker) ? COPY_REASON_PICKED
                : groups.n > 0         ? COPY_REASON_FOLLOWED
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
    begin_insert(w, "s", &insert);
    str_append_format(&insert,
                      ", s.unit, s.inclusion, s.weight, s.stratum, s.reason from (%s) as s where "
                      "s.weight > 0 and s.certain = 0",
                      str_text(&w->sql));
    status = status < 0 ? status : send(w, str_text(&insert), reterr);
    str_deinit(&insert);
    return status;
}

/* ---- parents that are counted through their children ---- */

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
    append_source_columns(w, w->picker.key->columns.n, sql);
    str_append_format(sql, "0 as ignored%s) as p join %s as f on ", str_text(&from.sql), relation);
    for (size_t i = 0; i < link->n_columns; i++) {
        size_t there = prefix[0] == 'k' ? i
                                        : list_column(&w->choice->keys[link->child->index],
                                                      link->child_columns[i]);
        str_append_format(sql, "%sf.%s%zu = p.c%zu", i > 0 ? " and " : "", prefix, there,
                          list_column(w->picker.key, link->parent_columns[i]));
    }
    copy_statement_deinit(&from);
}

/** What the chosen children give: weight by parent and unit. */
static void
append_given(const Weighing *w, const Group *children, Str *sql)
{
    str_append(sql, "select ");
    append_list(w, "g", w->picker.key->columns.n, sql);
    str_append(sql, ", g.unit, g.inclusion, sum(g.weight) as weight from (");
    for (size_t i = 0; i < children->links.n; i++) {
        const FlowLink *link = children->links.items[i];
        str_append(sql, i > 0 ? " union all select " : "select ");
        append_list(w, "p", w->picker.key->columns.n, sql);
        str_append(sql, ", f.unit, f.inclusion, f.weight");
        append_parent_join(w, link, weights_of(w, link->child), "c", sql);
        str_append(sql, " where f.weight > 0");
    }
    str_append(sql, ") as g group by ");
    append_list(w, "g", w->picker.key->columns.n, sql);
    str_append(sql, ", g.unit, g.inclusion");
}

/** How many children that are stood for each parent has. */
static int
append_children(Weighing *w, const Group *children, Str *sql, Error *reterr)
{
    str_append(sql, "select ");
    append_list(w, "h", w->picker.key->n_key, sql);
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
        append_list(w, "p", w->picker.key->n_key, sql);
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
    append_list(w, "h", w->picker.key->n_key, sql);
    return 0;
}

/** Generalised weight share. */
static int
insert_shared(Weighing *w, Error *reterr)
{
    Group children = {0};
    Str insert = {0};
    if (list_children(w, &children, reterr) < 0) {
        return -1;
    }
    if (children.links.n == 0) {
        return 0;
    }
    begin_insert(w, "s", &insert);
    str_append(&insert, ", s.unit, s.inclusion, s.weight / t.n, null, ");
    str_append_format(&insert, "%d from (", (int)WEIGH_REASON_SHARED);
    append_given(w, &children, &insert);
    str_append(&insert, ") as s join (");
    int status = append_children(w, &children, &insert, reterr);
    str_append(&insert, ") as t on ");
    append_same_row(w, "s", "t", &insert);
    str_append(&insert, " where not exists (select 1 from ");
    sql_ident(&insert, w->name);
    str_append(&insert, " as o where ");
    append_same_row(w, "o", "s", &insert);
    str_append_char(&insert, ')');
    status = status < 0 ? status : send(w, str_text(&insert), reterr);
    str_deinit(&insert);
    return status;
}

/* ---- rows that weigh nothing ---- */

/** What a row weighs that follows rows of its own table: where all are chosen, it is chosen. */
static void
append_rest_values(const Weighing *w, Str *sql)
{
    str_append_format(sql,
                      ", null, 1, case when l.reason in (%d, %d) then %d else 0 end, null, case "
                      "when l.reason = %d then %d else l.reason end",
                      (int)COPY_REASON_FOLLOWED, (int)COPY_REASON_PICKED,
                      is_certain(&w->picker) ? 1 : 0, (int)COPY_REASON_PICKED,
                      (int)(is_certain(&w->picker)       ? COPY_REASON_PICKED
                            : follows_others(&w->picker) ? COPY_REASON_FOLLOWED
                                                         : COPY_REASON_PLUS));
}

static void
append_not_weighed(const Weighing *w, Str *sql)
{
    str_append(sql, "not exists (select 1 from ");
    sql_ident(sql, w->name);
    str_append(sql, " as o where ");
    append_same_row(w, "o", "l", sql);
    str_append_char(sql, ')');
}

static int
insert_listed(Weighing *w, size_t node, Error *reterr)
{
    Str insert = {0};
    const CopyList *list = &w->choice->lists[node];
    if (!list->is_listed || list->name == NULL) {
        return 0;
    }
    begin_insert(w, "l", &insert);
    append_rest_values(w, &insert);
    str_append(&insert, " from ");
    sql_ident(&insert, list->name);
    str_append(&insert, " as l where ");
    append_not_weighed(w, &insert);
    int status = send(w, str_text(&insert), reterr);
    str_deinit(&insert);
    return status;
}

/** Of a table without a list: what it has from parents and keys that weigh nothing. */
static int
insert_unlisted(Weighing *w, Error *reterr)
{
    const CopyDelta complete = {0};
    CopyStatement rows = {0};
    Str insert = {0};
    str_append(&rows.sql, "select ");
    append_source_columns(w, w->picker.key->columns.n, &rows.sql);
    str_append_format(&rows.sql, "%d as reason", (int)COPY_REASON_PICKED);
    copy_append_from(w->choice, w->picker.table, &rows);
    int status = copy_append_base(w->choice, &w->picker, &complete, &rows, reterr);
    begin_insert(w, "l", &insert);
    append_rest_values(w, &insert);
    str_append_format(&insert, " from (%s) as l where ", str_text(&rows.sql));
    append_not_weighed(w, &insert);
    status = status < 0 ? status : send(w, str_text(&insert), reterr);
    copy_statement_deinit(&rows);
    str_deinit(&insert);
    return status;
}

/** Can a row be kept, and weigh nothing, without standing in a list? */
static bool
may_weigh_nothing(const Weighing *w)
{
    bool may = follows_others(&w->picker);
    for (size_t i = 0; i < w->picker.n_carriers; i++) {
        may |= copy_entity_is_listed(w->picker.carriers[i].entity);
    }
    return may;
}

static int
insert_rest(Weighing *w, Error *reterr)
{
    if (w->picker.entity != NULL) {
        return insert_listed(w, w->picker.node, reterr);
    }
    const FlowTable *table = w->picker.table;
    size_t nodes[] = {copy_picked_node(table), copy_kept_node(table)};
    bool is_listed = false;
    for (size_t i = 0; i < ARRAY_LENGTH(nodes); i++) {
        is_listed |= w->choice->lists[nodes[i]].is_listed;
        if (insert_listed(w, nodes[i], reterr) < 0) {
            return -1;
        }
    }
    return !is_listed && may_weigh_nothing(w) ? insert_unlisted(w, reterr) : 0;
}

/* ---- the whole ---- */

static int
analyze(Weighing *w, Error *reterr)
{
    Str sql = {0};
    if (!store_can(w->choice->store, STORE_SERVER)) {
        return 0;
    }
    str_append(&sql, "analyze ");
    sql_ident(&sql, w->name);
    int status = send(w, str_text(&sql), reterr);
    str_deinit(&sql);
    return status;
}

static int
make_weights(CopyChoice *choice, const CopyPicker *picker, const char *name, Error *reterr)
{
    Weighing w = {.choice = choice, .picker = *picker, .name = name};
    for (size_t i = 0; i < picker->key->columns.n; i++) {
        vec_push_in(choice->arena, &w.columns, picker->key->columns.items[i]);
    }
    int status = create_weights(&w, reterr);
    status = status == 0 ? insert_certain(&w, reterr) : status;
    if (status == 0) {
        status = weigh_has_own(picker)    ? insert_own(&w, reterr)
                 : picker->entity == NULL ? insert_shared(&w, reterr)
                                          : 0;
    }
    status = status == 0 ? insert_rest(&w, reterr) : status;
    status = status == 0 ? analyze(&w, reterr) : status;
    str_deinit(&w.sql);
    return status;
}

static void
prepare(CopyChoice *choice)
{
    const Flow *flow = choice->graph->flow;
    if (choice->weights == NULL) {
        CopyWeights *weights = ARENA_NEW(choice->arena, CopyWeights);
        weights->tables = ARENA_ARRAY(choice->arena, CopyWeighing, flow->n_tables + 1);
        weights->entities = ARENA_ARRAY(choice->arena, CopyWeighing, flow->n_entities + 1);
        choice->weights = weights;
    }
}

int
weigh_table(CopyChoice *choice, const FlowTable *table, Error *reterr)
{
    prepare(choice);
    CopyWeighing *weighing = &choice->weights->tables[table->index];
    CopyPicker picker = copy_picker_of_table(choice, table);
    if (weighing->name != NULL || weighing->is_open || weigh_is_whole(table)) {
        return 0;
    }
    const char *name = arena_printf(choice->arena, "pdc weight %zu", table->index);
    weighing->is_open = true;
    int status = make_weights(choice, &picker, name, reterr);
    weighing->is_open = false;
    weighing->name = name;
    return status < 0
               ? error_wrap(reterr, "weighing rows of %s.%s", table->stage->name, table->name)
               : 0;
}

static int
weigh_entity(CopyChoice *choice, const FlowEntity *entity, Error *reterr)
{
    CopyWeighing *weighing = &choice->weights->entities[entity->index];
    CopyPicker picker = copy_picker_of_entity(choice, entity);
    if (weighing->name != NULL) {
        return 0;
    }
    const char *name = arena_printf(choice->arena, "pdc entity weight %zu", entity->index);
    int status = make_weights(choice, &picker, name, reterr);
    weighing->name = name;
    return status < 0 ? error_wrap(reterr, "weighing keys of %s.%s", entity->home->stage->name,
                                   entity->home->name)
                      : 0;
}

static int
drop(CopyChoice *choice, const char *name, Error *reterr)
{
    Str sql = {0};
    if (name == NULL) {
        return 0;
    }
    str_append(&sql, "drop table ");
    sql_ident(&sql, name);
    int status = copy_exec(choice, str_text(&sql), reterr);
    str_deinit(&sql);
    return status;
}

int
weigh_end(CopyChoice *choice, Error *reterr)
{
    const Flow *flow = choice->graph->flow;
    int status = 0;
    for (size_t i = 0; choice->weights != NULL && i < flow->n_tables && status == 0; i++) {
        status = drop(choice, choice->weights->tables[i].name, reterr);
    }
    for (size_t i = 0; choice->weights != NULL && i < flow->n_entities && status == 0; i++) {
        status = drop(choice, choice->weights->entities[i].name, reterr);
    }
    return status;
}
