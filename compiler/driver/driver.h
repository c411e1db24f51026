/**
 * Driver: the subcommands of `pdc`, the list of passes, and the call of the C compiler.
 *
 * Only this folder prints, and only it turns what went wrong into an exit code: 0 done, 1 the C
 * compiler failed, 2 usage, 3 what was compiled has errors.
 */
#ifndef PDC_DRIVER_DRIVER_H
#define PDC_DRIVER_DRIVER_H

#include "compiler/check/check.h"
#include "compiler/resolve/model.h"
#include "runtime/base/arena.h"
#include "runtime/base/vec.h"
#include "runtime/diag/diag.h"

#include <stdbool.h>

typedef enum DriverExit {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_INPUT = 3
} DriverExit;

/** `--deny X` or `--allow X`. */
typedef struct LintRule LintRule;
struct LintRule {
    const char *what; /* a code, or "warnings" */
    DiagVerdict verdict;
};

typedef struct DriverOptions DriverOptions;
struct DriverOptions {
    const char *subcommand;
    const char *file;   /* NULL: look for it in this folder */
    const char *output; /* NULL: ./flow; graph: standard output */
    const char *config;
    const char *target; /* lineage: stage.table[.column]; NULL: all tables */
    const char *
        instance; /* lineage, graph: NULL: the default one; check: whose server is asked, or NULL */
    bool up;
    bool down;
    bool unused;
    bool json;
    const char *dump;
    VEC(LintRule) rules;     /* --deny and --allow, in order: the last one that fits counts */
    VEC(const char *) names; /* test: of tests, or patterns; none: all */
    const char *jobs;        /* test: handed on to the executable, as are the next three */
    const char *junit;
    const char *timeout;
    bool fail_fast;
    bool mutations;
    const char *color_when;
    bool fix;
    bool color;
    bool time;
    bool names_only;
    bool quiet;
};

/** What the passes make, one after the other. Everything lives in `arena`. */
typedef struct Compilation Compilation;
struct Compilation {
    const DriverOptions *options;
    Arena *arena;
    Diags *diags;
    const char *output;         /* the executable */
    const SourceFile *replaced; /* the file of this path has another text: a mutant; or NULL */
    VEC(const SourceFile *) sources;
    VEC(const AstFile *) files;    /* the main file first */
    VEC(const char *) directories; /* of each file, relative to the executable's */
    Config *config;
    FlowSources *flow_sources;
    const char *cache_version; /* of what caches may be read */
    FactsCache *cache;         /* NULL: none */
    Model *model;
    CheckSummary summary;
    bool asks_engine; /* for columns and types */
    Str code;         /* the generated C */
    bool files_lost;  /* what `use` names was not found or could not be read */
    bool failed;      /* the C compiler did */
};

/** main() without the process around it. */
int driver_main(int argc, char **argv);

/* Subcommands. @return exit code */
int driver_build(const DriverOptions *options);
int driver_check(const DriverOptions *options);
int driver_test(const DriverOptions *options);
/** `pdc test --mutations` */
int driver_mutate(const DriverOptions *options);
int driver_emit(const DriverOptions *options);
/** Prints a contract for the table that `target` names. */
int driver_contract(const DriverOptions *options);
int driver_graph(const DriverOptions *options);
int driver_lineage(const DriverOptions *options);
/** Says more about the message with the code that stands for the file. */
int driver_explain(const DriverOptions *options);
int driver_version(const DriverOptions *options);

/* What subcommands share. */

void compilation_init(Compilation *c, const DriverOptions *options);
void compilation_deinit(Compilation *c);
/** Runs the passes up to `last`. @return false where there were errors */
bool compilation_run(Compilation *c, const char *last);
/** After the check: the flow of `--instance`, or of the default one. @return false with messages */
bool compilation_elaborate(Compilation *c, CheckedInstance *ret_checked);
/** Prints the messages. */
void compilation_report(const Compilation *c);

/** What the check looks at, after the passes before it. */
CheckInput check_input(const Compilation *c);
/* Passes, in order. Each adds what it finds to `diags`. */
void pass_parse(Compilation *c);
void pass_resolve(Compilation *c);
void pass_check(Compilation *c);
/** With `--unused`: warnings about what nothing in the flow uses. */
void pass_unused(Compilation *c);
/** Warnings that are allowed go, those that are denied become errors. */
void pass_judge(Compilation *c);
void pass_emit(Compilation *c);
void pass_link(Compilation *c);

/** Whether there is a message with this code; else the nearest code that there is, or NULL, goes to
 * `*ret_nearest`. `warnings_only`: errors don't count. */
bool driver_is_code(const char *code, bool warnings_only, const char **ret_nearest);

/** What `--fix` wrote. */
typedef struct FixSummary FixSummary;
struct FixSummary {
    size_t n_fixes;
    bool failed; /* a file could not be written; said so */
};
/** Applies the fix-its of all messages: per file the first of those that overlap, and the file is
 * replaced as a whole or not at all. Tells what was done on standard error. */
FixSummary driver_fix(Compilation *c);
/** How many fix-its driver_fix() could apply. */
size_t driver_count_fixes(const Diags *diags);

/** `path` as seen from `folder`, both by text, in `arena`. */
char *path_relative_to(Arena *arena, const char *path, const char *folder);
/** The folder under which `lib/pdc`, `include` and `share/pdc` are: the one above the executable's.
 * NULL: unknown. */
char *driver_prefix(Arena *arena);

#endif
