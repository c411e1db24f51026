/* The parts of a query's result: its output columns, and the rest. */
#include "compiler/sql/canon.h"
#include "compiler/sql/functions.h"
#include "compiler/sql/outline_priv.h"
#include "runtime/key/hash.h"

#include <string.h>

enum { DIGEST_DIGITS = 16 };

static void
append_canon(const Outliner *o, size_t first, size_t end, Str *canon)
{
    const SqlWords *words = &o->job->words;
    if (first < end) {
        size_t start = words_start(words, first);
        str_append_char(canon, '\x01');
        sql_canon(words->text + start, words_end(words, end - 1) - start, canon);
    }
}

/* ---- the select lists ---- */

/** The selects of a `union all`. @return false where it is something else */
static bool
find_leaves(Outliner *o, uint32_t select)
{
    VEC(uint32_t) open = {0};
    bool good = true;
    vec_push_in(o->arena, &open, select);
    while (good && open.n > 0) {
        uint32_t node = open.items[--open.n];
        uint32_t left = json_member(o->doc, node, "larg");
        if (left == JSON_NONE) {
            vec_push_in(o->arena, &o->leaves, node);
            good = json_member(o->doc, node, "distinctClause") == JSON_NONE &&
                   json_member(o->doc, node, "targetList") != JSON_NONE;
            continue;
        }
        good = json_text_is(o->doc, json_member(o->doc, node, "op"), "SETOP_UNION") &&
               json_flag(o->doc, node, "all");
        vec_push_in(o->arena, &open, json_member(o->doc, node, "rarg"));
        vec_push_in(o->arena, &open, left);
    }
    return good;
}

/** The item's words, and where its expression ends. @return false where that can't be said */
static bool
find_item(const Outliner *o, uint32_t target, const char *alias, OutlineItem *ret_item)
{
    const SqlWords *words = &o->job->words;
    size_t location = json_offset(o->doc, json_member(o->doc, target, "location"), SQL_NONE);
    if (location >= words->length) {
        return false;
    }
    SqlRange range = job_item_range(o->job, location);
    if (range.start == SQL_NONE) {
        return false;
    }
    OutlineItem item = {.first = words_at(words, range.start), .end = words_at(words, range.end)};
    item.expression_end = item.end;
    if (alias != NULL) {
        if (item.end - item.first < 2 || !words_is_name(words, item.end - 1) ||
            !text_equal(words_name(words, item.end - 1, o->arena), alias)) {
            return false;
        }
        item.expression_end -= words_is(words, item.end - 2, "as") ? 2 : 1;
    }
    *ret_item = item;
    return item.first < item.expression_end;
}

/** Adds the item to output number `i` of the first leaf, which it has the same place as. */
static bool
take_target(Outliner *o, uint32_t target, size_t i, bool is_first)
{
    const char *alias = json_member_string(o->doc, target, "name", o->arena);
    uint32_t fields = json_member(
        o->doc, json_member(o->doc, json_member(o->doc, target, "val"), "ColumnRef"), "fields");
    const char *column = fields != JSON_NONE ? outline_last_name(o, fields) : NULL;
    OutlineItem item;
    if (!find_item(o, target, alias, &item)) {
        return false;
    }
    if (is_first) {
        OutlineOutput output = {.name = alias != NULL ? alias : column,
                                .names = outline_names_new(o)};
        if (output.name == NULL) {
            return false; /* each engine has a name of its own for it */
        }
        output.is_plain = true;
        vec_push_in(o->arena, &o->outputs, output);
    } else if (i >= o->outputs.n) {
        return false;
    }
    OutlineOutput *output = &o->outputs.items[i];
    output->is_plain =
        output->is_plain && json_count(o->doc, fields) == 1 && text_equal(column, output->name);
    vec_push_in(o->arena, &output->items, item);
    return true;
}

static bool
take_leaf(Outliner *o, uint32_t select, bool is_first)
{
    uint32_t targets = json_member(o->doc, select, "targetList");
    size_t i = 0;
    OutlineItem list = {0};
    JSON_EACH(o->doc, targets, wrapped)
    {
        if (!take_target(o, json_member(o->doc, wrapped, "ResTarget"), i, is_first)) {
            return false;
        }
        const OutlineOutput *output = &o->outputs.items[i];
        const OutlineItem *item = &output->items.items[output->items.n - 1];
        bool follows =
            i == 0 || (item->first == list.end + 1 && words_is_char(&o->job->words, list.end, ','));
        if (!follows) {
            return false;
        }
        list.first = i == 0 ? item->first : list.first;
        list.end = item->end;
        i++;
    }
    vec_push_in(o->arena, &o->lists, list);
    return i == o->outputs.n;
}

/** @return false for two outputs of one name, which the engine refuses */
static bool
index_names(Outliner *o)
{
    Map *seen = map_new(o->arena);
    o->by_name = map_new(o->arena);
    for (size_t i = 0; i < o->outputs.n; i++) {
        OutlineOutput *output = &o->outputs.items[i];
        const char *name = text_fold(o->arena, output->name, strlen(output->name));
        if (map_set(seen, name, output) != NULL || strpbrk(name, "\t\n") != NULL) {
            return false;
        }
        if (!output->is_plain) {
            map_set(o->by_name, name, output);
        }
    }
    return true;
}

