/**
 * JSON: a parser's tree, read as one flat row of nodes.
 *
 * Both engines' parsers hand their trees over as JSON that is as deep as the query: a sum of 10,000
 * terms is 10,000 levels. So nothing here recurses (jansson does, and stops at 2,048 levels), and a
 * node costs 24 bytes instead of a hash table.
 *
 * A node's children follow it; `next` is the first node behind its subtree:
 *
 *     JSON_EACH(doc, parent, child) { … json_key_is(doc, child, "relname") … }
 *
 * Node 0 is the root. JSON_NONE is "no such member"; every function takes it as an empty value, so
 * a path into the tree is looked up without asking at each step.
 */
#ifndef PDC_SQL_JSON_H
#define PDC_SQL_JSON_H

#include "runtime/base/arena.h"
#include "runtime/base/macros.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum JsonKind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
} JsonKind;

typedef struct JsonNode JsonNode;
struct JsonNode {
    JsonKind kind;
    uint32_t key; /* of a member of an object: offset and length of its name, still escaped */
    uint32_t key_length;
    uint32_t text; /* of a string (still escaped) or number */
    uint32_t text_length;
    uint32_t next;
};

typedef struct JsonDoc JsonDoc;
struct JsonDoc {
    const char *text; /* of the caller, must outlive the document */
    JsonNode *nodes;
    size_t n_nodes;
};

#define JSON_NONE UINT32_MAX
#define JSON_ROOT 0u

#define JSON_EACH(doc, parent, child)                                                              \
    for (uint32_t child = (parent) + 1; child < json_end(doc, parent);                             \
         child = (doc)->nodes[child].next)

/**
 * Reads a text of less than 4 GiB; linear, any bytes may be given. Bytes of strings are not checked
 * to be UTF-8.
 * @param ret_doc  end it with json_deinit(), whatever was returned
 * @return 0, or -1 where it is not JSON
 */
MUST_CHECK int json_parse(const char *text, size_t length, JsonDoc *ret_doc);
void json_deinit(JsonDoc *doc);

static inline bool
json_range_is(const JsonDoc *doc, uint32_t start, uint32_t length, const char *text)
{
    return strlen(text) == length && memcmp(doc->text + start, text, length) == 0;
}

/** The first node behind the subtree. */
static inline uint32_t
json_end(const JsonDoc *doc, uint32_t node)
{
    return node == JSON_NONE ? 0 : doc->nodes[node].next;
}

/** Is the node an object or array? */
static inline bool
json_is_container(const JsonDoc *doc, uint32_t node)
{
    return node != JSON_NONE &&
           (doc->nodes[node].kind == JSON_OBJECT || doc->nodes[node].kind == JSON_ARRAY);
}

/** Is this the name of the member? Names with escapes are equal to nothing. */
static inline bool
json_key_is(const JsonDoc *doc, uint32_t node, const char *key)
{
    return node != JSON_NONE &&
           json_range_is(doc, doc->nodes[node].key, doc->nodes[node].key_length, key);
}

/** The first byte of the member's name, a quick look before json_key_is(); NUL without a name. */
static inline char
json_key_initial(const JsonDoc *doc, uint32_t node)
{
    return doc->nodes[node].key_length > 0 ? doc->text[doc->nodes[node].key] : '\0';
}

/** Is the node a string that is this text (which needs no escapes)? */
static inline bool
json_text_is(const JsonDoc *doc, uint32_t node, const char *text)
{
    return node != JSON_NONE && doc->nodes[node].kind == JSON_STRING &&
           json_range_is(doc, doc->nodes[node].text, doc->nodes[node].text_length, text);
}

/** The member of an object, or JSON_NONE (also where `object` is not one). */
static inline uint32_t
json_member(const JsonDoc *doc, uint32_t object, const char *key)
{
    if (object != JSON_NONE && doc->nodes[object].kind == JSON_OBJECT) {
        JSON_EACH(doc, object, child)
        {
            if (json_key_is(doc, child, key)) {
                return child;
            }
        }
    }
    return JSON_NONE;
}

/** The first element of an array or member of an object, or JSON_NONE. */
uint32_t json_first(const JsonDoc *doc, uint32_t container);
/** How many elements or members. */
size_t json_count(const JsonDoc *doc, uint32_t container);
/** Is the member there and true? */
bool json_flag(const JsonDoc *doc, uint32_t object, const char *key);
/** The string without escapes in `arena`; "" for what is no string. */
char *json_string(const JsonDoc *doc, uint32_t node, Arena *arena);
/** The string member, or NULL where it is missing or empty. */
const char *json_member_string(const JsonDoc *doc, uint32_t object, const char *key, Arena *arena);
/** The number as an offset in a text; `otherwise` for what is none, negative, or 2^32 and more. */
size_t json_offset(const JsonDoc *doc, uint32_t node, size_t otherwise);

#endif
