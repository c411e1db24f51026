#include "runtime/base/macros.h"
#include "runtime/elaborate/value.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

typedef struct LiteralCase LiteralCase;
struct LiteralCase {
    Value value;
    const char *sql;
};

Test(value, literals_are_quoted_so_that_no_text_becomes_sql)
{
    static const Value two[] = {{.kind = VALUE_TEXT, .text = "a"},
                                {.kind = VALUE_INT, .integer = -1}};
    const LiteralCase cases[] = {
        {VALUE_OF_NULL, "null"},
        {value_bool(true), "true"},
        {value_int(7), "7"},
        {value_int(-7), "(-7)"},
        {value_int(INT64_MIN), "(-9223372036854775808)"},
        {value_float(0.1), "0.1"},
        {value_float(2), "2.0"},
        {value_float(-0.5), "(-0.5)"},
        {value_float(1e300), "1e+300"},
        {value_float((double)INFINITY), "cast('Infinity' as double precision)"},
        {value_text(""), "''"},
        {value_text("it's; drop table x --"), "'it''s; drop table x --'"},
        {value_text("\\"), "'\\'"},
        {{.kind = VALUE_DATE, .text = "2026-01-31"}, "date '2026-01-31'"},
        {{.kind = VALUE_LIST, .items = two, .n_items = 2}, "'a', (-1)"},
        {{.kind = VALUE_TUPLE, .items = two, .n_items = 2}, "('a', (-1))"},
        {{.kind = VALUE_LIST}, "null"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        Str sql = {0};
        cr_expect(value_append_literal(&cases[i].value, &sql));
        cr_expect_str_eq(str_text(&sql), cases[i].sql);
        str_deinit(&sql);
    }
}

typedef struct ConvertCase ConvertCase;
struct ConvertCase {
    Value value;
    PdcType type;
    const char *plain; /* NULL: refused */
};

Test(value, conversion_keeps_what_is_right_and_refuses_the_rest)
{
    const ConvertCase cases[] = {
        {value_int(3), PDC_TYPE_INT, "3"},
        {value_int(3), PDC_TYPE_FLOAT, "3.0"},
        {value_float(3), PDC_TYPE_INT, NULL},
        {value_text("3"), PDC_TYPE_INT, NULL},
        {value_bool(true), PDC_TYPE_BOOL, "true"},
        {value_int(1), PDC_TYPE_BOOL, NULL},
        {value_text("x"), PDC_TYPE_TEXT, "x"},
        {value_text("2024-02-29"), PDC_TYPE_DATE, "2024-02-29"},
        {value_text("2023-02-29"), PDC_TYPE_DATE, NULL},
        {value_text("2024-02-29 10:00"), PDC_TYPE_DATE, NULL},
        {value_text("2024-02-29T10:00:00"), PDC_TYPE_TIMESTAMP, "2024-02-29 10:00:00.000000"},
        {value_text("full"), PDC_TYPE_INSTANCE, "full"},
    };
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        Value value = cases[i].value;
        bool converted = value_convert(&value, cases[i].type, false, arena);
        cr_expect_eq(converted, cases[i].plain != NULL, "case %zu", i);
        Str plain = {0};
        if (converted && cases[i].plain != NULL) {
            cr_expect(value_append_plain(&value, &plain));
            cr_expect_str_eq(str_text(&plain), cases[i].plain);
        }
        str_deinit(&plain);
    }
}

Test(value, the_command_line_gives_text)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Value value;
    cr_expect(value_parse("12", PDC_TYPE_INT, false, arena, &value));
    cr_expect_eq(value.integer, 12);
    cr_expect_not(value_parse("12x", PDC_TYPE_INT, false, arena, &value));
    cr_expect_not(value_parse("", PDC_TYPE_INT, false, arena, &value));
    cr_expect_not(value_parse("99999999999999999999", PDC_TYPE_INT, false, arena, &value));
    cr_expect_not(value_parse("yes", PDC_TYPE_BOOL, false, arena, &value));
    cr_expect(value_parse("a,b", PDC_TYPE_TEXT, true, arena, &value));
    cr_expect_eq(value.n_items, 2);
    cr_expect(value_parse("", PDC_TYPE_TEXT, true, arena, &value));
    cr_expect_eq(value.n_items, 0);
}

Test(value, order_is_of_comparable_kinds_only)
{
    int order;
    Value one = value_int(1), two = value_float(1.5), text = value_text("a");
    cr_expect(value_compare(&one, &two, &order));
    cr_expect_lt(order, 0);
    cr_expect_not(value_compare(&one, &text, &order));
}
