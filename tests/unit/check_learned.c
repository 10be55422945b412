/* What a learner knows, and how it plays: states, chances, actions, its words as JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/policy/learner.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

static const char *const names[] = {"search", "open", "say"};

START_TEST(test_a_table_keeps_its_rows)
{
    struct table t = {.width = 2};
    ck_assert_ptr_null(table_find(&t, 7));
    for (uint64_t i = 0; i < 1000; i++) {
        uint64_t key = i * 0x9e3779b97f4a7c15u; /* in no order */
        double *row = table_at(&t, key);
        ck_assert_double_eq(row[0], 0);
        row[0] = (double)i;
        row[1] = -(double)i;
    }
    ck_assert_uint_eq(t.n, 1000);
    for (uint64_t i = 0; i < 1000; i++) {
        const double *row = table_find(&t, i * 0x9e3779b97f4a7c15u);
        ck_assert_ptr_nonnull(row);
        ck_assert_double_eq(row[0], (double)i);
        ck_assert_double_eq(row[1], -(double)i);
    }
    for (size_t i = 1; i < t.n; i++)
        ck_assert_uint_lt(t.keys[i - 1], t.keys[i]);
    table_release(&t);
}
END_TEST

/* Actions taken one after the other, and what the state is called then. */
static const struct {
    unsigned depth;
    const char *feature;
    int actions[5]; /* ended by -1 */
    const char *words;
} walks[] = {
    {3, NULL, {-1}, "start"},
    {3, NULL, {0, 1, -1}, "search > open"},
    {3, NULL, {0, 1, 2, 0, -1}, "open > say > search"},
    {1, NULL, {0, 1, -1}, "open"},
    {0, NULL, {0, 1, -1}, "start"},
    {6, "price", {2, 2, -1}, "price: say > say"},
    {2, "", {0, -1}, ": search"},
    {2, "never", {0, -1}, "(never met): search"},
};

START_TEST(test_a_state_is_the_last_actions)
{
    struct learned l;
    struct buf words = {0};
    learned_init(&l, names, COUNT_OF(names), walks[_i].depth);
    learned_meet(&l, "price");
    learned_meet(&l, "");
    uint64_t state = learned_begin(&l, walks[_i].feature);
    for (const int *a = walks[_i].actions; *a >= 0; a++)
        state = learned_after(&l, state, (size_t)*a);
    learned_state_words(&l, state, &words);
    ck_assert_str_eq(buf_text(&words), walks[_i].words);
    buf_release(&words);
    learned_release(&l);
}
END_TEST

/* Whatever came before the last `depth` actions: of the same feature it is the same state. */
START_TEST(test_what_is_long_past_is_forgotten)
{
    struct learned l;
    unsigned depth = (unsigned)_i;
    learned_init(&l, names, COUNT_OF(names), depth);
    uint64_t begin = learned_meet(&l, "price");
    uint64_t one = learned_after(&l, learned_after(&l, begin, 0), 1);
    uint64_t other = learned_after(&l, begin, 2);
    for (unsigned i = 0; i < depth; i++) {
        one = learned_after(&l, one, i % 3);
        other = learned_after(&l, other, i % 3);
    }
    ck_assert_uint_eq(one, other);
    ck_assert_uint_eq(one >> 48, begin >> 48);
    learned_release(&l);
}
END_TEST

START_TEST(test_values_of_a_feature_stay_apart)
{
    struct learned l;
    uint64_t met[100];
    learned_init(&l, names, COUNT_OF(names), 2);
    for (int i = 0; i < 100; i++) {
        char *text = mem_printf("%d", (i * 37) % 100);
        met[i] = learned_meet(&l, text);
        ck_assert_uint_eq(met[i], learned_meet(&l, text)); /* met once */
        free(text);
    }
    for (int i = 0; i < 100; i++) {
        char *text = mem_printf("%d", (i * 37) % 100);
        ck_assert_uint_eq(met[i], learned_begin(&l, text));
        for (int k = 0; k < i; k++)
            ck_assert_uint_ne(met[i], met[k]);
        free(text);
    }
    ck_assert_uint_eq(learned_begin(&l, "x"), learned_begin(&l, "y")); /* both never met */
    ck_assert_uint_ne(learned_begin(&l, "x"), learned_begin(&l, NULL));
    learned_release(&l);
}
END_TEST

