/* rftsim rollout: one rollout of one row, told turn by turn. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/files.h"
#include "sim/cli/cmd.h"
#include "sim/cli/inputs.h"
#include "sim/cli/recordings.h"
#include "sim/cli/screen.h"
#include "sim/job/schedule.h"
#include "sim/policy/learner.h"
#include "sim/view/grade.h"
#include "sim/view/json.h"
#include "sim/view/telling.h"

enum { NOT_SAID = UINT_MAX };

struct rollout_opts {
    unsigned row; /* 0: not said */
    unsigned rollouts_per_step;
    unsigned sample;
    unsigned seed; /* NOT_SAID: the job's; so is `step` */
    unsigned step;
    const char *file;
    const char *policy;
    const char *sandbox;
    bool json;
    bool quiet;
};

static const struct rollout_opts rollout_defaults = {.seed = NOT_SAID, .step = NOT_SAID};

static const struct opt rollout_opts_table[] = {
    {"file", 0, OPT_TEXT, offsetof(struct rollout_opts, file), "WHICH",
     "the file that --row is of: train (the default) or valid", 0, 0},
    {"json", 0, OPT_FLAG, offsetof(struct rollout_opts, json), NULL,
     "print one JSON object, with all texts whole, in place of the text", 0, 0},
    {"policy", 0, OPT_TEXT, offsetof(struct rollout_opts, policy), "FILE",
     "in place of the job's: what a checkpoint (RUN/checkpoints, RUN/policy.json) has learned", 0,
     0},
    {"quiet", 'q', OPT_FLAG, offsetof(struct rollout_opts, quiet), NULL, "no warnings", 0, 0},
    {"rollouts-per-step", 0, OPT_COUNT, offsetof(struct rollout_opts, rollouts_per_step), "N",
     "as the run has it whose rollout this is to be (default as in the job, or 32)", 1, 1000000},
    {"row", 'r', OPT_COUNT, offsetof(struct rollout_opts, row), "N",
     "the row on line N of the training file", 1, UINT_MAX - 1},
    {"sample", 0, OPT_COUNT, offsetof(struct rollout_opts, sample), "K",
     "which of the row's rollouts, from 0, as records of runs have it (default 0)", 0, 1000000},
    {"sandbox", 0, OPT_TEXT, offsetof(struct rollout_opts, sandbox), "WHEN",
     "of python graders, by bubblewrap: auto (the default), require or off", 0, 0},
    {"seed", 0, OPT_COUNT, offsetof(struct rollout_opts, seed), "N",
     "in place of the job's, for other draws", 0, INT_MAX},
    {"step", 0, OPT_COUNT, offsetof(struct rollout_opts, step), "N",
     "as in this step of a run, or in the evaluation after it (default: the first that has the "
     "row)",
     0, INT_MAX},
    {0},
};

/* Everything it is made of, in the order it is made; released together. */
struct one {
    const struct rollout_opts *opts;
    struct diags diags;
    struct job *job;
    struct grader *grader; /* checked, for the run */
    struct policy *policy; /* for its name, and what it has learned */
    struct dataset *train, *valid;
    struct recordings recordings; /* that the policy plays */
    struct schedule schedule;
    struct row row;
    size_t number; /* of the row in its file */
    struct wave wave;
    struct telling telling;
    struct run *run;
};

static enum err_code check_options(const struct rollout_opts *o, struct err *e)
{
    if (!o->row) {
        err_set(e, ERR_USAGE, "no row to roll out");
        return err_fix(e, "say --row N, a line of the training file");
    }
    return inputs_check_file(o->file, e);
}

static enum err_code read_job(struct one *o, const char *path, struct err *e)
{
    const struct rollout_opts *opts = o->opts;
    enum err_code rc = job_load(&o->job, path, &o->diags, e);
    if (!rc && opts->sandbox)
        rc = job_set_sandbox(o->job, opts->sandbox, e);
    if (rc)
        return rc;
    if (opts->rollouts_per_step)
        o->job->sim.rollouts_per_step = (int)opts->rollouts_per_step;
    if (opts->seed != NOT_SAID)
        o->job->seed = opts->seed;
    if (opts->policy)
        rc = job_load_policy(o->job, opts->policy, &o->diags, e);
    if (!rc)
        rc = grader_new(&o->grader, o->job, &(struct grader_context){0}, &o->diags, e);
    if (!rc)
        rc = policy_new(&o->policy, o->job, &(struct policy_context){0}, &o->diags, e);
    if (!rc)
        rc = inputs_datasets(&o->train, &o->valid, o->job, &o->diags, e);
    return rc ? rc
              : recordings_of_job(&o->recordings, &o->policy, o->job, o->train, o->valid, &o->diags,
                                  e);
}

