#include "compiler/sql/json.h"

#include "runtime/base/str.h"
#include "runtime/base/vec.h"

#include <stdlib.h>
#include <string.h>

#define NO_PARENT UINT32_MAX

typedef enum Expected {
    EXPECT_VALUE,
    EXPECT_FIRST, /* a value, or the end of an empty container */
    EXPECT_NEXT,  /* a comma, or the end of the container */
    EXPECT_END    /* of the text */
} Expected;

typedef struct Reader Reader;
struct Reader {
    const char *text;
    size_t length;
    size_t at;
    VEC(JsonNode) nodes;
    uint32_t parent; /* the open container; its `next` is the one around it until it is closed */
    Expected expected;
    uint32_t key; /* of the coming value */
    uint32_t key_length;
};

static char
peek(const Reader *reader)
{
    return reader->at < reader->length ? reader->text[reader->at] : '\0';
}

static void
skip_space(Reader *reader)
{
    while (peek(reader) == ' ' || peek(reader) == '\t' || peek(reader) == '\r' ||
           peek(reader) == '\n') {
        reader->at++;
    }
}

/** Behind the closing quote; the range is what stands between the quotes. */
static bool
read_string(Reader *reader, uint32_t *ret_start, uint32_t *ret_length)
{
    if (peek(reader) != '"') {
        return false;
    }
    size_t start = ++reader->at;
    while (reader->at < reader->length && reader->text[reader->at] != '"') {
        reader->at += reader->text[reader->at] == '\\' ? 2 : 1;
    }
    if (reader->at >= reader->length) {
        return false;
    }
    *ret_start = (uint32_t)start;
    *ret_length = (uint32_t)(reader->at - start);
    reader->at++;
    return true;
}

static bool
read_word(Reader *reader, const char *word)
{
    size_t length = strlen(word);
    if (reader->length - reader->at < length ||
        memcmp(reader->text + reader->at, word, length) != 0) {
        return false;
    }
    reader->at += length;
    return true;
}

static bool
is_number_byte(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/** A number or one of true, false, null; NaN and Infinity as DuckDB writes them are taken as null.
 */
static bool
read_scalar(Reader *reader, JsonNode *node)
{
    static const struct {
        const char *word;
        JsonKind kind;
    } words[] = {{"true", JSON_TRUE}, {"false", JSON_FALSE},   {"null", JSON_NULL},
                 {"NaN", JSON_NULL},  {"Infinity", JSON_NULL}, {"-Infinity", JSON_NULL}};
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (read_word(reader, words[i].word)) {
            node->kind = words[i].kind;
            return true;
        }
    }
    size_t start = reader->at;
    while (is_number_byte(peek(reader))) {
        reader->at++;
    }
    node->kind = JSON_NUMBER;
    node->text = (uint32_t)start;
    node->text_length = (uint32_t)(reader->at - start);
    return node->text_length > 0;
}

static void
open_container(Reader *reader, JsonNode *node)
{
    node->kind = peek(reader) == '{' ? JSON_OBJECT : JSON_ARRAY;
    node->next = reader->parent;
    reader->parent = (uint32_t)reader->nodes.n - 1;
    reader->expected = EXPECT_FIRST;
    reader->at++;
}

static void
close_container(Reader *reader)
{
    JsonNode *node = &reader->nodes.items[reader->parent];
    reader->parent = node->next;
    node->next = (uint32_t)reader->nodes.n;
    reader->expected = reader->parent == NO_PARENT ? EXPECT_END : EXPECT_NEXT;
    reader->at++;
}

static bool
read_key(Reader *reader)
{
    if (!read_string(reader, &reader->key, &reader->key_length)) {
        return false;
    }
    skip_space(reader);
    if (peek(reader) != ':') {
        return false;
    }
    reader->at++;
    skip_space(reader);
    return true;
}

static bool
in_object(const Reader *reader)
{
    return reader->parent != NO_PARENT && reader->nodes.items[reader->parent].kind == JSON_OBJECT;
}

static bool
read_value(Reader *reader)
{
    reader->key = reader->key_length = 0;
    if ((in_object(reader) && !read_key(reader)) || reader->nodes.n >= NO_PARENT - 1) {
        return false;
    }
    JsonNode fresh = {.kind = JSON_NULL, .key = reader->key, .key_length = reader->key_length};
    vec_push(&reader->nodes, fresh);
    JsonNode *node = &reader->nodes.items[reader->nodes.n - 1];
    if (peek(reader) == '{' || peek(reader) == '[') {
        open_container(reader, node);
        return true;
    }
    node->next = (uint32_t)reader->nodes.n;
    reader->expected = reader->parent == NO_PARENT ? EXPECT_END : EXPECT_NEXT;
    if (peek(reader) == '"') {
        node->kind = JSON_STRING;
        return read_string(reader, &node->text, &node->text_length);
    }
    return read_scalar(reader, node);
}

static bool
at_closer(const Reader *reader)
{
    return reader->parent != NO_PARENT && peek(reader) == (in_object(reader) ? '}' : ']');
}

/** Reads the next value, comma or bracket. */
static bool
read_step(Reader *reader)
{
    switch (reader->expected) {
    case EXPECT_FIRST:
        if (at_closer(reader)) {
            close_container(reader);
            return true;
        }
        return read_value(reader);
    case EXPECT_VALUE: return read_value(reader);
    case EXPECT_NEXT:
        if (at_closer(reader)) {
            close_container(reader);
            return true;
        }
        reader->expected = EXPECT_VALUE;
        return reader->text[reader->at++] == ',';
    case EXPECT_END: break;
    }
    return false;
}

