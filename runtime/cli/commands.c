/* What acts on an instance, or asks it one thing: run, plan, show, clean, unlock. */

#include "runtime/cli/commands.h"

#include "runtime/cli/cells.h"
#include "runtime/cli/interrupt.h"
#include "runtime/report/words.h"

enum { SHOWN_ROWS = 40 };

/* ---- run, plan ---- */

int
command_plan(Cli *cli)
{
    CLEANUP(diags_freep) Diags *diags = diags_new();
    RunSummary summary;
    Error error = {0};
    int status = run_plan(&cli->request, diags, &summary, &error);
    int exit_code = cli_finish(cli, status, diags, &error);
    error_deinit(&error);
    return exit_code;
}

static RunSubject
subject_of(const Cli *cli)
{
    const Instance *instance = cli->instance;
    return (RunSubject){.flow = cli->flow->name,
                        .instance = instance->name,
                        .place = {.url = instance->display_url,
                                  .schema_prefix = instance->schema_prefix,
                                  .schema_suffix = instance->schema_suffix}};
}

int
command_run(Cli *cli)
{
    if (cli->options->dry_run) {
        return command_plan(cli);
    }
    CLEANUP(diags_freep) Diags *diags = diags_new();
    RunSummary summary;
    Error error = {0};
    RunSubject subject = subject_of(cli);
    report_begin_run(cli->report, &subject);
    interrupt_set_running(true);
    int status = run_execute(&cli->request, diags, &summary, &error);
    interrupt_set_running(false);
    report_end_run(cli->report);
    int exit_code = cli_finish(cli, status, diags, &error);
    error_deinit(&error);
    return exit_code;
}

/* ---- show ---- */

static const ReportColumn *
columns_of_rows(Arena *arena, const RunRows *rows)
{
    static const ReportKind kinds[] = {[TYPE_JSON_BOOL] = REPORT_BOOL,
                                       [TYPE_JSON_NUMBER] = REPORT_NUMBER,
                                       [TYPE_JSON_TEXT] = REPORT_TEXT};
    ReportColumn *columns = ARENA_ARRAY(arena, ReportColumn, rows->n_columns);
    for (size_t i = 0; i < rows->n_columns; i++) {
        columns[i] =
            (ReportColumn){rows->names[i], rows->names[i], kinds[type_json(rows->types[i])]};
    }
    return columns;
}

/* `(4 rows)`, and how to see more. */
static const char *
footer_of_rows(Arena *arena, const RunRows *rows)
{
    Str text = {0};
    str_append(&text, rows->is_cut ? "(the first " : "(");
    words_append_plural(&text, (int64_t)rows->n_rows, "row");
    str_append(&text, rows->is_cut ? "; --limit 0 shows all)" : ")");
    return str_take_in(&text, arena);
}

static void
show_rows(Cli *cli, const RunRows *rows)
{
    Arena *arena = cli->arena;
    size_t n = rows->n_rows * rows->n_columns;
    ReportCell *cells = ARENA_ARRAY(arena, ReportCell, n + 1);
    for (size_t i = 0; i < n; i++) {
        cells[i] = cell_text(rows->cells[i]);
    }
    report_table(cli->report, &(ReportTable){
                                  .columns = columns_of_rows(arena, rows),
                                  .n_columns = rows->n_columns,
                                  .cells = cells,
                                  .n_rows = rows->n_rows,
                                  .null_text = "NULL",
                                  .footer = footer_of_rows(arena, rows),
                              });
}

int
command_show(Cli *cli)
{
    const Options *options = cli->options;
    CLEANUP(diags_freep) Diags *diags = diags_new();
    RunRows rows = {0};
    Error error = {0};
    size_t limit = options->limit >= 0 ? (size_t)options->limit : options->json ? 0 : SHOWN_ROWS;
    int status =
        run_show(&cli->request, options->argument, limit, cli->arena, diags, &rows, &error);
    int exit_code = cli_finish(cli, status, diags, &error);
    if (exit_code == EXIT_DONE) {
        show_rows(cli, &rows);
    }
    error_deinit(&error);
    return exit_code;
}

/* ---- clean, unlock ---- */

static const char *
sentence_of_cleaned(Arena *arena, const RunCleaned *cleaned)
{
    Str text = {0};
    if (cleaned->dropped == 0 && cleaned->busy == 0) {
        return "nothing to clean";
    }
    words_append_plural(&text, (int64_t)cleaned->dropped, "leftover");
    str_append(&text, " dropped");
    if (cleaned->busy > 0) {
        str_append_format(&text, "; %zu still read by somebody: for the next time", cleaned->busy);
    }
    return str_take_in(&text, arena);
}

int
command_clean(Cli *cli)
{
    static const ReportColumn columns[] = {{"dropped", "dropped", REPORT_NUMBER},
                                           {"busy", "busy", REPORT_NUMBER}};
    RunCleaned cleaned = {0};
    Error error = {0};
    int status = run_clean(&cli->request, &cleaned, &error);
    int exit_code = cli_finish(cli, status, NULL, &error);
    error_deinit(&error);
    if (exit_code != EXIT_DONE) {
        return exit_code;
    }
    const ReportCell cells[] = {cell_count(cli->arena, (int64_t)cleaned.dropped),
                                cell_count(cli->arena, (int64_t)cleaned.busy)};
    report_answer(cli->report,
                  &(ReportTable){.event = "clean",
                                 .columns = columns,
                                 .n_columns = ARRAY_LENGTH(columns),
                                 .cells = cells,
                                 .n_rows = 1},
                  sentence_of_cleaned(cli->arena, &cleaned));
    return EXIT_DONE;
}

int
command_unlock(Cli *cli)
{
    static const ReportColumn columns[] = {{"instance", "instance", REPORT_TEXT},
                                           {"holder", "holder", REPORT_TEXT}};
    const char *holder = NULL;
    const char *name = cli->instance->name;
    Error error = {0};
    int status = run_lock_holder(&cli->request, cli->arena, &holder, &error);
    int exit_code = cli_finish(cli, status, NULL, &error);
    error_deinit(&error);
    if (exit_code != EXIT_DONE) {
        return exit_code;
    }
    const ReportCell cells[] = {cell_text(name), cell_text(holder)};
    report_answer(
        cli->report,
        &(ReportTable){.event = "unlock",
                       .columns = columns,
                       .n_columns = ARRAY_LENGTH(columns),
                       .cells = cells,
                       .n_rows = 1},
        holder == NULL
            ? arena_printf(cli->arena, "nobody holds the lock of instance %s", name)
            : arena_printf(cli->arena,
                           "instance %s is locked: %s (the lock ends with that process: there is "
                           "nothing to clean by hand)",
                           name, holder));
    return EXIT_DONE;
}
