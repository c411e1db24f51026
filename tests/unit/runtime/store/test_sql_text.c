#include "runtime/store/sql_text.h"

#include <criterion/criterion.h>

typedef void (*Quote)(Str *sql, const char *text);

static void
assert_quoted(Quote quote, const char *text, const char *expected)
{
    Str sql = {0};
    quote(&sql, text);
    cr_assert_str_eq(str_text(&sql), expected);
    str_deinit(&sql);
}

Test(sql_text, identifiers_are_always_quoted)
{
    assert_quoted(sql_ident, "plain", "\"plain\"");
    assert_quoted(sql_ident, "a\"b", "\"a\"\"b\"");
    assert_quoted(sql_ident, "\"", "\"\"\"\"");
    assert_quoted(sql_ident, "a.b; drop", "\"a.b; drop\"");
    assert_quoted(sql_ident, "ä 'x'", "\"ä 'x'\"");
}

Test(sql_text, literals_double_their_quotes_and_know_null)
{
    assert_quoted(sql_literal, "it's", "'it''s'");
    assert_quoted(sql_literal, "'", "''''");
    assert_quoted(sql_literal, "", "''");
    assert_quoted(sql_literal, "a\\b\n", "'a\\b\n'");
    assert_quoted(sql_literal, NULL, "null");
}

Test(sql_text, a_schema_is_left_out_when_empty)
{
    Str sql = {0};
    sql_qualified(&sql, NULL, "t");
    sql_qualified(&sql, "", "t");
    sql_qualified(&sql, "s", "t");
    cr_assert_str_eq(str_text(&sql), "\"t\"\"t\"\"s\".\"t\"");
    str_deinit(&sql);
}
