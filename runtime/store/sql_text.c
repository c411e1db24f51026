#include "runtime/store/sql_text.h"

#include <string.h>

static void
append_quoted(Str *sql, char quote, const char *text)
{
    str_append_char(sql, quote);
    for (const char *end; (end = strchr(text, quote)); text = end + 1) {
        str_append_n(sql, text, (size_t)(end - text) + 1);
        str_append_char(sql, quote);
    }
    str_append(sql, text);
    str_append_char(sql, quote);
}

void
sql_ident(Str *sql, const char *name)
{
    append_quoted(sql, '"', name);
}

void
sql_qualified(Str *sql, const char *schema, const char *name)
{
    if (schema && schema[0] != '\0') {
        sql_ident(sql, schema);
        str_append_char(sql, '.');
    }
    sql_ident(sql, name);
}

void
sql_literal(Str *sql, const char *text)
{
    if (!text) {
        str_append(sql, "null");
        return;
    }
    append_quoted(sql, '\'', text);
}
