/**
 * Lookup3: Bob Jenkins' hash in the form that PostgreSQL gave it, to the bit: what its SQL
 * functions hashtextextended() and hashint8extended() return on a little-endian server, on any
 * machine.
 *
 * Source: PostgreSQL, src/common/hashfn.c (hash_bytes_extended, hash_bytes_uint32_extended) and
 * src/backend/access/hash/hashfunc.c (hashint8extended), after Bob Jenkins, lookup3.c, May 2006,
 * public domain. PostgreSQL keeps these values for ever: they decide into which partition a row
 * goes.
 *
 * Any thread. Not meant against adversaries.
 */
#ifndef PDC_BASE_LOOKUP3_H
#define PDC_BASE_LOOKUP3_H

#include <stddef.h>
#include <stdint.h>

/** hashtextextended() of a text in UTF-8 whose collation is deterministic. `bytes` may be NULL
 * where `length` is 0; of longer ones than 4 GiB only the length modulo 2^32 counts at the start.
 */
uint64_t lookup3_hash_bytes(const void *bytes, size_t length, uint64_t seed);

/** hashint8extended(), which is also that of smaller integers: the halves are folded, so that a
 * number hashes alike in every width. */
uint64_t lookup3_hash_int64(int64_t number, uint64_t seed);

#endif
