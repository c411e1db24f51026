/* Golden files: a text is compared with the file that says what is expected. PDC_UPDATE=1 rewrites
 * them; the diff is to be read as critically as code. */
#ifndef PDC_TEST_GOLDEN_H
#define PDC_TEST_GOLDEN_H

#include "runtime/base/file.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* `name` is relative to tests/unit/runtime. */
static inline void
golden_check(const char *name, const char *text)
{
    Arena *arena = arena_new();
    char *expected = NULL;
    size_t length;
    const char *path = path_join(arena, PDC_SOURCE_DIR "/tests/unit/runtime", name);
    if (getenv("PDC_UPDATE") != NULL) {
        cr_assert_eq(file_write_atomic(path, text, strlen(text), 0644), 0, "%s", path);
    }
    cr_assert_eq(file_read(arena, path, 0, &expected, &length), 0, "%s", path);
    cr_expect_str_eq(text, expected, "%s:\n%s\n---- expected:\n%s", name, text, expected);
    arena_free(arena);
}

#endif
