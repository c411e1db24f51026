/* Where the rows of a copy hang together: references that are given up, and entities. */
#include "runtime/elaborate/copy_priv.h"

const FlowConstraint *
flow_primary_key(const FlowTable *table)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        if (table->constraints[i].kind == PDC_CLAUSE_PRIMARY_KEY) {
            return &table->constraints[i];
        }
    }
    return NULL;
}

/** The same columns, in any order? */
static bool
same_columns(const char *const *a, size_t n_a, const char *const *b, size_t n_b)
{
    bool same = n_a == n_b;
    for (size_t i = 0; same && i < n_a; i++) {
        same = text_is_one_of(a[i], b, n_b);
    }
    return same;
}

/* ---- references that are given up ---- */

static bool
is_broken_by(const FlowLink *link, const FlowTable *table, const FlowCopyRule *rule)
{
    bool named = rule->n_tables == 0 || link->parent == rule->tables[0];
    return link->child == table && named &&
           (rule->n_columns == 0 ||
            same_columns(link->child_columns, link->n_columns, rule->columns, rule->n_columns));
}

/** The promise of the table that forbids to null a column, or NULL. */
static const FlowConstraint *
find_not_null(const FlowTable *table, const FlowLink *link)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *constraint = &table->constraints[i];
        if (constraint->kind != PDC_CLAUSE_PRIMARY_KEY &&
            (constraint->kind != PDC_CLAUSE_NOT_NULL || constraint->warn)) {
            continue;
        }
        for (size_t k = 0; k < constraint->n_columns; k++) {
            if (text_is_one_of(constraint->columns[k], link->child_columns, link->n_columns)) {
                return constraint;
            }
        }
    }
    return NULL;
}

static int
break_links(Elaboration *e, const FlowTable *table, const FlowCopyRule *rule)
{
    size_t n_broken = 0;
    int result = 0;
    for (size_t i = 0; i < e->flow->n_links; i++) {
        FlowLink *link = &e->flow->links[i];
        if (!is_broken_by(link, table, rule)) {
            continue;
        }
        const FlowConstraint *forbids = find_not_null(table, link);
        link->is_broken = true;
        n_broken++;
        if (forbids != NULL) {
            diag_add(e->diags, DIAG_BREAK_NOT_NULL, at_span(e, rule->at), table->stage->name,
                     table->name);
            diag_note(e->diags, at_span(e, forbids->at), "promised here");
            result = -1;
        }
    }
    if (n_broken == 0) {
        diag_add(e->diags, DIAG_BREAK_NO_KEY, at_span(e, rule->at), table->stage->name,
                 table->name);
        return -1;
    }
    return result;
}

int
copy_links_break(Elaboration *e)
{
    int result = 0;
    for (size_t i = 0; i < e->tables.n; i++) {
        const FlowTable *table = e->tables.items[i];
        for (size_t k = 0; table->is_input && k < table->body->n_copy_rules; k++) {
            if (table->body->copy_rules[k].kind == PDC_COPY_BREAK) {
                result |= break_links(e, table, &table->body->copy_rules[k]);
            }
        }
    }
    return result;
}

/* ---- entities ---- */

/** Is it the primary key, or unique? */
static bool
is_key(const FlowTable *table, const char *const *columns, size_t n)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *constraint = &table->constraints[i];
        if ((constraint->kind == PDC_CLAUSE_PRIMARY_KEY || constraint->kind == PDC_CLAUSE_UNIQUE) &&
            same_columns(constraint->columns, constraint->n_columns, columns, n)) {
            return true;
        }
    }
    return false;
}

/** The columns of a link's child that hold the entity's key, whose columns in the parent are
 * `carried`. NULL where the link refers by others. */
static const char *const *
carry_over(Elaboration *e, const FlowLink *link, const char *const *carried, size_t n)
{
    const char **columns = ARENA_ARRAY(e->arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < link->n_columns && columns[i] == NULL; k++) {
            if (text_equal(link->parent_columns[k], carried[i])) {
                columns[i] = link->child_columns[k];
            }
        }
        if (columns[i] == NULL) {
            return NULL;
        }
    }
    return columns;
}

