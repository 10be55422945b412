/* The policies that draw: random and mixture. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/policy/policy.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

#define SCHEMA                                                                             \
    "{\"type\":\"object\",\"properties\":{\"query\":{\"type\":\"string\"}},\"required\":[" \
    "\"query\"]}"
static const char item[] =
    "{\"messages\":[{\"role\":\"user\",\"content\":\"(prune) roses?\"},{\"role\":\"user\","
    "\"content\":[{\"type\":\"text\",\"text\":\"today\"}]}],\"secret\":\"S-1\",\"tools\":[{"
    "\"type\":\"function\",\"function\":{\"name\":\"search\",\"parameters\":" SCHEMA "}}]}";

static char none[] = "{}";
static char found[] = "{\"items\":[{\"sku\":\"A-1\",\"price\":1.50}],\"none\":null}";
static char plain[] = "not found.";
static const struct policy_call calls[] = {
    {.name = "search", .arguments = none, .output = found, .output_len = sizeof(found) - 1},
    {.name = "search", .arguments = none, .output = plain, .output_len = sizeof(plain) - 1},
};

struct drawing {
    struct diags list;
    struct job *job;
    struct policy *policy;
    struct tape tape;
    struct policy_turn turn;
};

static void begin(struct drawing *d, const char *policy, const char *row)
{
    struct err e = {0};
    char *simulation = mem_printf("{policy: %s}", policy);
    *d = (struct drawing){.tape = fixture_tape(row)};
    d->job = fixture_job(FIXTURE_GRADER, simulation, &d->list);
    ck_assert_ptr_nonnull(d->job);
    ck_assert_msg(policy_new(&d->policy, d->job, &(struct policy_context){0}, &d->list, &e) ==
                      ERR_OK,
                  "%s: %s", policy, d->list.n ? d->list.at[0].text : e.text);
    free(simulation);
}

static void end(struct drawing *d)
{
    policy_turn_release(&d->turn);
    policy_free(d->policy);
    job_free(d->job);
    tape_release(&d->tape);
    diags_release(&d->list);
}

/* The turn of a rollout behind `n_calls` of the calls above, one a turn. */
static const char *take(struct drawing *d, uint64_t rollout, size_t n_calls)
{
    struct policy_view view = {.item = &d->tape,
                               .calls = calls,
                               .n_calls = n_calls,
                               .turn = n_calls,
                               .rng = rng_seed(rollout)};
    policy_take_turn(d->policy, &view, &d->turn);
    return buf_text(&d->turn.text);
}

enum { ROLLOUTS = 1000 };

