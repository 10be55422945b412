/* What only job and rows together show: a plan made of the job, and what the rows of one file, or
 * of a block of it, come to by that plan.
 */
#ifndef SIM_CHECK_CROSS_H
#define SIM_CHECK_CROSS_H

#include "sim/check/expected.h"
#include "sim/check/lookups.h"
#include "sim/check/toolset.h"

struct cross_plan {
    const struct job *job;       /* borrowed, as what follows; NULL: rows are looked at alone */
    const struct grader *grader; /* NULL if it has faults */
    const struct policy *policy; /* NULL likewise, or if the job has none */
    struct lookup_plan lookups;
    struct expected_plan expected;
};

struct cross {
    struct lookup_counts lookups;
    struct toolset tools;
    struct expected expected;
};

void cross_plan_make(struct cross_plan *p, const struct job *job, const struct grader *grader,
                     const struct policy *policy);
void cross_plan_release(struct cross_plan *p);

/* Look at one row, an object; nothing happens without a plan (NULL). */
void cross_row(struct cross *c, const struct cross_plan *p, const struct tape *row, size_t line);
void cross_join(struct cross *whole, struct cross *block, size_t n_before);
void cross_release(struct cross *c);

/* One file's, to be told of; what has its place in the file goes to `list`. */
struct cross_of {
    const char *path; /* NULL: there is none */
    const struct cross *counts;
    struct diags *list;
};

/* Say what was found: X001 to X023. */
void cross_tell(const struct cross_plan *p, const struct cross_of files[2], struct diags *list);

#endif
