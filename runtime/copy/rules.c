/* What the rules of a copy block say, in SQL. */
#include "runtime/copy/choose_priv.h"
#include "runtime/exec/csv/csv.h"
#include "runtime/store/sql_text.h"

enum {
    MANY_VALUES = 100,    /* of a column with more of them buckets are covered */
    SAMPLED_ROWS = 10000, /* from which the size of a row is guessed */
    KEYS_A_STATEMENT = 1000
};

const FlowCopyRule *
copy_picker_rule(const CopyPicker *picker, PdcCopyRuleKind kind)
{
    for (size_t i = 0; i < picker->n_rules; i++) {
        if (picker->rules[i].kind == kind) {
            return &picker->rules[i];
        }
    }
    return NULL;
}

static bool
has_rule(const CopyPicker *picker, PdcCopyRuleKind kind)
{
    return copy_picker_rule(picker, kind) != NULL;
}

bool
copy_in_cycle(const CopyChoice *choice, const CopyDelta *delta, size_t node)
{
    return delta->cycle != NULL &&
           delta->cycle == &choice->graph->components[choice->graph->component_of[node]];
}

/** Does a `follow` look at other tables than the picker's own? */
static bool
follows_others(const CopyPicker *picker, const FlowCopyRule *rule)
{
    for (size_t i = 0; rule->kind == PDC_COPY_FOLLOW && i < rule->n_tables; i++) {
        if (rule->tables[i] != picker->table) {
            return true;
        }
    }
    return false;
}

bool
copy_picker_has_base(const CopyPicker *picker)
{
    bool restricts = picker->entity != NULL && picker->n_rules == 0;
    bool chooses = false; /* among the rows of the population, by rules that add to nothing else */
    for (size_t i = 0; i < picker->n_rules; i++) {
        const FlowCopyRule *rule = &picker->rules[i];
        switch (rule->kind) {
        case PDC_COPY_ALL:
        case PDC_COPY_NONE:
        case PDC_COPY_LIMIT:
        case PDC_COPY_SAMPLE_PERCENT:
        case PDC_COPY_SAMPLE_ROWS:
        case PDC_COPY_SAMPLE_BYTES: return true;
        case PDC_COPY_WHERE:
        case PDC_COPY_WINDOW: restricts = true; break;
        case PDC_COPY_FOLLOW: restricts |= follows_others(picker, rule); break;
        case PDC_COPY_AT_LEAST:
        case PDC_COPY_COVER_VALUES:
        case PDC_COPY_COVER_PAIRS:
        case PDC_COPY_COVER_BOUNDS: chooses = true; break;
        default: break;
        }
    }
    return picker->n_carriers > 0 || (restricts && !chooses);
}

/* ---- among which rows is chosen ---- */

void
copy_append_window(const CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule,
                   CopyStatement *statement)
{
    copy_append_column(picker->table, rule->columns[0], statement);
    str_append(&statement->sql, " >= (select max(");
    copy_append_column(picker->table, rule->columns[0], statement);
    str_append(&statement->sql, ")");
    copy_append_from(choice, picker->table, statement);
    str_append(&statement->sql, ") - interval ");
    sql_literal(&statement->sql, rule->text);
}

/** The children of a parent's rows, along any of the keys to it. */
static void
append_parent(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule,
              const FlowTable *parent, const CopyDelta *delta, CopyStatement *statement)
{
    const CopyGraph *graph = choice->graph;
    CopyRows rows = copy_rows_of(choice, parent, rule->all, delta);
    const char *before = "(";
    for (size_t i = graph->first_arriving[picker->node];
         i < graph->first_arriving[picker->node + 1]; i++) {
        const CopyEdge *edge = &graph->edges[graph->arriving[i]];
        if (edge->kind == COPY_EDGE_FOLLOW && edge->rule == rule && edge->link->parent == parent) {
            str_append(&statement->sql, before);
            copy_append_listed(choice, picker->table, edge->link->child_columns,
                               edge->link->parent_columns, edge->link->n_columns, &rows, statement);
            before = " or ";
        }
    }
    str_append_char(&statement->sql, ')');
}

/** Has the rule been followed as often as it may be? Counted in the rounds of a cycle. */
static bool
is_exhausted(const FlowCopyRule *rule, const CopyDelta *delta)
{
    int64_t step = delta->cycle == NULL || delta->round < 0 ? 0 : delta->round;
    return rule->amount >= 0 && step >= rule->amount;
}

