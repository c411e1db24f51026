/* Which rows of the source the weighted rows of a copy stand for. */
#include "runtime/copy/weigh.h"
#include "runtime/store/sql_text.h"

/** Conditions that must all hold, or one of which must. */
typedef struct Conditions Conditions;
struct Conditions {
    Str *sql;
    const char *word;
    size_t n;
};

static void
next_condition(Conditions *all)
{
    str_append(all->sql, all->n++ == 0 ? "(" : all->word);
}

static void
end_conditions(const Conditions *all)
{
    str_append(all->sql, all->n > 0 ? ")" : "");
}

void
weigh_append_columns(const FlowTable *table, const char *const *columns, size_t n, Str *sql)
{
    str_append(sql, n > 1 ? "(" : "");
    for (size_t i = 0; i < n; i++) {
        str_append(sql, i > 0 ? ", " : "");
        sql_ident(sql, table->name);
        str_append_char(sql, '.');
        sql_ident(sql, columns[i]);
    }
    str_append(sql, n > 1 ? ")" : "");
}

static void
append_not_null(const FlowTable *table, const char *const *columns, size_t n, Conditions *all)
{
    for (size_t i = 0; i < n; i++) {
        next_condition(all);
        weigh_append_columns(table, &columns[i], 1, all->sql);
        str_append(all->sql, " is not null");
    }
}

/** `(columns) in (select (there) from other where condition)`. */
static void
append_among(const CopyChoice *choice, const FlowTable *table, const char *const *columns,
             const FlowTable *other, const char *const *there, size_t n, const char *condition,
             Str *sql)
{
    CopyStatement from = {0};
    copy_append_from(choice, other, &from);
    weigh_append_columns(table, columns, n, sql);
    str_append(sql, " in (select ");
    for (size_t i = 0; i < n; i++) {
        str_append(sql, i > 0 ? ", " : "");
        weigh_append_columns(other, &there[i], 1, sql);
    }
    str_append(sql, str_text(&from.sql));
    str_append(sql, condition[0] != '\0' ? " where " : "");
    str_append(sql, condition);
    str_append_char(sql, ')');
    copy_statement_deinit(&from);
}

static int
frame_of(CopyChoice *choice, const FlowTable *table, const char **ret_text, Error *reterr)
{
    Str text = {0};
    int status = weigh_append_frame(choice, table, &text, reterr);
    *ret_text = str_take_in(&text, choice->arena);
    return status;
}

/** The rows that refer to a parent that is stood for. In a circle no weight comes from it, so it is
 * stood for by nothing. */
static int
append_parent(CopyChoice *choice, const FlowLink *link, Str *sql, Error *reterr)
{
    const char *condition;
    if (choice->weights->tables[link->parent->index].is_open) {
        str_append(sql, "false");
        return 0;
    }
    if (frame_of(choice, link->parent, &condition, reterr) < 0) {
        return -1;
    }
    append_among(choice, link->child, link->child_columns, link->parent, link->parent_columns,
                 link->n_columns, condition, sql);
    return 0;
}

