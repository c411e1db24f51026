#include "compiler/parse/keywords.h"
#include "parse_text.h"
#include "runtime/base/str.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>

/* The dump of the only declaration's tree, after "(file\n  ". */
static void
expect_tree(const char *text, const char *expected)
{
    Parsed parsed = parse_text(text);
    const char *dump = parsed_dump(&parsed);
    cr_expect_str_eq(parsed_messages(&parsed), "", "%s\n%s", text, parsed_messages(&parsed));
    cr_expect(strstr(dump, expected) != NULL, "%s\n  gives %s\n  without %s", text, dump, expected);
    parsed_deinit(&parsed);
}

Test(parse, operators_bind_as_in_sql)
{
    static const struct {
        const char *expr, *tree;
    } cases[] = {
        {"1 + 2 * 3", "(binary + (int 1) (binary * (int 2) (int 3)))"},
        {"1 - 2 - 3", "(binary - (binary - (int 1) (int 2)) (int 3))"},
        {"- 1 + 2", "(binary + (unary - (int 1)) (int 2))"},
        {"'a' || 1 + 2", "(binary || (string \"a\") (binary + (int 1) (int 2)))"},
        {"a = b or c and not d = e",
         "(binary or (binary = (ref (name a)) (ref (name b))) (binary and (ref (name c)) (unary not "
         "(binary = (ref (name d)) (ref (name e))))))"},
        {"a in (1) and b",
         "(binary and (binary in (ref (name a)) (group (int 1))) (ref (name b)))"},
        {"a not in (1, 2)", "(binary not in (ref (name a)) (list (int 1) (int 2)))"},
        {"not a in ()", "(unary not (binary in (ref (name a)) (list)))"},
        {"a is not null and b is null",
         "(binary and (unary is not null (ref (name a))) (unary is null (ref (name b))))"},
        {"a || b = c", "(binary = (binary || (ref (name a)) (ref (name b))) (ref (name c)))"},
        {"a != b", "(binary <> (ref (name a)) (ref (name b)))"},
        {"(1,)", "(list (int 1))"},
        {"(1)", "(group (int 1))"},
        {"(('a', 1), ('b', 2),)",
         "(list (list (string \"a\") (int 1)) (list (string \"b\") (int 2)))"},
        {"attrs.limit", "(member (ref (name attrs)) (name limit))"},
        {"\"A b\".\"C\"\"d\"", "(member (ref (name \"A b\")) (name \"C\\\"d\"))"},
        {"csv('f', Delimiter => ';')",
         "(call value name=>value (ref (name csv)) (string \"f\") (name delimiter) (string \";\"))"},
        {"std.x()", "(call (member (ref (name std)) (name x)))"},
        {"'it''s -- ${x}'", "(string \"it's -- ${x}\")"},
        {"9223372036854775807", "(int 9223372036854775807)"},
        {"9223372036854775808", "(number 9223372036854775808)"},
        {"1_000.5e-3", "(number 1000.5e-3)"},
        {".5", "(number .5)"},
        {"TRUE <> Null", "(binary <> (bool true) (null))"},
        {"a_${b}_c", "(ref (name a_ ${} _c (ref (name b))))"},
        {"\"A\"${b}\"C\"", "(ref (name \"A\" ${} \"C\" (ref (name b))))"},
        {"${a}${b}2", "(ref (name ${} ${} 2 (ref (name a)) (ref (name b))))"},
        {"m.in_${b}", "(member (ref (name m)) (name in_ ${} (ref (name b))))"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char text[300];
        snprintf(text, sizeof(text), "const x = %s;", cases[i].expr);
        expect_tree(text, cases[i].tree);
    }
}

/* Where SQL begins and ends, and what is a hole in it. */
Test(parse, islands_are_cut_into_pieces)
{
    static const struct {
        const char *sql, *tree;
    } cases[] = {
        {"select ';', \";\", $$;$$, $a$;$a$, /* ; /* ; */ */ 1 -- ;\n + e'\\';' + (1)",
         "(text \"select ';', \\\";\\\", $$;$$, $a$;$a$, /* ; /* ; */ */ 1 -- ;\\n + e'\\\\';' + (1)\")"},
        {"select '${a}', \"b\" /* ${c} */ -- ${d}\n, $$${e}$$",
         "(text \"select '${a}', \\\"b\\\" /* ${c} */ -- ${d}\\n, $$${e}$$\")"},
        {"(select 1) -- last\n  ", "(text \"(select 1) -- last\\n\")"},
        {"select a.${x} as ${y}",
         "(text \"select a.\")\n          (hole (ref (name x)))\n          (text \" as \")\n          (hole (ref (name y)))"},
        {"select a${x} , ${x}b, \"q\"${x}, ${x}\"q\", ${x}${y}, 'q'${x}",
         "(text \"select a\")\n          (hole glued-left (ref (name x)))\n          (text \" , \")\n"
         "          (hole glued-right (ref (name x)))\n          (text \"b, \\\"q\\\"\")\n"
         "          (hole glued-left (ref (name x)))\n          (text \", \")\n"
         "          (hole glued-right (ref (name x)))\n          (text \"\\\"q\\\", \")\n"
         "          (hole glued-right (ref (name x)))\n          (hole glued-left (ref (name y)))\n"
         "          (text \", 'q'\")\n          (hole (ref (name x)))"},
        {"select ${if a: case when x then 1 else 2 end else : 3 }",
         "(sql-if then=1 else=1 (ref (name a))\n            (text \"case when x then 1 else 2 end\")\n"
         "            (text \"3\"))"},
        {"select ${if a: (select case when b then c else :d end)}",
         "(text \"(select case when b then c else :d end)\")"},
        {"select ${for x in l: a -- c\n}", "(text \"a -- c\\n\")"},
        {"select {'a': 1, 'b': {'c': ${x}}}",
         "(text \"select {'a': 1, 'b': {'c': \")\n          (hole (ref (name x)))\n          (text \"}}\")"},
        {"select ${for x in l joined by or: ${for y in m joined by union: b}}",
         "(sql-for \" or \" (name x) (ref (name l))\n            (sql-for \" union \" (name y) (ref (name m))"},
        {"WITH x as (select 1) from x", "(text \"WITH x as (select 1) from x\")"},
        {"From x", "(text \"From x\")"},
        {"values (1)", "(text \"values (1)\")"},
        {"select ${f('}', \"}\")} + 1",
         "(hole (call value value (ref (name f)) (string \"}\") (ref (name \"}\"))))"},
        {"select 1 as else, :a", "(text \"select 1 as else, :a\")"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char text[400];
        snprintf(text, sizeof(text), "stage s { table t as\n%s;\ntable last as select 1; }",
                 cases[i].sql);
        expect_tree(text, cases[i].tree);
    }
}

Test(parse, functions_end_at_the_next_engine)
{
    expect_tree(
        "function f(a int) as (select 1 from x join y on a as b) on postgres as 'on x as' || a "
        "ON DuckDB AS a;",
        "(text \"(select 1 from x join y on a as b)\")) (name postgres)\n    (sql\n"
        "      (text \"'on x as' || a\")) (name duckdb)\n    (sql\n      (text \"a\"))");
}

Test(parse, scripts_are_cut_into_statements)
{
    expect_tree("stage s { setup script { -- first\n ; a ';' ; $${;}$$ b ; ; ${if x: c; d; } e } }",
                "(sql\n          (text \"a ';'\"))\n        (sql\n          (text \"$${;}$$ b\"))\n"
                "        (sql\n          (sql-if then=1 else=0 (ref (name x))\n"
                "            (text \"c; d;\"))\n          (text \" e\"))");
}

/* Each word that is not reserved may name all that has a name; each that is reserved needs quotes.
 */
Test(parse, words_that_are_not_reserved_are_names)
{
    const Keyword *keyword;
    for (size_t i = 0; (keyword = keyword_at(i)) != NULL; i++) {
        const char *w = keyword->text;
        char text[1200];
        snprintf(
            text, sizeof(text),
            "attrs { %s int default attrs.%s; } const %s = %s.%s; task %s(%s table) returns (%s) as "
            "%s(%s); contract %s (%s int, a int); stage %s tags (%s) { input { table %s of %s as "
            "%s(%s => 1); } view %s primary key (%s) as select 1; history %s of %s.%s key (%s); "
            "table %s, x after %s, %s.%s as x(); check %s as %s(%s.%s); for %s in %s { } } copy from %s "
            "when %s { %s.%s: all; %s: mask %s with hash; entity %s: window %s last 1; }"
            "test 'x' with (%s = 1) at %s { given %s (%s) values (1); }",
            w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w,
            w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w);
        Parsed parsed = parse_text(text);
        bool failed = diags_error_count(parsed.diags) > 0;
        cr_expect_eq(failed, keyword->reserved, "%s\n%s", w, parsed_messages(&parsed));
        parsed_deinit(&parsed);

        snprintf(text, sizeof(text), "const \"%s\" = 1; stage s { table \"%s\" as select 1; }", w,
                 w);
        parsed = parse_text(text);
        cr_expect_eq(diags_error_count(parsed.diags), 0, "\"%s\"", w);
        parsed_deinit(&parsed);
    }
}

Test(parse, keywords_are_sorted_and_found_in_any_case)
{
    const char *before = "";
    const Keyword *keyword;
    for (size_t i = 0; (keyword = keyword_at(i)) != NULL; i++) {
        cr_expect_lt(strcmp(before, keyword->text), 0, "%s", keyword->text);
        cr_expect_eq(keyword_find(keyword->text, strlen(keyword->text)), keyword);
        before = keyword->text;
    }
    cr_expect_eq(keyword_find("TaBLe", 5), keyword_find("table", 5));
    cr_expect_eq(keyword_find("tabl", 4), NULL);
    cr_expect_eq(keyword_find("a_very_long_word_indeed", 23), NULL);
}

static const char *
doc_of(const Parsed *parsed, size_t i)
{
    return parsed->file->decls.items[i]->doc;
}

Test(parse, documentation_stands_above_or_behind)
{
    Parsed parsed = parse_text("--- above a\n"
                               "---  second line  \n"
                               "const a = 1;   --- behind a\n"
                               "--- too far\n"
                               "\n"
                               "const b = 1;\n"
                               "---- a rule\n"
                               "const c = 1; -- plain\n"
                               "--- above d\n"
                               "-- plain between\n"
                               "const d = 1;\n"
                               "const e = 1; const f = 2; --- f alone\n"
                               "const g =   --- beside g\n"
                               "  1;\n"
                               "---\n"
                               "const h = 1;");
    static const char *const expected[] = {
        "above a\nsecond line\nbehind a", NULL, NULL, NULL, NULL, "f alone", "beside g", NULL};
    cr_assert_eq(parsed.file->decls.n, ARRAY_LENGTH(expected));
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
        const char *doc = doc_of(&parsed, i);
        cr_expect(text_equal(doc, expected[i]), "%zu: %s", i, doc);
    }
    cr_expect_eq(parsed.file->comments.n, 11);
    parsed_deinit(&parsed);
}

Test(parse, documentation_in_blocks_belongs_to_the_inner_declaration)
{
    expect_tree("contract c (a int, --- of a\n b int --- of b\n); --- of c",
                "(contract doc=\"of c\" (name c)\n    (column doc=\"of a\" (name a) (type int))\n"
                "    (column doc=\"of b\"");
    expect_tree("stage s { table t as select 1; --- of t\n}",
                "(stage (name s)\n    (table doc=\"of t\"");
    expect_tree("stage s {\n  --- of t\n  table t   --- too\n  as select 1, --- column\n 2; }",
                "(table doc=\"of t\\ntoo\"");
    expect_tree("attrs {\n a int; --- of a\n --- of b\n b int;\n}",
                "(attr doc=\"of a\" (name a) (type int))\n    (attr doc=\"of b\"");
}

Test(parse, comments_are_kept_in_order)
{
    Parsed parsed =
        parse_text("/* 1 */ flow a; -- 2\nstage s { table t as /* 3 */ select /* 4 */ 1 -- 5\n; "
                   "setup script { -- 6\n } } -- 7");
    static const bool in_sql[] = {false, false, false, true, true, false, false};
    cr_assert_eq(parsed.file->comments.n, ARRAY_LENGTH(in_sql));
    for (size_t i = 0; i < ARRAY_LENGTH(in_sql); i++) {
        const AstComment *comment = &parsed.file->comments.items[i];
        char number = (char)('1' + (char)i);
        cr_expect_eq(comment->in_sql, in_sql[i], "%zu", i);
        cr_expect(memchr(parsed.source->text + comment->span.start, number,
                         comment->span.end - comment->span.start) != NULL);
    }
    parsed_deinit(&parsed);
}

/* What was right around a mistake is in the tree. */
Test(parse, errors_leave_the_rest)
{
    Parsed parsed =
        parse_text("const a = 1; const b = ; stage s { table t as select 1; tbl u; table v as "
                   "select ${1 +} + 1; } const c = 2;");
    const char *dump = parsed_dump(&parsed);
    cr_expect_eq(diags_error_count(parsed.diags), 4, "%s", parsed_messages(&parsed));
    cr_expect(strstr(dump, "(const (name a)") != NULL);
    cr_expect(strstr(dump, "(name b)") == NULL);
    cr_expect(strstr(dump, "(table (name t)") != NULL);
    cr_expect(strstr(dump, "(text \" + 1\")") != NULL, "%s", dump);
    cr_expect(strstr(dump, "(const (name c)") != NULL);
    parsed_deinit(&parsed);
}

Test(parse, a_text_of_two_gigabytes_is_refused)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(diags_freep) Diags *diags = diags_new();
    SourceFile *source = source_new(arena, "a.flow", "flow a;", 7);
    source->length = (size_t)INT_MAX; /* its bytes are not looked at */
    AstFile *file = parse_file(source, arena, diags);
    DiagView view;
    cr_assert(diags_view(diags, 0, &view));
    cr_expect_str_eq(view.info->code, "F0001");
    cr_expect_eq(file->decls.n, 0);
}

