#include "runtime/key/key.h"

#include "runtime/base/str.h"
#include "runtime/base/utf8.h"
#include "runtime/elaborate/render.h"
#include "runtime/flow/column_type.h"
#include "runtime/key/columns.h"
#include "runtime/key/hash.h"
#include "runtime/key/outline.h"

#include <stdlib.h>
#include <string.h>

/* ---- the body ---- */

static void
hash_query(Hash *hash, const FlowQuery *query)
{
    Str canon = {0};
    flow_query_canon(query, &canon);
    hash_text(hash, str_text(&canon));
    str_deinit(&canon);
}

static int
compare_options(const void *a, const void *b)
{
    const FlowOption *const *first = a;
    const FlowOption *const *second = b;
    return strcmp((*first)->name, (*second)->name);
}

/** Options by name: their order does not count. */
static void
hash_options(Hash *hash, const FlowBody *body, Arena *arena)
{
    const FlowOption **sorted = ARENA_ARRAY(arena, const FlowOption *, body->n_options + 1);
    for (size_t i = 0; i < body->n_options; i++) {
        sorted[i] = &body->options[i];
    }
    qsort(sorted, body->n_options, sizeof(FlowOption *), compare_options);
    for (size_t i = 0; i < body->n_options; i++) {
        Str text = {0};
        Value value = sorted[i]->text == NULL ? VALUE_OF_NULL : value_text(sorted[i]->text);
        value_append_literal(&value, &text);
        hash_text(hash, sorted[i]->name);
        hash_text(hash, str_text(&text));
        str_deinit(&text);
    }
}

static void
hash_texts(Hash *hash, const char *const *texts, size_t n)
{
    hash_number(hash, n);
    for (size_t i = 0; i < n; i++) {
        hash_text(hash, texts[i]);
    }
}

static void
hash_rule(Hash *hash, const FlowCopyRule *rule)
{
    uint64_t bits;
    memcpy(&bits, &rule->percent, sizeof bits);
    hash_number(hash, (uint64_t)rule->kind);
    hash_number(hash, (uint64_t)rule->amount);
    hash_number(hash, bits);
    hash_text(hash, rule->text);
    hash_texts(hash, rule->columns, rule->n_columns);
    hash_number(hash, (uint64_t)(rule->any_of ? 1 : 0) + (rule->all ? 2 : 0));
    for (size_t i = 0; i < rule->n_tables; i++) {
        hash_text(hash, rule->tables[i]->stage->name);
        hash_text(hash, rule->tables[i]->name);
    }
    if (rule->condition != NULL) {
        hash_query(hash, rule->condition);
    }
}

/** Does the rule say which rows are kept elsewhere, too? */
static bool
is_for_others(const FlowCopyRule *rule)
{
    return !flow_copy_rule_changes(rule->kind) || rule->kind == PDC_COPY_BREAK;
}

static void
hash_table_rules(Hash *hash, const FlowTable *table, bool is_own)
{
    const FlowBody *body = table->body;
    for (size_t i = 0; i < body->n_copy_rules; i++) {
        if (is_own || is_for_others(&body->copy_rules[i])) {
            hash_rule(hash, &body->copy_rules[i]);
        }
    }
    for (size_t i = 0; i < body->n_carriers; i++) {
        const FlowEntity *entity = body->carriers[i].entity;
        hash_texts(hash, body->carriers[i].columns, entity->n_columns);
        for (size_t k = 0; k < entity->n_rules; k++) {
            hash_rule(hash, &entity->rules[k]);
        }
    }
}

static bool
is_needed(const FlowBody *body, const FlowTable *table)
{
    for (size_t i = 0; i < body->n_copy_needs; i++) {
        if (body->copy_needs[i] == table) {
            return true;
        }
    }
    return false;
}

/** The references of `child` to tables that decide with it. */
static void
hash_references(Hash *hash, const FlowBody *body, const FlowTable *child)
{
    for (size_t i = 0; i < child->n_constraints; i++) {
        const FlowConstraint *constraint = &child->constraints[i];
        if (constraint->kind == PDC_CLAUSE_FOREIGN_KEY && is_needed(body, constraint->target)) {
            hash_texts(hash, constraint->columns, constraint->n_columns);
            hash_text(hash, constraint->target->stage->name);
            hash_text(hash, constraint->target->name);
            hash_texts(hash, constraint->target_columns, constraint->n_target_columns);
        }
    }
}

