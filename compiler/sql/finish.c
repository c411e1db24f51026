/* The end of a job: what was found is sorted, rid of what a tree held twice, and qualifiers meet
 * their relations. */
#include "compiler/sql/job_priv.h"

#include <stdlib.h>
#include <string.h>

/** For each scope the relations in it, as indexes: heads by scope, and the next of each relation.
 */
typedef struct ScopeIndex ScopeIndex;
struct ScopeIndex {
    size_t *heads;
    size_t *nexts;
};

static int
compare_places(SqlRange a, SqlRange b)
{
    return (a.start > b.start) - (a.start < b.start);
}

static int
compare_relations(const void *a, const void *b)
{
    return compare_places(((const SqlRelation *)a)->place, ((const SqlRelation *)b)->place);
}

static int
compare_functions(const void *a, const void *b)
{
    const SqlFunction *x = a;
    const SqlFunction *y = b;
    int places = compare_places(x->place, y->place);
    return places != 0 ? places : strcmp(x->name, y->name);
}

static int
compare_qualifiers(const void *a, const void *b)
{
    return compare_places(((const SqlQualifier *)a)->place, ((const SqlQualifier *)b)->place);
}

static ScopeIndex
index_scopes(const SqlJob *job)
{
    ScopeIndex index = {ARENA_ARRAY(job->scratch, size_t, job->scopes.n + 1),
                        ARENA_ARRAY(job->scratch, size_t, job->relations.n + 1)};
    for (size_t i = 0; i < job->scopes.n; i++) {
        index.heads[i] = SQL_NONE;
    }
    for (size_t i = job->relations.n; i-- > 0;) {
        size_t scope = job->relations.items[i].scope;
        index.nexts[i] = index.heads[scope];
        index.heads[scope] = i;
    }
    return index;
}

/** Is `schema.table.…` a way to name the relation? An alias hides the name. */
static bool
fits(const SqlRelation *relation, const char *schema, const char *table)
{
    return !relation->is_function && relation->alias == NULL &&
           strcmp(relation->name, table) == 0 &&
           (relation->schema == NULL || strcmp(relation->schema, schema) == 0);
}

/** The innermost relation that fits; in one scope one that was written with its schema goes first.
 */
static size_t
find_relation(const SqlJob *job, const ScopeIndex *index, size_t scope, const char *schema,
              const char *table)
{
    for (; scope != SQL_NONE; scope = job->scopes.items[scope].parent) {
        size_t found = SQL_NONE;
        for (size_t i = index->heads[scope]; i != SQL_NONE; i = index->nexts[i]) {
            const SqlRelation *relation = &job->relations.items[i];
            if (fits(relation, schema, table) && (found == SQL_NONE || relation->schema != NULL)) {
                found = i;
            }
        }
        if (found != SQL_NONE) {
            return found;
        }
    }
    return SQL_NONE;
}

/** Reads part `table_part` of a reference as the table's name. @return whether a relation fits */
static bool
bind(const SqlJob *job, const ScopeIndex *index, const JobReference *reference, size_t table_part,
     SqlQualifier *qualifier)
{
    const SqlWords *words = &job->words;
    size_t table = reference->word + 2 * table_part;
    qualifier->schema = words_name(words, table - 2, job->arena);
    qualifier->table = words_name(words, table, job->arena);
    qualifier->place = (SqlRange){words_start(words, reference->word), words_start(words, table)};
    qualifier->table_place = job_word_range(job, table);
    qualifier->relation =
        find_relation(job, index, reference->scope, qualifier->schema, qualifier->table);
    return qualifier->relation != SQL_NONE;
}

/** In PostgreSQL the column is the last part, in DuckDB fields of a struct may follow it. */
static bool
bind_reference(const SqlJob *job, const ScopeIndex *index, const JobReference *reference,
               SqlQualifier *qualifier)
{
    if (job->dialect == SQL_POSTGRES) {
        bind(job, index, reference, reference->n_parts - 2, qualifier);
        return true;
    }
    return (reference->n_parts > 3 && bind(job, index, reference, 2, qualifier)) ||
           bind(job, index, reference, 1, qualifier);
}

static void
take_qualifiers(const SqlJob *job, SqlFacts *facts)
{
    ScopeIndex index = index_scopes(job);
    facts->qualifiers = ARENA_ARRAY(job->arena, SqlQualifier, job->references.n + 1);
    for (size_t i = 0; i < job->references.n; i++) {
        SqlQualifier *qualifier = &facts->qualifiers[facts->n_qualifiers];
        if (bind_reference(job, &index, &job->references.items[i], qualifier)) {
            facts->n_qualifiers++;
        }
    }
}

/** Copies the relations in order; the qualifiers, which count in the job's order, follow them by
 * place. */
static void
take_relations(const SqlJob *job, SqlFacts *facts)
{
    size_t n = job->relations.n;
    SqlRelation *sorted = ARENA_ARRAY(job->arena, SqlRelation, n + 1);
    if (n > 0) {
        memcpy(sorted, job->relations.items, n * sizeof(SqlRelation));
        qsort(sorted, n, sizeof(SqlRelation), compare_relations);
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || compare_relations(&sorted[kept - 1], &sorted[i]) != 0) {
            sorted[kept++] = sorted[i];
        }
    }
    for (size_t i = 0; i < facts->n_qualifiers; i++) {
        SqlQualifier *qualifier = &facts->qualifiers[i];
        if (qualifier->relation != SQL_NONE) {
            const SqlRelation *found = bsearch(&job->relations.items[qualifier->relation], sorted,
                                               kept, sizeof(SqlRelation), compare_relations);
            qualifier->relation = (size_t)(found - sorted);
        }
    }
    facts->relations = sorted;
    facts->n_relations = kept;
}

