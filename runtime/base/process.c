#include "runtime/base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Both ends close themselves in other programs that are started meanwhile. */
static int
pipe_open(int ends[2])
{
    if (pipe(ends) != 0) {
        return -1;
    }
    if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0) {
        return 0;
    }
    int saved = errno;
    close(ends[0]);
    close(ends[1]);
    errno = saved;
    return -1;
}

/* Signals as a shell would set them, whatever we ignore or block. @return 0 or an errno value */
static int
reset_signals(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    int code = posix_spawnattr_setsigmask(attributes, &none);
    if (code == 0) {
        code = posix_spawnattr_setsigdefault(attributes, &defaults);
    }
    if (code == 0) {
        code = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    return code;
}

/* stdin from /dev/null, output to `output_fd`, or ours if that is < 0. @return 0 or an errno value
 */
static int
redirect(posix_spawn_file_actions_t *actions, int output_fd)
{
    int code = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (code == 0 && output_fd >= 0) {
        code = posix_spawn_file_actions_adddup2(actions, output_fd, STDOUT_FILENO);
    }
    if (code == 0 && output_fd >= 0) {
        code = posix_spawn_file_actions_adddup2(actions, output_fd, STDERR_FILENO);
    }
    return code;
}

/* @return 0 or an errno value */
static int
spawn(const char *const *argv, int output_fd, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    union { /* the prototype lacks a const that its description promises */
        const char *const *ours;
        char *const *theirs;
    } arguments = {.ours = argv};
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0) {
        return code;
    }
    code = posix_spawnattr_init(&attributes);
    if (code != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return code;
    }
    code = reset_signals(&attributes);
    if (code == 0) {
        code = redirect(&actions, output_fd);
    }
    if (code == 0) {
        code = posix_spawnp(ret_pid, argv[0], &actions, &attributes, arguments.theirs, environ);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

/* Reads until the last writer has closed its end. */
static void
read_all(int fd, Str *output)
{
    char buffer[8192];
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof(buffer));
        if (n > 0) {
            str_append_n(output, buffer, (size_t)n);
        } else if (n == 0 || errno != EINTR) {
            return;
        }
    }
}

static int
wait_for(pid_t pid, int *ret_status)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    *ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return 0;
}

int
process_run(const char *const *argv, Str *output, int *ret_status)
{
    int ends[2] = {-1, -1};
    pid_t pid = 0;
    if (output != NULL && pipe_open(ends) != 0) {
        return -1;
    }
    int code = spawn(argv, ends[1], &pid);
    if (output != NULL) {
        close(ends[1]);
        if (code == 0) {
            read_all(ends[0], output);
        }
        close(ends[0]);
    }
    if (code != 0) {
        errno = code;
        return -1;
    }
    return wait_for(pid, ret_status);
}

void
process_keep_standard_files(void)
{
    static const int wrong_way[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) {
            continue;
        }
        int taken = open("/dev/null", wrong_way[fd]); /* the lowest that is free: this one */
        (void)taken;
    }
}
