#include "sim/report/verdict_rules.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/report/say.h"
#include "sim/report/verdict_line.h"

/* What the whole grader said in both phases. */
struct rewards {
    uint64_t n;
    double least, most; /* rewards; of a result file means */
};

static struct rewards rewards_of(const struct facts *f)
{
    struct rewards all = {0, INFINITY, -INFINITY};
    for (size_t i = 0; i < f->graders.n; i++) {
        const struct grader_fact *g = &f->graders.at[i];
        if (g->is_part || !isfinite(g->least))
            continue;
        all.n += g->n;
        all.least = fmin(all.least, g->least);
        all.most = fmax(all.most, g->most);
    }
    for (size_t i = 0; !f->of->n_waves && i < f->curve.n; i++) {
        if (!isfinite(f->curve.at[i].mean))
            continue;
        all.n++;
        all.least = fmin(all.least, f->curve.at[i].mean);
        all.most = fmax(all.most, f->curve.at[i].mean);
    }
    return all;
}

bool rule_REWARD(const struct facts *f, struct verdict_line *out)
{
    const struct history *h = f->of;
    struct rewards all = rewards_of(f);
    const char *what = h->n_waves ? "reward" : "mean reward";
    char low[SAY_ROOM];
    char high[SAY_ROOM];
    if (all.n < 2)
        return false;
    say_reward(low, all.least);
    say_reward(high, all.most);
    if (all.most - all.least >= SCORES_SAME)
        return line_say(out, VERDICT_FINE,
                        mem_printf("%ss differ: from %s to %s", what, low, high));
    char *same = mem_printf("every %s is %s, of all %llu", what, low, (unsigned long long)all.n);
    bool at_top = f->signal.top - all.least < SCORES_SAME;
    bool learnt = h->source == HISTORY_EXPORT && at_top; /* one evaluation, maybe the last */
    bool fatal = (!h->policy && !learnt) || fabs(all.least) < SCORES_SAME;
    if (stub_is(h, "oracle") && at_top)
        return line_say(out, VERDICT_FINE, same);
    char *text = learnt  ? mem_printf("%s: there is nothing left to learn from these rows", same)
                 : fatal ? mem_printf("%s: there is nothing to learn from", same)
                         : mem_printf("%s; from the %s policy alone it cannot be told whether the "
                                      "grader parts good from bad",
                                      same, h->policy);
    free(same);
    line_cite_outcome(out, h, OUTCOME_GRADED);
    line_point_at_rollout(out, h);
    return line_say(out, fatal ? VERDICT_FATAL : VERDICT_WARNING, text);
}

/* The name of the error that most grades have. */
static const char *most_frequent(const uint64_t errors[GRADE_N_ERRORS])
{
    int most = 0;
    for (int i = 1; i < GRADE_N_ERRORS; i++)
        most = errors[i] > errors[most] ? i : most;
    return errors[most] ? grade_error_name((enum grade_error)most) : NULL;
}

bool rule_GRADER_ERRORS(const struct facts *f, struct verdict_line *out)
{
    uint64_t n = 0;
    uint64_t n_errors = 0;
    uint64_t errors[GRADE_N_ERRORS] = {0};
    char share[SAY_ROOM];
    for (size_t i = 0; i < f->graders.n && !f->of->scores_recorded; i++) {
        const struct grader_fact *g = &f->graders.at[i];
        if (g->is_part || g->n_errors < 0)
            continue;
        n += g->n;
        n_errors += (uint64_t)g->n_errors;
        for (int k = 0; k < GRADE_N_ERRORS; k++)
            errors[k] += g->errors[k];
        if (g->first_error != SIZE_MAX)
            line_cite(out, f->of, g->first_error);
    }
    if (!n)
        return false;
    if (!n_errors)
        return line_say(out, VERDICT_FINE, mem_text("no grade is in error"));
    double rate = outcomes_share(n_errors, n);
    const char *name = most_frequent(errors);
    bool multi = f->of->n_graders > 1; /* its formula is worked out with the 0 */
    line_point_at_rollout(out, f->of);
    return line_say(out, line_severity(rate, VERDICT_ERRORS_WARN, VERDICT_ERRORS_FATAL),
                    mem_printf("%llu of %llu grades (%s) %s%s%s (%s)", (unsigned long long)n_errors,
                               (unsigned long long)n, say_share(share, rate),
                               multi ? "have an error in them: the grader in error counts 0"
                                     : "are errors and worth 0",
                               name ? ", mostly " : "", name ? name : "",
                               multi ? "GAP-11" : "GAP-9"));
}

