#include "sim/report/verdict_rules.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/report/say.h"
#include "sim/report/verdict_line.h"

static bool falls(const struct curve *c, enum wave_phase phase, double top)
{
    return c->first[phase] - c->last[phase] > VERDICT_FALL * top && c->slope[phase].high < 0;
}

bool rule_FALLING(const struct facts *f, struct verdict_line *out)
{
    const struct curve *c = &f->curve;
    if (c->n_train < ALARM_FEWEST && c->n_valid < ALARM_FEWEST)
        return false;
    for (int p = HISTORY_PHASES - 1; p >= 0; p--) {
        char first[SAY_ROOM];
        char last[SAY_ROOM];
        if (falls(c, (enum wave_phase)p, f->signal.top))
            return line_say(
                out, VERDICT_WARNING,
                mem_printf(
                    "the %s reward falls: from %s over the first third of the %s to "
                    "%s over the last",
                    p == WAVE_TRAIN ? "training" : "validation", say_reward(first, c->first[p]),
                    p == WAVE_TRAIN ? "steps" : "evaluations", say_reward(last, c->last[p])));
    }
    return line_say(out, VERDICT_FINE, mem_text("the reward does not fall"));
}

static const struct curve_point *point_at(const struct curve *c, enum wave_phase phase, int step)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->at[i].phase == phase && c->at[i].step == step)
            return &c->at[i];
    }
    return NULL;
}

/* A step's mean is of few rows, so where intervals are known they must not overlap either. */
static bool is_far_below(const struct curve *c, double top)
{
    const struct curve_point *train = point_at(c, WAVE_TRAIN, c->last_gap_step);
    const struct curve_point *valid = point_at(c, WAVE_VALID, c->last_gap_step);
    if (c->last_gap < VERDICT_GAP * top)
        return false;
    bool known = train->interval.state == INTERVAL_OK && valid->interval.state == INTERVAL_OK;
    return !known || train->interval.low > valid->interval.high;
}

bool rule_GAP(const struct facts *f, struct verdict_line *out)
{
    const struct curve *c = &f->curve;
    char gap[SAY_ROOM];
    char first[SAY_ROOM];
    char last[SAY_ROOM];
    if (!isfinite(c->last_gap))
        return false;
    say_reward(gap, c->last_gap);
    out->evidence = mem_printf("step %d", c->last_gap_step);
    if (c->gap.state == ALARM_RAISED)
        return line_say(out, VERDICT_WARNING,
                        mem_printf("training runs away from validation: ahead by %s over the first "
                                   "third of the evaluations, by %s over the last",
                                   say_reward(first, c->gap.first), say_reward(last, c->gap.last)));
    if (is_far_below(c, f->signal.top))
        return line_say(
            out, VERDICT_WARNING,
            mem_printf("validation is far below training: by %s at the last evaluation", gap));
    return line_say(
        out, VERDICT_FINE,
        mem_printf("training is ahead of validation by %s at the last evaluation", gap));
}

bool rule_GROWTH(const struct facts *f, struct verdict_line *out)
{
    const struct alarm *a = &f->curve.growth;
    const char *unit =
        f->curve.growth_unit == CURVE_TOKENS ? "completion tokens a turn" : "bytes a rollout";
    if (a->state == ALARM_UNKNOWN)
        return false;
    char *how = mem_printf("%.0f %s over the first third of the steps, %.0f over the last",
                           a->first, unit, a->last);
    char *text = mem_printf("answers %s: %s",
                            a->state == ALARM_RAISED ? "grow and grow" : "keep their length", how);
    free(how);
    return line_say(out, a->state == ALARM_RAISED ? VERDICT_WARNING : VERDICT_FINE, text);
}

bool rule_EVALUATED(const struct facts *f, struct verdict_line *out)
{
    if (f->of->source == HISTORY_EXPORT)
        return false;
    size_t n = f->curve.n_valid;
    if (n)
        return line_say(out, VERDICT_FINE, mem_printf("%zu evaluation%s", n, say_plural(n)));
    return line_say(
        out, VERDICT_WARNING,
        mem_text("there is no evaluation with a grade: no checkpoint could be told from "
                 "another"));
}

/* A policy that does the same each time shows no chance within rows; then the larger number counts.
 */
bool rule_ROWS(const struct facts *f, struct verdict_line *out)
{
    const struct signal_slice *s = signal_last(&f->signal);
    if (s && s->scores.n_rows == 1)
        return line_say(out, VERDICT_WARNING,
                        mem_text("1 validation row: no gain can be told from chance"));
    if (!s || s->n_needs < SIGNAL_GAINS)
        return false;
    const struct signal_need *need = &s->needs[SIGNAL_GAINS - 1];
    bool by_same = s->has_components && s->components.within > 0;
    size_t wanted = by_same ? need->same_rows : need->other_rows;
    size_t n = s->scores.n_rows;
    char gain[SAY_ROOM];
    say_reward(gain, need->gain);
    char *range = by_same ? mem_printf("about %zu to %zu", need->same_rows, need->other_rows)
                          : mem_printf("up to %zu", need->other_rows);
    char *text = mem_printf("%zu validation rows %s to see a gain of %s: %s are needed "
                            "(estimate, 95 %% sure in 80 %% of cases)",
                            n, n < wanted ? "are too few" : "may be enough", gain, range);
    free(range);
    return line_say(out, n < wanted ? VERDICT_WARNING : VERDICT_FINE, text);
}
