#include "compiler/ast/dump.h"
#include "compiler/driver/driver.h"
#include "runtime/base/clock.h"
#include "runtime/base/file.h"

#include <stdio.h>

typedef struct Pass Pass;
struct Pass {
    const char *name;
    void (*run)(Compilation *c);
    bool tolerant; /* runs although an earlier pass found errors, so that one call reports
                      everything */
};

/** What compiling is, in order. Nothing is written to the user's folder before the last check has
 * passed. */
static const Pass passes[] = {
    {"parse", pass_parse, true}, {"resolve", pass_resolve, true}, {"check", pass_check, true},
    {"emit", pass_emit, false},  {"link", pass_link, false},
};

void
compilation_init(Compilation *c, const DriverOptions *options)
{
    *c = (Compilation){.options = options, .arena = arena_new(), .diags = diags_new()};
    c->output = options->output != NULL ? options->output : "flow";
}

void
compilation_deinit(Compilation *c)
{
    str_deinit(&c->code);
    diags_free(c->diags);
    arena_free(c->arena);
}

bool
compilation_elaborate(Compilation *c, CheckedInstance *ret_checked)
{
    const char *name = c->options->instance;
    name = name || c->config == NULL ? name : config_default_instance(c->config, c->diags);
    CheckInput input = check_input(c);
    return name != NULL && c->config != NULL &&
           check_elaborate(&input, name, c->arena, c->diags, ret_checked) == 0;
}

static void
print_dump(const Compilation *c, const char *pass)
{
    if (!text_equal(c->options->dump, pass)) {
        return;
    }
    CLEANUP(str_deinit) Str text = {0};
    if (text_equal(pass, "emit")) {
        str_append(&text, str_text(&c->code));
    }
    for (size_t i = 0; text_equal(pass, "parse") && i < c->files.n; i++) {
        ast_dump_file(c->files.items[i], false, &text);
    }
    fputs(str_text(&text), stdout);
}

bool
compilation_run(Compilation *c, const char *last)
{
    for (size_t i = 0; i < ARRAY_LENGTH(passes); i++) {
        const Pass *pass = &passes[i];
        bool wrong = diags_error_count(c->diags) > 0 || c->failed;
        if (wrong && (!pass->tolerant || c->files.n == 0)) {
            break;
        }
        int64_t started_us = clock_monotonic_us();
        pass->run(c);
        if (c->options->time) {
            fprintf(stderr, "%-8s %8.1f ms\n", pass->name,
                    (double)(clock_monotonic_us() - started_us) / 1000);
        }
        print_dump(c, pass->name);
        if (text_equal(pass->name, last)) {
            break;
        }
    }
    return diags_error_count(c->diags) == 0 && !c->failed;
}

void
compilation_report(const Compilation *c)
{
    CLEANUP(str_deinit) Str text = {0};
    size_t n_errors = diags_error_count(c->diags);
    diags_render(c->diags, (DiagStyle){.color = c->options->color}, &text);
    if (n_errors > 0) {
        str_append_format(&text, "%zu error%s\n", n_errors, n_errors == 1 ? "" : "s");
    }
    fputs(str_text(&text), stderr);
}

static int
exit_code(const Compilation *c, bool done)
{
    return done ? EXIT_DONE : c->failed ? EXIT_FAILED : EXIT_INPUT;
}

static const char *
plural(size_t n)
{
    return n == 1 ? "" : "s";
}

int
driver_build(const DriverOptions *options)
{
    Compilation c;
    compilation_init(&c, options);
    c.asks_engine = true;
    bool done = compilation_run(&c, "link");
    compilation_report(&c);
    if (done && !options->quiet) {
        bool here = c.output[0] != '/' && c.output[0] != '.';
        fprintf(stderr, "built %s%s: %zu table%s, checked for %zu instance%s\n", here ? "./" : "",
                c.output, c.summary.n_tables, plural(c.summary.n_tables), c.summary.n_instances,
                plural(c.summary.n_instances));
    }
    int code = exit_code(&c, done);
    compilation_deinit(&c);
    return code;
}

/** How much was checked, in words. */
static const char *
depth_of_check(const Compilation *c)
{
    return c->summary.reason != NULL ? arena_printf(c->arena, "names only: %s", c->summary.reason)
           : c->summary.names_only
               ? "names only: columns and types are found out by the run, or with --instance NAME on its server"
           : c->summary.n_unknown > 0
               ? arena_printf(c->arena, "columns and types too, but for %zu table%s",
                              c->summary.n_unknown, plural(c->summary.n_unknown))
               : "columns and types too";
}

int
driver_check(const DriverOptions *options)
{
    Compilation c;
    compilation_init(&c, options);
    c.asks_engine = true;
    bool done = compilation_run(&c, "check");
    compilation_report(&c);
    if (done && !options->quiet) {
        fprintf(stderr, "no errors: %zu table%s, %zu check%s, for %zu instance%s (%s)\n",
                c.summary.n_tables, plural(c.summary.n_tables), c.summary.n_checks,
                plural(c.summary.n_checks), c.summary.n_instances, plural(c.summary.n_instances),
                depth_of_check(&c));
    }
    int code = exit_code(&c, done);
    compilation_deinit(&c);
    return code;
}

int
driver_emit(const DriverOptions *options)
{
    Compilation c;
    compilation_init(&c, options);
    bool done = compilation_run(&c, "emit");
    compilation_report(&c);
    if (done) {
        fputs(str_text(&c.code), stdout);
    }
    int code = exit_code(&c, done);
    compilation_deinit(&c);
    return code;
}

int
driver_version(const DriverOptions *options)
{
    (void)options;
    printf("pdc %s\n", PDC_VERSION);
    return EXIT_DONE;
}