START_TEST(test_random_answers_are_of_what_a_model_sees)
{
    static const struct {
        size_t n_calls;
        const char *text;
        bool ever;
    } rows[] = {
        {0, "prune", true},       {0, "roses", true},
        {0, "prune roses", true}, {0, "prune roses today", true},
        {0, "today", true},       {0, "S-1", false},
        {0, "A-1", false},        {1, "A-1", true},
        {1, "1.50", true},        {1, "today", true},
        {2, "found", true},       {2, "not found", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct drawing d;
        size_t n = 0;
        begin(&d, "{type: random, max_calls: 0}", item);
        for (uint64_t rollout = 0; rollout < ROLLOUTS; rollout++) {
            n += strcmp(take(&d, rollout, rows[i].n_calls), rows[i].text) == 0;
            ck_assert_int_eq(d.turn.kind, POLICY_ANSWER);
        }
        ck_assert_msg((n > 0) == rows[i].ever, "%s: %zu times", rows[i].text, n);
        end(&d);
    }
}
END_TEST

START_TEST(test_random_calls_are_as_many_as_drawn)
{
    size_t n[4] = {0};
    struct drawing d;
    begin(&d, "{type: random, max_calls: 2}", item);
    for (uint64_t rollout = 0; rollout < ROLLOUTS; rollout++) {
        size_t made = 0;
        while (made < 2 && (take(&d, rollout, made), d.turn.kind == POLICY_CALLS)) {
            ck_assert_uint_eq(d.turn.n_calls, 1);
            ck_assert_str_eq(d.turn.calls[0].name, "search");
            ck_assert_ptr_eq(strstr(buf_text(&d.turn.text), "{\"query\":\""),
                             buf_text(&d.turn.text));
            made++;
        }
        take(&d, rollout, 2);
        ck_assert_int_eq(d.turn.kind, POLICY_ANSWER);
        n[made]++;
    }
    for (size_t made = 0; made <= 2; made++) /* a third of 1000, within six standard errors */
        ck_assert_msg(n[made] > 243 && n[made] < 424, "%zu calls: %zu", made, n[made]);
    end(&d);
}
END_TEST

START_TEST(test_random_without_a_schema_or_with_a_wrong_one)
{
    struct drawing d;
    begin(&d, "{type: random, max_calls: 1000}", "{\"messages\":[],\"tools\":null}");
    ck_assert_str_eq(take(&d, 1, 0), "{}"); /* GAP-24: offered by its bare name */
    ck_assert_int_eq(d.turn.kind, POLICY_CALLS);
    end(&d);
    begin(&d, "{type: random, max_calls: 1000}",
          "{\"tools\":[{\"name\":\"search\",\"parameters\":{\"type\":\"text\"}}]}");
    ck_assert_msg(strstr(take(&d, 1, 0), "no arguments for 'search': its schema is at fault") !=
                      NULL,
                  "%s", buf_text(&d.turn.text));
    ck_assert_int_eq(d.turn.kind, POLICY_FAILED);
    end(&d);
    begin(&d, "{type: random, max_calls: 0}", "{\"messages\":3}");
    ck_assert_str_eq(take(&d, 1, 0), "");
    ck_assert_int_eq(d.turn.kind, POLICY_ANSWER);
    end(&d);
}
END_TEST

#define SAYS(text) "{type: scripted, turns: [{answer: " text "}]}"
#define MIX(a, left, b, right)                                                                     \
    "{type: mixture, policies: [{weight: " a ", policy: " left "}, {weight: " b ", policy: " right \
    "}]}"

static const struct {
    const char *policy;
    double share; /* of rollouts that answer x */
} mixtures[] = {
    {MIX("1", SAYS("x"), "0", SAYS("y")), 1},
    {MIX("0", SAYS("x"), "2", SAYS("y")), 0},
    {MIX("3", SAYS("x"), "1", SAYS("y")), 0.75},
    {MIX("0.1", SAYS("x"), "0.9", SAYS("y")), 0.1},
    {MIX("1", MIX("1", SAYS("x"), "1", SAYS("y")), "1", SAYS("y")), 0.25},
};

START_TEST(test_weights_are_shares_of_rollouts)
{
    struct drawing d;
    size_t n = 0;
    double share = mixtures[_i].share;
    begin(&d, mixtures[_i].policy, item);
    for (uint64_t rollout = 0; rollout < ROLLOUTS; rollout++)
        n += strcmp(take(&d, rollout, 0), "x") == 0;
    double far = 6 * sqrt(share * (1 - share) / ROLLOUTS);
    ck_assert_msg(fabs((double)n / ROLLOUTS - share) <= far, "%zu of %d, not %g", n, ROLLOUTS,
                  share);
    end(&d);
}
END_TEST

START_TEST(test_more_weight_for_the_first_leaves_its_rollouts)
{
    struct drawing less;
    struct drawing more;
    begin(&less, MIX("0.3", SAYS("x"), "0.7", SAYS("y")), item);
    begin(&more, MIX("0.6", SAYS("x"), "0.4", SAYS("y")), item);
    for (uint64_t rollout = 0; rollout < ROLLOUTS; rollout++) {
        if (strcmp(take(&less, rollout, 0), "x") == 0)
            ck_assert_str_eq(take(&more, rollout, 0), "x");
    }
    end(&less);
    end(&more);
}
END_TEST

START_TEST(test_a_rollout_is_one_policy_s_at_each_turn)
{
    struct drawing d;
    begin(&d,
          MIX("1", "{type: scripted, turns: [{call: search}, {answer: x}]}", "1",
              "{type: scripted, turns: [{call: other}, {answer: y}]}"),
          item);
    for (uint64_t rollout = 0; rollout < ROLLOUTS; rollout++) {
        take(&d, rollout, 0);
        bool first = strcmp(d.turn.calls[0].name, "search") == 0;
        ck_assert_str_eq(take(&d, rollout, 1), first ? "x" : "y");
    }
    ck_assert_str_eq(policy_note(d.policy), "50 % scripted, 50 % scripted");
    end(&d);
}
END_TEST

static const struct {
    const char *policy;
    enum diag_code code;
    const char *pointer;
} refused[] = {
    {"{type: random, max_calls: x}", DIAG_J004, "/simulation/policy/max_calls"},
    {"{type: random, max_calls: -1}", DIAG_J005, "/simulation/policy/max_calls"},
    {"{type: random, max_calls: 1001}", DIAG_J005, "/simulation/policy/max_calls"},
    {"{type: random, calls: 1}", DIAG_J002, "/simulation/policy/calls"},
    {"{type: mixture}", DIAG_J003, "/simulation/policy/policies"},
    {"{type: mixture, policies: []}", DIAG_J004, "/simulation/policy/policies"},
    {"{type: mixture, policies: {a: 1}}", DIAG_J004, "/simulation/policy/policies"},
    {"{type: mixture, policies: [3]}", DIAG_J003, "/simulation/policy/policies/0/weight"},
    {"{type: mixture, policies: [{weight: 1}]}", DIAG_J003, "/simulation/policy/policies/0/policy"},
    {"{type: mixture, policies: [{policy: {type: random}}]}", DIAG_J003,
     "/simulation/policy/policies/0/weight"},
    {"{type: mixture, policies: [{weight: a, policy: {type: random}}]}", DIAG_J004,
     "/simulation/policy/policies/0/weight"},
    {"{type: mixture, policies: [{weight: -1, policy: {type: random}}]}", DIAG_J005,
     "/simulation/policy/policies/0/weight"},
    {"{type: mixture, policies: [{weight: 0, policy: {type: random}}]}", DIAG_J005,
     "/simulation/policy/policies"},
    {"{type: mixture, policies: [{weight: 1, policy: {type: rendom}}]}", DIAG_J007,
     "/simulation/policy/policies/0/policy/type"},
    {"{type: mixture, policies: [{weight: 1, policy: {type: scripted, turns: [{answer: "
     "'{{x}}'}]}}]}",
     DIAG_J007, "/simulation/policy/policies/0/policy/turns/0/answer"},
    {"{type: mixture, policies: [{weight: 1, wieght: 2, policy: {type: random}}]}", DIAG_J002,
     "/simulation/policy/policies/0/wieght"},
    {"{type: mixture, weights: 1, policies: [{weight: 1, policy: {type: random}}]}", DIAG_J002,
     "/simulation/policy/weights"},
};

START_TEST(test_a_fault_has_its_place_and_fix)
{
    struct diags list = {0};
    char *simulation = mem_printf("{policy: %s}", refused[_i].policy);
    struct job *job = fixture_job(FIXTURE_GRADER, simulation, &list);
    ck_assert_ptr_nonnull(job);
    fixture_policy_refused(job, refused[_i].code, refused[_i].pointer, "");
    job_free(job);
    diags_release(&list);
    free(simulation);
}
END_TEST

Suite *random_suite(void)
{
    Suite *suite = suite_create("random");
    TCase *tcase = tcase_create("random");
    tcase_add_test(tcase, test_random_answers_are_of_what_a_model_sees);
    tcase_add_test(tcase, test_random_calls_are_as_many_as_drawn);
    tcase_add_test(tcase, test_random_without_a_schema_or_with_a_wrong_one);
    tcase_add_loop_test(tcase, test_weights_are_shares_of_rollouts, 0, COUNT_OF(mixtures));
    tcase_add_test(tcase, test_more_weight_for_the_first_leaves_its_rollouts);
    tcase_add_test(tcase, test_a_rollout_is_one_policy_s_at_each_turn);
    tcase_add_loop_test(tcase, test_a_fault_has_its_place_and_fix, 0, COUNT_OF(refused));
    suite_add_tcase(suite, tcase);
    return suite;
}
