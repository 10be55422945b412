#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/policy/recording.h"
#include "sim/run/rollout.h"
#include "tests/unit/suites.h"

static struct policy_turn_call two_calls[] = {{"search", 0, 2}, {"get", 2, 2}};

static char answer_text[] = "42";
static char arguments_text[] = "{}{}";
static char failure_text[] = "no such key";

/* What a letter of a row feeds. Calls are numbered over the rollout. */
static const struct policy_turn answer = {.kind = POLICY_ANSWER, .text = {answer_text, 2, 0}};
static const struct policy_turn one = {
    .kind = POLICY_CALLS, .text = {arguments_text, 4, 0}, .calls = two_calls, .n_calls = 1};
static const struct policy_turn two = {
    .kind = POLICY_CALLS, .text = {arguments_text, 4, 0}, .calls = two_calls, .n_calls = 2};
/* Messages as a model writes them. */
#define MESSAGE(recipient, arguments)                                                             \
    {                                                                                             \
        .kind = POLICY_MESSAGE, .text = {arguments, sizeof(arguments) - 1, 0},                    \
        .calls = (struct policy_turn_call[]){{recipient, 0, sizeof(arguments) - 1}}, .n_calls = 1 \
    }
static char uses_text[] = "{\"tool_uses\":[{\"recipient_name\":\"functions.a\",\"parameters\":"
                          "{\"x\":1}},{\"recipient_name\":\"b.c\",\"parameters\":{}}]}";
static char bare_text[] = "{\"tool_uses\":[{\"recipient_name\":\"a\",\"parameters\":{}}]}";
static char none_text[] = "{\"tool_uses\":[]}";
static const struct policy_turn proper = MESSAGE("functions.search", arguments_text);
static const struct policy_turn wrong = MESSAGE("search", arguments_text);
static const struct policy_turn batch = MESSAGE("multi_tool_use.parallel", uses_text);
static const struct policy_turn bare = MESSAGE("multi_tool_use.parallel", bare_text);
static const struct policy_turn none = MESSAGE("multi_tool_use.parallel", none_text);
static const struct policy_turn bad = MESSAGE("multi_tool_use.parallel", arguments_text);
static const struct policy_turn broken = {.kind = POLICY_FAILED, .text = {failure_text, 11, 0}};

/* What became of calls when they were recorded, and turns whose calls are not made but that. */
static const struct recorded_call then[] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
#define PLAYED(recipient, arguments, n)                                                            \
    {                                                                                              \
        .kind = POLICY_MESSAGE, .text = {arguments, sizeof(arguments) - 1, 0},                     \
        .calls = (struct policy_turn_call[]){{recipient, 0, sizeof(arguments) - 1}}, .n_calls = 1, \
        .recorded = then, .n_recorded = n, .plays = true                                           \
    }
static const struct policy_turn two_played = PLAYED("multi_tool_use.parallel", uses_text, 2);
static const struct policy_turn three_played = PLAYED("multi_tool_use.parallel", uses_text, 3);
static const struct policy_turn bare_played = PLAYED("multi_tool_use.parallel", bare_text, 2);
static const struct policy_turn none_played = PLAYED("functions.search", arguments_text, 0);
static const struct policy_turn wrong_played = PLAYED("search", arguments_text, 0);

