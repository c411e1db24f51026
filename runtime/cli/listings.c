/* What lists something of an instance: status, history, config. */

#include "runtime/cli/cells.h"
#include "runtime/cli/commands.h"
#include "runtime/report/words.h"

#include <string.h>

/* Each list of columns has a row `COLUMN(key, title, kind, cell)`: what `--json` calls it (NULL:
 * not there), what people see above it (NULL: not at all), and its cell, out of `row`. */
#define COLUMN_OF(key, title, kind, cell) {key, title, REPORT_##kind},
#define CELL_OF(key, title, kind, cell)   cell,

/* ---- status ---- */

#define STATUS_COLUMNS(COLUMN)                                                                     \
    COLUMN("table", "table", TEXT, cell_text(arena_printf(arena, "%s.%s", row->stage, row->name))) \
    COLUMN("kind", "kind", TEXT, cell_text(row->kind))                                             \
    COLUMN("rows", "rows", NUMBER, cell_count(arena, row->rows))                                   \
    COLUMN("bytes", "size", NUMBER, cell_bytes(arena, row->bytes))                                 \
    COLUMN("age_seconds", "age", NUMBER,                                                           \
           cell_seconds(arena, row->made_at != NULL ? row->age_seconds : -1, words_append_age))    \
    COLUMN("published", NULL, BOOL, cell_bool(row->is_published))                                  \
    COLUMN("published_at", NULL, TEXT, cell_text(row->published_at))                               \
    COLUMN("made_at", NULL, TEXT, cell_text(row->made_at))                                         \
    COLUMN("place", NULL, TEXT, cell_text(row->place))                                             \
    COLUMN("valid", NULL, BOOL, cell_bool(row->is_valid))                                          \
    COLUMN(NULL, "state", TEXT, cell_text(state_of_status(row)))                                   \
    COLUMN("action", "next run", TEXT, cell_text(plan_action_name(row->next)))                     \
    COLUMN("reason", "why", TEXT, cell_text(row->reason))

static const ReportColumn status_columns[] = {STATUS_COLUMNS(COLUMN_OF)};

static const char *
state_of_status(const RunStatusRow *row)
{
    return !row->is_published ? "not published" : row->is_valid ? "valid" : "due";
}

static void
fill_status(Arena *arena, const RunStatusRow *row, ReportCell *cells)
{
    const ReportCell filled[] = {STATUS_COLUMNS(CELL_OF)};
    memcpy(cells, filled, sizeof(filled));
}

int
command_status(Cli *cli)
{
    enum { N_COLUMNS = ARRAY_LENGTH(status_columns) };
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
    ReportCell *cells = ARENA_ARRAY(cli->arena, ReportCell, n * N_COLUMNS + 1);
    for (size_t i = 0; i < n; i++) {
        fill_status(cli->arena, &rows[i], &cells[i * N_COLUMNS]);
    }
    report_table(cli->report, &(ReportTable){.event = "status",
                                             .columns = status_columns,
                                             .n_columns = N_COLUMNS,
                                             .cells = cells,
                                             .n_rows = n});
    return EXIT_DONE;
}

/* ---- history ---- */

enum { SHOWN_RUNS = 20 };

#define HISTORY_COLUMNS(COLUMN)                                                                    \
    COLUMN("run", NULL, TEXT, cell_text(row->run))                                                 \
    COLUMN("flow", NULL, TEXT, cell_text(row->flow))                                               \
    COLUMN("instance", NULL, TEXT, cell_text(row->instance))                                       \
    COLUMN("started", "started (UTC)", TEXT, cell_time(arena, row->started))                       \
    COLUMN("ended", NULL, TEXT, cell_text(row->ended))                                             \
    COLUMN("seconds", "took", NUMBER, cell_seconds(arena, row->seconds, words_append_seconds))     \
    COLUMN("state", "state", TEXT, cell_text(row->state))                                          \
    COLUMN("built", "built", NUMBER, cell_count(arena, (int64_t)row->built))                       \
    COLUMN("copied", "copied", NUMBER, cell_count(arena, (int64_t)row->copied))                    \
    COLUMN("reused", "taken up", NUMBER, cell_count(arena, (int64_t)row->reused))                  \
    COLUMN("renamed", NULL, NUMBER, cell_count(arena, (int64_t)row->renamed))                      \
    COLUMN("altered", NULL, NUMBER, cell_count(arena, (int64_t)row->altered))                      \
    COLUMN("dropped", NULL, NUMBER, cell_count(arena, (int64_t)row->dropped))                      \
    COLUMN("kept", "still valid", NUMBER, cell_count(arena, (int64_t)row->kept))                   \
    COLUMN("failed", "failed", NUMBER, cell_count(arena, (int64_t)row->failed))                    \
    COLUMN("user", NULL, TEXT, cell_text(row->user))                                               \
    COLUMN("host", NULL, TEXT, cell_text(row->host))                                               \
    COLUMN(NULL, "by", TEXT, cell_text(who_ran(arena, row)))                                       \
    COLUMN("message", "message", TEXT, cell_text(row->message))

