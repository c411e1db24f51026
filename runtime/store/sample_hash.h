/**
 * Sample hash: the SQL expression of the number by which samples choose rows, the same to the bit
 * on every engine.
 *
 * It is PostgreSQL's own hash (base/lookup3.h) of the key's columns, one nested in the other's
 * seed, without its sign bit: 0 to 2^63 - 1. PostgreSQL has it as functions; another engine is
 * given it. Integers are hashed as numbers, everything else as text in UTF-8, in a form that does
 * not depend on the session's settings, and in which equal values are equal:
 *
 *     int         all integers of up to 64 bits that are signed, or fit in: 7 is one key in all
 * widths decimal     1.50 as 1.5, 2.00 as 2; wider and unsigned 64-bit integers as well float the
 * 16 hexadecimal digits of the IEEE 754 double; -0 as 0, all NaN alike bool        true, false text
 * its bytes, whatever its collation; char(n) without the blanks that pad it; an enum by its label
 *     date        2024-02-29, 0044-03-15 BC, infinity
 *     timestamp   2024-02-29T12:00:00.5, in microseconds; with time zone: as UTC
 *     time        12:00:00.5
 *     uuid        c0ffee00-0000-4000-8000-00000000abcd
 *     bytes       in lower-case hexadecimal digits
 *
 * NULL in any column makes the hash NULL: a row without a key belongs to nobody, and no sample
 * picks it. Types without such a form (json, arrays, intervals …) are refused, never hashed in some
 * way.
 */
#ifndef PDC_STORE_SAMPLE_HASH_H
#define PDC_STORE_SAMPLE_HASH_H

#include "runtime/store/store.h"

/**
 * The expression of type bigint, in brackets, for use in any query on `store`.
 *
 * The *types* decide the form, not what stands in the column: 7 as int and 7 as decimal differ. So
 * a column that refers to a key is given with the types of that key (and its own name); it is cast
 * to them. The order of the columns counts.
 * @param columns  `name`, and `base_type` or `sql_type`, are read; of store_columns(), or spelled
 * as the engine or the language spells types; at least one
 * @param alias  of the table that they belong to, or NULL
 * @param ret_sql  in `arena`
 * @return 0, or < 0 with ERROR_UNSUPPORTED, which names the column, for a type that can't be
 * hashed, and for text in a database whose encoding is not UTF-8
 */
MUST_CHECK int store_sample_hash_sql(const Store *store, const StoreColumn *columns,
                                     size_t n_columns, const char *alias, int64_t seed,
                                     Arena *arena, char **ret_sql, Error *reterr);

#endif