Test(parse, very_many_errors_end_it)
{
    Str text = {0};
    str_append_repeat(&text, '?', 5000);
    Parsed parsed = parse_text(str_text(&text));
    cr_expect_eq(diags_error_count(parsed.diags), 201);
    cr_expect_str_eq(parsed_code(&parsed, 200), "F0014");
    parsed_deinit(&parsed);

    str_clear(&text);
    for (size_t i = 0; i < 1000; i++) {
        str_append(&text, "const ;\n");
    }
    parsed = parse_text(str_text(&text));
    cr_expect_eq(diags_error_count(parsed.diags), 201);
    parsed_deinit(&parsed);
    str_deinit(&text);
}

/* Deep nests of all kinds: one message, no overflow. */
Test(parse, deep_nests_are_refused)
{
    static const struct {
        const char *head, *open, *middle, *close;
    } cases[] = {
        {"const a = ", "(", "1", ")"},
        {"const a = ", "((1),", "1", ")"},
        {"const a = ", "f(", "1", ")"},
        {"const a = ", "not ", "1", ""},
        {"const a = ", "- ", "1", ""},
        {"const a = 1", " + 1", "", ""},
        {"const a = x", ".y", "", ""},
        {"const a = ", "a_${", "1", "}"},
        {"const a = f(x => ", "f(x => ", "1", ")"},
        {"const a = x", " is null", "", ""},
        {"stage s { table t as select ", "(", "1", ")"},
        {"stage s { table t as select ", "${if a: ", "1", "}"},
        {"stage s { table t as select ", "${for x in y: (", "1", ")}"},
        {"stage s { table t as select ${", "(", "1", ")"},
        {"stage s { ", "if a { ", "", "}"},
        {"stage s { ", "if a { } else ", "if a { }", ""},
        {"stage s { ", "for a in b { ", "", "}"},
        {"stage s ", "{", "", "}"},
        {"", "{", "", ""},
        {"", "(", "", ""},
        {"copy from a when b { *: where ", "(", "1", ")"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        Str text = {0};
        bool seen = false;
        str_append(&text, cases[i].head);
        for (size_t k = 0; k < 100000; k++) {
            str_append(&text, cases[i].open);
        }
        str_append(&text, cases[i].middle);
        for (size_t k = 0; k < 100000; k++) {
            str_append(&text, cases[i].close);
        }
        Parsed parsed = parse_text(str_text(&text));
        for (size_t k = 0; k < diags_error_count(parsed.diags); k++) {
            seen = seen || strcmp(parsed_code(&parsed, k), "F0010") == 0;
        }
        cr_expect(seen, "%s%s", cases[i].head, cases[i].open);
        cr_expect_leq(diags_error_count(parsed.diags), 2, "%s%s", cases[i].head, cases[i].open);
        cr_expect_neq(parsed_dump(&parsed), NULL);
        parsed_deinit(&parsed);
        str_deinit(&text);
    }
}

/* @return messages of a query with brackets in as many blocks */
static size_t
count_messages(size_t n_blocks, const char *query)
{
    Str text = {0};
    str_append(&text, "stage s ");
    for (size_t i = 0; i < n_blocks; i++) {
        str_append(&text, i == 0 ? "{ " : "if a { ");
    }
    str_append_format(&text, "table t as select %s;", query);
    str_append_repeat(&text, '}', n_blocks);
    Parsed parsed = parse_text(str_text(&text));
    size_t n = diags_error_count(parsed.diags);
    cr_expect_neq(parsed_dump(&parsed), NULL);
    parsed_deinit(&parsed);
    str_deinit(&text);
    return n;
}

Test(parse, nests_up_to_the_limit_are_read)
{
    cr_expect_eq(count_messages(AST_DEPTH_LIMIT - 2, "(1)"), 0);
    cr_expect_eq(count_messages(AST_DEPTH_LIMIT - 2, "((1))"), 1);
    cr_expect_eq(count_messages(AST_DEPTH_LIMIT - 3, "${(1)}"), 0);
}

/* One line of many megabytes, of each kind of text: linear, so this ends at once. */
Test(parse, long_lines_take_linear_time, .timeout = 120)
{
    static const struct {
        const char *head, *unit, *tail;
    } cases[] = {
        {"flow ", "x", ";"},
        {"const a = '", "x", "';"},
        {"const a = '", "''", "';"},
        {"flow a; /*", "*", "*/"},
        {"flow a;", " ", ""},
        {"flow a;", ";", ""},
        {"const a = (", "1,", ");"},
        {"const a = ", "1", ";"},
        {"stage s { table t as select ", "+", "; }"},
        {"stage s { table t as select ", "${a}", "; }"},
        {"stage s { table t as select ", "/**/", "; }"},
        {"stage s { table t as select ", "else ", "; }"},
        {"stage s { table t as select ${if a: ", "else ", "} ; }"},
        {"function f() as ", "on ", ";"},
        {"function f() as ", "on /**/ ", ";"},
        {"stage s { table t_", "${a}", " as select 1; }"},
        {"attrs {", "a int;", "}"},
        {"", "--- a\n", "flow a;"},
        {"", "const a = 1; --- a\n", ""},
        {"stage s { setup script {", "a;", "} }"},
        {"stage s { setup script { select ${if a: ", ";", "} } }"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        Str text = {0};
        str_append(&text, cases[i].head);
        while (text.length < 2 << 20) {
            str_append(&text, cases[i].unit);
        }
        str_append(&text, cases[i].tail);
        Parsed parsed = parse_text(str_text(&text));
        cr_expect_eq(diags_error_count(parsed.diags), 0, "%s%s", cases[i].head, cases[i].unit);
        parsed_deinit(&parsed);
        str_deinit(&text);
    }
}
