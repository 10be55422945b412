#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/buf.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/check/pass.h"
#include "tests/unit/suites.h"

static int file_of(const char *text, size_t len)
{
    int fd = memfd_create("lines", MFD_CLOEXEC);
    ck_assert(fd >= 0 && write(fd, text, len) == (ssize_t)len);
    return fd;
}

/* Every line of a part, each ended by '|'. */
static void read_part(int fd, uint64_t start, uint64_t end, struct buf *out)
{
    struct lines r = {0};
    struct line line;
    struct err e = {0};
    bool have = true;
    lines_init(&r, fd, "lines", start, end);
    while (lines_next(&r, &line, &have, &e) == ERR_OK && have) {
        buf_add(out, line.text, line.len);
        buf_char(out, '|');
    }
    ck_assert_int_eq(e.code, ERR_OK);
    lines_release(&r);
}

static const char *const texts[] = {
    "", "\n", "a", "a\n", "a\nbb\n", "a\r\nbb\r\nccc", "\n\n\nx\n\n", "long line here\nb\n",
};

START_TEST(test_parts_give_each_line_once)
{
    const char *text = texts[_i];
    size_t len = strlen(text);
    int fd = file_of(text, len);
    struct buf whole = {0};
    read_part(fd, 0, UINT64_MAX, &whole);
    for (size_t each = 1; each <= len; each++) {
        struct buf parts = {0};
        for (size_t start = 0; start < len; start += each)
            read_part(fd, start, start + each, &parts);
        ck_assert_msg(strcmp(buf_text(&whole), buf_text(&parts)) == 0, "'%s' by %zu: '%s', '%s'",
                      text, each, buf_text(&whole), buf_text(&parts));
        buf_release(&parts);
    }
    buf_release(&whole);
    close(fd);
}
END_TEST

START_TEST(test_the_head_of_a_file_is_read_as_if_it_were_all)
{
    int fd = file_of("a\nbb\nccc\n", 9);
    struct lines r = {0};
    struct line line;
    struct err e = {0};
    bool have = true;
    struct buf got = {0};
    lines_init_head(&r, fd, "lines", 4);
    while (lines_next(&r, &line, &have, &e) == ERR_OK && have)
        buf_printf(&got, "%.*s%s", (int)line.len, line.text, line.ended ? "|" : "...");
    ck_assert_str_eq(buf_text(&got), "a|bb...");
    buf_release(&got);
    lines_release(&r);
    close(fd);
}
END_TEST

/* What a pass over a file came to: its lines in order, with their numbers checked. */
struct sum {
    size_t n_lines;
    uint64_t hash;
};

static void *sum_new(void *arg)
{
    (void)arg;
    return mem_new(sizeof(struct buf));
}

static void sum_free(void *state)
{
    buf_release(state);
    free(state);
}

static void sum_line(void *state, const struct line *line, size_t number)
{
    struct buf *lengths = state;
    ck_assert_uint_eq(number, lengths->len / sizeof(uint32_t));
    uint32_t n = (uint32_t)line->len;
    buf_add(lengths, (const char *)&n, sizeof(n));
}

static void sum_merge(void *arg, void *state, size_t n_before)
{
    struct sum *sum = arg;
    struct buf *lengths = state;
    ck_assert_uint_eq(n_before, sum->n_lines);
    for (size_t i = 0; i < lengths->len / sizeof(uint32_t); i++) {
        uint32_t n = 0;
        memcpy(&n, lengths->at + i * sizeof(n), sizeof(n));
        sum->hash = (sum->hash ^ n) * 0x9e3779b97f4a7c15u;
        sum->n_lines++;
    }
    buf_clear(lengths);
}

START_TEST(test_a_pass_is_the_same_for_any_number_of_threads)
{
    enum { N_LINES = 20000 };
    struct buf text = {0};
    struct rng r = rng_seed(1);
    for (int i = 0; i < N_LINES; i++) {
        size_t n = rng_u64(&r) % 1200;
        buf_reserve(&text, n + 1);
        memset(text.at + text.len, 'x', n);
        text.len += n;
        buf_char(&text, '\n');
    }
    int fd = file_of(text.at, text.len);
    struct sum sums[4] = {0};
    for (int i = 0; i < 4; i++) {
        struct err e = {0};
        struct pass p = {.path = "lines",
                         .fd = fd,
                         .bytes = text.len,
                         .threads = i * 2 + 1,
                         .state_new = sum_new,
                         .state_free = sum_free,
                         .line = sum_line,
                         .merge = sum_merge,
                         .arg = &sums[i]};
        ck_assert_int_eq(pass_run(&p, &e), ERR_OK);
        ck_assert_uint_eq(sums[i].n_lines, N_LINES);
        ck_assert(sums[i].hash == sums[0].hash);
    }
    close(fd);
    buf_release(&text);
}
END_TEST

START_TEST(test_a_file_that_shrinks_is_said)
{
    struct err e = {0};
    struct sum sum = {0};
    int fd = file_of("a\nb\n", 4);
    struct pass p = {.path = "rows.jsonl",
                     .fd = fd,
                     .bytes = 5,
                     .threads = 1,
                     .state_new = sum_new,
                     .state_free = sum_free,
                     .line = sum_line,
                     .merge = sum_merge,
                     .arg = &sum};
    ck_assert_int_eq(pass_run(&p, &e), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "rows.jsonl: the file became shorter"));
    close(fd);
}
END_TEST

Suite *lines_suite(void)
{
    Suite *suite = suite_create("lines");
    TCase *tcase = tcase_create("lines");
    tcase_add_loop_test(tcase, test_parts_give_each_line_once, 0, (int)COUNT_OF(texts));
    tcase_add_test(tcase, test_the_head_of_a_file_is_read_as_if_it_were_all);
    tcase_add_test(tcase, test_a_pass_is_the_same_for_any_number_of_threads);
    tcase_add_test(tcase, test_a_file_that_shrinks_is_said);
    suite_add_tcase(suite, tcase);
    return suite;
}