int
json_parse(const char *text, size_t length, JsonDoc *ret_doc)
{
    *ret_doc = (JsonDoc){.text = text};
    if (length >= UINT32_MAX) {
        return -1;
    }
    Reader reader = {.text = text, .length = length, .parent = NO_PARENT, .expected = EXPECT_VALUE};
    bool good = true;
    skip_space(&reader);
    while (good && reader.at < length) {
        good = read_step(&reader);
        skip_space(&reader);
    }
    ret_doc->nodes = reader.nodes.items;
    ret_doc->n_nodes = reader.nodes.n;
    return good && reader.expected == EXPECT_END ? 0 : -1;
}

void
json_deinit(JsonDoc *doc)
{
    free(doc->nodes);
    *doc = (JsonDoc){0};
}

static const JsonNode *
node_of(const JsonDoc *doc, uint32_t node)
{
    static const JsonNode none = {.kind = JSON_NULL};
    return node == JSON_NONE ? &none : &doc->nodes[node];
}

uint32_t
json_first(const JsonDoc *doc, uint32_t container)
{
    return container != JSON_NONE && json_end(doc, container) > container + 1 ? container + 1
                                                                              : JSON_NONE;
}

size_t
json_count(const JsonDoc *doc, uint32_t container)
{
    size_t count = 0;
    JSON_EACH(doc, container, child)
    {
        count++;
    }
    return count;
}

bool
json_flag(const JsonDoc *doc, uint32_t object, const char *key)
{
    return node_of(doc, json_member(doc, object, key))->kind == JSON_TRUE;
}

/** Four hex digits at `at`. */
static bool
read_hex(const char *at, const char *end, uint32_t *ret_unit)
{
    *ret_unit = 0;
    if (end - at < 4) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef";
        char folded = at[i] >= 'A' && at[i] <= 'F' ? (char)(at[i] - 'A' + 'a') : at[i];
        const char *digit = folded == '\0' ? NULL : strchr(digits, folded);
        if (digit == NULL) {
            return false;
        }
        *ret_unit = *ret_unit * 16 + (uint32_t)(digit - digits);
    }
    return true;
}

static void
append_utf8(Str *out, uint32_t c)
{
    if (c < 0x80) {
        str_append_char(out, (char)c);
    } else if (c < 0x800) {
        str_append_char(out, (char)(0xC0 | (c >> 6)));
        str_append_char(out, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        str_append_char(out, (char)(0xE0 | (c >> 12)));
        str_append_char(out, (char)(0x80 | ((c >> 6) & 0x3F)));
        str_append_char(out, (char)(0x80 | (c & 0x3F)));
    } else {
        str_append_char(out, (char)(0xF0 | (c >> 18)));
        str_append_char(out, (char)(0x80 | ((c >> 12) & 0x3F)));
        str_append_char(out, (char)(0x80 | ((c >> 6) & 0x3F)));
        str_append_char(out, (char)(0x80 | (c & 0x3F)));
    }
}

/** A `\u` escape behind its `u`, with its second half where it is a surrogate. @return behind it */
static const char *
append_unicode(Str *out, const char *at, const char *end)
{
    uint32_t c = 0;
    if (!read_hex(at, end, &c)) {
        str_append_char(out, 'u');
        return at;
    }
    at += 4;
    uint32_t low = 0;
    bool pair = c >= 0xD800 && c < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u' &&
                read_hex(at + 2, end, &low) && low >= 0xDC00 && low < 0xE000;
    if (pair) {
        at += 6;
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, c);
    return at;
}

char *
json_string(const JsonDoc *doc, uint32_t node, Arena *arena)
{
    static const char escapes[] = "b\bf\fn\nr\rt\t";
    const JsonNode *n = node_of(doc, node);
    if (n->kind != JSON_STRING) {
        return arena_strdup(arena, "");
    }
    const char *at = doc->text + n->text;
    const char *end = at + n->text_length;
    if (memchr(at, '\\', n->text_length) == NULL) {
        return arena_strndup(arena, at, n->text_length);
    }
    Str out = {0};
    while (at < end) {
        if (*at != '\\' || end - at < 2) {
            str_append_char(&out, *at++);
            continue;
        }
        char c = at[1];
        at += 2;
        const char *escape = c == '\0' ? NULL : strchr(escapes, c);
        if (c == 'u') {
            at = append_unicode(&out, at, end);
        } else {
            str_append_char(&out, escape != NULL && *escape >= 'a' ? escape[1] : c);
        }
    }
    return str_take_in(&out, arena);
}

const char *
json_member_string(const JsonDoc *doc, uint32_t object, const char *key, Arena *arena)
{
    uint32_t member = json_member(doc, object, key);
    const JsonNode *n = node_of(doc, member);
    return n->kind == JSON_STRING && n->text_length > 0 ? json_string(doc, member, arena) : NULL;
}

size_t
json_offset(const JsonDoc *doc, uint32_t node, size_t otherwise)
{
    const JsonNode *n = node_of(doc, node);
    if (n->kind != JSON_NUMBER || n->text_length > 10) {
        return otherwise;
    }
    uint64_t value = 0;
    for (uint32_t i = 0; i < n->text_length; i++) {
        char c = doc->text[n->text + i];
        if (c < '0' || c > '9') {
            return otherwise;
        }
        value = value * 10 + (uint64_t)(c - '0');
    }
    return value < UINT32_MAX ? (size_t)value : otherwise;
}
