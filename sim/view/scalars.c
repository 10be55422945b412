#include "sim/view/scalars.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/report/curve.h"
#include "sim/view/tensorboard.h"

static const char *const phases[] = {"train", "valid"}; /* by enum wave_phase */

/* Add a value whose tag comes from parts. */
static void add(struct buf *summary, double value, const char *fmt, ...) PRINTF(3, 4);
static void add(struct buf *summary, double value, const char *fmt, ...)
{
    struct buf masked = {0};
    va_list ap;
    va_start(ap, fmt);
    char *tag = mem_vprintf(fmt, ap);
    va_end(ap);
    secret_mask(&masked, tag, strlen(tag));
    tensorboard_value(summary, buf_text(&masked), value);
    buf_release(&masked);
    free(tag);
}

static double known(int64_t count)
{
    return count < 0 ? NAN : (double)count;
}

/* --- What there is to tell ------------------------------------------------------------------- */

static void add_point(struct buf *out, const struct curve_point *p)
{
    const char *phase = phases[p->phase];
    bool sure = p->interval.state == INTERVAL_OK;
    double lost = p->n > 0 && p->n_graded >= 0 ? (double)(p->n - p->n_graded) : NAN;
    add(out, p->mean, "%s/reward_mean", phase);
    add(out, p->penalised, "%s/reward_penalised", phase);
    add(out, sure ? p->interval.low : NAN, "%s/reward_low", phase);
    add(out, sure ? p->interval.high : NAN, "%s/reward_high", phase);
    add(out, p->pass_rate, "%s/pass_rate", phase);
    add(out, known(p->n), "%s/rollouts", phase);
    add(out, known(p->n_graded), "%s/graded", phase);
    add(out, lost / (double)p->n, "%s/discarded_share", phase);
    add(out, p->bytes, "%s/written_bytes", phase);
    add(out, p->tokens, "%s/completion_tokens", phase);
    add(out, p->seconds, "%s/seconds", phase);
}

static const char *label_of(const struct history_grader *g)
{
    return g->key ? g->key : g->name;
}

/* Which of the graders that share its name it is, from 1. */
static size_t nth_of(const struct history *h, size_t grader)
{
    size_t nth = 1;
    for (size_t i = 0; i < grader; i++)
        nth += strcmp(label_of(&h->graders[i]), label_of(&h->graders[grader])) == 0;
    return nth;
}

static void add_graders(struct buf *out, const struct history *h, const struct history_step *s,
                        enum wave_phase phase)
{
    for (size_t i = 0; s->graders && i < h->n_graders; i++) {
        const char *label = label_of(&h->graders[i]);
        size_t nth = nth_of(h, i);
        char *name = nth > 1 ? mem_printf("%s_%zu", label, nth) : mem_text(label);
        if (i)
            add(out, s->graders[i].mean[phase], "%s/grader/%s", phases[phase], name);
        add(out, s->graders[i].latency_s[phase], "%s/grader_seconds/%s", phases[phase], name);
        free(name);
    }
}

static void add_tools(struct buf *out, const struct history *h, const struct history_step *s,
                      enum wave_phase phase)
{
    for (size_t i = 0; s->tools[phase] && i < h->n_tools; i++) {
        const struct history_tool_step *t = &s->tools[phase][i];
        const char *name = *h->tools[i].name ? h->tools[i].name : "(no tool of the job)";
        add(out, t->n_ok + t->n_failed, "%s/tool_calls/%s", phases[phase], name);
        add(out, t->error_rate, "%s/tool_error_rate/%s", phases[phase], name);
        add(out, t->latency_s, "%s/tool_seconds/%s", phases[phase], name);
        add(out, t->tokens, "%s/tool_tokens/%s", phases[phase], name);
    }
}

static void add_step(struct buf *out, const struct history_step *s)
{
    add(out, s->error_share, "train/grader_error_share");
    add(out, s->unresponsive, "train/unresponsive_share");
    add(out, s->reasoning_tokens, "train/reasoning_tokens");
    add(out, s->sampling_s, "time/sampling");
    add(out, s->training_s, "time/training");
    add(out, s->eval_s, "time/eval");
    add(out, s->total_s, "time/total");
}

/* --- When ------------------------------------------------------------------------------------ */

static int by_step(const void *key, const void *s)
{
    int a = *(const int *)key;
    int b = ((const struct history_step *)s)->step;
    return a < b ? -1 : a > b;
}

/* The row that tells of a step or an evaluation, NULL if none does. */
static const struct history_step *step_of(const struct history *h, const struct curve_point *p)
{
    int step = p->phase == WAVE_VALID && !p->step ? 1 : p->step; /* EV-6 */
    const struct history_step *s =
        h->n_steps ? bsearch(&step, h->steps, h->n_steps, sizeof(*s), by_step) : NULL;
    return s && (p->phase == WAVE_TRAIN || s->valid_step == p->step) ? s : NULL;
}

/* ns since 1970 at which it began, as far as is known; else 0. */
static int64_t beginning(const struct history *h)
{
    int64_t ns = 0;
    if (h->started_at && clock_read(&ns, h->started_at))
        return ns;
    return h->n_steps && h->steps[0].ended_at > 0 ? h->steps[0].ended_at : 0;
}

static double seconds(int64_t ns)
{
    return (double)ns * 1e-9;
}

static double time_of(const struct history *h, const struct curve_point *p,
                      const struct history_step *s)
{
    return seconds(s && p->step > 0 && s->ended_at >= 0 ? s->ended_at : beginning(h));
}

/* --------------------------------------------------------------------------------------------- */

static enum err_code write_point(struct stage_file *file, const struct history *h,
                                 const struct curve_point *p, struct err *e)
{
    const struct history_step *s = step_of(h, p);
    struct buf summary = {0};
    struct buf event = {0};
    add_point(&summary, p);
    if (s) {
        add_graders(&summary, h, s, p->phase);
        add_tools(&summary, h, s, p->phase);
    }
    if (s && p->phase == WAVE_TRAIN)
        add_step(&summary, s);
    tensorboard_event(&event, time_of(h, p, s), p->step > 0 ? p->step : 0, &summary);
    enum err_code rc = stage_write(file, event.at, event.len, e);
    buf_release(&event);
    buf_release(&summary);
    return rc;
}

static enum err_code write_all(struct stage_file *file, const struct history *h, struct err *e)
{
    struct curve c = {0};
    struct buf head = {0};
    tensorboard_begin(&head, seconds(beginning(h)));
    enum err_code rc = stage_write(file, head.at, head.len, e);
    buf_release(&head);
    curve_make(&c, h);
    for (size_t i = 0; !rc && i < c.n; i++) {
        if (c.at[i].complete || h->source != HISTORY_RUN)
            rc = write_point(file, h, &c.at[i], e);
    }
    curve_release(&c);
    return rc;
}

enum err_code scalars_write(const struct stage *folder, const struct history *h, struct err *e)
{
    struct stage_file file = {0};
    char *name =
        mem_printf("events.out.tfevents.%010lld.rftsim", (long long)(beginning(h) / 1000000000));
    enum err_code rc = stage_create(&file, folder, name, 0, e);
    free(name);
    if (!rc)
        rc = write_all(&file, h, e);
    return stage_finish(&file, e) ? e->code : rc;
}
