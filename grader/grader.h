/* A grader turns a finished rollout into a reward.
 *
 * Each type is one file that fills one `struct grader_ops` and is listed in grader.c. A grader
 * does no I/O. An error in grading is not a failure of the rollout: the grade is 0 with a flag, as
 * the service has it (GAP-9).
 * Source: contract section 4, 5.3 (flags).
 * Threads: a grader belongs to one thread; every engine thread makes its own.
 */
#ifndef GRADER_GRADER_H
#define GRADER_GRADER_H

#include <stddef.h>

#include "sim/base/err.h"
#include "sim/base/tape.h"
#include "sim/job/job.h"

/* What went wrong in a grade, by the service's names (5.3). */
enum grade_flag {
    GRADE_INVALID_VARIABLE = 1 << 0, /* a template's path resolves nowhere (TP-6) */
    GRADE_SAMPLE_PARSE = 1 << 1,
    GRADE_OTHER = 1 << 2,
};

/* A grader's JSON, and where it stands in the job: alone, or as a part of another. */
struct grader_spec {
    const struct job *job;
    const json_t *json;  /* borrowed from the job; an object */
    const char *pointer; /* borrowed; "/method/reinforcement/grader/graders/exact" */
};

/* What is graded. Borrowed for the call. */
struct grader_input {
    const struct tape *item;   /* the row, normalised (contract 1.4) */
    const struct tape *sample; /* what the rollout produced (4.2), made by sim/run/sample.h */
};

struct grade {
    double reward;  /* 0 if a flag is set */
    unsigned flags; /* enum grade_flag */
    char why[256];  /* filled with the flags */
};

struct grader_ops {
    const char *type; /* the "type" in a grader's JSON, e.g. "string_check" */
    size_t size;      /* bytes of private state; grader_new() gives it zeroed to open() */

    /* Read and check the spec, which is borrowed for the call; faults go to `list`. */
    enum err_code (*open)(void *self, const struct grader_spec *spec, struct diags *list,
                          struct err *e);

    void (*grade)(void *self, const struct grader_input *in, struct grade *out);

    void (*close)(void *self); /* must take what a failed open() left */
};

struct grader;

/* Make the grader that the job describes; "type" picks it. On success `*out` is the caller's.
 * Errors: ERR_JOB, with the faults in `list`. */
NODISCARD enum err_code grader_new(struct grader **out, const struct job *job, struct diags *list,
                                   struct err *e);

/* The same for a grader that stands somewhere in another. */
NODISCARD enum err_code grader_open(struct grader **out, const struct grader_spec *spec,
                                    struct diags *list, struct err *e);
void grader_free(struct grader *g); /* NULL is fine */

const char *grader_type(const struct grader *g);
const char *grader_name(const struct grader *g); /* "grader-<12 hex>" if it has none (EV-11) */

void grader_grade(struct grader *g, const struct grader_input *in, struct grade *out);

#endif