/** The rows that follow those of other tables. What is new in a cycle is enough, unless several
 * tables must agree. */
static void
append_follow(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule,
              const CopyDelta *delta, CopyStatement *statement)
{
    static const CopyDelta complete = {0};
    bool must_agree = !rule->any_of && rule->n_tables > 1 && delta->round >= 0;
    const char *before = "(";
    if (is_exhausted(rule, delta)) {
        str_append(&statement->sql, "false");
        return;
    }
    for (size_t i = 0; i < rule->n_tables; i++) {
        if (rule->tables[i] != picker->table) {
            str_append(&statement->sql, before);
            append_parent(choice, picker, rule, rule->tables[i], must_agree ? &complete : delta,
                          statement);
            before = rule->any_of ? " or " : " and ";
        }
    }
    str_append_char(&statement->sql, ')');
}

int
copy_append_population(CopyChoice *choice, const CopyPicker *picker, const CopyDelta *delta,
                       CopyStatement *statement, Error *reterr)
{
    for (size_t i = 0; i < picker->n_rules; i++) {
        const FlowCopyRule *rule = &picker->rules[i];
        if (rule->kind == PDC_COPY_WHERE) {
            copy_and(statement);
            if (copy_append_condition(choice, rule->condition, statement, reterr) < 0) {
                return -1;
            }
        } else if (rule->kind == PDC_COPY_WINDOW) {
            copy_and(statement);
            copy_append_window(choice, picker, rule, statement);
        } else if (follows_others(picker, rule)) {
            copy_and(statement);
            append_follow(choice, picker, rule, delta, statement);
        }
    }
    return 0;
}

/* ---- which of them are picked ---- */

static int
query_number(CopyChoice *choice, CopyStatement *statement, double *ret_number, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    int status =
        store_query(choice->store, str_text(&statement->sql), &result, reterr) == 0 ? 0 : -1;
    const char *text = status < 0 ? NULL : store_result_text(result, 0, 0);
    *ret_number = text != NULL ? strtod(text, NULL) : 0;
    copy_statement_deinit(statement);
    return status;
}

/** Rows, or their bytes: as many times the length of a row, as text, among the first ones. */
static int
measure_table(CopyChoice *choice, const FlowTable *table, bool bytes, double *ret_size,
              Error *reterr)
{
    CopyStatement count = {0};
    CopyStatement length = {0};
    double width = 1;
    str_append(&count.sql, "select count(*)");
    copy_append_from(choice, table, &count);
    if (query_number(choice, &count, ret_size, reterr) < 0) {
        return -1;
    }
    if (bytes) {
        str_append(&length.sql, "select avg(length(cast(s as text))) from (select *");
        copy_append_from(choice, table, &length);
        str_append_format(&length.sql, " limit %d) as s", SAMPLED_ROWS);
        if (query_number(choice, &length, &width, reterr) < 0) {
            return -1;
        }
    }
    *ret_size *= width;
    return 0;
}

/** An entity's size is that of all tables whose rows it picks. */
static int
measure(CopyChoice *choice, const CopyPicker *picker, bool bytes, double *ret_size, Error *reterr)
{
    const Flow *flow = choice->source->options.flow;
    if (picker->entity == NULL) {
        return measure_table(choice, picker->table, bytes, ret_size, reterr);
    }
    *ret_size = 0;
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowBody *body = flow->tables[i]->body;
        for (size_t k = 0; body->kind == FLOW_BODY_COPY && k < body->n_carriers; k++) {
            double size = 0;
            if (body->carriers[k].entity == picker->entity &&
                measure_table(choice, flow->tables[i], bytes, &size, reterr) < 0) {
                return -1;
            }
            *ret_size += size;
        }
    }
    return 0;
}

static int
fit_percent(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule,
            double *ret_percent, Error *reterr)
{
    double *known = picker->entity != NULL ? &choice->entity_percents[picker->entity->index]
                                           : &choice->percents[picker->table->index];
    double size;
    if (*known < 0) {
        if (measure(choice, picker, rule->kind == PDC_COPY_SAMPLE_BYTES, &size, reterr) < 0) {
            return -1;
        }
        *known = size <= (double)rule->amount ? 100 : 100 * (double)rule->amount / size;
    }
    *ret_percent = *known;
    return 0;
}

