/* Unit tests: attrs, rows that are given, rows and errors that are expected. */
#include "compiler/resolve/resolve_priv.h"
#include "runtime/base/clock.h"

#include <regex.h>
#include <string.h>

/* ---- rows ---- */

/** A test stands in no stage. Names with holes are looked up when the test's attrs are known. */
static bool
lower_table(Resolver *r, const AstQname *table, PdcRelation *ret_table)
{
    Place nowhere = {0};
    const char *name = table->name->text;
    const char *stage = table->stage == NULL ? NULL : table->stage->text;
    if (table->stage == NULL) {
        diag_add(r->diags, DIAG_TABLE_WITHOUT_STAGE, table->node.span, name != NULL ? name : "…");
        return false;
    }
    if (name != NULL && stage != NULL && !table_may_exist(r, NULL, stage, name)) {
        report_unknown_table(r, table->node.span, arena_printf(r->arena, "%s.%s", stage, name),
                             NULL);
        return false;
    }
    return relation_lower(r, table, &nowhere, ret_table);
}

static bool
lower_columns(Resolver *r, const AstNames *columns, PdcTestRows *made)
{
    bool done = true;
    made->columns = names_lower(r, columns, &made->n_columns);
    for (size_t i = 0; i < columns->n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (text_equal(made->columns[i], made->columns[k])) {
                diag_add(r->diags, DIAG_TEST_COLUMN_TWICE, columns->items[i]->node.span,
                         made->columns[i]);
                diag_note(r->diags, columns->items[k]->node.span, "first named here");
                done = false;
                k = i;
            }
        }
    }
    return done;
}

/** Bare values have to have as many columns as are named; a row that is shorter than another is
 * what SQL itself refuses. */
static bool
check_length(Resolver *r, const AstBody *body, const PdcTestRows *made, size_t n_values)
{
    if (n_values == 0 || made->n_columns == 0 || n_values == made->n_columns) {
        return true;
    }
    diag_add(r->diags, DIAG_TEST_ROW_LENGTH, body->node.span,
             arena_printf(r->arena, made->n_columns == 1 ? "%zu column is" : "%zu columns are",
                          made->n_columns),
             arena_printf(r->arena, "%zu value%s", n_values, n_values == 1 ? "" : "s"));
    return false;
}

static bool
lower_rows(Resolver *r, const AstQname *table, const AstNames *columns, const AstBody *body,
           PdcTestRows *made)
{
    size_t n_values = 0;
    Place place = {.ret_n_values = &n_values};
    *made = (PdcTestRows){.at = span_lower(r, table->node.span)};
    bool done = lower_table(r, table, &made->table);
    done &= lower_columns(r, columns, made);
    made->body = body_lower(r, body, &place, false, NULL);
    made->n_positions = made->n_columns == 0 ? n_values : 0;
    if (made->body != NULL && made->body->kind == PDC_BODY_EXTERNAL) {
        diag_add(r->diags, DIAG_TEST_BODY, body->node.span, "external");
        return false;
    }
    return made->body != NULL && check_length(r, body, made, n_values) && done;
}

/** The text of the table that a `given` names, as it is written. */
static const char *
written_table(Resolver *r, const AstQname *table)
{
    Span span = table->node.span;
    return arena_strndup(r->arena, span.file->text + span.start, span.end - span.start);
}

static bool
lower_givens(Resolver *r, const AstTest *test, PdcTest *made)
{
    PdcTestRows *givens = ARENA_ARRAY(r->arena, PdcTestRows, test->givens.n + 1);
    Map *seen = map_new(r->arena);
    bool done = true;
    for (size_t i = 0; i < test->givens.n; i++) {
        const AstGiven *given = test->givens.items[i];
        const char *name = written_table(r, given->table);
        const AstGiven *earlier = map_get(seen, name);
        if (earlier != NULL) {
            diag_add(r->diags, DIAG_GIVEN_TWICE, given->table->node.span, name);
            diag_note(r->diags, earlier->table->node.span, "first given here");
            done = false;
        }
        map_set(seen, name, (void *)(uintptr_t)given);
        done &= lower_rows(r, given->table, &given->columns, given->body, &givens[i]);
    }
    made->givens = givens;
    made->n_givens = test->givens.n;
    return done;
}

/* ---- what is expected ---- */

static bool
lower_error(Resolver *r, const AstExpr *pattern, PdcTestError *made)
{
    regex_t compiled;
    made->at = span_lower(r, pattern->node.span);
    made->pattern = expr_literal_text(r, pattern, "an error's pattern");
    if (made->pattern == NULL) {
        return false;
    }
    int status = regcomp(&compiled, made->pattern, REG_EXTENDED | REG_NOSUB);
    if (status == 0) {
        regfree(&compiled);
        return true;
    }
    char reason[200];
    regerror(status, &compiled, reason, sizeof reason);
    diag_add(r->diags, DIAG_TEST_PATTERN, pattern->node.span, reason);
    return false;
}

