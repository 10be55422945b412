/* Children on an engine: small programs that every Debian has. */
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/cc.h"
#include "sim/net/child.h"
#include "tests/unit/suites.h"

struct bench {
    struct child child;
    struct engine *engine;
    struct timer patience;
    struct buf output;
    size_t stop_after; /* bytes of output; 0: at its end */
    int n_ends;
};

static void on_output(struct child *c, const char *bytes, size_t n)
{
    struct bench *b = (struct bench *)c;
    buf_add(&b->output, bytes, n);
    if (b->stop_after && b->output.len >= b->stop_after)
        engine_stop(b->engine);
}

static void on_end(struct child *c)
{
    struct bench *b = (struct bench *)c;
    b->n_ends++;
    engine_stop(b->engine);
}

static void on_patience(struct timer *t)
{
    (void)t;
    ck_abort_msg("the child does not end");
}

static void bench_init(struct bench *b)
{
    struct err e = {0};
    struct engine_config config = {.transfers_max = 1, .n_hosts = 1};
    *b = (struct bench){0};
    ck_assert_msg(engine_new(&b->engine, &config, &e) == ERR_OK, "%s", e.text);
    b->child = (struct child){
        .engine = b->engine, .said_max = 8, .on_output = on_output, .on_end = on_end};
    b->patience.fire = on_patience;
    engine_after(b->engine, &b->patience, 20000);
}

static void bench_release(struct bench *b)
{
    child_release(&b->child);
    engine_free(b->engine);
    buf_release(&b->output);
}

static void start(struct bench *b, const char *script)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    struct err e = {0};
    ck_assert_msg(child_start(&b->child, argv, &e) == ERR_OK, "%s", e.text);
}

static const struct row {
    const char *name;
    const char *script;
    const char *input;
    const char *output;
    const char *fate;
    const char *said;
    size_t n_said;
} rows[] = {
    {"what goes in comes out", "cat", "hello", "hello", "exit status 0", "", 0},
    {"an exit status", "exit 3", "", "", "exit status 3", "", 0},
    {"a signal", "kill -9 $$", "", "", "signal 9 (Killed)", "", 0},
    {"a death by itself of its output", "exec >&-; exit 4", "", "", "exit status 4", "", 0},
    {"standard error is kept up to a bound, and counted", "echo 0123456789 >&2", "", "",
     "exit status 0", "01234567", 11},
    {"the environment is empty", "/usr/bin/env -u PWD -u OLDPWD -u SHLVL -u _", "", "",
     "exit status 0", "", 0},
    {"no descriptor but three",
     "cd /proc/self/fd && for i in [3-9] ??; do [ -e $i ] && echo $i; "
     "done; true",
     "", "", "exit status 0", "", 0},
    {"signals that we ignore are not ignored there", "kill -PIPE $$; echo here", "", "",
     "signal 13 (Broken pipe)", "", 0},
    {"who reads nothing is no trouble", "exit 0", "unread", "", "exit status 0", "", 0},
    {"all that it wrote comes before its end", "printf aaaa; printf bbbb; exit 1", "", "aaaabbbb",
     "exit status 1", "", 0},
};

START_TEST(test_what_a_child_says_and_how_it_ends)
{
    const struct row *row = &rows[_i];
    struct bench b;
    bench_init(&b);
    signal(SIGPIPE, SIG_IGN);
    start(&b, row->script);
    child_write(&b.child, row->input, strlen(row->input));
    child_done(&b.child);
    engine_loop(b.engine);
    struct buf fate = {0};
    child_fate(b.child.status, &fate);
    ck_assert_msg(strcmp(buf_text(&b.output), row->output) == 0, "%s: output '%s'", row->name,
                  buf_text(&b.output));
    ck_assert_msg(strcmp(buf_text(&fate), row->fate) == 0, "%s: %s", row->name, buf_text(&fate));
    ck_assert_msg(strcmp(buf_text(&b.child.said), row->said) == 0, "%s: said '%s'", row->name,
                  buf_text(&b.child.said));
    ck_assert_msg(b.child.n_said == row->n_said, "%s: %zu bytes said", row->name, b.child.n_said);
    ck_assert_int_eq(b.n_ends, 1);
    ck_assert(!b.child.running);
    buf_release(&fate);
    bench_release(&b);
}
END_TEST

START_TEST(test_more_than_a_pipe_holds_goes_both_ways)
{
    enum { BYTES = 5 << 20 };
    struct bench b;
    bench_init(&b);
    start(&b, "cat");
    char *text = malloc(BYTES);
    for (size_t i = 0; i < BYTES; i++)
        text[i] = (char)('a' + i % 26);
    child_write(&b.child, text, BYTES);
    child_done(&b.child);
    engine_loop(b.engine);
    ck_assert_uint_eq(b.output.len, BYTES);
    ck_assert_int_eq(memcmp(b.output.at, text, BYTES), 0);
    free(text);
    bench_release(&b);
}
END_TEST

enum { STEP = 1 << 20, STEPS = 64, STEPS_AHEAD = 6 };

static void write_step(struct child *c)
{
    char *text = calloc(STEP, 1);
    child_write(c, text, STEP);
    child_flush(c);
    free(text);
}

