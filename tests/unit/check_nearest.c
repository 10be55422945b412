#include <stdint.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/nearest.h"
#include "tests/unit/suites.h"

static const char *const names[] = {"model",      "seed",     "suffix",        "batch_size",
                                    "n_epochs",   "run",      "eval_interval", "eval_samples",
                                    "completion", "training", "tool_url"};

static const struct row {
    const char *word;
    const char *name; /* NULL: nothing is near */
} rows[] = {
    {"sed", "seed"},
    {"seeed", "seed"},
    {"esed", "seed"},
    {"batchSize", "batch_size"},
    {"batch", "batch_size"},
    {"batchsizes", "batch_size"},
    {"epochs", "n_epochs"},
    {"eval_sample", "eval_samples"},
    {"eval", "eval_interval"},
    {"MODEL", "model"},
    {"models_used", "model"},
    {"runn", "run"},
    {"rn", "run"},
    {"comp", "completion"},
    {"url", "tool_url"},
    {"rl", NULL},
    {"", NULL},
    {"x", NULL},
    {"fun", "run"},
    {"abc", NULL},
    {"temperature", NULL},
    {"a word that is longer than any name could be, and then some more of it", NULL},
};

START_TEST(test_what_was_meant)
{
    struct nearest near = {.word = rows[_i].word};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        nearest_try(&near, names[i]);
    ck_assert_msg(rows[_i].name ? near.name && strcmp(near.name, rows[_i].name) == 0 : !near.name,
                  "'%s' found '%s'", rows[_i].word, near.name ? near.name : "(none)");
}
END_TEST

START_TEST(test_edits)
{
    ck_assert_uint_eq(nearest_edits("", ""), 0);
    ck_assert_uint_eq(nearest_edits("abc", ""), 3);
    ck_assert_uint_eq(nearest_edits("abcd", "abdc"), 1);
    ck_assert_uint_eq(nearest_edits("kitten", "sitting"), 3);
    char word[65];
    memset(word, 'x', 64);
    word[64] = '\0';
    ck_assert_uint_eq(nearest_edits(word, word), SIZE_MAX);
    ck_assert_uint_eq(nearest_edits(word + 1, word + 1), 0);
}
END_TEST

Suite *nearest_suite(void)
{
    Suite *suite = suite_create("nearest");
    TCase *tcase = tcase_create("nearest");
    tcase_add_loop_test(tcase, test_what_was_meant, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_edits);
    suite_add_tcase(suite, tcase);
    return suite;
}
