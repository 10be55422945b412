#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/run/drift.h"
#include "sim/run/rollout.h"
#include "sim/view/drift.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

#define SAME "same"

static const struct {
    const char *name, *recorded;
    bool cut;
    const char *now;
    const char *want; /* SAME, the place of the first difference, or NULL: one is not JSON */
} rows[] = {
    {"the same bytes", "[1]", false, "[1]", SAME},
    {"no JSON, the same bytes", "{\"a", false, "{\"a", SAME},
    {"nothing", "", false, "", SAME},
    {"another spacing", "{\"a\":[1,2]}", false, " { \"a\" : [ 1, 2 ] }\n", SAME},
    {"keys in another order", "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", false,
     "{\"b\":{\"d\":3,\"c\":2},\"a\":1}", SAME},
    {"escaped otherwise", "\"\\u00e9\\n\"", false, "\"\xc3\xa9\\u000a\"", SAME},
    {"a key escaped", "{\"\\u0061\":1}", false, "{\"a\":1}", SAME},
    {"a number written otherwise", "[1.0, 1e2]", false, "[1, 100]", SAME},
    {"a zero with a sign", "[-0, 0, 0.0]", false, "[0, -0.0, -0]", SAME},
    {"a key that stands twice", "{\"a\":1,\"a\":2}", false, "{ \"a\":1,\"a\":2}", SAME},
    {"a key in the place of one that stands twice", "{\"a\":1,\"a\":1}", false, "{\"a\":1,\"b\":2}",
     ""},
    {"texts with a NUL", "[\"a\\u0000b\"]", false, "[\"a\\u0000c\"]", "/0"},
    {"a number is another", "{\"a\":[1,2]}", false, "{\"a\":[1,3]}", "/a/1"},
    {"integers that no double tells apart", "[9007199254740993]", false, "[9007199254740992]",
     "/0"},
    {"a text is another", "{\"a\":\"x\"}", false, "{\"a\":\"y\"}", "/a"},
    {"the beginning of a text", "\"xy\"", false, "\"x\"", ""},
    {"a number and its text", "[1]", false, "[\"1\"]", "/0"},
    {"null and nothing", "{\"a\":null}", false, "{}", ""},
    {"a list is longer", "{\"a\":[1]}", false, "{\"a\":[1,1]}", "/a"},
    {"elements in another order", "[1,2]", false, "[2,1]", "/0"},
    {"a key is another", "{\"a\":1}", false, "{\"b\":1}", "/a"},
    {"true and false", "[true]", false, "[false]", "/0"},
    {"a pointer with odd keys", "{\"a/b\":{\"~\":1}}", false, "{\"a/b\":{\"~\":2}}", "/a~1b/~0"},
    {"the second of several", "{\"a\":1,\"b\":2,\"c\":3}", false, "{\"c\":4,\"b\":3,\"a\":1}",
     "/b"},
    {"one is not JSON", "{\"a\":1}", false, "a: 1", NULL},
    {"neither is", "one", false, "two", NULL},
    {"a cut one, and what goes on behind it", "{\"a\":1", true, "{\"a\":1, \"b\":2}", SAME},
    {"a cut one that begins otherwise", "{\"a\":1", true, "{\"a\":2, \"b\":2}", NULL},
    {"a cut one, and less than that", "{\"a\":1", true, "{\"a\"", NULL},
    {"masked when it was recorded", "it is ${KEY}", false, "it is sk-12345", SAME},
    {"masked, as JSON", "{\"a\":\"${KEY}\",\"b\":1}", false, "{\"b\":1, \"a\":\"sk-12345\"}", SAME},
    {"masked, and another besides", "{\"a\":\"${KEY}\",\"b\":1}", false,
     "{\"a\":\"sk-12345\",\"b\":2}", "/a"},
};

static void setup(void)
{
    secret_forget();
    secret_add("sk-12345", "${KEY}");
}

START_TEST(test_an_answer_is_the_same)
{
    char *place = NULL;
    struct recorded_text was = {rows[_i].recorded, strlen(rows[_i].recorded)};
    bool same = drift_is_same(&was, rows[_i].cut, rows[_i].now, strlen(rows[_i].now), &place);
    const char *got = same ? SAME : place;
    ck_assert_msg(got ? rows[_i].want && strcmp(got, rows[_i].want) == 0 : !rows[_i].want, "%s: %s",
                  rows[_i].name, got ? got : "no JSON");
    ck_assert(!same || !place);
    free(place);
}
END_TEST

