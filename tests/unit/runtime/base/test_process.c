#include "runtime/base/process.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

Test(process, gathers_output_and_exit_code)
{
    static const struct {
        const char *script, *output;
        int status;
    } cases[] = {
        {"echo out; echo err >&2; exit 3", "out\nerr\n", 3},
        {"true", "", 0},
        {"kill -9 $$", "", 128 + SIGKILL},
        {"cat", "", 0}, /* stdin is empty, not ours */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Str output = {0};
        int status = -1;
        const char *argv[] = {"sh", "-c", cases[i].script, NULL};
        cr_assert_eq(process_run(argv, &output, &status), 0);
        cr_assert_eq(status, cases[i].status, "%s", cases[i].script);
        cr_assert_str_eq(str_text(&output), cases[i].output);
        str_deinit(&output);
    }
}

Test(process, arguments_are_not_seen_by_a_shell)
{
    Str output = {0};
    int status;
    const char *argv[] = {"printf", "%s|", "a b", "$HOME;`x`", "", NULL};
    cr_assert_eq(process_run(argv, &output, &status), 0);
    cr_assert_str_eq(str_text(&output), "a b|$HOME;`x`||");
    str_deinit(&output);
}

Test(process, much_output_does_not_block)
{
    Str output = {0};
    int status;
    const char *argv[] = {"sh", "-c", "head -c 3000000 /dev/zero", NULL};
    cr_assert_eq(process_run(argv, &output, &status), 0);
    cr_assert_eq(output.length, 3000000);
    str_deinit(&output);
}

Test(process, a_missing_program_is_an_error)
{
    Str output = {0};
    int status = 7;
    const char *argv[] = {"pdc-no-such-program", NULL};
    cr_assert_lt(process_run(argv, &output, &status), 0);
    cr_assert_eq(errno, ENOENT);
    cr_assert_lt(process_run(argv, NULL, &status), 0);
    cr_assert_eq(status, 7);
    str_deinit(&output);
}

Test(process, a_child_has_the_usual_signals)
{
    int status;
    signal(SIGPIPE, SIG_IGN);
    const char *argv[] = {"sh", "-c", "kill -PIPE $$", NULL};
    cr_assert_eq(process_run(argv, NULL, &status), 0);
    cr_assert_eq(status, 128 + SIGPIPE);
}
