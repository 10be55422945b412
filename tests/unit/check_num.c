#include <math.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/num.h"
#include "tests/unit/suites.h"

/* The first three are from the service's own result file, section 13 of the contract. */
static const struct row {
    double value;
    const char *csv;
    const char *json;
} rows[] = {
    {0.09331640625, "0.09331640625", "0.09331640625"},
    {9.131431579589844e-05, "9.131431579589844E-05", "9.131431579589844e-05"},
    {0.00010418891906738281, "0.00010418891906738281", "0.00010418891906738281"},
    {0, "0", "0"},
    {-0.0, "0", "0"},
    {1, "1", "1"},
    {-2.5, "-2.5", "-2.5"},
    {1530, "1530", "1530"},
    {0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"},
    {1e-4, "0.0001", "0.0001"},
    {1e-5, "1E-05", "1e-05"},
    {123456789012345, "123456789012345", "123456789012345"},
    {1e15, "1E+15", "1e15"},
    {1.5e300, "1.5E+300", "1.5e300"},
    {5e-324, "5E-324", "5e-324"},
};

START_TEST(test_shortest_text)
{
    char out[NUM_ROOM];
    ck_assert_str_eq(num_shortest(out, rows[_i].value), rows[_i].csv);
    ck_assert_str_eq(num_json(out, rows[_i].value), rows[_i].json);
    double back = 0;
    ck_assert(num_parse(&back, out, strlen(out)));
    ck_assert(back == rows[_i].value);
}
END_TEST

static const char *const not_numbers[] = {"", "x", "1x", "1 ", "inf", "nan", "1e999", "0x10"};

START_TEST(test_what_is_no_number)
{
    double out = 7;
    ck_assert(!num_parse(&out, not_numbers[_i], strlen(not_numbers[_i])));
    ck_assert(out == 7);
}
END_TEST

Suite *num_suite(void)
{
    Suite *suite = suite_create("num");
    TCase *tcase = tcase_create("num");
    tcase_add_loop_test(tcase, test_shortest_text, 0, COUNT_OF(rows));
    tcase_add_loop_test(tcase, test_what_is_no_number, 0, COUNT_OF(not_numbers));
    suite_add_tcase(suite, tcase);
    return suite;
}
