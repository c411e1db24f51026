#include "compiler/resolve/resolve_priv.h"

static void
lower_sources(Resolver *r)
{
    PdcSource *sources = ARENA_ARRAY(r->arena, PdcSource, r->input->n_files);
    for (size_t i = 0; i < r->input->n_files; i++) {
        const SourceFile *file = r->input->files[i]->source;
        const char **lines = ARENA_ARRAY(r->arena, const char *, file->n_lines);
        for (size_t k = 0; k < file->n_lines; k++) {
            size_t end = k + 1 < file->n_lines ? file->line_starts[k + 1] : file->length;
            lines[k] = arena_strndup(r->arena, file->text + file->line_starts[k],
                                     end - file->line_starts[k]);
        }
        sources[i] = (PdcSource){file->path, r->input->directories[i], lines, file->n_lines};
    }
    r->unit->sources = sources;
    r->unit->n_sources = r->input->n_files;
}

static void
lower_consts(Resolver *r)
{
    for (size_t i = 0; i < map_count(r->consts); i++) {
        const AstConst *constant = map_value_at(r->consts, i);
        (void)const_require(r, constant->decl.name->text, constant->decl.name->node.span);
    }
}

const char *
model_query_key(PdcSpan at, Arena *arena)
{
    return arena_printf(arena, "%u:%u", (unsigned)at.file, (unsigned)at.start);
}

Model *
model_resolve(const ModelInput *input, Arena *arena, Diags *diags)
{
    Resolver r = {.input = input, .arena = arena, .diags = diags};
    r.unit = ARENA_NEW(arena, PdcFlow);
    r.unit->abi = PDC_ABI;
    r.model = ARENA_NEW(arena, Model);
    r.model->unit = r.unit;
    r.scratch = arena_new();
    r.analyzer = sql_analyzer_new();
    sql_analyzer_use_cache(r.analyzer, input->cache);
    r.const_states = map_new(arena);
    r.model->doubts = r.doubts = map_new(arena);
    symbols_declare(&r);
    r.model->lost = r.words;
    r.model->files_lost = input->files_lost;
    attrs_lower(&r);
    lower_consts(&r);
    functions_lower(&r);
    contracts_lower(&r);
    tasks_lower(&r);
    stages_lower(&r);
    copies_lower(&r);
    tests_lower(&r);
    rules_lower(&r);
    lower_sources(&r);
    sql_analyzer_free(r.analyzer);
    arena_free(r.scratch);
    return r.model;
}
