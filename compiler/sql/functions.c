#include "compiler/sql/functions.h"

#include "runtime/base/macros.h"

#include <stdlib.h>
#include <string.h>

#define CSV                                                                                        \
    "declare the file in an `input` block, `table NAME as csv('PATH');`, and read that table"
#define FILE "declare the file in an `input` block, `table NAME as …;`, and read that table"
#define EXTERNAL                                                                                   \
    "declare it in an `input` block, `table NAME as external('SCHEMA', 'TABLE');`, and read that table"
#define PLAIN_SQL "write the tables that it reads into the query itself"
#define CATALOG                                                                                    \
    "a table can't depend on the engine's catalogue; `columns(t)` lists the columns of a table"

typedef enum FunctionEffect { VOLATILE, DATE, AGE, OUTSIDE } FunctionEffect;

typedef struct FunctionRow FunctionRow;
struct FunctionRow {
    const char *name;
    FunctionEffect effect;
    const char *hint;
};

static const FunctionRow function_rows[] = {
#define SQL_FUNCTION(name, effect, hint) {name, effect, hint},
#include "compiler/sql/functions.def"
#undef SQL_FUNCTION
};

/** Does the row stand for the name: is it the same, or its beginning where the row ends with a
 * star? */
static bool
row_matches(const FunctionRow *row, const char *name)
{
    size_t length = strlen(row->name);
    bool prefix = row->name[length - 1] == '*';
    return prefix ? strncmp(row->name, name, length - 1) == 0 : strcmp(row->name, name) == 0;
}

/** A name's row stands among those that begin with its letter. */
static const FunctionRow *
find_row(const char *name)
{
    size_t low = 0;
    size_t high = ARRAY_LENGTH(function_rows);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (function_rows[middle].name[0] < name[0]) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < ARRAY_LENGTH(function_rows) && function_rows[low].name[0] == name[0]; low++) {
        if (row_matches(&function_rows[low], name)) {
            return &function_rows[low];
        }
    }
    return NULL;
}

bool
sql_function_is_volatile(const char *name)
{
    const FunctionRow *row = find_row(name);
    return row != NULL && row->effect == VOLATILE;
}

const char *
sql_function_reads_outside(const char *name)
{
    const FunctionRow *row = find_row(name);
    return row != NULL && row->effect == OUTSIDE ? row->hint : NULL;
}

bool
sql_function_uses_date(const char *name, size_t n_arguments)
{
    const FunctionRow *row = find_row(name);
    return row != NULL && (row->effect == DATE || (row->effect == AGE && n_arguments == 1));
}

typedef struct SteadyRow SteadyRow;
struct SteadyRow {
    const char *name;
    bool is_aggregate;
};

static const SteadyRow steady_rows[] = {
#define SQL_STEADY(name, is_aggregate) {name, is_aggregate},
#include "compiler/sql/steady.def"
#undef SQL_STEADY
};

static int
compare_steady(const void *name, const void *row)
{
    return strcmp(name, ((const SteadyRow *)row)->name);
}

bool
sql_function_is_steady(const char *name, bool *ret_aggregate)
{
    const SteadyRow *row =
        bsearch(name, steady_rows, ARRAY_LENGTH(steady_rows), sizeof(SteadyRow), compare_steady);
    *ret_aggregate = row != NULL && row->is_aggregate;
    return row != NULL;
}
