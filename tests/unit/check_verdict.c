#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/report/gates.h"
#include "sim/report/verdict_line.h"
#include "tests/unit/histories.h"
#include "tests/unit/suites.h"

/* What a case changes about a history. */
static void is_scripted(struct history *h)
{
    free(h->policy);
    h->policy = mem_text("scripted");
}

static void is_oracle(struct history *h)
{
    free(h->policy);
    h->policy = mem_text("oracle");
}

static void is_real(struct history *h)
{
    free(h->policy);
    h->policy = NULL;
}

static void is_recorded(struct history *h)
{
    h->tools_recorded = true;
    h->scores_recorded = true;
    histories_add_tool(h, "lookup", WAVE_TRAIN, 0, 7, TOOL_KIND_NO_OUTPUT);
}

static void is_export(struct history *h)
{
    is_real(h);
    h->source = HISTORY_EXPORT;
}

static void is_failed(struct history *h)
{
    free(h->state);
    h->state = mem_text("failed");
}

static void is_stopped(struct history *h)
{
    free(h->state);
    h->state = mem_text("stopped");
}

static void has_threshold(struct history *h)
{
    h->pass_threshold = 0.9;
}

static void oracle_has_threshold(struct history *h)
{
    is_oracle(h);
    has_threshold(h);
}

static void all_calls_fail(struct history *h)
{
    histories_add_tool(h, "lookup", WAVE_TRAIN, 0, 7, TOOL_KIND_CLIENT_ERROR);
    histories_add_tool(h, "fine", WAVE_TRAIN, 9, 0, TOOL_KIND_FINE);
}

static void half_of_calls_fail(struct history *h)
{
    histories_add_tool(h, "lookup", WAVE_TRAIN, 5, 5, TOOL_KIND_SERVER_ERROR);
}

static void half_are_refused(struct history *h)
{
    histories_add_tool(h, "lookup", WAVE_TRAIN, 5, 5, TOOL_KIND_CLIENT_ERROR);
}

static void half_are_refused_of_a_script(struct history *h)
{
    is_scripted(h);
    half_are_refused(h);
}

static void some_calls_fail(struct history *h)
{
    histories_add_tool(h, "lookup", WAVE_TRAIN, 95, 5, TOOL_KIND_SERVER_ERROR);
}

static void few_calls_fail(struct history *h)
{
    histories_add_tool(h, "lookup", WAVE_TRAIN, 96, 4, TOOL_KIND_SERVER_ERROR);
}

static void misnamed_calls_fail(struct history *h)
{
    histories_add_tool(h, "lookup", WAVE_TRAIN, 1, 0, TOOL_KIND_FINE);
    histories_add_tool(h, "", WAVE_TRAIN, 0, 9, TOOL_KIND_UNKNOWN);
}

static void answers_break_the_contract(struct history *h)
{
    histories_add_tool(h, "lookup", WAVE_TRAIN, 99, 1, TOOL_KIND_NO_OUTPUT);
}

static void no_calls(struct history *h)
{
    histories_add_tool(h, "lookup", WAVE_TRAIN, 0, 0, TOOL_KIND_FINE);
}

static void one_part_is_flat(struct history *h)
{
    static const char *const keys[] = {"exact", "form"};
    static const double parts[] = {0, 1, 1, 1};
    histories_add_parts(h, 2, keys, parts);
}

static void both_parts_differ(struct history *h)
{
    static const char *const keys[] = {"exact", "form"};
    static const double parts[] = {0, 1, 1, 0};
    histories_add_parts(h, 2, keys, parts);
}

static void answers_grow(struct history *h)
{
    for (size_t i = 0; i < h->n_rollouts; i++)
        h->rollouts[i].bytes = 100 * ((int64_t)i + 1);
}

enum { SILENT = -1 }; /* the rule has nothing to look at */