/** Columns by which rows are hashed: those of `by`, else the key. */
int
copy_append_row_hash(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule,
                     CopyStatement *statement, Error *reterr)
{
    bool by = rule != NULL && rule->kind == PDC_COPY_SAMPLE_PERCENT && rule->n_columns > 0;
    const CopyKey *key = picker->key;
    if (by) {
        return copy_append_hash(choice, picker->table, rule->columns, rule->n_columns, NULL,
                                statement, reterr);
    }
    if (key->n_key > 0) {
        return copy_append_hash(choice, picker->table, key->columns.items, key->n_key, NULL,
                                statement, reterr);
    }
    error_set(reterr, ERROR_DATA,
              "%s.%s has no primary key, so it isn't clear by what its rows "
              "are sampled",
              picker->table->stage->name, picker->table->name);
    error_set_hint(reterr, "declare its primary key, or say `sample … percent by (…)`");
    error_set_origin(reterr, flow_span(choice->source->options.sources,
                                       rule != NULL ? rule->at : picker->table->body->at));
    return -1;
}

int
copy_sample_percent(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule,
                    double *ret_percent, Error *reterr)
{
    *ret_percent = rule->percent;
    return rule->kind == PDC_COPY_SAMPLE_PERCENT
               ? 0
               : fit_percent(choice, picker, rule, ret_percent, reterr);
}

static int
append_sample(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule,
              CopyStatement *statement, Error *reterr)
{
    double percent;
    if (copy_sample_percent(choice, picker, rule, &percent, reterr) < 0) {
        return -1;
    }
    if (copy_append_row_hash(choice, picker, rule, statement, reterr) < 0) {
        return -1;
    }
    copy_append_below(percent, statement);
    return 0;
}

/** The rows of the entity's keys: by their hash alone where that says it. */
static int
append_carrier(CopyChoice *choice, const CopyPicker *picker, const FlowCarrier *carrier,
               CopyStatement *statement, Error *reterr)
{
    const FlowEntity *entity = carrier->entity;
    CopyTypes types = {entity->home, entity->columns};
    if (copy_entity_is_listed(entity)) {
        CopyRows rows = {.key = &choice->entity_keys[entity->index],
                         .nodes = {copy_entity_node(choice->source->options.flow, entity)},
                         .n_nodes = 1,
                         .round = -1};
        copy_append_listed(choice, picker->table, carrier->columns, entity->columns,
                           entity->n_columns, &rows, statement);
        return 0;
    }
    if (copy_append_hash(choice, picker->table, carrier->columns, entity->n_columns,
                         entity->home != NULL ? &types : NULL, statement, reterr) < 0) {
        return -1;
    }
    copy_append_below(entity->rules[0].percent, statement);
    return 0;
}

/** The first rows by key; without one by all columns, so always the same. */
static int
append_limit(CopyChoice *choice, const CopyPicker *picker, int64_t limit, CopyStatement *statement,
             Error *reterr)
{
    const FlowConstraint *primary = flow_primary_key(picker->table);
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyStatement columns = {0};
    str_append(&statement->sql, " order by ");
    if (picker->entity != NULL || primary != NULL) {
        const char *const *names =
            picker->entity != NULL ? picker->entity->columns : primary->columns;
        size_t n = picker->entity != NULL ? picker->entity->n_columns : primary->n_columns;
        for (size_t i = 0; i < n; i++) {
            str_append(&statement->sql, i > 0 ? ", " : "");
            copy_append_column(picker->table, names[i], statement);
        }
    } else {
        str_append(&columns.sql, "select *");
        copy_append_from(choice, picker->table, &columns);
        str_append(&columns.sql, " limit 0");
        int status = store_query(choice->store, str_text(&columns.sql), &result, reterr);
        copy_statement_deinit(&columns);
        if (status != 0) {
            return -1;
        }
        for (size_t i = 0; i < store_result_columns(result); i++) {
            str_append(&statement->sql, i > 0 ? ", " : "");
            copy_append_column(picker->table, store_result_name(result, i), statement);
        }
    }
    str_append_format(&statement->sql, " limit %lld", (long long)limit);
    return 0;
}

