#include "sim/train/trainer.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"

struct tick {
    struct trainer *trainer;
    enum wave_phase phase;
    int step;
};

static bool on_tick(void *arg, const struct run_progress *p)
{
    const struct tick *tick = arg;
    const struct trainer_sink *sink = &tick->trainer->sink;
    return sink->tick(sink->arg, tick->phase, tick->step, p);
}

static enum err_code check_reach(const struct tally *t, struct err *e)
{
    if (!tally_is_unreachable(t))
        return ERR_OK;
    err_set(e, ERR_NET, "stopped, since none of %llu tool calls got an answer",
            (unsigned long long)t->n_calls);
    return err_fix(e,
                   "the summary tells how they failed; mend the endpoint, then run the job again");
}

/* The service fails a job for too many errors in its grader's Python (PY-6), at which share is not
 * known: so does this, at a share of one step's grades that can be chosen (GAP-39). */
static enum err_code check_python(const struct trainer *t, const struct wave *w,
                                  const struct tally *of, struct err *e)
{
    uint64_t n = of->errors[GRADE_ERROR_PYTHON_RUNTIME];
    double most = t->job->sim.python_errors_max;
    if (w->phase != WAVE_TRAIN || tally_share(n, of->n_graded) <= most)
        return ERR_OK;
    err_set(e, ERR_NO,
            "step %d: %llu of %llu grades are errors in the grader's Python, for which the service "
            "fails a job (GAP-39)",
            w->step, (unsigned long long)n, (unsigned long long)of->n_graded);
    return err_fix(e,
                   "the summary tells the first of them; simulation.python_errors_max, here %g, is "
                   "the share that is let pass",
                   most);
}

/* Run a wave over `rows` and add it up into `out`, which the caller releases. */
static enum err_code play(struct trainer *t, struct wave *w, struct tally *out, double *seconds,
                          bool *recalled, struct err *e)
{
    struct tick tick = {t, w->phase, w->step};
    struct wave_past past = {0};
    enum err_code rc = ERR_OK;
    run_prepare(t->run, w);
    if (t->sink.on_begin)
        rc = t->sink.on_begin(t->sink.arg, w, &past, e);
    if (rc)
        return rc;
    run_add_recalled(t->run, w);
    int64_t from = clock_ns();
    rc = run_wave(t->run, w, on_tick, &tick, e);
    *seconds = past.seconds + (double)(clock_ns() - from) * 1e-9;
    t->past_s += past.seconds;
    tally_add_wave(out, w, t->job->max_episode_steps);
    tally_merge(w->phase == WAVE_TRAIN ? &t->train_total : &t->valid_total, out);
    if (rc)
        return rc;
    struct wave_report report = {
        .phase = w->phase,
        .step = w->step,
        .tally = out,
        .wave = w,
        .groups = w->phase == WAVE_TRAIN ? groups_of(w) : (struct groups){0},
        .seconds = *seconds,
        .recalled = past.ended,
    };
    *recalled = past.ended;
    rc = t->sink.on_wave(t->sink.arg, &report, e);
    if (!rc)
        rc = check_reach(out, e);
    return rc ? rc : check_python(t, w, out, e);
}

static enum err_code evaluate(struct trainer *t, int step, struct tally *out, double *seconds,
                              struct err *e)
{
    size_t n = dataset_count(t->valid);
    size_t *rows = mem_array(n, sizeof(*rows));
    for (size_t i = 0; i < n; i++)
        rows[i] = i; /* file order (GAP-6) */
    struct wave w = {.phase = WAVE_VALID, .step = step, .dataset = t->valid, .rows = rows};
    wave_init(&w, n, (size_t)t->schedule->eval_samples);
    bool recalled = false;
    enum err_code rc = play(t, &w, out, seconds, &recalled, e);
    wave_release(&w);
    free(rows);
    return rc;
}

/* The state in which episodes of each row of a wave begin. */
static enum err_code find_begins(const struct trainer *t, const struct wave *w, uint64_t *out,
                                 struct err *e)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; !rc && i < w->n_rows; i++) {
        struct row row;
        rc = dataset_row(w->dataset, w->rows[i], &row, e);
        if (rc)
            break;
        out[i] = learner_begin(t->policy, &row.tape);
        row_release(&row);
    }
    return rc;
}