static const struct rule_row {
    const char *name;
    const char *waves;
    void (*change)(struct history *h);
    enum verdict_rule rule;
    int severity;     /* enum verdict_severity, or SILENT */
    const char *text; /* in the line; NULL: any */
} rule_rows[] = {
    {"a run that is done", "step 1: 1 0", NULL, VERDICT_RULE_RUN, VERDICT_FINE, "1 of 1 steps"},
    {"one that failed", "step 1: 1 0", is_failed, VERDICT_RULE_RUN, VERDICT_FATAL, "failed after"},
    {"one that was stopped", "step 1: 1; step 2!: 0", is_stopped, VERDICT_RULE_RUN, VERDICT_WARNING,
     "stopped after 1 of 2 steps"},

    {"some are graded", "step 1: 1 d", NULL, VERDICT_RULE_GRADED, VERDICT_FINE, "1 of 2"},
    {"none is", "step 1: d g", NULL, VERDICT_RULE_GRADED, VERDICT_FATAL, "mean would be -1"},
    {"none is, by the stub", "step 1: d p", NULL, VERDICT_RULE_GRADED, VERDICT_FATAL,
     "in 1 the learner policy could not take its turn"},
    {"no rollout ended", "step 1: x", NULL, VERDICT_RULE_GRADED, VERDICT_FATAL, "no rollout ended"},

    {"every call of a tool fails", "step 1: 0 0", all_calls_fail, VERDICT_RULE_TOOLS, VERDICT_FATAL,
     "every call of lookup failed, all 7, mostly http_4xx (answered 4xx); see whether the service "
     "appends the tool's name to the address (EV-13)"},
    {"half do", "step 1: 0 0", half_of_calls_fail, VERDICT_RULE_TOOLS, VERDICT_FATAL,
     "lookup failed on 5 of 10 calls (50.0 %)"},
    {"half of a learner's are refused", "step 1: 0 0", half_are_refused, VERDICT_RULE_TOOLS,
     VERDICT_WARNING,
     "lookup failed on 5 of 10 calls (50.0 %), mostly http_4xx (answered 4xx); the "
     "policy tries calls that cannot be right"},
    {"half of a script's are", "step 1: 0 0", half_are_refused_of_a_script, VERDICT_RULE_TOOLS,
     VERDICT_FATAL, "lookup failed on 5 of 10 calls (50.0 %), mostly http_4xx (answered 4xx)"},
    {"fewer do", "step 1: 0 0", some_calls_fail, VERDICT_RULE_TOOLS, VERDICT_FINE, NULL},
    {"calls to no tool are no tool's", "step 1: 0", misnamed_calls_fail, VERDICT_RULE_TOOLS,
     VERDICT_FINE, NULL},
    {"no tool", "step 1: 0 0", NULL, VERDICT_RULE_TOOLS, SILENT, NULL},
    {"none was called", "step 1: 0 0", is_recorded, VERDICT_RULE_TOOLS, SILENT, NULL},
    {"nor failed", "step 1: 0 0", is_recorded, VERDICT_RULE_TOOL_ERRORS, SILENT, NULL},
    {"nor answered", "step 1: 0 0", is_recorded, VERDICT_RULE_CONTRACT, SILENT, NULL},
    {"no grader was asked", "step 1: 1 g", is_recorded, VERDICT_RULE_GRADER_LOST, SILENT, NULL},
    {"nor erred", "step 1: e0 1", is_recorded, VERDICT_RULE_GRADER_ERRORS, SILENT, NULL},
    {"5 % of calls fail", "step 1: 0 0", some_calls_fail, VERDICT_RULE_TOOL_ERRORS, VERDICT_WARNING,
     "5 of 100 calls (5.0 %), mostly http_5xx"},
    {"4 % do", "step 1: 0 0", few_calls_fail, VERDICT_RULE_TOOL_ERRORS, VERDICT_FINE, NULL},
    {"an answer without output", "step 1: 0", answers_break_the_contract, VERDICT_RULE_CONTRACT,
     VERDICT_WARNING, "1 of 100 tool calls"},
    {"answers by the contract", "step 1: 0", few_calls_fail, VERDICT_RULE_CONTRACT, VERDICT_FINE,
     NULL},
    {"no call at all", "step 1: 0", no_calls, VERDICT_RULE_UNUSED, VERDICT_WARNING,
     "none of the 1 tool was ever called"},
    {"calls", "step 1: 0", few_calls_fail, VERDICT_RULE_UNUSED, VERDICT_FINE, "100 tool calls"},

    {"every reward is 0", "eval 0: 0 0; step 1: 0 0", NULL, VERDICT_RULE_REWARD, VERDICT_FATAL,
     "every reward is 0, of all 4: there is nothing to learn from"},
    {"every reward of a real model is 1", "step 1: 1 1", is_real, VERDICT_RULE_REWARD,
     VERDICT_FATAL, NULL},
    {"of one evaluation, which may be of the end", "eval 3: 1 1 | 1 1", is_export,
     VERDICT_RULE_REWARD, VERDICT_WARNING, "nothing left to learn"},
    {"of a stub that says less", "step 1: .5 .5", is_scripted, VERDICT_RULE_REWARD, VERDICT_WARNING,
     "from the scripted policy alone"},
    {"of an oracle that is as it should be", "step 1: 1 1", is_oracle, VERDICT_RULE_REWARD,
     VERDICT_FINE, NULL},
    {"but not 0", "step 1: 0 0", is_oracle, VERDICT_RULE_REWARD, VERDICT_FATAL, NULL},
    {"rewards differ between phases", "eval 0: 1 1; step 1: 0 0", NULL, VERDICT_RULE_REWARD,
     VERDICT_FINE, "from 0 to 1"},
    {"one reward says nothing", "step 1: 0", NULL, VERDICT_RULE_REWARD, SILENT, NULL},

    {"nothing is thrown away", "step 1: 1 0 p", NULL, VERDICT_RULE_DISCARDED, VERDICT_FINE, NULL},
    {"one in five is", "step 1: 1 1 1 1 d", NULL, VERDICT_RULE_DISCARDED, VERDICT_FATAL,
     "1 of 5 rollouts (20.0 %) were thrown away; each is -1 in the service's mean (EV-4), so in "
     "step 1 it is 0.6, not 1"},
    {"one is, and the stub failed too", "step 1: 1 1 1 1 p; step 2: 1 1 1 d p p", NULL,
     VERDICT_RULE_DISCARDED, VERDICT_WARNING,
     "1 of 11 rollouts (9.1 %) were thrown away; each is -1 in the service's mean (EV-4), so in "
     "step 2 it is 0.5, not 1"},
    {"one in six is", "step 1: 1 1 1 1 1 d", NULL, VERDICT_RULE_DISCARDED, VERDICT_WARNING, NULL},
    {"the grader answered", "step 1: 1 d", NULL, VERDICT_RULE_GRADER_LOST, VERDICT_FINE, NULL},
    {"it did not", "step 1: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 g", NULL,
     VERDICT_RULE_GRADER_LOST, VERDICT_WARNING, "for 1 of 21 rollouts"},
    {"it did not, often", "step 1: 1 g", NULL, VERDICT_RULE_GRADER_LOST, VERDICT_FATAL, "EV-14"},
    {"no grade in error", "step 1: 1", NULL, VERDICT_RULE_GRADER_ERRORS, VERDICT_FINE, NULL},
    {"a tenth is", "step 1: e0 1 1 1 1 1 1 1 1 1", NULL, VERDICT_RULE_GRADER_ERRORS,
     VERDICT_WARNING, "1 of 10 grades (10.0 %) are errors and worth 0, mostly other_error"},
    {"a half is", "step 1: e0 1", NULL, VERDICT_RULE_GRADER_ERRORS, VERDICT_FATAL, NULL},
    {"a part of a multi is", "step 1: e.5 1", both_parts_differ, VERDICT_RULE_GRADER_ERRORS,
     VERDICT_FATAL, "1 of 2 grades (50.0 %) have an error in them: the grader in error counts 0"},

    {"no cut", "step 1: 1", NULL, VERDICT_RULE_CUT, VERDICT_FINE, NULL},
    {"nothing graded says nothing of cuts", "step 1: d", NULL, VERDICT_RULE_CUT, SILENT, NULL},
    {"nor of silence", "step 1: d", NULL, VERDICT_RULE_SILENT, SILENT, NULL},
    {"a third cut", "step 1: 1 1 c0", NULL, VERDICT_RULE_CUT, VERDICT_WARNING, "1 of 3"},
    {"half cut", "step 1: 1 c0", NULL, VERDICT_RULE_CUT, VERDICT_FATAL, NULL},
    {"silence", "step 1: 1 1 s0", NULL, VERDICT_RULE_SILENT, VERDICT_WARNING, "1 of 3"},
    {"answers", "step 1: 1 1", NULL, VERDICT_RULE_SILENT, VERDICT_FINE, NULL},

    {"half of the groups are dead", "step 1: 1 0 | 1 1", NULL, VERDICT_RULE_GROUPS, VERDICT_WARNING,
     "1 of 2 groups (50.0 %) are dead"},
    {"all are", "step 1: 0 0 | 1 1", NULL, VERDICT_RULE_GROUPS, VERDICT_FATAL, NULL},
    {"all are, by a script", "step 1: 0 0 | 1 1", is_scripted, VERDICT_RULE_GROUPS, VERDICT_FINE,
     "this says nothing of the model"},
    {"a third is", "step 1: 0 1 | 1 0 | 1 1", NULL, VERDICT_RULE_GROUPS, VERDICT_FINE, NULL},
    {"groups of one", "step 1: 0 | 1", NULL, VERDICT_RULE_GROUPS, SILENT, NULL},

    {"nobody passes", "eval 0: .8 .2", has_threshold, VERDICT_RULE_THRESHOLD, VERDICT_WARNING,
     "nobody reaches pass_threshold 0.9: the highest of 2 rewards of the last evaluation is 0.8"},
    {"everybody passes", "eval 0: 1 .95", has_threshold, VERDICT_RULE_THRESHOLD, VERDICT_WARNING,
     "everybody reaches pass_threshold 0.9"},
    {"everybody passes with an oracle", "eval 0: 1 1", oracle_has_threshold, VERDICT_RULE_THRESHOLD,
     VERDICT_FINE, NULL},
    {"half pass", "eval 0: 1 .2", has_threshold, VERDICT_RULE_THRESHOLD, VERDICT_FINE,
     "RFT learns best where 25 to 50 % fail, as here"},
    {"no threshold", "eval 0: 1 .2", NULL, VERDICT_RULE_THRESHOLD, SILENT, NULL},
    {"an export's own marks", "eval 0: P.5 F.2", NULL, VERDICT_RULE_THRESHOLD, VERDICT_FINE,
     "the recorded pass mark, at most 0.5"},

    {"a part that is always 1", "step 1: 0 1", one_part_is_flat, VERDICT_RULE_PARTS,
     VERDICT_WARNING, "grader \"form\" gives 1 to all 2 training rollouts"},
    {"parts that differ", "step 1: 0 1", both_parts_differ, VERDICT_RULE_PARTS, VERDICT_FINE, NULL},
    {"no parts", "step 1: 0 1", NULL, VERDICT_RULE_PARTS, SILENT, NULL},

    {"the reward falls", "step 1: .9; step 2: .8; step 3: .7; step 4: .6", NULL,
     VERDICT_RULE_FALLING, VERDICT_WARNING, "the training reward falls: from 0.9"},
    {"it falls by little", "step 1: .94; step 2: .93; step 3: .92; step 4: .91", NULL,
     VERDICT_RULE_FALLING, VERDICT_FINE, NULL},
    {"it rises", "step 1: .1; step 2: .2; step 3: .3; step 4: .4", NULL, VERDICT_RULE_FALLING,
     VERDICT_FINE, NULL},
    {"it may be chance", "step 1: .9; step 2: .1; step 3: .1; step 4: .8", NULL,
     VERDICT_RULE_FALLING, VERDICT_FINE, NULL},
    {"too few points", "step 1: .9; step 2: .1", NULL, VERDICT_RULE_FALLING, SILENT, NULL},

    {"validation is far below", "step 1: 1 1 | 1 .9; eval 1: .1 .1 | .2 .1", NULL, VERDICT_RULE_GAP,
     VERDICT_WARNING, "far below training: by 0.85"},
    {"far, but it may be chance", "step 1: 1 | 0; eval 1: 0 | .5", NULL, VERDICT_RULE_GAP,
     VERDICT_FINE, NULL},
    {"near", "step 1: .5 | .6; eval 1: .5 | .6", NULL, VERDICT_RULE_GAP, VERDICT_FINE, NULL},
    {"no step has both", "eval 0: 0; step 1: 1", NULL, VERDICT_RULE_GAP, SILENT, NULL},
    {"it runs away",
     "step 1: .2; eval 1: .2; step 2: .3; eval 2: .2; step 3: .4; eval 3: .2; step 4: .5; "
     "eval 4: .2",
     NULL, VERDICT_RULE_GAP, VERDICT_WARNING, "runs away"},

    {"answers grow", "step 1: 1; step 2: 1; step 3: 1; step 4: 1", answers_grow,
     VERDICT_RULE_GROWTH, VERDICT_WARNING, "bytes a rollout"},
    {"they do not", "step 1: 1; step 2: 1; step 3: 1; step 4: 1", NULL, VERDICT_RULE_GROWTH,
     VERDICT_FINE, NULL},

    {"an evaluation", "eval 0: 1", NULL, VERDICT_RULE_EVALUATED, VERDICT_FINE, "1 evaluation"},
    {"none", "step 1: 1", NULL, VERDICT_RULE_EVALUATED, VERDICT_WARNING, NULL},
    {"too few rows", "eval 0: 0 1 | 1 0 | 1 1", NULL, VERDICT_RULE_ROWS, VERDICT_WARNING,
     "3 validation rows are too few to see a gain of 0.1"},
    {"one row", "eval 0: 0 1", NULL, VERDICT_RULE_ROWS, VERDICT_WARNING,
     "1 validation row: no gain can be told from chance"},
    {"rows that hardly differ", "eval 0: .5 .51 | .5 .5 | .51 .5", NULL, VERDICT_RULE_ROWS,
     VERDICT_FINE, "may be enough"},

    {"the stub failed", "step 1: 1 p", NULL, VERDICT_RULE_POLICY, VERDICT_WARNING,
     "no fault of the job"},
    {"it did not", "step 1: 1", NULL, VERDICT_RULE_POLICY, VERDICT_FINE, NULL},
    {"a real model is no stub", "step 1: 1", is_real, VERDICT_RULE_POLICY, SILENT, NULL},
};

