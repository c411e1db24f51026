/* Scenario 27: environment, attributes file, placeholders, encoding. */

#include "runtime/base/url.h"
#include "tests/unit/runtime/config/world.h"

typedef struct Case Case;
struct Case {
    const char *about;
    const char *url;      /* as written in the YAML, in double quotes */
    const char *variable; /* NAME=value, or NULL */
    const char *attrs;    /* the attributes file, or NULL */
    const char *expected; /* what the store gets */
};

static const Case cases[] = {
    {"a variable", "postgresql://u:{$PW}@h/db_{instance_id}", "PW=secret", NULL,
     "postgresql://u:secret@h/db_full"},
    {"a variable's braces are not placeholders", "postgresql://u:{$PW}@h/{instance_id}",
     "PW={name}{instance_id}", NULL, "postgresql://u:%7Bname%7D%7Binstance_id%7D@h/full"},
    {"any password", "postgresql://u:{$PW}@h/full", "PW=p@:/?#%", NULL,
     "postgresql://u:p%40%3A%2F%3F%23%25@h/full"},
    {"a per cent sign alone", "postgresql://u:{$PW}@h/full", "PW=100%", NULL,
     "postgresql://u:100%25@h/full"},
    {"blanks, quotes, backslashes", "postgresql://u:{$PW}@h/full", "PW=a 'b\"\\c", NULL,
     "postgresql://u:a%20%27b%22%5Cc@h/full"},
    {"an encoded value stays", "postgresql://u:{$PW}@h/full", "PW=p%40ss", NULL,
     "postgresql://u:p%40ss@h/full"},
    {"an encoded password in the text stays", "postgresql://u:p%40s%2Fs@h/full", NULL, NULL,
     "postgresql://u:p%40s%2Fs@h/full"},
    {"a raw at sign in the text's password", "postgresql://u:p@s@h/full", NULL, NULL,
     "postgresql://u:p%40s@h/full"},
    {"a raw slash in the text's password", "postgresql://u:p/s#s@h/full", NULL, NULL,
     "postgresql://u:p%2Fs%23s@h/full"},
    {"user with all", "postgresql://{$U}:x@h/full", "U=a:b@c", NULL,
     "postgresql://a%3Ab%40c:x@h/full"},
    {"user and password in one value", "postgresql://{$UP}@h/full", "UP=me:p@w", NULL,
     "postgresql://me:p%40w@h/full"},
    {"a whole URL in a variable", "{$URL}", "URL=postgresql://u:p%40@h:1/d", NULL,
     "postgresql://u:p%40@h:1/d"},
    {"the first part of a URL", "{$BASE}/{instance_id}", "BASE=postgresql://u:p@h:1", NULL,
     "postgresql://u:p@h:1/full"},
    {"a host with port", "postgresql://u@{$H}/d", "H=h:77", NULL, "postgresql://u@h:77/d"},
    {"an IPv6 host", "postgresql://u@{$H}:5/d", "H=[::1]", NULL, "postgresql://u@[::1]:5/d"},
    {"a socket's folder as host", "postgresql://u@{$H}/d", "H=/var/run/pg", NULL,
     "postgresql://u@%2Fvar%2Frun%2Fpg/d"},
    {"a database's name", "postgresql://u@h/{$D}", "D=a b?c#d", NULL,
     "postgresql://u@h/a%20b%3Fc%23d"},
    {"a parameter's value", "postgresql://u@h/d?application_name={$A}", "A=x&y=z +", NULL,
     "postgresql://u@h/d?application_name=x%26y%3Dz%20%2B"},
    {"whole parameters", "postgresql://u@h/d?{$A}", "A=sslmode=require&a=b", NULL,
     "postgresql://u@h/d?sslmode=require&a=b"},
    {"an empty variable", "postgresql://u:{$PW}@h/d", "PW=", NULL, "postgresql://u:@h/d"},
    {"the attributes file", "postgresql://{username}:{password}@{host}:{port}/d", NULL,
     "{username: sa, password: 'p:w@', host: db, port: 6543}",
     "postgresql://sa:p%3Aw%40@db:6543/d"},
    {"its values are scanned no more", "postgresql://u:{password}@h/{instance_id}", "X=1",
     "password: '{$X}{instance_id}'\n", "postgresql://u:%7B%24X%7D%7Binstance_id%7D@h/full"},
    {"its numbers are what is written", "postgresql://u:{password}@h/d", NULL, "password: 0123\n",
     "postgresql://u:0123@h/d"},
    {"its bools, too", "postgresql://u:{password}@h/d", NULL, "password: yes\n",
     "postgresql://u:yes@h/d"},
    {"its {username} goes before ours", "postgresql://{username}@h/{instance_id}", NULL,
     "username: sa\n", "postgresql://sa@h/full"},
    {"login name, flow's name", "postgresql://{username}@h/{name}", NULL, NULL,
     "postgresql://alice@h/project"},
    {"literal braces", "postgresql://u:a{{b}}c@h/d", NULL, NULL, "postgresql://u:a%7Bb%7Dc@h/d"},
    {"literal braces around a name", "postgresql://u@h/{{instance_id}}", NULL, NULL,
     "postgresql://u@h/%7Binstance_id%7D"},
    {"a literal brace beside a placeholder", "postgresql://u@h/{{{instance_id}}}", NULL, NULL,
     "postgresql://u@h/%7Bfull%7D"},
    {"a lonely brace", "postgresql://u:a{b@h/d", NULL, NULL, "postgresql://u:a%7Bb@h/d"},
    {"another driver", "postgresql+psycopg2://u@h/d", NULL, NULL, "postgresql://u@h/d"},
    {"another scheme", "postgres://u@h/d", NULL, NULL, "postgresql://u@h/d"},
    {"key=value", "host=h port=5 user=u password={$PW} dbname={instance_id}", "PW=a b'c\\d", NULL,
     "postgresql://u:a%20b%27c%5Cd@h:5/full"},
    {"key='value'", "host=h user=u password='{$PW}' dbname=d", "PW=a b'c\\d", NULL,
     "postgresql://u:a%20b%27c%5Cd@h/d"},
    {"key=value, empty", "host=h user=u password={$PW} dbname=d", "PW=", NULL,
     "postgresql://u@h/d"},
    {"an absolute path", "duckdb:////data/{instance_id}.db", NULL, NULL, "duckdb:////data/full.db"},
    {"a path's value", "duckdb:////data/{$P}.db", "P=a/b c", NULL, "duckdb:////data/a/b%20c.db"},
    {"a path with dots", "duckdb:////data/x/../{instance_id}.db", NULL, NULL,
     "duckdb:////data/full.db"},
};

