/**
 * Preview: what a copy would bring, before it brings anything.
 *
 * Rows are counted: those of the lists that a copy makes as well, and of the rules where it makes
 * none. Sizes are estimated, by what a row takes in the source.
 */
#ifndef PDC_COPY_PREVIEW_H
#define PDC_COPY_PREVIEW_H

#include "runtime/copy/copy.h"

/** What brought a row first. */
typedef enum CopyShare {
#define SHARE(id, key, words) COPY_SHARE_##id,
#include "runtime/copy/shares.def"
#undef SHARE
    COPY_N_SHARES
} CopyShare;

/** "picked", "closed over" …: for people. */
const char *copy_share_words(CopyShare share);

typedef struct CopyPreview CopyPreview;
struct CopyPreview {
    int64_t rows;
    int64_t shares[COPY_N_SHARES]; /* add up to `rows` */
    int64_t bytes;                 /* estimated; -1: not known */
    int64_t source_rows;
    int64_t source_bytes; /* -1: not known */
};

/**
 * @param due  by table of the flow: those that are counted
 * @param previews  by table; of those that are not due only the source's totals, as far as they are
 * known
 * @return 0, or < 0 as copy_try() says
 */
MUST_CHECK int copy_preview(CopySource *source, const Exec *exec, const bool *due,
                            CopyPreview *previews, Error *reterr);

#endif
