/* Rules of a copy block: their values, and what they may stand beside. */
#include "runtime/base/str.h"
#include "runtime/base/suggest.h"
#include "runtime/elaborate/copy_priv.h"

#include <string.h>

/* ---- what kinds of rules there are ---- */

typedef struct RuleTraits RuleTraits;
struct RuleTraits {
    const char *words;
    bool adds;       /* rows beside those that the others pick */
    bool changes;    /* values, and picks no row */
    bool sizes;      /* says how many of all rows: only one of these makes sense */
    bool ranks;      /* counts or ranks rows */
    bool needs_home; /* of an entity: more than its key is looked at */
    bool of_tables;  /* not of entities */
    bool is_keyed;   /* by the configuration's `masking_key` */
};

static const RuleTraits traits[] = {
    [PDC_COPY_ALL] = {"all", .sizes = true},
    [PDC_COPY_NONE] = {"none", .sizes = true, .of_tables = true},
    [PDC_COPY_LIMIT] = {"limit", .ranks = true, .needs_home = true},
    [PDC_COPY_WHERE] = {"where", .needs_home = true},
    [PDC_COPY_SAMPLE_PERCENT] = {"sample", .sizes = true},
    [PDC_COPY_SAMPLE_ROWS] = {"sample to rows", .sizes = true, .needs_home = true},
    [PDC_COPY_SAMPLE_BYTES] = {"sample to bytes", .sizes = true, .needs_home = true},
    [PDC_COPY_AT_LEAST] = {"at least", .ranks = true, .needs_home = true},
    [PDC_COPY_CERTAIN] = {"certain where", .adds = true, .needs_home = true},
    [PDC_COPY_WINDOW] = {"window", .ranks = true, .needs_home = true},
    [PDC_COPY_FOLLOW] = {"follow", .of_tables = true},
    [PDC_COPY_COVER_VALUES] = {"cover of", .ranks = true, .needs_home = true},
    [PDC_COPY_COVER_PAIRS] = {"cover pairs of", .ranks = true, .needs_home = true},
    [PDC_COPY_COVER_BOUNDS] = {"cover bounds of", .ranks = true, .needs_home = true},
    [PDC_COPY_PLUS_WHERE] = {"plus where", .adds = true, .needs_home = true},
    [PDC_COPY_PLUS_KEYS] = {"plus keys from", .adds = true, .needs_home = true},
    [PDC_COPY_MASK_HASH] = {"mask", .changes = true, .of_tables = true, .is_keyed = true},
    [PDC_COPY_MASK_NULL] = {"mask", .changes = true, .of_tables = true},
    [PDC_COPY_MASK_FAKE] = {"mask", .changes = true, .of_tables = true, .is_keyed = true},
    [PDC_COPY_MASK_EXPR] = {"mask", .changes = true, .of_tables = true},
    [PDC_COPY_BREAK] = {"break", .changes = true, .of_tables = true},
};

bool
flow_copy_rule_adds(PdcCopyRuleKind kind)
{
    return traits[kind].adds;
}

bool
flow_copy_rule_changes(PdcCopyRuleKind kind)
{
    return traits[kind].changes;
}

bool
flow_copy_rule_is_keyed(PdcCopyRuleKind kind)
{
    return traits[kind].is_keyed;
}

bool
copy_rule_begins(PdcCopyRuleKind kind)
{
    return !traits[kind].changes && kind != PDC_COPY_FOLLOW;
}

bool
copy_rule_ranks(PdcCopyRuleKind kind)
{
    return traits[kind].ranks;
}

bool
copy_rules_any(const FlowTable *table, bool (*holds)(PdcCopyRuleKind kind))
{
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        if (holds(table->body->copy_rules[i].kind)) {
            return true;
        }
    }
    return false;
}

bool
copy_follows_itself(const FlowTable *table)
{
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        const FlowCopyRule *rule = &table->body->copy_rules[i];
        for (size_t k = 0; rule->kind == PDC_COPY_FOLLOW && k < rule->n_tables; k++) {
            if (rule->tables[k] == table) {
                return true;
            }
        }
    }
    return false;
}

bool
flow_copies_all(const FlowTable *table)
{
    bool all = false;
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        PdcCopyRuleKind kind = table->body->copy_rules[i].kind;
        all |= kind == PDC_COPY_ALL;
        if (kind != PDC_COPY_ALL && !traits[kind].adds && !traits[kind].changes) {
            return false;
        }
    }
    return all;
}

/* ---- values ---- */

static int
wrong_value(Elaboration *e, const PdcExpr *expr, const char *expected, const char *found)
{
    diag_add(e->diags, DIAG_EXPR_TYPE, at_span(e, expr->at), expected, found);
    return -1;
}

