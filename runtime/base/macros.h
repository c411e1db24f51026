/**
 * Macros: the few language extensions that the whole project leans on.
 *
 * CLEANUP(f) T *x = NULL;   calls f(&x) when x goes out of scope; hand over with `return TAKE(x);`.
 * MUST_CHECK                the caller must look at the result.
 * BUG(...)                  we are wrong: prints file, line and what was believed, then aborts.
 * Never for input.
 */
#ifndef PDC_BASE_MACROS_H
#define PDC_BASE_MACROS_H

#include <stddef.h>

#define MUST_CHECK                     __attribute__((warn_unused_result))
#define PRINTF_LIKE(n_format, n_first) __attribute__((__format__(__printf__, n_format, n_first)))
#define NORETURN                       __attribute__((noreturn))
#define UNUSED                         __attribute__((unused))

#define CLEANUP(function) __attribute__((cleanup(function)))

/** Defines `name`, a cleanup function for a variable of `type *` that is released by `release`. */
#define DEFINE_CLEANUP(name, type, release)                                                        \
    static inline void name(type **owned)                                                          \
    {                                                                                              \
        release(*owned);                                                                           \
    }

/** The value of `owned`, which is NULL afterwards, so that its cleanup does nothing. */
#define TAKE(owned)                                                                                \
    (__extension__({                                                                               \
        __typeof__(owned) *take_from_ = &(owned);                                                  \
        __typeof__(owned) taken_ = *take_from_;                                                    \
        *take_from_ = NULL;                                                                        \
        taken_;                                                                                    \
    }))

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define BUG(...) bug_abort(__FILE__, __LINE__, __VA_ARGS__)

/** Prints a message about a broken assumption of ours and aborts. */
NORETURN void bug_abort(const char *file, int line, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
