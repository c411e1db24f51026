#include "runtime/report/live.h"

#include "runtime/base/memory.h"
#include "runtime/base/vec.h"
#include "runtime/report/words.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

enum { TICK_MS = 100, DEFAULT_WIDTH = 80, DEFAULT_ROWS = 24, MOST_TASKS = 12, VERB_COLUMNS = 9 };

typedef struct LiveTask LiveTask;
struct LiveTask {
    char *name;
    const char *verb;
    int64_t began_us;
};

struct Live {
    LiveOptions options;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t thread;
    bool has_thread;
    bool is_ending;
    int64_t began_us;
    VEC(LiveTask) tasks;
    Str phase;
    size_t number;
    size_t of;
    size_t n_drawn; /* lines that stand on the terminal */
};

static double
seconds_since(const Live *live, int64_t began_us)
{
    return (double)(live->options.clock() - began_us) / 1e6;
}

/* Appends one line: clipped to the width, dim where there are colours. */
static void
append_line(const Live *live, size_t width, Str *line, Str *out)
{
    str_append(out, live->options.color ? "\x1b[2m" : "");
    words_append_clipped(out, str_text(line), width - 1);
    str_append(out, live->options.color ? "\x1b[0m\n" : "\n");
    str_deinit(line);
}

static void
append_task(const Live *live, const LiveTask *task, size_t width, Str *out)
{
    Str line = {0};
    str_append_format(&line, "  %-*s ", VERB_COLUMNS, task->verb);
    words_append_line(&line, task->name);
    str_append(&line, "  ");
    words_append_seconds(&line, seconds_since(live, task->began_us));
    append_line(live, width, &line, out);
}

static void
append_status(const Live *live, size_t n_hidden, size_t width, Str *out)
{
    Str line = {0};
    str_append(&line, "  ");
    if (n_hidden > 0) {
        str_append_format(&line, "and %zu more; ", n_hidden);
    }
    if (live->phase.length > 0) {
        words_append_line(&line, str_text(&live->phase));
        str_append(&line, ", ");
    } else if (live->of > 0) {
        str_append_format(&line, "%zu of %zu tables, ", live->number, live->of);
    }
    words_append_seconds(&line, seconds_since(live, live->began_us));
    append_line(live, width, &line, out);
}

/* Needs the mutex. */
static size_t
compose(Live *live, size_t width, size_t rows, Str *out)
{
    size_t most = rows > 3 ? rows - 3 : 1;
    if (width < 2 || (live->tasks.n == 0 && live->phase.length == 0)) {
        return 0;
    }
    most = most < MOST_TASKS ? most : MOST_TASKS;
    size_t n = live->tasks.n < most ? live->tasks.n : most;
    for (size_t i = 0; i < n; i++) {
        append_task(live, &live->tasks.items[i], width, out);
    }
    append_status(live, live->tasks.n - n, width, out);
    return n + 1;
}

size_t
live_compose(Live *live, size_t width, size_t rows, Str *out)
{
    pthread_mutex_lock(&live->mutex);
    size_t n = compose(live, width, rows, out);
    pthread_mutex_unlock(&live->mutex);
    return n;
}

/* Appends what takes the lines away again. */
static void
append_erase(Live *live, Str *out)
{
    if (live->n_drawn > 0) {
        str_append_format(out, "\x1b[%zuA\r\x1b[J", live->n_drawn);
        live->n_drawn = 0;
    }
}

