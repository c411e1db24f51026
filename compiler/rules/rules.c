#include "compiler/rules/rules.h"

#include "runtime/base/str.h"
#include "runtime/base/utf8.h"
#include "runtime/store/sql_text.h"
#include "runtime/store/store.h"

#include <string.h>

/** One `insert` a relation. */
typedef struct Rows Rows;
struct Rows {
    Str sql;
    size_t n;
};

typedef struct Trial Trial;
struct Trial {
    const RulesInput *input;
    Arena *arena;
    Diags *diags;
    Store *store;
};

/* ---- rows ---- */

static void
begin_row(Rows *rows, const char *relation)
{
    if (rows->n++ == 0) {
        str_append_format(&rows->sql, "insert into model.%s values ", relation);
    } else {
        str_append(&rows->sql, ", ");
    }
}

static void
append_text(Str *sql, const char *before, const char *text)
{
    str_append(sql, before);
    if (text == NULL) {
        str_append(sql, "null");
    } else {
        sql_literal(sql, text);
    }
}

static void
append_list(Str *sql, const char *const *items, size_t n)
{
    str_append(sql, ", [");
    for (size_t i = 0; i < n; i++) {
        append_text(sql, i > 0 ? ", " : "", items[i]);
    }
    str_append(sql, "]");
}

static size_t
count_readers(const Flow *flow, const FlowTable *table)
{
    size_t n = 0;
    for (size_t i = 0; i < flow->n_tables; i++) {
        for (size_t k = 0; k < flow->tables[i]->n_inputs; k++) {
            n += flow->tables[i]->inputs[k] == table ? 1 : 0;
        }
    }
    return n;
}

static const char *
source_of(const FlowTable *table)
{
    static const char *const words[] = {
        [FLOW_BODY_QUERY] = "query",     [FLOW_BODY_CSV] = "csv",
        [FLOW_BODY_PARQUET] = "parquet", [FLOW_BODY_EXTERNAL] = "external",
        [FLOW_BODY_SCRIPT] = "script",   [FLOW_BODY_COPY] = "copy",
    };
    return words[table->body->kind];
}

static void
add_table(const Trial *t, const FlowTable *table, Rows *rows)
{
    begin_row(rows, "tables");
    append_text(&rows->sql, "(", table->stage->name);
    append_text(&rows->sql, ", ", table->name);
    str_append_format(&rows->sql, ", '%s', %s, '%s'", table->kind == PDC_VIEW ? "view" : "table",
                      table->is_input ? "true" : "false", source_of(table));
    append_text(&rows->sql, ", ", table->doc);
    append_text(&rows->sql, ", ", table->contract != NULL ? table->contract->name : NULL);
    append_list(&rows->sql, table->tags, table->n_tags);
    append_text(&rows->sql, ", ", table->owner);
    str_append_format(&rows->sql, ", %zu, %zu)", table->n_inputs,
                      count_readers(t->input->flow, table));
}

static void
add_meta(const FlowTable *table, Rows *rows)
{
    for (size_t i = 0; i < table->n_meta; i++) {
        begin_row(rows, "meta");
        append_text(&rows->sql, "(", table->stage->name);
        append_text(&rows->sql, ", ", table->name);
        append_text(&rows->sql, ", ", table->meta[i].key);
        append_text(&rows->sql, ", ", table->meta[i].value);
        str_append(&rows->sql, ")");
    }
}

static void
add_columns(const Trial *t, const FlowTable *table, Rows *rows)
{
    size_t n = 0;
    const StoreColumn *columns = t->input->types != NULL
                                     ? types_columns(t->input->types, t->input->instance, table, &n)
                                     : NULL;
    for (size_t i = 0; columns != NULL && i < n; i++) {
        begin_row(rows, "columns");
        append_text(&rows->sql, "(", table->stage->name);
        append_text(&rows->sql, ", ", table->name);
        append_text(&rows->sql, ", ", columns[i].name);
        append_text(&rows->sql, ", ", columns[i].sql_type);
        str_append_format(&rows->sql, ", %zu)", i + 1);
    }
}

static void
add_clause(const FlowTable *table, const char *kind, const char *const *columns, size_t n,
           Rows *rows)
{
    begin_row(rows, "clauses");
    append_text(&rows->sql, "(", table->stage->name);
    append_text(&rows->sql, ", ", table->name);
    append_text(&rows->sql, ", ", kind);
    append_list(&rows->sql, columns, n);
    str_append(&rows->sql, ")");
}

static void
add_clauses(const FlowTable *table, Rows *rows)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *clause = &table->constraints[i];
        add_clause(table, flow_clause_word(clause->kind), clause->columns, clause->n_columns, rows);
    }
    for (size_t i = 0; i < table->n_indexes; i++) {
        add_clause(table, "index", table->indexes[i].columns, table->indexes[i].n_columns, rows);
    }
}