static struct rollout_event event_of(char letter, const struct rollout *r)
{
    size_t first = r->turn_from;
    switch (letter) {
    case 'a':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &answer};
    case 'c':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &one};
    case 'd':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &two};
    case 'm':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &proper};
    case 'w':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &wrong};
    case 'b':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &batch};
    case 'n':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &bare};
    case 'e':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &none};
    case 'v':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &bad};
    case 'f':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &broken};
    case '2':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &two_played};
    case '3':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &three_played};
    case '1':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &bare_played};
    case '0':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &none_played};
    case '-':
        return (struct rollout_event){.kind = ROLLOUT_TURN, .turn = &wrong_played};
    case 'o':
        return (struct rollout_event){
            .kind = ROLLOUT_OUTPUT, .call = first, .text = "{}", .text_len = 2};
    case 'p':
        return (struct rollout_event){
            .kind = ROLLOUT_OUTPUT, .call = first + 1, .text = "", .text_len = 0};
    case 'x':
        return (struct rollout_event){
            .kind = ROLLOUT_LOST, .call = first, .text = "first lost", .text_len = 10};
    case 'y':
        return (struct rollout_event){
            .kind = ROLLOUT_LOST, .call = first + 1, .text = "second lost", .text_len = 11};
    case 'g':
        return (struct rollout_event){.kind = ROLLOUT_GRADED, .reward = 0.5};
    case 'h':
        return (struct rollout_event){
            .kind = ROLLOUT_GRADE_LOST, .text = "grader lost", .text_len = 11};
    default:
        return (struct rollout_event){.kind = ROLLOUT_CANCEL};
    }
}

