#include "compiler/lineage/lineage.h"

#include "compiler/lineage/bind_priv.h"
#include "runtime/base/str.h"

#include <stdlib.h>
#include <string.h>

static int
compare_texts(const char *a, const char *b)
{
    return a == b ? 0 : a == NULL ? -1 : b == NULL ? 1 : strcmp(a, b);
}

static int
compare_sources(const void *a, const void *b)
{
    const LineageSource *left = a;
    const LineageSource *right = b;
    int order = compare_texts(left->schema, right->schema);
    order = order != 0 ? order : compare_texts(left->table, right->table);
    return order != 0 ? order : compare_texts(left->column, right->column);
}

static LineageSources
sources_of(const Bind *b, Set set)
{
    LineageSource *items = ARENA_ARRAY(b->arena, LineageSource, set.n);
    for (size_t i = 0; i < set.n; i++) {
        const BindColumn *column = &b->columns.items[set.items[i].column];
        const BindTable *table = &b->tables.items[column->table];
        items[i] = (LineageSource){table->schema, table->name, column->name, set.items[i].kinds};
    }
    if (set.n > 1) {
        qsort(items, set.n, sizeof(*items), compare_sources);
    }
    return (LineageSources){items, set.n};
}

/** Nothing is known: everything may come from all that the query names. */
static void
give_up(Bind *b, const SqlFacts *facts, LineageFacts *ret_facts)
{
    SetBuilder tables = {0};
    b->work = 0;
    b->gave_up = false;
    for (size_t i = 0; i < facts->n_relations; i++) {
        const SqlRelation *relation = &facts->relations[i];
        if (!relation->is_function) {
            uint32_t table = bind_table(b, relation->schema, relation->name);
            set_add(&tables, bind_column(b, table, NULL), LINEAGE_COPIED | LINEAGE_COMPUTED);
        }
    }
    Set all = set_end(b, &tables);
    SetBuilder filters = {0};
    set_add_filters(&filters, all);
    LineageOutput *output = ARENA_NEW(b->arena, LineageOutput);
    *output = (LineageOutput){.is_open = true, .sources = sources_of(b, all)};
    *ret_facts = (LineageFacts){.outputs = output,
                                .n_outputs = 1,
                                .filters = sources_of(b, set_end(b, &filters)),
                                .gave_up = true};
}

/** A bare `values (…)`, which the language names alike on both engines. */
static void
name_values(const Bind *b, LineageOutput *outputs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        outputs[i].name = arena_printf(b->arena, "column%zu", i + 1);
    }
}

static void
take_result(const Bind *b, const SqlFacts *facts, const Result *result, LineageFacts *ret_facts)
{
    const Shape *shape = result->shape;
    size_t n = shape->columns.n + shape->opens.n;
    LineageOutput *outputs = ARENA_ARRAY(b->arena, LineageOutput, n);
    for (size_t i = 0; i < shape->columns.n; i++) {
        const ShapeColumn *column = &shape->columns.items[i];
        outputs[i] = (LineageOutput){.name = column->name, .sources = sources_of(b, column->set)};
    }
    for (size_t i = 0; i < shape->opens.n; i++) {
        outputs[shape->columns.n + i] =
            (LineageOutput){.is_open = true, .sources = sources_of(b, shape->opens.items[i].any)};
    }
    if (facts->statement == SQL_STATEMENT_VALUES) {
        name_values(b, outputs, shape->columns.n);
    }
    *ret_facts = (LineageFacts){
        .outputs = outputs, .n_outputs = n, .filters = sources_of(b, result->filters)};
}

int
lineage_of_query(SqlAnalyzer *analyzer, const LineageQuestion *question, Arena *arena,
                 LineageFacts **ret_facts, SqlProblem *ret_problem)
{
    SqlTree tree;
    LineageFacts *facts = ARENA_NEW(arena, LineageFacts);
    int status = sql_parse_tree(analyzer, question->text, question->length, question->dialect,
                                arena, &tree, ret_problem);
    if (status == 0) {
        Bind b = {.question = question,
                  .arena = arena,
                  .table_numbers = map_new(arena),
                  .column_numbers = map_new(arena)};
        const TreeQuery *query = tree.by_duckdb
                                     ? tree_from_duckdb(&tree, arena)
                                     : tree_from_postgres(&tree, question->dialect, arena);
        Result result = bind_query(&b, NULL, NULL, query, question->order_counts);
        if (b.gave_up) {
            give_up(&b, tree.facts, facts);
        } else {
            take_result(&b, tree.facts, &result, facts);
        }
        *ret_facts = facts;
    }
    sql_tree_deinit(&tree);
    return status;
}