/* Many keys in another order must not take for ever; in the same one they are compared. */
START_TEST(test_many_keys)
{
    enum { N = 100000 };
    char *place = NULL;
    struct buf a = {0};
    struct buf b = {0};
    buf_char(&a, '{');
    buf_text_add(&b, "{ ");
    for (int i = 0; i < N; i++) {
        buf_printf(&a, "%s\"%d\":1", i ? "," : "", i);
        buf_printf(&b, "%s\"%d\":1", i ? "," : "", i);
    }
    buf_char(&a, '}');
    buf_char(&b, '}');
    struct recorded_text was = {buf_text(&a), a.len};
    ck_assert(drift_is_same(&was, false, buf_text(&b), b.len, &place));
    buf_clear(&b);
    buf_char(&b, '{');
    for (int i = N; i-- > 0;)
        buf_printf(&b, "\"%d\":1%s", i, i ? "," : "}");
    ck_assert(!drift_is_same(&was, false, buf_text(&b), b.len, &place));
    free(place);
    buf_release(&a);
    buf_release(&b);
}
END_TEST

/* --- A rollout ------------------------------------------------------------------------------- */

static char yes[] = "yes";
static char no[] = "no";
static char arguments[] = "{}";
static const struct recorded_call said_yes = {
    .name = "f", .fate = RECORDED_ANSWERED, .output = {yes, 3}};
static const struct recorded_call was_lost = {.name = "f", .fate = RECORDED_LOST};
static const struct recorded_call untold = {.name = "f", .fate = RECORDED_UNKNOWN};

static const struct {
    const char *name;
    const struct recorded_call *recorded;
    char *now;
    bool played;
    size_t n_compared;
    const char *want; /* recorded, now; - for none; NULL: no drift */
} calls[] = {
    {"the same", &said_yes, yes, false, 1, NULL},
    {"another", &said_yes, no, false, 1, "yes no"},
    {"lost now", &said_yes, NULL, false, 1, "yes -"},
    {"lost then", &was_lost, yes, false, 1, "- yes"},
    {"lost both times", &was_lost, NULL, false, 1, NULL},
    {"not told", &untold, no, false, 0, NULL},
    {"not recorded", NULL, no, false, 0, NULL},
    {"played", &said_yes, yes, true, 0, NULL},
};

START_TEST(test_what_differs_in_a_rollout)
{
    struct policy_call call = {.name = "f",
                               .arguments = arguments,
                               .arguments_len = 2,
                               .output = calls[_i].now,
                               .output_len = calls[_i].now ? strlen(calls[_i].now) : 0,
                               .recorded = calls[_i].recorded,
                               .played = calls[_i].played};
    struct rollout r = {.calls = &call, .n_calls = 1};
    struct drift *at = NULL;
    size_t n = 0;
    size_t n_compared = 0;
    drift_find(&r, 1, &at, &n, &n_compared);
    ck_assert_msg(n_compared == calls[_i].n_compared, "%s: %zu compared", calls[_i].name,
                  n_compared);
    ck_assert_msg(n == (calls[_i].want != NULL), "%s: %zu differ", calls[_i].name, n);
    if (n) {
        char *got = mem_printf("%s %s", at->recorded.at ? at->recorded.at : "-",
                               at->now.at ? at->now.at : "-");
        ck_assert_msg(strcmp(got, calls[_i].want) == 0, "%s: %s", calls[_i].name, got);
        ck_assert_str_eq(at->arguments.at, "{}");
        free(got);
    }
    drift_free(at, n);
}
END_TEST

/* --- The file -------------------------------------------------------------------------------- */

#define LINE(phase, step) \
    "{\"type\":\"drift\",\"version\":1,\"phase\":\"" phase "\",\"step\":" step ",\"x\":1}\n"

START_TEST(test_lines_of_a_wave_are_dropped)
{
    struct err e = {0};
    char *text = NULL;
    size_t len = 0;
    struct wave w = {.phase = WAVE_TRAIN, .step = 1};
    ck_assert_int_eq(drift_drop("drift.jsonl", &w, &e), ERR_OK); /* there is none */
    ck_assert_int_ne(file_read(&text, &len, "drift.jsonl", 1000, &e), ERR_OK);
    err_clear(&e);
    scratch_file("drift.jsonl", LINE("valid", "1") LINE("train", "1") LINE("train", "11")
                                    LINE("train", "1") "{\"type\":\"drift\",\"vers");
    ck_assert_int_eq(drift_drop("drift.jsonl", &w, &e), ERR_OK);
    ck_assert_int_eq(file_read(&text, &len, "drift.jsonl", 1000, &e), ERR_OK);
    ck_assert_str_eq(text, LINE("valid", "1") LINE("train", "11"));
    free(text);
}
END_TEST

Suite *drift_suite(void)
{
    Suite *suite = suite_create("drift");
    TCase *tcase = tcase_create("drift");
    tcase_add_checked_fixture(tcase, setup, secret_forget);
    tcase_add_loop_test(tcase, test_an_answer_is_the_same, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_many_keys);
    tcase_add_loop_test(tcase, test_what_differs_in_a_rollout, 0, COUNT_OF(calls));
    suite_add_tcase(suite, tcase);
    TCase *file = tcase_create("file");
    tcase_add_checked_fixture(file, scratch_enter, scratch_leave);
    tcase_add_test(file, test_lines_of_a_wave_are_dropped);
    suite_add_tcase(suite, file);
    return suite;
}
