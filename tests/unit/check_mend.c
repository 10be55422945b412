/* What has one right answer in a row, and that nothing else of the row changes. */
#include <string.h>

#include "sim/base/cc.h"
#include "sim/check/diff.h"
#include "sim/check/mend.h"
#include "tests/unit/suites.h"

#define U         "{\"role\":\"user\",\"content\":\"q\"}"
#define A(text)   "{\"role\":\"assistant\",\"content\":" text "}"
#define ROW(list) "{\"messages\":[" list "]}"

enum { R = 1 << MEND_ROLE, D = 1 << MEND_ANSWER };

static const struct row {
    const char *name;
    const char *was;
    const char *now; /* NULL: as it was */
    unsigned done;
} rows[] = {
    {"a good row", ROW(U), NULL, 0},
    {"system", ROW("{\"role\" : \"system\",\"content\":\"\\u0041\"}," U),
     ROW("{\"role\" : \"developer\",\"content\":\"\\u0041\"}," U), R},
    {"system, escaped", ROW("{\"role\":\"syst\\u0065m\",\"content\":\"\"}," U),
     ROW("{\"role\":\"developer\",\"content\":\"\"}," U), R},
    {"system twice", ROW("{\"role\":\"system\"},{\"role\":\"system\"}," U),
     ROW("{\"role\":\"developer\"},{\"role\":\"developer\"}," U), R},
    {"no other place", "{\"messages\":[" U "],\"role\":\"system\",\"m\":[{\"role\":\"system\"}]}",
     NULL, 0},
    {"an answer", ROW(U "," A("\"yes\"")), "{\"messages\":[" U "], \"kept\": \"yes\"}", D},
    {"an answer, keys behind",
     "  { \"messages\" : [" U " , " A("\"\\u0000\\\"\\n\"") " ] , \"k\" : 1.50 } ",
     "  { \"messages\" : [" U " ] , \"k\" : 1.50 , \"kept\": \"\\u0000\\\"\\n\"} ", D},
    {"answers", ROW(U "," A("\"a\"") "," A("\"b\"")),
     "{\"messages\":[" U "], \"kept\": \"a\\n\\nb\"}", D},
    {"an answer in parts",
     ROW(U "," A("[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]")),
     "{\"messages\":[" U "], \"kept\": \"ab\"}", D},
    {"an answer without calls",
     ROW(U ",{\"role\":\"assistant\",\"content\":\"a\",\"tool_calls\":[],\"weight\":1}"),
     "{\"messages\":[" U "], \"kept\": \"a\"}", D},
    {"only the last answer", ROW(U "," A("\"a\"") "," U "," A("\"b\"")),
     "{\"messages\":[" U "," A("\"a\"") "," U "], \"kept\": \"b\"}", D},
    {"an answer that stands in the field",
     "{\"messages\":[" U "," A("\"a\"") "],\"kept\":\"\\u0061\"}",
     "{\"messages\":[" U "],\"kept\":\"\\u0061\"}", D},
    {"system and answer", ROW("{\"role\":\"system\",\"content\":\"s\"}," U "," A("\"a\"")),
     "{\"messages\":[{\"role\":\"developer\",\"content\":\"s\"}," U "], \"kept\": \"a\"}", R | D},
    {"tool calls", ROW(U ",{\"role\":\"assistant\",\"content\":\"a\",\"tool_calls\":[{}]}"), NULL,
     0},
    {"an old function call",
     ROW(U ",{\"role\":\"assistant\",\"content\":\"a\",\"function_call\":{}}"), NULL, 0},
    {"a tool's result", ROW(U ",{\"role\":\"tool\",\"content\":\"r\"}," A("\"a\"")), NULL, 0},
    {"a refusal", ROW(U ",{\"role\":\"assistant\",\"content\":\"\",\"refusal\":\"no\"}"), NULL, 0},
    {"what would be lost with it",
     ROW(U ",{\"role\":\"assistant\",\"content\":\"a\",\"reasoning_content\":\"because\"}"), NULL,
     0},
    {"a name would be lost", ROW(U ",{\"role\":\"assistant\",\"content\":\"a\",\"name\":\"n\"}"),
     NULL, 0},
    {"one that was not to be learned",
     ROW(U ",{\"role\":\"assistant\",\"content\":\"a\",\"weight\":0}"), NULL, 0},
    {"nothing would be lost",
     ROW(U ",{\"audio\":null,\"role\":\"assistant\",\"annotations\":[],\"content\":\"a\"}"),
     "{\"messages\":[" U "], \"kept\": \"a\"}", D},
    {"no text", ROW(U "," A("null")), NULL, 0},
    {"a picture", ROW(U "," A("[{\"type\":\"image_url\",\"text\":\"a\"}]")), NULL, 0},
    {"a part that is no text", ROW(U "," A("[{\"type\":\"text\",\"text\":3}]")), NULL, 0},
    {"no user", ROW(A("\"a\"")), NULL, 0},
    {"the developer at the end", ROW(U ",{\"role\":\"developer\",\"content\":\"d\"}"), NULL, 0},
    {"a message that is none", ROW(U ",3"), NULL, 0},
    {"messages that are none", "{\"messages\":{\"role\":\"system\"}}", NULL, 0},
    {"a key twice", "{\"a\":1,\"a\":2,\"messages\":[{\"role\":\"system\"}," U "," A("\"a\"") "]}",
     NULL, 0},
    {"a list", "[{\"role\":\"system\"}]", NULL, 0},
};

