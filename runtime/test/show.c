#include "runtime/test/show.h"

#include "runtime/base/utf8.h"
#include "runtime/report/json.h"
#include "runtime/report/words.h"

#include <string.h>

/* ---- a failure in words ---- */

static void
append_part(Str *out, size_t n, const char *singular, const char *plural, bool *is_first)
{
    if (n > 0) {
        str_append_format(out, "%s%zu %s", *is_first ? "" : ", ", n, n == 1 ? singular : plural);
        *is_first = false;
    }
}

/** "marts.revenue: 1 row differs, 2 are missing (3 expected, 1 found)" */
static void
append_headline(const TestFailure *failure, Str *out)
{
    bool is_first = true;
    switch (failure->kind) {
    case TEST_ROWS_DIFFER:
        str_append_format(out, "%s: ", failure->table);
        append_part(out, failure->diff.n_changed, "row differs", "rows differ", &is_first);
        append_part(out, failure->diff.n_missing, "row is missing", "rows are missing", &is_first);
        append_part(out, failure->diff.n_unexpected, "row is unexpected", "rows are unexpected",
                    &is_first);
        str_append_format(out, " (%zu expected, %zu found)", failure->n_expected, failure->n_found);
        return;
    case TEST_ERROR: str_append(out, failure->error->message); return;
    case TEST_MESSAGES: str_append(out, "the flow has errors with the attrs of this test"); return;
    case TEST_NO_ERROR:
        str_append_format(out, "an error like `%s` was expected, and there was none",
                          failure->pattern);
        return;
    case TEST_ANOTHER_ERROR:
        str_append_format(out, "an error like `%s` was expected, and there was another one: %s",
                          failure->pattern, failure->error->message);
        return;
    }
}

/* ---- rows for people ---- */

typedef struct Grid Grid;
struct Grid {
    const TestFailure *failure;
    size_t *widths;
    Str cell;
};

enum { MOST_CELL_COLUMNS = 60 };

static size_t
take_cell(Grid *grid, const char *text)
{
    str_clear(&grid->cell);
    words_append_line(&grid->cell, text != NULL ? text : "NULL");
    size_t width = utf8_width(str_text(&grid->cell), grid->cell.length);
    return width < MOST_CELL_COLUMNS ? width : MOST_CELL_COLUMNS;
}

static void
widen(Grid *grid, size_t column, const char *text)
{
    size_t width = take_cell(grid, text);
    grid->widths[column] = grid->widths[column] > width ? grid->widths[column] : width;
}

static size_t
shown_changes(const TestFailure *failure)
{
    return failure->diff.n_changes < TEST_SHOWN_ROWS ? failure->diff.n_changes : TEST_SHOWN_ROWS;
}

static void
measure(Grid *grid)
{
    const TestFailure *failure = grid->failure;
    for (size_t i = 0; i < failure->n_columns; i++) {
        widen(grid, i, failure->columns[i]);
        for (size_t k = 0; k < shown_changes(failure); k++) {
            const RowsChange *change = &failure->diff.changes[k];
            if (change->expected != NULL) {
                widen(grid, i, change->expected[i]);
            }
            if (change->found != NULL) {
                widen(grid, i, change->found[i]);
            }
        }
    }
}

static void
end_line(Str *out)
{
    size_t length = out->length;
    while (length > 0 && str_text(out)[length - 1] == ' ') {
        length--;
    }
    str_truncate(out, length);
    str_append_char(out, '\n');
}

static void
append_row(Grid *grid, const char *sign, const char *const *cells, const char *color, Str *out)
{
    str_append_format(out, "    %s%s ", color, sign);
    for (size_t i = 0; i < grid->failure->n_columns; i++) {
        (void)take_cell(grid, cells[i]);
        size_t start = out->length;
        words_append_clipped(out, str_text(&grid->cell), MOST_CELL_COLUMNS);
        words_pad(out, start, grid->widths[i]);
        str_append(out, i + 1 < grid->failure->n_columns ? " | " : "");
    }
    if (*color != '\0') {
        str_append(out, "\x1b[0m");
    }
    end_line(out);
}

/** Below a pair: which cells are different. */
static void
append_marks(const Grid *grid, const RowsChange *change, Str *out)
{
    const TestFailure *failure = grid->failure;
    str_append(out, "      ");
    for (size_t i = 0; i < failure->n_columns; i++) {
        bool same = rows_cell_equal(failure->how[i], change->expected[i], change->found[i]);
        str_append_repeat(out, same ? ' ' : '~', grid->widths[i]);
        str_append(out, "   ");
    }
    end_line(out);
}

