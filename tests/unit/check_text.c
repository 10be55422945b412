#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/text.h"
#include "tests/unit/suites.h"

static const struct {
    const char *name;
    const char *bytes;
    size_t want;
} rows[] = {
    {"nothing", "", 0},
    {"a letter", "a", 1},
    {"two bytes", "\xc3\xa9", 2},
    {"three bytes", "\xe2\x82\xac", 3},
    {"four bytes", "\xf0\x9f\x98\x80", 4},
    {"the last code point", "\xf4\x8f\xbf\xbf", 4},
    {"a continuation alone", "\x80", 0},
    {"an overlong slash", "\xc0\xaf", 0},
    {"an overlong in three bytes", "\xe0\x9f\xbf", 0},
    {"a surrogate", "\xed\xa0\x80", 0},
    {"beyond the last code point", "\xf4\x90\x80\x80", 0},
    {"a cut sequence", "\xe2\x82", 0},
    {"0xff", "\xff", 0},
};

START_TEST(test_sequences)
{
    ck_assert_msg(text_sequence(rows[_i].bytes, strlen(rows[_i].bytes)) == rows[_i].want, "%s",
                  rows[_i].name);
}
END_TEST

START_TEST(test_bad_bytes_become_the_replacement_character)
{
    struct buf out = {0};
    text_add_valid(&out, "a\xff\xc3\xa9\xe2\x82z", 7);
    ck_assert_str_eq(buf_text(&out), "a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbdz");
    buf_release(&out);
}
END_TEST

static const struct {
    const char *text, *want;
} visible_rows[] = {
    {"", ""},
    {"plain \xc3\xa9", "plain \xc3\xa9"},
    {"two\nlines\ttab", "two\nlines tab"},
    {"\x1b[31m\r\x7f", "<U+001B>[31m<U+000D><U+007F>"},
    {"\xc2\x9b"
     "2J",
     "<U+009B>2J"},
    {"a\xe2\x80\xae"
     "b\xef\xbb\xbf",
     "a<U+202E>b<U+FEFF>"},
    {"\xff", "\xef\xbf\xbd"},
};

START_TEST(test_what_is_not_seen_stands_by_its_name)
{
    struct buf out = {0};
    text_add_visible(&out, visible_rows[_i].text, strlen(visible_rows[_i].text));
    ck_assert_str_eq(buf_text(&out), visible_rows[_i].want);
    buf_release(&out);
}
END_TEST

static const struct {
    const char *text, *want;
} lines[] = {
    {"", ""},
    {"plain", "plain"},
    {"a\nb\tc\x7f", "a b c "},
    {"\xc3\xa9\xf0\x9f\x98\x80", "\xc3\xa9\xf0\x9f\x98\x80"},
    {"cut \xc3", "cut "},
    {"cut \xe2\x82", "cut "},
    {"cut \xf0\x9f\x98", "cut "},
    {"not cut \xe2z", "not cut ?z"},
    {"\xff\x80", "??"},
    {"\xc0\xaf", "??"},
};

START_TEST(test_one_line)
{
    char text[32];
    strcpy(text, lines[_i].text);
    text_one_line(text);
    ck_assert_str_eq(text, lines[_i].want);
}
END_TEST

Suite *text_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *tcase = tcase_create("text");
    tcase_add_loop_test(tcase, test_sequences, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_bad_bytes_become_the_replacement_character);
    tcase_add_loop_test(tcase, test_what_is_not_seen_stands_by_its_name, 0, COUNT_OF(visible_rows));
    tcase_add_loop_test(tcase, test_one_line, 0, COUNT_OF(lines));
    suite_add_tcase(suite, tcase);
    return suite;
}
