#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/buf.h"
#include "sim/base/lines.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

/* Lines as they come, each in brackets; "!" is one that is too long, "-" a blank one. */
static const struct row {
    const char *text;
    const char *lines;
} rows[] = {
    {"", ""},
    {"a", "[a"},
    {"a\n", "[a]"},
    {"a\r\nb", "[a][b"},
    {"\n \t\r\nb\n", "[-][-][b]"},
    {"12345678\n", "[12345678]"},
    {"12345678\r\nx\n", "[12345678][x]"},
    {"123456789\nx\n", "[!][x]"},
    {"1234567890123456789\n\nx", "[!][-][x"},
    {"1234567890123456789", "[!"},
};

START_TEST(test_lines)
{
    const struct row *row = &rows[_i];
    struct buf found = {0};
    struct err e = {0};
    scratch_file("lines.txt", row->text);
    int fd = open("lines.txt", O_RDONLY | O_CLOEXEC);
    struct lines lines = {.fd = fd, .path = "lines.txt", .max_bytes = 8};
    struct line line;
    bool have = true;
    for (;;) {
        ck_assert_int_eq(lines_next(&lines, &line, &have, &e), ERR_OK);
        if (!have)
            break;
        buf_char(&found, '[');
        if (line.too_long)
            buf_char(&found, '!');
        else if (line_is_blank(&line))
            buf_char(&found, '-');
        else
            buf_add(&found, line.text, line.len);
        if (line.ended)
            buf_char(&found, ']');
        ck_assert(line.too_long || memcmp(row->text + line.offset, line.text, line.len) == 0);
    }
    ck_assert_str_eq(buf_text(&found), row->lines);
    buf_release(&found);
    lines_release(&lines);
    close(fd);
}
END_TEST

START_TEST(test_a_byte_order_mark)
{
    struct line line = {.text = "\xef\xbb\xbfx", .len = 4};
    ck_assert(line_strip_mark(&line));
    ck_assert_uint_eq(line.len, 1);
    ck_assert_uint_eq(line.offset, 3);
    ck_assert(!line_strip_mark(&line));
}
END_TEST

Suite *lines_suite(void)
{
    Suite *suite = suite_create("lines");
    TCase *tcase = tcase_create("lines");
    tcase_add_checked_fixture(tcase, scratch_enter, scratch_leave);
    tcase_add_loop_test(tcase, test_lines, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_a_byte_order_mark);
    suite_add_tcase(suite, tcase);
    return suite;
}
