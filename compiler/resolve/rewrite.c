/* From marks to pieces: names of tables become relations, calls of tasks calls, schemas in front of
 * columns go. */
#include "compiler/parse/sql_lexer.h"
#include "compiler/resolve/bind_priv.h"
#include "compiler/sql/canon.h"

#include <stdlib.h>
#include <string.h>

static int
compare_marks(const void *a, const void *b)
{
    const Mark *x = a;
    const Mark *y = b;
    return (x->at.start > y->at.start) - (x->at.start < y->at.start);
}

void
sort_marks(Binder *b)
{
    if (b->marks.n > 0) {
        qsort(b->marks.items, b->marks.n, sizeof(Mark), compare_marks);
    }
}

static size_t
first_mark(const Binder *b, uint32_t start)
{
    size_t i = 0;
    while (i < b->marks.n && b->marks.items[i].at.start < start) {
        i++;
    }
    return i;
}

/** The growing row that takes the place of a row of pieces. */
typedef struct Rewriter Rewriter;
struct Rewriter {
    Binder *b;
    const PdcPieces *row; /* what is rewritten */
    size_t next_mark;
    VEC(PdcPiece) pieces;
};

static void
push(Rewriter *w, PdcPiece piece)
{
    vec_push_in(w->b->r->arena, &w->pieces, piece);
}

/** Ends of tokens cut a long text into pieces that a C literal can hold; one giant token stays
 * whole. */
#define PIECE_BYTES 3000

static PdcSpan
part_of(PdcSpan at, size_t start, size_t end)
{
    return (PdcSpan){at.file, at.start + (uint32_t)start, at.start + (uint32_t)end};
}

static void
push_plain(Rewriter *w, PdcSpan at, size_t start, size_t end)
{
    if (start < end) {
        push(w, text_piece(w->b->r, part_of(at, start, end)));
    }
}

static void
push_text(Rewriter *w, PdcSpan at)
{
    const char *text = w->b->r->input->files[at.file]->source->text + at.start;
    size_t length = at.end - at.start;
    const char *previous = NULL;
    size_t start = 0;
    bool is_whole = length <= PIECE_BYTES && !w->b->query->uses_date;
    for (size_t end = 0; end < length && !is_whole;) {
        SqlToken token = sql_lex_next(text, length, end);
        size_t today = w->b->query->uses_date ? today_end(text, length, end, previous) : 0;
        if (today > 0 || (token.end - start > PIECE_BYTES && end > start)) {
            push_plain(w, at, start, end);
            start = end;
        }
        if (today > 0) {
            PdcPiece piece = text_piece(w->b->r, part_of(at, end, today));
            piece.kind = PDC_PIECE_TODAY;
            push(w, piece);
            start = token.end = today;
        }
        if (token.kind != SQL_TOKEN_SPACE && token.kind != SQL_TOKEN_COMMENT) {
            previous = sql_token_is_word(text, token, "as") ? "as"
                       : sql_token_is(text, token, '.')     ? "."
                                                            : NULL;
        }
        end = token.end;
    }
    push_plain(w, at, start, length);
}

static void
push_all(Rewriter *w, const PdcPieces *pieces)
{
    for (size_t i = 0; i < pieces->n; i++) {
        push(w, pieces->items[i]);
    }
}

/** The body of a function; its parameters become the arguments, each in brackets. What stands in an
 * argument is not looked at again, so names of a parameter and of a column never meet. */
static void
substitute(Rewriter *w, const PdcPieces *body, const FunctionCall *call, const PdcPieces *args)
{
    for (size_t i = 0; i < body->n; i++) {
        PdcPiece piece = body->items[i];
        if (piece.kind == PDC_PIECE_OUTPUT) {
            size_t k = 0;
            while (!text_equal(call->params->items[k]->decl.name->text, piece.text)) {
                k++;
            }
            push(w, (PdcPiece){.kind = PDC_PIECE_TEXT, .text = "("});
            push_all(w, &args[k]);
            push(w, (PdcPiece){.kind = PDC_PIECE_TEXT, .text = ")"});
            continue;
        }
        Rewriter then = {.b = w->b};
        Rewriter otherwise = {.b = w->b};
        substitute(&then, &piece.body, call, args);
        substitute(&otherwise, &piece.otherwise, call, args);
        piece.body = (PdcPieces){.items = then.pieces.items, .n = then.pieces.n};
        piece.otherwise = (PdcPieces){.items = otherwise.pieces.items, .n = otherwise.pieces.n};
        push(w, piece);
    }
}