static void
append_grid(const TestFailure *failure, bool color, Str *out)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Grid grid = {.failure = failure, .widths = ARENA_ARRAY(arena, size_t, failure->n_columns + 1)};
    measure(&grid);
    append_row(&grid, " ", failure->columns, "", out);
    for (size_t i = 0; i < shown_changes(failure); i++) {
        const RowsChange *change = &failure->diff.changes[i];
        if (change->expected != NULL) {
            append_row(&grid, "-", change->expected, color ? "\x1b[31m" : "", out);
        }
        if (change->found != NULL) {
            append_row(&grid, "+", change->found, color ? "\x1b[32m" : "", out);
        }
        if (change->expected != NULL && change->found != NULL) {
            append_marks(&grid, change, out);
        }
    }
    if (failure->diff.n_changes > TEST_SHOWN_ROWS) {
        str_append_format(out, "    … and %zu more\n", failure->diff.n_changes - TEST_SHOWN_ROWS);
    }
    str_deinit(&grid.cell);
}

/** A headline at a place, in the look of messages. */
static void
append_placed(const TestFailure *failure, DiagStyle style, Str *out)
{
    CLEANUP(error_deinit) Error error = {0};
    CLEANUP(str_deinit) Str text = {0};
    append_headline(failure, &text);
    error_set(&error, ERROR_DATA, "%s", str_text(&text));
    error_set_origin(&error, failure->at);
    error_render(&error, style, out);
}

static void
append_failure(const TestFailure *failure, DiagStyle style, Str *out)
{
    switch (failure->kind) {
    case TEST_ROWS_DIFFER:
        append_placed(failure, style, out);
        append_grid(failure, style.color, out);
        return;
    case TEST_ERROR: error_render(failure->error, style, out); return;
    case TEST_MESSAGES: diags_render(failure->messages, style, out); return;
    case TEST_NO_ERROR:
    case TEST_ANOTHER_ERROR: append_placed(failure, style, out); return;
    }
}

static void
append_indented(const char *text, Str *out)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        str_append(out, length > 0 ? "  " : "");
        str_append_n(out, text, length);
        str_append_char(out, '\n');
        text += length + (text[length] == '\n' ? 1 : 0);
    }
}

void
test_append_text(const TestResult *result, DiagStyle style, Str *out)
{
    bool passed = result->state == TEST_PASSED;
    const char *color = !style.color ? "" : passed ? "\x1b[32m" : "\x1b[31m";
    str_append_format(out, "%s%s%s  ", color, passed ? "passed" : "FAILED",
                      style.color ? "\x1b[0m" : "");
    words_append_line(out, result->name);
    str_append(out, "  ");
    words_append_seconds(out, result->seconds);
    str_append_char(out, '\n');
    for (size_t i = 0; i < result->n_failures; i++) {
        CLEANUP(str_deinit) Str text = {0};
        append_failure(&result->failures[i], style, &text);
        append_indented(str_text(&text), out);
    }
}

void
test_append_summary(const TestSummary *summary, Str *out)
{
    size_t n_passed = summary->n_tests - summary->n_failed;
    if (summary->n_tests == 0) {
        str_append(out, "no tests\n");
        return;
    }
    words_append_plural(out, (int64_t)n_passed, "test");
    str_append(out, " passed");
    if (summary->n_failed > 0) {
        str_append_format(out, ", %zu failed", summary->n_failed);
    }
    str_append(out, " (");
    words_append_seconds(out, summary->seconds);
    str_append(out, ")\n");
}

/* ---- JSON ---- */

static void
json_cells(JsonLine *line, const char *key, const TestFailure *failure, const char *const *cells)
{
    if (cells == NULL) {
        json_text(line, key, NULL);
        return;
    }
    json_open(line, key);
    for (size_t i = 0; i < failure->n_columns; i++) {
        if (failure->how[i] == ROWS_AS_TEXT) {
            json_text(line, failure->columns[i], cells[i]);
        } else {
            json_number(line, failure->columns[i], cells[i]);
        }
    }
    json_close(line);
}

static void
json_failure(const TestResult *result, const TestFailure *failure, Str *out)
{
    static const char *const kinds[] = {[TEST_ROWS_DIFFER] = "rows",
                                        [TEST_ERROR] = "error",
                                        [TEST_MESSAGES] = "messages",
                                        [TEST_NO_ERROR] = "no_error",
                                        [TEST_ANOTHER_ERROR] = "another_error"};
    JsonLine line = {0};
    CLEANUP(str_deinit) Str headline = {0};
    CLEANUP(str_deinit) Str text = {0};
    append_headline(failure, &headline);
    append_failure(failure, (DiagStyle){0}, &text);
    json_begin(&line, "test_failure");
    json_text(&line, "test", result->name);
    json_text(&line, "kind", kinds[failure->kind]);
    json_text(&line, "message", str_text(&headline));
    json_span(&line, failure->at);
    if (failure->kind == TEST_ROWS_DIFFER) {
        json_text(&line, "table", failure->table);
        json_int(&line, "expected", (int64_t)failure->n_expected);
        json_int(&line, "found", (int64_t)failure->n_found);
        json_int(&line, "changed", (int64_t)failure->diff.n_changed);
        json_int(&line, "missing", (int64_t)failure->diff.n_missing);
        json_int(&line, "unexpected", (int64_t)failure->diff.n_unexpected);
    }
    if (failure->pattern != NULL) {
        json_text(&line, "pattern", failure->pattern);
    }
    if (failure->error != NULL) {
        json_error(&line, "error", failure->error);
    }
    json_text(&line, "text", str_text(&text));
    str_append(out, json_end(&line));
    for (size_t i = 0; i < failure->diff.n_changes; i++) {
        json_begin(&line, "test_row");
        json_text(&line, "test", result->name);
        json_text(&line, "table", failure->table);
        json_cells(&line, "expected", failure, failure->diff.changes[i].expected);
        json_cells(&line, "found", failure, failure->diff.changes[i].found);
        str_append(out, json_end(&line));
    }
    json_line_deinit(&line);
}

