/* Which columns are compared, in which form, and by which of them rows are matched. */
#include "runtime/compare/compare_priv.h"
#include "runtime/plan/select.h"

#include <string.h>

/* ---- pairs ---- */

static const StoreColumn *
find_column(const CompareSide *side, const char *name, bool folds)
{
    for (size_t i = 0; i < side->n_columns; i++) {
        if (store_has_column(&side->columns[i], 1, name, folds)) {
            return &side->columns[i];
        }
    }
    return NULL;
}

/** `numeric(12,2)` is a `numeric`. */
static bool
is_same_but_for_size(const char *a, const char *b)
{
    size_t n = strcspn(a, "(");
    return strcspn(b, "(") == n && strncmp(a, b, n) == 0;
}

/** In which type values are compared. What the language has no type for counts as text, as the
 * engine writes it: not all of it has an equality. */
static const char *
common_type(const Store *store, const StoreColumn *here, const StoreColumn *there)
{
    bool same = text_equal(here->sql_type, there->sql_type);
    switch (here->type) {
    case PDC_TYPE_INT:
        return same ? NULL : "decimal(38, 0)"; /* the widest that both engines have */
    case PDC_TYPE_FLOAT:
        return is_same_but_for_size(here->sql_type, there->sql_type)
                   ? NULL
                   : store_type_name(store, PDC_TYPE_FLOAT);
    case PDC_TYPE_BOOL:
    case PDC_TYPE_DATE:
    case PDC_TYPE_TIMESTAMP: return same ? NULL : store_type_name(store, here->type);
    case PDC_TYPE_TEXT:
    case PDC_TYPE_INSTANCE:
    case PDC_TYPE_TABLE:
    case PDC_TYPE_COLUMN: return "text";
    }
    return NULL;
}

static CompareColumn
pair(const Store *store, const StoreColumn *here, const StoreColumn *there,
     const CompareRules *rules)
{
    const char *name = here != NULL ? here->name : there->name;
    bool comparable = here != NULL && there != NULL && here->type == there->type;
    return (CompareColumn){
        .name = name,
        .state = there == NULL  ? COMPARE_ONLY_HERE
                 : here == NULL ? COMPARE_ONLY_THERE
                 : comparable   ? COMPARE_COMPARED
                                : COMPARE_OTHER_TYPE,
        .here = here,
        .there = there,
        .cast = comparable ? common_type(store, here, there) : NULL,
        .is_hidden = rules->is_hidden(rules->user, name),
        .is_by_rule = rules->is_by_rule(rules->user, name),
        .differ = -1,
    };
}

void
compare_pair_columns(ComparePlan *plan, const Store *store, const CompareRules *rules, Arena *arena)
{
    bool folds = store_can(store, STORE_FOLDS_NAMES);
    const CompareSide *here = &plan->here;
    const CompareSide *there = &plan->there;
    plan->columns = ARENA_ARRAY(arena, CompareColumn, here->n_columns + there->n_columns + 1);
    plan->n_columns = 0;
    for (size_t i = 0; i < here->n_columns; i++) {
        const StoreColumn *column = &here->columns[i];
        plan->columns[plan->n_columns++] =
            pair(store, column, find_column(there, column->name, folds), rules);
    }
    for (size_t i = 0; i < there->n_columns; i++) {
        if (find_column(here, there->columns[i].name, folds) == NULL) {
            plan->columns[plan->n_columns++] = pair(store, NULL, &there->columns[i], rules);
        }
    }
}

/* ---- the key ---- */

static int
add_name(const char *name, const char *text, Arena *arena, const char **names, size_t *n,
         Error *reterr)
{
    if (name[0] == '\0') {
        return error_set(reterr, ERROR_USAGE, "`--key %s`: wanted are columns, like a,b", text);
    }
    if (text_is_one_of(name, names, *n)) {
        return error_set(reterr, ERROR_USAGE, "`--key %s` names \"%s\" twice", text, name);
    }
    names[(*n)++] = arena_strdup(arena, name);
    return 0;
}

static const char *
skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/** @return the text behind it */
static const char *
read_name(const char *text, Arena *arena, const char **ret_name)
{
    if (text[0] == '"') {
        return skip_blanks(select_read_name(text, arena, ret_name));
    }
    size_t length = strcspn(text, ",");
    size_t end = length;
    while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '\t')) {
        end--;
    }
    *ret_name = arena_strndup(arena, text, end);
    return text + length;
}

