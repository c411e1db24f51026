#include "runtime/compare/compare.h"

#include "runtime/compare/compare_priv.h"
#include "runtime/copy/copy.h"
#include "runtime/copy/way.h"
#include "runtime/run/find.h"
#include "runtime/run/session.h"
#include "runtime/store/sql_text.h"

/** One call. */
typedef struct Comparison Comparison;
struct Comparison {
    const CompareRequest *request;
    RunRequest request_there;
    RunSession here; /* its connection reads both */
    RunSession there;
    const FlowTable *table_here;
    const FlowTable *table_there;   /* NULL: the flow of that instance lacks it */
    VEC(const FlowTable *) origins; /* both, and what they are made from, directly or not */
    CopyWay way;
    ComparePlan plan;
    Arena *arena; /* of the result */
    CompareResult *result;
};

/* ---- the two instances ---- */

/** An instance that is copied from per user is compared per user. */
static bool
is_per_user(const Comparison *c)
{
    const FlowCopySource *source = c->here.flow->copy_source;
    return source != NULL && source->per_user && text_equal(source->instance, c->request->against);
}

static int
elaborate_there(Comparison *c, Diags *diags, Error *reterr)
{
    const RunRequest *here = c->request->run;
    c->request_there = *here;
    c->request_there.attrs = NULL; /* `--attr` speaks of this instance */
    c->request_there.n_attrs = 0;
    if (config_resolve(here->config, c->request->against, is_per_user(c), diags,
                       &c->request_there.instance) < 0) {
        return RUN_OUTCOME_DIAGS;
    }
    run_session_init(&c->there, &c->request_there, diags);
    return run_session_elaborate(&c->there, reterr);
}

static int
find_table(Comparison *c, Error *reterr)
{
    if (run_find_table(c->here.flow, c->request->table, c->arena, &c->table_here, reterr) < 0) {
        return -1;
    }
    const FlowTable *table = c->table_here;
    c->table_there = flow_find_table(c->there.flow, table->stage->name, table->name);
    c->result->table = arena_printf(c->arena, "%s.%s", table->stage->name, table->name);
    c->result->here = arena_strdup(c->arena, c->request->run->instance->name);
    c->result->there = arena_strdup(c->arena, c->request_there.instance->name);
    return 0;
}

static int
no_way(const Comparison *c, const char *why, Error *reterr)
{
    const Instance *here = c->way.from;
    const Instance *there = c->way.to;
    error_set(reterr, ERROR_UNSUPPORTED,
              "comparing instance %s (%s) with instance %s (%s) is not built yet: %s", here->name,
              here->display_url, there->name, there->display_url, why);
    error_set_hint(reterr, COPY_WAYS);
    return -1;
}

static int
find_way(Comparison *c, Error *reterr)
{
    const char *why = NULL;
    c->way = (CopyWay){.from = c->request->run->instance,
                       .to = c->request_there.instance,
                       .purpose = "compare with it",
                       .listener = &c->request->run->listener,
                       .interrupted = run_session_interrupted(),
                       .wait_ms = c->request->run->wait_ms};
    int status = copy_way_find(&c->way, c->arena, &why, reterr);
    return status == COPY_NO_WAY ? no_way(c, why, reterr) : status;
}

/** What is known without a database. */
static int
prepare(Comparison *c, Diags *diags, Error *reterr)
{
    const CompareRequest *request = c->request;
    if (text_equal(request->against, request->run->instance->name)) {
        error_set(reterr, ERROR_USAGE, "instance %s would be compared with itself",
                  request->against);
        error_set_hint(reterr, "--instance names this one, --against the other");
        return -1;
    }
    int status = run_session_elaborate(&c->here, reterr);
    if (status == 0) {
        status = elaborate_there(c, diags, reterr);
    }
    if (status != 0) {
        return status;
    }
    return find_table(c, reterr) < 0 || find_way(c, reterr) < 0 ? -1 : 0;
}

/* ---- the two tables ---- */

static void
append_name(const Comparison *c, bool here, const char *schema, const char *table, Str *sql)
{
    if (here) {
        sql_qualified(sql, schema, table);
    } else {
        copy_way_append_name(&c->way, schema, table, sql);
    }
}

static int
not_published(const Comparison *c, bool here, Error *reterr)
{
    const char *instance = here ? c->result->here : c->result->there;
    error_clear(reterr);
    error_set(reterr, ERROR_DATA, "instance %s has no published %s", instance, c->result->table);
    if (!here && c->table_there == NULL) {
        error_set_hint(reterr, "with the attrs of instance %s the flow has no such table",
                       instance);
    } else {
        error_set_hint(reterr, "run ./flow --instance %s first", instance);
    }
    return -1;
}

