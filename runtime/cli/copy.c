/* ./flow copy: what a copy would bring, and why it brings a row. */

#include "runtime/run/copy.h"

#include "runtime/cli/cells.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/interrupt.h"
#include "runtime/report/words.h"

#include <string.h>

/* Lists of columns as in listings.c. */
#define COLUMN_OF(key, title, kind, cell) {key, title, REPORT_##kind},
#define CELL_OF(key, title, kind, cell)   cell,

/* ---- --plan ---- */

#define SHARE(id, key, words)                                                                      \
    COLUMN_OF(key, NULL, NUMBER, ) /* how many rows each kind of rule brings is for programs */
#define PLAN_COLUMNS(COLUMN)                                                                       \
    COLUMN("table", "table", TEXT, cell_text(arena_printf(arena, "%s.%s", row->stage, row->name))) \
    COLUMN("action", "next run", TEXT, cell_text(plan_action_name(row->action)))                   \
    COLUMN("settled", NULL, BOOL, cell_bool(row->settled))                                         \
    COLUMN("rows", "rows", NUMBER, cell_count(arena, row->preview.rows))                           \
    COLUMN("source_rows", "of", NUMBER, cell_count(arena, row->preview.source_rows))               \
    COLUMN("bytes", "size", NUMBER, cell_bytes(arena, row->preview.bytes))                         \
    COLUMN("source_bytes", "of", NUMBER, cell_bytes(arena, row->preview.source_bytes))             \
    COLUMN(NULL, "which", TEXT, cell_text(shares_in_words(arena, row)))                            \
    COLUMN("rules", NULL, TEXT, cell_text(row->rules))                                             \
    COLUMN("reason", "why", TEXT, cell_text(row->reason))

static const ReportColumn plan_columns[] = {PLAN_COLUMNS(COLUMN_OF)
#include "runtime/copy/shares.def"
};
#undef SHARE

/* `49 picked, 4 closed over`. */
static const char *
shares_in_words(Arena *arena, const RunCopyRow *row)
{
    Str text = {0};
    for (size_t i = 0; i < COPY_N_SHARES; i++) {
        if (row->preview.shares[i] > 0) {
            str_append(&text, text.length > 0 ? ", " : "");
            words_append_count(&text, row->preview.shares[i]);
            str_append_format(&text, " %s", copy_share_words((CopyShare)i));
        }
    }
    return row->is_counted && text.length == 0 ? "none" : str_take_in(&text, arena);
}

static void
fill_plan(Arena *arena, const RunCopyRow *row, ReportCell *cells)
{
    const ReportCell filled[] = {PLAN_COLUMNS(CELL_OF)};
    memcpy(cells, filled, sizeof(filled));
    for (size_t i = 0; i < COPY_N_SHARES; i++) {
        cells[ARRAY_LENGTH(filled) + i] =
            cell_count(arena, row->is_counted ? row->preview.shares[i] : -1);
    }
}

static int64_t
sum_or_unknown(int64_t sum, int64_t more)
{
    return sum < 0 || more < 0 ? -1 : sum + more;
}

/* What all of it comes to, and how it was found. */
static const char *
footer_of_plan(Arena *arena, const RunCopyPlan *plan)
{
    Str text = {0};
    size_t n_due = 0;
    int64_t rows = 0;
    int64_t bytes = 0;
    for (size_t i = 0; i < plan->n; i++) {
        const RunCopyRow *row = &plan->rows[i];
        n_due += row->is_counted ? 1 : 0;
        rows = row->is_counted ? sum_or_unknown(rows, row->preview.rows) : rows;
        bytes = row->is_counted ? sum_or_unknown(bytes, row->preview.bytes) : bytes;
    }
    if (n_due == 0) {
        return "nothing is to be copied";
    }
    words_append_plural(&text, rows, "row");
    str_append(&text, " of ");
    words_append_plural(&text, (int64_t)n_due, "table");
    str_append_format(&text, " would come from instance %s", plan->source);
    if (bytes >= 0) {
        str_append(&text, ", about ");
        words_append_bytes(&text, bytes);
    }
    str_append(&text, " (rows are counted, sizes estimated)");
    return str_take_in(&text, arena);
}

static void
show_plan(Cli *cli, const RunCopyPlan *plan)
{
    enum { N_COLUMNS = ARRAY_LENGTH(plan_columns) };
    ReportCell *cells = ARENA_ARRAY(cli->arena, ReportCell, plan->n * N_COLUMNS + 1);
    for (size_t i = 0; i < plan->n; i++) {
        fill_plan(cli->arena, &plan->rows[i], &cells[i * N_COLUMNS]);
    }
    ReportTable table = {.event = "copy_plan",
                         .columns = plan_columns,
                         .n_columns = N_COLUMNS,
                         .cells = cells,
                         .n_rows = plan->n,
                         .null_text = "",
                         .footer = footer_of_plan(cli->arena, plan)};
    if (plan->source == NULL || plan->n == 0) {
        report_answer(
            cli->report, &table,
            arena_printf(cli->arena, "nothing is copied into instance %s", cli->instance->name));
    } else {
        report_table(cli->report, &table);
    }
}

