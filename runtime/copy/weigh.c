/* The weights of the rows of a copy: tables of them, made in the order in which they hang on each
 * other. weigh_own.c and weigh_shared.c fill them. */
#include "runtime/copy/weigh_priv.h"
#include "runtime/store/sql_text.h"

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

bool
weighing_follows_others(const CopyPicker *picker)
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
bool
weighing_is_certain(const CopyPicker *picker)
{
    return weigh_has_own(picker) && weigh_sample_rule(picker) == NULL &&
           !weigh_uses_strata(picker) && picker->n_carriers == 0 &&
           !weighing_follows_others(picker);
}

/* ---- names ---- */

size_t
weighing_add_column(Weighing *w, const char *name)
{
    for (size_t i = 0; i < w->columns.n; i++) {
        if (text_equal(w->columns.items[i], name)) {
            return i;
        }
    }
    vec_push_in(w->choice->arena, &w->columns, name);
    return w->columns.n - 1;
}

/** `c0, c1, …, r` with the alias before each. */
void
weighing_append_list(const Weighing *w, const char *alias, size_t n, Str *sql)
{
    for (size_t i = 0; i < n; i++) {
        str_append_format(sql, "%s%s.c%zu", i > 0 ? ", " : "", alias, i);
    }
    if (w->picker.key->row_id != NULL) {
        str_append_format(sql, "%s%s.r", n > 0 ? ", " : "", alias);
    }
}

/** The same row in both: by key, or by the engine's name of it. */
void
weighing_append_same_row(const Weighing *w, const char *a, const char *b, Str *sql)
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
void
weighing_append_source_columns(const Weighing *w, size_t n, Str *sql)
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

int
weighing_send(Weighing *w, const char *sql, Error *reterr)
{
    CopyStatement statement = {0};
    str_append(&statement.sql, sql);
    int status = copy_send(w->choice, &statement, NULL, reterr);
    copy_statement_deinit(&statement);
    return status;
}

size_t
weighing_list_column(const CopyKey *key, const char *name)
{
    for (size_t i = 0; i < key->columns.n; i++) {
        if (text_equal(key->columns.items[i], name)) {
            return i;
        }
    }
    BUG("column %s is not listed", name);
}

void
weighing_begin_insert(const Weighing *w, const char *alias, Str *sql)
{
    str_append(sql, "insert into ");
    sql_ident(sql, w->name);
    str_append(sql, " select ");
    weighing_append_list(w, alias, w->picker.key->columns.n, sql);
}

const char *
weighing_quoted(const char *name, Arena *arena)
{
    Str text = {0};
    sql_ident(&text, name);
    return str_take_in(&text, arena);
}

/** The weights of a parent, as a relation: of a whole table each row weighs 1. */
const char *
weighing_weights_of(const Weighing *w, const FlowTable *table)
{
    const CopyKey *key = &w->choice->keys[table->index];
    CopyStatement whole = {0};
    if (!weigh_is_whole(table)) {
        const char *name = w->choice->weights->tables[table->index].name;
        return name != NULL ? weighing_quoted(name, w->choice->arena) : NULL;
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

/* ---- the table ---- */

static int
create_weights(Weighing *w, Error *reterr)
{
    CopyStatement create = {0};
    str_append(&create.sql, "create temporary table ");
    sql_ident(&create.sql, w->name);
    str_append(&create.sql, " as select ");
    weighing_append_source_columns(w, w->picker.key->columns.n, &create.sql);
    str_append(&create.sql, "cast(0 as bigint) as unit, " REAL("0") " as inclusion, " REAL(
                                "0") " as weight, cast(0 as bigint) as stratum, "
                                     "cast(0 as integer) as reason");
    copy_append_from(w->choice, w->picker.table, &create);
    str_append(&create.sql, " limit 0");
    int status = weighing_send(w, str_text(&create.sql), reterr);
    copy_statement_deinit(&create);
    return status;
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
    weighing_append_source_columns(w, w->picker.key->columns.n, &insert.sql);
    str_append_format(&insert.sql, "null, 1, 1, null, %d", (int)COPY_REASON_CERTAIN);
    copy_append_from(w->choice, w->picker.table, &insert);
    copy_and(&insert);
    str_append_char(&insert.sql, '(');
    int status = weigh_append_certain(w->choice, &w->picker, &insert, reterr);
    str_append_char(&insert.sql, ')');
    copy_append_key_is_there(&w->picker, &insert);
    status = status < 0 ? status : weighing_send(w, str_text(&insert.sql), reterr);
    copy_statement_deinit(&insert);
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
                      weighing_is_certain(&w->picker) ? 1 : 0, (int)COPY_REASON_PICKED,
                      (int)(weighing_is_certain(&w->picker)       ? COPY_REASON_PICKED
                            : weighing_follows_others(&w->picker) ? COPY_REASON_FOLLOWED
                                                                  : COPY_REASON_PLUS));
}

static void
append_not_weighed(const Weighing *w, Str *sql)
{
    str_append(sql, "not exists (select 1 from ");
    sql_ident(sql, w->name);
    str_append(sql, " as o where ");
    weighing_append_same_row(w, "o", "l", sql);
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
    weighing_begin_insert(w, "l", &insert);
    append_rest_values(w, &insert);
    str_append(&insert, " from ");
    sql_ident(&insert, list->name);
    str_append(&insert, " as l where ");
    append_not_weighed(w, &insert);
    int status = weighing_send(w, str_text(&insert), reterr);
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
    weighing_append_source_columns(w, w->picker.key->columns.n, &rows.sql);
    str_append_format(&rows.sql, "%d as reason", (int)COPY_REASON_PICKED);
    copy_append_from(w->choice, w->picker.table, &rows);
    int status = copy_append_base(w->choice, &w->picker, &complete, &rows, reterr);
    weighing_begin_insert(w, "l", &insert);
    append_rest_values(w, &insert);
    str_append_format(&insert, " from (%s) as l where ", str_text(&rows.sql));
    append_not_weighed(w, &insert);
    status = status < 0 ? status : weighing_send(w, str_text(&insert), reterr);
    copy_statement_deinit(&rows);
    str_deinit(&insert);
    return status;
}

/** Can a row be kept, and weigh nothing, without standing in a list? */
static bool
may_weigh_nothing(const Weighing *w)
{
    bool may = weighing_follows_others(&w->picker);
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
    int status = weighing_send(w, str_text(&sql), reterr);
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
        status = weigh_has_own(picker)    ? weighing_insert_own(&w, reterr)
                 : picker->entity == NULL ? weighing_insert_shared(&w, reterr)
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

int
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