void
test_append_json(const TestResult *result, Str *out)
{
    JsonLine line = {0};
    json_begin(&line, "test");
    json_text(&line, "test", result->name);
    json_text(&line, "state", result->state == TEST_PASSED ? "passed" : "failed");
    json_span(&line, result->at);
    json_seconds(&line, "seconds", result->seconds);
    json_int(&line, "failures", (int64_t)result->n_failures);
    str_append(out, json_end(&line));
    json_line_deinit(&line);
    for (size_t i = 0; i < result->n_failures; i++) {
        json_failure(result, &result->failures[i], out);
    }
}

void
test_append_json_summary(const TestSummary *summary, Str *out)
{
    JsonLine line = {0};
    json_begin(&line, "tests");
    json_text(&line, "state", summary->n_failed == 0 ? "passed" : "failed");
    json_int(&line, "tests", (int64_t)summary->n_tests);
    json_int(&line, "passed", (int64_t)(summary->n_tests - summary->n_failed));
    json_int(&line, "failed", (int64_t)summary->n_failed);
    json_seconds(&line, "seconds", summary->seconds);
    str_append(out, json_end(&line));
    json_line_deinit(&line);
}

/* ---- JUnit XML ---- */

/** What XML 1.0 can't hold becomes U+FFFD. */
static void
append_xml(Str *out, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length;) {
        uint32_t code_point = 0;
        size_t n = utf8_decode(text + i, length - i, &code_point);
        bool is_control = code_point < 0x20 && code_point != '\n' && code_point != '\t';
        bool is_text = n > 0 && !is_control && code_point != 0xFFFE && code_point != 0xFFFF;
        const char *entity = !is_text             ? "\xEF\xBF\xBD"
                             : code_point == '&'  ? "&amp;"
                             : code_point == '<'  ? "&lt;"
                             : code_point == '>'  ? "&gt;"
                             : code_point == '"'  ? "&quot;"
                             : code_point == '\n' ? "&#10;"
                                                  : NULL;
        if (entity != NULL) {
            str_append(out, entity);
        } else {
            str_append_n(out, text + i, n);
        }
        i += n > 0 ? n : 1;
    }
}

void
test_append_junit(const TestResult *result, const char *flow, Str *out)
{
    str_append(out, "    <testcase classname=\"");
    append_xml(out, flow);
    str_append(out, "\" name=\"");
    append_xml(out, result->name);
    if (result->at.file != NULL) {
        str_append(out, "\" file=\"");
        append_xml(out, result->at.file->path);
        str_append_format(out, "\" line=\"%zu", source_line_of(result->at.file, result->at.start));
    }
    str_append_format(out, "\" time=\"%.6f\"%s>\n", result->seconds,
                      result->n_failures > 0 ? "" : "/");
    for (size_t i = 0; i < result->n_failures; i++) {
        const TestFailure *failure = &result->failures[i];
        bool is_error = failure->kind == TEST_ERROR || failure->kind == TEST_MESSAGES;
        CLEANUP(str_deinit) Str headline = {0};
        CLEANUP(str_deinit) Str text = {0};
        append_headline(failure, &headline);
        append_failure(failure, (DiagStyle){0}, &text);
        str_append_format(out, "      <%s message=\"", is_error ? "error" : "failure");
        append_xml(out, str_text(&headline));
        str_append(out, "\">");
        append_xml(out, str_text(&text));
        str_append_format(out, "</%s>\n", is_error ? "error" : "failure");
    }
    str_append(out, result->n_failures > 0 ? "    </testcase>\n" : "");
}

void
test_append_junit_document(const TestSummary *summary, const char *flow, const char *cases,
                           Str *out)
{
    str_append(out,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"");
    append_xml(out, flow);
    str_append_format(out, "\" tests=\"%zu\" failures=\"%zu\" time=\"%.6f\">\n%s", summary->n_tests,
                      summary->n_failed, summary->seconds, cases);
    str_append(out, "  </testsuite>\n</testsuites>\n");
}
