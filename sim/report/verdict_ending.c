#include "sim/report/verdict_rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/report/graded.h"
#include "sim/report/say.h"
#include "sim/report/verdict_line.h"

/* Why nothing was graded; the caller's. */
static char *words_of_none(const struct outcomes *all, const struct history *h)
{
    unsigned long long n = all->n;
    if (!n)
        return mem_text("no rollout ended");
    if (all->at[OUTCOME_POLICY_FAILED])
        return mem_printf("not one of %llu rollouts was graded; in %llu the %s policy could not "
                          "take its turn, so little can be said of the job",
                          n, (unsigned long long)all->at[OUTCOME_POLICY_FAILED],
                          h->policy ? h->policy : "stub");
    return mem_printf("not one of %llu rollouts was graded: the service's mean would be -1", n);
}

/* Of a result file that does not tell how many were graded: -1 says that none was (EV-4). */
static bool look_at_means(const struct curve *c, struct verdict_line *out)
{
    size_t n = 0;
    size_t n_steps = 0;
    int first = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct curve_point *p = &c->at[i];
        if (p->phase != WAVE_TRAIN || !isfinite(p->penalised))
            continue;
        n_steps++;
        if (p->penalised > SCORES_SAME - 1)
            continue;
        first = n++ ? first : p->step;
    }
    if (!n)
        return false;
    out->evidence = mem_printf("step %d", first);
    return line_say(out, n == n_steps ? VERDICT_FATAL : VERDICT_WARNING,
                    mem_printf("train_mean_reward is -1 in %zu of %zu steps: no rollout of theirs "
                               "was graded (EV-4)",
                               n, n_steps));
}

bool rule_GRADED(const struct facts *f, struct verdict_line *out)
{
    struct outcomes all = outcomes_of_both(f->outcomes);
    char share[SAY_ROOM];
    if (!all.known)
        return look_at_means(&f->curve, out);
    if (all.n_graded)
        return line_say(out, VERDICT_FINE,
                        mem_printf("%llu of %llu rollouts (%s) were graded",
                                   (unsigned long long)all.n_graded, (unsigned long long)all.n,
                                   say_share(share, outcomes_share(all.n_graded, all.n))));
    for (size_t i = 0; i < f->of->n_rollouts && out->n_rollouts < VERDICT_EXAMPLES; i++)
        line_cite(out, f->of, i);
    line_point_at_rollout(out, f->of);
    return line_say(out, VERDICT_FATAL, words_of_none(&all, f->of));
}

static int steps_done(const struct history *h)
{
    int n = 0;
    for (size_t i = 0; i < h->n_waves; i++)
        n += h->waves[i].phase == WAVE_TRAIN && h->waves[i].complete;
    return h->n_waves ? n : (int)h->n_steps;
}

bool rule_RUN(const struct facts *f, struct verdict_line *out)
{
    const struct history *h = f->of;
    if (!h->state || h->source != HISTORY_RUN)
        return false;
    int n = steps_done(h);
    if (strcmp(h->state, "done") == 0)
        return line_say(out, VERDICT_FINE,
                        h->total_steps > 0 ? mem_printf("the run came to its end: %d of %d steps",
                                                        n, h->total_steps)
                                           : mem_text("the run came to its end"));
    bool failed = strcmp(h->state, "failed") == 0;
    if (!failed && strcmp(h->state, "running") != 0) {
        char *run = line_folder(h);
        out->command = mem_printf("rftsim run --resume %s", run);
        free(run);
    }
    return line_say(
        out, failed ? VERDICT_FATAL : VERDICT_WARNING,
        mem_printf("the run is not whole: %s after %d of %d steps; all that follows is of "
                   "what was done",
                   h->state, n, h->total_steps));
}

static int64_t discarded_of(const struct curve_point *p)
{
    return p->n - p->n_graded - p->n_stub;
}

/* The service's mean if the stub had not failed, which is no fault of the job: a model would have
 * been there. */
static double service_mean_of(const struct curve_point *p)
{
    double n = (double)(p->n - p->n_stub);
    return (p->mean * (double)p->n_graded - (double)discarded_of(p)) / n;
}

/* The training point that lost the largest share. */
static const struct curve_point *worst_point(const struct curve *c)
{
    const struct curve_point *worst = NULL;
    double most = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct curve_point *p = &c->at[i];
        if (p->phase != WAVE_TRAIN || p->n <= 0 || p->n_graded < 0)
            continue;
        double share = (double)discarded_of(p) / (double)p->n;
        if (share <= most)
            continue;
        worst = p;
        most = share;
    }
    return worst;
}

/* "; in the service's training mean each is -1: 0.58 in place of 0.84", of the worst step. */
static char *cost_of_discarded(const struct curve_point *worst)
{
    char mean[SAY_ROOM];
    char penalised[SAY_ROOM];
    if (!worst)
        return mem_text("");
    if (!isfinite(worst->mean))
        return mem_printf("; each is -1 in the service's mean (EV-4), which in step %d is -1",
                          worst->step);
    return mem_printf("; each is -1 in the service's mean (EV-4), so in step %d it is %s, not %s%s",
                      worst->step, say_reward(penalised, service_mean_of(worst)),
                      say_reward(mean, worst->mean),
                      worst->n_stub ? ", the stub's failures left out" : "");
}

