/* `pdc graph`: who reads whom, as a text for Graphviz, as JSON, or as a picture. */
#include "compiler/lineage/graph.h"

#include "compiler/driver/driver.h"
#include "runtime/base/file.h"
#include "runtime/base/process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
report_failure(Compilation *c, const char *what, const char *path)
{
    fprintf(stderr, "pdc: can't %s %s: %s\n", what, path, strerror(errno));
    c->failed = true;
    return false;
}

/** Lets Graphviz's `dot` draw the text in the file into `c->options->output`. */
static bool
run_dot(Compilation *c, const char *text_path, const char *format)
{
    const char *type = arena_printf(c->arena, "-T%s", format);
    const char *const argv[] = {"dot", type, "-o", c->options->output, text_path, NULL};
    CLEANUP(str_deinit) Str output = {0};
    int status;
    if (process_run(argv, &output, &status) < 0) {
        report_failure(c, "start", "dot");
        fprintf(stderr, "install Graphviz (Debian: apt-get install graphviz), or write a text: "
                        "pdc graph -o flow.dot\n");
        return false;
    }
    if (status != 0) {
        fprintf(stderr, "%spdc: dot failed (exit code %d)\n", str_text(&output), status);
        c->failed = true;
    }
    return status == 0;
}

static bool
draw(Compilation *c, const Str *dot, const char *format)
{
    const char *folder = getenv("TMPDIR");
    folder = folder != NULL && *folder != '\0' ? folder : "/tmp";
    char *path = arena_printf(c->arena, "%s/pdc-graph-XXXXXX", folder);
    int file = mkstemp(path);
    if (file < 0) {
        return report_failure(c, "make", path);
    }
    close(file);
    bool done = file_write_atomic(path, str_text(dot), dot->length, 0600) == 0
                    ? run_dot(c, path, format)
                    : report_failure(c, "write", path);
    unlink(path);
    return done;
}

/** What the output's name ends with: `svg` of `flow.svg`. */
static const char *
format_of(const char *path)
{
    const char *dot = strrchr(path_base(path), '.');
    return dot != NULL ? dot + 1 : "dot";
}

static bool
put_out(Compilation *c, const Flow *flow)
{
    CLEANUP(str_deinit) Str text = {0};
    const char *path = c->options->output;
    const char *format = path ? format_of(path) : "dot";
    bool json = c->options->json || text_equal(format, "json");
    if (json) {
        graph_append_json(flow, &text);
    } else {
        graph_append_dot(flow, &text);
    }
    if (path == NULL) {
        fputs(str_text(&text), stdout);
        return true;
    }
    if (!json && !text_equal(format, "dot") && !text_equal(format, "gv")) {
        return draw(c, &text, format);
    }
    return file_write_atomic(path, str_text(&text), text.length, 0666) == 0 ||
           report_failure(c, "write", path);
}

int
driver_graph(const DriverOptions *options)
{
    Compilation c;
    CheckedInstance checked;
    compilation_init(&c, options);
    bool done = compilation_run(&c, "judge") && compilation_elaborate(&c, &checked) &&
                put_out(&c, checked.flow);
    compilation_report(&c);
    int code = done ? EXIT_DONE : c.failed ? EXIT_FAILED : EXIT_INPUT;
    compilation_deinit(&c);
    return code;
}
