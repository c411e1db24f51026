/* YAML text to a tree of ConfigNodes, from libyaml's events. An alias is the same node again, so
 * what could explode when it is walked is counted here: `weight` is a node's size with all aliases
 * written out. */

#include "runtime/base/utf8.h"
#include "runtime/config/config_priv.h"

#include <string.h>
#include <yaml.h>

enum { DEEPEST = 100, LARGEST_WEIGHT = 200000 };

typedef struct Anchor Anchor;
struct Anchor {
    ConfigNode *node; /* NULL while it is being read: an alias inside would be itself */
    size_t weight;
    size_t height;
};

typedef struct Reader Reader;
struct Reader {
    Arena *arena;
    Diags *diags;
    const SourceFile *source; /* redacted */
    char *redacted;
    const char *text; /* as it is; same length as `redacted` */
    size_t length;
    size_t start;  /* bytes of a byte order mark */
    size_t cursor; /* byte offset of character number `cursor_index` (libyaml counts characters) */
    size_t cursor_index;
    bool texts_only;
    bool broken;   /* no sense in reading on */
    size_t weight; /* of all that was read */
    Map *anchors;
    yaml_parser_t parser;
};

/* What a subtree costs when it is used again. */
typedef struct Cost Cost;
struct Cost {
    size_t weight;
    size_t height;
};

static ConfigNode *read_node(Reader *reader, const yaml_event_t *event, size_t depth,
                             Cost *ret_cost);

/* ---- places ---- */

/** Byte offset of a mark of libyaml, which counts characters behind the byte order mark. */
static size_t
byte_offset(Reader *reader, size_t index)
{
    if (index < reader->cursor_index) {
        reader->cursor_index = 0;
        reader->cursor = reader->start;
    }
    while (reader->cursor_index < index && reader->cursor < reader->length) {
        uint32_t code_point;
        size_t n = utf8_decode(reader->text + reader->cursor, reader->length - reader->cursor,
                               &code_point);
        reader->cursor += n > 0 ? n : 1;
        reader->cursor_index++;
    }
    return reader->cursor;
}

static Span
event_span(Reader *reader, const yaml_event_t *event)
{
    size_t start = byte_offset(reader, event->start_mark.index);
    return span_make(reader->source, start, byte_offset(reader, event->end_mark.index));
}

static Span
byte_span(const Reader *reader, size_t start)
{
    return span_make(reader->source, start, start < reader->length ? start + 1 : start);
}

/* ---- syntax errors ---- */

static void
hint_syntax(Reader *reader, size_t at)
{
    size_t start = at;
    while (start > 0 && reader->text[start - 1] != '\n') {
        start--;
    }
    const char *line = reader->text + start;
    const char *value = memchr(line, ':', reader->length - start);
    value = value != NULL ? value + 1 + strspn(value + 1, " ") : "";
    if (line[strspn(line, " ")] == '\t' || (at < reader->length && reader->text[at] == '\t')) {
        diag_hint(reader->diags, "YAML indents with spaces, never with tabs");
    } else if (*value == '{' && (at >= (size_t)(value - reader->text))) {
        diag_hint(reader->diags, "put a text that begins with `{` in quotes");
    }
}

static void
report_syntax(Reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    bool is_reader = parser->error == YAML_READER_ERROR;
    size_t at = is_reader ? reader->start + parser->problem_offset
                          : byte_offset(reader, parser->problem_mark.index);
    const char *problem = parser->problem != NULL ? parser->problem : "it can't be read";
    diag_add(reader->diags, DIAG_CONFIG_SYNTAX, byte_span(reader, at), problem);
    hint_syntax(reader, at);
    if (parser->context != NULL && !is_reader) {
        size_t context = byte_offset(reader, parser->context_mark.index);
        diag_note(reader->diags, byte_span(reader, context), "%s that begins here",
                  parser->context);
    }
    reader->broken = true;
}

static bool
next_event(Reader *reader, yaml_event_t *ret_event)
{
    if (reader->broken) {
        return false;
    }
    if (!yaml_parser_parse(&reader->parser, ret_event)) {
        report_syntax(reader);
        return false;
    }
    return true;
}

static void
report_limit(Reader *reader, Span span, const char *what)
{
    diag_add(reader->diags, DIAG_CONFIG_LIMIT, span, what);
    reader->broken = true;
}