/** The table's rules, and those of the tables that say with it which rows are kept. */
static void
hash_rules(Hash *hash, const FlowTable *table)
{
    const FlowBody *body = table->body;
    hash_table_rules(hash, table, true);
    for (size_t i = 0; i < body->n_copy_needs; i++) {
        if (body->copy_needs[i] != table) {
            hash_text(hash, body->copy_needs[i]->stage->name);
            hash_text(hash, body->copy_needs[i]->name);
            hash_table_rules(hash, body->copy_needs[i], false);
            hash_references(hash, body, body->copy_needs[i]);
        }
    }
}

static const char *
body_key(const FlowTable *table, Arena *arena)
{
    const FlowBody *body = table->body;
    Hash *hash = hash_begin();
    hash_number(hash, (uint64_t)body->kind);
    hash_number(hash, (uint64_t)table->kind);
    switch (body->kind) {
    case FLOW_BODY_QUERY: hash_query(hash, body->query); break;
    case FLOW_BODY_SCRIPT:
        hash_query(hash, body->query);
        hash_text(hash, table->output);
        break;
    case FLOW_BODY_CSV:
    case FLOW_BODY_PARQUET: hash_options(hash, body, arena); break;
    case FLOW_BODY_EXTERNAL:
        hash_text(hash, body->schema);
        hash_text(hash, body->table);
        break;
    case FLOW_BODY_COPY: hash_rules(hash, table); break;
    }
    return hash_end_in(hash, arena);
}

static int
compare_promises(const void *a, const void *b)
{
    const PdcPromise *const *first = a;
    const PdcPromise *const *second = b;
    return strcmp((*first)->name, (*second)->name);
}

/** Names and types, by name: the order of the columns is free. */
static void
hash_promises(Hash *hash, const PdcContract *contract, Arena *arena)
{
    const PdcPromise **sorted = ARENA_ARRAY(arena, const PdcPromise *, contract->n_columns + 1);
    for (size_t i = 0; i < contract->n_columns; i++) {
        sorted[i] = &contract->columns[i];
    }
    qsort(sorted, contract->n_columns, sizeof(PdcPromise *), compare_promises);
    for (size_t i = 0; i < contract->n_columns; i++) {
        hash_text(hash, sorted[i]->name);
        hash_text(hash, column_type_text(sorted[i]->type, arena));
    }
}

/** Where rows are rejected, the clauses decide which rows there are. */
static void
hash_clauses(Hash *hash, const FlowTable *table)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *constraint = &table->constraints[i];
        if (!flow_constraint_is_scanned(table, constraint)) {
            continue;
        }
        hash_number(hash, (uint64_t)constraint->kind);
        for (size_t k = 0; k < constraint->n_columns; k++) {
            hash_text(hash, constraint->columns[k]);
        }
        if (constraint->condition != NULL) {
            hash_query(hash, constraint->condition);
        }
    }
}

/** What the promises say of content and types, or NULL. In the mode `fail` clauses are no part of
 * it: rows that were published keep them, or it is found out without making the rows again. */
static const char *
promise_key(const FlowTable *table, Arena *arena)
{
    bool rejects = table->is_promised && table->violation == FLOW_VIOLATION_REJECT;
    if (table->contract == NULL && !rejects) {
        return NULL;
    }
    Hash *hash = hash_begin();
    hash_number(hash, (uint64_t)table->violation);
    if (table->contract != NULL) {
        hash_promises(hash, table->contract, arena);
    }
    if (rejects) {
        hash_clauses(hash, table);
    }
    return hash_end_in(hash, arena);
}

/** The digest of the body, and behind a `+` that of the promises, so that a difference can be told
 * apart. */
static const char *
body_and_promise_key(const FlowTable *table, Arena *arena)
{
    const char *body = body_key(table, arena);
    const char *promise = promise_key(table, arena);
    return promise == NULL ? body : arena_printf(arena, "%s+%s", body, promise);
}

/* ---- the parts ---- */

/** What the published table was made of, if an input still has the content that it had then. */
static const MetaInput *
find_noted(const KeyParts *parts, const MetaTable *published, const char *content_key)
{
    bool is_same_query = published != NULL && text_equal(published->body_key, parts->body);
    for (size_t i = 0; is_same_query && i < published->n_inputs; i++) {
        if (text_equal(published->inputs[i].content_key, content_key)) {
            return &published->inputs[i];
        }
    }
    return NULL;
}

