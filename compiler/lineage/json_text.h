/** JSON text: a text as JSON spells it. */
#ifndef PDC_LINEAGE_JSON_TEXT_H
#define PDC_LINEAGE_JSON_TEXT_H

#include "runtime/base/str.h"

/** Appends the text in quotes (RFC 8259, section 7; bytes of UTF-8 stay as they are); NULL gives
 * null. */
void json_text_append(Str *out, const char *text);

#endif
