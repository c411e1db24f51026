/* Contracts: their columns and clauses with those of what they extend, and what tables promise by
 * them. */
#include "compiler/resolve/resolve_priv.h"
#include "runtime/flow/column_type.h"

#include <string.h>

typedef enum ContractState { CONTRACT_NEW, CONTRACT_OPEN, CONTRACT_DONE } ContractState;

struct ContractSymbol {
    const AstContract *contract;
    ContractState state;
    PdcContract *made;
};

/** The columns and clauses so far. */
typedef struct Promises Promises;
struct Promises {
    Resolver *r;
    const AstContract *contract;
    VEC(PdcPromise) columns;
    VEC(PdcClause) clauses;
    Map *names; /* of the columns, to their spans */
};

static const PdcContract *require_contract(Resolver *r, ContractSymbol *symbol);

/* ---- types ---- */

static void
report_type(Resolver *r, const AstType *type)
{
    Map *known = map_new(r->arena);
    for (size_t i = 0; i < COLUMN_TYPE_COUNT; i++) {
        map_set(known, column_type_name((ColumnTypeKind)i), r);
    }
    diag_add(r->diags, DIAG_UNKNOWN_TYPE, type->node.span, type->name);
    diag_hint(r->diags, "a column is %s", column_type_list(r->arena));
    if (type->array_dimensions == 0) {
        hint_nearest(r, type->name, known);
    }
}

static bool
take_sizes(const AstType *type, int64_t *sizes)
{
    for (size_t i = 0; i < type->args.n; i++) {
        const AstExpr *size = type->args.items[i];
        if (size->node.kind != AST_EXPR_INT) {
            return false;
        }
        sizes[i] = size->as.integer;
    }
    return true;
}

bool
column_type_lower(Resolver *r, const AstType *type, PdcColumnType *ret_type)
{
    ColumnTypeKind kind;
    int64_t sizes[2] = {0, 0};
    if (!column_type_parse(type->name, &kind) || type->array_dimensions > 0) {
        report_type(r, type);
        return false;
    }
    bool fits = type->args.n >= column_type_least_args(kind) &&
                type->args.n <= column_type_most_args(kind) && take_sizes(type, sizes);
    const char *problem = fits ? column_type_problem(kind, sizes[0], sizes[1]) : NULL;
    if (!fits || problem != NULL) {
        diag_add(r->diags, DIAG_COLUMN_SIZE, type->node.span, type->name,
                 problem != NULL ? problem : column_type_sizes(kind));
        return false;
    }
    *ret_type = (PdcColumnType){.kind = (int)kind, .size = (int)sizes[0], .scale = (int)sizes[1]};
    return true;
}

/* ---- columns ---- */

static void
add_clauses(Promises *p, const PdcClauses *clauses)
{
    for (size_t i = 0; i < clauses->n; i++) {
        vec_push_in(p->r->arena, &p->clauses, clauses->items[i]);
    }
}

/** A column's clause as a clause of the table: it speaks of that column. */
static AstClause *
clause_of_column(Resolver *r, const AstClause *clause, AstName *column)
{
    AstClause *made = arena_memdup(r->arena, clause, sizeof *clause);
    if (clause->what != AST_CLAUSE_CHECK) {
        made->columns = (AstNames){0};
        vec_push_in(r->arena, &made->columns, column);
    }
    if (clause->what == AST_CLAUSE_REFERENCES) {
        made->what = AST_CLAUSE_FOREIGN_KEY;
    }
    return made;
}

static bool
add_column(Promises *p, const AstColumn *column)
{
    Resolver *r = p->r;
    Place place = {0};
    AstClauses clauses = {0};
    PdcPromise made = {.name = column->decl.name->text,
                       .doc = column->decl.doc,
                       .at = span_lower(r, column->decl.name->node.span)};
    const AstName *earlier = map_get(p->names, made.name);
    if (earlier != NULL) {
        diag_add(r->diags, DIAG_DECLARED_TWICE, column->decl.name->node.span, "column", made.name);
        diag_note(r->diags, earlier->node.span, "first declared here");
        return false;
    }
    map_set(p->names, made.name, column->decl.name);
    for (size_t i = 0; i < column->clauses.n; i++) {
        const AstClause *clause = column->clauses.items[i];
        made.pii = made.pii || clause->what == AST_CLAUSE_PII;
        if (clause->what != AST_CLAUSE_PII && clause->what != AST_CLAUSE_NULLABLE) {
            vec_push_in(r->arena, &clauses, clause_of_column(r, clause, column->decl.name));
        }
    }
    PdcClauses lowered;
    bool done = column_type_lower(r, column->type, &made.type);
    done &= clauses_lower(r, &clauses, NULL, &place, &lowered);
    vec_push_in(r->arena, &p->columns, made);
    add_clauses(p, &lowered);
    return done;
}

/* ---- clauses ---- */

