#include "sim/view/table.h"

#include <stdio.h>

#include "sim/base/num.h"
#include "sim/net/host.h"
#include "sim/view/learning.h"

void table_head(struct buf *out)
{
    buf_text_add(out, "   step    reward   graded   dead   discarded  failed  cut    calls  errors"
                      "   p50 ms   p95 ms       s\n");
}

static double ms(int64_t value_ns)
{
    return (double)value_ns / 1e6;
}

/* A time in ms with as many decimals as it is good for (hist.h: 1.6 %). */
static void add_ms(struct buf *out, int width, double value)
{
    buf_printf(out, "%*.*f", width, value < 10 ? 2 : value < 100 ? 1 : 0, value);
}

struct call_sums {
    uint64_t n_calls;
    uint64_t n_failed;
    struct hist latency;
};

static struct call_sums sums_of(const struct tally *t)
{
    struct call_sums sums = {0};
    for (size_t i = 0; i <= t->n_tools; i++) {
        sums.n_calls += t->tools[i].n_ok + t->tools[i].n_failed;
        sums.n_failed += t->tools[i].n_failed;
        hist_merge(&sums.latency, &t->tools[i].latency);
    }
    return sums;
}

static void add_latencies(struct buf *out, const struct hist *h)
{
    static const double shares[] = {0.5, 0.95};
    for (size_t i = 0; i < COUNT_OF(shares); i++) {
        if (h->n)
            add_ms(out, 9, ms(hist_quantile(h, shares[i])));
        else
            buf_text_add(out, "        -");
    }
}

/* Groups of the step that teach nothing, of how many. */
static void add_dead(struct buf *out, const struct wave_report *r)
{
    char text[2 * NUM_ROOM];
    snprintf(text, sizeof(text), "%zu/%zu", r->groups.n_dead, r->groups.n);
    buf_printf(out, "%7s", r->phase == WAVE_TRAIN ? text : "");
}

void table_line(struct buf *out, const struct wave_report *r)
{
    const struct tally *t = r->tally;
    double mean = 0;
    if (r->phase == WAVE_VALID)
        buf_printf(out, " eval %-3d", r->step);
    else
        buf_printf(out, "   %-6d", r->step);
    if (tally_mean(t, &mean))
        buf_printf(out, "%9.4f", mean);
    else
        buf_text_add(out, "        -");
    struct buf graded = {0};
    buf_printf(&graded, "%llu/%llu", (unsigned long long)t->n_graded, (unsigned long long)t->n);
    buf_printf(out, "%9s", buf_text(&graded));
    buf_release(&graded);
    add_dead(out, r);
    struct call_sums sums = sums_of(t);
    unsigned long long discarded = t->outcomes[OUTCOME_DISCARDED_TOOL];
    discarded += t->outcomes[OUTCOME_DISCARDED_GRADER];
    buf_printf(out, "%12llu%8llu%5llu%9llu%8llu", discarded,
               (unsigned long long)t->outcomes[OUTCOME_POLICY_FAILED],
               (unsigned long long)t->outcomes[OUTCOME_GRADED_CUT],
               (unsigned long long)sums.n_calls, (unsigned long long)sums.n_failed);
    add_latencies(out, &sums.latency);
    buf_printf(out, "%8.2f\n", r->seconds);
    hist_release(&sums.latency);
}

static void summary_outcomes(struct buf *out, const struct trainer *t)
{
    buf_text_add(out, "\noutcomes              training  validation\n");
    for (int i = 0; i < OUTCOME_N; i++) {
        uint64_t train = t->train_total.outcomes[i];
        uint64_t valid = t->valid_total.outcomes[i];
        if (!train && !valid)
            continue;
        buf_printf(out, "  %-18s%10llu%12llu   %s\n", outcome_name((enum outcome)i),
                   (unsigned long long)train, (unsigned long long)valid,
                   outcome_words((enum outcome)i));
        const char *train_text = t->train_total.examples[i].text;
        const char *valid_text = t->valid_total.examples[i].text;
        if (train_text || valid_text)
            buf_printf(out, "      first: %s\n", train_text ? train_text : valid_text);
    }
}

