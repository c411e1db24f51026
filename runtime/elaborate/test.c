#include "runtime/elaborate/test.h"

#include "runtime/base/clock.h"
#include "runtime/elaborate/elaborate_priv.h"

#include <stdio.h>

/** One test in the making: the elaboration of all tables, and those that it needs. */
typedef struct Testing Testing;
struct Testing {
    Elaboration e;
    const PdcTest *test;
    FlowExpect *expects;
    bool *needed; /* by FlowTable.index */
};

/* ---- surroundings ---- */

static const PdcAttr *
find_attr(const PdcFlow *unit, const char *name)
{
    for (size_t i = 0; i < unit->n_attrs; i++) {
        if (text_equal(unit->attrs[i].name, name)) {
            return &unit->attrs[i];
        }
    }
    return NULL;
}

static int
set_attr(Elaboration *e, const PdcSetting *setting, Map *attrs)
{
    const PdcAttr *attr = find_attr(e->unit, setting->name);
    Value *value = ARENA_NEW(e->arena, Value);
    if (attr == NULL || eval(e, setting->value, NULL, value) < 0) {
        return -1; /* an attr with an error of its own */
    }
    if (!value_convert(value, (PdcType)attr->type, attr->is_list, e->arena)) {
        const char *type = arena_printf(e->arena, "%s%s", type_name((PdcType)attr->type),
                                        attr->is_list ? "[]" : "");
        diag_add(e->diags, DIAG_TEST_SETTING_TYPE, at_span(e, setting->at), attr->name, type,
                 value_describe(value, e->arena));
        diag_note(e->diags, at_span(e, attr->at), "declared here");
        return -1;
    }
    map_set(attrs, attr->name, value);
    return 0;
}

/** The attrs of the instance, but for those that the test sets. Constants can stand in them. */
static int
set_attrs(Elaboration *e, const PdcTest *test, Environment *environment)
{
    Map *attrs = map_new(e->arena);
    int result = 0;
    for (size_t i = 0; i < map_count(environment->attrs); i++) {
        map_set(attrs, map_key_at(environment->attrs, i), map_value_at(environment->attrs, i));
    }
    for (size_t i = 0; i < test->n_settings; i++) {
        result |= set_attr(e, &test->settings[i], attrs);
    }
    environment->attrs = attrs;
    return result;
}

static void
set_moment(const PdcTest *test, Arena *arena, Environment *environment)
{
    int64_t moment_us;
    char text[32];
    if (test->moment == NULL || clock_parse_utc(test->moment, &moment_us) != 0) {
        return;
    }
    clock_format_utc(moment_us, text, sizeof text);
    text[10] = ' ';
    environment->run_started = arena_strndup(arena, text, 26);
    environment->run_date = arena_strndup(arena, text, 10);
    environment->fixes_date = true;
}

static int
set_environment(Elaboration *e, const PdcTest *test, Environment *environment)
{
    Elaboration constants = *e;
    constants.is_test = true;
    set_moment(test, e->arena, environment);
    if (test->n_settings == 0) {
        return 0;
    }
    if (elaborate_constants(&constants) < 0) {
        return -1;
    }
    return set_attrs(&constants, test, environment);
}

/* ---- given tables ---- */

static void
clear_clauses(FlowTable *table)
{
    table->kind = PDC_TABLE;
    table->n_constraints = table->n_indexes = table->n_after = 0;
    table->is_promised = table->cutoff = table->unlogged = false;
    table->violation = FLOW_VIOLATION_FAIL;
    table->cache = (FlowCache){0};
}

static void
set_given(Elaboration *e, FlowTable *table, const PdcTestRows *rows)
{
    FlowGiven *given = ARENA_NEW(e->arena, FlowGiven);
    *given = (FlowGiven){.rows = rows, .leader = table->leader};
    table->given = given;
    table->leader = table;
    clear_clauses(table);
}

