#include "runtime/cli/interrupt.h"

#include "runtime/base/macros.h"
#include "runtime/run/run.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* The signal flag: the only state outside of structs. */
static volatile sig_atomic_t is_running;
static volatile sig_atomic_t was_asked;

static void
handle_signal(int signal_number)
{
    (void)signal_number;
    if (!is_running || was_asked) {
        _exit(INTERRUPT_EXIT);
    }
    int saved = errno;
    was_asked = 1;
    run_interrupt();
    errno = saved;
}

static void
install(int signal_number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(signal_number, &action, NULL);
}

static bool
is_ignored(int signal_number)
{
    struct sigaction action;
    return sigaction(signal_number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void
interrupt_install(void)
{
    install(SIGINT, handle_signal);
    install(SIGTERM, handle_signal);
    if (!is_ignored(SIGHUP)) {
        install(SIGHUP, handle_signal);
    }
    install(SIGPIPE, SIG_IGN);
}

void
interrupt_set_running(bool running)
{
    was_asked = 0;
    is_running = running;
}
