#include "runtime/compare/show.h"

#include "runtime/base/vec.h"
#include "runtime/report/json.h"
#include "runtime/report/words.h"

/* ---- sentences ---- */

static void
append_names(const CompareResult *result, Str *out)
{
    for (size_t i = 0; i < result->n_shown; i++) {
        str_append(out, i > 0 ? ", " : "");
        words_append_line(out, result->shown[i]->name);
    }
}

/** "raw.orders: mini (2 rows) against full (1,000 rows), by (id)" */
static void
append_head(const CompareResult *result, Str *out)
{
    words_append_line(out, result->table);
    str_append(out, ": ");
    words_append_line(out, result->here);
    str_append(out, " (");
    words_append_plural(out, result->counts.here, "row");
    str_append(out, ") against ");
    words_append_line(out, result->there);
    str_append(out, " (");
    words_append_plural(out, result->counts.there, "row");
    if (result->is_by_key) {
        str_append(out, "), by (");
        append_names(result, out);
        str_append(out, ")\n");
    } else {
        str_append(out, "), by whole rows: it has no key\n");
    }
}

static void
append_count(Str *out, int64_t count, const char *what, const char *instance)
{
    words_append_count(out, count);
    str_append(out, what);
    words_append_line(out, instance);
}

/** "2 equal, 0 different, 0 only in mini, 998 only in full" */
static void
append_counts(const CompareResult *result, Str *out)
{
    const CompareCounts *counts = &result->counts;
    append_count(out, counts->equal, " equal", "");
    if (result->is_by_key) {
        str_append(out, ", ");
        append_count(out, counts->changed, " different", "");
    }
    str_append(out, ", ");
    append_count(out, counts->only_here, " only in ", result->here);
    str_append(out, ", ");
    append_count(out, counts->only_there, " only in ", result->there);
    str_append_char(out, '\n');
}

static void
append_outcome(const CompareResult *result, Str *out)
{
    CLEANUP(str_deinit) Str here = {0};
    CLEANUP(str_deinit) Str there = {0};
    words_append_line(&here, result->here);
    words_append_line(&there, result->there);
    switch (compare_outcome(result)) {
    case COMPARE_EQUAL:
        str_append_format(out, "equal: %s and %s hold the same\n", str_text(&here),
                          str_text(&there));
        return;
    case COMPARE_SUBSET:
        str_append_format(out, "subset: all of %s is in %s, which has more rows\n", str_text(&here),
                          str_text(&there));
        return;
    case COMPARE_DIFFERENT:
        str_append_format(out, "different: %s and %s don't hold the same\n", str_text(&here),
                          str_text(&there));
        return;
    }
}

/* ---- columns ---- */

static bool
has_other_type(const CompareColumn *column)
{
    return column->here != NULL && column->there != NULL &&
           !text_equal(column->here->sql_type, column->there->sql_type);
}

static bool
is_worth_a_line(const CompareColumn *column)
{
    return column->state != COMPARE_COMPARED || has_other_type(column) || column->differ > 0 ||
           column->is_by_rule;
}

/** What is to be said beside the figures, or NULL. */
static const char *
note_of(const CompareResult *result, const CompareColumn *column, Arena *arena)
{
    switch (column->state) {
    case COMPARE_ONLY_HERE:
        return arena_printf(arena, "only in %s: %s", result->here, column->here->sql_type);
    case COMPARE_ONLY_THERE:
        return arena_printf(arena, "only in %s: %s", result->there, column->there->sql_type);
    case COMPARE_OTHER_TYPE:
    case COMPARE_COMPARED: break;
    }
    if (has_other_type(column)) {
        return arena_printf(arena, "%s in %s, %s in %s%s", column->here->sql_type, result->here,
                            column->there->sql_type, result->there,
                            column->state == COMPARE_OTHER_TYPE ? ": not compared" : "");
    }
    return !column->is_by_rule ? NULL
           : result->is_by_key ? "changed by the copy: makes no row different"
                               : "changed by the copy: left out";
}

/** What is shown instead of a hidden value is a text. */
static TypeJson
json_kind(const CompareColumn *column)
{
    return column->is_hidden ? TYPE_JSON_TEXT : type_json(column->here->type);
}

static ReportCell
number_cell(Arena *arena, int64_t number)
{
    Str shown = {0};
    if (number < 0) {
        return (ReportCell){.shown = ""};
    }
    words_append_count(&shown, number);
    return (ReportCell){.shown = str_take_in(&shown, arena)};
}

/** A text that is not there is nothing, not NULL. */
static ReportCell
text_cell(const char *text)
{
    return (ReportCell){.shown = text != NULL ? text : ""};
}

/* Then come the key, what both sides have, and the note. */
enum { COLUMN_NAME, COLUMN_DIFFER, COLUMN_FIRST_KEY };

/** The columns that have a line, and what there is to say of them. */
typedef struct Lines Lines;
struct Lines {
    VEC(const CompareColumn *) columns;
    bool has_examples;
    bool has_notes;
    size_t n_cells; /* in each */
};

