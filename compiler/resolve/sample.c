#include "compiler/resolve/sample.h"

#include <string.h>

/** A condition that decides a branch, known by its text, and what it is in the sample being made.
 */
typedef struct Choice Choice;
struct Choice {
    const char *condition;
    bool truth;
};

/** One way of an `${if}`: with the choices that lead to it. */
typedef struct Branch Branch;
struct Branch {
    const PdcPiece *piece;
    bool truth;
    bool seen;
    const Branch *parent;
};

typedef struct Sampler Sampler;
struct Sampler {
    Resolver *r;
    VEC(Branch *) branches;
    VEC(Choice) choices;
    Sample *sample;
};

void
sample_deinit(Sample *sample)
{
    str_deinit(&sample->text);
    vec_free(&sample->segments);
}

size_t
sample_segment_at(const Sample *sample, size_t offset)
{
    size_t low = 0;
    size_t high = sample->segments.n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (sample->segments.items[middle].start <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

size_t
sample_segment_end(const Sample *sample, size_t segment)
{
    return segment + 1 < sample->segments.n ? sample->segments.items[segment + 1].start
                                            : sample->text.length;
}

static uint32_t
place_of(const Sample *sample, size_t offset, bool is_end)
{
    size_t segment = sample_segment_at(sample, is_end && offset > 0 ? offset - 1 : offset);
    const PdcPiece *piece = sample->segments.items[segment].piece;
    if (piece->kind != PDC_PIECE_TEXT) {
        return is_end ? piece->at.end : piece->at.start;
    }
    size_t start = sample->segments.items[segment].start;
    size_t inside = offset > start ? offset - start : 0;
    size_t length = piece->at.end - piece->at.start;
    return piece->at.start + (uint32_t)(inside < length ? inside : length);
}

PdcSpan
sample_place(const Sample *sample, size_t start, size_t end)
{
    if (sample->segments.n == 0) {
        return (PdcSpan){0};
    }
    PdcSpan place = {.file =
                         sample->segments.items[sample_segment_at(sample, start)].piece->at.file,
                     .start = place_of(sample, start, false),
                     .end = place_of(sample, end > start ? end : start + 1, true)};
    place.end = place.end < place.start ? place.start : place.end;
    return place;
}

/* ---- conditions ---- */

/** The condition as it is written, without a leading `not`, whose effect goes to `*ret_negated`. */
static const char *
condition_text(Resolver *r, const PdcExpr *condition, bool *ret_negated)
{
    *ret_negated = false;
    while (condition->kind == PDC_EXPR_NOT) {
        *ret_negated = !*ret_negated;
        condition = condition->args[0];
    }
    const char *text = r->input->files[condition->at.file]->source->text;
    return arena_strndup(r->arena, text + condition->at.start,
                         condition->at.end - condition->at.start);
}

static bool
choice_of(Sampler *s, const PdcExpr *condition)
{
    bool negated;
    const char *text = condition_text(s->r, condition, &negated);
    for (size_t i = 0; i < s->choices.n; i++) {
        if (text_equal(s->choices.items[i].condition, text)) {
            return s->choices.items[i].truth != negated;
        }
    }
    return true;
}

static void
choose(Sampler *s, const PdcExpr *condition, bool truth)
{
    bool negated;
    Choice choice = {.condition = condition_text(s->r, condition, &negated)};
    choice.truth = truth != negated;
    vec_push(&s->choices, choice);
}

static void
collect_branches(Sampler *s, const PdcPieces *pieces, const Branch *parent)
{
    for (size_t i = 0; i < pieces->n; i++) {
        const PdcPiece *piece = &pieces->items[i];
        if (piece->kind == PDC_PIECE_FOR) {
            collect_branches(s, &piece->body, parent);
        }
        if (piece->kind != PDC_PIECE_IF || piece->expr == NULL) {
            continue;
        }
        for (int truth = 1; truth >= 0; truth--) {
            Branch *branch = ARENA_NEW(s->r->arena, Branch);
            *branch = (Branch){.piece = piece, .truth = truth, .parent = parent};
            vec_push(&s->branches, branch);
            collect_branches(s, truth ? &piece->body : &piece->otherwise, branch);
        }
    }
}

/* ---- stand-ins ---- */

static const char *
stand_in(PdcType type)
{
    static const char *const texts[] = {
        [PDC_TYPE_BOOL] = "true",
        [PDC_TYPE_INT] = "1",
        [PDC_TYPE_FLOAT] = "1.5",
        [PDC_TYPE_TEXT] = "'x'",
        [PDC_TYPE_DATE] = "date '2000-01-01'",
        [PDC_TYPE_TIMESTAMP] = "timestamp '2000-01-01 00:00:00'",
        [PDC_TYPE_INSTANCE] = "'x'",
        [PDC_TYPE_TABLE] = "\"a table\"",
        [PDC_TYPE_COLUMN] = "\"a column\"",
    };
    return texts[type];
}

static void
append_name(const PdcName *name, Str *text)
{
    str_append_char(text, '"');
    for (size_t i = 0; i < name->n_parts; i++) {
        str_append(text, name->parts[i].text != NULL ? name->parts[i].text : "x");
    }
    str_append_char(text, '"');
}

static void sample_pieces(Sampler *s, const PdcPieces *pieces, const Scope *scope);

static void
mark_seen(Sampler *s, const PdcPiece *piece, bool truth)
{
    for (size_t i = 0; i < s->branches.n; i++) {
        Branch *branch = s->branches.items[i];
        branch->seen |= branch->piece == piece && branch->truth == truth;
    }
}

static void
sample_if(Sampler *s, const PdcPiece *piece, const Scope *scope)
{
    bool truth = piece->expr == NULL || choice_of(s, piece->expr);
    mark_seen(s, piece, truth);
    sample_pieces(s, truth ? &piece->body : &piece->otherwise, scope);
}

static void
sample_for(Sampler *s, const PdcPiece *piece, const Scope *scope)
{
    for (size_t i = 0; i < piece->n_variables; i++) {
        PdcType type = expr_type(s->r, piece->expr, scope);
        scope = scope_push(s->r, scope, piece->variables[i], type, SPAN_NONE);
    }
    sample_pieces(s, &piece->body, scope);
}

static void
sample_piece(Sampler *s, PdcPiece *piece, const Scope *scope)
{
    Str *text = &s->sample->text;
    if (piece->kind != PDC_PIECE_FOR && piece->kind != PDC_PIECE_IF) {
        vec_push(&s->sample->segments, (SampleSegment){.start = text->length, .piece = piece});
    }
    switch (piece->kind) {
    case PDC_PIECE_TEXT: str_append(text, piece->text); break;
    case PDC_PIECE_VALUE:
        str_append(text,
                   piece->expr == NULL ? "null" : stand_in(expr_type(s->r, piece->expr, scope)));
        break;
    case PDC_PIECE_IDENT: append_name(&piece->name, text); break;
    case PDC_PIECE_OUTPUT: str_append(text, "\"an output\""); break;
    case PDC_PIECE_FOR: sample_for(s, piece, scope); break;
    case PDC_PIECE_IF: sample_if(s, piece, scope); break;
    case PDC_PIECE_TODAY:
    case PDC_PIECE_RELATION:
    case PDC_PIECE_CALL: BUG("a piece is bound before it was sampled");
    }
}

static void
sample_pieces(Sampler *s, const PdcPieces *pieces, const Scope *scope)
{
    for (size_t i = 0; i < pieces->n; i++) {
        sample_piece(s, (PdcPiece *)(uintptr_t)&pieces->items[i],
                     scope); /* made in pieces.c, still being bound */
    }
}

/** Sets the choices that lead to the first branch that was in no sample yet. @return false if there
 * is none */
static bool
choose_next(Sampler *s)
{
    vec_clear(&s->choices);
    for (size_t i = 0; i < s->branches.n; i++) {
        Branch *branch = s->branches.items[i];
        if (branch->seen) {
            continue;
        }
        branch->seen = true; /* even where contradicting conditions keep it out of reach */
        for (const Branch *b = branch; b != NULL; b = b->parent) {
            choose(s, b->piece->expr, b->truth);
        }
        return true;
    }
    return false;
}

bool
sample_each(Resolver *r, PdcPieces *pieces, const Scope *scope, const char *prefix,
            bool (*use)(void *user, Sample *sample), void *user)
{
    Sampler s = {.r = r};
    bool going = true;
    collect_branches(&s, pieces, NULL);
    for (bool more = true; more && going; more = choose_next(&s)) {
        Sample sample = {0};
        s.sample = &sample;
        str_append(&sample.text, prefix);
        sample_pieces(&s, pieces, scope);
        going = use(user, &sample);
        sample_deinit(&sample);
    }
    vec_free(&s.branches);
    vec_free(&s.choices);
    return going;
}
