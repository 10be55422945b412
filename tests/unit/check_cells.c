#include <string.h>

#include "sim/base/cells.h"
#include "tests/unit/suites.h"

/* `want`: cells in brackets, lines ended by '|'; or '!' and where and why it is none. */
static const struct {
    const char *text;
    const char *want;
} rows[] = {
    {"a,b\n1,2\n", "[a][b]|[1][2]|"},
    {"a,b\r\n1,2\r\n", "[a][b]|[1][2]|"},
    {"a,b\n1,2", "[a][b]|[1][2]|"},
    {"\xef\xbb\xbf"
     "a\n1",
     "[a]|[1]|"},
    {"a,,\n,,b\n", "[a][][]|[][][b]|"},
    {"\n\r\na\n\n\n1\n\n", "[a]|[1]|"},
    {"\"a\",\"b\"\n", "[a][b]|"},
    {"\"a,b\",\"c\"\"d\",\"\"\n", "[a,b][c\"d][]|"},
    {"\"two\r\nlines\",x\r\n", "[two\r\nlines][x]|"},
    {"\"last\"", "[last]|"},
    {" a , b ", "[ a ][ b ]|"},
    {",", "[][]|"},
    {"\"\"", "[]|"},
    {"", ""},
    {"\xef\xbb\xbf", ""},
    {"a\n\"b", "[a]|!2 a quote is not closed"},
    {"\"b\"c\n", "!3 expected ',' or the end of the line"},
    {"\"b\" ,c\n", "!3 expected ',' or the end of the line"},
    {"b\"c\"\n", "!1 a quote in a cell that does not begin with one"},
    {"a\rb\n", "!1 a carriage return that no newline follows"},
    {"a\r", "!1 a carriage return that no newline follows"},
    {"a\n1,\"x\"\"\n", "[a]|!4 a quote is not closed"},
};

static void read_all(const char *text, size_t len, struct buf *out)
{
    struct cells c;
    struct cells_fault f = {0};
    bool have = true;
    cells_init(&c, text, len);
    while (cells_next(&c, &have, &f) && have) {
        for (size_t i = 0; i < c.n; i++)
            buf_printf(out, "[%s]", cells_text(&c, i));
        buf_char(out, '|');
    }
    if (f.what)
        buf_printf(out, "!%zu %s", f.offset, f.what);
    cells_release(&c);
}

START_TEST(test_a_text_is_read_as_its_row_says)
{
    struct buf got = {0};
    read_all(rows[_i].text, strlen(rows[_i].text), &got);
    ck_assert_str_eq(buf_text(&got), rows[_i].want);
    buf_release(&got);
}
END_TEST

START_TEST(test_a_nul_byte_is_a_fault)
{
    struct buf got = {0};
    read_all("a\0b", 3, &got);
    read_all("\"\0\"", 3, &got);
    ck_assert_str_eq(buf_text(&got), "!1 a NUL byte!1 a NUL byte");
    buf_release(&got);
}
END_TEST

START_TEST(test_a_cell_knows_where_it_stood)
{
    const char *text = "\xef\xbb\xbf"
                       "a,\"b\",c\n";
    struct cells c;
    struct cells_fault f = {0};
    bool have = false;
    cells_init(&c, text, strlen(text));
    ck_assert(cells_next(&c, &have, &f) && have);
    ck_assert_uint_eq(c.at[0].offset, 3);
    ck_assert_uint_eq(c.at[1].offset, 5);
    ck_assert_uint_eq(c.at[1].len, 1);
    ck_assert_uint_eq(c.at[2].offset, 9);
    cells_release(&c);
}
END_TEST

Suite *cells_suite(void)
{
    Suite *suite = suite_create("cells");
    TCase *tcase = tcase_create("cells");
    tcase_add_loop_test(tcase, test_a_text_is_read_as_its_row_says, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_a_nul_byte_is_a_fault);
    tcase_add_test(tcase, test_a_cell_knows_where_it_stood);
    suite_add_tcase(suite, tcase);
    return suite;
}
