#include "runtime/flow/column_type.h"

#include "runtime/base/str.h"

typedef struct ColumnTypeRow ColumnTypeRow;
struct ColumnTypeRow {
    const char *language;
    PdcType value;
    size_t least_args;
    size_t most_args;
    const char *sql;
};

static const ColumnTypeRow rows[COLUMN_TYPE_COUNT] = {
#define COLUMN_TYPE(id, language, value, least, most, sql)                                         \
    [COLUMN_TYPE_##id] = {language, PDC_TYPE_##value, least, most, sql},
#include "runtime/flow/column_types.def"
#undef COLUMN_TYPE
};

const char *
column_type_name(ColumnTypeKind kind)
{
    return rows[kind].language;
}

bool
column_type_parse(const char *name, ColumnTypeKind *ret_kind)
{
    for (size_t i = 0; i < COLUMN_TYPE_COUNT; i++) {
        if (text_equal(rows[i].language, name)) {
            *ret_kind = (ColumnTypeKind)i;
            return true;
        }
    }
    return false;
}

size_t
column_type_least_args(ColumnTypeKind kind)
{
    return rows[kind].least_args;
}

size_t
column_type_most_args(ColumnTypeKind kind)
{
    return rows[kind].most_args;
}

const char *
column_type_sizes(ColumnTypeKind kind)
{
    switch (rows[kind].most_args) {
    case 0: return "takes no size";
    case 1: return "needs its number of characters: varchar(20)";
    default: return "needs its digits, and how many of them stand behind the point: numeric(12, 2)";
    }
}

const char *
column_type_problem(ColumnTypeKind kind, int64_t size, int64_t scale)
{
    switch (rows[kind].most_args) {
    case 0: return NULL;
    case 1:
        return size >= 1 && size <= COLUMN_TYPE_LENGTH_MAX ? NULL
                                                           : "has from 1 to 10485760 characters";
    default:
        if (size < 1 || size > COLUMN_TYPE_DIGITS_MAX) {
            return "has from 1 to 38 digits";
        }
        return scale >= 0 && scale <= size ? NULL
                                           : "can't have more digits behind the point than in all";
    }
}

const char *
column_type_list(Arena *arena)
{
    Str list = {0};
    for (size_t i = 0; i < COLUMN_TYPE_COUNT; i++) {
        str_append(&list, i == 0 ? "" : i + 1 == COLUMN_TYPE_COUNT ? " or " : ", ");
        str_append(&list, rows[i].language);
    }
    return str_take_in(&list, arena);
}

PdcType
column_type_value(ColumnTypeKind kind)
{
    return rows[kind].value;
}

static const char *
with_sizes(const char *name, PdcColumnType type, Arena *arena)
{
    switch (rows[type.kind].most_args) {
    case 0: return name;
    case 1: return arena_printf(arena, "%s(%d)", name, type.size);
    default: return arena_printf(arena, "%s(%d, %d)", name, type.size, type.scale);
    }
}

const char *
column_type_text(PdcColumnType type, Arena *arena)
{
    return with_sizes(rows[type.kind].language, type, arena);
}

const char *
column_type_sql(PdcColumnType type, Arena *arena)
{
    return with_sizes(rows[type.kind].sql, type, arena);
}
