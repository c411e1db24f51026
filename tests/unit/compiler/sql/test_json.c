#include "compiler/sql/json.h"
#include "runtime/base/str.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(json, good_texts)
{
    static const char *const texts[] = {"1",
                                        " -1.5e+3 ",
                                        "\"\"",
                                        "\"a\\\"b\"",
                                        "[]",
                                        "{}",
                                        "[[],{},[1,2,{\"a\":[]}]]",
                                        "true",
                                        "null",
                                        "{\"a\":1,\"b\":{\"c\":[true,false,null]}}",
                                        "[NaN,Infinity,-Infinity]",
                                        "[1 , 2\n]"};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        JsonDoc doc;
        cr_expect_eq(json_parse(texts[i], strlen(texts[i]), &doc), 0, "%s", texts[i]);
        json_deinit(&doc);
    }
}

Test(json, bad_texts)
{
    static const char *const texts[] = {
        "",     " ",          "[",        "]",     "{",   "[1",    "[1,", "[1,]",
        "[,1]", "{\"a\"}",    "{\"a\":}", "{1:2}", "\"a", "\"a\\", "1 2", "[1 2]",
        "tru",  "{\"a\":1,}", "[}",       "{]",    "[1}", "x",     "[]]", "{\"a\":1 \"b\":2}"};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        JsonDoc doc;
        cr_expect_eq(json_parse(texts[i], strlen(texts[i]), &doc), -1, "%s", texts[i]);
        json_deinit(&doc);
    }
}

Test(json, looking_up)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    static const char text[] =
        "{\"a\":{\"x\":[1,2,3],\"a\":\"in\"},\"list\":[{\"k\":true},{\"k\":false}],\"n\":12,"
        "\"big\":18446744073709551615,\"s\":\"\\u00e4\\ud83d\\ude00\\n\\\\\\/\\\"z\",\"e\":\"\",\"neg\":-1}";
    JsonDoc doc;
    cr_assert_eq(json_parse(text, sizeof(text) - 1, &doc), 0);
    uint32_t a = json_member(&doc, JSON_ROOT, "a");
    cr_expect_eq(json_count(&doc, json_member(&doc, a, "x")), 3);
    cr_expect(json_text_is(&doc, json_member(&doc, a, "a"), "in"));
    cr_expect_not(json_text_is(&doc, json_member(&doc, a, "a"), "i"));
    uint32_t list = json_member(&doc, JSON_ROOT, "list");
    cr_expect_eq(json_count(&doc, list), 2);
    cr_expect(json_flag(&doc, json_first(&doc, list), "k"));
    cr_expect_not(json_flag(&doc, list, "k"));
    cr_expect_eq(json_offset(&doc, json_member(&doc, JSON_ROOT, "n"), 7), 12);
    cr_expect_eq(json_offset(&doc, json_member(&doc, JSON_ROOT, "big"), 7), 7);
    cr_expect_eq(json_offset(&doc, json_member(&doc, JSON_ROOT, "neg"), 7), 7);
    cr_expect_eq(json_offset(&doc, a, 7), 7);
    cr_expect_str_eq(json_member_string(&doc, JSON_ROOT, "s", arena), "ä😀\n\\/\"z");
    cr_expect_null(json_member_string(&doc, JSON_ROOT, "e", arena));
    cr_expect_null(json_member_string(&doc, JSON_ROOT, "n", arena));
    cr_expect_eq(json_member(&doc, JSON_ROOT, "none"), JSON_NONE);
    json_deinit(&doc);
}

Test(json, none_is_an_empty_value)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    JsonDoc doc;
    cr_assert_eq(json_parse("{\"a\":1}", 7, &doc), 0);
    cr_expect_eq(json_member(&doc, JSON_NONE, "a"), JSON_NONE);
    cr_expect_eq(json_first(&doc, JSON_NONE), JSON_NONE);
    cr_expect_eq(json_count(&doc, JSON_NONE), 0);
    cr_expect_str_eq(json_string(&doc, JSON_NONE, arena), "");
    cr_expect_null(json_member_string(&doc, JSON_NONE, "a", arena));
    cr_expect_eq(json_offset(&doc, JSON_NONE, 7), 7);
    cr_expect_not(json_is_container(&doc, JSON_NONE));
    cr_expect_not(json_flag(&doc, JSON_NONE, "a"));
    JSON_EACH(&doc, JSON_NONE, child)
    {
        cr_assert_fail("nothing has no child %u", child);
    }
    json_deinit(&doc);
}

Test(json, depth_has_no_limit)
{
    enum { DEPTH = 1000 * 1000 };
    char *text = malloc(2 * DEPTH);
    cr_assert(text);
    memset(text, '[', DEPTH);
    memset(text + DEPTH, ']', DEPTH);
    JsonDoc doc;
    cr_expect_eq(json_parse(text, 2 * DEPTH, &doc), 0);
    cr_expect_eq(doc.n_nodes, DEPTH);
    cr_expect_eq(doc.nodes[0].next, DEPTH);
    json_deinit(&doc);
    cr_expect_eq(json_parse(text, 2 * DEPTH - 1, &doc), -1);
    json_deinit(&doc);
    free(text);
}

/** Cut off and changed anywhere, it is read or refused, and never read behind its end. */
Test(json, hostile_texts)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    static const char text[] =
        "{\"a\":{\"x\":[1,2.5,\"\\u00e4\\ud83d\\ude00\\n\"],\"b\":true},\"c\":[null]}";
    unsigned state = 12345;
    for (int round = 0; round < 20000; round++) {
        state = state * 1103515245u + 12345u;
        size_t length = (state >> 16) % sizeof(text);
        char *copy = malloc(length + 1);
        cr_assert(copy);
        memcpy(copy, text, length);
        for (int k = 0; k < 3 && length > 0; k++) {
            state = state * 1103515245u + 12345u;
            copy[(state >> 8) % length] = "\"\\{}[],:u0x\xFF"[(state >> 20) % 12];
        }
        JsonDoc doc;
        if (json_parse(copy, length, &doc) == 0) {
            for (uint32_t i = 0; i < doc.n_nodes; i++) {
                json_string(&doc, i, arena);
                json_offset(&doc, i, 0);
            }
        }
        json_deinit(&doc);
        free(copy);
    }
}
