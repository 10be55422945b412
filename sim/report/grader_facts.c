#include "sim/report/grader_facts.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/report/graded.h"
#include "sim/stats/quantile.h"
#include "sim/stats/sum.h"
#include "sim/stats/summary.h"

static const struct history_grader unknown;

static struct grader_fact blank(const struct history *h, size_t grader, enum wave_phase phase)
{
    return (struct grader_fact){
        .grader = grader < h->n_graders ? &h->graders[grader] : &unknown,
        .is_part = grader > 0,
        .phase = phase,
        .mean = NAN,
        .spread = NAN,
        .least = NAN,
        .most = NAN,
        .n_errors = -1,
        .error_share = NAN,
        .p50_s = NAN,
        .p95_s = NAN,
        .first_error = SIZE_MAX,
    };
}

/* The whole's reward of a rollout, or that of a part; NAN of an ungraded one. */
static double reward_of(const struct history *h, size_t rollout, size_t grader)
{
    if (!graded_is(&h->rollouts[rollout]))
        return NAN;
    return grader ? h->parts[rollout * (h->n_graders - 1) + grader - 1]
                  : h->rollouts[rollout].reward;
}

static void add_errors(struct grader_fact *f, const struct history *h)
{
    f->n_errors = 0;
    for (size_t i = 0; i < h->n_rollouts; i++) {
        const struct history_rollout *r = &h->rollouts[i];
        if (!graded_is(r) || history_wave_of(h, i)->phase != f->phase || !r->flags)
            continue;
        f->n_errors++;
        for (size_t bit = 0; bit < GRADE_N_ERRORS; bit++)
            f->errors[bit] += r->flags >> bit & 1;
        if (f->first_error == SIZE_MAX)
            f->first_error = i;
    }
    f->error_share = (double)f->n_errors / (double)f->n;
}

static void add_times(struct grader_fact *f, const struct history *h, double *room)
{
    size_t n = 0;
    for (size_t i = 0; i < h->n_rollouts; i++) {
        const struct history_rollout *r = &h->rollouts[i];
        if (graded_is(r) && history_wave_of(h, i)->phase == f->phase && isfinite(r->grade_s))
            room[n++] = r->grade_s;
    }
    if (!n)
        return;
    quantile_sort(room, n);
    f->p50_s = quantile_of(room, n, 0.5);
    f->p95_s = quantile_of(room, n, 0.95);
}

/* `room` has a place for every rollout. */
static struct grader_fact from_rollouts(const struct history *h, size_t grader,
                                        enum wave_phase phase, double *room)
{
    struct grader_fact f = blank(h, grader, phase);
    size_t n = 0;
    for (size_t i = 0; i < h->n_rollouts; i++) {
        double reward = reward_of(h, i, grader);
        if (history_wave_of(h, i)->phase == phase && isfinite(reward))
            room[n++] = reward;
    }
    f.n = n;
    if (!n)
        return f;
    struct summary s = summary_of(room, n);
    f.mean = s.mean;
    f.spread = summary_spread(&s);
    f.least = s.least;
    f.most = s.most;
    if (grader)
        return f;
    add_errors(&f, h);
    add_times(&f, h, room);
    return f;
}

/* What a step of a result file says of a grader; of the whole also where no column is the grader's.
 */
struct said {
    double mean;
    int64_t n;
    const double *errors; /* shares; NULL if they are not known */
};

static struct said said_of(const struct history_step *s, size_t grader, enum wave_phase phase)
{
    struct said said = {NAN, -1, NULL};
    if (s->graders) {
        const struct history_grader_step *g = &s->graders[grader];
        said = (struct said){g->mean[phase], g->n_graded[phase], g->errors[phase]};
    }
    if (grader)
        return said;
    said.mean = phase == WAVE_TRAIN ? s->train_mean : s->valid_mean;
    said.n = phase == WAVE_TRAIN ? s->n_graded : s->n_valid_graded;
    return said;
}

/* Sums over the steps, weighted by how many were graded where that is known. */
struct step_sums {
    struct sum rewards;
    double n_means;
    struct sum any_error; /* grades */
    double n_any;         /* of so many */
    struct sum errors[GRADE_N_ERRORS];
};

static void add_said(struct step_sums *sums, const struct said *said, double any_error)
{
    double weight = said->n > 0 ? (double)said->n : 1;
    sums->n_means += weight;
    sum_add(&sums->rewards, said->mean * weight);
    if (isfinite(any_error)) {
        sum_add(&sums->any_error, any_error * weight);
        sums->n_any += weight;
    }
    for (size_t i = 0; said->errors && i < GRADE_N_ERRORS; i++) {
        if (isfinite(said->errors[i]))
            sum_add(&sums->errors[i], said->errors[i] * weight);
    }
}

static struct grader_fact from_steps(const struct history *h, size_t grader, enum wave_phase phase)
{
    struct grader_fact f = blank(h, grader, phase);
    struct step_sums sums = {0};
    for (size_t i = 0; i < h->n_steps; i++) {
        const struct history_step *s = &h->steps[i];
        struct said said = said_of(s, grader, phase);
        if (!isfinite(said.mean) || said.n == 0)
            continue;
        f.n += said.n > 0 ? (uint64_t)said.n : 0;
        add_said(&sums, &said, phase == WAVE_TRAIN && !grader ? s->error_share : NAN);
    }
    if (sums.n_means > 0)
        f.mean = sum_value(&sums.rewards) / sums.n_means;
    for (size_t i = 0; f.n && i < GRADE_N_ERRORS; i++)
        f.errors[i] = (uint64_t)llround(sum_value(&sums.errors[i]));
    if (sums.n_any > 0) {
        f.error_share = sum_value(&sums.any_error) / sums.n_any;
        f.n_errors = f.n ? llround(sum_value(&sums.any_error)) : -1;
    }
    return f;
}

void grader_facts_make(struct grader_facts *out, const struct history *h)
{
    bool has_parts = h->n_waves ? h->parts != NULL : h->n_graders > 1;
    size_t n = has_parts ? h->n_graders : 1;
    double *room = mem_array(h->n_rollouts, sizeof(*room));
    *out = (struct grader_facts){.at = mem_array(n * HISTORY_PHASES, sizeof(*out->at))};
    for (size_t i = 0; i < n; i++) {
        for (int p = 0; p < HISTORY_PHASES; p++) {
            enum wave_phase phase = (enum wave_phase)p;
            struct grader_fact f =
                h->n_waves ? from_rollouts(h, i, phase, room) : from_steps(h, i, phase);
            if (isfinite(f.mean))
                out->at[out->n++] = f;
        }
    }
    free(room);
}

void grader_facts_release(struct grader_facts *g)
{
    free(g->at);
    *g = (struct grader_facts){0};
}