START_TEST(test_chances_are_shares_of_e_to_the_preference)
{
    struct learned l;
    double p[COUNT_OF(names)];
    learned_init(&l, names, COUNT_OF(names), 3);
    learned_chances(&l, 0, p);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        ck_assert_double_eq_tol(p[i], 1.0 / 3, 1e-15);
    double *preference = table_at(&l.preferences, 0);
    preference[0] = 1000 + log(2); /* e^1000 is no double */
    preference[1] = 1000 + log(6);
    preference[2] = 1000;
    learned_chances(&l, 0, p);
    ck_assert_double_eq_tol(p[0], 2.0 / 9, 1e-12);
    ck_assert_double_eq_tol(p[1], 6.0 / 9, 1e-12);
    ck_assert_double_eq_tol(p[2], 1.0 / 9, 1e-12);
    learned_release(&l);
}
END_TEST

START_TEST(test_what_is_written_is_read_as_it_was)
{
    struct learned l;
    struct learned again;
    struct buf text = {0};
    struct buf second = {0};
    struct buf why = {0};
    size_t at = 0;
    learned_init(&l, names, COUNT_OF(names), 2);
    learned_init(&again, names, COUNT_OF(names), 2);
    uint64_t state = learned_meet(&l, "a \"b\"");
    for (size_t i = 0; i < 3; i++) {
        double *row = table_at(&l.preferences, state);
        for (size_t k = 0; k < COUNT_OF(names); k++)
            row[k] = (double)(i + 1) / 3 - (double)k * 1e-7;
        state = learned_after(&l, state, i);
    }
    learned_write(&l, &text);
    json_t *json = json_loads(buf_text(&text), 0, NULL);
    ck_assert_ptr_nonnull(json);
    ck_assert_msg(learned_read(&again, json, &at, &why), "%zu: %s", at, buf_text(&why));
    learned_write(&again, &second);
    ck_assert_str_eq(buf_text(&text), buf_text(&second));
    ck_assert_mem_eq(l.preferences.values, again.preferences.values,
                     l.preferences.n * l.n_actions * sizeof(double));
    json_decref(json);
    buf_release(&text);
    buf_release(&second);
    buf_release(&why);
    learned_release(&l);
    learned_release(&again);
}
END_TEST

/* Values beyond those that are told apart share a state, also of what is read again. */
START_TEST(test_a_feature_has_so_many_values)
{
    struct learned l;
    struct learned again;
    struct buf text = {0};
    struct buf why = {0};
    size_t at = 0;
    double p[COUNT_OF(names)];
    double q[COUNT_OF(names)];
    learned_init(&l, names, COUNT_OF(names), 2);
    learned_init(&again, names, COUNT_OF(names), 2);
    for (int i = 0; i < LEARNED_FEATURES_MAX; i++) {
        char value[16];
        snprintf(value, sizeof(value), "%05d", i);
        learned_meet(&l, value);
    }
    uint64_t more = learned_meet(&l, "more");
    ck_assert_uint_eq(more, learned_meet(&l, "most"));
    ck_assert_uint_ne(more, learned_begin(&l, "00007"));
    table_at(&l.preferences, more)[1] = 2.5;
    learned_write(&l, &text);
    json_t *json = json_loads(buf_text(&text), 0, NULL);
    ck_assert_msg(learned_read(&again, json, &at, &why), "%zu: %s", at, buf_text(&why));
    learned_chances(&l, learned_begin(&l, "most"), p);
    learned_chances(&again, learned_begin(&again, "most"), q);
    ck_assert_mem_eq(p, q, sizeof(p));
    json_decref(json);
    buf_release(&text);
    buf_release(&why);
    learned_release(&l);
    learned_release(&again);
}
END_TEST

