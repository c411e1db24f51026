#include "runtime/flow/type.h"

#include <criterion/criterion.h>
#include <string.h>

Test(type, names_of_both_engines)
{
    cr_assert_str_eq(type_name(PDC_TYPE_INT), "int");
    cr_assert_str_eq(type_postgres_name(PDC_TYPE_FLOAT), "double precision");
    cr_assert_str_eq(type_duckdb_name(PDC_TYPE_TEXT), "varchar");
    cr_assert_str_eq(type_postgres_name(PDC_TYPE_INSTANCE), "text");
    cr_assert_eq(type_json(PDC_TYPE_BOOL), TYPE_JSON_BOOL);
    cr_assert_eq(type_json(PDC_TYPE_COLUMN), TYPE_JSON_TEXT);
}

Test(type, parse_reads_what_name_prints)
{
    for (PdcType type = 0; type <= PDC_TYPE_COLUMN; type++) {
        PdcType parsed = PDC_TYPE_COLUMN;
        const char *name = type_name(type);
        cr_assert(type_parse(name, strlen(name), &parsed), "%s", name);
        cr_assert_eq(parsed, type, "%s", name);
    }
}

Test(type, parse_minds_length_and_not_case)
{
    PdcType type = PDC_TYPE_BOOL;
    cr_assert(type_parse("INT[]", 3, &type));
    cr_assert_eq(type, PDC_TYPE_INT);
    cr_assert_not(type_parse("int", 2, &type));
    cr_assert_not(type_parse("integer", 7, &type));
    cr_assert_not(type_parse("", 0, &type));
}
