/* rftsim run and rftsim eval: the rehearsal. Reads everything, checks that it can start, then runs
 * the loop. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/files.h"
#include "sim/base/mem.h"
#include "sim/cli/cmd.h"
#include "sim/cli/inputs.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/recordings.h"
#include "sim/cli/run_opts.h"
#include "sim/policy/learner.h"
#include "sim/run/fields.h"
#include "sim/view/checkpoint.h"
#include "sim/view/drift.h"
#include "sim/view/json.h"
#include "sim/view/learning.h"
#include "sim/view/progress.h"
#include "sim/view/record.h"
#include "sim/view/table.h"
#include "sim/view/verbose.h"

/* Everything a run is made of, in the order it is made; released together. */
struct rehearsal {
    const struct run_opts *opts;
    struct run_opts own; /* with --resume: what was said now, and what was said when it began */
    struct store *store; /* with --resume, until the record has it */
    json_t *began_with;  /* with --resume: the options of then; its texts are borrowed by `own` */
    struct diags diags;
    struct job *job;
    struct dataset *train, *valid;
    struct grader *grader;        /* for its name; the threads have their own */
    struct policy *policy;        /* likewise */
    struct recordings recordings; /* that it plays */
    struct schedule schedule;
    struct run *run;
    struct record record;
    struct plan plan;
    struct trainer trainer;
    struct progress progress;
    int64_t deadline_ns; /* of the run; INT64_MAX for none */
    int64_t wave_from_ns;
    double past_s; /* of the run, before this process */
};

static enum err_code apply_options(struct job *job, const struct run_opts *o, struct err *e)
{
    enum err_code rc = o->sandbox ? job_set_sandbox(job, o->sandbox, e) : ERR_OK;
    if (rc)
        return rc;
    if (o->concurrency)
        job->sim.concurrency = (int)o->concurrency;
    if (o->threads)
        job->sim.threads = (int)o->threads;
    if (o->rollouts_per_step)
        job->sim.rollouts_per_step = (int)o->rollouts_per_step;
    if (o->max_qps)
        job->sim.max_qps = o->max_qps;
    if (!job->sim.threads) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        job->sim.threads = cores > 0 ? (int)cores : 1;
    }
    return ERR_OK;
}

static enum err_code read_all(struct rehearsal *s, const char *path, struct err *e)
{
    enum err_code rc = job_load(&s->job, path, &s->diags, e);
    if (rc)
        return rc;
    rc = apply_options(s->job, s->opts, e);
    if (!rc && s->opts->policy)
        rc = job_load_policy(s->job, s->opts->policy, &s->diags, e);
    if (!rc && s->began_with)
        rc = run_opts_same_policy(s->job, s->began_with, e);
    if (!rc)
        rc = grader_new(&s->grader, s->job, &(struct grader_context){0}, &s->diags, e);
    if (!rc)
        rc = policy_new(&s->policy, s->job, &(struct policy_context){0}, &s->diags, e);
    if (!rc)
        rc = inputs_datasets(&s->train, &s->valid, s->job, &s->diags, e);
    if (!rc)
        rc =
            recordings_of_job(&s->recordings, &s->policy, s->job, s->train, s->valid, &s->diags, e);
    if (rc)
        return rc;
    const struct dataset *datasets[] = {s->train, s->valid};
    fields_check(s->grader, s->job, datasets, COUNT_OF(datasets), &s->diags);
    if (policy_learns(s->policy))
        fields_check_policy(s->policy, s->job, datasets, COUNT_OF(datasets), &s->diags);
    s->schedule = schedule_make(dataset_count(s->train), &s->job->hyper, &s->job->sim);
    if (s->opts->policy || s->opts->evaluate)
        s->schedule.n_steps = 0; /* a checkpoint is evaluated, once */
    return rc;
}

static enum err_code open_record(struct rehearsal *s, uint64_t seed, struct err *e)
{
    json_t *options = run_opts_deciding(s->opts, s->job);
    struct store_run run = {
        .job = s->job,
        .options = options,
        .schedule = &s->schedule,
        .grader = s->grader,
        .policy_type = policy_type(s->policy),
        .policy_note = policy_note(s->policy),
        .seed = seed,
        .files = {[WAVE_TRAIN] = s->train, [WAVE_VALID] = s->valid},
    };
    struct record_how how = {
        .no_store = s->opts->no_store,
        .durable = s->opts->durable,
        .run = s->run,
    };
    struct store *store = s->store;
    s->store = NULL;
    enum err_code rc = store ? record_go_on(&s->record, s->opts->resume, store, &run, &how, e)
                             : record_open(&s->record, s->opts->out, &run, &how, e);
    json_decref(options);
    return rc;
}

