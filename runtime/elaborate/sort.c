#include "runtime/elaborate/elaborate_priv.h"

typedef enum Mark { MARK_NEW, MARK_OPEN, MARK_DONE } Mark;

typedef struct Sorter Sorter;
struct Sorter {
    Elaboration *e;
    Mark *marks; /* by the number that the table has before sorting */
    FlowTable **sorted;
    size_t n_sorted;
    VEC(const FlowTable *) path;
};

static void
report_cycle(Sorter *s, const FlowTable *again)
{
    size_t first = 0;
    while (s->path.items[first] != again) {
        first++;
    }
    Str text = {0};
    for (size_t i = first; i < s->path.n; i++) {
        str_append_format(&text, "%s.%s reads ", s->path.items[i]->stage->name,
                          s->path.items[i]->name);
    }
    str_append_format(&text, "%s.%s", again->stage->name, again->name);
    diag_add(s->e->diags, DIAG_CYCLE, at_span(s->e, again->at), str_text(&text));
    for (size_t i = first + 1; i < s->path.n; i++) {
        diag_note(s->e->diags, at_span(s->e, s->path.items[i]->at), "`%s.%s` is part of the cycle",
                  s->path.items[i]->stage->name, s->path.items[i]->name);
    }
    str_deinit(&text);
}

/** What must be there before `table`: number `i` of its inputs, then of its `after`, then the
 * leader of its task. */
static const FlowTable *
predecessor(const FlowTable *table, size_t i)
{
    if (i < table->n_inputs) {
        return table->inputs[i];
    }
    i -= table->n_inputs;
    if (i < table->n_after) {
        return table->after[i];
    }
    return i == table->n_after && table->leader != table ? table->leader : NULL;
}

/** One table on the way down, and how many of its predecessors were seen. */
typedef struct Frame Frame;
struct Frame {
    const FlowTable *table;
    size_t next;
};

/** Depth first, with a stack of its own: chains of tables are as long as the user likes. */
static int
visit(Sorter *s, FlowTable *root)
{
    VEC(Frame) stack = {0};
    int result = 0;
    vec_push(&stack, (Frame){root, 0});
    vec_push(&s->path, root);
    s->marks[root->index] = MARK_OPEN;
    while (stack.n > 0) {
        Frame *top = &stack.items[stack.n - 1];
        const FlowTable *next = predecessor(top->table, top->next++);
        if (next == NULL) {
            s->marks[top->table->index] = MARK_DONE;
            s->sorted[s->n_sorted++] = s->e->tables.items[top->table->index];
            stack.n--;
            s->path.n--;
        } else if (s->marks[next->index] == MARK_OPEN) {
            report_cycle(s, next);
            result = -1; /* and on: there may be another one */
        } else if (s->marks[next->index] == MARK_NEW) {
            s->marks[next->index] = MARK_OPEN;
            vec_push(&stack, (Frame){next, 0});
            vec_push(&s->path, next);
        }
    }
    vec_free(&stack);
    return result;
}

int
sort_tables(Elaboration *e)
{
    size_t n = e->tables.n;
    Sorter s = {.e = e,
                .marks = ARENA_ARRAY(e->arena, Mark, n),
                .sorted = ARENA_ARRAY(e->arena, FlowTable *, n)};
    int result = 0;
    for (size_t i = 0; i < n; i++) {
        e->tables.items[i]->index = i;
    }
    for (size_t i = 0; i < n; i++) {
        if (s.marks[i] == MARK_NEW) {
            result |= visit(&s, e->tables.items[i]);
        }
    }
    for (size_t i = 0; i < s.n_sorted && result == 0; i++) {
        s.sorted[i]->index = i;
    }
    vec_free(&s.path);
    e->flow->tables = s.sorted;
    e->flow->n_tables = s.n_sorted;
    return result;
}