/** A view is bound to the very tables that it reads; of others only the query's inputs are used by
 * their columns. */
static bool
uses_by_columns(const FlowTable *table, const FlowTable *input)
{
    const FlowQuery *query = table->body->query;
    for (size_t i = 0;
         table->kind == PDC_TABLE && table->body->kind == FLOW_BODY_QUERY && i < query->n_inputs;
         i++) {
        if (query->inputs[i] == input) {
            return true;
        }
    }
    return false;
}

static const char *
noted_key(const MetaInput *input)
{
    return input->used_key != NULL ? input->used_key : input->content_key;
}

/** Gathers the keys of the inputs. @return false if the content of one is not known */
static bool
take_input_keys(KeyState *state, const FlowTable *table, const MetaTable *published,
                KeyParts *parts, Arena *arena)
{
    const Outline *outline = NULL;
    bool is_outlined = false;
    bool all_known = true;
    parts->inputs = table->inputs;
    parts->n_inputs = table->n_inputs;
    parts->input_contents = ARENA_ARRAY(arena, const char *, table->n_inputs);
    parts->input_keys = ARENA_ARRAY(arena, const char *, table->n_inputs);
    for (size_t i = 0; i < table->n_inputs; i++) {
        const FlowTable *input = table->inputs[i];
        const char *content_key = state->content_keys[input->index];
        parts->input_contents[i] = parts->input_keys[i] = content_key;
        all_known = all_known && content_key != NULL;
        const MetaInput *noted =
            content_key != NULL ? find_noted(parts, published, content_key) : NULL;
        if (noted != NULL) {
            parts->input_keys[i] = noted_key(noted);
        } else if (content_key != NULL && uses_by_columns(table, input)) {
            outline = is_outlined ? outline : outline_of(table, arena);
            is_outlined = true;
            parts->input_keys[i] =
                outline == NULL ? content_key
                                : columns_used_key(state, input, outline->names, outline->n_names);
        }
    }
    return all_known;
}

static const char *
code_key(const KeyParts *parts, const char *engine, Arena *arena)
{
    Hash *hash = hash_begin();
    hash_text(hash, KEY_FORMAT);
    hash_text(hash, engine);
    hash_text(hash, parts->body);
    hash_text(hash, parts->version);
    hash_text(hash, parts->date);
    for (size_t i = 0; i < parts->n_inputs; i++) {
        hash_text(hash, parts->input_keys[i]);
    }
    return hash_end_in(hash, arena);
}

KeyState *
key_state_new(const Flow *flow, const KeyOptions *options, const KeyFresh *fresh, Arena *arena)
{
    KeyState *state = ARENA_NEW(arena, KeyState);
    *state = (KeyState){.options = options,
                        .fresh = fresh,
                        .content_keys = ARENA_ARRAY(arena, const char *, flow->n_tables + 1),
                        .is_current = ARENA_ARRAY(arena, bool, flow->n_tables + 1),
                        .columns = ARENA_ARRAY(arena, const KeyColumns *, flow->n_tables + 1),
                        .arena = arena};
    return state;
}

KeyParts
key_parts(KeyState *state, const FlowTable *table, const MetaTable *published, Arena *arena)
{
    const FlowQuery *query = table->body->query;
    const KeyOptions *options = state->options;
    const KeyFresh *fresh = &state->fresh[table->index];
    KeyParts parts = {.body = body_and_promise_key(table, arena),
                      .version = table->body->version,
                      .date = query != NULL && query->uses_date ? options->run_date : NULL,
                      .fresh = fresh->is_always ? options->run : fresh->value};
    if (!take_input_keys(state, table, published, &parts, arena)) {
        return parts;
    }
    parts.code = code_key(&parts, options->engine, arena);
    Hash *hash = hash_begin();
    hash_text(hash, parts.code);
    hash_text(hash, parts.fresh);
    parts.key = hash_end_in(hash, arena);
    return parts;
}

const char *
key_content(const FlowTable *table, const KeyParts *parts)
{
    bool is_sql = table->body->kind == FLOW_BODY_QUERY || table->body->kind == FLOW_BODY_SCRIPT;
    return is_sql && !table->cutoff ? parts->key : NULL;
}