Test(expand, table_of_urls)
{
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const Case *c = &cases[i];
        const char *environment[] = {c->variable, NULL};
        world_environment = environment;
        World world;
        world_init(&world);
        const char *yaml = arena_printf(
            world.arena,
            "name: project\ninstances: {full: {table_store: {args: {url: \"%s\"%s}}}}\n", c->url,
            c->attrs != NULL ? ", url_attrs_file: a.yaml" : "");
        world_write(&world, "pipedag.yaml", yaml, strlen(yaml));
        if (c->attrs != NULL) {
            world_write(&world, "a.yaml", c->attrs, strlen(c->attrs));
        }
        bool ok = world_resolve(&world, NULL, "full", false);
        cr_expect(ok, "%s: %s", c->about, world_render(&world));
        cr_expect(!ok || strcmp(secret_reveal(world.instance->url), c->expected) == 0, "%s: %s",
                  c->about, secret_reveal(world.instance->url));
        world_deinit(&world);
    }
}

#define URL "    table_store: {args: {url: 'duckdb:///{instance_id}.db'%s}}\n"

/* Values elsewhere than in the URL. */
Test(expand, table_of_settings)
{
    static const struct {
        const char *yaml, *key, *expected;
    } settings[] = {
        {"attrs: {a: '{$X}'}", "attrs.a", "{$X}"}, /* not shown: it may be secret */
        {"fail_fast: '{$YES}'", "fail_fast", "yes"},
        {"jobs: '{$SEVEN}'", "jobs", "7"},
        {"stage_commit_technique: '{$VIEWS}'", "stage_commit_technique", "Read_Views"},
        {"instance_id: '{$X}_1'", "instance_id", "x_1"},
        {"blob_store: {args: {base_path: '/{username}/{name}'}}", "blob_store.args.base_path",
         "/alice/project/full"},
        {"lock_manager: {class: FileLockManager, args: {base_path: '/l/{$X}'}}",
         "lock_manager.args.base_path", "/l/x/full"},
        {"attrs: {a: 'x{{$X}}y'}", "attrs.a", "x{$X}y"},
        {"attrs: {a: '{{b}} {c} }'}", "attrs.a", "{{b}} {c} }"},
        {"kroki_url: 'https://u:pw@h/'", "kroki_url", "https://u:**@h/"},
    };
    static const char *const environment[] = {"X=x", "YES=yes", "SEVEN=7", "VIEWS=Read_Views",
                                              NULL};
    world_environment = environment;
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        const char *yaml = arena_printf(
            arena, "name: project\ninstances:\n  full:\n" URL "    %s\n", "", settings[i].yaml);
        World world;
        cr_assert(world_load(&world, yaml, NULL, "full"), "%s\n%s", yaml, world_render(&world));
        const char *value = world_setting(&world, settings[i].key);
        cr_expect(text_equal(value, settings[i].expected), "%s: %s", settings[i].yaml, value);
        world_deinit(&world);
    }
}

