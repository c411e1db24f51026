/* Where the file is found, and that no two instances write to the same place. */

#include "tests/unit/runtime/config/world.h"

typedef struct Case Case;
struct Case {
    bool collide;
    const char *a, *b; /* inside `args: {…}` */
};

static const Case cases[] = {
    {true, "url: 'postgresql://h/d'", "url: 'postgresql://h/d'"},
    {true, "url: 'postgresql://u:p@h:5432/d'", "url: 'postgres://v@H/d'"},
    {true, "url: 'postgresql+psycopg2://u@localhost/d'", "url: 'host=127.0.0.1 dbname=d'"},
    {true, "url: 'postgresql:///d?host=h'", "url: 'postgresql://h/d'"},
    {true, "url: 'postgresql://h/d', schema_prefix: x_",
     "url: 'postgresql://h/d', schema_prefix: x_"},
    {false, "url: 'postgresql://h/d', schema_prefix: '{instance_id}_'",
     "url: 'postgresql://h/d', schema_prefix: '{instance_id}_'"},
    {false, "url: 'postgresql://h/d', schema_suffix: _x",
     "url: 'postgresql://h/d', schema_suffix: _y"},
    {false, "url: 'postgresql://h/d', schema_prefix: A",
     "url: 'postgresql://h/d', schema_prefix: a"},
    {false, "url: 'postgresql://h/d'", "url: 'postgresql://h/e'"},
    {false, "url: 'postgresql://h:1/d'", "url: 'postgresql://h:2/d'"},
    {false, "url: 'service=a'", "url: 'service=b'"},
    {true, "url: 'hostaddr=1.2.3.4 dbname=d'", "url: 'postgresql://1.2.3.4/d'"},
    {false, "url: 'hostaddr=1.2.3.4 dbname=d'", "url: 'hostaddr=1.2.3.5 dbname=d'"},
    {false, "url: 'postgresql://h/d'", "url: 'duckdb:///d'"},
    {true, "url: 'duckdb:///d'", "url: 'duckdb:///./x/../d'"},
    {true, "url: 'duckdb:///d', schema_prefix: A", "url: 'duckdb:///d', schema_prefix: a"},
    {true, "url: 'duckdb:///real/d'", "url: 'duckdb:///link/d'"},
    {false, "url: 'duckdb:///{instance_id}'", "url: 'duckdb:///{instance_id}'"},
    {true, "url: '{$NOT_SET}'", "url: '{$NOT_SET}'"},
    {false, "url: '{$NOT_SET}'", "url: '{$NOT_SET_EITHER}'"},
    {false, "url: 'postgresql://{host}/d', url_attrs_file: a.yaml",
     "url: 'postgresql://{host}/d', url_attrs_file: b.yaml"},
    {true, "url: 'postgresql://{host}/d', url_attrs_file: a.yaml", "url: 'postgresql://one/d'"},
    {true, "url: 'postgresql://{host}/d', url_attrs_file: none.yaml",
     "url: 'postgresql://{host}/d', url_attrs_file: none.yaml"},
};

Test(places, table_of_pairs)
{
    world_environment = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        World world;
        world_init(&world);
        const char *yaml = arena_printf(world.arena,
                                        "instances:\n  first: {table_store: {args: {%s}}}\n"
                                        "  second: {table_store: {args: {%s}}}\n",
                                        cases[i].a, cases[i].b);
        world_write(&world, "pipedag.yaml", yaml, strlen(yaml));
        world_write(&world, "a.yaml", "host: one", 9);
        world_write(&world, "b.yaml", "host: two", 9);
        world_write(&world, "real/file", "", 0);
        cr_assert_eq(symlink("real", path_join(world.arena, world.folder, "link")), 0);
        bool ok = world_resolve(&world, NULL, NULL, false);
        cr_expect_eq(ok, !cases[i].collide, "%s\n%s", yaml, world_render(&world));
        cr_expect(ok || world_has(&world, "F0822", 3, "`first` and `second`"), "%s",
                  world_render(&world));
        world_deinit(&world);
    }
}

Test(places, blobs_count_too)
{
    World world;
    world_environment = NULL;
    cr_assert_not(world_load(
        &world,
        "instances:\n"
        "  first: {instance_id: x, table_store: {args: {url: 'postgresql://h/a'}}}\n"
        "  second: {instance_id: x, table_store: {args: {url: 'postgresql://h/b'}}}\n"
        "  third: {instance_id: x, table_store: {args: {url: 'postgresql://h/c'}}, blob_store: {class: NoBlobStore}}\n",
        NULL, NULL));
    cr_assert(world_has(&world, "F0822", 3, "blobs in "), "%s", world_render(&world));
    cr_assert_eq(diags_error_count(world.diags), 1);
    world_deinit(&world);
}

Test(places, per_user_instances_count_too)
{
    static const struct {
        const char *yaml, *text;
    } files[] = {
        {"instances:\n  full: {table_store: {args: {url: 'duckdb:///x'}}}\n",
         "`full` and `full of user alice`"},
        {"instances:\n  full: {table_store: {args: {url: 'duckdb:///{instance_id}'}}}\n"
         "  full_alice: {table_store: {args: {url: 'duckdb:///{instance_id}'}}}\n",
         "`full_alice` and `full of user alice`"},
        {"instances:\n  __any__: {per_user_template: '{username}', table_store: {args: {url: 'duckdb:///{instance_id}'}}}\n"
         "  full: {}\n  mini: {}\n",
         "`mini of user alice` and `full of user alice`"},
    };
    world_environment = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        World world;
        world_init(&world);
        world_write(&world, "pipedag.yaml", files[i].yaml, strlen(files[i].yaml));
        cr_assert(world_resolve(&world, NULL, "full", false), "%s", world_render(&world));
        cr_assert_not(world_resolve(&world, NULL, "full", true));
        cr_assert(world_has(&world, "F0822", 0, files[i].text), "%s", world_render(&world));
        world_deinit(&world);
    }
}

