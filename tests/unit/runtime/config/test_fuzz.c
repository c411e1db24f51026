/* Mutations of the acceptance file and of small files full of YAML: whatever comes, it is read or
 * refused with a message, and nothing crashes. The same cases each time. */

#include "runtime/base/clock.h"
#include "tests/unit/runtime/config/world.h"

enum { MUTATIONS = 4000, SECONDS = 60 };

static const char *const environment[] = {"POSTGRES_PASSWORD_CFG=postgres_password.yaml",
                                          "POSTGRES_USERNAME=sa", "POSTGRES_PASSWORD=p:@/?#%",
                                          NULL};

static const char small[] =
    "_a: &a {x: 1, <<: [&b {y: 2}, {z: [1, 2.5, ~, yes, 2026-01-31, 0x1f, 12:30]}]}\n"
    "name: 'p'\nstrict_instance_lookup: false\n"
    "flows: {__any__: {attrs: {q: null}}, f: {instances: {full: {attrs: *a, jobs: 3}}}}\n"
    "technical_setups: {s: {table_store: {table_store_connection: c}}}\n"
    "table_store_connections: {c: {args: {url: 'postgresql://{$U}:{p}@[::1]:5/{instance_id}?a=b', url_attrs_file: a.yaml}}}\n"
    "instances:\n  __any__: {technical_setup: s}\n  full: &f {attrs: {<<: *b, k: |\n        text\n      }}\n  mini: *f\n"
    "  kv: {table_store: {args: {url: \"host=a password='b c' dbname={{x}}\"}}}\n";

/* Pieces that mean something to YAML or to us. */
static const char *const pieces[] = {
    "&x ",
    "*x",
    "<<: ",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "? ",
    "|\n",
    ">\n",
    "'",
    "\"",
    "#",
    "---\n",
    "\t",
    "\n",
    "\r\n",
    "{$",
    "{{",
    "}}",
    "{x}",
    "!!python/x",
    "!x ",
    "%",
    "://",
    "@",
    "null",
    "~",
    "\\u0000",
    "\xff",
    "é",
    "\x85",
    "yes",
    "1_0:59",
    "password: ",
    "=",
    "...\n",
    "  ",
    "*b",
    "_",
    ",",
    "instances:\n",
    "__any__",
    "url: ",
    "technical_setup: s",
    "'{instance_id}'",
};

static uint64_t state;

/* xorshift64* (Vigna 2016). */
static size_t
pick(size_t n)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (size_t)((state * UINT64_C(2685821657736338717)) >> 33) % n;
}

static void
mutate(Str *text)
{
    CLEANUP(str_deinit) Str old = *text;
    *text = (Str){0};
    size_t at = pick(old.length + 1);
    size_t rest = old.length - at;
    size_t cut = pick(8) == 0 ? pick(rest + 1) : pick(rest < 12 ? rest + 1 : 12);
    str_append_n(text, str_text(&old), at);
    size_t kind = pick(4);
    if (kind == 0) {
        str_append(text, pieces[pick(ARRAY_LENGTH(pieces))]);
        cut = 0;
    } else if (kind == 1) {
        str_append(text, pieces[pick(ARRAY_LENGTH(pieces))]);
    } else if (kind == 2 && old.length > 0) {
        size_t from = pick(old.length);
        size_t length = pick(old.length - from + 1);
        str_append_n(text, str_text(&old) + from, length < 200 ? length : 200);
        cut = 0;
    }
    str_append_n(text, str_text(&old) + at + cut, rest - cut);
}

static void
resolve_all(World *world)
{
    size_t n;
    const char *const *names = config_instance_names(world->config, &n);
    for (size_t i = 0; i < n && i < 5; i++) {
        const Instance *instance = NULL;
        size_t errors = diags_error_count(world->diags);
        if (config_resolve(world->config, names[i], false, world->diags, &instance) == 0) {
            const ConfigSetting *settings;
            cr_assert_gt(config_settings(world->config, instance, world->arena, &settings), 0);
            cr_assert(instance->engine == CONFIG_ENGINE_UNKNOWN || errors > 0 ||
                      instance->url != NULL);
        } else {
            cr_assert_gt(diags_error_count(world->diags), errors);
        }
        if (config_preview(world->config, names[i], true, world->diags, &instance) == 0) {
            cr_assert_not_null(instance->attrs);
        }
    }
}

/* The folder is made once: what changes is the file. */
static void
run(const World *folder, const Str *text)
{
    World world = *folder;
    world.arena = arena_new();
    world.diags = diags_new();
    world_write(&world, "pipedag.yaml", str_text(text), text->length);
    bool ok = world_resolve(&world, "f", NULL, false);
    cr_assert_eq(ok, diags_error_count(world.diags) == 0);
    if (world.config != NULL) {
        resolve_all(&world);
    }
    cr_assert(ok || strlen(world_render(&world)) > 0);
    str_deinit(&world.rendered);
    diags_free(world.diags);
    arena_free(world.arena);
}

static void
fuzz(const char *seed, size_t length)
{
    World world;
    world_init(&world);
    world_write(&world, "a.yaml", "{p: q, U: 5}", 12);
    world_environment = environment;
    state = UINT64_C(88172645463325252);
    int64_t start = clock_monotonic_us();
    for (size_t i = 0; i < MUTATIONS && clock_monotonic_us() - start < SECONDS * INT64_C(1000000);
         i++) {
        CLEANUP(str_deinit) Str text = {0};
        str_append_n(&text, seed, length);
        for (size_t k = pick(4) + 1; k > 0; k--) {
            mutate(&text);
        }
        run(&world, &text);
    }
    world_deinit(&world);
}

Test(fuzz, the_acceptance_file)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char *text;
    size_t length;
    cr_assert_eq(file_read(arena,
                           PDC_SOURCE_DIR "/tests/unit/runtime/config/acceptance/pipedag.yaml", 0,
                           &text, &length),
                 0);
    fuzz(text, length);
}

Test(fuzz, a_small_file_with_all_that_yaml_has)
{
    fuzz(small, sizeof(small) - 1);
}

/* Each prefix of a file is a file, too: an editor may have been slow, or the disk full. */
Test(fuzz, every_prefix)
{
    World world;
    world_init(&world);
    world_environment = environment;
    for (size_t n = 0; n < sizeof(small); n++) {
        CLEANUP(str_deinit) Str text = {0};
        str_append_n(&text, small, n);
        run(&world, &text);
    }
    world_deinit(&world);
}
