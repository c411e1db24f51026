/* A secret is planted wherever one may stand; no message, no setting and no SourceFile may show it.
 */

#include "tests/unit/runtime/config/world.h"

#define SECRET "hunter2hunter2"

static const char *const environment[] = {"PW=" SECRET, "URL=postgresql://u:" SECRET "@h/d", NULL};

/* Each file has the secret somewhere and, often, a mistake on the same line, so that the line is
 * printed. */
static const char *const files[] = {
    "instances: {full: {table_store: {args: {url: 'postgresql://u:" SECRET
    "@h:99999/d', nope: 1}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://u:" SECRET "@h/d', nope: 1}}}}\n",
    "instances: {full: {table_store: {args: {url: 'nope://u:" SECRET "@h/d'}}}}\n",
    "instances: {full: {table_store: {args: {url: 'mssql://u:" SECRET "@h/d?password=" SECRET
    "'}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://u:" SECRET "@h/d/{nope}'}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://u:" SECRET "@h/d/{$NOPE}'}}}}\n",
    "instances: {full: {table_store: {args: {url: \"postgresql://u:a\\\"b" SECRET "@h:x/d\"}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://u:a''b " SECRET "@h:x/d'}}}}\n",
    "instances: {full: {table_store: {args: {url: 'host=h password=" SECRET " port=x'}}}}\n",
    "instances: {full: {table_store: {args: {url: 'host=h port=x password=''a b" SECRET "'''}}}}\n",
    "instances: {full: {table_store: {args: {url: 'host=h port=x password=a\\ b" SECRET "'}}}}\n",
    "instances: {full: {table_store: {args: {url: \"host=h port=x password='a\\\"b " SECRET
    "'\"}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://h:x/d?sslpassword=" SECRET
    "'}}}}\n",
    "instances: {full: {table_store: {args: {url: '{$URL}x/{nope}'}}}}\n",
    "instances: {full: {table_store: {args: {url: '{$URL}', nope: 1}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://u:{$PW}@h:x/d'}}}}\n",
    "instances: {full: {table_store: {args: {url: 'host=h port=x password={$PW}'}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://{username}:{password}@{host}/d', url_attrs_file: a.yaml, nope: 1}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://{password}@h:x/{nope}', url_attrs_file: a.yaml}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://{password}@h/d', url_attrs_file: broken.yaml}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://{password}@h/d', url_attrs_file: list.yaml}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://{nope}@h/d', url_attrs_file: twice.yaml}}}}\n",
    "instances: {full: {masking_key: " SECRET
    ", nope: 1, table_store: {args: {url: 'duckdb:///x'}}}}\n",
    "instances: {full: {masking_key: " SECRET ", table_store: {args: {url: 'duckdb:///x'}}}}\n",
    "instances: {full: {masking_key: [" SECRET "], table_store: {args: {url: 'duckdb:///x'}}}}\n",
    "instances:\n  full:\n    masking_key: *" SECRET "\n",
    "instances:\n  full:\n    masking_key: !" SECRET " x\n",
    "instances:\n  full:\n    attrs: {api_token: !" SECRET " 2026-99-99}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://{password}@h/d', url_attrs_file: alias.yaml}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://{password}@h/d', url_attrs_file: tag.yaml}}}}\n",
    "instances: {full: {masking_key: '{$PW}', nope: 1, table_store: {args: {url: 'duckdb:///x'}}}}\n",
    "instances: {full: {masking_key: '{$PW}', table_store: {args: {url: 'duckdb:///x'}}}}\n",
    "instances: {full: {nope: 1, masking_key: >-\n  abc\n  " SECRET
    "\n, table_store: {args: {url: 'duckdb:///x'}}}}\n",
    "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///x'}}\n    masking_key: |\n      abc\n      " SECRET
    "\n    nope: 1\n",
    "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///x'}}\n    masking_key:\n      abc\n      " SECRET
    "\n    nope: 1\n",
    "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///x'}}\n    attrs: {api_token: " SECRET
    ", x: 2026-99-99}\n",
    "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///x'}}\n    attrs: {api_token: " SECRET
    ", erp: 'postgresql://u:" SECRET "@h/d'}\n",
    "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///x'}}\n    attrs: {tokens: {a: " SECRET
    ", b: [" SECRET "]}, plain: '{$PW}', list: ['{$PW}']}\n",
    "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///x', materialization_details: {a: {password: " SECRET
    "}}}}\n",
    "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///x'}, hook_args: {a: {password: " SECRET
    "}}}\n",
    "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///x'}, metadata_table_store: {args: {url: 'postgresql://u:" SECRET
    "@h/d'}}}\n",
    "instances:\n  full:\n    kroki_url: 'https://u:" SECRET
    "@h/'\n    disable_kroki: false\n    table_store: {args: {url: 'duckdb:///x'}}\n",
    "instances:\n  full:\n    blob_store: {args: {base_path: 's3://key:" SECRET
    "@bucket'}}\n    table_store: {args: {url: 'duckdb:///x'}}\n",
    /* what no look at single lines can find */
    "instances: {full: {table_store: {args: {url: \"postgresql:\\/\\/u:" SECRET "@h:x/d\"}}}}\n",
    "instances: {full: {table_store: {args: {url: \"postgresql:\\/\\/\\x75:" SECRET
    "@h:x/d\"}}}}\n",
    "instances: {full: {table_store: {args: {url: \"postgresql:\\/\\/\\x75:" SECRET
    "\\x40h:x/d\"}}}}\n",
    "instances: {full: {nope: 1, masking_key: {a: 1}, table_store: {args: {url: \"postgresql://u:\\\n    " SECRET
    "@h:x/d\"}}}}\n",
    "instances: {full: {\"masking\\x5fkey\": " SECRET ", nope: 1}}\n",
    "instances: {full: {table_store: {args: {url: \"host=h port=x pass\\\n    word=" SECRET
    "\"}}}}\n",
    /* broken YAML */
    "instances: {full: {table_store: {args: {url: 'postgresql://u:" SECRET "@h/d\n",
    "instances: {full: {table_store: {args: {url: postgresql://u:" SECRET "@h/d: x: y}}}}\n",
    "url: \"postgresql://u:" SECRET "@h/d\n",
    "masking_key: @" SECRET "\n",
    "masking_key: '" SECRET "\nx: y\n",
    "masking_key: \"" SECRET "\\q\"\n",
    "password : " SECRET ": x: y\n",
    "\tpassword: " SECRET "\n",
    "a: b\n c: {password: " SECRET "}\n",
    "# password: " SECRET "\n- x\n y: z\n",
    "password: !!python/object " SECRET "\n",
    "masking_key: " SECRET "\nmasking_key: " SECRET "\n",
    "table_store_connections: {a: {args: {url: 'postgresql://u:" SECRET
    "@h/d', url: 'postgresql://u:" SECRET "@h/d'}}}\n",
    "technical_setups: {a: {table_store: {args: {url: 'postgresql://a:" SECRET "@h/d'}}}}\n"
    "instances: {full: {technical_setup: a, table_store: {args: {url: 'postgresql://b:" SECRET
    "@h/d'}}}}\n",
    "instances: {full: {table_store: {args: {url: 'postgresql://b:" SECRET
    "@h/d'}}}, mini: {table_store: {args: {url: 'postgresql://b:" SECRET "@h/d'}}}}\n",
};

