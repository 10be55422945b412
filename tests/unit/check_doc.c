#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/job/doc.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

static void setup(void)
{
    scratch_enter();
    secret_forget();
    setenv("RFTSIM_TEST", "from outside", 1);
    setenv("RFTSIM_FOUR", "4", 1);
    setenv("RFTSIM_EMPTY", "", 1);
    unsetenv("RFTSIM_UNSET");
}

static void teardown(void)
{
    scratch_leave();
    secret_forget();
}

/* What a YAML text is in JSON, before and after expansion. */
static const struct tree_row {
    const char *yaml;
    const char *json;
    const char *source; /* NULL: the same */
} tree_rows[] = {
    {"a: 1\n", "{\"a\":1}", NULL},
    {"{a: 1}", NULL, NULL}, /* begins with '{': JSON, and not good JSON */
    {"- 1\n- b\n", "[1,\"b\"]", NULL},
    {"just a word", "\"just a word\"", NULL},
    {"a: [~, null, Null, NULL]\nb:\n", "{\"a\":[null,null,null,null],\"b\":null}", NULL},
    {"a: [true, True, FALSE]", "{\"a\":[true,true,false]}", NULL},
    {"a: [yes, no, on, off, y, tRue]", "{\"a\":[\"yes\",\"no\",\"on\",\"off\",\"y\",\"tRue\"]}",
     NULL},
    {"a: [0, -1, +2, 007, 0o17, 0x1F]", "{\"a\":[0,-1,2,7,15,31]}", NULL},
    {"a: [1.5, .5, -1., 1e3, 1E-2, 2.5e+1]", "{\"a\":[1.5,0.5,-1.0,1000.0,0.01,25.0]}", NULL},
    {"a: [., '-', 1e, e1, 0x, 0b1, 1_000, '1', \"true\", 12:30]",
     "{\"a\":[\".\",\"-\",\"1e\",\"e1\",\"0x\",\"0b1\",\"1_000\",\"1\",\"true\",\"12:30\"]}", NULL},
    {"a: 9223372036854775807\nb: 9223372036854775808\n",
     "{\"a\":9223372036854775807,\"b\":9223372036854775808.0}", NULL},
    {"a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{\"a\":\"x\\ny\\n\",\"b\":\"x y\"}", NULL},
    {"\xef\xbb\xbf# mark\na: 1\n", "{\"a\":1}", NULL},
    {"%YAML 1.2\n---\na: 1\n...\n", "{\"a\":1}", NULL},
    {"1: a\ntrue: b\n'': c\n", "{\"1\":\"a\",\"true\":\"b\",\"\":\"c\"}", NULL},
    {"'<<': a\n", "{\"<<\":\"a\"}", NULL},
    {"a: ${RFTSIM_TEST}!", "{\"a\":\"from outside!\"}", "{\"a\":\"${RFTSIM_TEST}!\"}"},
    {"a: ${RFTSIM_FOUR}\nb: \"${RFTSIM_FOUR}\"\nc: ${RFTSIM_FOUR}${RFTSIM_FOUR}",
     "{\"a\":4,\"b\":\"4\",\"c\":44}",
     "{\"a\":\"${RFTSIM_FOUR}\",\"b\":\"${RFTSIM_FOUR}\",\"c\":\"${RFTSIM_FOUR}${RFTSIM_FOUR}\"}"},
    {"a: ${RFTSIM_UNSET:-1.5}\nb: ${RFTSIM_UNSET:-}\nc: '${RFTSIM_UNSET:-}'",
     "{\"a\":1.5,\"b\":null,\"c\":\"\"}",
     "{\"a\":\"${RFTSIM_UNSET:-1.5}\",\"b\":\"${RFTSIM_UNSET:-}\",\"c\":\"${RFTSIM_UNSET:-}\"}"},
    {"a: ${RFTSIM_EMPTY:-d}", "{\"a\":\"d\"}", "{\"a\":\"${RFTSIM_EMPTY:-d}\"}"},
    {"a: $${RFTSIM_TEST} $ {}", "{\"a\":\"${RFTSIM_TEST} $ {}\"}",
     "{\"a\":\"$${RFTSIM_TEST} $ {}\"}"},
    {"a: ${RFTSIM_FILE}", "{\"a\":\"in .env\"}", "{\"a\":\"${RFTSIM_FILE}\"}"},
    {"${RFTSIM_TEST}: 1", "{\"${RFTSIM_TEST}\":1}", NULL},
};