static int64_t
smallest_limit(const CopyPicker *picker)
{
    int64_t limit = -1;
    for (size_t i = 0; i < picker->n_rules; i++) {
        const FlowCopyRule *rule = &picker->rules[i];
        if (rule->kind == PDC_COPY_LIMIT && (limit < 0 || rule->amount < limit)) {
            limit = rule->amount;
        }
    }
    return limit;
}

int
copy_append_base(CopyChoice *choice, const CopyPicker *picker, const CopyDelta *delta,
                 CopyStatement *statement, Error *reterr)
{
    int64_t limit = smallest_limit(picker);
    if (!copy_picker_has_base(picker) || has_rule(picker, PDC_COPY_NONE)) {
        copy_and(statement);
        str_append(&statement->sql, "false");
    }
    int status = copy_append_population(choice, picker, delta, statement, reterr);
    for (size_t i = 0; i < picker->n_rules && status == 0; i++) {
        const FlowCopyRule *rule = &picker->rules[i];
        if (rule->kind == PDC_COPY_SAMPLE_PERCENT || rule->kind == PDC_COPY_SAMPLE_ROWS ||
            rule->kind == PDC_COPY_SAMPLE_BYTES) {
            copy_and(statement);
            status = append_sample(choice, picker, rule, statement, reterr);
        }
    }
    for (size_t i = 0; i < picker->n_carriers && status == 0; i++) {
        copy_and(statement);
        status = append_carrier(choice, picker, &picker->carriers[i], statement, reterr);
    }
    return status < 0 || limit < 0 ? status
                                   : append_limit(choice, picker, limit, statement, reterr);
}

/* ---- rows that are added ---- */

void
copy_begin_insert(const CopyChoice *choice, const CopyPicker *picker, size_t node, int64_t round,
                  CopyReason reason, CopyStatement *statement)
{
    const CopyKey *key = picker->key;
    str_append(&statement->sql, "insert into ");
    sql_ident(&statement->sql, choice->lists[node].name);
    str_append(&statement->sql, " select ");
    for (size_t i = 0; i < key->columns.n; i++) {
        copy_append_listed_value(choice, picker->table, key->columns.items[i], statement);
        str_append(&statement->sql, ", ");
    }
    if (key->row_id != NULL) {
        copy_append_key(picker->table, key, statement);
        str_append(&statement->sql, ", ");
    }
    str_append_format(&statement->sql, "%lld, %d", (long long)round, (int)reason);
    copy_append_from(choice, picker->table, statement);
}

/** A row whose key is null can't be told from others: it is in no list. */
void
copy_append_key_is_there(const CopyPicker *picker, CopyStatement *statement)
{
    for (size_t i = 0; i < picker->key->n_key; i++) {
        copy_and(statement);
        copy_append_column(picker->table, picker->key->columns.items[i], statement);
        str_append(&statement->sql, " is not null");
    }
}

int
copy_end_insert(CopyChoice *choice, const CopyPicker *picker, size_t node, CopyStatement *statement,
                int64_t *ret_rows, Error *reterr)
{
    CopyRows rows = {.key = picker->key, .nodes = {node}, .n_nodes = 1, .round = -1};
    if (node != picker->node) { /* what was picked needs no closure */
        rows.nodes[rows.n_nodes++] = picker->node;
    }
    copy_append_key_is_there(picker, statement);
    copy_and(statement);
    copy_append_row_not_listed(choice, picker->table, &rows, statement);
    int status = copy_send(choice, statement, ret_rows, reterr);
    copy_statement_deinit(statement);
    return status;
}

static int
add_where(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule, Error *reterr)
{
    CopyReason reason = rule->kind == PDC_COPY_CERTAIN ? COPY_REASON_CERTAIN : COPY_REASON_PLUS;
    CopyStatement statement = {0};
    copy_begin_insert(choice, picker, picker->node, 0, reason, &statement);
    copy_and(&statement);
    if (copy_append_condition(choice, rule->condition, &statement, reterr) < 0) {
        copy_statement_deinit(&statement);
        return -1;
    }
    return copy_end_insert(choice, picker, picker->node, &statement, NULL, reterr);
}

/** The rows of a ranking of the population that stand at its head: `partition` is put into
 * `partition by`, and rows count where `which` holds (both may be empty). */
