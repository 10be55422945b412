/* What the command line says of a run, and what of it a run that goes on keeps. */
#ifndef SIM_CLI_RUN_OPTS_H
#define SIM_CLI_RUN_OPTS_H

#include <jansson.h>

#include "sim/cli/opt.h"
#include "sim/job/job.h"

struct run_opts {
    unsigned concurrency; /* 0: the job decides; so for every count here */
    unsigned threads;
    unsigned rollouts_per_step;
    unsigned max_qps;
    unsigned pause_at;
    const char *out;
    const char *policy;
    const char *resume;
    const char *sandbox;
    bool durable;
    bool evaluate; /* no training, one evaluation: the command is eval */
    bool explain;
    bool json;
    bool no_store;
    bool quiet;
    bool rollouts;
    bool samples;
    bool verbose;
};

extern const struct opt run_opts_table[];

/* Options that do not go together, and a job that is missing. Errors: ERR_USAGE. */
NODISCARD enum err_code run_opts_check(const struct run_opts *o, const struct words *operands,
                                       struct err *e);

/* The options that have a say in what comes of a run, as run.db has them. The caller's. */
json_t *run_opts_deciding(const struct run_opts *o, const struct job *job);

/* Whether the checkpoint, if there is one, is the one that the run began with. Errors: ERR_JOB. */
NODISCARD enum err_code run_opts_same_policy(const struct job *job, const json_t *began_with,
                                             struct err *e);

/* What was said when the run began holds; to say it again is fine, to say otherwise is not. `out`
 * is what was said `now` with that in it; it borrows from `began_with`. Errors: ERR_USAGE. */
NODISCARD enum err_code run_opts_recall(struct run_opts *out, const struct run_opts *now,
                                        const json_t *began_with, struct err *e);

#endif
