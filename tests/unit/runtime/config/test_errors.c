/* Scenario 28: every kind of mistake, with its line; and broken YAML of many kinds. */

#include "tests/unit/runtime/config/world.h"

#define URL  "    table_store: {args: {url: 'duckdb:///{instance_id}.db'}}\n"
#define FULL "instances:\n  full:\n" URL

typedef struct Case Case;
struct Case {
    const char *code;
    size_t line;
    const char *text; /* in message or hint */
    const char *yaml;
};

static const Case cases[] = {
    /* not YAML, or not ours */
    {"F0803", 2, "spaces", "instances:\n\tfull: {}\n"},
    {"F0803", 2, "quotes", "instances:\n  full: {table_store: {args: {url: {a}_b}}}\n"},
    {"F0803", 0, "", "instances:\n  full: {a: 1\n"},
    {"F0803", 0, "", "instances: [a, b\n"},
    {"F0803", 0, "end of stream", "'abc\n"},
    {"F0803", 2, "", "a: b\n c: d\n"},
    {"F0803", 1, "UTF-8", "name: \xff\xfe\n"},
    {"F0803", 1, "", "name: \"\\q\"\n"},
    {"F0803", 1, "control", "name: \x01\n"},
    {"F0803", 1, "", "%YAML 9.9\n---\na: b\n"},
    {"F0803", 1, "", "a: @b\n"},
    {"F0804", 2, "", "name: a\n---\nname: b\n"},
    {"F0804", 2, "", "instances: {full: {}}\n--- {}\n"},
    {"F0805", 2, "!!python/object",
     "instances:\n  full: !!python/object/apply:os.system ['true']\n"},
    {"F0805", 1, "!mine", "name: !mine x\n"},
    {"F0805", 1, "!!set", "instances: !!set {a, b}\n"},
    {"F0805", 1, "!!binary", "name: !!binary aGVsbG8=\n"},
    {"F0806", 3, "`full`", "instances:\n  full: {}\n  full: {}\n"},
    {"F0806", 3, "`name`", "name: a\ninstances: {}\n'name': b\n"},
    {"F0807", 1, "no anchor", "instances: *nothing\n"},
    {"F0807", 2, "part of", "instances: &i\n  full: *i\n"},
    {"F0807", 1, "part of", "name: &n [*n]\n"},
    {"F0808", 2, "not text", "instances:\n  full: {<<: abc}\n"},
    {"F0808", 1, "not int", "instances: {<<: [{}, 5]}\n"},
    {"F0809", 1, "not list", "? [a, b]\n: c\n"},
    {"F0809", 1, "not null", "~: c\n"},
    {"F0810", 3, "calendar", "instances:\n  full:\n    attrs: {d: 2026-02-30}\n"},
    {"F0810", 3, "64-bit", "instances:\n  full:\n    attrs: {d: 99999999999999999999}\n"},
    {"F0810", 3, "is no int", "instances:\n  full:\n    attrs: {d: !!int x}\n"},
    {"F0810", 3, "code 0", "instances:\n  full:\n    attrs: {d: \"a\\0b\"}\n"},
    {"F0812", 1, "a map of sections", "- a\n- b\n"},
    {"F0812", 1, "a map of sections", "just text\n"},
    {"F0825", 0, "instances:", ""},
    {"F0825", 0, "instances:", "# nothing\n"},
    {"F0825", 0, "instances:", "name: x\n"},
    {"F0825", 0, "", "instances:\n"},
    /* keys */
    {"F0811", 1, "`instances`", "instanecs: {full: {}}\n"},
    {"F0811", 1, "instances.__any__.fail_fast", "fail_fast: true\n"},
    {"F0811", 4, "did you mean `fail_fast`?", FULL "    fail_fats: true\n"},
    {"F0811", 4, "attrs", FULL "    regions: [eu]\n"},
    {"F0811", 4, "`table_store.args.schema_prefix`", FULL "    schema_prefix: a_\n"},
    {"F0811", 3, "did you mean `url`?", "instances:\n  full:\n    table_store: {args: {ulr: x}}\n"},
    {"F0811", 3, "metadata_table_store",
     "instances:\n  full:\n    table_store: {metadata_store: {}}\n"},
    {"F0811", 1, "technical_setups.a", "technical_setups: {a: {technical_setup: b}, b: {}}\n"},
    {"F0811", 1, "can't refer to each other",
     "table_store_connections: {a: {table_store_connection: a}}\n"},
    {"F0811", 1, "table_store_connections.a.args",
     "table_store_connections: {a: {args: {urll: x}}}\n"},
    {"F0811", 1, "flows.f", "flows: {f: {fail_fats: true}}\n"},
    {"F0811", 1, "flows.f.instances.full", "flows: {f: {instances: {full: {fail_fats: true}}}}\n"},
    {"F0811", 4, "hide_box",
     FULL "    visualization: {default: {styles: {a: {hide_boxx: true}}}}\n"},
    {"F0811", 4, "known", FULL "    lock_manager: {class: FileLockManager, args: {known: 1}}\n"},
    {"F0812", 4, "true or false, not text", FULL "    fail_fast: 'true'\n"},
    {"F0812", 4, "true or false, not int", FULL "    fail_fast: 1\n"},
    {"F0812", 4, "not 0", FULL "    jobs: 0\n"},
    {"F0812", 4, "not -3", FULL "    keep_versions: -3\n"},
    {"F0812", 4, "not float", FULL "    jobs: 1.5\n"},
    {"F0812", 4, "a text, not list", FULL "    instance_id: [a]\n"},
    {"F0812", 4, "quotes", FULL "    instance_id: no\n"},
    {"F0812", 4, "a map, not list", FULL "    attrs: [a]\n"},
    {"F0812", 4, "a map, not text", FULL "    lock_manager: FileLockManager\n"},
    {"F0812", 4, "a list of texts", FULL "    auto_table: [{a: b}]\n"},
    {"F0812", 2, "a map, not text", "instances:\n  full: abc\n"},
    {"F0812", 1, "true or false", "strict_instance_lookup: 5\n"},
    {"F0812", 1, "`instances` must be a map", "instances: [full]\n"},
    {"F0812", 3, "quotes", "instances:\n  full:\n    table_store: {args: {url: {$URL}}}\n"},
    {"F0813", 4, "did you mean `normal`?", FULL "    cache_validation: {mode: nomral}\n"},
    {"F0813", 4, "`schema_swap`, `read_views`", FULL "    stage_commit_technique: swap\n"},
    {"F0813", 4, "`run`, `stage`", FULL "    commit: table\n"},
    {"F0813", 4, "did you mean `FileLockManager`?",
     FULL "    lock_manager: {class: FileLockManger}\n"},
    {"F0813", 4, "of your own",
     FULL "    lock_manager: {class: my_company.locks.FileLockManager}\n"},
    {"F0814", 4, "did you mean `setup`?",
     FULL "    technical_setup: stup\ntechnical_setups: {setup: {}}\n"},
    {"F0814", 3, "has no `table_store_connections`",
     "instances:\n  full:\n    table_store: {table_store_connection: x}\n"},
    {"F0814", 1, "blob_store_connections",
     "technical_setups: {a: {blob_store: {blob_store_connection: x}}}\n"},
    {"F0815", 6, "`attrs.a` is map here but int",
     "instances:\n  __any__:\n" URL "    attrs: {a: 1}\n  full:\n    attrs: {a: {b: 1}}\n"},
    {"F0815", 6, "is text here but map",
     "instances:\n  __any__:\n" URL "    attrs: {a: {b: 1}}\n  full:\n    attrs: {a: b}\n"},
    {"F0828", 0, "nested", NULL}, /* the YAML is made below */
    {"F0828", 0, "200000", NULL},
    {"W0802", 1, "flows.f.instances.__any__", "flows: {f: {instances: {__any__: {}}}}\n"},
    /* what only shows when an instance is resolved */
    {"F0816", 3, "duckdb:///PATH",
     "instances:\n  full:\n    table_store: {args: {url: 'mssql+pyodbc://h/d'}}\n"},
    {"F0816", 3, "SQLTableStore",
     "instances:\n  full:\n    table_store: {class: ParquetTableStore, args: {url: 'duckdb:///x'}}\n"},
    {"F0816", 3, "same database",
     "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///x'}, metadata_table_store: {args: {url: 'duckdb:///y'}}}\n"},
    {"F0816", 4, "DatabaseLockManager",
     FULL "    lock_manager: {class: ZooKeeperLockManager, args: {hosts: h, timeout: 3}}\n"},
    {"F0816", 4, "SequentialEngine",
     FULL "    orchestration: {class: pydiverse.pipedag.engine.prefect.PrefectEngine}\n"},
    {"F0816", 4, "read_views", FULL "    stage_commit_technique: SCHEMA_SWAP\n"},
    {"F0817", 4, "UNSET_VARIABLE", FULL "    attrs: {a: ['x{$UNSET_VARIABLE}']}\n"},
    {"F0818", 3, "did you mean {instance_id}?",
     "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///{instance_ib}'}}\n"},
    {"F0818", 3, "did you mean {instance_id}?",
     "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///{instance id}'}}\n"},
    {"F0818", 3, "{{", "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///{name}'}}\n"},
    {"F0819", 3, "No such file",
     "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///{a}', url_attrs_file: none.yaml}}\n"},
    {"F0820", 3, "did you mean `postgresql`",
     "instances:\n  full:\n    table_store: {args: {url: 'postgrseql://h/d'}}\n"},
    {"F0820", 3, "port",
     "instances:\n  full:\n    table_store: {args: {url: 'postgresql://h:99999/d'}}\n"},
    {"F0820", 3, "in memory", "instances:\n  full:\n    table_store: {args: {url: 'duckdb://'}}\n"},
    {"F0820", 3, "in memory",
     "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///:memory:'}}\n"},
    {"F0820", 3, "three slashes",
     "instances:\n  full:\n    table_store: {args: {url: 'duckdb://data/x.db'}}\n"},
    {"F0820", 3, "known", "instances:\n  full:\n    table_store: {args: {url: 'nonsense'}}\n"},
    {"F0821", 1, "table_store.args.url",
     "instances: {full: {table_store: {args:\n  {schema_prefix: a}}}}\n"},
    {"F0821", 0, "table_store.args.url", "instances: {full: {}}\n"},
    {"F0821", 4, "base_path", FULL "    lock_manager: {class: FileLockManager}\n"},
    {"F0826", 4, "ignore_fresh_input",
     FULL "    cache_validation: {disable_cache_function: true}\n"},
    {"F0827", 4, "per_user_template", FULL "    instance_id: '{username}'\n"},
    {"F0827", 4, "dots", FULL "    instance_id: ../x\n"},
    {"F0827", 4, "empty", FULL "    instance_id: ''\n"},
    {"F0829", 4, "folders of this machine",
     FULL "    blob_store: {args: {base_path: 's3://bucket/x'}}\n"},
};