/* --- played ---------------------------------------------------------------------------------- */

static const char item[] =
    "{\"messages\":[],\"query\":\"roses\",\"kind\":\"tool\",\"n\":3,\"tools\":[{\"type\":"
    "\"function\",\"function\":{\"name\":\"search\",\"parameters\":{\"type\":\"object\","
    "\"properties\":{\"query\":{},\"sku\":{},\"top_k\":{}}}}}]}";
static char none[] = "{}";
static char first[] = "{\"items\":[{\"sku\":\"A-1\"},{\"sku\":\"A-2\"}],\"note\":\"n\"}";
static char second[] = "no JSON";
static const struct policy_call calls[] = {
    {.name = "search", .arguments = none, .output = first, .output_len = sizeof(first) - 1},
    {.name = "open", .arguments = none, .output = second, .output_len = sizeof(second) - 1},
};

/* The one action that a learner with two of them, both this one, takes. */
static const struct {
    const char *action;
    size_t n_calls; /* made before */
    enum policy_turn_kind kind;
    const char *text;
} played[] = {
    {"answer: '{{item.query}}'", 0, POLICY_ANSWER, "roses"},
    {"answer: 'a {{last.output.items[1].sku}} b'", 1, POLICY_ANSWER, "a A-2 b"},
    {"answer: '{{last.output}}'", 2, POLICY_ANSWER, "no JSON"},
    {"answer: '{{recent[1].output.note}}'", 2, POLICY_ANSWER, "n"},
    {"answer: '{{last.output.sku}}'", 0, POLICY_ANSWER, ""},
    {"answer: 'x {{item.nothing}}'", 0, POLICY_ANSWER, ""},
    {"call: open, arguments: {sku: '{{last.output.sku}}', n: '{{item.n}}'}", 0, POLICY_CALLS,
     "{\"sku\":null,\"n\":3}"},
    {"call: open, arguments: {sku: 'no. {{last.output.sku}}'}", 0, POLICY_CALLS, "{\"sku\":\"\"}"},
    {"fill: search", 0, POLICY_CALLS, "{\"query\":\"roses\"}"},
    {"fill: search", 2, POLICY_CALLS, "{\"query\":\"roses\",\"sku\":\"A-1\"}"},
    {"fill: open", 2, POLICY_CALLS, "{}"},
};

static struct policy *open_learner(const char *spec, struct job **job, struct diags *list)
{
    struct err e = {0};
    struct policy *p = NULL;
    char *simulation = mem_printf("{policy: {type: learner, %s}}", spec);
    *job = fixture_job(FIXTURE_GRADER, simulation, list);
    ck_assert_ptr_nonnull(*job);
    ck_assert_msg(policy_new(&p, *job, &(struct policy_context){0}, list, &e) == ERR_OK, "%s: %s",
                  spec, list->n ? list->at[0].text : e.text);
    free(simulation);
    return p;
}

START_TEST(test_an_action_is_played)
{
    struct diags list = {0};
    struct job *job = NULL;
    char *spec =
        mem_printf("actions: [{name: a, %s}, {name: b, %s}]", played[_i].action, played[_i].action);
    struct policy *p = open_learner(spec, &job, &list);
    struct tape row = fixture_tape(item);
    struct policy_past turns[] = {{.from = 0, .n_calls = 1, .batch = false, .choice = 1},
                                  {.from = 1, .n_calls = 1, .batch = false, .choice = 2}};
    struct policy_turn turn = {0};
    struct policy_view view = {.item = &row,
                               .calls = calls,
                               .n_calls = played[_i].n_calls,
                               .turns = turns,
                               .turn = played[_i].n_calls,
                               .rng = rng_seed(7)};
    policy_take_turn(p, &view, &turn);
    ck_assert_int_eq(turn.kind, played[_i].kind);
    ck_assert_str_eq(buf_text(&turn.text), played[_i].text);
    ck_assert_int_ge(turn.choice, 1);
    ck_assert_int_le(turn.choice, 2);
    policy_turn_release(&turn);
    policy_free(p);
    job_free(job);
    diags_release(&list);
    tape_release(&row);
    free(spec);
}
END_TEST

