/**
 * Clock: times for measuring (monotonic) and for people (UTC, ISO 8601).
 */
#ifndef PDC_BASE_CLOCK_H
#define PDC_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/** Microseconds of a clock that never jumps. */
int64_t clock_monotonic_us(void);
/** Microseconds since 1970-01-01T00:00:00Z. */
int64_t clock_now_us(void);
/** `2026-01-31T12:00:00.123456Z`; `size_bytes` of at least 28. */
void clock_format_utc(int64_t epoch_us, char *text, size_t size_bytes);
/** Reads `YYYY-MM-DD` or `YYYY-MM-DD[T ]HH:MM[:SS[.ffffff]][Z]` as UTC. @return 0, or -1 if it is
 * neither */
int clock_parse_utc(const char *text, int64_t *ret_epoch_us);

#endif