static const char *
deep_yaml(Arena *arena)
{
    Str text = {0};
    str_append(&text, "instances: {full: {attrs: {a: ");
    str_append_repeat(&text, '[', 5000);
    str_append_repeat(&text, ']', 5000);
    str_append(&text, "}}}\n");
    return str_take_in(&text, arena);
}

static const char *
alias_bomb(Arena *arena)
{
    Str text = {0};
    str_append(&text, "_a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
        str_append_format(&text, "_a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i,
                          i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    }
    str_append(&text, "instances: {full: {attrs: {a: *a29}}}\n");
    return str_take_in(&text, arena);
}

Test(errors, table_of_mistakes)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    world_environment = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const Case *c = &cases[i];
        const char *yaml = c->yaml;
        if (yaml == NULL) {
            yaml = strcmp(c->text, "nested") == 0 ? deep_yaml(arena) : alias_bomb(arena);
        }
        World world;
        bool ok = world_load(&world, yaml, "f", NULL);
        const Instance *instance = NULL;
        if (ok && c->code[0] == 'F') {
            cr_expect_lt(config_resolve(world.config, "full", false, world.diags, &instance), 0,
                         "%s", yaml);
        }
        cr_expect(world_has(&world, c->code, c->line, c->text), "case %zu, %s\n%s", i, yaml,
                  world_render(&world));
        world_deinit(&world);
    }
}

