#include "runtime/base/macros.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
bug_abort(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "bug at %s:%d: ", file, line);
    vfprintf(stderr, format, args);
    fputs("\nThis is a mistake in pdc, not in your input; please report it.\n", stderr);
    va_end(args);
    abort();
}
