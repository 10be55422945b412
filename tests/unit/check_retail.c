#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/tape.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"
#include "tools/demo/desk.h"
#include "tools/demo/endpoint.h"

#define POLICIES                                                         \
    "{\"policy\":\"mugs\",\"window_days\":30,\"opened_fee_percent\":15," \
    "\"sealed_only\":false}\n"                                           \
    "{\"policy\":\"pens\",\"window_days\":10,\"opened_fee_percent\":0,"  \
    "\"sealed_only\":true}\n"
#define CUSTOMERS                                                \
    "{\"customer\":\"C-1\",\"name\":\"Ann\",\"extra_days\":0}\n" \
    "{\"customer\":\"C-2\",\"name\":\"Bob\",\"extra_days\":5}\n"
#define LINE(number, category, price, opened, final_sale, in_stock)                                \
    "{\"line\":" #number ",\"category\":\"" category "\",\"price\":" #price ",\"opened\":" #opened \
    ",\"final_sale\":" #final_sale ",\"in_stock\":" #in_stock "}"
#define ORDER(id, customer, days, lines)                                                \
    "{\"order\":\"" id "\",\"customer\":\"" customer "\",\"delivered_days_ago\":" #days \
    ",\"lines\":[" lines "]}\n"

static const char data[] = POLICIES CUSTOMERS
    /* clang-format off */
    ORDER("R-1", "C-1", 30,
          LINE(1, "mugs", 10.01, false, false, true) "," LINE(2, "mugs", 10.01, true, false, true) ","
          LINE(3, "mugs", 8, false, true, true) "," LINE(4, "mugs", 8, false, false, false))
    ORDER("R-2", "C-1", 31, LINE(1, "mugs", 7.5, false, false, true))
    ORDER("R-3", "C-2", 15, LINE(1, "pens", 3, false, false, true) "," LINE(2, "pens", 3, true, false, true))
    ORDER("R-4", "C-1", 60, LINE(1, "mugs", 9, true, true, true))
    ORDER("R-5", "C-1", 61, LINE(1, "mugs", 9, true, true, true));
/* clang-format on */

static void *open_data(const char *text)
{
    struct err e = {0};
    void *self = NULL;
    scratch_file("desk.jsonl", text);
    ck_assert_msg(!endpoint_retail.open(&self, "desk.jsonl", &e), "%s", e.text);
    return self;
}

static const struct bad_row {
    const char *name, *text, *why;
} bad_files[] = {
    /* clang-format off */
    {"nothing", "", "desk.jsonl: no orders"},
    {"no orders", POLICIES CUSTOMERS, "desk.jsonl: no orders"},
    {"no JSON", "{\"policy\"\n", "desk.jsonl:1: "},
    {"no kind", POLICIES "{\"product\":\"x\"}\n", ":3: a line has a policy, an order or a customer"},
    {"a list", "[]\n", ":1: a line has a policy"},
    {"a policy without days", "{\"policy\":\"mugs\"}\n", ":1: 'window_days' is a whole number"},
    {"half a day", "{\"policy\":\"mugs\",\"window_days\":1.5}\n", ":1: 'window_days' is a whole number"},
    {"a fee above the price", "{\"policy\":\"m\",\"window_days\":1,\"opened_fee_percent\":101,\"sealed_only\":false}\n",
     ":1: 'opened_fee_percent' is at most 100"},
    {"a flag that is a text", "{\"policy\":\"m\",\"window_days\":1,\"opened_fee_percent\":1,\"sealed_only\":\"no\"}\n",
     ":1: 'sealed_only' is true or false"},
    {"a customer without days", "{\"customer\":\"C-1\"}\n", ":1: 'extra_days' is a whole number"},
    {"a policy twice", POLICIES POLICIES, ":3: 'mugs' stands twice"},
    {"an order twice", POLICIES CUSTOMERS ORDER("R-1", "C-1", 1, LINE(1, "mugs", 1, true, true, true))
     ORDER("R-1", "C-1", 1, LINE(1, "mugs", 1, true, true, true)), ":6: 'R-1' stands twice"},
    {"an unknown customer", POLICIES CUSTOMERS ORDER("R-1", "C-3", 1, LINE(1, "mugs", 1, true, true, true)),
     ":5: 'customer' names 'C-3', which no line above has"},
    {"a customer that comes later", POLICIES ORDER("R-1", "C-1", 1, LINE(1, "mugs", 1, true, true, true)) CUSTOMERS,
     ":3: 'customer' names 'C-1', which no line above has"},
    {"an unknown category", POLICIES CUSTOMERS ORDER("R-1", "C-1", 1, LINE(1, "hats", 1, true, true, true)),
     ":5: line 1 of the order: 'category' names 'hats'"},
    {"no lines", POLICIES CUSTOMERS ORDER("R-1", "C-1", 1, ""), ":5: 'lines' is a list of 1 to 9"},
    {"lines out of order", POLICIES CUSTOMERS ORDER("R-1", "C-1", 1, LINE(2, "mugs", 1, true, true, true)),
     ":5: line 1 of the order: lines are numbered from 1"},
    {"a price below nothing", POLICIES CUSTOMERS ORDER("R-1", "C-1", 1, LINE(1, "mugs", -1, true, true, true)),
     ":5: line 1 of the order: 'price' is a number"},
    {"a line with a null", POLICIES CUSTOMERS ORDER("R-1", "C-1", 1, LINE(1, "mugs", 1, null, true, true)),
     ":5: line 1 of the order: 'opened' is true or false"},
    /* clang-format on */
};

