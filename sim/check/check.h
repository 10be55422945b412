/* Every fault of a job that a reader with the contract in hand would see, before anything runs.
 *
 * Touches no network. What cannot be read is a fault like any other, so that one look shows all.
 */
#ifndef SIM_CHECK_CHECK_H
#define SIM_CHECK_CHECK_H

#include "sim/check/dialect.h"
#include "sim/check/survey.h"
#include "sim/job/job.h"

struct grader;

enum { CHECK_MAX_FACTS = 8 };

/* What is no fault, and good to know: "schedule", "22 steps, batch_size 4, ...". */
struct check_fact {
    const char *name; /* static storage */
    char *text;       /* owned */
};

struct check {
    /* set by the caller */
    const char *path; /* of the job file */
    int threads;
    enum dialect dialect;
    bool allow_small; /* files of fewer than 10 rows */
    bool stats;       /* count lengths, fields and tools */

    /* what was found */
    struct job *job;       /* owned; NULL if it has faults */
    struct grader *grader; /* owned; NULL likewise */
    struct diags found;    /* in the job file */
    struct survey train;   /* zeroed without a job */
    struct survey valid;
    struct policy *policy;  /* owned; NULL if it has faults, or the job has none */
    struct cross_plan plan; /* zeroed without a job */
    struct check_fact facts[CHECK_MAX_FACTS];
    size_t n_facts;

    /* what the rows are held against */
    struct survey_plan plans[2];
    struct boilerplate boilerplate;
    struct buf read; /* all texts of the grader */
};

void check_run(struct check *c);
void check_release(struct check *c);

/* The lists of faults, in the order they are shown; NULL after the last. */
const struct diags *check_list(const struct check *c, size_t i);

/* Over all of them. */
size_t check_errors(const struct check *c);
size_t check_warnings(const struct check *c);

#endif