Test(expand, attrs_get_their_values)
{
    static const char *const environment[] = {"LIMIT=12", "EMPTY=", NULL};
    world_environment = environment;
    World world;
    cr_assert(
        world_load(
            &world,
            "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///x.db'}}\n"
            "    attrs: {a: '{$LIMIT}', b: ['{$LIMIT}', 5], c: '{$EMPTY}', d: 12:30, e: 1_000, f: yes}\n",
            NULL, "full"),
        "%s", world_render(&world));
    const ConfigNode *a = config_node_get(world.instance->attrs, "a");
    cr_assert(a->kind == CONFIG_TEXT && a->is_expanded);
    cr_assert_str_eq(a->text, "12");
    cr_assert_str_eq(a->written, "{$LIMIT}");
    const ConfigNode *plain = config_node_as_plain(world.arena, a);
    cr_assert(plain->kind == CONFIG_INT && plain->integer == 12);
    cr_assert_str_eq(config_node_get(world.instance->attrs, "b")->items[0]->text, "12");
    cr_assert_str_eq(config_node_get(world.instance->attrs, "c")->text, "");
    cr_assert_eq(config_node_get(world.instance->attrs, "d")->integer, 750);
    cr_assert_eq(config_node_get(world.instance->attrs, "e")->integer, 1000);
    cr_assert(config_node_get(world.instance->attrs, "f")->boolean);
    world_deinit(&world);
}

/* What a variable says is checked like what the file says. */
Test(expand, a_wrong_value_from_the_environment)
{
    static const char *const environment[] = {"WORD=sometimes", "BYTES=\xff", NULL};
    world_environment = environment;
    World world;
    cr_assert_not(
        world_load(&world,
                   "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///x.db'}}\n"
                   "    fail_fast: '{$WORD}'\n    commit: '{$WORD}'\n    jobs: '{$WORD}'\n"
                   "    attrs: {a: '{$BYTES}'}\n",
                   NULL, "full"));
    cr_assert(world_has(&world, "F0812", 4, "fail_fast"), "%s", world_render(&world));
    cr_assert(world_has(&world, "F0813", 5, "commit"));
    cr_assert(world_has(&world, "F0812", 6, "jobs"));
    cr_assert(world_has(&world, "F0817", 7, "not UTF-8"));
    world_deinit(&world);
}

Test(expand, attributes_file_troubles)
{
    static const struct {
        const char *attrs, *code, *text;
        size_t line;
    } files[] = {
        {"username: a\n", "F0818", "did you mean {username}?", 1},
        {"usernme: a\n", "F0818", "{usernme}, {username}", 1},
        {"usernam: [a]\n", "F0819", "not list", 1},
        {"usernam:\n", "F0819", "not null", 1},
        {"- a\n", "F0819", "must hold a map", 1},
        {"usernam: 'a\n", "F0803", "", 0},
        {"a: 1\na: 2\n", "F0806", "", 2},
    };
    world_environment = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        World world;
        world_init(&world);
        static const char yaml[] =
            "instances: {full: {table_store: {args: {url: 'postgresql://{usernam}@h/d', url_attrs_file: a.yaml}}}}\n";
        world_write(&world, "pipedag.yaml", yaml, strlen(yaml));
        world_write(&world, "a.yaml", files[i].attrs, strlen(files[i].attrs));
        cr_expect_not(world_resolve(&world, NULL, "full", false));
        cr_expect(world_has(&world, files[i].code, files[i].line, files[i].text), "%s\n%s",
                  files[i].attrs, world_render(&world));
        cr_expect_eq(diags_error_count(world.diags), 1, "%s", world_render(&world));
        world_deinit(&world);
    }
}

