/* A grader turns a finished rollout into a reward.
 *
 * Each type is one file that fills one `struct grader_ops` and is listed in grader.c. A grader
 * does no I/O. An error in grading is not a failure of the rollout: the grade is 0 with a flag, as
 * the service has it (GAP-9). A grader of several (multi) owns them as its parts.
 * Source: contract section 4, 5.3 (flags).
 * Threads: a grader belongs to one thread; every engine thread makes its own.
 */
#ifndef GRADER_GRADER_H
#define GRADER_GRADER_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/base/tape.h"
#include "sim/job/job.h"

/* What went wrong in a grade, by the service's names (5.3). */
enum grade_flag {
    GRADE_INVALID_VARIABLE = 1 << 0, /* a template's path resolves nowhere (TP-6) */
    GRADE_SAMPLE_PARSE = 1 << 1,
    GRADE_OTHER = 1 << 2,
    GRADE_FORMULA = 1 << 3, /* calculate_output came to no finite number (MU-5, GAP-31) */
};

enum { GRADE_FLAGS = 4 };

/* Those names, "invalid_variable_error", by bit. */
extern const char *const grade_error_names[GRADE_FLAGS];

/* A grader's JSON, and where it stands in the job: alone, or as a part of another. */
struct grader_spec {
    const struct job *job;
    json_t *json;        /* borrowed from the job; an object, but for a part with a fault */
    const char *pointer; /* borrowed; "/method/reinforcement/grader/graders/exact" */
};

/* What is graded. Borrowed for the call. */
struct grader_input {
    const struct tape *item;   /* the row, normalised (contract 1.4) */
    const struct tape *sample; /* what the rollout produced (4.2), made by sim/run/sample.h */
};

/* What one of a multi's graders said. */
struct grade_part {
    double reward; /* 0 if a flag is set */
    unsigned flags;
    int64_t ns; /* time in it */
};

struct grade {
    double reward;                  /* 0 if a flag is set, but for a multi's (GAP-10, GAP-11) */
    unsigned flags;                 /* enum grade_flag; those of the parts as well */
    char why[256];                  /* filled with the flags */
    const struct grade_part *parts; /* one for each of grader_parts(); borrowed until the next grade
                                       by the same grader; NULL if it has no parts */
};

/* One of several graders under a name. */
struct grader_part {
    char *key;             /* owned; what the formula calls it (MU-2) */
    struct grader *grader; /* owned */
};

struct grader_ops {
    const char *type; /* the "type" in a grader's JSON, e.g. "string_check" */
    size_t size;      /* bytes of private state; grader_new() gives it zeroed to open() */

    /* Read and check the spec, which is borrowed for the call; faults go to `list`. */
    enum err_code (*open)(void *self, const struct grader_spec *spec, struct diags *list,
                          struct err *e);

    void (*grade)(void *self, const struct grader_input *in, struct grade *out);

    void (*close)(void *self); /* must take what a failed open() left */

    /* The graders it is made of, in the order of the job file; NULL if it is made of none. */
    const struct grader_part *(*parts)(const void *self, size_t *n);

    /* Add to `facts` how the last grade came about, that of the same input; grader/explain.h has
     * the means. Never on the hot path, so it may work things out anew. */
    void (*explain)(void *self, const json_t *spec, const struct grader_input *in, json_t *facts);
};

struct grader;

/* Make the grader that the job describes; "type" picks it. On success `*out` is the caller's, and
 * the job has to outlive it.
 * Errors: ERR_JOB, with the faults in `list`. */
NODISCARD enum err_code grader_new(struct grader **out, const struct job *job, struct diags *list,
                                   struct err *e);

/* The same for a grader that stands somewhere in another. */
NODISCARD enum err_code grader_open(struct grader **out, const struct grader_spec *spec,
                                    struct diags *list, struct err *e);
void grader_free(struct grader *g); /* NULL is fine */

const char *grader_type(const struct grader *g);
const char *grader_name(const struct grader *g); /* "grader-<12 hex>" if it has none (EV-11) */

/* Borrowed from `g`; `*n` is 0 if it has no parts. */
const struct grader_part *grader_parts(const struct grader *g, size_t *n);

/* The grader as a list of those that metrics tell apart: 0 is `g` itself, then come its parts
 * (MU-9). `i` is at most the number of parts. */
const struct grader *grader_at(const struct grader *g, size_t i);

void grader_grade(struct grader *g, const struct grader_input *in, struct grade *out);

/* Grade, and tell how it came about. The result is the caller's:
 *
 *     {"type", "name",
 *      "fields": [{"key", "template", "text", "bytes"} or {"key", "template", "error"}, ...],
 *      what the type adds (texts: "operation", "calculate_output", ...),
 *      "reward", "errors": ["invalid_variable_error", ...], "why": null or a text}
 *
 * Secrets in texts are masked, so that what is cut out of one later shows no part of them. Parts
 * are not told: each is a grader of its own. */
json_t *grader_explain(struct grader *g, const struct grader_input *in);

#endif