Test(errors, five_mistakes_five_messages)
{
    World world;
    world_environment = NULL;
    cr_assert_not(
        world_load(&world,
                   "instances:\n"
                   "  full:\n"
                   "    fail_fats: true\n"
                   "    jobs: many\n"
                   "    technical_setup: none\n"
                   "    cache_validation: {mode: fast}\n"
                   "    table_store:\n"
                   "      args: {url: 'duckdb:///{instanceid}.db', schema_prefix: '{$NO_SUCH}'}\n",
                   NULL, "full"));
    static const struct {
        const char *code;
        size_t line;
    } expected[] = {{"F0811", 3}, {"F0812", 4}, {"F0814", 5},
                    {"F0813", 6}, {"F0818", 8}, {"F0817", 8}};
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
        cr_assert(world_has(&world, expected[i].code, expected[i].line, ""), "%s\n%s",
                  expected[i].code, world_render(&world));
    }
    cr_assert_eq(diags_error_count(world.diags), ARRAY_LENGTH(expected), "%s",
                 world_render(&world));
    world_deinit(&world);
}

Test(errors, columns_count_characters)
{
    World world;
    world_environment = NULL;
    (void)world_load(
        &world, "\xef\xbb\xbfname: \xc3\xa4\r\ninstances: {\"\xe2\x82\xac\": {\xc3\xa4rgs: 1}}\r\n",
        NULL, NULL);
    cr_assert_not_null(strstr(world_render(&world), "pipedag.yaml:2:19: "), "%s",
                       world_render(&world));
    world_deinit(&world);
}

