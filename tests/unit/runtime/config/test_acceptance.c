/* The first user's own file, byte for byte. */

#include "tests/unit/runtime/config/world.h"

static const char *const environment[] = {"POSTGRES_PASSWORD_CFG=postgres_password.yaml",
                                          "POSTGRES_USERNAME=sa", "POSTGRES_PASSWORD=Pydiverse23",
                                          NULL};

static void
load(World *world, const char *name, bool per_user)
{
    static const char *const files[] = {"pipedag.yaml", "postgres_password.yaml"};
    world_init(world);
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        char *text;
        size_t length;
        const char *path = arena_printf(world->arena, "%s/tests/unit/runtime/config/acceptance/%s",
                                        PDC_SOURCE_DIR, files[i]);
        cr_assert_eq(file_read(world->arena, path, 0, &text, &length), 0);
        world_write(world, files[i], text, length);
    }
    (void)world_resolve(world, "test_instance_selection", name, per_user);
}

Test(acceptance, resolves_every_instance)
{
    static const struct {
        const char *name;
        int64_t filter_cnt;
    } cases[] = {{"full", 0}, {"midi", 2}, {"mini", 1}};
    world_environment = environment;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        World world;
        load(&world, cases[i].name, false);
        cr_assert_not_null(world.instance, "%s", world_render(&world));
        const Instance *instance = world.instance;
        cr_assert_str_eq(world_render(&world), "");
        cr_assert_str_eq(instance->instance_id, cases[i].name);
        cr_assert_eq(instance->engine, CONFIG_ENGINE_POSTGRES);
        cr_assert_str_eq(secret_reveal(instance->url),
                         "postgresql://sa:Pydiverse23@127.0.0.1:6543/pipedag");
        cr_assert_str_eq(instance->display_url, "postgresql://sa:***@127.0.0.1:6543/pipedag");
        cr_assert_str_eq(instance->schema_prefix, arena_printf(world.arena, "%s_", cases[i].name));
        cr_assert_str_eq(instance->schema_suffix, "");
        cr_assert_str_eq(instance->blob_path,
                         arena_printf(world.arena, "/tmp/pipedag/blobs/%s", cases[i].name));
        cr_assert(instance->fail_fast && instance->create_database && instance->print_sql &&
                  instance->print_materialize);
        cr_assert_eq(instance->technique, TECHNIQUE_AUTO);
        cr_assert_eq(instance->commit, COMMIT_RUN);
        cr_assert_eq(instance->keep_versions, 1);
        cr_assert_eq(instance->jobs, 1);
        cr_assert_eq(instance->cache_validation.mode, CACHE_NORMAL);
        cr_assert_eq(instance->lock, LOCK_DATABASE);
        cr_assert_null(instance->kroki_url);
        const ConfigNode *copy = config_node_get(instance->attrs, "copy_filtered_input");
        cr_assert_eq(copy->kind, CONFIG_BOOL);
        cr_assert_eq(copy->boolean, cases[i].filter_cnt > 0);
        const ConfigNode *count = config_node_get(instance->attrs, "copy_filter_cnt");
        cr_assert_eq(count != NULL ? count->integer : 0, cases[i].filter_cnt);
        world_deinit(&world);
    }
}

Test(acceptance, the_first_user_may_have_an_instance_of_their_own)
{
    World world;
    world_environment = environment;
    load(&world, "full", true);
    cr_assert_not_null(world.instance, "%s", world_render(&world));
    cr_assert_str_eq(world.instance->instance_id, "full_alice");
    cr_assert_str_eq(world.instance->schema_prefix, "full_alice_");
    cr_assert_str_eq(world.instance->blob_path, "/tmp/pipedag/blobs/full_alice");
    world_deinit(&world);
}

/* The connection `postgres` names variables, but no instance uses it: they may be missing. */
Test(acceptance, only_what_an_instance_uses_must_be_there)
{
    static const char *const needed[] = {"POSTGRES_PASSWORD_CFG=postgres_password.yaml", NULL};
    World world;
    world_environment = needed;
    load(&world, "mini", false);
    cr_assert_not_null(world.instance, "%s", world_render(&world));
    world_deinit(&world);
}

