#include <string.h>

#include "sim/base/buf.h"
#include "sim/job/diag.h"
#include "tests/unit/suites.h"

START_TEST(test_a_fault_is_told_with_place_and_remedy)
{
    struct diags list = {0};
    const char line[] = "{\"a\": trye}";
    struct diag *d = diag_add(&list, DIAG_ERROR, DIAG_D001, "t.jsonl", 3, 7, "expected %s", "true");
    d->span = 4;
    diag_pointer(d, "/a");
    diag_fix(d, "write true");
    diag_excerpt(d, line, strlen(line));
    struct buf out = {0};
    diags_write(&list, 10, &out);
    ck_assert_str_eq(
        buf_text(&out),
        "t.jsonl:3:7: error[D001]: expected true  (/a)\n"
        "     3 | {\"a\": trye}\n"
        "       |       ^~~~\n"
        "  why: the service fails the whole job at the first line it cannot parse (1.6)\n"
        "  fix: write true\n");
    buf_release(&out);
    diags_release(&list);
}
END_TEST

START_TEST(test_a_long_line_is_cut_around_the_place)
{
    struct diags list = {0};
    char line[4000];
    memset(line, 'x', sizeof(line));
    line[1999] = '\x02';
    struct diag *d = diag_add(&list, DIAG_ERROR, DIAG_D001, "t.jsonl", 1, 2000, "bad byte");
    diag_excerpt(d, line, sizeof(line));
    ck_assert_uint_lt(strlen(d->excerpt), 90);
    ck_assert_int_eq(d->excerpt[d->caret - 1], '?');
    diags_release(&list);
}
END_TEST

START_TEST(test_the_rest_is_counted)
{
    struct diags list = {0};
    for (size_t i = 0; i < 5; i++)
        diag_add(&list, i ? DIAG_WARNING : DIAG_ERROR, DIAG_J002, "a.yaml", 0, 0, "n%zu", i);
    ck_assert_uint_eq(list.n_errors, 1);
    struct buf out = {0};
    diags_write(&list, 2, &out);
    ck_assert_ptr_nonnull(strstr(buf_text(&out), "a.yaml: warning[J002]: n1\n"));
    ck_assert_ptr_nonnull(strstr(buf_text(&out), "... and 3 more\n"));
    buf_release(&out);
    diags_release(&list);
}
END_TEST

static void add(struct diags *list, enum diag_code code, size_t line, const char *text,
                const char *fix)
{
    diag_fix(diag_add(list, DIAG_ERROR, code, "t.jsonl", line, 2, "%s", text), "%s", fix);
}

START_TEST(test_those_of_a_code_stand_together)
{
    struct diags list = {.most_each = 4};
    add(&list, DIAG_D004, 1, "one", "a");
    add(&list, DIAG_D005, 1, "two", "b");
    add(&list, DIAG_D004, 2, "one", "a");
    add(&list, DIAG_D004, 3, "three", "a");
    add(&list, DIAG_D005, 4, "two", "c"); /* another remedy is not the same */
    add(&list, DIAG_D004, 5, "one", "a");
    add(&list, DIAG_D004, 6, "one", "a"); /* counted only */
    struct buf out = {0};
    diags_write_grouped(&list, &out);
    ck_assert_str_eq(
        buf_text(&out),
        "t.jsonl:1:2: error[D004]: one\n"
        "  why: messages is required: a list of at least one message, each with role and\n"
        "       content (DS-2)\n"
        "  fix: a\n"
        "  and: the same at 2:2, 5:2\n"
        "t.jsonl:3:2: error[D004]: three\n"
        "  and: 1 more D004 in t.jsonl\n"
        "t.jsonl:1:2: error[D005]: two\n"
        "  why: roles are developer, user, assistant and tool (DS-3, GAP-42)\n"
        "  fix: b\n"
        "t.jsonl:4:2: error[D005]: two\n"
        "  fix: c\n");
    buf_release(&out);
    diags_release(&list);
}
END_TEST