static char *dumped(const json_t *json)
{
    return json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
}

static void check_tree(const char *name, const json_t *got, const char *want)
{
    json_t *expected = json_loads(want, JSON_DECODE_ANY, NULL);
    if (!expected) /* an integer that jansson's reader refuses */
        expected = json_loads(want, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
    char *text = dumped(got);
    ck_assert_msg(json_equal(got, expected), "%s: %s", name, text);
    free(text);
    json_decref(expected);
}

START_TEST(test_trees)
{
    const struct tree_row *row = &tree_rows[_i];
    scratch_file("a.yaml", row->yaml);
    scratch_file(".env", "RFTSIM_FILE='in .env'\nRFTSIM_TEST=hidden by the environment\n");
    struct doc *d = NULL;
    struct diags list = {0};
    struct err e = {0};
    enum err_code rc = doc_load(&d, "a.yaml", &list, &e);
    ck_assert_msg((rc == ERR_OK) == (row->json != NULL), "%s: %s", row->yaml, e.text);
    if (row->json) {
        check_tree(row->yaml, d->root, row->json);
        check_tree(row->yaml, d->source, row->source ? row->source : row->json);
    }
    doc_free(d);
    diags_release(&list);
}
END_TEST

/* The same tree in both forms, expansion included. */
static const struct twin_row {
    const char *yaml;
    const char *json;
} twin_rows[] = {
    {"a: 1\nb: [1.0, x, true, ~]\nc: {}\n",
     "{\"a\": 1, \"b\": [1.0, \"x\", true, null], \"c\": {}}"},
    {"a: 1e3\nb: 12345678901234567890\nc: -0\n", "{\"a\":1e3,\"b\":12345678901234567890,\"c\":-0}"},
    {"a: \"\\u00e9\\n\\0\"\nb: na\xc3\xafve\n",
     "{\"a\":\"\\u00e9\\n\\u0000\",\"b\":\"na\xc3\xafve\"}"},
    {"a: \"${RFTSIM_TEST}\"\nb: $${x}\n", "{\"a\":\"${RFTSIM_TEST}\",\"b\":\"$${x}\"}"},
    {"a/b: {~c: 1}\n", "{\"a/b\":{\"~c\":1}}"},
};

START_TEST(test_yaml_and_json_give_one_tree)
{
    scratch_file("a.yaml", twin_rows[_i].yaml);
    scratch_file("a.JSON", twin_rows[_i].json);
    struct doc *yaml = NULL;
    struct doc *json = NULL;
    struct diags list = {0};
    struct err e = {0};
    ck_assert_int_eq(doc_load(&yaml, "a.yaml", &list, &e), ERR_OK);
    ck_assert_int_eq(doc_load(&json, "a.JSON", &list, &e), ERR_OK);
    char *text = dumped(json->root);
    ck_assert_msg(json_equal(yaml->root, json->root), "%s: %s", twin_rows[_i].yaml, text);
    ck_assert(json_equal(yaml->source, json->source));
    ck_assert_uint_eq(yaml->n_places, json->n_places);
    free(text);
    doc_free(yaml);
    doc_free(json);
}
END_TEST

/* One fault: its code and place, and part of what is said and advised. */
static const struct fault_row {
    const char *name; /* of the file */
    const char *text;
    enum diag_code code;
    size_t line;
    size_t col;
    const char *says;
    const char *fix; /* NULL: any */
} fault_rows[] = {
    {"a.yaml", "model: x\n\tseed: 3\n", DIAG_J001, 2, 1, "a tab cannot indent", "spaces"},
    {"a.yaml", "model:\n\tseed: 3\n", DIAG_J001, 2, 1, "a tab", "spaces"},
    {"a.yaml", "a: b: c\n", DIAG_J001, 1, 5, "':'", "quotes"},
    {"a.yaml", "a:\n  b: 1\n c: 2\n", DIAG_J001, 3, 2, "column of the keys above", "column"},
    {"a.yaml", "a: 1\nmethod\nb: 2\n", DIAG_J001, 2, 1, "not 'key: value'", "key: value"},
    {"a.yaml", "a: \"open\nb: 2\n", DIAG_J001, 1, 4, "quotes that begin here", NULL},
    {"a.yaml", "a: [1, 2\nb: 3\n", DIAG_J001, 2, 2, "to close what line 1 opens", NULL},
    {"a.yaml", "a: {b: ${X:-4}}\n", DIAG_J001, 1, 9, "expected ',' or '}'", "${NAME} in quotes"},
    {"a.yaml", "a:\n  - b:\n      c: {d\n", DIAG_J001, 4, 1, "to close what line 3 opens", NULL},
    {"a.yaml", "a: @b\n", DIAG_J001, 1, 4, "cannot begin with '@'", "quotes"},
    {"a.yaml", "a: \"\\q\"\n", DIAG_J001, 1, 5, "an escape", "single quotes"},
    {"a.yaml", "a: &x 1\n", DIAG_J001, 1, 4, "anchors", NULL},
    {"a.yaml", "a: *x\n", DIAG_J001, 1, 4, "aliases", "quotes"},
    {"a.yaml", "a: **********\n", DIAG_J001, 1, 4, "aliases", "quotes"},
    {"a.yaml", "a: !!str 1\n", DIAG_J001, 1, 4, "tags", NULL},
    {"a.yaml", "a: !x\n  b: 1\n", DIAG_J001, 1, 4, "tags", NULL},
    {"a.yaml", "a: 1\n---\nb: 2\n", DIAG_J001, 2, 1, "second document", NULL},
    {"a.yaml", "a: {b: 1}\nc:\n  <<: {d: 1}\n", DIAG_J001, 3, 3, "merge keys", NULL},
    {"a.yaml", "a: {{item.x}}\n", DIAG_J001, 1, 5, "a key must be a word", "quotes"},
    {"a.yaml", "", DIAG_J001, 1, 1, "the file is empty", "init"},
    {"a.yaml", "# nothing\n", DIAG_J001, 1, 1, "the file is empty", "init"},
    {"a.yaml", "a: \x01\n", DIAG_J001, 1, 4, "control character", NULL},
    {"a.yaml", "n: \xc3\xa9\na: \xff\n", DIAG_J001, 2, 4, "not UTF-8", NULL},
    {"a.yaml", "n: \xc3\xa9 ${RFTSIM_UNSET}\n", DIAG_J006, 1, 6, "RFTSIM_UNSET is not set",
     "export RFTSIM_UNSET=..."},
    {"a.yaml", "a: ${RFTSIM_EMPTY}\n", DIAG_J006, 1, 4, "RFTSIM_EMPTY is set, but empty", NULL},
    {"a.yaml", "a: |\n  x = f\"${p}\"\n", DIAG_J006, 2, 9, "p is not set", "$${"},
    {"a.yaml", "a: ${RFTSIM-x}\n", DIAG_J006, 1, 4, "not a variable", "$${"},
    {"a.yaml", "a: .inf\n", DIAG_J005, 1, 4, "no such number", NULL},
    {"a.yaml", "a: 1e999\n", DIAG_J005, 1, 4, "no such number", NULL},
    {"a.yaml", "a: 1\r\nb: 2\r\na: 3\r\n", DIAG_J008, 3, 1, "'a' is given twice", "line 1"},
    {"a.yaml", "b: {c: 1, \"c\": 2}\n", DIAG_J008, 1, 11, "'c' is given twice", "line 1"},
    {"a.json", "{\"a\": 1,\n \"b\": [1,],\n}", DIAG_J001, 2, 10, "", "drop the comma"},
    {"a.json", "{'a': 1}", DIAG_J001, 1, 2, "", "double quotes"},
    {"a.json", "{\"a\": 1 // one\n}", DIAG_J001, 1, 9, "", "no comments"},
    {"a.json", "", DIAG_J001, 1, 1, "ends", NULL},
    {"a.json", "a: 1", DIAG_J001, 1, 1, "", NULL},
    {"a.json", "{\"a\": 1} x", DIAG_J001, 1, 10, "", NULL},
    {"a.yaml", " {a: 1}", DIAG_J001, 1, 3, "", "read as JSON"},
    {"a.json", "{\"a\": 1, \"\\u0061\": 2}", DIAG_J008, 1, 10, "'a' is given twice", NULL},
    {"a.json", "{\"a\": [\"x ${RFTSIM_UNSET}\"]}", DIAG_J006, 1, 11, "not set", NULL},
};

START_TEST(test_faults)
{
    const struct fault_row *row = &fault_rows[_i];
    scratch_file(row->name, row->text);
    struct doc *d = NULL;
    struct diags list = {0};
    struct err e = {0};
    ck_assert_msg(doc_load(&d, row->name, &list, &e) == ERR_JOB, "%s", row->text);
    ck_assert_uint_eq(list.n, 1);
    const struct diag *f = &list.at[0];
    ck_assert_msg(f->code == row->code && f->line == row->line && f->col == row->col,
                  "%s: %s at %zu:%zu: %s", row->text, diag_name(f->code), f->line, f->col, f->text);
    ck_assert_msg(strstr(f->text, row->says), "%s: %s", row->text, f->text);
    ck_assert_msg(!row->fix || (f->fix && strstr(f->fix, row->fix)), "%s: fix %s", row->text,
                  f->fix ? f->fix : "(none)");
    ck_assert_str_eq(e.text, row->name[2] == 'y' ? "a.yaml: 1 fault" : "a.json: 1 fault");
    doc_free(d);
    diags_release(&list);
}
END_TEST

START_TEST(test_all_faults_at_once_and_the_rest_of_the_tree)
{
    scratch_file("a.yaml", "a: ${RFTSIM_UNSET}\nb: [\"${RFTSIM_ALSO}\", 1]\nc: 2\nc: 3\n"
                           "d: ${RFTSIM_UNSET}\n");
    struct doc *d = NULL;
    struct diags list = {0};
    struct err e = {0};
    ck_assert_int_eq(doc_load(&d, "a.yaml", &list, &e), ERR_JOB);
    ck_assert_str_eq(e.text, "a.yaml: 3 faults");
    check_tree("the rest", d->root, "{\"a\":null,\"b\":[null,1],\"c\":2,\"d\":null}");
    ck_assert(doc_faulty(d, "/a"));
    ck_assert(doc_faulty(d, "/b/0"));
    ck_assert(doc_faulty(d, "/d"));
    ck_assert(!doc_faulty(d, "/b/1"));
    ck_assert(!doc_faulty(d, "/nowhere"));
    ck_assert_str_eq(list.at[1].pointer, "/b/0");
    doc_free(d);
    diags_release(&list);
}
END_TEST

static const struct place_row {
    const char *pointer;
    size_t line;
    size_t col;
    size_t span;
} place_rows[] = {
    {"", 2, 1, 1},
    {"/a", 2, 4, 1},
    {"/a#", 2, 1, 1},
    {"/list/1", 5, 5, 6},
    {"/list/1/", 5, 5, 6}, /* no such child: the element has no key, so the value */
    {"/list/9", 3, 1, 4},
    {"/m~1n", 6, 9, 1},
    {"/m~1n#", 6, 1, 5},
    {"/m~1n/x~0y", 6, 15, 2},
    {"/m~1n/x~0y#", 6, 10, 3},
    {"/m~1n/gone/deeper", 6, 1, 5},
    {"/gone", 2, 1, 1},
};

START_TEST(test_places)
{
    const struct place_row *row = &place_rows[_i];
    scratch_file("a.yaml", "# \xc3\xa9\na: 1\nlist:\n  - x\n  - \"y\xc3\xa9\xc3\xa9 \"\n"
                           "\"m/n\":  {x~y: 12}\n");
    struct doc *d = NULL;
    struct diags list = {0};
    struct err e = {0};
    ck_assert_int_eq(doc_load(&d, "a.yaml", &list, &e), ERR_OK);
    const struct diag *f = doc_fault(d, &list, DIAG_ERROR, DIAG_J002, row->pointer, "n%d", 1);
    ck_assert_str_eq(f->text, "n1");
    ck_assert_msg(f->line == row->line && f->col == row->col && f->span == row->span,
                  "%s: %zu:%zu, %zu wide", row->pointer, f->line, f->col, f->span);
    doc_free(d);
    diags_release(&list);
}
END_TEST

/* A file whose one key is "t", and where "{{x}}" in its value is to be underlined. */
static const struct within_row {
    const char *name;
    const char *text;
    size_t line;
    size_t col;
    size_t span;
} within_rows[] = {
    {"a.json", "{\"t\": \"a {{x}} b\"}", 1, 10, 5},
    {"a.json", "{\"t\": \"\\n\\\"\\u00e9\\ud83d\\ude00 {{x}}\"}", 1, 31, 5},
    {"a.json", "{\"t\": \"\\/\\\\{{\\u0078}} b\"}", 1, 12, 10},
    {"a.yaml", "t: a {{x}} b\n", 1, 6, 5},
    {"a.yaml", "t: 'a {{x}} b'\n", 1, 7, 5},
    {"a.yaml", "t: \"a\\n{{x}} b\"\n", 1, 8, 5},
    {"a.yaml", "t: |\n  {{y}}\n  \xc3\xa9 {{x}}\n", 3, 5, 5},
    {"a.yaml", "t: >-  # folded\n\n  a\n  {{x}} b\n", 4, 3, 5},
    {"a.yaml", "t: 'it''s {{x}}'\n", 1, 4, 13},         /* not as it reads: all of it */
    {"a.yaml", "t: \"\\x41 {{x}}\"\n", 1, 4, 12},       /* an escape that JSON has not */
    {"a.yaml", "t: \"${NONE:-no} {{x}}\"\n", 1, 4, 19}, /* from outside */
};

START_TEST(test_a_part_of_a_value_is_found)
{
    const struct within_row *row = &within_rows[_i];
    scratch_file(row->name, row->text);
    struct doc *d = NULL;
    struct diags list = {0};
    struct err e = {0};
    ck_assert_int_eq(doc_load(&d, row->name, &list, &e), ERR_OK);
    const char *value = json_string_value(doc_value(d->root, "/t"));
    const char *at = strstr(value, "{{x}}");
    const struct diag *f =
        doc_fault_in(d, &list, DIAG_ERROR, DIAG_X001, "/t", value, (size_t)(at - value), 5, "here");
    ck_assert_msg(f->line == row->line && f->col == row->col && f->span == row->span,
                  "%s: %zu:%zu, %zu wide", row->text, f->line, f->col, f->span);
    doc_free(d);
    diags_release(&list);
}
END_TEST

/* To look for a long value at each of its own bytes would take minutes. */
START_TEST(test_a_long_value_is_looked_through_once)
{
    enum { BYTES = 2000000 };
    struct buf text = {0};
    buf_text_add(&text, "t: '");
    for (int i = 0; i < BYTES; i++)
        buf_char(&text, 'a');
    buf_text_add(&text, "''{{x}}'\n");
    scratch_file("a.yaml", buf_text(&text));
    struct doc *d = NULL;
    struct diags list = {0};
    struct err e = {0};
    ck_assert_int_eq(doc_load(&d, "a.yaml", &list, &e), ERR_OK);
    const char *value = json_string_value(doc_value(d->root, "/t"));
    const struct diag *f =
        doc_fault_in(d, &list, DIAG_ERROR, DIAG_X001, "/t", value, BYTES + 1, 5, "here");
    ck_assert_uint_eq(f->col, 4);
    doc_free(d);
    diags_release(&list);
    buf_release(&text);
}
END_TEST

static const struct secret_row {
    const char *yaml;
    const char *text;
    const char *shown;
} secret_rows[] = {
    {"a: ${RFTSIM_TEST}", "it came from outside", "it came ${RFTSIM_TEST}"},
    {"a: ${RFTSIM_TEST:-else}", "from outside", "${RFTSIM_TEST}"},
    {"a: ${RFTSIM_UNSET:-else}", "else", "else"},
    {"a: ${RFTSIM_TEST:-from outside}", "from outside", "from outside"},
    {"a: ${RFTSIM_FOUR}", "4 and 4", "4 and 4"},
    {"a: $${RFTSIM_TEST}", "from outside", "from outside"},
};

START_TEST(test_what_came_from_outside_is_a_secret)
{
    scratch_file("a.yaml", secret_rows[_i].yaml);
    struct doc *d = NULL;
    struct diags list = {0};
    struct err e = {0};
    struct buf out = {0};
    ck_assert_int_eq(doc_load(&d, "a.yaml", &list, &e), ERR_OK);
    secret_mask(&out, secret_rows[_i].text, strlen(secret_rows[_i].text));
    ck_assert_str_eq(buf_text(&out), secret_rows[_i].shown);
    buf_release(&out);
    doc_free(d);
}
END_TEST

static enum err_code load_code(const char *name, struct err *e, struct diags *list)
{
    struct doc *d = NULL;
    enum err_code rc = doc_load(&d, name, list, e);
    doc_free(d);
    return rc;
}

START_TEST(test_bounds)
{
    struct diags list = {0};
    struct err e = {0};
    ck_assert_int_eq(load_code("nowhere.yaml", &e, &list), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "nowhere.yaml: No such file"));
    err_clear(&e);

    char *big = mem_new(DOC_MAX_BYTES + 1);
    memset(big, '#', DOC_MAX_BYTES + 1);
    scratch_bytes("big.yaml", big, DOC_MAX_BYTES + 1);
    ck_assert_int_eq(load_code("big.yaml", &e, &list), ERR_IO);
    err_clear(&e);
    ck_assert_uint_eq(list.n, 0);

    memset(big, '[', DOC_MAX_DEPTH + 1);
    memset(big + DOC_MAX_DEPTH + 1, ']', DOC_MAX_DEPTH + 1);
    scratch_bytes("in.json", big + 1, (size_t)DOC_MAX_DEPTH * 2);
    scratch_bytes("in.yaml", big + 1, (size_t)DOC_MAX_DEPTH * 2);
    scratch_bytes("out.json", big, ((size_t)DOC_MAX_DEPTH + 1) * 2);
    scratch_bytes("out.yaml", big, ((size_t)DOC_MAX_DEPTH + 1) * 2);
    ck_assert_int_eq(load_code("in.json", &e, &list), ERR_OK);
    ck_assert_int_eq(load_code("in.yaml", &e, &list), ERR_OK);
    ck_assert_int_eq(load_code("out.json", &e, &list), ERR_JOB);
    err_clear(&e);
    ck_assert_int_eq(load_code("out.yaml", &e, &list), ERR_JOB);
    err_clear(&e);
    ck_assert_uint_eq(list.n, 2);
    ck_assert_ptr_nonnull(strstr(list.at[1].text, "more than 100 deep"));
    diags_release(&list);
    free(big);
}
END_TEST

