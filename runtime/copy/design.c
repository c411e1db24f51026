/* The side table of a copied table: what its rows weigh. */
#include "runtime/copy/weigh.h"
#include "runtime/store/sql_text.h"

/** Reasons as they are read. */
static const char *const reasons[] = {
    [COPY_REASON_PICKED] = "picked",   [COPY_REASON_STRATUM] = "stratum",
    [COPY_REASON_COVER] = "cover",     [COPY_REASON_CERTAIN] = "certain",
    [COPY_REASON_PLUS] = "plus",       [COPY_REASON_FOLLOWED] = "followed",
    [COPY_REASON_CLOSURE] = "closure", [WEIGH_REASON_SAMPLED] = "sampled",
    [WEIGH_REASON_SHARED] = "shared"};

/** Are the columns of the key in lists and in the copy as they are in the source? */
static bool
is_plain(const CopyChoice *choice, const FlowTable *table, const CopyKey *key)
{
    bool plain = true;
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        plain &= !flow_copy_rule_changes(table->body->copy_rules[i].kind);
    }
    for (size_t i = 0; plain && i < key->n_key; i++) {
        CopyStatement listed = {0};
        CopyStatement column = {0};
        copy_append_listed_value(choice, table, key->columns.items[i], &listed);
        copy_append_column(table, key->columns.items[i], &column);
        plain = text_equal(str_text(&listed.sql), str_text(&column.sql));
        copy_statement_deinit(&listed);
        copy_statement_deinit(&column);
    }
    return plain;
}

/** A column of the design gets another name where the key has one of its name. */
static void
append_name(const CopyChoice *choice, const CopyKey *key, const char *name, Str *sql)
{
    bool folds = store_can(choice->exec->store, STORE_FOLDS_NAMES);
    bool taken = true;
    while (taken) {
        taken = false;
        for (size_t i = 0; i < key->n_key; i++) {
            StoreColumn column = {.name = key->columns.items[i]};
            taken |= store_has_column(&column, 1, name, folds);
        }
        name = taken ? arena_printf(choice->arena, "%s_", name) : name;
    }
    str_append(sql, " as ");
    sql_ident(sql, name);
}

/** Does any copied table mask anything? A unit may be the hash of another table's key. */
static bool
is_anything_masked(const CopyChoice *choice)
{
    const Flow *flow = choice->graph->flow;
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowBody *body = flow->tables[i]->body;
        for (size_t k = 0; k < body->n_copy_rules; k++) {
            PdcCopyRuleKind kind = body->copy_rules[k].kind;
            if (flow_copy_rule_changes(kind) && kind != PDC_COPY_BREAK) {
                return true;
            }
        }
    }
    return false;
}

/** The hash that tells strata and units apart; where something is masked, a number instead, from
 * which nothing can be guessed. Numbering sorts, which takes longer than the copy itself. */
static void
append_number(const CopyChoice *choice, const CopyKey *key, const char *column, const char *name,
              Str *sql)
{
    if (is_anything_masked(choice)) {
        str_append_format(sql,
                          ", case when w.%s is not null then dense_rank() over (order by w.%s) end",
                          column, column);
    } else {
        str_append_format(sql, ", w.%s", column);
    }
    append_name(choice, key, name, sql);
}

static void
append_design_columns(const CopyChoice *choice, const CopyKey *key, Str *sql)
{
    str_append(sql, ", w.weight");
    append_name(choice, key, "weight", sql);
    append_number(choice, key, "stratum", "stratum", sql);
    str_append(sql, ", case w.reason");
    for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++) {
        str_append_format(sql, " when %zu then ", i);
        sql_literal(sql, reasons[i]);
    }
    str_append(sql, " end");
    append_name(choice, key, "reason", sql);
    append_number(choice, key, "unit", "unit", sql);
    str_append(sql, ", w.inclusion");
    append_name(choice, key, "inclusion", sql);
}

/** The key as it is in the copy, as `v`, and as lists hold it, by which weights are found. */
static int
append_masked_keys(CopyChoice *choice, const FlowTable *table, const CopyKey *key,
                   CopyStatement *statement, Error *reterr)
{
    str_append(&statement->sql, " join (");
    int status = copy_append_values(choice, table, statement, reterr);
    for (size_t i = 0; i < key->n_key; i++) {
        str_append(&statement->sql, ", ");
        copy_append_listed_value(choice, table, key->columns.items[i], statement);
        str_append_format(&statement->sql, " as \"pdc key %zu\"", i);
    }
    copy_append_from(choice, table, statement);
    str_append(&statement->sql, ") as v on ");
    for (size_t i = 0; i < key->n_key; i++) {
        str_append_format(&statement->sql, "%sv.\"pdc key %zu\" = w.c%zu", i > 0 ? " and " : "", i,
                          i);
    }
    return status;
}

static int
append_design(CopyChoice *choice, const FlowTable *table, CopyStatement *statement, Error *reterr)
{
    const CopyKey *key = &choice->keys[table->index];
    bool plain = is_plain(choice, table, key);
    Str *sql = &statement->sql;
    str_append(sql, "select ");
    for (size_t i = 0; i < key->n_key; i++) {
        str_append(sql, i > 0 ? ", " : "");
        if (plain) {
            str_append_format(sql, "w.c%zu as ", i);
        } else {
            str_append(sql, "v.");
        }
        sql_ident(sql, key->columns.items[i]);
    }
    append_design_columns(choice, key, sql);
    str_append(sql, " from ");
    sql_ident(sql, choice->weights->tables[table->index].name);
    str_append(sql, " as w");
    return plain ? 0 : append_masked_keys(choice, table, key, statement, reterr);
}

int
weigh_select_design(CopyChoice *choice, const FlowTable *table, const char **ret_sql, Error *reterr)
{
    CopyStatement statement = {0};
    if (weigh_table(choice, table, reterr) < 0) {
        return -1;
    }
    int status = append_design(choice, table, &statement, reterr);
    *ret_sql = arena_strdup(choice->arena, str_text(&statement.sql));
    copy_statement_deinit(&statement);
    return status;
}
