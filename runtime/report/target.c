#include "runtime/report/target.h"

#include "runtime/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MODE = 0666, NO_DESCRIPTOR = -1, PATIENCE_MS = 1000 };

static int
set_failure(Error *reterr, const char *option, const char *path, const char *problem)
{
    (void)error_set(reterr, ERROR_IO, "can't write %s: %s", path, problem);
    error_set_hint(reterr, "the run goes on; %s names the file", option);
    return -1;
}

Target
target_of_descriptor(const char *option, int fd)
{
    return (Target){.option = option, .fd = fd};
}

/* A line that a full disk has cut off must not swallow the next one. */
static void
end_last_line(int fd)
{
    char last = '\n';
    off_t end = lseek(fd, 0, SEEK_END);
    if (end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n' && write(fd, "\n", 1) < 1) {
        return; /* the next line fails as well, and says so */
    }
}

/* O_NONBLOCK: a named pipe without a reader is refused instead of waited for. A file is read, too,
 * to see how it ends; a pipe must not be, since it would have a reader then. */
static int
open_file(const char *path)
{
    const int flags = O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    struct stat status;
    bool is_file = stat(path, &status) != 0 || S_ISREG(status.st_mode);
    int fd = is_file ? open(path, O_RDWR | flags, FILE_MODE) : NO_DESCRIPTOR;
    if (fd >= 0) {
        end_last_line(fd);
        return fd;
    }
    return open(path, O_WRONLY | flags, FILE_MODE);
}

int
target_open(Target *target, const char *option, const char *path, Error *reterr)
{
    *target = (Target){.option = option, .path = path, .fd = open_file(path)};
    if (target->fd >= 0) {
        return 0;
    }
    target->has_failed = true;
    return set_failure(reterr, option, path,
                       errno == ENXIO ? "nobody reads the pipe" : strerror(errno));
}

/* Waits a moment for the reader of a full pipe. @return 0, or -1 with errno */
static int
wait_for_reader(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLOUT};
    int n = poll(&wanted, 1, PATIENCE_MS);
    if (n == 0) {
        errno = ETIMEDOUT;
    }
    return n > 0 || (n < 0 && errno == EINTR) ? 0 : -1;
}

/* write() that takes its time, but not more than PATIENCE_MS. @return bytes, or -1 with errno */
static ssize_t
write_some(int fd, const char *text, size_t length)
{
    ssize_t n = write(fd, text, length);
    if (n >= 0 || errno == EINTR) {
        return n > 0 ? n : 0;
    }
    return errno == EAGAIN && wait_for_reader(fd) == 0 ? 0 : -1;
}

int
target_append(Target *target, const Str *lines, Error *reterr)
{
    const char *text = str_text(lines);
    size_t left = target->has_failed ? 0 : lines->length;
    while (left > 0) {
        ssize_t n = write_some(target->fd, text, left);
        if (n < 0) {
            target->has_failed = true;
            return set_failure(reterr, target->option,
                               target->path != NULL ? target->path : "standard error",
                               errno == ETIMEDOUT ? "its reader is too slow" : strerror(errno));
        }
        text += n;
        left -= (size_t)n;
    }
    return 0;
}

void
target_close(Target *target)
{
    if (target->path != NULL && target->fd >= 0) {
        close(target->fd);
    }
    target->fd = NO_DESCRIPTOR;
}

int
target_replace(const char *option, const char *path, const Str *text, Error *reterr)
{
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        return set_failure(reterr, option, path, "it is no regular file");
    }
    if (file_write_atomic(path, str_text(text), text->length, FILE_MODE) < 0) {
        return set_failure(reterr, option, path, strerror(errno));
    }
    return 0;
}
