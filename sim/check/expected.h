/* How many tool calls a row expects, when it has a field that says so, beside the turns that a
 * rollout may take (GAP-12).
 *
 * The field is simulation.expected_tools, or the first of a few usual names that a row has: a list
 * with an entry a call (a name, or an object with "name" or "function"), or their number.
 * Threads: as the survey that it is a part of.
 */
#ifndef SIM_CHECK_EXPECTED_H
#define SIM_CHECK_EXPECTED_H

#include "sim/base/tape.h"
#include "sim/check/spot.h"
#include "sim/job/diag.h"
#include "sim/job/job.h"

enum { EXPECTED_FIELDS = 12 }; /* room for the usual names, and the job's */

/* Which fields are looked at: constant while rows are. */
struct expected_plan {
    const struct job *job;
    const char *fields[EXPECTED_FIELDS]; /* borrowed */
    size_t lens[EXPECTED_FIELDS];
    size_t n;
    uint64_t
        lengths; /* bit len % 64 for each of lens: tells apart most keys that are none of them */
    bool named;  /* the job names the one */
};

/* Of one field. */
struct expected_field {
    size_t n_rows;       /* that have it, in a form that says a number */
    struct spot none;    /* rows that expect no call */
    struct spot as_many; /* as many as a rollout has turns */
    struct spot more;    /* more than that */
    size_t most;         /* calls of one row */
    struct spot unknown; /* rows that expect a tool which the job has not */
    char *name;          /* owned: of the first such tool */
};

struct expected {
    struct spots of; /* struct expected_field, one for each of the plan */
    size_t n_rows;   /* looked at */
};

void expected_plan_make(struct expected_plan *p, const struct job *job);

void expected_row(struct expected *x, const struct expected_plan *p, const struct tape *row,
                  size_t line);
void expected_join(struct expected *whole, struct expected *block, size_t n_before);
void expected_release(struct expected *x);

struct expected_of {
    const char *path; /* of the file; NULL: there is none */
    const struct expected *counts;
};

/* Say what was found (X020 to X023), in the job's file. */
void expected_tell(const struct expected_plan *p, const struct expected_of files[2],
                   struct diags *list);

#endif