/** Where the published table is. The name that readers use may be a view on it. */
static int
find_published(const Comparison *c, bool here, StoreResult **ret_result, Error *reterr)
{
    const MetaLayout *layout = here ? &c->here.layout : &c->way.layout;
    Str sql = {0};
    str_append(&sql, "select schema_name, table_name from ");
    append_name(c, here, layout->metadata_schema, "tables", &sql);
    str_append(&sql, " where state = 'published' and stage = ");
    sql_literal(&sql, c->table_here->stage->name);
    str_append(&sql, " and name = ");
    sql_literal(&sql, c->table_here->name);
    int status = store_query(c->here.store, str_text(&sql), ret_result, reterr);
    str_deinit(&sql);
    if (status < 0) {
        bool is_missing =
            text_equal(reterr->sqlstate, "42P01") || text_equal(reterr->sqlstate, "3F000");
        return is_missing ? not_published(c, here, reterr) : -1;
    }
    return store_result_rows(*ret_result) == 0 ? not_published(c, here, reterr) : 0;
}

/** The columns of a table in an attached file: those of a table that is made like it. */
static int
look_at_attached(Comparison *c, CompareSide *side, StoreColumn **ret_columns, Error *reterr)
{
    static const char shape[] = "pdc shape";
    Store *store = c->here.store;
    Str sql = {0};
    str_append(&sql, "create temporary table ");
    sql_ident(&sql, shape);
    str_append_format(&sql, " as select * from %s limit 0", side->name);
    int status = store_exec(store, str_text(&sql), reterr);
    if (status == 0) {
        status = store_columns(store, NULL, shape, c->arena, ret_columns, &side->n_columns, reterr);
    }
    str_clear(&sql);
    str_append(&sql, "drop table ");
    sql_ident(&sql, shape);
    status = status == 0 ? store_exec(store, str_text(&sql), reterr) : status;
    str_deinit(&sql);
    return status;
}

static int
look_at(Comparison *c, bool here, CompareSide *side, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *published = NULL;
    StoreColumn *columns = NULL;
    Str name = {0};
    if (find_published(c, here, &published, reterr) < 0) {
        return -1;
    }
    const char *schema = store_result_text(published, 0, 0);
    const char *table = store_result_text(published, 0, 1);
    append_name(c, here, schema, table, &name);
    side->instance = here ? c->result->here : c->result->there;
    side->name = str_take_in(&name, c->arena);
    int status = !here && c->way.path == COPY_ATTACHED
                     ? look_at_attached(c, side, &columns, reterr)
                     : store_columns(c->here.store, schema, table, c->arena, &columns,
                                     &side->n_columns, reterr);
    side->columns = columns;
    return status == 0 ? 0
                       : error_wrap(reterr, "looking at %s of instance %s", c->result->table,
                                    side->instance);
}

/* ---- columns ---- */

/** Adds the table and what it is made from. `is_added`: by table of the flow. */
static void
add_origins(Comparison *c, const FlowTable *table, bool *is_added)
{
    if (is_added[table->index]) {
        return;
    }
    is_added[table->index] = true;
    vec_push_in(c->arena, &c->origins, table);
    for (size_t i = 0; i < table->n_inputs; i++) {
        add_origins(c, table->inputs[i], is_added);
    }
}

static void
list_origins(Comparison *c, const Flow *flow, const FlowTable *table)
{
    if (table != NULL) {
        add_origins(c, table, ARENA_ARRAY(c->arena, bool, flow->n_tables + 1));
    }
}

/** CompareRules: what the copy masks, and what a contract marks `pii`, in either instance. A column
 * of that name in a table that is made from it is taken for the same. */
static bool
is_hidden(const void *user, const char *column)
{
    const Comparison *c = user;
    for (size_t i = 0; i < c->origins.n; i++) {
        const FlowTable *table = c->origins.items[i];
        if (flow_is_pii(table->contract, column) || copy_masks_column(table, column, true)) {
            return true;
        }
    }
    return false;
}

static bool
changes_in_copy(const Flow *flow, const FlowTable *table, const char *source, const char *column,
                bool folds)
{
    return table != NULL && table->body->kind == FLOW_BODY_COPY && flow->copy_source != NULL &&
           text_equal(flow->copy_source->instance, source) &&
           (copy_masks_column(table, column, folds) || copy_breaks_column(flow, table, column));
}

/** CompareRules: one of the two is copied from the other, by rules that change the column. */
static bool
is_by_rule(const void *user, const char *column)
{
    const Comparison *c = user;
    bool folds = store_can(c->here.store, STORE_FOLDS_NAMES);
    return changes_in_copy(c->here.flow, c->table_here, c->result->there, column, folds) ||
           changes_in_copy(c->there.flow, c->table_there, c->result->here, column, folds);
}

