#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/template.h"
#include "tests/unit/suites.h"

static const char *const roots[] = {"item", "sample", NULL};
static const char item[] = "{\"name\":\"Ada\",\"n\":1.50,\"big\":100000,\"t\":true,\"z\":null,"
                           "\"tags\":[\"a\", {\"deep\": [1, 2]}],\"braces\":\"{{item.n}}\","
                           "\"esc\":\"a\\n\\u00e9\",\"empty\":\"\",\"a-b\":\"dash\","
                           "\"id\":12345678901234567890,\"order\":-1234567890123456,"
                           "\"e\":1E3,\"zero\":-0}";

static bool find(const void *arg, const struct template_path *path, size_t *n_taken,
                 struct template_value *out, struct template_fault *fault)
{
    (void)n_taken;
    (void)fault;
    if (path->root == 0)
        *out = (struct template_value){.tape = arg};
    else
        *out = (struct template_value){.text = "plain", .text_len = 5};
    return true;
}

static const struct row {
    const char *text;
    const char *rendered; /* NULL: it resolves nowhere */
    const char *why;
} rows[] = {
    {"", "", NULL},
    {"no template", "no template", NULL},
    {"{{item.name}}", "Ada", NULL},
    {"Hi {{ item.name }}, {{item.name}}!", "Hi Ada, Ada!", NULL},
    {"{{item.n}}", "1.5", NULL},
    {"{{item.big}}", "100000", NULL},
    {"{{item.id}}", "12345678901234567890", NULL}, /* more digits than a double holds */
    {"{{item.order}}", "-1234567890123456", NULL},
    {"{{item.e}}", "1000", NULL},
    {"{{item.zero}}", "0", NULL},
    {"{{item.t}}/{{item.z}}", "true/null", NULL},
    {"{{item.tags}}", "[\"a\",{\"deep\":[1,2]}]", NULL},
    {"{{item.tags[1].deep[0]}}", "1", NULL},
    {"{{item.braces}}", "{{item.n}}", NULL}, /* not scanned again (TP-4) */
    {"{{item.esc}}", "a\n\xc3\xa9", NULL},
    {"[{{item.empty}}]", "[]", NULL},
    {"{{item.a-b}}", "dash", NULL},
    {"{ {item.name} }", "{ {item.name} }", NULL},
    {"{{sample}}", "plain", NULL},
    {"{{item.nope}}", NULL, "item has no key 'nope'"},
    {"{{item.tags[2]}}", NULL, "tags has 2 elements"},
    {"{{item.name.first}}", NULL, "name is a string, not an object"},
    {"{{item.z.x}}", NULL, "z is null, not an object"},
    {"{{item.name[0]}}", NULL, "name is a string, not a list"},
    {"{{item.tags[1].deep.x}}", NULL, "deep is a list, not an object"},
    {"{{sample.x}}", NULL, "sample is text, not JSON"},
};

START_TEST(test_renders_as_its_row_says)
{
    const struct row *row = &rows[_i];
    struct err e = {0};
    struct template *t = NULL;
    struct tape tape = {0};
    struct tape_fault at;
    ck_assert(tape_scan(&tape, item, strlen(item), &at));
    ck_assert_msg(template_parse(&t, row->text, strlen(row->text), roots, &e) == ERR_OK, "%s: %s",
                  row->text, e.text);
    struct template_scope scope = {.find = find, .arg = &tape};
    struct template_fault fault = {0};
    struct buf out = {0};
    bool rendered = template_render(t, &scope, &out, NULL, &fault);
    ck_assert_msg(rendered == (row->rendered != NULL), "%s: %s", row->text, fault.why);
    if (rendered)
        ck_assert_str_eq(buf_text(&out), row->rendered);
    else
        ck_assert_str_eq(fault.why, row->why);
    buf_release(&out);
    template_free(t);
    tape_release(&tape);
}
END_TEST

START_TEST(test_kinds_of_values_have_their_first_path)
{
    static const char text[] = "{{item.name}} {{item.z}} {{item.tags}} {{item.n}} {{item.big}}";
    struct err e = {0};
    struct template *t = NULL;
    struct tape tape = {0};
    struct tape_fault at;
    struct template_scope scope = {.find = find, .arg = &tape};
    struct template_kinds kinds = {0};
    struct template_fault fault;
    struct buf out = {0};
    ck_assert(tape_scan(&tape, item, strlen(item), &at));
    ck_assert(!template_parse(&t, text, strlen(text), roots, &e));
    ck_assert(template_render(t, &scope, &out, &kinds, &fault));
    ck_assert_str_eq(kinds.path[TAPE_STRING], "item.name");
    ck_assert_str_eq(kinds.path[TAPE_NULL], "item.z");
    ck_assert_str_eq(kinds.path[TAPE_ARRAY], "item.tags");
    ck_assert_str_eq(kinds.path[TAPE_NUMBER], "item.n");
    ck_assert_ptr_null(kinds.path[TAPE_OBJECT]);
    buf_release(&out);
    template_free(t);
    tape_release(&tape);
}
END_TEST

static const struct {
    const char *text;
    const char *json;
} typed[] = {
    {"{{item.n}}", "1.50"},      {"{{item.name}}", "\"Ada\""},
    {"{{item.z}}", "null"},      {"{{ item.tags[1] }}", "{\"deep\":[1,2]}"},
    {"{{sample}}", "\"plain\""},
};

START_TEST(test_one_path_keeps_its_type)
{
    struct err e = {0};
    struct template *t = NULL;
    struct tape tape = {0};
    struct tape_fault at;
    ck_assert(tape_scan(&tape, item, strlen(item), &at));
    ck_assert_int_eq(template_parse(&t, typed[_i].text, strlen(typed[_i].text), roots, &e), ERR_OK);
    ck_assert(template_is_one_path(t));
    struct template_scope scope = {.find = find, .arg = &tape};
    struct template_fault fault = {0};
    struct buf out = {0};
    ck_assert(template_render_json(t, &scope, &out, &fault));
    ck_assert_str_eq(buf_text(&out), typed[_i].json);
    buf_release(&out);
    template_free(t);
    tape_release(&tape);
}
END_TEST

static const struct {
    const char *text;
    const char *message;
} refused[] = {
    {"{{item.x", "column 1: '{{' without '}}'"},
    {"a {{itm.x}}", "column 5: 'itm' is not a name that templates know: item or sample"},
    {"{{}}", "column 3: '' is not a name that templates know: item or sample"},
    {"{{item.}}", "column 8: expected a key after '.'"},
    {"{{item[x]}}", "column 8: expected [digits]"},
    {"{{item[-1]}}", "column 8: expected [digits]"},
    {"{{item.a b}}", "column 10: unexpected 'b' in a template"},
};

START_TEST(test_says_where_a_template_is_wrong)
{
    struct err e = {0};
    struct template *t = NULL;
    const char *text = refused[_i].text;
    ck_assert_int_eq(template_parse(&t, text, strlen(text), roots, &e), ERR_JOB);
    ck_assert_str_eq(e.text, refused[_i].message);
}
END_TEST

Suite *template_suite(void)
{
    Suite *suite = suite_create("template");
    TCase *tcase = tcase_create("template");
    tcase_add_loop_test(tcase, test_renders_as_its_row_says, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_kinds_of_values_have_their_first_path);
    tcase_add_loop_test(tcase, test_one_path_keeps_its_type, 0, COUNT_OF(typed));
    tcase_add_loop_test(tcase, test_says_where_a_template_is_wrong, 0, COUNT_OF(refused));
    suite_add_tcase(suite, tcase);
    return suite;
}
