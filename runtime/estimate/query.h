/**
 * Query: what `./flow estimate` is asked, out of words or of a small piece of SQL.
 *
 *     select COLUMNS, AGGREGATES from stage.table [as NAME] [where …] [group by …]
 *
 * The executable has no SQL parser, and needs none for this: the text is cut at keywords and commas
 * outside of brackets, and what lies between stays as it is for the engine. All else is refused
 * with the form that is understood.
 */
#ifndef PDC_ESTIMATE_QUERY_H
#define PDC_ESTIMATE_QUERY_H

#include "runtime/base/arena.h"
#include "runtime/base/vec.h"
#include "runtime/diag/error.h"

typedef enum EstimateKind {
    ESTIMATE_GROUP, /* no figure: a column by which rows are grouped */
    ESTIMATE_COUNT,
    ESTIMATE_SUM,
    ESTIMATE_AVG
} EstimateKind;

/** A column of the answer. */
typedef struct EstimateItem EstimateItem;
struct EstimateItem {
    EstimateKind kind;
    const char *expression; /* SQL over the table's columns; NULL: count(*) */
    const char *name;
};

typedef struct EstimateQuery EstimateQuery;
struct EstimateQuery {
    const char *table; /* as written: `stage.table` or `table` */
    const char *alias; /* how expressions call it; NULL: by its name */
    const char *where; /* SQL, or NULL */
    VEC(EstimateItem) items;
};

/**
 * Reads the SQL form.
 * @param ret_query  in `arena`
 * @return 0, or < 0 with ERROR_USAGE, which says what is not understood and what is
 */
MUST_CHECK int estimate_query_read(const char *text, Arena *arena, EstimateQuery *ret_query,
                                   Error *reterr);

/** The same in words. */
typedef struct EstimateWords EstimateWords;
struct EstimateWords {
    const char *table;
    bool count;
    const char *const *sums;
    size_t n_sums;
    const char *const *avgs;
    size_t n_avgs;
    const char *const *by; /* each may be several, with commas between */
    size_t n_by;
    const char *where; /* or NULL */
};

/** @return as estimate_query_read() */
MUST_CHECK int estimate_query_of_words(const EstimateWords *words, Arena *arena,
                                       EstimateQuery *ret_query, Error *reterr);

/** Is it the SQL form, and not the name of a table? */
bool estimate_is_sql(const char *text);

#endif