static const struct verdict_line *find_line(const struct verdict *v, enum verdict_rule rule)
{
    for (size_t i = 0; i < v->n; i++) {
        if (v->at[i].rule == rule)
            return &v->at[i];
    }
    return NULL;
}

START_TEST(test_a_rule_says_what_its_row_says)
{
    const struct rule_row *row = &rule_rows[_i];
    struct history h = histories_run(row->waves);
    struct facts f;
    struct verdict v;
    if (row->change)
        row->change(&h);
    facts_make(&f, &h);
    verdict_make(&v, &f);
    const struct verdict_line *line = find_line(&v, row->rule);
    int severity = line ? (int)line->severity : SILENT;
    ck_assert_msg(severity == row->severity, "%s: %d, %s", row->name, severity,
                  line ? line->text : "nothing");
    ck_assert_int_eq(v.checked[row->rule], line != NULL);
    if (row->text)
        ck_assert_msg(strstr(line->text, row->text), "%s: %s", row->name, line->text);
    verdict_release(&v);
    facts_release(&f);
    history_release(&h);
}
END_TEST

START_TEST(test_the_worst_comes_first_with_its_evidence)
{
    struct history h = histories_run("eval 0: 1 0 | 1 1; step 1: 1 0 d | d 1 d | 0 1 d d d d");
    struct facts f;
    struct verdict v;
    facts_make(&f, &h);
    verdict_make(&v, &f);
    ck_assert_int_eq(v.severity, VERDICT_FATAL);
    ck_assert_int_eq(v.at[0].rule, VERDICT_RULE_DISCARDED);
    for (size_t i = 1; i < v.n; i++)
        ck_assert(v.at[i].severity < v.at[i - 1].severity ||
                  (v.at[i].severity == v.at[i - 1].severity && v.at[i].rule > v.at[i - 1].rule));
    ck_assert_str_eq(v.at[0].evidence, "step 1: 7 of 12; train.jsonl:1 (rollout 7), train.jsonl:2 "
                                       "(rollout 8), train.jsonl:3 (rollout 13)");
    ck_assert_str_eq(v.at[0].command, "rftsim report runs/a --outcome discarded_tool");
    ck_assert_uint_eq(v.n + v.n_unchecked, VERDICT_N_RULES);
    ck_assert_uint_eq(v.n_by[0] + v.n_by[1] + v.n_by[2], v.n);
    ck_assert_uint_le(verdict_shown(&v), VERDICT_SHOWN);
    verdict_release(&v);
    facts_release(&f);
    history_release(&h);
}
END_TEST

