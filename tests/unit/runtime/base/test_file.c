#include "runtime/base/file.h"
#include "runtime/base/process.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each test works in a folder of its own. */
static Arena *arena;
static char *folder;

static void
enter(void)
{
    char template[] = "/tmp/pdc-test-file-XXXXXX";
    arena = arena_new();
    folder = arena_strdup(arena, mkdtemp(template));
    cr_assert_eq(chdir(folder), 0);
}

static void
leave(void)
{
    int status;
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(process_run((const char *const[]){"rm", "-rf", folder, NULL}, NULL, &status), 0);
    arena_free(arena);
}

TestSuite(file, .init = enter, .fini = leave);

Test(file, what_is_written_is_read)
{
    char *text;
    size_t length;
    umask(022);
    cr_assert_eq(file_write_atomic("a", "x\0y", 3, 0666), 0);
    cr_assert_eq(file_write_atomic("sub", "", 0, 0600), 0);
    cr_assert_eq(file_read(arena, "a", 0, &text, &length), 0);
    cr_assert_eq(length, 3);
    cr_assert_arr_eq(text, "x\0y", 4);
    cr_assert_eq(file_write_atomic("a", "new", 3, 0755), 0);
    cr_assert_eq(file_read(arena, "a", 3, &text, &length), 0);
    cr_assert_str_eq(text, "new");
    struct stat status;
    cr_assert_eq(stat("a", &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0755);
    char **paths;
    size_t n;
    cr_assert_eq(file_glob(arena, ".pdc*", &paths, &n), 0);
    cr_assert_eq(n, 0, "no temporary file is left");
}

Test(file, a_failed_write_leaves_the_old_file)
{
    char *text;
    size_t length;
    char **paths;
    size_t n;
    cr_assert_eq(mkdir("d", 0777), 0);
    cr_assert_eq(file_write_atomic("d/old", "old", 3, 0666), 0);
    cr_assert_lt(file_write_atomic("d", "x", 1, 0666), 0, "a folder is not replaced");
    cr_assert_eq(errno, EISDIR);
    cr_assert_eq(file_read(arena, "d/old", 0, &text, &length), 0);
    cr_assert_lt(file_write_atomic("no/such/folder", "x", 1, 0666), 0);
    cr_assert_eq(errno, ENOENT);
    cr_assert_eq(file_glob(arena, ".pdc*", &paths, &n), 0);
    cr_assert_eq(n, 0);
}

Test(file, a_stale_temporary_file_is_no_obstacle)
{
    char name[64];
    snprintf(name, sizeof(name), ".pdc-%ld-0.tmp", (long)getpid());
    cr_assert_eq(mkdir(name, 0777), 0);
    cr_assert_eq(file_write_atomic("a", "x", 1, 0666), 0);
    cr_assert(file_exists("a"));
}

Test(file, read_refuses)
{
    static const struct {
        const char *path;
        size_t limit;
        int code;
    } cases[] = {{"missing", 0, ENOENT},
                 {".", 0, EISDIR},
                 {"big", 5, EFBIG},
                 {"pipe", 0, EINVAL},
                 {"", 0, ENOENT}};
    cr_assert_eq(file_write_atomic("big", "123456", 6, 0666), 0);
    cr_assert_eq(mkfifo("pipe", 0666), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = NULL;
        size_t length;
        cr_assert_lt(file_read(arena, cases[i].path, cases[i].limit, &text, &length), 0, "%s",
                     cases[i].path);
        cr_assert_eq(errno, cases[i].code, "%s: %s", cases[i].path, strerror(errno));
        cr_assert_null(text);
    }
}

Test(file, reads_files_that_have_no_size)
{
    char *text;
    size_t length;
    cr_assert_eq(file_read(arena, "/proc/self/status", 0, &text, &length), 0);
    cr_assert_gt(length, 100);
    cr_assert_eq(strlen(text), length);
    cr_assert_lt(file_read(arena, "/proc/self/status", 10, &text, &length), 0);
    cr_assert_eq(errno, EFBIG);
}

Test(file, makes_folders)
{
    char *deep = path_join(arena, folder, "a/b//c/");
    cr_assert_eq(file_make_directories(deep, 0777), 0);
    cr_assert_eq(file_make_directories(deep, 0777), 0);
    cr_assert(file_is_directory("a/b/c"));
    cr_assert_eq(file_make_directories("x", 0777), 0);
    cr_assert_eq(file_write_atomic("plain", "", 0, 0666), 0);
    cr_assert_lt(file_make_directories("plain", 0777), 0);
    cr_assert_eq(errno, EEXIST);
    cr_assert_lt(file_make_directories("plain/sub", 0777), 0);
    cr_assert_not(file_is_directory("plain"));
    cr_assert(file_exists("plain"));
    cr_assert_not(file_exists("nothing"));
}

Test(file, glob_sorts_by_bytes)
{
    static const char *const names[] = {"b.flow", "a.flow", "B.flow", "c.txt", ".d.flow"};
    char **paths;
    size_t n;
    for (size_t i = 0; i < 5; i++) {
        cr_assert_eq(file_write_atomic(names[i], "", 0, 0666), 0);
    }
    cr_assert_eq(file_glob(arena, "*.flow", &paths, &n), 0);
    cr_assert_eq(n, 3);
    cr_assert_str_eq(paths[0], "B.flow");
    cr_assert_str_eq(paths[1], "a.flow");
    cr_assert_str_eq(paths[2], "b.flow");
    cr_assert_eq(file_glob(arena, "*.nothing", &paths, &n), 0);
    cr_assert_eq(n, 0);
    cr_assert_eq(file_glob(arena, "missing/*.flow", &paths, &n), 0);
    cr_assert_eq(n, 0);
    cr_assert_eq(file_glob(arena, "c.txt", &paths, &n), 0);
    cr_assert_eq(n, 1);
}

Test(path, parts)
{
    static const struct {
        const char *path, *directory, *base;
    } cases[] = {
        {"a", ".", "a"},     {"a/b", "a", "b"}, {"a/b/c", "a/b", "c"}, {"/a", "/", "a"},
        {"/", "/", "/"},     {"//", "/", "//"}, {"a//b", "a", "b"},    {"", ".", ""},
        {"a/b/", "a", "b/"}, {"./a", ".", "a"},
    };
    Arena *scratch = arena_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cr_assert_str_eq(path_directory(scratch, cases[i].path), cases[i].directory, "%s",
                         cases[i].path);
        cr_assert_str_eq(path_base(cases[i].path), cases[i].base, "%s", cases[i].path);
    }
    arena_free(scratch);
}