static bool
lower_expects(Resolver *r, const AstTest *test, PdcTest *made)
{
    PdcTestRows *expects = ARENA_ARRAY(r->arena, PdcTestRows, test->expects.n + 1);
    PdcTestError *errors = ARENA_ARRAY(r->arena, PdcTestError, test->expects.n + 1);
    bool done = true;
    for (size_t i = 0; i < test->expects.n; i++) {
        const AstExpect *expect = test->expects.items[i];
        done &= expect->error != NULL ? lower_error(r, expect->error, &errors[made->n_errors++])
                                      : lower_rows(r, expect->table, &expect->columns, expect->body,
                                                   &expects[made->n_expects++]);
    }
    made->expects = expects;
    made->errors = errors;
    if (test->expects.n == 0) {
        diag_add(r->diags, DIAG_TEST_EXPECTS_NOTHING, test->title->node.span, made->name);
        return false;
    }
    return done;
}

/* ---- its surroundings ---- */

static ExprWant
want_of(const AstAttr *attr)
{
    bool is_instance = text_equal(attr->type->name, "instance");
    return attr->type->array_dimensions > 0 ? WANT_LIST : is_instance ? WANT_INSTANCE : WANT_VALUE;
}

static bool
lower_setting(Resolver *r, const AstSetting *setting, PdcSetting *made)
{
    Place nowhere = {0};
    const char *name = setting->name->text;
    const AstAttr *attr = map_get(r->attrs, name);
    if (attr == NULL) {
        if (!may_be_lost(r, name, r->attrs)) {
            diag_add(r->diags, DIAG_UNKNOWN_ATTR, setting->name->node.span, name);
            hint_nearest(r, name, r->attrs);
        }
        return false;
    }
    made->name = name;
    made->at = span_lower(r, setting->value->node.span);
    made->value = expr_lower(r, setting->value, want_of(attr), &nowhere);
    return made->value != NULL;
}

static bool
lower_settings(Resolver *r, const AstTest *test, PdcTest *made)
{
    PdcSetting *settings = ARENA_ARRAY(r->arena, PdcSetting, test->settings.n + 1);
    bool done = true;
    for (size_t i = 0; i < test->settings.n; i++) {
        const AstSetting *setting = test->settings.items[i];
        for (size_t k = 0; k < i; k++) {
            if (text_equal(test->settings.items[k]->name->text, setting->name->text)) {
                diag_add(r->diags, DIAG_REPEATED_WORD, setting->name->node.span,
                         setting->name->text);
                done = false;
            }
        }
        done &= lower_setting(r, setting, &settings[i]);
    }
    made->settings = settings;
    made->n_settings = test->settings.n;
    return done;
}

static bool
lower_moment(Resolver *r, const AstTest *test, PdcTest *made)
{
    int64_t moment_us;
    if (test->at == NULL) {
        return true;
    }
    made->moment = expr_literal_text(r, test->at, "the time of a test");
    if (made->moment != NULL && clock_parse_utc(made->moment, &moment_us) != 0) {
        diag_add(r->diags, DIAG_TEST_MOMENT, test->at->node.span, made->moment);
        return false;
    }
    return made->moment != NULL;
}

/* ---- tests ---- */

static bool
lower_test(Resolver *r, const AstTest *test, PdcTest *made)
{
    made->at = span_lower(r, test->title->node.span);
    made->name = expr_literal_text(r, test->title, "the name of a test");
    if (made->name == NULL) {
        return false;
    }
    bool done = lower_settings(r, test, made);
    done &= lower_moment(r, test, made);
    done &= lower_givens(r, test, made);
    return lower_expects(r, test, made) && done;
}

static bool
is_first(Resolver *r, Map *names, const AstTest *test, const PdcTest *made)
{
    const AstTest *earlier = made->name == NULL ? NULL : map_get(names, made->name);
    if (earlier != NULL) {
        diag_add(r->diags, DIAG_DUPLICATE_TEST, test->title->node.span, made->name);
        diag_note(r->diags, earlier->title->node.span, "first declared here");
        return false;
    }
    if (made->name != NULL) {
        map_set(names, made->name, (void *)(uintptr_t)test);
    }
    return true;
}

void
tests_lower(Resolver *r)
{
    VEC(PdcTest) tests = {0};
    Map *names = map_new(r->arena);
    for (size_t i = 0; i < r->input->n_files; i++) {
        const AstFile *file = r->input->files[i];
        for (size_t k = 0; k < file->decls.n; k++) {
            const AstTest *test = (const AstTest *)file->decls.items[k];
            PdcTest made = {0};
            if (test->decl.node.kind == AST_TEST && lower_test(r, test, &made) &&
                is_first(r, names, test, &made)) {
                vec_push_in(r->arena, &tests, made);
            }
        }
    }
    r->unit->tests = tests.items;
    r->unit->n_tests = tests.n;
}