static void on_end(void *arg, const struct rollout_told *told)
{
    struct rehearsal *s = arg;
    store_rollout(s->record.store, told);
}

static enum err_code start(struct rehearsal *s, struct err *e)
{
    struct run_config config = {
        .job = s->job,
        .seed = s->job->seed < 0 ? 0 : (uint64_t)s->job->seed,
        .threads = s->job->sim.threads,
        .concurrency = s->job->sim.concurrency,
        .files = files_raise(),
        .on_call = s->opts->verbose ? verbose_call : NULL,
        .keep_samples = s->opts->samples,
        .learned = policy_learns(s->policy) ? learner_learned(s->policy) : NULL,
        .on_end = s->opts->no_store ? NULL : on_end,
        .end_arg = s,
        .recordings = &s->recordings,
    };
    enum err_code rc = run_new(&s->run, &config, &s->diags, e);
    if (!rc)
        rc = run_reach(s->run, &s->diags, e);
    if (!rc)
        rc = open_record(s, config.seed, e);
    if (rc)
        return rc;
    s->plan = (struct plan){
        .job = s->job,
        .schedule = &s->schedule,
        .grader = s->grader,
        .policy_type = policy_type(s->policy),
        .policy_note = policy_note(s->policy),
        .learner = policy_learns(s->policy) ? s->policy : NULL,
        .checkpoint = s->opts->policy,
        .folder = s->record.folder,
        .n_train = dataset_count(s->train),
        .n_valid = dataset_count(s->valid),
        .threads = run_threads(s->run),
        .concurrency = run_concurrency(s->run),
        .files = config.files,
        .seed = config.seed,
        .before = s->opts->resume ? store_head(s->record.store) : NULL,
    };
    return ERR_OK;
}

static enum err_code print(const struct buf *text, bool json, struct err *e)
{
    (json ? cmd_put_json : cmd_put)(stdout, text);
    return ferror(stdout) ? err_sys(e, "standard output") : ERR_OK;
}

static bool is_over(const struct rehearsal *s)
{
    return interrupt_asked() || clock_ns() >= s->deadline_ns;
}

static enum err_code on_begin(void *arg, struct wave *w, struct wave_past *past, struct err *e)
{
    struct rehearsal *s = arg;
    int64_t past_ns = 0;
    if (is_over(s)) /* reading back what is recorded takes a while too, and has no ticks */
        return err_set(e, ERR_STOPPED, "stopped");
    s->wave_from_ns = clock_ns();
    if (!s->record.store)
        return ERR_OK;
    enum err_code rc = store_wave(s->record.store, w, &past_ns, &past->ended, e);
    past->seconds = (double)past_ns * 1e-9;
    return rc;
}

static enum err_code on_wave(void *arg, const struct wave_report *r, struct err *e)
{
    struct rehearsal *s = arg;
    struct buf text = {0};
    if (r->recalled)
        return ERR_OK;
    enum err_code rc = record_wave(&s->record, r->wave, e);
    if (!rc && s->record.store)
        rc = store_wave_end(s->record.store, (int64_t)(r->seconds * 1e9), s->run, e);
    if (rc)
        return rc;
    if (s->opts->rollouts)
        json_rollouts(&text, &s->plan, r->wave, s->opts->samples);
    if (s->opts->json) {
        drift_lines(&text, r->wave);
        json_wave(&text, &s->plan, r);
    } else {
        table_line(&text, r);
    }
    progress_hide(&s->progress);
    rc = print(&text, s->opts->json, e);
    buf_release(&text);
    return rc;
}

static enum err_code on_learned(void *arg, const struct learning_report *r, struct err *e)
{
    struct rehearsal *s = arg;
    struct buf text = {0};
    if (!s->opts->explain || r->recalled)
        return ERR_OK;
    if (s->opts->json)
        learning_json(&text, r);
    else
        learning_text(&text, r);
    progress_hide(&s->progress);
    enum err_code rc = print(&text, s->opts->json, e);
    buf_release(&text);
    return rc;
}

static enum err_code on_checkpoint(void *arg, const struct checkpoint_report *r, struct err *e)
{
    struct rehearsal *s = arg;
    if (r->at.step <= s->record.steps_before)
        return checkpoint_keep_again(s->record.folder, s->record.store, r, e);
    if (r->out != r->at.step)
        s->record.checkpoint = r->at.step;
    return checkpoint_keep(s->record.folder, s->record.store, r, e);
}

static enum err_code on_step(void *arg, const struct step_report *r, struct err *e)
{
    struct rehearsal *s = arg;
    return record_step(&s->record, r, e);
}

