/* ./flow estimate: figures, and how far off they may be. */

#include "runtime/cli/cells.h"
#include "runtime/cli/commands.h"
#include "runtime/report/words.h"

#include <math.h>

enum { LONGEST_FRACTION = 6 }; /* digits behind the point */

/** The answer as a table. */
typedef struct Answer Answer;
struct Answer {
    Arena *arena;
    const Estimate *estimate;
    VEC(ReportColumn) columns;
    VEC(ReportCell) cells;
    bool has_few;
    bool has_mixed;
};

static const char *const margins[] = {[ESTIMATE_EXACT] = "exact",
                                      [ESTIMATE_INTERVAL] = "interval",
                                      [ESTIMATE_FEW] = "few",
                                      [ESTIMATE_MIXED] = "mixed"};

static ReportKind
kind_of(PdcType type)
{
    static const ReportKind kinds[] = {[TYPE_JSON_BOOL] = REPORT_BOOL,
                                       [TYPE_JSON_NUMBER] = REPORT_NUMBER,
                                       [TYPE_JSON_TEXT] = REPORT_TEXT};
    return kinds[type_json(type)];
}

static void
add_column(Answer *answer, const char *key, const char *title, ReportKind kind)
{
    ReportColumn column = {key, title, kind};
    vec_push_in(answer->arena, &answer->columns, column);
}

static void
add_figure_columns(Answer *answer, const char *name)
{
    add_column(answer, name, name, REPORT_NUMBER);
    add_column(answer, arena_printf(answer->arena, "%s_low", name), NULL, REPORT_NUMBER);
    add_column(answer, arena_printf(answer->arena, "%s_high", name), NULL, REPORT_NUMBER);
    add_column(answer, arena_printf(answer->arena, "%s_units", name), NULL, REPORT_NUMBER);
    add_column(answer, arena_printf(answer->arena, "%s_margin", name), NULL, REPORT_TEXT);
    add_column(answer, NULL, "95 % interval", REPORT_TEXT);
}

static void
add_columns(Answer *answer)
{
    const Estimate *estimate = answer->estimate;
    for (size_t i = 0; i < estimate->n_items; i++) {
        const EstimateItem *item = &estimate->items[i];
        if (item->kind == ESTIMATE_GROUP || estimate->weights_of == NULL) {
            add_column(answer, item->name, item->name, kind_of(estimate->types[i]));
        } else {
            add_figure_columns(answer, item->name);
        }
    }
}

static void
add_cell(Answer *answer, const char *value, const char *shown)
{
    ReportCell cell = {value, shown};
    vec_push_in(answer->arena, &answer->cells, cell);
}

/** As many digits behind the point as the margin leaves a meaning: two of its own. */
static int
digits_for(const EstimateCell *cell)
{
    double half = (cell->high - cell->low) / 2;
    if (cell->margin != ESTIMATE_INTERVAL || !(half > 0)) {
        return cell->value == floor(cell->value) ? 0 : 2;
    }
    double digits = 1 - floor(log10(half));
    return digits < 0 ? 0 : digits > LONGEST_FRACTION ? LONGEST_FRACTION : (int)digits;
}

static const char *
words_of_margin(Answer *answer, const EstimateCell *cell, int digits)
{
    switch (cell->margin) {
    case ESTIMATE_EXACT: return "exact";
    case ESTIMATE_MIXED: answer->has_mixed = true; return "two samples";
    case ESTIMATE_FEW:
        answer->has_few = true;
        return arena_printf(answer->arena, "too few (%lld)", (long long)cell->n_units);
    case ESTIMATE_INTERVAL:
        return arena_printf(answer->arena, "%.*f to %.*f", digits, cell->low, digits, cell->high);
    }
    return "";
}

