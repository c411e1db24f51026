#include "compiler/sql/canon.h"
#include "runtime/base/macros.h"

#include <criterion/criterion.h>
#include <string.h>

typedef struct Case Case;
struct Case {
    const char *text;
    const char *canon;
};

Test(canon, of_one_text)
{
    static const Case cases[] = {
        {"", ""},
        {" \n", ""},
        {"-- x", ""},
        {"select 1", "select 1"},
        {"SELECT\t1 -- x\n", "select 1"},
        {"Select/* a /* b */ */a,b From t", "select a , b from t"},
        {"select a.b::INT from \"T\" where x>=1", "select a . b :: int from \"T\" where x >= 1"},
        {"GROUP BY x ORDER  BY y DESC NULLS LAST", "group by x order by y desc nulls last"},
        {"x BETWEEN 1 AND 2", "x between 1 and 2"},
        {"CASE WHEN a THEN b ELSE c END", "case when a then b else c end"},
        {"SUM(x) FILTER (WHERE y) OVER (PARTITION BY z ROWS 1 PRECEDING)",
         "sum ( x ) filter ( where y ) over ( partition by z rows 1 preceding )"},
        {"DATE '2020-01-01' + Interval '1 Day'", "date '2020-01-01' + interval '1 Day'"},
        {"CAST(x AS INT), Try_Cast(y AS Decimal(3, 2))",
         "cast ( x as int ) , try_cast ( y as decimal ( 3 , 2 ) )"},
        /* unquoted names are folded, on DuckDB too */
        {"select Foo as Bar, x AS \"Select\", t.Order",
         "select foo as bar , x as \"Select\" , t . order"},
        {"{Order: 1, By: 2}", "{ order : 1 , by : 2 }"},
        {"f(First := 1, Last => 2)", "f ( first := 1 , last => 2 )"},
        {"select 1 Total", "select 1 total"},
        /* literals stay byte for byte */
        {"'It''s  A' E'\\'X' x'1F' N'a' U&'\\0041' $Q$ A  b $Q$",
         "'It''s  A' E'\\'X' x'1F' N'a' U&'\\0041' $Q$ A  b $Q$"},
        {"'a' 'b'", "'a' 'b'"},
        {"'a'\n'b'", "'a'\n'b'"},
        {"'a' -- x\n   'b'", "'a'\n'b'"},
        {"'a' /* x\n */ 'b'", "'a' 'b'"},
        {"1. .5 1e5 1E5 0x1F 1_000 1.5 1 .5", "1. .5 1e5 1E5 0x1F 1_000 1.5 1 .5"},
        {"a+b - -c", "a + b - - c"},
        {"a<-1 <> b->>'x'", "a < - 1 <> b ->> 'x'"},
        {"x[1:2] x[1::2]", "x [ 1 : 2 ] x [ 1 :: 2 ]"},
        {"$1 $12", "$1 $12"},
        {"\"A\"\"b\" \"\"", "\"A\"\"b\" \"\""},
        {"Grün GRÜN", "grün grÜn"},
        {"count(*), t.*", "count ( * ) , t . *"},
        /* slices of a query that was cut at a hole */
        {"where a = ", "where a ="},
        {") from b WHERE", ") from b where"},
        {", 'x'", ", 'x'"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        Str out = {0};
        sql_canon(cases[i].text, strlen(cases[i].text), &out);
        cr_expect_str_eq(str_text(&out), cases[i].canon, "%s\n  found:    %s\n  expected: %s",
                         cases[i].text, str_text(&out), cases[i].canon);
        str_deinit(&out);
    }
}

static bool
same(const char *a, const char *b)
{
    Str x = {0};
    Str y = {0};
    sql_canon(a, strlen(a), &x);
    sql_canon(b, strlen(b), &y);
    bool equal = strcmp(str_text(&x), str_text(&y)) == 0;
    str_deinit(&x);
    str_deinit(&y);
    return equal;
}

Test(canon, layout_does_not_count)
{
    static const Case cases[] = {
        {"select a,b from t", "SELECT a,\n       b  -- two\nFROM t"},
        {"select count(*) from t", "select COUNT (*) from t"},
        {"a=1", "a = 1"},
        {"x::text", "x :: TEXT"},
        {"cast(x as int)", "CAST(x AS INT)"},
        {"(a)", "( a )"},
        {"select Foo as Bar", "select foo AS bar"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        cr_expect(same(cases[i].text, cases[i].canon), "%s", cases[i].text);
    }
}

Test(canon, meaning_counts)
{
    static const Case cases[] = {
        {"'a' 'b'", "'a'\n'b'"},
        {"'ab'", "'AB'"},
        {"\"a\"", "a"},
        {"1 .5", "1.5"},
        {"a - -b", "a --b"},
        {"e 'a'", "e'a'"},
        {"x '1'", "x'1'"},
        {"$1", "$ 1"},
        {"a <-b", "a < - c"},
        {"a | | b", "a || b"},
        {"a : : b", "a :: b"},
        {"a < = b", "a <= b"},
        {"ab", "a b"},
        {"select 1 as a", "select 1 as \"A\""},
        {"{a: 1}", "{\"A\": 1}"},
        {"select a /* , b */", "select a , b"},
        {"0x1f", "0 x1f"},
        {"$$a$$", "$$A$$"},
        {"U&'a'", "U & 'a'"},
        {"1. 5", "1.5"},
        {"'a''b'", "'a' 'b'"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        cr_expect_not(same(cases[i].text, cases[i].canon), "%s = %s", cases[i].text,
                      cases[i].canon);
    }
}

Test(canon, of_itself_is_itself)
{
    static const char *const texts[] = {
        "select a.b::int, 'x' -- y\n'z', $$q$$ from t where x>=1 and not(y<-1) order by 1",
        "SELECT Foo AS Bar, CAST(x AS INT), t.Order FROM (SELECT 1 Total) t(First)",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        Str once = {0};
        Str twice = {0};
        sql_canon(texts[i], strlen(texts[i]), &once);
        sql_canon(once.data, once.length, &twice);
        cr_expect_str_eq(str_text(&once), str_text(&twice));
        str_deinit(&once);
        str_deinit(&twice);
    }
}