START_TEST(test_bad_file)
{
    const struct bad_row *row = &bad_files[_i];
    struct err e = {0};
    void *self = NULL;
    scratch_file("desk.jsonl", row->text);
    ck_assert_int_eq(endpoint_retail.open(&self, "desk.jsonl", &e), ERR_DATA);
    ck_assert_msg(strstr(e.text, row->why), "%s: %s", row->name, e.text);
    ck_assert_ptr_null(self);
}
END_TEST

START_TEST(test_no_file)
{
    struct err e = {0};
    struct desk *d = NULL;
    ck_assert_int_eq(desk_load(&d, "nothing.jsonl", &e), ERR_IO);
}
END_TEST

static const struct rule_row {
    const char *name, *order;
    unsigned line;
    enum desk_reason reason;
    enum desk_wish wish;
    const char *want; /* the way, then cents or why */
} rules[] = {
    /* clang-format off */
    {"on the last day", "R-1", 1, DESK_CHANGED_MIND, DESK_WISH_REFUND, "refund 1001"},
    {"a day after it", "R-2", 1, DESK_CHANGED_MIND, DESK_WISH_REFUND, "denied too late"},
    {"opened: less a fee, the shop's cent", "R-1", 2, DESK_CHANGED_MIND, DESK_WISH_REFUND, "refund 851"},
    {"no fee for what is faulty", "R-1", 2, DESK_FAULTY, DESK_WISH_REFUND, "refund 1001"},
    {"no fee for what nobody ordered", "R-1", 2, DESK_WRONG_ITEM, DESK_WISH_REFUND, "refund 1001"},
    {"another one", "R-1", 1, DESK_CHANGED_MIND, DESK_WISH_EXCHANGE, "exchange 0"},
    {"none to send", "R-1", 4, DESK_CHANGED_MIND, DESK_WISH_EXCHANGE, "refund 800"},
    {"a final sale", "R-1", 3, DESK_CHANGED_MIND, DESK_WISH_EXCHANGE, "denied final sale"},
    {"a final sale of what is faulty", "R-1", 3, DESK_FAULTY, DESK_WISH_EXCHANGE, "exchange 0"},
    {"sealed, in the customer's extra days", "R-3", 1, DESK_CHANGED_MIND, DESK_WISH_REFUND, "refund 300"},
    {"opened where it must not be", "R-3", 2, DESK_CHANGED_MIND, DESK_WISH_REFUND, "denied opened"},
    {"opened, to see that it is faulty", "R-3", 2, DESK_FAULTY, DESK_WISH_REFUND, "refund 300"},
    {"faulty, twice the time", "R-4", 1, DESK_FAULTY, DESK_WISH_REFUND, "refund 900"},
    {"faulty, a day after it", "R-5", 1, DESK_FAULTY, DESK_WISH_REFUND, "denied too late"},
    /* clang-format on */
};

