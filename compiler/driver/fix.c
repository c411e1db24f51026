#define _XOPEN_SOURCE 700 /* realpath() */

/*
 * `pdc check --fix`: writes the fix-its of messages into the files.
 */
#include "compiler/driver/driver.h"
#include "runtime/base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct FixList FixList;
struct FixList {
    VEC(DiagFix) items;
};

static int
compare_fixes(const void *a, const void *b)
{
    const DiagFix *x = a;
    const DiagFix *y = b;
    if (x->span.file != y->span.file) {
        return x->span.file < y->span.file ? -1 : 1;
    }
    if (x->span.start != y->span.start) {
        return x->span.start < y->span.start ? -1 : 1;
    }
    return (x->span.end > y->span.end) - (x->span.end < y->span.end);
}

/** Of fixes that overlap, or put something in at one place, the first stays. */
static void
drop_overlapping(FixList *list)
{
    size_t kept = 0;
    if (list->items.n > 0) {
        qsort(list->items.items, list->items.n, sizeof(DiagFix), compare_fixes);
    }
    for (size_t i = 0; i < list->items.n; i++) {
        const DiagFix *before = kept > 0 ? &list->items.items[kept - 1] : NULL;
        const DiagFix *fix = &list->items.items[i];
        if (before == NULL || before->span.file != fix->span.file ||
            (before->span.end <= fix->span.start && before->span.start < fix->span.start)) {
            list->items.items[kept++] = *fix;
        }
    }
    list->items.n = kept;
}

/** One fix-it a message: several of one are alternatives. */
static void
collect_fixes(const Diags *diags, FixList *list)
{
    DiagView view;
    for (size_t i = 0; diags_view(diags, i, &view); i++) {
        if (view.n_fixes == 1) {
            vec_push(&list->items, view.fixes[0]);
        }
    }
    drop_overlapping(list);
}

size_t
driver_count_fixes(const Diags *diags)
{
    FixList list = {0};
    collect_fixes(diags, &list);
    size_t n = list.items.n;
    vec_free(&list.items);
    return n;
}

static void
say_fixes(const DiagFix *fixes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Span span = fixes[i].span;
        int length = (int)(span.end - span.start);
        fprintf(stderr, "%s:%zu:%zu: ", span.file->path, source_line_of(span.file, span.start),
                source_column_of(span.file, span.start));
        if (length == 0) {
            fprintf(stderr, "`%s` is put in\n", fixes[i].replacement);
        } else {
            fprintf(stderr, "`%.*s` is now `%s`\n", length, span.file->text + span.start,
                    fixes[i].replacement);
        }
    }
}

static bool
refuse_file(const SourceFile *file, const char *why)
{
    fprintf(stderr, "pdc: can't correct %s: %s\n", file->path, why);
    return false;
}

/** The file as it must be: everything else byte for byte. */
static void
apply(const SourceFile *file, const DiagFix *fixes, size_t n, Str *text)
{
    size_t done = 0;
    for (size_t i = 0; i < n; i++) {
        str_append_n(text, file->text + done, fixes[i].span.start - done);
        str_append(text, fixes[i].replacement);
        done = fixes[i].span.end;
    }
    str_append_n(text, file->text + done, file->length - done);
}

static bool
write_fixed(const SourceFile *file, const char *path, mode_t mode, const DiagFix *fixes, size_t n)
{
    CLEANUP(str_deinit) Str text = {0};
    apply(file, fixes, n, &text);
    return (file_write_atomic(path, str_text(&text), text.length, mode) == 0 &&
            chmod(path, mode) == 0) ||
           refuse_file(file, strerror(errno));
}

/** Replaces the file, behind symbolic links, if it is still what was checked. */
static bool
rewrite_file(Compilation *c, const DiagFix *fixes, size_t n)
{
    const SourceFile *file = fixes[0].span.file;
    char *now;
    size_t length;
    struct stat status;
    char *path = realpath(file->path, NULL);
    bool done = false;
    if (path == NULL || stat(path, &status) < 0 ||
        file_read(c->arena, path, UINT32_MAX, &now, &length) < 0) {
        refuse_file(file, strerror(errno));
    } else if (length != file->length || memcmp(now, file->text, length) != 0) {
        refuse_file(file, "it was changed meanwhile");
    } else {
        done = write_fixed(file, path, status.st_mode & 07777, fixes, n);
    }
    free(path);
    return done;
}

FixSummary
driver_fix(Compilation *c)
{
    FixSummary summary = {0};
    FixList list = {0};
    collect_fixes(c->diags, &list);
    for (size_t i = 0, end; i < list.items.n; i = end) {
        const DiagFix *fixes = &list.items.items[i];
        for (end = i; end < list.items.n && list.items.items[end].span.file == fixes->span.file;) {
            end++;
        }
        if (rewrite_file(c, fixes, end - i)) {
            summary.n_fixes += end - i;
            say_fixes(fixes, end - i);
        } else {
            summary.failed = true;
        }
    }
    vec_free(&list.items);
    return summary;
}