/* Numbers of a result file, in which nothing below a step is known. */
START_TEST(test_a_result_file_is_judged_as_far_as_it_goes)
{
    struct history_step steps[2] = {history_no_step, history_no_step};
    for (int i = 0; i < 2; i++) {
        steps[i].step = i + 1;
        steps[i].train_mean = 0;
        steps[i].train_penalised = -0.5;
        steps[i].n_rollouts = 10;
        steps[i].n_graded = 5;
        steps[i].unresponsive = 0;
    }
    struct history h = histories_results(steps, 2);
    struct facts f;
    struct verdict v;
    facts_make(&f, &h);
    verdict_make(&v, &f);
    ck_assert_int_eq(find_line(&v, VERDICT_RULE_REWARD)->severity, VERDICT_FATAL);
    ck_assert_int_eq(find_line(&v, VERDICT_RULE_DISCARDED)->severity, VERDICT_FATAL);
    ck_assert_int_eq(find_line(&v, VERDICT_RULE_EVALUATED)->severity, VERDICT_WARNING);
    static const enum verdict_rule silent[] = {VERDICT_RULE_CUT,    VERDICT_RULE_GROUPS,
                                               VERDICT_RULE_POLICY, VERDICT_RULE_GRADER_LOST,
                                               VERDICT_RULE_ROWS,   VERDICT_RULE_RUN};
    for (size_t i = 0; i < COUNT_OF(silent); i++)
        ck_assert(!v.checked[silent[i]]);
    verdict_release(&v);
    facts_release(&f);
    history_release(&h);
}
END_TEST