static enum err_code learn(struct trainer *t, const struct wave *w, bool recalled, struct err *e)
{
    struct learned *learned = learner_learned(t->policy);
    struct learning how = learner_learning(t->policy);
    struct update update;
    uint64_t *begins = mem_array(w->n_rows, sizeof(*begins));
    enum err_code rc = find_begins(t, w, begins, e);
    if (!rc) {
        update_make(&update, learned, &how, w, begins);
        t->steps_learned = w->step;
        struct learning_report report = {.step = w->step,
                                         .learned = learned,
                                         .update = &update,
                                         .groups = groups_of(w),
                                         .recalled = recalled};
        rc = t->sink.on_learned(t->sink.arg, &report, e);
        update_release(&update);
    }
    free(begins);
    return rc;
}

static struct checkpoint evaluated(int step, const struct tally *valid)
{
    struct checkpoint c = {.step = step};
    if (!tally_mean(valid, &c.reward))
        c.reward = NAN;
    return c;
}

/* An evaluation is over: is the policy as it is worth keeping, and is it worth going on? */
static enum err_code judge(struct trainer *t, int step, const struct tally *valid, struct err *e)
{
    struct checkpoint_report r = {.at = evaluated(step, valid), .policy = t->policy};
    t->last = r.at;
    if (isnan(r.at.reward))
        return ERR_OK; /* nothing is known of it */
    bool better = !t->best.n || r.at.reward > t->best.at[0].reward;
    t->worse = better ? 0 : t->worse + 1;
    t->stopped_early = t->job->sim.early_stop && t->worse >= t->job->sim.early_stop;
    r.out = checkpoints_add(&t->best, step, r.at.reward);
    return t->sink.on_checkpoint(t->sink.arg, &r, e);
}

static enum err_code train(struct trainer *t, int step, struct tally *out, double *seconds,
                           struct err *e)
{
    size_t n = schedule_batch_rows(t->schedule, (uint64_t)step);
    size_t *rows = mem_array(n, sizeof(*rows));
    for (size_t i = 0; i < n; i++)
        rows[i] = schedule_row(t->schedule, (uint64_t)step, i);
    struct wave w = {.phase = WAVE_TRAIN, .step = step, .dataset = t->train, .rows = rows};
    wave_init(&w, n, (size_t)t->schedule->group_size);
    bool recalled = false;
    enum err_code rc = play(t, &w, out, seconds, &recalled, e);
    if (!rc && t->policy)
        rc = learn(t, &w, recalled, e);
    wave_release(&w);
    free(rows);
    return rc;
}

/* One step. `first` is the evaluation of step 0. */
static enum err_code take_step(struct trainer *t, int step, const struct tally *first,
                               struct err *e)
{
    int64_t from = clock_ns();
    double past_s = t->past_s;
    bool evaluates = schedule_evaluates(t->schedule, (uint64_t)step);
    struct step_report report = {.step = step, .total_steps = (int)t->schedule->n_steps};
    struct tally trained;
    struct tally valid;
    tally_init(&trained, t->job->n_tools);
    tally_init(&valid, t->job->n_tools);
    enum err_code rc = train(t, step, &trained, &report.sampling_s, e);
    if (!rc && evaluates)
        rc = evaluate(t, step, &valid, &report.eval_s, e);
    if (!rc && evaluates)
        rc = judge(t, step, &valid, e);
    report.train = &trained;
    report.valid = evaluates ? &valid : step == 1 ? first : NULL;
    report.total_s = (double)(clock_ns() - from) * 1e-9 + t->past_s - past_s;
    if (!rc)
        rc = t->sink.on_step(t->sink.arg, &report, e);
    t->steps_done += !rc;
    tally_release(&trained);
    tally_release(&valid);
    return rc;
}

enum err_code trainer_run(struct trainer *t, struct err *e)
{
    double seconds = 0;
    struct tally first;
    tally_init(&first, t->job->n_tools);
    tally_init(&t->train_total, t->job->n_tools);
    tally_init(&t->valid_total, t->job->n_tools);
    enum err_code rc = evaluate(t, 0, &first, &seconds, e);
    t->first = t->last = evaluated(0, &first);
    int n_steps = (int)t->schedule->n_steps;
    for (int step = 1; !rc && step <= n_steps && !t->stopped_early; step++) {
        rc = take_step(t, step, &first, e);
        if (!rc && step == t->pause_at && step < n_steps)
            rc = err_set(e, ERR_STOPPED, "paused after step %d", step);
    }
    tally_release(&first);
    return rc;
}

void trainer_release(struct trainer *t)
{
    tally_release(&t->train_total);
    tally_release(&t->valid_total);
}