static const struct row {
    const char *name;
    const char *events;
    enum rollout_state state;
    enum outcome outcome; /* in ENDED */
    enum err_code rc;     /* of the last event; those before it are fine */
    const char *why;
} rows[] = {
    {"an answer at once is graded", "ag", ROLLOUT_ENDED, OUTCOME_GRADED, ERR_OK, NULL},
    {"an output goes back to the policy", "co", ROLLOUT_POLICY, 0, ERR_OK, NULL},
    {"a turn waits for all its calls", "do", ROLLOUT_TOOLS, 0, ERR_OK, NULL},
    {"which may come in any order", "dpo", ROLLOUT_POLICY, 0, ERR_OK, NULL},
    {"an empty output is an output", "dop", ROLLOUT_POLICY, 0, ERR_OK, NULL},
    {"a call then an answer is graded", "coag", ROLLOUT_ENDED, OUTCOME_GRADED, ERR_OK, NULL},
    {"calls in the last turn are dropped (GAP-12)",
     "coco"
     "c",
     ROLLOUT_GRADE, 0, ERR_OK, NULL},
    {"and the rollout is graded all the same",
     "cococ"
     "g",
     ROLLOUT_ENDED, OUTCOME_GRADED_CUT, ERR_OK, NULL},
    {"an answer in the last turn is no cut", "cocoag", ROLLOUT_ENDED, OUTCOME_GRADED, ERR_OK, NULL},
    {"two calls in a turn are one turn", "dopdopag", ROLLOUT_ENDED, OUTCOME_GRADED, ERR_OK, NULL},
    {"a lost call discards the rollout", "cx", ROLLOUT_ENDED, OUTCOME_DISCARDED_TOOL, ERR_OK,
     "first lost"},
    {"but not before the turn's other calls are in", "dx", ROLLOUT_TOOLS, 0, ERR_OK, "first lost"},
    {"then it is", "dxp", ROLLOUT_ENDED, OUTCOME_DISCARDED_TOOL, ERR_OK, "first lost"},
    {"of two lost calls the lower one is told, whichever came first", "dyx", ROLLOUT_ENDED,
     OUTCOME_DISCARDED_TOOL, ERR_OK, "first lost"},
    {"in either order", "dxy", ROLLOUT_ENDED, OUTCOME_DISCARDED_TOOL, ERR_OK, "first lost"},
    {"a policy that fails ends it", "cof", ROLLOUT_ENDED, OUTCOME_POLICY_FAILED, ERR_OK,
     "no such key"},
    {"a grader that fails for good discards it", "ah", ROLLOUT_ENDED, OUTCOME_DISCARDED_GRADER,
     ERR_OK, "grader lost"},
    {"it can be cancelled while tools run", "c!", ROLLOUT_ENDED, OUTCOME_CANCELLED, ERR_OK, NULL},
    {"and while it is graded", "a!", ROLLOUT_ENDED, OUTCOME_CANCELLED, ERR_OK, NULL},
    {"but not once it has ended", "ag!", ROLLOUT_ENDED, OUTCOME_GRADED, ERR_BUG, NULL},
    {"a message to a tool is a call of it", "moag", ROLLOUT_ENDED, OUTCOME_GRADED, ERR_OK, NULL},
    {"a call addressed wrongly is graded at once, with a note (GAP-52)", "wg", ROLLOUT_ENDED,
     OUTCOME_GRADED, ERR_OK,
     "turn 1, a call addressed to \"search\" instead of \"functions.NAME\""},
    {"also after calls that were made", "cowg", ROLLOUT_ENDED, OUTCOME_GRADED, ERR_OK,
     "turn 2, a call addressed to \"search\" instead of \"functions.NAME\""},
    {"in the last turn it is dropped as any other (GAP-12)", "cocowg", ROLLOUT_ENDED,
     OUTCOME_GRADED_CUT, ERR_OK, NULL},
    {"a batch waits for all its calls (GAP-23)", "bo", ROLLOUT_TOOLS, 0, ERR_OK, NULL},
    {"and is one turn", "bpobopag", ROLLOUT_ENDED, OUTCOME_GRADED, ERR_OK, NULL},
    {"a batch in the last turn is dropped", "bopbopbg", ROLLOUT_ENDED, OUTCOME_GRADED_CUT, ERR_OK,
     NULL},
    {"a batch that is refused is one call, and the rollout goes on", "no", ROLLOUT_POLICY, 0,
     ERR_OK, NULL},
    {"so is one that is none", "vo", ROLLOUT_POLICY, 0, ERR_OK, NULL},
    {"a batch of no calls waits for nothing", "e", ROLLOUT_POLICY, 0, ERR_OK, NULL},
    {"but takes a turn", "eeeg", ROLLOUT_ENDED, OUTCOME_GRADED_CUT, ERR_OK, NULL},
    {"calls that are played wait like others", "2op", ROLLOUT_POLICY, 0, ERR_OK, NULL},
    {"more calls were recorded than are made", "co3", ROLLOUT_ENDED, OUTCOME_POLICY_FAILED, ERR_OK,
     "turn 2 makes 2 calls, and the record has answers to 3"},
    {"a batch that is refused is one call here too", "1", ROLLOUT_ENDED, OUTCOME_POLICY_FAILED,
     ERR_OK, "turn 1 makes 1 call, and the record has answers to 2"},
    {"nothing is called that the record does not answer", "0", ROLLOUT_ENDED, OUTCOME_POLICY_FAILED,
     ERR_OK, "turn 1 makes 1 call, and the record has answers to 0"},
    {"a call addressed wrongly needs no answer", "-g", ROLLOUT_ENDED, OUTCOME_GRADED, ERR_OK,
     "turn 1, a call addressed to \"search\" instead of \"functions.NAME\""},
    {"an output out of turn changes nothing", "o", ROLLOUT_POLICY, 0, ERR_BUG, NULL},
    {"nor does a grade", "cg", ROLLOUT_TOOLS, 0, ERR_BUG, NULL},
};

START_TEST(test_ends_where_its_row_says)
{
    const struct row *row = &rows[_i];
    struct rollout r;
    rollout_init(&r, 3);
    for (const char *c = row->events; *c; c++) {
        struct err e = {0};
        struct rollout_event event = event_of(*c, &r);
        enum err_code want = c[1] ? ERR_OK : row->rc;
        enum err_code got = rollout_feed(&r, &event, &e);
        ck_assert_msg(got == want, "%s: at '%s': %s", row->name, c, e.text);
    }
    ck_assert_msg(r.state == row->state, "%s: %s", row->name, rollout_state_words(r.state));
    if (r.state == ROLLOUT_ENDED)
        ck_assert_msg(r.outcome == row->outcome, "%s: %s", row->name, outcome_name(r.outcome));
    ck_assert_msg(!row->why == !r.why && (!r.why || strcmp(r.why, row->why) == 0), "%s: '%s'",
                  row->name, r.why ? r.why : "");
    rollout_release(&r);
}
END_TEST

