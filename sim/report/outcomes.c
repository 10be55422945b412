#include "sim/report/outcomes.h"

#include <math.h>

double outcomes_share(uint64_t part, uint64_t all)
{
    return all ? (double)part / (double)all : 0;
}

static void add_rollout(struct outcomes *out, const struct history_rollout *r, size_t i)
{
    enum outcome o = (enum outcome)r->outcome;
    if (out->first[o] == OUTCOMES_NONE)
        out->first[o] = i;
    out->at[o]++;
    if (o == OUTCOME_CANCELLED) {
        out->n_cancelled++;
        return;
    }
    out->n++;
    out->n_graded += outcome_is_graded(o);
    out->n_discarded += o == OUTCOME_DISCARDED_TOOL || o == OUTCOME_DISCARDED_GRADER;
    out->n_silent += outcome_is_graded(o) && !r->answered && r->n_calls == 0;
}

static void add_waves(struct outcomes *out, const struct history *h, enum wave_phase phase)
{
    for (size_t i = 0; i < h->n_waves; i++) {
        const struct history_wave *w = &h->waves[i];
        if (w->phase != phase)
            continue;
        out->n_planned += w->n_planned;
        for (size_t k = w->from; k < w->from + w->n; k++)
            add_rollout(out, &h->rollouts[k], k);
    }
}

static void add_step(struct outcomes *out, const struct history_step *s, enum wave_phase phase)
{
    int64_t n = phase == WAVE_TRAIN ? s->n_rollouts : s->n_valid;
    int64_t n_graded = phase == WAVE_TRAIN ? s->n_graded : s->n_valid_graded;
    if (n_graded >= 0)
        out->n_graded += (uint64_t)n_graded;
    if (n < 0 || n_graded < 0)
        return;
    out->known = true;
    out->n += (uint64_t)n;
    if (n > n_graded)
        out->n_discarded += (uint64_t)(n - n_graded);
    if (phase == WAVE_TRAIN && isfinite(s->unresponsive))
        out->n_silent += (uint64_t)llround(s->unresponsive * (double)n);
}

void outcomes_make(struct outcomes *out, const struct history *h, enum wave_phase phase)
{
    *out = (struct outcomes){0};
    for (size_t i = 0; i < OUTCOME_N; i++)
        out->first[i] = OUTCOMES_NONE;
    out->by_kind = out->known = h->source != HISTORY_RESULTS;
    add_waves(out, h, phase);
    for (size_t i = 0; !out->by_kind && i < h->n_steps; i++)
        add_step(out, &h->steps[i], phase);
}

/* A phase of which it is not known how many there were would make shares over 1. */
static void add_phase(struct outcomes *all, const struct outcomes *more)
{
    if (!more->known)
        return;
    all->known = true;
    all->by_kind |= more->by_kind;
    all->n_planned += more->n_planned;
    all->n += more->n;
    all->n_graded += more->n_graded;
    all->n_discarded += more->n_discarded;
    all->n_silent += more->n_silent;
    all->n_cancelled += more->n_cancelled;
    for (int i = 0; i < OUTCOME_N; i++) {
        all->at[i] += more->at[i];
        if (all->first[i] == OUTCOMES_NONE)
            all->first[i] = more->first[i];
    }
}

struct outcomes outcomes_of_both(const struct outcomes of[HISTORY_PHASES])
{
    struct outcomes all = {0};
    for (int i = 0; i < OUTCOME_N; i++)
        all.first[i] = OUTCOMES_NONE;
    for (int p = 0; p < HISTORY_PHASES; p++)
        add_phase(&all, &of[p]);
    return all;
}
