#include "runtime/plan/definition.h"

#include "runtime/base/str.h"
#include "runtime/base/vec.h"
#include "runtime/elaborate/render.h"

#include <string.h>

/** First words of the lines, and what people read. */
static const char *const kind_names[] = {
    [DEFINITION_UNLOGGED] = "unlogged",
    [DEFINITION_NOT_NULL] = "not null",
    [DEFINITION_PRIMARY_KEY] = "primary key",
    [DEFINITION_UNIQUE] = "unique",
    [DEFINITION_INDEX] = "index",
    [DEFINITION_COMMENT] = "comment",
};

#define EXPRESSIONS_NAME "index of" /* an index over expressions */

/* ---- lines: fields between tabs, with \t, \n and \\ escaped ---- */

static void
append_field(Str *line, const char *text)
{
    str_append_char(line, '\t');
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '\t': str_append(line, "\\t"); break;
        case '\n': str_append(line, "\\n"); break;
        case '\\': str_append(line, "\\\\"); break;
        default: str_append_char(line, *text);
        }
    }
}

static const char *
unescape(const char *text, size_t length, Arena *arena)
{
    Str plain = {0};
    for (size_t i = 0; i < length; i++) {
        bool escaped = text[i] == '\\' && i + 1 < length;
        i += escaped ? 1 : 0;
        str_append_char(&plain, !escaped         ? text[i]
                                : text[i] == 't' ? '\t'
                                : text[i] == 'n' ? '\n'
                                                 : text[i]);
    }
    return str_take_in(&plain, arena);
}

static void
set_line(DefinitionItem *item, Arena *arena)
{
    Str line = {0};
    bool is_expressions = item->kind == DEFINITION_INDEX && item->n_columns == 0;
    str_append(&line, is_expressions ? EXPRESSIONS_NAME : kind_names[item->kind]);
    for (size_t i = 0; i < item->n_columns; i++) {
        append_field(&line, item->columns[i]);
    }
    if (item->text != NULL) {
        append_field(&line, item->text);
    }
    item->line = str_take_in(&line, arena);
}

/* ---- from the flow ---- */

typedef struct Builder Builder;
struct Builder {
    Arena *arena;
    VEC(DefinitionItem) items;
};

static bool
is_known(const Builder *builder, const char *line)
{
    for (size_t i = 0; i < builder->items.n; i++) {
        if (text_equal(builder->items.items[i].line, line)) {
            return true;
        }
    }
    return false;
}

static void
add_item(Builder *builder, DefinitionItem item)
{
    set_line(&item, builder->arena);
    if (!is_known(builder, item.line)) {
        vec_push_in(builder->arena, &builder->items, item);
    }
}

static void
add_not_null(Builder *builder, const FlowConstraint *constraint)
{
    for (size_t i = 0; i < constraint->n_columns; i++) {
        add_item(builder, (DefinitionItem){.kind = DEFINITION_NOT_NULL,
                                           .columns = &constraint->columns[i],
                                           .n_columns = 1,
                                           .at = constraint->at});
    }
}

static void
add_constraint(Builder *builder, const FlowConstraint *constraint)
{
    if (constraint->warn) {
        return;
    }
    if (constraint->kind == PDC_CLAUSE_NOT_NULL) {
        add_not_null(builder, constraint);
    } else if (constraint->kind == PDC_CLAUSE_PRIMARY_KEY ||
               constraint->kind == PDC_CLAUSE_UNIQUE) {
        bool is_primary = constraint->kind == PDC_CLAUSE_PRIMARY_KEY;
        add_item(builder,
                 (DefinitionItem){.kind = is_primary ? DEFINITION_PRIMARY_KEY : DEFINITION_UNIQUE,
                                  .columns = constraint->columns,
                                  .n_columns = constraint->n_columns,
                                  .at = constraint->at});
    }
}

static void
add_index(Builder *builder, const FlowIndex *index)
{
    DefinitionItem item = {.kind = DEFINITION_INDEX, .at = index->at};
    if (index->expressions != NULL) {
        Str canon = {0};
        flow_query_canon(index->expressions, &canon);
        item.text = str_take_in(&canon, builder->arena);
        item.expressions = index->expressions;
    } else {
        item.columns = index->columns;
        item.n_columns = index->n_columns;
    }
    add_item(builder, item);
}

/** In the order of the kinds, and as declared within one. */
static Definition
in_order(const Builder *builder)
{
    Definition definition = {.items =
                                 ARENA_ARRAY(builder->arena, DefinitionItem, builder->items.n + 1)};
    for (int kind = DEFINITION_UNLOGGED; kind <= DEFINITION_COMMENT; kind++) {
        for (size_t i = 0; i < builder->items.n; i++) {
            if ((int)builder->items.items[i].kind == kind) {
                definition.items[definition.n_items++] = builder->items.items[i];
            }
        }
    }
    return definition;
}