static Lines
list_lines(const CompareResult *result, Arena *arena)
{
    Lines lines = {.n_cells = COLUMN_FIRST_KEY + result->n_shown + 3};
    for (size_t i = 0; i < result->n_columns; i++) {
        const CompareColumn *column = &result->columns[i];
        if (is_worth_a_line(column)) {
            vec_push_in(arena, &lines.columns, column);
            lines.has_examples = lines.has_examples || column->example != NULL;
            lines.has_notes = lines.has_notes || note_of(result, column, arena) != NULL;
        }
    }
    return lines;
}

static const ReportColumn *
heads_of_lines(const CompareResult *result, const Lines *lines, Arena *arena)
{
    size_t n = lines->n_cells;
    ReportColumn *heads = ARENA_ARRAY(arena, ReportColumn, n);
    heads[COLUMN_NAME] = (ReportColumn){.title = "column"};
    heads[COLUMN_DIFFER] = (ReportColumn){.title = result->is_by_key ? "rows that differ" : NULL,
                                          .kind = REPORT_NUMBER};
    for (size_t i = 0; i < result->n_shown && lines->has_examples; i++) {
        heads[COLUMN_FIRST_KEY + i].title =
            arena_printf(arena, i == 0 ? "such as %s" : "%s", result->shown[i]->name);
    }
    if (lines->has_examples) {
        heads[n - 3].title = result->here;
        heads[n - 2].title = result->there;
    }
    heads[n - 1].title = lines->has_notes ? "note" : NULL;
    return heads;
}

/** The example: its key, and what both sides have. */
static void
fill_example(const CompareResult *result, const CompareColumn *column, ReportCell *cells)
{
    const CompareExample *example = column->example;
    size_t n = result->n_shown;
    for (size_t i = 0; i < n + 2; i++) {
        cells[i] = example == NULL ? text_cell(NULL)
                   : i < n         ? (ReportCell){.value = example->key[i]}
                   : i == n        ? (ReportCell){.value = example->here}
                                   : (ReportCell){.value = example->there};
    }
}

static void
show_columns(const CompareResult *result, Arena *arena, Report *report)
{
    Lines lines = list_lines(result, arena);
    size_t n = lines.n_cells;
    if (lines.columns.n == 0) {
        return;
    }
    ReportCell *cells = ARENA_ARRAY(arena, ReportCell, n * lines.columns.n);
    for (size_t i = 0; i < lines.columns.n; i++) {
        const CompareColumn *column = lines.columns.items[i];
        ReportCell *line = &cells[i * n];
        line[COLUMN_NAME] = text_cell(column->name);
        line[COLUMN_DIFFER] = number_cell(arena, column->differ);
        fill_example(result, column, &line[COLUMN_FIRST_KEY]);
        line[n - 1] = text_cell(note_of(result, column, arena));
    }
    report_table(report, &(ReportTable){.columns = heads_of_lines(result, &lines, arena),
                                        .n_columns = n,
                                        .cells = cells,
                                        .n_rows = lines.columns.n,
                                        .null_text = "NULL",
                                        .footer = ""});
}

/* ---- rows of one side ---- */

/** "(the first 5 of 998 rows only in full)" */
static const char *
footer_of_rows(const CompareRows *rows, const char *instance, int64_t count, Arena *arena)
{
    Str text = {0};
    str_append(&text, "(");
    if (rows->is_cut) {
        str_append_format(&text, "the first %zu of ", rows->n_rows);
    }
    words_append_plural(&text, count, "row");
    str_append(&text, " only in ");
    words_append_line(&text, instance);
    str_append(&text, ")\n");
    return str_take_in(&text, arena);
}

static const ReportColumn *
heads_of_rows(const CompareResult *result, Arena *arena)
{
    static const ReportKind kinds[] = {[TYPE_JSON_BOOL] = REPORT_BOOL,
                                       [TYPE_JSON_NUMBER] = REPORT_NUMBER,
                                       [TYPE_JSON_TEXT] = REPORT_TEXT};
    size_t n = result->n_shown;
    ReportColumn *heads = ARENA_ARRAY(arena, ReportColumn, n + 2);
    for (size_t i = 0; i < n; i++) {
        const CompareColumn *column = result->shown[i];
        heads[i] = (ReportColumn){.title = column->name, .kind = kinds[json_kind(column)]};
    }
    if (!result->is_by_key) {
        heads[n] = (ReportColumn){.title = arena_printf(arena, "copies in %s", result->here),
                                  .kind = REPORT_NUMBER};
        heads[n + 1] = (ReportColumn){.title = arena_printf(arena, "in %s", result->there),
                                      .kind = REPORT_NUMBER};
    }
    return heads;
}

static void
show_rows(const CompareResult *result, const CompareRows *rows, const char *footer, Arena *arena,
          Report *report)
{
    size_t n = result->n_shown + 2;
    ReportCell *cells = ARENA_ARRAY(arena, ReportCell, n * rows->n_rows + 1);
    for (size_t i = 0; i < rows->n_rows; i++) {
        const CompareRow *row = &rows->rows[i];
        for (size_t k = 0; k < result->n_shown; k++) {
            cells[i * n + k] = (ReportCell){.value = row->cells[k]};
        }
        cells[i * n + n - 2] = number_cell(arena, row->here);
        cells[i * n + n - 1] = number_cell(arena, row->there);
    }
    if (rows->n_rows > 0) {
        report_table(report, &(ReportTable){.columns = heads_of_rows(result, arena),
                                            .n_columns = n,
                                            .cells = cells,
                                            .n_rows = rows->n_rows,
                                            .null_text = "NULL",
                                            .footer = footer});
    }
}

