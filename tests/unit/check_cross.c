#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/check/cross.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

#define TOOL(name) "{\"type\":\"function\",\"function\":{\"name\":\"" name "\",\"parameters\":{}}}"
#define ROW(rest)  "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]," rest "}"

enum { MOST_ROWS = 6 };

/* The fixture's job has one tool, search. */
static const struct row {
    const char *name;
    const char *reference; /* of a string_check on sample.output_text */
    const char *simulation;
    const char *rows[MOST_ROWS];
    const char *codes; /* found, in order */
} rows[] = {
    {"nothing wrong", "{{item.a}}", "{}", {ROW("\"a\":\"1\",\"tools\":[" TOOL("search") "]")}, ""},
    {"a field that no row has",
     "{{item.b}}",
     "{}",
     {ROW("\"a\":\"1\",\"tools\":[" TOOL("search") "]")},
     "X001 "},
    {"a field that is there in one form or the other",
     "{{item.a}}",
     "{}",
     {ROW("\"a\":\"1\",\"tools\":[" TOOL("search") "]"),
      ROW("\"a\":2,\"tools\":[" TOOL("search") "]"),
      ROW("\"a\":null,\"tools\":[" TOOL("search") "]"), ROW("\"tools\":[" TOOL("search") "]")},
     "X001 X004 X005 "},
    {"what the service adds is there",
     "{{item.messages[0].name}} {{item.tools[0].function.strict}} {{item.parallel_tool_calls}}",
     "{}",
     {ROW("\"tools\":[" TOOL("search") "]")},
     "X004 X005 X005 "},
    {"a list that is too short for an index",
     "{{item.a[1]}}",
     "{}",
     {ROW("\"a\":[\"1\",\"2\"],\"tools\":[" TOOL("search") "]"),
      ROW("\"a\":[\"1\"],\"tools\":[" TOOL("search") "]")},
     "X001 "},
    {"a policy's template",
     "{{item.a}}",
     "{policy: {type: scripted, turns: [{answer: '{{item.b}}'}]}}",
     {ROW("\"a\":\"1\",\"tools\":[" TOOL("search") "]")},
     "X008 "},
    {"tools by another name, both ways",
     "{{item.a}}",
     "{}",
     {ROW("\"a\":\"1\",\"tools\":[" TOOL("find") "]")},
     "X012 X010 "},
    {"no tools at all", "{{item.a}}", "{}", {ROW("\"a\":\"1\""), ROW("\"a\":\"2\"")}, "X013 "},
    {"tools: null is none",
     "{{item.a}}",
     "{}",
     {ROW("\"a\":\"1\",\"tools\":null"), ROW("\"a\":\"2\",\"tools\":[]")},
     "X013 "},
    {"different tools from row to row",
     "{{item.a}}",
     "{}",
     {ROW("\"a\":\"1\",\"tools\":[" TOOL("search") "]"), ROW("\"a\":\"2\""),
      ROW("\"a\":\"2\",\"tools\":[" TOOL("search") "," TOOL("find") "]")},
     "X010 X014 "},
    {"the same tool in other words",
     "{{item.a}}",
     "{}",
     {ROW("\"a\":\"1\",\"tools\":[" TOOL("search") "]"),
      ROW("\"a\":\"2\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"search\"}}]")},
     "X015 "},
    {"a tool that is elsewhere in the row",
     "{{item.a}}",
     "{}",
     {ROW("\"a\":\"1\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"search\"},"
          "\"headers\":{\"K\":\"v\"}}]")},
     "X016 "},
    {"more calls than turns, and none",
     "{{item.a}}",
     "{expected_tools: n}",
     {ROW("\"a\":\"1\",\"n\":9,\"tools\":[" TOOL("search") "]"),
      ROW("\"a\":\"1\",\"n\":10,\"tools\":[" TOOL("search") "]"),
      ROW("\"a\":\"1\",\"n\":0,\"tools\":[" TOOL("search") "]"),
      ROW("\"a\":\"1\",\"n\":99999,\"tools\":[" TOOL("search") "]")},
     "X020 X021 "},
    {"all of the row as one text",
     "{{item}}",
     "{}",
     {ROW("\"a\":\"1\",\"tools\":[" TOOL("search") "]")},
     "X005 "},
    {"calls that are expected, of a tool that is none",
     "{{item.a}}",
     "{}",
     {ROW("\"a\":\"1\",\"expected_tools\":[\"search\",{\"name\":\"serch\"}],\"tools\":[" TOOL(
         "search") "]")},
     "X022 "},
    {"nothing is said in the field that is named",
     "{{item.a}}",
     "{expected_tools: a}",
     {ROW("\"a\":\"1\",\"tools\":[" TOOL("search") "]")},
     "X023 "},
};

