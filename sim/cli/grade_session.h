/* What every way to use `rftsim grade` starts from: options, and a grader to work with. Only
 * sim/cli/cmd_grade.c and grade_*.c include this. */
#ifndef SIM_CLI_GRADE_SESSION_H
#define SIM_CLI_GRADE_SESSION_H

#include "sim/job/dataset.h"
#include "sim/run/lab.h"

struct grade_opts {
    unsigned row; /* 0: not said */
    unsigned concurrency;
    const char *file;
    const char *fixtures;
    const char *grader;
    const char *item;
    const char *results;
    const char *sample;
    const char *sample_file;
    const char *sandbox;
    bool json;
    bool quiet;
    bool update;
};

/* In the order it is made; released together. */
struct grade_session {
    const struct grade_opts *opts;
    struct diags diags;
    struct job *job;
    struct lab *lab;
};

/* Load the job at `path`, or with --grader that grader alone. Errors: those of job_load, lab_new.
 */
NODISCARD enum err_code grade_session_open(struct grade_session *g, const char *path,
                                           struct err *e);
void grade_session_release(struct grade_session *g);

/* Show the faults so far, all when something failed, else the warnings unless -q. */
void grade_session_tell(struct grade_session *g, bool failed);

/* How many grades may be under way. */
size_t grade_concurrency(const struct grade_session *g);

/* The other ways: grade_fixtures.c, grade_results.c. */
NODISCARD enum err_code grade_fixtures(struct grade_session *g, struct err *e);
NODISCARD enum err_code grade_results(struct grade_session *g, struct err *e);

#endif
