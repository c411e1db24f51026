#include "runtime/cli/commands.h"

#include "runtime/cli/interrupt.h"
#include "runtime/report/words.h"

enum { SHOWN_ROWS = 40, SHOWN_RUNS = 20 };

/* ---- cells ---- */

static ReportCell
text_cell(const char *value)
{
    return (ReportCell){.value = value};
}

static ReportCell
bool_cell(bool truth)
{
    return (ReportCell){.value = truth ? "true" : "false"};
}

/* A count; less than nothing is not known. */
static ReportCell
count_cell(Arena *arena, int64_t count)
{
    if (count < 0) {
        return (ReportCell){0};
    }
    Str shown = {0};
    words_append_count(&shown, count);
    return (ReportCell){.value = arena_printf(arena, "%lld", (long long)count),
                        .shown = str_take_in(&shown, arena)};
}

/* A figure that people read in other units: `append` puts it into words. */
static ReportCell
seconds_cell(Arena *arena, double seconds, void (*append)(Str *out, double seconds))
{
    if (!(seconds >= 0)) {
        return (ReportCell){0};
    }
    Str shown = {0};
    append(&shown, seconds);
    return (ReportCell){.value = arena_printf(arena, "%.6f", seconds),
                        .shown = str_take_in(&shown, arena)};
}

static ReportCell
bytes_cell(Arena *arena, int64_t size_bytes)
{
    if (size_bytes < 0) {
        return (ReportCell){0};
    }
    Str shown = {0};
    words_append_bytes(&shown, size_bytes);
    return (ReportCell){.value = arena_printf(arena, "%lld", (long long)size_bytes),
                        .shown = str_take_in(&shown, arena)};
}

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

