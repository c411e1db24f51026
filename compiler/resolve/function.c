/* Functions: SQL expressions with parameters, put into the queries that call them. */
#include "compiler/resolve/resolve_priv.h"
#include "runtime/flow/column_type.h"

#include <string.h>

typedef enum FunctionState { FUNCTION_NEW, FUNCTION_OPEN, FUNCTION_DONE } FunctionState;

struct FunctionSymbol {
    const AstFunction *function;
    FunctionState state;
    bool done;
    PdcPieces body;
    bool uses_date;
    QueryFacts facts;
};

static const char *const engine_names[] = {[SQL_POSTGRES] = "postgres", [SQL_DUCKDB] = "duckdb"};

/* ---- declarations ---- */

void
function_declare(Resolver *r, const AstFunction *function)
{
    const char *name = function->decl.name->text;
    const FunctionSymbol *earlier = map_get(r->functions, name);
    if (earlier != NULL) {
        diag_add(r->diags, DIAG_DECLARED_TWICE, function->decl.name->node.span, "function", name);
        diag_note(r->diags, earlier->function->decl.name->node.span, "first declared here");
        return;
    }
    FunctionSymbol *symbol = ARENA_NEW(r->arena, FunctionSymbol);
    symbol->function = function;
    map_set(r->functions, name, symbol);
}

FunctionSymbol *
function_find(const Resolver *r, const char *name)
{
    return map_get(r->functions, name);
}

const AstFunction *
function_declaration(const FunctionSymbol *symbol)
{
    return symbol->function;
}

/** A parameter's type says what it is meant for; sizes are left to the engine. */
static bool
check_params(Resolver *r, const AstParams *params)
{
    bool done = true;
    Map *seen = map_new(r->arena);
    for (size_t i = 0; i < params->n; i++) {
        const AstParam *param = params->items[i];
        const AstName *earlier = map_set(seen, param->decl.name->text, param->decl.name);
        ColumnTypeKind kind;
        if (earlier != NULL) {
            diag_add(r->diags, DIAG_DECLARED_TWICE, param->decl.name->node.span, "parameter",
                     param->decl.name->text);
            diag_note(r->diags, earlier->node.span, "first declared here");
            done = false;
        }
        if (!column_type_parse(param->type->name, &kind) || param->type->array_dimensions > 0) {
            diag_add(r->diags, DIAG_UNKNOWN_TYPE, param->type->node.span, param->type->name);
            diag_hint(r->diags, "a parameter is %s", column_type_list(r->arena));
            done = false;
        }
    }
    return done;
}

static bool
check_engines(Resolver *r, const AstFunction *function)
{
    bool done = true;
    for (size_t i = 0; i < function->variants.n; i++) {
        const AstName *engine = function->variants.items[i].engine;
        if (engine != NULL && !text_equal(engine->text, engine_names[SQL_POSTGRES]) &&
            !text_equal(engine->text, engine_names[SQL_DUCKDB])) {
            diag_add(r->diags, DIAG_UNKNOWN_ENGINE, engine->node.span, engine->text);
            done = false;
        }
    }
    return done;
}

/** The body for an engine: its own, else that for all. */
static const AstVariant *
variant_for(const AstFunction *function, SqlDialect dialect)
{
    const AstVariant *any = NULL;
    for (size_t i = 0; i < function->variants.n; i++) {
        const AstVariant *variant = &function->variants.items[i];
        if (variant->engine == NULL) {
            any = variant;
        } else if (text_equal(variant->engine->text, engine_names[dialect])) {
            return variant;
        }
    }
    return any;
}

/* ---- bodies ---- */

typedef struct PieceRow PieceRow;
struct PieceRow {
    VEC(PdcPiece) items;
};

static void
push_text(Resolver *r, PieceRow *row, const char *text)
{
    vec_push_in(r->arena, &row->items, ((PdcPiece){.kind = PDC_PIECE_TEXT, .text = text}));
}

static void
push_all(Resolver *r, PieceRow *row, const PdcPieces *pieces)
{
    for (size_t i = 0; i < pieces->n; i++) {
        vec_push_in(r->arena, &row->items, pieces->items[i]);
    }
}

static bool
lower_variant(Resolver *r, FunctionSymbol *symbol, const AstVariant *variant, SqlDialect dialect,
              bool one_dialect, PdcPieces *ret_pieces)
{
    Place place = {
        .params = &symbol->function->params, .only = dialect, .one_dialect = one_dialect};
    const PdcQuery *query = query_lower(r, variant->sql, SQL_USE_BODY, &place, &symbol->facts);
    if (query == NULL) {
        return false;
    }
    *ret_pieces = query->pieces;
    symbol->uses_date = symbol->uses_date || query->uses_date;
    return true;
}