static bool
take_outputs(Outliner *o, uint32_t select)
{
    if (!find_leaves(o, select)) {
        return false;
    }
    for (size_t i = 0; i < o->leaves.n; i++) {
        if (!take_leaf(o, o->leaves.items[i], i == 0)) {
            return false;
        }
    }
    return index_names(o);
}

/* ---- which part counts which output as its own ---- */

static void
describe_outputs(Outliner *o)
{
    for (size_t i = 0; i < o->outputs.n; i++) {
        OutlineOutput *output = &o->outputs.items[i];
        for (size_t k = 0; k < output->items.n; k++) {
            const OutlineItem *item = &output->items.items[k];
            append_canon(o, item->first, item->expression_end, &output->canon);
            for (size_t word = item->first; word < item->expression_end; word++) {
                outline_add_word(o, word, &output->names);
            }
        }
    }
}

/** The outputs that a part counts as its own, each once. */
typedef struct Needs Needs;
struct Needs {
    VEC(OutlineOutput *) outputs;
    size_t stamp;
};

static Needs
needs_new(Outliner *o)
{
    return (Needs){.stamp = ++o->n_stamps};
}

static void
need(const Outliner *o, Needs *needs, OutlineOutput *output)
{
    if (output->stamp != needs->stamp) {
        output->stamp = needs->stamp;
        vec_push_in(o->arena, &needs->outputs, output);
    }
}

static void
need_named(const Outliner *o, Needs *needs, const OutlineNames *names)
{
    for (size_t i = 0; i < map_count(names->free); i++) {
        OutlineOutput *output = map_get(o->by_name, map_key_at(names->free, i));
        if (output != NULL) {
            need(o, needs, output);
        }
    }
}

/** `group by 2`. */
static void
need_numbered(const Outliner *o, Needs *needs)
{
    for (size_t i = 0; i < o->leaves.n; i++) {
        uint32_t group = json_member(o->doc, o->leaves.items[i], "groupClause");
        for (uint32_t k = group; group != JSON_NONE && k < json_end(o->doc, group); k++) {
            uint32_t constant = json_member(o->doc, k, "A_Const");
            uint32_t value = json_member(o->doc, json_member(o->doc, constant, "ival"), "ival");
            size_t number = json_offset(o->doc, value, 0);
            if (number > 0 && number <= o->outputs.n) {
                need(o, needs, &o->outputs.items[number - 1]);
            }
        }
    }
}

/** Adds what is needed by what is needed. */
static void
close_needs(const Outliner *o, Needs *needs)
{
    for (size_t i = 0; i < needs->outputs.n; i++) {
        need_named(o, needs, &needs->outputs.items[i]->names);
    }
}

/* ---- digests ---- */

static const char *
digest_of(const Outliner *o, const Str *canon)
{
    char digits[HASH_DIGITS + 1];
    Hash *hash = hash_begin();
    hash_bytes(hash, str_text(canon), canon->length);
    hash_end(hash, digits);
    return arena_strndup(o->job->arena, digits, DIGEST_DIGITS);
}

typedef struct PartBuilder PartBuilder;
struct PartBuilder {
    const char *name;
    Str canon;
    OutlineNames names;
    VEC(SqlRange) ranges;
};

static void
add_range(const Outliner *o, PartBuilder *part, size_t first, size_t end)
{
    const SqlWords *words = &o->job->words;
    SqlRange range = {words_start(words, first), words_end(words, end - 1)};
    if (first < end) {
        vec_push_in(o->job->arena, &part->ranges, range);
    }
}

static void
add_output(const Outliner *o, const OutlineOutput *output, bool is_own, PartBuilder *part)
{
    str_append_char(&part->canon, '\x02');
    str_append(&part->canon, is_own ? "" : output->name);
    str_append(&part->canon, str_text(&output->canon));
    for (size_t i = 0; i < map_count(output->names.all); i++) {
        map_set(part->names.all, map_key_at(output->names.all, i), part->names.all);
    }
    for (size_t i = 0; i < output->items.n; i++) {
        add_range(o, part, output->items.items[i].first, output->items.items[i].end);
    }
}

static SqlPart
end_part(const Outliner *o, PartBuilder *part)
{
    size_t n = part->names.all != NULL ? map_count(part->names.all) : 0;
    SqlPart made = {.name = part->name != NULL ? arena_strdup(o->job->arena, part->name) : NULL,
                    .digest = digest_of(o, &part->canon),
                    .ranges = part->ranges.items,
                    .n_ranges = part->ranges.n,
                    .names = ARENA_ARRAY(o->job->arena, const char *, n + 1),
                    .n_names = n};
    for (size_t i = 0; i < n; i++) {
        made.names[i] = arena_strdup(o->job->arena, map_key_at(part->names.all, i));
    }
    str_deinit(&part->canon);
    return made;
}

