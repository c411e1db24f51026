#include "runtime/base/file.h"
#include "runtime/base/str.h"
#include "tests/unit/runtime/cli/small_flow.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_WORDS = 16 };

/* One call of the executable: what it returned and printed. */
typedef struct Call Call;
struct Call {
    int code;
    char *out;
    char *err;
};

static Arena *arena;

/* Each test has a folder of its own, without configuration: instances live in .pdc/ there. */
static void
enter_folder(void)
{
    char folder[] = "/tmp/pdc-cli.XXXXXX";
    arena = arena_new();
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    setenv("HOME", folder, 1);
    unsetenv("PIPEDAG_CONFIG");
    unsetenv("PIPEDAG_INSTANCE");
}

static void
leave_folder(void)
{
    char folder[256];
    cr_assert_not_null(getcwd(folder, sizeof(folder)));
    cr_assert_eq(strncmp(folder, "/tmp/pdc-cli.", 13), 0);
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(system(arena_printf(arena, "rm -rf '%s'", folder)), 0);
    arena_free(arena);
}

TestSuite(main, .init = enter_folder, .fini = leave_folder);

/* Lets `stream` write into a file. @return the descriptor that it had */
static int
redirect(FILE *stream, const char *path)
{
    fflush(stream);
    int saved = dup(fileno(stream));
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    cr_assert(saved >= 0 && file >= 0);
    dup2(file, fileno(stream));
    close(file);
    return saved;
}

static char *
restore(FILE *stream, int saved, const char *path)
{
    char *text = NULL;
    size_t length;
    fflush(stream);
    dup2(saved, fileno(stream));
    close(saved);
    cr_assert_eq(file_read(arena, path, 0, &text, &length), 0);
    return text;
}

/* Calls the flow with the words of `line`. */
static Call
call_flow(const PdcFlow *flow, const char *line)
{
    char *argv[MOST_WORDS + 1] = {arena_strdup(arena, "./flow")};
    int argc = 1;
    for (char *word = strtok(arena_strdup(arena, line), " "); word != NULL && argc < MOST_WORDS;
         word = strtok(NULL, " ")) {
        argv[argc++] = word;
    }
    int out = redirect(stdout, "out.txt");
    int err = redirect(stderr, "err.txt");
    int code = pdc_main(flow, argc, argv);
    return (Call){code, restore(stdout, out, "out.txt"), restore(stderr, err, "err.txt")};
}

static Call
call(const char *line)
{
    return call_flow(&small_flow, line);
}

#define expect_code(made, expected)                                                                \
    cr_expect_eq((made).code, (expected), "%d\n%s%s", (made).code, (made).out, (made).err)
#define expect_has(text, part)                                                                     \
    cr_expect_not_null(strstr((text), (part)), "no %s in\n%s", (part), (text))
#define expect_lacks(text, part) cr_expect_null(strstr((text), (part)), "%s in\n%s", (part), (text))

Test(main, version_and_help_touch_nothing)
{
    setenv("PIPEDAG_CONFIG", "/nowhere", 1);
    Call made = call("--version");
    expect_code(made, 0);
    cr_expect_str_eq(made.out, "small, built by pdc 0.1.0\n");
    cr_expect_str_eq(made.err, "");
    made = call("version");
    cr_expect_str_eq(made.out, "small, built by pdc 0.1.0\n");
    made = call("--help");
    expect_code(made, 0);
    expect_has(made.out, "usage: ./flow [run] [options]");
    made = call("help show");
    expect_has(made.out, "example: ./flow show");
    cr_expect_not(file_exists(".pdc"));
}

Test(main, usage)
{
    Call made = call("shwo");
    expect_code(made, 2);
    cr_expect_str_eq(made.out, "");
    cr_expect_str_eq(made.err, "error: unknown command `shwo`\n  hint: did you mean `show`?\n");
    made = call("coverage --json");
    expect_code(made, 2);
    expect_has(made.out,
               "{\"event\": \"error\", \"code\": \"usage\", \"message\": \"`coverage` is not "
               "built yet\"");
    expect_has(made.err, "error: `coverage` is not built yet\n");
}

Test(main, flow_of_another_abi)
{
    PdcFlow other = {.abi = PDC_ABI + 1};
    Call made = call_flow(&other, "--version");
    expect_code(made, 3);
    expect_has(made.err, "pdc build");
}

Test(main, configuration_that_is_wrong)
{
    const char *yaml = "instances:\n  full:\n    instanze_id: a\n    jobs: many\n";
    cr_assert_eq(file_write_atomic("pipedag.yaml", yaml, strlen(yaml), 0600), 0);
    Call made = call("--json");
    expect_code(made, 3);
    expect_has(made.err, "pipedag.yaml:3:5: error[F0811]");
    expect_has(made.err, "pipedag.yaml:4:11: error[F0812]");
    expect_has(made.out,
               "{\"event\": \"diagnostic\", \"severity\": \"error\", \"code\": \"F0811\"");
    expect_has(made.out, "\"line\": 4, \"column\": 11}");
    cr_expect_eq(unlink("pipedag.yaml"), 0);

    made = call("plan --instance mni");
    expect_code(made, 3);
    expect_has(made.err, "known: `mini`");
    made = call("--config /nowhere/at/all");
    expect_code(made, 3);
    expect_has(made.err, "/nowhere/at/all");
    cr_expect_not(file_exists(".pdc"), "nothing was touched");
}