static bool tick(void *arg, enum wave_phase phase, int step, const struct run_progress *p)
{
    struct rehearsal *s = arg;
    struct store *store = s->record.store;
    if (store && store_has_failed(store))
        return false;
    if (store)
        store_wave_time(store, clock_ns() - s->wave_from_ns);
    progress_show(&s->progress, phase, step, (int)s->schedule.n_steps, p);
    return !is_over(s);
}

static enum err_code print_plan(const struct rehearsal *s, struct err *e)
{
    struct buf text = {0};
    if (s->opts->json) {
        json_plan(&text, &s->plan);
    } else {
        table_plan(&text, &s->plan);
        table_head(&text);
    }
    enum err_code rc = print(&text, s->opts->json, e);
    buf_release(&text);
    return rc;
}

/* The summary, on screen and in the folder, whatever ended the loop. */
static enum err_code conclude(struct rehearsal *s, const struct err *how, double seconds,
                              struct err *e)
{
    const char *ended = record_state(how->code);
    struct buf json = {0};
    struct buf table = {0};
    json_summary(&json, &s->plan, &s->trainer, seconds, ended);
    table_summary(&table, &s->plan, &s->trainer, seconds);
    struct err second = {0};
    enum err_code rc = record_end(&s->record, &json, how, e); /* even if nobody reads the rest */
    if (print(s->opts->json ? &json : &table, s->opts->json, &second) && !rc) {
        *e = second;
        rc = second.code;
    }
    buf_release(&json);
    buf_release(&table);
    return rc;
}

/* Of two failures the first is the one to tell of. */
static enum err_code first_of(enum err_code rc, struct err *e, const struct err *second)
{
    if (rc || !second->code)
        return rc;
    *e = *second;
    return second->code;
}

/* The loop, and what it leaves of a policy that learns. */
static enum err_code train(struct rehearsal *s, struct err *e)
{
    struct err second = {0};
    s->trainer = (struct trainer){
        .job = s->job,
        .schedule = &s->schedule,
        .train = s->train,
        .valid = s->valid,
        .run = s->run,
        .policy = policy_learns(s->policy) ? s->policy : NULL,
        .pause_at = (int)s->opts->pause_at,
        .sink = {.on_begin = on_begin,
                 .on_wave = on_wave,
                 .on_learned = on_learned,
                 .on_checkpoint = on_checkpoint,
                 .on_step = on_step,
                 .tick = tick,
                 .arg = s},
    };
    enum err_code rc = trainer_run(&s->trainer, e);
    progress_hide(&s->progress);
    if (rc && s->record.store && store_has_failed(s->record.store)) {
        err_clear(e); /* it is why everything else ended */
        return store_flush(s->record.store, e);
    }
    /* stopped while it read back what is recorded, there is a later one */
    if (s->trainer.steps_learned && s->trainer.steps_learned >= s->record.steps_before)
        (void)!checkpoint_last(s->record.folder, s->policy, s->trainer.steps_learned, &second);
    return first_of(rc, e, &second);
}

/* It stopped: how far it came, and how to go on. */
static void note_end(const struct rehearsal *s, struct err *e)
{
    if (e->code == ERR_STOPPED && !interrupt_asked() && clock_ns() >= s->deadline_ns)
        err_note(e, "simulation.run_timeout_s: %d is over", s->job->sim.run_timeout_s);
    if (e->code == ERR_STOPPED)
        err_note(e, "%d of %llu steps done, kept in %s", s->trainer.steps_done,
                 (unsigned long long)s->schedule.n_steps, s->record.folder);
    if (e->code && s->record.store && !*e->fix)
        err_fix(e, "to go on where it stopped: rftsim run --resume %s", s->record.folder);
}

static enum err_code play(struct rehearsal *s, struct err *e)
{
    struct err second = {0};
    enum err_code rc = print_plan(s, e);
    if (rc) { /* nobody would read the rest */
        (void)!record_end(&s->record, NULL, e, &second);
        return rc;
    }
    interrupt_catch();
    progress_init(&s->progress, !s->opts->quiet);
    int64_t from = clock_ns();
    int64_t limit_s = s->job->sim.run_timeout_s;
    s->deadline_ns = limit_s ? from + limit_s * 1000000000 : INT64_MAX;
    rc = train(s, e);
    double seconds = s->past_s + (double)(clock_ns() - from) * 1e-9;
    (void)!conclude(s, e, seconds, &second);
    rc = first_of(rc, e, &second);
    note_end(s, e);
    return rc;
}

