#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/mem.h"
#include "sim/check/toolbox.h"
#include "tests/unit/suites.h"

#define TOOL(name, parameters) \
    "{\"type\":\"function\",\"function\":{\"name\":\"" name "\",\"parameters\":" parameters "}}"
#define FINE TOOL("f", "{\"type\":\"object\"}")
#define BAD  TOOL("g", "{\"type\":\"objct\"}")

static void look(struct toolbox *box, size_t line, const char *tools)
{
    struct tape tape = {0};
    struct tape_fault fault;
    char *text = mem_printf("{\"tools\":%s}", tools);
    struct row_line row = {"t.jsonl", line, text, strlen(text)};
    ck_assert(tape_scan(&tape, text, strlen(text), &fault));
    toolbox_row(box, &tape, &row);
    tape_release(&tape);
    free(text);
}

START_TEST(test_a_schema_is_told_of_once_with_its_rows_counted)
{
    struct toolbox whole = {0};
    struct toolbox block = {0};
    struct diags found = {0};
    look(&block, 1, "[" FINE "]");
    look(&block, 2, "[" FINE "," BAD "," BAD "]"); /* twice in a row is once */
    toolbox_join(&whole, &block, 0);
    look(&block, 1, "[" BAD "]");
    look(&block, 2, "null");
    look(&block, 3, "[7,{},{\"function\":null}]");
    toolbox_join(&whole, &block, 10);
    toolbox_tell(&whole, 12, &found);
    ck_assert_uint_eq(found.n, 2); /* the type, and what the root is not */
    ck_assert_uint_eq(found.at[0].line, 2);
    ck_assert_str_eq(found.at[0].text, "\"objct\" is not a type; in 2 of 12 rows, first here");
    ck_assert_str_eq(found.at[0].pointer, "/tools/1/function/parameters/type");
    ck_assert_str_eq(found.at[0].fix, "did you mean \"object\"?");
    diags_release(&found);
    toolbox_release(&block);
    toolbox_release(&whole);
}
END_TEST

START_TEST(test_the_place_is_the_first_row_of_the_file)
{
    struct toolbox whole = {0};
    struct toolbox block = {0};
    struct diags found = {0};
    look(&block, 3, "[" FINE "]");
    toolbox_join(&whole, &block, 0);
    look(&block, 4, "[" BAD "]");
    toolbox_join(&whole, &block, 5);
    toolbox_tell(&whole, 2, &found);
    ck_assert_uint_eq(found.at[0].line, 9);
    ck_assert_str_eq(found.at[0].text, "\"objct\" is not a type");
    diags_release(&found);
    toolbox_release(&block);
    toolbox_release(&whole);
}
END_TEST

START_TEST(test_more_schemas_than_are_known_again_are_checked_all_the_same)
{
    struct toolbox whole = {0};
    struct toolbox block = {0};
    struct diags found = {0};
    char tool[200];
    for (size_t i = 0; i < TOOLBOX_MAX; i++) {
        snprintf(tool, sizeof(tool), "[{\"function\":{\"name\":\"f%zu\"}}]", i);
        look(&block, i + 1, tool);
    }
    look(&block, TOOLBOX_MAX + 1, "[" BAD "]");
    toolbox_join(&whole, &block, 0);
    look(&block, 1, "[" BAD "]");
    toolbox_join(&whole, &block, 20000);
    toolbox_tell(&whole, 30000, &found);
    ck_assert_uint_eq(found.n, 4);
    ck_assert_uint_eq(found.at[0].line, TOOLBOX_MAX + 1);
    ck_assert_uint_eq(found.at[2].line, 20001);
    diags_release(&found);
    toolbox_release(&block);
    toolbox_release(&whole);
}
END_TEST

Suite *toolbox_suite(void)
{
    Suite *suite = suite_create("toolbox");
    TCase *tcase = tcase_create("toolbox");
    tcase_add_test(tcase, test_a_schema_is_told_of_once_with_its_rows_counted);
    tcase_add_test(tcase, test_the_place_is_the_first_row_of_the_file);
    tcase_add_test(tcase, test_more_schemas_than_are_known_again_are_checked_all_the_same);
    suite_add_tcase(suite, tcase);
    return suite;
}
