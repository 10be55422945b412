/* What was said of pairs of texts, remembered. */
#include <stdio.h>
#include <string.h>

#include "grader/recall.h"
#include "sim/base/cc.h"
#include "tests/unit/suites.h"

static struct buf text_of(const char *text, size_t len)
{
    struct buf b = {0};
    buf_add(&b, text, len);
    return b;
}

START_TEST(test_only_the_very_texts_are_found)
{
    static const struct {
        const char *a;
        size_t a_len;
        const char *b;
        size_t b_len;
    } pairs[] = {
        {"ab", 2, "c", 1},       {"a", 1, "bc", 2},       {"", 0, "abc", 3},
        {"abc", 3, "", 0},       {"", 0, "", 0},          {"a\0b", 3, "a", 1},
        {"a\0c", 3, "a", 1},     {"a", 1, "a\0b", 3},     {"c", 1, "ab", 2},
        {"12345678", 8, "1", 1}, {"123456781", 9, "", 0}, {"1234567", 7, "81", 2},
    };
    struct recall *r = recall_new();
    struct similarity got = {0};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        struct buf a = text_of(pairs[i].a, pairs[i].a_len);
        struct buf b = text_of(pairs[i].b, pairs[i].b_len);
        ck_assert_msg(!recall_find(r, &a, &b, &got), "pair %zu", i);
        recall_keep(r, &a, &b, &(struct similarity){.at = {(double)i}});
        ck_assert(recall_find(r, &a, &b, &got) && got.at[0] == (double)i);
        recall_keep(r, &a, &b, &(struct similarity){.at = {(double)i}});
        buf_release(&a);
        buf_release(&b);
    }
    recall_free(r);
}
END_TEST

/* Many pairs, over what it may hold: what it finds is right, and it goes on finding the newest. */
START_TEST(test_memory_is_bounded_and_what_is_found_is_right)
{
    enum { PAIRS = 3000, LEN = 20000 };
    static char text[LEN];
    struct recall *r = recall_new();
    size_t n_found = 0;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < PAIRS; i++) {
            struct similarity got;
            memset(text, 'x', sizeof(text));
            snprintf(text, sizeof(text), "%d", i);
            struct buf a = text_of(text, sizeof(text));
            struct buf b = text_of("b", 1);
            if (recall_find(r, &a, &b, &got)) {
                n_found++;
                ck_assert(got.at[1] == i);
            }
            recall_keep(r, &a, &b, &(struct similarity){.at = {0, i}});
            ck_assert(recall_find(r, &a, &b, &got) && got.at[1] == i);
            buf_release(&a);
            buf_release(&b);
        }
    }
    ck_assert_uint_lt(n_found, RECALL_BYTES / LEN + 1);
    recall_free(r);
}
END_TEST

START_TEST(test_what_is_too_large_is_not_kept)
{
    struct recall *r = recall_new();
    struct similarity got;
    struct buf a = {0};
    struct buf b = {0};
    buf_reserve(&a, RECALL_BYTES);
    memset(a.at, 'a', RECALL_BYTES);
    a.len = RECALL_BYTES;
    recall_keep(r, &a, &b, &(struct similarity){0});
    ck_assert(!recall_find(r, &a, &b, &got));
    buf_release(&a);
    recall_free(r);
}
END_TEST

Suite *recall_suite(void)
{
    Suite *suite = suite_create("recall");
    TCase *tcase = tcase_create("recall");
    tcase_add_test(tcase, test_only_the_very_texts_are_found);
    tcase_add_test(tcase, test_memory_is_bounded_and_what_is_found_is_right);
    tcase_add_test(tcase, test_what_is_too_large_is_not_kept);
    suite_add_tcase(suite, tcase);
    return suite;
}