static void rehearsal_release(struct rehearsal *s)
{
    trainer_release(&s->trainer);
    run_free(s->run);
    record_release(&s->record);
    store_close(s->store);
    json_decref(s->began_with);
    policy_free(s->policy);
    recordings_release(&s->recordings);
    grader_free(s->grader);
    dataset_free(s->train);
    dataset_free(s->valid);
    job_free(s->job);
    diags_release(&s->diags);
}

/* A run that is done has nothing to go on with; programs get the line that it ended with. */
static enum err_code tell_done(const struct rehearsal *s, struct err *e)
{
    const struct store_head *head = store_head(s->store);
    struct buf text = {0};
    if (s->opts->json && head->summary)
        buf_text_add(&text, head->summary);
    else if (head->steps_done < head->n_steps)
        buf_printf(&text, "%s is done: it stopped early, after %d of its %d steps\n",
                   s->opts->resume, head->steps_done, head->n_steps);
    else
        buf_printf(&text, "%s is done: all of its %d steps are recorded\n", s->opts->resume,
                   head->n_steps);
    enum err_code rc = print(&text, s->opts->json && head->summary, e);
    buf_release(&text);
    return rc;
}

static enum err_code rehearse(struct rehearsal *s, const char *path, struct err *e)
{
    enum err_code rc = read_all(s, path, e);
    if (!rc)
        rc = start(s, e);
    inputs_tell(&s->diags, rc != ERR_OK, s->opts->quiet);
    return rc ? rc : play(s, e);
}

static enum err_code resume(struct rehearsal *s, struct err *e)
{
    enum err_code rc = store_open(&s->store, s->opts->resume, e);
    if (rc)
        return rc;
    const struct store_head *head = store_head(s->store);
    if (strcmp(head->state, "done") == 0)
        return tell_done(s, e);
    if (s->opts->pause_at && (int)s->opts->pause_at < head->steps_done) {
        err_set(e, ERR_USAGE, "--pause-at %u: %d steps are done", s->opts->pause_at,
                head->steps_done);
        return err_fix(e, "name a later step");
    }
    s->began_with = json_incref(head->options);
    s->past_s = head->seconds;
    rc = run_opts_recall(&s->own, s->opts, s->began_with, e);
    s->opts = &s->own;
    if (rc)
        return rc;
    if (access(head->job_path, R_OK) != 0) {
        err_sys(e, head->job_path);
        return err_fix(e, "put the job of the run back there (%s/job.yaml has it, masked)",
                       s->opts->resume);
    }
    char *path = mem_text(head->job_path);
    rc = rehearse(s, path, e);
    free(path);
    return rc;
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    struct rehearsal s = {.opts = opts};
    enum err_code rc = run_opts_check(s.opts, operands, e);
    if (rc)
        return rc;
    rc = s.opts->resume ? resume(&s, e) : rehearse(&s, operands->at[0], e);
    rehearsal_release(&s);
    return rc;
}

const struct cmd cmd_run = {
    .name = "run",
    .operands = "[JOB]",
    .max_operands = 1,
    .help = "rehearse a job: training steps, evaluations, metrics, a run folder",
    .about =
        "JOB is the body of a fine_tuning.jobs.create call as YAML or JSON, plus a "
        "'simulation' block. Rollouts call your real tool endpoints. What is printed is kept "
        "in the run folder: results.csv, events.jsonl, job.yaml and summary.json; run.db has "
        "every rollout.\n\n"
        "Ctrl-C stops in order and keeps what was done (exit 4). With --resume such a run, or "
        "one that was killed, goes on: no rollout that is recorded is made again. Job, rows and "
        "seed must be those of the beginning.",
    .example = "rftsim run configs/catalog.yaml\n"
               "rftsim run job.json --concurrency 256 --json > run.jsonl\n"
               "rftsim run --resume runs/catalog-20260101-120000\n"
               "rftsim run job.json --json --rollouts | grep '\"discarded_tool\"'\n",
    .opts = run_opts_table,
    .opts_size = sizeof(struct run_opts),
    .run = run,
};

static const struct run_opts evaluates = {.evaluate = true};

const struct cmd cmd_eval = {
    .name = "eval",
    .operands = "[JOB]",
    .max_operands = 1,
    .help = "one evaluation of a job, without training: the baseline",
    .about =
        "Every validation row, eval_samples times, as the evaluation before the first step of a "
        "run: the same draws, the same rewards. It leaves a run folder, as run does. With "
        "--policy it is what a run has learned that is evaluated.",
    .example = "rftsim eval configs/catalog.yaml\n"
               "rftsim eval job.json --policy runs/a/policy.json\n",
    .opts = run_opts_table,
    .defaults = &evaluates,
    .opts_size = sizeof(struct run_opts),
    .run = run,
};
