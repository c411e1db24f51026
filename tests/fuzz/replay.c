/**
 * Replay: stands in for libFuzzer in ordinary builds. Feeds each file below the folders (or files)
 * on the command line to the fuzz driver; a mistake shows as a sanitizer's report or a crash.
 */
#include "runtime/base/file.h"

#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

static int
replay_file(const char *path)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char *text;
    size_t length;
    if (file_read(arena, path, 0, &text, &length) != 0) {
        perror(path);
        return -1;
    }
    /* An own block of the exact size, so that a read behind its end is seen. */
    CLEANUP(arena_freep) Arena *exact = arena_new();
    LLVMFuzzerTestOneInput(arena_memdup(exact, text, length), length);
    return 1;
}

/* @return the number of files fed, or < 0 */
static int
replay(const char *path)
{
    if (!file_is_directory(path)) {
        return replay_file(path);
    }
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char **paths;
    size_t n;
    int total = 0;
    if (file_glob(arena, path_join(arena, path, "*"), &paths, &n) != 0) {
        perror(path);
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        int fed = replay(paths[i]);
        if (fed < 0) {
            return fed;
        }
        total += fed;
    }
    return total;
}

int
main(int argc, char **argv)
{
    int total = 0;
    for (int i = 1; i < argc; i++) {
        if (!file_exists(argv[i])) {
            continue; /* a driver without a corpus of its own has the golden files */
        }
        int fed = replay(argv[i]);
        if (fed < 0) {
            return 1;
        }
        total += fed;
    }
    printf("%d inputs replayed\n", total);
    return total > 0 ? 0 : 1;
}
