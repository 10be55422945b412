#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/job/dataset.h"
#include "sim/job/row_digest.h"
#include "sim/policy/recording_rows.h"
#include "sim/policy/recordings.h"
#include "tests/unit/fixture.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

enum { TRAIN, VALID };

/* A row as it is rolled out: "a" is {"messages": [... "a"], "n": "a"}. */
static char *row_of(const char *name)
{
    const char *other = strchr(name, '+'); /* "a+b": the messages of a, and another field */
    int len = other ? (int)(other - name) : (int)strlen(name);
    return mem_printf("{\"messages\":[{\"role\":\"user\",\"content\":\"%.*s\"}],\"n\":\"%s\"}\n",
                      len, name, name);
}

static uint64_t digest_of(const char *name, uint64_t *messages)
{
    struct buf item = {0};
    struct tape raw = {0};
    struct tape_fault fault;
    char *text = row_of(name);
    ck_assert(tape_scan(&raw, text, strlen(text) - 1, &fault));
    row_normalise(&raw, &item);
    struct tape t = fixture_tape(buf_text(&item));
    uint64_t digest = row_digest(&t);
    *messages = row_digest_messages(&t, 0);
    tape_release(&t);
    tape_release(&raw);
    buf_release(&item);
    free(text);
    return digest;
}

/* Words of a text, one after another. */
static const char *next_word(const char *text, char word[32])
{
    int n = 0;
    return sscanf(text, " %31s%n", word, &n) == 1 ? text + n : NULL;
}

static void add_rows(struct recording *r, int phase, const char *names)
{
    char word[32];
    for (const char *at = names; (at = next_word(at, word));) {
        uint64_t messages = 0;
        size_t row = recording_add_row(r, phase, digest_of(word, &messages));
        if (phase == VALID)
            recording_row_messages(r, phase, row, messages); /* as an export has them */
    }
}

/* "v3.0.1=x": phase v(alid) or t(rain), step, row, sample; x is the answer. */
static void add_episodes(struct recording *r, const char *list)
{
    char word[32];
    for (const char *at = list; (at = next_word(at, word));) {
        char phase;
        char said;
        int step;
        unsigned row;
        unsigned sample;
        ck_assert_int_eq(sscanf(word, "%c%d.%u.%u=%c", &phase, &step, &row, &sample, &said), 5);
        recording_add_episode(r, phase == 'v' ? VALID : TRAIN, step, row, sample);
        recording_add_turn(r, RECORDED_ANSWER)->text = recording_text(r, &said, 1);
    }
}

