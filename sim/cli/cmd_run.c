/* rftsim run: the rehearsal. Reads everything, checks that it can start, then runs the loop. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/files.h"
#include "sim/base/mem.h"
#include "sim/cli/cmd.h"
#include "sim/cli/interrupt.h"
#include "sim/policy/policy.h"
#include "sim/run/fields.h"
#include "sim/view/json.h"
#include "sim/view/progress.h"
#include "sim/view/record.h"
#include "sim/view/table.h"
#include "sim/view/verbose.h"

struct run_opts {
    unsigned concurrency; /* 0: the job decides; so for every count here */
    unsigned threads;
    unsigned rollouts_per_step;
    unsigned max_qps;
    const char *out;
    const char *sandbox;
    bool json;
    bool quiet;
    bool rollouts;
    bool samples;
    bool verbose;
};

static const struct opt run_opts[] = {
    {"concurrency", 'c', OPT_COUNT, offsetof(struct run_opts, concurrency), "N",
     "rollouts in flight at once (default 64)", 1, JOB_CONCURRENCY_MAX},
    {"json", 0, OPT_FLAG, offsetof(struct run_opts, json), NULL,
     "print one JSON object a line in place of the table", 0, 0},
    {"max-qps", 0, OPT_COUNT, offsetof(struct run_opts, max_qps), "N",
     "requests a second to each tool host (default no limit)", 1, 1000000},
    {"out", 'o', OPT_TEXT, offsetof(struct run_opts, out), "DIR",
     "the run folder, which must not exist yet (default runs/JOB-DATE-TIME)", 0, 0},
    {"quiet", 'q', OPT_FLAG, offsetof(struct run_opts, quiet), NULL,
     "no progress line and no warnings", 0, 0},
    {"rollouts", 0, OPT_FLAG, offsetof(struct run_opts, rollouts), NULL,
     "with --json: one line a rollout as well", 0, 0},
    {"rollouts-per-step", 0, OPT_COUNT, offsetof(struct run_opts, rollouts_per_step), "N",
     "rollouts of a training step, rounded to whole rows (default 32)", 1, 1000000},
    {"samples", 0, OPT_FLAG, offsetof(struct run_opts, samples), NULL,
     "with --rollouts: what the graders saw of each as well, for rftsim grade --results", 0, 0},
    {"sandbox", 0, OPT_TEXT, offsetof(struct run_opts, sandbox), "WHEN",
     "of python graders, by bubblewrap: auto (the default), require or off", 0, 0},
    {"threads", 't', OPT_COUNT, offsetof(struct run_opts, threads), "N",
     "engine threads (default one a core)", 1, 256},
    {"verbose", 'v', OPT_FLAG, offsetof(struct run_opts, verbose), NULL,
     "every tool call on standard error, masked", 0, 0},
    {0},
};

/* Everything a run is made of, in the order it is made; released together. */
struct rehearsal {
    const struct run_opts *opts;
    struct diags diags;
    struct job *job;
    struct dataset *train, *valid;
    struct grader *grader; /* for its name; the threads have their own */
    struct policy *policy; /* likewise */
    struct schedule schedule;
    struct run *run;
    struct record record;
    struct plan plan;
    struct trainer trainer;
    struct progress progress;
    int64_t deadline_ns; /* of the run; INT64_MAX for none */
};

/* Show the faults so far, all when something failed, else the warnings unless -q. */
static void show_diags(struct rehearsal *s, bool failed)
{
    enum { MOST = 20 };
    struct buf text = {0};
    if (failed || !s->opts->quiet)
        diags_write(&s->diags, MOST, &text);
    cmd_put(stderr, &text);
    buf_release(&text);
    diags_release(&s->diags);
}

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

/* Both files are read even if the first has faults: one look shows all. */
static enum err_code open_datasets(struct rehearsal *s, struct err *e)
{
    struct err second = {0};
    enum err_code rc = dataset_open(&s->train, s->job->training_path, &s->diags, e);
    if (rc && strcmp(s->job->training_path, s->job->validation_path) == 0)
        return rc; /* the same file would say the same again */
    enum err_code rc2 = dataset_open(&s->valid, s->job->validation_path, &s->diags, &second);
    if (!rc && rc2)
        *e = second;
    return rc ? rc : rc2;
}

static enum err_code read_all(struct rehearsal *s, const char *path, struct err *e)
{
    enum err_code rc = job_load(&s->job, path, &s->diags, e);
    if (rc)
        return rc;
    rc = apply_options(s->job, s->opts, e);
    if (!rc)
        rc = grader_new(&s->grader, s->job, &(struct grader_context){0}, &s->diags, e);
    if (!rc)
        rc = policy_new(&s->policy, s->job, &s->diags, e);
    if (!rc)
        rc = open_datasets(s, e);
    if (rc)
        return rc;
    const struct dataset *datasets[] = {s->train, s->valid};
    fields_check(s->grader, s->job, datasets, COUNT_OF(datasets), &s->diags);
    s->schedule = schedule_make(dataset_count(s->train), &s->job->hyper, &s->job->sim);
    return rc;
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
    };
    enum err_code rc = run_new(&s->run, &config, &s->diags, e);
    if (!rc)
        rc = run_reach(s->run, &s->diags, e);
    if (!rc)
        rc = record_open(&s->record, s->opts->out, s->job, s->grader, e);
    if (rc)
        return rc;
    s->plan = (struct plan){
        .job = s->job,
        .schedule = &s->schedule,
        .grader = s->grader,
        .policy_type = policy_type(s->policy),
        .folder = s->record.folder,
        .n_train = dataset_count(s->train),
        .n_valid = dataset_count(s->valid),
        .threads = run_threads(s->run),
        .concurrency = run_concurrency(s->run),
        .files = config.files,
        .seed = config.seed,
    };
    return ERR_OK;
}