/* The place of the row in the batch of a step. */
static bool find_place(const struct schedule *s, uint64_t step, size_t row, size_t *place)
{
    size_t n = step && step <= s->n_steps ? schedule_batch_rows(s, step) : 0;
    for (size_t i = 0; i < n; i++) {
        if (schedule_row(s, step, i) == row) {
            *place = i;
            return true;
        }
    }
    return false;
}

/* Rows are taken in file order, so that every row has its first step in the first epoch. */
static enum err_code place_in_step(struct one *o, struct err *e)
{
    const struct schedule *s = &o->schedule;
    size_t place = 0;
    uint64_t first = o->number / (size_t)s->batch_size + 1;
    uint64_t step = o->opts->step == NOT_SAID ? first : o->opts->step;
    if (!find_place(s, step, o->number, &place)) {
        err_set(e, ERR_USAGE, "--step: %s:%zu is not in step %llu", dataset_path(o->train),
                o->row.line, (unsigned long long)step);
        return err_fix(e, "of the job's %llu steps the first that has it is %llu",
                       (unsigned long long)s->n_steps, (unsigned long long)first);
    }
    o->wave = (struct wave){.phase = WAVE_TRAIN, .step = (int)step, .dataset = o->train};
    o->wave.first = place * s->group_size;
    return ERR_OK;
}

static enum err_code place_in_evaluation(struct one *o, struct err *e)
{
    const struct schedule *s = &o->schedule;
    uint64_t step = o->opts->step == NOT_SAID ? 0 : o->opts->step;
    if (step > s->n_steps || !schedule_evaluates(s, step)) {
        err_set(e, ERR_USAGE, "--step: there is no evaluation after step %llu",
                (unsigned long long)step);
        return err_fix(e, "there is one at 0 and after every %d of the job's %llu steps",
                       s->eval_interval, (unsigned long long)s->n_steps);
    }
    o->wave = (struct wave){.phase = WAVE_VALID, .step = (int)step, .dataset = o->valid};
    o->wave.first = o->number * (size_t)s->eval_samples;
    return ERR_OK;
}

/* Its wave: of this rollout alone, but with the number that it has among all of the step. */
static enum err_code find_rollout(struct one *o, struct err *e)
{
    bool valid = inputs_is_valid(o->opts->file);
    const struct dataset *rows = valid ? o->valid : o->train;
    o->schedule = schedule_make(dataset_count(o->train), &o->job->hyper, &o->job->sim);
    size_t group = valid ? (size_t)o->schedule.eval_samples : (size_t)o->schedule.group_size;
    enum err_code rc = inputs_row(&o->number, rows, o->opts->row, e);
    if (!rc)
        rc = dataset_row(rows, o->number, &o->row, e);
    if (!rc && o->opts->sample >= group) {
        err_set(e, ERR_USAGE, "--sample: the row has %zu rollout%s, from 0", group,
                group == 1 ? "" : "s");
        return err_fix(e, "%s says how many",
                       valid ? "eval_samples" : "simulation.rollouts_per_step");
    }
    if (!rc)
        rc = valid ? place_in_evaluation(o, e) : place_in_step(o, e);
    if (rc)
        return rc;
    o->wave.first += o->opts->sample;
    o->wave.sample = o->opts->sample;
    o->wave.rows = &o->number;
    wave_init(&o->wave, 1, 1);
    telling_begin(&o->telling, o->job, &o->row, &o->wave, o->opts->sample, group);
    return ERR_OK;
}

/* Before the run, as it meets the row's feature. */
static void tell_policy(struct one *o, uint64_t seed)
{
    json_t *doc = o->telling.doc;
    const char *note = policy_note(o->policy);
    json_object_set_new(doc, "seed", json_integer((json_int_t)seed));
    json_object_set_new(doc, "policy", json_string(policy_type(o->policy)));
    json_object_set_new(doc, "policy_note", json_text(note));
    json_object_set_new(doc, "checkpoint", json_text(o->opts->policy));
    if (policy_learns(o->policy))
        telling_learner(&o->telling, learner_learned(o->policy),
                        learner_begin(o->policy, &o->row.tape));
}

