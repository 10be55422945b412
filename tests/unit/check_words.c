#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/check/trigrams.h"
#include "sim/check/words.h"
#include "tests/unit/suites.h"

static size_t runs_of(const char *text, uint32_t out[WORDS_RUNS])
{
    return words_runs(text, strlen(text), out);
}

/* --- Runs ------------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    size_t n;
} counts[] = {
    {"", 0},
    {"one two", 0},
    {"one two three", 1},
    {"one two three four", 2},
    {" a-b, c! ", 1},
    {"caf\xc3\xa9 au lait", 1},
    {"1 2 3", 1},
    {"...", 0},
    {"a_word_of three parts", 3},
};

START_TEST(test_a_run_is_three_words)
{
    uint32_t runs[WORDS_RUNS];
    ck_assert_uint_eq(runs_of(counts[_i].text, runs), counts[_i].n);
}
END_TEST

/* Whether two texts have the same runs. */
static const struct {
    const char *one;
    const char *other;
    bool same;
} pairs[] = {
    {"The red lamp", "the RED lamp!", true},
    {"The red lamp", "The  \"red\"\n lamp.", true},
    {"The red lamp", "The red lamps", false},
    {"The red lamp", "red The lamp", false},
    {"order 17 came", "order 71 came", false},
    {"internationalisation of interfaces", "internationalisations of interfaces", false},
    {"to be or", "tobe or x", false},
};

START_TEST(test_case_and_marks_are_ignored)
{
    uint32_t one[WORDS_RUNS];
    uint32_t other[WORDS_RUNS];
    ck_assert_uint_eq(runs_of(pairs[_i].one, one), 1);
    ck_assert_uint_eq(runs_of(pairs[_i].other, other), 1);
    ck_assert_int_eq(one[0] == other[0], pairs[_i].same);
}
END_TEST

/* Wherever a text lies, and however its words fall on blocks of 64 bytes. */
START_TEST(test_runs_do_not_depend_on_where_words_fall)
{
    static const char words[] = "alpha beta gamma extraordinarily long words d e f 1 22 333 omega ";
    char text[600] = "";
    uint32_t want[WORDS_RUNS];
    uint32_t got[WORDS_RUNS];
    for (int i = 0; i < 4; i++)
        strcat(text, words);
    size_t n = runs_of(text, want);
    ck_assert_uint_eq(n, 4 * 13 - 2);
    for (size_t shift = 0; shift < 130; shift++) {
        char *copy = mem_printf("%*s%s", (int)shift, "", text);
        ck_assert_uint_eq(runs_of(copy, got), n);
        ck_assert_mem_eq(want, got, n * sizeof(*want));
        free(copy);
    }
}
END_TEST

START_TEST(test_a_long_text_is_cut)
{
    struct buf text = {0};
    uint32_t runs[WORDS_RUNS];
    for (int i = 0; i < 5000; i++)
        buf_printf(&text, "w%d ", i);
    size_t n = words_runs(text.at, text.len, runs);
    ck_assert(n <= WORDS_RUNS && n > WORDS_RUNS - 64);
    buf_release(&text);
}
END_TEST

/* --- Shares ----------------------------------------------------------------------------------- */

#define TEN "one two three four five six seven eight nine ten "

static const struct {
    const char *one;
    const char *other;
    unsigned low, high; /* percent */
} shares[] = {
    {TEN, TEN, 100, 100},
    {TEN "eleven", TEN "twelve", 80, 80}, /* 8 of 10 */
    {TEN, "ten nine eight seven six five four three two one", 0, 0},
    {"a b c d e f", "a b c d e f", 0, 0}, /* 4 runs are too few to tell */
    {"a b c d e f g", "a b c d e f g", 100, 100},
};

START_TEST(test_shares_are_of_all_runs)
{
    struct boilerplate *none = mem_new(sizeof(*none));
    uint32_t one[WORDS_RUNS];
    uint32_t other[WORDS_RUNS];
    size_t n = runs_of(shares[_i].one, one);
    size_t m = runs_of(shares[_i].other, other);
    unsigned percent = words_share(none, one, n, other, m);
    ck_assert_uint_ge(percent, shares[_i].low);
    ck_assert_uint_le(percent, shares[_i].high);
    free(none);
}
END_TEST

START_TEST(test_runs_are_tidied)
{
    uint32_t runs[] = {5, 3, 5, 1, 3};
    const uint32_t want[] = {1, 3, 5};
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_eq(words_tidy(runs, i ? 3 : 5), 3);
        ck_assert_mem_eq(runs, want, sizeof(want));
    }
    ck_assert_uint_eq(words_tidy(runs, 0), 0);
}
END_TEST