/** Two tables with the same rows are still two: their columns may differ. */
static const char *
given_version(Elaboration *e, const FlowTable *table)
{
    return arena_printf(e->arena, "given as %s.%s", table->stage->name, table->name);
}

static int
replace_table(Testing *t, const PdcTestRows *rows)
{
    Elaboration *e = &t->e;
    FlowBody *body = ARENA_NEW(e->arena, FlowBody);
    e->stage = NULL;
    FlowTable *table = (FlowTable *)(uintptr_t)find_relation(e, &rows->table, rows->at, NULL);
    if (table == NULL || bind_rows(e, rows, body) < 0) {
        return -1;
    }
    if (table->given != NULL) {
        diag_add(e->diags, DIAG_GIVEN_TWICE, at_span(e, rows->at),
                 arena_printf(e->arena, "%s.%s", table->stage->name, table->name));
        diag_note(e->diags, at_span(e, table->given->rows->at), "first given here");
        return -1;
    }
    set_given(e, table, rows);
    body->version = given_version(e, table);
    table->body = body;
    table->inputs = body->query != NULL ? body->query->inputs : NULL;
    table->n_inputs = body->query != NULL ? body->query->n_inputs : 0;
    return 0;
}

/** Does it bring data into the flow? */
static bool
is_source(const FlowTable *table)
{
    FlowBodyKind kind = table->body->kind;
    return table->is_input || kind == FLOW_BODY_CSV || kind == FLOW_BODY_PARQUET ||
           kind == FLOW_BODY_EXTERNAL;
}

static void
empty_sources(Elaboration *e)
{
    for (size_t i = 0; i < e->tables.n; i++) {
        FlowTable *table = e->tables.items[i];
        if (table->given == NULL && is_source(table)) {
            FlowBody *body = arena_memdup(e->arena, table->body, sizeof(FlowBody));
            set_given(e, table, NULL);
            body->version = given_version(e, table);
            table->body = body;
        }
    }
}

/* ---- what is needed ---- */

static void
need(Testing *t, const FlowTable *table)
{
    t->needed[table->index] = true;
}

static void
need_body(Testing *t, const FlowBody *body)
{
    for (size_t i = 0; body->query != NULL && i < body->query->n_inputs; i++) {
        need(t, body->query->inputs[i]);
    }
}

/** All that is made of given tables; of everything where nothing is given. */
static void
need_downstream(Testing *t)
{
    const Flow *flow = t->e.flow;
    bool *reached = ARENA_ARRAY(t->e.arena, bool, flow->n_tables + 1);
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        bool is_given = table->given != NULL && table->given->rows != NULL;
        reached[i] = is_given || t->test->n_givens == 0;
        for (size_t k = 0; k < table->n_inputs; k++) {
            reached[i] |= reached[table->inputs[k]->index];
        }
        t->needed[i] |= reached[i];
    }
}

/** Tables of one script are made together. */
static int
need_companions(Testing *t, const FlowTable *table)
{
    const Flow *flow = t->e.flow;
    bool is_script = table->given == NULL && table->body->kind == FLOW_BODY_SCRIPT;
    for (size_t i = 0; is_script && i < flow->n_tables; i++) {
        const FlowTable *other = flow->tables[i];
        if (other->given != NULL && other->given->leader == table->leader) {
            diag_add(t->e.diags, DIAG_TEST_OUTPUTS, at_span(&t->e, other->given->rows->at),
                     arena_printf(t->e.arena, "%s.%s", other->stage->name, other->name),
                     arena_printf(t->e.arena, "%s.%s", table->stage->name, table->name));
            return -1;
        }
        if (other->leader == table->leader) {
            need(t, other);
        }
    }
    return 0;
}

/** From the last table to the first, so that what a table reads comes after it. An empty input with
 * a contract needs nothing. */