static void
add_weight(Reader *reader, Span span, size_t weight)
{
    reader->weight += weight;
    if (reader->weight > LARGEST_WEIGHT && !reader->broken) {
        report_limit(reader, span, "with its aliases written out it has more than 200000 values");
    }
}

/* ---- anchors ---- */

static void
set_anchor(Reader *reader, const yaml_char_t *name, ConfigNode *node, Cost cost)
{
    if (name != NULL) {
        Anchor *anchor = ARENA_NEW(reader->arena, Anchor);
        *anchor = (Anchor){.node = node, .weight = cost.weight, .height = cost.height};
        map_set(reader->anchors, (const char *)name, anchor);
    }
}

/** Text of the file as a message may show it: what is blotted out there stays so. */
static const char *
shown(const Reader *reader, Span span, const char *text)
{
    bool secret = memcmp(reader->redacted + span.start, reader->text + span.start,
                         span.end - span.start) != 0;
    return secret ? "…" : text;
}

static ConfigNode *
read_alias(Reader *reader, const yaml_event_t *event, size_t depth, Cost *ret_cost)
{
    const char *name = (const char *)event->data.alias.anchor;
    Span span = event_span(reader, event);
    const Anchor *anchor = map_get(reader->anchors, name);
    if (anchor == NULL || anchor->node == NULL) {
        diag_add(reader->diags, DIAG_CONFIG_ALIAS, span, shown(reader, span, name),
                 anchor == NULL ? "refers to no anchor above it"
                                : "refers to the value that it is part of");
        ConfigNode *poison = ARENA_NEW(reader->arena, ConfigNode);
        poison->span = span;
        return poison;
    }
    if (depth + anchor->height > DEEPEST) {
        report_limit(reader, span, "it is nested more than 100 levels deep");
    }
    add_weight(reader, span, anchor->weight);
    anchor->node->is_shared = true;
    *ret_cost = (Cost){.weight = anchor->weight, .height = anchor->height};
    return anchor->node;
}

/* ---- scalars ---- */

static const char TAG_PREFIX[] = "tag:yaml.org,2002:";

/** The tag as people write it. */
static const char *
written_tag(Arena *arena, const char *tag)
{
    return text_starts_with(tag, TAG_PREFIX) ? arena_printf(arena, "!!%s", tag + strlen(TAG_PREFIX))
                                             : tag;
}

static void
report_tag(Reader *reader, Span span, const char *tag)
{
    diag_add(reader->diags, DIAG_CONFIG_TAG, span,
             shown(reader, span, written_tag(reader->arena, tag)));
}

static void
resolve_scalar(Reader *reader, ConfigNode *scalar)
{
    const char *problem = config_scalar_resolve(reader->arena, scalar);
    if (problem != NULL) {
        diag_add(reader->diags, DIAG_CONFIG_SCALAR, scalar->span,
                 shown(reader, scalar->span, scalar->text), problem);
    }
}

/** `!!int "5"`: the text must be of the kind that its tag says. */
static void
resolve_tagged(Reader *reader, ConfigNode *scalar, const char *tag)
{
    static const struct {
        const char *tag;
        ConfigKind kinds[2];
    } known[] = {
        {"null", {CONFIG_NULL, CONFIG_NULL}},
        {"bool", {CONFIG_BOOL, CONFIG_BOOL}},
        {"int", {CONFIG_INT, CONFIG_INT}},
        {"float", {CONFIG_FLOAT, CONFIG_INT}},
        {"timestamp", {CONFIG_DATE, CONFIG_TIMESTAMP}},
    };
    if (strcmp(tag, "!") == 0 || strcmp(tag, "tag:yaml.org,2002:str") == 0) {
        return;
    }
    for (size_t i = 0; text_starts_with(tag, TAG_PREFIX) && i < ARRAY_LENGTH(known); i++) {
        if (strcmp(tag + strlen(TAG_PREFIX), known[i].tag) != 0) {
            continue;
        }
        resolve_scalar(reader, scalar);
        if (scalar->kind != known[i].kinds[0] && scalar->kind != known[i].kinds[1]) {
            diag_add(reader->diags, DIAG_CONFIG_SCALAR, scalar->span,
                     shown(reader, scalar->span, scalar->text),
                     arena_printf(reader->arena, "is no %s", known[i].tag));
            diag_hint(reader->diags, "remove the tag, or write a value of its kind");
        } else if (known[i].kinds[0] == CONFIG_FLOAT) {
            scalar->kind = CONFIG_FLOAT;
        }
        return;
    }
    report_tag(reader, scalar->span, tag);
}

