/* Scenario 26: references and the order of merging, as a table of small files. */

#include "tests/unit/runtime/config/world.h"

#define URL "    table_store: {args: {url: 'duckdb:///{instance_id}.db'}}\n"

typedef struct Case Case;
struct Case {
    const char *about;
    const char *yaml;
    const char *flow;
    const char *instance;
    const char *key;
    const char *value; /* NULL: unset */
};

static const Case cases[] = {
    {"default where nothing is said", "instances:\n  full:\n" URL, NULL, "full", "keep_versions",
     "1"},
    {"__any__ over the default",
     "instances:\n  __any__:\n" URL "    keep_versions: 2\n  full: {}\n", NULL, "full",
     "keep_versions", "2"},
    {"the instance over __any__",
     "instances:\n  __any__:\n" URL "    keep_versions: 2\n  full: {keep_versions: 3}\n", NULL,
     "full", "keep_versions", "3"},
    {"flows.__any__ over the instance",
     "instances:\n  full:\n" URL "    keep_versions: 3\nflows: {__any__: {keep_versions: 4}}\n",
     "f", "full", "keep_versions", "4"},
    {"flows.__any__.instances over flows.__any__",
     "instances:\n  full:\n" URL
     "flows: {__any__: {keep_versions: 4, instances: {full: {keep_versions: 5}}}}\n",
     "f", "full", "keep_versions", "5"},
    {"the flow over flows.__any__.instances",
     "instances:\n  full:\n" URL
     "flows: {f: {keep_versions: 6}, __any__: {instances: {full: {keep_versions: 5}}}}\n",
     "f", "full", "keep_versions", "6"},
    {"the flow's instance over all",
     "instances:\n  full:\n" URL
     "flows: {f: {keep_versions: 6, instances: {full: {keep_versions: 7}}}}\n",
     "f", "full", "keep_versions", "7"},
    {"another flow does not count", "instances:\n  full:\n" URL "flows: {g: {keep_versions: 6}}\n",
     "f", "full", "keep_versions", "1"},
    {"another instance does not count",
     "instances:\n  full:\n" URL "  mini:\n" URL "    keep_versions: 9\n", NULL, "full",
     "keep_versions", "1"},
    {"an instance may stand under a flow only",
     "flows:\n  f:\n" URL "    instances: {only: {keep_versions: 8}}\n", "f", "only",
     "keep_versions", "8"},
    {"maps merge key by key",
     "instances:\n  __any__:\n" URL "    attrs: {a: {x: 1, y: 2}}\n  full: {attrs: {a: {y: 3}}}\n",
     NULL, "full", "attrs.a.x", "1"},
    {"maps merge key by key, the later wins",
     "instances:\n  __any__:\n" URL "    attrs: {a: {x: 1, y: 2}}\n  full: {attrs: {a: {y: 3}}}\n",
     NULL, "full", "attrs.a.y", "3"},
    {"lists are replaced whole",
     "instances:\n  __any__:\n" URL "    attrs: {r: [eu, us]}\n  full: {attrs: {r: [cn]}}\n", NULL,
     "full", "attrs.r", "[cn]"},
    {"a scalar may replace a list",
     "instances:\n  __any__:\n" URL "    attrs: {r: [eu]}\n  full: {attrs: {r: 1}}\n", NULL, "full",
     "attrs.r", "1"},
    {"an int may become a float, a text anything",
     "instances:\n  __any__:\n" URL "    attrs: {r: 1}\n  full: {attrs: {r: 1.5}}\n", NULL, "full",
     "attrs.r", "1.5"},
    {"null removes a key",
     "instances:\n  __any__:\n" URL "    attrs: {r: 1, s: 2}\n  full: {attrs: {r: null}}\n", NULL,
     "full", "attrs.r", NULL},
    {"null leaves its neighbours",
     "instances:\n  __any__:\n" URL "    attrs: {r: 1, s: 2}\n  full: {attrs: {r: ~}}\n", NULL,
     "full", "attrs.s", "2"},
    {"null removes a map",
     "instances:\n  __any__:\n" URL "    attrs: {r: {a: 1}}\n  full: {attrs: {r: }}\n", NULL,
     "full", "attrs.r.a", NULL},
    {"null brings the default back",
     "instances:\n  __any__:\n" URL "    keep_versions: 5\n  full: {keep_versions: null}\n", NULL,
     "full", "keep_versions", "1"},
    {"what null removed can be set again",
     "instances:\n  __any__:\n" URL "    attrs: {r: {a: 1}}\n  full: {attrs: {r: null}}\n"
     "flows: {f: {attrs: {r: 5}}}\n",
     "f", "full", "attrs.r", "5"},
    {"null with nothing under it is no value", "instances:\n  full:\n" URL "    attrs: {r: null}\n",
     NULL, "full", "attrs.r", NULL},
    {"an empty section is an instance", "instances:\n  __any__:\n" URL "  full:\n", NULL, "full",
     "instance_id", "full"},
    {"a setup fills in",
     "technical_setups: {s: {keep_versions: 2, attrs: {a: 1}}}\ninstances:\n  full:\n" URL
     "    technical_setup: s\n    attrs: {b: 2}\n",
     NULL, "full", "attrs.a", "1"},
    {"what stands beside a reference stays if the block does not say it",
     "technical_setups: {s: {keep_versions: 2, attrs: {a: 1}}}\ninstances:\n  full:\n" URL
     "    technical_setup: s\n    attrs: {b: 2}\n",
     NULL, "full", "attrs.b", "2"},
    {"the block wins over what stands beside the reference",
     "technical_setups: {s: {keep_versions: 2}}\ninstances:\n  full:\n" URL
     "    technical_setup: s\n    keep_versions: 3\n",
     NULL, "full", "keep_versions", "2"},
    {"a later layer wins over a block",
     "technical_setups: {s: {keep_versions: 2}}\ninstances:\n  __any__:\n" URL
     "    technical_setup: s\n  full: {keep_versions: 3}\n",
     NULL, "full", "keep_versions", "3"},
    {"a setup names a connection",
     "technical_setups: {s: {table_store: {table_store_connection: c}}}\n"
     "table_store_connections: {c: {args: {url: 'duckdb:////x/{instance_id}.db', schema_prefix: p_}}}\n"
     "instances: {full: {technical_setup: s}}\n",
     NULL, "full", "table_store.args.schema_prefix", "p_"},
    {"a layer's connection merges over another's",
     "table_store_connections: {c: {args: {url: 'duckdb:////x/a.db', schema_prefix: p_}},"
     " d: {args: {url: 'duckdb:////x/b.db'}}}\n"
     "instances: {__any__: {table_store: {table_store_connection: c}}, full: {table_store: {table_store_connection: d}}}\n",
     NULL, "full", "table_store.args.url", "duckdb:////x/b.db"},
    {"and what it does not say stays",
     "table_store_connections: {c: {args: {url: 'duckdb:////x/a.db', schema_prefix: p_}},"
     " d: {args: {url: 'duckdb:////x/b.db'}}}\n"
     "instances: {__any__: {table_store: {table_store_connection: c}}, full: {table_store: {table_store_connection: d}}}\n",
     NULL, "full", "table_store.args.schema_prefix", "p_"},
    {"a blob connection brings class and path",
     "blob_store_connections: {none: {class: NoBlobStore, args: }, file: {args: {base_path: /b}}}\ninstances:\n  __any__:\n" URL
     "    blob_store: {blob_store_connection: file}\n  full: {blob_store: {blob_store_connection: none}}\n",
     NULL, "full", "blob_store.class", "NoBlobStore"},
    {"a null in a block removes what lies below",
     "technical_setups: {s: {attrs: {a: null}}}\ninstances:\n  __any__:\n" URL
     "    attrs: {a: 1}\n  full: {technical_setup: s}\n",
     NULL, "full", "attrs.a", NULL},
    {"references in flows",
     "technical_setups: {s: {keep_versions: 2}}\ninstances:\n  full:\n" URL
     "flows: {f: {instances: {full: {technical_setup: s}}}}\n",
     "f", "full", "keep_versions", "2"},
    {"a null reference is none", "instances:\n  full:\n" URL "    technical_setup: null\n", NULL,
     "full", "keep_versions", "1"},
    {"__any__ serves where lookup is not strict",
     "strict_instance_lookup: false\ninstances:\n  __any__:\n" URL "    keep_versions: 2\n", NULL,
     "other", "keep_versions", "2"},
    {"and gives its name to the id", "strict_instance_lookup: false\ninstances:\n  __any__:\n" URL,
     NULL, "other", "instance_id", "other"},
    {"kroki's address is hidden by default", "instances:\n  full:\n" URL, NULL, "full",
     "disable_kroki", "true"},
};