Test(acceptance, without_the_environment_it_compiles_but_does_not_run)
{
    static const char *const names[] = {"full", "midi", "mini"};
    World world;
    world_environment = NULL;
    load(&world, NULL, false);
    cr_assert_str_eq(world_render(&world), "");
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const Instance *instance = NULL;
        cr_assert_eq(config_preview(world.config, names[i], false, world.diags, &instance), 0);
        cr_assert_eq(instance->engine, CONFIG_ENGINE_POSTGRES);
        cr_assert_null(instance->url);
        cr_assert_not_null(config_node_get(instance->attrs, "copy_filtered_input"));
    }
    const Instance *instance = NULL;
    cr_assert_lt(config_resolve(world.config, "mini", false, world.diags, &instance), 0);
    cr_assert(world_has(&world, "F0817", 6, "POSTGRES_PASSWORD_CFG"), "%s", world_render(&world));
    cr_assert_eq(diags_error_count(world.diags), 1, "%s", world_render(&world));
    world_deinit(&world);
}

/* Scenario 2: the same written with anchors, merge keys and no references. */
Test(acceptance, anchors_say_the_same_as_references)
{
    static const char yaml[] =
        "name: data_pipeline\n"
        "_postgres: &postgres\n"
        "  url: 'postgresql://{username}:{password}@{host}:{port}/pipedag'\n"
        "  url_attrs_file: '{$POSTGRES_PASSWORD_CFG}'\n"
        "  schema_prefix: '{instance_id}_'\n"
        "definitions:\n"
        "  files: &files {base_path: /tmp/pipedag/blobs}\n"
        "  copy: &copy {copy_filtered_input: true, copy_source: full, copy_per_user: false}\n"
        "instances:\n"
        "  __any__: &any\n"
        "    fail_fast: true\n"
        "    table_store: {args: {<<: *postgres, create_database_if_not_exists: True, print_materialize: true, print_sql: true}}\n"
        "    blob_store: {class: FileBlobStore, args: *files}\n"
        "    lock_manager: {class: DatabaseLockManager}\n"
        "    orchestration: {class: SequentialEngine}\n"
        "    attrs: {copy_filtered_input: false}\n"
        "  full: {}\n"
        "  midi: {attrs: {<<: *copy, copy_filter_cnt: 2}}\n"
        "  mini: {<<: *any, attrs: {copy_filter_cnt: 1, <<: [*copy, {copy_per_user: true, copy_source: midi}]}}\n";
    static const char *const keys[] = {
        "instance_id",
        "fail_fast",
        "table_store.args.url",
        "table_store.args.schema_prefix",
        "table_store.args.create_database_if_not_exists",
        "blob_store.args.base_path",
        "attrs.copy_filtered_input",
        "attrs.copy_source",
        "attrs.copy_per_user",
        "attrs.copy_filter_cnt",
        "table_store.args.print_sql",
    };
    static const char *const names[] = {"full", "midi", "mini"};
    world_environment = environment;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        World one;
        World other;
        load(&one, names[i], false);
        world_init(&other);
        world_write(&other, "pipedag.yaml", yaml, strlen(yaml));
        world_write(&other, "postgres_password.yaml",
                    "{username: sa, password: Pydiverse23, host: 127.0.0.1, port: 6543}", 66);
        cr_assert(world_resolve(&other, NULL, names[i], false), "%s", world_render(&other));
        for (size_t k = 0; k < ARRAY_LENGTH(keys); k++) {
            const char *a = world_setting(&one, keys[k]);
            const char *b = world_setting(&other, keys[k]);
            cr_assert(text_equal(a, b), "%s %s: %s, %s", names[i], keys[k], a, b);
        }
        world_deinit(&one);
        world_deinit(&other);
    }
}

Test(acceptance, every_setting_has_its_origin)
{
    World world;
    world_environment = environment;
    load(&world, "mini", false);
    const ConfigSetting *settings;
    size_t n = config_settings(world.config, world.instance, world.arena, &settings);
    size_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        size_t line = settings[i].origin.file != NULL
                          ? source_line_of(settings[i].origin.file, settings[i].origin.start)
                          : 0;
        const struct {
            const char *key;
            size_t line;
        } expected[] = {
            {"instance_id", 96}, {"table_store.args.url", 5}, {"attrs.copy_filter_cnt", 103},
            {"fail_fast", 27},   {"keep_versions", 0},        {"masking", 0}};
        for (size_t k = 0; k < ARRAY_LENGTH(expected); k++) {
            if (strcmp(expected[k].key, settings[i].key) == 0) {
                cr_assert_eq(line, expected[k].line, "%s: %zu", settings[i].key, line);
                seen++;
            }
        }
        cr_assert_null(strstr(settings[i].value, "Pydiverse23"), "%s", settings[i].key);
    }
    cr_assert_eq(seen, 6);
    const ConfigRemark *remarks;
    cr_assert_eq(config_remarks(world.config, &remarks), 2);
    cr_assert_not_null(strstr(remarks[0].text, "network_interface"));
    world_deinit(&world);
}
