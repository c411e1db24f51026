#include "runtime/base/clock.h"
#include "runtime/base/suggest.h"
#include "runtime/base/utf8.h"
#include "runtime/cli/options_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_JOBS = 1024 };

struct Parse {
    int argc;
    char **argv;
    int next; /* the word that is read next */
    Arena *arena;
    Options *options;
    uint64_t given; /* bits: options that were seen */
    VEC(const char *) words;
    Error *reterr;
    bool has_failed; /* reading goes on, for `--json`, but the first mistake is the one that counts
                      */
};

/* ---- how values are read ---- */

#define TAKE_FUNCTION(type)                                                                        \
    static int take_##type(Parse *parse, const OptionInfo *option, const char *value, void *field)

/* Refuses the value of an option. */
static int
refuse(Parse *parse, const OptionInfo *option, const char *value, const char *wanted)
{
    return error_set(parse->reterr, ERROR_USAGE, "`--%s %s`: wanted is %s", option->name, value,
                     wanted);
}

TAKE_FUNCTION(flag)
{
    (void)parse;
    (void)option;
    (void)value;
    *(bool *)field = true;
    return 0;
}

TAKE_FUNCTION(text)
{
    if (value[0] == '\0') {
        return error_set(parse->reterr, ERROR_USAGE, "`--%s` is empty", option->name);
    }
    *(const char **)field = value;
    return 0;
}

/* Reads a whole number, nothing behind it. */
static bool
read_number(const char *text, int64_t *ret_number)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    *ret_number = number;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

TAKE_FUNCTION(jobs)
{
    int64_t number;
    if (!read_number(value, &number) || number < 1 || number > MOST_JOBS) {
        return refuse(parse, option, value, "a number from 1 to 1024");
    }
    *(size_t *)field = (size_t)number;
    return 0;
}

TAKE_FUNCTION(limit)
{
    int64_t number;
    if (!read_number(value, &number)) {
        return refuse(parse, option, value, "a number of rows, or 0 for all");
    }
    *(int64_t *)field = number;
    return 0;
}

TAKE_FUNCTION(list)
{
    TextList *list = field;
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value) {
        return refuse(parse, option, value, "NAME=VALUE");
    }
    if (utf8_first_invalid(value, strlen(value)) < strlen(value)) {
        return error_set(parse->reterr, ERROR_USAGE, "the value of `--%s %.*s` is not UTF-8",
                         option->name, (int)(equals - value), value);
    }
    vec_push_in(parse->arena, &list->texts, value);
    return 0;
}

/* Each time one more. */
TAKE_FUNCTION(texts)
{
    TextList *list = field;
    if (value[0] == '\0') {
        return error_set(parse->reterr, ERROR_USAGE, "`--%s` needs a value: --%s %s", option->name,
                         option->name, option->value);
    }
    vec_push_in(parse->arena, &list->texts, value);
    return 0;
}

/* A selector: given twice, both count. */
TAKE_FUNCTION(selector)
{
    const char **selector = field;
    if (value[0] == '\0') {
        return error_set(parse->reterr, ERROR_USAGE, "`--%s` is empty", option->name);
    }
    *selector = *selector == NULL ? value : arena_printf(parse->arena, "%s,%s", *selector, value);
    return 0;
}

TAKE_FUNCTION(selector_or_all)
{
    return take_selector(parse, option, value != NULL ? value : "*", field);
}

/* Milliseconds of a unit; 0 if it is none. */
static int64_t
unit_ms(const char *unit)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {
        {"", 1000},     {"ms", 1},      {"s", 1000},       {"sec", 1000},      {"m", 60000},
        {"min", 60000}, {"h", 3600000}, {"hour", 3600000}, {"hours", 3600000},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        if (text_equal(unit, units[i].name)) {
            return units[i].ms;
        }
    }
    return 0;
}

TAKE_FUNCTION(time)
{
    size_t digits = strspn(value, "0123456789");
    int64_t number;
    int64_t unit = unit_ms(value + digits + strspn(value + digits, " "));
    if (!read_number(arena_strndup(parse->arena, value, digits), &number) || unit == 0 ||
        number > INT64_MAX / unit) {
        return refuse(parse, option, value, "a time, like 0, 30s, 10min or 1h");
    }
    *(int64_t *)field = number * unit;
    return 0;
}

TAKE_FUNCTION(moment)
{
    int64_t moment;
    if (clock_parse_utc(value, &moment) != 0) {
        return refuse(parse, option, value,
                      "a date or time, like 2026-01-31 or '2026-01-31 12:00'");
    }
    *(const char **)field = value;
    return 0;
}