typedef struct Ranking Ranking;
struct Ranking {
    CopyReason reason;
    const char *partition;
    const char *which;
    int64_t highest;
};

static int
add_ranked(CopyChoice *choice, const CopyPicker *picker, const Ranking *ranking, Error *reterr)
{
    CopyDelta complete = {0};
    CopyStatement statement = {0};
    Str *sql = &statement.sql;
    const CopyKey *key = picker->key;
    size_t node = picker->node;
    str_append(sql, "insert into ");
    sql_ident(sql, choice->lists[node].name);
    str_append(sql, " select ");
    for (size_t i = 0; i < key->columns.n; i++) {
        str_append_format(sql, "s.c%zu, ", i);
    }
    str_append_format(sql, "%s0, %d from (select ", key->row_id != NULL ? "s.r, " : "",
                      (int)ranking->reason);
    for (size_t i = 0; i < key->columns.n; i++) {
        copy_append_listed_value(choice, picker->table, key->columns.items[i], &statement);
        str_append_format(sql, " as c%zu, ", i);
    }
    if (key->row_id != NULL) {
        copy_append_key(picker->table, key, &statement);
        str_append(sql, " as r, ");
    }
    str_append_format(sql, "row_number() over (%s%s order by ",
                      ranking->partition[0] != '\0' ? "partition by " : "", ranking->partition);
    int status = copy_append_row_hash(choice, picker, NULL, &statement, reterr);
    str_append(sql, ", ");
    copy_append_key(picker->table, key, &statement);
    str_append(sql, ") as n");
    if (status == 0) {
        copy_append_from(choice, picker->table, &statement);
        status = copy_append_population(choice, picker, &complete, &statement, reterr);
    }
    if (ranking->which[0] != '\0') {
        copy_and(&statement);
        str_append(sql, ranking->which);
    }
    copy_append_key_is_there(picker, &statement);
    str_append_format(sql, ") as s where s.n <= %lld and not exists (select 1 from ",
                      (long long)ranking->highest);
    sql_ident(sql, choice->lists[node].name);
    str_append(sql, " as l");
    for (size_t i = 0; i < key->n_key; i++) {
        str_append_format(sql, " %s l.c%zu = s.c%zu", i == 0 ? "where" : "and", i, i);
    }
    str_append(sql, key->row_id != NULL ? " where l.r = s.r)" : ")");
    status = status < 0 ? status : copy_send(choice, &statement, NULL, reterr);
    copy_statement_deinit(&statement);
    return status;
}

static const char *
column_list(const CopyPicker *picker, const char *const *columns, size_t n, Arena *arena)
{
    CopyStatement text = {0};
    for (size_t i = 0; i < n; i++) {
        str_append(&text.sql, i > 0 ? ", " : "");
        copy_append_column(picker->table, columns[i], &text);
    }
    return str_take_in(&text.sql, arena);
}

static int
add_at_least(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule, Error *reterr)
{
    Ranking ranking = {COPY_REASON_STRATUM,
                       column_list(picker, rule->columns, rule->n_columns, choice->arena), "",
                       rule->amount};
    return add_ranked(choice, picker, &ranking, reterr);
}

/* ---- cover ---- */

/** A row of the population for which `which` holds: the one of the smallest hash. */
static int
add_one(CopyChoice *choice, const CopyPicker *picker, const char *which, int64_t n, Error *reterr)
{
    Ranking ranking = {COPY_REASON_COVER, "", which, n};
    return add_ranked(choice, picker, &ranking, reterr);
}

/** `select AGGREGATE(column) from the population`. */
static int
append_of_population(CopyChoice *choice, const CopyPicker *picker, const char *head,
                     CopyStatement *statement, Error *reterr)
{
    CopyDelta complete = {0};
    CopyStatement inner = {0};
    str_append(&inner.sql, head);
    copy_append_from(choice, picker->table, &inner);
    int status = copy_append_population(choice, picker, &complete, &inner, reterr);
    str_append(&statement->sql, str_text(&inner.sql));
    copy_statement_deinit(&inner);
    return status;
}