Definition
definition_of(const FlowTable *table, DefinitionOptions options, Arena *arena)
{
    Builder builder = {.arena = arena};
    bool is_table = table->kind == PDC_TABLE;
    if (is_table && options.can_unlogged && (table->unlogged || options.default_unlogged)) {
        add_item(&builder, (DefinitionItem){.kind = DEFINITION_UNLOGGED});
    }
    for (size_t i = 0; is_table && i < table->n_constraints; i++) {
        add_constraint(&builder, &table->constraints[i]);
    }
    for (size_t i = 0; is_table && i < table->n_indexes; i++) {
        add_index(&builder, &table->indexes[i]);
    }
    if (table->doc != NULL && table->doc[0] != '\0') {
        add_item(&builder, (DefinitionItem){.kind = DEFINITION_COMMENT, .text = table->doc});
    }
    return in_order(&builder);
}

/* ---- as text ---- */

const char *
definition_text(const Definition *definition, Arena *arena)
{
    Str text = {0};
    for (size_t i = 0; i < definition->n_items; i++) {
        str_append(&text, i > 0 ? "\n" : "");
        str_append(&text, definition->items[i].line);
    }
    return str_take_in(&text, arena);
}

static bool
parse_kind(const char *word, size_t length, DefinitionItem *item, bool *ret_is_text)
{
    *ret_is_text = false;
    if (length == strlen(EXPRESSIONS_NAME) && strncmp(word, EXPRESSIONS_NAME, length) == 0) {
        item->kind = DEFINITION_INDEX;
        *ret_is_text = true;
        return true;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(kind_names); i++) {
        if (length == strlen(kind_names[i]) && strncmp(word, kind_names[i], length) == 0) {
            item->kind = (DefinitionKind)i;
            *ret_is_text = item->kind == DEFINITION_COMMENT;
            return true;
        }
    }
    return false;
}

static bool
parse_line(const char *line, size_t length, Arena *arena, DefinitionItem *item)
{
    VEC(const char *) fields = {0};
    bool is_text;
    const char *tab = memchr(line, '\t', length);
    size_t word = tab != NULL ? (size_t)(tab - line) : length;
    item->line = arena_strndup(arena, line, length);
    if (!parse_kind(line, word, item, &is_text)) {
        return false;
    }
    for (size_t start = word + 1; start <= length;) {
        const char *end = memchr(line + start, '\t', length - start);
        size_t field = end != NULL ? (size_t)(end - line) - start : length - start;
        vec_push_in(arena, &fields, unescape(line + start, field, arena));
        start += field + 1;
    }
    if (is_text) {
        item->text = fields.n > 0 ? fields.items[0] : "";
    } else {
        item->columns = fields.items;
        item->n_columns = fields.n;
    }
    return true;
}

Definition
definition_parse(const char *text, Arena *arena)
{
    VEC(DefinitionItem) items = {0};
    while (text != NULL && *text != '\0') {
        size_t length = strcspn(text, "\n");
        DefinitionItem item = {0};
        if (parse_line(text, length, arena, &item)) {
            vec_push_in(arena, &items, item);
        }
        text += length + (text[length] == '\n' ? 1 : 0);
    }
    return (Definition){.items = items.items, .n_items = items.n};
}

bool
definition_has(const Definition *definition, const char *line)
{
    for (size_t i = 0; i < definition->n_items; i++) {
        if (text_equal(definition->items[i].line, line)) {
            return true;
        }
    }
    return false;
}

/* ---- in words ---- */

static void
append_item(Str *words, const DefinitionItem *item, const char *what)
{
    str_append(words, words->length > 0 ? ", " : "");
    str_append(words, kind_names[item->kind]);
    for (size_t i = 0; i < item->n_columns; i++) {
        str_append(words, i == 0 ? " (" : ", ");
        str_append(words, item->columns[i]);
    }
    str_append(words, item->n_columns > 0 ? ") " : " ");
    str_append(words, what);
}

const char *
definition_change(const char *old_text, const char *new_text, Arena *arena)
{
    Definition old = definition_parse(old_text, arena);
    Definition new = definition_parse(new_text, arena);
    Str words = {0};
    bool comment_was_there = false;
    for (size_t i = 0; i < old.n_items; i++) {
        comment_was_there = comment_was_there || old.items[i].kind == DEFINITION_COMMENT;
    }
    for (size_t i = 0; i < new.n_items; i++) {
        if (!definition_has(&old, new.items[i].line)) {
            bool is_change = comment_was_there && new.items[i].kind == DEFINITION_COMMENT;
            append_item(&words, &new.items[i], is_change ? "changed" : "added");
            comment_was_there = comment_was_there && !is_change;
        }
    }
    for (size_t i = 0; i < old.n_items; i++) {
        bool is_comment = old.items[i].kind == DEFINITION_COMMENT;
        if (!definition_has(&new, old.items[i].line) && (!is_comment || comment_was_there)) {
            append_item(&words, &old.items[i], "removed");
        }
    }
    return str_take_in(&words, arena);
}
