/**
 * Library: an engine's client library, loaded when a URL first asks for it.
 *
 * Linked in the ordinary way libpq alone would cost each start 3 ms (25 libraries), and pdc would
 * not start where libduckdb is missing. An engine lists the functions that it calls in a `.def`
 * file, makes a struct of typed pointers out of it, and has the struct filled here. A library is
 * never unloaded.
 */
#ifndef PDC_STORE_LIBRARY_H
#define PDC_STORE_LIBRARY_H

#include "runtime/base/arena.h"
#include "runtime/base/macros.h"
#include "runtime/diag/error.h"

#include <stddef.h>

/** A function and where its pointer goes in the engine's struct. */
typedef struct LibrarySymbol LibrarySymbol;
struct LibrarySymbol {
    const char *name;
    size_t offset;
};

typedef struct LibraryWanted LibraryWanted;
struct LibraryWanted {
    const char *name; /* for messages: "libpq" */
    const char *const
        *candidates; /* file names or paths, in order; the first that can be loaded is taken */
    size_t n_candidates;
    const LibrarySymbol *symbols;
    size_t n_symbols;
    const char *hint; /* how to get it */
};

/**
 * Loads the library and fills `functions`.
 * @return 0; < 0 with ERROR_CONNECTION: the places that were tried, with their reasons, are the
 * detail
 */
MUST_CHECK int library_load(const LibraryWanted *wanted, void *functions, Error *reterr);

#endif
