/* `pdc contract stage.table`: a contract that says what a table is now, to be pasted and changed.
 */
#include "compiler/driver/driver.h"
#include "compiler/parse/keywords.h"
#include "runtime/base/suggest.h"
#include "runtime/exec/assign.h"

#include <stdio.h>
#include <string.h>

static const FlowTable *
find_table(Compilation *c, const Flow *flow, const char *target)
{
    const char **names = ARENA_ARRAY(c->arena, const char *, flow->n_tables + 1);
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        names[i] = arena_printf(c->arena, "%s.%s", table->stage->name, table->name);
        if (text_equal(names[i], target)) {
            return table;
        }
    }
    diag_add(c->diags, DIAG_UNKNOWN_TABLE, SPAN_NONE, target);
    const char *nearest = suggest_nearest(target, names, flow->n_tables);
    if (nearest != NULL) {
        diag_hint(c->diags, "did you mean `%s`?", nearest);
    }
    return NULL;
}

/* ---- words ---- */

static bool
is_plain_name(const char *name)
{
    bool plain = (name[0] >= 'a' && name[0] <= 'z') || name[0] == '_';
    for (const char *c = name; *c != '\0' && plain; c++) {
        plain = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_';
    }
    const Keyword *keyword = keyword_find(name, strlen(name));
    return plain && (keyword == NULL || !keyword->reserved);
}

/** The name as the language writes it. */
static const char *
name_text(Arena *arena, const char *name)
{
    if (is_plain_name(name)) {
        return name;
    }
    Str text = {0};
    str_append_char(&text, '"');
    for (const char *c = name; *c != '\0'; c++) {
        str_append(&text, *c == '"' ? "\"" : "");
        str_append_char(&text, *c);
    }
    str_append_char(&text, '"');
    return str_take_in(&text, arena);
}

/** Does a clause of this kind name this column, and no other but where it speaks of each alone? */
static bool
clause_says(const FlowTable *table, PdcClauseKind kind, const char *column)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *clause = &table->constraints[i];
        bool alone = clause->n_columns == 1 || kind == PDC_CLAUSE_NOT_NULL;
        for (size_t k = 0; clause->kind == kind && !clause->warn && alone && k < clause->n_columns;
             k++) {
            if (text_equal_ignore_case(clause->columns[k], column)) {
                return true;
            }
        }
    }
    return false;
}

/** Keys of several columns, each a line by itself. */
static void
append_keys(Compilation *c, const FlowTable *table, Str *text)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *clause = &table->constraints[i];
        bool is_primary = clause->kind == PDC_CLAUSE_PRIMARY_KEY;
        if (clause->warn || clause->n_columns < 2 ||
            (!is_primary && clause->kind != PDC_CLAUSE_UNIQUE)) {
            continue;
        }
        str_append_format(text, ",\n  %s (", is_primary ? "primary key" : "unique");
        for (size_t k = 0; k < clause->n_columns; k++) {
            str_append_format(text, "%s%s", k > 0 ? ", " : "",
                              name_text(c->arena, clause->columns[k]));
        }
        str_append_char(text, ')');
    }
}

static void
append_column(Compilation *c, const FlowTable *table, const StoreColumn *column, int width,
              Str *text, Str *notes)
{
    PdcColumnType type;
    bool exact = assign_nearest(column->sql_type, c->arena, &type);
    str_append_format(text, "  %-*s %s", width, name_text(c->arena, column->name),
                      column_type_text(type, c->arena));
    bool is_key = clause_says(table, PDC_CLAUSE_PRIMARY_KEY, column->name);
    str_append(text, is_key ? " primary key" : "");
    if (!is_key && clause_says(table, PDC_CLAUSE_NOT_NULL, column->name)) {
        str_append(text, " not null");
    }
    str_append(text, clause_says(table, PDC_CLAUSE_UNIQUE, column->name) ? " unique" : "");
    if (!exact) {
        str_append_format(notes, "-- %s is %s; %s is the nearest type of a contract\n",
                          column->name, column->sql_type, column_type_text(type, c->arena));
    }
}

static void
append_contract(Compilation *c, const FlowTable *table, const StoreColumn *columns, size_t n,
                Str *out)
{
    CLEANUP(str_deinit) Str text = {0};
    int width = 0;
    for (size_t i = 0; i < n; i++) {
        int length = (int)strlen(name_text(c->arena, columns[i].name));
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < n; i++) {
        str_append(&text, i > 0 ? ",\n" : "");
        append_column(c, table, &columns[i], width, &text, out);
    }
    append_keys(c, table, &text);
    str_append_format(out, "contract %s (\n%s\n);\n", name_text(c->arena, table->name),
                      str_text(&text));
}

/* ---- the command ---- */

/** @return false with messages */
static bool
print_contract(Compilation *c)
{
    CheckedInstance checked;
    const char *name = c->options->instance;
    name = name != NULL ? name : config_default_instance(c->config, c->diags);
    CheckInput input = check_input(c);
    CLEANUP(types_freep) Types *types = NULL;
    if (name == NULL || check_columns(&input, name, c->arena, c->diags, &checked, &types) < 0) {
        return false;
    }
    const FlowTable *table = find_table(c, checked.flow, c->options->target);
    size_t n = 0;
    const StoreColumn *columns = table != NULL ? types_columns(types, name, table, &n) : NULL;
    if (table != NULL && columns == NULL) {
        diag_add(c->diags, DIAG_COLUMNS_UNKNOWN, flow_span(c->flow_sources, table->at),
                 c->options->target);
    }
    if (columns == NULL) {
        return false;
    }
    CLEANUP(str_deinit) Str out = {0};
    append_contract(c, table, columns, n, &out);
    fputs(str_text(&out), stdout);
    return true;
}

int
driver_contract(const DriverOptions *options)
{
    Compilation c;
    if (options->target == NULL) {
        fprintf(stderr, "pdc contract: say of which table: pdc contract stage.table\n");
        return EXIT_USAGE;
    }
    compilation_init(&c, options);
    bool done = compilation_run(&c, "judge") && print_contract(&c);
    if (!done) {
        compilation_report(&c);
    }
    compilation_deinit(&c);
    return done ? EXIT_DONE : EXIT_INPUT;
}
