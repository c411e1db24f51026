/**
 * Canon: a query's text without what means nothing: the base of its fingerprint.
 *
 * Words (compiler/parse/sql_lexer.h) with single spaces between them; comments and layout are gone.
 * Keywords and unquoted names are in lower case: PostgreSQL folds them, and DuckDB is opened so
 * that it does, too (`preserve_identifier_case`). Literals and quoted names are kept byte for byte.
 *
 * Two texts with the same canon mean the same to both engines, or at least one of them is refused.
 * The other direction does not hold: a rebuild for nothing costs time, a missing one is wrong.
 */
#ifndef PDC_SQL_CANON_H
#define PDC_SQL_CANON_H

#include "runtime/base/str.h"

#include <stddef.h>

/**
 * Appends the canon of a text, which may be any bytes, or of a slice of a query that was cut at its
 * holes: never inside of a string, quoted name or comment, and with what is glued to a hole
 * (`${m}_revenue`) counted as a part of the hole, not of the slice. Slices are to be joined with
 * something that no canon has, since a word and its neighbour beyond the hole don't see each other.
 */
void sql_canon(const char *text, size_t length, Str *out);

#endif
