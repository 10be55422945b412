/* Decisions as rows: which there are in each of the three ways, and what is left out and why. */
#include <string.h>

#include "sim/base/cc.h"
#include "sim/check/convert.h"
#include "tests/unit/suites.h"

#define U         "{\"role\":\"user\",\"content\":\"q\"}"
#define A         "{\"role\":\"assistant\",\"content\":\"a\"}"
#define T         "{\"role\":\"tool\",\"content\":\"r\"}"
#define CALL(f)   "{\"function\":{\"name\":\"" f "\",\"arguments\":\"{\\\"x\\\":1}\"}}"
#define C(calls)  "{\"role\":\"assistant\",\"tool_calls\":[" calls "]}"
#define ROW(list) "{\"messages\":[" list "]}"
#define F         "{\"name\": \"f\", \"arguments\": {\"x\": 1}}"
#define G         "{\"name\": \"g\", \"arguments\": {\"x\": 1}}"
#define ANSWER    ", \"expected_calls\": [], \"reference_answer\": \"a\"}\n"

enum way { PLAIN, WHOLE, GO_ON };

static const struct row {
    const char *name;
    enum way way;
    const char *was;
    const char *made;
    size_t n_decisions;
    enum convert_left left; /* the reason of all that is left out; CONVERT_N_LEFT: none is */
} rows[] = {
    {"an answer", PLAIN, ROW(U "," A), "{\"messages\":[" U "]" ANSWER, 1, CONVERT_N_LEFT},
    {"calls", PLAIN, ROW(U "," C(CALL("f") "," CALL("g"))),
     "{\"messages\":[" U "], \"expected_calls\": [" F ", " G "]}\n", 1, CONVERT_N_LEFT},
    {"system, other fields, parts", PLAIN,
     "{\"k\":1.50,\"messages\":[{\"role\":\"system\",\"content\":\"s\"}," U
     ",{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}],\"z\":[]}",
     "{\"k\":1.50,\"messages\":[{\"role\":\"developer\",\"content\":\"s\"}," U "],\"z\":[]" ANSWER,
     1, CONVERT_N_LEFT},
    {"tools of either form, before messages", PLAIN,
     "{\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"strict\":true},"
     "{\"type\":\"function\",\"function\":{\"name\":\"g\"}}],\"messages\":[" U "," A "]}",
     "{\"tools\":[{\"type\": \"function\", \"function\": {\"name\":\"f\", \"strict\":true}},"
     "{\"type\":\"function\",\"function\":{\"name\":\"g\"}}],\"messages\":[" U "]" ANSWER,
     1, CONVERT_N_LEFT},
    {"two questions", PLAIN, ROW(U "," A "," U "," A),
     "{\"messages\":[" U "]" ANSWER "{\"messages\":[" U "," A "," U "]" ANSWER, 2, CONVERT_N_LEFT},
    {"after a result, by default", PLAIN, ROW(U "," C(CALL("f")) "," T "," A),
     "{\"messages\":[" U "], \"expected_calls\": [" F "]}\n", 2, CONVERT_AFTER_TOOL},
    {"after a result, whole", WHOLE, ROW(U "," C(CALL("f")) "," T "," C(CALL("g")) "," T "," A),
     "{\"messages\":[" U "], \"expected_calls\": [" F ", " G "], \"reference_answer\": \"a\"}\n", 3,
     CONVERT_N_LEFT},
    {"whole, without an answer", WHOLE, ROW(U "," C(CALL("f")) "," T "," C(CALL("g"))),
     "{\"messages\":[" U "], \"expected_calls\": [" F ", " G "]}\n", 2, CONVERT_N_LEFT},
    {"whole, twice", WHOLE, ROW(U "," C(CALL("f")) "," T "," A "," U "," A),
     "{\"messages\":[" U "], \"expected_calls\": [" F "], \"reference_answer\": \"a\"}\n"
     "{\"messages\":[" U "," C(CALL("f")) "," T "," A "," U "]" ANSWER,
     3, CONVERT_N_LEFT},
    {"after a result, with one more message", GO_ON, ROW(U "," C(CALL("f")) "," T "," A),
     "{\"messages\":[" U "], \"expected_calls\": [" F "]}\n"
     "{\"messages\":[" U "," C(CALL("f")) "," T
                                          ", {\"role\": \"user\", \"content\": \"Go on.\"}]" ANSWER,
     2, CONVERT_N_LEFT},
    {"after an answer", PLAIN, ROW(U "," A "," A), "{\"messages\":[" U "]" ANSWER, 2,
     CONVERT_NOT_AFTER_USER},
    {"at the beginning", GO_ON, ROW(A "," U), "", 1, CONVERT_NOT_AFTER_USER},
    {"not to be learned", PLAIN, ROW(U ",{\"role\":\"assistant\",\"content\":\"a\",\"weight\":0}"),
     "", 1, CONVERT_UNTRAINED},
    {"to be learned", PLAIN, ROW(U ",{\"role\":\"assistant\",\"content\":\"a\",\"weight\":1}"),
     "{\"messages\":[" U "]" ANSWER, 1, CONVERT_N_LEFT},
    {"nothing said", PLAIN, ROW(U ",{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[]}"),
     "", 1, CONVERT_SAYS_NOTHING},
    {"an empty answer", PLAIN, ROW(U ",{\"role\":\"assistant\",\"content\":\"\"}"), "", 1,
     CONVERT_SAYS_NOTHING},
    {"a refusal", PLAIN, ROW(U ",{\"role\":\"assistant\",\"content\":null,\"refusal\":\"no\"}"), "",
     1, CONVERT_SAYS_NOTHING},
    {"no decision", PLAIN, ROW(U), "", 0, CONVERT_N_LEFT},
};

