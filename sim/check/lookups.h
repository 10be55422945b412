/* What graders and the policy read of a row, looked up in every row: who lacks it, where it is null
 * or no string.
 *
 *     plan      every path into `item`, of the job's templates and of what grader code reads
 *     counts    what came of them in the rows of a block, or of a file
 *
 * Rows are looked at as graders see them (contract 1.4): a row without tools has `tools`, null.
 * Source: TP-6, GAP-29, GAP-30.
 * Threads: a plan is constant while rows are looked at; counts belong to one thread.
 */
#ifndef SIM_CHECK_LOOKUPS_H
#define SIM_CHECK_LOOKUPS_H

#include <stdbool.h>

#include "grader/grader.h"
#include "sim/base/template.h"
#include "sim/check/spot.h"
#include "sim/policy/policy.h"

struct lookup {
    struct template_path
        path; /* a template's is borrowed, of a field that code reads it is owned */
    struct template_step *own; /* the step of such a field; NULL: it is a template's */
    char *pointer;             /* owned: of the text in the job, where it is read first */
    const char *value;         /* borrowed: that text */
    size_t from, len;          /* the path in it */
    size_t n_more;             /* other places where it is read */
    bool by_policy;
    bool compared;    /* as text: GAP-29 */
    bool may_default; /* code may have a default for it */
};

struct lookup_plan {
    struct lookup *at; /* owned */
    size_t n;
    bool normalises; /* one of them leads where the service adds to the row */
};

/* Of one lookup: how many rows, and the line of the first. */
struct lookup_count {
    struct spot missing;
    struct spot null;
    struct spot number;
    struct spot other;   /* a list, an object, true or false */
    enum tape_kind kind; /* of the first of these */
    char *why;           /* owned: why it is missing in the first: "item has no key 'x'" */
    char *near;          /* owned: a key that is there and may be meant; may be NULL */
};

struct lookup_counts {
    struct spots of;  /* struct lookup_count, one for each of the plan */
    size_t n_rows;    /* looked at */
    struct tape tape; /* of a row as the service passes it on */
    struct buf row;
};

/* `grader` and `policy` may be NULL, and have to outlive the plan, as the job has. */
void lookup_plan_make(struct lookup_plan *p, const struct job *job, const struct grader *grader,
                      const struct policy *policy);
void lookup_plan_release(struct lookup_plan *p);

/* Look a row up that is an object. */
void lookups_row(struct lookup_counts *c, const struct lookup_plan *p, const struct tape *row,
                 size_t line);
void lookups_join(struct lookup_counts *whole, struct lookup_counts *block, size_t n_before);
void lookups_release(struct lookup_counts *c);

/* One file's counts, to be told of. */
struct lookups_of {
    const char *path; /* of the file; NULL: there is none */
    const struct lookup_counts *counts;
};

/* Say what was found (X001, X004, X005, X008), in the job's file. */
void lookups_tell(const struct lookup_plan *p, const struct job *job,
                  const struct lookups_of files[2], struct diags *list);

#endif