/* A file that gives means and nothing else: -1 can only come of no grade at all (EV-4). */
static const struct mean_row {
    const char *name;
    double means[2];
    int graded; /* severity of the line; SILENT */
    const char *answer;
} mean_rows[] = {
    {"both dead", {-1, -1}, VERDICT_FATAL, "no"},
    {"one dead", {-1, 0.5}, VERDICT_WARNING, "it would have run, but see the warnings"},
    {"both alive", {0.25, 0.5}, SILENT, "it would have run, but see the warnings"},
    {"nothing yet", {NAN, NAN}, SILENT, "that cannot be told: there are no results yet"},
};

START_TEST(test_a_mean_of_minus_one_is_a_dead_step)
{
    const struct mean_row *row = &mean_rows[_i];
    struct history_step steps[2] = {history_no_step, history_no_step};
    for (int i = 0; i < 2; i++) {
        steps[i].step = i + 1;
        steps[i].train_penalised = row->means[i];
    }
    struct history h = histories_results(steps, 2);
    struct facts f;
    struct verdict v;
    facts_make(&f, &h);
    verdict_make(&v, &f);
    const struct verdict_line *line = find_line(&v, VERDICT_RULE_GRADED);
    ck_assert_msg((line ? (int)line->severity : SILENT) == row->graded, "%s", row->name);
    ck_assert_msg(strcmp(verdict_words(&v), row->answer) == 0, "%s: %s", row->name,
                  verdict_words(&v));
    verdict_release(&v);
    facts_release(&f);
    history_release(&h);
}
END_TEST