START_TEST(test_rule)
{
    static const char *const ways[] = {"refund", "exchange", "denied"};
    const struct rule_row *row = &rules[_i];
    struct err e = {0};
    struct desk *d = NULL;
    char got[64];
    scratch_file("desk.jsonl", data);
    ck_assert_msg(!desk_load(&d, "desk.jsonl", &e), "%s", e.text);
    size_t number = desk_find(d, row->order, row->line);
    ck_assert_uint_lt(number, desk_count(d));
    struct desk_ruling ruling = desk_rule(desk_item(d, number), row->reason, row->wish);
    if (ruling.why)
        snprintf(got, sizeof(got), "%s %s", ways[ruling.way], ruling.why);
    else
        snprintf(got, sizeof(got), "%s %lld", ways[ruling.way], (long long)ruling.cents);
    ck_assert_msg(strcmp(got, row->want) == 0, "%s: %s", row->name, got);
    desk_free(d);
}
END_TEST

/* --- calls ------------------------------------------------------------------------------------ */

/* Make one call and append what came of it: "409 no open return", or "200 " and the output. */
static void make_call(void *self, const char *trace, const char *tool, const char *arguments,
                      struct buf *out)
{
    struct endpoint_call call = {0};
    struct buf body = {0};
    struct buf answer = {0};
    char *path = NULL;
    buf_printf(&body, "{\"arguments\":%s", arguments);
    if (trace)
        buf_printf(&body, ",\"trace_id\":%s", trace);
    buf_char(&body, '}');
    ck_assert_int_gt(asprintf(&path, "/tool/%s", tool), 0);
    endpoint_read(&endpoint_retail, path, buf_text(&body), body.len, &call);
    buf_printf(out, "%u ", endpoint_answer(&endpoint_retail, self, &call, &answer));
    buf_add(out, buf_text(&call.output), call.output.len);
    endpoint_call_release(&call);
    buf_release(&body);
    buf_release(&answer);
    free(path);
}

#define ABOUT(order, line)      "{\"order_id\":\"" order "\",\"line\":" #line "}"
#define CASE(order, line, wish) CASE_OF(order, line, "\"changed_mind\"", "\"" wish "\"")
#define CASE_OF(order, line, reason, wish) \
    "{\"order_id\":\"" order "\",\"line\":" #line ",\"reason\":" reason ",\"wish\":" wish "}"