/* Draws come as often as they should, and are those of the stream, whoever is asked. */
START_TEST(test_actions_are_drawn_by_their_chances)
{
    enum { ROLLOUTS = 20000 };
    struct diags list = {0};
    struct job *job = NULL;
    struct policy *p = open_learner(
        "actions: [{name: a, answer: a}, {name: b, answer: b}, {name: c, answer: c}], feature: "
        "'{{item.kind}}', learned: [{feature: tool, after: [], prefers: {a: 1.0986122886681098, "
        "b: 0.6931471805599453}}]",
        &job, &list);
    struct tape row = fixture_tape(item);
    struct policy_turn turn = {0};
    int n[3] = {0};
    for (uint64_t i = 0; i < ROLLOUTS; i++) {
        struct policy_view view = {.item = &row, .rng = rng_seed(i)};
        policy_take_turn(p, &view, &turn);
        n[turn.choice - 1]++;
        ck_assert_int_eq(buf_text(&turn.text)[0], 'a' + turn.choice - 1);
        int once = turn.choice;
        policy_take_turn(p, &view, &turn);
        ck_assert_int_eq(turn.choice, once);
    }
    ck_assert_double_eq_tol(n[0], ROLLOUTS / 2.0, 300); /* four standard deviations */
    ck_assert_double_eq_tol(n[1], ROLLOUTS / 3.0, 300);
    ck_assert_double_eq_tol(n[2], ROLLOUTS / 6.0, 300);
    policy_turn_release(&turn);
    policy_free(p);
    job_free(job);
    diags_release(&list);
    tape_release(&row);
}
END_TEST

START_TEST(test_a_nul_does_not_end_a_feature)
{
    struct diags list = {0};
    struct job *job = NULL;
    struct policy *p = open_learner("actions: [{name: a, answer: a}, {name: b, answer: b}], "
                                    "feature: '{{item.kind}}'",
                                    &job, &list);
    struct tape one = fixture_tape("{\"messages\":[],\"kind\":\"a\\u0000b\"}");
    struct tape other = fixture_tape("{\"messages\":[],\"kind\":\"a\\u0000c\"}");
    ck_assert_uint_ne(learner_begin(p, &one), learner_begin(p, &other));
    policy_free(p);
    job_free(job);
    diags_release(&list);
    tape_release(&one);
    tape_release(&other);
}
END_TEST

/* Specs that cannot be used: the first fault, where, and a part of what to do. */
static const struct {
    const char *spec;
    enum diag_code code;
    const char *pointer;
    const char *fix;
} refused[] = {
    {"actions: []", DIAG_J004, "/simulation/policy/actions", "leave it away"},
    {"actions: [{name: a, answer: x}]", DIAG_J004, "/simulation/policy/actions", "name: WORD"},
    {"actions: [{answer: x}, {name: b, answer: y}]", DIAG_J003, "/simulation/policy/actions/0",
     "add name"},
    {"actions: [{name: a, answer: x}, {name: a, answer: y}]", DIAG_J007,
     "/simulation/policy/actions/1/name", "a name of its own"},
    {"actions: [{name: a, answer: '{{sample.x}}'}, {name: b, answer: y}]", DIAG_J007,
     "/simulation/policy/actions/0/answer", "last.output"},
    {"actions: [{name: a, fill: 3}, {name: b, answer: y}]", DIAG_J004,
     "/simulation/policy/actions/0/fill", "fill: TOOL"},
    {"actions: [{name: a, answer: x}, {name: b, answer: y}], depth: 7", DIAG_J005,
     "/simulation/policy/depth", "depth: 3"},
    {"actions: [{name: a, answer: x}, {name: b, answer: y}], step_size: -1", DIAG_J005,
     "/simulation/policy/step_size", "0.5"},
    {"actions: [{name: a, answer: x}, {name: b, answer: y}], advantage: rank", DIAG_J007,
     "/simulation/policy/advantage", "std"},
    {"actions: [{name: a, answer: x}, {name: b, answer: y}], feature: 3", DIAG_J004,
     "/simulation/policy/feature", "item.KEY"},
    {"actions: [{name: a, answer: x}, {name: b, answer: y}], feature: kind", DIAG_J007,
     "/simulation/policy/feature", "item.KEY"},
    {"actions: [{name: a, answer: x}, {name: b, answer: y}], feature: '{{last.name}}'", DIAG_J007,
     "/simulation/policy/feature", "item.KEY"},
    {"actions: [{name: a, answer: x}, {name: b, answer: y}], learned: [{after: [c], prefers: {}}]",
     DIAG_J007, "/simulation/policy/learned/0", "checkpoint"},
    {"actions: [{name: a, answer: x}, {name: b, answer: y}], learned: [{after: [a], prefers: {a: "
     "x}}]",
     DIAG_J007, "/simulation/policy/learned/0", "checkpoint"},
    {"actions: [{name: a, answer: x}, {name: b, answer: y}], temperature: 1", DIAG_J002,
     "/simulation/policy/temperature", ""},
};