bool rule_DISCARDED(const struct facts *f, struct verdict_line *out)
{
    struct outcomes all = outcomes_of_both(f->outcomes);
    char share[SAY_ROOM];
    if (!all.known || !all.n)
        return false;
    double lost = outcomes_share(all.n_discarded, all.n);
    if (!all.n_discarded)
        return line_say(out, VERDICT_FINE, mem_text("no rollout was thrown away"));
    const struct curve_point *worst = worst_point(&f->curve);
    char *cost = cost_of_discarded(worst);
    char *text = mem_printf("%llu of %llu rollouts (%s) %s%s", (unsigned long long)all.n_discarded,
                            (unsigned long long)all.n, say_share(share, lost),
                            all.by_kind ? "were thrown away" : "have no grade", cost);
    free(cost);
    if (worst)
        out->evidence = mem_printf("step %d: %lld of %lld", worst->step,
                                   (long long)discarded_of(worst), (long long)worst->n);
    bool by_tool = all.at[OUTCOME_DISCARDED_TOOL] >= all.at[OUTCOME_DISCARDED_GRADER];
    enum outcome o = by_tool ? OUTCOME_DISCARDED_TOOL : OUTCOME_DISCARDED_GRADER;
    line_cite_outcome(out, f->of, o);
    if (out->n_rollouts) {
        char *rest = mem_printf("--outcome %s", outcome_name(o));
        line_point(out, f->of, rest);
        free(rest);
    }
    return line_say(out, line_severity(lost, VERDICT_DISCARDED_WARN, VERDICT_DISCARDED_FATAL),
                    text);
}

bool rule_GRADER_LOST(const struct facts *f, struct verdict_line *out)
{
    struct outcomes all = outcomes_of_both(f->outcomes);
    uint64_t n = all.at[OUTCOME_DISCARDED_GRADER];
    uint64_t asked = n + all.n_graded;
    char share[SAY_ROOM];
    if (!all.by_kind || !asked || f->of->scores_recorded)
        return false;
    if (!n)
        return line_say(out, VERDICT_FINE, mem_text("the grader answered for every rollout"));
    double lost = outcomes_share(n, asked);
    line_cite_outcome(out, f->of, OUTCOME_DISCARDED_GRADER);
    line_point(out, f->of, "--outcome discarded_grader");
    return line_say(
        out, line_severity(lost, 0, VERDICT_LOST_FATAL),
        mem_printf("the grader gave no answer for %llu of %llu rollouts (%s); paid jobs "
                   "went on with such a grader and said they succeeded, or hung (EV-14)",
                   (unsigned long long)n, (unsigned long long)asked, say_share(share, lost)));
}

bool rule_CUT(const struct facts *f, struct verdict_line *out)
{
    struct outcomes all = outcomes_of_both(f->outcomes);
    uint64_t n = all.at[OUTCOME_GRADED_CUT];
    char share[SAY_ROOM];
    if (!all.by_kind || !all.n_graded)
        return false;
    double rate = outcomes_share(n, all.n);
    if (!n)
        return line_say(out, VERDICT_FINE, mem_text("no rollout was cut at max_episode_steps"));
    line_cite_outcome(out, f->of, OUTCOME_GRADED_CUT);
    line_point(out, f->of, "--outcome graded_cut");
    char *limit = f->of->max_steps ? mem_printf(" %d", f->of->max_steps) : mem_text("");
    char *text =
        mem_printf("%llu of %llu rollouts (%s) were cut at max_episode_steps%s and graded "
                   "with an empty answer (GAP-12)",
                   (unsigned long long)n, (unsigned long long)all.n, say_share(share, rate), limit);
    free(limit);
    return line_say(out, line_severity(rate, VERDICT_CUT_WARN, VERDICT_CUT_FATAL), text);
}

bool rule_SILENT(const struct facts *f, struct verdict_line *out)
{
    struct outcomes all = outcomes_of_both(f->outcomes);
    const struct history *h = f->of;
    char share[SAY_ROOM];
    if (!all.known || !all.n_graded)
        return false;
    if (!all.n_silent)
        return line_say(out, VERDICT_FINE,
                        mem_text("every graded rollout has an answer or a call"));
    double rate = outcomes_share(all.n_silent, all.n);
    for (size_t i = 0; i < h->n_rollouts; i++) {
        const struct history_rollout *r = &h->rollouts[i];
        if (graded_is(r) && !r->answered && r->n_calls == 0)
            line_cite(out, h, i);
    }
    line_point_at_rollout(out, h);
    return line_say(out, line_severity(rate, VERDICT_SILENT_WARN, VERDICT_SILENT_FATAL),
                    mem_printf("%llu of %llu rollouts (%s) ended with no answer and no tool call "
                               "(GAP-47)",
                               (unsigned long long)all.n_silent, (unsigned long long)all.n,
                               say_share(share, rate)));
}

bool rule_POLICY(const struct facts *f, struct verdict_line *out)
{
    struct outcomes all = outcomes_of_both(f->outcomes);
    uint64_t n = all.at[OUTCOME_POLICY_FAILED];
    char share[SAY_ROOM];
    if (!all.by_kind || !f->of->policy || !all.n)
        return false;
    if (!n)
        return line_say(out, VERDICT_FINE,
                        mem_printf("the %s policy took every turn", f->of->policy));
    line_cite_outcome(out, f->of, OUTCOME_POLICY_FAILED);
    line_point(out, f->of, "--outcome policy_failed");
    return line_say(
        out, VERDICT_WARNING,
        mem_printf("%llu of %llu rollouts (%s) ended since the %s policy could not take its "
                   "turn: no fault of the job, the service has a model there",
                   (unsigned long long)n, (unsigned long long)all.n,
                   say_share(share, outcomes_share(n, all.n)), f->of->policy));
}