static const struct call_row {
    const char *name, *tool, *arguments, *want;
} calls[] = {
    /* clang-format off */
    {"an order", "get_order", "{\"order_id\":\"R-2\"}",
     "200 {\"order\":\"R-2\",\"customer\":\"C-1\",\"delivered_days_ago\":31,\"lines\":[{\"line\":1,"
     "\"category\":\"mugs\",\"price\":7.5,\"opened\":false,\"final_sale\":false,\"in_stock\":true}]}"},
    {"no such order", "get_order", "{\"order_id\":\"R-9\"}", "404 no record with order_id 'R-9'"},
    {"an order by number", "get_order", "{\"order_id\":2}", "400 'order_id' must be a string, found 2"},
    {"a customer", "get_customer", "{\"customer_id\":\"C-2\"}", "200 {\"customer\":\"C-2\",\"name\":\"Bob\",\"extra_days\":5}"},
    {"no customer", "get_customer", "{}", "400 'customer_id' must be a string, found nothing"},
    {"a policy", "get_policy", "{\"category\":\"pens\"}",
     "200 {\"policy\":\"pens\",\"window_days\":10,\"opened_fee_percent\":0,\"sealed_only\":true}"},
    {"no such policy", "get_policy", "{\"category\":\"hats\"}", "404 no record with category 'hats'"},
    {"a refund is due", "check_return", CASE("R-1", 2, "refund"), "200 {\"way\":\"refund\",\"amount\":\"8.51\"}"},
    {"an exchange is due", "check_return", CASE("R-1", 1, "exchange"), "200 {\"way\":\"exchange\"}"},
    {"nothing is due", "check_return", CASE("R-2", 1, "refund"),
     "200 {\"way\":\"none\",\"slip\":\"6631e1\",\"resolution\":\"denied for R-2 line 1: too late, slip 6631e1\"}"},
    {"no such line", "check_return", CASE("R-2", 2, "refund"), "404 no line 2 in order 'R-2'"},
    {"no such order to check", "check_return", CASE("R-9", 1, "refund"), "404 no line 1 in order 'R-9'"},
    {"line nought", "check_return", CASE("R-2", 0, "refund"), "400 'line' must be a whole number from 1 to 9, found 0"},
    {"a line that is a text", "issue_refund", "{\"order_id\":\"R-2\",\"line\":\"1\"}",
     "400 'line' must be a whole number from 1 to 9, found a string"},
    {"an unknown wish", "check_return", CASE("R-2", 1, "money"), "400 'wish' must be refund or exchange"},
    {"no reason", "create_return", CASE_OF("R-2", 1, "null", "\"refund\""),
     "400 'reason' must be changed_mind, faulty or wrong_item, found null"},
    {"a return that is denied", "create_return", CASE("R-2", 1, "refund"), "409 no return of R-2 line 1: too late"},
    {"a return", "create_return", CASE("R-1", 1, "refund"), "200 {\"return\":\"open\",\"way\":\"refund\"}"},
    {"no return yet", "get_return", ABOUT("R-1", 1), "200 {\"return\":\"none\"}"},
    {"a refund of nothing", "issue_refund", ABOUT("R-1", 1), "409 no open return of R-1 line 1"},
    {"an exchange of nothing", "send_exchange", ABOUT("R-1", 1), "409 no open return of R-1 line 1"},
    /* clang-format on */
};

START_TEST(test_call)
{
    const struct call_row *row = &calls[_i];
    void *self = open_data(data);
    struct buf got = {0};
    make_call(self, "\"t\"", row->tool, row->arguments, &got);
    ck_assert_msg(strcmp(buf_text(&got), row->want) == 0, "%s: %s", row->name, buf_text(&got));
    buf_release(&got);
    endpoint_retail.close(self);
}
END_TEST

enum { STEPS_MAX = 6 };

