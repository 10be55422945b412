/* What is known from the text before comes out as if it were looked at anew. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/check/fields.h"
#include "sim/check/toolbox.h"
#include "sim/check/toolset.h"
#include "tests/unit/suites.h"

/* --- the tape --------------------------------------------------------------------------------- */

#define LIST "[{\"a\":\"x\\n\"},-1.5,[true,[]]]"

static const struct {
    const char *text;
    size_t again; /* index of what is known in it, or TAPE_NONE */
} texts[] = {
    {"{\"k\":" LIST "}", 2},
    {"{\"other\": 1, \"key\" : " LIST " , \"last\":{\"b\":2}}", 4},
    {"[" LIST "]", 1},
    {"{\"k\":" LIST ",\"l\":" LIST "}", 11},
    {"{\"k\":{\"l\":" LIST "}}", TAPE_NONE}, /* deeper */
    {LIST, TAPE_NONE},
    {"{\"k\":[{\"a\":\"x\\n\"},-1.5,[true,[] ]]}", TAPE_NONE}, /* the same, but other bytes */
    {"{\"k\":[{\"a\":\"x\\n\"},-1.5,[true,[]],0]}", TAPE_NONE},
    {"{\"k\":\""
     "[]"
     "\"}",
     TAPE_NONE},
    {"{\"k\":1,\"k\":" LIST "}", 4},
    {"{\"k\":" LIST "", TAPE_NONE}, /* no JSON */
    {"{\"k\":[{\"a\":\"x\\n\"},-1.5,[true,[]]", TAPE_NONE},
    {"{\"k\":" LIST "]}", TAPE_NONE},
};

static void check_same(struct tape *known, const char *text, size_t len)
{
    struct tape fresh = {0};
    struct tape_fault f = {0};
    struct tape_fault g = {0};
    bool ok = tape_scan(&fresh, text, len, &f);
    ck_assert_int_eq(tape_scan(known, text, len, &g), ok);
    ck_assert_uint_eq(fresh.again, TAPE_NONE);
    ck_assert_uint_eq(known->n, fresh.n);
    ck_assert_uint_eq(known->duplicate, fresh.duplicate);
    ck_assert_uint_eq(f.offset, g.offset);
    if (ok)
        ck_assert_mem_eq(known->at, fresh.at, fresh.n * sizeof(*fresh.at));
    tape_release(&fresh);
}

START_TEST(test_what_is_known_has_the_entries_that_it_would_have)
{
    static const char before[] = "  {\"first\":[],\"k\": " LIST "}";
    const char *text = texts[_i].text;
    struct tape known = {0};
    struct tape_fault f = {0};
    ck_assert(tape_scan(&known, before, sizeof(before) - 1, &f));
    tape_remember(&known, tape_get(&known, 0, "k"));
    for (size_t len = 0; len <= strlen(text); len++) /* it may end anywhere */
        check_same(&known, text, len);
    ck_assert_uint_eq(known.again, texts[_i].again);
    tape_release(&known);
}
END_TEST

/* Whether `text`, scanned twice with its member "k" remembered in between, is known then. */
static bool is_remembered(const char *text)
{
    struct tape t = {0};
    struct tape_fault f;
    ck_assert(tape_scan(&t, text, strlen(text), &f));
    tape_remember(&t, tape_get(&t, 0, "k"));
    ck_assert(tape_scan(&t, text, strlen(text), &f));
    bool known = t.again != TAPE_NONE;
    size_t len = 0;
    if (known) {
        ck_assert_uint_eq(t.again, tape_get(&t, 0, "k"));
        const char *value = tape_text(&t, t.again, &len);
        ck_assert(t.known.hash == hash_bytes(value, len));
    }
    tape_release(&t);
    return known;
}

START_TEST(test_some_values_are_not_remembered)
{
    char *most = mem_printf("{\"k\":[\"%0*d\"]}", TAPE_KNOWN_BYTES - 4, 0);
    char *longer = mem_printf("{\"k\":[\"%0*d\"]}", TAPE_KNOWN_BYTES - 3, 0);
    ck_assert(is_remembered("{\"k\":[]}"));
    ck_assert(is_remembered("{\"k\":{\"a\":1}}"));
    ck_assert(!is_remembered("{\"k\":{\"a\":1,\"a\":2}}"));
    ck_assert(is_remembered(most));
    ck_assert(!is_remembered(longer));
    free(most);
    free(longer);
}
END_TEST

/* --- the tools of rows ------------------------------------------------------------------------ */

#define TOOL(name, type)                                                                          \
    "{\"type\":\"function\",\"function\":{\"name\":\"" name "\",\"parameters\":{\"type\":\"" type \
    "\"}}}"

static const char *const tools[] = {
    "{\"tools\":[" TOOL("f", "object") "]}",
    "{\"tools\":[" TOOL("f", "object") "," TOOL("g", "objct") "]}",
    "{\"a\":1,\"tools\":[" TOOL("f", "object") "]}",
    "{\"tools\":[" TOOL("g", "objct") "," TOOL("f", "object") "]}",
    "{\"tools\":[" TOOL("g", "objct") "," TOOL("g", "objct") "]}",
    "{\"tools\":null}",
    "{}",
};

