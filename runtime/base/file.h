/**
 * File: whole files in and out. A file is replaced atomically: written beside the old one, synced,
 * renamed. Functions return 0, or < 0 with errno set; callers make the message, since they know
 * what the file was for.
 */
#ifndef PDC_BASE_FILE_H
#define PDC_BASE_FILE_H

#include "runtime/base/arena.h"
#include "runtime/base/macros.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Reads a regular file into `arena` (NUL-terminated; the NUL is not counted). Folders give EISDIR,
 * more than `limit_bytes` (0: no limit) EFBIG. */
MUST_CHECK int file_read(Arena *arena, const char *path, size_t limit_bytes, char **ret_text,
                         size_t *ret_length);
/** Replaces `path` by `length` bytes of `data`, with permissions `mode` less the umask. */
/**
 * Writes a file that is only there to save time. Its folder is made for the first one that is worth
 * it; what can't be written is not there the next time.
 * @param worth_folder  else it is written where the folder is there
 */
void file_write_cache(const char *path, const char *data, size_t length, bool worth_folder);
MUST_CHECK int file_write_atomic(const char *path, const char *data, size_t length, mode_t mode);
bool file_exists(const char *path);
bool file_is_directory(const char *path);
/** Makes a folder and its parents; existing ones are fine. */
MUST_CHECK int file_make_directories(const char *path, mode_t mode);
/** `name` relative to `directory`; an absolute name (or an empty directory) stays as it is. */
char *path_join(Arena *arena, const char *directory, const char *name);
/** The folder part, "." if there is none. */
char *path_directory(Arena *arena, const char *path);
/** The last part of a path; points into `path`. */
const char *path_base(const char *path);
/** Absolute and without `.`/`..`/`//`, by text alone (symbolic links are not followed). */
char *path_normalize(Arena *arena, const char *path);
/** Files that match a shell pattern, sorted by bytes, in `arena`. @return 0, or < 0 with errno */
MUST_CHECK int file_glob(Arena *arena, const char *pattern, char ***ret_paths, size_t *ret_n);

#endif