START_TEST(test_mends_as_its_row_says)
{
    const struct row *row = &rows[_i];
    struct tape t = {0};
    struct tape_fault fault;
    struct buf got = {0};
    ck_assert_msg(tape_scan(&t, row->was, strlen(row->was), &fault), "%s", row->name);
    unsigned done = mend_row(&t, "kept", &got);
    const char *want = row->now ? row->now : row->was;
    ck_assert_msg(strcmp(buf_text(&got), want) == 0, "%s: %s", row->name, buf_text(&got));
    ck_assert_msg(done == row->done, "%s: %u", row->name, done);

    struct buf again = {0};
    ck_assert(tape_scan(&t, got.at, got.len, &fault));
    ck_assert_uint_eq(mend_row(&t, "kept", &again), 0);
    ck_assert_str_eq(buf_text(&again), buf_text(&got));
    buf_release(&again);
    buf_release(&got);
    tape_release(&t);
}
END_TEST

START_TEST(test_without_a_field_answers_stay)
{
    static const char text[] = ROW("{\"role\":\"system\"}," U "," A("\"a\""));
    static const char want[] = ROW("{\"role\":\"developer\"}," U "," A("\"a\""));
    struct tape t = {0};
    struct tape_fault fault;
    struct buf got = {0};
    ck_assert(tape_scan(&t, text, strlen(text), &fault));
    ck_assert_uint_eq(mend_row(&t, NULL, &got), R);
    ck_assert_str_eq(buf_text(&got), want);
    buf_release(&got);
    tape_release(&t);
}
END_TEST

static const struct name {
    const char *row;
    const char *field;
} names[] = {
    {ROW(U "," A("\"a\"")), "reference_answer"},
    {"{\"messages\":[" U "],\"reference_answer\":\"a\"}", "dropped_answer"},
    {"{\"messages\":[" U "," A("\"a\"") "],\"reference_answer\":\"b\"}", "dropped_answer"},
    {"{\"messages\":[" U "," A("\"a\"") "],\"reference_answer\":\"a\"}", "reference_answer"},
    {"{\"messages\":[" U "," A("\"1\"") "],\"reference_answer\":1}", "dropped_answer"},
    {"{\"reference_answer\":1,\"dropped_answer\":2}", "dropped_answer_2"},
};

START_TEST(test_the_field_is_one_that_no_row_has)
{
    struct tape t = {0};
    struct tape_fault fault;
    unsigned taken = 0;
    ck_assert(tape_scan(&t, names[_i].row, strlen(names[_i].row), &fault));
    mend_note_fields(&t, &taken);
    ck_assert_str_eq(mend_field(taken), names[_i].field);
    ck_assert_ptr_null(mend_field((1u << MEND_N_FIELDS) - 1));
    tape_release(&t);
}
END_TEST

static const struct hunk {
    const char *was; /* NULL: none */
    const char *now;
    bool unended;
    const char *told;
} hunks[] = {
    {"a system b", "a developer b", false, "@@ -3 +2 @@\n-a system b\n+a developer b\n"},
    {"gone", NULL, false, "@@ -3 +2,0 @@\n-gone\n"},
    {"", NULL, false, "@@ -3 +2,0 @@\n-\n"},
    {"end", "end", true, "@@ -3 +2 @@\n-end\n\\ No newline at end of file\n+end\n"},
    {"aa", "aaa", false, "@@ -3 +2 @@\n-aa\n+aaa\n"},
    {"x\r", "x", false, "@@ -3 +2 @@\n-x^M\n+x\n"},
    {"\xff", "y", false, "@@ -3 +2 @@\n-\xef\xbf\xbd\n+y\n"},
};

START_TEST(test_a_change_is_told)
{
    const struct hunk *h = &hunks[_i];
    struct diff_line was = {h->was, h->was ? strlen(h->was) : 0, 3, h->unended};
    struct diff_line now = {h->now, h->now ? strlen(h->now) : 0, 2, false};
    struct buf out = {0};
    diff_hunk(&was, &now, &out);
    ck_assert_str_eq(buf_text(&out), h->told);
    buf_release(&out);
}
END_TEST

START_TEST(test_long_lines_are_cut_around_the_change)
{
    enum { LONG = 5000 };
    char was[LONG];
    char now[LONG];
    struct buf out = {0};
    for (int change = 0; change < LONG - 1; change += 7) {
        for (int i = 0; i + 1 < LONG; i += 2) { /* two bytes a code point */
            memcpy(was + i, "\xc3\xa9", 2);
            memcpy(now + i, "\xc3\xa9", 2);
        }
        now[change] = 'x';
        diff_hunk(&(struct diff_line){was, LONG, 1, false},
                  &(struct diff_line){now, LONG, 1, false}, &out);
        ck_assert_uint_lt(out.len, 300);
        ck_assert_ptr_nonnull(strchr(buf_text(&out), 'x'));
        buf_clear(&out);
    }
    memset(now, 'x', LONG);
    diff_hunk(&(struct diff_line){was, LONG, 1, false}, &(struct diff_line){now, LONG, 1, false},
              &out);
    ck_assert_uint_lt(out.len, 800);
    ck_assert_ptr_nonnull(strstr(buf_text(&out), "[...]"));
    buf_release(&out);
}
END_TEST

Suite *mend_suite(void)
{
    Suite *suite = suite_create("mend");
    TCase *tcase = tcase_create("mend");
    tcase_add_loop_test(tcase, test_mends_as_its_row_says, 0, (int)COUNT_OF(rows));
    tcase_add_test(tcase, test_without_a_field_answers_stay);
    tcase_add_loop_test(tcase, test_the_field_is_one_that_no_row_has, 0, (int)COUNT_OF(names));
    tcase_add_loop_test(tcase, test_a_change_is_told, 0, (int)COUNT_OF(hunks));
    tcase_add_test(tcase, test_long_lines_are_cut_around_the_change);
    suite_add_tcase(suite, tcase);
    return suite;
}
