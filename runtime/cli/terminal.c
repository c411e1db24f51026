#include "runtime/cli/terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool
is_terminal(FILE *stream)
{
    return isatty(fileno(stream)) == 1;
}

static bool
is_dumb(void)
{
    const char *name = getenv("TERM");
    return name == NULL || name[0] == '\0' || text_equal(name, "dumb");
}

static size_t
columns_of(FILE *stream)
{
    struct winsize size = {0};
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    return 80;
}

ReportStyle
terminal_style(FILE *stream, ColorWhen color)
{
    const char *no_color = getenv("NO_COLOR");
    bool is_wanted = is_terminal(stream) && !is_dumb() && (no_color == NULL || no_color[0] == '\0');
    return (ReportStyle){
        .color = color == COLOR_ALWAYS || (color == COLOR_AUTO && is_wanted),
        .width = is_terminal(stream) ? columns_of(stream) : 0,
    };
}

bool
terminal_is_live(FILE *out, FILE *messages, bool json)
{
    return is_terminal(messages) && !is_dumb() && !(json && is_terminal(out));
}
