#include "runtime/exec/assign.h"

#include "runtime/base/macros.h"
#include "runtime/base/str.h"

#include <stdlib.h>
#include <string.h>

typedef enum RawClass {
    RAW_OTHER,
    RAW_BOOL,
    RAW_SMALL,
    RAW_BIG,
    RAW_HUGE,
    RAW_REAL,
    RAW_DECIMAL,
    RAW_DATE,
    RAW_TIME,
    RAW_TEXT,
    RAW_CLASS_COUNT
} RawClass;

typedef struct RawType RawType;
struct RawType {
    const char *name;
    RawClass class;
};

static const RawType raw_types[] = {
#define RAW_TYPE(name, class) {name, RAW_##class},
#include "runtime/exec/raw_types.def"
#undef RAW_TYPE
};

/** From the class of a column to the promised type; what is not here is never assigned. Sizes may
 * make a tested one safe. A numeric becomes the nearest float: that is no loss, but what a float
 * is. */
static const Assignment assignments[COLUMN_TYPE_COUNT][RAW_CLASS_COUNT] = {
    [COLUMN_TYPE_BOOL] = {[RAW_BOOL] = ASSIGN_ALWAYS},
    [COLUMN_TYPE_INT] = {[RAW_SMALL] = ASSIGN_ALWAYS,
                         [RAW_BIG] = ASSIGN_ALWAYS,
                         [RAW_HUGE] = ASSIGN_TESTED,
                         [RAW_REAL] = ASSIGN_TESTED,
                         [RAW_DECIMAL] = ASSIGN_TESTED},
    [COLUMN_TYPE_FLOAT] = {[RAW_SMALL] = ASSIGN_ALWAYS,
                           [RAW_BIG] = ASSIGN_TESTED,
                           [RAW_HUGE] = ASSIGN_TESTED,
                           [RAW_REAL] = ASSIGN_ALWAYS,
                           [RAW_DECIMAL] = ASSIGN_ALWAYS},
    [COLUMN_TYPE_NUMERIC] = {[RAW_SMALL] = ASSIGN_TESTED,
                             [RAW_BIG] = ASSIGN_TESTED,
                             [RAW_HUGE] = ASSIGN_TESTED,
                             [RAW_REAL] = ASSIGN_TESTED,
                             [RAW_DECIMAL] = ASSIGN_TESTED},
    [COLUMN_TYPE_TEXT] = {[RAW_OTHER] = ASSIGN_ALWAYS,
                          [RAW_BOOL] = ASSIGN_ALWAYS,
                          [RAW_SMALL] = ASSIGN_ALWAYS,
                          [RAW_BIG] = ASSIGN_ALWAYS,
                          [RAW_HUGE] = ASSIGN_ALWAYS,
                          [RAW_REAL] = ASSIGN_ALWAYS,
                          [RAW_DECIMAL] = ASSIGN_ALWAYS,
                          [RAW_DATE] = ASSIGN_ALWAYS,
                          [RAW_TIME] = ASSIGN_ALWAYS,
                          [RAW_TEXT] = ASSIGN_ALWAYS},
    [COLUMN_TYPE_VARCHAR] = {[RAW_OTHER] = ASSIGN_TESTED,
                             [RAW_BOOL] = ASSIGN_TESTED,
                             [RAW_SMALL] = ASSIGN_TESTED,
                             [RAW_BIG] = ASSIGN_TESTED,
                             [RAW_HUGE] = ASSIGN_TESTED,
                             [RAW_REAL] = ASSIGN_TESTED,
                             [RAW_DECIMAL] = ASSIGN_TESTED,
                             [RAW_DATE] = ASSIGN_TESTED,
                             [RAW_TIME] = ASSIGN_TESTED,
                             [RAW_TEXT] = ASSIGN_TESTED},
    [COLUMN_TYPE_DATE] = {[RAW_DATE] = ASSIGN_ALWAYS, [RAW_TIME] = ASSIGN_TESTED},
    [COLUMN_TYPE_TIMESTAMP] = {[RAW_DATE] = ASSIGN_ALWAYS, [RAW_TIME] = ASSIGN_ALWAYS},
};

