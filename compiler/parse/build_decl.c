/* Declarations, and what stands only in them. */
#include "compiler/parse/build.h"
#include "runtime/base/suggest.h"

#include <string.h>

#define NEW(Type) ARENA_NEW(parser->arena, Type)

static AstDecl *
finish_decl(Parser *parser, AstDecl *decl, AstKind kind, Span span, AstName *name)
{
    decl->node = (AstNode){kind, span};
    decl->name = name;
    vec_push(&parser->decls, decl);
    return decl;
}

AstDecl *
build_decl(Parser *parser, AstKind kind, size_t size_bytes, Span span, AstName *name)
{
    return finish_decl(parser, arena_alloc(parser->arena, size_bytes), kind, span, name);
}

/* A new declaration of struct Ast<Type>. */
#define NEW_DECL(Type, KIND, span, name)                                                           \
    ((Type *)(void *)build_decl(parser, AST_##KIND, sizeof(Type), (span), (name)))

static const AstClause *
find_clause(const AstClauses *clauses, size_t n, AstClauseKind what)
{
    for (size_t i = 0; i < n; i++) {
        if (clauses->items[i]->what == what) {
            return clauses->items[i];
        }
    }
    return NULL;
}

/** Reports a column that a key names twice. */
static void
check_columns(Parser *parser, const AstClause *clause)
{
    bool is_key = clause->what == AST_CLAUSE_PRIMARY_KEY || clause->what == AST_CLAUSE_UNIQUE;
    for (size_t i = 0; is_key && i < clause->columns.n; i++) {
        const AstName *column = clause->columns.items[i];
        for (size_t k = 0; k < i; k++) {
            if (text_equal(column->text, clause->columns.items[k]->text)) {
                diag_add(parser->diags, DIAG_REPEATED_WORD, column->node.span, column->text);
            }
        }
    }
}

/** Reports the clauses that may stand on a declaration of this kind, but not twice. */
static void
check_repeated(Parser *parser, const AstClauses *clauses)
{
    for (size_t i = 0; i < clauses->n; i++) {
        const AstClause *clause = clauses->items[i];
        const AstClause *earlier = find_clause(clauses, i, clause->what);
        if (earlier != NULL && (ast_clause_places(clause->what) & AST_ONCE)) {
            diag_add(parser->diags, DIAG_REPEATED_WORD, clause->node.span,
                     ast_clause_words(clause->what));
            diag_note(parser->diags, earlier->node.span, "here");
        }
        check_columns(parser, clause);
    }
}

/** Reports the clauses that may not stand on a declaration of this kind. */
static void
check_places(Parser *parser, const AstClauses *clauses, AstPlace place, const char *what)
{
    for (size_t i = 0; i < clauses->n; i++) {
        const AstClause *clause = clauses->items[i];
        if (!(ast_clause_places(clause->what) & place)) {
            diag_add(parser->diags, DIAG_CLAUSE_PLACE, clause->node.span,
                     ast_clause_words(clause->what), what);
            scan_limit_errors(&parser->scanner, clause->node.span);
        }
    }
    check_repeated(parser, clauses);
}

/** Reports a declared name with holes where only a plain one may stand. */
static void
check_plain(Parser *parser, const AstName *name)
{
    if (name != NULL && name->text == NULL) {
        scan_report(&parser->scanner, DIAG_HOLE_IN_NAME, name->node.span, NULL);
    }
}

/* ---- the file's ---- */

AstDecl *
build_attrs(Parser *parser, Span span, AstAttrs *attrs)
{
    return finish_decl(parser, &attrs->decl, AST_ATTRS, span, NULL);
}

AstAttr *
build_attr(Parser *parser, Span span, AstName *name, AstType *type, AstExpr *value)
{
    AstAttr *attr = NEW_DECL(AstAttr, ATTR, span, name);
    attr->type = type;
    attr->value = value;
    return attr;
}

AstDecl *
build_const(Parser *parser, Span span, AstName *name, AstExpr *value)
{
    AstConst *constant = NEW_DECL(AstConst, CONST, span, name);
    constant->value = value;
    return &constant->decl;
}

AstDecl *
build_use(Parser *parser, Span span, AstNames *module, AstExpr *path)
{
    AstUse *use = NEW_DECL(AstUse, USE, span, NULL);
    use->path = path;
    if (module != NULL) {
        use->module = *module;
    }
    return &use->decl;
}

AstDecl *
build_contract(Parser *parser, Span span, AstName *name, AstName *extends, AstContract *items,
               AstClauses *clauses)
{
    items->extends = extends;
    check_places(parser, clauses, AST_ON_CONTRACT, "a contract");
    for (size_t i = 0; i < clauses->n; i++) {
        vec_push_in(parser->arena, &items->clauses, clauses->items[i]);
    }
    return finish_decl(parser, &items->decl, AST_CONTRACT, span, name);
}

AstColumn *
build_column(Parser *parser, Span span, AstName *name, AstType *type, AstClauses *clauses)
{
    AstColumn *column = NEW_DECL(AstColumn, COLUMN, span, name);
    column->type = type;
    column->clauses = *clauses;
    return column;
}

AstParam *
build_param(Parser *parser, Span span, AstName *name, AstType *type)
{
    AstParam *param = NEW_DECL(AstParam, PARAM, span, name);
    param->type = type;
    return param;
}

void
build_add_variant(Parser *parser, AstFunction *function, Span span, AstName *engine, AstSql *sql)
{
    vec_push_in(parser->arena, &function->variants, (AstVariant){span, engine, sql});
}

AstDecl *
build_function(Parser *parser, Span span, AstName *name, AstParams *params, AstType *returns,
               AstFunction *variants)
{
    variants->params = *params;
    variants->returns = returns;
    return finish_decl(parser, &variants->decl, AST_FUNCTION, span, name);
}

AstDecl *
build_task(Parser *parser, Span span, AstName *name, AstParams *params, AstTask *returns,
           AstClauses *clauses, AstBody *body)
{
    returns->params = *params;
    returns->clauses = *clauses;
    returns->body = body;
    for (size_t i = 0; i < returns->outputs.n; i++) {
        check_plain(parser, returns->outputs.items[i]);
    }
    check_places(parser, clauses, AST_ON_TASK, "a task");
    return finish_decl(parser, &returns->decl, AST_TASK, span, name);
}

/* ---- the stage's ---- */

AstDecl *
build_stage(Parser *parser, Span span, AstName *name, AstClauses *clauses, AstDecls *items)
{
    AstStage *stage = NEW_DECL(AstStage, STAGE, span, name);
    stage->clauses = *clauses;
    stage->items = *items;
    check_places(parser, clauses, AST_ON_STAGE, "a stage");
    return &stage->decl;
}

static bool
may_stand_in_input(AstKind kind)
{
    return kind == AST_TABLE || kind == AST_VIEW || kind == AST_HISTORY || kind == AST_IF ||
           kind == AST_FOR;
}

static void check_input_items(Parser *parser, const AstDecls *items);

/** An `input` block holds tables, views and histories, also within `if` and `for`. */
static void
check_input_item(Parser *parser, const AstDecl *item)
{
    if (!may_stand_in_input(item->node.kind)) {
        scan_report(&parser->scanner, DIAG_NOT_IN_INPUT, item->node.span,
                    item->node.kind == AST_HOOK ? "script" : ast_kind_name(item->node.kind));
    } else if (item->node.kind == AST_IF) {
        check_input_items(parser, &((const AstIf *)item)->then_items);
        check_input_items(parser, &((const AstIf *)item)->else_items);
    } else if (item->node.kind == AST_FOR) {
        check_input_items(parser, &((const AstFor *)item)->items);
    }
}

static void
check_input_items(Parser *parser, const AstDecls *items)
{
    for (size_t i = 0; i < items->n; i++) {
        check_input_item(parser, items->items[i]);
    }
}

AstDecl *
build_input(Parser *parser, Span span, AstDecls *items)
{
    AstInput *input = NEW_DECL(AstInput, INPUT, span, NULL);
    input->items = *items;
    check_input_items(parser, items);
    return &input->decl;
}

AstDecl *
build_table(Parser *parser, Span span, AstNames *names, AstName *contract, AstClauses *clauses,
            AstBody *body)
{
    AstTable *table = NEW_DECL(AstTable, TABLE, span, names->items[0]);
    table->names = *names;
    table->contract = contract;
    table->clauses = *clauses;
    table->body = body;
    check_places(parser, clauses, AST_ON_TABLE, "a table");
    return &table->decl;
}

/** What is stored nowhere, and rows that a test reads, come from a query or a call. */
static void
check_is_query(Parser *parser, const AstBody *body, const char *what)
{
    if (body->node.kind != AST_BODY_SQL && body->node.kind != AST_BODY_CALL) {
        scan_report(&parser->scanner, DIAG_NOT_A_QUERY, body->node.span, what);
    }
}

AstDecl *
build_view(Parser *parser, Span span, AstName *name, AstName *contract, AstClauses *clauses,
           AstBody *body)
{
    AstView *view = NEW_DECL(AstView, VIEW, span, name);
    view->contract = contract;
    view->clauses = *clauses;
    view->body = body;
    check_places(parser, clauses, AST_ON_VIEW, "a view");
    check_is_query(parser, body, "a view");
    return &view->decl;
}

AstDecl *
build_history(Parser *parser, Span span, AstName *name, AstQname *of, AstClauses *clauses)
{
    AstHistory *history = NEW_DECL(AstHistory, HISTORY, span, name);
    history->of = of;
    history->clauses = *clauses;
    check_places(parser, clauses, AST_ON_HISTORY, "a history");
    return &history->decl;
}

AstDecl *
build_check(Parser *parser, Span span, AstName *name, bool warn_only, AstParams *params,
            AstClauses *clauses, AstBody *body)
{
    AstCheck *check = NEW_DECL(AstCheck, CHECK, span, name);
    check->warn_only = warn_only;
    check->clauses = *clauses;
    check->body = body;
    if (params != NULL) {
        check->has_params = true;
        check->params = *params;
    }
    check_places(parser, clauses, AST_ON_CHECK, "a check");
    check_is_query(parser, body, "a check");
    return &check->decl;
}

AstDecl *
build_policy(Parser *parser, Span span, AstExpr *title, bool warn_only, AstBody *body)
{
    AstPolicy *policy = NEW_DECL(AstPolicy, POLICY, span, NULL);
    policy->title = title;
    policy->warn_only = warn_only;
    policy->body = body;
    check_is_query(parser, body, "a rule");
    return &policy->decl;
}

AstDecl *
build_exposure(Parser *parser, Span span, AstName *name, AstClauses *clauses)
{
    AstExposure *exposure = NEW_DECL(AstExposure, EXPOSURE, span, name);
    exposure->clauses = *clauses;
    check_places(parser, clauses, AST_ON_EXPOSURE, "an exposure");
    return &exposure->decl;
}

AstDecl *
build_hook(Parser *parser, Span span, bool after_publish, AstBody *body)
{
    AstHook *hook = NEW_DECL(AstHook, HOOK, span, NULL);
    hook->after_publish = after_publish;
    hook->body = body;
    return &hook->decl;
}

AstDecl *
build_if(Parser *parser, Span span, AstExpr *condition, AstDecls *then_items, AstDecls *else_items)
{
    AstIf *choice = NEW_DECL(AstIf, IF, span, NULL);
    choice->condition = condition;
    choice->then_items = *then_items;
    if (else_items != NULL) {
        choice->has_else = true;
        choice->else_items = *else_items;
    }
    return &choice->decl;
}

AstDecls *
build_else_if(Parser *parser, AstDecl *item)
{
    AstDecls *items = NEW(AstDecls);
    vec_push_in(parser->arena, items, item);
    return items;
}

ForHead *
build_for_head(Parser *parser, AstName *name, AstNames *names, AstExpr *list)
{
    ForHead *head = NEW(ForHead);
    head->tuple = names != NULL;
    head->list = list;
    if (name != NULL) {
        vec_push_in(parser->arena, &head->vars, name);
    } else {
        head->vars = *names;
    }
    for (size_t i = 0; i < head->vars.n; i++) {
        check_plain(parser, head->vars.items[i]);
    }
    return head;
}

AstDecl *
build_for(Parser *parser, Span span, ForHead *head, AstDecls *items)
{
    AstFor *loop = NEW_DECL(AstFor, FOR, span, NULL);
    loop->vars = head->vars;
    loop->tuple = head->tuple;
    loop->list = head->list;
    loop->items = *items;
    return &loop->decl;
}

/* ---- copy ---- */

AstDecl *
build_copy(Parser *parser, Span span, AstExpr *source, AstExpr *per_user, AstExpr *when,
           AstCopy *lines)
{
    lines->source = source;
    lines->per_user = per_user;
    lines->when = when;
    return finish_decl(parser, &lines->decl, AST_COPY, span, NULL);
}

AstCopyLine *
build_copy_line(Parser *parser, AstCopyTarget target, Span span)
{
    AstCopyLine *line = NEW(AstCopyLine);
    line->node = (AstNode){AST_COPY_LINE, span};
    line->target = target;
    line->target_span = span;
    return line;
}

AstRule *
build_rule(Parser *parser, AstRuleKind what, Span span)
{
    AstRule *rule = NEW(AstRule);
    rule->node = (AstNode){AST_RULE, span};
    rule->what = what;
    return rule;
}

typedef struct Unit Unit;
struct Unit {
    const char *name;
    double bytes; /* 0: rows are counted */
};

static const Unit units[] = {
    {"rows", 0}, {"row", 0},   {"bytes", 1},    {"b", 1},        {"kb", 1e3},     {"mb", 1e6},
    {"gb", 1e9}, {"tb", 1e12}, {"kib", 0x1p10}, {"mib", 0x1p20}, {"gib", 0x1p30}, {"tib", 0x1p40},
};

/** The unit of that name; an unknown one gets a message and counts as rows. */
static const Unit *
find_unit(Parser *parser, const AstName *name)
{
    const char *candidates[ARRAY_LENGTH(units)];
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        if (strcmp(units[i].name, name->text) == 0) {
            return &units[i];
        }
        candidates[i] = units[i].name;
    }
    scan_report(&parser->scanner, DIAG_UNKNOWN_UNIT, name->node.span, name->text);
    const char *nearest = suggest_nearest(name->text, candidates, ARRAY_LENGTH(units));
    if (nearest != NULL) {
        diag_suggest(parser->diags, name->text, nearest);
    }
    return &units[0];
}

AstRule *
build_sample_size(Parser *parser, Span span, AstExpr *amount, const AstName *name)
{
    const Unit *unit = find_unit(parser, name);
    AstRule *rule =
        build_rule(parser, unit->bytes > 0 ? AST_RULE_SAMPLE_BYTES : AST_RULE_SAMPLE_ROWS, span);
    rule->amount = amount;
    rule->unit_bytes = unit->bytes;
    return rule;
}

AstRule *
build_follow_more(Parser *parser, AstRule *rule, AstQname *table, bool any_of, Span word)
{
    if (rule->tables.n > 1 && rule->any_of != any_of) {
        scan_report(&parser->scanner, DIAG_FOLLOW_MIXED, word, NULL);
    }
    rule->any_of = any_of;
    rule->node.span = span_join(rule->node.span, table->node.span);
    vec_push_in(parser->arena, &rule->tables, table);
    return rule;
}

AstRule *
build_mask(Parser *parser, Span span, AstName *column, AstMaskKind mask, AstExpr *text)
{
    AstRule *rule = build_rule(parser, AST_RULE_MASK, span);
    vec_push_in(parser->arena, &rule->columns, column);
    rule->mask = mask;
    rule->text = text;
    return rule;
}

/* ---- tests ---- */

AstDecl *
build_test(Parser *parser, Span span, AstExpr *title, AstNodes *settings, AstExpr *at,
           AstNodes *steps)
{
    AstTest *test = NEW_DECL(AstTest, TEST, span, NULL);
    test->title = title;
    test->at = at;
    for (size_t i = 0; i < settings->n; i++) {
        vec_push_in(parser->arena, &test->settings, (AstSetting *)settings->items[i]);
    }
    for (size_t i = 0; i < steps->n; i++) {
        AstNode *step = steps->items[i];
        if (step->kind == AST_GIVEN) {
            vec_push_in(parser->arena, &test->givens, (AstGiven *)step);
        } else {
            vec_push_in(parser->arena, &test->expects, (AstExpect *)step);
        }
    }
    return &test->decl;
}

AstNode *
build_setting(Parser *parser, Span span, AstName *name, AstExpr *value)
{
    AstSetting *setting = NEW(AstSetting);
    *setting = (AstSetting){{AST_SETTING, span}, name, value};
    return &setting->node;
}

AstNode *
build_given(Parser *parser, Span span, AstQname *table, AstNames *columns, AstBody *body)
{
    AstGiven *given = NEW(AstGiven);
    *given = (AstGiven){{AST_GIVEN, span}, table, *columns, body};
    check_is_query(parser, body, "`given`");
    return &given->node;
}

AstNode *
build_expect(Parser *parser, Span span, AstQname *table, AstNames *columns, AstBody *body)
{
    AstExpect *expect = NEW(AstExpect);
    *expect = (AstExpect){{AST_EXPECT, span}, NULL, table, *columns, body};
    check_is_query(parser, body, "`expect`");
    return &expect->node;
}

AstNode *
build_expect_error(Parser *parser, Span span, AstExpr *pattern)
{
    AstExpect *expect = NEW(AstExpect);
    expect->node = (AstNode){AST_EXPECT, span};
    expect->error = pattern;
    return &expect->node;
}