static void summary_kinds(struct buf *out, const struct tool_tally *tool)
{
    for (int k = 0; k < TOOL_N_KINDS; k++) {
        if (k == TOOL_KIND_FINE || !tool->kinds[k])
            continue;
        const struct tool_kind_row *row = tool_kind_row((enum tool_kind)k);
        buf_printf(out, "      %llu x %s: %s%s\n        first: %s\n        fix: %s\n",
                   (unsigned long long)tool->kinds[k], row->id, row->words,
                   row->violation ? " [contract violation]" : "", tool->examples[k].text, row->fix);
    }
    for (size_t i = 0; i < TALLY_WARNINGS; i++) {
        if (tool->warnings[i])
            buf_printf(out, "      warning: %llu %s\n", (unsigned long long)tool->warnings[i],
                       tool_warning_words(i));
    }
}

static void summary_tool(struct buf *out, const char *name, const struct tool_tally *tool)
{
    uint64_t n = tool->n_ok + tool->n_failed;
    buf_printf(out, "  %-24s%8llu%10llu%8llu", name, (unsigned long long)n,
               (unsigned long long)tool->n_requests, (unsigned long long)tool->n_failed);
    static const double shares[] = {0.5, 0.95, 0.99};
    for (size_t i = 0; i < COUNT_OF(shares); i++) {
        if (tool->latency.n)
            add_ms(out, 9, ms(hist_quantile(&tool->latency, shares[i])));
        else
            buf_text_add(out, "        -");
    }
    buf_char(out, '\n');
    if (tool->n_requests && !tool->n_ok)
        buf_text_add(out, "      every call failed: no rollout had a result of this tool\n");
    summary_kinds(out, tool);
}

static void summary_tools(struct buf *out, const struct job *job, const struct tally *all)
{
    if (!job->n_tools && !all->n_calls)
        return;
    buf_text_add(out, "\ntool calls                 calls  requests  errors   p50 ms   p95 ms"
                      "   p99 ms\n");
    for (size_t i = 0; i < job->n_tools; i++)
        summary_tool(out, job->tools[i].name, &all->tools[i]);
    if (all->tools[job->n_tools].n_failed)
        summary_tool(out, "(no tool of the job)", &all->tools[job->n_tools]);
}

/* Who calls it, unless that is one tool alone. */
static void host_users(struct buf *out, const struct host *h)
{
    static const char *const names[][2] = {
        [HOST_TOOL] = {"tool", "tools"},
        [HOST_GRADER] = {"grader", "graders"},
        [HOST_MODEL] = {"grader model", "grader models"},
        [HOST_POLICY] = {"policy", "policies"},
    };
    const char *before = " (";
    size_t n_users = 0;
    for (size_t i = 0; i < HOST_N_USES; i++)
        n_users += h->n_users[i];
    if (h->n_users[HOST_TOOL] == 1 && n_users == 1)
        return;
    for (size_t i = 0; i < HOST_N_USES; i++) {
        size_t n = h->n_users[i];
        if (!n)
            continue;
        buf_printf(out, "%s%zu %s", before, n, names[i][n != 1]);
        before = ", ";
    }
    buf_char(out, ')');
}

/* Requests a second, by host. */
static void summary_hosts(struct buf *out, const struct trainer *t)
{
    const struct hosts *hosts = run_hosts(t->run);
    if (!hosts->n)
        return;
    buf_text_add(out, "\nrequests             all    mean/s    peak/s\n");
    for (size_t i = 0; i < hosts->n; i++) {
        const struct host *h = hosts->at[i];
        unsigned long long total = h->n_before + h->meter.total;
        buf_printf(out, "  %22llu%10.0f%10.0f   %s", total, meter_mean(&h->meter), h->meter.peak,
                   h->url);
        host_users(out, h);
        buf_char(out, '\n');
        if (host_is_over_advice(h))
            buf_printf(out,
                       "      note: over the %d a second that endpoints are told to expect (3.4); "
                       "--max-qps %d keeps to it\n",
                       HOST_RATE_ADVICE, HOST_RATE_ADVICE);
    }
}

