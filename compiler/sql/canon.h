/**
 * Canon: a query's text without what means nothing: the base of its fingerprint.
 *
 * Words (compiler/parse/sql_lexer.h) with single spaces between them; comments and layout are gone.
 * Keywords are lower case (canon.def), and so are types behind `::` and the names of what is
 * called. Other words keep theirs: to PostgreSQL letter case means nothing in them, but DuckDB
 * keeps it in the names of columns and struct fields
 * (`select 1 as Total`, `{Total: 1}`), so changing it changes a result. Literals and quoted names
 * are kept byte for byte.
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