/** The name without its sizes. */
static RawClass
class_of(const char *sql_type, Arena *scratch)
{
    size_t length = strcspn(sql_type, "(");
    const char *name = arena_strndup(scratch, sql_type, length);
    for (size_t i = 0; i < ARRAY_LENGTH(raw_types); i++) {
        /* an array or struct has more behind its first word */
        if (text_equal_ignore_case(raw_types[i].name, name) && strchr(sql_type, '[') == NULL) {
            return raw_types[i].class;
        }
    }
    return RAW_OTHER;
}

/** `decimal(18,3)`: two numbers; `varchar(20)`: one. @return how many there are */
static int
sizes_of(const char *sql_type, int sizes[2])
{
    const char *open = strchr(sql_type, '(');
    sizes[0] = sizes[1] = 0;
    if (open == NULL) {
        return 0;
    }
    char *end;
    sizes[0] = (int)strtol(open + 1, &end, 10);
    if (*end != ',') {
        return 1;
    }
    sizes[1] = (int)strtol(end + 1, NULL, 10);
    return 2;
}

/** Do the sizes say that nothing can be lost? */
static bool
has_room(PdcColumnType type, const char *sql_type, RawClass class)
{
    enum { SMALL_DIGITS = 10, BIG_DIGITS = 19 };
    int sizes[2];
    int n = sizes_of(sql_type, sizes);
    int whole = type.size - type.scale;
    if (type.kind == COLUMN_TYPE_NUMERIC) {
        return (class == RAW_SMALL && whole >= SMALL_DIGITS) ||
               (class == RAW_BIG && whole >= BIG_DIGITS) ||
               (class == RAW_DECIMAL && n == 2 && sizes[0] - sizes[1] <= whole &&
                sizes[1] <= type.scale);
    }
    return type.kind == COLUMN_TYPE_VARCHAR && class == RAW_TEXT && n == 1 && sizes[0] <= type.size;
}

Assignment
assign_type(PdcColumnType promised, const char *sql_type, Arena *scratch)
{
    RawClass class = class_of(sql_type, scratch);
    Assignment assignment = assignments[promised.kind][class];
    return assignment == ASSIGN_TESTED && has_room(promised, sql_type, class) ? ASSIGN_ALWAYS
                                                                              : assignment;
}

bool
assign_nearest(const char *sql_type, Arena *scratch, PdcColumnType *ret_type)
{
    static const ColumnTypeKind kinds[RAW_CLASS_COUNT] = {
        [RAW_OTHER] = COLUMN_TYPE_TEXT,      [RAW_BOOL] = COLUMN_TYPE_BOOL,
        [RAW_SMALL] = COLUMN_TYPE_INT,       [RAW_BIG] = COLUMN_TYPE_INT,
        [RAW_HUGE] = COLUMN_TYPE_NUMERIC,    [RAW_REAL] = COLUMN_TYPE_FLOAT,
        [RAW_DECIMAL] = COLUMN_TYPE_NUMERIC, [RAW_DATE] = COLUMN_TYPE_DATE,
        [RAW_TIME] = COLUMN_TYPE_TIMESTAMP,  [RAW_TEXT] = COLUMN_TYPE_TEXT,
    };
    enum { UNSAID_SCALE = 9 }; /* of a numeric that doesn't say its digits */
    int sizes[2];
    RawClass class = class_of(sql_type, scratch);
    int n = sizes_of(sql_type, sizes);
    *ret_type = (PdcColumnType){.kind = kinds[class]};
    if (class == RAW_DECIMAL && n == 2 && sizes[0] <= COLUMN_TYPE_DIGITS_MAX) {
        ret_type->size = sizes[0];
        ret_type->scale = sizes[1];
        return true;
    }
    if (kinds[class] == COLUMN_TYPE_NUMERIC) {
        ret_type->size = COLUMN_TYPE_DIGITS_MAX;
        ret_type->scale = class == RAW_DECIMAL ? UNSAID_SCALE : 0;
        return false;
    }
    if (class == RAW_TEXT && n == 1 && sizes[0] > 0) {
        *ret_type = (PdcColumnType){.kind = COLUMN_TYPE_VARCHAR, .size = sizes[0]};
    }
    return class != RAW_OTHER && !text_starts_with(sql_type, "timestamp with") &&
           !text_starts_with(sql_type, "TIMESTAMP WITH");
}
