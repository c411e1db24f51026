/**
 * Options: the words of the command line, read by the tables options.def and subcommands.def.
 *
 * In:   argv. Out: Options, or an ERROR_USAGE with what to type instead.
 * Long options take their value as `--name VALUE` or `--name=VALUE`, short ones as `-n VALUE` or
 * `-nVALUE`; `--` ends them. Options may stand before and behind the subcommand.
 */
#ifndef PDC_CLI_OPTIONS_H
#define PDC_CLI_OPTIONS_H

#include "runtime/base/arena.h"
#include "runtime/base/vec.h"
#include "runtime/diag/error.h"

#include <stdint.h>

typedef enum SubcommandId {
#define SUBCOMMAND(id, name, arguments, built, summary, text, example) COMMAND_##id,
#include "runtime/cli/subcommands.def"
#undef SUBCOMMAND
    COMMAND_COUNT
} SubcommandId;

typedef enum LogFormat { LOG_FORMAT_NONE, LOG_FORMAT_JSON } LogFormat;

typedef enum ColorWhen { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorWhen;

/** A text that may be absent; one that is given as many times as wanted. */
typedef struct TextList TextList;
struct TextList {
    VEC(const char *) texts;
};

typedef struct Options Options;
struct Options {
    SubcommandId command;
    const char *argument;         /* TABLE, or what help is wanted of; NULL: none */
    const char *const *arguments; /* all of them, where a subcommand takes many */
    size_t n_arguments;
    SubcommandId help_topic; /* COMMAND_COUNT: the overview */
    const char *instance;
    const char *config;
    TextList attrs;
    const char *select; /* several are joined by commas */
    const char *force;  /* "*": all */
    size_t jobs;
    int64_t wait_ms; /* < 0: for ever */
    bool fail_fast;
    bool keep_going;
    bool explain;
    bool dry_run;
    const char *at;
    const char *junit; /* file, or NULL */
    const char *against;
    const char *key;
    bool subset;
    bool copy_plan;
    const char *explain_row; /* stage.table, or NULL */
    int64_t timeout_ms;
    int64_t limit; /* < 0: not given */
    TextList sums;
    TextList avgs;
    bool count;
    TextList by;
    const char *where;
    const char *weights;
    bool json;
    bool quiet;
    bool verbose;
    ColorWhen color;
    LogFormat log;
    const char *log_file; /* or NULL; the same for the others */
    const char *metrics_file;
    const char *openlineage_file;
    const char *trace_file;
    bool help;
    bool version;
};

/**
 * Reads the command line.
 * @param ret_options  texts are those of `argv`, or in `arena`; filled as far as possible on
 * failure, so that the message can be shown as asked
 * @return 0, or < 0 with ERROR_USAGE: the first mistake
 */
MUST_CHECK int options_parse(int argc, char **argv, Arena *arena, Options *ret_options,
                             Error *reterr);

/** Fills what the command line left open and the environment says: $PDC_LOG …. `get_env` gives NULL
 * for what is not set. @return 0, or < 0 with ERROR_USAGE */
MUST_CHECK int options_add_environment(Options *options, const char *(*get_env)(const char *name),
                                       Error *reterr);

/** "run", "plan" …. */
const char *options_command_name(SubcommandId id);

/** Appends the overview, or the text of one subcommand; `program` stands for "./flow". */
void help_append(SubcommandId topic, const char *flow_name, const char *program, Str *out);

#endif
