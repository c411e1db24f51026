#include "compiler/driver/driver.h"
#include "runtime/base/process.h"
#include "runtime/base/suggest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum OptionId {
#define OPTION(id, name, letter, argument, commands, help) OPTION_##id,
#include "compiler/driver/options.def"
#undef OPTION
    OPTION_COUNT
} OptionId;

typedef struct OptionRow OptionRow;
struct OptionRow {
    const char *name;
    char letter;
    const char *argument;
    const char *commands; /* words */
    const char *help;
};

static const OptionRow option_rows[] = {
#define OPTION(id, name, letter, argument, commands, help) {name, letter, argument, commands, help},
#include "compiler/driver/options.def"
#undef OPTION
};

typedef struct Subcommand Subcommand;
struct Subcommand {
    const char *name;
    int (*run)(const DriverOptions *options); /* NULL: not in this version */
    const char *arguments;
    const char *help;
    const char *example;
};

static int driver_help(const DriverOptions *options);

static const Subcommand subcommands[] = {
#define SUBCOMMAND(name, run, arguments, help, example) {name, run, arguments, help, example},
#define NOT_YET(name)                                   {name, NULL, "", "", ""},
#include "compiler/driver/subcommands.def"
#undef SUBCOMMAND
#undef NOT_YET
};

/* ---- help ---- */

/** Whether an option says something to a command. */
static bool
belongs_to(const OptionRow *row, const char *command)
{
    size_t length = strlen(command);
    for (const char *word = row->commands; *word != '\0';) {
        size_t n = strcspn(word, " ");
        if (n == length && strncmp(word, command, n) == 0) {
            return true;
        }
        word += n + strspn(word + n, " ");
    }
    return false;
}

/** @param subcommand  whose options; NULL: all */
static void
print_options(const Subcommand *subcommand)
{
    printf("\noptions:\n");
    for (size_t i = 0; i < ARRAY_LENGTH(option_rows); i++) {
        char left[48];
        const OptionRow *row = &option_rows[i];
        if (subcommand != NULL && !belongs_to(row, subcommand->name)) {
            continue;
        }
        snprintf(left, sizeof left, "--%s%s%s", row->name, row->argument != NULL ? " " : "",
                 row->argument != NULL ? row->argument : "");
        printf("  %s%c%s %-28s %s\n", row->letter ? "-" : " ", row->letter ? row->letter : ' ',
               row->letter ? "," : " ", left, row->help);
    }
}

static int
print_help(const Subcommand *subcommand)
{
    if (subcommand != NULL) {
        printf("usage: pdc %s%s%s [options]\n\n%s.\n\nexample:\n  %s\n", subcommand->name,
               *subcommand->arguments != '\0' ? " " : "", subcommand->arguments, subcommand->help,
               subcommand->example);
    } else {
        printf("usage: pdc COMMAND [FILE] [options]\n\ncommands:\n");
        for (size_t i = 0; i < ARRAY_LENGTH(subcommands); i++) {
            if (subcommands[i].run != NULL) {
                printf("  %-9s %s\n", subcommands[i].name, subcommands[i].help);
            }
        }
    }
    print_options(subcommand);
    if (subcommand == NULL) {
        printf("\nexample:\n  pdc build && ./flow --instance mini\n");
    }
    return EXIT_DONE;
}

/* ---- reading ---- */

static int usage_error(const char *nearest, const char *format, ...) PRINTF_LIKE(2, 3);

/** @param nearest  the word that may have been meant, or NULL */
static int
usage_error(const char *nearest, const char *format, ...)
{
    CLEANUP(str_deinit) Str text = {0};
    va_list args;
    va_start(args, format);
    str_append_vformat(&text, format, args);
    va_end(args);
    if (nearest != NULL) {
        str_append_format(&text, "; did you mean `%s`?", nearest);
    }
    fprintf(stderr, "pdc: %s\ntry: pdc --help\n", str_text(&text));
    return EXIT_USAGE;
}

static const Subcommand *
find_subcommand(const char *word)
{
    for (size_t i = 0; i < ARRAY_LENGTH(subcommands); i++) {
        if (text_equal(subcommands[i].name, word)) {
            return &subcommands[i];
        }
    }
    return NULL;
}

static int
report_unknown_subcommand(const char *word)
{
    const char *names[ARRAY_LENGTH(subcommands)];
    for (size_t i = 0; i < ARRAY_LENGTH(subcommands); i++) {
        names[i] = subcommands[i].name;
    }
    return usage_error(suggest_nearest(word, names, ARRAY_LENGTH(names)),
                       "there is no command `%s`", word);
}

