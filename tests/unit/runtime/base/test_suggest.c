#include "runtime/base/suggest.h"

#include <criterion/criterion.h>
#include <string.h>

Test(suggest, nearest_word)
{
    static const char *const known[] = {"orders", "customers", "Payments", "primary",
                                        "id",     "a",         ""};
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"order", "orders"},
        {"ordesr", "orders"}, /* neighbours swapped */
        {"ORDERS", "orders"}, /* letter case is half an edit each */
        {"custmers", "customers"},
        {"payments", "Payments"},
        {"payment", "Payments"},
        {"primry", "primary"},
        {"di", "id"},
        {"b", NULL}, /* nothing is near to a single letter */
        {"A", "a"},  /* but its other case */
        {"", NULL},
        {"xyz", NULL},
        {"events", NULL},
        {"orders", "orders"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *found = suggest_nearest(cases[i].word, known, sizeof(known) / sizeof(known[0]));
        if (cases[i].nearest == NULL) {
            cr_assert_null(found, "%s: %s", cases[i].word, found);
        } else {
            cr_assert_not_null(found, "%s", cases[i].word);
            cr_assert_str_eq(found, cases[i].nearest, "%s", cases[i].word);
        }
    }
}

Test(suggest, the_first_of_equals_and_the_best_of_near_ones)
{
    static const char *const known[] = {"orderz", "orders", "order_s"};
    cr_assert_str_eq(suggest_nearest("orderx", known, 3), "orderz");
    cr_assert_str_eq(suggest_nearest("orders", known, 3), "orders");
    cr_assert_null(suggest_nearest("orders", known, 0));
}

Test(suggest, very_long_words_are_left_alone)
{
    char word[1000];
    memset(word, 'a', 999);
    word[999] = '\0';
    const char *known[] = {word, word + 872, "aaaa"};
    cr_assert_null(suggest_nearest(word, known, 3));
    cr_assert_str_eq(suggest_nearest(word + 873, known, 3), word + 872);
}
