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
    uint64_t possible;   /* calls of all rows, of each as many as fit in, one a turn */
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

/* What the field says that most rows have. */
struct expected_sum {
    const char *field; /* borrowed from the plan; NULL if no row has one */
    size_t n_rows;     /* that have it, in both files, */
    size_t n_all;      /* of how many */
    size_t most;       /* calls of one row */
    double mean[2];    /* calls of a row, of each as many as fit in, by file; NAN if none has it */
    size_t n_too_many; /* rows that expect more than fit in */
    const char *path;  /* borrowed: where the first of them is; NULL if there is none */
    size_t line;
};

struct expected_sum expected_sum(const struct expected_plan *p, const struct expected_of files[2]);

/* Say what was found (X020 to X023), in the job's file. */
void expected_tell(const struct expected_plan *p, const struct expected_of files[2],
                   struct diags *list);

#endif
