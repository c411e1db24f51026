#include "compiler/sql/walk_priv.h"
#include "runtime/base/str.h"

#include <string.h>

int
walk_run(Walk *walk, void (*visit)(Walk *walk, WalkItem item))
{
    while (walk->stack.n > 0 && !walk->job->refused) {
        WalkItem item = walk->stack.items[--walk->stack.n];
        visit(walk, item);
    }
    vec_free(&walk->stack);
    return walk->job->refused ? -1 : 0;
}

void
walk_push(Walk *walk, WalkItem item, uint32_t node)
{
    if (json_is_container(walk->doc, node)) {
        item.node = node;
        item.is_select = false;
        item.recursive_cte = NULL;
        vec_push(&walk->stack, item);
    }
}

void
walk_push_children(Walk *walk, WalkItem item, uint32_t node)
{
    JSON_EACH(walk->doc, node, child)
    {
        walk_push(walk, item, child);
    }
}

const WalkCte *
walk_add_cte(Walk *walk, const WalkCte *ctes, const char *name)
{
    WalkCte *cte = ARENA_NEW(walk->job->scratch, WalkCte);
    *cte = (WalkCte){name, ctes};
    vec_push(&walk->job->ctes, arena_strdup(walk->job->arena, name));
    return cte;
}

bool
walk_is_cte(const Walk *walk, const WalkCte *ctes, const char *name)
{
    for (; ctes != NULL; ctes = ctes->next) {
        bool same = walk->job->dialect == SQL_DUCKDB ? text_equal_ignore_case(ctes->name, name)
                                                     : strcmp(ctes->name, name) == 0;
        if (same) {
            return true;
        }
    }
    return false;
}
