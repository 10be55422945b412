#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/job/env.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

/* Each first reference, as KIND(name|fallback) and what stands behind it. */
static const struct ref_row {
    const char *text;
    const char *found; /* NULL: no reference */
} ref_rows[] = {
    {"", NULL},
    {"plain", NULL},
    {"$NAME", NULL},
    {"{{item.x}} $ { }", NULL},
    {"${A}", "V(A|) rest ''"},
    {"x${A_1}y", "V(A_1|) rest 'y'"},
    {"${_a}${b}", "V(_a|) rest '${b}'"},
    {"${A:-}", "V(A|) rest ''"},
    {"${A:-b c}d", "V(A|b c) rest 'd'"},
    {"${A:-b:-c}", "V(A|b:-c) rest ''"},
    {"${A:-{x}}", "V(A|{x) rest '}'"},
    {"$${A}", "L(|) rest 'A}'"},
    {"$$${A}", "L(|) rest 'A}'"},
    {"a$${", "L(|) rest ''"},
    {"${", "M(|) rest ''"},
    {"${A", "M(|) rest 'A'"},
    {"${}x", "M(|) rest 'x'"},
    {"${9}", "M(|) rest ''"},
    {"${A B}", "M(|) rest ''"},
    {"${A-b}", "M(|) rest ''"},
    {"${A:b}", "M(|) rest ''"},
    {"${A:-${B}}", "M(|) rest '}'"},
};

START_TEST(test_references)
{
    const struct ref_row *row = &ref_rows[_i];
    struct env_ref ref;
    bool found = env_next(&ref, row->text, strlen(row->text));
    ck_assert_msg(found == (row->found != NULL), "'%s'", row->text);
    if (!found)
        return;
    bool variable = ref.kind == ENV_VARIABLE;
    char *got =
        mem_printf("%c(%.*s|%.*s) rest '%s'", "VLM"[ref.kind], variable ? (int)ref.name_len : 0,
                   variable ? ref.name : "", variable ? (int)ref.fallback_len : 0,
                   variable && ref.fallback ? ref.fallback : "", ref.at + ref.len);
    ck_assert_str_eq(got, row->found);
    free(got);
}
END_TEST

static const struct line_row {
    const char *line;
    const char *value; /* of K; NULL if it is not set */
} line_rows[] = {
    {"K=v", "v"},
    {"export K=v", "v"},
    {"  K = v w  ", "v w"},
    {"K=v # comment", "v"},
    {"K=v#no comment", "v#no comment"},
    {"K=#v", "#v"},
    {"K= # comment", NULL},
    {"K=", NULL},
    {"# K=v", NULL},
    {"", NULL},
    {"K='a # b' # c", "a # b"},
    {"K=\"a \\\"b\\\" \\n\"", "a \"b\" \n"},
    {"K='a\\n'", "a\\n"},
    {"K=a=b", "a=b"},
    {"K=v\r", "v"},
    {"K=u\nK=v\n", "v"},
    {"\n\nK=v", "v"},
    {"exported=1\nK=v", "v"},
};

START_TEST(test_lines)
{
    struct env env;
    struct err e = {0};
    scratch_file(".env", line_rows[_i].line);
    ck_assert_msg(env_load(&env, ".env", &e) == ERR_OK, "%s", e.text);
    const char *value = env_value(&env, "K");
    const char *want = line_rows[_i].value;
    ck_assert_msg(want ? value && strcmp(value, want) == 0 : !value, "'%s' gives '%s'",
                  line_rows[_i].line, value ? value : "(none)");
    env_release(&env);
}
END_TEST

static const struct bad_row {
    const char *text;
    const char *says;
} bad_rows[] = {
    {"A=1\nsk-secret\n", ".env:2: expected NAME=VALUE"},
    {"9A=1", ".env:1: expected NAME=VALUE"},
    {"=1", ".env:1: expected NAME=VALUE"},
    {"A='x", ".env:1: the quotes do not end on this line"},
    {"A=\"x\" y", ".env:1: something follows the closing quote"},
    {"A=\xff", ".env:1: the value is not UTF-8"},
};

START_TEST(test_bad_lines_are_told_without_showing_them)
{
    struct env env;
    struct err e = {0};
    scratch_file(".env", bad_rows[_i].text);
    ck_assert_int_eq(env_load(&env, ".env", &e), ERR_JOB);
    ck_assert_str_eq(e.text, bad_rows[_i].says);
    env_release(&env);
}
END_TEST

START_TEST(test_the_environment_comes_first_and_empty_is_unset)
{
    struct env env;
    struct err e = {0};
    scratch_file(".env", "RFTSIM_TEST_A=file\nRFTSIM_TEST_B=file\nRFTSIM_TEST_C=file\n");
    setenv("RFTSIM_TEST_A", "environment", 1);
    setenv("RFTSIM_TEST_B", "", 1);
    ck_assert_int_eq(env_load(&env, ".env", &e), ERR_OK);
    ck_assert_str_eq(env_value(&env, "RFTSIM_TEST_A"), "environment");
    ck_assert_str_eq(env_value(&env, "RFTSIM_TEST_B"), "file");
    ck_assert_str_eq(env_value(&env, "RFTSIM_TEST_C"), "file");
    ck_assert_ptr_null(env_value(&env, "RFTSIM_TEST_D"));
    unsetenv("RFTSIM_TEST_A");
    unsetenv("RFTSIM_TEST_B");
    env_release(&env);
}
END_TEST

START_TEST(test_no_file_is_fine_a_folder_is_not)
{
    struct env env;
    struct err e = {0};
    ck_assert_int_eq(env_load(&env, ".env", &e), ERR_OK);
    env_release(&env);
    scratch_file(".env/x", "");
    ck_assert_int_eq(env_load(&env, ".env", &e), ERR_IO);
    env_release(&env);
}
END_TEST

Suite *env_suite(void)
{
    Suite *suite = suite_create("env");
    TCase *tcase = tcase_create("env");
    tcase_add_checked_fixture(tcase, scratch_enter, scratch_leave);
    tcase_add_loop_test(tcase, test_references, 0, COUNT_OF(ref_rows));
    tcase_add_loop_test(tcase, test_lines, 0, COUNT_OF(line_rows));
    tcase_add_loop_test(tcase, test_bad_lines_are_told_without_showing_them, 0, COUNT_OF(bad_rows));
    tcase_add_test(tcase, test_the_environment_comes_first_and_empty_is_unset);
    tcase_add_test(tcase, test_no_file_is_fine_a_folder_is_not);
    suite_add_tcase(suite, tcase);
    return suite;
}
