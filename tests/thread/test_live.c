// Rooms: runtime/report
/* The live lines are drawn by a thread of their own while the run's thread changes them: for the
 * thread sanitizer. */
#include "runtime/base/clock.h"
#include "runtime/report/live.h"

#include <stdio.h>
#include <time.h>

int
main(void)
{
    FILE *terminal = fopen("/dev/null", "w");
    if (terminal == NULL) {
        return 77;
    }
    Live *live = live_new(&(LiveOptions){.terminal = terminal, .clock = clock_monotonic_us});
    Str line = {0};
    int status = 0;
    str_append(&line, "built a.b\n");
    for (size_t i = 0; i < 40; i++) {
        live_begin(live, "building", "a.b");
        live_count(live, i, 40);
        live_say(live, i % 2 == 0 ? "publishing" : NULL);
        status |= live_print(live, &line);
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        if (i % 3 != 0) {
            live_end(live, "a.b");
        }
    }
    live_free(live);
    str_deinit(&line);
    fclose(terminal);
    return status != 0;
}
