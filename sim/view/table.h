/* What a run says on a terminal: the plan, a line a step and evaluation, the closing summary.
 *
 * Text only, appended to a buffer; at most 100 columns. Whoever prints it masks it.
 */
#ifndef SIM_VIEW_TABLE_H
#define SIM_VIEW_TABLE_H

#include "grader/grader.h"
#include "sim/base/buf.h"
#include "sim/store/store.h"
#include "sim/train/trainer.h"

/* What is about to happen. */
struct plan {
    const struct job *job;
    const struct schedule *schedule;
    const struct grader *grader;
    const char *policy_type;
    const char *policy_note;      /* of policy_note(); NULL if none */
    const struct policy *learner; /* the policy, if it learns; or NULL */
    const char *checkpoint; /* the file that the policy was taken from, to be evaluated; or NULL */
    const char *folder;     /* the run's */
    bool recorded;          /* there is a run.db to report on */
    size_t n_train;
    size_t n_valid;
    int threads;
    int concurrency; /* as it is; the job may have asked for more than `files` allow */
    size_t files;    /* that may be open at once */
    uint64_t seed;
    const struct store_head *before; /* of a run that goes on: what is recorded of it; or NULL */
};

void table_plan(struct buf *out, const struct plan *p);
void table_head(struct buf *out);
void table_line(struct buf *out, const struct wave_report *r);

/* One other reading of a grader that differs, beside the mean under the one that was chosen. */
void table_reading(struct buf *out, int reading, const struct reading_tally *r, double mean);

/* The summary of what was done. `seconds` is the whole run's. */
void table_summary(struct buf *out, const struct plan *p, const struct trainer *t, double seconds);

#endif
