#include "runtime/flow/type.h"

#include "runtime/base/macros.h"

#include <string.h>
#include <strings.h>

typedef struct TypeRow TypeRow;
struct TypeRow {
    const char *language;
    const char *postgres;
    const char *duckdb;
    TypeJson json;
};

static const TypeRow type_rows[] = {
#define TYPE(id, language, postgres, duckdb, json)                                                 \
    [PDC_TYPE_##id] = {language, postgres, duckdb, TYPE_JSON_##json},
#include "runtime/flow/types.def"
#undef TYPE
    [PDC_TYPE_INSTANCE] = {"instance", "text", "varchar", TYPE_JSON_TEXT},
    [PDC_TYPE_TABLE] = {"table", "text", "varchar", TYPE_JSON_TEXT},
    [PDC_TYPE_COLUMN] = {"column", "text", "varchar", TYPE_JSON_TEXT},
};

const char *
type_name(PdcType type)
{
    return type_rows[type].language;
}

bool
type_parse(const char *name, size_t length, PdcType *ret_type)
{
    for (size_t i = 0; i < ARRAY_LENGTH(type_rows); i++) {
        const char *known = type_rows[i].language;
        if (strlen(known) == length && strncasecmp(known, name, length) == 0) {
            *ret_type = (PdcType)i;
            return true;
        }
    }
    return false;
}

const char *
type_postgres_name(PdcType type)
{
    return type_rows[type].postgres;
}

const char *
type_duckdb_name(PdcType type)
{
    return type_rows[type].duckdb;
}

TypeJson
type_json(PdcType type)
{
    return type_rows[type].json;
}
