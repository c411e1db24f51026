/*
 * The first pass: the main file and all that it uses, each read and parsed once.
 */
#include "compiler/driver/driver.h"
#include "compiler/parse/parse.h"
#include "runtime/base/file.h"
#include "runtime/base/suggest.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Larger files are refused: spans count bytes in 32 bits. */
#define FILE_LIMIT_BYTES INT32_MAX

static const AstFile *
parse_text(Compilation *c, const char *path, char *text, size_t length)
{
    const SourceFile *source = source_new(c->arena, path, text, length);
    const AstFile *file = parse_file(source, c->arena, c->diags);
    vec_push_in(c->arena, &c->sources, source);
    vec_push_in(c->arena, &c->files, file);
    const char *output_folder = path_directory(c->arena, path_normalize(c->arena, c->output));
    const char *folder = path_directory(c->arena, path_normalize(c->arena, path));
    vec_push_in(c->arena, &c->directories, path_relative_to(c->arena, folder, output_folder));
    return file;
}

/** Reads and parses a file; `user` is where it was asked for. */
static const AstFile *
load_file(Compilation *c, const char *path, Span user)
{
    char *text;
    size_t length;
    if (c->replaced != NULL && text_equal(c->replaced->path, path)) {
        return parse_text(c, path, arena_strndup(c->arena, c->replaced->text, c->replaced->length),
                          c->replaced->length);
    }
    if (file_read(c->arena, path, FILE_LIMIT_BYTES, &text, &length) < 0) {
        int error = errno;
        if (error == EFBIG) {
            diag_add(c->diags, DIAG_TEXT_TOO_LARGE, user);
            diag_note(c->diags, SPAN_NONE, "the file is %s", path);
        } else {
            diag_add(c->diags, DIAG_FILE_UNREADABLE, user, path, strerror(error));
        }
        c->files_lost = true;
        return NULL;
    }
    return parse_text(c, path, text, length);
}

static bool
is_loaded(const Compilation *c, const char *path)
{
    const char *normal = path_normalize(c->arena, path);
    for (size_t i = 0; i < c->sources.n; i++) {
        if (text_equal(path_normalize(c->arena, c->sources.items[i]->path), normal)) {
            return true;
        }
    }
    return false;
}

/* ---- use ---- */

/** The module of the standard library that is nearest to `name`. */
static void
hint_module(Compilation *c, const char *folder, const char *name)
{
    static const char suffix[] = ".flow";
    char **paths;
    size_t n;
    if (file_glob(c->arena, path_join(c->arena, folder, "*.flow"), &paths, &n) < 0) {
        return;
    }
    const char **names = ARENA_ARRAY(c->arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        const char *base = path_base(paths[i]);
        names[i] = arena_strndup(c->arena, base, strlen(base) - strlen(suffix));
    }
    const char *nearest = suggest_nearest(name, names, n);
    if (nearest != NULL) {
        diag_hint(c->diags, "did you mean `std.%s`?", nearest);
    }
}

static void
use_module(Compilation *c, const AstUse *use)
{
    const char *prefix = driver_prefix(c->arena);
    bool is_std = use->module.n == 2 && text_equal(use->module.items[0]->text, "std");
    Span span = use->decl.node.span;
    if (!is_std || prefix == NULL) {
        diag_add(c->diags, DIAG_USE_MODULE, span);
        c->files_lost = true;
        return;
    }
    const char *name = use->module.items[1]->text;
    const char *path = arena_printf(c->arena, "%s/share/pdc/stdlib/%s.flow", prefix, name);
    if (!file_exists(path)) {
        diag_add(c->diags, DIAG_USE_UNKNOWN, span, name);
        c->files_lost = true;
        hint_module(c, arena_printf(c->arena, "%s/share/pdc/stdlib", prefix), name);
    } else if (!is_loaded(c, path)) {
        (void)load_file(c, path, span);
    }
}