static const struct word_row {
    const char *path, *word, *folder;
} word_rows[] = {
    {"runs/a-1.2_b", "runs/a-1.2_b", "runs/a-1.2_b"},
    {"runs/a/run.db", "runs/a/run.db", "runs/a/"},
    {"run.db", "run.db", "."},
    {"rerun.db", "rerun.db", "rerun.db"},
    {"my run/run.db", "'my run/run.db'", "'my run/'"},
    {"it's;$HOME", "'it'\\''s;$HOME'", "'it'\\''s;$HOME'"},
    {"-run", "./-run", "./-run"},
    {"caf\xc3\xa9", "caf\xc3\xa9", "caf\xc3\xa9"},
};

/* A command is there to be pasted. */
START_TEST(test_a_run_is_one_word_of_a_shell)
{
    struct history h = {.path = mem_text(word_rows[_i].path)};
    char *word = line_run(&h);
    ck_assert_str_eq(word, word_rows[_i].word);
    free(word);
    word = line_folder(&h);
    ck_assert_str_eq(word, word_rows[_i].folder);
    free(word);
    free(h.path);
}
END_TEST

/* An export has no trace of what was thrown away. */
START_TEST(test_what_an_export_hides_is_not_called_fine)
{
    struct history h = histories_run("eval 0: 0 1 | 1 1");
    struct facts f;
    struct verdict v;
    h.source = HISTORY_EXPORT;
    histories_add_tool(&h, "lookup", WAVE_VALID, 4, 0, TOOL_KIND_FINE);
    facts_make(&f, &h);
    verdict_make(&v, &f);
    static const enum verdict_rule hidden[] = {VERDICT_RULE_TOOLS,       VERDICT_RULE_DISCARDED,
                                               VERDICT_RULE_GRADER_LOST, VERDICT_RULE_GRADER_ERRORS,
                                               VERDICT_RULE_CONTRACT,    VERDICT_RULE_TOOL_ERRORS};
    for (size_t i = 0; i < COUNT_OF(hidden); i++)
        ck_assert(!v.checked[hidden[i]] && !find_line(&v, hidden[i]));
    ck_assert(v.checked[VERDICT_RULE_REWARD] && v.checked[VERDICT_RULE_GRADED]);
    ck_assert_uint_eq(v.n + v.n_unchecked, VERDICT_N_RULES);
    verdict_release(&v);
    facts_release(&f);
    history_release(&h);
}
END_TEST

