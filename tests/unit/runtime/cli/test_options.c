#include "runtime/cli/options.h"
#include "tests/unit/runtime/report/golden.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { MOST_WORDS = 16 };

/* Splits `line` at blanks (`~` stands for a blank in a word) and parses it. */
static int
parse(Arena *arena, const char *line, Options *ret_options, Error *reterr)
{
    char *argv[MOST_WORDS + 1] = {arena_strdup(arena, "./flow")};
    int argc = 1;
    char *rest = arena_strdup(arena, line);
    for (char *word = strtok(rest, " "); word != NULL && argc < MOST_WORDS;
         word = strtok(NULL, " ")) {
        for (char *c = word; *c != '\0'; c++) {
            *c = *c == '~' ? ' ' : *c;
        }
        argv[argc++] = word;
    }
    return options_parse(argc, argv, arena, ret_options, reterr);
}

/* What was understood, as text. */
static void
describe(const Options *options, Str *out)
{
    str_append(out, options_command_name(options->command));
#define SAY(condition, ...)                                                                        \
    if (condition) {                                                                               \
        str_append_format(out, __VA_ARGS__);                                                       \
    }
    SAY(options->argument != NULL, " %s", options->argument)
    SAY(options->instance != NULL, " instance=%s", options->instance)
    SAY(options->config != NULL, " config=%s", options->config)
    for (size_t i = 0; i < options->attrs.texts.n; i++) {
        SAY(true, " attr:%s", options->attrs.texts.items[i])
    }
    SAY(options->select != NULL, " select=%s", options->select)
    SAY(options->force != NULL, " force=%s", options->force)
    SAY(options->jobs != 0, " jobs=%zu", options->jobs)
    SAY(options->wait_ms >= 0, " wait=%lld", (long long)options->wait_ms)
    SAY(options->limit >= 0, " limit=%lld", (long long)options->limit)
    SAY(options->against != NULL, " against=%s", options->against)
    SAY(options->key != NULL, " key=%s", options->key)
    SAY(options->subset, " subset")
    SAY(options->at != NULL, " at=%s", options->at)
    SAY(options->fail_fast, " fail-fast")
    SAY(options->keep_going, " keep-going")
    SAY(options->explain, " explain")
    SAY(options->dry_run, " dry-run")
    SAY(options->copy_plan, " plan")
    SAY(options->explain_row != NULL, " explain-row=%s", options->explain_row)
    SAY(options->json, " json")
    SAY(options->quiet, " quiet")
    SAY(options->verbose, " verbose")
    SAY(options->color == COLOR_NEVER, " never")
    SAY(options->color == COLOR_ALWAYS, " always")
    SAY(options->log == LOG_FORMAT_JSON, " log")
    SAY(options->log_file != NULL, " log-file=%s", options->log_file)
    SAY(options->metrics_file != NULL, " metrics=%s", options->metrics_file)
    SAY(options->openlineage_file != NULL, " openlineage=%s", options->openlineage_file)
    SAY(options->trace_file != NULL, " trace=%s", options->trace_file)
    SAY(options->help, " help")
    SAY(options->version, " version")
#undef SAY
}