static enum err_code put(void *arg, const struct buf *row, struct err *e)
{
    (void)e;
    buf_add(arg, row->at, row->len);
    return ERR_OK;
}

static struct convert converted(const char *text, enum way way, struct buf *made)
{
    struct convert c = {.path = "rows.jsonl", .put = put, .arg = made, .whole = way == WHOLE};
    struct line line = {.text = text, .len = strlen(text), .ended = true};
    struct err e = {0};
    c.go_on = way == GO_ON ? "Go on." : NULL;
    ck_assert_int_eq(convert_line(&c, &line, &e), ERR_OK);
    return c;
}

START_TEST(test_converts_as_its_row_says)
{
    const struct row *row = &rows[_i];
    struct buf made = {0};
    struct convert c = converted(row->was, row->way, &made);
    ck_assert_msg(!c.found.n, "%s: %s", row->name, c.found.n ? c.found.at[0].text : "");
    ck_assert_msg(strcmp(buf_text(&made), row->made) == 0, "%s: %s", row->name, buf_text(&made));
    ck_assert_uint_eq(c.n_decisions, row->n_decisions);
    size_t n_left = 0;
    for (int i = 0; i < CONVERT_N_LEFT; i++) {
        ck_assert_msg(!c.left[i].n == (i != (int)row->left), "%s: %s", row->name,
                      convert_left_words((enum convert_left)i));
        n_left += c.left[i].n;
    }
    ck_assert_uint_eq(c.n_converted + n_left, c.n_decisions);
    ck_assert_uint_eq(c.n_answerless, !row->n_decisions);
    convert_release(&c);
    buf_release(&made);
}
END_TEST

static const struct bad {
    const char *text;
    enum diag_code code;
    size_t col;
    const char *pointer;
} bads[] = {
    {"{\"messages\":", DIAG_D001, 13, NULL},
    {ROW(U ",{\"role\":\"function\",\"content\":\"\"}"), DIAG_D005, 52, "/messages/1/role"},
    {ROW(U "," C("3")), DIAG_D040, 78, "/messages/1/tool_calls/0"},
    {ROW(U "," C("{\"function\":{\"arguments\":\"{}\"}}")), DIAG_D040, 78,
     "/messages/1/tool_calls/0"},
    {ROW(U "," C("{\"function\":{\"name\":\"f\"}}")), DIAG_D040, 78, "/messages/1/tool_calls/0"},
    {ROW(U "," C("{\"function\":{\"name\":\"f\",\"arguments\":\"[]\"}}")), DIAG_D040, 114,
     "/messages/1/tool_calls/0/function/arguments"},
    {ROW(U ",{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":{}}"), DIAG_D040, 90,
     "/messages/1/tool_calls"},
    {ROW(U ",{\"role\":\"assistant\",\"content\":\"\",\"function_call\":{}}"), DIAG_D040, 93,
     "/messages/1/function_call"},
    {ROW(U ",{\"role\":\"assistant\",\"content\":null,\"function_call\":{}}"), DIAG_D040, 95,
     "/messages/1/function_call"},
    {ROW(U "," C("{\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":1,\\\"x\\\":2}\"}}")),
     DIAG_D040, 114, "/messages/1/tool_calls/0/function/arguments"},
    {"{\"messages\":[" U "," A "],\"expected_calls\":1}", DIAG_D041, 97, "/expected_calls"},
    {"{\"messages\":[" U "," A "],\"reference_answer\":1}", DIAG_D041, 99, "/reference_answer"},
};

START_TEST(test_a_fault_has_its_place)
{
    const struct bad *bad = &bads[_i];
    struct buf made = {0};
    struct convert c = converted(bad->text, PLAIN, &made);
    ck_assert_uint_eq(c.n_faulty, 1);
    ck_assert_uint_eq(c.found.n, 1);
    const struct diag *d = &c.found.at[0];
    ck_assert_msg(d->code == bad->code, "%s: %s", bad->text, d->text);
    ck_assert_uint_eq(d->line, 1);
    ck_assert_msg(d->col == bad->col, "%s: column %zu", bad->text, d->col);
    if (bad->pointer)
        ck_assert_str_eq(d->pointer, bad->pointer);
    ck_assert_ptr_nonnull(d->fix);
    ck_assert_uint_eq(made.len, 0);
    convert_release(&c);
    buf_release(&made);
}
END_TEST

START_TEST(test_a_row_makes_so_many_rows_at_most)
{
    struct buf text = {0};
    struct buf made = {0};
    buf_text_add(&text, "{\"messages\":[" U);
    for (int i = 0; i < CONVERT_MAX_ROWS + 5; i++)
        buf_text_add(&text, "," A "," U);
    buf_text_add(&text, "]}");
    struct convert c = converted(buf_text(&text), PLAIN, &made);
    ck_assert_uint_eq(c.n_made, CONVERT_MAX_ROWS);
    ck_assert_uint_eq(c.left[CONVERT_TOO_MANY].n, 5);
    convert_release(&c);
    buf_release(&text);
    buf_release(&made);
}
END_TEST

Suite *convert_suite(void)
{
    Suite *suite = suite_create("convert");
    TCase *tcase = tcase_create("convert");
    tcase_add_loop_test(tcase, test_converts_as_its_row_says, 0, (int)COUNT_OF(rows));
    tcase_add_loop_test(tcase, test_a_fault_has_its_place, 0, (int)COUNT_OF(bads));
    tcase_add_test(tcase, test_a_row_makes_so_many_rows_at_most);
    suite_add_tcase(suite, tcase);
    return suite;
}