static void
use_files(Compilation *c, const AstUse *use, const char *folder)
{
    char **paths;
    size_t n;
    const char *pattern = use->path->as.string.text;
    if (file_glob(c->arena,
                  text_equal(folder, ".") ? pattern : path_join(c->arena, folder, pattern), &paths,
                  &n) < 0 ||
        n == 0) {
        diag_add(c->diags, DIAG_USE_NOTHING, use->path->node.span, pattern);
        c->files_lost = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (!is_loaded(c, paths[i])) {
            (void)load_file(c, paths[i], use->path->node.span);
        }
    }
}

static void
follow_uses(Compilation *c, const AstFile *file)
{
    const char *folder = path_directory(c->arena, file->source->path);
    for (size_t i = 0; i < file->decls.n; i++) {
        const AstUse *use = (const AstUse *)file->decls.items[i];
        if (use->decl.node.kind != AST_USE) {
            continue;
        }
        if (use->path != NULL) {
            use_files(c, use, folder);
        } else {
            use_module(c, use);
        }
    }
}

/* ---- the main file ---- */

static bool
says_flow(Compilation *c, const char *path)
{
    char *text;
    size_t length;
    CLEANUP(diags_freep)
    Diags *unheard = diags_new(); /* the chosen file is parsed again, and heard */
    if (file_read(c->arena, path, FILE_LIMIT_BYTES, &text, &length) < 0) {
        return false;
    }
    const AstFile *file = parse_file(source_new(c->arena, path, text, length), c->arena, unheard);
    for (size_t i = 0; i < file->decls.n; i++) {
        if (file->decls.items[i]->node.kind == AST_FLOW) {
            return true;
        }
    }
    return false;
}

/** The one `.flow` of this folder that says `flow NAME;`. */
static const char *
find_main(Compilation *c)
{
    char **paths;
    size_t n;
    const char *found = NULL;
    if (file_glob(c->arena, "*.flow", &paths, &n) < 0) {
        n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (n > 1 && !says_flow(c, paths[i])) {
            continue;
        }
        if (found != NULL) {
            diag_add(c->diags, DIAG_MAIN_TWICE, SPAN_NONE, found, paths[i]);
            return NULL;
        }
        found = paths[i];
    }
    if (found == NULL) {
        diag_add(c->diags, DIAG_MAIN_MISSING, SPAN_NONE);
    }
    return found;
}

void
pass_parse(Compilation *c)
{
    const char *path = c->options->file != NULL ? c->options->file : find_main(c);
    if (path == NULL || load_file(c, path, SPAN_NONE) == NULL) {
        return;
    }
    for (size_t i = 0; i < c->files.n; i++) { /* grows while it is walked */
        follow_uses(c, c->files.items[i]);
    }
}

/* ---- paths ---- */

/** Length of the first part of a path, with its slash. */
static size_t
part_length(const char *path)
{
    size_t length = strcspn(path, "/");
    return path[length] == '/' ? length + 1 : length;
}

char *
path_relative_to(Arena *arena, const char *path, const char *folder)
{
    Str text = {0};
    size_t path_part = part_length(path);
    size_t folder_part = part_length(folder);
    while (path_part > 0 && folder_part > 0 && strcspn(path, "/") == strcspn(folder, "/") &&
           strncmp(path, folder, strcspn(path, "/")) == 0) {
        path += path_part;
        folder += folder_part;
        path_part = part_length(path);
        folder_part = part_length(folder);
    }
    for (; folder_part > 0; folder += folder_part, folder_part = part_length(folder)) {
        str_append(&text, text.length == 0 ? ".." : "/..");
    }
    if (*path != '\0' || text.length == 0) {
        str_append(&text, text.length > 0 ? "/" : "");
        str_append(&text, *path == '\0' ? "." : path);
    }
    return str_take_in(&text, arena);
}

char *
driver_prefix(Arena *arena)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0) {
        return NULL;
    }
    path[length] = '\0';
    return path_directory(arena, path_directory(arena, path));
}
