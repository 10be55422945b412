#include <string.h>

#include "tests/unit/suites.h"
#include "tools/demo/endpoint.h"

static const struct countdown_row {
    const char *name, *arguments;
    unsigned status;
    const char *output;
} rows[] = {
    {"a sum", "{'expression': '3 * 7 + 5'}", 200, "{'value':26,'numbers':[3,7,5]}"},
    {"brackets, and a number twice", "{'expression': '(2+2)*9'}", 200,
     "{'value':36,'numbers':[2,2,9]}"},
    {"a part of one", "{'expression': '1/4'}", 200, "{'value':0.25,'numbers':[1,4]}"},
    {"below nothing", "{'expression': '-3 + 1'}", 200, "{'value':-2,'numbers':[3,1]}"},
    {"a number alone", "{'expression': '12'}", 200, "{'value':12,'numbers':[12]}"},
    {"division by zero", "{'expression': '4 / (2 - 2)'}", 400,
     "byte 3 of 'expression': division by zero"},
    {"no whole number", "{'expression': '1 + 2.5'}", 400,
     "byte 6 of 'expression': only whole numbers, + - * / and brackets"},
    {"a power", "{'expression': '2 ^ 3'}", 400,
     "byte 3 of 'expression': only whole numbers, + - * / and brackets"},
    {"a function", "{'expression': 'max(2, 3)'}", 400,
     "byte 1 of 'expression': only whole numbers, + - * / and brackets"},
    {"words", "{'expression': 'two'}", 400,
     "byte 1 of 'expression': only whole numbers, + - * / and brackets"},
    {"one bracket too many", "{'expression': '(1 + 2))'}", 400,
     "byte 8 of 'expression': expected an operator, found ')'"},
    {"a zero byte", "{'expression': '1\\\\u0000+1'}", 400,
     "byte 2 of 'expression': only whole numbers, + - * / and brackets"},
    {"nothing", "{'expression': ''}", 400, "byte 1 of 'expression': the formula is empty"},
    {"no expression", "{}", 400, "'expression' must be a string, found nothing"},
    {"a number for a text", "{'expression': 5}", 400, "'expression' must be a string, found 5"},
};

START_TEST(test_what_an_expression_comes_to)
{
    const struct countdown_row *row = &rows[_i];
    struct endpoint_call call = {0};
    struct buf body = {0};
    struct buf answer = {0};
    buf_printf(&body, "{'name': 'evaluate', 'arguments': %s}", row->arguments);
    for (char *c = body.at; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    endpoint_read(&endpoint_countdown, "/tool", buf_text(&body), body.len, &call);
    unsigned status = endpoint_answer(&endpoint_countdown, NULL, &call, &answer);
    struct buf want = {0};
    buf_text_add(&want, row->output);
    for (char *c = want.at; *c && status == 200; c++)
        *c = *c == '\'' ? '"' : *c;
    ck_assert_msg(status == row->status && strcmp(buf_text(&call.output), buf_text(&want)) == 0,
                  "%s: %u %s", row->name, status, buf_text(&call.output));
    endpoint_call_release(&call);
    buf_release(&want);
    buf_release(&answer);
    buf_release(&body);
}
END_TEST

START_TEST(test_a_long_expression_is_refused)
{
    struct endpoint_call call = {0};
    struct buf body = {0};
    struct buf answer = {0};
    buf_text_add(&body, "{\"name\":\"evaluate\",\"arguments\":{\"expression\":\"1");
    for (int i = 0; i < 100000; i++)
        buf_text_add(&body, "+1");
    buf_text_add(&body, "\"}}");
    endpoint_read(&endpoint_countdown, "/tool", buf_text(&body), body.len, &call);
    ck_assert_uint_eq(endpoint_answer(&endpoint_countdown, NULL, &call, &answer), 400);
    endpoint_call_release(&call);
    buf_release(&answer);
    buf_release(&body);
}
END_TEST

Suite *countdown_suite(void)
{
    Suite *s = suite_create("countdown");
    TCase *t = tcase_create("countdown");
    tcase_add_loop_test(t, test_what_an_expression_comes_to, 0, COUNT_OF(rows));
    tcase_add_test(t, test_a_long_expression_is_refused);
    suite_add_tcase(s, t);
    return s;
}
