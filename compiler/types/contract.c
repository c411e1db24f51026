/* A query's columns against the contract of its table, before the run finds out. */
#include "compiler/types/types_priv.h"
#include "runtime/base/suggest.h"
#include "runtime/exec/assign.h"
#include "runtime/flow/column_type.h"

typedef struct Comparison Comparison;
struct Comparison {
    Look *look;
    const FlowTable *table;
    const StoreColumn *columns;
    size_t n_columns;
};

static const char *
name_of(const Comparison *c)
{
    return arena_printf(c->look->types->arena, "%s.%s", c->table->stage->name, c->table->name);
}

/** The promise, whose place a message has as well. */
static void
note_promise(const Comparison *c, PdcSpan at, const char *what)
{
    diag_note(c->look->diags, flow_span(c->look->types->sources, at), "%s", what);
}

static Span
place_of(const Comparison *c)
{
    return flow_span(c->look->types->sources, c->table->at);
}

static void
say_missing(const Comparison *c, const PdcPromise *promise)
{
    Arena *arena = c->look->types->arena;
    diag_add(c->look->diags, DIAG_PROMISE_MISSING, place_of(c), name_of(c), promise->name,
             c->table->contract->name);
    const char *nearest = store_nearest_column(c->columns, c->n_columns, promise->name, arena);
    if (nearest != NULL) {
        diag_hint(c->look->diags, "it has a column `%s`", nearest);
    }
    note_promise(c, promise->at, "promised here");
}

static void
say_extra(const Comparison *c, const StoreColumn *column)
{
    diag_add(c->look->diags, DIAG_PROMISE_EXTRA, place_of(c), name_of(c), column->name,
             c->table->contract->name);
}

static void
say_type(const Comparison *c, const PdcPromise *promise, const StoreColumn *column)
{
    Arena *arena = c->look->types->arena;
    diag_add(c->look->diags, DIAG_PROMISE_TYPE, place_of(c), name_of(c), promise->name,
             column->sql_type, c->table->contract->name, column_type_text(promise->type, arena));
    diag_hint(c->look->diags, "cast it in the query: cast(… as %s)",
              column_type_sql(promise->type, arena));
    note_promise(c, promise->at, "promised here");
}

static const StoreColumn *
column_of(const Comparison *c, const char *name)
{
    bool folds = c->look->types->url == NULL; /* DuckDB's names have no letter case */
    for (size_t i = 0; i < c->n_columns; i++) {
        if (store_has_column(&c->columns[i], 1, name, folds)) {
            return &c->columns[i];
        }
    }
    return NULL;
}

static bool
is_promised(const Comparison *c, const StoreColumn *column)
{
    const PdcContract *contract = c->table->contract;
    bool folds = c->look->types->url == NULL;
    for (size_t i = 0; i < contract->n_columns; i++) {
        if (store_has_column(column, 1, contract->columns[i].name, folds)) {
            return true;
        }
    }
    return false;
}

void
contract_look(Look *look, const FlowTable *table, Made *made)
{
    Comparison c = {.look = look, .table = table};
    const PdcContract *contract = table->contract;
    bool misses = false; /* what is too many may be what is missing, misspelt */
    c.columns = made_columns(look->types, made, &c.n_columns);
    for (size_t i = 0; c.n_columns > 0 && i < contract->n_columns; i++) {
        const PdcPromise *promise = &contract->columns[i];
        const StoreColumn *column = column_of(&c, promise->name);
        if (column == NULL) {
            say_missing(&c, promise);
            misses = true;
        } else if (assign_type(promise->type, column->sql_type, look->types->arena) ==
                   ASSIGN_NEVER) {
            say_type(&c, promise, column);
        }
    }
    for (size_t i = 0; i < c.n_columns && !misses; i++) {
        if (!is_promised(&c, &c.columns[i])) {
            say_extra(&c, &c.columns[i]);
        }
    }
}