static enum err_code start(struct one *o, struct err *e)
{
    struct run_config config = {
        .job = o->job,
        .seed = o->job->seed < 0 ? 0 : (uint64_t)o->job->seed,
        .threads = 1,
        .concurrency = 1,
        .files = files_raise(),
        .on_end = telling_end,
        .end_arg = &o->telling,
        .on_turn = telling_turn,
        .turn_arg = &o->telling,
        .keep_samples = true,
        .tell_grades = true,
        .learned = policy_learns(o->policy) ? learner_learned(o->policy) : NULL,
        .recordings = &o->recordings,
    };
    tell_policy(o, config.seed);
    enum err_code rc = run_new(&o->run, &config, &o->diags, e);
    return rc ? rc : run_reach(o->run, &o->diags, e);
}

/* Nothing is kept that an end in order would save: a signal is as deadly as usual. */
static bool tick(void *arg, const struct run_progress *p)
{
    (void)arg;
    (void)p;
    return true;
}

/* A rollout without a grade, or with one in error, is the answer "no". */
static enum err_code verdict(const struct one *o, struct err *e)
{
    const struct rollout_end *end = &o->wave.ends[0];
    const char *change = json_string_value(json_object_get(o->telling.doc, "change"));
    const char *place = dataset_path(o->wave.dataset);
    bool graded = outcome_is_graded(end->outcome);
    if (graded && !end->grade_flags)
        return ERR_OK;
    err_set(e, ERR_NO, "%s:%zu: %s%s%s", place, end->line,
            graded ? "the grade is in error" : outcome_words(end->outcome), end->why ? ": " : "",
            end->why ? end->why : "");
    return change && *change ? err_fix(e, "%s", change) : e->code;
}

static enum err_code tell(const struct one *o, struct err *e)
{
    struct buf text = {0};
    if (o->opts->json) {
        json_t *line = json_pack("{s:s, s:i}", "type", "rollout_told", "version", 1);
        json_object_update(line, o->telling.doc);
        char *dumped = json_dumps(line, JSON_COMPACT);
        buf_printf(&text, "%s\n", dumped);
        free(dumped);
        json_decref(line);
    } else {
        telling_text(&text, o->telling.doc, screen_columns());
    }
    (o->opts->json ? cmd_put_json : cmd_put)(stdout, &text);
    buf_release(&text);
    return ferror(stdout) ? err_sys(e, "standard output") : verdict(o, e);
}

static enum err_code play(struct one *o, struct err *e)
{
    run_prepare(o->run, &o->wave);
    enum err_code rc = run_wave(o->run, &o->wave, tick, NULL, e);
    return rc ? rc : tell(o, e);
}

static void one_release(struct one *o)
{
    run_free(o->run);
    telling_release(&o->telling);
    wave_release(&o->wave);
    row_release(&o->row);
    policy_free(o->policy);
    recordings_release(&o->recordings);
    grader_free(o->grader);
    dataset_free(o->train);
    dataset_free(o->valid);
    job_free(o->job);
    diags_release(&o->diags);
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    struct one o = {.opts = opts};
    enum err_code rc = check_options(o.opts, e);
    if (rc)
        return rc;
    rc = read_job(&o, operands->at[0], e);
    if (!rc)
        rc = find_rollout(&o, e);
    if (!rc)
        rc = start(&o, e);
    inputs_tell(&o.diags, rc != ERR_OK, o.opts->quiet);
    if (!rc)
        rc = play(&o, e);
    one_release(&o);
    return rc;
}

const struct cmd cmd_rollout = {
    .name = "rollout",
    .operands = "JOB",
    .min_operands = 1,
    .max_operands = 1,
    .help = "one rollout of one row, told turn by turn",
    .about =
        "What the policy saw; of each turn what it did, what went over the wire, what the model is "
        "shown of it and whose words those are, and how many turns are left; then what the graders "
        "saw, how the reward came about, and what would change it. Tools and graders are really "
        "called. No run folder is made.\n\n"
        "A rollout of --step and --sample draws what it draws in 'rftsim run' with the same seed "
        "and rollouts_per_step: a policy that keeps nothing between rollouts plays the same. A "
        "learner "
        "plays as it begins, or with --policy as it was at a checkpoint, and what it drew from is "
        "told.\n\n"
        "Exit 0 if it was graded, whatever the reward; 1 if it came to no grade, or the grade is "
        "in error.",
    .example = "rftsim rollout configs/catalog.yaml --row 3\n"
               "rftsim rollout job.yaml --row 3 --file valid --step 10 --sample 1\n"
               "rftsim rollout job.yaml --row 3 --policy RUN/policy.json\n",
    .opts = rollout_opts_table,
    .defaults = &rollout_defaults,
    .opts_size = sizeof(struct rollout_opts),
    .run = run,
};
