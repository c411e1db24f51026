#include "compiler/lineage/lower_priv.h"
#include "runtime/base/str.h"

#include <stdlib.h>

bool
lower_enter(Lower *l)
{
    l->too_deep |= l->depth >= LINEAGE_DEPTH;
    l->depth += l->too_deep ? 0 : 1;
    return !l->too_deep;
}

void
lower_leave(Lower *l)
{
    l->depth--;
}

void
lower_push(LowerExpr *e, LowerItem from, uint32_t node, bool filters)
{
    if (node != JSON_NONE) {
        LowerItem item = {.node = node, .filters = from.filters || filters, .hidden = from.hidden};
        vec_push(&e->stack, item);
    }
}

void
lower_push_children(Lower *l, LowerExpr *e, LowerItem from, uint32_t node, bool filters)
{
    if (!json_is_container(l->doc, node)) {
        return;
    }
    JSON_EACH(l->doc, node, child)
    {
        if (json_is_container(l->doc, child)) {
            lower_push(e, from, child, filters);
        }
    }
}

static bool
is_hidden(const LowerHidden *hidden, const char *name)
{
    for (; hidden != NULL; hidden = hidden->next) {
        if (text_equal_ignore_case(hidden->name, name)) {
            return true;
        }
    }
    return false;
}

void
lower_add_column(Lower *l, LowerExpr *e, LowerItem at, TreeNames names)
{
    if (names.n > 0 && !is_hidden(at.hidden, names.items[0])) {
        TreeAtom atom = {.kind = ATOM_COLUMN, .filters = at.filters, .names = names};
        vec_push_in(l->arena, &e->atoms, atom);
    }
}

void
lower_add_query(Lower *l, LowerExpr *e, LowerItem at, TreeAtomKind kind, const TreeQuery *query)
{
    if (query != NULL) {
        TreeAtom atom = {.kind = kind, .filters = at.filters, .query = query};
        vec_push_in(l->arena, &e->atoms, atom);
    }
}

TreeExpr
lower_end(LowerExpr *e)
{
    vec_free(&e->stack);
    e->expr.atoms = e->atoms.items;
    e->expr.n_atoms = e->atoms.n;
    e->expr.is_plain = e->expr.is_plain && e->atoms.n == 1;
    return e->expr;
}

const char *
lower_text(Lower *l, uint32_t node, const char *key)
{
    return json_member_string(l->doc, node, key, l->arena);
}

TreeNames
lower_names(Lower *l, uint32_t array)
{
    size_t n = json_count(l->doc, array);
    const char **names = ARENA_ARRAY(l->arena, const char *, n);
    n = 0;
    if (json_is_container(l->doc, array)) {
        JSON_EACH(l->doc, array, element)
        {
            uint32_t string = json_member(l->doc, element, "String");
            if (string == JSON_NONE && json_is_container(l->doc, element)) {
                continue; /* a star, or what no name is */
            }
            names[n++] = string == JSON_NONE
                             ? json_string(l->doc, element, l->arena)
                             : json_string(l->doc, json_member(l->doc, string, "sval"), l->arena);
        }
    }
    return (TreeNames){names, n};
}

/* ---- functions ---- */

typedef enum FunctionTrait { ROWS, AGGREGATE, LAMBDA } FunctionTrait;

typedef struct FunctionRow FunctionRow;
struct FunctionRow {
    const char *name;
    FunctionTrait trait;
};

static const FunctionRow function_rows[] = {
#define LINEAGE_FUNCTION(name, trait) {name, trait},
#include "compiler/lineage/functions.def"
#undef LINEAGE_FUNCTION
};

static bool
has_trait(const char *name, FunctionTrait trait)
{
    for (size_t i = 0; name != NULL && i < ARRAY_LENGTH(function_rows); i++) {
        if (text_equal_ignore_case(function_rows[i].name, name)) {
            return function_rows[i].trait == trait;
        }
    }
    return false;
}

bool
tree_function_returns_rows(const char *name)
{
    return has_trait(name, ROWS);
}

bool
tree_function_is_aggregate(const char *name)
{
    return has_trait(name, AGGREGATE);
}

bool
tree_function_takes_lambda(const char *name)
{
    return has_trait(name, LAMBDA);
}

bool
tree_function_is_single(const char *name)
{
    return has_trait(name, ROWS);
}

void
lower_note_call(LowerExpr *e, const char *name)
{
    e->expr.returns_rows |= tree_function_returns_rows(name);
    e->expr.is_aggregate |= tree_function_is_aggregate(name);
}