static const struct found_row {
    const char *name;
    const char *train, *valid; /* rows of the record */
    const char *episodes;
    const char *file; /* rows to be played, of phase `phase` */
    int phase;
    struct recording_count count;
    struct policy_place place; /* what is looked for */
    char answer;               /* 0: there is none */
} found_rows[] = {
    {"by content, wherever it stands",
     "a b c",
     "",
     "t1.0.0=a t1.1.0=b t1.2.0=c",
     "c a",
     TRAIN,
     {.n = 2, .by_content = 2},
     {TRAIN, 1, 0, 0},
     'c'},
    {"the sample of its step",
     "a",
     "",
     "t1.0.0=a t1.0.1=b t2.0.0=c t2.0.1=d",
     "a",
     TRAIN,
     {.n = 1, .by_content = 1},
     {TRAIN, 2, 0, 1},
     'd'},
    {"of a step behind the last too",
     "a",
     "",
     "t2.0.0=c t2.0.1=d t1.0.0=a t1.0.1=b",
     "a",
     TRAIN,
     {.n = 1, .by_content = 1},
     {TRAIN, 1, 0, 1},
     'b'},
    {"behind the last from the first again",
     "a",
     "",
     "t1.0.0=a t1.0.1=b t1.0.2=c",
     "a",
     TRAIN,
     {.n = 1, .by_content = 1},
     {TRAIN, 1, 0, 4},
     'b'},
    {"one that was not recorded is left out",
     "a",
     "",
     "t1.0.0=a t1.0.2=c",
     "a",
     TRAIN,
     {.n = 1, .by_content = 1},
     {TRAIN, 1, 0, 1},
     'c'},
    {"of a step that was not recorded all of them",
     "a",
     "",
     "t1.0.0=a t2.0.0=b t3.0.0=c",
     "a",
     TRAIN,
     {.n = 1, .by_content = 1},
     {TRAIN, 7, 0, 2},
     'c'},
    {"between two steps likewise",
     "a",
     "",
     "t1.0.0=a t3.0.0=c",
     "a",
     TRAIN,
     {.n = 1, .by_content = 1},
     {TRAIN, 2, 0, 1},
     'c'},
    {"the other phase, if its own has not the row",
     "a",
     "b",
     "t1.0.0=a v1.0.0=b",
     "b",
     TRAIN,
     {.n = 1, .by_content = 1},
     {TRAIN, 1, 0, 0},
     'b'},
    {"its own phase first",
     "a",
     "a",
     "t1.0.0=t v1.0.0=v",
     "a",
     VALID,
     {.n = 1, .by_content = 1},
     {VALID, 1, 0, 0},
     'v'},
    {"the other phase, if its own has no episode",
     "a",
     "a",
     "t1.0.0=t",
     "a",
     VALID,
     {.n = 1, .by_content = 1},
     {VALID, 0, 0, 0},
     't'},
    {"a row that stands twice is the one with its number",
     "a a",
     "",
     "t1.0.0=x t1.1.0=y",
     "a a",
     TRAIN,
     {.n = 2, .by_content = 2},
     {TRAIN, 1, 1, 0},
     'y'},
    {"by its messages",
     "",
     "a b",
     "v1.0.0=a v1.1.0=b",
     "b+1 a+2 c",
     VALID,
     {.n = 3, .by_messages = 2, .none = 1, .first_none = 2},
     {VALID, 1, 0, 0},
     'b'},
    {"by its number, where there are as many",
     "a b",
     "",
     "t1.0.0=a t1.1.0=b",
     "x b",
     TRAIN,
     {.n = 2, .by_content = 1, .by_number = 1},
     {TRAIN, 1, 0, 0},
     'a'},
    {"by its number, though its messages are others",
     "",
     "a b",
     "v1.0.0=a v1.1.0=b",
     "x y",
     VALID,
     {.n = 2, .by_number = 2, .others = 2},
     {VALID, 1, 1, 0},
     'b'},
    {"not by messages that two rows have",
     "",
     "a a+1 c",
     "v1.1.0=b",
     "a+2",
     VALID,
     {.n = 1, .none = 1},
     {VALID, 1, 0, 0},
     0},
    {"not by a number that another has the content of",
     "a b",
     "",
     "t1.0.0=a t1.1.0=b",
     "x a",
     TRAIN,
     {.n = 2, .by_content = 1, .none = 1},
     {TRAIN, 1, 0, 0},
     0},
    {"nor where there are fewer",
     "a b",
     "",
     "t1.0.0=a t1.1.0=b",
     "x",
     TRAIN,
     {.n = 1, .none = 1},
     {TRAIN, 1, 0, 0},
     0},
    {"nor a row that nobody played",
     "a b",
     "",
     "t1.0.0=a",
     "x y",
     TRAIN,
     {.n = 2, .by_number = 1, .none = 1, .first_none = 1},
     {TRAIN, 1, 1, 0},
     0},
    {"a number that the file has not",
     "a",
     "",
     "t1.0.0=a",
     "a",
     TRAIN,
     {.n = 1, .by_content = 1},
     {TRAIN, 1, 1, 0},
     0},
    {"a phase that is not bound",
     "a",
     "",
     "t1.0.0=a",
     "a",
     TRAIN,
     {.n = 1, .by_content = 1},
     {VALID, 1, 0, 0},
     0},
    {"nothing recorded", "", "", "", "a", TRAIN, {.n = 1, .none = 1}, {TRAIN, 1, 0, 0}, 0},
};

static void write_rows(const char *names)
{
    struct buf text = {0};
    char word[32];
    for (const char *at = names; (at = next_word(at, word));) {
        char *row = row_of(word);
        buf_text_add(&text, row);
        free(row);
    }
    scratch_file("rows.jsonl", buf_text(&text));
    buf_release(&text);
}

START_TEST(test_an_episode_is_found)
{
    const struct found_row *row = &found_rows[_i];
    struct diags list = {0};
    struct err e = {0};
    struct dataset *d = NULL;
    struct recording *r = recording_new("it");
    add_rows(r, TRAIN, row->train);
    add_rows(r, VALID, row->valid);
    add_episodes(r, row->episodes);
    recording_close(r);
    write_rows(row->file);
    ck_assert_int_eq(dataset_open(&d, "rows.jsonl", &list, &e), ERR_OK);
    ck_assert_int_eq(recording_bind(r, row->phase, d, &e), ERR_OK);
    struct recording_count count = recording_count(r, row->phase);
    ck_assert_msg(memcmp(&count, &row->count, sizeof(count)) == 0,
                  "%s: %zu rows, %zu by content, %zu by messages, %zu by number, %zu not",
                  row->name, count.n, count.by_content, count.by_messages, count.by_number,
                  count.none);
    const struct recorded_episode *ep = recording_find(r, &row->place);
    char got = ep ? *recording_turn(r, ep, 0)->text.at : '\0';
    ck_assert_msg(got == row->answer, "%s: played '%c'", row->name, got);
    if (ep)
        ck_assert_ptr_null(recording_turn(r, ep, 1));
    recording_free(r);
    dataset_free(d);
    diags_release(&list);
}
END_TEST

