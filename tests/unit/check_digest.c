#include "sim/base/cc.h"
#include "sim/job/row_digest.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

static const struct row {
    const char *name;
    const char *a;
    const char *b;
    bool same;
} rows[] = {
    {"keys in another order", "{\"a\": 1, \"b\": [2]}", "{\"b\": [2], \"a\": 1}", true},
    {"another spacing", "{\"a\":{\"b\":[]}}", "{ \"a\" : { \"b\" : [ ] } }", true},
    {"a character escaped", "{\"a\": \"\\u00e9\\n\"}", "{\"a\": \"\xc3\xa9\\u000a\"}", true},
    {"a key escaped", "{\"\\u0061\": 1}", "{\"a\": 1}", true},
    {"one number, written in two ways", "{\"a\": 1}", "{\"a\": 1.0e0}", true},
    {"a zero with a sign", "{\"a\": 0}", "{\"a\": -0.0}", true},
    {"the trace of an export (6.6)", "{\"a\": 1}", "{\"a\": 1, \"trace\": {\"spans\": []}}", true},
    {"a trace further in", "{\"a\": {}}", "{\"a\": {\"trace\": 1}}", false},
    {"another value", "{\"a\": 1}", "{\"a\": 2}", false},
    {"a number and its text", "{\"a\": 1}", "{\"a\": \"1\"}", false},
    {"null and no key", "{\"a\": null}", "{}", false},
    {"null, false and nothing", "{\"a\": null}", "{\"a\": false}", false},
    {"elements in another order", "{\"a\": [1, 2]}", "{\"a\": [2, 1]}", false},
    {"nested otherwise", "{\"a\": [[1], 2]}", "{\"a\": [[1, 2]]}", false},
    {"values that changed keys", "{\"a\": 1, \"b\": 2}", "{\"a\": 2, \"b\": 1}", false},
    {"a member twice", "{\"a\": [{\"b\": 1}]}", "{\"a\": [{\"b\": 1}, {\"b\": 1}]}", false},
    {"an empty list and an empty object", "{\"a\": []}", "{\"a\": {}}", false},
};

START_TEST(test_a_digest_is_of_the_content)
{
    const struct row *row = &rows[_i];
    struct tape a = fixture_tape(row->a);
    struct tape b = fixture_tape(row->b);
    ck_assert_msg((row_digest(&a) == row_digest(&b)) == row->same, "%s", row->name);
    tape_release(&a);
    tape_release(&b);
}
END_TEST

/* It is stored: a digest that changes with the program would pair no row of an older run. */
START_TEST(test_a_digest_stays_what_it_was)
{
    struct tape t =
        fixture_tape("{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}], \"n\": 1.5}");
    ck_assert_uint_eq(row_digest(&t), 10702322278266129580u);
    tape_release(&t);
}
END_TEST

Suite *digest_suite(void)
{
    Suite *suite = suite_create("digest");
    TCase *tcase = tcase_create("digest");
    tcase_add_loop_test(tcase, test_a_digest_is_of_the_content, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_a_digest_stays_what_it_was);
    suite_add_tcase(suite, tcase);
    return suite;
}
