#include "sim/check/outlook_check.h"

#include <inttypes.h>

#include "sim/job/settings.h"

#define HYPER_POINTER "/method/reinforcement/hyperparameters"

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
                   o->eval_rollouts, o->n_valid, s->eval_samples, o->n_evaluations,
                   o->train_rollouts);
        diag_fix(warn(job, list, DIAG_J022, "eval_samples", buf_text(&text)),
                 "fewer validation rows, fewer eval_samples, or a longer eval_interval");
    }
    buf_release(&text);
}

/* Of a model whose price is not known, by o4-mini's. */
static void check_pause(const struct outlook *o, const struct job *job, struct diags *list)
{
    bool unknown = o->pause == OUTLOOK_PAUSE_UNKNOWN;
    double price = unknown ? OUTLOOK_HOUR_DOLLARS : o->hour_price.low;
    if (o->pause != OUTLOOK_PAUSE_LIKELY &&
        (!unknown || o->hours.low * price < OUTLOOK_PAUSE_DOLLARS))
        return;
    diag_fix(doc_fault(job->doc, list, DIAG_WARNING, DIAG_J026, HYPER_POINTER,
                       "the job may take %.0f hours or more; at %.0f hours, $5,000, it is paused",
                       o->hours.low, OUTLOOK_PAUSE_DOLLARS / price),
             "fewer n_epochs or rows, or a smaller compute_multiplier");
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
    check_pause(o, job, list);
    if (job->n_tools && job->max_episode_steps == 1)
        diag_fix(doc_fault(job->doc, list, DIAG_WARNING, DIAG_J027,
                           "/method/reinforcement/max_episode_steps",
                           "the one turn must be the answer, so no tool is ever called"),
                 "allow a turn for each call, and one for the answer");
    buf_release(&text);
}

void outlook_schedule(const struct outlook *o, const struct job *job, struct buf *out)
{
    const struct schedule *s = &o->schedule;
    buf_printf(out, "%" PRIu64 " steps", s->n_steps);
    for (int key = 0; key <= SETTING_EVAL_SAMPLES; key++) {
        struct setting set = setting_of((enum setting_key)key, s, &job->hyper);
        buf_printf(out, ", %s %.0f%s", set.key, set.value, set.given ? "" : " (auto)");
    }
}

void outlook_load(const struct outlook *o, struct buf *out)
{
    buf_printf(out,
               "%" PRIu64 " training rollouts and %" PRIu64
               " of evaluations; %.1f to %.1f hours, if as fast as two recorded jobs",
               o->train_rollouts, o->eval_rollouts, o->hours.low, o->hours.high);
}
