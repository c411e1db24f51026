#include "compiler/lineage/json_text.h"

void
json_text_append(Str *out, const char *text)
{
    if (text == NULL) {
        str_append(out, "null");
        return;
    }
    str_append_char(out, '"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20) {
            str_append_format(out, "\\u%04x", c);
        } else {
            str_append(out, c == '"' || c == '\\' ? "\\" : "");
            str_append_char(out, *text);
        }
    }
    str_append_char(out, '"');
}