/** By table, as it is numbered before sorting: the columns that hold the key. */
typedef struct Carried Carried;
struct Carried {
    const FlowTable *table;
    const char *const *columns;
};

typedef VEC(Carried) CarriedList;

static const char *const *
find_carried(const CarriedList *list, const FlowTable *table)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i].table == table) {
            return list->items[i].columns;
        }
    }
    return NULL;
}

/** Those whose key it is, then whatever refers to what is known, until nothing is new. */
static void
find_carriers(Elaboration *e, const FlowEntity *entity, CarriedList *list)
{
    for (size_t i = 0; i < e->tables.n; i++) {
        const FlowTable *table = e->tables.items[i];
        if (table->is_input && is_key(table, entity->columns, entity->n_columns)) {
            vec_push_in(e->arena, list, ((Carried){table, entity->columns}));
        }
    }
    for (size_t i = 0; i < list->n; i++) {
        for (size_t k = 0; k < e->flow->n_links; k++) {
            const FlowLink *link = &e->flow->links[k];
            if (link->parent != list->items[i].table || find_carried(list, link->child) != NULL) {
                continue;
            }
            const char *const *columns =
                carry_over(e, link, list->items[i].columns, entity->n_columns);
            if (columns != NULL) {
                vec_push_in(e->arena, list, ((Carried){link->child, columns}));
            }
        }
    }
}

/** Of the tables whose key it is the one that refers to none of the others by it; NULL where
 * several do not. */
static const FlowTable *
find_home(Elaboration *e, const FlowEntity *entity, const CarriedList *list)
{
    const FlowTable *home = NULL;
    for (size_t i = 0; i < list->n; i++) {
        const FlowTable *table = list->items[i].table;
        bool refers = !is_key(table, entity->columns, entity->n_columns);
        for (size_t k = 0; k < e->flow->n_links; k++) {
            const FlowLink *link = &e->flow->links[k];
            refers |= link->child == table && link->parent != table &&
                      same_columns(link->child_columns, link->n_columns, entity->columns,
                                   entity->n_columns) &&
                      find_carried(list, link->parent) != NULL;
        }
        if (!refers && home != NULL) {
            return NULL;
        }
        home = refers ? home : table;
    }
    return home;
}

/** `all`, `none`, `sample` and `follow` of a table's own line are the last word on its rows. */
static bool
is_settled(const FlowTable *table)
{
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        switch (table->body->copy_rules[i].kind) {
        case PDC_COPY_ALL:
        case PDC_COPY_NONE:
        case PDC_COPY_SAMPLE_PERCENT:
        case PDC_COPY_SAMPLE_ROWS:
        case PDC_COPY_SAMPLE_BYTES:
        case PDC_COPY_FOLLOW: return true;
        default: break;
        }
    }
    return false;
}

static void
add_carrier(Elaboration *e, const FlowTable *table, const FlowEntity *entity,
            const char *const *columns)
{
    FlowBody *body = (FlowBody *)(uintptr_t)table->body; /* made by copy.c, still being bound */
    FlowCarrier *carriers = ARENA_ARRAY(e->arena, FlowCarrier, body->n_carriers + 1);
    for (size_t i = 0; i < body->n_carriers; i++) {
        carriers[i] = body->carriers[i];
    }
    carriers[body->n_carriers++] = (FlowCarrier){entity, columns};
    body->carriers = carriers;
}

int
copy_entity_place(Elaboration *e, FlowEntity *entity)
{
    CarriedList list = {0};
    find_carriers(e, entity, &list);
    if (list.n == 0) {
        Str columns = {0};
        for (size_t i = 0; i < entity->n_columns; i++) {
            str_append_format(&columns, "%s%s", i > 0 ? ", " : "", entity->columns[i]);
        }
        diag_add(e->diags, DIAG_ENTITY_NOWHERE, at_span(e, entity->at), str_text(&columns));
        str_deinit(&columns);
        return -1;
    }
    entity->home = find_home(e, entity, &list);
    for (size_t i = 0; i < list.n; i++) {
        if (!is_settled(list.items[i].table)) {
            add_carrier(e, list.items[i].table, entity, list.items[i].columns);
        }
    }
    return 0;
}