START_TEST(test_a_graded_rollout_keeps_answer_and_reward)
{
    struct rollout r;
    rollout_init(&r, 1);
    for (const char *c = "ag"; *c; c++) {
        struct err e = {0};
        struct rollout_event event = event_of(*c, &r);
        ck_assert_int_eq(rollout_feed(&r, &event, &e), ERR_OK);
    }
    ck_assert_str_eq(buf_text(&r.answer), "42");
    ck_assert(r.reward == 0.5);
    rollout_release(&r);
    rollout_release(&r); /* twice is fine */
}
END_TEST

static const struct {
    const char *name;
    const char *events;
    const char *calls; /* "address|name|arguments;" */
    size_t turn_from;
    bool batch;
    enum tool_kind refusal;
    const char *refused;
} made[] = {
    {"a call keeps its arguments", "c", "functions.search|search|{};", 0, false, TOOL_KIND_FINE,
     ""},
    {"several are a batch", "d", "functions.search|search|{};functions.get|get|{};", 0, true,
     TOOL_KIND_FINE, ""},
    {"a message to a tool is the same as a call", "m", "functions.search|search|{}{};", 0, false,
     TOOL_KIND_FINE, ""},
    {"a batch is unpacked and respaced", "cob",
     "functions.search|search|{};functions.a|a|{\"x\": 1};b.c|b.c|{};", 1, true, TOOL_KIND_FINE,
     ""},
    {"without a namespace it is refused as a whole", "bopn",
     "functions.a|a|{\"x\": 1};b.c|b.c|{};multi_tool_use.parallel|multi_tool_use.parallel|"
     "{\"tool_uses\":[{\"recipient_name\":\"a\",\"parameters\":{}}]};",
     2, false, TOOL_KIND_NO_NAMESPACE, "multi_tool_use call to \"a\" missing namespace or name"},
    {"and when it is none", "v", "multi_tool_use.parallel|multi_tool_use.parallel|{}{};", 0, false,
     TOOL_KIND_BAD_BATCH, "1 validation error for _MultiToolCallParam"},
    {"the next turn is not", "voc",
     "multi_tool_use.parallel|multi_tool_use.parallel|{}{};functions.search|search|{};", 1, false,
     TOOL_KIND_FINE, ""},
    {"a batch of no calls leaves the calls before it to the graders", "doe",
     "functions.search|search|{};functions.get|get|{};", 0, true, TOOL_KIND_FINE, ""},
    {"a call addressed wrongly is kept as written", "cow",
     "functions.search|search|{};search|search|{}{};", 1, false, TOOL_KIND_FINE, ""},
};

START_TEST(test_a_turn_makes_the_calls_its_row_says)
{
    struct rollout r;
    struct buf calls = {0};
    rollout_init(&r, 9);
    for (const char *c = made[_i].events; *c; c++) {
        struct err e = {0};
        struct rollout_event event = event_of(*c, &r);
        ck_assert_msg(rollout_feed(&r, &event, &e) == ERR_OK, "%s: %s", made[_i].name, e.text);
        if (*c == 'd') { /* both outputs at once */
            struct rollout_event second = event_of('p', &r);
            ck_assert_int_eq(rollout_feed(&r, &second, &e), ERR_OK);
        }
    }
    for (size_t i = 0; i < r.n_calls; i++)
        buf_printf(&calls, "%s|%s|%s;", r.calls[i].address, r.calls[i].name, r.calls[i].arguments);
    ck_assert_msg(strcmp(buf_text(&calls), made[_i].calls) == 0, "%s: %s", made[_i].name,
                  buf_text(&calls));
    ck_assert_msg(r.turn_from == made[_i].turn_from && r.batch == made[_i].batch, "%s: %zu",
                  made[_i].name, r.turn_from);
    ck_assert_msg(r.refusal == made[_i].refusal, "%s", made[_i].name);
    if (r.refusal != TOOL_KIND_FINE)
        ck_assert_msg(strstr(buf_text(&r.refused), made[_i].refused) != NULL, "%s: %s",
                      made[_i].name, buf_text(&r.refused));
    buf_release(&calls);
    rollout_release(&r);
}
END_TEST

