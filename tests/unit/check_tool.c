#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "tests/unit/suites.h"
#include "tools/tool.h"

START_TEST(test_the_request_is_the_contracts_to_the_byte)
{
    struct buf out = {0};
    tool_request(&(struct tool_call){.id = "fc_123",
                                     .call_id = "call_123",
                                     .name = "search_catalog",
                                     .arguments = "{\"query\":\"Urban\"}",
                                     .arguments_len = 17,
                                     .trace_id = "trace_e758",
                                     .item = "{\"messages\":[]}",
                                     .item_len = 15},
                 &out);
    ck_assert_str_eq(buf_text(&out),
                     "{\"type\":\"function_call\",\"id\":\"fc_123\",\"call_id\":\"call_123\","
                     "\"name\":\"search_catalog\",\"arguments\":\"{\\\"query\\\":\\\"Urban\\\"}\","
                     "\"trace_id\":\"trace_e758\",\"item\":{\"messages\":[]}}");
    buf_release(&out);
}
END_TEST

static const struct {
    const char *server_url;
    const char *appended;
} urls[] = {
    {"https://host/api/tools", "https://host/api/tools/search"},
    {"https://host/api/tools/", "https://host/api/tools/search"},
    {"https://host", "https://host/search"},
    {"https://host/api?code=a/b", "https://host/api/search?code=a/b"},
};

START_TEST(test_both_forms_of_the_url)
{
    char name[] = "search";
    char *url = strdup(urls[_i].server_url);
    struct job_tool tool = {.name = name, .server_url = url};
    char *exact = tool_url(&tool, JOB_URL_EXACT);
    char *appended = tool_url(&tool, JOB_URL_APPEND_NAME);
    ck_assert_str_eq(exact, urls[_i].server_url);
    ck_assert_str_eq(appended, urls[_i].appended);
    free(exact);
    free(appended);
    free(url);
}
END_TEST

#define CALL_ID "call_1"
#define FINE(output) \
    "{\"type\":\"function_call_output\",\"call_id\":\"" CALL_ID "\",\"output\":" output "}"

static const struct row {
    const char *name;
    enum net_fault fault;
    int status;
    const char *body;
    enum tool_kind kind;
    const char *output;
    unsigned warnings;
} rows[] = {
    {"a string is shown as it is (3.3)", NET_NONE, 200, FINE("\"a\\nb\""), TOOL_KIND_FINE, "a\nb",
     0},
    {"an empty output is an output", NET_NONE, 200, FINE("\"\""), TOOL_KIND_FINE, "", 0},
    {"an object is shown as compact JSON (GAP-21)", NET_NONE, 200, FINE("{\"a\": 1}"),
     TOOL_KIND_FINE, "{\"a\":1}", TOOL_WARN_NOT_STRING},
    {"so is null", NET_NONE, 200, FINE("null"), TOOL_KIND_FINE, "null", TOOL_WARN_NOT_STRING},
    {"a missing call_id is accepted with a warning (GAP-22)", NET_NONE, 200, "{\"output\":\"x\"}",
     TOOL_KIND_FINE, "x", TOOL_WARN_CALL_ID},
    {"so is another call's", NET_NONE, 200, "{\"call_id\":\"other\",\"output\":\"x\"}",
     TOOL_KIND_FINE, "x", TOOL_WARN_CALL_ID},
    {"201 is a success too", NET_NONE, 201, FINE("\"x\""), TOOL_KIND_FINE, "x", 0},
    {"2xx without output breaks the contract (GAP-14)", NET_NONE, 200, "{\"error\":\"x\"}",
     TOOL_KIND_NO_OUTPUT, "", 0},
    {"so does 2xx with HTML", NET_NONE, 200, "<html>", TOOL_KIND_MALFORMED, "", 0},
    {"and with nothing (204)", NET_NONE, 204, "", TOOL_KIND_NO_BODY, "", 0},
    {"and with an array", NET_NONE, 200, "[1]", TOOL_KIND_NOT_OBJECT, "", 0},
    {"and with a byte order mark", NET_NONE, 200, "\xef\xbb\xbf{\"output\":\"x\"}",
     TOOL_KIND_MALFORMED, "", 0},
    {"a 5xx stays one, however long it is", NET_TOO_LARGE, 500, "", TOOL_KIND_SERVER_ERROR, "", 0},
    {"and with a byte that is not UTF-8", NET_NONE, 200, "{\"output\":\"\xff\"}",
     TOOL_KIND_MALFORMED, "", 0},
    {"4xx without output shows the body (GAP-17)", NET_NONE, 400, "{\"error\":\"bad sku\"}",
     TOOL_KIND_CLIENT_ERROR, "{\"error\":\"bad sku\"}", 0},
    {"4xx with output shows that", NET_NONE, 404, "{\"output\":\"none\"}", TOOL_KIND_CLIENT_ERROR,
     "none", 0},
    {"4xx with text shows the text", NET_NONE, 401, "go away", TOOL_KIND_CLIENT_ERROR, "go away",
     0},
    {"a body that is not UTF-8 is mended", NET_NONE, 400,
     "a\xff"
     "b",
     TOOL_KIND_CLIENT_ERROR,
     "a\xef\xbf\xbd"
     "b",
     0},
    {"4xx without a body shows its status", NET_NONE, 404, "", TOOL_KIND_CLIENT_ERROR,
     "{\"error\":{\"status\":404}}", TOOL_WARN_OUR_TEXT},
    {"429 is shown, not waited for (GAP-16)", NET_NONE, 429, "slow down", TOOL_KIND_RATE_LIMITED,
     "slow down", 0},
    {"a redirect is shown, not followed (GAP-15)", NET_NONE, 302, "", TOOL_KIND_REDIRECT,
     "{\"error\":{\"status\":302}}", TOOL_WARN_OUR_TEXT},
    {"5xx is tried again", NET_NONE, 503, FINE("\"x\""), TOOL_KIND_SERVER_ERROR, "", 0},
    {"an answer over the cap is shown as 413 (GAP-18)", NET_TOO_LARGE, 200, "",
     TOOL_KIND_ANSWER_TOO_LARGE,
     "{\"error\":{\"code\":413,\"message\":\"the tool's answer is larger than 1048576 bytes\"}}",
     0},
    {"a timeout is tried again (GAP-14)", NET_TIMEOUT, 0, "", TOOL_KIND_TIMEOUT, "", 0},
    {"a refused connection too", NET_REFUSED, 0, "", TOOL_KIND_REFUSED, "", 0},
    {"a broken one too, whatever its status was", NET_CUT, 200, FINE("\"x\""), TOOL_KIND_CUT, "",
     0},
};

