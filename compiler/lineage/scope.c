#include "compiler/lineage/bind_priv.h"
#include "runtime/base/str.h"

/** What was found of a name, before it is known how sure that is. */
typedef struct Search Search;
struct Search {
    SetBuilder found;
    size_t n_perhaps; /* rows that may have it, or not */
};

/** Ends a search: what one row alone may have is sure; of several perhaps each. */
static void
search_end(Bind *b, Search *search, bool was_found, SetBuilder *builder)
{
    Set set = set_end(b, &search->found);
    bool sure = was_found ? search->n_perhaps == 0 : search->n_perhaps == 1;
    set_add_all(builder, set, sure ? ~0u : ~(uint32_t)LINEAGE_SURE, 0);
}

static const ScopeRelation *
find_relation(const Bind *b, const Scope *scope, const char *schema, const char *name)
{
    for (size_t i = scope->relations.n; i-- > 0;) {
        const ScopeRelation *relation = &scope->relations.items[i];
        bool same_schema = schema == NULL || (relation->schema != NULL &&
                                              bind_same_name(b, relation->schema, schema));
        if (relation->name != NULL && same_schema && bind_same_name(b, relation->name, name)) {
            return relation;
        }
    }
    return NULL;
}

/** Nobody knows what the name means: it may be anything that is seen. */
static void
add_everything(Bind *b, const Scope *scope, SetBuilder *builder)
{
    SetBuilder all = {0};
    for (; scope != NULL && bind_work(b, 1); scope = scope->parent) {
        for (size_t i = 0; i < scope->tops.n; i++) {
            shape_add_to(scope->tops.items[i], &all);
        }
    }
    SetBuilder computed = {0};
    set_add_computed(&computed, set_end(b, &all));
    set_add_unsure(builder, set_end(b, &computed));
}

/** Looks in one scope: columns of its rows, output columns, whole rows. */
static bool
search_scope(Bind *b, const Scope *scope, const char *name, Search *search)
{
    bool found = false;
    for (size_t i = 0; i < scope->tops.n; i++) {
        Found here = shape_find(b, scope->tops.items[i], name, &search->found);
        found |= here == FOUND;
        search->n_perhaps += here == FOUND_PERHAPS ? 1 : 0;
    }
    if (!found && scope->aliases != NULL) {
        found = shape_find_named(b, scope->aliases, name, &search->found);
    }
    const ScopeRelation *row = found ? NULL : find_relation(b, scope, NULL, name);
    if (row != NULL) {
        SetBuilder whole = {0};
        shape_add_to(row->shape, &whole);
        set_add_computed(&search->found, set_end(b, &whole));
    }
    return found || row != NULL;
}

/** Where rows with a column of that name are sure to be, rows that may have one don't have it. */
static bool
search_named(Bind *b, const Scope *scope, const char *name, SetBuilder *builder)
{
    bool found = false;
    for (size_t i = 0; i < scope->tops.n; i++) {
        found |= shape_find_named(b, scope->tops.items[i], name, builder);
    }
    return found;
}

static void
resolve_bare(Bind *b, const Scope *scope, const char *name, SetBuilder *builder)
{
    Search search = {0};
    bool found = false;
    for (const Scope *s = scope; s != NULL && !found && bind_work(b, 1); s = s->parent) {
        /* two columns of one name would be refused as ambiguous */
        found = search_named(b, s, name, &search.found) || search_scope(b, s, name, &search);
    }
    bool nothing = !found && search.n_perhaps == 0;
    search_end(b, &search, found, builder);
    if (nothing) {
        add_everything(b, scope, builder);
    }
}

/** A column of a relation; what isn't there (`ctid`, `rowid`) may be made of anything in it. */
static void
add_member(Bind *b, const ScopeRelation *relation, const char *column, SetBuilder *builder)
{
    SetBuilder all = {0};
    if (shape_find(b, relation->shape, column, builder) == FOUND_NOT) {
        shape_add_to(relation->shape, &all);
        set_add_unsure(builder, set_end(b, &all));
    }
}

/** `t.a`, `s.t.a`, with fields behind. @return false where there is no such relation */
static bool
resolve_member(Bind *b, const Scope *scope, TreeNames names, SetBuilder *builder)
{
    for (size_t k = names.n - 1; k-- > 0;) {
        const char *schema = k > 0 ? names.items[k - 1] : NULL;
        for (const Scope *s = scope; s != NULL; s = s->parent) {
            const ScopeRelation *relation = find_relation(b, s, schema, names.items[k]);
            if (relation != NULL) {
                SetBuilder member = {0};
                add_member(b, relation, names.items[k + 1], &member);
                Set set = set_end(b, &member);
                bool has_fields = k + 2 < names.n;
                if (has_fields) {
                    set_add_computed(builder, set);
                } else {
                    set_add_all(builder, set, ~0u, 0);
                }
                return true;
            }
        }
    }
    return false;
}

void
scope_resolve(Bind *b, const Scope *scope, TreeNames names, SetBuilder *builder)
{
    if (names.n == 1) {
        resolve_bare(b, scope, names.items[0], builder);
    } else if (names.n > 1 && !resolve_member(b, scope, names, builder)) {
        SetBuilder column = {0}; /* of a type with fields */
        resolve_bare(b, scope, names.items[0], &column);
        set_add_computed(builder, set_end(b, &column));
    }
}

size_t
scope_star(Bind *b, const Scope *scope, TreeNames qualifier, const Shape ***ret_shapes)
{
    VEC(const Shape *) shapes = {0};
    if (qualifier.n == 0) {
        for (size_t i = 0; scope != NULL && i < scope->tops.n; i++) {
            vec_push_in(b->arena, &shapes, scope->tops.items[i]);
        }
    }
    const char *name = qualifier.n > 0 ? qualifier.items[qualifier.n - 1] : NULL;
    const char *schema = qualifier.n > 1 ? qualifier.items[qualifier.n - 2] : NULL;
    for (const Scope *s = name ? scope : NULL; s != NULL && shapes.n == 0; s = s->parent) {
        const ScopeRelation *relation = find_relation(b, s, schema, name);
        if (relation != NULL) {
            vec_push_in(b->arena, &shapes, relation->shape);
        }
    }
    *ret_shapes = shapes.items;
    return shapes.n;
}
