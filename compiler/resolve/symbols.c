#include "compiler/parse/sql_lexer.h"
#include "compiler/resolve/resolve_priv.h"
#include "runtime/base/suggest.h"

#include <string.h>

/** Adds a declaration under its name; a second one of that name is an error. */
static bool
declare(Resolver *r, Map *map, const AstDecl *decl, void *symbol, const char *what)
{
    const AstDecl *earlier = map_get(map, decl->name->text);
    if (earlier != NULL) {
        diag_add(r->diags, DIAG_DECLARED_TWICE, decl->name->node.span, what, decl->name->text);
        diag_note(r->diags, earlier->name->node.span, "first declared here");
        return false;
    }
    map_set(map, decl->name->text, symbol);
    return true;
}

static void
declare_attrs(Resolver *r, const AstAttrs *attrs)
{
    for (size_t i = 0; i < attrs->attrs.n; i++) {
        declare(r, r->attrs, &attrs->attrs.items[i]->decl, attrs->attrs.items[i], "attr");
    }
}

static void
declare_task(Resolver *r, const AstDecl *decl, TaskSymbol symbol)
{
    const TaskSymbol *earlier = map_get(r->tasks, decl->name->text);
    if (earlier != NULL) {
        diag_add(r->diags, DIAG_DECLARED_TWICE, decl->name->node.span,
                 symbol.is_check ? "check" : "task", decl->name->text);
        diag_note(r->diags, earlier->decl->name->node.span, "first declared here");
        return;
    }
    symbol.decl = decl;
    symbol.made = ARENA_NEW(r->arena, PdcTask);
    map_set(r->tasks, decl->name->text, arena_memdup(r->arena, &symbol, sizeof symbol));
}

/* ---- stages ---- */

static void declare_items(Resolver *r, StageSymbol *stage, const AstDecls *items, bool certain);

/** A plain name; `certain`: the table is there in every instance, so a second one is wrong in all.
 */
static void
declare_table(Resolver *r, StageSymbol *stage, const AstName *name, const AstDecl *decl,
              bool certain)
{
    if (name->text == NULL) {
        stage->has_templates = true;
        return;
    }
    const AstName *earlier = map_get(stage->tables, name->text);
    if (earlier != NULL && certain && decl != NULL) {
        diag_add(r->diags, DIAG_DUPLICATE_TABLE, name->node.span, name->text, stage->name);
        diag_note(r->diags, earlier->node.span, "first declared here");
    }
    if (earlier == NULL) {
        map_set(stage->tables, name->text, (void *)(uintptr_t)name);
    }
}

static void
declare_if(Resolver *r, StageSymbol *stage, const AstIf *item)
{
    declare_items(r, stage, &item->then_items, false);
    declare_items(r, stage, &item->else_items, false);
}

static void
declare_names(Resolver *r, StageSymbol *stage, const AstTable *table, bool certain)
{
    for (size_t i = 0; i < table->names.n; i++) {
        declare_table(r, stage, table->names.items[i], &table->decl, certain);
    }
}

static void
declare_items(Resolver *r, StageSymbol *stage, const AstDecls *items, bool certain)
{
    for (size_t i = 0; i < items->n; i++) {
        const AstDecl *item = items->items[i];
        switch ((int)item->node.kind) {
        case AST_INPUT: declare_items(r, stage, &((const AstInput *)item)->items, certain); break;
        case AST_TABLE: declare_names(r, stage, (const AstTable *)item, certain); break;
        case AST_VIEW:
        case AST_HISTORY: declare_table(r, stage, item->name, item, certain); break;
        case AST_IF: declare_if(r, stage, (const AstIf *)item); break;
        case AST_FOR: declare_items(r, stage, &((const AstFor *)item)->items, false); break;
        default: /* checks, exposures and hooks make no table */ break;
        }
    }
}

static void
declare_stage(Resolver *r, const AstStage *part)
{
    const char *name = part->decl.name->text;
    StageSymbol *stage = map_get(r->stages, name);
    const char *folded =
        text_fold(r->arena, name, strlen(name)); /* DuckDB folds quoted names, too */
    if (text_equal(folded, "flow_metadata") || text_equal(folded, "flow_hidden")) {
        diag_add(r->diags, DIAG_STAGE_RESERVED, part->decl.name->node.span, name);
    }
    if (stage == NULL) {
        stage = ARENA_NEW(r->arena, StageSymbol);
        stage->name = part->decl.name->text;
        stage->tables = map_new(r->arena);
        map_set(r->stages, stage->name, stage);
    }
    vec_push_in(r->arena, &stage->parts, part);
    declare_items(r, stage, &part->items, true);
}

/* ---- files ---- */

