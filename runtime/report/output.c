#include "runtime/report/report_priv.h"

#include <errno.h>

static void
note_failure(Output *output)
{
    if (output->error == 0) {
        output->error = errno != 0 ? errno : EIO;
    }
}

void
output_write(Output *output, const Str *text)
{
    errno = 0;
    if (output->error == 0 &&
        fwrite(str_text(text), 1, text->length, output->file) < text->length) {
        note_failure(output);
    }
}

void
output_flush(Output *output)
{
    errno = 0;
    if (output->error == 0 && fflush(output->file) != 0) {
        note_failure(output);
    }
}
