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
    {"parse", pass_parse, true},    {"resolve", pass_resolve, true}, {"check", pass_check, true},
    {"unused", pass_unused, false}, {"judge", pass_judge, true},     {"emit", pass_emit, false},
    {"link", pass_link, false},
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
    facts_cache_close(c->cache);
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

static const char *
plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/** "2 errors, 1 warning; `pdc check --fix` can correct 1" */
static void
append_counts(const Compilation *c, Str *text)
{
    size_t n_errors = diags_error_count(c->diags);
    size_t n_warnings = diags_warning_count(c->diags);
    size_t n_fixes = driver_count_fixes(c->diags);
    if (n_errors + n_warnings == 0) {
        return;
    }
    if (n_errors > 0) {
        str_append_format(text, "%zu error%s", n_errors, plural(n_errors));
    }
    if (n_warnings > 0) {
        str_append_format(text, "%s%zu warning%s", n_errors > 0 ? ", " : "", n_warnings,
                          plural(n_warnings));
    }
    if (n_fixes > 0) {
        str_append_format(text, "; `pdc check --fix` can correct %zu", n_fixes);
    }
    str_append_char(text, '\n');
}

void
compilation_report(const Compilation *c)
{
    CLEANUP(str_deinit) Str text = {0};
    diags_render(c->diags, (DiagStyle){.color = c->options->color}, &text);
    append_counts(c, &text);
    fputs(str_text(&text), stderr);
}

static int
exit_code(const Compilation *c, bool done)
{
    return done ? EXIT_DONE : c->failed ? EXIT_FAILED : EXIT_INPUT;
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

/** For tools: the messages, then one object that says how it ended. */
static void
print_json(const Compilation *c)
{
    CLEANUP(str_deinit) Str text = {0};
    diags_render_json(c->diags, &text);
    str_append_format(&text,
                      "{\"event\": \"summary\", \"errors\": %zu, \"warnings\": %zu, "
                      "\"tables\": %zu, \"checks\": %zu, \"instances\": %zu}\n",
                      diags_error_count(c->diags), diags_warning_count(c->diags),
                      c->summary.n_tables, c->summary.n_checks, c->summary.n_instances);
    fputs(str_text(&text), stdout);
}

static void
print_outcome(const Compilation *c, bool done)
{
    const DriverOptions *options = c->options;
    if (options->json) {
        print_json(c);
        return;
    }
    compilation_report(c);
    if (done && !options->quiet) {
        fprintf(stderr, "no errors: %zu table%s, %zu check%s, for %zu instance%s (%s)\n",
                c->summary.n_tables, plural(c->summary.n_tables), c->summary.n_checks,
                plural(c->summary.n_checks), c->summary.n_instances, plural(c->summary.n_instances),
                depth_of_check(c));
    }
}

/** Checks once; with `fix` writes corrections, which are counted in `*ret_fixes`, and leaves it to
 * the next round to tell what remains. */
static int
check_once(const DriverOptions *options, bool fix, size_t *ret_fixes)
{
    Compilation c;
    compilation_init(&c, options);
    c.asks_engine = true;
    bool done = compilation_run(&c, "judge");
    FixSummary fixed = fix ? driver_fix(&c) : (FixSummary){0};
    *ret_fixes = fixed.n_fixes;
    if (fixed.n_fixes == 0) {
        print_outcome(&c, done);
    }
    int code = fixed.failed ? EXIT_FAILED : exit_code(&c, done);
    compilation_deinit(&c);
    return code;
}

/** A correction may bring to light what it hid, so the check goes on until nothing is corrected any
 * more; the bound is there in case two corrections undo each other. */
int
driver_check(const DriverOptions *options)
{
    enum { MOST_ROUNDS = 8 };
    size_t n_fixes = 0;
    for (int round = 1; round < MOST_ROUNDS && options->fix; round++) {
        int code = check_once(options, true, &n_fixes);
        if (n_fixes == 0) {
            return code;
        }
    }
    return check_once(options, false, &n_fixes);
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