/* What is pointed at must not move while more is added, however long it is. */
START_TEST(test_texts_stay_where_they_are)
{
    enum { N = 300, LONG = 300000 };
    struct recorded_text at[N];
    struct recording *r = recording_new("it");
    char *text = mem_new(LONG);
    for (size_t i = 0; i < N; i++) {
        size_t len = i % 50 == 7 ? LONG : i * 37;
        memset(text, (int)('a' + i % 26), len);
        at[i] = recording_text(r, text, len);
    }
    for (size_t i = 0; i < N; i++) {
        size_t len = i % 50 == 7 ? LONG : i * 37;
        ck_assert_uint_eq(at[i].len, len);
        ck_assert_int_eq(at[i].at[len], '\0');
        memset(text, (int)('a' + i % 26), len);
        ck_assert(memcmp(at[i].at, text, len) == 0);
    }
    free(text);
    recording_free(r);
}
END_TEST

/* --- Rows ------------------------------------------------------------------------------------ */

#define CALL(id, q)                                                                        \
    "{\"id\":\"" id "\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":" \
    "\"{\\\"q\\\":" q "}\"}}"
#define CALLS(list)      "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" list "]}"
#define TOOL(id, answer) "{\"role\":\"tool\",\"tool_call_id\":\"" id "\",\"content\":" answer "}"
#define SAYS(text)       "{\"role\":\"assistant\",\"content\":\"" text "\"}"
#define ASKS             "{\"role\":\"user\",\"content\":\"?\"}"

/* What is played: f(arguments)=answer of a call, ? for one that is not told, [...] around those of
 * one message; then the answer in quotes, or ! for none. */
static const struct {
    const char *name, *talk, *want;
} talks[] = {
    {"a call, its answer, the last word",
     CALLS(CALL("1", "1")) "," TOOL("1", "\"A\"") "," SAYS("so") "," ASKS, "f({\"q\":1})=A \"so\""},
    {"two in one message, answered in another order",
     CALLS(CALL("1", "1") "," CALL("2", "2")) "," TOOL("2", "\"B\"") "," TOOL(
         "1", "\"A\"") "," SAYS("so"),
     "[f({\"q\":1})=A f({\"q\":2})=B ]\"so\""},
    {"two turns",
     CALLS(CALL("1", "1")) "," TOOL("1", "\"A\"") "," CALLS(CALL("2", "2")) "," SAYS("so"),
     "f({\"q\":1})=A f({\"q\":2})? \"so\""},
    {"an id that comes again is another call",
     CALLS(CALL("1", "1")) "," TOOL("1", "\"A\"") "," CALLS(CALL("1", "2")) "," TOOL(
         "1", "\"B\"") "," SAYS("so"),
     "f({\"q\":1})=A f({\"q\":2})=B \"so\""},
    {"an answer in parts",
     CALLS(CALL("1", "1")) "," TOOL(
         "1", "[{\"type\":\"text\",\"text\":\"A\"},{\"text\":\"B\"}]") "," SAYS("so"),
     "f({\"q\":1})=AB \"so\""},
    {"arguments as an object, of Responses",
     "{\"role\":\"assistant\",\"tool_calls\":[{\"name\":\"f\",\"arguments\":{\"q\": 1}}]}," SAYS(
         "so"),
     "f({\"q\":1})? \"so\""},
    {"an answer alone", ASKS "," SAYS("so"), "\"so\""},
    {"of several the last", SAYS("a") "," ASKS "," SAYS("b"), "\"b\""},
    {"what was said before a call is not the answer", SAYS("a") "," CALLS(CALL("1", "1")),
     "f({\"q\":1})? !"},
    {"an answer of nothing", SAYS(""), "\"\""},
    {"nobody said anything", ASKS, "none"},
    {"an empty list of calls is none",
     "{\"role\":\"assistant\",\"content\":\"so\",\"tool_calls\":[]}", "\"so\""},
    {"things that are no messages", "1, null, [], {}", "none"},
};

static void add_turn(struct buf *out, const struct recording *r, const struct recorded_turn *turn)
{
    const struct recorded_call *calls = recording_calls(r, turn);
    if (turn->kind != RECORDED_CALLS) {
        if (turn->kind == RECORDED_ANSWER)
            buf_printf(out, "\"%s\"", turn->text.at);
        else
            buf_text_add(out, turn->kind == RECORDED_END ? "!" : "?");
        return;
    }
    if (turn->batch)
        buf_char(out, '[');
    for (size_t i = 0; i < turn->n_calls; i++) {
        buf_printf(out, "%s(%s)", calls[i].name, calls[i].arguments.at);
        if (calls[i].fate == RECORDED_ANSWERED)
            buf_printf(out, "=%s ", calls[i].output.at);
        else
            buf_text_add(out, "? ");
    }
    if (turn->batch)
        buf_char(out, ']');
}

