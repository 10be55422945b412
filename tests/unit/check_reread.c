/* Every row of a file is found again, whatever lines stand between rows. */
#include <string.h>

#include "sim/base/rng.h"
#include "sim/check/reread.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

enum { N_LINES = 200, WIDTH = 700 };

static size_t lines[N_LINES]; /* that rows are on */

/* A file of `N_LINES` lines with what a survey would remember of it; one line in `one_in` is none
 * of its rows. */
static void write_lines(struct ledger *l, uint64_t seed, uint64_t one_in)
{
    static const char *const others[] = {"", "   ", "[1]", "{\"n\":", "7"};
    struct rng r = rng_seed(seed);
    struct buf text = {0};
    for (size_t line = 1; line <= N_LINES; line++) {
        if (rng_u64(&r) % one_in == 0) {
            buf_printf(&text, "%s\n", others[rng_u64(&r) % COUNT_OF(others)]);
            continue;
        }
        lines[l->n] = line;
        ledger_add(l, &(struct ledger_row){0}, text.len, line);
        buf_printf(&text, "{\"line\":%zu,\"text\":\"%*s\"}\n", line, (int)(rng_u64(&r) % WIDTH),
                   "");
    }
    scratch_file("rows.jsonl", text.at);
    buf_release(&text);
}

START_TEST(test_each_row_is_found_on_its_line)
{
    static const uint64_t one_in[] = {2, 10, 50, UINT64_MAX};
    struct ledger l = {0};
    write_lines(&l, (uint64_t)_i, one_in[(size_t)_i % COUNT_OF(one_in)]);
    const struct ledger_file file = {"rows.jsonl", &l};
    struct rng r = rng_seed((uint64_t)_i);
    struct reread reader;
    reread_open(&reader, &file);
    for (size_t i = 0; i < l.n; i++) {
        ck_assert(reread_row(&reader, rng_u64(&r) % l.n)); /* in no order */
        ck_assert(reread_row(&reader, i));
        size_t v = tape_get(&reader.tape, 0, "line");
        ck_assert_uint_eq((size_t)tape_number(&reader.tape, v), lines[i]);
        ck_assert_uint_eq(reader.line, lines[i]);
    }
    reread_close(&reader);
    ledger_release(&l);
}
END_TEST

START_TEST(test_a_row_of_a_file_that_changed_is_not_found)
{
    struct ledger l = {0};
    write_lines(&l, 1, UINT64_MAX);
    const struct ledger_file file = {"rows.jsonl", &l};
    struct reread reader;
    reread_open(&reader, &file);
    ck_assert_uint_eq(reread_line(&reader, 9), 10);
    scratch_file("rows.jsonl", "{}\n[]\n");
    ck_assert_uint_eq(reread_line(&reader, 0), 1);
    ck_assert_uint_eq(reread_line(&reader, 1), 0);
    ck_assert_uint_eq(reread_line(&reader, N_LINES - 1), 0);
    reread_close(&reader);
    ledger_release(&l);
}
END_TEST

Suite *reread_suite(void)
{
    Suite *suite = suite_create("reread");
    TCase *tcase = tcase_create("reread");
    tcase_add_checked_fixture(tcase, scratch_enter, scratch_leave);
    tcase_add_loop_test(tcase, test_each_row_is_found_on_its_line, 0, 20);
    tcase_add_test(tcase, test_a_row_of_a_file_that_changed_is_not_found);
    suite_add_tcase(suite, tcase);
    return suite;
}
