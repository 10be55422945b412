#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "tests/unit/suites.h"

START_TEST(test_a_zeroed_buffer_is_empty_text)
{
    struct buf b = {0};
    ck_assert_str_eq(buf_text(&b), "");
    buf_reserve(&b, 100);
    ck_assert_str_eq(b.at, ""); /* room alone is empty text too */
    char *text = buf_take(&b);
    ck_assert_str_eq(text, "");
    free(text);
    buf_release(&b);
}
END_TEST

/* RFC 4648, 10. */
static const struct {
    const char *text;
    const char *base64;
} coded[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xff\xfb\xef", "//vv"},
};

START_TEST(test_base64)
{
    struct buf b = {0};
    buf_base64(&b, coded[_i].text, strlen(coded[_i].text));
    ck_assert_str_eq(buf_text(&b), coded[_i].base64);
    buf_release(&b);
}
END_TEST

START_TEST(test_it_grows_and_stays_terminated)
{
    struct buf b = {0};
    for (int i = 0; i < 1000; i++)
        buf_printf(&b, "%d,", i % 10);
    ck_assert_uint_eq(b.len, 2000);
    ck_assert_int_eq(b.at[2000], '\0');
    buf_clear(&b);
    ck_assert_str_eq(buf_text(&b), "");
    buf_release(&b);
}
END_TEST

START_TEST(test_room_and_cuts_keep_it_terminated)
{
    struct buf b = {0};
    buf_cut(&b, 0);
    buf_reserve(&b, 100);
    ck_assert_str_eq(buf_text(&b), "");
    buf_text_add(&b, "/a/b");
    buf_cut(&b, 2);
    ck_assert_str_eq(buf_text(&b), "/a");
    buf_release(&b);
}
END_TEST

START_TEST(test_json_escapes_what_it_must_and_no_more)
{
    struct buf b = {0};
    const char text[] = "a\"b\\c\n\t\x01/\xc3\xa9\0z";
    buf_json(&b, text, sizeof(text) - 1);
    ck_assert_str_eq(buf_text(&b), "\"a\\\"b\\\\c\\n\\t\\u0001/\xc3\xa9\\u0000z\"");
    buf_release(&b);
}
END_TEST

Suite *buf_suite(void)
{
    Suite *suite = suite_create("buf");
    TCase *tcase = tcase_create("buf");
    tcase_add_loop_test(tcase, test_base64, 0, COUNT_OF(coded));
    tcase_add_test(tcase, test_a_zeroed_buffer_is_empty_text);
    tcase_add_test(tcase, test_it_grows_and_stays_terminated);
    tcase_add_test(tcase, test_room_and_cuts_keep_it_terminated);
    tcase_add_test(tcase, test_json_escapes_what_it_must_and_no_more);
    suite_add_tcase(suite, tcase);
    return suite;
}