/* Rows that differ in nothing but what the template leaves open are not the same. */
START_TEST(test_boilerplate_hides_no_difference)
{
    static const char template[] =
        "Combine all of these numbers exactly once so that they reach the target, and answer with "
        "the expression only, please: the numbers are %d %d %d %d and the target is %d";
    struct boilerplate *b = mem_new(sizeof(*b));
    uint32_t one[WORDS_RUNS];
    uint32_t other[WORDS_RUNS];
    char *first = mem_printf(template, 3, 5, 8, 9, 13);
    char *second = mem_printf(template, 3, 5, 8, 7, 14);
    size_t n = runs_of(first, one);
    size_t m = runs_of(second, other);
    unsigned all = words_share(b, one, n, other, m);
    n = runs_of(first, one);
    for (size_t i = 0; i < n; i++) {
        if (i < n - 11) /* what stands before the numbers */
            b->at[(one[i] >> (32 - WORDS_BITS)) / 64] |= 1ull
                                                         << ((one[i] >> (32 - WORDS_BITS)) % 64);
    }
    m = runs_of(second, other);
    ck_assert_uint_lt(words_share(b, one, n, other, m), all);
    free(first);
    free(second);
    free(b);
}
END_TEST

START_TEST(test_the_least_runs_are_kept)
{
    struct boilerplate *none = mem_new(sizeof(*none));
    uint32_t least[2];
    uint32_t again[2];
    const uint32_t runs[] = {5, 9, 5, 7, 9, 11};
    const uint32_t turned[] = {11, 7, 9, 5};
    words_least(none, runs, COUNT_OF(runs), least);
    words_least(none, turned, COUNT_OF(turned), again);
    ck_assert(least[0] && least[1] && least[0] < least[1]);
    ck_assert_mem_eq(least, again, sizeof(least));
    words_least(none, runs, 0, least);
    ck_assert(!least[0] && !least[1]);
    words_least(none, runs, 1, least);
    ck_assert(least[0] && !least[1]);
    free(none);
}
END_TEST

/* --- Trigrams, hashes ------------------------------------------------------------------------- */

/* The fast way finds what the plain one finds, wherever it stands. */
START_TEST(test_trigrams_are_found_wherever_they_stand)
{
    struct trigrams t = {0};
    struct rng r = rng_seed((uint64_t)_i);
    char text[400];
    uint32_t places[64];
    trigrams_add(&t, 0, "ab", "cd", NULL);
    trigrams_add(&t, 5, "\xef", "\xbf", "\xbd");
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = "abcdxyz\xef\xbf\xbd"[rng_u64(&r) % 10];
    size_t len = rng_u64(&r) % sizeof(text);
    size_t next = 0;
    for (size_t from = 0; from < len;) {
        size_t n = trigrams_find(&t, text, len, &from, places, COUNT_OF(places));
        for (size_t i = 0; i < n; i++, next++) {
            while (
                !(next + 2 < len && ((strchr("ab", text[next]) && strchr("cd", text[next + 1])) ||
                                     memcmp(text + next, "\xef\xbf\xbd", 3) == 0)))
                ck_assert_uint_lt(next++, places[i]);
            ck_assert_uint_eq(places[i], next);
        }
    }
    for (; next + 2 < len; next++)
        ck_assert(!(strchr("ab", text[next]) && strchr("cd", text[next + 1])) &&
                  memcmp(text + next, "\xef\xbf\xbd", 3) != 0);
}
END_TEST

START_TEST(test_each_byte_and_the_length_change_a_hash)
{
    unsigned char bytes[200] = {0};
    for (size_t len = 0; len < sizeof(bytes); len++) {
        uint64_t whole = hash_bytes(bytes, len);
        ck_assert(whole == hash_bytes(bytes, len) && whole != hash_bytes(bytes, len + 1));
        for (size_t i = 0; i < len; i++) {
            bytes[i] ^= 1;
            ck_assert(whole != hash_bytes(bytes, len));
            bytes[i] ^= 1;
        }
    }
}
END_TEST

Suite *words_suite(void)
{
    Suite *suite = suite_create("words");
    TCase *tc = tcase_create("words");
    tcase_add_loop_test(tc, test_a_run_is_three_words, 0, COUNT_OF(counts));
    tcase_add_loop_test(tc, test_case_and_marks_are_ignored, 0, COUNT_OF(pairs));
    tcase_add_test(tc, test_runs_do_not_depend_on_where_words_fall);
    tcase_add_test(tc, test_a_long_text_is_cut);
    tcase_add_loop_test(tc, test_shares_are_of_all_runs, 0, COUNT_OF(shares));
    tcase_add_test(tc, test_runs_are_tidied);
    tcase_add_test(tc, test_boilerplate_hides_no_difference);
    tcase_add_test(tc, test_the_least_runs_are_kept);
    tcase_add_loop_test(tc, test_trigrams_are_found_wherever_they_stand, 0, 200);
    tcase_add_test(tc, test_each_byte_and_the_length_change_a_hash);
    suite_add_tcase(suite, tc);
    return suite;
}