struct world {
    struct job *job;
    struct grader *grader;
    struct policy *policy;
    struct cross_plan plan;
};

static void open_world(struct world *w, const struct row *row)
{
    struct diags list = {0};
    struct err e = {0};
    char *grader = mem_printf("{type: string_check, name: g, operation: eq, input: "
                              "'{{sample.output_text}}', reference: '%s'}",
                              row->reference);
    w->job = fixture_job(grader, row->simulation, &list);
    ck_assert_ptr_nonnull(w->job);
    ck_assert(!grader_new(&w->grader, w->job, &(struct grader_context){0}, &list, &e));
    if (w->job->sim.policy)
        ck_assert(!policy_new(&w->policy, w->job, &(struct policy_context){0}, &list, &e));
    cross_plan_make(&w->plan, w->job, w->grader, w->policy);
    diags_release(&list);
    free(grader);
}

static void close_world(struct world *w)
{
    cross_plan_release(&w->plan);
    policy_free(w->policy);
    grader_free(w->grader);
    job_free(w->job);
}

/* Look at the rows as blocks of which the first has `cut` rows, and tell what was found. */
static void tell(const struct world *w, const struct row *row, size_t cut, struct diags *found)
{
    struct cross whole = {0};
    struct cross block = {0};
    struct diags in_file = {0};
    size_t n = 0;
    size_t before = 0;
    for (; n < MOST_ROWS && row->rows[n]; n++) {
        struct tape tape = fixture_tape(row->rows[n]);
        if (n == cut) {
            cross_join(&whole, &block, before);
            before = n;
        }
        cross_row(&block, &w->plan, &tape, n - before + 1);
        tape_release(&tape);
    }
    cross_join(&whole, &block, before);
    struct cross_of files[2] = {{"t.jsonl", &whole, &in_file}, {NULL, &whole, &in_file}};
    cross_tell(&w->plan, files, found);
    diags_move(found, &in_file, 0);
    diags_release(&in_file);
    cross_release(&whole);
    cross_release(&block);
}

START_TEST(test_what_is_found)
{
    struct world w = {0};
    struct diags found = {0};
    struct buf codes = {0};
    open_world(&w, &rows[_i]);
    tell(&w, &rows[_i], MOST_ROWS, &found);
    for (size_t i = 0; i < found.n; i++)
        buf_printf(&codes, "%s ", diag_name(found.at[i].code));
    ck_assert_msg(strcmp(buf_text(&codes), rows[_i].codes) == 0, "%s: %s", rows[_i].name,
                  buf_text(&codes));
    buf_release(&codes);
    diags_release(&found);
    close_world(&w);
}
END_TEST

START_TEST(test_blocks_make_no_difference)
{
    struct world w = {0};
    struct buf whole = {0};
    open_world(&w, &rows[_i]);
    for (size_t cut = 0; cut <= MOST_ROWS; cut++) {
        struct diags found = {0};
        struct buf text = {0};
        tell(&w, &rows[_i], cut, &found);
        diags_write(&found, SIZE_MAX, &text);
        if (!cut)
            buf_text_add(&whole, buf_text(&text));
        ck_assert_msg(strcmp(buf_text(&whole), buf_text(&text)) == 0, "%s, cut at %zu:\n%s\n%s",
                      rows[_i].name, cut, buf_text(&whole), buf_text(&text));
        buf_release(&text);
        diags_release(&found);
    }
    buf_release(&whole);
    close_world(&w);
}
END_TEST

/* However long both are: 200 calls do not fit 100 turns. */
START_TEST(test_more_calls_than_a_long_rollout_has_turns)
{
    static const struct row row = {
        .name = "long",
        .reference = "{{item.a}}",
        .simulation = "{expected_tools: n}",
        .rows = {ROW("\"a\":\"1\",\"n\":200,\"tools\":[" TOOL("search") "]")}};
    struct world w = {0};
    struct diags found = {0};
    open_world(&w, &row);
    w.job->max_episode_steps = 100;
    tell(&w, &row, MOST_ROWS, &found);
    ck_assert_uint_eq(found.counts[DIAG_X020], 1);
    ck_assert_ptr_nonnull(strstr(found.at[0].text, "1 of 1 rows expect 100 or more"));
    ck_assert_ptr_nonnull(strstr(found.at[0].fix, "201 or more: 200 calls and the answer"));
    diags_release(&found);
    close_world(&w);
}
END_TEST

Suite *cross_suite(void)
{
    Suite *suite = suite_create("cross");
    TCase *tcase = tcase_create("cross");
    tcase_add_loop_test(tcase, test_what_is_found, 0, COUNT_OF(rows));
    tcase_add_loop_test(tcase, test_blocks_make_no_difference, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_more_calls_than_a_long_rollout_has_turns);
    suite_add_tcase(suite, tcase);
    return suite;
}