#define SMALL(id) "instances: {" id ": {table_store: {args: {url: 'duckdb:///x.db'}}}}\n"

static const char *
only_name(World *world)
{
    size_t n;
    const char *const *names = config_instance_names(world->config, &n);
    return n == 1 ? names[0] : "";
}

Test(find, in_the_order_of_the_manual)
{
    World world;
    world_init(&world);
    world_write(&world, "home/pipedag.yml", SMALL("home"), strlen(SMALL("home")));
    world_write(&world, "a/pipedag.yml", SMALL("parent"), strlen(SMALL("parent")));
    world_write(&world, "a/b/c/pipedag.yml", SMALL("yml"), strlen(SMALL("yml")));
    world_write(&world, "named/other.yaml", SMALL("named"), strlen(SMALL("named")));
    world_write(&world, "named/pipedag.yaml", SMALL("folder"), strlen(SMALL("folder")));
    const char *home = arena_printf(world.arena, "HOME=%s/home", world.folder);
    const char *named =
        arena_printf(world.arena, "PIPEDAG_CONFIG=%s/named/other.yaml", world.folder);
    const char *folder = arena_printf(world.arena, "PIPEDAG_CONFIG=%s/named", world.folder);
    const struct {
        const char *directory, *variable, *path, *expected, *shown;
    } searches[] = {
        {"a/b/c", NULL, NULL, "yml", "pipedag.yml"},
        {"a/b", NULL, NULL, "parent", NULL},
        {"named", NULL, NULL, "folder", "pipedag.yaml"},
        {"home/..", NULL, NULL, "home", "home/pipedag.yml"},
        {"a/b/c", named, NULL, "named", NULL},
        {"a/b/c", folder, NULL, "folder", NULL},
        {"", "PIPEDAG_CONFIG=~/pipedag.yml", NULL, "home", "home/pipedag.yml"},
        {"a", named, "b/c/pipedag.yml", "yml", "b/c/pipedag.yml"},
        {"a", named, "b/c", "yml", "b/c/pipedag.yml"},
        {"a/b/c", "PIPEDAG_CONFIG=", NULL, "yml", "pipedag.yml"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(searches); i++) {
        const char *environment[] = {home, searches[i].variable, NULL};
        world_environment = environment;
        ConfigOptions options = world_options(&world, NULL);
        options.working_directory = path_join(world.arena, world.folder, searches[i].directory);
        options.path = searches[i].path;
        cr_assert_eq(config_load(world.arena, &options, world.diags, &world.config), 0, "%s",
                     world_render(&world));
        cr_expect_str_eq(only_name(&world), searches[i].expected, "%zu", i);
        cr_expect(searches[i].shown == NULL ||
                      strcmp(config_path(world.config), searches[i].shown) == 0,
                  "%s", config_path(world.config));
        cr_expect_eq(config_directory(world.config)[0], '/');
    }
    world_deinit(&world);
}

Test(find, what_is_named_must_be_there)
{
    static const char *const environment[] = {"PIPEDAG_CONFIG=nowhere", NULL};
    World world;
    world_init(&world);
    world_environment = environment;
    cr_assert_not(world_resolve(&world, NULL, NULL, false));
    cr_assert(world_has(&world, "F0801", 0, "$PIPEDAG_CONFIG"), "%s", world_render(&world));
    world_environment = NULL;
    ConfigOptions options = world_options(&world, NULL);
    options.path = "nowhere.yaml";
    cr_assert_lt(config_load(world.arena, &options, world.diags, &world.config), 0);
    cr_assert(world_has(&world, "F0801", 0, "name a file"), "%s", world_render(&world));
    cr_assert_null(world.config);
    world_deinit(&world);
}

Test(find, a_file_that_is_too_large_is_not_read)
{
    World world;
    world_init(&world);
    world_environment = NULL;
    size_t length = (4 << 20) + 1;
    char *text = arena_alloc(world.arena, length);
    memset(text, '\n', length);
    world_write(&world, "pipedag.yaml", text, length);
    cr_assert_not(world_resolve(&world, NULL, NULL, false));
    cr_assert(world_has(&world, "F0802", 0, "4 MiB"), "%s", world_render(&world));
    world_deinit(&world);
}

/* Relative paths belong to the file, not to where somebody stands. */
Test(find, relative_paths_are_relative_to_the_file)
{
    World world;
    world_init(&world);
    world_environment = NULL;
    static const char yaml[] =
        "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///data/{instance_id}.db', url_attrs_file: sub/a.yaml}}\n"
        "    blob_store: {args: {base_path: blobs}}\n";
    world_write(&world, "pipedag.yaml", yaml, strlen(yaml));
    world_write(&world, "sub/a.yaml", "x: y", 4);
    ConfigOptions options = world_options(&world, NULL);
    options.working_directory = path_join(world.arena, world.folder, "sub");
    cr_assert_eq(config_load(world.arena, &options, world.diags, &world.config), 0);
    cr_assert_eq(config_resolve(world.config, "full", false, world.diags, &world.instance), 0, "%s",
                 world_render(&world));
    cr_assert_str_eq(secret_reveal(world.instance->url),
                     arena_printf(world.arena, "duckdb:///%s/data/full.db", world.folder));
    cr_assert_str_eq(world.instance->blob_path,
                     arena_printf(world.arena, "%s/blobs/full", world.folder));
    world_deinit(&world);
}