static const struct story_row {
    const char *name;
    struct {
        const char *trace, *tool, *arguments;
        const char *want; /* how it begins */
    } steps[STEPS_MAX];
} stories[] = {
    /* clang-format off */
    {"opened, then paid",
     {{"\"t\"", "create_return", CASE("R-1", 2, "refund"), "200"},
      {"\"t\"", "get_return", ABOUT("R-1", 2), "200 {\"return\":\"open\",\"way\":\"refund\"}"},
      {"\"t\"", "issue_refund", ABOUT("R-1", 2), "200 {\"return\":\"settled\",\"slip\":\"0828e5\",\"resolution\":"
       "\"refund of 8.51 for R-1 line 2, slip 0828e5\"}"},
      {"\"t\"", "get_return", ABOUT("R-1", 2), "200 {\"return\":\"settled\",\"way\":\"refund\"}"},
      {"\"t\"", "issue_refund", ABOUT("R-1", 2), "409 no open return"},
      {"\"t\"", "create_return", CASE("R-1", 2, "refund"), "409 R-1 line 2 has a return already"}}},
    {"opened, then sent",
     {{"\"t\"", "create_return", CASE("R-1", 1, "exchange"), "200"},
      {"\"t\"", "issue_refund", ABOUT("R-1", 1), "409 the return of R-1 line 1 is no refund"},
      {"\"t\"", "send_exchange", ABOUT("R-1", 1), "200 {\"return\":\"settled\",\"slip\":\"5821e8\",\"resolution\":"
       "\"exchange for R-1 line 1, slip 5821e8\"}"}}},
    {"what parallel calls can lose: the refund comes first",
     {{"\"t\"", "issue_refund", ABOUT("R-1", 1), "409 no open return"},
      {"\"t\"", "create_return", CASE("R-1", 1, "refund"), "200"},
      {"\"t\"", "get_return", ABOUT("R-1", 1), "200 {\"return\":\"open\""},
      {"\"t\"", "issue_refund", ABOUT("R-1", 1), "200"}}},
    {"a rollout sees nothing of another",
     {{"\"t\"", "create_return", CASE("R-1", 1, "refund"), "200"},
      {"\"u\"", "get_return", ABOUT("R-1", 1), "200 {\"return\":\"none\"}"},
      {"\"u\"", "issue_refund", ABOUT("R-1", 1), "409 no open return"},
      {"\"u\"", "create_return", CASE("R-1", 1, "exchange"), "200"},
      {"\"t\"", "issue_refund", ABOUT("R-1", 1), "200"},
      {"\"u\"", "send_exchange", ABOUT("R-1", 1), "200"}}},
    {"without a trace_id all are one",
     {{NULL, "create_return", CASE("R-1", 1, "refund"), "200"},
      {NULL, "get_return", ABOUT("R-1", 1), "200 {\"return\":\"open\""},
      {"\"\"", "issue_refund", ABOUT("R-1", 1), "200"},
      {"\"t\"", "get_return", ABOUT("R-1", 1), "200 {\"return\":\"none\"}"}}},
    {"a trace_id is compared as it reads, to its last byte",
     {{"\"trace_\\u0061\"", "create_return", CASE("R-1", 1, "refund"), "200"},
      {"\"trace_b\"", "get_return", ABOUT("R-1", 1), "200 {\"return\":\"none\"}"},
      {"\"trace_a\"", "get_return", ABOUT("R-1", 1), "200 {\"return\":\"open\""}}},
    {"one of 63 bytes, and one of 64",
     {{"\"123456789012345678901234567890123456789012345678901234567890123\"", "create_return", CASE("R-1", 1, "refund"), "200"},
      {"\"1234567890123456789012345678901234567890123456789012345678901234\"", "create_return", CASE("R-1", 1, "refund"),
       "400 trace_id is no text of at most 63 bytes"}}},
    {"one that is no text, and one with a NUL",
     {{"7", "get_return", ABOUT("R-1", 1), "400 trace_id is no text of at most 63 bytes"},
      {"\"a\\u0000b\"", "get_return", ABOUT("R-1", 1), "400 trace_id is no text of at most 63 bytes"}}},
    /* clang-format on */
};

START_TEST(test_story)
{
    const struct story_row *row = &stories[_i];
    void *self = open_data(data);
    for (size_t i = 0; i < STEPS_MAX && row->steps[i].tool; i++) {
        const char *want = row->steps[i].want;
        struct buf got = {0};
        make_call(self, row->steps[i].trace, row->steps[i].tool, row->steps[i].arguments, &got);
        ck_assert_msg(strncmp(buf_text(&got), want, strlen(want)) == 0, "%s: step %zu: %s",
                      row->name, i + 1, buf_text(&got));
        buf_release(&got);
    }
    endpoint_retail.close(self);
}
END_TEST

START_TEST(test_tell)
{
    void *self = open_data(data);
    struct buf got = {0};
    make_call(self, "\"t\"", "create_return", CASE("R-1", 1, "refund"), &got);
    make_call(self, "\"t\"", "create_return", CASE("R-1", 4, "refund"), &got);
    make_call(self, "\"u\"", "create_return", CASE("R-1", 1, "refund"), &got);
    make_call(self, "\"v\"", "get_return", ABOUT("R-1", 1), &got);
    buf_clear(&got);
    endpoint_retail.tell(self, &got);
    ck_assert_str_eq(buf_text(&got), "rollouts with a return: 2, of these forgotten: 0");
    buf_release(&got);
    endpoint_retail.close(self);
}
END_TEST