Test(main, config)
{
    const char *yaml = "instances:\n"
                       "  full:\n"
                       "    table_store:\n"
                       "      args: {url: 'postgresql://me:geheim@db/shop_{instance_id}'}\n"
                       "    auto_table: [x]\n";
    cr_assert_eq(file_write_atomic("pipedag.yaml", yaml, strlen(yaml), 0600), 0);
    Call made = call("config --verbose");
    expect_code(made, 0);
    expect_has(made.out, "pipedag.yaml:4");
    expect_has(made.out, "shop_full");
    expect_has(made.err, "auto_table");
    expect_lacks(made.out, "geheim");
    expect_lacks(made.err, "geheim");
    made = call("config --json");
    expect_has(made.out, "{\"event\": \"config\", \"key\": \"instance_id\", \"value\": \"full\"");
    expect_lacks(made.out, "geheim");
}

Test(main, run_and_what_it_leaves)
{
    Call made = call("status");
    expect_code(made, 0);
    expect_has(made.out, "not published");
    made = call("history");
    expect_code(made, 0);
    cr_expect_str_eq(made.out, "instance full was never run\n");
    made = call("plan");
    expect_code(made, 0);
    expect_has(made.out, "build   s.a");
    expect_has(made.out, "2 to build\n");

    made = call("");
    expect_code(made, 0);
    cr_expect_str_eq(made.out, "");
    expect_has(made.err, "[2/2] built     s.b");
    expect_has(made.err, "done: 2 built (");
    made = call("run");
    expect_code(made, 0);
    expect_has(made.err, "nothing to do: all 2 tables are still valid");

    made = call("show s.a");
    expect_code(made, 0);
    cr_expect_str_eq(made.out, " id | name\n----+------\n  1 | x\n  2 | NULL\n(2 rows)\n");
    made = call("show s.a --json --limit 1");
    cr_expect_str_eq(made.out, "{\"id\": 1, \"name\": \"x\"}\n");
    made = call("show s.a --limit 1");
    expect_has(made.out, "(the first 1 row; --limit 0 shows all)\n");

    made = call("status --json");
    expect_has(made.out,
               "{\"event\": \"status\", \"table\": \"s.a\", \"kind\": \"table\", \"rows\": 2");
    expect_has(made.out, "\"valid\": true, \"action\": \"keep\"");
    made = call("history --json");
    expect_has(made.out, "\"state\": \"done\", \"built\": 2, \"copied\": 0");
    made = call("history --limit 1");
    expect_code(made, 0);
    expect_has(made.out, "done");
    made = call("clean --json");
    expect_code(made, 0);
    expect_has(made.out, "{\"event\": \"clean\", \"dropped\": ");
    made = call("unlock");
    expect_code(made, 0);
    cr_expect_str_eq(made.out, "nobody holds the lock of instance full\n");
}

Test(main, show_of_what_is_not_there)
{
    Call made = call("show s.a");
    expect_code(made, 1);
    expect_has(made.err, "error: ");
    made = call("show s.bb");
    expect_code(made, 2);
    expect_has(made.err, "s.b");
}

Test(main, run_as_json)
{
    Call made = call("--json");
    expect_code(made, 0);
    expect_has(made.out, "{\"event\": \"start\", ");
    expect_has(made.out,
               "{\"event\": \"plan\", \"table\": \"s.a\", \"action\": \"build\", \"reason\": ");
    expect_has(made.out, "{\"event\": \"run\", \"state\": \"done\", \"kept\": 0, \"built\": 2");
    made = call("--dry-run --json");
    expect_has(made.out, "{\"event\": \"plan\", \"table\": \"s.a\", \"action\": \"keep\"");
    expect_has(made.out, "{\"event\": \"summary\", \"state\": \"done\", \"kept\": 2");
    made = call("--quiet");
    expect_code(made, 0);
    cr_expect_str_eq(made.out, "");
    cr_expect_str_eq(made.err, "");
}

Test(main, run_that_fails)
{
    Call made = call("--attr word=seven");
    expect_code(made, 1);
    expect_has(made.err, "small.flow:5:");
    expect_has(made.err, "nothing was published");
    expect_has(made.err, "  failed: s.b\n");
    made = call("--attr word=700 --json");
    expect_code(made, 1);
    expect_has(made.err, "small.flow:6:");
    expect_has(made.out, "{\"event\": \"check\", \"stage\": \"s\", \"name\": \"few\"");
    expect_has(made.out, "{\"event\": \"run\", \"state\": \"failed\"");
    made = call("--attr word=7");
    expect_code(made, 0);
    expect_has(made.err, "1 taken up");
}

Test(main, attrs_and_selectors_that_are_wrong)
{
    Call made = call("--attr wrod=1");
    expect_code(made, 3);
    expect_has(made.err, "wrod");
    made = call("--select s.aa");
    expect_code(made, 2);
    expect_has(made.err, "s.a");
    made = call("plan --force nothing --json");
    expect_code(made, 2);
    expect_has(made.out, "\"code\": \"selector\"");
}

/* A reader that goes away ends neither the run nor the process. */
Test(main, closed_pipe)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    close(ends[0]);
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    char *run[] = {arena_strdup(arena, "./flow"), arena_strdup(arena, "--json"), NULL};
    int code = pdc_main(&small_flow, 2, run);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    cr_expect_eq(code, 0);
    Call made = call("");
    expect_has(made.err, "nothing to do");
}
