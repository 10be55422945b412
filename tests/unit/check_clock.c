#include <string.h>

#include "sim/base/clock.h"
#include "tests/unit/suites.h"

static const struct {
    const char *text;
    int64_t ns; /* -1: it is no stamp */
} rows[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2026-04-17T15:43:14.2520000Z", 1776440594252000000},
    {"2025-11-18T08:37:23.944204+00:00", 1763455043944204000},
    {"2025-11-18T10:37:23.944204+02:00", 1763455043944204000},
    {"2025-11-18T03:07:23.944204-05:30", 1763455043944204000},
    {"2025-11-18T08:37:23.1234567899Z", 1763455043123456789},
    {"2025-11-18T08:37:23.Z", 1763455043000000000},
    {"2025-11-18T08:37:23", -1}, /* of which place? */
    {"2025-11-18 08:37:23Z", -1},
    {"2025-13-18T08:37:23Z", -1},
    {"2025-00-18T08:37:23Z", -1},
    {"2025-11-00T08:37:23Z", -1},
    {"2025-11-18T24:37:23Z", -1},
    {"1969-12-31T23:59:59Z", -1},
    {"2201-01-01T00:00:00Z", -1},
    {"2025-11-18T08:37:23Zulu", -1},
    {"2025-11-18T08:37:23+0200", -1},
    {"2025-11-18T08:37:23+24:00", -1},
    {"2025-11-18", -1},
    {"", -1},
};

START_TEST(test_a_stamp_is_read_as_its_row_says)
{
    int64_t ns = -1;
    ck_assert_msg(clock_read(&ns, rows[_i].text) == (rows[_i].ns >= 0), "%s", rows[_i].text);
    ck_assert_int_eq(ns, rows[_i].ns);
}
END_TEST

START_TEST(test_a_stamp_that_was_written_is_read_again)
{
    char text[CLOCK_STAMP_ROOM];
    int64_t ns = 0;
    int64_t now = clock_unix_ns() / 100 * 100; /* it has seven decimals */
    ck_assert(clock_read(&ns, clock_stamp(text, now)));
    ck_assert_int_eq(ns, now);
}
END_TEST

Suite *clock_suite(void)
{
    Suite *suite = suite_create("clock");
    TCase *tcase = tcase_create("clock");
    tcase_add_loop_test(tcase, test_a_stamp_is_read_as_its_row_says, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_a_stamp_that_was_written_is_read_again);
    suite_add_tcase(suite, tcase);
    return suite;
}