static int
eval_count(Elaboration *e, const PdcExpr *expr, int64_t *ret_count)
{
    Value value;
    if (eval(e, expr, NULL, &value) < 0) {
        return -1;
    }
    if (value.kind != VALUE_INT || value.integer < 0) {
        return wrong_value(e, expr, "a number of rows",
                           value.kind == VALUE_INT ? "a negative one"
                                                   : value_kind_name(value.kind));
    }
    *ret_count = value.integer;
    return 0;
}

static int
eval_number(Elaboration *e, const PdcExpr *expr, const char *what, double highest,
            double *ret_number)
{
    Value value;
    if (eval(e, expr, NULL, &value) < 0) {
        return -1;
    }
    if (value.kind != VALUE_INT && value.kind != VALUE_FLOAT) {
        return wrong_value(e, expr, what, value_kind_name(value.kind));
    }
    double number = value.kind == VALUE_INT ? (double)value.integer : value.number;
    if (!(number >= 0 && number <= highest)) {
        Str found = {0};
        str_append_format(&found, "%g", number);
        wrong_value(e, expr, what, str_text(&found));
        str_deinit(&found);
        return -1;
    }
    *ret_number = number;
    return 0;
}

static int
eval_bytes(Elaboration *e, const PdcCopyRule *rule, int64_t *ret_bytes)
{
    double number;
    if (eval_number(e, rule->expr, "a size", 9e18 / (double)rule->unit_bytes, &number) < 0) {
        return -1;
    }
    *ret_bytes = (int64_t)(number * (double)rule->unit_bytes);
    return 0;
}

static int
eval_text(Elaboration *e, const PdcExpr *expr, const char *what, const char **ret_text)
{
    Value value;
    if (eval(e, expr, NULL, &value) < 0) {
        return -1;
    }
    if (value.kind != VALUE_TEXT) {
        return wrong_value(e, expr, what, value_kind_name(value.kind));
    }
    *ret_text = value.text;
    return 0;
}

/** `N unit`, several times: what both engines read alike. */
static bool
is_interval(const char *text)
{
    static const char *const units[] = {"microsecond", "millisecond", "second", "minute", "hour",
                                        "day",         "week",        "month",  "year"};
    size_t n_parts = 0;
    text += strspn(text, " ");
    for (; text[0] != '\0'; n_parts++) {
        size_t digits = strspn(text, "0123456789");
        size_t spaces = strspn(text + digits, " ");
        const char *word = text + digits + spaces;
        size_t length = strcspn(word, " ");
        size_t letters = length > 1 && word[length - 1] == 's' ? length - 1 : length;
        bool known = false;
        for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
            known |= strlen(units[i]) == letters && strncmp(units[i], word, letters) == 0;
        }
        if (digits == 0 || digits > 9 || !known) {
            return false;
        }
        text = word + length;
        text += strspn(text, " ");
    }
    return n_parts > 0;
}

static int
eval_interval(Elaboration *e, const PdcExpr *expr, const char **ret_text)
{
    static const char *const what = "an interval like '90 days'";
    if (eval_text(e, expr, what, ret_text) < 0) {
        return -1;
    }
    if (!is_interval(*ret_text)) {
        return wrong_value(e, expr, what, arena_printf(e->arena, "'%s'", *ret_text));
    }
    return 0;
}

static int
eval_amount(Elaboration *e, const PdcCopyRule *rule, FlowCopyRule *bound)
{
    switch (rule->kind) {
    case PDC_COPY_LIMIT:
    case PDC_COPY_SAMPLE_ROWS:
    case PDC_COPY_AT_LEAST: return eval_count(e, rule->expr, &bound->amount);
    case PDC_COPY_SAMPLE_PERCENT:
        return eval_number(e, rule->expr, "a percentage from 0 to 100", 100, &bound->percent);
    case PDC_COPY_SAMPLE_BYTES: return eval_bytes(e, rule, &bound->amount);
    case PDC_COPY_WINDOW: return eval_interval(e, rule->expr, &bound->text);
    case PDC_COPY_FOLLOW:
        bound->amount = -1;
        return rule->expr == NULL ? 0 : eval_count(e, rule->expr, &bound->amount);
    case PDC_COPY_PLUS_KEYS: return eval_text(e, rule->expr, "the path of a file", &bound->text);
    case PDC_COPY_MASK_EXPR: return eval_text(e, rule->expr, "an SQL expression", &bound->text);
    case PDC_COPY_ALL:
    case PDC_COPY_NONE:
    case PDC_COPY_WHERE:
    case PDC_COPY_CERTAIN:
    case PDC_COPY_COVER_VALUES:
    case PDC_COPY_COVER_PAIRS:
    case PDC_COPY_COVER_BOUNDS:
    case PDC_COPY_PLUS_WHERE:
    case PDC_COPY_MASK_HASH:
    case PDC_COPY_MASK_NULL:
    case PDC_COPY_MASK_FAKE:
    case PDC_COPY_BREAK: return 0;
    }
    BUG("copy rule of kind %d", (int)rule->kind);
}

