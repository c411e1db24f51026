/**
 * Job: one text on its way to facts.
 *
 * guard.c looks at the words, a parser makes a tree of the text, a walk of the tree puts in here
 * what it finds, and job_finish() sorts it and binds the qualifiers. The first problem ends it all:
 * who meets one calls job_refuse(), and everybody up the stack returns -1.
 */
#ifndef PDC_SQL_JOB_PRIV_H
#define PDC_SQL_JOB_PRIV_H

#include "compiler/sql/analyze.h"
#include "compiler/sql/words.h"
#include "runtime/base/vec.h"

/** A column reference of three parts or more, before it is known what they are. */
typedef struct JobReference JobReference;
struct JobReference {
    size_t word; /* index of the first part */
    size_t n_parts;
    size_t scope;
};

/** A lint before its relation is known. */
typedef struct JobLint JobLint;
struct JobLint {
    SqlLint lint;
    size_t table_at; /* where the relation's name begins, or SQL_NONE */
};

typedef struct SqlJob SqlJob;
struct SqlJob {
    SqlDialect dialect;
    Arena *arena;   /* of the facts */
    Arena *scratch; /* ends with the job */
    SqlWords words; /* of a copy of the text that ends with a NUL */
    bool refused;
    bool keeps_tree;  /* `tree` is wanted */
    const char *tree; /* the parser's JSON, in `arena` */
    bool misread;     /* libpg_query's tree means something else to DuckDB, which is to be asked */
    SqlProblem problem;

    bool takes_statement; /* of a script; else only a query is taken */
    SqlStatement statement;
    SqlTarget target;
    bool uses_current_date;
    bool read_by_duckdb;
    /* Heap, ended by job_deinit(). A tree may hold a part of the text twice (DuckDB's do), so these
     * may as well. */
    VEC(SqlRelation) relations;
    VEC(JobReference) references;
    VEC(SqlFunction) functions;
    VEC(SqlColumn) columns;
    VEC(SqlOutput) outputs;
    VEC(SqlScope) scopes;
    VEC(const char *) ctes; /* in `arena` */
    VEC(JobLint) lints;
    SqlOutline outline; /* in `arena` */
};

/** A job on a text; facts will live in `arena`. End it with job_deinit(). */
void job_init(SqlJob *job, SqlDialect dialect, const char *text, size_t length, Arena *arena);
void job_deinit(SqlJob *job);
/** Forgets what was found, so that another parser may be asked. */
void job_restart(SqlJob *job);

/** Keeps the first problem. The hint may be NULL. @return -1 */
int job_refuse(SqlJob *job, SqlRange place, const char *hint, const char *format, ...)
    PRINTF_LIKE(4, 5);
/** The place of one word. */
SqlRange job_word_range(const SqlJob *job, size_t word);
/** From `offset` to the end of the word that it is in; empty between words. */
SqlRange job_range_at(const SqlJob *job, size_t offset);
SqlRange job_whole(const SqlJob *job);

/** A new scope. @return its index */
size_t job_add_scope(SqlJob *job, size_t parent);

/** What a tree says about a relation; names as the engine has them. */
typedef struct JobRelation JobRelation;
struct JobRelation {
    const char *catalog;
    const char *schema;
    const char *name;
    const char *alias;
    size_t location;
    size_t scope;
};
/** A relation whose name begins at `location`. */
void job_add_relation(SqlJob *job, const JobRelation *relation);
/** The relation that a statement creates, fills or changes. */
void job_set_target(SqlJob *job, const JobRelation *relation, bool is_created, bool is_temporary);
/** A function in a `from` whose name begins at `location`; without brackets there it is none. */
void job_add_table_function(SqlJob *job, const JobRelation *relation);
/**
 * A call whose name begins at `location`. Where another word stands there, it is kept if
 * `is_syntax` (`extract(year from x)` is a call), and else was made by the parser: `[1, 2]` calls
 * list_value.
 */
void job_add_function(SqlJob *job, const char *name, size_t location, size_t n_arguments,
                      bool is_syntax, size_t scope);
/** A function without brackets, or the effect of one: current_timestamp, 'now'::timestamp. */
void job_add_value_function(SqlJob *job, const char *name, size_t location);
/** A column reference of any number of parts (a star counts as one). */
void job_add_reference(SqlJob *job, size_t location, size_t n_parts, size_t scope);

/** The item of a select list that holds the byte `location`, its alias included. */
SqlRange job_item_range(const SqlJob *job, size_t location);

/** The facts, with `offset` taken off all places. */
SqlFacts *job_finish(SqlJob *job, size_t offset);

#endif