/* Scenario 7: another id, other schemas, other folders; both forms of template. */
Test(expand, per_user_instances)
{
    static const struct {
        const char *template, *id;
    } templates[] = {{"", "full_alice"},
                     {"    per_user_template: '{username}_{id}'\n", "alice_full"},
                     {"    per_user_template: '{$Y}-{id}-{username}'\n", "9-full-alice"}};
    static const char *const environment[] = {"Y=9", NULL};
    world_environment = environment;
    for (size_t i = 0; i < ARRAY_LENGTH(templates); i++) {
        World world;
        world_init(&world);
        const char *yaml = arena_printf(
            world.arena,
            "instances:\n  full:\n    table_store: {args: {url: 'postgresql://h/d', "
            "schema_prefix: '{instance_id}_'}}\n"
            "    lock_manager: {class: FileLockManager, args: {base_path: /locks}}\n%s",
            templates[i].template);
        world_write(&world, "pipedag.yaml", yaml, strlen(yaml));
        cr_assert(world_resolve(&world, NULL, "full", true), "%s", world_render(&world));
        const Instance *instance = world.instance;
        cr_assert_str_eq(instance->instance_id, templates[i].id);
        cr_assert_str_eq(instance->schema_prefix,
                         arena_printf(world.arena, "%s_", templates[i].id));
        cr_assert_str_eq(instance->lock_path,
                         arena_printf(world.arena, "/locks/%s", templates[i].id));
        cr_assert_str_eq(path_base(instance->blob_path), templates[i].id);
        cr_assert(instance->per_user);
        world_deinit(&world);
    }
}

Test(expand, a_template_with_an_unknown_placeholder)
{
    World world;
    world_environment = NULL;
    world_init(&world);
    static const char yaml[] =
        "instances:\n  full:\n    table_store: {args: {url: 'duckdb:///{instance_id}'}}\n"
        "    per_user_template: '{id}_{user}'\n";
    world_write(&world, "pipedag.yaml", yaml, strlen(yaml));
    cr_assert_not(world_resolve(&world, NULL, "full", true));
    cr_assert(world_has(&world, "F0818", 4, "{username}"), "%s", world_render(&world));
    world_deinit(&world);
}

Test(expand, jobs_and_what_caps_them)
{
    static const struct {
        const char *yaml;
        size_t jobs, max_jobs;
    } settings[] = {
        {"", 0, 0},
        {"    jobs: 6\n", 6, 0},
        {"    orchestration: {class: SequentialEngine}\n", 1, 0},
        {"    orchestration: {class: SequentialEngine}\n    jobs: 3\n", 3, 0},
        {"    orchestration: {class: pydiverse.pipedag.engine.dask.DaskEngine, args: {num_workers: 8}}\n",
         8, 0},
        {"    orchestration: {class: DaskEngine, args: {num_workers: null}}\n", 0, 0},
        {"    table_store: {args: {url: 'duckdb:///x', max_concurrent_copy_operations: 2}}\n    jobs: 6\n",
         2, 2},
    };
    world_environment = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        World world;
        const char *yaml =
            arena_printf(arena,
                         "instances:\n  __any__: {table_store: {args: {url: 'duckdb:///x'}}}\n"
                         "  full:\n    fail_fast: false\n%s",
                         settings[i].yaml);
        cr_assert(world_load(&world, yaml, NULL, "full"), "%s", world_render(&world));
        cr_expect_eq(world.instance->jobs, settings[i].jobs, "%s", settings[i].yaml);
        cr_expect_eq(world.instance->max_jobs, settings[i].max_jobs, "%s", settings[i].yaml);
        world_deinit(&world);
    }
}

Test(expand, cache_modes)
{
    static const struct {
        const char *word;
        CacheMode mode;
    } modes[] = {{"normal", CACHE_NORMAL},
                 {"ASSERT_NO_FRESH_INPUT", CACHE_ASSERT_NO_FRESH_INPUT},
                 {"Ignore_Fresh_Input", CACHE_IGNORE_FRESH_INPUT},
                 {"force_fresh_input", CACHE_FORCE_FRESH_INPUT},
                 {"force_cache_invalid", CACHE_FORCE_CACHE_INVALID},
                 {"force_caches_invalid", CACHE_FORCE_CACHE_INVALID}};
    for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        World world;
        const char *yaml =
            arena_printf(arena,
                         "instances: {full: {table_store: {args: {url: 'duckdb:///x'}}, "
                         "cache_validation: {mode: %s, disable_cache_function: %s}}}\n",
                         modes[i].word, i > 0 ? "true" : "false");
        cr_assert(world_load(&world, yaml, NULL, "full"), "%s", world_render(&world));
        cr_expect_eq(world.instance->cache_validation.mode, modes[i].mode);
        cr_expect_eq(world.instance->cache_validation.disable_cache_function, i > 0);
        world_deinit(&world);
    }
}