bool
contract_check_clauses(Resolver *r, const PdcContract *contract, const PdcClauses *clauses)
{
    Map *known = map_new(r->arena);
    bool done = true;
    for (size_t i = 0; i < contract->n_columns; i++) {
        map_set(known, contract->columns[i].name, r);
    }
    for (size_t i = 0; i < clauses->n; i++) {
        const PdcClause *clause = &clauses->items[i];
        for (size_t k = 0; k < clause->n_columns; k++) {
            if (map_get(known, clause->columns[k]) == NULL) {
                Span span = span_make(r->input->files[clause->at.file]->source, clause->at.start,
                                      clause->at.end);
                diag_add(r->diags, DIAG_NOT_PROMISED, span, contract->name, clause->columns[k]);
                hint_nearest(r, clause->columns[k], known);
                done = false;
            }
        }
    }
    return done;
}

static bool
check_one_key(Promises *p)
{
    const PdcClause *first = NULL;
    for (size_t i = 0; i < p->clauses.n; i++) {
        const PdcClause *clause = &p->clauses.items[i];
        if (clause->kind != PDC_CLAUSE_PRIMARY_KEY) {
            continue;
        }
        if (first != NULL) {
            const Resolver *r = p->r;
            const SourceFile *file = r->input->files[clause->at.file]->source;
            diag_add(r->diags, DIAG_TWO_PRIMARY_KEYS,
                     span_make(file, clause->at.start, clause->at.end),
                     p->contract->decl.name->text);
            diag_note(
                r->diags,
                span_make(r->input->files[first->at.file]->source, first->at.start, first->at.end),
                "the first one is here");
            return false;
        }
        first = clause;
    }
    return true;
}

/* ---- contracts ---- */

void
contract_declare(Resolver *r, const AstContract *contract)
{
    const char *name = contract->decl.name->text;
    const ContractSymbol *earlier = map_get(r->contracts, name);
    if (earlier != NULL) {
        diag_add(r->diags, DIAG_DECLARED_TWICE, contract->decl.name->node.span, "contract", name);
        diag_note(r->diags, earlier->contract->decl.name->node.span, "first declared here");
        return;
    }
    ContractSymbol *symbol = ARENA_NEW(r->arena, ContractSymbol);
    symbol->contract = contract;
    map_set(r->contracts, name, symbol);
}

/** Begins with what the contract extends. */
static bool
add_base(Promises *p)
{
    const AstName *base = p->contract->extends;
    if (base == NULL) {
        return true;
    }
    ContractSymbol *symbol = contract_find(p->r, base);
    if (symbol == NULL) {
        return false;
    }
    if (symbol->state == CONTRACT_OPEN) {
        diag_add(p->r->diags, DIAG_CONTRACT_CYCLE, base->node.span, base->text);
        return false;
    }
    const PdcContract *made = require_contract(p->r, symbol);
    if (made == NULL) {
        return false; /* with a message of its own */
    }
    for (size_t i = 0; i < made->n_columns; i++) {
        vec_push_in(p->r->arena, &p->columns, made->columns[i]);
    }
    for (size_t i = 0; i < symbol->contract->columns.n; i++) {
        AstName *name = symbol->contract->columns.items[i]->decl.name;
        map_set(p->names, name->text, name);
    }
    add_clauses(p, &made->clauses);
    return true;
}

static const PdcContract *
require_contract(Resolver *r, ContractSymbol *symbol)
{
    const AstContract *contract = symbol->contract;
    if (symbol->state != CONTRACT_NEW) {
        return symbol->made;
    }
    symbol->state = CONTRACT_OPEN;
    Promises p = {.r = r, .contract = contract, .names = map_new(r->arena)};
    Place place = {0};
    PdcClauses lowered;
    bool done = add_base(&p);
    for (size_t i = 0; i < contract->columns.n; i++) {
        done &= add_column(&p, contract->columns.items[i]);
    }
    done &= clauses_lower(r, &contract->clauses, NULL, &place, &lowered);
    add_clauses(&p, &lowered);
    PdcContract *made = ARENA_NEW(r->arena, PdcContract);
    *made = (PdcContract){.name = contract->decl.name->text,
                          .columns = p.columns.items,
                          .n_columns = p.columns.n,
                          .clauses = {.items = p.clauses.items, .n = p.clauses.n},
                          .at = span_lower(r, contract->decl.name->node.span),
                          .doc = contract->decl.doc};
    done = done && check_one_key(&p) && contract_check_clauses(r, made, &made->clauses);
    symbol->made = done ? made : NULL;
    symbol->state = CONTRACT_DONE;
    return symbol->made;
}

ContractSymbol *
contract_find(Resolver *r, const AstName *name)
{
    ContractSymbol *symbol = map_get(r->contracts, name->text);
    if (symbol == NULL && (r->words == NULL || map_get(r->words, name->text) == NULL)) {
        diag_add(r->diags, DIAG_UNKNOWN_CONTRACT, name->node.span, name->text);
        hint_nearest(r, name->text, r->contracts);
    }
    return symbol;
}

const PdcContract *
contract_require(Resolver *r, const AstName *name)
{
    ContractSymbol *symbol = contract_find(r, name);
    return symbol == NULL ? NULL : symbol->made;
}

void
contracts_lower(Resolver *r)
{
    size_t n = map_count(r->contracts);
    PdcContract *contracts = ARENA_ARRAY(r->arena, PdcContract, n + 1);
    for (size_t i = 0; i < n; i++) {
        const PdcContract *made = require_contract(r, map_value_at(r->contracts, i));
        if (made != NULL) {
            contracts[r->unit->n_contracts++] = *made;
        }
    }
    r->unit->contracts = contracts;
}