/** Least and greatest value. */
static int
add_extremes(CopyChoice *choice, const CopyPicker *picker, const char *column, Error *reterr)
{
    static const char *const aggregates[] = {"min", "max"};
    for (size_t i = 0; i < ARRAY_LENGTH(aggregates); i++) {
        CopyStatement which = {0};
        const char *head = arena_printf(choice->arena, "select %s(%s)", aggregates[i], column);
        str_append_format(&which.sql, "%s = (", column);
        int status = append_of_population(choice, picker, head, &which, reterr);
        str_append_char(&which.sql, ')');
        const char *text = str_take_in(&which.sql, choice->arena);
        if (status < 0 || add_one(choice, picker, text, 1, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

/** Zero and less, or nothing but empty: where tests so often fail. */
static int
add_special_values(CopyChoice *choice, const CopyPicker *picker, const char *column, PdcType type,
                   Error *reterr)
{
    bool is_number = type == PDC_TYPE_INT || type == PDC_TYPE_FLOAT;
    const char *text[] = {arena_printf(choice->arena, "%s = ''", column)};
    const char *number[] = {arena_printf(choice->arena, "%s = 0", column),
                            arena_printf(choice->arena, "%s < 0", column)};
    const char *const *which = is_number ? number : text;
    size_t n = is_number ? 2 : type == PDC_TYPE_TEXT ? 1 : 0;
    for (size_t i = 0; i < n; i++) {
        if (add_one(choice, picker, which[i], 1, reterr) < 0) {
            return -1;
        }
    }
    return add_one(choice, picker, arena_printf(choice->arena, "%s is null", column), 1, reterr);
}

/** Two rows of one value that occurs twice. */
static int
add_duplicates(CopyChoice *choice, const CopyPicker *picker, const char *column, Error *reterr)
{
    CopyStatement which = {0};
    const char *head = arena_printf(choice->arena, "select %s as v", column);
    str_append_format(&which.sql, "%s = (select min(d.v) from (select p.v from (", column);
    int status = append_of_population(choice, picker, head, &which, reterr);
    str_append(&which.sql, ") as p group by p.v having count(*) > 1) as d)");
    const char *text = str_take_in(&which.sql, choice->arena);
    return status < 0 ? -1 : add_one(choice, picker, text, 2, reterr);
}

/** Every value; of many values as many buckets of neighbouring ones. */
static int
add_values(CopyChoice *choice, const CopyPicker *picker, const char *column, Error *reterr)
{
    CopyStatement count = {0};
    double n_values;
    const char *head = arena_printf(choice->arena, "select count(distinct %s)", column);
    if (append_of_population(choice, picker, head, &count, reterr) < 0) {
        copy_statement_deinit(&count);
        return -1;
    }
    if (query_number(choice, &count, &n_values, reterr) < 0) {
        return -1;
    }
    if (n_values <= MANY_VALUES) {
        Ranking ranking = {COPY_REASON_COVER, column, "", 1};
        return add_ranked(choice, picker, &ranking, reterr);
    }
    CopyStatement which = {0};
    str_append_format(&which.sql,
                      "%s in (select min(b.v) from (select p.v, ntile(%d) over (order by p.v) as b "
                      "from (",
                      column, MANY_VALUES);
    int status = append_of_population(
        choice, picker, arena_printf(choice->arena, "select distinct %s as v", column), &which,
        reterr);
    str_append(&which.sql, ") as p where p.v is not null) as b group by b.b)");
    Ranking ranking = {COPY_REASON_COVER, column, str_take_in(&which.sql, choice->arena), 1};
    return status < 0 ? -1 : add_ranked(choice, picker, &ranking, reterr);
}

static int
add_covering(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule, Error *reterr)
{
    for (size_t i = 0; i < rule->n_columns; i++) {
        const char *column = column_list(picker, &rule->columns[i], 1, choice->arena);
        const StoreColumn *there =
            copy_find_column(choice, picker->table, rule->columns[i], reterr);
        bool values = rule->kind == PDC_COPY_COVER_VALUES;
        if (there == NULL ||
            (values && (add_values(choice, picker, column, reterr) < 0 ||
                        add_duplicates(choice, picker, column, reterr) < 0)) ||
            add_extremes(choice, picker, column, reterr) < 0 ||
            add_special_values(choice, picker, column, there->type, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

/** Every pair of values that occurs together. */
static int
add_pairs(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule, Error *reterr)
{
    for (size_t i = 0; i < rule->n_columns; i++) {
        for (size_t k = i + 1; k < rule->n_columns; k++) {
            const char *columns[] = {rule->columns[i], rule->columns[k]};
            Ranking ranking = {COPY_REASON_COVER, column_list(picker, columns, 2, choice->arena),
                               "", 1};
            if (add_ranked(choice, picker, &ranking, reterr) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

/* ---- keys of a file ---- */

typedef struct KeyFile KeyFile;
struct KeyFile {
    const char *path;
    const char *const **values; /* by column of the key */
    size_t n_rows;
};

static int
read_keys(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule, KeyFile *file,
          Error *reterr)
{
    CsvOptions options;
    csv_options_init(&options);
    file->path = exec_data_path(choice->exec->input, choice->exec->data_directory, rule->file,
                                rule->text, choice->arena);
    file->values = ARENA_ARRAY(choice->arena, const char *const *, picker->key->n_key);
    for (size_t i = 0; i < picker->key->n_key; i++) {
        if (csv_read_column(file->path, picker->key->columns.items[i], &options, choice->arena,
                            &file->values[i], &file->n_rows, reterr) < 0) {
            error_set_origin(reterr, flow_span(choice->source->options.sources, rule->at));
            return -1;
        }
    }
    return 0;
}

/** `key in (…)` for rows [from, to) of the file; the engine reads the literals as the column's
 * type.
 */
static void
append_keys(const CopyPicker *picker, const KeyFile *file, size_t from, size_t to,
            CopyStatement *statement)
{
    const CopyKey *key = picker->key;
    copy_and(statement);
    str_append_char(&statement->sql, '(');
    for (size_t row = from; row < to; row++) {
        str_append(&statement->sql, row > from ? " or (" : "(");
        for (size_t i = 0; i < key->n_key; i++) {
            str_append(&statement->sql, i > 0 ? " and " : "");
            copy_append_column(picker->table, key->columns.items[i], statement);
            str_append(&statement->sql, " = ");
            sql_literal(&statement->sql, file->values[i][row]);
        }
        str_append_char(&statement->sql, ')');
    }
    str_append_char(&statement->sql, ')');
}

static int
add_keys(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule, Error *reterr)
{
    KeyFile file = {0};
    if (picker->key->n_key == 0) {
        error_set(reterr, ERROR_DATA, "%s.%s has no primary key of which a file could hold values",
                  picker->table->stage->name, picker->table->name);
        error_set_origin(reterr, flow_span(choice->source->options.sources, rule->at));
        return -1;
    }
    if (read_keys(choice, picker, rule, &file, reterr) < 0) {
        return -1;
    }
    for (size_t from = 0; from < file.n_rows; from += KEYS_A_STATEMENT) {
        size_t to = from + KEYS_A_STATEMENT < file.n_rows ? from + KEYS_A_STATEMENT : file.n_rows;
        CopyStatement statement = {0};
        copy_begin_insert(choice, picker, picker->node, 0, COPY_REASON_PLUS, &statement);
        append_keys(picker, &file, from, to, &statement);
        if (copy_end_insert(choice, picker, picker->node, &statement, NULL, reterr) < 0) {
            error_set_origin(reterr, flow_span(choice->source->options.sources, rule->at));
            return -1;
        }
    }
    return 0;
}

int
copy_add_rows_of(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule,
                 Error *reterr)
{
    switch (rule->kind) {
    case PDC_COPY_CERTAIN:
    case PDC_COPY_PLUS_WHERE: return add_where(choice, picker, rule, reterr);
    case PDC_COPY_PLUS_KEYS: return add_keys(choice, picker, rule, reterr);
    case PDC_COPY_AT_LEAST: return add_at_least(choice, picker, rule, reterr);
    case PDC_COPY_COVER_VALUES:
    case PDC_COPY_COVER_BOUNDS: return add_covering(choice, picker, rule, reterr);
    case PDC_COPY_COVER_PAIRS: return add_pairs(choice, picker, rule, reterr);
    default: return 0;
    }
}

int
copy_add_rows(CopyChoice *choice, const CopyPicker *picker, Error *reterr)
{
    int status = 0;
    for (size_t i = 0; i < picker->n_rules && status == 0; i++) {
        status = copy_add_rows_of(choice, picker, &picker->rules[i], reterr);
    }
    return status;
}