static ConfigNode *
read_scalar(Reader *reader, const yaml_event_t *event)
{
    ConfigNode *scalar = ARENA_NEW(reader->arena, ConfigNode);
    const char *tag = (const char *)event->data.scalar.tag;
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    scalar->kind = CONFIG_TEXT;
    scalar->span = event_span(reader, event);
    scalar->text = arena_strndup(reader->arena, text, length);
    scalar->written = scalar->text;
    scalar->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (memchr(text, '\0', length) != NULL) {
        diag_add(reader->diags, DIAG_CONFIG_SCALAR, scalar->span, "\\0", "can't be part of a text");
        diag_hint(reader->diags, "remove the character with code 0");
    }
    if (tag != NULL) {
        resolve_tagged(reader, scalar, tag);
    } else if (scalar->is_plain && reader->texts_only) {
        ConfigNode copy = *scalar;
        scalar->kind =
            config_scalar_resolve(reader->arena, &copy) == NULL && copy.kind == CONFIG_NULL
                ? CONFIG_NULL
                : CONFIG_TEXT;
    } else if (scalar->is_plain) {
        resolve_scalar(reader, scalar);
    }
    return scalar;
}

/* ---- lists and maps ---- */

static void
check_collection_tag(Reader *reader, const yaml_event_t *event, const yaml_char_t *tag,
                     const char *allowed)
{
    const char *text = (const char *)tag;
    if (text == NULL || strcmp(text, "!") == 0 ||
        (text_starts_with(text, TAG_PREFIX) && strcmp(text + strlen(TAG_PREFIX), allowed) == 0)) {
        return;
    }
    report_tag(reader, event_span(reader, event), text);
}

static void
add_cost(Cost *total, Cost child)
{
    total->weight += child.weight;
    total->height = child.height >= total->height ? child.height + 1 : total->height;
}

static ConfigNode *
read_list(Reader *reader, const yaml_event_t *start, size_t depth, Cost *cost)
{
    VEC(const ConfigNode *) items = {0};
    ConfigNode *list = ARENA_NEW(reader->arena, ConfigNode);
    list->kind = CONFIG_LIST;
    list->span = event_span(reader, start);
    check_collection_tag(reader, start, start->data.sequence_start.tag, "seq");
    set_anchor(reader, start->data.sequence_start.anchor, NULL, *cost);
    yaml_event_t event;
    while (next_event(reader, &event)) {
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        if (end) {
            list->span = span_join(list->span, event_span(reader, &event));
        } else {
            Cost child = {.weight = 1, .height = 1};
            const ConfigNode *item = read_node(reader, &event, depth + 1, &child);
            add_cost(cost, child);
            vec_push_in(reader->arena, &items, item);
        }
        yaml_event_delete(&event);
        if (end) {
            break;
        }
    }
    list->items = items.items;
    list->n_items = items.n;
    set_anchor(reader, start->data.sequence_start.anchor, list, *cost);
    return list;
}

/* A map while it is read: its own keys, and what `<<` adds where they leave room. */
typedef struct MapDraft MapDraft;
struct MapDraft {
    ConfigEntries own;
    ConfigEntries merged; /* each key once; a later `<<` has overwritten an earlier one's */
    Map *seen;            /* key to its Span */
    Map *merged_at;       /* key to its number in `merged`, from 1, as a pointer to size_t */
};

static void
add_own(Reader *reader, MapDraft *draft, ConfigEntry entry)
{
    Span *first = map_get(draft->seen, entry.key);
    if (first != NULL) {
        diag_add(reader->diags, DIAG_CONFIG_DUPLICATE_KEY, entry.key_span, entry.key);
        diag_note(reader->diags, *first, "the first one is here");
        return;
    }
    Span *span = ARENA_NEW(reader->arena, Span);
    *span = entry.key_span;
    map_set(draft->seen, entry.key, span);
    vec_push_in(reader->arena, &draft->own, entry);
}