TAKE_FUNCTION(color)
{
    static const char *const names[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        if (text_equal(value, names[i])) {
            *(ColorWhen *)field = (ColorWhen)i;
            return 0;
        }
    }
    return refuse(parse, option, value, "auto, always or never");
}

TAKE_FUNCTION(log)
{
    if (!text_equal(value, "json")) {
        return refuse(parse, option, value, "json");
    }
    *(LogFormat *)field = LOG_FORMAT_JSON;
    return 0;
}

TAKE_FUNCTION(not_built)
{
    (void)value;
    (void)field;
    return error_set(parse->reterr, ERROR_USAGE, "`--%s` is not built yet", option->name);
}

/* ---- the tables ---- */

#define ON(id) (1u << COMMAND_##id)
#define ON_INSTANCE                                                                                \
    (ON(RUN) | ON(PLAN) | ON(SHOW) | ON(STATUS) | ON(HISTORY) | ON(CONFIG) | ON(CLEAN) |           \
     ON(UNLOCK) | ON(TEST) | ON(DIFF) | ON(ESTIMATE) | ON(COPY))
#define ON_ALL ((1u << COMMAND_COUNT) - 1)

typedef enum OptionId {
#define OPTION(id, name, letter, value, type, field, subcommands, help) OPTION_##id,
#include "runtime/cli/options.def"
#undef OPTION
} OptionId;

const OptionInfo cli_options[] = {
#define OPTION(id, name, letter, value, type, field, subcommands, help)                            \
    {name, letter, value, take_##type, offsetof(Options, field), subcommands, help},
#include "runtime/cli/options.def"
#undef OPTION
};
const size_t cli_n_options = ARRAY_LENGTH(cli_options);
_Static_assert(ARRAY_LENGTH(cli_options) <= 64, "Parse.given has a bit for each option");
_Static_assert(COMMAND_COUNT < 32, "OptionInfo.commands has a bit for each subcommand");

const SubcommandInfo cli_subcommands[COMMAND_COUNT] = {
#define SUBCOMMAND(id, name, arguments, built, summary, text, example)                             \
    [COMMAND_##id] = {name, arguments, built, summary, text, example},
#include "runtime/cli/subcommands.def"
#undef SUBCOMMAND
};

const char *
options_command_name(SubcommandId id)
{
    return cli_subcommands[id].name;
}

/* ---- looking words up ---- */

static SubcommandId
find_subcommand(const char *name)
{
    size_t i = 0;
    while (i < COMMAND_COUNT && !text_equal(cli_subcommands[i].name, name)) {
        i++;
    }
    return (SubcommandId)i;
}

static int
unknown_subcommand(const char *name, Error *reterr)
{
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = cli_subcommands[i].name;
    }
    const char *nearest = suggest_nearest(name, names, COMMAND_COUNT);
    (void)error_set(reterr, ERROR_USAGE, "unknown command `%s`", name);
    if (nearest != NULL) {
        error_set_hint(reterr, "did you mean `%s`?", nearest);
    } else {
        error_set_hint(reterr, "--help lists the commands");
    }
    return -1;
}

static const OptionInfo *
find_option(const char *name, size_t length)
{
    for (size_t i = 0; i < cli_n_options; i++) {
        const char *known = cli_options[i].name;
        if (strlen(known) == length && strncmp(known, name, length) == 0) {
            return &cli_options[i];
        }
    }
    return NULL;
}

static const OptionInfo *
find_letter(char letter)
{
    for (size_t i = 0; i < cli_n_options; i++) {
        if (letter != '\0' && cli_options[i].letter == letter) {
            return &cli_options[i];
        }
    }
    return NULL;
}

static int
unknown_option(const char *word, size_t length, Parse *parse)
{
    const char *names[ARRAY_LENGTH(cli_options)];
    for (size_t i = 0; i < cli_n_options; i++) {
        names[i] = cli_options[i].name;
    }
    const char *name = arena_strndup(parse->arena, word, length);
    const char *nearest =
        length > 3 ? suggest_nearest(name + strspn(name, "-"), names, cli_n_options) : NULL;
    (void)error_set(parse->reterr, ERROR_USAGE, "unknown option `%s`", name);
    if (nearest != NULL) {
        error_set_hint(parse->reterr, "did you mean `--%s`?", nearest);
    } else {
        error_set_hint(parse->reterr, "--help lists the options");
    }
    return -1;
}

/* ---- reading ---- */

static bool
is_optional(const OptionInfo *option)
{
    return option->value != NULL && option->value[0] == '[';
}

/* The word behind an option, if it is its value. A value that may be left out is never an option,
 * nor a subcommand while that is still to come (`./flow --force plan`; write --force=plan for a
 * stage of that name). */
static const char *
following_value(Parse *parse, const OptionInfo *option)
{
    const char *word = parse->next < parse->argc ? parse->argv[parse->next] : NULL;
    if (word == NULL) {
        return NULL;
    }
    if (is_optional(option) &&
        (word[0] == '-' || (parse->words.n == 0 && find_subcommand(word) != COMMAND_COUNT))) {
        return NULL;
    }
    parse->next++;
    return word;
}

/* `value`: what is glued to the option, or NULL. */
static int
take_option(Parse *parse, const OptionInfo *option, const char *value)
{
    if (option->value == NULL && value != NULL) {
        return error_set(parse->reterr, ERROR_USAGE, "`--%s` takes no value", option->name);
    }
    if (option->value != NULL && value == NULL) {
        value = following_value(parse, option);
        if (value == NULL && !is_optional(option)) {
            return error_set(parse->reterr, ERROR_USAGE, "`--%s` needs a value: --%s %s",
                             option->name, option->name, option->value);
        }
    }
    parse->given |= UINT64_C(1) << (option - cli_options);
    return option->take(parse, option, value, (char *)parse->options + option->offset);
}

static int
take_long(Parse *parse, const char *word)
{
    size_t length = strcspn(word + 2, "=");
    const OptionInfo *option = find_option(word + 2, length);
    if (option == NULL) {
        return unknown_option(word, length + 2, parse);
    }
    return take_option(parse, option, word[2 + length] == '=' ? word + 2 + length + 1 : NULL);
}

/* `-q`, `-qv`, `-j 4`, `-j4`. */
static int
take_short(Parse *parse, const char *word)
{
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        const OptionInfo *option = find_letter(*letter);
        if (option == NULL) {
            return unknown_option(word, strlen(word), parse);
        }
        if (option->value != NULL) {
            return take_option(parse, option, letter[1] != '\0' ? letter + 1 : NULL);
        }
        if (take_option(parse, option, NULL) < 0) {
            return -1;
        }
    }
    return 0;
}