/** `instance.engine = 'duckdb'` */
static const PdcExpr *
engine_is(Resolver *r, SqlDialect dialect, Span span)
{
    PdcExpr *engine = expr_new(r, PDC_EXPR_INSTANCE, span);
    engine->text = "engine";
    const PdcExpr **args = ARENA_ARRAY(r->arena, const PdcExpr *, 2);
    args[0] = engine;
    args[1] = expr_text(r, engine_names[dialect], span);
    PdcExpr *equal = expr_new(r, PDC_EXPR_EQUAL, span);
    equal->args = args;
    equal->n_args = 2;
    return equal;
}

/** One body, or a choice between two by the engine of the instance. */
static bool
lower_variants(Resolver *r, FunctionSymbol *symbol, PieceRow *row)
{
    const AstFunction *function = symbol->function;
    const ModelEngines engines = r->input->engines;
    const AstVariant *variants[2] = {0};
    PdcPieces bodies[2] = {{0}, {0}};
    for (int dialect = SQL_POSTGRES; dialect <= SQL_DUCKDB; dialect++) {
        if (dialect == SQL_POSTGRES ? !engines.postgres : !engines.duckdb) {
            continue;
        }
        variants[dialect] = variant_for(function, (SqlDialect)dialect);
        if (variants[dialect] == NULL) {
            diag_add(r->diags, DIAG_FUNCTION_ENGINE, function->decl.name->node.span,
                     function->decl.name->text, engine_names[dialect]);
            return false;
        }
    }
    const AstVariant *both = variants[0] == variants[1] ? variants[0] : NULL;
    bool done = true;
    for (int dialect = SQL_POSTGRES; dialect <= SQL_DUCKDB; dialect++) {
        if (variants[dialect] != NULL && (both == NULL || dialect == SQL_POSTGRES)) {
            done &= lower_variant(r, symbol, variants[dialect], (SqlDialect)dialect, both == NULL,
                                  &bodies[dialect]);
        }
    }
    if (both == NULL && variants[0] != NULL && variants[1] != NULL) {
        Span span = function->decl.name->node.span;
        PdcPiece choice = {.kind = PDC_PIECE_IF,
                           .at = span_lower(r, span),
                           .expr = engine_is(r, SQL_POSTGRES, span),
                           .body = bodies[SQL_POSTGRES],
                           .otherwise = bodies[SQL_DUCKDB]};
        vec_push_in(r->arena, &row->items, choice);
        return done;
    }
    push_all(r, row, &bodies[both != NULL || variants[0] != NULL ? SQL_POSTGRES : SQL_DUCKDB]);
    return done;
}

static void
lower_function(Resolver *r, FunctionSymbol *symbol)
{
    const AstFunction *function = symbol->function;
    PieceRow row = {0};
    PdcColumnType type;
    bool done = check_params(r, &function->params) && check_engines(r, function);
    if (function->returns != NULL) {
        done &= column_type_lower(r, function->returns, &type);
    }
    symbol->state = FUNCTION_OPEN;
    push_text(r, &row, function->returns != NULL ? "cast((" : "(");
    done = done && lower_variants(r, symbol, &row);
    if (done && function->returns != NULL) {
        push_text(r, &row, arena_printf(r->arena, "\n) as %s)", column_type_sql(type, r->arena)));
    } else {
        push_text(r, &row, "\n)");
    }
    symbol->body = (PdcPieces){.items = row.items.items, .n = row.items.n};
    symbol->done = done;
    symbol->state = FUNCTION_DONE;
}

const PdcPieces *
function_require(Resolver *r, FunctionSymbol *symbol, Span user, bool *ret_uses_date,
                 QueryFacts *facts)
{
    if (symbol->state == FUNCTION_OPEN) {
        diag_add(r->diags, DIAG_FUNCTION_RECURSION, user, symbol->function->decl.name->text);
        return NULL;
    }
    if (symbol->state == FUNCTION_NEW) {
        lower_function(r, symbol);
    }
    *ret_uses_date |= symbol->uses_date;
    if (facts->volatile_function == NULL && symbol->facts.volatile_function != NULL) {
        facts->volatile_function = symbol->facts.volatile_function;
        facts->volatile_span = user;
    }
    return symbol->done ? &symbol->body : NULL;
}

void
functions_lower(Resolver *r)
{
    for (size_t i = 0; i < map_count(r->functions); i++) {
        FunctionSymbol *symbol = map_value_at(r->functions, i);
        if (symbol->state == FUNCTION_NEW) {
            lower_function(r, symbol);
        }
    }
}
