/* Hosts: one spelling of where they are, and when they count as gone. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/net/host.h"
#include "sim/net/url.h"
#include "tests/unit/suites.h"

static const int64_t second_ns = 1000000000;

static const struct row {
    const char *url;
    const char *origin;
} rows[] = {
    {"http://h/a", "http://h:80"},         {"http://h:80/b?c", "http://h:80"},
    {"https://h", "https://h:443"},        {"https://user:word@h:8443/#x", "https://h:8443"},
    {"http://[::1]:7/", "http://[::1]:7"},
};

START_TEST(test_origin)
{
    char *origin = url_origin(rows[_i].url);
    ck_assert_str_eq(origin, rows[_i].origin);
    free(origin);
}
END_TEST

START_TEST(test_gone_after_many_in_a_row_and_long_enough)
{
    struct host h = {0};
    host_waits(&h, 3000);
    host_waits(&h, 1); /* the longest counts */
    host_expect(&h, 100);
    for (int i = 0; i < 500; i++) /* many, but within the six seconds that waits alone take */
        ck_assert(!host_unreached(&h, 10 * second_ns + i));
    ck_assert(host_unreached(&h, 16 * second_ns));
    ck_assert(!host_unreached(&h, 17 * second_ns)); /* told once */
}
END_TEST

START_TEST(test_long_away_is_not_enough)
{
    struct host h = {0};
    host_waits(&h, 3000);
    host_waits(&h, 1); /* the longest counts */
    host_expect(&h, 100);
    for (int i = 0; i < 199; i++)
        ck_assert(!host_unreached(&h, i * second_ns));
    host_reached(&h);
    for (int i = 0; i < 199; i++)
        ck_assert(!host_unreached(&h, (300 + i) * second_ns));
    ck_assert(host_unreached(&h, 500 * second_ns));
}
END_TEST

Suite *host_suite(void)
{
    Suite *suite = suite_create("host");
    TCase *tc = tcase_create("host");
    tcase_add_loop_test(tc, test_origin, 0, (int)COUNT_OF(rows));
    tcase_add_test(tc, test_gone_after_many_in_a_row_and_long_enough);
    tcase_add_test(tc, test_long_away_is_not_enough);
    suite_add_tcase(suite, tc);
    return suite;
}