static int
need_inputs(Testing *t)
{
    const Flow *flow = t->e.flow;
    int result = 0;
    for (size_t i = flow->n_tables; i-- > 0;) {
        const FlowTable *table = flow->tables[i];
        if (!t->needed[i]) {
            continue;
        }
        result |= need_companions(t, table);
        bool is_promised =
            table->given != NULL && table->given->rows == NULL && table->contract != NULL;
        for (size_t k = 0; !is_promised && k < table->n_inputs; k++) {
            need(t, table->inputs[k]);
        }
    }
    return result;
}

/* ---- pruning ---- */

static void
keep_constraints(const Testing *t, FlowTable *table)
{
    size_t n = 0;
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowTable *target = table->constraints[i].target;
        bool is_known = target == NULL || t->needed[target->index];
        if (is_known) {
            table->constraints[n++] = table->constraints[i];
        }
    }
    table->n_constraints = n;
}

static void
keep_after(const Testing *t, FlowTable *table)
{
    const FlowTable **after = ARENA_ARRAY(t->e.arena, const FlowTable *, table->n_after + 1);
    size_t n = 0;
    for (size_t i = 0; i < table->n_after; i++) {
        if (t->needed[table->after[i]->index]) {
            after[n++] = table->after[i];
        }
    }
    table->after = after;
    table->n_after = n;
}

/** Checks of tables that the test makes; they fail it only where an error is expected, since they
 * speak of whole data. */
static void
keep_checks(const Testing *t)
{
    Flow *flow = t->e.flow;
    size_t n = 0;
    for (size_t i = 0; i < flow->n_checks && t->test->n_errors > 0; i++) {
        const FlowQuery *query = flow->checks[i]->query;
        bool all = query->n_inputs > 0;
        for (size_t k = 0; k < query->n_inputs; k++) {
            all = all && t->needed[query->inputs[k]->index];
        }
        if (all) {
            flow->checks[n++] = flow->checks[i];
        }
    }
    flow->n_checks = n;
}

/** Leaves what is needed, in order. */
static void
prune(const Testing *t)
{
    Flow *flow = t->e.flow;
    size_t n = 0;
    keep_checks(t);
    for (size_t i = 0; i < flow->n_tables; i++) {
        if (t->needed[i]) {
            keep_constraints(t, flow->tables[i]);
            keep_after(t, flow->tables[i]);
        }
    }
    for (size_t i = 0; i < flow->n_tables; i++) {
        if (t->needed[i]) {
            flow->tables[n] = flow->tables[i];
            flow->tables[n]->index = n;
            n++;
        }
    }
    flow->n_tables = n;
}

/* ---- the two flows ---- */

static int
bind_expects(Testing *t)
{
    Elaboration *e = &t->e;
    int result = 0;
    t->expects = ARENA_ARRAY(e->arena, FlowExpect, t->test->n_expects + 1);
    for (size_t i = 0; i < t->test->n_expects; i++) {
        const PdcTestRows *rows = &t->test->expects[i];
        FlowBody *body = ARENA_NEW(e->arena, FlowBody);
        e->stage = NULL;
        const FlowTable *table = find_relation(e, &rows->table, rows->at, NULL);
        result |= table == NULL || bind_rows(e, rows, body) < 0 ? -1 : 0;
        t->expects[i] = (FlowExpect){.rows = rows, .table = table, .body = body};
    }
    return result;
}

static Testing
testing_of(const PdcFlow *unit, const PdcTest *test, const Environment *environment,
           FlowSources *sources, Arena *arena, Diags *diags)
{
    Testing t = {.test = test};
    t.e = (Elaboration){.unit = unit,
                        .environment = environment,
                        .sources = sources,
                        .arena = arena,
                        .diags = diags,
                        .is_test = true};
    return t;
}