static int
report_unknown_option(const char *word)
{
    const char *names[ARRAY_LENGTH(option_rows)];
    for (size_t i = 0; i < ARRAY_LENGTH(option_rows); i++) {
        names[i] = option_rows[i].name;
    }
    const char *bare = word + strspn(word, "-");
    const char *nearest = suggest_nearest(bare, names, ARRAY_LENGTH(names));
    for (size_t i = 0; nearest == NULL && strlen(bare) > 1 && i < ARRAY_LENGTH(names); i++) {
        nearest = text_starts_with(names[i], bare) ? names[i] : NULL; /* cut short */
    }
    return usage_error(nearest, "there is no option `%s`", word);
}

/** Which option `word` is; its value in `--name=value` goes to `*ret_value`. */
static OptionId
find_option(const char *word, const char **ret_value)
{
    const char *equals = strchr(word, '=');
    size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
    *ret_value = equals != NULL ? equals + 1 : NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(option_rows); i++) {
        const OptionRow *row = &option_rows[i];
        bool is_long = strncmp(word, "--", 2) == 0 && strlen(row->name) == length - 2 &&
                       strncmp(word + 2, row->name, length - 2) == 0;
        if (is_long || (row->letter != 0 && word[1] == row->letter && word[2] == '\0')) {
            return (OptionId)i;
        }
    }
    return OPTION_COUNT;
}

static bool
wants_color(const char *when)
{
    if (text_equal(when, "always")) {
        return true;
    }
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return !text_equal(when, "never") && (no_color == NULL || *no_color == '\0') &&
           (terminal == NULL || !text_equal(terminal, "dumb")) && isatty(STDERR_FILENO);
}

typedef struct CommandLine CommandLine;
struct CommandLine {
    DriverOptions options;
    bool given[OPTION_COUNT];
    const char *color;
    bool help;
    bool version;
};

static void
set_option(CommandLine *line, OptionId id, const char *value)
{
    switch (id) {
    case OPTION_OUTPUT: line->options.output = value; break;
    case OPTION_CONFIG: line->options.config = value; break;
    case OPTION_COLOR: line->color = value; break;
    case OPTION_UP: line->options.up = true; break;
    case OPTION_DOWN: line->options.down = true; break;
    case OPTION_UNUSED: line->options.unused = true; break;
    case OPTION_JSON: line->options.json = true; break;
    case OPTION_DUMP: line->options.dump = value; break;
    case OPTION_FIX: line->options.fix = true; break;
    case OPTION_DENY: vec_push(&line->options.rules, (LintRule){value, DIAG_DENY}); break;
    case OPTION_ALLOW: vec_push(&line->options.rules, (LintRule){value, DIAG_DROP}); break;
    case OPTION_TIME: line->options.time = true; break;
    case OPTION_INSTANCE: line->options.instance = value; break;
    case OPTION_NAMES_ONLY: line->options.names_only = true; break;
    case OPTION_QUIET: line->options.quiet = true; break;
    case OPTION_JOBS: line->options.jobs = value; break;
    case OPTION_MUTATIONS: line->options.mutations = true; break;
    case OPTION_JUNIT: line->options.junit = value; break;
    case OPTION_TIMEOUT: line->options.timeout = value; break;
    case OPTION_FAIL_FAST: line->options.fail_fast = true; break;
    case OPTION_HELP: line->help = true; break;
    case OPTION_VERSION: line->version = true; break;
    case OPTION_COUNT: break;
    }
}

static int
take_option(CommandLine *line, int argc, char **argv, int *i)
{
    const char *value;
    OptionId id = find_option(argv[*i], &value);
    if (id == OPTION_COUNT) {
        return report_unknown_option(argv[*i]);
    }
    if (option_rows[id].argument == NULL && value != NULL) {
        return usage_error(NULL, "option `--%s` takes no value", option_rows[id].name);
    }
    if (option_rows[id].argument != NULL && value == NULL) {
        if (*i + 1 >= argc) {
            return usage_error(NULL, "option `--%s` wants a value", option_rows[id].name);
        }
        value = argv[++*i];
    }
    if (id == OPTION_COLOR && !text_equal(value, "auto") && !text_equal(value, "always") &&
        !text_equal(value, "never")) {
        return usage_error(NULL, "`--color` takes auto, always or never, not `%s`", value);
    }
    if (id == OPTION_DUMP && !text_equal(value, "parse") && !text_equal(value, "emit")) {
        return usage_error(NULL, "`--dump` takes parse or emit, not `%s`", value);
    }
    if (value != NULL && *value == '\0') {
        return usage_error(NULL, "option `--%s` is empty", option_rows[id].name);
    }
    line->given[id] = true;
    const char *nearest = NULL;
    bool is_rule = id == OPTION_DENY || id == OPTION_ALLOW;
    if (is_rule && !text_equal(value, "warnings") && !driver_is_code(value, true, &nearest)) {
        return usage_error(nearest, "there is no warning `%s`", value);
    }
    set_option(line, id, value);
    return EXIT_DONE;
}

