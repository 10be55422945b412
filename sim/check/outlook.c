#include "sim/check/outlook.h"

#include <inttypes.h>

/* Seconds of one rollout among the 768 or so of a step: steps took 120 to 310 s, and 245 to 405 s
 * more with an evaluation of 570 rollouts (EV-12). */
static const double train_low = 120.0 / 768;
static const double train_high = 310.0 / 768;
static const double eval_low = 245.0 / 570;
static const double eval_high = 405.0 / 570;

static const double pause_hours = 50; /* $5,000 at $100 an hour (ST-12) */

#define HYPER_POINTER "/method/reinforcement/hyperparameters"

struct outlook outlook_make(const struct job *job, size_t n_train, size_t n_valid)
{
    struct outlook o = {.schedule = schedule_make(n_train, &job->hyper, &job->sim),
                        .n_valid = n_valid};
    const struct schedule *s = &o.schedule;
    uint64_t group = s->service_rollouts_per_step / (uint64_t)s->batch_size;
    o.train_rollouts = group * s->n_rows * (uint64_t)s->n_epochs;
    o.eval_rollouts = n_valid * (uint64_t)s->eval_samples * schedule_evaluations(s);
    double train = (double)o.train_rollouts;
    double eval = (double)o.eval_rollouts;
    o.hours_low = (train * train_low + eval * eval_low) / 3600;
    o.hours_high = (train * train_high + eval * eval_high) / 3600;
    return o;
}

/* The key that was given, or the nearest that stands there. */
static struct diag *warn(const struct job *job, struct diags *list, enum diag_code code,
                         const char *key, const char *text)
{
    struct buf pointer = {0};
    buf_printf(&pointer, HYPER_POINTER "/%s", key);
    struct diag *d = doc_fault(job->doc, list, DIAG_WARNING, code, buf_text(&pointer), "%s", text);
    buf_release(&pointer);
    return d;
}

static void check_evaluations(const struct outlook *o, const struct job *job, struct diags *list)
{
    const struct schedule *s = &o->schedule;
    struct buf text = {0};
    if (job->hyper.eval_interval && (uint64_t)s->eval_interval > s->n_steps) {
        buf_printf(&text,
                   "the job has %" PRIu64 " steps, so nothing is evaluated after step 0, and no "
                   "checkpoint is a candidate",
                   s->n_steps);
        diag_fix(warn(job, list, DIAG_J023, "eval_interval", buf_text(&text)),
                 "eval_interval: %" PRIu64 " or less", s->n_steps);
    } else if (o->eval_rollouts > o->train_rollouts) {
        buf_printf(&text,
                   "evaluations take %" PRIu64 " rollouts (%zu rows x %d, %" PRIu64
                   " times), training %" PRIu64,
                   o->eval_rollouts, o->n_valid, s->eval_samples, schedule_evaluations(s),
                   o->train_rollouts);
        diag_fix(warn(job, list, DIAG_J022, "eval_samples", buf_text(&text)),
                 "fewer validation rows, fewer eval_samples, or a longer eval_interval");
    }
    buf_release(&text);
}

void outlook_check(const struct outlook *o, const struct job *job, struct diags *list)
{
    const struct schedule *s = &o->schedule;
    struct buf text = {0};
    check_evaluations(o, job, list);
    if (job->hyper.batch_size && (size_t)s->batch_size > s->n_rows) {
        buf_printf(&text, "a step takes %d rows, and the training file has %zu", s->batch_size,
                   s->n_rows);
        diag_fix(warn(job, list, DIAG_J024, "batch_size", buf_text(&text)),
                 "batch_size: %zu or less; auto would be %d", s->n_rows,
                 schedule_make(s->n_rows, &(struct job_hyper){0}, &job->sim).batch_size);
    }
    if (o->hours_low > pause_hours)
        diag_fix(doc_fault(job->doc, list, DIAG_WARNING, DIAG_J026, HYPER_POINTER,
                           "the job may take %.0f hours or more; at %.0f hours, $5,000, it is "
                           "paused",
                           o->hours_low, pause_hours),
                 "fewer n_epochs or rows, or a smaller compute_multiplier");
    if (job->n_tools && job->max_episode_steps == 1)
        diag_fix(doc_fault(job->doc, list, DIAG_WARNING, DIAG_J027,
                           "/method/reinforcement/max_episode_steps",
                           "the one turn must be the answer, so no tool is ever called"),
                 "allow a turn for each call, and one for the answer");
    buf_release(&text);
}

static void add_number(struct buf *out, const char *name, int value, bool given)
{
    buf_printf(out, ", %s %d%s", name, value, given ? "" : " (auto)");
}

void outlook_schedule(const struct outlook *o, const struct job *job, struct buf *out)
{
    const struct schedule *s = &o->schedule;
    buf_printf(out, "%" PRIu64 " steps", s->n_steps);
    add_number(out, "batch_size", s->batch_size, job->hyper.batch_size);
    add_number(out, "n_epochs", s->n_epochs, job->hyper.n_epochs);
    add_number(out, "eval_interval", s->eval_interval, job->hyper.eval_interval);
    add_number(out, "eval_samples", s->eval_samples, job->hyper.eval_samples);
}

void outlook_load(const struct outlook *o, struct buf *out)
{
    buf_printf(out,
               "%" PRIu64 " training rollouts and %" PRIu64
               " of evaluations; %.1f to %.1f hours, if as fast as two recorded jobs",
               o->train_rollouts, o->eval_rollouts, o->hours_low, o->hours_high);
}
