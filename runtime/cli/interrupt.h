/**
 * Interrupt: what Ctrl-C does.
 *
 * While a run goes on the first signal asks it to end (statements are cancelled, nothing is
 * published) and the second ends the process at once; without a run the first does. The same for
 * SIGTERM, and for SIGHUP unless it was ignored (nohup).
 */
#ifndef PDC_CLI_INTERRUPT_H
#define PDC_CLI_INTERRUPT_H

#include <stdbool.h>

/** Exit code of an interrupted process. */
enum { INTERRUPT_EXIT = 130 };

/** From now on signals are handled as above, and writing to a closed pipe is an error, not a
 * signal. */
void interrupt_install(void);
/** A run begins, or has ended. */
void interrupt_set_running(bool running);

#endif
