#include "runtime/plan/select.h"

#include "runtime/base/str.h"
#include "runtime/base/suggest.h"
#include "runtime/base/vec.h"

#include <string.h>

typedef struct Term Term;
struct Term {
    const char *name;  /* as written */
    const char *stage; /* what it says in the language's own way, or NULL */
    const char *table; /* NULL: all of the stage */
    bool with_inputs;
    bool with_readers;
};

static const char *
trim(const char *text, size_t length, Arena *arena)
{
    while (length > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t')) {
        length--;
    }
    return arena_strndup(arena, text, length);
}

const char *
select_read_name(const char *text, Arena *arena, const char **ret_name)
{
    Str name = {0};
    if (*text != '"') {
        size_t length = strcspn(text, ".");
        *ret_name = text_fold(arena, text, length);
        return text + length;
    }
    for (text++; *text != '\0' && (*text != '"' || text[1] == '"'); text++) {
        str_append_char(&name, *text);
        text += *text == '"' ? 1 : 0;
    }
    *ret_name = str_take_in(&name, arena);
    return *text == '"' ? text + 1 : text;
}

/** `stage`, `stage.*`, `stage.table`. */
static void
parse_names(Term *term, Arena *arena)
{
    const char *stage;
    const char *rest = select_read_name(term->name, arena, &stage);
    if (*rest == '.' && !text_equal(rest, ".*")) {
        rest = select_read_name(rest + 1, arena, &term->table);
    }
    term->stage = *rest == '\0' || text_equal(rest, ".*") ? stage : NULL;
}

static Term
parse_term(const char *text, Arena *arena)
{
    size_t length = strlen(text);
    Term term = {0};
    term.with_inputs = length > 0 && text[0] == '+';
    term.with_readers = length > 1 && text[length - 1] == '+';
    size_t skip = term.with_inputs ? 1 : 0;
    term.name = trim(text + skip, length - skip - (term.with_readers ? 1 : 0), arena);
    parse_names(&term, arena);
    return term;
}

static bool
has_tag(const FlowTable *table, const char *tag)
{
    for (size_t i = 0; i < table->n_tags; i++) {
        if (text_equal(table->tags[i], tag)) {
            return true;
        }
    }
    return false;
}

static bool
matches(const FlowTable *table, const Term *term, Arena *arena)
{
    const char *name = term->name;
    if (term->stage != NULL && text_equal(term->stage, table->stage->name) &&
        (term->table == NULL || text_equal(term->table, table->name))) {
        return true;
    }
    if (text_starts_with(name, "tag:")) {
        return has_tag(table, name + strlen("tag:"));
    }
    return text_equal(name, "*") || text_equal(name, table->stage->name) ||
           text_equal(name, arena_printf(arena, "%s.*", table->stage->name)) ||
           text_equal(name, arena_printf(arena, "%s.%s", table->stage->name, table->name));
}

/** Inputs stand before their readers, so one walk backwards finds all that is needed. */
static void
add_inputs(const Flow *flow, bool *set)
{
    for (size_t i = flow->n_tables; i-- > 0;) {
        const FlowTable *table = flow->tables[i];
        for (size_t k = 0; set[i] && k < table->n_inputs; k++) {
            set[table->inputs[k]->index] = true;
        }
    }
}

static void
add_readers(const Flow *flow, bool *set)
{
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        for (size_t k = 0; !set[i] && k < table->n_inputs; k++) {
            set[i] = set[table->inputs[k]->index];
        }
    }
}

/** The outputs of one task are made together. */
static void
add_companions(const Flow *flow, bool *set)
{
    for (size_t i = 0; i < flow->n_tables; i++) {
        set[flow->tables[i]->leader->index] |= set[i];
    }
    for (size_t i = 0; i < flow->n_tables; i++) {
        set[i] |= set[flow->tables[i]->leader->index];
    }
}

static int
unknown_selector(const Flow *flow, const char *name, Arena *arena, Error *reterr)
{
    VEC(const char *) known = {0};
    for (size_t i = 0; i < flow->n_stages; i++) {
        vec_push_in(arena, &known, flow->stages[i]->name);
    }
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        vec_push_in(arena, &known, arena_printf(arena, "%s.%s", table->stage->name, table->name));
        for (size_t k = 0; k < table->n_tags; k++) {
            vec_push_in(arena, &known, arena_printf(arena, "tag:%s", table->tags[k]));
        }
    }
    const char *nearest = suggest_nearest(name, known.items, known.n);
    error_set(reterr, ERROR_SELECTOR, "`%s` selects no table", name);
    if (nearest != NULL) {
        error_set_hint(reterr, "did you mean `%s`?", nearest);
    } else {
        error_set_hint(reterr,
                       "a selector is `stage`, `stage.table`, `tag:t`, `+x` (and what it needs) or "
                       "`x+` (and what needs it)");
    }
    return -1;
}

static int
add_term(const Flow *flow, const char *text, Arena *arena, bool *selected, Error *reterr)
{
    Term term = parse_term(text, arena);
    bool *set = ARENA_ARRAY(arena, bool, flow->n_tables + 1);
    bool any = false;
    for (size_t i = 0; i < flow->n_tables; i++) {
        set[i] = matches(flow->tables[i], &term, arena);
        any = any || set[i];
    }
    if (*term.name == '\0') {
        return error_set(reterr, ERROR_SELECTOR,
                         "a selector is empty: a name is missing beside a `,` or `+`");
    }
    if (!any) {
        return unknown_selector(flow, term.name, arena, reterr);
    }
    bool *readers = arena_memdup(arena, set, flow->n_tables * sizeof(bool));
    if (term.with_inputs) {
        add_inputs(flow, set);
    }
    if (term.with_readers) {
        add_readers(flow, readers);
    }
    for (size_t i = 0; i < flow->n_tables; i++) {
        selected[i] = selected[i] || set[i] || readers[i];
    }
    return 0;
}

/** Length up to the next comma that stands outside of quotes. */
static size_t
term_length(const char *text)
{
    bool quoted = false;
    size_t length = 0;
    while (text[length] != '\0' && (quoted || text[length] != ',')) {
        quoted ^= text[length] == '"';
        length++;
    }
    return length;
}

int
select_tables(const Flow *flow, const char *selector, Arena *arena, bool **ret_selected,
              Error *reterr)
{
    bool *selected = ARENA_ARRAY(arena, bool, flow->n_tables + 1);
    const char *rest = selector;
    while (rest != NULL) {
        size_t length = term_length(rest);
        if (add_term(flow, trim(rest, length, arena), arena, selected, reterr) < 0) {
            return -1;
        }
        rest = rest[length] == ',' ? rest + length + 1 : NULL;
    }
    add_companions(flow, selected);
    *ret_selected = selected;
    return 0;
}
