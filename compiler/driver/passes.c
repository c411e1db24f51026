#include "compiler/driver/driver.h"
#include "compiler/emit/emit.h"
#include "runtime/base/file.h"
#include "runtime/base/process.h"
#include "runtime/exec/csv/csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
read_csv_column(const char *path, const char *column, Arena *arena, const char *const **ret_values,
                size_t *ret_n, Error *reterr)
{
    CsvOptions options;
    csv_options_init(&options);
    return csv_read_column(path, column, &options, arena, ret_values, ret_n, reterr);
}

static void
load_config(Compilation *c)
{
    const char *flow_name = NULL;
    for (size_t i = 0; i < c->files.n && flow_name == NULL; i++) {
        for (size_t k = 0; k < c->files.items[i]->decls.n; k++) {
            const AstDecl *decl = c->files.items[i]->decls.items[k];
            flow_name = decl->node.kind == AST_FLOW ? decl->name->text : flow_name;
        }
    }
    ConfigOptions options = {.path = c->options->config, .flow_name = flow_name};
    if (config_load(c->arena, &options, c->diags, &c->config) < 0 && c->config == NULL) {
        return; /* not even a map: what is wrong is in diags */
    }
}

/** Beside what builds and runs leave. */
static const char *
cache_path(const Compilation *c, const char *name)
{
    const char *folder = path_join(c->arena, path_directory(c->arena, c->output), ".pdc");
    return path_join(c->arena, folder, name);
}

/** Another executable may find other things in the same text, though its version is the same. */
static const char *
cache_version(const Compilation *c)
{
    struct stat status;
    return stat("/proc/self/exe", &status) == 0
               ? arena_printf(c->arena, "%s %lld %lld", PDC_VERSION, (long long)status.st_mtime,
                              (long long)status.st_size)
               : PDC_VERSION;
}

void
pass_resolve(Compilation *c)
{
    c->cache_version = cache_version(c);
    c->cache = facts_cache_open(cache_path(c, "sql"), c->cache_version);
    bool incomplete = diags_error_count(c->diags) > 0;
    load_config(c);
    ModelInput input = {.files = c->files.items,
                        .n_files = c->files.n,
                        .directories = c->directories.items,
                        .reader = {read_csv_column},
                        .cache = c->cache,
                        .incomplete = incomplete,
                        .files_lost = c->files_lost};
    input.engines =
        c->config != NULL ? check_engines(c->config, c->diags) : (ModelEngines){.duckdb = true};
    c->model = model_resolve(&input, c->arena, c->diags);
    c->model->unit->pdc_version = PDC_VERSION;
    c->flow_sources = flow_sources_from_files(c->sources.items, c->sources.n, c->arena);
}

CheckInput
check_input(const Compilation *c)
{
    return (CheckInput){.model = c->model,
                        .config = c->config,
                        .sources = c->flow_sources,
                        .check_csv = csv_options_check_named,
                        .cache = c->cache,
                        .cache_path = cache_path(c, "types"),
                        .cache_version = c->cache_version,
                        .names_only = c->options->names_only || !c->asks_engine,
                        .instance = c->asks_engine ? c->options->instance : NULL};
}

void
pass_check(Compilation *c)
{
    if (c->config != NULL && c->model->unit->name != NULL) {
        CheckInput input = check_input(c);
        check_instances(&input, c->arena, c->diags, &c->summary);
    }
}

void
pass_emit(Compilation *c)
{
    emit_flow(c->model->unit, c->flow_sources, &c->code);
}

/* ---- the C compiler ---- */

static bool
report_io(Compilation *c, const char *what, const char *path)
{
    fprintf(stderr, "pdc: %s %s: %s\n", what, path, strerror(errno));
    c->failed = true;
    return false;
}

typedef struct Words Words;
struct Words {
    VEC(const char *) items;
};

/** Adds the words of a text that blanks part, as `$CC` and the link flags are given. */
static void
push_words(Compilation *c, Words *words, const char *text)
{
    while (*text != '\0') {
        size_t blank = strspn(text, " ");
        size_t length = strcspn(text + blank, " ");
        if (length > 0) {
            vec_push_in(c->arena, &words->items, arena_strndup(c->arena, text + blank, length));
        }
        text += blank + length;
    }
}

static void
push_word(Compilation *c, Words *words, const char *word)
{
    vec_push_in(c->arena, &words->items, word);
}

/** Runs `$CC` on the generated file. */
static bool
compile(Compilation *c, const char *code_path, const char *executable_path)
{
    Words words = {0};
    const char *prefix = driver_prefix(c->arena);
    const char *compiler = getenv("CC");
    CLEANUP(str_deinit) Str output = {0};
    int status;
    if (prefix == NULL) {
        return report_io(c, "can't find out where", "pdc is installed");
    }
    push_words(c, &words, compiler != NULL && *compiler != '\0' ? compiler : "cc");
    push_words(c, &words, "-std=c11 -O0 -o");
    push_word(c, &words, executable_path);
    push_word(c, &words, arena_printf(c->arena, "-I%s/include", prefix));
    push_word(c, &words, code_path);
    push_word(c, &words, arena_printf(c->arena, "%s/lib/pdc/libpdc_runtime.a", prefix));
    push_words(c, &words, PDC_LINK_FLAGS);
    push_word(c, &words, NULL);
    if (process_run(words.items.items, &output, &status) < 0) {
        report_io(c, "can't start the C compiler", words.items.items[0]);
        fprintf(stderr, "set $CC, or install one (Debian: apt-get install gcc)\n");
        return false;
    }
    if (status != 0) {
        fprintf(
            stderr,
            "%spdc: the C compiler failed (exit code %d); this is a mistake in pdc or in its installation\n",
            str_text(&output), status);
        c->failed = true;
    }
    return status == 0;
}

void
pass_link(Compilation *c)
{
    const char *folder = path_directory(c->arena, c->output);
    const char *work = path_join(c->arena, folder, ".pdc");
    const char *code_path = arena_printf(c->arena, "%s/%s.c", work, path_base(c->output));
    const char *made_path =
        arena_printf(c->arena, "%s/%s.%ld", work, path_base(c->output), (long)getpid());
    if (file_make_directories(work, 0777) < 0) {
        report_io(c, "can't make", work);
        return;
    }
    if (file_write_atomic(code_path, str_text(&c->code), c->code.length, 0666) < 0) {
        report_io(c, "can't write", code_path);
        return;
    }
    if (compile(c, code_path, made_path) && rename(made_path, c->output) < 0) {
        report_io(c, "can't write", c->output);
    }
    (void)unlink(made_path); /* gone after the rename; left over where something failed */
}
