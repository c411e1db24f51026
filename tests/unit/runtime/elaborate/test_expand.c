/*
 * Fragments, values and names of a query, elaborated from pieces that are written out here as
 * generated code has them.
 */
#include "runtime/base/macros.h"
#include "runtime/elaborate/elaborate.h"
#include "runtime/elaborate/render.h"

#include <criterion/criterion.h>

#define TEXT(sql)                                                                                  \
    {                                                                                              \
        .kind = PDC_PIECE_TEXT, .text = (sql)                                                      \
    }
#define BLANK                                                                                      \
    {                                                                                              \
        .kind = PDC_PIECE_TEXT, .text = " ", .canon = ""                                           \
    }
#define VARIABLE(name)                                                                             \
    &(const PdcExpr)                                                                               \
    {                                                                                              \
        .kind = PDC_EXPR_VARIABLE, .text = (name)                                                  \
    }
#define ATTR(name)                                                                                 \
    &(const PdcExpr)                                                                               \
    {                                                                                              \
        .kind = PDC_EXPR_ATTR, .text = (name)                                                      \
    }
#define PIECES(...)                                                                                \
    {                                                                                              \
        .items = (const PdcPiece[]){__VA_ARGS__},                                                  \
        .n = sizeof((const PdcPiece[]){__VA_ARGS__}) / sizeof(PdcPiece)                            \
    }

static const char *const loop_variable[] = {"x"};

static const PdcPiece loop_comma = {.kind = PDC_PIECE_FOR,
                                    .expr = ATTR("list"),
                                    .variables = loop_variable,
                                    .n_variables = 1,
                                    .body =
                                        PIECES({.kind = PDC_PIECE_VALUE, .expr = VARIABLE("x")})};

/** A flow of one table with this query. */
static const char *
expand(Arena *arena, PdcPieces pieces, Value list, Value flag)
{
    PdcQuery query = {.pieces = pieces};
    PdcBody body = {.kind = PDC_BODY_QUERY, .query = &query};
    PdcNamePart part = {.text = "t"};
    PdcName name = {&part, 1};
    PdcTable table = {.names = &name, .n_names = 1, .body = &body};
    PdcItem item = {.kind = PDC_ITEM_TABLE, .table = &table};
    PdcStage stage = {.name = "s", .items = {&item, 1}};
    PdcFlow *unit = ARENA_NEW(arena, PdcFlow);
    *unit = (PdcFlow){.abi = PDC_ABI, .name = "f", .stages = &stage, .n_stages = 1};
    CLEANUP(diags_freep) Diags *diags = diags_new();
    Map *attrs = map_new(arena);
    map_set(attrs, "list", &list);
    map_set(attrs, "flag", &flag);
    Environment environment = {.attrs = attrs};
    const Flow *flow;
    Rendered rendered;
    Error error = {0};
    FlowSources *sources = flow_sources_new(unit, arena);
    if (elaborate(unit, &environment, sources, arena, diags, &flow) < 0) {
        return NULL;
    }
    RenderContext context = {.flow = flow, .environment = &environment, .sources = sources};
    cr_assert_eq(
        flow_query_render(flow->tables[0]->body->query, &context, arena, &rendered, &error), 0);
    return rendered.text;
}

static Value
list_of(const Value *items, size_t n)
{
    return (Value){.kind = VALUE_LIST, .items = items, .n_items = n};
}

Test(expand, a_loop_repeats_its_fragment)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const Value items[] = {value_text("a"), value_text("it's")};
    PdcPieces pieces = PIECES(TEXT("select k"), TEXT(","), BLANK, loop_comma);
    cr_expect_str_eq(expand(arena, pieces, list_of(items, 2), VALUE_OF_NULL),
                     "select k, 'a', 'it''s'");
}

Test(expand, an_empty_list_swallows_one_neighbouring_comma)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    PdcPieces before = PIECES(TEXT("select k"), TEXT(","), BLANK, loop_comma, TEXT(" from t"));
    cr_expect_str_eq(expand(arena, before, list_of(NULL, 0), VALUE_OF_NULL), "select k  from t");
    PdcPieces after = PIECES(TEXT("select "), loop_comma, TEXT(","), TEXT(" k from t"));
    cr_expect_str_eq(expand(arena, after, list_of(NULL, 0), VALUE_OF_NULL), "select  k from t");
    PdcPieces between =
        PIECES(TEXT("select a"), TEXT(","), BLANK, loop_comma, TEXT(","), TEXT(" b"));
    cr_expect_str_eq(expand(arena, between, list_of(NULL, 0), VALUE_OF_NULL), "select a , b");
}

Test(expand, a_fragment_with_its_own_comma_leaves_the_neighbours)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    PdcPieces pieces =
        PIECES(TEXT("select a"), TEXT(","), BLANK,
               {.kind = PDC_PIECE_IF, .expr = ATTR("flag"), .body = PIECES(TEXT("b"), TEXT(","))},
               TEXT(" c"));
    cr_expect_str_eq(expand(arena, pieces, VALUE_OF_NULL, value_bool(false)), "select a,  c");
    cr_expect_str_eq(expand(arena, pieces, VALUE_OF_NULL, value_bool(true)), "select a, b, c");
}

Test(expand, an_empty_condition_is_neutral)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    PdcPiece loop = loop_comma;
    loop.join = PDC_JOIN_AND;
    const PdcPiece items[] = {TEXT("where a and "), loop};
    PdcPieces pieces = {items, 2};
    cr_expect_str_eq(expand(arena, pieces, list_of(NULL, 0), VALUE_OF_NULL), "where a and true");
}

Test(expand, glued_text_and_values_make_one_quoted_identifier)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const PdcNamePart parts[] = {{.text = "sum_"}, {.expr = ATTR("flag")}};
    PdcPieces pieces = PIECES(TEXT("select 1 as "), {.kind = PDC_PIECE_IDENT, .name = {parts, 2}});
    cr_expect_str_eq(expand(arena, pieces, VALUE_OF_NULL, value_text("a\"; drop")),
                     "select 1 as \"sum_a\"\"; drop\"");
}

Test(expand, a_condition_that_is_no_truth_is_refused)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    PdcPieces pieces =
        PIECES({.kind = PDC_PIECE_IF, .expr = ATTR("flag"), .body = PIECES(TEXT("b"))});
    cr_expect_null(expand(arena, pieces, VALUE_OF_NULL, value_int(1)));
}