static void
sort_qualifiers(SqlFacts *facts)
{
    qsort(facts->qualifiers, facts->n_qualifiers, sizeof(SqlQualifier), compare_qualifiers);
    size_t kept = 0;
    for (size_t i = 0; i < facts->n_qualifiers; i++) {
        SqlQualifier *qualifiers = facts->qualifiers;
        if (kept == 0 || compare_qualifiers(&qualifiers[kept - 1], &qualifiers[i]) != 0) {
            qualifiers[kept++] = qualifiers[i];
        }
    }
    facts->n_qualifiers = kept;
}

static void
take_functions(const SqlJob *job, SqlFacts *facts)
{
    size_t n = job->functions.n;
    SqlFunction *sorted = ARENA_ARRAY(job->arena, SqlFunction, n + 1);
    if (n > 0) {
        memcpy(sorted, job->functions.items, n * sizeof(SqlFunction));
        qsort(sorted, n, sizeof(SqlFunction), compare_functions);
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || compare_functions(&sorted[kept - 1], &sorted[i]) != 0) {
            sorted[kept++] = sorted[i];
        }
    }
    facts->functions = sorted;
    facts->n_functions = kept;
}

static int
compare_columns(const void *a, const void *b)
{
    return compare_places(((const SqlColumn *)a)->place, ((const SqlColumn *)b)->place);
}

static void
take_columns(const SqlJob *job, SqlFacts *facts)
{
    size_t n = job->columns.n;
    SqlColumn *sorted = ARENA_ARRAY(job->arena, SqlColumn, n + 1);
    if (n > 0) {
        memcpy(sorted, job->columns.items, n * sizeof(SqlColumn));
        qsort(sorted, n, sizeof(SqlColumn), compare_columns);
    }
    facts->columns = sorted;
    for (size_t i = 0; i < n; i++) {
        size_t kept = facts->n_columns;
        if (kept == 0 || compare_columns(&sorted[kept - 1], &sorted[i]) != 0) {
            sorted[facts->n_columns++] = sorted[i];
        }
    }
}

/** Those of a table lose it where the name is that of a CTE. */
static void
take_lints(const SqlJob *job, SqlFacts *facts)
{
    facts->lints = ARENA_ARRAY(job->arena, SqlLint, job->lints.n + 1);
    for (size_t i = 0; i < job->lints.n; i++) {
        SqlLint *lint = &facts->lints[facts->n_lints++];
        *lint = job->lints.items[i].lint;
        for (size_t k = 0; k < facts->n_relations; k++) {
            if (facts->relations[k].place.start == job->lints.items[i].table_at) {
                lint->relation = k;
            }
        }
    }
}

static void
take_lists(const SqlJob *job, SqlFacts *facts)
{
    facts->outputs = ARENA_ARRAY(job->arena, SqlOutput, job->outputs.n + 1);
    facts->n_outputs = job->outputs.n;
    if (job->outputs.n > 0) {
        memcpy(facts->outputs, job->outputs.items, job->outputs.n * sizeof(SqlOutput));
    }
    facts->ctes = ARENA_ARRAY(job->arena, const char *, job->ctes.n + 1);
    facts->n_ctes = job->ctes.n;
    if (job->ctes.n > 0) {
        memcpy(facts->ctes, job->ctes.items, job->ctes.n * sizeof(const char *));
    }
    facts->scopes = ARENA_ARRAY(job->arena, SqlScope, job->scopes.n + 1);
    facts->n_scopes = job->scopes.n;
    if (job->scopes.n > 0) {
        memcpy(facts->scopes, job->scopes.items, job->scopes.n * sizeof(SqlScope));
    }
}

static void
shift(SqlRange *range, size_t offset)
{
    range->start -= offset;
    range->end -= offset;
}

static void
shift_places(SqlFacts *facts, size_t offset)
{
    shift(&facts->target.place, offset);
    for (size_t i = 0; i < facts->n_relations; i++) {
        SqlRelation *relation = &facts->relations[i];
        shift(&relation->place, offset);
        relation->alias_at -= offset;
        relation->call_end -= offset;
        for (size_t k = 0; k < relation->n_arguments; k++) {
            shift(&relation->arguments[k], offset);
        }
    }
    for (size_t i = 0; i < facts->n_qualifiers; i++) {
        shift(&facts->qualifiers[i].place, offset);
        shift(&facts->qualifiers[i].table_place, offset);
    }
    for (size_t i = 0; i < facts->n_functions; i++) {
        SqlFunction *function = &facts->functions[i];
        shift(&function->place, offset);
        function->call_end -= function->call_end == SQL_NONE ? 0 : offset;
        for (size_t k = 0; k < function->n_arguments; k++) {
            shift(&function->arguments[k], offset);
        }
    }
    for (size_t i = 0; i < facts->n_columns; i++) {
        shift(&facts->columns[i].place, offset);
    }
    for (size_t i = 0; i < facts->n_lints; i++) {
        shift(&facts->lints[i].place, offset);
        shift(&facts->lints[i].operands[0], offset);
        shift(&facts->lints[i].operands[1], offset);
    }
}

SqlFacts *
job_finish(SqlJob *job, size_t offset)
{
    SqlFacts *facts = ARENA_NEW(job->arena, SqlFacts);
    facts->statement = job->statement;
    facts->target = job->target;
    facts->uses_current_date = job->uses_current_date;
    facts->read_by_duckdb = job->read_by_duckdb;
    take_qualifiers(job, facts);
    take_relations(job, facts);
    sort_qualifiers(facts);
    take_functions(job, facts);
    take_columns(job, facts);
    take_lists(job, facts);
    take_lints(job, facts);
    facts->outline = job->outline;
    shift_places(facts, offset);
    return facts;
}