static void
check_settings(const World *world, const Instance *instance, const char *yaml)
{
    const ConfigSetting *settings;
    size_t n = config_settings(world->config, instance, world->arena, &settings);
    for (size_t i = 0; i < n; i++) {
        cr_expect_null(strstr(settings[i].value, SECRET), "%s\n%s: %s", yaml, settings[i].key,
                       settings[i].value);
    }
    cr_expect(instance->display_url == NULL || strstr(instance->display_url, SECRET) == NULL, "%s",
              yaml);
}

static void
check_messages(World *world, const char *yaml)
{
    cr_expect_null(strstr(world_render(world), SECRET), "%s\n%s", yaml, world_render(world));
    DiagView view;
    for (size_t i = 0; diags_view(world->diags, i, &view); i++) {
        const SourceFile *file = view.span.file;
        cr_expect(file == NULL || strstr(file->text, SECRET) == NULL, "%s\n%s", yaml, file->text);
    }
}

static void
write_attrs_files(World *world)
{
    static const struct {
        const char *name, *text;
    } attrs[] = {{"a.yaml", "username: u\nhost: h\npassword: " SECRET "\n"},
                 {"broken.yaml", "username: u\npassword: '" SECRET "\n"},
                 {"list.yaml", "username: " SECRET "\npassword: [" SECRET "]\n"},
                 {"alias.yaml", "username: u\npassword: *" SECRET "\n"},
                 {"tag.yaml", "username: u\npassword: !" SECRET " x\n"},
                 {"twice.yaml", "username: " SECRET "\nusername: " SECRET "\n"}};
    for (size_t i = 0; i < ARRAY_LENGTH(attrs); i++) {
        world_write(world, attrs[i].name, attrs[i].text, strlen(attrs[i].text));
    }
}

Test(secrets, are_never_shown)
{
    world_environment = environment;
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        World world;
        world_init(&world);
        write_attrs_files(&world);
        world_write(&world, "pipedag.yaml", files[i], strlen(files[i]));
        (void)world_resolve(&world, NULL, "full", false);
        if (world.instance != NULL) {
            check_settings(&world, world.instance, files[i]);
        }
        const Instance *preview = NULL;
        if (world.config != NULL &&
            config_preview(world.config, "full", true, world.diags, &preview) == 0) {
            check_settings(&world, preview, files[i]);
        }
        check_messages(&world, files[i]);
        world_deinit(&world);
    }
}

/* The store gets them nevertheless. */
Test(secrets, reach_the_store)
{
    World world;
    world_environment = environment;
    cr_assert(world_load(&world,
                         "instances: {full: {masking_key: '{$PW}', attrs: {token: '{$PW}'},"
                         " table_store: {args: {url: 'postgresql://u:{$PW}@h/d'}}}}\n",
                         NULL, "full"));
    cr_assert_str_eq(secret_reveal(world.instance->url), "postgresql://u:" SECRET "@h/d");
    cr_assert_str_eq(secret_reveal(world.instance->masking_key), SECRET);
    cr_assert_str_eq(config_node_get(world.instance->attrs, "token")->text, SECRET);
    cr_assert_str_eq(world_setting(&world, "attrs.token"), "***");
    cr_assert_str_eq(world_setting(&world, "masking_key"), "***");
    cr_assert_str_eq(world_setting(&world, "table_store.args.url"), "postgresql://u:***@h/d");
    world_deinit(&world);
}