int
command_run(Cli *cli)
{
    if (cli->options->dry_run) {
        return command_plan(cli);
    }
    CLEANUP(diags_freep) Diags *diags = diags_new();
    RunSummary summary;
    Error error = {0};
    interrupt_set_running(true);
    int status = run_execute(&cli->request, diags, &summary, &error);
    interrupt_set_running(false);
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
        cells[i] = text_cell(rows->cells[i]);
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

/* ---- status ---- */

static const ReportColumn status_columns[] = {
    {"table", "table", REPORT_TEXT},       {"kind", "kind", REPORT_TEXT},
    {"rows", "rows", REPORT_NUMBER},       {"bytes", "size", REPORT_NUMBER},
    {"age_seconds", "age", REPORT_NUMBER}, {"published", NULL, REPORT_BOOL},
    {"published_at", NULL, REPORT_TEXT},   {"made_at", NULL, REPORT_TEXT},
    {"place", NULL, REPORT_TEXT},          {"valid", NULL, REPORT_BOOL},
    {NULL, "state", REPORT_TEXT},          {"action", "next run", REPORT_TEXT},
    {"reason", "why", REPORT_TEXT},
};

static const char *
state_of_status(const RunStatusRow *row)
{
    return !row->is_published ? "not published" : row->is_valid ? "valid" : "due";
}

static void
fill_status(Arena *arena, const RunStatusRow *row, ReportCell *cells)
{
    const ReportCell filled[ARRAY_LENGTH(status_columns)] = {
        text_cell(arena_printf(arena, "%s.%s", row->stage, row->name)),
        text_cell(row->kind),
        count_cell(arena, row->rows),
        bytes_cell(arena, row->bytes),
        seconds_cell(arena, row->made_at != NULL ? row->age_seconds : -1, words_append_age),
        bool_cell(row->is_published),
        text_cell(row->published_at),
        text_cell(row->made_at),
        text_cell(row->place),
        bool_cell(row->is_valid),
        text_cell(state_of_status(row)),
        text_cell(plan_action_name(row->next)),
        text_cell(row->reason),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(filled); i++) {
        cells[i] = filled[i];
    }
}

int
command_status(Cli *cli)
{
    CLEANUP(diags_freep) Diags *diags = diags_new();
    RunStatusRow *rows = NULL;
    size_t n = 0;
    Error error = {0};
    int status = run_status(&cli->request, cli->arena, diags, &rows, &n, &error);
    int exit_code = cli_finish(cli, status, diags, &error);
    error_deinit(&error);
    if (exit_code != EXIT_DONE) {
        return exit_code;
    }
    const size_t n_columns = ARRAY_LENGTH(status_columns);
    ReportCell *cells = ARENA_ARRAY(cli->arena, ReportCell, n * n_columns + 1);
    for (size_t i = 0; i < n; i++) {
        fill_status(cli->arena, &rows[i], &cells[i * n_columns]);
    }
    report_table(cli->report, &(ReportTable){.event = "status",
                                             .columns = status_columns,
                                             .n_columns = n_columns,
                                             .cells = cells,
                                             .n_rows = n});
    return EXIT_DONE;
}

/* ---- history ---- */

static const ReportColumn history_columns[] = {
    {"run", "run", REPORT_TEXT},         {"flow", NULL, REPORT_TEXT},
    {"instance", NULL, REPORT_TEXT},     {"started", "started", REPORT_TEXT},
    {"ended", NULL, REPORT_TEXT},        {"seconds", "took", REPORT_NUMBER},
    {"state", "state", REPORT_TEXT},     {"built", "built", REPORT_NUMBER},
    {"copied", "copied", REPORT_NUMBER}, {"reused", "taken up", REPORT_NUMBER},
    {"renamed", NULL, REPORT_NUMBER},    {"altered", NULL, REPORT_NUMBER},
    {"dropped", NULL, REPORT_NUMBER},    {"kept", "valid", REPORT_NUMBER},
    {"failed", "failed", REPORT_NUMBER}, {"user", "user", REPORT_TEXT},
    {"host", "host", REPORT_TEXT},       {"message", "message", REPORT_TEXT},
};

static void
fill_history(Arena *arena, const RunHistoryRow *row, ReportCell *cells)
{
    const ReportCell filled[ARRAY_LENGTH(history_columns)] = {
        text_cell(row->run),
        text_cell(row->flow),
        text_cell(row->instance),
        text_cell(row->started),
        text_cell(row->ended),
        seconds_cell(arena, row->seconds, words_append_seconds),
        text_cell(row->state),
        count_cell(arena, (int64_t)row->built),
        count_cell(arena, (int64_t)row->copied),
        count_cell(arena, (int64_t)row->reused),
        count_cell(arena, (int64_t)row->renamed),
        count_cell(arena, (int64_t)row->altered),
        count_cell(arena, (int64_t)row->dropped),
        count_cell(arena, (int64_t)row->kept),
        count_cell(arena, (int64_t)row->failed),
        text_cell(row->user),
        text_cell(row->host),
        text_cell(row->message),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(filled); i++) {
        cells[i] = filled[i];
    }
}

int
command_history(Cli *cli)
{
    RunHistoryRow *rows = NULL;
    size_t n = 0;
    Error error = {0};
    int64_t limit = cli->options->limit;
    int status = run_history(&cli->request, limit >= 0 ? (size_t)limit : SHOWN_RUNS, cli->arena,
                             &rows, &n, &error);
    int exit_code = cli_finish(cli, status, NULL, &error);
    error_deinit(&error);
    if (exit_code != EXIT_DONE) {
        return exit_code;
    }
    const size_t n_columns = ARRAY_LENGTH(history_columns);
    ReportCell *cells = ARENA_ARRAY(cli->arena, ReportCell, n * n_columns + 1);
    for (size_t i = 0; i < n; i++) {
        fill_history(cli->arena, &rows[i], &cells[i * n_columns]);
    }
    ReportTable table = {.event = "history",
                         .columns = history_columns,
                         .n_columns = n_columns,
                         .cells = cells,
                         .n_rows = n};
    if (n == 0) {
        report_answer(cli->report, &table,
                      arena_printf(cli->arena, "instance %s was never run", cli->instance->name));
    } else {
        report_table(cli->report, &table);
    }
    return EXIT_DONE;
}

/* ---- config ---- */

static const ReportColumn config_columns[] = {
    {"key", "key", REPORT_TEXT},   {"value", "value", REPORT_TEXT}, {"file", NULL, REPORT_TEXT},
    {"line", NULL, REPORT_NUMBER}, {NULL, "from", REPORT_TEXT},
};

static void
fill_config(Arena *arena, const ConfigSetting *setting, ReportCell *cells)
{
    Span origin = setting->origin;
    const char *file = origin.file != NULL ? origin.file->path : NULL;
    const char *line =
        file != NULL ? arena_printf(arena, "%zu", source_line_of(origin.file, origin.start)) : NULL;
    cells[0] = text_cell(setting->key);
    cells[1] = text_cell(setting->value);
    cells[2] = text_cell(file);
    cells[3] = text_cell(line);
    cells[4] = text_cell(file != NULL ? arena_printf(arena, "%s:%s", file, line) : "default");
}

int
command_config(Cli *cli)
{
    const ConfigSetting *settings;
    const char *path = config_path(cli->config);
    size_t n = config_settings(cli->config, cli->instance, cli->arena, &settings);
    const size_t n_columns = ARRAY_LENGTH(config_columns);
    ReportCell *cells = ARENA_ARRAY(cli->arena, ReportCell, n * n_columns + 1);
    for (size_t i = 0; i < n; i++) {
        fill_config(cli->arena, &settings[i], &cells[i * n_columns]);
    }
    report_say(cli->report, "instance %s, configured %s%s", cli->instance->name,
               path != NULL ? "in " : "by default", path != NULL ? path : "");
    report_table(cli->report, &(ReportTable){.event = "config",
                                             .columns = config_columns,
                                             .n_columns = n_columns,
                                             .cells = cells,
                                             .n_rows = n});
    return EXIT_DONE;
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
    const ReportCell cells[] = {count_cell(cli->arena, (int64_t)cleaned.dropped),
                                count_cell(cli->arena, (int64_t)cleaned.busy)};
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
    const ReportCell cells[] = {text_cell(name), text_cell(holder)};
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
                           "the lock of instance %s is held by %s; it ends with that process, so "
                           "there is nothing to clean by hand",
                           name, holder));
    return EXIT_DONE;
}