START_TEST(test_a_bad_spec_is_refused)
{
    struct diags list = {0};
    char *simulation = mem_printf("{policy: {type: learner, %s}}", refused[_i].spec);
    struct job *job = fixture_job(FIXTURE_GRADER, simulation, &list);
    ck_assert_ptr_nonnull(job);
    fixture_policy_refused(job, refused[_i].code, refused[_i].pointer, refused[_i].fix);
    job_free(job);
    diags_release(&list);
    free(simulation);
}
END_TEST

/* A checkpoint shows ${NAME}, which is a text there; what was none would be another argument. */
START_TEST(test_a_variable_in_an_action_is_a_text)
{
    static const char *const written[] = {"${CHECK_LEARNED:-3}", "[1, \"${CHECK_LEARNED:-3}\"]"};
    struct diags list = {0};
    char *simulation = mem_printf("\n  policy:\n    type: learner\n    actions:\n"
                                  "    - {name: a, answer: a}\n    - name: b\n      call: search\n"
                                  "      arguments:\n        n: %s\n",
                                  written[_i]);
    struct job *job = fixture_job(FIXTURE_GRADER, simulation, &list);
    struct policy *p = NULL;
    struct err e = {0};
    ck_assert_ptr_nonnull(job);
    if (_i == 0)
        fixture_policy_refused(job, DIAG_J004, "/simulation/policy/actions/1", "in quotes");
    else
        ck_assert_int_eq(policy_new(&p, job, &(struct policy_context){0}, &list, &e), ERR_OK);
    policy_free(p);
    job_free(job);
    diags_release(&list);
    free(simulation);
}
END_TEST

Suite *learned_suite(void)
{
    Suite *suite = suite_create("learned");
    TCase *tcase = tcase_create("learned");
    tcase_add_test(tcase, test_a_table_keeps_its_rows);
    tcase_add_loop_test(tcase, test_a_state_is_the_last_actions, 0, COUNT_OF(walks));
    tcase_add_loop_test(tcase, test_what_is_long_past_is_forgotten, 0, LEARNED_DEPTH_MAX + 1);
    tcase_add_test(tcase, test_values_of_a_feature_stay_apart);
    tcase_add_test(tcase, test_chances_are_shares_of_e_to_the_preference);
    tcase_add_test(tcase, test_what_is_written_is_read_as_it_was);
    tcase_add_test(tcase, test_a_feature_has_so_many_values);
    tcase_add_test(tcase, test_a_nul_does_not_end_a_feature);
    tcase_add_loop_test(tcase, test_an_action_is_played, 0, COUNT_OF(played));
    tcase_add_test(tcase, test_actions_are_drawn_by_their_chances);
    tcase_add_loop_test(tcase, test_a_bad_spec_is_refused, 0, COUNT_OF(refused));
    tcase_add_loop_test(tcase, test_a_variable_in_an_action_is_a_text, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