static void
append_lines(Live *live, Str *out)
{
    struct winsize size = {0};
    size_t width = live->options.width > 0 ? live->options.width : DEFAULT_WIDTH;
    size_t rows = DEFAULT_ROWS;
    if (ioctl(fileno(live->options.terminal), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        width = size.ws_col;
        rows = size.ws_row > 0 ? size.ws_row : DEFAULT_ROWS;
    }
    live->n_drawn = compose(live, width, rows, out);
}

static int
write_out(Live *live, Str *text)
{
    errno = 0;
    bool failed = fwrite(str_text(text), 1, text->length, live->options.terminal) < text->length ||
                  fflush(live->options.terminal) != 0;
    str_deinit(text);
    return !failed ? 0 : errno != 0 ? errno : EIO;
}

static void
draw(Live *live)
{
    Str text = {0};
    append_erase(live, &text);
    append_lines(live, &text);
    (void)write_out(live, &text); /* a lost terminal ends no run */
}

static void
wait_tick(Live *live)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&live->wake, &live->mutex, &until);
}

static void *
tick(void *data)
{
    Live *live = data;
    pthread_mutex_lock(&live->mutex);
    while (!live->is_ending) {
        wait_tick(live);
        if (!live->is_ending) {
            draw(live);
        }
    }
    pthread_mutex_unlock(&live->mutex);
    return NULL;
}

/* The thread takes no signal: those are for the run's own thread. Where there is no thread to be
 * had, lines are drawn with each event only. */
static void
start_thread(Live *live)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    live->has_thread = pthread_create(&live->thread, NULL, tick, live) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

Live *
live_new(const LiveOptions *options)
{
    Live *live = memory_alloc(sizeof(*live));
    pthread_condattr_t attributes;
    live->options = *options;
    live->began_us = options->clock();
    pthread_mutex_init(&live->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&live->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    start_thread(live);
    return live;
}

static void
end_thread(Live *live)
{
    pthread_mutex_lock(&live->mutex);
    live->is_ending = true;
    pthread_cond_signal(&live->wake);
    pthread_mutex_unlock(&live->mutex);
    if (live->has_thread) {
        pthread_join(live->thread, NULL);
    }
}

void
live_free(Live *live)
{
    if (live == NULL) {
        return;
    }
    end_thread(live);
    Str text = {0};
    append_erase(live, &text);
    (void)write_out(live, &text);
    for (size_t i = 0; i < live->tasks.n; i++) {
        free(live->tasks.items[i].name);
    }
    vec_free(&live->tasks);
    str_deinit(&live->phase);
    pthread_cond_destroy(&live->wake);
    pthread_mutex_destroy(&live->mutex);
    free(live);
}

void
live_begin(Live *live, const char *verb, const char *name)
{
    Str copy = {0};
    str_append(&copy, name);
    pthread_mutex_lock(&live->mutex);
    vec_push(&live->tasks, (LiveTask){str_take(&copy), verb, live->options.clock()});
    pthread_mutex_unlock(&live->mutex);
}

void
live_end(Live *live, const char *name)
{
    pthread_mutex_lock(&live->mutex);
    for (size_t i = 0; i < live->tasks.n; i++) {
        LiveTask *task = &live->tasks.items[i];
        if (text_equal(task->name, name)) {
            free(task->name);
            memmove(task, task + 1, (live->tasks.n - i - 1) * sizeof(*task));
            live->tasks.n--;
            break;
        }
    }
    pthread_mutex_unlock(&live->mutex);
}

void
live_say(Live *live, const char *phase)
{
    pthread_mutex_lock(&live->mutex);
    str_clear(&live->phase);
    str_append(&live->phase, phase != NULL ? phase : "");
    pthread_mutex_unlock(&live->mutex);
}

void
live_count(Live *live, size_t number, size_t of)
{
    pthread_mutex_lock(&live->mutex);
    live->number = number;
    live->of = of;
    pthread_mutex_unlock(&live->mutex);
}

int
live_print(Live *live, const Str *text)
{
    Str all = {0};
    pthread_mutex_lock(&live->mutex);
    bool is_shown = live->n_drawn > 0;
    append_erase(live, &all);
    str_append_n(&all, str_text(text), text->length);
    if (is_shown) {
        append_lines(live, &all);
    }
    int error = write_out(live, &all);
    pthread_mutex_unlock(&live->mutex);
    return error;
}