START_TEST(test_faults_have_an_end)
{
    struct diags list = {0};
    struct err e = {0};
    struct buf text = {0};
    for (int i = 0; i < 500; i++)
        buf_printf(&text, "a: ${RFTSIM_UNSET_%d}\n", i);
    scratch_file("a.yaml", buf_text(&text));
    ck_assert_int_eq(load_code("a.yaml", &e, &list), ERR_JOB);
    ck_assert_uint_ge(list.n, DOC_MAX_FAULTS);
    ck_assert_uint_le(list.n, DOC_MAX_FAULTS + 2);
    buf_release(&text);
    diags_release(&list);
}
END_TEST

START_TEST(test_values_are_found_by_pointer)
{
    static const struct {
        const char *pointer, *value;
    } rows[] = {
        {"/a/1/b", "x"},    {"/~1~0", "y"}, {"/a/0", "z"}, {"/a/1/c", NULL}, {"/a/2", NULL},
        {"/a/1/b/c", NULL}, {"/a/b", NULL}, {"/c", NULL},  {"/", NULL},
    };
    struct doc *d = NULL;
    struct diags list = {0};
    struct err e = {0};
    scratch_file("a.json", "{\"a\": [\"z\", {\"b\": \"x\"}], \"/~\": \"y\"}");
    ck_assert_int_eq(doc_load(&d, "a.json", &list, &e), ERR_OK);
    ck_assert_ptr_eq(doc_value(d->root, ""), d->root);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *got = json_string_value(doc_value(d->root, rows[i].pointer));
        ck_assert_msg(!got == !rows[i].value, "%s", rows[i].pointer);
        if (got)
            ck_assert_str_eq(got, rows[i].value);
    }
    doc_free(d);
}
END_TEST