/* Nothing that is wrong in a block hinders an instance that does not use it, unless it is wrong in
 * itself. */
Test(errors, unused_blocks_may_name_what_we_lack)
{
    World world;
    world_environment = NULL;
    cr_assert(
        world_load(
            &world,
            FULL
            "  other: {table_store: {table_store_connection: mssql}, lock_manager: {class: ZooKeeperLockManager}}\n"
            "table_store_connections: {mssql: {args: {url: 'mssql://{$NO}:{$NO}@h/{instance_id}'}}}\n",
            NULL, "full"),
        "%s", world_render(&world));
    const Instance *instance = NULL;
    cr_assert_eq(config_preview(world.config, "other", false, world.diags, &instance), 0, "%s",
                 world_render(&world));
    cr_assert_eq(instance->engine, CONFIG_ENGINE_UNKNOWN);
    cr_assert_lt(config_resolve(world.config, "other", false, world.diags, &instance), 0);
    cr_assert(world_has(&world, "F0816", 5, "mssql"), "%s", world_render(&world));
    world_deinit(&world);
}

Test(errors, attrs_must_resolve_even_in_a_preview)
{
    World world;
    world_environment = NULL;
    cr_assert(world_load(&world, FULL "    attrs: {a: '{$NO_SUCH}'}\n", NULL, NULL));
    const Instance *instance = NULL;
    cr_assert_lt(config_preview(world.config, "full", false, world.diags, &instance), 0);
    cr_assert(world_has(&world, "F0817", 4, "NO_SUCH"));
    world_deinit(&world);
}
