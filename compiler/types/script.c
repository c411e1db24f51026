/*
 * Outputs of scripts: the statements are gone through in the empty database. What creates a table
 * does so without rows, and everything else is explained, so it is bound and never run.
 */
#include "compiler/parse/sql_lexer.h"
#include "compiler/types/types_priv.h"
#include "runtime/store/sql_text.h"

#include <string.h>

static const char EXPLAIN[] = "explain ";

/** The places of the outputs while their script is gone through. */
struct Outputs {
    Look *look;
    const FlowTable *leader;
    Made **made; /* by FlowTable.index */
};

void
script_append_output(void *user, const char *name, Str *sql)
{
    const Look *look = user;
    const Outputs *outputs = look->outputs;
    const Flow *flow = look->flow;
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        if (table->leader == outputs->leader && text_equal(table->output, name)) {
            sql_qualified(sql, outputs->made[table->index]->schema, table->name);
            return;
        }
    }
    BUG("output %s has no table", name);
}

/* ---- statements ---- */

typedef enum StatementKind {
    STATEMENT_QUERY,   /* `create table … as …`: made without rows */
    STATEMENT_COLUMNS, /* `create table … (…)` */
    STATEMENT_CHANGE   /* explained */
} StatementKind;

static StatementKind
kind_of(const char *text, size_t length)
{
    SqlToken token = sql_lex_next_word(text, length, 0);
    if (!sql_token_is_word(text, token, "create")) {
        return STATEMENT_CHANGE;
    }
    for (; token.kind != SQL_TOKEN_END && !sql_token_is(text, token, '(');
         token = sql_lex_next_word(text, length, token.end)) {
        if (sql_token_is_word(text, token, "as")) {
            return STATEMENT_QUERY;
        }
    }
    return STATEMENT_COLUMNS;
}

/** @return 0; < 0 with `reterr` at its place */
static int
look_at_statement(Types *types, const Rendered *rendered, size_t start, size_t end, Error *reterr)
{
    const char *text = arena_strndup(types->arena, rendered->text + start, end - start);
    StatementKind kind = kind_of(text, end - start);
    const char *sql = arena_printf(types->arena, "%s%s%s", kind == STATEMENT_CHANGE ? EXPLAIN : "",
                                   text, kind == STATEMENT_QUERY ? "\nwith no data" : "");
    int status = types_exec(types, sql, reterr);
    if (status < 0) {
        int prefix = kind == STATEMENT_CHANGE ? (int)strlen(EXPLAIN) : 0;
        reterr->sql_position = reterr->sql_position > prefix ? reterr->sql_position - prefix : 0;
        rendered_locate_statement(rendered, start, types->sources, reterr);
    }
    return status;
}

static int
look_at_statements(Types *types, const Rendered *rendered, Error *reterr)
{
    int status = 0;
    for (size_t start = 0; start < rendered->length && status == 0;) {
        size_t end = rendered_statement_end(rendered, start);
        if (strspn(rendered->text + start, " \t\r\n") < end - start) {
            status = look_at_statement(types, rendered, start, end, reterr);
        }
        start = end + strlen(PDC_SCRIPT_SEPARATOR);
    }
    return status;
}

/** Another script may want the same names. */
static void
drop_temporary_tables(Types *types)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Error error = {0};
    if (store_query(types->store, store_temporary_sql(types->store, types->arena), &result,
                    &error) == 0) {
        for (size_t i = 0; i < store_result_rows(result); i++) {
            const char *sql =
                arena_printf(types->arena, "drop table %s", store_result_text(result, i, 0));
            if (types_exec(types, sql, &error) < 0) {
                break; /* the next script says so */
            }
        }
    }
    error_deinit(&error);
}

/* ---- outputs ---- */

static const char *
output_key(const Outputs *outputs, const char *key, const FlowTable *table)
{
    return arena_printf(outputs->look->types->arena, "%s %s", key, table->output);
}

/** What was found the last time. @return false where something is missing */
static bool
take_known(const Outputs *outputs, const char *key)
{
    const Flow *flow = outputs->look->flow;
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        Made *made = outputs->made[table->index];
        if (table->leader == outputs->leader &&
            !types_cache_get(outputs->look->types->cache, output_key(outputs, key, table),
                             &made->columns, &made->n_columns)) {
            return false;
        }
    }
    return true;
}

/** Goes through the script. @return false with a message, or where the engine can't be asked */
static bool
ask(const Outputs *outputs, const Rendered *rendered, const char *key)
{
    Look *look = outputs->look;
    Types *types = look->types;
    const FlowQuery *query = outputs->leader->body->query;
    Error error = {0};
    if (look_require(look, query->inputs, query->n_inputs) < 0 ||
        made_require_schema(types, outputs->made[outputs->leader->index]) < 0) {
        return false;
    }
    bool done = look_at_statements(types, rendered, &error) == 0;
    if (!done && types->store != NULL) {
        look_report(look, &error, outputs->leader->body->at);
    }
    error_deinit(&error);
    drop_temporary_tables(types);
    for (size_t i = 0; done && i < look->flow->n_tables; i++) {
        const FlowTable *table = look->flow->tables[i];
        Made *made = outputs->made[table->index];
        if (table->leader == outputs->leader) {
            size_t n;
            made->is_there = true;
            const StoreColumn *columns = made_columns(types, made, &n);
            done = columns != NULL;
            types_cache_put(types->cache, output_key(outputs, key, table), columns, n);
        }
    }
    return done;
}

static void
look_at_script(Look *look, const FlowTable *leader)
{
    Types *types = look->types;
    const FlowQuery *query = leader->body->query;
    Outputs outputs = {.look = look,
                       .leader = leader,
                       .made = ARENA_ARRAY(types->arena, Made *, look->flow->n_tables + 1)};
    Rendered rendered;
    if (!look_knows(look, query->inputs, query->n_inputs)) {
        return;
    }
    for (size_t i = 0; i < look->flow->n_tables; i++) {
        const FlowTable *table = look->flow->tables[i];
        if (table->leader == leader) {
            outputs.made[table->index] = made_new(types, look->instance, table);
        }
    }
    look->outputs = &outputs;
    int status = look_render(look, query, &rendered);
    look->outputs = NULL;
    if (status < 0) {
        return;
    }
    const char *key = look_key(look, rendered.text, query, NULL);
    if (!take_known(&outputs, key) && !ask(&outputs, &rendered, key)) {
        return;
    }
    for (size_t i = 0; i < look->flow->n_tables; i++) {
        if (look->flow->tables[i]->leader == leader) {
            look->scripts[i] = outputs.made[i];
        }
    }
}

Made *
script_look(Look *look, const FlowTable *table)
{
    if (table->leader == table) { /* comes before the others */
        look_at_script(look, table);
    }
    return look->scripts[table->index];
}
