#include "runtime/base/file.h"
#include "runtime/base/memory.h"
#include "runtime/base/suggest.h"
#include "runtime/exec/csv/csv_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES = 16, SUGGEST_FILES = 10000 };

struct CsvInput {
    const char *path;
    int fd;
    const CsvPacking *packing; /* NULL: not packed */
    CsvUnpacker *unpacker;
    bool between; /* no packed piece is begun and not ended */
    bool at_end;
    unsigned char *chunk; /* what was read ahead */
    size_t start;
    size_t end;
};

typedef struct Foreign Foreign;
struct Foreign {
    const char *head;
    size_t length;
    const char *what;
    const char *hint;
};

static const Foreign foreign[] = {
#define CSV_FOREIGN(head, length, what, hint) {head, length, what, hint},
#include "runtime/exec/csv/foreign.def"
#undef CSV_FOREIGN
};

void
csv_input_free(CsvInput *input)
{
    if (input != NULL) {
        if (input->unpacker != NULL) {
            input->packing->close(input->unpacker);
        }
        if (input->fd >= 0) {
            close(input->fd);
        }
        free(input->chunk);
        free(input);
    }
}
DEFINE_CLEANUP(csv_input_freep, CsvInput, csv_input_free)

/* ---- what can't be opened ---- */

/* For a file that is not there: the nearest name in its folder. */
static void
suggest_file(const char *path, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    VEC(const char *) names = {0};
    const char *folder = path_directory(arena, path);
    DIR *stream = opendir(folder);
    if (stream == NULL) {
        error_set_hint(reterr, "there is no folder \"%s\"", folder);
        return;
    }
    for (struct dirent *entry; names.n < SUGGEST_FILES && (entry = readdir(stream)) != NULL;) {
        vec_push_in(arena, &names, arena_strdup(arena, entry->d_name));
    }
    closedir(stream);
    qsort(names.items, names.n, sizeof(names.items[0]), text_compare_ptr);
    const char *near = suggest_nearest(path_base(path), names.items, names.n);
    if (near != NULL) {
        error_set_hint(reterr, "did you mean \"%s\"?", near);
    }
}

static int
open_failed(const char *path, Error *reterr)
{
    int saved = errno;
    error_set(reterr, ERROR_IO, "can't read \"%s\": %s", path, strerror(saved));
    if (saved == ENOENT) {
        suggest_file(path, reterr);
    }
    return -1;
}

static int
check_regular(const CsvInput *input, Error *reterr)
{
    struct stat status;
    if (fstat(input->fd, &status) != 0) {
        return open_failed(input->path, reterr);
    }
    if (S_ISDIR(status.st_mode)) {
        return error_set(reterr, ERROR_IO, "\"%s\" is a folder, not a CSV file", input->path);
    }
    if (!S_ISREG(status.st_mode)) {
        error_set(reterr, ERROR_IO, "\"%s\" is not a regular file", input->path);
        error_set_hint(reterr, "a CSV is read twice, so it can't be a pipe or device");
        return -1;
    }
    return 0;
}

static int
check_foreign(const CsvInput *input, Error *reterr)
{
    for (size_t i = 0; i < ARRAY_LENGTH(foreign); i++) {
        if (input->end >= foreign[i].length &&
            memcmp(input->chunk, foreign[i].head, foreign[i].length) == 0) {
            error_set(reterr, ERROR_DATA, "\"%s\" is not a CSV file but %s", input->path,
                      foreign[i].what);
            error_set_hint(reterr, "%s", foreign[i].hint);
            return -1;
        }
    }
    return 0;
}

/* ---- bytes ---- */

static int
read_some(CsvInput *input, void *out, size_t capacity, size_t *ret_n, Error *reterr)
{
    ssize_t n;
    do {
        n = read(input->fd, out, capacity);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return open_failed(input->path, reterr);
    }
    input->at_end = n == 0;
    *ret_n = (size_t)n;
    return 0;
}

static int
fill(CsvInput *input, Error *reterr)
{
    size_t n = 0;
    if (input->start == input->end) {
        input->start = input->end = 0;
    }
    int status =
        read_some(input, input->chunk + input->end, CSV_CHUNK_BYTES - input->end, &n, reterr);
    input->end += n;
    return status;
}

static int
open_unpacked(CsvInput *input, Error *reterr)
{
    while (!input->at_end && input->end < HEAD_BYTES) {
        if (fill(input, reterr) != 0) {
            return -1;
        }
    }
    if (check_foreign(input, reterr) != 0) {
        return -1;
    }
    const CsvPacking *packing = csv_packing_of(input->chunk, input->end);
    if (packing != NULL) {
        input->packing = packing;
        return packing->open(&input->unpacker, reterr);
    }
    return 0;
}

int
csv_input_open(const char *path, CsvInput **ret_input, Error *reterr)
{
    CLEANUP(csv_input_freep) CsvInput *input = memory_alloc(sizeof(CsvInput));
    input->path = path;
    input->between = true;
    /* O_NONBLOCK: a named pipe must be refused, not waited for. */
    input->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (input->fd < 0) {
        return open_failed(path, reterr);
    }
    input->chunk = memory_alloc(CSV_CHUNK_BYTES);
    if (check_regular(input, reterr) != 0 || open_unpacked(input, reterr) != 0) {
        return -1;
    }
    *ret_input = TAKE(input);
    return 0;
}

static int
read_packed(CsvInput *input, char *out, size_t capacity, size_t *ret_n, Error *reterr)
{
    *ret_n = 0;
    for (;;) {
        const unsigned char *in = input->chunk + input->start;
        size_t length = input->end - input->start;
        if (length > 0 || !input->between) { /* there may be something left inside */
            int status = input->packing->step(input->unpacker, &in, &length, out, capacity, ret_n,
                                              &input->between, reterr);
            input->start = input->end - length;
            if (status != 0 || *ret_n > 0) {
                return status;
            }
        }
        if (length > 0) {
            continue;
        }
        if (input->at_end && !input->between) {
            error_set(reterr, ERROR_DATA, "the %s data end too early", input->packing->name);
            error_set_hint(reterr, "the file was cut off: fetch it again");
            return -1;
        }
        if (input->at_end) {
            return 0;
        }
        if (fill(input, reterr) != 0) {
            return -1;
        }
    }
}

int
csv_input_read(CsvInput *input, char *out, size_t capacity, size_t *ret_n, Error *reterr)
{
    if (input->packing != NULL) {
        return read_packed(input, out, capacity, ret_n, reterr);
    }
    size_t ahead = input->end - input->start;
    if (ahead == 0) {
        return read_some(input, out, capacity, ret_n, reterr);
    }
    *ret_n = ahead < capacity ? ahead : capacity;
    memcpy(out, input->chunk + input->start, *ret_n);
    input->start += *ret_n;
    return 0;
}

/* ---- has it changed? ---- */

int
csv_input_stamp(const CsvInput *input, CsvStamp *ret_stamp, Error *reterr)
{
    struct stat status;
    if (fstat(input->fd, &status) != 0) {
        return open_failed(input->path, reterr);
    }
    *ret_stamp = (CsvStamp){
        .size_bytes = (int64_t)status.st_size,
        .modified_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec,
        .device = (uint64_t)status.st_dev,
        .inode = (uint64_t)status.st_ino,
    };
    return 0;
}

bool
csv_stamp_equal(const CsvStamp *a, const CsvStamp *b)
{
    return a->size_bytes == b->size_bytes && a->modified_ns == b->modified_ns &&
           a->device == b->device && a->inode == b->inode;
}