static void
add_merged(Reader *reader, MapDraft *draft, const ConfigNode *from)
{
    add_weight(reader, from->span, from->n_entries);
    for (size_t i = 0; i < from->n_entries && !reader->broken; i++) {
        size_t *number = map_get(draft->merged_at, from->entries[i].key);
        if (number != NULL) {
            draft->merged.items[*number - 1] = from->entries[i];
            continue;
        }
        vec_push_in(reader->arena, &draft->merged, from->entries[i]);
        number = ARENA_NEW(reader->arena, size_t);
        *number = draft->merged.n;
        map_set(draft->merged_at, from->entries[i].key, number);
    }
}

/** `<<: *map` or `<<: [*map, *map]`, of which the first ones win. */
static void
merge_key(Reader *reader, MapDraft *draft, const ConfigNode *value, Span key_span)
{
    if (value->kind == CONFIG_MAP) {
        add_merged(reader, draft, value);
        return;
    }
    if (value->kind != CONFIG_LIST) {
        diag_add(reader->diags, DIAG_CONFIG_MERGE_KEY, key_span, config_kind_name(value->kind));
        return;
    }
    for (size_t i = value->n_items; i > 0; i--) {
        const ConfigNode *item = value->items[i - 1];
        if (item->kind == CONFIG_MAP) {
            add_merged(reader, draft, item);
        } else {
            diag_add(reader->diags, DIAG_CONFIG_MERGE_KEY, key_span, config_kind_name(item->kind));
        }
    }
}

/** From `word` on (or all of it) a scalar's text as written is blotted out, up to the last `until`
 *  (or its end). */
static void
redact_scalar_from(Reader *reader, Span span, const char *word, char until)
{
    const char *text = reader->text + span.start;
    const char *end = reader->text + span.end;
    const char *from = strstr(text, word);
    from = from != NULL && from + strlen(word) <= end ? from + strlen(word) : text;
    while (until != '\0' && end > from && end[-1] != until) {
        end--;
    }
    if (end == from) {
        end = reader->text + span.end; /* the text says it in escapes */
    }
    config_redact_range(reader->redacted, (size_t)(from - reader->text),
                        (size_t)(end - reader->text));
}

/** Blots out what the line by line look may have missed, such as a password with quotes or over
 * several lines. */
static void
redact_entry(Reader *reader, const ConfigEntry *entry)
{
    const ConfigNode *value = entry->value;
    if (reader->texts_only || value->text == NULL || value->span.file != reader->source) {
        return;
    }
    if (url_name_is_secret(entry->key)) {
        config_redact_range(reader->redacted, value->span.start, value->span.end);
    } else if (strstr(value->text, "://") != NULL && strchr(value->text, '@') != NULL) {
        const char *user = strstr(value->text, "://") + 3;
        const char *user_end = user + strcspn(user, ":");
        const char *prefix = arena_strndup(reader->arena, user, (size_t)(user_end - user) + 1);
        redact_scalar_from(reader, value->span, prefix, '@');
    } else if (url_is_key_value(value->text)) {
        redact_scalar_from(reader, value->span, "password", '\0');
    }
}

static void
add_entry(Reader *reader, MapDraft *draft, const ConfigNode *key, const ConfigNode *value)
{
    if (key->kind == CONFIG_LIST || key->kind == CONFIG_MAP || key->kind == CONFIG_NULL) {
        diag_add(reader->diags, DIAG_CONFIG_KEY_KIND, key->span, config_kind_name(key->kind));
        return;
    }
    if (key->is_plain && strcmp(key->text, "<<") == 0) {
        merge_key(reader, draft, value, key->span);
        return;
    }
    ConfigEntry entry = {.key = key->text, .key_span = key->span, .value = value};
    redact_entry(reader, &entry);
    add_own(reader, draft, entry);
}

/** Own keys in the order of the file, then what was merged in under other names. */
static void
finish_map(Reader *reader, MapDraft *draft, ConfigNode *map)
{
    for (size_t i = 0; i < draft->merged.n; i++) {
        if (map_get(draft->seen, draft->merged.items[i].key) == NULL) {
            vec_push_in(reader->arena, &draft->own, draft->merged.items[i]);
        }
    }
    map->entries = draft->own.items;
    map->n_entries = draft->own.n;
}

