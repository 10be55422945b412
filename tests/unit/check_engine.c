/* The engine against a listener of our own on loopback that says one thing to everybody. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/net/engine.h"
#include "sim/net/share.h"
#include "tests/unit/suites.h"

struct listener {
    int fd;
    const char *says;
    bool hangs;   /* accepts, then says nothing */
    int delay_ms; /* before it says so */
    char url[64];
    pthread_t thread;
};

static void serve(const struct listener *l, int client)
{
    char request[4096];
    if (recv(client, request, sizeof(request), 0) > 0 && !l->hangs) {
        usleep((useconds_t)l->delay_ms * 1000);
        (void)!write(client, l->says, strlen(l->says));
    }
    if (l->hangs)
        (void)!read(client, request, 1); /* until the other side gives up */
    close(client);
}

static void *listen_on(void *arg)
{
    const struct listener *l = arg;
    for (int client = 0; (client = accept(l->fd, NULL, NULL)) >= 0;)
        serve(l, client);
    return NULL;
}

static void listener_start_as(struct listener *l, void *(*serve_all)(void *arg))
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(l->fd, (struct sockaddr *)&at, len), 0);
    ck_assert_int_eq(listen(l->fd, 16), 0);
    ck_assert_int_eq(getsockname(l->fd, (struct sockaddr *)&at, &len), 0);
    snprintf(l->url, sizeof(l->url), "http://127.0.0.1:%d/tool", ntohs(at.sin_port));
    ck_assert_int_eq(pthread_create(&l->thread, NULL, serve_all, l), 0);
}

static void listener_start(struct listener *l)
{
    listener_start_as(l, listen_on);
}

static void listener_stop(struct listener *l)
{
    shutdown(l->fd, SHUT_RDWR);
    pthread_join(l->thread, NULL);
    close(l->fd);
}

struct bench {
    struct engine *engine;
    struct share *share;
    int n_left;
};

static void on_done(struct request *req)
{
    struct bench *b = req->owner;
    if (--b->n_left == 0)
        engine_stop(b->engine);
}

static void on_wake(void *arg)
{
    struct bench *b = arg;
    engine_stop(b->engine);
}

static void bench_init(struct bench *b)
{
    struct err e = {0};
    *b = (struct bench){.share = share_new()};
    struct engine_config config = {
        .share = b->share, .transfers_max = 4, .n_hosts = 1, .on_wake = on_wake, .arg = b};
    ck_assert_msg(engine_new(&b->engine, &config, &e) == ERR_OK, "%s", e.text);
}

static void bench_release(struct bench *b)
{
    engine_free(b->engine);
    share_free(b->share);
}

static struct request post(struct bench *b, const char *url)
{
    return (struct request){.url = url,
                            .body = "{}",
                            .body_bytes = 2,
                            .answer_max = 16,
                            .timeout_ms = 300,
                            .done = on_done,
                            .owner = b};
}

static const struct row {
    const char *name;
    const char *says;
    bool hangs;
    enum net_fault fault;
    int status;
    const char *answer;
} rows[] = {
    {"a whole answer", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false, NET_NONE, 200,
     "ok"},
    {"an error status is an answer", "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", false,
     NET_NONE, 503, ""},
    {"a redirect is not followed", "HTTP/1.1 302 No\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
     false, NET_NONE, 302, ""},
    {"closed without a word", "", false, NET_EMPTY, 0, ""},
    {"closed inside the head", "HTTP/1.1 200 OK\r\nConte", false, NET_CUT, 200, ""},
    {"closed in the middle", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", false, NET_CUT, 200,
     "ok"},
    {"more than the cap", "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n12345678901234567", false,
     NET_TOO_LARGE, 200, ""},
    {"exactly the cap", "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n1234567890123456", false,
     NET_NONE, 200, "1234567890123456"},
    {"not HTTP", "SSH-2.0-OpenSSH_9.2\r\n", false, NET_NOT_HTTP, 0, ""},
    {"silence", "", true, NET_TIMEOUT, 0, ""},
};

START_TEST(test_what_came_of_a_request)
{
    const struct row *row = &rows[_i];
    struct listener l = {.says = row->says, .hangs = row->hangs};
    struct bench b;
    listener_start(&l);
    bench_init(&b);
    struct request req = post(&b, l.url);
    b.n_left = 1;
    engine_send(b.engine, &req);
    engine_loop(b.engine);
    ck_assert_msg(req.fault == row->fault, "%s: %s (%s)", row->name, net_fault_name(req.fault),
                  req.detail);
    ck_assert_msg(req.status == row->status, "%s: %d", row->name, req.status);
    ck_assert_str_eq(buf_text(&req.answer), row->answer);
    ck_assert_int_ge(req.ended_ns, req.started_ns);
    buf_release(&req.answer);
    bench_release(&b);
    listener_stop(&l);
}
END_TEST

START_TEST(test_nobody_listens)
{
    struct listener l = {.says = ""};
    struct bench b;
    listener_start(&l);
    listener_stop(&l); /* its port is free now */
    bench_init(&b);
    struct request req = post(&b, l.url);
    struct request reach = {
        .url = l.url, .connect_only = true, .timeout_ms = 300, .done = on_done, .owner = &b};
    b.n_left = 2;
    engine_send(b.engine, &req);
    engine_send(b.engine, &reach);
    engine_loop(b.engine);
    ck_assert_int_eq(req.fault, NET_REFUSED);
    ck_assert_int_eq(reach.fault, NET_REFUSED);
    bench_release(&b);
}
END_TEST