static void
push_call(Rewriter *w, const FunctionCall *call)
{
    PdcPieces *args = ARENA_ARRAY(w->b->r->arena, PdcPieces, call->params->n + 1);
    for (size_t i = 0; i < call->params->n; i++) {
        args[i] = rewrite(w->b, w->row, call->args[i].start, call->args[i].end);
    }
    substitute(w, call->body, call, args);
}

/** Applies the marks that begin in a text. @return the byte of the file up to which all is done */
static uint32_t
rewrite_text(Rewriter *w, PdcSpan at)
{
    const Binder *b = w->b;
    uint32_t done = at.start;
    for (; w->next_mark < b->marks.n && b->marks.items[w->next_mark].at.start < at.end;
         w->next_mark++) {
        const Mark *mark = &b->marks.items[w->next_mark];
        if (mark->at.file != at.file || mark->at.start < done) {
            continue;
        }
        push_text(w, (PdcSpan){at.file, done, mark->at.start});
        if (mark->kind == MARK_FUNCTION) {
            push_call(w, mark->call);
        } else if (mark->kind != MARK_CUT) {
            push(w, mark->piece);
        }
        done = mark->at.end;
    }
    if (done < at.end) {
        push_text(w, (PdcSpan){at.file, done, at.end});
        done = at.end;
    }
    return done;
}

/** The pieces between two bytes of the file, with their marks applied. */
PdcPieces
rewrite(Binder *b, const PdcPieces *pieces, uint32_t start, uint32_t end)
{
    Rewriter w = {.b = b, .row = pieces};
    uint32_t done = start; /* a call may reach over several pieces */
    for (size_t i = 0; i < pieces->n; i++) {
        PdcPiece piece = pieces->items[i];
        if (piece.at.end <= done || piece.at.start >= end) {
            continue;
        }
        if (piece.kind == PDC_PIECE_TEXT) {
            piece.at.start = piece.at.start < done ? done : piece.at.start;
            piece.at.end = piece.at.end > end ? end : piece.at.end;
            w.next_mark = first_mark(b, piece.at.start);
            done = rewrite_text(&w, piece.at);
            continue;
        }
        piece.body = rewrite(b, &piece.body, 0, UINT32_MAX);
        piece.otherwise = rewrite(b, &piece.otherwise, 0, UINT32_MAX);
        push(&w, piece);
    }
    return (PdcPieces){.items = w.pieces.items, .n = w.pieces.n};
}

/** Name of a column of bare values, in SQL: that of the contract, or PostgreSQL's. */
static void
append_value_column(const Binder *b, size_t i, Str *names)
{
    const PdcContract *contract = b->place->contract;
    if (contract == NULL || contract->n_columns != b->n_value_columns) {
        str_append_format(names, "column%zu", i + 1);
        return;
    }
    str_append_char(names, '"');
    for (const char *c = contract->columns[i].name; *c != '\0'; c++) {
        str_append(names, *c == '"' ? "\"" : "");
        str_append_char(names, *c);
    }
    str_append_char(names, '"');
}

/** `values (1, 2)` alone: the engines call its columns differently, so they get names here. */
PdcPieces
name_value_columns(Binder *b, PdcPieces pieces)
{
    Rewriter w = {.b = b};
    Str names = {0};
    push(&w, (PdcPiece){.kind = PDC_PIECE_TEXT, .text = "select * from ("});
    for (size_t i = 0; i < pieces.n; i++) {
        push(&w, pieces.items[i]);
    }
    for (size_t i = 0; i < b->n_value_columns; i++) {
        str_append(&names, i > 0 ? ", " : "");
        append_value_column(b, i, &names);
    }
    push(&w,
         (PdcPiece){.kind = PDC_PIECE_TEXT,
                    .text = arena_printf(b->r->arena, "\n) as \"values\" (%s)", str_text(&names))});
    str_deinit(&names);
    return (PdcPieces){.items = w.pieces.items, .n = w.pieces.n};
}