Test(path, join)
{
    Arena *scratch = arena_new();
    cr_assert_str_eq(path_join(scratch, "a", "b"), "a/b");
    cr_assert_str_eq(path_join(scratch, "a/", "b"), "a/b");
    cr_assert_str_eq(path_join(scratch, "/", "b"), "/b");
    cr_assert_str_eq(path_join(scratch, "", "b"), "b");
    cr_assert_str_eq(path_join(scratch, "a", "/b"), "/b");
    arena_free(scratch);
}

Test(path, normalize)
{
    static const struct {
        const char *path, *normal;
    } cases[] = {
        {"/a/b", "/a/b"},     {"/a//b/", "/a/b"},   {"/a/./b", "/a/b"}, {"/a/../b", "/b"},
        {"/..", "/"},         {"/", "/"},           {"/../../a", "/a"}, {"/a/b/../..", "/"},
        {"/a/...", "/a/..."}, {"/a/..b", "/a/..b"},
    };
    Arena *scratch = arena_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cr_assert_str_eq(path_normalize(scratch, cases[i].path), cases[i].normal, "%s",
                         cases[i].path);
    }
    cr_assert_eq(chdir("/usr"), 0);
    cr_assert_str_eq(path_normalize(scratch, "a/../b"), "/usr/b");
    cr_assert_str_eq(path_normalize(scratch, ""), "/usr");
    cr_assert_str_eq(path_normalize(scratch, ".."), "/");
    arena_free(scratch);
}