#define FINE "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static void on_done_busy(struct request *req)
{
    sleep(2); /* a grader that takes its time */
    on_done(req);
}

START_TEST(test_an_answer_that_came_in_time_is_no_timeout)
{
    struct listener at_once = {.says = FINE};
    struct listener soon = {.says = FINE, .delay_ms = 100};
    struct bench b;
    listener_start(&at_once);
    listener_start(&soon);
    bench_init(&b);
    struct request busy = post(&b, at_once.url);
    struct request meanwhile = post(&b, soon.url);
    busy.done = on_done_busy;
    b.n_left = 2;
    engine_send(b.engine, &busy);
    meanwhile.timeout_ms = 700;
    engine_send(b.engine, &meanwhile); /* its time is over while busy's done works */
    engine_loop(b.engine);
    ck_assert_msg(meanwhile.fault == NET_NONE, "%s (%s)", net_fault_name(meanwhile.fault),
                  meanwhile.detail);
    buf_release(&busy.answer);
    buf_release(&meanwhile.answer);
    bench_release(&b);
    listener_stop(&at_once);
    listener_stop(&soon);
}
END_TEST

START_TEST(test_more_requests_than_transfers_wait_in_line)
{
    enum { N = 30 };
    /* the listener closes after each answer, and says so: to use it again would be a race */
    struct listener l = {.says =
                             "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"};
    struct bench b;
    struct request reqs[N];
    listener_start(&l);
    bench_init(&b); /* four transfers */
    for (int i = 0; i < N; i++) {
        reqs[i] = post(&b, l.url);
        reqs[i].timeout_ms = 5000;
        engine_send(b.engine, &reqs[i]);
        ck_assert_int_eq(reqs[i].in_line, i >= 4);
    }
    engine_abort(b.engine, &reqs[1]);  /* the next in line takes its place */
    engine_abort(b.engine, &reqs[20]); /* who waits leaves */
    ck_assert(!reqs[4].in_line);
    b.n_left = N - 2;
    engine_loop(b.engine);
    for (int i = 0; i < N; i++) {
        if (i != 1 && i != 20)
            ck_assert_str_eq(buf_text(&reqs[i].answer), "ok");
        buf_release(&reqs[i].answer);
    }
    bench_release(&b);
    listener_stop(&l);
}
END_TEST

/* Answers one request, reads another, and goes away with its door shut. */
static void *leave_on_second(void *arg)
{
    const struct listener *l = arg;
    char request[4096];
    int client = accept(l->fd, NULL, NULL);
    if (recv(client, request, sizeof(request), 0) > 0)
        (void)!write(client, FINE, strlen(FINE));
    (void)!recv(client, request, sizeof(request), 0);
    shutdown(l->fd, SHUT_RDWR);
    close(l->fd);
    close(client);
    return NULL;
}

/* libcurl would send again, in silence, and then tell that nobody listens. */
START_TEST(test_a_request_that_went_out_was_not_refused)
{
    struct listener l = {0};
    struct bench b;
    listener_start_as(&l, leave_on_second);
    bench_init(&b);
    struct request req = post(&b, l.url);
    for (int i = 0; i < 2; i++) {
        b.n_left = 1;
        engine_send(b.engine, &req);
        engine_loop(b.engine);
        ck_assert_msg(req.fault == (i ? NET_EMPTY : NET_NONE), "%d: %s (%s)", i,
                      net_fault_name(req.fault), req.detail);
        ck_assert(req.connected);
    }
    pthread_join(l.thread, NULL);
    buf_release(&req.answer);
    bench_release(&b);
}
END_TEST

static void count_fire(struct timer *t)
{
    (void)t;
    abort(); /* it was cancelled */
}

START_TEST(test_what_is_taken_back_is_never_done)
{
    struct listener l = {.hangs = true};
    struct bench b;
    listener_start(&l);
    bench_init(&b);
    struct request req = post(&b, l.url);
    struct timer t = {.fire = count_fire};
    engine_send(b.engine, &req);
    engine_after(b.engine, &t, 1);
    engine_abort(b.engine, &req);
    engine_abort(b.engine, &req); /* twice is fine */
    engine_cancel_timer(b.engine, &t);
    engine_wake(b.engine); /* ends the loop */
    engine_loop(b.engine);
    ck_assert_int_eq(req.ended_ns, 0);
    engine_send(b.engine, &req);
    bench_release(&b); /* aborts what is in flight */
    listener_stop(&l);
}
END_TEST

Suite *engine_suite(void)
{
    Suite *suite = suite_create("engine");
    TCase *tcase = tcase_create("loopback");
    tcase_add_loop_test(tcase, test_what_came_of_a_request, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_nobody_listens);
    tcase_add_test(tcase, test_an_answer_that_came_in_time_is_no_timeout);
    tcase_add_test(tcase, test_more_requests_than_transfers_wait_in_line);
    tcase_add_test(tcase, test_a_request_that_went_out_was_not_refused);
    tcase_add_test(tcase, test_what_is_taken_back_is_never_done);
    suite_add_tcase(suite, tcase);
    return suite;
}
