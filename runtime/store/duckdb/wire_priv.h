/**
 * Wire, private to this folder: what reading and writing of binary rows share.
 */
#ifndef PDC_STORE_DUCKDB_WIRE_PRIV_H
#define PDC_STORE_DUCKDB_WIRE_PRIV_H

#include "runtime/store/duckdb/duck.h"

/* From 1970 to 2000, where PostgreSQL begins to count. */
#define WIRE_EPOCH_DAYS 10957
#define WIRE_EPOCH_US   INT64_C(946684800000000)

/* Signs of PostgreSQL's numeric (src/backend/utils/adt/numeric.c, numeric_send). */
enum { WIRE_POSITIVE = 0x0000, WIRE_NEGATIVE = 0x4000, WIRE_NUMERIC_BASE = 10000 };

/* The largest offset that TIME WITH TIME ZONE stores, as this minus the offset, in its low 24 bits.
 */
enum { WIRE_MAX_OFFSET_S = 16 * 3600 - 1, WIRE_OFFSET_BITS = 24 };

__extension__ typedef unsigned __int128 WireMagnitude;

/** A column, or what its lists are made of. */
typedef struct WireField WireField;
struct WireField {
    const char *name;
    duckdb_type id;
    duckdb_type stored; /* of a DECIMAL: the type of its numbers */
    unsigned width;     /* of a DECIMAL */
    unsigned scale;
    bool is_json;
    WireField *child; /* of a LIST */
};

/** The field of a type. In `arena`. @return 0, or -1: it can't travel */
MUST_CHECK int wire_field_of(const DuckApi *api, duckdb_logical_type type, const char *name,
                             Arena *arena, WireField *ret_field);

/** PostgreSQL's number of the type of a list's elements. */
unsigned wire_element_oid(const WireField *element);

#endif