bool rule_GROUPS(const struct facts *f, struct verdict_line *out)
{
    const struct signal_report *s = &f->signal;
    const struct signal *g = &s->groups;
    size_t n = g->n - g->n_groups[SIGNAL_ALONE];
    size_t dead = signal_dead(g);
    char share[SAY_ROOM];
    if (!n)
        return false;
    char *text = mem_printf(
        "%zu of %zu groups (%s) are dead: all 0 in %zu, all at the top in %zu, all the same in "
        "%zu",
        dead, n, say_share(share, outcomes_share(dead, n)), g->n_groups[SIGNAL_ZERO],
        g->n_groups[SIGNAL_TOP], g->n_groups[SIGNAL_LEVEL]);
    if (dead == n && stub_is_fixed(f->of)) {
        char *why = mem_printf("all %zu groups are dead, since the %s policy does the same each "
                               "time: this says nothing of the model",
                               n, f->of->policy);
        free(text);
        return line_say(out, VERDICT_FINE, why);
    }
    enum verdict_severity severity = line_severity(outcomes_share(dead, n), VERDICT_DEAD_WARN, 1);
    for (size_t i = 0; severity != VERDICT_FINE && i < s->n_rows; i++)
        line_cite(out, f->of, s->rows[i].first);
    return line_say(out, severity, text);
}

/* What the threshold is called: an export records who passed, not what for. */
static char *mark_of(const struct signal_report *s)
{
    char at[SAY_ROOM];
    say_reward(at, s->threshold);
    return isnan(s->threshold_low) ? mem_printf("pass_threshold %s", at)
                                   : mem_printf("the recorded pass mark, at most %s", at);
}

bool rule_THRESHOLD(const struct facts *f, struct verdict_line *out)
{
    const struct signal_report *s = &f->signal;
    const struct signal_slice *slice = signal_last(s);
    if (!slice)
        slice = signal_slice(s, SLICE_TRAIN);
    if (!isfinite(s->threshold) || !slice || !slice->scores.n)
        return false;
    const struct signal_level *level = slice->levels;
    while (!level->is_threshold)
        level++;
    char most[SAY_ROOM];
    char share[SAY_ROOM];
    char *mark = mark_of(s);
    size_t n = slice->scores.n;
    const char *where = slice->kind == SLICE_TRAIN ? "training" : "the last evaluation";
    bool all = level->n_passed == n && !stub_is(f->of, "oracle");
    char *text =
        !level->n_passed ? mem_printf("nobody reaches %s: the highest of %zu rewards of %s is %s",
                                      mark, n, where, say_reward(most, slice->most))
        : all            ? mem_printf("everybody reaches %s: all %zu rewards of %s", mark, n, where)
              : mem_printf("%zu of %zu rewards of %s (%s) reach %s; RFT learns best where 25 to "
                           "50 %% fail%s",
                           level->n_passed, n, where, say_share(share, level->pass_rate), mark,
                           level->in_band ? ", as here" : "");
    free(mark);
    return line_say(out, all || !level->n_passed ? VERDICT_WARNING : VERDICT_FINE, text);
}

bool rule_PARTS(const struct facts *f, struct verdict_line *out)
{
    size_t n = 0;
    for (size_t i = 0; i < f->graders.n; i++) {
        const struct grader_fact *g = &f->graders.at[i];
        if (!g->is_part || g->n < 2)
            continue;
        n++;
        char value[SAY_ROOM];
        if (g->most - g->least < SCORES_SAME && !stub_is(f->of, "oracle"))
            return line_say(out, VERDICT_WARNING,
                            mem_printf("grader \"%s\" gives %s to all %llu %s rollouts: it tells "
                                       "nothing apart",
                                       g->grader->key ? g->grader->key : g->grader->name,
                                       say_reward(value, g->least), (unsigned long long)g->n,
                                       g->phase == WAVE_TRAIN ? "training" : "validation"));
    }
    return n &&
           line_say(out, VERDICT_FINE, mem_text("each grader of the multi tells rollouts apart"));
}
