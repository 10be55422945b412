/* Heads that libcurl would let pass, line by line. */
#include <limits.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/net/head.h"
#include "tests/unit/suites.h"

static const struct row {
    const char *name;
    const char *lines[6];
    enum net_fault fault; /* of the last line given */
    int status;
    bool whole;
} rows[] = {
    {"a plain head", {"HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n", "\r\n"}, NET_NONE, 200, true},
    {"bare line feeds", {"HTTP/1.1 404 No\n", "\n"}, NET_NONE, 404, true},
    {"not yet whole", {"HTTP/1.1 200 OK\r\n", "Server: x\r\n"}, NET_NONE, 200, false},
    {"1xx is not the answer", {"HTTP/1.1 100 Continue\r\n", "\r\n"}, NET_NONE, 100, false},
    {"what follows it is",
     {"HTTP/1.1 103 Hints\r\n", "Content-Length: 9\r\n", "\r\n", "HTTP/1.1 200 OK\r\n",
      "Content-Length: 2\r\n", "\r\n"},
     NET_NONE,
     200,
     true},
    {"one length twice",
     {"HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n", "content-length:2\r\n"},
     NET_NONE,
     200,
     false},
    {"one length in two spellings",
     {"HTTP/1.1 200 OK\r\n", "Content-Length: 02\r\n", "Content-Length: 2\r\n"},
     NET_NONE,
     200,
     false},
    {"two lengths",
     {"HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n", "Content-Length: 20\r\n"},
     NET_TWO_LENGTHS,
     200,
     false},
    {"a negative length",
     {"HTTP/1.1 200 OK\r\n", "Content-Length: -2\r\n"},
     NET_BAD_LENGTH,
     200,
     false},
    {"a length with a sign",
     {"HTTP/1.1 200 OK\r\n", "Content-Length: +2\r\n"},
     NET_BAD_LENGTH,
     200,
     false},
    {"no length at all",
     {"HTTP/1.1 200 OK\r\n", "Content-Length:\r\n"},
     NET_BAD_LENGTH,
     200,
     false},
    {"a list of lengths",
     {"HTTP/1.1 200 OK\r\n", "Content-Length: 2, 2\r\n"},
     NET_BAD_LENGTH,
     200,
     false},
    {"a length beyond 64 bits",
     {"HTTP/1.1 200 OK\r\n", "Content-Length: 18446744073709551616\r\n"},
     NET_BAD_LENGTH,
     200,
     false},
    {"the longest length",
     {"HTTP/1.1 200 OK\r\n", "Content-Length: 18446744073709551615\r\n"},
     NET_NONE,
     200,
     false},
    {"another field that begins so",
     {"HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n", "Content-Length-Hint: 5\r\n"},
     NET_NONE,
     200,
     false},
    {"a trailer is no head",
     {"HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n", "\r\n", "Content-Length: 20\r\n", "\r\n"},
     NET_NONE,
     200,
     true},
    {"two blanks before the status", {"HTTP/1.1  200 OK\r\n", "\r\n"}, NET_NONE, 200, true},
    {"what looks like a status line is one only at the beginning",
     {"HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n", "HTTP/1.1 404 No\r\n",
      "Content-Length: 20\r\n"},
     NET_TWO_LENGTHS,
     200,
     false},
    {"a status line without a status", {"HTTP/1.1\r\n", "\r\n"}, NET_NONE, 0, false},
};

START_TEST(test_line_by_line)
{
    const struct row *row = &rows[_i];
    struct head h = {0};
    enum net_fault fault = NET_NONE;
    for (size_t i = 0; i < COUNT_OF(row->lines) && row->lines[i]; i++) {
        ck_assert_msg(fault == NET_NONE, "%s: line %zu", row->name, i);
        fault = head_line(&h, row->lines[i], strlen(row->lines[i]));
    }
    ck_assert_msg(fault == row->fault, "%s: %s", row->name, net_fault_name(fault));
    ck_assert_msg(h.status == row->status, "%s: %d", row->name, h.status);
    ck_assert_msg(h.whole == row->whole, "%s", row->name);
}
END_TEST

static const struct {
    const char *lines[4];
    int seconds;
} waits[] = {
    {{"HTTP/1.1 429 No\r\n", "Retry-After: 7\r\n"}, 7},
    {{"HTTP/1.1 429 No\r\n", "retry-after:0\r\n"}, 0},
    {{"HTTP/1.1 429 No\r\n", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n"}, 0},
    {{"HTTP/1.1 429 No\r\n", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"}, 0},
    {{"HTTP/1.1 429 No\r\n", "Retry-After: Mon, 01 Jan 2024 00:00:30 GMT\r\n"}, 30},
    {{"HTTP/1.1 429 No\r\n", "Retry-After: Thu, 01 Jan 2600 00:00:00 GMT\r\n"}, INT_MAX},
    {{"HTTP/1.1 429 No\r\n", "Retry-After: in a while\r\n"}, 0},
    {{"HTTP/1.1 103 Hints\r\n", "Retry-After: Mon, 01 Jan 2024 00:00:30 GMT\r\n", "\r\n",
      "HTTP/1.1 429 No\r\n"},
     0},
    {{"HTTP/1.1 429 No\r\n", "Retry-After: -1\r\n"}, 0},
    {{"HTTP/1.1 429 No\r\n", "Retry-After: 99999999999\r\n"}, INT_MAX},
    {{"HTTP/1.1 429 No\r\n", "Retry-After: 99999999999999999999999\r\n"}, INT_MAX},
    {{"HTTP/1.1 429 No\r\n", "Retry-After: 1.5\r\n"}, 0},
    {{"HTTP/1.1 429 No\r\n", "Retry-After:\r\n"}, 0},
    {{"HTTP/1.1 103 Hints\r\n", "Retry-After: 7\r\n", "\r\n", "HTTP/1.1 429 No\r\n"}, 0},
};

START_TEST(test_a_wait_that_is_asked_for)
{
    struct head h = {0};
    for (size_t i = 0; i < COUNT_OF(waits[_i].lines) && waits[_i].lines[i]; i++)
        ck_assert_int_eq(head_line(&h, waits[_i].lines[i], strlen(waits[_i].lines[i])), NET_NONE);
    int wait_s = head_wait_s(&h, 1704067200); /* 2024-01-01 00:00:00 */
    ck_assert_msg(wait_s == waits[_i].seconds, "%d: %d", _i, wait_s);
}
END_TEST

START_TEST(test_a_head_has_a_limit)
{
    static const char *const lines[] = {"X: 8888\r\n", "HTTP/1.1 100 Continue\r\n"};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct head h = {0};
        size_t n = strlen(lines[i]);
        for (size_t sum = n; sum <= HEAD_MAX; sum += n)
            ck_assert_int_eq(head_line(&h, lines[i], n), NET_NONE);
        ck_assert_int_eq(head_line(&h, lines[i], n), NET_HEAD_TOO_LARGE);
    }
}
END_TEST

Suite *head_suite(void)
{
    Suite *suite = suite_create("head");
    TCase *tc = tcase_create("head");
    tcase_add_loop_test(tc, test_line_by_line, 0, (int)COUNT_OF(rows));
    tcase_add_loop_test(tc, test_a_wait_that_is_asked_for, 0, (int)COUNT_OF(waits));
    tcase_add_test(tc, test_a_head_has_a_limit);
    suite_add_tcase(suite, tc);
    return suite;
}