/* `-5` is a key: no option is a digit. */
static bool
is_number(const char *word)
{
    return word[0] == '-' && word[1] >= '0' && word[1] <= '9';
}

static int
take_word(Parse *parse, bool *options_ended)
{
    const char *word = parse->argv[parse->next++];
    if (*options_ended || word[0] != '-' || word[1] == '\0' || is_number(word)) {
        vec_push_in(parse->arena, &parse->words, word);
        return 0;
    }
    if (text_equal(word, "--")) {
        *options_ended = true;
        return 0;
    }
    return word[1] == '-' ? take_long(parse, word) : take_short(parse, word);
}

/* Keeps the first error. @return what became of it */
static int
read_words(Parse *parse)
{
    Error *first = parse->reterr;
    bool options_ended = false;
    int status = 0;
    while (parse->next < parse->argc) {
        if (take_word(parse, &options_ended) < 0) {
            status = -1;
            parse->reterr = NULL;
        }
    }
    parse->reterr = first;
    return status;
}

/* ---- what the words mean together ---- */

static int
choose_subcommand(Parse *parse)
{
    Options *options = parse->options;
    size_t n = parse->words.n;
    options->command = n > 0 ? find_subcommand(parse->words.items[0]) : COMMAND_RUN;
    if (options->command == COMMAND_COUNT) {
        return unknown_subcommand(parse->words.items[0], parse->reterr);
    }
    options->argument = n > 1 ? parse->words.items[1] : NULL;
    options->arguments = n > 1 ? &parse->words.items[1] : NULL;
    options->n_arguments = n > 1 ? n - 1 : 0;
    options->help_topic = n > 0 ? options->command : COMMAND_COUNT;
    options->version = options->version || options->command == COMMAND_VERSION;
    if (options->command == COMMAND_HELP) {
        options->help = true;
        options->help_topic =
            options->argument != NULL ? find_subcommand(options->argument) : COMMAND_COUNT;
        if (options->argument != NULL && options->help_topic == COMMAND_COUNT) {
            return unknown_subcommand(options->argument, parse->reterr);
        }
    }
    return 0;
}