Test(merge, table_of_cases)
{
    world_environment = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const Case *c = &cases[i];
        World world;
        cr_assert(world_load(&world, c->yaml, c->flow, c->instance), "%s: %s", c->about,
                  world_render(&world));
        const char *value = world_setting(&world, c->key);
        cr_assert(text_equal(value, c->value), "%s: %s is %s", c->about, c->key,
                  value != NULL ? value : "unset");
        world_deinit(&world);
    }
}

Test(merge, warns_where_a_reference_hides_a_value)
{
    World world;
    cr_assert(world_load(&world,
                         "technical_setups:\n  s:\n    keep_versions: 2\n    fail_fast: true\n"
                         "instances:\n  full:\n" URL
                         "    technical_setup: s\n    keep_versions: 3\n    fail_fast: true\n",
                         NULL, "full"));
    cr_assert_eq(diags_warning_count(world.diags), 1, "%s", world_render(&world));
    cr_assert(world_has(&world, "W0801", 9, "keep_versions"), "%s", world_render(&world));
    cr_assert_not_null(strstr(world_render(&world), "pipedag.yaml:3:"));
    world_deinit(&world);
}

Test(merge, instances_come_in_the_order_of_the_file)
{
    World world;
    cr_assert(
        world_load(
            &world,
            "instances:\n  zeta:\n" URL "  __any__: {}\n  alpha:\n" URL
            "flows: {f: {instances: {beta: {table_store: {args: {url: 'duckdb:///b.db'}}}, zeta: {}}},"
            " g: {instances: {not_ours: {}}}}\n",
            "f", NULL),
        "%s", world_render(&world));
    size_t n;
    const char *const *names = config_instance_names(world.config, &n);
    cr_assert_eq(n, 3);
    cr_assert_str_eq(names[0], "zeta");
    cr_assert_str_eq(names[1], "alpha");
    cr_assert_str_eq(names[2], "beta");
    world_deinit(&world);
}

