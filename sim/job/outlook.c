#include "sim/job/outlook.h"

#include <math.h>
#include <string.h>
#include <strings.h>

static struct range times(struct range r, double n)
{
    return (struct range){r.low * n, r.high * n};
}

static struct range plus(struct range a, struct range b)
{
    return (struct range){a.low + b.low, a.high + b.high};
}

static const struct range unknown = {NAN, NAN};

/* --- time ------------------------------------------------------------------------------------ */

static void estimate_hours(struct outlook *o, const struct job *job)
{
    static const struct range step = {OUTLOOK_STEP_S_LOW, OUTLOOK_STEP_S_HIGH};
    static const struct range eval = {OUTLOOK_EVAL_S_LOW, OUTLOOK_EVAL_S_HIGH};
    static const struct range slow_minutes = {OUTLOOK_SLOW_MIN_LOW, OUTLOOK_SLOW_MIN_HIGH};
    struct range rollout_s = times(step, 1.0 / OUTLOOK_STEP_ROLLOUTS);
    struct range eval_rollout_s = times(eval, 1.0 / OUTLOOK_EVAL_ROLLOUTS);
    o->step_s = times(rollout_s, (double)o->schedule.service_rollouts_per_step);
    o->eval_s = times(eval_rollout_s, (double)o->eval_each);
    o->pace = (struct range){1 / rollout_s.high, 1 / rollout_s.low};
    o->hours = times(plus(times(rollout_s, (double)o->train_rollouts),
                          times(eval_rollout_s, (double)o->eval_rollouts)),
                     1.0 / 3600);
    if (job->n_tools) { /* its steps had few rollouts; slow tools make no job faster */
        double slow_steps = (double)o->schedule.n_steps / 60;
        o->slow_hours.low = fmax(slow_minutes.low * slow_steps, o->hours.low);
        o->slow_hours.high = fmax(slow_minutes.high * slow_steps, o->hours.high);
    } else {
        o->slow_hours = unknown;
    }
}

/* --- money ----------------------------------------------------------------------------------- */

/* Section 8. The first that fits; a NULL fits all. */
static const struct price {
    const char *model; /* how its name begins */
    const char *tier;  /* trainingType */
    struct range hour;
    const char *basis;
} prices[] = {
    {"o4-mini",
     "developerTier",
     {0.5 * OUTLOOK_HOUR_DOLLARS, 0.5 * OUTLOOK_HOUR_DOLLARS},
     "o4-mini, developer tier: $50 an hour (section 8)"},
    {"o4-mini",
     "globalStandard",
     {0.7 * OUTLOOK_HOUR_DOLLARS, 0.9 * OUTLOOK_HOUR_DOLLARS},
     "o4-mini, global training: $70 to $90 an hour (section 8)"},
    {"o4-mini",
     NULL,
     {OUTLOOK_HOUR_DOLLARS, OUTLOOK_HOUR_DOLLARS},
     "o4-mini: $100 an hour; 10 to 30 % less with global training, half on the developer tier "
     "(section 8)"},
    {"gpt-5", NULL, {0, 0}, "gpt-5: training is free while it is a preview (section 8)"},
    {NULL, NULL, {NAN, NAN}, "no price of this model is known"},
};

static const struct price *price_of(const struct job *job)
{
    const json_t *given = job->doc ? json_object_get(job->doc->root, "trainingType") : NULL;
    const char *tier = given ? json_string_value(given) : NULL;
    const struct price *p = prices;
    while (p->model && (!job->model || strncmp(job->model, p->model, strlen(p->model)) != 0 ||
                        (p->tier && (!tier || strcasecmp(tier, p->tier) != 0))))
        p++;
    return p;
}

static enum outlook_pause pause_of(const struct outlook *o)
{
    if (isnan(o->dollars.high))
        return OUTLOOK_PAUSE_UNKNOWN;
    if (o->hour_price.high <= 0)
        return OUTLOOK_PAUSE_NEVER;
    if (o->dollars.low >= OUTLOOK_PAUSE_DOLLARS)
        return OUTLOOK_PAUSE_LIKELY;
    if (o->dollars.high >= OUTLOOK_PAUSE_DOLLARS)
        return OUTLOOK_PAUSE_MAYBE;
    return o->slow_dollars.high >= OUTLOOK_PAUSE_DOLLARS ? OUTLOOK_PAUSE_IF_SLOW
                                                         : OUTLOOK_PAUSE_OUT_OF_REACH;
}

static void estimate_dollars(struct outlook *o, const struct job *job)
{
    const struct price *p = price_of(job);
    o->hour_price = p->hour;
    o->price_basis = p->basis;
    o->dollars = (struct range){o->hours.low * p->hour.low, o->hours.high * p->hour.high};
    o->slow_dollars =
        (struct range){o->slow_hours.low * p->hour.low, o->slow_hours.high * p->hour.high};
    o->pause = pause_of(o);
    double most = o->pause == OUTLOOK_PAUSE_IF_SLOW ? o->slow_dollars.high : o->dollars.high;
    if (o->pause >= OUTLOOK_PAUSE_IF_SLOW)
        o->pause_step =
            (uint64_t)ceil((double)o->schedule.n_steps * (OUTLOOK_PAUSE_DOLLARS / most));
}

struct outlook outlook_make(const struct job *job, size_t n_train, size_t n_valid)
{
    struct outlook o = {.schedule = schedule_make(n_train, &job->hyper, &job->sim),
                        .n_valid = n_valid};
    const struct schedule *s = &o.schedule;
    o.train_rollouts = schedule_service_group(s) * s->n_rows * (uint64_t)s->n_epochs;
    o.n_evaluations = schedule_evaluations(s);
    o.eval_each = n_valid * (uint64_t)s->eval_samples;
    o.eval_rollouts = o.eval_each * o.n_evaluations;
    estimate_hours(&o, job);
    estimate_dollars(&o, job);
    return o;
}
