/*
 * Unit tests: their names are held to the flow; running them is for a later version.
 */
#include "compiler/resolve/resolve_priv.h"

static void
check_table(Resolver *r, const AstQname *table)
{
    const char *name = table->name->text;
    const char *stage = table->stage == NULL ? NULL : table->stage->text;
    if (name == NULL || (table->stage != NULL && stage == NULL)) {
        return;
    }
    if (stage == NULL) {
        diag_add(r->diags, DIAG_TABLE_WITHOUT_STAGE, table->node.span, name);
    } else if (!table_may_exist(r, NULL, stage, name)) {
        report_unknown_table(r, table->node.span, arena_printf(r->arena, "%s.%s", stage, name),
                             NULL);
    }
}

static void
check_settings(Resolver *r, const AstTest *test)
{
    Place nowhere = {0};
    for (size_t i = 0; i < test->settings.n; i++) {
        const AstSetting *setting = test->settings.items[i];
        if (map_get(r->attrs, setting->name->text) == NULL) {
            diag_add(r->diags, DIAG_UNKNOWN_ATTR, setting->name->node.span, setting->name->text);
            hint_nearest(r, setting->name->text, r->attrs);
        } else {
            (void)expr_lower(r, setting->value, WANT_INSTANCE, &nowhere);
        }
    }
}

static void
check_test(Resolver *r, const AstTest *test)
{
    check_settings(r, test);
    for (size_t i = 0; i < test->givens.n; i++) {
        check_table(r, test->givens.items[i]->table);
    }
    for (size_t i = 0; i < test->expects.n; i++) {
        if (test->expects.items[i]->table != NULL) {
            check_table(r, test->expects.items[i]->table);
        }
    }
}

void
tests_check(Resolver *r)
{
    for (size_t i = 0; i < r->input->n_files; i++) {
        const AstFile *file = r->input->files[i];
        for (size_t k = 0; k < file->decls.n; k++) {
            if (file->decls.items[k]->node.kind == AST_TEST) {
                check_test(r, (const AstTest *)file->decls.items[k]);
            }
        }
    }
}