static const struct gate_row {
    const char *name;
    const char *waves;
    struct gates gates;
    size_t n_missed;
    const char *text;
} gate_rows[] = {
    {"nothing asked, nothing fatal", "eval 0: 0 1 | 1 0", {NAN, NAN, false}, 0, NULL},
    {"warnings count when strict", "eval 0: 0 1 | 1 0", {NAN, NAN, true}, 1, "--strict counts"},
    {"a fatal line", "eval 0: 0 0", {NAN, NAN, false}, 1, "1 fatal line"},
    {"the mean is reached", "eval 0: 0 1", {0.5, NAN, false}, 0, NULL},
    {"it is not", "eval 0: 0 1", {0.51, NAN, false}, 1, "0.5 of the last evaluation is under 0.51"},
    {"there is none", "step 1: 0 1", {0.1, NAN, false}, 1, "no validation mean"},
    {"few enough are thrown away", "eval 0: 0 1 1 1 1 1 d", {NAN, 0.2, false}, 0, NULL},
    {"just as many as may be", "eval 0: 0 1 1 1 d", {NAN, 0.2, false}, 1, "1 fatal line"},
    {"too many are",
     "eval 0: 0 1 1 1 1 1 d",
     {NAN, 0.1, false},
     1,
     "1 of 7 rollouts (a share of 0.142857) were thrown away, more than 0.1"},
    {"two at once", "eval 0: 0 1 1 1 1 1 d", {2, 0, false}, 2, "; "},
};

START_TEST(test_gates)
{
    const struct gate_row *row = &gate_rows[_i];
    struct history h = histories_run(row->waves);
    struct facts f;
    struct verdict v;
    struct gates_result r;
    struct err e = {0};
    facts_make(&f, &h);
    verdict_make(&v, &f);
    gates_look(&r, &row->gates, &f, &v);
    ck_assert_msg(r.n_missed == row->n_missed, "%s: %zu", row->name, r.n_missed);
    ck_assert_int_eq(gates_check(&r, &e), row->n_missed ? ERR_NO : ERR_OK);
    if (row->text)
        ck_assert_msg(strstr(e.text, row->text), "%s: %s", row->name, e.text);
    gates_release(&r);
    verdict_release(&v);
    facts_release(&f);
    history_release(&h);
}
END_TEST

Suite *verdict_suite(void)
{
    Suite *s = suite_create("verdict");
    TCase *t = tcase_create("verdict");
    tcase_add_loop_test(t, test_a_rule_says_what_its_row_says, 0, COUNT_OF(rule_rows));
    tcase_add_test(t, test_the_worst_comes_first_with_its_evidence);
    tcase_add_loop_test(t, test_a_run_is_one_word_of_a_shell, 0, COUNT_OF(word_rows));
    tcase_add_loop_test(t, test_a_mean_of_minus_one_is_a_dead_step, 0, COUNT_OF(mean_rows));
    tcase_add_test(t, test_a_result_file_is_judged_as_far_as_it_goes);
    tcase_add_test(t, test_what_an_export_hides_is_not_called_fine);
    tcase_add_loop_test(t, test_gates, 0, COUNT_OF(gate_rows));
    suite_add_tcase(s, t);
    return s;
}