static int
tell_plan(Cli *cli)
{
    CLEANUP(diags_freep) Diags *diags = diags_new();
    RunCopyPlan plan;
    Error error = {0};
    interrupt_set_running(true);
    int status = run_copy_plan(&cli->request, cli->arena, diags, &plan, &error);
    interrupt_set_running(false);
    int exit_code = cli_finish(cli, status, diags, &error);
    error_deinit(&error);
    if (exit_code == EXIT_DONE) {
        show_plan(cli, &plan);
    }
    return exit_code;
}

/* ---- --explain-row ---- */

#define ROW_COLUMNS(COLUMN)                                                                        \
    COLUMN("table", NULL, TEXT, cell_text(row->table))                                             \
    COLUMN("key", NULL, TEXT, cell_text(row->found.key))                                           \
    COLUMN("source", NULL, TEXT, cell_text(row->source))                                           \
    COLUMN("copied", NULL, BOOL, cell_bool(row->found.is_kept))                                    \
    COLUMN("by", NULL, TEXT, cell_text(row->found.by))                                             \
    COLUMN("due", NULL, BOOL, cell_bool(row->is_due))                                              \
    COLUMN("reason", NULL, TEXT, cell_text(row->reason))
#define RULE_COLUMNS(COLUMN)                                                                       \
    COLUMN("table", NULL, TEXT, cell_text(row->table))                                             \
    COLUMN("rule", "rule", TEXT, cell_text(one->rule))                                             \
    COLUMN("holds", NULL, BOOL, cell_bool(one->holds))                                             \
    COLUMN(NULL, "", TEXT, cell_text(one->holds ? "yes" : "no"))                                   \
    COLUMN("why", "why", TEXT, cell_text(one->why))

static const ReportColumn row_columns[] = {ROW_COLUMNS(COLUMN_OF)};
static const ReportColumn rule_columns[] = {RULE_COLUMNS(COLUMN_OF)};

static const char *
verdict(const Cli *cli, const RunExplained *row)
{
    const CopyExplanation *found = &row->found;
    const char *due =
        row->is_due ? arena_printf(cli->arena, " (a copy is due: %s)", row->reason) : "";
    return found->is_kept
               ? arena_printf(cli->arena, "%s %s comes with a copy from instance %s: %s%s",
                              row->table, found->key, row->source, found->by, due)
               : arena_printf(cli->arena, "%s %s doesn't come with a copy from instance %s%s",
                              row->table, found->key, row->source, due);
}

static void
show_explained(Cli *cli, const RunExplained *row)
{
    enum { N_COLUMNS = ARRAY_LENGTH(rule_columns) };
    const ReportCell cells[] = {ROW_COLUMNS(CELL_OF)};
    size_t n = row->found.n;
    ReportCell *rules = ARENA_ARRAY(cli->arena, ReportCell, n * N_COLUMNS + 1);
    for (size_t i = 0; i < n; i++) {
        const CopyAnswer *one = &row->found.answers[i];
        const ReportCell filled[] = {RULE_COLUMNS(CELL_OF)};
        memcpy(&rules[i * N_COLUMNS], filled, sizeof(filled));
    }
    report_answer(cli->report,
                  &(ReportTable){.event = "explain_row",
                                 .columns = row_columns,
                                 .n_columns = ARRAY_LENGTH(row_columns),
                                 .cells = cells,
                                 .n_rows = 1},
                  verdict(cli, row));
    report_table(cli->report, &(ReportTable){.event = "explain_rule",
                                             .columns = rule_columns,
                                             .n_columns = N_COLUMNS,
                                             .cells = rules,
                                             .n_rows = n});
}

static int
tell_row(Cli *cli)
{
    const Options *options = cli->options;
    CLEANUP(diags_freep) Diags *diags = diags_new();
    RunExplained explained;
    Error error = {0};
    interrupt_set_running(true);
    int status = run_copy_explain(&cli->request, options->explain_row, options->argument,
                                  cli->arena, diags, &explained, &error);
    interrupt_set_running(false);
    int exit_code = cli_finish(cli, status, diags, &error);
    error_deinit(&error);
    if (exit_code == EXIT_DONE) {
        show_explained(cli, &explained);
    }
    return exit_code;
}

int
command_copy(Cli *cli)
{
    return cli->options->copy_plan ? tell_plan(cli) : tell_row(cli);
}