/* What the model's turns have used, by its server's count; nothing of a policy that asks none. */
static void summary_tokens(struct buf *out, const struct tally *all)
{
    const struct tokens *t = &all->tokens;
    double completion = 0;
    double reasoning = 0;
    if (!tokens_completion_mean(t, &completion))
        return;
    buf_printf(out, "\ntokens of the policy's model, over %lld turns\n  prompts     %lld\n",
               (long long)t->n_turns, (long long)t->prompt);
    buf_printf(out, "  completions %lld, %.1f a turn", (long long)t->completion, completion);
    if (tokens_reasoning_mean(t, &reasoning))
        buf_printf(out, ", %.1f of these for reasoning", reasoning);
    buf_char(out, '\n');
}

/* What was not done, of which what follows tells as if it had been; and how answers differ from
 * those of the record. */
static void summary_replay(struct buf *out, const struct plan *p, const struct trainer *t,
                           const struct tally *all)
{
    unsigned spares = run_spares(t->run);
    if (spares & POLICY_SPARES_TOOLS)
        buf_text_add(out, "\nNO TOOL WAS CALLED: answers are the recorded ones\n");
    if (spares & POLICY_SPARES_GRADER)
        buf_text_add(out, "\nNOTHING WAS GRADED: rewards are the recorded ones\n");
    if (!all->n_compared)
        return;
    buf_printf(out, "\ndrift: %llu of %llu answers differ%s from the recorded",
               (unsigned long long)all->n_drifts, (unsigned long long)all->n_compared,
               all->n_drifts == 1 ? "s" : "");
    if (p->before && p->before->n_rollouts)
        buf_text_add(out, " (of rollouts that this process made)");
    if (all->n_drifts)
        buf_printf(out,
                   "; each is in %s/drift.jsonl\n      first: %s\n      behind it the recorded "
                   "turns are played all the same, though a model may have gone on otherwise",
                   p->folder, all->drift.text);
    buf_char(out, '\n');
}

static void summary_reward(struct buf *out, const char *phase, const struct tally *t)
{
    double mean = 0;
    double penalised = 0;
    char low[NUM_ROOM];
    char high[NUM_ROOM];
    if (!tally_penalised_mean(t, &penalised))
        return;
    buf_printf(out, "  %-12s", phase);
    if (tally_mean(t, &mean))
        buf_printf(out, "mean %.4f over %llu graded, from %s to %s", mean,
                   (unsigned long long)t->n_graded, num_shortest(low, t->reward_min),
                   num_shortest(high, t->reward_max));
    else
        buf_text_add(out, "no rollout was graded");
    if (t->n > t->n_graded)
        buf_printf(out, "; %llu ungraded, at -1 each %.4f over %llu (EV-4)",
                   (unsigned long long)(t->n - t->n_graded), penalised, (unsigned long long)t->n);
    buf_char(out, '\n');
}

/* What each grader of a multi said, and how often it could not. */
static void summary_parts(struct buf *out, const struct grader *grader, const struct tally *t)
{
    size_t n = 0;
    const struct grader_part *parts = grader_parts(grader, &n);
    for (size_t i = 0; i < n; i++) {
        struct grade_tally part = tally_grade(t, i + 1);
        double mean = 0;
        if (!grade_tally_mean(&part, &mean))
            continue;
        buf_printf(out, "    %-24s mean %.4f", parts[i].key, mean);
        if (part.n_flagged)
            buf_printf(out, ", %s%llu in error and counted 0 (GAP-11)",
                       part.n_flagged == part.n ? "all " : "", (unsigned long long)part.n_flagged);
        buf_char(out, '\n');
    }
}