static const ReportColumn history_columns[] = {HISTORY_COLUMNS(COLUMN_OF)};

static const char *
who_ran(Arena *arena, const RunHistoryRow *row)
{
    return arena_printf(arena, "%s@%s", row->user != NULL ? row->user : "?",
                        row->host != NULL ? row->host : "?");
}

static void
fill_history(Arena *arena, const RunHistoryRow *row, ReportCell *cells)
{
    const ReportCell filled[] = {HISTORY_COLUMNS(CELL_OF)};
    memcpy(cells, filled, sizeof(filled));
}

static void
show_history(Cli *cli, const RunHistoryRow *rows, size_t n)
{
    enum { N_COLUMNS = ARRAY_LENGTH(history_columns) };
    ReportCell *cells = ARENA_ARRAY(cli->arena, ReportCell, n * N_COLUMNS + 1);
    for (size_t i = 0; i < n; i++) {
        fill_history(cli->arena, &rows[i], &cells[i * N_COLUMNS]);
    }
    ReportTable table = {.event = "history",
                         .columns = history_columns,
                         .n_columns = N_COLUMNS,
                         .cells = cells,
                         .n_rows = n};
    if (n == 0) {
        report_answer(cli->report, &table,
                      arena_printf(cli->arena, "instance %s was never run", cli->instance->name));
    } else {
        report_table(cli->report, &table);
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
    if (exit_code == EXIT_DONE) {
        show_history(cli, rows, n);
    }
    return exit_code;
}

/* ---- config ---- */

#define CONFIG_COLUMNS(COLUMN)                                                                     \
    COLUMN("key", "key", TEXT, cell_text(row->key))                                                \
    COLUMN("value", "value", TEXT, cell_text(row->value))                                          \
    COLUMN("file", NULL, TEXT, cell_text(file))                                                    \
    COLUMN("line", NULL, NUMBER, cell_text(line))                                                  \
    COLUMN(NULL, "from", TEXT,                                                                     \
           cell_text(file != NULL ? arena_printf(arena, "%s:%s", file, line) : "default"))

static const ReportColumn config_columns[] = {CONFIG_COLUMNS(COLUMN_OF)};

static void
fill_config(Arena *arena, const ConfigSetting *row, ReportCell *cells)
{
    Span origin = row->origin;
    const char *file = origin.file != NULL ? origin.file->path : NULL;
    const char *line =
        file != NULL ? arena_printf(arena, "%zu", source_line_of(origin.file, origin.start)) : NULL;
    const ReportCell filled[] = {CONFIG_COLUMNS(CELL_OF)};
    memcpy(cells, filled, sizeof(filled));
}

int
command_config(Cli *cli)
{
    enum { N_COLUMNS = ARRAY_LENGTH(config_columns) };
    const ConfigSetting *settings;
    const char *path = config_path(cli->config);
    size_t n = config_settings(cli->config, cli->instance, cli->arena, &settings);
    ReportCell *cells = ARENA_ARRAY(cli->arena, ReportCell, n * N_COLUMNS + 1);
    for (size_t i = 0; i < n; i++) {
        fill_config(cli->arena, &settings[i], &cells[i * N_COLUMNS]);
    }
    report_say(cli->report, "instance %s, configured %s%s", cli->instance->name,
               path != NULL ? "in " : "by default", path != NULL ? path : "");
    report_table(cli->report, &(ReportTable){.event = "config",
                                             .columns = config_columns,
                                             .n_columns = N_COLUMNS,
                                             .cells = cells,
                                             .n_rows = n});
    return EXIT_DONE;
}
