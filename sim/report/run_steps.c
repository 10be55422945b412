#include "sim/report/run_steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/store/query.h"

void run_steps_init(struct run_steps *s, const struct history *h)
{
    s->n_tools = h->n_tools;
    s->at = mem_array(h->n_waves * h->n_tools, sizeof(*s->at));
}

void run_steps_release(struct run_steps *s)
{
    free(s->at);
    *s = (struct run_steps){0};
}

void run_steps_add_call(struct run_steps *s, size_t wave, size_t tool, bool fine,
                        int64_t latency_ns)
{
    struct run_calls *calls = &s->at[wave * s->n_tools + tool];
    calls->n_ok += fine;
    calls->n_failed += !fine;
    if (latency_ns < 0)
        return;
    calls->n_sent++;
    calls->latency_s += (double)latency_ns * 1e-9;
}

/* What the rollouts of a wave come to. */
struct sums {
    int64_t n, n_graded, n_flagged;
    double rewards;
};

static struct sums sums_of(const struct history *h, const struct history_wave *w)
{
    struct sums sums = {.n = (int64_t)w->n};
    for (size_t i = w->from; i < w->from + w->n; i++) {
        const struct history_rollout *r = &h->rollouts[i];
        if (isnan(r->reward))
            continue;
        sums.n_graded++;
        sums.n_flagged += r->flags != 0;
        sums.rewards += r->reward;
    }
    return sums;
}

static double ratio(double part, double all)
{
    return all > 0 ? part / all : NAN;
}

static void take_tools(const struct run_steps *s, size_t wave, struct history_tool_step *out)
{
    for (size_t i = 0; i < s->n_tools; i++) {
        const struct run_calls *c = &s->at[wave * s->n_tools + i];
        out[i] = (struct history_tool_step){
            .n_ok = (double)c->n_ok,
            .error_rate = ratio((double)c->n_failed, (double)(c->n_ok + c->n_failed)),
            .n_failed = (double)c->n_failed,
            .latency_s = ratio(c->latency_s, (double)c->n_sent),
            .tokens = NAN,
        };
    }
}

/* The mean of grader `g`, 0 for the whole, over the graded rollouts of a wave. */
static double mean_of(const struct history *h, const struct history_wave *w, size_t g)
{
    double sum = 0;
    double n = 0;
    for (size_t i = w->from; i < w->from + w->n; i++) {
        double reward = g ? h->parts[i * (h->n_graders - 1) + g - 1] : h->rollouts[i].reward;
        if (isnan(reward))
            continue;
        sum += reward;
        n++;
    }
    return ratio(sum, n);
}

static void take_graders(const struct history *h, const struct history_wave *w, int64_t n_graded,
                         struct history_step *out)
{
    for (size_t g = 0; g < h->n_graders; g++) {
        out->graders[g].mean[w->phase] = mean_of(h, w, g);
        out->graders[g].n_graded[w->phase] = n_graded;
    }
}

static void take_train(const struct run_steps *s, struct history *h, size_t wave,
                       struct history_step *out)
{
    struct sums sums = sums_of(h, &h->waves[wave]);
    out->n_rollouts = sums.n;
    out->n_graded = sums.n_graded;
    out->train_mean = ratio(sums.rewards, (double)sums.n_graded);
    out->train_penalised =
        ratio(sums.rewards - (double)(sums.n - sums.n_graded), (double)sums.n); /* EV-4 */
    out->error_share = ratio((double)sums.n_flagged, (double)sums.n_graded);
    take_tools(s, wave, out->tools[WAVE_TRAIN]);
    take_graders(h, &h->waves[wave], sums.n_graded, out);
}

static void take_valid(const struct run_steps *s, struct history *h, size_t wave,
                       struct history_step *out)
{
    struct sums sums = sums_of(h, &h->waves[wave]);
    out->valid_step = h->waves[wave].step;
    out->n_valid = sums.n;
    out->n_valid_graded = sums.n_graded;
    out->valid_mean = ratio(sums.rewards, (double)sums.n_graded);
    take_tools(s, wave, out->tools[WAVE_VALID]);
    take_graders(h, &h->waves[wave], sums.n_graded, out);
}

/* The step that a wave belongs to: the evaluation of step 0 to step 1 (EV-6). */
static struct history_step *step_of(const struct history *h, int step)
{
    for (size_t i = 0; i < h->n_steps; i++) {
        if (h->steps[i].step == (step ? step : 1))
            return &h->steps[i];
    }
    return NULL;
}

static void take_waves(const struct run_steps *s, struct history *h)
{
    for (size_t i = 0; i < h->n_waves; i++) {
        struct history_step *step = step_of(h, h->waves[i].step);
        if (!step)
            continue;
        if (h->waves[i].phase == WAVE_TRAIN)
            take_train(s, h, i, step);
        else
            take_valid(s, h, i, step); /* with eval_interval 1 step 1 ends with its own */
    }
}

static void take_value(struct history_step *s, const char *name, double value)
{
    const struct {
        const char *name;
        double *at;
    } columns[] = {
        {"sampling_duration", &s->sampling_s},
        {"training_duration", &s->training_s},
        {"eval_duration", &s->eval_s},
        {"total_duration", &s->total_s},
        {"completion_tokens_mean", &s->completion_tokens},
        {"reasoning_tokens_mean", &s->reasoning_tokens},
        {"mean_unresponsive_rewards", &s->unresponsive},
    };
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        if (strcmp(columns[i].name, name) == 0)
            *columns[i].at = value;
    }
}

enum err_code run_steps_read(const struct run_steps *s, struct history *h, sqlite3 *db,
                             struct err *e)
{
    struct query q;
    query_open(&q, db,
               "SELECT step.number, metric.name, value.value, step.ended_at FROM step "
               "LEFT JOIN value ON value.step = step.number "
               "LEFT JOIN metric ON metric.id = value.metric ORDER BY step.number");
    while (query_next(&q)) {
        int number = (int)query_int(&q, 0);
        if (!h->n_steps || h->steps[h->n_steps - 1].step != number) {
            h->steps = mem_grow(h->steps, h->n_steps + 1, sizeof(*h->steps));
            struct history_step *step = &h->steps[h->n_steps++];
            history_step_init(h, step);
            step->step = number;
            if (!clock_read(&step->ended_at, query_text(&q, 3)))
                step->ended_at = -1;
        }
        if (!query_is_null(&q, 1))
            take_value(&h->steps[h->n_steps - 1], query_text(&q, 1), query_real(&q, 2));
    }
    enum err_code rc = query_close(&q, e);
    take_waves(s, h);
    return rc;
}
