/* docs/configuration.md: its files load, and it leaves no key and no word out. */

#include "runtime/config/keys.h"
#include "tests/unit/runtime/config/world.h"

static char *
read_manual(Arena *arena)
{
    char *text;
    size_t length;
    cr_assert_eq(file_read(arena, PDC_SOURCE_DIR "/docs/configuration.md", 0, &text, &length), 0);
    return text;
}

Test(manual, its_examples_work)
{
    static const char *const environment[] = {"SHOP_DATABASE=a.yaml", NULL};
    static const char attrs[] = "{username: u, password: p, host: h, port: 5}\n";
    static const char fence[] = "```yaml\n";
    CLEANUP(arena_freep) Arena *arena = arena_new();
    world_environment = environment;
    size_t n_examples = 0;
    for (const char *at = strstr(read_manual(arena), fence); at != NULL; at = strstr(at, fence)) {
        at += strlen(fence);
        World world;
        world_init(&world);
        world_write(&world, "a.yaml", attrs, strlen(attrs));
        world_write(&world, "pipedag.yaml", at, (size_t)(strstr(at, "```\n") - at));
        cr_assert(world_resolve(&world, NULL, NULL, false), "%s", world_render(&world));
        size_t n;
        const char *const *names = config_instance_names(world.config, &n);
        for (size_t i = 0; i < n; i++) {
            cr_assert_eq(config_resolve(world.config, names[i], true, world.diags, &world.instance),
                         0, "%s", world_render(&world));
        }
        cr_assert_str_eq(world_render(&world), "");
        n_examples++;
        world_deinit(&world);
    }
    cr_assert_eq(n_examples, 2);
}

/** Does the manual have `word`, or a code that ends in it (`args.url`)? */
static bool
is_mentioned(Arena *arena, const char *manual, const char *word)
{
    return strstr(manual, arena_printf(arena, "`%s`", word)) != NULL ||
           strstr(manual, arena_printf(arena, ".%s`", word)) != NULL ||
           strstr(manual, arena_printf(arena, "`%s.", word)) != NULL ||
           strstr(manual, arena_printf(arena, ".%s.", word)) != NULL;
}

Test(manual, it_names_every_key)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *manual = read_manual(arena);
    size_t n;
    const ConfigKey *keys = config_keys(&n);
    for (size_t i = 0; i < n; i++) {
        const char *dot = strrchr(keys[i].path, '.');
        const char *name = dot != NULL ? dot + 1 : keys[i].path;
        cr_expect(strcmp(name, "*") == 0 || strcmp(name, "args") == 0 ||
                      is_mentioned(arena, manual, name),
                  "%s", keys[i].path);
    }
}

Test(manual, it_names_every_word)
{
    static const char *const words[] = {
#define CONFIG_WORD(type, word, value, problem) word,
#include "runtime/config/config_keys.def"
    };
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *manual = read_manual(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        bool is_url = strstr(manual, arena_printf(arena, "`%s://", words[i])) != NULL;
        cr_expect(is_url || is_mentioned(arena, manual, words[i]), "%s", words[i]);
    }
}
