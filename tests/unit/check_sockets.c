/* The epoll set: sockets that are kept in it, and numbers that are used again. */
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/net/sockets.h"
#include "tests/unit/suites.h"

static struct watch owner; /* its address is all that counts */

static void setup(struct sockets *s, int pair[2])
{
    struct err e = {0};
    ck_assert_int_eq(sockets_init(s, &e), ERR_OK);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    sockets_opened(s, pair[0]);
}

static int events_now(struct sockets *s)
{
    struct socket_event events[SOCKETS_EVENTS];
    int n = sockets_wait(s, 0, events);
    for (int i = 0; i < n; i++)
        ck_assert_ptr_eq(events[i].owner, &owner);
    return n;
}

START_TEST(test_a_kept_socket_is_wanted_again)
{
    struct sockets s;
    int pair[2];
    setup(&s, pair);
    ck_assert(sockets_want(&s, pair[0], EPOLLIN, &owner));
    sockets_let_go(&s, pair[0]);
    ck_assert(sockets_want(&s, pair[0], EPOLLIN, &owner));
    ck_assert_int_eq(write(pair[1], "x", 1), 1);
    ck_assert_int_eq(events_now(&s), 1);
    close(pair[0]);
    close(pair[1]);
    sockets_release(&s);
}
END_TEST

START_TEST(test_what_comes_unasked_is_thrown_away_and_the_socket_shut)
{
    struct sockets s;
    int pair[2];
    char byte = 0;
    setup(&s, pair);
    ck_assert(sockets_want(&s, pair[0], EPOLLIN, &owner));
    sockets_let_go(&s, pair[0]);
    ck_assert_int_eq(write(pair[1], "answer", 6), 6);
    ck_assert_int_eq(events_now(&s), 0);
    ck_assert_int_eq(recv(pair[0], &byte, 1, MSG_DONTWAIT), 0); /* at its end */
    ck_assert_int_eq(events_now(&s), 0);                        /* and told no more */
    close(pair[0]);
    close(pair[1]);
    sockets_release(&s);
}
END_TEST

/* libcurl closes a socket that is not yet connected without a word. */
START_TEST(test_a_number_closed_in_silence_is_another_socket_s)
{
    struct sockets s;
    int pair[2];
    int other[2];
    setup(&s, pair);
    ck_assert(sockets_want(&s, pair[0], EPOLLIN, &owner));
    close(pair[0]);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
    ck_assert_int_eq(other[0], pair[0]);
    sockets_forget(&s, other[0]);
    ck_assert(sockets_want(&s, other[0], EPOLLIN, &owner));
    ck_assert_int_eq(write(other[1], "x", 1), 1);
    ck_assert_int_eq(events_now(&s), 1);
    ck_assert(sockets_want(&s, other[0], EPOLLOUT, &owner));
    close(other[0]);
    close(other[1]);
    close(pair[1]);
    sockets_release(&s);
}
END_TEST

START_TEST(test_a_number_that_is_not_in_the_set_is_put_there)
{
    struct sockets s;
    int pair[2];
    setup(&s, pair);
    ck_assert(sockets_want(&s, pair[0], EPOLLIN, &owner));
    /* as if it had been closed, and its number given to another */
    ck_assert_int_eq(epoll_ctl(s.epoll_fd, EPOLL_CTL_DEL, pair[0], NULL), 0);
    ck_assert(sockets_want(&s, pair[0], EPOLLOUT, &owner));
    ck_assert_int_eq(events_now(&s), 1);
    close(pair[0]);
    close(pair[1]);
    sockets_release(&s);
}
END_TEST

Suite *sockets_suite(void)
{
    Suite *suite = suite_create("sockets");
    TCase *tc = tcase_create("sockets");
    tcase_add_test(tc, test_a_kept_socket_is_wanted_again);
    tcase_add_test(tc, test_what_comes_unasked_is_thrown_away_and_the_socket_shut);
    tcase_add_test(tc, test_a_number_closed_in_silence_is_another_socket_s);
    tcase_add_test(tc, test_a_number_that_is_not_in_the_set_is_put_there);
    suite_add_tcase(suite, tc);
    return suite;
}