static enum err_code print(const struct buf *text, struct err *e)
{
    cmd_put(stdout, text);
    return ferror(stdout) ? err_sys(e, "standard output") : ERR_OK;
}

static enum err_code on_wave(void *arg, const struct wave_report *r, struct err *e)
{
    struct rehearsal *s = arg;
    struct buf text = {0};
    if (s->opts->rollouts)
        json_rollouts(&text, &s->plan, r->wave, s->opts->samples);
    if (s->opts->json)
        json_wave(&text, &s->plan, r);
    else
        table_line(&text, r);
    progress_hide(&s->progress);
    enum err_code rc = print(&text, e);
    buf_release(&text);
    return rc;
}

static enum err_code on_step(void *arg, const struct step_report *r, struct err *e)
{
    struct rehearsal *s = arg;
    return record_step(&s->record, r, e);
}

static bool tick(void *arg, enum wave_phase phase, int step, const struct run_progress *p)
{
    struct rehearsal *s = arg;
    progress_show(&s->progress, phase, step, (int)s->schedule.n_steps, p);
    return !interrupt_asked() && clock_ns() < s->deadline_ns;
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
    enum err_code rc = print(&text, e);
    buf_release(&text);
    return rc;
}

/* The summary, on screen and in the folder, whatever ended the loop. */
static enum err_code conclude(struct rehearsal *s, enum err_code how, double seconds, struct err *e)
{
    const char *ended = how == ERR_OK ? "done" : how == ERR_STOPPED ? "stopped" : "failed";
    struct buf json = {0};
    struct buf table = {0};
    json_summary(&json, &s->plan, &s->trainer, seconds, ended);
    table_summary(&table, &s->plan, &s->trainer, seconds);
    enum err_code rc = print(s->opts->json ? &json : &table, e);
    if (!rc)
        rc = record_end(&s->record, &json, how, e);
    buf_release(&json);
    buf_release(&table);
    return rc;
}

static enum err_code play(struct rehearsal *s, struct err *e)
{
    enum err_code rc = print_plan(s, e);
    if (rc)
        return rc; /* nobody would read the rest */
    interrupt_catch();
    progress_init(&s->progress, !s->opts->quiet);
    int64_t from = clock_ns();
    int64_t limit_s = s->job->sim.run_timeout_s;
    s->deadline_ns = limit_s ? from + limit_s * 1000000000 : INT64_MAX;
    s->trainer = (struct trainer){
        .job = s->job,
        .schedule = &s->schedule,
        .train = s->train,
        .valid = s->valid,
        .run = s->run,
        .sink = {.on_wave = on_wave, .on_step = on_step, .tick = tick, .arg = s},
    };
    rc = trainer_run(&s->trainer, e);
    progress_hide(&s->progress);

    struct err second = {0};
    if (conclude(s, rc, (double)(clock_ns() - from) * 1e-9, &second) && !rc) {
        *e = second;
        rc = second.code;
    }
    if (rc == ERR_STOPPED && !interrupt_asked())
        err_note(e, "simulation.run_timeout_s: %d is over", s->job->sim.run_timeout_s);
    if (rc == ERR_STOPPED)
        err_note(e, "%d of %llu steps done, kept in %s", s->trainer.steps_done,
                 (unsigned long long)s->schedule.n_steps, s->record.folder);
    return rc;
}

static void rehearsal_release(struct rehearsal *s)
{
    trainer_release(&s->trainer);
    run_free(s->run);
    record_release(&s->record);
    policy_free(s->policy);
    grader_free(s->grader);
    dataset_free(s->train);
    dataset_free(s->valid);
    job_free(s->job);
    diags_release(&s->diags);
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    struct rehearsal s = {.opts = opts};
    if (s.opts->rollouts && !s.opts->json) {
        err_set(e, ERR_USAGE, "--rollouts adds lines of JSON, and the table has no place for them");
        return err_fix(e, "say --json too");
    }
    if (s.opts->samples && !s.opts->rollouts) {
        err_set(e, ERR_USAGE, "--samples adds to the lines of --rollouts, and there are none");
        return err_fix(e, "say --json --rollouts --samples");
    }
    enum err_code rc = read_all(&s, operands->at[0], e);
    if (!rc)
        rc = start(&s, e);
    show_diags(&s, rc != ERR_OK);
    if (!rc)
        rc = play(&s, e);
    rehearsal_release(&s);
    return rc;
}

const struct cmd cmd_run = {
    .name = "run",
    .operands = "JOB",
    .min_operands = 1,
    .max_operands = 1,
    .help = "rehearse a job: training steps, evaluations, metrics, a run folder",
    .about = "JOB is the body of a fine_tuning.jobs.create call as YAML or JSON, plus a "
             "'simulation' block. Rollouts call your real tool endpoints. What is printed is kept "
             "in the run folder: results.csv, events.jsonl, job.yaml and summary.json.\n\n"
             "Ctrl-C stops in order and keeps what was done (exit 4).",
    .example = "rftsim run configs/catalog.yaml\n"
               "rftsim run job.json --concurrency 256 --json > run.jsonl\n"
               "rftsim run job.json --json --rollouts | grep '\"discarded_tool\"'\n",
    .opts = run_opts,
    .opts_size = sizeof(struct run_opts),
    .run = run,
};