Test(options, understood)
{
    static const struct {
        const char *line;
        const char *meaning;
    } cases[] = {
        {"", "run"},
        {"run", "run"},
        {"--instance mini", "run instance=mini"},
        {"--instance=mini plan", "plan instance=mini"},
        {"-i mini plan", "plan instance=mini"},
        {"-imini -qj4", "run instance=mini jobs=4 quiet"},
        {"--config=a=b", "run config=a=b"},
        {"--attr a=1 --attr b=", "run attr:a=1 attr:b="},
        {"--select a --select +b.c,d", "run select=a,+b.c,d"},
        {"--force", "run force=*"},
        {"--force a.b --select c", "run select=c force=a.b"},
        {"run --force --json", "run force=* json"},
        {"run --force plan", "run force=plan"},
        {"--force plan", "plan force=*"},
        {"--force=plan", "run force=plan"},
        {"--wait 0", "run wait=0"},
        {"--wait 30", "run wait=30000"},
        {"--wait 250ms", "run wait=250"},
        {"--wait 10~min", "run wait=600000"},
        {"--wait=1h", "run wait=3600000"},
        {"--fail-fast --explain --dry-run -v", "run fail-fast explain dry-run verbose"},
        {"--keep-going --at 2026-01-31", "run at=2026-01-31 keep-going"},
        {"show a.b --limit 0", "show a.b limit=0"},
        {"--limit 7 show a.b --color never", "show a.b limit=7 never"},
        {"diff a.b --against full --key x,y --subset --limit 3 --json",
         "diff a.b limit=3 against=full key=x,y subset json"},
        {"show -- --odd", "show --odd"},
        {"show -", "show -"},
        {"copy --plan --force", "copy force=* plan"},
        {"copy --explain-row a.b -5", "copy -5 explain-row=a.b"},
        {"history --json --color=always", "history json always"},
        {"--log json --log-file=l --metrics-file m.prom", "run log log-file=l metrics=m.prom"},
        {"--openlineage-file o --trace-file t", "run openlineage=o trace=t"},
        {"--help", "run help"},
        {"show --help", "show help"},
        {"help", "help help"},
        {"help show", "help show help"},
        {"test --help", "test help"},
        {"--version", "run version"},
        {"version", "version version"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        Arena *arena = arena_new();
        Options options;
        Error error = {0};
        Str text = {0};
        cr_assert_eq(parse(arena, cases[i].line, &options, &error), 0, "%s: %s", cases[i].line,
                     error.message);
        describe(&options, &text);
        cr_expect_str_eq(str_text(&text), cases[i].meaning, "%s: %s", cases[i].line,
                         str_text(&text));
        str_deinit(&text);
        arena_free(arena);
    }
}

Test(options, refused)
{
    static const struct {
        const char *line;
        const char *message;
        const char *hint;
    } cases[] = {
        {"shwo a", "unknown command `shwo`", "did you mean `show`?"},
        {"zzzzzzz", "unknown command `zzzzzzz`", "--help lists the commands"},
        {"help shwo", "unknown command `shwo`", "did you mean `show`?"},
        {"--instnace mini", "unknown option `--instnace`", "did you mean `--instance`?"},
        {"--instnace=mini", "unknown option `--instnace`", "did you mean `--instance`?"},
        {"--zzzzzzzzz", "unknown option `--zzzzzzzzz`", "--help lists the options"},
        {"-x", "unknown option `-x`", "--help lists the options"},
        {"-qx", "unknown option `-qx`", "--help lists the options"},
        {"--instance", "`--instance` needs a value: --instance NAME", NULL},
        {"--instance=", "`--instance` is empty", NULL},
        {"--json=yes", "`--json` takes no value", NULL},
        {"--jobs 0", "`--jobs 0`: wanted is a number from 1 to 1024", NULL},
        {"--jobs 1e3", "`--jobs 1e3`: wanted is a number from 1 to 1024", NULL},
        {"--jobs -4", "`--jobs -4`: wanted is a number from 1 to 1024", NULL},
        {"--jobs 99999999999999999999",
         "`--jobs 99999999999999999999`: wanted is a number from 1 to 1024", NULL},
        {"--wait soon", "`--wait soon`: wanted is a time, like 0, 30s, 10min or 1h", NULL},
        {"--wait 9223372036854775807h",
         "`--wait 9223372036854775807h`: wanted is a time, like 0, 30s, 10min or 1h", NULL},
        {"--attr a", "`--attr a`: wanted is NAME=VALUE", NULL},
        {"--attr =a", "`--attr =a`: wanted is NAME=VALUE", NULL},
        {"--at yesterday",
         "`--at yesterday`: wanted is a date or time, like 2026-01-31 or '2026-01-31 12:00'", NULL},
        {"--color red", "`--color red`: wanted is auto, always or never", NULL},
        {"history --limit many", "`--limit many`: wanted is a number of rows, or 0 for all", NULL},
        {"--select=", "`--select` is empty", NULL},
        {"show", "`show` needs a TABLE: ./flow show stage_1.customers --limit 5", NULL},
        {"show a b", "`show` has no use for `b`", NULL},
        {"run stage_1", "`run` has no use for `stage_1`", "tables are chosen by --select stage_1"},
        {"status --jobs 4", "`--jobs` says nothing to `status`", "it belongs to run, test"},
        {"--attr a=b history", "`--attr` says nothing to `history`",
         "it belongs to run, plan, show, status, test, diff, copy, estimate"},
        {"copy", "`copy` needs --plan, or --explain-row TABLE KEY", "a run copies what is due"},
        {"copy 1", "`copy` needs --plan, or --explain-row TABLE KEY", "a run copies what is due"},
        {"copy --plan 1", "`copy --plan` has no use for `1`", NULL},
        {"copy --explain-row a.b", "`--explain-row a.b` needs the row's key behind it", NULL},
        {"copy --plan --explain-row a.b 1",
         "`--plan` and `--explain-row` exclude each other: choose one", NULL},
        {"plan --plan", "`--plan` says nothing to `plan`", "it belongs to copy"},
        {"--fail-fast --keep-going",
         "`--fail-fast` and `--keep-going` exclude each other: choose one", NULL},
        {"-qv", "`--quiet` and `--verbose` exclude each other: choose one", NULL},
        {"diff --against full",
         "`diff` needs a TABLE: ./flow diff raw.orders --instance mini --against full --subset",
         NULL},
        {"diff a.b --json", "`diff` needs the other instance: --against NAME", NULL},
        {"diff a.b --against=", "`--against` is empty", NULL},
        {"show a.b --subset", "`--subset` says nothing to `show`", "it belongs to diff"},
        {"coverage", "`coverage` is not built yet", "--help lists what works today"},
        {"graph", "`graph` is not built yet", "--help lists what works today"},
        {"--report r.html", "`--report` is not built yet", NULL},
        {"--log xml", "`--log xml`: wanted is json", NULL},
        {"show a.b --log-file x", "`--log-file` says nothing to `show`", "it belongs to run"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        Arena *arena = arena_new();
        Options options;
        Error error = {0};
        cr_assert_eq(parse(arena, cases[i].line, &options, &error), -1, "%s", cases[i].line);
        cr_expect_eq(error.code, ERROR_USAGE);
        cr_expect_str_eq(error.message, cases[i].message, "%s", error.message);
        cr_expect(text_equal(error.hint, cases[i].hint), "%s: %s", cases[i].line, error.hint);
        error_deinit(&error);
        arena_free(arena);
    }
}

/* How a mistake is shown is read from the words behind it as well. */
Test(options, are_read_to_their_end)
{
    Arena *arena = arena_new();
    Options options;
    Error error = {0};
    cr_assert_eq(parse(arena, "--first --second=2 --json --color never", &options, &error), -1);
    cr_expect_str_eq(error.message, "unknown option `--first`");
    cr_expect(options.json);
    cr_expect_eq(options.color, COLOR_NEVER);
    error_deinit(&error);
    arena_free(arena);
}

/* A machine's settings; `$PDC_METRICS_FILE` is empty. */
static const char *
get_env(const char *name)
{
    static const char *const values[][2] = {{"PDC_LOG", "json"},
                                            {"PDC_LOG_FILE", "env.log"},
                                            {"PDC_METRICS_FILE", ""},
                                            {"PDC_OPENLINEAGE_FILE", "env.ndjson"},
                                            {"PDC_TRACE_FILE", "env.trace"}};
    for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
        if (text_equal(values[i][0], name)) {
            return values[i][1];
        }
    }
    return NULL;
}

static const char *
get_wrong_env(const char *name)
{
    return text_equal(name, "PDC_LOG") ? "xml" : NULL;
}

Test(options, of_the_environment)
{
    static const struct {
        const char *line;
        const char *meaning;
    } cases[] = {
        {"", "run log log-file=env.log openlineage=env.ndjson trace=env.trace"},
        {"--trace-file t", "run log log-file=env.log openlineage=env.ndjson trace=t"},
        {"plan", "plan"},
    };
    Options options;
    Error error = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        Arena *arena = arena_new();
        Str text = {0};
        cr_assert_eq(parse(arena, cases[i].line, &options, &error), 0);
        cr_assert_eq(options_add_environment(&options, get_env, &error), 0);
        describe(&options, &text);
        cr_expect_str_eq(str_text(&text), cases[i].meaning, "%s", str_text(&text));
        str_deinit(&text);
        arena_free(arena);
    }
    options = (Options){.command = COMMAND_RUN};
    cr_assert_eq(options_add_environment(&options, get_wrong_env, &error), -1);
    cr_expect_str_eq(error.message, "`PDC_LOG=xml`: wanted is json");
    error_deinit(&error);
}

Test(options, without_a_program_name)
{
    Arena *arena = arena_new();
    Options options;
    char *argv[] = {NULL};
    cr_assert_eq(options_parse(0, argv, arena, &options, NULL), 0);
    cr_assert_eq(options.command, COMMAND_RUN);
    arena_free(arena);
}

Test(help, of_everything)
{
    Str text = {0};
    help_append(COMMAND_COUNT, "shop", "./flow", &text);
    golden_check("cli/golden/help.txt", str_text(&text));
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        char golden[64];
        str_clear(&text);
        help_append((SubcommandId)i, "shop", "/opt/shop", &text);
        snprintf(golden, sizeof(golden), "cli/golden/help_%s.txt",
                 options_command_name((SubcommandId)i));
        golden_check(golden, str_text(&text));
    }
    str_deinit(&text);
}