static int
check_words(Parse *parse)
{
    const SubcommandInfo *info = &cli_subcommands[parse->options->command];
    size_t wanted = info->arguments[0] != '\0' ? 1 : 0;
    size_t n = parse->words.n;
    if (!info->is_built) {
        (void)error_set(parse->reterr, ERROR_USAGE, "`%s` is not built yet", info->name);
        error_set_hint(parse->reterr, "--help lists what works today");
        return -1;
    }
    bool takes_many = strstr(info->arguments, "…") != NULL;
    if (n > wanted + 1 && !takes_many) {
        const char *word = parse->words.items[wanted + 1];
        (void)error_set(parse->reterr, ERROR_USAGE, "`%s` has no use for `%s`", info->name, word);
        if (cli_options[OPTION_SELECT].commands & (1u << parse->options->command)) {
            error_set_hint(parse->reterr, "tables are chosen by --select %s", word);
        }
        return -1;
    }
    if (info->arguments[0] != '\0' && info->arguments[0] != '[' && n < 2) {
        return error_set(parse->reterr, ERROR_USAGE, "`%s` needs a %s: %s", info->name,
                         info->arguments, info->example);
    }
    return 0;
}

static void
list_subcommands(uint32_t commands, Str *out)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if ((commands & (1u << i)) != 0 && cli_subcommands[i].is_built) {
            str_append_format(out, "%s%s", out->length > 0 ? ", " : "", cli_subcommands[i].name);
        }
    }
}

/* Does every option belong to the subcommand? */
static int
check_options(Parse *parse)
{
    SubcommandId command = parse->options->command;
    for (size_t i = 0; i < cli_n_options; i++) {
        const OptionInfo *option = &cli_options[i];
        bool is_given = (parse->given & (UINT64_C(1) << i)) != 0;
        if (!is_given || (option->commands & (1u << command)) != 0) {
            continue;
        }
        Str commands = {0};
        list_subcommands(option->commands, &commands);
        (void)error_set(parse->reterr, ERROR_USAGE, "`--%s` says nothing to `%s`", option->name,
                        cli_subcommands[command].name);
        error_set_hint(parse->reterr, "it belongs to %s", str_text(&commands));
        str_deinit(&commands);
        return -1;
    }
    return 0;
}

/* Which of its questions, and about which row. */
static int
check_copy(Parse *parse)
{
    const Options *options = parse->options;
    if (options->copy_plan && options->explain_row != NULL) {
        return error_set(parse->reterr, ERROR_USAGE,
                         "`--plan` and `--explain-row` exclude each other: choose one");
    }
    if (options->copy_plan && options->argument != NULL) {
        return error_set(parse->reterr, ERROR_USAGE, "`copy --plan` has no use for `%s`",
                         options->argument);
    }
    if (options->explain_row != NULL && options->argument == NULL) {
        return error_set(parse->reterr, ERROR_USAGE,
                         "`--explain-row %s` needs the row's key behind it", options->explain_row);
    }
    if (!options->copy_plan && options->explain_row == NULL) {
        (void)error_set(parse->reterr, ERROR_USAGE,
                        "`copy` needs --plan, or --explain-row TABLE KEY");
        error_set_hint(parse->reterr, "a run copies what is due");
        return -1;
    }
    return 0;
}

static int
check_together(Parse *parse)
{
    const Options *options = parse->options;
    if (options->command == COMMAND_DIFF && options->against == NULL) {
        return error_set(parse->reterr, ERROR_USAGE,
                         "`diff` needs the other instance: --against NAME");
    }
    if (options->command == COMMAND_COPY && check_copy(parse) < 0) {
        return -1;
    }
    const char *clash = options->fail_fast && options->keep_going
                            ? "`--fail-fast` and `--keep-going`"
                        : options->quiet && options->verbose ? "`--quiet` and `--verbose`"
                                                             : NULL;
    return clash == NULL
               ? 0
               : error_set(parse->reterr, ERROR_USAGE, "%s exclude each other: choose one", clash);
}

int
options_parse(int argc, char **argv, Arena *arena, Options *ret_options, Error *reterr)
{
    *ret_options =
        (Options){.help_topic = COMMAND_COUNT, .wait_ms = -1, .timeout_ms = 0, .limit = -1};
    Parse parse = {.argc = argc,
                   .argv = argv,
                   .next = 1,
                   .arena = arena,
                   .options = ret_options,
                   .reterr = reterr};
    if (read_words(&parse) < 0 || choose_subcommand(&parse) < 0) {
        return -1;
    }
    if (ret_options->help || ret_options->version) {
        return 0;
    }
    return check_words(&parse) < 0 || check_options(&parse) < 0 || check_together(&parse) < 0 ? -1
                                                                                              : 0;
}
