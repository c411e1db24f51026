/**
 * SQL text: the only ways by which foreign text becomes part of SQL. Both engines share these
 * forms.
 */
#ifndef PDC_STORE_SQL_TEXT_H
#define PDC_STORE_SQL_TEXT_H

#include "runtime/base/str.h"

/** Appends a quoted identifier: `"a""b"`. */
void sql_ident(Str *sql, const char *name);
/** Appends `"schema"."name"`; the schema is left out when NULL or empty. */
void sql_qualified(Str *sql, const char *schema, const char *name);
/** Appends a text literal `'it''s'`; NULL gives `null`. */
void sql_literal(Str *sql, const char *text);

#endif
