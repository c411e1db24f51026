#include "compiler/lineage/bind_priv.h"
#include "runtime/base/str.h"

#include <string.h>

/** Shapes with more columns than this get an index. */
enum { FEW_COLUMNS = 24 };

Shape *
shape_new(Bind *b)
{
    return ARENA_NEW(b->arena, Shape);
}

static const char *
key_of(const Bind *b, const char *name)
{
    return b->question->dialect == SQL_DUCKDB ? text_fold(b->arena, name, strlen(name)) : name;
}

/** The engine's own names are put under a key that no name has. */
static void
index_column(Bind *b, Shape *shape, size_t i)
{
    const char *name = shape->columns.items[i].name;
    if (name != NULL && map_get(shape->index, key_of(b, name)) == NULL) {
        map_set(shape->index, key_of(b, name), (void *)(uintptr_t)(i + 1)); // NOLINT: a number
    }
}

void
shape_add(Bind *b, Shape *shape, const char *name, Set set)
{
    vec_push_in(b->arena, &shape->columns, (ShapeColumn){name, set});
    if (shape->index != NULL) {
        index_column(b, shape, shape->columns.n - 1);
    } else if (shape->columns.n > FEW_COLUMNS) {
        shape->index = map_new(b->arena);
        for (size_t i = 0; i < shape->columns.n; i++) {
            index_column(b, shape, i);
        }
    }
}

void
shape_add_open(Bind *b, Shape *shape, uint32_t table, Set any)
{
    vec_push_in(b->arena, &shape->opens, (ShapeOpen){table, any});
}

static Set
set_of_one(Bind *b, uint32_t column)
{
    SetBuilder one = {0};
    set_add(&one, column, LINEAGE_COPIED | LINEAGE_SURE);
    return set_end(b, &one);
}

Shape *
shape_of_table(Bind *b, uint32_t table)
{
    Shape *shape = shape_new(b);
    LineageTable known = b->tables.items[table].known;
    if (!known.is_known) {
        shape_add_open(b, shape, table, set_of_one(b, bind_column(b, table, NULL)));
        return shape;
    }
    for (size_t i = 0; i < known.n_columns && bind_work(b, 1); i++) {
        shape_add(b, shape, known.columns[i],
                  set_of_one(b, bind_column(b, table, known.columns[i])));
    }
    return shape;
}

void
shape_add_all(Bind *b, Shape *shape, const Shape *other)
{
    for (size_t i = 0; i < other->columns.n && bind_work(b, 1); i++) {
        shape_add(b, shape, other->columns.items[i].name, other->columns.items[i].set);
    }
    for (size_t i = 0; i < other->opens.n && bind_work(b, 1); i++) {
        shape_add_open(b, shape, other->opens.items[i].table, other->opens.items[i].any);
    }
}

/* ---- looking up ---- */

bool
shape_find_named(Bind *b, const Shape *shape, const char *name, SetBuilder *builder)
{
    if (shape->index != NULL) {
        uintptr_t number = (uintptr_t)map_get(shape->index, key_of(b, name));
        if (number > 0) {
            set_add_all(builder, shape->columns.items[number - 1].set, ~0u, 0);
        }
        return number > 0;
    }
    bool found = false;
    for (size_t i = 0; i < shape->columns.n; i++) {
        const ShapeColumn *column = &shape->columns.items[i];
        if (column->name != NULL && bind_same_name(b, column->name, name)) {
            set_add_all(builder, column->set, ~0u, 0);
            found = true;
        }
    }
    return found;
}

/** How many places there are where a name that isn't known may belong. */
static size_t
count_unknown(const Shape *shape)
{
    size_t n = shape->opens.n;
    for (size_t i = 0; i < shape->columns.n; i++) {
        n += shape->columns.items[i].name == NULL ? 1 : 0;
    }
    return n;
}

Found
shape_find(Bind *b, const Shape *shape, const char *name, SetBuilder *builder)
{
    if (shape_find_named(b, shape, name, builder)) {
        return FOUND;
    }
    size_t n = count_unknown(shape);
    uint32_t keep = n == 1 ? ~0u : ~(uint32_t)LINEAGE_SURE;
    for (size_t i = 0; i < shape->opens.n; i++) {
        const ShapeOpen *open = &shape->opens.items[i];
        if (open->table == BIND_NONE) {
            set_add_unsure(builder, open->any);
        } else {
            uint32_t kinds = (LINEAGE_COPIED | LINEAGE_SURE) & keep;
            set_add(builder, bind_column(b, open->table, name), kinds);
        }
    }
    for (size_t i = 0; i < shape->columns.n; i++) {
        if (shape->columns.items[i].name == NULL) {
            set_add_all(builder, shape->columns.items[i].set, keep, 0);
        }
    }
    return n > 0 ? FOUND_PERHAPS : FOUND_NOT;
}

void
shape_add_to(const Shape *shape, SetBuilder *builder)
{
    for (size_t i = 0; i < shape->columns.n; i++) {
        set_add_all(builder, shape->columns.items[i].set, ~0u, 0);
    }
    for (size_t i = 0; i < shape->opens.n; i++) {
        set_add_all(builder, shape->opens.items[i].any, ~0u, 0);
    }
}

const Shape *
shape_rename(Bind *b, const Shape *shape, TreeNames names)
{
    if (names.n == 0) {
        return shape;
    }
    Shape *renamed = shape_new(b);
    SetBuilder builder = {0};
    SetBuilder unsure = {0};
    shape_add_to(shape, &builder);
    set_add_unsure(&unsure, set_end(b, &builder));
    Set everything = set_end(b, &unsure);
    bool is_open = shape->opens.n > 0; /* then nobody knows which column a name goes to */
    for (size_t i = 0; i < names.n && is_open && bind_work(b, 1); i++) {
        shape_add(b, renamed, names.items[i], everything);
    }
    for (size_t i = 0; i < shape->columns.n && bind_work(b, 1); i++) {
        bool has_name = i < names.n && !is_open;
        const ShapeColumn *column = &shape->columns.items[i];
        shape_add(b, renamed, has_name ? names.items[i] : column->name, column->set);
    }
    for (size_t i = 0; i < shape->opens.n; i++) {
        shape_add_open(b, renamed, shape->opens.items[i].table, shape->opens.items[i].any);
    }
    return renamed;
}

bool
shape_equal(const Shape *a, const Shape *b)
{
    bool same = a->columns.n == b->columns.n && a->opens.n == b->opens.n;
    for (size_t i = 0; same && i < a->columns.n; i++) {
        same = set_equal(a->columns.items[i].set, b->columns.items[i].set);
    }
    for (size_t i = 0; same && i < a->opens.n; i++) {
        same = set_equal(a->opens.items[i].any, b->opens.items[i].any);
    }
    return same;
}
