/* The unit tests. */
#include "compiler/emit/emit_priv.h"

static void
write_rows(Emitter *e, const char *member, const PdcTestRows *rows, size_t n)
{
    if (n == 0) {
        return;
    }
    cwriter_open(&e->w, ".n_%s = %zu, .%s = (const PdcTestRows[]){", member, n, member);
    for (size_t i = 0; i < n; i++) {
        cwriter_open(&e->w, "{");
        write_relation(e, "table", &rows[i].table);
        cwriter_texts(&e->w, "columns", rows[i].columns, rows[i].n_columns);
        if (rows[i].n_positions > 0) {
            cwriter_line(&e->w, ".n_positions = %zu,", rows[i].n_positions);
        }
        write_body(e, rows[i].body);
        write_at(e, rows[i].at);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "},");
}

static void
write_settings(Emitter *e, const PdcTest *test)
{
    if (test->n_settings == 0) {
        return;
    }
    cwriter_open(&e->w, ".n_settings = %zu, .settings = (const PdcSetting[]){", test->n_settings);
    for (size_t i = 0; i < test->n_settings; i++) {
        cwriter_open(&e->w, "{");
        cwriter_text(&e->w, "name", test->settings[i].name);
        write_expr(e, "value", test->settings[i].value);
        write_at(e, test->settings[i].at);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "},");
}

static void
write_errors(Emitter *e, const PdcTest *test)
{
    if (test->n_errors == 0) {
        return;
    }
    cwriter_open(&e->w, ".n_errors = %zu, .errors = (const PdcTestError[]){", test->n_errors);
    for (size_t i = 0; i < test->n_errors; i++) {
        cwriter_open(&e->w, "{");
        cwriter_text(&e->w, "pattern", test->errors[i].pattern);
        write_at(e, test->errors[i].at);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "},");
}

void
write_tests(Emitter *e)
{
    cwriter_open(&e->w, "static const PdcTest tests[] = {");
    for (size_t i = 0; i < e->flow->n_tests; i++) {
        const PdcTest *test = &e->flow->tests[i];
        write_origin(e, test->at, "test", test->name);
        cwriter_open(&e->w, "{");
        cwriter_text(&e->w, "name", test->name);
        write_settings(e, test);
        cwriter_text(&e->w, "moment", test->moment);
        write_rows(e, "givens", test->givens, test->n_givens);
        write_rows(e, "expects", test->expects, test->n_expects);
        write_errors(e, test);
        write_at(e, test->at);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "};\n");
}