int
compare_read_key(const char *text, Arena *arena, const char *const **ret_names, size_t *ret_n,
                 Error *reterr)
{
    const char **names = ARENA_ARRAY(arena, const char *, strlen(text) + 1);
    const char *rest = text;
    *ret_names = names;
    *ret_n = 0;
    for (;;) {
        const char *name;
        rest = read_name(skip_blanks(rest), arena, &name);
        if (*rest != '\0' && *rest != ',') {
            name = "";
        }
        if (add_name(name, text, arena, names, ret_n, reterr) < 0) {
            return -1;
        }
        if (*rest == '\0') {
            return 0;
        }
        rest++;
    }
}

static int
unknown_column(const ComparePlan *plan, const char *name, Arena *arena, Error *reterr)
{
    const char *nearest =
        store_nearest_column(plan->here.columns, plan->here.n_columns, name, arena);
    error_set(reterr, ERROR_USAGE, "the table has no column \"%s\" in instance %s or %s", name,
              plan->here.instance, plan->there.instance);
    if (nearest != NULL) {
        error_set_hint(reterr, "did you mean \"%s\"?", nearest);
    }
    return -1;
}

/** As it is written, else without regard to letter case. */
static CompareColumn *
find_pair(const ComparePlan *plan, const char *name)
{
    CompareColumn *found = NULL;
    for (size_t i = 0; i < plan->n_columns; i++) {
        CompareColumn *column = &plan->columns[i];
        if (text_equal(column->name, name)) {
            return column;
        }
        StoreColumn named = {.name = column->name};
        found = found == NULL && store_has_column(&named, 1, name, true) ? column : found;
    }
    return found;
}

static int
check_key_column(const ComparePlan *plan, const CompareColumn *column, Error *reterr)
{
    const char *here = plan->here.instance;
    const char *there = plan->there.instance;
    switch (column->state) {
    case COMPARE_COMPARED: break;
    case COMPARE_ONLY_HERE:
    case COMPARE_ONLY_THERE:
        return error_set(reterr, ERROR_DATA,
                         "rows can't be matched by \"%s\": only instance %s has that column",
                         column->name, column->state == COMPARE_ONLY_HERE ? here : there);
    case COMPARE_OTHER_TYPE:
        return error_set(reterr, ERROR_DATA,
                         "rows can't be matched by \"%s\": it is %s in instance %s, %s in %s",
                         column->name, column->here->sql_type, here, column->there->sql_type,
                         there);
    }
    if (column->is_by_rule) {
        error_set(reterr, ERROR_DATA,
                  "rows can't be matched by \"%s\": the copy changes its values", column->name);
        error_set_hint(reterr, "name columns that stay as they are: --key a,b");
        return -1;
    }
    return 0;
}

int
compare_set_key(ComparePlan *plan, const char *const *names, size_t n, Arena *arena, Error *reterr)
{
    for (size_t i = 0; i < n; i++) {
        CompareColumn *column = find_pair(plan, names[i]);
        if (column == NULL) {
            return unknown_column(plan, names[i], arena, reterr);
        }
        if (check_key_column(plan, column, reterr) < 0) {
            return -1;
        }
        if (!column->is_key) {
            column->is_key = true;
            vec_push_in(arena, &plan->key, column);
        }
    }
    plan->has_null = ARENA_ARRAY(arena, bool, n + 1);
    return 0;
}

/* ---- the rest ---- */

/** Whole rows are matched by their values: one that the copy's rules have changed matches none. */
static bool
is_value(const ComparePlan *plan, const CompareColumn *column)
{
    return column->state == COMPARE_COMPARED && !column->is_key &&
           (plan->key.n > 0 || !column->is_by_rule);
}

int
compare_set_values(ComparePlan *plan, Arena *arena, Error *reterr)
{
    for (size_t i = 0; i < plan->n_columns; i++) {
        if (is_value(plan, &plan->columns[i])) {
            vec_push_in(arena, &plan->values, &plan->columns[i]);
        }
    }
    return plan->key.n + plan->values.n > 0
               ? 0
               : error_set(reterr, ERROR_DATA,
                           "there is nothing to compare: no column is in both instances with the "
                           "same type");
}