static void
add_reads(const FlowTable *table, Rows *rows)
{
    for (size_t i = 0; i < table->n_inputs; i++) {
        begin_row(rows, "reads");
        append_text(&rows->sql, "(", table->stage->name);
        append_text(&rows->sql, ", ", table->name);
        append_text(&rows->sql, ", ", table->inputs[i]->stage->name);
        append_text(&rows->sql, ", ", table->inputs[i]->name);
        str_append(&rows->sql, ")");
    }
}

static void
add_check(const FlowCheck *check, Rows *rows)
{
    begin_row(rows, "checks");
    append_text(&rows->sql, "(", check->stage->name);
    append_text(&rows->sql, ", ", check->name);
    str_append(&rows->sql, check->warn ? ", true)" : ", false)");
}

static int
fill(const Trial *t, Error *reterr)
{
    enum { TABLES, META, COLUMNS, CLAUSES, READS, CHECKS, N_RELATIONS };
    Rows rows[N_RELATIONS] = {0};
    const Flow *flow = t->input->flow;
    for (size_t i = 0; i < flow->n_tables; i++) {
        add_table(t, flow->tables[i], &rows[TABLES]);
        add_meta(flow->tables[i], &rows[META]);
        add_columns(t, flow->tables[i], &rows[COLUMNS]);
        add_clauses(flow->tables[i], &rows[CLAUSES]);
        add_reads(flow->tables[i], &rows[READS]);
    }
    for (size_t i = 0; i < flow->n_checks; i++) {
        add_check(flow->checks[i], &rows[CHECKS]);
    }
    int status = 0;
    for (size_t i = 0; i < N_RELATIONS; i++) {
        if (status == 0 && rows[i].n > 0) {
            status = store_exec(t->store, str_text(&rows[i].sql), reterr);
        }
        str_deinit(&rows[i].sql);
    }
    return status;
}

static int
open_model(Trial *t, Error *reterr)
{
    static const char make[] = "create schema model;"
#define MODEL_RELATION(name, columns) "create table model." name " (" columns ");"
#include "compiler/resolve/model_relations.def"
#undef MODEL_RELATION
        ;
    StoreOptions options = {.application_name = "pdc check"};
    if (store_open(secret_new(t->arena, "duckdb:///:memory:"), &options, &t->store, reterr) != 0) {
        return -1;
    }
    return store_exec(t->store, make, reterr) < 0 ? -1 : fill(t, reterr);
}

/* ---- what a rule gives ---- */

/** The cell of the first of these columns that there is; NULL where there is none. */
static const char *
cell(const StoreResult *result, size_t row, const char *name, const char *other)
{
    const char *const names[] = {name, other};
    for (size_t k = 0; k < ARRAY_LENGTH(names); k++) {
        for (size_t i = 0; names[k] != NULL && i < store_result_columns(result); i++) {
            if (text_equal_ignore_case(store_result_name(result, i), names[k])) {
                return store_result_text(result, row, i);
            }
        }
    }
    return NULL;
}

static void
say(const Trial *t, const ModelRule *rule, const StoreResult *result, size_t row)
{
    const char *stage = cell(result, row, "stage", NULL);
    const char *name = cell(result, row, "table", "name");
    const char *message = cell(result, row, "message", NULL);
    const FlowTable *table =
        stage != NULL && name != NULL ? flow_find_table(t->input->flow, stage, name) : NULL;
    const char *who = table != NULL   ? arena_printf(t->arena, "`%s.%s`", stage, name)
                      : stage != NULL ? arena_printf(t->arena, "stage `%s`", stage)
                                      : "this flow";
    Span span = table != NULL ? flow_span(t->input->sources, table->at) : rule->span;
    DiagId id = rule->warn_only ? DIAG_RULE_WARNING : DIAG_RULE_BROKEN;
    diag_add(t->diags, id, span, who, rule->title);
    if (message != NULL) {
        diag_hint(t->diags, "%s", message);
    }
    if (table != NULL) {
        diag_note(t->diags, rule->span, "the rule");
    }
}

static void
try_rule(const Trial *t, const ModelRule *rule)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Error error = {0};
    if (store_query(t->store, rule->sql, &result, &error) != 0) {
        size_t at = rule->sql_span.start +
                    utf8_byte_of_character(rule->sql, strlen(rule->sql), error.sql_position);
        Span place = span_make(rule->sql_span.file, at, at + 1);
        error_set_origin(&error, error.sql_position > 0 ? place : rule->sql_span);
        diag_add_error(t->diags, &error);
    }
    for (size_t row = 0; result != NULL && row < store_result_rows(result); row++) {
        say(t, rule, result, row);
    }
    error_deinit(&error);
}

int
rules_try(const RulesInput *input, Arena *arena, Diags *diags, Error *reterr)
{
    Trial t = {.input = input, .arena = arena, .diags = diags};
    int status = input->n_rules > 0 ? open_model(&t, reterr) : 0;
    for (size_t i = 0; i < input->n_rules && status == 0; i++) {
        try_rule(&t, &input->rules[i]);
    }
    store_close(t.store);
    return status;
}