/** The tables of the test itself. */
static int
make_flow(Testing *t)
{
    int result = elaborate_unit(&t->e);
    for (size_t i = 0; result == 0 && i < t->test->n_givens; i++) {
        result |= replace_table(t, &t->test->givens[i]);
    }
    if (result < 0 || bind_expects(t) < 0) {
        return -1;
    }
    empty_sources(&t->e);
    if (sort_tables(&t->e) < 0) {
        return -1;
    }
    t->needed = ARENA_ARRAY(t->e.arena, bool, t->e.flow->n_tables + 1);
    for (size_t i = 0; i < t->test->n_expects; i++) {
        need(t, t->expects[i].table);
        need_body(t, t->expects[i].body);
    }
    if (t->test->n_errors > 0) {
        need_downstream(t);
    }
    return need_inputs(t);
}

int
elaborate_test(const PdcFlow *unit, const PdcTest *test, const Environment *environment,
               FlowSources *sources, Arena *arena, Diags *diags, const FlowTest **ret_test)
{
    FlowTest *made = ARENA_NEW(arena, FlowTest);
    *made = (FlowTest){.declared = test, .environment = *environment};
    Testing t = testing_of(unit, test, environment, sources, arena, diags);
    if (set_environment(&t.e, test, &made->environment) < 0) {
        return -1;
    }
    t.e.environment = &made->environment;
    if (make_flow(&t) < 0) {
        return -1;
    }
    prune(&t);
    made->flow = t.e.flow;
    made->expects = t.expects;
    made->n_expects = test->n_expects;
    *ret_test = made;
    return 0;
}

/* ---- the columns of given tables ---- */

static bool
needs_shape(const FlowTable *table)
{
    return table->given != NULL && table->given->rows != NULL && table->contract == NULL;
}

static bool
any_needs_shape(const Flow *flow)
{
    for (size_t i = 0; i < flow->n_tables; i++) {
        if (needs_shape(flow->tables[i])) {
            return true;
        }
    }
    return false;
}

int
elaborate_shapes(const PdcFlow *unit, const FlowTest *test, FlowSources *sources, Arena *arena,
                 Diags *diags, const Flow **ret_shapes)
{
    static const Flow none = {0};
    Testing t = testing_of(unit, test->declared, &test->environment, sources, arena, diags);
    *ret_shapes = &none;
    if (!any_needs_shape(test->flow)) {
        return 0;
    }
    if (elaborate_unit(&t.e) < 0) {
        return -1;
    }
    empty_sources(&t.e);
    if (sort_tables(&t.e) < 0) {
        return -1;
    }
    t.needed = ARENA_ARRAY(arena, bool, t.e.flow->n_tables + 1);
    for (size_t i = 0; i < test->flow->n_tables; i++) {
        const FlowTable *given = test->flow->tables[i];
        if (needs_shape(given)) {
            need(&t, flow_find_table(t.e.flow, given->stage->name, given->name));
        }
    }
    if (need_inputs(&t) < 0) {
        return -1;
    }
    prune(&t);
    *ret_shapes = t.e.flow;
    return 0;
}

/* ---- what decides how it ends ---- */

static void
append_table(const FlowTable *table, Str *canon)
{
    str_append_format(canon, "%s.%s %d %d\n", table->stage->name, table->name, (int)table->kind,
                      (int)table->violation);
    if (table->body->query != NULL) {
        flow_query_canon(table->body->query, canon);
    }
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *constraint = &table->constraints[i];
        str_append_format(canon, "\n%d ", (int)constraint->kind);
        if (constraint->condition != NULL) {
            flow_query_canon(constraint->condition, canon);
        }
    }
    str_append_char(canon, '\n');
}

void
flow_test_canon(const FlowTest *test, Str *canon)
{
    for (size_t i = 0; i < test->flow->n_tables; i++) {
        append_table(test->flow->tables[i], canon);
    }
    for (size_t i = 0; i < test->flow->n_checks; i++) {
        flow_query_canon(test->flow->checks[i]->query, canon);
        str_append_char(canon, '\n');
    }
}
