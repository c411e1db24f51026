/**
 * Compare: how the published table of one instance differs from that of another.
 *
 *     CompareRequest request = {.run = &run, .against = "full", .table = "raw.orders", …};
 *     int status = compare_tables(&request, arena, diags, &result, &error);
 *
 * In:   a RunRequest (flow, this instance, configuration), the other instance's name, a table.
 * Out:  counts, and a few examples; nothing anywhere else.
 * Rule: the engine compares. Only counts and examples leave it, and of columns that are masked in
 * the copy or `pii` no value at all. Both tables are read as of one state: nothing is published in
 * either instance meanwhile, and one transaction reads.
 *
 * Rows are matched by the key that the table declares or the caller gives; without any, whole rows
 * are compared, and how often each occurs. NULL equals NULL, in keys as in values.
 */
#ifndef PDC_COMPARE_COMPARE_H
#define PDC_COMPARE_COMPARE_H

#include "runtime/run/run.h"
#include "runtime/store/store.h"

typedef struct CompareRequest CompareRequest;
struct CompareRequest {
    const RunRequest *run; /* of this instance, "here" */
    const char *against;   /* the other instance, "there" */
    const char *table;     /* as run_find_table() reads it */
    const char *key;       /* columns, with commas between them; NULL: as declared */
    size_t limit;          /* rows of each kind of example; 0: all */
};

typedef enum CompareState {
    COMPARE_COMPARED,
    COMPARE_OTHER_TYPE, /* the types have nothing in common, so values are not compared */
    COMPARE_ONLY_HERE,
    COMPARE_ONLY_THERE
} CompareState;

/** A row in which a column differs. A hidden value is "(masked)", NULL SQL's null. */
typedef struct CompareExample CompareExample;
struct CompareExample {
    const char *const *key; /* one a column of the key */
    const char *here;
    const char *there;
};

typedef struct CompareColumn CompareColumn;
struct CompareColumn {
    const char *name;
    CompareState state;
    const StoreColumn *here; /* NULL: it is not there */
    const StoreColumn *there;
    const char *cast; /* the SQL type in which values are compared; NULL: as they are */
    bool is_key;
    bool is_hidden;  /* its values are not shown */
    bool is_by_rule; /* the copy's rules say what it holds: counted, but no difference */
    int64_t differ;  /* rows of both instances in which it differs; -1: not counted */
    const CompareExample *example; /* or NULL */
};

/** A row of one side only. */
typedef struct CompareRow CompareRow;
struct CompareRow {
    const char *const *cells; /* one a column in `CompareResult.shown` */
    int64_t here;             /* copies of it; by key: 1 or 0 */
    int64_t there;
};

typedef struct CompareRows CompareRows;
struct CompareRows {
    const CompareRow *rows;
    size_t n_rows;
    bool is_cut; /* there are more */
};

typedef struct CompareCounts CompareCounts;
struct CompareCounts {
    int64_t here;
    int64_t there;
    int64_t only_here;
    int64_t only_there;
    int64_t equal;
    int64_t changed; /* in both, with differences; 0 where whole rows are compared */
};

typedef struct CompareResult CompareResult;
struct CompareResult {
    const char *table; /* stage.table */
    const char *here;  /* names of the instances */
    const char *there;
    CompareColumn *columns; /* those of here in their order, then those that only there has */
    size_t n_columns;
    const CompareColumn *const *shown; /* what a row is shown by: the key, or all of it */
    size_t n_shown;
    bool is_by_key;
    CompareCounts counts;
    CompareRows only_here;
    CompareRows only_there;
    bool has_other_columns; /* on one side only, or of another type */
};

typedef enum CompareOutcome {
    COMPARE_EQUAL,
    COMPARE_SUBSET, /* nothing differs but that there are more rows there */
    COMPARE_DIFFERENT
} CompareOutcome;

/**
 * Compares.
 * @param ret_result  in `arena`
 * @return 0, whatever the outcome; RUN_OUTCOME_DIAGS: an instance or its attrs are wrong; < 0 with
 * `reterr`: ERROR_SELECTOR for a table that is none, ERROR_USAGE for a key that can't be one,
 * ERROR_DATA where the table is not published or the key is not unique, ERROR_UNSUPPORTED where no
 * statement sees both instances, or what the store says
 */
MUST_CHECK int compare_tables(const CompareRequest *request, Arena *arena, Diags *diags,
                              CompareResult *ret_result, Error *reterr);

CompareOutcome compare_outcome(const CompareResult *result);

#endif