static void
declare_flow(Resolver *r, const AstFlow *flow, const AstFlow **first)
{
    if (*first != NULL) {
        diag_add(r->diags, DIAG_SECOND_FLOW, flow->decl.name->node.span, flow->decl.name->text);
        diag_note(r->diags, (*first)->decl.name->node.span, "the flow's name is said here");
        return;
    }
    *first = flow;
    r->unit->name = flow->decl.name->text;
}

static void
declare_one(Resolver *r, AstDecl *decl, const AstFlow **flow)
{
    switch ((int)decl->node.kind) {
    case AST_FLOW: declare_flow(r, (const AstFlow *)decl, flow); break;
    case AST_ATTRS: declare_attrs(r, (const AstAttrs *)decl); break;
    case AST_CONST: declare(r, r->consts, decl, decl, "constant"); break;
    case AST_TASK: {
        const AstTask *task = (const AstTask *)decl;
        declare_task(
            r, decl,
            (TaskSymbol){.params = &task->params,
                         .body = task->body,
                         .clauses = &task->clauses,
                         .outputs = task->returns == AST_RETURNS_TABLES ? &task->outputs : NULL});
        break;
    }
    case AST_CHECK: {
        const AstCheck *check = (const AstCheck *)decl;
        declare_task(r, decl,
                     (TaskSymbol){.params = &check->params,
                                  .body = check->body,
                                  .clauses = &check->clauses,
                                  .is_check = true});
        break;
    }
    case AST_CONTRACT: contract_declare(r, (const AstContract *)decl); break;
    case AST_FUNCTION: function_declare(r, (const AstFunction *)decl); break;
    case AST_STAGE: declare_stage(r, (const AstStage *)decl); break;
    default: /* copies and tests have no name */ break;
    }
}

/** Whether a word announces a name, also where it is misspelt: that may be the very error. */
static bool
announces_name(const char *word)
{
    static const char *const announcers[] = {"table", "view",  "history", "stage",    "task",
                                             "check", "const", "warn",    "contract", "function"};
    for (size_t i = 0; i < ARRAY_LENGTH(announcers); i++) {
        if (text_equal(word, announcers[i])) {
            return true;
        }
    }
    return strlen(word) > 3 && suggest_nearest(word, announcers, ARRAY_LENGTH(announcers)) != NULL;
}

/** A name is what follows an announcer, or comes before a type (an attr). */
static void
collect_words_of(Resolver *r, const SourceFile *source)
{
    const char *before = "";
    for (size_t at = 0; at < source->length;) {
        SqlToken token = sql_lex_next_word(source->text, source->length, at);
        if (token.kind == SQL_TOKEN_END) {
            return;
        }
        at = token.end;
        const char *newline = memchr(source->text + token.start, '\n', token.end - token.start);
        if (token.kind == SQL_TOKEN_STRING && newline != NULL) {
            at =
                (size_t)(newline - source->text); /* perhaps a quote is missing, and this is none */
        }
        if (token.kind != SQL_TOKEN_IDENTIFIER) {
            before = token.kind == SQL_TOKEN_QUOTED_IDENTIFIER ? before : "";
            continue;
        }
        PdcType type;
        const char *word = text_fold(r->arena, source->text + token.start, token.end - token.start);
        if (type_parse(word, strlen(word), &type) && *before != '\0') {
            map_set(r->words, before, r);
        } else if (announces_name(before)) {
            map_set(r->words, word, r);
        }
        before = word;
    }
}

/** What may have been declared where a file had errors, so that its use isn't one more error. */
static void
collect_words(Resolver *r)
{
    r->words = map_new(r->arena);
    for (size_t i = 0; i < r->input->n_files; i++) {
        collect_words_of(r, r->input->files[i]->source);
    }
}

void
symbols_declare(Resolver *r)
{
    const AstFlow *flow = NULL;
    r->attrs = map_new(r->arena);
    r->consts = map_new(r->arena);
    r->tasks = map_new(r->arena);
    r->contracts = map_new(r->arena);
    r->functions = map_new(r->arena);
    r->stages = map_new(r->arena);
    if (r->input->incomplete) {
        collect_words(r);
    }
    for (size_t i = 0; i < r->input->n_files; i++) {
        const AstFile *file = r->input->files[i];
        for (size_t k = 0; k < file->decls.n; k++) {
            declare_one(r, file->decls.items[k], &flow);
        }
    }
    const SourceFile *main_file = r->input->files[0]->source;
    if (flow == NULL && !r->input->incomplete) {
        diag_add(r->diags, DIAG_NO_FLOW, span_make(main_file, 0, 0));
    }
    if (map_count(r->stages) == 0 && !r->input->incomplete) {
        diag_add(r->diags, DIAG_NO_STAGE, span_make(main_file, 0, 0));
    }
}
