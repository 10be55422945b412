#include "sim/cli/run_opts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"

#include "sim/job/job.h"

const struct opt run_opts_table[] = {
    {"concurrency", 'c', OPT_COUNT, offsetof(struct run_opts, concurrency), "N",
     "rollouts in flight at once (default 64)", 1, JOB_CONCURRENCY_MAX},
    {"durable", 0, OPT_FLAG, offsetof(struct run_opts, durable), NULL,
     "what is recorded outlives a power loss too, not only a killed process", 0, 0},
    {"explain", 0, OPT_FLAG, offsetof(struct run_opts, explain), NULL,
     "after each step, which actions of a learner gained", 0, 0},
    {"json", 0, OPT_FLAG, offsetof(struct run_opts, json), NULL,
     "print one JSON object a line in place of the table", 0, 0},
    {"max-qps", 0, OPT_COUNT, offsetof(struct run_opts, max_qps), "N",
     "requests a second to each tool host (default no limit)", 1, 1000000},
    {"no-store", 0, OPT_FLAG, offsetof(struct run_opts, no_store), NULL,
     "keep no run.db: such a run can be neither resumed nor looked at rollout by rollout", 0, 0},
    {"out", 'o', OPT_TEXT, offsetof(struct run_opts, out), "DIR",
     "the run folder, which must not exist yet (default runs/JOB-DATE-TIME)", 0, 0},
    {"pause-at", 0, OPT_COUNT, offsetof(struct run_opts, pause_at), "STEP",
     "stop after this step; --resume goes on", 1, 1000000000},
    {"policy", 0, OPT_TEXT, offsetof(struct run_opts, policy), "FILE",
     "evaluate what a checkpoint (RUN/checkpoints, RUN/policy.json) has learned, without training",
     0, 0},
    {"quiet", 'q', OPT_FLAG, offsetof(struct run_opts, quiet), NULL,
     "no progress line and no warnings", 0, 0},
    {"resume", 0, OPT_TEXT, offsetof(struct run_opts, resume), "DIR",
     "go on with the run in this folder, in place of JOB", 0, 0},
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

enum err_code run_opts_check(const struct run_opts *o, const struct words *operands, struct err *e)
{
    if (o->rollouts && !o->json) {
        err_set(e, ERR_USAGE, "--rollouts adds lines of JSON, and the table has no place for them");
        return err_fix(e, "say --json too");
    }
    if (o->samples && !o->rollouts) {
        err_set(e, ERR_USAGE, "--samples adds to the lines of --rollouts, and there are none");
        return err_fix(e, "say --json --rollouts --samples");
    }
    if ((o->policy || o->evaluate) && o->pause_at) {
        err_set(e, ERR_USAGE, "one evaluation has no steps to pause after");
        return err_fix(e, "leave --pause-at away");
    }
    if (!o->resume && !operands->n) {
        err_set(e, ERR_USAGE, "JOB is missing");
        return err_fix(e, "name a job file, or with --resume the folder of a run");
    }
    if (o->resume && (operands->n || o->out || o->no_store)) {
        err_set(e, ERR_USAGE,
                "--resume goes on with the job of a run, in its folder and its run.db");
        return err_fix(e, "leave away the job, --out and --no-store");
    }
    return ERR_OK;
}

/* Of a checkpoint's bytes, so that a run that goes on knows it again. */
static json_t *digest_of(const struct doc *doc)
{
    char text[17];
    snprintf(text, sizeof(text), "%016llx",
             (unsigned long long)hash_fnv(HASH_FNV, doc->text, doc->len));
    return json_string(text);
}

json_t *run_opts_deciding(const struct run_opts *o, const struct job *job)
{
    json_t *all = json_object();
    if (o->rollouts_per_step)
        json_object_set_new(all, "rollouts_per_step", json_integer(o->rollouts_per_step));
    if (o->sandbox)
        json_object_set_new(all, "sandbox", json_string(o->sandbox));
    if (o->evaluate)
        json_object_set_new(all, "evaluate", json_true());
    if (job->policy_doc) {
        char *path = realpath(o->policy, NULL);
        json_object_set_new(all, "policy", json_string(path ? path : o->policy));
        json_object_set_new(all, "policy_digest", digest_of(job->policy_doc));
        free(path);
    }
    return all;
}

enum err_code run_opts_same_policy(const struct job *job, const json_t *began_with, struct err *e)
{
    const json_t *was = json_object_get(began_with, "policy_digest");
    json_t *is = job->policy_doc ? digest_of(job->policy_doc) : NULL;
    bool same = !was || !is || json_equal((json_t *)(uintptr_t)was, is);
    json_decref(is);
    if (same)
        return ERR_OK;
    err_set(e, ERR_JOB, "%s is not the checkpoint that the run began with", job->policy_doc->path);
    return err_fix(e, "put the old one back, or begin a new run");
}

/* Whether a name leads to the file of that path, as realpath() gave it. */
static bool is_same_file(const char *name, const char *path)
{
    char *real = realpath(name, NULL);
    bool is = strcmp(real ? real : name, path) == 0;
    free(real);
    return is;
}

enum err_code run_opts_recall(struct run_opts *out, const struct run_opts *now,
                              const json_t *began_with, struct err *e)
{
    const json_t *rollouts = json_object_get(began_with, "rollouts_per_step");
    const json_t *sandbox = json_object_get(began_with, "sandbox");
    unsigned n = (unsigned)json_integer_value(rollouts);
    const char *word = json_string_value(sandbox);
    const char *policy = json_string_value(json_object_get(began_with, "policy"));
    *out = *now;
    out->policy = policy;
    out->evaluate = json_is_true(json_object_get(began_with, "evaluate"));
    out->rollouts_per_step = n;
    out->sandbox = word;
    if (now->rollouts_per_step && now->rollouts_per_step != n) {
        char was[32];
        snprintf(was, sizeof(was), "--rollouts-per-step %u", n);
        err_set(e, ERR_USAGE, "the run began with %s, and goes on so",
                n ? was : "no --rollouts-per-step");
        return err_fix(e, "leave --rollouts-per-step away, or begin a new run");
    }
    if (now->sandbox && (!word || strcmp(now->sandbox, word) != 0)) {
        err_set(e, ERR_USAGE, "the run began with %s%s, and goes on so",
                word ? "--sandbox " : "no --sandbox", word ? word : "");
        return err_fix(e, "leave --sandbox away, or begin a new run");
    }
    if (now->policy && !(policy && is_same_file(now->policy, policy))) {
        err_set(e, ERR_USAGE, "the run began with %s%s, and goes on so",
                policy ? "--policy " : "no --policy", policy ? policy : "");
        return err_fix(e, "leave --policy away, or begin a new run");
    }
    return ERR_OK;
}
