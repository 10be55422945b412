#include "sim/train/update.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/train/advantage.h"

/* What is gathered over a step, by state. */
struct gradient {
    const struct learned *learned;
    const struct learning *how;
    struct table chances; /* before the step */
    struct table pull;    /* on each action; behind them how often the state was visited */
};

static const double *chances_of(struct gradient *g, uint64_t state)
{
    const double *known = table_find(&g->chances, state);
    if (known)
        return known;
    double *fresh = table_at(&g->chances, state);
    learned_chances(g->learned, state, fresh);
    return fresh;
}

/* The derivative of the entropy of some chances by the preference for one: -p (ln p + entropy). */
static void add_entropy(double *pull, const double *p, size_t n, double weight)
{
    double entropy = 0;
    for (size_t i = 0; i < n; i++)
        entropy -= p[i] > 0 ? p[i] * log(p[i]) : 0;
    for (size_t i = 0; i < n; i++)
        pull[i] -= p[i] > 0 ? weight * p[i] * (log(p[i]) + entropy) : 0;
}

static void add_turn(struct gradient *g, uint64_t state, size_t action, double advantage, double n)
{
    size_t n_actions = g->learned->n_actions;
    const double *p = chances_of(g, state);
    double *pull = table_at(&g->pull, state);
    for (size_t i = 0; i < n_actions; i++)
        pull[i] += advantage * ((i == action) - p[i]) / n;
    if (g->how->entropy_bonus != 0)
        add_entropy(pull, p, n_actions, g->how->entropy_bonus / n);
    pull[n_actions]++;
}

static void add_group(struct gradient *g, const struct wave *w, size_t place, uint64_t begin,
                      const double *advantage)
{
    for (size_t k = 0; k < w->n_samples; k++) {
        const struct rollout_end *end = &w->ends[place * w->n_samples + k];
        uint64_t state = begin;
        for (int turn = 0; end->choices && turn < end->n_turns; turn++) {
            size_t action = end->choices[turn] - 1u;
            if (action >= g->learned->n_actions)
                break; /* a turn that was no action's */
            add_turn(g, state, action, advantage[k], (double)w->n_samples);
            state = learned_after(g->learned, state, action);
        }
    }
}

static double weight_of(const struct gain *g)
{
    return fabs(g->after - g->before) * (double)g->n_visits;
}

static int by_weight(const void *a, const void *b)
{
    const struct gain *x = a;
    const struct gain *y = b;
    double more = weight_of(y) - weight_of(x);
    if (more != 0)
        return more > 0 ? 1 : -1;
    if (x->state != y->state)
        return x->state < y->state ? -1 : 1;
    return x->action < y->action ? -1 : x->action > y->action;
}

/* Change the preferences, and say what came of it. */
static void apply(struct gradient *g, struct learned *l, struct update *out)
{
    size_t n_actions = l->n_actions;
    double *after = mem_array(n_actions, sizeof(*after));
    out->gains = mem_array(g->pull.n * n_actions, sizeof(*out->gains));
    for (size_t s = 0; s < g->pull.n; s++) {
        uint64_t state = g->pull.keys[s];
        const double *pull = &g->pull.values[s * g->pull.width];
        const double *before = table_find(&g->chances, state);
        double *preference = table_at(&l->preferences, state);
        out->n_turns += (size_t)pull[n_actions];
        for (size_t i = 0; i < n_actions; i++)
            preference[i] += g->how->step_size * pull[i];
        learned_chances(l, state, after);
        for (size_t i = 0; i < n_actions; i++)
            out->gains[out->n++] =
                (struct gain){state, i, before[i], after[i], (size_t)pull[n_actions]};
    }
    qsort(out->gains, out->n, sizeof(*out->gains), by_weight);
    free(after);
}

void update_make(struct update *out, struct learned *l, const struct learning *how,
                 const struct wave *w, const uint64_t *begins)
{
    struct gradient g = {l, how, {.width = l->n_actions}, {.width = l->n_actions + 1}};
    double *reward = mem_array(w->n_samples, sizeof(*reward));
    double *advantage = mem_array(w->n_samples, sizeof(*advantage));
    *out = (struct update){0};
    for (size_t i = 0; i < w->n_rows; i++) {
        groups_rewards(reward, w, i);
        if (advantage_of(advantage, reward, w->n_samples, how->by_deviation))
            add_group(&g, w, i, begins[i], advantage);
    }
    apply(&g, l, out);
    free(reward);
    free(advantage);
    table_release(&g.chances);
    table_release(&g.pull);
}

void update_release(struct update *u)
{
    free(u->gains);
    *u = (struct update){0};
}