START_TEST(test_a_talk_is_read)
{
    struct buf got = {0};
    struct recording *r = recording_new("the rows");
    char *text = mem_printf("{\"talk\":[%s]}", talks[_i].talk);
    struct tape t = fixture_tape(text);
    recording_add_talk(r, TRAIN, &t, "talk");
    recording_close(r);
    if (!recording_episodes(r))
        buf_text_add(&got, "none");
    const struct recorded_episode *ep = recording_at(r, 0);
    for (size_t i = 0; ep && i < ep->n_turns; i++)
        add_turn(&got, r, recording_turn(r, ep, i));
    ck_assert_msg(strcmp(buf_text(&got), talks[_i].want) == 0, "%s: %s", talks[_i].name,
                  buf_text(&got));
    buf_release(&got);
    tape_release(&t);
    free(text);
    recording_free(r);
}
END_TEST

/* --- The spec -------------------------------------------------------------------------------- */

static const struct {
    const char *policy;
    enum diag_code code;
    const char *pointer, *fix;
} refused[] = {
    {"{type: replay}", DIAG_J003, "/simulation/policy", "from: FOLDER"},
    {"{type: replay, from: 1}", DIAG_J004, "/simulation/policy/from", "from: rows"},
    {"{type: replay, from: x, tools: none}", DIAG_J005, "/simulation/policy/tools", "tools: live"},
    {"{type: replay, from: x, tools: 1}", DIAG_J005, "/simulation/policy/tools", "tools: live"},
    {"{type: replay, from: x, scores: live}", DIAG_J005, "/simulation/policy/scores",
     "scores: graded"},
    {"{type: replay, from: x, field: y}", DIAG_J005, "/simulation/policy/field", "leave it away"},
    {"{type: replay, from: rows, field: 1}", DIAG_J005, "/simulation/policy/field",
     "name the field"},
    {"{type: replay, from: rows, scores: recorded}", DIAG_J005, "/simulation/policy/scores",
     "leave scores away"},
    {"{type: replay, from: x, form: y}", DIAG_J002, "/simulation/policy/form", "from"},
    {"{type: mixture, policies: [{weight: 1, policy: {type: replay, from: x, scores: recorded}}]}",
     DIAG_J005, "/simulation/policy/policies/0/policy", "play it alone"},
};

START_TEST(test_a_spec_is_refused)
{
    struct diags list = {0};
    char *simulation = mem_printf("{policy: %s}", refused[_i].policy);
    struct job *job = fixture_job(FIXTURE_GRADER, simulation, &list);
    ck_assert_ptr_nonnull(job);
    fixture_policy_refused(job, refused[_i].code, refused[_i].pointer, refused[_i].fix);
    job_free(job);
    diags_release(&list);
    free(simulation);
}
END_TEST

START_TEST(test_records_are_found_by_where_they_are_from)
{
    struct recordings all = {0};
    struct recording *path = recording_new("x");
    struct recording *rows = recording_new("rows");
    recordings_add(&all, "x", NULL, path);
    recordings_add(&all, NULL, "messages", rows);
    ck_assert_ptr_eq(recordings_find(&all, "x", NULL), path);
    ck_assert_ptr_eq(recordings_find(&all, NULL, "messages"), rows);
    ck_assert_ptr_null(recordings_find(&all, NULL, "gold"));
    ck_assert_ptr_null(recordings_find(&all, "messages", NULL));
    ck_assert_ptr_null(recordings_find(NULL, "x", NULL));
    recordings_release(&all);
}
END_TEST

Suite *recording_suite(void)
{
    Suite *suite = suite_create("recording");
    TCase *found = tcase_create("found");
    tcase_add_checked_fixture(found, scratch_enter, scratch_leave);
    tcase_add_loop_test(found, test_an_episode_is_found, 0, COUNT_OF(found_rows));
    suite_add_tcase(suite, found);
    TCase *made = tcase_create("made");
    tcase_add_test(made, test_texts_stay_where_they_are);
    tcase_add_loop_test(made, test_a_talk_is_read, 0, COUNT_OF(talks));
    tcase_add_test(made, test_records_are_found_by_where_they_are_from);
    suite_add_tcase(suite, made);
    TCase *spec = tcase_create("spec");
    tcase_add_loop_test(spec, test_a_spec_is_refused, 0, COUNT_OF(refused));
    suite_add_tcase(suite, spec);
    return suite;
}
