/**
 * Sample: a query put together once with stand-ins for its values, so that the SQL front end can
 * read it, and the way back from its bytes to its pieces.
 *
 * Each branch of each `${if}` is in at least one sample; conditions that read the same are answered
 * the same, so that branches which belong together stand together.
 */
#ifndef PDC_RESOLVE_SAMPLE_H
#define PDC_RESOLVE_SAMPLE_H

#include "compiler/resolve/resolve_priv.h"

typedef struct SampleSegment SampleSegment;
struct SampleSegment {
    size_t start; /* byte in the text */
    PdcPiece *piece;
};

typedef struct Sample Sample;
struct Sample {
    Str text;
    VEC(SampleSegment) segments;
};

void sample_deinit(Sample *sample);

/** Number of the segment in which byte `offset` lies. */
size_t sample_segment_at(const Sample *sample, size_t offset);
size_t sample_segment_end(const Sample *sample, size_t segment);
/** The place in the file of bytes [start, end) of the text. */
PdcSpan sample_place(const Sample *sample, size_t start, size_t end);

/**
 * Puts `prefix` before each sample. Calls `use` with one sample after the other until every branch
 * was in one, or `use` returns false.
 * @return false where `use` did
 */
bool sample_each(Resolver *r, PdcPieces *pieces, const Scope *scope, const char *prefix,
                 bool (*use)(void *user, Sample *sample), void *user);

#endif
