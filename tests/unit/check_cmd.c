#include <string.h>

#include "sim/base/wrap.h"
#include "sim/cli/cmd.h"
#include "tests/unit/suites.h"

START_TEST(test_a_command_is_found_by_its_whole_name)
{
    ck_assert_ptr_eq(cmd_find("help"), &cmd_help);
    ck_assert_ptr_null(cmd_find("hel"));
    ck_assert_ptr_null(cmd_find(""));
}
END_TEST

START_TEST(test_an_unknown_command_is_refused_with_a_remedy)
{
    struct err e = {0};
    ck_assert_int_eq(cmd_unknown("hlep", &e), ERR_USAGE);
    ck_assert_str_eq(e.text, "no command 'hlep'");
    ck_assert_str_eq(e.fix, "did you mean 'help'?");
    err_clear(&e);
    ck_assert_int_eq(cmd_unknown("xyzzy", &e), ERR_USAGE);
    ck_assert_str_eq(e.fix, "'rftsim help' lists the commands");
}
END_TEST

static void assert_fits_a_terminal(const char *what, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        ck_assert_msg(len <= WRAP_COLUMNS, "%s: %.*s", what, (int)len, text);
        text += len + (text[len] != '\0');
    }
}

START_TEST(test_every_help_fits_and_has_an_example)
{
    struct buf out = {0};
    const struct cmd *c = NULL;
    for (size_t i = 0; (c = cmd_at(i)); i++) {
        cmd_describe(c, &out);
        assert_fits_a_terminal(c->name, buf_text(&out));
        ck_assert_msg(c->example && strstr(c->example, c->name), "%s: no example", c->name);
        buf_clear(&out);
    }
    cmd_usage(&out);
    assert_fits_a_terminal("usage", buf_text(&out));
    buf_release(&out);
}
END_TEST

START_TEST(test_options_are_sorted_and_letters_differ)
{
    const struct cmd *c = NULL;
    for (size_t i = 0; (c = cmd_at(i)); i++) {
        bool seen[256] = {0};
        for (const struct opt *o = c->opts; o && o->name; o++) {
            ck_assert_msg(!o[1].name || strcmp(o->name, o[1].name) < 0, "%s --%s", c->name,
                          o->name);
            ck_assert_msg(!o->letter || !seen[(unsigned char)o->letter], "%s -%c", c->name,
                          o->letter);
            seen[(unsigned char)o->letter] = true;
            ck_assert_msg((o->kind == OPT_FLAG) == !o->arg, "%s --%s", c->name, o->name);
            ck_assert_uint_lt(o->offset, c->opts_size);
        }
    }
}
END_TEST

Suite *cmd_suite(void)
{
    Suite *suite = suite_create("cmd");
    TCase *tcase = tcase_create("cmd");
    tcase_add_test(tcase, test_a_command_is_found_by_its_whole_name);
    tcase_add_test(tcase, test_an_unknown_command_is_refused_with_a_remedy);
    tcase_add_test(tcase, test_every_help_fits_and_has_an_example);
    tcase_add_test(tcase, test_options_are_sorted_and_letters_differ);
    suite_add_tcase(suite, tcase);
    return suite;
}
