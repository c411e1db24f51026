/*
 * `pdc test`: compiles the flow, then lets the executable run its tests.
 */
#include "compiler/driver/driver.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct Words Words;
struct Words {
    VEC(const char *) items;
};

static void
push_option(Compilation *c, Words *words, const char *name, const char *value)
{
    if (value != NULL) {
        vec_push_in(c->arena, &words->items, name);
        vec_push_in(c->arena, &words->items, value);
    }
}

static void
push_flag(Compilation *c, Words *words, const char *name, bool given)
{
    if (given) {
        vec_push_in(c->arena, &words->items, name);
    }
}

/** `./flow test --json … -- NAME …` */
static const char *const *
words_of(Compilation *c, const char *program)
{
    const DriverOptions *options = c->options;
    Words words = {0};
    vec_push_in(c->arena, &words.items, program);
    vec_push_in(c->arena, &words.items, "test");
    push_option(c, &words, "--config", options->config);
    push_option(c, &words, "--instance", options->instance);
    push_option(c, &words, "--color", options->color_when);
    push_option(c, &words, "--jobs", options->jobs);
    push_option(c, &words, "--junit", options->junit);
    push_option(c, &words, "--timeout", options->timeout);
    push_flag(c, &words, "--fail-fast", options->fail_fast);
    push_flag(c, &words, "--json", options->json);
    push_flag(c, &words, "--quiet", options->quiet);
    push_flag(c, &words, "--", options->names.n > 0);
    for (size_t i = 0; i < options->names.n; i++) {
        vec_push_in(c->arena, &words.items, options->names.items[i]);
    }
    vec_push_in(c->arena, &words.items, NULL);
    return words.items.items;
}

/** The executable takes the place of this process, so its exit code and signals are ours. */
static int
become(Compilation *c)
{
    bool has_folder = strchr(c->output, '/') != NULL;
    const char *program = has_folder ? c->output : arena_printf(c->arena, "./%s", c->output);
    fflush(NULL);
    execv(program, (char *const *)(uintptr_t)words_of(c, program));
    fprintf(stderr, "pdc: can't start %s: %s\n", program, strerror(errno));
    return EXIT_FAILED;
}

int
driver_test(const DriverOptions *options)
{
    if (options->mutations) {
        return driver_mutate(options);
    }
    Compilation c;
    compilation_init(&c, options);
    c.asks_engine = true;
    bool done = compilation_run(&c, "link");
    compilation_report(&c);
    int code = done ? become(&c) : c.failed ? EXIT_FAILED : EXIT_INPUT;
    compilation_deinit(&c);
    return code;
}