/* --- the shipped rows ------------------------------------------------------------------------- */

/* Make the row's expected calls, each row in a rollout of its own; the last must say the row's
 * resolution. Returns how many rows there are. */
static size_t play_rows(void *self, const char *path, const char *prefix)
{
    FILE *file = fopen(path, "re");
    ck_assert_msg(file != NULL, "%s", path);
    char *line = NULL;
    size_t room = 0;
    size_t n = 0;
    ssize_t len = 0;
    struct tape row = {0};
    struct tape output = {0};
    struct tape_fault f = {0};
    for (; (len = getline(&line, &room, file)) > 0; n++) {
        ck_assert(tape_scan(&row, line, (size_t)len, &f));
        size_t list = tape_get(&row, 0, "expected_calls");
        struct buf got = {0};
        struct buf want = {0};
        char trace[32];
        snprintf(trace, sizeof(trace), "\"%s_%zu\"", prefix, n);
        for (size_t i = 0; i < tape_count(&row, list); i++) {
            struct buf tool = {0};
            struct buf arguments = {0};
            size_t call = tape_index(&row, list, i);
            tape_string(&row, tape_get(&row, call, "name"), &tool);
            tape_compact(&row, tape_get(&row, call, "arguments"), &arguments);
            buf_clear(&got);
            make_call(self, trace, buf_text(&tool), buf_text(&arguments), &got);
            ck_assert_msg(strncmp(buf_text(&got), "200 ", 4) == 0, "%s:%zu: call %zu: %s", path,
                          n + 1, i, buf_text(&got));
            buf_release(&tool);
            buf_release(&arguments);
        }
        ck_assert(tape_scan(&output, buf_text(&got) + 4, got.len - 4, &f));
        tape_string(&row, tape_get(&row, 0, "resolution"), &want);
        ck_assert_msg(tape_is(&output, tape_get(&output, 0, "resolution"), buf_text(&want)),
                      "%s:%zu: %s, should be %s", path, n + 1, buf_text(&got), buf_text(&want));
        buf_release(&want);
        buf_release(&got);
    }
    fclose(file);
    free(line);
    tape_release(&row);
    tape_release(&output);
    return n;
}

START_TEST(test_the_shipped_rows_suit_the_shipped_desk)
{
    struct err e = {0};
    void *self = NULL;
    ck_assert_msg(!endpoint_retail.open(&self, "datasets/retail/desk.jsonl", &e), "%s", e.text);
    ck_assert_uint_eq(play_rows(self, "datasets/retail/train.jsonl", "train"), 60);
    ck_assert_uint_eq(play_rows(self, "datasets/retail/valid.jsonl", "valid"), 24);
    endpoint_retail.close(self);
}
END_TEST

Suite *retail_suite(void)
{
    Suite *suite = suite_create("retail");
    TCase *desk = tcase_create("desk");
    tcase_add_checked_fixture(desk, scratch_enter, scratch_leave);
    tcase_add_loop_test(desk, test_bad_file, 0, COUNT_OF(bad_files));
    tcase_add_test(desk, test_no_file);
    tcase_add_loop_test(desk, test_rule, 0, COUNT_OF(rules));
    suite_add_tcase(suite, desk);
    TCase *call = tcase_create("call");
    tcase_add_checked_fixture(call, scratch_enter, scratch_leave);
    tcase_add_loop_test(call, test_call, 0, COUNT_OF(calls));
    tcase_add_loop_test(call, test_story, 0, COUNT_OF(stories));
    tcase_add_test(call, test_tell);
    suite_add_tcase(suite, call);
    TCase *shipped = tcase_create("shipped");
    tcase_add_test(shipped, test_the_shipped_rows_suit_the_shipped_desk);
    suite_add_tcase(suite, shipped);
    return suite;
}
