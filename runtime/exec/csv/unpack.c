/* The packings that are read: gzip and zstd. */
#include "runtime/base/memory.h"
#include "runtime/exec/csv/csv_priv.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

struct CsvUnpacker {
    z_stream z;
    bool between; /* members of a gzip file */
    bool begun;   /* a member has been read: zeros may follow */
    ZSTD_DStream *zstd;
};

static bool
is_gzip(const unsigned char *head, size_t length)
{
    return length >= 2 && head[0] == 0x1f && head[1] == 0x8b;
}

/* A frame of data, or one to be skipped (pzstd begins with such). */
static bool
is_zstd(const unsigned char *head, size_t length)
{
    static const unsigned char rest[] = {0xb5, 0x2f, 0xfd};
    static const unsigned char skippable[] = {0x2a, 0x4d, 0x18};
    return length >= 4 && ((head[0] == 0x28 && memcmp(head + 1, rest, 3) == 0) ||
                           ((head[0] & 0xf0) == 0x50 && memcmp(head + 1, skippable, 3) == 0));
}

enum { GZIP_WINDOW_BITS = 15 + 16 }; /* zlib: 16 more means gzip's frame */

static int
gzip_open(CsvUnpacker **ret_unpacker, Error *reterr)
{
    CsvUnpacker *unpacker = memory_alloc(sizeof(CsvUnpacker));
    unpacker->between = true;
    if (inflateInit2(&unpacker->z, GZIP_WINDOW_BITS) != Z_OK) {
        free(unpacker);
        return error_set(reterr, ERROR_IO, "zlib can't be started");
    }
    *ret_unpacker = unpacker;
    return 0;
}

/* Behind a member: zeros that fill a block of a tape or disk are passed over. */
static void
gzip_skip_zeros(const unsigned char **io_in, size_t *io_length)
{
    while (*io_length > 0 && **io_in == 0) {
        (*io_in)++;
        (*io_length)--;
    }
}

static int
gzip_failed(const CsvUnpacker *unpacker, Error *reterr)
{
    if (unpacker->begun && unpacker->z.total_out == 0) {
        return error_set(reterr, ERROR_DATA, "behind the gzip data stands something else");
    }
    return error_set(reterr, ERROR_DATA, "the gzip data are damaged (%s)",
                     unpacker->z.msg != NULL ? unpacker->z.msg : "no progress");
}

static int
gzip_step(CsvUnpacker *unpacker, const unsigned char **io_in, size_t *io_length, char *out,
          size_t capacity, size_t *ret_n, bool *ret_between, Error *reterr)
{
    z_stream *z = &unpacker->z;
    *ret_n = 0;
    if (unpacker->between) {
        if (unpacker->begun) {
            gzip_skip_zeros(io_in, io_length);
        }
        *ret_between = true;
        if (*io_length == 0) {
            return 0;
        }
        inflateReset(z);
        unpacker->between = false;
    }
    unsigned char head[1] = {0}; /* zlib wants an address even for nothing */
    const unsigned char *in = *io_length > 0 ? *io_in : head;
    z->next_in = (unsigned char *)(uintptr_t)in; /* zlib only reads it */
    z->avail_in = (unsigned)*io_length;
    z->next_out = (unsigned char *)out;
    z->avail_out = (unsigned)capacity;
    int status = inflate(z, Z_NO_FLUSH);
    *io_in += *io_length - z->avail_in;
    *io_length = z->avail_in;
    *ret_n = capacity - z->avail_out;
    bool is_stuck = status == Z_BUF_ERROR && *io_length > 0 && *ret_n == 0;
    if (is_stuck || (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)) {
        *ret_between = false; /* what came before the damage is given first: zlib will fail again */
        return *ret_n > 0 ? 0 : gzip_failed(unpacker, reterr);
    }
    unpacker->between = status == Z_STREAM_END;
    unpacker->begun = unpacker->begun || unpacker->between;
    *ret_between = unpacker->between;
    return 0;
}

static void
gzip_close(CsvUnpacker *unpacker)
{
    inflateEnd(&unpacker->z);
    free(unpacker);
}

static int
zstd_open(CsvUnpacker **ret_unpacker, Error *reterr)
{
    ZSTD_DStream *stream = ZSTD_createDStream();
    if (stream == NULL) {
        return error_set(reterr, ERROR_IO, "zstd can't be started");
    }
    *ret_unpacker = memory_alloc(sizeof(CsvUnpacker));
    (*ret_unpacker)->zstd = stream;
    return 0;
}

static int
zstd_step(CsvUnpacker *unpacker, const unsigned char **io_in, size_t *io_length, char *out,
          size_t capacity, size_t *ret_n, bool *ret_between, Error *reterr)
{
    ZSTD_inBuffer input = {*io_in, *io_length, 0};
    ZSTD_outBuffer output = {out, capacity, 0};
    size_t status = ZSTD_decompressStream(unpacker->zstd, &output, &input);
    *io_in += input.pos;
    *io_length -= input.pos;
    *ret_n = output.pos;
    if (ZSTD_isError(status)) {
        return error_set(reterr, ERROR_DATA, "the zstd data are damaged (%s)",
                         ZSTD_getErrorName(status));
    }
    *ret_between = status == 0;
    return 0;
}

static void
zstd_close(CsvUnpacker *unpacker)
{
    ZSTD_freeDStream(unpacker->zstd);
    free(unpacker);
}

static const CsvPacking packings[] = {
    {"gzip", is_gzip, gzip_open, gzip_step, gzip_close},
    {"zstd", is_zstd, zstd_open, zstd_step, zstd_close},
};

const CsvPacking *
csv_packing_of(const unsigned char *head, size_t length)
{
    for (size_t i = 0; i < ARRAY_LENGTH(packings); i++) {
        if (packings[i].recognises(head, length)) {
            return &packings[i];
        }
    }
    return NULL;
}
