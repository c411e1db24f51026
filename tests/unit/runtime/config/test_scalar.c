/* Plain scalars are what PyYAML says; the table was compared with it. */

#include "tests/unit/runtime/config/world.h"

static const struct {
    const char *text;
    ConfigKind kind;
    double number; /* bools: 0 or 1 */
} cases[] = {
    {"", CONFIG_NULL, 0},
    {"~", CONFIG_NULL, 0},
    {"Null", CONFIG_NULL, 0},
    {"nULL", CONFIG_TEXT, 0},
    {"true", CONFIG_BOOL, 1},
    {"Off", CONFIG_BOOL, 0},
    {"YES", CONFIG_BOOL, 1},
    {"y", CONFIG_TEXT, 0},
    {"tRue", CONFIG_TEXT, 0},
    {"0", CONFIG_INT, 0},
    {"-17", CONFIG_INT, -17},
    {"+5", CONFIG_INT, 5},
    {"1_000", CONFIG_INT, 1000},
    {"017", CONFIG_INT, 15},
    {"08", CONFIG_TEXT, 0},
    {"0o17", CONFIG_TEXT, 0},
    {"0x1F", CONFIG_INT, 31},
    {"0b101", CONFIG_INT, 5},
    {"0x", CONFIG_TEXT, 0},
    {"_1", CONFIG_TEXT, 0},
    {"12:30", CONFIG_INT, 750},
    {"1:75", CONFIG_TEXT, 0},
    {"190:20:30", CONFIG_INT, 685230},
    {"1.5", CONFIG_FLOAT, 1.5},
    {"1.", CONFIG_FLOAT, 1},
    {".5", CONFIG_FLOAT, .5},
    {"-.5", CONFIG_TEXT, 0},
    {"1e3", CONFIG_TEXT, 0},
    {"1.0e3", CONFIG_TEXT, 0},
    {"1.0e+3", CONFIG_FLOAT, 1000},
    {"1_0.5_0", CONFIG_FLOAT, 10.5},
    {"1:30.5", CONFIG_FLOAT, 90.5},
    {"1.2.3", CONFIG_TEXT, 0},
    {"127.0.0.1", CONFIG_TEXT, 0},
    {"2026-01-31", CONFIG_DATE, 0},
    {"2026-1-31", CONFIG_TEXT, 0},
    {"2026-1-3 1:02:03", CONFIG_TIMESTAMP, 0},
    {"2026-01-31T12:00:00.5Z", CONFIG_TIMESTAMP, 0},
    {"2026-01-31 12:00:00 +01:00", CONFIG_TIMESTAMP, 0},
    {"2026-01-31 12:00", CONFIG_TEXT, 0},
    {"9223372036854775807", CONFIG_INT, 9223372036854775807.0},
    {"-9223372036854775808", CONFIG_INT, -9223372036854775808.0},
    {"=", CONFIG_TEXT, 0},
    {"eu", CONFIG_TEXT, 0},
    {"-", CONFIG_TEXT, 0},
    {".", CONFIG_TEXT, 0},
    {":", CONFIG_TEXT, 0},
    {"1:", CONFIG_TEXT, 0},
};

Test(scalar, table_of_kinds)
{
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        ConfigNode node = {.kind = CONFIG_TEXT, .text = cases[i].text};
        const ConfigNode *plain = config_node_as_plain(arena, &node);
        cr_expect_eq(plain->kind, cases[i].kind, "`%s` is %s", cases[i].text,
                     config_kind_name(plain->kind));
        double number = plain->kind == CONFIG_BOOL ? (double)plain->boolean : plain->number;
        cr_expect(number >= cases[i].number && number <= cases[i].number, "`%s` is %g",
                  cases[i].text, number);
    }
}

Test(scalar, what_no_int_or_day_can_be_stays_text)
{
    static const char *const texts[] = {"9223372036854775808", "2026-02-30", "2026-01-01 25:00:00"};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        ConfigNode node = {.kind = CONFIG_TEXT, .text = texts[i]};
        cr_expect_eq(config_node_as_plain(arena, &node), &node);
    }
}

/* Tags and quotes, in attrs, where any kind may stand. */
Test(scalar, tags_and_quotes)
{
    static const struct {
        const char *value;
        ConfigKind kind;
    } values[] = {{"'5'", CONFIG_TEXT},
                  {"!!str 5", CONFIG_TEXT},
                  {"! 5", CONFIG_TEXT},
                  {"!!int '5'", CONFIG_INT},
                  {"!!float 5", CONFIG_FLOAT},
                  {"!!bool 'yes'", CONFIG_BOOL},
                  {"!!seq [a]", CONFIG_LIST},
                  {"!!map {a: b}", CONFIG_MAP},
                  {"!!timestamp '2026-01-31'", CONFIG_DATE},
                  {"\"\\u00e9\"", CONFIG_TEXT},
                  {"<<", CONFIG_TEXT}};
    world_environment = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        World world;
        const char *yaml = arena_printf(
            arena,
            "instances: {full: {table_store: {args: {url: 'duckdb:///x'}}, attrs: {a: %s, '<<': 1}}}\n",
            values[i].value);
        cr_assert(world_load(&world, yaml, NULL, "full"), "%s", world_render(&world));
        cr_expect_eq(config_node_get(world.instance->attrs, "a")->kind, values[i].kind, "%s",
                     values[i].value);
        cr_expect_not_null(config_node_get(world.instance->attrs, "<<"));
        world_deinit(&world);
    }
}