/** The key that was given, else the declared one, else none. */
static int
choose_key(Comparison *c, Error *reterr)
{
    const FlowConstraint *declared = flow_primary_key(c->table_here);
    const char *const *names = NULL;
    size_t n = 0;
    if (declared == NULL && c->table_there != NULL) {
        declared = flow_primary_key(c->table_there);
    }
    if (c->request->key != NULL) {
        if (compare_read_key(c->request->key, c->arena, &names, &n, reterr) < 0) {
            return -1;
        }
    } else if (declared != NULL) {
        names = declared->columns;
        n = declared->n_columns;
    }
    return compare_set_key(&c->plan, names, n, c->arena, reterr);
}

static void
describe(const Comparison *c)
{
    const ComparePlan *plan = &c->plan;
    CompareResult *result = c->result;
    result->columns = plan->columns;
    result->n_columns = plan->n_columns;
    result->is_by_key = plan->key.n > 0;
    result->n_shown = result->is_by_key ? plan->key.n : plan->values.n;
    result->shown =
        (const CompareColumn *const *)(result->is_by_key ? plan->key.items : plan->values.items);
    for (size_t i = 0; i < plan->n_columns; i++) {
        const CompareColumn *column = &plan->columns[i];
        result->has_other_columns = result->has_other_columns ||
                                    column->state != COMPARE_COMPARED ||
                                    !text_equal(column->here->sql_type, column->there->sql_type);
    }
}

static int
choose_columns(Comparison *c, Error *reterr)
{
    CompareRules rules = {.is_hidden = is_hidden, .is_by_rule = is_by_rule, .user = c};
    if (look_at(c, true, &c->plan.here, reterr) < 0 ||
        look_at(c, false, &c->plan.there, reterr) < 0) {
        return -1;
    }
    list_origins(c, c->here.flow, c->table_here);
    list_origins(c, c->there.flow, c->table_there);
    compare_pair_columns(&c->plan, c->here.store, &rules, c->arena);
    if (choose_key(c, reterr) < 0 || compare_set_values(&c->plan, c->arena, reterr) < 0) {
        return -1;
    }
    describe(c);
    return 0;
}

/* ---- comparing ---- */

static int
read_in_snapshot(Comparison *c, Error *reterr)
{
    Store *store = c->here.store;
    if (store_begin_snapshot(store, reterr) != 0) {
        return -1;
    }
    int status = compare_read(&c->plan, store, c->request->limit, c->arena, c->result, reterr);
    store_rollback(store);
    return status == 0 ? 0 : error_wrap(reterr, "comparing %s", c->result->table);
}

/** Nothing is published here, either, while both are read. */
static int
lock_here(const Comparison *c, Error *reterr)
{
    const char *lock = meta_lock_name(&c->here.layout, "publish", c->here.arena);
    int status = store_lock(c->here.store, lock, STORE_LOCK_SHARED, c->way.wait_ms, reterr);
    if (status == STORE_BUSY) {
        reterr->code = ERROR_LOCK;
    }
    return status == 0
               ? 0
               : error_wrap(reterr, "waiting for the publication of instance %s", c->result->here);
}

/** The connection ends with the call, and with it what is locked or attached. */
static int
compare(Comparison *c, Error *reterr)
{
    if (run_session_open_to_look(&c->here, reterr) < 0) {
        return -1;
    }
    int status = copy_way_enter(&c->way, c->here.store, reterr);
    if (status != 0) {
        return status == COPY_NOTHING_THERE ? not_published(c, false, reterr) : -1;
    }
    return lock_here(c, reterr) < 0 || choose_columns(c, reterr) < 0 ? -1
                                                                     : read_in_snapshot(c, reterr);
}

int
compare_tables(const CompareRequest *request, Arena *arena, Diags *diags, CompareResult *ret_result,
               Error *reterr)
{
    Comparison c = {.request = request, .arena = arena, .result = ret_result};
    *ret_result = (CompareResult){0};
    run_session_init(&c.here, request->run, diags);
    int status = prepare(&c, diags, reterr);
    if (status == 0) {
        status = compare(&c, reterr);
    }
    run_session_deinit(&c.there);
    run_session_deinit(&c.here);
    return status;
}

CompareOutcome
compare_outcome(const CompareResult *result)
{
    const CompareCounts *counts = &result->counts;
    if (result->has_other_columns || counts->only_here > 0 || counts->changed > 0) {
        return COMPARE_DIFFERENT;
    }
    return counts->only_there > 0 ? COMPARE_SUBSET : COMPARE_EQUAL;
}