/* By the service's names, and what it does about too many of a user's own mistakes. */
static void add_errors(struct buf *out, const struct tally *all)
{
    const char *before = ": ";
    for (size_t i = 0; i < GRADE_N_ERRORS; i++) {
        if (!all->errors[i])
            continue;
        buf_printf(out, "%s%llu %s", before, (unsigned long long)all->errors[i],
                   grade_error_name((enum grade_error)i));
        before = ", ";
    }
    buf_char(out, '\n');
}

/* Grades in error; of a multi they need not be 0 (GAP-10, GAP-11). */
static void summary_flags(struct buf *out, const struct plan *p, const struct tally *all)
{
    char text[NUM_ROOM];
    size_t n_parts = 0;
    grader_parts(p->grader, &n_parts);
    if (!all->n_flagged)
        return;
    buf_printf(out, "  %llu grades %s (GAP-9)", (unsigned long long)all->n_flagged,
               n_parts ? "have an error in them" : "are 0 for an error in grading");
    add_errors(out, all);
    buf_printf(out, "      first: %s\n", all->flag_example.text);
    const json_t *invalid = json_object_get(p->job->grader, "invalid_grade");
    if (all->errors[GRADE_ERROR_FORMULA])
        buf_printf(out,
                   "  %llu of them are %s%s: calculate_output came to no finite number "
                   "(formula_parse_error, GAP-31)\n",
                   (unsigned long long)all->errors[GRADE_ERROR_FORMULA],
                   num_shortest(text, json_number_value(invalid)),
                   json_is_number(invalid) ? " as invalid_grade says" : "");
}

/* What graders are not what they seem, and what judges used. */
static void summary_judges(struct buf *out, const struct plan *p, const struct trainer *t)
{
    size_t n = 0;
    const struct grader_part *parts = grader_parts(p->grader, &n);
    if (run_spares(t->run) & POLICY_SPARES_GRADER)
        return; /* none was asked */
    for (size_t i = 0; i <= n; i++) {
        const struct grader *g = grader_at(p->grader, i);
        const char *note = grader_note(g);
        struct grader_spent spent;
        const char *name = i ? parts[i - 1].key : grader_name(g);
        if (note)
            buf_printf(out, "  %s is %s\n", name, note);
        else if (run_spent(t->run, i, &spent))
            buf_printf(out,
                       "  %s asked %s: %llu answers, %lld tokens (%lld of prompts, %lld of them "
                       "cached, %lld of completions)\n",
                       name, spent.model, (unsigned long long)spent.n_grades,
                       (long long)spent.tokens.total, (long long)spent.tokens.prompt,
                       (long long)spent.tokens.cached, (long long)spent.tokens.completion);
    }
}

void table_reading(struct buf *out, int reading, const struct reading_tally *r, double mean)
{
    buf_printf(out,
               "  simulation.%s: %s\n      mean %.4f, here %.4f; %llu of %llu rewards differ "
               "by more than %g",
               reading_switch(reading), reading_word(reading), r->sum / (double)r->n, mean,
               (unsigned long long)r->n_far, (unsigned long long)r->n, TALLY_FAR);
    if (r->n_across)
        buf_printf(out, ", %llu cross pass_threshold", (unsigned long long)r->n_across);
    buf_printf(out, "; at most by %.4f\n      first: %s\n", r->largest, r->first.text);
}