START_TEST(test_what_an_answer_means)
{
    const struct row *row = &rows[_i];
    struct request req = {.fault = row->fault, .status = row->status};
    buf_text_add(&req.answer, row->body);
    struct tape scratch = {0};
    struct buf output = {0};
    unsigned warnings = 0;
    enum tool_kind kind = tool_read(&req, CALL_ID, &scratch, &output, &warnings);
    ck_assert_msg(kind == row->kind, "%s: %s", row->name, tool_kind_row(kind)->id);
    ck_assert_msg(strcmp(buf_text(&output), row->output) == 0, "%s: '%s'", row->name,
                  buf_text(&output));
    ck_assert_msg(warnings == row->warnings, "%s: %u", row->name, warnings);
    buf_release(&req.answer);
    buf_release(&output);
    tape_release(&scratch);
}
END_TEST

START_TEST(test_nothing_that_failed_in_the_infrastructure_is_shown)
{
    for (int k = 0; k < TOOL_N_KINDS; k++) {
        const struct tool_kind_row *row = tool_kind_row((enum tool_kind)k);
        bool shown = row->fate == TOOL_OK || row->fate == TOOL_SHOWN;
        ck_assert_msg(shown == (row->text != TOOL_TEXT_NOTHING), "%s", row->id);
        ck_assert_msg(shown == !tool_kind_loses((enum tool_kind)k), "%s", row->id);
        ck_assert_msg(*row->words && *row->rule && !*row->fix == (k == TOOL_KIND_FINE), "%s",
                      row->id);
    }
}
END_TEST

Suite *tool_suite(void)
{
    Suite *suite = suite_create("tool");
    TCase *tcase = tcase_create("tool");
    tcase_add_test(tcase, test_the_request_is_the_contracts_to_the_byte);
    tcase_add_loop_test(tcase, test_both_forms_of_the_url, 0, COUNT_OF(urls));
    tcase_add_loop_test(tcase, test_what_an_answer_means, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_nothing_that_failed_in_the_infrastructure_is_shown);
    suite_add_tcase(suite, tcase);
    return suite;
}
