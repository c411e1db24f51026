/* Tables for people, in the look of psql. */

#include "runtime/base/memory.h"
#include "runtime/base/utf8.h"
#include "runtime/report/report_priv.h"
#include "runtime/report/words.h"

#include <string.h>

/* No column is wider than MOST_COLUMNS; on a terminal they shrink until the table fits, but not
 * below LEAST_COLUMNS. */
enum { MOST_COLUMNS = 200, LEAST_COLUMNS = 8 };

typedef struct Layout Layout;
struct Layout {
    const ReportTable *table;
    ReportStyle style;
    size_t *widths; /* one a column; of those without a title 0 */
    Str cell;       /* the cell at hand, as a line */
};

static size_t
width_of(const Str *text)
{
    return utf8_width(str_text(text), text->length);
}

/* Puts the cell's text into `layout->cell`. */
static void
take_cell(Layout *layout, size_t row, size_t column)
{
    const ReportCell *cell = &layout->table->cells[row * layout->table->n_columns + column];
    const char *text = cell->shown != NULL   ? cell->shown
                       : cell->value != NULL ? cell->value
                                             : layout->table->null_text;
    str_clear(&layout->cell);
    words_append_line(&layout->cell, text != NULL ? text : "");
}

static void
widen(size_t *width, size_t columns)
{
    columns = columns < MOST_COLUMNS ? columns : MOST_COLUMNS;
    *width = *width > columns ? *width : columns;
}

static void
measure(Layout *layout)
{
    const ReportTable *table = layout->table;
    for (size_t i = 0; i < table->n_columns; i++) {
        if (table->columns[i].title == NULL) {
            continue;
        }
        str_clear(&layout->cell);
        words_append_line(&layout->cell, table->columns[i].title);
        widen(&layout->widths[i], width_of(&layout->cell));
        for (size_t row = 0; row < table->n_rows; row++) {
            take_cell(layout, row, i);
            widen(&layout->widths[i], width_of(&layout->cell));
        }
    }
}

/* Columns of the whole table if none of its columns were wider than `most`. */
static size_t
total_width(const Layout *layout, size_t most)
{
    size_t total = 0;
    for (size_t i = 0; i < layout->table->n_columns; i++) {
        if (layout->table->columns[i].title != NULL) {
            total += (layout->widths[i] < most ? layout->widths[i] : most) + (total > 0 ? 3 : 2);
        }
    }
    return total;
}

static void
shrink(Layout *layout)
{
    size_t most = MOST_COLUMNS;
    while (layout->style.width > 0 && most > LEAST_COLUMNS &&
           total_width(layout, most) > layout->style.width) {
        most--;
    }
    for (size_t i = 0; i < layout->table->n_columns; i++) {
        layout->widths[i] = layout->widths[i] < most ? layout->widths[i] : most;
    }
}

/* Blanks at the end of the line that began at `start` are of no use. */
static void
end_line(Str *out, size_t start)
{
    size_t length = out->length;
    while (length > start && out->data[length - 1] == ' ') {
        length--;
    }
    str_truncate(out, length);
    str_append_char(out, '\n');
}

static void
append_cell(Layout *layout, size_t column, bool to_the_right, Str *out)
{
    size_t width = layout->widths[column];
    size_t used = width_of(&layout->cell);
    if (to_the_right && used < width) {
        str_append_repeat(out, ' ', width - used);
    }
    size_t start = out->length;
    words_append_clipped(out, str_text(&layout->cell), width);
    if (!to_the_right) {
        words_pad(out, start, width);
    }
}

static bool
is_null(const Layout *layout, size_t row, size_t column)
{
    const ReportCell *cell = &layout->table->cells[row * layout->table->n_columns + column];
    return cell->value == NULL && cell->shown == NULL;
}

static void
append_row(Layout *layout, size_t row, Str *out)
{
    const ReportTable *table = layout->table;
    size_t start = out->length;
    const char *separator = " ";
    for (size_t i = 0; i < table->n_columns; i++) {
        if (table->columns[i].title == NULL) {
            continue;
        }
        bool is_dim = layout->style.color && is_null(layout, row, i);
        take_cell(layout, row, i);
        str_append(out, separator);
        str_append(out, is_dim ? COLOR_DIM : "");
        append_cell(layout, i, table->columns[i].kind == REPORT_NUMBER, out);
        str_append(out, is_dim ? "\x1b[0m" : "");
        separator = " | ";
    }
    end_line(out, start);
}

static void
append_head(Layout *layout, Str *out)
{
    const ReportTable *table = layout->table;
    Str rule = {0};
    size_t start = out->length;
    const char *separator = " ";
    for (size_t i = 0; i < table->n_columns; i++) {
        if (table->columns[i].title == NULL) {
            continue;
        }
        str_clear(&layout->cell);
        words_append_line(&layout->cell, table->columns[i].title);
        str_append(out, separator);
        str_append(out, layout->style.color ? COLOR_BOLD : "");
        append_cell(layout, i, table->columns[i].kind == REPORT_NUMBER, out);
        str_append(out, layout->style.color ? "\x1b[0m" : "");
        str_append(&rule, rule.length > 0 ? "+" : "");
        str_append_repeat(&rule, '-', layout->widths[i] + 2);
        separator = " | ";
    }
    end_line(out, start);
    str_append_n(out, str_text(&rule), rule.length);
    str_append_char(out, '\n');
    str_deinit(&rule);
}

void
table_render(const ReportTable *table, ReportStyle style, Str *out)
{
    Layout layout = {.table = table, .style = style};
    layout.widths = memory_alloc((table->n_columns + 1) * sizeof(*layout.widths));
    measure(&layout);
    shrink(&layout);
    append_head(&layout, out);
    for (size_t row = 0; row < table->n_rows; row++) {
        append_row(&layout, row, out);
    }
    if (table->footer != NULL) {
        str_append(out, table->footer);
        str_append_char(out, '\n');
    }
    free(layout.widths);
    str_deinit(&layout.cell);
}