void
compare_show(const CompareResult *result, Arena *arena, Report *report)
{
    CLEANUP(str_deinit) Str text = {0};
    append_head(result, &text);
    append_counts(result, &text);
    str_append_char(&text, '\n');
    report_answer_text(report, &text);
    show_columns(result, arena, report);
    show_rows(result, &result->only_here,
              footer_of_rows(&result->only_here, result->here, result->counts.only_here, arena),
              arena, report);
    show_rows(result, &result->only_there,
              footer_of_rows(&result->only_there, result->there, result->counts.only_there, arena),
              arena, report);
    str_clear(&text);
    append_outcome(result, &text);
    report_answer_text(report, &text);
}

/* ---- JSON ---- */

static void
json_cell(JsonLine *line, const char *key, const CompareColumn *column, const char *cell)
{
    switch (json_kind(column)) {
    case TYPE_JSON_BOOL:
        if (cell != NULL) {
            json_bool(line, key, text_equal(cell, "true"));
            return;
        }
        json_text(line, key, NULL);
        return;
    case TYPE_JSON_NUMBER: json_number(line, key, cell); return;
    case TYPE_JSON_TEXT: json_text(line, key, cell); return;
    }
}

static void
json_cells(JsonLine *line, const char *key, const CompareResult *result, const char *const *cells)
{
    json_open(line, key);
    for (size_t i = 0; i < result->n_shown; i++) {
        json_cell(line, result->shown[i]->name, result->shown[i], cells[i]);
    }
    json_close(line);
}

static void
json_example(JsonLine *line, const CompareResult *result, const CompareColumn *column)
{
    const CompareExample *example = column->example;
    if (example == NULL) {
        json_text(line, "example", NULL);
        return;
    }
    json_open(line, "example");
    json_cells(line, "key", result, example->key);
    json_cell(line, "here", column, example->here);
    json_cell(line, "there", column, example->there);
    json_close(line);
}

static void
json_column(JsonLine *line, const CompareResult *result, const CompareColumn *column)
{
    static const char *const states[] = {[COMPARE_COMPARED] = "compared",
                                         [COMPARE_OTHER_TYPE] = "other_type",
                                         [COMPARE_ONLY_HERE] = "only_here",
                                         [COMPARE_ONLY_THERE] = "only_there"};
    json_begin(line, "diff_column");
    json_text(line, "table", result->table);
    json_text(line, "column", column->name);
    json_text(line, "state", states[column->state]);
    json_bool(line, "key", column->is_key);
    json_text(line, "here_type", column->here != NULL ? column->here->sql_type : NULL);
    json_text(line, "there_type", column->there != NULL ? column->there->sql_type : NULL);
    json_known_count(line, "differ", column->differ);
    json_bool(line, "masked", column->is_hidden);
    json_bool(line, "changed_by_copy", column->is_by_rule);
    json_example(line, result, column);
}

static void
json_rows(JsonLine *line, const CompareResult *result, const CompareRows *rows, const char *side,
          Str *out)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        json_begin(line, "diff_row");
        json_text(line, "table", result->table);
        json_text(line, "side", side);
        json_int(line, "here", rows->rows[i].here);
        json_int(line, "there", rows->rows[i].there);
        json_cells(line, result->is_by_key ? "key" : "row", result, rows->rows[i].cells);
        str_append(out, json_end(line));
    }
}

static void
json_summary(JsonLine *line, const CompareResult *result)
{
    static const char *const states[] = {
        [COMPARE_EQUAL] = "equal", [COMPARE_SUBSET] = "subset", [COMPARE_DIFFERENT] = "different"};
    const CompareCounts *counts = &result->counts;
    json_begin(line, "diff");
    json_text(line, "table", result->table);
    json_text(line, "state", states[compare_outcome(result)]);
    json_text(line, "instance", result->here);
    json_text(line, "against", result->there);
    json_bool(line, "by_key", result->is_by_key);
    json_int(line, "here", counts->here);
    json_int(line, "there", counts->there);
    json_int(line, "equal", counts->equal);
    json_int(line, "changed", counts->changed);
    json_int(line, "only_here", counts->only_here);
    json_int(line, "only_there", counts->only_there);
}

void
compare_append_json(const CompareResult *result, Str *out)
{
    JsonLine line = {0};
    for (size_t i = 0; i < result->n_columns; i++) {
        json_column(&line, result, &result->columns[i]);
        str_append(out, json_end(&line));
    }
    json_rows(&line, result, &result->only_here, "here", out);
    json_rows(&line, result, &result->only_there, "there", out);
    json_summary(&line, result);
    str_append(out, json_end(&line));
    json_line_deinit(&line);
}