/** `pdc lineage marts.revenue shop.flow`: what isn't a file is what is asked about. */
static bool
is_target(const CommandLine *line, const char *word)
{
    return (text_equal(line->options.subcommand, "lineage") ||
            text_equal(line->options.subcommand, "contract")) &&
           line->options.target == NULL && !text_ends_with(word, ".flow");
}

static int
take_word(CommandLine *line, const char *word)
{
    if (line->options.subcommand == NULL) {
        line->options.subcommand = word;
    } else if (is_target(line, word)) {
        line->options.target = word;
    } else if (text_equal(line->options.subcommand, "test") && !text_ends_with(word, ".flow")) {
        vec_push(&line->options.names, word);
    } else if (line->options.file == NULL) {
        line->options.file = word;
    } else {
        return usage_error(NULL, "one file is enough: what is `%s`?", word);
    }
    return EXIT_DONE;
}

static int
check_options(const CommandLine *line, const Subcommand *subcommand)
{
    for (size_t i = 0; i < ARRAY_LENGTH(option_rows); i++) {
        if (line->given[i] && !belongs_to(&option_rows[i], subcommand->name)) {
            return usage_error(NULL, "`--%s` says nothing to `%s`", option_rows[i].name,
                               subcommand->name);
        }
    }
    if (line->options.file != NULL && *subcommand->arguments == '\0') {
        return usage_error(NULL, "`%s` has no use for `%s`", subcommand->name, line->options.file);
    }
    return EXIT_DONE;
}

static int
driver_help(const DriverOptions *options)
{
    const Subcommand *subcommand = options->file == NULL ? NULL : find_subcommand(options->file);
    if (options->file != NULL && subcommand == NULL) {
        return report_unknown_subcommand(options->file);
    }
    if (subcommand != NULL && subcommand->run == NULL) {
        return usage_error(NULL, "`pdc %s` is not built yet in this version", subcommand->name);
    }
    return print_help(subcommand);
}

/** What could not be written must not look done. */
static int
finish_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return code;
    }
    fprintf(stderr, "pdc: can't write the output: %s\n", strerror(errno));
    return code == EXIT_DONE ? EXIT_FAILED : code;
}

static int
run_subcommand(CommandLine *line)
{
    const char *word = line->options.subcommand;
    const Subcommand *subcommand = word == NULL ? NULL : find_subcommand(word);
    if (line->version) {
        return driver_version(&line->options);
    }
    if (word == NULL) {
        print_help(NULL);
        return line->help ? EXIT_DONE : EXIT_USAGE;
    }
    if (subcommand == NULL) {
        return report_unknown_subcommand(word);
    }
    if (subcommand->run == NULL) {
        return usage_error(NULL, "`pdc %s` is not built yet in this version", subcommand->name);
    }
    if (line->help) {
        return print_help(subcommand);
    }
    int code = check_options(line, subcommand);
    if (code != EXIT_DONE) {
        return code;
    }
    line->options.color = wants_color(line->color);
    line->options.color_when = line->color;
    return subcommand->run(&line->options);
}

int
driver_main(int argc, char **argv)
{
    CommandLine line = {.color = "auto"};
    bool only_words = false; /* behind `--` */
    int code = EXIT_DONE;
    process_keep_standard_files();
    for (int i = 1; i < argc && code == EXIT_DONE; i++) {
        if (!only_words && text_equal(argv[i], "--")) {
            only_words = true;
            continue;
        }
        bool is_option = !only_words && argv[i][0] == '-' && argv[i][1] != '\0';
        code = is_option ? take_option(&line, argc, argv, &i) : take_word(&line, argv[i]);
    }
    code = code == EXIT_DONE ? finish_output(run_subcommand(&line)) : code;
    vec_free(&line.options.rules);
    vec_free(&line.options.names);
    return code;
}