/* ---- differences in words ---- */

static const char *
or_none(const char *text)
{
    return text != NULL ? text : "none";
}

static const char *
input_difference(const KeyParts *parts, const MetaTable *published, Arena *arena)
{
    for (size_t i = 0; i < parts->n_inputs; i++) {
        const FlowTable *input = parts->inputs[i];
        bool same = i < published->n_inputs && parts->input_keys[i] != NULL &&
                    text_equal(noted_key(&published->inputs[i]), parts->input_keys[i]);
        if (!same) {
            return arena_printf(arena, "input %s.%s changed", input->stage->name, input->name);
        }
    }
    return NULL;
}

static const char *
body_difference(const FlowTable *table)
{
    switch (table->body->kind) {
    case FLOW_BODY_QUERY: return KEY_QUERY_CHANGED;
    case FLOW_BODY_SCRIPT: return "script changed";
    case FLOW_BODY_CSV:
    case FLOW_BODY_PARQUET: return "it is read in another way than before";
    case FLOW_BODY_EXTERNAL: return "it comes from another table than before";
    case FLOW_BODY_COPY: return "it is copied by other rules than before";
    }
    return "it is made in another way than before";
}

const char *
key_difference(const FlowTable *table, const KeyParts *parts, const KeyFresh *fresh,
               const MetaTable *published, Arena *arena)
{
    if (!text_equal(parts->body, published->body_key)) {
        const char *body = body_key(table, arena);
        bool same_body =
            published->body_key != NULL && strncmp(published->body_key, body, strlen(body)) == 0;
        return same_body ? "contract changed" : body_difference(table);
    }
    if (!text_equal(parts->version, published->version)) {
        return arena_printf(arena, "version changed from %s to %s", or_none(published->version),
                            or_none(parts->version));
    }
    const char *input = input_difference(parts, published, arena);
    if (input != NULL) {
        return input;
    }
    if (fresh->is_always) {
        return arena_printf(arena, "%s is looked at on each run", fresh->what);
    }
    if (!text_equal(parts->fresh, published->fresh)) {
        return arena_printf(arena, "%s changed", fresh->what != NULL ? fresh->what : "`cache by`");
    }
    if (!text_equal(parts->date, published->run_date)) {
        return arena_printf(arena, "it reads the date, which was %s", or_none(published->run_date));
    }
    return "keys are made in another way than before";
}

/* ---- queries of checks ---- */

const char *
key_of_query(const FlowQuery *query, const char *extra, const char *const *content_keys,
             Arena *arena)
{
    Hash *hash = hash_begin();
    hash_text(hash, KEY_FORMAT);
    hash_text(hash, extra);
    if (query != NULL) {
        hash_query(hash, query);
        for (size_t i = 0; i < query->n_inputs; i++) {
            hash_text(hash, content_keys[query->inputs[i]->index]);
        }
    }
    return hash_end_in(hash, arena);
}

/* ---- names ---- */

enum { NAME_DIGITS = 12 };

/** `<name>__<first digits>`, the name being clipped (at a character) so that all fits. */
static const char *
suffixed_name(const char *name, const char *digits, size_t limit, Arena *arena)
{
    size_t kept = utf8_clip(name, strlen(name), limit - NAME_DIGITS - 2);
    return arena_printf(arena, "%.*s__%.*s", (int)kept, name, NAME_DIGITS, digits);
}

const char *
key_physical_name(const FlowTable *table, const char *key, const char *salt, size_t limit,
                  Arena *arena)
{
    Hash *hash = hash_begin();
    hash_text(hash, key);
    hash_text(hash, table->stage->name);
    hash_text(hash, table->name);
    hash_text(hash, salt);
    return suffixed_name(table->name, hash_end_in(hash, arena), limit, arena);
}

const char *
key_object_name(const char *physical, const char *item, size_t limit, Arena *arena)
{
    Hash *hash = hash_begin();
    hash_text(hash, physical);
    hash_text(hash, item);
    /* the table's own name is what a person looks for in a list of indexes */
    size_t length = strlen(physical);
    size_t name = length > NAME_DIGITS + 2 ? length - NAME_DIGITS - 2 : length;
    return suffixed_name(arena_strndup(arena, physical, name), hash_end_in(hash, arena), limit,
                         arena);
}
