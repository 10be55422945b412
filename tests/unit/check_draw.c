#include <stdio.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/job/schema_draw.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

static void a_word(void *arg, struct rng *rng, struct buf *out)
{
    static const char *const words[] = {"lamp", "caf\xc3\xa9", "A \"1\"", ""};
    (void)arg;
    buf_text_add(out, words[rng_below(rng, COUNT_OF(words))]);
}

#define TREE                                                                                 \
    "{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"type\":\"object\",\"properties\":{\"v\":{"  \
    "\"type\":\"integer\"},\"kids\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/n\"}}" \
    "},\"required\":[\"v\",\"kids\"],\"additionalProperties\":false}}}"

/* What is drawn fits (schema_draw holds it against schema_fits, and so does the test); `never` and
 * `ever` are texts that no drawn value has, and that one of many has. */
static const struct {
    const char *name, *schema, *ever, *never;
} rows[] = {
    {"any value", "{}", "\"", NULL},
    {"a word", "{\"type\":\"string\"}", "\"lamp\"", NULL},
    {"a word long enough", "{\"type\":\"string\",\"minLength\":9}", "lamp lamp", "\"lamp\""},
    {"cut between characters", "{\"type\":\"string\",\"minLength\":4,\"maxLength\":4}",
     "\"caf\xc3\xa9\"", NULL},
    {"an empty one", "{\"type\":\"string\",\"maxLength\":0}", "\"\"", "lamp"},
    {"a format", "{\"type\":\"string\",\"format\":\"date\"}", "2026-", "lamp"},
    {"the least integer", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":3}", "1", "0"},
    {"the greatest", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":3}", "3", "4"},
    {"bounds left out", "{\"type\":\"integer\",\"exclusiveMinimum\":4,\"exclusiveMaximum\":6}", "5",
     "6"},
    {"below a bound", "{\"type\":\"integer\",\"maximum\":-5}", "-", NULL},
    {"a number", "{\"type\":\"number\",\"minimum\":0.001,\"maximum\":0.002}", "0.001", "0.00 "},
    {"huge bounds", "{\"type\":\"number\",\"minimum\":-1e308,\"maximum\":1e308}", "e", NULL},
    {"steps", "{\"type\":\"integer\",\"multipleOf\":25,\"minimum\":1,\"maximum\":100}", "75",
     "10 "},
    {"steps of a fraction", "{\"type\":\"number\",\"multipleOf\":0.5,\"maximum\":2}", "0.5", NULL},
    {"true or false", "{\"type\":\"boolean\"}", "false", "null"},
    {"one of several types", "{\"type\":[\"integer\",\"null\"]}", "null", "\""},
    {"an enum", "{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}", "\"b\"", "lamp"},
    {"a const", "{\"const\":{\"a\": 1}}", "{\"a\":1}", "2"},
    {"a list",
     "{\"type\":\"array\",\"items\":{\"type\":\"boolean\"},\"minItems\":2,\"maxItems\":"
     "3}",
     "[true,false,true]", "[]"},
    {"different items",
     "{\"type\":\"array\",\"uniqueItems\":true,\"minItems\":2,\"items\":{\"enum\":[1,2,3]}}",
     "[3,1]", "1,1"},
    {"what is required is there",
     "{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1},\"b\":{"
     "\"const\":2}},\"required\":[\"a\"]}",
     "{\"a\":1}", "{}"},
    {"what is not may be",
     "{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1},\"b\":{"
     "\"const\":2}},\"required\":[\"a\"],\"additionalProperties\":false}",
     "{\"a\":1,\"b\":2}", "lamp"},
    {"required and not described", "{\"type\":\"object\",\"required\":[\"z\"]}", "\"z\":\"", "{}"},
    {"one of several", "{\"anyOf\":[{\"const\":1},{\"type\":\"null\"}]}", "null", "2"},
    {"or two things at once",
     "{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1},\"b\":{"
     "\"const\":2}},\"anyOf\":[{\"required\":[\"a\"]},{\"required\":["
     "\"b\"]}]}",
     "{\"b\":2}", "{}"},
    {"a schema that holds itself", TREE, "\"kids\":[{", NULL},
};

START_TEST(test_what_is_drawn_fits)
{
    struct tape tape = fixture_tape(rows[_i].schema);
    struct schema schema = {&tape, 0};
    struct schema_source source = {a_word, NULL};
    bool ever = false;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct rng rng = rng_seed(seed);
        struct rng again = rng_seed(seed);
        struct buf out = {0};
        struct buf same = {0};
        struct schema_miss miss;
        char why[SCHEMA_WHY_ROOM];
        ck_assert_msg(schema_draw(&schema, &rng, &source, &out, why), "%s: %s", rows[_i].name, why);
        ck_assert(schema_draw(&schema, &again, &source, &same, why));
        ck_assert_str_eq(buf_text(&out), buf_text(&same));
        struct tape value = fixture_tape(buf_text(&out));
        ck_assert_msg(schema_fits(&schema, &value, 0, &miss), "%s: %s: %s", rows[_i].name,
                      buf_text(&out), miss.text);
        ck_assert_msg(!rows[_i].never || !strstr(buf_text(&out), rows[_i].never), "%s: %s",
                      rows[_i].name, buf_text(&out));
        ever = ever || strstr(buf_text(&out), rows[_i].ever);
        tape_release(&value);
        buf_release(&out);
        buf_release(&same);
    }
    ck_assert_msg(ever, "%s: never %s", rows[_i].name, rows[_i].ever);
    tape_release(&tape);
}
END_TEST

static const struct {
    const char *schema, *why; /* a part */
} hopeless[] = {
    {"{\"type\":\"integer\",\"minimum\":3,\"maximum\":2}", "nothing drawn in 32 tries"},
    {"{\"type\":\"string\",\"minLength\":1000000}", "asks for too much"},
    {"{\"type\":\"array\",\"minItems\":300000,\"items\":{}}", "asks for too much"},
    {"{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"type\":\"object\",\"properties\":{\"n\":{"
     "\"$ref\":\"#/$defs/n\"}},\"required\":[\"n\"]}}}",
     "holds itself"},
    {"{\"type\":\"array\",\"minItems\":9,\"uniqueItems\":true,\"items\":{\"type\":\"boolean\"}}",
     "nothing drawn in 32 tries"},
    {"{\"type\":\"text\"}", "its schema is at fault"},
    {"3", "its schema is at fault"},
    {"false", "nothing drawn in 32 tries"},
};

START_TEST(test_what_cannot_be_drawn_says_why)
{
    struct tape tape = fixture_tape(hopeless[_i].schema);
    struct schema_source source = {a_word, NULL};
    struct rng rng = rng_seed(1);
    struct buf out = {0};
    char why[SCHEMA_WHY_ROOM];
    buf_text_add(&out, "before");
    ck_assert(!schema_draw(&(struct schema){&tape, 0}, &rng, &source, &out, why));
    ck_assert_msg(strstr(why, hopeless[_i].why) != NULL, "%s: %s", hopeless[_i].schema, why);
    ck_assert_str_eq(buf_text(&out), "before");
    buf_release(&out);
    tape_release(&tape);
}
END_TEST

Suite *draw_suite(void)
{
    Suite *suite = suite_create("draw");
    TCase *tcase = tcase_create("draw");
    tcase_add_loop_test(tcase, test_what_is_drawn_fits, 0, COUNT_OF(rows));
    tcase_add_loop_test(tcase, test_what_cannot_be_drawn_says_why, 0, COUNT_OF(hopeless));
    suite_add_tcase(suite, tcase);
    return suite;
}