/* What other readings of the grader would have changed, where they would. */
static void summary_readings(struct buf *out, const struct plan *p, const struct tally *all)
{
    bool any = false;
    for (int i = 0; i < READINGS; i++) {
        const struct reading_tally *r = &all->readings[i];
        double mean = 0;
        if (!reading_tally_differs(r) || !tally_mean(all, &mean))
            continue;
        if (!any)
            buf_text_add(out, "\nother readings of the grader (the service does not say which)\n");
        any = true;
        table_reading(out, i, r, mean);
    }
    for (size_t i = 0, n = 0; i <= (grader_parts(p->grader, &n), n); i++) {
        const struct grader *g = grader_at(p->grader, i);
        if (grader_is_asked_once(g))
            buf_printf(
                out, "  %s \"%s\" was asked once: not known what it says with simulation.%s: %s\n",
                grader_type(g), grader_name(g), reading_switch(reading_of(READING_OUTPUT_TOOLS, 0)),
                p->job->sim.readings[READING_OUTPUT_TOOLS] == READING_LAST_TURN ? "all"
                                                                                : "last_turn");
    }
}

/* What is to be known of grades that are grades all the same. */
static void summary_grade_notes(struct buf *out, const struct tally *all)
{
    for (int i = 0; i < GRADE_N_NOTES; i++) {
        if (all->notes[i])
            buf_printf(out, "  warning: %llu grade%s %s\n      first: %s\n",
                       (unsigned long long)all->notes[i], all->notes[i] == 1 ? "" : "s",
                       grade_note_words((enum grade_note)i), all->note_examples[i].text);
    }
}

static void summary_notes(struct buf *out, const struct plan *p, const struct tally *all)
{
    summary_flags(out, p, all);
    summary_grade_notes(out, all);
    if (all->n_misaddressed)
        buf_printf(out,
                   "  %llu rollout%s ended at a call that was addressed wrongly: not executed, "
                   "graded (GAP-52, recorded)\n      first: %s\n",
                   (unsigned long long)all->n_misaddressed, all->n_misaddressed == 1 ? "" : "s",
                   all->misaddressed.text);
    uint64_t cut = all->outcomes[OUTCOME_GRADED_CUT];
    if (cut || all->n_over_calls || all->n_over_both)
        buf_printf(out,
                   "  max_episode_steps %d counts turns here and cut %llu; were it tool calls it "
                   "would cut %llu,\n      turns and calls together %llu (GAP-12)\n",
                   p->job->max_episode_steps, (unsigned long long)cut,
                   (unsigned long long)all->n_over_calls, (unsigned long long)all->n_over_both);
}

void table_summary(struct buf *out, const struct plan *p, const struct trainer *t, double seconds)
{
    struct tally all;
    tally_init(&all, p->job->n_tools);
    tally_merge(&all, &t->train_total);
    tally_merge(&all, &t->valid_total);
    summary_outcomes(out, t);
    summary_tools(out, p->job, &all);
    summary_hosts(out, t);
    summary_tokens(out, &all);
    summary_replay(out, p, t, &all);
    buf_text_add(out, "\nrewards\n");
    summary_reward(out, "training", &t->train_total);
    summary_parts(out, p->grader, &t->train_total);
    summary_reward(out, "validation", &t->valid_total);
    summary_parts(out, p->grader, &t->valid_total);
    summary_judges(out, p, t);
    summary_notes(out, p, &all);
    summary_readings(out, p, &all);
    if (p->learner && p->schedule->n_steps)
        learning_summary(out, t, p->folder);
    if (t->stopped_early)
        buf_printf(out,
                   "\nstopped early: %d evaluation%s in a row no better than the best before "
                   "(simulation.early_stop)\n",
                   t->worse, t->worse == 1 ? "" : "s");
    if (p->schedule->n_steps)
        buf_printf(out, "\n%d of %llu steps in %.2f s: %s\n", t->steps_done,
                   (unsigned long long)p->schedule->n_steps, seconds, p->folder);
    else
        buf_printf(out, "\nevaluated in %.2f s: %s\n", seconds, p->folder);
    if (p->recorded)
        buf_printf(out, "next: rftsim report %s\n", p->folder);
    tally_release(&all);
}