START_TEST(test_a_long_remedy_is_wrapped)
{
    struct diags list = {0};
    add(&list, DIAG_D002, 1, "x",
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen");
    struct buf out = {0};
    diags_write(&list, 1, &out);
    ck_assert_ptr_nonnull(strstr(buf_text(&out), " thirteen\n       fourteen\n"));
    buf_release(&out);
    diags_release(&list);
}
END_TEST

START_TEST(test_every_fault_has_a_reason_and_a_remedy)
{
    struct diags list = {0};
    diag_add(&list, DIAG_ERROR, DIAG_D011, "t.jsonl", 1, 1, "one");
    struct diag *d = diag_add(&list, DIAG_WARNING, DIAG_D011, "t.jsonl", 2, 1, "two");
    diag_why(d, "here it is %s", "otherwise");
    diag_fix(d, "leave it");
    struct buf out = {0};
    diags_write(&list, 2, &out);
    ck_assert_str_eq(buf_text(&out), "t.jsonl:1:1: error[D011]: one\n"
                                     "  why: blank lines are skipped here; not every reader does\n"
                                     "  fix: remove blank lines\n"
                                     "t.jsonl:2:1: warning[D011]: two\n"
                                     "  why: here it is otherwise\n"
                                     "  fix: leave it\n");
    buf_release(&out);
    diags_release(&list);
}
END_TEST

START_TEST(test_a_warning_and_an_error_are_not_the_same)
{
    struct diags list = {0};
    diag_add(&list, DIAG_ERROR, DIAG_S010, "t.jsonl", 1, 1, "one");
    diag_add(&list, DIAG_WARNING, DIAG_S010, "t.jsonl", 2, 1, "one");
    struct buf out = {0};
    diags_write_grouped(&list, &out);
    ck_assert_ptr_nonnull(strstr(buf_text(&out), "t.jsonl:2:1: warning[S010]: one\n"));
    buf_release(&out);
    diags_release(&list);
}
END_TEST

START_TEST(test_a_long_place_stands_on_a_line_of_its_own)
{
    struct diags list = {0};
    char path[120];
    memset(path, 'p', sizeof(path));
    path[sizeof(path) - 1] = '\0';
    diag_add(&list, DIAG_ERROR, DIAG_D011, path, 3, 4, "blank");
    struct buf out = {0};
    diags_write(&list, 1, &out);
    ck_assert_ptr_nonnull(strstr(buf_text(&out), "ppp:3:4:\n  error[D011]: blank\n  why: "));
    buf_release(&out);
    diags_release(&list);
}
END_TEST

/* What stands in the line, the column of the fault, and what is under it. */
static const struct caret_row {
    const char *line;
    size_t col;
    size_t span;
    const char *under;
} carets[] = {
    {"abcdef", 3, 2, "  ^~\n"},
    {"\xc3\xa4\xc3\xb6x", 3, 1, "  ^\n"},
    {"\xe6\x97\xa5\xe6\x9c\xacx", 3, 1, "    ^\n"}, /* two columns each */
    {"x\xe6\x97\xa5\xe6\x9c\xac", 2, 2, " ^~~~\n"},
    {"\xf0\x9f\x98\x80!", 2, 1, "  ^\n"},
    {"e\xcc\x81!", 3, 1, " ^\n"}, /* an accent of its own takes none */
    {"a\tb", 3, 1, "  ^\n"},
    {"a\xc2\x9b"
     "2Jb",
     5, 1, "    ^\n"},
};

START_TEST(test_the_caret_stands_under_the_place)
{
    const struct caret_row *row = &carets[_i];
    struct diags list = {0};
    struct diag *d = diag_add(&list, DIAG_ERROR, DIAG_D001, "t", 1, row->col, "x");
    d->span = row->span;
    diag_excerpt(d, row->line, strlen(row->line));
    struct buf out = {0};
    struct buf want = {0};
    diags_write(&list, 1, &out);
    buf_printf(&want, "\n       | %s", row->under);
    ck_assert_msg(strstr(buf_text(&out), buf_text(&want)), "%s:\n%s", row->line, buf_text(&out));
    buf_release(&out);
    buf_release(&want);
    diags_release(&list);
}
END_TEST

Suite *diag_suite(void)
{
    Suite *suite = suite_create("diag");
    TCase *tcase = tcase_create("diag");
    tcase_add_test(tcase, test_a_fault_is_told_with_place_and_remedy);
    tcase_add_test(tcase, test_a_long_line_is_cut_around_the_place);
    tcase_add_test(tcase, test_the_rest_is_counted);
    tcase_add_test(tcase, test_those_of_a_code_stand_together);
    tcase_add_test(tcase, test_a_long_remedy_is_wrapped);
    tcase_add_test(tcase, test_every_fault_has_a_reason_and_a_remedy);
    tcase_add_test(tcase, test_a_warning_and_an_error_are_not_the_same);
    tcase_add_test(tcase, test_a_long_place_stands_on_a_line_of_its_own);
    tcase_add_loop_test(tcase, test_the_caret_stands_under_the_place, 0, COUNT_OF(carets));
    suite_add_tcase(suite, tcase);
    return suite;
}