/* A turn as a model takes it. */
static void take(struct rollout *r, struct policy_turn *turn, const char *said, const char *note)
{
    struct err e = {0};
    buf_clear(&turn->said);
    buf_clear(&turn->note);
    buf_clear(&turn->beside);
    buf_text_add(&turn->beside, said);
    buf_text_add(&turn->said, said);
    buf_text_add(&turn->note, note);
    turn->tokens = (struct policy_tokens){true, *said != '\0', 100, 20, *said ? 5 : 0};
    ck_assert_int_eq(
        rollout_feed(r, &(struct rollout_event){.kind = ROLLOUT_TURN, .turn = turn}, &e), ERR_OK);
}

START_TEST(test_what_a_model_said_is_kept_from_turn_to_turn)
{
    struct rollout r;
    struct err e = {0};
    struct policy_turn turn = {.kind = POLICY_CALLS};
    rollout_init(&r, 9);
    buf_text_add(&turn.text, "{}");
    policy_turn_call(&turn, "search", 0);
    for (int i = 0; i < 4; i++) {
        char *said = mem_printf("[%d]", i);
        take(&r, &turn, said, "");
        struct rollout_event output = event_of('o', &r);
        ck_assert_int_eq(rollout_feed(&r, &output, &e), ERR_OK);
        free(said);
    }
    for (int i = 0; i < 4; i++) {
        ck_assert_uint_eq(r.turns[i].said_len, 3);
        ck_assert_int_eq(r.turns[i].said[1], '0' + i);
        ck_assert_uint_eq(r.turns[i].beside_len, 3);
        ck_assert_int_eq(r.turns[i].beside[1], '0' + i);
    }
    turn.kind = POLICY_ANSWER;
    turn.truncated = true;
    take(&r, &turn, "", "it came to its limit");
    ck_assert(r.truncated);
    ck_assert_str_eq(r.why, "it came to its limit");
    ck_assert_int_eq(r.tokens.n_turns, 5);
    ck_assert_int_eq(r.tokens.n_reasoning, 4);
    ck_assert_int_eq(r.tokens.prompt, 500);
    ck_assert_int_eq(r.tokens.completion, 100);
    ck_assert_int_eq(r.tokens.reasoning, 20);
    rollout_release(&r);
    policy_turn_release(&turn);
}
END_TEST

/* As of a server that tells of its prompts alone: a mean over turns needs both. */
START_TEST(test_tokens_of_which_some_are_told)
{
    struct tokens sum = {0};
    tokens_add_turn(&sum, &(struct policy_tokens){.told = true, .prompt = 10, .completion = 5});
    tokens_add_turn(&sum, &(struct policy_tokens){.prompt = 100});
    ck_assert_int_eq(sum.n_turns, 1);
    ck_assert_int_eq(sum.n_reasoning, 0);
    ck_assert_int_eq(sum.prompt, 10);
    ck_assert_int_eq(sum.completion, 5);
}
END_TEST

Suite *rollout_suite(void)
{
    Suite *suite = suite_create("rollout");
    TCase *tcase = tcase_create("feed");
    tcase_add_loop_test(tcase, test_ends_where_its_row_says, 0, COUNT_OF(rows));
    tcase_add_loop_test(tcase, test_a_turn_makes_the_calls_its_row_says, 0, COUNT_OF(made));
    tcase_add_test(tcase, test_a_graded_rollout_keeps_answer_and_reward);
    tcase_add_test(tcase, test_what_a_model_said_is_kept_from_turn_to_turn);
    tcase_add_test(tcase, test_tokens_of_which_some_are_told);
    suite_add_tcase(suite, tcase);
    return suite;
}
