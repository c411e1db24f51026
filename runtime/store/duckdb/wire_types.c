/* Which types of the two engines belong together when rows travel. */
#include "runtime/store/duckdb/wire_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** A decimal that says nothing of its size in PostgreSQL gets this one here. */
#define PLAIN_DECIMAL "DECIMAL(38,10)"

enum { MAX_DECIMAL_WIDTH = 38 };

typedef struct WireType WireType;
struct WireType {
    const char *from;
    const char *to;
    const char *cast;
};

static const WireType arriving[] = {
#define WIRE_IN(postgres, duckdb, cast) {postgres, duckdb, cast},
#define WIRE_OUT(duckdb, postgres, cast)
#include "runtime/store/duckdb/wire_types.def"
#undef WIRE_IN
#undef WIRE_OUT
};

static const WireType leaving[] = {
#define WIRE_IN(postgres, duckdb, cast)
#define WIRE_OUT(duckdb, postgres, cast) {duckdb, postgres, cast},
#include "runtime/store/duckdb/wire_types.def"
#undef WIRE_IN
#undef WIRE_OUT
};

/** The name without sizes: `timestamp(3) without time zone`. */
static const char *
without_sizes(const char *type, Arena *arena)
{
    const char *open = strchr(type, '(');
    const char *close = open != NULL ? strchr(open, ')') : NULL;
    return close == NULL ? type
                         : arena_printf(arena, "%.*s%s", (int)(open - type), type, close + 1);
}

static const WireType *
find(const WireType *types, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (text_equal(types[i].from, name)) {
            return &types[i];
        }
    }
    return NULL;
}

/** The type of the elements if `type` is that of a list: `integer[]`, `INTEGER[3]`. */
static const char *
element_of(const char *type, Arena *arena)
{
    size_t length = strlen(type);
    const char *open = strrchr(type, '[');
    return length > 0 && type[length - 1] == ']' && open != NULL
               ? arena_strndup(arena, type, (size_t)(open - type))
               : NULL;
}

static bool
is_decimal(const char *type, const char *word)
{
    size_t length = strlen(word);
    return strncmp(type, word, length) == 0 && (type[length] == '\0' || type[length] == '(');
}

/** Sizes that DuckDB has: 1 <= width <= 38, 0 <= scale <= width. */
static const char *
decimal_in(const char *type, Arena *arena)
{
    unsigned width = 0;
    unsigned scale = 0;
    const char *open = strchr(type, '(');
    if (open == NULL) {
        return PLAIN_DECIMAL;
    }
    int n = sscanf(open, "(%3u,%3u)", &width, &scale);
    bool fits = n >= 1 && width >= 1 && width <= MAX_DECIMAL_WIDTH && scale <= width;
    return fits ? arena_printf(arena, "DECIMAL(%u,%u)", width, scale) : NULL;
}

static const char *
type_in(const char *wire, Arena *arena, const char **ret_instead)
{
    if (is_decimal(wire, "numeric")) {
        return decimal_in(wire, arena);
    }
    const WireType *type = find(arriving, ARRAY_LENGTH(arriving), without_sizes(wire, arena));
    *ret_instead = type != NULL ? type->cast : NULL;
    return type != NULL ? type->to : NULL;
}

int
duck_type_of_wire(const char *wire, Arena *arena, const char **ret_type, const char **ret_instead,
                  Error *reterr)
{
    const char *element = element_of(wire, arena);
    const char *type = type_in(element != NULL ? element : wire, arena, ret_instead);
    if (type == NULL) {
        return store_no_counterpart(wire, reterr);
    }
    *ret_type = element != NULL ? arena_printf(arena, "%s[]", type) : type;
    if (element != NULL && *ret_instead != NULL) {
        *ret_instead = arena_printf(arena, "%s[]", *ret_instead);
    }
    return 0;
}

static bool
type_out(const char *name, Arena *arena, StoreWire *wire)
{
    if (is_decimal(name, "DECIMAL")) {
        wire->type = arena_printf(arena, "numeric%s", name + strlen("DECIMAL"));
        return true;
    }
    const char *plain = strncmp(name, "ENUM(", 5) == 0 ? "ENUM" : without_sizes(name, arena);
    const WireType *type = find(leaving, ARRAY_LENGTH(leaving), plain);
    if (type != NULL) {
        *wire = (StoreWire){.type = type->to, .cast = type->cast};
    }
    return type != NULL;
}

