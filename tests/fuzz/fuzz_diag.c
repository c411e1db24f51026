/* Any text, any span, any width: what is printed is UTF-8 without control characters, and no line
 * of the excerpt is wider than asked for. Input: start, end (two bytes each), width, then the text.
 */
// Rooms: runtime/diag
#include "runtime/base/utf8.h"
#include "runtime/diag/diag.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

static void
check_lines(const char *text, size_t length, size_t width)
{
    const char *line =
        memchr(text, '\n', length); /* the first one, with the message, may be long */
    while (line != NULL && line + 1 < text + length) {
        const char *next = memchr(line + 1, '\n', (size_t)(text + length - line - 1));
        if (next == NULL || utf8_width(line + 1, (size_t)(next - line - 1)) > width) {
            BUG("a line is wider than %zu columns: %s", width, text);
        }
        line = next;
    }
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] < 0x20 && text[i] != '\n') {
            BUG("a control character is printed");
        }
    }
    if (utf8_first_invalid(text, length) != length) {
        BUG("what is printed is no UTF-8");
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    if (size_bytes < 5) {
        return 0;
    }
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(diags_freep) Diags *diags = diags_new();
    CLEANUP(str_deinit) Str out = {0};
    const char *text = arena_strndup(arena, (const char *)data + 5, size_bytes - 5);
    SourceFile *file = source_new(arena, "a.flow", text, size_bytes - 5);
    size_t start = (size_t)data[0] << 8 | data[1];
    size_t end = (size_t)data[2] << 8 | data[3];
    size_t width = data[4];
    diag_add(diags, DIAG_ENGINE_ERROR, span_make(file, start, end), "wrong");
    diags_render(diags, (DiagStyle){.width = width}, &out);
    check_lines(str_text(&out), out.length, width == 0 ? 120 : width < 40 ? 40 : width);
    return 0;
}
