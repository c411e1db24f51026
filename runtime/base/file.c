#include "runtime/base/file.h"

#include "runtime/base/str.h"
#include "runtime/base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Closes without losing the errno of what went wrong before. */
static void
close_quietly(const int *fd)
{
    int saved = errno;
    if (*fd >= 0) {
        close(*fd);
    }
    errno = saved;
}

/* Checks that `fd` is a regular file of fewer than `limit_bytes`. */
static int
check_regular(int fd, size_t limit_bytes, size_t *ret_size)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return -1;
    }
    if (!S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        return -1;
    }
    if (limit_bytes > 0 && (uintmax_t)status.st_size > limit_bytes) {
        errno = EFBIG;
        return -1;
    }
    *ret_size = (size_t)status.st_size;
    return 0;
}

int
file_read(Arena *arena, const char *path, size_t limit_bytes, char **ret_text, size_t *ret_length)
{
    size_t capacity = 0;
    size_t length = 0;
    /* O_NONBLOCK: a named pipe must be refused, not waited for. */
    CLEANUP(close_quietly) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || check_regular(fd, limit_bytes, &capacity) != 0) {
        return -1;
    }
    capacity++; /* the read that sees the end needs room, and so does the NUL */
    char *text = arena_calloc(arena, capacity + 1, 1);
    for (;;) {
        ssize_t n = read(fd, text + length, capacity - length);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        if (n == 0) {
            break;
        }
        length += (size_t)n;
        if (limit_bytes > 0 && length > limit_bytes) {
            errno = EFBIG;
            return -1;
        }
        if (length == capacity) { /* the file grows, or has no size (procfs) */
            char *grown = arena_calloc(arena, capacity * 2 + 1, 1);
            memcpy(grown, text, length);
            text = grown;
            capacity *= 2;
        }
    }
    text[length] = '\0';
    *ret_text = text;
    *ret_length = length;
    return 0;
}

static int
write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, data, length);
        if (n < 0 && errno != EINTR) {
            return -1;
        }
        if (n > 0) {
            data += n;
            length -= (size_t)n;
        }
    }
    return 0;
}

/* Opens a new file in `directory`; its name goes to `name`. */
static int
open_temporary(const char *directory, mode_t mode, Str *name)
{
    for (unsigned i = 0; i < 10000; i++) {
        str_clear(name);
        str_append_format(name, "%s/.pdc-%ld-%u.tmp", directory, (long)getpid(), i);
        int fd = open(str_text(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd >= 0 || errno != EEXIST) {
            return fd;
        }
    }
    return -1;
}

/* Makes a rename durable. Some file systems can't sync folders; the rename has happened all the
 * same. */
static void
sync_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

/* Writes and syncs; closes `fd` in any case. */
static int
fill_file(int fd, const char *data, size_t length)
{
    if (write_all(fd, data, length) != 0 || fsync(fd) != 0) {
        close_quietly(&fd);
        return -1;
    }
    return close(fd);
}

int
file_write_atomic(const char *path, const char *data, size_t length, mode_t mode)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(str_deinit) Str temporary = {0};
    const char *directory = path_directory(arena, path);
    int fd = open_temporary(directory, mode, &temporary);
    if (fd < 0) {
        return -1;
    }
    if (fill_file(fd, data, length) != 0 || rename(str_text(&temporary), path) != 0) {
        int saved = errno;
        unlink(str_text(&temporary));
        errno = saved;
        return -1;
    }
    sync_directory(directory);
    return 0;
}

bool
file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool
file_is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int
make_directory(const char *path, mode_t mode)
{
    if (mkdir(path, mode) == 0) {
        return 0;
    }
    int mkdir_errno = errno;
    if (file_is_directory(path)) {
        return 0; /* it was there, or another process was faster */
    }
    errno = mkdir_errno;
    return -1;
}

int
file_make_directories(const char *path, mode_t mode)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char *part = arena_strdup(arena, path);
    for (char *c = part; *c != '\0'; c++) {
        if (*c != '/' || c == part) {
            continue;
        }
        *c = '\0';
        if (make_directory(part, mode) != 0) {
            return -1;
        }
        *c = '/';
    }
    return make_directory(part, mode);
}

void
file_write_cache(const char *path, const char *data, size_t length, bool worth_folder)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *folder = path_directory(arena, path);
    bool there =
        file_is_directory(folder) || (worth_folder && file_make_directories(folder, 0777) == 0);
    if (!there || file_write_atomic(path, data, length, 0666) < 0) {
        return; /* as if there were no cache */
    }
}

char *
path_join(Arena *arena, const char *directory, const char *name)
{
    if (name[0] == '/' || directory[0] == '\0') {
        return arena_strdup(arena, name);
    }
    const char *separator = text_ends_with(directory, "/") ? "" : "/";
    return arena_printf(arena, "%s%s%s", directory, separator, name);
}

/* Where the last part begins; slashes behind it belong to it. */
static size_t
base_offset(const char *path)
{
    size_t i = strlen(path);
    while (i > 1 && path[i - 1] == '/') {
        i--;
    }
    if (i == 1 && path[0] == '/') {
        return 0; /* nothing but slashes */
    }
    while (i > 0 && path[i - 1] != '/') {
        i--;
    }
    return i;
}

char *
path_directory(Arena *arena, const char *path)
{
    size_t length = base_offset(path);
    if (length == 0) {
        return arena_strdup(arena, path[0] == '/' ? "/" : ".");
    }
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    return arena_strndup(arena, path, length);
}

const char *
path_base(const char *path)
{
    return path + base_offset(path);
}

/* The present folder, or "/" where it is gone. */
static const char *
present_directory(Arena *arena)
{
    char *buffer = arena_alloc(arena, PATH_MAX);
    return getcwd(buffer, PATH_MAX) != NULL && buffer[0] == '/' ? buffer : "/";
}

char *
path_normalize(Arena *arena, const char *path)
{
    const char *absolute = path[0] == '/' ? path : path_join(arena, present_directory(arena), path);
    char *normal = arena_calloc(arena, strlen(absolute) + 2, 1);
    size_t length = 0;
    for (const char *part = absolute; *part != '\0';) {
        part += strspn(part, "/");
        size_t n = strcspn(part, "/");
        if (n == 2 && part[0] == '.' && part[1] == '.') {
            while (length > 0 && normal[--length] != '/') {
            }
        } else if (n > 0 && !(n == 1 && part[0] == '.')) {
            normal[length++] = '/';
            memcpy(normal + length, part, n);
            length += n;
        }
        part += n;
    }
    normal[length] = '\0';
    if (length == 0) {
        normal[0] = '/';
        normal[1] = '\0';
    }
    return normal;
}

int
file_glob(Arena *arena, const char *pattern, char ***ret_paths, size_t *ret_n)
{
    glob_t found = {0};
    int code = glob(pattern, GLOB_ERR | GLOB_NOSORT, NULL, &found);
    if (code != 0 && code != GLOB_NOMATCH && !(code == GLOB_ABORTED && errno == ENOENT)) {
        int saved = code == GLOB_NOSPACE ? ENOMEM : errno;
        globfree(&found);
        errno = saved;
        return -1;
    }
    size_t n = code == 0 ? found.gl_pathc : 0;
    char **paths = ARENA_ARRAY(arena, char *, n);
    for (size_t i = 0; i < n; i++) {
        paths[i] = arena_strdup(arena, found.gl_pathv[i]);
    }
    globfree(&found);
    qsort(paths, n, sizeof(*paths), text_compare_ptr);
    *ret_paths = paths;
    *ret_n = n;
    return 0;
}