static int
append_parents(CopyChoice *choice, const CopyPicker *picker, const FlowTable *parent,
               Conditions *any, Error *reterr)
{
    const Flow *flow = choice->graph->flow;
    for (size_t i = 0; i < flow->n_links; i++) {
        const FlowLink *link = &flow->links[i];
        if (link->child == picker->table && link->parent == parent) {
            next_condition(any);
            if (append_parent(choice, link, any->sql, reterr) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

static int
append_follow(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule,
              Conditions *all, Error *reterr)
{
    Str text = {0};
    Conditions groups = {.sql = &text, .word = rule->any_of ? " or " : " and "};
    int status = 0;
    for (size_t i = 0; i < rule->n_tables && status == 0; i++) {
        Str links = {0};
        Conditions any = {.sql = &links, .word = " or "};
        if (rule->tables[i] == picker->table) {
            continue;
        }
        status = append_parents(choice, picker, rule->tables[i], &any, reterr);
        end_conditions(&any);
        if (links.length > 0) {
            next_condition(&groups);
            str_append(&text, str_text(&links));
        }
        str_deinit(&links);
    }
    end_conditions(&groups);
    if (groups.n > 0) {
        next_condition(all);
        str_append(all->sql, str_text(&text));
    }
    str_deinit(&text);
    return status;
}

static int
append_rule(CopyChoice *choice, const CopyPicker *picker, const FlowCopyRule *rule, Conditions *all,
            Error *reterr)
{
    CopyStatement part = {0};
    int status = 0;
    switch (rule->kind) {
    case PDC_COPY_WHERE:
        status = copy_append_condition(choice, rule->condition, &part, reterr);
        break;
    case PDC_COPY_WINDOW: copy_append_window(choice, picker, rule, &part); break;
    case PDC_COPY_FOLLOW: return append_follow(choice, picker, rule, all, reterr);
    case PDC_COPY_SAMPLE_PERCENT:
        append_not_null(picker->table, rule->columns, rule->n_columns, all);
        return 0;
    default: return 0;
    }
    next_condition(all);
    str_append(all->sql, str_text(&part.sql));
    copy_statement_deinit(&part);
    return status;
}

static int
append_rules(CopyChoice *choice, const CopyPicker *picker, Conditions *all, Error *reterr)
{
    for (size_t i = 0; i < picker->n_rules; i++) {
        if (append_rule(choice, picker, &picker->rules[i], all, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

/** The rows of keys that the entity's own rules choose among. */
static int
append_carrier(CopyChoice *choice, const FlowTable *table, const FlowCarrier *carrier,
               Conditions *all, Error *reterr)
{
    const FlowEntity *entity = carrier->entity;
    Str keys = {0};
    Conditions of_keys = {.sql = &keys, .word = " and "};
    CopyPicker picker = copy_picker_of_entity(choice, entity);
    int status = append_rules(choice, &picker, &of_keys, reterr);
    end_conditions(&of_keys);
    append_not_null(table, carrier->columns, entity->n_columns, all);
    if (of_keys.n > 0) {
        next_condition(all);
        append_among(choice, table, carrier->columns, entity->home, entity->columns,
                     entity->n_columns, str_text(&keys), all->sql);
    }
    str_deinit(&keys);
    return status;
}

/** What the first rows by key are is known from their weights. */
static void
append_limited(const CopyChoice *choice, const FlowTable *table, Conditions *all)
{
    const CopyKey *key = &choice->keys[table->index];
    const char *name = choice->weights->tables[table->index].name;
    if (key->n_key == 0 || name == NULL) {
        return;
    }
    next_condition(all);
    str_append(all->sql, key->n_key > 1 ? "(" : "");
    for (size_t i = 0; i < key->n_key; i++) {
        CopyStatement value = {0};
        copy_append_listed_value(choice, table, key->columns.items[i], &value);
        str_append_format(all->sql, "%s%s", i > 0 ? ", " : "", str_text(&value.sql));
        copy_statement_deinit(&value);
    }
    str_append(all->sql, key->n_key > 1 ? ") in (select " : " in (select ");
    for (size_t i = 0; i < key->n_key; i++) {
        str_append_format(all->sql, "%sw.c%zu", i > 0 ? ", " : "", i);
    }
    str_append(all->sql, " from ");
    sql_ident(all->sql, name);
    str_append(all->sql, " as w where w.weight > 0)");
}

static int
append_own(CopyChoice *choice, const CopyPicker *picker, Conditions *all, Error *reterr)
{
    int status = append_rules(choice, picker, all, reterr);
    for (size_t i = 0; i < picker->n_carriers && status == 0; i++) {
        status = append_carrier(choice, picker->table, &picker->carriers[i], all, reterr);
    }
    if (copy_picker_rule(picker, PDC_COPY_LIMIT) != NULL) {
        append_limited(choice, picker->table, all);
    }
    return status;
}

/** The parents that have a child which is stood for. */
static int
append_children(CopyChoice *choice, const FlowTable *table, Conditions *all, Error *reterr)
{
    const Flow *flow = choice->graph->flow;
    Str text = {0};
    Conditions any = {.sql = &text, .word = " or "};
    int status = 0;
    for (size_t i = 0; i < flow->n_links && status == 0; i++) {
        const FlowLink *link = &flow->links[i];
        const char *condition;
        if (link->parent != table || link->child == table || link->is_broken ||
            choice->weights->tables[link->child->index].is_open) {
            continue;
        }
        next_condition(&any);
        status = frame_of(choice, link->child, &condition, reterr);
        append_among(choice, table, link->parent_columns, link->child, link->child_columns,
                     link->n_columns, condition, &text);
    }
    end_conditions(&any);
    next_condition(all);
    str_append(all->sql, any.n > 0 ? str_text(&text) : "false");
    str_deinit(&text);
    return status;
}

int
weigh_append_certain(CopyChoice *choice, const CopyPicker *picker, CopyStatement *statement,
                     Error *reterr)
{
    size_t n = 0;
    for (size_t i = 0; i < picker->n_rules; i++) {
        const FlowCopyRule *rule = &picker->rules[i];
        if (rule->kind != PDC_COPY_CERTAIN) {
            continue;
        }
        str_append(&statement->sql, n++ == 0 ? "coalesce(" : " or coalesce(");
        if (copy_append_condition(choice, rule->condition, statement, reterr) < 0) {
            return -1;
        }
        str_append(&statement->sql, ", false)");
    }
    return 0;
}

int
weigh_append_frame(CopyChoice *choice, const FlowTable *table, Str *sql, Error *reterr)
{
    CopyPicker picker = copy_picker_of_table(choice, table);
    CopyWeighing *weighing = &choice->weights->tables[table->index];
    CopyStatement certain = {0};
    Str text = {0};
    Conditions all = {.sql = &text, .word = " and "};
    bool was_open = weighing->is_open;
    if (weigh_is_whole(table)) {
        return 0;
    }
    weighing->is_open = true; /* a circle ends here */
    int status = weigh_has_own(&picker) ? append_own(choice, &picker, &all, reterr)
                                        : append_children(choice, table, &all, reterr);
    weighing->is_open = was_open;
    end_conditions(&all);
    status = status == 0 ? weigh_append_certain(choice, &picker, &certain, reterr) : status;
    if (all.n > 0 && certain.sql.length > 0) {
        str_append_format(sql, "(%s or %s)", str_text(&text), str_text(&certain.sql));
    } else {
        str_append(sql, str_text(&text));
    }
    str_deinit(&text);
    copy_statement_deinit(&certain);
    return status;
}