/* Each step that comes out puts another in, so that there is always more than the pipes hold. */
static void on_output_more(struct child *c, const char *bytes, size_t n)
{
    struct bench *b = (struct bench *)c;
    size_t before = b->output.len / STEP;
    buf_add(&b->output, bytes, n);
    size_t now = b->output.len / STEP;
    if (now > before && now + STEPS_AHEAD <= STEPS)
        write_step(c);
    ck_assert_uint_lt(c->line.room, 4 * STEPS_AHEAD * STEP);
    if (now == STEPS)
        engine_stop(b->engine);
}

START_TEST(test_what_is_sent_is_not_kept)
{
    struct bench b;
    bench_init(&b);
    b.child.on_output = on_output_more;
    start(&b, "cat");
    for (int i = 0; i < STEPS_AHEAD; i++)
        write_step(&b.child);
    engine_loop(b.engine);
    bench_release(&b);
}
END_TEST

/* Gone, or dead and not yet waited for by who inherited it. */
static bool is_dead(pid_t pid)
{
    char path[64];
    char stat[256] = "";
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return true;
    size_t n = fread(stat, 1, sizeof(stat) - 1, file);
    fclose(file);
    const char *state = n ? strrchr(stat, ')') : NULL;
    return !state || state[2] == 'Z' || state[2] == 'X';
}

START_TEST(test_ending_it_ends_what_it_started)
{
    struct bench b;
    bench_init(&b);
    b.stop_after = 1;
    start(&b, "trap '' TERM HUP; sleep 1000 & echo $!; wait");
    engine_loop(b.engine);
    pid_t grandchild = (pid_t)strtol(buf_text(&b.output), NULL, 10);
    ck_assert_int_gt(grandchild, 1);
    ck_assert(!is_dead(grandchild));
    child_end(&b.child);
    for (int i = 0; i < 1000 && !is_dead(grandchild); i++)
        usleep(1000);
    ck_assert(is_dead(grandchild));
    ck_assert_int_eq(b.n_ends, 0);
    bench_release(&b);
}
END_TEST

START_TEST(test_its_end_is_noticed_though_another_holds_the_pipe)
{
    struct bench b;
    bench_init(&b);
    start(&b, "sleep 1000 & printf x; exit 5");
    engine_loop(b.engine);
    ck_assert_str_eq(buf_text(&b.output), "x");
    ck_assert_int_eq(b.n_ends, 1);
    bench_release(&b);
}
END_TEST

static void on_output_end(struct child *c, const char *bytes, size_t n)
{
    struct bench *b = (struct bench *)c;
    buf_add(&b->output, bytes, n);
    child_end(c);
    if (b->n_ends++ == 0)
        start(b, "printf second; sleep 1000");
    else
        engine_stop(b->engine);
}

/* Its output and its end are seen in one round, and the next one has its numbers. */
START_TEST(test_a_reader_may_end_it_and_start_another)
{
    struct bench b;
    bench_init(&b);
    b.child.on_output = on_output_end;
    start(&b, "printf first; exit 1");
    siginfo_t info;
    ck_assert_int_eq(waitid(P_PID, (id_t)b.child.pid, &info, WEXITED | WNOWAIT), 0);
    engine_loop(b.engine);
    ck_assert_str_eq(buf_text(&b.output), "firstsecond");
    ck_assert(!b.child.running);
    bench_release(&b);
}
END_TEST

START_TEST(test_a_program_that_is_not_there)
{
    struct bench b;
    struct err e = {0};
    const char *argv[] = {"/nonexistent/program", NULL};
    bench_init(&b);
    ck_assert_int_eq(child_start(&b.child, argv, &e), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "/nonexistent/program"));
    ck_assert(!b.child.running);
    bench_release(&b);
}
END_TEST

static const struct {
    const char *script;
    enum err_code rc;
    const char *words; /* of the answer or of the error */
} errands[] = {
    {"tr a-z A-Z", ERR_OK, "HELLO"},
    {"sleep 1000", ERR_IO, "has not ended within 300 ms"},
    {"cat /dev/zero", ERR_IO, "more than 100 bytes"},
};

START_TEST(test_an_errand)
{
    const char *argv[] = {"/bin/sh", "-c", errands[_i].script, NULL};
    struct buf input = {0};
    struct buf answer = {0};
    struct err e = {0};
    int status = 0;
    buf_text_add(&input, "hello");
    enum err_code rc =
        child_run(argv, &input, 100, _i == 0 ? 20000 : 300, &answer, NULL, &status, &e);
    ck_assert_int_eq(rc, errands[_i].rc);
    ck_assert_ptr_nonnull(strstr(rc ? e.text : buf_text(&answer), errands[_i].words));
    buf_release(&input);
    buf_release(&answer);
}
END_TEST

Suite *child_suite(void)
{
    Suite *suite = suite_create("child");
    TCase *tc = tcase_create("child");
    tcase_add_loop_test(tc, test_what_a_child_says_and_how_it_ends, 0, COUNT_OF(rows));
    tcase_add_test(tc, test_more_than_a_pipe_holds_goes_both_ways);
    tcase_add_test(tc, test_what_is_sent_is_not_kept);
    tcase_add_test(tc, test_ending_it_ends_what_it_started);
    tcase_add_test(tc, test_its_end_is_noticed_though_another_holds_the_pipe);
    tcase_add_test(tc, test_a_reader_may_end_it_and_start_another);
    tcase_add_test(tc, test_a_program_that_is_not_there);
    tcase_add_loop_test(tc, test_an_errand, 0, COUNT_OF(errands));
    suite_add_tcase(suite, tc);
    return suite;
}
