#include "runtime/store/library.h"

#include <dlfcn.h>
#include <string.h>

static void *
open_first(const LibraryWanted *wanted, Error *reterr)
{
    Str tried = {0};
    void *library = NULL;
    for (size_t i = 0; i < wanted->n_candidates && !library; i++) {
        library = dlopen(wanted->candidates[i], RTLD_LAZY | RTLD_LOCAL);
        if (!library) {
            const char *reason = dlerror();
            str_append_format(&tried, "%s%s", i == 0 ? "" : "\n",
                              reason ? reason : wanted->candidates[i]);
        }
    }
    if (!library) {
        error_set(reterr, ERROR_CONNECTION, "%s can't be loaded", wanted->name);
        error_set_detail(reterr, "%s", str_text(&tried));
        error_set_hint(reterr, "%s", wanted->hint);
    }
    str_deinit(&tried);
    return library;
}

int
library_load(const LibraryWanted *wanted, void *functions, Error *reterr)
{
    void *library = open_first(wanted, reterr);
    if (!library) {
        return -1;
    }
    for (size_t i = 0; i < wanted->n_symbols; i++) {
        void *function = dlsym(library, wanted->symbols[i].name);
        if (!function) {
            error_set(reterr, ERROR_CONNECTION, "%s is too old or too new: it lacks %s",
                      wanted->name, wanted->symbols[i].name);
            error_set_hint(reterr, "%s", wanted->hint);
            dlclose(library);
            return -1;
        }
        memcpy((char *)functions + wanted->symbols[i].offset, &function, sizeof(function));
    }
    return 0;
}