static void
add_figure(Answer *answer, const EstimateCell *cell)
{
    Arena *arena = answer->arena;
    int digits = digits_for(cell);
    bool bounded = cell->margin == ESTIMATE_INTERVAL;
    add_cell(answer, cell->is_number ? arena_printf(arena, "%.17g", cell->value) : NULL,
             cell->is_number ? arena_printf(arena, "%.*f", digits, cell->value) : NULL);
    add_cell(answer, bounded ? arena_printf(arena, "%.17g", cell->low) : NULL, NULL);
    add_cell(answer, bounded ? arena_printf(arena, "%.17g", cell->high) : NULL, NULL);
    add_cell(answer, arena_printf(arena, "%lld", (long long)cell->n_units), NULL);
    add_cell(answer, margins[cell->margin], NULL);
    add_cell(answer, words_of_margin(answer, cell, digits), NULL);
}

static void
add_cells(Answer *answer)
{
    const Estimate *estimate = answer->estimate;
    for (size_t i = 0; i < estimate->n_rows * estimate->n_items; i++) {
        const EstimateItem *item = &estimate->items[i % estimate->n_items];
        if (item->kind == ESTIMATE_GROUP || estimate->weights_of == NULL) {
            add_cell(answer, estimate->cells[i].text, NULL);
        } else {
            add_figure(answer, &estimate->cells[i]);
        }
    }
}

static const char *
footer_of(const Answer *answer)
{
    const char *weights_of = answer->estimate->weights_of;
    Str text = {0};
    if (weights_of == NULL) {
        return "(exact: nothing was left out)";
    }
    str_append_format(&text, "(weights of %s", weights_of);
    if (answer->has_few) {
        str_append_format(&text,
                          "; no interval where fewer than %d sampled units stand behind a figure",
                          (int)ESTIMATE_LEAST_UNITS);
    }
    if (answer->has_mixed) {
        str_append(&text, "; no interval where rows hang on two samples at once");
    }
    str_append_char(&text, ')');
    return str_take_in(&text, answer->arena);
}

static void
show(Cli *cli, const Estimate *estimate)
{
    Answer answer = {.arena = cli->arena, .estimate = estimate};
    add_columns(&answer);
    add_cells(&answer);
    report_table(cli->report, &(ReportTable){.event = "estimate",
                                             .columns = answer.columns.items,
                                             .n_columns = answer.columns.n,
                                             .cells = answer.cells.items,
                                             .n_rows = estimate->n_rows,
                                             .null_text = "NULL",
                                             .footer = footer_of(&answer)});
}

/* ---- the question ---- */

/** SQL says all by itself. */
static int
check_words(const Options *options, Error *reterr)
{
    bool any = options->sums.texts.n > 0 || options->avgs.texts.n > 0 || options->count ||
               options->by.texts.n > 0 || options->where != NULL;
    if (!any) {
        return 0;
    }
    error_set(reterr, ERROR_USAGE,
              "--sum, --avg, --count, --by and --where go with the name of a table");
    error_set_hint(reterr, "the query says all of that by itself");
    return -1;
}

static int
read_question(const Cli *cli, EstimateQuery *query, Error *reterr)
{
    const Options *options = cli->options;
    if (estimate_is_sql(options->argument)) {
        return check_words(options, reterr) < 0
                   ? -1
                   : estimate_query_read(options->argument, cli->arena, query, reterr);
    }
    EstimateWords words = {.table = options->argument,
                           .count = options->count,
                           .sums = options->sums.texts.items,
                           .n_sums = options->sums.texts.n,
                           .avgs = options->avgs.texts.items,
                           .n_avgs = options->avgs.texts.n,
                           .by = options->by.texts.items,
                           .n_by = options->by.texts.n,
                           .where = options->where};
    return estimate_query_of_words(&words, cli->arena, query, reterr);
}

int
command_estimate(Cli *cli)
{
    CLEANUP(diags_freep) Diags *diags = diags_new();
    EstimateQuery query = {0};
    Estimate estimate = {0};
    Error error = {0};
    int status = read_question(cli, &query, &error);
    if (status == 0) {
        RunQuestion question = {.query = &query, .weights = cli->options->weights};
        status = run_estimate(&cli->request, &question, cli->arena, diags, &estimate, &error);
    }
    int exit_code = cli_finish(cli, status, diags, &error);
    if (exit_code == EXIT_DONE) {
        show(cli, &estimate);
    }
    error_deinit(&error);
    return exit_code;
}