int
duck_wire_of(const StoreColumn *column, Arena *arena, StoreWire *ret_wire, Error *reterr)
{
    bool is_enum = strncmp(column->sql_type, "ENUM(", 5) == 0;
    const char *element = is_enum ? NULL : element_of(column->sql_type, arena);
    if (element == NULL) {
        return type_out(column->sql_type, arena, ret_wire)
                   ? 0
                   : store_no_counterpart(column->sql_type, reterr);
    }
    StoreWire wire = {0};
    if (!type_out(element, arena, &wire)) {
        return store_no_counterpart(column->sql_type, reterr);
    }
    bool is_fixed = !text_ends_with(column->sql_type, "[]"); /* INTEGER[3] */
    const char *cast = wire.cast != NULL ? wire.cast : is_fixed ? element : NULL;
    ret_wire->type = arena_printf(arena, "%s[]", wire.type);
    ret_wire->cast = cast != NULL ? arena_printf(arena, "%s[]", cast) : NULL;
    return 0;
}

/* ---- of vectors ---- */

static const struct {
    duckdb_type id;
    unsigned oid; /* of the same type in PostgreSQL: src/include/catalog/pg_type.dat */
} oids[] = {
    {DUCKDB_TYPE_BOOLEAN, 16},    {DUCKDB_TYPE_BLOB, 17},        {DUCKDB_TYPE_BIGINT, 20},
    {DUCKDB_TYPE_SMALLINT, 21},   {DUCKDB_TYPE_INTEGER, 23},     {DUCKDB_TYPE_VARCHAR, 25},
    {DUCKDB_TYPE_FLOAT, 700},     {DUCKDB_TYPE_DOUBLE, 701},     {DUCKDB_TYPE_DATE, 1082},
    {DUCKDB_TYPE_TIME, 1083},     {DUCKDB_TYPE_TIMESTAMP, 1114}, {DUCKDB_TYPE_TIMESTAMP_TZ, 1184},
    {DUCKDB_TYPE_INTERVAL, 1186}, {DUCKDB_TYPE_TIME_TZ, 1266},   {DUCKDB_TYPE_DECIMAL, 1700},
    {DUCKDB_TYPE_HUGEINT, 1700},  {DUCKDB_TYPE_UHUGEINT, 1700},  {DUCKDB_TYPE_UUID, 2950},
};

enum { JSON_OID = 114 };

unsigned
wire_element_oid(const WireField *element)
{
    for (size_t i = 0; i < ARRAY_LENGTH(oids); i++) {
        if (oids[i].id == element->id) {
            return element->is_json ? JSON_OID : oids[i].oid;
        }
    }
    return 0;
}

static bool
is_json(const DuckApi *api, duckdb_logical_type type)
{
    char *alias = api->logical_type_get_alias(type);
    bool found = alias != NULL && text_equal(alias, "JSON");
    api->free(alias);
    return found;
}

int
wire_field_of(const DuckApi *api, duckdb_logical_type type, const char *name, Arena *arena,
              WireField *ret_field)
{
    WireField field = {.name = name, .id = api->get_type_id(type)};
    if (field.id == DUCKDB_TYPE_DECIMAL) {
        field.stored = api->decimal_internal_type(type);
        field.width = api->decimal_width(type);
        field.scale = api->decimal_scale(type);
    }
    field.is_json = field.id == DUCKDB_TYPE_VARCHAR && is_json(api, type);
    int status = 0;
    if (field.id == DUCKDB_TYPE_LIST) {
        duckdb_logical_type child = api->list_type_child_type(type);
        field.child = ARENA_NEW(arena, WireField);
        status = wire_field_of(api, child, name, arena, field.child);
        status = field.child->id == DUCKDB_TYPE_LIST ? -1 : status;
        api->destroy_logical_type(&child);
    } else if (wire_element_oid(&field) == 0) {
        status = -1;
    }
    *ret_field = field;
    return status;
}
