#include "compiler/lineage/bind_priv.h"
#include "runtime/base/str.h"

#include <stdlib.h>
#include <string.h>

void
set_add(SetBuilder *builder, uint32_t column, uint32_t kinds)
{
    vec_push(&builder->items, (SetItem){column, kinds});
}

void
set_add_all(SetBuilder *builder, Set set, uint32_t keep, uint32_t add)
{
    for (size_t i = 0; i < set.n; i++) {
        set_add(builder, set.items[i].column, (set.items[i].kinds & keep) | add);
    }
}

void
set_add_computed(SetBuilder *builder, Set set)
{
    for (size_t i = 0; i < set.n; i++) {
        uint32_t kinds = set.items[i].kinds;
        bool copied = kinds & LINEAGE_COPIED;
        kinds &= ~(uint32_t)LINEAGE_COPIED;
        set_add(builder, set.items[i].column, kinds | (copied ? LINEAGE_COMPUTED : 0));
    }
}

void
set_add_filters(SetBuilder *builder, Set set)
{
    set_add_all(builder, set, LINEAGE_SURE, LINEAGE_FILTERED);
}

void
set_add_unsure(SetBuilder *builder, Set set)
{
    set_add_all(builder, set, ~(uint32_t)LINEAGE_SURE, 0);
}

static int
compare_items(const void *a, const void *b)
{
    uint32_t left = ((const SetItem *)a)->column;
    uint32_t right = ((const SetItem *)b)->column;
    return left < right ? -1 : left > right;
}

Set
set_end(Bind *b, SetBuilder *builder)
{
    size_t n = 0;
    SetItem *items = builder->items.items;
    if (builder->items.n > 1) {
        qsort(items, builder->items.n, sizeof(*items), compare_items);
    }
    for (size_t i = 0; i < builder->items.n; i++) {
        if (n > 0 && items[n - 1].column == items[i].column) {
            items[n - 1].kinds |= items[i].kinds;
        } else {
            items[n++] = items[i];
        }
    }
    Set set = {.n = bind_work(b, builder->items.n) ? n : 0};
    set.items = set.n > 0 ? arena_memdup(b->arena, items, n * sizeof(*items)) : NULL;
    vec_free(&builder->items);
    return set;
}

bool
set_equal(Set a, Set b)
{
    for (size_t i = 0; a.n == b.n && i < a.n; i++) {
        if (a.items[i].column != b.items[i].column || a.items[i].kinds != b.items[i].kinds) {
            return false;
        }
    }
    return a.n == b.n;
}

/* ---- tables and columns ---- */

/** The number of a key; a new one for a new key. */
static uint32_t
number_of(Map *numbers, const char *key, size_t next)
{
    uintptr_t number = (uintptr_t)map_get(numbers, key);
    if (number == 0) {
        number = next + 1;
        map_set(numbers, key, (void *)number); // NOLINT: a number, not a place
    }
    return (uint32_t)number - 1;
}

uint32_t
bind_table(Bind *b, const char *schema, const char *name)
{
    const char *key = arena_printf(b->arena, "%s.%s", schema ? schema : "", name);
    if (b->question->dialect == SQL_DUCKDB) {
        key = text_fold(b->arena, key, strlen(key));
    }
    uint32_t number = number_of(b->table_numbers, key, b->tables.n);
    if (number == b->tables.n) {
        BindTable table = {.schema = schema, .name = name};
        table.known = b->question->lookup(b->question->user, schema, name);
        vec_push_in(b->arena, &b->tables, table);
    }
    return number;
}

uint32_t
bind_column(Bind *b, uint32_t table, const char *name)
{
    const char *key = arena_printf(b->arena, "%u.%s", table, name ? name : "\x01");
    if (b->question->dialect == SQL_DUCKDB) {
        key = text_fold(b->arena, key, strlen(key));
    }
    uint32_t number = number_of(b->column_numbers, key, b->columns.n);
    if (number == b->columns.n) {
        vec_push_in(b->arena, &b->columns, (BindColumn){table, name});
    }
    return number;
}

bool
bind_work(Bind *b, size_t n)
{
    b->work += n;
    b->gave_up |= b->work > LINEAGE_WORK;
    return !b->gave_up;
}

bool
bind_same_name(const Bind *b, const char *a, const char *c)
{
    return b->question->dialect == SQL_DUCKDB ? text_equal_ignore_case(a, c) : text_equal(a, c);
}