struct boxes {
    struct tape tape;
    struct toolbox box;
    struct toolset set;
};

static void look(struct boxes *b, const char *text, size_t line, bool remember)
{
    struct tape_fault f;
    struct row_line row = {"rows", line, text, strlen(text)};
    ck_assert(tape_scan(&b->tape, text, row.len, &f));
    toolbox_row(&b->box, &b->tape, &row);
    toolset_row(&b->set, &b->tape, line);
    size_t list = tape_get(&b->tape, 0, "tools");
    if (remember && tape_kind(&b->tape, list) == TAPE_ARRAY && list != b->tape.again)
        tape_remember(&b->tape, list);
}

static void join(struct boxes *whole, struct boxes *block, size_t n_before)
{
    toolbox_join(&whole->box, &block->box, n_before);
    toolset_join(&whole->set, &block->set, n_before);
}

/* All that is counted, and told. */
static char *describe(struct boxes *b, size_t n_rows)
{
    struct buf out = {0};
    struct diags found = {0};
    const struct toolset *s = &b->set;
    buf_printf(&out, "%zu rows, %zu with tools\n", s->n_rows, s->n_with);
    for (size_t i = 0; i < s->n; i++)
        buf_printf(&out, "%s: %zu from %zu\n", s->at[i].text, s->at[i].n_rows, s->at[i].first);
    for (size_t i = 0; i < s->n_sets; i++)
        buf_printf(&out, "%zu: %zu from %zu\n", s->sets[i].n_tools, s->sets[i].n_rows,
                   s->sets[i].first);
    toolbox_tell(&b->box, n_rows, &found);
    diags_write(&found, 100, &out);
    diags_release(&found);
    return buf_take(&out);
}

static void release(struct boxes *b)
{
    tape_release(&b->tape);
    toolbox_release(&b->box);
    toolset_release(&b->set);
}

START_TEST(test_a_row_has_the_hash_it_would_have)
{
    struct fields fields = {0};
    struct row_parts fresh;
    struct row_parts known;
    struct boxes b = {0};
    look(&b, tools[0], 1, true);
    fields_row(&fields, &b.tape, 1, &fresh);
    look(&b, tools[0], 2, true);
    fields_row(&fields, &b.tape, 2, &known);
    ck_assert_uint_eq(b.tape.again, known.tools);
    ck_assert(known.hash == fresh.hash);
    ck_assert(!fields.at[0].varies);
    fields_release(&fields);
    release(&b);
}
END_TEST

START_TEST(test_rows_are_counted_not_tools)
{
    struct boxes b = {0};
    look(&b, "{\"tools\":[" TOOL("x1", "object") "," TOOL("x2", "object") "]}", 1, true);
    look(&b, "{\"tools\":[" TOOL("x0", "object") "," TOOL("x3", "object") "]}", 2, true);
    look(&b, tools[4], 3, true); /* a tool given twice */
    ck_assert_uint_eq(b.set.n_sets, 3);
    ck_assert_uint_eq(b.set.at[4].n_rows, 1);
    release(&b);
}
END_TEST

/* Most rows have the tools of the row before; blocks are cut anywhere, and the tape goes on. */
START_TEST(test_tools_that_are_known_are_counted_all_the_same)
{
    struct rng r = rng_seed((uint64_t)_i);
    struct boxes whole[2] = {0};
    struct boxes block[2] = {0};
    size_t which = 0;
    size_t n_before = 0;
    size_t line = 0;
    for (size_t n = 0; n < 60; n++) {
        if (rng_u64(&r) % 4 == 0)
            which = rng_u64(&r) % COUNT_OF(tools);
        line++;
        look(&block[0], tools[which], line, false);
        look(&block[1], tools[which], line, rng_u64(&r) % 2);
        if (rng_u64(&r) % 10 && n < 59)
            continue;
        join(&whole[0], &block[0], n_before);
        join(&whole[1], &block[1], n_before);
        n_before += line;
        line = 0;
    }
    char *want = describe(&whole[0], 60);
    char *got = describe(&whole[1], 60);
    ck_assert_str_eq(got, want);
    free(want);
    free(got);
    for (size_t i = 0; i < 2; i++) {
        release(&whole[i]);
        release(&block[i]);
    }
}
END_TEST

Suite *again_suite(void)
{
    Suite *suite = suite_create("again");
    TCase *tcase = tcase_create("again");
    tcase_add_loop_test(tcase, test_what_is_known_has_the_entries_that_it_would_have, 0,
                        COUNT_OF(texts));
    tcase_add_test(tcase, test_some_values_are_not_remembered);
    tcase_add_test(tcase, test_a_row_has_the_hash_it_would_have);
    tcase_add_test(tcase, test_rows_are_counted_not_tools);
    tcase_add_loop_test(tcase, test_tools_that_are_known_are_counted_all_the_same, 0, 50);
    suite_add_tcase(suite, tcase);
    return suite;
}
