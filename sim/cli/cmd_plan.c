/* rftsim plan: what a job comes to, worked out from the job and its files. Touches no network. */
#include "grader/grader.h"
#include "sim/check/outlook_check.h"
#include "sim/cli/cmd.h"
#include "sim/cli/inputs.h"
#include "sim/view/forecast.h"

struct plan_opts {
    unsigned rollouts_per_step; /* 0: the job decides */
    bool json;
    bool quiet;
};

static const struct opt plan_opts[] = {
    {"json", 0, OPT_FLAG, offsetof(struct plan_opts, json), NULL, "print one JSON object", 0, 0},
    {"quiet", 'q', OPT_FLAG, offsetof(struct plan_opts, quiet), NULL, "no warnings", 0, 0},
    {"rollouts-per-step", 0, OPT_COUNT, offsetof(struct plan_opts, rollouts_per_step), "N",
     "plan the rehearsal with this many, as rftsim run does (default 32)", 1, 1000000},
    {0},
};

/* In the order it is made; released together. */
struct planning {
    struct diags diags;
    struct job *job;
    struct dataset *train, *valid;
    struct grader *grader;
    struct expected_sum expected;
    struct forecast forecast;
};

static enum err_code read_all(struct planning *p, const char *path, unsigned rollouts,
                              struct err *e)
{
    enum err_code rc = job_load(&p->job, path, &p->diags, e);
    if (rc)
        return rc;
    if (rollouts)
        p->job->sim.rollouts_per_step = (int)rollouts;
    struct grader_context context = {.body_only = true}; /* nothing is graded here */
    rc = grader_new(&p->grader, p->job, &context, &p->diags, e);
    if (!rc)
        rc = inputs_datasets(&p->train, &p->valid, p->job, &p->diags, e);
    return rc ? rc : forecast_expected(&p->expected, p->job, p->train, p->valid, e);
}

static void work_out(struct planning *p)
{
    forecast_make(&p->forecast, p->job, p->grader, dataset_count(p->train), dataset_count(p->valid),
                  &p->expected);
    outlook_check(&p->forecast.outlook, p->job, &p->diags);
}

static enum err_code print(const struct planning *p, bool json, struct err *e)
{
    struct buf text = {0};
    if (json)
        forecast_write_json(&text, &p->forecast);
    else
        forecast_write(&text, &p->forecast);
    return cmd_print(&text, e);
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    const struct plan_opts *o = opts;
    struct planning p = {0};
    enum err_code rc = read_all(&p, operands->at[0], o->rollouts_per_step, e);
    if (!rc)
        work_out(&p);
    inputs_tell(&p.diags, rc != ERR_OK, o->quiet);
    if (!rc)
        rc = print(&p, o->json, e);
    grader_free(p.grader);
    dataset_free(p.train);
    dataset_free(p.valid);
    job_free(p.job);
    diags_release(&p.diags);
    return rc;
}

const struct cmd cmd_plan = {
    .name = "plan",
    .operands = "JOB",
    .min_operands = 1,
    .max_operands = 1,
    .help = "steps, rollouts, calls, hours and dollars of a job, before anything runs",
    .about =
        "Reads the job and both files, works out what the service would make of them, and what "
        "a rehearsal would. No endpoint is called and nothing is written. Counts follow rules "
        "that recorded jobs bear out; hours, dollars and tool calls are estimates, each beside "
        "what it rests on.",
    .example = "rftsim plan configs/catalog.yaml\n"
               "rftsim plan job.json --json | jq .estimates\n",
    .opts = plan_opts,
    .opts_size = sizeof(struct plan_opts),
    .run = run,
};