static SqlPart
column_part(Outliner *o, OutlineOutput *output)
{
    PartBuilder part = {.name = output->name, .names = outline_names_new(o)};
    Needs needs = needs_new(o);
    need(o, &needs, output);
    close_needs(o, &needs);
    for (size_t i = 0; i < needs.outputs.n; i++) {
        add_output(o, needs.outputs.items[i], i == 0, &part);
    }
    return end_part(o, &part);
}

/** Without groups, an aggregate makes one row of all. */
static bool
aggregates(const Outliner *o)
{
    bool found = false;
    for (size_t i = 0; i < o->job->functions.n; i++) {
        bool is_aggregate = false;
        sql_function_is_steady(o->job->functions.items[i].name, &is_aggregate);
        found |= is_aggregate;
    }
    return found;
}

/** The number of the list that begins at a word, or the number of lists. */
static size_t
list_at(const Outliner *o, size_t word)
{
    size_t i = 0;
    while (i < o->lists.n && o->lists.items[i].first != word) {
        i++;
    }
    return i;
}

/** Everything but the select lists. */
static void
add_rest(const Outliner *o, PartBuilder *part)
{
    size_t n_words = o->job->words.n;
    size_t start = 0;
    for (size_t i = 0; i <= n_words; i++) {
        size_t list = list_at(o, i);
        if (i == n_words || list < o->lists.n) {
            append_canon(o, start, i, &part->canon);
            add_range(o, part, start, i);
            i = list < o->lists.n ? o->lists.items[list].end - 1 : i;
            start = i + 1;
            continue;
        }
        outline_add_word(o, i, &part->names);
    }
}

/** Which rows there are. What sorts them is named in it as well, and does no harm. */
static SqlPart
rows_part(Outliner *o)
{
    PartBuilder part = {.names = outline_names_new(o)};
    Needs needs = needs_new(o);
    add_rest(o, &part);
    if (aggregates(o)) {
        str_append(&part.canon, "\x03");
    }
    need_named(o, &needs, &part.names);
    need_numbered(o, &needs);
    close_needs(o, &needs);
    for (size_t i = 0; i < needs.outputs.n; i++) {
        add_output(o, needs.outputs.items[i], false, &part);
    }
    return end_part(o, &part);
}

/* ---- clauses, for messages ---- */

static const char *const clause_words[] = {"with",   "select", "from",  "where", "group",
                                           "having", "window", "order", "limit"};

/** The clause that begins at a word outside of brackets, after clause number `now`. */
static size_t
clause_at(const Outliner *o, size_t word, size_t now)
{
    const SqlWords *words = &o->job->words;
    bool is_operator = word > 0 && words_is(words, word - 1, "distinct");
    for (size_t k = now + 1; k < ARRAY_LENGTH(clause_words) && !is_operator; k++) {
        if (words_is(words, word, clause_words[k])) {
            return k;
        }
    }
    return now;
}

static void
end_clause(Outliner *o, size_t clause, size_t first, size_t end)
{
    PartBuilder part = {.name = text_equal(clause_words[clause], "group")   ? "group by"
                                : text_equal(clause_words[clause], "order") ? "order by"
                                                                            : clause_words[clause]};
    append_canon(o, first, end, &part.canon);
    o->outline->clauses[o->outline->n_clauses++] = end_part(o, &part);
}

/** Of a `union all` it is one clause. */
static void
describe_clauses(Outliner *o)
{
    const SqlWords *words = &o->job->words;
    size_t now = words_is(words, 0, "with") ? 0 : 1;
    size_t first = 0;
    o->outline->clauses = ARENA_ARRAY(o->job->arena, SqlPart, ARRAY_LENGTH(clause_words) + 1);
    for (size_t i = 0; o->leaves.n == 1 && i < words->n; i = words_skip(words, i)) {
        size_t clause = i == 0 ? now : clause_at(o, i, now);
        bool in_list = i >= o->lists.items[0].first && i < o->lists.items[0].end;
        if (clause == now || in_list) {
            continue;
        }
        if (now != 1) { /* the select list is no clause: its items are columns */
            end_clause(o, now, first, i);
        }
        now = clause;
        first = i;
    }
    if (o->leaves.n == 1 && now != 1) {
        end_clause(o, now, first, words->n);
    }
}

/* ---- all of it ---- */

void
outline_make_parts(Outliner *o, uint32_t select)
{
    SqlOutline *outline = o->outline;
    if (!take_outputs(o, select)) {
        return;
    }
    describe_outputs(o);
    outline->columns = ARENA_ARRAY(o->job->arena, SqlPart, o->outputs.n + 1);
    outline->n_columns = o->outputs.n;
    for (size_t i = 0; i < o->outputs.n; i++) {
        outline->columns[i] = column_part(o, &o->outputs.items[i]);
    }
    outline->rows = rows_part(o);
    describe_clauses(o);
    for (size_t i = 0; i < o->outputs.n; i++) {
        str_deinit(&o->outputs.items[i].canon);
    }
    outline->has_parts = true;
}