Test(merge, the_default_instance)
{
    static const struct {
        const char *yaml, *variable, *expected, *code;
    } choices[] = {
        {"instances:\n  mini:\n" URL "  full:\n" URL, NULL, "full", NULL},
        {"instances:\n  only:\n" URL, NULL, "only", NULL},
        {"instances:\n  __any__:\n" URL, NULL, "__any__", NULL},
        {"instances:\n  a:\n" URL "  b:\n" URL, NULL, NULL, "F0824"},
        {"instances:\n  a:\n" URL "  b:\n" URL, "PIPEDAG_INSTANCE=b", "b", NULL},
        {"instances:\n  a:\n" URL "  full:\n" URL, "PIPEDAG_INSTANCE=", "full", NULL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(choices); i++) {
        const char *environment[] = {choices[i].variable, NULL};
        world_environment = environment;
        World world;
        cr_assert(world_load(&world, choices[i].yaml, NULL, NULL), "%s", world_render(&world));
        const char *name = config_default_instance(world.config, world.diags);
        cr_assert(text_equal(name, choices[i].expected), "%zu: %s", i, name);
        cr_assert(choices[i].code == NULL || world_has(&world, choices[i].code, 0, "`a`, `b`"),
                  "%s", world_render(&world));
        world_deinit(&world);
    }
}

/* Scenario 28: the known ones, nearest first. */
Test(merge, an_unknown_instance)
{
    World world;
    cr_assert_not(world_load(&world, "instances:\n  full:\n" URL "  midi:\n" URL "  mini:\n" URL,
                             NULL, "mnii"));
    cr_assert(world_has(&world, "F0823", 0, "known: `mini`, `full`, `midi`"), "%s",
              world_render(&world));
    world_deinit(&world);
}

Test(merge, without_a_file_there_are_three_instances)
{
    World world;
    world_environment = NULL;
    world_init(&world);
    cr_assert(world_resolve(&world, NULL, "mini", false), "%s", world_render(&world));
    size_t n;
    const char *const *names = config_instance_names(world.config, &n);
    cr_assert(n == 3 && strcmp(names[0], "full") == 0 && strcmp(names[1], "midi") == 0 &&
              strcmp(names[2], "mini") == 0);
    cr_assert_null(config_path(world.config));
    cr_assert_str_eq(config_default_instance(world.config, world.diags), "full");
    cr_assert_str_eq(secret_reveal(world.instance->url),
                     arena_printf(world.arena, "duckdb:///%s/.pdc/mini.duckdb", world.folder));
    const ConfigNode *copy = config_node_get(world.instance->attrs, "copy_filtered_input");
    cr_assert(copy->is_default && copy->boolean && copy->span.file == NULL);
    cr_assert_str_eq(config_node_get(world.instance->attrs, "copy_source")->text, "full");
    cr_assert_eq(world.instance->engine, CONFIG_ENGINE_DUCKDB);
    cr_assert_eq(world.instance->jobs, 0);
    world_deinit(&world);
}