/* ---- names ---- */

static bool
is_linked(const Elaboration *e, const FlowTable *child, const FlowTable *parent)
{
    for (size_t i = 0; i < e->flow->n_links; i++) {
        if (e->flow->links[i].child == child && e->flow->links[i].parent == parent) {
            return true;
        }
    }
    return false;
}

static int
bind_tables(Elaboration *e, const PdcCopyRule *rule, const FlowTable *table, FlowCopyRule *bound)
{
    bound->tables = ARENA_ARRAY(e->arena, const FlowTable *, rule->n_tables);
    bound->n_tables = rule->n_tables;
    int result = 0;
    for (size_t i = 0; i < rule->n_tables; i++) {
        const FlowTable *other = find_relation(e, &rule->tables[i], rule->at, NULL);
        bound->tables[i] = other;
        if (other == NULL) {
            result = -1;
        } else if (rule->kind == PDC_COPY_FOLLOW && !is_linked(e, table, other)) {
            diag_add(e->diags, DIAG_FOLLOW_NO_KEY, at_span(e, rule->at), table->stage->name,
                     table->name, other->stage->name, other->name);
            diag_note(e->diags, at_span(e, table->at), "`%s.%s` is declared here",
                      table->stage->name, table->name);
            result = -1;
        }
    }
    return result;
}

static int
unknown_column(Elaboration *e, const FlowTable *table, const char *name, PdcSpan at)
{
    const PdcContract *contract = table->contract;
    const char **names = ARENA_ARRAY(e->arena, const char *, contract->n_columns + 1);
    for (size_t i = 0; i < contract->n_columns; i++) {
        names[i] = contract->columns[i].name;
    }
    const char *nearest = suggest_nearest(name, names, contract->n_columns);
    diag_add(e->diags, DIAG_UNKNOWN_COLUMN, at_span(e, at),
             arena_printf(e->arena, "%s.%s", table->stage->name, table->name), name);
    if (nearest != NULL) {
        diag_hint(e->diags, "did you mean `%s`?", nearest);
    }
    return -1;
}

/** As far as a contract tells which columns there are. */
static int
check_columns(Elaboration *e, const PdcCopyRule *rule, const FlowTable *table)
{
    const PdcContract *contract = table == NULL ? NULL : table->contract;
    int result = 0;
    for (size_t i = 0; contract != NULL && i < rule->n_columns; i++) {
        bool found = false;
        for (size_t k = 0; k < contract->n_columns; k++) {
            found |= text_equal(contract->columns[k].name, rule->columns[i]);
        }
        if (!found) {
            result = unknown_column(e, table, rule->columns[i], rule->at);
        }
    }
    return result;
}

int
copy_rule_bind(Elaboration *e, const PdcCopyRule *rule, const FlowTable *table,
               const FlowEntity *entity, FlowCopyRule *bound)
{
    const RuleTraits *trait = &traits[rule->kind];
    *bound = (FlowCopyRule){.kind = rule->kind,
                            .at = rule->at,
                            .file = rule->at.file,
                            .columns = rule->columns,
                            .n_columns = rule->n_columns,
                            .any_of = rule->any_of,
                            .all = rule->all};
    if (entity != NULL &&
        (trait->of_tables || (rule->kind == PDC_COPY_SAMPLE_PERCENT && rule->n_columns > 0))) {
        diag_add(e->diags, DIAG_ENTITY_RULE, at_span(e, rule->at), trait->words);
        return -1;
    }
    if (entity != NULL && table == NULL && trait->needs_home) {
        diag_add(e->diags, DIAG_ENTITY_HOME, at_span(e, rule->at), trait->words);
        return -1;
    }
    int result = eval_amount(e, rule, bound);
    result |= bind_tables(e, rule, table, bound);
    result |= check_columns(e, rule, table);
    if (rule->query != NULL) {
        result |= expand_query(e, rule->query, NULL, &bound->condition);
    }
    return result;
}

int
copy_rules_check(Elaboration *e, const FlowCopyRule *rules, size_t n)
{
    const FlowCopyRule *size = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!traits[rules[i].kind].sizes) {
            continue;
        }
        if (size != NULL) {
            diag_add(e->diags, DIAG_COPY_RULES_CLASH, at_span(e, rules[i].at),
                     traits[rules[i].kind].words, traits[size->kind].words);
            diag_note(e->diags, at_span(e, size->at), "the other one");
            return -1;
        }
        size = &rules[i];
    }
    return 0;
}