static ConfigNode *
read_map(Reader *reader, const yaml_event_t *start, size_t depth, Cost *cost)
{
    ConfigNode *map = ARENA_NEW(reader->arena, ConfigNode);
    map->kind = CONFIG_MAP;
    map->span = event_span(reader, start);
    MapDraft draft = {.seen = map_new(reader->arena), .merged_at = map_new(reader->arena)};
    check_collection_tag(reader, start, start->data.mapping_start.tag, "map");
    set_anchor(reader, start->data.mapping_start.anchor, NULL, *cost);
    const ConfigNode *key = NULL;
    yaml_event_t event;
    while (next_event(reader, &event)) {
        bool end = event.type == YAML_MAPPING_END_EVENT;
        if (!end) {
            Cost child = {.weight = 1, .height = 1};
            const ConfigNode *node = read_node(reader, &event, depth + 1, &child);
            add_cost(cost, child);
            if (key == NULL) {
                key = node;
            } else {
                add_entry(reader, &draft, key, node);
                key = NULL;
            }
        }
        yaml_event_delete(&event);
        if (end) {
            break;
        }
    }
    finish_map(reader, &draft, map);
    set_anchor(reader, start->data.mapping_start.anchor, map, *cost);
    return map;
}

static ConfigNode *
read_node(Reader *reader, const yaml_event_t *event, size_t depth, Cost *ret_cost)
{
    Span span = event_span(reader, event);
    if (depth > DEEPEST) {
        report_limit(reader, span, "it is nested more than 100 levels deep");
    }
    add_weight(reader, span, 1);
    *ret_cost = (Cost){.weight = 1, .height = 1};
    ConfigNode *node = ARENA_NEW(reader->arena, ConfigNode);
    if (reader->broken) {
        node->span = span;
    } else if (event->type == YAML_ALIAS_EVENT) {
        node = read_alias(reader, event, depth, ret_cost);
    } else if (event->type == YAML_SCALAR_EVENT) {
        node = read_scalar(reader, event);
        set_anchor(reader, event->data.scalar.anchor, node, *ret_cost);
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        node = read_list(reader, event, depth, ret_cost);
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        node = read_map(reader, event, depth, ret_cost);
    }
    return node;
}

/* ---- the document ---- */

static const ConfigNode *
read_document(Reader *reader)
{
    const ConfigNode *root = NULL;
    yaml_event_t event;
    for (bool end = false; !end && next_event(reader, &event);) {
        Cost cost;
        end = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_DOCUMENT_START_EVENT && root != NULL) {
            diag_add(reader->diags, DIAG_CONFIG_SECOND_DOCUMENT, event_span(reader, &event));
            end = true;
        } else if (event.type >= YAML_ALIAS_EVENT && event.type != YAML_SEQUENCE_END_EVENT &&
                   event.type != YAML_MAPPING_END_EVENT) {
            root = read_node(reader, &event, 0, &cost);
        }
        yaml_event_delete(&event);
    }
    return reader->broken ? NULL : root;
}

static bool
check_encoding(Reader *reader)
{
    size_t invalid = utf8_first_invalid(reader->text, reader->length);
    if (invalid < reader->length) {
        diag_add(reader->diags, DIAG_CONFIG_SYNTAX, byte_span(reader, invalid),
                 "the text is not UTF-8 here");
        return false;
    }
    reader->start = reader->length >= 3 && memcmp(reader->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    reader->cursor = reader->start;
    return true;
}

const ConfigNode *
config_read_yaml(Arena *arena, const char *path, const char *text, size_t length, bool texts_only,
                 Diags *diags)
{
    Reader reader = {
        .arena = arena, .diags = diags, .text = text, .length = length, .texts_only = texts_only};
    reader.redacted = arena_strndup(arena, text, length);
    if (texts_only) {
        config_redact_values(reader.redacted, length);
    } else {
        config_redact(reader.redacted, length);
    }
    reader.source = source_new(arena, path, reader.redacted, length);
    reader.anchors = map_new(arena);
    if (!check_encoding(&reader)) {
        return NULL;
    }
    if (!yaml_parser_initialize(&reader.parser)) {
        BUG("libyaml could not start");
    }
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text + reader.start,
                                 length - reader.start);
    const ConfigNode *root = read_document(&reader);
    yaml_parser_delete(&reader.parser);
    return root;
}