/* 200,000 keys take a second if reading is linear, and many minutes if it is not. */
START_TEST(test_a_large_file_takes_no_longer_than_it_must)
{
    struct diags list = {0};
    struct err e = {0};
    struct buf text = {0};
    for (int i = 0; i < 200000; i++)
        buf_printf(&text, "k%d: \xc3\xa9\n", i);
    scratch_file("a.yaml", buf_text(&text));
    ck_assert_int_eq(load_code("a.yaml", &e, &list), ERR_OK);
    buf_release(&text);
}
END_TEST

START_TEST(test_a_bad_env_file_is_told_only_if_it_is_read)
{
    struct diags list = {0};
    struct err e = {0};
    scratch_file(".env", "bad line\n");
    scratch_file("a.yaml", "a: 1\n");
    scratch_file("b.yaml", "a: ${RFTSIM_TEST}\n");
    ck_assert_int_eq(load_code("a.yaml", &e, &list), ERR_OK);
    ck_assert_int_eq(load_code("b.yaml", &e, &list), ERR_JOB);
    ck_assert_str_eq(e.text, ".env:1: expected NAME=VALUE");
    ck_assert_uint_eq(list.n, 0);
}
END_TEST

Suite *doc_suite(void)
{
    Suite *suite = suite_create("doc");
    TCase *tcase = tcase_create("doc");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_trees, 0, COUNT_OF(tree_rows));
    tcase_add_loop_test(tcase, test_yaml_and_json_give_one_tree, 0, COUNT_OF(twin_rows));
    tcase_add_loop_test(tcase, test_faults, 0, COUNT_OF(fault_rows));
    tcase_add_test(tcase, test_all_faults_at_once_and_the_rest_of_the_tree);
    tcase_add_loop_test(tcase, test_places, 0, COUNT_OF(place_rows));
    tcase_add_loop_test(tcase, test_a_part_of_a_value_is_found, 0, COUNT_OF(within_rows));
    tcase_add_test(tcase, test_a_long_value_is_looked_through_once);
    tcase_add_loop_test(tcase, test_what_came_from_outside_is_a_secret, 0, COUNT_OF(secret_rows));
    tcase_add_test(tcase, test_values_are_found_by_pointer);
    tcase_add_test(tcase, test_bounds);
    tcase_add_test(tcase, test_faults_have_an_end);
    tcase_add_test(tcase, test_a_large_file_takes_no_longer_than_it_must);
    tcase_add_test(tcase, test_a_bad_env_file_is_told_only_if_it_is_read);
    suite_add_tcase(suite, tcase);
    return suite;
}
